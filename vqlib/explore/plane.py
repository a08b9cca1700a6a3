"""The panel of notebook 02_plane."""

from collections.abc import Iterable

import numpy as np

from .. import plot
from ..arrays import Floats
from ..codebook import Codebook
from ..design import grid, lloyd, lloyd_steps
from ..measure import decibels, mse
from .controls import by_nearness, dropdown, offer, slider, snap_to_slider
from .drag import DragPanel
from .live_drawing import SQUARE, LiveDrawing
from .message import DrawingContent, Frame, slot
from .pairs import PLANE_SOURCES


class PlaneScene:
    """Samples of pairs with the grid of some rate, beside which codebooks of that rate are shown.

    Parameters
    ----------
    drawing : LiveDrawing
        With the marks of `plot.PlaneMarks`.
    samples : array (n, 2)
    grid : Codebook
        Of pairs.
    """

    def __init__(self, drawing: LiveDrawing, samples: Floats, grid: Codebook) -> None:
        self._drawing = drawing
        self._samples = samples
        self._grid_distortion = grid.distortion(samples)
        dots, *marks_of_grid = drawing.marks(samples, grid, grid)
        self.fixed: Frame = {"plane": {"marks": [dots]}}
        """What stays while code vectors move: the samples."""
        self._grid_content: DrawingContent = {
            "marks": marks_of_grid,
            "alt": f"Samples and the {grid.size} regions of the grid",
        }

    def frame(self, codebook: Codebook, chosen: int) -> tuple[Frame, str]:
        """The codebook beside the grid, the region of one code vector filled, and the sentence."""
        _dots, *marks = self._drawing.marks(self._samples, codebook, codebook, chosen)
        content: DrawingContent = {
            "marks": marks,
            "alt": f"Samples and the {codebook.size} regions of your codebook",
        }
        frame: Frame = {"yours": content, "grid": self._grid_content}
        return frame, self._caption(codebook, chosen)

    def _caption(self, codebook: Codebook, chosen: int) -> str:
        indices = codebook.encode(self._samples)
        distortion = mse(self._samples, codebook.decode(indices))
        gain = round(decibels(self._grid_distortion, distortion), 2) + 0.0  # no "-0.00"
        word = plot.code_words(codebook)[chosen]
        components = plot.numbers(codebook.vectors[chosen], 3)
        share = 100 * np.mean(indices == chosen)
        return (
            f"Rate {plot.count(codebook.rate, 'bit')} per dimension. "
            f"Mean squared error {distortion:.4f}, of the grid {self._grid_distortion:.4f}: "
            f"gain {gain:+.2f} dB. "
            f"Code vector {word} at ({components}) speaks for {share:.1f} % of the samples."
        )


class PlanePanel(DragPanel):
    """A codebook of pairs over four sources, trained, copied or by hand, and the grid beside it."""

    SAMPLES = 4000
    MOST_BITS = 6
    RHOS_AHEAD = 3
    """How many steps of rho each way the page gets before it asks: each holds all samples."""

    def __init__(self) -> None:
        self.source = dropdown("source", PLANE_SOURCES)
        self.bits = slider("bits", 4, 1, self.MOST_BITS)
        self.rho = slider("rho", 0.9, 0, 0.99, 0.01)
        settings = [self.source, self.bits, self.rho]
        self.train = self._button("train", self._train)
        self.copy = self._button("copy the grid", self._copy)
        self.reset = self._reset_button(self._start_again, *settings)
        self._drawing = LiveDrawing(*SQUARE, plot.PlaneMarks)
        self._trained: dict[tuple[str, int, float], tuple[Codebook, Codebook]] = {}
        """By source, bits and rho the trained codebook and the grid: training takes a while."""
        yours = slot("yours", "Your codebook: drag a star", *SQUARE, fixed="plane", drags="stars")
        beside = slot("grid", "The grid of the same rate", *SQUARE, fixed="plane")
        controls = [*settings, self.train, self.copy, self.reset]
        sentence = (
            "Run this cell to move the sliders: "
            "a codebook of pairs over four sources, beside the grid."
        )
        reach = plot.PLANE[1] - 0.2
        super().__init__(controls, [[yours], [beside]], sentence, ["x", "y"], reach, settings)
        self.view.axes_png = {"plane": self._drawing.axes_png}
        self._on_change(self._start_again, *settings)
        self._respond(self._start_again)

    def _start_again(self) -> None:
        source, bits, rho = self._values()
        offer(self.rho, offered=source == "correlated")
        self._samples = PLANE_SOURCES[source](self.SAMPLES, rho)
        codebook, self._grid = self._train_once(self._samples, source, bits, rho)
        self._scene = PlaneScene(self._drawing, self._samples, self._grid)
        self.view.fixed = self._scene.fixed
        self._load_as_answer(codebook)

    def _train_once(
        self, samples: Floats, source: str, bits: int, rho: float
    ) -> tuple[Codebook, Codebook]:
        settings = (source, bits, rho)
        if settings not in self._trained:
            codebook = lloyd(samples, 2**bits, starts=2)
            self._trained[settings] = (codebook, grid(samples, bits))
        return self._trained[settings]

    def _likely_next(self) -> Iterable[tuple[str, float, float]]:
        source, bits, rho = self._values()
        for number in by_nearness(range(1, self.MOST_BITS + 1), bits):
            yield source, number, rho
        if not self.rho.disabled:
            steps = range(-self.RHOS_AHEAD, self.RHOS_AHEAD + 1)
            near = {snap_to_slider(self.rho, rho + step * self.rho.step) for step in steps}
            for other in by_nearness(near, rho):
                yield source, bits, other

    def _answer(self, source: str, bits: int, rho: float) -> tuple[Frame, Frame, str]:
        samples = PLANE_SOURCES[source](self.SAMPLES, rho)
        codebook, beside = self._train_once(samples, source, bits, rho)
        scene = PlaneScene(self._drawing, samples, beside)
        frame, status = scene.frame(codebook, 0)
        return scene.fixed, frame, status

    def _train(self) -> None:
        """Lloyd's algorithm from the code vectors as they are, until nothing changes any more."""
        *_, (codebook, _indices, _loss) = lloyd_steps(self._samples, Codebook(self._vectors))
        self._load(codebook)

    def _copy(self) -> None:
        self._load(self._grid)

    def _show(self) -> None:
        codebook = Codebook(self._vectors)
        self.view.frame, self.view.status = self._scene.frame(codebook, self.chosen.value)
