"""The contest of 07: the most dB at 1 bit for each number of a source with memory."""

from typing import Any

import numpy as np

from .. import limits, measure, sources
from ..arrays import Floats, Indices
from .contest import place
from .kinds import NotYet, ask, require

TOGETHER = 16
"""Neighbours in a row."""
ROWS = 20_000
"""The rate has a standard error of 0.002 bits with so many, the SNR one of 0.02 dB."""
SEEDS = (741_852, 963_258)
UNKNOWN = 64
"""Bits of an index that does not occur in the rows that are counted, beside its escape word."""

ENTROPY_CODED = {
    "8 turned numbers with an entropy coder": 11.53,
    "16 turned numbers with an entropy coder": 11.98,
}
"""SNR in dB at 1 bit for each number, from the last table of "A fair comparison" in the lesson."""


def rivals() -> dict[str, float]:
    """SNR in dB of others at 1 bit for each number, rho = 0.9."""
    at_one_bit = {"single numbers": 1, "pairs": 2, "fours": 4, "eights": 8}
    reached = {}
    for row in limits.measured():
        if row.rho == 0.9 and row.rate == 1:
            reached[row.dimension] = row.snr_unseen
    found = {f"{name} with equal lengths": reached[k] for name, k in at_one_bit.items()}
    apart = np.arange(TOGETHER)
    variances = np.linalg.eigvalsh(0.9 ** np.abs(apart[:, None] - apart))
    limit = measure.decibels(1, float(limits.distortion_rate(1, variances)))
    return {**found, **ENTROPY_CODED, "the limit, where nobody gets": limit}


def takes_part(answer: object) -> str:
    """The two functions keep to 1 bit for each number; the remark says how good they are."""
    both = "Hand in two functions in brackets: the encoder, the decoder."
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        raise NotYet(both)
    encode, decode = answer
    counted, coded = [sources.gauss_markov(ROWS, TOGETHER, 0.9, seed=seed) for seed in SEEDS]
    known = indices_from(encode, counted)
    indices = indices_from(encode, coded)
    require(known.shape == indices.shape, "It has not the same number of indices for each row.")
    rate = bits_of(known, indices) / TOGETHER
    took = f"It takes {rate:.3f} bits for each number of unseen rows"
    # To three digits, as counting adds a few ten-thousandths to words of exactly 1 bit.
    require(round(rate, 3) <= 1, f"{took}; at most 1 is allowed.")
    order = np.random.default_rng(0).permutation(ROWS)
    decoded = samples_from(decode, indices[order])
    reached = measure.snr(coded[order], decoded)
    others = rivals()
    least = others["single numbers with equal lengths"]
    require(reached > least, f"{reached:.2f} dB: two levels for each number have {least:.2f}.")
    return f"At {rate:.3f} bits: {place(reached, others, '{:.2f} dB', largest_wins=True)}"


def indices_from(encode: Any, samples: Floats) -> Indices:
    """What a reader's encoder makes of samples, array (n,) or (n, m)."""
    result = ask_named("The encoder", encode, samples.copy())
    wanted = f"The encoder must return whole numbers, ({ROWS},) or ({ROWS}, m), for {ROWS} rows"
    try:
        indices = np.array(result)
    except ValueError:  # lists of different lengths
        raise NotYet(f"{wanted}; got {type(result).__name__}.") from None
    fits = indices.dtype.kind in "iu" and indices.ndim in (1, 2) and len(indices) == len(samples)
    require(fits and indices.size, f"{wanted}; got {indices.dtype} of shape {indices.shape}.")
    return indices


def samples_from(decode: Any, indices: Indices) -> Floats:
    """What a reader's decoder makes of indices, array (n, 16)."""
    result = ask_named("The decoder", decode, indices.copy())
    wanted = f"The decoder must return numbers, one row of {TOGETHER} for each row of indices"
    try:
        samples = np.asarray(result, dtype=float)
    except (TypeError, ValueError):
        raise NotYet(f"{wanted}; got {type(result).__name__}.") from None
    given = f"an array of shape {samples.shape}"
    require(samples.shape == (len(indices), TOGETHER), f"{wanted}; got {given}.")
    require(np.isfinite(samples).all(), f"{wanted}; some are not finite.")
    return samples


def ask_named(name: str, function: Any, *values: Any) -> Any:
    """What one of two functions returns; its name stands before what it lacks."""
    try:
        return ask(function, *values)
    except NotYet as lack:
        raise NotYet(f"{name}: {lack}") from lack


def bits_of(known: Indices, indices: Indices) -> float:
    """Bits for each row of indices; each column has words by how often its indices are known.

    The lengths are -log2 of shares that sum to 1, one of which stands for all indices that are not
    known. So they hold Kraft's inequality, and an arithmetic coder comes near them.
    """
    bits = 0.0
    columns = zip(np.atleast_2d(known.T), np.atleast_2d(indices.T), strict=True)
    for before, now in columns:
        values, counts = np.unique(before, return_counts=True)
        lengths = -np.log2(counts / (before.size + 1))
        where = np.minimum(np.searchsorted(values, now), values.size - 1)
        longest = np.log2(before.size + 1) + UNKNOWN
        bits += float(np.where(values[where] == now, lengths[where], longest).mean())
    return bits
