"""teaching/: every notebook has its plan, and all pointers lead to what is there."""

import re

import nbformat
import pytest

from tests.support import ROOT
from vqlib.exercises.checking import ALL

FOLDER = ROOT / "notebooks"
TEACHING = ROOT / "teaching"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)


def parts_of(name):
    """The parts of a text below its title, each from its heading on."""
    text = (TEACHING / name).read_text(encoding="utf-8")
    return re.split(r"^## ", text, flags=re.MULTILINE)[1:]


LESSON, WEEKS, HALF_TERM, *PLANS = parts_of("plans.md")


def text_of(notebook):
    cells = nbformat.read(notebook, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def headings(number):
    (notebook,) = FOLDER.glob(f"{number}_*.ipynb")
    return re.findall(r"^#+ (.+)$", text_of(notebook), flags=re.MULTILINE)


def plan_of(notebook):
    (plan,) = [plan for plan in PLANS if plan.startswith(notebook.name[:2])]
    return plan


def test_there_are_plans_for_courses_and_for_each_notebook():
    assert LESSON.startswith("A lesson of 90 minutes")
    assert WEEKS.startswith("Two weeks")
    assert HALF_TERM.startswith("Half a term")
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


def pointers_in(text):
    """Number of a notebook and name of a heading, for all that a text points to."""
    for number, quoted in re.findall(r'\b([01A]\d), ((?:"[^"]+"(?:, )?)+)', text):
        for heading in re.findall(r'"([^"]+)"', quoted):
            yield number, heading


@pytest.mark.parametrize("part", [LESSON, WEEKS], ids=["lesson", "two weeks"])
def test_each_row_of_a_course_points_to_headings(part):
    rows = re.findall(r"^\| \d.*\|$", part, flags=re.MULTILINE)
    assert rows
    assert all(list(pointers_in(row.rsplit("|", 2)[1])) for row in rows)


@pytest.mark.parametrize("name", ["README.md", "plans.md"])
def test_pointers_lead_to_headings_that_exist(name):
    text = (TEACHING / name).read_text(encoding="utf-8")
    found = set(pointers_in(text))
    assert found
    missing = [(number, heading) for number, heading in found if heading not in headings(number)]
    assert missing == []


def test_a_lesson_of_the_two_weeks_fits_into_ninety_minutes():
    minutes = {}
    for lesson, length in re.findall(r"^\| (\d) \| (\d+) \|", WEEKS, flags=re.MULTILINE):
        minutes[lesson] = minutes.get(lesson, 0) + int(length)
    assert sorted(minutes) == ["1", "2", "3", "4"]
    assert all(75 <= length <= 90 for length in minutes.values()), minutes


def test_homework_exists():
    named = re.findall(r"\b([01A]\d\.\d)\b", "".join([LESSON, WEEKS, HALF_TERM]))
    assert named
    assert set(named) <= set(ALL)


def test_points_of_a_project_sum_to_forty():
    *projects, marks = parts_of("projects.md")
    assert marks.startswith("Marks")
    for project in projects:
        points = re.findall(r"^\| (\d+) \|", project, flags=re.MULTILINE)
        assert sum(map(int, points)) == 40


# --- minutes -------------------------------------------------------------------------------------


def counted_minutes(notebook):
    """How long reading takes, by the rates that teaching/README.md states; exercises apart."""
    seconds = 0.0
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.source.startswith(("## Exercises", "## Letters")):
            break
        seconds += seconds_of_text(cell) if cell.cell_type == "markdown" else seconds_of_code(cell)
    return round(seconds / 60)


def seconds_of_text(cell):
    formulas = cell.source.count("$$") // 2
    guesses = len(re.findall(r"\*\*[^*]+\?\*\*", cell.source))
    words = re.sub(r"\$\$.*?\$\$|\]\([^)]*\)", " ", cell.source, flags=re.DOTALL).split()
    return len(words) / 150 * 60 + 42 * formulas + 24 * guesses


def seconds_of_code(cell):
    seconds = 4.0 * len([line for line in cell.source.splitlines() if line.strip()])
    for output in cell.outputs:
        shown = output.get("data", {})
        if "image/png" in shown or "image/jpeg" in shown:
            is_panel = shown["text/plain"].startswith("Run this cell to ")
            seconds += 240 if is_panel else 36
    return seconds


@each_notebook
def test_the_minutes_counted_are_told_and_the_lesson_is_not_much_shorter(notebook):
    (minutes,) = re.findall(r"\*\*Time:\*\* (\d+) minutes", text_of(notebook))
    (exercises,) = re.findall(r"exercises (\d+) more", text_of(notebook))
    counted = counted_minutes(notebook)
    row = f"| {notebook.stem} | {minutes} | {counted} | {exercises} |"
    assert row in (TEACHING / "README.md").read_text(encoding="utf-8")
    assert int(minutes) >= 0.8 * counted


@each_notebook
@pytest.mark.parametrize("place", ["README.md", "notebooks/00_start_here.ipynb"])
def test_both_maps_tell_the_minutes_of_each_notebook(notebook, place):
    (minutes,) = re.findall(r"\*\*Time:\*\* (\d+) minutes", text_of(notebook))
    map_of_all = (ROOT / place).read_text(encoding="utf-8")
    name = (
        r"00 Start here" if place.endswith("ipynb") and notebook.stem[:2] == "00" else notebook.name
    )
    assert len(re.findall(rf"\| [^|]*{name}[^|]*\| {minutes} \|", map_of_all)) == 1
