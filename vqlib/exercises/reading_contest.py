"""The contest of 12: the best codebook of many rows of which few may be read."""

from functools import cache, partial
from types import FunctionType, MethodType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .. import image
from ..checks import describe
from ..codebook import Codebook
from .code_reading import functions_of_one_module, is_data, uses_of, values_read_by
from .codebooks import codebook_of
from .contest import place
from .kinds import ask, require

Bytes: TypeAlias = NDArray[np.uint8]

CHUNKS = 64
ROWS = 1024
"""Of each chunk: a view of 128 x 128 pixels in blocks of 4 x 4."""
FIRST = 5000
"""The number of the first view; the lesson shows others."""
BUDGET = 1024
SIZE = 64

OTHERS = {
    "1,024 rows of one chunk, on average": 464,
    "256 rows of each of four chunks": 265,
    "16 rows of each chunk": 242,
    "128 rows of each chunk, which is too many": 214,
    "all rows, which is too many": 205,
}
"""Mean squared errors, each the mean of twenty samples; the tests make them anew."""
LEAST = "16 rows of each chunk"
LEAD = 0.95
"""The best of twenty such samples is 2 % better than their mean."""
PICTURES = {"sample", "views", "read_image"}
BROUGHT = (np.ndarray, Codebook, list, tuple, dict, set, bytes, str, partial, MethodType)


def stands_by_what_it_reads(function: Any) -> str:
    """`function(read)` returns a codebook that does well on everything, having read little."""
    knows_nothing_else(function)
    reader = Reader()

    def read(chunk: Any, rows: Any) -> Bytes:  # a bound method would bring the reader along
        return reader.read(chunk, rows)

    answer = ask(function, read)
    codebook = codebook_of(answer)
    size = f"It has {codebook.size} code vectors; {SIZE} are allowed."
    require(codebook.size <= SIZE, size)
    dimension = f"Its code vectors must have 16 components, got {codebook.dimension}."
    require(codebook.dimension == 16, dimension)
    few = f"It has read {reader.spent} rows, too few for {SIZE} code vectors."
    require(reader.spent >= SIZE, few)
    distortion = codebook.distortion(pages().reshape(-1, 16))
    sentence = f"{reader.spent} rows read. {place(distortion, OTHERS, 'an MSE of {:.0f}')}"
    most = LEAD * OTHERS[LEAST]
    hint = f"It has to be {most:.0f} or less. What do you know of a block that you need not read?"
    require(distortion <= most, f"{sentence} {hint}")
    return sentence


def knows_nothing_else(function: Any) -> None:
    """Refuse what brings rows along, or takes photographs from elsewhere."""
    require(callable(function), f"It must be a function, got {type(function).__name__}.")
    require(isinstance(function, FunctionType), "It must be a function, made by def.")
    for written in functions_of_one_module(function):
        used = uses_of(written, "vqlib.image", PICTURES)
        require(not used, f"It uses {', '.join(sorted(used))}: rows come from read alone.")
        for name, value in values_read_by(written).items():
            outside = f"It reads `{name}`, made outside"
            inside = "make it inside the function, and take rows from read alone"
            require(not is_brought(value, written.__module__), f"{outside}: {inside}.")


def is_brought(value: object, module: str) -> bool:
    """Whether a value may hold rows: data, or an object of a class of the same module."""
    of_own_class = type(value).__module__ == module
    return is_data(value) and (isinstance(value, BROUGHT) or of_own_class)


class Reader:
    """Gives rows of chunks, and counts them."""

    def __init__(self) -> None:
        self.spent = 0

    def read(self, chunk: Any, rows: Any) -> Bytes:
        """Some rows of a chunk, array (n, 16).

        Parameters
        ----------
        chunk : int, 0 to 63
        rows : whole numbers, 0 to 1023
            Which rows of it.

        Raises
        ------
        ValueError
            If there are none such, or more are read than may be.
        """
        numbers = np.atleast_1d(np.asarray(rows))
        if not is_within(np.asarray(chunk), CHUNKS) or np.ndim(chunk):
            raise ValueError(f"chunk must be a whole number from 0 to {CHUNKS - 1}, got {chunk!r}")
        if numbers.ndim != 1 or not is_within(numbers, ROWS):
            allowed = f"rows must be whole numbers from 0 to {ROWS - 1}"
            given = describe(numbers) if isinstance(rows, np.ndarray | list) else repr(rows)
            raise ValueError(f"{allowed}, got {given}")
        if self.spent + len(numbers) > BUDGET:
            already = f"{self.spent} rows have been read, and {len(numbers)} more are asked for"
            raise ValueError(f"{already}; {BUDGET} are allowed")
        self.spent += len(numbers)
        return np.array(pages()[int(chunk), numbers])


def is_within(numbers: NDArray[Any], count: int) -> bool:
    """Whether these are whole numbers from 0 to count - 1."""
    whole = numbers.dtype.kind in "iu" and numbers.size > 0
    return bool(whole and numbers.min() >= 0 and numbers.max() < count)


@cache
def pages() -> Bytes:
    """Everything: array (64, 1024, 16)."""
    pictures = image.views(range(FIRST, FIRST + CHUNKS), side=128)
    return np.stack([image.to_byte_vectors(picture, 4) for picture in pictures])
