"""Tries out what a reader wrote to cut pictures into blocks, put them back, and quantize them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import image, measure
from ..arrays import Floats, Picture
from ..image.blocks import blocks_in
from .code_reading import do_without_image
from .kinds import ask, require
from .pictures import as_numbers, as_picture

FITTING = np.random.default_rng(1).permutation(24).astype(np.uint8).reshape(4, 6)
"""2 x 3 blocks of 2 x 2, no grey twice."""
WITH_RIM = np.random.default_rng(2).permutation(77).astype(np.uint8).reshape(7, 11)
"""3 x 4 blocks of 3 x 3; two rows and one column are lacking for that."""
TRIALS = ((FITTING, 2), (WITH_RIM, 3))

# --- cut and put back ----------------------------------------------------------------------------


def without_swapping(picture: Picture, side: int) -> Floats:
    """Pixels of a row after each other, as `reshape` alone puts them."""
    return picture.reshape(-1, side * side).astype(float)


def column_by_column(picture: Picture, side: int) -> Floats:
    """Blocks in the order of columns of blocks."""
    rows, columns = blocks_in(picture.shape, side)
    blocks = image.to_vectors(picture, side).reshape(rows, columns, -1)
    return blocks.swapaxes(0, 1).reshape(rows * columns, -1)


def turned(picture: Picture, side: int) -> Floats:
    """Blocks whose pixels are read column by column."""
    blocks = image.to_vectors(picture, side).reshape(-1, side, side)
    return blocks.swapaxes(1, 2).reshape(len(blocks), -1)


def lost_rim(picture: Picture, side: int) -> Floats:
    """Only the blocks that lie inside of the picture."""
    height = picture.shape[0] // side * side
    width = picture.shape[1] // side * side
    return image.to_vectors(picture[:height, :width], side)


def filled_rim(mode: Any) -> Callable[[Picture, int], Floats]:
    """Blocks over the rim filled with something else than the last row and column."""

    def cut(picture: Picture, side: int) -> Floats:
        rows, columns = blocks_in(picture.shape, side)
        beyond = ((0, rows * side - picture.shape[0]), (0, columns * side - picture.shape[1]))
        return image.to_vectors(np.pad(picture, beyond, mode=mode), side)

    return cut


REPEAT = "Beyond the rim the last row and the last column of the picture are repeated."
FAULTS = {
    "A row of it holds pixels that lie side by side; it must hold a square of the picture.": (
        without_swapping
    ),
    "The blocks go column by column; they must go row by row.": column_by_column,
    "Within a block the pixels go column by column; they must go row by row.": turned,
    "Blocks over the rim of the picture are lost.": lost_rim,
}
OTHER_RIMS = ("constant", "reflect", "symmetric", "wrap")


def cuts_into_blocks(cut: Any) -> None:
    """`cut` returns the blocks of a picture, those over the rim too, one in each row."""
    for picture, side in TRIALS:
        blocks = as_numbers(ask(cut, picture.copy(), side), "What it returns")
        if not np.array_equal(blocks, image.to_vectors(picture, side)):
            require(False, cutting_hint(blocks, picture, side))


def cutting_hint(blocks: Floats, picture: Picture, side: int) -> str:
    """What is to be said of wrong blocks."""
    for hint, way in FAULTS.items():
        fits = picture.size % side**2 == 0 or way is not without_swapping
        if fits and np.array_equal(blocks, way(picture, side)):
            return hint
    if any(np.array_equal(blocks, filled_rim(mode)(picture, side)) for mode in OTHER_RIMS):
        return REPEAT
    expected = image.to_vectors(picture, side).shape
    of_what = f"Of a picture of shape {picture.shape} and side {side}"
    if blocks.shape != expected:
        return f"{of_what} its blocks must have shape {expected}, got {blocks.shape}."
    return f"{of_what} some blocks hold other pixels than they should."


def puts_blocks_back(put_back: Any) -> None:
    """`put_back` returns the picture that the blocks were cut from."""
    for picture, side in TRIALS:
        blocks = image.to_vectors(picture, side).astype(np.uint8)
        result = as_numbers(ask(put_back, blocks.copy(), picture.shape, side), "What it returns")
        lacking = f"Of blocks of a picture of shape {picture.shape} it returns {result.shape}."
        require(result.shape == picture.shape, lacking)
        pixels_right = np.array_equal(result, picture)
        require(pixels_right, "It puts some pixels into wrong places: which axes have to swap?")


# --- quantize in tiles ---------------------------------------------------------------------------

SLACK = 0.8
"""In dB: so much less than vqlib's tiles is allowed, as they depend on the start of training."""


def shows_in_tiles(in_tiles: Any) -> None:
    """`in_tiles` returns a picture that is made of few trained tiles."""
    require(callable(in_tiles), f"It must be a function, got {type(in_tiles).__name__}.")
    do_without_image(in_tiles)
    picture = np.ascontiguousarray(image.sample("camera")[100:228, 160:352])
    for side, size in ((2, 16), (4, 8)):
        shown = as_picture(ask(in_tiles, picture.copy(), side, size), picture.shape, "Its picture")
        require_tiles(shown, picture, side, size)


def require_tiles(shown: Picture, picture: Picture, side: int, size: int) -> None:
    """Refuse a picture of too many tiles, or of tiles that do not fit it."""
    number = len(np.unique(image.to_vectors(shown, side), axis=0))
    many = f"With {size} tiles of {side} x {side} it has {number} different blocks"
    require(number <= size, f"{many}: are they cut and put back alike?")
    psnr = measure.psnr(picture, shown)
    bits = (size - 1).bit_length()
    wanted = image.quantize_image(picture, bits, block=side).psnr - SLACK
    low = f"With {size} tiles of {side} x {side} it has {psnr:.1f} dB, and needs {wanted:.1f}"
    require(psnr >= wanted, f"{low}: are the tiles trained, and each block given its nearest?")
