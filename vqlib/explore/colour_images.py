"""The panel of notebook 05_colour_images."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import image, plot
from ..arrays import Picture
from ..checks import check_int, check_one_of
from ..codebook import Codebook
from ..image import Colours, QuantizedImage
from .codebook_scene import CodebookScene
from .controls import dropdown, slider
from .photo import PhotoPanel, error_slot, picture_slot
from .photo_scene import picture_caption


def random_palette(picture: Picture, size: int) -> Codebook:
    """The colours of so many pixels, drawn at random."""
    return Codebook(image.random_pixels(picture.reshape(-1, 3), size))


PALETTES: dict[str, Callable[[Colours, int, str], Codebook]] = {
    "trained": lambda colours, size, space: colours.train(size, space, fast=True),
    "random": lambda colours, size, space: random_palette(colours.picture, size),
    "uniform": lambda colours, size, space: image.uniform_palette(size),
    "median cut": lambda colours, size, space: image.median_cut(colours.picture, size),
}
"""Where a palette comes from, made of the picture, the size and the colour space."""
DITHER = ("off", "on")


class ColourScene(CodebookScene):
    """One colour picture, ready to be shown with any palette; parameters as for `PhotoScene`."""

    def __init__(self, picture: Picture, name: str) -> None:
        super().__init__(picture, name)
        self.colours = Colours(self.picture)
        self._lab = image.to_lab(self.picture.reshape(-1, 3)).astype(np.float32)

    def compute(
        self, bits: int, palette: str, space: str, dither: str
    ) -> tuple[QuantizedImage, str]:
        """With this palette, and how far the colours are off as the eye sees it."""
        check_int(bits, "bits", 1, 8)
        check_one_of(palette, "palette", PALETTES)
        check_one_of(dither, "dither", DITHER)
        size = min(2**bits, len(self.colours.colours))
        codebook = PALETTES[palette](self.colours, size, space)
        if dither == "on":
            result = self.encode(self.picture, codebook, bits, palette, space, dither)
        else:
            result = self.colours.encode(codebook, space)  # which has counted its colours once
        colours = plot.count(result.size, "colour")
        off = self._distance(result.picture)
        what = f"{colours}, on average {off:.1f} from the original's in CIELAB"
        return result, picture_caption(result, what)

    def encode(self, picture: Picture, codebook: Codebook, *settings: Any) -> QuantizedImage:  # noqa: ANN401
        """Any picture with this palette, dithered if the settings say so."""
        _bits, _palette, space, dither = settings
        if dither == "on":
            return image.diffuse(picture, codebook)
        return image.encode_image(picture, codebook, space=space)

    def _distance(self, quantized: Picture) -> float:
        """Mean distance of the pixels from those of the original in CIELAB."""
        off = self._lab - image.to_lab(quantized.reshape(-1, 3))
        return float(np.linalg.norm(off, axis=1).mean())


class ColourPanel(PhotoPanel):
    """A colour picture in 2 to 256 colours: whose palette, which space, dithered or not."""

    SCENE = ColourScene
    COLOUR = True

    def __init__(self, picture: str = "china", bits: int = 4) -> None:
        self.bits = slider("bits", bits, 1, 8)
        self.palette = dropdown("colours", PALETTES)
        self.space = dropdown("space", image.SPACES)
        self.dither = dropdown("dither", DITHER)
        settings = [self.bits, self.palette, self.space, self.dither]
        below = [[picture_slot("tiles", "The palette")], [error_slot()]]
        sentence = "Run this cell to move the slider: a photograph in 2 to 256 colours."
        super().__init__(settings, below, sentence, picture)
