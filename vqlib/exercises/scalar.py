"""What the exercises of notebook 01_scalar ask for."""

from typing import Any

import numpy as np

from .. import sources
from ..codebook import Codebook
from .kinds import Choice, Exercises, Number, Property, ask, require

CLASSIC = Codebook([-3, -1, 1, 3])
INDICES = "It must return one whole number for each sample."


def encodes_as_the_classic(encode: Any) -> None:
    """`encode` has one index for each sample: the nearest level, the upper one at a threshold."""
    inside = np.array([-3.4, -2.2, -0.6, 0.3, 1.7, 2.9])
    require(same_indices(ask(encode, inside), inside), "Some index is not of the nearest level.")
    outside = np.array([-900.0, 5.7, 4.0])
    require(same_indices(ask(encode, outside), outside), "Beyond the outermost levels it is wrong.")
    thresholds = np.array([-2.0, 0.0, 2.0])
    hint = "A sample on a threshold has to go up."
    require(same_indices(ask(encode, thresholds), thresholds), hint)
    many = sources.gaussian(1000, 1, seed=3)[:, 0] * 3
    require(same_indices(ask(encode, many), many), "For 1000 samples some index is wrong.")


def same_indices(indices: Any, samples: np.ndarray) -> bool:
    """Whether they are those of the classic codebook."""
    array = np.asarray(indices)
    require(array.shape == samples.shape and array.dtype.kind in "iu", INDICES)
    return bool((array == CLASSIC.encode(samples)).all())


EXERCISES: Exercises = {
    "01.1": (
        Number("the indices", 0.1, count=4),
        Choice("the sample with overload", (5.7, 3.5, -0.1, 2.0)),
    ),
    "01.2": (
        Number("the greatest error", 0.005),
        Number("the mean squared error", 0.005),
    ),
    "01.3": (Property("your function", encodes_as_the_classic),),
}
