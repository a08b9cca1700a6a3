"""Questions as sheets for the printer: pages of HTML that need nothing from elsewhere."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path

from .bank import Option, Question
from .exam import Exam
from .figure_files import data_url, figure_width
from .markup import for_browsers, to_html
from .order import LETTERS, letter_of_key, shuffled

STYLE = (Path(__file__).parent / "sheet.css").read_text(encoding="utf-8")
NAME_LINE = '<p class="name">Name: <span></span> Number: <span></span></p>'


class SheetMaker:
    """Makes sheets of one version.

    Parameters
    ----------
    figures : Path
        The folder of the figures.
    version : int
        Decides the order of the options.
    keys : bool
        Whether keys and feedback are printed, too.
    """

    def __init__(self, figures: Path, version: int, keys: bool) -> None:
        self._figures = figures
        self._version = version
        self._keys = keys

    def bank(self, categories: Mapping[str, Sequence[Question]]) -> str:
        """All questions, each notebook from a new page."""
        parts: list[str] = []
        for title, questions in categories.items():
            body = "".join(self._question(question, question.name) for question in questions)
            parts.append(f"<section><h2>{html.escape(title)}</h2>{body}</section>")
        return self._page("Vector quantization: questions", "".join(parts))

    def exam(self, exam: Exam) -> str:
        """The exam, with minutes and marks."""
        parts = [f"{NAME_LINE}<p>{exam_rules(exam)}</p>"]
        for number, part in enumerate(exam.parts, 1):
            worth = f"{part.marks} marks, about {part.minutes} minutes"
            parts.append(self._question(part.question, f"{number}.", worth))
        if self._keys:
            parts.append(self._list_of_keys(exam))
        return self._page(exam.title, "".join(parts))

    def _list_of_keys(self, exam: Exam) -> str:
        """Question, key and marks, for whoever grades by hand."""
        rows = ["<tr><th>question</th><th>key</th><th>marks</th><th>in the bank</th></tr>"]
        for number, part in enumerate(exam.parts, 1):
            key = letter_of_key(part.question, self._version)
            cells = (number, key, part.marks, part.question.name)
            rows.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
        table = f'<table class="keys">{"".join(rows)}</table>'
        return f'<section class="list"><h2>Keys</h2>{table}</section>'

    def _question(self, question: Question, label: str, worth: str = "") -> str:
        stem = f'<p class="stem"><b>{label}</b> {_html(question.stem)}</p>'
        note = f'<p class="worth">{worth}</p>' if worth else ""
        lettered = zip(LETTERS, shuffled(question, self._version), strict=True)
        options = "".join(self._option(question, *each) for each in lettered)
        figure = self._figure(question) if question.figure else ""
        return f'<div class="question">{note}{stem}{figure}<ol>{options}</ol></div>'

    def _option(self, question: Question, letter: str, option: Option) -> str:
        shown = f'<span class="letter">{letter}</span> {_html(option.text)}'
        if not self._keys:
            return f"<li>{shown}</li>"
        mark = ' class="key"' if option is question.key else ""
        said = f'<div class="feedback">{_html(option.feedback)}</div>'
        return f"<li{mark}>{shown}{said}</li>"

    def _figure(self, question: Question) -> str:
        path = self._figures / question.figure
        alt = html.escape(question.alt)
        return f'<img src="{data_url(path)}" alt="{alt}" width="{figure_width(path)}">'

    def _page(self, title: str, body: str) -> str:
        heading = f"{title}, with keys" if self._keys else title
        return (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{html.escape(heading)}</title><style>{STYLE}</style></head>"
            f'<body><h1>{html.escape(heading)}</h1><p class="version">Version {self._version}</p>'
            f"{body}</body></html>\n"
        )


def _html(text: str) -> str:
    return to_html(text, for_browsers)


def exam_rules(exam: Exam) -> str:
    """What is allowed and how it is marked, in a few sentences."""
    return (
        f"{exam.minutes} minutes, {exam.marks} marks, {len(exam.parts)} questions. Each question "
        "has one right answer; mark one letter. A wrong answer takes no marks away. A pocket "
        "calculator is allowed. SNR, PSNR and gains are in decibels; rates are in bits per "
        "dimension, and distortions are mean squared errors per dimension, unless something else "
        "is said."
    )
