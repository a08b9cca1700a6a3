"""Tries out a reader's way to write rows of eight levels with an even sum in 15 bits."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats
from .kinds import require
from .one_bit_contest import ask_named
from .pictures import as_numbers

LEVELS = np.array([-1.5, -0.5, 0.5, 1.5])
NUMBERS = 2**15
"""Half of the 4^8 rows of levels have an even sum."""
TRIED = 2000
"""Not all of them, as a reader may look each one up in a list."""


@cache
def even_rows() -> Floats:
    """Different rows with an even sum in no order, array (2000, 8)."""
    rows: Floats = LEVELS[np.indices((4,) * 8).reshape(8, -1).T]
    even = rows[rows.sum(axis=1) % 2 == 0]
    some: Floats = np.random.default_rng(8).permutation(even)[:TRIED]
    return some


def packs_even_rows(answer: Any) -> None:
    """`pack` makes a number below 32768 of each row, and `unpack` makes the row of it again."""
    both = "It must be two functions in brackets: pack, unpack."
    require(isinstance(answer, list | tuple) and len(answer) == 2, both)
    pack, unpack = answer
    rows = even_rows()
    numbers = packed_by(pack, rows)
    order = np.random.default_rng(9).permutation(TRIED)
    back = as_numbers(ask_named("unpack", unpack, numbers[order]), "What unpack returns")
    of_shape = f"Of {TRIED} numbers unpack must return an array ({TRIED}, 8)"
    require(back.shape == rows.shape, f"{of_shape}, got shape {back.shape}.")
    wrong = np.flatnonzero((np.abs(back - rows[order]) > 1e-9).any(axis=1))
    if wrong.size:
        given = written(rows[order[wrong[0]]])
        require(False, f"The row {given} comes back as {written(back[wrong[0]])}.")


def packed_by(pack: Any, rows: Floats) -> NDArray[Any]:
    """What a reader's `pack` makes of rows, array (n,) of its own type."""
    result = ask_named("pack", pack, rows.copy())
    numbers = as_numbers(result, "What pack returns")
    wanted = f"Of {len(rows)} rows pack must return as many numbers"
    require(numbers.shape == (len(rows),), f"{wanted}, got shape {numbers.shape}.")
    whole = (numbers == np.floor(numbers)).all() and numbers.min() >= 0
    require(whole, "What pack returns must be whole numbers from 0 on.")
    largest = f"pack goes up to {numbers.max():.0f}: 15 bits end at {NUMBERS - 1}"
    require(numbers.max() < NUMBERS, f"{largest}. What need not be written?")
    different = np.unique(numbers).size
    alike = f"pack makes {different} different numbers of {len(rows)} different rows"
    require(different == len(rows), f"{alike}.")
    return np.array(result)


def written(row: Floats) -> str:
    """A row as text."""
    return ", ".join(f"{number:g}" for number in row)
