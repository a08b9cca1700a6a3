"""The panel of notebook 07_rate_distortion."""

import math
from collections.abc import Iterable

import numpy as np

from .. import limits, plot
from ..arrays import Floats
from ..checks import check_correlation, check_int, check_not_negative, check_one_of
from ..codebook import Codebook
from ..design import product
from ..sources import gauss_markov, laplacian
from .controls import by_nearness, dropdown, offer, slider, snap_to_slider
from .live_drawing import SQUARE, LiveDrawing
from .message import DrawingContent, Frame, Mark, slot
from .panel import Panel

INDEPENDENT = "independent"
CORRELATED = "correlated"
LAPLACIAN = "Laplacian"


class LimitScene:
    """What trained codebooks reached, from the table of `limits.measured`, on two drawings.

    The settings are the source, its correlation `rho` if it has one, the dimension of the codebook
    and the rate in bits per dimension that is allowed.
    """

    SOURCES = (INDEPENDENT, CORRELATED, LAPLACIAN)
    RATES = np.linspace(0, 2.1, 85)
    """Where the curve of the limit has points."""
    PAIRS = 2000
    """As many as the eye can take."""

    def __init__(self) -> None:
        rows = limits.measured()
        self._rows = {(row.source, row.rho, row.dimension, row.size): row for row in rows}
        self._rhos = {row.rho for row in rows}
        self._laplacian_limit = _limit_of_laplacian(rows)
        self.plane = LiveDrawing(*SQUARE, plot.PlaneMarks)
        self.chart = LiveDrawing(*SQUARE, plot.LimitMarks)
        self.axes_png = {"plane": self.plane.axes_png, "chart": self.chart.axes_png}

    def samples(self, source: str, rho: float) -> Floats:
        """Pairs of neighbours, array (2000, 2)."""
        if source == LAPLACIAN:
            return laplacian(self.PAIRS, 2)
        return gauss_markov(self.PAIRS, 2, _rho_of(source, rho))

    def fixed(self, source: str, rho: float) -> Frame:
        """What stays while only dimension and rate move: the samples."""
        any_codebook = Codebook([[0, 0]])
        marks = self.plane.marks(self.samples(source, rho), any_codebook, any_codebook)
        return {"plane": {"marks": marks[:1]}}

    def limit(self, source: str, rho: float, rates: Floats) -> Floats:
        """The highest SNR in dB that is possible at these rates."""
        if source == LAPLACIAN:
            known_rates, known_snrs = self._laplacian_limit
            return np.asarray(np.interp(rates, known_rates, known_snrs))
        spectrum = limits.gauss_markov_spectrum(_rho_of(source, rho), 512)
        return np.asarray(-10 * np.log10(limits.distortion_rate(rates, spectrum)))

    def reached(self, source: str, rho: float, dimension: int, rate: float) -> limits.Measured:
        """The row of the trained codebook with the most code vectors that the rate allows."""
        name = LAPLACIAN if source == LAPLACIAN else "Gaussian"
        rho = _rho_of(source, rho)
        size = limits.size_at(rate, dimension)
        if size == 1:  # nothing to train: the mean
            origin = [[0.0] * dimension]
            return limits.Measured(name, rho, dimension, 0.0, 0.0, size, vectors=origin)
        return self._rows[name, rho, dimension, size]

    def frame(self, source: str, rho: float, dimension: int, rate: float) -> tuple[Frame, str]:
        """Cells, the point beside the limit, and a sentence.

        Raises
        ------
        ValueError
            If the table has no codebooks of this kind.
        """
        check_one_of(source, "source", self.SOURCES)
        check_int(dimension, "dimension", 1, 4)
        if _rho_of(source, check_correlation(rho)) not in self._rhos:
            raise ValueError(f"rho must be a tenth from 0 to 0.9, got {rho!r}")
        if not limits.RATES[0] <= check_not_negative(rate, "rate") <= limits.RATES[-1]:
            between = f"from {limits.RATES[0]} to {limits.RATES[-1]}"
            raise ValueError(f"rate must lie {between}, got {rate!r}")
        row = self.reached(source, rho, dimension, rate)
        limit = self.limit(source, rho, np.array([row.rate, *self.RATES]))
        limit_here = float(limit[0])
        trained = [self.reached(source, rho, dimension, each) for each in limits.RATES]
        alt = (
            f"{row.snr_unseen:.2f} dB at {row.rate:.3g} bits, "
            f"below the limit of {limit_here:z.2f} dB"
        )
        frame: Frame = {
            "plane": self._cells(row, dimension),
            "chart": {"marks": self._curves(limit[1:], trained, row), "alt": alt},
        }
        return frame, limit_caption(row, dimension, limit_here)

    def _cells(self, row: limits.Measured, dimension: int) -> DrawingContent:
        if dimension > 2:
            alt = f"Pairs of samples; cells of {dimension} dimensions cannot be drawn"
            return {"marks": [], "alt": alt}
        codebook = Codebook(row.vectors or [])  # the table holds those of scalars and pairs
        pairs = product(codebook, codebook) if dimension == 1 else codebook
        no_samples = np.zeros((1, 2))
        _dots, *marks = self.plane.marks(no_samples, pairs, pairs)
        cells = plot.count(pairs.size, "cell")
        return {"marks": marks, "alt": f"Pairs of samples and the {cells} that they fall into"}

    def _curves(
        self, limit: Floats, trained: list[limits.Measured], point: limits.Measured
    ) -> list[Mark]:
        rates = [row.rate for row in trained]
        snrs = [row.snr_unseen for row in trained]
        return self.chart.marks((self.RATES, limit), (rates, snrs), (point.rate, point.snr_unseen))


