"""One slider on the page of a benchmark: it is moved, and each move is timed on the page.

A move is a press of an arrow key; its time goes from the key's own time stamp to the end of the
animation frame in which the new picture is painted. The page's side is bench_sliders.js.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

from tests.browser.lab import Sheet

SCRIPT = Path(__file__).with_name("bench_sliders.js").read_text(encoding="utf-8")
KEYS_IN_A_BURST = 14
BETWEEN_KEYS = 0.036  # seconds: a burst takes half a second
QUIET = 700  # milliseconds after which a burst is over
BURST_LIMIT = 20  # seconds


class NotMeasuredError(Exception):
    """Why there are no figures, in words."""


class Contender:
    """One slider on the page, which goes up and down between the ends of its positions."""

    def __init__(self, sheet: Sheet, cell: int, label: str, kind: str, count: int, start: int = 0):
        self.page = sheet.page
        self.kind = kind
        """`ours`, or anything else that shows images."""
        self.cell = self.page.locator(".jp-Notebook .jp-Cell").nth(cell)
        self.root = self.cell.locator(".jp-Cell-outputWrapper")
        slider = self.root.locator(f'.widget-slider:has(label:text-is("{label}"))')
        self.handle = slider.locator(".noUi-handle")
        self.count = count
        self.at = start
        self.way = 1

    def next_key(self) -> str:
        """The arrow key that comes next."""
        if not 0 <= self.at + self.way < self.count:
            self.way = -self.way
        self.at += self.way
        return "ArrowRight" if self.way > 0 else "ArrowLeft"

    def watch(self, looking: bool = False) -> None:
        """Get ready to be measured, with an eye on every frame if `looking`."""
        self.root.locator("canvas, img").first.scroll_into_view_if_needed()
        options = {"kind": self.kind, "looking": looking}
        self.root.evaluate("(root, options) => vqBench.watch(root, options)", options)
        self.handle.focus()
        time.sleep(0.2)

    def move(self) -> float:
        """Milliseconds from the key to the picture."""
        time.sleep(random.uniform(0.1, 0.15))  # not always at the same place of an animation frame
        self.page.evaluate("vqBench.expectMove()")
        self.page.keyboard.press(self.next_key())
        taken = self.page.evaluate("vqBench.moved()")
        if taken is None:
            raise NotMeasuredError(
                f"a move of the {self.kind} slider brought no picture within 15 s"
            )
        return taken

    def moves(self, count: int) -> list[float]:
        """Milliseconds of so many moves, after one to warm up."""
        self.watch()
        self.move()
        return [self.move() for _ in range(count)]

    def changes(self) -> int:
        """How often the picture has changed since the last move began."""
        return self.page.evaluate("vqBench.changes()")

    def burst(self, looking: bool = False, until=lambda: None) -> tuple[float, float]:
        """Many moves in half a second: from the last key to the last new picture, and bare frames.

        Those are a share of all frames. Looking takes time, so a burst that was looked at is not to
        be timed. It is over when `until` returns and the page has been quiet for a while.
        """
        self.watch(looking)
        start = time.perf_counter()
        for turn in range(KEYS_IN_A_BURST):
            time.sleep(max(0, start + turn * BETWEEN_KEYS - time.perf_counter()))
            self.page.keyboard.press(self.next_key())
        until()
        while self.page.evaluate("vqBench.quietFor()") < QUIET:
            if time.perf_counter() - start > BURST_LIMIT:
                raise NotMeasuredError(f"a burst was not over after {BURST_LIMIT} s")
            time.sleep(0.1)
        taken, bare = self.page.evaluate("vqBench.burst()")
        return taken, bare

    def open(self) -> float:
        """Milliseconds from running the cell to the painted panel."""
        self.cell.locator(".jp-InputArea-editor").click()
        self.cell.evaluate("cell => vqBench.expectPanel(cell)")
        self.page.keyboard.press("Control+Enter")
        taken = self.page.evaluate("vqBench.opened()")
        if taken is None:
            raise NotMeasuredError("its panel was not painted within 15 s")
        return taken
