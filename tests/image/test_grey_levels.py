"""Grey pictures: the shortcut by a histogram equals the generic path and is the optimum."""

import io

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image
from scipy.stats import entropy as scipy_entropy

from tests.image.support import VIEWS, is_same, mse_by_numpy
from tests.support import BYTES, GREY, traced_memory
from vqlib.design import lloyd, optimal_scalar
from vqlib.image import (
    SAMPLES,
    GreyLevels,
    encode_image,
    quantize_image,
    sample,
    to_vectors,
    train_codebook,
)

BITS = range(1, 9)


def grey_pictures(elements=BYTES):
    shapes = array_shapes(min_dims=2, max_dims=2, max_side=9)
    return arrays(np.uint8, shapes, elements=elements, fill=elements)


# --- laws for every picture ----------------------------------------------------------------------


def assert_arrays(picture, result, bits):
    """Sizes, kinds of number and order, and a picture that is the decoding of its indices."""
    levels = result.codebook.vectors[:, 0]
    assert result.bits == bits
    assert result.size == len(levels) == min(2**bits, len(np.unique(picture)))
    assert result.picture.dtype == result.indices.dtype == np.uint8
    assert result.picture.shape == result.indices.shape == picture.shape
    assert (np.diff(levels) > 0).all()
    np.testing.assert_array_equal(result.levels, levels)
    np.testing.assert_array_equal(np.unique(result.indices), np.arange(result.size))
    np.testing.assert_array_equal(result.picture, levels[result.indices])


def assert_figures(picture, result):
    """The nearest level everywhere, and MSE, entropy and PSNR as others compute them."""
    levels = result.codebook.vectors[:, 0]
    nearest = np.abs(np.arange(256)[:, None] - levels).min(axis=1)
    np.testing.assert_array_equal(np.abs(picture - levels[result.indices]), nearest[picture])
    assert result.mse == mse_by_numpy(picture, result)
    entropy = scipy_entropy(np.bincount(result.indices.ravel()), base=2)
    np.testing.assert_allclose(result.entropy, entropy, atol=1e-12)
    if result.mse == 0:
        assert result.psnr == np.inf
    else:
        psnr = cv2.PSNR(np.ascontiguousarray(picture), result.picture)
        np.testing.assert_allclose(result.psnr, psnr, rtol=1e-9)


def assert_laws(picture, result, bits):
    """What holds for every picture, by NumPy, SciPy and OpenCV only."""
    assert_arrays(picture, result, bits)
    assert_figures(picture, result)


def assert_png(result):
    """Two decoders that are not ours see exactly the picture."""
    content = result.png()
    with Image.open(io.BytesIO(content)) as opened:
        np.testing.assert_array_equal(opened.convert("L"), result.picture)
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(decoded, np.dstack([result.picture] * 3))


def quantize_generically(picture, bits):
    """The long way that the shortcut has to equal."""
    pixels = to_vectors(picture)
    size = min(2**bits, len(np.unique(pixels)))
    return encode_image(picture, optimal_scalar(pixels, size, integer=True))


@pytest.fixture(scope="module", params=SAMPLES)
def prepared(request):
    return GreyLevels(sample(request.param))


@pytest.mark.parametrize("bits", BITS)
def test_every_sample_at_every_number_of_bits(prepared, bits):
    result = prepared.quantize(bits)
    assert_laws(prepared.picture, result, bits)
    assert is_same(result, quantize_generically(prepared.picture, bits))
    if bits > 1:
        assert result.mse <= prepared.quantize(bits - 1).mse
    if bits == 8:
        np.testing.assert_array_equal(result.picture, prepared.picture)


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("name", SAMPLES)
def test_png_of_every_sample_decodes_to_the_picture(name, bits):
    assert_png(quantize_image(sample(name)[100:200, 100:201], bits))


