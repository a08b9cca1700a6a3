"""The widget that puts what a panel shows on the page; view.js is its other half."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from .message import Answer, Pointer, Position, Slot, SlotContent


class View(anywidget.AnyWidget):
    """What a panel shows: pictures and drawings in slots, and a sentence above them.

    A picture has one byte per pixel and a palette of 768 bytes, three bytes per pixel, or one byte
    per block and a tile for each code vector, all deflated; its error is computed by the page. The
    original is sent once, and so is each picture of which moves change only the palette. The page
    remembers lasting answers by the positions of the controls in `keyed_by`, and gets some ahead.
    The records are those of message.py.
    """

    _esm = Path(__file__).with_name("view.js")
    _css = Path(__file__).with_name("view.css")
    cells: traitlets.List[list[Slot]] = traitlets.List().tag(sync=True)
    """The slots: cells row by row, two in a row where there is room, and in each its slots
    downwards."""
    axes_png: traitlets.Dict[str, bytes] = traitlets.Dict().tag(sync=True)
    """By name the axes of each drawing and all else that never moves on it, as PNG bytes."""
    fixed: traitlets.Dict[str, SlotContent] = traitlets.Dict().tag(sync=True)
    """By name what stays until something else is opened: pictures, or marks on drawings.

    A slot that has nothing in the frame shows only that, and takes palette and words from here.
    """
    part: Any = traitlets.Dict().tag(sync=True)
    """Which part of the opened picture is seen, a `Part`; empty where no picture is opened.

    What is fixed is cut to it; a picture in the frame that brings its own pixels has its own.
    """
    frame: traitlets.Dict[str, SlotContent] = traitlets.Dict().tag(sync=True)
    """By the name of the slot what it shows now."""
    status = traitlets.Unicode().tag(sync=True)
    """The sentence above the slots."""
    status_is_error = traitlets.Bool(False).tag(sync=True)
    """Whether that sentence tells of a failure."""
    busy = traitlets.Bool(False).tag(sync=True)
    """Whether the answer to the last move takes so long that the reader is told of it."""
    split = traitlets.Int(0).tag(sync=True)
    """Where the divider is, in percent of the width."""
    pointer: Any = traitlets.Dict().tag(sync=True, echo_update=False)
    """The last drag, a `Pointer`. The page need not hear it again."""
    pointer_answered: traitlets.List[float] = traitlets.List().tag(sync=True)
    """Of which drag `frame` is: when it began and where the pointer was, as press, x and y.

    Until then the page itself shows what is dragged under the pointer.
    """
    reach: traitlets.List[float] = traitlets.List().tag(sync=True)
    """Where a drag can take a star: left, top, width and height in pixels of its slot."""
    hidden: traitlets.List[float] = traitlets.List([0.0, 0.0]).tag(sync=True)
    """How many pixels of the page a picture that can be dragged is wider and higher than its part.
    """
    controls: traitlets.List[str] = traitlets.List().tag(sync=True)
    """The model ids of the panel's controls and of this view: their news must come in order."""
    keyed_by: traitlets.List[str] = traitlets.List().tag(sync=True)
    """The model ids of the controls whose positions decide what is shown."""
    settings: traitlets.List[Position] = traitlets.List().tag(sync=True)
    """The positions of those controls to which the frame is the answer."""
    lasting = traitlets.Bool(False).tag(sync=True)
    """Whether what is shown is the answer to `settings` at any time: the page may remember it.

    Not so after something was moved by hand, or while a file is told of.
    """
    opened = traitlets.Int(0).tag(sync=True)
    """Rises when something new is opened: all that the page remembers is of no use any more."""
    ahead: traitlets.List[Answer] = traitlets.List().tag(sync=True)
    """Answers that the page may remember before it asks for them."""
    upload_limit = traitlets.Int(0).tag(sync=True)
    """The most bytes of a file of the reader's own; 0 if none is asked for."""

    def take_pointer(self) -> Pointer:
        """The last drag; what is shown next is the answer to it."""
        pointer: Pointer = self.pointer
        self.pointer_answered = [pointer["press"], *pointer["now"]]
        return pointer

    def show_busy(self) -> None:
        """Tell the page at once that the answer takes its time; an old failure is over."""
        self.busy = True
        self.send_state(["busy", "status_is_error"])

    def hide_busy(self) -> None:
        """The answer is there."""
        self.busy = False

    def show_error(self, text: str) -> None:
        """Tell the reader of a failure; what was shown last stays."""
        self.status = text
        self.status_is_error = True
