"""Figures: what is drawn is what the numbers say."""

import functools
import io
import itertools

import matplotlib
import numpy as np
import pytest
import render
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.transforms import Bbox
from mpl_toolkits.mplot3d import proj3d
from PIL import Image
from scipy import ndimage

from vqlib import Codebook, image, plot, sources

CLASSIC = Codebook([[-3], [-1], [1], [3]])


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def drawn(plate):
    return pixels(plate.png())


def stars(axes):
    (line,) = [line for line in axes.lines if line.get_marker() == "*"]
    assert line.get_color() == plot.RED
    return line.get_xdata().tolist()


def drawn_in(axes, colour):
    """What the one line of this colour goes through, array (n, 2); rows of NaN break it."""
    (line,) = [line for line in axes.lines if line.get_color() == colour]
    return line.get_xydata()


def strokes(axes, colour):
    """The single strokes of that line, array (m, 2 ends, 2)."""
    parts = drawn_in(axes, colour).reshape(-1, 3, 2)
    assert np.isnan(parts[:, 2]).all()
    return parts[:, :2]


@functools.cache
def plane():
    """An axis with marks that every example moves."""
    axes = Figure().add_subplot()
    return axes, plot.PlaneMarks(axes)


def distances(points, vectors):
    return np.hypot(*(points[..., None, :] - vectors).T).T


def clear(points, vectors):
    """Which points do not lie on a border, as far as rounding can tell."""
    near = np.sort(distances(points, np.vstack([vectors, [(99, 99)]])), axis=-1)
    return near[..., 1] - near[..., 0] > 1e-6


SMALL = st.integers(-6, 6).map(lambda halves: halves / 2) | st.integers(-3200, 3200).map(
    lambda thousandths: thousandths / 1000
)
PAIRS = st.lists(st.tuples(SMALL, SMALL), min_size=1, max_size=20).map(np.array)
IN_A_LINE = st.lists(SMALL, min_size=1, max_size=20).map(lambda x: np.stack([x, 0.25 - 0.5 * np.array(x)], axis=1))
CODEBOOKS = PAIRS | IN_A_LINE  # in many of them some are equal, on one line or on one circle
LATTICE = np.stack(np.indices((4, 5)), axis=-1).reshape(-1, 2) - 1.5
TWINS = np.array([(0.15, 1), (0.15 + 2**-55, 1), (2, -1)])  # as sliders and browsers round
SEEDS = st.integers(0, 2**32 - 1)


def test_the_classic_picture_is_drawn_as_described():
    plate = plot.number_line(CLASSIC, -4, 4)
    (axes,) = plate.figure.axes
    assert stars(axes) == [-3, -1, 1, 3]
    (borders,) = axes.collections
    assert [segment[0, 0] for segment in borders.get_segments()] == [-2, 0, 2]
    assert matplotlib.colors.same_color(borders.get_colors(), plot.BLUE)
    words = {text.get_text(): text.get_position()[0] for text in axes.texts if len(text.get_text()) == 2}
    assert {word: words[word] for word in ("00", "01", "10", "11")} == {"00": -3, "01": -1, "10": 1, "11": 3}
    assert plate.sentence == (
        "4 code vectors at -3, -1, 1, 3; borders at -2, 0, 2; code words 00, 01, 10, 11; rate 2 bits per dimension."
    )


def test_code_words_stand_above_their_regions_whatever_the_order_of_the_codebook():
    axes = plot.number_line(Codebook([3, -3]), -4, 4).figure.axes[0]
    words = {text.get_text(): text.get_position()[0] for text in axes.texts if text.get_position()[1] == 0.95}
    assert words == {"1": -2, "0": 2}


def test_every_sample_is_joined_to_its_code_vector():
    plate = plot.number_line(CLASSIC, -4, 4, samples=[0.5, -2, 3.5])
    assert plate.sentence.endswith(" 3 samples go to -1, 1, 3.")
    axes = plate.figure.axes[0]
    joined = [tuple(line.get_xdata()) for line in axes.lines if line.get_color() == plot.ORANGE]
    assert joined == [(0.5, 1), (-2, -1), (3.5, 3)]


def test_index_value_and_error_curves_are_those_of_the_codebook():
    plate = plot.index_value_error(CLASSIC, -5, 5)
    curves = [axes.lines for axes in plate.figure.axes]
    (indices, values, errors) = (curves[0][0], curves[1][1], curves[2][0])
    x = errors.get_xdata()
    known = ~np.isnan(x)
    assert (indices.get_ydata()[known] == CLASSIC.encode(x[known])).all()
    assert (values.get_ydata()[known] == CLASSIC.quantize(x[known])).all()
    assert (errors.get_ydata()[known] == CLASSIC.quantize(x[known]) - x[known]).all()
    assert np.isnan(errors.get_ydata()).sum() == 3  # the line is broken at each of the three borders
    assert "step up at -2, 0, 2. From -4 to 4 the error stays within 1 of zero" in plate.sentence
    assert "+2 at -5, -2 at 5" in plate.sentence


def test_fit_tells_each_distortion():
    plate = plot.fit(*sources.density("Gaussian"), {"one": CLASSIC, "other": Codebook([-0.8, 0, 0.8, 9])})
    assert [stars(axes) for axes in plate.figure.axes] == [[-3, -1, 1, 3], [-0.8, 0, 0.8, 9]]
    assert "one 0.3363, levels -3, -1, 1, 3; other" in plate.sentence


@given(CODEBOOKS)
@example(LATTICE)
@example(TWINS)
def test_a_border_lies_half_way_between_two_code_vectors_and_no_third_is_nearer(vectors):
    axes, marks = plane()
    marks.show(vectors, Codebook(vectors), Codebook(vectors))
    different = np.unique(vectors.round(9), axis=0)
    borders = strokes(axes, plot.BLUE)
    assert len(borders) >= len(different) - 1
    for start, end in borders:
        away = distances(np.linspace(start, end, 3), different)
        pair = np.argsort(away[1])[:2]
        assert away[:, pair] == pytest.approx(away.min(axis=1, keepdims=True).repeat(2, axis=1), abs=1e-6)


