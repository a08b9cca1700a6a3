"""Ways to make a codebook: by rule, by training, and the exact optimum for scalars."""

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import integrate, optimize
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from .codebook import Codebook, Indices
from .measure import (
    Density,
    Floats,
    Weights,
    as_rows,
    described,
    entropy_of_counts,
    finite,
    mse,
    positive_weights,
    whole,
)

Step = tuple[Codebook, Indices, float]
PricedStep = tuple[Codebook, Floats, Indices, float]

DISTINCT_LIMIT = 2048
"""`OptimalScalar` makes a few tables of (distinct values)² floats, 32 MiB each at this limit."""


def uniform(size: int, low: float, high: float) -> Codebook:
    """Scalar codebook with equal cells: [low, high] cut into `size` cells, the code vectors in their middles.

    `uniform(4, -4, 4)` is the classic {-3, -1, 1, 3}; worked out in notebook 01_scalar.

    Raises
    ------
    ValueError
        If `size` is not a whole number of at least 1, or `low` is not below `high`.
    """
    steps = np.arange(whole(size, "size", 1)) + 0.5
    ends = finite([low, high], "low and high")
    if not ends[0] < ends[1]:
        raise ValueError(f"low must be below high, got {low!r} and {high!r}")
    return Codebook(ends[0] + (ends[1] - ends[0]) * steps / size)


def product(*parts: Codebook) -> Codebook:
    """All combinations of the code vectors of several codebooks, in the order of their code words joined together.

    Of two scalar codebooks it makes the grid that quantizes a pair component by component; notebook 02_plane.
    """
    return Codebook([np.concatenate(vectors) for vectors in itertools.product(*(part.vectors for part in parts))])


class OptimalScalar:
    """All optimal scalar codebooks of one set of values, from one run of dynamic programming.

    The best K cells of the first j values are the best K - 1 cells of the first i < j values and one cell more, so a
    table over (K, j) holds every answer (Fisher 1958, "On grouping for maximum homogeneity"; Bruce 1965, "Optimum
    quantization"); used in notebook 04_grey_images.

    Parameters
    ----------
    values : array (n,)
        Samples, or the points of a histogram or density.
    weights : array (n,), optional
        How much each value counts, for example its number in a histogram. A value that has less than 1e-12 of the
        total does not count: sums in double precision would lose it.
    largest : int, optional
        The largest size that will be asked; all sizes if left out. Work grows in proportion to it.
    integer : bool
        Whether levels have to be whole numbers. The values must be whole numbers too; the optimum is then exact.

    Raises
    ------
    ValueError
        If the values are not finite, not whole where that is asked, or have more than `DISTINCT_LIMIT` distinct ones.
    """

    def __init__(
        self, values: ArrayLike, weights: Weights = None, *, largest: int | None = None, integer: bool = False
    ) -> None:
        array = finite(values, "values").ravel()
        mass = positive_weights(weights, array.size)
        if integer and not (array == np.floor(array)).all():
            raise ValueError("values must be whole numbers where integer levels are asked")
        heavy = mass > 1e-12 * mass.sum()
        points, place = np.unique(array[heavy], return_inverse=True)
        if points.size > DISTINCT_LIMIT:
            raise ValueError(f"values must be at most {DISTINCT_LIMIT} distinct numbers, got {points.size}: use lloyd")
        self._integer = integer
        self._shift = np.floor(points.mean())  # moments about a point among the values lose fewer digits
        centred = points - self._shift
        mass = np.bincount(place, mass[heavy]).astype(np.float64)
        # Row p is the sum of weight * value**p over the first j values, for j = 0..n.
        self._sums = np.pad(np.cumsum([mass, mass * centred, mass * centred**2], axis=1), ((0, 0), (1, 0)))
        self.distinct: int = points.size
        """Number of distinct values that count: the largest codebook that makes sense."""
        self.largest = points.size if largest is None else min(whole(largest, "largest", 1), points.size)
        """The largest size that `codebook` can be asked for."""
        self._starts = self._tabulate()

    def codebook(self, size: int) -> Codebook:
        """The codebook of `size` levels with the least mean squared error, ascending; no cell is empty.

        Raises
        ------
        ValueError
            If `size` is not a whole number from 1 to `largest`.
        """
        if whole(size, "size", 1) > self.distinct:
            raise ValueError(f"size must be at most the number of distinct values, {self.distinct}, got {size}")
        size = whole(size, "size", 1, self.largest)
        borders = [self.distinct]
        for starts in reversed(self._starts[:size]):
            borders.append(int(starts[borders[-1]]))
        total = np.diff(self._sums[:, borders[::-1]])
        return Codebook(self._levels(total[0], total[1]) + self._shift)

    def _levels(self, mass: Floats, first: Floats) -> Floats:
        mean = first / mass
        return np.floor(mean + 0.5) if self._integer else mean

    def _tabulate(self) -> list[Indices]:
        """For each number of cells: where the last cell of the first j values starts."""
        # Entry [j, i] of these and of `cost` is about one cell of the values i to j - 1.
        mass, first, second = (total[:, None] - total[:-1] for total in self._sums)
        nothing = mass <= 0
        mass[nothing] = 1
        level = self._levels(mass, first)
        cost = np.maximum(second - level * (2 * first - level * mass), 0)
        cost[nothing] = np.inf
        table: list[Indices] = [np.zeros(self.distinct + 1, dtype=np.intp)]
        best = cost[:, 0]
        for before in range(1, self.largest):  # cells before the last one; they need that many values at least
            total = cost[before:, before:] + best[before:-1]
            table.append(np.append(np.zeros(before, np.intp), total.argmin(axis=1) + before))
            best = np.append(np.full(before, np.inf), total.min(axis=1))
        return table


