"""Kinds of answers, each of which can `judge` one.

An exercise is a tuple of these, one for each thing that is asked.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from ..checks import LARGEST
from .digests import cell_of, digest

Labels: TypeAlias = list[dict[str, list[str]]]
"""For each number of an answer, by the digest of its cell: the hints that belong to it.

The empty hint means that it is right. More than one hint may belong to one number of several.
"""


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and what to say of it."""

    right: bool
    words: str = ""


class NotYet(Exception):  # noqa: N818 - it is no error, and a reader sees its words only
    """What an answer lacks, as a sentence."""


def require(condition: object, sentence: str) -> None:
    """Go on if the condition holds; if not, the sentence says what the answer lacks."""
    if not condition:
        raise NotYet(sentence)


def ask(function: object, *arguments: object) -> Any:
    """What a reader's function returns.

    Raises
    ------
    NotYet
        If it is no function, raises an error, or returns nothing.
    """
    if not callable(function):
        raise NotYet(f"It must be a function, got {type(function).__name__}.")
    try:
        result = function(*arguments)
    except Exception as error:
        raise NotYet(f"It raises {type(error).__name__}: {error}") from error
    require(not is_unfilled(result), "It returns nothing yet.")
    return result


def is_unfilled(answer: object) -> bool:
    """Whether an answer is still the `...` of the exercise, or holds one."""
    if isinstance(answer, list | tuple):
        return any(is_unfilled(part) for part in answer)
    return answer is ... or answer is None


@dataclass(frozen=True)
class Number:
    """One number, or so many, each right if it is within `tolerance` of ours.

    Where something is sampled the tolerance comes from its standard error, so that every right way
    passes with every seed. Words is what a wrong number without a foreseen hint is told.
    """

    what: str
    tolerance: float
    count: int = 0
    words: str = ""

    def numbers(self, answer: object) -> list[float]:
        """The numbers of an answer, or what is wrong with their type or count as `NotYet`."""
        wanted = f"{self.count} numbers" if self.count else "one number"
        try:
            array = np.asarray(answer, dtype=float)
        except Exception:  # whatever it may be, it is no number
            raise NotYet(f"It must be {wanted}, got {type(answer).__name__}.") from None
        if array.size != max(self.count, 1):
            raise NotYet(f"It must be {wanted}, got an array of shape {array.shape}.")
        require((np.abs(array) < LARGEST).all(), f"It must be {wanted}, and finite.")
        return [float(number) for number in array.ravel()]

    def text_of(self, number: float) -> str:
        """What is digested in place of the number."""
        return str(cell_of(number, self.tolerance))

    def judge(self, salt: str, answer: object, labels: Labels) -> Verdict:
        """Right, a foreseen mistake, or neither."""
        numbers = self.numbers(answer)
        fitting = []
        for number, known in zip(numbers, labels, strict=True):
            fitting.append(known.get(digest(salt, self.text_of(number)), []))
        common = [label for label in fitting[0] if all(label in others for others in fitting)]
        if common:
            return Verdict("" in common, "" if "" in common else common[0])
        wrong = [place for place, found in enumerate(fitting, start=1) if "" not in found]
        which = f"Number {wrong[0]} of the {self.count} is not it. " if self.count else ""
        return Verdict(False, f"{which}{self.words or self.within()}".strip())

    def within(self) -> str:
        """How near is near enough, for who is told that a number is wrong."""
        return f"It has to be right within {self.tolerance:g}."


@dataclass(frozen=True)
class Choice:
    """One of a few words or numbers, such as "yes" or "no"."""

    what: str
    options: tuple[object, ...]

    def text_of(self, answer: object) -> str:
        """An option as it is compared: without regard to capitals and blanks at the ends."""
        text = str(answer).strip().lower()
        allowed = [str(option).lower() for option in self.options]
        names = ", ".join(repr(option) for option in self.options)
        require(text in allowed, f"It must be one of {names}, got {answer!r}.")
        return text

    def judge(self, salt: str, answer: object, labels: Labels) -> Verdict:
        """Right, or what is foreseen for the option chosen."""
        (known,) = labels
        found = known.get(digest(salt, self.text_of(answer)), [])
        if "" in found:
            return Verdict(True)
        return Verdict(False, found[0] if found else "Think again.")


@dataclass(frozen=True)
class Guess:
    """A number from before the measurement; each one that is possible will do."""

    what: str
    low: float = -math.inf
    high: float = math.inf

    def judge(self, salt: str, answer: object, labels: Labels) -> Verdict:
        """Right if it lies where such a number can lie at all."""
        del salt, labels
        (number,) = Number(self.what, 1.0).numbers(answer)
        require(number >= self.low, f"It is at least {self.low:g}.")
        require(number <= self.high, f"It is at most {self.high:g}.")
        return Verdict(True)


@dataclass(frozen=True)
class Property:
    """Something that is tried out: a function, a codebook, a picture.

    `trial` goes through if the answer is right, and may return a remark; else it raises `NotYet`
    with what is missing.
    """

    what: str
    trial: Callable[[Any], str | None]

    def judge(self, salt: str, answer: object, labels: Labels) -> Verdict:
        """Right if the trial goes through."""
        del salt, labels
        return Verdict(True, self.trial(answer) or "")


ABBREVIATION = re.compile(r"\b(e\.g|i\.e|approx|ca|cf|vs|resp)\.", re.IGNORECASE)
"""Its point ends no sentence."""

SENTENCE_END = re.compile(r"[.!?][)\"']*(?:\s|$)")


@dataclass(frozen=True)
class Sentences:
    """An explanation in so many sentences.

    Its words are looked at, not its truth: `terms` has by a pattern (in small letters) what to say
    if no sentence matches it. The `questions` are for the reader's own judgement.
    """

    what: str
    questions: tuple[str, ...]
    count: int = 3
    terms: Mapping[str, str] = field(default_factory=dict)

    def judge(self, salt: str, answer: object, labels: Labels) -> Verdict:
        """Right if the sentences are there and no term is missing."""
        del salt, labels
        require(isinstance(answer, str), "It must be a text in quotes.")
        text = " ".join(str(answer).split())
        without = ABBREVIATION.sub(r"\1", text)
        found = [part for part in SENTENCE_END.split(without) if len(part.split()) > 2]
        many = f"Write {self.count} whole sentences; these are {len(found)}."
        require(len(found) == self.count, many)
        for pattern, hint in self.terms.items():
            require(re.search(pattern, text.lower()), hint)
        asked = " ".join(self.questions)
        return Verdict(True, f"Whether it is true, only you can tell. {asked}")


Part: TypeAlias = Number | Choice | Guess | Property | Sentences
Exercises: TypeAlias = dict[str, tuple[Part, ...]]
