"""nbgrader's settings for this course; `make_course.py` puts them into the course folder."""

import os
import sys
from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
)

HERE = str(Path(__file__).parent.resolve())
# Here is the teacher's module, for nbgrader and for the kernels that it starts.
sys.path.insert(0, HERE)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [HERE, os.environ.get("PYTHONPATH")]))
# nbgrader calls a program of its environment by name, also where that is not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
# Threads that wait for each other would take most of the time.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from vq_grader.serving import JudgedExecute  # noqa: E402 - it lies in HERE

# nbgrader runs this file with a function of that name.
c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.CourseDirectory.course_id = "vector_quantization"
c.CourseDirectory.root = HERE

# What stands in a release in place of a solution.
c.ClearSolutions.code_stub = {"python": "# Your lines here."}
c.ClearSolutions.text_stub = "Your sentences here."

# nbgrader's own list, but for JudgedExecute, which judges the answers outside of the notebook.
c.Autograde.autograde_preprocessors = [
    JudgedExecute,
    IgnorePattern,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]
# A test cell that was deleted comes back, and its answer is graded.
c.OverwriteCells.add_missing_cells = True

# Seconds for a cell; then it is interrupted, and the next one runs.
c.JudgedExecute.timeout = 60
# Outputs that come later than this, on a busy machine, are left out; nbgrader's own 4 seconds end
# the grading of that student.
c.JudgedExecute.iopub_timeout = 30
c.JudgedExecute.raise_on_iopub_timeout = False
c.JudgedExecute.error_on_timeout = {
    "ename": "TimeLimit",
    "evalue": "This cell took too long and was stopped.",
    "traceback": ["This cell took too long and was stopped."],
}
