"""Prints what stands in a gradebook, as JSON: by assignment, student and cell.

    python -m tests.assignments.scores gradebook.db

It runs apart from the tests, as nbgrader's database warns of itself.
"""

import json
import sys
from pathlib import Path


def scores_in(path):
    from nbgrader.api import Gradebook

    found = {}
    with Gradebook(f"sqlite:///{Path(path).resolve()}") as gradebook:
        for assignment in gradebook.assignments:
            students = found.setdefault(assignment.name, {})
            for submission in gradebook.assignment_submissions(assignment.name):
                (notebook,) = submission.notebooks
                cells = {grade.name: grade.auto_score for grade in notebook.grades}
                students[submission.student.id] = cells
    return found


if __name__ == "__main__":
    print(json.dumps(scores_in(sys.argv[1])))
