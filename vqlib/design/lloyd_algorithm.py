"""Lloyd's algorithm, that is k-means: whole, one half-step at a time, and by splitting."""

import itertools
import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from ..arrays import Floats, Indices, Weights
from ..checks import check_int, check_rows
from ..codebook import Codebook, check_codebook
from ..measure import mse
from .scalar import product
from .training_set import check_training_set, sums_by_region

MOST_STEPS = 601
"""Half-steps of our own after those of KMeans, where it is too coarse: 300 iterations."""

Step = tuple[Codebook, Indices, float]
"""A codebook, the index of each sample, and the distortion of these two."""


def lloyd(
    samples: ArrayLike,
    size: int,
    weights: Weights = None,
    *,
    seed: int = 0,
    starts: int = 4,
    iterations: int = 300,
) -> Codebook:
    """Codebook trained by Lloyd's algorithm: scikit-learn's KMeans, the best of `starts` runs.

    The result is a local optimum, or near one: KMeans stops when the code vectors hardly move (its
    default tolerance). Where it rounds too coarsely, beside an outlier far off, iterations of
    `lloyd_steps` follow. A cell that becomes empty gets the sample farthest from its code vector
    (KMeans does this). Code vectors come sorted by their first component, then the next (Lloyd
    1982, "Least squares quantization in PCM"; for vectors Linde, Buzo and Gray 1980, "An algorithm
    for vector quantizer design").

    Parameters
    ----------
    samples : array (n, k) or, for scalars, (n,)
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
        If `size` is more than the number of distinct samples, or the samples are not finite numbers
        of that shape, lie beyond 1e100, or differ by less than 1e-100 in all.
    """
    model = KMeans(
        size,
        n_init=check_int(starts, "starts", 1),
        max_iter=check_int(iterations, "iterations", 1),
        random_state=check_int(seed, "seed", 0, 2**32 - 1),
    )
    return _fit(model, samples, weights)


def refine(
    samples: ArrayLike, start: Codebook, weights: Weights = None, *, iterations: int = 300
) -> Codebook:
    """Lloyd's algorithm from a given codebook; parameters and errors otherwise as in `lloyd`."""
    most = check_int(iterations, "iterations", 1)
    vectors = check_codebook(start, "start").vectors
    model = KMeans(start.size, init=vectors, n_init=1, max_iter=most)
    return _fit(model, samples, weights, start)


@np.errstate(under="ignore")
def _fit(
    model: KMeans, samples: ArrayLike, weights: Weights, start: Codebook | None = None
) -> Codebook:
    dimension = 0 if start is None else start.dimension
    points, mass = check_training_set(samples, weights, model.n_clusters, dimension)
    counts = mass > 0
    if not counts.all():  # KMeans may put a code vector where nothing counts
        points = points[counts]
        mass = mass[counts]
    # KMeans warns of code vectors that fell together: below that is an error.
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        model.fit(points, sample_weight=mass)
    codebook = Codebook(model.cluster_centers_)
    if _too_coarse_for_kmeans(points, model.inertia_ / mass.sum()):
        steps = lloyd_steps(points, start or codebook, mass)
        *_, (codebook, _, _) = itertools.islice(steps, MOST_STEPS)
    vectors = codebook.vectors
    if len(np.unique(vectors, axis=0)) < len(vectors):
        wanted = f"far enough apart for {len(vectors)} code vectors"
        raise ValueError(f"samples must be {wanted}; some fell together")
    by_first_component = np.lexsort(vectors.T[::-1])
    return Codebook(vectors[by_first_component])


def _too_coarse_for_kmeans(points: Floats, squared_error: float) -> bool:
    """Whether the rounding of KMeans may matter beside this mean squared error of its result.

    It ranks distances by products with the samples, which loses digits beside an outlier; the
    nearest code vectors of `Codebook` do not.
    """
    dimension = points.shape[1]
    largest = np.ptp(points, axis=0).max() ** 2 * dimension
    return bool(squared_error < 1e6 * dimension * np.finfo(float).eps * largest)


