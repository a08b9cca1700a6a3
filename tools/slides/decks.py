"""Decks of slides as Markdown: what a deck may hold, and one sentence for what it may not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

MOST_SLIDES = 15
MOST_LINES = 4
LINES_BELOW = 2
"""As many lines may stand below a formula; below a figure, or what a cell printed, one less."""
MOST_CHARACTERS = 100
"""Of a line, so that it takes two lines of a slide at most."""

RULE = re.compile(r"^---$", re.MULTILINE)
HEADING = re.compile(r"#{1,2} (.+)")
QUESTION = re.compile(r"\*\*(.+\?)\*\*")
NOTES = re.compile(r"^Notes, (\d+) minutes?: ", re.MULTILINE)
FIGURE = re.compile(r"!\[\]\((\w+)#([\w-]+)\)")
PRINTED = re.compile(r"\[printed\]\((\w+)#([\w-]+)(?::(\d+)-(\d+))?\)")
FORMULA = re.compile(r"\$\$(.+)\$\$", re.DOTALL)


@dataclass(frozen=True)
class Figure:
    """The picture that a cell of a notebook shows."""

    notebook: str
    cell: str


@dataclass(frozen=True)
class Printed:
    """What a cell of a notebook prints: all of it, or the lines from `first` to `last`."""

    notebook: str
    cell: str
    first: int = 1
    last: int | None = None


@dataclass(frozen=True)
class Formula:
    """A formula in TeX, on lines of its own."""

    tex: str


@dataclass(frozen=True)
class Slide:
    """A heading, at most one thing to look at, and a few lines."""

    heading: str
    shown: Figure | Printed | Formula | None
    lines: tuple[str, ...]
    minutes: int
    notes: str

    @property
    def question(self) -> str | None:
        """The question that the heading is, without its stars, or None."""
        found = QUESTION.fullmatch(self.heading)
        return found[1] if found else None


def read_deck(path: Path) -> list[Slide]:
    """The slides of a deck.

    Raises
    ------
    ValueError
        If the deck breaks a rule of decks. The sentence names the deck, the slide and the rule.
    """
    parts = RULE.split(path.read_text(encoding="utf-8"))
    if len(parts) > MOST_SLIDES:
        raise ValueError(f"{path.name} has {len(parts)} slides, but {MOST_SLIDES} are the most")
    slides = []
    for number, part in enumerate(parts, 1):
        try:
            slides.append(slide_of(part))
        except ValueError as error:
            raise ValueError(f"{path.name}, slide {number}: {error}") from error
    return slides


def slide_of(source: str) -> Slide:
    """A slide of its Markdown.

    Raises
    ------
    ValueError
        If it breaks a rule of slides.
    """
    before, minutes, notes = _without_notes(source)
    heading, *blocks = re.split(r"\n\s*\n", before.strip())
    found = HEADING.fullmatch(heading)
    if found is None:
        raise ValueError("it must begin with a heading, as '## One statement'")
    shown: list[Figure | Printed | Formula] = []
    lines: list[str] = []
    for block in blocks:
        thing = _thing_of(block)
        if thing is None:
            lines += block.splitlines()
        else:
            shown.append(thing)
    slide = Slide(found[1], shown[0] if shown else None, tuple(lines), minutes, notes)
    _check(slide, len(shown))
    return slide


def _without_notes(source: str) -> tuple[str, int, str]:
    """What stands before the notes, their minutes, and the notes."""
    before, *rest = NOTES.split(source)
    if len(rest) != 2 or not rest[1].strip():
        raise ValueError("it must end with one paragraph of notes, as 'Notes, 3 minutes: Ask …'")
    return before, int(rest[0]), rest[1].strip()


def _thing_of(block: str) -> Figure | Printed | Formula | None:
    """What there is to look at in a block, or None if its lines are words."""
    if found := FIGURE.fullmatch(block):
        return Figure(*found.groups())
    if found := PRINTED.fullmatch(block):
        notebook, cell, first, last = found.groups()
        return Printed(notebook, cell, int(first or 1), int(last) if last else None)
    if found := FORMULA.fullmatch(block):
        return Formula(found[1].strip())
    return None


def _check(slide: Slide, things: int) -> None:
    if things == 0 and not slide.lines and slide.question is None:
        raise ValueError("it is empty: a heading needs a figure, a formula or lines below it")
    if things > 1:
        raise ValueError(f"it shows {things} things, but one figure or formula is the most")
    most = {Figure: LINES_BELOW - 1, Printed: LINES_BELOW - 1, Formula: LINES_BELOW}
    allowed = most.get(type(slide.shown), MOST_LINES)
    if len(slide.lines) > allowed:
        raise ValueError(f"it has {len(slide.lines)} lines of text, but {allowed} are the most")
    for line in slide.lines:
        if len(line) > MOST_CHARACTERS:
            raise ValueError(
                f"a line has {len(line)} characters, but {MOST_CHARACTERS} are the most"
            )
