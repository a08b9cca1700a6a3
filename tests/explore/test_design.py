"""Lloyd's algorithm, one half-step at a time and all at once."""

import itertools
import re

import numpy as np
import pytest

from tests.explore.support import (
    PAIRS,
    centroids,
    control_values,
    design,
    drawn,
    ends,
    everything,
    nearest,
    press,
    stars,
    states_sent,
    status,
    updates,
)
from vqlib import Codebook, explore, plot
from vqlib.design import lloyd_steps

SAMPLES = 2000
TO_NEAREST = "every sample goes to its nearest code vector"
TO_CENTROIDS = (
    "every code vector goes to its centroid, and {} % of the samples are nearer to another"
)


@explore.THREADS.wrap(limits=1)  # as in panels: several threads would differ in the last digit
def steps_from(samples, vectors):
    """All half-steps from these code vectors."""
    return list(lloyd_steps(samples, Codebook(vectors)))


def assert_half_step(panel, samples, at, before, losses):
    """The panel is at this half-step from these code vectors before; returns those it has now."""
    vectors = stars(panel, "plane")
    check = assert_moved_to_centroids if at % 2 else assert_encoded
    expected, astray = check(panel, samples, before, vectors)
    plane = drawn(panel.view, "plane")
    np.testing.assert_array_equal(plane[plot.ORANGE], samples[astray])
    paths = plane["black"].reshape(-1, 3, 2)
    np.testing.assert_array_equal(paths[:, 0], before)
    losses.append(expected)
    assert (np.diff(losses) <= 1e-12).all()
    told_at, told_loss, _ = design(panel)
    assert (told_at, told_loss) == (at, pytest.approx(expected, abs=0.51e-4))
    points = np.stack([range(at + 1), losses], axis=1)
    assert drawn(panel.view, "curve")[plot.CURVES[0]] == pytest.approx(points)
    return vectors


def assert_encoded(panel, samples, before, vectors):
    """The samples went to their nearest code vectors; returns the error and that none is astray."""
    np.testing.assert_array_equal(vectors, before)
    _, _, rest = design(panel)
    assert rest.startswith(TO_NEAREST)
    _, squares = nearest(samples, vectors)
    return squares.mean(), np.zeros(len(samples), dtype=bool)


def assert_moved_to_centroids(panel, samples, before, vectors):
    """The code vectors went to their centroids; returns the error and which samples are astray."""
    indices, _ = nearest(samples, before)
    full = np.unique(indices)  # an empty cell goes elsewhere
    assert vectors[full] == pytest.approx(centroids(samples, indices, before)[full])
    now, _ = nearest(samples, vectors)
    astray = now != indices
    _, _, rest = design(panel)
    assert rest == TO_CENTROIDS.format(f"{100 * astray.mean():.1f}")
    return ((samples - vectors[indices]) ** 2).mean(), astray


def assert_starts_there(first, start, samples, size):
    """The first code vectors are different samples, of one corner if that is asked for."""
    assert len(np.unique(first, axis=0)) == size
    _, squares = nearest(first, samples)
    assert (squares == 0).all()
    if start == "one corner":
        corner = np.sort(samples.sum(axis=1))[:size]
        assert np.sort(first.sum(axis=1)) == pytest.approx(corner)


@pytest.mark.parametrize("bits", range(1, 6))
@pytest.mark.parametrize("start", explore.STARTS)
@pytest.mark.parametrize("source", PAIRS)
def test_it_goes_by_half_steps(sketched, source, start, bits):
    panel = explore.DesignPanel()
    panel.start.value = start
    panel.source.value = source
    panel.bits.value = bits
    samples = PAIRS[source](SAMPLES, 0.9)
    vectors = stars(panel, "plane")
    assert_starts_there(vectors, start, samples, 2**bits)
    losses = []
    for at in range(min(len(steps_from(samples, vectors)), 5)):
        if at:
            press(panel.step, panel)
        vectors = assert_half_step(panel, samples, at, vectors, losses)


