"""The laws of `vqlib.measure`, against scikit-learn, SciPy and OpenCV."""

import re

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.integrate import quad
from scipy.stats import entropy as scipy_entropy
from scipy.stats import norm
from sklearn.metrics import mean_squared_error

from tests.support import REALS
from vqlib import Codebook
from vqlib.measure import decibels, entropy, entropy_of_counts, mse, perplexity, psnr, snr

CLASSIC = Codebook([-3, -1, 1, 3])


@st.composite
def pairs_of_rows(draw):
    """Two arrays (n, k) of one shape."""
    shape = draw(st.tuples(st.integers(1, 20), st.integers(1, 4)))
    rows = arrays(float, shape, elements=REALS)
    return draw(rows), draw(rows)


def test_classic_codebook_loses_a_third_on_a_uniform_source():
    step = 2.0**-10
    middles = np.arange(-4 + step / 2, 4, step)
    # A slice of the source loses step²/12 by standing for itself as its middle, exactly.
    np.testing.assert_allclose(CLASSIC.distortion(middles) + step**2 / 12, 1 / 3, rtol=1e-12)


def test_classic_codebook_loses_more_on_a_gaussian_that_it_does_not_fit():
    samples = np.linspace(-8, 8, 20_001)
    loss = CLASSIC.distortion(samples, weights=norm.pdf(samples))
    below_2, _ = quad(lambda x: (x - 1) ** 2 * norm.pdf(x), 0, 2)
    above_2, _ = quad(lambda x: (x - 3) ** 2 * norm.pdf(x), 2, 9)
    # The sum over a grid of step .0008 is off by step² at the kinks: 1e-6.
    np.testing.assert_allclose(loss, 2 * (below_2 + above_2), atol=1e-6)
    assert round(loss, 3) == 0.336


@given(pairs_of_rows(), st.data())
def test_mse_agrees_with_scikit_learn(pair, data):
    before, after = pair
    weights = data.draw(arrays(float, len(before), elements=st.integers(1, 9).map(float)))
    np.testing.assert_allclose(mse(before, after), mean_squared_error(before, after), rtol=1e-12)
    weighted = mean_squared_error(before, after, sample_weight=weights)
    np.testing.assert_allclose(mse(before, after, weights), weighted, rtol=1e-12)


@given(arrays(np.uint8, (6, 5, 3)), arrays(np.uint8, (6, 5, 3)))
def test_mse_of_bytes_does_not_wrap_around(before, after):
    squares = [(int(a) - int(b)) ** 2 for a, b in zip(before.flat, after.flat, strict=True)]
    assert mse(before, after) == sum(squares) / len(squares)


@given(arrays(np.uint8, (7, 4)), arrays(np.uint8, (7, 4)))
def test_psnr_agrees_with_opencv(before, after):
    if (before == after).all():
        assert psnr(before, after) == np.inf
    else:
        np.testing.assert_allclose(psnr(before, after), cv2.PSNR(before, after), rtol=1e-9)


def test_psnr_known_answers():
    black = np.zeros((2, 2))
    white = np.full((2, 2), 255)
    assert psnr(black, white) == 0
    np.testing.assert_allclose(psnr(black, black + 25.5), 20, rtol=1e-12)
    np.testing.assert_allclose(psnr([0.0], [0.1], peak=1), 20, rtol=1e-12)


@given(pairs_of_rows())
def test_snr_is_variance_over_loss_and_blind_to_the_mean_of_each_dimension(pair):
    before, loss = pair
    after = before + loss
    variance = before.var(axis=0).mean()
    noise = mse(before, after)
    if (before == after).all():
        assert snr(before, after) == np.inf
    elif variance > 1e-9 and noise > 1e-9:
        offsets = 16.0 * np.arange(before.shape[1])
        here = snr(before, after)
        moved = snr(before + offsets, after + offsets)
        np.testing.assert_allclose(here, 10 * np.log10(variance / noise), rtol=0, atol=1e-9)
        np.testing.assert_allclose(moved, here, rtol=0, atol=1e-6)


def test_snr_known_answers():
    np.testing.assert_allclose(snr([-1, 1, -1, 1], [-0.9, 0.9, -1.1, 1.1]), 20, rtol=1e-12)
    assert snr([1, 2], [1, 2]) == np.inf
    assert snr([1, 1], [0, 2]) == -np.inf  # a signal that does not vary


