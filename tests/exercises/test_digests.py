"""Every number within the tolerance is recognized, and none beyond one and a half of it."""

from hypothesis import given
from hypothesis import strategies as st

from vqlib.exercises.digests import cell_of, cells_around, digest

TOLERANCES = st.sampled_from([1e-6, 0.005, 0.1, 0.5, 3.0, 1000.0])


@given(st.floats(-1e6, 1e6), TOLERANCES, st.floats(-1, 1))
def test_what_is_within_the_tolerance_is_recognized(right, tolerance, away):
    assert cell_of(right + away * tolerance, tolerance) in cells_around(right, tolerance)


@given(st.floats(-1e3, 1e3), TOLERANCES, st.floats(1.51, 100), st.sampled_from([-1, 1]))
def test_what_is_far_outside_is_not(right, tolerance, away, side):
    other = right + side * away * tolerance
    assert cell_of(other, tolerance) not in cells_around(right, tolerance)


def test_a_number_on_a_border_is_recognized_from_both_sides():
    for tolerance in (0.005, 0.125, 0.25):
        cells = cells_around(3.125, tolerance)
        assert cell_of(3.125 + tolerance, tolerance) in cells
        assert cell_of(3.125 - tolerance, tolerance) in cells


def test_a_digest_tells_neither_its_text_nor_whether_two_exercises_have_the_same():
    assert digest("01.2 the error", "12") == digest("01.2 the error", "12")
    words = {digest(salt, text) for salt in ("01.2 a", "01.2 b", "02.2 a") for text in ("1", "2")}
    assert len(words) == 6
    assert all(len(word) == 16 for word in words)
