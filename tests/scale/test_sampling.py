"""A sample of all rows: uniform, and the same for any cut."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from tests.scale.chunks import BLOCKS, blocks
from tests.scale.support import cut, synchronous, threads
from tests.support import assert_refused
from vqlib.scale import sample_rows

NUMBERED = np.arange(200, dtype=np.uint16)[:, None] + np.array([0, 1000], np.uint16)
"""Rows that are all different."""


def sampled(chunks, size, seed=0):
    with synchronous():
        return sample_rows(chunks, size, seed=seed)


@given(
    at=st.lists(st.integers(0, 200), max_size=8), size=st.integers(1, 200), seed=st.integers(0, 99)
)
def test_any_cut_gives_the_same_rows(at, size, seed):
    whole = sampled([NUMBERED], size, seed)
    assert np.array_equal(sampled(cut(NUMBERED, at), size, seed), whole)
    assert whole.shape == (size, 2)
    assert (np.diff(whole[:, 0]) > 0).all()  # so none comes twice
    assert (whole[:, 1] == whole[:, 0] + 1000).all()  # and each is a row of the data


def test_every_row_is_as_likely():
    # 20 of 200 rows, 400 times; a chunk of 3 rows beside one of 190.
    drawn = np.zeros(200)
    chunks = cut(NUMBERED, [3, 10])
    for seed in range(400):
        drawn[sampled(chunks, 20, seed)[:, 0]] += 1
    expected = 400 * 20 / 200
    # Without repetition the counts vary less than those of a multinomial by (1 - 20/200).
    statistic = ((drawn - expected) ** 2).sum() / (expected * (1 - 20 / 200)) * 199 / 200
    assert 0.001 < chi2.sf(statistic, 199) < 0.999


def test_all_rows_are_a_sample_too():
    assert np.array_equal(sampled(cut(NUMBERED, [50]), 200), NUMBERED)


def test_the_seed_decides():
    with threads():
        first = sample_rows(BLOCKS, 50)
        assert np.array_equal(first, sample_rows(BLOCKS, 50, seed=0))
        assert not np.array_equal(first, sample_rows(BLOCKS, 50, seed=1))


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.float32, np.float64])
def test_rows_keep_their_type(kind):
    rows = blocks(1, 60).astype(kind)
    sample = sampled(cut(rows, [20]), 30)
    assert sample.dtype == kind
    assert set(map(tuple, sample)) <= set(map(tuple, rows))


def test_chunks_without_rows_may_stand_anywhere():
    nothing = np.empty((0, 2), np.uint16)
    chunks = [nothing, NUMBERED[:9], nothing, NUMBERED[9:], nothing]
    assert np.array_equal(sampled(chunks, 30), sampled([NUMBERED], 30))


def test_a_chunk_is_loaded_twice():
    loaded = []
    lock = threading.Lock()

    def load():
        with lock:
            loaded.append(1)
        return NUMBERED

    with threads():
        sample_rows([load, load], 400)
    assert len(loaded) == 4


def test_more_rows_than_there_are_are_refused():
    sentence = "size must be at most the number of rows, 200, got 201"
    assert_refused(sentence, sampled, [NUMBERED], 201)


@pytest.mark.parametrize("size", [0, -1, 2.5, True, "5", None])
def test_a_size_that_is_no_whole_number_of_at_least_1_is_refused(size):
    sentence = f"size must be a whole number of at least 1, got {size!r}"
    assert_refused(sentence, sampled, [NUMBERED], size)


@pytest.mark.parametrize("seed", [-1, 0.5, None])
def test_a_seed_that_is_no_whole_number_of_at_least_0_is_refused(seed):
    sentence = f"seed must be a whole number of at least 0, got {seed!r}"
    assert_refused(sentence, sampled, [NUMBERED], 5, seed)


def test_chunks_of_different_dimensions_are_refused():
    chunks = [np.empty((0, 7)), NUMBERED, NUMBERED[:, :1]]
    sentence = "chunk 2: samples must have shape (n, 2), got (200, 1)"
    assert_refused(sentence, sampled, chunks, 5)
