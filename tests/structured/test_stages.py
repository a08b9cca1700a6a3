"""Stages: the sums they stand for, and the search among them, against plain loops."""

import copy
import pickle
import re
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.structured.support import (
    all_paths,
    best_paths,
    gaussian,
    squared_distance,
    stages_and_samples,
    sum_of_path,
)
from tests.support import assert_refused, traced_memory, vectors_and_samples
from vqlib import Codebook
from vqlib.structured import Stages, stages, train_stages

SURVIVORS = st.integers(1, 9)
COARSE = Codebook([[-8], [8]])
FINE = Codebook([[-3], [-1], [1], [3]])
DIGITS = Stages([COARSE, FINE])
SIXTEEN = Codebook(np.arange(32).reshape(16, 2))


# --- by hand -------------------------------------------------------------------------------------


def test_two_stages_of_scalars_by_hand():
    np.testing.assert_array_equal(
        DIGITS.encode([-10.5, -5.2, 4, 7.1]), [[0, 0], [0, 3], [1, 0], [1, 1]]
    )
    np.testing.assert_array_equal(DIGITS.decode([[0, 0], [1, 1]]), [[-11], [7]])
    np.testing.assert_array_equal(DIGITS.quantize([-10.5, -5.2, 4, 7.1]), [-11, -5, 5, 7])
    assert DIGITS.distortion([-10, 5]) == 0.5


def test_what_stages_cost_by_hand():
    assert (len(DIGITS), DIGITS.sizes, DIGITS.dimension) == (2, (2, 4), 1)
    assert (DIGITS.bits, DIGITS.rate, DIGITS.stored) == (3, 3, 6)
    pairs = Stages([SIXTEEN, SIXTEEN])
    assert (pairs.bits, pairs.rate, pairs.stored) == (8, 4, 64)
    counted = [pairs.comparisons(survivors) for survivors in (1, 4, 16, 99)]
    assert counted == [32, 80, 272, 272]
    assert Stages([SIXTEEN] * 4).comparisons(8) == 16 + 3 * 8 * 16
    assert Stages([Codebook(np.arange(4))] * 4).comparisons(8) == 4 + 16 + 2 * 32


def test_second_best_first_guess_wins_with_two_survivors():
    trap = Stages([Codebook([[0, 0], [10, 0]]), Codebook([[0, 0], [-6, 0]])])
    np.testing.assert_array_equal(trap.encode([[4.5, 0]]), [[0, 0]])
    np.testing.assert_array_equal(trap.encode([[4.5, 0]], survivors=2), [[1, 1]])
    assert trap.distortion([[4.5, 0]]) == 4.5**2 / 2
    assert trap.distortion([[4.5, 0]], survivors=2) == 0.5**2 / 2


# --- the search ----------------------------------------------------------------------------------


@given(stages_and_samples())
def test_all_paths_surviving_find_the_best_of_all_sums(both):
    code, samples = both
    found = code.decode(code.encode(samples, survivors=64))
    sums = [sum_of_path(code, path) for path in all_paths(code)]
    for sample, vector in zip(samples, found, strict=True):
        least = min(squared_distance(sample, each) for each in sums)
        assert squared_distance(sample, vector) == least


@given(stages_and_samples(), SURVIVORS)
def test_search_finds_what_plain_loops_find(both, survivors):
    code, samples = both
    expected = [best_paths(code, sample, survivors)[0] for sample in samples]
    np.testing.assert_array_equal(code.encode(samples, survivors=survivors), expected)


@given(stages_and_samples(), SURVIVORS)
def test_each_stage_has_its_best_path_and_the_error_that_it_leaves(both, survivors):
    code, samples = both
    by_stage = list(code.encode_by_stage(samples, survivors=survivors))
    assert [indices.shape[1] for indices, _ in by_stage] == list(range(1, len(code) + 1))
    for indices, errors in by_stage:
        first = Stages(code.codebooks[: indices.shape[1]])
        expected = [best_paths(first, sample, survivors)[0] for sample in samples]
        np.testing.assert_array_equal(indices, expected)
        np.testing.assert_array_equal(errors, ((samples - code.decode(indices)) ** 2).sum(axis=1))
    np.testing.assert_array_equal(indices, code.encode(samples, survivors=survivors))


