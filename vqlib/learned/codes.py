"""The code vectors of an autoencoder in training: start, running means and restarts."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import Indices
from .layers import Parameters, forwards
from .losses import sums_by_index
from .quantizers import Learned

DECAY = 0.99
"""Of the running means, for each step."""
SMOOTHING = 1e-5
"""Is added to each count, so that none is 0."""
PATIENCE = 25
"""Restarted is what 25 K samples in a row did not use. A rare code vector, of a fifth of its fair
share 1/K, is used by each sample with probability 1/(5 K), and misses so many with exp(-5)."""
LEAST_PATIENCE = 100
"""Steps, however few code vectors there are: as many as the running means look back."""


def start_vectors(
    quantizer: Learned, parameters: Parameters, samples: NDArray[Any], rng: np.random.Generator
) -> NDArray[Any]:
    """The first code vectors (K, D); the encoder makes those of "data" of the samples."""
    size = quantizer.size
    shape = (size, quantizer.dimension)
    if quantizer.start == "normal":
        return rng.normal(size=shape).astype(np.float32)
    if quantizer.start == "uniform":
        return rng.uniform(-1 / size, 1 / size, shape).astype(np.float32)
    some = rng.choice(len(samples), size, replace=len(samples) < size)
    return forwards(parameters, "encoder", samples[some])[-1]


class Codes:
    """Follows which code vectors are used, and moves them where no gradient does.

    Parameters
    ----------
    vectors : array (K, D)
        Is changed in place.
    quantizer : Learned
        Says how they are updated, and whether there are restarts.
    batch : int
        Samples in each step.
    """

    def __init__(self, vectors: NDArray[Any], quantizer: Learned, batch: int) -> None:
        self._vectors = vectors
        self._restarts = quantizer.restarts
        self.are_averages = quantizer.update == "average"
        self._counts = np.ones(len(vectors), vectors.dtype)
        self._sums = vectors.copy()
        self._unused = np.zeros(len(vectors), np.intp)
        self.patience = max(LEAST_PATIENCE, math.ceil(PATIENCE * len(vectors) / batch))
        """So many steps without use are no reason for a restart."""

    def follow(self, points: NDArray[Any], indices: Indices, rng: np.random.Generator) -> None:
        """Moves the code vectors after a step whose latents (n, D) got these indices."""
        used = np.bincount(indices, minlength=len(self._vectors))
        if self.are_averages:
            self._average(points, indices, used)
        self._unused += 1
        self._unused[used > 0] = 0
        if self._restarts:
            self._restart(points, rng)

    def _average(self, points: NDArray[Any], indices: Indices, used: Indices) -> None:
        """Running means of sums and counts of the latents (van den Oord et al. 2017, appendix)."""
        size = len(self._vectors)
        share = 1 - DECAY
        self._counts += share * (used - self._counts)
        self._sums += share * (sums_by_index(points, indices, size) - self._sums)
        total = self._counts.sum()
        counts = (self._counts + SMOOTHING) / (total + size * SMOOTHING) * total
        self._vectors[:] = self._sums / counts[:, None]

    def _restart(self, points: NDArray[Any], rng: np.random.Generator) -> None:
        """Puts each code vector that is not used for too long on a latent drawn at random."""
        dead = np.flatnonzero(self._unused > self.patience)
        drawn = points[rng.integers(len(points), size=len(dead))]
        self._vectors[dead] = drawn
        self._sums[dead] = drawn
        self._counts[dead] = 1
        self._unused[dead] = 0
