"""Drawings of which little moves: the marks are where and as matplotlib would draw them."""

import functools
import io
import itertools
from typing import get_args, get_type_hints

import matplotlib
import matplotlib.style
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.path import Path
from PIL import Image
from scipy import ndimage

from tests.plot.support import HOSTILE, LATTICE, TWINS, pixels
from vqlib import Codebook, plot, sources
from vqlib.explore import message, rendering
from vqlib.explore.live_drawing import LiveDrawing


def over_a_histogram(axes):
    plot.draw_histogram(axes, np.arange(256.0))
    return plot.LevelMarks(axes)


RATES = [1.0, 2.1, 3.2, 7.9, 8.3]
PSNRS = [15.4, 26.3, 31.0, 68.2, np.inf]
WITH_RATES = functools.partial(plot.RateMarks, rates=RATES, psnrs=PSNRS)
DISTORTIONS = [4.0, 1.5, 1.5, 0.7, *np.linspace(0.6, 0.01, 300)]
STEPS = [0, 1, 3, 10, 30, 100, 300]
TRAINING = functools.partial(plot.TrainingMarks, steps=STEPS, level=4.2, heights=(0, 4, 8))
VALUES = [3.0, 1.5, 7.5, 0.5, 8.0, 8.1, 4.0]
LIMIT = (np.array([0, 1, 2.0]), np.array([0, 6, 12.0]))
TRAINED = (np.array([0.5, 1]), np.array([2, 4.4]))
KINDS = {
    "levels up to the rim": lambda: LiveDrawing(410, 100, over_a_histogram, (0, 0, 1, 1)),
    "levels": lambda: LiveDrawing(400, 180, over_a_histogram, (0, 0.27, 1, 0.7)),
    "plane": lambda: LiveDrawing(400, 400, plot.PlaneMarks),
    "curve": lambda: LiveDrawing(400, 400, plot.CurveMarks),
    "rates": lambda: LiveDrawing(400, 180, WITH_RATES),
    "limits": lambda: LiveDrawing(400, 400, plot.LimitMarks),
    "training": lambda: LiveDrawing(400, 190, TRAINING, (0.13, 0.27, 0.85, 0.68)),
}
RECORDS = {
    "line": message.Line,
    "area": message.Area,
    "discs": message.Points,
    "stars": message.Points,
}


def states_of_plane():
    """Samples, codebook, regions and the chosen code vector: many and few, moved and not."""
    rng = np.random.default_rng(0)
    states = []
    for count, size, shift, chosen in (
        (2000, 64, 0.2, None),
        (30, 1, 0, 0),
        (2000, 16, 0, 3),
        (30, 16, 0, None),
        (2000, 2, 1, 1),
        (30, 3, 3, None),
    ):
        regions = Codebook(2 * rng.normal(size=(size, 2)))
        codebook = regions
        if shift:
            codebook = Codebook(regions.vectors + shift * rng.normal(size=(size, 2)))
        states.append((sources.gaussian(count, 2), codebook, regions, chosen))
    return states


def states(kind):
    """What each kind of drawing is to show, one after the other: much and little in turn."""
    if kind == "plane":
        return states_of_plane()
    if kind == "curve":
        return [(DISTORTIONS[:count],) for count in (304, 1, 5, 2, 30)]
    if kind == "rates":
        return [*zip(RATES, PSNRS, strict=True), (2.1, 26.3)]
    if kind == "training":
        return [(VALUES, at) for at in (0, 6, 3)] + [(VALUES[::-1], 3)]
    if kind == "limits":
        return [(LIMIT, TRAINED, (1, 4.4)), (TRAINED, LIMIT, (0.25, 9)), (LIMIT, LIMIT, (2, 1))]
    spans = [(-0.5, 255.5, 200), (60, 190, 3), (-0.5, 255.5, 2), (5, 250, 40), (99, 99, 1)]
    return [(Codebook(np.linspace(*span)),) for span in spans]


@pytest.fixture(params=KINDS)
def live(request):
    """A drawing, and the states that it is to show."""
    return KINDS[request.param](), states(request.param)


def points(mark):
    return np.frombuffer(mark["xy"], np.float32).reshape(-1, 2)


def data_of(drawing, mark):
    """The points of a mark in the numbers of the axes, array (n, 2)."""
    found = [drawing.data(x, y) for x, y in points(mark).astype(float)]
    return np.reshape(found, (-1, 2))


def moved(mark, pixels_of_page):
    return mark | {"xy": (points(mark) + np.float32(pixels_of_page)).tobytes()}


