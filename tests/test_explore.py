"""Panels: every position of every control, without a kernel and through one, and every kind of bad upload."""

import io
import itertools
import json
import math
import re
import threading
import time

import ipywidgets as widgets
import nbclient
import nbformat
import numpy as np
import pytest
import render
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.path import Path
from PIL import Image
from threadpoolctl import threadpool_info

from vqlib import Codebook, explore, files, image, limits, plot, sources
from vqlib.design import lloyd, lloyd_steps, uniform
from vqlib.sources import DENSITIES, density

PHOTOS = [explore.PicturePanel, explore.ColourPanel, explore.BlockPanel]
PANELS = [explore.RampPanel, explore.ScalarPanel, explore.PlanePanel, explore.DesignPanel, explore.LimitPanel, *PHOTOS]


def seen(view, name):
    """A picture of a view as it must look on the page, array (height, width, 3): by its own pixels and table."""
    (spot,) = [spot for column in view.columns for spot in column if spot["name"] == name]
    shown = view.stills.get(spot["still"], {}) | view.frame.get(name, {})
    pixels = np.frombuffer(shown["indices"], np.uint8).reshape(shown["height"], shown["width"], -1)
    if pixels.shape[2] == 1:
        pixels = np.frombuffer(shown["table"], np.uint8).reshape(256, 3)[pixels[..., 0]]
    return whole(pixels, shown["cell"])


def whole(picture, cell):
    """Each pixel of a picture as a square of so many."""
    return picture.repeat(cell, axis=0).repeat(cell, axis=1)


def coloured(grey):
    """A grey picture as RGB."""
    return np.stack([grey] * 3, axis=-1)


def text(panel):
    """What a panel says, when all is well."""
    assert panel.view.failed is False
    return panel.view.said


def shown(panel):
    """All that a panel shows, to be compared with what it shows later."""
    view = panel.view
    return view.frame, view.stills, view.grounds, view.said, view.failed, view.split


def controls(panel):
    """The values of all controls of a panel."""
    kinds = (widgets.IntSlider, widgets.FloatSlider, widgets.Dropdown)
    rows = [row.children for row in panel.children if isinstance(row, widgets.Box)]
    return [control.value for row in rows for control in row if isinstance(control, kinds)]


def press(button, panel):
    button.click()  # ipywidgets keeps a failure to itself
    return text(panel)


@pytest.fixture
def messages(monkeypatch):
    """All messages to the page, as pairs: to which widget, and the content with its buffers."""
    found = []

    def send(self, content, buffers=None):
        found.append((self, content | {"buffers": buffers or []}))

    monkeypatch.setattr(widgets.Widget, "_send", send)
    return found


def updates(widget, messages):
    """The names of what was sent anew to this widget, for each message, and the bytes of each."""
    sent = [content for to, content in messages if to is widget and content["method"] == "update"]
    sizes = [len(json.dumps(content | {"buffers": []})) + sum(map(len, content["buffers"])) for content in sent]
    return [set(content["state"]) for content in sent], sizes


def upload(panel, content, name="picture.png"):
    """What a browser sends when a file is chosen; unlike ipywidgets it lets a failure through."""
    panel._tell(panel._receive, {"upload": name}, [memoryview(content)])


def file_of(picture, **options):
    out = io.BytesIO()
    Image.fromarray(picture).save(out, **{"format": "PNG"} | options)
    return out.getvalue()


@pytest.fixture(scope="module")
def scalar_panel():
    return explore.ScalarPanel()


@pytest.mark.parametrize("bits", range(1, 9))
def test_the_ramp_has_so_many_greys_and_rises(bits):
    panel = explore.RampPanel()
    panel.bits.value = bits
    picture = seen(panel.view, "ramp")
    assert picture.shape == (96, 768, 3)
    assert (picture == picture[:1, :, :1]).all()
    row = picture[0, :, 0].astype(int)
    assert len(set(row)) == 2**bits
    assert (np.diff(row) >= 0).all()
    assert (row[0], row[-1]) == (0, 255)
    assert f"= {2**bits} greys" in text(panel)
    assert f"in {2**bits} greys" in panel.view.frame["ramp"]["alt"]


@pytest.mark.parametrize("name", image.SAMPLES)
def test_the_picture_panel_shows_the_right_thing_at_every_position(name):
    panel = explore.PicturePanel()
    panel.picture.value = name
    picture = image.sample(name)
    assert (seen(panel.view, "original") == coloured(plot.window(picture))).all()
    frames = []
    for bits in [*range(1, 9), 2]:
        panel.bits.value = bits
        result = image.quantize_image(picture, bits)
        quantized = plot.window(result.picture)
        assert (seen(panel.view, "original") == coloured(plot.window(picture))).all()
        assert (seen(panel.view, "quantized") == coloured(quantized)).all()
        assert (seen(panel.view, "error") == plot.error_colours(plot.window(picture), quantized)).all()
        assert f"{result.stored_bytes:,} bytes packed, {picture.size:,} before" in text(panel)
        assert (f"PSNR {result.psnr:.1f} dB" in text(panel)) == (result.mse > 0)
        frames.append(panel.view.frame)
    assert frames[-1] == frames[1]
    for place in ("quantized", "error", "strip", "histogram"):
        assert all(one[place] != other[place] for one, other in itertools.combinations(frames[:8], 2))


@pytest.mark.parametrize("name", image.SAMPLES)
def test_strip_histogram_and_curve_show_levels_borders_and_distortion(name):
    panel = explore.PicturePanel(name)
    picture = image.sample(name)
    results = [image.quantize_image(picture, bits) for bits in range(1, 9)]
    rates, psnrs = [result.rate for result in results], [result.psnr for result in results]
    drawing = plot.Moving(*explore.CHART, lambda axes: plot.RateMarks(axes, rates, psnrs))
    assert panel.view.grounds["rates"] == drawing.still
    for bits, result in enumerate(results, 1):
        panel.bits.value = bits
        strip = seen(panel.view, "strip")
        assert strip.shape == (20, 400, 3)
        assert (strip == strip[:1, :, :1]).all()
        levels = np.sort(np.ravel(result.levels)).astype(int)
        greys = np.arange(400) * 256 // 400
        assert (np.unique(greys) == range(256)).all()
        away = np.abs(greys[:, None] - levels[::-1])  # of two at the same distance the higher one
        assert (strip[0, :, 0] == levels[::-1][away.argmin(axis=1)]).all()
        borders, stars = (np.frombuffer(mark["xy"], np.float32) for mark in panel.view.frame["histogram"]["marks"])
        # As wide as the strip: the grey value 0 is from pixel 0 to 400 / 256.
        assert np.sort(stars[::2]) * 256 / 400 - 0.5 == pytest.approx(levels, abs=1e-3)
        assert borders[::6] * 256 / 400 - 0.5 == pytest.approx(result.codebook.thresholds, abs=1e-3)
        assert panel.view.frame["rates"]["marks"] == drawing.marks(result.rate, result.psnr)
        told = [part["alt"] for part in panel.view.frame.values()]
        assert sum(f"{result.size} greys" in alt for alt in told) == 4
        assert panel.view.frame["rates"]["alt"] == f"{result.rate:.2f} bits per pixel"


def test_left_of_the_divider_is_the_original():
    panel = explore.PicturePanel("china", bits=1)
    original, quantized = seen(panel.view, "original"), seen(panel.view, "quantized")
    error = seen(panel.view, "error")
    spots = [spot for column in panel.view.columns for spot in column if spot["still"] == "picture"]
    for split in (0, 1, 37, 50, 99, 100):
        panel.view.set_state({"split": split})
        places = {spot["name"]: render.of_place(panel.view, spot) for spot in spots}
        border = 4 * split
        assert (places["quantized"][:, :border] == original[:, :border]).all()
        assert (places["quantized"][:, border:] == quantized[:, border:]).all()
        assert (places["original"] == original).all()
        assert (places["error"] == error).all()


def corner(picture, part, spot):
    """Where a part is cut out of a picture: near to this share of the room that there is, or not at all."""
    room = np.array(picture.shape) - part.shape
    for near in itertools.product((-1, 0, 1), repeat=2):
        top, left = found = np.clip(np.round(spot * room).astype(int) + near, 0, room)
        if np.array_equal(picture[top : top + part.shape[0], left : left + part.shape[1]], part):
            return found
    raise AssertionError(f"the part is not a part of the picture at {spot}")


