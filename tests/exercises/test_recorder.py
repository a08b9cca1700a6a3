"""The tables are made of solutions, and what could not be told apart is refused."""

import json

import pytest

from tools.exercises import AnswerError, Recorder, complete

STEP = "That is a whole step."


def recorder(*mistakes):
    """One that has taken down exercise 01.2 and these mistakes."""
    found = Recorder()
    found.check("01.2", 3.125, 3.2552, 6)
    for what, wrong, hint in mistakes:
        found.foresee("01.2", what, wrong, hint)
    return found


def test_answers_and_mistakes_are_taken_down():
    table = json.loads(recorder(("the greatest error", 6.25, STEP)).as_json())
    (labels,) = table["01.2"]["the greatest error"]
    assert set(map(tuple, labels.values())) == {("",), (STEP,)}
    assert "3.125" not in json.dumps(table)
    assert complete("01.2", table)
    assert not complete("01.1", table)


def test_a_mistake_that_cannot_be_told_from_the_answer_is_refused():
    with pytest.raises(AnswerError, match="cannot be told from"):
        recorder(("the greatest error", 3.12, STEP))


def test_two_mistakes_that_cannot_be_told_apart_are_refused():
    with pytest.raises(AnswerError, match="cannot be told from"):
        recorder(("the greatest error", 6.25, STEP), ("the greatest error", 6.25, "No."))


def test_two_mistakes_of_one_hint_may_lie_beside_each_other():
    table = recorder(("the greatest error", 6.25, STEP), ("the greatest error", 6.251, STEP)).table
    (labels,) = table["01.2"]["the greatest error"]
    assert [hints for hints in labels.values() if len(hints) > 1] == []


def test_a_hint_that_holds_the_answer_is_refused():
    taken = recorder(("the greatest error", 6.25, "Half of it, 3.125, is right."))
    with pytest.raises(AnswerError, match="holds the answer"):
        taken.as_json()


def test_a_solution_that_its_trial_does_not_take_is_refused():
    with pytest.raises(AnswerError, match=r"01\.3, your function: It must be a function"):
        Recorder().check("01.3", 3)


def test_a_wrong_number_of_answers_is_refused():
    with pytest.raises(AnswerError, match=r"01\.2 asks for 3 things, got 1"):
        Recorder().check("01.2", 3)
