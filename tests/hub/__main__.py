"""Three people on a JupyterHub at once: each runs notebook 00 and moves its slider.

`make test-hub` calls it. It says what it measured, and fails if an output is not the stored one, a
panel answers wrongly, or a kernel has more than one thread.
"""

from __future__ import annotations

import itertools
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import nbformat

from tests.browser.lab import CHROMIUM, ROOT
from tests.hub.hub import Hub
from tests.hub.messages import differences, outputs_among
from tests.hub.page import problems_in_chromium
from tests.hub.person import Person
from vqlib.explore.start_here import ramp_frame

NAMES = ["ada", "bela", "chen"]
NOTEBOOK = "notebooks/00_start_here.ipynb"
PANEL = "explore.RampPanel()"
MOVES = 24
PAUSE = 0.15
"""Seconds between two moves, as a hand makes them."""
# As a cell that loads scikit-learn before vqlib would find them.
THREADS = """
import json, sklearn.cluster, threadpoolctl
print(json.dumps([pool["num_threads"] for pool in threadpoolctl.threadpool_info()]))
"""


class Visit(NamedTuple):
    """What came of what one person did."""

    person: Person
    changed: list[str]
    """Outputs that are not the stored ones."""
    wrong: list[str]
    """What else is wrong."""
    moves: list[float]
    """Seconds."""
    own_memory: tuple[int, int]
    """Bytes of the server and of the kernel at the end that nobody shares."""
    processor_times: tuple[float, float, float]
    """Seconds of a processor for the start of the server, for all cells, and for all moves."""


def visit(hub: Hub, name: str) -> Visit:
    """Log in, run the notebook, and move the slider of its panel."""
    person = Person(hub, name)
    person.log_in()
    person.start_server()
    begun = sum(person.processor_time())
    person.open_notebook(NOTEBOOK)
    notebook = nbformat.read(ROOT / NOTEBOOK, as_version=4)
    answers = list(person.run(notebook))
    changed = differences(notebook, [outputs_among(messages) for messages in answers])
    run = sum(person.processor_time())
    threads = person.read(THREADS)
    wrong = [] if set(threads) == {1} else [f"the numbers of threads are {threads}"]
    before = sum(person.processor_time())
    moves, answered_wrongly = move_slider(person, *comms_of_panel(itertools.chain(*answers)))
    moved = sum(person.processor_time()) - before
    times = (begun, run - begun, moved)
    return Visit(person, changed, wrong + answered_wrongly, moves, person.own_memory(), times)


def move_slider(person: Person, slider: str, view: str) -> tuple[list[float], list[str]]:
    """Seconds of each move, and what the panel says wrongly."""
    moves = []
    wrong = []
    for step in range(MOVES):
        bits = step % 8 + 1
        time.sleep(PAUSE)
        seconds, state = person.move(slider, view, bits)
        moves.append(seconds)
        if state["status"] != ramp_frame(bits)[1]:
            wrong.append(f"at {bits} bits the panel says {state['status']!r}")
    return moves, wrong


def comms_of_panel(messages: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
    """How the slider and the view of the only panel are called."""
    opened = [one["content"] for one in messages if one["header"]["msg_type"] == "comm_open"]
    (slider,) = [one["comm_id"] for one in opened if model_of(one) == "IntSliderModel"]
    (view,) = [one["comm_id"] for one in opened if model_of(one) == "AnyModel"]
    return slider, view


def model_of(content: Mapping[str, Any]) -> str:
    """The class of a widget in the page."""
    name: str = content["data"]["state"]["_model_name"]
    return name


def report(one: Visit) -> str:
    """What was measured, in a line."""
    moves = [1000 * seconds for seconds in one.moves]
    server, kernel = (count / 1e6 for count in one.person.most_memory)
    own_server, own_kernel = (count / 1e6 for count in one.own_memory)
    start, run, moved = one.processor_times
    return (
        f"{one.person.name}: outputs equal {'no' if one.changed else 'yes'}, "
        f"a move {statistics.median(moves):.0f} ms (longest {max(moves):.0f}), "
        f"server {server:.0f} MB (its own {own_server:.0f}), "
        f"kernel {kernel:.0f} MB (its own {own_kernel:.0f}); "
        f"seconds of a processor: start of the server {start:.1f}, run {run:.1f}, "
        f"a move {moved / MOVES:.3f}"
    )


def main() -> int:
    """0 if all is as it should be."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the hub is ended first
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, Hub(Path(folder), NAMES) as hub:
        print(f"hub and proxy up after {time.perf_counter() - begin:.1f} s", flush=True)
        with ThreadPoolExecutor(len(NAMES)) as pool:
            visits = list(pool.map(lambda name: visit(hub, name), NAMES))
        print("\n".join(map(report, visits)), flush=True)
        problems = []
        for one in visits:
            found = [*one.changed, *one.wrong]
            problems += [f"{one.person.name}: {sentence}" for sentence in found]
        if CHROMIUM:
            problems += problems_in_chromium(visits[0].person, NOTEBOOK, PANEL)
            print("in Chromium the panel was moved to every position", flush=True)
        else:
            print("no Chromium: no page was opened")
    print(f"all ended after {time.perf_counter() - begin:.1f} s")
    for sentence in problems:
        print(sentence, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
