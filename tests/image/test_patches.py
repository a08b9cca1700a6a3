"""Patches: squares out of pictures, no place twice, none of them flat."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import GREY, RGB, any_pictures, assert_refused
from vqlib.image import patches

HALF_FLAT = np.concatenate([np.full((20, 44), 7, np.uint8), GREY])


def all_places(pictures, side, least):
    """Every place with structure, by plain loops."""
    found = set()
    for number, picture in enumerate(pictures):
        for top in range(picture.shape[0] - side + 1):
            for left in range(picture.shape[1] - side + 1):
                patch = picture[top : top + side, left : left + side].astype(float)
                if np.sqrt(np.mean((patch - patch.mean()) ** 2)) >= least:
                    found.add((number, top, left))
    return found


@pytest.mark.parametrize("side", [1, 3, 8])
def test_each_patch_has_the_pixels_of_its_place(side):
    pictures = [GREY, HALF_FLAT]
    least = 0.0 if side == 1 else 5.0
    vectors, places = patches(pictures, 400, side=side, least_deviation=least)
    assert (vectors.dtype, vectors.shape, places.shape) == (np.uint8, (400, side**2), (400, 3))
    for vector, (number, top, left) in zip(vectors, places, strict=True):
        expected = pictures[number][top : top + side, left : left + side]
        np.testing.assert_array_equal(vector, expected.ravel())


@given(any_pictures().filter(lambda picture: picture.ndim == 2), st.floats(0, 80), st.data())
def test_all_places_with_structure_are_drawn_and_none_twice(picture, least, data):
    side = data.draw(st.integers(1, min(picture.shape)))
    expected = all_places([picture], side, least)
    for count in {1, len(expected)} - {0}:
        if expected:
            _, places = patches([picture], count, side=side, least_deviation=least)
            drawn = set(map(tuple, places.tolist()))
            assert len(drawn) == count
            assert drawn <= expected
    problem = f"^count must be at most {len(expected)} for these pictures, got {len(expected) + 1}$"
    with pytest.raises(ValueError, match=problem):
        patches([picture], len(expected) + 1, side=side, least_deviation=least)


def test_flat_places_are_left_out():
    _, places = patches([HALF_FLAT], 500, least_deviation=5)
    assert places[:, 1].min() > 12


def test_fewer_are_the_first_of_more_and_a_seed_draws_others():
    few = patches([GREY], 20)
    many = patches([GREY], 60)
    np.testing.assert_array_equal(few.vectors, many.vectors[:20])
    np.testing.assert_array_equal(few.places, many.places[:20])
    assert not np.array_equal(patches([GREY], 20, seed=1).places, few.places)


def test_pictures_share_places_by_their_size():
    pictures = [np.tile(GREY, (3, 1)), GREY]
    _, places = patches(pictures, 1000)
    share = np.mean(places[:, 0] == 0)
    sizes = [(90 - 7) * 37, (30 - 7) * 37]
    assert share == pytest.approx(sizes[0] / sum(sizes), abs=0.05)


# --- bad arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", [GREY / 255, None, "camera"])
def test_bad_picture_is_refused(picture):
    with pytest.raises(ValueError, match=r"^each of pictures must be "):
        patches([picture], 1)


def test_colour_pictures_are_refused():
    with pytest.raises(ValueError, match=r"^(each of )?pictures must be [^\n]*grey"):
        patches([RGB], 1)


def test_no_pictures_and_too_small_ones_are_refused():
    with pytest.raises(ValueError, match=r"^pictures must be one or more"):
        patches([], 1)
    with pytest.raises(ValueError, match=re.escape("(7, 44)")):
        patches([GREY, GREY[:7]], 1)


@pytest.mark.parametrize("count", [0, -1, 2.0, None, "3"])
def test_bad_count_is_refused(count):
    sentence = f"count must be a whole number of at least 1, got {count!r}"
    assert_refused(sentence, patches, [GREY], count)


@pytest.mark.parametrize("side", [0, 65, 2.0, None])
def test_bad_side_is_refused(side):
    with pytest.raises(ValueError, match=r"must be a whole number from 1 to 64, got "):
        patches([GREY], 1, side=side)


@pytest.mark.parametrize("least", [-1, np.nan, [1, 2], None, "a"])
def test_bad_deviation_is_refused(least):
    with pytest.raises(ValueError, match=r"^least_deviation must "):
        patches([GREY], 1, least_deviation=least)


def test_bad_seed_is_refused():
    sentence = "seed must be a whole number of at least 0, got -1"
    assert_refused(sentence, lambda: patches([GREY], 1, seed=-1))
