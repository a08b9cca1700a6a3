"""Picture files, and the pictures that come with this series."""

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError
from PIL.Image import Transpose

from ..arrays import Picture
from ..assets import DATA, SAMPLES
from ..checks import check_one_of
from .colour import grey

Source = str | Path | bytes
"""Where a file is, or the bytes of one."""
Decoded = TypeVar("Decoded")

MEGAPIXELS = 100
"""A picture may have so many."""

# What makes each EXIF orientation upright. ImageOps.exif_transpose would refuse a picture for a
# flaw in a note of another kind.
_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


def read_image(source: Source, *, colour: bool = False) -> Picture:
    """Read a picture file as grey (height, width) or, with `colour`, as RGB (height, width, 3).

    PNG, JPEG, WebP, TIFF, BMP, GIF and whatever else Pillow reads; of several frames the first. The
    orientation noted by a camera (EXIF) is applied, transparency is put on white, 16 bits are
    scaled to 8. Grey is OpenCV's conversion of the RGB (ITU-R BT.601 luma). Pillow, because
    `cv2.imread` returns None for a missing file and half a picture for a truncated one.

    Parameters
    ----------
    source : path, or the bytes of a file
    colour : bool
        Whether to keep the colours.

    Returns
    -------
    picture : uint8 array

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is a folder, empty, no picture, damaged, cannot be opened, or has more than 100
        megapixels.
    """
    rgb = read_with(decode_rgb, source, "a picture file")
    return rgb.copy() if colour else grey(rgb)


def sample(name: str, *, colour: bool = False) -> Picture:
    """One of the pictures in data/, found from any folder.

    Authors and licences are in data/README.md.

    Raises
    ------
    ValueError
        If there is no picture of that name.
    """
    check_one_of(name, "name", SAMPLES)
    return read_image(DATA / f"{name}.png", colour=colour)


def read_with(decode: Callable[[bytes], Decoded], source: Source, wanted: str) -> Decoded:
    """What `decode` makes of the bytes of a file; if it fails, an error says what was `wanted`."""
    given = f"file {str(source)!r}" if isinstance(source, str | Path) else "the file given"
    try:
        content = source if isinstance(source, bytes) else Path(source).read_bytes()
        return decode(content)
    except FileNotFoundError:
        raise FileNotFoundError(f"source must be {wanted}, but there is no {given}") from None
    # On damaged bytes the libraries raise nearly anything: struct.error, RuntimeError, ...
    except Exception as error:
        why = _reason(error)
        message = f"source must be {wanted}, but {given} cannot be read as one: {why}"
        raise ValueError(message) from error


def _reason(error: Exception) -> str:
    """Why a file cannot be read; the libraries' own words where they say something."""
    if type(error) is Image.DecompressionBombError:
        return f"it has more than {MEGAPIXELS} megapixels"
    if type(error) is UnidentifiedImageError or not str(error):
        return "it is empty, damaged or in another format"
    return str(error)


def decode_rgb(content: bytes) -> Picture:
    """RGB picture (height, width, 3) of the bytes of a picture file; read-only.

    Every picture file is decoded here: those of `read_image`, those that a panel is given, and, to
    be checked, those of `files.load`.
    """
    # Pillow warns of large pictures; the limit here is our own.
    with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content)) as opened:
        if opened.width * opened.height > MEGAPIXELS * 10**6:
            raise Image.DecompressionBombError
        opened.load()
        return np.asarray(_eight_bit_rgb(_upright(opened)))


def _upright(opened: Image.Image) -> Image.Image:
    """A picture whose pixels are loaded, turned as the note of the camera says."""
    transpose = _UPRIGHT.get(opened.getexif().get(ExifTags.Base.Orientation, 1))
    return opened if transpose is None else opened.transpose(transpose)


def _eight_bit_rgb(opened: Image.Image) -> Image.Image:
    """Any picture of Pillow as 8-bit RGB on white."""
    if opened.mode.startswith("I") or opened.mode == "F":
        return _from_sixteen_bits(opened)
    if opened.has_transparency_data:
        white = Image.new("RGBA", opened.size, "white")
        return Image.alpha_composite(white, opened.convert("RGBA")).convert("RGB")
    return opened.convert("RGB")


def _from_sixteen_bits(opened: Image.Image) -> Image.Image:
    values = np.asarray(opened).astype(np.float64)
    if values.min() < 0 or values.max() > 65535 or opened.mode == "F":
        raise OSError("its pixels are not 8 or 16 bit whole numbers")
    # PNG can name one grey as transparent: on white it is white.
    values[values == opened.info.get("transparency")] = 65535
    return Image.fromarray(np.floor(values / 257 + 0.5).astype(np.uint8)).convert("RGB")
