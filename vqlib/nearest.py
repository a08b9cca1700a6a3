"""The search for the nearest code vector, in one dimension and in more."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.cluster import KMeans

from .arrays import Floats, Indices

FEW_DISTANCES = 1 << 18
"""Up to so many distances `NearestVector` is the quicker search; beyond, that of KMeans."""


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


def nearest_vector(points: NDArray[Any], vectors: Floats) -> Indices:
    """Index of the nearest code vector of each point; of several as near the first.

    That is as far as double precision can tell; among whole numbers it can.

    Parameters
    ----------
    points : array (n, d)
        Finite. Bytes are searched in single precision where that is exact, which is quicker.
    vectors : array (K, d)
    """
    if points.dtype == np.uint8 and _exact_in_single_precision(vectors):
        near_origin: NDArray[Any] = points.astype(np.float32)
        vectors_near_origin: NDArray[Any] = vectors.astype(np.float32)
    else:
        # Far from the origin x·y and |y|² lose digits. A whole shift leaves whole numbers whole.
        centre = np.floor(vectors.mean(axis=0))
        near_origin = points - centre
        vectors_near_origin = vectors - centre
    if len(points) * len(vectors) <= FEW_DISTANCES:
        return NearestVector(vectors_near_origin).search(near_origin)
    return _search_of_kmeans(near_origin, vectors_near_origin)


def _exact_in_single_precision(vectors: Floats) -> bool:
    """Whether squared distances from bytes are: whole numbers below 2^24."""
    are_bytes = (vectors == vectors.clip(0, 255).round()).all()
    return bool(are_bytes) and vectors.shape[1] <= 64


class NearestVector:
    """A search for the nearest of K code vectors, made for being asked again and again.

    |x - y|² is the least where x·y - |y|²/2 is the largest, and that takes one matrix product.

    Parameters
    ----------
    vectors : array (K, d)
        Of single or double precision, not far from the origin.
    """

    def __init__(self, vectors: NDArray[Any]) -> None:
        self._transposed = vectors.T
        self._half_squares = (vectors**2).sum(axis=1) / 2

    def search(self, points: NDArray[Any]) -> Indices:
        """Index of the nearest code vector of each point (n, d); of several as near the first."""
        scores = points @ self._transposed - self._half_squares
        return np.asarray(scores.argmax(axis=1))


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
