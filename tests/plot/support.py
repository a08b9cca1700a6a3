"""What several tests of figures need: small codebooks, and ways to see what was drawn."""

import functools
import io
import operator

import matplotlib
import numpy as np
from hypothesis import strategies as st
from PIL import Image

from vqlib import Codebook, plot

CLASSIC = Codebook([[-3], [-1], [1], [3]])
LATTICE = np.stack(np.indices((4, 5)), axis=-1).reshape(-1, 2) - 1.5
TWINS = np.array([(0.15, 1), (0.15 + 2**-55, 1), (2, -1)])  # as sliders and browsers round
SEEDS = st.integers(0, 2**32 - 1)


def pixels(png):
    """The RGB pixels of a PNG."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def drawn(plate):
    return pixels(plate.png())


def drawn_in(axes, colour):
    """What the one line of this colour goes through, array (n, 2); rows of NaN break it."""
    (line,) = [line for line in axes.lines if line.get_color() == colour]
    return line.get_xydata()


def stars(axes):
    """Where the stars are, from left to right on the page if their axis is the number line."""
    (line,) = [line for line in axes.lines if line.get_marker() == "*"]
    assert line.get_color() == plot.RED
    return line.get_xdata().tolist()


def distances(points, vectors):
    """From each of the points, array (..., 2), to each of the vectors."""
    return np.hypot(*(points[..., None, :] - vectors).T).T


def labels_of(axes):
    return axes.get_title(loc="left"), axes.get_xlabel(), axes.get_ylabel()


def legend_of(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


# --- settings of matplotlib that a reader may have

SETTINGS = [
    {"image.origin": "lower", "image.interpolation": "bicubic", "image.aspect": "auto"},
    {"text.usetex": True, "font.family": "serif", "mathtext.fontset": "stix"},
    {"axes.titlesize": 40, "axes.labelsize": "xx-large", "xtick.labelsize": 3},
    {"axes.xmargin": 0.4, "axes.ymargin": 0.4, "axes.autolimit_mode": "round_numbers"},
    {"axes.grid": True, "axes.grid.axis": "both", "grid.linewidth": 5, "grid.color": "red"},
    {"axes.unicode_minus": False, "axes.formatter.limits": (-1, 1)},
    {"axes.formatter.use_locale": True, "axes.formatter.use_mathtext": True},
    {"figure.dpi": 37, "figure.figsize": (2, 2), "figure.facecolor": "black"},
    {"figure.autolayout": True, "figure.subplot.left": 0.4},
    {"figure.constrained_layout.w_pad": 1, "figure.constrained_layout.hspace": 0.5},
    {"savefig.dpi": 31, "savefig.bbox": "tight", "savefig.pad_inches": 2},
    {"savefig.transparent": True, "savefig.facecolor": "green", "savefig.format": "svg"},
    {"lines.linewidth": 9, "lines.marker": "x", "lines.antialiased": False, "lines.color": "red"},
    {"lines.dash_joinstyle": "miter", "lines.dashed_pattern": (1, 9), "lines.markersize": 30},
    {"path.sketch": (10, 20, 3), "path.snap": False, "path.simplify_threshold": 1.0},
    {"agg.path.chunksize": 2, "text.antialiased": False, "text.hinting": "none"},
    {"patch.force_edgecolor": True, "patch.edgecolor": "red", "hatch.linewidth": 4},
    {"legend.frameon": True, "legend.loc": "lower left", "legend.fontsize": 30},
    {
        "xtick.direction": "in",
        "xtick.major.size": 20,
        "ytick.labelleft": False,
        "ytick.right": True,
    },
    {"xtick.minor.visible": True, "ytick.minor.visible": True, "axes.spines.left": False},
    {"axes.prop_cycle": matplotlib.cycler(color=["#FFFFFF"]), "scatter.marker": "^"},
    {"image.cmap": "jet", "image.resample": False, "image.composite_image": False},
    {"axes3d.grid": False, "axes3d.xaxis.panecolor": "red", "scatter.edgecolors": "black"},
    {"timezone": "Asia/Shanghai", "interactive": True, "svg.fonttype": "none"},
    {"contour.linewidth": 4, "hist.bins": 3, "boxplot.notch": True, "date.epoch": "2000-01-01"},
]
HOSTILE = functools.reduce(operator.or_, SETTINGS)
"""All of them at once."""