def limit_caption(row: limits.Measured, dimension: int, limit: float) -> str:
    """What a trained codebook reaches beside the limit, an SNR in dB, in a sentence."""
    told = (
        f"{plot.count(row.size, 'code vector')} of {plot.count(dimension, 'dimension')}: "
        f"rate {plot.count(row.rate, 'bit')} per dimension, "
        f"SNR {row.snr_unseen:.2f} dB on unseen samples. "
        f"The limit at this rate is {limit:z.2f} dB, {limit - row.snr_unseen:z.2f} dB more."
    )
    if dimension > 2:
        told += f" Cells of {dimension} dimensions cannot be drawn."
    return told


def _limit_of_laplacian(rows: list[limits.Measured]) -> Floats:
    """Rates and the highest SNR at each, array (2, n): the rows of infinite dimension."""
    ends = sorted((row.rate, row.snr_unseen) for row in rows if row.dimension == math.inf)
    return np.array([(0.0, 0.0), *ends]).T


def _rho_of(source: str, rho: float) -> float:
    """The correlation of a source, rounded as in the table: only one of them has one."""
    return round(rho, 1) if source == CORRELATED else 0.0


class LimitPanel(Panel):
    """Trained codebooks of one to four dimensions on rate and distortion, below the limit."""

    def __init__(self) -> None:
        self.source = dropdown("source", LimitScene.SOURCES, CORRELATED)
        self.rho = slider("rho", 0.9, 0, 0.9, 0.1)
        self.dimension = slider("dimension", 2, 1, 4)
        self.rate = slider("rate", 1, limits.RATES[0], limits.RATES[-1], 0.25)
        settings = [self.source, self.rho, self.dimension, self.rate]
        self.reset = self._reset_button(self._open, *settings)
        self._scene = LimitScene()
        cells = [
            [slot("plane", "Pairs, cells up to two dimensions", *SQUARE)],
            [slot("chart", "Rate and distortion", *SQUARE)],
        ]
        sentence = (
            "Run this cell to move the sliders: "
            "codebooks of one to four dimensions below the limit."
        )
        super().__init__([*settings, self.reset], cells, sentence, keyed_by=settings)
        self.view.axes_png = self._scene.axes_png
        self._on_change(self._open, self.source, self.rho)
        self._on_change(self._show, self.dimension, self.rate)
        self._respond(self._open)

    def _open(self) -> None:
        offer(self.rho, offered=self.source.value == CORRELATED)
        self.view.fixed = self._scene.fixed(self.source.value, self.rho.value)
        self._show()

    def _show(self) -> None:
        self.view.frame, self.view.status = self._scene.frame(*self._values())
        self._mark_as_lasting()

    def _likely_next(self) -> Iterable[tuple[str, float, float, float]]:
        source, rho, dimension, rate = self._values()
        for each in by_nearness(range(1, 5), dimension):
            yield source, rho, each, rate
        for each in by_nearness(limits.RATES, rate):
            yield source, rho, dimension, each
        if not self.rho.disabled:
            for each in by_nearness(self._all_rhos(), rho):
                yield source, each, dimension, rate

    def _all_rhos(self) -> list[float]:
        count = round((self.rho.max - self.rho.min) / self.rho.step)
        steps = range(count + 1)
        return [snap_to_slider(self.rho, self.rho.min + step * self.rho.step) for step in steps]

    def _answer(
        self, source: str, rho: float, dimension: int, rate: float
    ) -> tuple[Frame, Frame, str]:
        frame, status = self._scene.frame(source, rho, dimension, rate)
        return self._scene.fixed(source, rho), frame, status
