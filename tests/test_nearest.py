"""The nearest code vector: exact, wherever the origin is, and by a rule where two are as near."""

from fractions import Fraction
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.cluster.vq import vq
from scipy.spatial.distance import cdist

from tests.support import BYTES, REALS, WHOLE, traced_memory, vectors_and_samples
from vqlib import Codebook, nearest


def scalars(elements=REALS, largest=40):
    return arrays(float, st.integers(1, largest), elements=elements)


def first_of_the_nearest(samples, vectors):
    """Brute force; exact where all numbers are whole."""
    return cdist(samples, vectors, "sqeuclidean").argmin(axis=1)


def assert_nearest(distances, indices):
    """Of each row of distances, none is smaller than the one at its index."""
    own = distances[np.arange(len(indices)), indices]
    np.testing.assert_array_equal(own, distances.min(axis=1))


# --- scalars -------------------------------------------------------------------------------------


@given(samples=scalars(), levels=scalars(largest=9))
def test_encode_picks_the_nearest_scalar(samples, levels):
    assert_nearest(np.abs(samples[:, None] - levels), Codebook(levels).encode(samples))


def test_classic_scalar_on_a_threshold_goes_up():
    np.testing.assert_array_equal(Codebook([-3, -1, 1, 3]).encode([-2, 0, 2]), [1, 2, 3])


@given(samples=scalars(WHOLE), levels=scalars(WHOLE, largest=9))
def test_encode_of_a_scalar_as_near_to_two_levels_takes_the_larger(samples, levels):
    distances = np.abs(samples[:, None] - levels)
    nearest = distances == distances.min(axis=1, keepdims=True)
    larger = np.where(nearest, levels, -np.inf).max(axis=1)
    np.testing.assert_array_equal(Codebook(levels).quantize(samples), larger)


@given(levels=arrays(float, st.integers(2, 20), elements=WHOLE, unique=True))
def test_every_threshold_goes_to_the_upper_of_its_two_levels(levels):
    codebook = Codebook(levels)
    np.testing.assert_array_equal(codebook.quantize(codebook.thresholds), np.sort(levels)[1:])


# --- vectors -------------------------------------------------------------------------------------

# Few distances are searched in one way, many in another. The laws hold for both.
either_search = pytest.mark.parametrize("few", [0, np.inf], ids=["as many", "as few"])


def encode(vectors, samples, few):
    """Indices by one of the two searches, however many distances there are."""
    with mock.patch.object(nearest, "FEW_DISTANCES", few):
        return Codebook(vectors).encode(samples)


@either_search
@given(both=vectors_and_samples())
def test_encode_picks_the_nearest_vector(both, few):
    vectors, samples = both
    # Whole numbers: two distances differ by 1 or not at all, far above any rounding.
    distances = ((samples[:, None] - vectors) ** 2).sum(axis=2)
    assert_nearest(distances, encode(vectors, samples, few))


@either_search
@given(both=vectors_and_samples())
def test_steps_of_a_512th_are_as_exact_as_whole_numbers(both, few):
    vectors, samples = both
    expected = encode(vectors, samples, few)
    np.testing.assert_array_equal(encode(vectors / 512, samples / 512, few), expected)


def test_code_vectors_on_steps_of_a_512th_are_searched_exactly_among_bytes():
    random = np.random.default_rng(0)
    steps = random.integers(0, 255 * 512, (64, 2))
    samples = random.integers(0, 256, (20_000, 2)).astype(np.uint8)
    squares = ((512 * samples[:, None].astype(int) - steps) ** 2).sum(axis=2)
    np.testing.assert_array_equal(Codebook(steps / 512).encode(samples), squares.argmin(axis=1))


@pytest.mark.parametrize("dimension", [2, 3, 16])
@pytest.mark.parametrize("offset", [0, 1e6])
@either_search
def test_encode_agrees_with_scipy(dimension, offset, few):
    rng = np.random.default_rng(dimension)
    vectors = rng.normal(offset, 1, (64, dimension))
    samples = rng.normal(offset, 1, (2000, dimension))
    by_scipy, _ = vq(samples - offset, vectors - offset)
    np.testing.assert_array_equal(encode(vectors, samples, few), by_scipy)