def grid(samples: ArrayLike, bits: int) -> Codebook:
    """Two trained scalar quantizers, one for each component of the pairs, that share the bits.

    The first gets the odd bit. Used in notebook 02_plane.

    Parameters
    ----------
    samples : array (n, 2)
    bits : int
        Bits for an index of the grid, 0 to 32.

    Raises
    ------
    ValueError
        If the samples are not pairs, or have too few different components.
    """
    bits = check_int(bits, "bits", 0, 32)
    pairs = check_rows(samples, "samples", 2)
    first = lloyd(pairs[:, 0], 2 ** (bits - bits // 2), starts=1)
    second = lloyd(pairs[:, 1], 2 ** (bits // 2), starts=1)
    return product(first, second)


def lloyd_steps(samples: ArrayLike, start: Codebook, weights: Weights = None) -> Iterator[Step]:
    """Lloyd's algorithm one half-step at a time, for looking; worked out in notebook 03_design.

    Gives three things each time: the codebook, the index of each sample's region, and the
    distortion of just these two. First is `start` with every sample encoded by it. Then come in
    turn the codebook with every code vector moved to the centroid of its region, the indices as
    they were; and that codebook with every sample encoded anew. It stops, after an encoding, when a
    whole iteration no longer lowers the distortion; on the way it never rises. A code vector whose
    region is empty goes to the sample with the largest error (times its weight).

    Parameters
    ----------
    samples : array (n, k) or, for scalars, (n,)
    start : Codebook
        Where to begin.
    weights : array (n,), optional
        How much each sample counts.

    Raises
    ------
    ValueError
        If `start` has more code vectors than there are distinct samples, or the samples do not fit
        it.
    """
    codebook = check_codebook(start, "start")
    points, mass = check_training_set(samples, weights, start.size, start.dimension)
    indices = start.encode(points)
    distortion = mse(points, codebook.decode(indices), mass)
    yield codebook, indices, distortion
    while True:
        codebook = _centroids(points, mass, codebook, indices)
        with_old_regions = codebook, indices, mse(points, codebook.decode(indices), mass)
        indices = codebook.encode(points)
        previous = distortion
        distortion = mse(points, codebook.decode(indices), mass)
        if distortion >= previous:
            return
        yield with_old_regions
        yield codebook, indices, distortion


def _centroids(points: Floats, mass: Floats, codebook: Codebook, indices: Indices) -> Codebook:
    """Every code vector at the centroid of its region; for empty ones see `lloyd_steps`."""
    share = np.bincount(indices, mass, codebook.size)
    sums = sums_by_region(points, mass, indices, codebook.size)
    vectors = sums / np.where(share > 0, share, 1)[:, None]
    empty = np.flatnonzero(share == 0)
    errors = ((points - codebook.decode(indices)) ** 2).sum(axis=1) * mass
    errors[mass == 0] = -1  # the last to draw a code vector
    farthest_first = np.argsort(errors, kind="stable")[::-1]
    vectors[empty] = points[farthest_first[: empty.size]]
    return Codebook(vectors)


def split(samples: ArrayLike, size: int, weights: Weights = None) -> Codebook:
    """Codebook trained by splitting (Linde, Buzo and Gray 1980): nothing random in it.

    Starts from the centroid of all samples. Until there are `size` code vectors, those whose cells
    have the largest squared error are doubled, a little to either side, and Lloyd's algorithm runs
    until it hardly improves (scikit-learn's tolerance). Any size will do. A cell left empty by a
    split gets the sample farthest from its code vector (KMeans does this).

    Parameters and errors are those of `lloyd`.
    """
    points, mass = check_training_set(samples, weights, size)
    codebook = Codebook(np.average(points, axis=0, weights=mass)[None, :])
    while codebook.size < size:
        doubled = _with_worst_doubled(points, mass, codebook, size - codebook.size)
        codebook = refine(points, doubled, mass)
    return codebook


def _with_worst_doubled(points: Floats, mass: Floats, codebook: Codebook, most: int) -> Codebook:
    """At most so many code vectors doubled, a tenth of a standard deviation to either side."""
    indices = codebook.encode(points)
    squares = (points - codebook.decode(indices)) ** 2
    errors = sums_by_region(squares, mass, indices, codebook.size)
    share = np.maximum(np.bincount(indices, mass, codebook.size), np.finfo(float).tiny)
    offset = 0.1 * np.sqrt(errors / share[:, None])
    worst_first = np.argsort(errors.sum(axis=1), kind="stable")[::-1]
    chosen = worst_first[:most]
    above = codebook.vectors[chosen] + offset[chosen]
    vectors = np.concatenate([codebook.vectors, above])
    vectors[chosen] -= offset[chosen]
    return Codebook(vectors)
