"""The exercises of 08: right ways that are not ours pass, mistakes get the sentence they need."""

import itertools

import numpy as np
import pytest
from scipy import stats
from sklearn.cluster import KMeans

from tests.exercises.support import (
    STRANGE,
    assert_one_sentence,
    assert_right,
    is_right,
    verdict,
    words_of,
)
from vqlib import Codebook, design, limits, measure, sources, structured
from vqlib.exercises import stage_contest
from vqlib.exercises.parts_trial import trials
from vqlib.exercises.stage_contest import LEAD, LESSON, OTHERS, unseen

ASKED = [
    ("08.1", "comparisons by greedy search"),
    ("08.1", "vectors stored by the tree"),
    ("08.1", "the rate of the codebooks"),
    ("08.2", "your codebooks"),
    ("08.2", "the errors after one, two and three stages"),
    ("08.2", "your guess"),
    ("08.2", "the levels used backwards"),
    ("08.3", "your example"),
    ("08.4", "your function"),
    ("08.4", "your explanation"),
    ("08.5", "the rows that are left"),
    ("08.5", "your guess"),
    ("08.5", "your two functions"),
    ("08.5", "the gain at equal rate"),
    ("08.6", "your stages"),
]


@pytest.mark.parametrize(("name", "what"), ASKED)
@pytest.mark.parametrize("answer", STRANGE)
def test_strange_answers_get_one_sentence(name, what, answer):
    assert_one_sentence(words_of(name, what, answer))


# --- 08.1 -----------------------------------------------------------------------------------------


def test_the_bill_counted_by_the_library_is_right():
    books = [Codebook(np.zeros((64, 64)))] * 4
    stages = structured.Stages(books)
    assert is_right("08.1", "comparisons by greedy search", stages.comparisons())
    assert is_right("08.1", "comparisons with 4 survivors", stages.comparisons(4))
    assert is_right("08.1", "the rate of the indices", np.float32(stages.rate))
    assert is_right("08.1", "the rate of the codebooks", 8 * stages.stored / 512**2)
    assert is_right("08.1", "the pixels", round(8 * stages.stored / stages.rate))


