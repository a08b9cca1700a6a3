"""Encoding regions of any search on the plane, whether or not it finds the nearest code vector."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..arrays import Floats, Indices
from ..checks import check_rows
from ..codebook import Codebook, check_dimension
from .arguments import check_mapping, check_pair, check_span, check_text
from .plane import Limits
from .style import BLUE, GREY, ORANGE, PLANE, RED, WIDTH, Plate, styled

Search = Callable[[Floats], Indices]
"""What gives each of the points, array (n, 2), the index of a code vector, array (n,)."""
STEPS = 240
"""Squares of the grid along each side of the plane, in each of which borders are straight."""
HALVINGS = 20
"""How often the place of a border on a side of a square is halved: to a millionth of it."""


@styled
def regions(
    samples: Floats,
    panels: Mapping[str, tuple[Codebook, Search]],
    sentence: str,
    *,
    limits: Limits = PLANE,
) -> Plate:
    """What a search makes of the plane: the regions of points that it gives the same code vector.

    `partition` draws the regions of the nearest code vector. Those of a tree or of greedy stages
    are others, with borders that no pair of code vectors explains; used in notebook 08_structured.
    Samples for which the search does not find the nearest code vector are orange.

    Parameters
    ----------
    samples : array (n, 2)
    panels : mapping
        By title a codebook of pairs, its code vectors drawn as stars, and the search: a function of
        points, array (n, 2), that returns the index of a code vector for each, array (n,).
    sentence : str
        What to see in the figure.
    limits : pair of floats
        The part of the plane that is shown, in both directions.

    Raises
    ------
    ValueError
        If samples or code vectors are not pairs, `limits` are no span, or a search returns anything
        but an index of its codebook for each point.
    """
    check_text(sentence, "sentence")
    samples = check_rows(samples, "samples", 2)
    check_mapping(panels, "panels")
    span = check_span(*check_pair(limits, "limits"), "limits")
    columns = 2 if len(panels) == 4 else min(len(panels), 3)
    rows = -(-len(panels) // columns)
    side = min(WIDTH / columns, 4.2 if rows == 1 else 3.6)
    height = rows * (side + 0.1) + 0.2  # only the last row has a label below it
    figure = Figure(figsize=(columns * side, height), layout="constrained")
    for position, title in enumerate(panels):
        axes = figure.add_subplot(rows, columns, position + 1)
        axes.set(xlim=span, ylim=span, aspect="equal", title=str(title))
        axes.set(xlabel="first component", ylabel="second component")
        axes.label_outer()
        _draw(axes, samples, *_check_panel(panels[title], f"panels[{title!r}]"))
    return Plate(figure, sentence)


def _check_panel(panel: object, name: str) -> tuple[Codebook, Search]:
    """The codebook of a panel, and its search, which is held to its promise."""
    if not isinstance(panel, tuple) or len(panel) != 2 or not callable(panel[1]):
        kind = type(panel).__name__
        raise ValueError(f"{name} must be a pair of a codebook and a search, got {kind}")
    codebook = check_dimension(panel[0], 2, "pairs", name)

    def search(points: Floats) -> Indices:
        found = np.asarray(panel[1](points))
        is_whole = found.dtype.kind in "iu" and found.shape == (len(points),)
        if not is_whole or found.min() < 0 or found.max() >= codebook.size:
            wanted = f"{len(points)} indices from 0 to {codebook.size - 1}"
            raise ValueError(f"the search of {name} must return {wanted} for {len(points)} points")
        return found.astype(np.intp)

    return codebook, search


def _draw(axes: Axes, samples: Floats, codebook: Codebook, search: Search) -> None:
    """Samples as dots, borders as lines, code vectors as stars."""
    astray = search(samples) != codebook.encode(samples)
    axes.plot(*samples[~astray].T, ".", color=GREY, markersize=3)
    axes.plot(*samples[astray].T, "o", color=ORANGE, markersize=3)
    borders = region_borders(search, axes.get_xlim())
    axes.add_collection(LineCollection(list(borders), colors=BLUE, capstyle="round"))
    size = 14 if codebook.size <= 16 else 8
    axes.plot(*codebook.vectors.T, "*", color=RED, markersize=size, zorder=3)


def region_borders(search: Search, limits: Limits = PLANE) -> Floats:
    """Where the index that a search gives to the points of the plane changes.

    The plane is cut into squares. Where the ends of a side have different indices, the place of the
    change is halved in; and from each such place a line goes to the mean of those of its square.

    Returns
    -------
    borders : array (m, 2 ends, 2)
        Short lines. What is smaller than a square may be missing.
    """
    ticks = np.linspace(*limits, STEPS + 1)
    corners = np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1)
    index = search(corners.reshape(-1, 2)).reshape(corners.shape[:2])
    across = _changes(search, corners[:-1], corners[1:], index[:-1], index[1:])
    up = _changes(search, corners[:, :-1], corners[:, 1:], index[:, :-1], index[:, 1:])
    sides = np.stack([across[:, :-1], across[:, 1:], up[:-1], up[1:]], axis=2)
    sides = sides[~np.isnan(sides).all(axis=(2, 3))]
    means = np.nanmean(sides, axis=1, keepdims=True)
    lines = np.stack([sides, np.broadcast_to(means, sides.shape)], axis=2)
    return np.asarray(lines[~np.isnan(sides[..., 0])])


def _changes(
    search: Search, start: Floats, end: Floats, from_index: Indices, to_index: Indices
) -> Floats:
    """A place between start and end, arrays (..., 2), where the index changes; NaN if it is one."""
    changed: NDArray[np.bool_] = from_index != to_index
    places = np.full(start.shape, np.nan)
    if not changed.any():
        return places
    near = start[changed]
    far = end[changed]
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        is_near = (search(middle) == from_index[changed])[:, None]
        near = np.where(is_near, middle, near)
        far = np.where(is_near, far, middle)
    places[changed] = near
    return places