@st.composite
def few_whole_vectors(draw):
    """Code vectors and samples among few whole numbers: many ties, many equal vectors."""
    offset = draw(st.sampled_from([0, -300, 10**7]))
    shape = st.tuples(st.integers(1, 12), st.just(draw(st.integers(2, 5))))
    few = arrays(float, shape, elements=st.integers(-2, 2).map(float))
    vectors = draw(few)
    samples = draw(few)
    return vectors + offset, samples + offset


@either_search
@given(both=few_whole_vectors())
def test_tie_of_whole_vectors_goes_to_the_first_wherever_the_origin_is(both, few):
    vectors, samples = both
    expected = first_of_the_nearest(samples, vectors)
    np.testing.assert_array_equal(encode(vectors, samples, few), expected)


@pytest.mark.parametrize("offset", [0, 1e7, -1e7])
@either_search
def test_every_byte_block_goes_to_the_nearest_wherever_the_origin_is(offset, few):
    rng = np.random.default_rng(5)
    vectors = rng.integers(0, 256, (300, 16)).astype(float)
    samples = rng.integers(0, 256, (2000, 16)).astype(float)
    expected = first_of_the_nearest(samples, vectors)
    found = encode(vectors + offset, samples + offset, few)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dimension", [3, 16, 64, 65, 192])
@either_search
def test_bytes_are_encoded_as_the_numbers_they_are(dimension, few):
    rng = np.random.default_rng(dimension)
    samples = rng.integers(0, 256, (500, dimension), np.uint8)
    vectors = rng.integers(0, 256, (200, dimension)).astype(float)
    expected = first_of_the_nearest(samples.astype(float), vectors)
    np.testing.assert_array_equal(encode(vectors, samples, few), expected)


@either_search
@given(
    samples=arrays(np.uint8, (9, 3), elements=BYTES),
    vectors=arrays(float, (5, 3), elements=st.floats(-99, 400)),
)
def test_bytes_go_to_the_nearest_of_any_code_vectors(samples, vectors, few):
    distances = cdist(samples.astype(float), vectors, "sqeuclidean")
    own = distances[np.arange(9), encode(vectors, samples, few)]
    np.testing.assert_allclose(own, distances.min(axis=1), rtol=0, atol=1e-8)


def rows_of_one_norm(numbers, count, rng):
    """The same numbers in so many orders: their distances from a sample differ by little."""
    return rng.permuted(np.tile(numbers, (count, 1)), axis=1)


@pytest.mark.parametrize(
    ("numbers", "dimension"), [(range(230, 256), 1200), (range(5000, 5040), 64)]
)
@either_search
def test_bytes_are_told_apart_where_sums_are_beyond_single_precision(numbers, dimension, few):
    rng = np.random.default_rng(0)
    samples = rng.integers(200, 256, (300, dimension), np.uint8)
    vectors = rows_of_one_norm(np.resize(numbers, dimension).astype(float), 100, rng)
    expected = first_of_the_nearest(samples.astype(float), vectors)
    np.testing.assert_array_equal(encode(vectors, samples, few), expected)


@either_search
def test_bytes_are_told_apart_where_code_vectors_are_beyond_single_precision(few):
    vectors = [[10, 10, 10], [10 + 1e-7, 10, 10]]
    samples = np.array([[11, 10, 10], [9, 10, 10]], np.uint8)
    np.testing.assert_array_equal(encode(vectors, samples, few), [1, 0])


