"""Panels of pictures: original and quantized one, the part that is shown, files in and out."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
from numpy.typing import NDArray

from .. import files, image, plot
from ..arrays import Floats, Picture
from ..codebook import Codebook
from ..image import QuantizedImage
from .controls import dropdown, slider, snap_to_slider
from .message import (
    ALL_GREYS,
    GREY_PALETTE,
    Frame,
    PictureContent,
    Pointer,
    Save,
    Slot,
    Upload,
    palette_bytes,
    picture_content,
    slot,
)
from .panel import Panel

UPLOAD_LIMIT = 9_000_000
"""Bytes of a picture file. Jupyter drops messages of some 10 MiB without a word."""
PIXELS = 300_000
"""A panel that trains thins a picture to so many pixels: the next move need not wait for long."""
RESULTS_KEPT = 10
"""How many results a scene that trains keeps."""
ZOOMS = [("as it fits", 0), ("1 x 1", 1), ("2 x 2", 2), ("4 x 4", 4), ("8 x 8", 8)]
"""What a pixel of the picture can be on the page."""
ERROR_PALETTE = palette_bytes(plot.error_colours(0 * ALL_GREYS, ALL_GREYS))
"""Shows an error that is given by its size: white where there is none."""


class PhotoScene:
    """A picture of which a part is shown, beside the same part of quantized ones.

    Parameters
    ----------
    picture : uint8 array (height, width) or (height, width, 3)
    name : str
        What it is called in alternative texts.
    """

    def __init__(self, picture: Picture, name: str) -> None:
        self.picture = picture
        self.name = name
        self.axes_png: dict[str, bytes] = {}
        """What stands still on its drawings."""
        self.look()

    def hidden(self, zoom: int) -> Floats:
        """By how many pixels of the page the picture is higher and wider than its part, array (2,).

        How far a picture is enlarged or thinned is the rule of `image.crop`.
        """
        shape = np.array(self.picture.shape[:2])
        zoom_used = zoom or max(1, plot.SIDE // shape.max())
        step = 1 if zoom else max(1, shape.max() // plot.SIDE)
        return np.asarray(np.maximum(zoom_used * np.ceil(shape / step) - plot.SIDE, 0))

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

    def frame(self, *settings: Any) -> tuple[Frame, str]:  # noqa: ANN401
        """What is shown, and the sentence."""
        raise NotImplementedError


def picture_caption(result: QuantizedImage, what: str) -> str:
    """The figures of a quantized picture in a sentence that begins with `what`."""
    loss = f"MSE {result.mse:.1f}, PSNR {result.psnr:.1f} dB"
    if result.mse == 0:
        loss = "no loss"
    return (
        f"{what}; {loss}; {plot.count(result.index_rate, 'bit')} per pixel for the indices "
        f"and {result.codebook_bits / result.pixels:.4f} for the codebook, "
        f"together {result.rate:.4f}; "
        f"{result.stored_bytes:,} bytes packed, {result.picture.size:,} before."
    )


class PhotoPanel(Panel):
    """Original and quantized picture, any part of them, files of the reader's own, a file to save.

    Parameters
    ----------
    settings : widgets
        The controls whose values the scene is asked with.
    left, right : lists of slots
        What stands below the original, and below the quantized picture.
    sentence : str
        As for `Panel`.
    picture : str
        The picture that is shown first.
    """

    SCENE: Callable[[Picture, str], PhotoScene]
    """Makes a scene of a picture and its name."""
    COLOUR = False
    """Whether pictures keep their colours."""

    def __init__(
        self,
        settings: list[widgets.Widget],
        left: list[Slot],
        right: list[Slot],
        sentence: str,
        picture: str,
    ) -> None:
        self._settings = settings
        self._last_press: float | None = None
        self.picture = dropdown("picture", image.SAMPLES, picture, width="9.5em")
        self.save = self._button("save", self._save)
        self.enlarge = dropdown("each pixel", ZOOMS, 0)
        self.across = slider("across", 50, 0, 100, 0.1)
        self.down = slider("down", 50, 0, 100, 0.1)
        part = [self.enlarge, self.across, self.down]
        self.reset = self._reset_button(self._put_back, *settings, self.picture, *part)
        controls = [*settings, self.picture, self.save, self.reset]
        columns = [[_original(), *left], [_quantized(), *right]]
        super().__init__(controls, columns, sentence, part, upload_limit=UPLOAD_LIMIT)
        self.followers = [self.across, self.down]
        self._on_change(self._show, *settings)
        self._on_change(self._open, self.picture)
        self._on_change(self._look, *part)
        self._on_change(self._drag, self.view, name="pointer")
        self.view.on_msg(self._take_message)
        self._respond(self._open)

    def _open(self) -> None:
        name = self.picture.value
        if name is not None:  # None while a picture of the reader's own is shown
            self._show_picture(self.SCENE(image.sample(name, colour=self.COLOUR), name))

    def _take_message(self, _view: object, content: Upload, buffers: list[memoryview]) -> None:
        self._respond(self._receive, content, buffers)

    def _receive(self, _content: Upload, buffers: list[memoryview]) -> None:
        """Show a picture file of the reader's own."""
        size = len(buffers[0])
        if size > UPLOAD_LIMIT:
            raise ValueError(f"own picture must have at most {UPLOAD_LIMIT:,} bytes, got {size:,}")
        picture = image.read_image(bytes(buffers[0]), colour=self.COLOUR)
        scene = self.SCENE(picture, "your picture")
        self.picture.value = None
        self._show_picture(scene)

    def _show_picture(self, scene: PhotoScene) -> None:
        self._scene = scene
        self.view.axes_png = scene.axes_png
        self._look()

    def _put_back(self) -> None:
        self.view.split = 0
        self._show()

    def _look(self) -> None:
        at = (self.down.value / 100, self.across.value / 100)
        self._scene.look(at, self.enlarge.value)
        self.view.fixed = self._scene.fixed()
        self._show()

    def _drag(self) -> None:
        """Move the part that is shown, as if the picture were held by the pointer."""
        pointer: Pointer = self.view.pointer
        if pointer["press"] != self._last_press:
            self._last_press = pointer["press"]
            self._position_at_press = np.array([self.across.value, self.down.value])
        height, width = self._scene.hidden(self.enlarge.value)
        moved = np.array(pointer["now"]) - pointer["down"]
        share = moved / np.maximum([width, height], 1)
        across, down = self._position_at_press - 100 * share
        self.across.value = snap_to_slider(self.across, across)
        self.down.value = snap_to_slider(self.down, down)

    def _values(self) -> list[Any]:
        return [control.value for control in self._settings]

    def _show(self) -> None:
        self.view.frame, self.view.status = self._scene.frame(*self._values())

    def _save(self) -> None:
        result = self._scene.result(*self._values())
        content, ending = _as_file(result)
        name = f"{self.picture.value or 'own'}_{result.bits}_bits.{ending}"
        message: Save = {"save": name}
        self.view.send(message, buffers=[content])
        self.view.status = (
            f"Saved as {name}: {len(content):,} bytes, {result.stored_bytes:,} if only packed."
        )


