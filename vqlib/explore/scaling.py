"""The panel of notebook 12_scaling."""

from collections.abc import Iterable
from functools import partial

import numpy as np

from .. import plot
from ..arrays import Floats
from ..assets import DATA
from ..checks import check_int, check_one_of
from ..measure import decibels
from .controls import by_nearness, dropdown, slider
from .live_drawing import LiveDrawing
from .message import Frame, slot
from .panel import Panel

CHART = (400, 340)
"""Width and height of a drawing."""
RULES = {"photographs": 40, "Gauss-Markov": 12}
"""By source dB below the best codebook times rows per code vector: to a factor of two, where there
are 128 rows or more for each."""


class PassScene:
    """What samples and passes are worth, recorded by data/make_passes.py.

    The settings are the source, the number of code vectors, the sample that they are trained on, as
    the logarithm to the base 2 of its rows per code vector, and passes over all rows after that.
    """

    SOURCES = ("photographs", "Gauss-Markov")
    SIZES = (64, 256)
    SAMPLES = range(2, 11)
    MOST_PASSES = 6
    ROWS = 1 << 21
    """So many are everything."""

    def __init__(self) -> None:
        with np.load(DATA / "passes.npz") as file:
            recorded = {name: file[name].astype(float) for name in file.files}
        self._errors: Floats = recorded["errors"]
        """By source, size, start (random rows, then each sample) and passes."""
        self._lacks = 10 * np.log10(self._errors / recorded["best"][:, :, None, None])
        """dB below the best known codebook, of the same shape."""
        self._variances = dict(zip(self.SOURCES, recorded["variances"].tolist(), strict=True))
        rows = [2**sample for sample in self.SAMPLES]
        self._drawings = {
            "samples": LiveDrawing(*CHART, partial(plot.SampleMarks, rows=rows, rules=RULES)),
            "passes": LiveDrawing(*CHART, partial(plot.PassMarks, most=self.MOST_PASSES)),
        }
        self.axes_png = {name: drawing.axes_png for name, drawing in self._drawings.items()}

    def frame(self, source: str, size: int, sample: int, passes: int) -> tuple[Frame, str]:
        """Both drawings, with a point at these settings, and a sentence.

        Raises
        ------
        ValueError
            If a setting is none that the panel has.
        """
        check_one_of(source, "source", self.SOURCES)
        if size not in self.SIZES:
            allowed = ", ".join(map(str, self.SIZES))
            raise ValueError(f"size must be one of {allowed}, got {size!r}")
        first = self.SAMPLES[0]
        at = check_int(sample, "sample", first, self.SAMPLES[-1]) - first
        check_int(passes, "passes", 0, self.MOST_PASSES)
        recording = self.SOURCES.index(source), self.SIZES.index(size)
        random, *trained = self._lacks[recording]
        over_samples = np.array(trained).T
        lack = f"{plot.number(trained[at][passes], 2)} dB below the best known"
        frame: Frame = {
            "samples": {
                "marks": self._drawings["samples"].marks(over_samples[0], over_samples[passes], at),
                "alt": f"Over the size of the sample, at {2**sample} rows per code vector: {lack}",
            },
            "passes": {
                "marks": self._drawings["passes"].marks(random, trained[at], passes),
                "alt": f"Over the passes, beside those from random rows, after {passes}: {lack}",
            },
        }
        quality = self._quality(source, float(self._errors[recording][1 + at, passes]))
        told = (
            f"{size} code vectors trained on {size << sample:,} rows, {2**sample:,} for each, "
            f"then {told_passes(passes)} over all {self.ROWS:,} rows: {quality}, {lack}. "
            f"{told_of_random(random.tolist(), float(trained[at][passes]))}"
        )
        return frame, told

    def _quality(self, source: str, error: float) -> str:
        """PSNR of photographs; another source has no peak, and gets an SNR."""
        if source == "photographs":
            return f"PSNR {decibels(255**2, error):.2f} dB"
        return f"SNR {decibels(self._variances[source], error):.2f} dB"


def told_passes(passes: int) -> str:
    """How many passes, in words."""
    return f"{passes or 'no'} pass{'' if passes == 1 else 'es'}"


def told_of_random(lacks: list[float], lack: float) -> str:
    """After how many passes random rows lack no more; `lacks` has a number for each of them."""
    enough = [passes for passes, reached in enumerate(lacks) if reached <= lack]
    if not enough:
        return f"From random rows {len(lacks) - 1} passes do not get there."
    return f"From random rows it takes {told_passes(enough[0])}."


class PassPanel(Panel):
    """What a codebook lacks: over the sample that it was trained on, and over passes after that."""

    def __init__(self) -> None:
        self._scene = PassScene()
        samples = PassScene.SAMPLES
        self.source = dropdown("source", PassScene.SOURCES)
        self.size = dropdown("code vectors", PassScene.SIZES, 256)
        self.sample = slider("rows for each 2^", 8, samples[0], samples[-1])
        self.passes = slider("passes", 1, 0, PassScene.MOST_PASSES)
        settings = [self.source, self.size, self.sample, self.passes]
        self.reset = self._reset_button(self._show, *settings)
        cells = [
            [slot("samples", "What a sample is worth", *CHART)],
            [slot("passes", "What passes are worth", *CHART)],
        ]
        sentence = (
            "Run this cell to move the sliders: "
            "what a larger sample is worth to a codebook, and what passes over everything are."
        )
        super().__init__([*settings, self.reset], cells, sentence, keyed_by=settings)
        self.view.axes_png = self._scene.axes_png
        self._on_change(self._show, *settings)
        self._respond(self._show)

    def _show(self) -> None:
        self.view.frame, self.view.status = self._scene.frame(*self._values())
        self._mark_as_lasting()

    def _likely_next(self) -> Iterable[tuple[str, int, int, int]]:
        source, size, sample, passes = self._values()
        for each in by_nearness(PassScene.SAMPLES, sample):
            yield source, size, int(each), passes
        for each in by_nearness(range(PassScene.MOST_PASSES + 1), passes):
            yield source, size, sample, int(each)
        for other in PassScene.SIZES:
            if other != size:
                yield source, other, sample, passes
        for name in PassScene.SOURCES:
            if name != source:
                yield name, size, sample, passes

    def _answer(self, source: str, size: int, sample: int, passes: int) -> tuple[Frame, Frame, str]:
        frame, status = self._scene.frame(source, size, sample, passes)
        return {}, frame, status
