"""Codebooks trained on the blocks of one or more pictures, against KMeans on all of them."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from tests.image.support import number_of_different, part_of, vectors_by_loop
from tests.support import GREY, RGB
from vqlib import Codebook
from vqlib.image import encode_image, quantize_image, sample, train_codebook


def median_losses(picture, block, fast=False):
    """Over three seeds: of KMeans on all blocks, and of our codebook; 16 code vectors."""
    vectors = vectors_by_loop(picture, block)
    losses = []
    for seed in range(3):
        model = KMeans(16, n_init=1, random_state=seed).fit(vectors)
        codebook = train_codebook([picture], 16, block=block, fast=fast, seed=seed)
        ours = encode_image(picture, codebook, block=block)
        losses.append([model.inertia_ / vectors.size, ours.mse])
    return np.median(losses, axis=0)


@pytest.mark.parametrize("block", [2, 4])
def test_codebook_of_blocks_is_as_good_as_kmeans_on_all_blocks(block):
    by_kmeans, ours = median_losses(part_of(), block)
    assert ours <= 1.02 * by_kmeans


@pytest.mark.parametrize(("fast", "factor"), [(False, 1.02), (True, 1.1)])
def test_codebook_of_many_blocks_is_as_good_as_kmeans_on_all_blocks(fast, factor):
    """65,536 blocks: more than the first part of the training takes."""
    by_kmeans, ours = median_losses(sample("astronaut"), 2, fast)
    assert ours <= factor * by_kmeans


@pytest.mark.parametrize("fast", [False, True])
def test_many_blocks_that_are_mostly_alike_give_as_many_code_vectors_as_there_are(fast):
    picture = np.full((400, 400), 77, np.uint8)
    picture[:2, :60] = np.random.default_rng(0).integers(0, 256, (2, 60))
    result = quantize_image(picture, 5, block=2, fast=fast)
    assert result.size == 31
    np.testing.assert_array_equal(result.picture, picture)
    assert quantize_image(picture, 4, block=2, fast=fast).size == 16


@pytest.fixture(params=[(False, 1), (True, 1), (False, 4), (True, 2)], ids=str)
def two_pictures(request):
    """Parts of two samples, and the side of a block."""
    colour, block = request.param
    one = sample("china", colour=colour)[50:150, 50:150]
    other = sample("coffee", colour=colour)[50:150, 50:150]
    return one, other, block


def test_codebook_serves_other_pictures_and_several_serve_better(two_pictures):
    one, other, block = two_pictures
    losses = []
    for training_set in ([one], [one, other], [other]):
        codebook = train_codebook(training_set, 16, block=block)
        losses.append(encode_image(one, codebook, block=block).mse)
    assert losses == sorted(losses)


def test_codebook_of_several_pictures_is_that_of_one_picture_made_of_them(two_pictures):
    one, other, block = two_pictures
    both = train_codebook([one, other], 16, block=block)
    stacked = train_codebook([np.concatenate([one, other])], 16, block=block)
    np.testing.assert_array_equal(stacked.vectors, both.vectors)
    # Blocks of 2 and 4 fit, so the loss of the vectors is that of the picture.
    generic = Codebook(both.vectors).distortion(vectors_by_loop(one, block))
    found = encode_image(one, both, block=block).mse
    np.testing.assert_allclose(found, generic, rtol=1e-9)


# --- what is refused -----------------------------------------------------------------------------


def test_training_on_no_picture_or_on_grey_and_colour_together_is_refused():
    problem = "pictures must be one or more, all grey or all RGB, got"
    for mixture in ([], [GREY, RGB]):
        with pytest.raises(ValueError, match=f"^{problem} {len(mixture)}$"):
            train_codebook(mixture, 2)


@pytest.mark.parametrize("picture", [GREY, RGB], ids=["grey", "RGB"])
@pytest.mark.parametrize("block", [1, 2])
def test_training_more_code_vectors_than_there_are_different_vectors_is_refused(picture, block):
    few = picture[:4, :5] // 64 * 64
    most = number_of_different(few, block)
    assert train_codebook([few], most, block=block).size == most
    problem = f"size must be at most the number of distinct (samples|values), {most}, got"
    with pytest.raises(ValueError, match=f"^{problem} {most + 1}$"):
        train_codebook([few], most + 1, block=block)


@pytest.mark.parametrize("size", [0, -1, 2.5, True, "4", None])
@pytest.mark.parametrize("picture", [GREY, RGB], ids=["grey", "RGB"])
@pytest.mark.parametrize("block", [1, 2])
def test_bad_size_of_a_codebook_is_refused(picture, size, block):
    problem = f"size must be a whole number of at least 1, got {size!r}"
    with pytest.raises(ValueError, match=f"^{problem}$"):
        train_codebook([picture], size, block=block)
