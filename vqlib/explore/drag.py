"""Panels on which code vectors are moved by hand."""

from functools import partial

import ipywidgets as widgets
import numpy as np

from .. import plot
from ..arrays import Floats
from ..codebook import Codebook
from .controls import dropdown, slider, snap_to_slider
from .live_drawing import LiveDrawing
from .message import Slot
from .panel import Panel


class DragPanel(Panel):
    """A panel with a codebook, of which one code vector at a time is moved: by pointer or sliders.

    Parameters
    ----------
    controls, cells, sentence
        As for `Panel`.
    axes : list of str
        What stands beside the slider of each component of the chosen code vector.
    reach : float
        Each component can be moved from -reach to reach.
    keyed_by
        As for `Panel`.
    """

    _drawing: LiveDrawing
    """Where the pointer is."""

    def __init__(
        self,
        controls: list[widgets.Widget],
        cells: list[list[Slot]],
        sentence: str,
        axes: list[str],
        reach: float,
        keyed_by: list[widgets.Widget],
    ) -> None:
        # Not a slider: the browser's would keep its first range for the keys Home and End.
        self.chosen = dropdown("code word", [("", 0)])
        self.sliders = [slider(name, 0, -reach, reach, 0.01) for name in axes]
        self._reach = reach
        self._last_press: float | None = None
        by_hand = [self.chosen, *self.sliders]
        super().__init__(controls, cells, sentence, by_hand, keyed_by=keyed_by)
        self.followers = [self.chosen, *self.sliders]
        self._on_change(self._choose, self.chosen)
        self._on_change(self._drag, self.view, name="pointer")
        for component, one in enumerate(self.sliders):
            self._on_change(partial(self._move, component), one)

    def _load(self, codebook: Codebook) -> None:
        """Show a codebook; from now on it is moved by hand."""
        self._vectors = codebook.vectors.copy()
        self.view.reach = self._drawing.square(-self._reach, self._reach)
        words = plot.code_words(codebook)
        self.chosen.options = [(word, index) for index, word in enumerate(words)]
        self._choose()

    def _load_as_answer(self, codebook: Codebook) -> None:
        """Show a codebook as the answer to the settings: its first code vector is chosen."""
        self._vectors = codebook.vectors.copy()
        self.chosen.value = 0  # the list keeps what was chosen if it has the same rows again
        self._load(codebook)
        self._mark_as_lasting()

    def _choose(self) -> None:
        """Show which code vector is chosen, and where it is on the sliders."""
        vector = self._vectors[self.chosen.value]
        pairs = zip(self.sliders, vector, strict=True)
        # The sliders rest on the steps nearest to the code vector; that they are a little off must
        # not count as the reader moving it.
        self._resting = [snap_to_slider(one, value) for one, value in pairs]
        self._show()
        for one, value in zip(self.sliders, self._resting, strict=True):
            one.value = value

    def _move(self, component: int) -> None:
        """Move the chosen code vector to where the reader has put a slider."""
        moved = self.sliders[component]
        if abs(moved.value - self._resting[component]) > moved.step / 2:
            self._resting[component] = moved.value
            self._vectors[self.chosen.value, component] = moved.value
            self._show()

    def _drag(self) -> None:
        """Choose the code vector nearest to the press; it moves as far as the pointer does."""
        pointer = self.view.take_pointer()
        down = self._under(pointer["down"])
        now = self._under(pointer["now"])
        if pointer["press"] != self._last_press:
            self._last_press = pointer["press"]
            self.chosen.value = int(Codebook(self._vectors).encode(down[None])[0])
            self._vector_at_press = self._vectors[self.chosen.value].copy()
        # Perhaps it is out of reach: it stays there until the pointer moves.
        moved = self._vector_at_press
        if (now != down).any():
            moved = np.clip(self._vector_at_press + now - down, -self._reach, self._reach)
        self._vectors[self.chosen.value] = moved
        self._choose()

    def _under(self, pixel: list[float]) -> Floats:
        """The point of the drawing under a pixel of its slot, of as many components as vectors."""
        x, y = pixel
        return self._drawing.data(x, y)[: len(self.sliders)]

    def _start_again(self) -> None:
        """Load the codebook that the controls ask for."""
        raise NotImplementedError

    def _show(self) -> None:
        """Show the code vectors as they are now."""
        raise NotImplementedError
