"""Arrays and pictures that a reader hands in: what they must be, said in one sentence if not."""

import numpy as np

from ..arrays import Floats, Picture
from .kinds import require


def as_numbers(answer: object, what: str = "It") -> Floats:
    """An answer as an array of finite numbers; `what` begins the sentence of what is lacking."""
    try:
        array = np.asarray(answer)
    except Exception:  # whatever it may be, it is no array
        array = np.array(None)
    are_numbers = array.dtype.kind in "biuf" and array.size > 0
    require(are_numbers, f"{what} must be an array of numbers, got {name_of(answer)}.")
    require(np.isfinite(array).all(), f"{what} must hold finite numbers only.")
    return array.astype(np.float64)


def name_of(answer: object) -> str:
    """What kind of thing an answer is."""
    if isinstance(answer, np.ndarray):
        return f"one of {answer.dtype} and shape {answer.shape}"
    return type(answer).__name__


def as_picture(answer: object, shape: tuple[int, ...], what: str = "It") -> Picture:
    """An answer as a picture of that shape: whole numbers from 0 to 255, of whatever type."""
    array = as_numbers(answer, what)
    require(array.shape == shape, f"{what} must have the shape {shape}, got {array.shape}.")
    are_bytes = array.min() >= 0 and array.max() <= 255 and (array == np.floor(array)).all()
    require(are_bytes, f"{what} must hold whole numbers from 0 to 255.")
    return array.astype(np.uint8)
