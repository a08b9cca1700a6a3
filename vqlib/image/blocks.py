"""Pictures as vectors, block by block, and back; code vectors as tiles."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import Floats, Picture
from ..checks import check_finite, check_int, check_picture, describe
from ..codebook import Codebook, check_codebook
from .cropping import SIDE

FRAME = 32
"""The grey around each tile of a sheet."""
LARGEST_BLOCK = 64


def check_block(block: int) -> int:
    """`block`, if it is the height and width of a block in pixels."""
    return check_int(block, "block", 1, LARGEST_BLOCK)


def to_vectors(picture: ArrayLike, block: int = 1) -> Floats:
    """A picture as vectors: array (blocks, block * block * channels), the blocks row by row.

    With `block` 1 every pixel is a vector, of one number in grey and of three in colour. Where
    blocks do not fit, the rim of the picture is repeated outwards until they do: a block over the
    rim is a vector like all others.

    Raises
    ------
    ValueError
        If it is not a picture, or the block not a whole number from 1 to 64.
    """
    return into_blocks(check_picture(picture), block).astype(np.float64)


def to_byte_vectors(picture: ArrayLike, block: int = 1) -> NDArray[np.uint8]:
    """The same as `to_vectors`, but bytes stay bytes: they take an eighth of the room.

    Used in notebook 12_scaling.
    """
    return into_blocks(check_picture(picture), block)


def into_blocks(picture: Picture, block: int) -> NDArray[np.uint8]:
    """The same for a picture that is known to be one; its bytes stay bytes."""
    height, width = picture.shape[:2]
    rows, columns = blocks_in(picture.shape, block)
    beyond_the_rim = [(0, rows * block - height), (0, columns * block - width), (0, 0)]
    filled = np.pad(picture.reshape(height, width, -1), beyond_the_rim, mode="edge")
    tiled = filled.reshape(rows, block, columns, block, -1).swapaxes(1, 2)
    return tiled.reshape(rows * columns, -1)


def blocks_in(shape: tuple[int, ...], block: int) -> tuple[int, int]:
    """How many blocks lie below and beside each other, those over the rim included."""
    block = check_block(block)
    return math.ceil(shape[0] / block), math.ceil(shape[1] / block)


def to_picture(vectors: ArrayLike, shape: tuple[int, ...], block: int = 1) -> Picture:
    """The way back of `to_vectors`: a picture of that shape. What lies beyond the rim is cut off.

    Raises
    ------
    ValueError
        If the values are not whole numbers from 0 to 255, or too few or too many.
    """
    if not _is_shape(shape):
        raise ValueError(f"shape must be (height, width) or (height, width, 3), got {shape!r}")
    array = check_finite(vectors, "vectors")
    size = math.prod((*blocks_in(shape, block), block, block, *shape[2:]))
    are_bytes = array.min() >= 0 and array.max() <= 255 and (array == np.floor(array)).all()
    if array.size != size or not are_bytes:
        allowed = f"{size} whole numbers from 0 to 255"
        raise ValueError(f"vectors must be {allowed}, got {describe(array)}")
    return from_blocks(array.astype(np.uint8), shape, block)


def _is_shape(shape: object) -> bool:
    if not isinstance(shape, tuple | list) or len(shape) not in (2, 3):
        return False
    are_whole = all(isinstance(side, int | np.integer) and side > 0 for side in shape)
    return are_whole and tuple(shape[2:]) in ((), (3,))


def from_blocks(vectors: NDArray[Any], shape: tuple[int, ...], block: int) -> Picture:
    """What `to_picture` does, for bytes that are known to fit."""
    rows, columns = blocks_in(shape, block)
    tiled = vectors.reshape(rows, columns, block, block, -1).swapaxes(1, 2)
    pixels = tiled.reshape(rows * block, columns * block, -1)
    inside = pixels[: shape[0], : shape[1]]
    return np.ascontiguousarray(inside).reshape(shape)


def tiles(codebook: Codebook, block: int, side: int = SIDE) -> Picture:
    """The code vectors of blocks as a sheet of tiles on white, at most `side` pixels wide.

    Each has a dark frame, so that light ones are told apart, and dark ones by the white between.
    They are put in order for the eye: rows go from dark to light; in each row tiles that are
    lighter on the left come first, those lighter on the right last.
    """
    codebook = check_codebook(codebook)
    block = check_block(block)
    if codebook.dimension not in (block**2, 3 * block**2):
        allowed = f"code vectors of {block} x {block} pixels, grey or RGB"
        raise ValueError(f"codebook must have {allowed}, got dimension {codebook.dimension}")
    side = check_int(side, "side", 1)
    blocks = codebook.vectors.reshape(codebook.size, block, block, -1).astype(np.uint8)
    columns = math.ceil(math.sqrt(codebook.size))
    rows = math.ceil(codebook.size / columns)
    zoom = max(1, (side // columns - 3) // block)
    enlarged = blocks.repeat(zoom, axis=1).repeat(zoom, axis=2)
    # Each tile in its frame, with a white line above and to the left; white, too, where the last
    # row ends early.
    width = block * zoom + 3
    channels = blocks.shape[3]
    sheet = np.full((rows * columns, width, width, channels), 255, np.uint8)
    sheet[: codebook.size, 1:, 1:] = FRAME
    sheet[: codebook.size, 2:-1, 2:-1] = enlarged[_order_for_the_eye(blocks, columns)]
    in_rows = sheet.reshape(rows, columns, width, width, channels).swapaxes(1, 2)
    pixels = in_rows.reshape(rows * width, columns * width, channels)
    return np.ascontiguousarray(pixels.squeeze())


def _order_for_the_eye(blocks: NDArray[np.uint8], columns: int) -> NDArray[np.intp]:
    """Indices of blocks (K, height, width, channels) in the order of `tiles`."""
    # Sums of whole numbers, so that ties are ties.
    lightness = blocks.sum(axis=(1, 2, 3), dtype=int)
    side = blocks.shape[1]
    left_to_right = 2 * np.arange(side) - side + 1
    slope = blocks.sum(axis=(1, 3), dtype=int) @ left_to_right
    rank = np.argsort(np.argsort(lightness, kind="stable"))
    row = rank // columns
    return np.lexsort((lightness, slope, row))
