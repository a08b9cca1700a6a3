"""What several tests of figures need: small codebooks, and ways to see what was drawn."""

import io

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
