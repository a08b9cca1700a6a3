"""One course for all tests, made and graded once, and a table of it at the end."""

import importlib.util
import os

import pytest

from tests.assignments.course import Course
from tests.assignments.students import grade_all, hand_in_all
from tests.assignments.table import lines_of

MADE = []
"""The course, for the table."""


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """All assignments with all students graded."""
    if importlib.util.find_spec("nbgrader") is None:
        reason = "nbgrader is not installed: make test-assignments"
        if os.environ.get("GRADING") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    made = Course(tmp_path_factory.mktemp("course"))
    made.make()
    hand_in_all(made)
    grade_all(made)
    MADE.append(made)
    return made


@pytest.fixture(scope="session")
def scores(course):
    """By assignment, student and cell."""
    return course.scores()


def pytest_terminal_summary(terminalreporter):
    """The table of points and seconds."""
    for made in MADE:
        terminalreporter.section("assignments")
        for line in lines_of(made):
            terminalreporter.line(line)
