"""Charts of what a codebook lacks: curves, points and the lines of the rules."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.plot.support import legend_of
from vqlib import plot

ROWS = [4, 8, 16, 32]
RULES = {"steep": 40, "flat": 8}


def points_of(artist):
    return artist.get_xydata().tolist()


def test_sample_marks_show_two_curves_over_the_samples_and_a_point_on_the_second():
    axes = Figure().add_subplot()
    marks = plot.SampleMarks(axes, ROWS, RULES)
    first = [2.0, 1.5, 0.9, 0.2]
    second = np.array([1.0, 0.7, 0.3, 0.1])
    for at in (2, 0, 3):
        marks.show(first, second, at)
        trained, later, point = marks.artists
        assert points_of(trained) == [list(pair) for pair in zip(ROWS, first, strict=True)]
        assert points_of(later) == [list(pair) for pair in zip(ROWS, second, strict=True)]
        assert points_of(point) == [[ROWS[at], second[at]]]


def test_a_rule_is_a_dashed_line_that_halves_with_each_doubling_and_has_its_name():
    axes = Figure().add_subplot()
    marks = plot.SampleMarks(axes, ROWS, RULES)
    rules = [line for line in axes.lines if line not in marks.artists]
    assert [line.get_linestyle() for line in rules] == ["--", "--"]
    assert [line.get_ydata().tolist() for line in rules] == [[10, 5, 2.5, 1.25], [2, 1, 0.5, 0.25]]
    assert legend_of(axes)[:2] == ["steep: 40 dB · K/n", "flat: 8 dB · K/n"]
    assert len({line.get_color() for line in axes.lines[:4]}) == 4


def test_each_doubling_of_the_sample_is_as_wide_as_the_next():
    axes = Figure().add_subplot()
    plot.SampleMarks(axes, ROWS, RULES)
    places = axes.transData.transform([(rows, 1) for rows in ROWS])[:, 0]
    assert np.diff(places) == pytest.approx(np.diff(places)[0])
    assert [label.get_text() for label in axes.get_xticklabels()] == ["4", "16"]


def test_pass_marks_show_two_curves_over_the_passes_and_a_point_on_the_second():
    axes = Figure().add_subplot()
    marks = plot.PassMarks(axes, 3)
    random, trained, point = marks.artists
    assert random.get_color() == plot.GREY  # rows of the data, as they are
    for at in (1, 3, 0):
        marks.show([3, 2, 1, 0.5], np.array([0.5, 0.4, 0.35, 0.3]), at)
        assert points_of(random) == [[0, 3], [1, 2], [2, 1], [3, 0.5]]
        assert points_of(trained) == [[0, 0.5], [1, 0.4], [2, 0.35], [3, 0.3]]
        assert points_of(point) == [[at, [0.5, 0.4, 0.35, 0.3][at]]]
    assert axes.get_xticks().tolist() == [0, 1, 2, 3]
    assert axes.viewLim.x0 < 0
    assert axes.viewLim.x1 > 3


def test_both_charts_have_the_same_heights():
    charts = [Figure().add_subplot() for _ in range(2)]
    plot.SampleMarks(charts[0], ROWS, RULES)
    plot.PassMarks(charts[1], 6)
    assert charts[0].get_ylim() == charts[1].get_ylim()
    assert [axes.get_yscale() for axes in charts] == ["log", "log"]
    ticks = charts[0].get_yticks().tolist()
    assert charts[1].get_yticks().tolist() == ticks
    assert [label.get_text() for label in charts[0].get_yticklabels()] == [f"{t:g}" for t in ticks]
