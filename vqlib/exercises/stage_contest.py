"""The contest for the best stages of 64 code vectors, on rows that they have not seen."""

from typing import Any

import numpy as np

from .. import measure, sources
from ..arrays import Floats
from .contest import place
from .kinds import require
from .stage_answers import stages_of

DIMENSION = 8
BITS = 16
STORED = 64
SURVIVORS = 4
LARGEST = 1000
"""No code vector for numbers of variance 1 has use for more."""
LEAD = 0.03
"""dB. Other seeds and five times the rows move the stages of the lesson by less."""
LESSON = 16.21
OTHERS = {
    "four parts of 16": 13.46,
    "single turned numbers, 1 to 5 bits for each": 15.69,
    "four stages of 16, trained one after the other": 15.97,
    "the same trained all at once, as in the lesson": LESSON,
    "the limit for rows of eight, where nobody gets": 18.35,
}
"""SNR in dB on the unseen rows; the tests make them anew.

The stages are the best of eight, from four seeds.
"""


def place_among_stages(answer: Any) -> str:
    """Where stages stand beside others, searched with 4 survivors."""
    stages = stages_of(answer)
    wrong = f"Its code vectors must have {DIMENSION} numbers, got {stages.dimension}"
    require(stages.dimension == DIMENSION, f"{wrong}.")
    stored = sum(stages.sizes)
    require(stored <= STORED, f"It may have {STORED} code vectors in all, and has {stored}.")
    bits = f"It may take {BITS} bits for a row, and takes {stages.bits:.2f}"
    require(stages.bits <= BITS + 1e-9, f"{bits}.")
    largest = max(np.abs(codebook.vectors).max() for codebook in stages.codebooks)
    require(largest <= LARGEST, f"A code vector has {largest:.3g} in it; the rows end at 5 or 6.")
    rows = unseen()
    reached = measure.snr(rows, stages.quantize(rows, survivors=SURVIVORS))
    sentence = place(reached, OTHERS, "{:.2f} dB", largest_wins=True)
    more = f"{LEAD} dB above the stages of the lesson is what counts"
    require(reached >= LESSON + LEAD, f"{sentence} {more}: where else can training begin?")
    return sentence


def unseen() -> Floats:
    """The rows that stages are judged by, array (20000, 8)."""
    return sources.gauss_markov(20_000, DIMENSION, 0.9, seed=314_159)
