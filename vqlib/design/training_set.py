"""What all training needs: samples with weights, and sums over the encoding regions."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import Floats, Indices, Weights
from ..checks import LARGEST, check_int, check_rows, check_rows_of_any_type, check_weights

LEAST_SPREAD = 1 / LARGEST
"""Samples that differ by less differ too little: the squares of their errors would vanish."""


def check_training_set(
    samples: ArrayLike, weights: Weights, size: int, dimension: int = 0
) -> tuple[Floats, Floats]:
    """Samples (n, k) and their weights (n,), if they can give `size` different code vectors.

    If `dimension` is not 0, k must be equal to it.
    """
    points = check_rows(check_rows_of_any_type(samples, "samples"), "samples", dimension)
    check_spread(points, "samples")
    mass = check_weights(weights, len(points))
    largest = count_distinct(points[mass > 0], check_int(size, "size", 1))
    if size > largest:
        raise ValueError(
            f"size must be at most the number of distinct samples, {largest}, got {size}"
        )
    return points, mass


def check_spread(values: Floats, name: str) -> None:
    """Refuses (n, k) or (n,) that differ, but by less than `LEAST_SPREAD`."""
    spread = np.ptp(values, axis=0).max()
    if 0 < spread < LEAST_SPREAD:
        given = f"got a largest difference of {spread}"
        raise ValueError(f"{name} must not differ by less than {LEAST_SPREAD} in all, {given}")


def count_distinct(vectors: NDArray[Any], enough: int) -> int:
    """How many different vectors there are among (n, k), or among some if those are `enough`."""
    # Mostly they are, and sorting all of them takes as long as training.
    step = 1 + len(vectors) // (4 * int(enough))
    among_some = len(np.unique(vectors[::step], axis=0))
    if among_some >= enough:
        return among_some
    return len(np.unique(vectors, axis=0))


def sums_by_region(values: Floats, mass: Floats, indices: Indices, size: int) -> Floats:
    """Weighted sum of the values (n, k) in each region, array (size, k)."""
    sums = [np.bincount(indices, mass * component, size) for component in values.T]
    return np.stack(sums, axis=1)
