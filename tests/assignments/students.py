"""The students of the course: what each of them hands in."""

from tests.assignments.course import answered, cell_of, solved
from tests.assignments.sources import (
    MISTAKES,
    NAMES,
    source,
    text_of,
    with_mistakes,
    with_number,
)

SOLVED = "101"
EMPTY = "102"
MISTAKEN = "103"
ENDLESS = "104"
TAMPERED = "105"
DELETED = "106"
SWALLOWING = "107"
FAKING = "108"
OTHERS_NUMBER = "109"
NAMES_OF_STUDENTS = {
    SOLVED: "all solved",
    EMPTY: "as released",
    MISTAKEN: "mistakes",
    ENDLESS: "endless loops",
    TAMPERED: "tests changed",
    DELETED: "tests deleted",
    SWALLOWING: "failures swallowed",
    FAKING: "modules faked",
    OTHERS_NUMBER: "another's number",
}
SECONDS = 20
"""For a cell, here only: two endless loops wait for it."""


def hand_in_all(course):
    """For each assignment what is right, empty and wrong; for the first one also what is worse."""
    for name in NAMES:
        course.hand_in(name, SOLVED, solved(course, name, SOLVED))
        course.hand_in(name, EMPTY, course.release(name))
        wrong = with_mistakes(with_number(source(name), MISTAKEN), MISTAKES[name])
        course.hand_in(name, MISTAKEN, answered(course.release(name), wrong))
    for make in (endless, tampered, deleted, swallowing, faking):
        make(course, "s01_02")
    course.hand_in("s01_02", OTHERS_NUMBER, solved(course, "s01_02", SOLVED))


def grade_all(course):
    """Grade all that was handed in, and make the feedback."""
    for name in NAMES:
        course.nbgrader("autograde", name, f"--JudgedExecute.timeout={SECONDS}")
    for name in NAMES:
        course.nbgrader("generate_feedback", name, "--force")


def endless(course, name):
    """One function never comes back, another one only for what the hidden test asks."""
    notebook = solved(course, name, ENDLESS)
    change(notebook, "thermometer", "return np.sort(levels)[indices]", "while True:\n        pass")
    loop = "while len(samples) > 100:\n        pass\n    squares = ("
    change(notebook, "three-shops", "squares = (", loop)
    course.hand_in(name, ENDLESS, notebook)


def tampered(course, name):
    """A test that asks for nothing, more points for it, and easier data; ties go down."""
    notebook = solved(course, name, TAMPERED)
    tie = "[:, None] >= thresholds"
    change(notebook, "thermometer", tie, "[:, None] > thresholds")
    test = cell_of(notebook, "ties")
    test["source"] = "pass"
    test["metadata"]["nbgrader"]["points"] = 100
    cell_of(notebook, "data")["source"] += "\nlevels = np.arange(6.0)"
    course.hand_in(name, TAMPERED, notebook)


def deleted(course, name):
    """Two tests are gone, one of a right answer and one of a wrong one."""
    notebook = solved(course, name, DELETED)
    change(notebook, "costs", "index_bytes + 6 * 4", "index_bytes")
    gone = {"ties", "total-bytes"}
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in gone]
    course.hand_in(name, DELETED, notebook)


SWALLOW = """
import sys
import types

sys.modules["vq_grader"] = types.SimpleNamespace(check=lambda *answers: None)
get_ipython().set_custom_exc((BaseException,), lambda *failure, **options: None)
get_ipython().showtraceback = lambda *failure, **options: None
"""


def swallowing(course, name):
    """Nothing is answered, another module stands for the teacher's, and no failure is shown."""
    notebook = course.release(name)
    cell_of(notebook, "number")["source"] = f"student_number = {SWALLOWING}\n{SWALLOW}"
    course.hand_in(name, SWALLOWING, notebook)


PATCH = """
import numpy as np
from vqlib import Codebook, measure

measure.mse = lambda *arrays: 0.0
np.allclose = lambda *arrays, **options: True
Codebook.encode = lambda self, samples: np.zeros(len(samples), int)
"""
LENIENT = """
def check(*answers):
    pass
"""


def faking(course, name):
    """A mistake, functions of libraries replaced, and a `vq_grader.py` beside the notebook."""
    notebook = solved(course, name, FAKING)
    change(notebook, "number", f"= {FAKING}", f"= {FAKING}\n{PATCH}")
    change(notebook, "costs", "index_bytes + 6 * 4", "index_bytes")
    course.hand_in(name, FAKING, notebook, vq_grader=LENIENT)


def change(notebook, name, before, after):
    """Other words in one cell."""
    cell = cell_of(notebook, name)
    assert before in text_of(cell)
    cell["source"] = text_of(cell).replace(before, after)
