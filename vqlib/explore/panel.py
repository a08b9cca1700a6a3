"""What all panels share: controls in rows, the view below them, and how a change is answered.

A change is answered in one message. While nothing is asked, answers to changes that may come next
are sent ahead, one in each message.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.display import display
from threadpoolctl import ThreadpoolController

from .. import plot
from .controls import position, position_of, row
from .idle import CELLS, IdleWork
from .message import Answer, Frame, Position, Ready, Slot, Upload, bytes_in
from .view import View

PANEL_LOCK = threading.RLock()
"""Held while a panel takes a message and answers it.

JupyterLab's messages to one panel may come in two threads (subshells): so they come in one after
the other.
"""
THREADS = ThreadpoolController()
"""Panels compute on one thread: beside a busy browser the threads of KMeans would wait for each
other."""
PATIENCE = 0.5
"""Seconds without an answer after which the reader is told that a panel is at work."""
SLOW_LINE = 500_000
"""Bytes a second that go to a reader far away."""
MOST_REMEMBERED = 120
"""How many answers a page keeps; view.js has the same number."""

Handler = Callable[..., None]


class Panel(widgets.VBox):  # type: ignore[misc]
    """A row of controls, some more that are folded away, and the view.

    Each panel owns its state, so two of them on one page do not touch each other.

    Parameters
    ----------
    controls : widgets
        Those that are always seen.
    cells : lists of slots
        What the view shows, row by row: two cells in a row where there is room, else one, and in
        each cell its slots downwards.
    sentence : str
        What stands in a stored notebook, where no kernel is running.
    more : widgets
        Controls that a button named "more" unfolds.
    keyed_by : widgets
        The controls whose values decide what is shown, as long as nothing is moved by hand: the
        page remembers the answers to them, and gets some before it asks.
    upload_limit : int
        The most bytes of a file of the reader's own; 0 if the panel takes none.
    """

    def __init__(
        self,
        controls: Sequence[widgets.Widget],
        cells: list[list[Slot]],
        sentence: str,
        more: Sequence[widgets.Widget] = (),
        *,
        keyed_by: Sequence[widgets.Widget] = (),
        upload_limit: int = 0,
    ) -> None:
        self.sentence = sentence
        self._keyed_by = keyed_by
        self._remembered: dict[tuple[Position, ...], None] = {}
        """The settings of the answers that a page has, as far as is known here, oldest first."""
        CELLS.watch()
        self._idle = IdleWork(self._send_ahead, PANEL_LOCK)
        self._is_on_a_page = False
        self.followers: list[widgets.Widget] = []
        """Controls that the panel itself moves."""
        ids = [control.model_id for control in keyed_by]
        self.view = View(cells=cells, keyed_by=ids, upload_limit=upload_limit)
        self.view.on_msg(self._take_message)
        self.more = widgets.ToggleButton(description="more", layout={"width": "auto"})
        self.more.observe(self._fold_or_unfold, "value")
        self._folded = row(more)
        self._folded.layout.display = "none"
        always_seen = [*controls, self.more] if more else controls
        super().__init__([row(always_seen), self._folded, self.view])
        self.add_class("vq-panel")
        moved_by_reader = [*controls, *more, self.view]
        for widget in moved_by_reader:
            widget.comm.on_msg(partial(self._one_after_the_other, widget._handle_msg))
            _keep_in_one_thread(widget.comm)
        self.view.controls = [widget.model_id for widget in moved_by_reader]

    def _one_after_the_other(
        self, handle_message: Callable[[dict[str, Any]], None], message: dict[str, Any]
    ) -> None:
        """Take a message only when the one before it is answered, whichever thread brought it."""
        self._idle.stop()
        with PANEL_LOCK:
            handle_message(message)
        self._start_idle_work()

    def _start_idle_work(self) -> None:
        if self._is_on_a_page:
            self._idle.start()

    def _take_message(
        self, _view: object, content: Ready | Upload, buffers: list[memoryview]
    ) -> None:
        if "ready" in content:
            self._forget_what_was_sent()
            self._is_on_a_page = True
        else:
            self._respond(self._receive, content, buffers)

    def _receive(self, content: Upload, buffers: list[memoryview]) -> None:
        """Open a file of the reader's own."""
        raise NotImplementedError

    def _fold_or_unfold(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self._folded.layout.display = None
            self.add_class("vq-unfolded")  # the view, too, has something that is folded away
        else:
            self._folded.layout.display = "none"
            self.remove_class("vq-unfolded")

    def _on_change(
        self, handler: Callable[[], None], *controls: widgets.Widget, name: str = "value"
    ) -> None:
        """Answer every new value of the controls by this handler."""
        for control in controls:
            control.observe(lambda _change: self._respond(handler), names=name)

    def _button(self, description: str, handler: Callable[[], None]) -> widgets.Button:
        button = widgets.Button(description=description, layout={"width": "auto"})
        button.on_click(lambda _button: self._respond(handler))
        return button

    def _reset_button(
        self, handler: Callable[[], None], *controls: widgets.Widget
    ) -> widgets.Button:
        """A button that puts controls back to where they are now, and then calls the handler."""
        first = [control.value for control in controls]

        def reset() -> None:
            for control, value in zip(controls, first, strict=True):
                control.value = value
            handler()

        return self._button("reset", reset)

    def _respond(self, handler: Handler, *news: object) -> None:
        """Show what a handler makes of a change, in one message; tell the reader if it fails."""
        widgets_shown = [self.view, *self.followers]
        try:
            with PANEL_LOCK, one_thread(), held(widgets_shown), busy_after(PATIENCE, self.view):
                self._idle.stop()  # it was begun for what was shown before
                self.view.status_is_error = False
                self.view.lasting = False
                try:
                    handler(*news)
                finally:
                    self.view.settings = self._settings()
        except Exception as error:
            self.view.show_error(str(error))
            raise
        finally:
            self._start_idle_work()  # also after a change that a cell of the notebook has made

    # --- answers that the page remembers

    def _settings(self) -> list[Position]:
        return [position(control) for control in self._keyed_by]

    def _values(self) -> list[Any]:
        return [control.value for control in self._keyed_by]

    def _mark_as_lasting(self) -> None:
        """Let the page remember what is shown now: it is the answer to the settings at any time."""
        self.view.lasting = True
        self._remember(self._settings())

    def _remember(self, settings: list[Position]) -> None:
        """The page has the answer to these settings; it drops its oldest one as this panel does."""
        self._remembered[tuple(settings)] = None
        if len(self._remembered) > MOST_REMEMBERED:
            oldest = next(iter(self._remembered))
            del self._remembered[oldest]

    def _forget_answers(self) -> None:
        """Let the page forget all answers: something is opened to which none of them belongs."""
        self.view.opened += 1
        self._forget_what_was_sent()

    def _forget_what_was_sent(self) -> None:
        self._remembered.clear()
        self.view.ahead = []  # an answer that is the last one once more would not be sent

    def _send_ahead(self) -> Iterator[float]:
        """Send an answer in each step, until the page has all of `_likely_next`.

        Each step says how long the answer is on its way: one that is asked for meanwhile does not
        stand in line behind many.
        """
        for values in self._likely_next():
            pairs = zip(self._keyed_by, values, strict=True)
            settings = [position_of(control, value) for control, value in pairs]
            if tuple(settings) in self._remembered:
                continue
            with one_thread():
                fixed, frame, status = self._answer(*values)
            kept: Frame = {} if fixed == self.view.fixed else fixed
            answer: Answer = {
                "settings": settings,
                "fixed": kept,
                "frame": frame,
                "status": status,
            }
            self.view.ahead = [answer]
            self._remember(settings)
            yield bytes_in(answer) / SLOW_LINE

    def _likely_next(self) -> Iterable[Sequence[Any]]:
        """Values of the controls in `keyed_by` that may come next, the nearest ones first."""
        return ()

    def _answer(self, *values: Any) -> tuple[Frame, Frame, str]:  # noqa: ANN401
        """What is fixed, the frame and the sentence for these values of the controls."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.sentence

    def _ipython_display_(self) -> None:
        bundle = self._repr_mimebundle_()
        display({**bundle, "text/plain": self.sentence}, raw=True)


def _keep_in_one_thread(comm: Any) -> None:  # noqa: ANN401 -- of ipykernel, which has no types
    """Take the messages of all controls in one thread, in the order in which the page sent them.

    ipykernel (7.4) hands a message to the thread in which its own control was last told something:
    for a button that is the main one, for a slider that was moved a subshell's. A reset would then
    overtake a choice that was made before it. Without that rule all go to the subshell that
    JupyterLab names, the same one for all controls.
    """
    comm._reply_subshell_for = None


@contextmanager
def one_thread() -> Iterator[None]:
    """Let NumPy, OpenMP and their like compute on one thread; see `THREADS`.

    And let what the reader has told NumPy to do about floating-point errors stop no panel.
    """
    with THREADS.limit(limits=1), np.errstate(**plot.NUMPY_SETTINGS):
        yield


@contextmanager
def held(held_widgets: Sequence[widgets.Widget]) -> Iterator[None]:
    """Let each widget send all that changes in one message at the end, the first widget last.

    So the view comes last: by then the page has moved the controls that the panel moves.
    """
    if not held_widgets:
        yield
        return
    first, *others = held_widgets
    with first.hold_sync(), held(others):
        yield


@contextmanager
def busy_after(seconds: float, view: View) -> Iterator[None]:
    """Tell the reader "still at work" if the body takes longer, until it is done."""
    timer = threading.Timer(seconds, view.show_busy)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # a timer that comes late must not overwrite the answer
        view.hide_busy()
