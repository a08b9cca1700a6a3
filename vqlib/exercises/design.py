"""What the exercises of notebook 03_design ask for."""

import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from .. import design, sources
from ..arrays import Floats
from ..codebook import Codebook
from .contest import place
from .kinds import Exercises, Guess, NotYet, Number, Property, Sentences, ask, require
from .pictures import as_numbers

# --- 03.1: two stops -----------------------------------------------------------------------------

STREET = np.array([0.0, 10, 20, 24])
BAD_END = 26.0
"""The mean squared walk, in m², where the start at 0 and 10 ends."""


def ends_better(answer: Any) -> None:
    """Two stops from which Lloyd's algorithm ends below `BAD_END`, with no region ever empty."""
    stops = codebook_of(Number("the stops", 1.0, count=2).numbers(answer))
    everyone = np.unique(stops.encode(STREET))
    require(everyone.size == 2, "To one of your stops nobody goes, so it has no mean to move to.")
    *_, (_, _, walk) = design.lloyd_steps(STREET, stops)
    require(walk < BAD_END - 1e-9, "From there it ends as badly as from 0 and 10.")


# --- 03.3: a broken Lloyd ------------------------------------------------------------------------


def lloyd_is_mended(function: Any) -> None:
    """`function` has the stops after so many rounds of Lloyd's algorithm, whatever happens."""
    means = stops_after(function, [2, 4, 20, 30], [0, 25], rounds=1)
    hint = "After one round a stop is not at the mean place of its houses."
    require(np.allclose(means, [3, 25]), hint)
    halves = stops_after(function, [0, 10, 20, 30, 40], [0, 20, 40], rounds=1)
    hint = "A house half-way between two stops does not go to the upper one."
    require(np.allclose(halves, [0, 15, 35]), hint)
    for far_off in ([0, 10, 500], [-500, 0, 10]):
        gives_the_idle_work(function, far_off)
    many = np.sort(sources.gaussian(40, 1, seed=4)[:, 0])
    begin = many[[2, 5, 8, 30]]
    end = stops_after(function, many, begin, rounds=40)
    *_, (right, _, _) = design.lloyd_steps(many, Codebook(begin))
    hint = "After 40 rounds with 40 houses it is not where Lloyd's algorithm ends."
    require(np.allclose(np.sort(end), right.vectors[:, 0]), hint)


def gives_the_idle_work(function: Any, begin: ArrayLike) -> None:
    """Three stops of which one begins far off: in the end each of them has a house."""
    houses = np.array([0.0, 1, 10, 11])
    places = stops_after(function, houses, begin, rounds=20)
    used = np.unique(codebook_of(places).encode(houses)).size
    require(used == 3, "A stop to which nobody goes is left without a house for ever.")


def stops_after(function: Any, houses: ArrayLike, begin: ArrayLike, rounds: int) -> Floats:
    """What a reader's function makes of copies of houses and stops, as an array."""
    places = np.array(houses, dtype=float)
    stops = np.array(begin, dtype=float)
    with warnings.catch_warnings(action="ignore"):  # NumPy's, of the mean of nothing
        answer = ask(function, places, stops.copy(), rounds)
    values = vectors_of(answer)
    require(not has_nan(values), "A stop to which nobody goes becomes NaN.")
    array = as_numbers(values, "What it returns").ravel()
    require(array.size == stops.size, "It must return as many stops as it got.")
    return array


def has_nan(values: Any) -> bool:
    """Whether these are numbers, and one of them is NaN."""
    try:
        return bool(np.isnan(values).any())
    except (TypeError, ValueError):
        return False


# --- 03.4: k-means++ -----------------------------------------------------------------------------

DRAWS = 1000
"""Of the first two code vectors, to see how often which comes."""
SIGMAS = 6
"""So many standard errors off is wrong; by chance that comes once in a million trials."""

Draw: TypeAlias = Callable[[Floats, Floats, int, int], Floats]
"""The code vectors for samples (n, k), weights (n,), a size and a seed, each checked."""


def spreads(function: Any) -> None:
    """`function` draws code vectors by k-means++ from weighted samples."""

    def draw(samples: Floats, weights: Floats, size: int, seed: int) -> Floats:
        return drawn(function, samples, weights, size, seed)

    draws_different_samples(draw)
    obeys_its_seed(draw)
    draws_as_often_as_it_should(draw)
    reaches_every_cluster(draw)


def drawn(function: Any, samples: Floats, weights: Floats, size: int, seed: int) -> Floats:
    """What a reader's function draws: samples, and no two the same, or what else it is."""
    given = samples.copy()
    answer = ask(function, given, weights.copy(), size, seed)
    require(np.array_equal(given, samples), "It changes the samples that it was given.")
    vectors = as_numbers(vectors_of(answer), "What it returns")
    wanted = (size, samples.shape[1])
    require(vectors.shape == wanted, f"It must return shape {wanted}, got {vectors.shape}.")
    is_sample = (vectors[:, None] == samples).all(axis=2).any(axis=1)
    require(is_sample.all(), "A code vector is none of the samples.")
    different = len(np.unique(vectors, axis=0))
    require(different == size, "Two code vectors are the same, where there are other samples.")
    return vectors


def draws_different_samples(draw: Draw) -> None:
    """Pairs, one of which has no weight, and one of which is there twice."""
    samples = sources.gaussian(8, 2, seed=5)
    samples[7] = samples[6]
    weights = np.array([0.0, 1, 1, 2, 1, 1, 1, 1])
    for seed in range(30):
        vectors = draw(samples, weights, 6, seed)
        weightless = (vectors == samples[0]).all(axis=1).any()
        require(not weightless, "It draws a sample that has the weight 0.")


