"""Scalar codebooks by rule and by exact optimization, and products of codebooks."""

import itertools

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Floats, Indices, Weights
from ..checks import check_ends, check_int, check_range, check_weights, reach
from ..codebook import Codebook, check_codebook
from .training_set import check_spread

DISTINCT_LIMIT = 2048
"""`OptimalScalar` makes a few tables of (distinct values)² floats, 32 MiB each at this limit."""

LEAST_SHARE = 1e-12
"""A value with less of the total weight does not count: double precision would lose it in sums."""


def uniform(size: int, low: float, high: float) -> Codebook:
    """Scalar codebook with equal cells: [low, high] cut into `size` cells, a level in each middle.

    `uniform(4, -4, 4)` is the classic {-3, -1, 1, 3}; worked out in notebook 01_scalar.

    Raises
    ------
    ValueError
        If `size` is not a whole number of at least 1, `low` is not below `high`, or there are not
        so many numbers between them.
    """
    middles = np.arange(check_int(size, "size", 1)) + 0.5
    low, high = check_ends(low, high)
    levels = low + (high - low) * middles / size
    if not (np.diff(levels) > 0).all():
        wanted = f"low and high must be far enough apart for {size} levels"
        raise ValueError(f"{wanted}, got {low!r} and {high!r}")
    return Codebook(levels)


def product(*parts: Codebook) -> Codebook:
    """All combinations of the code vectors of several codebooks, joined and not added.

    They come in the order of their code words joined together. Of two scalar codebooks it makes the
    grid that quantizes a pair component by component; worked out in notebook 02_plane.

    Raises
    ------
    ValueError
        If a part is no `Codebook`, or there is none.
    """
    if not parts:
        raise ValueError("parts must be one or more codebooks, got none")
    for part in parts:
        check_codebook(part, "each of parts")
    combinations = itertools.product(*(part.vectors for part in parts))
    return Codebook([np.concatenate(vectors) for vectors in combinations])


