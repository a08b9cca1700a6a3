"""The laws of `vqlib.design`, against brute force, theory and scikit-learn."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import integrate, optimize
from scipy.stats import norm
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from vqlib import Codebook, image
from vqlib.design import (
    DISTINCT_LIMIT,
    OptimalScalar,
    best_uniform,
    encode_at_price,
    entropy_constrained,
    expected_distortion,
    lloyd,
    lloyd_max,
    lloyd_steps,
    optimal_scalar,
    product,
    refine,
    split,
    uniform,
)
from vqlib.measure import decibels, entropy_of_counts
from vqlib.sources import DENSITIES, density

GREYS = st.integers(0, 255).map(float)
FEW = st.integers(0, 4).map(float)


def histograms(most=6, largest=12):
    """Distinct whole numbers, ascending, and how often each occurs."""
    values = st.sets(st.integers(0, largest), min_size=1, max_size=most).map(sorted)
    counts = lambda v: arrays(float, len(v), elements=st.integers(1, 9).map(float))  # noqa: E731
    return values.flatmap(lambda v: st.tuples(st.just(np.array(v, dtype=float)), counts(v)))


def samples_with_repetitions():
    return arrays(float, st.tuples(st.integers(1, 14), st.integers(1, 2)), elements=FEW)


def distinct(samples):
    return len(np.unique(samples, axis=0))


def size_for(samples):
    return st.integers(1, distinct(samples))


# --- uniform -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(1, 60))
def test_whole_numbers_lie_on_the_borders_of_equal_cells_and_go_up(size):
    np.testing.assert_array_equal(uniform(size, 0, size).encode(np.arange(size)), np.arange(size))


def test_uniform_makes_the_classic_codebook():
    np.testing.assert_array_equal(uniform(4, -4, 4).vectors, [[-3], [-1], [1], [3]])


@pytest.mark.parametrize("size", [1, 2, 7, 256])
def test_uniform_loses_a_twelfth_of_its_squared_step_on_a_uniform_source(size):
    slices = size * 64
    middles = 10 + 5 * (np.arange(slices) + 0.5) / slices  # a slice loses its own twelfth by being one point
    loss = uniform(size, 10, 15).distortion(middles) + (5 / slices) ** 2 / 12
    np.testing.assert_allclose(loss, (5 / size) ** 2 / 12, rtol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((0, 0, 1), "size must be a whole number of at least 1, got 0"),
        ((2.0, 0, 1), "size must be a whole number of at least 1, got 2.0"),
        ((True, 0, 1), "size must be a whole number of at least 1, got True"),
        ((2, 1, 1), "low must be below high, got 1 and 1"),
        ((2, 2, 1), "low must be below high, got 2 and 1"),
        ((2, 0, np.inf), "low and high must be finite"),
        ((2, None, 1), "low and high must be one or more real numbers"),
        ((2, "a", 1), "low and high must be one or more real numbers"),
        ((2, [0, 1], 1), "low and high must be an array, got rows of different lengths"),
    ],
)
def test_uniform_refuses(arguments, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        uniform(*arguments)


# --- product -------------------------------------------------------------------------------------------------------

WORDS = ["00", "01", "10", "11"]


def test_product_of_the_classic_codebook_with_itself_has_a_pair_for_each_joined_code_word():
    classic = dict(zip(WORDS, [-3, -1, 1, 3], strict=True))
    codebook = product(Codebook(list(classic.values())), Codebook(list(classic.values())))
    assert (codebook.size, codebook.dimension, codebook.bits, codebook.rate) == (16, 2, 4.0, 2.0)
    for first, second in itertools.product(WORDS, WORDS):
        assert codebook.vectors[int(first + second, base=2)].tolist() == [classic[first], classic[second]]


def code_vectors(dimension):
    whole_numbers = st.tuples(*[st.integers(-9, 9)] * dimension)
    return st.lists(whole_numbers, min_size=1, max_size=5, unique=True).map(lambda v: Codebook(np.array(v, float)))


@settings(max_examples=60)
@given(st.lists(st.integers(1, 2).flatmap(code_vectors), min_size=1, max_size=3), st.data())
def test_product_encodes_each_part_by_itself(parts, data):
    codebook = product(*parts)
    assert codebook.size == np.prod([part.size for part in parts])
    assert codebook.dimension == sum(part.dimension for part in parts)
    np.testing.assert_allclose(codebook.bits, sum(part.bits for part in parts), rtol=1e-12)
    np.testing.assert_allclose(codebook.rate, codebook.bits / codebook.dimension, rtol=1e-12)
    samples = data.draw(arrays(float, (8, codebook.dimension), elements=st.integers(-12, 12).map(float)))
    samples += 1 / np.sqrt([5, 7, 11, 13, 17, 19])[: codebook.dimension]  # irrational: no sample is on a border
    ends = np.cumsum([part.dimension for part in parts])
    indices = [part.encode(own) for part, own in zip(parts, np.split(samples, ends[:-1], axis=1), strict=True)]
    joined = np.ravel_multi_index(indices, [part.size for part in parts])
    np.testing.assert_array_equal(codebook.encode(samples), joined)
    decoded = [part.decode(index) for part, index in zip(parts, indices, strict=True)]
    np.testing.assert_array_equal(codebook.decode(joined), np.concatenate(decoded, axis=1))


# --- the optimum for scalars ---------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(histograms(), st.data())
def test_optimum_equals_brute_force_over_all_partitions(histogram, data):
    values, counts = histogram
    size = data.draw(st.integers(1, min(4, len(values))))
    labellings = np.array(list(itertools.product(range(size), repeat=len(values))))
    one_hot = labellings[:, None, :] == np.arange(size)[:, None]
    mass, first, second = (one_hot @ (counts * values**power) for power in range(3))
    losses = (second - first**2 / np.maximum(mass, 1)).sum(axis=1) / counts.sum()
    found = optimal_scalar(values, size, counts).distortion(values, counts)
    np.testing.assert_allclose(found, losses.min(), rtol=1e-12, atol=1e-12)


@settings(max_examples=60)
@given(histograms(), st.data())
def test_integer_optimum_equals_brute_force_over_all_integer_levels(histogram, data):
    values, counts = histogram
    size = data.draw(st.integers(1, min(4, len(values))))
    grid = np.arange(values.min(), values.max() + 1)
    level_sets = np.array(list(itertools.combinations(grid, size)))
    losses = (counts * ((level_sets[:, :, None] - values) ** 2).min(axis=1)).sum(axis=1)
    codebook = optimal_scalar(values, size, counts, integer=True)
    assert (codebook.vectors == np.round(codebook.vectors)).all()
    found = (counts * (values - codebook.quantize(values)) ** 2).sum()
    assert found == losses.min()  # whole numbers: no rounding anywhere


@settings(max_examples=30)
@given(arrays(float, st.integers(1, 60), elements=GREYS), st.data())
def test_optimum_is_never_worse_than_kmeans(samples, data):
    size = data.draw(size_for(samples))
    rounding = 1e-12 * (samples**2).mean()
    assert optimal_scalar(samples, size).distortion(samples) <= lloyd(samples, size).distortion(samples) + rounding


@given(arrays(float, st.integers(1, 40), elements=GREYS), st.booleans())
def test_optimum_has_ascending_levels_full_cells_and_falling_loss(samples, integer):
    optimum = OptimalScalar(samples, integer=integer)
    assert optimum.distinct == optimum.largest == distinct(samples)
    codebooks = [optimum.codebook(size) for size in range(1, optimum.distinct + 1)]
    losses = [codebook.distortion(samples) for codebook in codebooks]
    assert (np.diff(losses) < 0).all()
    assert losses[-1] == 0
    for size, codebook in enumerate(codebooks, 1):
        assert (np.diff(codebook.vectors[:, 0]) > 0).all()
        np.testing.assert_array_equal(np.unique(codebook.encode(samples)), np.arange(size))
        np.testing.assert_array_equal(codebook.vectors, optimal_scalar(samples, size, integer=integer).vectors)


@given(histograms(most=12, largest=255), st.integers(-1000, 1000), st.data())
def test_optimum_moves_with_its_samples(histogram, shift, data):
    values, counts = histogram
    size = data.draw(size_for(values))
    here, there = (optimal_scalar(v, size, counts, integer=True).vectors for v in (values, values + shift))
    np.testing.assert_array_equal(there, here + shift)


@given(histograms(most=12, largest=255), st.booleans(), st.data())
def test_weights_of_the_optimum_count_as_repetitions(histogram, integer, data):
    values, counts = histogram
    size = data.draw(size_for(values))
    repeated = data.draw(st.permutations(np.repeat(values, counts.astype(int)).tolist()))
    of_counts = optimal_scalar(values, size, counts, integer=integer)
    np.testing.assert_array_equal(of_counts.vectors, optimal_scalar(repeated, size, integer=integer).vectors)


def test_value_of_no_weight_does_not_count():
    assert OptimalScalar([0, 1, 5], [1, 1, 0]).distinct == 2
    assert OptimalScalar([0, 1, 5], [1, 1, 1e-15]).distinct == 2


STEP = 12 / DISTINCT_LIMIT
GAUSSIAN = np.arange(-6 + STEP / 2, 6, STEP)
THEORY = {  # size: least mean squared error of N(0, 1), SNR in dB, entropy of the index
    2: (0.3633802, 4.396, 1.0000),
    3: (0.1901740, 7.208, 1.5358),
    4: (0.1174818, 9.300, 1.9111),
    8: (0.0345478, 14.616, 2.8249),
    16: (0.0095010, 20.222, 3.7653),
    32: (0.0025047, 26.013, 4.7298),
}


@pytest.fixture(scope="module")
def gaussian_optimum():
    return OptimalScalar(GAUSSIAN, norm.pdf(GAUSSIAN), largest=max(THEORY))


def cells(codebook):
    """Ends of the cells of a scalar codebook."""
    return np.concatenate([[-np.inf], codebook.thresholds, [np.inf]])


def exact_gaussian_loss(codebook):
    """Mean squared error of a codebook on N(0, 1) by the normal distribution's own integrals, not by a sum."""
    ends, level = cells(codebook), codebook.vectors[:, 0]
    mass, first = np.diff(norm.cdf(ends)), -np.diff(norm.pdf(ends))
    return float(1 - 2 * level @ first + level**2 @ mass)


