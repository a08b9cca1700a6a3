"""Code vectors moved by the pointer, in one dimension and in two."""

import numpy as np
import pytest

from tests.explore.support import (
    PAIRS,
    assert_alert,
    assert_told,
    drag,
    everything,
    fail,
    marks_of_kind,
    points_of,
    press,
    stars,
    status,
)
from vqlib import explore

DRAG_PANELS = [explore.ScalarPanel, explore.PlanePanel]
WITH_REACH = pytest.mark.parametrize(
    ("kind", "reach"), [(explore.ScalarPanel, 5.0), (explore.PlanePanel, 3.0)]
)


def drawing_name(panel):
    return panel.view.cells[0][0]["name"]


def code_vectors(panel):
    """Those on the drawing of a sketched panel, array (K, k)."""
    return stars(panel, drawing_name(panel))[:, : len(panel.sliders)]


def positions(panel):
    return [slider.value for slider in panel.sliders]


def assert_alone_at(panel, vectors, chosen):
    """This code vector is chosen and where it should be, as are the sliders; no other has moved."""
    found = code_vectors(panel)
    assert panel.chosen.value == chosen
    assert found[chosen] == pytest.approx(vectors[chosen], abs=1e-12)
    others = np.delete(found, chosen, axis=0)
    np.testing.assert_array_equal(others, np.delete(vectors, chosen, axis=0))
    assert positions(panel) == pytest.approx(vectors[chosen], abs=0.0251)


def assert_sliders_do_not_answer_back(panel):
    """A browser sends the position of a slider back, rounded in its own way."""
    moved = everything(panel)
    for slider in panel.sliders:
        slider.set_state({"value": slider.value + 1e-12})
    assert everything(panel) == moved


@WITH_REACH
def test_the_pointer_chooses_the_nearest_code_vector_and_moves_it_alone(sketched, kind, reach):
    panel = kind()
    rng = np.random.default_rng(0)
    panel.bits.value = 3
    vectors = code_vectors(panel)
    axes = len(panel.sliders)
    for number in range(30):
        down = rng.uniform(-0.8 * reach, 0.8 * reach, 2)
        together = number % 2  # every other time the press comes together with a move
        first = down + rng.normal(size=2) * together
        drag(panel, down, first, number)
        chosen = panel.chosen.value
        squares = ((vectors - down[:axes]) ** 2).sum(axis=1)
        assert squares[chosen] == squares.min()
        start = vectors[chosen].copy()
        for now in first + rng.normal(size=(5, 2)) * np.array([[0], [1], [0.2], [2], [reach]]):
            drag(panel, down, now, number)
            vectors[chosen] = start
            if (now != down).any():
                vectors[chosen] = np.clip(start + (now - down)[:axes], -reach, reach)
            assert_alone_at(panel, vectors, chosen)
            assert_sliders_do_not_answer_back(panel)
        vectors[chosen] = code_vectors(panel)[chosen]


@WITH_REACH
def test_a_code_vector_comes_back_with_the_pointer(sketched, kind, reach):
    panel = kind()
    rng = np.random.default_rng(0)
    panel.bits.value = 3
    for number in range(10):
        before = code_vectors(panel)
        down = rng.uniform(-0.8 * reach, 0.8 * reach, 2)
        drag(panel, down, down + rng.normal(size=2), number)
        assert (code_vectors(panel) != before).any()
        drag(panel, down, down, number)
        np.testing.assert_array_equal(code_vectors(panel), before)
        drag(panel, down, down + rng.normal(size=2), number)


@WITH_REACH
def test_the_pointer_moves_no_code_vector_out_of_the_drawing(sketched, kind, reach):
    panel = kind()
    vectors = code_vectors(panel)
    corners = [(99, 99), (-99, 99), (-99, -99), (reach + 0.01, -reach - 0.01)]
    for number, far in enumerate(corners):
        drag(panel, (0, 0), (0, 0), number)
        chosen = panel.chosen.value
        start = vectors[chosen].copy()
        drag(panel, (0, 0), far, number)
        vectors[chosen] = np.clip(start + far[: len(start)], -reach, reach)
        np.testing.assert_array_equal(code_vectors(panel), vectors)
        assert positions(panel) == pytest.approx(vectors[chosen], abs=0.0251)


