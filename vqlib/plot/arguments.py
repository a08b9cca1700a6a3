"""What the arguments of figures must be, on top of `vqlib.checks`."""

from collections.abc import Collection, Mapping, Sized
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Floats
from ..checks import as_array, check_finite, check_int
from ..codebook import Codebook, check_dimension

LARGEST = 1e100
"""No axis goes further: matplotlib needs room for its margins within the doubles."""
LABELS = ("title", "xlabel", "ylabel")


def check_mapping(values: object, name: str, most: int | None = None) -> Mapping[Any, Any]:
    """`values`, if they are a mapping that is not empty, and holds at most so much."""
    if not isinstance(values, Mapping):
        given = type(values).__name__
        raise ValueError(f"{name} must be a dictionary such as {{'name': ...}}, got {given}")
    if not values or (most is not None and len(values) > most):
        allowed = "one or more" if most is None else f"1 to {most}"
        raise ValueError(f"{name} must have {allowed} entries, got {len(values)}")
    return values


def check_text(value: object, name: str) -> str:
    """`value`, if it is a string."""
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a string, got {value!r}")
    return value


def check_labels(labels: Mapping[str, object]) -> None:
    """Refuse what is no label of a chart."""
    for name, value in labels.items():
        if name not in LABELS:
            raise ValueError(f"labels of a chart must be {', '.join(LABELS)}, got {name}")
        check_text(value, name)


def check_heights(values: ArrayLike, name: str, length: int | None = None) -> Floats:
    """`values` as an array (n,), if they are numbers that an axis can show, and so many."""
    array = check_finite(values, name).ravel()
    if length is not None and len(array) != length:
        raise ValueError(f"{name} must have {length} numbers, got {len(array)}")
    if np.abs(array).max() > LARGEST:
        largest = f"{np.abs(array).max():g}"
        raise ValueError(f"{name} must lie from -{LARGEST} to {LARGEST}, got {largest} in size")
    return array


def check_number(value: object, name: str) -> float:
    """`value`, if it is one finite number."""
    if not isinstance(value, Sized):
        try:
            (number,) = check_heights(value, name).tolist()  # type: ignore[arg-type]
        except ValueError:
            pass
        else:
            return float(number)
    raise ValueError(f"{name} must be one finite number, got {value!r}")


def check_real(value: Any, name: str) -> float:  # noqa: ANN401
    """`value`, if it is one real number; NaN and infinity are, too, as they can be told."""
    array = as_array(value, name)
    if array.ndim or array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be one number, got {value!r}")
    return float(array)


def check_span(low: float, high: float, names: str = "low and high") -> tuple[float, float]:
    """Both ends of the part of an axis that is shown, the lower one first."""
    lower, upper = check_pair((low, high), names)
    if not lower < upper:
        raise ValueError(f"{names} must be two numbers, the lower first, got {low!r} and {high!r}")
    return lower, upper


def check_pair(values: Any, names: str) -> tuple[float, float]:  # noqa: ANN401
    """Two finite numbers, in any order."""
    if isinstance(values, str) or not isinstance(values, Collection) or len(values) != 2:
        raise ValueError(f"{names} must be two numbers, got {values!r}")
    first, second = values
    return check_number(first, names), check_number(second, names)


def check_scalars(codebook: object, name: str = "codebook") -> Codebook:
    """`codebook`, if it is one of scalars."""
    return check_dimension(codebook, 1, "scalars", name)


def check_side(side: object, columns: object, number: int) -> tuple[int, int]:
    """Pixels of a picture's side, or 0, and how many stand in a row; see `pictures`."""
    checked = check_int(side, "side", 0, 2000)
    in_a_row = check_int(columns, "columns", 0, 20) or number
    return checked, check_int(in_a_row, "number of pictures in a row", 1, 20)
