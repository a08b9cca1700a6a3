"""How long a pass over everything takes, worked out before it is run: a formula and a simulation.

A pass is a row of equal chunks. One scheduler hands them out, one after the other, and each of the
workers computes one at a time. The formula is for equal chunks and exact; the simulation takes any.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Costs:
    """Four numbers that are measured; all but the last in seconds."""

    row: float
    """What a worker computes for a row of a chunk."""
    chunk: float
    """What a worker does for a chunk, however few its rows."""
    scheduling: float
    """What the scheduler and the client do for a chunk, while others wait."""
    crowding: float = 1
    """How many times longer everything takes while all cores of a machine are at work."""


def of_a_chunk(
    costs: Costs, rows: float, workers: int, cores: int | None = None
) -> tuple[float, float]:
    """Seconds of a worker for a chunk, and of the scheduler.

    Parameters
    ----------
    cores : int, optional
        Of the one machine on which all of them are. If the workers leave no core to the scheduler,
        its work is theirs, and all is slower. By default everybody has a core.
    """
    worker = rows * costs.row + costs.chunk
    if cores is None or workers < cores:
        return worker, costs.scheduling
    return (worker + costs.scheduling) * costs.crowding, 0


def pass_seconds(
    costs: Costs, chunks: int, rows: float, workers: int, cores: int | None = None
) -> float:
    """Seconds of a pass over so many chunks of so many rows.

    Either the workers are what all wait for: then the chunks come in rounds, one for each worker,
    and the worker of the last chunk began late by as many turns of the scheduler as it had
    predecessors in its round. Or the scheduler is: then the last chunk starts when all are handed
    out. The longer of the two is what it takes.
    """
    worker, scheduler = of_a_chunk(costs, rows, workers, cores)
    rounds = -(-chunks // workers)
    place_in_round = chunks - (rounds - 1) * workers
    waiting_for_workers = place_in_round * scheduler + rounds * worker
    waiting_for_scheduler = chunks * scheduler + worker
    return max(waiting_for_workers, waiting_for_scheduler)


def simulate(tasks: Iterable[float], workers: int, scheduling: float = 0) -> float:
    """Seconds until all tasks are done, each given to the worker that is free first.

    Parameters
    ----------
    tasks
        Seconds of a worker for each task, in the order in which they are handed out.
    scheduling
        Seconds for handing out one, during which the scheduler does nothing else.
    """
    free_at = [0.0] * workers  # a heap: the least is the first
    handed_out = 0.0
    for seconds in tasks:
        handed_out += scheduling
        start = max(handed_out, free_at[0])
        heapq.heapreplace(free_at, start + seconds)
    return max(free_at)


def bytes_of_sums(size: int, dimension: int) -> int:
    """What a chunk sends back: a sum in 8 bytes for each component of each code vector."""
    return 8 * size * dimension
