"""Where a pass runs, in threads or in processes, on what data, and the time that it takes there.

Worker processes load this file.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import dask
import numpy as np
from distributed import Client, LocalCluster
from numpy.typing import NDArray

from vqlib import Codebook, scale

TURNS = 3
Rows = NDArray[np.uint8]
Load = Callable[[], Rows]


# Data in a file


def write_rows(path: Path, pattern: Rows, repeats: int) -> None:
    """A .npy file of the pattern (n, k) again and again, each time a little brighter."""
    shape = (repeats * len(pattern), pattern.shape[1])
    stored = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
    for number in range(repeats):
        stored[number * len(pattern) : (number + 1) * len(pattern)] = pattern + np.uint8(number)
    stored.flush()


def load(path: Path, first: int, count: int) -> Rows:
    """Some rows of the file, copied: pages of a file that stay mapped count as memory."""
    return np.array(np.load(path, mmap_mode="r")[first : first + count])


def chunks_of(path: Path, number: int, count: int) -> list[Load]:
    """So many chunks of so many rows, from the beginning of the file."""
    return [partial(load, path, place * count, count) for place in range(number)]


# Time


def cpu_seconds(client: Client | None) -> float:
    """What the processor has worked, here and in the workers, since they began."""
    here = time.process_time()
    return here if client is None else here + sum(client.run(time.process_time).values())


@dataclass(frozen=True)
class Taken:
    """Seconds of a call."""

    wall: float
    cpu: float


def taken(call: Callable[[], object], client: Client | None = None) -> Taken:
    """Seconds on the wall, and of all processors."""
    worked = cpu_seconds(client)
    began = time.perf_counter()
    call()
    wall = time.perf_counter() - began
    return Taken(wall, cpu_seconds(client) - worked)


def least(runs: Iterable[Taken]) -> Taken:
    """The least of each, as the machine has other things to do."""
    found = list(runs)
    return Taken(min(run.wall for run in found), min(run.cpu for run in found))


def one_pass(chunks: Sequence[Load], codebook: Codebook) -> float:
    """The distortion of a codebook on everything."""
    _, distortion = next(scale.lloyd_in_chunks(chunks, codebook))
    return distortion


def load_of_machine() -> str:
    """What else is at work."""
    return f"load of the last minute {os.getloadavg()[0]:.1f}"


# Places


@contextmanager
def processes(number: int, memory_limit: str | None = None) -> Iterator[Client]:
    """A client of so many processes with one thread each."""
    cluster = LocalCluster(
        n_workers=number,
        threads_per_worker=1,
        memory_limit=memory_limit,
        dashboard_address="127.0.0.1:0",  # any free port, as there may be two clusters
        silence_logs=logging.CRITICAL,
    )
    with cluster, Client(cluster, set_as_default=False) as client:
        yield client


@dataclass(frozen=True)
class Place:
    """Where a pass runs: in a client's processes, or in threads of this one."""

    name: str
    workers: int
    client: Client | None = None

    def run(self, chunks: Sequence[Load], codebook: Codebook) -> Taken:
        """The time of a pass."""
        call = partial(one_pass, chunks, codebook)
        if self.client is not None:
            with self.client.as_current():
                return taken(call, self.client)
        with dask.config.set(scheduler="threads", num_workers=self.workers):
            return taken(call)


def in_turns(places: Iterable[Place], chunks: Sequence[Load], codebook: Codebook) -> list[Taken]:
    """The least time of each place, the places taking turns."""
    all_of = list(places)
    turns = [[place.run(chunks, codebook) for place in all_of] for _ in range(TURNS)]
    return [least(runs) for runs in zip(*turns, strict=True)]
