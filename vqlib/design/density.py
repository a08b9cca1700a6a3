"""Scalar codebooks of a density, from its integrals and not from samples."""

import numpy as np
from scipy import integrate, optimize

from ..arrays import Density, Floats
from ..checks import check_ends, check_finite, check_function, check_int, describe
from ..codebook import Codebook, check_dimension
from .scalar import uniform
from .training_set import check_spread

LARGEST = 1024
"""The most levels that are looked for."""
POINTS = 10_000
"""The density is looked at in so many points, before it is integrated."""
PIECES = 256
"""It is integrated in so many pieces, so that no corner or narrow peak is missed."""
TALLER = 1e6
"""Where it is so many times higher than in all these points, they have missed a peak."""
FAR = 1e6
"""In lengths of the interval: no search needs to look for levels beyond."""


@np.errstate(under="ignore")
def lloyd_max(density: Density, size: int, low: float, high: float) -> Codebook:
    """Optimal scalar codebook of a density, from its integrals and not from samples.

    Solves the conditions of Lloyd 1957/1982 and Max 1960, "Quantizing for minimum distortion":
    every level is the centroid of its region, every border lies half-way between two levels. Only
    one codebook meets them if the logarithm of the density is concave, as for Gaussian, Laplacian
    and uniform (Fleischer 1964, "Sufficient conditions for achieving minimum distortion in a
    quantizer"; Trushkin 1982). For other densities, those with several humps, it may be a poor one:
    compare with `optimal_scalar`. The start are levels as dense as the cube root of the density
    (Panter and Dite 1951). Used in notebook 03_design.

    Parameters
    ----------
    density : function of an array of numbers
        Its values there. They need not integrate to 1: a factor makes no difference.
    size : int
        Number of levels, at most 1024.
    low, high : float
        Where the density lies; what is beyond does not count. -10 and 10 will do for a Gaussian of
        variance 1.

    Raises
    ------
    ValueError
        If the density is no function, not finite, negative or zero throughout, or no solution is
        found; or if the ends are too near for 10000 points between them, or nearer than 1e-100.
    """
    size = check_int(size, "size", 1, LARGEST)
    low, high = check_ends(low, high)
    unit, start = _start(density, size, low, high)

    def off_centroid(levels_plus_one: Floats) -> Floats:
        codebook = Codebook(np.clip(levels_plus_one - 1, -FAR, FAR))
        mass = _moments(0, codebook, unit)
        first = _moments(1, codebook, unit)
        return np.asarray(np.divide(first, mass, where=mass > 0, out=np.ones(size)))

    # Solved for levels + 1, as steps for the derivatives are relative. Each equation holds three
    # levels: a band.
    options = {"band": (1, 1)} if size > 1 else None
    solution = optimize.root(off_centroid, start + 1, options=options)
    _check_solved(solution.fun, f"{size} levels")
    return Codebook(low + (high - low) * np.sort(solution.x - 1))


@np.errstate(under="ignore")
def best_uniform(density: Density, size: int, low: float, high: float) -> Codebook:
    """The scalar codebook with equal steps that has the least distortion on a density.

    At the optimum neither a shift of all levels nor a stretch lowers the distortion: two equations
    (Max 1960, the same paper). Used in notebook A1_limits. Parameters and errors are those of
    `lloyd_max`, but `size` is at least 2.
    """
    size = check_int(size, "size", 2, LARGEST)
    low, high = check_ends(low, high)
    unit, start = _start(density, size, low, high)
    from_middle = np.linspace(-1, 1, size)

    def levels(middle_and_reach: Floats) -> Floats:
        middle, reach = middle_and_reach
        return np.asarray(np.clip(middle + abs(reach) * from_middle, -FAR, FAR))

    def slopes(middle_and_reach: Floats) -> Floats:
        first = _moments(1, Codebook(levels(middle_and_reach)), unit)
        return np.array([first.sum(), first @ from_middle])

    middle_and_reach = [(start[0] + start[-1]) / 2, (start[-1] - start[0]) / 2]
    solution = optimize.root(slopes, middle_and_reach)
    _check_solved(solution.fun, f"{size} equal steps")
    return Codebook(low + (high - low) * levels(solution.x))


def _check_solved(residuals: Floats, wanted: str) -> None:
    if not np.abs(residuals).max() <= 1e-9:  # nor may they be NaN
        advice = "bring low and high nearer, or ask for fewer"
        raise ValueError(f"no {wanted} found for this density: {advice}")


@np.errstate(under="ignore")
def expected_distortion(codebook: Codebook, density: Density, low: float, high: float) -> float:
    """Mean squared error of a scalar codebook on a density, by integration.

    Density and ends are as in `lloyd_max`.
    """
    codebook = check_dimension(codebook, 1, "scalars", "codebook")
    low, high = check_ends(low, high)
    unit, _ = _on_unit_interval(density, low, high)
    on_unit = Codebook((codebook.vectors - low) / (high - low))
    mass = _moments(0, on_unit, unit).sum()
    second = _moments(2, on_unit, unit).sum()
    return float((high - low) ** 2 * second / mass)


def _start(density: Density, size: int, low: float, high: float) -> tuple[Density, Floats]:
    """The density on [0, 1], and levels there that are as dense as its cube root."""
    unit, points = _on_unit_interval(density, low, high)
    shares = (np.arange(size) + 0.5) / size
    levels = np.quantile(points, shares, weights=np.cbrt(unit(points)), method="inverted_cdf")
    return unit, levels


def _on_unit_interval(density: Density, low: float, high: float) -> tuple[Density, Floats]:
    """The density moved to [0, 1], with a height of about 1, and points there.

    Raises a ValueError if it is no function, or its values are not those of a density.
    """
    check_function(density, "density")
    points = uniform(POINTS, low, high).vectors[:, 0]
    check_spread(points, "low and high")
    heights = _heights(density, points)
    if heights.shape != points.shape or heights.min() < 0 or heights.max() == 0:
        allowed = "a number at each place, none negative, not all 0"
        raise ValueError(f"density must be {allowed}; got {describe(heights)}")
    tallest = heights.max()

    def unit(x: Floats) -> Floats:
        shape = _heights(density, low + (high - low) * x) / tallest
        if shape.max() > TALLER:
            allowed = f"no peak narrower than the interval over {POINTS}"
            raise ValueError(
                f"density must have {allowed}, got one {shape.max():.0e} times as high"
            )
        return np.asarray(shape)

    return unit, uniform(POINTS, 0, 1).vectors[:, 0]


def _heights(density: Density, places: Floats) -> Floats:
    """Values of a density; what is no function of an array is told in a sentence."""
    try:
        values = density(places)
    except TypeError as error:
        allowed = "a function of an array of numbers"
        raise ValueError(f"density must be {allowed}, got one that says: {error}") from error
    return check_finite(values, "density")


def _moments(power: int, codebook: Codebook, density: Density) -> Floats:
    """Integral of (x - level)^power times the density over each region of [0, 1], lowest first."""
    levels = np.sort(codebook.vectors[:, 0])
    borders = np.clip(codebook.thresholds, 0, 1)
    edges = np.union1d(borders, np.linspace(0, 1, PIECES + 1))
    left = edges[:-1]
    width = np.diff(edges)
    region = np.searchsorted(borders, left, side="right")

    def integrand(share: float) -> Floats:
        x = left + share * width
        return np.asarray(width * (x - levels[region]) ** power * density(x))

    pieces, _ = integrate.quad_vec(integrand, 0, 1, epsabs=0, epsrel=1e-11, limit=300)
    return np.bincount(region, pieces, codebook.size).astype(np.float64)
