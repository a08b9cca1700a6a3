"""How fast the sliders answer, in one browser and one run.

`make bench-sliders` runs this as `python -m tests.browser.bench_sliders`: it prints a table, a row
as soon as it is measured, and checks the bars. Each panel is in a notebook of its own, so that one
that is slow or fails costs its own row only.

A move is a press of an arrow key; its time goes from the key's own time stamp to the end of the
animation frame in which the new picture is painted. The floor of a panel is a slider of ipywidgets
that swaps ready-made PNG bytes, of what that panel's move changes, in a stock Image; each panel is
measured in turn with its own floor. Then it is moved from afar: see bench_distance.py.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import tempfile
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from playwright.sync_api import TimeoutError as TimedOut

from benchmarks.timing import table_head, table_row
from tests.browser import bench_distance
from tests.browser.bench_moves import SCRIPT, Contender, NotMeasuredError
from tests.browser.distance import Proxy
from tests.browser.lab import ROOT, Lab, Sheet, browser

SETUP = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.browser import bench_cells
from vqlib import explore
"""
RUN_LIMIT = 240  # seconds for the cells of one notebook
BURST_BAR = 1.5  # times the floor
OPENING_BAR = 1.5  # seconds
INTERACT_BAR = 10  # times the picture panel
PICTURE = "picture, 512 x 512 (04)"
INTERACT = "interact"
TITLES = (
    "panel and slider",
    "floor ms",
    "ours ms",
    "ours / floor",
    "bar",
    "burst: floor ms",
    "ours ms",
    "ours / floor",
    "frames without a picture, floor and ours",
    "opens in ms",
)


# What is measured


@dataclass(frozen=True)
class Effort:
    """How often things are measured."""

    rounds: int
    moves: int
    """In a round, by the floor and by ours."""
    bursts: int
    far_moves: int
    """At each distance."""
    far_bursts: int


WHOLE = Effort(rounds=4, moves=10, bursts=6, far_moves=10, far_bursts=3)
QUICK = Effort(rounds=2, moves=4, bursts=2, far_moves=4, far_bursts=1)


@dataclass(frozen=True)
class Case:
    """A panel, and which of its sliders is moved."""

    title: str
    make: str
    """The expression that makes the panel."""
    control: str
    """The slider, as an attribute of the panel."""
    values: list[float]
    """Where it is moved, from one end to the other."""
    bar: float
    """How many times as long as its floor a move may take."""
    start: int = 0
    """Which of the values it has when the panel opens."""
    folded_as: str = ""
    """What stands beside it on the page, if it is folded away at first; else its name does."""
    labelled: str = ""
    """What stands beside it, if that is not its name."""
    at_once: bool = False
    """Whether the page has the answers before the slider is moved, however far the kernel is."""
    needs_visits: bool = False
    """Whether it has only those of positions that were shown before."""


@dataclass
class Measured:
    """The figures of a case; times in milliseconds, each for the floor and for ours."""

    opened: float
    moves: dict[str, list[float]] = field(default_factory=lambda: {"floor": [], "ours": []})
    bursts: dict[str, list[float]] = field(default_factory=lambda: {"floor": [], "ours": []})
    bare: dict[str, float] = field(default_factory=dict)
    """Share of the frames of a burst without a picture."""
    from_afar: list[bench_distance.Figures] = field(default_factory=list)
    """The figures at each distance, if it was moved from afar."""


def walk(low: float, high: float, step: float) -> list[float]:
    """Values of a slider, without the end."""
    return np.arange(low, high, step).round(9).tolist()


