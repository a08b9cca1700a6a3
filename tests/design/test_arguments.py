"""What every design refuses, in one wording: too many code vectors, bad sizes and samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.design.support import (
    BAD_SIZES,
    BAD_VALUES,
    number_of_distinct,
    samples_with_repetitions,
)
from vqlib import Codebook
from vqlib.design import lloyd, lloyd_steps, optimal_scalar, split


def first_of_lloyd_steps(samples, size, weights=None):
    """The codebook of the first step: what is refused is refused before it."""
    codebook, _, _ = next(lloyd_steps(samples, Codebook(np.arange(size)), weights))
    return codebook


DESIGNS = {
    "lloyd": lloyd,
    "split": split,
    "optimal_scalar": optimal_scalar,
    "lloyd_steps": first_of_lloyd_steps,
}


def each_design(*names):
    """The test for each of these designs, or for all."""
    names = names or tuple(DESIGNS)
    return pytest.mark.parametrize("design", [DESIGNS[name] for name in names], ids=names)


# --- as many code vectors as distinct samples ----------------------------------------------------


@pytest.mark.parametrize("weights", [None, [1, 2, 1, 2, 1]], ids=["alike", "weighted"])
@each_design()
def test_more_code_vectors_than_distinct_samples_are_refused(design, weights):
    problem = "size must be at most the number of distinct (samples|values), 3, got 8"
    with pytest.raises(ValueError, match=problem):
        design([0.1, 0.1, 0.2, 0.2, 0.3], 8, weights)


@each_design()
def test_samples_of_no_weight_do_not_count_as_distinct(design):
    assert design([1, 2, 3, 4], 2, [1, 1, 0, 0]).size == 2
    with pytest.raises(ValueError, match=r"distinct (samples|values), 2, got 3"):
        design([1, 2, 3, 4], 3, [1, 1, 0, 0])


def late_samples(count, weighted):
    """So many distinct samples that count, the last of them after many equal ones."""
    late = np.arange(count - 1) % 5 + 10.0 * np.arange(count - 1)
    late = np.concatenate([np.full(8 * count, 2.5), late])
    if weighted:  # what has no weight does not count, be it the first or the last
        late = np.concatenate([-np.arange(1.0, 9.0 * count), late, [-1, -2]])
    return late


@pytest.mark.parametrize("weighted", [False, True], ids=["alike", "weighted"])
@pytest.mark.parametrize("count", [3, 7, 16])
@each_design("lloyd", "lloyd_steps")
def test_distinct_samples_are_counted_to_the_last_however_late_they_come(design, count, weighted):
    late = late_samples(count, weighted)
    mixed = late[np.random.default_rng(count).permutation(len(late))]
    problem = f"size must be at most the number of distinct samples, {count}, got"
    for samples in (late, late[::-1], mixed):
        weights = (samples >= 0).astype(float) if weighted else None
        for size in (1, count - 1, count):
            assert design(samples, size, weights).size == size
        for size in (count + 1, 9 * count):
            with pytest.raises(ValueError, match=f"^{problem} {size}$"):
                design(samples, size, weights)


@given(samples_with_repetitions(), st.integers(0, 60), st.integers(1, 20))
def test_as_many_code_vectors_as_distinct_samples_and_no_more_whatever_their_order(
    samples, before, size
):
    repeated = np.concatenate([samples[:1].repeat(before, axis=0), samples])
    start = Codebook(np.arange(size * samples.shape[1]).reshape(size, -1))
    steps = lloyd_steps(repeated, start)
    most = number_of_distinct(samples)
    if size <= most:
        codebook, _, _ = next(steps)
        assert codebook is start
    else:
        with pytest.raises(ValueError, match=f"distinct samples, {most}, got {size}$"):
            next(steps)


# --- bad arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", BAD_SIZES)
@each_design("lloyd", "split", "optimal_scalar")
def test_bad_size_is_refused(design, size):
    with pytest.raises(ValueError, match=r"^size must be a whole number of at least 1, got"):
        design([1, 2, 3], size)


@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        ([1.0], r"be 3 numbers, none negative and not all zero, got float64 of shape \(1,\)"),
        ([1.0, 1.0, -1.0], "be 3 numbers, none negative and not all zero, got .* from -1.0 to 1.0"),
        ([0, 0, 0], "be 3 numbers, none negative and not all zero, got .* from 0.0 to 0.0"),
        ([1, 1, np.nan], "be finite"),
        (["a", "b", "c"], "be one or more real numbers"),
    ],
)
@each_design()
def test_bad_weights_are_refused(design, weights, problem):
    with pytest.raises(ValueError, match=f"^weights must {problem}"):
        design([1, 2, 3], 2, weights)


THREE_AXES = r"have shape \(n, k\), or \(n,\) for scalars, got \(2, 2, 2\)"


@pytest.mark.parametrize(("samples", "problem"), [*BAD_VALUES, (np.zeros((2, 2, 2)), THREE_AXES)])
@each_design("lloyd", "split", "lloyd_steps")
def test_bad_samples_are_refused(design, samples, problem):
    with pytest.raises(ValueError, match=f"^samples must {problem}"):
        design(samples, 1)


@each_design("lloyd", "split")
def test_samples_too_close_for_double_precision_are_refused(design):
    problem = "samples must be far enough apart for 3 code vectors"
    with pytest.raises(ValueError, match=problem):
        design([0, 1e-300, 1], 3)


@each_design()
def test_inputs_are_only_read(design):
    samples = np.array([1.0, 5.0, 2.0, 2.0])
    weights = np.array([1.0, 2.0, 1.0, 1.0])
    copies = (samples.copy(), weights.copy())
    samples.setflags(write=False)
    weights.setflags(write=False)
    design(samples, 2, weights)
    np.testing.assert_array_equal([samples, weights], copies)
