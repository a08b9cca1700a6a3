"""Draws the figures of questions: `python -m tools.questions.figures`.

No title or legend says more than the stem of the question: a test reads all texts of a figure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vqlib import Codebook, image, limits, plot
from vqlib.arrays import Floats
from vqlib.plot import BLUE, CURVES, GREY, ORANGE, PLANE, RED, PlaneMarks, Plate
from vqlib.plot.style import draw_grid

from . import figure_data as data
from .bank import FIGURES

SIZE = (5.2, 3.2)
"""Inches of a chart; there are 100 pixels of a page to an inch."""


def _axes(size: tuple[float, float] = SIZE, **labels: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    axes.set(**labels)
    return figure, axes


def _plane(codebook: Codebook, samples: np.ndarray | None = None) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(4.2, 4.2), layout="constrained")
    axes = figure.add_subplot()
    points = np.full((1, 2), 99.0) if samples is None else samples  # 99 is out of sight
    PlaneMarks(axes, PLANE).show(points, codebook, codebook)
    return figure, axes


def _two_curves(axes: Axes, places: np.ndarray, curves: dict[str, Floats]) -> None:
    """P and Q over an axis of doublings or more, with their names at the left."""
    for (name, heights), colour, marker in zip(curves.items(), CURVES, "os", strict=False):
        axes.plot(places, heights, color=colour, marker=marker)
        axes.annotate(name, (places[0], heights[0]), (-14, -4), textcoords="offset points")
    axes.set_xscale("log", base=2)
    axes.set_xlim(left=0.75 * places[0])
    axes.set_xticks(places, labels=[str(place) for place in places])


def _frame(axes: Axes) -> None:
    """A thin line all around a picture, and nothing else."""
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, color=GREY)


def steps() -> Figure:
    """A ramp in steps."""
    figure, axes = _axes((5.2, 1))
    axes.imshow(data.ramp(), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    _frame(axes)
    return figure


def saw() -> Figure:
    """Error over input."""
    figure, axes = _axes(xlabel="input", ylabel="error")
    codebook = data.saw_codebook()
    x = np.linspace(-8, 8, 3201)
    error = codebook.quantize(x) - x
    jumps = np.flatnonzero(np.diff(codebook.encode(x))) + 1
    axes.axhline(0, color="black", linewidth=0.8)
    axes.plot(np.insert(x, jumps, np.nan), np.insert(error, jumps, np.nan), color=ORANGE)
    axes.set(xticks=range(-8, 9, 2), yticks=range(-2, 3))
    draw_grid(axes)
    return figure


def labelled() -> Figure:
    """Eight regions with their code words, and a sample."""
    codebook = data.labelled_codebook()
    figure, axes = _plane(codebook)
    style: Any = {"ha": "center", "family": "monospace", "textcoords": "offset points"}
    for word, vector in zip(plot.code_words(codebook), codebook.vectors, strict=True):
        axes.annotate(word, vector, (0, 8), **style)
    axes.plot(*data.LABELLED_SAMPLE, "D", color="black", markersize=7)
    return figure


def mirrored() -> Figure:
    """A codebook without its samples."""
    return _plane(data.mirrored_codebook())[0]


def flattery() -> Figure:
    """SNR on training and on unseen samples."""
    figure, axes = _axes(xlabel="training samples for each code vector", ylabel="SNR in dB")
    _two_curves(axes, data.AMOUNTS, dict(zip("PQ", data.flattery(), strict=True)))
    return figure


def off_centre() -> Figure:
    """Three regions with their samples."""
    samples, codebook = data.off_centre()
    return _plane(codebook, samples)[0]


def levels() -> Figure:
    """A histogram with levels and borders, and their values."""
    figure, axes = _axes(xlabel="grey value", ylabel="share of the pixels")
    result = data.two_bits_of_camera()
    histogram = image.GreyLevels(image.sample("camera")).histogram
    axes.bar(range(256), histogram / histogram.sum(), width=1, color=GREY)
    axes.set(xlim=(0, 255), ylim=(0, 0.032), yticks=[0, 0.01, 0.02])
    for border in result.codebook.thresholds:
        axes.axvline(border, color=BLUE, linewidth=2)
        axes.text(border + 2, 0.0295, f"{border:g}", color=BLUE)
    for level in result.levels:
        axes.plot(level, 0.0245, "*", color=RED, markersize=14)
        axes.text(level, 0.0262, f"{level}", color=RED, ha="center")
    return figure


def versions() -> Figure:
    """A part of a photograph in four versions, at its own pixels."""
    parts = data.four_versions()
    side = parts["P"].shape[0] / plot.PIXELS_PER_INCH
    width = 4 * side + 0.3
    figure = Figure(figsize=(width, side + 0.3))
    for place, (name, part) in enumerate(parts.items()):
        left = place * (side + 0.1) / width
        axes = figure.add_axes((left, 0, side / width, side / (side + 0.3)))
        axes.imshow(part, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axes.set_title(name, loc="center")
        axes.set_axis_off()
    return figure


def hull() -> Figure:
    """A palette in the plane of red and green, and four colours."""
    figure, axes = _axes((4.2, 4.2), xlabel="red", ylabel="green")
    axes.plot(*data.PALETTE.T, "*", color=RED, markersize=14)
    for name, place in data.AREAS.items():
        axes.plot(*place, "D", color="black", markersize=7)
        axes.annotate(name, place, (7, 4), textcoords="offset points")
    axes.set(xlim=(0, 255), ylim=(0, 255), aspect="equal")
    axes.set(xticks=range(0, 256, 51), yticks=range(0, 256, 51))
    axes.grid(color="#DDDDDD")
    return figure


def tiles() -> Figure:
    """All tiles of a codebook, with gaps between them."""
    figure = Figure(figsize=(3.2, 3.2), layout="constrained")
    for place, tile in enumerate(data.tiles_of_two_greys().vectors, 1):
        axes = figure.add_subplot(4, 4, place)
        axes.imshow(tile.reshape(2, 2), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        _frame(axes)
    return figure


def bill() -> Figure:
    """Bars of indices and codebook."""
    figure, axes = _axes(ylabel="bits per pixel")
    places = np.arange(2)
    shifts = {"indices": -0.2, "codebook": 0.2}
    for (name, heights), colour in zip(data.bill().items(), CURVES, strict=False):
        axes.bar(places + shifts[name], heights, 0.36, color=colour, label=name)
    axes.set_xticks(places, labels=["256 tiles of 4 x 4", "256 tiles of 8 x 8"])
    axes.set(ylim=(0, 0.6), yticks=np.arange(0, 0.65, 0.1))
    draw_grid(axes)
    axes.legend()
    return figure


def water() -> Figure:
    """Variances and the water level."""
    figure, axes = _axes(xlabel="component", ylabel="variance (each step doubles it)")
    places = np.arange(1, 5)
    axes.bar(places, data.VARIANCES - 0.25, 0.6, bottom=0.25, color=GREY)
    axes.axhline(data.WATER, color=BLUE, linewidth=2)
    axes.text(4.45, data.WATER * 1.1, "water level", color=BLUE, ha="right")
    axes.set_yscale("log", base=2)
    ticks = [0.25, 0.5, 1, 2, 4, 8, 16]
    axes.set_yticks(ticks, labels=[f"{tick:g}" for tick in ticks])
    axes.set(ylim=(0.25, 20), xticks=places)
    draw_grid(axes)
    return figure


def points() -> Figure:
    """Four measured codes."""
    figure, axes = _axes(xlabel="bits per sample", ylabel="SNR in dB")
    for name, (rate, snr) in data.MEASURED.items():
        axes.plot(rate, snr, "o", color="black")
        axes.annotate(name, (rate, snr), (7, -4), textcoords="offset points")
    axes.set(xlim=(0, 3.5), ylim=(0, 20), yticks=range(0, 21, 2), xticks=np.arange(0, 3.6, 0.5))
    axes.grid(color="#DDDDDD")
    return figure


def added_up() -> Figure:
    """A codebook without its samples."""
    return _plane(data.added_up())[0]


def survivors() -> Figure:
    """SNR over the number of survivors."""
    figure, axes = _axes(xlabel="survivors", ylabel="SNR in dB")
    _two_curves(axes, data.SURVIVORS, dict(zip("PQ", data.over_survivors(), strict=True)))
    axes.grid(color="#DDDDDD")
    return figure


def recall() -> Figure:
    """Recall over the number of vectors found."""
    figure, axes = _axes(xlabel="R, vectors found", ylabel="recall@R")
    curves = {name: np.array(heights) for name, heights in data.RECALL.items()}
    _two_curves(axes, np.array([1, 10, 100]), curves)
    axes.set(ylim=(0, 1), yticks=np.arange(0, 1.05, 0.1))
    axes.grid(color="#DDDDDD")
    return figure


def outlier() -> Figure:
    """A histogram of weights, with levels."""
    figure, axes = _axes(xlabel="weight", ylabel="share of the weights")
    edges = np.linspace(-0.9, 0.9, 91)
    counts, _ = np.histogram(data.weights_of_a_layer(), edges)
    axes.bar(edges[:-1], counts / counts.sum(), width=0.02, align="edge", color=GREY)
    levels = data.levels_of_a_layer().vectors[:, 0]
    axes.plot(levels, np.full(4, 0.1), "*", color=RED, markersize=14)
    for level in levels:
        axes.text(level, 0.104, f"{level:.2g}", color=RED, ha="center")
    axes.set(xlim=(-0.9, 0.9), ylim=(0, 0.115), yticks=np.arange(0, 0.11, 0.02))
    return figure


def collapsed() -> Figure:
    """Latents, and code vectors of which some are not in use."""
    latents, codebook = data.collapsed()
    return _plane(codebook, latents)[0]


def excess() -> Figure:
    """Excess over the rows for each code vector, of two sources."""
    figure, axes = _axes(xlabel="training rows for each code vector", ylabel="excess in dB")
    curves = {name: each / data.ROWS_FOR_EACH for name, each in data.EXCESS.items()}
    _two_curves(axes, data.ROWS_FOR_EACH, curves)
    axes.set(yscale="log", ylim=(0.001, 1))
    axes.set_yticks([0.001, 0.01, 0.1, 1], labels=["0.001", "0.01", "0.1", "1"])
    axes.grid(which="both", color="#DDDDDD")
    return figure


def spectrum() -> Figure:
    """A power spectrum and a water level."""
    figure, axes = _axes(xlabel="ω", ylabel="S(ω)")
    heights = limits.gauss_markov_spectrum(data.RHO_OF_SPECTRUM)
    axes.plot(np.pi * (np.arange(heights.size) + 0.5) / heights.size, heights, color="black")
    axes.axhline(data.LEVEL_OF_SPECTRUM, color=BLUE, linewidth=2)
    axes.text(np.pi, data.LEVEL_OF_SPECTRUM + 0.08, "water level", color=BLUE, ha="right")
    ticks = {"0": 0, "π/4": np.pi / 4, "π/2": np.pi / 2, "3π/4": 3 * np.pi / 4, "π": np.pi}
    axes.set_xticks(list(ticks.values()), labels=list(ticks))
    axes.set(xlim=(0, np.pi), ylim=(0, 4.2), yticks=np.arange(0, 4.5, 0.5))
    draw_grid(axes)
    return figure


def compressor() -> Figure:
    """A compressor."""
    figure, axes = _axes((4.2, 3.6), xlabel="x", ylabel="c(x)")
    axes.plot(data.PLACES, data.compressor(data.PLACES), color="black")
    axes.set(xlim=(0, 1), ylim=(0, 1), yticks=np.arange(0, 1.01, 0.25))
    axes.set_xticks(np.arange(0, 1.01, 0.1))
    axes.grid(color="#DDDDDD")
    return figure


DRAWN: dict[str, Callable[[], Figure]] = {
    "00-q3": steps,
    "01-q7": saw,
    "02-q7": labelled,
    "02-q8": mirrored,
    "03-q6": flattery,
    "03-q7": off_centre,
    "04-q6": levels,
    "04-q8": versions,
    "05-q7": hull,
    "06-q6": tiles,
    "06-q7": bill,
    "07-q6": water,
    "07-q7": points,
    "08-q6": added_up,
    "08-q7": survivors,
    "09-q6": recall,
    "10-q7": outlier,
    "11-q7": collapsed,
    "12-q7": excess,
    "A1-q6": spectrum,
    "A1-q7": compressor,
}
"""By the id of a question what draws its figure."""


@plot.styled
def draw(name: str) -> Plate:
    """The figure of a question in the style of the series."""
    return Plate(DRAWN[name](), name)


def main() -> None:
    """Draw and store all figures."""
    FIGURES.mkdir(exist_ok=True)
    for name in DRAWN:
        path = FIGURES / f"{name}.png"
        path.write_bytes(draw(name).png())
        print(f"{path.stat().st_size:>8,} bytes {path.name}")


if __name__ == "__main__":
    main()
