"""Small squares out of pictures, drawn at random: vectors to search among."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import Indices
from ..checks import check_int, check_not_negative, check_picture
from .blocks import LARGEST_BLOCK
from .training import Pictures, several_pictures

AT_ONCE = 1 << 16


class Patches(NamedTuple):
    """Squares out of pictures."""

    vectors: NDArray[np.uint8]
    """Their pixels row by row, array (n, side * side)."""
    places: Indices
    """Number of the picture, top and left of each, array (n, 3)."""


def patches(
    pictures: Pictures,
    count: int,
    *,
    side: int = 8,
    least_deviation: float = 5.0,
    seed: int = 0,
) -> Patches:
    """Random patches of grey pictures, no place twice; flat ones are left out.

    Patches without structure are all alike, so that "the nearest" means nothing for them. Used in
    notebook 09_search.

    Parameters
    ----------
    pictures : a grey picture, or a sequence of them
        Each at least `side` pixels high and wide.
    count : int
        How many.
    side : int
        Height and width of a patch, 1 to 64.
    least_deviation : float
        Standard deviation of the grey values of a patch that is not flat.
    seed : int
        Fixes which places are drawn.

    Raises
    ------
    ValueError
        If something is no grey picture or too small, or there are fewer such patches.
    """
    several = several_pictures(pictures)
    for picture in several:
        check_picture(picture, "each of pictures", ("grey",))
    side = check_int(side, "side", 1, LARGEST_BLOCK)
    wanted = check_int(count, "count", 1)
    check_not_negative(least_deviation, "least_deviation")
    if min(min(picture.shape) for picture in several) < side:
        shapes = [picture.shape for picture in several]
        raise ValueError(f"pictures must be at least {side} pixels high and wide, got {shapes}")
    places = _all_places(several, side)
    order = np.random.default_rng(check_int(seed, "seed", 0)).permutation(len(places))
    found: list[NDArray[np.uint8]] = []
    kept: list[Indices] = []
    for start in range(0, len(places), AT_ONCE):
        some = places[order[start : start + AT_ONCE]]
        vectors = _cut(several, some, side)
        has_structure = vectors.std(axis=1) >= least_deviation
        found.append(vectors[has_structure])
        kept.append(some[has_structure])
        if sum(map(len, kept)) >= wanted:
            return Patches(np.concatenate(found)[:wanted], np.concatenate(kept)[:wanted])
    raise ValueError(
        f"count must be at most {sum(map(len, kept))} for these pictures, got {wanted}"
    )


def _all_places(pictures: list[NDArray[np.uint8]], side: int) -> Indices:
    places = []
    for number, picture in enumerate(pictures):
        height, width = picture.shape
        top, left = np.indices((height - side + 1, width - side + 1)).reshape(2, -1)
        places.append(np.stack([np.full(top.size, number), top, left], axis=1))
    return np.concatenate(places)


def _cut(pictures: list[NDArray[np.uint8]], places: Indices, side: int) -> NDArray[np.uint8]:
    vectors = np.empty((len(places), side * side), np.uint8)
    for number, picture in enumerate(pictures):
        mine = places[:, 0] == number
        windows = np.lib.stride_tricks.sliding_window_view(picture, (side, side))
        vectors[mine] = windows[places[mine, 1], places[mine, 2]].reshape(-1, side * side)
    return vectors
