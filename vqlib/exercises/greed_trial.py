"""A sample and two codebooks of three, by which greedy search loses, and two survivors, too."""

from typing import Any

import numpy as np

from ..arrays import Floats
from .codebooks import codebook_of
from .kinds import NotYet, require
from .pictures import as_numbers

FACTOR = 4
LARGEST = 1000
WANTED = "It must be three things in brackets: the sample, the first codebook, the second."


def loses_by_greed(answer: Any) -> str:
    """One survivor leaves four times the squared error of two, and they that of the best sum."""
    sample, first, second = three_of(answer)
    from_first = ((sample - first) ** 2).sum(axis=1)
    order = from_first.argsort()
    apart = np.diff(from_first[order]).min() > 1e-9
    require(
        apart, "The sample is as far from one code vector of the first codebook as from another."
    )
    # Row: which of the first codebook, the nearest to the sample first; column: of the second.
    errors = ((sample - first[order][:, None] - second) ** 2).sum(axis=2)
    greedy = errors[0].min()
    two = errors[:2].min()
    best = errors.min()
    found = f"Greedy search leaves {greedy:.4g}, two survivors {two:.4g}, the best sum {best:.4g}"
    falls = two > 1e-9 and greedy >= FACTOR * two * (1 - 1e-9) and two >= FACTOR * best * (1 - 1e-9)
    require(falls, f"{found}: each must be at least four times the next.")
    return f"{found}."


def three_of(answer: Any) -> tuple[Floats, Floats, Floats]:
    """The sample, array (k,), and two codebooks, arrays (3, k)."""
    require(isinstance(answer, list | tuple) and len(answer) == 3, WANTED)
    sample = as_numbers(answer[0], "The sample").ravel()
    first = three_vectors(answer[1], "The first codebook")
    second = three_vectors(answer[2], "The second codebook")
    lengths = [first.shape[1], second.shape[1]]
    alike = "Both codebooks must have code vectors of one dimension"
    require(lengths[0] == lengths[1], f"{alike}, got {lengths[0]} and {lengths[1]}.")
    many = f"The sample must be of dimension {lengths[0]} as the code vectors are"
    require(sample.size == lengths[0], f"{many}, got {sample.size}.")
    largest = max(np.abs(each).max() for each in (sample, first, second))
    require(largest <= LARGEST, f"Keep to numbers from -{LARGEST} to {LARGEST}.")
    return sample, first, second


def three_vectors(answer: Any, name: str) -> Floats:
    """The code vectors of a codebook of three."""
    try:
        codebook = codebook_of(answer)
    except NotYet as lack:
        raise NotYet(f"{name}: {lack}") from lack
    require(codebook.size == 3, f"{name} must have 3 code vectors, got {codebook.size}.")
    return codebook.vectors
