"""Palettes: a colour picture with the colours in it, and palettes made without training."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from ..arrays import Picture
from ..checks import check_int, check_picture, check_rows_of_any_type
from ..codebook import Codebook, check_codebook
from ..design import product, uniform
from .colour import to_space
from .counting import as_colours, colour_codes, count_colours
from .result import MOST_CODE_VECTORS, PALETTE_SIZE, QuantizedImage, from_indices, whole_codebook
from .training import train_palette

TABLE_SIZE = 1 << 25
"""Entries of a table over all 2^24 colours, twice as many as needed: what has 32 MiB and more goes
back to the system at once and leaves no holes."""


class Colours:
    """A colour picture and the colours in it, for quantizing it again and again.

    Pixels of one colour always go together, so each colour is treated once, with its number of
    pixels as its weight.

    Parameters
    ----------
    picture : uint8 array (height, width, 3), RGB

    Raises
    ------
    ValueError
        If it is not an RGB picture.
    """

    def __init__(self, picture: ArrayLike) -> None:
        self.picture = np.ascontiguousarray(check_picture(picture, kinds=("RGB",)))
        self._codes = colour_codes(self.picture)
        self._found, counts = count_colours(self.picture, self._codes)
        self.colours = as_colours(self._found)
        """The different colours, uint8 array (n, 3)."""
        self.counts = counts
        """Number of pixels of each, array (n,)."""

    def train(
        self, size: int, space: str = "RGB", *, fast: bool = False, seed: int = 0
    ) -> Codebook:
        """A palette: `size` colours by Lloyd's algorithm, rounded to whole numbers.

        First on the means of cells of 8 x 8 x 8 colours, from one start; then 10 iterations on all
        colours, or, if there are more than 131072, on the means of cells of 4 x 4 x 4. With `fast`
        it is the first part only, in at most 10 iterations. Both are much faster than k-means on
        all pixels; how much, and what it costs, stands in benchmarks/. (Where there are fewer than
        four cells for each code vector, the cells are smaller.)

        Parameters are those of `train_codebook`.

        Raises
        ------
        ValueError
            If `size` is more than the number of different colours, or there is no such space.
        """
        return train_palette(self.colours, self.counts, size, space, fast=fast, seed=seed)

    def encode(self, codebook: Codebook, space: str = "RGB") -> QuantizedImage:
        """The picture with this palette; see `encode_image`."""
        codebook = whole_codebook(check_codebook(codebook).vectors, "RGB", 3)
        vectors = to_space(codebook.vectors, space, is_grey=False)
        points = to_space(self.colours, space, is_grey=False)
        index_of_colour = _table_given_back_at_once(codebook.size)
        index_of_colour[self._found] = Codebook(vectors).encode(points)
        return from_indices(self.picture, index_of_colour[self._codes], codebook)

    def quantize(
        self, bits: int, space: str = "RGB", *, fast: bool = False, seed: int = 0
    ) -> QuantizedImage:
        """The picture in at most 2^bits colours, 1 to 8 bits; see `quantize_image`."""
        bits = check_int(bits, "bits", 1, 8)
        size = min(2**bits, len(self.colours))
        palette = self.train(size, space, fast=fast, seed=seed)
        return replace(self.encode(palette, space), bits=bits)


def _table_given_back_at_once(size: int) -> NDArray[Any]:
    """A table for an index below `size` of each colour code, all 0; see `TABLE_SIZE`."""
    return np.zeros(TABLE_SIZE, np.uint8 if size <= PALETTE_SIZE else np.uint16)


def uniform_palette(size: int) -> Codebook:
    """All combinations of equal steps in red, green and blue, rounded up to a power of two.

    Green gets most of the bits, blue least.
    """
    bits = (check_int(size, "size", 1, MOST_CODE_VECTORS) - 1).bit_length()
    red = uniform(2 ** ((bits + 1) // 3), -0.5, 255.5)
    green = uniform(2 ** ((bits + 2) // 3), -0.5, 255.5)
    blue = uniform(2 ** (bits // 3), -0.5, 255.5)
    return product(red, green, blue)


def median_cut(picture: Picture, size: int) -> Codebook:
    """Heckbert's palette (1982, "Color image quantization for frame buffer display"), by Pillow."""
    array = check_picture(picture, kinds=("RGB",))
    size = check_int(size, "size", 1, PALETTE_SIZE)
    cut = Image.fromarray(array).quantize(size, Image.Quantize.MEDIANCUT)
    return Codebook(np.array(cut.getpalette(), float).reshape(-1, 3)[:size])


def random_pixels(pixels: Picture, size: int) -> Picture:
    """So many different rows of (n, 3) drawn at random, always the same ones."""
    rows = check_rows_of_any_type(pixels, "pixels", 3)
    size = check_int(size, "size", 1, len(rows))
    return np.random.default_rng(0).choice(rows, size, replace=False)
