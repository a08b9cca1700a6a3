"""What a reader sees of `check` and `foresee`."""

import pytest

from tests.support import assert_refused
from vqlib.exercises import check, foresee
from vqlib.exercises.checking import ALL, table_of
from vqlib.exercises.contest import place
from vqlib.exercises.kinds import Choice, Number


def test_right_not_yet_and_unfilled(capsys):
    check("01.2", 3.125, 3.2552, 6)
    check("01.2", 3.125, 1.8, ...)
    check("01.2", 6.25, ..., ...)
    check("01.2", ..., ..., ...)
    right, root, step, unfilled = capsys.readouterr().out.splitlines()
    assert right == "01.2: right."
    assert root == "01.2: not yet. The mean squared error: That is its root, in °C."
    assert step.startswith("01.2: not yet. The greatest error: That is a whole step.")
    assert unfilled == "01.2: not yet. The greatest error: Fill it in."


def test_no_such_exercise():
    sentence = "name must be an exercise, such as '01.2', got '1.2'"
    assert_refused(sentence, check, "1.2", 3)
    sentence = "what must be asked for in exercise 01.2, got 'the step'"
    assert_refused(sentence, foresee, "01.2", "the step", 3, "No.")


def test_another_number_of_answers():
    wanted = "the greatest error, the mean squared error, the bits"
    sentence = f"check('01.2', …) takes {wanted}; got 1 answers"
    assert_refused(sentence, check, "01.2", 3)


def test_a_hint_that_check_does_not_give_is_refused():
    with pytest.raises(ValueError, match="but check says 'That is its root"):
        foresee("01.2", "the mean squared error", 1.8, "Another hint.")
    with pytest.raises(ValueError, match="but check says 'right'"):
        foresee("01.2", "the greatest error", 3.125, "A hint.")


@pytest.mark.parametrize("name", ALL)
def test_an_exercise_that_is_not_filled_in_is_not_yet_right(name, capsys):
    check(name, *[...] * len(ALL[name]))
    assert capsys.readouterr().out.startswith(f"{name}: not yet. ")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("answer", ["x", -1e9, float("nan"), [], object(), lambda *_: 1 / 0])
def test_a_strange_answer_is_not_yet_right_either(name, answer, capsys):
    check(name, *[answer] * len(ALL[name]))
    said = capsys.readouterr().out
    assert said.startswith(f"{name}: not yet. ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("name", ALL)
def test_each_number_and_word_has_its_table(name):
    for part in ALL[name]:
        if isinstance(part, Number | Choice):
            labels = table_of(name.partition(".")[0])[name][part.what]
            assert len(labels) == max(getattr(part, "count", 0), 1)
            for known in labels:
                assert any("" in hints for hints in known.values())


OTHERS = {"JPEG": 17_000, "tiles": 21_000.0, "greys": 60_000}


@pytest.mark.parametrize(
    ("yours", "sentence"),
    [
        (9000, "You have 9,000 bytes: place 1 of 4, before JPEG (17,000 bytes)."),
        (17_000, "You have 17,000 bytes: place 1 of 4, before JPEG (17,000 bytes)."),
        (
            30_000,
            "You have 30,000 bytes: place 3 of 4, after tiles (21,000 bytes),"
            " before greys (60,000 bytes).",
        ),
        (70_000, "You have 70,000 bytes: place 4 of 4, after greys (60,000 bytes)."),
    ],
)
def test_a_place_in_a_contest(yours, sentence):
    assert place(yours, OTHERS, "{:,.0f} bytes") == sentence


def test_in_some_contests_the_largest_wins():
    sentence = "You have 9.5 dB: place 2 of 3, after b (12.0 dB), before a (4.4 dB)."
    assert place(9.5, {"a": 4.4, "b": 12.0}, "{:.1f} dB", largest_wins=True) == sentence