@pytest.mark.parametrize("size", THEORY)
def test_gaussian_optimum_is_that_of_the_literature(gaussian_optimum, size):
    codebook, (loss, _, bits) = gaussian_optimum.codebook(size), THEORY[size]
    # No codebook is below the optimum (printed to 7 digits). Cells end between two points of the grid: a border that
    # is off by up to STEP / 2 costs density * gap * (STEP / 2)², and the sum of density * gap over all borders is 1.
    assert loss - 5e-8 <= exact_gaussian_loss(codebook) <= loss + STEP**2 / 4
    # A border off by STEP / 2 moves that much probability; an entropy's slope to it is at most 2 bits here.
    moved = norm.pdf(codebook.thresholds).sum() * STEP / 2
    np.testing.assert_allclose(entropy_of_counts(np.diff(norm.cdf(cells(codebook)))), bits, rtol=0, atol=2 * moved)


@pytest.mark.parametrize(
    ("levels", "thresholds"),
    [
        ([0.7979], [0]),
        ([0.4528, 1.5104], [0, 0.9816]),
        ([0.2451, 0.7560, 1.3439, 2.1519], [0, 0.5005, 1.0500, 1.7479]),
    ],
)
def test_gaussian_levels_are_those_of_max(gaussian_optimum, levels, thresholds):
    codebook = gaussian_optimum.codebook(2 * len(levels))
    np.testing.assert_allclose(codebook.vectors[len(levels) :, 0], levels, rtol=0, atol=STEP)
    np.testing.assert_allclose(codebook.thresholds[len(levels) - 1 :], thresholds, rtol=0, atol=STEP)


@pytest.fixture(scope="module")
def china():
    return image.to_vectors(image.sample("china"))


@pytest.fixture(scope="module")
def china_optimum(china):
    return OptimalScalar(china, largest=128)


CHINA = {1: 1121.2036, 2: 308.4150, 3: 71.7619, 4: 18.1729, 5: 4.61609, 6: 1.11595, 7: 0.23603}


@pytest.mark.parametrize(("bits", "loss"), CHINA.items())
def test_optimum_of_china(china, china_optimum, bits, loss):
    # The JPEG decoder that made the stored picture need not be the one behind the table.
    np.testing.assert_allclose(china_optimum.codebook(2**bits).distortion(china), loss, rtol=1e-3)


def test_one_bit_of_china_is_two_greys_and_not_black_and_white(china_optimum):
    np.testing.assert_allclose(china_optimum.codebook(2).vectors[:, 0], [62.8, 214.6], rtol=0, atol=0.05)


BAD_VALUES = [
    ([], "be one or more real numbers"),
    ([1, np.nan], "be finite"),
    ([1, np.inf], "be finite"),
    ([1j], "be one or more real numbers, got complex128"),
    (["a"], "be one or more real numbers, got <U1"),
    ([None], "be one or more real numbers, got object"),
    ([[1, 2], [3]], "be an array, got rows of different lengths"),
]
BAD_WEIGHTS = [
    ([1.0], r"be 3 numbers, none negative and not all zero, got float64 of shape \(1,\)"),
    ([1.0, 1.0, -1.0], "be 3 numbers, none negative and not all zero, got .* from -1.0 to 1.0"),
    ([0, 0, 0], "be 3 numbers, none negative and not all zero, got .* from 0.0 to 0.0"),
    ([1, 1, np.nan], "be finite"),
    (["a", "b", "c"], "be one or more real numbers"),
]
BAD_SIZES = [0, -1, 2.5, True, "4", None]


@pytest.mark.parametrize(("values", "problem"), BAD_VALUES)
def test_optimal_scalar_refuses_values(values, problem):
    with pytest.raises(ValueError, match=f"^values must {problem}"):
        optimal_scalar(values, 1)


def test_optimal_scalar_refuses_halves_where_levels_are_whole():
    with pytest.raises(ValueError, match="values must be whole numbers where integer levels are asked"):
        optimal_scalar([1, 1.5], 1, integer=True)


def test_optimal_scalar_refuses_more_values_than_its_tables_hold():
    with pytest.raises(ValueError, match="values must be at most 2048 distinct numbers, got 2049: use lloyd"):
        optimal_scalar(np.arange(DISTINCT_LIMIT + 1), 2)


def test_optimal_scalar_refuses_a_size_that_was_not_prepared():
    with pytest.raises(ValueError, match="size must be a whole number from 1 to 2, got 3"):
        OptimalScalar([1, 2, 3], largest=2).codebook(3)


# --- training ------------------------------------------------------------------------------------------------------

DESIGNS = [lloyd, split, optimal_scalar, lambda samples, size, weights=None: next(_steps(samples, size, weights))[0]]
NAMES = ["lloyd", "split", "optimal_scalar", "lloyd_steps"]
DESIGNS_OF_VECTORS = DESIGNS[:2]


def _steps(samples, size, weights):
    return lloyd_steps(samples, Codebook(np.arange(size)), weights)


@pytest.mark.parametrize("weights", [None, [1, 2, 1, 2, 1]], ids=["alike", "weighted"])
@pytest.mark.parametrize("design", DESIGNS, ids=NAMES)
def test_more_code_vectors_than_distinct_samples_are_refused(design, weights):
    problem = "size must be at most the number of distinct (samples|values), 3, got 8"
    with pytest.raises(ValueError, match=problem):
        design([0.1, 0.1, 0.2, 0.2, 0.3], 8, weights)