@pytest.mark.parametrize("exponent", [-300, -160, -99, 99])
def test_snr_is_the_same_at_every_scale(exponent):
    signal = 10.0**exponent * np.array([-1, 1, -1, 1])
    np.testing.assert_allclose(snr(signal, 0.9 * signal), 20, rtol=1e-12)


@pytest.mark.parametrize("peak", [0, -1, np.nan, 1e200, "255", [1, 2]])
def test_a_peak_is_one_number_above_0(peak):
    with pytest.raises(ValueError, match=r"^peak must "):
        psnr([0.0], [1.0], peak)


def test_weights_count_as_repetitions():
    before = np.array([1.0, 2.0, 7.0])
    after = np.array([1.5, 2.0, 6.0])
    weights = [1, 2, 3]
    repeated = (np.repeat(before, weights), np.repeat(after, weights))
    np.testing.assert_allclose(mse(before, after, weights), mse(*repeated), rtol=1e-12)
    np.testing.assert_allclose(snr(before, after, weights), snr(*repeated), rtol=1e-12)


@pytest.mark.parametrize(
    ("signal", "noise", "db"), [(1, 1, 0), (100, 1, 20), (1, 0, np.inf), (0, 1, -np.inf)]
)
def test_decibels_known_answers(signal, noise, db):
    assert decibels(signal, noise) == db


@pytest.mark.parametrize(
    ("indices", "bits"),
    [([7], 0), ([0, 1], 1), ([0, 1, 2, 3], 2), ([[0, 0], [5, 9]], 1.5), ([0, 10**15], 1)],
)
def test_entropy_known_answers(indices, bits):
    assert entropy(np.array(indices, dtype=np.uint64)) == bits
    assert str(entropy(indices)) == str(float(bits))  # as text, for 0 must not print as -0.0


def some_indices():
    kinds = st.sampled_from([np.uint8, np.int16, np.uint64])
    return arrays(kinds, array_shapes(max_dims=3), elements=st.integers(0, 9))


@given(some_indices())
def test_entropy_agrees_with_scipy_and_is_at_most_log2_of_the_size(indices):
    counts = np.bincount(indices.ravel().astype(int))
    np.testing.assert_allclose(entropy(indices), scipy_entropy(counts, base=2))
    assert 0 <= entropy(indices) <= np.log2(len(np.unique(indices))) + 1e-12


@given(arrays(np.uint8, st.integers(1, 50)))
def test_entropy_does_not_care_what_the_indices_are_called(indices):
    np.testing.assert_allclose(entropy(255 - indices), entropy(indices), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("indices", "expected"),
    [([7], 1), ([5, 9], 2), ([3, 1, 0, 2], 4), ([0, 0, 5, 9], 2**1.5), (range(10**3), 10**3)],
)
def test_perplexity_known_answers(indices, expected):
    assert perplexity(indices) == pytest.approx(expected, rel=1e-12)


@given(some_indices())
def test_perplexity_is_e_to_the_entropy_in_nats_and_at_most_the_number_in_use(indices):
    counts = np.bincount(indices.ravel().astype(int))
    np.testing.assert_allclose(perplexity(indices), np.exp(scipy_entropy(counts)))
    in_use = np.count_nonzero(counts)
    assert 1 <= perplexity(indices) <= min(in_use, indices.size) * (1 + 1e-12)


def test_inputs_are_only_read():
    arrays_in = (np.array([1.0, 2.0]), np.array([1.5, 2.5]), np.array([1.0, 3.0]))
    indices = np.array([0, 1, 1])
    for array in (*arrays_in, indices):
        array.setflags(write=False)
    copies = [array.copy() for array in arrays_in]
    mse(*arrays_in)
    snr(*arrays_in)
    psnr(*arrays_in[:2])
    entropy(indices)
    for array, copy in zip(arrays_in, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("measure", [mse, snr, psnr])
@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ([], "be one or more real numbers, got float64 of shape"),
        ([np.nan], "be finite, got NaN or infinity"),
        ([-np.inf], "be finite, got NaN or infinity"),
        ([1j], "be one or more real numbers, got complex128"),
        (["a"], "be one or more real numbers, got <U1"),
        (None, "be one or more real numbers, got object"),
        ([[1, 2], [3]], "be an array, got rows of different lengths"),
    ],
)
def test_bad_samples_are_refused_by_name(measure, bad, problem):
    with pytest.raises(ValueError, match=f"^original must {problem}"):
        measure(bad, [1.0])
    with pytest.raises(ValueError, match=f"^quantized must {problem}"):
        measure([1.0], bad)


