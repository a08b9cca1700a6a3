"""Pictures at their own pixels, what quantizing did to them, and their colours in space."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ..arrays import Floats, Picture
from ..checks import check_int, check_picture, check_rows
from ..codebook import Codebook, check_dimension
from ..image import SIDE, GreyLevels, QuantizedImage, Source, quantize_image, read_image, window
from ..measure import mse
from .arguments import (
    check_heights,
    check_mapping,
    check_pair,
    check_side,
    check_text,
)
from .line import LevelMarks
from .style import GREY, PIXELS_PER_INCH, RED, WIDTH, AxesRectangle, Plate, styled
from .text import count, numbers

GAP = 20
"""Pixels of the page between two pictures of a row."""
ERROR_COLOURS = matplotlib.colormaps["PuOr_r"].resampled(256)
"""Of 256 steps whatever the reader's settings were when matplotlib was loaded."""
FEW_BARS = 4
"""So many bars of a histogram may end above its axis, if otherwise they would flatten the rest."""


@styled
def pictures(
    panels: Mapping[str, Picture],
    sentence: str,
    centre: tuple[float, float] = (0.5, 0.5),
    *,
    columns: int = 0,
    side: int = 0,
) -> Plate:
    """Pictures in rows, pixel for pixel, with one scale from black 0 to white 255.

    Up to two in a row get `SIDE` pixels each, more share the width.

    Parameters
    ----------
    panels : mapping
        By title a grey or RGB picture, uint8 (height, width) or (height, width, 3).
    sentence : str
        What to see in the figure.
    centre : pair of floats
        The middle of the part that is shown, as shares of height and width; see `image.window`.
    columns : int
        How many stand in a row; 0 for all of them.
    side : int
        Pixels of the page for each picture each way; 0 for as many as the row has room for.

    Raises
    ------
    ValueError
        If there is no picture, or one is not such an array.
    """
    check_text(sentence, "sentence")
    check_mapping(panels, "panels")
    shown = {title: check_picture(panels[title], f"panels[{title!r}]") for title in panels}
    return _in_rows(shown, sentence, centre, columns, side)


def _in_rows(
    panels: Mapping[str, Picture],
    sentence: str,
    centre: tuple[float, float],
    columns: int,
    side: int,
    below: int = 6,
) -> Plate:
    """What `pictures` does, with so many pixels of the page below the last row."""
    middle = check_pair(centre, "centre")
    figure, squares = _squares(len(panels), columns, side, below)
    side = _side(len(panels), columns, side)
    for square, (title, picture) in zip(squares, panels.items(), strict=True):
        _show_picture(figure.add_axes(square), window(picture, side, middle), str(title))
    return Plate(figure, sentence, sharpness=1)


@styled
def errors(
    original: Picture,
    panels: Mapping[str, Picture],
    sentence: str,
    centre: tuple[float, float] = (0.5, 0.5),
    *,
    limit: int = 48,
    columns: int = 0,
    side: int = 0,
) -> Plate:
    """The errors of quantized grey pictures as in `error_colours`, with the scale of colours below.

    Parameters
    ----------
    original : uint8 array (height, width)
    panels : mapping
        By title a quantized picture of the same shape.
    limit : int
        The error from which on the colour is full.

    The others are those of `pictures`.
    """
    check_text(sentence, "sentence")
    check_mapping(panels, "panels")
    limit = check_int(limit, "limit", 1, 255)
    check_picture(original, "original", kinds=("grey",))
    colours = {}
    for title, picture in panels.items():
        check_picture(picture, f"panels[{title!r}]", kinds=("grey",))
        colours[title] = error_colours(original, picture, limit)
    plate = _in_rows(colours, sentence, centre, columns, side, below=62)
    last = plate.figure.axes[-1]
    _draw_scale(_axes_below(plate.figure, last.get_position().bounds, 44, 12), limit)
    return plate


