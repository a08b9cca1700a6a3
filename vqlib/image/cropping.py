"""The part of a picture that fits into a square of the page."""

import numpy as np

from ..arrays import Picture
from ..checks import as_array, check_finite, check_int, describe

SIDE = 400
"""Pixels of a picture's side on the page: two of them fit beside each other in a notebook cell."""

Centre = tuple[float, float]
"""Shares of the height and of the width."""


def window(picture: Picture, side: int = SIDE, centre: Centre = (0.5, 0.5)) -> Picture:
    """The part of a picture that is shown on `side` pixels of the page, enlarged as in `crop`."""
    part, zoom = crop(picture, side, centre)
    return part.repeat(zoom, axis=0).repeat(zoom, axis=1)


def crop(
    picture: Picture, side: int, centre: Centre = (0.5, 0.5), zoom: int = 0
) -> tuple[Picture, int]:
    """The part of a picture that is shown on `side` pixels of the page, and its zoom.

    Thinning and zoom are those of `fit_to_side`. The part is cut around `centre`, as far as the rim
    allows.
    """
    middle = check_finite(centre, "centre")
    if middle.shape != (2,):
        raise ValueError(f"centre must be two numbers, got {describe(middle)}")
    picture, zoom = fit_to_side(picture, side, zoom)
    rows, columns = rows_and_columns(picture.shape, side // zoom, (middle[0], middle[1]))
    return np.ascontiguousarray(picture[rows, columns]), zoom


def rows_and_columns(shape: tuple[int, ...], reach: int, centre: Centre) -> tuple[slice, slice]:
    """Which rows and columns of a picture of this shape `crop` cuts: `reach` of them, or all."""
    return _around(shape[0], reach, centre[0]), _around(shape[1], reach, centre[1])


def fit_to_side(picture: Picture, side: int, zoom: int = 0) -> tuple[Picture, int]:
    """A picture as it is shown on `side` pixels of the page, not cut yet, and its zoom.

    Zoom is how many pixels of the page each pixel becomes, each way. If it is 0, it is chosen so
    that as much as possible is seen: a picture more than twice as large is thinned to every k-th
    pixel, and one less than half as large is enlarged by whole steps. Pixels stay pixels, and no
    grey value is shown that is not in the picture.
    """
    picture = as_array(picture, "picture")
    if picture.ndim not in (2, 3) or picture.size == 0 or picture.dtype.kind not in "biuf":
        raise ValueError(f"picture must be a grey or an RGB picture, got {describe(picture)}")
    side = check_int(side, "side", 1)
    if check_int(zoom, "zoom", 0) > 0:
        return picture, zoom
    largest = max(picture.shape[:2])
    step = max(1, largest // side)
    return picture[::step, ::step], max(1, side // largest)


def _around(length: int, reach: int, centre: float) -> slice:
    """`reach` pixels around the centre of `length` pixels, none beyond the rim."""
    first = max(0, min(int(centre * length) - reach // 2, length - reach))
    return slice(first, min(first + reach, length))
