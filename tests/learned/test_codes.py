"""Running means and restarts, on latents that stand still."""

import numpy as np
import pytest

from vqlib.learned import Learned
from vqlib.learned.codes import Codes

CLUSTERS = np.array([[0.0, 0], [5, 0], [0, 5], [-5, 0], [0, -5], [5, 5], [-5, -5], [5, -5]])
BATCH = 64


def batches(shares, steps, seed=0):
    """Latents at the clusters, drawn by their shares, with their indices."""
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        indices = rng.choice(len(shares), BATCH, p=shares)
        yield CLUSTERS[indices], indices


def nearest(points, vectors):
    return ((points[:, None] - vectors) ** 2).sum(axis=2).argmin(axis=1)


def test_averages_are_running_means_of_sums_over_smoothed_running_means_of_counts():
    vectors = CLUSTERS[:3] + 1
    codes = Codes(vectors, Learned(3, 2, update="average"), BATCH)
    counts = [1.0, 1.0, 1.0]
    sums = [vector.copy() for vector in CLUSTERS[:3] + 1]
    for points, indices in batches([0.7, 0.3, 0], 5):
        codes.follow(points, indices, np.random.default_rng(0))
        for index in range(3):
            mine = points[indices == index]
            counts[index] = 0.99 * counts[index] + 0.01 * len(mine)
            sums[index] = 0.99 * sums[index] + 0.01 * mine.sum(axis=0)
    smoothed = [(count + 1e-5) / (sum(counts) + 3e-5) * sum(counts) for count in counts]
    expected = [total / count for total, count in zip(sums, smoothed, strict=True)]
    np.testing.assert_allclose(vectors, expected, rtol=1e-12)


def test_averages_end_on_the_means_and_what_is_not_used_stays():
    vectors = CLUSTERS[:3] + 1
    codes = Codes(vectors, Learned(3, 2, update="average"), BATCH)
    for points, indices in batches([0.7, 0.3, 0], 600):
        codes.follow(points, indices, np.random.default_rng(0))
    np.testing.assert_allclose(vectors[:2], CLUSTERS[:2], atol=0.01)
    np.testing.assert_allclose(vectors[2], CLUSTERS[2] + 1, atol=0.05)


def test_with_gradients_code_vectors_are_left_to_them():
    vectors = CLUSTERS[:2] + 1
    codes = Codes(vectors, Learned(2, 2), BATCH)
    for points, indices in batches([0.7, 0.3], 300):
        codes.follow(points, indices, np.random.default_rng(0))
    np.testing.assert_array_equal(vectors, CLUSTERS[:2] + 1)


@pytest.mark.parametrize("update", ["gradient", "average"])
def test_restarts_kill_no_living_code_however_rare(update):
    """The last has a fifth of its fair share: 1 in 40 samples instead of 1 in 8."""
    shares = np.append(np.full(7, (1 - 1 / 40) / 7), 1 / 40)
    vectors = CLUSTERS + 0.2
    codes = Codes(vectors, Learned(8, 2, update=update, restarts=True), BATCH)
    rng = np.random.default_rng(1)
    for points, indices in batches(shares, 3000):
        codes.follow(points, indices, rng)
        assert np.abs(vectors - CLUSTERS).max() < 0.21


@pytest.mark.parametrize(("size", "batch"), [(8, 64), (64, 256), (1024, 256), (4096, 16)])
def test_a_restart_waits_for_a_rare_code_to_be_drawn(size, batch):
    """One of a fifth of its fair share is missed by so many samples in a row with exp(-5)."""
    patience = Codes(np.zeros((size, 2)), Learned(size, 2, restarts=True), batch).patience
    rare = 1 / (5 * size)
    assert (1 - rare) ** (patience * batch) < np.exp(-4.99)


@pytest.mark.parametrize("update", ["gradient", "average"])
def test_a_dead_code_is_put_on_a_latent_when_its_time_is_over_and_not_before(update):
    vectors = np.array([[0.0, 0], [100, 100]])
    codes = Codes(vectors, Learned(2, 2, update=update, restarts=True), BATCH)
    rng = np.random.default_rng(1)
    steps = iter(batches([0.5, 0.5], codes.patience + 1))
    for _ in range(codes.patience):
        points, _ = next(steps)
        codes.follow(points, nearest(points, vectors), rng)
        assert vectors[1, 0] > 99
    points, _ = next(steps)
    codes.follow(points, nearest(points, vectors), rng)
    assert any((vectors[1] == point).all() for point in CLUSTERS[:2])


def test_without_restarts_a_dead_code_stays_dead():
    vectors = np.array([[0.0, 0], [100, 100]])
    codes = Codes(vectors, Learned(2, 2), BATCH)
    for points, _ in batches([0.5, 0.5], codes.patience + 50):
        codes.follow(points, nearest(points, vectors), np.random.default_rng(1))
    np.testing.assert_array_equal(vectors[1], [100, 100])
