"""The whole way: pictures -> vectors -> codebook -> indices -> vectors -> picture."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import Picture
from ..checks import check_int, check_picture
from ..codebook import Codebook
from ..design import count_distinct
from .blocks import check_block, into_blocks
from .colour import to_space
from .grey_levels import GreyLevels, grey_histogram
from .palette import Colours
from .reading import Source, read_image
from .result import QuantizedImage, from_indices, whole_codebook
from .training import train_blocks, train_grey

Pictures = Picture | Sequence[ArrayLike]
"""One picture, or several."""


def quantize_image(
    picture: ArrayLike | Source,
    bits: int,
    *,
    block: int = 1,
    space: str = "RGB",
    fast: bool = False,
    seed: int = 0,
) -> QuantizedImage:
    """Quantize a picture, or the grey of a picture file, with 2^bits code vectors trained on it.

    The same as `encode_image(picture, train_codebook([picture], size))`, with size the smaller of
    2^bits and the number of different vectors; see there for the parameters. For several numbers of
    bits of one picture make a `GreyLevels` or a `Colours`: they keep what all of them need.

    Parameters
    ----------
    picture : uint8 array (height, width) or (height, width, 3), or what `read_image` takes
    bits : int
        Bits for an index, 1 to 8 for pixels and 1 to 16 for blocks.

    Raises
    ------
    ValueError
        If `bits` is out of range, it is not a picture, or block or space do not fit it.
    """
    most_bits = 8 if check_block(block) == 1 else 16
    bits = check_int(bits, "bits", 1, most_bits)
    if isinstance(picture, str | Path | bytes):
        picture = read_image(picture)
    array = check_picture(picture)
    if block == 1 and array.ndim == 3:
        return Colours(array).quantize(bits, space, fast=fast, seed=seed)
    if block == 1 and space == "RGB":
        return GreyLevels(array, bits).quantize(bits)
    size = min(2**bits, count_distinct(into_blocks(array, block), 2**bits))
    codebook = train_codebook([array], size, block=block, space=space, fast=fast, seed=seed)
    return replace(encode_image(array, codebook, block=block, space=space), bits=bits)


def train_codebook(
    pictures: Pictures,
    size: int,
    *,
    block: int = 1,
    space: str = "RGB",
    fast: bool = False,
    seed: int = 0,
) -> Codebook:
    """A codebook for the blocks of one or more pictures, of whole numbers from 0 to 255.

    For grey pixels it is the optimum. For colours and blocks it is a local optimum of Lloyd's
    algorithm, or near one; rounding may make a few code vectors equal, which leaves fewer than
    `size`. Blocks: 20 iterations; if there are many, 10 on some of them first, that is 16384 or,
    with more than 1024 code vectors, 16 for each.

    Parameters
    ----------
    pictures : a picture, or a sequence of them, all grey or all RGB
    size : int
        Number of code vectors.
    block, space
        As in `encode_image`.
    fast : bool
        For sliders: train on less. For colours see `Colours.train`; on blocks it is 10 iterations,
        on some if they are many, and no more.
    seed : int
        Fixes the random start.

    Raises
    ------
    ValueError
        If something is not a picture, or `size` is more than the number of different vectors.
    """
    several = [pictures] if isinstance(pictures, np.ndarray) else pictures
    arrays = [check_picture(picture, "each of pictures") for picture in several]
    if len({array.ndim for array in arrays}) != 1:
        raise ValueError(f"pictures must be one or more, all grey or all RGB, got {len(arrays)}")
    is_grey = arrays[0].ndim == 2
    vectors = np.concatenate([into_blocks(array, block) for array in arrays])
    if not is_grey and block == 1:
        return Colours(vectors[None]).train(size, space, fast=fast, seed=seed)
    if is_grey and block == 1:
        return _optimal_greys(vectors, size, space)
    return train_blocks(vectors, size, space, is_grey=is_grey, fast=fast, seed=seed)


def _optimal_greys(vectors: NDArray[np.uint8], size: int, space: str) -> Codebook:
    """The best codebook for grey pixels (n, 1)."""
    to_space(vectors, space, is_grey=True)  # refuses spaces of colours
    size = check_int(size, "size", 1)
    return train_grey(np.arange(256), grey_histogram(vectors), size).codebook(size)


def encode_image(
    picture: ArrayLike, codebook: Codebook, *, block: int = 1, space: str = "RGB"
) -> QuantizedImage:
    """Quantize a picture with a given codebook.

    Picture -> vectors -> indices -> vectors -> picture. The components of the code vectors are
    rounded to whole numbers, half goes up, and cut to 0..255; code vectors that become equal are
    one.

    Parameters
    ----------
    picture : uint8 array (height, width) or (height, width, 3)
    codebook : Codebook
        At most 65536 code vectors of block * block * channels components, in grey or RGB values.
    block : int
        Height and width of a block; see `to_vectors` for the rim.
    space : str
        Where the nearest code vector is looked for: "RGB", or "Lab" for CIELAB (see `to_lab`),
        where equal distances look more nearly equal. The MSE is always that of grey or RGB values.

    Raises
    ------
    ValueError
        If it is not a picture, or codebook, block or space do not fit it.
    """
    array = check_picture(picture)
    is_grey = array.ndim == 2
    if check_block(block) == 1 and not is_grey:
        return Colours(array).encode(codebook, space)
    vectors = into_blocks(array, block)
    codebook = whole_codebook(codebook.vectors, "RGB", vectors.shape[1])
    nearest = Codebook(to_space(codebook.vectors, space, is_grey=is_grey))
    indices = nearest.encode(to_space(vectors, space, is_grey=is_grey))
    return from_indices(array, indices, codebook, block)
