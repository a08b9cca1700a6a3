"""Pictures: read one, turn it into vectors and back, quantize it, and count what that costs.

A picture is a uint8 array, (height, width) for grey or (height, width, 3) for RGB.
"""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import ExifTags, Image, UnidentifiedImageError
from PIL.Image import Transpose as Turn

from .codebook import Codebook
from .design import OptimalScalar
from .measure import Floats, as_array, decibels, described, entropy_of_counts, finite, whole

Picture = NDArray[np.uint8]
Source = str | Path | bytes

DATA = Path(__file__).resolve().parent.parent / "data"
SAMPLES = ("camera", "astronaut", "coffee", "china", "chart")
MEGAPIXELS = 100
# What makes each EXIF orientation upright. ImageOps.exif_transpose would refuse a picture with a flaw in other notes.
_UPRIGHT = {2: Turn.FLIP_LEFT_RIGHT, 3: Turn.ROTATE_180, 4: Turn.FLIP_TOP_BOTTOM, 5: Turn.TRANSPOSE}
_UPRIGHT |= {6: Turn.ROTATE_270, 7: Turn.TRANSVERSE, 8: Turn.ROTATE_90}
_COUNTED_AT_ONCE = 1 << 24  # cv2.calcHist returns float32, which counts without gaps up to here


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
        If it is a folder, empty, no picture, damaged, or has more than 100 megapixels.
    """
    name = f"file {str(source)!r}" if isinstance(source, str | Path) else "the file given"
    content = _content(source, name)
    try:
        with warnings.catch_warnings(action="ignore"):  # Pillow warns of large pictures; our own limit is in _decoded
            rgb = _decoded(content)
    except Image.DecompressionBombError as error:
        raise ValueError(f"source must have at most {MEGAPIXELS} megapixels, but {name} has more: {error}") from None
    except UnidentifiedImageError:
        raise ValueError(f"source must be a picture file, but {name} is not in a format that can be read") from None
    except Exception as error:  # on damaged bytes Pillow raises nearly anything: struct.error, RuntimeError, ...
        raise ValueError(f"source must be a whole picture file, but {name} cannot be decoded: {error}") from error
    return rgb.copy() if colour else grey(rgb)


def _content(source: Source, name: str) -> bytes:
    if isinstance(source, str | Path):
        if not Path(source).exists():
            raise FileNotFoundError(f"source must be a picture file, but there is no {name}")
        if Path(source).is_dir():
            raise ValueError(f"source must be a picture file, but {str(source)!r} is a folder")
        source = Path(source).read_bytes()
    if not isinstance(source, bytes):
        raise ValueError(f"source must be a path or the bytes of a file, got {type(source).__name__}")
    if not source:
        raise ValueError(f"source must be a picture file, but {name} is empty")
    return source


def _decoded(content: bytes) -> Picture:
    with Image.open(io.BytesIO(content)) as opened:
        if opened.width * opened.height > MEGAPIXELS * 10**6:
            raise Image.DecompressionBombError(f"{opened.width} x {opened.height}")
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
        front = opened.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", front.size, "white"), front).convert("RGB")
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


def to_vectors(picture: ArrayLike) -> Floats:
    """Pixels as vectors, array (height * width, channels): one number for a grey pixel, three for a colour."""
    array = _picture(picture)
    return array.reshape(array.shape[0] * array.shape[1], -1).astype(np.float64)


def to_picture(vectors: ArrayLike, shape: tuple[int, ...]) -> Picture:
    """The way back of `to_vectors`: a picture of that shape.

    Raises
    ------
    ValueError
        If the values are not whole numbers from 0 to 255, or too few or too many.
    """
    if len(shape) not in (2, 3) or min(shape) < 1 or tuple(shape[2:]) not in ((), (3,)):
        raise ValueError(f"shape must be (height, width) or (height, width, 3), got {shape}")
    array = finite(vectors, "vectors")
    if array.size != math.prod(shape):
        raise ValueError(f"vectors must hold {math.prod(shape)} numbers for shape {shape}, got {array.size}")
    if array.min() < 0 or array.max() > 255 or (array != np.floor(array)).any():
        raise ValueError(f"vectors must be whole numbers from 0 to 255, got {described(array)}")
    return array.astype(np.uint8).reshape(shape)


@dataclass(frozen=True, eq=False)
class QuantizedImage:
    """A quantized grey picture and what it costs; made by `quantize_image`, `encode_image` or `GreyLevels`."""

    picture: Picture
    """The quantized picture (height, width): the codebook's decoding of `indices`."""
    indices: Picture
    """Index of the code vector of every pixel (height, width)."""
    codebook: Codebook
    """Its levels are whole grey values."""
    bits: int
    """The bits that were asked for. A picture with fewer grey values than 2^bits gets a smaller codebook."""
    mse: float
    """Mean squared error of `picture`, in grey values squared."""
    entropy: float
    """First-order entropy of the indices, bits per pixel."""

    @property
    def size(self) -> int:
        """Number of levels, at most 2^bits."""
        return self.codebook.size

    @property
    def levels(self) -> Picture:
        """The grey values of the codebook, uint8 array (size,)."""
        return self.codebook.vectors[:, 0].astype(np.uint8)

    @property
    def index_bits(self) -> int:
        """Bits per pixel for an index of fixed length: log2 of the size, rounded up."""
        return (self.size - 1).bit_length()

    @property
    def codebook_bits(self) -> int:
        """Bits for the codebook itself, one byte for each level."""
        return 8 * self.size

    @property
    def rate(self) -> float:
        """Bits per pixel with everything counted: indices and codebook."""
        return self.index_bits + self.codebook_bits / self.picture.size

    @property
    def stored_bytes(self) -> int:
        """Bytes for the indices packed to the bit, and the codebook."""
        return (self.index_bits * self.picture.size + 7) // 8 + self.size

    @property
    def claimed_saving(self) -> float:
        """(8 - bits) / 8, as most tutorials count: index bits only, against 8 bits per pixel."""
        return (8 - self.bits) / 8

    @property
    def saving(self) -> float:
        """1 - rate / 8: the share of 8 bits per pixel that is saved when the codebook counts too."""
        return 1 - self.rate / 8

    @property
    def psnr(self) -> float:
        """Peak signal-to-noise ratio of `picture` in dB; infinite where nothing was lost."""
        return decibels(255**2, self.mse)

    def png(self) -> bytes:
        """The quantized picture as the bytes of a PNG file, which any viewer opens.

        A palette PNG holds what VQ makes: indices of 1, 2, 4 or 8 bits and the codebook. PNG compresses the indices
        further, without loss. With many levels a grey PNG may be smaller, as PNG's filters help there; the smaller
        one is returned.
        """
        palette = Image.fromarray(self.indices)
        palette.putpalette(np.repeat(self.levels, 3).tobytes())
        as_palette, as_grey = io.BytesIO(), io.BytesIO()
        palette.save(as_palette, "PNG", compress_level=9, compress_type=1)  # 1: zlib's Z_FILTERED suits indices best
        Image.fromarray(self.picture).save(as_grey, "PNG", compress_level=9)
        return min(as_palette.getvalue(), as_grey.getvalue(), key=len)


