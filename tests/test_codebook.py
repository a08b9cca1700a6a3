"""The laws of `vqlib.codebook`: nearest neighbour, and indices there and back."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.cluster.vq import vq
from scipy.spatial.distance import cdist

from vqlib import Codebook

REALS = st.floats(-1e3, 1e3)
WHOLE = st.integers(-1000, 1000).map(float)


def scalars(elements=REALS, largest=40):
    return arrays(float, st.integers(1, largest), elements=elements)


def matching_vectors(elements=WHOLE):
    """Code vectors and samples of one dimension."""
    rows = st.integers(1, 20)
    pair = lambda d: st.tuples(*[arrays(float, st.tuples(rows, st.just(d)), elements=elements)] * 2)  # noqa: E731
    return st.integers(1, 5).flatmap(pair)


@pytest.fixture
def classic():
    return Codebook([-3, -1, 1, 3])


def test_classic_codebook_is_the_one_of_the_picture(classic):
    np.testing.assert_array_equal(classic.thresholds, [-2, 0, 2])
    np.testing.assert_array_equal(classic.encode([-9, -2.1, -1.9, -0.1, 0.1, 1.9, 2.1, 9]), [0, 0, 1, 1, 2, 2, 3, 3])
    assert (classic.size, classic.dimension, classic.bits, classic.rate) == (4, 1, 2.0, 2.0)
    assert repr(classic) == "Codebook([[-3.0], [-1.0], [1.0], [3.0]])"


def test_classic_scalar_on_a_threshold_goes_up(classic):
    np.testing.assert_array_equal(classic.encode([-2, 0, 2]), [1, 2, 3])


@pytest.mark.parametrize(("size", "dimension", "rate"), [(1, 1, 0), (16, 2, 2), (256, 16, 0.5), (8, 3, 1)])
def test_rate_is_bits_per_dimension(size, dimension, rate):
    codebook = Codebook(np.arange(size * dimension).reshape(size, dimension))
    assert codebook.rate == rate
    assert codebook.bits == rate * dimension


def test_repr_of_a_large_codebook_is_short():
    assert repr(Codebook(np.zeros((17, 3)))) == "Codebook(17 code vectors of dimension 3)"


@given(samples=scalars(), levels=scalars(largest=9))
def test_encode_picks_the_nearest_scalar(samples, levels):
    distances = np.abs(samples[:, None] - levels)
    indices = Codebook(levels).encode(samples)
    np.testing.assert_array_equal(distances[np.arange(len(samples)), indices], distances.min(axis=1))


@given(samples=scalars(WHOLE), levels=scalars(WHOLE, largest=9))
def test_encode_of_a_scalar_as_near_to_two_levels_takes_the_larger(samples, levels):
    distances = np.abs(samples[:, None] - levels)
    nearest = distances == distances.min(axis=1, keepdims=True)
    np.testing.assert_array_equal(Codebook(levels).quantize(samples), np.where(nearest, levels, -np.inf).max(axis=1))


@given(levels=arrays(float, st.integers(2, 20), elements=WHOLE, unique=True))
def test_every_threshold_goes_to_the_upper_of_its_two_levels(levels):
    codebook = Codebook(levels)
    np.testing.assert_array_equal(codebook.quantize(codebook.thresholds), np.sort(levels)[1:])


@given(matching_vectors())
def test_encode_picks_the_nearest_vector(both):
    vectors, samples = both  # whole numbers: two distances differ by 1 or not at all, far above any rounding
    distances = ((samples[:, None] - vectors) ** 2).sum(axis=2)
    indices = Codebook(vectors).encode(samples)
    np.testing.assert_array_equal(distances[np.arange(len(samples)), indices], distances.min(axis=1))


@pytest.mark.parametrize("dimension", [2, 3, 16])
@pytest.mark.parametrize("offset", [0, 1e6])
def test_encode_agrees_with_scipy(dimension, offset):
    rng = np.random.default_rng(dimension)
    vectors, samples = rng.normal(offset, 1, (64, dimension)), rng.normal(offset, 1, (2000, dimension))
    np.testing.assert_array_equal(Codebook(vectors).encode(samples), vq(samples - offset, vectors - offset)[0])


@st.composite
def few_whole_vectors(draw):
    """Code vectors and samples of two and more dimensions among few whole numbers: many ties, many equal vectors."""
    dimension, offset = draw(st.integers(2, 5)), draw(st.sampled_from([0, -300, 10**7]))
    shape = st.tuples(st.integers(1, 12), st.just(dimension))
    vectors, samples = (draw(arrays(float, shape, elements=st.integers(-2, 2).map(float))) for _ in range(2))
    return vectors + offset, samples + offset


@given(few_whole_vectors())
def test_tie_of_whole_vectors_goes_to_the_first_wherever_the_origin_is(both):
    vectors, samples = both
    first = cdist(samples, vectors, "sqeuclidean").argmin(axis=1)
    np.testing.assert_array_equal(Codebook(vectors).encode(samples), first)


@pytest.mark.parametrize("offset", [0, 1e7, -1e7])
def test_every_byte_block_goes_to_the_nearest_wherever_the_origin_is(offset):
    rng = np.random.default_rng(5)
    vectors, samples = (rng.integers(0, 256, (count, 16)).astype(float) for count in (300, 2000))
    first = cdist(samples, vectors, "sqeuclidean").argmin(axis=1)
    np.testing.assert_array_equal(Codebook(vectors + offset).encode(samples + offset), first)


def test_equal_code_vectors_give_way_to_the_first_of_them():
    samples = np.array([[0.0, 1], [5, 5], [6, 4]])
    codebook = Codebook([[5, 5], [0, 0], [5, 5], [0, 0], [0, 0]])
    np.testing.assert_array_equal(codebook.encode(samples), [1, 0, 0])
    np.testing.assert_array_equal(Codebook(np.zeros((9, 2))).encode(samples), [0, 0, 0])


def test_encode_of_few_samples_takes_little_time_and_room_however_large_the_codebook():
    vectors = np.random.default_rng(0).integers(0, 256, (65536, 12))
    tracemalloc.start()
    try:
        np.testing.assert_array_equal(Codebook(vectors).encode(vectors[[65535, 7, 40000]]), [65535, 7, 40000])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * vectors.size * 8


@given(matching_vectors(), st.randoms(use_true_random=False))
def test_order_of_the_codebook_does_not_change_what_is_lost(both, random):
    vectors, samples = both
    shuffled = random.sample(list(vectors), len(vectors))
    assert Codebook(shuffled).distortion(samples) == Codebook(vectors).distortion(samples)


@given(matching_vectors())
def test_quantize_again_changes_nothing(both):
    codebook, samples = Codebook(both[0]), both[1]
    once = codebook.quantize(samples)
    np.testing.assert_array_equal(codebook.quantize(once), once)


@given(matching_vectors(), st.integers(-(10**6), 10**6))
def test_shift_of_samples_and_codebook_changes_no_distortion(both, shift):
    vectors, samples = both
    shifted = Codebook(vectors + shift).distortion(samples + shift)
    assert shifted == Codebook(vectors).distortion(samples)


@given(matching_vectors(elements=REALS))
def test_indices_run_from_0_to_size_minus_1_and_decode_looks_them_up(both):
    codebook, samples = Codebook(both[0]), both[1]
    indices = codebook.encode(samples)
    assert indices.shape == (len(samples),)
    assert indices.dtype == np.intp
    assert 0 <= indices.min() <= indices.max() < codebook.size
    np.testing.assert_array_equal(codebook.decode(indices), both[0][indices])
    np.testing.assert_array_equal(codebook.quantize(samples), codebook.decode(indices))


@given(arrays(np.uint8, array_shapes(min_dims=0, max_dims=3), elements=st.integers(0, 2)))
def test_decode_keeps_the_shape_of_the_indices(indices):
    vectors = np.array([[0, 1], [2, 3], [4, 5]])
    decoded = Codebook(vectors).decode(indices)
    assert decoded.shape == (*indices.shape, 2)
    np.testing.assert_array_equal(decoded, vectors[indices])


@pytest.mark.parametrize("kind", [np.int8, np.uint64, np.intp])
def test_decode_takes_every_integer_type(classic, kind):
    np.testing.assert_array_equal(classic.decode(np.array([3, 0], dtype=kind)), [[3], [-3]])


def test_decode_of_no_index_is_no_vector(classic):
    assert classic.decode(np.zeros(0, dtype=int)).shape == (0, 1)


@pytest.mark.parametrize("shape", [(5,), (5, 1)])
def test_quantize_keeps_the_shape_of_scalars(classic, shape):
    assert classic.quantize(np.zeros(shape)).shape == shape


@given(matching_vectors(), st.data())
def test_distortion_is_the_weighted_mean_over_samples_and_dimensions(both, data):
    codebook, samples = Codebook(both[0]), both[1]
    weights = data.draw(arrays(float, len(samples), elements=st.integers(1, 9).map(float)))
    squares = vq(samples, both[0])[1] ** 2 / codebook.dimension
    np.testing.assert_allclose(codebook.distortion(samples), squares.mean(), rtol=1e-12)
    np.testing.assert_allclose(
        codebook.distortion(samples, weights), (weights * squares).sum() / weights.sum(), rtol=1e-12
    )


def test_codebook_is_immutable_and_does_not_share_memory():
    vectors = np.array([[0.0, 1.0], [2.0, 3.0]])
    codebook = Codebook(vectors)
    vectors[:] = 9
    np.testing.assert_array_equal(codebook.vectors, [[0, 1], [2, 3]])
    with pytest.raises(ValueError, match="read-only"):
        codebook.vectors[0, 0] = 5
    with pytest.raises(AttributeError):
        codebook.vectors = vectors
    codebook.decode([0])[:] = 7  # what comes out belongs to the caller
    np.testing.assert_array_equal(codebook.vectors, [[0, 1], [2, 3]])


@pytest.mark.parametrize("vectors", [[[-1.0], [1.0]], [[0.0, 0.0], [1.0, 1.0]]])
def test_inputs_are_only_read(vectors):
    codebook = Codebook(vectors)
    samples = np.random.default_rng(0).normal(size=(50, codebook.dimension))
    weights, before = np.ones(50), samples.copy()
    for array in (samples, weights):
        array.setflags(write=False)
    indices = codebook.encode(samples)
    indices.setflags(write=False)
    codebook.decode(indices)
    codebook.distortion(samples, weights)
    np.testing.assert_array_equal(samples, before)


NOT_NUMBERS = [
    ([], "one or more real numbers, got float64 of shape"),
    ([[1.0, np.nan]], "finite, got NaN or infinity"),
    ([[1.0, np.inf]], "finite, got NaN or infinity"),
    ([[1 + 1j]], "real numbers, got complex128"),
    ([[None]], "real numbers, got object"),
    ([["1"]], "real numbers, got <U1"),
    ([[1, 2], [3]], "an array, got rows of different lengths"),
]


@pytest.mark.parametrize(
    ("vectors", "problem"),
    [
        *NOT_NUMBERS,
        (3.0, r"shape \(n, d\), or \(n,\) for scalars, got \(\)"),
        (np.zeros((2, 2, 2)), r"shape \(n, d\), or \(n,\) for scalars, got \(2, 2, 2\)"),
        (np.zeros((2, 0)), r"one or more real numbers, got float64 of shape \(2, 0\)"),
    ],
)
def test_bad_vectors_are_refused(vectors, problem):
    with pytest.raises(ValueError, match=f"^vectors must .*{problem}"):
        Codebook(vectors)


@pytest.mark.parametrize(
    ("samples", "problem"),
    [
        *NOT_NUMBERS,
        ([1.0, 2.0], r"shape \(n, 2\), got \(2,\)"),
        ([[1.0]], r"shape \(n, 2\), got \(1, 1\)"),
        (np.zeros((1, 1, 2)), r"shape \(n, 2\), got \(1, 1, 2\)"),
    ],
)
@pytest.mark.parametrize("method", ["encode", "quantize", "distortion"])
def test_bad_samples_are_refused(method, samples, problem):
    with pytest.raises(ValueError, match=f"^samples must .*{problem}"):
        getattr(Codebook([[0, 0], [1, 1]]), method)(samples)


def test_bad_scalar_samples_are_told_both_shapes(classic):
    with pytest.raises(ValueError, match=r"samples must have shape \(n, 1\) or \(n,\), got \(1, 2\)"):
        classic.encode([[1.0, 2.0]])


@pytest.mark.parametrize(
    ("indices", "came"),
    [
        ([4], r"int64 of shape \(1,\), from 4 to 4"),
        ([0, -1], r"int64 of shape \(2,\), from -1 to 0"),
        ([1.0], "float64"),
        ([True], "bool"),
        ([None], "object"),
        ("a", "<U1"),
        ([], "float64"),
    ],
)
def test_bad_indices_are_refused(classic, indices, came):
    with pytest.raises(ValueError, match=f"^indices must be whole numbers from 0 to 3, got {came}"):
        classic.decode(indices)


def test_ragged_indices_are_refused(classic):
    with pytest.raises(ValueError, match="indices must be an array, got rows of different lengths"):
        classic.decode([[1, 2], [3]])


@pytest.mark.parametrize("weights", [[1], [1, -1], [0, 0], [[1, 1]]])
def test_bad_weights_are_refused(classic, weights):
    with pytest.raises(ValueError, match="weights must be 2 numbers, none negative and not all zero, got float64"):
        classic.distortion([1.0, 2.0], weights)


def test_thresholds_of_vectors_are_refused():
    with pytest.raises(ValueError, match="thresholds need a codebook of scalars, got vectors of dimension 2"):
        _ = Codebook([[1, 2]]).thresholds
