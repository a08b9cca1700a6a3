"""Charts: curves, outcomes and histograms, and marks on charts of distortion over time or rate."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from ..arrays import Floats
from ..checks import check_one_of, check_positive
from .arguments import check_heights, check_mapping, check_number
from .style import CURVES, GREY, MARKERS, Plate, chart_axes, draw_grid, styled

Points = tuple[ArrayLike, ArrayLike]
"""The x and the y of points, two arrays of one length; or two numbers, for a single point."""


@styled
def curves(
    x: ArrayLike,
    lines: Mapping[str, ArrayLike],
    *,
    sentence: str,
    bottom: float = 0,
    doublings: bool = False,
    log: bool = False,
    dashed: Collection[str] = (),
    **labels: str,
) -> Plate:
    """Curves over one axis.

    Parameters
    ----------
    x : array (n,)
        Where the points of all curves are.
    lines : mapping
        By name the heights of the points of a curve, array (n,). At most six.
    sentence : str
        What to see in the figure.
    bottom : float
        Where the axis of y begins, or lower if a curve is.
    doublings : bool
        Whether each doubling of x is as wide as the next: for 2, 4, 8, ..., 512.
    log : bool
        Whether each doubling of y is as high as the next. `bottom` does not count then.
    dashed : names of lines
        Dashed, without marks, and of the colour of the line before: what a rule says of it.
    **labels : str
        `title`, `xlabel`, `ylabel`.

    Raises
    ------
    ValueError
        If there are more than six curves, they are not as long as `x`, or a number is not finite,
        or not above 0 where the axis is logarithmic; or if a name in `dashed` is not of a line.
    """
    places = check_heights(x, "x")
    if doublings and places.min() <= 0:
        raise ValueError(f"x must be above 0 where doublings are asked for, got {places.min():g}")
    bottom = check_number(bottom, "bottom")
    figure, axes = chart_axes(4.2, sentence, **labels)
    check_mapping(lines, "lines", len(CURVES))
    for name in dashed:
        check_one_of(name, "a name in dashed", tuple(lines))
    _draw_curves(axes, {name: (places, y) for name, y in lines.items()}, dashed)
    ticks = places[:: 1 + places.size // 16]
    axes.set_xticks(ticks)
    if doublings:
        axes.set_xscale("log", base=2)
        axes.set_xticks(ticks, labels=[f"{tick:,g}" for tick in ticks])
        axes.set_xticks([], minor=True)
    if log:
        _check_above_0(lines, "lines")
        _log_axis(axes, list(lines.values()))
    else:
        axes.set_ylim(bottom=min(bottom, axes.get_ylim()[0]))
    return Plate(figure, sentence)


@styled
def rates(
    lines: Mapping[str, Points],
    *,
    sentence: str,
    left: float = 0,
    doublings: bool = False,
    **labels: str,
) -> Plate:
    """PSNR over rate, every curve with rates of its own: pairs (rates, PSNRs).

    The axis of rates begins at `left`, or lower if a curve does; with `doublings` each doubling of
    the rate is as wide as another. The rest is as in `curves`; without labels the rate is in bits
    per pixel, the PSNR in dB.
    """
    default = {"xlabel": "bits per pixel, everything counted", "ylabel": "PSNR in dB"}
    for name, points in check_mapping(lines, "lines", len(CURVES)).items():
        _check_rates(points, name, doublings)
    left = check_number(left, "left")
    figure, axes = chart_axes(4.2, sentence, **default | labels)
    _draw_curves(axes, lines)
    if doublings:
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter("{x:g}")
    else:
        axes.set_xlim(left=min(left, *(np.min(points[0]) for points in lines.values())))
    return Plate(figure, sentence)


def _check_rates(points: object, name: str, doublings: bool) -> None:
    """Refuses what is no pair of arrays, or a rate that the axis cannot show."""
    if not isinstance(points, tuple | list | np.ndarray) or _length(points) != 2:
        wanted = "a pair of two arrays, rates and PSNRs"
        raise ValueError(f"lines[{name!r}] must be {wanted}, got {type(points).__name__}")
    least = check_heights(points[0], f"x of lines[{name!r}]").min()
    if least < 0:
        raise ValueError(f"x of lines[{name!r}] must not be negative: it is a rate")
    if doublings and least == 0:
        raise ValueError(f"x of lines[{name!r}] must be above 0 for doublings, got 0")


def _length(points: Any) -> int:  # noqa: ANN401
    """How many parts a sequence or an array has; an array of one number has none."""
    return 0 if isinstance(points, np.ndarray) and points.ndim == 0 else len(points)


def _draw_curves(axes: Axes, lines: Mapping[str, Points], dashed: Collection[str] = ()) -> None:
    """Each curve in a colour and with its name in the legend; few points are marked, too.

    A dashed one has the colour of the curve before, and no marks.
    """
    drawn = 0  # No more than there are colours: all have been counted.
    for name, points in lines.items():
        x = check_heights(points[0], f"x of lines[{name!r}]")
        y = check_heights(points[1], f"lines[{name!r}]", x.size)
        if name in dashed:
            colour = CURVES[max(drawn - 1, 0)]
            axes.plot(x, y, "--", color=colour, linewidth=1.5, label=str(name))
            continue
        shape = MARKERS[drawn] if x.size <= 20 else ""
        axes.plot(x, y, color=CURVES[drawn], marker=shape, linewidth=2, label=str(name))
        drawn += 1
    axes.legend()


@styled
def scatter(values: Mapping[int, Sequence[float]], *, sentence: str, **labels: str) -> Plate:
    """Several outcomes for each whole number on the axis, as grey dots; the rest is as in `curves`.

    The dots of one number lie a little beside each other, so that equal ones can be seen.
    """
    check_mapping(values, "values")
    figure, axes = chart_axes(3.4, sentence, **labels)
    for number, outcomes in values.items():
        check_number(number, "values must have numbers as keys: each")
        heights = check_heights(outcomes, f"values[{number!r}]")
        x = number + np.linspace(-0.15, 0.15, heights.size)
        axes.plot(x, heights, "o", color=GREY, markeredgecolor="black", markersize=6)
    axes.set_xticks(list(values))
    return Plate(figure, sentence)


@styled
def bars(
    groups: Mapping[str, ArrayLike | Mapping[str, float]],
    *,
    sentence: str,
    water: float | None = None,
    log: bool = False,
    **labels: str,
) -> Plate:
    """Bars in groups: the first bar of each group beside each other, then the second, and so on.

    Parameters
    ----------
    groups : mapping
        By name the heights of the bars of a group, array (n,), numbered from 1 on the axis; or by
        the word below each bar its height. All of one length, at most six groups.
    sentence : str
        What to see in the figure.
    water : float, optional
        The bars stand in water up to here: what of them sticks out gets bits, the rest is the
        error that is left (notebook 07_rate_distortion).
    log : bool
        Whether the axis has logarithms to the base 2: each doubling is as high as the next.
    **labels : str
        `title`, `xlabel`, `ylabel`.
    """
    heights = _heights_of_bars(groups, log=log)
    water = water if water is None else check_positive(water, "water")
    figure, axes = chart_axes(3.8, sentence, **labels)
    bottom = _log_axis(axes, [*heights.values(), water]) if log else 0
    places = np.arange(1, 1 + len(next(iter(heights.values()))))
    width = 0.8 / len(groups)
    left = places - 0.4 + width / 2
    colours = CURVES[: len(groups)] if len(groups) > 1 else [GREY]
    for position, (name, colour) in enumerate(zip(heights, colours, strict=True)):
        tall = heights[name] - bottom
        axes.bar(left + position * width, tall, width, bottom, color=colour, label=str(name))
    if water is not None:
        style: Any = {"color": CURVES[3], "alpha": 0.5, "linewidth": 0, "zorder": 2}
        axes.axhspan(bottom, water, label="water", **style)
    axes.set_xticks(places, labels=_words(groups) or list(map(str, places)))
    axes.legend()
    return Plate(figure, sentence)


def _words(groups: Mapping[str, Any]) -> list[str]:
    """The words below the bars, the same for all groups; none if they are numbered."""
    words = [list(group) if isinstance(group, Mapping) else [] for group in groups.values()]
    if any(each != words[0] for each in words):
        raise ValueError("groups must have the same words below their bars, or all of them none")
    return list(map(str, words[0]))


def _log_axis(axes: Axes, heights: Sequence[ArrayLike | None]) -> float:
    """Logarithms to the base 2 on the axis of y; returns its lower end, below all heights."""
    lowest = min(np.min(each) for each in heights if each is not None)
    bottom = 2.0 ** (np.ceil(np.log2(lowest)) - 1)
    axes.set_yscale("log", base=2)
    axes.set_ylim(bottom=bottom)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_yticks([], minor=True)
    return float(bottom)


def _heights_of_bars(groups: Mapping[str, Any], *, log: bool) -> dict[str, Floats]:
    """The heights of the bars of each group, arrays (n,)."""
    check_mapping(groups, "groups", len(CURVES))
    heights: dict[str, Floats] = {}
    length = None
    for name, group in groups.items():
        values = list(group.values()) if isinstance(group, Mapping) else group
        heights[name] = check_heights(values, f"groups[{name!r}]", length)
        length = len(heights[name])
    if log:
        _check_above_0(heights, "groups")
    return heights


def _check_above_0(heights: Mapping[str, ArrayLike], argument: str) -> None:
    """An axis of logarithms has no 0."""
    for name, each in heights.items():
        least = np.min(each)
        if least <= 0:
            raise ValueError(f"{argument}[{name!r}] must be above 0 for logarithms, got {least:g}")


@styled
def histogram(groups: Mapping[str, ArrayLike], *, sentence: str, **labels: str) -> Plate:
    """How often each value occurs, for groups of values over one axis; the rest is as in `curves`.

    `groups` has by name an array of any shape; `labels` are title and xlabel. The bars of all
    groups stand in the same places, narrower ones in front; the least value is the middle of one.
    """
    check_mapping(groups, "groups", len(CURVES))
    figure, axes = chart_axes(3.4, sentence, **{"ylabel": "how often"} | labels)
    values = [check_heights(group, f"groups[{name!r}]") for name, group in groups.items()]
    edges = _edges(np.concatenate(values))
    for position, (name, counted) in enumerate(zip(groups, values, strict=True)):
        share = 0.9 * 0.55**position  # narrower in front of wider: both heights can be read
        axes.hist(counted, edges, color=CURVES[position], label=str(name), rwidth=share)
    axes.legend()
    return Plate(figure, sentence)


def _edges(values: Floats, count: int = 40) -> list[float]:
    """The edges of so many equally wide bars, the first of them about the least value.

    The last is about the greatest value. There are bars also where all values are but one.
    """
    low = values.min()
    high = values.max()
    if high - low <= 1e-9 * np.abs(values).max():
        half = max(0.5, 1e-6 * abs(low))
        low -= half
        high += half
    beyond = (high - low) / (count - 1) / 2
    return [float(edge) for edge in np.linspace(low - beyond, high + beyond, count + 1)]


class CurveMarks:
    """Distortion over the half-steps of Lloyd's algorithm: a curve that grows point by point."""

    def __init__(self, axes: Axes) -> None:
        # The first ten half-steps matter most, the last may be the 300th.
        axes.set_xscale("symlog", linthresh=10)
        axes.set(xlabel="half-step", xlim=(-1, 400))
        axes.set(ylabel="mean squared error", yscale="log", ylim=(0.005, 20))
        half_steps = [0, 2, 4, 6, 8, 10, 30, 100, 300]
        axes.set_xticks(half_steps, labels=[str(half_step) for half_step in half_steps])
        errors = [0.01, 0.1, 1, 10]
        axes.set_yticks(errors, labels=[str(error) for error in errors])
        (self._line,) = axes.plot([], [], "o-", color=CURVES[0], markersize=4, in_layout=False)
        self.artists: list[Artist] = [self._line]

    def show(self, distortions: Sequence[float]) -> None:
        """Show these points: the distortions after 0, 1, 2, ... half-steps."""
        self._line.set_data(range(len(distortions)), distortions)


