"""What all benchmarks share: contenders who take turns, peak memory, tables in Markdown, bars.

The same code may take twice as long in one minute as in another. So contenders take turns in one
process, times are medians, and what to read are the ratios.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

Result = TypeVar("Result")


# Times


Clock = Callable[[], float]
"""Seconds; `time.process_time` has those that the processor worked for us, and is fair to all who
have one thread, however busy the machine is."""


def timed(call: Callable[[], Result], clock: Clock = time.perf_counter) -> tuple[Result, float]:
    """What a call returns, and the milliseconds that it takes."""
    start = clock()
    result = call()
    return result, 1000 * (clock() - start)


def milliseconds(call: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    """Time of one call, by default that of the clock on the wall."""
    _, taken = timed(call, clock)
    return taken


@dataclass(frozen=True)
class Contender(Generic[Result]):
    """What is timed in turn with others."""

    run: Callable[[int], Result]
    """It is called with the number of the turn, which serves as a seed."""
    turns: int
    """In how many turns it takes part, from the first on."""
    calls: int = 1
    """How often it is timed in a turn."""
    enough: float = float("inf")
    """If the first call of a turn takes so many milliseconds, there is no second one."""
    warm_up: bool = False
    """Whether each turn begins with a call that is not timed."""


@dataclass(frozen=True)
class Timing(Generic[Result]):
    """One turn of a contender."""

    name: str
    times: list[float]
    """Milliseconds of each call."""
    result: Result
    """What the first of these calls returned."""


def each_turn(call: Callable[[], Result]) -> Callable[[int], Result]:
    """To `run` the same call in each turn."""
    return lambda _turn: call()


def in_turn(
    contenders: Mapping[str, Contender[Result]], clock: Clock = time.perf_counter
) -> Iterator[Timing[Result]]:
    """Let the contenders take turns; each timing is handed out at once, so that none is kept."""
    turns = max(contender.turns for contender in contenders.values())
    for turn in range(turns):
        for name, contender in contenders.items():
            if turn < contender.turns:
                yield _one_turn(name, contender, turn, clock)


def _one_turn(name: str, contender: Contender[Result], turn: int, clock: Clock) -> Timing[Result]:
    if contender.warm_up:
        contender.run(turn)
    result, first = timed(lambda: contender.run(turn), clock)
    times = [first]
    while len(times) < contender.calls and first < contender.enough:
        times.append(milliseconds(lambda: contender.run(turn), clock))
    return Timing(name, times, result)


def all_times(timings: Iterable[Timing[Result]]) -> dict[str, list[float]]:
    """The milliseconds of all calls of each contender, in the order in which they were made."""
    times: dict[str, list[float]] = {}
    for timing in timings:
        times.setdefault(timing.name, []).extend(timing.times)
    return times


def medians(times: Mapping[str, list[float]]) -> dict[str, float]:
    """The median of each list."""
    return {name: statistics.median(taken) for name, taken in times.items()}


# Memory


def peak_memory(call: Callable[[], Result]) -> tuple[Result, int]:
    """What a call returns, and the most bytes that it holds at a time beyond that.

    By `tracemalloc`, which makes the call slow: it must not be timed as well.
    """
    tracemalloc.start()
    result = call()
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return result, peak - held


# Tables


def table_row(*cells: object) -> str:
    """A row in Markdown."""
    return "| " + " | ".join(map(str, cells)) + " |"


def table_head(*titles: object) -> str:
    """The first two lines of a table in Markdown."""
    return table_row(*titles) + "\n" + "|--" * len(titles) + "|"


@dataclass(frozen=True)
class Bar:
    """What was asked of a figure, and what was reached."""

    what: str
    reached: float
    sign: Literal[">=", "<="]
    asked: float
    digits: int | None = None
    """Decimals in which the figure is shown; by default two below 10, and none from there on."""

    @property
    def met(self) -> bool:
        """Whether that is enough."""
        if self.sign == ">=":
            return self.reached >= self.asked
        return self.reached <= self.asked

    def row(self) -> str:
        """The figure beside what was asked, in Markdown."""
        digits = self.digits
        if digits is None:
            digits = 0 if self.reached >= 10 else 2
        verdict = "yes" if self.met else "NO"
        reached = f"{self.reached:.{digits}f}"
        return table_row(self.what, f"{self.sign} {self.asked:g}", reached, verdict)


def bar_table(bars: Iterable[Bar]) -> str:
    """All bars in Markdown."""
    rows = [bar.row() for bar in bars]
    return "\n".join([table_head("bar", "asked", "reached", "met"), *rows])


# The machine


def machine(**versions: str) -> str:
    """The machine, Python, and the versions of packages, in words."""
    words = [f"{os.cpu_count()} cores", platform.system(), f"Python {platform.python_version()}"]
    words += [f"{name} {version}" for name, version in versions.items()]
    return ", ".join(words)


def asked_to_be_quick(description: str | None, quick_help: str) -> bool:
    """Read the options of a benchmark: whether `--quick` is among them."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help=quick_help)
    return bool(parser.parse_args().quick)
