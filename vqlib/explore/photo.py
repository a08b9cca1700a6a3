"""Panels of pictures: original and quantized one, the part that is shown, files in and out."""

import gc
from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets as widgets
import numpy as np

from .. import files, image, plot
from ..arrays import Picture
from ..image import StagedImage
from .controls import by_nearness, dropdown, slider, snap_to_slider
from .message import Frame, Save, Slot, Upload, slot
from .panel import Panel
from .photo_scene import PhotoScene, Result, loss_of

UPLOAD_LIMIT = 9_000_000
"""Bytes of a picture file. Jupyter drops messages of some 10 MiB without a word."""
ZOOMS = [("by its size", 0), ("1 x 1", 1), ("2 x 2", 2), ("4 x 4", 4), ("8 x 8", 8)]
"""What a pixel of the picture can be on the page. By the size of the picture is 1 x 1 for most;
pixels of a small one are larger, of a large one some are left out."""


class PhotoPanel(Panel):
    """Original and quantized picture, any part of them, files of the reader's own, a file to save.

    Parameters
    ----------
    settings : widgets
        The controls whose values the scene is asked with. The first slider of whole numbers among
        them names a saved file, and its next positions come ahead.
    below : lists of slots
        The cells below the original and the quantized picture, row by row.
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
        below: list[list[Slot]],
        sentence: str,
        picture: str,
    ) -> None:
        self._scene_settings = settings
        self.steps = next(one for one in settings if isinstance(one, widgets.IntSlider))
        """The slider whose next positions come ahead; its position names a saved file."""
        self._last_press: float | None = None
        self.picture = dropdown("picture", image.SAMPLES, picture)
        self.save = self._button("save", self._save)
        self.enlarge = dropdown("each pixel", ZOOMS, 0)
        self.across = slider("across", 50, 0, 100, 0.1)
        self.down = slider("down", 50, 0, 100, 0.1)
        looking = [self.enlarge, self.across, self.down]
        self.reset = self._reset_button(self._put_back, *settings, self.picture, *looking)
        controls = [*settings, self.picture, self.save, self.reset]
        cells = [[_original()], [_quantized()], *below]
        super().__init__(
            controls,
            cells,
            sentence,
            looking,
            keyed_by=[*settings, self.picture],
            upload_limit=UPLOAD_LIMIT,
        )
        self.followers = [self.across, self.down]
        self._on_change(self._show, *settings)
        self._on_change(self._open, self.picture)
        self._on_change(self._look, *looking)
        self._on_change(self._drag, self.view, name="pointer")
        self._respond(self._open)

    def _open(self) -> None:
        name = self.picture.value
        if name is not None:  # None while a picture of the reader's own is shown
            self._show_picture(self.SCENE(image.sample(name, colour=self.COLOUR), name))

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
        if scene.axes_png:
            # Figures of matplotlib hold each other: those of the last scene would stay until Python
            # looks for such rings, and with them some megabytes for each picture that was opened.
            gc.collect()
        self.view.axes_png = scene.axes_png
        self._forget_answers()
        self._look()

    def _put_back(self) -> None:
        self.view.split = 0
        self._show()

    def _look(self) -> None:
        at = (self.down.value / 100, self.across.value / 100)
        self._scene.look(at, self.enlarge.value)
        self.view.part = self._scene.part
        fixed = self._scene.fixed()
        # The page keeps with each answer what was fixed then: of a large picture a part.
        if self._scene.FRAMES_SHOW_PART or fixed != self.view.fixed:
            self._forget_answers()
        self.view.fixed = fixed
        height, width = self._scene.hidden(self.enlarge.value)
        self.view.hidden = [width, height]
        self._show()

    def _drag(self) -> None:
        """Move the part that is shown, as if the picture were held by the pointer."""
        pointer = self.view.take_pointer()
        if pointer["press"] != self._last_press:
            self._last_press = pointer["press"]
            self._position_at_press = np.array([self.across.value, self.down.value])
        height, width = self._scene.hidden(self.enlarge.value)
        moved = np.array(pointer["now"]) - pointer["down"]
        hidden = np.array([width, height])
        share = np.where(hidden > 0, moved / np.maximum(hidden, 1), 0)
        across, down = self._position_at_press - 100 * share
        self.across.value = snap_to_slider(self.across, across)
        self.down.value = snap_to_slider(self.down, down)

    def _scene_values(self) -> list[Any]:
        return [control.value for control in self._scene_settings]

    def _show(self) -> None:
        self.view.frame, self.view.status = self._scene.frame(*self._scene_values())
        self._mark_as_lasting()

    def _likely_next(self) -> Iterable[list[Any]]:
        return self._steps_of(self.steps)

    def _steps_of(self, slider: widgets.IntSlider) -> Iterable[list[Any]]:
        """The next positions of a slider, the others as they are, if they take no time."""
        values = self._scene_values()
        at = self._scene_settings.index(slider)
        now = slider.value
        lowest = max(slider.min, now - self._scene.STEPS_AHEAD)
        highest = min(slider.max, now + self._scene.STEPS_AHEAD)
        for position in by_nearness(range(lowest, highest + 1), now):
            values[at] = position
            if self._scene.is_ready(*values):
                yield [*values, self.picture.value]

    def _answer(self, *values: Any) -> tuple[Frame, Frame, str]:  # noqa: ANN401
        frame, status = self._scene.frame(*values[:-1])  # the last one is the picture's name
        return self.view.fixed, frame, status

    def _save(self) -> None:
        values = self._scene_values()
        result = self._scene.whole_result(*values)
        content, ending = _as_file(result)
        setting = f"{self.steps.value}_{self.steps.description}"
        name = f"{self.picture.value or 'own'}_{setting}.{ending}"
        message: Save = {"save": name}
        self.view.send(message, buffers=[content])
        told = f"Saved as {name}: {len(content):,} bytes, {result.stored_bytes:,} if only packed."
        if result.pixels > self._scene.result(*values).pixels:
            told += f" It has all {result.pixels:,} pixels: {loss_of(result)}."
        self.view.status = told


def picture_slot(name: str, title: str, **more: Any) -> Slot:  # noqa: ANN401 -- as for `slot`
    """A slot for a picture of at most `plot.SIDE` pixels each way."""
    return slot(name, title, plot.SIDE, plot.SIDE, **more)


def error_slot() -> Slot:
    """A slot for the size of an error."""
    return picture_slot("error", "Error: the darker, the larger", fixed="picture")


def _original() -> Slot:
    title = "Original: drag to see another part"
    return picture_slot("original", title, fixed="picture", drags="picture")


def _quantized() -> Slot:
    title = "Quantized: drag the divider"
    return picture_slot("quantized", title, fixed="picture", divider="original over quantized")


def _as_file(result: Result) -> tuple[bytes, str]:
    """A quantized picture as the bytes of a file, and the ending of its name."""
    if isinstance(result, StagedImage):
        return files.stages_to_npz(result), "npz"
    if result.block == 1:
        return result.png(), "png"
    return files.to_npz(result), "npz"  # no picture format holds blocks
