"""A random sample of all rows."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..checks import check_int
from .chunks import Chunk, check_chunks, on_chunk, results_of


def sample_rows(chunks: Iterable[Chunk], size: int, *, seed: int = 0) -> NDArray[Any]:
    """Rows drawn from all chunks, every row as likely as any other, and none twice.

    They come in the order of the data, and are the same however the data are cut into chunks. Each
    chunk is loaded twice: once for its number of rows. Used in notebook 12_scaling.

    Parameters
    ----------
    chunks : list of functions, arrays or Delayed
        See `lloyd_in_chunks`.
    size : int
        How many rows. They must fit into memory.
    seed : int
        Fixes which are drawn.

    Returns
    -------
    rows : array (size, k)
        Of the type of the data: bytes stay bytes.

    Raises
    ------
    ValueError
        If there are fewer rows, or something is wrong with a chunk, as in `lloyd_in_chunks`.
    """
    parts = check_chunks(chunks)
    size = check_int(size, "size", 1)
    random = np.random.default_rng(check_int(seed, "seed", 0))
    shapes = results_of([on_chunk(number, part, np.shape) for number, part in enumerate(parts)])
    _check_dimensions(shapes)
    ends = np.cumsum([rows for rows, _ in shapes])
    if size > ends[-1]:
        raise ValueError(f"size must be at most the number of rows, {ends[-1]}, got {size}")
    drawn = np.sort(random.choice(ends[-1], size, replace=False, shuffle=False))
    of_each = np.split(drawn, np.searchsorted(drawn, ends[:-1]))
    tasks = []
    for number, places in enumerate(of_each):
        if places.size:
            start = ends[number] - shapes[number][0]
            tasks.append(on_chunk(number, parts[number], np.take, places - start, 0))
    return np.concatenate(results_of(tasks))


def _check_dimensions(shapes: list[tuple[int, int]]) -> None:
    """Refuses chunks whose rows differ in length; those without rows do not count."""
    expected = 0
    for number, (rows, dimension) in enumerate(shapes):
        if rows:
            expected = expected or dimension
            if dimension != expected:
                given = f"got {(rows, dimension)}"
                raise ValueError(
                    f"chunk {number}: samples must have shape (n, {expected}), {given}"
                )
