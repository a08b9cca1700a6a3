"""What Run All of each notebook costs a hub, as rows of the table in teaching/hub.md.

`python -m tests.hub.costs` prints it. Each notebook runs in a kernel of its own on one thread, and
is then asked what it took. Linux only: elsewhere the most memory is counted in other units.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from subprocess import DEVNULL

import nbformat
from nbclient import NotebookClient

from tests.browser.lab import NOTEBOOKS
from tests.hub.messages import differences
from tools.store_notebooks import merge_streams, without_widgets

QUESTION = """
import json, psutil, resource
used = resource.getrusage(resource.RUSAGE_SELF)
own = psutil.Process().memory_full_info().uss
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, own]))
"""


def costs(path: Path) -> tuple[float, float, float]:
    """Seconds of a processor, most bytes, and bytes of its own at the end, of a kernel."""
    notebook = nbformat.read(path, as_version=4)
    stored = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(QUESTION))
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources=resources, store_widget_state=False
    ).execute(stderr=DEVNULL)
    answer = notebook.cells.pop().outputs[0].text
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    changed = differences(stored, [merge_streams(without_widgets(cell.outputs)) for cell in cells])
    if changed:
        raise ValueError(f"{path.name}: {changed[0]}")
    seconds, most, own = json.loads(answer)
    return seconds, most, own


def main() -> None:
    """Print the rows."""
    os.environ["OMP_NUM_THREADS"] = "1"
    print("| notebook | CPU seconds | most MB | MB of its own at the end |\n|--|--|--|--|")
    for path in NOTEBOOKS:
        seconds, most, own = costs(path)
        print(f"| {path.stem} | {seconds:.0f} | {most / 1e6:.0f} | {own / 1e6:.0f} |", flush=True)


if __name__ == "__main__":
    main()
