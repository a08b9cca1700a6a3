"""What a panel and its view say to each other: each record once, and how the larger ones are made.

view.js has typedefs of the same names and fields; tests/explore/test_message.py compares the two.
"""

from __future__ import annotations

import zlib
from typing import Any, Literal, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import Picture
from ..checks import check_finite, check_picture, describe

DEFLATE_LEVEL = 1
"""The quickest: 160,000 indices in 0.4 to 2.3 ms. Level 6 saves a fifth and takes 2 to 11."""
Clip = list[float]
"""Left, top, width and height of the part of a slot in which a mark may be seen."""


class Slot(TypedDict):
    """A place in the layout of a view; it shows one picture or one drawing."""

    name: str
    title: str
    width: int
    """In pixels of the page, as the height."""
    height: int
    fixed: str
    """Name of the fixed content, and of the axes below a drawing, that it shows."""
    drags: Literal["", "picture", "place", "stars", "levels"]
    """What a drag on it moves, of which the panel is told; levels are stars that go along x only.

    A place is where the pointer is: a click will do.
    """
    divider: str
    """Label of the divider between fixed and moving content; empty if it has none."""


class Part(TypedDict):
    """The part of the opened picture that is seen."""

    left: int
    """Its first column, counted in pixels of the picture, as all but `zoom`."""
    top: int
    width: int
    height: int
    zoom: int
    """How many pixels of the page a pixel becomes, each way."""


class PictureContent(TypedDict, total=False):
    """A picture, or what of a picture changes."""

    pixels: bytes
    """Deflated; row by row, one byte per pixel, to be looked up in the palette, or three (RGB).

    With tiles it is one byte per block, the number of a tile: all blocks of which a pixel is seen.
    """
    left: int
    """Where its pixels lie in the opened picture; left out if they are no part of it."""
    top: int
    width: int
    """In pixels of the picture, as the height."""
    height: int
    zoom: int
    """How many pixels of the page a pixel becomes, each way."""
    tiles: bytes
    """Deflated; tile by tile, row by row, one byte per pixel or three: the code vectors."""
    block: int
    """Height and width of a tile in pixels; the blocks are counted from the picture's corner."""
    channels: int
    """Bytes for each pixel of a tile: 1 for grey, 3 for RGB."""
    palette: bytes
    """768 bytes: red, green and blue for each of the 256 bytes."""
    error_of: str
    """Name of a slot: each pixel is the size of its error there, to be looked up in the palette.

    That is the root of the mean squared difference from the fixed picture over the channels.
    """
    outlines: list[list[int]]
    """Left, top, width and height of boxes, in pixels of the picture as `left` and `top`.

    Around each is a white line of one pixel, and a black one around that.
    """
    alt: str
    """The picture in words."""


class DrawingContent(TypedDict, total=False):
    """The marks on a drawing: those that stay, or those that move."""

    marks: list[Mark]
    alt: str
    """The drawing in words."""


class Line(TypedDict):
    """Points joined by a line; NaN breaks it."""

    kind: Literal["line"]
    xy: bytes
    """Pairs of float32, in pixels of the page from the upper left of the slot."""
    colour: str
    """As `#rrggbb`."""
    alpha: float
    """From 0, not to be seen, to 1, opaque."""
    clip: Clip | None
    """None if the mark may be seen everywhere."""
    line_width: float
    """In pixels of the page, as all lengths of marks."""


class Area(TypedDict):
    """A filled polygon, or several with NaN between, of which one may be a hole in another."""

    kind: Literal["area"]
    xy: bytes
    colour: str
    alpha: float
    clip: Clip | None


class Points(TypedDict):
    """A disc or a star at each point."""

    kind: Literal["discs", "stars"]
    xy: bytes
    colour: str
    alpha: float
    clip: Clip | None
    radius: float
    """To the middle of the line around it."""
    edge_width: float
    """Width of the line around it, in the same colour."""


class Pointer(TypedDict):
    """A drag on a slot, as the page tells it while the pointer is down."""

    press: float
    """When the pointer went down, in milliseconds since 1970: a later drag has a larger number."""
    down: list[float]
    """Where it went down, x and y in pixels of the slot, however large that is on the page."""
    now: list[float]
    """Where it is."""


class Answer(TypedDict):
    """What a panel will show for some settings, sent before the reader chooses them."""

    settings: list[Position]
    """Where the controls will stand, in the order of `View.keyed_by`."""
    fixed: Frame
    """Empty if what is fixed now will stay."""
    frame: Frame
    status: str


class Ready(TypedDict):
    """A page begins to show the view, and remembers no answer yet."""

    ready: bool


class Upload(TypedDict):
    """A file of the reader's; its bytes come beside this as the only buffer."""

    upload: str
    """Its name."""


