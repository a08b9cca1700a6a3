"""Tries out a reader's error diffusion to and fro, and knows the usual mistakes by their result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Floats, Picture
from ..image.dither import SHARES
from .kinds import ask, require
from .pictures import as_numbers


@dataclass(frozen=True)
class Way:
    """A way to diffuse errors; as it stands here, the right one."""

    shares: tuple[tuple[int, int, int], ...] = SHARES
    """Rows down, columns onwards, and sixteenths of the error that the pixel there gets."""
    is_backward: Callable[[int], bool] = lambda row: row % 2 == 1
    mirrors: bool = True
    """Whether the shares change sides in rows that go from right to left."""
    closed: bool = False
    """Whether an error that leaves at one side comes in at the other."""
    hold: Callable[[float], float] = float
    """What is left of a number that is stored."""


def diffused(picture: Picture, levels: Floats, way: Way) -> Floats:
    """The picture in these levels, in such a way."""
    height, width = picture.shape
    work = np.zeros((height + 1, width + 2))
    work[:-1, 1:-1] = picture
    shown = np.zeros((height, width))
    for y in range(height):
        backward = way.is_backward(y)
        onwards = -1 if backward and way.mirrors else 1
        for x in range(width)[::-1] if backward else range(width):
            shown[y, x] = levels[np.abs(levels - work[y, x + 1]).argmin()]
            error = (work[y, x + 1] - shown[y, x]) / 16
            for down, right, share in way.shares:
                place = x + onwards * right
                column = place % width if way.closed else place
                got = work[y + down, column + 1] + share * error
                work[y + down, column + 1] = way.hold(got)
    return shown


FAULTS = {
    "It hands no error on: each pixel has its nearest level.": Way(shares=()),
    "The row below gets nothing: 3, 5 and 1 sixteenths go there.": Way(shares=SHARES[:1]),
    "All rows go from left to right; every second one has to come back.": Way(
        is_backward=lambda row: False
    ),
    "The first row goes from left to right, the second from right to left.": Way(
        is_backward=lambda row: row % 2 == 0
    ),
    "In a row from right to left the shares change sides: 7 sixteenths go to the left.": (
        Way(mirrors=False)
    ),
    "The row below gets its 3 and its 1 sixteenths on the wrong sides.": Way(
        shares=((0, 1, 7), (1, -1, 1), (1, 0, 5), (1, 1, 3))
    ),
    "An error beyond the rim is dropped; in Python, column -1 is the last one.": Way(closed=True),
    "Bytes wrap around below 0 and above 255: reckon with floats.": Way(
        hold=lambda number: float(int(number) % 256)
    ),
    "Errors have fractions, which a whole number loses: reckon with floats.": Way(
        hold=lambda number: float(int(number))
    ),
    "A value with its errors may lie below 0 or above 255: do not cut it off.": Way(
        hold=lambda number: min(max(number, 0.0), 255.0)
    ),
}
"""What to say, by the way that has the same result."""

TRIALS = (
    (np.array([[188, 52, 93, 229, 233, 95, 99]], np.uint8), np.array([0.0, 255.0])),
    (np.random.default_rng(49).integers(0, 256, (7, 6), np.uint8), np.array([0.0, 255.0])),
    (np.random.default_rng(18).integers(60, 256, (9, 11), np.uint8), np.array([20.0, 90.0, 180.0])),
)
"""Pictures and levels. No value comes so near to the middle of two levels that rounding decides."""


def diffuses_to_and_fro(dither: Any) -> None:
    """`dither` returns each pixel's level, by Floyd's and Steinberg's shares, to and fro."""
    for picture, levels in TRIALS:
        shown = levels_from(dither, picture, levels)
        expected = diffused(picture, levels, Way())
        if not np.array_equal(shown, expected):
            require(False, hint_for(shown, picture, levels))


def levels_from(dither: Any, picture: Picture, levels: Floats) -> Floats:
    """What the reader's function returns, if it is an array of levels."""
    shown = as_numbers(ask(dither, picture.copy(), levels.copy()), "What it returns")
    shape = picture.shape
    require(shown.shape == shape, f"Of a picture of shape {shape} it returns one of {shown.shape}.")
    strange = shown[~np.isin(shown, levels)]
    if strange.size:
        require(False, f"It returns {strange[0]:g}, and the levels are {levels.tolist()}.")
    return shown


def hint_for(shown: Floats, picture: Picture, levels: Floats) -> str:
    """What is to be said of a wrong result."""
    for hint, way in FAULTS.items():
        if np.array_equal(shown, diffused(picture, levels, way)):
            return hint
    y, x = np.argwhere(shown != diffused(picture, levels, Way()))[0]
    where = f"row {y}, column {x} of a picture of {picture.shape[0]} x {picture.shape[1]} pixels"
    return f"At {where} another level comes out: who gave that pixel errors, and how much?"
