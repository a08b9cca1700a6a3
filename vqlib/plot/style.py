"""What all figures share: colours, sizes, matplotlib's settings, and a figure with its sentence."""

import functools
import io
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec

import matplotlib
import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from .arguments import check_labels, check_text

RED = "#C8102E"
"""Code vectors."""
BLUE = "#0072B2"
"""Borders of regions."""
GREY = "#9A9A9A"
"""Samples."""
ORANGE = "#E69F00"
"""Errors."""
CURVES = ("#222222", "#009E73", "#CC79A7", "#56B4E9", "#7F5F00", "#7B4FC9")
"""Colours of the curves of a chart, in their order."""
MARKERS = "osD^vP"
"""Markers of the points of those curves, so that colour is not all that tells them apart."""
STYLE: Any = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.axisbelow": True,
    "axes.spines.right": False,
    "legend.frameon": False,
    "text.parse_math": False,  # a dollar in a title is a dollar
}
"""Where figures differ from matplotlib's defaults."""
_DEFAULTS = matplotlib.rcParamsDefault
SETTINGS: Any = {name: _DEFAULTS[name] for name in _DEFAULTS if name != "backend"} | STYLE
"""All settings of matplotlib for every figure, but for the backend: no figure of ours needs one."""
NUMPY_SETTINGS: Any = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
"""What NumPy does about floating-point errors, as long as it is not told otherwise."""
ONE_AT_A_TIME = threading.RLock()
"""Settings of matplotlib are those of the whole process: two threads must not take turns in them.
"""
PIXELS_PER_INCH = 100
"""Pixels of the page for an inch of matplotlib's."""
WIDTH = 8.4
"""Inches: the width of a figure that fills a notebook cell."""
PLANE = (-3.2, 3.2)
"""The part of the plane that is shown, in both directions."""

AxesRectangle = tuple[float, float, float, float]
"""Left, bottom, width and height of axes in a figure, as shares of its size."""

P = ParamSpec("P")


class Plate:
    """A figure with its sentence. A notebook shows the figure and prints the sentence below it.

    Parameters
    ----------
    figure : Figure
    sentence : str
        What to see in it, with its numbers: for screen readers, and for the tests to compare.
    sharpness : int
        How many pixels of the PNG lie along one pixel of the page.
    """

    def __init__(self, figure: Figure, sentence: str, sharpness: int = 2) -> None:
        self.figure = figure
        self.sentence = sentence
        self._sharpness = sharpness

    def png(self) -> bytes:
        """The figure as PNG bytes, `sharpness` of its pixels to one pixel of the page."""
        drawn = io.BytesIO()
        with own_settings():
            dpi = PIXELS_PER_INCH * self._sharpness
            self.figure.savefig(drawn, format="png", dpi=dpi, metadata={"Software": None})
        drawn.seek(0)
        # Not by Image.open, which heeds the reader's limit of pixels.
        return _compressed(PngImageFile(drawn).convert("RGB"))

    def __repr__(self) -> str:
        return self.sentence

    def _ipython_display_(self) -> None:
        width = round(PIXELS_PER_INCH * self.figure.get_figwidth())
        bundle = {"image/png": self.png(), "text/plain": self.sentence}
        display(bundle, metadata={"image/png": {"width": width}}, raw=True)
        print(textwrap.fill(self.sentence, 96))  # JupyterLab would break lines inside words


def _compressed(picture: Image.Image) -> bytes:
    """The bytes of a small PNG of exactly this picture."""
    if picture.getcolors(256):  # then a palette loses nothing and makes the notebook smaller
        picture = picture.convert("P", palette=Image.Palette.ADAPTIVE)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


@contextmanager
def own_settings() -> Iterator[None]:
    """Draw and render with settings of our own, whatever the reader's are, and leave theirs alone.

    Those of matplotlib, and what NumPy does about floating-point errors. Rendering needs them, too:
    matplotlib makes ticks only then.
    """
    with ONE_AT_A_TIME, matplotlib.rc_context(SETTINGS), np.errstate(**NUMPY_SETTINGS):
        yield


def styled(draw: Callable[P, Plate]) -> Callable[P, Plate]:
    """Let a function draw in the style of the series without changing the reader's own settings."""

    @functools.wraps(draw)
    def draw_in_style(*args: P.args, **kwargs: P.kwargs) -> Plate:
        with own_settings():
            return draw(*args, **kwargs)

    return draw_in_style


def chart_axes(height: float, sentence: str = "", **labels: str) -> tuple[Figure, Axes]:
    """A figure with the axes of a chart.

    Parameters
    ----------
    height : float
        In inches.
    sentence : str
        What is to be said about the figure: checked here, before anything is drawn.
    **labels : str
        `title`, `xlabel`, `ylabel`.
    """
    check_text(sentence, "sentence")
    check_labels(labels)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    draw_grid(axes)
    axes.set(**labels)
    return figure, axes


def draw_grid(axes: Axes) -> None:
    """A faint line across the axes at each tick of y."""
    axes.grid(axis="y", color="#DDDDDD")
