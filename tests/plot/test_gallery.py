"""Pictures are shown at their own pixels, and colours in their place."""

import itertools

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.transforms import Bbox
from mpl_toolkits.mplot3d import proj3d

from tests.plot.support import distances, drawn, drawn_in, stars
from vqlib import Codebook, image, plot


@pytest.mark.parametrize("name", image.SAMPLES)
@pytest.mark.parametrize("bits", [1, 3, 7])
def test_side_by_side_shows_both_pictures_pixel_for_pixel_on_one_scale(name, bits):
    picture = image.sample(name)
    result = image.quantize_image(picture, bits)
    figure = drawn(plot.side_by_side(picture, result))
    for left, expected in ((0, picture), (plot.SIDE + 20, result.picture)):
        shown = image.window(expected, plot.SIDE)
        height, width = shown.shape
        # A picture lower than SIDE sits in the middle of its square.
        top = 30 + (plot.SIDE - height) // 2
        part = figure[top : top + height, left : left + width]
        assert (part == shown[..., None]).all()


def test_side_by_side_tells_size_error_and_cost():
    picture = image.sample("camera")
    sentence = plot.side_by_side(picture, image.quantize_image(picture, 1)).sentence
    assert sentence.startswith(
        "2 grey levels: mean squared error 774.6, PSNR 19.2 dB; 1 instead of 8 bits"
    )
    assert sentence.endswith("together 87.5 % less than before. Levels 30, 176; borders 103.")
    flat = np.full((4, 4), 9, np.uint8)
    sentence = plot.side_by_side(flat, image.quantize_image(flat, 8)).sentence
    assert sentence.startswith("1 grey level: nothing is lost")


@pytest.mark.parametrize(("bits", "told"), [(3, True), (4, False)])
def test_up_to_eight_levels_are_told(bits, told):
    picture = image.sample("camera")
    sentence = plot.side_by_side(picture, image.quantize_image(picture, bits)).sentence
    assert ("; borders " in sentence) == told


def test_a_histogram_counts_each_grey_value_around_it_and_fits_its_axes():
    axes = Figure().add_subplot()
    counts = np.arange(256.0)
    plot.draw_histogram(axes, counts)
    (hill,) = axes.collections
    outline = hill.get_paths()[0]
    for value in (0, 7, 255):
        for x in (value - 0.4, value + 0.4):
            assert outline.contains_point((x, counts[value] + 0.1)) is False
            assert outline.contains_point((x, counts[value] - 0.1)) is (value > 0)
    assert axes.get_ylim()[0] == 0
    assert axes.get_ylim()[1] > counts.max()
    assert axes.get_xlim() == (-0.5, 255.5)


def histogram_of(counts):
    axes = Figure().add_subplot()
    plot.draw_histogram(axes, np.array(counts, dtype=float))
    return axes.get_ylim()[1], [text.get_text() for text in axes.texts]


@pytest.mark.parametrize("place", [0, 40, 255])
def test_a_bar_that_would_flatten_the_others_is_cut_and_its_height_told(place):
    counts = np.full(256, 100)
    counts[place] = 30_000
    assert histogram_of(counts) == (150, ["cut: 30,000"])


@pytest.mark.parametrize("high", [(290,), (9000,) * 5])
def test_a_bar_is_not_cut_that_is_little_higher_or_one_of_many(high):
    counts = np.full(256, 100)
    counts[: len(high)] = high
    top, texts = histogram_of(counts)
    assert top > max(high)
    assert texts == []


def test_the_bars_of_a_picture_of_few_greys_are_not_cut():
    counts = np.zeros(256)
    counts[[3, 100, 200]] = (1, 10, 10_000)
    top, texts = histogram_of(counts)
    assert (top > 10_000, texts) == (True, [])


def test_side_by_side_has_levels_and_borders_over_the_right_histogram_only():
    picture = image.sample("camera")
    result = image.quantize_image(picture, 2)
    *_, left, right = plot.side_by_side(picture, result).figure.axes
    assert not left.lines
    assert stars(right) == result.levels.tolist()
    assert drawn_in(right, plot.BLUE)[::3, 0].tolist() == result.codebook.thresholds.tolist()


