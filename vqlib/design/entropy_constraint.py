"""Codebooks for code words of different lengths: what a bit has to save is its price."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Floats, Indices, Weights
from ..checks import check_finite, check_not_negative, check_rows, describe
from ..codebook import Codebook
from ..measure import entropy_of_counts, mse
from .training_set import check_training_set, sums_by_region

PricedStep = tuple[Codebook, Floats, Indices, float]
"""A codebook, the lengths of its code words in bits, the index of each sample, and the cost."""


def encode_at_price(
    samples: ArrayLike, codebook: Codebook, lengths: ArrayLike, price: float
) -> Indices:
    """Index of the code vector with the least squared error + `price` * length, for each sample.

    Parameters
    ----------
    samples : array (n, d) or, for scalars, (n,)
    codebook : Codebook
    lengths : array (K,)
        Bits of each code word. They need not be whole.
    price : float
        Squared error that one bit has to save (the Lagrange multiplier λ). With 0 it is the nearest
        code vector.

    Returns
    -------
    indices : integer array (n,)

    Raises
    ------
    ValueError
        If the samples do not fit the codebook, there is not one length for each code vector, or
        `price` is negative.
    """
    points = check_rows(samples, "samples", codebook.dimension)
    bits = check_finite(lengths, "lengths")
    if bits.shape != (codebook.size,):
        raise ValueError(f"lengths must be {codebook.size} numbers, got {describe(bits)}")
    check_not_negative(price, "price")
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
    vectors that no sample wants any more are dropped. It stops when an iteration lowers the cost by
    less than a millionth. Worked out in notebook 07_rate_distortion.

    Gives the codebook, the lengths in bits, array (K,), the indices and the cost, each per
    dimension. The rate is the entropy of the indices over the dimension.

    Parameters
    ----------
    samples : array (n, d) or, for scalars, (n,)
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
        As `lloyd_steps`; also if `price` is negative.
    """
    points, mass = check_training_set(samples, weights, start.size)
    codebook = start
    lengths = np.full(start.size, start.bits)
    cost = np.inf
    while True:
        wanted = encode_at_price(points, codebook, lengths, price)
        used, indices = np.unique(wanted, return_inverse=True)
        share = np.bincount(indices, mass, used.size)
        codebook = Codebook(sums_by_region(points, mass, indices, used.size) / share[:, None])
        lengths = -np.log2(share / share.sum())
        previous = cost
        rate = entropy_of_counts(share) / codebook.dimension
        cost = mse(points, codebook.decode(indices), mass) + price * rate
        if cost >= previous - 1e-6 * abs(previous):
            return
        yield codebook, lengths, indices, cost
