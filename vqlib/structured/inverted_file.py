"""An inverted file: lists of coded vectors, of which a query looks into a few."""

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Floats, Indices
from ..checks import check_finite, check_int, check_rows
from ..codebook import Codebook, check_codebook
from ..design import lloyd
from .neighbours import nearest_rows
from .splits import Parts, Split, check_split, train_split

BYTES_A_ROW_NUMBER = 4
BYTES_A_COMPONENT = 4
"""Of a code vector, in single precision."""


class InvertedFile:
    """Vectors in lists, by their nearest coarse code vector; coded is what that leaves over.

    So it has two stages, of which the first says where to look (Jégou, Douze and Schmid 2011,
    "Product quantization for nearest neighbor search", section IV). Worked out in notebook
    09_search. Immutable.

    Parameters
    ----------
    coarse : Codebook
        A code vector for each list.
    split : Split
        Codes the residuals.
    vectors : array (n, k)
        What is to be found; not kept.

    Raises
    ------
    ValueError
        If the dimensions differ, or the vectors are not finite numbers of that shape.
    """

    def __init__(self, coarse: Codebook, split: Split, vectors: ArrayLike) -> None:
        self._coarse = check_codebook(coarse, "coarse")
        self._split = check_split(split)
        if split.dimension != coarse.dimension:
            given = f"{split.dimension} and {coarse.dimension}"
            raise ValueError(f"split and coarse must have one dimension, got {given}")
        points = check_rows(vectors, "vectors", coarse.dimension)
        lists = coarse.encode(points)
        # In the order of the lists, so that each lies in one piece.
        self._rows = np.argsort(lists, kind="stable")
        self._ends = np.cumsum(np.bincount(lists, minlength=coarse.size))
        residuals = points - coarse.decode(lists)
        indices = split.encode(residuals)[self._rows]
        kind = np.min_scalar_type(max(split.sizes) - 1)
        self._indices = indices.astype(kind, order="F")

    @property
    def coarse(self) -> Codebook:
        """A code vector for each list."""
        return self._coarse

    @property
    def split(self) -> Split:
        """What codes the residuals."""
        return self._split

    @property
    def list_sizes(self) -> Indices:
        """How many vectors each list holds."""
        return np.diff(self._ends, prepend=0)

    @property
    def stored_bytes(self) -> int:
        """Bytes for indices packed to the bit, a row number of 4 bytes each, and all codebooks.

        Code vectors are counted in single precision. The lengths of the lists are not counted, nor
        is the list of each vector: they lie in the order of the lists.
        """
        bits = sum((size - 1).bit_length() for size in self._split.sizes)
        numbers = self._split.stored + self._coarse.vectors.size
        packed = (bits * len(self._rows) + 7) // 8
        return packed + BYTES_A_ROW_NUMBER * len(self._rows) + BYTES_A_COMPONENT * numbers

    def scanned(self, query: ArrayLike, probed: int = 1) -> int:
        """How many vectors `search` compares the query with."""
        lists = self._nearest_lists(self._check_query(query), probed)
        return int(self.list_sizes[lists].sum())

    def search(self, query: ArrayLike, count: int, *, probed: int = 1) -> tuple[Indices, Floats]:
        """The vectors nearest to a query among those in the lists that are nearest to it.

        Parameters
        ----------
        query : array (k,)
        count : int
            How many are wanted. There are fewer if the lists hold fewer.
        probed : int
            How many lists are looked into.

        Returns
        -------
        rows : integer array
            Row numbers of the vectors, the nearest first; of equal ones the smallest number.
        distances : array
            Squared distances between the query and the coded vectors.

        Raises
        ------
        ValueError
            If the query is not a vector of finite numbers of that dimension, `count` is below 1, or
            `probed` is not from 1 to the number of lists.
        """
        point = self._check_query(query)
        most = check_int(count, "count", 1)
        lists = self._nearest_lists(point, probed)
        tables = self._split.tables(point - self._coarse.vectors[lists])
        sizes = self.list_sizes[lists]
        ends = self._ends[lists]
        spans = zip(ends - sizes, ends, strict=True)
        places = np.concatenate([np.arange(start, end) for start, end in spans])
        distances = self._distances(tables, np.repeat(np.arange(len(lists)), sizes), places)
        candidates = np.arange(len(places))
        if most < len(places):
            limit = np.partition(distances, most - 1)[most - 1]
            candidates = np.flatnonzero(distances <= limit)
        rows = self._rows[places[candidates]]
        order = np.lexsort((rows, distances[candidates]))[:most]
        return rows[order], distances[candidates[order]]

    def _distances(self, tables: Floats, numbers: Indices, places: Indices) -> Floats:
        """Sums of table entries; a vector at `places` uses the tables of its list, (lists, m, K).

        As `Split.distances` for each list, but in one go: the lists are short.
        """
        total = np.zeros(len(places))
        for part in range(tables.shape[1]):
            entries = tables[:, part].ravel()
            total += entries.take(numbers * tables.shape[2] + self._indices[places, part])
        return total

    def _check_query(self, query: ArrayLike) -> Floats:
        point = check_finite(query, "query")
        if point.shape != (self._coarse.dimension,):
            allowed = f"shape ({self._coarse.dimension},)"
            raise ValueError(f"query must have {allowed}, got {point.shape}")
        return point

    def _nearest_lists(self, point: Floats, probed: int) -> Indices:
        most = check_int(probed, "probed", 1, self._coarse.size)
        return nearest_rows(point, self._coarse.vectors, most)


def train_inverted_file(
    vectors: ArrayLike,
    lists: int,
    parts: int | Parts,
    sizes: int | list[int],
    *,
    training: ArrayLike | None = None,
    seed: int = 0,
) -> InvertedFile:
    """An inverted file whose codebooks are trained by Lloyd's algorithm.

    Parameters
    ----------
    vectors : array (n, k)
        What is to be found.
    lists : int
        Number of lists.
    parts, sizes
        Those of `train_split`, for the residuals.
    training : array (t, k), optional
        What to train on; by default the vectors themselves.
    seed : int
        Fixes the random starts.

    Raises
    ------
    ValueError
        As `vqlib.design.lloyd` and `train_split`.
    """
    points = check_rows(vectors, "vectors")
    some = points if training is None else check_rows(training, "training", points.shape[1])
    coarse = lloyd(some, check_int(lists, "lists", 1), seed=seed, starts=1, iterations=40)
    residuals = some - coarse.quantize(some)
    split = train_split(residuals, parts, sizes, seed=seed)
    return InvertedFile(coarse, split, points)
