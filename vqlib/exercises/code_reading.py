"""What a reader's function knows beside its arguments, found without running it."""

import dis
from collections.abc import Iterator
from contextlib import suppress
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from ..codebook import Codebook
from .kinds import require

GLOBAL = ("LOAD_GLOBAL", "LOAD_NAME")
ATTRIBUTE = ("LOAD_ATTR", "LOAD_METHOD")
FEW = 16
"""So many numbers, or letters of a text, are a setting; more are data."""


def names_in(function: FunctionType, kinds: tuple[str, ...]) -> set[str]:
    """Names that a function reads, those of functions inside it too."""
    return set(_names(function.__code__, kinds))


def _names(code: CodeType, kinds: tuple[str, ...]) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in kinds:
            yield str(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant, kinds)


def functions_of_one_module(function: FunctionType) -> list[FunctionType]:
    """A function and all that it calls by name, as far as they stand in the same module."""
    found = [function]
    for caller in found:  # which grows meanwhile
        for value in values_read_by(caller).values():
            here = isinstance(value, FunctionType) and value.__module__ == function.__module__
            if here and value not in found:
                found.append(value)
    return found


def values_read_by(function: FunctionType) -> dict[str, Any]:
    """By name, what a function reads of its module and its surroundings, and its defaults."""
    names = names_in(function, GLOBAL)
    known = {name: function.__globals__[name] for name in names if name in function.__globals__}
    known.update(closed_over_by(function))
    arguments = function.__code__.co_varnames[: function.__code__.co_argcount]
    defaults = function.__defaults__ or ()
    known.update(zip(arguments[len(arguments) - len(defaults) :], defaults, strict=True))
    known.update(function.__kwdefaults__ or {})
    return known


def closed_over_by(function: FunctionType) -> dict[str, Any]:
    """By name, what a function reads of the function around it."""
    found = {}
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    for name, cell in cells:
        with suppress(ValueError):  # a name that has no value yet
            found[name] = cell.cell_contents
    return found


def uses_of(function: FunctionType, package: str, names: set[str]) -> set[str]:
    """Those of `names` that a function takes from a package of vqlib, by a dot or by itself."""
    values = values_read_by(function)
    modules = [value for value in values.values() if isinstance(value, ModuleType)]
    found = set()
    if any(module.__name__.startswith("vqlib") for module in modules):
        found |= names_in(function, ATTRIBUTE) & names
    for name, value in values.items():
        if name in names and str(getattr(value, "__module__", "")).startswith(package):
            found.add(name)
    return found


LIBRARY = {"to_vectors", "to_picture", "quantize_image", "encode_image", "train_codebook"}


def do_without_image(function: Any) -> None:
    """Refuse a reader's function that leaves the work to vqlib.image."""
    if isinstance(function, FunctionType):
        for written in functions_of_one_module(function):
            used = uses_of(written, "vqlib.image", LIBRARY)
            require(not used, f"It uses {', '.join(sorted(used))}; do without vqlib.image.")


def do_without_codebook(function: Any) -> None:
    """Refuse a reader's function that reads `Codebook`, or one of them."""
    if isinstance(function, FunctionType):
        for written in functions_of_one_module(function):
            for value in values_read_by(written).values():
                is_one = value is Codebook or isinstance(value, Codebook)
                require(not is_one, "It uses `Codebook`; do without.")


def is_data(value: object) -> bool:
    """Whether a value tells more than a module, a function, or a setting of a few numbers."""
    if isinstance(value, ModuleType | FunctionType | BuiltinFunctionType | np.ufunc | type):
        return False
    if isinstance(value, dict):
        return is_data([*value.keys(), *value.values()])
    if isinstance(value, tuple | list):
        return len(value) > FEW or any(is_data(part) for part in value)
    if isinstance(value, str | bytes):
        return len(value) > FEW
    settings = int | float | complex | slice | range | np.generic | np.dtype
    return not (value is None or isinstance(value, settings))
