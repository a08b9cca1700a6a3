"""Training for pictures: from grey values, colours or blocks to a codebook.

Here is decided which algorithm of `vqlib.design` trains what: one that is offered to pictures gets
its place here.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import Floats, Picture
from ..checks import check_int, check_picture
from ..codebook import Codebook
from ..design import OptimalScalar, count_distinct, lloyd, refine
from .blocks import into_blocks
from .colour import to_space
from .counting import as_colours, colour_codes, count_colours, grey_histogram
from .result import whole_codebook

SOME_BLOCKS = 1 << 14
"""If there are more blocks, training starts on so many of them, or on 16 for each code vector."""
CELLS_FOR_EACH = 4
"""Cells of colours are made smaller until there are so many for each code vector."""
MANY_COLOURS = 1 << 17
"""If there are more colours, training ends on means of cells instead of on all of them."""

Pictures = Picture | Sequence[ArrayLike]
"""One picture, or several."""


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
    arrays = several_pictures(pictures)
    is_grey = arrays[0].ndim == 2
    vectors = np.concatenate([into_blocks(array, block) for array in arrays])
    if not is_grey and block == 1:
        return _train_colours(vectors, size, space, fast=fast, seed=seed)
    if is_grey and block == 1:
        return _optimal_greys(vectors, size, space)
    return train_blocks(vectors, size, space, is_grey=is_grey, fast=fast, seed=seed)


def several_pictures(pictures: Pictures) -> list[Picture]:
    """The pictures as a list, if they are one or more, all grey or all RGB."""
    is_one = isinstance(pictures, np.ndarray | str | bytes) or not isinstance(pictures, Iterable)
    several = [pictures] if is_one else pictures
    arrays = [check_picture(picture, "each of pictures") for picture in several]
    if len({array.ndim for array in arrays}) != 1:
        raise ValueError(f"pictures must be one or more, all grey or all RGB, got {len(arrays)}")
    return arrays


def _train_colours(
    pixels: NDArray[np.uint8], size: int, space: str, *, fast: bool, seed: int
) -> Codebook:
    """A palette for pixels (n, 3)."""
    picture = pixels[None]
    found, counts = count_colours(picture, colour_codes(picture))
    return train_palette(as_colours(found), counts, size, space, fast=fast, seed=seed)


def _optimal_greys(vectors: NDArray[np.uint8], size: int, space: str) -> Codebook:
    """The best codebook for grey pixels (n, 1)."""
    to_space(vectors, space, is_grey=True)  # refuses spaces of colours
    size = check_int(size, "size", 1)
    return train_grey(np.arange(256), grey_histogram(vectors), size).codebook(size)


def train_grey(values: NDArray[np.intp], counts: Floats, largest: int) -> OptimalScalar:
    """All optimal codebooks of whole grey values, with up to `largest` levels.

    Parameters
    ----------
    values, counts : arrays (n,)
        The grey values that occur, and how many pixels each has.
    """
    return OptimalScalar(values, counts, largest=largest, integer=True)


def train_palette(
    colours: NDArray[np.uint8], counts: Floats, size: int, space: str, *, fast: bool, seed: int
) -> Codebook:
    """A palette of at most `size` whole colours by Lloyd's algorithm; see `Colours.train`.

    Parameters
    ----------
    colours : uint8 array (n, 3)
        The different colours.
    counts : array (n,)
        How many pixels each has.
    """
    points = to_space(colours, space, is_grey=False)
    if check_int(size, "size", 1) == len(points):
        return Codebook(colours)
    samples, weights = _first_samples(colours, points, counts, CELLS_FOR_EACH * size)
    codebook = lloyd(samples, size, weights, seed=seed, starts=1, iterations=10 if fast else 20)
    if fast:
        return whole_codebook(codebook.vectors, space, 3)
    if size <= 256 and len(points) > MANY_COLOURS:
        points, counts = _means_of_cells(colours, points, counts, 4)
    codebook = refine(points, codebook, counts, iterations=10)
    return whole_codebook(codebook.vectors, space, 3)


def _first_samples(
    colours: NDArray[np.uint8], points: Floats, counts: Floats, enough: int
) -> tuple[Floats, Floats]:
    """Means of the largest cells of which there are `enough`; if there are none, all colours."""
    for side in (8, 4):
        means, weights = _means_of_cells(colours, points, counts, side)
        if len(means) >= enough:
            return means, weights
    return points, counts


def _means_of_cells(
    colours: NDArray[np.uint8], points: Floats, counts: Floats, side: int
) -> tuple[Floats, Floats]:
    """Means and weights of the colours in each cell of side x side x side colours of RGB.

    The means are those of the points, the coordinates of the colours in some space.
    """
    cells_a_side = 256 // side
    red, green, blue = (colours // side).T.astype(np.intp)
    cell = red + cells_a_side * (green + cells_a_side * blue)
    weights = np.bincount(cell, counts)
    used = np.flatnonzero(weights)
    sums = [np.bincount(cell, counts * component)[used] for component in points.T]
    means = np.stack(sums, axis=1) / weights[used, None]
    return means, weights[used].astype(np.float64)


def train_blocks(
    vectors: NDArray[np.uint8], size: int, space: str, *, is_grey: bool, fast: bool, seed: int
) -> Codebook:
    """A codebook of at most `size` blocks by Lloyd's algorithm; see `train_codebook`."""
    points = to_space(vectors, space, is_grey=is_grey)
    shuffled = np.random.default_rng(check_int(seed, "seed", 0)).permutation(points)
    some = shuffled[: max(SOME_BLOCKS, 16 * check_int(size, "size", 1))]
    are_many = len(some) < len(points) and count_distinct(some, size) >= size
    if are_many:
        codebook = lloyd(some, size, seed=seed, starts=1, iterations=10)
        if not fast:
            codebook = refine(points, codebook, iterations=20)
    else:
        codebook = lloyd(points, size, seed=seed, starts=1, iterations=10 if fast else 20)
    return whole_codebook(codebook.vectors, space, vectors.shape[1])