RAMP = "explore.RampPanel()"
GREY = "explore.PicturePanel()"
TWELVE = "bench_cells.twelve_megapixels()"
SCALAR = "explore.ScalarPanel()"
PLANE = "explore.PlanePanel()"
CORRELATED = "bench_cells.correlated()"
COLOURS = "bench_cells.visited(explore.ColourPanel('astronaut'))"
BLOCKS = "bench_cells.visited(explore.BlockPanel('camera'))"
LIMITS = "explore.LimitPanel()"
DESIGN = "explore.DesignPanel()"
STAGES = "explore.StagePanel()"
FIND = "explore.FindPanel()"
WORD = "bench_cells.coded(explore.WordPanel())"
COLLAPSE = "explore.CollapsePanel()"
PASSES = "explore.PassPanel()"
LEVELS = walk(-3, -1, 0.05)
XS = walk(-1.85, 0.2, 0.05)
TO_4 = walk(1, 5, 1)
TO_5 = walk(1, 6, 1)
TO_6 = walk(1, 7, 1)
TO_8 = walk(1, 9, 1)
TO_12 = walk(1, 13, 1)
MOMENTS = walk(0, 21, 1)
ALL_PASSES = walk(0, 7, 1)
PRICES = walk(0, 12, 1)
ACROSS = walk(280, 322, 1)
RHOS = walk(0.5, 0.9, 0.01)
TENTHS = walk(0, 0.95, 0.1)
AHEAD = {"at_once": True}
REMEMBERED = {"at_once": True, "needs_visits": True}
VISITED = {"needs_visits": True}
CASES = [
    Case("ramp (00)", RAMP, "bits", TO_8, bar=1.25, start=2, **AHEAD),
    Case(PICTURE, GREY, "bits", TO_8, bar=1.25, start=2, **AHEAD),
    Case("picture, 12 megapixels (04)", TWELVE, "bits", TO_8, bar=2, start=2, **AHEAD),
    Case("scalar, bits (01)", SCALAR, "bits", TO_4, bar=1.5, start=1, **AHEAD),
    Case("scalar, level moved (01)", SCALAR, "sliders[0]", LEVELS, bar=1.5, folded_as="moved to"),
    Case("plane, code vector moved (02)", PLANE, "sliders[0]", XS, bar=1.5, folded_as="x"),
    Case("plane, bits (02)", PLANE, "bits", TO_6, bar=1.5, start=3, **REMEMBERED),
    Case("plane, rho (02)", CORRELATED, "rho", RHOS, bar=1.5, **REMEMBERED),
    Case("colour, 512 x 512, bits (05)", COLOURS, "bits", TO_8, bar=1.25, start=3, **VISITED),
    Case("blocks, 512 x 512, bits (06)", BLOCKS, "bits", TO_8, bar=1.25, start=3, **VISITED),
    Case("limits, dimension (07)", LIMITS, "dimension", TO_4, bar=1.5, start=1, **AHEAD),
    Case("limits, rho (07)", LIMITS, "rho", TENTHS, bar=1.5, start=9, **AHEAD),
    Case("stages (08)", STAGES, "stages", TO_12, bar=1.25, start=5, **AHEAD),
    Case("price (08)", STAGES, "price", PRICES, 1.25, start=7, labelled="price 2^", **REMEMBERED),
    Case("find, patch moved (09)", FIND, "across", ACROSS, bar=1.5),
    Case("word, bits (10)", WORD, "bits", TO_5, bar=1.5, start=1, **AHEAD),
    Case("collapse (11)", COLLAPSE, "moment", MOMENTS, bar=1.5, start=20, **AHEAD),
    Case("passes (12)", PASSES, "passes", ALL_PASSES, bar=1.5, **AHEAD),
    Case("design, bits (03)", DESIGN, "bits", TO_5, bar=1.5, start=2, **VISITED),
]


# One case


