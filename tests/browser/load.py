"""Thousands of random moves over many panels, each told in full when something goes wrong.

The same seed makes the same moves. VQ_LOAD_SEED and VQ_LOAD_MOVES in the environment set another
seed or number, to look for a failure or to come back to one.
"""

import os
import time
from collections import deque
from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np

from tests.browser.panels import Pair

SEED = int(os.environ.get("VQ_LOAD_SEED", "0"))
MOVES = int(os.environ.get("VQ_LOAD_MOVES", "2000"))
KEYS = ("ArrowLeft", "ArrowRight", "Home", "End")
KEY_SHARES = (0.42, 0.42, 0.08, 0.08)
TEXTS = ("", "anna", "Jonathan", "x", "r2d2", "a" * 40)
IN_A_ROW = 10  # moves of one panel before the next one's turn
TOLD = 10  # moves that a failure tells of
LOOK_AT_ALL = 100  # moves after which all panels are compared with their twins to the pixel
IN_HASTE = 40  # moves that a reader in haste makes without a look at what they bring
# A slider of ipywidgets is disabled as a whole, not its handle.
IS_USABLE = "handle => handle.checkVisibility() && !handle.closest('[disabled]')"
LATEST = 20  # seconds in which a kernel that is far away has answered all moves in a row


@dataclass(frozen=True)
class Move:
    """One move of one control, on the page and on the twin."""

    pair: Pair
    control: widgets.Widget
    what: str
    """The label that is chosen, the text that is typed or the key that is pressed."""

    def make(self):
        """Do it."""
        if isinstance(self.control, widgets.Dropdown):
            self.pair.choose(self.control, self.what)
        elif isinstance(self.control, widgets.Text):
            self.pair.type(self.control, self.what)
        elif isinstance(self.control, widgets.Button):
            self.pair.click(self.control, self.what)
        elif not self.control.disabled:
            self._wait_until_usable()
            self.pair.step(self.control, self.what)

    def _wait_until_usable(self):
        """The page may show what came ahead while the kernel has yet to offer the slider."""
        locator = self.pair.locator[self.control]
        until = time.monotonic() + LATEST
        while not locator.evaluate(IS_USABLE):
            assert time.monotonic() < until, f"{self} is not possible on the page"

    def __str__(self):
        panel = type(self.pair.twin).__name__
        off = " (disabled)" if getattr(self.control, "disabled", False) else ""
        return f"{panel}, {self.control.description}: {self.what}{off}"


def random_move(pair, rng):
    """A move of one of the controls of a panel."""
    controls = [one for one in pair.controls if one.description not in ("save", "more")]
    control = controls[rng.integers(len(controls))]
    if isinstance(control, widgets.Dropdown):
        labels = pair.labels(control)
        return Move(pair, control, labels[rng.integers(len(labels))])
    if isinstance(control, widgets.Text):
        return Move(pair, control, TEXTS[rng.integers(len(TEXTS))])
    if isinstance(control, widgets.Button):
        return Move(pair, control, "Enter")
    if control.disabled:
        return Move(pair, control, "nothing")
    return Move(pair, control, KEYS[rng.choice(len(KEYS), p=KEY_SHARES)])


def opening_moves(pairs):
    """Moves that open every source and picture and show every number of bits once.

    Some of them need room that is kept afterwards.
    """
    lists = []
    for pair in pairs:
        for control in pair.lists():
            lists += [Move(pair, control, label) for label in pair.labels(control)]
    most = [Move(pair, pair.slider, "End") for pair in pairs]
    fewer = [Move(pair, pair.slider, "ArrowLeft") for pair in pairs for _ in range(7)]
    return [*most, *lists, *fewer, *most, *reversed(lists)]


class Load:
    """Moves over panels side by side: first the opening ones, then random ones."""

    def __init__(self, sheet, pairs, seed=SEED, count=MOVES):
        self.sheet = sheet
        self.pairs = pairs
        self.seed = seed
        self.count = count
        self.opening = opening_moves(pairs)
        self._rng = np.random.default_rng(seed)
        self._number = 0
        self._last = deque(maxlen=TOLD)

    def run(self, look, every):
        """Make all moves; what `look` says after every so many of them."""
        seen = []
        for turn in range(self.count):
            self._number = turn + 1
            try:
                self._make_and_compare(turn)
                if self._number % every == 0:
                    seen.append(look())
            except Exception as error:
                error.add_note(self.story())
                raise
        return seen

    def _make_and_compare(self, turn):
        move = self._move_of(turn)
        move.make()
        if self._number % LOOK_AT_ALL == 0:
            for pair in self.pairs:
                pair.agree()
        else:
            move.pair.agree_in_words()
        assert self.sheet.complaints == []

    def _move_of(self, turn):
        if turn < len(self.opening):
            move = self.opening[turn]
        else:
            pair = self.pairs[turn // IN_A_ROW % len(self.pairs)]
            move = random_move(pair, self._rng)
        self._last.append(str(move))
        return move

    def story(self):
        """The seed, the number of the move, and the last moves, for whoever looks for the fault."""
        first = self._number - len(self._last) + 1
        lines = [f"  {number}. {move}" for number, move in enumerate(self._last, first)]
        head = f"seed {self.seed}, move {self._number} of {self.count}; the last moves:"
        return "\n".join([head, *lines])


class HastyLoad(Load):
    """The same moves by a reader who does not wait for what they bring, except after a handful.

    Then the kernel has answered all, and all panels that were moved must agree with their twins to
    the pixel. Within a handful the reader leaves alone what the kernel is about to move: a key
    would move it from where it still is on the page. And waits where the past decides what is
    shown, as the stars that were dragged or the runs that were begun: of moves in haste ipywidgets
    sends the last one only.
    """

    def __init__(self, sheet, pairs, settle, **options):
        super().__init__(sheet, pairs, **options)
        self._settle = settle
        """Waits until the kernel has answered all."""
        self.opening = []  # memory is looked at elsewhere
        self.waits = 0
        """How often the reader has waited so far."""
        self._moved = {}  # pairs, in the order in which they were moved
        self._late = set()  # controls that the kernel is about to move

    def _move_of(self, turn):
        move = super()._move_of(turn)
        while move.control in self._late:  # buttons never are
            self._last.pop()
            move = super()._move_of(turn)
        return move

    def _make_and_compare(self, turn):
        move = self._move_of(turn)
        pair = move.pair
        if pair in self._moved and not pair.view.lasting:
            self._wait()
        before = states(pair)
        move.make()
        self._moved[pair] = None
        for control, state in states(pair).items():
            if control is not move.control and state != before[control]:
                self._late.add(control)
        if self._number % IN_HASTE == 0 or self._number == self.count:
            self._settle()  # what the page remembers may agree before
            self._wait()
            self._compare()

    def _wait(self):
        """Wait until the controls of all panels stand as those of their twins."""
        for pair in self._moved:
            pair.agree_in_words(LATEST)
        self.waits += 1

    def _compare(self):
        for pair in self._moved:
            pair.agree(LATEST)
        assert self.sheet.complaints == []
        self._moved.clear()
        self._late.clear()


def states(pair):
    """All that the kernel may change of the controls of a panel."""
    names = ("value", "disabled", "options")
    return {one: [getattr(one, name, None) for name in names] for one in pair.controls}