def optimal_scalar(values: ArrayLike, size: int, weights: Weights = None, *, integer: bool = False) -> Codebook:
    """Scalar codebook with the least possible mean squared error: the global optimum, not a local one.

    Parameters are those of `OptimalScalar`, which answers for many sizes; `size` is the number of levels.

    Raises
    ------
    ValueError
        As `OptimalScalar`; also if `size` is more than the number of distinct values.
    """
    size = whole(size, "size", 1)
    return OptimalScalar(values, weights, largest=size, integer=integer).codebook(size)


def lloyd(
    samples: ArrayLike, size: int, weights: Weights = None, *, seed: int = 0, starts: int = 4, iterations: int = 300
) -> Codebook:
    """Codebook trained by Lloyd's algorithm, that is k-means: scikit-learn's KMeans, the best of `starts` runs.

    The result is a local optimum, or near one: KMeans stops when the code vectors hardly move (its default
    tolerance). A cell that becomes empty gets the sample farthest from its code vector (KMeans does this). Code
    vectors come sorted by their first component, then the next (Lloyd 1982, "Least squares quantization in PCM"; for
    vectors Linde, Buzo and Gray 1980, "An algorithm for vector quantizer design").

    Parameters
    ----------
    samples : array (n, d) or, for scalars, (n,)
    size : int
        Number of code vectors.
    weights : array (n,), optional
        How much each sample counts.
    seed : int
        Fixes the random starts (k-means++).
    starts : int
        Number of runs.
    iterations : int
        The most iterations of a run.

    Raises
    ------
    ValueError
        If `size` is more than the number of distinct samples, or the samples are not finite numbers of that shape.
    """
    options = {"n_init": whole(starts, "starts", 1), "max_iter": whole(iterations, "iterations", 1)}
    return _fit(KMeans(size, random_state=whole(seed, "seed", 0, 2**32 - 1), **options), samples, weights)


def refine(samples: ArrayLike, start: Codebook, weights: Weights = None, *, iterations: int = 300) -> Codebook:
    """Lloyd's algorithm from a codebook that there is; parameters and errors otherwise as in `lloyd`."""
    model = KMeans(start.size, init=start.vectors, n_init=1, max_iter=whole(iterations, "iterations", 1))
    return _fit(model, samples, weights)