def test_one_call_from_a_file_shows_the_same():
    camera = image.sample("camera")
    plate = plot.quantize_and_show(image.DATA / "camera.png", 2)
    assert plate.sentence == plot.side_by_side(camera, image.quantize_image(camera, 2)).sentence
    with pytest.raises(ValueError, match="bits must be a whole number from 1 to 8, got 9"):
        plot.quantize_and_show(image.DATA / "camera.png", 9)


def test_pictures_are_shown_pixel_for_pixel():
    camera = image.sample("camera")
    panels = {"a": camera, "b": camera, "c": camera}
    figure = drawn(plot.pictures(panels, "Three times the same."))
    shown = image.window(camera, 260)
    for left in (0, 280, 560):
        assert (figure[30:290, left : left + 260] == shown[..., None]).all()


def test_pictures_are_shown_around_the_centre_that_is_asked():
    china = image.sample("china", colour=True)
    plate = plot.pictures({"a": china}, "", centre=(0.2, 0.9))
    shown = image.window(china, plot.SIDE, (0.2, 0.9))
    assert (drawn(plate)[30:430, :400] == shown).all()
    assert (shown != image.window(china, plot.SIDE)).any()


def test_pictures_may_stand_in_rows():
    shades = {str(k): np.full((40, 40), 50 * k, np.uint8) for k in range(3)}
    figure = drawn(plot.pictures(shades, "Three greys.", columns=2))
    assert figure.shape == (2 * 430 + 6, 820, 3)
    for k, (top, left) in enumerate([(30, 0), (30, 420), (460, 0)]):
        assert (figure[top : top + 400, left : left + 400] == 50 * k).all()


def test_a_picture_may_get_as_many_pixels_as_are_asked():
    camera = image.sample("camera")
    figure = drawn(plot.pictures({"camera": camera}, "A man.", side=512))
    assert (figure[30:542, :512] == camera[..., None]).all()


def test_errors_are_shown_in_their_colours_over_the_scale_of_them():
    camera = image.sample("camera")
    result = image.quantize_image(camera, 2).picture
    plate = plot.errors(camera, {"2 bits": result}, "Outlines.", limit=30)
    colours = plot.error_colours(camera, result, 30)
    figure = drawn(plate)
    assert (figure[30:430, :400] == image.window(colours, 400)).all()
    scale = plate.figure.axes[-1]
    assert [label.get_text() for label in scale.get_xticklabels()] == [
        "30+ too dark",
        "0",
        "30+ too bright",
    ]
    row = figure[436:448, 2:398]  # within its frame
    (steps,) = [shown.get_array() for shown in scale.images]
    seen = {tuple(colour) for colour in row[4]}
    assert {tuple(colour) for colour in steps[0]} == seen
    assert tuple(steps[0, 30]) == tuple(plot.error_colours([0], [0])[0])


def test_error_colours_tell_brighter_from_darker():
    white, orange, purple = plot.error_colours([100, 100, 100], [100, 140, 60]).astype(int)
    assert white.min() > 240
    assert orange[0] > orange[1] > orange[2]
    assert purple[2] > purple[0] > purple[1]


def in_space(axes, points, seen):
    """Where in a drawn picture axes in space have these points: column and row, array (n, 2)."""
    x, y, _ = proj3d.proj_transform(*points.T, axes.get_proj())
    page = axes.figure.bbox
    on_page = axes.transData.transform(np.column_stack([x, y])) * (1, -1) + (0, page.height)
    return (on_page * seen.shape[1] / page.width).astype(int)


def axis_of_each_colour(axes):
    return axes.xaxis, axes.yaxis, axes.zaxis


def cloud(sizes):
    """Colours, and clouds of them under codebooks of these sizes; 0 is a panel without one."""
    rng = np.random.default_rng(sum(sizes))
    colours = rng.integers(0, 256, (300, 3)).astype(float)
    panels = {}
    for k, size in enumerate(sizes):
        codebook = Codebook(rng.uniform(0, 255, (size, 3))) if size else None
        panels[f"Panel {k}"] = codebook
    return colours, panels, plot.colour_cloud(colours, panels, "Look here.")


CLOUDS = pytest.mark.parametrize("sizes", [(0,), (1,), (0, 8), (16, 0), (2, 0, 4)])


