"""Marks on two charts of what a codebook lacks: over the size of its sample, and over passes."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from .style import CURVES, GREY, draw_grid

LACKS = (0.001, 6.0)
"""What is shown of the axis of dB below the best codebook."""
TICKS = (0.001, 0.01, 0.1, 1.0)


class SampleMarks:
    """dB below the best codebook over rows per code vector: two curves and a point.

    All three are free to move. Dashed lines show the rules of thumb.

    Parameters
    ----------
    axes : Axes
    rows : sequence of ints
        Rows per code vector of each point of a curve, ascending.
    rules : mapping
        By name of a source how many dB its rule says for one row per code vector.
    """

    def __init__(self, axes: Axes, rows: Sequence[int], rules: Mapping[str, float]) -> None:
        axes.set_xscale("log", base=2)
        axes.set(xlim=(0.8 * rows[0], 1.25 * rows[-1]), xlabel="rows per code vector, n/K")
        axes.set_xticks(rows[::2], labels=[f"{each:,}" for each in rows[::2]])
        axes.set_xticks([], minor=True)
        _lacks_on_y(axes)
        self._rows = rows
        for (source, rule), colour in zip(rules.items(), CURVES[2:], strict=False):
            heights = rule / np.asarray(rows)
            axes.plot(rows, heights, "--", color=colour, label=f"{source}: {rule:g} dB · K/n")
        self._trained = _curve(axes, CURVES[0], "before any pass")
        self._later = _curve(axes, CURVES[1], "after the passes")
        self._point = _large_point(axes)
        _legend(axes)
        self.artists: list[Artist] = [self._trained, self._later, self._point]

    def show(self, trained: ArrayLike, later: ArrayLike, at: int) -> None:
        """Move the curves to these heights, and the point to number `at` of the second one."""
        self._trained.set_data(self._rows, trained)
        self._later.set_data(self._rows, later)
        self._point.set_data([self._rows[at]], [np.asarray(later)[at]])


class PassMarks:
    """dB below the best codebook over passes, from a sample and from random rows, and a point.

    All three are free to move.
    """

    def __init__(self, axes: Axes, most: int) -> None:
        axes.set(xlim=(-0.4, most + 0.4), xlabel="passes over everything")
        axes.set_xticks(range(most + 1))
        _lacks_on_y(axes)
        self._random = _curve(axes, GREY, "from random rows")
        self._trained = _curve(axes, CURVES[1], "from the sample")
        self._point = _large_point(axes)
        _legend(axes)
        self.artists: list[Artist] = [self._random, self._trained, self._point]

    def show(self, random: ArrayLike, trained: ArrayLike, at: int) -> None:
        """Move the curves to these heights, and the point to number `at` of the second one."""
        self._random.set_data(np.arange(np.size(random)), random)
        self._trained.set_data(np.arange(np.size(trained)), trained)
        self._point.set_data([at], [np.asarray(trained)[at]])


def _lacks_on_y(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.set(ylim=LACKS, ylabel="dB below the best known")
    axes.set_yticks(TICKS, labels=[f"{tick:g}" for tick in TICKS])
    axes.set_yticks([], minor=True)
    draw_grid(axes)


def _legend(axes: Axes) -> None:
    """So low that no line of the grid goes through its words."""
    axes.legend(loc="lower left", fontsize=9, labelspacing=0.3, borderaxespad=0.1)


def _curve(axes: Axes, colour: str, name: str) -> Line2D:
    (line,) = axes.plot([], [], "o-", color=colour, markersize=5, label=name, in_layout=False)
    return line


def _large_point(axes: Axes) -> Line2D:
    (point,) = axes.plot([], [], "o", color=CURVES[1], markersize=11, in_layout=False)
    return point
