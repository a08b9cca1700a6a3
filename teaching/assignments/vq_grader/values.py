"""Answers as bytes and back: numbers, texts, lists and arrays, and nothing that could be run.

Pickles would be shorter, but whoever reads a pickle runs what is in it.
"""

import base64
import json
from collections.abc import Callable
from typing import Any

import numpy as np

LARGEST = 1 << 26
"""The most bytes of one message."""

PLAIN = "biufU"
"""Kinds of arrays that can be sent."""

Functions = list[Callable[..., Any]]


def to_bytes(value: object, functions: Functions | None = None) -> bytes:
    """`value` as bytes; functions stay here, in the list, and only their numbers are sent.

    Raises
    ------
    TypeError
        If there is something else in it.
    """
    return json.dumps(_to_plain(value, [] if functions is None else functions)).encode()


def from_bytes(content: bytes, call: Callable[..., Any] | None = None) -> Any:
    """What `to_bytes` was given; a function becomes one that asks `call` with its number."""
    return _from_plain(json.loads(content), call)


def _to_plain(value: Any, functions: Functions) -> Any:
    """In what JSON knows: other things become an object that tells their kind."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if value is ...:
        return {"kind": "dots"}
    if isinstance(value, list):
        return [_to_plain(item, functions) for item in value]
    if isinstance(value, tuple):
        return {"kind": "tuple", "items": _to_plain(list(value), functions)}
    if isinstance(value, dict):
        return {"kind": "dict", "items": _to_plain(list(value.items()), functions)}
    return _one_to_plain(value, functions)


def _one_to_plain(value: Any, functions: Functions) -> dict[str, Any]:
    """An array or a function."""
    if isinstance(value, np.ndarray | np.generic):
        return _array_to_plain(np.asarray(value))
    if hasattr(value, "vectors"):  # a Codebook
        return _array_to_plain(np.asarray(value.vectors))
    if callable(value):
        functions.append(value)
        return {"kind": "function", "number": len(functions) - 1}
    raise TypeError(f"a {type(value).__name__} is no number, text, list or array")


def _array_to_plain(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    if array.dtype.kind not in PLAIN:
        raise TypeError(f"an array of {array.dtype} is not one of numbers")
    content = base64.b64encode(array.tobytes()).decode()
    return {"kind": "array", "type": array.dtype.str, "shape": array.shape, "bytes": content}


def _from_plain(plain: Any, call: Callable[..., Any] | None) -> Any:
    if isinstance(plain, list):
        return [_from_plain(item, call) for item in plain]
    if not isinstance(plain, dict):
        return plain
    if plain["kind"] == "dots":
        return ...
    if plain["kind"] == "tuple":
        return tuple(_from_plain(plain["items"], call))
    if plain["kind"] == "dict":
        return dict(_from_plain(plain["items"], call))
    if plain["kind"] == "array":
        return _array_from_plain(plain)
    number = int(plain["number"])
    return lambda *arguments: call(number, arguments) if call else None


def _array_from_plain(plain: dict[str, Any]) -> np.ndarray[Any, Any]:
    kind = np.dtype(plain["type"])
    if kind.kind not in PLAIN:
        raise TypeError(f"an array of {kind} is not one of numbers")
    content = base64.b64decode(plain["bytes"])
    return np.frombuffer(content, kind).reshape(plain["shape"]).copy()