class OptimalScalar:
    """All optimal scalar codebooks of one set of values, from one run of dynamic programming.

    The best K cells of the first j values are the best K - 1 cells of the first i < j values and
    one cell more, so a table over (K, j) holds every answer (Fisher 1958, "On grouping for maximum
    homogeneity"; Bruce 1965, "Optimum quantization"); worked out in notebook 04_grey_images.

    Parameters
    ----------
    values : array (n,)
        Samples, or the points of a histogram or density.
    weights : array (n,), optional
        How much each value counts, for example its number in a histogram. A value that has less
        than 1e-12 of the total does not count: sums in double precision would lose it.
    largest : int, optional
        The largest size that will be asked for; all sizes if left out. Work grows in proportion.
    integer : bool
        Whether levels have to be whole numbers. The values must be whole numbers too; the optimum
        is then exact.

    Raises
    ------
    ValueError
        If the values are not finite, lie beyond 1e100, differ by less than 1e-100 in all, are not
        whole where that is asked, or have more than `DISTINCT_LIMIT` distinct ones.
    """

    @np.errstate(under="ignore")
    def __init__(
        self,
        values: ArrayLike,
        weights: Weights = None,
        *,
        largest: int | None = None,
        integer: bool = False,
    ) -> None:
        array = check_range(values, "values").astype(np.float64).ravel()
        check_spread(array, "values")
        mass = check_weights(weights, array.size)
        if integer and not (array == np.floor(array)).all():
            raise ValueError("values must be whole numbers where integer levels are asked")
        counts = mass > LEAST_SHARE * mass.sum()
        points, which = np.unique(array[counts], return_inverse=True)
        if points.size > DISTINCT_LIMIT:
            allowed = f"at most {DISTINCT_LIMIT} distinct numbers"
            raise ValueError(f"values must be {allowed}, got {points.size}: use lloyd")
        self._integer = integer
        self._points = points
        self._mass = np.bincount(which, mass[counts]).astype(np.float64)
        self.distinct: int = points.size
        """Number of distinct values that count: the largest codebook that makes sense."""
        self.largest = self.distinct
        """The largest size that `codebook` can be asked for."""
        if largest is not None:
            self.largest = min(check_int(largest, "largest", 1), self.distinct)
        self._last_cells = self._tabulate()

    def codebook(self, size: int) -> Codebook:
        """The codebook of `size` levels with the least mean squared error; no cell is empty.

        Its levels ascend.

        Raises
        ------
        ValueError
            If `size` is not a whole number from 1 to `largest`.
        """
        if check_int(size, "size", 1) > self.distinct:
            allowed = f"at most the number of distinct values, {self.distinct}"
            raise ValueError(f"size must be {allowed}, got {size}")
        size = check_int(size, "size", 1, self.largest)
        # From the last cell back to the first: where a cell starts, the one before it ends.
        borders = [self.distinct]
        for start_of_last_cell in reversed(self._last_cells[:size]):
            borders.append(int(start_of_last_cell[borders[-1]]))
        borders.reverse()
        # The mean of each cell from its first value on, which loses no digits far from 0.
        starts = borders[:-1]
        first = np.repeat(self._points[starts], np.diff(borders))
        sums = np.add.reduceat(self._mass * (self._points - first), starts)
        means = sums / np.add.reduceat(self._mass, starts)
        return Codebook(self._points[starts] + self._levels(means))

    def _levels(self, means: Floats) -> Floats:
        """The best level of each cell, from its mean, both as steps from a whole number."""
        return np.floor(means + 0.5) if self._integer else means

    def _costs(self) -> Floats:
        """Entry [j, i]: the weighted squared error of one cell of the values i to j - 1.

        Value after value goes to the cells that have begun. All terms are positive: no digit is
        lost in a difference, as it would be beside an outlier (Welford 1962, "Note on a method for
        calculating corrected sums of squares and products").
        """
        cost = np.full((self.distinct + 1, self.distinct), np.inf)
        mass = np.zeros(self.distinct)
        mean = np.zeros(self.distinct)  # as a step from the first value of the cell
        spread = np.zeros(self.distinct)
        for number in range(self.distinct):
            begun = slice(number + 1)
            step = self._points[number] - self._points[begun] - mean[begun]
            before = mass[begun].copy()
            mass[begun] += self._mass[number]
            share = self._mass[number] / mass[begun]
            mean[begun] += share * step
            spread[begun] += before * share * step**2
            off = self._levels(mean[begun]) - mean[begun]
            cost[number + 1, begun] = spread[begun] + mass[begun] * off**2
        return cost

    def _whole_costs(self) -> Floats:
        """The same where all sums are whole numbers: exact, and so are ties."""
        centred = self._points - np.floor(self._points.mean())
        moments = np.cumsum(self._mass * [centred**0, centred, centred**2], axis=1)
        moments = np.pad(moments, ((0, 0), (1, 0)))
        mass, first, second = (total[:, None] - total[:-1] for total in moments)
        has_no_value = mass <= 0
        mass[has_no_value] = 1
        level = self._levels(first / mass)
        cost: Floats = second - level * (2 * first - level * mass)
        cost[has_no_value] = np.inf
        return cost

    def _has_whole_sums(self) -> bool:
        """Whether `_whole_costs` are exact."""
        if not self._integer or (self._mass != np.floor(self._mass)).any():
            return False
        largest = reach(self._points - np.floor(self._points.mean())) + 1
        return bool(4 * self._mass.sum() * largest**2 < 1 / np.finfo(float).eps)

    def _tabulate(self) -> list[Indices]:
        """Entry [K - 1][j]: where the last of the best K cells of the first j values starts."""
        cost = self._whole_costs() if self._has_whole_sums() else self._costs()
        last_cells: list[Indices] = [np.zeros(self.distinct + 1, dtype=np.intp)]
        best = cost[:, 0]
        # `before` cells come before the last one, and they need as many values at least.
        for before in range(1, self.largest):
            total = cost[before:, before:] + best[before:-1]
            start = total.argmin(axis=1) + before
            last_cells.append(np.append(np.zeros(before, np.intp), start))
            best = np.append(np.full(before, np.inf), total.min(axis=1))
        return last_cells


def optimal_scalar(
    values: ArrayLike, size: int, weights: Weights = None, *, integer: bool = False
) -> Codebook:
    """Scalar codebook with the least possible mean squared error: the global optimum.

    Parameters are those of `OptimalScalar`, which answers for many sizes; `size` is the number of
    levels.

    Raises
    ------
    ValueError
        As `OptimalScalar`; also if `size` is more than the number of distinct values.
    """
    size = check_int(size, "size", 1)
    return OptimalScalar(values, weights, largest=size, integer=integer).codebook(size)
