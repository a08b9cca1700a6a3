"""A grey picture with all its optimal codebooks."""

from dataclasses import replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import ArrayLike

from ..checks import check_int, check_picture
from ..codebook import Codebook, check_codebook
from ..design import OptimalScalar
from .counting import grey_histogram
from .result import QuantizedImage, from_indices, whole_codebook
from .training import train_grey


class GreyLevels:
    """A grey picture with its histogram and all its optimal codebooks.

    It is for quantizing one picture again and again.

    Parameters
    ----------
    picture : uint8 array (height, width)
        Kept, not copied: do not change it while this object is in use.
    most_bits : int
        The most bits that can be asked for. The dynamic programming runs once, for all of them,
        when the first codebook is needed.

    Raises
    ------
    ValueError
        If it is not a grey picture.
    """

    def __init__(self, picture: ArrayLike, most_bits: int = 8) -> None:
        self.picture = np.ascontiguousarray(check_picture(picture, kinds=("grey",)))
        self.histogram = grey_histogram(self.picture)
        """Number of pixels of each grey value, array (256,)."""
        self._values = np.flatnonzero(self.histogram)
        self._most_bits = check_int(most_bits, "most_bits", 1, 8)

    def quantize(self, bits: int) -> QuantizedImage:
        """The picture at 1 to `most_bits` bits; see `quantize_image`."""
        bits = check_int(bits, "bits", 1, self._most_bits)
        if 2**bits >= self._values.size:
            codebook = Codebook(self._values)
        else:
            codebook = self._optima.codebook(2**bits)
        return replace(self.encode(codebook), bits=bits)

    def encode(self, codebook: Codebook) -> QuantizedImage:
        """The picture with this codebook; see `encode_image`."""
        codebook = whole_codebook(check_codebook(codebook).vectors, "RGB", 1)
        index_of_grey = codebook.encode(np.arange(256)).astype(np.uint8)
        indices = np.asarray(cv2.LUT(self.picture, index_of_grey))
        return from_indices(self.picture, indices, codebook)

    @cached_property
    def _optima(self) -> OptimalScalar:
        # At 8 bits a picture stays as it is: no more than 128 levels are looked for.
        largest = 2 ** min(self._most_bits, 7)
        return train_grey(self._values, self.histogram[self._values], largest)
