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
    check_not_negative,
    check_positive,
    check_rows,
    check_weights,
)

RATES = [quarter / 4 for quarter in range(1, 9)]
"""Bits per dimension at which `measured` has codebooks of 1 to 4 dimensions: the largest of no
higher rate."""
MOST_POINTS = 4096
"""`blahut` makes a few tables of points² floats, 128 MiB each at this limit."""
MOST_PASSES = 1_000_000
"""After so many iterations `blahut` gives up."""
MOST_PRODUCTS = 4e10
"""Or after so many products, which take some ten seconds."""


@np.errstate(under="ignore")
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
    # Nothing is left beyond a million bits, and no sum of smaller numbers overflows.
    bits = np.minimum(bits, 1e6)
    largest = max(float(spread.max()), np.finfo(float).tiny)
    largest_first = np.sort(spread / largest)[::-1]
    # With bits for the first m components alone, log2 of the level is the mean of their log2 less
    # 2 bits' worth for each bit. The right m has the highest level: each further component that
    # lies above the level raises it.
    logs = np.log2(largest_first[largest_first > 0])
    counts = np.arange(1, logs.size + 1)
    levels = (np.cumsum(logs) - 2 * spread.size * bits[..., None]) / counts
    level = np.exp2(levels.max(axis=-1, initial=-np.inf))
    return np.asarray(largest * np.minimum(level[..., None], largest_first).mean(axis=-1))


def _check_none_negative(values: Floats, name: str) -> None:
    if values.min() < 0:
        raise ValueError(f"{name} must not be negative, got {values.min()}")


def gauss_markov_spectrum(rho: float, size: int = 4096) -> Floats:
    """Power spectrum of `sources.gauss_markov` at `size` equal steps of frequency from 0 to pi.

    Each value is the mean of (1 - rho²) / (1 - 2 rho cos(w) + rho²) over its step, so their mean is
    the variance, 1, however narrow the peak. `distortion_rate` then gives at most .001 dB less than
    the limit with 4096 steps and a rho between -.9999 and .9999. Worked out in notebook A1_limits.

    Raises
    ------
    ValueError
        If `rho` does not lie between -1 and 1, or `size` is not a whole number of at least 1.
    """
    rho = check_correlation(rho)
    if rho < 0:  # the mirror image; below, 1 - rho loses no digits
        return gauss_markov_spectrum(-rho, size)[::-1]
    count = check_int(size, "size", 1)
    halves = np.linspace(0, np.pi / 2, count + 1)
    # The integral is 2 arctan((1 + rho) / (1 - rho) tan(w / 2)). This is the difference of two of
    # them at the ends of a step, without the digits that a subtraction would lose.
    sines = np.sin(halves)
    cosines = np.cos(halves)
    opposite = (1 - rho) * (1 + rho) * np.sin(np.pi / 2 / count)
    adjacent = (1 - rho) ** 2 * cosines[:-1] * cosines[1:] + (1 + rho) ** 2 * sines[:-1] * sines[1:]
    return np.asarray(2 * np.arctan2(opposite, adjacent) * count / np.pi)


def blahut(
    points: ArrayLike, weights: ArrayLike, price: float, tolerance: float = 1e-4
) -> tuple[float, float]:
    """A point (rate, distortion) of the limit of any source of independent numbers.

    It is the point where distortion + `price` * rate, the cost, is the least: there the curve of
    distortion over rate has the slope -`price`, so that one bit more would save `price`. Blahut
    1972, "Computation of channel capacity and rate-distortion functions": it alternates, as Lloyd's
    algorithm does, between the best chances of each output for each input and the shares of the
    outputs that follow from them. The outputs are the points themselves. Worked out in notebook
    A1_limits.

    Parameters
    ----------
    points, weights : arrays (n,)
        The density, as `sources.density` gives it; at most 4096 points. Work grows with n².
    price : float
        Squared error that one bit has to save (the Lagrange multiplier λ); the smaller, the higher
        the rate.
    tolerance : float
        By how many bits the rate may be too high at this distortion. The cost is too high by
        `price` times that at most.

    Raises
    ------
    ValueError
        If points or weights are not finite numbers of that shape, a weight is negative, price or
        tolerance is not above 0, or the tolerance is not reached in a million iterations.
    """
    x = check_rows(points, "points", 1)[:, 0]
    mass = check_weights(weights, np.size(points))
    check_positive(price, "price")
    check_positive(tolerance, "tolerance")
    mass = mass / mass.max()
    x = x[mass > 0]
    mass = mass[mass > 0] / mass.sum()
    if x.size > MOST_POINTS:
        raise ValueError(f"points must be at most {MOST_POINTS}, got {x.size}")
    errors = (x[:, None] - x) ** 2
    with np.errstate(over="ignore", under="ignore"):
        # Chances of input (row) and output (column), but for the share of the output.
        chances = np.exp2(-errors / price)
        total, share = _shares(mass, chances, tolerance)
        joint = mass[:, None] * chances * share / total[:, None]
        distortion = float((joint * errors).sum())
        rate = float(-distortion / price - mass @ np.log2(total))
    of_one_output = float((mass @ errors).min())  # it needs no bits
    if distortion + price * rate >= of_one_output:
        return 0.0, of_one_output
    return rate, distortion


def _shares(mass: Floats, chances: Floats, tolerance: float) -> tuple[Floats, Floats]:
    """The sum of the chances of each input, and the shares of the outputs."""
    share = mass
    passes = int(min(MOST_PASSES, MOST_PRODUCTS / mass.size**2))
    for _ in range(passes):
        total = chances @ share
        growth = (mass / total) @ chances
        if np.log2(growth.max()) < tolerance:
            return total, share
        share = share * growth
    allowed = f"one that {passes} iterations reach at this price"
    raise ValueError(f"tolerance must be {allowed}, got {tolerance!r}")


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

    Raises
    ------
    ValueError
        If `rate` is negative, `dimension` is not a whole number of at least 1, or the two make more
        than 1000 bits.
    """
    bits = check_not_negative(rate, "rate") * check_int(dimension, "dimension", 1)
    if bits > 1000:
        raise ValueError(f"rate times dimension must be at most 1000 bits, got {bits}")
    return int(2**bits + 1e-9)


def measured() -> list[Measured]:
    """The rows of data/rate_distortion.json.

    data/make_tables.py keeps there what takes minutes to compute.
    """
    text = (DATA / "rate_distortion.json").read_text(encoding="utf-8")
    return [Measured(**row) for row in json.loads(text)]
