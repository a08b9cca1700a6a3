"""What a quantized picture costs, counted by hand, and the PNG that holds it."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from vqlib import Codebook
from vqlib.image import encode_image, quantize_image, sample

# --- what it costs -------------------------------------------------------------------------------


def test_costs_of_a_picture_worked_out_by_hand():
    picture = np.array([[0, 50, 100, 200], [2, 52, 102, 202]] * 2, np.uint8)
    result = quantize_image(picture, 2)
    np.testing.assert_array_equal(result.picture, [[1, 51, 101, 201]] * 4)
    assert (result.mse, result.entropy) == (1, 2)
    np.testing.assert_allclose(result.psnr, 20 * np.log10(255), rtol=1e-12)
    assert (result.index_bits, result.codebook_bits, result.rate) == (2, 32, 2 + 32 / 16)
    assert result.stored_bytes == 16 * 2 / 8 + 4
    assert result.saving == 1 - 4 / 8


@pytest.mark.parametrize(
    ("greys", "index_bits", "stored"),
    [(1, 0, 1), (2, 1, 3 + 2), (3, 2, 5 + 3), (5, 3, 8 + 5), (20, 5, 13 + 20)],
)
def test_index_has_as_many_bits_as_the_levels_need(greys, index_bits, stored):
    result = quantize_image(np.resize(np.arange(greys, dtype=np.uint8), (4, 5)), 8)
    assert (result.index_bits, result.stored_bytes) == (index_bits, stored)
    assert result.rate == index_bits + 8 * greys / 20


@pytest.mark.parametrize(("bits", "saving"), [(4, 0.5), (2, 0.75), (1, 0.875)])
def test_saving_is_a_little_less_than_the_tutorials_claim(bits, saving):
    result = quantize_image(sample("camera"), bits)
    pixels = result.picture.size
    assert result.saving == saving - 2**bits / pixels
    assert result.stored_bytes == pixels * bits // 8 + 2**bits


def test_costs_of_blocks_over_the_rim_counted_by_hand():
    """7 x 5 grey pixels in blocks of 4: 2 x 2 indices of 2 bits, 3 code vectors of 16 bytes."""
    code = np.repeat([[0], [100], [250]], 16, axis=1)
    picture = np.full((7, 5), 100, np.uint8)
    picture[4:] = 248
    result = encode_image(picture, Codebook(code), block=4)
    np.testing.assert_array_equal(result.indices, [[1, 1], [2, 2]])
    assert (result.mse, result.pixels, result.source_bits, result.size) == (4 * 15 / 35, 35, 8, 3)
    assert (result.index_bits, result.codebook_bits, result.stored_bytes) == (2, 8 * 48, 1 + 48)
    np.testing.assert_allclose(result.index_rate, 8 / 35, rtol=1e-12)
    np.testing.assert_allclose(result.rate, (8 + 384) / 35, rtol=1e-12)
    np.testing.assert_allclose(result.saving, 1 - 392 / 280, rtol=1e-12)
    assert result.entropy == 1


def test_costs_of_colours_counted_by_hand():
    """3 x 5 pixels of 24 bits: 15 indices of 2 bits, 3 colours of 3 bytes."""
    picture = np.zeros((3, 5, 3), np.uint8)
    picture[1] = (10, 20, 30)
    picture[2] = (255, 0, 0)
    result = encode_image(picture, Codebook([[0, 0, 3], [10, 20, 30], [255, 0, 0]]))
    assert (result.mse, result.pixels, result.source_bits, result.bits) == (5 * 9 / 45, 15, 24, 2)
    assert (result.index_bits, result.index_rate, result.codebook_bits) == (2, 2, 72)
    np.testing.assert_allclose(result.rate, 2 + 72 / 15, rtol=1e-12)
    np.testing.assert_allclose(result.saving, 1 - (30 + 72) / 360, rtol=1e-12)
    assert result.stored_bytes == 4 + 9
    np.testing.assert_allclose(result.psnr, cv2.PSNR(picture, result.picture), rtol=1e-9)


CHINA_BLOCKS = [
    # block, bits, PSNR in dB, bits per pixel of the indices and of the codebook
    (2, 4, 24.07, 1.0, 0.0019),
    (4, 8, 23.98, 0.5, 0.1208),
    (8, 8, 22.22, 0.125, 0.4830),
]


@pytest.mark.parametrize(("block", "bits", "psnr", "of_indices", "of_codebook"), CHINA_BLOCKS)
def test_blocks_of_china_cost_what_they_did(block, bits, psnr, of_indices, of_codebook):
    china = sample("china")
    china = china[: china.shape[0] // block * block, : china.shape[1] // block * block]
    result = quantize_image(china, bits, block=block)
    assert result.index_rate == of_indices
    np.testing.assert_allclose(result.rate - result.index_rate, of_codebook, rtol=0, atol=5e-5)
    np.testing.assert_allclose(result.psnr, psnr, rtol=0, atol=0.1)  # a local optimum
    np.testing.assert_allclose(result.psnr, cv2.PSNR(china, result.picture), rtol=1e-9)
    quick = quantize_image(china, bits, block=block, fast=True)
    assert result.psnr - 0.5 < quick.psnr
    assert (quick.rate, quick.bits, quick.size) == (result.rate, bits, 2**bits)


# --- its PNG -------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_png_of_few_levels_holds_the_indices_and_the_codebook(bits):
    result = quantize_image(sample("camera"), bits)
    content = result.png()
    depth, colour_type = content[24:26]  # of the header chunk
    assert (depth, colour_type) == (bits, 3)
    with Image.open(io.BytesIO(content)) as opened:
        np.testing.assert_array_equal(opened, result.indices)
        assert opened.getpalette()[: 3 * result.size : 3] == result.levels.tolist()
    assert len(content) < result.stored_bytes


def test_png_of_many_levels_is_no_larger_than_that_of_the_grey_picture():
    result = quantize_image(sample("camera"), 8)
    out = io.BytesIO()
    Image.fromarray(result.picture).save(out, "PNG", compress_level=9)
    assert len(result.png()) <= len(out.getvalue())