def lloyd_steps(samples: ArrayLike, start: Codebook, weights: Weights = None) -> Iterator[Step]:
    """Lloyd's algorithm one half-step at a time, for looking; worked out in notebook 03_design.

    Gives three things each time: the codebook, the index of each sample's region, and the distortion of just these
    two. First is `start` with every sample encoded by it. Then come in turn the codebook with every code vector moved
    to the centroid of its region, the indices as they were; and that codebook with every sample encoded anew. It
    stops, after an encoding, when a whole iteration no longer lowers the distortion; on the way it never rises. A
    code vector whose region is empty goes to the sample with the largest error (times its weight).

    Parameters
    ----------
    samples : array (n, d) or, for scalars, (n,)
    start : Codebook
        Where to begin.
    weights : array (n,), optional
        How much each sample counts.

    Raises
    ------
    ValueError
        If `start` has more code vectors than there are distinct samples, or the samples do not fit it.
    """
    points, mass = _training_set(samples, weights, start.size)
    codebook, indices = start, start.encode(points)
    distortion = mse(points, codebook.decode(indices), mass)
    yield codebook, indices, distortion
    while True:
        codebook = _centroids(points, mass, codebook, indices)
        moved = codebook, indices, mse(points, codebook.decode(indices), mass)
        indices = codebook.encode(points)
        previous, distortion = distortion, mse(points, codebook.decode(indices), mass)
        if distortion >= previous:
            return
        yield moved
        yield codebook, indices, distortion


def encode_at_price(samples: ArrayLike, codebook: Codebook, lengths: ArrayLike, price: float) -> Indices:
    """Index of the code vector with the least squared error + `price` * length, for each sample, integer array (n,).

    Parameters
    ----------
    samples : array (n, d) or, for scalars, (n,)
    codebook : Codebook
    lengths : array (K,)
        Bits of each code word. They need not be whole.
    price : float
        Squared error that one bit has to save. With 0 it is the nearest code vector.

    Raises
    ------
    ValueError
        If the samples do not fit the codebook, there is not one length for each code vector, or `price` is negative.
    """
    points, bits = as_rows(samples, "samples", codebook.dimension), finite(lengths, "lengths")
    if bits.shape != (codebook.size,):
        raise ValueError(f"lengths must be {codebook.size} numbers, got {described(bits)}")
    if np.ndim(price) or finite(price, "price") < 0:
        raise ValueError(f"price must not be negative, got {price!r}")
    # A further component, 0 for each sample, has the squared error price * length: the sum is a squared distance.
    lifted = np.column_stack([codebook.vectors, np.sqrt(price * (bits - bits.min()))])
    return Codebook(lifted).encode(np.column_stack([points, np.zeros(len(points))]))


def entropy_constrained(
    samples: ArrayLike, start: Codebook, price: float, weights: Weights = None
) -> Iterator[PricedStep]:
    """Lloyd's algorithm for code words of different lengths, one iteration at a time.

    It lowers the cost, distortion + `price` * rate (Chou, Lookabaugh and Gray 1989, "Entropy-constrained vector
    quantization"): every sample is encoded by `encode_at_price`, every code vector goes to the centroid of its region
    and gets the length -log2 of its share. Code vectors that no sample wants any more are dropped. It stops when an
    iteration lowers the cost by less than a millionth. Worked out in notebook 07_rate_distortion.

    Gives the codebook, the lengths in bits, array (K,), the indices and the cost, each per dimension. The rate is the
    entropy of the indices over the dimension.

    Parameters
    ----------
    samples : array (n, d) or, for scalars, (n,)
    start : Codebook
        Where to begin, with equal lengths. Its size is the largest that the result can have.
    price : float
        Squared error that one bit has to save; the smaller, the higher the rate.
    weights : array (n,), optional
        How much each sample counts.

    Raises
    ------
    ValueError
        As `lloyd_steps`; also if `price` is negative.
    """
    points, mass = _training_set(samples, weights, start.size)
    codebook, lengths, cost = start, np.full(start.size, start.bits), np.inf
    while True:
        indices, previous = encode_at_price(points, codebook, lengths, price), cost
        used, indices = np.unique(indices, return_inverse=True)
        share = np.bincount(indices, mass, used.size)
        codebook = Codebook(_sums(points, mass, indices, used.size) / share[:, None])
        lengths = -np.log2(share / share.sum())
        cost = mse(points, codebook.decode(indices), mass) + price * entropy_of_counts(share) / codebook.dimension
        if cost >= previous - 1e-6 * abs(previous):
            return
        yield codebook, lengths, indices, cost


