"""What the tests of exercises share."""

import numpy as np
import pytest

from vqlib.exercises.checking import judge, part_of

STRANGE = ["many", None, np.nan, [], [[1, 2], [3]], ["a", "b"], int, {}, 1j, lambda x: x]
"""Answers that nothing asks for."""


def verdict(name, what, answer):
    """What `check` finds of an answer."""
    return judge(name, part_of(name, what), answer)


def is_right(name, what, answer):
    return verdict(name, what, answer).right


def words_of(name, what, answer):
    """What `check` says of a wrong answer; the test fails if it is right."""
    found = verdict(name, what, answer)
    assert not found.right, f"{name}, {what}: right"
    return found.words


def never(*arguments):
    """A reader's function that raises."""
    raise RuntimeError(f"{len(arguments)} arguments")


def assert_right(name, what, answer):
    """The answer is right; what `check` says of it, if not, is the test's message."""
    found = verdict(name, what, answer)
    if not found.right:
        pytest.fail(f"{name}, {what}: {found.words}")


def assert_one_sentence(words):
    """What is said is one sentence, or the error of a reader's function."""
    assert words.endswith((".", "?")) or words.startswith("It raises TypeError")
    assert "\n" not in words
