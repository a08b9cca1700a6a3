"""What a view shows, without a browser: by NumPy and matplotlib, from what the page was sent.

It has nothing of view.js, so that the tests can compare the two.
"""

import io
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from PIL import Image

from .. import plot
from ..arrays import Picture
from .message import Clip, Mark, Part, Slot
from .view import View

POINT = 72 / 100
"""Points of type to a pixel of the page, in a figure of 100 dots per inch."""
Content = dict[str, Any]
"""A record of message.py of which only some fields may be there."""
Samples = NDArray[Any]
"""Whole numbers from 0 to 255, array (height, width, 1 or 3)."""


def slots_of(view: View) -> list[Slot]:
    """All slots of a view, cell by cell."""
    return [slot for cell in view.cells for slot in cell]


def shown(view: View) -> dict[str, Picture]:
    """By name, every slot of a view as an RGB array, one pixel of it for one of the page."""
    return {slot["name"]: of_slot(view, slot) for slot in slots_of(view)}


def of_slot(view: View, slot: Slot) -> Picture:
    """One slot of a view as an RGB array."""
    fixed: Content = {**view.fixed.get(slot["fixed"], {})}
    moving = moving_content(view, slot)
    if slot["fixed"] in view.axes_png:
        marks = fixed.get("marks", []) + moving.get("marks", [])
        return drawing(view.axes_png[slot["fixed"]], marks, slot["width"], slot["height"])
    part = part_seen(view, slot)
    return picture(fixed, moving, part, view.split if slot["divider"] else 0)


def moving_content(view: View, slot: Slot) -> Content:
    """What of a slot moves; for an error with the picture that it is the error of."""
    content: Content = {**view.frame.get(slot["name"], {})}
    return {**view.frame.get(content.get("error_of", ""), {}), **content}


def part_seen(view: View, slot: Slot) -> Part:
    """Left, top, width, height and zoom of what is seen in a slot."""
    fixed: Content = {**view.fixed.get(slot["fixed"], {})}
    moving = moving_content(view, slot)
    if "left" in fixed and "pixels" not in moving:
        part: Part = view.part
        return part
    content = {"left": 0, "top": 0} | fixed | moving
    return {
        "left": content["left"],
        "top": content["top"],
        "width": content["width"],
        "height": content["height"],
        "zoom": content["zoom"],
    }


def picture(fixed: Content, moving: Content, part: Part, split: int = 0) -> Picture:
    """The pixels that move, left of the split the fixed ones; one for one of the picture's own."""
    right = samples(fixed | moving, part)
    if "error_of" in moving:
        right = error_sizes(samples(fixed, part), right)
    right = rgb(right, fixed | moving)
    if split > 0:
        border = int(right.shape[1] * split / 100 + 0.5)
        is_left = np.arange(right.shape[1]) < border
        right = np.where(is_left[:, None], rgb(samples(fixed, part), fixed), right)
    return outlined(right, (fixed | moving).get("outlines", []), part)


def outlined(picture: Picture, boxes: Sequence[Sequence[int]], part: Part) -> Picture:
    """A picture with a white line around each of these boxes, and a black one around that."""
    y, x = np.indices(picture.shape[:2])
    y += part["top"]
    x += part["left"]
    for left, top, width, height in boxes:
        beyond_sides = np.maximum(left - x, x - (left + width - 1))
        beyond = np.maximum(beyond_sides, np.maximum(top - y, y - (top + height - 1)))
        for away, grey in ((1, 255), (2, 0)):
            picture = np.where((beyond == away)[..., None], np.uint8(grey), picture)
    return picture


