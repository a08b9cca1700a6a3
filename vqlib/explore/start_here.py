"""The panel of notebook 00_start_here."""

from collections.abc import Iterable

import numpy as np

from .. import plot
from ..checks import check_int
from ..design import uniform
from .controls import by_nearness, slider
from .message import ALL_GREYS, Frame, PictureContent, palette_bytes, picture_content, slot
from .panel import Panel

WIDTH = 768
HEIGHT = 96


def ramp_frame(bits: int) -> tuple[PictureContent, str]:
    """A ramp from black to white in 2^bits greys, and a sentence.

    Raises
    ------
    ValueError
        If `bits` is not a whole number from 1 to 8.
    """
    size = 2 ** check_int(bits, "bits", 1, 8)
    greys = np.linspace(0, 255, size).round()
    shown = greys[uniform(size, -0.5, 255.5).encode(ALL_GREYS)]
    content: PictureContent = {
        "palette": palette_bytes(shown),
        "alt": f"A ramp from black to white in {size} greys",
    }
    return content, f"{plot.count(bits, 'bit')}: 2^{bits} = {size} greys."


class RampPanel(Panel):
    """The first slider: a grey ramp in 2^bits greys."""

    def __init__(self) -> None:
        self.bits = slider("bits", 3, 1, 8)
        cells = [[slot("ramp", "From black to white", WIDTH, HEIGHT)]]
        sentence = "Run this cell to move the slider: a grey ramp in 2 to 256 greys."
        super().__init__([self.bits], cells, sentence, keyed_by=[self.bits])
        one_row = np.arange(WIDTH) * 256 // WIDTH
        ramp = np.tile(one_row, (HEIGHT, 1)).astype(np.uint8)
        self.view.fixed = {"ramp": picture_content(ramp)}
        self._on_change(self._show, self.bits)
        self._respond(self._show)

    def _show(self) -> None:
        _fixed, self.view.frame, self.view.status = self._answer(self.bits.value)
        self._mark_as_lasting()

    def _likely_next(self) -> Iterable[tuple[float]]:
        return [(bits,) for bits in by_nearness(range(1, 9), self.bits.value)]

    def _answer(self, bits: int) -> tuple[Frame, Frame, str]:
        content, status = ramp_frame(bits)
        return self.view.fixed, {"ramp": content}, status
