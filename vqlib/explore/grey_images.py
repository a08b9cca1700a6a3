"""The panel of notebook 04_grey_images."""

from functools import partial

import numpy as np
from matplotlib.axes import Axes

from .. import plot
from ..arrays import Picture
from ..image import GreyLevels, QuantizedImage
from .controls import slider
from .live_drawing import LiveDrawing
from .message import (
    ALL_GREYS,
    DrawingContent,
    Frame,
    PictureContent,
    palette_bytes,
    picture_content,
    slot,
)
from .photo import PhotoPanel, picture_slot
from .photo_scene import PhotoScene, picture_caption

CHART = (plot.SIDE, 180)
"""Width and height of a drawing below a picture."""
STRIP = (plot.SIDE, 20)
"""Width and height of the strip of all grey values."""


class GreyScene(PhotoScene):
    """One grey picture, ready to be shown at any number of bits; parameters as for `PhotoScene`."""

    def __init__(self, picture: Picture, name: str) -> None:
        super().__init__(picture, name)
        self.grey = GreyLevels(picture)
        results = [self.grey.quantize(bits) for bits in range(1, 9)]
        rates = [result.rate for result in results]
        psnrs = [result.psnr for result in results]
        as_wide_as_the_strip_below_it = (0, 0.27, 1, 0.7)
        self._histogram = LiveDrawing(*CHART, self._draw, as_wide_as_the_strip_below_it)
        self._rates = LiveDrawing(*CHART, partial(plot.RateMarks, rates=rates, psnrs=psnrs))
        self.axes_png = {
            "histogram": self._histogram.axes_png,
            "rates": self._rates.axes_png,
        }

    def _draw(self, axes: Axes) -> plot.LevelMarks:
        plot.draw_histogram(axes, self.grey.histogram)
        return plot.LevelMarks(axes)

    def fixed(self) -> Frame:
        """The picture, and the strip of all grey values."""
        width, height = STRIP
        one_row = np.arange(width) * 256 // width
        strip = np.tile(one_row, (height, 1)).astype(np.uint8)
        return {**super().fixed(), "strip": picture_content(strip)}

    def result(self, bits: int) -> QuantizedImage:
        """The picture at so many bits."""
        return self.grey.quantize(bits)

    def frame(self, bits: int) -> tuple[Frame, str]:
        """Palettes that tell for each grey value what becomes of it: no picture is sent."""
        result = self.result(bits)
        caption = picture_caption(result, plot.count(result.size, "level"))
        return {**self._pictures(result), **self._drawings(result)}, caption

    def _pictures(self, result: QuantizedImage) -> dict[str, PictureContent]:
        levels = result.codebook.quantize(ALL_GREYS)
        palette = palette_bytes(levels)
        error_palette = palette_bytes(plot.error_colours(ALL_GREYS, levels))
        greys = plot.count(result.size, "grey")
        error_alt = f"The error of each pixel of {self.name} in {greys}"
        return {
            "quantized": {"palette": palette, "alt": f"{self.name} in {greys}"},
            "error": {"palette": error_palette, "alt": error_alt},
            "strip": {"palette": palette, "alt": f"A ramp from black to white in these {greys}"},
        }

    def _drawings(self, result: QuantizedImage) -> dict[str, DrawingContent]:
        greys = plot.count(result.size, "grey")
        return {
            "histogram": {
                "marks": self._histogram.marks(result.codebook),
                "alt": f"Grey values, and {greys} as stars",
            },
            "rates": {
                "marks": self._rates.marks(result.rate, result.psnr),
                "alt": f"{result.rate:.2f} bits per pixel",
            },
        }


class PicturePanel(PhotoPanel):
    """Original and quantized picture under a bits slider, with the error and the levels."""

    SCENE = GreyScene

    def __init__(self, picture: str = "camera", bits: int = 3) -> None:
        self.bits = slider("bits", bits, 1, 8)
        rates = slot("rates", "Rate and distortion", *CHART)
        histogram = slot("histogram", "Histogram, levels and borders", *CHART)
        strip = slot("strip", "What each grey value becomes", *STRIP)
        error_title = "Error: orange too bright, purple too dark"
        error = picture_slot("error", error_title, fixed="picture")
        below = [[rates], [histogram, strip, error]]
        sentence = "Run this cell to move the slider: a photograph at 1 to 8 bits per pixel."
        super().__init__([self.bits], below, sentence, picture)
