"""notebooks/teaching.md: every notebook has its plan, and the plan is of the notebook as it is."""

import itertools
import re
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
SECTIONS = re.split(r"^## ", (FOLDER / "teaching.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def text_of(notebook):
    cells = nbformat.read(notebook, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def headings(number):
    (notebook,) = FOLDER.glob(f"{number}_*.ipynb")
    return re.findall(r"^#+ (.+)$", text_of(notebook), flags=re.MULTILINE)


def plan_of(notebook):
    (plan,) = (section for section in SECTIONS if section.startswith(notebook.name[:2]))
    return plan


def test_there_is_a_plan_for_each_notebook_and_one_lesson():
    assert [section[:2] for section in SECTIONS] == ["A ", *(notebook.name[:2] for notebook in NOTEBOOKS)]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_a_plan_takes_the_minutes_of_its_notebook(notebook):
    plan = plan_of(notebook)
    (minutes,) = re.findall(r"\*\*Time:\*\* (\d+) minutes", text_of(notebook))
    assert f"({minutes} minutes)" in plan.splitlines()[0]
    assert sum(map(int, re.findall(r"^\| (\d+) \|", plan, flags=re.MULTILINE))) == int(minutes)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_a_plan_has_two_questions_with_answers_and_a_misconception(notebook):
    plan = " ".join(plan_of(notebook).split())
    assert [len(re.findall(rf"\*\*Board {n}\.\*\* [^*]+\? [^*]*\*[^*]+[.*]\*", plan)) for n in (1, 2)] == [1, 1]
    assert plan.count("**Misconception: ") == 1


def test_the_lesson_fills_ninety_minutes_without_a_gap():
    lesson = SECTIONS[0]
    spans = [tuple(map(int, span)) for span in re.findall(r"^\| (\d+) to (\d+) \|", lesson, flags=re.MULTILINE)]
    assert (spans[0][0], spans[-1][1]) == (0, 90)
    assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))


def test_the_lesson_points_to_headings_that_exist():
    places = re.findall(r"\| (\d\d), ((?:\"[^\"]+\"(?:, )?)+)[^|]* \|$", SECTIONS[0], flags=re.MULTILINE)
    assert len(places) == len(re.findall(r"^\| \d+ to", SECTIONS[0], flags=re.MULTILINE))
    for number, quoted in places:
        assert set(re.findall(r'"([^"]+)"', quoted)) <= set(headings(number))
