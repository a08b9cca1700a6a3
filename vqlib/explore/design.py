"""The panel of notebook 03_design."""

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from sklearn.cluster import kmeans_plusplus

from .. import plot
from ..arrays import Floats
from ..codebook import Codebook
from ..design import Step, lloyd_steps
from .controls import dropdown, slider
from .live_drawing import SQUARE, LiveDrawing
from .message import DrawingContent, Frame, slot
from .pairs import PLANE_SOURCES
from .panel import Panel


def random_start(samples: Floats, size: int, seed: int) -> Floats:
    """So many samples drawn at random."""
    return np.random.default_rng(seed).choice(samples, size, replace=False)


def spread_start(samples: Floats, size: int, seed: int) -> Floats:
    """So many samples drawn by k-means++ (Arthur and Vassilvitskii 2007): far from each other."""
    vectors, _indices = kmeans_plusplus(samples, size, random_state=seed)
    return np.asarray(vectors)


def corner_start(samples: Floats, size: int, _seed: int) -> Floats:
    """So many samples from the lower left corner, always the same."""
    return samples[np.argsort(samples.sum(axis=1))[:size]]


STARTS: dict[str, Callable[[Floats, int, int], Floats]] = {
    "random samples": random_start,
    "k-means++": spread_start,
    "one corner": corner_start,
}
"""First code vectors, array (size, 2), from the samples, the size and a seed."""


class DesignScene:
    """The half-steps of Lloyd's algorithm on a drawing of the plane, and their errors on a curve.

    The half-steps are numbered from 0. At an even one the samples go to their nearest code vectors,
    at an odd one the code vectors go to the centroids of their samples.
    """

    def __init__(self) -> None:
        self.plane = LiveDrawing(*SQUARE, plot.PlaneMarks)
        self.curve = LiveDrawing(*SQUARE, plot.CurveMarks)
        self.axes_png = {"plane": self.plane.axes_png, "curve": self.curve.axes_png}

    def frame(self, samples: Floats, steps: Sequence[Step], at: int) -> Frame:
        """Stars, regions and the curve at half-step `at`; `steps` holds all up to there."""
        codebook, _indices, loss = steps[at]
        encoded_by, _indices, _loss = steps[at - at % 2]
        plane: DrawingContent = {
            "marks": self.plane.marks(samples, codebook, encoded_by),
            "alt": f"Samples, {codebook.size} stars and their regions at half-step {at}",
        }
        half_steps = plot.count(at, "half-step")
        curve: DrawingContent = {
            "marks": self.curve.marks([loss for _, _, loss in steps[: at + 1]]),
            "alt": f"Mean squared error over {half_steps}, now {loss:.4f}",
        }
        return {"plane": plane, "curve": curve}


def half_step_caption(steps: Sequence[Step], at: int, ends: Sequence[str] = ()) -> str:
    """The sentence for half-step `at`; with the ends of the last runs, if it is the end of one."""
    _codebook, _indices, loss = steps[at]
    told = f"Half-step {at}, mean squared error {loss:.4f}: {what_happens(steps, at)}."
    if ends:
        told += f" Nothing changes any more. Your last runs ended at {', '.join(ends)}."
    return told


def what_happens(steps: Sequence[Step], at: int) -> str:
    """What a half-step does, in words."""
    if at % 2 == 0:
        return "every sample goes to its nearest code vector"
    _codebook, indices, _loss = steps[at]
    _codebook, encoded_anew, _loss = steps[at + 1]  # there always is one: the end is an even one
    astray = 100 * np.mean(encoded_anew != indices)
    return (
        "every code vector goes to its centroid, "
        f"and {astray:.1f} % of the samples are nearer to another"
    )


class DesignPanel(Panel):
    """Lloyd's algorithm on pairs, one half-step at a time or all at once, from several starts."""

    SAMPLES = 2000
    RHO = 0.9
    FRAMES_OF_A_RUN = 30
    ENDS_SHOWN = 10

    def __init__(self) -> None:
        self.source = dropdown("source", PLANE_SOURCES, "clusters")
        self.bits = slider("bits", 3, 1, 5)
        self.start = dropdown("start", STARTS)
        settings = [self.source, self.bits, self.start]
        self.step = self._button("step", self._step)
        self.run = self._button("run", self._run)
        self.restart = self._button("restart", self._restart)
        self.reset = self._reset_button(self._open, *settings)
        self._scene = DesignScene()
        cells = [
            [slot("plane", "Stars and regions", *SQUARE)],
            [slot("curve", "Distortion, half-step by half-step", *SQUARE)],
        ]
        controls = [*settings, self.step, self.run, self.restart, self.reset]
        sentence = (
            "Run this cell to press the buttons: "
            "Lloyd's algorithm on pairs, one half-step at a time."
        )
        super().__init__(controls, cells, sentence)
        self.view.axes_png = self._scene.axes_png
        self._on_change(self._open, self.source, self.bits)
        self._on_change(self._restart, self.start)
        self._respond(self._open)

    def _open(self) -> None:
        """Begin with other samples, or code vectors of another number: old ends say nothing."""
        self._samples = PLANE_SOURCES[self.source.value](self.SAMPLES, self.RHO)
        self._ends: list[str] = []
        """The last error of each run, empty if it was broken off."""
        self._restart()

    def _restart(self) -> None:
        self._ends.append("")
        choose = STARTS[self.start.value]
        seed = len(self._ends)  # every run begins elsewhere
        vectors = choose(self._samples, 2**self.bits.value, seed)
        self._coming: Iterator[Step] = lloyd_steps(self._samples, Codebook(vectors))
        """The half-steps that are not computed yet."""
        self._steps: list[Step] = []
        self._go_to(0)

    def _step(self) -> None:
        last = len(self._steps) - 1
        self._go_to(min(self._at + 1, last))

    def _run(self) -> None:
        self._steps += self._coming
        last = len(self._steps) - 1
        stops = np.linspace(self._at, last, self.FRAMES_OF_A_RUN).astype(int)
        for at in np.unique(stops):
            self._go_to(at)
            self.view.send_state(["frame", "status"])  # one after the other, for the eye

    def _go_to(self, at: int) -> None:
        self._at = at
        self._compute_to(at + 1)  # one more tells whether this is the last
        self.view.frame = self._scene.frame(self._samples, self._steps, at)
        ends: list[str] = []
        if at == len(self._steps) - 1:
            _codebook, _indices, loss = self._steps[at]
            self._ends[-1] = f"{loss:.4f}"
            ends = [end for end in self._ends[-self.ENDS_SHOWN :] if end]
        self.view.status = half_step_caption(self._steps, at, ends)

    def _compute_to(self, at: int) -> None:
        """Have the half-steps computed up to this one, if there are so many."""
        missing = at + 1 - len(self._steps)
        self._steps += itertools.islice(self._coming, max(0, missing))
