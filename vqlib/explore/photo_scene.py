"""A picture of which a part is shown, beside the same part of a quantized one."""

from typing import Any

import numpy as np

from .. import image, plot
from ..arrays import Floats, Picture
from ..checks import check_picture
from ..image import QuantizedImage
from .message import GREY_PALETTE, Frame, picture_content


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
    BITS_AHEAD = 7
    """How many steps of the bits each way the page gets before it asks."""

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
        self._centre = (down, across)
        self._zoom = zoom

    def _crop(self, picture: Picture) -> tuple[Picture, int]:
        """The part that is shown, of this picture or another of its size, and its zoom."""
        return image.crop(picture, plot.SIDE, self._centre, self._zoom)

    def fixed(self) -> Frame:
        """What stays while the settings move."""
        pixels, zoom = self._crop(self.picture)
        alt = f"{self.name}, the original"
        return {"picture": picture_content(pixels, zoom, palette=GREY_PALETTE, alt=alt)}

    def result(self, *settings: Any) -> QuantizedImage:  # noqa: ANN401 -- values of the controls
        """The quantized picture."""
        raise NotImplementedError

    def is_ready(self, *_settings: Any) -> bool:  # noqa: ANN401
        """Whether the frame for these settings is computed in no time."""
        return True

    def whole_result(self, *settings: Any) -> QuantizedImage:  # noqa: ANN401
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


def loss_of(result: QuantizedImage) -> str:
    """The error of a quantized picture in words."""
    if result.mse == 0:
        return "no loss"
    return f"MSE {result.mse:.1f}, PSNR {result.psnr:.1f} dB"
