"""How good it can get: the least distortion of any code of a given rate, however large and slow."""

import json
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Floats
from .assets import DATA
from .checks import (
    check_correlation,
    check_finite,
    check_int,
    check_positive,
    check_rows,
    check_weights,
)

RATES = [quarter / 4 for quarter in range(1, 9)]
"""Bits per dimension at which `measured` has codebooks of 1 to 4 dimensions: the largest of no
higher rate."""


def distortion_rate(rate: ArrayLike, variances: ArrayLike = 1.0) -> Floats:
    """D(R) of a Gaussian source: the least mean squared error per component.

    By reverse water-filling: components of more variance than the water level keep the level as
    their error, the others get no bits (Kolmogorov 1956; Berger 1971, *Rate Distortion Theory*);
    worked out in notebook 07_rate_distortion.

    Parameters
    ----------
    rate : number or array
        Bits per component, not below 0.
    variances : array (n,)
        Variances of independent components: the eigenvalues of a covariance matrix, or a power
        spectrum at equal steps (`gauss_markov_spectrum`). Left out for independent samples of
        variance 1, whose limit is 2^(-2 rate).

    Returns
    -------
    distortion : array of the shape of `rate`

    Raises
    ------
    ValueError
        If something is not a finite number, or negative.
    """
    bits = check_finite(rate, "rate")
    spread = check_finite(variances, "variances").ravel()
    _check_none_negative(bits, "rate")
    _check_none_negative(spread, "variances")
    largest_first = np.sort(spread)[::-1]
    # With bits for the first m components alone, log2 of the level is the mean of their log2 less
    # 2 bits' worth for each bit. The right m has the highest level: each further component that
    # lies above the level raises it.
    logs = np.log2(largest_first[largest_first > 0])
    counts = np.arange(1, logs.size + 1)
    levels = (np.cumsum(logs) - 2 * spread.size * bits[..., None]) / counts
    level = np.exp2(levels.max(axis=-1, initial=-np.inf))
    return np.asarray(np.minimum(level[..., None], largest_first).mean(axis=-1))


def _check_none_negative(values: Floats, name: str) -> None:
    if values.min() < 0:
        raise ValueError(f"{name} must not be negative, got {values.min()}")


def gauss_markov_spectrum(rho: float, size: int = 4096) -> Floats:
    """Power spectrum of `sources.gauss_markov` at `size` equal steps of frequency.

    Its mean is the variance, 1.
    """
    rho = check_correlation(rho)
    angles = np.pi * (np.arange(check_int(size, "size", 1)) + 0.5) / size
    return np.asarray((1 - rho**2) / (1 - 2 * rho * np.cos(angles) + rho**2))


def blahut(
    points: ArrayLike, weights: ArrayLike, price: float, tolerance: float = 1e-4
) -> tuple[float, float]:
    """A point (rate, distortion) of the limit of any source of independent numbers.

    It is the point at which a bit is worth `price`. Blahut 1972, "Computation of channel capacity
    and rate-distortion functions": it alternates, as Lloyd's algorithm does, between the best
    chances of each output for each input and the shares of the outputs that follow from them.

    Parameters
    ----------
    points, weights : arrays (n,)
        The density, as `sources.density` gives it. Work grows with n².
    price : float
        Squared error that one bit has to save (the Lagrange multiplier λ); the smaller, the higher
        the rate.
    tolerance : float
        By how many bits the rate may be too high.

    Raises
    ------
    ValueError
        If points or weights are not finite numbers of that shape, a weight is negative, or price or
        tolerance is not above 0.
    """
    x = check_rows(points, "points", 1)[:, 0]
    mass = check_weights(weights, np.size(points))
    check_positive(price, "price")
    check_positive(tolerance, "tolerance")
    mass = mass / mass.sum()
    errors = (x[:, None] - x) ** 2
    # Chances of input (row) and output (column), but for the share of the output.
    chances = np.exp2(-errors / price)
    share = mass
    total = chances @ share
    growth = (mass / total) @ chances
    while growth.max() >= 2**tolerance:
        share = share * growth
        total = chances @ share
        growth = (mass / total) @ chances
    joint = mass[:, None] * chances * share / total[:, None]
    distortion = float((joint * errors).sum())
    rate = float(-distortion / price - mass @ np.log2(total))
    return rate, distortion


class Measured(NamedTuple):
    """What a trained codebook reached.

    Rows of infinite dimension are the limit of the Laplacian source.
    """

    source: str
    rho: float
    dimension: float
    rate: float
    """Bits per dimension: log2(size) / dimension."""
    snr_unseen: float
    """SNR in dB on a million vectors that were not used in training."""
    size: int = 0
    trained_on: int = 0
    """Number of training vectors."""
    snr_training: float = np.nan
    """SNR in dB on them."""
    vectors: list[list[float]] | None = None
    """The code vectors, kept for scalars and pairs."""


def size_at(rate: float, dimension: int) -> int:
    """The most code vectors that `rate` bits per dimension can tell apart.

    That is 2^(rate dimension), rounded down.
    """
    return int(2 ** (rate * dimension) + 1e-9)


def measured() -> list[Measured]:
    """The rows of data/rate_distortion.json.

    data/make_tables.py keeps there what takes minutes to compute.
    """
    text = (DATA / "rate_distortion.json").read_text(encoding="utf-8")
    return [Measured(**row) for row in json.loads(text)]
