"""Views: a number decides what is seen, and nothing else does."""

import numpy as np
import pytest

from vqlib import image
from vqlib.image.viewing import PHOTOGRAPHS, _view


def test_a_view_is_the_same_alone_and_in_company():
    together = image.views([5, 0, 7])
    for number, picture in zip([5, 0, 7], together, strict=True):
        (alone,) = image.views([number])
        np.testing.assert_array_equal(picture, alone)


def test_views_are_grey_pictures_of_the_side_asked_for():
    for picture in image.views(range(3), side=96):
        assert picture.dtype == np.uint8
        assert picture.shape == (96, 96)


def test_every_number_has_a_view_of_its_own():
    seen = {picture.tobytes() for picture in image.views(range(40), side=32)}
    assert len(seen) == 40


def test_a_view_of_a_ramp_still_rises_or_falls():
    """Of a picture whose levels rise to the right: cut, resized, turned and brightened."""
    ramp = np.tile(np.arange(256, dtype=np.uint8), (256, 1))
    for seed in range(20):
        picture = _view(ramp, 64, np.random.default_rng(seed)).astype(int)
        steps = np.diff(picture, axis=int(np.ptp(picture[0]) > 0))
        assert (steps >= 0).all() or (steps <= 0).all()
        assert np.ptp(picture) > 0


def test_views_show_the_photographs_and_not_the_chart():
    assert set(PHOTOGRAPHS) == {"camera", "astronaut", "coffee", "china"}


@pytest.mark.parametrize("numbers", [[-1], [1.5], ["a"], [None], [True]])
def test_numbers_of_views_that_are_none_are_refused(numbers):
    with pytest.raises(ValueError, match="each of numbers must be a whole number of at least 0"):
        image.views(numbers)


@pytest.mark.parametrize("side", [0, -3, 2.5, 5000])
def test_sides_of_views_that_are_none_are_refused(side):
    with pytest.raises(ValueError, match="side must be a whole number from 1 to 4096"):
        image.views([0], side=side)


def test_byte_vectors_are_the_vectors_in_an_eighth_of_the_room():
    picture = image.sample("camera")
    for block in (1, 4, 7):
        vectors = image.to_byte_vectors(picture, block)
        expected = image.to_vectors(picture, block)
        np.testing.assert_array_equal(vectors, expected)
        assert vectors.dtype == np.uint8
        assert 8 * vectors.nbytes == expected.nbytes


@pytest.mark.parametrize("picture", [np.zeros((4, 4)), np.zeros(4, np.uint8), "camera"])
def test_byte_vectors_of_what_is_no_picture_are_refused(picture):
    with pytest.raises(ValueError, match="picture must be a grey picture"):
        image.to_byte_vectors(picture)
