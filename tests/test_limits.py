"""The limits of `vqlib.limits`, against brute force, closed forms and print.

And the table of what trained codebooks reach, against the limits.
"""

import importlib.util
import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad
from scipy.linalg import toeplitz

from tests.support import ROOT
from vqlib import limits
from vqlib.limits import (
    RATES,
    Measured,
    blahut,
    distortion_rate,
    gauss_markov_spectrum,
    measured,
    size_at,
)
from vqlib.measure import decibels
from vqlib.sources import DENSITIES

# --- the limit of a Gaussian source --------------------------------------------------------------


def rate_at_level(level: float, variances: np.ndarray) -> float:
    """Bits per component that are spent on those above the water level."""
    if level == 0:
        return np.inf
    above = variances[variances > level]
    return 0.5 * np.log2(above / level).sum() / variances.size


def distortion_by_halving(rate: float, variances: np.ndarray) -> float:
    """The same limit by halving an interval around the water level, 200 times."""
    low = 0.0
    high = float(variances.max())
    for _ in range(200):
        level = (low + high) / 2
        if rate_at_level(level, variances) > rate:
            low = level
        else:
            high = level
    return float(np.minimum(high, variances).mean())


some_variances = arrays(
    float, st.integers(1, 8), elements=st.one_of(st.just(0.0), st.floats(1e-3, 100))
)


@given(st.floats(0, 6), some_variances)
def test_water_filling_equals_halving_the_level(rate, variances):
    expected = distortion_by_halving(rate, variances)
    found = distortion_rate(rate, variances)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-300)


@given(st.floats(0, 6), st.floats(0, 6), some_variances)
def test_more_bits_never_lose_more(one, other, variances):
    few, many = sorted([one, other])
    assert distortion_rate(many, variances) <= distortion_rate(few, variances) * (1 + 1e-12)


@given(some_variances, st.randoms(use_true_random=False), st.floats(0, 6))
def test_the_order_of_the_variances_makes_no_difference(variances, chance, rate):
    mixed = chance.sample(list(variances), len(variances))
    expected = distortion_rate(rate, variances)
    np.testing.assert_allclose(distortion_rate(rate, mixed), expected, rtol=1e-12)


def test_independent_samples_of_variance_1_lose_a_quarter_for_each_bit():
    rates = np.array([[0, 0.5, 1], [2, 3, 8]])
    np.testing.assert_allclose(distortion_rate(rates), 2.0 ** (-2 * rates), rtol=1e-12)
    np.testing.assert_allclose(distortion_rate(rates, [7.0]), 7 * 2.0 ** (-2 * rates), rtol=1e-12)


def test_no_bits_lose_the_variance():
    np.testing.assert_allclose(distortion_rate(0, [1, 2, 6, 0]), 9 / 4, rtol=1e-12)