def samples(content: Content, part: Part) -> Samples:
    """The bytes of the pixels of a part, array (height, width, 1 or 3).

    Raises
    ------
    ValueError
        If the content has not all of them.
    """
    data = np.frombuffer(zlib.decompress(content["pixels"]), np.uint8)
    left = part["left"] - content.get("left", 0)
    top = part["top"] - content.get("top", 0)
    if "tiles" in content:
        data = from_tiles(data, content)
        left = content["left"] % content["block"]
        top = content["top"] % content["block"]
    else:
        data = data.reshape(content["height"], content["width"], -1)
    cut = data[max(top, 0) : top + part["height"], max(left, 0) : left + part["width"]]
    if cut.shape[:2] != (part["height"], part["width"]):
        raise ValueError(f"content must have all pixels of {part}, got {cut.shape[:2]} of them")
    return cut


def from_tiles(indices: Samples, content: Content) -> Samples:
    """All blocks of which a pixel is seen, array (height, width, channels)."""
    block = content["block"]
    tiles = np.frombuffer(zlib.decompress(content["tiles"]), np.uint8)
    tiles = tiles.reshape(-1, block, block, content["channels"])
    right = content["left"] + content["width"]
    columns = len(range(content["left"] // block * block, right, block))
    rows = indices.reshape(-1, columns)
    return np.concatenate([np.concatenate(tiles[row], axis=1) for row in rows])


def error_sizes(original: Samples, quantized: Samples) -> Samples:
    """The root of the mean squared error over the channels of each pixel, array (h, w, 1)."""
    squares = (original.astype(float) - quantized) ** 2
    return np.asarray(np.sqrt(squares.mean(axis=2, keepdims=True)).round(), dtype=np.int64)


def rgb(pixels: Samples, content: Content) -> Picture:
    """RGB of pixels: of one byte through the palette, of three bytes by themselves."""
    if pixels.shape[2] == 3:
        return pixels
    palette = np.frombuffer(content["palette"], np.uint8).reshape(-1, 3)
    return palette[pixels[..., 0]]


def drawing(png: bytes, marks: Sequence[Mark], width: int, height: int) -> Picture:
    """The axes of a drawing, and the marks over it."""
    with plot.own_settings():
        figure = _drawn(png, marks, width, height)
    fine = Image.fromarray(np.asarray(figure.buffer_rgba())).convert("RGB")
    return np.asarray(fine.resize((width, height), Image.Resampling.BOX))


def _drawn(png: bytes, marks: Sequence[Mark], width: int, height: int) -> FigureCanvasAgg:
    # Four times as fine and then averaged: matplotlib moves markers to whole pixels, a browser does
    # not.
    figure = Figure(figsize=(width / 100, height / 100), dpi=400)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    background = Image.open(io.BytesIO(png))
    axes.imshow(background, extent=(0, width, height, 0), interpolation="none", aspect="auto")
    for order, mark in enumerate(marks, 3):
        artist = draw(axes, mark, order)
        clip(axes, artist, mark["clip"])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas


def draw(axes: Axes, mark: Mark, order: int) -> Artist:
    """The artist of a mark; the higher its order, the nearer to the eye."""
    x, y = np.frombuffer(mark["xy"], np.float32).reshape(-1, 2).T
    style: dict[str, Any] = {"color": mark["colour"], "alpha": mark["alpha"], "zorder": order}
    if mark["kind"] == "area":
        return axes.fill(x, y, linewidth=0, **style)[0]
    if mark["kind"] == "line":
        return axes.plot(x, y, "-", linewidth=POINT * mark["line_width"], **style)[0]
    style["markersize"] = 2 * POINT * mark["radius"]
    style["markeredgewidth"] = POINT * mark["edge_width"]
    marker = {"discs": "o", "stars": "*"}[mark["kind"]]
    return axes.plot(x, y, marker, **style)[0]


def clip(axes: Axes, artist: Artist, box: Clip | None) -> None:
    """Show an artist only in its box, or wherever it is if there is none."""
    if box is None:
        artist.set_clip_on(False)
        return
    left, top, width, height = box
    artist.set_clip_path(Rectangle((left, top), width, height, transform=axes.transData))