def picture_slot(name: str, title: str, **more: Any) -> Slot:  # noqa: ANN401 -- as for `slot`
    """A slot for a picture of at most `plot.SIDE` pixels each way."""
    return slot(name, title, plot.SIDE, plot.SIDE, **more)


def error_slot() -> Slot:
    """A slot for the size of an error."""
    return picture_slot("error", "Error: the darker, the larger")


def _original() -> Slot:
    title = "Original: drag to see another part"
    return picture_slot("original", title, fixed="picture", pointer=True)


def _quantized() -> Slot:
    title = "Quantized: drag the divider"
    return picture_slot("quantized", title, fixed="picture", divider="original over quantized")


def _as_file(result: QuantizedImage) -> tuple[bytes, str]:
    """A quantized picture as the bytes of a file, and the ending of its name."""
    if result.block == 1:
        return result.png(), "png"
    return files.to_npz(result), "npz"  # no picture format holds blocks


class _Kept(NamedTuple):
    """What a result can be made of again: much less than its picture."""

    indices: NDArray[Any]
    codebook: Codebook
    block: int
    bits: int
    caption: str


class CodebookScene(PhotoScene):
    """A scene with the code vectors as tiles; of a picture of at most `PIXELS`.

    It keeps its last results.
    """

    def __init__(self, picture: Picture, name: str) -> None:
        height, width = picture.shape[:2]
        step = math.ceil(math.sqrt(height * width / PIXELS))
        if step > 1:
            name = f"{name}, thinned"
        super().__init__(np.ascontiguousarray(picture[::step, ::step]), name)
        self._results: dict[tuple[object, ...], _Kept] = {}
        """By the settings, the last one that was asked for at the end."""

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

    def frame(self, *settings: Any) -> tuple[Frame, str]:  # noqa: ANN401
        """The quantized picture, the size of its error, and the code vectors."""
        result, caption = self.cached(*settings)
        frame: Frame = {
            "quantized": self._quantized(result),
            "error": self._error(result),
            "tiles": self._tiles(result),
        }
        return frame, caption

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


def error_size(original: Picture, quantized: Picture) -> Picture:
    """The root of the mean squared error over the channels of each pixel, array (height, width)."""
    off = np.subtract(original, quantized, dtype=np.float32)
    channels = off.reshape(*original.shape[:2], -1)
    squares = np.einsum("ijk,ijk->ij", channels, channels) / channels.shape[2]
    return np.asarray(np.sqrt(squares).round(), dtype=np.uint8)
