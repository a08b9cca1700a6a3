"""What every function of pictures refuses: bad pictures, bits, blocks and spaces."""

import re

import numpy as np
import pytest

from tests.image.support import is_same
from tests.support import GREY, RGB, assert_refused
from vqlib import Codebook
from vqlib.image import (
    Colours,
    GreyLevels,
    diffuse,
    encode_image,
    grey,
    median_cut,
    quantize_image,
    random_pixels,
    tiles,
    to_lab,
    to_picture,
    to_vectors,
    train_codebook,
    uniform_palette,
    window,
)

# --- pictures ------------------------------------------------------------------------------------

BAD_PICTURES = {
    "float": (GREY / 255, "float64 of shape (30, 44)"),
    "int": (GREY.astype(int), "int64 of shape (30, 44)"),
    "bool": (GREY > 9, "bool of shape (30, 44)"),
    "complex": (GREY * 1j, "complex128 of shape (30, 44)"),
    "object": (None, "object of shape ()"),
    "text": ([["a"]], "<U1 of shape (1, 1)"),
    "number": (np.uint8(3), "uint8 of shape ()"),
    "1-D": (GREY[0], "uint8 of shape (44,)"),
    "4-D": (GREY[None, None], "uint8 of shape (1, 1, 30, 44)"),
    "2 channels": (np.dstack([GREY] * 2), "uint8 of shape (30, 44, 2)"),
    "4 channels": (np.dstack([GREY] * 4), "uint8 of shape (30, 44, 4)"),
    "no rows": (GREY[:0], "uint8 of shape (0, 44)"),
    "no columns": (GREY[:, :0], "uint8 of shape (30, 0)"),
}
A_GREY = "a grey picture (height, width)"
AN_RGB = "an RGB picture (height, width, 3)"
EITHER = f"{A_GREY} or {AN_RGB}"
TAKES_A_PICTURE = {  # how it is called, and what it says the argument must be
    "quantize_image": (lambda picture: quantize_image(picture, 4), f"picture must be {EITHER}"),
    "encode_image": (
        lambda picture: encode_image(picture, Codebook([0])),
        f"picture must be {EITHER}",
    ),
    "diffuse": (lambda picture: diffuse(picture, Codebook([0])), f"picture must be {EITHER}"),
    "to_vectors": (to_vectors, f"picture must be {EITHER}"),
    "train_codebook": (
        lambda picture: train_codebook([picture], 4),
        f"each of pictures must be {EITHER}",
    ),
    "GreyLevels": (GreyLevels, f"picture must be {A_GREY}"),
    "Colours": (Colours, f"picture must be {AN_RGB}"),
    "grey": (grey, f"rgb must be {AN_RGB}"),
}
each_function = pytest.mark.parametrize(
    ("function", "demand"), TAKES_A_PICTURE.values(), ids=TAKES_A_PICTURE
)


@each_function
@pytest.mark.parametrize(("picture", "given"), BAD_PICTURES.values(), ids=BAD_PICTURES)
def test_bad_picture_is_refused(function, demand, picture, given):
    assert_refused(f"{demand} of uint8, got {given}", function, picture)


@each_function
def test_ragged_picture_is_refused(function, demand):
    name, _, _ = demand.partition(" must")
    sentence = f"{name} must be an array, got rows of different lengths"
    assert_refused(sentence, function, [[1, 2], [3]])


def test_colour_picture_is_refused_where_grey_is_asked():
    problem = r"^picture must be a grey picture .* got uint8 of shape \(30, 44, 3\)"
    with pytest.raises(ValueError, match=problem):
        GreyLevels(RGB)


@pytest.mark.parametrize("function", [grey, Colours])
def test_grey_picture_is_refused_where_colour_is_asked(function):
    problem = r"^(rgb|picture) must be an RGB picture .* got uint8 of shape \(30, 44\)"
    with pytest.raises(ValueError, match=problem):
        function(GREY)


@pytest.mark.parametrize("pictures", [None, 3, "camera.png", b"camera.png"], ids=repr)
def test_what_is_no_picture_is_refused_where_several_may_be(pictures):
    with pytest.raises(ValueError, match=f"^each of pictures must be {re.escape(EITHER)} of uint8"):
        train_codebook(pictures, 4)


def test_no_pictures_are_refused():
    sentence = "pictures must be one or more, all grey or all RGB, got 0"
    assert_refused(sentence, train_codebook, [], 4)


# --- codebooks -----------------------------------------------------------------------------------

TAKES_A_CODEBOOK = {
    "encode_image of grey": lambda codebook: encode_image(GREY, codebook),
    "encode_image of RGB": lambda codebook: encode_image(RGB, codebook),
    "encode_image of blocks": lambda codebook: encode_image(GREY, codebook, block=2),
    "diffuse": lambda codebook: diffuse(GREY, codebook),
    "GreyLevels": lambda codebook: GreyLevels(GREY).encode(codebook),
    "Colours": lambda codebook: Colours(RGB).encode(codebook),
    "tiles": lambda codebook: tiles(codebook, 2),
}


@pytest.mark.parametrize("codebook", [[0, 255], np.array([0, 255]), None, "grey", RGB], ids=type)
@pytest.mark.parametrize("function", TAKES_A_CODEBOOK.values(), ids=TAKES_A_CODEBOOK)
def test_what_is_no_codebook_is_refused(function, codebook):
    kind = type(codebook).__name__
    with pytest.raises(ValueError, match=f"^codebook must be a Codebook, got {kind}"):
        function(codebook)


