"""The sources of the assignments: form, points, and answers, right and wrong; without nbgrader.

What nbgrader itself makes of them is tested in tests/assignments.
"""

import itertools
import re

import nbformat
import numpy as np
import pytest

from tests.assignments.sources import (
    FOLDER,
    MISTAKES,
    NAMES,
    POINTS,
    about,
    graded,
    judged,
    replaced,
    source,
    text_of,
    with_mistakes,
    with_number,
)
from tests.support import encoded
from vqlib import image

import my_data  # isort: skip

each_assignment = pytest.mark.parametrize("name", NAMES)
FIELDS = {"grade", "grade_id", "locked", "points", "schema_version", "solution", "task"}
HIDDEN = re.compile(
    r"### BEGIN HIDDEN TESTS\nimport vq_grader\n\nvq_grader\.check\((.+)\)\n### END HIDDEN TESTS$",
    re.MULTILINE,
)
SENTENCE = re.compile(r"[A-Z0-9a-z_][^\n]{10,160}[.]")


# --- form ----------------------------------------------------------------------------------------


@each_assignment
def test_a_source_is_valid_and_stored_without_outputs(name):
    notebook = source(name)
    nbformat.validate(nbformat.from_dict(notebook))
    names = [cell["id"] for cell in notebook["cells"]]
    assert len(set(names)) == len(names)
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
        assert set(cell["metadata"]) <= {"nbgrader"}


@each_assignment
def test_every_code_cell_is_known_to_nbgrader_by_its_id(name):
    for cell in source(name)["cells"]:
        if cell["cell_type"] == "code" or about(cell):
            assert about(cell).keys() >= FIELDS - {"points"}
            assert about(cell)["grade_id"] == cell["id"]
            assert about(cell)["schema_version"] == 3