@pytest.mark.parametrize("bits", range(1, 6))
@pytest.mark.parametrize("start", explore.STARTS)
@pytest.mark.parametrize("source", PAIRS)
def test_it_runs_to_the_end(sketched, source, start, bits):
    panel = explore.DesignPanel()
    panel.start.value = start
    panel.source.value = source
    panel.bits.value = bits
    steps = steps_from(PAIRS[source](SAMPLES, 0.9), stars(panel, "plane"))
    codebook, _, last_loss = steps[-1]
    for _ in range(min(len(steps) - 1, 4)):
        press(panel.step, panel)
    press(panel.run, panel)
    at, loss, _ = design(panel)
    assert (at, loss) == (len(steps) - 1, round(last_loss, 4))
    np.testing.assert_array_equal(stars(panel, "plane"), codebook.vectors)
    assert ends(panel) == [f"{loss:.4f}"]
    curve = drawn(panel.view, "curve")
    low, high = curve["limits"]
    assert (low < curve[plot.CURVES[0]]).all(), "the curve leaves the drawing"
    assert (curve[plot.CURVES[0]] < high).all(), "the curve leaves the drawing"
    told = status(panel)
    last = everything(panel)
    assert press(panel.step, panel) == press(panel.run, panel) == told  # nowhere to go
    assert everything(panel) == last


def test_single_steps_end_where_nothing_changes(sketched):
    panel = explore.DesignPanel()
    samples = PAIRS["clusters"](SAMPLES, 0)
    losses = []
    vectors = assert_half_step(panel, samples, 0, stars(panel, "plane"), losses)
    while "Nothing changes any more" not in press(panel.step, panel):
        vectors = assert_half_step(panel, samples, len(losses), vectors, losses)
    vectors = assert_half_step(panel, samples, len(losses), vectors, losses)
    indices, _ = nearest(samples, vectors)
    assert vectors == pytest.approx(centroids(samples, indices, vectors))


def test_a_run_ends_as_single_steps_do_and_shows_some_on_the_way(sketched):
    panel = explore.DesignPanel()
    while "Nothing changes any more" not in press(panel.step, panel):
        pass
    other = explore.DesignPanel()
    press(other.step, other)
    passed = []

    def note(_change):
        at, _, _ = design(other)
        passed.append(at)

    other.view.observe(note, names="status")
    assert press(other.run, other) == status(panel)
    assert other.view.frame == panel.view.frame
    assert len(passed) > 5
    assert (
        np.diff([1, *passed]) > 0
    ).all()  # it goes on from where it was, leaves out a few at most
    assert np.ptp(np.diff(passed)) <= 1


@pytest.mark.parametrize("start", explore.STARTS)
def test_a_restart_begins_elsewhere_unless_in_the_corner_and_the_ends_are_listed(sketched, start):
    panel = explore.DesignPanel()
    panel.source.value = "ring"
    panel.start.value = start
    begun = []
    ended = []
    for run in range(4):
        begun.append(stars(panel, "plane"))
        at, _, _ = design(panel)
        assert at == 0
        press(panel.step, panel)
        if run != 2:  # a run that is broken off has no end
            press(panel.run, panel)
            _, loss, _ = design(panel)
            ended.append(f"{loss:.4f}")
            assert ends(panel) == ended
        press(panel.restart, panel)
    pairs = itertools.combinations(begun, 2)
    differ = [not np.array_equal(one, other) for one, other in pairs]
    assert all(differ) if start != "one corner" else not any(differ)
    assert (len(set(ended)) == 1) == (start == "one corner")


@pytest.mark.parametrize("start", explore.STARTS)
def test_other_starts_are_listed_beside_and_other_sources_begin_a_new_list(sketched, start):
    panel = explore.DesignPanel()
    panel.source.value = "ring"
    panel.start.value = start
    press(panel.run, panel)
    ended = ends(panel)
    panel.start.value = next(other for other in explore.STARTS if other != start)
    press(panel.run, panel)
    assert ends(panel)[:-1] == ended  # other kinds of start are there to be compared
    for control, value in ((panel.bits, 1), (panel.source, "clusters")):
        control.value = value
        press(panel.run, panel)
        _, loss, _ = design(panel)
        assert ends(panel) == [f"{loss:.4f}"]


def test_the_last_ten_ends_are_listed(sketched):
    panel = explore.DesignPanel()
    panel.bits.value = 2
    ended = []
    for _ in range(12):
        press(panel.run, panel)
        _, loss, _ = design(panel)
        ended.append(f"{loss:.4f}")
        assert ends(panel) == ended[-10:]
        press(panel.restart, panel)
    assert len(set(ended)) > 1


def test_k_means_plus_plus_starts_better_than_random_samples_and_those_than_a_corner(sketched):
    panel = explore.DesignPanel()
    mean = {}
    for panel.start.value in explore.STARTS:
        losses = []
        for _ in range(10):
            _, loss, _ = design(panel)
            losses.append(loss)
            press(panel.restart, panel)
        mean[panel.start.value] = np.mean(losses)
    assert 2 * mean["k-means++"] < mean["random samples"] < mean["one corner"] / 2