def split(samples: ArrayLike, size: int, weights: Weights = None) -> Codebook:
    """Codebook trained by splitting (Linde, Buzo and Gray 1980): nothing random in it.

    Starts from the centroid of all samples. Until there are `size` code vectors, those whose cells have the largest
    squared error are doubled, a little to either side, and Lloyd's algorithm runs until it hardly improves
    (scikit-learn's tolerance). Any size will do. A cell left empty by a split gets the sample farthest from its code
    vector (KMeans does this).

    Parameters and errors are those of `lloyd`.
    """
    points, mass = _training_set(samples, weights, size)
    codebook = Codebook(np.average(points, axis=0, weights=mass)[None, :])
    while codebook.size < size:
        indices = codebook.encode(points)
        errors = _sums((points - codebook.decode(indices)) ** 2, mass, indices, codebook.size)
        share = np.maximum(np.bincount(indices, mass, codebook.size), np.finfo(float).tiny)
        offset = 0.1 * np.sqrt(errors / share[:, None])
        chosen = np.argsort(errors.sum(axis=1), kind="stable")[::-1][: size - codebook.size]
        start = np.concatenate([codebook.vectors, codebook.vectors[chosen] + offset[chosen]])
        start[chosen] -= offset[chosen]
        codebook = refine(points, Codebook(start), mass)
    return codebook


def lloyd_max(density: Density, size: int, low: float, high: float) -> Codebook:
    """Optimal scalar codebook of a density, from its integrals and not from samples.

    Solves the conditions of Lloyd 1957/1982 and Max 1960, "Quantizing for minimum distortion": every level is the
    centroid of its region, every border lies half-way between two levels. Only one codebook meets them if the logarithm
    of the density is concave, as for Gaussian, Laplacian and uniform (Fleischer 1964, "Sufficient conditions for
    achieving minimum distortion in a quantizer"; Trushkin 1982). For other densities, those with several humps, it may
    be a poor one: compare with `optimal_scalar`. The start are levels as dense as the cube root of the density (Panter
    and Dite 1951). Used in notebook 03_design.

    Parameters
    ----------
    density : function of an array of numbers
        Its values there. They need not integrate to 1: a factor makes no difference.
    size : int
        Number of levels, at most 1024.
    low, high : float
        Where the density lies; what is beyond does not count. -10 and 10 will do for a Gaussian of variance 1.

    Raises
    ------
    ValueError
        If the density is not finite, negative or zero throughout, or no solution is found.
    """
    size = whole(size, "size", 1, 1024)
    unit, start = _as_dense_as_the_cube_root(density, size, low, high)

    def off_centroid(levels: Floats) -> Floats:
        mass, first = (_moments(power, Codebook(levels - 1), unit) for power in (0, 1))
        return np.asarray(np.divide(first, mass, where=mass > 0, out=np.ones(size)))

    # Solved for levels + 1, as steps for the derivatives are relative. Each equation holds three levels: a band.
    found = optimize.root(off_centroid, start + 1, options={"band": (1, 1)} if size > 1 else None)
    if np.abs(found.fun).max() > 1e-9:
        raise ValueError(f"no {size} levels found for this density: bring low and high nearer, or ask for fewer")
    return Codebook(low + (high - low) * np.sort(found.x - 1))


def best_uniform(density: Density, size: int, low: float, high: float) -> Codebook:
    """The scalar codebook with equal steps that has the least distortion on a density (Max 1960, the same paper).

    At the optimum neither a shift of all levels nor a stretch lowers the distortion: two equations. Parameters and
    errors are those of `lloyd_max`, but `size` is at least 2.
    """
    size = whole(size, "size", 2, 1024)
    unit, start = _as_dense_as_the_cube_root(density, size, low, high)
    places = np.linspace(-1, 1, size)

    def slopes(middle_and_reach: Floats) -> Floats:
        first = _moments(1, Codebook(middle_and_reach[0] + abs(middle_and_reach[1]) * places), unit)
        return np.array([first.sum(), first @ places])

    found = optimize.root(slopes, [(start[0] + start[-1]) / 2, (start[-1] - start[0]) / 2])
    if np.abs(found.fun).max() > 1e-9:
        raise ValueError(f"no {size} equal steps found for this density: bring low and high nearer, or ask for fewer")
    return Codebook(low + (high - low) * (found.x[0] + abs(found.x[1]) * places))


