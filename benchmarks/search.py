"""Searching for the nearest of 100,000 patches: recall, bytes and time, beside other libraries.

`make bench` runs this as `python -m benchmarks.search`; with `--quick`, a tenth of the patches and
half a minute. Every contender has one thread, and answers the same queries: one by one, as they
come from a user, and, where it has a call for that, all at once. Times are those of the processor.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from benchmarks.peers import optional
from benchmarks.timing import (
    Bar,
    Contender,
    all_times,
    asked_to_be_quick,
    bar_table,
    each_turn,
    in_turn,
    machine,
    table_head,
    table_row,
)
from vqlib.arrays import Indices
from vqlib.image import patches, sample
from vqlib.structured import (
    InvertedFile,
    Split,
    balanced_parts,
    nearest_rows,
    recall,
    train_inverted_file,
    train_split,
)

SIDE = 8
PARTS = 8
SIZE = 256  # code vectors of a part: an index is a byte
LISTS = 256
PROBED = (1, 4, 16)
FOUND = 100
RECALLS = (1, 10, 100)
TRAINED_ON = 20_000  # patches that our codebooks are trained on; faiss takes what it wants of all
AT_ONCE = 50  # queries whose distances to all patches NumPy holds at a time
TURNS = 3
AS_FLOATS = 4  # bytes of a number in single precision, in which all codebooks are counted

faiss = optional("faiss-cpu")
Vectors = NDArray[np.float32]
BASELINE = "NumPy, exact"
OUR_SPLIT = "**ours, rows of the patch**"
FAISS_PQ = "faiss PQ8"


@dataclass(frozen=True)
class Searcher:
    """What answers queries."""

    code: float
    """Bytes that a vector's code takes."""
    whole: float
    """Bytes of all that is kept, over the number of vectors."""
    one: Callable[[Vectors], Indices]
    """The `FOUND` nearest rows of a query, nearest first."""
    many: Callable[[Vectors], Indices] | None = None
    """The same for all queries at once."""

    def one_by_one(self, queries: Vectors) -> Indices:
        """The rows of all queries."""
        return np.array([self.one(query) for query in queries])


def least(distances: NDArray[Any]) -> Indices:
    """The rows of the `FOUND` least distances, the least first; on the last axis."""
    some = np.argpartition(distances, FOUND, axis=-1)[..., :FOUND]
    order = np.argsort(np.take_along_axis(distances, some, axis=-1), axis=-1, kind="stable")
    return np.asarray(np.take_along_axis(some, order, axis=-1))


# Exact


