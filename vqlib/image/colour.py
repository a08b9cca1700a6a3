"""Grey from RGB, and the spaces in which distances between colours are measured."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import Floats, Picture
from ..checks import check_finite, check_picture


def grey(rgb: Picture) -> Picture:
    """Grey picture (height, width) of an RGB picture: .299 R + .587 G + .114 B, rounded."""
    array = check_picture(rgb, "rgb", kinds=("RGB",))
    return np.asarray(cv2.cvtColor(array, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def to_lab(rgb: ArrayLike) -> Floats:
    """CIELAB coordinates of RGB values 0..255 (sRGB, white D65), array (n, 3) (CIE 1976).

    L goes from 0 to 100, then come a and b. By OpenCV, whose tables lie within .3 of the formulas.
    """
    array = check_finite(rgb, "rgb")
    if array.size % 3:
        raise ValueError(f"rgb must have three numbers for each pixel, got shape {array.shape}")
    pixels = array.astype(np.float32).reshape(1, -1, 3) / np.float32(255)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2Lab)[0], dtype=np.float64)


def _from_lab(lab: Floats) -> Floats:
    """RGB values 0..255 of CIELAB coordinates, array (n, 3)."""
    pixels = lab.astype(np.float32).reshape(1, -1, 3)
    rgb = cv2.cvtColor(pixels, cv2.COLOR_Lab2RGB)[0]
    return 255 * np.asarray(rgb, dtype=np.float64)


def _unchanged(vectors: NDArray[Any]) -> NDArray[Any]:
    return vectors


@dataclass(frozen=True)
class ColourSpace:
    """A space in which the nearest code vector can be looked for."""

    from_rgb: Callable[[NDArray[Any]], NDArray[Any]]
    """Coordinates (n, 3) of RGB values 0..255, which may be bytes. They come as rows of whole
    pixels: of 3 components, or of 3 for each pixel of a block."""
    to_rgb: Callable[[Floats], Floats]
    """The way back, for rows of the same kind. The mean of some points may be no colour at all: it
    must still give finite numbers. The caller cuts off what lies outside 0..255."""
    for_grey: bool
    """Whether it also serves grey pictures, whose vectors have any number of components."""


SPACES = {
    "RGB": ColourSpace(from_rgb=_unchanged, to_rgb=_unchanged, for_grey=True),
    "Lab": ColourSpace(from_rgb=to_lab, to_rgb=_from_lab, for_grey=False),
}
"""By name, every space that can be asked for; a new one needs a row here and nothing else."""


def to_space(vectors: NDArray[Any], space: str, *, is_grey: bool) -> NDArray[Any]:
    """Vectors of pictures, grey or RGB, in the space where distances are measured; same shape.

    Raises
    ------
    ValueError
        If there is no such space, or none for grey pictures.
    """
    known = isinstance(space, str) and space in SPACES
    if not known or (is_grey and not SPACES[space].for_grey):
        for_grey = [name for name, row in SPACES.items() if row.for_grey]
        allowed = f"{' or '.join(SPACES)}, and {' or '.join(for_grey)} for a grey picture"
        raise ValueError(f"space must be {allowed}, got {space!r}")
    return SPACES[space].from_rgb(vectors).reshape(vectors.shape)