def test_codebook_that_is_not_of_blocks_is_refused_as_tiles():
    allowed = "codebook must have code vectors of 2 x 2 pixels, grey or RGB"
    assert_refused(f"{allowed}, got dimension 1", tiles, Codebook([0, 255]), 2)


# --- palettes without training, and shapes -------------------------------------------------------


@pytest.mark.parametrize("size", [0, -1, "4", 4.0, True, None, 65537])
def test_bad_size_of_a_palette_is_refused(size):
    assert_refused(
        f"size must be a whole number from 1 to 65536, got {size!r}", uniform_palette, size
    )
    assert_refused(
        f"size must be a whole number from 1 to 256, got {size!r}", median_cut, RGB, size
    )
    rows = RGB.reshape(-1, 3)
    sentence = f"size must be a whole number from 1 to {len(rows)}, got {size!r}"
    assert_refused(sentence, random_pixels, rows, size)


def test_what_is_no_colour_picture_is_not_cut():
    assert_refused(
        "picture must be an RGB picture (height, width, 3) of uint8, got uint8 of shape (30, 44)",
        median_cut,
        GREY,
        4,
    )


@pytest.mark.parametrize("shape", [None, 4, (2,), (2, 2, 4), (0, 2), (2.0, 2), "ab", ("a", 2)])
def test_bad_shape_is_refused(shape):
    sentence = f"shape must be (height, width) or (height, width, 3), got {shape!r}"
    assert_refused(sentence, to_picture, [1, 2, 3, 4], shape)


def test_numbers_that_are_no_whole_pixels_have_no_lab():
    sentence = "rgb must have three numbers for each pixel, got shape (4,)"
    assert_refused(sentence, to_lab, [1, 2, 3, 4])


@pytest.mark.parametrize("picture", [None, 3, "camera.png", [], [1, 2]], ids=repr)
def test_what_is_no_picture_is_not_cropped(picture):
    with pytest.raises(ValueError, match=r"^picture must be a grey or an RGB picture, got "):
        window(picture)


# --- bits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bits", [0, 9, -1, 2.5, 4.0, True, np.True_, "4", None, [4], np.float64(4)]
)
def test_bad_bits_are_refused(bits):
    sentence = f"bits must be a whole number from 1 to 8, got {bits!r}"
    assert_refused(sentence, GreyLevels(GREY).quantize, bits)
    assert_refused(sentence, Colours(RGB).quantize, bits)
    assert_refused(sentence, quantize_image, GREY, bits)
    assert_refused(sentence, quantize_image, RGB, bits)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64])
def test_bits_may_be_an_integer_of_numpy(kind):
    for picture, prepared in ((GREY, GreyLevels(GREY)), (RGB, Colours(RGB))):
        expected = quantize_image(picture, 4)
        for result in (quantize_image(picture, kind(4)), prepared.quantize(kind(4))):
            assert is_same(result, expected)
            assert type(result.bits) is int


@pytest.mark.parametrize("bits", [0, 17, -1, 2.5, True, "4", None])
def test_bad_bits_of_blocks_are_refused(bits):
    sentence = f"bits must be a whole number from 1 to 16, got {bits!r}"
    assert_refused(sentence, lambda: quantize_image(GREY, bits, block=2))


# --- blocks and spaces ---------------------------------------------------------------------------


@pytest.mark.parametrize("block", [0, 65, -1, 2.5, 2.0, True, "2", None, (2, 2)])
@pytest.mark.parametrize("picture", [GREY, RGB], ids=["grey", "RGB"])
def test_bad_block_is_refused(picture, block):
    sentence = f"block must be a whole number from 1 to 64, got {block!r}"
    black_white = Codebook([0, 255])
    assert_refused(sentence, to_vectors, picture, block)
    assert_refused(sentence, to_picture, picture.ravel(), picture.shape, block)
    assert_refused(sentence, lambda: encode_image(picture, black_white, block=block))
    assert_refused(sentence, lambda: train_codebook([picture], 2, block=block))
    assert_refused(sentence, lambda: quantize_image(picture, 2, block=block))


@pytest.mark.parametrize("block", [1, 2])
@pytest.mark.parametrize(
    ("picture", "space"),
    [(RGB, "HSV"), (RGB, "lab"), (RGB, None), (GREY, "Lab"), (GREY, "HSV")],
    ids=str,
)
def test_unknown_space_or_lab_of_grey_is_refused(picture, space, block):
    sentence = f"space must be RGB or Lab, and RGB for a grey picture, got {space!r}"
    codebook = train_codebook([picture], 2, block=block)
    options = {"block": block, "space": space}
    assert_refused(sentence, lambda: encode_image(picture, codebook, **options))
    assert_refused(sentence, lambda: train_codebook([picture], 2, **options))
    assert_refused(sentence, lambda: quantize_image(picture, 2, **options))


@pytest.mark.parametrize("space", ["HSV", "lab", None])
def test_unknown_space_of_a_palette_is_refused(space):
    sentence = f"space must be RGB or Lab, and RGB for a grey picture, got {space!r}"
    assert_refused(sentence, Colours(RGB).train, 2, space)
    assert_refused(sentence, Colours(RGB).quantize, 2, space)
