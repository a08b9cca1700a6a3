"""Work that a panel does while nothing is asked of it."""

import threading
import time
from collections.abc import Callable, Iterator

from IPython import get_ipython

REST = 0.06
"""Seconds after the last message before such work begins."""


class Cells:
    """Whether a cell of the notebook runs.

    Work beside it would be in its way: the threads of NumPy and the filters of warnings are set for
    the whole process, by KMeans in a cell as by a panel.
    """

    def __init__(self) -> None:
        self.is_running = False
        self._is_watched = False

    def watch(self) -> None:
        """Begin to listen, within a cell. Where no notebook is there is nothing to hear."""
        shell = get_ipython()
        if shell is None or self._is_watched:
            return
        self._is_watched = True
        self.is_running = True
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)

    def _begin(self, _info: object) -> None:
        self.is_running = True

    def _end(self, _result: object) -> None:
        self.is_running = False


CELLS = Cells()


class IdleWork:
    """Work in small pieces, begun anew after each rest and dropped as soon as it is in the way.

    Parameters
    ----------
    pieces : function
        Gives an iterator; each step of it is one piece, and says for how many seconds to pause.
    lock : RLock
        Held during each piece.
    """

    def __init__(self, pieces: Callable[[], Iterator[float]], lock: threading.RLock) -> None:
        self._pieces = pieces
        self._lock = lock
        self._turn: threading.Timer | None = None
        """The timer of the work that is wanted."""

    def start(self) -> None:
        """Begin after a rest, unless `stop` or another `start` comes first."""
        self.stop()
        turn = threading.Timer(REST, self._work)
        turn.daemon = True  # a kernel that ends does not wait for it
        self._turn = turn
        turn.start()  # by now another thread may have stopped it: then it ends at once

    def stop(self) -> None:
        """Do no further piece."""
        turn = self._turn
        self._turn = None
        if turn:
            turn.cancel()

    def _work(self) -> None:
        turn = threading.current_thread()
        pieces = self._pieces()
        pause: float | None = 0
        while pause is not None:
            time.sleep(pause)  # a message that comes meanwhile finds the lock free
            with self._lock:
                if self._turn is not turn:
                    return
                pause = REST if CELLS.is_running else _do_one(pieces)


def _do_one(pieces: Iterator[float]) -> float | None:
    """Seconds to pause after the next piece; None if it was not done."""
    try:
        return next(pieces)
    except Exception:  # also `StopIteration`; a failure is told to the reader who asks for it
        return None
