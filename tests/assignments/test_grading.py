"""nbgrader makes, grades and returns the assignments: right, empty, wrong and hostile answers."""

import html
import re

import pytest

from tests.assignments.course import cell_of, failed_with
from tests.assignments.sources import (
    FOLDER,
    MISTAKES,
    NAMES,
    about,
    graded,
    judged,
    source,
    text_of,
)
from tests.assignments.students import (
    DELETED,
    EMPTY,
    ENDLESS,
    FAKING,
    MISTAKEN,
    OTHERS_NUMBER,
    SOLVED,
    SWALLOWING,
    TAMPERED,
)

each_assignment = pytest.mark.parametrize("name", NAMES)


def points_of(name):
    """What each test of an assignment gives, by its cell."""
    return {test: about(cell)["points"] for test, cell in judged(source(name)).items()}


def without(name, *lost):
    """The points of all tests, none for those that are lost."""
    return {test: 0 if test in lost else value for test, value in points_of(name).items()}


def automatic(scores, name, student):
    """Points by test, without the free text."""
    cells = dict(scores[name][student])
    assert cells.pop("own-words") in {None, 0}
    return cells


# --- the release ---------------------------------------------------------------------------------


@each_assignment
def test_a_release_has_no_solution_no_hidden_test_and_no_teachers_module(course, name):
    release = course.release(name)
    everything = "\n".join(text_of(cell) for cell in release["cells"])
    for word in ("SOLUTION", "HIDDEN", "vq_grader", "20260001"):
        assert word not in everything
    assert text_of(cell_of(release, "own-words")) == "Your sentences here."
    files = sorted(path.name for path in (course.folder / "release" / name).iterdir())
    assert files == ["my_data.py", f"{name}.ipynb"]


@each_assignment
def test_a_release_keeps_all_else(course, name):
    released = {cell["id"]: cell for cell in course.release(name)["cells"]}
    for cell in source(name)["cells"]:
        kept = re.split(r" *### BEGIN", text_of(cell))[0].rstrip()
        if cell["id"] != "own-words":
            assert text_of(released[cell["id"]]).startswith(kept)
        assert about(released[cell["id"]]).get("points") == about(cell).get("points")


# --- points --------------------------------------------------------------------------------------


@each_assignment
def test_right_answers_get_all_points(scores, name):
    assert automatic(scores, name, SOLVED) == points_of(name)


@each_assignment
def test_the_free_text_waits_for_a_person(scores, name):
    assert scores[name][SOLVED]["own-words"] is None


@each_assignment
def test_the_release_as_it_is_gets_no_point(scores, name):
    assert set(scores[name][EMPTY].values()) == {0}
    assert scores[name][EMPTY].keys() == graded(source(name)).keys()


@each_assignment
def test_each_mistake_loses_exactly_its_points(course, scores, name):
    lost = {}
    for mistake in MISTAKES[name]:
        lost |= mistake.lost
    assert automatic(scores, name, MISTAKEN) == without(name, *lost)
    cells = course.graded(name, MISTAKEN)
    for test, beginning in lost.items():
        assert failed_with(cells[test]).startswith(f"Not yet: {beginning}")


def test_an_endless_loop_is_cut_and_the_rest_is_graded(course, scores):
    assert automatic(scores, "s01_02", ENDLESS) == without("s01_02", "values", "nearest")
    cells = course.graded("s01_02", ENDLESS)
    for test in ("values", "nearest"):
        assert re.search(r"took too long|KeyboardInterrupt", failed_with(cells[test]))


def test_a_test_that_was_changed_is_put_right_and_told(course, scores):
    assert automatic(scores, "s01_02", TAMPERED) == without("s01_02", "ties")
    said = course.runs["autograde", "s01_02"].said
    assert re.search(r"Attribute 'points' for cell ties has changed! \(should be: 1\.0", said)
    for cell in ("ties", "data"):
        assert f"Attribute 'checksum' for cell {cell} has changed!" in said
    cells = course.graded("s01_02", TAMPERED)
    assert text_of(cells["ties"]) == text_of(judged(source("s01_02"))["ties"])
    assert "np.arange(6.0)" not in text_of(cells["data"])


def test_a_test_that_was_deleted_comes_back_and_is_told(course, scores):
    assert automatic(scores, "s01_02", DELETED) == without("s01_02", "total-bytes")
    said = course.runs["autograde", "s01_02"].said
    cells = course.graded("s01_02", DELETED)
    for test in ("ties", "total-bytes"):
        assert f"Missing grade cell {test} encountered, adding to notebook" in said
        assert "was missing from the submission" in text_of(cells[test])


def test_swallowing_failures_gets_no_point(course, scores):
    assert automatic(scores, "s01_02", SWALLOWING) == without("s01_02", *points_of("s01_02"))
    cells = course.graded("s01_02", SWALLOWING)
    assert all(failed_with(cells[test]) for test in points_of("s01_02"))


def test_functions_and_modules_put_in_the_place_of_others_change_nothing(course, scores):
    assert automatic(scores, "s01_02", FAKING) == without("s01_02", "total-bytes")
    sentence = failed_with(course.graded("s01_02", FAKING)["total-bytes"])
    assert sentence.startswith("Not yet: The codebook is not in it")


def test_the_answers_of_another_student_get_no_point(course, scores):
    assert automatic(scores, "s01_02", OTHERS_NUMBER) == without("s01_02", *points_of("s01_02"))
    sentence = failed_with(course.graded("s01_02", OTHERS_NUMBER)["ties"])
    assert sentence.startswith("Not yet: The number in the first cell is not the one")


# --- feedback ------------------------------------------------------------------------------------


@each_assignment
def test_feedback_shows_one_sentence_for_a_failure_and_nothing_of_the_grader(course, name):
    page = course.feedback(name, MISTAKEN)
    for mistake in MISTAKES[name]:
        for beginning in mistake.lost.values():
            assert f"Not yet: {beginning}" in page.replace("&#39;", "'")
    for path in (FOLDER / "vq_grader").glob("s*.py"):
        assert path.name not in page
    assert "most recent call last" not in page
    hidden = re.findall(r"vq_grader", page)
    assert len(hidden) == 2 * len(points_of(name))  # an import and a call in each test


@each_assignment
def test_feedback_on_an_empty_notebook_shows_no_line_of_a_solution(course, name):
    page = html.unescape(re.sub(r"<[^>]+>", "", course.feedback(name, EMPTY)))
    lines = []
    for cell in source(name)["cells"]:
        for solution in re.findall(r"### BEGIN SOLUTION(.+?)### END", text_of(cell), re.DOTALL):
            lines += [line.strip() for line in solution.splitlines()]
    telling = [line for line in lines if len(line) > 20 and not line.startswith(("def ", '"""'))]
    assert len(telling) > 10
    given = (FOLDER / "my_data.py").read_text(encoding="utf-8")  # a cell prints parts of it
    assert [line for line in telling if line in page and line not in given] == []
