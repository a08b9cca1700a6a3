"""Blocks with scales: by hand, against plain loops, the published levels, and what is refused."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from vqlib import Codebook
from vqlib.weights import NF4, blockwise

THREE = Codebook([-1, 0, 1])


def test_a_row_of_two_blocks_by_hand():
    made = blockwise([[4, -1, 3, 10, 2, -9]], THREE, block=3, scale_bits=16)
    np.testing.assert_array_equal(made.quantized, [[4, 0, 4, 10, 0, -10]])
    np.testing.assert_array_equal(made.indices, [[2, 1, 2, 2, 1, 0]])
    np.testing.assert_array_equal(made.scales, [4, 10])
    assert made.bits == pytest.approx(6 * np.log2(3) + 2 * 16 + 3 * 32)
    assert made.rate == pytest.approx(made.bits / 6)


@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 5))
def test_any_length_and_block_is_what_plain_loops_say(count, block, seed):
    values = np.random.default_rng(seed).normal(size=count)
    made = blockwise(values, NF4, block=block)
    wanted = []
    for first in range(0, count, block):
        run = values[first : first + block]
        scale = max(abs(value) for value in run)
        for value in run:
            level = min(NF4.vectors.ravel(), key=lambda level: abs(value / scale - level))
            wanted.append(scale * level)
    np.testing.assert_allclose(made.quantized, wanted, rtol=0, atol=1e-12)
    assert made.scales.size == -(-count // block)


def test_the_largest_of_each_block_is_exact_and_zeros_stay():
    values = np.random.default_rng(0).normal(size=(4, 64))
    values[2] = 0
    made = blockwise(values, NF4)
    largest = np.abs(values).argmax(axis=1)
    rows = np.arange(4)
    np.testing.assert_allclose(made.quantized[rows, largest], values[rows, largest], rtol=1e-15)
    assert not made.quantized[2].any()


@pytest.mark.parametrize(("block", "extra"), [(64, 0.5), (16, 2), (128, 0.25)])
def test_four_bits_cost_more(block, extra):
    made = blockwise(np.ones(2**14), NF4, block=block)
    assert made.rate == pytest.approx(4 + extra + 16 * 32 / 2**14)


def test_nf4_has_sixteen_levels_from_normal_quantiles_as_published():
    # Of QLoRA's appendix: eight quantiles for the positive half, seven for the negative one.
    offset = 0.9677083
    positive = norm.ppf(np.linspace(offset, 0.5, 9)[:-1])
    negative = -norm.ppf(np.linspace(offset, 0.5, 8)[:-1])
    levels = np.sort([*positive, 0, *negative]) / positive.max()
    np.testing.assert_allclose(NF4.vectors.ravel(), levels, atol=2e-6)


def test_error_on_gaussian_weights_is_that_of_the_exact_integral():
    # .008460 for blocks of 64; 40,000 blocks have a standard error of .000011.
    values = np.random.default_rng(0).normal(size=(10_000, 64))
    error = np.mean((values - blockwise(values, NF4).quantized) ** 2)
    assert error == pytest.approx(0.008460, abs=4 * 0.000022)


@pytest.mark.parametrize(
    ("weights", "levels", "options", "sentence"),
    [
        ([], NF4, {}, "weights must be one or more real numbers"),
        ([np.nan], NF4, {}, "weights must be finite"),
        ([1], [0, 1], {}, "levels must be a Codebook, got list"),
        ([1], Codebook([[0, 1]]), {}, "levels must hold scalars, got vectors of dimension 2"),
        ([1], NF4, {"block": 0}, "block must be"),
        ([1], NF4, {"block": 2.5}, "block must be"),
        ([1], NF4, {"scale_bits": -1}, "scale_bits must not be negative, got -1"),
    ],
)
def test_bad_input_is_refused(weights, levels, options, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        blockwise(weights, levels, **options)
