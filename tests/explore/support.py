"""What the tests of panels share: how a panel is read, moved and compared.

Nothing here comes from vqlib.explore but the panels themselves.
"""

import io
import json
import re

import ipywidgets as widgets
import numpy as np
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from PIL import Image

from vqlib import explore, image, plot, sources
from vqlib.explore import rendering

PHOTO_PANELS = [
    explore.PicturePanel,
    explore.ColourPanel,
    explore.BlockPanel,
    explore.StagePanel,
]
PANELS = [
    explore.RampPanel,
    explore.ScalarPanel,
    explore.PlanePanel,
    explore.DesignPanel,
    explore.LimitPanel,
    explore.FindPanel,
    explore.WordPanel,
    explore.CollapsePanel,
    explore.PassPanel,
    *PHOTO_PANELS,
]
PANELS_WITH_RESET = PANELS[1:]

# --- what a panel shows and says


def slot_named(view, name):
    (found,) = [slot for slot in rendering.slots_of(view) if slot["name"] == name]
    return found


def seen(view, name):
    """A picture of a view as it must look on the page, array (height, width, 3)."""
    slot = slot_named(view, name)
    fixed = view.fixed.get(slot["fixed"], {})
    part = rendering.part_seen(view, slot)
    picture = rendering.picture(fixed, rendering.moving_content(view, slot), part)
    return enlarged(picture, part["zoom"])


def enlarged(picture, zoom):
    """Each pixel of a picture as a square of so many."""
    return picture.repeat(zoom, axis=0).repeat(zoom, axis=1)


def as_rgb(picture):
    """A grey picture as RGB, one in colour as it is."""
    if picture.ndim == 3:
        return picture
    return np.stack([picture] * 3, axis=-1)


def on_page(picture):
    """A picture as the page shows it if nothing is asked for, in grey or colour."""
    return image.window(picture, plot.SIDE)


def assert_seen(panel, name, picture):
    """The panel shows this picture, grey or RGB, pixel by pixel."""
    assert (seen(panel.view, name) == as_rgb(picture)).all()


def status(panel):
    """What a panel says, when all is well."""
    assert panel.view.status_is_error is False
    return panel.view.status


def contents(panel):
    """All pictures and drawings that a panel shows, to be compared with later ones."""
    view = panel.view
    return view.frame, view.fixed, view.axes_png, view.part


def everything(panel):
    """All that a panel shows, to be compared with what it shows later."""
    view = panel.view
    return *contents(panel), view.status, view.status_is_error, view.split


def rows_of_controls(panel):
    return [row.children for row in panel.children if isinstance(row, widgets.Box)]


def first_slider(panel):
    """The first slider of whole numbers."""
    controls = [control for row in rows_of_controls(panel) for control in row]
    return next(control for control in controls if isinstance(control, widgets.IntSlider))


def control_values(panel):
    """The values of all sliders, lists and boxes of a panel."""
    kinds = (widgets.IntSlider, widgets.FloatSlider, widgets.Dropdown, widgets.Text)
    found = [control for row in rows_of_controls(panel) for control in row]
    return [control.value for control in found if isinstance(control, kinds)]


def marks_of_kind(view, name, kind):
    """The moving marks of one kind on a drawing."""
    return [mark for mark in view.frame[name]["marks"] if mark["kind"] == kind]


def points_of(mark):
    """The points of a mark, array (n, 2), in pixels of the page."""
    return np.frombuffer(mark["xy"], np.float32).reshape(-1, 2).astype(float)


# --- what is done to a panel


def press(button, panel):
    """Press a button; returns what the panel then says."""
    button.click()  # ipywidgets keeps a failure to itself
    return status(panel)


def drag(panel, down, now, press=1.0):
    """What a browser sends while the pointer is down: since when, from where, and where it is."""
    pointer = {"press": float(press), "down": list(map(float, down)), "now": list(map(float, now))}
    panel.view.set_state({"pointer": pointer})


def upload(panel, content, name="picture.png"):
    """What a browser sends when a file is chosen; unlike ipywidgets it lets a failure through."""
    panel._respond(panel._receive, {"upload": name}, [memoryview(content)])