def test_components_of_no_variance_need_no_bits():
    assert distortion_rate([0, 1], [0, 0]).tolist() == [0, 0]
    np.testing.assert_allclose(distortion_rate(1, [5, 0]), 5 / 2 * 2**-4, rtol=1e-12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_the_limit_goes_with_the_scale_of_the_variances(scale):
    expected = distortion_rate([0, 1, 5], [4, 1, 0.1])
    found = distortion_rate([0, 1, 5], np.array([4, 1, 0.1]) * scale)
    np.testing.assert_allclose(found / scale, expected, rtol=1e-12)
    assert distortion_rate(1e308, [scale, scale]) == 0


@pytest.mark.parametrize(("rate", "snr"), [(1, 13.233), (0.5, 9.894)])
def test_gauss_markov_by_water_filling(rate, snr):
    # 1 bit by the closed form below; 0.5 bit was computed apart.
    distortion = distortion_rate(rate, gauss_markov_spectrum(0.9))
    assert decibels(1, distortion) == pytest.approx(snr, abs=6e-4)


@pytest.mark.parametrize("rho", [-0.9, -0.5, 0, 0.3, 0.9])
def test_the_simple_formula_holds_from_a_certain_rate_on_and_is_too_good_below(rho):
    least = np.log2(1 + abs(rho))

    def simple(rate):
        return (1 - rho**2) * 2 ** (-2 * rate)

    spectrum = gauss_markov_spectrum(rho)
    above = least + np.array([1e-3, 0.1, 1, 4])
    np.testing.assert_allclose(distortion_rate(above, spectrum), simple(above), rtol=1e-6)
    below = least * np.array([0.1, 0.5, 0.9])
    if rho:
        assert (distortion_rate(below, spectrum) > simple(below) * (1 + 1e-4)).all()


ALL_RHOS = [-0.9999, -0.5, 0, 0.3, 0.9, 0.99, 0.9999, 1 - 1e-12]


@pytest.mark.parametrize("rho", ALL_RHOS)
@pytest.mark.parametrize("size", [1, 7, 512, 4096])
def test_the_spectrum_has_mean_1_however_narrow_its_peak(rho, size):
    spectrum = gauss_markov_spectrum(rho, size)
    assert spectrum.shape == (size,)
    assert spectrum.min() > 0
    assert spectrum.mean() == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("rho", [-0.8, 0, 0.5, 0.9, 0.9999])
def test_the_spectrum_is_the_mean_of_its_formula_over_each_step(rho):
    spectrum = gauss_markov_spectrum(rho, 9)
    width = np.pi / 9
    for step, value in enumerate(spectrum):
        ends = (step * width, (step + 1) * width)
        narrow = [abs(1 - rho), 10 * abs(1 - rho)]  # where the peak is, if there is one
        integral, _ = quad(
            lambda w: (1 - rho) * (1 + rho) / ((1 - rho) ** 2 + 4 * rho * np.sin(w / 2) ** 2),
            *ends,
            points=[point for point in narrow if ends[0] < point < ends[1]],
            epsrel=1e-11,
        )
        assert value == pytest.approx(integral / width, rel=1e-9)


@pytest.mark.parametrize("rho", ALL_RHOS[:-1])
def test_the_limit_of_the_spectrum_is_the_closed_form_where_every_component_gets_bits(rho):
    rates = np.log2(1 + abs(rho)) + np.array([1e-3, 0.1, 1, 4])
    exact = (1 - rho) * (1 + rho) * 2 ** (-2 * rates)
    too_high = 10 * np.log10(distortion_rate(rates, gauss_markov_spectrum(rho)) / exact)
    assert (too_high > -1e-9).all()
    assert (too_high < 0.0011).all()


@pytest.mark.parametrize("rho", [-0.5, 0.5, 0.9])
def test_the_spectrum_agrees_with_the_eigenvalues_of_the_covariance(rho):
    n = 400
    exact = np.linalg.eigvalsh(toeplitz(rho ** np.arange(n)))
    spectrum = np.sort(gauss_markov_spectrum(rho, n))
    # An eigenvalue is the spectrum at an angle within a step of ours.
    np.testing.assert_allclose(spectrum, exact, rtol=0.015)
    for rate in (0.2, 0.5, 1, 2):
        endless = distortion_rate(rate, spectrum)
        finite = distortion_rate(rate, exact)
        # A sequence has less memory than an endless one: at high rates its loss is more by
        # (1 - rho²)^(-1/n).
        assert 1 < finite / endless < (1 - rho**2) ** (-2 / n)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((-0.1,), "rate must not be negative, got -0.1"),
        (([1, -2],), "rate must not be negative, got -2.0"),
        ((np.nan,), "rate must be finite"),
        ((np.inf,), "rate must be finite"),
        (("a",), "rate must be one or more real numbers"),
        ((1, [1, -1]), "variances must not be negative, got -1.0"),
        ((1, [1, np.nan]), "variances must be finite"),
        ((1, []), "variances must be one or more real numbers"),
    ],
)
def test_distortion_rate_refuses(arguments, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        distortion_rate(*arguments)


@pytest.mark.parametrize("rho", [1, -1, 1.5, [0.5]])
def test_the_spectrum_refuses_a_rho_that_is_no_correlation(rho):
    with pytest.raises(ValueError, match=r"^rho must lie between -1 and 1, got"):
        gauss_markov_spectrum(rho)


@pytest.mark.parametrize("size", [0, 2.5])
def test_the_spectrum_refuses_a_size_that_is_no_number_of_steps(size):
    with pytest.raises(ValueError, match=r"^size must be a whole number"):
        gauss_markov_spectrum(0.5, size)


def test_the_spectrum_refuses_a_rho_that_is_no_number():
    with pytest.raises(ValueError, match=r"^rho must be finite"):
        gauss_markov_spectrum(np.nan)


# --- the limit of any source of independent numbers ----------------------------------------------


def in_points(name: str, reach: float, size: int) -> tuple[np.ndarray, np.ndarray]:
    points = reach * (2 * np.arange(size) + 1 - size) / size
    _, shape = DENSITIES[name]
    return points, shape(points)


@pytest.mark.parametrize("price", [0.2, 0.5, 1.2])
def test_blahut_of_a_gaussian_is_its_formula(price):
    rate, distortion = blahut(*in_points("Gaussian", 5, 150), price, tolerance=1e-3)
    # .003 bit or .018 dB: .001 for the tolerance, the rest for points in steps of .07 and the tails
    # beyond 5.
    assert rate == pytest.approx(-np.log2(distortion) / 2, abs=3e-3)
    where_the_limit_has_that_slope = price / (2 * np.log(2))
    assert distortion == pytest.approx(where_the_limit_has_that_slope, rel=0.02)


def test_blahut_of_a_laplacian_at_1_bit_is_that_of_the_literature():
    price = 0.302
    rate, distortion = blahut(*in_points("Laplacian", 8, 250), price, tolerance=1e-3)
    assert rate == pytest.approx(1, abs=0.02)
    at_one_bit = distortion + price * (rate - 1)  # along the tangent
    # Noll and Zelinski 1978: 6.62 dB, printed to .01; .01 more for points in steps of .064 and the
    # tolerance.
    assert decibels(1, at_one_bit) == pytest.approx(6.62, abs=0.015)


def test_blahut_of_two_points_is_the_limit_of_a_coin():
    """A fair coin loses D at 1 - h(D) bits when errors count.

    The squared error of two points 1 apart is that.
    """
    price = 0.4
    rate, distortion = blahut([0, 1], [1, 1], price, tolerance=1e-9)
    expected = 1 / (1 + 2 ** (1 / price))
    assert distortion == pytest.approx(expected, rel=1e-6)
    entropy = -expected * np.log2(expected) - (1 - expected) * np.log2(1 - expected)
    assert rate == pytest.approx(1 - entropy, abs=1e-6)


@pytest.mark.filterwarnings("error")
def test_blahut_leaves_out_points_of_no_weight():
    found = blahut([0, 1, 1e6], [1, 1, 0], 0.4, tolerance=1e-9)
    assert found == blahut([0, 1], [1, 1], 0.4, tolerance=1e-9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("price", [2.0, 1e3, 1e9, 1e300])
def test_where_bits_are_dear_blahut_keeps_the_mean(price):
    rate, distortion = blahut(*in_points("Gaussian", 5, 61), price)
    assert 0 <= rate <= 1e-3
    assert distortion == pytest.approx(1, abs=1e-4)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("price", [1e-3, 1e-300])
def test_where_bits_are_cheap_blahut_tells_every_point(price):
    rate, distortion = blahut([0, 1, 3, 9], [1, 1, 1, 1], price)
    assert rate == pytest.approx(2, abs=1e-9)
    assert distortion == pytest.approx(0, abs=1e-9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [1e-99, 1e99])
def test_blahut_goes_with_the_scale_of_the_points(scale):
    points, weights = in_points("Laplacian", 8, 60)
    rate, distortion = blahut(points, weights, 0.3, tolerance=0.01)
    scaled_rate, scaled = blahut(points * scale, weights * 1e300, 0.3 * scale**2, tolerance=0.01)
    assert scaled_rate == pytest.approx(rate, rel=1e-9)
    assert scaled / scale**2 == pytest.approx(distortion, rel=1e-9)


def test_blahut_ends_where_its_tolerance_is_below_double_precision(monkeypatch):
    monkeypatch.setattr(limits, "MOST_PASSES", 100)
    with pytest.raises(ValueError, match=r"^tolerance must be one that 100 iterations reach"):
        blahut(*in_points("Gaussian", 5, 60), 0.4, tolerance=1e-30)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (([0, 1e160], [1, 1], 1), r"points must lie from -1e\+100 to 1e\+100, got"),
        ((np.arange(5000), np.ones(5000), 1), "points must be at most 4096, got 5000"),
        (([0, 1], [1, 1], 0), "price must be above 0, got 0"),
        (([0, 1], [1, 1], -1), "price must be above 0, got -1"),
        (([0, 1], [1, 1], [1]), "price must be above 0, got"),
        (([0, 1], [1, 1], np.nan), "price must be finite"),
        (([0, 1], [1, 1], 1, 0), "tolerance must be above 0, got 0"),
        (([0, 1], [1, 1], 1, np.nan), "tolerance must be finite"),
        (([0, np.nan], [1, 1], 1), "points must be finite"),
        (([[0, 1]], [1, 1], 1), "points must have shape"),
        (([0, 1], [1, -1], 1), "weights must be 2 numbers, none negative"),
        (([0, 1], [1], 1), "weights must be 2 numbers, none negative"),
    ],
)
def test_blahut_refuses(arguments, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        blahut(*arguments)


# --- the table of what trained codebooks reach ---------------------------------------------------


def test_size_at_quarters_of_a_bit_is_exact():
    for quarters, dimension in itertools.product(range(1, 13), range(1, 9)):
        # Fourth root, rounded down, in whole numbers.
        exact = math.isqrt(math.isqrt(2 ** (quarters * dimension)))
        assert size_at(quarters / 4, dimension) == exact


def test_size_at_the_rate_of_a_codebook_is_its_size():
    for dimension in range(1, 9):
        for size in range(1, 1025):
            assert size_at(math.log2(size) / dimension, dimension) == size


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((-1, 2), "rate must not be negative, got -1"),
        ((np.inf, 2), "rate must be finite"),
        ((1, 0), "dimension must be a whole number of at least 1, got 0"),
        ((1, 1.5), "dimension must be a whole number of at least 1, got 1.5"),
        ((1e3, 2), "rate times dimension must be at most 1000 bits, got 2000.0"),
    ],
)
def test_size_at_refuses(arguments, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        size_at(*arguments)


ROWS = measured()
OF_CODEBOOKS = [row for row in ROWS if np.isfinite(row.dimension)]
ENDLESS = [row for row in ROWS if not np.isfinite(row.dimension)]
ENDLESS.sort(key=lambda row: row.rate)


def name_of(row: Measured) -> tuple[str, float, float, int]:
    """What there is one row of, where the codebook has a size."""
    return row.source, row.rho, row.dimension, row.size


def row_of(source: str, rho: float, dimension: int, size: int) -> Measured:
    (row,) = [row for row in OF_CODEBOOKS if name_of(row) == (source, rho, dimension, size)]
    return row


def snr_of(source: str, rho: float, dimension: int, size: int) -> float:
    """What the codebook reached on unseen samples."""
    return row_of(source, rho, dimension, size).snr_unseen


def test_rows_are_unlike_and_have_the_rate_of_their_size():
    names = {(*name_of(row), row.rate) for row in ROWS}
    assert len(names) == len(ROWS)
    for row in OF_CODEBOOKS:
        assert row.rate == pytest.approx(math.log2(row.size) / row.dimension, rel=1e-12)
        if row.dimension <= 2:
            assert np.shape(row.vectors) == (row.size, row.dimension)
        assert row.trained_on >= 400 * row.size


def test_every_rate_of_the_slider_has_its_row():
    names = {name_of(row) for row in OF_CODEBOOKS}
    sources = [("Gaussian", tenth / 10) for tenth in range(10)]
    sources.append(("Laplacian", 0.0))
    for (source, rho), dimension, quarters in itertools.product(sources, range(1, 5), range(1, 9)):
        size = size_at(quarters / 4, dimension)
        assert size == 1 or (source, rho, dimension, size) in names


def test_one_bit_scalars_reach_the_exact_optimum():
    exact = decibels(1, 1 - 2 / np.pi)  # 4.396
    for tenth in range(10):
        # A million samples have a relative standard error of 1.7e-3, .007 dB: three of them.
        assert snr_of("Gaussian", tenth / 10, 1, 2) == pytest.approx(exact, abs=0.02)


def test_correlated_pairs_reach_the_exact_figure_at_1_bit():
    # All four levels of the optimal scalar codebook lie along the diagonal, of variance 1.9; across
    # it is lost all .1.
    exact = decibels(1, (1.9 * 0.1174819 + 0.1) / 2)
    assert exact == pytest.approx(7.915, abs=1e-3)
    assert snr_of("Gaussian", 0.9, 2, 4) == pytest.approx(exact, abs=0.02)


PAIRS_AT_2_BITS = {0.0: 9.68, 0.9: 13.56}  # notebook 02, 100,000 pairs; a poor optimum: 9.60, 13.50


@pytest.mark.parametrize("rho", PAIRS_AT_2_BITS)
def test_pairs_at_2_bits_are_no_poor_local_optimum(rho):
    assert snr_of("Gaussian", rho, 2, 16) == pytest.approx(PAIRS_AT_2_BITS[rho], abs=0.03)


@pytest.mark.parametrize("dimension", range(1, 5))
def test_more_correlation_never_does_worse(dimension):
    for rate in RATES:
        size = size_at(rate, dimension)
        if size > 1:
            snrs = [snr_of("Gaussian", tenth / 10, dimension, size) for tenth in range(10)]
            # Of 60,000 vectors a local optimum is chosen with an error of some .01 dB.
            assert (np.diff(snrs) > -0.02).all(), (rate, snrs)


def test_more_rate_does_better():
    for dimension, tenth in itertools.product(range(1, 5), range(10)):
        sizes = sorted({size_at(rate, dimension) for rate in RATES} - {1})
        snrs = [snr_of("Gaussian", tenth / 10, dimension, size) for size in sizes]
        assert (np.diff(snrs) > 0).all(), (dimension, tenth)


def test_pairs_do_no_worse_than_scalars_and_four_dimensions_no_worse_than_pairs():
    for tenth, bits in itertools.product(range(10), (1, 2)):
        of = [snr_of("Gaussian", tenth / 10, k, 2 ** (bits * k)) for k in (1, 2, 4)]
        assert (np.diff(of) > -0.02).all(), (tenth, bits, of)


KMEANS = {  # rho: SNR on unseen samples at 1 bit, dimensions 1 to 8; computed apart
    0.0: [4.39, 4.40, 4.48, 4.66, 4.75, 4.80, 4.84, 4.89],
    0.9: [4.41, 7.91, 9.38, 10.22, 10.69, 11.00, 11.21, 11.39],
}


@pytest.mark.parametrize("rho", KMEANS)
def test_one_bit_rows_are_those_of_the_reference(rho):
    found = [snr_of("Gaussian", rho, dimension, 2**dimension) for dimension in range(1, 9)]
    np.testing.assert_allclose(found, KMEANS[rho], rtol=0, atol=0.1)


def limit(source: str, rho: float, rate: float) -> float:
    """The SNR in dB that no code of this rate exceeds."""
    if source == "Laplacian":
        rates = [row.rate for row in ENDLESS]
        return float(np.interp(rate, rates, [row.snr_unseen for row in ENDLESS]))
    return decibels(1, float(distortion_rate(rate, gauss_markov_spectrum(rho))))


def test_no_codebook_exceeds_its_limit():
    for row in OF_CODEBOOKS:
        by_chance = 0.03  # the samples may be easy ones
        highest = limit(row.source, row.rho, row.rate) + by_chance
        assert row.snr_unseen <= highest, name_of(row)


def test_the_limit_of_the_laplacian_lies_above_that_of_the_gaussian():
    for row in ENDLESS:
        # Shannon: of all sources of variance 1 the Gaussian is the hardest. The rate may be 5e-4
        # too high, .003 dB.
        assert row.snr_unseen >= decibels(1, distortion_rate(row.rate)) - 0.01
        # And Shannon's lower bound, from the differential entropy log2(e sqrt(2)) of the Laplacian.
        assert row.snr_unseen <= decibels(1, np.e / np.pi * 2 ** (-2 * row.rate)) + 0.02
    assert limit("Laplacian", 0, 1) == pytest.approx(6.62, abs=0.015)  # Noll and Zelinski 1978


def test_training_samples_do_not_do_worse_than_unseen_ones():
    for row in OF_CODEBOOKS:
        # 40 000 training vectors have a standard error of up to .05 dB: two of them.
        assert row.snr_training >= row.snr_unseen - 0.1, name_of(row)


def test_a_row_comes_out_the_same_again():
    spec = importlib.util.spec_from_file_location("make_tables", ROOT / "data" / "make_tables.py")
    make_tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_tables)
    again = make_tables.trained("Gaussian", 0.9, 2, 4)
    assert name_of(again) == ("Gaussian", 0.9, 2, 4)
    row = row_of("Gaussian", 0.9, 2, 4)
    assert (again.rate, again.trained_on) == (row.rate, row.trained_on)
    assert again.snr_unseen == pytest.approx(row.snr_unseen, abs=0.02)
    assert again.snr_training == pytest.approx(row.snr_training, abs=0.02)


@pytest.mark.parametrize("rho", [-1 + 1e-16, -1 + 1e-12, -0.9999, 0.9999])
def test_a_spectrum_near_either_end_has_the_mean_1(rho):
    np.testing.assert_allclose(gauss_markov_spectrum(rho).mean(), 1, rtol=1e-12)


@pytest.mark.parametrize(("rate", "dimension"), [(np.int64(32), 2), (np.float16(8), 8)])
def test_numbers_of_numpy_tell_apart_as_many_code_vectors_as_those_of_python(rate, dimension):
    assert size_at(rate, dimension) == 2**64


def test_blahut_gives_up_where_its_work_would_take_minutes(monkeypatch):
    monkeypatch.setattr(limits, "MOST_PRODUCTS", 60**2 * 5)
    with pytest.raises(ValueError, match=r"^tolerance must be one that 5 iterations reach"):
        blahut(*in_points("Gaussian", 5, 60), 0.4, tolerance=1e-30)
