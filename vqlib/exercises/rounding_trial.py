"""Tries out rows of which two cuts into chunks give two codebooks."""

from typing import Any, TypeAlias

import numpy as np

from ..arrays import Floats
from ..codebook import Codebook
from .kinds import require
from .pictures import as_numbers

MOST = 8
LARGEST = 255.0
THINGS = 5

Cut: TypeAlias = list[int]


def lands_elsewhere(answer: Any) -> str:
    """A sample is in one region after a pass over the first cut, in another after the second."""
    five = "It must be five things in brackets: rows, levels, first cut, second cut, sample."
    require(isinstance(answer, list | tuple) and len(answer) == THINGS, five)
    rows = greys(answer[0], "The rows")
    require(len(rows) <= MOST, f"There may be {MOST} rows, got {len(rows)}.")
    levels = greys(answer[1], "The levels")
    require(len(levels) == 2, f"There must be two levels, got {len(levels)}.")
    cuts = [cut_of(answer[2], "The first cut", rows), cut_of(answer[3], "The second cut", rows)]
    sample = greys(answer[4], "The sample")
    require(len(sample) == 1, f"The sample must be one number, got {len(sample)}.")
    filled = len(np.unique(Codebook(levels).encode(rows))) == len(levels)
    require(filled, "One of the two regions has no row.")
    new = [new_levels(rows, levels, cut) for cut in cuts]
    apart = float(np.abs(new[0] - new[1]).max())
    same = "Both cuts give the same two levels, to the last bit. Which sums are rounded otherwise?"
    require(apart > 0, same)
    regions = [int(Codebook(each).encode(sample)[0]) for each in new]
    differ = f"The levels differ by {apart:.1g}, but the sample is in region {regions[0]} for both"
    require(regions[0] != regions[1], f"{differ}: where is the border between them?")
    return f"The levels differ by {apart:.1g}, and the sample is in another region."


def greys(answer: Any, what: str) -> Floats:
    """Numbers from 0 to 255, array (n,)."""
    numbers = as_numbers(answer, what)
    flat = f"{what} must be numbers in a row, got shape {numbers.shape}."
    require(numbers.ndim <= 1, flat)
    inside = numbers.min() >= 0 and numbers.max() <= LARGEST
    require(inside, f"{what} must lie between 0 and {LARGEST:g}.")
    return np.atleast_1d(numbers)


def cut_of(answer: Any, what: str, rows: Floats) -> Cut:
    """How many rows each chunk has."""
    numbers = np.atleast_1d(as_numbers(answer, what)).ravel()
    whole = bool((numbers == np.floor(numbers)).all()) and numbers.min() >= 0
    require(whole, f"{what} must be whole numbers: how many rows each chunk has.")
    total = f"{what} has {numbers.sum():g} rows in all, but there are {len(rows)}."
    require(numbers.sum() == len(rows), total)
    return [int(number) for number in numbers]


def new_levels(rows: Floats, levels: Floats, cut: Cut) -> Floats:
    """The centroids after one pass: sums of chunks, row by row, and then the sums of those."""
    regions = Codebook(levels).encode(rows)
    sums = [0.0] * len(levels)
    start = 0
    for length in cut:
        of_chunk = [0.0] * len(levels)
        for place in range(start, start + length):
            of_chunk[regions[place]] += float(rows[place])
        for region, part in enumerate(of_chunk):
            sums[region] += part
        start += length
    counts = np.bincount(regions, minlength=len(levels))
    return np.asarray(np.array(sums) / counts)
