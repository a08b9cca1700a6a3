"""A split: a vector cut into parts, each with a codebook of its own (product code)."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from ..arrays import Floats, Indices
from ..checks import (
    as_array,
    check_finite,
    check_int,
    check_numbers,
    check_range,
    check_rows,
    describe,
    holds_several,
)
from ..codebook import Codebook
from ..design import lloyd
from ..measure import mse
from .stage_training import check_sizes
from .stages import check_codebooks

Parts = Sequence[ArrayLike]
"""Which components belong together, an array of their numbers for each part."""


class Split:
    """Parts of a vector side by side, each with its own codebook: split VQ, a product code.

    m codebooks of K code vectors stand for K^m vectors. Between the parts nothing is exploited. For
    search among many vectors: Jégou, Douze and Schmid 2011, "Product quantization for nearest
    neighbor search". Worked out in notebooks 08_structured and 09_search. Immutable.

    Parameters
    ----------
    codebooks : sequence of Codebook
        One for each part.
    parts : sequence of sequences of int
        Which components of the vector each codebook codes, in the order of its own; every component
        from 0 to k - 1 is in exactly one part.

    Raises
    ------
    ValueError
        If the parts do not fit the codebooks, or a component is missing or there twice.
    """

    def __init__(self, codebooks: Iterable[Codebook], parts: Parts) -> None:
        self._codebooks = check_codebooks(codebooks)
        self._parts = _check_parts(parts)
        lengths = [part.size for part in self._parts]
        dimensions = [codebook.dimension for codebook in self._codebooks]
        if lengths != dimensions:
            given = f"parts of {lengths} for codebooks of dimension {dimensions}"
            raise ValueError(
                f"parts must be as long as the code vectors of their codebooks, got {given}"
            )

    @property
    def codebooks(self) -> tuple[Codebook, ...]:
        """The codebook of each part."""
        return self._codebooks

    @property
    def parts(self) -> tuple[Indices, ...]:
        """The components of each part."""
        return tuple(part.copy() for part in self._parts)

    def __len__(self) -> int:
        """m, the number of parts."""
        return len(self._codebooks)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of code vectors of each part."""
        return tuple(codebook.size for codebook in self._codebooks)

    @property
    def dimension(self) -> int:
        """k, the number of components of a vector."""
        return sum(codebook.dimension for codebook in self._codebooks)

    @property
    def bits(self) -> float:
        """What the indices of all parts are worth together, in bits."""
        return sum(codebook.bits for codebook in self._codebooks)

    @property
    def rate(self) -> float:
        """Bits per dimension. The codebooks are not counted: they are sent once."""
        return self.bits / self.dimension

    @property
    def stored(self) -> int:
        """Numbers in all codebooks together."""
        return sum(codebook.vectors.size for codebook in self._codebooks)

    def comparisons(self) -> int:
        """Distances that the search computes for a sample, each of a part only."""
        return sum(self.sizes)

    def encode(self, samples: ArrayLike) -> Indices:
        """Index of the nearest code vector of each part of each sample, integer array (n, m).

        That is the nearest of all K^m vectors, as squared distances of parts add up.

        Parameters
        ----------
        samples : array (n, k) or, for scalars, (n,)

        Raises
        ------
        ValueError
            If the samples are not finite numbers of that shape.
        """
        points = check_rows(samples, "samples", self.dimension)
        columns = []
        for codebook, part in zip(self._codebooks, self._parts, strict=True):
            columns.append(codebook.encode(points[:, part]))
        return np.stack(columns, axis=1)

    def decode(self, indices: ArrayLike) -> Floats:
        """The vectors: the shape of `indices`, its last axis of length m replaced by one of k.

        Raises
        ------
        ValueError
            If there is not one index for each part, or one is out of the range of its codebook.
        """
        array = self._check_indices(indices)
        vectors = np.empty((*array.shape[:-1], self.dimension))
        for place, codebook in enumerate(self._codebooks):
            vectors[..., self._parts[place]] = codebook.decode(array[..., place])
        return vectors

    def quantize(self, samples: ArrayLike) -> Floats:
        """Encode and decode: the samples replaced by vectors of the code, in their own shape."""
        return self.decode(self.encode(samples)).reshape(np.shape(samples))

    def distortion(self, samples: ArrayLike) -> float:
        """Mean squared error per dimension between samples and what they are replaced by."""
        return mse(samples, self.quantize(samples))

    def tables(self, queries: ArrayLike) -> Floats:
        """Squared distances of the parts of a query to all code vectors, array (m, K).

        Parameters
        ----------
        queries : array (k,), or (n, k) for several
            For several the tables have shape (n, m, K).

        Returns
        -------
        tables : array (m, K) or (n, m, K)
            K is the largest size; where a codebook has fewer code vectors, infinity fills up.

        Raises
        ------
        ValueError
            If the queries are not finite numbers of that shape.
        """
        array = check_range(queries, "queries").astype(np.float64)
        if array.ndim not in (1, 2) or array.shape[-1] != self.dimension:
            allowed = f"shape ({self.dimension},) or (n, {self.dimension})"
            raise ValueError(f"queries must have {allowed}, got {array.shape}")
        points = np.atleast_2d(array)
        tables = np.full((len(points), len(self), max(self.sizes)), np.inf)
        for place, codebook in enumerate(self._codebooks):
            mine = np.ascontiguousarray(points[:, self._parts[place]])
            squares = cdist(mine, codebook.vectors, "sqeuclidean")
            tables[:, place, : codebook.size] = squares
        return tables if array.ndim == 2 else tables[0]

    def distances(self, tables: ArrayLike, indices: ArrayLike) -> Floats:
        """Squared distances of a query to coded vectors, array (n,): a sum of m table entries each.

        The query is not quantized, the vectors are (asymmetric distances). What is added up are
        squares: a sum of plain distances of parts is no distance.

        Parameters
        ----------
        tables : array (m, K)
            What `tables` returned for the query.
        indices : integer array (n, m)
            What `encode` returned, of any integer type. Columns of bytes (`order="F"`) are quick.

        Raises
        ------
        ValueError
            If tables or indices do not fit the split.
        """
        entries = as_array(tables, "tables")
        wanted = (len(self), max(self.sizes))
        if entries.shape != wanted or entries.dtype.kind != "f" or np.isnan(entries).any():
            allowed = f"what `tables` makes of one query, shape {wanted}"
            raise ValueError(f"tables must be {allowed}, got {describe(entries)}")
        array = self._check_indices(indices)
        if array.ndim != 2:
            raise ValueError(f"indices must have shape (n, {len(self)}), got {array.shape}")
        total = np.zeros(len(array), entries.dtype)
        for place, size in enumerate(self.sizes):
            total += entries[place, :size].take(array[:, place])
        return total

    def _check_indices(self, indices: ArrayLike) -> NDArray[np.integer]:
        array = as_array(indices, "indices")
        if array.dtype.kind not in "iu" or array.ndim == 0 or array.shape[-1] != len(self):
            allowed = f"whole numbers, {len(self)} for each vector"
            raise ValueError(f"indices must be {allowed}, got {describe(array)}")
        if array.size == 0:
            return array
        for place, size in enumerate(self.sizes):
            column = array[..., place]
            if column.max() >= size or (array.dtype.kind == "i" and column.min() < 0):
                allowed = f"whole numbers from 0 to {size - 1} for part {place}"
                raise ValueError(f"indices must be {allowed}, got {describe(column)}")
        return array

    def __repr__(self) -> str:
        sizes = " x ".join(str(size) for size in self.sizes)
        return f"Split({sizes} code vectors of parts of dimension {self.dimension})"