@given(stages_and_samples(least_dimension=1))
def test_greedy_search_is_each_codebook_on_what_is_left(both):
    code, samples = both
    left = samples
    for stage, codebook in enumerate(code.codebooks):
        indices = codebook.encode(left)
        np.testing.assert_array_equal(code.encode(samples)[:, stage], indices)
        left = left - codebook.decode(indices)


@given(vectors_and_samples())
def test_one_stage_is_a_codebook(both):
    vectors, samples = both
    codebook = Codebook(vectors)
    alone = Stages([codebook])
    indices = alone.encode(samples)
    np.testing.assert_array_equal(indices[:, 0], codebook.encode(samples))
    np.testing.assert_array_equal(alone.decode(indices), codebook.quantize(samples))
    assert (alone.bits, alone.rate) == (codebook.bits, codebook.rate)
    assert (alone.stored, alone.comparisons(9)) == (codebook.vectors.size, codebook.size)
    assert alone.distortion(samples) == codebook.distortion(samples)


@pytest.mark.parametrize("survivors", [1, 3])
def test_many_samples_are_searched_as_each_alone(survivors):
    samples = gaussian(300, 4)
    code = train_stages(samples, [5, 3, 4])
    whole = code.encode(samples, survivors=survivors)
    alone = [code.encode(sample[None], survivors=survivors)[0] for sample in samples]
    np.testing.assert_array_equal(whole, alone)
    limits = {"AT_ONCE": 100, "SAMPLES_AT_ONCE": 7}
    with mock.patch.multiple(stages, **limits):
        np.testing.assert_array_equal(code.encode(samples, survivors=survivors), whole)


@pytest.mark.parametrize("survivors", [1, 4])
@pytest.mark.parametrize("offset", [0, 1e6, -1e9])
def test_search_is_exact_wherever_the_origin_is(offset, survivors):
    whole = np.round(8 * gaussian(200, 3))
    near = train_stages(whole, [6, 4])
    first = Codebook(np.round(near.codebooks[0].vectors))
    rest = Codebook(np.round(near.codebooks[1].vectors))
    expected = Stages([first, rest]).encode(whole, survivors=survivors)
    far = Stages([Codebook(first.vectors + offset), rest])
    found = far.encode(whole + offset, survivors=survivors)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("survivors", [1, 4])
@pytest.mark.parametrize(("scale", "offset"), [(1e-9, 0), (1e-60, 0), (1e60, 0), (1e-9, 0.5)])
def test_search_is_as_good_at_every_scale(scale, offset, survivors):
    samples = np.random.default_rng(0).standard_normal((500, 3))
    made = train_stages(samples, [8, 8])
    small = [Codebook(codebook.vectors * scale) for codebook in made.codebooks]
    small[0] = Codebook(small[0].vectors + offset)
    error = Stages(small).distortion(samples * scale + offset, survivors=survivors)
    assert error / scale**2 == pytest.approx(
        made.distortion(samples, survivors=survivors), rel=1e-4
    )


def test_more_survivors_are_better_on_average_and_as_many_as_paths_are_the_best():
    samples = gaussian(4000, 8)
    code = train_stages(samples, [8, 8])
    errors = [code.distortion(samples, survivors=survivors) for survivors in (1, 2, 4, 8)]
    assert errors == sorted(errors, reverse=True)
    sums = Codebook([sum_of_path(code, path) for path in all_paths(code)])
    np.testing.assert_allclose(errors[-1], sums.distortion(samples), rtol=1e-12)


def test_long_search_takes_little_room():
    samples = gaussian(200_000, 4)
    code = Stages([Codebook(gaussian(16, 4, seed=stage)) for stage in range(4)])
    for survivors in (1, 4):
        with traced_memory() as memory:
            code.encode(samples, survivors=survivors)
        copy_and_indices = 3 * samples.nbytes  # the indices come in parts and then as one
        assert memory.peak < copy_and_indices + 25e6


# --- decoding ------------------------------------------------------------------------------------


@given(stages_and_samples())
def test_decoding_adds_up_and_indices_cut_short_decode_to_the_first_stages(both):
    code, samples = both
    indices = code.encode(samples, survivors=3)
    for length in range(1, len(code) + 1):
        short = indices[:, :length]
        expected = [sum_of_path(code, path) for path in short]
        np.testing.assert_array_equal(code.decode(short), expected)
        first = Stages(code.codebooks[:length])
        np.testing.assert_array_equal(first.decode(short), expected)


