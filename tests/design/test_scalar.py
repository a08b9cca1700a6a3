"""Scalar codebooks by rule and the exact optimum, against brute force, theory and scikit-learn."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from tests.design.support import (
    BAD_VALUES,
    GREYS,
    MAX_LEVELS,
    STEP,
    THEORY,
    exact_gaussian_loss,
    gaussian_index_entropy,
    histograms,
    number_of_distinct,
    size_for,
)
from vqlib import Codebook, image
from vqlib.design import DISTINCT_LIMIT, OptimalScalar, lloyd, optimal_scalar, product, uniform

# --- uniform -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(1, 60))
def test_whole_numbers_lie_on_the_borders_of_equal_cells_and_go_up(size):
    indices = uniform(size, 0, size).encode(np.arange(size))
    np.testing.assert_array_equal(indices, np.arange(size))


def test_uniform_makes_the_classic_codebook():
    np.testing.assert_array_equal(uniform(4, -4, 4).vectors, [[-3], [-1], [1], [3]])


@pytest.mark.parametrize("size", [1, 2, 7, 256])
def test_uniform_loses_a_twelfth_of_its_squared_step_on_a_uniform_source(size):
    slices = size * 64
    middles = 10 + 5 * (np.arange(slices) + 0.5) / slices
    # A slice loses its own twelfth by being one point.
    loss = uniform(size, 10, 15).distortion(middles) + (5 / slices) ** 2 / 12
    np.testing.assert_allclose(loss, (5 / size) ** 2 / 12, rtol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((0, 0, 1), "size must be a whole number of at least 1, got 0"),
        ((2.0, 0, 1), "size must be a whole number of at least 1, got 2.0"),
        ((True, 0, 1), "size must be a whole number of at least 1, got True"),
        ((2, 1, 1), "low must be below high, got 1 and 1"),
        ((2, 2, 1), "low must be below high, got 2 and 1"),
        ((2, 0, np.inf), "low and high must be finite"),
        ((2, None, 1), "low and high must be one or more real numbers"),
        ((2, "a", 1), "low and high must be one or more real numbers"),
        ((2, [0, 1], 1), "low and high must be an array, got rows of different lengths"),
    ],
)
def test_uniform_refuses(arguments, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        uniform(*arguments)


# --- product -------------------------------------------------------------------------------------


def test_product_of_the_classic_codebook_with_itself_has_a_pair_for_each_joined_code_word():
    classic = {"00": -3, "01": -1, "10": 1, "11": 3}
    one = Codebook(list(classic.values()))
    codebook = product(one, one)
    assert (codebook.size, codebook.dimension, codebook.bits, codebook.rate) == (16, 2, 4.0, 2.0)
    for first, second in itertools.product(classic, classic):
        vector = codebook.vectors[int(first + second, base=2)]
        assert vector.tolist() == [classic[first], classic[second]]


def codebooks(dimension):
    vector = st.tuples(*[st.integers(-9, 9)] * dimension)
    several = st.lists(vector, min_size=1, max_size=5, unique=True)
    return several.map(lambda vectors: Codebook(np.array(vectors, float)))


some_parts = st.lists(st.integers(1, 2).flatmap(codebooks), min_size=1, max_size=3)


@settings(max_examples=60)
@given(some_parts)
def test_product_has_the_sizes_multiplied_and_dimensions_and_bits_added(parts):
    codebook = product(*parts)
    assert codebook.size == np.prod([part.size for part in parts])
    assert codebook.dimension == sum(part.dimension for part in parts)
    np.testing.assert_allclose(codebook.bits, sum(part.bits for part in parts), rtol=1e-12)
    np.testing.assert_allclose(codebook.rate, codebook.bits / codebook.dimension, rtol=1e-12)


@settings(max_examples=60)
@given(some_parts, st.data())
def test_product_encodes_each_part_by_itself(parts, data):
    codebook = product(*parts)
    whole_numbers = st.integers(-12, 12).map(float)
    samples = data.draw(arrays(float, (8, codebook.dimension), elements=whole_numbers))
    # Irrational: no sample is on a border.
    samples += 1 / np.sqrt([5, 7, 11, 13, 17, 19])[: codebook.dimension]
    ends = np.cumsum([part.dimension for part in parts])
    indices = []
    decoded = []
    for part, own in zip(parts, np.split(samples, ends[:-1], axis=1), strict=True):
        indices.append(part.encode(own))
        decoded.append(part.decode(indices[-1]))
    joined = np.ravel_multi_index(indices, [part.size for part in parts])
    np.testing.assert_array_equal(codebook.encode(samples), joined)
    np.testing.assert_array_equal(codebook.decode(joined), np.concatenate(decoded, axis=1))


# --- the optimum for scalars ---------------------------------------------------------------------


@settings(max_examples=60)
@given(histograms(), st.data())
def test_optimum_equals_brute_force_over_all_partitions(histogram, data):
    values, counts = histogram
    size = data.draw(st.integers(1, min(4, len(values))))
    labellings = np.array(list(itertools.product(range(size), repeat=len(values))))
    one_hot = labellings[:, None, :] == np.arange(size)[:, None]
    mass = one_hot @ counts
    first = one_hot @ (counts * values)
    second = one_hot @ (counts * values**2)
    losses = (second - first**2 / np.maximum(mass, 1)).sum(axis=1) / counts.sum()
    found = optimal_scalar(values, size, counts).distortion(values, counts)
    np.testing.assert_allclose(found, losses.min(), rtol=1e-12, atol=1e-12)


@settings(max_examples=60)
@given(histograms(), st.data())
def test_integer_optimum_equals_brute_force_over_all_integer_levels(histogram, data):
    values, counts = histogram
    size = data.draw(st.integers(1, min(4, len(values))))
    whole_numbers = np.arange(values.min(), values.max() + 1)
    level_sets = np.array(list(itertools.combinations(whole_numbers, size)))
    losses = (counts * ((level_sets[:, :, None] - values) ** 2).min(axis=1)).sum(axis=1)
    codebook = optimal_scalar(values, size, counts, integer=True)
    assert (codebook.vectors == np.round(codebook.vectors)).all()
    found = (counts * (values - codebook.quantize(values)) ** 2).sum()
    assert found == losses.min()  # whole numbers: no rounding anywhere


@settings(max_examples=30)
@given(arrays(float, st.integers(1, 60), elements=GREYS), st.data())
def test_optimum_is_never_worse_than_kmeans(samples, data):
    size = data.draw(size_for(samples))
    rounding = 1e-12 * (samples**2).mean()
    least = optimal_scalar(samples, size).distortion(samples)
    assert least <= lloyd(samples, size).distortion(samples) + rounding


@given(arrays(float, st.integers(1, 40), elements=GREYS), st.booleans())
def test_optimum_has_ascending_levels_full_cells_and_falling_loss(samples, integer):
    optimum = OptimalScalar(samples, integer=integer)
    assert optimum.distinct == optimum.largest == number_of_distinct(samples)
    losses = []
    for size in range(1, optimum.distinct + 1):
        codebook = optimum.codebook(size)
        assert (np.diff(codebook.vectors[:, 0]) > 0).all()
        np.testing.assert_array_equal(np.unique(codebook.encode(samples)), np.arange(size))
        alone = optimal_scalar(samples, size, integer=integer)
        np.testing.assert_array_equal(codebook.vectors, alone.vectors)
        losses.append(codebook.distortion(samples))
    assert (np.diff(losses) < 0).all()
    assert losses[-1] == 0


@given(histograms(most=12, largest=255), st.integers(-1000, 1000), st.data())
def test_optimum_moves_with_its_samples(histogram, shift, data):
    values, counts = histogram
    size = data.draw(size_for(values))
    here = optimal_scalar(values, size, counts, integer=True)
    there = optimal_scalar(values + shift, size, counts, integer=True)
    np.testing.assert_array_equal(there.vectors, here.vectors + shift)


@given(histograms(most=12, largest=255), st.booleans(), st.data())
def test_weights_of_the_optimum_count_as_repetitions(histogram, integer, data):
    values, counts = histogram
    size = data.draw(size_for(values))
    repeated = data.draw(st.permutations(np.repeat(values, counts.astype(int)).tolist()))
    of_counts = optimal_scalar(values, size, counts, integer=integer)
    of_samples = optimal_scalar(repeated, size, integer=integer)
    np.testing.assert_array_equal(of_counts.vectors, of_samples.vectors)


def test_integer_level_of_a_mean_half_way_goes_up():
    assert optimal_scalar([0, 1], 1, integer=True).vectors == 1
    assert optimal_scalar([-3, -2], 1, integer=True).vectors == -2


@pytest.mark.parametrize("origin", [0, 1e9, -1e12])
def test_optimum_loses_no_digits_far_from_the_origin(origin):
    codebook = optimal_scalar(origin + np.array([0, 1, 5, 6, 20]), 3)
    np.testing.assert_array_equal(codebook.vectors[:, 0] - origin, [0.5, 5.5, 20])


def test_value_of_no_weight_does_not_count():
    assert OptimalScalar([0, 1, 5], [1, 1, 0]).distinct == 2
    assert OptimalScalar([0, 1, 5], [1, 1, 1e-15]).distinct == 2


@pytest.mark.parametrize("size", THEORY)
def test_gaussian_optimum_is_that_of_the_literature(gaussian_optimum, size):
    codebook = gaussian_optimum.codebook(size)
    loss, _, bits = THEORY[size]
    # No codebook is below the optimum (printed to 7 digits). Cells end between two points of the
    # grid: a border that is off by up to STEP / 2 costs density * gap * (STEP / 2)², and the sum of
    # density * gap over all borders is 1.
    assert loss - 5e-8 <= exact_gaussian_loss(codebook) <= loss + STEP**2 / 4
    # A border off by STEP / 2 moves that much probability; an entropy's slope to it is at most 2
    # bits here.
    moved = norm.pdf(codebook.thresholds).sum() * STEP / 2
    np.testing.assert_allclose(gaussian_index_entropy(codebook), bits, rtol=0, atol=2 * moved)


@pytest.mark.parametrize(("levels", "thresholds"), MAX_LEVELS)
def test_gaussian_levels_are_those_of_max(gaussian_optimum, levels, thresholds):
    half = len(levels)
    codebook = gaussian_optimum.codebook(2 * half)
    np.testing.assert_allclose(codebook.vectors[half:, 0], levels, rtol=0, atol=STEP)
    np.testing.assert_allclose(codebook.thresholds[half - 1 :], thresholds, rtol=0, atol=STEP)


# --- the optimum of a picture --------------------------------------------------------------------


@pytest.fixture(scope="module")
def china():
    return image.to_vectors(image.sample("china"))


@pytest.fixture(scope="module")
def china_optimum(china):
    return OptimalScalar(china, largest=128)


CHINA = {1: 1121.2036, 2: 308.4150, 3: 71.7619, 4: 18.1729, 5: 4.61609, 6: 1.11595, 7: 0.23603}


@pytest.mark.parametrize(("bits", "loss"), CHINA.items())
def test_optimum_of_china(china, china_optimum, bits, loss):
    # The JPEG decoder that made the stored picture need not be the one behind the table.
    found = china_optimum.codebook(2**bits).distortion(china)
    np.testing.assert_allclose(found, loss, rtol=1e-3)


def test_one_bit_of_china_is_two_greys_and_not_black_and_white(china_optimum):
    levels = china_optimum.codebook(2).vectors[:, 0]
    np.testing.assert_allclose(levels, [62.8, 214.6], rtol=0, atol=0.05)


# --- what the optimum refuses --------------------------------------------------------------------


@pytest.mark.parametrize(("values", "problem"), BAD_VALUES)
def test_optimal_scalar_refuses_values(values, problem):
    with pytest.raises(ValueError, match=f"^values must {problem}"):
        optimal_scalar(values, 1)


def test_optimal_scalar_refuses_halves_where_levels_are_whole():
    problem = "values must be whole numbers where integer levels are asked"
    with pytest.raises(ValueError, match=problem):
        optimal_scalar([1, 1.5], 1, integer=True)


def test_optimal_scalar_refuses_more_values_than_its_tables_hold():
    problem = "values must be at most 2048 distinct numbers, got 2049: use lloyd"
    with pytest.raises(ValueError, match=problem):
        optimal_scalar(np.arange(DISTINCT_LIMIT + 1), 2)


def test_optimal_scalar_refuses_a_size_that_was_not_prepared():
    with pytest.raises(ValueError, match="size must be a whole number from 1 to 2, got 3"):
        OptimalScalar([1, 2, 3], largest=2).codebook(3)
