"""Densities stand for integrals; samples have the distribution that their source promises.

Averages over chance are compared within five standard errors, and seeds are fixed.
"""

import numpy as np
import pytest
from scipy import stats
from sklearn.cluster import KMeans

from vqlib.sources import DENSITIES, clusters, density, gauss_markov, gaussian, laplacian, ring

SCIPY = {
    "uniform": stats.uniform(-4, 8),
    "Gaussian": stats.norm(),
    "Laplacian": stats.laplace(scale=np.sqrt(0.5)),
}


@pytest.mark.parametrize("name", DENSITIES)
def test_sums_agree_with_integrals(name):
    points, weights = density(name)
    assert weights.sum() == pytest.approx(1)
    assert weights @ points == pytest.approx(0, abs=1e-12)
    step = points[1] - points[0]
    # What a sum over steps differs by: step**2 / 12 in the mean square, as for any quantizer.
    assert weights @ points**2 == pytest.approx(SCIPY[name].var(), abs=step**2 / 6)
    for threshold in (-1.5, 0, 0.7):
        share = weights[points < threshold].sum()
        assert share == pytest.approx(SCIPY[name].cdf(threshold), abs=step * SCIPY[name].pdf(0))


def test_an_unknown_density_is_refused():
    problem = "name must be one of uniform, Gaussian, Laplacian, got 'normal'"
    with pytest.raises(ValueError, match=problem):
        density("normal")


# --- samples -------------------------------------------------------------------------------------

SOURCES = {  # each as a function of n and options
    "gaussian": lambda n, k=2, **seed: gaussian(n, k, **seed),
    "laplacian": lambda n, k=2, **seed: laplacian(n, k, **seed),
    "gauss_markov": lambda n, k=2, **seed: gauss_markov(n, k, 0.9, **seed),
    "ring": ring,
    "clusters": clusters,
}
WITH_K = ["gaussian", "laplacian", "gauss_markov"]
every_source = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
MANY = 200_000


def assert_mean(terms, expected):
    """The mean over the first axis is what it should be, within five standard errors."""
    error = np.std(terms, axis=0) / np.sqrt(len(terms))
    assert (np.abs(np.mean(terms, axis=0) - expected) <= 5 * error).all()


def products(samples):
    """Of every pair of components; their mean is the covariance of a source of mean 0."""
    return samples[:, :, None] * samples[:, None, :]


@every_source
@pytest.mark.parametrize("n", [1, 3, 7, 8, 100])
def test_samples_are_an_array_of_floats_of_the_shape_asked(source, n):
    samples = source(n)
    assert samples.shape == (n, 2)
    assert samples.dtype == np.float64
    assert np.isfinite(samples).all()
    assert len(np.unique(samples)) == 2 * n


@pytest.mark.parametrize("name", WITH_K)
@pytest.mark.parametrize("k", [1, 3, 8])
def test_rows_have_as_many_samples_as_asked(name, k):
    samples = SOURCES[name](5, k)
    assert samples.shape == (5, k)
    assert len(np.unique(samples)) == 5 * k


@every_source
def test_a_seed_fixes_the_samples(source):
    np.testing.assert_array_equal(source(20, seed=3), source(20, seed=3))
    np.testing.assert_array_equal(source(20), source(20, seed=0))
    assert not np.isclose(source(20, seed=3), source(20, seed=4)).any()


@every_source
def test_samples_can_be_written_to_and_are_nobody_elses(source):
    samples = source(20)
    before = source(20)
    samples[:] = 99
    np.testing.assert_array_equal(source(20), before)


