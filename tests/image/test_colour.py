"""Grey from colours, and CIELAB, against the formulas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from tests.image.support import part_of, vectors_by_loop
from tests.support import RGB
from vqlib.image import SPACES, encode_image, grey, quantize_image, to_lab, train_codebook


@given(arrays(np.uint8, (3, 4, 3)))
def test_grey_is_the_weighted_sum_of_the_colours_and_grey_stays_grey(picture):
    exact = picture @ [0.299, 0.587, 0.114]
    # Half for rounding; OpenCV's weights are whole 16384ths: off by at most 3 * 255 / 2 / 16384.
    assert np.abs(grey(picture) - exact).max() <= 0.5 + 0.024
    one = picture[..., 0]
    np.testing.assert_array_equal(grey(np.dstack([one] * 3)), one)


def test_spaces_are_told_by_name():
    assert list(SPACES) == ["RGB", "Lab"]


@pytest.mark.parametrize("space", SPACES)
def test_every_space_leads_back_to_the_colour(space):
    steps = np.linspace(0, 255, 18).round()
    rgb = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    back = SPACES[space].to_rgb(SPACES[space].from_rgb(rgb))
    # OpenCV interpolates in tables, there and back.
    np.testing.assert_allclose(back, rgb, rtol=0, atol=1.5)


@pytest.mark.parametrize("space", SPACES)
def test_points_that_no_colour_has_lead_to_finite_numbers(space):
    lowest, highest = np.percentile(SPACES[space].from_rgb(RGB.reshape(-1, 3)), (0, 100), axis=0)
    corners = np.stack(np.meshgrid(*np.stack([lowest, highest], axis=1)), axis=-1).reshape(-1, 3)
    assert np.isfinite(SPACES[space].to_rgb(corners.astype(float))).all()


LAB = {  # of sRGB with white D65, to two places
    (255, 255, 255): (100, 0, 0),
    (0, 0, 0): (0, 0, 0),
    (119, 119, 119): (50.03, 0, 0),
    (255, 0, 0): (53.24, 80.09, 67.20),
    (0, 255, 0): (87.73, -86.18, 83.18),
    (0, 0, 255): (32.30, 79.19, -107.86),
    (255, 255, 0): (97.14, -21.55, 94.48),
    (0, 255, 255): (91.11, -48.09, -14.13),
    (255, 0, 255): (60.32, 98.23, -60.82),
}
XYZ = np.array(  # rows of the matrix from linear sRGB
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def lab_by_formula(rgb):
    """CIE 1976 L*a*b* of sRGB (IEC 61966-2-1)."""
    share = rgb / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    ratio = linear @ XYZ.T / XYZ.sum(axis=1)
    straight = ratio * (29 / 6) ** 2 / 3 + 4 / 29
    x, y, z = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), straight).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def lab_of(picture):
    return to_lab(picture.reshape(-1, 3))


def loss_in_lab(picture, shown):
    return ((lab_of(shown) - lab_of(picture)) ** 2).mean()


@pytest.mark.parametrize(("rgb", "lab"), LAB.items())
def test_lab_of_known_colours(rgb, lab):
    np.testing.assert_allclose(to_lab([rgb]), [lab], rtol=0, atol=0.2)


def test_lab_is_that_of_the_formula():
    greys = np.arange(256)[:, None].repeat(3, axis=1)
    rgb = np.concatenate([RGB.reshape(-1, 3), greys]).astype(float)
    lab = to_lab(rgb)
    # OpenCV interpolates in a table.
    np.testing.assert_allclose(lab, lab_by_formula(rgb), rtol=0, atol=0.4)
    alone = [to_lab(row) for row in rgb[::50, None]]
    np.testing.assert_array_equal(np.concatenate(alone), lab[::50])


@pytest.mark.parametrize("block", [1, 2])
def test_nearest_in_lab_is_the_nearest_by_formula(block):
    picture = part_of(side=60)
    codebook = train_codebook([picture], 12, block=block, space="Lab")
    result = encode_image(picture, codebook, block=block, space="Lab")
    samples = vectors_by_loop(picture, block)
    samples_in_lab = lab_of(samples).reshape(samples.shape)
    code_in_lab = lab_of(codebook.vectors).reshape(codebook.vectors.shape)
    nearest = cdist(samples_in_lab, code_in_lab).argmin(axis=1)
    np.testing.assert_array_equal(result.indices.ravel(), nearest)


@pytest.mark.parametrize("block", [1, 2])
def test_the_nearest_in_lab_lose_less_in_lab_and_more_in_rgb(block):
    picture = part_of(side=60)
    codebook = train_codebook([picture], 12, block=block, space="Lab")
    in_lab = encode_image(picture, codebook, block=block, space="Lab")
    in_rgb = encode_image(picture, codebook, block=block)
    assert in_rgb.mse < in_lab.mse
    assert loss_in_lab(picture, in_lab.picture) < loss_in_lab(picture, in_rgb.picture)


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("block", [1, 2])
def test_training_in_lab_loses_less_in_lab(block, fast):
    picture = part_of("coffee")
    in_rgb = quantize_image(picture, 4, block=block, space="RGB", fast=fast)
    in_lab = quantize_image(picture, 4, block=block, space="Lab", fast=fast)
    assert loss_in_lab(picture, in_lab.picture) < loss_in_lab(picture, in_rgb.picture)