@CLOUDS
def test_a_cloud_lies_in_the_cube_of_colours_under_its_title(sizes):
    _, panels, plate = cloud(sizes)
    assert repr(plate) == "Look here."
    for axes, title in zip(plate.figure.axes, panels, strict=True):
        assert "".join(axes.get_title(loc=side) for side in ("left", "center", "right")) == title
        assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_zlabel()) == ("red", "green", "blue")
        assert axes.get_xlim() == axes.get_ylim() == axes.get_zlim() == (0, 255)


@CLOUDS
def test_a_cloud_has_the_colours_of_its_pixels_or_of_their_code_vectors(sizes):
    colours, panels, plate = cloud(sizes)
    seen = drawn(plate)
    for axes, codebook in zip(plate.figure.axes, panels.values(), strict=True):
        vectors = np.empty((0, 3)) if codebook is None else codebook.vectors
        expected = colours
        if codebook is not None:
            away = np.square(colours[:, None] - vectors).sum(axis=2)
            expected = vectors[away.argmin(axis=1)]
        assert len(axes.collections[0].get_offsets()) == len(colours)
        dots = in_space(axes, colours, seen)
        # Of what no other mark covers, the very middle.
        apart = np.sort(distances(dots, dots), axis=1)[:, 1] > 10
        apart &= (distances(dots, in_space(axes, vectors, seen)) > 30).all(axis=1)
        assert apart.sum() > 60
        columns, rows = dots[apart].T
        assert np.abs(seen[rows, columns] - expected[apart]).max() <= 1


@CLOUDS
def test_code_vectors_of_a_cloud_are_large_stars_with_a_red_edge(sizes):
    _, panels, plate = cloud(sizes)
    star = MarkerStyle("*")
    outline = star.get_transform().transform(star.get_path().vertices)
    for axes, codebook in zip(plate.figure.axes, panels.values(), strict=True):
        dots, *others = axes.collections
        count = [] if codebook is None else [codebook.size]
        assert [len(marks.get_offsets()) for marks in others] == count
        for marks in others:
            assert (marks.get_paths()[0].vertices == outline).all()
            edges = marks.get_edgecolor()
            assert matplotlib.colors.same_color(edges, [plot.RED] * len(edges))
            assert marks.get_sizes().min() > 4 * dots.get_sizes().max()


def test_stars_lie_above_the_cloud():
    colours = np.random.default_rng(0).uniform(0, 255, (4000, 3))
    codebook = Codebook([(60, 60, 60), (200, 60, 60), (60, 200, 200), (200, 200, 60)])
    plate = plot.colour_cloud(colours, {"": None, "Stars": codebook}, "")
    seen = drawn(plate).astype(int)
    middles = in_space(plate.figure.axes[1], codebook.vectors, seen)
    for (column, row), vector in zip(middles, codebook.vectors, strict=True):
        middle = seen[row - 3 : row + 4, column - 3 : column + 4]
        assert np.abs(middle - vector).max() <= 1


def clouds_of_three_colours(count):
    """A figure of so many panels, drawn, and by panel the box of its title and labels."""
    panels = {f"Panel {k}": None for k in range(count)}
    figure = plot.colour_cloud(np.eye(3), panels, "").figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    boxes = []
    for axes in figure.axes:
        title = axes.title.get_window_extent()
        axis_boxes = [axis.get_tightbbox(renderer) for axis in axis_of_each_colour(axes)]
        boxes.append(Bbox.union([title, *axis_boxes]))
    return figure, boxes


@pytest.mark.parametrize("count", [1, 2])
def test_labels_of_a_cloud_lie_within_the_figure_and_apart(count):
    figure, boxes = clouds_of_three_colours(count)
    assert figure.bbox.width <= 840
    for box in boxes:
        assert figure.bbox.containsx(box.x0)
        assert figure.bbox.containsx(box.x1)
        assert figure.bbox.containsy(box.y0)
        assert figure.bbox.containsy(box.y1)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))


@pytest.mark.parametrize("count", [1, 2])
def test_a_cloud_has_the_ends_of_each_axis_as_its_only_ticks(count):
    figure, _ = clouds_of_three_colours(count)
    for axes in figure.axes:
        for axis in axis_of_each_colour(axes):
            assert [text.get_text() for text in axis.get_ticklabels()] == ["0", "255"]
