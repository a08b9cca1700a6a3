"""Three stages of four numbers each, which are the digits of a level from 0 to 63."""

from typing import Any

import numpy as np

from .kinds import require
from .stage_answers import stages_of

LEVELS = np.arange(64.0)
SAMPLES = np.arange(-0.5, 63.5, 1 / 64) + 1 / 128
"""Spread evenly, and none half-way between two levels."""


def are_digits(answer: Any) -> None:
    """The sums are the 64 levels, and greedy search finds the nearest of each sample."""
    stages = stages_of(answer)
    require(len(stages) == 3, f"It must be three codebooks, got {len(stages)}.")
    plain = stages.dimension == 1
    require(plain, f"Its code vectors must be single numbers, got {stages.dimension} for each.")
    sizes = ", ".join(str(size) for size in stages.sizes)
    require(sizes == "4, 4, 4", f"Each codebook must have 4 code vectors, got {sizes}.")
    sums = np.sort(stages.decode(np.indices((4, 4, 4)).reshape(3, -1).T)[:, 0])
    alike = 64 - np.unique(sums.round(6)).size
    require(alike == 0, f"Of the 64 sums only {64 - alike} are different.")
    for level in LEVELS:
        nearest = sums[np.abs(sums - level).argmin()]
        missing = f"No sum is {level:g}: the nearest is {nearest:.6g}"
        require(abs(nearest - level) < 1e-6, f"{missing}, and they go up to {sums[-1]:.6g}.")
    found = stages.quantize(SAMPLES)
    wrong = np.flatnonzero(np.abs(found - SAMPLES) > 0.5)
    if wrong.size:
        sample = SAMPLES[wrong[0]]
        case = f"greedy search makes {found[wrong[0]]:g} of {sample:.2f}"
        nearer = f"and {LEVELS[np.abs(LEVELS - sample).argmin()]:g} is nearer"
        many = f"All 64 levels are there, but {case}, {nearer}"
        require(False, f"{many}: what do the later stages need to be left over?")