def enlarged(mark):
    larger = {name: 1.2 * mark[name] for name in ("radius", "line_width") if name in mark}
    return mark | larger


def redrawn(drawing, factor):
    """The whole drawing anew by matplotlib, marks above all that is fixed, as an RGB picture.

    A pixel of the page is `factor` wide.
    """
    figure = drawing.axes.figure
    artists = drawing._marks.artists
    figure.set_layout_engine("none")  # a second layout of square axes would move them a little
    before = [(artist.get_animated(), artist.get_zorder()) for artist in artists]
    for position, artist in enumerate(artists):
        artist.set(animated=False, zorder=3 + position)
    figure.set_dpi(100 * factor)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    figure.set_dpi(100 * drawing.SHARPNESS)
    for artist, (animated, order) in zip(artists, before, strict=True):
        artist.set(animated=animated, zorder=order)
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def expected_on_page(drawing, factor):
    """The same, averaged to the pixels of the page."""
    page = (drawing.width, drawing.height)
    return np.asarray(redrawn(drawing, factor).resize(page, Image.Resampling.BOX)).astype(int)


def rendered(drawing, marks, axes_png):
    """What the page shows of these marks over these axes."""
    return rendering.drawing(axes_png, marks, drawing.width, drawing.height)


def white_page(drawing):
    white = io.BytesIO()
    Image.new("RGB", (drawing.width, drawing.height), "white").save(white, "PNG")
    return white.getvalue()


def test_marks_look_as_matplotlib_draws_them(live):
    """On white, both four times as fine as the page: then matplotlib moves both to the same pixels.

    It does so with markers. Nothing differs but the rounding of a colour, by 1 of 255 where marks
    with alpha lie over each other.
    """
    drawing, shown = live
    white = white_page(drawing)
    for artist in drawing.axes.get_children():
        artist.set_visible(artist in drawing._marks.artists)
    for state in shown[:4]:
        marks = drawing.marks(*state)
        expected = expected_on_page(drawing, 4)
        assert (expected < 255).any()
        assert np.abs(rendered(drawing, marks, white) - expected).max() <= 2
    for changed in ([enlarged(mark) for mark in marks], [moved(mark, 0.25) for mark in marks]):
        difference = np.abs(rendered(drawing, changed, white) - expected)
        assert difference.max() > 20, "it would not be seen"


def soft(picture):
    """A picture that is blurred by a pixel."""
    return ndimage.gaussian_filter(np.asarray(picture, dtype=float), (1, 1, 0))


def test_marks_over_what_is_fixed_look_like_a_whole_redraw(live):
    """Twice as fine as the page, as the axes are: only where matplotlib moves the marks differs.

    It moves them by up to a quarter of a pixel of the page. Blurred by a pixel that is little:
    marks one pixel off differ more than twice as much.
    """
    drawing, (state, *_) = live
    marks = drawing.marks(*state)
    shifted = [moved(mark, 1) for mark in marks]
    expected = soft(expected_on_page(drawing, drawing.SHARPNESS))
    away = np.abs(soft(rendered(drawing, marks, drawing.axes_png)) - expected).mean()
    off = np.abs(soft(rendered(drawing, shifted, drawing.axes_png)) - expected).mean()
    assert away < off / 2


def kinds_of(artist):
    """The kinds of mark that an artist becomes: a line with markers is a line, then those."""
    if not isinstance(artist, Line2D):
        return ["area"]
    kinds = []
    if artist.get_linestyle() != "None":
        kinds.append("line")
    if artist.get_marker() != "None":
        kinds.append("stars" if artist.get_marker() == "*" else "discs")
    return kinds


def artists_by_mark(drawing):
    """For each mark the artist that it comes from, and its kind."""
    return [(artist, kind) for artist in drawing._marks.artists for kind in kinds_of(artist)]


def test_each_artist_becomes_marks_of_its_kinds_with_the_fields_of_their_records(live):
    drawing, shown = live
    for state in shown:
        marks = drawing.marks(*state)
        assert [mark["kind"] for mark in marks] == [kind for _, kind in artists_by_mark(drawing)]
        for mark in marks:
            assert set(mark) == RECORDS[mark["kind"]].__required_keys__


def test_these_drawings_have_every_kind_of_mark_that_a_view_knows():
    known = set()
    for record in get_args(message.Mark):
        known |= set(get_args(get_type_hints(record)["kind"]))
    drawings = [KINDS[kind]() for kind in KINDS]
    made = set()
    for drawing in drawings:
        made |= {kind for _, kind in artists_by_mark(drawing)}
    assert made == set(RECORDS) == known