@pytest.mark.parametrize("measure", [mse, snr, psnr])
def test_shapes_that_differ_are_refused_even_where_numpy_would_broadcast(measure):
    with pytest.raises(ValueError, match=r"must have one shape, got \(3, 1\) and \(3,\)"):
        measure(np.zeros((3, 1)), np.zeros(3))


def test_snr_of_what_is_not_vectors_is_refused():
    for shape in ((), (2, 2, 3)):
        problem = f"original must have shape (n, k), or (n,) for scalars, got {shape}"
        with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
            snr(np.zeros(shape), np.zeros(shape))


@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        ([1.0], r"got float64 of shape \(1,\)"),
        ([1.0, -2.0], r"got float64 of shape \(2,\), from -2.0 to 1.0"),
        ([0.0, 0.0], r"got float64 of shape \(2,\), from 0.0 to 0.0"),
        ([np.nan, 1.0], "finite"),
        (["a", "b"], "real numbers"),
        ([None, 1], "real numbers"),
    ],
)
@pytest.mark.parametrize("measure", [mse, snr])
def test_bad_weights_are_refused(measure, weights, problem):
    with pytest.raises(ValueError, match=f"^weights must be .*{problem}"):
        measure([1.0, 2.0], [1.0, 2.0], weights)


@pytest.mark.parametrize("peak", [0, -255, np.nan, np.inf, "255", None])
def test_bad_peak_is_refused(peak):
    with pytest.raises(ValueError, match=r"^peak must be"):
        psnr([1.0], [2.0], peak)


@pytest.mark.parametrize("indices", [[], [-1], [0.5], [1.0], [True], ["a"], [None], [1j]])
@pytest.mark.parametrize("measure", [entropy, perplexity])
def test_entropy_and_perplexity_refuse_what_is_not_an_index(measure, indices):
    problem = r"^indices must be one or more whole numbers from 0 on, got .* of shape"
    with pytest.raises(ValueError, match=problem):
        measure(indices)


def test_entropy_refuses_ragged_indices():
    with pytest.raises(ValueError, match="indices must be an array, got rows of different lengths"):
        entropy([[1, 2], [3]])


@pytest.mark.parametrize(
    ("counts", "problem"),
    [
        ([-1, 2], r"counts must be numbers, none negative and not all zero, got .* from -1.0"),
        ([0, 0], r"counts must be numbers, none negative and not all zero, got .* to 0.0"),
        ([1, np.nan], "counts must be finite"),
        ([], "counts must be one or more real numbers"),
    ],
)
def test_entropy_of_counts_refuses(counts, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        entropy_of_counts(counts)


@pytest.mark.parametrize("scale", [1e-300, 1, 3, 1e307])
def test_entropy_of_counts_does_not_care_for_their_scale(scale):
    assert entropy_of_counts(np.array([2, 1, 1, 0]) * scale) == pytest.approx(1.5, rel=1e-12)
    assert entropy_of_counts([scale]) == 0


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.float16, np.float32])
def test_a_peak_of_any_kind_of_number_counts_as_that_number(kind):
    black = np.zeros(4)
    assert psnr(black, black + 1, kind(100)) == psnr(black, black + 1, 100.0)


@pytest.mark.parametrize("exponent", [-300, -160, 90])
def test_psnr_is_the_same_at_every_scale(exponent):
    scale = 10.0**exponent
    np.testing.assert_allclose(psnr([0.0], [0.1 * scale], scale), 20, rtol=1e-12)


def test_what_numpy_does_about_underflow_changes_no_measure():
    with np.errstate(all="raise"):
        np.testing.assert_allclose(mse([0, 1e-200], [1e-200, 1]), 0.5, rtol=1e-12)
        np.testing.assert_allclose(entropy_of_counts([1e-300, 1e300]), 0, atol=1e-12)
