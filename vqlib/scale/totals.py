"""What one pass over the data has to know of it: totals, which can be added.

A centroid is a sum divided by a number, so parts of the data can be summed apart from each other.
Of bytes everything is exact: in units of 1/512 the components of the code vectors are whole
numbers, and so are, in units of 1/512², all products and squared errors. Those of a sample stay
below 2^53, so that double precision holds them, in whatever order they are added.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..arrays import Floats, Indices
from ..checks import describe, reach
from ..codebook import Codebook
from ..nearest import STEPS

FARTHEST = 1000
"""No component of theirs is beyond it: up to 20,000 squares of errors then add up to below 2^53."""
AT_ONCE = 1 << 20
"""So many numbers of a chunk are worked on at once: as doubles they take eight times the room."""
Worst = tuple[float, NDArray[Any]]
"""The largest squared error of a sample, and that sample, array (k,)."""


@dataclass(frozen=True)
class Totals:
    """Statistics of samples that a codebook encoded."""

    counts: Indices
    """How many samples each encoding region has, array (K,)."""
    sums: Floats
    """Their sum in each region, array (K, k)."""
    squared_error: Fraction | float
    """Of all samples together. A fraction where all are bytes: then it is exact."""
    worst: Worst | None
    """Needed only where a region is empty. One that is empty among all samples is empty in each of
    their parts: so a part in which none is has None here."""

    def __add__(self, other: Totals) -> Totals:
        """Those of both together.

        Raises
        ------
        ValueError
            If one is of bytes and the other not: the codebook of bytes was rounded.
        """
        have_samples = self.counts.any() and other.counts.any()
        if have_samples and self.are_of_bytes != other.are_of_bytes:
            raise ValueError("chunks must be all of bytes or all of other numbers, got both")
        return Totals(
            self.counts + other.counts,
            self.sums + other.sums,
            self.squared_error + other.squared_error,
            _worse(self.worst, other.worst),
        )

    @property
    def distortion(self) -> float:
        """Mean squared error per component."""
        values = int(self.counts.sum()) * self.sums.shape[1]
        return float(self.squared_error / values)

    @property
    def are_of_bytes(self) -> bool:
        """Whether all samples are bytes."""
        return isinstance(self.squared_error, Fraction)


def totals_of(rows: NDArray[Any], codebook: Codebook) -> Totals:
    """Totals of the samples (n, k), which may be none; of bytes with the codebook `in_steps`."""
    if rows.dtype == np.uint8:
        codebook = in_steps(codebook)
    total = _nothing(codebook)
    step = max(1, AT_ONCE // codebook.dimension)
    for start in range(0, len(rows), step):
        total = total + _totals_of_part(rows[start : start + step], codebook)
    return total


def in_steps(codebook: Codebook) -> Codebook:
    """The codebook with every component rounded to a whole number of 512ths.

    Raises
    ------
    ValueError
        If one is so far from all bytes that the squared errors would not be exact.
    """
    if reach(codebook.vectors) > FARTHEST:
        allowed = f"from -{FARTHEST} to {FARTHEST} for samples of bytes"
        raise ValueError(f"start must lie {allowed}, got {describe(codebook.vectors)}")
    return Codebook(np.round(codebook.vectors * STEPS) / STEPS)


def sum_of_totals(several: list[Totals]) -> Totals:
    """Those of all together."""
    first, *others = several
    return sum(others, start=first)


def _nothing(codebook: Codebook) -> Totals:
    counts = np.zeros(codebook.size, np.intp)
    return Totals(counts, np.zeros(codebook.vectors.shape), Fraction(0), None)


def _totals_of_part(rows: NDArray[Any], codebook: Codebook) -> Totals:
    indices = codebook.encode(rows)
    counts = np.bincount(indices, minlength=codebook.size)
    # A column for each region, with a 1 for each of its samples.
    places = (np.ones(len(rows)), indices, np.arange(len(rows) + 1))
    regions = csr_array(places, shape=(len(rows), codebook.size))
    sums = np.asarray(regions.T @ rows)
    if rows.dtype == np.uint8:
        squared_error: Fraction | float = _error_of_bytes(rows, codebook, counts, sums)
    else:
        squared_error = float(_errors(rows, codebook, indices).sum())
    worst = None if counts.all() else _worst_of(_errors(rows, codebook, indices), rows)
    return Totals(counts, sums, squared_error, worst)


def _errors(rows: NDArray[Any], codebook: Codebook, indices: Indices) -> Floats:
    return np.asarray(((rows - codebook.vectors[indices]) ** 2).sum(axis=1))


def _error_of_bytes(
    rows: NDArray[np.uint8], codebook: Codebook, counts: Indices, sums: Floats
) -> Fraction:
    """The sum of |x|² - 2 x·y + |y|², of which the last two need only what a region has in all."""
    vectors = (codebook.vectors * STEPS).astype(np.int64)
    squares = int(np.einsum("ij,ij->", rows, rows, dtype=np.int64))
    products = int((vectors * sums.astype(np.int64)).sum())
    own = int(counts @ (vectors**2).sum(axis=1))
    return squares - Fraction(2 * products, STEPS) + Fraction(own, STEPS**2)


def _worst_of(errors: Floats, rows: NDArray[Any]) -> Worst:
    """Of samples with the same error the first in lexicographic order, wherever it stands."""
    largest = errors.max()
    tied = rows[errors == largest]
    for component in range(rows.shape[1]):
        tied = tied[tied[:, component] == tied[:, component].min()]
    return float(largest), tied[0].copy()


def _worse(one: Worst | None, other: Worst | None) -> Worst | None:
    """The one with the larger error; if they are equal the first in lexicographic order."""
    if one is None or other is None:
        return one or other
    if one[0] != other[0]:
        return max(one, other, key=_error_of)
    return min(one, other, key=_components_of)


def _error_of(worst: Worst) -> float:
    return worst[0]


def _components_of(worst: Worst) -> list[float]:
    return list(worst[1])


def next_codebook(total: Totals, codebook: Codebook) -> Codebook:
    """Every code vector at the centroid of its region.

    One whose region is empty goes to the worst sample; if there are several, the first of them
    does, and the others stay where they are until the next pass.
    """
    vectors = codebook.vectors.copy()
    filled = total.counts > 0
    vectors[filled] = total.sums[filled] / total.counts[filled, None]
    empty = np.flatnonzero(~filled)
    if empty.size and total.worst is not None:
        vectors[empty[0]] = total.worst[1]
    return Codebook(vectors)
