"""The tests of the assignment s10_11: weights in few bits, learned codebooks."""

import functools

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.linalg import hadamard

import my_data
from vqlib import Codebook, design

from .judging import Answer, Floats, array, called, equal, near, require
from .running import Student

Page = NDArray[np.int64]

# --- a bill --------------------------------------------------------------------------------------

RECIPES = ((256, 64, 4, 64, 32), (100, 33, 3, 16, 8), (7, 9, 2, 64, 16), (131, 77, 4, 32, 16))
"""Rows, columns, bits of an index, weights of a block, bits of a scale; some blocks are short."""
MATRICES = ((256, 64, 4, 256), (128, 96, 2, 16), (40, 24, 8, 64), (64, 64, 1, 4))
"""Rows, columns, weights of a code vector, code vectors."""


def _block_bits(rows: int, columns: int, bits: int, block: int, scale_bits: int) -> float:
    count = rows * columns
    scales = -(-count // block) * scale_bits
    return float(bits + (scales + 32 * 2**bits) / count)


def block_bits(_: Student, answer: object) -> None:
    """Indices, scales and levels, by weight."""
    function = called(answer, "block_bits")
    for case in RECIPES:
        rows, columns, bits, block, scale_bits = case
        count = rows * columns
        truth = _block_bits(*case)
        in_each_row = rows * -(-columns // block)
        wrong = {
            "The levels are not in it.": truth - 32 * 2**bits / count,
            "A block that is not full has a scale, too.": bits
            + scale_bits / block
            + 32 * 2**bits / count,
            "Blocks run on from row to row.": bits
            + (in_each_row * scale_bits + 32 * 2**bits) / count,
            "These are the bits of the matrix: divide them by its weights.": truth * count,
        }
        hints = {hint: value for hint, value in wrong.items() if abs(value - truth) > 1e-6}
        near(function(*case), truth, "What block_bits returns", 1e-6, hints)


def run_bits(_: Student, answer: object) -> None:
    """Indices of runs and the codebook, by weight."""
    function = called(answer, "run_bits")
    for case in MATRICES:
        rows, columns, dimension, size = case
        count = rows * columns
        index = np.log2(size) / dimension
        truth = float(index + 16 * size * dimension / count)
        wrong = {
            "The codebook is not in it.": index,
            "An index stands for all weights of its run.": index * dimension + truth - index,
            "A code vector has as many numbers as a run.": index + 16 * size / count,
            "These are the bits of the matrix: divide them by its weights.": truth * count,
        }
        hints = {hint: value for hint, value in wrong.items() if abs(value - truth) > 1e-6}
        near(function(*case), truth, "What run_bits returns", 1e-6, hints)


def least_rows(student: Student, answer: object) -> None:
    """The smallest square matrix on which the codebook is cheap."""
    dimension, size = my_data.runs(student.number)
    rows = dimension
    while 16 * size * dimension > 0.1 * rows**2:
        rows += dimension
    number = float(array(answer, "least_rows", ()))
    require(number % dimension == 0, "A row must be cut into whole runs.")
    sentence = "There the codebook takes more than a tenth of a bit for each weight."
    require(number >= rows, sentence)
    require(number <= rows, "On a smaller matrix the codebook still takes no more than that.")


# --- blocks --------------------------------------------------------------------------------------


def _in_blocks(weights: Floats, levels: Floats, block: int) -> tuple[Floats, Floats, Floats]:
    """Indices, scales, and decoded weights."""
    count = -(-weights.size // block)
    filled = np.zeros(count * block)
    filled[: weights.size] = weights
    scales = np.abs(filled.reshape(count, block)).max(axis=1)
    each = np.repeat(scales, block)[: weights.size]
    ratios = weights / np.where(each > 0, each, 1)
    indices = np.abs(ratios[:, None] - levels).argmin(axis=1)
    return indices.astype(float), scales, levels[indices] * each


def _weights(student: Student, count: int) -> tuple[Floats, Floats]:
    """Some weights, none of which lies half-way, and six levels for them."""
    chance = np.random.default_rng([student.number, 111])
    return chance.normal(0, 0.2, count), np.array([-1, -0.4, 0, 0.2, 0.5, 1])


def in_blocks(student: Student, answer: object) -> None:
    """Each block over its largest weight, then the nearest level."""
    function = called(answer, "encode")
    weights, levels = _weights(student, 60)
    for block in (5, 12, 20):
        truth, largest, _ = _in_blocks(weights, levels, block)
        found = function(weights.copy(), levels.copy(), block)
        require(len(found) == 2, "encode must return two arrays, the indices and the scales.")
        scales = array(found[1], "The scales of encode", largest.shape)
        highest = weights.reshape(-1, block).max(axis=1)
        signed = np.allclose(scales, highest) and not np.allclose(highest, largest)
        require(not signed, "The largest in size may be a negative one.")
        sentence = "A scale is not the largest absolute value of its block."
        equal(scales, largest, "The scales of encode", sentence)
        sentence = "An index is not that of the nearest level, after division by the scale."
        equal(found[0], truth, "The indices of encode", sentence)


def rim(student: Student, encoder: object, decoder: object) -> None:
    """A shorter block at the end, and a block of zeros."""
    encode = called(encoder, "encode")
    decode = called(decoder, "decode")
    weights, levels = _weights(student, 58)
    weights[16:24] = 0
    truth = _in_blocks(weights, levels, 8)[2]
    indices, scales = encode(weights.copy(), levels.copy(), 8)
    given = array(decode(indices, scales, levels.copy(), 8), "What decode returns", truth.shape)
    require(not given[16:24].any(), "A block of zeros should come out as zeros.")
    require(np.abs(given[56:] - truth[56:]).max() < 1e-6, "The shorter block at the end is wrong.")
    sentence = "A weight is not its level times the scale of its block."
    equal(given, truth, "What decode returns", sentence)


@functools.cache
def _layer(number: int) -> tuple[Floats, Floats]:
    """The student's weights over the largest of their block, and these largest ones."""
    blocks = my_data.layer(number).reshape(-1, 16)
    scales = np.abs(blocks).max(axis=1, keepdims=True)
    return (blocks / scales).ravel(), np.repeat(scales, 16)


def best_levels(student: Student, answer: object) -> None:
    """The exact optimum, in which a strong block counts more."""
    ratios, scales = _layer(student.number)

    def error(levels: Floats) -> float:
        left = ratios - Codebook(np.sort(levels)).quantize(ratios)
        return float(np.mean((scales * left) ** 2))

    levels = array(answer, "best_levels", (8,))
    least = error(design.optimal_scalar(ratios, 8, scales**2).vectors[:, 0])
    unweighted = error(design.optimal_scalar(ratios, 8).vectors[:, 0])
    given = error(levels)
    hint = "An error is multiplied by the scale of its block: strong blocks count more."
    forgot = abs(given - unweighted) <= 0.003 * unweighted and unweighted > 1.01 * least
    require(not forgot, hint)
    sentence = "Eight other levels leave a smaller error on your weights."
    require(given <= 1.01 * least, sentence)


# --- turned --------------------------------------------------------------------------------------


def _turned(rows: Floats, signs: Floats) -> Floats:
    length = rows.shape[1]
    return np.asarray(rows * signs @ hadamard(length) / np.sqrt(length))


def _rows(student: Student) -> list[tuple[Floats, Floats]]:
    """Rows of whole numbers, and signs for them."""
    chance = np.random.default_rng([student.number, 112])
    found = []
    for length in (4, 16, 2):
        rows = chance.integers(-9, 10, (5, length)).astype(float)
        found.append((rows, np.where(np.arange(length) % 3 == 1, -1.0, 1.0)))
    return found


def turn(student: Student, answer: object) -> None:
    """Signs, then Hadamard."""
    function = called(answer, "turn")
    for rows, signs in _rows(student):
        truth = _turned(rows, signs)
        given = array(function(rows.copy(), signs.copy()), "What turn returns", truth.shape)
        longer = np.allclose(given, truth * np.sqrt(rows.shape[1]))
        require(not longer, "The rows are longer than before: a turn keeps lengths.")
        late = np.allclose(given, _turned(rows, np.ones(signs.size)) * signs)
        require(not late, "The signs come first, and then the matrix.")
        equal(given, truth, "What turn returns", "That is not signs, then the matrix of the text.")


def turn_back(student: Student, answer: object) -> None:
    """What was turned comes back."""
    function = called(answer, "turn_back")
    for rows, signs in _rows(student):
        given = array(function(_turned(rows, signs), signs.copy()), "It", rows.shape)
        again = np.allclose(given, _turned(_turned(rows, signs), signs))
        require(not again, "That turns once more: what comes last has to be undone first.")
        equal(given, rows, "What turn_back returns", "What was turned does not come back.")


@functools.cache
def _max_levels(bits: int) -> tuple[Codebook, float]:
    """The levels of Lloyd and Max for a Gaussian of variance 1, and their error."""
    levels = design.lloyd_max(stats.norm.pdf, 2**bits, -8, 8)
    return levels, design.expected_distortion(levels, stats.norm.pdf, -8, 8)


def _lost(rows: Floats, bits: int) -> float:
    """The share of the squared length that is lost, the mean over the rows."""
    levels, _ = _max_levels(bits)
    scales = np.sqrt(np.mean(rows**2, axis=1, keepdims=True))
    decoded = levels.quantize((rows / scales).ravel()).reshape(rows.shape) * scales
    lost = ((rows - decoded) ** 2).sum(axis=1) / (rows**2).sum(axis=1)
    return float(lost.mean())


def lost(student: Student, answer: object) -> None:
    """What the theory promises, and what is measured."""
    rows, signs, bits = my_data.keys(student.number)
    promised = _max_levels(bits)[1]
    measured = _lost(_turned(rows, signs), bits)
    given = array(answer, "lost", (2,))
    hint = "The first of lost is not the error of Lloyd and Max for a Gaussian."
    require(abs(given[0] - promised) < 0.005 * promised, hint)
    straight = _lost(rows, bits)
    as_they_are = abs(given[1] - straight) < 0.005 * straight
    require(not as_they_are, "Your keys as they are lose that: turn them first.")
    sentence = "The second of lost is not the mean share that your turned keys lose."
    require(abs(given[1] - measured) < 0.005 * measured, sentence)


def factor(student: Student, answer: object) -> None:
    """What makes inner products right on average."""
    _, _, bits = my_data.keys(student.number)
    error = _max_levels(bits)[1]
    hints = {
        "They are too small already, and this makes them smaller.": 1 - error,
        "That is for lengths, and here only one of the two vectors was decoded.": float(
            1 / np.sqrt(1 - error)
        ),
        "An inner product shrinks by 1 less the error, and not by the error.": 1 / error,
    }
    truth = 1 / (1 - error)
    near(answer, truth, "factor", 0.002 * truth, hints)


# --- slopes --------------------------------------------------------------------------------------


def to_levels(student: Student, answer: object) -> None:
    """The sum over the weights that share a level."""
    function = called(answer, "to_levels")
    chance = np.random.default_rng([student.number, 113])
    indices = chance.integers(0, 4, (9, 7))
    slopes = np.round(chance.normal(size=(9, 7)), 2)
    truth = np.bincount(indices.ravel(), slopes.ravel(), 6)
    given = array(function(indices.copy(), slopes.copy(), 6), "What to_levels returns", (6,))
    shares = truth / np.maximum(np.bincount(indices.ravel(), minlength=6), 1)
    require(not np.allclose(given, shares), "These are means: a level moves all of its weights.")
    last = np.zeros(6)
    last[indices] += slopes
    hint = "Of the weights that share a level only the last one counts here."
    require(not np.allclose(given, last), hint)
    sentence = "A slope is not the sum of those of the weights that have this level."
    equal(given, truth, "What to_levels returns", sentence)


def _inside(student: Student) -> tuple[Floats, Floats, Floats]:
    """Latents (12, 3), code vectors (5, 3) of which one is never nearest, and arriving slopes."""
    chance = np.random.default_rng([student.number, 114])
    latents = np.round(chance.normal(0, 2, (12, 3)), 2)
    vectors = np.concatenate([latents[:4] + 0.25, [[90.0, 90.0, 90.0]]])
    return latents, vectors, np.round(chance.normal(size=(12, 3)), 2)


def _two_slopes(student: Student, answer: object) -> tuple[Floats, Floats]:
    function = called(answer, "slopes")
    latents, vectors, arriving = _inside(student)
    found = function(latents.copy(), vectors.copy(), arriving.copy(), 0.25)
    require(len(found) == 2, "slopes must return two arrays.")
    to_latents = array(found[0], "The first of slopes", latents.shape)
    return to_latents, array(found[1], "The second of slopes", vectors.shape)


def latents_move(student: Student, answer: object) -> None:
    """Straight through, and the commitment."""
    latents, vectors, arriving = _inside(student)
    given, _ = _two_slopes(student, answer)
    gap = 2 * (latents - Codebook(vectors).quantize(latents))
    wrong = {
        "The commitment moves the latents, too.": arriving,
        "What arrives from the decoder is handed straight through.": 0.25 * gap,
        "That pushes latents away from their code vectors.": arriving - 0.25 * gap,
        "The commitment has its weight.": arriving + gap,
        "The codebook loss does not move the latents.": arriving + 1.25 * gap,
        "The slope of a square has a factor of 2.": arriving + 0.125 * gap,
    }
    for hint, value in wrong.items():
        require(not np.allclose(given, value), hint)
    sentence = "A latent has another slope: which two of the three losses move it?"
    equal(given, arriving + 0.25 * gap, "The first of slopes", sentence)


def vectors_move(student: Student, answer: object) -> None:
    """The codebook loss, added up by code vector."""
    latents, vectors, arriving = _inside(student)
    _, given = _two_slopes(student, answer)
    indices = Codebook(vectors).encode(latents)
    truth = np.zeros(vectors.shape)
    np.add.at(truth, indices, 2 * (vectors[indices] - latents))
    from_decoder = np.zeros(vectors.shape)
    np.add.at(from_decoder, indices, arriving)
    last = np.zeros(vectors.shape)
    last[indices] = 2 * (vectors[indices] - latents)
    wrong = {
        "Only the last latent of each code vector counts here.": last,
        "That pushes code vectors away from their latents.": -truth,
        "The slope of the decoder goes past the codebook.": truth + from_decoder,
        "The weight of the commitment is not for the codebook loss.": 0.25 * truth,
        "The slope of a square has a factor of 2.": truth / 2,
        "The commitment does not move code vectors.": 1.25 * truth,
    }
    for hint, value in wrong.items():
        require(not np.allclose(given, value), hint)
    sentence = "A code vector has another slope: which of the three losses moves it?"
    equal(given, truth, "The second of slopes", sentence)


# --- averages, tokens ----------------------------------------------------------------------------


def averages(student: Student, answer: object) -> None:
    """Counts and sums fade, the batch comes in, and code vectors are their ratio."""
    function: Answer = called(answer, "averages")
    latents, vectors, _ = _inside(student)
    counts = np.array([4.0, 2.0, 1.0, 3.0, 2.0])
    sums = counts[:, None] * vectors
    indices = Codebook(vectors).encode(latents)
    of_batch = np.zeros(vectors.shape)
    np.add.at(of_batch, indices, latents)
    counts_then = 0.9 * counts + 0.1 * np.bincount(indices, minlength=5)
    sums_then = 0.9 * sums + 0.1 * of_batch
    truth = sums_then / counts_then[:, None]
    found = function(vectors.copy(), counts.copy(), sums.copy(), latents.copy(), 0.9)
    require(len(found) == 3, "averages must return three arrays.")
    what = "What averages returns"
    swapped = 0.1 * counts + 0.9 * np.bincount(indices, minlength=5)
    given = array(found[1], what, counts.shape)
    require(not np.allclose(given, swapped), "The old count is to keep most of its weight.")
    equal(given, counts_then, what, "A count did not fade, or the batch did not come in.")
    equal(found[2], sums_then, what, "A sum did not fade, or the batch did not come in.")
    sentence = "A code vector is not its new sum over its new count."
    equal(found[0], truth, what, sentence)


def most(student: Student, answer: object) -> None:
    """At most as many as a batch has tokens: they are fewer than the code vectors."""
    size, pictures, tokens = my_data.program(student.number)
    truth = float(pictures * tokens)
    hints = {
        "A picture has more than one token.": float(pictures),
        "So many code vectors there are; can a batch name them all?": float(size),
        "That is an entropy in bits, and perplexity is two to its power.": float(np.log2(truth)),
    }
    near(answer, truth, "most", 0.01, hints)


def _model(page: Page, size: int, extra: float, *, around: bool = False) -> Floats:
    """Shares of the next token, a row for each token; `around` takes the first of the next row."""
    left = page.ravel()[:-1] if around else page[:, :-1].ravel()
    right = page.ravel()[1:] if around else page[:, 1:].ravel()
    counts = np.zeros((size, size))
    np.add.at(counts, (left, right), 1)
    shares = np.bincount(page.ravel(), minlength=size) / page.size
    return np.asarray((counts + extra * shares) / (counts.sum(axis=1, keepdims=True) + extra))


def follower(student: Student, answer: object) -> None:
    """Counts within rows, smoothed by the shares."""
    function = called(answer, "follower")
    known, new = my_data.pages(student.number)
    for page, size, extra in ((known, 8, 5.0), (new, 9, 1.0), (known[:1, :6], 8, 2.0)):
        truth = _model(page, size, extra)
        what = "What follower returns"
        given = array(function(page.copy(), size, extra), what, truth.shape)
        rows_run_on = _model(page, size, extra, around=True)
        hint = "A row ends: its last token is not followed by the first of the next row."
        alike = np.allclose(rows_run_on, truth)
        require(alike or not np.allclose(given, rows_run_on), hint)
        require(not np.allclose(given, truth.T), "Rows and columns have changed places.")
        sums = np.allclose(given.sum(axis=1), 1)
        require(sums, "Each row should sum to 1: after a token something comes.")
        sentence = "A share is not that of the counts with the extra ones."
        equal(given, truth, what, sentence)


def bill(student: Student, answer: object) -> None:
    """The new page by the model of the known one."""
    known, new = my_data.pages(student.number)
    shares = np.bincount(known.ravel(), minlength=8) / known.size
    table = _model(known, 8, 5.0)

    def mean_bits(page: Page) -> float:
        first = np.log2(shares[page[:, 0]]).sum()
        return float(-(first + np.log2(table[page[:, :-1], page[:, 1:]]).sum()) / page.size)

    truth = mean_bits(new)
    hints = {
        "The known page is what the model was counted from: take the new one.": mean_bits(known),
        "The logarithm is that to base 2.": truth * float(np.log(2)),
        "That is an index of fixed length.": 3.0,
        "These are the bits of the whole page: take their mean.": truth * new.size,
        "Each token knows its left neighbour, but for the first of a row.": float(
            -np.log2(shares[new]).mean()
        ),
        "The first token of a row has its bits, too.": float(
            -np.log2(table[new[:, :-1], new[:, 1:]]).mean()
        ),
    }
    near(answer, truth, "bill", 0.001, hints)
