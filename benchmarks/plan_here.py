"""The plan of a pass beside passes on this machine, and what it says of far larger ones."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import dask
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from benchmarks.places import (
    Place,
    Rows,
    in_turns,
    load,
    load_of_machine,
    one_pass,
    taken,
)
from benchmarks.plan import Costs, bytes_of_sums, of_a_chunk, pass_seconds, simulate
from benchmarks.timing import Bar, table_head, table_row
from vqlib import Codebook

CORES = 2
"""Of the machine: a pass with two workers leaves none to the scheduler."""
FITTED = ((64, 1), (64, 4096), (32, 16_384), (8, 65_536))
"""Chunks and rows of the runs that the four costs come from, each with one and two workers."""
HELD_BACK = ((32, 32_768), (15, 65_536), (8, 131_072))
UNEQUAL = (16_384,) * 16 + (262_144,)
NAP = 0.375
NAPS = 16
Run = tuple[Sequence[int], int, float]
"""Rows of each chunk, workers, seconds on the wall."""


def runs_of(
    places: Sequence[Place], path: Path, sizes: Iterable[Sequence[int]], codebook: Codebook
) -> list[Run]:
    """Passes over chunks of these numbers of rows, in each place."""
    runs: list[Run] = []
    for rows in sizes:
        chunks = [partial(load, path, 0, count) for count in rows]
        used = in_turns(places, chunks, codebook)
        runs += [(rows, place.workers, run.wall) for place, run in zip(places, used, strict=True)]
    return runs


def fitted_costs(runs: Sequence[Run]) -> Costs:
    """The costs with the least squares of the logarithms of predicted over measured."""

    def misses(logarithms: NDArray[np.float64]) -> list[float]:
        costs = Costs(*np.exp(logarithms))
        return [np.log(by_formula(costs, rows, workers) / wall) for rows, workers, wall in runs]

    guess = np.log([5e-7, 3e-3, 3e-3, 1.2])
    return Costs(*np.exp(least_squares(misses, guess).x))


def by_formula(costs: Costs, rows: Sequence[int], workers: int) -> float:
    """Seconds of a pass, as if all chunks had the rows of the average."""
    average = sum(rows) / len(rows)
    return pass_seconds(costs, len(rows), average, workers, CORES)


def by_simulation(costs: Costs, rows: Sequence[int], workers: int) -> float:
    """Seconds of a pass, chunk by chunk."""
    parts = [of_a_chunk(costs, count, workers, CORES) for count in rows]
    return simulate([worker for worker, _ in parts], workers, parts[0][1])


def plan_and_reality(
    places: Sequence[Place], path: Path, codebook: Codebook
) -> tuple[Costs, list[Bar]]:
    """Costs fitted to short runs, compared with runs that are not among them."""
    fitted = runs_of(places, path, [(rows,) * chunks for chunks, rows in FITTED], codebook)
    others = [(rows,) * chunks for chunks, rows in HELD_BACK]
    held_back = runs_of(places, path, [*others, UNEQUAL], codebook)
    costs = fitted_costs(fitted)
    words = f"{1e9 * costs.row:.0f} ns a row, a chunk {1000 * costs.chunk:.1f} ms in a worker"
    words += f" and {1000 * costs.scheduling:.1f} ms in scheduler and client"
    print(f"{words}, {costs.crowding:.2f} times on both cores; {load_of_machine()}\n")
    titles = ("workers", "measured s", "formula", "simulation", "measured / formula", "in the fit")
    print(table_head("chunks, rows", *titles))
    misses = []
    for rows, workers, wall in [*fitted, *held_back]:
        is_fitted = (rows, workers, wall) in fitted
        formula = by_formula(costs, rows, workers)
        simulated = by_simulation(costs, rows, workers)
        what = f"{len(rows)} of {rows[0]}" if len(set(rows)) == 1 else "16 of 16384, 1 of 262144"
        seconds = [f"{value:.3f}" for value in (wall, formula, simulated)]
        row = (what, workers, *seconds, f"{wall / formula:.2f}", "yes" if is_fitted else "")
        print(table_row(*row))
        if not is_fitted:
            misses.append(max(wall / simulated, simulated / wall))
    print(f"\n{load_of_machine()}\n", flush=True)
    bar = Bar("not in the fit: measured and simulated, times apart", max(misses), "<=", 1.25)
    return costs, [bar]


def nap() -> Rows:
    """A chunk of one row that is long in coming."""
    time.sleep(NAP)
    return np.zeros((1, 16), np.uint8)


def naps(places: Sequence[Place], codebook: Codebook) -> None:
    """What this machine loses with nothing to compute: chunks that only wait."""
    used = in_turns(places, [nap] * NAPS, codebook)
    for place, run in zip(places, used, strict=True):
        ideal = NAPS * NAP / place.workers
        print(f"{NAPS} chunks that wait {NAP} s, {place.name}: {run.wall:.2f} s, ideal {ideal:.2f}")
    print(f"{load_of_machine()}\n", flush=True)


# Ten thousand million vectors

LARGE = (65_536, 128)
SMALL = (256, 16)
NETWORK = 1e9 / 8
"""Bytes a second of one worker: a gigabit."""


def cpu_of_a_row(size: int, dimension: int, rows: int) -> float:
    """CPU seconds of a pass for a row, of random bytes with random code vectors."""
    random = np.random.default_rng(0)
    codebook = Codebook(random.integers(0, 256 * 512, (size, dimension)) / 512)
    samples = random.integers(0, 256, (rows, dimension), np.uint8)
    with dask.config.set(scheduler="synchronous"):
        return taken(partial(one_pass, [partial(np.array, samples)], codebook)).cpu / rows


def on_paper(costs: Costs, rows_measured: int) -> None:
    """What passes over far more would take, from the time of a row here."""
    of_row = {LARGE: cpu_of_a_row(*LARGE, rows_measured), SMALL: cpu_of_a_row(*SMALL, 1 << 20)}
    plans = (
        ("10^10 of 128 bytes, K = 65,536", LARGE, 10**10, 10**6, 512),
        ("256 rows a code vector, the same K", LARGE, 256 * 65_536, 1 << 15, 512),
        ("10^10 of 16 bytes, K = 256", SMALL, 10**10, 10**6, 64),
        ("10^8 of 16 bytes, K = 256", SMALL, 10**8, 10**6, 2),
    )
    titles = ("cores", "chunks", "a row, µs", "sums, GB", "network / work", "a pass, s")
    print(table_head("on paper", *titles))
    for what, sizes, rows, in_chunk, workers in plans:
        chunks = -(-rows // in_chunk)
        sent = bytes_of_sums(*sizes)
        # A worker sends the sums of its chunk, and only then begins with the next one.
        there = Costs(of_row[sizes], costs.chunk + sent / NETWORK, costs.scheduling)
        seconds = pass_seconds(there, chunks, in_chunk, workers)
        share = sent / NETWORK / (in_chunk * of_row[sizes])
        figures = (f"{1e6 * of_row[sizes]:.2f}", f"{chunks * sent / 1e9:.2f}", f"{share:.2%}")
        print(table_row(what, workers, chunks, *figures, f"{seconds:.0f}"))
    print()