def _draw_scale(axes: Axes, limit: int) -> None:
    """The colours of errors from -limit to limit."""
    steps = np.arange(-limit, limit + 1)
    colours = error_colours(0 * steps, steps, limit)
    axes.imshow(colours[None], aspect="auto", extent=(-limit - 0.5, limit + 0.5, 0, 1))
    axes.set(yticks=[], xticks=[-limit, 0, limit])
    axes.set_xticklabels([f"{limit}+ too dark", "0", f"{limit}+ too bright"])
    left, _, right = axes.get_xticklabels()
    left.set_horizontalalignment("left")
    right.set_horizontalalignment("right")


def _side(number: int, columns: int, side: int) -> int:
    """Pixels of the page for each of so many pictures; see `pictures`."""
    side, columns = check_side(side, columns, number)
    if side or columns <= 2:
        return side or SIDE
    return (2 * SIDE + GAP) // columns - 13  # of three pictures each leaves 13 to the gaps


@styled
def side_by_side(picture: Picture, result: QuantizedImage) -> Plate:
    """Original and quantized picture, and under each the histogram; right with levels and borders.

    Pixel for pixel, with one scale from black 0 to white 255; see `image.window` for the part
    that is shown.

    Parameters
    ----------
    picture : uint8 array (height, width)
    result : QuantizedImage
        Of that picture.

    Raises
    ------
    ValueError
        If it is not a grey picture, or the result is not one of its pixels.
    """
    check_picture(picture, kinds=("grey",))
    _check_result(result, np.asarray(picture))
    height = 130  # of the histograms, in pixels of the page
    labels = 48  # below them, likewise
    figure, squares = _squares(2, below=height + labels + 4)
    left, right = squares
    _show_picture(figure.add_axes(left), window(picture, SIDE), "Original, 8 bits")
    title = f"{count(result.size, 'level')}, {count(result.index_bits, 'bit')}"
    _show_picture(figure.add_axes(right), window(result.picture, SIDE), title)
    frequencies = GreyLevels(picture).histogram
    draw_histogram(_axes_below(figure, left, labels, height), frequencies)
    axes = _axes_below(figure, right, labels, height)
    draw_histogram(axes, frequencies)
    LevelMarks(axes).show(result.codebook)
    # A result that was read from a file does not know its error.
    known = replace(result, mse=mse(picture, result.picture))
    return Plate(figure, _sentence_of_result(known), sharpness=1)


def _check_result(result: object, picture: Picture) -> None:
    """Refuse what is not the outcome of quantizing the single pixels of this grey picture."""
    if not isinstance(result, QuantizedImage):
        advice = "image.quantize_image makes one of a picture"
        given = type(result).__name__
        raise ValueError(f"result must be a QuantizedImage, got {given}: {advice}")
    if result.codebook.dimension != 1:
        given = f"code vectors of dimension {result.codebook.dimension}"
        raise ValueError(f"result must be one of single grey pixels, got {given}")
    if result.picture.shape != picture.shape:
        given = f"shapes {picture.shape} and {result.picture.shape}"
        raise ValueError(f"result must be of the picture given, got {given}")
    error = mse(picture, result.picture)
    if not np.isnan(result.mse) and abs(result.mse - error) > 1e-9 * max(error, 1):
        given = f"a mean squared error of {error:.4g} between them, and {result.mse:.4g} in result"
        raise ValueError(f"result must be of the picture given, got {given}")


def _sentence_of_result(result: QuantizedImage) -> str:
    """Size, error and cost; levels and borders, too, where they are few."""
    lost = f"mean squared error {result.mse:.1f}, PSNR {result.psnr:.1f} dB"
    if result.mse == 0:
        lost = "nothing is lost"
    sentence = (
        f"{count(result.size, 'grey level')}: {lost}; "
        f"{result.index_bits} instead of 8 bits for a pixel and "
        f"{result.codebook_bits} bits once for the codebook, "
        f"together {100 * result.saving:.1f} % less than before."
    )
    if 1 < result.size <= 8:
        borders = numbers(result.codebook.thresholds)
        sentence += f" Levels {numbers(result.levels)}; borders {borders}."
    return sentence