def test_borders_go_with_their_codebook_wherever_it_lies():
    axes, marks = plane()
    found = []
    for shift in (np.zeros(2), np.array((4096, 4096))):
        marks.show(LATTICE, Codebook(LATTICE + shift), Codebook(LATTICE + shift))
        found.append(sorted(np.sort((strokes(axes, plot.BLUE) - shift).round(6) + 0.0, axis=1).tolist()))
    assert found[0] == found[1]


@given(CODEBOOKS, SEEDS)
@example(LATTICE, 0)
@example(TWINS, 0)
def test_a_straight_way_meets_a_border_exactly_where_the_nearest_code_vector_changes(vectors, seed):
    axes, marks = plane()
    marks.show(vectors, Codebook(vectors), Codebook(vectors))
    borders = strokes(axes, plot.BLUE)
    different = np.unique(vectors.round(9), axis=0)
    ways = np.random.default_rng(seed).uniform(*plot.PLANE, (60, 2, 2))
    ways[::2, 1] = ways[::2, 0] + 0.1 * ways[::2, 1]  # regions are convex: a long way and a short one do alike
    ways = ways[clear(ways, different).all(axis=1)]

    def sides(lines, points):
        """On which side of each line each point lies: +1 or -1, for both ends of `points`."""
        along, off = lines[:, 1] - lines[:, 0], points - lines[:, None, :1]
        return np.sign(along[:, None, None, 0] * off[..., 1] - along[:, None, None, 1] * off[..., 0])

    of_borders, of_ways = sides(ways, borders[None]), sides(borders, ways[None])
    met = (of_borders.prod(axis=2) < 0) & (of_ways.prod(axis=2) < 0).T
    changes = np.diff(distances(ways, different).argmin(axis=2), axis=1)[:, 0] != 0
    assert (met.any(axis=1) == changes).all()


@given(CODEBOOKS, SEEDS)
@example(LATTICE, 0)
@example(TWINS, 0)
def test_the_region_of_the_chosen_code_vector_holds_the_samples_that_go_to_it(vectors, seed):
    axes, marks = plane()
    codebook = Codebook(vectors)
    points = np.random.default_rng(seed).uniform(*plot.PLANE, (200, 2))
    points = points[clear(points, np.unique(vectors.round(9), axis=0))]
    indices, away = codebook.encode(points), distances(points, vectors)
    (region,) = axes.patches
    for chosen in range(codebook.size):
        marks.show(points, codebook, codebook, chosen)
        inside = region.get_path().contains_points(points)
        assert (inside == (away[:, chosen] < away.min(axis=1) + 1e-9)).all()
        assert inside[indices == chosen].all()
    assert matplotlib.colors.same_color(region.get_facecolor(), (plot.BLUE, 0.2))
    marks.show(points, codebook, codebook)
    assert not region.get_path().contains_points(points).any()


@pytest.mark.parametrize("count", range(1, 7))
def test_partitions_show_each_codebook_under_its_title_with_its_code_words(count):
    samples = sources.gaussian(300, 2)
    codebooks = {f"Codebook {k}": Codebook(samples[16 * k : 16 * k + 16]) for k in range(count)}
    plate = plot.partition(samples, codebooks, "Look here.", words=True)
    assert repr(plate) == "Look here."
    figure = plate.figure
    figure.draw_without_rendering()
    assert figure.bbox.width <= 840
    for axes, (title, codebook) in zip(figure.axes[:count], codebooks.items(), strict=True):
        assert axes.get_title(loc="left") == title
        assert stars(axes) == codebook.vectors[:, 0].tolist()
        np.testing.assert_array_equal(drawn_in(axes, plot.RED), codebook.vectors)
        np.testing.assert_array_equal(drawn_in(axes, plot.GREY), samples)
        assert {text.get_text(): tuple(text.xy) for text in axes.texts} == {
            f"{index:04b}": tuple(vector) for index, vector in enumerate(codebook.vectors)
        }
        assert axes.get_xlim() == axes.get_ylim() == plot.PLANE
        assert axes.bbox.width == pytest.approx(axes.bbox.height)
        assert axes.bbox.width > 150
    boxes = [axes.get_tightbbox() for axes in figure.axes[:count]]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert not any(axes.axison for axes in figure.axes[count:])


def test_a_partition_shows_the_part_of_the_plane_that_is_asked_and_no_code_words_unless_asked():
    plate = plot.partition(np.zeros((1, 2)), {"": Codebook([(1, 2)])}, "", limits=(-1, 7))
    (axes,) = plate.figure.axes
    assert axes.get_xlim() == axes.get_ylim() == (-1, 7)
    assert not axes.texts


@pytest.mark.parametrize("size", [1, 2, 16, 64])
def test_of_two_codebooks_one_gives_the_stars_and_one_the_regions(size):
    rng = np.random.default_rng(size)
    samples, vectors, shift = rng.normal(size=(500, 2)), rng.normal(size=(size, 2)), rng.normal(size=(size, 2))
    moved, regions = Codebook(vectors + 0.3 * shift), Codebook(vectors)
    plate = plot.partition(samples, {"both": (moved, regions), "regions": regions}, "")
    both, alone = plate.figure.axes
    np.testing.assert_array_equal(drawn_in(both, plot.RED), moved.vectors)
    np.testing.assert_array_equal(drawn_in(both, plot.BLUE), drawn_in(alone, plot.BLUE))
    np.testing.assert_array_equal(strokes(both, "black"), np.stack([regions.vectors, moved.vectors], axis=1))
    nearest = [distances(samples, codebook.vectors).argmin(axis=1) for codebook in (moved, regions)]
    astray = nearest[0] != nearest[1]
    assert astray.any() == (size > 1)
    np.testing.assert_array_equal(drawn_in(both, plot.ORANGE), samples[astray])
    np.testing.assert_array_equal(drawn_in(both, plot.GREY), samples[~astray])
    assert drawn_in(alone, plot.ORANGE).size == 0
    canvas = FigureCanvasAgg(plate.figure)
    canvas.draw()
    plate.figure.set_layout_engine("none")  # a second layout of square axes would move them a little
    canvas.draw()
    before = np.array(canvas.buffer_rgba())
    for axes, seen in ((alone, False), (both, True)):
        (paths,) = [line for line in axes.lines if line.get_color() == "black"]
        paths.set_visible(False)
        canvas.draw()
        assert (np.asarray(canvas.buffer_rgba()) != before).any() == seen


