"""E8: its 240 shortest points, the nearest one against all near ones, the ball, and refusals."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vqlib.structured import nearest_e8, nearest_e8_in_ball


def short_points():
    """All points of squared length 0, 2 and 4, by trying all small whole and half numbers."""
    whole = np.array(list(itertools.product([-2, -1, 0, 1, 2], repeat=8)))
    halves = np.array(list(itertools.product([-1.5, -0.5, 0.5, 1.5], repeat=8)))
    candidates = np.concatenate([whole, halves])
    even = candidates.sum(axis=1) % 2 == 0
    return candidates[even & ((candidates**2).sum(axis=1) <= 4)]


SHORT = short_points()


def test_numbers_of_points_by_length():
    # 240 (1 + 2^3) = 2,160 have squared length 4 (Conway and Sloane, Sphere packings, chapter 4).
    lengths, counts = np.unique((SHORT**2).sum(axis=1), return_counts=True)
    assert dict(zip(lengths.tolist(), counts.tolist(), strict=True)) == {0: 1, 2: 240, 4: 2160}


def test_points_of_the_lattice_stay():
    np.testing.assert_array_equal(nearest_e8(SHORT), SHORT)


@given(st.integers(0, 1000))
def test_no_short_point_is_nearer(seed):
    # At most 1 from its point, the largest hole: a sample no longer than .99 has it among these.
    sample = np.random.default_rng(seed).normal(size=8)
    sample *= 0.99 / max(1, np.linalg.norm(sample))
    found = nearest_e8(sample[None])[0]
    least = ((SHORT - sample) ** 2).sum(axis=1).min()
    assert ((found - sample) ** 2).sum() == pytest.approx(least)
    assert (found == SHORT).all(axis=1).any()


def test_mean_squared_error_of_even_samples_is_the_published_one():
    # .071682 (Conway and Sloane 1982), of a volume of 1; the standard error of 100,000 is .00007.
    samples = np.random.default_rng(0).uniform(0, 4, (100_000, 8))
    error = np.mean((samples - nearest_e8(samples)) ** 2)
    assert error == pytest.approx(0.071682, abs=3e-4)


def test_in_the_ball_a_near_sample_keeps_its_point_and_a_far_one_comes_in():
    samples = np.random.default_rng(0).normal(size=(2000, 8)) * 1.2
    free = nearest_e8(samples)
    found = nearest_e8_in_ball(samples)
    inside = (free**2).sum(axis=1) <= 10
    assert 0.2 < inside.mean() < 0.95
    np.testing.assert_array_equal(found[inside], free[inside])
    assert (found**2).sum(axis=1).max() <= 10
    np.testing.assert_array_equal(nearest_e8(found), found)


def test_the_samples_stay_as_they_were():
    samples = np.full((2, 8), 9.0)
    nearest_e8_in_ball(samples)
    np.testing.assert_array_equal(samples, np.full((2, 8), 9.0))


@pytest.mark.parametrize(
    ("function", "arguments", "sentence"),
    [
        (nearest_e8, (np.ones((2, 7)),), "samples must have shape (n, 8)"),
        (nearest_e8, ([[np.nan] * 8],), "samples must be finite"),
        (nearest_e8_in_ball, (np.ones((2, 8)), 0), "squared_radius must be above 0, got 0"),
    ],
)
def test_bad_input_is_refused(function, arguments, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        function(*arguments)
