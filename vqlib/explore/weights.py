"""The panel of notebook 10_weights."""

import re
from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from .. import plot
from ..arrays import Floats
from ..checks import check_int, check_one_of
from ..codebook import Codebook
from ..design import product
from ..pronouncer import LONGEST_WORD
from .coded_network import (
    CODES,
    FULL_BITS,
    KINDS,
    MOST_BITS,
    NORMAL,
    CodedNetwork,
    Reached,
    prepared,
)
from .controls import by_nearness, dropdown, slider, text_box
from .live_drawing import SQUARE, LiveDrawing
from .message import DrawingContent, Frame, slot
from .panel import Panel, one_thread

WIDTH, HEIGHT = SQUARE
SOUNDS_HEIGHT = 136
CHART_HEIGHT = HEIGHT - SOUNDS_HEIGHT
CLOUD = (-3.4, 3.4)
"""The part of the plane that is shown; one bit of equal steps has its stars at its corners."""
TITLES = ("by the full network", "by the quantized one")
NO_STARS = np.zeros((0, 2))
NO_BORDERS = np.zeros((0, 2, 2))
MOST_QUOTED = 40
"""Letters of what was typed that an error repeats."""

Sounds = tuple[str, ...]
Pairs = list[tuple[str, str]]
"""A sound of each network; empty where the other one has a sound more."""


