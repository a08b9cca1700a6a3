"""Tries out a reader's finite scalar quantizer."""

from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats
from ..learned import Finite
from .code_reading import functions_of_one_module, uses_of, values_read_by
from .kinds import NotYet, require
from .one_bit_contest import ask_named
from .pictures import as_numbers

TRIED = ((5,), (4,), (3, 4), (4, 5, 6), (8, 5, 5, 5))
LINE = np.linspace(-3, 3, 121)
FAR = 50.0
"""Where tanh is 1 exactly."""


def is_finite_quantizer(answer: Any) -> None:
    """`encode(latents, levels)` and `decode(indices, levels)` are a grid with so many levels."""
    both = "It must be two functions in brackets: encode, decode."
    require(isinstance(answer, list | tuple) and len(answer) == 2, both)
    encode, decode = answer
    for function in answer:
        do_without_finite(function)
    for levels in TRIED:
        where = f"For the levels {levels}"
        points = all_points(decode, levels, where)
        refuse_wrong_grid(points, levels, where)
        for component in range(len(levels)):
            walks_all_levels(encode, points, levels, component, where)
    rounds_where_tanh_says(encode, decode)


def do_without_finite(function: Any) -> None:
    """Refuse a reader's function that leaves the work to vqlib.learned."""
    if isinstance(function, FunctionType):
        for written in functions_of_one_module(function):
            values = values_read_by(written).values()
            used = uses_of(written, "vqlib.learned", {"Finite"})
            is_one = used or any(isinstance(value, Finite) for value in values)
            require(not is_one, "It uses Finite; do without vqlib.learned.")


def indices_from(encode: Any, latents: Floats, levels: tuple[int, ...], where: str) -> Any:
    """What a reader's encoder makes of latents (n, d): whole numbers (n,)."""
    given = latents.copy()
    answer = ask_named("encode", encode, given, levels)
    require(np.array_equal(given, latents), "encode changes the latents that it is given.")
    result = as_numbers(answer, "What encode returns")
    wanted = f"{where} encode must return {len(latents)} whole numbers"
    require(result.shape == (len(latents),), f"{wanted}, got shape {result.shape}.")
    size = int(np.prod(levels))
    whole = (result == np.floor(result)).all()
    require(whole, f"{wanted}, got {result[result != np.floor(result)][:1]}.")
    ends = f"from {result.min():.0f} to {result.max():.0f}"
    inside = result.min() >= 0 and result.max() < size
    require(inside, f"{where} encode's indices go {ends}; there are {size} code vectors.")
    return result.astype(np.intp)


def all_points(decode: Any, levels: tuple[int, ...], where: str) -> Floats:
    """The code vectors of all indices, array (K, d)."""
    size = int(np.prod(levels))
    points = as_numbers(ask_named("decode", decode, np.arange(size), levels), "What decode returns")
    shape = size, len(levels)
    of_shape = f"{where} decode must make an array {shape} of the indices 0 to {size - 1}"
    require(points.shape == shape, f"{of_shape}, got shape {points.shape}.")
    return points


def refuse_wrong_grid(points: Floats, levels: tuple[int, ...], where: str) -> None:
    """All combinations of so many levels at equal steps within -1 to 1."""
    reach = np.abs(points).max()
    require(reach <= 1 + 1e-9, f"{where} decode goes as far as {reach:g}: 1 is the end.")
    for component, count in enumerate(levels):
        found = distinct(points[:, component])
        many = f"{where} component {component} has {len(found)} different values when decoded"
        require(len(found) == count, f"{many}.")
        steps = np.diff(found)
        require(np.ptp(steps) < 1e-6, f"{where} the levels are not at equal steps: {found}.")
    different = len(np.unique(points.round(9), axis=0))
    require(different == len(points), f"{where} decode makes only {different} different vectors.")


def distinct(values: Floats) -> NDArray[np.float64]:
    """Different values in order, without regard to rounding errors."""
    return np.unique(values.round(9) + 0.0)


def walks_all_levels(
    encode: Any, points: Floats, levels: tuple[int, ...], component: int, where: str
) -> None:
    """As one latent goes up, so does its level, through all of them; the others stay."""
    walk = np.concatenate([[-FAR], LINE, [FAR]])
    latents = np.full((len(walk), len(levels)), 0.1)
    latents[:, component] = walk
    decoded = points[indices_from(encode, latents, levels, where)]
    others = np.delete(decoded, component, axis=1)
    moves = f"{where} one latent moves the level of another one"
    require((others == others[0]).all(), f"{moves}: do encode and decode number alike?")
    found = decoded[:, component]
    require((np.diff(found) >= 0).all(), f"{where} the level goes down where a latent goes up.")
    count = levels[component]
    inside = len(distinct(found[1:-1]))
    reached = f"{where} latents from -3 to 3 reach {inside} of the {count} in component {component}"
    require(inside == count, f"{reached}: what do even numbers need?")


def rounds_where_tanh_says(encode: Any, decode: Any) -> None:
    """With five levels the borders lie at tanh z = -3/4, -1/4, 1/4, 3/4."""
    borders = np.arctanh([-0.75, -0.25, 0.25, 0.75])
    latents = np.sort(np.concatenate([borders - 0.02, borders + 0.02]))[:, None]
    indices = indices_from(encode, latents, (5,), "For the levels (5,)")
    found = np.asarray(ask_named("decode", decode, indices, (5,)), dtype=float).ravel()
    wanted = np.array([-1, -0.5, -0.5, 0, 0, 0.5, 0.5, 1])
    wrong = np.flatnonzero(np.abs(found - wanted) > 1e-6)
    if wrong.size:
        latent = latents[wrong[0], 0]
        taken = f"Of five levels {found[wrong[0]]:g} is taken for {latent:.2f}"
        raise NotYet(f"{taken}, but {latent:.2f} is {np.tanh(latent):.2f} after tanh.")