def quantize_and_show(source: Source, bits: int) -> Plate:
    """One call from a picture file: read it as grey, quantize it to `bits` bits, show both.

    Parameters
    ----------
    source : path, or the bytes of a file
    bits : int
        From 1 to 8; see `image.quantize_image`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it cannot be read as a picture, or `bits` is not one of those.
    """
    picture = read_image(source)
    return side_by_side(picture, quantize_image(picture, bits))


def draw_histogram(axes: Axes, histogram: Floats) -> None:
    """How often each grey value occurs, array (256,), in grey."""
    check_heights(histogram, "histogram", 256)
    # Each value stands in the middle of its step, from 0.5 below it to 0.5 above.
    edges = np.arange(257) - 0.5
    heights = np.append(histogram, 0)
    axes.fill_between(edges, heights, step="post", color=GREY, linewidth=0)
    axes.set_ylim(0, _top_of(histogram))
    axes.set(xlim=(-0.5, 255.5), yticks=[], xticks=[0, 64, 128, 192, 255])
    axes.set_xlabel("grey value (height: number of pixels)")
    # The outer labels end where the axis does, which may be the rim of the figure.
    labels = axes.get_xticklabels()
    labels[0].set_horizontalalignment("left")
    labels[-1].set_horizontalalignment("right")
    axes.spines["left"].set_visible(False)
    _tell_of_cut_bar(axes, histogram)


def _top_of(histogram: Floats) -> float:
    """Where the axis of a histogram ends: above it, unless a few bars would flatten the others."""
    highest = float(histogram.max())
    typical = float(np.sort(histogram)[-1 - FEW_BARS])
    if highest > 3 * typical > 0:
        return 1.5 * typical
    return 1.1 * highest


def _tell_of_cut_bar(axes: Axes, histogram: Floats) -> None:
    """Beside the highest bar how high it is, if the axis ends before."""
    top = axes.get_ylim()[1]
    value = int(histogram.argmax())
    highest = histogram[value]
    if highest <= top:
        return
    is_left = value < 128
    style: Any = {"ha": "left" if is_left else "right", "va": "top", "fontsize": 9}
    style["bbox"] = {"fc": "white", "ec": "none", "pad": 1}
    beside = 4 if is_left else -4
    axes.text(value + beside, top, f"cut: {highest:,.0f}", zorder=4, **style)


def error_colours(original: ArrayLike, quantized: ArrayLike, limit: int = 48) -> Picture:
    """The error of each grey value as a colour.

    Orange where it became brighter, purple where darker, white where nothing was lost.

    Parameters
    ----------
    original, quantized : arrays of one shape
    limit : int
        The error from which on the colour is full.

    Returns
    -------
    uint8 array of that shape and one more axis for RGB

    Raises
    ------
    ValueError
        If they are not finite numbers of one shape, or `limit` is not a whole number from 1 to 255.
    """
    error = check_heights(quantized, "quantized")
    before = check_heights(original, "original")
    shape = np.shape(original)
    if shape != np.shape(quantized):
        given = f"{shape} and {np.shape(quantized)}"
        raise ValueError(f"original and quantized must have one shape, got {given}")
    limit = check_int(limit, "limit", 1, 255)
    error = (error - before).reshape(shape)
    rgba = ERROR_COLOURS(0.5 + np.clip(error, -limit, limit) / (2 * limit), bytes=True)
    return np.asarray(rgba[..., :3], dtype=np.uint8)


