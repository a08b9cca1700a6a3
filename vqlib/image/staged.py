"""Pictures in stages of tiles: each block has as many as it needs.

The tiles code a block less 128 in each pixel, so that the components of all stages are whole
numbers from -128 to 127, a byte each.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import Floats, Picture
from ..checks import check_int, check_picture
from ..codebook import Codebook
from ..design import count_distinct, lloyd
from ..design.entropy_constraint import check_price
from ..measure import decibels
from ..structured import Stages, check_sizes, check_stages
from .blocks import blocks_in, from_blocks, into_blocks
from .result import PALETTE_SIZE
from .training import Pictures, several_pictures

MIDDLE = 128
"""Taken from every pixel before the first stage."""
MOST_STAGES = 255
BLOCKS_AT_ONCE = 1 << 16
"""So many blocks are searched at once: on their way their indices take eight bytes each."""


@dataclass(frozen=True, eq=False)
class StagedImage:
    """A picture quantized in stages, and what it costs; made by `encode_in_stages`."""

    picture: Picture
    """The quantized picture, (height, width) or (height, width, 3)."""
    indices: NDArray[np.uint8]
    """Index of each block in each stage, (rows, columns, S); 0 beyond its number of stages."""
    counts: NDArray[np.uint8]
    """Number of stages of each block, 1 to S, (rows, columns)."""
    stages: Stages
    """Its components are whole numbers from -128 to 127."""
    mse: float
    """Mean squared error of `picture` per pixel and channel; NaN where it is not known."""
    block: int
    """Height and width of a block in pixels."""

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return int(self.picture.shape[0] * self.picture.shape[1])

    @property
    def psnr(self) -> float:
        """Peak signal-to-noise ratio of `picture` in dB; infinite where nothing was lost."""
        return decibels(255**2, self.mse)

    @property
    def used(self) -> int:
        """How many stages some block has: the others need not be stored."""
        return int(self.counts.max())

    @property
    def index_bits(self) -> int:
        """Bits for all indices, those of a stage all equally long."""
        bits = 0
        for stage, size in enumerate(self.stages.sizes):
            bits += (size - 1).bit_length() * int((self.counts > stage).sum())
        return bits

    @property
    def count_bits(self) -> int:
        """Bits for the numbers of stages: bytes, deflated; none if all are equal."""
        return 8 * len(packed_counts(self.counts))

    @property
    def codebook_bits(self) -> int:
        """Bits for the codebooks in use, a byte for each component."""
        return 8 * self.stages.dimension * sum(self.stages.sizes[: self.used])

    @property
    def index_rate(self) -> float:
        """Bits per pixel for the indices alone."""
        return self.index_bits / self.pixels

    @property
    def rate(self) -> float:
        """Bits per pixel with everything counted: indices, numbers of stages, codebooks."""
        return (self.index_bits + self.count_bits + self.codebook_bits) / self.pixels

    @property
    def stored_bytes(self) -> int:
        """Bytes for all of that, the indices packed to the bit."""
        return (self.index_bits + 7) // 8 + (self.count_bits + self.codebook_bits) // 8


def packed_counts(counts: NDArray[np.uint8]) -> bytes:
    """Numbers of stages as they are stored: deflated, or nothing if all are equal."""
    if counts.min() == counts.max():
        return b""
    return zlib.compress(counts.tobytes(), 9)


def train_tile_stages(
    pictures: Pictures,
    sizes: Iterable[int],
    *,
    block: int = 4,
    price: float = 0.0,
    iterations: int = 40,
    seed: int = 0,
) -> Stages:
    """Stages for the blocks of one or more pictures, one after the other, in whole numbers.

    With a price later stages are trained for those blocks alone that are likely to use them: whose
    squared error is still more than the price of the bits of that stage. If there are fewer
    different ones than code vectors, a stage gets as many as there are; if none is left, one code
    vector, what the first block has left over.

    Parameters
    ----------
    pictures : a picture, or a sequence of them, all grey or all RGB
    sizes : sequence of int
        Number of code vectors of each stage, 1 to 256.
    block : int
        Height and width of a block.
    price : float
        Squared error of a block that one bit has to save.
    iterations, seed
        Those of `vqlib.design.lloyd`.

    Raises
    ------
    ValueError
        If something is not a picture, a size is out of range, or price or block are.
    """
    arrays = several_pictures(pictures)
    wanted = [check_int(size, "each of sizes", 1, PALETTE_SIZE) for size in check_sizes(sizes)]
    check_price(price)
    vectors = np.concatenate([into_blocks(array, block) for array in arrays])
    left = vectors.astype(np.float64) - MIDDLE
    codebooks: list[Codebook] = []
    for size in wanted:
        errors = (left**2).sum(axis=1)
        needy = left[errors > price * (size - 1).bit_length()]
        samples = needy if len(needy) else left[:1]
        largest = min(size, count_distinct(samples, size))
        trained = lloyd(samples, largest, seed=seed, starts=1, iterations=iterations)
        codebooks.append(whole_signed(trained))
        left -= codebooks[-1].quantize(left)
    return Stages(codebooks)


def whole_signed(codebook: Codebook) -> Codebook:
    """Components rounded, half goes up, and cut to -128..127; equal code vectors are one."""
    rounded = np.clip(np.floor(codebook.vectors + 0.5), -128, 127)
    return Codebook(np.unique(rounded, axis=0))


def encode_in_stages(
    picture: ArrayLike,
    stages: Stages,
    *,
    block: int = 4,
    survivors: int = 1,
    count: int | None = None,
    price: float | None = None,
) -> StagedImage:
    """Quantize a picture in stages: as many everywhere, or where they are needed.

    Parameters
    ----------
    picture : uint8 array (height, width) or (height, width, 3)
    stages : Stages
        Of block * block * channels components; they are rounded to whole numbers from -128 to 127.
    block : int
        Height and width of a block; see `to_vectors` for the rim.
    survivors : int
        How the blocks are searched, see `Stages.encode`.
    count : int, optional
        The number of stages of every block; all if neither it nor a price is given.
    price : float, optional
        Squared error that one bit has to save: each block takes the number of stages with the least
        squared error + price * bits. Of equal ones it takes the smaller.

    Raises
    ------
    ValueError
        If it is not a picture, stages or block do not fit it, both count and price are given, or
        something is out of range.
    """
    search = StageSearch(picture, stages, block=block, survivors=survivors)
    if price is None:
        return search.with_count(len(stages) if count is None else count)
    if count is not None:
        raise ValueError(f"count and price must not both be given, got {count!r} and {price!r}")
    return search.at_price(price)


class StageSearch:
    """The search of all blocks of a picture through all stages, to choose numbers of stages from.

    Searching takes long, choosing does not: for several numbers of stages or prices make one of
    these. Parameters and errors are those of `encode_in_stages`.
    """

    def __init__(
        self, picture: ArrayLike, stages: Stages, *, block: int = 4, survivors: int = 1
    ) -> None:
        self._picture = check_picture(picture)
        vectors = into_blocks(self._picture, block)
        self._block = block
        self.stages = _whole_stages(check_stages(stages), vectors.shape[1])
        """The stages in whole numbers."""
        self._errors = np.empty((len(vectors), len(self.stages)))
        paths: list[list[NDArray[np.uint8]]] = [[] for _ in range(len(self.stages))]
        for start in range(0, len(vectors), BLOCKS_AT_ONCE):
            part = slice(start, start + BLOCKS_AT_ONCE)
            points = vectors[part].astype(np.float64) - MIDDLE
            found = self.stages.encode_by_stage(points, survivors=survivors)
            for stage, (indices, squares) in enumerate(found):
                paths[stage].append(indices.astype(np.uint8))
                self._errors[part, stage] = squares
        self._paths = [np.concatenate(parts) for parts in paths]

    @property
    def errors(self) -> Floats:
        """Squared error of each block after 1, 2, … S stages, array (blocks, S)."""
        return self._errors.copy()

    def with_count(self, count: int) -> StagedImage:
        """The picture with so many stages everywhere."""
        number = check_int(count, "count", 1, len(self.stages))
        return self._with(np.full(len(self._errors), number, np.uint8))

    def at_price(self, price: float, most: int | None = None) -> StagedImage:
        """The picture with stages where they are needed, with at most so many of them, or all."""
        last = len(self.stages) if most is None else check_int(most, "most", 1, len(self.stages))
        bits = np.cumsum([(size - 1).bit_length() for size in self.stages.sizes])
        costs = self._errors + check_price(price) * bits
        return self._with((costs[:, :last].argmin(axis=1) + 1).astype(np.uint8))

    def _with(self, counts: NDArray[np.uint8]) -> StagedImage:
        indices = np.zeros((len(counts), len(self.stages)), np.uint8)
        for number in np.unique(counts):
            mine = counts == number
            indices[mine, :number] = self._paths[number - 1][mine]
        shape = self._picture.shape
        result = from_staged_indices(indices, counts, self.stages, shape, self._block)
        before = self._picture.reshape(1, -1)
        # The sum of squares is whole; OpenCV returns its root squared.
        squares = round(cv2.norm(before, result.picture.reshape(1, -1), cv2.NORM_L2SQR))
        return StagedImage(
            result.picture,
            result.indices,
            result.counts,
            self.stages,
            squares / self._picture.size,
            self._block,
        )


def _whole_stages(stages: Stages, dimension: int) -> Stages:
    if stages.dimension != dimension or len(stages) > MOST_STAGES or max(stages.sizes) > 256:
        allowed = f"at most {MOST_STAGES} of at most 256 code vectors of dimension {dimension}"
        raise ValueError(f"stages must be {allowed}, got {stages!r}")
    return Stages(whole_signed(codebook) for codebook in stages.codebooks)


def from_staged_indices(
    indices: NDArray[np.uint8],
    counts: NDArray[np.uint8],
    stages: Stages,
    shape: tuple[int, ...],
    block: int,
) -> StagedImage:
    """The picture of this shape that they stand for; what its error is, is not known.

    Parameters
    ----------
    indices : array (blocks, S)
    counts : array (blocks,)
    """
    total = np.full((len(indices), stages.dimension), MIDDLE, np.int32)
    for stage, codebook in enumerate(stages.codebooks):
        mine = counts > stage
        total[mine] += codebook.vectors.astype(np.int32)[indices[mine, stage]]
    picture = from_blocks(total.clip(0, 255).astype(np.uint8), shape, block)
    rows, columns = blocks_in(shape, block)
    return StagedImage(
        picture,
        indices.reshape(rows, columns, -1),
        counts.reshape(rows, columns),
        stages,
        float("nan"),
        block,
    )
