"""Patches of photographs that are searched for the nearest one: exactly, and as a code holds them.

Patches and code vectors are whole numbers, and single precision holds their squared distances
exactly: with the same codebooks every machine finds the same.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from .. import design, image
from ..arrays import Floats, Indices, Picture
from ..codebook import Codebook
from ..structured.neighbours import smallest

SIDE = 8
"""Height and width of a patch in pixels."""
FLAT = 5.0
"""A patch whose grey values have a smaller standard deviation is like thousands of others."""
CODE_VECTORS = 256
"""For each part of a patch: an index is a byte."""
AT_ONCE = 100
"""So many queries are compared with all patches at once: their distances take a few megabytes."""
ROW_NUMBER_BYTES = 4
COMPONENT_BYTES = 4
"""Of a code vector, as `structured.InvertedFile` counts them."""

Place = tuple[int, int, int]
"""Where a patch lies: number of its photograph, top and left."""
Found = tuple[Indices, NDArray[np.float32]]
"""Row numbers of patches, the nearest first, and their squared distances."""


class PatchStore:
    """Patches of photographs, each in the list of its nearest coarse code vector.

    Parameters
    ----------
    pictures : sequence of grey pictures
    count : int
        How many patches are stored.
    lists : int
        Number of lists.
    queries : int
        How many other patches are there to be searched for.
    trained : int
        How many of the stored patches codebooks are trained on.
    """

    def __init__(
        self, pictures: Sequence[Picture], count: int, lists: int, queries: int, trained: int
    ) -> None:
        drawn = image.patches(pictures, queries + count, side=SIDE, least_deviation=FLAT)
        patches = drawn.vectors.astype(np.float32)
        self.queries = patches[:queries]
        """Array (q, 64)."""
        self.query_places = drawn.places[:queries]
        self.vectors = patches[queries:]
        """Array (n, 64)."""
        self.places = drawn.places[queries:]
        """Array (n, 3)."""
        self._coordinates = np.ascontiguousarray(self.places.T)
        self.trained = trained
        self._squares = _squares(self.vectors)
        self.coarse = whole(design.lloyd(self.vectors[:trained], lists, starts=1, iterations=10))
        self.lists = self.coarse.encode(self.vectors)
        self.list_sizes = np.bincount(self.lists, minlength=lists)
        self.query_ranks = np.array([self.ranks_of_lists(query) for query in self.queries])
        """How near each list is to each query, array (q, lists): 0 is the nearest."""
        self._overlapping = [self.overlapping(place) for place in self.query_places]
        self.truth = np.concatenate(
            [distances.argmin(axis=1) for _, distances in self.compared(self.vectors)]
        )
        """Row number of the patch that is nearest to each query."""

    def ranks_of_lists(self, query: NDArray[np.float32]) -> Indices:
        """How near each list is to a query: 0 is the nearest; of equal ones the first."""
        squares = ((self.coarse.vectors - query) ** 2).sum(axis=1)
        return np.argsort(np.argsort(squares, kind="stable"))

    def overlapping(self, place: Place) -> Indices:
        """Rows of the stored patches that share a pixel with the one at this place."""
        number, top, left = place
        numbers, tops, lefts = self._coordinates
        is_near = (numbers == number) & (abs(tops - top) < SIDE) & (abs(lefts - left) < SIDE)
        return np.flatnonzero(is_near)

    def nearest(self, query: NDArray[np.float32], place: Place, count: int) -> Found:
        """The stored patches nearest to a query, but for those that overlap it."""
        squares = squared_distances(query[None], self.vectors, self._squares)[0]
        squares[self.overlapping(place)] = np.inf
        return _nearest_of(squares, count)

    def compared(self, vectors: NDArray[np.float32]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Some queries after the other, and their squared distances from what stands for patches.

        Infinite for patches that overlap the query.
        """
        squares = _squares(vectors)
        for start in range(0, len(self.queries), AT_ONCE):
            some = slice(start, min(start + AT_ONCE, len(self.queries)))
            distances = squared_distances(self.queries[some], vectors, squares)
            for row, near in zip(distances, self._overlapping[some], strict=True):
                row[near] = np.inf
            yield some, distances


