"""Training of stages: one after the other, and all at once."""

from collections.abc import Iterable
from typing import cast

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.linalg import solve

from ..arrays import Floats, Indices
from ..checks import check_int, check_rows, holds_several, reach
from ..codebook import Codebook
from ..design import count_distinct, lloyd
from .stages import Stages, check_stages

RIDGE = 1e-3
"""Holds in place what the samples do not determine: a mean could move from stage to stage."""
ROUNDING = 16 * float(np.finfo(np.float64).eps)
"""Of the largest sample; a smaller residual is nothing but rounding."""


def train_stages(
    samples: ArrayLike,
    sizes: Iterable[int],
    *,
    survivors: int = 1,
    seed: int = 0,
    starts: int = 1,
    iterations: int = 40,
) -> Stages:
    """Stages trained one after the other, each by Lloyd's algorithm on what is left over.

    If less is left over than a stage has code vectors, it gets as many as there are different
    residuals. Worked out in notebook 08_structured.

    Parameters
    ----------
    samples : array (n, k) or, for scalars, (n,)
    sizes : sequence of int
        Number of code vectors of each stage.
    survivors : int
        How the stages before are searched, see `Stages.encode`.
    seed, starts, iterations
        Those of `vqlib.design.lloyd`, for each stage.

    Raises
    ------
    ValueError
        If a size is not a whole number of at least 1, the first is more than the number of distinct
        samples, or the samples are not finite numbers of that shape.
    """
    points = check_rows(samples, "samples")
    wanted = check_sizes(sizes)
    check_int(survivors, "survivors", 1)
    nothing = ROUNDING * reach(points)
    left = points
    codebooks: list[Codebook] = []
    for size in wanted:
        few = count_distinct(left, size) if codebooks else size
        codebook = lloyd(left, min(size, few), seed=seed, starts=starts, iterations=iterations)
        codebooks.append(codebook)
        left = points - Stages(codebooks).quantize(points, survivors=survivors)
        left[np.abs(left) < nothing] = 0
    return Stages(codebooks)


def check_sizes(sizes: object) -> list[int]:
    """`sizes` as a list, if they are one or more whole numbers of at least 1."""
    if not holds_several(sizes):
        raise ValueError(f"sizes must be one or more whole numbers, got {sizes!r}")
    several = cast("Iterable[object]", sizes)
    wanted = [check_int(size, "each of sizes", 1) for size in several]
    if not wanted:
        raise ValueError("sizes must be one or more whole numbers, got none")
    return wanted


def refine_stages(
    samples: ArrayLike, stages: Stages, *, survivors: int = 4, rounds: int = 10
) -> Stages:
    """Stages trained together, from given ones: search and least squares in turn.

    With fixed indices every sample stands for a sum of code vectors, one of each stage. Those
    that make the squared error the least, of all stages at once, solve one linear system (Babenko
    and Lempitsky 2014, "Additive quantization for extreme vector compression"). Then all samples
    are searched anew. What is returned is the best of all rounds, `stages` among them: it is never
    worse for these samples and survivors. Search with as many survivors later, as the stages
    rely on that. Worked out in notebook 08_structured.

    Parameters
    ----------
    samples : array (n, k) or, for scalars, (n,)
    stages : Stages
        Where to begin.
    survivors : int
        How the samples are searched, see `Stages.encode`.
    rounds : int
        How often.

    Raises
    ------
    ValueError
        If the samples are not finite numbers of that shape, `stages` are none, or `survivors` or
        `rounds` is not at least 1.
    """
    best = check_stages(stages)
    points = check_rows(samples, "samples", best.dimension)
    check_int(survivors, "survivors", 1)
    check_int(rounds, "rounds", 1)
    least = np.inf
    now = best
    for _ in range(rounds + 1):
        indices = now.encode(points, survivors=survivors)
        left = points - now.decode(indices)
        error = float((left**2).sum())
        if error < least:
            best = now
            least = error
        now = _with_least_squares(now, indices, left)
    return best


def _with_least_squares(stages: Stages, indices: Indices, left: Floats) -> Stages:
    """The best code vectors of all stages for these indices, which leave so much of the samples."""
    ends = np.cumsum(stages.sizes)
    columns = indices + (ends - stages.sizes)
    rows = np.repeat(np.arange(len(indices)), len(stages))
    shape = (len(indices), int(ends[-1]))
    # A row for each sample, with a 1 for each of its code vectors.
    chosen = sparse.csr_matrix((np.ones(columns.size), (rows, columns.ravel())), shape)
    together = (chosen.T @ chosen).toarray() + RIDGE * np.eye(shape[1])
    moves = solve(together, chosen.T @ left, assume_a="pos")
    moved = np.concatenate([codebook.vectors for codebook in stages.codebooks]) + moves
    return Stages(Codebook(vectors) for vectors in np.split(moved, ends[:-1]))
