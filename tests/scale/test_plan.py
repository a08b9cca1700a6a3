"""The plan of a pass: the formula against known answers and against the simulation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.plan import Costs, bytes_of_sums, of_a_chunk, pass_seconds, simulate

seconds = st.integers(0, 1000).map(lambda number: number / 8)  # so that sums are exact
numbers = st.integers(1, 40)


@given(row=seconds, chunk=seconds, scheduling=seconds, chunks=numbers, workers=numbers)
def test_formula_is_the_simulation_of_equal_chunks(row, chunk, scheduling, chunks, workers):
    costs = Costs(row, chunk, scheduling)
    simulated = simulate([3 * row + chunk] * chunks, workers, scheduling)
    assert pass_seconds(costs, chunks, 3, workers) == simulated


@given(st.lists(seconds, min_size=1, max_size=40), numbers)
def test_simulation_keeps_within_the_bounds_of_list_scheduling(tasks, workers):
    """Graham 1966: at most (2 - 1/W) times the better of the two lower bounds."""
    least = max(*tasks, sum(tasks) / workers)
    assert least <= simulate(tasks, workers) <= (2 - 1 / workers) * least + 1e-9


@given(st.lists(seconds, min_size=1, max_size=40), seconds)
def test_one_worker_does_one_after_the_other(tasks, scheduling):
    done = 0.0
    for number, task in enumerate(tasks, start=1):
        done = max(done, number * scheduling) + task
    assert simulate(tasks, 1, scheduling) == done


@pytest.mark.parametrize(
    ("chunks", "workers", "scheduling", "expected"),
    [
        (8, 1, 0, 16),  # 8 chunks of 2 seconds
        (8, 4, 0, 4),  # two rounds
        (9, 4, 0, 6),  # the ninth chunk is a round of its own
        (8, 8, 0.25, 4),  # the last worker starts after 8 quarters
        (8, 4, 0.25, 5),  # two rounds, begun a second late
        (8, 100, 1, 10),  # the scheduler is what all wait for
    ],
)
def test_known_passes(chunks, workers, scheduling, expected):
    costs = Costs(row=0.5, chunk=1, scheduling=scheduling)
    assert pass_seconds(costs, chunks, 2, workers) == expected


def test_a_long_task_at_the_end_makes_all_wait():
    assert simulate([1, 1, 1, 1, 6], 2) == 8
    assert simulate([6, 1, 1, 1, 1], 2) == 6


def test_workers_on_all_cores_do_the_scheduling_as_well():
    costs = Costs(row=0.5, chunk=1, scheduling=2, crowding=1.5)
    assert of_a_chunk(costs, rows=4, workers=1, cores=2) == (3, 2)
    assert of_a_chunk(costs, rows=4, workers=2, cores=2) == (7.5, 0)
    assert of_a_chunk(costs, rows=4, workers=2) == (3, 2)
    assert pass_seconds(costs, chunks=6, rows=4, workers=2, cores=2) == 3 * 7.5


def test_sums_of_a_large_codebook_are_64_mebibytes():
    assert bytes_of_sums(65536, 128) == 64 * 2**20
