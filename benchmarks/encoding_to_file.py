"""Indices of all rows into a file that need not fit into memory either."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import dask
import dask.array
import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.places import TURNS, Rows, least, load_of_machine, taken
from vqlib import Codebook


def encoding(folder: Path, path: Path, rows_in_chunk: int, codebook: Codebook) -> None:
    """Indices of all rows of a .npy to a zarr, by two threads."""
    stored = np.load(path, mmap_mode="r")
    rows = dask.array.from_array(stored, chunks=(rows_in_chunk, -1))
    indices = rows.map_blocks(partial(encoded, codebook=codebook), dtype=np.uint8, drop_axis=1)

    def write() -> None:
        with dask.config.set(scheduler="threads", num_workers=2), threadpool_limits(1):
            indices.to_zarr(folder / "indices.zarr", overwrite=True)

    used = least(taken(write) for _ in range(TURNS))
    print(f"Encoding {len(stored)} rows to zarr, K = {codebook.size}: in millions of rows,")
    print(f"{len(stored) / used.cpu / 1e6:.2f} for a CPU second,", end=" ")
    print(f"{len(stored) / used.wall / 1e6:.2f} a second on the wall with two threads;", end=" ")
    print(f"{load_of_machine()}\n", flush=True)


def encoded(rows: Rows, codebook: Codebook) -> Rows:
    """An index in a byte for each row."""
    return codebook.encode(rows).astype(np.uint8)
