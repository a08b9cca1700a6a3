"""What Run All of each notebook costs a hub, as rows of the table in teaching/hub.md.

`python -m tests.hub.costs` prints it. Each notebook runs in a kernel of its own on one thread, and
is then asked what it took, and what the processes took that it has started and that have ended.
Memory of such processes is looked at from outside. Linux only: elsewhere the most memory is
counted in other units.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from subprocess import DEVNULL
from typing import NamedTuple, Self

import nbformat
import psutil
from nbclient import NotebookClient

from tests.browser.lab import NOTEBOOKS
from tests.hub.messages import differences
from tools.store_notebooks import merge_streams, without_widgets

QUESTION = """
import json, psutil, resource
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
own = psutil.Process().memory_full_info().uss
seconds = sum(one.ru_utime + one.ru_stime for one in used)
print(json.dumps([seconds, used[0].ru_maxrss * 1024, own]))
"""
PAUSE = 0.1
"""Seconds between two looks at the memory of all processes."""


class Costs(NamedTuple):
    """What a notebook takes; bytes are those of the kernel and of what it has started."""

    seconds: float
    """Of a processor."""
    most: float
    """Most bytes; what two processes share is counted twice."""
    own: float
    """Bytes that nobody shares, at the end."""
    most_own: float
    """Most bytes that nobody shares; 0 if the notebook started no process."""


class Watch:
    """Looks at all processes that are started below this one; only one kernel may be among them."""

    def __init__(self) -> None:
        self.most = 0.0
        self.most_own = 0.0
        self._others = set(psutil.Process().children(recursive=True))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(PAUSE):
            started = set(psutil.Process().children(recursive=True)) - self._others
            found = _memory_of(started)
            if len(found) > 1:
                self.most = max(self.most, sum(every for every, _ in found))
                self.most_own = max(self.most_own, sum(own for _, own in found))


def _memory_of(processes: Iterable[psutil.Process]) -> list[tuple[int, int]]:
    """Of each process that is still there its bytes, and those of its own."""
    found = []
    for process in processes:
        with contextlib.suppress(psutil.Error):
            memory = process.memory_full_info()
            found.append((memory.rss, memory.uss))
    return found


def costs(path: Path) -> Costs:
    """What "Run All Cells" of a notebook takes.

    Raises
    ------
    ValueError
        If an output is not the stored one.
    """
    notebook = nbformat.read(path, as_version=4)
    stored = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(QUESTION))
    resources = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources=resources, store_widget_state=False
    )
    with Watch() as watch:
        client.execute(stderr=DEVNULL)
    answer = notebook.cells.pop().outputs[0].text
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    changed = differences(stored, [merge_streams(without_widgets(cell.outputs)) for cell in cells])
    if changed:
        raise ValueError(f"{path.name}: {changed[0]}")
    seconds, most, own = json.loads(answer)
    return Costs(seconds, max(most, watch.most), own, watch.most_own)


def main() -> None:
    """Print the rows."""
    os.environ["OMP_NUM_THREADS"] = "1"
    print("| notebook | CPU seconds | most MB | MB of its own at the end |\n|--|--|--|--|")
    for path in NOTEBOOKS:
        seconds, *memory = costs(path)
        most, own, most_own = (count / 1e6 for count in memory)
        print(f"| {path.stem} | {seconds:.0f} | {most:.0f} | {own:.0f} |", flush=True)
        if most_own:
            print(f"{path.stem} and the processes that it starts: {most_own:.0f} MB of their own")


if __name__ == "__main__":
    main()
