"""The contest of 10: the least error for 64 weights in 36 bytes."""

from functools import cache
from typing import Any

import numpy as np

from .. import measure
from ..arrays import Floats, Picture
from .contest import place
from .kinds import NotYet, require
from .one_bit_contest import ask_named
from .pictures import as_numbers

LENGTH = 64
BYTES = 36
BLOCKS = 4000
SEED = 161_803
WEAKEST = 0.01

BEST_SIXTEEN = 21.18
OTHERS = {
    "15 equal steps, 32-bit scale": 19.37,
    "NF4, 32-bit scale": 20.71,
    "16 equal steps from the smallest to the largest, 16 bits for both": 20.94,
    "the best sixteen levels, 32-bit scale": BEST_SIXTEEN,
    "equal steps, fitted to each block, with an entropy coder": 23.85,
    "the limit, where nobody gets": 27.09,
}
"""SNR in dB; the tests make them anew. Other blocks move them by 0.02."""
LEAD = 0.2
"""dB."""


def stands_among_blocks(answer: Any) -> str:
    """The two functions keep to 36 bytes; the remark says where they stand."""
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        raise NotYet("Hand in two functions in brackets: the encoder, the decoder.")
    encode, decode = answer
    blocks, strengths = hidden_blocks()
    stored = bytes_from(encode, blocks)
    # In another order, so that only what is in its bytes can help a block.
    order = np.random.default_rng(0).permutation(BLOCKS)
    decoded = blocks_from(decode, stored[order])
    reached = snr_of(blocks[order], decoded, strengths[order])
    require(reached > 0.01, "What comes back is worse than zeros: do the two functions agree?")
    sentence = place(reached, OTHERS, "{:.2f} dB", largest_wins=True)
    more = f"{sentence} {LEAD} dB above the best sixteen levels is what counts."
    require(reached >= BEST_SIXTEEN + LEAD, more)
    return sentence


def snr_of(blocks: Floats, decoded: Floats, strengths: Floats) -> float:
    """SNR in dB by the mean of the errors, each relative to the variance of its block."""
    errors = ((blocks - decoded) ** 2).mean(axis=1) / strengths**2
    return measure.decibels(1, max(float(errors.mean()), 1e-12))


@cache
def hidden_blocks() -> tuple[Floats, Floats]:
    """Gaussian blocks (4000, 64), and the standard deviation of each, from 0.01 to 1."""
    rng = np.random.default_rng(SEED)
    strengths = WEAKEST ** rng.random(BLOCKS)
    return rng.normal(size=(BLOCKS, LENGTH)) * strengths[:, None], strengths


def bytes_from(encode: Any, blocks: Floats) -> Picture:
    """What a reader's encoder makes of blocks: bytes, array (n, 1) to (n, 36)."""
    stored = as_numbers(ask_named("The encoder", encode, blocks.copy()), "What the encoder returns")
    wanted = f"The encoder must return at most {BYTES} whole numbers from 0 to 255 for each block"
    fits = stored.ndim == 2 and len(stored) == len(blocks) and stored.shape[1] <= BYTES
    require(fits, f"{wanted}; got an array of shape {stored.shape} for {len(blocks)} blocks.")
    require((stored == np.floor(stored)).all(), f"{wanted}; got fractions.")
    are_bytes = stored.min() >= 0 and stored.max() <= 255
    require(are_bytes, f"{wanted}; got numbers from {stored.min():g} to {stored.max():g}.")
    return stored.astype(np.uint8)


def blocks_from(decode: Any, stored: Picture) -> Floats:
    """What a reader's decoder makes of bytes: blocks (n, 64)."""
    blocks = as_numbers(ask_named("The decoder", decode, stored.copy()), "What the decoder returns")
    wanted = f"The decoder must return an array of shape {(len(stored), LENGTH)}"
    require(blocks.shape == (len(stored), LENGTH), f"{wanted}, got {blocks.shape}.")
    return blocks
