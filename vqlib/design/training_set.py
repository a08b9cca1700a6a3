"""What all training needs: samples with weights, and sums over the encoding regions."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import Floats, Indices, Weights
from ..checks import check_int, check_rows, check_weights


def check_training_set(samples: ArrayLike, weights: Weights, size: int) -> tuple[Floats, Floats]:
    """Samples (n, d) and their weights (n,), if they can give `size` different code vectors."""
    points = check_rows(samples, "samples")
    mass = check_weights(weights, len(points))
    largest = count_distinct(points[mass > 0], check_int(size, "size", 1))
    if size > largest:
        raise ValueError(
            f"size must be at most the number of distinct samples, {largest}, got {size}"
        )
    return points, mass


def count_distinct(vectors: NDArray[Any], enough: int) -> int:
    """How many different vectors there are among (n, d), or among some if those are `enough`."""
    # Mostly they are, and sorting all of them takes as long as training.
    step = 1 + len(vectors) // (4 * int(enough))
    among_some = len(np.unique(vectors[::step], axis=0))
    if among_some >= enough:
        return among_some
    return len(np.unique(vectors, axis=0))


def sums_by_region(values: Floats, mass: Floats, indices: Indices, size: int) -> Floats:
    """Weighted sum of the values (n, d) in each region, array (size, d)."""
    sums = [np.bincount(indices, mass * component, size) for component in values.T]
    return np.stack(sums, axis=1)
