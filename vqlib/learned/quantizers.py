"""What quantizes the latents of an autoencoder: a codebook that is learned, or a fixed grid."""

from collections.abc import Iterable
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats, Indices
from ..checks import check_int, check_one_of, holds_several
from ..nearest import NearestVector

STARTS = ("normal", "uniform", "data")
UPDATES = ("gradient", "average")
LARGEST_GRID = 1 << 16


class Learned:
    """Settings of a codebook that is learned with the network (VQ-VAE); immutable.

    From van den Oord, Vinyals and Kavukcuoglu 2017, "Neural discrete representation learning".
    Worked out in notebook 11_learned_codebooks.

    Parameters
    ----------
    size : int
        K, the number of code vectors.
    dimension : int
        D, the number of components of a latent.
    start : str
        Where the code vectors begin: "normal" N(0, 1), "uniform" between -1/K and 1/K, "data" on
        latents of the untrained network, of samples drawn at random.
    update : str
        What moves them: "gradient", the codebook loss; "average", the running mean of the latents
        for which each stands.
    restarts : bool
        Whether a code vector that is not used for long is put on a latent drawn at random.

    Raises
    ------
    ValueError
        If an argument is none of these.
    """

    def __init__(
        self,
        size: int,
        dimension: int,
        *,
        start: str = "uniform",
        update: str = "gradient",
        restarts: bool = False,
    ) -> None:
        self.size = check_int(size, "size", 1)
        self.dimension = check_int(dimension, "dimension", 1)
        self.start = check_one_of(start, "start", STARTS)
        self.update = check_one_of(update, "update", UPDATES)
        if not isinstance(restarts, bool):
            raise ValueError(f"restarts must be True or False, got {restarts!r}")
        self.restarts = restarts

    def bound(self, latents: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The latents as they are, and 1, the slope of that."""
        return latents, np.ones(1, latents.dtype)

    def search(self, points: NDArray[Any], vectors: NDArray[Any]) -> Indices:
        """Index of the nearest code vector of each point (n, D)."""
        return NearestVector(vectors).search(points)

    def __repr__(self) -> str:
        settings = f"start={self.start!r}, update={self.update!r}, restarts={self.restarts}"
        return f"Learned({self.size}, {self.dimension}, {settings})"


class Finite:
    """A grid in a box instead of a codebook: finite scalar quantization (FSQ); immutable.

    Each component of a latent is bent into a box by tanh, and then rounded to one of a few levels:
    L whole numbers from -L/2 to L/2 - 1, or from -(L-1)/2 to (L-1)/2 if L is odd, divided by the
    whole part of L/2. If L is even, everything is moved by half a step, so that 0 goes to the level
    0 (Mentzer et al. 2023, "Finite scalar quantization: VQ-VAE made simple"; their code has a
    tan where the inverse of tanh is meant and used here). Worked out in notebook
    11_learned_codebooks.

    Parameters
    ----------
    levels : sequence of int
        Number of levels of each component, 3 or more each.

    Raises
    ------
    ValueError
        If they are not whole numbers of at least 3, or their product is above 65,536.
    """

    def __init__(self, levels: Iterable[int]) -> None:
        self.levels = _check_levels(levels)
        self.dimension = len(self.levels)
        self.size = int(np.prod(self.levels))
        numbers = np.array(self.levels)
        self._halves = numbers // 2
        self._reaches = (numbers - 1) / 2
        self._offsets = np.where(numbers % 2 == 0, 0.5, 0.0)
        self._shifts = np.arctanh(self._offsets / self._reaches)
        self._places = np.cumprod([1, *self.levels[:-1]])

    @property
    def vectors(self) -> Floats:
        """All points of the grid, array (size, D); the first component changes fastest."""
        digits = np.arange(self.size)[:, None] // self._places % self.levels
        return np.asarray((digits - self._halves) / self._halves)

    def bound(self, latents: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The latents bent into the box of the grid, and the slope there, arrays (n, D)."""
        kind = latents.dtype
        bent = np.tanh(latents + self._shifts.astype(kind))
        points = (bent * self._reaches - self._offsets) / self._halves
        slopes = (1 - bent**2) * self._reaches / self._halves
        return points.astype(kind), slopes.astype(kind)

    def search(self, points: NDArray[Any], vectors: NDArray[Any] | None = None) -> Indices:
        """Index of the nearest point of the grid, by rounding; `vectors` are not looked at."""
        digits = np.round(points * self._halves).astype(np.intp) + self._halves
        return np.asarray(digits @ self._places)

    def __repr__(self) -> str:
        return f"Finite({list(self.levels)})"


Quantizer = Learned | Finite | None
"""None: the latents stay as they are."""


def _check_levels(levels: object) -> tuple[int, ...]:
    if not holds_several(levels):
        raise ValueError(f"levels must be one or more whole numbers, got {levels!r}")
    several = cast("Iterable[object]", levels)
    checked = tuple(check_int(number, "each of levels", 3) for number in several)
    if not checked:
        raise ValueError("levels must be one or more whole numbers, got none")
    size = int(np.prod([float(number) for number in checked]))
    if size > LARGEST_GRID:
        raise ValueError(f"levels must have a product of at most {LARGEST_GRID}, got {size}")
    return checked


def check_quantizer(value: object) -> Quantizer:
    """`value`, if it is a quantizer of latents or None."""
    if value is None or isinstance(value, Learned | Finite):
        return value
    given = type(value).__name__
    raise ValueError(f"quantizer must be a Learned, a Finite or None, got {given}")
