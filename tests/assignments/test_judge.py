"""What judges the answers in nbgrader's process, asked as a notebook asks it."""

import importlib.util

import numpy as np
import pytest

import tests.assignments.sources  # noqa: F401 - with it vq_grader can be imported
from vqlib import Codebook

from vq_grader import NotYetError, check  # isort: skip

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("nbgrader") is None,
    reason="nbgrader is not installed: make test-assignments",
)
STUDENT = 17


@pytest.fixture
def judge(monkeypatch, tmp_path):
    """One that waits for the answers of a student."""
    from vq_grader.asking import ADDRESS
    from vq_grader.serving import Judge

    made = Judge(f"00{STUDENT}", str(tmp_path))
    monkeypatch.setenv(ADDRESS, made.address)
    with made:
        yield made


def test_right_answers_are_found_right(judge):
    check("s01_02.rate", STUDENT, np.log2(6))
    check("s01_02.borders", STUDENT, lambda levels: Codebook(levels).thresholds)
    assert judge.sentences == {"s01_02.rate": "", "s01_02.borders": ""}


def test_the_first_answer_counts(judge):
    for answer in (3, np.log2(6)):
        with pytest.raises(NotYetError, match="Six is no power of two"):
            check("s01_02.rate", STUDENT, answer)
    assert judge.sentences["s01_02.rate"].startswith("Six is no power of two")


def test_another_number_is_refused(judge):
    with pytest.raises(NotYetError, match="not the one this was handed in for"):
        check("s01_02.rate", STUDENT + 1, np.log2(6))


def test_a_function_that_fails_is_told(judge):
    with pytest.raises(NotYetError, match=r"stopped with ZeroDivisionError: division by zero\.$"):
        check("s01_02.borders", STUDENT, lambda levels: 1 / 0)


def test_a_function_that_was_interrupted_leaves_the_judge_ready_for_the_next(judge):
    def interrupted(levels):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("s01_02.borders", STUDENT, interrupted)
    check("s01_02.rate", STUDENT, np.log2(6))
    assert judge.sentences["s01_02.borders"]


def test_what_cannot_be_sent_is_told(judge):
    with pytest.raises(NotYetError, match="The answer cannot be read: a set is no number"):
        check("s01_02.rate", STUDENT, {2.585})
