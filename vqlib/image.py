"""Pictures: read one, turn it into vectors and back, quantize it, and count what that costs.

A picture is a uint8 array, (height, width) for grey or (height, width, 3) for RGB.
"""

import io
import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import ExifTags, Image, UnidentifiedImageError
from PIL.Image import Transpose as Turn
from PIL.PngImagePlugin import PngInfo

from .codebook import Codebook
from .design import OptimalScalar, distinct, lloyd, optimal_scalar, refine
from .measure import Floats, as_array, decibels, described, entropy_of_counts, finite, whole

Picture = NDArray[np.uint8]
Pictures = Picture | Sequence[ArrayLike]
Source = str | Path | bytes
Made = TypeVar("Made")

DATA = Path(__file__).resolve().parent.parent / "data"
SAMPLES = ("camera", "astronaut", "coffee", "china", "chart")
SPACES = ("RGB", "Lab")
MEGAPIXELS = 100
# What makes each EXIF orientation upright. ImageOps.exif_transpose would refuse a picture with a flaw in other notes.
_UPRIGHT = {2: Turn.FLIP_LEFT_RIGHT, 3: Turn.ROTATE_180, 4: Turn.FLIP_TOP_BOTTOM, 5: Turn.TRANSPOSE}
_UPRIGHT |= {6: Turn.ROTATE_270, 7: Turn.TRANSVERSE, 8: Turn.ROTATE_90}


def read_image(source: Source, *, colour: bool = False) -> Picture:
    """Read a picture file as grey (height, width) or, with `colour`, as RGB (height, width, 3), uint8.

    PNG, JPEG, WebP, TIFF, BMP, GIF and whatever else Pillow reads; of several frames the first. The orientation noted
    by a camera (EXIF) is applied, transparency is put on white, 16 bits are scaled to 8. Grey is OpenCV's conversion
    of the RGB (ITU-R BT.601 luma). Pillow, because `cv2.imread` returns None for a missing file and half a picture
    for a truncated one.

    Parameters
    ----------
    source : path, or the bytes of a file
    colour : bool
        Whether to keep the colours.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is a folder, empty, no picture, damaged, cannot be opened, or has more than 100 megapixels.
    """
    rgb = parsed(source, "a picture file", decoded)
    return rgb.copy() if colour else grey(rgb)


def parsed(source: Source, what: str, parse: Callable[[bytes], Made]) -> Made:
    """What a function makes of the bytes of a file, or an error that says what the file should have been."""
    name = f"file {str(source)!r}" if isinstance(source, str | Path) else "the file given"
    try:
        return parse(source if isinstance(source, bytes) else Path(source).read_bytes())
    except FileNotFoundError:
        raise FileNotFoundError(f"source must be {what}, but there is no {name}") from None
    except Exception as error:  # on damaged bytes the libraries raise nearly anything: struct.error, RuntimeError, ...
        known = {Image.DecompressionBombError: f"it has more than {MEGAPIXELS} megapixels", UnidentifiedImageError: ""}
        why = known.get(type(error), str(error)) or "it is empty, damaged or in another format"
        raise ValueError(f"source must be {what}, but {name} cannot be read as one: {why}") from error


def decoded(content: bytes) -> Picture:
    """RGB picture of the bytes of a file."""
    # Pillow warns of large pictures; this is our own limit.
    with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content)) as opened:
        if opened.width * opened.height > MEGAPIXELS * 10**6:
            raise Image.DecompressionBombError
        opened.load()
        turn = _UPRIGHT.get(opened.getexif().get(ExifTags.Base.Orientation, 1))
        return np.asarray(_eight_bit_rgb(opened if turn is None else opened.transpose(turn)))


def _eight_bit_rgb(opened: Image.Image) -> Image.Image:
    """Any picture of Pillow as 8-bit RGB on white."""
    if opened.mode.startswith("I") or opened.mode == "F":
        values = np.asarray(opened).astype(np.float64)
        if values.min() < 0 or values.max() > 65535 or opened.mode == "F":
            raise OSError("its pixels are not 8 or 16 bit whole numbers")
        values[values == opened.info.get("transparency")] = 65535  # white; PNG can name one grey as transparent
        return Image.fromarray(np.floor(values / 257 + 0.5).astype(np.uint8)).convert("RGB")
    if opened.has_transparency_data:
        return Image.alpha_composite(Image.new("RGBA", opened.size, "white"), opened.convert("RGBA")).convert("RGB")
    return opened.convert("RGB")