NEAR = {"rtol": 1e-4, "atol": 1e-6}
"""In shares of the width of the axes; rtol, since some axes are logarithms."""


def test_marks_lie_where_their_artists_are(live):
    drawing, shown = live
    width = np.ptp(drawing.axes.viewLim.get_points(), axis=0)
    for state in shown:
        marks = drawing.marks(*state)
        for mark, (artist, kind) in zip(marks, artists_by_mark(drawing), strict=True):
            if kind == "area":
                assert_covers(drawing, mark, artist)
                continue
            data = np.array(artist.get_xydata())
            data[np.isnan(data).any(axis=1)] = np.nan  # a gap in a line: view.js looks for it in x
            np.testing.assert_allclose(data_of(drawing, mark) / width, data / width, **NEAR)


def assert_covers(drawing, mark, polygon):
    """The area is of the polygon what can be seen of it, and ends near the axes.

    WebKit leaves out some areas with corners more than 32,767 pixels away.
    """
    low, high = drawing.axes.viewLim.get_points()
    places = np.random.default_rng(0).uniform(low, high, (1000, 2))
    seen = Path(data_of(drawing, mark)).contains_points(places)
    wanted = Path(polygon.get_xy()).contains_points(places)
    assert (seen == wanted).all()
    assert (np.abs(points(mark)) < 1000).all()


def test_marks_are_clipped_to_their_axes_unless_their_artists_are_not(live):
    drawing, shown = live
    span = drawing.axes.viewLim.get_points()
    width = np.ptp(span, axis=0)
    marks = drawing.marks(*shown[0])
    for mark, (artist, _) in zip(marks, artists_by_mark(drawing), strict=True):
        assert (mark["clip"] is not None) == artist.get_clip_on()
        if mark["clip"]:
            left, top, wide, high = mark["clip"]
            corners = [drawing.data(left, top + high), drawing.data(left + wide, top)]
            np.testing.assert_allclose(corners / width, span / width, **NEAR)


def test_marks_do_not_depend_on_what_was_shown_before(live):
    drawing, shown = live
    axes_png = drawing.axes_png
    seen = [drawing.marks(*state) for state in shown]
    again = [drawing.marks(*state) for state in shown[::-1]][::-1]
    assert seen == again
    assert all(one != other for one, other in itertools.combinations(seen[:5], 2))
    assert drawing.axes_png == axes_png


def test_the_axes_are_drawn_without_marks_at_twice_the_pixels_of_the_page(live):
    drawing, shown = live
    axes = pixels(drawing.axes_png).astype(int)
    assert axes.shape == (2 * drawing.height, 2 * drawing.width, 3)
    drawing.marks(*shown[0])
    assert (np.asarray(redrawn(drawing, 2)) != axes).any()
    for artist in drawing._marks.artists:
        artist.set_visible(False)
    assert (np.asarray(redrawn(drawing, 2)) == axes).all()


def test_a_codebook_on_a_drawing_is_stars_and_borders_of_its_colours():
    borders, stars = KINDS["levels"]().marks(Codebook([10, 30, 200]))
    assert (borders["colour"], stars["colour"]) == (plot.BLUE.lower(), plot.RED.lower())
    assert (borders["kind"], stars["kind"]) == ("line", "stars")
    assert stars["radius"] == pytest.approx(15 / 2 * 100 / 72)
    assert borders["line_width"] == pytest.approx(2 * 100 / 72)


def test_a_codebook_on_a_drawing_has_a_star_for_each_level_and_a_line_for_each_border():
    codebook = Codebook([10, 30, 200])
    borders, stars = (points(mark) for mark in KINDS["levels"]().marks(codebook))
    # The axis is as wide as the page, 400 pixels for 256 greys.
    levels_on_page = (codebook.vectors[:, 0] + 0.5) * 400 / 256
    borders_on_page = (codebook.thresholds + 0.5) * 400 / 256
    assert stars[:, 0] == pytest.approx(levels_on_page, abs=1e-3)
    assert borders[::3, 0] == pytest.approx(borders_on_page, abs=1e-3)
    assert np.isnan(borders[2::3]).any(axis=1).all()
    # From the upper rim of the page: the axis, and the top of the axes.
    assert stars[:, 1] == pytest.approx(180 * (1 - 0.27), abs=1e-3)
    assert borders[1::3, 1] == pytest.approx(180 * (1 - 0.97), abs=1e-3)