@pytest.mark.parametrize("name", image.SAMPLES)
@pytest.mark.parametrize("bits", [1, 3, 7])
def test_side_by_side_shows_both_pictures_pixel_for_pixel_on_one_scale(name, bits):
    picture = image.sample(name)
    result = image.quantize_image(picture, bits)
    plate = plot.side_by_side(picture, result)
    for left, expected in ((0, picture), (plot.SIDE + 20, result.picture)):
        shown = plot.window(expected)
        height, width = shown.shape
        # A picture lower than SIDE sits in the middle of its square.
        top = 30 + (plot.SIDE - height) // 2
        part = drawn(plate)[top : top + height, left : left + width]
        assert (part == shown[..., None]).all()


def test_side_by_side_tells_size_error_and_cost():
    picture = image.sample("camera")
    sentence = plot.side_by_side(picture, image.quantize_image(picture, 1)).sentence
    assert sentence.startswith("2 grey levels: mean squared error 774.6, PSNR 19.2 dB; 1 instead of 8 bits")
    assert sentence.endswith("together 87.5 % less than before. Levels 30, 176; borders 103.")
    flat = np.full((4, 4), 9, np.uint8)
    assert plot.side_by_side(flat, image.quantize_image(flat, 8)).sentence.startswith("1 grey level: nothing is lost")


def test_one_call_from_a_file_shows_the_same():
    camera = image.sample("camera")
    plate = plot.quantize_and_show(image.DATA / "camera.png", 2)
    assert plate.sentence == plot.side_by_side(camera, image.quantize_image(camera, 2)).sentence
    with pytest.raises(ValueError, match="bits must be a whole number from 1 to 8, got 9"):
        plot.quantize_and_show(image.DATA / "camera.png", 9)


def test_pictures_are_shown_pixel_for_pixel():
    camera = image.sample("camera")
    pixels = drawn(plot.pictures({"a": camera, "b": camera, "c": camera}, "Three times the same."))
    shown = plot.window(camera, 260)
    for left in (0, 280, 560):
        assert (pixels[30:290, left : left + 260] == shown[..., None]).all()


@given(
    height=st.integers(1, 1300),
    width=st.integers(1, 1300),
    centre=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    side=st.sampled_from([7, 260, 400]),
)
def test_a_window_holds_pixels_of_the_picture_in_their_order(height, width, centre, side):
    rows, columns = np.indices((height, width))
    seen = [plot.window(plane.astype(np.int32), side, centre) for plane in (rows, columns)]
    assert max(seen[0].shape) <= side
    largest = max(height, width)
    assert max(seen[0].shape) > side / 2 or largest < side / 2
    for plane, axis, length in ((seen[0], 0, height), (seen[1], 1, width)):
        line = plane.take(0, axis=1 - axis)
        assert (plane == np.expand_dims(line, 1 - axis)).all()
        assert line.min() >= 0
        assert line.max() < length
        assert len(set(np.diff(np.unique(line)))) <= 1
        assert (np.diff(line) >= 0).all()


