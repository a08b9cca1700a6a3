"""Views: as many pictures as one likes, cut out of a few photographs."""

from collections.abc import Iterable

import numpy as np
from PIL import Image

from ..arrays import Picture
from ..assets import SAMPLES
from ..checks import check_int
from .reading import sample

PHOTOGRAPHS = tuple(name for name in SAMPLES if name != "chart")
SMALLEST = 192
"""Height and width of the smallest crop, in pixels of the photograph."""


def views(numbers: Iterable[int], *, side: int = 512) -> list[Picture]:
    """Grey pictures, one for each number: crops of the photographs in data/.

    Each is a square somewhere in one of the photographs, enlarged or reduced to `side` pixels,
    turned or mirrored, brighter or darker. The number alone decides which, on every machine. They
    stand in for more pictures than a disk holds; but they show the same four photographs, so that
    two views are no independent samples. Used in notebook 12_scaling.

    Parameters
    ----------
    numbers : whole numbers of at least 0
    side : int
        Height and width of each, at most 4096.

    Returns
    -------
    pictures : list of uint8 arrays (side, side)

    Raises
    ------
    ValueError
        If a number or the side is not such a whole number.
    """
    side = check_int(side, "side", 1, 4096)
    photographs: dict[str, Picture] = {}
    pictures = []
    for number in numbers:
        random = np.random.default_rng(check_int(number, "each of numbers", 0))
        name = PHOTOGRAPHS[random.integers(len(PHOTOGRAPHS))]
        if name not in photographs:
            photographs[name] = sample(name)
        pictures.append(_view(photographs[name], side, random))
    return pictures


def _view(photograph: Picture, side: int, random: np.random.Generator) -> Picture:
    """A crop of it. Pillow resizes bytes in whole numbers, so that it is the same everywhere."""
    height, width = photograph.shape
    size = int(random.integers(SMALLEST, min(height, width) + 1))
    top = int(random.integers(height - size + 1))
    left = int(random.integers(width - size + 1))
    crop = np.ascontiguousarray(photograph[top : top + size, left : left + size])
    resized = np.asarray(Image.fromarray(crop).resize((side, side), Image.Resampling.BILINEAR))
    turned = np.rot90(resized, int(random.integers(4)))
    if random.integers(2):
        turned = turned[:, ::-1]
    gain = int(random.integers(160, 353))
    offset = int(random.integers(-40, 41))
    levels = (np.arange(256) - 128) * gain // 256 + 128 + offset
    table = levels.clip(0, 255).astype(np.uint8)
    return np.take(table, turned)
