"""The exercises of 07: right ways that are not ours pass, mistakes get the sentence they need."""

import itertools

import numpy as np
import pytest
from scipy import stats
from sklearn.cluster import KMeans

from tests.exercises.support import STRANGE, assert_one_sentence, is_right, verdict, words_of
from vqlib import Codebook, design, limits, measure, sources
from vqlib.exercises.one_bit_contest import ENTROPY_CODED, rivals

ASKED = [
    ("07.1", "the level for 2 bits"),
    ("07.1", "the bits of each for half a bit"),
    ("07.2", "the word"),
    ("07.2", "the shortest message"),
    ("07.2", "the number of messages with the longest words"),
    ("07.3", "your guess"),
    ("07.3", "the saving"),
    ("07.4", "your function"),
    ("07.5", "the SNR at 1 bit"),
    ("07.5", "your explanation"),
    ("07.6", "your two functions"),
]


@pytest.mark.parametrize(("name", "what"), ASKED)
@pytest.mark.parametrize("answer", STRANGE)
def test_strange_answers_get_one_sentence(name, what, answer):
    assert_one_sentence(words_of(name, what, answer))


# --- 07.1 -----------------------------------------------------------------------------------------


def poured(bits):
    """Level and bits for variances 4 and 1, given away in thousandths of a bit."""
    errors = np.array([4.0, 1.0])
    for _ in range(round(1000 * bits)):
        errors[errors.argmax()] *= 2 ** (-2 / 1000)
    return errors.max(), np.log2(np.array([4, 1]) / errors) / 2, errors.mean()


@pytest.mark.parametrize(("bits", "named"), [(2, "2 bits"), (0.5, "half a bit")])
def test_bits_given_away_in_thousandths_are_right(bits, named):
    level, of_each, error = poured(bits)
    assert is_right("07.1", f"the level for {named}", level)
    assert is_right("07.1", f"the bits of each for {named}", of_each)
    assert is_right("07.1", f"the bits of each for {named}", tuple(of_each.tolist()))
    if named == "half a bit":
        assert is_right("07.1", "the mean error for half a bit", np.float32(error))


def test_bits_in_the_wrong_order_are_refused():
    assert "Number 1 of the 2" in words_of("07.1", "the bits of each for 2 bits", [0.5, 1.5])


# --- 07.2 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    ["100110", "0.100110", "0b100110", " 1001 10 ", 100110, "10011", [1, 0, 0, 1, 1, 0]],
    ids=str,
)
def test_every_way_to_write_the_word_is_right(word):
    assert is_right("07.2", "the word", word)
    assert is_right("07.2", "the word", np.array(word))


@pytest.mark.parametrize("letters", list(itertools.product("ABC", repeat=4)), ids="".join)
def test_the_words_of_other_messages_are_read_back(letters):
    word = ""
    for letter in letters:  # with shares of 1/2, 1/4 and 1/4 each letter has digits of its own
        word += {"A": "0", "B": "10", "C": "11"}[letter]
    if "".join(letters) == "BACA":
        assert is_right("07.2", "the word", word)
    else:
        said = words_of("07.2", "the word", word)
        assert said == f"Read back, it says {''.join(letters)}."


def test_too_many_digits_are_told():
    assert "more digits" in words_of("07.2", "the word", "1001101")


@pytest.mark.parametrize("word", ["", "0.", "102", "BACA", True, 0.59375, -100110, b"100110"])
def test_what_is_no_word_is_refused(word):
    assert words_of("07.2", "the word", word).startswith("It must be binary digits")


def test_only_one_message_is_the_shortest():
    for letters in itertools.product("abc", repeat=4):
        message = "".join(letters)
        assert is_right("07.2", "the shortest message", message) == (message == "aaaa")
    assert is_right("07.2", "the shortest message", ["A", "A", "A", "A"])
    assert words_of("07.2", "the shortest message", "AAA").startswith("It must be four letters")


# --- 07.3 -----------------------------------------------------------------------------------------


def savings(seeds, size=10_000):
    """Bits saved for each index, by the joint entropy of neighbours."""
    book = design.lloyd_max(stats.norm.pdf, 8, -10, 10)
    found = []
    for seed in seeds:
        indices = book.encode(sources.gauss_markov(1, size, 0.9, seed=seed)[0])
        joint = measure.entropy(8 * indices[:-1] + indices[1:])
        found.append(measure.entropy(indices) + measure.entropy(indices[:-1]) - joint)
    return np.array(found)


