"""Pictures in stages of tiles: what is shown, chosen and counted, against plain loops."""

import re
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.image.support import mse_by_numpy, vectors_by_loop
from tests.support import GREY, RGB, any_pictures, assert_refused
from vqlib import Codebook
from vqlib.image import StageSearch, encode_in_stages, sample, train_tile_stages
from vqlib.structured import Stages, train_stages

SIZES = [4, 3, 2]
STAGES = train_tile_stages(GREY, SIZES)
PICTURES = {"grey": GREY, "RGB": RGB}
PRICES = st.sampled_from([0.0, 1.0, 50.0, 400.0, 1e6])


def shown_by_loop(result, channels):
    """The picture that indices, counts and stages stand for, block by block."""
    rows, columns = result.counts.shape
    picture = np.zeros((rows * result.block, columns * result.block, channels))
    for y, x in np.ndindex(rows, columns):
        total = np.full(result.stages.dimension, 128.0)
        for stage in range(result.counts[y, x]):
            total += result.stages.codebooks[stage].vectors[result.indices[y, x, stage]]
        tile = np.clip(total, 0, 255).reshape(result.block, result.block, channels)
        top = result.block * y
        left = result.block * x
        picture[top : top + result.block, left : left + result.block] = tile
    height, width = result.picture.shape[:2]
    return picture[:height, :width].reshape(result.picture.shape)


# --- what is shown -------------------------------------------------------------------------------


