"""How an answer is judged: it is right, or one sentence says what is not, without the answer."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class NotYetError(AssertionError):
    """An answer that is not right yet; its one sentence is all that a student sees."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback, whose lines would be those of the grader."""
        return [f"Not yet: {self}"]


def require(condition: object, sentence: str) -> None:
    """Refuses with this sentence, unless the condition holds."""
    if not condition:
        raise NotYetError(sentence)


def array(value: object, what: str, shape: Sequence[int] | None = None) -> Floats:
    """`value` as finite numbers of this shape."""
    require(value is not None and value is not ..., f"{what} is still empty.")
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise NotYetError(f"{what} must be made of numbers only.") from None
    require(np.isfinite(numbers).all(), f"{what} must be made of finite numbers only.")
    if shape is not None:
        wanted = tuple(shape)
        require(numbers.shape == wanted, f"{what} has shape {numbers.shape}, not {wanted}.")
    return numbers


def equal(value: object, truth: object, what: str, sentence: str, within: float = 1e-6) -> None:
    """Refuses with this sentence what is not the truth, up to `within` of its largest number."""
    right = np.asarray(truth, dtype=np.float64)
    numbers = array(value, what, right.shape)
    room = within * max(float(np.abs(right).max()), 1e-12)
    require(np.abs(numbers - right).max() <= room, sentence)


def near(value: object, truth: float, what: str, within: float, hints: dict[str, float]) -> None:
    """Refuses a number that is further than `within` from the truth.

    If one of the foreseen wrong numbers explains it, with the hint that stands for that one.
    """
    number = float(array(value, what, ()))
    if abs(number - truth) <= within:
        return
    for hint, wrong in hints.items():
        require(abs(number - wrong) > within, hint)
    raise NotYetError(f"{what} is not right: work through it once more, with its unit.")


Answer = Callable[..., Any]


def called(answer: object, what: str) -> Answer:
    """`answer`, if it is a function."""
    require(callable(answer), f"{what} must be a function.")
    return answer  # type: ignore[return-value]
