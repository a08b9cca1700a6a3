"""Pixels of any kind as 8-bit grey or RGB on white."""

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile

from ..arrays import Picture
from .notes import Bare
from .refusing import NOT_WHOLE, CannotBeReadError

Samples = NDArray[np.uint16]
"""Of 16 bits or a little less, (height, width, channels)."""


class Pixels(NamedTuple):
    """What is decoded of a picture file."""

    values: NDArray[np.uint8]
    """Grey (height, width), RGB (height, width, 3), or indices (height, width) of a palette."""
    palette: Picture | None = None
    """The colours that all 256 indices mean, on white, RGB (256, 3); black beyond its size."""
    palette_size: int = 0
    """Number of colours that the file itself has."""
    is_deep: bool = False
    """Whether the file has more than 8 bits a sample."""


def to_eight_bits(opened: ImageFile, open_again: Callable[[], ImageFile], bare: Bare) -> Pixels:
    """The pixels of a file without notes, which has been opened, and may be opened again."""
    channels, byte_order = _deep_channels(opened)
    if byte_order:
        samples = _deep_samples(open_again, channels, byte_order)
        return Pixels(_eight_of_deep(samples, channels, bare.transparent), is_deep=True)
    frame = opened.tile[0][1] if opened.tile else None
    opened.load()
    if opened.format == "GIF" and frame not in (None, (0, 0, *opened.size)):
        return Pixels(_on_screen(opened, frame))
    if opened.mode == "P":
        return _with_palette(opened)
    if opened.mode[0] in "IF":
        return Pixels(_eight_of_grey(opened, bare), is_deep=True)
    picture = _without_false_alpha(opened)
    if bare.white_is_zero:
        picture = _inverted(picture)
    return Pixels(_opaque(picture, bare.transparent))


# --- 8 bits --------------------------------------------------------------------------------------


def _with_palette(opened: Image.Image) -> Pixels:
    colours = np.zeros((1, 256, 4), np.uint8)
    colours[..., 3] = 255
    stored = np.array(opened.getpalette("RGBA"), np.uint8).reshape(-1, 4)
    colours[0, : len(stored)] = stored
    transparency = opened.info.get("transparency", b"")
    if isinstance(transparency, int):
        colours[0, transparency, 3] = 0
    else:
        alphas = np.frombuffer(transparency[:256], np.uint8)
        colours[0, : len(alphas), 3] = alphas
    on_white = np.asarray(_on_white(Image.fromarray(colours)))[0]
    return Pixels(np.asarray(opened), on_white, len(stored))


def _on_screen(opened: Image.Image, frame: tuple[int, int, int, int]) -> Picture:
    """A GIF whose first frame (left, top, right, bottom) is smaller than its screen.

    The rest of the screen is transparent, as browsers show it; Pillow makes it the colour of
    index 0.
    """
    screen = Image.new("RGBA", opened.size)
    screen.paste(opened.crop(frame).convert("RGBA"), frame)
    return np.asarray(_on_white(screen))


def _on_white(picture: Image.Image) -> Image.Image:
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")


def _without_false_alpha(opened: Image.Image) -> Image.Image:
    """A BMP may have a fourth byte that is not used, and is 0 everywhere."""
    if opened.format == "BMP" and opened.mode == "RGBA" and not np.any(np.asarray(opened)[..., 3]):
        return opened.convert("RGB")
    # Pillow knows no other way from grey that is multiplied by its alpha.
    return opened.convert("LA") if opened.mode == "La" else opened


def _inverted(picture: Image.Image) -> Image.Image:
    """A grey picture, perhaps with alpha, in which white was 0."""
    grey, *alpha = picture.convert("LA" if picture.has_transparency_data else "L").split()
    return Image.merge("LA" if alpha else "L", [ImageOps.invert(grey), *alpha])


def _opaque(picture: Image.Image, transparent: tuple[int, ...]) -> Picture:
    """Grey or RGB on white."""
    if picture.has_transparency_data:
        return np.asarray(_on_white(picture))
    if picture.mode not in ("L", "RGB"):
        picture = picture.convert("L" if picture.mode == "1" else "RGB")
    values = np.asarray(picture)
    if transparent:
        is_gone = (np.atleast_3d(values) == transparent).all(axis=2)
        values = np.where(is_gone[(...,) + (None,) * (values.ndim - 2)], np.uint8(255), values)
    return values


# --- more than 8 bits ----------------------------------------------------------------------------


def _eight_of_grey(opened: Image.Image, bare: Bare) -> Picture:
    samples = np.asarray(opened)
    bits = getattr(opened, "tag_v2", {}).get(258, [16])[0]
    if opened.mode == "F" or samples.min() < 0 or samples.max() > 65535:
        raise CannotBeReadError(NOT_WHOLE)
    top = 2**bits - 1
    if bare.white_is_zero:
        samples = top - samples
    eight = _rounded(samples, top)
    for grey in bare.transparent:
        eight[samples == grey] = 255
    return eight


def _rounded(samples: NDArray[Any], top: int) -> Picture:
    """Samples from 0 to `top` as 0 to 255; a half goes up."""
    scaled = np.floor(samples * np.float32(255 / top) + np.float32(0.5))
    return np.asarray(scaled.astype(np.uint8))


def _deep_channels(opened: ImageFile) -> tuple[str, str]:
    """The channels of 16 bits that Pillow would cut to 8, and the order of their bytes; or ""."""
    if not opened.tile:  # WebP: it is 8 bits
        return "", ""
    arguments: Any = opened.tile[0][3]
    raw_mode = arguments if isinstance(arguments, str) else arguments[0]
    channels, _, kind = str(raw_mode).partition(";")
    is_deep = len(channels) > 1 and kind in ("16B", "16L", "16N")
    return (channels, kind[2:]) if is_deep else ("", "")


_OTHER_ORDER = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}


def _deep_samples(open_again: Callable[[], ImageFile], channels: str, byte_order: str) -> Samples:
    """All 16 bits: Pillow keeps the high bytes, or, told the other order of bytes, the low ones."""
    if channels == "LA":
        # Four bytes a pixel, as in RGBA of 8 bits: both bytes of the grey, both of alpha.
        values = _decoded_as(open_again, "RGBA")
        return values.view(">u2").astype(np.uint16)
    stored = channels.replace("a", "A")
    high = _decoded_as(open_again, f"{stored};16{byte_order}")
    low = _decoded_as(open_again, f"{stored};16{_OTHER_ORDER[byte_order]}")
    return np.asarray(256 * high.astype(np.uint16) + low, np.uint16)


def _decoded_as(open_again: Callable[[], ImageFile], raw_mode: str) -> NDArray[np.uint8]:
    opened = open_again()
    tile = opened.tile[0]
    arguments: Any = tile[3]
    arguments = raw_mode if isinstance(arguments, str) else (raw_mode, *arguments[1:])
    opened.tile = [tile._replace(args=arguments)]
    opened.load()
    return np.ascontiguousarray(opened)


def _eight_of_deep(samples: Samples, channels: str, transparent: tuple[int, ...]) -> Picture:
    top = np.float32(65535)
    colour = samples[..., : 1 if channels == "LA" else 3].astype(np.float32)
    last = samples[..., -1:]
    if channels == "CMYK":
        colour = (top - colour) * ((top - last) / top)
    if channels in ("RGBA", "LA"):
        colour *= last / top
    if channels in ("RGBA", "LA", "RGBa"):
        colour = np.minimum(colour + (top - last), top)
    eight = _rounded(colour, 65535)
    if transparent:
        eight[(samples == transparent).all(axis=2)] = 255
    return eight[..., 0] if channels == "LA" else eight
