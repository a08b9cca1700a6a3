"""Tries out a reader's median cut, and knows the usual mistakes by their result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Floats
from .kinds import ask, require
from .pictures import as_numbers

NEAR = 0.51
"""So that colours may be rounded to whole numbers."""


def longest_side(pixels: Floats, turn: int) -> int:
    """The component whose values lie furthest apart."""
    del turn
    return int(np.argmax(np.ptp(pixels, axis=0)))


def halves(pixels: Floats, component: int) -> list[Floats]:
    """Equally many pixels with small and with large values."""
    ordered = pixels[np.argsort(pixels[:, component], kind="stable")]
    return [ordered[: len(ordered) // 2], ordered[len(ordered) // 2 :]]


def cut_at(place: Callable[[Floats], Any]) -> Callable[[Floats, int], list[Floats]]:
    """A cut that puts every pixel up to a place on one side; a side may be left empty."""

    def halves_there(pixels: Floats, component: int) -> list[Floats]:
        values = pixels[:, component]
        low = values <= place(values)
        return [part for part in (pixels[low], pixels[~low]) if len(part)]

    return halves_there


def middle(values: Floats) -> Any:
    """Half way between the smallest and the largest, of each column."""
    return (values.min(axis=0) + values.max(axis=0)) / 2


@dataclass(frozen=True)
class Way:
    """A way to cut; as it stands here, the right one."""

    side: Callable[[Floats, int], int] = longest_side
    cut: Callable[[Floats, int], list[Floats]] = halves
    colour: Callable[[Floats], Any] = lambda pixels: pixels.mean(axis=0)


def palette_of(pixels: Floats, bits: int, way: Way) -> Floats:
    """A colour for each of 2^bits boxes, made in such a way."""
    boxes = [pixels]
    for turn in range(bits):
        cut = [way.cut(box, way.side(box, turn)) for box in boxes]
        boxes = [part for parts in cut for part in parts]
    return np.array([way.colour(box) for box in boxes])


FAULTS = {
    "Each box has to be cut along a longest side of its own.": (
        Way(side=lambda pixels, turn: 0),
        Way(side=lambda pixels, turn: 1),
        Way(side=lambda pixels, turn: 2),
        Way(side=lambda pixels, turn: turn % 3),
        Way(side=lambda pixels, turn: int(np.argmin(np.ptp(pixels, axis=0)))),
    ),
    "It cuts the side of the largest variance; the longest is the one from least to greatest.": (
        Way(side=lambda pixels, turn: int(np.argmax(pixels.var(axis=0)))),
    ),
    "It cuts in the middle of the side; both halves must get equally many pixels.": (
        Way(cut=cut_at(middle)),
    ),
    "It cuts at the mean; both halves must get equally many pixels.": (Way(cut=cut_at(np.mean)),),
    "Its colours are the middles of the boxes, not the means of the pixels in them.": (
        Way(colour=middle),
    ),
    "Its colours are medians; they must be the means of the pixels in the boxes.": (
        Way(colour=lambda pixels: np.median(pixels, axis=0)),
    ),
    "Its colours are cut off to whole numbers; round them, or leave them as they are.": (
        Way(colour=lambda pixels: np.floor(pixels.mean(axis=0))),
    ),
}
"""What to say, by the ways that have the same result."""

TINY = np.array([[0, 9, 5], [1, 1, 5], [90, 9, 5], [70, 0, 5]], float)
CROWD = np.array([[10, 20, 30]] * 7 + [[202, 20, 30]], float)
"""Most pixels are equal, and yet both halves get four."""


def cloud(seed: int, size: int) -> Floats:
    """Pixels with no value twice in a component, more of them dark, spread differently."""
    rng = np.random.default_rng(seed)
    ranks = np.stack([rng.permutation(size) for _ in range(3)], axis=1) / (size - 1)
    return np.asarray(np.round(ranks ** (1.5, 2.5, 0.6) * (180, 240, 205), 3))


TRIALS = ((TINY, 1), (cloud(3, 32), 1), (cloud(3, 32), 2), (cloud(4, 96), 4))


def cuts_at_medians(median_cut: Any) -> None:
    """`median_cut` has the means of the boxes, each cut at the median of its longest side."""
    for pixels, bits in TRIALS:
        palette = palette_from(median_cut, pixels, bits)
        if not same_colours(palette, palette_of(pixels, bits, Way())):
            require(False, hint_for(palette, pixels, bits))
    crowded = palette_from(median_cut, CROWD, 1)
    hint = "Where many pixels are equal, both halves must still get equally many of them."
    require(same_colours(crowded, palette_of(CROWD, 1, Way())), hint)


def palette_from(median_cut: Any, pixels: Floats, bits: int) -> Floats:
    """What the reader's function returns, if it is so many colours."""
    result = ask(median_cut, pixels.copy(), bits)
    palette = as_numbers(getattr(result, "vectors", result), "What it returns")
    count = 2**bits
    sentence = f"With bits={bits} it must return an array of shape ({count}, 3), got "
    require(palette.shape == (count, 3), f"{sentence}{palette.shape}.")
    return palette


def same_colours(first: Floats, second: Floats) -> bool:
    """Whether two palettes hold the same colours, in whatever order."""
    if first.shape != second.shape:
        return False
    near = np.abs(first[:, None] - second).max(axis=2) <= NEAR
    return bool(near.any(axis=0).all() and near.any(axis=1).all())


def hint_for(palette: Floats, pixels: Floats, bits: int) -> str:
    """What is to be said of a wrong palette."""
    for hint, ways in FAULTS.items():
        if any(same_colours(palette, palette_of(pixels, bits, way)) for way in ways):
            return hint
    box_low = pixels.min(axis=0) - NEAR
    if (palette < box_low).any() or (palette > pixels.max(axis=0) + NEAR).any():
        return "Some colour lies outside of the box around all pixels."
    if np.abs(palette.mean(axis=0) - pixels.mean(axis=0)).max() > NEAR:
        return "The mean of its colours is not that of the pixels: are all halves equally large?"
    return f"With {len(pixels)} pixels and bits={bits} some of its colours are others."
