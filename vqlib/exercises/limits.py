"""What the exercises of notebook A1_limits ask for."""

from functools import cache
from typing import Any, TypeAlias

import numpy as np
from scipy import special

from .. import limits, sources
from ..arrays import Floats
from .kinds import Exercises, Guess, NotYet, Number, Property, Sentences, ask, require

# --- A1.1: the water level ------------------------------------------------------------------------

ONE_THOUSANDTH = 1.001
"""How near a level has to be, as a ratio."""
WATERS: tuple[tuple[list[float], float], ...] = (
    ([8, 2], 2),
    ([16, 4, 0.5], 2),
    ([0.5, 4, 16], 2),
    ([3, 3, 3, 3], 0.1),
    ([1], 12),
    ([9, 1, 0.25, 0.01], 20),
    ([2, 0, 5], 1.5),
)
"""Variances of a few components, and bits for all of them together."""


def finds_levels(function: Any) -> None:
    """`function(variances, bits)` has the level at which so many bits are given away."""
    for variances, bits in WATERS:
        where = f"For variances {variances} and {bits} bits"
        level = level_from(function, np.array(variances, dtype=float), bits, where)
        given = bits_above(level, np.array(variances))
        enough = bits_above(level / ONE_THOUSANDTH, np.array(variances))
        few = bits_above(level * ONE_THOUSANDTH, np.array(variances))
        right = few <= bits <= enough
        require(right, f"{where} it has the level {level:.4g}, which gives away {given:.3g} bits.")
    spectrum = limits.gauss_markov_spectrum(0.9, 64)
    level = level_from(function, spectrum.copy(), 32, "For a spectrum of 64 values")
    error = np.minimum(level, spectrum).mean()
    known = float(limits.distortion_rate(0.5, spectrum))
    require(abs(error / known - 1) < 0.001, "For a spectrum of 64 values the level is wrong.")


def level_from(function: Any, variances: Floats, bits: float, where: str) -> float:
    """One positive number; the variances must be left as they are."""
    kept = variances.copy()
    result = ask(function, variances, bits)
    require(np.array_equal(variances, kept), "It must leave the array of variances as it is.")
    (level,) = Number("", 1.0).numbers(result)
    require(level > 0, f"{where} it has the level {level:.4g}; it must be above 0.")
    return level


def bits_above(level: float, variances: Floats) -> float:
    """Bits of all components together at this level."""
    above = variances[variances > level]
    return float(np.log2(above / level).sum() / 2)


# --- A1.2: an iteration with faults ---------------------------------------------------------------

Faults: TypeAlias = tuple[bool, bool, bool]
"""Of an iteration, in the order of `SAYS`."""

NO_OR_YES = (False, True)
SUSPECTS: list[Faults] = [(a, b, c) for a in NO_OR_YES for b in NO_OR_YES for c in NO_OR_YES]
ROUNDS = 400
NEAR = 0.02
"""In bits, and in squared error: after so many rounds every start without a share of 0 is within
0.003 of the limit, and each fault moves one of the trials by 0.1 or more."""

SAYS = (
    "For each point the chances of all answers must sum to 1; here they do not.",
    "How often something is answered depends on how often each point comes.",
    "A share of 0 stays 0: are there answers that it can never give?",
)


def finds_points(function: Any) -> None:
    """`function(points, weights, price, rounds)` has rate and distortion on the limit."""
    found = []
    right: list[float] = []
    for points, weights, price in densities():
        result = ask(function, points.copy(), weights.copy(), price, ROUNDS)
        found += Number("", 1.0, count=2).numbers(result)
        right += limits.blahut(points, weights, price)
    if gap(found, right) <= NEAR:
        return
    nearest = min(SUSPECTS, key=lambda each: gap(found, points_with(each)))
    got = f"{found[0]:.2f} bits and the distortion {found[1]:.2f}"
    known = any(nearest) and gap(found, points_with(nearest)) <= NEAR
    require(known, f"For a Laplacian it has {got}: that is not on the limit.")
    raise NotYet(SAYS[nearest.index(True)])


def gap(found: list[float], right: list[float]) -> float:
    """The greatest difference of two numbers."""
    return max(abs(one - other) for one, other in zip(found, right, strict=True))


