"""A picture that is thinned before a panel trains on it."""

import math
from typing import Any

import numpy as np

from ..arrays import Picture
from ..checks import check_picture
from .photo_scene import PhotoScene, Result

PIXELS = 300_000
"""A panel that trains thins a picture to so many pixels: the next move need not wait for long."""


class ThinnedScene(PhotoScene):
    """A scene of a picture of at most `PIXELS`: a larger one is thinned, which the sentence tells.

    What is saved has all of its pixels.
    """

    FRAMES_SHOW_PART = True

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

    def whole_result(self, *settings: Any) -> Result:  # noqa: ANN401
        """All pixels of the picture, by the code vectors that are shown."""
        if not self.thinning:
            return self.result(*settings)
        return self.encode_whole(*settings)

    def encode_whole(self, *settings: Any) -> Result:  # noqa: ANN401
        """The same where the picture is thinned."""
        raise NotImplementedError


def pixels_of(picture: Picture) -> str:
    """Width and height of a picture in words."""
    height, width = picture.shape[:2]
    return f"{width:,} x {height:,}"
