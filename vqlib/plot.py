"""The figures. Every function returns a `Plate`: a figure and the sentence that says what to see in it.

Code vectors are red stars, borders of regions blue, samples grey, errors orange, in every notebook.
"""

import functools
import io
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec

import matplotlib
import numpy as np
from IPython.display import display
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike, NDArray
from PIL import Image
from scipy.spatial import Voronoi

from .codebook import Codebook
from .image import GreyLevels, Picture, QuantizedImage, Source, quantize_image, read_image
from .arrays import Floats
from .checks import check_int as whole

RED, BLUE, GREY, ORANGE = "#C8102E", "#0072B2", "#9A9A9A", "#E69F00"
CURVES = ("#222222", "#009E73", "#CC79A7", "#56B4E9", "#7F5F00", "#7B4FC9")
MARKERS = "osD^vP"
STYLE: Any = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.axisbelow": True,
    "axes.spines.right": False,
    "legend.frameon": False,
}
SIDE = 400
"""Pixels of a picture's side on the page: two of them fit beside each other into a notebook cell."""
PLANE = (-3.2, 3.2)
"""The part of the plane that is shown, in both directions."""

P = ParamSpec("P")
Limits = tuple[float, float]
StarsRegions = Codebook | tuple[Codebook, Codebook]
Place = tuple[float, float, float, float]
"""Left, bottom, width and height in a figure, as shares of its size."""


class Plate:
    """A figure with its sentence. A notebook shows the figure and prints the sentence below it."""

    def __init__(self, figure: Figure, sentence: str, sharpness: int = 2) -> None:
        self.figure = figure
        self.sentence = sentence
        self._sharpness = sharpness

    def png(self) -> bytes:
        """The figure as PNG bytes, `sharpness` of its pixels to one pixel of the page."""
        out = io.BytesIO()
        self.figure.savefig(out, format="png", dpi=100 * self._sharpness)
        drawn = Image.open(out).convert("RGB")
        if drawn.getcolors(256):  # then a palette loses nothing and makes the notebook smaller
            drawn = drawn.convert("P", palette=Image.Palette.ADAPTIVE)
        out = io.BytesIO()
        drawn.save(out, "PNG", optimize=True)
        return out.getvalue()

    def __repr__(self) -> str:
        return self.sentence

    def _ipython_display_(self) -> None:
        width = round(100 * self.figure.get_figwidth())
        bundle = {"image/png": self.png(), "text/plain": self.sentence}
        display(bundle, metadata={"image/png": {"width": width}}, raw=True)
        print(textwrap.fill(self.sentence, 96))  # JupyterLab would break lines inside words


def _styled(draw: Callable[P, Plate]) -> Callable[P, Plate]:
    """Draw in the style of the series without changing the reader's own settings."""

    @functools.wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> Plate:
        with matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)

    return styled


def numbers(values: ArrayLike, digits: int = 4) -> str:
    """Numbers for a sentence: `-3, -1, 1, 3`, rounded to so many significant digits."""
    return ", ".join(number(value, digits) for value in np.ravel(values))


def number(value: float, digits: int = 4) -> str:
    """A number rounded to so many significant digits, what is only rounding error as 0."""
    return f"{np.round(value, 12) + 0.0:.{digits}g}"


def count(amount: float, noun: str) -> str:
    """`1 bit`, `2 bits`, `1.585 bits`."""
    return f"{amount:.4g} {noun}" if amount == 1 else f"{amount:.4g} {noun}s"


def code_words(codebook: Codebook) -> list[str]:
    """The binary code word of each index, all of one length: 00, 01, 10, 11."""
    length = (codebook.size - 1).bit_length()
    return [f"{index:0{length}b}" if length else "" for index in range(codebook.size)]


