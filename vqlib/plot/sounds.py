"""The sounds of a word, written twice: letters as areas, as a page can move areas."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from ..arrays import Floats
from .style import ORANGE

FONT = FontProperties(fname=Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSansMono.ttf"))
"""One of matplotlib's own, whatever the reader's settings are."""
LETTER_WIDTH = 0.602
"""Of any letter of it, for a size of 1."""
FINE = 8
"""How many times as large curves are turned into straight lines."""
MOST_LETTERS = 3
"""Of a sound, such as OW1."""
NO_SOUND = "\u2013"
"""Stands where the other row has a sound more."""
LARGEST = 15
"""Size of the letters in pixels, unless a word is long."""
GAP = 7
"""Pixels between two sounds."""

Corners = list[Floats]
"""The outlines of an area, arrays (n, 2), each of them closed."""


class SoundMarks:
    """The sounds of a word in two rows, those that differ on orange in the second one.

    Axes are in pixels; all sounds move.

    Parameters
    ----------
    axes : Axes
        Of a drawing that they fill.
    width, height : int
        Of the drawing, in pixels of the page.
    titles : pair of str
        What stands above each row.
    """

    def __init__(self, axes: Axes, width: int, height: int, titles: Sequence[str]) -> None:
        axes.set(xlim=(0, width), ylim=(0, height))
        axes.set_axis_off()
        self._width = width
        self._rows = [height * share for share in (0.63, 0.13)]
        for y, title in zip(self._rows, titles, strict=True):
            axes.text(2, y + 25, title, fontsize=8)  # points
        self._first = _empty_area(axes, "black")
        self._different = _empty_area(axes, ORANGE)
        self._second = _empty_area(axes, "black")
        self.artists: list[Artist] = [self._first, self._different, self._second]
        self._letters: dict[str, Corners] = {}
        """Those that were drawn before, for a size of 1."""

    def show(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Write the sounds of both rows, in pairs; one that is missing is empty."""
        step = min(MOST_LETTERS * LETTER_WIDTH * LARGEST + GAP, self._width / max(len(pairs), 1))
        size = min(LARGEST, (step - GAP / 2) / (MOST_LETTERS * LETTER_WIDTH))
        rows: list[Corners] = [[], []]
        boxes: Corners = []
        for place, pair in enumerate(pairs):
            left = place * step
            for row, y, sound in zip(rows, self._rows, pair, strict=True):
                start = (left + (step - size * LETTER_WIDTH * len(sound or NO_SOUND)) / 2, y)
                row += [size * outline + start for outline in self._outlines(sound or NO_SOUND)]
            if pair[0] != pair[1]:
                boxes.append(_box(left + 1, left + step - 1, self._rows[1], size))
        self._first.set_xy(_joined(rows[0]))
        self._different.set_xy(_joined(boxes))
        self._second.set_xy(_joined(rows[1]))

    def _outlines(self, text: str) -> Corners:
        if text not in self._letters:
            path = TextPath((0, 0), text, size=FINE, prop=FONT)
            found = path.to_polygons(closed_only=True)
            self._letters[text] = [np.asarray(outline, float) / FINE for outline in found]
        return self._letters[text]


def _empty_area(axes: Axes, colour: str) -> Any:  # noqa: ANN401 -- matplotlib has no types
    (area,) = axes.fill([], [], color=colour, linewidth=0, clip_on=False)
    return area


def _box(left: float, right: float, y: float, size: float) -> Floats:
    """The outline of a box around letters that stand at this height."""
    low = y - 0.35 * size
    high = y + 1.1 * size
    return np.array([(left, low), (left, high), (right, high), (right, low), (left, low)])


def _joined(outlines: Corners) -> Floats:
    """Many outlines as one, NaN before each of them: the hole of a letter is an outline, too."""
    corners = [np.full((1, 2), np.nan)]
    for outline in outlines:
        corners += [outline, corners[0]]
    return np.concatenate(corners)
