"""Whether a reader's comparison of pairs with single numbers is fair, and which fault is left."""

from functools import cache
from typing import Any, TypeAlias

from .. import design, measure, sources
from ..arrays import Floats
from .kinds import NotYet, Number, ask, require

Faults: TypeAlias = tuple[bool, bool, bool]
"""Of a comparison: halved twice, measured on training samples, entropy against equal lengths."""

FAIR: Faults = (False, False, False)
NO_OR_YES = (False, True)
SUSPECTS: list[Faults] = [(a, b, c) for a in NO_OR_YES for b in NO_OR_YES for c in NO_OR_YES]
NEAR = 0.5
"""dB. Other starts of Lloyd's algorithm move a gain by 0.4 at most (40 tried), and each fault moves
it by 0.9 or more."""

SAYS = (
    "The rate of the pairs is halved more than once: log2 of their number is for two numbers.",
    "The pairs are measured on the samples that they were trained on.",
    "One rate is an entropy, but the words of both have equal lengths.",
)


def is_fair(function: Any) -> str:
    """`function(training, unseen, size)` has the gain of pairs at equal rate."""
    gains = []
    for training, unseen, size in trials():
        gains.append(gain_from(ask(function, training.copy(), unseen.copy(), size)))
    if distance(gains, FAIR) > NEAR:
        nearest = min(SUSPECTS, key=lambda faults: distance(gains, faults))
        got = f"{gains[0]:.1f} dB for independent numbers and {gains[1]:.1f} for correlated ones"
        known = any(nearest) and distance(gains, nearest) <= NEAR
        require(known, f"It has {got}: that is not what pairs gain.")
        raise NotYet(SAYS[nearest.index(True)])
    return (
        f"Independent numbers gain {gains[0]:z.1f} dB on unseen samples, "
        f"correlated ones {gains[1]:.1f} dB."
    )


def gain_from(result: object) -> float:
    """One finite number."""
    (gain,) = Number("", 1.0).numbers(result)
    return gain


def trials() -> list[tuple[Floats, Floats, int]]:
    """Training and unseen pairs, and a size: independent ones, then correlated ones."""
    return [
        (sources.gaussian(400, 2, seed=71), sources.gaussian(5000, 2, seed=72), 64),
        (
            sources.gauss_markov(2000, 2, 0.9, seed=73),
            sources.gauss_markov(5000, 2, 0.9, seed=74),
            64,
        ),
    ]


def distance(gains: list[float], faults: Faults) -> float:
    """How far the gains of the trials are at most from those of a comparison with these faults."""
    expected = gains_with(faults)
    return max(abs(gain - other) for gain, other in zip(gains, expected, strict=True))


@cache
def gains_with(faults: Faults) -> list[float]:
    """The gain in each trial by a comparison with these faults."""
    return [gain_of_pairs(*trial, faults) for trial in trials()]


def gain_of_pairs(training: Floats, unseen: Floats, size: int, faults: Faults) -> float:
    """The gain in dB of `size` code vectors over levels."""
    halved, on_training, by_entropy = faults
    pairs = design.lloyd(training, size)
    rate = measure.entropy(pairs.encode(training)) / 2 if by_entropy else pairs.rate
    if halved:
        rate /= 2
    levels = design.lloyd(training.reshape(-1, 1), round(2**rate))
    of_pairs = training if on_training else unseen
    numbers = unseen.reshape(-1, 1)
    of_levels = measure.snr(numbers, levels.quantize(numbers))
    return measure.snr(of_pairs, pairs.quantize(of_pairs)) - of_levels
