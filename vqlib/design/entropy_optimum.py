"""The best scalar codebook for code words of different lengths, by dynamic programming."""

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Floats, Indices, Weights
from ..checks import check_range, check_weights
from ..codebook import Codebook
from .entropy_constraint import PricedStep, check_price, priced

MOST_DISTINCT = 20_000
"""Of so many values `optimal_entropy_coded` takes some seconds; work grows with their square."""


@np.errstate(under="ignore")
def optimal_entropy_coded(values: ArrayLike, price: float, weights: Weights = None) -> PricedStep:
    """Scalar codebook with the least possible distortion + `price` * rate: the global optimum.

    The number of levels is part of the answer. For given levels and lengths a value x goes where
    x² - 2 x level + level² + `price` * length is the least. But for x², which is the same for all,
    these are straight lines, so each region is an interval. The cost of an interval does not depend
    on the others: it is its squared error, and `price` times its share times -log2 of that. So the
    best intervals of the first j values are those of the first i < j and one interval more (Muresan
    and Effros 2008, "Quantization as histogram segmentation"). Used in notebook 07_rate_distortion.

    It is the optimum of these values. The 2000 points of `sources.density` stand for a Gaussian
    within .003 dB up to 3.8 bits; at more bits a cell has too few of them.

    Parameters
    ----------
    values : array (n,)
        Samples, or the points of a histogram or density.
    price : float
        Squared error that one bit has to save (the Lagrange multiplier λ); the smaller, the higher
        the rate.
    weights : array (n,), optional
        How much each value counts, for example its number in a histogram.

    Returns
    -------
    step : PricedStep
        Codebook (its levels ascend), lengths in bits, index of each value, and the cost.

    Raises
    ------
    ValueError
        If the values are no finite numbers in that range or more than `MOST_DISTINCT` are distinct,
        the weights do not fit them, or `price` is negative.
    """
    array = check_range(values, "values").astype(np.float64).ravel()
    mass = check_weights(weights, array.size)
    mass = mass / mass.sum()
    check_price(price)
    points, which = np.unique(array[mass > 0], return_inverse=True)
    if points.size > MOST_DISTINCT:
        allowed = f"at most {MOST_DISTINCT} distinct numbers"
        raise ValueError(f"values must be {allowed}, got {points.size}: use entropy_constrained")
    shares = np.bincount(which, mass[mass > 0]).astype(np.float64)
    first_of_each = _cheapest_intervals(points, shares, price)
    codebook = Codebook(_centroids(points, shares, first_of_each))
    # A value of no weight goes with the one below it.
    indices = np.searchsorted(points[first_of_each[1:]], array, side="right")
    return priced(array[:, None], mass, codebook, indices, price)


def _cheapest_intervals(points: Floats, shares: Floats, price: float) -> Indices:
    """Where each of the best intervals starts, for ascending points and shares that sum to 1."""
    reach = max(float(np.abs(points - points[0]).max()), np.finfo(float).tiny)
    with np.errstate(over="ignore"):
        price_scaled = min(np.float64(price) / reach / reach, np.finfo(float).max / 1e4)
    count = points.size
    # Of the intervals that end at the current point, for each that they start from.
    share = np.zeros(count)
    mean = np.zeros(count)  # as a step from its first point, which loses no digits
    error = np.zeros(count)
    least = np.zeros(count + 1)
    start_of_last = np.zeros(count, dtype=np.intp)
    for j in range(count):
        here = slice(j + 1)
        total = share[here] + shares[j]
        gain = shares[j] / total
        # In parts of the reach, so that squares neither overflow nor vanish.
        off = (points[j] - points[here]) / reach - mean[here]
        error[here] += gain * share[here] * off**2
        mean[here] += gain * off
        share[here] = total
        costs = least[here] + error[here] - price_scaled * total * np.log2(total)
        start_of_last[j] = costs.argmin()
        least[j + 1] = costs[start_of_last[j]]
    starts = [start_of_last[-1]]
    while starts[-1] > 0:
        starts.append(start_of_last[starts[-1] - 1])
    return np.array(starts[::-1])


def _centroids(points: Floats, shares: Floats, first_of_each: Indices) -> Floats:
    """The weighted mean of each interval. Taken about its first point it loses no digits."""
    lowest = points[first_of_each]
    sizes = np.diff(first_of_each, append=points.size)
    above = (points - np.repeat(lowest, sizes)) * shares
    mean_above = np.add.reduceat(above, first_of_each) / np.add.reduceat(shares, first_of_each)
    return np.asarray(lowest + mean_above)