@_styled
def number_line(codebook: Codebook, low: float, high: float, samples: ArrayLike | None = None) -> Plate:
    """A scalar codebook on the number line from `low` to `high`, with its borders and code words.

    The classic picture of one-dimensional vector quantization, explained in notebook 01_scalar. `samples`, if given,
    are drawn as grey dots, each with a line to its code vector.
    """
    figure = Figure(figsize=(8.4, 2.5), layout="constrained")
    axes = figure.add_subplot()
    levels, borders = codebook.vectors[:, 0], codebook.thresholds
    axes.set(xlim=(low, high), ylim=(-1.1, 1.25))
    axes.set_axis_off()
    axes.annotate("", (high, 0), (low, 0), arrowprops={"arrowstyle": "<->", "color": "black"})
    axes.vlines(borders, -0.55, 0.85, color=BLUE, linewidth=2)
    for values, colour in ((levels, RED), (borders, BLUE)):
        for value in values:
            axes.text(value, -0.95, number(value), color=colour, ha="center")
    edges = np.clip([low, *borders, high], low, high)
    for word, left, right in zip(_in_order(codebook), edges[:-1], edges[1:], strict=True):
        axes.text((left + right) / 2, 0.95, word, ha="center", family="monospace")
    if samples is not None:
        points = np.ravel(samples)
        chosen = codebook.quantize(points)
        heights = np.linspace(0.55, 0.2, len(points))
        for x, y, level in zip(points, heights, chosen, strict=True):
            axes.plot([x, level], [y, 0], color=ORANGE, zorder=2)
        axes.plot(points, heights, "o", color=GREY, markeredgecolor="black")
    axes.plot(levels, 0 * levels, "*", color=RED, markersize=17, zorder=3)
    axes.set_title(f"{codebook.size} code vectors (stars), {codebook.size} encoding regions (between blue borders)")
    sentence = (
        f"{count(codebook.size, 'code vector')} at {numbers(levels)}; borders at {numbers(borders) or 'no number'}; "
        f"code words {', '.join(code_words(codebook))}; rate {count(codebook.rate, 'bit')} per dimension."
    )
    if samples is not None:
        sentence += f" {count(len(points), 'sample')} go to {numbers(np.unique(chosen))}."
    return Plate(figure, sentence)


def _in_order(codebook: Codebook) -> list[str]:
    """The code words of a scalar codebook from the lowest region to the highest."""
    words = code_words(codebook)
    return [words[index] for index in np.argsort(codebook.vectors[:, 0], kind="stable")]


@_styled
def index_value_error(codebook: Codebook, low: float, high: float) -> Plate:
    """Index, value and error of a scalar quantizer over its input: forward map, inverse map and what is lost."""
    figure = Figure(figsize=(8.4, 6.2), layout="constrained")
    top, middle, bottom = figure.subplots(3, 1, sharex=True, gridspec_kw={"height_ratios": (3, 4, 3)})
    x = np.linspace(low, high, 2401)
    indices, values = codebook.encode(x), codebook.quantize(x)
    jump = np.flatnonzero(np.diff(indices)) + 1  # break the lines there: a step has no value in between
    top.plot(np.insert(x, jump, np.nan), np.insert(indices.astype(float), jump, np.nan), color="black", linewidth=2)
    words = code_words(codebook)
    top.set(title="Forward map: which region?", ylabel="index", yticks=range(codebook.size), yticklabels=words)
    middle.plot(x, x, "--", color=GREY, label="input")
    middle.plot(np.insert(x, jump, np.nan), np.insert(values, jump, np.nan), color="black", linewidth=2)
    middle.plot(codebook.vectors, codebook.vectors, "*", color=RED, markersize=15, label="code vectors")
    middle.set(title="Inverse map: which code vector?", ylabel="value", yticks=codebook.vectors[:, 0])
    middle.legend(loc="upper left")
    error = values - x
    bottom.plot(np.insert(x, jump, np.nan), np.insert(error, jump, np.nan), color=ORANGE, linewidth=2)
    bottom.axhline(0, color=GREY, linewidth=1)
    bottom.set(title="Error: value minus input", xlabel="input", ylabel="error", xlim=(low, high))
    for axes in (top, middle, bottom):
        for border in codebook.thresholds:
            axes.axvline(border, color=BLUE, linewidth=1)
    lowest, highest = codebook.vectors.min(), codebook.vectors.max()
    inside = np.abs(error)[(x > lowest) & (x < highest)].max()
    sentence = (
        f"Index and value step up at {numbers(codebook.thresholds)}. From {number(lowest - inside)} to "
        f"{number(highest + inside)} the error stays within {number(inside)} of zero; beyond, it grows without limit: "
        f"{error[0]:+.3g} at {low:g}, {error[-1]:+.3g} at {high:g}."
    )
    return Plate(figure, sentence)


