"""Figures of codebooks of pairs: borders are those of the nearest-neighbour rule."""

import functools
import itertools

import matplotlib
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tests.plot.support import CLASSIC, LATTICE, SEEDS, TWINS, distances, drawn_in, stars
from vqlib import Codebook, plot, sources

HALVES = st.integers(-6, 6).map(lambda halves: halves / 2)
THOUSANDTHS = st.integers(-3200, 3200).map(lambda thousandths: thousandths / 1000)
SMALL = HALVES | THOUSANDTHS
PAIRS = st.lists(st.tuples(SMALL, SMALL), min_size=1, max_size=20).map(np.array)
IN_A_LINE = st.lists(SMALL, min_size=1, max_size=20).map(
    lambda x: np.stack([x, 0.25 - 0.5 * np.array(x)], axis=1)
)
CODEBOOKS = PAIRS | IN_A_LINE  # in many of them some are equal, on one line or on one circle


@functools.cache
def plane():
    """An axis with marks that every example moves."""
    axes = Figure().add_subplot()
    return axes, plot.PlaneMarks(axes)


def strokes(axes, colour):
    """The single strokes of the line of this colour, array (m, 2 ends, 2)."""
    parts = drawn_in(axes, colour).reshape(-1, 3, 2)
    assert np.isnan(parts[:, 2]).all()
    return parts[:, :2]


IN_A_CORNER = np.array([(-3, -3), (-3, -2.9)])
"""Their regions reach across the whole plane that is shown."""


def borders_of(vectors):
    """The borders that are drawn for these code vectors, array (m, 2 ends, 2)."""
    axes, marks = plane()
    marks.show(vectors, Codebook(vectors), Codebook(vectors))
    return strokes(axes, plot.BLUE)


def different(vectors):
    return np.unique(vectors.round(9), axis=0)


def clear(points, vectors):
    """Which points do not lie on a border, as far as rounding can tell."""
    near = np.sort(distances(points, np.vstack([vectors, [(99, 99)]])), axis=-1)
    return near[..., 1] - near[..., 0] > 1e-6


@given(CODEBOOKS)
@example(LATTICE)
@example(TWINS)
def test_a_border_lies_half_way_between_two_code_vectors_and_no_third_is_nearer(vectors):
    borders = borders_of(vectors)
    vectors = different(vectors)
    assert len(borders) >= len(vectors) - 1
    for start, end in borders:
        away = distances(np.linspace(start, end, 3), vectors)
        pair = np.argsort(away[1])[:2]
        nearest = away.min(axis=1, keepdims=True).repeat(2, axis=1)
        assert away[:, pair] == pytest.approx(nearest, abs=1e-6)


def test_borders_go_with_their_codebook_wherever_it_lies():
    found = []
    for shift in (np.zeros(2), np.array((4096, 4096))):
        borders = (borders_of(LATTICE + shift) - shift).round(6) + 0.0
        found.append(sorted(np.sort(borders, axis=1).tolist()))
    assert found[0] == found[1]


def random_ways(seed):
    """Straight ways on the plane, array (60, 2 ends, 2): long and short ones in turn."""
    ways = np.random.default_rng(seed).uniform(*plot.PLANE, (60, 2, 2))
    ways[::2, 1] = ways[::2, 0] + 0.1 * ways[::2, 1]
    return ways


def sides(lines, points):
    """On which side of each line each point lies: +1 or -1, for both ends of `points`."""
    along = lines[:, 1] - lines[:, 0]
    off = points - lines[:, None, :1]
    return np.sign(along[:, None, None, 0] * off[..., 1] - along[:, None, None, 1] * off[..., 0])


def meets(ways, borders):
    """Whether each way meets any of the borders: each separates the ends of the other."""
    border_parts_ends = sides(borders, ways[None]).prod(axis=2) < 0
    way_parts_ends = sides(ways, borders[None]).prod(axis=2) < 0
    return (way_parts_ends & border_parts_ends.T).any(axis=1)


@given(CODEBOOKS, SEEDS)
@example(LATTICE, 0)
@example(TWINS, 0)
def test_a_straight_way_meets_a_border_exactly_where_the_nearest_code_vector_changes(vectors, seed):
    """Regions are convex: a long way and a short one do alike."""
    borders = borders_of(vectors)
    vectors = different(vectors)
    ways = random_ways(seed)
    ways = ways[clear(ways, vectors).all(axis=1)]
    start, end = distances(ways, vectors).argmin(axis=2).T
    assert (meets(ways, borders) == (start != end)).all()


