"""The panel of notebook 11_learned_codebooks."""

import itertools
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from .. import plot
from ..arrays import Floats
from ..assets import DATA
from ..checks import check_int, check_one_of
from ..codebook import Codebook
from ..measure import perplexity
from .controls import by_nearness, dropdown, slider
from .live_drawing import SQUARE, LiveDrawing
from .message import Frame, slot
from .panel import Panel

STRIP = (400, 190)
"""Width and height of a drawing of which two find room beside a square."""
AXES = (0.13, 0.27, 0.85, 0.68)
"""Where the axes of a strip go: those of two below each other stand in line."""


class Run(NamedTuple):
    """A training run, at each of the recorded steps."""

    latents: Floats
    """Of 300 of the digits trained on, array (steps, 300, 2)."""
    vectors: Floats
    """The code vectors, array (steps, 16, 2)."""
    used: list[int]
    """How many code vectors stand for at least one digit of the training set."""
    perplexities: list[float]
    """On the whole training set."""
    errors: list[float]
    """Mean squared error per pixel of unseen digits."""


class CollapseScene:
    """Training runs of autoencoders with two latents, recorded by data/make_collapse.py.

    The settings are the moment, which is the place of a step among the recorded ones, the start of
    the code vectors, what moves them, and whether those that are not used are restarted.
    """

    STARTS = ("normal", "uniform", "data")
    UPDATES = ("gradient", "average")
    RESTARTS = ("off", "on")
    REACH = 2.6
    """The part of the plane that is shown, both ways: all code vectors of all runs lie in it."""

    def __init__(self) -> None:
        with np.load(DATA / "collapse.npz") as file:
            recorded = dict(file)
        self.steps: list[int] = recorded["steps"].tolist()
        """The recorded ones."""
        self._lloyd_error = float(recorded["lloyd_error"])
        settings = itertools.product(self.STARTS, self.UPDATES, self.RESTARTS)
        self._runs = {each: _run(recorded, row) for row, each in enumerate(settings)}
        perplexities = partial(
            plot.TrainingMarks,
            steps=self.steps,
            level=float(recorded["lloyd_perplexity"]),
            heights=(0, 4, 8, 12, 16),
        )
        errors = partial(
            plot.TrainingMarks,
            steps=self.steps,
            level=self._lloyd_error,
            heights=(0.03, 0.1, 0.3),
            log=True,
        )
        self._drawings = {
            "plane": LiveDrawing(*SQUARE, _plane_marks),
            "usage": LiveDrawing(*STRIP, perplexities, AXES),
            "error": LiveDrawing(*STRIP, errors, AXES),
        }
        self.axes_png = {name: drawing.axes_png for name, drawing in self._drawings.items()}

    def frame(self, moment: int, start: str, update: str, restarts: str) -> tuple[Frame, str]:
        """Latents, stars and regions, both curves with a point at the moment, and a sentence.

        Raises
        ------
        ValueError
            If a setting is none that the panel has.
        """
        at = check_int(moment, "moment", 0, len(self.steps) - 1)
        check_one_of(start, "start", self.STARTS)
        check_one_of(update, "update", self.UPDATES)
        check_one_of(restarts, "restarts", self.RESTARTS)
        run = self._runs[start, update, restarts]
        codebook = Codebook(run.vectors[at])
        used = f"{run.used[at]} of {codebook.size} code vectors"
        value = f"perplexity {run.perplexities[at]:.1f}"
        error = f"{run.errors[at]:.4f}"
        frame: Frame = {
            "plane": {
                "marks": self._drawings["plane"].marks(run.latents[at], codebook, codebook),
                "alt": f"Latents of digits, {codebook.size} stars and their regions; {used} used",
            },
            "usage": {
                "marks": self._drawings["usage"].marks(run.perplexities, at),
                "alt": f"Perplexity over the steps, now {value}",
            },
            "error": {
                "marks": self._drawings["error"].marks(run.errors, at),
                "alt": f"Mean squared error over the steps, now {error}",
            },
        }
        told = (
            f"{told_step(self.steps[at])}: {used} used, {value} on the whole training set. "
            f"Mean squared error on unseen digits {error}, "
            f"of k-means with {codebook.size} code vectors {self._lloyd_error:.4f}."
        )
        return frame, told


def told_step(step: int) -> str:
    """When a step is, in words."""
    if step == 0:
        return "Before the first step"
    return f"After {step:,} step{'s' if step > 1 else ''}"


def _plane_marks(axes: Axes) -> plot.PlaneMarks:
    reach = CollapseScene.REACH
    return plot.PlaneMarks(axes, (-reach, reach), star_size=9)  # in the end they stand close


def _run(recorded: dict[str, Floats], row: int) -> Run:
    """The run in this row of the recording."""
    counts = recorded["counts"][row]
    indices = np.arange(counts.shape[1])
    return Run(
        recorded["latents"][row].astype(float),
        recorded["vectors"][row].astype(float),
        (counts > 0).sum(axis=1).tolist(),
        [perplexity(indices.repeat(each)) for each in counts],
        recorded["errors"][row].tolist(),
    )


class CollapsePanel(Panel):
    """Latents and code vectors in the plane while a network learns, step by recorded step."""

    def __init__(self) -> None:
        self._scene = CollapseScene()
        last = len(self._scene.steps) - 1
        self.moment = slider("moment", last, 0, last)
        self.start = dropdown("start", CollapseScene.STARTS)
        self.update = dropdown("update", CollapseScene.UPDATES)
        self.restarts = dropdown("restarts", CollapseScene.RESTARTS)
        settings = [self.moment, self.start, self.update, self.restarts]
        self.reset = self._reset_button(self._show, *settings)
        cells = [
            [slot("plane", "Latents, stars and regions", *SQUARE)],
            [
                slot("usage", "Perplexity (dashed: of k-means)", *STRIP),
                slot("error", "Error on unseen digits (dashed: of k-means)", *STRIP),
            ],
        ]
        sentence = (
            "Run this cell to move the slider: "
            "latents and code vectors in the plane while a network learns."
        )
        super().__init__([*settings, self.reset], cells, sentence, keyed_by=settings)
        self.view.axes_png = self._scene.axes_png
        self._on_change(self._show, *settings)
        self._respond(self._show)

    def _show(self) -> None:
        self.view.frame, self.view.status = self._scene.frame(*self._values())
        self._mark_as_lasting()

    def _likely_next(self) -> Iterable[tuple[int, str, str, str]]:
        moment, *run = self._values()
        for each in by_nearness(range(self.moment.max + 1), moment):
            yield int(each), *run
        lists = (CollapseScene.STARTS, CollapseScene.UPDATES, CollapseScene.RESTARTS)
        for place, values in enumerate(lists):
            for value in values:
                if value != run[place]:
                    yield moment, *run[:place], value, *run[place + 1 :]

    def _answer(
        self, moment: int, start: str, update: str, restarts: str
    ) -> tuple[Frame, Frame, str]:
        frame, status = self._scene.frame(moment, start, update, restarts)
        return {}, frame, status
