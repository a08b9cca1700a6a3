"""Makes the tables by which `check` knows right answers; `make exercises [NB=path]` calls it.

Each notebook in solutions/ is run from a fresh kernel in which `check` and `foresee` take down what
they are given. What could not be told apart, and a hint that gives the answer away, is refused.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tools.store_notebooks import NotRunError, read, run
from vqlib import exercises
from vqlib.exercises.checking import ALL, Table, judge, part_of, parts_of, salt_of
from vqlib.exercises.digests import cells_around, digest
from vqlib.exercises.kinds import Choice, Labels, Number, Part

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "solutions"
TABLES = ROOT / "vqlib" / "exercises" / "tables"

BEGIN = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tools.exercises import Recorder
recorder = Recorder()
recorder.take_over()
"""
END = "print(recorder.as_json())"


class AnswerError(ValueError):
    """What is wrong with a solution or with a foreseen mistake, in one sentence."""


class Recorder:
    """Stands in for `check` and `foresee` while the solutions run, and makes their table."""

    def __init__(self) -> None:
        self.table: Table = {}

    def take_over(self) -> None:
        """Be what a notebook imports."""
        exercises.check = self.check
        exercises.foresee = self.foresee

    def check(self, name: str, *answers: object) -> None:
        """Take down the right answers of an exercise."""
        parts = parts_of(name)
        if len(answers) != len(parts):
            raise AnswerError(f"{name} asks for {len(parts)} things, got {len(answers)}")
        for part, answer in zip(parts, answers, strict=True):
            if isinstance(part, Number | Choice):
                self.add(name, part, answer, "")
            elif not judge(name, part, answer).right:
                raise AnswerError(f"{name}, {part.what}: {judge(name, part, answer).words}")

    def foresee(self, name: str, what: str, wrong: object, hint: str) -> None:
        """Take down a mistake and its hint. The right answer must have come before."""
        part = part_of(name, what)
        if isinstance(part, Number | Choice):
            self.add(name, part, wrong, hint)

    def add(self, name: str, part: Part, answer: object, hint: str) -> None:
        """One answer more to a part, with its hint; none for the right one."""
        if isinstance(part, Number):
            new = number_labels(name, part, answer, hint)
        elif isinstance(part, Choice):
            new = [{digest(salt_of(name, part), part.text_of(answer)): [hint]}]
        known = self.table.setdefault(name, {}).setdefault(part.what, [{} for _ in new])
        refuse_twins(f"{name}, {part.what}", hint, known, new)
        for place, labels in enumerate(new):
            for word in labels:
                hints = known[place].setdefault(word, [])
                if hint not in hints:
                    hints.append(hint)

    def as_json(self) -> str:
        """The table, of everything that was asked; what no `check` came for is missing."""
        for name, parts in self.table.items():
            for what, labels in parts.items():
                refuse_giveaways(name, part_of(name, what), labels)
        return json.dumps(self.table)


def number_labels(name: str, part: Number, answer: object, hint: str) -> Labels:
    """The digests of all cells near each number of an answer."""
    salt = salt_of(name, part)
    labels: Labels = []
    for number in part.numbers(answer):
        cells = cells_around(number, part.tolerance)
        labels.append({digest(salt, str(cell)): [hint] for cell in cells})
    return labels


def refuse_twins(where: str, hint: str, known: Labels, new: Labels) -> None:
    """Refuse an answer that cannot be told from one of another hint that is there already."""
    shared: set[str] | None = None
    for old, added in zip(known, new, strict=True):
        here: set[str] = set()
        for word in added:
            here.update(old.get(word, []))
        shared = here if shared is None else shared & here
    others = (shared or set()) - {hint}
    if others:
        raise AnswerError(f"{where}, {hint!r}: it cannot be told from {sorted(others)}")


def refuse_giveaways(name: str, part: Part, labels: Labels) -> None:
    """Refuse a hint that holds the answer."""
    for hint in hints_of(labels):
        for text in re.findall(r"-?\d+(?:\.\d+)?", hint):
            if isinstance(part, Number) and is_right(name, part, float(text), labels):
                raise AnswerError(f"{name}, {part.what}: the hint {hint!r} holds the answer")


def is_right(name: str, part: Number, number: float, labels: Labels) -> bool:
    """Whether this is a right number somewhere in the answer."""
    word = digest(salt_of(name, part), part.text_of(number))
    return any("" in known.get(word, []) for known in labels)


def hints_of(labels: Labels) -> set[str]:
    """All hints of an answer."""
    found: set[str] = set()
    for known in labels:
        for hints in known.values():
            found.update(hints)
    return found - {""}


def record(path: Path) -> Table:
    """The table of the notebook at `path`, which is run and stays as it is."""
    notebook = read(path)
    notebook.cells.insert(0, new_code_cell(BEGIN))
    notebook.cells.append(new_code_cell(END))
    run(notebook, path)
    table: Table = json.loads(printed_by(notebook.cells[-1]))
    number = path.stem.partition("_")[0]
    named = {name for name in ALL if name.startswith(f"{number}.")}
    missing = {name for name in named if not complete(name, table)}
    if missing or table.keys() - named:
        raise AnswerError(f"{path} must have one check for each of {', '.join(sorted(named))}")
    return table


def complete(name: str, table: Table) -> bool:
    """Whether every number and word of an exercise is in the table."""
    compared = [part.what for part in parts_of(name) if isinstance(part, Number | Choice)]
    return set(compared) == set(table.get(name, {}))


def printed_by(cell: NotebookNode) -> str:
    """What a cell printed."""
    outputs: list[Any] = cell.outputs
    return "".join(output.text for output in outputs if output.output_type == "stream")


def write(table: Table, path: Path) -> None:
    """Store a table in an order that does not change from run to run."""
    path.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Make the tables of the notebooks named, or of all; 0 if every one ran."""
    paths = [Path(argument) for argument in arguments] or sorted(FOLDER.glob("*.ipynb"))
    try:
        for path in paths:
            number = path.stem.partition("_")[0]
            write(record(path), TABLES / f"{number}.json")
            print(f"{number}.json made", flush=True)
    except (NotRunError, AnswerError) as error:
        print(f"vqlib: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
