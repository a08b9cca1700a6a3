"""What arguments must be.

Each function returns the argument in the form in which the caller computes with it, or raises a
ValueError of one sentence: the name of the argument, what is allowed, and what was given.
"""

import numbers
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from .arrays import Floats, Picture, Weights

LARGEST = 1e100
"""No sample and no level is beyond it: sums of its square are far from the end of the doubles."""

LEAST_WEIGHT = 1e-150
"""Of the largest weight; less counts as nothing, as its products could vanish."""


def as_array(values: object, name: str) -> NDArray[Any]:
    """`values` as an array, not copied if they are one.

    Refused if their rows differ in length, or they are more than NumPy would make of them: an array
    with masked values, or a Pillow image, whose mode, palette and rotation would be lost.
    """
    if isinstance(values, Image.Image):
        advice = "np.asarray(image.convert('RGB')) makes one, with 'L' a grey one"
        given = f"a Pillow image of mode {values.mode}: {advice}"
        raise ValueError(f"{name} must be an array, got {given}")
    if _is_masked(values):
        advice = "fill them or leave them out first"
        raise ValueError(f"{name} must be an array, got one with masked values: {advice}")
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} must be an array, got rows of different lengths") from None
    except Exception as error:
        given = f"{type(values).__name__}, of which NumPy cannot make one ({error})"
        raise ValueError(f"{name} must be an array, got {given}") from error


def _is_masked(values: object, depth: int = 0) -> bool:
    """Whether something is masked in an array, or in lists of arrays or numbers."""
    if isinstance(values, list | tuple) and depth < MOST_AXES:
        return any(_is_masked(value, depth + 1) for value in values)
    return isinstance(values, np.ma.MaskedArray) and bool(np.ma.is_masked(values))


MOST_AXES = 4
"""Of what is made of lists: a list of pictures has four."""


def describe(array: NDArray[Any]) -> str:
    """Type, shape and range of an array, for the end of an error message."""
    if array.size == 0 or array.dtype.kind not in "biuf":
        return _type_and_shape(array)
    return f"{_type_and_shape(array)}, from {array.min()} to {array.max()}"


def _type_and_shape(array: NDArray[Any]) -> str:
    """Of an array of objects also what is in it, beside numbers: that is why it is one."""
    given = f"{array.dtype} of shape {array.shape}"
    if array.dtype != object or array.size == 0:
        return given
    strangers = [value for value in array.flat if not isinstance(value, numbers.Real)]
    stranger = (strangers or [*array.flat])[0]
    kind = type(stranger).__name__
    if hasattr(stranger, "toarray"):
        return f"{kind}: its method toarray makes one"
    if array.ndim > 0:
        return f"{given}, with {kind} in it"
    return given if stranger is None else kind


def check_numbers(values: ArrayLike, name: str) -> NDArray[Any]:
    """`values` as an array of its own type, if they are one or more finite real numbers."""
    array = as_array(values, name)
    if array.dtype.kind not in "biuf" or array.size == 0:
        given = _type_and_shape(array)
        raise ValueError(f"{name} must be one or more real numbers, got {given}")
    # As double precision, in which everything is computed, would have them. NaN goes through both.
    if array.dtype.kind == "f" and not np.isfinite([float(array.min()), float(array.max())]).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity in shape {array.shape}")
    return array


def holds_several(value: object) -> bool:
    """Whether there may be several values in it: it is no text, and no array of one number."""
    is_text = isinstance(value, str | bytes)
    return isinstance(value, Iterable) and not is_text and getattr(value, "ndim", 1) > 0


def check_finite(values: ArrayLike, name: str) -> Floats:
    """`values` as float64, always a copy, if they are one or more finite real numbers."""
    return check_numbers(values, name).astype(np.float64)


def check_range(values: ArrayLike, name: str) -> NDArray[Any]:
    """The same as `check_numbers`, if none is beyond `LARGEST`: the rule for all that is squared.

    Small numbers need no such rule: what squares them scales them first by a power of two.
    """
    array = check_numbers(values, name)
    if array.dtype.kind == "f" and reach(array) > LARGEST:
        raise ValueError(f"{name} must lie from -{LARGEST} to {LARGEST}, got {describe(array)}")
    return array