@pytest.mark.parametrize("first", range(100, 300, 10))
def test_any_ten_seeds_are_right(first):
    found = savings(range(first, first + 10))
    assert is_right("07.3", "the saving", found.mean())
    assert is_right("07.3", "the length from which it pays", 784 / found.mean())
    assert is_right("07.3", "the length from which it pays", np.mean(784 / found))


def test_one_long_sequence_is_right():
    (saving,) = savings([5], 300_000)
    assert is_right("07.3", "the saving", saving)
    assert is_right("07.3", "the length from which it pays", int(784 / saving))


# --- 07.4 -----------------------------------------------------------------------------------------


def by_kmeans(samples, size, seed):
    return Codebook(KMeans(size, n_init=3, random_state=seed).fit(samples).cluster_centers_)


def gain_by(make, levels_for=lambda rate: int(2**rate)):
    """A fair comparison with another way to train, by a ratio of errors."""

    def gain(training, unseen, size):
        pairs = make(training, size)
        levels = make(training.ravel()[:, None], levels_for(np.log2(size) / 2))
        one = measure.mse(unseen.ravel()[:, None], levels.quantize(unseen.ravel()[:, None]))
        return 10 * np.log10(one / pairs.distortion(unseen))

    return gain


@pytest.mark.parametrize("seed", range(20))
def test_a_fair_comparison_is_right_whatever_the_start(seed):
    def one_start(samples, size):
        return design.lloyd(samples, size, seed=seed, starts=1)

    assert is_right("07.4", "your function", gain_by(one_start))


def test_a_fair_comparison_by_other_tools_is_right():
    assert is_right("07.4", "your function", gain_by(lambda *given: by_kmeans(*given, seed=3)))


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (gain_by(design.lloyd, lambda rate: round(2 ** (rate / 2))), "halved more than once"),
        (gain_by(design.lloyd, lambda rate: round(2**rate) - 1), "One rate is an entropy"),
        (lambda training, unseen, size: gain_by(design.lloyd)(training, training, size), "It has"),
        (lambda training, unseen, size: 0, "that is not what pairs gain"),
        (lambda training, unseen, size: -gain_by(design.lloyd)(training, unseen, size), "It has"),
        (lambda training, unseen: 1.0, "It raises TypeError"),
        (lambda training, unseen, size: (1, 2), "It must be one number"),
    ],
)
def test_an_unfair_comparison_is_told(gain, said):
    assert said in words_of("07.4", "your function", gain)


def test_a_comparison_that_changes_its_samples_spoils_nothing():
    def spoil(training, unseen, size):
        training[:] = 0
        unseen[:] = 0
        return 0.0

    words_of("07.4", "your function", spoil)
    assert is_right("07.4", "your function", gain_by(design.lloyd))


# --- 07.5 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "starts", "size", "price"), [(3, 4, 25, 0.32), (4, 1, 40, 0.32), (5, 2, 25, 0.34)]
)
def test_other_seeds_starts_sizes_and_prices_are_right(seed, starts, size, price):
    known = sources.laplacian(20_000, 2, seed=seed)
    new = sources.laplacian(200_000, 2, seed=seed + 50)
    start = design.lloyd(known, size, starts=starts)
    *_, last = itertools.islice(design.entropy_constrained(known, start, price), 150)
    indices = design.encode_at_price(new, last.codebook, last.lengths, price)
    rate = measure.entropy(indices) / 2
    error = measure.mse(new, last.codebook.decode(indices))
    reached = measure.decibels(new.var(), error + price * (rate - 1))
    assert is_right("07.5", "the SNR at 1 bit", reached)
    equal = design.lloyd(known, 4, starts=starts).quantize(new)
    assert is_right("07.5", "the gain over equal lengths", reached - measure.snr(new, equal))


def test_another_explanation_is_right():
    text = (
        "Code vectors near zero are used very often and get words of less than one bit. "
        "Those far out are rare, so it does no harm that theirs are long! "
        "A Gaussian has neither so many tiny pairs nor so many huge ones."
    )
    assert is_right("07.5", "your explanation", text)


# --- 07.6 -----------------------------------------------------------------------------------------

LEVELS = design.lloyd_max(stats.norm.pdf, 2, -10, 10)