@given(CODEBOOKS, SEEDS)
@example(LATTICE, 0)
@example(TWINS, 0)
@example(IN_A_CORNER, 0)
def test_the_region_of_the_chosen_code_vector_holds_the_samples_that_go_to_it(vectors, seed):
    axes, marks = plane()
    codebook = Codebook(vectors)
    points = np.random.default_rng(seed).uniform(*plot.PLANE, (200, 2))
    points = points[clear(points, different(vectors))]
    indices = codebook.encode(points)
    away = distances(points, vectors)
    (region,) = axes.patches
    for chosen in range(codebook.size):
        marks.show(points, codebook, codebook, chosen)
        inside = region.get_path().contains_points(points)
        assert (inside == (away[:, chosen] < away.min(axis=1) + 1e-9)).all()
        assert inside[indices == chosen].all()
    assert matplotlib.colors.same_color(region.get_facecolor(), (plot.BLUE, 0.2))
    marks.show(points, codebook, codebook)
    assert not region.get_path().contains_points(points).any()


def test_each_region_has_corners_of_its_own_and_each_border_joins_two_of_them():
    borders, corners = plot.voronoi_cells(Codebook(LATTICE))
    assert len(corners) == len(LATTICE)
    everywhere = np.concatenate(corners).tolist()
    for start, end in borders.tolist():
        assert start in everywhere
        assert end in everywhere


def sixteen_of_gaussian(count):
    """Pairs of samples, and by title so many codebooks of sixteen of them."""
    samples = sources.gaussian(300, 2)
    codebooks = {f"Codebook {k}": Codebook(samples[16 * k : 16 * k + 16]) for k in range(count)}
    return samples, codebooks


@pytest.mark.parametrize("count", range(1, 7))
def test_partitions_show_each_codebook_under_its_title_with_its_code_words(count):
    samples, codebooks = sixteen_of_gaussian(count)
    plate = plot.partition(samples, codebooks, "Look here.", words=True)
    assert repr(plate) == "Look here."
    shown = plate.figure.axes[:count]
    for axes, (title, codebook) in zip(shown, codebooks.items(), strict=True):
        assert axes.get_title(loc="left") == title
        assert stars(axes) == codebook.vectors[:, 0].tolist()
        np.testing.assert_array_equal(drawn_in(axes, plot.RED), codebook.vectors)
        np.testing.assert_array_equal(drawn_in(axes, plot.GREY), samples)
        words = [f"{index:04b}" for index in range(16)]
        assert [text.get_text() for text in axes.texts] == words
        assert [text.xy for text in axes.texts] == pytest.approx(codebook.vectors)


@pytest.mark.parametrize("count", range(1, 7))
def test_partitions_are_squares_beside_each_other_that_fit_the_page(count):
    samples, codebooks = sixteen_of_gaussian(count)
    figure = plot.partition(samples, codebooks, "", words=True).figure
    figure.draw_without_rendering()
    assert figure.bbox.width <= 840
    for axes in figure.axes[:count]:
        assert axes.get_xlim() == axes.get_ylim() == plot.PLANE
        assert axes.bbox.width == pytest.approx(axes.bbox.height)
        assert axes.bbox.width > 150
    boxes = [axes.get_tightbbox() for axes in figure.axes[:count]]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert not any(axes.axison for axes in figure.axes[count:])


@pytest.mark.parametrize(("count", "labelled"), [(1, 1), (3, 3), (4, 2), (5, 5), (6, 3)])
def test_inner_panels_have_no_labels_if_all_rows_are_full(count, labelled):
    figure = plot.partition(*sixteen_of_gaussian(count), "").figure
    assert [axes.get_xlabel() for axes in figure.axes].count("first component") == labelled


@pytest.mark.parametrize(("size", "star"), [(1, 14), (16, 14), (17, 8)])
def test_many_code_vectors_get_smaller_stars(size, star):
    _, marks = plane()
    codebook = Codebook(sources.gaussian(size, 2))
    marks.show(TWINS, codebook, codebook)
    assert marks.artists[-1].get_markersize() == star


def test_stars_have_the_size_that_is_asked_for():
    marks = plot.PlaneMarks(Figure().add_subplot(), star_size=9)
    for size in (2, 64):
        codebook = Codebook(np.arange(2.0 * size).reshape(size, 2))
        marks.show(codebook.vectors, codebook, codebook)
        assert marks.artists[-1].get_markersize() == 9


def test_a_partition_shows_the_part_of_the_plane_that_is_asked_and_no_code_words_unless_asked():
    plate = plot.partition(np.zeros((1, 2)), {"": Codebook([(1, 2)])}, "", limits=(-1, 7))
    (axes,) = plate.figure.axes
    assert axes.get_xlim() == axes.get_ylim() == (-1, 7)
    assert not axes.texts


def moved_from_their_regions(size):
    """A partition in which stars have moved from their regions, beside one with those alone."""
    rng = np.random.default_rng(size)
    samples = rng.normal(size=(500, 2))
    regions = Codebook(rng.normal(size=(size, 2)))
    moved = Codebook(regions.vectors + 0.3 * rng.normal(size=(size, 2)))
    panels = {"both": (moved, regions), "regions": regions}
    figure = plot.partition(samples, panels, "").figure
    return samples, moved, regions, figure