def expected_distortion(codebook: Codebook, density: Density, low: float, high: float) -> float:
    """Mean squared error of a scalar codebook on a density, by integration; density and ends as in `lloyd_max`."""
    unit, _ = _on_unit_interval(density, low, high)
    on_unit = Codebook((codebook.vectors - low) / (high - low))
    mass, second = (_moments(power, on_unit, unit).sum() for power in (0, 2))
    return float((high - low) ** 2 * second / mass)


def _as_dense_as_the_cube_root(density: Density, size: int, low: float, high: float) -> tuple[Density, Floats]:
    """The density on [0, 1], and levels there."""
    unit, grid = _on_unit_interval(density, low, high)
    shares = (np.arange(size) + 0.5) / size
    return unit, np.quantile(grid, shares, weights=np.cbrt(unit(grid)), method="inverted_cdf")


def _on_unit_interval(density: Density, low: float, high: float) -> tuple[Density, Floats]:
    """The density moved to [0, 1], with a height of about 1, once all is known to be good; and points there."""
    places = uniform(10_000, low, high).vectors[:, 0]
    heights = finite(density(places), "density")
    if heights.shape != places.shape or heights.min() < 0 or heights.max() == 0:
        raise ValueError(f"density must be a number at each place, none negative, not all 0; got {described(heights)}")
    return lambda x: density(low + (high - low) * x) / heights.max(), uniform(10_000, 0, 1).vectors[:, 0]


def _moments(power: int, codebook: Codebook, density: Density) -> Floats:
    """Integral of (x - level)^power times the density over each region of [0, 1], lowest first."""
    levels, borders = np.sort(codebook.vectors[:, 0]), np.clip(codebook.thresholds, 0, 1)
    edges = np.union1d(borders, np.linspace(0, 1, 257))  # in pieces, so that no corner or narrow peak is missed
    left, wide = edges[:-1], np.diff(edges)
    cell = np.searchsorted(borders, left, side="right")

    def integrand(share: float) -> Floats:
        x = left + share * wide
        return np.asarray(wide * (x - levels[cell]) ** power * density(x))

    pieces, _ = integrate.quad_vec(integrand, 0, 1, epsabs=0, epsrel=1e-11, limit=300)
    return np.bincount(cell, pieces, codebook.size).astype(np.float64)


def _training_set(samples: ArrayLike, weights: Weights, size: int) -> tuple[Floats, Floats]:
    """Samples (n, d) and their weights (n,), if they can give `size` different code vectors."""
    points = as_rows(samples, "samples")
    mass = positive_weights(weights, len(points))
    if whole(size, "size", 1) > (most := distinct(points[mass > 0], size)):
        raise ValueError(f"size must be at most the number of distinct samples, {most}, got {size}")
    return points, mass


def distinct(vectors: NDArray[Any], enough: int) -> int:
    """How many different vectors there are among (n, d), or among some of them if those are enough."""
    # Mostly they are, and sorting all takes as long as training.
    few = len(np.unique(vectors[:: 1 + len(vectors) // (4 * int(enough))], axis=0))
    return few if few >= enough else len(np.unique(vectors, axis=0))


def _fit(model: KMeans, samples: ArrayLike, weights: Weights) -> Codebook:
    points, mass = _training_set(samples, weights, model.n_clusters)
    # A warning of code vectors that fell together: told below as an error.
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        vectors = model.fit(points, sample_weight=mass).cluster_centers_
    if len(np.unique(vectors, axis=0)) < len(vectors):
        raise ValueError(f"samples must be far enough apart for {len(vectors)} code vectors; some fell together")
    return Codebook(vectors[np.lexsort(vectors.T[::-1])])


def _centroids(points: Floats, mass: Floats, codebook: Codebook, indices: Indices) -> Codebook:
    share = np.bincount(indices, mass, codebook.size)
    empty = np.flatnonzero(share == 0)
    vectors = _sums(points, mass, indices, codebook.size) / np.where(share > 0, share, 1)[:, None]
    far = np.argsort(((points - codebook.decode(indices)) ** 2).sum(axis=1) * mass, kind="stable")[::-1]
    vectors[empty] = points[far[: empty.size]]
    return Codebook(vectors)


def _sums(values: Floats, mass: Floats, indices: Indices, size: int) -> Floats:
    """Weighted sum of the values (n, d) in each region, array (size, d)."""
    return np.stack([np.bincount(indices, mass * component, size) for component in values.T], axis=1)
