"""What search compares: the codebooks of a split in planes, and patches above those found."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from ..arrays import Picture
from ..checks import as_array, check_int, describe
from ..codebook import Codebook
from ..structured import Split, check_split
from .arguments import check_mapping, check_pair, check_span, check_text
from .plane import Limits, voronoi_cells
from .style import BLUE, ORANGE, RED, WIDTH, Plate, styled

PLANES_IN_A_ROW = 4
LEFT = 0.17
"""Of the width of a figure of patches: for the titles of its rows."""
FILLED = 0.88
"""Of the place of a patch in its row and column; the frame of a wrong one lies around it."""
FRAME = 0.045
"""The width of a frame, of that of the patch: the frames of neighbours do not touch."""
APART = 0.3
"""Of the place of a patch: the gap behind those that stand apart."""


@styled
def planes(split: Split, sentence: str, *, limits: Limits = (-1, 1)) -> Plate:
    """The codebooks of a split into pairs, each in a plane: red stars and blue borders.

    Parameters
    ----------
    split : Split
        All its parts are pairs.
    sentence : str
        What to see in the figure.
    limits : pair of floats
        The part of each plane that is shown, in both directions.

    Raises
    ------
    ValueError
        If a part is no pair, or `limits` are no span.
    """
    check_text(sentence, "sentence")
    lengths = [codebook.dimension for codebook in check_split(split).codebooks]
    if set(lengths) != {2}:
        raise ValueError(f"split must have parts of 2 components, got parts of {lengths}")
    span = check_span(*check_pair(limits, "limits"), "limits")
    columns = min(PLANES_IN_A_ROW, len(split))
    rows = -(-len(split) // columns)
    side = WIDTH / PLANES_IN_A_ROW
    figure = Figure(figsize=(columns * side, rows * (side + 0.2)), layout="constrained")
    for place, (codebook, part) in enumerate(zip(split.codebooks, split.parts, strict=True), 1):
        axes = figure.add_subplot(rows, columns, place)
        _draw_plane(axes, codebook)
        first, second = (part + 1).tolist()
        axes.set(xlim=span, ylim=span, aspect="equal", title=f"{first} and {second}")
        axes.label_outer()
    return Plate(figure, sentence)


def _draw_plane(axes: Axes, codebook: Codebook) -> None:
    """Fine enough for hundreds of code vectors in a small figure."""
    borders, _ = voronoi_cells(codebook)
    axes.add_collection(LineCollection(list(borders), colors=BLUE, linewidths=0.5))
    axes.plot(*codebook.vectors.T, "*", color=RED, markersize=4, markeredgewidth=0, zorder=3)


@styled
def patches_below(
    rows: Mapping[str, ArrayLike],
    sentence: str,
    *,
    wrong: Mapping[str, ArrayLike] | None = None,
    apart: int = 0,
) -> Plate:
    """Rows of square grey patches, enlarged; what stands below each other belongs together.

    Parameters
    ----------
    rows : mapping
        By title the patches of a row, uint8 array (n, side * side), all of one shape.
    sentence : str
        What to see in the figure.
    wrong : mapping, optional
        By title of a row which of its patches get an orange frame, bool array (n,).
    apart : int
        So many patches at the left of each row stand apart from the others.

    Raises
    ------
    ValueError
        If the patches are not of that shape, a row in `wrong` is none of `rows`, or not so many
        patches can stand apart.
    """
    check_text(sentence, "sentence")
    given = check_mapping(rows, "rows")
    shown = {str(title): _check_patches(given[title], title) for title in given}
    if len({patches.shape for patches in shown.values()}) > 1:
        shapes = [patches.shape for patches in shown.values()]
        raise ValueError(f"rows must have one shape, got {shapes}")
    count = len(next(iter(shown.values())))
    check_int(apart, "apart", 0, count - 1)
    flags = {} if wrong is None else check_mapping(wrong, "wrong")
    framed = {title: np.zeros(count, bool) for title in shown}
    framed |= {title: _check_wrong(shown, title, flags[title]) for title in flags}
    lefts = np.arange(count) + np.where(np.arange(count) < (apart or count), 0, APART)
    places = LEFT + (1 - LEFT) * lefts / (lefts[-1] + 1)
    width = (1 - LEFT) / (lefts[-1] + 1)
    height = 1 / len(shown)
    figure = Figure(figsize=(WIDTH, WIDTH * width * len(shown)))
    for row, (title, patches) in enumerate(shown.items()):
        bottom = 1 - (row + 1) * height
        figure.text(0, bottom + height / 2, title, va="center")
        for place, patch, is_wrong in zip(places, patches, framed[title], strict=True):
            margin = (1 - FILLED) / 2
            corner = (place + margin * width, bottom + margin * height)
            axes = figure.add_axes((*corner, FILLED * width, FILLED * height))
            _draw_patch(axes, patch, is_wrong=bool(is_wrong))
    return Plate(figure, sentence)


def _check_patches(values: ArrayLike, title: object) -> Picture:
    """Square patches, array (n, side, side)."""
    array = as_array(values, f"rows[{title!r}]")
    side = round(array.shape[-1] ** 0.5) if array.ndim == 2 else 0
    if array.dtype != np.uint8 or array.size == 0 or array.shape[1:] != (side**2,):
        allowed = "uint8 patches of shape (n, side * side)"
        raise ValueError(f"rows[{title!r}] must be {allowed}, got {describe(array)}")
    return np.asarray(array.reshape(-1, side, side), dtype=np.uint8)


def _check_wrong(rows: Mapping[str, Picture], title: str, flags: ArrayLike) -> NDArray[np.bool_]:
    """Flags for a row of patches."""
    if title not in rows:
        raise ValueError(f"wrong must name rows such as {next(iter(rows))}, got {title!r}")
    array = as_array(flags, f"wrong[{title!r}]")
    if array.dtype != bool or array.shape != (len(rows[title]),):
        allowed = f"{len(rows[title])} truth values"
        raise ValueError(f"wrong[{title!r}] must be {allowed}, got {describe(array)}")
    return array


def _draw_patch(axes: Axes, patch: Picture, *, is_wrong: bool) -> None:
    rgb = patch[..., None].repeat(3, axis=2)
    axes.imshow(rgb, interpolation="nearest", aspect="auto")
    axes.set_axis_off()
    if is_wrong:
        whole = 1 + 2 * FRAME
        frame = Rectangle((-FRAME, -FRAME), whole, whole, color=ORANGE, linewidth=0)
        # Behind the patch, so that all of it is seen, and the frame around it.
        frame.set(transform=axes.transAxes, clip_on=False, zorder=-1)
        axes.add_patch(frame)
