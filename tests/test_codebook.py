"""The laws of `vqlib.codebook`: indices there and back, what a code costs and what it loses."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.cluster.vq import vq

from tests.support import REALS, assert_refused, vectors_and_samples
from vqlib import Codebook
from vqlib.codebook import check_codebook


@pytest.fixture
def classic():
    return Codebook([-3, -1, 1, 3])


def test_classic_codebook_is_the_one_of_the_picture(classic):
    np.testing.assert_array_equal(classic.thresholds, [-2, 0, 2])
    indices = classic.encode([-9, -2.1, -1.9, -0.1, 0.1, 1.9, 2.1, 9])
    np.testing.assert_array_equal(indices, [0, 0, 1, 1, 2, 2, 3, 3])
    assert (classic.size, classic.dimension, classic.bits, classic.rate) == (4, 1, 2.0, 2.0)
    assert repr(classic) == "Codebook([[-3.0], [-1.0], [1.0], [3.0]])"


@pytest.mark.parametrize(
    ("size", "dimension", "rate"), [(1, 1, 0), (16, 2, 2), (256, 16, 0.5), (8, 3, 1)]
)
def test_rate_is_bits_per_dimension(size, dimension, rate):
    codebook = Codebook(np.arange(size * dimension).reshape(size, dimension))
    assert codebook.rate == rate
    assert codebook.bits == rate * dimension


def test_repr_of_a_large_codebook_is_short():
    assert repr(Codebook(np.zeros((17, 3)))) == "Codebook(17 code vectors of dimension 3)"
    assert repr(Codebook(np.zeros(17))) == "Codebook(17 code vectors of dimension 1)"
    assert repr(Codebook(np.zeros((8, 2)))) == f"Codebook({[[0.0, 0.0]] * 8})"


@given(vectors_and_samples(), st.randoms(use_true_random=False))
def test_order_of_the_codebook_does_not_change_what_is_lost(both, random):
    vectors, samples = both
    shuffled = random.sample(list(vectors), len(vectors))
    assert Codebook(shuffled).distortion(samples) == Codebook(vectors).distortion(samples)


@given(vectors_and_samples())
def test_quantize_again_changes_nothing(both):
    vectors, samples = both
    codebook = Codebook(vectors)
    once = codebook.quantize(samples)
    np.testing.assert_array_equal(codebook.quantize(once), once)


@given(vectors_and_samples(), st.integers(-(10**6), 10**6))
def test_shift_of_samples_and_codebook_changes_no_distortion(both, shift):
    vectors, samples = both
    shifted = Codebook(vectors + shift).distortion(samples + shift)
    assert shifted == Codebook(vectors).distortion(samples)


@given(vectors_and_samples(elements=REALS))
def test_indices_run_from_0_to_size_minus_1_and_decode_looks_them_up(both):
    vectors, samples = both
    codebook = Codebook(vectors)
    indices = codebook.encode(samples)
    assert indices.shape == (len(samples),)
    assert indices.dtype == np.intp
    assert 0 <= indices.min() <= indices.max() < codebook.size
    np.testing.assert_array_equal(codebook.decode(indices), vectors[indices])
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


@given(vectors_and_samples(), st.data())
def test_distortion_is_the_weighted_mean_over_samples_and_dimensions(both, data):
    vectors, samples = both
    codebook = Codebook(vectors)
    weights = data.draw(arrays(float, len(samples), elements=st.integers(1, 9).map(float)))
    _, distances = vq(samples, vectors)
    squares = distances**2 / codebook.dimension
    np.testing.assert_allclose(codebook.distortion(samples), squares.mean(), rtol=1e-12)
    weighted = (weights * squares).sum() / weights.sum()
    np.testing.assert_allclose(codebook.distortion(samples, weights), weighted, rtol=1e-12)


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
    weights = np.ones(50)
    before = samples.copy()
    samples.setflags(write=False)
    weights.setflags(write=False)
    indices = codebook.encode(samples)
    indices.setflags(write=False)
    codebook.decode(indices)
    codebook.distortion(samples, weights)
    np.testing.assert_array_equal(samples, before)


# --- what is refused -----------------------------------------------------------------------------

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
        (3.0, r"shape \(n, k\), or \(n,\) for scalars, got \(\)"),
        (np.zeros((2, 2, 2)), r"shape \(n, k\), or \(n,\) for scalars, got \(2, 2, 2\)"),
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
    problem = r"samples must have shape \(n, 1\) or \(n,\), got \(1, 2\)"
    with pytest.raises(ValueError, match=problem):
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
    problem = "weights must be 2 numbers, none negative and not all zero, got float64"
    with pytest.raises(ValueError, match=problem):
        classic.distortion([1.0, 2.0], weights)


def test_thresholds_of_vectors_are_refused():
    problem = "thresholds need a codebook of scalars, got vectors of dimension 2"
    with pytest.raises(ValueError, match=problem):
        _ = Codebook([[1, 2]]).thresholds


def test_a_codebook_is_let_through(classic):
    assert check_codebook(classic) is classic


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ([0, 255], "list"),
        (np.zeros((2, 1)), "ndarray"),
        ("codebook.npz", "str"),
        (None, "NoneType"),
        (Codebook, "type"),
        (4, "int"),
    ],
)
def test_what_is_no_codebook_is_refused(value, kind):
    sentence = f"start must be a Codebook, got {kind}: Codebook([...]) makes one of code vectors"
    assert_refused(sentence, check_codebook, value, "start")


# --- nobody can change a codebook ----------------------------------------------------------------


def through_pickle(codebook):
    return pickle.loads(pickle.dumps(codebook))


COPIES = [lambda codebook: codebook, copy.copy, copy.deepcopy, through_pickle]


@pytest.mark.parametrize("copied", COPIES, ids=["itself", "copy", "deepcopy", "pickle"])
def test_a_codebook_and_its_copies_stay_read_only(copied):
    codebook = copied(Codebook([[0, 1], [2, 3]]))
    assert codebook.vectors.tolist() == [[0, 1], [2, 3]]
    below = codebook.vectors
    while isinstance(below, np.ndarray):
        with pytest.raises(ValueError, match="read-only"):
            below.reshape(-1)[0] = 5
        with pytest.raises(ValueError, match="WRITEABLE"):
            below.setflags(write=True)
        below = below.base
    assert type(below) is bytes


class Named(np.ndarray):
    """Arrays of a class of one's own."""


