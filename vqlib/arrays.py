"""The kinds of array that go in and out, by name."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Picture = NDArray[np.uint8]
"""Grey, of shape (height, width), or RGB, of shape (height, width, 3)."""
Weights = ArrayLike | None
"""How much each sample counts, array (n,); None if all count alike."""
Density = Callable[[Floats], Floats]
"""Values of a density at an array of points."""