def densities() -> list[tuple[Floats, Floats, float]]:
    """Points, weights and price of the trials."""
    found = []
    for name, price in {"Laplacian": 0.3, "Gaussian": 1.0}.items():
        points, weights = sources.density(name)
        coarse = points.reshape(80, -1).mean(axis=1)
        mass = weights.reshape(80, -1).sum(axis=1)
        found.append((coarse, mass, price))
    return found


@cache
def points_with(faults: Faults) -> list[float]:
    """Rate and distortion of each trial by an iteration with these faults."""
    found: list[float] = []
    for density in densities():
        found += iterate(*density, faults)
    return found


def iterate(points: Floats, weights: Floats, price: float, faults: Faults) -> tuple[float, float]:
    """Rate and distortion by Blahut's iteration, with some of the faults of `SAYS`."""
    all_at_once, all_alike, near_only = faults
    errors = (points[:, None] - points) ** 2
    possible = np.abs(points) < (1 if near_only else np.inf)
    shares = possible / possible.sum()
    for _ in range(ROUNDS):
        rule = shares * np.exp2(-errors / price)
        rule /= rule.sum() if all_at_once else rule.sum(axis=1, keepdims=True)
        shares = rule.mean(axis=0) if all_alike else weights @ rule
    joint = weights[:, None] * rule
    information = special.rel_entr(joint, weights[:, None] * joint.sum(axis=0)).sum()
    return float(information / np.log(2)), float((joint * errors).sum())


# --- A1.6: dither ---------------------------------------------------------------------------------

SAMPLES = 20_000
"""The mean squared error has a standard error of 1 % with so many."""


def receives(function: Any) -> None:
    """`function(x, u, step)` has what is received at last, for a source of variance 1."""
    x = sources.gaussian(SAMPLES, 1, seed=41)[:, 0]
    for step in (2.0, 4.0):
        u = step * (np.random.default_rng(42).random(SAMPLES) - 0.5)
        received = numbers_from(ask(function, x.copy(), u.copy(), step))
        noise = step**2 / 12
        error = float(np.mean((received - x) ** 2))
        got = f"With steps of {step:g} its mean squared error is {error:.3f}"
        most = 1.05 * noise / (1 + noise)
        unscaled = abs(error / noise - 1) < 0.05
        hint = "that is before the factor" if unscaled else "less is possible"
        require(error < most, f"{got}; {hint}.")
        # What was rounded are whole steps, or half a step more than whole ones: both are fair.
        sent = (received * (1 + noise) + u) / step
        whole = np.abs(np.exp(2j * np.pi * sent).mean()) > 0.999
        require(whole, f"With steps of {step:g} y / a + u is not always a multiple of the step.")


def numbers_from(result: object) -> Floats:
    """One finite number for each sample."""
    return np.array(Number("", 1.0, count=SAMPLES).numbers(result))


EXERCISES: Exercises = {
    "A1.1": (
        Number("the level", 0.005),
        Number("the bits of the three", 0.005, count=3),
        Number("the sum of the errors", 0.005),
        Property("your function", finds_levels),
    ),
    "A1.2": (
        Property("your function", finds_points),
        Number("the price", 0.003),
        Number("the bits", 0.003),
    ),
    "A1.3": (
        Number("the rate from which it holds", 0.003),
        Number("the excess at 0 bits", 0.01),
        Number("the excess at a quarter of a bit", 0.01),
    ),
    "A1.4": (
        Guess("your guess", low=2),
        Number("the levels by the formula", 0.05),
        Number("the levels in truth", 0.1),
        Number("the bits at the limit", 0.005),
    ),
    "A1.5": (
        Number("the advantage for pairs", 0.02),
        Number("the advantage for endless dimensions", 0.02),
        Sentences(
            "your explanation",
            (
                "Do you say how the density of a Laplacian differs from that of a Gaussian?",
                "Do you say what follows from that for the levels of scalars?",
            ),
            terms={
                r"peak|tail|sharp|steep|outlier|rare|\bfar\b|\blarge\b|long|concentrat|uniform": (
                    "Say what is special about the density of a Laplacian."
                ),
                r"level|step|cell|region|code vector|dens": (
                    "Say what that does to the levels of scalars."
                ),
            },
        ),
    ),
    "A1.6": (
        Number("the factor for steps of 4", 0.005),
        Number("the distance to the limit", 0.02),
        Property("your function", receives),
    ),
}
