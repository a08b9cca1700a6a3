"""How often each grey value and each colour occurs."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats, Picture

MANY_PIXELS = 1 << 20
"""From so many on, sorting the pixels would take longer than counting every possible colour."""


def grey_histogram(grey_values: Picture) -> Floats:
    """Number of occurrences of each grey value in an array of bytes, array (256,)."""
    # In parts, as cv2.calcHist returns float32, which counts without gaps up to 2^24.
    parts = np.array_split(grey_values.ravel(), 1 + (grey_values.size >> 24))
    counts = [cv2.calcHist([part], [0], None, [256], [0, 256]) for part in parts]
    return np.asarray(np.sum(counts, axis=0, dtype=np.float64)).ravel()


def colour_codes(picture: Picture) -> NDArray[np.uint32]:
    """Each pixel as one number below 2^24, array (height, width); red is the lowest byte."""
    # The bytes of a pixel and a fourth, read together.
    codes = cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA).view("<u4")[..., 0]
    codes &= 0xFFFFFF
    return codes


def count_colours(picture: Picture, codes: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], Floats]:
    """The codes that occur, ascending, and how often each does."""
    if codes.size < MANY_PIXELS:
        found, counts = np.unique(codes, return_counts=True)
        return found, counts.astype(np.float64)
    # Channels from the highest byte of the code to the lowest.
    histogram = cv2.calcHist([picture], [2, 1, 0], None, [256] * 3, [0, 256] * 3).ravel()
    found = np.flatnonzero(histogram > 0).astype("<u4")
    return found, histogram[found].astype(np.float64)


def as_colours(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The colours of such codes (n,), uint8 array (n, 3)."""
    return codes[:, None].view(np.uint8)[:, :3]