@given(
    shape=st.tuples(st.integers(1, 900), st.integers(1, 900)),
    centre=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    enlarge=st.sampled_from([1, 2, 4, 8]),
)
def test_a_cut_holds_whole_neighbouring_pixels_and_as_much_as_there_is_room_for(shape, centre, enlarge):
    seen = [plot.cut(plane.astype(np.int32), 400, centre, enlarge) for plane in np.indices(shape)]
    for axis, (plane, cell) in enumerate(seen):
        assert cell == enlarge
        assert plane.shape == tuple(min(length, 400 // enlarge) for length in shape)
        line = plane.take(0, axis=1 - axis)
        assert (plane == np.expand_dims(line, 1 - axis)).all()
        assert (np.diff(line) == 1).all()
        assert 0 <= line[0] <= line[-1] < shape[axis]
        reach, length = len(line), shape[axis]
        if line[0] > 0 and line[-1] < length - 1:  # not at a rim: the centre is in the middle
            assert line[reach // 2] == int(centre[axis] * length)


def lightness(tile):
    """The sum of a tile, whole as its pixels are."""
    return sum(value for line in tile for pixel in line for value in pixel)


def slope(tile):
    """Below zero where a tile is lighter on the left, above where it is lighter on the right; whole, too."""
    middle = len(tile) - 1
    return sum((2 * x - middle) * value for line in tile for x, pixel in enumerate(line) for value in pixel)


def different_tiles(size, block, channels, rng):
    """So many tiles as lists, no two equally light, no two of one slope: then their order is certain."""
    found, lights, slopes = [], set(), set()
    while len(found) < size:
        tile = rng.integers(0, 256, (block, block, channels)).tolist()
        if lightness(tile) not in lights and slope(tile) not in slopes:
            found.append(tile)
            lights.add(lightness(tile))
            slopes.update({slope(tile)} if block > 1 else ())
    # A single pixel has no slope; so these come from dark to light.
    return found if block > 1 else sorted(found, key=lightness)


def laid_out(tiles, side):
    """The sheet of tiles, pixel by pixel."""
    block, channels = len(tiles[0]), len(tiles[0][0][0])
    columns = cell = 1
    while columns**2 < len(tiles):
        columns += 1
    while columns * ((cell + 1) * block + 1) <= side:
        cell += 1
    by_light = sorted(tiles, key=lightness)
    rows = [sorted(by_light[start : start + columns], key=slope) for start in range(0, len(tiles), columns)]
    step = cell * block + 1
    sheet = [[[255] * channels for _ in range(columns * step)] for _ in range(len(rows) * step)]
    for down, row in enumerate(rows):
        for right, tile in enumerate(row):
            for y, x in itertools.product(range(cell * block), repeat=2):
                sheet[down * step + 1 + y][right * step + 1 + x] = tile[y // cell][x // cell]
    return [[pixel[0] for pixel in line] for line in sheet] if channels == 1 else sheet


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("block", range(1, 9))
@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 12, 16, 33])
def test_a_sheet_of_tiles_is_the_one_laid_out_pixel_by_pixel(size, block, channels):
    made = different_tiles(size, block, channels, np.random.default_rng(size))
    codebook = Codebook(np.reshape(made, (size, -1)))
    for side in (1, 47, 100):
        sheet = plot.tiles(codebook, block, side)
        assert sheet.dtype == np.uint8
        assert sheet.tolist() == laid_out(made, side)


def test_dark_tiles_come_first_and_in_a_row_those_lighter_on_the_left():
    white = 255
    rising, falling, light = [0, 8, 4, 9], [9, 1, 8, 2], [210, 200, 200, 190]
    sheet = [
        [white, white, white, white, white, white],
        [white, 9, 1, white, 0, 8],
        [white, 8, 2, white, 4, 9],
        [white, white, white, white, white, white],
        [white, 210, 200, white, white, white],
        [white, 200, 190, white, white, white],
    ]
    for order in itertools.permutations([rising, falling, light]):
        for side in (1, 6, 9):
            assert plot.tiles(Codebook(order), 2, side).tolist() == sheet
    upside_down = Codebook([[200, 200, 0, 0], [0, 0, 200, 201], [100, 0, 100, 0]])
    assert plot.tiles(upside_down, 2, 6)[1:3].tolist() == [
        [white, 100, 0, white, 200, 200],
        [white, 100, 0, white, 0, 0],
    ]


def test_a_single_colour_is_one_enlarged_tile():
    red, white = [200, 16, 46], [255, 255, 255]
    sheet = [[white] * 4, *[[white, red, red, red]] * 3]
    assert plot.tiles(Codebook([red]), 1, 4).tolist() == sheet
    assert plot.tiles(Codebook([7]), 1, 2).tolist() == [[255, 255], [255, 7]]
    assert plot.tiles(Codebook([red]), 1).shape == (plot.SIDE, plot.SIDE, 3)


@given(
    size=st.integers(1, 90),
    block=st.integers(1, 8),
    channels=st.sampled_from([1, 3]),
    side=st.integers(1, 300),
    greys=st.sampled_from([2, 4, 256]),
    seed=SEEDS,
)
@example(size=4096, block=4, channels=3, side=plot.SIDE, greys=256, seed=0)
def test_a_sheet_holds_every_code_vector_once_in_order_and_is_no_wider_than_asked(
    size, block, channels, side, greys, seed
):
    """With few greys many tiles are equal, equally light or of one slope."""
    vectors = np.random.default_rng(seed).integers(0, greys, (size, block * block * channels)) * (255 // (greys - 1))
    sheet = plot.tiles(Codebook(vectors), block, side)
    columns = next(count for count in itertools.count(1) if count**2 >= size)
    rows = next(count for count in itertools.count(1) if count * columns >= size)
    step = sheet.shape[1] // columns
    assert sheet.shape == (rows * step, columns * step, 3)[: 2 + (channels == 3)]
    cell, left = divmod(step - 1, block)
    assert left == 0
    assert cell >= 1
    assert columns * step <= side or cell == 1
    assert columns * ((cell + 1) * block + 1) > side
    parts = sheet.reshape(rows, step, columns, step, channels).swapaxes(1, 2).reshape(-1, step, step, channels)
    assert (parts[:, 0] == 255).all()
    assert (parts[:, :, 0] == 255).all()
    assert (parts[size:] == 255).all()
    found = parts[:size, 1::cell, 1::cell]
    for y, x in itertools.product(range(cell), repeat=2):
        assert (parts[:size, 1 + y :: cell, 1 + x :: cell] == found).all()
    assert sorted(found.reshape(size, -1).tolist()) == sorted(vectors.tolist())
    in_rows = [found[start : start + columns].tolist() for start in range(0, size, columns)]
    for above, below in itertools.pairwise(in_rows):
        assert max(map(lightness, above)) <= min(map(lightness, below))
    for row in in_rows:
        slopes = [slope(tile) for tile in row]
        assert slopes == sorted(slopes)


def test_error_colours_tell_brighter_from_darker():
    white, orange, purple = plot.error_colours([100, 100, 100], [100, 140, 60]).astype(int)
    assert white.min() > 240
    assert orange[0] > orange[1] > orange[2]
    assert purple[2] > purple[0] > purple[1]


# --- drawings of which little moves -----------------------------------------------------------------------------------


def over_a_histogram(axes):
    plot.draw_histogram(axes, np.arange(256.0))
    return plot.LevelMarks(axes)


RATES, PSNRS = [1.0, 2.1, 3.2, 7.9, 8.3], [15.4, 26.3, 31.0, 68.2, np.inf]
DISTORTIONS = [4.0, 1.5, 1.5, 0.7, *np.linspace(0.6, 0.01, 300)]
KINDS = {
    "levels up to the rim": lambda: plot.Moving(410, 100, over_a_histogram, (0, 0, 1, 1)),
    "levels": lambda: plot.Moving(400, 180, over_a_histogram, (0, 0.27, 1, 0.7)),
    "plane": lambda: plot.Moving(410, 410, plot.PlaneMarks),
    "curve": lambda: plot.Moving(410, 410, plot.CurveMarks),
    "rates": lambda: plot.Moving(400, 180, functools.partial(plot.RateMarks, rates=RATES, psnrs=PSNRS)),
}


def states(kind):
    """What each kind of drawing is to show, one after the other: much and little in turn."""
    if kind.startswith("levels"):
        spans = [(-0.5, 255.5, 200), (60, 190, 3), (-0.5, 255.5, 2), (5, 250, 40), (99, 99, 1)]
        return [(Codebook(np.linspace(*span)),) for span in spans]
    if kind == "curve":
        return [(DISTORTIONS[:count],) for count in (304, 1, 5, 2, 30)]
    if kind == "rates":
        return [*zip(RATES, PSNRS, strict=True), (2.1, 26.3)]
    rng, found = np.random.default_rng(0), []
    samples = {count: sources.gaussian(count, 2) for count in (2000, 30)}
    for count, size, shift, chosen in (
        (2000, 64, 0.2, None),
        (30, 1, 0, 0),
        (2000, 16, 0, 3),
        (30, 16, 0, None),
        (2000, 2, 1, 1),
        (30, 3, 3, None),
    ):
        regions = Codebook(2 * rng.normal(size=(size, 2)))
        codebook = Codebook(regions.vectors + shift * rng.normal(size=(size, 2))) if shift else regions
        found.append((samples[count], codebook, regions, chosen))
    return found


@pytest.fixture(params=KINDS)
def moving(request):
    """A drawing, and the states that it is to show."""
    return KINDS[request.param](), states(request.param)


def points(mark):
    return np.frombuffer(mark["xy"], np.float32).reshape(-1, 2)


def redrawn(drawing, factor):
    """The whole drawing anew by matplotlib, marks above all that stands still; a pixel of the page is `factor` wide."""
    figure, artists = drawing.axes.figure, drawing._marks.artists
    figure.set_layout_engine("none")  # a second layout of square axes would move them a little
    before = [(artist.get_animated(), artist.get_zorder()) for artist in artists]
    for place, artist in enumerate(artists):
        artist.set(animated=False, zorder=3 + place)
    figure.set_dpi(100 * factor)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    figure.set_dpi(100 * drawing.SHARPNESS)
    for artist, (animated, order) in zip(artists, before, strict=True):
        artist.set(animated=animated, zorder=order)
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def test_marks_look_as_matplotlib_draws_them(moving):
    """On white, both four times as fine as the page: matplotlib moves both to the same pixels, as it does with markers.

    Then nothing differs but the rounding of a colour, by 1 of 255 where marks with alpha lie over each other.
    """
    drawing, shown = moving
    page = drawing.width, drawing.height
    white = io.BytesIO()
    Image.new("RGB", page, "white").save(white, "PNG")
    for artist in drawing.axes.get_children():
        artist.set_visible(artist in drawing._marks.artists)
    for state in shown[:4]:
        marks = drawing.marks(*state)
        expected = np.asarray(redrawn(drawing, 4).resize(page, Image.Resampling.BOX)).astype(int)
        assert (expected < 255).any()
        assert np.abs(render.drawing(white.getvalue(), marks, *page) - expected).max() <= 2
    larger = [mark | {name: 1.2 * mark[name] for name in ("radius", "width")} for mark in marks]
    shifted = [mark | {"xy": (points(mark) + np.float32(0.25)).tobytes()} for mark in marks]
    for changed in (larger, shifted):
        assert np.abs(render.drawing(white.getvalue(), changed, *page) - expected).max() > 20, "it would not be seen"


def test_marks_over_what_stands_still_look_like_a_whole_redraw(moving):
    """Twice as fine as the page, as what stands still is kept: the same but for where matplotlib moves the marks.

    It moves them by up to a quarter of a pixel of the page. Blurred by a pixel that is little: marks one pixel off
    differ more than twice as much.
    """
    drawing, (state, *_) = moving
    page = drawing.width, drawing.height

    def soft(picture):
        return ndimage.gaussian_filter(np.asarray(picture, dtype=float), (1, 1, 0))

    marks = drawing.marks(*state)
    expected = soft(redrawn(drawing, drawing.SHARPNESS).resize(page, Image.Resampling.BOX))
    shifted = [mark | {"xy": (points(mark) + np.float32(1)).tobytes()} for mark in marks]
    away, off = (
        np.abs(soft(render.drawing(drawing.still, shown, *page)) - expected).mean() for shown in (marks, shifted)
    )
    assert away < off / 2


def test_marks_lie_where_their_artists_are(moving):
    drawing, shown = moving
    span = drawing.axes.viewLim.get_points()
    width = np.ptp(span, axis=0)
    near = {"rtol": 1e-4, "atol": 1e-6}  # in shares of the width; rtol: some axes are logarithms
    for state in shown:
        marks = drawing.marks(*state)
        artists = drawing._marks.artists
        assert len(marks) == len(artists)
        for mark, artist in zip(marks, artists, strict=True):
            assert set(mark) == {"kind", "colour", "alpha", "width", "radius", "edge", "clip", "xy"}
            data = np.array(artist.get_xy() if mark["kind"] == "area" else artist.get_xydata())
            data[np.isnan(data).any(axis=1)] = np.nan  # a gap in a line: view.js looks for it in x
            found = [drawing.data(*point) for point in points(mark).astype(float)]
            if len(data):
                np.testing.assert_allclose(found / width, data / width, **near)
            if mark["clip"]:
                left, top, wide, high = mark["clip"]
                corners = [drawing.data(left, top + high), drawing.data(left + wide, top)]
                np.testing.assert_allclose(corners / width, span / width, **near)


def test_marks_do_not_depend_on_what_was_shown_before(moving):
    drawing, shown = moving
    still = drawing.still
    seen = [drawing.marks(*state) for state in shown]
    again = [drawing.marks(*state) for state in shown[::-1]][::-1]
    assert seen == again
    assert all(one != other for one, other in itertools.combinations(seen[:5], 2))
    assert drawing.still == still


def test_a_drawing_stands_still_without_its_marks_at_twice_the_pixels_of_the_page(moving):
    drawing, shown = moving
    still = pixels(drawing.still).astype(int)
    assert still.shape == (2 * drawing.height, 2 * drawing.width, 3)
    drawing.marks(*shown[0])
    artists = drawing._marks.artists
    assert (np.asarray(redrawn(drawing, 2)) != still).any()
    for artist in artists:
        artist.set_visible(False)
    assert (np.asarray(redrawn(drawing, 2)) == still).all()


def test_a_codebook_on_a_drawing_is_stars_and_borders_of_its_colours():
    drawing = KINDS["levels"]()
    codebook = Codebook([10, 30, 200])
    borders, stars = drawing.marks(codebook)
    assert (borders["colour"], stars["colour"]) == (plot.BLUE.lower(), plot.RED.lower())
    assert (borders["kind"], stars["kind"]) == ("line", "stars")
    # The axis is as wide as the page, 400 pixels for 256 greys.
    assert points(stars)[:, 0] == pytest.approx((codebook.vectors[:, 0] + 0.5) * 400 / 256, abs=1e-3)
    assert points(borders)[::3, 0] == pytest.approx((codebook.thresholds + 0.5) * 400 / 256, abs=1e-3)
    assert np.isnan(points(borders)[2::3]).any(axis=1).all()
    assert points(stars)[:, 1] == pytest.approx(180 * (1 - 0.27), abs=1e-3)  # from the upper rim, on the axis
    assert points(borders)[1::3, 1] == pytest.approx(180 * (1 - 0.97), abs=1e-3)
    assert stars["radius"] == pytest.approx(15 / 2 * 100 / 72)
    assert borders["width"] == pytest.approx(2 * 100 / 72)


def test_a_pair_on_a_drawing_is_a_star_and_the_chosen_region_is_filled():
    drawing = KINDS["plane"]()
    codebook = Codebook(LATTICE)
    dots, astray, region, borders, paths, stars = drawing.marks(TWINS, codebook, codebook, 3)
    assert [drawing.data(*spot) for spot in points(stars).astype(float)] == pytest.approx(LATTICE, abs=1e-5)
    assert [drawing.data(*spot) for spot in points(dots).astype(float)] == pytest.approx(TWINS, abs=1e-5)
    corners = np.array([drawing.data(*spot) for spot in points(region).astype(float)])
    assert region["kind"] == "area"
    assert region["alpha"] == 0.2
    box = np.array([corners.min(axis=0), corners.max(axis=0)])
    assert np.abs(box - LATTICE[3]).min(axis=0) == pytest.approx(0.5, abs=1e-4), "half-way to the neighbours"
    colours = [mark["colour"] for mark in (dots, astray, region, borders, paths, stars)]
    expected = (plot.GREY, plot.ORANGE, plot.BLUE, plot.BLUE, "black", plot.RED)
    assert colours == [matplotlib.colors.to_hex(colour) for colour in expected]
    assert all(mark["clip"] for mark in (dots, astray, region, borders, paths, stars))
    assert (astray["width"], stars["width"], dots["width"]) == (0, 0, 0)
    assert dots["radius"] == pytest.approx(3 / 4 * 100 / 72)


def test_a_growing_curve_goes_through_its_points():
    drawing = KINDS["curve"]()
    for count in (304, 1, 5, 2, 30):
        (line,) = drawing.marks(DISTORTIONS[:count])
        found = np.array([drawing.data(*spot) for spot in points(line).astype(float)])
        assert found == pytest.approx(np.array(list(enumerate(DISTORTIONS[:count]))), rel=1e-4, abs=1e-4)
        assert line["width"] > 0
        assert line["radius"] > 0


def test_the_point_of_rate_and_distortion_lies_on_the_curve_and_no_loss_on_its_line():
    drawing = KINDS["rates"]()
    axes = drawing.axes
    (curve,) = [line for line in axes.lines if not line.get_animated()]
    labels = {text.get_text(): tick for text, tick in zip(axes.get_yticklabels(), axes.get_yticks(), strict=True)}
    assert curve.get_xydata().tolist() == [*map(list, zip(RATES, [*PSNRS[:-1], labels["no loss"]], strict=True))]
    for place, state in enumerate(zip(RATES, PSNRS, strict=True)):
        (point,) = drawing.marks(*state)
        (spot,) = points(point).astype(float)
        assert drawing.data(*spot) == pytest.approx(curve.get_xydata()[place], abs=1e-3)
        left, top, wide, high = point["clip"]
        assert left < spot[0] < left + wide
        assert top < spot[1] < top + high
    assert drawing.data(*spot)[1] == pytest.approx(labels["no loss"], abs=1e-3)
    heights = [labels[text] for text in ("10", "20", "60")]
    assert heights == [10, 20, 60]


def test_figures_leave_the_settings_of_the_reader_alone():
    with matplotlib.rc_context({"font.size": 5}):
        before = dict(matplotlib.rcParams)
        plot.number_line(CLASSIC, -4, 4).png()
        plot.partition(LATTICE, {"": Codebook(LATTICE)}, "").png()
        plot.Moving(400, 400, plot.PlaneMarks).marks(LATTICE, Codebook(LATTICE), Codebook(LATTICE))
        assert dict(matplotlib.rcParams) == before


def test_a_palette_png_loses_nothing():
    camera = image.sample("camera")
    plate = plot.side_by_side(camera, image.quantize_image(camera, 4))
    direct = io.BytesIO()
    plate.figure.savefig(direct, format="png", dpi=100)
    assert (drawn(plate) == np.asarray(Image.open(direct).convert("RGB"))).all()


def test_rounding_noise_is_told_as_zero():
    assert plot.numbers([-5.6e-16, 0.98163, -1.5104176, 1234567.0]) == "0, 0.9816, -1.51, 1.235e+06"


LABELS = {"title": "What is compared", "xlabel": "bits", "ylabel": "decibels"}


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 31, 48, 400])
def test_curves_go_through_their_points_over_at_most_sixteen_ticks(count):
    x = 3.0 * np.arange(count)
    lines = {"one": x**2, "other": (-x).tolist()}
    plate = plot.curves(x, lines, sentence="Look here.", **LABELS)
    assert repr(plate) == "Look here."
    (axes,) = plate.figure.axes
    assert (axes.get_title(loc="left"), axes.get_xlabel(), axes.get_ylabel()) == tuple(LABELS.values())
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(lines)
    assert [line.get_xydata().tolist() for line in axes.lines] == [
        [list(point) for point in zip(x, y, strict=True)] for y in lines.values()
    ]
    assert len({line.get_color() for line in axes.lines}) == 2
    ticks = axes.get_xticks().tolist()
    assert set(ticks) <= set(x)
    assert min(count, 8) <= len(ticks) <= 16
    assert ticks[0] == 0


def test_scattered_outcomes_stand_at_their_number():
    values = {2: [0.5, 0.1, 0.5], 5: [7.0]}
    plate = plot.scatter(values, sentence="Look here.", **LABELS)
    assert repr(plate) == "Look here."
    (axes,) = plate.figure.axes
    assert (axes.get_title(loc="left"), axes.get_xlabel(), axes.get_ylabel()) == tuple(LABELS.values())
    for line, (place, outcomes) in zip(axes.lines, values.items(), strict=True):
        assert line.get_ydata().tolist() == outcomes
        assert line.get_xdata().round() == pytest.approx(place)
        assert len(set(line.get_xdata())) == len(outcomes)
    assert axes.get_xticks().tolist() == [2, 5]


def test_bars_of_a_histogram_count_their_group_between_common_edges():
    rng = np.random.default_rng(0)
    groups = {"many": rng.normal(size=500), "wide": rng.uniform(-9, 5, (35, 2)), "one": [3.0]}
    plate = plot.histogram(groups, sentence="Look here.", title="What is compared", xlabel="error")
    assert repr(plate) == "Look here."
    (axes,) = plate.figure.axes
    assert (axes.get_title(loc="left"), axes.get_xlabel()) == ("What is compared", "error")
    assert axes.get_ylabel() == "how often"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(groups)
    everything = np.concatenate([np.ravel(values) for values in groups.values()])
    for bars, values in zip(axes.containers, groups.values(), strict=True):
        edges = np.linspace(everything.min(), everything.max(), len(bars) + 1)
        place = np.searchsorted(edges[1:-1], np.ravel(values), side="right")
        assert [bar.get_height() for bar in bars] == np.bincount(place, minlength=len(bars)).tolist()
        for left, bar, right in zip(edges[:-1], bars, edges[1:], strict=True):
            assert left - 1e-9 <= bar.get_x() < bar.get_x() + bar.get_width() <= right + 1e-9
    assert len({len(bars) for bars in axes.containers}) == 1
    assert len({bars[0].get_facecolor() for bars in axes.containers}) == 3


@pytest.mark.parametrize("count", range(1, len(plot.CURVES) + 1))
def test_each_curve_of_rates_goes_through_points_of_its_own(count):
    rng = np.random.default_rng(count)
    lines = {f"method {k}": (np.sort(rng.uniform(0.1, 8, 2 + k)), rng.uniform(12, 45, 2 + k)) for k in range(count)}
    lines["method 0"] = tuple(values.tolist() for values in lines["method 0"])
    plate = plot.rates(lines, sentence="Look here.", title="What is compared")
    assert repr(plate) == "Look here."
    (axes,) = plate.figure.axes
    assert axes.get_title(loc="left") == "What is compared"
    assert axes.get_xlabel().startswith("bits per pixel")
    assert axes.get_ylabel() == "PSNR in dB"
    for line, (name, (x, y)) in zip(axes.lines, lines.items(), strict=True):
        assert line.get_label() == name
        assert line.get_xdata().tolist() == list(x)
        assert line.get_ydata().tolist() == list(y)
        assert axes.viewLim.x0 == 0
        assert axes.viewLim.containsx(max(x))
        assert axes.viewLim.containsy(min(y))
        assert axes.viewLim.containsy(max(y))
    legend, colours = axes.get_legend(), [line.get_color() for line in axes.lines]
    assert [text.get_text() for text in legend.get_texts()] == list(lines)
    assert [line.get_color() for line in legend.get_lines()] == colours
    assert len(set(colours)) == len({line.get_marker() for line in axes.lines}) == count
    assert not {"None", ""} & {line.get_marker() for line in axes.lines}


def in_space(axes, points, seen):
    """Where in a drawn picture an axis in space has these points: columns and rows, whole array (n, 2)."""
    x, y, _ = proj3d.proj_transform(*points.T, axes.get_proj())
    page = axes.figure.bbox
    places = axes.transData.transform(np.column_stack([x, y])) * (1, -1) + (0, page.height)
    return (places * seen.shape[1] / page.width).astype(int)


@pytest.mark.parametrize("sizes", [(0,), (1,), (0, 8), (16, 0), (2, 0, 4)])
def test_a_cloud_has_the_colours_of_its_pixels_or_of_their_code_vectors(sizes):
    """A size of 0 is a panel without a codebook."""
    rng = np.random.default_rng(sum(sizes))
    colours = rng.integers(0, 256, (300, 3)).astype(float)
    panels = {f"Panel {k}": Codebook(rng.uniform(0, 255, (size, 3))) if size else None for k, size in enumerate(sizes)}
    plate = plot.colour_cloud(colours, panels, "Look here.")
    assert repr(plate) == "Look here."
    seen = drawn(plate)
    for axes, (title, codebook) in zip(plate.figure.axes, panels.items(), strict=True):
        assert "".join(axes.get_title(loc=place) for place in ("left", "center", "right")) == title
        assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_zlabel()) == ("red", "green", "blue")
        assert axes.get_xlim() == axes.get_ylim() == axes.get_zlim() == (0, 255)
        vectors = np.empty((0, 3)) if codebook is None else codebook.vectors
        own = colours
        if codebook is not None:
            own = vectors[np.square(colours[:, None] - vectors).sum(axis=2).argmin(axis=1)]
        dots, *stars = axes.collections
        assert len(dots.get_offsets()) == len(colours)
        assert [len(marks.get_offsets()) for marks in stars] == ([] if codebook is None else [codebook.size])
        places, taken = in_space(axes, colours, seen), in_space(axes, vectors, seen)
        # Of what no other mark covers, the very middle.
        apart = np.sort(distances(places, places), axis=1)[:, 1] > 10
        apart &= (distances(places, taken) > 30).all(axis=1)
        assert apart.sum() > 60
        assert np.abs(seen[tuple(places[apart].T[::-1])] - own[apart]).max() <= 1
        for marks in stars:
            star = MarkerStyle("*")
            assert (marks.get_paths()[0].vertices == star.get_transform().transform(star.get_path().vertices)).all()
            assert matplotlib.colors.same_color(marks.get_edgecolor(), [plot.RED] * len(marks.get_edgecolor()))
            assert marks.get_sizes().min() > 4 * dots.get_sizes().max()