class Save(TypedDict):
    """A file for the reader; its bytes go beside this as the only buffer."""

    save: str
    """The name to save it under."""


Mark = Line | Area | Points
"""Made by live_drawing.py, painted by view.js, drawn again by rendering.py."""
SlotContent = PictureContent | DrawingContent
Frame = dict[str, SlotContent]
"""By the name of each slot what it shows now."""
Position = str | float | None
"""Where a control stands: the value of a slider or a text, the number of the row of a list."""


def slot(
    name: str,
    title: str,
    width: int,
    height: int,
    *,
    fixed: str = "",
    drags: Literal["", "picture", "place", "stars", "levels"] = "",
    divider: str = "",
) -> Slot:
    """A slot; by default it shows the fixed content of its own name."""
    return {
        "name": name,
        "title": title,
        "width": width,
        "height": height,
        "fixed": fixed or name,
        "drags": drags,
        "divider": divider,
    }


def title_of_still(slot: Slot) -> str:
    """The title of a slot on which nothing can be dragged: without the words about that."""
    title, _, _what_can_be_dragged = slot["title"].partition(": drag")
    return title


def picture_content(
    pixels: Picture, zoom: int = 1, *, palette: bytes = b"", alt: str = ""
) -> PictureContent:
    """A picture of one byte per pixel, or of three (RGB), each pixel `zoom` wide and high.

    Palette and words are left out if they come later: with the frame, for a picture that stays.
    """
    pixels = check_picture(pixels, "pixels")
    height, width = pixels.shape[:2]
    content: PictureContent = {
        "pixels": deflated(pixels),
        "width": width,
        "height": height,
        "zoom": zoom,
    }
    if palette:
        content["palette"] = palette
    if alt:
        content["alt"] = alt
    return content


def part_content(
    pixels: Picture, part: Part, *, palette: bytes = b"", alt: str = ""
) -> PictureContent:
    """The pixels of a part of the opened picture; else as `picture_content`."""
    content = picture_content(pixels, part["zoom"], palette=palette, alt=alt)
    content["left"] = part["left"]
    content["top"] = part["top"]
    return content


def tiled_content(
    indices: NDArray[np.uint8], tiles: NDArray[np.uint8], block: int, part: Part, *, alt: str = ""
) -> PictureContent:
    """A part of the opened picture, block by block; a pixel is a block of 1.

    Parameters
    ----------
    indices : uint8 array (rows, columns)
        Of all blocks of which a pixel is seen.
    tiles : uint8 array (K, block * block * channels)
        The code vectors that they name.
    block : int
        Height and width of a block in pixels.
    """
    content: PictureContent = {
        "pixels": deflated(indices),
        "left": part["left"],
        "top": part["top"],
        "width": part["width"],
        "height": part["height"],
        "zoom": part["zoom"],
        "tiles": deflated(tiles),
        "block": block,
        "channels": tiles.shape[1] // block**2,
    }
    if alt:
        content["alt"] = alt
    return content


def deflated(array: NDArray[Any]) -> bytes:
    """The bytes of an array as zlib packs them: the page inflates them again."""
    return zlib.compress(array.tobytes(), DEFLATE_LEVEL)


def palette_bytes(colours: ArrayLike) -> bytes:
    """The palette of a picture, 768 bytes: red, green and blue for each of 256 bytes.

    From grey levels, array (n,), or from colours, array (n, 3), n at most 256. Fewer than 256 are
    repeated.

    Raises
    ------
    ValueError
        If they are not numbers from 0 to 255 in such an array.
    """
    array = check_finite(colours, "colours")
    if array.shape[1:] not in ((), (3,)) or array.ndim == 0 or len(array) > 256:
        shapes = "(n,) or (n, 3), n at most 256"
        raise ValueError(f"colours must have shape {shapes}, got {array.shape}")
    if array.min() < 0 or array.max() > 255:
        raise ValueError(f"colours must lie from 0 to 255, got {describe(array)}")
    given = array.astype(np.uint8)
    entries = np.resize(given, (256, *given.shape[1:]))
    if entries.ndim == 1:
        entries = entries[:, None].repeat(3, axis=1)
    return entries.tobytes()


def bytes_in(content: object) -> int:
    """How many bytes the pictures and marks of a record take, or of all in a dictionary or list."""
    if isinstance(content, bytes):
        return len(content)
    if isinstance(content, dict):
        return sum(map(bytes_in, content.values()))
    if isinstance(content, list):
        return sum(map(bytes_in, content))
    return 0


ALL_GREYS = np.arange(256)
GREY_PALETTE = palette_bytes(ALL_GREYS)
"""Shows a grey picture as it is."""