@pytest.mark.parametrize(
    ("source", "distribution"),
    [(gaussian, SCIPY["Gaussian"]), (laplacian, SCIPY["Laplacian"])],
    ids=["gaussian", "laplacian"],
)
def test_independent_samples_have_their_distribution(source, distribution):
    samples = source(MANY // 4, 4, seed=1)
    assert stats.kstest(samples.ravel(), distribution.cdf).pvalue > 1e-4
    assert_mean(samples.ravel(), 0)
    assert_mean(samples.ravel() ** 2, 1)
    assert_mean(products(samples), np.eye(4))
    assert_mean(samples[1:, 0] * samples[:-1, 3], 0)  # nor does a row know of the one before
    # 3 for the Gaussian, 6 for the Laplacian with its tails.
    assert_mean(samples.ravel() ** 4, distribution.stats("k") + 3)
    # A correlation of squares would be seen by none of these.
    assert_mean((samples[:, 1:] ** 2 - 1) * (samples[:, :-1] ** 2 - 1), 0)


@pytest.mark.parametrize("rho", [0.9, 0.5, 0.0, -0.6])
def test_gauss_markov_has_the_covariance_of_an_ar1_process(rho):
    samples = gauss_markov(MANY, 4, rho, seed=2)
    apart = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    assert_mean(samples, 0)
    assert_mean(products(samples), float(rho) ** apart)
    assert_mean(samples[1:, 0] * samples[:-1, 3], 0)  # each row is a sequence of its own
    for column in samples.T:
        assert stats.kstest(column, SCIPY["Gaussian"].cdf).pvalue > 1e-4


def test_gauss_markov_steps_by_independent_gaussian_noise():
    samples = gauss_markov(MANY, 3, 0.9, seed=3)
    noise = (samples[:, 1:] - 0.9 * samples[:, :-1]) / np.sqrt(1 - 0.9**2)
    assert_mean(noise[:, 0] * noise[:, 1], 0)
    assert_mean(noise * samples[:, :1], 0)
    assert stats.kstest(noise.ravel(), SCIPY["Gaussian"].cdf).pvalue > 1e-4


def test_gauss_markov_without_memory_is_gaussian():
    independent = gaussian(50, 4, seed=5)
    np.testing.assert_array_equal(gauss_markov(50, 4, 0, seed=5), independent)
    correlated = gauss_markov(50, 4, 0.5, seed=5)
    assert not np.isclose(correlated[:, 1:], independent[:, 1:]).any()


def test_ring_is_a_thin_round_ring():
    pairs = ring(MANY, seed=1)
    radius = np.hypot(*pairs.T)
    angle = np.arctan2(*pairs.T)
    assert 0.5 < radius.min() < radius.max() < 2.5  # nothing in the middle, nothing far off
    assert radius.std() < 0.1 * radius.mean()
    assert stats.kstest(angle, stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-4
    assert abs(np.corrcoef(radius, np.cos(angle))[0, 1]) < 5 / np.sqrt(MANY)
    assert_mean(pairs, 0)
    np.testing.assert_allclose(pairs.var(axis=0), 1, rtol=0, atol=0.02)
    # Neighbours on the ring have nothing in common.
    assert_mean((pairs[1:] * pairs[:-1]).sum(axis=1), 0)


def test_clusters_are_eight_in_turn():
    pairs = clusters(1600, seed=1)
    labels = KMeans(8, n_init=10, random_state=0).fit(pairs).labels_.reshape(200, 8)
    assert (labels == labels[0]).all()
    assert sorted(labels[0]) == list(range(8))


def test_clusters_are_small_round_and_far_apart():
    pairs = clusters(8 * 2000, seed=1).reshape(2000, 8, 2)
    centres = pairs.mean(axis=0)
    off = pairs - centres
    deviation = off.std()
    distances = np.linalg.norm(centres[:, None] - centres, axis=2)
    # Half-way between two centres is three standard deviations from either.
    assert distances[~np.eye(8, dtype=bool)].min() > 6 * deviation
    for cluster in np.moveaxis(off, 1, 0):
        assert_mean(products(cluster), deviation**2 * np.eye(2))
    assert 0.05 < deviation < 0.5


def centres_of_clusters(seed):
    return clusters(8 * 500, seed=seed).reshape(500, 8, 2).mean(axis=0)


def test_clusters_lie_in_the_same_places_for_every_seed_and_number():
    here = centres_of_clusters(seed=1)
    there = centres_of_clusters(seed=2)
    np.testing.assert_allclose(here, there, rtol=0, atol=5 * 0.15 * np.sqrt(2 / 500))
    for n in (1, 3, 7, 11, 20):
        expected = np.resize(here, (n, 2))
        np.testing.assert_allclose(clusters(n, seed=3), expected, rtol=0, atol=5 * 0.15)


# --- what is refused -----------------------------------------------------------------------------


BAD_COUNTS = [0, -1, 2.5, True, "4", None]


@every_source
@pytest.mark.parametrize("n", BAD_COUNTS)
def test_bad_number_of_vectors_is_refused(source, n):
    with pytest.raises(ValueError, match=r"^n must be a whole number of at least 1, got"):
        source(n)


@pytest.mark.parametrize("name", WITH_K)
@pytest.mark.parametrize("k", BAD_COUNTS)
def test_bad_number_of_samples_in_a_vector_is_refused(name, k):
    with pytest.raises(ValueError, match=r"^k must be a whole number of at least 1, got"):
        SOURCES[name](5, k)


@every_source
@pytest.mark.parametrize("seed", [-1, 2.5, True, "4", None])
def test_bad_seed_is_refused(source, seed):
    with pytest.raises(ValueError, match=r"^seed must be a whole number of at least 0, got"):
        source(5, seed=seed)


@pytest.mark.parametrize(
    ("rho", "problem"),
    [
        (1, "lie between -1 and 1, got 1"),
        (-1, "lie between -1 and 1, got -1"),
        (1.5, "lie between -1 and 1, got 1.5"),
        (np.nan, "be finite"),
        (-np.inf, "be finite"),
        ("a", "be one or more real numbers"),
        (None, "be one or more real numbers"),
        (0.5j, "be one or more real numbers"),
    ],
)
def test_bad_rho_is_refused(rho, problem):
    with pytest.raises(ValueError, match=f"^rho must {problem}"):
        gauss_markov(5, 2, rho)
