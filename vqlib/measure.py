"""How far a quantized signal is from its original, and how many bits it takes."""

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Weights = ArrayLike | None
Density = Callable[[Floats], Floats]


def as_array(values: object, name: str) -> NDArray[Any]:
    """Return `values` as an array, not copied, or raise a ValueError naming them if their rows differ in length."""
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} must be an array, got rows of different lengths") from None


def described(array: NDArray[Any]) -> str:
    """What came, for an error message: type and shape of an array, and the range of its numbers."""
    span = f", from {array.min()} to {array.max()}" if array.size and array.dtype.kind in "biuf" else ""
    return f"{array.dtype} of shape {array.shape}{span}"


def finite(values: ArrayLike, name: str) -> Floats:
    """Return `values` as float64 if they are one or more finite real numbers, else raise a ValueError naming them."""
    array = as_array(values, name)
    if array.dtype.kind not in "biuf" or array.size == 0:
        raise ValueError(f"{name} must be one or more real numbers, got {array.dtype} of shape {array.shape}")
    numbers = array.astype(np.float64)
    if array.dtype.kind == "f" and not np.isfinite(numbers).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity in shape {array.shape}")
    return numbers


def as_rows(values: ArrayLike, name: str, dimension: int = 0) -> Floats:
    """Return `values` as float64 of shape (n, d) if they are finite and have that shape or (n,), else a ValueError.

    If `dimension` is not 0, d must be that.
    """
    array = finite(values, name)
    if array.ndim not in (1, 2) or dimension not in (0, array.size / len(array)):
        shape = {0: "(n, d), or (n,) for scalars", 1: "(n, 1) or (n,)"}.get(dimension, f"(n, {dimension})")
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
    return array.reshape(len(array), -1)


def whole(value: object, name: str, low: int, high: int | None = None) -> int:
    """Return `value` as an int if it is a whole number from `low` to `high`, else raise a ValueError naming it."""
    fits = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not fits or value < low or (high is not None and value > high):  # type: ignore[operator]
        allowed = f"of at least {low}" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} must be a whole number {allowed}, got {value!r}")
    return int(value)  # type: ignore[call-overload, no-any-return]


def correlation(rho: float) -> float:
    """`rho`, if it is the correlation of a source: a number between -1 and 1, without these two."""
    if np.ndim(rho) or not -1 < finite(rho, "rho") < 1:
        raise ValueError(f"rho must lie between -1 and 1, got {rho!r}")
    return rho


def positive_weights(weights: Weights, count: int) -> Floats:
    """Return one weight for each of `count` samples: ones for None; none negative, not all zero, else a ValueError."""
    if weights is None:
        return np.ones(count)
    array = finite(weights, "weights")
    if array.shape != (count,) or array.min() < 0 or array.max() == 0:
        raise ValueError(f"weights must be {count} numbers, none negative and not all zero, got {described(array)}")
    return array


def mse(original: ArrayLike, quantized: ArrayLike, weights: Weights = None) -> float:
    """Mean squared error per dimension, in the squared unit of the samples; worked out in notebook 01_scalar.

    Parameters
    ----------
    original, quantized : arrays of one shape, (n,), (n, d) or a picture
        The samples before and after.
    weights : array (n,), optional
        How much each row counts, for example a density at that point.

    Raises
    ------
    ValueError
        If the shapes differ or something is not a finite number.
    """
    before, after = np.atleast_1d(finite(original, "original"), finite(quantized, "quantized"))
    if before.shape != after.shape:
        raise ValueError(f"original and quantized must have one shape, got {before.shape} and {after.shape}")
    squares = ((before - after) ** 2).reshape(len(before), -1)
    mass = np.broadcast_to(positive_weights(weights, len(squares))[:, None], squares.shape)
    return float(np.average(squares, weights=mass))


def decibels(signal: float, noise: float) -> float:
    """10 log10(signal / noise): infinite where there is no noise, minus infinite where there is no signal."""
    return np.inf if noise == 0 else float(10 * np.log10(signal / noise)) if signal > 0 else -np.inf


def snr(original: ArrayLike, quantized: ArrayLike, weights: Weights = None) -> float:
    """Signal-to-noise ratio in dB: variance of the original over the mean squared error (both per dimension).

    Parameters and errors are those of `mse`, but the arrays have shape (n,) or (n, d); a picture goes in as its vectors
    (`vqlib.image.to_vectors`), because the variance is taken about the mean of each dimension. Infinite where nothing
    was lost.
    """
    before = as_rows(original, "original")
    mean = np.average(before, axis=0, weights=positive_weights(weights, len(before)))
    return decibels(mse(before, np.broadcast_to(mean, before.shape), weights), mse(original, quantized, weights))


def psnr(original: ArrayLike, quantized: ArrayLike, peak: float = 255.0) -> float:
    """Peak signal-to-noise ratio in dB: peak squared over the mean squared error; infinite for equal pictures.

    Errors are those of `mse`. `peak` is the largest value a pixel can have: 255 for a byte.
    """
    if finite(peak, "peak").min() <= 0:
        raise ValueError(f"peak must be above 0, got {peak!r}")
    return decibels(peak**2, mse(original, quantized))


def entropy(indices: ArrayLike) -> float:
    """First-order entropy of a code in bits per index (Shannon 1948, "A mathematical theory of communication").

    No coder that treats every index alone can store them at a lower rate; worked out in notebook 04_grey_images.

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
        raise ValueError(f"indices must be one or more whole numbers from 0 on, got {described(array)}")
    return entropy_of_counts(np.unique(array, return_counts=True)[1])  # bincount would need room up to the largest


def entropy_of_counts(counts: ArrayLike) -> float:
    """First-order entropy in bits of an index that occurs `counts[k]` times with value k (see `entropy`)."""
    p = finite(counts, "counts")
    p = p[p > 0] / p.sum()
    return float(-(p * np.log2(p)).sum()) + 0.0  # + 0.0 turns -0.0 into 0.0
