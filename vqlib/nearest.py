"""The search for the nearest code vector, in one dimension and in more."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn import config_context
from sklearn.cluster import KMeans

from .arrays import Floats, Indices
from .checks import are_whole, exponent_of, reach, scaled

FEW_DISTANCES = 1 << 18
"""Up to so many distances `NearestVector` is the quicker search; beyond, that of KMeans."""
AT_ONCE = 1 << 18
"""So many products are computed at once: little enough for the cache, and for one thread, as many
threads would wait for each other longer than they work."""
STEPS = 512
"""Numbers on steps of one 512th are as good as whole ones: `vqlib.scale` keeps code vectors so."""
SCALE = 490
"""Numbers are scaled to below 2^490: the sum of 2^40 squares of their differences is a double."""
EPSILON = float(np.finfo(np.float64).eps)


def nearest_level(points: NDArray[Any], levels: Floats) -> Indices:
    """Index of the nearest level of each number; one half-way goes up, to the larger level.

    Parameters
    ----------
    points : array (n,)
    levels : array (K,)
        In any order.
    """
    order = np.argsort(levels, kind="stable")
    ascending = levels[order]
    above = np.searchsorted(ascending, points, side="right")
    upper = np.minimum(above, len(levels) - 1)
    lower = np.maximum(above - 1, 0)
    goes_up = ascending[upper] - points <= points - ascending[lower]
    return order[np.where(goes_up, upper, lower)]


@np.errstate(under="ignore")
def nearest_vector(points: NDArray[Any], vectors: Floats) -> Indices:
    """Index of the nearest code vector of each point; of several as near the first.

    That is as far as double precision can tell from the differences x - y, whatever else is in the
    codebook; among whole numbers it can.

    Parameters
    ----------
    points : array (n, k)
        Finite. Bytes are searched in single precision where that is exact, which is quicker.
    vectors : array (K, k)
    """
    if points.dtype == np.uint8 and _exact_in_single_precision(vectors):
        return _nearest_by_products(points.astype(np.float32), vectors.astype(np.float32))
    # In double precision, as halves and bytes would overflow.
    steps = np.float64(1 if are_whole(vectors) else STEPS)
    if are_whole(steps * vectors) and (are_whole(points) or are_whole(steps * points)):
        # Far from the origin x·y and |y|² lose digits. A whole shift leaves whole numbers whole.
        centre = np.floor(vectors.mean(axis=0))
        points_near_origin = points - centre
        vectors_near_origin = vectors - centre
        largest = steps * max(reach(points_near_origin), reach(vectors_near_origin))
        if 3 * vectors.shape[1] * largest**2 < 1 / EPSILON:
            return _nearest_by_products(points_near_origin, vectors_near_origin)
    return _nearest_by_differences(points, vectors)


def _exact_in_single_precision(vectors: Floats) -> bool:
    """Whether squared distances from bytes are: whole numbers below 2^24."""
    are_bytes = (vectors == vectors.clip(0, 255).round()).all()
    return bool(are_bytes) and vectors.shape[1] <= 64


def _nearest_by_products(points: NDArray[Any], vectors: NDArray[Any]) -> Indices:
    """For whole numbers whose products and sums are exact."""
    if len(points) * len(vectors) <= FEW_DISTANCES:
        return NearestVector(vectors).search(points)
    return _search_of_kmeans(points, vectors)


def _nearest_by_differences(points: NDArray[Any], vectors: Floats) -> Indices:
    """For any numbers, in parts of so many points that their scores stay in the cache."""
    # Close to the end of the doubles, but for the squares: then those of tiny numbers are there.
    up = min(SCALE - max(exponent_of(points), exponent_of(vectors)), 1023)
    all_vectors = scaled(vectors, up)
    centre = all_vectors.mean(axis=0)
    search = NearestVector(all_vectors - centre)
    indices = np.empty(len(points), np.intp)
    step = max(1, AT_ONCE // (len(vectors) * max(4, vectors.shape[1])))
    for start in range(0, len(points), step):
        part = scaled(points[start : start + step], up)
        found, doubtful = search.search_with_doubts(part - centre)
        if doubtful.size:
            squares = cdist(part[doubtful], all_vectors, "sqeuclidean")
            found[doubtful] = squares.argmin(axis=1)
        indices[start : start + step] = found
    return indices


class NearestVector:
    """A search for the nearest of K code vectors, made for being asked again and again.

    |x - y|² is the least where x·y - |y|²/2 is the largest, and that takes one matrix product.

    Parameters
    ----------
    vectors : array (K, k)
        Of single or double precision, not far from the origin.
    """

    def __init__(self, vectors: NDArray[Any]) -> None:
        self._transposed = vectors.T
        self._half_squares = (vectors**2).sum(axis=1) / 2
        self._reach = reach(vectors)

    def search(self, points: NDArray[Any]) -> Indices:
        """Index of the nearest code vector of each point (n, k); of several as near the first."""
        return np.asarray(self._scores(points).argmax(axis=1))

    def search_with_doubts(self, points: NDArray[Any]) -> tuple[Indices, Indices]:
        """The same, and which points have another code vector as near, but for rounding."""
        scores = self._scores(points)
        indices = np.asarray(scores.argmax(axis=1))
        best = scores[np.arange(len(scores)), indices]
        # No sum of products and of squares is above `largest`. Each product, sum and difference,
        # the shift to the origin included, is off by up to EPSILON / 2 of that.
        dimension = points.shape[1]
        largest = dimension * self._reach * (reach(points) + self._reach)
        rounding = (dimension + 8) * EPSILON * largest
        as_good = scores >= (best - 2 * rounding)[:, None]
        if np.count_nonzero(as_good) == len(points):
            return indices, np.array([], np.intp)
        return indices, np.flatnonzero(np.count_nonzero(as_good, axis=1) > 1)

    def _scores(self, points: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(points @ self._transposed - self._half_squares)


def _search_of_kmeans(points: NDArray[Any], vectors: NDArray[Any]) -> Indices:
    """The same search, borrowed from scikit-learn: its `KMeans.predict`, given our code vectors.

    With many points it is up to three times as fast as `NearestVector`, as it works in parts that
    stay in the processor's cache and on all cores. There is no public function for it alone, so a
    model is fitted to one point, whichever, and then gets the code vectors as its centres.
    """
    whichever = np.zeros((1, points.shape[1]), points.dtype)
    model = KMeans(1, init=whichever, n_init=1).fit(whichever)
    model.cluster_centers_ = vectors
    with config_context(assume_finite=True):  # the caller has checked it
        return np.asarray(model.predict(points), dtype=np.intp)