class RateMarks:
    """PSNR over rate as a curve that stays, and on it a point that moves.

    Parameters
    ----------
    axes : Axes
    rates : sequence of floats
        In bits per pixel.
    psnrs : sequence of floats
        In dB, infinite where nothing is lost.
    """

    NO_LOSS = 70.0
    """The height at which a picture without loss is drawn, in dB."""

    def __init__(self, axes: Axes, rates: Sequence[float], psnrs: Sequence[float]) -> None:
        axes.set(xlim=(0, max(8.4, 1.04 * max(rates))), ylim=(5, 75))
        axes.set(xlabel="rate in bits per pixel, codebook included", ylabel="PSNR in dB")
        labels = ["10", "20", "30", "40", "50", "60", "no loss"]
        axes.set_yticks([10, 20, 30, 40, 50, 60, self.NO_LOSS], labels=labels)
        draw_grid(axes)
        heights = np.minimum(psnrs, self.NO_LOSS)
        axes.plot(rates, heights, "o-", color=CURVES[0], markersize=4)
        (self._point,) = axes.plot([], [], "o", color=CURVES[1], markersize=11, in_layout=False)
        self.artists: list[Artist] = [self._point]

    def show(self, rate: float, psnr: float) -> None:
        """Move the point."""
        self._point.set_data([rate], [min(psnr, self.NO_LOSS)])