class WordScene:
    """A word as the full network says it, and as one says it whose weights are coded in few bits.

    The settings are a word of the list, the word that is typed, which comes first, the kind of
    codebook, and bits for a weight.
    """

    WORDS = ("codebook", "shannon", "quantization", "entropy", "distortion", "knight", "psychology")
    MATRIX = "reader_state"
    """Whose weights are drawn."""
    DRAWN = 2000
    """Pairs, as many as the eye can take."""

    def __init__(self) -> None:
        self._network = CodedNetwork()
        marks = partial(plot.SoundMarks, width=WIDTH, height=SOUNDS_HEIGHT, titles=TITLES)
        self._sounds = LiveDrawing(WIDTH, SOUNDS_HEIGHT, marks, (0, 0, 1, 1))
        self._chart = LiveDrawing(WIDTH, CHART_HEIGHT, self._draw_chart)
        self._plane = LiveDrawing(*SQUARE, partial(plot.CloudMarks, limits=CLOUD))
        self.axes_png = {
            "sounds": self._sounds.axes_png,
            "chart": self._chart.axes_png,
            "plane": self._plane.axes_png,
        }
        matrix = self._network.full.matrices[self.MATRIX]
        self._unit = float(np.sqrt((matrix.astype(np.float64) ** 2).mean()))
        self._fixed = {kind: self._cloud(kind) for kind in KINDS}

    def _draw_chart(self, axes: Axes) -> plot.ChosenMarks:
        full = self._network.share_right
        axes.axhline(full, color=plot.GREY, linestyle="--", label="full network")
        axes.set(xlim=(0.9, 7.9), xlabel="bits per number, all counted")  # right of 5 the legend
        axes.set_xticks(range(1, MOST_BITS + 1))
        axes.set(ylim=(-0.035, 0.8), ylabel="share of words right")  # a point at 0 is seen whole
        curves = {}
        for kind in KINDS:
            rates, shares = np.transpose([self._point(*code) for code in CODES if code[0] == kind])
            curves[kind] = (rates, shares)
        return plot.ChosenMarks(axes, curves)

    def _point(self, kind: str, bits: int) -> tuple[float, float]:
        """Bits per weight and share of words right."""
        reached = self._network.reached(kind, bits)
        return self._rate(reached), reached.right

    def _rate(self, reached: Reached) -> float:
        return reached.bits / self._network.size

    def _cloud(self, kind: str) -> Frame:
        """Pairs of weights, as dots."""
        rows, _scales = prepared(self._network.full.matrices[self.MATRIX], kind)
        pairs = rows.reshape(-1, 2) / self._unit_of(kind)
        drawn = np.random.default_rng(0).choice(pairs, self.DRAWN, replace=False)
        return {"plane": {"marks": self._plane.marks(drawn, NO_BORDERS, NO_STARS)[:1]}}

    def _unit_of(self, kind: str) -> float:
        """What is 1 in the plane: the root of the mean square of the weights that are coded."""
        return 1.0 if kind == NORMAL else self._unit

    def code_some(self, kind: str, bits: int) -> bool:
        """Code a matrix that is not coded yet; whether there was any left."""
        return self._network.code_some(kind, bits)

    def is_ready(self, kind: str, bits: int) -> bool:
        """Whether nothing has to be coded."""
        return self._network.is_ready(kind, min(bits, KINDS[kind].most_bits))

    def fixed(self, kind: str) -> Frame:
        """What stays while only word and bits move: the weights."""
        return self._fixed[kind]

    def word(self, listed: str, typed: str) -> str:
        """The word that is said: of what is typed the letters, or else the one of the list."""
        letters = re.sub("[^a-z]", "", typed.lower())
        return letters[:LONGEST_WORD] or listed

    def complaint(self, listed: str, typed: str) -> str:
        """What is wrong with the word that is typed, in a sentence; empty if nothing is."""
        asked = typed.strip()
        word = self.word(listed, typed)
        if not asked or asked.lower() == word:
            return ""
        quoted = asked if len(asked) <= MOST_QUOTED else f"{asked[:MOST_QUOTED]}…"
        return (
            f"A word must have 1 to {LONGEST_WORD} letters, all from a to z, got {quoted!r}: "
            f"what is said is {word!r}."
        )

    def frame(self, listed: str, typed: str, kind: str, bits: int) -> tuple[Frame, str]:
        """The sounds of both networks, code vectors, the place on the chart, and a sentence.

        Raises
        ------
        ValueError
            If a setting is none that the panel has.
        """
        check_one_of(listed, "word", self.WORDS)
        check_one_of(kind, "kind", KINDS)
        most = KINDS[kind].most_bits
        used = min(check_int(bits, "bits", 1, MOST_BITS), most)
        word = self.word(listed, typed)
        (full,) = self._network.full.predict([word])
        (quantized,) = self._network.quantized(kind, used).predict([word])
        pairs = aligned(full, quantized)
        told = self._caption(word, quantized, pairs, self._network.reached(kind, used))
        if used < bits:
            told = f"Shown: {most} bits, the most here. {told}"
        frame: Frame = {
            "sounds": {
                "marks": self._sounds.marks(pairs),
                "alt": f"{word}: {spoken(full)} {TITLES[0]}, {spoken(quantized)} {TITLES[1]}",
            },
            "chart": self._place(kind, used),
            "plane": self._stars(kind, used),
        }
        return frame, told

    def _caption(self, word: str, quantized: Sounds, pairs: Pairs, reached: Reached) -> str:
        different = sum(one != other for one, other in pairs)
        compared = f"{different or 'no'} sound{'s differ' if different > 1 else ' differs'}"
        full_bits = self._network.size * FULL_BITS
        return (
            f"The word {word}: {spoken(quantized)}, {compared}. "
            f"{kilobytes(reached.bits)} of {kilobytes(full_bits)} kB, "
            f"{self._rate(reached):.2f} bits per number, SNR {reached.snr:z.1f} dB. "
            f"Of 2,000 words {percent(reached.right)} right "
            f"(full network {percent(self._network.share_right)}), "
            f"{percent(reached.unchanged)} unchanged."
        )

    def _place(self, kind: str, bits: int) -> DrawingContent:
        rate, right = self._point(kind, bits)
        alt = f"{kind}: {percent(right)} of the words right at {rate:.2f} bits per number"
        return {"marks": self._chart.marks(kind, bits - 1), "alt": alt}

    def _stars(self, kind: str, bits: int) -> DrawingContent:
        """Code vectors, of more than two components the first two, and the borders of pairs."""
        codebook = self._network.codebook(kind, bits, self.MATRIX)
        vectors = codebook.vectors / self._unit_of(kind)
        stars = vectors[:, :2]
        borders = NO_BORDERS
        if codebook.dimension == 1:
            stars = product(Codebook(vectors), Codebook(vectors)).vectors
            borders = grid(Codebook(vectors))
        elif codebook.dimension == 2:
            borders, _corners = plot.voronoi_cells(Codebook(vectors))
        alt = f"Pairs of weights and {plot.count(len(stars), 'code vector')}"
        if codebook.dimension > 2:
            alt += ", the first two components of each"
        return {"marks": self._plane.marks(NO_STARS, borders, stars)[1:], "alt": alt}


def grid(codebook: Codebook) -> Floats:
    """The borders between pairs of levels, from one side of the plane to the other."""
    low, high = CLOUD
    upright = [[(border, low), (border, high)] for border in codebook.thresholds]
    level = [[(low, border), (high, border)] for border in codebook.thresholds]
    return np.array([*upright, *level])


def kilobytes(bits: float) -> str:
    """Bits as thousands of bytes."""
    return f"{bits / 8000:,.0f}"


def percent(share: float) -> str:
    """A share in hundredths."""
    return f"{100 * share:.0f} %"


def spoken(sounds: Sounds) -> str:
    """Sounds as they are written in a sentence."""
    return " ".join(sounds) or "no sound"


