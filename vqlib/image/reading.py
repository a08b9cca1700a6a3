"""Picture files, and the pictures that come with this series."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeGuard, TypeVar

import numpy as np

from ..arrays import Picture
from ..assets import DATA, SAMPLES
from ..checks import check_one_of
from ..picture_files import decode, reason
from .colour import grey

Source = str | os.PathLike[str] | bytes | bytearray | memoryview
"""Where a file is, or the bytes of one."""
Decoded = TypeVar("Decoded")
_BYTES = bytes | bytearray | memoryview


def read_image(source: Source, *, colour: bool = False) -> Picture:
    """Read a picture file as grey (height, width) or, with `colour`, as RGB (height, width, 3).

    PNG, JPEG, GIF, BMP, TIFF, WebP, AVIF, JPEG 2000 and PPM (with PBM and PGM), told by their
    content and not by their name; of several frames the first. The orientation noted by a camera
    (EXIF) is applied, transparency is put on white, 16 bits are scaled to 8 and rounded (refused
    in JPEG 2000 in colour and in TIFF with its channels apart). Grey is OpenCV's conversion of the
    RGB (ITU-R BT.601 luma).

    Colours are taken as sRGB: profiles (ICC) and gamma (gAMA) are not applied, CMYK becomes RGB by
    multiplication. Notes beside the pixels are not read, so damaged ones do not matter. A file
    that ends too early is refused, but a JPEG that lacks a part and still has its end marker is
    not: its decoder does not tell, and the rest is grey or shifted. The settings of Pillow, which
    decodes, neither count nor are changed.

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
        If it is no path and no bytes, a folder, empty, damaged, in another format, has pixels that
        are no whole numbers from 0 on, cannot be opened, or has more than 100 megapixels.
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
    content = _content(source, wanted)
    try:
        return decode(content)
    except Exception as error:
        message = f"source must be {wanted}, but {_given(source)} cannot be read as one: "
        raise ValueError(message + reason(error)) from error


def is_source(value: object) -> TypeGuard[Source]:
    """Whether it is of a kind that says where a file is, or is the bytes of one."""
    return isinstance(value, str | os.PathLike | _BYTES)


def _content(source: Source, wanted: str) -> bytes:
    if not is_source(source):
        kind = type(source).__name__
        raise ValueError(f"source must be {wanted}, as a path or as bytes, got {kind}")
    if isinstance(source, _BYTES):
        return bytes(source)
    if "://" in str(source):
        what = f"{str(source)!r} is an address: save the file first"
        raise ValueError(f"source must be {wanted} on this machine, but {what}")
    try:
        return Path(source).read_bytes()
    except FileNotFoundError:
        message = f"source must be {wanted}, but there is no {_given(source)}"
        raise FileNotFoundError(message) from None
    except (OSError, ValueError) as error:
        message = f"source must be {wanted}, but {_given(source)} cannot be opened: {error}"
        raise ValueError(message) from error


def _given(source: Source) -> str:
    return "the file given" if isinstance(source, _BYTES) else f"file {str(source)!r}"


def decode_rgb(content: bytes) -> Picture:
    """RGB picture (height, width, 3) of the bytes of a picture file; it may be read-only."""
    pixels = decode(content)
    values = pixels.values
    if pixels.palette is not None:
        return np.take(pixels.palette, values, axis=0)
    return values if values.ndim == 3 else np.dstack([values] * 3)
