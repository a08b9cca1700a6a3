"""Numbers and code words as text."""

import numpy as np
from numpy.typing import ArrayLike

from ..codebook import Codebook


def numbers(values: ArrayLike, digits: int = 4) -> str:
    """Numbers for a sentence: `-3, -1, 1, 3`, rounded to so many significant digits."""
    return ", ".join(number(value, digits) for value in np.ravel(values))


def number(value: float, digits: int = 4) -> str:
    """A number rounded to so many significant digits; mere rounding error is told as 0."""
    without_noise = np.round(value, 12) + 0.0  # -0.0 + 0.0 is 0.0, which has no sign to print
    return f"{without_noise:.{digits}g}"


def count(amount: float, noun: str) -> str:
    """`1 bit`, `2 bits`, `1.585 bits`."""
    ending = "" if amount == 1 else "s"
    return f"{amount:.4g} {noun}{ending}"


def code_words(codebook: Codebook) -> list[str]:
    """The binary code word of each index, all of one length: 00, 01, 10, 11.

    The only index of a codebook of size 1 needs no bit: its code word is empty.
    """
    length = (codebook.size - 1).bit_length()
    if length == 0:
        return [""]
    return [f"{index:0{length}b}" for index in range(codebook.size)]
