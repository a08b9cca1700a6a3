"""Charts: every curve goes through its points, and nothing is left out in silence."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.plot.support import labels_of, legend_of
from vqlib import plot

LABELS = {"title": "What is compared", "xlabel": "bits", "ylabel": "decibels"}


def axes_of(plate):
    """The only axes of a figure of which the sentence is the one that these tests give."""
    assert repr(plate) == "Look here."
    (axes,) = plate.figure.axes
    return axes


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 31, 48, 400])
def test_curves_go_through_their_points_over_at_most_sixteen_ticks(count):
    x = 3.0 * np.arange(count)
    lines = {"one": x**2, "other": (-x).tolist()}
    axes = axes_of(plot.curves(x, lines, sentence="Look here.", **LABELS))
    assert labels_of(axes) == tuple(LABELS.values())
    assert legend_of(axes) == list(lines)
    for line, y in zip(axes.lines, lines.values(), strict=True):
        np.testing.assert_array_equal(line.get_xydata(), np.column_stack([x, y]))
    assert len({line.get_color() for line in axes.lines}) == 2
    ticks = axes.get_xticks().tolist()
    assert set(ticks) <= set(x)
    assert min(count, 8) <= len(ticks) <= 16
    assert ticks[0] == 0


@pytest.mark.parametrize(("lowest", "bottom", "expected"), [(5, 0, 0), (5, 3, 3), (-5, 0, -5)])
def test_curves_stand_on_the_bottom_that_is_asked_unless_one_is_lower(lowest, bottom, expected):
    lines = {"one": [lowest, 9]}
    plate = plot.curves([0, 1], lines, sentence="Look here.", bottom=bottom)
    low = axes_of(plate).get_ylim()[0]
    assert low <= expected
    assert low > expected - 1


@pytest.mark.parametrize(("lowest", "left", "expected"), [(1, 0, 0), (1, 0.9, 0.9), (1, 3, 1)])
def test_rates_begin_where_it_is_asked_unless_a_curve_begins_lower(lowest, left, expected):
    lines = {"one": ([2, 4], [5, 6]), "other": ([lowest, 4], [5, 6])}
    axes = axes_of(plot.rates(lines, sentence="Look here.", left=left))
    assert axes.get_xlim()[0] == expected


def test_doublings_are_equally_wide_and_named_by_their_numbers():
    x = 2 ** np.arange(1, 10)
    axes = axes_of(plot.curves(x, {"one": x}, sentence="Look here.", doublings=True))
    assert [label.get_text() for label in axes.get_xticklabels()] == list(map(str, x))
    places = axes.transData.transform(np.column_stack([x, x]))[:, 0]
    assert np.diff(places) == pytest.approx(np.diff(places)[0])


def test_doublings_are_equally_high_on_an_axis_of_logarithms():
    x = 2 ** np.arange(1, 10)
    plate = plot.curves(x, {"one": 1 / x}, sentence="Look here.", log=True, bottom=3)
    axes = axes_of(plate)
    heights = axes.transData.transform(np.column_stack([x, 1 / x]))[:, 1]
    assert np.diff(heights) == pytest.approx(np.diff(heights)[0])
    low, high = axes.get_ylim()
    assert 0 < low < 1 / 512
    assert high >= 1 / 2


def test_a_dashed_line_has_the_colour_of_the_line_before_and_no_marks():
    lines = {"one": [1, 2], "its rule": [2, 3], "other": [3, 4], "rule of other": [4, 5]}
    dashed = ["its rule", "rule of other"]
    axes = axes_of(plot.curves([0, 1], lines, sentence="Look here.", dashed=dashed))
    assert legend_of(axes) == list(lines)
    assert [line.get_linestyle() for line in axes.lines] == ["-", "--", "-", "--"]
    colours = [line.get_color() for line in axes.lines]
    assert colours[0] == colours[1] != colours[2] == colours[3]
    marks = [line.get_marker() for line in axes.lines]
    assert marks[1] == marks[3] == "None"
    assert "None" not in {marks[0], marks[2]}
    assert marks[0] != marks[2]


def rectangles(bars):
    """Left, right, bottom and top of each bar, array (n, 4)."""
    boxes = [bar.get_bbox() for bar in bars]
    return np.array([(box.x0, box.x1, box.y0, box.y1) for box in boxes])


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_bars_of_a_number_stand_beside_each_other_around_it(groups):
    heights = {f"group {k}": np.arange(4) + k + 0.5 for k in range(groups)}
    axes = axes_of(plot.bars(heights, sentence="Look here.", **LABELS))
    assert labels_of(axes) == tuple(LABELS.values())
    assert legend_of(axes) == list(heights)
    found = np.array([rectangles(bars) for bars in axes.containers])
    assert found[:, :, 3] == pytest.approx(np.array(list(heights.values())))
    assert (found[:, :, 2] == 0).all()
    assert found[1:, :, 0] == pytest.approx(found[:-1, :, 1])
    middles = (found[0, :, 0] + found[-1, :, 1]) / 2
    assert middles == pytest.approx(np.arange(1, 5))
    assert [label.get_text() for label in axes.get_xticklabels()] == list("1234")


def test_bars_may_have_words_below_them():
    axes = axes_of(plot.bars({"dB": {"scalars": 3, "pairs": 4.5}}, sentence="Look here."))
    assert [label.get_text() for label in axes.get_xticklabels()] == ["scalars", "pairs"]
    assert rectangles(axes.containers[0])[:, 3].tolist() == [3, 4.5]


@pytest.mark.parametrize("log", [False, True])
def test_water_stands_over_the_lower_ends_of_the_bars(log):
    variances = [9.9, 1.1, 0.3, 0.05]
    axes = axes_of(plot.bars({"variance": variances}, sentence="Look here.", water=0.2, log=log))
    (water,) = [patch for patch in axes.patches if patch.get_label() == "water"]
    ((_, _, bottom, top),) = rectangles([water])
    assert top == 0.2
    assert bottom == axes.get_ylim()[0] == (0.03125 if log else 0)
    found = rectangles(axes.containers[0])
    assert found[:, 3] == pytest.approx(variances)
    assert (found[:, 2] == bottom).all()
    assert water.get_zorder() > axes.containers[0][0].get_zorder()
    assert legend_of(axes) == ["water", "variance"]


def test_scattered_outcomes_stand_at_their_number():
    values = {2: [0.5, 0.1, 0.5], 5: [7.0]}
    axes = axes_of(plot.scatter(values, sentence="Look here.", **LABELS))
    assert labels_of(axes) == tuple(LABELS.values())
    for line, (number, outcomes) in zip(axes.lines, values.items(), strict=True):
        assert line.get_ydata().tolist() == outcomes
        assert line.get_xdata().round() == pytest.approx(number)
        assert len(set(line.get_xdata())) == len(outcomes)
    assert axes.get_xticks().tolist() == [2, 5]


def groups_of_values():
    """By name, values of which the spans differ, and a histogram of them."""
    rng = np.random.default_rng(0)
    wide = rng.uniform(-9, 5, (35, 2))
    groups = {"many": rng.normal(size=500), "wide": wide, "one": [3.0]}
    labels = {"title": "What is compared", "xlabel": "error"}
    return groups, axes_of(plot.histogram(groups, sentence="Look here.", **labels))


def test_a_histogram_tells_its_groups_apart():
    groups, axes = groups_of_values()
    assert labels_of(axes) == ("What is compared", "error", "how often")
    assert legend_of(axes) == list(groups)
    assert len({bars[0].get_facecolor() for bars in axes.containers}) == 3


def test_bars_of_a_histogram_count_their_group_between_common_edges():
    groups, axes = groups_of_values()
    everything = np.concatenate([np.ravel(values) for values in groups.values()])
    (count,) = {len(bars) for bars in axes.containers}
    half = np.ptp(everything) / (count - 1) / 2
    edges = np.linspace(everything.min() - half, everything.max() + half, count + 1)
    for bars, values in zip(axes.containers, groups.values(), strict=True):
        bar_of_value = np.searchsorted(edges[1:-1], np.ravel(values), side="right")
        expected = np.bincount(bar_of_value, minlength=count).tolist()
        assert [bar.get_height() for bar in bars] == expected
        for left, bar, right in zip(edges[:-1], bars, edges[1:], strict=True):
            end = bar.get_x() + bar.get_width()
            assert left - 1e-9 <= bar.get_x() < end <= right + 1e-9


def curves_of_rates(count):
    """By name rates and PSNRs of so many curves, arrays but for one, and their chart."""
    rng = np.random.default_rng(count)
    lines = {}
    for k in range(count):
        rates = np.sort(rng.uniform(0.1, 8, 2 + k))
        lines[f"method {k}"] = (rates, rng.uniform(12, 45, 2 + k))
    lines["method 0"] = tuple(values.tolist() for values in lines["method 0"])
    return lines, axes_of(plot.rates(lines, sentence="Look here.", title="What is compared"))


@pytest.mark.parametrize("count", range(1, len(plot.CURVES) + 1))
def test_each_curve_of_rates_goes_through_points_of_its_own(count):
    lines, axes = curves_of_rates(count)
    for line, (name, (x, y)) in zip(axes.lines, lines.items(), strict=True):
        assert line.get_label() == name
        assert line.get_xdata().tolist() == list(x)
        assert line.get_ydata().tolist() == list(y)
        assert axes.viewLim.x0 == 0
        assert axes.viewLim.containsx(max(x))
        assert axes.viewLim.containsy(min(y))
        assert axes.viewLim.containsy(max(y))


@pytest.mark.parametrize("count", range(1, len(plot.CURVES) + 1))
def test_each_curve_of_rates_has_a_colour_and_a_marker_of_its_own(count):
    lines, axes = curves_of_rates(count)
    assert legend_of(axes) == list(lines)
    colours = [line.get_color() for line in axes.lines]
    assert [line.get_color() for line in axes.get_legend().get_lines()] == colours
    markers = {line.get_marker() for line in axes.lines}
    assert len(set(colours)) == len(markers) == count
    assert not {"None", ""} & markers


def test_rates_are_those_of_pixels_and_psnr():
    title, x, y = labels_of(curves_of_rates(1)[1])
    assert title == "What is compared"
    assert x.startswith("bits per pixel")
    assert y == "PSNR in dB"


def test_rates_may_be_those_of_another_unit():
    labels = {"title": "A", "xlabel": "bits", "ylabel": "SNR in dB"}
    axes = axes_of(plot.rates({"one": ([1, 2], [3, 4])}, sentence="Look here.", **labels))
    assert labels_of(axes) == ("A", "bits", "SNR in dB")


def test_doublings_of_rates_are_equally_wide_and_named_by_their_numbers():
    x = 2.0 ** np.arange(-4, 2)
    axes = axes_of(plot.rates({"one": (x, x)}, sentence="Look here.", doublings=True))
    places = axes.transData.transform(np.column_stack([x, x]))[:, 0]
    assert np.diff(places) == pytest.approx(np.diff(places)[0])
    axes.figure.draw_without_rendering()
    named = {label.get_text() for label in axes.get_xticklabels()}
    assert {f"{rate:g}" for rate in x} <= named


def test_a_rate_of_zero_has_no_place_on_an_axis_of_doublings():
    with pytest.raises(ValueError, match=r"^x of lines\['one'\] must be above 0 .*, got 0$"):
        plot.rates({"one": ([0, 1], [2, 3])}, sentence="", doublings=True)


@pytest.mark.parametrize("pair", [([1, 2], [3, 4]), [[1, 2], [3, 4]], np.array([[1, 2], [3, 4]])])
def test_rates_and_psnrs_come_as_any_pair(pair):
    (line,) = axes_of(plot.rates({"one": pair}, sentence="Look here.")).lines
    assert line.get_xydata().tolist() == [[1, 3], [2, 4]]


@pytest.mark.parametrize(("count", "marked"), [(20, True), (21, False)])
def test_lines_of_many_points_have_no_marks(count, marked):
    x = np.linspace(0, 1, count)
    (line,) = axes_of(plot.rates({"one": (x, x)}, sentence="Look here.", title="A")).lines
    assert (line.get_marker() not in ("None", "", None)) == marked


def test_no_curve_is_dropped_in_silence():
    lines = {str(k): [k, k] for k in range(len(plot.CURVES) + 1)}
    with pytest.raises(ValueError, match="1 to 6 entries, got 7"):
        plot.curves([0, 1], lines, sentence="One curve too many.")
    points = {name: ([0, 1], y) for name, y in lines.items()}
    with pytest.raises(ValueError, match="1 to 6 entries, got 7"):
        plot.rates(points, sentence="One curve too many.")


def points_of(artist):
    return artist.get_xydata().tolist()


def test_a_growing_curve_has_a_point_for_each_half_step():
    marks = plot.CurveMarks(Figure().add_subplot())
    (curve,) = marks.artists
    for distortions in ([4.0, 1.5, 1.5, 0.7], [4.0], [4.0, 1.5]):
        marks.show(distortions)
        assert points_of(curve) == [[at, value] for at, value in enumerate(distortions)]


def test_the_point_of_a_rate_without_loss_lies_on_the_line_of_no_loss():
    axes = Figure().add_subplot()
    marks = plot.RateMarks(axes, [1, 8.3], [15.4, np.inf])
    curve, point = axes.lines
    no_loss = axes.get_yticks()[-1]
    assert axes.get_yticklabels()[-1].get_text() == "no loss"
    assert points_of(curve) == [[1, 15.4], [8.3, no_loss]]
    assert marks.artists == [point]
    marks.show(8.3, np.inf)
    assert points_of(point) == [[8.3, no_loss]]
    marks.show(1, 15.4)
    assert points_of(point) == [[1, 15.4]]


def test_limit_marks_show_two_curves_and_a_point():
    axes = Figure().add_subplot()
    marks = plot.LimitMarks(axes)
    marks.show(([0, 2], [0, 12]), np.array([[0.5, 1], [2, 4.4]]), (1.0, 4.4))
    assert [points_of(artist) for artist in marks.artists] == [
        [[0, 0], [2, 12]],
        [[0.5, 2], [1, 4.4]],
        [[1, 4.4]],
    ]
    assert legend_of(axes) == ["the limit", "trained, unseen samples"]


def test_a_chosen_curve_and_its_point_have_the_colour_of_the_curve():
    axes = Figure().add_subplot()
    curves = {"one": ([1, 2], [3, 4]), "other": ([1, 2, 3], [5, 6, 7])}
    marks = plot.ChosenMarks(axes, curves)
    assert legend_of(axes) == list(curves)
    colours = {line.get_label(): line.get_color() for line in axes.lines}
    chosen, point = marks.artists
    for name, place, expected in (("other", 2, [3, 7]), ("one", 0, [1, 3])):
        marks.show(name, place)
        assert points_of(chosen) == np.transpose(curves[name]).tolist()
        assert points_of(point) == [expected]
        assert chosen.get_color() == point.get_color() == colours[name]


HEIGHTS = [3.0, 1.5, 7.5, 0.5]


@pytest.mark.parametrize("log", [False, True])
def test_training_marks_show_a_curve_over_the_steps_and_a_point_on_it(log):
    axes = Figure().add_subplot()
    steps = [0, 5, 20, 1500]
    marks = plot.TrainingMarks(axes, steps, 4.2, [0.5, 2, 8], log=log)
    level, curve, point = axes.lines
    assert level.get_ydata() == [4.2, 4.2]
    assert marks.artists == [curve, point]
    for at in (2, 0, 3):
        marks.show(HEIGHTS, at)
        assert points_of(curve) == [[0, 3.0], [1, 1.5], [2, 7.5], [3, 0.5]]
        assert points_of(point) == [[at, HEIGHTS[at]]]
    low, high = axes.get_ylim()
    assert low < 0.5 < 8 < high
    assert axes.get_yscale() == ("log" if log else "linear")


def test_each_third_step_of_a_training_has_its_number():
    axes = Figure().add_subplot()
    plot.TrainingMarks(axes, [0, 1, 2, 3, 5, 7, 10], 4, [0, 8])
    assert axes.get_xticks().tolist() == [0, 3, 6]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "3", "10"]
