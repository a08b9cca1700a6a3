"""How far a quantized signal is from its original, and how many bits it takes."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import Floats, Weights
from .checks import (
    as_array,
    check_finite,
    check_positive,
    check_range,
    check_rows,
    check_weights,
    describe,
    exponent_of,
    scaled,
)


@np.errstate(under="ignore")
def mse(original: ArrayLike, quantized: ArrayLike, weights: Weights = None) -> float:
    """Mean squared error per dimension, in the squared unit of the samples.

    Worked out in notebook 01_scalar.

    Parameters
    ----------
    original, quantized : arrays of one shape, (n,), (n, k) or a picture
        The samples before and after.
    weights : array (n,), optional
        How much each row counts, for example a density at that point.

    Raises
    ------
    ValueError
        If the shapes differ or something is not a finite number, or is beyond 1e100 in size.
    """
    before = np.atleast_1d(check_range(original, "original")).astype(np.float64)
    after = np.atleast_1d(check_range(quantized, "quantized")).astype(np.float64)
    _check_one_shape(before, after)
    # In place: of a large picture each copy takes much room.
    errors = np.subtract(before, after, out=before).reshape(len(before), -1)
    # Near 1, as squares of tiny errors would vanish; by a power of two, which rounds nothing.
    exponent = exponent_of(errors)
    np.ldexp(errors, -exponent, out=errors)
    squares = np.square(errors, out=errors)
    if weights is None:
        mean = squares.mean()
    else:
        mass = check_weights(weights, len(squares))
        mean = np.average(squares, weights=np.broadcast_to(mass[:, None], squares.shape))
    return float(np.ldexp(mean, 2 * exponent))


def _check_one_shape(original: NDArray[Any], quantized: NDArray[Any]) -> None:
    if original.shape != quantized.shape:
        shapes = f"{original.shape} and {quantized.shape}"
        raise ValueError(f"original and quantized must have one shape, got {shapes}")


def decibels(signal: float, noise: float) -> float:
    """10 log10(signal / noise): infinite without noise, minus infinite without a signal."""
    if noise == 0:
        return np.inf
    if signal <= 0:
        return -np.inf
    return float(10 * np.log10(signal / noise))


def snr(original: ArrayLike, quantized: ArrayLike, weights: Weights = None) -> float:
    """Signal-to-noise ratio in dB: variance of the original over the mean squared error.

    Both are per dimension. Infinite where nothing was lost. Parameters and errors are those of
    `mse`, but the arrays have shape (n,) or (n, k); a picture goes in as its vectors
    (`vqlib.image.to_vectors`), because the variance is taken about the mean of each dimension.
    """
    before = check_rows(original, "original")
    after = check_rows(quantized, "quantized")
    _check_one_shape(as_array(original, "original"), as_array(quantized, "quantized"))
    # A ratio: so that neither square vanishes, both are of numbers near 1.
    exponent = max(exponent_of(before), exponent_of(after))
    before = scaled(before, -exponent)
    after = scaled(after, -exponent)
    mean = np.average(before, axis=0, weights=check_weights(weights, len(before)))
    variance = mse(before, np.broadcast_to(mean, before.shape), weights)
    return decibels(variance, mse(before, after, weights))


def psnr(original: ArrayLike, quantized: ArrayLike, peak: float = 255.0) -> float:
    """Peak signal-to-noise ratio in dB: peak squared over the mean squared error.

    Infinite for equal pictures. Errors are those of `mse`. `peak` is the largest value that a pixel
    can have: 255 for a byte.
    """
    check_range(peak, "peak")
    peak = check_positive(peak, "peak")
    # A ratio: of numbers near 1, so that neither square vanishes.
    exponent = exponent_of(np.array(peak))
    before = scaled(check_range(original, "original"), -exponent)
    after = scaled(check_range(quantized, "quantized"), -exponent)
    return decibels(float(np.ldexp(peak, -exponent)) ** 2, mse(before, after))


def entropy(indices: ArrayLike) -> float:
    """First-order entropy of a code in bits per index.

    The least mean length of any uniquely decodable code that uses one set of probabilities for all
    indices, whatever came before (Shannon 1948, "A mathematical theory of communication"). An
    arithmetic coder comes close to it. Code words of whole bits for single indices may need more:
    two levels cost 1 bit each, however rare one of them is. A coder that looks at the neighbours
    of an index may need less. Worked out in notebook 04_grey_images.

    Parameters
    ----------
    indices : integer array, any shape
        What `Codebook.encode` returned.

    Raises
    ------
    ValueError
        If there is no index, or they are not whole numbers from 0 on.
    """
    array = as_array(indices, "indices")
    if array.size == 0 or array.dtype.kind not in "iu" or array.min() < 0:
        given = describe(array)
        raise ValueError(f"indices must be one or more whole numbers from 0 on, got {given}")
    # Not by bincount, which would need room up to the largest index.
    _, counts = np.unique(array, return_counts=True)
    return entropy_of_counts(counts)


def perplexity(indices: ArrayLike) -> float:
    """2 to the power of the entropy: how many indices are in use, as if all were equally frequent.

    It goes from 1, if there is one index alone, to the number of different indices, if each is as
    frequent as the others. That number is never above how many indices are counted: of a batch
    of 64 samples the perplexity is at most 64, whatever the codebook. Used in notebook
    11_learned_codebooks.

    Parameters and errors are those of `entropy`.
    """
    return float(2.0 ** entropy(indices))


@np.errstate(under="ignore")
def entropy_of_counts(counts: ArrayLike) -> float:
    """First-order entropy in bits of an index that occurs `counts[k]` times (see `entropy`).

    The counts may be probabilities or other weights.

    Raises
    ------
    ValueError
        If they are not finite numbers, one is negative, or all are 0.
    """
    occurrences = check_finite(counts, "counts")
    if occurrences.min() < 0 or occurrences.max() == 0:
        given = describe(occurrences)
        raise ValueError(f"counts must be numbers, none negative and not all zero, got {given}")
    relative = occurrences / occurrences.max()  # so that no sum is too large for a double
    probabilities = relative[relative > 0] / relative.sum()
    bits: Floats = probabilities * np.log2(probabilities)
    return float(-bits.sum()) + 0.0  # + 0.0 turns -0.0 into 0.0
