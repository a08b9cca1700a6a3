"""`check` compares an answer to an exercise; `foresee` shows what it says of a known mistake."""

import json
from functools import cache
from importlib import resources
from typing import TypeAlias

from . import (
    blocks,
    colour_images,
    design,
    grey_images,
    learned,
    limits,
    plane,
    rate_distortion,
    scalar,
    scaling,
    search,
    start_here,
    structured,
    weights,
)
from .kinds import Choice, Exercises, Labels, NotYet, Number, Part, Verdict, is_unfilled

ALL: Exercises = {
    **start_here.EXERCISES,
    **scalar.EXERCISES,
    **plane.EXERCISES,
    **design.EXERCISES,
    **grey_images.EXERCISES,
    **colour_images.EXERCISES,
    **blocks.EXERCISES,
    **rate_distortion.EXERCISES,
    **structured.EXERCISES,
    **search.EXERCISES,
    **weights.EXERCISES,
    **learned.EXERCISES,
    **scaling.EXERCISES,
    **limits.EXERCISES,
}

Table: TypeAlias = dict[str, dict[str, Labels]]
"""By the exercise and the thing asked: what `make exercises` knows of its numbers and words."""


def check(name: str, *answers: object) -> None:
    """Print whether the answers to an exercise are right, or what the first that is not lacks.

    Parameters
    ----------
    name : such as "01.2"
        Notebook and number of the exercise.
    answers : one for each thing that the exercise asks for
        `...` is one that is not filled in yet.

    Raises
    ------
    ValueError
        If there is no such exercise, or it asks for another number of things.
    """
    parts = parts_of(name)
    if len(answers) != len(parts):
        wanted = ", ".join(part.what for part in parts)
        raise ValueError(f"check({name!r}, …) takes {wanted}; got {len(answers)} answers")
    remarks = []
    for part, answer in zip(parts, answers, strict=True):
        verdict = judge(name, part, answer)
        if not verdict.right:
            print(f"{name}: not yet. {capital(part.what)}: {verdict.words}")
            return
        remarks.append(verdict.words)
    print(" ".join([f"{name}: right.", *filter(None, remarks)]))


def foresee(name: str, what: str, wrong: object, hint: str) -> None:
    """Print what `check` says of a mistake that readers make; the notebooks in solutions/ do this.

    Raises
    ------
    ValueError
        If `check` says something else, or takes it to be right.
    """
    verdict = judge(name, part_of(name, what), wrong)
    if verdict.right or verdict.words != hint:
        said = "right" if verdict.right else verdict.words
        raise ValueError(f"{name}, {what}: the hint must be {hint!r}, but check says {said!r}")
    print(f"{name}: not yet. {capital(what)}: {hint}")


def parts_of(name: str) -> tuple[Part, ...]:
    """What an exercise asks for."""
    if name not in ALL:
        raise ValueError(f"name must be an exercise, such as '01.2', got {name!r}")
    return ALL[name]


def part_of(name: str, what: str) -> Part:
    """One thing that an exercise asks for, by its name."""
    for part in parts_of(name):
        if part.what == what:
            return part
    raise ValueError(f"what must be asked for in exercise {name}, got {what!r}")


def judge(name: str, part: Part, answer: object) -> Verdict:
    """What is to be said of one answer."""
    if is_unfilled(answer):
        return Verdict(False, "Fill it in.")
    try:
        return part.judge(salt_of(name, part), answer, labels_of(name, part))
    except NotYet as lack:
        return Verdict(False, str(lack))


def salt_of(name: str, part: Part) -> str:
    """The same number has another digest in another exercise."""
    return f"{name} {part.what}"


def labels_of(name: str, part: Part) -> Labels:
    """What is known of the numbers or words of one answer; nothing for what is tried out."""
    if isinstance(part, Number | Choice):
        return table_of(name.partition(".")[0])[name][part.what]
    return []


@cache
def table_of(notebook: str) -> Table:
    """The table of the notebook with this number."""
    file = resources.files(__package__) / "tables" / f"{notebook}.json"
    table: Table = json.loads(file.read_text(encoding="utf-8"))
    return table


def capital(text: str) -> str:
    """A text with a capital at its beginning."""
    return text[:1].upper() + text[1:]
