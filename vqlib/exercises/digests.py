"""Numbers and words that can be recognized, but not read.

A number is compared by the cell of a fine grid that it falls into. Stored are digests of all cells
that touch the tolerance around the right number, so that none is refused for lying on a border.
"""

import hashlib
import math

ROUNDS = 20_000
"""Some ten milliseconds for one digest: nothing for a reader, and a while for a list of guesses."""

CELLS_IN_A_TOLERANCE = 2
"""So what is accepted ends between one and one and a half times the tolerance."""


def digest(salt: str, text: str) -> str:
    """A word of 16 letters for `text`, slow to make and another one for each `salt`."""
    return hashlib.pbkdf2_hmac("sha256", text.encode(), salt.encode(), ROUNDS, dklen=8).hex()


def cell_of(number: float, tolerance: float) -> int:
    """The number of the cell of the grid into which a finite `number` falls."""
    return math.floor(number * CELLS_IN_A_TOLERANCE / tolerance)


def cells_around(number: float, tolerance: float) -> range:
    """The cells that hold a number within `tolerance` of `number`."""
    # A little more, as the ends are not computed exactly.
    reach = tolerance * (1 + 1e-9) + 1e-12 * abs(number)
    return range(cell_of(number - reach, tolerance), cell_of(number + reach, tolerance) + 1)
