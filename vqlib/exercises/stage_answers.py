"""Codebooks of stages that a reader hands in."""

from typing import Any

from ..structured import Stages
from .codebooks import codebook_of
from .kinds import NotYet, require


def stages_of(answer: Any) -> Stages:
    """A `Stages`, or one made of the codebooks that were handed in, one for each stage."""
    if isinstance(answer, Stages):
        return answer
    try:
        several = [] if isinstance(answer, str | bytes | dict | set) else list(answer)
    except TypeError:
        several = []
    require(several, f"It must be codebooks in brackets, got {name_of(answer)}.")
    codebooks = []
    for place, each in enumerate(several, start=1):
        try:
            codebooks.append(codebook_of(each))
        except NotYet as lack:
            raise NotYet(f"Codebook {place}: {lack}") from lack
    try:
        return Stages(codebooks)
    except ValueError as error:
        raise NotYet(f"They are no stages: {error}.") from None


def name_of(answer: Any) -> str:
    """What kind of thing was handed in."""
    return "none" if isinstance(answer, list | tuple) else type(answer).__name__
