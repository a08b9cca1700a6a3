"""The grid of FSQ as it is published, and settings of a learned codebook."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.learned.support import bent
from tests.support import assert_refused
from vqlib import Codebook
from vqlib.learned import Finite, Learned

SOME_LEVELS = st.lists(st.integers(3, 9), min_size=1, max_size=4)


@given(SOME_LEVELS)
def test_a_grid_has_as_many_points_as_the_product_of_its_levels(levels):
    grid = Finite(levels)
    assert grid.size == len(set(map(tuple, grid.vectors.tolist()))) == np.prod(levels)
    assert grid.dimension == len(levels)
    np.testing.assert_array_equal(grid.search(grid.vectors), np.arange(grid.size))


@pytest.mark.parametrize(
    ("level", "in_steps"),
    [
        (3, [-1, 0, 1]),
        (4, [-2, -1, 0, 1]),
        (5, [-2, -1, 0, 1, 2]),
        (8, [-4, -3, -2, -1, 0, 1, 2, 3]),
    ],
)
def test_levels_are_those_published_symmetric_if_odd_and_one_more_below_if_even(level, in_steps):
    np.testing.assert_array_equal(Finite([level]).vectors[:, 0], np.array(in_steps) / (level // 2))


def test_the_first_component_changes_fastest():
    pairs = itertools.product([-1, 0, 1], [-1, -0.5, 0, 0.5])
    expected = [(first, second) for second, first in pairs]
    np.testing.assert_array_equal(Finite([4, 3]).vectors, expected)


@given(SOME_LEVELS, st.data())
def test_rounding_finds_the_nearest_point_of_the_grid(levels, data):
    grid = Finite(levels)
    latents = data.draw(arrays(float, (5, len(levels)), elements=st.floats(-9, 9)))
    points, _ = grid.bound(latents)
    found = grid.vectors[grid.search(points)]
    nearest = Codebook(grid.vectors).quantize(points)
    np.testing.assert_allclose(((points - found) ** 2).sum(1), ((points - nearest) ** 2).sum(1))


@given(SOME_LEVELS, st.data())
def test_the_bound_and_its_slope(levels, data):
    latents = data.draw(arrays(float, (3, len(levels)), elements=st.floats(-5, 5)))
    points, slopes = Finite(levels).bound(latents)
    np.testing.assert_allclose(points, bent(levels, latents), atol=1e-12)
    step = 1e-6
    rise = bent(levels, latents + step) - bent(levels, latents - step)
    np.testing.assert_allclose(slopes, rise / (2 * step), atol=1e-8)


@pytest.mark.parametrize("level", [3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_every_level_is_reached_none_beyond_and_zero_stays(level, kind):
    grid = Finite([level])
    latents = np.append(np.linspace(-6, 6, 1001), [-1e30, 1e30]).astype(kind)[:, None]
    points, slopes = grid.bound(latents)
    assert points.dtype == slopes.dtype == kind
    assert set(grid.search(points)) == set(range(level))
    at_zero, _ = grid.bound(np.zeros((1, 1), kind))
    np.testing.assert_allclose(at_zero, 0, atol=1e-6)


@pytest.mark.parametrize("levels", [3, "345", None, []])
def test_what_are_no_levels_is_refused(levels):
    given = "none" if levels == [] else repr(levels)
    sentence = f"levels must be one or more whole numbers, got {given}"
    if levels == "345":
        sentence = f"levels must be one or more whole numbers, got {levels!r}"
    assert_refused(sentence, Finite, levels)


@pytest.mark.parametrize("level", [2, 0, -4, 5.0, True, None])
def test_a_bad_level_is_refused(level):
    sentence = f"each of levels must be a whole number of at least 3, got {level!r}"
    assert_refused(sentence, Finite, [5, level])


def test_a_grid_that_is_too_large_is_refused():
    sentence = "levels must have a product of at most 65536, got 100000"
    assert_refused(sentence, Finite, [10] * 5)


@pytest.mark.parametrize(
    ("arguments", "options", "sentence"),
    [
        ((0, 2), {}, "size must be a whole number of at least 1, got 0"),
        ((4, 2.5), {}, "dimension must be a whole number of at least 1, got 2.5"),
        ((4, 2), {"start": "zeros"}, "start must be one of normal, uniform, data, got 'zeros'"),
        ((4, 2), {"update": "ema"}, "update must be one of gradient, average, got 'ema'"),
        ((4, 2), {"restarts": 3}, "restarts must be True or False, got 3"),
    ],
)
def test_bad_settings_are_refused(arguments, options, sentence):
    assert_refused(sentence, lambda: Learned(*arguments, **options))


def test_what_they_print():
    assert repr(Finite((8, 5))) == "Finite([8, 5])"
    expected = "Learned(4, 2, start='data', update='gradient', restarts=True)"
    assert repr(Learned(4, 2, start="data", restarts=True)) == expected
