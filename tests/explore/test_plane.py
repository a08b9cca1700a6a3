"""A codebook of pairs beside the grid of the same rate."""

import itertools

import numpy as np
import pytest
from matplotlib.path import Path

from tests.explore.support import (
    PAIRS,
    TOLD,
    assert_told,
    centroids,
    control_values,
    drag,
    drawn,
    everything,
    nearest,
    press,
    stars,
    status,
)
from vqlib import Codebook, design, explore, plot
from vqlib.design import lloyd

SAMPLES = 4000
SLIDER = np.linspace(-3.0, 3.0, 121)
"""All positions of the sliders of a code vector."""


def grid_of(samples, bits):
    """The grid from two scalar quantizers that share the bits."""
    sizes = [2 ** ((bits + 1) // 2), 2 ** (bits // 2)]
    parts = [lloyd(samples[:, axis], sizes[axis], starts=1).vectors[:, 0] for axis in (0, 1)]
    return Codebook(list(itertools.product(*parts)))


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
@explore.THREADS.wrap(limits=1)  # as in panels: several threads would differ in the last digit
def test_it_shows_the_trained_codebook_beside_the_grid(source, rho):
    panel = explore.PlanePanel()
    drawing = explore.LiveDrawing(400, 400, plot.PlaneMarks)
    assert panel.view.axes_png == {"plane": drawing.axes_png}
    panel.source.value = source
    panel.rho.value = rho
    assert panel.rho.disabled == (source != "correlated")
    samples = PAIRS[source](SAMPLES, rho)
    for bits in range(1, 7):
        panel.bits.value = bits
        trained = lloyd(samples, 2**bits, starts=2)
        grid = grid_of(samples, bits)
        dots = panel.view.fixed["plane"]["marks"]
        yours = panel.view.frame["yours"]
        beside = panel.view.frame["grid"]
        assert dots + yours["marks"] == drawing.marks(samples, trained, trained, 0)
        assert dots + beside["marks"] == drawing.marks(samples, grid, grid)
        assert yours["alt"] == f"Samples and the {2**bits} regions of your codebook"
        assert beside["alt"] == f"Samples and the {2**bits} regions of the grid"
        assert_told(panel, samples, trained.vectors, grid.vectors, 0)


def test_the_correlation_changes_the_correlated_source_alone(sketched):
    panel = explore.PlanePanel()
    panel.bits.value = 2
    panel.source.value = "correlated"
    for panel.rho.value in (0, 0.37, 0.99, 0.9):
        samples = PAIRS["correlated"](SAMPLES, panel.rho.value)
        assert_told(panel, samples, stars(panel, "yours"), stars(panel, "grid"), 0)
        np.testing.assert_array_equal(drawn(panel.view, "yours")[plot.GREY], samples)
        np.testing.assert_array_equal(drawn(panel.view, "grid")[plot.GREY], samples)
    panel.source.value = "ring"
    before = everything(panel)
    panel.rho.value = 0.5
    assert everything(panel) == before


@pytest.mark.parametrize(
    ("axis", "positions"),
    [
        (0, SLIDER),
        (1, [*np.random.default_rng(0).permutation(SLIDER)[:40], SLIDER[0], SLIDER[-1]]),
    ],
)
def test_a_code_vector_moved_by_hand_moves_alone(sketched, axis, positions):
    panel = explore.PlanePanel()
    panel.source.value = "ring"
    panel.bits.value = 3
    samples = PAIRS["ring"](SAMPLES, 0)
    grid = stars(panel, "grid")
    before = panel.view.frame["grid"]
    vectors = stars(panel, "yours")
    panel.chosen.value = 5
    resting = panel.sliders[1 - axis].value
    for position in positions:
        panel.sliders[axis].value = position
        vectors[5, axis] = position
        moved = panel.view.frame["yours"]
        np.testing.assert_array_equal(stars(panel, "yours"), vectors)
        assert_told(panel, samples, vectors, grid, 5)
        # A browser sends the position back, rounded in its own way.
        panel.sliders[axis].value += 1e-12
        panel.sliders[1 - axis].value -= 1e-12
        assert panel.view.frame["yours"] == moved
    assert panel.sliders[1 - axis].value == pytest.approx(resting)
    assert panel.view.frame["grid"] == before


def test_a_code_vector_can_be_moved_along_one_axis_and_then_along_the_other(sketched):
    panel = explore.PlanePanel()
    vectors = stars(panel, "yours")
    panel.chosen.value = 5
    for axis, position in [(0, 2.95), (1, -3.0), (0, -1.5), (1, 0.25)]:
        panel.sliders[axis].value = position
        vectors[5, axis] = position
        np.testing.assert_array_equal(stars(panel, "yours"), vectors)


@pytest.mark.parametrize("source", PAIRS)
def test_choosing_a_code_word_fills_its_region_and_moves_nothing(sketched, source):
    panel = explore.PlanePanel()
    panel.source.value = source
    samples = PAIRS[source](SAMPLES, 0.9)
    before = drawn(panel.view, "yours")
    grid = panel.view.frame["grid"]
    vectors = before[plot.RED]
    assert panel.chosen.options == tuple((f"{index:04b}", index) for index in range(16))
    indices, _ = nearest(samples, vectors)
    for chosen in [*range(1, 16), 0]:
        panel.chosen.value = chosen
        after = drawn(panel.view, "yours")
        for mark in before.keys() - {"region"}:
            np.testing.assert_array_equal(after[mark], before[mark])
        in_region = Path(after["region"]).contains_points(samples)
        assert (in_region == (indices == chosen)).all()
        assert_told(panel, samples, vectors, stars(panel, "grid"), chosen)
        positions = [slider.value for slider in panel.sliders]
        assert positions == pytest.approx(vectors[chosen], abs=0.0251)
    assert panel.view.frame["grid"] == grid


def test_a_code_vector_beyond_the_sliders_rests_until_it_is_moved(sketched):
    panel = explore.PlanePanel()
    panel.source.value = "correlated"
    panel.rho.value = 0.99
    panel.bits.value = 6
    vectors = stars(panel, "yours")
    assert vectors[0, 0] < -3.05
    assert panel.sliders[0].value == -3.0
    panel.sliders[0].value = -2.95
    vectors[0, 0] = -2.95
    np.testing.assert_array_equal(stars(panel, "yours"), vectors)


@pytest.mark.parametrize("bits", [1, 4, 6])
@pytest.mark.parametrize("source", PAIRS)
def test_the_copied_grid_is_as_good_as_the_grid(sketched, source, bits):
    panel = explore.PlanePanel()
    panel.source.value = source
    panel.bits.value = bits
    assert "+0.00 dB" in press(panel.copy, panel)
    grid = stars(panel, "grid")
    np.testing.assert_array_equal(stars(panel, "yours"), grid)
    assert_told(panel, PAIRS[source](SAMPLES, 0.9), grid, grid, 0)


def push_to_one_point(panel, chosen):
    """Move code vectors to one point: one of them is left without a sample."""
    for index in chosen:
        panel.chosen.value = int(index)
        panel.sliders[0].value = 2.75
        panel.sliders[1].value = -3.0


@pytest.mark.parametrize("bits", [1, 4, 6])
@pytest.mark.parametrize("source", PAIRS)
def test_training_never_makes_it_worse_and_ends_where_nothing_changes(sketched, source, bits):
    panel = explore.PlanePanel()
    panel.source.value = source
    panel.bits.value = bits
    samples = PAIRS[source](SAMPLES, 0.9)
    press(panel.copy, panel)
    grid = stars(panel, "grid")
    push_to_one_point(panel, np.random.default_rng(bits).integers(2**bits, size=2))
    for _ in range(2):
        worse = float(TOLD.fullmatch(status(panel))[2])
        press(panel.train, panel)
        vectors = stars(panel, "yours")
        assert assert_told(panel, samples, vectors, grid, panel.chosen.value) <= worse
        indices, _ = nearest(samples, vectors)
        assert vectors == pytest.approx(centroids(samples, indices, vectors), abs=1e-6)
    resting = np.clip(vectors[panel.chosen.value], -3.0, 3.0)
    assert [slider.value for slider in panel.sliders] == pytest.approx(resting, abs=0.0251)


def test_another_codebook_makes_the_choice_the_first_code_word(sketched):
    panel = explore.PlanePanel()
    panel.bits.value = 6
    panel.chosen.value = 63
    panel.source.value = "ring"
    assert panel.chosen.value == 0
    assert "Code vector 000000 at" in status(panel)
    samples = PAIRS["ring"](SAMPLES, 0)
    for bits in (2, 1, 5):
        panel.bits.value = bits
        assert (panel.chosen.value, len(panel.chosen.options)) == (0, 2**bits)
        vectors = stars(panel, "yours")
        assert len(vectors) == 2**bits
        assert_told(panel, samples, vectors, stars(panel, "grid"), 0)
        panel.chosen.value = 2**bits - 1


def test_a_gain_of_nothing_has_no_sign_of_minus():
    panel = explore.PlanePanel()
    panel.bits.value = 1
    panel.copy.click()
    panel.sliders[0].value = -0.75
    assert "gain +0.00 dB" in panel.view.status


def test_two_panels_of_pairs_do_not_touch_each_other(sketched):
    first = explore.PlanePanel()
    second = explore.PlanePanel()
    before = everything(second), control_values(second)
    first.chosen.value = 3
    first.sliders[0].value = 3.0
    drag(first, (0, 0), (0.5, 1))
    press(first.train, first)
    first.source.value = "ring"
    press(first.copy, first)
    assert (everything(second), control_values(second)) == before
    press(second.train, second)  # it works on its own samples
    samples = PAIRS["independent"](SAMPLES, 0)
    assert_told(second, samples, stars(second, "yours"), stars(second, "grid"), 0)


# --- coming back to settings where it has been

STATES = [
    ("ring", 0.9, 3),
    ("correlated", 0.5, 4),
    ("correlated", 0.9, 4),
    ("correlated", 0.5, 2),
    ("ring", 0.9, 4),
]


def go(panel, source, rho, bits):
    panel.source.value = source
    panel.rho.value = rho
    panel.bits.value = bits


def meddle(panel, press_number):
    """Move and train code vectors by hand."""
    panel.sliders[0].value = -2.75
    drag(panel, (0, 0), (1, 1), press_number)
    press(panel.train, panel)
    press(panel.copy, panel)
    panel.sliders[1].value = 2.75
    panel.chosen.value = 0


def pass_by_all(panel):
    """What the panel shows in each state, there and back, from another source each time."""
    for state in (*STATES[::-1], *STATES):
        panel.source.value = "independent"
        go(panel, *state)
        yield state, everything(panel)


def test_coming_back_shows_the_same_as_a_fresh_panel(sketched):
    used = explore.PlanePanel()
    first = {}
    for number, state in enumerate(STATES, 1):
        go(used, *state)
        fresh = explore.PlanePanel()
        go(fresh, *state)
        first[state] = everything(used)
        assert everything(fresh) == first[state]
        source, rho, bits = state
        assert control_values(fresh)[:3] == control_values(used)[:3] == [source, bits, rho]
        meddle(used, number)
    for state, seen in pass_by_all(used):
        assert seen == first[state]


def test_coming_back_trains_nothing_anew(sketched, monkeypatch):
    trained = []

    def counted(train):
        def counting(*arguments, **options):
            trained.append(arguments)
            return train(*arguments, **options)

        return counting

    monkeypatch.setattr("vqlib.explore.plane.lloyd", counted(lloyd))
    monkeypatch.setattr("vqlib.explore.plane.grid", counted(design.grid))
    panel = explore.PlanePanel()
    first = dict(pass_by_all(panel))
    # From now on it passes only by where it has been.
    assert len(trained) > 2 * len(STATES)
    before = len(trained)
    for state, seen in pass_by_all(panel):
        assert seen == first[state]
    assert len(trained) == before
