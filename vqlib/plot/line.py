"""Scalar codebooks: on the number line, as maps from input to output, over a density."""

from collections.abc import Mapping

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ..arrays import Floats, Indices
from ..checks import check_positive, check_weights
from ..codebook import Codebook
from .arguments import check_heights, check_mapping, check_scalars, check_span
from .style import BLUE, GREY, ORANGE, RED, WIDTH, Plate, styled
from .text import code_words, count, number, numbers


@styled
def number_line(
    codebook: Codebook, low: float, high: float, samples: ArrayLike | None = None
) -> Plate:
    """A scalar codebook on the number line from `low` to `high`, with its borders and code words.

    The classic picture of one-dimensional vector quantization, explained in notebook 01_scalar.

    Parameters
    ----------
    codebook : Codebook of scalars
    low, high : float
        The part of the number line that is shown.
    samples : array, any shape, optional
        Drawn as grey dots, each with a line to its code vector.

    Raises
    ------
    ValueError
        If the code vectors are not scalars, or `low` does not lie below `high`.
    """
    levels = check_scalars(codebook).vectors[:, 0]
    low, high = check_span(low, high)
    figure = Figure(figsize=(WIDTH, 2.5), layout="constrained")
    axes = figure.add_subplot()
    axes.set(xlim=(low, high), ylim=(-1.1, 1.25))
    axes.set_axis_off()
    axes.annotate("", (high, 0), (low, 0), arrowprops={"arrowstyle": "<->", "color": "black"})
    axes.vlines(codebook.thresholds, -0.55, 0.85, color=BLUE, linewidth=2)
    for values, colour in ((levels, RED), (codebook.thresholds, BLUE)):
        # A text beyond the axes would take its room from them.
        _write_values(axes, values[(values >= low) & (values <= high)], colour)
    _write_code_words(axes, codebook, low, high)
    sentence = _sentence_of_number_line(codebook)
    if samples is not None:
        points = check_heights(samples, "samples")
        nearest = codebook.quantize(points)
        _draw_samples(axes, points, nearest)
        go = "goes" if len(points) == 1 else "go"
        sentence += f" {count(len(points), 'sample')} {go} to {numbers(np.unique(nearest))}."
    axes.plot(levels, 0 * levels, "*", color=RED, markersize=17, zorder=3)
    axes.set_title(
        f"{codebook.size} code vectors (stars), "
        f"{codebook.size} encoding regions (between blue borders)"
    )
    return Plate(figure, sentence)


def _sentence_of_number_line(codebook: Codebook) -> str:
    return (
        f"{count(codebook.size, 'code vector')} at {numbers(codebook.vectors)}; "
        f"borders at {numbers(codebook.thresholds) or 'no number'}; "
        f"code words {', '.join(code_words(codebook))}; "
        f"rate {count(codebook.rate, 'bit')} per dimension."
    )


def _write_values(axes: Axes, values: Floats, colour: str) -> None:
    """Each value below its place on the number line."""
    for value in values:
        axes.text(value, -0.95, number(value), color=colour, ha="center")


def _write_code_words(axes: Axes, codebook: Codebook, low: float, high: float) -> None:
    """The code word of each region above its middle, or that of the part of it that is shown."""
    words = code_words(codebook)
    from_low_to_high = np.argsort(codebook.vectors[:, 0], kind="stable")
    edges = np.clip([low, *codebook.thresholds, high], low, high)
    for index, left, right in zip(from_low_to_high, edges[:-1], edges[1:], strict=True):
        if left < right:
            axes.text((left + right) / 2, 0.95, words[index], ha="center", family="monospace")


def _draw_samples(axes: Axes, samples: Floats, nearest: Floats) -> None:
    """Samples as dots at different heights, so that their lines to the code vectors lie apart."""
    heights = np.linspace(0.55, 0.2, len(samples))
    for x, height, level in zip(samples, heights, nearest, strict=True):
        axes.plot([x, level], [height, 0], color=ORANGE, zorder=2)
    axes.plot(samples, heights, "o", color=GREY, markeredgecolor="black")