@pytest.mark.parametrize("design", DESIGNS, ids=NAMES)
def test_samples_of_no_weight_do_not_count_as_distinct(design):
    assert design([1, 2, 3, 4], 2, [1, 1, 0, 0]).size == 2
    with pytest.raises(ValueError, match=r"distinct (samples|values), 2, got 3"):
        design([1, 2, 3, 4], 3, [1, 1, 0, 0])


@pytest.mark.parametrize("weighted", [False, True], ids=["alike", "weighted"])
@pytest.mark.parametrize("count", [3, 7, 16])
@pytest.mark.parametrize("design", [lloyd, DESIGNS[3]], ids=["lloyd", "lloyd_steps"])
def test_distinct_samples_are_counted_to_the_last_however_late_they_come(design, count, weighted):
    late = np.concatenate([np.full(8 * count, 2.5), np.arange(count - 1) % 5 + 10.0 * np.arange(count - 1)])
    if weighted:  # what has no weight does not count, be it the first or the last
        late = np.concatenate([-np.arange(1.0, 9.0 * count), late, [-1, -2]])
    for samples in (late, late[::-1], late[np.random.default_rng(count).permutation(len(late))]):
        mass = (samples >= 0).astype(float) if weighted else None
        for size in (1, count - 1, count):
            assert design(samples, size, mass).size == size
        with pytest.raises(
            ValueError, match=f"^size must be at most the number of distinct samples, {count}, got {size + 1}$"
        ):
            design(samples, size + 1, mass)
        with pytest.raises(ValueError, match=f"distinct samples, {count}, got {9 * count}$"):
            design(samples, 9 * count, mass)


@given(samples_with_repetitions(), st.integers(0, 60), st.integers(1, 20))
def test_as_many_code_vectors_as_distinct_samples_and_no_more_whatever_their_order(samples, before, size):
    repeated = np.concatenate([samples[:1].repeat(before, axis=0), samples])
    start = Codebook(np.arange(size * samples.shape[1]).reshape(size, -1))
    if size <= distinct(samples):
        assert next(lloyd_steps(repeated, start))[0] is start
    else:
        with pytest.raises(ValueError, match=f"distinct samples, {distinct(samples)}, got {size}$"):
            next(lloyd_steps(repeated, start))


@pytest.mark.parametrize("size", BAD_SIZES)
@pytest.mark.parametrize("design", DESIGNS[:3], ids=NAMES[:3])
def test_bad_size_is_refused(design, size):
    with pytest.raises(ValueError, match=r"^size must be a whole number of at least 1, got"):
        design([1, 2, 3], size)


@pytest.mark.parametrize(("weights", "problem"), BAD_WEIGHTS)
@pytest.mark.parametrize("design", DESIGNS, ids=NAMES)
def test_bad_weights_are_refused(design, weights, problem):
    with pytest.raises(ValueError, match=f"^weights must {problem}"):
        design([1, 2, 3], 2, weights)


