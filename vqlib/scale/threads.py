"""One thread for the linear algebra inside a task: Dask already works on as many as there are.

Two of its threads with two threads of BLAS each wait for one another twenty times longer than they
work. BLAS has one limit for the whole process. Tasks that each set it, and put back what they
found, would put back the limit of another; so they are counted.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from threadpoolctl import ThreadpoolController

# The search for code vectors brings the libraries that are to be limited.
from .. import nearest as nearest

LIBRARIES = ThreadpoolController()


class _LimitOfBlas:
    """One thread of BLAS in this process as long as any task works."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._working = 0
        self._limit = ExitStack()

    def enter(self) -> None:
        with self._lock:
            if self._working == 0:
                self._limit.enter_context(LIBRARIES.limit(limits=1, user_api="blas"))
            self._working += 1

    def leave(self) -> None:
        with self._lock:
            self._working -= 1
            if self._working == 0:
                self._limit.close()


_LIMIT_OF_BLAS = _LimitOfBlas()


@contextmanager
def one_thread() -> Iterator[None]:
    """BLAS and OpenMP have one thread inside, and afterwards as many as before."""
    _LIMIT_OF_BLAS.enter()
    try:
        # OpenMP has a limit for each thread that calls it.
        with LIBRARIES.limit(limits=1, user_api="openmp"):
            yield
    finally:
        _LIMIT_OF_BLAS.leave()