@styled
def index_value_error(codebook: Codebook, low: float, high: float) -> Plate:
    """Index, value and error of a scalar quantizer over its input.

    The forward map, the inverse map and what is lost between them, for inputs from `low` to `high`.

    Raises
    ------
    ValueError
        If the code vectors are not scalars, or `low` does not lie below `high`.
    """
    check_scalars(codebook)
    x = np.linspace(*check_span(low, high), 2401)
    indices = codebook.encode(x)
    values = codebook.quantize(x)
    error = values - x
    jumps = np.flatnonzero(np.diff(indices)) + 1
    figure = Figure(figsize=(WIDTH, 6.2), layout="constrained")
    heights = {"height_ratios": (3, 4, 3)}
    rows = figure.subplots(3, 1, sharex=True, gridspec_kw=heights)
    top, middle, bottom = rows
    _draw_forward_map(top, x, indices, jumps, codebook)
    _draw_inverse_map(middle, x, values, jumps, codebook)
    _draw_error(bottom, x, error, jumps)
    for axes in rows:
        for border in codebook.thresholds:
            axes.axvline(border, color=BLUE, linewidth=1)
    return Plate(figure, _sentence_of_errors(codebook, x, error))


def _draw_forward_map(
    axes: Axes, x: Floats, indices: Indices, jumps: Indices, codebook: Codebook
) -> None:
    _draw_steps(axes, x, indices.astype(float), jumps, "black")
    axes.set(title="Forward map: which region?", ylabel="index")
    axes.set(yticks=range(codebook.size), yticklabels=code_words(codebook))


def _draw_inverse_map(
    axes: Axes, x: Floats, values: Floats, jumps: Indices, codebook: Codebook
) -> None:
    axes.plot(x, x, "--", color=GREY, label="input")
    _draw_steps(axes, x, values, jumps, "black")
    levels = codebook.vectors[:, 0]
    axes.plot(levels, levels, "*", color=RED, markersize=15, label="code vectors")
    axes.set(title="Inverse map: which code vector?", ylabel="value", yticks=levels)
    axes.legend(loc="upper left")


def _draw_error(axes: Axes, x: Floats, error: Floats, jumps: Indices) -> None:
    _draw_steps(axes, x, error, jumps, ORANGE)
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set(title="Error: value minus input", xlabel="input", ylabel="error", xlim=(x[0], x[-1]))


def _draw_steps(axes: Axes, x: Floats, y: Floats, jumps: Indices, colour: str) -> None:
    """A line that is broken before each of the points `jumps`: a step has no value in between."""
    broken_x = np.insert(x, jumps, np.nan)
    broken_y = np.insert(y, jumps, np.nan)
    axes.plot(broken_x, broken_y, color=colour, linewidth=2)


def _sentence_of_errors(codebook: Codebook, x: Floats, error: Floats) -> str:
    levels = np.sort(codebook.vectors[:, 0])
    beyond = f"{error[0]:+.3g} at {x[0]:g}, {error[-1]:+.3g} at {x[-1]:g}."
    if codebook.size == 1:
        return (
            f"One level, {number(levels[0])}, for every input. "
            f"The error is zero there and grows without limit to both sides: {beyond}"
        )
    largest = np.diff(levels).max() / 2
    return (
        f"Index and value step up at {numbers(codebook.thresholds)}. "
        f"From {number(levels[0] - largest)} to {number(levels[-1] + largest)} "
        f"the error stays within {number(largest)} of zero; "
        f"beyond, it grows without limit: {beyond}"
    )


@styled
def fit(
    points: Floats, weights: Floats, codebooks: Mapping[str, Codebook], span: float = 5
) -> Plate:
    """Scalar codebooks over the density they are used on, each with its mean squared error.

    Parameters
    ----------
    points, weights : array (n,)
        The density at equally spaced points, as `sources.density` gives it.
    codebooks : mapping
        Codebooks of scalars by name, drawn below each other.
    span : float
        The numbers from -span to span are shown.

    Raises
    ------
    ValueError
        If the density is not given at equally spaced points, or a codebook is not one of scalars.
    """
    points, weights = _check_density(points, weights)
    check_mapping(codebooks, "codebooks")
    for name, codebook in codebooks.items():
        check_scalars(codebook, f"codebooks[{name!r}]")
    span = check_positive(span, "span")
    figure = Figure(figsize=(WIDTH, 1.9 * len(codebooks) + 0.4), layout="constrained")
    rows = np.ravel(figure.subplots(len(codebooks), 1, sharex=True))
    results = []
    for axes, (name, codebook) in zip(rows, codebooks.items(), strict=True):
        draw_density(axes, points, weights, span)
        LevelMarks(axes).show(codebook)
        distortion = codebook.distortion(points, weights)
        axes.set_title(f"{name}: mean squared error {distortion:.4f}")
        results.append(f"{name} {distortion:.4f}, levels {numbers(codebook.vectors, 2)}")
    rows[-1].set_xlabel("sample (height: its density)")
    sizes = {codebook.size for codebook in codebooks.values()}
    with_levels = f" with {count(max(sizes), 'level')}" if len(sizes) == 1 else ""
    return Plate(figure, f"Mean squared error{with_levels}: {'; '.join(results)}.")