def aligned(full: Sounds, quantized: Sounds) -> Pairs:
    """The sounds of both in pairs, as few as possible of them different."""
    costs = _costs(full, quantized)
    row = len(full)
    column = len(quantized)
    pairs: Pairs = []
    while row or column:
        here = costs[row, column]
        first = full[row - 1] if row else ""
        second = quantized[column - 1] if column else ""
        is_pair = row and column and here == costs[row - 1, column - 1] + (first != second)
        if not is_pair and row and here == costs[row - 1, column] + 1:
            second = ""
        elif not is_pair:
            first = ""
        row -= bool(first)
        column -= bool(second)
        pairs.append((first, second))
    return pairs[::-1]


def _costs(full: Sounds, quantized: Sounds) -> Floats:
    """How many pairs must differ up to each sound of both: their edit distance (Levenshtein)."""
    costs = np.zeros((len(full) + 1, len(quantized) + 1))
    costs[:, 0] = np.arange(len(full) + 1)
    costs[0] = np.arange(len(quantized) + 1)
    for row, first in enumerate(full, 1):
        for column, second in enumerate(quantized, 1):
            paired = costs[row - 1, column - 1] + (first != second)
            left_out = min(costs[row - 1, column], costs[row, column - 1]) + 1
            costs[row, column] = min(paired, left_out)
    return costs


class WordPanel(Panel):
    """A word as a network says it, by weights of one to five bits.

    Parameters
    ----------
    word : str
        The word of the list that is said first.
    kind : str
        Of the codebook, one of `coded_network.KINDS`.
    bits : int
        For a weight.
    """

    CALM = 0.5
    """Seconds without a move before weights are coded ahead."""
    PAUSE = 0.05
    """Seconds after each step of that: a move may come between."""

    def __init__(
        self, word: str = "codebook", kind: str = "k-means of weights", bits: int = 2
    ) -> None:
        self.word = dropdown("word", WordScene.WORDS, word)
        self.typed = text_box("or your own", "your name")
        self.kind = dropdown("kind", KINDS, kind)
        self.bits = slider("bits", bits, 1, MOST_BITS)
        settings = [self.word, self.typed, self.kind, self.bits]
        self.reset = self._reset_button(self._show, *settings)
        self._scene = WordScene()
        cells = [
            [
                slot("sounds", "Sounds: orange if different", WIDTH, SOUNDS_HEIGHT),
                slot("chart", "Words right and size", WIDTH, CHART_HEIGHT),
            ],
            [slot("plane", "Pairs of weights of one matrix", *SQUARE)],
        ]
        sentence = (
            "Run this cell to move the sliders: "
            "a word as a network says it whose weights have few bits."
        )
        super().__init__([*settings, self.reset], cells, sentence, keyed_by=settings)
        self.view.axes_png = self._scene.axes_png
        self.followers = [self.typed]
        self._on_change(self._choose, self.word)
        self._on_change(self._show, self.typed, self.kind, self.bits)
        self._respond(self._show)

    def _choose(self) -> None:
        """Say a word of the list, and none that was typed before."""
        self.typed.value = ""
        self._show()

    def _show(self) -> None:
        self.view.fixed, self.view.frame, self.view.status = self._answer(*self._values())
        complaint = self._scene.complaint(self.word.value, self.typed.value)
        if complaint:
            self.view.show_error(complaint)
        else:
            self._mark_as_lasting()

    def _send_ahead(self) -> Iterator[float]:
        """Send what is coded, then code what is not, and send that."""
        yield from super()._send_ahead()
        yield self.CALM
        for _word, _typed, kind, bits in self._all_codes():
            while self._code_some(kind, min(bits, KINDS[kind].most_bits)):
                yield self.PAUSE
        yield from super()._send_ahead()

    def _code_some(self, kind: str, bits: int) -> bool:
        with one_thread():
            return self._scene.code_some(kind, bits)

    def _all_codes(self) -> list[tuple[str, str, str, int]]:
        """The same word by each codebook at all bits, the codebook that is shown first."""
        word, typed, shown, bits = self._values()
        kinds = sorted(KINDS, key=lambda kind: kind != shown)
        steps = [bits, *map(int, by_nearness(range(1, MOST_BITS + 1), bits))]
        return [(word, typed, kind, step) for kind in kinds for step in steps]

    def _likely_next(self) -> Iterable[tuple[str, str, str, int]]:
        word, typed, kind, bits = self._values()
        if self._scene.complaint(word, typed):
            return
        for answer in self._all_codes():
            if self._scene.is_ready(*answer[2:]):
                yield answer
        for each in WordScene.WORDS:
            if not typed and self._scene.is_ready(kind, bits):
                yield each, typed, kind, bits

    def _answer(self, word: str, typed: str, kind: str, bits: int) -> tuple[Frame, Frame, str]:
        frame, status = self._scene.frame(word, typed, kind, bits)
        return self._scene.fixed(kind), frame, status
