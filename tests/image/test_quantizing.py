"""One path for every picture: vectors, nearest code vector, indices, and the picture of them."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from tests.image.support import (
    VIEWS,
    is_same,
    mse_by_numpy,
    number_of_different,
    vectors_by_loop,
    whole_code_vectors,
)
from tests.support import BYTES, GREY, RGB, any_pictures
from vqlib import Codebook
from vqlib.image import (
    SPACES,
    Colours,
    diffuse,
    encode_image,
    grey,
    quantize_image,
    to_picture,
    to_vectors,
    train_codebook,
)

# --- a codebook of one's own ---------------------------------------------------------------------


@st.composite
def encodings(draw):
    """A picture, the side of a block, and whole code vectors of its dimension."""
    picture = draw(any_pictures())
    block = draw(st.integers(1, 4))
    channels = 1 if picture.ndim == 2 else 3
    elements = draw(st.sampled_from([BYTES, st.integers(99, 101)]))
    return picture, block, draw(whole_code_vectors(block**2 * channels, elements))


@given(encodings())
def test_encoding_is_the_generic_path(encoding):
    picture, block, code = encoding
    codebook = Codebook(code)
    result = encode_image(picture, codebook, block=block)
    np.testing.assert_array_equal(result.codebook.vectors, code)
    indices = codebook.encode(to_vectors(picture, block))
    np.testing.assert_array_equal(result.indices.ravel(), indices)
    height, width = picture.shape[:2]
    assert result.indices.shape == (-(-height // block), -(-width // block))
    decoded = to_picture(codebook.decode(result.indices).ravel(), picture.shape, block)
    np.testing.assert_array_equal(result.picture, decoded)
    assert result.mse == mse_by_numpy(picture, result)
    assert (result.block, result.pixels) == (block, height * width)


@given(encodings())
def test_a_block_goes_to_the_nearest_code_vector_the_first_of_equals(encoding):
    picture, block, code = encoding
    result = encode_image(picture, Codebook(code), block=block)
    distances = cdist(vectors_by_loop(picture, block), code, "sqeuclidean")
    if code.shape[1] > 1:
        np.testing.assert_array_equal(result.indices.ravel(), distances.argmin(axis=1))
    else:  # a scalar on a threshold goes up
        last = distances.shape[1] - 1 - distances[:, ::-1].argmin(axis=1)
        np.testing.assert_array_equal(result.indices.ravel(), last)


def test_levels_of_ones_own_are_rounded_half_up_cut_to_bytes_and_merged():
    picture = np.array([[0, 10, 11, 255]], np.uint8)
    result = encode_image(picture, Codebook([300, 10.5, -7, 10.9, 254.6]))
    np.testing.assert_array_equal(result.levels, [0, 11, 255])
    np.testing.assert_array_equal(result.picture, [[0, 11, 11, 255]])
    assert (result.mse, result.size, result.bits) == (0.25, 3, 2)


@pytest.mark.parametrize("block", [1, 2])
def test_code_vectors_of_ones_own_are_rounded_half_up_cut_to_bytes_and_merged(block):
    rows = [[300, 10.5, -7], [255, 10.9, 0], [254.6, 11.2, -0.2], [0.49, 0.5, 1.5]]
    result = encode_image(RGB, Codebook(np.tile(rows, block**2)), block=block)
    np.testing.assert_array_equal(result.levels, np.tile([[0, 1, 2], [255, 11, 0]], block**2))
    assert result.levels.dtype == np.uint8


@pytest.mark.parametrize(
    ("size", "bits"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (129, 8), (256, 8)]
)
def test_bits_of_a_codebook_of_ones_own_are_those_of_its_index(size, bits):
    assert encode_image(GREY, Codebook(np.arange(size))).bits == bits


grey_pictures = any_pictures().filter(lambda picture: picture.ndim == 2)


@given(grey_pictures, arrays(float, st.integers(1, 20), elements=st.floats(-50, 300)))
def test_picture_of_ones_own_codebook_is_the_decoding_of_its_indices(picture, levels):
    result = encode_image(picture, Codebook(levels))
    np.testing.assert_array_equal(result.picture, result.levels[result.indices])
    assert result.mse == mse_by_numpy(picture, result)


@pytest.mark.parametrize(("size", "kind"), [(256, np.uint8), (257, np.uint16), (65536, np.uint16)])
@pytest.mark.parametrize(
    ("picture", "block", "dimension"), [(RGB, 1, 3), (GREY, 2, 4)], ids=["colours", "blocks"]
)
def test_indices_have_room_for_the_last_code_vector(size, kind, picture, block, dimension):
    code = np.zeros((size, dimension))
    code[:, 0] = np.arange(size) // 256
    code[:, 1] = np.arange(size) % 256
    code[-1] = 255
    picture = picture.copy()
    picture[-block:, -block:] = 255
    result = encode_image(picture, Codebook(code), block=block)
    assert (result.size, result.indices.dtype, result.indices[-1, -1]) == (size, kind, size - 1)
    upper = vectors_by_loop(picture[: 3 * block], block)
    nearest = cdist(upper, code, "sqeuclidean").argmin(axis=1)
    np.testing.assert_array_equal(result.indices[:3].ravel(), nearest)
    decoded = to_picture(code[result.indices].ravel(), picture.shape, block)
    np.testing.assert_array_equal(result.picture, decoded)


@pytest.mark.parametrize(
    ("picture", "block", "dimension"),
    [(GREY, 1, 1), (RGB, 1, 3), (GREY, 3, 9), (RGB, 2, 12)],
    ids=str,
)
def test_codebook_that_does_not_fit_the_picture_is_refused(picture, block, dimension):
    of_another_dimension = Codebook(np.zeros((3, dimension + 1)))
    too_large = Codebook(np.broadcast_to(0, (65537, dimension)))
    for codebook in (of_another_dimension, too_large):
        allowed = f"at most 65536 code vectors of dimension {dimension}"
        problem = re.escape(f"codebook must have {allowed}, got {codebook.vectors.shape}")
        with pytest.raises(ValueError, match=f"^{problem}$"):
            encode_image(picture, codebook, block=block)
        if block == 1:
            with pytest.raises(ValueError, match=f"^{problem}$"):
                diffuse(picture, codebook)
    largest = Codebook(np.zeros((65536, dimension)))
    assert encode_image(picture, largest, block=block).size == 1


# --- training and encoding in one ----------------------------------------------------------------


@settings(max_examples=40)
@given(any_pictures(most=6), st.integers(1, 3), st.integers(1, 3))
def test_quantizing_is_training_and_encoding(picture, block, bits):
    size = min(2**bits, number_of_different(picture, block))
    codebook = train_codebook([picture], size, block=block)
    result = quantize_image(picture, bits, block=block)
    assert is_same(result, encode_image(picture, codebook, block=block))
    assert result.bits == bits
    assert result.size <= size
    np.testing.assert_array_equal(result.codebook.vectors, np.floor(result.codebook.vectors))
    if picture.ndim == 3 and block == 1:
        assert is_same(result, Colours(picture).quantize(bits))


few_values = st.sampled_from([0, 1, 128, 255])


@settings(max_examples=60)
@given(any_pictures(few_values, most=6), st.integers(1, 4), st.booleans(), st.data())
def test_picture_with_no_more_vectors_than_asked_is_kept(picture, block, fast, data):
    space = data.draw(st.sampled_from(list(SPACES) if picture.ndim == 3 else ["RGB"]))
    result = quantize_image(picture, 8, block=block, space=space, fast=fast)
    assert result.size == number_of_different(picture, block)
    np.testing.assert_array_equal(result.picture, picture)
    assert (result.mse, result.psnr, result.bits) == (0, np.inf, 8)


# --- memory --------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_memory_layout_makes_no_difference_to_colours_or_blocks(view):
    stored = VIEWS[view]
    # Planes behind each other.
    colour = np.stack([stored, stored[::-1], stored[:, ::-1]]).transpose(1, 2, 0)
    for picture, block in ((colour, 1), (colour, 3), (stored, 3)):
        here = quantize_image(picture, 3, block=block)
        assert is_same(here, quantize_image(picture.copy(order="C"), 3, block=block))


def read_only(picture):
    copy = picture.copy()
    copy.setflags(write=False)
    return copy


def overwrite(result):
    """Write to all that a caller may write to."""
    result.picture[:] = 0
    result.indices[:] = 0


def test_inputs_are_only_read_and_results_do_not_share_memory():
    picture = read_only(GREY)
    for bits in (2, 8):
        overwrite(quantize_image(picture, bits))
        overwrite(encode_image(picture, Codebook(np.arange(2**bits))))
    to_vectors(picture)[:] = 0
    np.testing.assert_array_equal(picture, GREY)
    colour = read_only(np.dstack([GREY] * 3))
    grey(colour)[:] = 0
    np.testing.assert_array_equal(colour[..., 0], GREY)


def test_inputs_are_only_read_by_colours_blocks_and_diffusion():
    picture = read_only(RGB)
    palette = Codebook([[0, 0, 0], [255, 255, 255]])
    overwrite(quantize_image(picture, 3))
    overwrite(quantize_image(picture, 3, block=2))
    overwrite(diffuse(picture, palette))
    overwrite(encode_image(picture, palette))
    overwrite(encode_image(picture, palette, space="Lab"))
    np.testing.assert_array_equal(picture, RGB)
