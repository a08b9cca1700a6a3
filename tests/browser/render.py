"""What a panel must look like, drawn by matplotlib from what its view was sent.

It is independent of view.js, so that the two can be compared.
"""

import io
import zlib

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

POINT = 72 / 100  # of type to a pixel of the page, as a figure of 100 dots per inch has them


def slots_of(view):
    """All slots of a view, cell by cell."""
    return [slot for cell in view.cells for slot in cell]


def shown(view):
    """By name, every slot of a view as an RGB array, one pixel of it for one of the page."""
    return {slot["name"]: of_slot(view, slot) for slot in slots_of(view)}


def of_slot(view, slot):
    """One slot of a view as an RGB array."""
    fixed = view.fixed.get(slot["fixed"], {})
    moving = moving_content(view, slot)
    if slot["fixed"] in view.axes_png:
        marks = fixed.get("marks", []) + moving.get("marks", [])
        return drawing(view.axes_png[slot["fixed"]], marks, slot["width"], slot["height"])
    part = part_seen(view, slot)
    return picture(fixed, moving, part, view.split if slot["divider"] else 0)


def moving_content(view, slot):
    """What of a slot moves; for an error with the picture that it is the error of."""
    content = view.frame.get(slot["name"], {})
    return view.frame.get(content.get("error_of"), {}) | content


def part_seen(view, slot):
    """Left, top, width, height and zoom of what is seen in a slot."""
    fixed = view.fixed.get(slot["fixed"], {})
    moving = moving_content(view, slot)
    if "left" in fixed and "pixels" not in moving:
        return view.part
    content = {"left": 0, "top": 0} | fixed | moving
    return {field: content[field] for field in ("left", "top", "width", "height", "zoom")}


def picture(fixed, moving, part, split=0):
    """The pixels that move, left of the split the fixed ones; one for one of the picture's own."""
    right = samples(fixed | moving, part)
    if "error_of" in moving:
        right = error_sizes(samples(fixed, part), right)
    right = rgb(right, fixed | moving)
    if split == 0:
        return right
    border = int(right.shape[1] * split / 100 + 0.5)
    is_left = np.arange(right.shape[1]) < border
    return np.where(is_left[:, None], rgb(samples(fixed, part), fixed), right)


def samples(content, part):
    """The bytes of the pixels of a part, array (height, width, 1 or 3)."""
    data = np.frombuffer(zlib.decompress(content["pixels"]), np.uint8)
    left = part["left"] - content.get("left", 0)
    top = part["top"] - content.get("top", 0)
    if "tiles" in content:
        data = from_tiles(data, content)
        left = content["left"] % content["block"]
        top = content["top"] % content["block"]
    else:
        data = data.reshape(content["height"], content["width"], -1)
    assert min(left, top) >= 0
    cut = data[top : top + part["height"], left : left + part["width"]]
    assert cut.shape[:2] == (part["height"], part["width"]), "it has not all pixels of the part"
    return cut


def from_tiles(indices, content):
    """All blocks of which a pixel is seen, array (height, width, channels)."""
    block = content["block"]
    tiles = np.frombuffer(zlib.decompress(content["tiles"]), np.uint8)
    tiles = tiles.reshape(-1, block, block, content["channels"])
    right = content["left"] + content["width"]
    columns = len(range(content["left"] // block * block, right, block))
    rows = indices.reshape(-1, columns)
    return np.concatenate([np.concatenate(tiles[row], axis=1) for row in rows])


def error_sizes(original, quantized):
    """The root of the mean squared error over the channels of each pixel, array (h, w, 1)."""
    squares = (original.astype(float) - quantized) ** 2
    return np.sqrt(squares.mean(axis=2, keepdims=True)).round().astype(int)


def rgb(pixels, content):
    """RGB of pixels: of one byte through the palette, of three bytes by themselves."""
    if pixels.shape[2] == 3:
        return pixels
    palette = np.frombuffer(content["palette"], np.uint8).reshape(-1, 3)
    return palette[pixels[..., 0]]


def drawing(png, marks, width, height):
    """The axes of a drawing, and the marks over it."""
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
    fine = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    return np.asarray(fine.resize((width, height), Image.Resampling.BOX))


def draw(axes, mark, order):
    """The artist of a mark; the higher its order, the nearer to the eye."""
    x, y = np.frombuffer(mark["xy"], np.float32).reshape(-1, 2).T
    style = {"color": mark["colour"], "alpha": mark["alpha"], "zorder": order}
    if mark["kind"] == "area":
        (artist,) = axes.fill(x, y, linewidth=0, **style)
    elif mark["kind"] == "line":
        (artist,) = axes.plot(x, y, "-", linewidth=POINT * mark["line_width"], **style)
    else:
        style["markersize"] = 2 * POINT * mark["radius"]
        style["markeredgewidth"] = POINT * mark["edge_width"]
        marker = {"discs": "o", "stars": "*"}[mark["kind"]]
        (artist,) = axes.plot(x, y, marker, **style)
    return artist


def clip(axes, artist, box):
    """Show an artist only in its box, or wherever it is if there is none."""
    if box is None:
        artist.set_clip_on(False)
        return
    left, top, width, height = box
    artist.set_clip_path(Rectangle((left, top), width, height, transform=axes.transData))


def sheet(pictures):
    """Pictures of several slots as one, below each other, as the bytes of a PNG."""
    width = max(one.shape[1] for one in pictures)
    padded = []
    for one in pictures:
        margin = (0, width - one.shape[1])
        padded.append(np.pad(one, ((0, 0), margin, (0, 0)), constant_values=255))
    out = io.BytesIO()
    Image.fromarray(np.concatenate(padded)).save(out, "PNG")
    return out.getvalue()
