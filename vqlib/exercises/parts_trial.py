"""Tries out a reader's quantizer by parts, and tells which fault is left in it."""

from functools import cache
from types import FunctionType
from typing import Any

import numpy as np

from .. import design, measure, sources
from ..arrays import Floats
from .code_reading import functions_of_one_module, uses_of
from .kinds import ask, require
from .pictures import as_numbers

LIBRARY = {"Split", "Stages", "train_split", "train_stages"}
SIZE = 16
SPREAD = np.array([5.0, 3.0, 2.0, 1.0, 0.6, 0.4, 0.3, 0.2])
"""Standard deviations of the numbers in the last two trials."""
HALVES = [[0, 1, 2, 3], [4, 5, 6, 7]]
DEALT = [[7, 0, 3], [5, 1], [2, 4, 6]]
BELOW = 1.0
"""dB. Other starts and ways to train are at most 0.6 dB below ours, and 0.6 above (60 tried)."""
ABOVE = 1.0
"""dB. Codebooks trained on the samples themselves are 1.3 or more above."""


@cache
def trials() -> list[tuple[Floats, Floats, list[list[int]]]]:
    """Training rows, other rows, and parts."""
    independent = sources.gaussian(3000, 8, seed=82) * SPREAD
    others = sources.gaussian(50, 8, seed=83) * SPREAD
    correlated = sources.gauss_markov(3000, 8, 0.9, seed=80)
    return [
        (correlated, sources.gauss_markov(50, 8, 0.9, seed=81), HALVES),
        (independent, others, HALVES),
        (independent, others, DEALT),
    ]


@cache
def reachable() -> list[float]:
    """SNR in dB of a codebook for each part, for each trial."""
    found = []
    for training, samples, parts in trials():
        result = np.empty_like(samples)
        for part in parts:
            codebook = design.lloyd(training[:, part], SIZE)
            result[:, part] = codebook.quantize(samples[:, part])
        found.append(measure.snr(samples, result))
    return found


def quantizes_in_parts(function: Any) -> None:
    """`function(training, samples, parts, size)` has a codebook for each part."""
    require(callable(function), f"It must be a function, got {type(function).__name__}.")
    do_without_structured(function)
    for (training, samples, parts), reached in zip(trials(), reachable(), strict=True):
        copies = [list(part) for part in parts]
        given = [training.copy(), samples.copy()]
        answer = ask(function, *given, copies, SIZE)
        kept = np.array_equal(given[0], training) and np.array_equal(given[1], samples)
        require(kept, "It changes the rows that it is given: make a new array.")
        result = as_numbers(answer, "What it returns")
        of_shape = f"Of samples of shape {samples.shape} it must return as many"
        require(result.shape == samples.shape, f"{of_shape}, got shape {result.shape}.")
        refuse_wrong_places(result, samples, parts)
        refuse_wrong_codebooks(result, parts)
        refuse_wrong_training(measure.snr(samples, result), reached)


def do_without_structured(function: Any) -> None:
    """Refuse a function that leaves the work to vqlib.structured."""
    if isinstance(function, FunctionType):
        for written in functions_of_one_module(function):
            used = uses_of(written, "vqlib.structured", LIBRARY)
            require(not used, f"It uses {', '.join(sorted(used))}; do without vqlib.structured.")


def refuse_wrong_places(result: Floats, samples: Floats, parts: list[list[int]]) -> None:
    """Refuse numbers in the order of the parts, if that is another one."""
    there = measure.mse(samples[:, np.concatenate(parts)], result)
    # A little more, as for parts in order the two are equal, but for rounding.
    fits = measure.mse(samples, result) <= 1.001 * there
    require(fits, "The numbers come back in the order of the parts, not in their own places.")


def refuse_wrong_codebooks(result: Floats, parts: list[list[int]]) -> None:
    """Refuse too many code vectors in a part, and one codebook for two."""
    known: list[set[bytes]] = []
    for place, part in enumerate(parts, start=1):
        vectors = np.unique(result[:, part].round(9) + 0.0, axis=0)  # no -0.0
        many = f"Part {place} is replaced by {len(vectors)} different vectors"
        require(len(vectors) <= SIZE, f"{many}, where a codebook of {SIZE} was asked for.")
        words = {vector.tobytes() for vector in vectors}
        shared = any(words & others for others in known)
        require(not shared, f"Part {place} is quantized by the codebook of another part.")
        known.append(words)


def refuse_wrong_training(reached: float, reachable: float) -> None:
    """Refuse what is far from the SNR of codebooks trained on `training`."""
    case = f"For one set of rows it has {reached:.1f} dB, where {reachable:.1f} can be had"
    require(reached > reachable - BELOW, f"{case}: what is each codebook trained on?")
    learnt = f"{case} on unseen rows: are the codebooks trained on the samples themselves?"
    require(reached < reachable + ABOVE, learnt)