@explore.THREADS.wrap(limits=1)
def test_it_draws_the_half_steps_and_the_curve():
    panel = explore.DesignPanel()
    panel.start.value = "one corner"
    samples = PAIRS["clusters"](SAMPLES, 0)
    steps = steps_from(samples, samples[np.argsort(samples.sum(axis=1))[:8]])
    plane = explore.LiveDrawing(400, 400, plot.PlaneMarks)
    curve = explore.LiveDrawing(400, 400, plot.CurveMarks)
    assert panel.view.axes_png == {"plane": plane.axes_png, "curve": curve.axes_png}
    for at, encoded_at in enumerate((0, 0, 2, 2)):
        frame = panel.view.frame
        codebook, _, loss = steps[at]
        encoded_by, _, _ = steps[encoded_at]
        losses = [loss for _, _, loss in steps[: at + 1]]
        assert frame["plane"]["marks"] == plane.marks(samples, codebook, encoded_by)
        assert frame["curve"]["marks"] == curve.marks(losses)
        told = f"Samples, 8 stars and their regions at half-step {at}"
        assert frame["plane"]["alt"] == told
        told = f"over {at} half-step{'s' * (at != 1)}, now {loss:.4f}"
        assert told in frame["curve"]["alt"]
        press(panel.step, panel)


def test_two_panels_do_not_touch_each_other(sketched):
    one = explore.DesignPanel()
    other = explore.DesignPanel()
    before = everything(other), control_values(other)
    press(one.run, one)
    press(one.restart, one)
    assert (everything(other), control_values(other)) == before
    press(other.run, other)
    _, loss, _ = design(other)
    assert ends(other) == [f"{loss:.4f}"]


@pytest.mark.parametrize("start", explore.STARTS)
def test_a_run_sends_one_frame_after_the_other(sketched, messages, start):
    panel = explore.DesignPanel()
    panel.start.value = start
    press(panel.step, panel)
    messages.clear()
    press(panel.run, panel)
    names, _ = updates(panel.view, messages)
    assert names == [{"frame", "status"}] * len(names)
    told = [state["status"] for state in states_sent(panel.view, messages)]
    passed = [int(re.match(r"Half-step (\d+),", sentence)[1]) for sentence in told]
    assert passed == sorted(passed)
    gaps = np.diff(sorted(set(passed)))
    assert passed[0] == 1
    last, _, _ = design(panel)
    assert passed[-1] == last
    assert len(gaps) + 1 == min(30, last)  # if there are more, it leaves some out evenly
    assert np.ptp([*gaps, 1]) <= 1
    at_end = ["Nothing changes any more" in sentence for sentence in told]
    assert at_end == [at == last for at in passed]


def test_no_half_step_is_computed_before_it_is_asked_for_but_the_next(sketched, monkeypatch):
    made = []

    def counted(*arguments):
        made.append(0)
        for step in lloyd_steps(*arguments):
            made[-1] += 1
            yield step

    monkeypatch.setattr("vqlib.explore.design.lloyd_steps", counted)
    panel = explore.DesignPanel()
    steps = steps_from(PAIRS["clusters"](SAMPLES, 0), stars(panel, "plane"))
    assert len(steps) > 8
    for at in range(len(steps)):
        assert made[-1] <= at + 2
        assert_shows_half_step(panel, steps, at)
        press(panel.step, panel)
    assert made == [len(steps)]


def assert_shows_half_step(panel, steps, at):
    """Stars, paths and curve are those of this half-step, and the sentence tells it."""
    codebook, _, loss = steps[at]
    encoded_by, _, _ = steps[at - at % 2]
    plane = drawn(panel.view, "plane")
    np.testing.assert_array_equal(plane[plot.RED], codebook.vectors)
    np.testing.assert_array_equal(plane["black"][::3], encoded_by.vectors)
    points = [(number, loss) for number, (_, _, loss) in enumerate(steps[: at + 1])]
    np.testing.assert_array_equal(drawn(panel.view, "curve")[plot.CURVES[0]], points)
    told_at, told_loss, _ = design(panel)
    assert (told_at, told_loss) == (at, round(loss, 4))
    assert ("Nothing changes any more" in status(panel)) == (at == len(steps) - 1)
