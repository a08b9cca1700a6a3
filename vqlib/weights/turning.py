"""Turning vectors so that every number of them becomes a sum of all: random signs, then Hadamard.

A. T. Suresh, F. X. Yu, S. Kumar and H. B. McMahan (2017), "Distributed mean estimation with limited
communication"; worked out in notebook 10_weights.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import hadamard

from ..arrays import Floats
from ..checks import check_int, check_rows


def turn(rows: ArrayLike, *, seed: int = 0) -> Floats:
    """Each row with the signs of some components changed, then times a Hadamard matrix / sqrt(d).

    Lengths, angles and inner products stay. The seed is all that has to be kept to turn back.

    Parameters
    ----------
    rows : array (n, d)
        d is a power of two.
    seed : int
        Of the signs, the same for all rows.

    Raises
    ------
    ValueError
        If the rows are not finite numbers, or their length is no power of two.
    """
    values = _check_length(rows)
    return (values * _signs(values.shape[1], seed)) @ _turned(values.shape[1])


def turn_back(rows: ArrayLike, *, seed: int = 0) -> Floats:
    """What `turn` with the same seed made these rows of.

    Raises
    ------
    ValueError
        As for `turn`.
    """
    values = _check_length(rows)
    # A Hadamard matrix is its own transpose: over sqrt(d) it undoes itself.
    return (values @ _turned(values.shape[1])) * _signs(values.shape[1], seed)


def _signs(length: int, seed: int) -> Floats:
    return np.random.default_rng(check_int(seed, "seed", 0)).choice([-1.0, 1.0], length)


def _turned(length: int) -> Floats:
    matrix: Floats = hadamard(length, dtype=float) / np.sqrt(length)
    return matrix


def _check_length(rows: ArrayLike) -> Floats:
    values = check_rows(rows, "rows")
    length = values.shape[1]
    if length & (length - 1):
        given = f"rows of length {length}"
        raise ValueError(f"rows must have a length that is a power of two, got {given}")
    return values
