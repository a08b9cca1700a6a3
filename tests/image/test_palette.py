"""Palettes: the colours of a picture and their numbers, training on them, and palettes by rule."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sklearn.cluster import KMeans

from tests.image.support import part_of
from tests.support import RGB, any_pictures
from vqlib import Codebook
from vqlib.image import (
    SAMPLES,
    SPACES,
    Colours,
    median_cut,
    random_pixels,
    sample,
    train_codebook,
    uniform_palette,
)

# --- the colours of a picture --------------------------------------------------------------------


def assert_colours(picture):
    """Colours and their numbers are those of NumPy, in whatever order."""
    colours, counts = np.unique(picture.reshape(-1, 3), axis=0, return_counts=True)
    found = Colours(picture)
    assert found.colours.dtype == np.uint8
    order = np.lexsort(found.colours.T[::-1])
    np.testing.assert_array_equal(found.colours[order], colours)
    np.testing.assert_array_equal(found.counts[order], counts)


few_values = st.sampled_from([0, 1, 127, 255])


@given(any_pictures(few_values).filter(lambda picture: picture.ndim == 3))
def test_colours_and_their_numbers_are_those_of_numpy(picture):
    assert_colours(picture)


@pytest.mark.parametrize("name", SAMPLES)
def test_colours_of_every_sample_are_those_of_numpy(name):
    assert_colours(sample(name, colour=True)[:150, :150])


def test_colours_of_more_than_a_megapixel_are_those_of_numpy():
    assert_colours(np.tile(RGB, (30, 30, 1)))


# --- training ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("size", [1, 2, 7, 256])
def test_palette_is_whole_colours_sorted_and_the_same_every_time(size, space, fast):
    picture = part_of()
    vectors = Colours(picture).train(size, space, fast=fast).vectors
    assert vectors.shape[1] == 3
    assert size - 3 <= len(vectors) <= size  # rounding makes few of them equal
    assert (vectors == np.floor(vectors)).all()
    assert vectors.min() >= 0
    assert vectors.max() <= 255
    np.testing.assert_array_equal(vectors, np.unique(vectors, axis=0))
    again = Colours(picture).train(size, space, fast=fast)
    np.testing.assert_array_equal(again.vectors, vectors)
    of_function = train_codebook([picture], size, space=space, fast=fast)
    np.testing.assert_array_equal(of_function.vectors, vectors)


def test_palette_of_one_colour_is_the_mean():
    picture = part_of()
    mean = picture.reshape(-1, 3).mean(axis=0)
    np.testing.assert_array_equal(Colours(picture).train(1).vectors, [np.floor(mean + 0.5)])


@pytest.mark.parametrize("size", [16, 64])
def test_palette_is_as_good_as_kmeans_on_all_pixels(size):
    picture = part_of()
    pixels = picture.reshape(-1, 3).astype(float)
    colours = Colours(picture)
    losses = []
    for seed in range(3):
        model = KMeans(size, n_init=1, random_state=seed).fit(pixels)
        usual = colours.encode(colours.train(size, seed=seed))
        fast = colours.encode(colours.train(size, fast=True, seed=seed))
        losses.append([model.inertia_ / pixels.size, usual.mse, fast.mse])
    by_kmeans, of_usual, of_fast = np.median(losses, axis=0)
    assert of_usual <= 1.02 * by_kmeans
    assert of_fast <= 1.10 * by_kmeans


@pytest.mark.parametrize("fast", [False, True])
def test_palette_of_more_colours_than_there_are_cells(fast):
    """All pixels lie in one cell of 8 x 8 x 8 colours."""
    picture = np.random.default_rng(0).integers(96, 104, (40, 50, 3), np.uint8)
    assert 290 < Colours(picture).train(300, fast=fast).size <= 300


@pytest.mark.parametrize("dimension", [1, 2, 4])
def test_palette_that_is_not_of_colours_is_refused(dimension):
    problem = rf"^codebook must have .* of dimension 3, got \(2, {dimension}\)$"
    with pytest.raises(ValueError, match=problem):
        Colours(RGB).encode(Codebook(np.zeros((2, dimension))))


# --- palettes without training -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "levels"),
    [
        (1, (1, 1, 1)),
        (2, (1, 2, 1)),
        (4, (2, 2, 1)),
        (8, (2, 2, 2)),
        (16, (2, 4, 2)),
        (64, (4, 4, 4)),
        (100, (4, 8, 4)),
        (256, (8, 8, 4)),
    ],
)
def test_uniform_palette_has_equal_steps_most_of_them_in_green_and_fewest_in_blue(size, levels):
    codebook = uniform_palette(size)
    assert codebook.size == np.prod(levels)
    for channel, number in zip(codebook.vectors.T, levels, strict=True):
        steps = -0.5 + 256 / number * (np.arange(number) + 0.5)
        np.testing.assert_allclose(np.unique(channel), steps, rtol=1e-12)


@pytest.mark.parametrize("size", [2, 16, 256])
def test_median_cut_is_that_of_pillow(size):
    picture = part_of()
    by_pillow = Image.fromarray(picture).quantize(size, Image.Quantize.MEDIANCUT)
    palette = np.reshape(by_pillow.getpalette()[: 3 * size], (-1, 3))
    np.testing.assert_array_equal(median_cut(picture, size).vectors, palette)


def test_random_pixels_are_different_pixels_of_the_picture_and_always_the_same():
    pixels = (np.arange(300) % 251).astype(np.uint8).reshape(-1, 3)
    found = random_pixels(pixels, 50)
    assert found.shape == (50, 3)
    assert {tuple(pixel) for pixel in found} <= {tuple(pixel) for pixel in pixels}
    assert len(np.unique(found, axis=0)) == 50
    np.testing.assert_array_equal(random_pixels(pixels, 50), found)
