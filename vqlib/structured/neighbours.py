"""The nearest vectors of a query, exactly, and how many of them an approximate search finds."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import Indices
from ..checks import are_whole, as_array, check_int, check_rows_of_any_type, describe

AT_ONCE = 1 << 22
"""So many distances are computed at once."""


def nearest_rows(queries: ArrayLike, vectors: ArrayLike, count: int) -> Indices:
    """Row numbers of the vectors nearest to a query, the nearest first; of equal ones the first.

    Every vector is compared. Which are as near can be told of whole numbers, of others as far as
    double precision goes. Bytes of up to 128 dimensions are compared in single precision, where
    their squared distances are exact.

    Parameters
    ----------
    queries : array (k,), or (q, k) for several
    vectors : array (n, k)
    count : int
        How many, 1 to n.

    Returns
    -------
    rows : integer array (count,), or (q, count) for several queries

    Raises
    ------
    ValueError
        If queries and vectors are not finite numbers of those shapes, or `count` is out of range.
    """
    rows = check_rows_of_any_type(vectors, "vectors")
    wanted = np.asarray(as_array(queries, "queries"))
    points = check_rows_of_any_type(np.atleast_2d(wanted), "queries", rows.shape[1])
    most = check_int(count, "count", 1, len(rows))
    are_bytes = rows.dtype == points.dtype == np.uint8 and rows.shape[1] <= 128
    numbers: type = np.float32 if are_bytes else np.float64
    mine: NDArray[Any] = rows.astype(numbers)
    if not are_bytes:
        # Far from the origin x·y and |y|² lose digits. A whole shift leaves whole numbers whole.
        centre = mine.mean(axis=0)
        if are_whole(mine) and are_whole(points):
            centre = np.round(centre)
        mine -= centre
        points = points - centre
    half_squares = (mine**2).sum(axis=1) / 2
    found = np.empty((len(points), most), np.intp)
    step = max(1, AT_ONCE // len(mine))
    for start in range(0, len(points), step):
        part: NDArray[Any] = points[start : start + step].astype(numbers)
        halves = half_squares - part @ mine.T  # half of |x - y|², less |x|²/2
        for place, row in enumerate(halves):
            found[start + place] = smallest(row, most)
    return found[0] if wanted.ndim == 1 else found


def smallest(values: NDArray[Any], count: int) -> Indices:
    """Places of the smallest of (n,), ascending; of equal ones the first."""
    if count >= len(values):
        return np.argsort(values, kind="stable")[:count]
    limit = np.partition(values, count - 1)[count - 1]
    candidates = np.flatnonzero(values <= limit)
    order = np.argsort(values[candidates], kind="stable")[:count]
    return np.asarray(candidates[order])


def recall(found: ArrayLike, truth: ArrayLike) -> float:
    """Share of queries whose true nearest neighbour is among those found.

    With R found for each query it is recall@R (Jégou, Douze and Schmid 2011, "Product quantization
    for nearest neighbor search").

    Parameters
    ----------
    found : integer array (q, R)
        Row numbers that a search returned for each query.
    truth : integer array (q,)
        Row number of the true nearest neighbour of each.

    Raises
    ------
    ValueError
        If they are not row numbers of those shapes.
    """
    rows = as_array(found, "found")
    nearest = as_array(truth, "truth")
    if rows.dtype.kind not in "iu" or rows.ndim != 2 or rows.size == 0:
        raise ValueError(f"found must be row numbers of shape (q, R), got {describe(rows)}")
    if nearest.dtype.kind not in "iu" or nearest.shape != rows.shape[:1]:
        allowed = f"row numbers of shape ({len(rows)},)"
        raise ValueError(f"truth must be {allowed}, got {describe(nearest)}")
    return float((rows == nearest[:, None]).any(axis=1).mean())