def check_rows(values: ArrayLike, name: str, dimension: int = 0) -> Floats:
    """`values` as float64 of shape (n, k), if they are finite and of that shape or of shape (n,).

    If `dimension` is not 0, k must be equal to it. None may be beyond `LARGEST`.
    """
    return check_rows_of_any_type(values, name, dimension).astype(np.float64)


def check_rows_of_any_type(values: ArrayLike, name: str, dimension: int = 0) -> NDArray[Any]:
    """The same as `check_rows`, but bytes stay bytes: they take an eighth of the room."""
    array = check_range(values, name)
    if array.ndim not in (1, 2) or dimension not in (0, array.size / len(array)):
        shapes = {0: "(n, k), or (n,) for scalars", 1: "(n, 1) or (n,)"}
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
    if not isinstance(value, str) or value not in names:
        raise ValueError(f"{name} must be one of {', '.join(names)}, got {value!r}")
    return value


def check_function(value: object, name: str) -> None:
    """Refuses what is no function."""
    if not callable(value):
        given = type(value).__name__
        raise ValueError(f"{name} must be a function of an array of numbers, got {given}")


def check_positive(value: float, name: str) -> float:
    """`value` as a float, if it is one finite number above 0."""
    if as_array(value, name).ndim or check_finite(value, name) <= 0:
        raise ValueError(f"{name} must be above 0, got {value!r}")
    return float(value)


def check_not_negative(value: float, name: str) -> float:
    """`value` as a float, if it is one finite number of at least 0."""
    if as_array(value, name).ndim or check_finite(value, name) < 0:
        raise ValueError(f"{name} must not be negative, got {value!r}")
    return float(value)


def check_correlation(rho: float) -> float:
    """`rho`, if it is the correlation of a source: a number between -1 and 1, without these two."""
    if as_array(rho, "rho").ndim or not -1 < check_finite(rho, "rho") < 1:
        raise ValueError(f"rho must lie between -1 and 1, got {rho!r}")
    return float(rho)


def check_ends(low: float, high: float) -> tuple[float, float]:
    """`low` and `high` as floats, if they are the ends of an interval."""
    ends = check_range([low, high], "low and high").astype(np.float64)
    if ends.shape != (2,) or not ends[0] < ends[1]:
        raise ValueError(f"low must be below high, got {low!r} and {high!r}")
    return float(ends[0]), float(ends[1])


def check_weights(weights: Weights, count: int) -> Floats:
    """One weight for each of `count` samples, none negative and not all zero; ones for None.

    Only their ratios count: if they are huge or tiny, they come scaled by a power of two, and what
    is below `LEAST_WEIGHT` of the largest comes as 0.
    """
    if weights is None:
        return np.ones(count)
    array = check_finite(weights, "weights")
    if array.shape != (count,) or array.min() < 0 or array.max() == 0:
        given = describe(array)
        raise ValueError(
            f"weights must be {count} numbers, none negative and not all zero, got {given}"
        )
    if not 1 / LARGEST < array.max() < LARGEST:
        array = scaled(array, -exponent_of(array))
    array[array < LEAST_WEIGHT * array.max()] = 0
    return array


def are_whole(numbers: NDArray[Any]) -> bool:
    """Whether all of them are whole numbers, of whatever type."""
    return numbers.dtype.kind in "biu" or bool((numbers == np.floor(numbers)).all())


def reach(values: NDArray[Any]) -> float:
    """How large the largest of these numbers is, whatever its sign."""
    return max(-float(values.min()), float(values.max()))


def exponent_of(values: NDArray[Any]) -> int:
    """The power of two just above all these numbers in size; 0 if all are 0."""
    return int(np.frexp(reach(values))[1])


def scaled(values: NDArray[Any], exponent: int) -> Floats:
    """Doubles times 2^exponent, without rounding unless the result is near the least double."""
    return np.ldexp(values.astype(np.float64, copy=False), exponent)


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
