"""What the tests of exercises share."""

import pytest

from vqlib.exercises.checking import judge, part_of


def words_of(name, what, answer):
    """What `check` says of a wrong answer; the test fails if it is right."""
    verdict = judge(name, part_of(name, what), answer)
    assert not verdict.right, f"{name}, {what}: right"
    return verdict.words


def assert_right(name, what, answer):
    """The answer is right; what `check` says of it, if not, is the test's message."""
    verdict = judge(name, part_of(name, what), answer)
    if not verdict.right:
        pytest.fail(f"{name}, {what}: {verdict.words}")