def test_a_pair_on_a_drawing_is_a_star_and_the_chosen_region_is_filled():
    drawing = KINDS["plane"]()
    codebook = Codebook(LATTICE)
    dots, _, region, _, _, stars = drawing.marks(TWINS, codebook, codebook, 3)
    assert data_of(drawing, stars) == pytest.approx(LATTICE, abs=1e-5)
    assert data_of(drawing, dots) == pytest.approx(TWINS, abs=1e-5)
    corners = data_of(drawing, region)
    assert region["kind"] == "area"
    assert region["alpha"] == 0.2
    box = np.array([corners.min(axis=0), corners.max(axis=0)])
    from_star = np.abs(box - LATTICE[3]).min(axis=0)
    assert from_star == pytest.approx(0.5, abs=1e-4), "half-way to the neighbours"


def test_marks_of_the_plane_have_the_colours_of_the_series():
    codebook = Codebook(LATTICE)
    marks = KINDS["plane"]().marks(TWINS, codebook, codebook, 3)
    expected = (plot.GREY, plot.ORANGE, plot.BLUE, plot.BLUE, "black", plot.RED)
    assert [mark["colour"] for mark in marks] == list(map(matplotlib.colors.to_hex, expected))
    assert all(mark["clip"] for mark in marks)
    dots, astray, _, _, _, stars = marks
    assert (dots["kind"], astray["kind"], stars["kind"]) == ("discs", "discs", "stars")
    assert dots["radius"] == pytest.approx(3 / 4 * 100 / 72)


def test_a_growing_curve_goes_through_its_points():
    drawing = KINDS["curve"]()
    for count in (304, 1, 5, 2, 30):
        line, discs = drawing.marks(DISTORTIONS[:count])
        assert (line["kind"], discs["kind"]) == ("line", "discs")
        assert line["xy"] == discs["xy"]
        expected = np.array(list(enumerate(DISTORTIONS[:count])))
        assert data_of(drawing, discs) == pytest.approx(expected, rel=1e-4, abs=1e-4)
        assert line["line_width"] > 0
        assert discs["radius"] > 0


def test_the_point_of_rate_and_distortion_lies_on_the_curve():
    drawing = KINDS["rates"]()
    (curve,) = [line for line in drawing.axes.lines if not line.get_animated()]
    for state, on_curve in zip(zip(RATES, PSNRS, strict=True), curve.get_xydata(), strict=True):
        (point,) = drawing.marks(*state)
        (found,) = data_of(drawing, point)
        assert found == pytest.approx(on_curve, abs=1e-3)
        ((x, y),) = points(point).astype(float)
        left, top, wide, high = point["clip"]
        assert left < x < left + wide
        assert top < y < top + high


def test_no_loss_has_a_line_of_its_own_above_the_decibels():
    drawing = KINDS["rates"]()
    axes = drawing.axes
    names = [text.get_text() for text in axes.get_yticklabels()]
    height = dict(zip(names, axes.get_yticks(), strict=True))
    assert [height[name] for name in ("10", "20", "60")] == [10, 20, 60]
    (curve,) = [line for line in axes.lines if not line.get_animated()]
    assert curve.get_xdata().tolist() == RATES
    assert curve.get_ydata().tolist() == [*PSNRS[:-1], height["no loss"]]
    (point,) = drawing.marks(RATES[-1], np.inf)
    ((_, y),) = data_of(drawing, point)
    assert y == pytest.approx(height["no loss"], abs=1e-3)


def test_limit_marks_go_where_they_are_told():
    drawing = KINDS["limits"]()
    limit, line, discs, point = drawing.marks(LIMIT, TRAINED, (1.0, 4.4))
    assert data_of(drawing, limit) == pytest.approx(np.column_stack(LIMIT), abs=0.02)
    assert data_of(drawing, line) == pytest.approx(np.column_stack(TRAINED), abs=0.02)
    assert data_of(drawing, discs) == pytest.approx(np.column_stack(TRAINED), abs=0.02)
    assert data_of(drawing, point) == pytest.approx(np.array([(1.0, 4.4)]), abs=0.02)


@pytest.mark.parametrize("kind", KINDS)
def test_the_settings_of_the_reader_change_neither_a_drawing_nor_are_they_changed(kind):
    drawing = KINDS[kind]()
    state = states(kind)[0]
    with matplotlib.rc_context(HOSTILE | matplotlib.style.library["dark_background"]):
        before = dict(matplotlib.rcParams)
        found = KINDS[kind]()
        assert found.axes_png == drawing.axes_png
        assert found.marks(*state) == drawing.marks(*state)
        assert dict(matplotlib.rcParams) == before
