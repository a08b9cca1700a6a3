"""A grey picture in blocks of every size, by codebooks of its own and of other pictures."""

import itertools

import numpy as np
import pytest

from tests.explore.support import assert_result, small, status
from vqlib import explore, image

BLOCKS = (1, 2, 4, 8)
PICTURE = small("china")
OTHERS = [small(name) for name in ("camera", "astronaut", "coffee")]


@pytest.fixture(scope="module")
def panel():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(image, "sample", small)
        yield explore.BlockPanel()


def different_blocks(pictures, block):
    vectors = np.concatenate([image.to_vectors(picture, block) for picture in pictures])
    return len(np.unique(vectors, axis=0))


def codebook_of(pictures, size, block):
    return image.train_codebook(pictures, size, block=block, fast=True)


def assert_shows(panel, block, bits, source, codebook):
    panel.block.value = block
    panel.bits.value = bits
    panel.source.value = source
    result = image.encode_image(PICTURE, codebook, block=block)
    assert_result(panel, PICTURE, result, block)
    assert f" of {block} x {block};" in status(panel)


def test_the_sources_are_this_picture_and_others(panel):
    assert panel.source.options == ("this picture", "other pictures")


@pytest.mark.parametrize(("block", "bits"), list(itertools.product(BLOCKS, range(1, 9))))
@explore.THREADS.wrap(limits=1)  # as in panels: sums in another order may end in another codebook
def test_it_shows_the_right_thing_with_a_codebook_of_this_picture(panel, block, bits):
    size = min(2**bits, different_blocks([PICTURE], block))
    assert_shows(panel, block, bits, "this picture", codebook_of([PICTURE], size, block))


@pytest.mark.parametrize("block", BLOCKS)
@explore.THREADS.wrap(limits=1)
def test_it_shows_the_right_thing_with_a_codebook_of_other_pictures(panel, block):
    for size in sizes_up_to(different_blocks(OTHERS, block)):
        bits = size.bit_length() - 1
        assert_shows(panel, block, bits, "other pictures", codebook_of(OTHERS, size, block))


def sizes_up_to(largest):
    """All sizes of codebooks of the panel for which there are enough different blocks."""
    return [2**bits for bits in range(1, 9) if 2**bits <= largest]


def test_a_codebook_from_other_pictures_is_of_no_picture_that_is_shown(monkeypatch):
    asked = []

    def noted(name, colour=False):
        asked.append(name)
        return small(name, colour=colour)

    monkeypatch.setattr(image, "sample", noted)
    panel = explore.BlockPanel("coffee")
    asked.clear()
    panel.source.value = "other pictures"
    assert asked == ["camera", "astronaut", "china"]
