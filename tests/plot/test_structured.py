"""Regions of any search on the plane: borders where its index changes, and only there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.collections import LineCollection

from tests.plot.support import distances, drawn_in
from tests.support import assert_refused
from vqlib import Codebook, plot, sources

WIDTH = plot.PLANE[1] - plot.PLANE[0]
SQUARE = WIDTH / 240
CORNERS = Codebook([[-1, -1], [-1, 1], [1, -1], [1, 1]])
PAIRS = sources.gaussian(300, 2)
STARS = st.lists(st.tuples(*2 * [st.integers(-20, 20)]), min_size=2, max_size=6, unique=True)


def quarter(points):
    return 2 * (points[:, 0] > 0) + (points[:, 1] > 0)


def broken(points):
    """Two halves, the left one divided once more: a tree of three leaves."""
    return np.where(points[:, 0] > 0, 2, points[:, 1] > 0)


def lengths(borders):
    return np.hypot(*(borders[:, 1] - borders[:, 0]).T)


def test_borders_of_quarters_are_the_two_axes_at_their_full_length():
    borders = plot.region_borders(quarter)
    off_axis = np.abs(borders).min(axis=2).max(axis=1)
    assert off_axis.max() < SQUARE
    assert (off_axis > 1e-6).sum() <= 4, "only in the square where all four meet"
    assert lengths(borders).sum() == pytest.approx(2 * WIDTH, rel=1e-3)


def test_a_border_of_a_tree_ends_at_an_earlier_one():
    borders = plot.region_borders(broken)
    assert borders[..., 0].max() < 1e-6
    assert lengths(borders).sum() == pytest.approx(1.5 * WIDTH, rel=1e-3)


def test_one_region_has_no_border():
    assert plot.region_borders(lambda points: np.zeros(len(points), int)).shape == (0, 2, 2)


@settings(max_examples=30)
@given(STARS)
def test_of_a_full_search_a_border_is_as_far_from_two_code_vectors_as_from_the_nearest(stars):
    vectors = np.array(stars) / 8
    borders = plot.region_borders(Codebook(vectors).encode)
    away = np.sort(distances(borders, vectors), axis=2)
    # In a square in which three regions meet the lines end at the mean of its borders.
    assert (away[..., 1] - away[..., 0]).max(initial=0) < 2 * SQUARE
    if len(vectors) == 2:
        assert away[..., 1] == pytest.approx(away[..., 0], abs=1e-5)


def test_samples_that_do_not_get_their_nearest_code_vector_are_orange():
    three = Codebook([[-1, -1], [-1, 1], [0.5, 0]])
    plate = plot.regions(PAIRS, {"tree": (three, broken)}, "Look here.")
    assert repr(plate) == "Look here."
    (axes,) = plate.figure.axes
    astray = broken(PAIRS) != distances(PAIRS, three.vectors).argmin(axis=1)
    assert 0 < astray.sum() < len(PAIRS)
    np.testing.assert_array_equal(drawn_in(axes, plot.ORANGE), PAIRS[astray])
    np.testing.assert_array_equal(drawn_in(axes, plot.GREY), PAIRS[~astray])
    np.testing.assert_array_equal(drawn_in(axes, plot.RED), three.vectors)


def test_the_borders_are_drawn_in_the_part_of_the_plane_that_is_asked():
    plate = plot.regions(PAIRS, {"": (CORNERS, quarter)}, "", limits=(-1, 7))
    (axes,) = plate.figure.axes
    assert axes.get_xlim() == axes.get_ylim() == (-1, 7)
    (lines,) = [each for each in axes.collections if isinstance(each, LineCollection)]
    drawn = np.array(lines.get_segments())
    np.testing.assert_array_equal(drawn, plot.region_borders(quarter, (-1, 7)))


@pytest.mark.parametrize("count", range(1, 7))
def test_panels_are_squares_under_their_titles_that_fit_the_page(count):
    panels = {f"Search {number}": (CORNERS, quarter) for number in range(count)}
    figure = plot.regions(PAIRS, panels, "").figure
    figure.draw_without_rendering()
    assert figure.bbox.width <= 840
    assert [axes.get_title(loc="left") for axes in figure.axes] == list(panels)
    for axes in figure.axes:
        assert axes.bbox.width == pytest.approx(axes.bbox.height)
        assert axes.bbox.width > 150


REFUSED = {
    "panels['a'] must be a pair of a codebook and a search, got Codebook": CORNERS,
    "panels['a'] must be a pair of a codebook and a search, got tuple": (CORNERS, CORNERS),
    "panels['a'] must hold pairs, got vectors of dimension 1": (Codebook([1, 2]), quarter),
    "the search of panels['a'] must return 300 indices from 0 to 0 for 300 points": (
        Codebook([[0, 0]]),
        quarter,
    ),
    "the search of panels['a'] must return 300 indices from 0 to 3 for 300 points": (
        CORNERS,
        lambda points: points,
    ),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_is_no_codebook_of_pairs_with_its_search_is_refused(message):
    assert_refused(message, lambda: plot.regions(PAIRS, {"a": REFUSED[message]}, ""))
