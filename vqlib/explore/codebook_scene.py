"""What panels of palettes and of blocks show: a quantized picture, its error, its code vectors."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import image, plot
from ..arrays import Picture
from ..codebook import Codebook
from ..image import QuantizedImage
from .last_ones import LastOnes
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
from .thinned_scene import ThinnedScene

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


class CodebookScene(ThinnedScene):
    """A scene with the code vectors as tiles, which keeps its last results."""

    STEPS_AHEAD = 1
    is_by_grey = False
    """Whether blocks of one pixel depend on its grey value alone: then palettes say all."""

    def __init__(self, picture: Picture, name: str) -> None:
        super().__init__(picture, name)
        self._results: LastOnes[_Kept] = LastOnes(RESULTS_KEPT)
        """By the settings."""

    def is_ready(self, *settings: Any) -> bool:  # noqa: ANN401
        """Whether the result for these settings is kept."""
        return settings in self._results

    def cached(self, *settings: Any) -> tuple[QuantizedImage, str]:  # noqa: ANN401
        """The quantized picture and the sentence for these settings, computed only if need be."""
        kept = self._kept_for(*settings)
        result = self._result_of(kept)
        return replace(result, bits=kept.bits), kept.caption

    def _kept_for(self, *settings: Any) -> _Kept:  # noqa: ANN401
        return self._results.get(settings, lambda: _to_keep(*self.compute(*settings)))

    def _result_of(self, kept: _Kept) -> QuantizedImage:
        return image.from_indices(self.picture, kept.indices, kept.codebook, kept.block)

    def compute(self, *settings: Any) -> tuple[QuantizedImage, str]:  # noqa: ANN401
        """What `cached` keeps."""
        raise NotImplementedError

    def result(self, *settings: Any) -> QuantizedImage:  # noqa: ANN401
        """The quantized picture."""
        result, _caption = self.cached(*settings)
        return result

    def encode_whole(self, *settings: Any) -> QuantizedImage:  # noqa: ANN401
        """All pixels of a picture that is thinned, by the codebook that is shown."""
        result = self.result(*settings)
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
