"""Makes passes.npz, the distortions that the panel of notebook 12_scaling shows.

Run as `make passes`, some ten minutes. For each source and number of code vectors, codebooks are
trained on samples of several sizes; then Lloyd's algorithm goes on from each of them, and from rows
drawn at random, over all the rows. Noted is the distortion on all of them after each pass.
"""

from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vqlib import design, image, scale
from vqlib.codebook import Codebook
from vqlib.explore import PassScene
from vqlib.sources import gauss_markov

PATH = Path(__file__).with_name("passes.npz")
ROWS = 1 << 17
"""Of a chunk."""
CHUNKS = PassScene.ROWS // ROWS
LEVELS = 24
"""Of a byte for a standard deviation of the Gauss-Markov source; so all but one of some ten million
numbers are within 0 to 255."""
MOST_PASSES = 20
"""Of the search for the best codebook."""

Bytes = NDArray[np.uint8]


def photographs(number: int) -> Bytes:
    """The blocks of 4 x 4 pixels of eight views of the photographs: a chunk, array (rows, 16)."""
    pictures = image.views(range(8 * number, 8 * number + 8))
    return np.concatenate([image.to_byte_vectors(picture, 4) for picture in pictures])


def correlated(number: int) -> Bytes:
    """Sixteen neighbours each of a Gauss-Markov source, in bytes: a chunk, array (rows, 16)."""
    samples = gauss_markov(ROWS, 16, 0.9, seed=number)
    return np.round(128 + LEVELS * samples).clip(0, 255).astype(np.uint8)


LOADERS = {"photographs": photographs, "Gauss-Markov": correlated}


def everything(source: str) -> list[Bytes]:
    """All chunks of a source."""
    return [LOADERS[source](number) for number in range(CHUNKS)]


def trained(chunks: list[Bytes], size: int, sample: int) -> Codebook:
    """A codebook of a sample of 2^sample rows for each code vector."""
    return design.lloyd(scale.sample_rows(chunks, size << sample), size, starts=1)


def distortions(chunks: list[Bytes], start: Codebook) -> tuple[list[float], Codebook]:
    """Those after 0, 1, ... passes, and the codebook after the last one."""
    passes = scale.lloyd_in_chunks(chunks, start, tolerance=0)
    noted = list(islice(passes, 1 + PassScene.MOST_PASSES))
    last, _error = noted[-1]
    return [error for _codebook, error in noted], last


def record(chunks: list[Bytes], size: int) -> tuple[list[list[float]], float]:
    """The distortions from random rows, and from each sample; and those of the best codebook."""
    starts = [Codebook(scale.sample_rows(chunks, size))]
    starts += [trained(chunks, size, sample) for sample in PassScene.SAMPLES]
    rows = []
    ends = []
    for start in starts:
        errors, end = distortions(chunks, start)
        rows.append(errors)
        ends.append(end)
    best = ends[int(np.argmin([errors[-1] for errors in rows]))]
    passes = scale.lloyd_in_chunks(chunks, best, tolerance=1e-5)
    *_, (_, least) = islice(passes, MOST_PASSES)
    return rows, least


def main() -> None:
    """Store the distortions of all codebooks, and the variance of each source."""
    errors = []
    best = []
    variances = []
    for source in PassScene.SOURCES:
        chunks = everything(source)
        variances.append(np.concatenate(chunks).var(axis=0).mean())
        for size in PassScene.SIZES:
            rows, least = record(chunks, size)
            errors.append(rows)
            best.append(least)
            print(source, size, np.round(10 * np.log10(np.divide(rows, least)), 3), flush=True)
    shape = (len(PassScene.SOURCES), len(PassScene.SIZES))
    stored: dict[str, Any] = {
        "errors": np.reshape(errors, (*shape, *np.shape(errors[0]))).astype(np.float32),
        "best": np.reshape(best, shape).astype(np.float32),
        "variances": np.array(variances, np.float32),
    }
    np.savez_compressed(PATH, **stored)


if __name__ == "__main__":
    main()