class Bench:
    """JupyterLab and the browser, and what they complained about."""

    def __init__(self, lab: Lab, chromium, effort: Effort, proxy: Proxy | None) -> None:
        self.lab = lab
        self.chromium = chromium
        self.effort = effort
        self.proxy = proxy
        """Between JupyterLab and a page that is far away; none if there is to be no such page."""
        self.complaints: list[str] = []

    def measure(self, case: Case) -> Measured:
        """The figures of a case."""
        sources = [
            f"panel = {case.make}\nbench_cells.floor(panel, panel.{case.control}, {case.values})"
        ]
        sources.append(case.make)
        with self._notebook(sources) as path:
            with self._open(path, case.title, self.lab.address) as sheet:
                run_all(sheet)
                measured = self._fill_in(sheet, case)
            if self.proxy:
                with self._open(path, case.title, self.proxy.address) as sheet:
                    ours = slider_of(sheet, case)
                    open_panel(ours, case)
                    measured.from_afar = bench_distance.measure(
                        self.proxy, ours, case.needs_visits, self.effort
                    )
        return measured

    def interact(self) -> tuple[float, float]:
        """Milliseconds of a move of `interact` with the common code, and with our quantizer."""
        sources = ["bench_cells.interact_with_common_code()", "bench_cells.interact_with_ours()"]
        address = self.lab.address
        with self._notebook(sources) as path, self._open(path, INTERACT, address) as sheet:
            run_all(sheet)
            return self._two_medians(sheet)

    @contextlib.contextmanager
    def _notebook(self, sources):
        """The path of a notebook of these cells; its kernel ends with it."""
        try:
            yield self.lab.write("bench", [SETUP, *sources])
        finally:
            end_kernels(self.lab)

    @contextlib.contextmanager
    def _open(self, path: str, title: str, address: str):
        """That notebook in a tab that reaches JupyterLab by this address."""
        sheet = Sheet(self.lab, self.chromium, path, address=address)
        try:
            sheet.page.evaluate(SCRIPT)
            yield sheet
        finally:
            self.complaints += [f"{title}: {text}" for text in sheet.complaints]
            sheet.close()

    def _fill_in(self, sheet: Sheet, case: Case) -> Measured:
        floor = Contender(sheet, 1, "floor", "floor", len(case.values))
        ours = slider_of(sheet, case)
        measured = Measured(open_panel(ours, case))
        both = {"floor": floor, "ours": ours}
        for turn in range(self.effort.rounds):
            for name in in_turn(both, turn):
                measured.moves[name] += both[name].moves(self.effort.moves)
        for turn in range(self.effort.bursts):
            for name in in_turn(both, turn):
                taken, _ = both[name].burst()
                measured.bursts[name].append(taken)
        for name, contender in both.items():
            _, measured.bare[name] = contender.burst(looking=True)
        return measured

    def _two_medians(self, sheet: Sheet) -> tuple[float, float]:
        count = self.effort.rounds * self.effort.moves
        common = Contender(sheet, 1, "bits", INTERACT, 4, 1).moves(count)
        ours = Contender(sheet, 2, "bits", INTERACT, 4, 1).moves(count)
        return statistics.median(common), statistics.median(ours)


def slider_of(sheet: Sheet, case: Case) -> Contender:
    """The slider of our panel, in the last cell."""
    name = case.folded_as or case.labelled or case.control
    return Contender(sheet, 2, name, "ours", len(case.values), case.start)


def open_panel(ours: Contender, case: Case) -> float:
    """Run the cell of our panel and show its slider; milliseconds until the panel is painted."""
    taken = ours.open()
    if case.folded_as:
        ours.root.get_by_role("button", name="more").click()
    return taken


def run_all(sheet: Sheet) -> None:
    """Run all cells of a notebook that was never run."""
    sheet.menu("Run", "Run All Cells")
    try:
        sheet.wait_until_run(RUN_LIMIT)
    except TimedOut:
        raise NotMeasuredError(f"its cells took more than {RUN_LIMIT} s") from None
    except AssertionError:
        traceback, *_ = sheet.page.evaluate("vqTests.errors()")
        last_line = traceback.strip().splitlines()[-1]
        raise NotMeasuredError(f"a cell failed: {last_line}") from None


def end_kernels(lab: Lab) -> None:
    """End what still runs, so that the next notebook has a kernel and the machine for itself."""
    headers = {"Authorization": f"token {lab.token}"}
    for session in lab.ask("sessions"):
        address = f"{lab.address}/api/sessions/{session['id']}"
        request = urllib.request.Request(address, headers=headers, method="DELETE")
        urllib.request.urlopen(request, timeout=20).close()


def in_turn(names, turn: int) -> list[str]:
    """The names, in every other turn the last one first."""
    return list(names)[:: -1 if turn % 2 else 1]


