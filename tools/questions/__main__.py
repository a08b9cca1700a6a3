"""Proves the bank of questions and writes it for Moodle and for the printer: `make questions`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import nbformat

from .bank import FIGURES, ROOT, Question, read_bank
from .exam import Exam, read_exam
from .gift import gift
from .moodle import quiz
from .proof import prove
from .sheets import SheetMaker

BUILT = ROOT / "questions"


def titles() -> dict[str, str]:
    """By the number of a notebook its number and title, as in the map of notebook 00."""
    cells = nbformat.read(ROOT / "notebooks" / "00_start_here.ipynb", as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    rows = re.findall(r"^\| \[?(\w\w) (\w[\w ]+\w)", text, flags=re.MULTILINE)
    return {number: f"{number} {title}" for number, title in rows}


def by_notebook(bank: Iterable[Question]) -> dict[str, list[Question]]:
    """The questions by number and title of their notebook, such as 02 The plane."""
    title_of = titles()
    found: dict[str, list[Question]] = {}
    for question in bank:
        title = title_of[question.notebook.partition("_")[0]]
        found.setdefault(title, []).append(question)
    return found


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