def _check_density(points: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Equally spaced points and a weight of each, two arrays (n,)."""
    places = check_heights(points, "points")
    steps = np.diff(places)
    if len(places) < 2 or steps.min() <= 0 or np.ptp(steps) > 1e-6 * steps.max():
        raise ValueError("points must be two or more, equally spaced and ascending")
    return places, check_weights(weights, len(places))


def draw_density(axes: Axes, points: Floats, weights: Floats, span: float) -> None:
    """A density as a grey hill over [-span, span]; arrays (n,), the points equally spaced."""
    height = weights / (weights.sum() * (points[1] - points[0]))
    axes.fill_between(points, height, color=GREY, alpha=0.5, linewidth=0, step="mid")
    axes.set(xlim=(-span, span), ylim=(0, 1.3 * height.max()), yticks=[])
    axes.spines["left"].set_visible(False)


class DensityMarks:
    """A scalar codebook over a density: `LevelMarks`, what is lost, and the region of one level.

    What is lost is an orange hill, the density times the squared error. Its area is the mean
    squared error, as the area of the density is 1. All are free to move.

    Parameters
    ----------
    axes : Axes
        With the density, see `draw_density`.
    points, weights : arrays (n,)
        The density at equally spaced points.
    """

    PLACES = 201
    """Where the hill has corners, besides borders: some pixels from each other."""

    def __init__(self, axes: Axes, points: Floats, weights: Floats) -> None:
        self._points = points
        self._height = weights / (weights.sum() * (points[1] - points[0]))
        self._span = axes.get_xlim()
        self._top = axes.get_ylim()[1]
        ends = points[[0, 0, -1, -1]] + (-1e-9, 0, 0, 1e-9)  # where it may fall at once
        self._places = np.concatenate([np.linspace(*self._span, self.PLACES), ends])
        (self._region,) = axes.fill([], [], color=BLUE, alpha=0.2, linewidth=0)
        (self._lost,) = axes.fill([], [], color=ORANGE, alpha=0.8, linewidth=0)
        self._levels = LevelMarks(axes)
        self.artists: list[Artist] = [self._region, self._lost, *self._levels.artists]

    def show(self, codebook: Codebook, chosen: int | None = None) -> None:
        """Move the marks to this codebook, and fill the region of the code vector `chosen`."""
        self._levels.show(codebook)
        places = np.sort(np.concatenate([self._places, codebook.thresholds]))
        height = np.interp(places, self._points, self._height, left=0, right=0)
        lost = height * (codebook.quantize(places) - places) ** 2
        self._lost.set_xy(_hill(places, lost))
        self._region.set_xy([(0, 0)] if chosen is None else self._corners(codebook, chosen))

    def _corners(self, codebook: Codebook, chosen: int) -> Floats:
        """The corners of the region of a code vector, as high as the axes, array (c, 2)."""
        left, right = self._span
        edges = np.clip([left, *codebook.thresholds, right], left, right)
        order = np.argsort(codebook.vectors[:, 0], kind="stable").tolist()
        place = order.index(chosen)
        ends = edges[place : place + 2]
        return _hill(ends, np.full(2, self._top))


def _hill(x: Floats, height: Floats) -> Floats:
    """The corners of what lies between the axis of x and a curve, array (n + 2, 2)."""
    corners = np.stack([x, height], axis=1)
    return np.concatenate([[(x[0], 0)], corners, [(x[-1], 0)]])


class LevelMarks:
    """A scalar codebook on an axis: code vectors as red stars, borders as blue lines.

    Both are free to move. What lies below is drawn first: borders reach to the top that the axis
    has by then.
    """

    def __init__(self, axes: Axes) -> None:
        self._top = axes.get_ylim()[1]
        (self._borders,) = axes.plot([], [], color=BLUE, zorder=3, in_layout=False)
        (self._stars,) = axes.plot([], [], "*", color=RED, zorder=3, clip_on=False, in_layout=False)
        self.artists: list[Artist] = [self._borders, self._stars]

    def show(self, codebook: Codebook) -> None:
        """Move the marks to this codebook; many levels get small marks, to hide less below them."""
        few = codebook.size <= 16
        top = self._top if codebook.size <= 64 else 0.2 * self._top
        borders = codebook.thresholds
        heights = np.tile([0, top, np.nan], len(borders))  # NaN breaks the line between borders
        self._borders.set_data(np.repeat(borders, 3), heights)
        self._borders.set_linewidth(2 if few else 1)
        self._stars.set_data(codebook.vectors[:, 0], np.zeros(codebook.size))
        self._stars.set_markersize(15 if few else 7)
