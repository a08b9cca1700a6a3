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
    part_content,
    picture_content,
    tiled_content,
)
from .photo_scene import PhotoScene

PIXELS = 300_000
"""A panel that trains thins a picture to so many pixels: the next move need not wait for long."""
RESULTS_KEPT = 10
"""How many results a scene that trains keeps."""
MOST_TILES = 256
"""More of them an index of one byte cannot name."""
ERROR_PALETTE = palette_bytes(plot.error_colours(0 * ALL_GREYS, ALL_GREYS))
"""Shows an error that is given by its size: white where there is none."""


class _Kept(NamedTuple):
    """What a result can be made of again, and shown: much less than its picture."""

    indices: NDArray[Any]
    codebook: Codebook
    block: int
    bits: int
    caption: str
    sheet: PictureContent
    """The code vectors as tiles."""


class CodebookScene(PhotoScene):
    """A scene with the code vectors as tiles. What is shown is of a picture of at most `PIXELS`.

    A larger one is thinned, which the sentence tells; what is saved has all of its pixels. It keeps
    its last results.
    """

    FRAMES_SHOW_PART = True
    BITS_AHEAD = 1
    is_by_grey = False
    """Whether blocks of one pixel depend on its grey value alone: then palettes say all."""

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
        kept = self._kept_for(*settings)
        result = self._result_of(kept)
        return replace(result, bits=kept.bits), kept.caption

    def _kept_for(self, *settings: Any) -> _Kept:  # noqa: ANN401
        # Not by `lru_cache`: a scene that holds a method of its own is freed late, with all that it
        # keeps.
        kept = self._results.pop(settings, None)
        if kept is None:
            kept = _to_keep(*self.compute(*settings))
        self._results[settings] = kept
        if len(self._results) > RESULTS_KEPT:
            oldest = next(iter(self._results))
            del self._results[oldest]
        return kept

    def _result_of(self, kept: _Kept) -> QuantizedImage:
        return image.from_indices(self.picture, kept.indices, kept.codebook, kept.block)

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
        kept = self._kept_for(*settings)
        frame: Frame = {**self._pictures(kept), "tiles": kept.sheet}
        return frame, self.thinning + kept.caption

    def _pictures(self, kept: _Kept) -> Frame:
        """The quantized picture and the size of its error."""
        quantized_alt = f"{self.name}, quantized"
        error_alt = f"The error of each pixel of {self.name}"
        if kept.block == 1 and self.is_by_grey:
            levels = kept.codebook.quantize(ALL_GREYS)
            sizes = palette_bytes(plot.error_colours(0 * ALL_GREYS, abs(ALL_GREYS - levels)))
            return {
                "quantized": {"palette": palette_bytes(levels), "alt": quantized_alt},
                "error": {"palette": sizes, "alt": error_alt},
            }
        error: PictureContent = {
            "error_of": "quantized",
            "palette": ERROR_PALETTE,
            "alt": error_alt,
        }
        return {"quantized": self._quantized(kept, quantized_alt), "error": error}

    def _quantized(self, kept: _Kept, alt: str) -> PictureContent:
        """The indices that are seen, and their code vectors, from which the page decodes it."""
        is_one_byte = kept.codebook.size <= MOST_TILES
        if not is_one_byte or (self.is_thinned and kept.block > 1):
            part = self._cut(self._result_of(kept).picture)
            return part_content(part, self.part, alt=alt)
        levels = kept.codebook.vectors.astype(np.uint8)
        return tiled_content(self._indices(kept), levels, kept.block, self.part, alt=alt)

    def _indices(self, kept: _Kept) -> NDArray[np.uint8]:
        """Those of all blocks of which a pixel is seen."""
        if kept.block == 1:
            return self._cut(kept.indices)
        rows, columns = self._rows_and_columns_seen(kept.block)
        return kept.indices[rows, columns]


def _to_keep(result: QuantizedImage, caption: str) -> _Kept:
    tiles = image.tiles(result.codebook, result.block, plot.SIDE)
    alt = f"{plot.count(result.size, 'code vector')} as tiles"
    sheet = picture_content(tiles, palette=GREY_PALETTE, alt=alt)
    return _Kept(result.indices, result.codebook, result.block, result.bits, caption, sheet)


def pixels_of(picture: Picture) -> str:
    """Width and height of a picture in words."""
    height, width = picture.shape[:2]
    return f"{width:,} x {height:,}"
