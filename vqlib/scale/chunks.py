"""Chunks: parts of the data, each loaded inside a task of Dask; and the tasks over all of them."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..checks import as_array, check_rows_of_any_type, holds_several
from .threads import one_thread, one_thread_for_tasks

try:
    from dask.base import compute
    from dask.delayed import Delayed, delayed
except ImportError as error:
    advice = "`pip install dask distributed zarr` brings it"
    raise ImportError(f"vqlib.scale needs the package dask: {advice}") from error

Chunk = Any
"""A function without arguments that returns samples, an array of them, or a Delayed."""
Result = TypeVar("Result")
GROUP = 8
"""So many results are put together by one task."""


def check_chunks(chunks: object) -> list[Chunk]:
    """The chunks as a list, if they are one or more."""
    wanted = "chunks must be a list of one or more functions, arrays or Delayed"
    is_one_array = isinstance(chunks, Delayed) or hasattr(chunks, "ndim")
    if is_one_array or not holds_several(chunks):
        advice = "; list(array.to_delayed().ravel()) makes one of a dask array"
        raise ValueError(f"{wanted}, got {type(chunks).__name__}{advice}")
    found: list[Chunk] = list(chunks)  # type: ignore[call-overload]
    if not found:
        raise ValueError(f"{wanted}, got none")
    for number, chunk in enumerate(found):
        if not (callable(chunk) or isinstance(chunk, Delayed) or holds_several(chunk)):
            allowed = "a function, an array or a Delayed"
            raise ValueError(f"chunk {number} must be {allowed}, got {type(chunk).__name__}")
    return found


def on_chunk(
    number: int, chunk: Chunk, work: Callable[..., Result], *arguments: object, dimension: int = 0
) -> Delayed:
    """A task that loads one chunk and gives what `work(samples, *arguments)` returns.

    The samples have shape (n, k), of the type in which they were loaded; if `dimension` is not 0, k
    must be equal to it. An argument may be a Delayed. The task's name has the number of the chunk:
    Dask's own errors then tell which it was.
    """
    task = delayed(_load_and_work, pure=False)
    name = f"chunk-{number}-{uuid.uuid4().hex}"
    made: Delayed = task(number, chunk, dimension, work, *arguments, dask_key_name=name)
    return made


def _load_and_work(
    number: int, chunk: Chunk, dimension: int, work: Callable[..., Result], *arguments: object
) -> Result:
    with one_thread():
        try:
            return work(_load(chunk, dimension), *arguments)
        except ValueError as error:
            raise ValueError(f"chunk {number}: {error}") from error
        except Exception as error:
            raise ValueError(f"chunk {number}: {type(error).__name__}: {error}") from error


def _load(chunk: Chunk, dimension: int) -> NDArray[Any]:
    loaded = as_array(chunk() if callable(chunk) else chunk, "samples")
    if loaded.ndim and len(loaded) == 0:
        return np.empty((0, dimension))
    return check_rows_of_any_type(loaded, "samples", dimension)


def together(tasks: Sequence[Delayed], join: Callable[[list[Result]], Result]) -> Delayed:
    """One task for the results of all: `join` puts them together, a few at a time.

    So a worker never holds many of them, and the client only one.
    """
    task = delayed(join, pure=False)
    level = list(tasks)
    while len(level) > 1:
        level = [task(level[start : start + GROUP]) for start in range(0, len(level), GROUP)]
    return level[0]


def results_of(tasks: Sequence[Delayed]) -> list[Any]:
    """What the tasks give, from whichever scheduler is active; threads if none is."""
    with one_thread_for_tasks():
        return list(compute(*tasks))


def for_many_tasks(value: object) -> Delayed:
    """A value that many tasks need: it goes to each worker once, not with each task."""
    made: Delayed = delayed(value, pure=False)
    return made