def obeys_its_seed(draw: Draw) -> None:
    """The same again for the same seed; something else for some others."""
    samples = sources.gaussian(50, 2, seed=6)
    weights = np.ones(50)
    first = draw(samples, weights, 5, 1)
    require((draw(samples, weights, 5, 1) == first).all(), "The same seed has to draw the same.")
    others = [draw(samples, weights, 5, seed) for seed in (2, 3, 4)]
    same = all((other == first).all() for other in others)
    require(not same, "Every seed draws the same.")


def draws_as_often_as_it_should(draw: Draw) -> None:
    """The chances of the first code vector, and of the first two together, on three scalars."""
    samples = np.array([0.0, 1, 6])
    weights = np.array([6.0, 1, 2])
    first = weights / weights.sum()
    mass = weights * (samples[:, None] - samples) ** 2  # a row for each first one
    both = first[:, None] * mass / mass.sum(axis=1, keepdims=True)
    counts = np.zeros((3, 3))
    for seed in range(DRAWS):
        vectors = draw(samples[:, None], weights, 2, seed)
        counts[tuple(np.searchsorted(samples, vectors[:, 0]))] += 1
    hint = "The first code vector does not come as often as the weights say."
    require(fits(counts.sum(axis=1), first), hint)
    hint = (
        "The second code vector does not come as often as it should, "
        "by weight times squared distance."
    )
    require(fits(counts, both), hint)


def fits(counts: Floats, chances: Floats) -> bool:
    """Whether none is off by more than `SIGMAS` standard errors, and none comes that cannot."""
    errors = np.abs(counts / DRAWS - chances)
    return bool((errors <= SIGMAS * np.sqrt(chances * (1 - chances) / DRAWS)).all())


def reaches_every_cluster(draw: Draw) -> None:
    """Four narrow clusters far apart: to miss one has a chance of less than one in a million."""
    centres = np.array([(0, 0), (1000, 0), (0, 1000), (1000, 1000)])
    samples = np.resize(centres, (80, 2)) + 0.1 * sources.gaussian(80, 2, seed=7)
    for seed in range(10):
        vectors = draw(samples, np.ones(80), 4, seed)
        hit = len(np.unique(np.round(vectors / 1000), axis=0))
        require(hit == 4, "Of four clusters far apart it leaves one without a code vector.")


# --- 03.6: the contest ---------------------------------------------------------------------------

LARGEST = 16
OTHERS = {
    "16 random samples": 0.2301,
    "one run of k-means": 0.0585,
    "splitting": 0.0518,
    "the best of 100 runs": 0.0512,
}
"""Mean squared errors on the unseen samples, rounded down, so that nobody wins by making the same.

A test makes them anew.
"""


def place_in_the_contest(answer: Any) -> str:
    """Where a codebook stands beside others, on samples that it has not seen."""
    codebook = codebook_of(answer)
    dimension = codebook.dimension
    require(dimension == 2, f"Its code vectors must be pairs, got dimension {dimension}.")
    size = codebook.size
    require(size <= LARGEST, f"It may have {LARGEST} code vectors, and has {size}.")
    error = codebook.distortion(unseen())
    sentence = place(error, OTHERS, "{:.3f}")
    hint = "What do you know of the source that 240 samples do not show?"
    require(error < min(OTHERS.values()), f"{sentence} Only the first place will do. {hint}")
    return sentence


def unseen() -> Floats:
    """The samples that codebooks are judged by, array (100000, 2)."""
    return sources.gauss_markov(100_000, 2, 0.9, seed=2718)


# --- what readers hand in ------------------------------------------------------------------------


def codebook_of(answer: Any) -> Codebook:
    """A `Codebook`, or one of the code vectors that were handed in."""
    if isinstance(answer, Codebook):
        return answer
    try:
        return Codebook(as_numbers(answer))
    except ValueError as error:
        raise NotYet(f"It is no codebook: {error}.") from None


def vectors_of(answer: Any) -> Any:
    """The code vectors of a `Codebook`, and anything else as it is."""
    return answer.vectors if isinstance(answer, Codebook) else answer


# --- the exercises -------------------------------------------------------------------------------

EXERCISES: Exercises = {
    "03.1": (
        Number("the stops at the end", 0.5, count=2),
        Number("the mean squared walk", 0.5),
        Property("your start", ends_better),
    ),
    "03.2": (
        Guess("your guess", 0, 1),
        # Of 500 runs the share has a standard error of 0.02. By 20 seeds of the houses it was 0.18
        # to 0.28, with a standard deviation of 0.023; the given houses have 0.21.
        Number("the share", 0.1, words="It is a share from 0 to 1, and right within a tenth."),
        # From 18.0 to 19.2 dB, by the same seeds; the given houses have 18.3.
        Number("the worst end", 1.0),
    ),
    "03.3": (
        Property("your function", lloyd_is_mended),
        Sentences(
            "your sentences",
            (
                "Does each say what goes wrong, and with which houses it shows?",
                "Could somebody else find the line by it?",
            ),
            terms={
                r"mean|average|centroid|centre|center": "One fault is in what a stop moves to.",
                r"empty|nobody|no ?one|none|no house|nan|unused|without|idle|alone|zero": (
                    "One fault shows when nobody goes to a stop."
                ),
                r"half|tie|equal|same|middle|threshold|border|between|both|argmin": (
                    "One fault shows when a house is as far from one stop as from the next."
                ),
            },
        ),
    ),
    "03.4": (Property("your function", spreads),),
    "03.5": (
        Number("the upper level", 0.0005),
        Number("the mean squared error", 0.0005),
        Number("K² D at 64 levels", 0.001),
        Number("the limit", 0.005),
    ),
    "03.6": (Property("your codebook", place_in_the_contest),),
}
