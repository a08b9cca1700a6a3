"""One thread of BLAS in a task, whoever works beside it, and all as before afterwards."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import dask
import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from tests.scale.chunks import BLOCKS, START, most_threads, row_of_threads, with_nan
from tests.scale.support import GENEROUS, synchronous, threads
from vqlib import Codebook
from vqlib.scale import lloyd_in_chunks, sample_rows
from vqlib.scale.chunks import on_chunk


@pytest.fixture(autouse=True)
def two_threads():
    """Two for every library, also where there is one processor only."""
    with threadpool_limits(2):
        assert most_threads() == 2
        yield


@contextmanager
def greedy_threads():
    """Two threads of Dask, in which OpenMP, too, would take two."""
    with ThreadPoolExecutor(2, initializer=threadpool_limits, initargs=(2,)) as pool:
        assert pool.submit(most_threads).result() == 2
        with dask.config.set(scheduler="threads", pool=pool):
            yield


def run(chunks):
    with greedy_threads():
        return next(lloyd_in_chunks(chunks, Codebook([1])))


def test_a_task_has_one_thread():
    codebook, distortion = run([row_of_threads] * 6)
    assert (codebook.vectors.tolist(), distortion) == ([[1]], 0)
    with greedy_threads():
        assert sample_rows([row_of_threads] * 6, 6).tolist() == [[1]] * 6


def test_a_task_has_one_thread_where_nobody_asks_for_it():
    # As in a worker that the command line started.
    with synchronous():
        assert on_chunk(0, row_of_threads, np.max).compute() == 1


def test_afterwards_all_is_as_before():
    before = threadpool_info()
    with threads(2):
        next(lloyd_in_chunks(BLOCKS, START))
        assert threadpool_info() == before
        sample_rows(BLOCKS, 10)
    assert threadpool_info() == before


def test_after_an_error_all_is_as_before():
    before = threadpool_info()
    with threads(2), pytest.raises(ValueError, match=r"^chunk 1: "):
        next(lloyd_in_chunks([BLOCKS[0], with_nan], START))
    assert threadpool_info() == before


def test_an_error_beside_a_chunk_at_work_leaves_all_as_before():
    at_work = threading.Event()

    def long():
        at_work.set()
        time.sleep(0.3)
        return BLOCKS[0]()

    def broken():
        assert at_work.wait(GENEROUS)
        return with_nan()

    before = threadpool_info()
    with threads(2), pytest.raises(ValueError, match=r"^chunk 1: "):
        next(lloyd_in_chunks([long, broken], START))
    assert threadpool_info() == before


def test_two_passes_at_once_leave_all_as_before():
    # The pass that began first ends first, in a thread that lives on.
    first_is_at_work = threading.Event()
    second_is_at_work = threading.Event()

    def short():
        first_is_at_work.set()
        assert second_is_at_work.wait(GENEROUS)
        return row_of_threads()

    def long():
        second_is_at_work.set()
        time.sleep(0.3)
        return row_of_threads()

    def second():
        assert first_is_at_work.wait(GENEROUS)
        next(lloyd_in_chunks([long], Codebook([1])))

    other = threading.Thread(target=second)
    other.start()
    assert run([short])[1] == 0
    other.join(GENEROUS)
    assert most_threads() == 2


def test_a_task_that_ends_does_not_undo_the_limit_of_another():
    started = threading.Event()
    ended = threading.Event()

    def first():
        assert started.wait(GENEROUS)
        return row_of_threads()

    def long():
        # While it works the first task ends, and the third begins in its place.
        started.set()
        assert ended.wait(GENEROUS)
        return row_of_threads()

    def third():
        ended.set()
        return row_of_threads()

    codebook, distortion = run([first, long, third])
    assert (codebook.vectors.tolist(), distortion) == ([[1]], 0)
    assert most_threads() == 2
