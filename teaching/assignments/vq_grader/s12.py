"""The tests of the assignment s12: more data than memory."""

import functools
import itertools
import math

import numpy as np
from numpy.typing import NDArray

import my_data

from .judging import Floats, array, called, equal, near, require
from .running import Student

Rows = NDArray[np.uint8]

# --- what fits -----------------------------------------------------------------------------------

JOBS = ((1000, 16, 256), (131_072, 16, 256), (10, 3, 4096), (77, 64, 1))
"""Rows of a chunk, components of a row, code vectors."""
MEBIBYTE = 2**20


def _chunk_bytes(rows: int, dimension: int, size: int) -> int:
    of_rows = rows * dimension * (1 + 8) + 8 * rows
    return of_rows + 8 * (2 * size * dimension + size)


def _hints(truth: float, wrong: dict[str, float]) -> dict[str, float]:
    """Those that tell another number than the truth."""
    return {hint: value for hint, value in wrong.items() if abs(value - truth) > 0.5}


def chunk_bytes(_: Student, answer: object) -> None:
    """Rows twice, indices, codebook, sums and counts."""
    function = called(answer, "chunk_bytes")
    for rows, dimension, size in JOBS:
        truth = float(_chunk_bytes(rows, dimension, size))
        wrong = {
            "The rows are there twice: as bytes and as floats.": truth - rows * dimension,
            "A float takes 8 bytes, and a byte one.": truth - 7 * rows * dimension,
            "The index of each row takes memory, too.": truth - 8 * rows,
            "Counts are numbers, too: one for each code vector.": truth - 8 * size,
            "Codebook and sums are two arrays of the same shape.": truth - 8 * size * dimension,
        }
        given = function(rows, dimension, size)
        near(given, truth, "What chunk_bytes returns", 0.5, _hints(truth, wrong))


