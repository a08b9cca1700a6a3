"""What arguments must be.

Each function returns the argument in the form in which the caller computes with it, or raises a
ValueError of one sentence: the name of the argument, what is allowed, and what was given.
"""

import numbers
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import Floats, Picture, Weights


def as_array(values: object, name: str) -> NDArray[Any]:
    """`values` as an array, not copied if they are one; refused if their rows differ in length."""
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} must be an array, got rows of different lengths") from None


def describe(array: NDArray[Any]) -> str:
    """Type, shape and range of an array, for the end of an error message."""
    if array.size == 0 or array.dtype.kind not in "biuf":
        return _type_and_shape(array)
    return f"{_type_and_shape(array)}, from {array.min()} to {array.max()}"


def _type_and_shape(array: NDArray[Any]) -> str:
    return f"{array.dtype} of shape {array.shape}"


def check_numbers(values: ArrayLike, name: str) -> NDArray[Any]:
    """`values` as an array of its own type, if they are one or more finite real numbers."""
    array = as_array(values, name)
    if array.dtype.kind not in "biuf" or array.size == 0:
        given = _type_and_shape(array)
        raise ValueError(f"{name} must be one or more real numbers, got {given}")
    # As double precision, in which everything is computed, would have them.
    if array.dtype.kind == "f" and not np.isfinite(array.astype(np.float64, copy=False)).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity in shape {array.shape}")
    return array


def check_finite(values: ArrayLike, name: str) -> Floats:
    """`values` as float64, always a copy, if they are one or more finite real numbers."""
    return check_numbers(values, name).astype(np.float64)


def check_rows(values: ArrayLike, name: str, dimension: int = 0) -> Floats:
    """`values` as float64 of shape (n, d), if they are finite and of that shape or of shape (n,).

    If `dimension` is not 0, d must be equal to it.
    """
    return check_rows_of_any_type(values, name, dimension).astype(np.float64)


def check_rows_of_any_type(values: ArrayLike, name: str, dimension: int = 0) -> NDArray[Any]:
    """The same as `check_rows`, but bytes stay bytes: they take an eighth of the room."""
    array = check_numbers(values, name)
    if array.ndim not in (1, 2) or dimension not in (0, array.size / len(array)):
        shapes = {0: "(n, d), or (n,) for scalars", 1: "(n, 1) or (n,)"}
        allowed = shapes.get(dimension, f"(n, {dimension})")
        raise ValueError(f"{name} must have shape {allowed}, got {array.shape}")
    return array.reshape(len(array), -1)


def check_int(value: object, name: str, low: int, high: int | None = None) -> int:
    """`value` as an int, if it is a whole number from `low` to `high`; None sets no upper end."""
    is_whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if is_whole and _is_between(int(value), low, high):  # type: ignore[call-overload]
        return int(value)  # type: ignore[call-overload, no-any-return]
    allowed = f"of at least {low}" if high is None else f"from {low} to {high}"
    raise ValueError(f"{name} must be a whole number {allowed}, got {value!r}")


def _is_between(value: int, low: int, high: int | None) -> bool:
    return low <= value and (high is None or value <= high)


def check_one_of(value: str, name: str, allowed: Iterable[str]) -> str:
    """`value`, if it is one of the `allowed` names."""
    names = list(allowed)
    if value not in names:
        raise ValueError(f"{name} must be one of {', '.join(names)}, got {value!r}")
    return value


def check_positive(value: float, name: str) -> float:
    """`value`, if it is one finite number above 0."""
    if np.ndim(value) or check_finite(value, name) <= 0:
        raise ValueError(f"{name} must be above 0, got {value!r}")
    return value


def check_not_negative(value: float, name: str) -> float:
    """`value`, if it is one finite number of at least 0."""
    if np.ndim(value) or check_finite(value, name) < 0:
        raise ValueError(f"{name} must not be negative, got {value!r}")
    return value


def check_correlation(rho: float) -> float:
    """`rho`, if it is the correlation of a source: a number between -1 and 1, without these two."""
    if np.ndim(rho) or not -1 < check_finite(rho, "rho") < 1:
        raise ValueError(f"rho must lie between -1 and 1, got {rho!r}")
    return rho


def check_weights(weights: Weights, count: int) -> Floats:
    """One weight for each of `count` samples, none negative and not all zero; ones for None."""
    if weights is None:
        return np.ones(count)
    array = check_finite(weights, "weights")
    if array.shape != (count,) or array.min() < 0 or array.max() == 0:
        given = describe(array)
        raise ValueError(
            f"weights must be {count} numbers, none negative and not all zero, got {given}"
        )
    return array


def check_picture(
    picture: object, name: str = "picture", kinds: tuple[str, ...] = ("grey", "RGB")
) -> Picture:
    """`picture` as an array, if it is a picture of one of these kinds."""
    array = as_array(picture, name)
    if array.dtype == np.uint8 and array.size > 0 and _kind_of_shape(array.shape) in kinds:
        return array
    shapes = {
        "grey": "a grey picture (height, width)",
        "RGB": "an RGB picture (height, width, 3)",
    }
    wanted = " or ".join(shapes[kind] for kind in kinds)
    raise ValueError(f"{name} must be {wanted} of uint8, got {_type_and_shape(array)}")


def _kind_of_shape(shape: tuple[int, ...]) -> str:
    if len(shape) == 2:
        return "grey"
    if len(shape) == 3 and shape[2] == 3:
        return "RGB"
    return "neither"
