"""The exercises of notebook 10: right ways, wrong ones, and what is said of them."""

from functools import cache

import numpy as np
import pytest
from scipy import linalg, stats

from tests.exercises.support import (
    STRANGE,
    assert_one_sentence,
    assert_right,
    is_right,
    words_of,
)
from vqlib import Codebook, design, measure, pronouncer, sources, weights
from vqlib.exercises import block_contest, gradient_trial, turn_trial
from vqlib.exercises.checking import ALL

# --- 10.1 ----------------------------------------------------------------------------------------


def test_the_bits_of_recipes_counted_one_by_one():
    indices = 4096 * (4096 // 8) * 2 * 8
    books = 2 * 256 * 8 * 16
    assert_right("10.1", "AQLM on the large matrix", (indices + books + 4096 * 16) / 4096**2)
    indices = 768 * (256 // 8) * 2 * 8
    assert_right("10.1", "AQLM on the small matrix", (indices + books + 768 * 16) / (768 * 256))
    book = 2**16 * 8 * 16
    indices = 4096 * (4096 // 8) * 16
    assert_right("10.1", "one codebook of 65,536", (indices + book + 4096 * 16) / 4096**2)
    of_block = 16 * 4 + 32
    assert_right("10.1", "NF4 in blocks of 16", of_block / 16)
    of_256_blocks = 256 * (16 * 4 + 8) + 32
    assert_right("10.1", "NF4 with quantized scales", of_256_blocks / (256 * 16))
    assert_right("10.1", "Q2_K", 8 * 84 / 256)  # 84 bytes


def test_the_rows_found_by_trying():
    rows = np.arange(1000, 20_000)
    bits = 2 + 2**16 * 8 * 16 / rows**2 + 16 / rows
    least = rows[bits <= 2.1].min()
    for answer in (least, least - 1, float(least), least + 9, 8 * np.ceil(least / 8)):
        assert_right("10.1", "the rows", answer)
    assert not is_right("10.1", "the rows", least + 20)


def test_forgotten_bits_are_told():
    for what in ("AQLM on the large matrix", "AQLM on the small matrix"):
        assert words_of("10.1", what, 2).startswith("Those are the indices.")
    assert words_of("10.1", "Q2_K", 2.5) == "And the two numbers for all 256?"
    assert words_of("10.1", "NF4 in blocks of 16", 4.127) == "It has to be right within 0.001."


# --- 10.2 ----------------------------------------------------------------------------------------

LENGTHS = np.array([16, 32, 64, 128, 256, 512, 1024, 2048])


def merits(values, scale_bits):
    """SNR less the price of the bits, without vqlib.weights."""
    found = []
    for length in LENGTHS:
        blocks = values.reshape(-1, length)
        scales = np.abs(blocks).max(axis=1, keepdims=True)
        levels = weights.NF4.vectors[:, 0]
        # The border itself belongs to neither side with Gaussian numbers.
        indices = np.digitize(blocks / scales, (levels[1:] + levels[:-1]) / 2)
        error = np.mean((blocks - scales * levels[indices]) ** 2)
        found.append(10 * np.log10(np.var(values) / error) - 6.0206 * (4 + scale_bits / length))
    return np.array(found)


@pytest.mark.parametrize("seed", range(5))
def test_the_best_block_is_the_same_for_every_seed(seed):
    gaussian = np.random.default_rng(seed).normal(size=2**20)
    dear = merits(gaussian, 32)
    assert_right("10.2", "the best length", LENGTHS[dear.argmax()])
    cheap = merits(gaussian, 8.125)
    assert_right("10.2", "the best length with cheap scales", LENGTHS[cheap.argmax()])
    given_away = dear.max() - dear[2]
    assert_right("10.2", "what blocks of 64 give away", given_away)
    assert_right("10.2", "what blocks of 64 give away", np.array([given_away]))


def test_the_best_block_for_the_matrix():
    matrix = pronouncer.read_pronouncer().matrices["speaker_state"].astype(float)
    best = LENGTHS[merits(matrix, 8.125).argmax()]
    for answer in (best, int(best), str(best)):
        assert_right("10.2", "the best length for the matrix", answer)


def test_other_lengths_are_not_right():
    assert words_of("10.2", "the best length", 100).startswith("It must be one of 16, 32, 64,")
    assert words_of("10.2", "the best length for the matrix", 32) == "Think again."
    assert words_of("10.2", "your guess", 8) == "It is at least 16."
    assert not is_right("10.2", "what blocks of 64 give away", 3.01)


# --- 10.3 ----------------------------------------------------------------------------------------


def with_scales(rows, levels, turn, turn_back):
    turned = turn(rows)
    scales = np.sqrt((turned**2).mean(axis=1, keepdims=True))
    quantized = levels.quantize((turned / scales).ravel()).reshape(rows.shape) * scales
    return turn_back(quantized), levels.rate + 32 / rows.shape[1]


def by_the_library(rows, levels):
    return with_scales(rows, levels, weights.turn, weights.turn_back)


def with_signs(seed):
    """Signs of another seed, and the matrix by its definition."""

    def mended(rows, levels):
        columns = rows.shape[1]
        matrix = np.ones((1, 1))
        while len(matrix) < columns:
            matrix = np.kron([[1, 1], [1, -1]], matrix)
        signs = np.random.default_rng(seed).integers(0, 2, columns) * 2 - 1
        turn = np.diag(signs) @ matrix / np.sqrt(columns)
        return with_scales(rows, levels, lambda x: x @ turn, lambda x: x @ turn.T)

    return mended


def at_random(seed):
    """Any turn will do."""

    def mended(rows, levels):
        turn = stats.ortho_group.rvs(rows.shape[1], random_state=seed)
        return with_scales(rows, levels, lambda x: x @ turn, lambda x: x @ turn.T)

    return mended


def in_lists(rows, levels):
    quantized, bits = by_the_library(rows, levels)
    return [quantized.tolist(), np.array([bits])]


def with_divided_lengths(rows, levels):
    """Scales from the lengths of the rows, before they are turned."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    root = np.sqrt(rows.shape[1])
    turned = weights.turn(rows / norms) * root
    quantized = levels.quantize(turned.ravel()).reshape(rows.shape)
    scales_bits = 32 * len(rows) / rows.size
    return weights.turn_back(quantized) * norms / root, np.log2(levels.size) + scales_bits


@pytest.mark.parametrize("mended", [by_the_library, in_lists, with_divided_lengths])
def test_right_turns_pass(mended):
    assert_right("10.3", "your function", mended)


@pytest.mark.parametrize("seed", range(20))
def test_turns_of_every_seed_pass(seed):
    assert_right("10.3", "your function", with_signs(seed))
    assert_right("10.3", "your function", at_random(seed))


def signs_after(rows, levels):
    matrix = linalg.hadamard(rows.shape[1]) / np.sqrt(rows.shape[1])
    return with_scales(rows, levels, lambda x: x @ matrix, lambda x: x @ matrix)


def not_turned(rows, levels):
    return with_scales(rows, levels, lambda x: x, lambda x: x)


def one_scale(rows, levels):
    turned = weights.turn(rows)
    scale = np.sqrt((turned**2).mean())
    quantized = levels.quantize((turned / scale).ravel()).reshape(rows.shape) * scale
    return weights.turn_back(quantized), levels.rate + 32 / rows.size


def not_divided(rows, levels):
    matrix = linalg.hadamard(rows.shape[1])
    return with_scales(rows, levels, lambda x: x @ matrix, lambda x: x @ matrix)


def scales_forgotten(rows, levels):
    return by_the_library(rows, levels)[0], levels.rate


def scales_of_16_bits(rows, levels):
    return by_the_library(rows, levels)[0], levels.rate + 16 / rows.shape[1]


def not_quantized(rows, levels):
    return rows, by_the_library(rows, levels)[1]


def in_place(rows, levels):
    quantized, bits = by_the_library(rows, levels)
    rows[:] = quantized
    return rows, bits


def rows_only(rows, levels):
    return by_the_library(rows, levels)[0]


def transposed(rows, levels):
    quantized, bits = by_the_library(rows, levels)
    return quantized.T, bits


def with_nan(rows, levels):
    return rows * np.nan, 2.5


BROKEN = [
    (signs_after, "On rows whose neighbouring numbers are alike it has 2.5 dB;"),
    (not_turned, "On rows with four columns 20 times as strong it has 2.7 dB;"),
    (one_scale, "On rows of very different strengths it has "),
    (not_divided, "On Gaussian rows it has "),
    (scales_forgotten, "Of rows (256, 64) it counts 2 bits for each number: how many scales"),
    (scales_of_16_bits, "Of rows (256, 64) it counts 2.25 bits for each number: how many scales"),
    (not_quantized, "On Gaussian rows it has 120.0 dB, and two bits give at most 12.04:"),
    (in_place, "It changes the rows that it is given: make a new array."),
    (rows_only, "It must return two things: the quantized rows, the bits for each number."),
    (transposed, "Of rows of shape (256, 64) it must return as many, got shape (64, 256)."),
    (with_nan, "The first that it returns must hold finite numbers only."),
    (lambda rows, levels: (rows, "many"), "The second that it returns must be an array of"),
    (lambda rows, levels: (rows, [1, 2]), "The bits must be one number, got shape (2,)."),
    (lambda rows: rows, "It raises TypeError: "),
    (lambda rows, levels: (..., ...), "It returns nothing yet."),
]


@pytest.mark.parametrize(("broken", "words"), BROKEN)
def test_faults_of_turned_rows_are_told(broken, words):
    assert words_of("10.3", "your function", broken).startswith(words)


def test_the_library_has_the_decibels_that_are_asked():
    for kind, rows, least, most in turn_trial.trials():
        quantized, _ = by_the_library(rows, turn_trial.four_levels())
        reached = turn_trial.snr_of_rows(rows, quantized)
        assert least + 0.2 < reached < most, kind


# --- 10.4 ----------------------------------------------------------------------------------------


def weights_of(books, codes, scales):
    total = sum(book[code] for book, code in zip(books, codes, strict=True))
    return (scales[:, None, None] * total).reshape(len(scales), -1)


def by_differences(from_weights, books, codes, scales):
    """Slopes measured, not computed; the loss is linear in the books, and in the scales."""

    def loss(books, scales):
        return (from_weights * weights_of(books, codes, scales)).sum()

    to_books = np.zeros(books.shape)
    for place in np.ndindex(books.shape):
        one = np.zeros(books.shape)
        one[place] = 1
        to_books[place] = loss(books + one, scales) - loss(books, scales)
    ones = np.eye(len(scales))
    return to_books, [loss(books, scales + one) - loss(books, scales) for one in ones]


def by_choice_matrices(from_weights, books, codes, scales):
    """A matrix says which run uses which code vector."""
    rows, runs = codes.shape[1:]
    slopes = (from_weights.reshape(rows, runs, -1) * scales[:, None, None]).reshape(rows * runs, -1)
    chosen = [np.eye(books.shape[1])[code.ravel()] for code in codes]
    to_books = [choice.T @ slopes for choice in chosen]
    weights_here = weights_of(books, codes, scales)
    return to_books, (from_weights * weights_here).sum(axis=1) / scales


def that_spoils_its_arguments(*arguments):
    found = by_choice_matrices(*arguments)
    for array in arguments:
        array[:] = 0
    return found


@pytest.mark.parametrize(
    "gradients", [by_differences, by_choice_matrices, that_spoils_its_arguments]
)
def test_right_gradients_pass(gradients):
    assert_right("10.4", "your function", gradients)
    assert_right("10.4", "your function", gradients)


def test_each_trial_has_a_code_vector_used_twice_and_one_never():
    for trial in gradient_trial.trials():
        counts = np.bincount(trial.codes[0].ravel(), minlength=trial.books.shape[1])
        assert counts[0] >= 2
        assert counts[-1] == 0


def only_the_last(from_weights, books, codes, scales):
    rows, runs = codes.shape[1:]
    to_books = np.zeros_like(books)
    for to_book, code in zip(to_books, codes, strict=True):
        to_book[code] += from_weights.reshape(rows, runs, -1) * scales[:, None, None]
    return to_books, by_choice_matrices(from_weights, books, codes, scales)[1]


def without_scales(from_weights, books, codes, scales):
    to_books, _ = by_choice_matrices(from_weights, books, codes, np.ones_like(scales))
    return to_books, by_choice_matrices(from_weights, books, codes, scales)[1]


def downhill(*arguments):
    to_books, to_scales = by_choice_matrices(*arguments)
    return -np.array(to_books), -to_scales


def means(from_weights, books, codes, scales):
    to_books, to_scales = by_choice_matrices(from_weights, books, codes, scales)
    counts = [np.bincount(code.ravel(), minlength=books.shape[1]) for code in codes]
    return np.array(to_books) / np.maximum(counts, 1)[:, :, None], to_scales


def one_book_for_the_scales(from_weights, books, codes, scales):
    to_books, _ = by_choice_matrices(from_weights, books, codes, scales)
    return to_books, by_choice_matrices(from_weights, books[:1], codes[:1], scales)[1]


def fresh_books(from_weights, books, codes, scales):
    """The last book only, for all of them."""
    to_books, to_scales = by_choice_matrices(from_weights, books, codes, scales)
    return [to_books[-1]] * len(books), to_scales


WRONG_GRADIENTS = [
    (only_the_last, "Of a code vector that is used several times only the last use counts."),
    (without_scales, "The books are right only where all scales are 1."),
    (downhill, "The books have the wrong sign: a gradient points to where the loss grows."),
    (means, "It takes the mean over the uses of a code vector. What is asked is the gradient."),
    (one_book_for_the_scales, "The scale of row 0 has the gradient "),
    (fresh_books, "Number 0 of code vector 0 in codebook 0 has the gradient "),
    (lambda *given: by_differences(*given)[0], "It must return two things: the gradient of the"),
    (lambda g, b, c, s: (b[0], s), "The gradient of the books must have their shape, (2, 4, 2),"),
    (lambda g, b, c, s: (b, g), "The gradient of the scales must have their shape, (3,), got"),
    (lambda g, b, c, s: (b * np.nan, s), "The gradient of the books must hold finite numbers"),
    (lambda g: g, "It raises TypeError: "),
    (lambda *given: (..., ...), "It returns nothing yet."),
]


@pytest.mark.parametrize(("gradients", "words"), WRONG_GRADIENTS)
def test_wrong_gradients_are_told(gradients, words):
    assert words_of("10.4", "your function", gradients).startswith(words)


def test_the_growth_that_is_told_can_be_measured():
    words = words_of("10.4", "your function", fresh_books)
    trial = gradient_trial.trials()[0]
    changed = trial.books.copy()
    changed[0, 0, 0] += 0.001
    grown = weights_of(changed, trial.codes, trial.scales)
    grown -= weights_of(trial.books, trial.codes, trial.scales)
    loss = (trial.from_weights * grown).sum()
    assert words.endswith(f"the loss grows by {loss:.6f}.")


# --- 10.5 ----------------------------------------------------------------------------------------


def lloyd_max_error(size):
    """By the fixed point of the two conditions on a fine grid, without vqlib.design."""
    x = np.linspace(-6, 6, 6001)
    density = stats.norm.pdf(x)
    density /= density.sum()
    levels = stats.norm.ppf((np.arange(size) + 0.5) / size) * 1.5
    for _ in range(1000):
        region = np.searchsorted((levels[1:] + levels[:-1]) / 2, x)
        mass = np.bincount(region, density, size)
        levels = np.bincount(region, density * x, size) / mass
    return ((x - levels[region]) ** 2 * density).sum()


def test_tables_at_the_rates_of_nf4():
    sizes = [int(np.floor(2**rate)) for rate in (4 + 32 / 64, 4 + 8 / 64 + 32 / 256 / 64)]
    assert_right("10.5", "the levels", sizes)
    assert_right("10.5", "the levels", np.array(sizes, dtype=float))
    errors = [lloyd_max_error(size) for size in sizes]
    assert_right("10.5", "their errors", errors)
    assert_right("10.5", "their errors", tuple(1.005 * error for error in errors))
    assert not is_right("10.5", "their errors", [1.02 * error for error in errors])


@pytest.mark.parametrize("seed", range(5))
def test_errors_may_be_sampled(seed):
    samples = sources.gaussian(1_000_000, 1, seed=seed)[:, 0]
    errors = []
    for size in (22, 17):
        table = design.lloyd_max(stats.norm.pdf, size, -8, 8)
        errors.append(measure.mse(samples, table.quantize(samples)))
    assert_right("10.5", "their errors", errors)


def test_wrong_tables_are_told():
    assert words_of("10.5", "the levels", [23, 18]).startswith("Number 1 of the 2 is not it.")
    assert words_of("10.5", "the levels", [23, 17]) == "They must fit into the bits: round down."
    assert words_of("10.5", "the levels", 22).startswith("It must be 2 numbers")
    nf4 = [0.00846, 0.00846]
    assert words_of("10.5", "their errors", nf4) == "That is NF4, in both cases."


RIGHT_TEXTS = [
    "The optimum of Max holds for one list of levels that is used for every weight alone. NF4 "
    "sends a further number for each block, so its decoder knows more. This side information "
    "takes 0.5 bits, and for as many bits a plain quantizer is better.",
    "NF4 adapts its sixteen levels to the largest value of each group of 64, and that value "
    "itself is exact. Lloyd-Max has the same levels everywhere. But NF4 pays 32 bits for the "
    "scale, and 22 levels at the same rate do better, so both facts go together.",
    "Because absmax scaling fits the levels to the block, i.e. to where its weights really lie. "
    "The comparison at 16 levels is unfair, as the scales cost half a bit more. With equal bits "
    "Lloyd's table wins.",
]


@pytest.mark.parametrize("text", RIGHT_TEXTS)
def test_right_explanations_pass(text):
    assert_right("10.5", "your explanation", text)


def test_explanations_that_miss_something_are_told():
    two = "NF4 has scales for its blocks. They cost half a bit."
    whole = "Write 3 whole sentences; these are 2."
    assert words_of("10.5", "your explanation", two) == whole
    without_price = "NF4 has a scale. It knows more. So it is better than the others."
    assert words_of("10.5", "your explanation", without_price) == "What does that cost?"
    without_scale = "It costs half a bit. It is not a contradiction. It is only unfair."
    assert words_of("10.5", "your explanation", without_scale).startswith("What does NF4's file")


# --- 10.6 ----------------------------------------------------------------------------------------


def bits_of(numbers, count):
    return (numbers[..., None] >> np.arange(count)[::-1]) & 1


def numbers_of(bits):
    return bits.astype(np.int64) @ 2 ** np.arange(bits.shape[-1])[::-1]


TABLE = design.lloyd_max(stats.norm.pdf, 19, -8, 8)


def encode_by_19(blocks):
    """Four indices in 17 bits, and the strength as a number of half precision."""
    strengths = np.sqrt((blocks**2).mean(axis=1)).astype(np.float16)
    indices = TABLE.encode((blocks / strengths.astype(float)[:, None]).ravel())
    words = indices.reshape(-1, 16, 4) @ 19 ** np.arange(4)
    packed = np.packbits(bits_of(words, 17).reshape(len(blocks), -1).astype(np.uint8), axis=1)
    return np.hstack([strengths.view(np.uint8).reshape(-1, 2), packed])


def decode_by_19(stored):
    strengths = np.ascontiguousarray(stored[:, :2]).view(np.float16).astype(float)
    words = numbers_of(np.unpackbits(stored[:, 2:], axis=1).reshape(len(stored), 16, 17))
    indices = words[:, :, None] // 19 ** np.arange(4) % 19
    return TABLE.decode(indices.reshape(len(stored), 64))[:, :, 0] * strengths


def test_nineteen_levels_pass():
    assert_right("10.6", "your two functions", (encode_by_19, decode_by_19))
    assert_right("10.6", "your two functions", [encode_by_19, decode_by_19])


def test_bytes_may_be_of_any_type():
    def encode(blocks):
        return encode_by_19(blocks).astype(float)

    assert_right("10.6", "your two functions", (encode, decode_by_19))


def by_largest(blocks, levels):
    scales = np.abs(blocks).max(axis=1, keepdims=True)
    return Codebook(levels).quantize((blocks / scales).ravel()).reshape(blocks.shape) * scales


def by_both_ends(blocks):
    low = blocks.min(axis=1, keepdims=True).astype(np.float16).astype(float)
    high = blocks.max(axis=1, keepdims=True).astype(np.float16).astype(float)
    step = (high - low) / 15
    return low + np.clip(np.rint((blocks - low) / step), 0, 15) * step


@cache
def best_sixteen():
    """Trained on blocks: each level is the mean of its weights, by the squares of their scales."""
    blocks = np.random.default_rng(5).normal(size=(8000, 64))
    scales = np.abs(blocks).max(axis=1, keepdims=True)
    shares = (blocks / scales).ravel()
    squares = np.broadcast_to(scales**2, blocks.shape).ravel()
    levels = np.linspace(-0.95, 0.95, 16)
    for _ in range(100):
        region = np.searchsorted((levels[1:] + levels[:-1]) / 2, shares)
        levels = np.bincount(region, squares * shares) / np.bincount(region, squares)
    return levels


def with_entropy_coder(blocks):
    """Equal steps: the finest whose words fit, by -log2 p of a Gaussian, beside two bytes."""
    strengths = np.sqrt((blocks**2).mean(axis=1, keepdims=True))
    scaled = blocks / strengths
    result = np.zeros_like(blocks)
    open_ones = np.ones(len(blocks), bool)
    for step in 0.15 * 2 ** (np.arange(14, 22) / 32):
        indices = np.rint(scaled / step)
        chances = stats.norm.cdf((indices + 0.5) * step) - stats.norm.cdf((indices - 0.5) * step)
        fits = open_ones & (-np.log2(chances).sum(axis=1) <= 34 * 8)
        result[fits] = (indices * step * strengths)[fits]
        open_ones &= ~fits
    assert not open_ones.any()
    return result


def test_the_places_of_others_made_anew():
    blocks, strengths = block_contest.hidden_blocks()
    made = [
        by_largest(blocks, np.arange(-7, 8) / 7),
        by_largest(blocks, weights.NF4.vectors),
        by_both_ends(blocks),
        by_largest(blocks, best_sixteen()),
        with_entropy_coder(blocks),
    ]
    reached = [block_contest.snr_of(blocks, each, strengths) for each in made]
    reached.append(10 * np.log10(2**9))
    assert reached == pytest.approx(list(block_contest.OTHERS.values()), abs=0.03)


def test_other_sets_of_blocks_give_the_same_decibels():
    for seed in range(3):
        blocks = np.random.default_rng(seed).normal(size=(4000, 64))
        ones = np.ones(4000)
        reached = block_contest.snr_of(blocks, by_largest(blocks, weights.NF4.vectors), ones)
        assert reached == pytest.approx(20.73, abs=0.05)


def remembering():
    """An encoder and a decoder that keep the blocks instead of storing them."""
    kept = []

    def encode(blocks):
        kept.append(blocks)
        return np.zeros((len(blocks), 36))

    def decode(stored):
        return kept[-1]

    return encode, decode


def in_whole_bytes(count):
    return lambda blocks: np.zeros((len(blocks), count))


def decode_zeros(stored):
    return np.zeros((len(stored), 64))


WRONG_PAIRS = [
    (remembering(), "What comes back is worse than zeros: do the two functions agree?"),
    ((in_whole_bytes(36), decode_zeros), "What comes back is worse than zeros: do the two"),
    ((in_whole_bytes(37), decode_zeros), "The encoder must return at most 36 whole numbers"),
    ((lambda b: np.full((4000, 36), 256), decode_zeros), "The encoder must return at most 36"),
    ((lambda b: np.full((4000, 36), 0.5), decode_zeros), "The encoder must return at most 36"),
    ((lambda b: b[:10], decode_zeros), "The encoder must return at most 36 whole numbers"),
    ((lambda b: [bytes(36)] * 4000, decode_zeros), "What the encoder returns must be an array"),
    ((lambda b: ..., decode_zeros), "The encoder: It returns nothing yet."),
    ((lambda b: b / "2", decode_zeros), "The encoder: It raises "),
    ((encode_by_19, lambda s: s), "The decoder must return an array of shape (4000, 64)"),
    ((encode_by_19, lambda s: s * np.nan), "What the decoder returns must hold finite numbers"),
    ((encode_by_19, 5), "The decoder: It must be a function, got int."),
    (encode_by_19, "Hand in two functions in brackets: the encoder, the decoder."),
]


@pytest.mark.parametrize(("pair", "words"), WRONG_PAIRS)
def test_wrong_pairs_are_told(pair, words):
    assert words_of("10.6", "your two functions", pair).startswith(words)


def test_sixteen_levels_are_not_enough():
    def encode(blocks):
        scales = np.abs(blocks).max(axis=1, keepdims=True).astype(np.float32)
        indices = Codebook(best_sixteen()).encode((blocks / scales).ravel()).reshape(-1, 32, 2)
        return np.hstack([scales.view(np.uint8), indices[:, :, 0] * 16 + indices[:, :, 1]])

    def decode(stored):
        scales = np.ascontiguousarray(stored[:, :4]).view(np.float32)
        pairs = np.stack([stored[:, 4:] // 16, stored[:, 4:] % 16], axis=2)
        return best_sixteen()[pairs.reshape(-1, 64)] * scales

    words = words_of("10.6", "your two functions", (encode, decode))
    assert words.endswith("0.2 dB above the best sixteen levels is what counts.")


# --- all of them ---------------------------------------------------------------------------------

PARTS = [(name, part) for name in ALL if name.startswith("10.") for part in ALL[name]]


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_strange_answers_get_a_sentence(name, part):
    for strange in (*STRANGE, np.inf, b"bytes", np.array(["a"])):
        assert_one_sentence(words_of(name, part.what, strange))