KINDS = [bool, np.int8, np.uint8, np.uint64, np.int64, np.float16, np.float32, np.longdouble]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dimension", [1, 2])
@either_search
def test_samples_of_any_type_are_encoded_as_the_numbers_they_are(kind, dimension, few):
    rng = np.random.default_rng(dimension)
    samples = rng.integers(0, 100, (50, dimension)).astype(kind)
    vectors = rng.normal(50, 30, (9, dimension))
    expected = first_of_the_nearest(samples.astype(float), vectors)
    np.testing.assert_array_equal(encode(vectors, samples, few), expected)


@either_search
def test_equal_code_vectors_give_way_to_the_first_of_them(few):
    samples = np.array([[0.0, 1], [5, 5], [6, 4]])
    vectors = [[5, 5], [0, 0], [5, 5], [0, 0], [0, 0]]
    np.testing.assert_array_equal(encode(vectors, samples, few), [1, 0, 0])
    np.testing.assert_array_equal(encode(np.zeros((9, 2)), samples, few), [0, 0, 0])


def test_encode_of_few_samples_takes_little_time_and_room_however_large_the_codebook():
    vectors = np.random.default_rng(0).integers(0, 256, (65536, 12))
    some = [65535, 7, 40000]
    with traced_memory() as memory:
        indices = Codebook(vectors).encode(vectors[some])
    np.testing.assert_array_equal(indices, some)
    assert memory.peak < 8 * vectors.size * 8


# --- beside outliers, at any scale ---------------------------------------------------------------


def exact_squares(sample, vectors):
    """Squared distances without any rounding."""
    squares = []
    for vector in vectors:
        differences = zip(map(Fraction, sample), map(Fraction, vector), strict=True)
        squares.append(sum((x - y) ** 2 for x, y in differences))
    return squares


def assert_nearest_to_double_precision(vectors, samples, few):
    """No other is nearer by more than the rounding of a sum of squared differences.

    What is not told apart so goes to the first of the equal ones.
    """
    for sample, index in zip(samples, encode(vectors, samples, few), strict=True):
        squares = exact_squares(sample.tolist(), vectors.tolist())
        slack = 1 + (len(sample) + 4) * Fraction(2.0**-52)
        assert squares[index] <= min(squares) * slack
        assert squares.index(squares[index]) == index


@either_search
def test_an_outlier_hides_no_code_vector(few):
    assert encode([[0, 0], [0.4, 0], [1e9, 0]], [[0.4, 0]], few) == [1]


FAR_AND_NEAR = [0.0, 0.1, 0.4, 1.0, 3.0, 1e-9, 1e8, 1e8 + 0.5, -1e9, 1e16, 1e50, -1e100]


@either_search
@given(both=vectors_and_samples(elements=st.sampled_from(FAR_AND_NEAR)))
def test_encode_is_exact_whatever_lies_beside(both, few):
    vectors, samples = both
    if vectors.shape[1] > 1:
        assert_nearest_to_double_precision(vectors, samples, few)


@either_search
@given(
    both=vectors_and_samples(elements=st.integers(-20, 20).map(lambda tenth: tenth / 10)),
    offset=st.sampled_from([0, 1e8, -1e12]),
)
def test_ties_of_decimals_go_to_the_first_by_differences(both, offset, few):
    vectors, samples = both
    if vectors.shape[1] > 1:
        expected = first_of_the_nearest(samples + offset, vectors + offset)
        found = encode(vectors + offset, samples + offset, few)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("outlier", [1e3, 1e9, 1e15, 1e99])
@either_search
def test_many_samples_are_encoded_the_same_with_an_outlier_in_the_codebook(outlier, few):
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(64, 3))
    samples = rng.normal(size=(3000, 3))
    with_outlier = np.vstack([vectors, np.full(3, outlier)])
    expected = first_of_the_nearest(samples, vectors)
    np.testing.assert_array_equal(encode(with_outlier, samples, few), expected)


def test_encode_of_many_samples_takes_little_room():
    samples = np.random.default_rng(0).normal(size=(200_000, 2))
    with traced_memory() as memory:
        Codebook(samples[:256]).encode(samples)
    assert memory.peak < 3 * samples.nbytes  # all distances at once: 100 times as much
