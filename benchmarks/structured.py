"""Encoding by stages and by a tree, beside a free codebook: time, error and memory.

`make bench` runs this as `python -m benchmarks.structured`; with `--quick`, one turn. Every
contender has one thread; times are those of the processor.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.cluster import BisectingKMeans, KMeans
from threadpoolctl import threadpool_limits

from benchmarks.peers import optional
from benchmarks.timing import (
    Bar,
    Contender,
    asked_to_be_quick,
    bar_table,
    each_turn,
    in_turn,
    machine,
    milliseconds,
    peak_memory,
    table_head,
    table_row,
)
from vqlib import Codebook
from vqlib.arrays import Indices
from vqlib.design import lloyd
from vqlib.image import Picture, sample, to_vectors
from vqlib.measure import decibels
from vqlib.structured import Stages, train_split, train_stages

WIDE = 4000
HIGH = 3000
BLOCK = 4
TURNS = 3
SURVIVORS = (1, 4)
COUNTS = (50_000, 100_000, 200_000, 400_000, 800_000)
NUMBERS_OF_STAGES = (2, 4, 8, 16)
MOST_FREE = 12
"""Bits of the largest codebook that is searched in full."""

faiss = optional("faiss-cpu")
Blocks = NDArray[np.uint8]


@dataclass(frozen=True)
class Encoder:
    """What turns blocks into indices, and what is needed to judge it."""

    encode: Callable[[Blocks], Indices]
    decode: Callable[[Indices], NDArray[Any]]
    comparisons: str
    """Distances for each block, in words where they are not of whole blocks."""


# Encoders


def of_codebook(codebook: Codebook) -> Encoder:
    """Full search."""
    return Encoder(codebook.encode, codebook.decode, str(codebook.size))


def of_scikit_learn(codebook: Codebook) -> Encoder:
    """The same search by KMeans.predict, which gets our code vectors."""
    model = KMeans(codebook.size, init=codebook.vectors, n_init=1, max_iter=1)
    model.fit(codebook.vectors)
    model.cluster_centers_ = codebook.vectors.copy()
    return Encoder(model.predict, codebook.decode, str(codebook.size))


def of_tree(training: Blocks, bits: int) -> Encoder:
    """A binary tree by scikit-learn; not balanced, so nobody knows its depth beforehand."""
    model = BisectingKMeans(2**bits, random_state=0).fit(training.astype(np.float32))

    def predict(blocks: Blocks) -> Indices:
        return np.asarray(model.predict(blocks.astype(np.float32)))

    return Encoder(predict, lambda indices: model.cluster_centers_[indices], f"about {2 * bits}")


def of_stages(stages: Stages, survivors: int) -> Encoder:
    """Ours."""
    encode = partial(stages.encode, survivors=survivors)
    return Encoder(encode, stages.decode, str(stages.comparisons(survivors)))


def of_faiss(stages: Stages, survivors: int) -> Encoder:
    """The residual quantizer of faiss, which gets our code vectors, all stages of one size."""
    bits = round(stages.codebooks[0].bits)
    model = faiss.ResidualQuantizer(stages.dimension, len(stages), bits)
    vectors = np.concatenate([codebook.vectors for codebook in stages.codebooks])
    faiss.copy_array_to_vector(vectors.astype(np.float32).ravel(), model.codebooks)
    model.set_derived_values()
    model.is_trained = True
    model.max_beam_size = survivors

    def encode(blocks: Blocks) -> Indices:
        return np.asarray(model.compute_codes(blocks.astype(np.float32)))

    return Encoder(encode, model.decode, str(stages.comparisons(survivors)))


def encoders_of(training: Blocks, bits: int) -> dict[str, Encoder]:
    """Everything that codes a block with so many bits, trained; the first is what counts as 1."""
    found = {}
    if bits <= MOST_FREE:
        free = lloyd(training, 2**bits, starts=1)
        found["**ours, free codebook**"] = of_codebook(free)
        found["KMeans.predict"] = of_scikit_learn(free)
        found["BisectingKMeans.predict"] = of_tree(training, bits)
    stages = train_stages(training, [16] * (bits // 4))
    split = train_split(training, 2, 2 ** (bits // 2))
    for survivors in SURVIVORS:
        words = f"{len(stages)} x 16, {survivors} surviving"
        found[f"**ours, stages {words}**"] = of_stages(stages, survivors)
        if faiss:
            found[f"faiss, residual {words}"] = of_faiss(stages, survivors)
    halves = f"{split.sizes[0]} + {split.sizes[1]} of halves"
    found["**ours, split into halves**"] = Encoder(split.encode, split.decode, halves)
    return found


# 12 megapixels


@dataclass(frozen=True)
class Row:
    """What was measured of an encoder."""

    time: float
    """Median, in milliseconds."""
    psnr: float
    memory: float
    """Peak of what the call allocates beyond its result, over the bytes of the picture."""


def measure(encoders: Mapping[str, Encoder], blocks: Blocks, turns: int) -> dict[str, Row]:
    """All encoders, turn after turn."""
    contenders = {}
    for name, encoder in encoders.items():
        contenders[name] = Contender(each_turn(partial(encoder.encode, blocks)), turns)
    times: dict[str, list[float]] = {name: [] for name in encoders}
    for timing in in_turn(contenders, time.process_time):
        times[timing.name] += timing.times
    rows = {}
    for name, encoder in encoders.items():
        indices, extra = peak_memory(partial(encoder.encode, blocks))
        psnr = decibels(255**2, error(blocks, encoder, indices))
        rows[name] = Row(statistics.median(times[name]), psnr, extra / blocks.nbytes)
    return rows


def error(blocks: Blocks, encoder: Encoder, indices: Indices) -> float:
    """Mean squared error, in parts, as the blocks in double precision take eight times the room."""
    total = 0.0
    for start in range(0, len(blocks), 1 << 16):
        part = slice(start, start + (1 << 16))
        total += float(((blocks[part] - encoder.decode(indices[part])) ** 2).sum())
    return total / blocks.size


def twelve_megapixels(picture: Picture, turns: int) -> Iterator[Bar]:
    """Tables of 8, 12 and 16 bits for a block; bars of what is asked of the stages."""
    training = to_vectors(picture, BLOCK).astype(np.uint8)
    large = np.tile(picture, (6, 8))[:HIGH, :WIDE]
    blocks = to_vectors(large, BLOCK).astype(np.uint8)
    for bits in (8, 12, 16):
        encoders = encoders_of(training, bits)
        rows = measure(encoders, blocks, turns)
        first = next(iter(rows.values()))
        titles = ("distances", "time", "PSNR dB", "extra memory")
        print(table_head(f"{bits} bits for a block of 4 x 4", *titles))
        for name, row in rows.items():
            figures = (f"{row.time / first.time:.2f}", f"{row.psnr:.2f}", f"{row.memory:.1f}")
            print(table_row(name, encoders[name].comparisons, *figures))
        print(f"\n1 is {first.time:.0f} ms of the processor for 12 megapixels\n", flush=True)
        yield from bars_of(rows, bits)


def bars_of(rows: Mapping[str, Row], bits: int) -> Iterator[Bar]:
    """With our code vectors the search of faiss must find what ours finds."""
    for survivors in SURVIVORS if faiss else ():
        words = f"{bits // 4} x 16, {survivors} surviving"
        ours = rows[f"**ours, stages {words}**"]
        theirs = rows[f"faiss, residual {words}"]
        apart = abs(ours.psnr - theirs.psnr)
        yield Bar(f"stages {words}: dB between ours and faiss", apart, "<=", 0.001, digits=4)


# Growth


def best_time(call: Callable[[], object], turns: int) -> float:
    """The least of a few, as the machine has other things to do."""
    return min(milliseconds(call, time.process_time) for _ in range(turns))


def growth_with_samples(picture: Picture, turns: int) -> Iterator[Bar]:
    """Time for a block, for more and more blocks."""
    training = to_vectors(picture, BLOCK)
    stages = train_stages(training, [16] * 4)
    print(table_head("blocks", *[f"microseconds each, {number} surviving" for number in SURVIVORS]))
    each: dict[int, list[float]] = {survivors: [] for survivors in SURVIVORS}
    for count in COUNTS:
        blocks = np.resize(training, (count, BLOCK**2))
        for survivors, times in each.items():
            call = partial(stages.encode, blocks, survivors=survivors)
            times.append(1000 * best_time(call, turns) / count)
        print(table_row(count, *[f"{times[-1]:.2f}" for times in each.values()]), flush=True)
    print()
    for survivors, times in each.items():
        worst = max(later / sooner for sooner, later in pairwise(times))
        what = f"{survivors} surviving, twice the blocks: growth of the time for each"
        yield Bar(what, worst, "<=", 1.25)


def growth_with_stages(picture: Picture, turns: int) -> Iterator[Bar]:
    """Time for a block and a stage, for more and more stages."""
    training = to_vectors(picture, BLOCK)
    blocks = np.resize(training, (COUNTS[1], BLOCK**2))
    stages = train_stages(training, [16] * max(NUMBERS_OF_STAGES))
    titles = [f"microseconds for a block and stage, {number} surviving" for number in SURVIVORS]
    print(table_head("stages of 16", *titles))
    each: dict[int, list[float]] = {survivors: [] for survivors in SURVIVORS}
    for number in NUMBERS_OF_STAGES:
        first = Stages(stages.codebooks[:number])
        for survivors, times in each.items():
            call = partial(first.encode, blocks, survivors=survivors)
            times.append(1000 * best_time(call, turns) / len(blocks) / number)
        print(table_row(number, *[f"{times[-1]:.2f}" for times in each.values()]), flush=True)
    print()
    for survivors, times in each.items():
        # With several survivors the first stage has one path, and costs less than the others.
        what = f"{survivors} surviving, 16 stages for 4: growth of the time for a stage"
        yield Bar(what, times[-1] / times[1], "<=", 1.5)


# All of it


def measure_all(turns: int) -> int:
    """Measure and print; 1 if a bar was missed."""
    versions = {"numpy": np.__version__, "scikit-learn": sklearn.__version__}
    if faiss:
        versions["faiss-cpu"] = version("faiss-cpu")
    print(machine(**versions))
    print(f"OMP_WAIT_POLICY {os.environ.get('OMP_WAIT_POLICY', 'not set')}; one thread each\n")
    if not faiss:
        print("faiss-cpu is not installed: its rows are left out\n")
    picture = sample("camera")
    bars = [
        *twelve_megapixels(picture, turns),
        *growth_with_samples(picture, turns),
        *growth_with_stages(picture, turns),
    ]
    print(bar_table(bars))
    return 0 if all(bar.met for bar in bars) else 1


def main() -> int:
    """Read the options, then measure with one thread."""
    quick = asked_to_be_quick(__doc__, "one turn: to see whether all of it runs")
    if faiss:
        faiss.omp_set_num_threads(1)
    with threadpool_limits(1):
        return measure_all(1 if quick else TURNS)


if __name__ == "__main__":
    sys.exit(main())
