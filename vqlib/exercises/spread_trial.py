"""Tries out functions that should draw code vectors by k-means++."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from .. import sources
from ..arrays import Floats
from .codebooks import vectors_of
from .kinds import ask, require
from .pictures import as_numbers

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
    samples = np.array([0.0, 3, 7])
    weights = np.array([7.0, 2, 1])
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
