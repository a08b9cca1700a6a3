"""Two codebooks of which a small batch tells the wrong story."""

from typing import Any

import numpy as np

from ..arrays import Floats
from .kinds import NotYet, require
from .pictures import as_numbers

SIZE = 512
BATCH = 64
BATCHES = 2000
"""The mean perplexity of so many has a standard error of at most 0.08."""
FACTOR = 2
MORE = 1.0
LUCK = 0.3
"""So much less is let pass, as a reader's own batches are others."""


def misleads(answer: Any) -> str:
    """Batches show more of the first codebook, which has half the perplexity or less."""
    pair = "It must be two in brackets, each of 512 shares."
    fits = isinstance(answer, list | tuple | np.ndarray) and len(answer) == 2
    require(fits, pair)
    shares = [shares_of(answer[0], "The first"), shares_of(answer[1], "The second")]
    true = [perplexity(each) for each in shares]
    apart = f"Of all tokens the first has perplexity {true[0]:.1f}, the second {true[1]:.1f}"
    twice = true[1] >= FACTOR * true[0] * (1 - 1e-9)
    require(twice, f"{apart}: the second must have twice as much or more.")
    seen = [in_batches(each) for each in shares]
    told = f"batches print {seen[0]:.1f} of the first and {seen[1]:.1f} of the second"
    if seen[0] < seen[1] + MORE - LUCK:
        raise NotYet(f"{apart}, but {told}: the first must be ahead by 1 there.")
    return f"{apart}; {told}."


def shares_of(answer: Any, what: str) -> Floats:
    """512 numbers from 0 to 1 that sum to 1."""
    shares: Floats = as_numbers(answer, what).ravel()
    require(shares.size == SIZE, f"{what} must have {SIZE} shares, got {shares.size}.")
    require(shares.min() >= 0, f"{what} has a share below 0: {shares.min():g}.")
    total = float(shares.sum())
    require(abs(total - 1) < 1e-6, f"{what} must have shares that sum to 1, got {total:g}.")
    return np.asarray(shares / total)


def perplexity(shares: Floats) -> float:
    """2 to the entropy in bits."""
    some = shares[shares > 0]
    return float(2 ** -(some * np.log2(some)).sum())


def in_batches(shares: Floats) -> float:
    """The mean of what batches of 64 tokens print."""
    rng = np.random.default_rng(64)
    counts = rng.multinomial(BATCH, shares, size=BATCHES)
    return float(np.mean([perplexity(each / BATCH) for each in counts]))
