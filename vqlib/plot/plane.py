"""Codebooks of pairs on the plane: samples, code vectors and the borders of their regions."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from scipy.spatial import Voronoi

from ..arrays import Floats
from ..checks import check_rows
from ..codebook import Codebook, check_dimension
from .arguments import check_mapping, check_pair, check_span, check_text
from .style import BLUE, GREY, ORANGE, PLANE, RED, WIDTH, Plate, styled
from .text import code_words

Limits = tuple[float, float]
"""The lowest and the highest number that an axis shows."""
StarsAndRegions = Codebook | tuple[Codebook, Codebook]
"""One codebook for both, or one for the stars and one for the regions."""

STARS = ((14, 16), (8, 256), (4, math.inf))
"""Sizes of stars in points, each with the most stars that are so large."""


@styled
def partition(
    samples: Floats,
    panels: Mapping[str, StarsAndRegions],
    sentence: str,
    *,
    words: bool = False,
    limits: Limits = PLANE,
) -> Plate:
    """Codebooks of pairs over the same samples, each under its title; see `PlaneMarks`.

    The classic picture of two-dimensional vector quantization, explained in notebook 02_plane.

    Parameters
    ----------
    samples : array (n, 2)
    panels : mapping
        By title a codebook of pairs. Of two codebooks the first gives the stars and the second
        the regions.
    sentence : str
        What to see in the figure.
    words : bool
        Whether to write the code words beside the stars.
    limits : pair of floats
        The part of the plane that is shown, in both directions.

    Raises
    ------
    ValueError
        If samples or code vectors are not pairs, or `limits` are no span.
    """
    check_text(sentence, "sentence")
    samples = check_rows(samples, "samples", 2)
    check_mapping(panels, "panels")
    both = {title: _check_pairs(panels[title], f"panels[{title!r}]") for title in panels}
    span = check_span(*check_pair(limits, "limits"), "limits")
    columns = {1: 1, 2: 2, 4: 2}.get(len(panels), 3)
    rows = math.ceil(len(panels) / columns)
    widest = 4.2 if rows == 1 else 3.6
    width = min(WIDTH / columns, widest)
    full = len(panels) == rows * columns
    height = rows * (width + 0.5)
    if full:  # then only the last row has a label below it
        height -= 0.4 * (rows - 1)
    figure = Figure(figsize=(columns * width, height), layout="constrained")
    for position, (title, (stars, regions)) in enumerate(both.items(), 1):
        axes = figure.add_subplot(rows, columns, position)
        PlaneMarks(axes, span).show(samples, stars, regions)
        axes.set(title=str(title))
        if full:
            axes.label_outer()
        if words:
            _write_code_words(axes, stars)
    return Plate(figure, sentence)


def _check_pairs(given: object, name: str) -> tuple[Codebook, Codebook]:
    """The codebooks of stars and of regions, as many pairs in one as in the other."""
    both = given if isinstance(given, tuple) and len(given) == 2 else (given, given)
    stars = check_dimension(both[0], 2, "pairs", name)
    regions = check_dimension(both[1], 2, "pairs", name)
    if stars.size != regions.size:
        sizes = f"{stars.size} and {regions.size}"
        raise ValueError(f"{name} must be two codebooks of one size, got {sizes} code vectors")
    return stars, regions


def _write_code_words(axes: Axes, codebook: Codebook) -> None:
    """The code word of each code vector above its star."""
    style: Any = {
        "family": "monospace",
        "fontsize": 9,
        "ha": "center",
        "bbox": {"fc": "white", "ec": "none", "pad": 0.2},
    }
    for word, vector in zip(code_words(codebook), codebook.vectors, strict=True):
        axes.annotate(word, vector, (0, 7), textcoords="offset points", **style)


class PlaneMarks:
    """Samples and a codebook of pairs on an axis: red stars, blue borders, grey dots.

    All are free to move. The samples come first among the artists: a panel may keep their marks and
    renew only the others. Stars are as large as `star_size`, in points; if it is left out, as their
    number allows.
    """

    def __init__(self, axes: Axes, limits: Limits = PLANE, star_size: float | None = None) -> None:
        self._star_size = star_size
        axes.set(xlim=limits, ylim=limits, aspect="equal")
        axes.set(xlabel="first component", ylabel="second component")
        (self._region,) = axes.fill([], [], color=BLUE, alpha=0.2, linewidth=0)
        self._samples = _empty_line(axes, ".", GREY)
        self._astray = _empty_line(axes, "o", ORANGE)
        self._borders = _empty_line(axes, "-", BLUE)
        self._paths = _empty_line(axes, "-", "black")
        self._stars = _empty_line(axes, "*", RED)
        self.artists: list[Artist] = [
            self._samples,
            self._astray,
            self._region,
            self._borders,
            self._paths,
            self._stars,
        ]

    def show(
        self, samples: Floats, codebook: Codebook, regions: Codebook, chosen: int | None = None
    ) -> None:
        """Move the marks.

        Parameters
        ----------
        samples : array (n, 2)
        codebook : Codebook of pairs
            Its code vectors are the stars.
        regions : Codebook of pairs
            The borders are its own. Where it is not `codebook`, black lines lead from its code
            vectors to the stars, and samples that are now nearer to another star are orange.
        chosen : int, optional
            Index of the code vector whose region is filled.

        Raises
        ------
        ValueError
            If samples or code vectors are not pairs.
        """
        borders, corners = voronoi_cells(regions)
        astray = _gone_astray(samples, codebook, regions)
        self._samples.set_data(*samples[~astray].T)
        self._astray.set_data(*samples[astray].T)
        self._borders.set_data(*_broken_line(borders))
        paths = np.stack([regions.vectors, codebook.vectors], axis=1)
        self._paths.set_data(*_broken_line(paths))
        self._stars.set_data(*codebook.vectors.T)
        self._stars.set_markersize(self._star_size or (14 if codebook.size <= 16 else 8))
        self._region.set_xy([(0, 0)] if chosen is None else corners[chosen])


class CloudMarks:
    """Samples, borders and code vectors on the plane, as they are given: grey, blue, red stars.

    Unlike `PlaneMarks` it takes stars that have no regions, and finds no borders: those of a grid
    are a few long lines. The samples come first among the artists.
    """

    def __init__(self, axes: Axes, limits: Limits = PLANE) -> None:
        axes.set(xlim=limits, ylim=limits, aspect="equal")
        axes.set(xlabel="first component", ylabel="second component")
        self._samples = _empty_line(axes, ".", GREY)
        self._borders = _empty_line(axes, "-", BLUE)
        self._stars = _empty_line(axes, "*", RED)
        self.artists: list[Artist] = [self._samples, self._borders, self._stars]

    def show(self, samples: Floats, borders: Floats, stars: Floats) -> None:
        """Move them to these points: samples (n, 2), borders (m, 2 ends, 2) and stars (K, 2).

        Many stars are small and many borders thin, so that something is seen between them.
        """
        self._samples.set_data(*samples.T)
        self._borders.set_data(*_broken_line(borders))
        self._borders.set_linewidth(1.5 if len(stars) <= 16 else 0.5)
        self._stars.set_data(*stars.T)
        self._stars.set_markersize(next(size for size, most in STARS if len(stars) <= most))


def _empty_line(axes: Axes, kind: str, colour: str) -> Line2D:
    """A line or markers of matplotlib's kind, to be given data later."""
    (line,) = axes.plot([], [], kind, color=colour, markersize=3, zorder=3, in_layout=False)
    return line


