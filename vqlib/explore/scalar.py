"""The panel of notebook 01_scalar."""

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes

from .. import plot
from ..checks import check_int, check_one_of
from ..codebook import Codebook
from ..design import OptimalScalar, uniform
from ..measure import decibels, mse
from ..sources import DENSITIES, density
from .controls import by_nearness, dropdown, slider
from .drag import DragPanel
from .live_drawing import LiveDrawing
from .message import DrawingContent, Frame, slot

SPAN = 5.0
"""The panel shows the numbers from -SPAN to SPAN."""
DENSITY = (600, 240)
"""Width and height of the drawing."""
TITLE = "The orange area is the mean squared error: drag a star"


class ScalarScene:
    """One density with its optimal codebooks, and a drawing on which only the codebook moves.

    Parameters
    ----------
    source : str
        Name of a density; see `vqlib.sources.density`.
    largest : int
        The most levels of a codebook that is asked for.
    """

    def __init__(self, source: str, largest: int) -> None:
        check_one_of(source, "source", DENSITIES)
        check_int(largest, "largest", 1)
        self.points, self.weights = density(source)
        self.optimum = OptimalScalar(self.points, self.weights, largest=largest)
        self.variance = mse(self.points, np.zeros_like(self.points), self.weights)
        self.drawing = LiveDrawing(*DENSITY, self._draw)

    def _draw(self, axes: Axes) -> plot.DensityMarks:
        room_for_a_whole_star = 1.04
        plot.draw_density(axes, self.points, self.weights, room_for_a_whole_star * SPAN)
        axes.set_xlabel("sample (height: its density)")
        return plot.DensityMarks(axes, self.points, self.weights)

    def frame(self, codebook: Codebook, chosen: int | None = None) -> tuple[DrawingContent, str]:
        """The drawing with this codebook, the region of one level filled, and the sentence."""
        levels = plot.numbers(np.sort(codebook.vectors[:, 0]), 3)
        content: DrawingContent = {
            "marks": self.drawing.marks(codebook, chosen),
            "alt": f"A density with levels at {levels}",
        }
        return content, self._caption(codebook, levels)

    def _caption(self, codebook: Codebook, levels: str) -> str:
        distortion = codebook.distortion(self.points, self.weights)
        snr = decibels(self.variance, distortion)
        best = self.optimum.codebook(codebook.size).distortion(self.points, self.weights)
        return (
            f"Levels {levels}. Rate {plot.count(codebook.rate, 'bit')} per dimension, "
            f"mean squared error {distortion:.4f}, SNR {snr:.2f} dB; "
            f"the best {plot.count(codebook.size, 'level')} reach {best:.4f}."
        )


class ScalarPanel(DragPanel):
    """A scalar codebook over a density, uniform or trained, any level moved by hand."""

    MOST_BITS = 4
    KINDS = ("uniform", "trained")

    def __init__(self) -> None:
        self.source = dropdown("source", DENSITIES, "Gaussian")
        self.bits = slider("bits", 2, 1, self.MOST_BITS)
        self.kind = dropdown("codebook", self.KINDS)
        settings = [self.source, self.bits, self.kind]
        self.reset = self._reset_button(self._start_again, *settings)
        self._scenes: dict[str, ScalarScene] = {}
        """By source, made when one is first asked for."""
        cells = [[slot("density", TITLE, *DENSITY, drags="levels")]]
        sentence = "Run this cell to move the sliders: a scalar codebook over three sources."
        super().__init__([*settings, self.reset], cells, sentence, ["moved to"], SPAN, settings)
        self._on_change(self._start_again, *settings)
        self._respond(self._start_again)

    def _start_again(self) -> None:
        scene = self._scene(self.source.value)
        self._drawing = scene.drawing
        self.view.axes_png = {"density": scene.drawing.axes_png}
        self._load_as_answer(self._codebook(*self._values()))

    def _scene(self, source: str) -> ScalarScene:
        if source not in self._scenes:
            self._scenes[source] = ScalarScene(source, 2**self.MOST_BITS)
        return self._scenes[source]

    def _codebook(self, source: str, bits: int, kind: str) -> Codebook:
        if kind == "trained":
            return self._scene(source).optimum.codebook(2**bits)
        return uniform(2**bits, -4, 4)

    def _show(self) -> None:
        scene = self._scene(self.source.value)
        content, self.view.status = scene.frame(Codebook(self._vectors), self.chosen.value)
        self.view.frame = {"density": content}

    def _likely_next(self) -> Iterable[tuple[str, float, str]]:
        source, bits, kind = self._values()
        all_bits = [bits, *by_nearness(range(1, self.MOST_BITS + 1), bits)]
        others = [each for each in self.KINDS if each != kind]
        for each in (kind, *others):
            for number in all_bits:
                yield source, number, each

    def _answer(self, source: str, bits: int, kind: str) -> tuple[Frame, Frame, str]:
        content, status = self._scene(source).frame(self._codebook(source, bits, kind), 0)
        return self.view.fixed, {"density": content}, status
