"""The exercises of notebook 04_grey_images take every right way, and say what a wrong one lacks."""

import itertools
import math

import numpy as np
import pytest
from PIL import Image
from sklearn.cluster import KMeans

from tests.exercises.support import assert_right, words_of
from vqlib import Codebook, design, image, measure

FUNCTION = "your function"
CAMERA = image.sample("camera")
CHINA = image.sample("china")


# --- 04.1 ----------------------------------------------------------------------------------------


def best_borders(picture, size):
    """The levels of the optimum by k-means on the histogram, from the optimum of whole levels."""
    start = image.quantize_image(picture, int(np.log2(size))).levels[:, None].astype(float)
    counts = np.bincount(picture.ravel(), minlength=256)
    values = np.arange(256.0)[:, None]
    return KMeans(size, init=start, n_init=1, tol=0).fit(values, sample_weight=counts)


def test_the_psnr_is_right_with_levels_that_are_no_whole_numbers():
    model = best_borders(CHINA, 8)
    psnr = 10 * np.log10(255**2 * CHINA.size / model.inertia_)
    for answer in (psnr, round(psnr, 1), str(round(psnr, 1)), [psnr], np.float32(psnr)):
        assert_right("04.1", "the PSNR", answer)


def test_the_bytes_are_right_packed_to_the_bit():
    bits = "".join(f"{index:03b}" for index in image.quantize_image(CHINA, 3).indices.ravel())
    packed = math.ceil(len(bits) / 8) + 8
    assert_right("04.1", "the bytes", packed)
    assert words_of("04.1", "the bytes", packed + 1) == "It has to be right within 0.5."


BEST_LEVELS = "It has to be right within 0.05 dB, with the best levels there are."


