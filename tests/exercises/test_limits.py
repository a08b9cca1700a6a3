"""The exercises of A1: right ways that are not ours pass, mistakes get the sentence they need."""

import numpy as np
import pytest
from scipy import integrate, optimize, special, stats

from tests.exercises.support import STRANGE, assert_one_sentence, is_right, words_of
from vqlib import design, limits, measure

ASKED = [
    ("A1.1", "the level"),
    ("A1.1", "the bits of the three"),
    ("A1.1", "your function"),
    ("A1.2", "your function"),
    ("A1.2", "the price"),
    ("A1.3", "the excess at 0 bits"),
    ("A1.4", "your guess"),
    ("A1.4", "the levels in truth"),
    ("A1.5", "your explanation"),
    ("A1.6", "your function"),
]


@pytest.mark.parametrize(("name", "what"), ASKED)
@pytest.mark.parametrize("answer", STRANGE)
def test_strange_answers_get_one_sentence(name, what, answer):
    assert_one_sentence(words_of(name, what, answer))


# --- A1.1 -----------------------------------------------------------------------------------------


def by_root(variances, bits):
    """The logarithm of the level, by a root finder."""

    def too_many(log_level):
        over = np.log2(np.maximum(variances, 1e-300)) - log_level
        return np.maximum(over, 0).sum() / 2 - bits

    return np.exp2(optimize.brentq(too_many, -60, 20))


def by_sorting(variances, bits):
    """With the first m of the largest above the water, for the m that fits."""
    largest_first = sorted(variances, reverse=True)
    level = 0.0
    for m in range(1, len(largest_first) + 1):
        if largest_first[m - 1] > 0:
            level = max(level, np.exp2((np.log2(largest_first[:m]).sum() - 2 * bits) / m))
    return level


def test_the_numbers_by_hand_are_right():
    level = by_root(np.array([16, 4, 0.5]), 2)
    assert is_right("A1.1", "the level", [level])
    assert is_right("A1.1", "the bits of the three", np.array([np.log2(8), np.log2(2), 0]) / 2)
    total = 3 * limits.distortion_rate(2 / 3, [16, 4, 0.5])
    assert is_right("A1.1", "the sum of the errors", total)


@pytest.mark.parametrize("function", [by_root, by_sorting])
def test_a_level_by_another_way_is_right(function):
    assert is_right("A1.1", "your function", function)


@pytest.mark.parametrize("off", [0.9995, 1.0005])
def test_a_level_within_a_thousandth_is_right(off):
    assert is_right("A1.1", "your function", lambda *given: np.float32(off * by_sorting(*given)))


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda *given: 0.998 * by_sorting(*given), "variances [8, 2] and 2 bits"),
        (lambda *given: 1.002 * by_sorting(*given), "variances [8, 2] and 2 bits"),
        (lambda variances, bits: variances.min() / 2, "variances [16, 4, 0.5] and 2 bits"),
        (lambda variances, bits: -1, "it must be above 0"),
        (lambda variances, bits: [1, 2], "It must be one number"),
        (lambda variances, bits: np.nan, "finite"),
        (lambda variances: 1.0, "It raises TypeError"),
        (lambda variances, bits: ..., "It returns nothing yet."),
        (limits.distortion_rate, "It must be one number"),
    ],
)
def test_a_wrong_level_is_told(function, said):
    assert said in words_of("A1.1", "your function", function)


def test_a_function_that_sorts_its_argument_is_told():
    def sorts(variances, bits):
        variances.sort()
        return by_sorting(variances, bits)

    assert "leave the array" in words_of("A1.1", "your function", sorts)


# --- A1.2 -----------------------------------------------------------------------------------------


LN_2 = np.log(2)


def by_logarithms(points, weights, price, rounds, start=None, unit=LN_2):
    """Rate and distortion, computed with logarithms and by the entropies of the answers."""
    costs = (points[:, None] - points) ** 2 / price * unit
    share = np.full(points.size, 1 / points.size) if start is None else start
    for _ in range(rounds):
        log_rule = np.log(share) - costs
        log_rule -= special.logsumexp(log_rule, axis=1, keepdims=True)
        rule = np.exp(log_rule)
        share = rule.T @ weights
    answers = measure.entropy_of_counts(rule.T @ weights)
    known = [measure.entropy_of_counts(row) for row in rule]
    return [answers - weights @ known, weights @ (rule * costs).sum(axis=1) * price / unit]


def test_an_iteration_in_another_form_is_right():
    assert is_right("A1.2", "your function", by_logarithms)
    assert is_right("A1.2", "your function", lambda *given: np.array(by_logarithms(*given)))


def test_an_iteration_from_the_weights_is_right():
    def from_weights(points, weights, price, rounds):
        return by_logarithms(points, weights, price, rounds, start=weights)

    assert is_right("A1.2", "your function", from_weights)


def test_the_library_is_right():
    assert is_right(
        "A1.2",
        "your function",
        lambda points, weights, price, _: limits.blahut(points, weights, price),
    )


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda *given: by_logarithms(*given, unit=1.0), "that is not on the limit"),
        (lambda *given: by_logarithms(*given)[::-1], "that is not on the limit"),
        (lambda *given: (*by_logarithms(*given), given[1]), "It must be 2 numbers"),
        (lambda *given: by_logarithms(*given)[0], "It must be 2 numbers"),
        (lambda *given: (np.nan, 0), "finite"),
        (lambda points: 1.0, "It raises TypeError"),
    ],
)
def test_a_wrong_iteration_is_told(function, said):
    assert said in words_of("A1.2", "your function", function)


