"""Stages: each codes what those before it left over, so that their code vectors add up."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import Floats, Indices
from ..checks import are_whole, as_array, check_int, check_rows, describe
from ..codebook import Codebook, check_codebook
from ..measure import mse

AT_ONCE = 1 << 19
"""So many squared errors are computed at once."""
SAMPLES_AT_ONCE = 1 << 15
"""So many samples go through all stages at once; more would take room, not less time."""

Encoded = tuple[Indices, Floats]
"""Indices (n, s) of the first s stages, and the squared error that they leave of each sample."""


class Stages:
    """Codebooks whose code vectors are added up: residual, or multistage, VQ; immutable.

    The first codebook codes the sample, the second what is left of it then, and so on. S codebooks
    of K code vectors stand for K^S sums. Two stages: Juang and Gray 1982, "Multiple stage vector
    quantization for speech coding". Worked out in notebook 08_structured.

    Parameters
    ----------
    codebooks : sequence of Codebook
        One for each stage, all of one dimension.

    Raises
    ------
    ValueError
        If there is none, or their dimensions differ.

    Examples
    --------
    >>> stages = Stages([Codebook([[-8], [8]]), Codebook([[-3], [-1], [1], [3]])])
    >>> stages.encode([6.0])
    array([[1, 1]])
    >>> stages.rate
    3.0
    """

    def __init__(self, codebooks: Iterable[Codebook]) -> None:
        self._codebooks = check_codebooks(codebooks)
        dimensions = [codebook.dimension for codebook in self._codebooks]
        if len(set(dimensions)) > 1:
            raise ValueError(f"codebooks must have one dimension, got {dimensions}")

    @property
    def codebooks(self) -> tuple[Codebook, ...]:
        """The codebook of each stage, the first stage first."""
        return self._codebooks

    def __len__(self) -> int:
        """S, the number of stages."""
        return len(self._codebooks)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of code vectors of each stage."""
        return tuple(codebook.size for codebook in self._codebooks)

    @property
    def dimension(self) -> int:
        """k, the number of components of a code vector."""
        return self._codebooks[0].dimension

    @property
    def bits(self) -> float:
        """What the indices of all stages are worth together, in bits."""
        return sum(codebook.bits for codebook in self._codebooks)

    @property
    def rate(self) -> float:
        """Bits per dimension. The codebooks are not counted: they are sent once."""
        return self.bits / self.dimension

    @property
    def stored(self) -> int:
        """Numbers in all codebooks together: k for each code vector."""
        return sum(self.sizes) * self.dimension

    def comparisons(self, survivors: int = 1) -> int:
        """Distances that the search computes for a sample; of a free codebook it is its size."""
        most = check_int(survivors, "survivors", 1)
        total = 0
        paths = 1
        for size in self.sizes:
            total += paths * size
            paths = min(most, paths * size)
        return total

    def encode(self, samples: ArrayLike, *, survivors: int = 1) -> Indices:
        """Index of a code vector of each stage for each sample, integer array (n, S).

        With one survivor the search is greedy: each stage takes the code vector nearest to what is
        left, as `Codebook.encode` does. With M survivors the M best paths through the stages so far
        go on to the next one (M-best search), which finds better sums for M times the work. It is
        the best of all sums if no path was ever dropped; fewer survivors promise nothing, but more
        are better on average. Of paths as good as each other the first goes on; with one survivor
        ties are those of `Codebook.encode`.

        Parameters
        ----------
        samples : array (n, k) or, for scalars, (n,)
        survivors : int

        Raises
        ------
        ValueError
            If the samples are not finite numbers of that shape, or `survivors` is not at least 1.
        """
        parts = []
        for by_stage in self._search(samples, survivors):
            *_, (indices, _) = by_stage
            parts.append(indices)
        return np.concatenate(parts)

    def encode_by_stage(self, samples: ArrayLike, *, survivors: int = 1) -> list[Encoded]:
        """The best path found after 1, 2, … S stages, each with the squared errors that it leaves.

        With several survivors a path is not always the beginning of the next one. Parameters and
        errors are those of `encode`.
        """
        parts = [list(by_stage) for by_stage in self._search(samples, survivors)]
        return [_joined(list(of_a_stage)) for of_a_stage in zip(*parts, strict=True)]

    def _search(self, samples: ArrayLike, survivors: int) -> Iterator[Iterator[Encoded]]:
        """The samples in parts, each of which goes through all stages."""
        most = check_int(survivors, "survivors", 1)
        points = check_rows(samples, "samples", self.dimension)
        step = SAMPLES_AT_ONCE
        if most > 1:
            paths = min(most, int(np.prod(self.sizes[:-1], dtype=float)))
            step = max(1, AT_ONCE // (paths * max(self.sizes)))
        for start in range(0, len(points), step):
            part = points[start : start + step]
            yield self._greedy(part) if most == 1 else self._m_best(part, most)

    def _greedy(self, points: Floats) -> Iterator[Encoded]:
        left = points
        indices = np.empty((len(points), 0), np.intp)
        for codebook in self._codebooks:
            chosen = codebook.encode(left)
            left = left - codebook.decode(chosen)
            indices = np.column_stack([indices, chosen])
            yield indices, (left**2).sum(axis=1)

    def _m_best(self, points: Floats, survivors: int) -> Iterator[Encoded]:
        """`left` (n, m, k) is what each of the m paths leaves of each sample."""
        left = points[:, None]
        paths = np.empty((len(points), 1, 0), np.intp)
        each = np.arange(len(points))[:, None]
        for stage, codebook in enumerate(self._codebooks):
            is_last = stage == len(self) - 1
            errors = _squared_errors(left, codebook.vectors)
            best = _smallest(errors, 1 if is_last else survivors)
            path, chosen = np.divmod(best, codebook.size)
            left = left[each, path] - codebook.vectors[chosen]
            paths = np.concatenate([paths[each, path], chosen[:, :, None]], axis=2)
            # A view would keep the paths of all survivors.
            yield paths[:, 0].copy(), (left[:, 0] ** 2).sum(axis=1)

    def decode(self, indices: ArrayLike) -> Floats:
        """Sum of the code vectors: the shape of `indices`, its last axis replaced by one of k.

        With fewer columns than stages only the first stages are added: a code that is cut short
        still decodes, more coarsely (it is embedded).

        Parameters
        ----------
        indices : integer array (..., s)
            1 to S indices for each sample, those of the first stage first.

        Raises
        ------
        ValueError
            If there are more columns than stages, or an index is out of the range of its stage.
        """
        array = as_array(indices, "indices")
        if array.ndim == 0 or not 1 <= array.shape[-1] <= len(self):
            allowed = f"a last axis of 1 to {len(self)}, one for each stage"
            raise ValueError(f"indices must have {allowed}, got {describe(array)}")
        total = np.zeros((*array.shape[:-1], self.dimension))
        for stage in range(array.shape[-1]):
            total += self._codebooks[stage].decode(array[..., stage])
        return total

    def quantize(self, samples: ArrayLike, *, survivors: int = 1) -> Floats:
        """Encode and decode: the samples replaced by sums of code vectors, in their own shape."""
        indices = self.encode(samples, survivors=survivors)
        return self.decode(indices).reshape(np.shape(samples))

    def distortion(self, samples: ArrayLike, *, survivors: int = 1) -> float:
        """Mean squared error per dimension between samples and what they are replaced by."""
        return mse(samples, self.quantize(samples, survivors=survivors))

    def __repr__(self) -> str:
        sizes = " + ".join(str(size) for size in self.sizes)
        return f"Stages({sizes} code vectors of dimension {self.dimension})"


def check_codebooks(value: object) -> tuple[Codebook, ...]:
    """`value` as a tuple, if it holds one or more codebooks."""
    if not isinstance(value, Iterable):
        raise ValueError(f"codebooks must be a sequence of Codebook, got {type(value).__name__}")
    several = tuple(check_codebook(codebook, "each of codebooks") for codebook in value)
    if not several:
        raise ValueError("codebooks must hold at least one Codebook, got none")
    return several


def check_stages(value: object, name: str = "stages") -> Stages:
    """`value`, if it is a `Stages`."""
    if not isinstance(value, Stages):
        given = type(value).__name__
        raise ValueError(f"{name} must be a Stages, got {given}: train_stages makes one")
    return value


def _joined(parts: list[Encoded]) -> Encoded:
    indices = np.concatenate([part[0] for part in parts])
    errors = np.concatenate([part[1] for part in parts])
    return indices, errors


def _squared_errors(left: Floats, vectors: Floats) -> Floats:
    """What each path and code vector would leave, array (n, m * K), |r|² - 2 r·y + |y|²."""
    # Far from the origin the products lose digits. A whole shift leaves whole numbers whole.
    centre = vectors.mean(axis=0)
    if are_whole(vectors) and are_whole(left):
        centre = np.round(centre)
    # All paths in one product: with an axis of their own it takes ten times as long.
    points = left.reshape(-1, left.shape[2]) - centre
    stars = vectors - centre
    errors = points @ (-2 * stars.T)
    errors += (points**2).sum(axis=1)[:, None]
    errors += (stars**2).sum(axis=1)
    return np.asarray(errors.reshape(len(left), -1))


def _smallest(errors: Floats, count: int) -> NDArray[np.intp]:
    """Columns of the smallest of each row, ascending; of equal ones the first. Spoils `errors`."""
    # `argpartition` is quicker with many, but which of equal ones it takes differs by machine.
    count = min(count, errors.shape[1])
    best = np.empty((len(errors), count), np.intp)
    rows = np.arange(len(errors))
    for place in range(count):
        best[:, place] = errors.argmin(axis=1)
        errors[rows, best[:, place]] = np.inf
    return best
