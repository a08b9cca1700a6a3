"""What Lloyd's passes over chunks give, and what they refuse."""

import itertools
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from tests.scale.chunks import BLOCKS, START, blocks, first_passes
from tests.scale.support import same, synchronous, threads
from tests.support import assert_refused, traced_memory
from vqlib import Codebook, design
from vqlib.measure import mse
from vqlib.scale import lloyd_in_chunks

EVERYTHING = np.concatenate([load() for load in BLOCKS])


def run(chunks, start, tolerance=0.0):
    with synchronous():
        return list(lloyd_in_chunks(chunks, Codebook(start), tolerance=tolerance))


# --- good codebooks ------------------------------------------------------------------------------


def test_the_first_pair_measures_a_codebook_on_everything():
    codebook, distortion = next(lloyd_in_chunks(BLOCKS, START))
    assert np.array_equal(codebook.vectors, START.vectors)
    assert distortion == pytest.approx(mse(EVERYTHING, START.quantize(EVERYTHING)), rel=1e-12)


@given(seed=st.integers(0, 10))
def test_passes_over_floats_are_those_of_lloyd_steps(seed):
    samples = np.random.default_rng(seed).normal(size=(300, 3))
    start = Codebook(samples[:5])
    with synchronous():
        pairs = list(lloyd_in_chunks(np.split(samples, [40, 41, 260]), start, tolerance=0))
    steps = list(design.lloyd_steps(samples, start))[::2]
    for (codebook, distortion), (expected, _, its_distortion) in zip(pairs, steps, strict=False):
        assert distortion == pytest.approx(its_distortion, rel=1e-12)
        assert np.allclose(codebook.vectors, expected.vectors, rtol=1e-12, atol=1e-12)
    assert abs(len(pairs) - len(steps)) <= 1  # it shows the last pass, too, which gained nothing


def test_steps_of_a_512th_cost_nearly_nothing():
    with threads():
        pairs = first_passes(BLOCKS)
    steps = itertools.islice(design.lloyd_steps(EVERYTHING, START), 0, 2 * len(pairs), 2)
    for (_, distortion), (_, _, expected) in zip(pairs, steps, strict=True):
        assert distortion == pytest.approx(expected, rel=1e-5)


def test_the_codebook_is_as_good_as_that_of_kmeans():
    with threads():
        *_, (_, distortion) = lloyd_in_chunks(BLOCKS, START, tolerance=1e-5)
    model = KMeans(START.size, init=START.vectors, n_init=1).fit(EVERYTHING)
    assert distortion <= 1.0001 * model.inertia_ / EVERYTHING.size


# --- the end -------------------------------------------------------------------------------------


@pytest.mark.parametrize("tolerance", [0, 1e-4, 0.02, 0.1, 1])
def test_it_ends_after_the_first_pass_that_gains_too_little(tolerance):
    with threads():
        distortions = [each for _, each in lloyd_in_chunks(BLOCKS, START, tolerance=tolerance)]
    gains = [1 - after / before for before, after in itertools.pairwise(distortions)]
    assert all(gain > tolerance for gain in gains[:-1])
    assert gains[-1] <= tolerance


def test_the_default_tolerance_is_a_ten_thousandth():
    with threads():
        given_none = list(lloyd_in_chunks(BLOCKS[:3], START))
        given_it = list(lloyd_in_chunks(BLOCKS[:3], START, tolerance=1e-4))
        finer = list(lloyd_in_chunks(BLOCKS[:3], START, tolerance=0))
    assert len(given_none) == len(given_it) < len(finer)


def test_a_pass_loads_every_chunk_once_and_only_when_it_is_asked_for():
    loaded = []
    lock = threading.Lock()

    def load(number):
        with lock:
            loaded.append(number)
        return blocks(number, 20)

    chunks = [lambda number=number: load(number) for number in range(5)]
    with threads():
        pairs = lloyd_in_chunks(chunks, START, tolerance=0)
        assert loaded == []
        for passes in (1, 2, 3):
            next(pairs)
            assert sorted(loaded) == sorted([*range(5)] * passes)


# --- odd data ------------------------------------------------------------------------------------


def test_the_first_empty_region_gets_the_worst_row_and_the_others_stay():
    start = [[4.0, 0.0], [200.0, 0.0], [220.0, 0.0]]
    rows = np.array([[0, 0], [0, 0], [10, 0]], np.uint8)
    pairs = run([rows[:2], rows[2:]], start)
    assert pairs[0][1] == (16 + 16 + 36) / 6
    third = round(10 / 3 * 512) / 512
    assert pairs[1][0].vectors.tolist() == [[third, 0], [10, 0], [220, 0]]
    # Its region is empty again; both zeros have the same error, and the vector moves to them.
    assert pairs[2][0].vectors.tolist() == [[0, 0], [10, 0], [0, 0]]
    assert pairs[2][1] == 0


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_of_rows_as_bad_the_first_in_lexicographic_order_counts(order):
    rows = np.array([[0, 9], [9, 0], [5, 5]], np.uint8)[list(order)]
    pairs = run([*rows[:, None]], [[4.5, 4.5], [250.0, 250.0]])
    assert pairs[1][0].vectors[1].tolist() == [0, 9]


def test_a_row_between_two_code_vectors_goes_to_the_first():
    rows = np.array([[5, 0]], np.uint8)
    assert run([rows], [[4.0, 0.0], [6.0, 0.0]])[1][0].vectors.tolist()[0] == [5, 0]
    assert run([rows], [[6.0, 0.0], [4.0, 0.0]])[1][0].vectors.tolist()[0] == [5, 0]


def test_chunks_without_rows_count_as_nothing():
    nothing = np.empty((0, 16), np.uint8)
    chunks = [nothing, *BLOCKS[:2], lambda: nothing, list, BLOCKS[2]]
    with threads():
        assert same(first_passes(chunks), first_passes(BLOCKS[:3]))


def test_only_chunks_without_rows_are_refused():
    sentence = "chunks must hold one or more samples, got none"
    assert_refused(sentence, next, lloyd_in_chunks([np.empty((0, 16), np.uint8)] * 2, START))


def memory_of(rows, start):
    with traced_memory() as memory, synchronous():
        pairs = first_passes([rows], start, 3)
    return pairs, memory.peak


def test_a_flat_chunk_needs_no_more_room_than_another():
    # Every one of its rows is the worst, and there is a region without any.
    flat = np.full((200_000, 16), 77, np.uint8)
    start = Codebook(np.full((2, 16), [[70], [1000]]))
    pairs, peak = memory_of(flat, start)
    _, usual = memory_of(blocks(1, 200_000), start)
    assert peak < 1.2 * usual
    assert [distortion for _, distortion in pairs] == [49, 0, 0]
    assert (pairs[-1][0].vectors == 77).all()


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("tolerance", [-1e-9, float("nan"), float("inf")])
def test_a_tolerance_that_is_no_number_of_at_least_0_is_refused(tolerance):
    with pytest.raises(ValueError, match=r"^tolerance must "):
        next(lloyd_in_chunks(BLOCKS, START, tolerance=tolerance))


def test_a_start_that_is_no_codebook_is_refused():
    sentence = "start must be a Codebook, got list: Codebook([...]) makes one of code vectors"
    assert_refused(sentence, next, lloyd_in_chunks(BLOCKS, [[1] * 16]))