def test_code_vectors_of_another_class_of_array_become_plain():
    codebook = Codebook(np.array([0.0, 1.0]).view(Named))
    assert type(codebook.vectors) is np.ndarray


# --- over the range of doubles -------------------------------------------------------------------

EXPONENTS = [-320, -300, -160, -99, 0, 99, 160, 300]


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("dimension", [1, 2, 16])
def test_every_scale_has_the_same_indices_or_is_refused(dimension, exponent):
    rng = np.random.default_rng(dimension)
    vectors = rng.integers(-9, 10, (20, dimension)) + 0.5
    samples = rng.integers(-9, 10, (200, dimension))
    expected = Codebook(vectors).encode(samples)
    scale = 2.0 ** max(-1073, exponent * 3)  # about ten to that power: no rounding
    if scale > 1e99:
        with pytest.raises(ValueError, match=r"^vectors must lie from -1e\+100 to 1e\+100, got"):
            Codebook(vectors * scale)
    else:
        codebook = Codebook(vectors * scale)
        np.testing.assert_array_equal(codebook.encode(samples * scale), expected)
        loss = codebook.distortion(samples * scale)
        same = float(np.ldexp(Codebook(vectors).distortion(samples), 2 * int(np.log2(scale))))
        assert loss == same  # to the last bit, 0 where there is no such double


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_thresholds_of_every_scale_are_half_way_or_refused(exponent):
    scale = 2.0 ** (exponent * 3)
    if scale < 1e99:
        found = Codebook(np.array([3, -3, 1, -1]) * scale).thresholds
        np.testing.assert_array_equal(found, np.array([-2, 0, 2]) * scale)
    else:
        with pytest.raises(ValueError, match=r"^vectors must lie from"):
            Codebook(np.array([3, -3, 1, -1]) * scale)


def test_the_shape_of_its_vectors_cannot_be_changed():
    codebook = Codebook([1, 2, 3, 4])
    codebook.vectors.shape = (2, 2)
    assert codebook.vectors.shape == (4, 1)
