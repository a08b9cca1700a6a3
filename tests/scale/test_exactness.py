"""Of rows of bytes the same bits, whatever happens to them; of floats not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.scale.chunks import BLOCKS, START, blocks, digest, first_passes
from tests.scale.exact_lloyd import exact_passes
from tests.scale.support import cut, run_module, same, synchronous, threads
from tests.support import BYTES
from vqlib import Codebook
from vqlib.scale import lloyd_in_chunks

FEW_LEVELS = st.sampled_from([0, 1, 2, 100, 255])
"""So few that there are ties."""


@st.composite
def rows_and_start(draw, most_rows=40):
    """Rows of bytes, and code vectors near them, some of which have nobody."""
    dimension = draw(st.integers(2, 4))
    elements = draw(st.sampled_from([BYTES, FEW_LEVELS]))
    rows = draw(arrays(np.uint8, (draw(st.integers(1, most_rows)), dimension), elements=elements))
    size = draw(st.integers(1, 6))
    near = st.one_of(st.floats(-50, 300, width=32), FEW_LEVELS.map(float))
    return rows, draw(arrays(float, (size, dimension), elements=near))


places = st.lists(st.integers(0, 40), max_size=6)


@given(data=rows_and_start(), at=places, order=st.randoms(use_true_random=False))
def test_any_cut_in_any_order_gives_the_same_bits(data, at, order):
    rows, start = data
    parts = cut(rows, at)
    order.shuffle(parts)
    with synchronous():
        whole = first_passes([rows], Codebook(start))
        in_parts = first_passes(parts, Codebook(start))
    assert same(whole, in_parts)


@given(data=rows_and_start(most_rows=12), at=places)
def test_the_result_is_that_of_fractions(data, at):
    rows, start = data
    with synchronous():
        pairs = list(lloyd_in_chunks(cut(rows, at), Codebook(start), tolerance=0))
    expected = exact_passes(rows, start)
    assert [distortion for _, distortion in pairs] == [float(exact) for _, exact in expected]
    for (codebook, _), (vectors, _) in zip(pairs, expected, strict=True):
        assert codebook.vectors.tolist() == [[float(y) for y in vector] for vector in vectors]


@given(rows=arrays(np.uint8, st.integers(1, 30), elements=BYTES), at=places)
def test_scalars_have_the_same_bits_too(rows, at):
    start = Codebook([0.3, 17, 100.01])
    with synchronous():
        assert same(first_passes([rows], start), first_passes(cut(rows, at), start))


def test_one_thread_several_threads_and_another_cut_give_the_same_bits():
    with synchronous():
        expected = first_passes(BLOCKS)
    with threads(3):
        assert same(first_passes(BLOCKS), expected)
        everything = np.concatenate([load() for load in BLOCKS])
        assert same(first_passes(cut(everything, [1, 5000, 5000, 29_999])), expected)


KERNELS = ("Haswell", "SkylakeX", "Prescott")


def test_three_kernels_of_openblas_give_the_same_bits():
    with threads():
        expected = digest(first_passes(BLOCKS))
    name = "tests.scale.print_digest"
    printed = [run_module(name, OPENBLAS_CORETYPE=kernel) for kernel in KERNELS]
    assert [found for found, _ in printed] == [expected] * len(KERNELS)
    if any("Haswell" in kernels for _, kernels in printed):  # on such a processor, with OpenBLAS
        assert all(kernel in kernels for kernel, (_, kernels) in zip(KERNELS, printed, strict=True))


def test_floats_differ_in_the_last_digit_from_cut_to_cut():
    numbers = np.array([0.1, 0.2, 0.3])
    left = first_passes(np.split(numbers, [2]), Codebook([0]), 2)
    right = first_passes(np.split(numbers, [1]), Codebook([0]), 2)
    assert left[1][0].vectors[0, 0] == (0.1 + 0.2 + 0.3) / 3
    assert right[1][0].vectors[0, 0] == (0.1 + (0.2 + 0.3)) / 3
    assert left[1][0].vectors[0, 0] != right[1][0].vectors[0, 0]


def test_floats_are_the_same_for_the_same_chunks():
    parts = [load() / 7 for load in BLOCKS]
    start = Codebook(START.vectors / 7)
    with synchronous():
        expected = first_passes(parts, start)
    with threads(3):
        assert same(first_passes(parts, start), expected)


@given(vectors=arrays(float, (3, 2), elements=st.floats(-10, 300)))
def test_code_vectors_of_bytes_lie_on_steps(vectors):
    with synchronous():
        pairs = first_passes([blocks(1, 50, 2)], Codebook(vectors))
    assert np.abs(pairs[0][0].vectors - vectors).max() <= 1 / 1024
    for codebook, _ in pairs:
        in_steps = codebook.vectors * 512
        assert (in_steps == np.round(in_steps)).all()


@pytest.mark.parametrize("done", range(1, 5))
def test_training_resumed_from_any_codebook_goes_on_with_the_same_bits(done):
    with threads():
        whole = first_passes(BLOCKS)
        checkpoint, _ = whole[done - 1]
        resumed = first_passes(BLOCKS, Codebook(checkpoint.vectors), 6 - done)
    assert same(resumed, whole[done - 1 :])
