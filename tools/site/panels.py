"""The panels of a page: those that move without a kernel, and those of which a picture stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from tools.panels import panel_of, shows_a_panel
from vqlib import explore

from .offers import OFFERS
from .packing import packed
from .recording import recorded

HERE = Path(__file__).resolve().parent
VIEW = Path(explore.__file__).parent
MOVES = (
    "Here these controls move, over what was computed before. What else the text names (stars to "
    "drag, more settings, words and pictures of your own, files to save) works in JupyterLab:"
)
STAYS = "Here the panel is a picture. In JupyterLab it moves:"


@dataclass
class PagePanel:
    """What stands below the picture of a panel, and what moves it."""

    note: str
    recording: str = ""
    """As `packed` gives it; empty if the picture stays."""


@dataclass
class PagePanels:
    """The panels of a page by the sentences of the notebook, with the script and style of all."""

    panels: dict[str, PagePanel] = field(default_factory=dict)
    script: str = ""
    style: str = ""


def panels_of(notebook: NotebookNode) -> PagePanels:
    """The panels of a notebook. Nothing of it is run but the calls that make them."""
    found = PagePanels()
    for cell in notebook.cells:
        if shows_a_panel(cell):
            (output,) = cell.outputs
            found.panels[output.data["text/plain"]] = _page_panel(panel_of(cell))
    if any(panel.recording for panel in found.panels.values()):
        found.script = f"{_text(VIEW / 'view.js')}\n{_text(HERE / 'panel.js')}"
        found.style = _text(VIEW / "view.css")
    return found


def _page_panel(panel: explore.Panel) -> PagePanel:
    offer = OFFERS.get(type(panel).__name__)
    if offer is None:
        return PagePanel(STAYS)
    return PagePanel(MOVES, packed(recorded(panel, offer)))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
