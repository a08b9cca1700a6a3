"""The tests of the assignment s08_09: codebooks with a structure, search."""

import functools
import itertools

import numpy as np

import my_data
from vqlib import Codebook, design

from .judging import Answer, Floats, array, called, equal, near, require
from .running import Student
from .s03 import require_trained

Split = list[list[int]]


# --- stages --------------------------------------------------------------------------------------


def _samples(student: Student, count: int) -> Floats:
    return np.random.default_rng([student.number, 101]).uniform(-14, 14, (count, 2))


def _greedy(samples: Floats, books: list[Floats]) -> Floats:
    """Indices of the nearest code vector in each stage, array (n, S)."""
    left = samples.copy()
    columns = []
    for book in books:
        index = ((left[:, None] - book) ** 2).sum(axis=2).argmin(axis=1)
        left = left - book[index]
        columns.append(index)
    return np.stack(columns, axis=1).astype(float)


def _sum_of(indices: object, books: list[Floats]) -> Floats:
    rows = np.asarray(indices).astype(int).T
    chosen = [book[row] for row, book in zip(rows, books, strict=False)]
    return np.asarray(np.sum(chosen, axis=0))


def _orders(student: Student) -> list[list[Floats]]:
    """The student's codebooks, and the same in another order and number."""
    first, second, third = my_data.stages(student.number)
    return [[first, second, third], [first, third], [second, third, first, third]]