def _gone_astray(samples: Floats, codebook: Codebook, regions: Codebook) -> NDArray[np.bool_]:
    """Which samples get another index from `codebook` than from `regions`, array (n,)."""
    nearest = codebook.encode(samples)
    if regions is codebook:
        return np.zeros(nearest.shape, dtype=bool)
    return np.not_equal(nearest, regions.encode(samples))


def _broken_line(segments: Floats) -> Floats:
    """Segments, array (m, 2 ends, 2), as one line for matplotlib, array (2, 3 m).

    Points of NaN break it between the segments.
    """
    return np.insert(segments, 2, np.nan, axis=1).reshape(-1, 2).T


def voronoi_cells(codebook: Codebook) -> tuple[Floats, list[Floats]]:
    """Borders and corners of the encoding regions of a codebook of pairs: its Voronoi cells.

    Returns
    -------
    borders : array (m, 2 ends, 2)
        A line between two regions each; those of the outer regions end far away.
    corners : list of arrays (c, 2)
        The corners of each region, in the order of the code vectors. Those that are equal, as far
        as double precision can tell beside the others, share one.

    Raises
    ------
    ValueError
        If the code vectors are not pairs.
    """
    vectors = check_dimension(codebook, 2, "pairs", "codebook").vectors
    different, of_vector = np.unique(vectors, axis=0, return_inverse=True)
    middle = different.mean(axis=0)
    size = np.ptp(different) or 1.0
    # Four points far away close the outer regions: no border goes to infinity.
    distance = 1000 * np.clip(1 / size, 1, 1000)
    around = distance * np.array([(1, 0), (0, 1), (-1, 0), (0, -1)])
    diagram = Voronoi(np.concatenate([(different - middle) / size, around]))
    places = size * diagram.vertices
    if size < 1e-3:  # where all lie close together, their outer borders are made longer
        is_far = np.hypot(*diagram.vertices.T) > distance / 10
        places[is_far] *= 1e-3 / size
    between_vectors = (diagram.ridge_points < len(different)).all(axis=1)
    borders = middle + places[np.array(diagram.ridge_vertices)[between_vectors]]
    regions = _regions(diagram, len(different))[of_vector.ravel()]
    corners = [middle + places[diagram.regions[region]] for region in regions]
    return borders, corners


def _regions(diagram: Any, count: int) -> NDArray[np.intp]:  # noqa: ANN401 -- scipy has no types
    """Which of the regions of a diagram is that of each of its first `count` points, array (n,).

    Two points that lie so close that double precision has one region for both share it.
    """
    regions = np.array(diagram.point_region[:count])
    (known,) = np.nonzero(regions >= 0)
    points = diagram.points
    for lost in np.flatnonzero(regions < 0):
        away = np.hypot(*(points[known] - points[lost]).T)
        regions[lost] = regions[known[away.argmin()]]
    return regions