def in_one_line(error: Exception) -> str:
    """What a failure says, short enough for a table."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    first = lines[0] if lines else type(error).__name__
    return first[:160].replace("|", "/")


# Tables and bars


def row(case: Case, measured: Measured) -> str:
    """A row of the table."""
    floor, ours, over = compared(measured.moves)
    burst_floor, burst_ours, burst_over = compared(measured.bursts)
    bare = " and ".join(f"{100 * measured.bare[name]:.1f} %" for name in ("floor", "ours"))
    moves = (f"{floor:.0f}", f"{ours:.0f}", f"{over:.2f}", case.bar)
    bursts = (f"{burst_floor:.0f}", f"{burst_ours:.0f}", f"{burst_over:.2f}")
    return table_row(case.title, *moves, *bursts, bare, f"{measured.opened:.0f}")


def compared(times: dict[str, list[float]]) -> tuple[float, float, float]:
    """The medians of the floor and of ours, and ours over the floor."""
    floor = statistics.median(times["floor"])
    ours = statistics.median(times["ours"])
    return floor, ours, ours / floor


def missed_bars(case: Case, measured: Measured) -> list[str]:
    """Every bar that a case misses, in words."""
    _, _, over = compared(measured.moves)
    _, _, burst_over = compared(measured.bursts)
    bars = [
        ("a move, times its floor", over, case.bar),
        ("a burst, times its floor", burst_over, BURST_BAR),
        ("frames without a picture, %", 100 * measured.bare["ours"], 0),
        ("opening, s", measured.opened / 1000, OPENING_BAR),
    ]
    missed = []
    for what, value, bar in bars:
        if value > bar:
            missed.append(f"{case.title}: {what}: {value:.2f}, at most {bar} allowed")
    return missed


def measure_panels(bench: Bench, cases: list[Case]) -> tuple[dict[str, Measured], list[str]]:
    """Print the table row by row; the figures by title, and what was missed."""
    figures = {}
    failures = []
    print(table_head(*TITLES), flush=True)
    for case in cases:
        try:
            measured = bench.measure(case)
        except Exception as error:  # whatever it is, the other rows are still wanted
            reason = f"not measured: {in_one_line(error)}"
            failures.append(f"{case.title}: {reason}")
            print(table_row(case.title, reason, *[""] * (len(TITLES) - 2)), flush=True)
        else:
            figures[case.title] = measured
            failures += missed_bars(case, measured)
            print(row(case, measured), flush=True)
    return figures, failures


def print_from_afar(cases: list[Case], figures: dict[str, Measured]) -> list[str]:
    """Print the table of what was moved from afar; what was missed."""
    failures = []
    print("", table_head(*bench_distance.TITLES), sep="\n")
    for case in cases:
        if case.title in figures:
            measured = figures[case.title]
            floor, _, _ = compared(measured.moves)
            print(bench_distance.row(case.title, floor, measured.from_afar), flush=True)
            failures += bench_distance.missed_bars(case, floor, measured.from_afar)
    return failures


def measure_interact(bench: Bench, picture: Measured | None) -> list[str]:
    """Print what `interact` takes; what was missed, if the picture panel is measured, too."""
    try:
        common, ours = bench.interact()
    except Exception as error:
        reason = f"{INTERACT}: not measured: {in_one_line(error)}"
        print(f"\n{reason}", flush=True)
        return [reason]
    panels = "interact, two imshow panels"
    print(f"\n{panels}, common code: {common:.0f} ms; with vqlib: {ours:.0f} ms", flush=True)
    if picture is None:
        return []
    _, panel, _ = compared(picture.moves)
    if common >= INTERACT_BAR * panel:
        return []
    times = f"{common / panel:.1f} times as long as ours"
    return [f"interact over the common code takes {times}, at least {INTERACT_BAR} expected"]


def options() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer moves, for a look")
    parser.add_argument("--only", metavar="TEXT", default="", help="panels with TEXT in the title")
    parser.add_argument("--local", action="store_true", help="nothing is moved from afar")
    chosen = parser.parse_args()
    titles = [*(case.title for case in CASES), INTERACT]
    if not any(chosen.only in title for title in titles):
        parser.error(f"no title has {chosen.only!r} in it; there are: {'; '.join(titles)}")
    return chosen


def measure_all(bench: Bench, only: str) -> list[str]:
    """Print all tables; what was missed or not measured."""
    cases = [case for case in CASES if only in case.title]
    figures, failures = measure_panels(bench, cases)
    if bench.proxy:
        failures += print_from_afar(cases, figures)
    if only in INTERACT:
        failures += measure_interact(bench, figures.get(PICTURE))
    return failures + bench.complaints


def main() -> int:
    """Measure and print; 1 if a bar was missed or something was not measured."""
    chosen = options()
    effort = QUICK if chosen.quick else WHOLE
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        try:
            with Proxy(lab.address) as proxy, browser() as chromium:
                print(f"Chromium {chromium.version}\n")
                bench = Bench(lab, chromium, effort, None if chosen.local else proxy)
                failures = measure_all(bench, chosen.only)
        finally:
            lab.stop()
    print("", *(failures or ["All bars are met."]), sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
