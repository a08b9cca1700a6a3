"""Error diffusion, against the plain loops of its definition, and as seen from afar."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.image.support import mse_by_numpy, whole_code_vectors
from tests.support import GREY, RGB, any_pictures
from vqlib import Codebook
from vqlib.image import Colours, diffuse, encode_image, quantize_image, sample

SHARES = ((0, 1, 7), (1, -1, 3), (1, 0, 5), (1, 1, 1))  # down, right, sixteenths of the error


def hand_on(work, y, x, error):
    """Add its share of the error to each of the four neighbours that are in the picture."""
    height, width = work.shape[:2]
    for down, right, share in SHARES:
        if y + down < height and 0 <= x + right < width:
            work[y + down, x + right] += error / 16 * share


def floyd_steinberg(picture, code):
    """One pixel after the other, row by row; `code` (K, channels)."""
    height, width = picture.shape[:2]
    work = picture.reshape(height, width, -1).astype(float)
    indices = np.zeros((height, width), int)
    for y in range(height):
        for x in range(width):
            nearest = ((work[y, x] - code) ** 2).sum(axis=1).argmin()
            indices[y, x] = nearest
            hand_on(work, y, x, work[y, x] - code[nearest])
    return indices


def assert_diffused(picture, code):
    result = diffuse(picture, Codebook(code))
    np.testing.assert_array_equal(result.indices, floyd_steinberg(picture, code))
    np.testing.assert_array_equal(result.picture, code[result.indices].reshape(picture.shape))
    assert result.mse == mse_by_numpy(picture, result)
    np.testing.assert_array_equal(result.codebook.vectors, code)
    assert result.block == 1


BLACK_WHITE = np.array([[0.0], [255]])
CORNERS = 255.0 * np.indices((2, 2, 2)).reshape(3, 8).T

SHAPES = [(1, 1), (1, 30), (30, 1), (2, 30), (30, 2), (1, 2), (2, 1), (17, 23), (23, 17)]


@pytest.mark.parametrize("shape", SHAPES)
def test_diffusion_is_that_of_the_plain_loops(shape):
    height, width = shape
    assert_diffused(GREY[:height, :width], BLACK_WHITE)
    assert_diffused(RGB[:height, :width], CORNERS)


@settings(max_examples=60)
@given(any_pictures(most=7), st.data())
def test_diffusion_of_any_picture_is_that_of_the_plain_loops(picture, data):
    dimension = 1 if picture.ndim == 2 else 3
    assert_diffused(picture, data.draw(whole_code_vectors(dimension)))


def test_diffusion_into_all_colours_of_the_picture_changes_nothing():
    np.testing.assert_array_equal(diffuse(GREY, Codebook(np.arange(256))).picture, GREY)
    result = diffuse(RGB, Codebook(Colours(RGB).colours))
    np.testing.assert_array_equal(result.picture, RGB)
    assert (result.mse, result.size) == (0, len(np.unique(RGB.reshape(-1, 3), axis=0)))


def blurred(picture):
    return cv2.GaussianBlur(picture.astype(float), (0, 0), 2)


def seen_from_afar(picture, result):
    """Mean squared error of the blurred pictures."""
    return ((blurred(picture) - blurred(result.picture)) ** 2).mean()


def test_diffusion_of_china_to_black_and_white_is_worse_near_by_and_better_from_afar():
    china = sample("china")
    codebook = Codebook(BLACK_WHITE)
    nearest = encode_image(china, codebook)
    diffused = diffuse(china, codebook)
    np.testing.assert_allclose([nearest.mse, diffused.mse], [3754, 8551], rtol=1e-3)
    np.testing.assert_allclose(seen_from_afar(china, nearest), 1806, rtol=1e-3)
    np.testing.assert_allclose(seen_from_afar(china, diffused), 6, rtol=0.05)


def test_diffusion_of_china_to_its_best_two_levels_is_worse_from_afar_too():
    china = sample("china")
    nearest = quantize_image(china, 1)
    diffused = diffuse(china, nearest.codebook)
    np.testing.assert_allclose(seen_from_afar(china, nearest), 522.5, rtol=2e-3)
    np.testing.assert_allclose(seen_from_afar(china, diffused), 865, rtol=2e-3)
