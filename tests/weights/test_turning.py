"""Signs and Hadamard: by hand, lengths and inner products, back again, and what is refused."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kurtosis

from vqlib.weights import turn, turn_back


def test_two_numbers_become_their_sum_and_difference():
    seed = next(seed for seed in range(50) if np.all(signs(2, seed) == 1))
    np.testing.assert_allclose(turn([[3, 4]], seed=seed), np.array([[7, -1]]) / np.sqrt(2))


def signs(length, seed):
    """Those of a seed: a one in each place alone shows them in the first number."""
    return np.sign(turn(np.eye(length), seed=seed)[:, 0])


@given(st.sampled_from([1, 2, 8, 64]), st.integers(0, 9))
def test_lengths_and_inner_products_stay_and_back_is_back(length, seed):
    rows = np.random.default_rng(seed).normal(size=(5, length))
    turned = turn(rows, seed=seed)
    np.testing.assert_allclose(turned @ turned.T, rows @ rows.T, atol=1e-12)
    np.testing.assert_allclose(turn_back(turned, seed=seed), rows, atol=1e-12)


def test_one_large_number_is_spread_evenly():
    row = np.zeros((1, 64))
    row[0, 5] = 8
    np.testing.assert_allclose(np.abs(turn(row)), np.ones((1, 64)))


def test_heavy_tails_are_nearly_gaussian_afterwards():
    rows = np.random.default_rng(0).laplace(size=(500, 256))
    assert kurtosis(rows.ravel()) > 2
    # The fourth cumulant of a mean of 256 is that of one over 256.
    assert kurtosis(turn(rows).ravel()) == pytest.approx(3 / 256, abs=4 * np.sqrt(24 / rows.size))


def test_other_seeds_turn_otherwise():
    rows = np.random.default_rng(0).normal(size=(3, 16))
    assert not np.allclose(turn(rows, seed=1), turn(rows, seed=2))


@pytest.mark.parametrize("function", [turn, turn_back])
@pytest.mark.parametrize(
    ("rows", "seed", "sentence"),
    [
        (
            np.ones((2, 3)),
            0,
            "rows must have a length that is a power of two, got rows of length 3",
        ),
        ([[1, np.nan]], 0, "rows must be finite"),
        ([[1, 2]], -1, "seed must be"),
    ],
)
def test_bad_input_is_refused(function, rows, seed, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        function(rows, seed=seed)