def most_rows(student: Student, answer: object) -> None:
    """The longest chunk in 60 % of the memory."""
    dimension, size, memory = my_data.worker(student.number)
    room = 0.6 * MEBIBYTE * memory
    fixed = 8 * (2 * size * dimension + size)
    truth = float((room - fixed) // (9 * dimension + 8))
    number = float(array(answer, "most_rows", ()))
    whole_memory = float((room / 0.6 - fixed) // (9 * dimension + 8))
    require(number != whole_memory, "Only 60 % of the memory may be used.")
    in_thousands = float((room * 1e6 / MEBIBYTE - fixed) // (9 * dimension + 8))
    require(number != in_thousands, "A MiB has more than a million bytes.")
    require(number == int(number), "Rows are whole: most_rows must be a whole number.")
    require(number <= truth, "A chunk of so many rows does not fit.")
    require(number >= truth, "A longer chunk would fit, too.")


def travel(student: Student, answer: object) -> None:
    """Sums of each chunk, and the codebook for each worker."""
    dimension, size, _ = my_data.worker(student.number)
    rows, of_chunk, workers = my_data.cluster(student.number)
    chunks = -(-rows // of_chunk)
    sums = chunks * 8 * (size * dimension + size + 1)
    codebooks = workers * 8 * size * dimension
    truth = float(sums + codebooks)
    for_each_chunk = chunks * codebooks / workers
    hints = {
        "Each worker needs the codebook before it can begin.": float(sums),
        "A worker keeps the codebook for all of its chunks.": sums + for_each_chunk,
        "Each chunk sends its sums, not each worker.": codebooks + workers * sums / chunks,
        "A chunk sends its counts, too.": truth - chunks * 8 * size,
        "A chunk sends its squared error, too.": truth - chunks * 8,
        "Rows do not travel: a chunk is loaded where it is worked on.": float(rows * dimension),
    }
    near(answer, truth, "travel", 0.5, hints)


# --- sums ----------------------------------------------------------------------------------------


def _rows(student: Student, count: int) -> Rows:
    """Rows of bytes, none of which lies half-way between two of `_vectors`."""
    return np.random.default_rng([student.number, 121]).integers(0, 256, (count, 4), np.uint8)


def _vectors(student: Student) -> Floats:
    chance = np.random.default_rng([student.number, 122])
    return chance.integers(0, 256, (6, 4)) + chance.uniform(-0.3, 0.3, (6, 4))


def _totals(rows: Rows, vectors: Floats) -> tuple[Floats, Floats, float]:
    """Counts, sums and the sum of all squared errors."""
    gaps = rows.astype(float)[:, None] - vectors
    squares = (gaps**2).sum(axis=2)
    chosen = np.eye(len(vectors))[squares.argmin(axis=1)]
    return chosen.sum(axis=0), chosen.T @ rows.astype(float), float(squares.min(axis=1).sum())


def totals(student: Student, answer: object) -> None:
    """What one chunk says."""
    function = called(answer, "totals")
    vectors = _vectors(student)
    for count in (200, 33):
        rows = _rows(student, count)
        counts, sums, error = _totals(rows, vectors)
        found = function(rows.copy(), vectors.copy())
        require(len(found) == 3, "totals must return counts, sums and one number.")
        equal(found[0], counts, "The counts of totals", "A count is not that of the nearest rows.")
        means = sums / np.maximum(counts, 1)[:, None]
        given = array(found[1], "The sums of totals", sums.shape)
        require(not np.allclose(given, means), "These are means: they cannot be added.")
        equal(given, sums, "The sums of totals", "A sum is not that of the rows of its region.")
        hints = {
            "That is a mean over rows, and means of chunks cannot be added.": error / count,
            "That is a mean over components, and means cannot be added.": error / rows.size,
        }
        near(found[2], error, "The error of totals", 1e-6 * error, hints)


def _pass(chunks: list[Rows], vectors: Floats) -> tuple[Floats, float]:
    """Means of regions, an empty one as before, and the distortion of `vectors`."""
    rows = np.concatenate(chunks)
    counts, sums, error = _totals(rows, vectors)
    means = sums / np.maximum(counts, 1)[:, None]
    return np.where(counts[:, None] > 0, means, vectors), error / rows.size


def _judge_pass(answer: object, chunks: list[Rows], vectors: Floats) -> None:
    function = called(answer, "one_pass")
    moved, distortion = _pass(chunks, vectors)
    found = function([chunk.copy() for chunk in chunks], vectors.copy())
    require(len(found) == 2, "one_pass must return code vectors and one number.")
    given = array(found[0], "The code vectors of one_pass", moved.shape)
    filled = [chunk for chunk in chunks if len(chunk)]
    of_each = [_pass([chunk], vectors) for chunk in filled]
    means = np.mean([part for part, _ in of_each], axis=0)
    hint = "A mean of the means of chunks is no mean of all rows: add sums and counts."
    require(len(filled) == 1 or not np.allclose(given, means), hint)
    sentence = "A code vector is not the mean of its rows in all chunks."
    equal(given, moved, "The code vectors of one_pass", sentence)
    rows = sum(len(chunk) for chunk in chunks)
    wrong = {
        "Long chunks count more: divide the sum by all components once.": float(
            np.mean([error for _, error in of_each])
        ),
        "The distortion is that by component, not by row.": 4 * distortion,
        "Divide the squared errors by the number of components.": distortion * rows * 4,
        "It is that of the code vectors that came in, not of the new ones.": _pass(chunks, moved)[
            1
        ],
    }
    within = 1e-6 * distortion
    hints = {hint: value for hint, value in wrong.items() if abs(value - distortion) > 2 * within}
    near(found[1], distortion, "The distortion of one_pass", within, hints)


def one_pass(student: Student, answer: object) -> None:
    """Chunks of different lengths."""
    rows = _rows(student, 300)
    vectors = rows[[3, 50, 120, 270]].astype(np.float64) + 0.25
    _judge_pass(answer, [rows[:30], rows[30:210], rows[210:]], vectors)


def empties(student: Student, answer: object) -> None:
    """A chunk of no rows, and a region of none."""
    function = called(answer, "one_pass")
    rows = _rows(student, 90)
    vectors = np.concatenate([rows[:2] + 0.25, [[900.0, 900.0, 900.0, 900.0]]])
    moved, _ = function([rows[:40].copy(), rows[40:].copy()], vectors.copy())
    given = np.asarray(moved, dtype=float)
    sentence = "A code vector that no row is nearest to should stay where it is."
    require(given.shape == vectors.shape and np.array_equal(given[2], vectors[2]), sentence)
    _judge_pass(answer, [rows[:0], rows[:40], rows[40:]], vectors)


@functools.cache
def _after(number: int) -> tuple[Floats, ...]:
    """The code vectors after each of four passes over the student's chunks."""
    chunks, vectors = my_data.chunks(number)
    found = []
    for _ in range(4):
        vectors, _ = _pass(chunks, vectors)
        found.append(vectors)
    return tuple(found)


def after(student: Student, answer: object) -> None:
    """Three passes of the student's own chunks."""
    first, second, third, fourth = _after(student.number)
    given = array(answer, "after", third.shape)
    for wrong in (first, second, fourth):
        alike = np.allclose(given, wrong) and not np.allclose(wrong, third)
        require(not alike, "That is another number of passes than three.")
    sentence = "These are not the code vectors after three passes over all of your chunks."
    equal(given, third, "after", sentence)


# --- exactly -------------------------------------------------------------------------------------


def squares(student: Student, answer: object) -> None:
    """Whole numbers, from code vectors in steps of 1/512."""
    function = called(answer, "squares")
    vectors = _vectors(student)
    rows = _rows(student, 50)
    rows[0] = 255
    steps = np.rint(512 * vectors).astype(np.int64)
    truth = ((512 * rows.astype(np.int64)[:, None] - steps) ** 2).sum(axis=2)
    given = array(function(rows.copy(), vectors.copy()), "What squares returns", truth.shape)
    unrounded = ((512 * (rows.astype(float)[:, None] - vectors)) ** 2).sum(axis=2)
    hint = "Round the code vectors to steps of 1/512 first."
    require(not np.allclose(given, unrounded, rtol=1e-12, atol=0), hint)
    grey = truth / 512**2
    require(not np.allclose(given, grey), "The unit is 1/512 of a grey level, squared.")
    require(np.array_equal(given, np.rint(given)), "Not all of these are whole numbers.")
    for cut in (np.floor(512 * vectors), np.trunc(512 * vectors)):
        wrong = ((512 * rows.astype(np.int64)[:, None] - cut) ** 2).sum(axis=2)
        require(not np.array_equal(given, wrong), "Round to the nearest step, and not down.")
    can_hold = "mind what a byte, or a number of 32 bits, can hold"
    sentence = f"A squared distance is another number: {can_hold}."
    require(np.array_equal(given, truth), sentence)


def safe_rows(student: Student, answer: object) -> None:
    """How many of the largest squared errors have a sum of at most 2 to the power 53."""
    dimension, _, _ = my_data.worker(student.number)
    most = dimension * (255 * 512) ** 2
    truth = float(2**53 // most)
    hints = {
        "A row has more than one component.": float(2**53 // (255 * 512) ** 2),
        "The unit is 1/512 of a grey level, squared.": float(2**53 // (dimension * 255**2)),
        "A float has 53 binary digits for whole numbers, and not 63.": float(2**63 // most),
        "A float has 53 binary digits for whole numbers, and not 64.": float(2**64 // most),
        "An error of a row is squared.": float(2**53 // (dimension * 255 * 512)),
        "Rows are whole, and must not be too many.": 2**53 / most,
    }
    near(answer, truth, "safe_rows", 0.5, hints)


def three(_: Student, answer: object) -> None:
    """Whole numbers whose sum depends on the order."""
    numbers = array(answer, "three", (3,))
    require((numbers > 0).all(), "All three must be positive.")
    require((numbers == np.rint(numbers)).all(), "All three must be whole numbers.")
    found = {(a + b) + c for a, b, c in itertools.permutations(numbers.tolist())}
    hint = "These have the same sum in each order: some whole numbers are too large for a float."
    require(len(found) > 1, hint)


# --- a sample ------------------------------------------------------------------------------------


def training_rows(student: Student, answer: object) -> None:
    """The rule of the text, solved for the rows."""
    size, allowed = my_data.wish(student.number)
    truth = 40 * size / allowed
    wrong = {
        "So many there are for each code vector.": 40 / allowed,
        "The rule falls with the number of rows: turn it round.": 40 * allowed / size,
        "The 40 belongs to decibels.": size / allowed,
    }
    near(answer, float(math.ceil(truth)), "training_rows", 0.002 * truth, wrong)


LENGTHS = ((5, 0, 3, 9), (4, 4, 4), (0, 0, 7, 1), (12,))


def picks(student: Student, answer: object) -> None:
    """Of a row of everything its chunk, and where it is in that."""
    function = called(answer, "picks")
    chance = np.random.default_rng([student.number, 123])
    for lengths in LENGTHS:
        chosen = np.append(chance.permutation(sum(lengths))[:6], 0)
        owners = np.repeat(np.arange(len(lengths)), lengths)
        places = np.concatenate([np.arange(length) for length in lengths])
        found = function(list(lengths), chosen.copy())
        require(len(found) == 2, "picks must return two arrays.")
        what = "The first of picks"
        sentence = "A row is in another chunk: mind the first row of a chunk, and empty chunks."
        equal(found[0], owners[chosen], what, sentence)
        given = array(found[1], "The second of picks", chosen.shape)
        one_chunk = np.array_equal(places[chosen], chosen)
        hint = "Count the rows within a chunk from its beginning."
        require(one_chunk or not np.array_equal(given, chosen), hint)
        sentence = "A row stands at another place of its chunk."
        equal(given, places[chosen], "The second of picks", sentence)


def unfair(student: Student, answer: object) -> None:
    """As many rows from each chunk."""
    lengths = my_data.lengths(student.number)
    truth = max(lengths) / min(lengths)
    hints = {
        "The other way round: a row has more others beside it in the longest chunk.": 1 / truth,
        "Each chunk gives as many rows; but they are chosen among fewer.": 1.0,
        "Compare with the longest chunk, not with all of them.": sum(lengths) / min(lengths),
    }
    near(answer, truth, "unfair", 1e-3 * truth, hints)


# --- a plan --------------------------------------------------------------------------------------

PLANS = ((10**6, 10**5, 2, 5e-7, 3e-3, 2e-3), (10**6, 130_000, 4, 1e-6, 4e-3, 2e-3))
"""Rows, rows of a chunk, workers, seconds of a row, of a chunk, and of the scheduler."""
BUSY = ((10**7, 10**4, 50, 5e-7, 3e-3, 2.6e-3),)
"""The same, with a scheduler that is slower than its workers."""


def pass_seconds(_: Student, answer: object) -> None:
    """Rounds of the workers, or the scheduler's turn, whichever takes longer."""
    function = called(answer, "pass_seconds")
    for case in PLANS + BUSY:
        rows, of_chunk, workers, of_row, each, of_scheduler = case
        chunks = -(-rows // of_chunk)
        of_worker = -(-chunks // workers) * (of_chunk * of_row + each)
        truth = max(of_worker, chunks * of_scheduler)
        divided = max(chunks / workers * (of_chunk * of_row + each), chunks * of_scheduler)
        whole = rows // of_chunk * (of_chunk * of_row + each) / workers
        both = of_worker + chunks * of_scheduler
        wrong = {
            "The scheduler hands out one chunk after the other: it may be the slower.": of_worker,
            "Both work at the same time: the longer of the two counts.": both,
            "A worker cannot take half a chunk: count whole rounds.": divided,
            "The last chunk may be shorter, but it is there.": max(whole, chunks * of_scheduler),
        }
        within = 1e-6 * truth
        hints = {hint: value for hint, value in wrong.items() if abs(value - truth) > 2 * within}
        given = function(rows, of_chunk, workers, of_row, each, of_scheduler)
        near(given, truth, "What pass_seconds returns", within, hints)


def _finish(seconds: list[float], workers: int) -> float:
    free = [0.0] * workers
    for each in seconds:
        first = free.index(min(free))
        free[first] += each
    return max(free)


def finish(student: Student, answer: object) -> None:
    """Each chunk goes to the worker that is free first."""
    function = called(answer, "finish")
    chance = np.random.default_rng([student.number, 124])
    cases = [([1.0, 1.0, 1.0, 5.0, 2.0, 5.0], 2), ([2.0], 3), ([1.0, 5.0, 1.0, 1.0, 1.0, 1.0], 2)]
    cases.append((np.round(chance.uniform(1, 9, 30), 2).tolist(), 4))
    for seconds, workers in cases:
        truth = _finish(seconds, workers)
        in_turn = max(sum(seconds[first::workers]) for first in range(workers))
        halves = [part.sum() for part in np.array_split(seconds, workers)]
        wrong = {
            "A worker that is free takes the next chunk: it does not wait for its turn.": in_turn,
            "A chunk is handed out when a worker is free, not all at the beginning.": max(halves),
            "Chunks are not cut: the work is not shared so evenly.": sum(seconds) / workers,
            "The long ones need not come first: take them in the order of the list.": _finish(
                sorted(seconds, reverse=True), workers
            ),
        }
        hints = {hint: value for hint, value in wrong.items() if abs(value - truth) > 1e-3}
        near(function(list(seconds), workers), truth, "What finish returns", 1e-6, hints)


def least_chunk(student: Student, answer: object) -> None:
    """A twentieth of a worker's time for the price of a chunk."""
    of_row, each = my_data.prices(student.number)
    truth = 19 * each / of_row
    hints = {
        "A twentieth of all the time it takes, not of that of its rows.": 20 * each / of_row,
        "There the chunk costs a twenty-first.": 21 * each / of_row,
        "There the rows take as long as the price of the chunk.": each / of_row,
    }
    near(answer, float(math.ceil(truth - 1e-6)), "least_chunk", 0.002 * truth, hints)


def network_rows(student: Student, answer: object) -> None:
    """Work against traffic: components and code vectors cancel."""
    operations, gigabits = my_data.network(student.number)
    truth = 400 * operations / (gigabits / 8)
    hints = {
        "There are two eights: a number has 8 bytes, and a byte 8 bits.": truth / 8,
        "Neither of the two eights is in it: of a number's bytes, of a byte's bits.": truth / 64,
        "The bits of a byte count once.": truth * 8,
        "A distance takes two operations for each component.": 2 * truth,
        "A hundredth of the work's time: as long as the work is too long.": truth / 100,
    }
    near(answer, truth, "network_rows", 0.002 * truth, hints)
