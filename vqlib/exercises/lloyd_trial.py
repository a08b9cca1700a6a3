"""Tries out starts for Lloyd's algorithm, and functions that should be Lloyd's algorithm."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import design, sources
from ..arrays import Floats
from ..codebook import Codebook
from .codebooks import codebook_of, vectors_of
from .kinds import Number, ask, require
from .pictures import as_numbers

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
    except Exception:  # whatever it may be, it is no array of numbers
        return False