def test_stars_lie_above_the_cloud():
    colours = np.random.default_rng(0).uniform(0, 255, (4000, 3))
    codebook = Codebook([(60, 60, 60), (200, 60, 60), (60, 200, 200), (200, 200, 60)])
    plate = plot.colour_cloud(colours, {"": None, "Stars": codebook}, "")
    seen = drawn(plate).astype(int)
    places = in_space(plate.figure.axes[1], codebook.vectors, seen)
    for (column, row), vector in zip(places, codebook.vectors, strict=True):
        assert np.abs(seen[row - 3 : row + 4, column - 3 : column + 4] - vector).max() <= 1


@pytest.mark.parametrize("count", [1, 2])
def test_labels_of_a_cloud_lie_within_the_figure_and_apart(count):
    figure = plot.colour_cloud(np.eye(3), {f"Panel {k}": None for k in range(count)}, "").figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    assert figure.bbox.width <= 840
    panels = []
    for axes in figure.axes:
        spans = [axis.get_tightbbox(canvas.get_renderer()) for axis in (axes.xaxis, axes.yaxis, axes.zaxis)]
        panels.append(Bbox.union([axes.title.get_window_extent(), *spans]))
        assert figure.bbox.containsx(panels[-1].x0)
        assert figure.bbox.containsx(panels[-1].x1)
        assert figure.bbox.containsy(panels[-1].y0)
        assert figure.bbox.containsy(panels[-1].y1)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(panels, 2))
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
            assert [text.get_text() for text in axis.get_ticklabels()] == ["0", "255"]


