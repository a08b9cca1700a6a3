"""Tries out what a reader wrote to find the nearest row of eight levels with an even sum."""

from functools import cache
from typing import Any

import numpy as np

from .. import sources
from ..arrays import Floats
from .kinds import ask, require
from .pictures import as_numbers

LEVELS = np.array([-1.5, -0.5, 0.5, 1.5])


@cache
def even_rows() -> Floats:
    """All rows of eight levels whose sum is even, array (32768, 8)."""
    rows: Floats = LEVELS[np.indices((4,) * 8).reshape(8, -1).T]
    even: Floats = rows[rows.sum(axis=1) % 2 == 0]
    return even


@cache
def trial_rows() -> Floats:
    """Rows of eight; those of the second half have more numbers beyond the outer levels."""
    rows: Floats = sources.gaussian(80, 8, seed=85)
    rows[40:] *= 2
    return rows


def finds_nearest_even_rows(function: Any) -> None:
    """`function(rows)` returns the nearest rows of levels with an even sum."""
    rows = trial_rows()
    found = as_numbers(ask(function, rows.copy()), "What it returns")
    of_shape = f"Of rows of shape {rows.shape} it must return as many"
    require(found.shape == rows.shape, f"{of_shape}, got shape {found.shape}.")
    strange = found[~np.isin(found, LEVELS)]
    levels = "It may use the levels -1.5, -0.5, 0.5 and 1.5 only"
    require(not strange.size, f"{levels}, got {strange[0] if strange.size else 0:g}.")
    sums = found.sum(axis=1)
    odd = np.flatnonzero(sums % 2)
    require(not odd.size, f"A row of it has the sum {sums[odd[0]] if odd.size else 0:g}: odd.")
    squares = (rows**2).sum(axis=1)[:, None] - 2 * rows @ even_rows().T
    least = (squares + (even_rows() ** 2).sum(axis=1)).min(axis=1)
    errors = ((rows - found) ** 2).sum(axis=1)
    far = np.flatnonzero(errors > least + 1e-9)
    if far.size:
        beyond = bool((np.abs(rows[far]) > 2).any(axis=1).all())
        require(False, hint_for(errors[far[0]], least[far[0]], beyond))


def hint_for(error: float, least: float, beyond: bool) -> str:
    """What is to be said of a row that is even, but not the nearest.

    `beyond` is whether such rows all have numbers beyond the regions of the outer levels.
    """
    case = f"A row of it leaves the squared error {error:.2f}, where another leaves {least:.2f}"
    if beyond:
        return f"{case}: think of numbers beyond the outer levels, which can move one way only."
    return f"{case}: which move of one number costs least?"
