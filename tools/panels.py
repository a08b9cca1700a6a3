"""The panels of notebooks as objects of this process: no kernel, no browser."""

from __future__ import annotations

import ast

from nbformat import NotebookNode

from vqlib import explore, image, plot

NAMES = {"explore": explore, "image": image, "plot": plot}
"""What the cell of a panel may use."""


def shows_a_panel(cell: NotebookNode) -> bool:
    """Whether a cell is one call that makes a panel of `explore`."""
    if cell.cell_type != "code" or "Panel(" not in cell.source:
        return False
    statements = ast.parse(cell.source).body
    return len(statements) == 1 and isinstance(statements[0], ast.Expr)


def panel_of(cell: NotebookNode) -> explore.Panel:
    """The panel of such a cell, as it looks when it is opened."""
    panel = eval(cell.source, dict(NAMES))
    if not isinstance(panel, explore.Panel):
        raise TypeError(f"{cell.source} is no panel but a {type(panel).__name__}")
    return panel