@pytest.mark.parametrize("name", image.SAMPLES)
@pytest.mark.parametrize("cell", [1, 2, 4, 8])
def test_an_enlarged_part_is_whole_pixels_of_the_picture_and_both_ends_reach_the_rims(name, cell):
    panel = explore.PicturePanel(name, bits=2)
    picture, quantized = image.sample(name), image.quantize_image(image.sample(name), 2).picture
    panel.enlarge.value = cell
    reach = [min(length, 400 // cell) for length in picture.shape]
    rng = np.random.default_rng(cell)
    for down, across in [(0, 0), (100, 100), (0, 100), (100, 0), (50, 50), rng.uniform(0, 100, 2).round(1)]:
        panel.down.value, panel.across.value = down, across
        large = seen(panel.view, "original")
        assert large.shape == (*(cell * length for length in reach), 3)
        part = large[::cell, ::cell, 0]
        top, left = corner(picture, part, np.array([down, across]) / 100)
        if {down, across} <= {0, 100}:
            assert [top, left] == [
                (picture.shape[0] - reach[0]) * down / 100,
                (picture.shape[1] - reach[1]) * across / 100,
            ]
        same = quantized[top : top + reach[0], left : left + reach[1]]
        assert (seen(panel.view, "quantized") == whole(coloured(same), cell)).all()
        error = plot.error_colours(part, same)
        assert (seen(panel.view, "error")[::cell, ::cell] == error).all()


@settings(max_examples=30)
@given(st.integers(1, 1300), st.integers(1, 1300), st.sampled_from([0, 1, 2, 4, 8]))
def test_both_ends_reach_the_rims_of_a_picture_of_any_size(height, width, enlarge):
    rows, columns = np.indices((height, width))
    picture = ((7 * rows + 13 * columns + rows * columns) % 251).astype(np.uint8)
    step = 1 if enlarge else max(1, max(height, width) // 400)  # what does not fit is thinned
    thinned = picture[::step, ::step]
    view = explore.PhotoView(picture, "any picture")
    for down, across in itertools.product((0, 1), repeat=2):
        view.look((down, across), enlarge)
        still = view.stills()["picture"]
        part = np.frombuffer(still["indices"], np.uint8).reshape(still["height"], still["width"])
        reach = 400 // still["cell"]
        assert still["cell"] == (enlarge or max(1, 400 // max(height, width)))
        rims = [slice(-reach, None) if end else slice(reach) for end in (down, across)]
        np.testing.assert_array_equal(part, thinned[rims[0], rims[1]])


def pointed(panel, down, now, when=1.0):
    """What a browser sends while the pointer is down: where it went down, and where it is now."""
    panel.view.set_state({"pointer": {"down": [*map(float, down), when], "now": [*map(float, now)]}})


@pytest.mark.parametrize("cell", [1, 2, 4, 8])
def test_the_picture_is_held_by_the_pointer(cell):
    panel = explore.PicturePanel("astronaut")
    panel.enlarge.value = cell
    picture = image.sample("astronaut")
    reach, room = 400 // cell, 512 - 400 // cell

    def place():
        part = seen(panel.view, "original")[::cell, ::cell, 0]
        return corner(picture, part, np.array([panel.down.value, panel.across.value]) / 100)

    first = place()
    assert (first == room // 2).all()
    for when, (x, y) in enumerate([(10, -20), (-30, 15), (7, 7)], 1):
        before = place()
        for share in (0.5, 1) if when % 2 else (1,):  # some moves come together in one message
            now = 200 + cell * np.array([x, y]) * share
            pointed(panel, (200, 200), now, when)
        assert np.abs(place() - (before - (y, x))).max() <= 1, "the pixel below the pointer has changed"
        pointed(panel, (200, 200), (200, 200), when)
        assert (place() == before).all(), "it does not come back with the pointer"
        pointed(panel, (200, 200), now, when)
    assert np.abs(place() - (first + np.array([-2, 13]))).max() <= 3
    pointed(panel, (300, 300), (9000, -9000), 9)
    assert (place() == (room, 0)).all()
    assert (panel.down.value, panel.across.value) == (100, 0)
    assert seen(panel.view, "original").shape == (reach * cell, reach * cell, 3)


def test_the_saved_file_is_the_quantized_picture_and_its_bytes_are_told(messages):
    panel = explore.PicturePanel("coffee")
    own = np.random.default_rng(0).integers(0, 256, (30, 50), dtype=np.uint8)
    for name in ("coffee", "own"):
        if name == "own":
            upload(panel, file_of(own))
        for bits in range(1, 9) if name == "own" else (3, 8):
            panel.bits.value = bits
            result = image.quantize_image(own if name == "own" else image.sample(name), bits)
            messages.clear()
            said, before = press(panel.save, panel), shown(panel)[:3]
            (custom,) = [content for to, content in messages if to is panel.view and content["method"] == "custom"]
            (file,) = custom["buffers"]
            assert custom["content"] == {"save": f"{name}_{bits}_bits.png"}
            assert file == result.png()
            assert (np.asarray(Image.open(io.BytesIO(file)).convert("L")) == result.picture).all()
            told = re.fullmatch(r"Saved as (\S+): ([\d,]+) bytes, ([\d,]+) if only packed\.", said).groups()
            assert told == (f"{name}_{bits}_bits.png", f"{len(file):,}", f"{result.stored_bytes:,}")
            assert shown(panel)[:3] == before


def test_the_scalar_panel_answers_at_every_discrete_position(scalar_panel):
    panel = scalar_panel
    for source, bits, kind in itertools.product(DENSITIES, range(1, 5), ("uniform", "trained")):
        panel.source.value, panel.bits.value, panel.kind.value = source, bits, kind
        assert panel.chosen.options == tuple((f"{index:0{bits}b}", index) for index in range(2**bits))
        points, weights = density(source)
        if kind == "uniform":
            codebook = uniform(2**bits, -4, 4)
            assert f"mean squared error {codebook.distortion(points, weights):.4f}" in text(panel)
        else:
            best = text(panel).split("levels reach ")[1].removesuffix(".")
            assert f"mean squared error {best}," in text(panel)
        (position,) = panel.places
        for index in range(2**bits):
            before = panel.view.frame
            panel.chosen.value = index
            assert panel.view.frame == before  # choosing a level moves nothing
            if kind == "uniform":
                assert position.value == pytest.approx(codebook.vectors[index, 0], abs=0.025)
            position.value += 1e-12  # a browser sends the position back, rounded in its own way
            assert panel.view.frame == before


def test_a_level_moved_by_hand_moves_alone(scalar_panel):
    panel = scalar_panel
    panel.source.value, panel.bits.value, panel.kind.value = "Gaussian", 2, "uniform"
    panel.bits.value = 1
    panel.bits.value = 2
    points, weights = density("Gaussian")
    panel.chosen.value = 3
    for position in (-5.0, -1.3, 0.0, 1.5, 2.25, 5.0):
        before = panel.view.frame
        panel.places[0].value = position
        codebook = Codebook([-3, -1, 1, position])
        assert panel.view.frame != before
        borders, stars = (np.frombuffer(mark["xy"], np.float32) for mark in panel.view.frame["density"]["marks"])
        levels = [panel._drawing.data(*spot)[0] for spot in stars.reshape(-1, 2).astype(float)]
        assert levels == pytest.approx(codebook.vectors[:, 0], abs=1e-4)
        between = [panel._drawing.data(*spot)[0] for spot in borders.reshape(-1, 2)[::3].astype(float)]
        assert between == pytest.approx(codebook.thresholds, abs=1e-4)
        assert f"Levels {plot.numbers(np.sort(codebook.vectors[:, 0]), 3)}." in text(panel)
        assert f"mean squared error {codebook.distortion(points, weights):.4f}" in text(panel)
    panel.kind.value = "trained"
    panel.kind.value = "uniform"
    assert "Levels -3, -1, 1, 3." in text(panel)


# Independent of vqlib.explore: the sources of pairs, nearest code vectors and errors.

PAIRS = {
    "independent": lambda n, rho: sources.gaussian(n, 2),
    "correlated": lambda n, rho: sources.gauss_markov(n, 2, rho),
    "ring": lambda n, rho: sources.ring(n),
    "clusters": lambda n, rho: sources.clusters(n),
}


def nearest(samples, vectors):
    """Which code vector is nearest to each sample, and how far its square is per dimension."""
    squares = sum((samples[:, [axis]] - vectors[:, axis]) ** 2 for axis in (0, 1))
    return squares.argmin(axis=1), squares.min(axis=1) / 2


def centroids(samples, indices, vectors):
    """The mean of the samples of each region; for an empty one the code vector."""
    means = [samples[indices == k].mean(axis=0) if (indices == k).any() else v for k, v in enumerate(vectors)]
    return np.array(means)


class Sketch:
    """Stands in for `plot.Moving`: marks in the numbers of the axis, to the last digit, and a pixel is one of these.

    It draws nothing, which would take longer.
    """

    still = b"no picture"

    def __init__(self, width, height, draw, place=None):
        self.axes = Figure().add_subplot()
        self._marks = draw(self.axes)

    def marks(self, *state):
        self._marks.show(*state)
        limits = self.axes.viewLim.get_points().tobytes()
        return [self._mark(artist) | {"limits": limits} for artist in self._marks.artists]

    def _mark(self, artist):
        if hasattr(artist, "get_xydata"):
            return {"name": artist.get_color(), "xy": artist.get_xydata().tobytes()}
        return {"name": "region", "xy": artist.get_xy().astype(float).tobytes()}

    def data(self, x, y):
        return np.array([x, y])


@pytest.fixture
def sketched(monkeypatch):
    monkeypatch.setattr(plot, "Moving", Sketch)


def drawn(view, name):
    """The points of each mark of a sketch, of those that stay and those that move, by name, and the limits."""
    (spot,) = [spot for column in view.columns for spot in column if spot["name"] == name]
    marks = view.stills.get(spot["still"], {}).get("marks", []) + view.frame[name]["marks"]
    found = {mark["name"]: np.frombuffer(mark["xy"]).reshape(-1, 2).copy() for mark in marks}
    assert len(found) == len(marks), "a mark is there twice"
    return found | {"limits": np.frombuffer(marks[-1]["limits"]).reshape(2, 2)}


TOLD = re.compile(
    r"Rate (\S+) bits? per dimension\. Mean squared error (\S+), of the grid (\S+): gain ([+-]\S+) dB\. "
    r"Code vector ([01]+) at \((\S+), (\S+)\) speaks for (\S+) % of the samples\."
)


def assert_told(panel, samples, vectors, grid, chosen):
    """The caption of a plane panel is that of these code vectors; returns the mean squared error in it."""
    rate, loss, of_grid, gain, word, x, y, share = TOLD.fullmatch(text(panel)).groups()
    indices, squares = nearest(samples, vectors)
    expected, expected_grid = squares.mean(), nearest(samples, grid)[1].mean()
    assert float(rate) == np.log2(len(vectors)) / 2
    assert float(loss) == pytest.approx(expected, abs=0.51e-4)
    assert float(of_grid) == pytest.approx(expected_grid, abs=0.51e-4)
    assert float(gain) == pytest.approx(10 * np.log10(expected_grid / expected), abs=0.51e-2)
    assert word == np.binary_repr(chosen, len(word))
    assert 2 ** len(word) == len(vectors)
    assert [float(x), float(y)] == pytest.approx(vectors[chosen], rel=0.51e-2, abs=1e-9)
    assert float(share) == pytest.approx(100 * (indices == chosen).mean(), abs=0.051)
    return float(loss)


@pytest.mark.parametrize(
    ("source", "rho"),
    [
        ("independent", 0.9),
        ("correlated", 0),
        ("correlated", 0.99),
        ("ring", 0),
        ("clusters", 0.9),
    ],
)
def test_the_plane_panel_shows_the_trained_codebook_beside_the_grid(source, rho):
    panel = explore.PlanePanel()
    drawing = plot.Moving(410, 410, plot.PlaneMarks)
    assert panel.view.grounds == {"plane": drawing.still}
    panel.source.value, panel.rho.value = source, rho
    assert panel.rho.disabled == (source != "correlated")
    samples = PAIRS[source](4000, rho)
    for bits in range(1, 7):
        panel.bits.value = bits
        with explore.THREADS.limit(limits=1):  # several threads would differ in the last digit
            trained = lloyd(samples, 2**bits, starts=2)
            parts = [lloyd(samples[:, axis], 2 ** ((bits + 1 - axis) // 2), starts=1).vectors[:, 0] for axis in (0, 1)]
            grid = Codebook(list(itertools.product(*parts)))
            dots = panel.view.stills["plane"]["marks"]
            yours, beside = (panel.view.frame[name] for name in ("yours", "grid"))
            assert dots + yours["marks"] == drawing.marks(samples, trained, trained, 0)
            assert dots + beside["marks"] == drawing.marks(samples, grid, grid)
        assert (yours["alt"], beside["alt"]) == (
            f"Samples and the {2**bits} regions of your codebook",
            f"Samples and the {2**bits} regions of the grid",
        )
        assert_told(panel, samples, trained.vectors, grid.vectors, 0)


def test_the_correlation_changes_the_correlated_source_alone(sketched):
    panel = explore.PlanePanel()
    panel.bits.value, panel.source.value = 2, "correlated"
    for panel.rho.value in (0, 0.37, 0.99, 0.9):
        samples = PAIRS["correlated"](4000, panel.rho.value)
        assert_told(panel, samples, *(drawn(panel.view, name)[plot.RED] for name in ("yours", "grid")), 0)
        np.testing.assert_array_equal(drawn(panel.view, "yours")[plot.GREY], samples)
        np.testing.assert_array_equal(drawn(panel.view, "grid")[plot.GREY], samples)
    panel.source.value = "ring"
    before = shown(panel)
    panel.rho.value = 0.5
    assert shown(panel) == before


def test_a_code_vector_moved_by_hand_moves_alone(sketched):
    panel = explore.PlanePanel()
    panel.source.value, panel.bits.value = "ring", 3
    samples, grid = PAIRS["ring"](4000, 0), drawn(panel.view, "grid")[plot.RED]
    before, vectors = panel.view.frame["grid"], drawn(panel.view, "yours")[plot.RED]
    panel.chosen.value = 5
    steps = np.linspace(-3.0, 3.0, 121)
    for axis, values in ((0, steps), (1, np.random.default_rng(0).permutation(steps)[:40]), (1, steps[[0, -1]])):
        still = panel.places[1 - axis].value
        for value in values:
            panel.places[axis].value = value
            vectors[5, axis] = value
            moved = panel.view.frame["yours"]
            np.testing.assert_array_equal(drawn(panel.view, "yours")[plot.RED], vectors)
            assert_told(panel, samples, vectors, grid, 5)
            panel.places[axis].value += 1e-12  # a browser sends the position back, rounded in its own way
            panel.places[1 - axis].value -= 1e-12
            assert panel.view.frame["yours"] == moved
        assert panel.places[1 - axis].value == pytest.approx(still)
    assert panel.view.frame["grid"] == before


@pytest.mark.parametrize("source", PAIRS)
def test_choosing_a_code_word_fills_its_region_and_moves_nothing(sketched, source):
    panel = explore.PlanePanel()
    panel.source.value = source
    samples, before, grid = PAIRS[source](4000, 0.9), drawn(panel.view, "yours"), panel.view.frame["grid"]
    vectors = before[plot.RED]
    assert panel.chosen.options == tuple((f"{index:04b}", index) for index in range(16))
    indices, _ = nearest(samples, vectors)
    for chosen in [*range(1, 16), 0]:
        panel.chosen.value = chosen
        after = drawn(panel.view, "yours")
        assert all(np.array_equal(after[mark], before[mark], equal_nan=True) for mark in before if mark != "region")
        assert (Path(after["region"]).contains_points(samples) == (indices == chosen)).all()
        assert_told(panel, samples, vectors, drawn(panel.view, "grid")[plot.RED], chosen)
        assert [place.value for place in panel.places] == pytest.approx(vectors[chosen], abs=0.0251)
    assert panel.view.frame["grid"] == grid


def test_a_code_vector_beyond_the_sliders_rests_until_it_is_moved(sketched):
    panel = explore.PlanePanel()
    panel.source.value, panel.rho.value, panel.bits.value = "correlated", 0.99, 6
    vectors = drawn(panel.view, "yours")[plot.RED]
    assert vectors[0, 0] < -3.05
    assert panel.places[0].value == -3.0
    panel.places[0].value = -2.95
    vectors[0, 0] = -2.95
    np.testing.assert_array_equal(drawn(panel.view, "yours")[plot.RED], vectors)


@pytest.mark.parametrize("source", PAIRS)
def test_training_never_makes_it_worse_and_the_copied_grid_is_as_good_as_the_grid(sketched, source):
    panel = explore.PlanePanel()
    panel.source.value = source
    samples, rng = PAIRS[source](4000, 0.9), np.random.default_rng(0)
    for bits in (1, 4, 6):
        panel.bits.value = bits
        assert "+0.00 dB" in press(panel.copy, panel)
        grid, vectors = drawn(panel.view, "grid")[plot.RED], drawn(panel.view, "yours")[plot.RED]
        np.testing.assert_array_equal(vectors, grid)
        assert_told(panel, samples, grid, grid, 0)
        for chosen in rng.integers(2**bits, size=2):  # pushed to one place: one of them is left without a sample
            panel.chosen.value = int(chosen)
            panel.places[0].value, panel.places[1].value = 2.75, -3.0
        for _ in range(2):
            worse = float(TOLD.fullmatch(text(panel))[2])
            press(panel.train, panel)
            vectors = drawn(panel.view, "yours")[plot.RED]
            assert assert_told(panel, samples, vectors, grid, panel.chosen.value) <= worse
            indices, _ = nearest(samples, vectors)
            assert vectors == pytest.approx(centroids(samples, indices, vectors), abs=1e-6)
        resting = np.clip(vectors[panel.chosen.value], -3.0, 3.0)
        assert [place.value for place in panel.places] == pytest.approx(resting, abs=0.0251)


def test_fewer_bits_make_the_choice_the_first_code_word_and_other_sources_keep_it(sketched):
    panel = explore.PlanePanel()
    panel.bits.value = 6
    panel.chosen.value = 63
    panel.source.value = "ring"
    assert panel.chosen.value == 63
    assert "Code vector 111111 at" in text(panel)
    for bits in (2, 1, 5):
        panel.bits.value = bits
        assert (panel.chosen.value, len(panel.chosen.options)) == (0, 2**bits)
        vectors, samples = drawn(panel.view, "yours")[plot.RED], PAIRS["ring"](4000, 0)
        assert len(vectors) == 2**bits
        assert_told(panel, samples, vectors, drawn(panel.view, "grid")[plot.RED], 0)
        panel.chosen.value = 2**bits - 1


def design(panel):
    """Half-step, mean squared error and the rest of what a design panel says."""
    at, loss, rest = re.fullmatch(r"Half-step (\d+), mean squared error (\d+\.\d{4}): (.*)\.", text(panel)).groups()
    return int(at), float(loss), rest


ENDED = re.compile(
    r"every sample goes to its nearest code vector\. Nothing changes any more\. Your last runs ended at ([\d., ]+)"
)


def ends(panel):
    """The ends that a design panel at an end lists."""
    return ENDED.fullmatch(design(panel)[2])[1].split(", ")


def assert_half_step(panel, samples, at, before, losses):
    """The panel is at this half-step from these code vectors before; returns the code vectors now."""
    plane, curve = drawn(panel.view, "plane"), drawn(panel.view, "curve")
    vectors, (indices, _) = plane[plot.RED], nearest(samples, before)
    now, squares = nearest(samples, vectors)
    if at % 2:
        full = np.isin(np.arange(len(vectors)), indices)
        assert vectors[full] == pytest.approx(centroids(samples, indices, before)[full])
        expected, astray = ((samples - vectors[indices]) ** 2).mean(), now != indices
        said = "every code vector goes to its centroid, and {} % of the samples are nearer to another"
        assert design(panel)[2] == said.format(f"{100 * astray.mean():.1f}")
    else:
        np.testing.assert_array_equal(vectors, before)
        expected, astray = squares.mean(), np.zeros(len(samples), dtype=bool)
        assert design(panel)[2].startswith("every sample goes to its nearest code vector")
    np.testing.assert_array_equal(plane[plot.ORANGE], samples[astray])
    np.testing.assert_array_equal(plane["black"].reshape(-1, 3, 2)[:, 0], before)
    losses.append(expected)
    assert (np.diff(losses) <= 1e-12).all()
    assert design(panel)[:2] == (at, pytest.approx(expected, abs=0.51e-4))
    assert curve[plot.CURVES[0]] == pytest.approx(np.stack([range(at + 1), losses], axis=1))
    return vectors


@pytest.mark.parametrize("start", explore.STARTS)
@pytest.mark.parametrize("source", PAIRS)
def test_the_design_panel_goes_by_half_steps_and_runs_to_the_end(sketched, source, start):
    panel = explore.DesignPanel()
    panel.start.value, panel.source.value = start, source
    samples = PAIRS[source](2000, 0.9)
    for bits in range(1, 6):
        panel.bits.value = bits
        vectors = first = drawn(panel.view, "plane")[plot.RED]
        assert len(np.unique(first, axis=0)) == 2**bits
        corner = np.sort(samples.sum(axis=1))[: 2**bits]
        if start == "one corner":
            assert np.sort(first.sum(axis=1)) == pytest.approx(corner)
        else:
            assert (nearest(first, samples)[1] == 0).all()
        with explore.THREADS.limit(limits=1):
            steps = list(lloyd_steps(samples, Codebook(first)))
        losses = []
        for at in range(min(len(steps), 5)):
            if at:
                press(panel.step, panel)
            vectors = assert_half_step(panel, samples, at, vectors, losses)
        press(panel.run, panel)
        at, loss, _ = design(panel)
        assert (at, loss) == (len(steps) - 1, round(steps[-1][2], 4))
        np.testing.assert_array_equal(drawn(panel.view, "plane")[plot.RED], steps[-1][0].vectors)
        assert ends(panel) == [f"{loss:.4f}"]
        curve = drawn(panel.view, "curve")
        low, high = curve["limits"]
        assert (low < curve[plot.CURVES[0]]).all(), "the curve leaves the drawing"
        assert (curve[plot.CURVES[0]] < high).all(), "the curve leaves the drawing"
        said, last = text(panel), shown(panel)
        assert press(panel.step, panel) == press(panel.run, panel) == said  # nowhere to go
        assert shown(panel) == last


def test_a_run_by_single_steps_ends_as_a_run_at_once(sketched):
    panel = explore.DesignPanel()
    samples, vectors, losses = PAIRS["clusters"](2000, 0), drawn(panel.view, "plane")[plot.RED], []
    vectors = assert_half_step(panel, samples, 0, vectors, losses)
    while "Nothing changes any more" not in press(panel.step, panel):
        vectors = assert_half_step(panel, samples, len(losses), vectors, losses)
    vectors = assert_half_step(panel, samples, len(losses), vectors, losses)
    indices, _ = nearest(samples, vectors)
    assert vectors == pytest.approx(centroids(samples, indices, vectors))
    other, passed = explore.DesignPanel(), []
    press(other.step, other)
    other.view.observe(lambda _change: passed.append(design(other)[0]), names="said")
    assert press(other.run, other) == text(panel)
    assert other.view.frame == panel.view.frame
    assert len(passed) > 5
    assert (np.diff([1, *passed]) > 0).all()  # it goes on from where it was and leaves out at most a few
    assert np.ptp(np.diff(passed)) <= 1


@pytest.mark.parametrize("start", explore.STARTS)
def test_a_restart_begins_elsewhere_unless_in_the_corner_and_the_ends_are_listed(sketched, start):
    panel = explore.DesignPanel()
    panel.source.value, panel.start.value = "ring", start
    begun, ended = [], []
    for run in range(4):
        begun.append(drawn(panel.view, "plane")[plot.RED])
        assert design(panel)[0] == 0
        press(panel.step, panel)
        if run != 2:  # a run that is broken off has no end
            press(panel.run, panel)
            ended.append(f"{design(panel)[1]:.4f}")
            assert ends(panel) == ended
        press(panel.restart, panel)
    differ = [not np.array_equal(one, other) for one, other in itertools.combinations(begun, 2)]
    assert all(differ) if start != "one corner" else not any(differ)
    assert (len(set(ended)) == 1) == (start == "one corner")
    panel.start.value = next(other for other in explore.STARTS if other != start)
    press(panel.run, panel)
    assert ends(panel)[:-1] == ended  # other kinds of start are there to be compared
    for control, value in ((panel.bits, 1), (panel.source, "clusters")):
        control.value = value
        press(panel.run, panel)
        assert ends(panel) == [f"{design(panel)[1]:.4f}"]


def test_the_last_ten_ends_are_listed(sketched):
    panel, ended = explore.DesignPanel(), []
    panel.bits.value = 2
    for _ in range(12):
        press(panel.run, panel)
        ended.append(f"{design(panel)[1]:.4f}")
        assert ends(panel) == ended[-10:]
        press(panel.restart, panel)
    assert len(set(ended)) > 1


def test_k_means_plus_plus_starts_better_than_random_samples_and_those_better_than_a_corner(sketched):
    panel, mean = explore.DesignPanel(), {}
    for panel.start.value in explore.STARTS:
        losses = [design(panel)[1]]
        for _ in range(9):
            press(panel.restart, panel)
            losses.append(design(panel)[1])
        mean[panel.start.value] = np.mean(losses)
    assert 2 * mean["k-means++"] < mean["random samples"] < mean["one corner"] / 2


def test_the_design_panel_draws_the_half_steps_and_the_curve():
    panel = explore.DesignPanel()
    panel.start.value = "one corner"
    samples = PAIRS["clusters"](2000, 0)
    with explore.THREADS.limit(limits=1):
        steps = list(lloyd_steps(samples, Codebook(samples[np.argsort(samples.sum(axis=1))[:8]])))
        plane = plot.Moving(410, 410, plot.PlaneMarks)
        curve = plot.Moving(410, 410, plot.CurveMarks)
        assert panel.view.grounds == {"plane": plane.still, "curve": curve.still}
        for at, regions in enumerate((0, 0, 2, 2)):
            frame = panel.view.frame
            assert frame["plane"]["marks"] == plane.marks(samples, steps[at][0], steps[regions][0])
            assert frame["curve"]["marks"] == curve.marks([loss for _, _, loss in steps[: at + 1]])
            assert frame["plane"]["alt"] == f"Samples, 8 stars and their regions at half-step {at}"
            assert f"over {at} half-step{'s' * (at != 1)}, now {steps[at][2]:.4f}" in frame["curve"]["alt"]
            press(panel.step, panel)


def test_two_panels_do_not_touch_each_other():
    first, second = explore.PicturePanel(), explore.PicturePanel(bits=5)
    before = shown(second), controls(second)
    first.bits.value = 1
    first.picture.value = "chart"
    first.enlarge.value = 4
    pointed(first, (100, 100), (120, 90))
    first.view.set_state({"split": 40})
    press(first.save, first)
    assert (shown(second), controls(second)) == before
    upload(first, file_of(image.sample("coffee")))
    press(first.reset, first)
    assert (shown(second), controls(second)) == before


def test_two_panels_of_pairs_do_not_touch_each_other(sketched):
    first, second = explore.PlanePanel(), explore.PlanePanel()
    before = shown(second), controls(second)
    first.chosen.value = 3
    first.places[0].value = 3.0
    pointed(first, (0, 0), (0.5, 1))
    press(first.train, first)
    first.source.value = "ring"
    press(first.copy, first)
    assert (shown(second), controls(second)) == before
    press(second.train, second)  # it works on its own samples
    vectors = [drawn(second.view, name)[plot.RED] for name in ("yours", "grid")]
    assert_told(second, PAIRS["independent"](4000, 0), *vectors, 0)
    one, other = explore.DesignPanel(), explore.DesignPanel()
    before = shown(other), controls(other)
    press(one.run, one)
    press(one.restart, one)
    assert (shown(other), controls(other)) == before
    press(other.run, other)
    assert ends(other) == [f"{design(other)[1]:.4f}"]


@pytest.mark.parametrize("kind", [explore.PlanePanel, explore.DesignPanel])
def test_panels_compute_on_one_thread(monkeypatch, kind):
    threads = []

    class Counting(Sketch):
        def marks(self, *state):
            threads.append({pool["num_threads"] for pool in threadpool_info()})
            return super().marks(*state)

    monkeypatch.setattr(plot, "Moving", Counting)
    panel = kind()
    panel.bits.value = 2
    if kind is explore.PlanePanel:
        press(panel.train, panel)
        pointed(panel, (0, 0), (1, 1))
    else:
        press(panel.step, panel)
        press(panel.run, panel)
    press(panel.reset, panel)
    assert threads == [{1}] * len(threads)
    assert len(threads) > 3


FAILURE = RuntimeError("no <b>picture</b>")


def fail(*_arguments):
    raise FAILURE


def assert_alert(panel):
    assert panel.view.failed is True
    assert panel.view.said == "no <b>picture</b>"  # plain text: view.js makes no HTML of it


def test_a_failure_is_shown_and_raised(monkeypatch):
    panel = explore.PicturePanel()
    good = panel.view.frame
    monkeypatch.setattr(explore.GreyView, "frame", fail)
    with pytest.raises(RuntimeError):
        panel.bits.value = 7
    assert_alert(panel)
    assert panel.view.frame == good
    monkeypatch.undo()
    panel.bits.value = 6
    assert "64 levels" in text(panel)


def test_a_failure_is_sent_to_the_page_and_its_end_too(monkeypatch, messages):
    panel = explore.PicturePanel()
    monkeypatch.setattr(explore.GreyView, "frame", fail)
    messages.clear()
    with pytest.raises(RuntimeError):
        panel.bits.set_state({"value": 7})
    states = [content["state"] for to, content in messages if to is panel.view]
    sent = {name: value for state in states for name, value in state.items()}
    assert sent == {"said": "no <b>picture</b>", "failed": True}
    monkeypatch.setattr(explore.GreyView, "frame", lambda _view, bits: ({}, f"{bits} bits"))
    messages.clear()
    panel.bits.set_state({"value": 6})
    (state,) = [content["state"] for to, content in messages if to is panel.view]
    assert state == {"said": "6 bits", "failed": False, "frame": {}}


def test_work_of_more_than_half_a_second_is_told_before_the_answer(monkeypatch, messages):
    panel, computed = explore.ColourPanel(), explore.ColourView.computed

    def slowly(view, bits, *more):
        time.sleep(0.7 if bits > 5 else 0)
        if bits > 6:
            raise RuntimeError("no <b>palette</b>")
        return computed(view, bits, *more)

    def states(bits):
        messages.clear()
        panel.bits.set_state({"value": bits})
        return [content["state"] for to, content in messages if to is panel.view]

    monkeypatch.setattr(explore.ColourView, "computed", slowly)
    told, answer = states(6)
    assert told == {"busy": True, "failed": False}
    assert answer["busy"] is False
    assert set(answer) == {"busy", "frame", "said"}
    for bits in (4, 6):  # kept
        (answer,) = states(bits)
        assert set(answer) == {"frame", "said"}
    with pytest.raises(RuntimeError):
        states(7)
    told, *answer = [content["state"] for to, content in messages if to is panel.view]
    assert told == {"busy": True, "failed": False}
    assert {name: value for state in answer for name, value in state.items()} == {
        "busy": False,
        "said": "no <b>palette</b>",
        "failed": True,
    }


@pytest.mark.parametrize(("kind", "name"), [(explore.PlanePanel, "train"), (explore.DesignPanel, "step")])
def test_a_failure_is_shown_and_raised_from_a_button_too(monkeypatch, caplog, kind, name):
    panel = kind()
    button, good = getattr(panel, name), panel.view.frame
    monkeypatch.setattr(plot.Moving, "marks", fail)
    with pytest.raises(RuntimeError):
        panel.bits.value = 2
    assert_alert(panel)
    panel.view.said, panel.view.failed = "", False
    button.click()
    assert_alert(panel)
    assert [record.exc_info[1] for record in caplog.records] == [FAILURE]  # ipywidgets catches it and reports it
    assert panel.view.frame == good
    monkeypatch.undo()
    panel.bits.value = 1
    assert press(button, panel)
    assert panel.view.frame != good


@pytest.mark.parametrize("kind", [explore.ScalarPanel, explore.PlanePanel])
def test_a_failure_is_shown_and_raised_from_the_pointer_too(monkeypatch, kind):
    panel = kind()
    monkeypatch.setattr(plot.Moving, "data", fail)
    with pytest.raises(RuntimeError):
        pointed(panel, (100, 100), (110, 120))
    assert_alert(panel)
    monkeypatch.undo()
    pointed(panel, (100, 100), (120, 120))
    assert "ean squared error" in text(panel)


def test_an_own_picture_is_shown_upright_and_in_grey():
    colours = np.random.default_rng(0).integers(0, 256, (30, 50, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 90 degrees clockwise
    panel = explore.PicturePanel()
    assert panel.view.upload_limit == explore.UPLOAD_LIMIT
    content = memoryview(file_of(colours, exif=exif))
    panel.view._handle_custom_msg({"upload": "picture.png"}, [content])  # as it comes from the page
    expected = np.rot90(image.grey(colours), -1)
    assert (seen(panel.view, "original") == coloured(plot.window(expected))).all()
    assert panel.picture.value is None
    assert "1,500 before" in text(panel)
    assert panel.view.stills["picture"]["alt"] == "your picture, the original"
    other = np.random.default_rng(1).integers(0, 256, (60, 50), dtype=np.uint8)
    panel.view._handle_custom_msg({"upload": "picture.png"}, [memoryview(file_of(other))])  # one after the other
    assert (seen(panel.view, "original") == coloured(plot.window(other))).all()
    panel.picture.value = "camera"  # and back again
    assert (seen(panel.view, "original") == coloured(plot.window(image.sample("camera")))).all()


BAD_FILES = {
    "empty": (b"", "is empty"),
    "text": (b"<script>alert(1)</script>", "cannot be read as one: it is empty, damaged or in another format"),
    "truncated": (
        file_of(image.sample("camera"), format="JPEG")[:5000],
        "as one: image file is truncated",
    ),
    "too large": (bytes(explore.UPLOAD_LIMIT + 1), "at most 9,000,000 bytes, got 9,000,001"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_gets_a_sentence_and_the_last_good_picture_stays(kind, caplog):
    content, sentence = BAD_FILES[kind]
    panel = explore.PicturePanel()
    before, places = shown(panel)[:3], controls(panel)
    name = "<img src=x onerror=alert(1)>.png"
    with pytest.raises(ValueError, match=sentence):
        upload(panel, content, name)
    assert panel.view.failed
    assert sentence in panel.view.said
    assert "<img" not in panel.view.said
    panel.view.said, panel.view.failed = "", False
    panel.view._handle_custom_msg({"upload": name}, [memoryview(content)])
    assert panel.view.failed
    assert sentence in panel.view.said
    assert [record.exc_info[0] for record in caplog.records] == [ValueError]  # ipywidgets catches it and reports it
    assert (shown(panel)[:3], controls(panel)) == (before, places)
    panel.bits.value = 5  # and the bits are those of the picture that is shown
    assert "32 levels" in text(panel)
    upload(panel, file_of(image.sample("chart")))
    assert "160,000 before" in text(panel)
    assert (seen(panel.view, "original") == coloured(image.sample("chart"))).all()


# --- the pointer ------------------------------------------------------------------------------------------------------


def code_vectors(panel):
    """Those on the drawing of a sketched panel, array (K, d)."""
    name = panel.view.columns[0][0]["name"]
    return drawn(panel.view, name)[plot.RED][:, : len(panel.places)]


NUDGED = pytest.mark.parametrize(("kind", "reach"), [(explore.ScalarPanel, 5.0), (explore.PlanePanel, 3.0)])


@NUDGED
def test_the_pointer_chooses_the_nearest_code_vector_and_moves_it_alone(sketched, kind, reach):
    panel, rng = kind(), np.random.default_rng(0)
    panel.bits.value = 3
    vectors, axes = code_vectors(panel), len(panel.places)
    for when in range(30):
        down = rng.uniform(-0.8 * reach, 0.8 * reach, 2)
        first = down + rng.normal(size=2) * (when % 2)  # every other time the press comes together with a move
        pointed(panel, down, first, when)
        squares, chosen = ((vectors - down[:axes]) ** 2).sum(axis=1), panel.chosen.value
        assert squares[chosen] == squares.min()
        start = vectors[chosen].copy()
        for now in first + rng.normal(size=(5, 2)) * np.array([[0], [1], [0.2], [2], [reach]]):
            pointed(panel, down, now, when)
            vectors[chosen] = np.clip(start + (now - down)[:axes], -reach, reach) if (now != down).any() else start
            assert panel.chosen.value == chosen
            assert code_vectors(panel)[chosen] == pytest.approx(vectors[chosen], abs=1e-12)
            np.testing.assert_array_equal(np.delete(code_vectors(panel), chosen, 0), np.delete(vectors, chosen, 0))
            assert [slider.value for slider in panel.places] == pytest.approx(vectors[chosen], abs=0.0251)
            moved = shown(panel)
            for slider in panel.places:  # a browser sends the position back, rounded in its own way
                slider.set_state({"value": slider.value + 1e-12})
            assert shown(panel) == moved
        vectors[chosen] = code_vectors(panel)[chosen]
        if when % 3 == 0:
            pointed(panel, down, down, when)
            vectors[chosen] = start
            np.testing.assert_array_equal(code_vectors(panel), vectors)  # back to where it was


@NUDGED
def test_the_pointer_moves_no_code_vector_out_of_the_drawing(sketched, kind, reach):
    panel = kind()
    vectors = code_vectors(panel)
    for when, far in enumerate([(99, 99), (-99, 99), (-99, -99), (reach + 0.01, -reach - 0.01)]):
        pointed(panel, (0, 0), (0, 0), when)
        chosen, start = panel.chosen.value, vectors[panel.chosen.value].copy()
        pointed(panel, (0, 0), far, when)
        vectors[chosen] = np.clip(start + far[: len(start)], -reach, reach)
        np.testing.assert_array_equal(code_vectors(panel), vectors)
        assert [slider.value for slider in panel.places] == pytest.approx(vectors[chosen], abs=0.0251)


def test_a_code_vector_out_of_the_drawing_rests_until_the_pointer_moves(sketched):
    panel = explore.PlanePanel()
    panel.source.value, panel.rho.value, panel.bits.value = "correlated", 0.99, 6
    panel.chosen.value = 17
    vectors = code_vectors(panel)
    assert vectors[0, 0] < -3.05
    pointed(panel, vectors[0], vectors[0])
    assert panel.chosen.value == 0
    np.testing.assert_array_equal(code_vectors(panel), vectors)
    pointed(panel, vectors[0], vectors[0] + (0, 0.25))
    vectors[0] = (-3.0, np.clip(vectors[0, 1] + 0.25, -3.0, 3.0))
    assert code_vectors(panel) == pytest.approx(vectors, abs=1e-12)


@pytest.mark.parametrize("kind", [explore.ScalarPanel, explore.PlanePanel])
def test_on_the_page_a_star_goes_with_the_pointer(kind):
    panel = kind()
    name = panel.view.columns[0][0]["name"]

    def stars():
        (mark,) = [mark for mark in panel.view.frame[name]["marks"] if mark["kind"] == "stars"]
        return np.frombuffer(mark["xy"], np.float32).reshape(-1, 2).astype(float)

    free = (1, 0) if kind is explore.ScalarPanel else (1, 1)
    for chosen, (x, y) in enumerate([(12, -7), (-3, 5), (0, 40), (0.5, 0.25)]):
        before = stars()
        down = before[chosen] + (2, -1)
        pointed(panel, down, down + np.array([x, y]), chosen)
        assert panel.chosen.value == chosen
        before[chosen] += np.array([x, y]) * free
        assert stars() == pytest.approx(before, abs=1e-3)


def test_after_a_code_vector_was_moved_by_the_pointer_the_sliders_go_on_from_there(sketched):
    panel = explore.PlanePanel()
    panel.source.value = "ring"
    samples, grid, vectors = PAIRS["ring"](4000, 0), drawn(panel.view, "grid")[plot.RED], code_vectors(panel)
    pointed(panel, vectors[6], vectors[6] + (0.111, -0.077))
    vectors[6] += (0.111, -0.077)
    assert_told(panel, samples, code_vectors(panel), grid, 6)
    assert code_vectors(panel) == pytest.approx(vectors, abs=1e-12)
    panel.places[1].value += 0.05
    vectors[6, 1] = panel.places[1].value
    assert code_vectors(panel) == pytest.approx(vectors, abs=1e-12)
    press(panel.train, panel)
    vectors = code_vectors(panel)
    pointed(panel, vectors[2], vectors[2] + (0.5, 0.5), 2)  # begins at the trained code vector
    vectors[2] += (0.5, 0.5)
    assert code_vectors(panel) == pytest.approx(vectors, abs=1e-12)


# --- messages, and what is computed for them --------------------------------------------------------------------------


def test_a_move_of_the_bits_sends_one_small_message_and_no_picture(messages):
    panel = explore.PicturePanel(bits=2)
    for panel.picture.value in reversed(image.SAMPLES):
        for bits in [1, 8, 2, 3, 4, 5, 6, 7, 2]:
            messages.clear()
            panel.bits.set_state({"value": bits})  # as it comes from the page
            names, (size,) = updates(panel.view, messages)
            assert names == [{"frame", "said"}]
            assert size < (13_000 if bits == 8 else 9_000)
            assert {to for to, _ in messages} <= {panel.view, panel.bits}


def test_a_picture_is_sent_once_when_it_is_opened_and_when_another_part_is_shown(messages):
    panel = explore.PicturePanel()
    messages.clear()
    panel.picture.set_state({"index": image.SAMPLES.index("china")})
    names, (size,) = updates(panel.view, messages)
    assert names == [{"grounds", "stills", "frame", "said"}]
    assert size < 300_000
    for moved, value in ((panel.enlarge, 4), (panel.across, 10.0), (panel.down, 99.9)):
        messages.clear()
        moved.value = value
        assert updates(panel.view, messages)[0] == [{"stills"}]
    messages.clear()
    pointed(panel, (200, 200), (180, 260))
    assert updates(panel.view, messages)[0] == [{"stills"}]
    messages.clear()
    panel.view.set_state({"split": 40})  # the page knows already
    assert updates(panel.view, messages)[0] in ([], [{"split"}])


@pytest.mark.parametrize("kind", [explore.RampPanel, explore.ScalarPanel, explore.PlanePanel])
def test_a_move_on_a_drawing_sends_one_message_and_not_what_stands_still(messages, kind):
    panel = kind()
    messages.clear()
    panel.bits.set_state({"value": 1})
    assert updates(panel.view, messages)[0] == [{"frame", "said"}]
    if kind is explore.RampPanel:
        return
    panel.bits.value = 4
    for move in (lambda: panel.places[0].set_state({"value": 1.5}), lambda: pointed(panel, (200, 120), (210, 110))):
        messages.clear()
        move()
        names, (size,) = updates(panel.view, messages)
        assert names == [{"frame", "said"}]
        assert size < 12_000
    messages.clear()
    panel.chosen.set_state({"index": 7})
    assert updates(panel.view, messages)[0] == ([] if kind is explore.ScalarPanel else [{"frame", "said"}])


def test_a_run_sends_one_frame_after_the_other(sketched, messages):
    panel = explore.DesignPanel()
    for panel.start.value in explore.STARTS:
        press(panel.step, panel)
        messages.clear()
        press(panel.run, panel)
        names, _ = updates(panel.view, messages)
        assert names == [{"frame", "said"}] * len(names)
        said = [content["state"]["said"] for to, content in messages if to is panel.view]
        passed = [int(re.match(r"Half-step (\d+),", sentence)[1]) for sentence in said]
        assert passed == sorted(passed)
        steps = np.diff(sorted(set(passed)))
        assert passed[0] == 1
        assert passed[-1] == design(panel)[0]
        assert len(steps) + 1 == min(30, passed[-1])  # if there are more, it leaves some out evenly
        assert np.ptp([*steps, 1]) <= 1
        assert ["Nothing changes any more" in sentence for sentence in said] == [at == passed[-1] for at in passed]


def test_no_half_step_is_computed_before_it_is_asked_for_but_the_next(sketched, monkeypatch):
    made = []

    def counted(*arguments):
        made.append(0)
        for step in lloyd_steps(*arguments):
            made[-1] += 1
            yield step

    monkeypatch.setattr(explore, "lloyd_steps", counted)
    panel = explore.DesignPanel()
    with explore.THREADS.limit(limits=1):
        steps = list(lloyd_steps(PAIRS["clusters"](2000, 0), Codebook(drawn(panel.view, "plane")[plot.RED])))
    assert len(steps) > 8
    for at, (codebook, _, loss) in enumerate(steps):
        assert made[-1] <= at + 2
        np.testing.assert_array_equal(drawn(panel.view, "plane")[plot.RED], codebook.vectors)
        np.testing.assert_array_equal(drawn(panel.view, "plane")["black"][::3], steps[at - at % 2][0].vectors)
        losses = [step[2] for step in steps[: at + 1]]
        np.testing.assert_array_equal(drawn(panel.view, "curve")[plot.CURVES[0]], np.stack([range(at + 1), losses], 1))
        assert design(panel)[:2] == (at, round(loss, 4))
        assert ("Nothing changes any more" in text(panel)) == (at == len(steps) - 1)
        press(panel.step, panel)
    assert made == [len(steps)]


def test_coming_back_shows_the_same_as_a_fresh_panel_and_trains_nothing_anew(sketched, monkeypatch):
    trained = []

    def counted(samples, size, **options):
        trained.append(size)
        return lloyd(samples, size, **options)

    monkeypatch.setattr(explore, "lloyd", counted)
    places = [
        ("ring", 0.9, 3),
        ("correlated", 0.5, 4),
        ("correlated", 0.9, 4),
        ("correlated", 0.5, 2),
        ("ring", 0.9, 4),
    ]
    used, first = explore.PlanePanel(), {}

    def go(panel, source, rho, bits):
        panel.source.value, panel.rho.value, panel.bits.value = source, rho, bits

    for state in places:
        go(used, *state)
        fresh = explore.PlanePanel()
        go(fresh, *state)
        first[state] = shown(used)
        assert shown(fresh) == first[state]
        assert controls(fresh)[:3] == controls(used)[:3] == [state[0], state[2], state[1]]
        used.places[0].value = -2.75  # what is moved or trained by hand
        pointed(used, (0, 0), (1, 1), len(first))
        press(used.train, used)
        press(used.copy, used)
        used.places[1].value = 2.75
        used.chosen.value = 0
    trained.clear()
    for state in (*places[::-1], *places):
        used.source.value = "independent"
        go(used, *state)
        assert shown(used) == first[state]
    # On the way it passes only by where it has been, or by "independent" and other sources at these values.
    before = len(trained)
    for state in (*places[::-1], *places):
        used.source.value = "independent"
        go(used, *state)
        assert shown(used) == first[state]
    assert len(trained) == before


# --- 05_colour_images, 06_blocks --------------------------------------------------------------------------------------

EVERY_PALETTE = list(itertools.product(range(1, 9), explore.PALETTES, image.SPACES, ["off", "on"]))


def small(name, *, colour=False):
    """Stands in for `image.sample`: a part of it."""
    picture = image.read_image(image.DATA / f"{name}.png", colour=colour)
    return np.ascontiguousarray(picture[100:170, 120:203])


def assert_photo(panel, picture, result, block):
    """The panel shows this result, the size of its error and its code vectors, and tells its figures."""
    original, quantized = plot.window(picture), plot.window(result.picture)
    as_rgb = coloured if picture.ndim == 2 else np.asarray
    assert (seen(panel.view, "original") == as_rgb(original)).all()
    assert (seen(panel.view, "quantized") == as_rgb(quantized)).all()
    squares = (original.astype(float) - quantized).reshape(*original.shape[:2], -1) ** 2
    size = np.round(np.sqrt(squares.mean(axis=2)))
    assert (seen(panel.view, "error") == plot.error_colours(0 * size, size)).all()
    assert (seen(panel.view, "tiles") == as_rgb(plot.tiles(result.codebook, block))).all()
    told = text(panel)
    assert f"{result.stored_bytes:,} bytes packed, {picture.size:,} before" in told
    assert f"{result.codebook_bits / result.pixels:.4f} for the codebook, together {result.rate:.4f};" in told
    assert (f"PSNR {result.psnr:.1f} dB" in told) == (result.mse > 0)


@explore.THREADS.wrap(limits=1)  # as in panels: with more, sums in another order may end in another codebook
def test_the_colour_panel_shows_the_right_thing_at_every_position(monkeypatch):
    monkeypatch.setattr(image, "sample", small)
    panel = explore.ColourPanel()
    picture = small("china", colour=True)
    colours = image.Colours(picture)
    uniform_levels = {1: 1, 2: 2, 3: 4, 4: 8}
    for bits, kind, space, dither in EVERY_PALETTE:
        panel.bits.value, panel.palette.value, panel.space.value, panel.dither.value = bits, kind, space, dither
        if kind == "trained":
            codebook = colours.train(2**bits, space, fast=True)
        elif kind == "median cut":
            drawn_by = Image.fromarray(picture).quantize(2**bits, Image.Quantize.MEDIANCUT)
            codebook = Codebook(np.reshape(drawn_by.getpalette()[: 3 * 2**bits], (-1, 3)))
        else:
            codebook = explore.PALETTES[kind](colours, 2**bits, space)
        if kind == "random":
            found = {tuple(colour) for colour in picture.reshape(-1, 3)}
            assert {tuple(colour) for colour in codebook.vectors} <= found
        if kind == "uniform":
            steps = [len(np.unique(channel)) for channel in codebook.vectors.T]
            assert np.prod(steps) == codebook.size == 2**bits
            assert steps[1] >= steps[0] >= steps[2]
            assert set(steps) <= set(uniform_levels.values())
        if dither == "on":
            result = image.diffuse(picture, codebook)
        else:
            result = image.encode_image(picture, codebook, space=space)
        assert_photo(panel, picture, result, 1)
        lab = [image.to_lab(one.reshape(-1, 3)) for one in (picture, result.picture)]
        off = np.sqrt(((lab[0] - lab[1]) ** 2).sum(axis=1)).mean()
        assert f"on average {off:.1f} from the original's" in text(panel)


@explore.THREADS.wrap(limits=1)  # as in panels: with more, sums in another order may end in another codebook
def test_the_block_panel_shows_the_right_thing_at_every_position(monkeypatch):
    monkeypatch.setattr(image, "sample", small)
    panel = explore.BlockPanel()
    picture, others = small("china"), [small(name) for name in ("camera", "astronaut", "coffee")]
    for block, bits, source in itertools.product((1, 2, 4, 8), range(1, 9), panel.source.options):
        largest = len(np.unique(image.to_vectors(picture, block), axis=0))
        if source == "other pictures":
            if 2**bits > len(np.unique(np.concatenate([image.to_vectors(one, block) for one in others]), axis=0)):
                continue
            codebook = image.train_codebook(others, 2**bits, block=block, fast=True)
        else:
            codebook = image.train_codebook([picture], min(2**bits, largest), block=block, fast=True)
        panel.block.value, panel.bits.value, panel.source.value = block, bits, source
        assert_photo(panel, picture, image.encode_image(picture, codebook, block=block), block)
        assert f" of {block} x {block};" in text(panel)


def test_a_codebook_from_other_pictures_is_of_no_picture_that_is_shown(monkeypatch):
    asked = []
    monkeypatch.setattr(image, "sample", lambda name, colour=False: asked.append(name) or small(name, colour=colour))
    panel = explore.BlockPanel("coffee")
    asked.clear()
    panel.source.value = "other pictures"
    assert asked == ["camera", "astronaut", "china"]


@pytest.mark.parametrize("kind", [explore.ColourPanel, explore.BlockPanel])
def test_what_was_computed_once_is_shown_again_without_computing(monkeypatch, kind):
    asked, computed = [], kind.VIEW.computed

    def counted(view, *settings):
        asked.append(settings)
        return computed(view, *settings)

    monkeypatch.setattr(kind.VIEW, "computed", counted)
    panel = kind()
    frames = {}
    for bits in (1, 2, 3, 4, 5, 6, 7, 8):
        panel.bits.value = bits
        frames[bits] = panel.view.frame
    assert len(asked) == len(set(asked)) == 8
    for bits in (3, 1, 8):
        panel.bits.value = bits
        assert panel.view.frame == frames[bits]
    assert len(asked) == 8


@pytest.mark.parametrize("kind", [explore.ColourPanel, explore.BlockPanel])
def test_an_own_picture_of_many_pixels_is_thinned(kind):
    panel = kind()
    rng = np.random.default_rng(0)
    large = rng.integers(0, 256, (1000, 1100), dtype=np.uint8)
    upload(panel, file_of(large))
    colour = kind is explore.ColourPanel
    kept = large[::2, ::2]
    assert (panel._view.picture == (coloured(kept) if colour else kept)).all()
    assert f"{kept.size * (3 if colour else 1):,} before" in text(panel)
    assert "thinned" in panel.view.stills["picture"]["alt"]


def test_the_bits_that_were_asked_for_are_kept_and_name_the_file(messages):
    panel = explore.BlockPanel(bits=4)
    upload(panel, file_of(np.zeros((16, 16), np.uint8)))  # one tile is enough
    for _ in range(2):  # trained, and kept
        messages.clear()
        press(panel.save, panel)
        (custom,) = [content for to, content in messages if to is panel.view and content["method"] == "custom"]
        assert custom["content"] == {"save": "own_4_bits.npz"}


@pytest.mark.parametrize("kind", PHOTOS)
def test_a_saved_file_holds_the_picture_that_is_shown(messages, kind):
    panel = kind()
    for bits in (1, 3, 8):
        panel.bits.value = bits
        messages.clear()
        press(panel.save, panel)
        ((content, (data,)),) = [
            (sent["content"], sent["buffers"]) for to, sent in messages if to is panel.view and "content" in sent
        ]
        result = panel._view.result(*panel._values())
        loaded = files.load(bytes(data))
        assert (loaded.picture == result.picture).all()
        end = "npz" if kind is explore.BlockPanel else "png"
        assert content == {"save": f"{panel.picture.value}_{bits}_bits.{end}"}
        assert f"{len(data):,} bytes" in text(panel)


# --- all panels -------------------------------------------------------------------------------------------------------


def handle(panel):
    """Move everything that a panel has."""
    for when, control in enumerate(panel.moved):
        if isinstance(control, widgets.Dropdown):
            control.index = 0 if control.index else len(control.options) - 1
        else:
            control.value = control.max if control.value < control.max else control.min
        if "pointer" in panel.view.columns[0][0]:
            pointed(panel, (150, 120), (90, 130), when)
    for name in ("train", "copy", "step", "run", "restart", "step", "save"):
        if hasattr(panel, name):
            press(getattr(panel, name), panel)
    if isinstance(panel, explore.PhotoPanel):
        panel.view.set_state({"split": 70})


@pytest.mark.parametrize("kind", PANELS[1:])
def test_reset_puts_everything_back(kind):
    panel, fresh = kind(), kind()
    first = shown(fresh), controls(fresh)
    assert (shown(panel), controls(panel)) == first
    rows = [row.children for row in panel.children if isinstance(row, widgets.Box)]
    panel.moved = [control for row in rows for control in row if hasattr(control, "options") or hasattr(control, "max")]
    handle(panel)
    assert shown(panel)[0] != first[0][0]
    assert all(one != other for one, other in zip(controls(panel), first[1], strict=True))
    press(panel.reset, panel)
    assert controls(panel) == first[1]
    assert shown(panel) == first[0]
    if kind in PHOTOS:
        upload(panel, file_of(image.sample("chart")))
    elif kind is explore.DesignPanel:
        press(panel.run, panel)
    elif kind is explore.LimitPanel:
        panel.rate.value = 2
    else:  # where no control but that of the code vector is moved
        panel.chosen.value = 1
        pointed(panel, (150, 120), (90, 130), 99)
    assert shown(panel)[0] != first[0][0]
    press(panel.reset, panel)
    assert (shown(panel), controls(panel)) == first


@pytest.mark.parametrize("kind", PANELS)
def test_every_place_shows_a_picture_or_a_drawing_and_tells_it_in_words(kind):
    panel = kind()
    view = panel.view
    spots = [spot for column in view.columns for spot in column]
    assert len({spot["name"] for spot in spots}) == len(spots)
    assert set(view.frame) <= {spot["name"] for spot in spots}
    for spot in spots:
        still = view.stills.get(spot["still"], {})
        part = view.frame.get(spot["name"], still)
        assert re.fullmatch(r"\w.{10,}", part["alt"])
        if spot["still"] in view.grounds:
            assert Image.open(io.BytesIO(view.grounds[spot["still"]])).size == (2 * spot["width"], 2 * spot["height"])
            assert part["marks"]
        else:
            picture = still | part
            assert len(picture["table"]) == 768
            assert len(picture["indices"]) in [k * picture["width"] * picture["height"] for k in (1, 3)]
            assert picture["width"] * picture["cell"] <= spot["width"]
            assert picture["height"] * picture["cell"] <= spot["height"]
    assert {spot["still"] for spot in spots} >= set(view.grounds) | set(view.stills)
    for found in render.shown(view).values():
        assert found.shape[2] == 3
        assert found.std() > 5, "nothing is seen"
    said = text(panel)
    assert said.endswith(".")
    assert not re.search(r"[<>]|&\w+;", said), "the sentence is plain text"


def test_more_controls_are_folded_away_until_they_are_asked_for():
    for panel in (explore.ScalarPanel(), explore.PicturePanel()):
        _, folded, _ = panel.children
        assert folded.layout.display == "none"
        panel.more.value = True
        assert folded.layout.display is None
        panel.more.value = False
        assert folded.layout.display == "none"


@pytest.mark.parametrize("panel", PANELS)
def test_without_a_kernel_a_panel_reads_as_a_sentence(panel):
    made = panel()
    assert repr(made) == made.sentence
    what = "press the buttons:" if panel is explore.DesignPanel else "move the slider"
    assert made.sentence.startswith(f"Run this cell to {what}")
    assert made.sentence.endswith(".")


def test_every_panel_works_through_a_kernel():
    code = """
from vqlib import explore
panel = explore.RampPanel()
for panel.bits.value in range(1, 9): print(panel.view.said)
panel = explore.ScalarPanel()
for panel.bits.value in range(1, 5):
    for _, panel.chosen.value in panel.chosen.options: panel.places[0].value = 0.55
    print(panel.view.said)
panel = explore.PlanePanel()
for panel.source.value in panel.source.options:
    panel.chosen.value, panel.places[1].value = 7, -2.5
    print(panel.view.said)
    panel.train.click()
panel.copy.click()
print(panel.view.said)
panel = explore.DesignPanel()
for panel.source.value in panel.source.options:
    panel.step.click()
    print(panel.view.said)
panel.run.click()
print(panel.view.said)
panel = explore.PicturePanel()
for panel.bits.value in range(1, 9): print(panel.view.said)
panel
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    client = nbclient.NotebookClient(notebook, kernel_name="python3", timeout=60, store_widget_state=True)
    client.execute()
    *printed, shown = notebook.cells[0].outputs
    lines = "".join(output.text for output in printed).splitlines()
    assert len(lines) == 8 + 4 + 5 + 5 + 8
    assert "= 256 greys" in lines[7]
    assert f"Levels {', '.join(['0.55'] * 16)}." in lines[11]
    assert all("Code vector 0111 at (" in line and ", -2.5) speaks for" in line for line in lines[12:16])
    assert ": gain +0.00 dB." in lines[16]
    assert all("Half-step 1, " in line for line in lines[17:21])
    assert "Nothing changes any more." in lines[21]
    assert "256 levels; no loss" in lines[-1]
    assert shown.data["text/plain"].startswith("Run this cell")
    model = shown.data["application/vnd.jupyter.widget-view+json"]["model_id"]
    state = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert model in state


def test_a_gain_of_nothing_has_no_sign_of_minus():
    panel = explore.PlanePanel()
    panel.bits.value = 1
    panel.copy.click()
    panel.places[0].value = -0.75
    assert "gain +0.00 dB" in panel.view.said


@pytest.mark.parametrize("kind", PANELS[1:])
def test_messages_that_come_in_two_threads_are_answered_one_after_the_other(kind):
    panel = kind()
    inside, most = [], []

    def answer(_change):
        inside.append(threading.current_thread())
        most.append(len(inside))
        time.sleep(0.02)
        inside.pop()

    slider = panel.dimension if kind is explore.LimitPanel else panel.bits
    slider.observe(answer, "value")
    panel.reset.on_click(answer)
    moved = {"method": "update", "state": {"value": slider.min}, "buffer_paths": []}
    pressed = {"method": "custom", "content": {"event": "click"}}
    threads = [
        threading.Thread(target=widget.comm.handle_msg, args=({"content": {"data": data}, "buffers": []},))
        for widget, data in ((slider, moved), (panel.reset, pressed))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) >= 2
    assert set(most) == {1}


@pytest.mark.parametrize(("low", "high", "step"), [(-3, 3, 0.05), (-5, 5, 0.05), (0, 0.99, 0.01)])
def test_the_kernel_puts_a_slider_where_the_browser_leaves_it(low, high, step):
    for place in range(round((high - low) / step) + 1):
        value = explore._kept(low + place * step, low, high, step)
        assert value == pytest.approx(low + place * step, abs=1e-12)
        # noUiSlider 15: to percent, to the nearest step, and back
        percent = round(100 * (value - low) / (high - low) / (100 * step / (high - low))) * (100 * step / (high - low))
        assert value == (high if percent >= 100 else percent * (high - low) / 100 + low)
        assert explore._kept(value, low, high, step) == value
    assert explore._kept(low - 1, low, high, step) == low
    assert explore._kept(high + 1, low, high, step) == high


# --- rate and distortion -------------------------------------------------------------------------------------------


def curve(panel, number):
    """The marks of the chart in its own units: the limit, what one dimension reaches, the point."""
    mark = panel.view.frame["chart"]["marks"][number]
    spots = np.frombuffer(mark["xy"], np.float32).reshape(-1, 2)
    return np.array([panel._view.chart.data(*spot) for spot in spots.astype(float)])


def test_the_panel_of_limits_shows_its_row_of_the_table_at_every_position():
    rows = {(row.source, row.rho, row.dimension, row.size): row for row in limits.measured()}
    panel = explore.LimitPanel()
    for source, rho in [("independent", 0.0), ("Laplacian", 0.0), *(("correlated", tenth / 10) for tenth in range(10))]:
        panel.source.value, panel.rho.value = source, rho
        assert panel.rho.disabled == (source != "correlated")
        for dimension, quarters in itertools.product(range(1, 5), range(1, 9)):
            panel.dimension.value, panel.rate.value = dimension, quarters / 4
            size = math.isqrt(math.isqrt(2 ** (quarters * dimension)))
            rate, snr = 0.0, 0.0
            if size > 1:
                row = rows["Laplacian" if source == "Laplacian" else "Gaussian", rho, dimension, size]
                rate, snr = row.rate, row.snr_unseen
            said = text(panel)
            assert said.startswith(f"{size} code vector")
            assert f": rate {plot.count(rate, 'bit')} per dimension," in said
            assert f" SNR {snr:.2f} dB on unseen samples." in said
            assert "-0" not in said + panel.view.frame["chart"]["alt"]
            assert curve(panel, 2)[0] == pytest.approx([rate, snr], abs=0.02)
            x, best = curve(panel, 0).T
            assert np.interp(rate, x, best) > snr - 0.03
            drawn = len(panel.view.frame["plane"]["marks"])
            assert (drawn > 0) == (dimension <= 2)


def test_the_panel_of_limits_draws_the_limit_of_the_literature():
    panel = explore.LimitPanel()
    for source, rho, snr in (("correlated", 0.9, 13.233), ("independent", 0.9, 6.021), ("Laplacian", 0.9, 6.62)):
        panel.source.value, panel.rho.value = source, rho
        x, best = curve(panel, 0).T
        assert np.interp(1, x, best) == pytest.approx(snr, abs=0.02)


def test_the_panel_of_limits_draws_the_cells_of_its_codebook():
    panel = explore.LimitPanel()
    panel.dimension.value, panel.rate.value = 1, 2
    (stars,) = [mark for mark in panel.view.frame["plane"]["marks"] if mark["kind"] == "stars"]
    assert len(np.frombuffer(stars["xy"], np.float32)) == 2 * 16  # two scalar quantizers of four levels
    panel.rate.value = 0.75
    (stars,) = [mark for mark in panel.view.frame["plane"]["marks"] if mark["kind"] == "stars"]
    assert len(np.frombuffer(stars["xy"], np.float32)) == 2
    assert "rate 0 bits per dimension, SNR 0.00 dB" in text(panel)
