"""Questions as they stand in teaching/questions/: read from the files, and refused if not whole."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .markup import check_markup

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "teaching" / "questions"
FIGURES = FOLDER / "figures"
KINDS = ("concept", "computation", "figure")
DISTRACTORS = 3

Table = dict[str, Any]
"""A table of a TOML file."""


@dataclass(frozen=True)
class Option:
    """One of the four things to choose from.

    Parameters
    ----------
    text : str
        What the student reads, in the small markup of `markup`.
    feedback : str
        What is said to who chose it: of a distractor, the misconception that it stands for.
    value : str
        A Python expression of the numbers in the text, or of the text; empty if there is none.
    holds : str
        A Python expression of what the text claims: true of the key, false of a distractor; empty
        if there is none.
    """

    text: str
    feedback: str
    value: str
    holds: str


@dataclass(frozen=True)
class Question:
    """A multiple-choice question with one key.

    Parameters
    ----------
    name : str
        The `id` of the file, such as 01-q3.
    notebook : str
        The file of the notebook it belongs to, without its ending.
    kind, section, stem, alt, given : str
        As in the file; `alt` describes the figure, `given` is Python for the expressions.
    figure : str
        The file name of the figure; empty if there is none.
    key : Option
    wrong : tuple of three Options
    """

    name: str
    notebook: str
    kind: str
    section: str
    stem: str
    figure: str
    alt: str
    given: str
    key: Option
    wrong: tuple[Option, ...]

    @property
    def options(self) -> tuple[Option, ...]:
        """The key, then the distractors."""
        return self.key, *self.wrong


def read_bank(folder: Path = FOLDER) -> list[Question]:
    """All questions of the files that have the name of a notebook, in their order.

    Raises
    ------
    ValueError
        If a question is not whole. The sentence names it and says what is missing.
    """
    notebooks = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    questions: list[Question] = []
    for path in sorted(folder.glob("*.toml")):
        if path.name == "exam.toml":
            continue
        if path.stem not in notebooks:
            raise ValueError(f"{path.name} must have the name of a notebook, got {path.stem}")
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("question", [])
        questions += [read_question(table, path.stem) for table in tables]
    _check_names(questions)
    return questions


def _check_names(questions: list[Question]) -> None:
    names = [question.name for question in questions]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"each id must be given once, got {', '.join(twice)} more than once")


def read_question(table: Table, notebook: str) -> Question:
    """A question of a table of TOML.

    Raises
    ------
    ValueError
        If something is missing, is not allowed, or does not fit together.
    """
    name = _text(table, "id", "a question")
    _check_keys(table, name)
    question = Question(
        name=name,
        notebook=notebook,
        kind=_text(table, "kind", name),
        section=_text(table, "section", name),
        stem=_text(table, "stem", name),
        figure=table.get("figure", ""),
        alt=table.get("alt", ""),
        given=table.get("given", ""),
        key=_option(table.get("key", {}), f"the key of {name}", "feedback"),
        wrong=_distractors(table.get("wrong", []), name),
    )
    _check_question(question, keyed=table.get("keyed", ""))
    return question


ALLOWED = {"id", "kind", "section", "stem", "figure", "alt", "given", "keyed", "key", "wrong"}
"""What a question may have in its file."""


def _check_keys(table: Table, name: str) -> None:
    unknown = sorted(table.keys() - ALLOWED)
    if unknown:
        allowed = ", ".join(sorted(ALLOWED))
        raise ValueError(f"{name} may have {allowed}, got {', '.join(unknown)}")


def _text(table: Table, field: str, owner: str) -> str:
    value = table.get(field)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{owner} must have a text as its {field}, got {value!r}")
    return value.strip()


def _distractors(tables: list[Table], name: str) -> tuple[Option, ...]:
    if len(tables) != DISTRACTORS:
        raise ValueError(f"{name} must have {DISTRACTORS} distractors, got {len(tables)}")
    return tuple(_option(table, f"a distractor of {name}", "misconception") for table in tables)


def _option(table: Table, owner: str, said: str) -> Option:
    unknown = sorted(table.keys() - {"text", said, "value", "holds"})
    if unknown:
        allowed = f"text, {said}, value and holds"
        raise ValueError(f"{owner} may have {allowed}, got {', '.join(unknown)}")
    return Option(
        text=_text(table, "text", owner),
        feedback=_text(table, said, owner),
        value=table.get("value", ""),
        holds=table.get("holds", ""),
    )


def _check_question(question: Question, keyed: str) -> None:
    name = question.name
    number = question.notebook.partition("_")[0]
    if not re.fullmatch(rf"{number}-q\d+", name):
        raise ValueError(f"an id in {question.notebook}.toml must be {number}-q1 or so, got {name}")
    if question.kind not in KINDS:
        raise ValueError(f"the kind of {name} must be one of {KINDS}, got {question.kind!r}")
    if question.stem[-1] not in "?:":
        raise ValueError(f"the stem of {name} must end in ? or :, got {question.stem[-1]!r}")
    for text in (question.stem, *(option.text for option in question.options)):
        check_markup(text, name)
    for option in question.options:
        check_markup(option.feedback, name)
    _check_figure(question)
    _check_proof(question, keyed)


def _check_figure(question: Question) -> None:
    """A question of the kind figure has one, with a description; no other has."""
    has_figure = bool(question.figure)
    if has_figure != (question.kind == "figure"):
        raise ValueError(f"{question.name} must have a figure if and only if its kind is figure")
    if has_figure and not question.alt.strip():
        raise ValueError(f"{question.name} must describe its figure in alt, got nothing")
    if has_figure and question.figure != f"{question.name}.png":
        raise ValueError(
            f"the figure of {question.name} must be {question.name}.png, got {question.figure}"
        )


def _check_proof(question: Question, keyed: str) -> None:
    """A computation has a value for each option; of the others the key is proven or by hand."""
    name = question.name
    has_values = all(option.value for option in question.options)
    if question.kind == "computation" and not has_values:
        raise ValueError(f"{name} is a computation and must have a value for each option")
    if keyed not in ("", "by hand"):
        raise ValueError(f"keyed of {name} must be 'by hand' or left out, got {keyed!r}")
    is_proven = bool(question.key.value or question.key.holds)
    if is_proven == bool(keyed):
        raise ValueError(f"the key of {name} must have value or holds, or else keyed = 'by hand'")
