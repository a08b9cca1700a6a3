"""Exercises stand in the lessons without their answers, and in solutions/ with them."""

import re

import nbformat
import pytest

from tests.support import ROOT
from vqlib.exercises.checking import ALL, capital, judge
from vqlib.exercises.kinds import Number

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
LEAST = {"00": 4}
"""Exercises of a notebook; five of any other."""


class Exercise:
    """The text of an exercise, and the code cells below it."""

    def __init__(self, text):
        self.text = text
        self.cells = []

    @property
    def source(self):
        return "\n".join(cell.source for cell in self.cells)

    @property
    def printed(self):
        outputs = [output for cell in self.cells for output in cell.outputs]
        return "".join(output.get("text", "") for output in outputs)


def solutions_of(lesson):
    return ROOT / "solutions" / lesson.name


def exercises_in(path):
    """By its name each exercise of a notebook, in order."""
    found = {}
    here = None
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            if here:
                here.cells.append(cell)
        elif cell.source.startswith("#"):
            title = re.match(r"### (\w\w\.\d+) \S", cell.source)
            here = Exercise(cell.source) if title else None
            if title:
                assert title[1] not in found, f"{title[1]} stands twice"
                found[title[1]] = here
    return found


def test_every_lesson_has_solutions_and_no_other_notebook_has():
    stored = sorted(path.name for path in (ROOT / "solutions").glob("*.ipynb"))
    assert stored == [path.name for path in LESSONS]


@each_lesson
def test_exercises_are_numbered_and_known_to_check(lesson):
    number = lesson.stem.partition("_")[0]
    names = list(exercises_in(lesson))
    assert len(names) >= LEAST.get(number, 5)
    assert names == [f"{number}.{place}" for place in range(1, len(names) + 1)]
    assert names == [name for name in ALL if name.startswith(f"{number}.")]


@each_lesson
def test_lesson_and_solutions_have_the_same_texts(lesson):
    assert texts(exercises_in(lesson)) == texts(exercises_in(solutions_of(lesson)))


def texts(exercises):
    return {name: exercise.text for name, exercise in exercises.items()}


@each_lesson
def test_an_exercise_waits_to_be_filled_in(lesson):
    for name, exercise in exercises_in(lesson).items():
        assert exercise.cells[-1].source.splitlines()[-1].startswith(f'check("{name}", '), name
        assert exercise.source.count("check(") == 1, name
        waiting = f"{name}: not yet. {capital(ALL[name][0].what)}: "
        assert exercise.cells[-1].outputs[-1].text.startswith(waiting), name


@each_lesson
def test_a_solution_is_right_and_mistakes_are_foreseen(lesson):
    for name, exercise in exercises_in(solutions_of(lesson)).items():
        lines = exercise.printed.splitlines()
        assert [line for line in lines if line.startswith(f"{name}: right.")], name
        assert [line for line in lines if line.startswith(f"{name}: not yet. ")], name
        assert re.search(rf'foresee\(\s*"{re.escape(name)}",', exercise.source), name


@each_lesson
def test_no_lesson_holds_the_number_that_it_asks_for(lesson):
    given_away = []
    for name, exercise in exercises_in(lesson).items():
        seen = " ".join([exercise.text, exercise.source, exercise.printed])
        for number in telling_numbers(seen):
            given_away += [f"{name}, {what}: {number}" for what in asked_as(name, number)]
    assert given_away == []


def asked_as(name, number):
    """What an exercise asks for of which this number is right."""
    for part in ALL[name]:
        if isinstance(part, Number) and not part.count and judge(name, part, number).right:
            yield part.what


def telling_numbers(text):
    """Those with a fraction or three digits; a smaller one is in nearly every text by chance."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    found = {float(number) for number in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?!\w|\.\d)", plain)}
    return sorted(number for number in found if number % 1 or abs(number) > 99)


def test_telling_numbers_are_found():
    assert telling_numbers("3 of 12,000 are 0.25, x2 or 3.125 and 4.") == [0.25, 3.125, 12000]
