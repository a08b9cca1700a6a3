"""Training by Lloyd's algorithm, whole or step by step, against its two conditions and KMeans."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from tests.design.support import (
    GAUSSIAN_POINTS,
    numbers_of,
    samples_with_repetitions,
    size_for,
)
from vqlib import Codebook
from vqlib.design import count_distinct, grid, lloyd, lloyd_steps, product, refine, split


def last_of_lloyd_steps(samples, size):
    *_, (codebook, _, _) = lloyd_steps(samples, Codebook(samples[:size]))
    return codebook


def sorted_rows(vectors):
    """By the first component, then the next."""
    return vectors[np.lexsort(vectors.T[::-1])]


lloyd_and_split = pytest.mark.parametrize("design", [lloyd, split], ids=["lloyd", "split"])
with_and_without_weights = pytest.mark.parametrize(
    "weighted", [False, True], ids=["alike", "weighted"]
)

# --- a codebook by training ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "design", [lloyd, split, last_of_lloyd_steps], ids=["lloyd", "split", "lloyd_steps"]
)
def test_training_finds_the_means_of_two_clusters_that_lie_far_apart(design):
    samples, labels = make_blobs(60, centers=[[0, 0, 0], [90, 90, 0]], random_state=0)
    means = [samples[labels == label].mean(axis=0) for label in (0, 1)]
    vectors = sorted_rows(design(samples, 2).vectors)
    np.testing.assert_allclose(vectors, means, rtol=0, atol=1e-9)


@settings(max_examples=40)
@given(samples_with_repetitions(), st.sampled_from([lloyd, split]), st.data())
def test_training_gives_the_size_asked_sorted_and_no_empty_cell(samples, design, data):
    size = data.draw(size_for(samples))
    codebook = design(samples, size)
    vectors = [tuple(vector) for vector in codebook.vectors]
    assert vectors == sorted(set(vectors))
    np.testing.assert_array_equal(np.unique(codebook.encode(samples)), np.arange(size))


@lloyd_and_split
def test_training_gives_the_same_codebook_every_time(design):
    samples = np.random.default_rng(0).normal(size=(300, 2))
    np.testing.assert_array_equal(design(samples, 7).vectors, design(samples, 7).vectors)


@lloyd_and_split
@pytest.mark.parametrize("size", [2, 3, 4])
def test_training_on_a_gaussian_ends_in_its_only_local_optimum(gaussian_optimum, design, size):
    """The density is log-concave (Fleischer 1964).

    KMeans stops a little early: within 1 % of the optimum at these sizes.
    """
    weights = norm.pdf(GAUSSIAN_POINTS)
    best = gaussian_optimum.codebook(size).distortion(GAUSSIAN_POINTS, weights)
    trained = design(GAUSSIAN_POINTS, size, weights).distortion(GAUSSIAN_POINTS, weights)
    assert best <= trained <= 1.01 * best


def test_split_starts_from_the_centroid_of_all():
    np.testing.assert_array_equal(split([[0, 0], [2, 4]], 1).vectors, [[1, 2]])


def test_split_doubles_a_code_vector_to_either_side():
    # The mean is 0, a tenth of the deviation .74: the sample at .2 is nearer to .74 than to -.74.
    vectors = split([-9.2, 0.2, 9], 2).vectors
    np.testing.assert_allclose(vectors, [[-9.2], [4.6]], rtol=1e-12)


def test_split_doubles_the_code_vectors_of_the_largest_squared_error_first():
    vectors = split([0, 1, 100, 120], 3).vectors
    np.testing.assert_allclose(vectors, [[0.5], [100], [120]], rtol=1e-12)


def test_lloyd_with_more_starts_is_never_worse():
    samples = np.random.default_rng(0).normal(size=(300, 2))
    losses = [lloyd(samples, 12, starts=starts).distortion(samples) for starts in (1, 2, 4, 8)]
    assert (np.diff(losses) <= 0).all()
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("dimension", [1, 2, 8])
def test_lloyd_with_more_iterations_is_never_worse(dimension):
    samples = np.random.default_rng(0).normal(size=(500, dimension))
    losses = []
    for most in (1, 2, 5, 300):
        codebook = lloyd(samples, 12, starts=1, iterations=most)
        losses.append(codebook.distortion(samples))
    assert (np.diff(losses) <= 0).all()
    assert losses[-1] < losses[0]
    by_default = lloyd(samples, 12, starts=1)
    np.testing.assert_array_equal(codebook.vectors, by_default.vectors)


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


@pytest.mark.parametrize(("bits", "sizes"), [(1, (2, 1)), (2, (2, 2)), (5, (8, 4)), (6, (8, 8))])
def test_grid_trains_each_component_by_itself_and_the_first_gets_the_odd_bit(bits, sizes):
    samples = np.random.default_rng(0).normal(size=(300, 2))
    parts = []
    for component, size in zip(samples.T, sizes, strict=True):
        parts.append(lloyd(component, size, starts=1))
    np.testing.assert_array_equal(grid(samples, bits).vectors, product(*parts).vectors)


@given(samples_with_repetitions(), st.integers(1, 20))
def test_distinct_vectors_are_counted_exactly_or_found_to_be_enough(samples, enough):
    exact = len({tuple(sample) for sample in samples})
    found = count_distinct(samples, enough)
    assert found == exact or enough <= found <= exact


# --- from a codebook of one's own ----------------------------------------------------------------


@settings(max_examples=60)
@given(samples_with_repetitions(), st.sampled_from([1, 2, 300]), st.data())
def test_refining_never_loses_more(samples, iterations, data):
    size = data.draw(size_for(samples))
    start = Codebook(np.unique(samples, axis=0)[:size])
    weights = data.draw(numbers_of(len(samples)))
    refined = refine(samples, start, weights, iterations=iterations)
    assert refined.size == size
    assert refined.distortion(samples, weights) <= start.distortion(samples, weights) + 1e-12


def normal_training(seed, dimension, weighted):
    """400 normal samples, their weights, and the first 8 as a start."""
    rng = np.random.default_rng(seed)
    samples = rng.normal(size=(400, dimension))
    weights = rng.integers(1, 5, 400).astype(float) if weighted else None
    return samples, weights, Codebook(samples[:8])


@with_and_without_weights
@pytest.mark.parametrize("iterations", [1, 3])
def test_refining_is_as_many_iterations_of_lloyd_from_the_start(iterations, weighted):
    samples, weights, start = normal_training(2, 3, weighted)
    *_, (moved, _, _) = itertools.islice(lloyd_steps(samples, start, weights), 2 * iterations)
    refined = refine(samples, start, weights, iterations=iterations)
    np.testing.assert_allclose(refined.vectors, sorted_rows(moved.vectors), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("samples", "start", "options", "problem"),
    [
        (
            [1, 1, 2],
            [0, 1, 2],
            {},
            "size must be at most the number of distinct samples, 2, got 3",
        ),
        (
            [1, 2, 3],
            [0, 1],
            {"iterations": 0},
            "iterations must be a whole number of at least 1, got 0",
        ),
        (
            [1, 2, 3],
            [0, 1],
            {"iterations": 2.5},
            "iterations must be a whole number of at least 1, got 2.5",
        ),
        (
            [1, 2, 3],
            [[0, 0]],
            {},
            r"samples must have shape \(n, 2\), got \(3, 1\)",
        ),
    ],
)
def test_refine_refuses(samples, start, options, problem):
    with pytest.raises(ValueError, match=f"^{problem}"):
        refine(samples, Codebook(start), **options)


# --- step by step --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@with_and_without_weights
@pytest.mark.parametrize("dimension", [1, 2, 3, 8])
def test_lloyd_steps_end_where_kmeans_ends(dimension, weighted, seed):
    samples, weights, start = normal_training(seed, dimension, weighted)
    *_, (end, indices, loss) = lloyd_steps(samples, start, weights)
    model = KMeans(8, init=start.vectors, n_init=1, tol=0, max_iter=1000)
    model.fit(samples, sample_weight=weights)
    np.testing.assert_allclose(end.vectors, model.cluster_centers_, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(indices, model.labels_)
    total = 400 if weights is None else weights.sum()
    np.testing.assert_allclose(loss, model.inertia_ / total / dimension, rtol=1e-12)


def told(steps):
    """The steps as lists and numbers."""
    found = []
    for codebook, indices, loss in steps:
        found.append((codebook.vectors.tolist(), indices.tolist(), loss))
    return found


def test_lloyd_steps_by_hand():
    """The second code vector is unused at first and goes to the farthest sample, 10."""
    assert told(lloyd_steps([0, 1, 2, 10], Codebook([1, 500]))) == [
        ([[1], [500]], [0, 0, 0, 0], 20.75),
        ([[3.25], [10]], [0, 0, 0, 0], 15.6875),
        ([[3.25], [10]], [0, 0, 0, 1], 4.296875),
        ([[1], [10]], [0, 0, 0, 1], 0.5),
        ([[1], [10]], [0, 0, 0, 1], 0.5),
    ]


def test_lloyd_steps_of_weighted_pairs_by_hand():
    steps = lloyd_steps([[0, 0], [4, 0], [9, 0]], Codebook([[0, 0], [7, 0]]), [1, 3, 1])
    assert told(steps) == [
        ([[0, 0], [7, 0]], [0, 1, 1], 3.1),
        ([[0, 0], [5.25, 0]], [0, 1, 1], 1.875),
        ([[0, 0], [5.25, 0]], [0, 1, 1], 1.875),
    ]


@st.composite
def trainings(draw):
    """Samples, their weights (None, or whole numbers, also 0), and a start, maybe a bad one."""
    samples = draw(samples_with_repetitions())
    some = arrays(float, len(samples), elements=st.integers(0, 3).map(float))
    weights = draw(st.none() | some)
    counted = samples if weights is None else samples[weights > 0]
    assume(len(counted))
    size = draw(size_for(counted))
    # Few values, and far off: equal code vectors and empty cells abound.
    far_off = st.sampled_from([0.0, 1.0, 2.0, 100.0])
    start = Codebook(draw(arrays(float, (size, samples.shape[1]), elements=far_off)))
    return samples, weights, start


def ones_for_none(weights, samples):
    return np.ones(len(samples)) if weights is None else weights


def squared_distances(samples, codebook):
    """Of each sample (row) to each code vector (column)."""
    return ((samples[:, None] - codebook.vectors) ** 2).sum(axis=2)


@settings(max_examples=60)
@given(trainings())
def test_lloyd_steps_tell_the_loss_of_their_codebook_and_indices(training):
    samples, weights, start = training
    mass = ones_for_none(weights, samples)
    for codebook, indices, loss in lloyd_steps(samples, start, weights):
        own = squared_distances(samples, codebook)[np.arange(len(samples)), indices]
        expected = mass @ own / mass.sum() / samples.shape[1]
        np.testing.assert_allclose(loss, expected, rtol=1e-12, atol=1e-24)


def assert_centroids(codebook, samples, mass, indices):
    """Every code vector is the centroid of its region, or a sample where there is no region."""
    for index, vector in enumerate(codebook.vectors):
        region = (indices == index) & (mass > 0)
        if region.any():
            centroid = np.average(samples[region], axis=0, weights=mass[region])
            np.testing.assert_allclose(vector, centroid, rtol=1e-12, atol=1e-12)
        else:
            assert vector.tolist() in samples.tolist()


@settings(max_examples=60)
@given(trainings())
def test_lloyd_steps_move_to_centroids_and_encode_anew_in_turn(training):
    samples, weights, start = training
    steps = list(lloyd_steps(samples, start, weights))
    assert steps[0][0] is start
    assert len(steps) % 2 == 1  # ends after an encoding
    mass = ones_for_none(weights, samples)
    before_codebook = start
    before_indices = None
    for number, (codebook, indices, _) in enumerate(steps):
        if number % 2:
            np.testing.assert_array_equal(indices, before_indices)
            assert_centroids(codebook, samples, mass, indices)
        else:
            np.testing.assert_array_equal(codebook.vectors, before_codebook.vectors)
            squares = squared_distances(samples, codebook)
            own = squares[np.arange(len(samples)), indices]
            np.testing.assert_allclose(own, squares.min(axis=1), rtol=1e-9, atol=1e-9)
        before_codebook = codebook
        before_indices = indices


@settings(max_examples=60)
@given(trainings())
def test_lloyd_steps_never_lose_more_and_leave_no_cell_empty(training):
    samples, weights, start = training
    steps = list(lloyd_steps(samples, start, weights))
    losses = np.array([loss for _, _, loss in steps])
    assert (np.diff(losses) <= 1e-12 * losses[:-1]).all()  # never rises, but for rounding
    assert (np.diff(losses[::2]) < 0).all()  # every whole iteration gains
    _, indices, _ = steps[-1]
    counted = indices[ones_for_none(weights, samples) > 0]
    np.testing.assert_array_equal(np.unique(counted), np.arange(start.size))


@settings(max_examples=60)
@given(trainings())
def test_lloyd_steps_end_where_a_next_run_begins_and_ends(training):
    samples, weights, start = training
    *_, (end, indices, loss) = lloyd_steps(samples, start, weights)
    # Nothing would be gained by the centroids of the cells, or an iteration more would have been
    # made.
    mass = ones_for_none(weights, samples)
    centroids = np.zeros_like(end.vectors)
    for index in range(end.size):
        region = indices == index
        centroids[index] = np.average(samples[region], axis=0, weights=mass[region])
    squares = ((samples - centroids[indices]) ** 2).mean(axis=1)
    least = np.average(squares, weights=mass)
    np.testing.assert_allclose(least, loss, rtol=1e-12, atol=1e-24)
    ((again, same, as_much),) = lloyd_steps(samples, end, weights)
    assert again is end
    np.testing.assert_array_equal(same, indices)
    assert as_much == loss


@pytest.mark.parametrize("weights", [None, [2, 2, 1, 1]], ids=["alike", "weighted"])
def test_lloyd_steps_stop_at_once_at_an_optimum(weights):
    steps = lloyd_steps([0, 1, 10, 11], Codebook([10.5, 0.5]), weights)
    assert told(steps) == [([[10.5], [0.5]], [1, 1, 0, 0], 0.25)]


@pytest.mark.parametrize(
    ("samples", "start", "weights", "moved"),
    [
        ([0, 1, 2, 10], [1, 500], None, [3.25, 10]),
        ([0, 1, 2, 10], [500, 1], None, [10, 3.25]),
        # The first unused one to the farthest, the next to the next.
        ([0, 1, 5, 10], [0, 500, 600], None, [4, 10, 5]),
        ([-9, 1, 2, 10, 30], [1, 30, 500], None, [1, 30, -9]),
        # A sample that does not count draws no code vector, nor does it fill a region.
        ([0, 1, 4, 10], [1, 500], [1, 1, 1, 0], [5 / 3, 4]),
        ([0, 1, 4, 10], [1, 10], [1, 1, 1, 0], [5 / 3, 4]),
    ],
)
def test_lloyd_steps_move_unused_code_vectors_to_the_farthest_samples(
    samples, start, weights, moved
):
    steps = lloyd_steps(samples, Codebook(start), weights)
    next(steps)
    codebook, _, _ = next(steps)
    assert codebook.vectors[:, 0].tolist() == moved


def test_lloyd_steps_refuses_samples_of_another_dimension():
    with pytest.raises(ValueError, match=r"samples must have shape \(n, 2\), got \(3, 1\)"):
        next(lloyd_steps([1, 2, 3], Codebook([[0, 0]])))