@_styled
def fit(points: Floats, weights: Floats, codebooks: Mapping[str, Codebook], span: float = 5) -> Plate:
    """Scalar codebooks over the density they are used on, each with its mean squared error."""
    figure = Figure(figsize=(8.4, 1.9 * len(codebooks) + 0.4), layout="constrained")
    told, rows = [], np.ravel(figure.subplots(len(codebooks), 1, sharex=True))
    for axes, (name, codebook) in zip(rows, codebooks.items(), strict=True):
        draw_density(axes, points, weights, span)
        LevelMarks(axes).show(codebook)
        distortion = codebook.distortion(points, weights)
        axes.set_title(f"{name}: mean squared error {distortion:.4f}")
        told.append(f"{name} {distortion:.4f}, levels {numbers(codebook.vectors, 2)}")
    axes.set_xlabel("sample (height: its density)")
    return Plate(figure, f"Mean squared error with {codebook.size} levels: {'; '.join(told)}.")


def draw_density(axes: Axes, points: Floats, weights: Floats, span: float) -> None:
    """A density as a grey hill over [-span, span]."""
    height = weights / (weights.sum() * (points[1] - points[0]))
    axes.fill_between(points, height, color=GREY, alpha=0.5, linewidth=0, step="mid")
    axes.set(xlim=(-span, span), ylim=(0, 1.3 * height.max()), yticks=[])
    axes.spines["left"].set_visible(False)


class LevelMarks:
    """A scalar codebook on an axis: code vectors as red stars, borders as blue lines, both free to move."""

    def __init__(self, axes: Axes) -> None:
        self._top = axes.get_ylim()[1]
        (self._borders,) = axes.plot([], [], color=BLUE, zorder=3, in_layout=False)
        (self._stars,) = axes.plot([], [], "*", color=RED, zorder=3, clip_on=False, in_layout=False)
        self.artists: list[Artist] = [self._borders, self._stars]

    def show(self, codebook: Codebook) -> None:
        """Move the marks to this codebook; with many levels they become small, so as not to hide what is below."""
        few, borders = codebook.size <= 16, codebook.thresholds
        top = self._top if codebook.size <= 64 else 0.2 * self._top
        self._borders.set_data(np.repeat(borders, 3), np.tile([0, top, np.nan], len(borders)))
        self._borders.set_linewidth(2 if few else 1)
        self._stars.set_data(codebook.vectors[:, 0], np.zeros(codebook.size))
        self._stars.set_markersize(15 if few else 7)


