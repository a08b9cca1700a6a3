"""notebooks/teaching.md: every notebook has its plan, and the plan is of the notebook as it is."""

import re

import nbformat
import pytest

from tests.support import ROOT

FOLDER = ROOT / "notebooks"
TEXT = (FOLDER / "teaching.md").read_text(encoding="utf-8")
LESSON, *PLANS = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)


def text_of(notebook):
    cells = nbformat.read(notebook, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def headings(number):
    (notebook,) = FOLDER.glob(f"{number}_*.ipynb")
    return re.findall(r"^#+ (.+)$", text_of(notebook), flags=re.MULTILINE)


def plan_of(notebook):
    (plan,) = [plan for plan in PLANS if plan.startswith(notebook.name[:2])]
    return plan


def test_there_is_a_plan_for_each_notebook_and_one_lesson():
    assert LESSON.startswith("A ")
    assert [plan[:2] for plan in PLANS] == [notebook.name[:2] for notebook in NOTEBOOKS]


@each_notebook
def test_a_plan_takes_the_minutes_of_its_notebook(notebook):
    plan = plan_of(notebook)
    (minutes,) = re.findall(r"\*\*Time:\*\* (\d+) minutes", text_of(notebook))
    assert f"({minutes} minutes)" in plan.splitlines()[0]
    parts = re.findall(r"^\| (\d+) \|", plan, flags=re.MULTILINE)
    assert sum(int(part) for part in parts) == int(minutes)


@each_notebook
def test_a_plan_has_two_questions_with_answers_and_a_misconception(notebook):
    plan = " ".join(plan_of(notebook).split())
    for number in (1, 2):
        board = rf"\*\*Board {number}\.\*\* [^*]+\? [^*]*\*[^*]+[.*]\*"
        assert len(re.findall(board, plan)) == 1
    assert plan.count("**Misconception: ") == 1


def test_the_lesson_fills_ninety_minutes_without_a_gap():
    minute = 0
    for start, end in re.findall(r"^\| (\d+) to (\d+) \|", LESSON, flags=re.MULTILINE):
        assert int(start) == minute
        minute = int(end)
    assert minute == 90


def test_the_lesson_points_to_headings_that_exist():
    rows = re.findall(r"^\| \d+ to", LESSON, flags=re.MULTILINE)
    pointer = r"\| (\d\d), ((?:\"[^\"]+\"(?:, )?)+)[^|]* \|$"
    pointers = re.findall(pointer, LESSON, flags=re.MULTILINE)
    assert len(pointers) == len(rows)
    for number, quoted in pointers:
        assert set(re.findall(r'"([^"]+)"', quoted)) <= set(headings(number))


@each_notebook
@pytest.mark.parametrize("place", ["README.md", "notebooks/00_start_here.ipynb"])
def test_both_maps_tell_the_minutes_of_each_notebook(notebook, place):
    (minutes,) = re.findall(r"\*\*Time:\*\* (\d+) minutes", text_of(notebook))
    map_of_all = (ROOT / place).read_text(encoding="utf-8")
    name = (
        r"00 Start here" if place.endswith("ipynb") and notebook.stem[:2] == "00" else notebook.name
    )
    assert len(re.findall(rf"\| [^|]*{name}[^|]*\| {minutes} \|", map_of_all)) == 1
