"""The slider panels. Each owns its state, so two of them on one page do not touch each other.

What a panel shows is computed by a plain function or object that works without a kernel; `ipywidgets` only moves it
to the page. `interact` is not used: it redraws everything, flickers, and hides its failures.
"""

from __future__ import annotations

import html
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from PIL import Image

from . import plot
from .codebook import Codebook
from .design import OptimalScalar, uniform
from .image import SAMPLES, GreyLevels, Picture, QuantizedImage, read_image, sample
from .measure import decibels, mse, whole
from .sources import DENSITIES, density

UPLOAD_LIMIT = 9_000_000
"""Bytes of a picture file. Jupyter drops messages of some 10 MiB without a word."""
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

    def _watch(self, control: widgets.Widget, answer: Callable[[Any], None]) -> None:
        """Call `answer` with every new value of a control; a failure is shown to the reader and still raised."""

        def answered(change: dict[str, Any]) -> None:
            try:
                answer(change["new"])
            except Exception as error:
                self.status.value = f'<p role="alert" style="color:{plot.RED}"><b>{html.escape(str(error))}</b></p>'
                raise

        control.observe(answered, names="value")

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
        self._watch(self.bits, self._show)
        self._show(self.bits.value)

    def _show(self, bits: int) -> None:
        self.view.value, caption = ramp_frame(bits)
        self._say(caption)


# --- 01_scalar --------------------------------------------------------------------------------------------------------


class ScalarView:
    """One density with its optimal codebooks, and a drawing on which only the codebook moves."""

    def __init__(self, source: str, largest: int) -> None:
        self.points, self.weights = density(source)
        self.optimum = OptimalScalar(self.points, self.weights, largest=largest)
        self.variance = mse(self.points, np.zeros_like(self.points), self.weights)
        self._drawing = plot.MovingLevels(8.2, 2.4, self._draw)

    def _draw(self, axes: Axes) -> None:
        plot.draw_density(axes, self.points, self.weights, 1.04 * SPAN)  # room for a whole star
        axes.set_xlabel("sample (height: its density)")

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


class ScalarPanel(Panel):
    """A scalar codebook over a density: bits, source, uniform or trained, any level moved by hand."""

    MOST_BITS = 4

    def __init__(self) -> None:
        self.source = widgets.Dropdown(options=list(DENSITIES), value="Gaussian", description="source")
        self.bits = _slider("bits", 2, 1, self.MOST_BITS)
        self.kind = widgets.ToggleButtons(options=["uniform", "trained"], description="codebook")
        self.kind.style.button_width = "6em"
        # Not a slider: the browser's would keep its first range for the keys Home and End.
        self.level = widgets.Dropdown(options=range(1, 5), description="level", layout={"width": "12em"})
        self.position = _slider("moved to", 0, -SPAN, SPAN, 0.05)
        self.view = _view()
        controls = [_row(self.source, self.bits, self.kind), _row(self.level, self.position)]
        super().__init__(
            controls, [self.view], "Run this cell to move the sliders: a scalar codebook over three sources."
        )
        self._views: dict[str, ScalarView] = {}
        self._resting = 0.0
        for control in (self.source, self.bits, self.kind):
            self._watch(control, self._start_again)
        self._watch(self.level, self._choose)
        self._watch(self.position, self._move)
        self._start_again()

    def _start_again(self, _value: object = None) -> None:
        source = self.source.value
        if source not in self._views:
            self._views[source] = ScalarView(source, 2**self.MOST_BITS)
        size = 2**self.bits.value
        trained = self.kind.value == "trained"
        codebook = self._views[source].optimum.codebook(size) if trained else uniform(size, -4, 4)
        self._levels = codebook.vectors[:, 0].copy()
        self.level.options = range(1, size + 1)
        self._choose(self.level.value)
        self._show()

    def _choose(self, level: int) -> None:
        # The slider goes to the step nearest to the level. Neither that nor the browser's echo of it, which may differ
        # in the last digit, must count as the reader moving the level.
        step = self.position.step
        self._resting = float(np.clip(np.round(self._levels[level - 1] / step) * step, -SPAN, SPAN))
        self.position.value = self._resting

    def _move(self, position: float) -> None:
        if abs(position - self._resting) > self.position.step / 2:
            self._levels[self.level.value - 1] = self._resting = position
            self._show()

    def _show(self) -> None:
        self.view.value, caption = self._views[self.source.value].frame(Codebook(self._levels))
        self._say(caption)


# --- 04_grey_images ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PictureFrame:
    """What the picture panel shows at one position: three pictures as PNG bytes, and the sentence below them."""

    quantized: bytes
    error: bytes
    histogram: bytes
    caption: str


class PictureView:
    """One grey picture, ready to be shown at any number of bits."""

    def __init__(self, picture: Picture) -> None:
        self.grey = GreyLevels(picture)
        self._window = plot.window(self.grey.picture)
        self.original = table_png(self._window, _greys(np.arange(256)))
        self._drawing = plot.MovingLevels(
            plot.SIDE / 100, 1.7, lambda axes: plot.draw_histogram(axes, self.grey.histogram)
        )

    def frame(self, bits: int) -> PictureFrame:
        """Everything the panel shows at so many bits."""
        result = self.grey.quantize(bits)
        table = result.codebook.quantize(np.arange(256))
        return PictureFrame(
            quantized=table_png(self._window, _greys(table)),
            error=table_png(self._window, plot.error_colours(np.arange(256), table)),
            histogram=self._drawing.png(result.codebook),
            caption=picture_caption(result),
        )


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
        self._watch(self.bits, self._show)
        self._watch(self.picture, self._open)
        self._watch(self.upload, self._receive)
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
        frame = self._picture.frame(bits)
        self.quantized.value, self.error.value = frame.quantized, frame.error
        self.histogram.value = frame.histogram
        self._say(frame.caption)


def _column(*views: tuple[str, widgets.Image]) -> widgets.VBox:
    parts = [part for title, view in views for part in (widgets.HTML(f"<b>{title}</b>"), view)]
    return widgets.VBox(parts, layout=widgets.Layout(margin="0 10px 0 0"))
