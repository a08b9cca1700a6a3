"""Makes a course folder for nbgrader, with the release of each assignment.

    python teaching/assignments/make_course.py [folder]

Without a folder it is `course`, beside this file. What students have handed in, their grades and
feedback stay as they are; sources and releases are made anew.
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent.resolve()


def main(arguments: list[str]) -> None:
    """Copy what a course needs, and let nbgrader make the releases."""
    course = Path(arguments[0]).resolve() if arguments else HERE / "course"
    names = copy_sources(course)
    for name in names:
        print(f"release of {name}")
        command = [sys.executable, "-m", "nbgrader", "generate_assignment", name, "--force"]
        subprocess.run([*command, "--log-level=WARN"], cwd=course, check=True)
    print(f"The students' files are in {course / 'release'}.")


def copy_sources(course: Path) -> list[str]:
    """Settings, the teacher's module and all sources; the names of the assignments."""
    course.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "nbgrader_config.py", course)
    shutil.copy(HERE / "my_data.py", course)
    module = course / "vq_grader"
    shutil.rmtree(module, ignore_errors=True)
    shutil.copytree(HERE / "vq_grader", module, ignore=shutil.ignore_patterns("__pycache__"))
    names = []
    for notebook in sorted((HERE / "source").glob("*/*.ipynb")):
        folder = course / "source" / notebook.stem
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(notebook, folder)
        shutil.copy(HERE / "my_data.py", folder)
        names.append(notebook.stem)
    return names


if __name__ == "__main__":
    main(sys.argv[1:])