def test_the_tree_counted_level_by_level_is_right():
    vectors = sum(2**level for level in range(1, 25))
    assert is_right("08.1", "vectors stored by the tree", vectors)
    assert is_right("08.1", "vectors stored by the tree", vectors + 1)
    assert is_right("08.1", "comparisons in the tree", sum(2 for _ in range(24)))
    assert not is_right("08.1", "vectors stored by the tree", vectors // 2)


# --- 08.2 -----------------------------------------------------------------------------------------

COARSE = [7.5, 23.5, 39.5, 55.5]
MIDDLE = [-6, -2, 2, 6]
FINE = [-1.5, -0.5, 0.5, 1.5]
BACKWARDS = (FINE, MIDDLE, COARSE)


@pytest.mark.parametrize(
    "books",
    [
        [COARSE, MIDDLE, FINE],
        (COARSE[::-1], np.array(MIDDLE), np.array(FINE)[:, None]),
        [Codebook(COARSE), Codebook(MIDDLE), Codebook(FINE)],
        np.array([COARSE, MIDDLE, FINE]),
        structured.Stages(map(Codebook, (COARSE, MIDDLE, FINE))),
    ],
)
def test_digits_in_every_form_are_right(books):
    assert_right("08.2", "your codebooks", books)


@pytest.mark.parametrize("shift", list(itertools.permutations([1, -1, 0])))
def test_no_codebook_may_be_shifted_against_another(shift):
    """The sums stay, but greedy search finds other ones."""
    books = np.array([COARSE, MIDDLE, FINE]) + 0.5 * np.array(shift)[:, None]
    assert "All 64 levels are there, but" in words_of("08.2", "your codebooks", books)


@pytest.mark.parametrize(
    ("books", "said"),
    [
        ([COARSE, MIDDLE], "It must be three codebooks, got 2."),
        ([COARSE, MIDDLE, FINE[:3]], "must have 4 code vectors, got 4, 4, 3."),
        ([COARSE, MIDDLE, np.eye(4)], "They are no stages: codebooks must have one dimension"),
        ([np.eye(4)] * 3, "must be single numbers, got 4 for each."),
        ([COARSE, MIDDLE, "fine"], "Codebook 3: It must be an array of numbers, got str."),
        ([COARSE, MIDDLE, MIDDLE], "Of the 64 sums only"),
        ([np.array(COARSE) + 1, MIDDLE, FINE], "No sum is 0: the nearest is 1"),
        (BACKWARDS, "makes 9 of -0.49, and 0 is nearer"),
    ],
)
def test_what_are_no_digits_is_told(books, said):
    assert said in words_of("08.2", "your codebooks", books)


def greedy(sample, books):
    """By hand, for one number."""
    total = 0
    for book in books:
        total += min(book, key=lambda number: abs(sample - total - number))
    return total


def test_search_by_hand_finds_what_is_asked_for():
    samples = np.arange(-0.5, 63.5, 1 / 64) + 1 / 128
    forwards = (COARSE, MIDDLE, FINE)
    errors = []
    for count in (1, 2, 3):
        found = np.array([greedy(sample, forwards[:count]) for sample in samples])
        errors.append(((samples - found) ** 2).mean())
    assert is_right("08.2", "the errors after one, two and three stages", errors)
    assert is_right("08.2", "the errors after one, two and three stages", (64 / 3, 4 / 3, 1 / 12))
    found = np.array([greedy(sample, BACKWARDS) for sample in samples])
    assert is_right("08.2", "the levels used backwards", len(set(found.tolist())))
    assert is_right("08.2", "the error backwards", ((samples - found) ** 2).mean())
    assert not is_right("08.2", "the error backwards", ((samples - found) ** 2).mean() + 0.02)


# --- 08.3 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "example",
    [
        (0, [4, -5, 6], [-6, 4, 20]),
        (4, [0, 10, -8], [12, -5, 1]),
        [np.float64(4), np.array([[0], [10], [-8]]), Codebook([12, -5, 1])],
        ([4.0], [0, -8, 10], (1, 12, -5)),
        ((0, 1), [(4, 1), (-5, 1), (6, 1)], [(-6, 0), (4, 0), (20, 0)]),
    ],
)
def test_other_examples_of_greed_are_right(example):
    assert_right("08.3", "your example", example)


@pytest.mark.parametrize(("last", "right"), [(4, True), (3.99, False)])
def test_four_times_is_enough(last, right):
    """The errors are `last`, 1 and 0."""
    fourth = np.sqrt(last)
    example = (0, [10, -11, 12], [-10 - fourth, 12, -12])
    assert is_right("08.3", "your example", example) == right


@pytest.mark.parametrize(
    ("example", "said"),
    [
        ((0, [4, -5, 6], [-4, 5, -6]), "Greedy search leaves 0, two survivors 0"),
        ((0, [4, -4, 6], [-6, 3, 20]), "as far from one code vector"),
        ((0, [4, -5], [-6, 4, 20]), "The first codebook must have 3 code vectors, got 2."),
        ((0, [4, -5, 6], ["a", "b", "c"]), "The second codebook: It must be an array of numbers"),
        ((0, [4, -5, np.inf], [1, 2, 3]), "The first codebook: It must hold finite numbers"),
        ((0, [4, -5, 6], np.eye(3)), "code vectors of one dimension, got 1 and 3."),
        (([0, 0], [4, -5, 6], [-6, 4, 20]), "of dimension 1 as the code vectors are, got 2."),
        ((0, [4000, -5000, 6000], [-6000, 4000, 0]), "Keep to numbers from -1000 to 1000."),
        (("x", [4, -5, 6], [-6, 4, 20]), "The sample must be an array of numbers, got str."),
        ((0, [4, -5, 6]), "It must be three things in brackets"),
        ((0, [4, -5, ...], [1, 2, 3]), "Fill it in."),
    ],
)
def test_what_does_not_lose_by_greed_is_told(example, said):
    assert said in words_of("08.3", "your example", example)


