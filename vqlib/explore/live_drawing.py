"""Drawings of which little moves: axes drawn once by matplotlib, marks that the page draws.

The only place where artists of matplotlib become records of message.py.
"""

import io
from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from numpy.typing import NDArray
from PIL import Image

from .. import plot
from ..arrays import Floats
from ..checks import check_int
from .message import Area, Clip, Line, Mark, Points

SQUARE = (400, 400)
"""Width and height of a drawing of which two find room beside each other, as two pictures do."""
PAGE_PIXELS_PER_POINT = plot.PIXELS_PER_INCH / 72
"""A point is the unit of matplotlib's line widths and marker sizes, 72 of them to an inch."""
RADIUS_OF_SIZE = {".": 0.25}
"""matplotlib's dot "." is half as large as other markers of the same size, whose radius is half."""
AREA_MARGIN = 20
"""How far an area may go beyond its axes, in pixels of matplotlib; the page does not show it."""


class MovingMarks(Protocol):
    """What moves on a drawing: an object of plot such as `plot.LevelMarks`."""

    @property
    def artists(self) -> Sequence[Artist]:
        """The marks, all of them from the start; one that is not to be seen has no points."""

    @property
    def show(self) -> Callable[..., None]:
        """Moves them to where they are to be seen."""


class LiveDrawing:
    """A drawing of `width` x `height` pixels of the page, of which little moves.

    `draw` draws what stands still, once, and returns the marks that move. `rectangle` is where its
    axes go; if left out, labels get the room that they need.
    """

    SHARPNESS = 2
    """Pixels of what stands still to one pixel of the page."""

    def __init__(
        self,
        width: int,
        height: int,
        draw: Callable[[Axes], MovingMarks],
        rectangle: plot.AxesRectangle | None = None,
    ) -> None:
        self.width = check_int(width, "width", 10)
        self.height = check_int(height, "height", 10)
        with plot.own_settings():
            inches = (width / plot.PIXELS_PER_INCH, height / plot.PIXELS_PER_INCH)
            figure = Figure(figsize=inches, dpi=plot.PIXELS_PER_INCH * self.SHARPNESS)
            self.axes = _add_axes(figure, rectangle)
            self._marks = draw(self.axes)
            for artist in self._marks.artists:
                artist.set_animated(True)  # left out of what is drawn now
            self.axes_png = _drawn_as_png(figure)
            """What stands still, as PNG bytes."""

    def marks(self, *state: Any) -> list[Mark]:  # noqa: ANN401 -- whatever the marks show
        """The marks showing this state, in pixels of the page from the upper left."""
        self._marks.show(*state)
        found: list[Mark] = []
        for artist in self._marks.artists:
            found += self._marks_of(artist)
        return found

    def data(self, x: float, y: float) -> Floats:
        """The point of the axes that is at this pixel of the page, array (2,)."""
        pixel = np.array([x, self.height - y]) * self.SHARPNESS
        return np.asarray(self.axes.transData.inverted().transform(pixel))

    def square(self, low: float, high: float) -> Clip:
        """Where on the page both numbers of the axes lie from `low` to `high`."""
        return self._rectangle(self.axes.transData.transform([(low, low), (high, high)]))

    def _marks_of(self, artist: Any) -> list[Mark]:  # noqa: ANN401 -- matplotlib has no types
        """One artist as marks: a line that has markers, too, is a line and then its points."""
        if isinstance(artist, Polygon):
            return [self._area(artist)]
        if not isinstance(artist, Line2D):
            raise TypeError(f"no kind of mark for an artist of type {type(artist).__name__}")
        found: list[Mark] = []
        if artist.get_linestyle() != "None":
            found.append(self._line(artist))
        if artist.get_marker() != "None":
            found.append(self._points(artist))
        return found

    def _area(self, artist: Any) -> Area:  # noqa: ANN401
        return {
            "kind": "area",
            "xy": self._to_page(_part_near_axes(artist)).tobytes(),
            "colour": matplotlib.colors.to_hex(artist.get_facecolor()),
            "alpha": _alpha(artist),
            "clip": self._clip(artist),
        }

    def _line(self, artist: Any) -> Line:  # noqa: ANN401
        return {
            "kind": "line",
            "xy": self._xy(artist, artist.get_xydata()),
            "colour": matplotlib.colors.to_hex(artist.get_color()),
            "alpha": _alpha(artist),
            "clip": self._clip(artist),
            "line_width": PAGE_PIXELS_PER_POINT * artist.get_linewidth(),
        }

    def _points(self, artist: Any) -> Points:  # noqa: ANN401
        marker = artist.get_marker()
        kind: Literal["discs", "stars"] = "stars" if marker == "*" else "discs"
        share = RADIUS_OF_SIZE.get(marker, 0.5)
        return {
            "kind": kind,
            "xy": self._xy(artist, artist.get_xydata()),
            "colour": matplotlib.colors.to_hex(artist.get_color()),
            "alpha": _alpha(artist),
            "clip": self._clip(artist),
            "radius": share * PAGE_PIXELS_PER_POINT * artist.get_markersize(),
            "edge_width": PAGE_PIXELS_PER_POINT * artist.get_markeredgewidth(),
        }

    def _xy(self, artist: Artist, data: Floats) -> bytes:
        return self._to_page(artist.get_transform().transform(data)).tobytes()

    def _clip(self, artist: Any) -> Clip | None:  # noqa: ANN401
        if not artist.get_clip_on():
            return None
        return self._rectangle(artist.axes.bbox.get_points())

    def _rectangle(self, points: Floats) -> Clip:
        """The smallest that holds these points of matplotlib's, on the page."""
        corners = self._to_page(points)
        return [*corners.min(axis=0).tolist(), *np.ptp(corners, axis=0).tolist()]

    def _to_page(self, points: Floats) -> NDArray[np.float32]:
        """From matplotlib's pixels, counted from below, to those of the page."""
        return ((points * (1, -1)) / self.SHARPNESS + (0, self.height)).astype(np.float32)


def _part_near_axes(polygon: Any) -> Floats:  # noqa: ANN401 -- matplotlib has no types
    """The corners of a polygon in matplotlib's pixels, without what lies far from its axes.

    WebKit leaves out some areas with corners that are more than 32,767 pixels away.
    """
    path = polygon.get_transform().transform_path(polygon.get_path())
    if polygon.get_clip_on():
        path = path.clip_to_bbox(polygon.axes.bbox.padded(AREA_MARGIN))
    return np.asarray(path.vertices)


def _add_axes(figure: Figure, rectangle: plot.AxesRectangle | None) -> Axes:
    if rectangle is None:
        figure.set_layout_engine("constrained")
        return figure.add_subplot()
    figure.set_layout_engine("none")
    return figure.add_axes(rectangle)


def _drawn_as_png(figure: Figure) -> bytes:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    out = io.BytesIO()
    rgb = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    rgb.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _alpha(artist: Artist) -> float:
    alpha = artist.get_alpha()
    return 1.0 if alpha is None else float(alpha)
