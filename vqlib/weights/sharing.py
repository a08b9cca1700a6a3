"""One codebook for all weights of a matrix, trained on them.

S. Han, H. Mao and W. J. Dally (2016), "Deep compression: compressing deep neural networks with
pruning, trained quantization and Huffman coding", for single weights; notebook 10_weights.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Floats, Indices
from ..checks import check_finite, check_int
from ..codebook import Codebook
from ..design import lloyd

NUMBER_BITS = 16
"""Of each number in a codebook, which is rounded to half precision."""
MOST_RUNS = 10_000
"""That a codebook is trained on; more make it hardly better and longer in training."""


@dataclass(frozen=True, eq=False)
class Shared:
    """A matrix whose runs of weights share few code vectors: what `share` makes of it."""

    codebook: Codebook
    """Of runs of weights, its numbers in half precision."""
    indices: Indices
    """Of each run, array (rows, columns / dimension)."""

    @property
    def quantized(self) -> Floats:
        """The matrix that the network computes with."""
        return self.codebook.decode(self.indices).reshape(len(self.indices), -1)

    @property
    def bits(self) -> float:
        """All that is stored: indices and codebook."""
        return self.indices.size * self.codebook.bits + self.codebook.vectors.size * NUMBER_BITS


def share(matrix: ArrayLike, dimension: int, size: int, *, seed: int = 0) -> Shared:
    """Code the runs of `dimension` weights in the rows of a matrix by a codebook of their own.

    It is trained by Lloyd's algorithm, on at most 10,000 runs drawn without repetition.

    Parameters
    ----------
    matrix : array (rows, columns)
        Of numbers below 65,504 in size, the largest of half precision.
    dimension : int
        Weights in a run; it divides the number of columns.
    size : int
        Code vectors.
    seed : int
        Of the runs drawn and of the start.

    Raises
    ------
    ValueError
        If the matrix is none of finite numbers of that size, `dimension` does not divide its
        columns, or it has fewer different runs than `size`.
    """
    values = _check_matrix(matrix)
    dimension = check_int(dimension, "dimension", 1)
    if values.shape[1] % dimension:
        given = f"{dimension} for {values.shape[1]}"
        raise ValueError(f"dimension must divide the number of columns, got {given}")
    runs = values.reshape(-1, dimension)
    drawn = runs
    if len(runs) > MOST_RUNS:
        drawn = np.random.default_rng(seed).choice(runs, MOST_RUNS, replace=False)
    trained = lloyd(drawn, size, seed=seed)
    codebook = Codebook(trained.vectors.astype(np.float16))
    return Shared(codebook, codebook.encode(runs).reshape(len(values), -1))


def _check_matrix(matrix: ArrayLike) -> Floats:
    values = check_finite(matrix, "matrix")
    if values.ndim != 2:
        raise ValueError(f"matrix must have rows and columns, got shape {values.shape}")
    largest = float(np.finfo(np.float16).max)
    if np.abs(values).max() > largest:
        given = f"one of {np.abs(values).max():g}"
        raise ValueError(f"matrix must hold numbers of at most {largest:g} in size, got {given}")
    return values
