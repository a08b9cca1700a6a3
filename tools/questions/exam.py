"""The exam of teaching/questions/exam.toml: a choice of questions, with minutes and marks."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from .bank import FOLDER, Question


@dataclass(frozen=True)
class Part:
    """A question of the exam."""

    question: Question
    minutes: int
    marks: int


@dataclass(frozen=True)
class Exam:
    """A choice of questions for one sitting.

    Parameters
    ----------
    title : str
    minutes, marks : int
        Of the whole sitting. What the questions leave of the minutes is for reading them once more.
    parts : list of Part
    """

    title: str
    minutes: int
    marks: int
    parts: list[Part]


def read_exam(bank: list[Question], path: Path = FOLDER / "exam.toml") -> Exam:
    """The exam, its questions taken from the bank.

    Raises
    ------
    ValueError
        If a question is unknown or comes twice, or the minutes or marks do not add up.
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    known = {question.name: question for question in bank}
    parts: list[Part] = []
    for row in table["questions"]:
        question = known.pop(row["id"], None)
        if question is None:
            raise ValueError(
                f"the exam must have questions of the bank, each once, got {row['id']}"
            )
        parts.append(Part(question, minutes=row["minutes"], marks=row["marks"]))
    marks = sum(part.marks for part in parts)
    if marks != table["marks"]:
        raise ValueError(f"the marks of the exam must be {table['marks']}, got {marks}")
    minutes = sum(part.minutes for part in parts)
    if minutes > table["minutes"]:
        raise ValueError(f"the exam must take at most {table['minutes']} minutes, got {minutes}")
    return Exam(title=table["title"], minutes=table["minutes"], marks=marks, parts=parts)
