"""Makes rate_distortion.json, what trained codebooks reach on unseen samples.

`make tables` runs this, some twenty minutes. One row for each source, dimension and size: the panel
of notebook 07_rate_distortion takes dimensions 1 to 4 at the rates of its slider, the notebook's
table dimensions 1 to 8 at 1 bit per sample. Rows of dimension `inf` are the limit of the Laplacian
source, which has no formula.
"""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vqlib import design, limits, sources
from vqlib.arrays import Floats
from vqlib.codebook import Codebook
from vqlib.limits import Measured
from vqlib.measure import decibels, snr

PATH = Path(__file__).with_name("rate_distortion.json")
UNSEEN = 1_000_000
"""Vectors that a codebook is measured on: others would change the figures by some .005 dB."""
LEAST_TRAINING = 60_000
"""Vectors that any codebook is trained on: of fewer, the best start may be the best by chance."""
PER_CODE_VECTOR = 800
MOST_STARTS = 30
CODE_VECTORS_TRAINED = 480
"""Of all starts together: a local optimum may be .1 dB worse than another, but the more code
vectors, the less local optima differ and the longer they take."""
RHOS = [tenth / 10 for tenth in range(10)]
PRICES = [1.9, 1.7, 1.5, 1.3, 1.1, 0.9, 0.75, 0.6, 0.5, 0.4, 0.3, 0.22, 0.16, 0.11, 0.075, 0.05]


def samples(source: str, rho: float, count: int, dimension: int, seed: int) -> Floats:
    """Vectors of a source by the name it has in the table."""
    if source == "Laplacian":
        return sources.laplacian(count, dimension, seed=seed)
    return sources.gauss_markov(count, dimension, rho, seed=seed)


def trained(source: str, rho: float, dimension: int, size: int) -> Measured:
    """One row. The code vectors are rounded to four decimals, and measured as they are kept."""
    count = max(LEAST_TRAINING, PER_CODE_VECTOR * size)
    known = samples(source, rho, count, dimension, seed=1)
    trained_best = design.lloyd(known, size, starts=starts_for(size))
    codebook = Codebook(np.round(trained_best.vectors, 4) + 0.0)
    unseen = samples(source, rho, UNSEEN, dimension, seed=2)
    return Measured(
        source,
        rho,
        dimension,
        codebook.rate,
        snr_unseen=round(snr(unseen, codebook.quantize(unseen)), 3),
        size=size,
        trained_on=len(known),
        snr_training=round(snr(known, codebook.quantize(known)), 3),
        vectors=codebook.vectors.tolist() if dimension <= 2 else None,
    )


def starts_for(size: int) -> int:
    """How many runs of Lloyd's algorithm: the one of least training error is kept."""
    return int(np.clip(CODE_VECTORS_TRAINED // size, 2, MOST_STARTS))


def cases() -> Iterator[tuple[str, float, int, int]]:
    """Source, rho, dimension and size of each row."""
    for source, rho in [*(("Gaussian", rho) for rho in RHOS), ("Laplacian", 0.0)]:
        for dimension in range(1, 9):
            for size in sizes(source, rho, dimension):
                yield source, rho, dimension, size


def sizes(source: str, rho: float, dimension: int) -> list[int]:
    """Those at all rates up to 4 dimensions, and at 1 bit of two Gaussian sources; none of one."""
    wanted = set()
    if dimension <= 4:
        wanted = {limits.size_at(rate, dimension) for rate in limits.RATES}
    if source == "Gaussian" and rho in (0, 0.9):
        wanted.add(2**dimension)
    return sorted(wanted - {1})


def limit_of_laplacian() -> Iterator[Measured]:
    """Points of the limit, with one point of the density in four."""
    points, weights = (part.reshape(-1, 4) for part in sources.density("Laplacian"))
    for price in PRICES:
        rate, distortion = limits.blahut(
            points.mean(axis=1), weights.sum(axis=1), price, tolerance=5e-4
        )
        yield Measured("Laplacian", 0.0, np.inf, round(rate, 4), round(decibels(1, distortion), 3))


def as_json(row: Measured) -> str:
    """A row without what has its default; NaN is one."""
    known = {}
    for name, value in row._asdict().items():
        is_nan = value != value
        if not is_nan and value != Measured._field_defaults.get(name):
            known[name] = value
    return json.dumps(known)


def main() -> None:
    """Store the table."""
    lines = []
    for row in itertools.chain(itertools.starmap(trained, cases()), limit_of_laplacian()):
        print(*row[:5])
        lines.append(as_json(row))
    PATH.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
