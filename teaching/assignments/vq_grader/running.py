"""Finds the test of a name and runs it on the answers."""

import importlib
import re
from collections.abc import Sequence
from typing import Any

from . import judging

LARGEST_NUMBER = 10**12


def sentence_on(name: str, number: object, answers: Sequence[Any], folder: str) -> str:
    """What is not right about the answers, in one sentence; an empty text if all is.

    Parameters
    ----------
    name : str
        Of the set and the test, such as "s03.nearest".
    number : int
        The student's number.
    answers : sequence
    folder : str
        Where the notebook is, and a photograph of the student's own.
    """
    try:
        is_whole = isinstance(number, int) and not isinstance(number, bool)
        in_range = is_whole and 0 < number < LARGEST_NUMBER  # type: ignore[operator]
        judging.require(in_range, "The first cell needs your student number, a whole number.")
        _test_of(name)(Student(int(number), folder), *answers)  # type: ignore[call-overload]
    except judging.NotYetError as error:
        return str(error)
    except Exception as error:  # whatever an answer brings about, it is no reason to stop
        return f"Your answer could not be used ({type(error).__name__})."
    return ""


class Student:
    """Whose answers these are, and where the notebook is."""

    def __init__(self, number: int, folder: str) -> None:
        self.number = number
        self.folder = folder


def _test_of(name: str) -> Any:
    """The function of this name, such as `nearest` in the module `s03`."""
    if not re.fullmatch(r"s[0-9_]+\.[a-z_]+", name):
        raise ValueError(f"there is no test {name!r}")
    module, _, function = name.partition(".")
    return getattr(importlib.import_module(f"vq_grader.{module}"), function)