class LimitMarks:
    """SNR over rate: the limit, what codebooks of one dimension reach, and a point.

    All three are free to move.
    """

    def __init__(self, axes: Axes) -> None:
        axes.set(xlim=(0, 2.1), xlabel="rate in bits per dimension")
        axes.set(ylim=(-0.5, 20), ylabel="SNR in dB")
        draw_grid(axes)
        (self._limit,) = axes.plot([], [], "-", color=CURVES[0], label="the limit", in_layout=False)
        (self._trained,) = axes.plot(
            [],
            [],
            "o-",
            color=CURVES[1],
            markersize=5,
            label="trained, unseen samples",
            in_layout=False,
        )
        (self._point,) = axes.plot([], [], "o", color=CURVES[1], markersize=11, in_layout=False)
        self.artists: list[Artist] = [self._limit, self._trained, self._point]
        axes.legend(loc="upper left")

    def show(self, limit: Points, trained: Points, point: Points) -> None:
        """Move all three to these points: pairs (rates in bits per dimension, SNRs in dB)."""
        _move(self._limit, limit)
        _move(self._trained, trained)
        _move(self._point, point)


class ChosenMarks:
    """Curves that stay; over them one that is chosen, as a thick line, and a point of it.

    Parameters
    ----------
    axes : Axes
        With limits, labels and whatever else stays.
    curves : mapping
        By name the points of a curve. At most six.
    """

    def __init__(self, axes: Axes, curves: Mapping[str, Points]) -> None:
        self._colours = dict(zip(curves, CURVES, strict=False))
        self._curves = {name: np.asarray(points) for name, points in curves.items()}
        draw_grid(axes)
        for (name, points), marker in zip(self._curves.items(), MARKERS, strict=False):
            axes.plot(*points, marker, ls="-", color=self._colours[name], ms=4, label=name)
        axes.legend(loc="lower right", fontsize=8)
        (self._chosen,) = axes.plot([], [], "-", linewidth=3, in_layout=False)
        (self._point,) = axes.plot([], [], "o", markersize=11, in_layout=False)
        self.artists: list[Artist] = [self._chosen, self._point]

    def show(self, name: str, place: int) -> None:
        """Choose a curve, and the point at this place of it."""
        points = self._curves[name]
        _move(self._chosen, (points[0], points[1]))
        _move(self._point, (points[0, place], points[1, place]))
        for artist in (self._chosen, self._point):
            artist.set_color(self._colours[name])


