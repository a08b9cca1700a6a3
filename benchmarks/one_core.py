"""Lloyd's passes over a million rows by one core: ours beside other libraries, CPU time and error.

A part of `benchmarks.scaling`, in a file of its own: worker processes load that one, and need none
of the libraries that are compared here.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import dask
import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans, MiniBatchKMeans, kmeans_plusplus

from benchmarks.peers import faiss
from benchmarks.timing import Bar, Contender, all_times, each_turn, in_turn, table_head, table_row
from vqlib import Codebook, image, scale
from vqlib.arrays import Floats
from vqlib.design import lloyd

BLOCK = 4
VIEWS_IN_CHUNK = 8
ROWS_IN_CHUNK = 131_072
SIZE = 256
ITERATIONS = 8
"""Rounds of new code vectors; one more search for the nearest gives the error."""
BATCH = 4096
TURNS = 3
SIZES = (16, 64, 256, 1024)
OURS = "**ours**"
KMEANS = "KMeans, float64"
Rows = NDArray[np.uint8]


def chunk_of_views(number: int) -> Rows:
    """Blocks of 4 x 4 of eight views, array (131072, 16)."""
    first = VIEWS_IN_CHUNK * number
    pictures = image.views(range(first, first + VIEWS_IN_CHUNK))
    return np.concatenate([image.to_byte_vectors(picture, BLOCK) for picture in pictures])


# Trainers: from rows and a start to code vectors


def by_ours(rows: Rows, start: Floats) -> Floats:
    """Chunk after chunk in one thread."""
    places = range(0, len(rows), ROWS_IN_CHUNK)
    chunks = [partial(np.array, rows[place : place + ROWS_IN_CHUNK]) for place in places]
    with dask.config.set(scheduler="synchronous"):
        passes = scale.lloyd_in_chunks(chunks, Codebook(start), tolerance=0)
        *_, (codebook, _) = islice(passes, ITERATIONS + 1)
    return codebook.vectors


def by_kmeans(points: NDArray[Any], start: Floats) -> Floats:
    """scikit-learn, in the precision of the points."""
    model = KMeans(len(start), init=start, n_init=1, max_iter=ITERATIONS, tol=0).fit(points)
    return np.asarray(model.cluster_centers_)


def by_mini_batches(points: NDArray[Any], start: Floats) -> Floats:
    """scikit-learn, each point once."""
    settings = {"n_init": 1, "max_iter": 1, "batch_size": BATCH, "random_state": 0}
    model = MiniBatchKMeans(len(start), init=start, **settings).fit(points)
    return np.asarray(model.cluster_centers_)


def by_faiss(points: NDArray[np.float32], start: Floats) -> Floats:
    """Its k-means on all points, and one more search, which the others do as well."""
    settings = {"niter": ITERATIONS, "max_points_per_centroid": len(points)}
    model = faiss.Kmeans(points.shape[1], len(start), **settings)
    model.train(points, init_centroids=start.astype(np.float32))
    model.index.search(points, 1)
    return np.asarray(model.centroids, np.float64)


def trainers(rows: Rows, start: Floats) -> dict[str, Callable[[], Floats]]:
    """All that are compared; bytes are made numbers of their kind before their time is taken."""
    double = rows.astype(np.float64)
    single = rows.astype(np.float32)
    found: dict[str, Callable[[], Floats]] = {
        OURS: partial(by_ours, rows, start),
        KMEANS: partial(by_kmeans, double, start),
        "KMeans, float32": partial(by_kmeans, single, start),
        "MiniBatchKMeans, each row once": partial(by_mini_batches, double, start),
    }
    if faiss:
        found["faiss, float32"] = partial(by_faiss, single, start)
    return found


@dataclass(frozen=True)
class Row:
    """What was measured of a trainer."""

    seconds: float
    mse: float


def measure(contenders: Mapping[str, Callable[[], Floats]], rows: Rows) -> dict[str, Row]:
    """All trainers, turn after turn; the error in double precision, by the same code for all."""
    runs = {name: Contender(each_turn(call), TURNS) for name, call in contenders.items()}
    timings = list(in_turn(runs, time.process_time))
    vectors = {timing.name: timing.result for timing in timings}
    found = {}
    for name, taken in all_times(timings).items():
        mse = error(rows, Codebook(vectors[name]))
        found[name] = Row(statistics.median(taken) / 1000, mse)
    return found


def error(rows: Rows, codebook: Codebook) -> float:
    """Mean squared error per component, in parts, as doubles take eight times the room."""
    parts = np.array_split(rows, -(-len(rows) // ROWS_IN_CHUNK))
    errors = [codebook.distortion(part) * len(part) for part in parts]
    return sum(errors) / len(rows)


def passes_on_one_core(number_of_chunks: int) -> Iterator[Bar]:
    """The table of time and error; bars of ours against KMeans."""
    if faiss:
        faiss.omp_set_num_threads(1)
    rows = np.concatenate([chunk_of_views(number) for number in range(number_of_chunks)])
    start, _ = kmeans_plusplus(rows[::16].astype(np.float64), SIZE, random_state=0)
    measured = measure(trainers(rows, start), rows)
    kmeans = measured[KMEANS]
    print(f"{len(rows)} rows of views, K = {SIZE}, {ITERATIONS} iterations and the last error\n")
    print(table_head("one core", "CPU s", "of KMeans", "MSE"))
    for name, row in measured.items():
        share = f"{row.seconds / kmeans.seconds:.2f}"
        print(table_row(name, f"{row.seconds:.2f}", share, f"{row.mse:.4f}"))
    print(flush=True)
    ours = measured[OURS]
    yield Bar("ours: times the time of KMeans", ours.seconds / kmeans.seconds, "<=", 1.25)
    # Code vectors on steps of one 512th cost less than a millionth.
    yield Bar("ours: times the MSE of KMeans", ours.mse / kmeans.mse, "<=", 1.00001, digits=6)


# A row of a pass


def nanoseconds(call: Callable[[], object], rows: int) -> float:
    """CPU time for each row, the least of a few."""
    times = []
    for _ in range(TURNS):
        began = time.process_time()
        call()
        times.append(time.process_time() - began)
    return 1e9 * min(times) / rows


def one_pass(rows: Rows, codebook: Codebook) -> float:
    """The distortion of a codebook, by a pass over one chunk in one thread."""
    with dask.config.set(scheduler="synchronous"):
        _, distortion = next(scale.lloyd_in_chunks([partial(np.array, rows)], codebook))
    return distortion


def print_time_of_a_row() -> None:
    """For more and more code vectors: a pass, encoding alone, and the search of others."""
    rows = chunk_of_views(0)
    titles = ["a pass", "encoding", "KMeans.predict, float64", "float32"]
    titles += ["faiss.knn"] if faiss else []
    print(table_head("K, ns of CPU a row", *titles))
    for size in SIZES:
        codebook = on_steps(lloyd(rows[::8], size, starts=1))
        calls: list[Callable[[], object]] = [partial(one_pass, rows, codebook)]
        calls.append(partial(codebook.encode, rows))
        for kind in (np.float64, np.float32):
            vectors = codebook.vectors.astype(kind)
            model = KMeans(size, init=vectors, n_init=1, max_iter=1).fit(rows[::8].astype(kind))
            calls.append(partial(model.predict, rows.astype(kind)))
        if faiss:
            single = codebook.vectors.astype(np.float32)
            calls.append(partial(faiss.knn, rows.astype(np.float32), single, 1))
        times = [f"{nanoseconds(call, len(rows)):.0f}" for call in calls]
        print(table_row(size, *times), flush=True)
    print()


def on_steps(codebook: Codebook) -> Codebook:
    """Its code vectors on the steps of one 512th on which a pass over bytes puts them."""
    return Codebook(np.round(codebook.vectors * 512) / 512)
