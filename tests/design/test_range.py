"""Every design over the range of doubles: outliers, huge, tiny and equal samples, odd weights."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.design.support import gaussian, size_for
from vqlib import Codebook
from vqlib.design import (
    best_uniform,
    expected_distortion,
    grid,
    lloyd,
    lloyd_max,
    lloyd_steps,
    optimal_entropy_coded,
    optimal_scalar,
    product,
    refine,
    split,
    uniform,
)


def refine_first(samples, size, weights=None):
    return refine(samples, Codebook(np.unique(samples, axis=0)[:size]), weights)


def last_step(samples, size, weights=None):
    start = Codebook(np.unique(samples, axis=0)[:size])
    *_, (codebook, _, _) = lloyd_steps(samples, start, weights)
    return codebook


DESIGNS = {
    "lloyd": lloyd,
    "split": split,
    "refine": refine_first,
    "lloyd_steps": last_step,
    "optimal_scalar": optimal_scalar,
}
each_design = pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)

# --- outliers ------------------------------------------------------------------------------------


def exact_loss(values, levels):
    """Sum of squared errors without any rounding."""
    nearest = [min((value - level) ** 2 for level in levels) for value in values]
    return sum(nearest)


def least_loss(values, size):
    """Over all ways to cut the sorted values into so many cells, without any rounding."""
    least = None
    for cuts in itertools.combinations(range(1, len(values)), size - 1):
        cells = itertools.pairwise([0, *cuts, len(values)])
        levels = [sum(values[i:j]) / (j - i) for i, j in cells]
        loss = exact_loss(values, levels)
        least = loss if least is None else min(least, loss)
    return least


SPREAD_OUT = st.sampled_from([0.0, 0.4, 1.0, 1.5, 7.0, 1e5, -1e9, 1e9, 1e9 + 0.5, 1e14, -1e40])


@settings(max_examples=60)
@given(st.lists(SPREAD_OUT, min_size=2, max_size=7, unique=True), st.booleans(), st.data())
def test_the_optimum_is_one_whatever_lies_far_off(values, whole, data):
    values = sorted({np.floor(value) for value in values} if whole else values)
    size = data.draw(st.integers(1, len(values)))
    found = optimal_scalar(values, size, integer=whole)
    exact = [Fraction(value) for value in values]
    loss = exact_loss(exact, [Fraction(level) for level in found.vectors[:, 0].tolist()])
    # Levels are doubles: off by half a unit in the last place, which costs its square.
    rounding = len(values) * sum((abs(value) * Fraction(2.0**-52)) ** 2 for value in exact)
    rounded = Fraction(len(values), 4) if whole else 0
    least = least_loss(exact, size)
    assert loss <= least * (1 + Fraction(1e-12)) + rounding + rounded


@each_design
@pytest.mark.parametrize("outlier", [1e6, 1e9, -1e12])
def test_clusters_are_told_apart_beside_an_outlier(design, outlier):
    samples = [0, 0.4, 10, 10.4, outlier]
    expected = np.sort([0.2, 10.2, outlier])
    # KMeans moves the middle of the samples to 0 and back: that costs a few digits.
    np.testing.assert_allclose(design(samples, 3).vectors[:, 0], expected, rtol=1e-9)


@pytest.mark.parametrize("design", [lloyd, split, refine_first])
@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_each_sample_is_a_code_vector_of_its_own_beside_an_outlier(design, dimension):
    samples = np.arange(6.0)[:, None] * np.ones(dimension) / 10
    samples[-1] = 1e9
    vectors = design(samples, 6).vectors
    np.testing.assert_allclose(vectors, samples, rtol=0, atol=1e-12)


# --- scale and shift -----------------------------------------------------------------------------

SAMPLES = np.random.default_rng(0).integers(-50, 51, 60) + 0.25


def assert_scaled_or_refused(design, exponent):
    """The same codebook at the scale of 2^exponent; or one sentence, beyond the range."""
    scale = 2.0**exponent
    if 1e-101 < scale < 1e97:
        found = design(SAMPLES * scale, 4).vectors / scale
        np.testing.assert_allclose(found, design(SAMPLES, 4).vectors, rtol=1e-9)
    else:
        problem = (
            r"^(samples|values|vectors) must (not differ by less than 1e-100|lie from -1e\+100)"
        )
        with pytest.raises(ValueError, match=problem):
            design(SAMPLES * scale, 4)


@each_design
@pytest.mark.parametrize("exponent", [-1070, -1000, -600, -350, -330, -10, 10, 320, 340, 600, 1015])
def test_a_design_scales_with_its_samples_or_refuses_them(design, exponent):
    assert_scaled_or_refused(design, exponent)


@each_design
@pytest.mark.parametrize("shift", [2.0**20, -(2.0**40)])
def test_a_design_moves_with_its_samples(design, shift):
    found = design(SAMPLES + shift, 4).vectors - shift
    expected = design(SAMPLES, 4).vectors
    np.testing.assert_allclose(found, expected, rtol=0, atol=4 * np.spacing(abs(shift)))


@pytest.mark.parametrize("exponent", [-320, -200, -99, -30, 30, 97, 101, 300])
def test_designs_of_a_density_scale_with_it_or_refuse_its_ends(exponent):
    scale = float(f"1e{exponent}")
    codebook = Codebook([-1.5, 0, 1])
    here = expected_distortion(codebook, gaussian, -8, 8)
    if not -100 < exponent < 100:
        for design in (lloyd_max, best_uniform):
            with pytest.raises(ValueError, match=r"^low and high must (not differ|lie from)"):
                design(gaussian, 3, -8 * scale, 8 * scale)
        return
    there = [lambda x: gaussian(x / scale), -8 * scale, 8 * scale]
    stretched = Codebook(codebook.vectors * scale)
    np.testing.assert_allclose(expected_distortion(stretched, *there) / scale**2, here, rtol=1e-9)
    for design in (lloyd_max, best_uniform):
        shape, *ends = there
        found = design(shape, 3, *ends).vectors / scale
        np.testing.assert_allclose(found, design(gaussian, 3, -8, 8).vectors, rtol=0, atol=1e-7)


# --- every loop ends -----------------------------------------------------------------------------

ODD = st.sampled_from([0.0, 5e-324, 1e-310, 1e-160, 1e-100, 1.0, 1 + 2**-52, 1e8, 1e100, -1e100])
HUGE = st.sampled_from([1e101, 1e160, 3e160, -1.7e308])
LIGHT = st.sampled_from([0.0, 1e-310, 1e-300, 1e-160, 1.0, 1e300])


@settings(max_examples=80, deadline=None)
@given(
    samples=arrays(float, st.integers(1, 9), elements=ODD | HUGE | st.floats(-1e3, 1e3)),
    design=st.sampled_from(list(DESIGNS.values())),
    data=st.data(),
)
def test_every_design_ends_with_a_codebook_or_a_sentence(samples, design, data):
    size = data.draw(size_for(samples))
    weights = data.draw(st.none() | arrays(float, len(samples), elements=LIGHT))
    try:
        codebook = design(samples, size, weights)
    except ValueError as error:
        said = str(error)
        codebook = None
    if codebook is None:
        assert said.startswith(("samples ", "values ", "vectors ", "weights ", "size "))
    else:
        assert codebook.size == size
        rounding = 1e-12 * np.abs(samples).max()
        assert samples.min() - rounding <= codebook.vectors.min()
        assert codebook.vectors.max() <= samples.max() + rounding


@each_design
def test_samples_of_no_weight_and_of_hardly_any_have_no_code_vector(design):
    samples = [1.0, 2.0, 10.0, 11.0, 500.0, 900.0]
    found = design(samples, 2, [1, 1, 1, 1, 0, 1e-300]).vectors
    np.testing.assert_allclose(found, [[1.5], [10.5]], rtol=1e-12)


# --- natural slips -------------------------------------------------------------------------------

NO_CODEBOOK = "must be a Codebook, got list"


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda: refine([1, 2], [1, 2]), f"start {NO_CODEBOOK}"),
        (lambda: next(lloyd_steps([1, 2], [1, 2])), f"start {NO_CODEBOOK}"),
        (lambda: product([1, 2], Codebook([1])), f"each of parts {NO_CODEBOOK}"),
        (product, "parts must be one or more codebooks, got none"),
        (lambda: expected_distortion([0], gaussian, -1, 1), f"codebook {NO_CODEBOOK}"),
        (
            lambda: expected_distortion(gaussian, gaussian, -1, 1),
            "codebook must be a Codebook, got",
        ),
        (lambda: lloyd_max([1, 2], 2, 0, 1), "density must be a function of an array"),
        (lambda: best_uniform("exp", 2, 0, 1), "density must be a function of an array"),
        (lambda: lloyd_max(gaussian, 2, 1, 1 + 2**-50), "low and high must be far enough apart"),
        (lambda: uniform(4, 1, 1 + 2**-52), "low and high must be far enough apart for 4 levels"),
        (lambda: grid([1, 2, 3], 2), r"samples must have shape \(n, 2\), got \(3,\)"),
        (lambda: grid([[1, 2], [3, 4]], 2.0), "bits must be a whole number from 0 to 32, got 2.0"),
        (lambda: lloyd("photo.png", 2), "samples must be one or more real numbers, got <U9"),
    ],
)
def test_a_slip_gets_one_sentence(call, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        call()


def test_a_density_with_peaks_between_the_places_that_are_looked_at_is_refused():
    places = uniform(10_000, 0, 1).vectors

    def missed(x):
        return np.where(np.isin(x, places), 1e-300, 1)

    with pytest.raises(ValueError, match=r"^density must have no peak narrower than the interval"):
        lloyd_max(missed, 2, 0, 1)


def test_ends_of_any_kind_of_number_count_as_these_numbers():
    by_bytes = lloyd_max(np.ones_like, 4, np.int8(-100), np.int8(100))
    np.testing.assert_allclose(by_bytes.vectors[:, 0], [-75, -25, 25, 75], rtol=1e-9)
    squares = expected_distortion(uniform(4, 0, 255), np.ones_like, np.uint8(0), np.uint8(255))
    np.testing.assert_allclose(squares, (255 / 4) ** 2 / 12, rtol=1e-9)


@pytest.mark.parametrize("outlier", [1e12, 1e20, -1e20])
def test_refining_never_ends_above_its_start(outlier):
    samples = np.array([0, 0.4, 1, 1.4, 5, 5.4, outlier])
    start = Codebook([0, 1, 5, outlier])
    assert refine(samples, start).distortion(samples) < start.distortion(samples)


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_optimum_at_a_price_keeps_levels_apart_beside_an_outlier(sign):
    best = optimal_entropy_coded(sign * np.array([-1e20, 0, 1, 10]), 0.001)
    assert sorted(sign * best.codebook.vectors[:, 0]) == [-1e20, 0, 1, 10]
