"""The best scalar codebook for code words of different lengths, against brute force and print."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.design.support import histograms
from vqlib import Codebook, design
from vqlib.design import entropy_constrained, optimal_entropy_coded
from vqlib.measure import decibels
from vqlib.sources import density


def partitions(count):
    """All ways to put so many things into cells, neighbours or not, as lists of cell numbers."""
    if count == 0:
        yield []
        return
    for cells in partitions(count - 1):
        for cell in range(max(cells, default=-1) + 2):
            yield [*cells, cell]


def cost_of(values, counts, cells, price):
    """Squared error and price of the entropy, written out."""
    total = 0.0
    for cell in set(cells):
        own = np.array(cells) == cell
        mean = np.average(values[own], weights=counts[own])
        share = counts[own].sum() / counts.sum()
        total += counts[own] @ (values[own] - mean) ** 2 / counts.sum()
        total -= price * share * np.log2(share)
    return total


@settings(max_examples=60)
@given(histograms(), st.floats(0, 20))
def test_no_way_to_group_the_values_costs_less(histogram, price):
    values, counts = histogram
    least = min(cost_of(values, counts, cells, price) for cells in partitions(len(values)))
    codebook, lengths, indices, cost = optimal_entropy_coded(values, price, counts)
    assert cost == pytest.approx(least, rel=1e-9, abs=1e-12)
    assert cost_of(values, counts, indices, price) == pytest.approx(cost, rel=1e-9, abs=1e-12)
    share = np.bincount(indices, counts, codebook.size) / counts.sum()
    np.testing.assert_allclose(2.0**-lengths, share, rtol=1e-12)
    assert (np.diff(codebook.vectors[:, 0]) > 0).all()


@settings(max_examples=40)
@given(histograms(), st.floats(0.01, 20), st.randoms(use_true_random=False))
def test_order_repetition_and_values_of_no_weight_make_no_difference(histogram, price, chance):
    values, counts = histogram
    expected = optimal_entropy_coded(values, price, counts)
    repeated = np.repeat(values, counts.astype(int)).tolist()
    chance.shuffle(repeated)
    found = optimal_entropy_coded([*repeated, 99], price, [1] * len(repeated) + [0])
    assert found.cost == pytest.approx(expected.cost, rel=1e-9, abs=1e-12)


def rate_and_snr(price):
    points, weights = density("Gaussian")
    step = optimal_entropy_coded(points, price, weights)
    rate = float(step.lengths @ 2.0**-step.lengths)
    return rate, decibels(1, step.cost - price * rate), step.cost


@pytest.mark.parametrize(  # by minimizing over thresholds, with the integrals of the distribution
    ("price", "cost"),
    [(0.45, 0.798189), (0.3, 0.623371), (0.12, 0.328894), (0.035, 0.127043), (0.01, 0.045335)],
)
def test_the_optimum_of_a_gaussian_has_the_cost_of_exact_integrals(price, cost):
    # The points lose 5.3e-6 less than the integral, step² / 12.
    assert rate_and_snr(price)[2] + 5.3e-6 == pytest.approx(cost, abs=3e-6)


CURVE = np.array([rate_and_snr(price) for price in np.geomspace(2, 0.01, 80)])


@pytest.mark.parametrize(
    ("bits", "snr", "gap"),
    [
        (0.25, 1.027, 0.48),
        (0.5, 2.096, 0.91),
        (1, 4.581, 1.44),
        (2, 10.510, 1.53),
        (3, 16.529, 1.53),
    ],
)
def test_the_optimum_of_a_gaussian_has_the_figures_of_the_reference(bits, snr, gap):
    found = np.interp(bits, CURVE[:, 0], CURVE[:, 1])
    assert found == pytest.approx(snr, abs=0.004)
    assert 20 * np.log10(2) * bits - found == pytest.approx(gap, abs=0.006)


def test_the_distance_from_the_limit_grows_to_that_of_high_rates_and_no_further():
    gaps = 20 * np.log10(2) * CURVE[:, 0] - CURVE[:, 1]
    highest = 10 * np.log10(2 * np.pi * np.e / 12)  # 1.533 dB
    assert (np.diff(CURVE[:, 0]) >= 0).all()
    assert CURVE[-1, 0] > 3.8
    assert gaps.max() < highest
    assert (np.diff(gaps) > -0.003).all()
    assert gaps[-1] > highest - 0.005


@pytest.mark.parametrize("size", [3, 5, 8, 17])
def test_training_never_ends_below_the_optimum(size):
    points, weights = density("Laplacian")
    optimum = optimal_entropy_coded(points, 0.3, weights)
    *_, trained = entropy_constrained(points, design.uniform(size, -4, 4), 0.3, weights)
    assert trained.cost >= optimum.cost * (1 - 1e-12)
    # And begun from the optimum it stays there.
    *_, again = entropy_constrained(points, optimum.codebook, 0.3, weights)
    assert again.cost >= optimum.cost * (1 - 1e-12)


def test_an_outlier_does_not_blur_what_lies_close():
    codebook, lengths, indices, _ = optimal_entropy_coded([0, 0.4, 1e9], 0.01)
    assert codebook.vectors[:, 0].tolist() == [0, 0.4, 1e9]
    assert indices.tolist() == [0, 1, 2]
    np.testing.assert_allclose(lengths, np.log2(3), rtol=1e-12)
    assert optimal_entropy_coded([0, 0.4, 1e9], 1).codebook.vectors[:, 0].tolist() == [0.2, 1e9]


@pytest.mark.filterwarnings("error")
@settings(max_examples=60)
@given(
    arrays(float, 6, elements=st.sampled_from([0, 1, -3, 1e-200, 5e-324, 1e100, -1e140, 1e140])),
    st.lists(st.sampled_from([1.0, 0.0, 1e-300, 5e-324, 1e300]), min_size=6, max_size=6),
    st.sampled_from([0.0, 5e-324, 1e-100, 1.0, 1e200, 1e280]),
)
def test_the_worst_numbers_give_a_finite_result(values, weights, price):
    weights[0] = 1.0
    codebook, lengths, indices, cost = optimal_entropy_coded(values, price, weights)
    assert np.isfinite(cost)
    assert np.isfinite(lengths).all()
    assert indices.max() < codebook.size
    assert values.min() <= codebook.vectors.min() <= codebook.vectors.max() <= values.max()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (([0, 1], -1), "price must not be negative, got -1"),
        (([0, 1], 1e300), "price must be at most 1e.280, got"),
        (([0, np.inf], 1), "values must be finite"),
        (([], 1), "values must be one or more real numbers"),
        (([0, 1e150], 1), "values must be from -1e.140 to 1e.140, got"),
        (([0, 1], 1, [1]), "weights must be 2 numbers"),
        ((np.arange(20_001), 1), "values must be at most 20000 distinct numbers, got 20001"),
    ],
)
def test_the_optimum_refuses(arguments, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        optimal_entropy_coded(*arguments)


def test_the_result_is_a_step_like_those_of_training():
    step = optimal_entropy_coded([1, 2, 9], 0.5)
    assert isinstance(step, design.PricedStep)
    assert isinstance(step.codebook, Codebook)
