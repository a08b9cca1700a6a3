"""Each kind of answer takes what is right and says one sentence of anything else."""

import numpy as np
import pytest

from tools.exercises import number_labels
from vqlib.exercises.digests import digest
from vqlib.exercises.kinds import (
    Choice,
    Guess,
    NotYet,
    Number,
    Property,
    Sentences,
    ask,
    is_unfilled,
    require,
)

SALT = "99.1 the error"


def labels(part, right, **mistakes):
    """What a table holds for an answer; the mistakes by their hints."""
    table = number_labels("99.1", part, right, "")
    for hint, wrong in mistakes.items():
        for known, new in zip(table, number_labels("99.1", part, wrong, hint), strict=True):
            for word in new:
                known.setdefault(word, []).append(hint)
    return table


def refused(part, answer, table=()):
    """What is said of an answer that is not right."""
    try:
        verdict = part.judge(SALT, answer, list(table))
    except NotYet as lack:
        return str(lack)
    assert not verdict.right
    return verdict.words


ERROR = Number("the error", 0.005)


@pytest.mark.parametrize(
    "answer", [3.125, 3.1299, "3.12", np.float32(3.125), [3.125], np.ones(1) * 3.125]
)
def test_a_number_is_right_in_any_form_within_its_tolerance(answer):
    assert ERROR.judge(SALT, answer, labels(ERROR, 3.125)).right


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (3.14, "It has to be right within 0.005."),
        (6.25, "whole step"),
        ("many", "It must be one number, got str."),
        ([1, 2], "It must be one number, got an array of shape (2,)."),
        (float("nan"), "It must be one number, and finite."),
        (print, "It must be one number, got builtin_function_or_method."),
        (3 + 1j, "It must be one number, got complex."),
    ],
)
def test_a_number_that_is_not_right(answer, words):
    table = labels(ERROR, 3.125, **{"whole step": 6.25})
    assert refused(ERROR, answer, table) == words


SHARES = Number("the error", 0.01, count=3, words="They sum to 1.")


def test_several_numbers_are_right_together():
    table = labels(SHARES, [0.2, 0.3, 0.5], sorted=[0.5, 0.3, 0.2])
    assert SHARES.judge(SALT, (0.2, 0.305, 0.5), table).right
    assert refused(SHARES, [0.5, 0.3, 0.2], table) == "sorted"
    assert refused(SHARES, [0.2, 0.3, 0.2], table) == "Number 3 of the 3 is not it. They sum to 1."
    assert refused(SHARES, [0.2, 0.3], table) == "It must be 3 numbers, got an array of shape (2,)."


def test_a_choice_is_one_of_its_options():
    part = Choice("the error", ("Granular", "overload", 2.0))
    table = [{digest(SALT, "overload"): [""], digest(SALT, "granular"): ["Look outside."]}]
    assert part.judge(SALT, " Overload ", table).right
    assert refused(part, "granular", table) == "Look outside."
    assert refused(part, 2, table).startswith(
        "It must be one of 'Granular', 'overload', 2.0, got 2"
    )
    assert refused(part, 2.0, table) == "Think again."


def test_a_guess_has_to_be_possible():
    part = Guess("your guess", 0, 1)
    assert part.judge(SALT, 0.99, []).right
    assert refused(part, 70) == "It is at most 1."
    assert refused(Guess("your guess", 1), 0) == "It is at least 1."
    assert refused(part, "half") == "It must be one number, got str."


def test_a_trial_says_what_is_missing_and_may_remark():
    def trial(answer):
        require(answer > 3, "It is too small.")
        return f"It is {answer}."

    part = Property("your number", trial)
    assert part.judge(SALT, 4, []).words == "It is 4."
    assert refused(part, 2) == "It is too small."


def test_a_function_that_fails_is_told_in_one_sentence():
    for function, words in (
        (3, "It must be a function, got int."),
        (lambda: 1, "It raises TypeError: "),
        (lambda x: 1 / 0, "It raises ZeroDivisionError: division by zero"),
        (lambda x: None, "It returns nothing yet."),
        (lambda x: ..., "It returns nothing yet."),
    ):
        with pytest.raises(NotYet) as caught:
            ask(function, 1)
        assert str(caught.value).startswith(words)
    assert ask(abs, -1) == 1


THREE = Sentences("your sentences", ("Do you say why?",), terms={"nearest|closest": "Which one?"})


def test_sentences_are_counted_and_their_terms_looked_for():
    good = "The nearest level is chosen. Its error is 3.5 at most! Is that all there is?"
    assert THREE.judge(SALT, good, []).words.endswith("Do you say why?")
    assert refused(THREE, good.replace("nearest", "first")) == "Which one?"
    assert refused(THREE, "The nearest one. Yes. No.") == "Write 3 whole sentences; these are 1."
    short = "The nearest, e.g. of two. (It is closest.) A quarter remains."
    assert THREE.judge(SALT, short, []).right
    assert refused(THREE, 3) == "It must be a text in quotes."


@pytest.mark.parametrize("answer", [..., None, [1, ...], (1, [..., 2])])
def test_unfilled(answer):
    assert is_unfilled(answer)


@pytest.mark.parametrize("answer", [0, "", [], [0, 1], np.zeros(3), ask])
def test_filled(answer):
    assert not is_unfilled(answer)