def test_errors_are_those_of_the_librarys_search():
    found = verdict("08.3", "your example", (1, [5, -5, 8], [-8, 5, 30]))
    stages = structured.Stages([Codebook([5, -5, 8]), Codebook([-8, 5, 30])])
    left = [stages.distortion([1.0], survivors=survivors) for survivors in (1, 2, 3)]
    said = f"leaves {left[0]:g}, two survivors {left[1]:g}, the best sum {left[2]:g}"
    assert said in found.words


# --- 08.4 -----------------------------------------------------------------------------------------


def in_parts(train):
    """A quantizer by parts with another training."""

    def quantize(training, samples, parts, size):
        result = samples * 0
        for part in parts:
            vectors = train(training[:, part], size)
            apart = ((samples[:, part][:, None] - vectors) ** 2).sum(axis=2)
            result[:, part] = vectors[apart.argmin(axis=1)]
        return result

    return quantize


@pytest.mark.parametrize("seed", range(20))
def test_every_start_of_the_training_is_right(seed):
    def train(samples, size):
        return design.lloyd(samples, size, seed=seed, starts=1).vectors

    assert_right("08.4", "your function", in_parts(train))


@pytest.mark.parametrize("seed", range(5))
def test_codebooks_of_scikit_learn_are_right(seed):
    def train(samples, size):
        return KMeans(size, n_init=2, random_state=seed).fit(samples).cluster_centers_

    assert_right("08.4", "your function", in_parts(train))


def trained(samples, size):
    return design.lloyd(samples, size, starts=1).vectors


def stacked(training, samples, parts, size):
    return in_parts(trained)(training, samples, parts, size)[:, np.concatenate(parts)]


def of_one_codebook(training, samples, parts, size):
    result = samples * 0
    for part in parts:
        book = design.lloyd(training[:, parts[0]][:, : len(part)], size)
        result[:, part] = book.quantize(samples[:, part])
    return result


def both_faults(training, samples, parts, size):
    codebooks = {}
    quantized = []
    for part in parts:
        if len(part) not in codebooks:
            codebooks[len(part)] = design.lloyd(training[:, part], size)
        quantized.append(codebooks[len(part)].quantize(samples[:, part]))
    return np.hstack(quantized)


def only_places_mended(training, samples, parts, size):
    order = np.concatenate(parts)
    return both_faults(training, samples, parts, size)[:, np.argsort(order)]


def written_into_samples(training, samples, parts, size):
    samples[:] = in_parts(trained)(training, samples, parts, size)
    return samples


def scaled_in_place(training, samples, parts, size):
    training *= 1.0001
    return in_parts(trained)(training, samples, parts, size)


def by_the_library(training, samples, parts, size):
    return structured.train_split(training, parts, size).quantize(samples)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (both_faults, "Part 2 is quantized by the codebook of another part."),
        (only_places_mended, "Part 2 is quantized by the codebook of another part."),
        (of_one_codebook, "Part 2 is quantized by the codebook of another part."),
        (written_into_samples, "It changes the rows that it is given: make a new array."),
        (scaled_in_place, "It changes the rows that it is given: make a new array."),
        (stacked, "The numbers come back in the order of the parts"),
        (by_the_library, "It uses train_split; do without vqlib.structured."),
        (lambda training, samples, parts, size: samples, "Part 1 is replaced by 50 different"),
        (
            lambda training, samples, parts, size: in_parts(trained)(samples, samples, parts, size),
            "are the codebooks trained on the samples themselves?",
        ),
        (
            lambda training, samples, parts, size: in_parts(trained)(training, samples, parts, 3),
            "what is each codebook trained on?",
        ),
        (lambda training, samples, parts, size: samples[:, :4], "got shape (50, 4)"),
        (lambda training, samples, parts, size: samples * np.nan, "finite numbers only"),
        (lambda training, samples: samples, "It raises TypeError"),
    ],
)
def test_a_fault_that_is_left_is_told(function, said):
    assert said in words_of("08.4", "your function", function)