@settings(max_examples=40)
@given(any_pictures(), st.integers(1, 4), PRICES, st.integers(1, 3))
def test_picture_is_that_of_its_indices_and_counts(picture, block, price, survivors):
    stages = train_tile_stages(picture, SIZES, block=block, price=price)
    result = encode_in_stages(picture, stages, block=block, price=price, survivors=survivors)
    channels = picture.size // (picture.shape[0] * picture.shape[1])
    np.testing.assert_array_equal(result.picture, shown_by_loop(result, channels))
    assert (result.picture.dtype, result.picture.shape) == (np.uint8, picture.shape)
    assert (result.indices.dtype, result.counts.dtype) == (np.uint8, np.uint8)
    assert result.mse == pytest.approx(mse_by_numpy(picture, result), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("kind", PICTURES)
def test_blocks_are_searched_as_stages_search_them(kind):
    picture = PICTURES[kind]
    stages = train_tile_stages(picture, SIZES)
    points = vectors_by_loop(picture, 4) - 128
    for survivors in (1, 4):
        result = encode_in_stages(picture, stages, survivors=survivors)
        expected = stages.encode(points, survivors=survivors)
        np.testing.assert_array_equal(result.indices.reshape(-1, 3), expected)
        assert (result.counts == 3).all()


def test_count_is_the_number_everywhere():
    for count in (1, 2, 3):
        result = encode_in_stages(GREY, STAGES, count=count, survivors=3)
        assert (result.counts == count).all()
        first = encode_in_stages(GREY, Stages(STAGES.codebooks[:count]), survivors=3)
        np.testing.assert_array_equal(result.picture, first.picture)
        assert (result.indices[..., count:] == 0).all()


def test_psnr_by_hand():
    result = encode_in_stages(
        np.full((4, 4), 100, np.uint8), Stages([Codebook(np.full((1, 16), -27))])
    )
    assert (result.picture == 101).all()
    assert result.mse == 1
    assert result.psnr == pytest.approx(48.1308, abs=1e-4)


# --- where stages are needed ---------------------------------------------------------------------


@given(PRICES, st.integers(1, 3))
def test_every_block_takes_the_number_of_stages_that_costs_least(price, survivors):
    result = encode_in_stages(GREY, STAGES, price=price, survivors=survivors)
    search = StageSearch(GREY, STAGES, survivors=survivors)
    bits = [2, 4, 5]
    for errors, count in zip(search.errors, result.counts.ravel(), strict=True):
        costs = [error + price * each for error, each in zip(errors, bits, strict=True)]
        assert count == costs.index(min(costs)) + 1


def test_errors_are_those_of_each_number_of_stages():
    search = StageSearch(GREY, STAGES, survivors=2)
    points = vectors_by_loop(GREY, 4) - 128
    for stage, (indices, _) in enumerate(STAGES.encode_by_stage(points, survivors=2)):
        expected = ((points - STAGES.decode(indices)) ** 2).sum(axis=1)
        np.testing.assert_allclose(search.errors[:, stage], expected, atol=1e-9)


def test_a_dearer_bit_never_buys_more():
    search = StageSearch(GREY, STAGES)
    results = [search.at_price(price) for price in (0, 10, 100, 1000, 1e5)]
    rates = [result.index_bits for result in results]
    assert rates == sorted(rates, reverse=True)
    assert (results[-1].counts == 1).all()


# --- what it costs -------------------------------------------------------------------------------


@given(PRICES)
def test_bits_are_counted_by_hand(price):
    result = encode_in_stages(GREY, STAGES, price=price)
    counts = result.counts.ravel().tolist()
    widths = [2, 2, 1]
    assert result.index_bits == sum(sum(widths[:count]) for count in counts)
    alike = len(set(counts)) == 1
    assert result.count_bits == (0 if alike else 8 * len(zlib.compress(bytes(counts), 9)))
    assert result.used == max(counts)
    assert result.codebook_bits == 8 * 16 * sum(SIZES[: max(counts)])
    total = result.index_bits + result.count_bits + result.codebook_bits
    assert result.rate == total / GREY.size
    assert result.index_rate == result.index_bits / GREY.size
    assert result.stored_bytes == -(-total // 8)


# --- training ------------------------------------------------------------------------------------


def test_tiles_are_whole_bytes_and_those_of_stages_rounded():
    for picture in (GREY, RGB):
        for codebook in train_tile_stages(picture, [8, 8, 8]).codebooks:
            np.testing.assert_array_equal(codebook.vectors, np.round(codebook.vectors))
            assert np.abs(codebook.vectors + 0.5).max() <= 127.5
    trained = train_stages(vectors_by_loop(GREY, 4) - 128, [4])
    first = np.floor(trained.codebooks[0].vectors + 0.5)
    np.testing.assert_array_equal(STAGES.codebooks[0].vectors, np.unique(first, axis=0))


def test_tiles_of_several_pictures_are_trained_on_all():
    halves = [GREY[:16], GREY[16:28]]
    together = train_tile_stages(GREY[:28], SIZES)
    for codebook, other in zip(
        train_tile_stages(halves, SIZES).codebooks, together.codebooks, strict=True
    ):
        np.testing.assert_array_equal(codebook.vectors, other.vectors)


def test_more_stages_are_never_worse():
    picture = sample("camera")[::4, ::4]
    stages = train_tile_stages(picture, [8] * 6)
    errors = StageSearch(picture, stages).errors.sum(axis=0)
    # Rounding the tiles may cost a quarter of a squared grey value for each pixel.
    assert (np.diff(errors) <= picture.size / 4).all()
    assert errors[-1] < errors[0] / 3


def test_stages_where_needed_are_better_at_the_same_rate():
    picture = sample("camera")[::2, ::2]
    everywhere = encode_in_stages(picture, train_tile_stages(picture, [16] * 4))
    stages = train_tile_stages(picture, [16] * 10, price=200)
    needed = encode_in_stages(picture, stages, price=200)
    assert needed.index_bits + needed.count_bits < everywhere.index_bits
    assert needed.psnr > everywhere.psnr


def test_flat_picture_needs_one_code_vector():
    flat = np.full((8, 8), 77, np.uint8)
    stages = train_tile_stages(flat, [16, 16], price=10)
    assert stages.sizes == (1, 1)
    result = encode_in_stages(flat, stages, price=10)
    np.testing.assert_array_equal(result.picture, flat)
    assert (result.index_bits, result.mse) == (0, 0)


# --- bad arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 257, 2.0, None])
def test_bad_size_is_refused(size):
    problem = rf"^each of sizes must be a whole number (of at least 1|from 1 to 256), got {size!r}$"
    with pytest.raises(ValueError, match=problem):
        train_tile_stages(GREY, [4, size])


@pytest.mark.parametrize("picture", [GREY / 255, None, GREY[0], "camera"])
def test_bad_picture_is_refused(picture):
    with pytest.raises(ValueError, match=r"^picture must be "):
        encode_in_stages(picture, STAGES)
    with pytest.raises(ValueError, match=r"^each of pictures must be "):
        train_tile_stages([picture], [2])


@pytest.mark.parametrize("price", [-1, np.nan, "2", [1]])
def test_bad_price_is_refused(price):
    with pytest.raises(ValueError, match=r"^price must "):
        encode_in_stages(GREY, STAGES, price=price)
    with pytest.raises(ValueError, match=r"^price must "):
        train_tile_stages(GREY, [2], price=price)


@pytest.mark.parametrize("count", [0, 4, 1.0, "2"])
def test_bad_count_is_refused(count):
    sentence = f"count must be a whole number from 1 to 3, got {count!r}"
    assert_refused(sentence, lambda: encode_in_stages(GREY, STAGES, count=count))


def test_count_and_price_together_are_refused():
    sentence = "count and price must not both be given, got 1 and 2.0"
    assert_refused(sentence, lambda: encode_in_stages(GREY, STAGES, count=1, price=2.0))


@pytest.mark.parametrize("stages", [None, Codebook(np.zeros((2, 16))), "4 x 4"])
def test_what_are_no_stages_are_refused(stages):
    with pytest.raises(ValueError, match=f"^stages must be a Stages, got {type(stages).__name__}"):
        encode_in_stages(GREY, stages)


@pytest.mark.parametrize(("picture", "block"), [(GREY, 3), (RGB, 4)])
def test_stages_of_another_dimension_are_refused(picture, block):
    wanted = re.escape(f"of dimension {picture[:block, :block].size}, got ")
    with pytest.raises(ValueError, match=f"^stages must be .* {wanted}"):
        encode_in_stages(picture, STAGES, block=block)


@pytest.mark.parametrize("survivors", [0, 1.5, None])
def test_bad_survivors_are_refused(survivors):
    sentence = f"survivors must be a whole number of at least 1, got {survivors!r}"
    assert_refused(sentence, lambda: encode_in_stages(GREY, STAGES, survivors=survivors))


@pytest.mark.parametrize("block", [0, 65, 2.0, None])
def test_bad_block_is_refused(block):
    sentence = f"block must be a whole number from 1 to 64, got {block!r}"
    assert_refused(sentence, lambda: encode_in_stages(GREY, STAGES, block=block))
    assert_refused(sentence, lambda: train_tile_stages(GREY, [2], block=block))
