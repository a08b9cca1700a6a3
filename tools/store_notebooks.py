"""Runs notebooks from a fresh kernel and stores them clean; `make notebooks [NB=path]` calls it.

A notebook that does not run to its end is left as it was. Beside the sentence of a panel stands a
picture of it, for where no kernel runs.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from tools.panels import panel_of, shows_a_panel
from vqlib.explore.still import still

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "notebooks", ROOT / "solutions")
SECONDS = 60  # for one cell
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = {"tags", "slideshow"}
# This holds a random id that means nothing without its kernel.
WIDGET = "application/vnd.jupyter.widget-view+json"


class NotRunError(Exception):
    """A notebook that did not run to its end; its text is one sentence that says where and why."""


def read(path: Path) -> NotebookNode:
    """The notebook at `path` in nbformat 4.5; its cell ids stay as they are."""
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # a file that is no notebook makes nbformat raise nearly anything
        raise NotRunError(f"{path} cannot be read as a notebook: {first_line(error)}") from error
    if notebook.nbformat_minor < 5:
        notebook = nbformat.v4.upgrade(notebook)
    return notebook


def run(notebook: NotebookNode, path: Path, seconds: int = SECONDS) -> None:
    """Run every cell in a fresh python3 kernel, in the notebook's folder, and keep the outputs.

    Raises
    ------
    NotRunError
        If a cell raises, runs longer than `seconds`, or ends the kernel.
    """
    running = 0

    def remember(cell_index: int, **_: object) -> None:
        nonlocal running
        running = sum(cell.cell_type == "code" for cell in notebook.cells[: cell_index + 1])

    client = NotebookClient(
        notebook,
        timeout=seconds,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.resolve().parent)}},
        store_widget_state=False,
        record_timing=False,
        on_cell_execute=remember,
    )
    try:
        # These are the kernel's own notices; what a cell prints comes another way.
        client.execute(stderr=DEVNULL)
    except CellExecutionError as error:
        reason = f"raised {error.ename}: {first_line(error.evalue)}"
    except CellTimeoutError:
        reason = f"ran longer than {seconds} seconds"
    except DeadKernelError:
        reason = "ended the kernel"
    else:
        return
    raise NotRunError(f"{path} is left as it was: code cell {running} {reason}")


def clean(notebook: NotebookNode) -> None:
    """Remove what is of one machine or one run: widget ids, timings, what was folded, versions."""
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    for cell in notebook.cells:
        cell.metadata = only(CELL_METADATA, cell.metadata)
        if cell.cell_type == "code":
            cell.outputs = merge_streams(without_widgets(cell.outputs))


def add_stills(notebook: NotebookNode) -> None:
    """Put a picture beside the sentence of each panel, as it looks when it is opened."""
    for cell in notebook.cells:
        if shows_a_panel(cell):
            kind, content = still(panel_of(cell).view)
            for output in cell.outputs:
                output.data[kind] = base64.b64encode(content).decode()


def only(names: set[str], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of these names."""
    return {name: value for name, value in metadata.items() if name in names}


def without_widgets(outputs: Iterable[NotebookNode]) -> Iterable[NotebookNode]:
    """Outputs less the widgets, each of which is spoken for by its `text/plain`."""
    for output in outputs:
        data = output.get("data", {})
        if WIDGET in data:
            del data[WIDGET]
            output.metadata.pop(WIDGET, None)
        if data or output.output_type not in {"display_data", "execute_result"}:
            yield output


def merge_streams(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Outputs with what was printed in several pieces, one after the other, in one."""
    merged: list[NotebookNode] = []
    for output in outputs:
        if merged and output.output_type == "stream" and merged[-1].get("name") == output.name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def write(notebook: NotebookNode, path: Path) -> None:
    """Replace the file at once, so that a stop half-way leaves the old one."""
    nbformat.validate(notebook)
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes((nbformat.writes(notebook, indent=1).rstrip("\n") + "\n").encode())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def store(path: Path, seconds: int = SECONDS) -> None:
    """Run the notebook at `path` and store it clean."""
    notebook = read(path)
    run(notebook, path, seconds)
    add_stills(notebook)
    clean(notebook)
    write(notebook, path)


def all_notebooks() -> list[Path]:
    """The series, and then its solutions."""
    found: list[Path] = []
    for folder in FOLDERS:
        found += sorted(folder.glob("*.ipynb"))
    return found


def first_line(error: object) -> str:
    """What an error says first: some say pages."""
    return next(iter(str(error).strip().splitlines()), "")


def main(arguments: list[str]) -> int:
    """Store the notebooks named, or all; 0 if every one ran."""
    paths = [Path(argument) for argument in arguments] or all_notebooks()
    try:
        if not paths:
            raise NotRunError(f"{ROOT} holds no notebook")
        for path in paths:
            store(path)
            print(f"{path.name} stored", flush=True)
    except NotRunError as error:
        print(f"vqlib: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