@settings(max_examples=60)
@given(grey_pictures(), st.integers(1, 8), st.data())
def test_shortcut_equals_the_generic_path(picture, most_bits, data):
    prepared = GreyLevels(picture, most_bits)
    for bits in data.draw(st.permutations(range(1, most_bits + 1))):
        result = prepared.quantize(bits)
        assert_laws(picture, result, bits)
        assert_png(result)
        assert is_same(result, quantize_generically(picture, bits))
        assert is_same(result, quantize_image(picture, bits))


@settings(max_examples=30)
@given(grey_pictures(), st.integers(1, 5))
def test_no_codebook_of_whole_levels_is_better(picture, bits):
    result = quantize_image(picture, bits)
    trained = encode_image(picture, lloyd(to_vectors(picture), result.size))
    assert result.mse <= trained.mse


@given(grey_pictures(st.integers(0, 200)), st.integers(1, 8), st.integers(0, 55))
def test_a_brighter_picture_gets_brighter_levels_and_the_same_indices(picture, bits, shift):
    here = quantize_image(picture, bits)
    there = quantize_image(picture + np.uint8(shift), bits)
    np.testing.assert_array_equal(there.picture, here.picture + shift)
    np.testing.assert_array_equal(there.indices, here.indices)


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("greys", [1, 2, 3, 5, 200])
def test_picture_with_few_greys_gets_at_most_so_many_levels(greys, bits):
    rng = np.random.default_rng(greys)
    values = rng.permutation(256)[:greys].astype(np.uint8)
    picture = np.concatenate([values, rng.choice(values, 400 - greys)]).reshape(16, 25)
    result = quantize_image(picture, bits)
    assert_laws(picture, result, bits)
    assert_png(result)


@pytest.mark.parametrize("size", [1, 5, 127, 128, 129, 200, 253])
def test_codebook_of_grey_pixels_is_the_optimum_at_every_size(size):
    codebook = train_codebook([GREY], size)
    greys, counts = np.unique(GREY, return_counts=True)
    wanted = optimal_scalar(greys, size, counts, integer=True)
    assert codebook.size == size
    np.testing.assert_array_equal(codebook.vectors, wanted.vectors)


# --- memory --------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [1, 3, 8])
@pytest.mark.parametrize("view", VIEWS)
def test_memory_layout_makes_no_difference(view, bits):
    picture = VIEWS[view]
    result = quantize_image(picture, bits)
    assert_laws(picture, result, bits)
    assert_png(result)
    assert is_same(result, quantize_image(picture.copy(order="C"), bits))


@pytest.mark.parametrize("shape", [(1, 2**24 + 2), (4097, 4097)])
def test_histogram_is_exact_where_single_precision_no_longer_counts(shape):
    picture = np.zeros(shape, np.uint8)
    picture[-1, -1] = 200
    counts = GreyLevels(picture).histogram
    assert (counts[0], counts[200], counts.sum()) == (picture.size - 1, 1, picture.size)


def test_quantizing_twelve_megapixels_needs_no_more_extra_memory_than_the_picture():
    picture = np.tile(GREY, (100, 91))
    with traced_memory() as memory:
        result = quantize_image(picture, 4)
    results = result.picture.nbytes + result.indices.nbytes
    assert memory.kept >= results  # OpenCV's arrays are seen
    assert memory.peak - results <= picture.nbytes


# --- what is refused -----------------------------------------------------------------------------


def test_prepared_picture_refuses_more_bits_than_it_was_prepared_for():
    prepared = GreyLevels(sample("camera"), most_bits=3)
    with pytest.raises(ValueError, match="bits must be a whole number from 1 to 3, got 4"):
        prepared.quantize(4)


@pytest.mark.parametrize("most_bits", [0, 9, 2.5, None, "3"])
def test_bad_most_bits_is_refused(most_bits):
    with pytest.raises(ValueError, match="most_bits must be a whole number from 1 to 8, got"):
        GreyLevels(GREY, most_bits)