@each_assignment
def test_points_are_those_that_are_told(name):
    notebook = source(name)
    points = {name: about(cell)["points"] for name, cell in graded(notebook).items()}
    assert all(value > 0 for value in points.values())
    assert sum(points.values()) == POINTS
    told = "\n".join(text_of(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    assert f"**{POINTS} points, about" in told
    of_tasks = re.findall(r"^## \d\. .+ \((\d+) points\)$", told, re.MULTILINE)
    assert sum(map(int, of_tasks)) == POINTS
    for name, cell in judged(notebook).items():
        assert text_of(cell).startswith(f"# {points[name]} point"), name


@each_assignment
def test_points_of_a_task_are_those_of_the_cells_below_it(name):
    promised = 0
    for cell in source(name)["cells"]:
        heading = re.match(r"## \d\. .+ \((\d+) points\)", text_of(cell))
        if heading:
            assert promised == 0
            promised = int(heading[1])
        promised -= about(cell).get("points", 0) if about(cell).get("grade") else 0
    assert promised == 0


@each_assignment
def test_a_free_text_is_graded_by_hand_and_has_its_rubric(name):
    notebook = source(name)
    by_hand = graded(notebook).keys() - judged(notebook).keys()
    assert by_hand == {"own-words"}
    points = about(graded(notebook)["own-words"])["points"]
    *_, question, _ = notebook["cells"]
    assert text_of(question).count("(1 point)") == points
    rubrics = (FOLDER / "rubrics.md").read_text(encoding="utf-8")
    (rubric,) = re.findall(rf"^## `{name}`.*?(?=^## |\Z)", rubrics, re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^\| \d \|", rubric, re.MULTILINE)) == points


@each_assignment
def test_solutions_have_markers_and_the_others_none(name):
    for cell in source(name)["cells"]:
        begins = text_of(cell).count("### BEGIN SOLUTION")
        assert begins == text_of(cell).count("### END SOLUTION")
        is_solution = about(cell).get("solution") and cell["cell_type"] == "code"
        assert bool(begins) == bool(is_solution), cell["id"]


@each_assignment
def test_hidden_tests_are_one_call_that_names_the_test_of_its_own_cell(name):
    asked = []
    for cell in judged(source(name)).values():
        (call,) = HIDDEN.findall(text_of(cell))
        test, number, *answers = call.split(", ")
        asked.append(test.strip('"'))
        assert number == "student_number"
        assert answers
    assert len(set(asked)) == len(asked)
    assert all(test.startswith(f"{name}.") for test in asked)


@each_assignment
def test_a_test_follows_an_answer_or_a_test(name):
    # nbgrader puts a test that was deleted back behind the solution or test before it.
    cells = [cell for cell in source(name)["cells"] if about(cell)]
    for before, cell in itertools.pairwise(cells):
        if cell["id"] in judged(source(name)):
            assert about(before)["grade"] or about(before)["solution"], cell["id"]


# --- answers -------------------------------------------------------------------------------------


def failures(notebook):
    """Run all code in one fresh namespace; the sentence of each test that does not pass."""
    namespace = {}
    found = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            code = compile(text_of(cell), cell["id"], "exec")
            if not about(cell).get("grade"):
                exec(code, namespace)
                continue
            try:
                exec(code, namespace)
            except Exception as error:
                found[cell["id"]] = str(error)
    return found


@each_assignment
def test_solutions_pass_all_tests(name):
    assert failures(source(name)) == {}


@each_assignment
def test_each_mistake_loses_its_own_tests_and_gets_its_sentence(name):
    mistakes = MISTAKES[name]
    lost = {}
    for mistake in mistakes:
        assert lost.keys().isdisjoint(mistake.lost)
        lost |= mistake.lost
    found = failures(with_mistakes(with_number(source(name), 4711), mistakes))
    assert found.keys() == lost.keys()
    for test, beginning in lost.items():
        assert found[test].startswith(beginning)
        assert SENTENCE.fullmatch(found[test]), found[test]


def without_solutions(notebook):
    """As nbgrader makes the release, but with its hidden tests."""
    for cell in notebook["cells"]:
        text = re.sub(
            r" *### BEGIN SOLUTION.*?### END SOLUTION", "", text_of(cell), flags=re.DOTALL
        )
        cell["source"] = text
    return notebook


@each_assignment
def test_an_empty_notebook_passes_nothing(name):
    notebook = without_solutions(source(name))
    (number,) = [cell for cell in notebook["cells"] if cell["id"] == "number"]
    number["source"] = number["source"].replace("student_number = ...", "student_number = 4711")
    assert failures(notebook).keys() == judged(notebook).keys()


def test_a_photograph_of_ones_own_passes_all_tests(tmp_path, monkeypatch):
    own = image.sample("astronaut", colour=True)[:, ::-1]
    (tmp_path / "own.png").write_bytes(encoded(own))
    monkeypatch.chdir(tmp_path)
    changes = {"photograph = None": 'photograph = "own.png"'}
    assert failures(replaced(source("s04_05"), changes)) == {}


# --- data ----------------------------------------------------------------------------------------

OF_NUMBERS = (
    "levels",
    "readings",
    "scale",
    "bell",
    "three_shops",
    "street",
    "two_stars",
    "heaps",
    "few_and_many",
    "picture",
    "five_greys",
    "large_photograph",
    "variances",
    "message",
    "claim",
    "stages",
    "two_stages",
    "store",
    "large_store",
    "sensors",
    "recipe",
    "runs",
    "layer",
    "keys",
    "program",
    "pages",
    "worker",
    "cluster",
    "chunks",
    "wish",
    "lengths",
    "prices",
    "network",
)


def plain(value):
    """Arrays as lists, to be compared."""
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return value.tolist() if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_numbers_have_data_of_their_own_and_always_the_same(name):
    data = getattr(my_data, name)
    found = [plain(data(number)) for number in range(1, 9)]
    assert found == [plain(data(number)) for number in range(1, 9)]
    different = [value for place, value in enumerate(found) if value not in found[:place]]
    assert len(different) >= 4


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (encoded(np.zeros((200, 159, 3), np.uint8)), "must have 160 x 160 pixels or more"),
        (encoded(np.full((170, 170, 3), 99, np.uint8)), "must not be nearly flat"),
        (b"no picture", "cannot be read"),
    ],
)
def test_a_photograph_that_does_not_serve_is_refused(tmp_path, content, sentence):
    (tmp_path / "own.png").write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        my_data.picture(17, "own.png", folder=tmp_path)


def test_a_photograph_from_elsewhere_is_refused():
    with pytest.raises(ValueError, match="must be a file beside the notebook"):
        my_data.picture(17, "../own.png")


@pytest.mark.parametrize("number", [..., "17", 0, True, 1.0])
def test_a_number_that_is_none_is_refused(number):
    with pytest.raises(ValueError, match="student number must be a whole number"):
        my_data.levels(number)
