"""The test sources: where the samples come from."""

import numpy as np

from .arrays import Density, Floats
from .checks import check_correlation, check_int, check_one_of

DENSITIES: dict[str, tuple[float, Density]] = {
    "uniform": (4.0, np.ones_like),
    "Gaussian": (8.0, lambda x: np.exp(-(x**2) / 2)),
    "Laplacian": (16.0, lambda x: np.exp(-np.sqrt(2) * np.abs(x))),
}
"""How far from 0 each density is followed (what lies beyond does not show in four digits), and its
shape."""


def density(name: str) -> tuple[Floats, Floats]:
    """A density as 2000 points in equal steps and their weights: sums stand for integrals.

    "uniform" lies on [-4, 4]; "Gaussian" and "Laplacian" have mean 0 and variance 1. A mean squared
    error summed this way is lower than the integral by about step² / 12, which is 2e-5 for the
    Laplacian and less for the others.

    Returns
    -------
    points, weights : arrays (2000,)
        The weights sum to 1.

    Raises
    ------
    ValueError
        If there is no density of that name.
    """
    reach, shape = DENSITIES[check_one_of(name, "name", DENSITIES)]
    points = np.asarray((np.arange(2000) - 999.5) * (reach / 1000), dtype=np.float64)
    weights = np.asarray(shape(points), dtype=np.float64)
    return points, weights / weights.sum()


def gaussian(n: int, k: int, *, seed: int = 0) -> Floats:
    """Independent Gaussian samples of mean 0 and variance 1.

    Parameters
    ----------
    n, k : int
        Number of vectors, and of samples in each.
    seed : int
        The same seed gives the same samples.

    Returns
    -------
    samples : array (n, k)

    Raises
    ------
    ValueError
        If `n` or `k` is not a whole number of at least 1, or `seed` of at least 0.
    """
    return _generator(n, k, seed).standard_normal((n, k))


def laplacian(n: int, k: int, *, seed: int = 0) -> Floats:
    """Independent Laplacian samples of mean 0 and variance 1.

    Parameters, result and errors are those of `gaussian`.
    """
    return _generator(n, k, seed).laplace(scale=np.sqrt(0.5), size=(n, k))


def gauss_markov(n: int, k: int, rho: float, *, seed: int = 0) -> Floats:
    """Correlated Gaussian samples of mean 0 and variance 1, the Gauss-Markov or AR(1) source.

    Each row is k neighbours from a sequence of its own: every sample is `rho` times the one before
    it plus independent noise, so the correlation of two neighbours is `rho`. Used in notebook
    02_plane.

    Parameters and result are those of `gaussian`.

    Raises
    ------
    ValueError
        As `gaussian`; also if `rho` does not lie between -1 and 1.
    """
    rho = check_correlation(rho)
    samples = gaussian(n, k, seed=seed)
    noise = np.sqrt(1 - rho**2)  # keeps the variance at 1: rho² + (1 - rho²)
    for later in range(1, k):
        samples[:, later] = rho * samples[:, later - 1] + noise * samples[:, later]
    return samples


def ring(n: int, *, seed: int = 0) -> Floats:
    """Pairs on a ring about the origin, array (n, 2); each component has a variance of about 1."""
    noise = gaussian(n, 3, seed=seed)
    direction = noise[:, :2] / np.linalg.norm(noise[:, :2], axis=1, keepdims=True)
    radius = np.sqrt(2) + 0.12 * noise[:, 2:]
    return np.asarray(direction * radius)


CENTRES = np.array([(-19, 9), (-13, -15), (-7, 19), (-3, 1), (5, -9), (10, 11), (19, -16), (21, 3)])
"""Of the clusters, in tenths."""


def clusters(n: int, *, seed: int = 0) -> Floats:
    """Pairs in eight clusters, visited in turn and always in the same places, array (n, 2)."""
    return 0.15 * gaussian(n, 2, seed=seed) + np.resize(CENTRES / 10, (n, 2))


def _generator(n: int, k: int, seed: int) -> np.random.Generator:
    check_int(n, "n", 1)
    check_int(k, "k", 1)
    return np.random.default_rng(check_int(seed, "seed", 0))
