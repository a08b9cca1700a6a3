"""What a notebook prints where no figure is needed: a table, or sentences."""

import numbers
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
    lists = {heading: list(values) for heading, values in columns.items()}
    lengths = [len(values) for values in lists.values()]
    if len(set(lengths)) > 1:
        raise ValueError(f"columns must have one length, got {', '.join(map(str, lengths))}")
    digits = [decimals] * len(lists) if isinstance(decimals, int) else list(decimals)
    if len(digits) != len(lists):
        raise ValueError(
            f"decimals must be one number or {len(lists)} for the columns, got {decimals!r}"
        )
    printed = []
    for (heading, values), places in zip(lists.items(), digits, strict=True):
        printed.append(_column(heading, values, places))
    for line in zip(*printed, strict=True):
        print("   ".join(line).rstrip())


def _column(heading: str, values: Sequence[object], decimals: int) -> list[str]:
    """The lines of a column, heading first, all of one width."""
    are_words = any(isinstance(value, str) for value in values)
    lines = [heading, *(_cell(value, decimals) for value in values)]
    width = max(map(len, lines))
    return [line.ljust(width) if are_words else line.rjust(width) for line in lines]


def _cell(value: Any, decimals: int) -> str:  # noqa: ANN401 -- a number of any kind, or a word
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, numbers.Integral):
        return f"{int(value):,}"
    return f"{float(value):,.{decimals}f}"


def say(*sentences: str) -> None:
    """Print sentences as one paragraph, in lines as those below a figure."""
    print(textwrap.fill(" ".join(sentences), PRINTED_WIDTH))