def greedy(student: Student, answer: object) -> None:
    """Each stage on what the one before has left over."""
    function = called(answer, "encode")
    samples = _samples(student, 60)
    for books in _orders(student):
        truth = _greedy(samples, books)
        what = "What encode returns"
        given = array(function(samples.copy(), books), what, truth.shape)
        each_alone = [_greedy(samples, [book])[:, 0] for book in books]
        hint = "Each stage gets the sample itself: it should get what those before leave over."
        require(not np.array_equal(given, np.stack(each_alone, axis=1)), hint)
        equal(given, truth, what, "A stage does not choose the nearest of its code vectors.")
    around = np.array([[3.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    tie = "Of several as near, the first should be taken."
    equal(function(np.zeros((1, 2)), [around]), [[1]], "What encode returns", tie)


def decode(student: Student, answer: object) -> None:
    """The sum of the code vectors chosen."""
    function = called(answer, "decode")
    chance = np.random.default_rng([student.number, 102])
    for books in _orders(student):
        columns = [chance.integers(0, len(book), 30) for book in books]
        indices = np.stack(columns, axis=1)
        truth = _sum_of(indices, books)
        what = "What decode returns"
        given = array(function(indices.copy(), books), what, truth.shape)
        last = books[-1][indices[:, -1]]
        require(not np.allclose(given, last), "That is the last stage alone, without the others.")
        equal(given, truth, what, "A value is not the sum of the code vectors of its indices.")


def cut_short(student: Student, answer: object) -> None:
    """Fewer columns than there are stages."""
    function = called(answer, "decode")
    books = my_data.stages(student.number)
    indices = _greedy(_samples(student, 30), books).astype(int)
    for count in (1, 2):
        truth = _sum_of(indices[:, :count], books)
        given = array(function(indices[:, :count], books), "What decode returns", truth.shape)
        sentence = "Indices of fewer stages should give the sum of those stages."
        equal(given, truth, "What decode returns", sentence)


def _distances(sizes: list[int], survivors: int) -> int:
    count = 0
    paths = 1
    for size in sizes:
        count += paths * size
        paths = min(survivors, paths * size)
    return count


def comparisons(_: Student, answer: object) -> None:
    """The first stage has one path only, and a later one no more than there are."""
    function = called(answer, "comparisons")
    for sizes, survivors in (([16, 16, 16], 1), ([16, 8, 4, 4], 4), ([2, 16, 16], 8), ([5], 3)):
        truth = _distances(sizes, survivors)
        too_many = sizes[0] + survivors * sum(sizes[1:])
        wrong = {
            "These are all paths: the stages were meant to save that.": int(np.prod(sizes)),
            "The first stage begins with a single path.": survivors * sum(sizes),
            "There cannot be more survivors than paths so far.": too_many,
            "Each survivor is compared with all code vectors of the next stage.": sum(sizes),
        }
        hints = {hint: float(count) for hint, count in wrong.items() if count != truth}
        near(function(list(sizes), survivors), truth, "What comparisons returns", 0.01, hints)


# --- survivors -----------------------------------------------------------------------------------


def by_hand(student: Student, answer: object) -> None:
    """The squared errors of the greedy search and of the best pair."""
    sample, first, second = my_data.two_stages(student.number)
    start = min(first, key=lambda level: abs(sample - level))
    greedy = min((sample - start - offset) ** 2 for offset in second)
    best = min((sample - one - two) ** 2 for one, two in itertools.product(first, second))
    given = array(answer, "two_errors", (2,))
    require(given[0] >= given[1], "The best pair cannot have the larger error of the two.")
    roots = np.allclose(given**2, [greedy, best])
    require(not roots, "These are differences, and their squares were asked for.")
    require(abs(given[0] - greedy) < 1e-6, "The first is not the error of the greedy search.")
    require(abs(given[1] - best) < 1e-6, "Some pair is nearer to your number than that.")


def _survivors(sample: Floats, books: list[Floats], survivors: int) -> float:
    """The squared error at the end of the best path."""
    left = sample[None]
    for book in books:
        every = (left[:, None] - book).reshape(-1, left.shape[1])
        errors = (every**2).sum(axis=1)
        left = every[np.argsort(errors, kind="stable")[:survivors]]
    return float((left[0] ** 2).sum())


def _error_of(path: object, sample: Floats, books: list[Floats]) -> float:
    indices = array(path, "What search returns", (len(books),))
    sizes = [len(book) for book in books]
    fits = (indices == indices.astype(int)) & (indices >= 0) & (indices < sizes)
    require(fits.all(), "What search returns is no list of one index for each stage.")
    return float(((sample - _sum_of(indices[None], books)[0]) ** 2).sum())


def kept(student: Student, answer: object) -> None:
    """As many survivors as are asked for."""
    function = called(answer, "search")
    for books in _orders(student):
        for sample, survivors in zip(_samples(student, 12), [1, 2, 3] * 4, strict=True):
            given = _error_of(function(sample.copy(), books, survivors), sample, books)
            truth = _survivors(sample, books, survivors)
            hint = "A better path was thrown away: keep as many after each stage as are asked for."
            require(given <= truth + 1e-6, hint)
            hint = "Such a good path is found with more survivors only."
            require(given >= truth - 1e-6, hint)


def all_kept(student: Student, answer: object) -> None:
    """With as many survivors as there are paths nothing is missed."""
    function = called(answer, "search")
    for books in _orders(student)[:2]:
        paths = list(itertools.product(*[range(len(book)) for book in books]))
        values = _sum_of(np.array(paths), books)
        for sample in _samples(student, 12):
            given = _error_of(function(sample.copy(), books, len(paths)), sample, books)
            least = ((values - sample) ** 2).sum(axis=1).min()
            sentence = "With so many survivors the very best path should come out."
            require(given <= least + 1e-6, sentence)


# --- tables --------------------------------------------------------------------------------------


def _parts(student: Student) -> tuple[Floats, Floats]:
    """Codebooks of three parts, array (3, 5, 2), and queries, array (4, 6), of whole numbers."""
    chance = np.random.default_rng([student.number, 103])
    books = chance.integers(-9, 10, (3, 5, 2)).astype(float)
    return books, chance.integers(-9, 10, (4, 6)).astype(float)


def _tables(query: Floats, books: Floats) -> Floats:
    left = query.reshape(len(books), 1, -1) - books
    return np.asarray((left**2).sum(axis=2))


def tables(student: Student, answer: object) -> None:
    """Squared distances of a query's parts."""
    function = called(answer, "tables")
    books, queries = _parts(student)
    for query in queries:
        truth = _tables(query, books)
        given = array(function(query.copy(), books.copy()), "What tables returns", truth.shape)
        root = np.allclose(given, np.sqrt(truth))
        require(not root, "These are distances: sums of them mean nothing, sums of squares do.")
        sentence = "An entry is not the squared distance of a part from its code vector."
        equal(given, truth, "What tables returns", sentence)


def distances(student: Student, answer: object) -> None:
    """One entry of each table for each vector."""
    function = called(answer, "distances")
    books, queries = _parts(student)
    indices = np.random.default_rng([student.number, 104]).integers(0, 5, (20, 3))
    table = _tables(queries[0], books)
    truth = table[np.arange(3), indices].sum(axis=1)
    given = array(function(table.copy(), indices), "What distances returns", truth.shape)
    require(not np.allclose(given, truth / 3), "That is a mean, and the sum was asked for.")
    sentence = "A distance is not the sum of the entries that the indices point to."
    equal(given, truth, "What distances returns", sentence)


def recall(student: Student, answer: object) -> None:
    """The share of queries, with the true nearest among the first R."""
    function = called(answer, "recall")
    chance = np.random.default_rng([student.number, 105])
    found = np.stack([chance.permutation(12) for _ in range(40)])
    truth = chance.integers(0, 12, 40)
    for count in (3, 1, 8, 12):
        hits = (found[:, :count] == truth[:, None]).any(axis=1)
        share = float(hits.mean())
        first_alone = float(np.mean(found[:, 0] == truth))
        wrong = {
            "That is a number of queries, and their share was asked for.": float(hits.sum()),
            "Look at as many as are asked for, not at the first alone.": first_alone,
            "All that were found count here: look at the first ones only.": 1.0,
            "Divide by the number of queries, not by all rows found.": share / count,
        }
        hints = {hint: value for hint, value in wrong.items() if abs(value - share) > 1e-6}
        near(function(found.copy(), truth, count), share, "What recall returns", 1e-9, hints)


def _ranks(student: Student, books: Floats, *, rooted: bool = False) -> tuple[Floats, Floats]:
    """How many vectors are found before the true nearest of each query, at least and at most.

    Vectors of the same code are equally far, and any order of these will do.
    """
    vectors, queries = my_data.store(student.number)
    parts = np.split(vectors, len(books), axis=1)
    columns = [Codebook(book).encode(part) for book, part in zip(books, parts, strict=True)]
    ranks = []
    for query in queries:
        table = np.sqrt(_tables(query, books)) if rooted else _tables(query, books)
        sums = np.sum([row[column] for row, column in zip(table, columns, strict=True)], axis=0)
        of_nearest = sums[((vectors - query) ** 2).sum(axis=1).argmin()]
        ranks.append(((sums < of_nearest - 1e-9).sum(), (sums < of_nearest + 1e-9).sum() - 1))
    least, most = np.array(ranks, dtype=float).T
    return least, most


def recall_ten(student: Student, books: object, answer: object) -> None:
    """Of the student's own codebooks, which must be trained."""
    trained = array(books, "books", (4, 16, 2))
    vectors, _ = my_data.store(student.number)
    for book, part in zip(trained, np.split(vectors, 4, axis=1), strict=True):
        require_trained(Codebook(book), part, "A codebook of books")
    least, most = _ranks(student, trained)
    given = float(array(answer, "recall_ten", ()))
    low = float(np.mean(most < 10))
    high = float(np.mean(least < 10))
    if low - 1e-9 <= given <= high + 1e-9:
        return
    rooted, _ = _ranks(student, trained, rooted=True)
    hints = {
        "Sums of distances sort otherwise than sums of their squares.": float(np.mean(rooted < 10)),
        "That is recall@1.": float(np.mean(least < 1)),
    }
    near(given, high, "recall_ten", 1e-9, hints)


# --- a bill --------------------------------------------------------------------------------------

CASES = ((1000, 64, 8, 8), (1001, 12, 3, 5), (77, 30, 6, 4), (5, 8, 1, 1))
"""Vectors, dimensions, parts and bits; in some the bits fill no whole number of bytes."""


def _bill(count: int, dimension: int, bits: int, parts: int) -> tuple[int, int]:
    """Bytes of indices and codebooks."""
    return -(-count * parts * bits // 8), 4 * 2**bits * dimension


def _two_sums(function: Answer, case: tuple[int, int, int, int]) -> Floats:
    return array(function(*case), "What store_bytes returns", (2,))


def index_bytes(_: Student, answer: object) -> None:
    """All indices in a row, without gaps."""
    function = called(answer, "store_bytes")
    for case in CASES:
        count, dimension, parts, bits = case
        truth = _bill(count, dimension, bits, parts)[0]
        wrong = {
            "These are bits, and bytes were asked for.": count * parts * bits,
            "An index need not begin with a new byte: pack them.": count * parts * -(-bits // 8),
            "Each vector has an index for each of its parts.": -(-count * bits // 8),
            "A byte that is not full is one, too.": count * parts * bits / 8,
        }
        hints = {hint: float(value) for hint, value in wrong.items() if value != truth}
        near(_two_sums(function, case)[0], truth, "The first number of store_bytes", 1e-6, hints)


def codebook_bytes(_: Student, answer: object) -> None:
    """Each part's code vectors have the components of that part only."""
    function = called(answer, "store_bytes")
    for case in CASES:
        count, dimension, parts, bits = case
        truth = _bill(count, dimension, bits, parts)[1]
        wrong = {
            "The code vectors of a part have the components of that part only.": truth * parts,
            "A component takes 4 bytes.": truth / 4,
            "There is a codebook for each part.": truth / parts,
        }
        hints = {hint: float(value) for hint, value in wrong.items() if value != truth}
        near(_two_sums(function, case)[1], truth, "The second number of store_bytes", 1e-6, hints)


def most_parts(student: Student, answer: object) -> None:
    """The largest divisor that fits, codebooks and all."""
    dimension, budget, _ = my_data.large_store(student.number)
    divisors = [parts for parts in range(1, dimension + 1) if dimension % parts == 0]
    fitting = [parts for parts in divisors if sum(_bill(10**6, dimension, 8, parts)) <= budget]
    number = float(array(answer, "most_parts", ()))
    require(number in divisors, "most_parts must divide the dimension without a rest.")
    require(number <= max(fitting), "So many parts do not fit: count the codebooks as well.")
    require(number >= max(fitting), "More parts would still fit.")


def lists(student: Student, answer: object) -> None:
    """The power of two with the fewest distances."""
    _, _, probed = my_data.large_store(student.number)
    cost = {2**bits: 2**bits + probed * 10**6 / 2**bits for bits in range(21)}
    number = float(array(answer, "best_lists", ()))
    require(number in cost, "best_lists must be a power of two, at most as large as the store.")
    best = min(cost, key=lambda lists: cost[lists])
    alone = 2.0 ** round(np.log2(10**6) / 2)
    forgot = number == alone and alone != best
    require(not forgot, "So it would be for one list to be probed, and yours are more.")
    sentence = "Fewer distances are possible: those to the lists count, and those within them."
    require(number == best, sentence)


# --- splits --------------------------------------------------------------------------------------


@functools.cache
def _error_of_pair(number: int, first: int, second: int) -> float:
    """Mean squared error per component of sixteen code vectors for two of the sensors."""
    readings, _ = my_data.sensors(number)
    pair = readings[:, [first, second]]
    return design.lloyd(pair, 16, starts=2).distortion(pair)


def _error_of_split(student: Student, split: Split) -> float:
    return float(np.mean([_error_of_pair(student.number, *sorted(pair)) for pair in split]))


def errors(student: Student, answer: object) -> None:
    """Of the three proposals, per component."""
    _, proposals = my_data.sensors(student.number)
    truth = np.array([_error_of_split(student, split) for split in proposals.values()])
    given = array(answer, "errors", (3,))
    factors = {
        "These are errors of a whole vector: they were asked for per component.": 6,
        "These are errors of a whole pair: they were asked for per component.": 2,
        "These are sums over the pairs: take their mean.": 3,
    }
    for hint, factor in factors.items():
        require(not np.allclose(given, factor * truth, rtol=0.08), hint)
    sentence = "An error is not that of sixteen trained code vectors for each pair of its split."
    require(np.allclose(given, truth, rtol=0.08), sentence)


def best_split(student: Student, answer: object) -> None:
    """The best of all fifteen."""
    pairs = array(answer, "best_split", (3, 2)).astype(int)
    each_once = sorted(pairs.ravel().tolist()) == list(range(6))
    require(each_once, "best_split must have each of the numbers 0 to 5 once.")
    orders = itertools.permutations(range(6))
    splits = [[list(order[:2]), list(order[2:4]), list(order[4:])] for order in orders]
    least = min(_error_of_split(student, split) for split in splits)
    given = _error_of_split(student, pairs.tolist())
    require(given <= 1.1 * least, "Another split into pairs has a smaller error.")
