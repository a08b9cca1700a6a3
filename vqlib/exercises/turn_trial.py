"""Tries out a reader's quantizer for turned rows, and tells which fault is left in it."""

from functools import cache
from typing import Any

import numpy as np
from scipy import stats

from .. import design, measure, sources
from ..arrays import Floats
from ..codebook import Codebook
from .kinds import NotYet, ask, require
from .pictures import as_numbers

ROWS = 256
SCALE_BITS = 32
BEST = 12.04
"""dB. For independent Gaussian numbers no two bits give more."""


@cache
def four_levels() -> Codebook:
    """The best four levels for Gaussian numbers of variance 1, which have 9.30 dB."""
    return design.lloyd_max(stats.norm.pdf, 4, -8, 8)


@cache
def trials() -> list[tuple[str, Floats, float, float]]:
    """What kind of rows, the rows, the dB that each right way has, and those that none has.

    Among 60 draws of the signs, and 60 turns at random, the least are 9.27, 7.76 and 8.64 dB; signs
    in the wrong place have 2.5 on neighbours that are alike, and rows not turned 2.7 on the last.
    """
    plain = sources.gaussian(ROWS, 64, seed=11)
    strengths = 2.0 ** np.random.default_rng(14).uniform(-5, 5, size=(ROWS, 1))
    strong = sources.gaussian(ROWS, 32, seed=15) * strengths
    alike = sources.gauss_markov(ROWS, 64, 0.99, seed=12)
    outliers = sources.gaussian(ROWS, 64, seed=13)
    outliers[:, [3, 17, 40, 58]] *= 20
    return [
        ("Gaussian rows", plain, 9.0, BEST),
        ("rows of very different strengths", strong, 9.0, BEST),
        ("rows whose neighbouring numbers are alike", alike, 6.5, np.inf),
        ("rows with four columns 20 times as strong", outliers, 7.5, np.inf),
    ]


def quantizes_turned(function: Any) -> None:
    """`function(rows, levels)` does well on all kinds of rows, and counts its scales."""
    require(callable(function), f"It must be a function, got {type(function).__name__}.")
    counted = []
    for kind, rows, least, most in trials():
        given = rows.copy()
        quantized, bits = quantized_and_bits(ask(function, given, four_levels()), rows)
        kept = np.array_equal(given, rows)
        require(kept, "It changes the rows that it is given: make a new array.")
        reached = snr_of_rows(rows, quantized)
        require(reached >= least, f"On {kind} it has {reached:.1f} dB; {least:g} are to be had.")
        many = f"On {kind} it has {reached:.1f} dB, and two bits give at most {most}"
        require(reached <= most, f"{many}: are they quantized?")
        counted.append((rows, bits))
    for rows, bits in counted:
        refuse_wrong_bits(rows, bits)


def refuse_wrong_bits(rows: Floats, bits: float) -> None:
    """There is one scale for each row; the last digits may depend on the order of sums."""
    right = four_levels().rate + SCALE_BITS / rows.shape[1]
    case = f"Of rows {rows.shape} it counts {bits:.5g} bits for each number"
    require(abs(bits - right) < 1e-6, f"{case}: how many scales does the file hold?")


def snr_of_rows(rows: Floats, quantized: Floats) -> float:
    """SNR in dB by the mean of the rows' relative errors, so that weak rows count, too."""
    errors = ((rows - quantized) ** 2).sum(axis=1) / (rows**2).sum(axis=1)
    # What comes back unchanged has no error, and no finite SNR.
    return measure.decibels(1, max(float(errors.mean()), 1e-12))


def quantized_and_bits(answer: Any, rows: Floats) -> tuple[Floats, float]:
    """The two things that a reader's function returns."""
    pair = "It must return two things: the quantized rows, the bits for each number."
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        raise NotYet(pair)
    quantized = as_numbers(answer[0], "The first that it returns")
    of_shape = f"Of rows of shape {rows.shape} it must return as many"
    require(quantized.shape == rows.shape, f"{of_shape}, got shape {quantized.shape}.")
    bits = as_numbers(answer[1], "The second that it returns")
    require(bits.size == 1, f"The bits must be one number, got shape {bits.shape}.")
    return quantized, float(bits.ravel()[0])