def test_a_code_vector_out_of_the_drawing_rests_until_the_pointer_moves(sketched):
    panel = explore.PlanePanel()
    panel.source.value = "correlated"
    panel.rho.value = 0.99
    panel.bits.value = 6
    panel.chosen.value = 17
    vectors = code_vectors(panel)
    assert vectors[0, 0] < -3.05
    drag(panel, vectors[0], vectors[0])
    assert panel.chosen.value == 0
    np.testing.assert_array_equal(code_vectors(panel), vectors)
    drag(panel, vectors[0], vectors[0] + (0, 0.25))
    vectors[0] = (-3.0, np.clip(vectors[0, 1] + 0.25, -3.0, 3.0))
    assert code_vectors(panel) == pytest.approx(vectors, abs=1e-12)


@pytest.mark.parametrize(
    ("kind", "free"), [(explore.ScalarPanel, (1, 0)), (explore.PlanePanel, (1, 1))]
)
def test_on_the_page_a_star_goes_with_the_pointer(kind, free):
    panel = kind()

    def stars_on_page():
        (mark,) = marks_of_kind(panel.view, drawing_name(panel), "stars")
        return points_of(mark)

    for chosen, moved in enumerate([(12, -7), (-3, 5), (0, 40), (0.5, 0.25)]):
        expected = stars_on_page()
        down = expected[chosen] + (2, -1)
        drag(panel, down, down + moved, chosen)
        assert panel.chosen.value == chosen
        expected[chosen] += np.array(moved) * free
        assert stars_on_page() == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("kind", DRAG_PANELS)
def test_the_page_knows_how_far_a_star_can_be_dragged(kind):
    panel = kind()
    left, top, width, height = panel.view.reach
    drag(panel, (200, 100), (9000, 9000), 1)
    slot = drawing_name(panel)
    (mark,) = marks_of_kind(panel.view, slot, "stars")
    farthest = points_of(mark)[panel.chosen.value]
    assert farthest[0] == pytest.approx(left + width, abs=1e-3)
    if kind is explore.PlanePanel:
        assert farthest[1] == pytest.approx(top + height, abs=1e-3)
    drag(panel, (200, 100), (-9000, 9000), 1)
    (mark,) = marks_of_kind(panel.view, slot, "stars")
    assert points_of(mark)[panel.chosen.value, 0] == pytest.approx(left, abs=1e-3)


@pytest.mark.parametrize("kind", DRAG_PANELS)
def test_the_page_knows_which_drag_is_answered_even_if_that_failed(monkeypatch, kind):
    panel = kind()
    assert panel.view.pointer_answered == []
    drag(panel, (100, 100), (110, 120), 3)
    assert panel.view.pointer_answered == [3, 110, 120]
    monkeypatch.setattr(explore.LiveDrawing, "data", fail)
    with pytest.raises(RuntimeError):
        drag(panel, (100, 100), (130, 125), 3)
    assert panel.view.pointer_answered == [3, 130, 125]


def test_after_a_drag_the_sliders_go_on_from_there(sketched):
    panel = explore.PlanePanel()
    panel.source.value = "ring"
    samples = PAIRS["ring"](4000, 0)
    vectors = code_vectors(panel)
    drag(panel, vectors[6], vectors[6] + (0.111, -0.077))
    vectors[6] += (0.111, -0.077)
    assert_told(panel, samples, code_vectors(panel), stars(panel, "grid"), 6)
    assert code_vectors(panel) == pytest.approx(vectors, abs=1e-12)
    panel.sliders[1].value += 0.05
    vectors[6, 1] = panel.sliders[1].value
    assert code_vectors(panel) == pytest.approx(vectors, abs=1e-12)


def test_a_drag_begins_at_the_trained_code_vector(sketched):
    panel = explore.PlanePanel()
    panel.source.value = "ring"
    vectors = code_vectors(panel)
    drag(panel, vectors[6], vectors[6] + (0.111, -0.077), 1)
    panel.sliders[1].value += 0.05
    press(panel.train, panel)
    vectors = code_vectors(panel)
    drag(panel, vectors[2], vectors[2] + (0.5, 0.5), 2)
    vectors[2] += (0.5, 0.5)
    assert code_vectors(panel) == pytest.approx(vectors, abs=1e-12)


@pytest.mark.parametrize("kind", DRAG_PANELS)
def test_a_failure_is_shown_and_raised_from_the_pointer_too(monkeypatch, kind):
    panel = kind()
    monkeypatch.setattr(explore.LiveDrawing, "data", fail)
    with pytest.raises(RuntimeError):
        drag(panel, (100, 100), (110, 120))
    assert_alert(panel)
    monkeypatch.undo()
    drag(panel, (100, 100), (120, 120))
    assert "ean squared error" in status(panel)
