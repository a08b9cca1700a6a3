"""What the exercises of notebook 02_plane ask for."""

from functools import cache
from typing import Any

import numpy as np
from scipy import stats

from .. import design, sources
from ..arrays import Floats
from ..codebook import Codebook
from ..measure import decibels
from .kinds import Exercises, Guess, NotYet, Number, Property, Sentences, ask, require

DRAWS = 20_000
"""Pairs on which a codebook is tried. Some 1 % is the standard error of its distortion there, far
less that of the ratio of two distortions on the same pairs."""


def pairs_of(answer: Any, count: int) -> Codebook:
    """So many code vectors of two components, from a codebook, an array or a list."""
    wanted = f"It must hold {count} code vectors of two components"
    vectors = answer.vectors if isinstance(answer, Codebook) else answer
    try:
        codebook = Codebook(real(vectors))
    except (TypeError, ValueError):
        raise NotYet(f"{wanted}, got {type(answer).__name__}.") from None
    shape = codebook.vectors.shape
    require(shape == (count, 2), f"{wanted}, got the shape {shape}.")
    return codebook


def real(answer: Any) -> Floats:
    """A copy of an array of real numbers; `TypeError` or `ValueError` if it is none."""
    return np.asarray(answer).astype(np.float64, casting="same_kind")


@cache
def best_four() -> Codebook:
    """The best four levels for the Gaussian of variance 1."""
    return design.lloyd_max(stats.norm.pdf, 4, -8, 8)


# --- 02.2 ----------------------------------------------------------------------------------------

NORMAL = np.array([3.0, 4.0])
"""The line is that of the points x with NORMAL · x = 10."""


def borders_on_the_line(answer: Any) -> None:
    """Two code vectors lie 10 apart, and 3 x + 4 y = 10 is the border between them."""
    first, second = pairs_of(answer, 2).vectors
    way = second - first
    distance = float(np.hypot(*way))
    require(abs(distance - 10) <= 0.01, f"They lie {distance:.4g} apart.")
    middle = (first + second) / 2
    off = abs(NORMAL @ middle - 10) / 5
    require(off <= 0.01, f"The point half-way between them lies {off:.3g} beside the line.")
    sine = abs(NORMAL[0] * way[1] - NORMAL[1] * way[0]) / (5 * distance)
    right_angle = "The way from one to the other does not meet the line at a right angle."
    require(sine <= 0.01, right_angle)


# --- 02.3 and 02.4 -------------------------------------------------------------------------------


def is_near_the_best_four(answer: Any) -> None:
    """Four code vectors do as well on pairs with rho = 0.9 as any, but for 2 %."""
    four = pairs_of(answer, 4)
    pairs = sources.gauss_markov(DRAWS, 2, 0.9, seed=11)
    along = best_four().vectors * np.sqrt(1.9 / 2)
    best = Codebook(np.hstack([along, along]))
    # Trained on 100,000 pairs they lose less than 0.1 % to it, on 4000 some 0.2 %.
    ratio = four.distortion(pairs) / best.distortion(pairs)
    hint = f"On new pairs their distortion is {ratio:.3g} times that of the best four."
    require(ratio <= 1.02, hint)


def gains_in_the_mirror(answer: Any) -> None:
    """Sixteen code vectors gain 4 dB over the grid on pairs with rho = -0.9."""
    sixteen = pairs_of(answer, 16)
    pairs = sources.gauss_markov(DRAWS, 2, -0.9, seed=12)
    grid = design.product(best_four(), best_four())
    gain = decibels(grid.distortion(pairs), sixteen.distortion(pairs))
    if gain < 0:
        raise NotYet(f"It loses {-gain:.1f} dB: on which diagonal do its code vectors lie?")
    # Trained on 4000 pairs one gains at least 4.1 dB (twenty seeds).
    require(gain >= 4, f"It gains only {gain:.1f} dB.")


# --- 02.5 ----------------------------------------------------------------------------------------

SEEDS = (1, 2, 3)
LEAST_GAIN = 3
"""In dB."""
MOST_CORRELATION = 0.03
"""Of all pairs of the seeds together: the standard error is 0.004 if the components are
independent, and 0.01 for pairs on both diagonals with the long tails of the Laplacian."""


