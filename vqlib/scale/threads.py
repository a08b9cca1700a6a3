"""One thread for the linear algebra inside a task: Dask already works on as many as there are.

Two of its threads with two threads of BLAS each wait for one another twenty times longer than they
work. BLAS has one limit for the whole process. Tasks that each set it, and put back what they
found, would put back the limit of another; so they are counted. And threadpoolctl lets only the
thread that set it set it again: so whoever asks for the results holds it, and leaves last.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from threadpoolctl import ThreadpoolController

# The search for code vectors brings the libraries that are to be limited.
from .. import nearest as nearest

LIBRARIES = ThreadpoolController()


class _LimitOfBlas:
    """One thread of BLAS in this process as long as anybody is inside."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._limit = ExitStack()

    def enter(self) -> bool:
        """Whether nobody else was inside, so that this thread set the limit."""
        with self._changed:
            is_first = self._inside == 0
            if is_first:
                self._limit.enter_context(LIBRARIES.limit(limits=1, user_api="blas"))
            self._inside += 1
            return is_first

    def leave(self, *, waits: bool = False) -> None:
        """`waits` until nobody else is inside."""
        with self._changed:
            try:
                if waits:
                    self._changed.wait_for(self._has_one)
            finally:
                self._inside -= 1
                self._changed.notify_all()
                if self._inside == 0:
                    self._limit.close()

    def _has_one(self) -> bool:
        return self._inside == 1


_LIMIT_OF_BLAS = _LimitOfBlas()


@contextmanager
def one_thread() -> Iterator[None]:
    """BLAS and OpenMP have one thread inside: for a task."""
    _LIMIT_OF_BLAS.enter()
    try:
        # OpenMP has a limit for each thread that calls it.
        with LIBRARIES.limit(limits=1, user_api="openmp"):
            yield
    finally:
        _LIMIT_OF_BLAS.leave()


@contextmanager
def one_thread_for_tasks() -> Iterator[None]:
    """BLAS has one thread inside, and afterwards as many as before: for who asks for results.

    After an error other tasks may still be at work in this process: it waits for them.
    """
    is_first = _LIMIT_OF_BLAS.enter()
    try:
        yield
    finally:
        _LIMIT_OF_BLAS.leave(waits=is_first)