@pytest.mark.parametrize("size", [1, 2, 16, 64])
def test_of_two_codebooks_one_gives_the_stars_and_one_the_regions(size):
    _, moved, regions, figure = moved_from_their_regions(size)
    both, alone = figure.axes
    np.testing.assert_array_equal(drawn_in(both, plot.RED), moved.vectors)
    np.testing.assert_array_equal(drawn_in(both, plot.BLUE), drawn_in(alone, plot.BLUE))
    paths = np.stack([regions.vectors, moved.vectors], axis=1)
    np.testing.assert_array_equal(strokes(both, "black"), paths)


@pytest.mark.parametrize("size", [1, 2, 16, 64])
def test_samples_that_are_nearer_to_another_star_than_that_of_their_region_are_orange(size):
    samples, moved, regions, figure = moved_from_their_regions(size)
    both, alone = figure.axes
    nearest = distances(samples, moved.vectors).argmin(axis=1)
    astray = nearest != distances(samples, regions.vectors).argmin(axis=1)
    assert astray.any() == (size > 1)
    np.testing.assert_array_equal(drawn_in(both, plot.ORANGE), samples[astray])
    np.testing.assert_array_equal(drawn_in(both, plot.GREY), samples[~astray])
    assert drawn_in(alone, plot.ORANGE).size == 0


@pytest.mark.parametrize("size", [1, 2, 16, 64])
def test_the_ways_of_the_stars_are_seen_where_they_have_moved(size):
    *_, figure = moved_from_their_regions(size)
    both, alone = figure.axes
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    figure.set_layout_engine("none")  # a second layout of square axes would move them a little
    canvas.draw()
    before = np.array(canvas.buffer_rgba())
    for axes, seen in ((alone, False), (both, True)):
        (paths,) = [line for line in axes.lines if line.get_color() == "black"]
        paths.set_visible(False)
        canvas.draw()
        assert (np.asarray(canvas.buffer_rgba()) != before).any() == seen


def test_a_partition_of_anything_but_pairs_is_refused():
    for codebook in (CLASSIC, Codebook([[1, 2, 3], [4, 5, 6]])):
        refusal = f"must hold pairs, got vectors of dimension {codebook.dimension}$"
        with pytest.raises(ValueError, match=refusal):
            plot.partition(np.zeros((3, 2)), {"a": codebook}, "Not pairs.")
    with pytest.raises(ValueError, match=r"^samples must have shape \(n, 2\), got \(3, 1\)"):
        plot.partition(np.zeros((3, 1)), {"a": Codebook([[0, 0], [1, 1]])}, "Not pairs.")


@pytest.mark.parametrize("scale", [1e-9, 1e-6, 1e-3, 1.0, 1e6, 1e90])
def test_borders_lie_between_their_two_neighbours_however_close_or_far_these_are(scale):
    vectors = scale * np.random.default_rng(0).normal(size=(9, 2))
    borders, corners = plot.voronoi_cells(Codebook(vectors))
    near = np.sort(distances(borders, vectors), axis=-1)
    assert (near[..., 1] - near[..., 0]).max() < 1e-4 * np.ptp(vectors)
    assert np.hypot(*borders.reshape(-1, 2).T).max() > max(100, 100 * scale), "out of the frame"
    assert len(corners) == 9


def test_equal_pairs_share_a_region():
    pairs = [[0, 0], [1, 1], [0, 0], [2**-55, 0]]
    borders, corners = plot.voronoi_cells(Codebook(pairs))
    assert len(borders) == 1
    assert corners[0].tolist() == corners[2].tolist() == corners[3].tolist()
    assert corners[0].tolist() != corners[1].tolist()


@pytest.mark.parametrize(("count", "size"), [(16, 14), (256, 8), (1024, 4)])
def test_a_cloud_has_what_it_is_given_and_the_more_stars_the_smaller(count, size):
    rng = np.random.default_rng(0)
    axes = Figure().add_subplot()
    marks = plot.CloudMarks(axes)
    samples = rng.normal(size=(9, 2))
    borders = rng.normal(size=(3, 2, 2))
    code_vectors = rng.normal(size=(count, 2))
    marks.show(samples, borders, code_vectors)
    np.testing.assert_array_equal(drawn_in(axes, plot.GREY), samples)
    np.testing.assert_array_equal(strokes(axes, plot.BLUE), borders)
    np.testing.assert_array_equal(drawn_in(axes, plot.RED), code_vectors)
    assert marks.artists[-1].get_markersize() == size
    marks.show(samples, borders[:0], code_vectors)
    assert strokes(axes, plot.BLUE).shape == (0, 2, 2)
