"""What a notebook prints where no figure is needed: a table, or sentences."""

import numbers
import textwrap
from collections.abc import Iterable, Mapping, Sequence

from ..checks import check_int
from .arguments import check_mapping, check_real, check_text

PRINTED_WIDTH = 96
"""Characters in a printed line; JupyterLab would break longer ones inside words."""


def table(columns: Mapping[str, Iterable[object]], decimals: int | Sequence[int] = 2) -> None:
    """Print columns below their headings.

    Words begin at the left, numbers end at the right: whole ones are printed as they are, others
    with so many decimals. None leaves a place empty.

    Parameters
    ----------
    columns : mapping
        By heading, with the unit if there is one, the numbers or words of a column. All of one
        length.
    decimals : int or sequence of ints
        For all columns, or one for each of them.

    Raises
    ------
    ValueError
        If the columns differ in length, or there is another number of decimals than of columns.
    """
    lists = {}
    for heading, values in check_mapping(columns, "columns").items():
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise ValueError(f"columns[{heading!r}] must be a list of values, got {values!r}")
        lists[heading] = list(values)
    lengths = [len(values) for values in lists.values()]
    if len(set(lengths)) > 1:
        raise ValueError(f"columns must have one length, got {', '.join(map(str, lengths))}")
    printed = []
    digits = _decimals(decimals, len(lists))
    for (heading, values), places in zip(lists.items(), digits, strict=True):
        printed.append(_column(str(heading), values, places))
    for line in zip(*printed, strict=True):
        print("   ".join(line).rstrip())


def _decimals(decimals: object, columns: int) -> list[int]:
    """The number of decimals of each column."""
    digits = decimals if isinstance(decimals, list | tuple) else [decimals] * columns
    if len(digits) != columns:
        raise ValueError(f"decimals must be one number or {columns} numbers, got {decimals!r}")
    return [check_int(each, "decimals", 0, 20) for each in digits]


def _column(heading: str, values: Sequence[object], decimals: int) -> list[str]:
    """The lines of a column, heading first, all of one width."""
    are_words = any(isinstance(value, str) for value in values)
    lines = [heading, *(_cell(value, decimals) for value in values)]
    width = max(map(len, lines))
    return [line.ljust(width) if are_words else line.rjust(width) for line in lines]


def _cell(value: object, decimals: int) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, numbers.Integral):
        return f"{int(value):,}"
    return f"{check_real(value, 'a value of a column'):,.{decimals}f}"


def say(*sentences: str) -> None:
    """Print sentences as one paragraph, in lines as those below a figure."""
    told = [check_text(sentence, "sentences") for sentence in sentences]
    print(textwrap.fill(" ".join(told), PRINTED_WIDTH))