def test_the_price_of_three_letters_is_the_slope_of_their_curve():
    def rate(error):
        return np.log2(3) - measure.entropy_of_counts([error, 1 - error]) - error

    slope = (rate(0.2001) - rate(0.1999)) / 0.0002
    assert is_right("A1.2", "the price", -1 / slope)
    assert is_right("A1.2", "the bits", rate(0.2))


# --- A1.3 -----------------------------------------------------------------------------------------


def test_the_excess_by_many_neighbours_is_right():
    apart = np.arange(400)
    variances = np.linalg.eigvalsh(0.5 ** np.abs(apart[:, None] - apart))
    for rate, named in {0: "0 bits", 0.25: "a quarter of a bit"}.items():
        limit = float(limits.distortion_rate(rate, variances))
        excess = 10 * np.log10(limit / (0.75 * 4**-rate))
        assert is_right("A1.3", f"the excess at {named}", excess)
    assert is_right("A1.3", "the rate from which it holds", round(np.log2(1.5), 2)) is False
    assert is_right("A1.3", "the rate from which it holds", round(np.log2(1.5), 3))


# --- A1.4 -----------------------------------------------------------------------------------------


def test_the_levels_by_another_iteration_are_right():
    def error_of(size):
        book = design.lloyd_max(stats.norm.pdf, size, -9, 9)
        edges = np.array([-np.inf, *book.thresholds, np.inf])
        shares = np.diff(stats.norm.cdf(edges))
        return 1 - (np.diff(stats.norm.pdf(edges)) ** 2 / shares).sum()

    sizes = range(45, 60)
    enough = [size for size in sizes if error_of(size) <= 1e-3]
    assert is_right("A1.4", "the levels in truth", enough[0])
    assert not is_right("A1.4", "the levels in truth", enough[0] - 1)
    assert is_right("A1.4", "the bits at the limit", np.log2(1000) / 2)
    assert is_right("A1.4", "the bits at the limit", round(np.log2(1000) / 2, 2))


# --- A1.5 -----------------------------------------------------------------------------------------


def norm_of_laplacians(k):
    """(∫ f^α)^(1/α) of k independent Laplacian numbers, α = k / (k + 2), by quadrature."""
    alpha = k / (k + 2)
    density = stats.laplace(scale=np.sqrt(0.5)).pdf
    side = 2 * integrate.quad(lambda x: density(x) ** alpha, 0, np.inf)[0]
    return np.exp(k * np.log(side) / alpha)


def test_the_advantages_by_quadrature_are_right():
    one = norm_of_laplacians(1)
    assert is_right("A1.5", "the advantage for pairs", 10 * np.log10(one / norm_of_laplacians(2)))
    many = 10 * np.log10(one / norm_of_laplacians(2000))
    assert is_right("A1.5", "the advantage for endless dimensions", many)


def test_another_explanation_is_right():
    text = (
        "The Laplacian has more samples near zero and more extreme ones, a peak and heavy tails. "
        "One level at a time must cover the tails with wide steps, and does so too generously. "
        "Vectors put nearly all of their code vectors where the samples are, so they gain more."
    )
    assert is_right("A1.5", "your explanation", text)


# --- A1.6 -----------------------------------------------------------------------------------------


def received_between(x, u, step):
    """By a quantizer whose levels lie half-way between whole steps."""
    return (step * (np.floor((x + u) / step) + 0.5) - u) * 12 / (12 + step**2)


def test_other_levels_are_right():
    assert is_right("A1.6", "your function", received_between)
    assert is_right("A1.6", "your function", lambda *given: list(received_between(*given)))


def test_the_factor_and_the_distance_by_simulation_are_right():
    chance = np.random.default_rng(3)
    x = chance.standard_normal(2_000_000)
    noisy = x + chance.uniform(-2, 2, x.size)
    factor = (x @ noisy) / (noisy @ noisy)
    assert is_right("A1.6", "the factor for steps of 4", factor)
    heights = np.linspace(-12, 12, 24_001)
    density = (stats.norm.cdf(heights + 2) - stats.norm.cdf(heights - 2)) / 4
    rate = special.entr(density).sum() * 0.001 / np.log(2) - 2
    error = np.mean((factor * noisy - x) ** 2)
    assert is_right("A1.6", "the distance to the limit", 10 * np.log10(error * 4**rate))


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x, u, step: received_between(x, u, step)[:9], "It must be 20000 numbers"),
        (lambda x, u, step: received_between(x, -u, step), "a multiple of the step"),
        (lambda x, u, step: 0 * x, "less is possible"),
        (lambda x, u, step: 0.9 * x, "not always a multiple"),
        (lambda x, u, step: x * np.nan, "finite"),
        (lambda x, step: x, "It raises TypeError"),
        (None, "Fill it in."),
    ],
)
def test_what_is_not_received_is_told(function, said):
    assert said in words_of("A1.6", "your function", function)


def test_a_function_that_changes_its_samples_is_judged_by_the_old_ones():
    def changes(x, u, step):
        x += u
        return (step * np.round(x / step) - u) * 12 / (12 + step**2)

    assert is_right("A1.6", "your function", changes)