def grey(rgb: Picture) -> Picture:
    """Grey picture (height, width) of an RGB picture (height, width, 3): .299 R + .587 G + .114 B, rounded."""
    return np.asarray(cv2.cvtColor(_picture(rgb, "rgb", ("RGB",)), cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def sample(name: str, *, colour: bool = False) -> Picture:
    """One of the pictures in data/, found from any folder; authors and licences are in data/README.md.

    Raises
    ------
    ValueError
        If there is no picture of that name.
    """
    if name not in SAMPLES:
        raise ValueError(f"name must be one of {', '.join(SAMPLES)}, got {name!r}")
    return read_image(DATA / f"{name}.png", colour=colour)


def to_vectors(picture: ArrayLike, block: int = 1) -> Floats:
    """A picture as vectors: array (blocks, block * block * channels), the blocks row by row.

    With `block` 1 every pixel is a vector, of one number in grey and of three in colour. Where blocks do not fit, the
    rim of the picture is repeated outwards until they do: a block over the rim is a vector like all others.

    Raises
    ------
    ValueError
        If it is not a picture, or the block not a whole number from 1 to 64.
    """
    return _vectors(_picture(picture), block).astype(np.float64)


def _vectors(array: NDArray[Any], block: int) -> NDArray[Any]:
    rows, columns = blocks_in(array.shape, block)
    rim = [(0, rows * block - array.shape[0]), (0, columns * block - array.shape[1]), (0, 0)]
    filled = np.pad(array.reshape(*array.shape[:2], -1), rim, mode="edge")
    return filled.reshape(rows, block, columns, block, -1).swapaxes(1, 2).reshape(rows * columns, -1)


def blocks_in(shape: tuple[int, ...], block: int) -> tuple[int, int]:
    """How many blocks lie below and beside each other, those over the rim included."""
    return -(-shape[0] // whole(block, "block", 1, 64)), -(-shape[1] // block)


def to_picture(vectors: ArrayLike, shape: tuple[int, ...], block: int = 1) -> Picture:
    """The way back of `to_vectors`: a picture of that shape. What lies beyond the rim is cut off.

    Raises
    ------
    ValueError
        If the values are not whole numbers from 0 to 255, or too few or too many.
    """
    if len(shape) not in (2, 3) or min(shape) < 1 or tuple(shape[2:]) not in ((), (3,)):
        raise ValueError(f"shape must be (height, width) or (height, width, 3), got {shape}")
    array, size = finite(vectors, "vectors"), math.prod((*blocks_in(shape, block), block, block, *shape[2:]))
    if array.size != size or array.min() < 0 or array.max() > 255 or (array != np.floor(array)).any():
        raise ValueError(f"vectors must be {size} whole numbers from 0 to 255, got {described(array)}")
    return _joined(array.astype(np.uint8), shape, block)


def _joined(vectors: NDArray[Any], shape: tuple[int, ...], block: int) -> Picture:
    """What `to_picture` does, for bytes that are known to fit."""
    rows, columns = blocks_in(shape, block)
    pixels = vectors.reshape(rows, columns, block, block, -1).swapaxes(1, 2).reshape(rows * block, columns * block, -1)
    return np.ascontiguousarray(pixels[: shape[0], : shape[1]]).reshape(shape)


@dataclass(frozen=True, eq=False)
class QuantizedImage:
    """A quantized picture and what it costs; made by `quantize_image`, `encode_image`, `GreyLevels` or `Colours`."""

    picture: Picture
    """The quantized picture, (height, width) or (height, width, 3): the codebook's decoding of `indices`."""
    indices: NDArray[Any]
    """Index of the code vector of every block, uint8 or uint16 (rows, columns) of blocks."""
    codebook: Codebook
    """Its components are whole numbers from 0 to 255."""
    bits: int
    """The bits for an index that were asked for. A picture with fewer different vectors gets a smaller codebook."""
    mse: float
    """Mean squared error of `picture` per pixel and channel, in grey values squared; NaN where it is not known."""
    block: int = 1
    """Height and width of a block in pixels."""

    @property
    def size(self) -> int:
        """Number of code vectors, at most 2^bits."""
        return self.codebook.size

    @property
    def levels(self) -> Picture:
        """The code vectors as they are stored, uint8: array (size,) of grey values, (size, d) of all else."""
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
        """Bits per pixel for the indices alone. Blocks over the rim count, what they hold beyond it does not."""
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

        A palette PNG holds what VQ makes: indices of 1, 2, 4 or 8 bits and the codebook. PNG compresses the indices
        further, without loss. With many grey levels a grey PNG may be smaller, as PNG's filters help there; the
        smaller one is returned, if no level is without pixels: a grey PNG would forget it.

        Raises
        ------
        ValueError
            If the code vectors are blocks, or more than 256: a palette has no room for them.
        """
        if self.block > 1 or self.size > 256:
            given = f"got {self.size} of {self.block} x {self.block} pixels"
            raise ValueError(f"a PNG palette holds at most 256 single pixels, {given}: save as .npz")
        palette = Image.fromarray(self.indices)
        palette.putpalette(np.broadcast_to(self.levels.reshape(self.size, -1), (self.size, 3)).tobytes())
        notes = PngInfo()
        if self.picture.ndim == 3 and (np.ptp(self.levels, axis=1) == 0).all():
            notes.add_text("vqlib", "RGB")  # in which all colours happen to be greys
        as_palette, as_grey = io.BytesIO(), io.BytesIO()
        # 1: zlib's Z_FILTERED suits indices best
        palette.save(as_palette, "PNG", compress_level=9, compress_type=1, pnginfo=notes)
        if self.picture.ndim == 3 or len(np.unique(self.indices)) < self.size:
            return as_palette.getvalue()
        Image.fromarray(self.picture).save(as_grey, "PNG", compress_level=9)
        return min(as_palette.getvalue(), as_grey.getvalue(), key=len)


def encode_image(picture: ArrayLike, codebook: Codebook, *, block: int = 1, space: str = "RGB") -> QuantizedImage:
    """Quantize a picture with a codebook that there is: picture -> vectors -> indices -> vectors -> picture.

    Components are rounded to whole numbers, half goes up, and cut to 0..255; code vectors that become equal are one.

    Parameters
    ----------
    picture : uint8 array (height, width) or (height, width, 3)
    codebook : Codebook
        At most 65536 code vectors of block * block * channels components, in grey or RGB values.
    block : int
        Height and width of a block; see `to_vectors` for the rim.
    space : str
        Where the nearest code vector is looked for: "RGB", or "Lab" for CIELAB (see `to_lab`), where equal distances
        look more nearly equal. The MSE is always that of grey or RGB values.

    Raises
    ------
    ValueError
        If it is not a picture, or codebook, block or space do not fit it.
    """
    array = _picture(picture)
    if whole(block, "block", 1, 64) == 1 and array.ndim == 3:
        return Colours(array).encode(codebook, space)
    vectors = _vectors(array, block)
    codebook = _whole_codebook(codebook.vectors, "RGB", vectors.shape[1])
    nearest = Codebook(_to_space(codebook.vectors, space, array.ndim))
    return from_indices(array, nearest.encode(_to_space(vectors, space, array.ndim)), codebook, block)


def _whole_codebook(vectors: Floats, space: str, dimension: int) -> Codebook:
    """The codebook of whole grey or RGB values that code vectors in a space stand for."""
    if vectors.shape[1] != dimension or len(vectors) > 1 << 16:
        raise ValueError(f"codebook must have at most 65536 code vectors of dimension {dimension}, got {vectors.shape}")
    if space == "Lab":
        rgb = cv2.cvtColor(vectors.astype(np.float32).reshape(1, -1, 3), cv2.COLOR_Lab2RGB)
        vectors = 255 * rgb.reshape(vectors.shape).astype(np.float64)
    return Codebook(np.unique(np.clip(np.floor(vectors + 0.5), 0, 255), axis=0))


def from_indices(picture: Picture, indices: NDArray[Any], codebook: Codebook, block: int = 1) -> QuantizedImage:
    """A quantized picture from its original, the indices of its blocks and a codebook of whole numbers."""
    kept = indices.reshape(blocks_in(picture.shape, block)).astype(np.min_scalar_type(codebook.size - 1), copy=False)
    colours = codebook.vectors.astype(np.uint8)
    if block == 1 and codebook.size <= 256:  # OpenCV's tables are many times faster than indexing
        table = np.resize(colours, (1, 256, codebook.dimension))
        planes: Any = kept if codebook.dimension == 1 else cv2.merge([np.asarray(kept, np.uint8)] * codebook.dimension)
        shown = np.asarray(cv2.LUT(planes, table), np.uint8).reshape(picture.shape)
    else:
        shown = _joined(colours[kept], picture.shape, block)
    squares = round(cv2.norm(picture.reshape(1, -1), shown.reshape(1, -1), cv2.NORM_L2SQR))  # whole again
    return QuantizedImage(
        shown, kept, codebook, max(1, (codebook.size - 1).bit_length()), squares / picture.size, block
    )


def diffuse(picture: ArrayLike, codebook: Codebook) -> QuantizedImage:
    """Quantize the pixels of a picture by error diffusion: each hands its error on to pixels that come later.

    7/16 to the right, 3/16 down-left, 5/16 down, 1/16 down-right (Floyd and Steinberg 1976, "An adaptive algorithm
    for spatial greyscale"), every row from left to right, nothing clipped; worked out in notebook 05_colour_images.

    Parameters and errors are those of `encode_image` with single pixels in RGB.
    """
    array = _picture(picture)
    height, width = array.shape[:2]
    codebook = _whole_codebook(codebook.vectors, "RGB", array.size // (height * width))
    work = np.zeros((height + 1, width + 2, codebook.dimension))  # with room around, so that nothing meets the rim
    work[:-1, 1:-1] = array.reshape(height, width, -1)
    indices = np.zeros((height, width), dtype=np.intp)
    twice, squares = 2 * codebook.vectors.T, (codebook.vectors**2).sum(axis=1)
    # A pixel needs the one before it and three above: those with equal x + 2 y need nothing of each other.
    for turn in range(width + 2 * height - 2):
        y = np.arange(max(0, (turn - width + 2) // 2), min(height, turn // 2 + 1))
        x = turn - 2 * y
        indices[y, x] = chosen = (work[y, x + 1] @ twice - squares).argmax(axis=1)
        error = (work[y, x + 1] - codebook.vectors[chosen]) / 16
        for down, right, share in ((0, 2, 7), (1, 0, 3), (1, 1, 5), (1, 2, 1)):
            work[y + down, x + right] += share * error
    return from_indices(array, indices, codebook)


def to_lab(rgb: ArrayLike) -> Floats:
    """CIELAB coordinates of RGB values 0..255 (sRGB, white D65), array (n, 3): L from 0 to 100, a, b (CIE 1976).

    By OpenCV, whose tables lie within .3 of the formulas.
    """
    pixels = finite(rgb, "rgb").astype(np.float32).reshape(1, -1, 3) / np.float32(255)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2Lab)[0], dtype=np.float64)


def _to_space(vectors: NDArray[Any], space: str, axes: int) -> NDArray[Any]:
    """Vectors of a picture with so many axes in the space where distances are measured."""
    if space not in SPACES[: axes - 1]:
        raise ValueError(f"space must be {' or '.join(SPACES)}, and RGB for a grey picture, got {space!r}")
    return vectors if space == "RGB" else to_lab(vectors).reshape(vectors.shape)


def train_codebook(
    pictures: Pictures, size: int, *, block: int = 1, space: str = "RGB", fast: bool = False, seed: int = 0
) -> Codebook:
    """A codebook for the blocks of one or more pictures; its components are whole numbers from 0 to 255.

    For grey pixels it is the optimum. For colours and blocks it is a local optimum of Lloyd's algorithm, or near one;
    rounding may make a few code vectors equal, which leaves fewer than `size`. Blocks: 20 iterations; if there are
    many, 10 on some of them first, that is 16384 or, with more than 1024 code vectors, 16 for each.

    Parameters
    ----------
    pictures : a picture, or a sequence of them, all grey or all RGB
    size : int
        Number of code vectors.
    block, space
        As in `encode_image`.
    fast : bool
        For sliders: train on less. For colours see `Colours.train`; on blocks it is 10 iterations, on some if they are
        many, and no more.
    seed : int
        Fixes the random start.

    Raises
    ------
    ValueError
        If something is not a picture, or `size` is more than the number of different vectors.
    """
    several = [pictures] if isinstance(pictures, np.ndarray) else pictures
    arrays = [_picture(picture, "each of pictures") for picture in several]
    if len(axes := {array.ndim for array in arrays}) != 1:
        raise ValueError(f"pictures must be one or more, all grey or all RGB, got {len(arrays)}")
    vectors = np.concatenate([_vectors(array, block) for array in arrays])
    if vectors.shape[1] == 3:
        return Colours(vectors[None]).train(size, space, fast=fast, seed=seed)
    points = _to_space(vectors, space, *axes)
    if vectors.shape[1] == 1:
        return optimal_scalar(np.arange(256), size, _histogram(vectors.T), integer=True)
    few = np.random.default_rng(whole(seed, "seed", 0)).permutation(points)[: max(1 << 14, 16 * whole(size, "size", 1))]
    many = len(few) < len(points) and distinct(few, size) >= size
    trained = lloyd(few if many else points, size, seed=seed, starts=1, iterations=10 if many or fast else 20)
    if many and not fast:
        trained = refine(points, trained, iterations=20)
    return _whole_codebook(trained.vectors, space, vectors.shape[1])


def quantize_image(
    picture: ArrayLike | Source, bits: int, *, block: int = 1, space: str = "RGB", fast: bool = False, seed: int = 0
) -> QuantizedImage:
    """Quantize a picture, or the grey of a picture file, with a codebook of 2^bits code vectors trained on it.

    The same as `encode_image(picture, train_codebook([picture], size))`, with size the smaller of 2^bits and the number
    of different vectors; see there for the parameters. For several numbers of bits of one picture make a `GreyLevels`
    or a `Colours`: they keep what all of them need.

    Parameters
    ----------
    picture : uint8 array (height, width) or (height, width, 3), or what `read_image` takes
    bits : int
        Bits for an index, 1 to 8 for pixels and 1 to 16 for blocks.

    Raises
    ------
    ValueError
        If `bits` is out of range, it is not a picture, or block or space do not fit it.
    """
    bits = whole(bits, "bits", 1, 8 if whole(block, "block", 1, 64) == 1 else 16)
    array = _picture(read_image(picture) if isinstance(picture, str | Path | bytes) else picture)
    if block == 1 and array.ndim == 3:
        return Colours(array).quantize(bits, space, fast=fast, seed=seed)
    if block == 1 and space == "RGB":
        return GreyLevels(array, bits).quantize(bits)
    size = min(2**bits, distinct(_vectors(array, block), 2**bits))
    codebook = train_codebook([array], size, block=block, space=space, fast=fast, seed=seed)
    return replace(encode_image(array, codebook, block=block, space=space), bits=bits)


class GreyLevels:
    """A grey picture with its histogram and all its optimal codebooks, for quantizing it again and again.

    Parameters
    ----------
    picture : uint8 array (height, width)
        Kept, not copied: do not change it while this object is in use.
    most_bits : int
        The most bits that can be asked for. The dynamic programming runs once, for all of them, when the first
        codebook is needed.

    Raises
    ------
    ValueError
        If it is not a grey picture.
    """

    def __init__(self, picture: ArrayLike, most_bits: int = 8) -> None:
        self.picture = np.ascontiguousarray(_picture(picture, kinds=("grey",)))
        self.histogram = _histogram(self.picture)
        """Number of pixels of each grey value, array (256,)."""
        self._values = np.flatnonzero(self.histogram)
        self._most_bits = whole(most_bits, "most_bits", 1, 8)

    def quantize(self, bits: int) -> QuantizedImage:
        """The picture at 1 to `most_bits` bits; see `quantize_image`."""
        size = 2 ** whole(bits, "bits", 1, self._most_bits)
        codebook = Codebook(self._values) if size >= self._values.size else self._scalars.codebook(size)
        table = codebook.encode(np.arange(256)).astype(np.uint8)
        return replace(from_indices(self.picture, np.asarray(cv2.LUT(self.picture, table)), codebook), bits=int(bits))

    @cached_property
    def _scalars(self) -> OptimalScalar:
        largest = 2 ** min(self._most_bits, 7)  # at 8 bits a picture stays as it is
        return OptimalScalar(self._values, self.histogram[self._values], largest=largest, integer=True)


class Colours:
    """A colour picture and the colours in it, for quantizing it again and again.

    Pixels of one colour always go together, so each colour is treated once, with its number of pixels as its weight.

    Parameters
    ----------
    picture : uint8 array (height, width, 3), RGB

    Raises
    ------
    ValueError
        If it is not an RGB picture.
    """

    def __init__(self, picture: ArrayLike) -> None:
        self.picture = np.ascontiguousarray(_picture(picture, kinds=("RGB",)))
        # A pixel as one number: its bytes and a fourth, read together.
        self._codes = cv2.cvtColor(self.picture, cv2.COLOR_RGB2RGBA).view("<u4")[..., 0]
        self._codes &= 0xFFFFFF
        if self._codes.size < 1 << 20:
            self._found, counts = np.unique(self._codes, return_counts=True)
        else:  # sorting would take longer than all the rest
            table = cv2.calcHist([self.picture], [2, 1, 0], None, [256] * 3, [0, 256] * 3).ravel()
            self._found = np.flatnonzero(table > 0).astype("<u4")
            counts = table[self._found]
        self.colours = self._found[:, None].view(np.uint8)[:, :3]
        """The different colours, uint8 array (n, 3)."""
        self.counts = counts.astype(np.float64)
        """Number of pixels of each, array (n,)."""

    def train(self, size: int, space: str = "RGB", *, fast: bool = False, seed: int = 0) -> Codebook:
        """A palette: `size` colours by Lloyd's algorithm, rounded to whole numbers (see `train_codebook`).

        First on the means of cells of 8 x 8 x 8 colours, from one start; then 10 iterations on all colours, or, if
        there are more than 131072, on the means of cells of 4 x 4 x 4. With `fast` it is the first part only, in at
        most 10 iterations. Both are much faster than k-means on all pixels; how much, and what it costs, stands in
        benchmarks/. (Where there are fewer than four cells for each code vector, the cells are smaller.)

        Raises
        ------
        ValueError
            If `size` is more than the number of different colours, or there is no such space.
        """
        points = _to_space(self.colours, space, 3)
        if whole(size, "size", 1) == len(points):
            return Codebook(self.colours)
        cells = (self._cells(points, drop) for drop in (3, 2))
        means, weights = next((some for some in cells if len(some[0]) >= 4 * size), (points, self.counts))
        codebook = lloyd(means, size, weights, seed=seed, starts=1, iterations=10 if fast else 20)
        if not fast:
            means, weights = self._cells(points, 2) if size <= 256 and len(points) > 1 << 17 else (points, self.counts)
            codebook = refine(means, codebook, weights, iterations=10)
        return _whole_codebook(codebook.vectors, space, 3)

    def _cells(self, points: NDArray[Any], drop: int) -> tuple[Floats, Floats]:
        """Means and weights of the colours that are the same but for the last bits."""
        # The bits that stay of each component, joined.
        keys: Any = sum((self._found >> (8 * k + drop) & (255 >> drop)) << k * (8 - drop) for k in range(3))
        weights = np.bincount(keys, self.counts)
        used = np.flatnonzero(weights)
        sums = [np.bincount(keys, self.counts * component)[used] for component in points.T]
        return np.stack(sums, axis=1) / weights[used, None], weights[used].astype(np.float64)

    def encode(self, codebook: Codebook, space: str = "RGB") -> QuantizedImage:
        """The picture with this palette; see `encode_image`."""
        codebook = _whole_codebook(codebook.vectors, "RGB", 3)
        nearest = Codebook(_to_space(codebook.vectors, space, 3)).encode(_to_space(self.colours, space, 3))
        # Twice as long as needed: what has 32 MiB and more goes back to the system at once and leaves no holes.
        table = np.zeros(1 << 25, np.uint8 if codebook.size <= 256 else np.uint16)
        table[self._found] = nearest
        return from_indices(self.picture, table[self._codes], codebook)

    def quantize(self, bits: int, space: str = "RGB", *, fast: bool = False, seed: int = 0) -> QuantizedImage:
        """The picture in at most 2^bits colours, 1 to 8 bits; see `quantize_image`."""
        size = min(2 ** whole(bits, "bits", 1, 8), len(self.colours))
        return replace(self.encode(self.train(size, space, fast=fast, seed=seed), space), bits=int(bits))


def _histogram(picture: Picture) -> Floats:
    # In parts, as cv2.calcHist returns float32, which counts without gaps up to 2^24.
    parts = np.array_split(picture.ravel(), 1 + (picture.size >> 24))
    counts = [cv2.calcHist([part], [0], None, [256], [0, 256]) for part in parts]
    return np.asarray(np.sum(counts, axis=0, dtype=np.float64)).ravel()


def _picture(picture: object, name: str = "picture", kinds: tuple[str, ...] = ("grey", "RGB")) -> Picture:
    array = as_array(picture, name)
    kind = "grey" if array.ndim == 2 else "RGB" if array.ndim == 3 and array.shape[2] == 3 else "neither"
    if array.dtype != np.uint8 or kind not in kinds or array.size == 0:
        shapes = {"grey": "a grey picture (height, width)", "RGB": "an RGB picture (height, width, 3)"}
        wanted = " or ".join(shapes[kind] for kind in kinds)
        raise ValueError(f"{name} must be {wanted} of uint8, got {array.dtype} of shape {array.shape}")
    return array
