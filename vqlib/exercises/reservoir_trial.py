"""Tries out a reader's sample of a stream: every row, and every pair, as likely as any other."""

import weakref
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats
from .kinds import NotYet, ask, require

Bytes: TypeAlias = NDArray[np.uint8]
Lengths: TypeAlias = tuple[int, ...]

CUT = (5, 0, 1, 11, 7)
SIZE = 6
TRIALS = 2000
SHORT = (2, 1)
"""A reservoir of two that has just begun shows best if it counts from the wrong number."""
MOST_ERRORS = 5.5
"""Standard errors that a count may be off: of 300 counts one is by chance once in 80,000 times."""
DIMENSION = 2
MANY = (4,) * 40
ALIVE = 3
"""Chunks that may be in memory at once: the one at hand, and what a loop has not let go yet."""


def is_uniform(function: Any) -> None:
    """`function(chunks, size, rng)` returns a uniform sample of what it sees once."""
    for cut, size in ((CUT, SIZE), ((3, 4), 7), ((2, 0, 3), 9), ((9,), 1)):
        numbers_from(function, cut, size, np.random.default_rng(size))
    lets_chunks_go(function)
    draws_by_the_rng(function)
    for cut, size, trials in ((CUT, SIZE, TRIALS), (SHORT, 2, 500)):
        chosen = chosen_by(function, cut, size, trials)
        rows_are_as_likely(chosen, size)
        pairs_are_as_likely(chosen, size)


def chosen_by(function: Any, cut: Lengths, size: int, trials: int) -> Floats:
    """Which rows were chosen in each trial, array (trials, rows) of 0 and 1."""
    rng = np.random.default_rng(1985)
    chosen = np.zeros((trials, sum(cut)))
    for trial in range(trials):
        chosen[trial, numbers_from(function, cut, size, rng)] = 1
    return chosen


def row(number: int) -> list[int]:
    """The row with this number; no two are the same."""
    return [number, 255 - number]


def stream(cut: Lengths, seen: list[weakref.ref[Bytes]]) -> Iterator[Bytes]:
    """Chunks of so many rows, each made when it is asked for, and all to be had once only."""
    start = 0
    for length in cut:
        yield chunk_of(range(start, start + length), seen)
        start += length


def chunk_of(numbers: range, seen: list[weakref.ref[Bytes]]) -> Bytes:
    """Rows of bytes; `seen` gets a reference that does not keep them."""
    rows = np.array([row(number) for number in numbers], np.uint8).reshape(-1, DIMENSION)
    # A copy owns its numbers: views of it hold this very array.
    chunk = rows.copy()
    seen.append(weakref.ref(chunk))
    return chunk


def numbers_from(
    function: Any, cut: Lengths, size: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """The numbers of the rows that a reader's function has chosen of a stream."""
    answer = ask(function, stream(cut, []), size, rng)
    asked = f"Asked for {size} rows of chunks of {cut} rows it"
    sample = array_of(answer, min(size, sum(cut)), asked)
    kept = f"The rows are bytes (uint8) and must stay so, got {sample.dtype}."
    require(sample.dtype == np.uint8, kept)
    numbers = sample[:, 0].astype(np.intp)
    are_rows = (sample == [row(number) for number in numbers]).all() and numbers.max() < sum(cut)
    require(are_rows, f"{asked} returns rows that are not in the stream.")
    require(len(np.unique(numbers)) == len(numbers), f"{asked} returns a row twice.")
    return numbers


def array_of(answer: Any, expected: int, asked: str) -> NDArray[Any]:
    """So many rows as an array, or what else they are as `NotYet`."""
    wanted = f"{asked} must return an array of shape {(expected, DIMENSION)}"
    try:
        sample = np.asarray(answer)
    except ValueError:
        raise NotYet(f"{wanted}, got rows of different lengths.") from None
    require(sample.size > 0, "It returns no rows: chunks can be gone through once only.")
    given = type(answer).__name__
    if sample.ndim > 0:
        given = f"{given} of {sample.shape}"
    require(sample.shape == (expected, DIMENSION), f"{wanted}, got {given}.")
    return sample


def lets_chunks_go(function: Any) -> None:
    """Of a long stream only a few chunks are in memory at any time."""
    seen: list[weakref.ref[Bytes]] = []
    most = 0

    def watched() -> Iterator[Bytes]:
        nonlocal most
        for chunk in stream(MANY, seen):
            most = max(most, sum(reference() is not None for reference in seen))
            yield chunk

    ask(function, watched(), SIZE, np.random.default_rng(0))
    require(len(seen) == len(MANY), f"It looks at {len(seen)} of {len(MANY)} chunks only.")
    held = f"Of {len(MANY)} chunks up to {most} are in memory at once"
    views = "keep no chunk, and of a row a copy, as a row cut out of a chunk keeps all of it"
    require(most <= ALIVE, f"{held}: {views}.")


def draws_by_the_rng(function: Any) -> None:
    """With an equal generator it chooses the same rows."""
    chosen = []
    for _ in range(2):
        numbers = numbers_from(function, CUT, SIZE, np.random.default_rng(5))
        chosen.append(set(numbers.tolist()))
    other = "With the same rng it chooses other rows: draw by the rng that it is given."
    require(chosen[0] == chosen[1], other)


def rows_are_as_likely(chosen: Floats, size: int) -> None:
    """Each row is in the sample as often as any other, but for chance."""
    same = (chosen == chosen[0]).all()
    require(not same, "Every time it chooses the same rows: draw by the rng that it is given.")
    rows = chosen.shape[1]
    share = size / rows
    found, errors = shares_in(chosen, share)
    worst = int(np.abs(np.diag(errors)).argmax())
    often = f"Row {worst + 1} of {rows} is in {found[worst, worst]:.1%} of the samples"
    fair = abs(errors[worst, worst]) < MOST_ERRORS
    require(fair, f"{often}, but its share is {share:.1%}.")


def pairs_are_as_likely(chosen: Floats, size: int) -> None:
    """Each pair is in the sample as often as any other, but for chance."""
    rows = chosen.shape[1]
    share = size * (size - 1) / (rows * (rows - 1))
    found, errors = shares_in(chosen, share)
    np.fill_diagonal(errors, 0)
    one, other = np.unravel_index(np.abs(errors).argmax(), errors.shape)
    together = f"Rows {one + 1} and {other + 1} of {rows} are together in {found[one, other]:.1%}"
    seldom = f"of the samples, but in a fair draw it is {share:.1%}"
    fair = abs(errors[one, other]) < MOST_ERRORS
    require(fair, f"{together} {seldom}: one row must not decide about another.")


def shares_in(chosen: Floats, expected: float) -> tuple[Floats, Floats]:
    """How often two rows are both chosen, as a share, and by how many standard errors that is off.

    On the diagonal stands how often each is chosen at all.
    """
    trials = len(chosen)
    found = chosen.T @ chosen / trials
    errors = (found - expected) / np.sqrt(expected * (1 - expected) / trials)
    return found, errors
