"""From the bytes of a picture file to pixels."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Transpose

from .decoders import open_with_pillow
from .eight_bits import Pixels, to_eight_bits
from .formats import READABLE, format_name, told
from .notes import without_notes
from .refusing import CannotBeReadError
from .tags import orientation

_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What makes each EXIF orientation upright."""


def decode(content: bytes) -> Pixels:
    """The pixels of a picture file, upright.

    Every picture file is decoded here: those of `read_image`, those that a panel is given, and
    those of `files.load`.

    Raises
    ------
    ValueError
        One sentence on the file.
    """
    name = format_name(content)
    if name not in READABLE:
        raise CannotBeReadError(told(content))
    # On damaged bytes the libraries raise nearly anything: struct.error, RuntimeError, ...
    try:
        return _decode(content, name)
    except CannotBeReadError:
        raise
    except Exception as error:
        what = f"it is {name}, but cut off, damaged or of a rare kind ({reason(error)})"
        raise CannotBeReadError(what) from error


def _decode(content: bytes, name: str) -> Pixels:
    bare = without_notes(content, name)
    open_picture = partial(open_with_pillow, bare.content, name)
    opened = open_picture()
    held = bare.orientation or orientation(opened.info.get("exif", b""))
    pixels = to_eight_bits(opened, open_picture, bare)
    return pixels._replace(values=_upright(pixels.values, held))


def _upright(values: NDArray[Any], held: int) -> NDArray[Any]:
    """Pixels turned as the note of the camera says."""
    transpose = _UPRIGHT.get(held)
    return values if transpose is None else np.asarray(Image.fromarray(values).transpose(transpose))


def reason(error: Exception) -> str:
    """Why a file cannot be read, in one line."""
    said = " ".join(str(error).split())
    return said[:150] or type(error).__name__
