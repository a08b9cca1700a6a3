"""The slider panels. Each owns its state, so two of them on one page do not touch each other.

What a panel shows is computed by a plain function or object that works without a kernel; `ipywidgets` only moves it
to the page. `interact` is not used: it redraws everything, flickers, and hides its failures.
"""

from __future__ import annotations

import html
import io
from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from PIL import Image
from sklearn.cluster import kmeans_plusplus
from threadpoolctl import ThreadpoolController

from . import plot
from .codebook import Codebook
from .design import OptimalScalar, lloyd, lloyd_steps, product, uniform
from .image import SAMPLES, GreyLevels, Picture, QuantizedImage, read_image, sample
from .measure import Floats, decibels, mse, whole
from .sources import DENSITIES, clusters, density, gauss_markov, gaussian, ring

UPLOAD_LIMIT = 9_000_000
"""Bytes of a picture file. Jupyter drops messages of some 10 MiB without a word."""
THREADS = ThreadpoolController()
"""Panels compute on one thread: beside a busy browser the threads of KMeans would wait for each other."""
SPAN = 5.0
"""The scalar panel shows the numbers from -SPAN to SPAN."""


class Panel(widgets.VBox):  # type: ignore[misc]
    """A box of controls, a line that says in words what is shown, and the views."""

    def __init__(self, controls: list[widgets.Widget], views: list[widgets.Widget], sentence: str) -> None:
        self.sentence = sentence
        """What stands in a stored notebook, where no kernel is running."""
        self.status = widgets.HTML()
        super().__init__([*controls, self.status, *views])

    def _say(self, text: str) -> None:
        self.status.value = f'<p role="status" style="min-height: 5em">{html.escape(text)}</p>'  # else the page jumps

    def _watch(self, answer: Callable[[Any], None], *controls: widgets.Widget) -> None:
        """Call `answer` with every new value of the controls; a failure is shown to the reader and still raised."""
        for control in controls:
            control.observe(lambda change: self._tell(answer, change["new"]), names="value")

    def _button(self, description: str, answer: Callable[[], None]) -> widgets.Button:
        button = widgets.Button(description=description, layout={"width": "9em"})
        button.on_click(lambda _: self._tell(answer))
        return button

    def _tell(self, answer: Callable[..., None], *news: object) -> None:
        try:
            with THREADS.limit(limits=1):
                answer(*news)
        except Exception as error:
            self.status.value = f'<p role="alert" style="color:{plot.RED}"><b>{html.escape(str(error))}</b></p>'
            raise

    def __repr__(self) -> str:
        return self.sentence

    def _ipython_display_(self) -> None:
        bundle = self._repr_mimebundle_()
        display({**bundle, "text/plain": self.sentence}, raw=True)


def _slider(description: str, value: float, low: float, high: float, step: float = 1) -> widgets.Widget:
    kind = widgets.IntSlider if step == 1 else widgets.FloatSlider
    style = {"description_width": "initial"}
    return kind(value=value, min=low, max=high, step=step, description=description, style=style)


def _row(*parts: widgets.Widget) -> widgets.HBox:
    return widgets.HBox(parts, layout=widgets.Layout(flex_flow="row wrap"))


def _view() -> widgets.Image:
    # At its own pixels: a box would stretch it.
    return widgets.Image(format="png", layout=widgets.Layout(align_self="flex-start"))


def table_png(picture: Picture, table: Picture) -> bytes:
    """PNG bytes of a grey picture with its grey values replaced by the colours of `table`, array (256, 3)."""
    coloured = Image.fromarray(picture)
    coloured.putpalette(table.tobytes())
    out = io.BytesIO()
    coloured.save(out, "PNG", compress_level=1)
    return out.getvalue()


# --- 00_start_here ----------------------------------------------------------------------------------------------------


