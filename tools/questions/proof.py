"""The keys computed anew: the Python beside an option is run and compared with its text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from vqlib import Codebook, design, image, limits, measure, plot, sources, structured

from . import figure_data
from .bank import Option, Question

NUMBER = re.compile(r"(?<![\w.])-?\d{1,3}(?:,\d{3})+(?![\d,])|(?<![\w.])-?\d+(?:\.\d+)?")
"""A number in a text; 65,536 is one, and the comma of `4, 5` none of it."""
NAMES: dict[str, Any] = {
    "np": np,
    "stats": stats,
    "Codebook": Codebook,
    "data": figure_data,
    "design": design,
    "image": image,
    "limits": limits,
    "measure": measure,
    "plot": plot,
    "sources": sources,
    "structured": structured,
}
"""What the Python of a question may use without importing it."""
APART = 0.02
"""Two numbers that differ by less than this share of the larger are too easily confused."""


def prove(question: Question) -> None:
    """Run the Python of a question.

    Raises
    ------
    ValueError
        If a number in the text of an option is not what its expression gives, if a key does not
        hold or a distractor does, or if two options are equal or their numbers nearly so.
    """
    names = dict(NAMES)
    numbers: dict[str, list[str]] = {}
    try:
        exec(question.given, names)
        for option in question.options:
            value = eval(option.value, names) if option.value else None
            numbers[option.text] = _compare(option.text, value, question.name)
            _check_claim(option, names, question)
    except ValueError:
        raise
    except Exception as error:  # whatever the Python of a question raises
        sentence = f"the Python of {question.name} fails: {type(error).__name__} {error}"
        raise ValueError(sentence) from error
    _check_apart(question, numbers)


def _compare(text: str, value: Any, name: str) -> list[str]:  # noqa: ANN401
    """The numbers of a text that are those computed; none if nothing or a word was computed."""
    if value is None:
        return []
    if isinstance(value, str):
        if value not in text.split():
            raise ValueError(f"{text!r} of {name} must have the computed {value!r} in it")
        return []
    computed = np.atleast_1d(np.asarray(value, dtype=float))
    written = numbers_in(text)
    if len(written) != computed.size:
        raise ValueError(f"{text!r} of {name} must have {computed.size} numbers in it")
    for number, exact in zip(written, computed, strict=True):
        if abs(_as_float(number) - exact) > half_a_digit(number) * (1 + 1e-9):
            raise ValueError(f"{text!r} of {name} must have {exact:.6g} in place of {number}")
    return written


def _check_claim(option: Option, names: dict[str, Any], question: Question) -> None:
    """What the key claims holds, and what a distractor claims does not."""
    if not option.holds:
        return
    holds = bool(eval(option.holds, names))
    if holds != (option is question.key):
        part = "the key" if option is question.key else "the distractor"
        found = "holds" if holds else "does not hold"
        raise ValueError(f"{part} {option.text!r} of {question.name} {found}")


def numbers_in(text: str) -> list[str]:
    """The numbers of a text as they are written."""
    return NUMBER.findall(text)


def _as_float(number: str) -> float:
    return float(number.replace(",", ""))


def half_a_digit(number: str) -> float:
    """Half of what the last digit of a written number stands for."""
    return 0.5 * 10.0 ** -len(number.partition(".")[2])


def _check_apart(question: Question, numbers: dict[str, list[str]]) -> None:
    """No two options have the same text, or computed numbers that rounding could make equal."""
    texts = [" ".join(option.text.casefold().split()) for option in question.options]
    if len(set(texts)) < len(texts):
        raise ValueError(f"two options of {question.name} have the same text")
    for first, second in itertools.combinations(numbers, 2):
        if numbers[first] and _are_alike(numbers[first], numbers[second]):
            raise ValueError(f"{first!r} and {second!r} of {question.name} are too near")


def _are_alike(first: Sequence[str], second: Sequence[str]) -> bool:
    if len(first) != len(second):
        return False
    return all(_is_near(*pair) for pair in zip(first, second, strict=True))


def _is_near(first: str, second: str) -> bool:
    larger = max(abs(_as_float(first)), abs(_as_float(second)))
    distance = abs(_as_float(first) - _as_float(second))
    rounding = half_a_digit(first) + half_a_digit(second)
    return distance < rounding or distance <= APART * larger
