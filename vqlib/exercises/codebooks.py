"""Codebooks and code vectors that a reader hands in."""

from typing import Any

from ..codebook import Codebook
from .kinds import NotYet
from .pictures import as_numbers


def codebook_of(answer: Any) -> Codebook:
    """A `Codebook`, or one of the code vectors that were handed in."""
    if isinstance(answer, Codebook):
        return answer
    try:
        return Codebook(as_numbers(answer))
    except ValueError as error:
        raise NotYet(f"It is no codebook: {error}.") from None


def vectors_of(answer: Any) -> Any:
    """The code vectors of a `Codebook`, and anything else as it is."""
    return answer.vectors if isinstance(answer, Codebook) else answer
