"""Tries out a reader's search through lists, and names the first fault that is left in it."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ..arrays import Floats, Indices
from .kinds import NotYet, ask, require
from .pictures import as_numbers

Faults: TypeAlias = tuple[bool, bool, bool, bool]
"""Of a search: the query itself in the tables, what the first list leaves over of it in those of
all lists, one codebook for all parts, roots added up."""

RIGHT: Faults = (False, False, False, False)
NO_OR_YES = (False, True)
OF_WHAT = ((False, False), (True, False), (False, True))
SUSPECTS: list[Faults] = [(*a, b, c) for a in OF_WHAT for b in NO_OR_YES for c in NO_OR_YES]
SAYS = (
    "The codes are of what the list's code vector leaves over. Of what must the tables be, then?",
    "Each list leaves something else over of the query: one set of tables does not do for all.",
    "Every part has a codebook of its own; it looks as if one served all of them.",
    "Distances of parts do not add up, their squares do.",
)


@dataclass(frozen=True)
class Trial:
    """Coded vectors in lists, and what is searched in them."""

    query: Floats
    coarse: Floats
    books: Floats
    lists: tuple[Indices, ...]
    codes: Indices
    count: int
    probed: int

    def arguments(self) -> tuple[Any, ...]:
        """What a reader's function is given: copies, as it may change them."""
        books = [book.copy() for book in self.books]
        lists = [rows.copy() for rows in self.lists]
        query = self.query.copy()
        return query, self.coarse.copy(), books, lists, self.codes.copy(), self.count, self.probed


def searches_in_lists(search: Any) -> None:
    """`search` returns the right rows, the nearest first, for each trial."""
    found = [rows_from(ask(search, *trial.arguments()), trial) for trial in TRIALS]
    if fits(found, RIGHT):
        return
    for faults in SUSPECTS:
        if fits(found, faults):
            raise NotYet(SAYS[faults.index(True)])
    for rows, trial in zip(found, TRIALS, strict=True):
        require_same_rows(rows, trial)


def rows_from(answer: object, trial: Trial) -> list[int]:
    """What a reader's function returned, as row numbers."""
    if isinstance(answer, np.ndarray):
        answer = answer.tolist()
    if isinstance(answer, list | tuple) and len(answer) == 0:
        return []
    numbers = as_numbers(answer, "What it returns")
    total = len(trial.codes)
    rows = f"It must return row numbers from 0 to {total - 1}, one after the other"
    require(numbers.ndim == 1, f"{rows}; got shape {numbers.shape}.")
    are_rows = (numbers == np.floor(numbers)).all() and numbers.min() >= 0
    require(are_rows and numbers.max() < total, f"{rows}; got others.")
    return [int(number) for number in numbers]


def fits(found: list[list[int]], faults: Faults) -> bool:
    """Whether a search with these faults finds the same in all trials."""
    return found == [search_with(trial, faults) for trial in TRIALS]


def require_same_rows(rows: list[int], trial: Trial) -> None:
    """Say in what the rows of one trial differ from the right ones."""
    right = search_with(trial, RIGHT)
    asked = f"With count={trial.count} and probed={trial.probed}"
    many = f"{asked} it must return {len(right)} rows, got {len(rows)}."
    require(len(rows) == len(right), many)
    outside = set(rows) - set(np.concatenate(probed_lists(trial)).tolist())
    require(not outside, f"{asked} it returns rows of lists that are not the nearest ones.")
    require(len(set(rows)) == len(rows), f"{asked} it returns a row twice.")
    require(set(rows) != set(right) or rows == right, "The nearest must come first.")
    require(rows == right, f"{asked} it returns other rows than the nearest.")


def probed_lists(trial: Trial) -> list[Indices]:
    """Row numbers in each of the lists whose code vectors are nearest to the query."""
    return [trial.lists[number] for number in nearest_lists(trial)]


def nearest_lists(trial: Trial) -> list[int]:
    """Numbers of the lists to look into, the nearest first."""
    squares = ((trial.coarse - trial.query) ** 2).sum(axis=1)
    return [int(number) for number in squares.argsort(kind="stable")[: trial.probed]]


def search_with(trial: Trial, faults: Faults) -> list[int]:
    """The rows that a search with these faults finds; without faults they are the right ones."""
    whole_query, first_list, one_book, roots = faults
    scored = []
    numbers = nearest_lists(trial)
    for number in numbers:
        left_over = trial.query - trial.coarse[numbers[0] if first_list else number]
        of_what = trial.query if whole_query else left_over
        parts = np.split(of_what, len(trial.books))
        for row in trial.lists[number]:
            distance = 0.0
            for place, part in enumerate(parts):
                book = trial.books[0 if one_book else place]
                square = float(((part - book[trial.codes[row, place]]) ** 2).sum())
                distance += square**0.5 if roots else square
            scored.append((distance, int(row)))
    return [row for _, row in sorted(scored)[: trial.count]]


def trial_of(seed: int, count: int, probed: int) -> Trial:
    """60 coded vectors of six numbers in five lists, of which one is empty; no code comes twice."""
    rng = np.random.default_rng(seed)
    codes = np.unravel_index(rng.permutation(8**3)[:60], (8, 8, 8))
    belongs = rng.integers(0, 4, 60)
    return Trial(
        query=rng.normal(0, 2, 6),
        coarse=rng.normal(0, 2, (5, 6)),
        books=rng.normal(0, 1, (3, 8, 2)),
        lists=tuple(np.flatnonzero(belongs == number) for number in range(5)),
        codes=np.stack(codes, axis=1),
        count=count,
        probed=probed,
    )


TRIALS = (trial_of(1, 10, 1), trial_of(10, 5, 3), trial_of(4, 100, 5))