def ramp_frame(bits: int) -> tuple[bytes, str]:
    """A ramp from black to white in 2^bits greys: PNG bytes and a sentence."""
    size = 2 ** whole(bits, "bits", 1, 8)
    ramp = np.tile(np.arange(768) // 3, (96, 1)).astype(np.uint8)
    shades = np.linspace(0, 255, size).round()
    table = shades[uniform(size, -0.5, 255.5).encode(np.arange(256))].astype(np.uint8)
    return table_png(ramp, _greys(table)), f"{plot.count(bits, 'bit')}: 2^{bits} = {size} greys."


class RampPanel(Panel):
    """The first slider: a grey ramp in 2^bits greys."""

    def __init__(self) -> None:
        self.bits = _slider("bits", 3, 1, 8)
        self.view = _view()
        super().__init__([self.bits], [self.view], "Run this cell to move the slider: a grey ramp in 2 to 256 greys.")
        self._watch(self._show, self.bits)
        self._show(self.bits.value)

    def _show(self, bits: int) -> None:
        self.view.value, caption = ramp_frame(bits)
        self._say(caption)


class NudgePanel(Panel):
    """A panel with a codebook of which one code vector at a time, chosen by its code word, is moved by hand."""

    def __init__(self, controls: list[Any], views: list[Any], sentence: str, axes: list[str], reach: float) -> None:
        # Not a slider: the browser's would keep its first range for the keys Home and End.
        self.chosen = widgets.Dropdown(options=[("", 0)], description="code word", layout={"width": "13em"})
        self.places = [_slider(name, 0, -reach, reach, 0.05) for name in axes]
        super().__init__([*controls, _row(self.chosen, *self.places)], views, sentence)
        self._watch(self._choose, self.chosen)
        for axis, place in enumerate(self.places):
            self._watch(partial(self._move, axis), place)

    def _load(self, codebook: Codebook) -> None:
        self._vectors = codebook.vectors.copy()
        self.chosen.options = [(word, index) for index, word in enumerate(plot.code_words(codebook))]
        self._choose(self.chosen.value)

    def _choose(self, index: int) -> None:
        # The sliders go to the step nearest to the code vector. Neither that nor the browser's echo of it, which may
        # differ in the last digit, must count as the reader moving it.
        step, limit = self.places[0].step, self.places[0].max
        self._resting = np.clip(np.round(self._vectors[index] / step) * step, -limit, limit)
        for place, value in zip(self.places, self._resting, strict=True):
            place.value = float(value)
        self._show()

    def _move(self, axis: int, value: float) -> None:
        if abs(value - self._resting[axis]) > self.places[axis].step / 2:
            self._vectors[self.chosen.value, axis] = self._resting[axis] = value
            self._show()

    def _show(self) -> None:
        raise NotImplementedError


# --- 01_scalar --------------------------------------------------------------------------------------------------------


class ScalarView:
    """One density with its optimal codebooks, and a drawing on which only the codebook moves."""

    def __init__(self, source: str, largest: int) -> None:
        self.points, self.weights = density(source)
        self.optimum = OptimalScalar(self.points, self.weights, largest=largest)
        self.variance = mse(self.points, np.zeros_like(self.points), self.weights)
        self._drawing = plot.Moving(8.2, 2.4, self._draw)

    def _draw(self, axes: Axes) -> plot.LevelMarks:
        plot.draw_density(axes, self.points, self.weights, 1.04 * SPAN)  # room for a whole star
        axes.set_xlabel("sample (height: its density)")
        return plot.LevelMarks(axes)

    def frame(self, codebook: Codebook) -> tuple[bytes, str]:
        """The drawing with this codebook as PNG bytes, and the sentence below it."""
        distortion = codebook.distortion(self.points, self.weights)
        best = self.optimum.codebook(codebook.size).distortion(self.points, self.weights)
        caption = (
            f"Levels {plot.numbers(np.sort(codebook.vectors[:, 0]), 3)}. Rate {plot.count(codebook.rate, 'bit')} per "
            f"dimension, mean squared error {distortion:.4f}, SNR {decibels(self.variance, distortion):.2f} dB; the "
            f"best {plot.count(codebook.size, 'level')} reach {best:.4f}."
        )
        return self._drawing.png(codebook), caption


class ScalarPanel(NudgePanel):
    """A scalar codebook over a density: bits, source, uniform or trained, any level moved by hand."""

    MOST_BITS = 4

    def __init__(self) -> None:
        self.source = widgets.Dropdown(options=list(DENSITIES), value="Gaussian", description="source")
        self.bits = _slider("bits", 2, 1, self.MOST_BITS)
        self.kind = widgets.ToggleButtons(options=["uniform", "trained"], description="codebook")
        self.kind.style.button_width = "6em"
        self.view = _view()
        sentence = "Run this cell to move the sliders: a scalar codebook over three sources."
        super().__init__([_row(self.source, self.bits, self.kind)], [self.view], sentence, ["moved to"], SPAN)
        self._views: dict[str, ScalarView] = {}
        self._watch(self._start_again, self.source, self.bits, self.kind)
        self._start_again()

    def _start_again(self, _value: object = None) -> None:
        source = self.source.value
        if source not in self._views:
            self._views[source] = ScalarView(source, 2**self.MOST_BITS)
        size = 2**self.bits.value
        trained = self.kind.value == "trained"
        self._load(self._views[source].optimum.codebook(size) if trained else uniform(size, -4, 4))

    def _show(self) -> None:
        self.view.value, caption = self._views[self.source.value].frame(Codebook(self._vectors))
        self._say(caption)


# --- 02_plane ---------------------------------------------------------------------------------------------------------

PLANE_SOURCES: dict[str, Callable[[int, float], Floats]] = {
    "independent": lambda n, rho: gaussian(n, 2),
    "correlated": lambda n, rho: gauss_markov(n, 2, rho),
    "ring": lambda n, rho: ring(n),
    "clusters": lambda n, rho: clusters(n),
}


def grid(samples: Floats, bits: int) -> Codebook:
    """Two trained scalar quantizers, one for each component of the pairs, that share the bits."""
    halves = zip(samples.T, (2 ** (bits - bits // 2), 2 ** (bits // 2)), strict=True)
    return product(*(lloyd(component, size, starts=1) for component, size in halves))


class PlanePanel(NudgePanel):
    """A codebook of pairs over four sources, trained, taken from the grid or moved by hand; the grid beside it."""

    def __init__(self) -> None:
        self.source = widgets.Dropdown(options=list(PLANE_SOURCES), description="source")
        self.rho = _slider("rho", 0.9, 0, 0.99, 0.01)
        self.bits = _slider("bits", 4, 1, 6)
        self.train = self._button("train", self._train)
        self.copy = self._button("copy the grid", lambda: self._load(self._grid))
        self.view, self.grid = _view(), _view()
        self._drawing = plot.Moving(4.1, 4.1, plot.PlaneMarks)
        controls = [_row(self.source, self.rho, self.bits), _row(self.train, self.copy)]
        views = [_row(_column(("Your codebook", self.view)), _column(("The grid of the same rate", self.grid)))]
        sentence = "Run this cell to move the sliders: a codebook of pairs over four sources, beside the grid."
        super().__init__(controls, views, sentence, ["x", "y"], plot.PLANE[1] - 0.2)
        self._watch(self._start_again, self.source, self.rho, self.bits)
        self._tell(self._start_again)

    def _start_again(self, _value: object = None) -> None:
        self.rho.disabled = self.source.value != "correlated"
        self._samples = PLANE_SOURCES[self.source.value](4000, self.rho.value)
        self._grid = grid(self._samples, self.bits.value)
        self._of_grid = self._grid.distortion(self._samples)
        self.grid.value = self._drawing.png(self._samples, self._grid, self._grid)
        self._load(lloyd(self._samples, 2**self.bits.value, starts=2))

    def _train(self) -> None:
        *_, (codebook, _, _) = lloyd_steps(self._samples, Codebook(self._vectors))
        self._load(codebook)

    def _show(self) -> None:
        codebook, chosen = Codebook(self._vectors), self.chosen.value
        self.view.value = self._drawing.png(self._samples, codebook, codebook, chosen)
        indices = codebook.encode(self._samples)
        distortion = mse(self._samples, codebook.decode(indices))
        word, place = plot.code_words(codebook)[chosen], plot.numbers(codebook.vectors[chosen], 3)
        self._say(
            f"Rate {plot.count(codebook.rate, 'bit')} per dimension. Mean squared error {distortion:.4f}, of the grid "
            f"{self._of_grid:.4f}: gain {round(decibels(self._of_grid, distortion), 2) + 0.0:+.2f} dB. Code vector "
            f"{word} at ({place}) speaks for {100 * np.mean(indices == chosen):.1f} % of the samples."
        )


# --- 03_design --------------------------------------------------------------------------------------------------------

STARTS: dict[str, Callable[[Floats, int, int], Floats]] = {
    "random samples": lambda samples, size, seed: np.random.default_rng(seed).choice(samples, size, replace=False),
    "k-means++": lambda samples, size, seed: kmeans_plusplus(samples, size, random_state=seed)[0],
    "one corner": lambda samples, size, seed: samples[np.argsort(samples.sum(axis=1))[:size]],
}


class DesignPanel(Panel):
    """Lloyd's algorithm on pairs, one half-step at a time or all at once, from several kinds of start."""

    def __init__(self) -> None:
        self.source = widgets.Dropdown(options=list(PLANE_SOURCES), value="clusters", description="source")
        self.bits = _slider("bits", 3, 1, 5)
        self.start = widgets.Dropdown(options=list(STARTS), description="start")
        self.step = self._button("step", lambda: self._go(min(self._at + 1, len(self._steps) - 1)))
        self.run, self.restart = self._button("run", self._run), self._button("restart", self._restart)
        self.view, self.curve = _view(), _view()
        self._drawing, self._growing = plot.Moving(4.1, 4.1, plot.PlaneMarks), plot.Moving(4.1, 4.1, plot.CurveMarks)
        controls = [_row(self.source, self.bits, self.start), _row(self.step, self.run, self.restart)]
        sentence = "Run this cell to press the buttons: Lloyd's algorithm on pairs, one half-step at a time."
        super().__init__(controls, [_row(self.view, self.curve)], sentence)
        self._watch(self._open, self.source, self.bits)
        self._watch(self._restart, self.start)
        self._tell(self._open)

    def _open(self, _value: object = None) -> None:
        self._samples = PLANE_SOURCES[self.source.value](2000, 0.9)
        self._ends: list[str] = []
        self._restart()

    def _restart(self, _value: object = None) -> None:
        self._ends.append("")
        start = STARTS[self.start.value](self._samples, 2**self.bits.value, len(self._ends))
        self._steps = list(lloyd_steps(self._samples, Codebook(start)))
        self._go(0)

    def _run(self) -> None:
        for at in np.unique(np.linspace(self._at, len(self._steps) - 1, 30).astype(int)):
            self._go(at)

    def _go(self, at: int) -> None:
        self._at = at
        codebook, indices, loss = self._steps[at]
        self.view.value = self._drawing.png(self._samples, codebook, self._steps[at - at % 2][0])
        self.curve.value = self._growing.png([step[2] for step in self._steps[: at + 1]])
        said = "every sample goes to its nearest code vector"
        if at % 2:
            astray = 100 * np.mean(self._steps[at + 1][1] != indices)  # the next half-step has them encoded anew
            said = f"every code vector goes to its centroid, and {astray:.1f} % of the samples are nearer to another"
        if at == len(self._steps) - 1:
            self._ends[-1] = f"{loss:.4f}"
            said += f". Nothing changes any more. Your last runs ended at {', '.join(filter(None, self._ends[-10:]))}"
        self._say(f"Half-step {at}, mean squared error {loss:.4f}: {said}.")


# --- 04_grey_images ---------------------------------------------------------------------------------------------------


class PictureView:
    """One grey picture, ready to be shown at any number of bits."""

    def __init__(self, picture: Picture) -> None:
        self.grey = GreyLevels(picture)
        self._window = plot.window(self.grey.picture)
        self.original = table_png(self._window, _greys(np.arange(256)))
        self._drawing = plot.Moving(plot.SIDE / 100, 1.7, self._draw)

    def _draw(self, axes: Axes) -> plot.LevelMarks:
        plot.draw_histogram(axes, self.grey.histogram)
        return plot.LevelMarks(axes)

    def frame(self, bits: int) -> tuple[bytes, bytes, bytes, str]:
        """At so many bits: quantized picture, error and histogram with levels as PNG bytes, and the sentence."""
        result = self.grey.quantize(bits)
        table = result.codebook.quantize(np.arange(256))
        quantized = table_png(self._window, _greys(table))
        error = table_png(self._window, plot.error_colours(np.arange(256), table))
        return quantized, error, self._drawing.png(result.codebook), picture_caption(result)


def _greys(levels: np.ndarray[Any, Any]) -> Picture:
    return np.asarray(levels, dtype=np.uint8)[:, None].repeat(3, axis=1)


def picture_caption(result: QuantizedImage) -> str:
    """The figures of a quantized picture in a sentence."""
    psnr = "no loss" if result.mse == 0 else f"MSE {result.mse:.1f}, PSNR {result.psnr:.1f} dB"
    return (
        f"{plot.count(result.size, 'level')}; {psnr}; {plot.count(result.index_bits, 'bit')} per pixel for the indices "
        f"and {result.codebook_bits / result.picture.size:.4f} for the codebook; {result.stored_bytes:,} bytes packed, "
        f"{result.picture.size:,} before."
    )


class PicturePanel(Panel):
    """Original and quantized picture under a bits slider, with the error and the levels on the histogram."""

    def __init__(self, picture: str = "camera", bits: int = 3) -> None:
        self.picture = widgets.Dropdown(options=SAMPLES, value=picture, description="picture")
        self.bits = _slider("bits", bits, 1, 8)
        self.upload = widgets.FileUpload(accept="image/*", description="own picture")
        limit = widgets.HTML(f"up to {UPLOAD_LIMIT // 10**6} MB")
        self.original, self.quantized, self.error, self.histogram = (_view() for _ in range(4))
        left = _column(("Original", self.original), ("Histogram, levels and borders", self.histogram))
        colours = "Error: orange too bright, purple too dark"
        right = _column(("Quantized", self.quantized), (colours, self.error))
        super().__init__(
            [_row(self.bits, self.picture, self.upload, limit)],
            [_row(left, right)],
            "Run this cell to move the slider: a photograph at 1 to 8 bits per pixel.",
        )
        self._watch(self._show, self.bits)
        self._watch(self._open, self.picture)
        self._watch(self._receive, self.upload)
        self._open(picture)

    def _open(self, name: str | None) -> None:
        if name is not None:  # None while a picture of the reader's own is shown
            self._look_at(PictureView(sample(name)))

    def _receive(self, files: tuple[dict[str, Any], ...]) -> None:
        if not files:
            return
        self.upload.value = ()  # so that the same file can be sent again
        content = bytes(files[0]["content"])
        if len(content) > UPLOAD_LIMIT:
            raise ValueError(f"own picture must have at most {UPLOAD_LIMIT:,} bytes, got {len(content):,}")
        view = PictureView(read_image(content))
        self.picture.value = None
        self._look_at(view)

    def _look_at(self, view: PictureView) -> None:
        self._picture = view
        self.original.value = view.original
        self._show(self.bits.value)

    def _show(self, bits: int) -> None:
        self.quantized.value, self.error.value, self.histogram.value, caption = self._picture.frame(bits)
        self._say(caption)


def _column(*views: tuple[str, widgets.Image]) -> widgets.VBox:
    parts = [part for title, view in views for part in (widgets.HTML(f"<b>{title}</b>"), view)]
    return widgets.VBox(parts, layout=widgets.Layout(margin="0 10px 0 0"))