def gains_without_correlation(source: Any) -> str:
    """`source(n, seed)` returns uncorrelated pairs on which four code vectors gain 3 dB."""
    draws = [pairs_from(source, seed) for seed in SEEDS]
    again = pairs_from(source, SEEDS[0])
    require((again == draws[0]).all(), "With the same seed it has to return the same pairs.")
    joined = np.concatenate(draws)
    require(np.ptp(joined, axis=0).min() > 0, "One of the components is always the same.")
    products = np.prod(joined - joined.mean(axis=0), axis=1)
    correlation = float(products.mean() / joined.std(axis=0).prod())
    hint = f"The correlation is {correlation:.2f}."
    require(abs(correlation) <= MOST_CORRELATION, hint)
    gain = min(gain_of_four(pairs) for pairs in draws)
    require(gain >= LEAST_GAIN, f"The correlation is 0, but the gain is only {gain:.1f} dB.")
    if np.isinf(gain):
        return "Four code vectors meet your source without any error."
    return f"Your source gains {gain:.1f} dB."


def pairs_from(source: Any, seed: int) -> Floats:
    """Pairs that the reader's function returns, as an array (DRAWS, 2)."""
    wanted = f"For n = {DRAWS} it must return {DRAWS} pairs of finite numbers"
    try:
        pairs = real(ask(source, DRAWS, seed))
    except (TypeError, ValueError):
        raise NotYet(f"{wanted}.") from None
    require(pairs.shape == (DRAWS, 2), f"{wanted}, got the shape {pairs.shape}.")
    require(np.isfinite(pairs).all() and np.abs(pairs).max() < 1e6, f"{wanted}, none huge.")
    return pairs


def gain_of_four(pairs: Floats) -> float:
    """How much better four code vectors are than two levels for each component, in dB."""
    different = len(np.unique(pairs, axis=0))
    require(different >= 4, f"It has only {different} different pairs.")
    try:
        levels = [design.lloyd(component, 2) for component in pairs.T]
        by_scalars = design.product(*levels).distortion(pairs)
        by_vectors = design.lloyd(pairs, 4).distortion(pairs)
    except ValueError as error:
        raise NotYet(f"No codebook can be trained on its pairs: {error}.") from None
    return decibels(by_scalars, by_vectors)


EXERCISES: Exercises = {
    "02.1": (
        Number("the components", 0.1, words="Try 1, 2, 3 and so on, and count the numbers."),
        Number("the code vectors", 0.1, words="How many bits has an index at this rate?"),
        Number("the rate of the full codebook", 0.01),
    ),
    "02.2": (Property("your code vectors", borders_on_the_line),),
    # Measured on a million pairs both have a standard error of less than 0.0002.
    "02.3": (
        Property("your code vectors", is_near_the_best_four),
        Number("the part along the diagonal", 0.001),
        Number("the part across it", 0.001),
    ),
    # From 4.17 to 4.29 with other pairs to train and to measure on, and one start or four (twenty
    # seeds).
    "02.4": (
        Guess("your guess", -30, 30),
        Number("the gain", 0.15),
        Property("your mirrored codebook", gains_in_the_mirror),
    ),
    "02.5": (Property("your source", gains_without_correlation),),
    # From 31.37 to 31.51 with other starts, one or four (twenty seeds).
    "02.6": (
        Guess("your guess", 0, 100),
        Number("the PSNR", 0.15),
        Sentences(
            "your explanation",
            (
                "Does it name what you measured of both kinds of pairs?",
                "Does it say what that means for the distance of the pairs from the diagonal?",
                "Does it say whether it must be so in every picture?",
            ),
            terms={
                r"correlat|alike|similar|resembl|same|differ|close|near|like|depend|predict": (
                    "How do the two pixels of a pair compare, in one direction and the other?"
                ),
                r"diagonal|line|code ?vector|codebook|star|spread|across|varia|error|distort|mse": (
                    "What does that do to the sixteen code vectors?"
                ),
            },
        ),
    ),
}
