"""Pictures and vectors: single pixels and blocks, there and back, and what lies over the rim."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.image.support import vectors_by_loop
from tests.support import RGB, any_pictures
from vqlib.image import to_picture, to_vectors


@given(any_pictures())
def test_picture_to_vectors_and_back_is_the_same(picture):
    vectors = to_vectors(picture)
    channels = 1 if picture.ndim == 2 else 3
    assert vectors.shape == (picture.shape[0] * picture.shape[1], channels)
    np.testing.assert_array_equal(vectors.ravel(), picture.ravel())
    np.testing.assert_array_equal(to_picture(vectors, picture.shape), picture)


@given(any_pictures(), st.integers(1, 9))
def test_vectors_are_the_blocks_row_by_row_and_the_way_back_is_the_picture(picture, block):
    vectors = to_vectors(picture, block)
    assert vectors.dtype == np.float64
    np.testing.assert_array_equal(vectors, vectors_by_loop(picture, block))
    back = to_picture(vectors, picture.shape, block)
    assert back.dtype == np.uint8
    assert back.shape == picture.shape
    np.testing.assert_array_equal(back, picture)


def test_rim_of_the_picture_is_repeated_by_hand():
    vectors = to_vectors(np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.uint8), 2)
    np.testing.assert_array_equal(vectors, [[1, 2, 4, 5], [3, 3, 6, 6], [7, 8, 7, 8], [9, 9, 9, 9]])


@pytest.mark.parametrize("block", [2, 7, 64])
def test_blocks_that_fit_are_those_of_numpy(block):
    shape = (block * 2, block * 3, 3)
    picture = np.random.default_rng(block).integers(0, 256, shape, np.uint8)
    parts = []
    for band in np.split(picture, 2):
        parts += [part.ravel() for part in np.split(band, 3, axis=1)]
    np.testing.assert_array_equal(to_vectors(picture, block), parts)


def test_vectors_of_blocks_that_are_too_few_or_too_many_are_refused():
    vectors = to_vectors(RGB, 4)
    for wrong in (vectors[1:], np.concatenate([vectors, vectors[:1]])):
        problem = rf"^vectors must be 4224 .* got float64 of shape \({len(wrong)}"
        with pytest.raises(ValueError, match=problem):
            to_picture(wrong, RGB.shape, 4)


@pytest.mark.parametrize(
    ("vectors", "problem"),
    [
        ([0, 1, 2], r"be 4 whole numbers from 0 to 255, got .* shape \(3,\), from 0.0 to 2.0$"),
        ([0, 1, 2, 256], "be 4 whole numbers from 0 to 255, got .* from 0.0 to 256.0"),
        ([0, 1, 2, -1], "be 4 whole numbers from 0 to 255, got .* from -1.0 to 2.0"),
        ([0, 1, 2, 0.5], "be 4 whole numbers from 0 to 255, got float64"),
        ([0, 1, 2, np.nan], "be finite"),
        ([0, 1, 2, np.inf], "be finite"),
        ([0, 1, 2, 1j], "be one or more real numbers"),
        (list("abcd"), "be one or more real numbers"),
        ([None] * 4, "be one or more real numbers"),
    ],
)
def test_to_picture_refuses_vectors(vectors, problem):
    with pytest.raises(ValueError, match=f"^vectors must {problem}"):
        to_picture(vectors, (2, 2))


@pytest.mark.parametrize("shape", [(4,), (2, 2, 1), (1, 1, 1, 4), (-2, -2), (0, 4), ()])
def test_to_picture_refuses_a_shape_of_no_picture(shape):
    problem = r"^shape must be \(height, width\) or \(height, width, 3\), got"
    with pytest.raises(ValueError, match=problem):
        to_picture([0] * 4, shape)