class CodedPatches:
    """The patches of a store as an inverted file holds them: a list, and a byte for each part.

    A part is a tile of the patch. Its code vectors code what the coarse code vector of the list
    leaves over, as in `structured.InvertedFile`. Instead of adding up the entries of tables this
    compares the query with the patches decoded: the distances are the same, and one product of
    matrices is quicker here than many tables.

    Parameters
    ----------
    store : PatchStore
    parts : int
        1, 2, 4, 8, 16 or 32 bytes for a patch.
    """

    def __init__(self, store: PatchStore, parts: int) -> None:
        self._store = store
        self._residuals = store.vectors - store.coarse.vectors[store.lists].astype(np.float32)
        self._parts = tiles(parts)
        self.codebooks: list[Codebook] = []
        """Of the parts that are coded by now."""
        self.vectors = store.vectors - self._residuals
        """The patches decoded, array (n, 64)."""
        self.recalls: Floats | None = None
        """Recall@1 and recall@10 with 1, 2, … lists probed, array (2, lists), in the end."""

    def next_step(self) -> bool:
        """Train and code one more part, or measure recall; whether there was anything to do."""
        if self.recalls is not None:
            return False
        if len(self.codebooks) < len(self._parts):
            self._code(self._parts[len(self.codebooks)])
        else:
            self._squares = _squares(self.vectors)
            self.recalls = self._measure((1, 10))
            del self._residuals  # some megabytes
        return True

    def _code(self, part: Indices) -> None:
        residuals = self._residuals[:, part]
        some = np.unique(residuals[: self._store.trained], axis=0)
        # From samples drawn at random: k-means++ would take as long as all the rest.
        drawn = np.random.default_rng(0).choice(some, CODE_VECTORS, replace=False)
        samples = residuals[: self._store.trained]
        codebook = whole(design.refine(samples, Codebook(drawn), iterations=8))
        self.vectors[:, part] += codebook.quantize(residuals).astype(np.float32)
        self.codebooks.append(codebook)

    def _measure(self, most: Sequence[int]) -> Floats:
        """Share of queries whose nearest patch is among the first so many, by lists probed."""
        places = []
        lists = self._store.query_ranks.shape[1]
        for some, distances in self._store.compared(self.vectors):
            for query, row in zip(range(some.start, some.stop), distances, strict=True):
                places.append(self._places_of_truth(query, row, lists))
        return np.array([np.mean(np.array(places) < each, axis=0) for each in most])

    def _places_of_truth(self, query: int, squares: NDArray[np.float32], lists: int) -> Floats:
        """At which place, from 0, the true neighbour of a query is found, by lists probed.

        Infinite where its list is not probed.
        """
        truth = self._store.truth[query]
        ranks = self._store.query_ranks[query]
        before = np.flatnonzero(squares <= squares[truth])
        before = before[(squares[before] < squares[truth]) | (before < truth)]
        counts = np.bincount(ranks[self._store.lists[before]], minlength=lists)
        places = np.cumsum(counts).astype(np.float64)
        places[: ranks[self._store.lists[truth]]] = np.inf
        return places

    def search(
        self, query: NDArray[np.float32], place: Place, count: int, probed: int
    ) -> tuple[Found, int]:
        """The patches nearest to a query as they are coded, and how many were compared.

        Only those in the nearest `probed` lists are, and none that overlaps the query is found.
        """
        is_probed = self._store.ranks_of_lists(query) < probed
        squares = squared_distances(query[None], self.vectors, self._squares)[0]
        squares[~is_probed[self._store.lists]] = np.inf
        squares[self._store.overlapping(place)] = np.inf
        rows, found = _nearest_of(squares, count)
        is_there = np.isfinite(found)
        return (rows[is_there], found[is_there]), int(self._store.list_sizes[is_probed].sum())

    @property
    def stored_bytes(self) -> int:
        """Bytes for codes, row numbers and all codebooks, as `structured.InvertedFile` counts."""
        numbers = sum(codebook.vectors.size for codebook in self.codebooks)
        numbers += self._store.coarse.vectors.size
        bytes_each = len(self._parts) + ROW_NUMBER_BYTES
        return bytes_each * len(self.vectors) + COMPONENT_BYTES * numbers


def tiles(parts: int) -> list[Indices]:
    """The pixels of a patch cut into so many tiles, as square as they can be or half as high."""
    pixels = np.arange(SIDE**2)
    halvings = round(math.log2(parts))
    height = SIDE >> (halvings + 1) // 2
    width = SIDE >> halvings // 2
    tile = pixels // SIDE // height * SIDE + pixels % SIDE // width
    return [np.flatnonzero(tile == number) for number in np.unique(tile)]


def whole(codebook: Codebook) -> Codebook:
    """Code vectors rounded to whole numbers."""
    return Codebook(np.floor(codebook.vectors + 0.5))


def squared_distances(
    queries: NDArray[np.float32], vectors: NDArray[np.float32], squares: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Between queries (q, k) and vectors (n, k) of these squares (n,), array (q, n)."""
    distances = queries @ vectors.T
    distances *= -2
    distances += squares
    distances += _squares(queries)[:, None]
    return distances


def _squares(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((vectors**2).sum(axis=1))


def _nearest_of(squares: NDArray[np.float32], count: int) -> Found:
    rows = smallest(squares, count)
    return rows, squares[rows]
