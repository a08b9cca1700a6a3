"""Points of the lattice E8: a codebook without a table, in eight dimensions.

J. H. Conway and N. J. A. Sloane (1982), "Fast quantizing and decoding algorithms for lattice
quantizers and codes"; worked out in notebook 08_structured.
"""

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Floats
from ..checks import check_positive, check_rows

DIMENSION = 8
PULL = 0.98
"""How much nearer to zero a sample is taken in each step until its point lies in the ball."""


def nearest_e8(samples: ArrayLike) -> Floats:
    """The nearest point of E8 to each sample, array (n, 8).

    Its points have eight whole numbers with an even sum, or all of them 1/2 more.

    Raises
    ------
    ValueError
        If the samples are not finite numbers of shape (n, 8).
    """
    points = check_rows(samples, "samples", DIMENSION)
    return _nearest(points)


def nearest_e8_in_ball(samples: ArrayLike, squared_radius: float = 10) -> Floats:
    """A point of E8 with at most that squared length for each sample, array (n, 8).

    The nearest one, where it lies in the ball. A sample outside is drawn towards zero, by 2 % at a
    time, until it does. There are 56,881 points in the ball of 10.

    Raises
    ------
    ValueError
        If the samples are not finite numbers of shape (n, 8), or `squared_radius` is not above 0.
    """
    pulled = check_rows(samples, "samples", DIMENSION)
    check_positive(squared_radius, "squared_radius")
    found = _nearest(pulled)
    outside = (found**2).sum(axis=1) > squared_radius
    while outside.any():
        pulled[outside] *= PULL
        found[outside] = _nearest(pulled[outside])
        outside = (found**2).sum(axis=1) > squared_radius
    return found


def _nearest(points: Floats) -> Floats:
    """The nearer one of the nearest points in both halves of the lattice."""
    whole = _nearest_with_even_sum(points)
    halves = _nearest_with_even_sum(points - 0.5) + 0.5
    nearer = ((points - halves) ** 2).sum(axis=1) < ((points - whole) ** 2).sum(axis=1)
    return np.where(nearer[:, None], halves, whole)


def _nearest_with_even_sum(points: Floats) -> Floats:
    """Whole numbers; if their sum is odd, the one that was rounded farthest goes the other way."""
    rounded = np.round(points)
    error = points - rounded
    rows = np.arange(len(points))
    worst = np.abs(error).argmax(axis=1)
    other_way = np.where(error[rows, worst] < 0, -1, 1)
    odd = rounded.sum(axis=1) % 2
    rounded[rows, worst] += odd * other_way
    return rounded
