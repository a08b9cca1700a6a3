"""The codebook: a list of code vectors, and the way from samples to indices and back."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Floats, Indices, Weights
from .checks import as_array, check_rows, check_rows_of_any_type, describe
from .measure import mse
from .nearest import nearest_level, nearest_vector


class Codebook:
    """K code vectors of k dimensions; immutable.

    The same object serves scalars (k = 1), pairs, colours (k = 3) and blocks of pixels. Its
    nearest-neighbour rule cuts the space into K encoding regions, one for each code vector; worked
    out in notebook 01_scalar.

    Parameters
    ----------
    vectors : array (K, k) or, for scalars, (K,)
        The code vectors, in the order of their indices. They need not be sorted, nor all different.

    Raises
    ------
    ValueError
        If there is no code vector, or they are not finite numbers of that shape, or one is beyond
        1e100 in size.

    Examples
    --------
    >>> codebook = Codebook([[-3], [-1], [1], [3]])
    >>> codebook.encode([0.4, -7.0])
    array([2, 0])
    >>> codebook.rate
    2.0
    """

    def __init__(self, vectors: ArrayLike) -> None:
        array = check_rows(vectors, "vectors")
        # In bytes, which nobody can make writable again.
        self._vectors: Floats = np.frombuffer(array.tobytes()).reshape(array.shape)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies, and what comes out of a pickle, are made anew, and so immutable, too."""
        return type(self), (self._vectors,)

    @property
    def vectors(self) -> Floats:
        """The code vectors, read-only array (K, k)."""
        return self._vectors.view()  # whose shape may be changed without changing ours

    @property
    def size(self) -> int:
        """K, the number of code vectors."""
        return len(self._vectors)

    @property
    def dimension(self) -> int:
        """k, the number of components of a code vector."""
        return int(self._vectors.shape[1])

    @property
    def bits(self) -> float:
        """log2 K: what one index is worth in bits. It is whole only if K is a power of two."""
        return float(np.log2(self.size))

    @property
    def rate(self) -> float:
        """Bits per dimension, log2(K) / k. The codebook itself is not counted: it is sent once."""
        return self.bits / self.dimension

    @property
    def thresholds(self) -> Floats:
        """Borders between neighbouring regions of a scalar codebook, ascending, array (K - 1,).

        Raises
        ------
        ValueError
            If the code vectors are not scalars: in more dimensions a border is not a number.
        """
        if self.dimension != 1:
            given = f"vectors of dimension {self.dimension}"
            raise ValueError(f"thresholds need a codebook of scalars, got {given}")
        levels = np.sort(self._vectors[:, 0])
        return (levels[:-1] + levels[1:]) / 2

    def encode(self, samples: ArrayLike) -> Indices:
        """Index of the nearest code vector of each sample, integer array (n,).

        Nearest is by squared Euclidean distance. A scalar half-way between its two nearest levels
        goes up, to the larger, as far as double precision can tell. In more dimensions a tie goes
        to the first of the nearest, as far as double precision can tell from the differences. Among
        whole numbers it always can.

        Parameters
        ----------
        samples : array (n, k) or, for scalars, (n,)

        Raises
        ------
        ValueError
            If the samples are not finite numbers of that shape, or one is beyond 1e100 in size.
        """
        points = check_rows_of_any_type(samples, "samples", self.dimension)
        if self.dimension == 1:
            return nearest_level(points[:, 0], self._vectors[:, 0])
        return nearest_vector(points, self._vectors)

    def decode(self, indices: ArrayLike) -> Floats:
        """Code vector of each index: the shape of `indices` with one more axis, of length k.

        Raises
        ------
        ValueError
            If an index is not a whole number from 0 to K - 1.
        """
        array = as_array(indices, "indices")
        is_whole = array.dtype.kind in "iu"
        if not is_whole or (array.size and (array.min() < 0 or array.max() >= self.size)):
            allowed = f"whole numbers from 0 to {self.size - 1}"
            raise ValueError(f"indices must be {allowed}, got {describe(array)}")
        return np.asarray(self._vectors[array])

    def quantize(self, samples: ArrayLike) -> Floats:
        """Encode and decode: the samples replaced by their code vectors, in their own shape."""
        return self.decode(self.encode(samples)).reshape(np.shape(samples))

    def distortion(self, samples: ArrayLike, weights: Weights = None) -> float:
        """Mean squared error per dimension between samples and their code vectors.

        Parameters and errors are those of `vqlib.measure.mse`.
        """
        return mse(samples, self.quantize(samples), weights)

    def __repr__(self) -> str:
        if self.size * self.dimension > 16:
            return f"Codebook({self.size} code vectors of dimension {self.dimension})"
        return f"Codebook({np.round(self._vectors, 4).tolist()})"


def check_codebook(value: object, name: str = "codebook") -> Codebook:
    """`value`, if it is a `Codebook`.

    Raises
    ------
    ValueError
        Otherwise: a list of code vectors is not taken for one, as it may be many other things.
    """
    if not isinstance(value, Codebook):
        advice = "Codebook([...]) makes one of code vectors"
        raise ValueError(f"{name} must be a Codebook, got {type(value).__name__}: {advice}")
    return value


def check_dimension(codebook: object, dimension: int, what: str, name: str) -> Codebook:
    """`codebook`, if it is one of this dimension; `what` is a word for such vectors."""
    checked = check_codebook(codebook, name)
    if checked.dimension != dimension:
        given = f"vectors of dimension {checked.dimension}"
        raise ValueError(f"{name} must hold {what}, got {given}")
    return checked
