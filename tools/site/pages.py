"""Notebooks and other texts as pages, each one file that holds all that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter

from .markdown import PageRenderer, to_html
from .panels import PagePanels

HERE = Path(__file__).resolve().parent
CODE_COLOURS = "vs"
"""A style of Pygments whose colours can be read on white."""


class PageExporter(HTMLExporter):
    """nbconvert's exporter with a small template of our own, and with formulas at once."""

    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer
        basedirs = [str(HERE / "templates")]
        super().__init__(template_name="page", extra_template_basedirs=basedirs)  # type: ignore[no-untyped-call]

    def default_filters(self) -> Iterator[tuple[str, Callable[..., str]]]:
        """Those of nbconvert, but for the one of Markdown."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield "markdown2html", lambda source: to_html(source, self._renderer)


def page_of_notebook(
    notebook: NotebookNode, folder: Path, pages: Mapping[Path, str], panels: PagePanels
) -> str:
    """A notebook as it is stored; nothing of it is run.

    Parameters
    ----------
    notebook : NotebookNode
    folder : Path
        Where it lies, for its links.
    pages : mapping of Path to str
        As for `PageRenderer`.
    panels : PagePanels
    """
    return _page(notebook, folder, pages, panels, is_notebook=True)


def page_of_text(path: Path, pages: Mapping[Path, str]) -> str:
    """A file of Markdown as a page."""
    cell = nbformat.v4.new_markdown_cell(path.read_text(encoding="utf-8"))
    notebook = nbformat.v4.new_notebook(cells=[cell])
    is_start = pages[path] == "index.html"
    return _page(notebook, path.parent, pages, PagePanels(), is_notebook=not is_start)


def _page(
    notebook: NotebookNode,
    folder: Path,
    pages: Mapping[Path, str],
    panels: PagePanels,
    *,
    is_notebook: bool,
) -> str:
    page: dict[str, Any] = {
        "title": title_of(notebook),
        "style": "\n".join([own_style(), panels.style]),
        "panels": panels.panels,
        "scripts": [(HERE / "page.js").read_text(encoding="utf-8"), panels.script],
        "is_notebook": is_notebook,
    }
    exporter = PageExporter(PageRenderer(folder, pages))
    html, _resources = exporter.from_notebook_node(notebook, {"page": page})
    return str(html)


def title_of(notebook: NotebookNode) -> str:
    """The words of the first heading."""
    first_line, *_ = notebook.cells[0].source.splitlines()
    return str(first_line.lstrip("# "))


def own_style() -> str:
    """The style of all pages."""
    code = HtmlFormatter(style=CODE_COLOURS).get_style_defs(".highlight")
    return f"{(HERE / 'page.css').read_text(encoding='utf-8')}\n{code}"
