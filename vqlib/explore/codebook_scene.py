"""What panels of palettes and of blocks show: a quantized picture, its error, its code vectors."""

import math
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import image, plot
from ..arrays import Picture
from ..checks import check_picture
from ..codebook import Codebook
from ..image import QuantizedImage
from .message import (
    ALL_GREYS,
    GREY_PALETTE,
    Frame,
    PictureContent,
    palette_bytes,
    picture_content,
)
from .photo_scene import PhotoScene

PIXELS = 300_000
"""A panel that trains thins a picture to so many pixels: the next move need not wait for long."""
RESULTS_KEPT = 10
"""How many results a scene that trains keeps."""
ERROR_PALETTE = palette_bytes(plot.error_colours(0 * ALL_GREYS, ALL_GREYS))
"""Shows an error that is given by its size: white where there is none."""


class _Kept(NamedTuple):
    """What a result can be made of again: much less than its picture."""

    indices: NDArray[Any]
    codebook: Codebook
    block: int
    bits: int
    caption: str


class CodebookScene(PhotoScene):
    """A scene with the code vectors as tiles. What is shown is of a picture of at most `PIXELS`.

    A larger one is thinned, which the sentence tells; what is saved has all of its pixels. It keeps
    its last results.
    """

    FRAMES_SHOW_PART = True
    BITS_AHEAD = 1

    def __init__(self, picture: Picture, name: str) -> None:
        self.whole = check_picture(picture)
        """The picture as it was given."""
        height, width = self.whole.shape[:2]
        step = math.ceil(math.sqrt(height * width / PIXELS))
        self.thinning = ""
        """How the sentence begins if the picture is thinned."""
        thinned = np.ascontiguousarray(self.whole[::step, ::step])
        if step > 1:
            name = f"{name}, thinned"
            self.thinning = (
                f"Thinned to {pixels_of(thinned)} of {pixels_of(self.whole)} pixels "
                "(save takes all of them): "
            )
        super().__init__(thinned, name)
        self._results: dict[tuple[object, ...], _Kept] = {}
        """By the settings, the last one that was asked for at the end."""

    def is_ready(self, *settings: Any) -> bool:  # noqa: ANN401
        """Whether the result for these settings is kept."""
        return settings in self._results

    def cached(self, *settings: Any) -> tuple[QuantizedImage, str]:  # noqa: ANN401
        """The quantized picture and the sentence for these settings, computed only if need be."""
        # Not by `lru_cache`: a scene that holds a method of its own is freed late, with all that it
        # keeps.
        kept = self._results.pop(settings, None)
        if kept is None:
            result, caption = self.compute(*settings)
            kept = _Kept(result.indices, result.codebook, result.block, result.bits, caption)
        self._results[settings] = kept
        if len(self._results) > RESULTS_KEPT:
            oldest = next(iter(self._results))
            del self._results[oldest]
        result = image.from_indices(self.picture, kept.indices, kept.codebook, kept.block)
        return replace(result, bits=kept.bits), kept.caption

    def compute(self, *settings: Any) -> tuple[QuantizedImage, str]:  # noqa: ANN401
        """What `cached` keeps."""
        raise NotImplementedError

    def result(self, *settings: Any) -> QuantizedImage:  # noqa: ANN401
        """The quantized picture."""
        result, _caption = self.cached(*settings)
        return result

    def whole_result(self, *settings: Any) -> QuantizedImage:  # noqa: ANN401
        """All pixels of the picture, by the codebook that is shown."""
        result = self.result(*settings)
        if not self.thinning:
            return result
        whole = self.encode(self.whole, result.codebook, *settings)
        return replace(whole, bits=result.bits)

    def encode(self, picture: Picture, codebook: Codebook, *settings: Any) -> QuantizedImage:  # noqa: ANN401
        """Any picture by this codebook, in the way of these settings."""
        raise NotImplementedError

    def frame(self, *settings: Any) -> tuple[Frame, str]:  # noqa: ANN401
        """The quantized picture, the size of its error, and the code vectors."""
        result, caption = self.cached(*settings)
        frame: Frame = {
            "quantized": self._quantized(result),
            "error": self._error(result),
            "tiles": self._tiles(result),
        }
        return frame, self.thinning + caption

    def _quantized(self, result: QuantizedImage) -> PictureContent:
        pixels = result.picture
        palette = GREY_PALETTE
        if result.block == 1 and result.size <= 256:  # one byte per pixel will do
            pixels = np.asarray(result.indices, dtype=np.uint8)
            palette = palette_bytes(result.levels)
        part, zoom = self._crop(pixels)
        return picture_content(part, zoom, palette=palette, alt=f"{self.name}, quantized")

    def _error(self, result: QuantizedImage) -> PictureContent:
        before, zoom = self._crop(self.picture)
        after, _zoom = self._crop(result.picture)
        alt = f"The error of each pixel of {self.name}"
        return picture_content(error_size(before, after), zoom, palette=ERROR_PALETTE, alt=alt)

    def _tiles(self, result: QuantizedImage) -> PictureContent:
        tiles = image.tiles(result.codebook, result.block, plot.SIDE)
        alt = f"{plot.count(result.size, 'code vector')} as tiles"
        return picture_content(tiles, palette=GREY_PALETTE, alt=alt)


def pixels_of(picture: Picture) -> str:
    """Width and height of a picture in words."""
    height, width = picture.shape[:2]
    return f"{width:,} x {height:,}"


def error_size(original: Picture, quantized: Picture) -> Picture:
    """The root of the mean squared error over the channels of each pixel, array (height, width)."""
    off = np.subtract(original, quantized, dtype=np.float32)
    channels = off.reshape(*original.shape[:2], -1)
    squares = np.einsum("ijk,ijk->ij", channels, channels) / channels.shape[2]
    return np.asarray(np.sqrt(squares).round(), dtype=np.uint8)
