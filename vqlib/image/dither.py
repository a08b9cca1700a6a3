"""Dither by error diffusion."""

import numpy as np
from numpy.typing import ArrayLike

from ..checks import check_picture
from ..codebook import Codebook, check_codebook
from ..nearest import NearestVector
from .result import QuantizedImage, from_indices, whole_codebook

SHARES = ((0, 1, 7), (1, -1, 3), (1, 0, 5), (1, 1, 1))
"""Rows down, columns to the right, and sixteenths of the error that the pixel there gets."""


def diffuse(picture: ArrayLike, codebook: Codebook) -> QuantizedImage:
    """Quantize the pixels of a picture by error diffusion: each hands its error on to later ones.

    7/16 to the right, 3/16 down-left, 5/16 down, 1/16 down-right (Floyd and Steinberg 1976, "An
    adaptive algorithm for spatial greyscale"), every row from left to right, nothing clipped;
    worked out in notebook 05_colour_images.

    Parameters and errors are those of `encode_image` with single pixels in RGB.
    """
    array = check_picture(picture)
    height, width = array.shape[:2]
    channels = array.size // (height * width)
    codebook = whole_codebook(check_codebook(codebook).vectors, "RGB", channels)
    nearest = NearestVector(codebook.vectors)
    # With a column on either side and a row below, so that no error meets the rim.
    work = np.zeros((height + 1, width + 2, channels))
    work[:-1, 1:-1] = array.reshape(height, width, channels)
    indices = np.zeros((height, width), dtype=np.intp)
    # A pixel needs the one before it and three above: those with equal x + 2 y need nothing of each
    # other, and go together.
    for wavefront in range(width + 2 * height - 2):
        first_row = max(0, (wavefront - width + 2) // 2)
        rows = np.arange(first_row, min(height, wavefront // 2 + 1))
        columns = wavefront - 2 * rows
        values = work[rows, columns + 1]
        chosen = nearest.search(values)
        indices[rows, columns] = chosen
        error = (values - codebook.vectors[chosen]) / 16
        for down, right, share in SHARES:
            work[rows + down, columns + 1 + right] += share * error
    return from_indices(array, indices, codebook)
