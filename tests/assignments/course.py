"""A course in a folder of its own, in which students hand in and nbgrader grades."""

import json
import os
import subprocess
import sys
import time
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from tests.assignments.sources import FOLDER, about, source, text_of, with_number
from tests.support import ROOT

ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}


@dataclass
class Run:
    """A command that has ended well: what it said, and the seconds it took."""

    said: str
    seconds: float
    of_processor: float


@dataclass
class Course:
    """The course folder, and what its commands have said."""

    folder: Path
    made: Run | None = None
    runs: dict[tuple[str, str], Run] = field(default_factory=dict)

    def make(self):
        """All sources and releases, as `make assignments` makes them."""
        self.made = run([str(FOLDER / "make_course.py"), str(self.folder)], ROOT)

    def nbgrader(self, command, name, *options):
        """A command of nbgrader for one assignment."""
        arguments = ["-m", "nbgrader", command, name, *options]
        self.runs[command, name] = run(arguments, self.folder)
        return self.runs[command, name]

    def release(self, name):
        path = self.folder / "release" / name / f"{name}.ipynb"
        return json.loads(path.read_text(encoding="utf-8"))

    def hand_in(self, name, student, notebook, **files):
        """Put a notebook, and other files by their names without .py, where students hand in."""
        folder = self.folder / "submitted" / student / name
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        for stem, content in files.items():
            (folder / f"{stem}.py").write_text(content, encoding="utf-8")

    def graded(self, name, student):
        """The notebook after grading, its cells by name."""
        path = self.folder / "autograded" / student / name / f"{name}.ipynb"
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return {about(cell)["grade_id"]: cell for cell in cells if about(cell)}

    def feedback(self, name, student):
        path = self.folder / "feedback" / student / name / f"{name}.html"
        return path.read_text(encoding="utf-8")

    def scores(self):
        """By assignment, student and cell."""
        arguments = ["-m", "tests.assignments.scores", str(self.folder / "gradebook.db")]
        return json.loads(run(arguments, ROOT).said.splitlines()[-1])


def run(arguments, folder):
    """Run Python so; a failure is told with all that was said."""
    before = time.perf_counter()
    used = processor_seconds()
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=1200,
    )
    assert ended.returncode == 0, ended.stdout
    seconds = time.perf_counter() - before
    return Run(ended.stdout, seconds, processor_seconds() - used)


def processor_seconds():
    """Of all processes that were started from here and have ended."""
    times = os.times()
    return times.children_user + times.children_system


def answered(release, solutions):
    """The release with the solution cells of another notebook typed in."""
    result = deepcopy(release)
    of_solutions = {cell["id"]: cell for cell in solutions["cells"]}
    for cell in result["cells"]:
        if about(cell).get("solution"):
            cell["source"] = text_of(of_solutions[cell["id"]])
    return result


def solved(course, name, number):
    """The release with right answers and this number."""
    return answered(course.release(name), with_number(source(name), number))


def cell_of(notebook, name):
    (cell,) = [cell for cell in notebook["cells"] if cell["id"] == name]
    return cell


def failed_with(cell):
    """What a cell shows of its failure, in one text; nothing if it has none."""
    shown = ["\n".join(out["traceback"]) for out in cell["outputs"] if "traceback" in out]
    return "\n".join(shown)
