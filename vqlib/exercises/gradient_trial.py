"""Tries out a reader's gradients of codebooks and scales, and tells which fault is left in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ..arrays import Floats, Indices
from .kinds import NotYet, ask, require
from .pictures import as_numbers


@dataclass(frozen=True)
class Trial:
    """What a reader's function is given."""

    from_weights: Floats
    books: Floats
    codes: Indices
    scales: Floats

    def copies(self) -> tuple[Floats, Floats, Indices, Floats]:
        """The arguments, to be spoilt."""
        matrix = self.from_weights.copy()
        return matrix, self.books.copy(), self.codes.copy(), self.scales.copy()


@cache
def trials() -> list[Trial]:
    """Two codebooks of pairs, one of triples, and three of single numbers.

    The first code vector of each codebook is used twice in a row, and the last one never.
    """
    pairs = drawn(books=2, size=4, length=2, rows=3, runs=5)
    triples = drawn(books=1, size=6, length=3, rows=4, runs=4)
    numbers = drawn(books=3, size=3, length=1, rows=2, runs=7)
    return [pairs, triples, numbers]


def drawn(*, books: int, size: int, length: int, rows: int, runs: int) -> Trial:
    """A trial with random numbers."""
    rng = np.random.default_rng(size)
    codes = rng.integers(0, size - 1, size=(books, rows, runs))
    codes[:, 0, :2] = 0
    return Trial(
        from_weights=rng.normal(size=(rows, runs * length)),
        books=rng.normal(size=(books, size, length)),
        codes=codes,
        scales=rng.uniform(0.5, 2, size=rows),
    )


def finds_gradients(function: Any) -> None:
    """`function(from_weights, books, codes, scales)` has the gradients of books and scales."""
    require(callable(function), f"It must be a function, got {type(function).__name__}.")
    for trial in trials():
        to_books, to_scales = two_arrays(ask(function, *trial.copies()), trial)
        refuse_known_faults(to_books, trial)
        for place, right in np.ndenumerate(right_for_books(trial)):
            book, vector, number = place
            what = f"Number {number} of code vector {vector} in codebook {book}"
            refuse_wrong_number(what, float(to_books[place]), float(right))
        for row, right in enumerate(right_for_scales(trial)):
            refuse_wrong_number(f"The scale of row {row}", to_scales[row], float(right))


def two_arrays(answer: Any, trial: Trial) -> tuple[Floats, Floats]:
    """The gradients that a reader's function returns."""
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        raise NotYet("It must return two things: the gradient of the books, that of the scales.")
    to_books = of_shape("books", answer[0], trial.books.shape)
    return to_books, of_shape("scales", answer[1], trial.scales.shape)


def of_shape(what: str, answer: Any, shape: tuple[int, ...]) -> Floats:
    """One gradient, if it has the shape of what it is for."""
    array = as_numbers(answer, f"The gradient of the {what}")
    wanted = f"The gradient of the {what} must have their shape, {shape}"
    require(array.shape == shape, f"{wanted}, got {array.shape}.")
    return array


def runs_of(trial: Trial) -> Floats:
    """The gradient of the weights, cut into runs, array (rows, runs, length)."""
    return trial.from_weights.reshape(*trial.codes.shape[1:], trial.books.shape[2])


def uses(trial: Trial) -> Iterator[tuple[tuple[int, int], Floats]]:
    """Each use of a code vector, and what its weights and their scale have for it."""
    runs = runs_of(trial) * trial.scales[:, None, None]
    for (book, row, run), vector in np.ndenumerate(trial.codes):
        yield (book, int(vector)), runs[row, run]


def right_for_books(trial: Trial) -> Floats:
    """The gradient of each number of the codebooks."""
    total = np.zeros_like(trial.books)
    for place, of_run in uses(trial):
        total[place] += of_run
    return total


def right_for_scales(trial: Trial) -> Floats:
    """The gradient of each scale."""
    unscaled = np.zeros_like(runs_of(trial))
    for book, codes in zip(trial.books, trial.codes, strict=True):
        unscaled += book[codes]
    return np.asarray((runs_of(trial) * unscaled).sum(axis=(1, 2)))


def refuse_known_faults(to_books: Floats, trial: Trial) -> None:
    """Name the mistakes that are made most often."""
    right = right_for_books(trial)
    last = np.zeros_like(right)
    for place, of_run in uses(trial):
        last[place] = of_run
    counts = np.zeros(right.shape[:2])
    for place, _ in uses(trial):
        counts[place] += 1
    mean = right / np.maximum(counts, 1)[:, :, None]
    plain = Trial(trial.from_weights, trial.books, trial.codes, np.ones_like(trial.scales))
    faults = [
        (last, "Of a code vector that is used several times only the last use counts."),
        (mean, "It takes the mean over the uses of a code vector. What is asked is the gradient."),
        (right_for_books(plain), "The books are right only where all scales are 1."),
        (-right, "The books have the wrong sign: a gradient points to where the loss grows."),
    ]
    for wrong, sentence in faults:
        require(not np.allclose(to_books, wrong) or np.allclose(wrong, right), sentence)


def refuse_wrong_number(what: str, given: float, right: float) -> None:
    """Say which number is wrong, and what a small change of it would show."""
    told = f"{what} has the gradient {given:.4f}, but if it grows by 0.001 the loss grows by"
    require(np.isclose(given, right, atol=1e-5), f"{told} {right / 1000:.6f}.")