def encode_image(picture: ArrayLike, codebook: Codebook) -> QuantizedImage:
    """Quantize a grey picture with a codebook of your own: picture -> vectors -> indices -> vectors -> picture.

    Levels are rounded to whole grey values, half goes up, and cut to 0..255; levels that become equal are one.

    Raises
    ------
    ValueError
        If it is not a grey picture, or not a codebook of 1 to 256 scalars.
    """
    array = _picture(picture, kinds=("grey",))
    if codebook.dimension != 1 or codebook.size > 256:
        raise ValueError(f"codebook must have 1 to 256 scalars, got {codebook.size} of dimension {codebook.dimension}")
    codebook = Codebook(np.unique(np.clip(np.floor(codebook.vectors + 0.5), 0, 255)))
    vectors = to_vectors(array)
    indices = codebook.encode(vectors)
    return QuantizedImage(
        picture=to_picture(codebook.decode(indices), array.shape),
        indices=to_picture(indices, array.shape),
        codebook=codebook,
        bits=max(1, (codebook.size - 1).bit_length()),
        mse=codebook.distortion(vectors),
        entropy=entropy_of_counts(np.bincount(indices)),
    )


def quantize_image(picture: ArrayLike | Source, bits: int) -> QuantizedImage:
    """Quantize a grey picture, or the grey of a picture file, to 2^bits levels, the best there are for this picture.

    Uses min(2^bits, distinct grey values) levels. The codebook is the exact optimum over whole grey values, so this
    equals `encode_image(picture, optimal_scalar(pixels, size, integer=True))`; it goes by the histogram, which is
    some hundred times faster. For several numbers of bits of one picture make a `GreyLevels`.

    Parameters
    ----------
    picture : uint8 array (height, width), or what `read_image` takes
    bits : int
        1 to 8.

    Raises
    ------
    ValueError
        If `bits` is not a whole number from 1 to 8, or it is not a grey picture.
    """
    bits = whole(bits, "bits", 1, 8)
    array = read_image(picture) if isinstance(picture, str | Path | bytes) else picture
    return GreyLevels(array, bits).quantize(bits)


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
        size = min(2 ** whole(bits, "bits", 1, self._most_bits), self._values.size)
        codebook = Codebook(self._values) if size == self._values.size else self._optimum.codebook(size)
        grey_values = np.arange(256)
        index_table = codebook.encode(grey_values).astype(np.uint8)
        level_table = codebook.decode(index_table)[:, 0].astype(np.uint8)
        return QuantizedImage(
            picture=np.asarray(cv2.LUT(self.picture, level_table), dtype=np.uint8),
            indices=np.asarray(cv2.LUT(self.picture, index_table), dtype=np.uint8),
            codebook=codebook,
            bits=int(bits),
            mse=float(np.average((grey_values - level_table.astype(float)) ** 2, weights=self.histogram)),
            entropy=entropy_of_counts(np.bincount(index_table, self.histogram)),
        )

    @cached_property
    def _optimum(self) -> OptimalScalar:
        largest = 2 ** min(self._most_bits, 7)  # at 8 bits a picture stays as it is
        return OptimalScalar(self._values, self.histogram[self._values], largest=largest, integer=True)


def _histogram(picture: Picture) -> Floats:
    pieces = -(-picture.size // _COUNTED_AT_ONCE)
    parts = [picture] if pieces == 1 else np.array_split(picture.reshape(1, -1), pieces, axis=1)
    counts: Floats = np.zeros(256)
    for part in parts:
        counts += cv2.calcHist([part], [0], None, [256], [0, 256]).ravel()
    return counts


def _picture(picture: object, name: str = "picture", kinds: tuple[str, ...] = ("grey", "RGB")) -> Picture:
    array = as_array(picture, name)
    kind = "grey" if array.ndim == 2 else "RGB" if array.ndim == 3 and array.shape[2] == 3 else "neither"
    if array.dtype != np.uint8 or kind not in kinds or array.size == 0:
        shapes = {"grey": "a grey picture (height, width)", "RGB": "an RGB picture (height, width, 3)"}
        wanted = " or ".join(shapes[kind] for kind in kinds)
        raise ValueError(f"{name} must be {wanted} of uint8, got {array.dtype} of shape {array.shape}")
    return array