@styled
def colour_cloud(pixels: Floats, panels: Mapping[str, Codebook | None], sentence: str) -> Plate:
    """Pixels as dots in RGB space, in their own colours or in those of their code vectors.

    Code vectors are stars of their own colour with a red edge.

    Parameters
    ----------
    pixels : array (n, 3)
        Red, green and blue from 0 to 255.
    panels : mapping
        By title a codebook of colours, or None for the pixels as they are.
    sentence : str
        What to see in the figure.

    Raises
    ------
    ValueError
        If pixels or code vectors are no colours.
    """
    check_text(sentence, "sentence")
    check_mapping(panels, "panels")
    pixels = check_rows(pixels, "pixels", 3)
    if pixels.min() < 0 or pixels.max() > 255:
        given = f"from {pixels.min():g} to {pixels.max():g}"
        raise ValueError(f"pixels must lie from 0 to 255, got them {given}")
    figure = Figure(figsize=(WIDTH, 4.1))
    for position, (title, codebook) in enumerate(panels.items()):
        rectangle = (position / len(panels) + 0.005, 0.06, 0.86 / len(panels), 0.86)
        # Matplotlib has no types for axes in space. Its own order would put dots above stars.
        axes: Any = figure.add_axes(rectangle, projection="3d", computed_zorder=False)
        if codebook is not None:
            check_dimension(codebook, 3, "colours", f"panels[{title!r}]")
        _draw_colours(axes, pixels, codebook)
        _frame_colour_space(axes)
        axes.set_title(str(title), loc="left")
    return Plate(figure, sentence)


def _draw_colours(axes: Any, pixels: Floats, codebook: Codebook | None) -> None:  # noqa: ANN401
    """Dots and stars; their colours go to matplotlib as numbers from 0 to 1."""
    shown = pixels if codebook is None else codebook.quantize(pixels)
    axes.scatter(*pixels.T, c=np.clip(shown / 255, 0, 1), s=6, linewidths=0, depthshade=False)
    if codebook is None:
        return
    stars = codebook.vectors
    style = {"marker": "*", "s": 200, "edgecolors": RED, "linewidths": 1.3}
    axes.scatter(*stars.T, c=np.clip(stars / 255, 0, 1), depthshade=False, **style)


def _frame_colour_space(axes: Any) -> None:  # noqa: ANN401
    axes.set(xlabel="red", ylabel="green", zlabel="blue")
    axes.set(xlim=(0, 255), ylim=(0, 255), zlim=(0, 255))
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_ticks((0, 255))
        axis.set_pane_color("#D0D0D0")


def _squares(
    number: int, columns: int = 0, side: int = 0, below: int = 6
) -> tuple[Figure, list[AxesRectangle]]:
    """A figure for pictures in rows, each with a title above it, and where they go.

    Every one gets a square of exactly `side` pixels of the page; `below` pixels are left under the
    last row. See `pictures`.
    """
    side = _side(number, columns, side)
    columns = columns or number
    above = 30
    rows = math.ceil(number / columns)
    places = [divmod(position, columns) for position in range(number)]
    # A hair more: 820 / 100 * 100 is less than 820, and matplotlib before 3.11.1 would cut a
    # column off.
    width = columns * (side + GAP) - GAP + 0.01
    height = rows * (above + side) + below + 0.01
    size = (width / PIXELS_PER_INCH, height / PIXELS_PER_INCH)
    figure = Figure(figsize=size, dpi=PIXELS_PER_INCH)
    squares = []
    for row, column in places:
        left = column * (side + GAP)
        bottom = below + (rows - 1 - row) * (above + side)
        squares.append((left / width, bottom / height, side / width, side / height))
    return figure, squares


def _axes_below(figure: Figure, square: AxesRectangle, bottom: int, height: int) -> Axes:
    """Axes as wide as a square, `bottom` pixels of the page above the lower rim of the figure."""
    left, _, width, _ = square
    pixels = PIXELS_PER_INCH * figure.get_figheight()
    return figure.add_axes((left, bottom / pixels, width, height / pixels))


def _show_picture(axes: Axes, picture: Picture, title: str) -> None:
    """A picture at its own pixels; as RGB, since matplotlib's grey scale changes some by one."""
    rgb = picture if picture.ndim == 3 else picture[..., None].repeat(3, axis=2)
    axes.imshow(rgb, interpolation="none")
    axes.set_axis_off()
    axes.set_title(title)