class TrainingMarks:
    """A figure at some steps of a training run as a curve, and a point at one of them.

    Both are free to move. All steps are equally far from the next, so that the first ones, where
    most happens, have room.

    Parameters
    ----------
    axes : Axes
    steps : sequence of ints
        Those of the points of the curve; each third of them has its number on the axis.
    level : float
        The height of a dashed line.
    heights : sequence of floats
        The numbers on the axis of y, which reaches from just below the first of them to above
        the last: a point there is seen whole.
    log : bool
        Whether the axis of y has logarithms; then no height is 0.
    """

    def __init__(
        self,
        axes: Axes,
        steps: Sequence[int],
        level: float,
        heights: Sequence[float],
        *,
        log: bool = False,
    ) -> None:
        axes.set(xlim=(-0.5, len(steps) - 0.5), xlabel="step")
        axes.set_xticks(range(0, len(steps), 3), labels=[str(step) for step in steps[::3]])
        above = 1.1
        if log:
            axes.set_yscale("log")
            axes.set_yticks([], minor=True)
            above = 1.25
        axes.set_yticks(heights, labels=[f"{height:g}" for height in heights])
        axes.set_ylim(0.95 * heights[0], above * heights[-1])
        draw_grid(axes)
        axes.axhline(level, color=CURVES[0], linestyle="--", linewidth=1)
        (self._curve,) = axes.plot([], [], "-", color=CURVES[0], in_layout=False)
        (self._point,) = axes.plot([], [], "o", color=CURVES[1], markersize=11, in_layout=False)
        self.artists: list[Artist] = [self._curve, self._point]

    def show(self, values: Sequence[float], at: int) -> None:
        """Move the curve to these heights, one for each step, and the point to number `at`."""
        self._curve.set_data(range(len(values)), values)
        self._point.set_data([at], [values[at]])


def _move(line: Line2D, points: Points) -> None:
    x, y = points
    line.set_data(np.atleast_1d(x), np.atleast_1d(y))
