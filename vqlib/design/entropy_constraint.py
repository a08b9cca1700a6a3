"""Codebooks for code words of different lengths: what a bit has to save is its price."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Floats, Indices, Weights
from ..checks import check_finite, check_not_negative, check_rows, describe
from ..codebook import Codebook, check_codebook
from ..measure import entropy_of_counts, mse
from .training_set import check_training_set, sums_by_region

FARTHEST = 1e140
"""Sums of the squares of larger numbers may leave the range of double precision."""
DEAREST = 1e280
"""The highest price: that of a number's square."""
LONGEST = 1e6
"""The most bits of a code word."""
PASSES = 2000
"""The most iterations before another nudge."""
NUDGES = 10
"""So many in a row have to fail before training ends."""
NUDGE = 0.1
"""Standard deviation of a nudge, in those of the regions."""
LEAST_FALL_OF_PASS = 1e-7
"""The share of the cost that an iteration has to save, or a nudge follows."""
LEAST_FALL_OF_NUDGE = 1e-5
"""The share of the cost that a nudge has to save, with the iterations that follow."""


class PricedStep(NamedTuple):
    """A codebook with code words of different lengths, and what it costs."""

    codebook: Codebook
    lengths: Floats
    """Of the code words in bits, array (K,)."""
    indices: Indices
    """Of the samples, array (n,)."""
    cost: float
    """Distortion + price * rate, per dimension."""


def encode_at_price(
    samples: ArrayLike, codebook: Codebook, lengths: ArrayLike, price: float
) -> Indices:
    """Index of the code vector with the least squared error + `price` * length, for each sample.

    Parameters
    ----------
    samples : array (n, k) or, for scalars, (n,)
    codebook : Codebook
    lengths : array (K,)
        Bits of each code word, at most a million. They need not be whole.
    price : float
        Squared error that one bit has to save (the Lagrange multiplier λ), at most 1e280. With 0 it
        is the nearest code vector.

    Returns
    -------
    indices : integer array (n,)

    Raises
    ------
    ValueError
        If the samples do not fit the codebook, there is not one length for each code vector, or
        price or a length is negative or beyond what double precision can square.
    """
    check_codebook(codebook)
    points = check_rows(samples, "samples", codebook.dimension)
    bits = check_finite(lengths, "lengths")
    if bits.shape != (codebook.size,):
        raise ValueError(f"lengths must be {codebook.size} numbers, got {describe(bits)}")
    if np.abs(bits).max() > LONGEST:
        raise ValueError(f"lengths must be at most a million bits, got {describe(bits)}")
    check_price(price)
    # A further component, 0 for each sample, has the squared error price * length: the sum that is
    # to be the least is then a squared distance.
    further = np.sqrt(price * (bits - bits.min()))
    lifted = Codebook(np.column_stack([codebook.vectors, further]))
    return lifted.encode(np.column_stack([points, np.zeros(len(points))]))


def entropy_constrained(
    samples: ArrayLike, start: Codebook, price: float, weights: Weights = None
) -> Iterator[PricedStep]:
    """Lloyd's algorithm for code words of different lengths, one iteration at a time.

    It lowers the cost, distortion + `price` * rate (Chou, Lookabaugh and Gray 1989,
    "Entropy-constrained vector quantization"): every sample is encoded by `encode_at_price`, every
    code vector goes to the centroid of its region and gets the length -log2 of its share. Code
    vectors that no sample wants any more are dropped, so their number never grows. Worked out in
    notebook 07_rate_distortion.

    Where an iteration hardly lowers the cost, there may be a minimum, a saddle that symmetry holds,
    or a step too small for any sample to change its region. So the code vectors are nudged, by a
    tenth of the standard deviation of their regions, and it goes on from there; steps of a higher
    cost than the least so far are not given. It ends when ten nudges in a row did not save a
    hundred-thousandth of the cost. The nudges are the same each time.

    That is a local minimum, as far as nudges tell, and no more: begin from several codebooks, some
    with many code vectors, and keep the one of least cost. For scalars `optimal_entropy_coded`
    gives the global one.

    Gives the codebook, the lengths in bits, array (K,), the indices and the cost, each per
    dimension. The rate is the entropy of the indices over the dimension.

    Parameters
    ----------
    samples : array (n, k) or, for scalars, (n,)
        Numbers from -1e140 to 1e140.
    start : Codebook
        Where to begin, with equal lengths. Its size is the largest that the result can have.
    price : float
        Squared error that one bit has to save (the Lagrange multiplier λ); the smaller, the higher
        the rate.
    weights : array (n,), optional
        How much each sample counts.

    Raises
    ------
    ValueError
        As `lloyd_steps`; also if `price` is negative, or a number too large for its square.
    """
    check_codebook(start, "start")
    points, mass = check_training_set(samples, weights, start.size)
    check_squares(points, "samples")
    check_squares(start.vectors, "start")
    training = _Training(points, relative(mass), check_price(price))
    chance = np.random.default_rng(0)
    codebook = start
    lengths = np.full(start.size, start.bits)
    least = np.inf
    failed = 0
    while failed < NUDGES:
        enough = least * (1 - LEAST_FALL_OF_NUDGE)
        for step in training.passes(codebook, lengths):
            if step.cost < least:
                best = step
                least = step.cost
                yield step
        failed = 0 if least < enough else failed + 1
        codebook = training.nudged(best, chance)
        lengths = best.lengths