@_styled
def partition(
    samples: Floats, panels: Mapping[str, StarsRegions], sentence: str, *, words: bool = False, limits: Limits = PLANE
) -> Plate:
    """Codebooks of pairs over the same samples, each under its title, with code words if asked; see `PlaneMarks`.

    Of two codebooks in one panel the first gives the stars and the second the regions. The classic picture of
    two-dimensional vector quantization, explained in notebook 02_plane. The caller writes the sentence.
    """
    columns = {1: 1, 2: 2, 4: 2}.get(len(panels), 3)
    rows = -(-len(panels) // columns)
    wide = min(8.4 / columns, 4.2 if rows == 1 else 3.6)
    figure = Figure(figsize=(columns * wide, rows * (wide + 0.5)), layout="constrained")
    for spot, (title, shown) in enumerate(panels.items(), 1):
        axes = figure.add_subplot(rows, columns, spot)
        codebook, regions = shown if isinstance(shown, tuple) else (shown, shown)
        PlaneMarks(axes, limits).show(samples, codebook, regions)
        axes.set(title=title)
        if len(panels) == rows * columns:
            axes.label_outer()
        for word, place in zip(code_words(codebook) if words else [], codebook.vectors, strict=False):
            style: Any = {"family": "monospace", "bbox": {"fc": "white", "ec": "none", "pad": 0.2}}
            axes.annotate(word, place, (0, 7), textcoords="offset points", ha="center", fontsize=9, **style)
    return Plate(figure, sentence)


class PlaneMarks:
    """Samples and a codebook of pairs on an axis, all free to move: red stars, blue borders, grey dots."""

    def __init__(self, axes: Axes, limits: Limits = PLANE) -> None:
        axes.set(xlim=limits, ylim=limits, aspect="equal", xlabel="first component", ylabel="second component")
        (self._region,) = axes.fill([], [], color=BLUE, alpha=0.2, linewidth=0)
        marks = [(".", GREY), ("o", ORANGE), ("-", BLUE), ("-", "black"), ("*", RED)]
        style: Any = {"markersize": 3, "zorder": 3, "in_layout": False}
        self._lines = [axes.plot([], [], mark, color=colour, **style)[0] for mark, colour in marks]
        self.artists: list[Artist] = [self._lines[0], self._lines[1], self._region, *self._lines[2:]]

    def show(self, samples: Floats, codebook: Codebook, regions: Codebook, chosen: int | None = None) -> None:
        """Move the marks. The region of the chosen code vector is filled.

        Borders are those of `regions`. Where that is another codebook, black lines lead from its code vectors to the
        stars, and samples that have come to lie nearer to another star are orange.
        """
        dots, astray, borders, paths, stars = self._lines
        cells, corners = _cells(regions)
        nearest = codebook.encode(samples)
        wrong = nearest != (nearest if regions is codebook else regions.encode(samples))
        dots.set_data(*samples[~wrong].T)
        astray.set_data(*samples[wrong].T)
        for line, ends in ((borders, cells), (paths, np.stack([regions.vectors, codebook.vectors], axis=1))):
            line.set_data(*np.insert(ends, 2, np.nan, axis=1).reshape(-1, 2).T)
        stars.set_data(*codebook.vectors.T)
        stars.set_markersize(14 if codebook.size <= 16 else 8)
        self._region.set_xy([(0, 0)] if chosen is None else corners[chosen])


def _cells(codebook: Codebook) -> tuple[Floats, list[Floats]]:
    """Borders of a codebook of pairs, array (m, 2 ends, 2), and the corners of each region."""
    vectors = codebook.vectors
    if codebook.dimension != 2:
        raise ValueError(f"codebook must hold pairs, got vectors of dimension {codebook.dimension}")
    # Four points far away close the outer regions: no border goes to infinity.
    far = vectors.mean(axis=0) + 1000 * max(np.ptp(vectors), 1) * np.array([(1, 0), (0, 1), (-1, 0), (0, -1)])
    diagram = Voronoi(np.concatenate([vectors, far]))
    inner = (diagram.ridge_points < len(vectors)).all(axis=1)
    ends = np.array(diagram.ridge_vertices)[inner].astype(int).reshape(-1, 2)
    corners = [diagram.vertices[diagram.regions[region]] for region in diagram.point_region[: len(vectors)]]
    return diagram.vertices[ends], corners


@_styled
def curves(x: ArrayLike, lines: Mapping[str, ArrayLike], *, sentence: str, bottom: float = 0, **labels: str) -> Plate:
    """Curves over one axis, upwards from `bottom`; `labels` are title, xlabel, ylabel. The caller writes the text."""
    figure, axes = _chart(4.2, **labels)
    _lines(axes, {name: (x, y) for name, y in lines.items()})
    axes.set_xticks(np.ravel(x)[:: 1 + np.size(x) // 16])
    axes.set_ylim(bottom=min(bottom, axes.get_ylim()[0]))
    return Plate(figure, sentence)


@_styled
def rates(lines: Mapping[str, tuple[ArrayLike, ArrayLike]], *, sentence: str, **labels: str) -> Plate:
    """PSNR over rate, every curve with rates of its own: pairs (rates, PSNRs); the rest is as in `curves`."""
    about = {"xlabel": "bits per pixel, everything counted", "ylabel": "PSNR in dB"}
    figure, axes = _chart(4.2, **about | labels)
    _lines(axes, lines)
    axes.set_xlim(left=0)
    return Plate(figure, sentence)


def _lines(axes: Axes, lines: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> None:
    """Curves of points (x, y), each with a colour, its name in the legend, and marks unless there are many points."""
    for (name, (x, y)), colour, marker in zip(lines.items(), CURVES[: len(lines)], MARKERS[: len(lines)], strict=True):
        axes.plot(x, np.asarray(y), color=colour, marker=marker if np.size(x) <= 20 else "", linewidth=2, label=name)
    axes.legend()


@_styled
def scatter(values: Mapping[int, Sequence[float]], *, sentence: str, **labels: str) -> Plate:
    """Several outcomes for each whole number on the axis, as grey dots; the rest is as in `curves`."""
    figure, axes = _chart(3.4, **labels)
    for place, outcomes in values.items():
        spread = place + np.linspace(-0.15, 0.15, len(outcomes))
        axes.plot(spread, outcomes, "o", color=GREY, markeredgecolor="black", markersize=6)
    axes.set_xticks(list(values))
    return Plate(figure, sentence)


@_styled
def histogram(groups: Mapping[str, ArrayLike], *, sentence: str, **labels: str) -> Plate:
    """How often each value occurs, for groups of values over one axis; the rest is as in `curves`."""
    figure, axes = _chart(3.4, ylabel="how often", **labels)
    values = [np.ravel(group) for group in groups.values()]
    edges = np.histogram_bin_edges(np.concatenate(values), 30).tolist()
    axes.hist(values, edges, color=CURVES[: len(groups)], label=list(groups))
    axes.legend()
    return Plate(figure, sentence)


@_styled
def colour_cloud(pixels: Floats, panels: Mapping[str, Codebook | None], sentence: str) -> Plate:
    """Pixels as dots in RGB space, in their own colours or, under a codebook, in those of their code vectors.

    Code vectors are stars of their own colour with a red edge. The caller writes the sentence.
    """
    figure = Figure(figsize=(8.4, 4.1))
    for spot, (title, codebook) in enumerate(panels.items()):
        place = (spot / len(panels) + 0.005, 0.06, 0.86 / len(panels), 0.86)
        axes: Any = figure.add_axes(place, projection="3d", computed_zorder=False)
        shown = pixels if codebook is None else codebook.quantize(pixels)
        axes.scatter(*pixels.T, c=shown / 255, s=6, linewidths=0, depthshade=False)
        if codebook is not None:
            stars = codebook.vectors
            axes.scatter(*stars.T, c=stars / 255, marker="*", s=200, edgecolors=RED, linewidths=1.3, depthshade=False)
        axes.set(xlabel="red", ylabel="green", zlabel="blue", xlim=(0, 255), ylim=(0, 255), zlim=(0, 255))
        axes.set_title(title, loc="left")
        for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
            axis.set_ticks((0, 255))
            axis.set_pane_color("#D0D0D0")
    return Plate(figure, sentence)


def _chart(height: float, **labels: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(8.4, height), layout="constrained")
    axes = figure.add_subplot()
    axes.grid(axis="y", color="#DDDDDD")
    axes.set(**labels)
    return figure, axes


def window(picture: Picture, side: int = SIDE, centre: tuple[float, float] = (0.5, 0.5)) -> Picture:
    """The part of a picture that is shown on the page, at most `side` pixels high and wide; see `cut`."""
    shown, cell = cut(picture, side, centre)
    return shown.repeat(cell, axis=0).repeat(cell, axis=1)


def cut(picture: Picture, side: int, centre: tuple[float, float] = (0.5, 0.5), enlarge: int = 0) -> tuple[Picture, int]:
    """The part of a picture that is shown on `side` pixels of the page, and how many of them its own become, each way.

    With `enlarge` so many. Without, a picture more than twice as large is thinned to every k-th pixel first, and one
    less than half as large is enlarged by whole steps. Pixels stay pixels, and no grey value is shown that is not in
    the picture. It is cut around `centre`, given as shares of the height and the width, as far as the rim allows.
    """
    largest = max(picture.shape[:2])
    step = 1 if enlarge else max(1, largest // whole(side, "side", 1))
    cell = enlarge or max(1, side // largest)
    shown, reach = picture[::step, ::step], side // cell
    middles = (int(share * length) - reach // 2 for share, length in zip(centre, shown.shape[:2], strict=True))
    top, left = (max(0, min(middle, length - reach)) for middle, length in zip(middles, shown.shape[:2], strict=True))
    return np.ascontiguousarray(shown[top : top + reach, left : left + reach]), cell


def tiles(codebook: Codebook, block: int, side: int = SIDE) -> Picture:
    """The code vectors of blocks as a sheet of tiles on white, at most `side` pixels wide, so that one sees order.

    Rows go from dark to light; in each row tiles that are lighter on the left come first, those lighter right last.
    """
    blocks = codebook.vectors.reshape(codebook.size, block, block, -1).astype(np.uint8)
    columns = int(np.ceil(np.sqrt(codebook.size)))
    rows, channels = -(-codebook.size // columns), blocks.shape[3]
    slopes = blocks.sum(axis=(1, 3), dtype=int) @ (2 * np.arange(block) - block + 1)  # whole, so that ties are ties
    lights = blocks.sum(axis=(1, 2, 3), dtype=int)
    row = np.argsort(np.argsort(lights, kind="stable")) // columns
    cell = max(1, (side // columns - 1) // block)
    wide = block * cell + 1
    sheet = np.full((rows * columns, wide, wide, channels), 255, np.uint8)
    order = np.lexsort((lights, slopes, row))
    sheet[: codebook.size, 1:, 1:] = blocks[order].repeat(cell, axis=1).repeat(cell, axis=2)
    sheet = sheet.reshape(rows, columns, wide, wide, channels).swapaxes(1, 2)
    return np.ascontiguousarray(sheet.reshape(rows * wide, columns * wide, channels).squeeze())


def error_colours(original: ArrayLike, quantized: ArrayLike, limit: int = 48) -> Picture:
    """The error of each grey value as a colour: an array of the shape of `original` with one more axis, RGB.

    Orange where it became brighter, purple where darker, white where nothing was lost; full colour from `limit` on.
    """
    error = np.asarray(quantized, dtype=np.float64) - np.asarray(original)
    shades = matplotlib.colormaps["PuOr_r"](0.5 + error / (2 * limit), bytes=True)
    return np.asarray(shades[..., :3], dtype=np.uint8)


@_styled
def pictures(panels: Mapping[str, Picture], sentence: str, centre: tuple[float, float] = (0.5, 0.5)) -> Plate:
    """Pictures in a row, each under its title, pixel for pixel, with one scale from black 0 to white 255.

    Up to two get `SIDE` pixels each, more share the width. The part shown lies around `centre` (see `window`).
    """
    side = SIDE if len(panels) <= 2 else (2 * SIDE + 20) // len(panels) - 13
    figure, places = _sheet(len(panels), side, height=side)
    for place, (title, picture) in zip(places, panels.items(), strict=True):
        _show(figure.add_axes(place), window(picture, side, centre), title)
    return Plate(figure, sentence, sharpness=1)


@_styled
def side_by_side(picture: Picture, result: QuantizedImage) -> Plate:
    """Original and quantized picture, and under each the histogram; the right one with levels and borders.

    Pixel for pixel, with one scale from black 0 to white 255; see `window` for the part that is shown.
    """
    below = 130
    figure, places = _sheet(2, SIDE, height=SIDE, below=below + 52)
    _show(figure.add_axes(places[0]), window(picture), "Original, 8 bits")
    title = f"{count(result.size, 'level')}, {count(result.index_bits, 'bit')}"
    _show(figure.add_axes(places[1]), window(result.picture), title)
    tall = 100 * figure.get_figheight()
    histogram = GreyLevels(picture).histogram
    for place in places:
        axes = figure.add_axes((place[0], 48 / tall, place[2], below / tall))
        draw_histogram(axes, histogram)
    LevelMarks(axes).show(result.codebook)
    lost = "nothing is lost" if result.mse == 0 else f"mean squared error {result.mse:.1f}, PSNR {result.psnr:.1f} dB"
    sentence = (
        f"{count(result.size, 'grey level')}: {lost}; {result.index_bits} instead of 8 bits for a pixel and "
        f"{result.codebook_bits} bits once for the codebook, together {100 * result.saving:.1f} % less than before."
    )
    if 1 < result.size <= 8:
        sentence += f" Levels {numbers(result.levels)}; borders {numbers(result.codebook.thresholds)}."
    return Plate(figure, sentence, sharpness=1)


def quantize_and_show(source: Source, bits: int) -> Plate:
    """One call from a picture file: read it as grey, quantize it to `bits` bits, show both (see `quantize_image`)."""
    picture = read_image(source)
    return side_by_side(picture, quantize_image(picture, bits))


def draw_histogram(axes: Axes, histogram: Floats) -> None:
    """How often each grey value occurs, in grey."""
    axes.fill_between(np.arange(257) - 0.5, np.append(histogram, 0), step="post", color=GREY, linewidth=0)
    axes.set_ylim(0, 1.1 * histogram.max())
    axes.set(xlim=(-0.5, 255.5), yticks=[], xticks=[0, 64, 128, 192, 255])
    axes.set_xlabel("grey value (height: number of pixels)")
    axes.get_xticklabels()[0].set_horizontalalignment("left")
    axes.get_xticklabels()[-1].set_horizontalalignment("right")
    axes.spines["left"].set_visible(False)


def _sheet(count: int, side: int, height: int, below: int = 6) -> tuple[Figure, list[Place]]:
    """A figure for `count` squares of exactly `side` pixels with a title above, and where they go."""
    gap, above = 20, 30
    spots = [k * (side + gap) for k in range(count)]
    # A hair more: 820 / 100 * 100 is less than 820, and matplotlib before 3.11.1 would cut a column off.
    wide, tall = spots[-1] + side + 0.01, above + height + below + 0.01
    figure = Figure(figsize=(wide / 100, tall / 100), dpi=100)
    return figure, [(left / wide, below / tall, side / wide, height / tall) for left in spots]


def _show(axes: Axes, picture: Picture, title: str) -> None:
    """A picture at its own pixels; as RGB, since matplotlib's grey scale would change some pixels by one."""
    rgb = picture if picture.ndim == 3 else picture[..., None].repeat(3, axis=2)
    axes.imshow(rgb, interpolation="none")
    axes.set_axis_off()
    axes.set_title(title)


class CurveMarks:
    """Distortion over the half-steps of Lloyd's algorithm, as a curve that grows from point to point."""

    def __init__(self, axes: Axes) -> None:
        axes.set_xscale("symlog", linthresh=10)  # the first ten half-steps matter most, the last may be the 300th
        axes.set(xlabel="half-step", ylabel="mean squared error", xlim=(-1, 400), yscale="log", ylim=(0.005, 20))
        axes.set_xticks([0, 2, 4, 6, 8, 10, 30, 100, 300], labels=["0", "2", "4", "6", "8", "10", "30", "100", "300"])
        axes.set_yticks([0.01, 0.1, 1, 10], labels=["0.01", "0.1", "1", "10"])
        (self._line,) = axes.plot([], [], "o-", color=CURVES[0], markersize=4, in_layout=False)
        self.artists: list[Artist] = [self._line]

    def show(self, distortions: Sequence[float]) -> None:
        """Show so many points."""
        self._line.set_data(range(len(distortions)), distortions)


class RateMarks:
    """Distortion over rate as a curve, and on it the point that moves."""

    NO_LOSS = 70.0

    def __init__(self, axes: Axes, rates: Sequence[float], psnrs: Sequence[float]) -> None:
        axes.set(xlim=(0, max(8.4, 1.04 * max(rates))), ylim=(5, 75), ylabel="PSNR in dB")
        axes.set_xlabel("rate in bits per pixel, codebook included")
        axes.set_yticks([10, 20, 30, 40, 50, 60, self.NO_LOSS], labels=["10", "20", "30", "40", "50", "60", "no loss"])
        axes.grid(axis="y", color="#DDDDDD")
        axes.plot(rates, np.minimum(psnrs, self.NO_LOSS), "o-", color=CURVES[0], markersize=4)
        (self._point,) = axes.plot([], [], "o", color=CURVES[1], markersize=11, in_layout=False)
        self.artists: list[Artist] = [self._point]

    def show(self, rate: float, psnr: float) -> None:
        """Move the point."""
        self._point.set_data([rate], [min(psnr, self.NO_LOSS)])


class LimitMarks:
    """SNR over rate: the limit, what codebooks of one dimension reach, and a point; all free to move."""

    def __init__(self, axes: Axes) -> None:
        axes.set(xlim=(0, 2.1), ylim=(-0.5, 20), xlabel="rate in bits per dimension", ylabel="SNR in dB")
        axes.grid(axis="y", color="#DDDDDD")
        styles: list[tuple[str, str, int, str]] = [
            ("-", CURVES[0], 0, "the limit"),
            ("o-", CURVES[1], 5, "trained, unseen samples"),
            ("o", CURVES[1], 11, ""),
        ]
        self.artists: list[Any] = []
        for mark, colour, size, name in styles:
            self.artists += axes.plot([], [], mark, color=colour, markersize=size, label=name, in_layout=False)
        axes.legend(loc="upper left")

    def show(self, *points: tuple[ArrayLike, ArrayLike]) -> None:
        """Move all three."""
        for artist, (x, y) in zip(self.artists, points, strict=True):
            artist.set_data(np.atleast_1d(x), np.atleast_1d(y))


class Moving:
    """A drawing of `width` x `height` pixels of the page, of which little moves.

    `draw` draws what stands still, once, and returns the marks that move. `place` is where its axis goes; if left out,
    labels get the room that they need.
    """

    SHARPNESS = 2
    """Pixels of what stands still to one pixel of the page."""

    def __init__(self, width: int, height: int, draw: Callable[[Axes], Any], place: Place | None = None) -> None:
        with matplotlib.rc_context(STYLE):
            figure = Figure(figsize=(width / 100, height / 100), dpi=100 * self.SHARPNESS)
            figure.set_layout_engine("constrained" if place is None else "none")
            axes = figure.add_subplot() if place is None else figure.add_axes(place)
            self._marks = draw(axes)
            for artist in self._marks.artists:
                artist.set_animated(True)
            canvas = FigureCanvasAgg(figure)
            canvas.draw()
        self.width, self.height, self.axes = width, height, axes
        out = io.BytesIO()
        Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB").save(out, "PNG", compress_level=1)
        self.still = out.getvalue()
        """What stands still, as PNG bytes."""

    def marks(self, *state: Any) -> list[dict[str, Any]]:  # noqa: ANN401 -- whatever the marks show
        """The marks showing this, each as a dict that `view.js` draws, in pixels of the page from the upper left."""
        self._marks.show(*state)
        return [self._mark(artist) for artist in self._marks.artists]

    def data(self, x: float, y: float) -> Floats:
        """The point of the axis that is at this pixel of the page."""
        spot = np.array([x, self.height - y]) * self.SHARPNESS
        return np.asarray(self.axes.transData.inverted().transform(spot))

    def _mark(self, artist: Any) -> dict[str, Any]:  # noqa: ANN401 -- matplotlib has no types
        point = 100 / 72  # of type, in pixels of the page
        line = isinstance(artist, Line2D)
        marker = artist.get_marker() if line else "None"
        xy = artist.get_xydata() if line else artist.get_xy()
        # matplotlib's dot "." is half as large as its disc "o".
        radius = {"None": 0, ".": 0.25}.get(marker, 0.5) * point * (artist.get_markersize() if line else 0)
        box = self._page(artist.axes.bbox.get_points()) if artist.get_clip_on() else None
        return {
            "kind": "area" if not line else "stars" if marker == "*" else "line",
            "colour": matplotlib.colors.to_hex(artist.get_color() if line else artist.get_facecolor()),
            "alpha": artist.get_alpha() or 1,
            "width": 0 if not line or artist.get_linestyle() == "None" else point * artist.get_linewidth(),
            "radius": radius,
            "edge": point * artist.get_markeredgewidth() if line else 0,
            "clip": None if box is None else [*box.min(axis=0).tolist(), *np.ptp(box, axis=0).tolist()],
            "xy": self._page(artist.get_transform().transform(xy)).tobytes(),
        }

    def _page(self, points: Floats) -> NDArray[np.float32]:
        return ((points * (1, -1)) / self.SHARPNESS + (0, self.height)).astype(np.float32)
