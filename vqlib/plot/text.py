"""Numbers and code words as text."""

from collections.abc import Mapping

from numpy.typing import ArrayLike

from ..checks import as_array
from ..codebook import Codebook, check_codebook
from .arguments import check_mapping, check_real


def numbers(values: ArrayLike, digits: int = 4) -> str:
    """Numbers for a sentence: `-3, -1, 1, 3`, rounded to so many significant digits."""
    return ", ".join(number(value, digits) for value in as_array(values, "values").ravel())


def number(value: float, digits: int = 4) -> str:
    """A number rounded to so many significant digits; mere rounding error is told as 0."""
    # -0.0 + 0.0 is 0.0, which has no sign to print.
    without_noise = round(check_real(value, "value"), 12) + 0.0
    return f"{without_noise:.{digits}g}"


def count(amount: float, noun: str) -> str:
    """`1 bit`, `2 bits`, `1.585 bits`."""
    amount = check_real(amount, "amount")
    ending = "" if amount == 1 else "s"
    return f"{amount:.4g} {noun}{ending}"


def rounded(value: float, digits: int = 2) -> str:
    """A number with so many significant digits, the large ones without exponent: `1,200`."""
    shortened = float(f"{check_real(value, 'value'):.{digits}g}")
    return f"{shortened:,.15g}"


def kilobytes(size: int) -> str:
    """Bytes as thousands of bytes with two significant digits: `66 kB`."""
    return f"{rounded(check_real(size, 'size') / 1000)} kB"


def listed(values: Mapping[str, float], unit: str = "", decimals: int = 1) -> str:
    """Numbers by name for a sentence: `trained 31.2 dB, random 28.0 dB`."""
    ending = f" {unit}" if unit else ""
    told = []
    for name, value in check_mapping(values, "values").items():
        told.append(f"{name} {check_real(value, f'values[{name!r}]'):.{decimals}f}{ending}")
    return ", ".join(told)


def code_words(codebook: Codebook) -> list[str]:
    """The binary code word of each index, all of one length: 00, 01, 10, 11.

    The only index of a codebook of size 1 needs no bit: its code word is empty.
    """
    check_codebook(codebook)
    length = (codebook.size - 1).bit_length()
    if length == 0:
        return [""]
    return [f"{index:0{length}b}" for index in range(codebook.size)]
