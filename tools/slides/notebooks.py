"""What a deck takes from the stored notebooks: pictures and what was printed, by cell."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from PIL import Image

from tools.panels import shows_a_panel

from .decks import Figure, Printed

HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Picture:
    """A picture out of a notebook."""

    address: str
    """It holds the bytes of the picture."""
    size: tuple[int, int]
    """Width and height in pixels."""
    sentence: str
    """What the notebook says under it."""
    place: str
    is_panel: bool


@dataclass(frozen=True)
class Text:
    """Some lines that a cell has printed."""

    lines: tuple[str, ...]
    place: str


class Notebooks:
    """The notebooks of a folder, each read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, list[NotebookNode]] = {}

    def picture(self, figure: Figure) -> Picture:
        """The picture of a cell.

        Raises
        ------
        ValueError
            If there is no such notebook, cell or picture.
        """
        cell = self._cell(figure)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for kind in ("image/png", "image/jpeg"):
                if kind in data:
                    content = base64.b64decode(data[kind])
                    address = f"data:{kind};base64,{base64.b64encode(content).decode()}"
                    size = Image.open(io.BytesIO(content)).size
                    sentence = data["text/plain"]
                    place = self._place(figure)
                    return Picture(address, size, sentence, place, shows_a_panel(cell))
        raise ValueError(f"cell {figure.cell} of {figure.notebook} shows no picture")

    def text(self, printed: Printed) -> Text:
        """What a cell has printed, or some lines of it.

        Raises
        ------
        ValueError
            If there is no such notebook, cell or line.
        """
        outputs = self._cell(printed).get("outputs", [])
        told = "".join(output.text for output in outputs if output.output_type == "stream")
        lines = told.rstrip("\n").split("\n")
        last = printed.last or len(lines)
        if not told.strip():
            raise ValueError(f"cell {printed.cell} of {printed.notebook} prints nothing")
        if not 1 <= printed.first <= last <= len(lines):
            raise ValueError(
                f"cell {printed.cell} of {printed.notebook} prints {len(lines)} lines, "
                f"so there are no lines {printed.first} to {last}"
            )
        return Text(tuple(lines[printed.first - 1 : last]), self._place(printed))

    def _cells(self, name: str) -> list[NotebookNode]:
        if name not in self._read:
            path = self._folder / f"{name}.ipynb"
            if not path.exists():
                raise ValueError(f"there is no notebook {name}")
            self._read[name] = nbformat.read(path, as_version=4).cells
        return self._read[name]

    def _cell(self, source: Figure | Printed) -> NotebookNode:
        for cell in self._cells(source.notebook):
            if cell.id == source.cell:
                return cell
        raise ValueError(f"notebook {source.notebook} has no cell {source.cell}")

    def _place(self, source: Figure | Printed) -> str:
        """Number and title of the notebook, and the heading above the cell."""
        headings: list[str] = []
        for cell in self._cells(source.notebook):
            if cell.cell_type == "markdown":
                headings += [words for _, words in HEADING.findall(cell.source)]
            if cell.id == source.cell:
                break
        title = headings[0].partition(":")[0]
        return f"{source.notebook.partition('_')[0]} {title}, \u201c{headings[-1]}\u201d"
