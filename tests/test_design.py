"""The laws of `vqlib.design`, against brute force, theory and scikit-learn."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from vqlib import Codebook, image
from vqlib.design import DISTINCT_LIMIT, OptimalScalar, lloyd, lloyd_steps, optimal_scalar, split, uniform
from vqlib.measure import entropy_of_counts

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
        ((2, None, 1), "low and high must be real numbers"),
        ((2, "a", 1), "low and high must be real numbers"),
        ((2, [0, 1], 1), "low and high must be an array, got rows of different lengths"),
    ],
)
def test_uniform_refuses(arguments, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        uniform(*arguments)


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
THEORY = {  # size: least mean squared error of N(0, 1), entropy of the index
    2: (0.3633802, 1.0000),
    3: (0.1901740, 1.5358),
    4: (0.1174819, 1.9111),
    8: (0.0345478, 2.8249),
    16: (0.0095010, 3.7653),
    32: (0.0025047, 4.7298),
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
    codebook, (loss, bits) = gaussian_optimum.codebook(size), THEORY[size]
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
    ([], "hold at least one number"),
    ([1, np.nan], "be finite"),
    ([1, np.inf], "be finite"),
    ([1j], "be real numbers, got dtype complex128"),
    (["a"], "be real numbers, got dtype <U1"),
    ([None], "be real numbers, got dtype object"),
    ([[1, 2], [3]], "be an array, got rows of different lengths"),
]
BAD_WEIGHTS = [
    ([1.0], r"be 3 numbers, none negative and not all zero, got float64 of shape \(1,\)"),
    ([1.0, 1.0, -1.0], "be 3 numbers, none negative and not all zero, got .* from -1.0 to 1.0"),
    ([0, 0, 0], "be 3 numbers, none negative and not all zero, got .* from 0.0 to 0.0"),
    ([1, 1, np.nan], "be finite"),
    (["a", "b", "c"], "be real numbers"),
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
    with pytest.raises(ValueError, match="values must have at most 2048 distinct numbers, got 2049: use lloyd"):
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


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("dimension", "weighted"), [(1, False), (2, True), (4, False)])
def test_lloyd_steps_end_where_kmeans_ends(seed, dimension, weighted):
    rng = np.random.default_rng(seed)
    samples = rng.normal(size=(400, dimension))
    weights = rng.integers(1, 5, 400).astype(float) if weighted else None
    start = Codebook(samples[:8])
    *_, (end, loss) = lloyd_steps(samples, start, weights)
    model = KMeans(8, init=start.vectors, n_init=1, tol=0, max_iter=1000).fit(samples, sample_weight=weights)
    np.testing.assert_allclose(end.vectors, model.cluster_centers_, rtol=0, atol=1e-12)
    total = 400 if weights is None else weights.sum()
    np.testing.assert_allclose(loss, model.inertia_ / total / dimension, rtol=1e-12)


starts = st.sampled_from([0.0, 1.0, 2.0, 100.0])  # few values and far off: equal code vectors and empty cells abound


@settings(max_examples=50)
@given(samples_with_repetitions(), st.data())
def test_lloyd_steps_lose_less_at_every_step_and_leave_no_cell_empty(samples, data):
    size = data.draw(size_for(samples))
    start = Codebook(data.draw(arrays(float, (size, samples.shape[1]), elements=starts)))
    steps = list(lloyd_steps(samples, start))
    assert steps[0][0] is start
    losses = [loss for _, loss in steps]
    np.testing.assert_allclose(losses, [codebook.distortion(samples) for codebook, _ in steps], rtol=1e-12)
    assert (np.diff(losses) < 0).all()
    np.testing.assert_array_equal(np.unique(steps[-1][0].encode(samples)), np.arange(size))


@settings(max_examples=50)
@given(samples_with_repetitions(), st.data())
def test_lloyd_steps_end_in_the_centroids_of_their_cells(samples, data):
    start = Codebook(samples[: data.draw(st.integers(1, len(samples)))])
    assume(start.size <= distinct(samples))
    *_, (end, loss) = lloyd_steps(samples, start)
    indices = end.encode(samples)
    centroids = np.array([samples[indices == k].mean(axis=0) for k in range(end.size)])
    # The end loses nothing against the centroids of its own cells, or one step more would have been taken.
    np.testing.assert_allclose(((samples - centroids[indices]) ** 2).mean(), loss, rtol=1e-12, atol=1e-24)


def test_lloyd_steps_move_an_unused_code_vector_to_the_farthest_sample():
    steps = list(lloyd_steps([0, 1, 2, 10], Codebook([1, 500])))
    np.testing.assert_array_equal(steps[1][0].vectors, [[3.25], [10]])
    np.testing.assert_array_equal(steps[-1][0].vectors, [[1], [10]])


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
