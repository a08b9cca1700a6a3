"""Markdown of notebooks and of other texts as HTML that needs nothing from elsewhere."""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from .formulas import to_mathml

ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:")
"""How an address begins that is no path."""
FORMULA_AND_POINT = re.compile(r"<math [^>]*inline[^>]*>(?:(?!</math>).)*</math>[^\s<]+", re.DOTALL)
"""What no line may end within: browsers would put a full stop after a formula on the next one."""


class PageRenderer(IPythonRenderer):
    """Formulas become MathML, links lead to the other pages, pictures are part of the page.

    Parameters
    ----------
    folder : Path
        Where relative links and pictures begin.
    pages : mapping of Path to str
        By the resolved path of each text the file name of its page. A link to any other file
        becomes plain text.
    """

    def __init__(self, folder: Path, pages: Mapping[Path, str]) -> None:
        super().__init__(escape=False, anchor_link_text="#")
        self._folder = folder
        self._pages = pages

    def inline_math(self, body: str) -> str:
        """A formula within a line."""
        return to_mathml(body, is_block=False)

    def block_math(self, body: str) -> str:
        """A formula on lines of its own; it scrolls by itself where it is too wide."""
        return f'<span class="formula">{to_mathml(body, is_block=True)}</span>'

    def table(self, text: str) -> str:
        """A table; it scrolls by itself where it is too wide."""
        return f'<div class="table"><table>\n{text}</table></div>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link to another page, or only its words."""
        if ELSEWHERE.match(url) or url.startswith("#"):
            return str(super().link(text, url, title))
        path, _, fragment = url.partition("#")
        page = self._pages.get((self._folder / unquote(path)).resolve())
        if page is None:
            return text
        return str(super().link(text, f"{page}#{fragment}" if fragment else page, title))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture with its bytes."""
        return str(super().image(text, data_url(self._folder / unquote(url)), title))


def data_url(path: Path) -> str:
    """A file as an address that holds its bytes."""
    kind, _encoding = mimetypes.guess_type(path.name)
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def to_html(source: str, renderer: PageRenderer) -> str:
    """Markdown as HTML."""
    html: Any = MarkdownWithMath(renderer=renderer).render(source)
    return FORMULA_AND_POINT.sub(r'<span class="together">\g<0></span>', str(html))