@pytest.mark.parametrize(
    ("samples", "problem"),
    [*BAD_VALUES, (np.zeros((2, 2, 2)), r"have shape \(n, d\), or \(n,\) for scalars, got \(2, 2, 2\)")],
)
@pytest.mark.parametrize("design", [lloyd, split, DESIGNS[3]], ids=["lloyd", "split", "lloyd_steps"])
def test_bad_samples_are_refused(design, samples, problem):
    with pytest.raises(ValueError, match=f"^samples must {problem}"):
        design(samples, 1)


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ({"seed": -1}, "seed must be a whole number from 0 to 4294967295, got -1"),
        ({"seed": 2**32}, "seed must be a whole number from 0 to 4294967295, got 4294967296"),
        ({"seed": None}, "seed must be a whole number from 0 to 4294967295, got None"),
        ({"starts": 0}, "starts must be a whole number of at least 1, got 0"),
        ({"iterations": 0}, "iterations must be a whole number of at least 1, got 0"),
        ({"iterations": 2.5}, "iterations must be a whole number of at least 1, got 2.5"),
        ({"iterations": True}, "iterations must be a whole number of at least 1, got True"),
    ],
)
def test_lloyd_refuses(option, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        lloyd([1, 2, 3], 2, **option)


def test_lloyd_steps_refuses_samples_of_another_dimension():
    with pytest.raises(ValueError, match=r"samples must have shape \(n, 2\), got \(3, 1\)"):
        next(lloyd_steps([1, 2, 3], Codebook([[0, 0]])))


@pytest.mark.parametrize("design", DESIGNS_OF_VECTORS, ids=["lloyd", "split"])
def test_samples_too_close_for_double_precision_are_refused(design):
    with pytest.raises(ValueError, match="samples must be far enough apart for 3 code vectors"):
        design([0, 1e-300, 1], 3)


@pytest.mark.parametrize("design", DESIGNS, ids=NAMES)
def test_inputs_are_only_read(design):
    samples, weights = np.array([1.0, 5.0, 2.0, 2.0]), np.array([1.0, 2.0, 1.0, 1.0])
    copies = samples.copy(), weights.copy()
    samples.setflags(write=False)
    weights.setflags(write=False)
    design(samples, 2, weights)
    np.testing.assert_array_equal([samples, weights], copies)


@pytest.mark.parametrize(
    "design",
    [*DESIGNS_OF_VECTORS, lambda samples, size: [*lloyd_steps(samples, Codebook(samples[:size]))][-1][0]],
    ids=["lloyd", "split", "lloyd_steps"],
)
def test_training_finds_the_means_of_two_clusters_that_lie_far_apart(design):
    samples, labels = make_blobs(60, centers=[[0, 0, 0], [90, 90, 0]], random_state=0)
    means = [samples[labels == label].mean(axis=0) for label in (0, 1)]
    np.testing.assert_allclose(sorted(design(samples, 2).vectors.tolist()), means, rtol=0, atol=1e-9)


@settings(max_examples=40)
@given(samples_with_repetitions(), st.sampled_from(DESIGNS_OF_VECTORS), st.data())
def test_training_gives_the_size_asked_sorted_and_no_empty_cell(samples, design, data):
    size = data.draw(size_for(samples))
    codebook = design(samples, size)
    assert [tuple(v) for v in codebook.vectors] == sorted({tuple(v) for v in codebook.vectors})
    np.testing.assert_array_equal(np.unique(codebook.encode(samples)), np.arange(size))


@pytest.mark.parametrize("design", DESIGNS_OF_VECTORS, ids=["lloyd", "split"])
def test_training_gives_the_same_codebook_every_time(design):
    samples = np.random.default_rng(0).normal(size=(300, 2))
    np.testing.assert_array_equal(design(samples, 7).vectors, design(samples, 7).vectors)


def test_lloyd_with_more_starts_is_never_worse():
    samples = np.random.default_rng(0).normal(size=(300, 2))
    losses = [lloyd(samples, 12, starts=starts).distortion(samples) for starts in (1, 2, 4, 8)]
    assert (np.diff(losses) <= 0).all()
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("dimension", [1, 2, 8])
def test_lloyd_with_more_iterations_is_never_worse(dimension):
    samples = np.random.default_rng(0).normal(size=(500, dimension))
    losses = [lloyd(samples, 12, starts=1, iterations=most).distortion(samples) for most in (1, 2, 5, 300)]
    assert (np.diff(losses) <= 0).all()
    assert losses[-1] < losses[0]
    by_default = lloyd(samples, 12, starts=1)
    np.testing.assert_array_equal(lloyd(samples, 12, starts=1, iterations=300).vectors, by_default.vectors)


@settings(max_examples=60)
@given(samples_with_repetitions(), st.sampled_from([1, 2, 300]), st.data())
def test_refining_never_loses_more(samples, iterations, data):
    size = data.draw(size_for(samples))
    start = Codebook(np.unique(samples, axis=0)[:size])
    mass = data.draw(arrays(float, len(samples), elements=st.integers(1, 9).map(float)))
    refined = refine(samples, start, mass, iterations=iterations)
    assert refined.size == size
    assert refined.distortion(samples, mass) <= start.distortion(samples, mass) + 1e-12


@pytest.mark.parametrize("weighted", [False, True], ids=["alike", "weighted"])
@pytest.mark.parametrize("iterations", [1, 3])
def test_refining_is_as_many_iterations_of_lloyd_from_the_start(iterations, weighted):
    rng = np.random.default_rng(2)
    samples = rng.normal(size=(400, 3))
    weights = rng.integers(1, 5, 400).astype(float) if weighted else None
    start = Codebook(samples[:8])
    steps = itertools.islice(lloyd_steps(samples, start, weights), 2 * iterations)
    *_, (moved, _, _) = steps
    refined = refine(samples, start, weights, iterations=iterations)
    np.testing.assert_allclose(refined.vectors, moved.vectors[np.lexsort(moved.vectors.T[::-1])], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("samples", "start", "options", "problem"),
    [
        ([1, 1, 2], [0, 1, 2], {}, "size must be at most the number of distinct samples, 2, got 3"),
        ([1, 2, 3], [0, 1], {"iterations": 0}, "iterations must be a whole number of at least 1, got 0"),
        ([1, 2, 3], [0, 1], {"iterations": 2.5}, "iterations must be a whole number of at least 1, got 2.5"),
        ([1, 2, 3], [[0, 0]], {}, ".* shape .* does not match the number of features of the data 1"),
    ],
)
def test_refine_refuses(samples, start, options, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        refine(samples, Codebook(start), **options)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("weighted", [False, True], ids=["alike", "weighted"])
@pytest.mark.parametrize("dimension", [1, 2, 3, 8])
def test_lloyd_steps_end_where_kmeans_ends(dimension, weighted, seed):
    rng = np.random.default_rng(seed)
    samples = rng.normal(size=(400, dimension))
    weights = rng.integers(1, 5, 400).astype(float) if weighted else None
    start = Codebook(samples[:8])
    *_, (end, indices, loss) = lloyd_steps(samples, start, weights)
    model = KMeans(8, init=start.vectors, n_init=1, tol=0, max_iter=1000).fit(samples, sample_weight=weights)
    np.testing.assert_allclose(end.vectors, model.cluster_centers_, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(indices, model.labels_)
    total = 400 if weights is None else weights.sum()
    np.testing.assert_allclose(loss, model.inertia_ / total / dimension, rtol=1e-12)


def test_lloyd_steps_by_hand():
    """The second code vector is unused at first and goes to the farthest sample, 10."""
    found = [(c.vectors[:, 0].tolist(), i.tolist(), d) for c, i, d in lloyd_steps([0, 1, 2, 10], Codebook([1, 500]))]
    assert found == [
        ([1, 500], [0, 0, 0, 0], 20.75),
        ([3.25, 10], [0, 0, 0, 0], 15.6875),
        ([3.25, 10], [0, 0, 0, 1], 4.296875),
        ([1, 10], [0, 0, 0, 1], 0.5),
        ([1, 10], [0, 0, 0, 1], 0.5),
    ]


def test_lloyd_steps_of_weighted_pairs_by_hand():
    steps = lloyd_steps([[0, 0], [4, 0], [9, 0]], Codebook([[0, 0], [7, 0]]), [1, 3, 1])
    assert [(c.vectors.tolist(), i.tolist(), d) for c, i, d in steps] == [
        ([[0, 0], [7, 0]], [0, 1, 1], 3.1),
        ([[0, 0], [5.25, 0]], [0, 1, 1], 1.875),
        ([[0, 0], [5.25, 0]], [0, 1, 1], 1.875),
    ]


far_off = st.sampled_from([0.0, 1.0, 2.0, 100.0])  # few values and far off: equal code vectors and empty cells abound


@st.composite
def trainings(draw):
    """Samples, their weights (None, or whole numbers, also 0), and a start that may be a bad one."""
    samples = draw(samples_with_repetitions())
    weights = draw(st.none() | arrays(float, len(samples), elements=st.integers(0, 3).map(float)))
    counted = samples if weights is None else samples[weights > 0]
    assume(len(counted))
    size = draw(size_for(counted))
    return samples, weights, Codebook(draw(arrays(float, (size, samples.shape[1]), elements=far_off)))


@settings(max_examples=60)
@given(trainings())
def test_lloyd_steps_move_to_centroids_and_encode_anew_in_turn(training):
    samples, weights, start = training
    mass = np.ones(len(samples)) if weights is None else weights
    steps = list(lloyd_steps(samples, start, weights))
    assert steps[0][0] is start
    assert len(steps) % 2 == 1  # ends after an encoding
    for number, (codebook, indices, loss) in enumerate(steps):
        squares = ((samples[:, None] - codebook.vectors) ** 2).sum(axis=2)
        own = squares[np.arange(len(samples)), indices]
        np.testing.assert_allclose(loss, mass @ own / mass.sum() / samples.shape[1], rtol=1e-12, atol=1e-24)
        if number % 2:
            np.testing.assert_array_equal(indices, steps[number - 1][1])
            for k in range(start.size):
                region = (indices == k) & (mass > 0)
                if region.any():
                    centroid = np.average(samples[region], axis=0, weights=mass[region])
                    np.testing.assert_allclose(codebook.vectors[k], centroid, rtol=1e-12, atol=1e-12)
                else:
                    assert codebook.vectors[k].tolist() in samples.tolist()
        else:
            np.testing.assert_array_equal(codebook.vectors, steps[max(number - 1, 0)][0].vectors)
            np.testing.assert_allclose(own, squares.min(axis=1), rtol=1e-9, atol=1e-9)


@settings(max_examples=60)
@given(trainings())
def test_lloyd_steps_never_lose_more_and_leave_no_cell_empty(training):
    samples, weights, start = training
    steps = list(lloyd_steps(samples, start, weights))
    losses = np.array([loss for *_, loss in steps])
    assert (np.diff(losses) <= 1e-12 * losses[:-1]).all()  # never rises, but for rounding
    assert (np.diff(losses[::2]) < 0).all()  # every whole iteration gains
    end, indices, loss = steps[-1]
    counted = indices if weights is None else indices[weights > 0]
    np.testing.assert_array_equal(np.unique(counted), np.arange(start.size))
    # The end loses nothing against the centroids of its own cells, or an iteration more would have been made.
    mass = np.ones(len(samples)) if weights is None else weights
    centroids = [np.average(samples[indices == k], axis=0, weights=mass[indices == k]) for k in range(end.size)]
    squares = ((samples - np.array(centroids)[indices]) ** 2).mean(axis=1)
    np.testing.assert_allclose(np.average(squares, weights=mass), loss, rtol=1e-12, atol=1e-24)
    # So it is where the next run begins and ends.
    ((again, same, as_much),) = lloyd_steps(samples, end, weights)
    assert again is end
    np.testing.assert_array_equal(same, indices)
    assert as_much == loss


@pytest.mark.parametrize("weights", [None, [2, 2, 1, 1]], ids=["alike", "weighted"])
def test_lloyd_steps_stop_at_once_at_an_optimum(weights):
    ((codebook, indices, loss),) = lloyd_steps([0, 1, 10, 11], Codebook([10.5, 0.5]), weights)
    assert codebook.vectors.tolist() == [[10.5], [0.5]]
    assert indices.tolist() == [1, 1, 0, 0]
    assert loss == 0.25


@pytest.mark.parametrize(
    ("samples", "start", "weights", "moved"),
    [
        ([0, 1, 2, 10], [1, 500], None, [3.25, 10]),
        ([0, 1, 2, 10], [500, 1], None, [10, 3.25]),
        ([0, 1, 5, 10], [0, 500, 600], None, [4, 10, 5]),  # the first unused one to the farthest, the next to the next
        ([-9, 1, 2, 10, 30], [1, 30, 500], None, [1, 30, -9]),
        ([0, 1, 4, 10], [1, 500], [1, 1, 1, 0], [5 / 3, 4]),  # a sample that does not count draws no code vector
        ([0, 1, 4, 10], [1, 10], [1, 1, 1, 0], [5 / 3, 4]),  # nor does it fill a region
    ],
)
def test_lloyd_steps_move_unused_code_vectors_to_the_farthest_samples(samples, start, weights, moved):
    _, (codebook, *_) = itertools.islice(lloyd_steps(samples, Codebook(start), weights), 2)
    assert codebook.vectors[:, 0].tolist() == moved


def test_split_starts_from_the_centroid_of_all():
    np.testing.assert_array_equal(split([[0, 0], [2, 4]], 1).vectors, [[1, 2]])


@pytest.mark.parametrize("design", DESIGNS_OF_VECTORS, ids=["lloyd", "split"])
@pytest.mark.parametrize("size", [2, 3, 4])
def test_training_on_a_gaussian_ends_in_its_only_local_optimum(gaussian_optimum, design, size):
    """The density is log-concave (Fleischer 1964). KMeans stops a little early: within 1 % of it at these sizes."""
    density = norm.pdf(GAUSSIAN)
    best = gaussian_optimum.codebook(size).distortion(GAUSSIAN, density)
    trained = design(GAUSSIAN, size, density).distortion(GAUSSIAN, density)
    assert best <= trained <= 1.01 * best


# --- the optimum for densities -------------------------------------------------------------------------------------


def gaussian(x):
    return np.exp(-(x**2) / 2)


def laplacian(x):
    return np.exp(-np.sqrt(2) * np.abs(x))


def exponential(x):
    return np.exp(-x)


def gamma(x):
    """Lopsided, and as smooth as a Gaussian."""
    return x**2 * np.exp(-x)


def two_humps(x):
    return gaussian(x + 3) + 0.4 * gaussian((x - 2) / 1.5)


GAUSSIAN_ENDS, LAPLACIAN_ENDS, GAMMA_ENDS = (-10, 10), (-30, 30), (0, 60)
SHAPES = {  # density, where it lies, where it is not smooth
    "Gaussian": (gaussian, GAUSSIAN_ENDS, []),
    "Laplacian": (laplacian, LAPLACIAN_ENDS, [0]),
    "gamma": (gamma, GAMMA_ENDS, []),
    "two humps": (two_humps, (-12, 15), []),
    "a slope": (lambda x: 3 - x, (-1, 3), []),
}


def integral(function, low, high, corners=()):
    """By another integrator than the package's."""
    inside = sorted({float(c) for c in corners if low < c < high})
    pieces = itertools.pairwise([low, *inside, high])
    return sum(integrate.quad(function, a, b, epsabs=0, epsrel=1e-10, limit=200)[0] for a, b in pieces)


def optimum_and_loss(shape, size, ends):
    codebook = lloyd_max(shape, size, *ends)
    return codebook, expected_distortion(codebook, shape, *ends)


@pytest.mark.parametrize("size", THEORY)
def test_lloyd_max_has_the_figures_of_the_literature(size):
    codebook, loss = optimum_and_loss(gaussian, size, GAUSSIAN_ENDS)
    printed, snr, bits = THEORY[size]
    np.testing.assert_allclose(loss, printed, rtol=0, atol=0.51e-7)  # every digit of the print
    np.testing.assert_allclose(loss, exact_gaussian_loss(codebook), rtol=1e-10)
    np.testing.assert_allclose(decibels(1, loss), snr, rtol=0, atol=0.51e-3)
    np.testing.assert_allclose(entropy_of_counts(np.diff(norm.cdf(cells(codebook)))), bits, rtol=0, atol=0.51e-4)


def test_lloyd_max_of_a_byte_comes_near_to_panter_and_dite():
    codebook, loss = optimum_and_loss(gaussian, 256, GAUSSIAN_ENDS)
    np.testing.assert_allclose(loss, 4.1185e-5, rtol=0, atol=0.51e-9)
    np.testing.assert_allclose(256**2 * loss, 2.6991, rtol=0, atol=0.51e-4)
    assert 0.99 < 256**2 * loss / (np.sqrt(3) * np.pi / 2) < 1
    np.testing.assert_allclose(decibels(1, loss), 43.853, rtol=0, atol=0.51e-3)
    np.testing.assert_allclose(entropy_of_counts(np.diff(norm.cdf(cells(codebook)))), 7.6941, rtol=0, atol=0.51e-4)


MAX = {2: 0.3634, 3: 0.1902, 4: 0.1175, 8: 0.03454, 16: 0.009497, 32: 0.002499}


@pytest.mark.parametrize(("size", "printed"), MAX.items())
def test_lloyd_max_agrees_with_max_but_for_the_last_digits_of_his_computer(size, printed):
    _, loss = optimum_and_loss(gaussian, size, GAUSSIAN_ENDS)
    np.testing.assert_allclose(loss, printed, rtol=3e-3)
    if size >= 16:
        assert printed + 0.5e-6 < loss  # less than the least there is, and not by rounding


@pytest.mark.parametrize(
    ("levels", "thresholds"),
    [
        ([0.7979], [0]),
        ([0.4528, 1.5104], [0, 0.9816]),
        ([0.2451, 0.7560, 1.3439, 2.1519], [0, 0.5005, 1.0500, 1.7479]),
    ],
)
def test_lloyd_max_has_the_levels_of_max(levels, thresholds):
    codebook = lloyd_max(gaussian, 2 * len(levels), *GAUSSIAN_ENDS)
    np.testing.assert_allclose(codebook.vectors[:, 0], [*(-v for v in levels[::-1]), *levels], rtol=0, atol=1e-4)
    np.testing.assert_allclose(codebook.thresholds[len(levels) - 1 :], thresholds, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("shape", "ends", "levels", "loss"),
    [
        (gaussian, GAUSSIAN_ENDS, [0], 1),
        (gaussian, GAUSSIAN_ENDS, [-np.sqrt(2 / np.pi), np.sqrt(2 / np.pi)], 1 - 2 / np.pi),
        (laplacian, LAPLACIAN_ENDS, [0], 1),
        (laplacian, LAPLACIAN_ENDS, [-np.sqrt(0.5), np.sqrt(0.5)], 0.5),
        (laplacian, LAPLACIAN_ENDS, [-np.sqrt(2), 0, np.sqrt(2)], 1 - 2 / np.e),
        (gamma, GAMMA_ENDS, [3], 3),
        (exponential, GAMMA_ENDS, [1], 1),
    ],
)
def test_lloyd_max_has_the_closed_forms(shape, ends, levels, loss):
    codebook, found = optimum_and_loss(shape, len(levels), ends)
    # Of the Laplacian with two levels the equations are flat to second order at the solution: levels are less exact.
    np.testing.assert_allclose(codebook.vectors[:, 0], levels, rtol=0, atol=1e-6 if loss == 0.5 else 1e-8)
    np.testing.assert_allclose(found, loss, rtol=1e-9)


@pytest.mark.parametrize(("size", "loss"), [(4, 0.1762), (8, 0.0545), (16, 0.0154)])
def test_lloyd_max_of_a_laplacian_is_that_of_the_literature(size, loss):
    assert round(optimum_and_loss(laplacian, size, LAPLACIAN_ENDS)[1], 4) == loss


@pytest.mark.parametrize("size", [2, 8, 32])
def test_lloyd_max_of_an_exponential_is_the_recursion_from_its_tail(size):
    """An exponential has no memory, so each cell follows from the next (Sullivan 1996).

    The level of the last cell lies 1 above its border, so the next lower level lies 1 below it; a cell of width w
    has its centroid w / (1 - exp(-w)) - 1 below its upper border.
    """
    below = [1.0]  # distance from each border, counted down from the tail, to the level on either side
    widths = []
    for _ in range(size - 1):
        widths.append(optimize.brentq(lambda w, gap=below[-1]: w / -np.expm1(-w) - 1 - gap, 1e-9, 9, xtol=1e-14))
        below.append(widths[-1] - below[-1])
    borders = np.cumsum(widths[::-1])
    levels = [below[-1], *(borders + below[-2::-1])]
    np.testing.assert_allclose(lloyd_max(exponential, size, 0, 60).vectors[:, 0], levels, rtol=0, atol=1e-7)


@pytest.mark.parametrize("size", [1, 2, 5, 64, 256])
@pytest.mark.parametrize(("low", "high"), [(-4, 4), (100, 103.5), (0, 1e-3)])
def test_lloyd_max_of_a_uniform_density_loses_a_twelfth_of_its_squared_step(size, low, high):
    codebook, loss = optimum_and_loss(np.ones_like, size, (low, high))
    np.testing.assert_allclose(loss, (high - low) ** 2 / (12 * size**2), rtol=1e-9)
    places = low + (high - low) * (np.arange(size) + 0.5) / size
    np.testing.assert_allclose(codebook.vectors[:, 0], places, rtol=0, atol=1e-8 * (high - low))


@pytest.mark.parametrize("size", [1, 2, 5, 16])
@pytest.mark.parametrize("name", SHAPES)
def test_lloyd_max_meets_both_conditions(name, size):
    shape, (low, high), corners = SHAPES[name]
    codebook = lloyd_max(shape, size, low, high)
    levels = codebook.vectors[:, 0]
    assert codebook.vectors.shape == (size, 1)
    assert (np.diff([low, *levels, high]) > 0).all()
    borders = [low, *((levels[:-1] + levels[1:]) / 2), high]  # half-way, so the cells are those of the nearest level
    for (left, right), level in zip(itertools.pairwise(borders), levels, strict=True):
        mass, first = (integral(lambda x, p=p: (x - left) ** p * shape(x), left, right, corners) for p in (0, 1))  # noqa: B023
        np.testing.assert_allclose(left + first / mass, level, rtol=0, atol=2e-9 * (high - low))


@pytest.mark.parametrize("name", DENSITIES)
def test_lloyd_max_agrees_with_the_optimum_of_a_density_in_points(name):
    points, weights = density(name)
    reach, shape = DENSITIES[name]
    step = points[1] - points[0]
    optimum = OptimalScalar(points, weights, largest=8)
    for size in (2, 3, 8):
        codebook, least = optimum_and_loss(shape, size, (-reach, reach))
        of_points = optimum.codebook(size)
        # A border between two points is off by up to step / 2, as in the test of the literature above.
        assert least - 1e-12 <= expected_distortion(of_points, shape, -reach, reach) <= least + step**2 / 4
        # Points stand for slices of width `step`, and lose step² / 12 less than they.
        loss = of_points.distortion(points, weights) + step**2 / 12
        np.testing.assert_allclose(loss, least, rtol=0, atol=step**2 / 4)
        np.testing.assert_allclose(codebook.vectors, of_points.vectors, rtol=0, atol=step)


@pytest.mark.parametrize("size", [2, 4, 7])
def test_lloyd_max_of_a_lopsided_density_is_its_optimum(size):
    step = 20 / 500
    points = step * (np.arange(500) + 0.5)
    of_points = optimal_scalar(points, size, gamma(points))
    codebook, least = optimum_and_loss(gamma, size, (0, 20))
    assert least - 1e-12 <= expected_distortion(of_points, gamma, 0, 20) <= least + step**2 / 4
    np.testing.assert_allclose(codebook.vectors, of_points.vectors, rtol=0, atol=step)


@settings(max_examples=30)
@given(arrays(float, 3, elements=st.floats(-4, 4)), st.sampled_from([(gaussian, (-10, 10)), (laplacian, (-30, 30))]))
def test_no_codebook_loses_less_than_lloyd_max(levels, source):
    shape, ends = source
    least = {gaussian: 0.19017403924790, laplacian: 1 - 2 / np.e}[shape]
    assert expected_distortion(Codebook(levels), shape, *ends) >= least * (1 - 1e-9)


@settings(max_examples=15)
@given(st.integers(1, 6), st.floats(0.01, 100), st.sampled_from([-1, 1]), st.floats(-100, 100))
def test_lloyd_max_moves_stretches_and_turns_with_its_density(size, stretch, sign, shift):
    scale = sign * stretch
    here, least = optimum_and_loss(gamma, size, (0, 40))
    ends = sorted([shift, shift + 40 * scale])
    there, loss = optimum_and_loss(lambda x: gamma(np.maximum((x - shift) / scale, 0)), size, ends)
    moved = np.sort(shift + scale * here.vectors[:, 0])
    np.testing.assert_allclose(there.vectors[:, 0], moved, rtol=0, atol=1e-8 * abs(ends[1] - ends[0]))
    np.testing.assert_allclose(loss, scale**2 * least, rtol=1e-7)


@pytest.mark.parametrize("factor", [1e-60, 0.3, 7, 1e60])
def test_a_factor_of_the_density_makes_no_difference(factor):
    here, least = optimum_and_loss(gamma, 4, GAMMA_ENDS)
    there, loss = optimum_and_loss(lambda x: factor * gamma(x), 4, GAMMA_ENDS)
    np.testing.assert_allclose(there.vectors, here.vectors, rtol=0, atol=1e-7)
    np.testing.assert_allclose(loss, least, rtol=1e-9)


def test_the_density_beyond_its_ends_does_not_count():
    codebook, loss = optimum_and_loss(exponential, 1, (0, 2))
    mean = 1 - 2 / np.expm1(2)
    np.testing.assert_allclose(codebook.vectors, [[mean]], rtol=1e-8)
    np.testing.assert_allclose(loss, 1 - 4 * np.exp(2) / np.expm1(2) ** 2, rtol=1e-9)  # variance of that piece


def test_lloyd_max_finds_a_density_that_is_narrow_between_its_ends():
    narrow = lloyd_max(gaussian, 8, -1000, 1000)
    np.testing.assert_allclose(narrow.vectors, lloyd_max(gaussian, 8, -10, 10).vectors, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "ends", "loss"),
    [(np.ones_like, (-4, 4), 1 / 3), (gaussian, GAUSSIAN_ENDS, 0.336)],
    ids=["uniform", "Gaussian"],
)
def test_expected_distortion_of_the_classic_codebook(shape, ends, loss):
    found = expected_distortion(Codebook([-3, -1, 1, 3]), shape, *ends)
    np.testing.assert_allclose(found, loss, rtol=1e-9 if shape is np.ones_like else 2e-3)


@settings(max_examples=40)
@given(arrays(float, st.integers(1, 6), elements=st.floats(-12, 20)), st.sampled_from(sorted(SHAPES)))
def test_expected_distortion_is_the_integral_of_the_least_square(levels, name):
    """Levels in any order, some of them equal, beyond the ends or never used."""
    shape, (low, high), corners = SHAPES[name]
    borders = (levels[:, None] + levels).ravel() / 2
    least = integral(lambda x: ((x - levels) ** 2).min() * shape(x), low, high, [*borders, *corners])
    loss = least / integral(shape, low, high, corners)
    np.testing.assert_allclose(expected_distortion(Codebook(levels), shape, low, high), loss, rtol=1e-7)


@pytest.mark.parametrize(
    ("level", "shape", "ends", "loss"),
    [
        (0.15, lambda x: (x < 0.3) * 1.0, (0, 1), 0.3**2 / 12),  # a step
        (0, lambda x: np.exp(-np.sqrt(2) * np.abs(x - 0.1)), (-29.9, 30.1), 1 + 0.1**2),  # a corner
        (137, lambda x: gaussian(x - 137), (-1000, 1000), 1),  # a narrow peak
        (137, lambda x: (np.abs(x - 137) < 1) * 1.0, (-1000, 1000), 2**2 / 12),  # two steps that lie close together
    ],
)
def test_expected_distortion_misses_no_step_corner_or_narrow_peak(level, shape, ends, loss):
    np.testing.assert_allclose(expected_distortion(Codebook([level]), shape, *ends), loss, rtol=1e-9)


def test_expected_distortion_is_what_samples_lose():
    samples = np.random.default_rng(0).normal(size=100_000)
    codebook = Codebook([-2, -0.3, 0.4, 1.1, 5])
    squares = (samples[:, None] - codebook.vectors[:, 0]) ** 2
    standard_error = squares.min(axis=1).std() / np.sqrt(len(samples))
    loss = expected_distortion(codebook, gaussian, *GAUSSIAN_ENDS)
    np.testing.assert_allclose(squares.min(axis=1).mean(), loss, rtol=0, atol=4 * standard_error)


BAD_ENDS = [
    ((1, -1), "low must be below high, got 1 and -1"),
    ((1, 1), "low must be below high, got 1 and 1"),
    ((np.nan, 1), "low and high must be finite"),
    ((-1, np.nan), "low and high must be finite"),
    ((-np.inf, np.inf), "low and high must be finite"),
    ((0, np.inf), "low and high must be finite"),
    ((None, 1), "low and high must be one or more real numbers"),
    (("a", 1), "low and high must be one or more real numbers"),
]
BAD_DENSITIES = [
    (lambda x: x, "be a number at each place, none negative, not all 0; got float64 .* from -"),
    (lambda x: 0 * x, "be a number at each place, none negative, not all 0; got float64 .* from 0.0 to 0.0"),
    (lambda x: 1.0, r"be a number at each place, none negative, not all 0; got float64 of shape \(\)"),
    (lambda x: np.ones(len(x) - 1), "be a number at each place, .* got float64 of shape"),
    (lambda x: gaussian(x[:, None]), "be a number at each place, .* got float64 of shape"),
    (lambda x: np.where(x > 4, np.nan, 1), "be finite"),
    (lambda x: np.where(x > 4, np.inf, 1), "be finite"),
    (lambda x: None, "be one or more real numbers, got object"),
    (lambda x: 1j * x, "be one or more real numbers, got complex128"),
    (lambda x: "a", "be one or more real numbers, got <U1"),
]
OF_DENSITIES = {
    "lloyd_max": lambda shape, *ends: lloyd_max(shape, 2, *ends),
    "best_uniform": lambda shape, *ends: best_uniform(shape, 2, *ends),
    "expected_distortion": lambda shape, *ends: expected_distortion(Codebook([0, 1]), shape, *ends),
}


@pytest.mark.parametrize(("ends", "problem"), BAD_ENDS)
@pytest.mark.parametrize("function", OF_DENSITIES.values(), ids=OF_DENSITIES)
def test_bad_ends_of_a_density_are_refused(function, ends, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        function(gaussian, *ends)


@pytest.mark.parametrize(("shape", "problem"), BAD_DENSITIES)
@pytest.mark.parametrize("function", OF_DENSITIES.values(), ids=OF_DENSITIES)
def test_bad_densities_are_refused(function, shape, problem):
    with pytest.raises(ValueError, match=f"^density must {problem}"):
        function(shape, -5, 5)


@pytest.mark.parametrize("size", [*BAD_SIZES, 1025])
def test_lloyd_max_refuses_a_bad_size(size):
    with pytest.raises(ValueError, match=r"^size must be a whole number from 1 to 1024, got"):
        lloyd_max(gaussian, size, -5, 5)


@pytest.mark.parametrize("width", [0.01, 0.001])
def test_lloyd_max_refuses_more_levels_than_it_can_tell_apart(width):
    with pytest.raises(ValueError, match=r"^no 64 levels found for this density: bring low and high nearer, or"):
        lloyd_max(lambda x: gaussian(x / width), 64, -10, 10)


def test_expected_distortion_refuses_a_codebook_of_pairs():
    with pytest.raises(ValueError, match=r"codebook of scalars, got vectors of dimension 2"):
        expected_distortion(Codebook([[0, 1]]), gaussian, -5, 5)


# --- equal steps ---------------------------------------------------------------------------------------------------


def step_and_loss(shape, size, ends):
    codebook = best_uniform(shape, size, *ends)
    steps = np.diff(codebook.vectors[:, 0])
    np.testing.assert_allclose(steps, steps[0], rtol=1e-9)
    return steps[0], expected_distortion(codebook, shape, *ends)


@pytest.mark.parametrize(  # Max 1960, Table II
    ("size", "step", "loss", "digit"),
    [
        (2, 1.5958, 0.36338, 1e-5),
        (3, 1.2240, 0.19017, 1e-5),
        (4, 0.99569, 0.118846, 1e-6),
        (8, 0.58602, 0.037440, 1e-6),
        (16, 0.33520, 0.011543, 1e-6),
        (32, 0.18814, 0.003495, 1e-6),
        (256, 0.03076, 8.77e-5, 1e-7),
    ],
)
def test_best_uniform_has_the_figures_of_the_literature(size, step, loss, digit):
    found_step, found_loss = step_and_loss(gaussian, size, GAUSSIAN_ENDS)
    np.testing.assert_allclose(found_step, step, rtol=0, atol=0.51e-4 if size < 4 else 0.51e-5)
    np.testing.assert_allclose(found_loss, loss, rtol=0, atol=0.51 * digit)


@pytest.mark.parametrize("size", [2, 3, 4, 7])
@pytest.mark.parametrize("name", ["Gaussian", "Laplacian"])
def test_best_uniform_of_an_even_density_is_the_least_over_all_steps(name, size):
    shape, (low, high), _ = SHAPES[name]

    def loss(step):
        levels = step * (np.arange(size) - (size - 1) / 2)
        corners = [0, *((levels[1:] + levels[:-1]) / 2)]
        return integral(lambda x: ((x - levels) ** 2).min() * shape(x), low, high, corners)

    least = optimize.minimize_scalar(loss, bounds=(0.1, 4), method="bounded", options={"xatol": 1e-7})
    step, found = step_and_loss(shape, size, (low, high))
    np.testing.assert_allclose(found, least.fun / integral(shape, low, high, [0]), rtol=1e-8)
    np.testing.assert_allclose(step, least.x, rtol=1e-4)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_best_uniform_of_a_lopsided_density_is_the_least_over_all_shifts_and_steps(size):
    def loss(first_and_step):
        levels = first_and_step[0] + first_and_step[1] * np.arange(size)
        return ((grid[:, None] - levels) ** 2).min(axis=1) @ weights / weights.sum() + (grid[1] - grid[0]) ** 2 / 12

    grid = 60 * (np.arange(20_000) + 0.5) / 20_000
    weights = gamma(grid)
    least = optimize.minimize(loss, [1, 2], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-10})
    step, found = step_and_loss(gamma, size, GAMMA_ENDS)
    np.testing.assert_allclose(found, least.fun, rtol=1e-5)
    np.testing.assert_allclose(step, least.x[1], rtol=1e-2)


@pytest.mark.parametrize("size", [2, 5, 64])
@pytest.mark.parametrize(("low", "high"), [(-4, 4), (100, 103.5)])
def test_best_uniform_of_a_uniform_density_cuts_it_into_equal_cells(size, low, high):
    codebook = best_uniform(np.ones_like, size, low, high)
    expected = low + (high - low) * (np.arange(size) + 0.5) / size
    np.testing.assert_allclose(codebook.vectors[:, 0], expected, rtol=0, atol=1e-7 * (high - low))


@pytest.mark.parametrize("size", [2, 3, 8, 20])
@pytest.mark.parametrize("name", ["Gaussian", "Laplacian", "gamma", "a slope"])
def test_equal_steps_are_never_better_than_lloyd_max(name, size):
    shape, ends, _ = SHAPES[name]
    _, least = optimum_and_loss(shape, size, ends)
    _, loss = step_and_loss(shape, size, ends)
    assert loss >= least * (1 - 1e-9)
    if size > 3:
        assert loss > least * 1.001


@pytest.mark.parametrize("size", [1, *BAD_SIZES, 1025])
def test_best_uniform_refuses_a_bad_size(size):
    with pytest.raises(ValueError, match=r"^size must be a whole number from 2 to 1024, got"):
        best_uniform(gaussian, size, -5, 5)


# --- code words of different lengths -------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.integers(1, 3), st.integers(1, 6), st.floats(0, 5), st.integers(0, 2**32 - 1))
def test_encoding_at_a_price_is_the_least_cost_by_brute_force(dimension, size, price, seed):
    chance = np.random.default_rng(seed)
    samples, vectors = chance.normal(size=(30, dimension)), chance.normal(size=(size, dimension))
    lengths = chance.uniform(0, 6, size)
    costs = ((samples[:, None, :] - vectors) ** 2).sum(axis=2) + price * lengths
    found = encode_at_price(samples, Codebook(vectors), lengths, price)
    np.testing.assert_allclose(costs[np.arange(30), found], costs.min(axis=1), rtol=0, atol=1e-9)


@settings(max_examples=40)
@given(arrays(float, st.integers(1, 20), elements=GREYS), arrays(float, st.integers(1, 6), elements=GREYS))
def test_where_bits_cost_nothing_the_nearest_code_vector_is_taken(samples, levels):
    codebook, lengths = Codebook(levels), np.arange(len(levels))
    found = encode_at_price(samples, codebook, lengths, 0)
    np.testing.assert_array_equal((samples - levels[found]) ** 2, (samples - codebook.quantize(samples)) ** 2)


def test_a_length_more_for_all_makes_no_difference():
    samples, codebook = np.linspace(-3, 3, 100), Codebook([-1, 0, 2])
    here, there = (encode_at_price(samples, codebook, np.array([2, 1, 2]) + more, 0.7) for more in (0, 40))
    np.testing.assert_array_equal(here, there)


@pytest.mark.parametrize(
    ("lengths", "price", "problem"),
    [
        ([1, 2, 3], 1, r"lengths must be 2 numbers, got float64 of shape \(3,\)"),
        (1, 1, "lengths must be 2 numbers, got"),
        ([1, np.nan], 1, "lengths must be finite"),
        ([1, 1], -0.1, "price must not be negative, got -0.1"),
        ([1, 1], [1], "price must not be negative, got"),
        ([1, 1], np.nan, "price must be finite"),
    ],
)
def test_encoding_at_a_price_refuses(lengths, price, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        encode_at_price([0.0, 1.0], Codebook([0, 1]), lengths, price)


def test_encoding_at_a_price_refuses_samples_of_another_dimension():
    with pytest.raises(ValueError, match=r"^samples must"):
        encode_at_price([[0.0, 1.0]], Codebook([0, 1]), [1, 1], 1)


def ends_of(steps):
    """The last of the steps, which are not endless."""
    steps = list(itertools.islice(steps, 2000))
    assert len(steps) < 2000
    return steps[-1]


@settings(max_examples=50)
@given(st.integers(1, 2), st.integers(2, 7), st.floats(0, 2), st.booleans(), st.integers(0, 2**32 - 1))
def test_entropy_constrained_training_never_raises_the_cost(dimension, size, price, weighted, seed):
    chance = np.random.default_rng(seed)
    samples = chance.normal(size=(60, dimension))
    weights = chance.uniform(0.1, 3, 60) if weighted else np.ones(60)
    steps = list(itertools.islice(entropy_constrained(samples, Codebook(samples[:size]), price, weights), 500))
    assert (np.diff([cost for *_, cost in steps]) <= 0).all()
    assert (np.diff([codebook.size for codebook, *_ in steps]) <= 0).all()
    for codebook, lengths, indices, cost in steps:
        share = np.bincount(indices, weights, codebook.size) / weights.sum()
        np.testing.assert_allclose(2.0**-lengths, share, rtol=1e-9)
        for i, vector in enumerate(codebook.vectors):
            own = indices == i
            np.testing.assert_allclose(vector, np.average(samples[own], axis=0, weights=weights[own]), atol=1e-12)
        loss = np.average(((samples - codebook.vectors[indices]) ** 2).sum(axis=1), weights=weights)
        np.testing.assert_allclose(cost, (loss + price * share @ -np.log2(share)) / dimension, rtol=1e-9)


@pytest.mark.parametrize("dimension", [1, 2])
def test_entropy_constrained_training_where_bits_cost_nothing_is_lloyds(dimension):
    samples = np.random.default_rng(3).normal(size=(500, dimension))
    start = Codebook(samples[:6])
    priced, moves = list(entropy_constrained(samples, start, 0)), list(lloyd_steps(samples, start))[1::2]
    assert len(priced) > 3
    for (codebook, _, indices, cost), (moved, known, loss) in zip(priced, moves, strict=False):
        assert codebook.size == 6
        np.testing.assert_allclose(codebook.vectors, moved.vectors, rtol=0, atol=1e-12)
        np.testing.assert_array_equal(indices, known)
        np.testing.assert_allclose(cost, loss, rtol=1e-12)


@pytest.mark.parametrize("dimension", [1, 2])
def test_where_bits_are_dear_one_code_vector_is_left_at_the_mean(dimension):
    samples = np.random.default_rng(4).normal(2, 1, (301, dimension))
    codebook, lengths, indices, cost = ends_of(entropy_constrained(samples, Codebook(samples[:5]), 100))
    np.testing.assert_allclose(codebook.vectors, [samples.mean(axis=0)], rtol=1e-12)
    assert lengths.tolist() == [0]
    assert set(indices) == {0}
    np.testing.assert_allclose(cost, samples.var(axis=0).mean(), rtol=1e-12)


@pytest.mark.parametrize(("samples", "price"), [([0.0, 1.0, 2.0], 0), ([3.0, 3.0, 3.0], 1)])
def test_entropy_constrained_training_ends_where_nothing_is_lost(samples, price):
    *_, cost = ends_of(entropy_constrained(samples, Codebook(np.unique(samples)), price))
    assert cost == 0


def bits_and_loss(start, price):
    points, weights = density("Gaussian")
    _, lengths, _, cost = ends_of(entropy_constrained(points, start, price, weights))
    bits = float(2.0**-lengths @ lengths)
    return bits, cost - price * bits


@pytest.mark.parametrize(  # computed apart
    ("bits", "snr", "size", "prices"),
    [
        (1, 4.581, 9, [0.455, 0.45, 0.445, 0.44, 0.435]),
        (2, 10.510, 33, [0.14, 0.13, 0.125, 0.12, 0.115]),
        (3, 16.529, 65, [0.037, 0.036, 0.035, 0.034, 0.033]),
    ],
)
def test_entropy_constrained_scalars_of_a_gaussian_have_the_figures_of_the_reference(bits, snr, size, prices):
    found = [bits_and_loss(uniform(size, -8, 8) if bits > 1 else uniform(size, -4, 4), price) for price in prices]
    rates, snrs = zip(*((rate, decibels(1, loss)) for rate, loss in found), strict=True)
    assert rates[0] < bits < rates[-1]
    np.testing.assert_allclose(np.interp(bits, rates, snrs), snr, rtol=0, atol=0.01)


def test_an_even_number_of_levels_to_start_from_is_a_trap_at_1_bit():
    price = 0.45
    (even_bits, even_loss), (odd_bits, odd_loss) = (bits_and_loss(uniform(size, -4, 4), price) for size in (8, 9))
    assert even_bits >= 1
    assert even_loss + price * even_bits > 1.005 * (odd_loss + price * odd_bits)


@pytest.mark.parametrize(
    ("samples", "start", "price", "problem"),
    [
        ([0, 1], [0, 1], -1, "price must not be negative, got -1"),
        ([0, 1], [0, 1], np.nan, "price must be finite"),
        ([0, 0], [0, 1], 1, "size must be at most the number of distinct samples, 1, got 2"),
        ([[0, 1], [1, 0]], [0, 1], 1, "samples must"),
        ([0, np.nan], [0, 1], 1, "samples must be finite"),
    ],
)
def test_entropy_constrained_training_refuses(samples, start, price, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        next(entropy_constrained(samples, Codebook(start), price))
