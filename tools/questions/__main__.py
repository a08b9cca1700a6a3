"""Proves the bank of questions and writes it for Moodle and for the printer: `make questions`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import nbformat

from .bank import FIGURES, ROOT, Question, read_bank
from .exam import Exam, read_exam
from .gift import gift
from .moodle import quiz
from .proof import prove
from .sheets import SheetMaker

BUILT = ROOT / "questions"


def by_notebook(bank: Sequence[Question]) -> dict[str, list[Question]]:
    """The questions by number and title of their notebook, such as 02 The plane."""
    found: dict[str, list[Question]] = {}
    for question in bank:
        found.setdefault(heading_of(question.notebook), []).append(question)
    return found


def heading_of(notebook: str) -> str:
    """Number and title of a notebook, the title up to its colon."""
    cells = nbformat.read(ROOT / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
    title = str(cells[0].source).splitlines()[0].removeprefix("# ").partition(":")[0]
    return f"{notebook.partition('_')[0]} {title}"


def files(bank: Sequence[Question], exam: Exam, version: int) -> dict[str, bytes]:
    """By the name of each file its bytes."""
    categories = by_notebook(bank)
    of_bank = {title: [(one, 1) for one in questions] for title, questions in categories.items()}
    of_exam = {exam.title: [(part.question, part.marks) for part in exam.parts]}
    made = {
        "questions_moodle.xml": quiz(of_bank, FIGURES),
        "exam_moodle.xml": quiz(of_exam, FIGURES),
        "questions_gift.txt": gift(categories).encode(),
    }
    for keys, ending in ((False, ".html"), (True, "_with_keys.html")):
        sheets = SheetMaker(FIGURES, version, keys)
        made[f"questions{ending}"] = sheets.bank(categories).encode()
        made[f"exam{ending}"] = sheets.exam(exam).encode()
    return made


def main(folder: Path, version: int) -> None:
    """Prove every key, write all files into a folder, and print their sizes."""
    bank = read_bank()
    for question in bank:
        prove(question)
    print(f"{len(bank)} questions, every key as computed")
    folder.mkdir(exist_ok=True)
    for name, content in files(bank, read_exam(bank), version).items():
        (folder / name).write_bytes(content)
        print(f"{len(content):>9,} bytes {folder.name}/{name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=BUILT, help="where to write")
    parser.add_argument("--version", type=int, default=1, help="another order of the options")
    given = parser.parse_args()
    main(given.folder, given.version)