def blocks_of(k):
    """Encoder and decoder by code vectors of k neighbours, words of equal length."""
    book = design.lloyd(sources.gauss_markov(20_000, k, 0.9, seed=9), 2**k, starts=1)

    def encode(rows):
        return book.encode(rows.reshape(-1, k)).reshape(len(rows), -1)

    def decode(indices):
        return book.decode(indices).reshape(len(indices), -1)

    return encode, decode


@pytest.mark.parametrize(("k", "place"), [(2, "place 7 of 8"), (4, "place 6 of 8")])
def test_blocks_stand_beside_those_of_the_lesson(k, place):
    found = verdict("07.6", "your two functions", blocks_of(k))
    assert found.right
    # A shade more or less than what the lesson has, by chance.
    before = f"place {int(place[6]) - 1} of 8"
    assert place in found.words or before in found.words


def test_one_index_for_each_row_is_right():
    book = design.lloyd(sources.gauss_markov(20_000, 16, 0.9, seed=9), 256, starts=1)
    found = verdict("07.6", "your two functions", [book.encode, book.decode])
    assert found.right
    assert found.words.startswith("At 0.4")


def with_memory():
    """A decoder that gives back what the encoder saw."""
    seen = []

    def encode(rows):
        seen.append(rows)
        return np.zeros(len(rows), int)

    def decode(indices):
        return seen[-1]

    return encode, decode


def names():
    """Each row is an index, and the decoder has the rows."""
    seen = {}

    def encode(rows):
        first = len(seen)
        seen.update(enumerate(rows, start=first))
        return np.arange(first, first + len(rows))

    def decode(indices):
        return np.array([seen[index] for index in indices])

    return encode, decode


def two_levels(rows):
    return LEVELS.encode(rows.ravel()).reshape(rows.shape)


def back(indices):
    return LEVELS.decode(indices)[..., 0]


@pytest.mark.parametrize(
    ("both", "said"),
    [
        (with_memory(), "two levels for each number have 4.39"),
        (names(), "at most 1 is allowed"),
        ((two_levels, lambda indices: 0 * back(indices)), "two levels for each number"),
        ((lambda rows: rows, back), "The encoder must return whole numbers"),
        ((lambda rows: two_levels(rows)[:9], back), "The encoder must return whole numbers"),
        ((lambda rows: two_levels(rows) > 0, back), "The encoder must return whole numbers"),
        ((lambda rows: [[1, 2], [3]], back), "The encoder must return whole numbers"),
        ((two_levels, LEVELS.decode), "The decoder must return numbers, one row of 16"),
        ((two_levels, lambda indices: back(indices) * np.nan), "some are not finite"),
        ((two_levels, lambda indices: "rows"), "got str"),
        ((two_levels, lambda indices: 1 / 0), "The decoder: It raises ZeroDivisionError"),
        ((two_levels, ...), "Fill it in."),
        ((two_levels, Codebook), "got Codebook"),
        (two_levels, "Hand in two functions"),
        ((two_levels, back, back), "Hand in two functions"),
    ],
)
def test_what_takes_no_part_is_told(both, said):
    assert said in words_of("07.6", "your two functions", both)


def test_the_place_is_counted_among_what_can_be_computed():
    others = rivals()
    limit = limits.distortion_rate(1, limits.gauss_markov_spectrum(0.9))
    assert max(others.values()) < measure.decibels(1, float(limit))
    assert others["pairs with equal lengths"] == pytest.approx(7.91, abs=0.02)


@pytest.mark.parametrize(
    ("size", "price", "reached"),
    [
        (8, 0.09, ENTROPY_CODED["8 turned numbers with an entropy coder"]),
        (16, 0.077, ENTROPY_CODED["16 turned numbers with an entropy coder"]),
    ],
)
def test_turned_numbers_reach_what_is_said(size, price, reached):
    points, weights = sources.density("Gaussian")
    apart = np.arange(size)
    rate = 0.0
    error = 0.0
    for variance in np.linalg.eigvalsh(0.9 ** np.abs(apart[:, None] - apart)):
        best = design.optimal_entropy_coded(points, price / variance, weights)
        rate += measure.entropy_of_counts(np.bincount(best.indices, weights)) / size
        left = measure.mse(points, best.codebook.decode(best.indices)[:, 0], weights)
        error += variance * left / size
    assert -10 * np.log10(error + price * (rate - 1)) == pytest.approx(reached, abs=0.005)
