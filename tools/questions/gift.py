r"""Questions as GIFT, a plain text format that Moodle and others read; it has no room for figures.

`~ = # { } :` have a meaning there, and so has the backslash before them. Moodle reads `\\` as one
backslash, so that formulas in \( \) come through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .bank import Question
from .markup import for_mathjax, to_html
from .moodle import TOP

SPECIAL = re.compile(r"[~=#{}:\\]")
"""What GIFT would not take for itself."""


def escape(text: str) -> str:
    """A text with a backslash before each character that GIFT would take for its own."""
    return SPECIAL.sub(r"\\\g<0>", text)


def gift(categories: Mapping[str, Sequence[Question]]) -> str:
    """Questions by category; those with a figure are left out."""
    parts: list[str] = []
    for category, questions in categories.items():
        parts.append(f"$CATEGORY: {TOP}/{category}")
        parts += [_question(question) for question in questions if not question.figure]
    return "\n\n".join(parts) + "\n"


def _question(question: Question) -> str:
    lines = [f"::{question.name}::[html]{_escaped(question.stem)} {{"]
    for option in question.options:
        sign = "=" if option is question.key else "~"
        lines.append(f"{sign}{_escaped(option.text)}#{_escaped(option.feedback)}")
    return "\n".join([*lines, "}"])


def _escaped(text: str) -> str:
    return escape(to_html(text, for_mathjax))