def test_a_function_that_changes_what_it_gets_spoils_nothing():
    before = [training.copy() for training, _, _ in trials()]

    def spoil(training, samples, parts, size):
        training[:] = 0
        parts.clear()
        return samples

    words_of("08.4", "your function", spoil)
    for kept, (training, _, parts) in zip(before, trials(), strict=True):
        assert np.array_equal(kept, training)
        assert parts


def test_another_explanation_is_right():
    text = (
        "The left four numbers of a row look like the right four on average! A shared codebook "
        "is then no loss, and hstack happens to give the columns back as they were. After the "
        "turn no two parts are alike, and the columns are mixed."
    )
    assert_right("08.4", "your explanation", text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It was luck alone. A test can miss it. Another one did not.", "How do the two halves"),
        ("Both have equal variances. That is all of it. It did no harm.", "to the places"),
        ("Both have equal variances.", "Write 3 whole sentences"),
    ],
)
def test_what_an_explanation_lacks_is_told(text, said):
    assert said in words_of("08.4", "your explanation", text)


# --- 08.5 -----------------------------------------------------------------------------------------

LEVELS = np.array([-1.5, -0.5, 0.5, 1.5])
PLACES = 4 ** np.arange(7, -1, -1)


def pack_by_halving(rows):
    """The last digit without its last binary digit, which the others tell."""
    return ((rows + 1.5) @ PLACES // 2).astype(int)


def unpack_by_trying(numbers):
    digits = 2 * np.asarray(numbers)[:, None] // PLACES % 4
    digits[:, -1] += digits.sum(axis=1) % 2
    return digits - 1.5


def pack_by_text(rows):
    numbers = []
    for row in rows:
        bits = "".join(f"{round(level + 1.5):02b}" for level in row)
        numbers.append(int(bits[:-1], 2))
    return numbers


def pack_by_bytes(rows):
    """Two bytes for each, the first of them the larger."""
    return pack_by_halving(rows).astype(">u2")


def unpack_by_bytes(numbers):
    halves = numbers.view(np.uint8).reshape(-1, 2).astype(int)
    return unpack_by_trying(256 * halves[:, 0] + halves[:, 1])


ALL_EVEN = [row for row in itertools.product(LEVELS, repeat=8) if sum(row) % 2 == 0]


def pack_by_table(rows):
    known = {row: number for number, row in enumerate(ALL_EVEN)}
    return [known[tuple(row)] for row in rows]


def unpack_by_table(numbers):
    return [ALL_EVEN[int(number)] for number in numbers]


@pytest.mark.parametrize(
    "both",
    [
        (pack_by_halving, unpack_by_trying),
        [lambda rows: pack_by_halving(rows).astype(float), unpack_by_trying],
        (lambda rows: 32767 - pack_by_halving(rows), lambda n: unpack_by_trying(32767 - n)),
        (pack_by_text, unpack_by_trying),
        (pack_by_bytes, unpack_by_bytes),
        (pack_by_table, unpack_by_table),
    ],
)
def test_other_ways_to_pack_are_right(both):
    assert_right("08.5", "your two functions", both)
    assert len(ALL_EVEN) == 2**15


def with_memory():
    """Numbers that say nothing, and a decoder that saw the rows."""
    seen = []

    def pack(rows):
        seen.extend(rows)
        return np.arange(len(rows)) % 1000

    return pack, lambda numbers: seen


@pytest.mark.parametrize(
    ("both", "said"),
    [
        ((lambda rows: (rows + 1.5) @ PLACES, unpack_by_trying), "15 bits end at 32767"),
        ((lambda rows: (rows[:, :7] + 1.5) @ PLACES[1:], unpack_by_trying), "different numbers"),
        ((pack_by_halving, lambda n: unpack_by_trying(n) * 0 - 0.5), "comes back as -0.5, -0.5"),
        ((pack_by_halving, lambda n: unpack_by_trying(n)[::-1]), "comes back as"),
        ((pack_by_halving, lambda n: unpack_by_trying(n)[0]), "got shape (8,)"),
        ((pack_by_halving, lambda n: "rows"), "What unpack returns must be an array of numbers"),
        ((pack_by_halving, lambda n: 1 / 0), "unpack: It raises ZeroDivisionError"),
        ((pack_by_halving, lambda n: ...), "unpack: It returns nothing yet."),
        ((lambda rows: rows, unpack_by_trying), "got shape (2000, 8)"),
        ((lambda rows: rows.sum(axis=1), unpack_by_trying), "must be whole numbers from 0 on."),
        ((lambda rows: rows[:, 0] / 3, unpack_by_trying), "must be whole numbers from 0 on."),
        ((lambda rows: list("ab"), unpack_by_trying), "What pack returns must be an array"),
        ((int, unpack_by_trying), "pack: It raises TypeError"),
        (with_memory(), "pack makes 1000 different numbers of 2000 different rows."),
        ((pack_by_halving,), "It must be two functions in brackets"),
        (pack_by_halving, "It must be two functions in brackets"),
        ((pack_by_halving, "unpack"), "unpack: It must be a function, got str."),
        ((pack_by_halving, ...), "Fill it in."),
    ],
)
def test_what_does_not_pack_is_told(both, said):
    assert said in words_of("08.5", "your two functions", both)


def test_functions_that_change_what_they_get_spoil_nothing():
    def spoil(values):
        values[:] = 0
        return values

    words_of("08.5", "your two functions", (spoil, spoil))
    words_of("08.5", "your two functions", (pack_by_halving, spoil))
    assert_right("08.5", "your two functions", (pack_by_halving, unpack_by_trying))


def both_errors(rows):
    """The cheapest second nearest level is taken where the sum of the nearest ones is odd."""
    apart = np.sort((rows[..., None] - LEVELS) ** 2, axis=-1)
    nearest = LEVELS[((rows[..., None] - LEVELS) ** 2).argmin(axis=-1)]
    # The second nearest is always the level beside the nearest, and so changes the parity.
    cheapest = (apart[..., 1] - apart[..., 0]).min(axis=1)
    plain = apart[..., 0].sum(axis=1)
    return plain.mean() / 8, (plain + cheapest * (nearest.sum(axis=1) % 2)).mean() / 8


@pytest.mark.parametrize("seed", range(20))
def test_every_seed_gives_the_right_gain(seed):
    plain, ruled = both_errors(np.random.default_rng(seed).normal(size=(50_000, 8)))
    assert_right("08.5", "the gain at equal rate", 10 * np.log10(plain / ruled * 4 ** (1 / 8)))
    assert_right("08.5", "the gain at equal rate", 6.02 / 8 + 10 * np.log10(plain / ruled))


def test_the_gain_of_another_bit_is_refused():
    plain, ruled = both_errors(np.random.default_rng(0).normal(size=(50_000, 8)))
    for eighths in (0, 2, 8):
        gain = 10 * np.log10(plain / ruled) + 6.02 * eighths / 8
        assert not is_right("08.5", "the gain at equal rate", gain)


def test_rows_counted_one_by_one_are_right():
    assert is_right("08.5", "the rows that are left", len(ALL_EVEN))


# --- 08.6 -----------------------------------------------------------------------------------------
COVARIANCE = 0.9 ** np.abs(np.subtract.outer(np.arange(8), np.arange(8)))


def reached(quantized):
    return measure.snr(unseen(), quantized)


@pytest.fixture(scope="module")
def training():
    return sources.gauss_markov(20_000, 8, 0.9, seed=1)


@pytest.fixture(scope="module")
def one_by_one(training):
    return structured.train_stages(training, [16, 16, 16, 16])


def test_stages_of_the_lesson_have_what_is_said_of_them(training, one_by_one):
    """Other seeds were up to 0.1 dB lower, one by one, and 0.05 all at once; none was higher."""
    said = OTHERS["four stages of 16, trained one after the other"]
    assert said - 0.1 < reached(one_by_one.quantize(unseen(), survivors=4)) < said + LEAD
    together = structured.refine_stages(training, one_by_one, survivors=4, rounds=6)
    assert LESSON - 0.12 < reached(together.quantize(unseen(), survivors=4)) < LESSON + LEAD


def test_parts_have_what_is_said_of_them(training):
    split = structured.train_split(training, 4, 16)
    assert reached(split.quantize(unseen())) == pytest.approx(OTHERS["four parts of 16"], abs=0.03)


def test_turned_numbers_have_what_is_said_of_them():
    variances, directions = np.linalg.eigh(COVARIANCE)
    result = np.zeros_like(unseen())
    for bits, scale, direction in zip(
        [1, 1, 1, 1, 2, 2, 3, 5], np.sqrt(variances), directions.T, strict=True
    ):
        levels = design.lloyd_max(stats.norm.pdf, 2**bits, -10, 10)
        result += np.outer(scale * levels.quantize(unseen() @ direction / scale), direction)
    said = OTHERS["single turned numbers, 1 to 5 bits for each"]
    assert reached(result) == pytest.approx(said, abs=0.01)


def test_the_limit_is_what_is_said_of_it():
    variances = np.linalg.eigvalsh(COVARIANCE)
    limit = measure.decibels(1, float(limits.distortion_rate(2, variances)))
    assert limit == pytest.approx(max(OTHERS.values()), abs=0.005)


@pytest.mark.parametrize("as_answer", [lambda stages: stages, lambda stages: stages.codebooks])
def test_the_place_is_told(monkeypatch, one_by_one, as_answer):
    words = words_of("08.6", "your stages", as_answer(one_by_one))
    assert "place 4 of 6, after four stages of 16" in words
    assert words.endswith("where else can training begin?")
    monkeypatch.setattr(stage_contest, "LESSON", 15.0)
    found = verdict("08.6", "your stages", [each.vectors for each in one_by_one.codebooks])
    assert found.right
    assert "place 4 of 6" in found.words


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ([np.ones((17, 8)), *[np.ones((16, 8))] * 3], "in all, and has 65."),
        ([np.ones((8, 8))] * 6, "16 bits for a row, and takes 18.00."),
        ([np.ones((16, 7))] * 4, "must have 8 numbers, got 7."),
        ([np.ones((16, 8)), np.ones((16, 7))], "They are no stages: codebooks must have one"),
        ([np.full((16, 8), 1e100)] * 4, "A code vector has 1e+100 in it"),
        ([np.full((16, 8), np.nan)], "Codebook 1: It must hold finite numbers only."),
        (np.ones((16, 8)), "Its code vectors must have 8 numbers, got 1."),
        (Codebook(np.ones((16, 8))), "It must be codebooks in brackets, got Codebook."),
        ("stages", "It must be codebooks in brackets, got str."),
        ([], "It must be codebooks in brackets, got none."),
        (structured.Split([Codebook([1, 2])], [[0]]), "in brackets, got Split."),
    ],
)
def test_what_takes_no_part_is_told(stages, said):
    assert said in words_of("08.6", "your stages", stages)


def test_sixty_four_vectors_and_sixteen_bits_are_allowed():
    assert words_of("08.6", "your stages", [np.zeros((16, 8))] * 4).startswith("You have ")
    assert words_of("08.6", "your stages", [np.zeros((2, 8))] * 16).startswith("You have ")
