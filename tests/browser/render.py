"""What a panel must look like, drawn by matplotlib from what its view was sent: independent of view.js."""

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image


def shown(view):
    """By name, every place of a view as an RGB array, one pixel of it for one of the page."""
    return {spot["name"]: of_place(view, spot) for column in view.columns for spot in column}


def of_place(view, spot):
    still = view.stills.get(spot["still"], {})
    part = view.frame.get(spot["name"], still)
    if png := view.grounds.get(spot["still"]):
        marks = still.get("marks", []) + (part["marks"] if part is not still else [])
        return drawing(png, marks, spot["width"], spot["height"])
    split = view.split if spot.get("divider") else 0
    return picture(still, part, split)


def picture(still, part, split=0):
    """The pixels of a part, left of the split those that stay; one pixel for one of the picture's own."""
    right = pixels(still | part)
    if not split:
        return right
    left = np.arange(right.shape[1]) < int(right.shape[1] * split / 100 + 0.5)
    return np.where(left[:, None], pixels(still), right)


def pixels(part):
    """RGB of a picture: one byte per pixel through its table, or three bytes by themselves."""
    data = np.frombuffer(part["indices"], np.uint8).reshape(part["height"], part["width"], -1)
    return data if data.shape[2] == 3 else np.frombuffer(part["table"], np.uint8).reshape(-1, 3)[data[..., 0]]


def drawing(png, marks, width, height):
    """What stands still, and the marks over it."""
    # Four times as fine and then averaged: matplotlib moves markers to whole pixels, a browser does not.
    figure = Figure(figsize=(width / 100, height / 100), dpi=400)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    ground = Image.open(io.BytesIO(png))
    axes.imshow(ground, extent=(0, width, height, 0), interpolation="none", aspect="auto")
    point = 72 / 100
    for place, mark in enumerate(marks):
        x, y = np.frombuffer(mark["xy"], np.float32).reshape(-1, 2).T
        style = {"color": mark["colour"], "alpha": mark["alpha"], "zorder": 3 + place}
        if mark["kind"] == "area":
            (artist,) = axes.fill(x, y, linewidth=0, **style)
        else:
            (artist,) = axes.plot(
                x,
                y,
                linestyle="-" if mark["width"] else "None",
                linewidth=point * mark["width"],
                marker="" if not mark["radius"] else "*" if mark["kind"] == "stars" else "o",
                markersize=2 * point * mark["radius"],
                markeredgewidth=point * mark["edge"],
                **style,
            )
        if mark["clip"]:
            left, top, wide, tall = mark["clip"]
            artist.set_clip_path(Rectangle((left, top), wide, tall, transform=axes.transData))
        else:
            artist.set_clip_on(False)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    fine = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    return np.asarray(fine.resize((width, height), Image.Resampling.BOX))


def sheet(views):
    """Pictures of several places as one, below each other, as the bytes of a PNG."""
    width = max(view.shape[1] for view in views)
    padded = [np.pad(view, ((0, 0), (0, width - view.shape[1]), (0, 0)), constant_values=255) for view in views]
    out = io.BytesIO()
    Image.fromarray(np.concatenate(padded)).save(out, "PNG")
    return out.getvalue()
