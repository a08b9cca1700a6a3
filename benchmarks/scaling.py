"""Passes over more data than memory: one core, memory and growth, processes, and a plan.

`make bench` runs this as `python -m benchmarks.scaling`; with `--quick`, an eighth of the rows;
with `--whole`, data ten times the memory of a worker, which takes 11 GB in the folder for temporary
files. CPU seconds are those of all processes. Times on the wall mean something on a quiet machine
only, so the load stands beside them. Needs Linux, which tells the peak of resident memory.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import dask
import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.places import (
    Place,
    chunks_of,
    in_turns,
    load_of_machine,
    one_pass,
    processes,
    taken,
    write_rows,
)
from benchmarks.timing import Bar, bar_table, machine, table_head, table_row
from vqlib import Codebook
from vqlib.design import lloyd

MEBIBYTE = 1 << 20
LIMIT = "1GiB"
LARGE_DIMENSION = 64
LARGE_SIZE = 64
ROWS_OF_64_MEBIBYTES = 64 * MEBIBYTE // LARGE_DIMENSION
WHOLE = 160
"""Chunks of 64 MiB: together ten times the limit of a worker."""
SMALL_SIZE = 256
ROWS_IN_CHUNK = 131_072


# Memory and growth


def resident(key: str) -> float:
    """MiB that this process has in memory (VmRSS), or had at most (VmHWM)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == key:
            return int(value.split()[0]) / 1024
    raise ValueError(f"key must be one of /proc/self/status, got {key}")


def resident_after_imports() -> float:
    """MiB in memory once all is loaded that a pass needs."""
    with dask.config.set(scheduler="synchronous"):
        one_pass([lambda: np.zeros((1, 2), np.uint8)], Codebook([[0, 0]]))
    return resident("VmRSS")


def memory_and_growth(folder: Path, most: int) -> Iterator[Bar]:
    """A quarter, a half and all of a file through two workers; bars of memory and of time."""
    needed = most * 64 * MEBIBYTE
    free = shutil.disk_usage(folder).free
    if free < 1.2 * needed:
        print(f"{needed / 1e9:.1f} GB are needed, {free / 1e9:.1f} are free: left out\n")
        return
    path = folder / "large.npy"
    shape = (ROWS_OF_64_MEBIBYTES, LARGE_DIMENSION)
    pattern = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    codebook = lloyd(pattern[: 256 * LARGE_SIZE], LARGE_SIZE, starts=1)
    write_rows(path, pattern, most)
    titles = ("CPU s", "ns of CPU a row", "MiB after imports", "MiB at most")
    print(table_head("GB through two workers", *titles))
    each = []
    for number in (most // 4, most // 2, most):
        chunks = chunks_of(path, number, ROWS_OF_64_MEBIBYTES)
        rows = number * ROWS_OF_64_MEBIBYTES
        with processes(2, LIMIT) as client, client.as_current():
            base = max(client.run(resident_after_imports).values())
            used = taken(partial(one_pass, chunks, codebook), client)
            peak = max(client.run(resident, "VmHWM").values())
        each.append(used.cpu / rows)
        figures = (f"{used.cpu:.1f}", f"{1e9 * each[-1]:.0f}", f"{base:.0f}", f"{peak:.0f}")
        print(table_row(f"{rows * LARGE_DIMENSION / 1e9:.2f}", *figures), flush=True)
    path.unlink()
    print()
    yield Bar("MiB of a worker at most", peak, "<=", 400)
    growth = max(later / sooner for sooner, later in pairwise(each))
    yield Bar("twice the rows: growth of the time for each", growth, "<=", 1.25)


# Threads and processes


def threads_and_processes(
    places: Sequence[Place], path: Path, number: int, codebook: Codebook
) -> Iterator[Bar]:
    """A pass in each place, and what a chunk costs there beyond its rows; a bar of two for one."""
    few = 64
    rows = number * ROWS_IN_CHUNK
    print(f"{rows} rows in {number} chunks, K = {codebook.size}; {load_of_machine()}\n")
    titles = ("wall s", "CPU s", "a chunk of one row: wall ms", "CPU ms")
    print(table_head("a pass in", *titles))
    passes = in_turns(places, chunks_of(path, number, ROWS_IN_CHUNK), codebook)
    of_one_row = in_turns(places, chunks_of(path, few, 1), codebook)
    for place, used, each in zip(places, passes, of_one_row, strict=True):
        milliseconds = (1000 * each.wall / few, 1000 * each.cpu / few)
        figures = [f"{value:.2f}" for value in (used.wall, used.cpu, *milliseconds)]
        print(table_row(place.name, *figures))
    print(f"\n{load_of_machine()}\n", flush=True)
    walls = {place.name: used.wall for place, used in zip(places, passes, strict=True)}
    ratio = walls["1 process"] / walls["2 processes"]
    yield Bar("two processes: times as fast as one, on the wall", ratio, ">=", 1.6)


# All of it


def many_workers(chunks: int, rows_measured: int) -> Iterator[Bar]:
    """Threads and processes, encoding to a file, and the plan."""
    # Worker processes load this file, and need neither the peers nor arrays of Dask.
    from benchmarks.encoding_to_file import encoding
    from benchmarks.one_core import chunk_of_views
    from benchmarks.plan_here import naps, on_paper, plan_and_reality

    pattern = chunk_of_views(0)
    codebook = lloyd(pattern[::2], SMALL_SIZE, starts=1)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        path = folder / "rows.npy"
        write_rows(path, pattern, chunks)
        clients = [stack.enter_context(processes(number)) for number in (1, 2)]
        in_processes = [Place("1 process", 1, clients[0]), Place("2 processes", 2, clients[1])]
        in_threads = [Place("1 thread", 1), Place("2 threads", 2)]
        yield from threads_and_processes([*in_threads, *in_processes], path, chunks, codebook)
        naps(in_processes, codebook)
        costs, bars = plan_and_reality(in_processes, path, codebook)
        yield from bars
        encoding(folder, path, ROWS_IN_CHUNK, Codebook(np.round(codebook.vectors)))
    on_paper(costs, rows_measured)


def measure_all(part: int, most: int) -> int:
    """Measure and print, the rows divided by `part`; 1 if a bar was missed."""
    from benchmarks.one_core import passes_on_one_core, print_time_of_a_row

    packages = ("numpy", "scikit-learn", "dask", "distributed")
    versions = {package: version(package) for package in packages}
    print(machine(**versions) + "\n")
    with threadpool_limits(1):
        bars = list(passes_on_one_core(8 // part))
        print_time_of_a_row()
    with tempfile.TemporaryDirectory() as folder:
        bars += memory_and_growth(Path(folder), most)
    bars += many_workers(16 // part, 8192 // part)
    print(bar_table(bars))
    return 0 if all(bar.met for bar in bars) else 1


def main() -> int:
    """Read the options, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    quick_help = "an eighth of the rows: to see whether all of it runs"
    parser.add_argument("--quick", action="store_true", help=quick_help)
    parser.add_argument("--whole", action="store_true", help="10.7 GB through two workers of 1 GiB")
    options = parser.parse_args()
    most = WHOLE if options.whole else WHOLE // 10
    return measure_all(8 if options.quick else 1, most)


if __name__ == "__main__":
    sys.exit(main())
