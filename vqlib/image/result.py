"""A quantized picture with all that it costs."""

import io
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ..arrays import Floats, Picture
from ..codebook import Codebook
from ..measure import decibels, entropy_of_counts
from .blocks import blocks_in, from_blocks
from .colour import SPACES

MOST_CODE_VECTORS = 1 << 16
RGB_NOTE = (b"tEXt", b"vqlib\0RGB")
"""The chunk of a PNG that tells of an RGB picture all of whose colours happen to be greys."""
PALETTE_SIZE = 256
"""The most code vectors that an index of one byte, or the palette of a PNG, can name."""


@dataclass(frozen=True, eq=False)
class QuantizedImage:
    """A quantized picture and what it costs.

    Made by `quantize_image`, `encode_image`, `GreyLevels` or `Colours`.
    """

    picture: Picture
    """The quantized picture, (height, width) or (height, width, 3): the codebook's decoding of
    `indices`."""
    indices: NDArray[Any]
    """Index of the code vector of every block, uint8 or uint16 (rows, columns) of blocks."""
    codebook: Codebook
    """Its components are whole numbers from 0 to 255."""
    bits: int
    """The bits for an index that were asked for. A picture with fewer different vectors gets a
    smaller codebook."""
    mse: float
    """Mean squared error of `picture` per pixel and channel, in grey values squared; NaN where it
    is not known."""
    block: int = 1
    """Height and width of a block in pixels."""

    @property
    def size(self) -> int:
        """Number of code vectors, at most 2^bits."""
        return self.codebook.size

    @property
    def levels(self) -> Picture:
        """The code vectors as they are stored, uint8: (size,) of grey values, else (size, d)."""
        levels = self.codebook.vectors.astype(np.uint8)
        return levels[:, 0] if self.codebook.dimension == 1 else levels

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return self.picture.size * 8 // self.source_bits

    @property
    def source_bits(self) -> int:
        """Bits per pixel before: 8 for grey, 24 for colour."""
        return 8 if self.picture.ndim == 2 else 24

    @property
    def index_bits(self) -> int:
        """Bits for an index of fixed length: log2 of the size, rounded up."""
        return (self.size - 1).bit_length()

    @property
    def codebook_bits(self) -> int:
        """Bits for the codebook itself, one byte for each component."""
        return 8 * self.codebook.vectors.size

    @property
    def index_rate(self) -> float:
        """Bits per pixel for the indices alone.

        Blocks over the rim count, what they hold beyond it does not.
        """
        return self.index_bits * self.indices.size / self.pixels

    @property
    def rate(self) -> float:
        """Bits per pixel with everything counted: indices and codebook."""
        return self.index_rate + self.codebook_bits / self.pixels

    @property
    def stored_bytes(self) -> int:
        """Bytes for the indices packed to the bit, and the codebook."""
        return (self.index_bits * self.indices.size + 7) // 8 + self.codebook.vectors.size

    @property
    def saving(self) -> float:
        """The share of the source's bits that is saved when the codebook counts too."""
        return 1 - self.rate / self.source_bits

    @property
    def psnr(self) -> float:
        """Peak signal-to-noise ratio of `picture` in dB; infinite where nothing was lost."""
        return decibels(255**2, self.mse)

    @property
    def entropy(self) -> float:
        """First-order entropy of the indices, bits per index."""
        return entropy_of_counts(np.bincount(self.indices.ravel()))

    def png(self) -> bytes:
        """The quantized picture as the bytes of a PNG file, which any viewer opens.

        A palette PNG holds what VQ makes: indices of 1, 2, 4 or 8 bits and the codebook. PNG
        compresses the indices further, without loss. With many grey levels a grey PNG may be
        smaller, as PNG's filters help there; the smaller one is returned, if no level is without
        pixels: a grey PNG would forget it.

        Raises
        ------
        ValueError
            If the code vectors are blocks, or more than 256: a palette has no room for them.
        """
        if self.block > 1 or self.size > PALETTE_SIZE:
            given = f"got {self.size} of {self.block} x {self.block} pixels"
            raise ValueError(
                f"a PNG palette holds at most 256 single pixels, {given}: save as .npz"
            )
        as_palette = self._palette_png()
        if self.picture.ndim == 3 or len(np.unique(self.indices)) < self.size:
            return as_palette
        as_grey = io.BytesIO()
        Image.fromarray(self.picture).save(as_grey, "PNG", compress_level=9)
        return min(as_palette, as_grey.getvalue(), key=len)

    def _palette_png(self) -> bytes:
        colours = np.broadcast_to(self.levels.reshape(self.size, -1), (self.size, 3))
        palette = Image.fromarray(self.indices)
        palette.putpalette(colours.tobytes())
        notes = PngInfo()
        if self.picture.ndim == 3 and (np.ptp(self.levels, axis=1) == 0).all():
            notes.add(*RGB_NOTE)
        file = io.BytesIO()
        # Compress type 1: zlib's Z_FILTERED suits indices best.
        palette.save(file, "PNG", compress_level=9, compress_type=1, pnginfo=notes)
        return file.getvalue()


def whole_codebook(vectors: Floats, space: str, dimension: int) -> Codebook:
    """The codebook of whole grey or RGB values that code vectors (K, d) in a space stand for.

    Components are rounded, half goes up, and cut to 0..255; code vectors that become equal are one.

    Raises
    ------
    ValueError
        If there are more than 65536 code vectors, or d is not `dimension`.
    """
    if vectors.shape[1] != dimension or len(vectors) > MOST_CODE_VECTORS:
        allowed = f"at most {MOST_CODE_VECTORS} code vectors of dimension {dimension}"
        raise ValueError(f"codebook must have {allowed}, got {vectors.shape}")
    values = SPACES[space].to_rgb(vectors).reshape(vectors.shape)
    rounded = np.clip(np.floor(values + 0.5), 0, 255)
    return Codebook(np.unique(rounded, axis=0))


def from_indices(
    picture: Picture, indices: NDArray[Any], codebook: Codebook, block: int = 1
) -> QuantizedImage:
    """A quantized picture from its original, the indices of its blocks and a codebook.

    The components of the codebook are whole numbers from 0 to 255.
    """
    smallest_type = np.min_scalar_type(codebook.size - 1)
    indices = indices.reshape(blocks_in(picture.shape, block)).astype(smallest_type, copy=False)
    shown = _decode(indices, codebook, picture.shape, block)
    # The sum of squares is whole; OpenCV returns its root squared.
    squares = round(cv2.norm(picture.reshape(1, -1), shown.reshape(1, -1), cv2.NORM_L2SQR))
    bits = max(1, (codebook.size - 1).bit_length())
    return QuantizedImage(shown, indices, codebook, bits, squares / picture.size, block)


def _decode(
    indices: NDArray[Any], codebook: Codebook, shape: tuple[int, ...], block: int
) -> Picture:
    """The picture of these indices (rows, columns) of blocks."""
    vectors = codebook.vectors.astype(np.uint8)
    if block > 1 or codebook.size > PALETTE_SIZE:
        return from_blocks(vectors[indices], shape, block)
    # OpenCV's tables are many times faster than indexing.
    table = np.resize(vectors, (1, PALETTE_SIZE, codebook.dimension))
    planes: Any = indices
    if codebook.dimension > 1:
        planes = cv2.merge([np.asarray(indices, np.uint8)] * codebook.dimension)
    return np.asarray(cv2.LUT(planes, table), np.uint8).reshape(shape)