def test_indices_of_a_picture_decode_in_its_shape():
    code = Stages([SIXTEEN, SIXTEEN])
    indices = np.random.default_rng(0).integers(0, 16, (3, 5, 2))
    vectors = code.decode(indices)
    assert vectors.shape == (3, 5, 2)
    np.testing.assert_array_equal(vectors[2, 4], code.decode(indices[2, 4]))


# --- what cannot be changed ----------------------------------------------------------------------


def test_stages_are_immutable_and_survive_copies():
    assert DIGITS.codebooks == (COARSE, FINE)
    with pytest.raises(AttributeError):
        DIGITS.codebooks = ()
    for other in (copy.deepcopy(DIGITS), pickle.loads(pickle.dumps(DIGITS))):
        np.testing.assert_array_equal(other.encode([5.0]), DIGITS.encode([5.0]))
    assert repr(DIGITS) == "Stages(2 + 4 code vectors of dimension 1)"


def test_samples_are_only_read():
    samples = gaussian(50, 2)
    samples.setflags(write=False)
    before = samples.copy()
    code = Stages([SIXTEEN, SIXTEEN])
    for survivors in (1, 3):
        code.quantize(samples, survivors=survivors)
    np.testing.assert_array_equal(samples, before)


# --- bad arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codebooks", "sentence"),
    [
        ([], "codebooks must hold at least one Codebook, got none"),
        (3, "codebooks must be a sequence of Codebook, got int"),
        ([COARSE, SIXTEEN], "codebooks must have one dimension, got [1, 2]"),
    ],
)
def test_bad_codebooks_are_refused(codebooks, sentence):
    assert_refused(sentence, Stages, codebooks)


@pytest.mark.parametrize("codebooks", [[[1, 2]], [None], "ab", np.zeros((2, 2))])
def test_what_are_no_codebooks_are_refused(codebooks):
    with pytest.raises(ValueError, match=r"^each of codebooks must be a Codebook, got "):
        Stages(codebooks)


@pytest.mark.parametrize("survivors", [0, -1, 1.0, "2", None, True])
def test_bad_survivors_are_refused(survivors):
    sentence = f"survivors must be a whole number of at least 1, got {survivors!r}"
    assert_refused(sentence, DIGITS.comparisons, survivors)
    for call in (DIGITS.encode, DIGITS.encode_by_stage, DIGITS.quantize, DIGITS.distortion):
        assert_refused(sentence, lambda call=call: call([1.0], survivors=survivors))


BAD_SAMPLES = {
    "none": ([], "be one or more real numbers, got float64 of shape (0,)"),
    "NaN": ([[1, np.nan]], "be finite, got NaN or infinity in shape (1, 2)"),
    "too many components": ([[1, 2, 3]], "have shape (n, 2), got (1, 3)"),
    "scalars": ([1, 2], "have shape (n, 2), got (2,)"),
    "text": ([["a", "b"]], "be one or more real numbers, got <U1 of shape (1, 2)"),
}


@pytest.mark.parametrize(("samples", "problem"), BAD_SAMPLES.values(), ids=BAD_SAMPLES)
def test_bad_samples_are_refused(samples, problem):
    code = Stages([SIXTEEN, SIXTEEN])
    for survivors in (1, 2):
        assert_refused(
            f"samples must {problem}", lambda s=survivors: code.encode(samples, survivors=s)
        )


@pytest.mark.parametrize("indices", [3, [[0, 0, 0]], [[]], np.zeros((4, 0), int)])
def test_indices_of_no_or_too_many_stages_are_refused(indices):
    allowed = re.escape("indices must have a last axis of 1 to 2, one for each stage, got ")
    with pytest.raises(ValueError, match=f"^{allowed}"):
        DIGITS.decode(indices)


@pytest.mark.parametrize(("indices", "most"), [([[2, 0]], 1), ([[0, 4]], 3), ([[-1, 0]], 1)])
def test_index_beyond_a_stage_is_refused(indices, most):
    with pytest.raises(ValueError, match=f"^indices must be whole numbers from 0 to {most}, got"):
        DIGITS.decode(indices)


def test_indices_that_are_not_whole_are_refused():
    with pytest.raises(ValueError, match=r"^indices must be whole numbers .* got float64"):
        DIGITS.decode([[0.0, 1.0]])
