"""The small markup of questions: formulas between dollars, code between backquotes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from tools.site.formulas import to_mathml

PIECES = re.compile(r"\$([^$]*)\$|`([^`]*)`")
"""A formula of TeX, or code."""

Formula = Callable[[str], str]
"""What makes HTML of a formula."""


def check_markup(text: str, owner: str) -> None:
    """Refuse a text in which a dollar or a backquote stands alone.

    Raises
    ------
    ValueError
        The sentence has the text and its owner.
    """
    if re.search(r"[$`]", PIECES.sub("", text)):
        raise ValueError(f"$ and ` must come in pairs in the texts of {owner}, got {text!r}")


def to_html(text: str, formula: Formula) -> str:
    """A text as HTML on one line, each formula made by `formula`."""
    parts: list[str] = []
    end = 0
    text = " ".join(text.split())
    for piece in PIECES.finditer(text):
        parts.append(html.escape(text[end : piece.start()], quote=False))
        tex, code = piece.groups()
        if tex is not None:
            parts.append(formula(tex))
        else:
            parts.append(f"<code>{html.escape(code, quote=False)}</code>")
        end = piece.end()
    parts.append(html.escape(text[end:], quote=False))
    return "".join(parts)


def for_mathjax(tex: str) -> str:
    r"""A formula between \( and \), which MathJax reads in a page."""
    return rf"\({html.escape(tex, quote=False)}\)"


def for_browsers(tex: str) -> str:
    """A formula as MathML."""
    return to_mathml(tex, is_block=False)


def plain(text: str) -> str:
    """A text as it is read, about: without the signs of the markup and of TeX."""
    text = re.sub(r"\\[a-zA-Z]+|\\.", "x", text)
    return re.sub(r"[$`{}^_]", "", text)