def check_split(value: object, name: str = "split") -> Split:
    """`value`, if it is a `Split`."""
    if not isinstance(value, Split):
        given = type(value).__name__
        raise ValueError(f"{name} must be a Split, got {given}: train_split makes one")
    return value


def _check_parts(parts: object) -> tuple[Indices, ...]:
    """The parts as arrays, if together they hold each of 0, 1, … k - 1 once."""
    if not isinstance(parts, Sequence | np.ndarray) or not holds_several(parts) or len(parts) == 0:
        raise ValueError(f"parts must be one or more lists of components, got {parts!r}")
    arrays = [check_numbers(part, "each of parts") for part in parts]
    if any(array.ndim != 1 or array.dtype.kind not in "iu" for array in arrays):
        raise ValueError(f"parts must be lists of whole numbers, got {parts!r}")
    together = np.concatenate(arrays)
    if not np.array_equal(np.sort(together), np.arange(together.size)):
        allowed = f"each component from 0 to {together.size - 1} once"
        raise ValueError(f"parts must hold {allowed}, got {together.tolist()}")
    return tuple(array.astype(np.intp) for array in arrays)


def train_split(
    samples: ArrayLike,
    parts: int | Parts,
    sizes: int | Sequence[int],
    *,
    seed: int = 0,
    starts: int = 1,
    iterations: int = 40,
) -> Split:
    """A split whose codebooks are trained by Lloyd's algorithm, each on its part of the samples.

    Parameters
    ----------
    samples : array (n, k) or, for scalars, (n,)
    parts : int or sequence of sequences of int
        How many equally long parts of neighbouring components, or which components each has.
    sizes : int or sequence of int
        Number of code vectors of each part, or one number for all.
    seed, starts, iterations
        Those of `vqlib.design.lloyd`, for each part.

    Raises
    ------
    ValueError
        If the parts do not fit the samples or the sizes, or a part of the samples cannot give so
        many different code vectors.
    """
    points = check_rows(samples, "samples")
    are_lists = holds_several(parts)
    lists = _check_parts(parts if are_lists else equal_parts(points.shape[1], parts))
    components = sum(part.size for part in lists)
    if components != points.shape[1]:
        given = f"{components} for samples of {points.shape[1]}"
        raise ValueError(f"parts must hold all components of the samples, got {given}")
    wanted = check_sizes(sizes if holds_several(sizes) else [sizes] * len(lists))
    if len(wanted) != len(lists):
        raise ValueError(f"sizes must be one number, or {len(lists)}, got {len(wanted)}")
    codebooks = []
    for part, size in zip(lists, wanted, strict=True):
        mine = points[:, part]
        codebook = lloyd(mine, size, seed=seed, starts=starts, iterations=iterations)
        codebooks.append(codebook)
    return Split(codebooks, lists)


