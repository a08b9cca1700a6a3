"""The sliders of bench_sliders.py with the kernel far away: a line of 5 Mbit/s, up to 200 ms long.

The page that is far away comes through the line before it is made long, so only what moves send has
to wait. The panel is new there: where the answers come ahead, no position has been visited.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

from benchmarks.timing import table_row
from tests.browser.bench_moves import Contender
from tests.browser.distance import HERE, Distance, Proxy

BANDWIDTH = 5  # Mbit/s
ROUND_TRIPS = (0, 100, 200)  # milliseconds
PAUSE = 0.15  # seconds, and a round trip, without a byte: the last move is answered
IDLE = 2  # seconds without a byte: nothing more comes ahead
AT_ONCE_BAR = 25  # milliseconds for a move where the page has the answer
SHARE_OF_FLOOR = 0.6  # and no more than this of the floor nearby
SETTLED_BAR = 40  # milliseconds from the last key of a burst to its last picture
BEYOND_ROUND_TRIP = 100  # milliseconds for a move that the kernel answers
TITLES = (
    "from afar",
    "floor nearby ms",
    *(f"{trip} ms: {what}" for trip in ROUND_TRIPS for what in ("a move", "a burst")),
    "kB a move, down",
)


@dataclass
class Figures:
    """What was measured at one distance."""

    round_trip: float
    """Milliseconds."""
    moves: list[float] = field(default_factory=list)
    """Milliseconds from each key to the picture."""
    bursts: list[float] = field(default_factory=list)
    """Milliseconds from the last key of each burst to the last new picture."""
    bytes_down: list[int] = field(default_factory=list)
    """By each move."""
    changes: list[int] = field(default_factory=list)
    """How often the picture changed after each move."""


# Measuring


def measure(proxy: Proxy, ours: Contender, needs_visits: bool, effort) -> list[Figures]:
    """The figures of a slider at each distance.

    Nothing is done until all that comes ahead is there; before that each position is visited if the
    slider needs it.
    """
    if needs_visits:
        ours.moves(2 * ours.count)
    proxy.wait_until_quiet(IDLE)
    figures = []
    for round_trip in ROUND_TRIPS:
        proxy.go(Distance(round_trip, BANDWIDTH))
        try:
            figures.append(measure_at(proxy, round_trip, ours, effort))
        finally:
            proxy.go(HERE)
    return figures


def measure_at(proxy: Proxy, round_trip: float, ours: Contender, effort) -> Figures:
    """The figures of a slider at the distance that the proxy has now."""
    figures = Figures(round_trip)
    pause = PAUSE + round_trip / 1000
    ours.moves(1)
    for _ in range(effort.far_moves):
        proxy.wait_until_quiet(pause)
        before = proxy.down
        figures.moves.append(ours.move())
        proxy.wait_until_quiet(pause)
        figures.bytes_down.append(proxy.down - before)
        figures.changes.append(ours.changes())
    for _ in range(effort.far_bursts):
        taken, _ = ours.burst(until=lambda: proxy.wait_until_quiet(pause))
        figures.bursts.append(taken)
    return figures


# Table and bars


def row(title: str, floor: float, from_afar: list[Figures]) -> str:
    """A row of the table."""
    times = []
    for figures in from_afar:
        times += [statistics.median(figures.moves), statistics.median(figures.bursts)]
    bytes_down = [size for figures in from_afar for size in figures.bytes_down]
    kilobytes = statistics.median(bytes_down) / 1000
    return table_row(title, *(f"{taken:.0f}" for taken in (floor, *times)), f"{kilobytes:.1f}")


def missed_bars(case, floor: float, from_afar: list[Figures]) -> list[str]:
    """Every bar that a case misses at a distance, in words."""
    missed = []
    for figures in from_afar:
        bars = bars_at_once(figures, floor) if case.at_once else bars_of_answers(figures)
        for what, value, bar in bars:
            if value > bar:
                where = f"{case.title}, {figures.round_trip} ms away"
                missed.append(f"{where}: {what}: {value:.2f}, at most {bar} allowed")
    return missed


def bars_at_once(figures: Figures, floor: float) -> list[tuple[str, float, float]]:
    """The bars of a slider of which the page has the answers."""
    move = statistics.median(figures.moves)
    return [
        ("a move, ms", move, AT_ONCE_BAR),
        ("a move, times the floor nearby", move / floor, SHARE_OF_FLOOR),
        ("a burst until it is settled, ms", statistics.median(figures.bursts), SETTLED_BAR),
        ("bursts of which the last key brings nothing", sum(t < 0 for t in figures.bursts), 0),
        ("pictures shown for one move", max(figures.changes), 1),
    ]


def bars_of_answers(figures: Figures) -> list[tuple[str, float, float]]:
    """The bar of a slider that the kernel has to answer."""
    bar = figures.round_trip + BEYOND_ROUND_TRIP
    return [("a move, ms", statistics.median(figures.moves), bar)]