def send_file(panel, content, name="picture.png"):
    """The same, as it comes from the page."""
    panel.view._handle_custom_msg({"upload": name}, [memoryview(content)])


def file_of(picture, **options):
    """A picture as the bytes of a file, by default PNG."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, **{"format": "PNG"} | options)
    return out.getvalue()


# --- what is sent to the page


ABOUT_THE_ANSWER = {"settings", "lasting", "opened"}
"""What tells the page which settings an answer is for; tests/explore/test_ahead.py looks at it."""


def updates(widget, messages):
    """What was sent anew to a widget: for each message the names, and its size in bytes.

    Without `ABOUT_THE_ANSWER`, and messages of nothing else.
    """
    sent = [content for to, content in messages if to is widget and content["method"] == "update"]
    sent = [content for content in sent if set(content["state"]) - ABOUT_THE_ANSWER]
    names = [set(content["state"]) - ABOUT_THE_ANSWER for content in sent]
    sizes = [size_of_message(content) for content in sent]
    return names, sizes


def size_of_message(content):
    buffers = content["buffers"]
    return len(json.dumps(content | {"buffers": []})) + sum(map(len, buffers))


def states_sent(widget, messages):
    """The state in each update of a widget, without `ABOUT_THE_ANSWER`."""
    states = [content["state"] for to, content in messages if to is widget]
    return [without(state, ABOUT_THE_ANSWER) for state in states]


def without(record, names):
    """A record without these fields."""
    return {name: value for name, value in record.items() if name not in names}


def saved_file(panel, messages):
    """The only file that was sent to the page: its record and its bytes."""
    sent = [content for to, content in messages if to is panel.view]
    (custom,) = [content for content in sent if content["method"] == "custom"]
    (data,) = custom["buffers"]
    return custom["content"], bytes(data)


# --- failures

FAILURE = RuntimeError("no <b>picture</b>")


def fail(*_arguments):
    raise FAILURE


def assert_alert(panel):
    assert panel.view.status_is_error is True
    assert panel.view.status == "no <b>picture</b>"  # plain text: view.js makes no HTML of it


# --- panels that draw nothing

SKETCHED = [
    "vqlib.explore.scalar",
    "vqlib.explore.plane",
    "vqlib.explore.design",
    "vqlib.explore.learned",
]
"""The modules whose panels draw on the plane or on a density, and get sketches in most tests."""


class Sketch:
    """Stands in for `LiveDrawing`: marks in the numbers of the axes, to the last digit.

    A pixel of the page is one of these numbers. It draws nothing, which would take longer.
    """

    axes_png = b"no picture"

    def __init__(self, width, height, draw, rectangle=None):
        self.axes = Figure().add_subplot()
        self._marks = draw(self.axes)

    def marks(self, *state):
        self._marks.show(*state)
        limits = self.axes.viewLim.get_points().tobytes()
        return [self._mark(artist) | {"limits": limits} for artist in self._marks.artists]

    def _mark(self, artist):
        if hasattr(artist, "get_xydata"):
            return {"name": artist.get_color(), "xy": artist.get_xydata().tobytes()}
        is_region = same_color(artist.get_facecolor()[:3], plot.BLUE)
        name = "region" if is_region else "what is lost"
        return {"name": name, "xy": artist.get_xy().astype(float).tobytes()}

    def data(self, x, y):
        return np.array([x, y])

    def square(self, low, high):
        return [low, low, high - low, high - low]


def drawn(view, name):
    """The points of each mark of a sketch, fixed and moving, by its colour, and the limits.

    The region that is filled has the name "region", the hill of errors "what is lost".
    """
    slot = slot_named(view, name)
    marks = view.fixed.get(slot["fixed"], {}).get("marks", []) + view.frame[name]["marks"]
    found = {mark["name"]: np.frombuffer(mark["xy"]).reshape(-1, 2).copy() for mark in marks}
    assert len(found) == len(marks), "a mark is there twice"
    return found | {"limits": np.frombuffer(marks[-1]["limits"]).reshape(2, 2)}


def stars(panel, name):
    """The code vectors on a slot of a sketched panel, array (K, 2)."""
    return drawn(panel.view, name)[plot.RED]


# --- the panel of pairs, told independently of vqlib.explore

PAIRS = {
    "independent": lambda n, rho: sources.gaussian(n, 2),
    "correlated": lambda n, rho: sources.gauss_markov(n, 2, rho),
    "ring": lambda n, rho: sources.ring(n),
    "clusters": lambda n, rho: sources.clusters(n),
}
TOLD = re.compile(
    r"Rate (\S+) bits? per dimension\. "
    r"Mean squared error (\S+), of the grid (\S+): gain ([+-]\S+) dB\. "
    r"Code vector ([01]+) at \((\S+), (\S+)\) speaks for (\S+) % of the samples\."
)


def nearest(samples, vectors):
    """Which code vector is nearest to each sample, and their squared distance per dimension."""
    squares = sum((samples[:, [axis]] - vectors[:, axis]) ** 2 for axis in (0, 1))
    return squares.argmin(axis=1), squares.min(axis=1) / 2


def centroids(samples, indices, vectors):
    """The mean of the samples of each region; for an empty one the code vector."""
    means = vectors.copy()
    for index in np.unique(indices):
        means[index] = samples[indices == index].mean(axis=0)
    return means


def assert_told(panel, samples, vectors, grid, chosen):
    """The caption is that of these code vectors; returns the mean squared error in it."""
    rate, loss, of_grid, gain, word, x, y, share = TOLD.fullmatch(status(panel)).groups()
    indices, squares = nearest(samples, vectors)
    expected = squares.mean()
    _, squares_of_grid = nearest(samples, grid)
    expected_grid = squares_of_grid.mean()
    assert float(rate) == np.log2(len(vectors)) / 2
    assert float(loss) == pytest.approx(expected, abs=0.51e-4)
    assert float(of_grid) == pytest.approx(expected_grid, abs=0.51e-4)
    assert float(gain) == pytest.approx(10 * np.log10(expected_grid / expected), abs=0.51e-2)
    assert word == np.binary_repr(chosen, len(word))
    assert 2 ** len(word) == len(vectors)
    assert [float(x), float(y)] == pytest.approx(vectors[chosen], rel=0.51e-2, abs=1e-9)
    assert float(share) == pytest.approx(100 * (indices == chosen).mean(), abs=0.051)
    return float(loss)


# --- the panel of Lloyd's algorithm


def design(panel):
    """Half-step, mean squared error and the rest of what a design panel says."""
    pattern = r"Half-step (\d+), mean squared error (\d+\.\d{4}): (.*)\."
    at, loss, rest = re.fullmatch(pattern, status(panel)).groups()
    return int(at), float(loss), rest


def ends(panel):
    """The ends that a design panel at an end lists."""
    pattern = (
        r"every sample goes to its nearest code vector\. "
        r"Nothing changes any more\. Your last runs ended at ([\d., ]+)"
    )
    _, _, rest = design(panel)
    return re.fullmatch(pattern, rest)[1].split(", ")


# --- panels that train on pictures


def small(name, *, colour=False):
    """Stands in for `image.sample`: a part of it."""
    picture = image.read_image(image.DATA / f"{name}.png", colour=colour)
    return np.ascontiguousarray(picture[100:170, 120:203])


def assert_result(panel, picture, result, block):
    """The panel shows this result, the size of its error and its code vectors, and its figures."""
    original = on_page(picture)
    quantized = on_page(result.picture)
    assert_seen(panel, "original", original)
    assert_seen(panel, "quantized", quantized)
    off = (original.astype(float) - quantized).reshape(*original.shape[:2], -1)
    size = np.round(np.sqrt((off**2).mean(axis=2)))
    assert (seen(panel.view, "error") == plot.error_colours(0 * size, size)).all()
    assert_seen(panel, "tiles", image.tiles(result.codebook, block, plot.SIDE))
    codebook_rate = result.codebook_bits / result.pixels
    told = status(panel)
    bits = f"{result.index_bits * result.indices.size / result.pixels:.4g}"
    assert f"; {bits} bit{'' if bits == '1' else 's'} per pixel for the indices and " in told
    assert f"{result.stored_bytes:,} bytes packed, {picture.size:,} before" in told
    assert f"{codebook_rate:.4f} for the codebook, together {result.rate:.4f};" in told
    assert (f"PSNR {result.psnr:.1f} dB" in told) == (result.mse > 0)