def equal_parts(dimension: int, parts: object) -> list[Indices]:
    """The components 0 to k - 1 cut into so many equally long parts."""
    count = check_int(parts, "parts", 1, dimension)
    if dimension % count:
        raise ValueError(f"parts must divide the dimension {dimension}, got {count}")
    return list(np.arange(dimension).reshape(count, -1))


def balanced_parts(variances: ArrayLike, parts: int) -> list[Indices]:
    """Components dealt to equally long parts so that the products of their variances are alike.

    The largest first, each to the part whose product is the least so far and that has room. After a
    KLT this is where optimized product quantization starts (Ge, He, Ke and Sun 2013, "Optimized
    product quantization for approximate nearest neighbor search", the parametric solution).

    Parameters
    ----------
    variances : array (k,)
    parts : int
        Number of parts; it divides k.

    Raises
    ------
    ValueError
        If a variance is negative, or the parts do not divide their number.
    """
    array = check_finite(variances, "variances")
    if array.ndim != 1 or array.min() < 0:
        given = describe(array)
        raise ValueError(f"variances must be numbers of at least 0, shape (k,), got {given}")
    length = len(equal_parts(array.size, parts)[0])
    dealt: list[list[int]] = [[] for _ in range(parts)]
    logarithms = np.log(np.maximum(array, np.finfo(float).tiny))
    # Only ratios count. Where the smallest is 1, a product grows with each component.
    worth = logarithms - logarithms.min()
    products = np.zeros(parts)
    for component in np.argsort(-array, kind="stable"):
        part = int(np.argmin(products))
        dealt[part].append(int(component))
        products[part] += worth[component]
        if len(dealt[part]) == length:
            products[part] = np.inf  # it is full
    return [np.array(part) for part in dealt]