def test_no_curve_is_dropped_in_silence():
    lines = {str(k): [k, k] for k in range(len(plot.CURVES) + 1)}
    with pytest.raises(ValueError, match="shorter"):
        plot.curves([0, 1], lines, sentence="One curve too many.")
    with pytest.raises(ValueError, match="shorter"):
        plot.rates({name: ([0, 1], y) for name, y in lines.items()}, sentence="One curve too many.")


def test_a_partition_of_anything_but_pairs_is_refused():
    for codebook in (CLASSIC, Codebook([[1, 2, 3], [4, 5, 6]])):
        with pytest.raises(
            ValueError, match=f"^codebook must hold pairs, got vectors of dimension {codebook.dimension}$"
        ):
            plot.partition(np.zeros((3, 2)), {"a": codebook}, "Not pairs.")
    with pytest.raises(ValueError, match=r"^samples must have shape \(n, 2\), got \(3, 1\)"):
        plot.partition(np.zeros((3, 1)), {"a": Codebook([[0, 0], [1, 1]])}, "Not pairs.")


def test_rates_may_be_those_of_another_unit():
    plate = plot.rates({"one": ([1, 2], [3, 4])}, sentence="Look.", title="A", xlabel="bits", ylabel="SNR in dB")
    (axes,) = plate.figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("bits", "SNR in dB")


@pytest.mark.parametrize(("count", "marked"), [(20, True), (21, False)])
def test_lines_of_many_points_have_no_marks(count, marked):
    x = np.linspace(0, 1, count)
    plate = plot.rates({"one": (x, x)}, sentence="Look.", title="A")
    (line,) = plate.figure.axes[0].lines
    assert (line.get_marker() not in ("None", "", None)) == marked


def test_limit_marks_go_where_they_are_told():
    drawing = plot.Moving(400, 400, plot.LimitMarks)
    state = [(np.array([0, 1, 2.0]), np.array([0, 6, 12.0])), (np.array([0.5, 1]), np.array([2, 4.4])), (1.0, 4.4)]
    for mark, (x, y) in zip(drawing.marks(*state), state, strict=True):
        found = np.array([drawing.data(*spot) for spot in points(mark).astype(float)])
        assert found == pytest.approx(np.column_stack([np.atleast_1d(x), np.atleast_1d(y)]), abs=0.02)