def check_price(price: float) -> float:
    """`price`, if it is one number from 0 to 1e280."""
    if check_not_negative(price, "price") > DEAREST:
        raise ValueError(f"price must be at most {DEAREST}, got {price!r}")
    return price


def check_squares(values: Floats, name: str) -> None:
    """Refuses numbers whose squares leave the range of double precision."""
    if np.abs(values).max() > FARTHEST:
        allowed = f"from {-FARTHEST} to {FARTHEST}"
        raise ValueError(f"{name} must be {allowed}, got {describe(values)}")


def relative(mass: Floats) -> Floats:
    """Weights that sum to 1. What is lost beside the largest has none."""
    shares = mass / mass.max()
    shares[shares < np.finfo(float).tiny / np.finfo(float).eps] = 0
    return np.asarray(shares / shares.sum())


class _Training:
    """Samples (n, k), weights that sum to 1, and a price."""

    def __init__(self, points: Floats, mass: Floats, price: float) -> None:
        self._points = points
        self._mass = mass
        self._price = price

    def passes(self, codebook: Codebook, lengths: Floats) -> Iterator[PricedStep]:
        """Iterations from there, as long as each lowers the cost by enough."""
        cost = np.inf
        for _ in range(PASSES):
            step = self._step(codebook, lengths)
            if step.cost >= cost * (1 - LEAST_FALL_OF_PASS):
                return
            yield step
            codebook, lengths, _, cost = step

    def _step(self, codebook: Codebook, lengths: Floats) -> PricedStep:
        """All samples encoded, then the best codebook and lengths for these indices."""
        indices = encode_at_price(self._points, codebook, lengths, self._price)
        share = np.bincount(indices, self._mass, codebook.size)
        while share.min() == 0:
            used = share > 0
            codebook = Codebook(codebook.vectors[used])
            lengths = lengths[used]
            # Anew, for samples of no weight may have had a code vector that was dropped.
            indices = encode_at_price(self._points, codebook, lengths, self._price)
            share = np.bincount(indices, self._mass, codebook.size)
        sums = sums_by_region(self._points, self._mass, indices, codebook.size)
        moved = Codebook(sums / share[:, None])
        return priced(self._points, self._mass, moved, indices, self._price)

    def nudged(self, step: PricedStep, chance: np.random.Generator) -> Codebook:
        """Its code vectors moved at random, by little where their cells are small."""
        codebook = step.codebook
        share = np.bincount(step.indices, self._mass, codebook.size)
        squares = (self._points - codebook.decode(step.indices)) ** 2
        sums = sums_by_region(squares, self._mass, step.indices, codebook.size)
        spread = np.sqrt(sums / share[:, None])
        return Codebook(codebook.vectors + NUDGE * spread * chance.standard_normal(spread.shape))


def priced(
    points: Floats, mass: Floats, codebook: Codebook, indices: Indices, price: float
) -> PricedStep:
    """The step of these indices, with the lengths -log2 of the shares; no region is empty."""
    share = np.bincount(indices, mass, codebook.size)
    lengths = -np.log2(share / share.sum()) + 0.0  # + 0.0 turns -0.0 into 0.0
    rate = entropy_of_counts(share) / codebook.dimension
    cost = mse(points, codebook.decode(indices), mass) + price * rate
    return PricedStep(codebook, lengths, indices, cost)
