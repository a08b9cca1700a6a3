"""A colour picture with every palette, in every space, with and without dither."""

import itertools

import numpy as np
import pytest
from PIL import Image

from tests.explore.support import assert_result, small, status
from vqlib import Codebook, explore, image

POSITIONS = list(itertools.product(range(1, 9), explore.PALETTES, image.SPACES, ["off", "on"]))
PICTURE = small("china", colour=True)


@pytest.fixture(scope="module")
def panel():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(image, "sample", small)
        yield explore.ColourPanel()


def palette(kind, size, space):
    """The palette that the panel must use, as far as it can be told independently."""
    colours = image.Colours(PICTURE)
    if kind == "trained":
        return colours.train(size, space, fast=True)
    if kind == "median cut":
        drawn_by = Image.fromarray(PICTURE).quantize(size, Image.Quantize.MEDIANCUT)
        return Codebook(np.reshape(drawn_by.getpalette()[: 3 * size], (-1, 3)))
    return explore.PALETTES[kind](colours, size, space)


def quantized(codebook, space, dither):
    if dither == "on":
        return image.diffuse(PICTURE, codebook)
    return image.encode_image(PICTURE, codebook, space=space)


@pytest.mark.parametrize(("bits", "kind", "space", "dither"), POSITIONS)
@explore.THREADS.wrap(limits=1)  # as in panels: sums in another order may end in another codebook
def test_it_shows_the_right_thing_at_every_position(panel, bits, kind, space, dither):
    panel.bits.value = bits
    panel.palette.value = kind
    panel.space.value = space
    panel.dither.value = dither
    codebook = palette(kind, 2**bits, space)
    result = quantized(codebook, space, dither)
    assert_result(panel, PICTURE, result, 1)
    lab = image.to_lab(PICTURE.reshape(-1, 3))
    lab_quantized = image.to_lab(result.picture.reshape(-1, 3))
    off = np.sqrt(((lab - lab_quantized) ** 2).sum(axis=1)).mean()
    assert f"on average {off:.1f} from the original's" in status(panel)


@pytest.mark.parametrize("bits", range(1, 9))
def test_a_random_palette_has_colours_of_the_picture(bits):
    codebook = palette("random", 2**bits, "RGB")
    found = {tuple(colour) for colour in PICTURE.reshape(-1, 3)}
    assert {tuple(colour) for colour in codebook.vectors} <= found


@pytest.mark.parametrize("bits", range(1, 9))
def test_a_uniform_palette_has_most_steps_in_green_and_fewest_in_blue(bits):
    codebook = palette("uniform", 2**bits, "RGB")
    red, green, blue = (len(np.unique(channel)) for channel in codebook.vectors.T)
    assert red * green * blue == codebook.size == 2**bits
    assert green >= red >= blue
    assert {red, green, blue} <= {1, 2, 4, 8}


@pytest.mark.parametrize("kind", ["trained", "random", "median cut"])
def test_a_picture_of_few_colours_gets_no_more_of_them(kind):
    three = np.array([[0, 0, 0], [200, 30, 40], [90, 160, 240]], dtype=np.uint8)
    picture = np.resize(three, (8, 6, 3))
    result = explore.ColourScene(picture, "three colours").result(8, kind, "RGB", "off")
    assert result.size <= 3
    if kind == "trained":
        assert (result.picture == picture).all()
