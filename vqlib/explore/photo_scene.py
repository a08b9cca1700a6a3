"""A picture of which a part is shown, beside the same part of a quantized one."""

import math
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import image, plot
from ..arrays import Floats, Picture
from ..checks import check_picture
from ..image import QuantizedImage, StagedImage
from .message import GREY_PALETTE, Frame, Part, PictureContent, part_content

Result = QuantizedImage | StagedImage
"""A quantized picture, with all that it costs."""
WHOLE_PIXELS = 1_000_000
"""A picture of at most so many pixels is sent whole, so that a drag sends no pixel again."""


class PhotoScene:
    """A picture of which a part is shown, beside the same part of quantized ones.

    Parameters
    ----------
    picture : uint8 array (height, width) or (height, width, 3)
    name : str
        What it is called in alternative texts.

    Raises
    ------
    ValueError
        If it is not a picture.
    """

    FRAMES_SHOW_PART = False
    """Whether a frame is of the part that is seen, and not of the whole picture."""
    STEPS_AHEAD = 7
    """How many steps of a slider each way the page gets before it asks."""

    def __init__(self, picture: Picture, name: str) -> None:
        self.picture = check_picture(picture)
        self.name = name
        self.axes_png: dict[str, bytes] = {}
        """What stands still on its drawings."""
        self.look()

    def hidden(self, zoom: int) -> Floats:
        """How many pixels of the page the picture is higher and wider than its part, array (2,)."""
        shown, zoom = image.fit_to_side(self.picture, plot.SIDE, zoom)
        beyond = zoom * np.array(shown.shape[:2], dtype=np.float64) - plot.SIDE
        return np.asarray(np.maximum(beyond, 0))

    def look(self, at: tuple[float, float] = (0.5, 0.5), zoom: int = 0) -> None:
        """Show another part from now on (see `image.crop`): how far down and across, from 0 to 1.

        0 is where the part meets the upper or left rim of the picture, 1 the lower or right one.
        """
        hidden = self.hidden(zoom)
        middle = np.array(at) * hidden + plot.SIDE / 2 + 0.25  # a little more: `crop` rounds down
        down, across = middle / (hidden + plot.SIDE)
        self._zoom = zoom
        shown, zoom = image.fit_to_side(self.picture, plot.SIDE, zoom)
        self.is_thinned = shown.shape != self.picture.shape
        """Whether not every pixel is shown: all else then counts those that are."""
        rows, columns = image.rows_and_columns(shown.shape, plot.SIDE // zoom, (down, across))
        self.part: Part = {
            "left": columns.start,
            "top": rows.start,
            "width": columns.stop - columns.start,
            "height": rows.stop - rows.start,
            "zoom": zoom,
        }
        """What is seen."""

    def _as_shown(self, array: NDArray[Any]) -> NDArray[Any]:
        """The pixels that the page counts, of this picture or of another array of its size."""
        shown, _zoom = image.fit_to_side(array, plot.SIDE, self._zoom)
        return shown

    def _cut(self, picture: Picture) -> Picture:
        """The part that is seen, of this picture or of another of its size."""
        rows, columns = self._rows_and_columns_seen()
        return self._as_shown(picture)[rows, columns]

    def _rows_and_columns_seen(self, block: int = 1) -> tuple[slice, slice]:
        """Those of all blocks of which a pixel is seen."""
        part = self.part
        bottom = part["top"] + part["height"]
        right = part["left"] + part["width"]
        rows = slice(part["top"] // block, math.ceil(bottom / block))
        columns = slice(part["left"] // block, math.ceil(right / block))
        return rows, columns

    def fixed(self) -> Frame:
        """What stays while the settings move: the whole picture, or of a large one the part."""
        height, width = self.picture.shape[:2]
        if self.is_thinned or height * width > WHOLE_PIXELS:
            return {"picture": self._original(self._cut(self.picture), self.part)}
        return {"picture": self._whole_original}

    @cached_property
    def _whole_original(self) -> PictureContent:
        """Packed once, as that takes up to 30 ms."""
        height, width = self.picture.shape[:2]
        whole: Part = {"left": 0, "top": 0, "width": width, "height": height, "zoom": 1}
        return self._original(self.picture, whole)

    def _original(self, pixels: Picture, part: Part) -> PictureContent:
        alt = f"{self.name}, the original"
        return part_content(pixels, part, palette=GREY_PALETTE, alt=alt)

    def result(self, *settings: Any) -> Result:  # noqa: ANN401 -- values of the controls
        """The quantized picture."""
        raise NotImplementedError

    def is_ready(self, *_settings: Any) -> bool:  # noqa: ANN401
        """Whether the frame for these settings is computed in no time."""
        return True

    def whole_result(self, *settings: Any) -> Result:  # noqa: ANN401
        """The quantized picture with all pixels that were given: what is saved."""
        return self.result(*settings)

    def frame(self, *settings: Any) -> tuple[Frame, str]:  # noqa: ANN401
        """What is shown, and the sentence."""
        raise NotImplementedError


def picture_caption(result: QuantizedImage, what: str) -> str:
    """The figures of a quantized picture in a sentence that begins with `what`."""
    rate = plot.count(result.index_rate, "bit")
    return (
        f"{what}; {loss_of(result)}; {rate} per pixel for the indices "
        f"and {result.codebook_bits / result.pixels:.4f} for the codebook, "
        f"together {result.rate:.4f}; "
        f"{result.stored_bytes:,} bytes packed, {result.picture.size:,} before."
    )


def loss_of(result: Result) -> str:
    """The error of a quantized picture in words."""
    if result.mse == 0:
        return "no loss"
    return f"MSE {result.mse:.1f}, PSNR {result.psnr:.1f} dB"