def by_numpy(stored: Vectors) -> Searcher:
    """|x - y|² = |x|² - 2 x·y + |y|², in which |x|² is the query's own and changes no order."""
    squares = (stored**2).sum(axis=1)

    def one(query: Vectors) -> Indices:
        return least(squares - 2 * (stored @ query))

    def many(queries: Vectors) -> Indices:
        parts = np.array_split(queries, -(-len(queries) // AT_ONCE))
        return np.concatenate([least(squares - 2 * (part @ stored.T)) for part in parts])

    return Searcher(SIDE**2 * AS_FLOATS, (SIDE**2 + 1) * AS_FLOATS, one, many)


def by_nearest_rows(stored: Vectors) -> Searcher:
    """The exact search of vqlib, among bytes."""
    as_bytes = stored.astype(np.uint8)

    def many(queries: Vectors) -> Indices:
        return nearest_rows(queries.astype(np.uint8), as_bytes, FOUND)

    return Searcher(SIDE**2, SIDE**2, many, many)


def by_scikit_learn(stored: Vectors) -> Searcher:
    """Its search that compares with all."""
    model = NearestNeighbors(n_neighbors=FOUND, algorithm="brute").fit(stored)

    def many(queries: Vectors) -> Indices:
        return np.asarray(model.kneighbors(queries, return_distance=False))

    each = SIDE**2 * AS_FLOATS
    return Searcher(each, each, lambda query: many(query[None])[0], many)


# Ours


def by_split(stored: Vectors, split: Split, turned: Callable[[Vectors], Any]) -> Searcher:
    """Tables of squared distances, looked up for each vector; `turned` is what comes before."""
    indices = split.encode(turned(stored)).astype(np.uint8, order="F")

    def one(query: Vectors) -> Indices:
        tables = split.tables(turned(query[None])[0])
        return least(split.distances(tables, indices))

    return Searcher(PARTS, PARTS + split.stored * AS_FLOATS / len(stored), one)


def our_splits(stored: Vectors, some: Vectors) -> dict[str, Searcher]:
    """Three ways to cut a patch into eight parts."""
    places = np.arange(SIDE**2).reshape(SIDE, SIDE)
    tiles = places.reshape(4, 2, 2, 4).swapaxes(1, 2).reshape(PARTS, -1)  # of 2 x 4 pixels
    model = PCA().fit(some)
    balanced = balanced_parts(model.explained_variance_, PARTS)
    ways: dict[str, tuple[Any, Callable[[Vectors], Any]]] = {
        OUR_SPLIT: (PARTS, np.asarray),
        "**ours, tiles of 2 x 4**": (list(tiles), np.asarray),
        "**ours, PCA, balanced**": (balanced, model.transform),
    }
    searchers = {}
    for name, (parts, turned) in ways.items():
        split = train_split(turned(some), parts, SIZE)
        searchers[name] = by_split(stored, split, turned)
    return searchers


def our_inverted_file(stored: Vectors, some: Vectors) -> dict[str, Searcher]:
    """Lists by the nearest of 256 code vectors; the residuals by the split into rows."""
    inverted = train_inverted_file(stored, LISTS, PARTS, SIZE, training=some)
    searchers = {}
    for probed in PROBED:
        one = partial(by_lists, inverted, probed)
        whole = inverted.stored_bytes / len(stored)
        searchers[f"**ours, inverted file, {probed} probed**"] = Searcher(PARTS, whole, one)
    return searchers


def by_lists(inverted: InvertedFile, probed: int, query: Vectors) -> Indices:
    """The rows found; where the lists hold fewer, -1 fills up."""
    rows, _ = inverted.search(query, FOUND, probed=probed)
    return np.pad(rows, (0, FOUND - len(rows)), constant_values=-1)


# faiss


def by_faiss(stored: Vectors, recipe: str) -> dict[str, Searcher]:
    """An index by the recipe of its factory; an inverted file once for each number of lists."""
    index = faiss.index_factory(SIDE**2, recipe)
    index.train(stored)
    index.add(stored)
    if not recipe.startswith("IVF"):
        return {f"faiss {recipe.partition(',')[0]}": of_faiss(index, len(stored))}
    searchers = {}
    for probed in PROBED:
        settings = faiss.SearchParametersIVF(nprobe=probed)
        searchers[f"faiss {recipe}, {probed} probed"] = of_faiss(index, len(stored), settings)
    return searchers


def of_faiss(index: Any, count: int, settings: Any = None) -> Searcher:
    """An index of faiss, which always has a call for many queries."""

    def many(queries: Vectors) -> Indices:
        _, rows = index.search(queries, FOUND, params=settings)
        return np.asarray(rows)

    whole = faiss.serialize_index(index).size / count
    code = index.sa_code_size()
    if hasattr(index, "coarse_code_size"):
        code -= index.coarse_code_size()  # in sorted lists their numbers take nothing
    return Searcher(code, whole, lambda query: many(query[None])[0], many)


RECIPES = ("Flat", "PQ8", "OPQ8,PQ8", "PQ16x4fs", "RQ8x8_Nfloat", f"IVF{LISTS},PQ8")


# All of it


@dataclass(frozen=True)
class Row:
    """What was measured of a searcher."""

    recalls: list[float]
    one: float
    """Milliseconds of a query by itself."""
    many: float | None
    """The same of one among all at once."""


def measure(searchers: Mapping[str, Searcher], queries: Vectors, truth: Indices) -> dict[str, Row]:
    """All searchers, turn after turn."""
    contenders = {}
    for name, searcher in searchers.items():
        calls = {"one": searcher.one_by_one, "many": searcher.many}
        for kind, call in calls.items():
            if call is not None:
                run = each_turn(partial(call, queries))
                contenders[f"{name}: {kind}"] = Contender(run, TURNS)
    timings = list(in_turn(contenders, time.process_time))
    found = {timing.name: timing.result for timing in timings}
    times = all_times(timings)
    rows = {}
    for name in searchers:
        of_one = statistics.median(times[f"{name}: one"]) / len(queries)
        of_many = times.get(f"{name}: many")
        together = statistics.median(of_many) / len(queries) if of_many else None
        ours = found[f"{name}: one"]
        rows[name] = Row([recall(ours[:, :most], truth) for most in RECALLS], of_one, together)
    return rows


def print_table(searchers: Mapping[str, Searcher], rows: Mapping[str, Row]) -> None:
    """Times in those of NumPy's exact search for one query."""
    titles = [f"recall@{most}" for most in RECALLS]
    print(table_head("search", "code", "whole", *titles, "one by one", "all at once"))
    floor = rows[BASELINE].one
    for name, row in rows.items():
        searcher = searchers[name]
        sizes = (f"{searcher.code:g}", f"{searcher.whole:.1f}")
        shares = [f"{share:.3f}" for share in row.recalls]
        together = "" if row.many is None else f"{row.many / floor:.3f}"
        print(table_row(name, *sizes, *shares, f"{row.one / floor:.3f}", together))
    print(f"\n1 is {floor:.2f} ms of the processor for each query\n")


def print_head(count: int, queries: int) -> None:
    """The machine, the versions, and what is left out."""
    versions = {"numpy": np.__version__, "scikit-learn": sklearn.__version__}
    if faiss:
        versions["faiss-cpu"] = version("faiss-cpu")
    print(machine(**versions))
    print(f"OMP_WAIT_POLICY {os.environ.get('OMP_WAIT_POLICY', 'not set')}; one thread each")
    print(f"{count} patches, {queries} queries\n")
    if not faiss:
        print("faiss-cpu is not installed: its rows are left out\n")


def all_searchers(stored: Vectors, recipes: Iterable[str]) -> dict[str, Searcher]:
    """Everything that is compared, trained."""
    some = stored[:TRAINED_ON]
    searchers = {
        BASELINE: by_numpy(stored),
        "scikit-learn, exact": by_scikit_learn(stored),
        "**ours, exact**": by_nearest_rows(stored),
        **our_splits(stored, some),
        **our_inverted_file(stored, some),
    }
    for recipe in recipes if faiss else ():
        searchers |= by_faiss(stored, recipe)
    return searchers


def measure_all(count: int, number_of_queries: int) -> int:
    """Measure and print; 1 if a bar was missed."""
    print_head(count, number_of_queries)
    names = ("camera", "astronaut", "coffee", "china")
    drawn = patches([sample(name) for name in names], count + number_of_queries, side=SIDE)
    vectors = drawn.vectors.astype(np.float32)
    stored = vectors[:count]
    queries = vectors[count:]
    searchers = all_searchers(stored, RECIPES)
    truth = searchers[BASELINE].one_by_one(queries)[:, 0]
    rows = measure(searchers, queries, truth)
    print_table(searchers, rows)
    if not faiss:
        return 0
    ratio = rows[OUR_SPLIT].one / rows[FAISS_PQ].one
    bar = Bar("our search by tables: times the time of faiss PQ8", ratio, "<=", 5)
    print(bar_table([bar]))
    return 0 if bar.met else 1


def main() -> int:
    """Read the options, then measure with one thread."""
    quick = asked_to_be_quick(__doc__, "a tenth of the patches: to see whether all of it runs")
    if faiss:
        faiss.omp_set_num_threads(1)
    with threadpool_limits(1):
        return measure_all(10_000, 100) if quick else measure_all(100_000, 500)


if __name__ == "__main__":
    sys.exit(main())