@pytest.mark.parametrize(
    ("what", "answer", "words"),
    [
        ("your guess", -5, "It is at least 0."),
        ("your guess", "good", "It must be one number, got str."),
        ("the PSNR", 29.4, BEST_LEVELS),
        ("the PSNR", float("inf"), "It must be one number, and finite."),
        ("the PSNR", CHINA, "It must be one number, got an array of shape (427, 640)."),
        ("the bytes", 3 * CHINA.size // 8, "Without the codebook nobody can decode the indices."),
        ("the bytes", 3 * CHINA.size, "Those are bits, and without the codebook."),
        ("the bytes", CHINA.size, "That is a whole byte for each index."),
        ("the bytes", [1, 2], "It must be one number, got an array of shape (2,)."),
    ],
)
def test_wrong_psnrs_and_bytes(what, answer, words):
    assert words_of("04.1", what, answer) == words


# --- 04.2 ----------------------------------------------------------------------------------------


def uniform_by_hand(picture, middles, ties_go_up):
    """Mean squared error and share of each level, by a table of the 256 greys."""
    distances = np.abs(np.arange(256)[:, None] - middles)
    level_of_grey = distances.argmin(axis=1)
    if ties_go_up:
        level_of_grey = 7 - distances[:, ::-1].argmin(axis=1)
    indices = level_of_grey[picture]
    shares = np.bincount(indices.ravel(), minlength=8) / picture.size
    return np.mean((middles[indices] - picture) ** 2), shares


@pytest.mark.parametrize("ties_go_up", [True, False])
@pytest.mark.parametrize("whole", [True, False])
def test_uniform_levels_are_right_by_hand(ties_go_up, whole):
    middles = 32 * np.arange(8) + (16.0 if whole else 15.5)
    factors = []
    for picture in (CAMERA, CHINA):
        error, shares = uniform_by_hand(picture, middles, ties_go_up)
        best = image.quantize_image(picture, 3).mse if whole else optimal_error(picture)
        factors.append(error / best)
        if picture is CAMERA:
            assert_right("04.2", "the level", middles[shares.argmin()])
            assert_right("04.2", "its share", shares.min())
    for answer in (factors, tuple(factors), np.round(factors, 2)):
        assert_right("04.2", "the two factors", answer)


def optimal_error(picture):
    counts = np.bincount(picture.ravel(), minlength=256)
    return design.optimal_scalar(np.arange(256), 8, counts).distortion(np.arange(256), counts)


@pytest.mark.parametrize(
    ("what", "answer", "words"),
    [
        ("the two factors", [1.69, 1.69], "Number 2 of the 2 is not it. "),
        ("the two factors", 1.69, "It must be 2 numbers, got an array of shape ()."),
        ("the two factors", [1.03, 1.69], "First camera, then china."),
        ("the two factors", [0.59, 0.97], "The larger error over the smaller one."),
        ("the two factors", [2.28, 0.14], "Those are decibels."),
        ("the level", 80, "Another level has fewer pixels."),
        ("the level", 112, "It has to be right within 0.5."),
        ("the level", "white", "It must be one number, got str."),
        ("its share", 1.468, "That is in per cent."),
        ("its share", 0.02, "It has to be right within 0.001."),
        ("your sentences", "Because.", "Write 3 whole sentences; these are 0."),
        ("your sentences", ["a", "b", "c"], "It must be a text in quotes."),
        (
            "your sentences",
            "One is bright and large. The other is dark and small. So it has to be.",
            "What is different in the two photographs?",
        ),
    ],
)
def test_wrong_answers_on_uniform_levels(what, answer, words):
    assert words_of("04.2", what, answer).startswith(words)


def test_three_sentences_in_other_words():
    text = """The histogram of camera has three peaks! A level that stands between them is wasted.
    For china the factor is 1.03, since every level has some work to do."""
    assert_right("04.2", "your sentences", text)


# --- 04.3 ----------------------------------------------------------------------------------------


def test_the_smallest_picture_by_trying():
    pixels = next(n for n in itertools.count(1) if 8 * n >= 256 * 8 * 100)
    for answer in (pixels, pixels - 1, str(pixels)):
        assert_right("04.3", "the pixels", answer)
    bits = next(n for n in range(1, 9) if 2**n * 8 * 10 > 32 * 32 * n)
    for answer in (bits, float(bits), np.int64(bits)):
        assert_right("04.3", "the bits", answer)


@pytest.mark.parametrize(
    ("what", "answer", "words"),
    [
        ("the pixels", 160, "That is the side of a square; count its pixels."),
        ("the pixels", (160, 160), "It must be one number, got an array of shape (2,)."),
        ("the pixels", 3200, "The codebook has 256 bytes: how many bits?"),
        ("the pixels", 204_800, "Each pixel has an index of 8 bits."),
        ("the pixels", 25_603, "It has to be right within 1."),
        ("the pixels", "25,600", "It must be one number, got str."),
        ("the bits", 6, "There it is still below a tenth."),
        ("the bits", 8, "Fewer bits are enough."),
        ("the bits", 5, "It has to be right within 0.1."),
    ],
)
def test_wrong_sizes(what, answer, words):
    assert words_of("04.3", what, answer) == words


# --- 04.4 ----------------------------------------------------------------------------------------


def best_levels(picture, bits):
    size = min(2**bits, np.unique(picture).size)
    return design.optimal_scalar(picture.ravel(), size, integer=True).vectors[:, 0]


def by_a_table(picture, bits):
    """A table of what each grey becomes, where a grey half-way goes down."""
    levels = best_levels(picture, bits)
    nearest = np.abs(np.arange(256)[:, None] - levels).argmin(axis=1)
    return levels[nearest][picture]


def by_loops(picture, bits):
    """Pixel by pixel, into lists."""
    levels = best_levels(picture, bits).tolist()
    return [[min(levels, key=lambda level: abs(level - pixel)) for pixel in row] for row in picture]


def by_codebook(picture, bits):
    codebook = Codebook(best_levels(picture, bits))
    return codebook.quantize(picture.ravel()).astype(np.uint8).reshape(picture.shape)


def in_place(picture, bits):
    picture[:] = by_codebook(picture, bits)
    return picture


@pytest.mark.parametrize("way", [by_a_table, by_loops, by_codebook])
def test_each_way_to_quantize_is_right(way):
    assert_right("04.4", FUNCTION, way)


def by_kmeans(picture, bits):
    size = min(2**bits, np.unique(picture).size)
    codebook = design.lloyd(picture.ravel(), size, starts=1)
    return np.round(codebook.quantize(picture.ravel())).reshape(picture.shape)


def with_one_bit_more(picture, bits):
    return by_codebook(picture, bits + 1)


def sorted_pixels(picture, bits):
    return np.sort(by_codebook(picture, bits), axis=None).reshape(picture.shape)


def refuses_two_greys(picture, bits):
    codebook = design.optimal_scalar(picture.ravel(), 2**bits, integer=True)
    return codebook.quantize(picture)


HERE = "For 48 x 64 pixels and bits=1"
WRONG_QUANTIZERS = {
    "one bit more": (with_one_bit_more, f"{HERE} it has 4 levels."),
    "sorted": (
        sorted_pixels,
        f"{HERE} the levels are right, but pixels are out of place.",
    ),
    "negative": (
        lambda picture, bits: 255.0 - by_codebook(picture, bits),
        f"{HERE} its mean squared error is ",
    ),
    "k-means": (by_kmeans, "For "),
    "small": (refuses_two_greys, "It raises ValueError: "),
    "flat": (
        lambda picture, bits: by_codebook(picture, bits).ravel(),
        "What it returns must have the shape (48, 64), got (3072,).",
    ),
    "levels": (
        best_levels,
        "What it returns must have the shape (48, 64), got (2,).",
    ),
    "fractions": (
        lambda picture, bits: by_codebook(picture, bits) + 0.5,
        "What it returns must hold whole numbers from 0 to 255.",
    ),
    "NaN": (
        lambda picture, bits: picture * np.nan,
        "What it returns must hold finite numbers only.",
    ),
    "the library": (
        lambda picture, bits: image.quantize_image(picture, bits).picture,
        "It uses quantize_image; do without vqlib.image.",
    ),
    "a result": (
        lambda picture, bits: object(),
        "What it returns must be an array of numbers, got object",
    ),
    "in place": (in_place, "It changes the picture that it was given."),
    "words": (lambda picture, bits: "dark", "What it returns must be an array of numbers, got str"),
    "no function": (CAMERA, "It must be a function, got ndarray."),
    "a class": (Image.Image, "It raises TypeError: "),
    "nothing": (lambda picture, bits: None, "It returns nothing yet."),
}


@pytest.mark.parametrize("case", WRONG_QUANTIZERS)
def test_a_wrong_quantizer_is_told(case):
    answer, words = WRONG_QUANTIZERS[case]
    assert words_of("04.4", FUNCTION, answer).startswith(words)


# --- 04.5 ----------------------------------------------------------------------------------------

GREYS = [0, 2, 8, 14, 18, 22]


def cost(run):
    mean = sum(run) / len(run)
    return sum((grey - mean) ** 2 for grey in run)


def least_cut(greys, groups):
    """The least squared error and its groups, by trying all cuts."""
    found = []
    for cuts in itertools.combinations(range(1, len(greys)), groups - 1):
        borders = [0, *cuts, len(greys)]
        runs = [greys[begin:end] for begin, end in itertools.pairwise(borders)]
        found.append((sum(cost(run) for run in runs), runs))
    return min(found) if found else (0.0, [])


def test_all_cuts_tried_give_the_table_and_the_levels():
    two_levels = [least_cut(GREYS[:end], 2)[0] for end in range(1, 7)]
    assert_right("04.5", "the row of two levels", two_levels)
    assert_right("04.5", "the row of two levels", np.round(two_levels, 1))
    error, runs = least_cut(GREYS, 3)
    assert_right("04.5", "the least squared error", error)
    levels = [sum(run) / len(run) for run in runs]
    assert_right("04.5", "the levels", levels)
    assert words_of("04.5", "the levels", levels[::-1]).startswith("Number 1 of the 3 is not it.")


def test_the_first_row_in_the_text_is_right():
    assert [round(cost(GREYS[:end]), 1) for end in range(1, 7)] == [0, 2, 34.7, 120, 235.2, 389.3]


@pytest.mark.parametrize(
    ("what", "answer", "words"),
    [
        ("the row of two levels", [0, 2, 34.7, 120, 235.2, 389.3], "That is the row of one level."),
        ("the row of two levels", [0, 0, 2, 20, 42.7], "It must be 6 numbers, got an array of "),
        ("the row of two levels", [0, 0, 2, 20, 52.7, 66.7], "Number 5 of the 6 is not it. "),
        ("the row of two levels", [0, 0, "x", 20, 1, 2], "It must be 6 numbers, got list."),
        ("the least squared error", 34, "There is a better cut. Fill in the table."),
        ("the least squared error", 28 / 6, "The table has sums, not means."),
        ("the levels", [1, 8, 18], "There is a better cut. Where does the last run begin?"),
        ("the levels", [[0, 2], [8, 14], [18, 22]], "It must be 3 numbers, got an array of shape "),
    ],
)
def test_wrong_cuts(what, answer, words):
    assert words_of("04.5", what, answer).startswith(words)


# --- 04.6 ----------------------------------------------------------------------------------------


def by_measure(picture, quantized, bits):
    return measure.psnr(picture, quantized), picture.size * bits / 8 + 2**bits


def by_loops_of_whole_numbers(picture, quantized, bits):
    """In plain Python, and the codebook counted by the levels that occur."""
    pairs = zip(picture.ravel().tolist(), quantized.ravel().tolist(), strict=True)
    total = sum((before - after) ** 2 for before, after in pairs)
    levels = len(set(quantized.ravel().tolist()))
    psnr = 10 * math.log10(255**2 * picture.size / total)
    return [round(psnr, 2), math.ceil(picture.size * bits / 8) + levels]


def by_int16(picture, quantized, bits):
    errors = picture.astype(np.int32) - quantized.astype(np.int32)
    psnr = 20 * np.log10(255 / np.sqrt((errors**2).mean()))
    return np.array([psnr, (picture.size * bits + 8 * 2**bits) / 8])


@pytest.mark.parametrize("way", [by_measure, by_loops_of_whole_numbers, by_int16])
def test_each_way_to_mend_the_report_is_right(way):
    assert_right("04.6", FUNCTION, way)


def report_with(psnr=by_measure, size=by_measure):
    return lambda *given: (psnr(*given)[0], size(*given)[1])


def indices_only(picture, quantized, bits):
    return None, picture.size * bits / 8


def in_bits(picture, quantized, bits):
    return None, picture.size * bits + 8 * 2**bits


def codebook_of_indices(picture, quantized, bits):
    return None, picture.size * bits / 8 + bits * 2**bits


def peak_256(picture, quantized, bits):
    return by_measure(picture, quantized, bits)[0] + 20 * np.log10(256 / 255), 0


def peak_of_the_picture(picture, quantized, bits):
    return measure.psnr(picture, quantized, picture.max()), 0


def wrapped(picture, quantized, bits):
    return 10 * np.log10(255**2 / np.mean((picture - quantized) ** 2)), 0


def wrapped_differences(picture, quantized, bits):
    errors = (picture - quantized).astype(float)
    return 10 * np.log10(255**2 / np.mean(errors**2)), 0


WRONG_REPORTS = {
    "peak": (
        report_with(psnr=peak_256),
        "The PSNR is 0.03 dB too high: which is the largest value of a pixel?",
    ),
    "own peak": (
        report_with(psnr=peak_of_the_picture),
        "Where every pixel became 5 darker the PSNR is wrong.",
    ),
    "wrapped": (report_with(psnr=wrapped), "With errors of 20 the PSNR is wrong."),
    "wrapped differences": (
        report_with(psnr=wrapped_differences),
        "Where every pixel became 5 brighter the PSNR is wrong.",
    ),
    "indices": (
        report_with(size=indices_only),
        "With these bytes alone nobody can decode the picture.",
    ),
    "bits": (report_with(size=in_bits), "These are bits; bytes are asked for."),
    "short levels": (report_with(size=codebook_of_indices), "The bytes are wrong."),
    "one number": (
        lambda *given: by_measure(*given)[0],
        "It must be 2 numbers, got an array of shape ().",
    ),
    "NaN": (lambda *_: (np.nan, 12), "It must be 2 numbers, and finite."),
    "text": (lambda *_: "29 dB in 12 bytes", "It must be 2 numbers, got str."),
    "with units": (lambda *_: ("29 dB", "12 bytes"), "It must be 2 numbers, got tuple."),
    "nothing": (lambda *_: (..., ...), "It returns nothing yet."),
    "no function": (12, "It must be a function, got int."),
    "raises": (lambda *_: {}["psnr"], "It raises KeyError: 'psnr'"),
    "too few arguments": (lambda picture: 0, "It raises TypeError: "),
}


@pytest.mark.parametrize("case", WRONG_REPORTS)
def test_a_wrong_report_is_told(case):
    answer, words = WRONG_REPORTS[case]
    assert words_of("04.6", FUNCTION, answer).startswith(words)
