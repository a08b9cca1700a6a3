"""Figures of scalar codebooks: what is drawn is what the numbers say."""

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.plot.support import CLASSIC, drawn_in, stars
from vqlib import Codebook, plot, sources


def code_words_on(axes):
    """Where the code words stand, by code word."""
    words = [text for text in axes.texts if text.get_position()[1] == 0.95]
    return {text.get_text(): text.get_position()[0] for text in words}


def test_the_classic_picture_is_drawn_as_described():
    plate = plot.number_line(CLASSIC, -4, 4)
    (axes,) = plate.figure.axes
    assert stars(axes) == [-3, -1, 1, 3]
    (borders,) = axes.collections
    assert [segment[0, 0] for segment in borders.get_segments()] == [-2, 0, 2]
    assert matplotlib.colors.same_color(borders.get_colors(), plot.BLUE)
    assert code_words_on(axes) == {"00": -3, "01": -1, "10": 1, "11": 3}
    assert plate.sentence == (
        "4 code vectors at -3, -1, 1, 3; borders at -2, 0, 2; code words 00, 01, 10, 11; "
        "rate 2 bits per dimension."
    )


def test_code_words_stand_above_their_regions_whatever_the_order_of_the_codebook():
    (axes,) = plot.number_line(Codebook([3, -3]), -4, 4).figure.axes
    assert code_words_on(axes) == {"1": -2, "0": 2}


def test_code_words_stand_above_the_part_of_their_region_that_is_shown():
    (axes,) = plot.number_line(CLASSIC, -2.5, 1).figure.axes
    assert code_words_on(axes) == {"00": -2.25, "01": -1, "10": 0.5}


def test_every_sample_is_joined_to_its_code_vector():
    plate = plot.number_line(CLASSIC, -4, 4, samples=[0.5, -2, 3.5])
    assert plate.sentence.endswith(" 3 samples go to -1, 1, 3.")
    (axes,) = plate.figure.axes
    joined = [tuple(line.get_xdata()) for line in axes.lines if line.get_color() == plot.ORANGE]
    assert joined == [(0.5, 1), (-2, -1), (3.5, 3)]


def test_index_value_and_error_curves_are_those_of_the_codebook():
    plate = plot.index_value_error(CLASSIC, -5, 5)
    top, middle, bottom = plate.figure.axes
    indices = top.lines[0]
    values = middle.lines[1]
    errors = bottom.lines[0]
    x = errors.get_xdata()
    known = ~np.isnan(x)
    assert (indices.get_ydata()[known] == CLASSIC.encode(x[known])).all()
    assert (values.get_ydata()[known] == CLASSIC.quantize(x[known])).all()
    assert (errors.get_ydata()[known] == CLASSIC.quantize(x[known]) - x[known]).all()
    borders = 3
    assert np.isnan(errors.get_ydata()).sum() == borders, "the line is broken at each of them"


def test_no_line_is_drawn_across_a_step():
    for axes, curve in zip(
        plot.index_value_error(CLASSIC, -5, 5).figure.axes, (0, 1, 0), strict=True
    ):
        x = axes.lines[curve].get_xdata()
        (steps,) = np.nonzero(np.isnan(x))
        assert (CLASSIC.encode(x[steps + 1]) == CLASSIC.encode(x[steps - 1]) + 1).all()


def test_the_sentence_tells_where_the_error_is_bounded_and_where_it_is_not():
    sentence = plot.index_value_error(CLASSIC, -5, 5).sentence
    assert "step up at -2, 0, 2. From -4 to 4 the error stays within 1 of zero" in sentence
    assert "+2 at -5, -2 at 5" in sentence


def test_fit_tells_each_distortion():
    codebooks = {"one": CLASSIC, "other": Codebook([-0.8, 0, 0.8, 9])}
    plate = plot.fit(*sources.density("Gaussian"), codebooks)
    assert [stars(axes) for axes in plate.figure.axes] == [[-3, -1, 1, 3], [-0.8, 0, 0.8, 9]]
    assert "one 0.3363, levels -3, -1, 1, 3; other" in plate.sentence


def area(corners):
    """Of a polygon, by the shoelace formula."""
    x, y = corners.T
    return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2


@pytest.mark.parametrize("name", sources.DENSITIES)
@pytest.mark.parametrize("levels", [[0], [-2, 2], [-3, -1, 1, 3], [3, -1, -3, 0.2], [2, 2, -1]])
def test_the_area_of_the_orange_hill_is_the_mean_squared_error(name, levels):
    axes = Figure().add_subplot()
    points, weights = sources.density(name)
    plot.draw_density(axes, points, weights, 8)
    marks = plot.DensityMarks(axes, points, weights)
    codebook = Codebook(levels)
    marks.show(codebook)
    _region, hill, *_ = marks.artists
    assert matplotlib.colors.same_color(hill.get_facecolor()[:3], plot.ORANGE)
    assert area(hill.get_xy()) == pytest.approx(codebook.distortion(points, weights), rel=0.02)


@pytest.mark.parametrize(("chosen", "edges"), [(0, (1, 4)), (1, (-2, 1)), (2, (-4, -2))])
def test_the_region_of_the_chosen_level_is_filled(chosen, edges):
    axes = Figure().add_subplot()
    points, weights = sources.density("Gaussian")
    plot.draw_density(axes, points, weights, 4)
    marks = plot.DensityMarks(axes, points, weights)
    marks.show(Codebook([3, -1, -3]))
    region, *_ = marks.artists
    assert len(region.get_xy()) <= 2, "nothing is filled where none is chosen"
    marks.show(Codebook([3, -1, -3]), chosen)
    left, right = edges
    top = axes.get_ylim()[1]
    corners = [[left, 0], [left, top], [right, top], [right, 0]]
    assert region.get_xy()[:4].tolist() == corners


@pytest.mark.parametrize(
    ("size", "height", "star", "border"),
    [(1, 5, 15, 2), (16, 5, 15, 2), (17, 5, 7, 1), (64, 5, 7, 1), (65, 1, 7, 1)],
)
def test_many_levels_get_smaller_marks(size, height, star, border):
    axes = Figure().add_subplot(ylim=(0, 5))
    marks = plot.LevelMarks(axes)
    codebook = Codebook(np.arange(size))
    marks.show(codebook)
    assert stars(axes) == codebook.vectors[:, 0].tolist()
    strokes = drawn_in(axes, plot.BLUE).reshape(-1, 3, 2)
    assert np.isnan(strokes[:, 2, 1]).all()
    assert (strokes[:, :2, 0] == codebook.thresholds[:, None]).all()
    assert (strokes[:, :2, 1] == (0, height)).all()
    borders, red = marks.artists
    assert (red.get_markersize(), borders.get_linewidth()) == (star, border)
