"""The tests of the assignment s04_05: grey and colour pictures."""

import cv2
import numpy as np

import my_data
from vqlib import Codebook, design, image, measure

from .judging import Floats, array, called, equal, near, require
from .pictures import part_of
from .running import Student

MIDDLE = np.s_[40:120, 40:120]


def requantize(student: Student, answer: object) -> None:
    """Nearest levels, where nothing lies half-way."""
    function = called(answer, "requantize")
    chance = np.random.default_rng([student.number, 93])
    levels = 3 + np.cumsum(2 * chance.integers(4, 20, 6) + 1)  # odd gaps: nothing is half-way
    picture = chance.integers(0, 256, (20, 31)).astype(np.uint8)
    truth = Codebook(levels).quantize(picture.ravel()).reshape(picture.shape)
    sentence = "Some pixels do not get their nearest level."
    equal(function(picture, levels), truth, "What requantize returns", sentence)


def requantize_ties(student: Student, answer: object) -> None:
    """Half-way goes up."""
    function = called(answer, "requantize")
    levels = np.array([10, 20, 60, 200])
    picture = np.array([[15, 40], [130, 40]], np.uint8)
    truth = np.array([[20, 60], [200, 60]])
    shown = array(function(picture, levels), "What requantize returns", (2, 2))
    down = np.array([[10, 20], [60, 20]])
    require((shown != down).any(), "A grey value half-way goes the wrong way.")
    equal(shown, truth, "What requantize returns", "A grey value half-way gets a wrong level.")


def psnr_of_bytes(student: Student, answer: object) -> None:
    """Of uint8, without differences that wrap around."""
    function = called(answer, "psnr")
    before, after = _two_pictures(student)
    wrapped = (before - after).astype(float)
    hints = {
        "Differences of uint8 wrap around: 3 - 5 is 254 there.": measure.decibels(
            255**2, float(np.mean(wrapped**2))
        ),
        "The PSNR takes the square of the peak.": measure.decibels(255, measure.mse(before, after)),
    }
    near(function(before, after), measure.psnr(before, after), "psnr", 0.1, hints)


def psnr_exact(student: Student, answer: object) -> None:
    """Of floats, with the right peak."""
    function = called(answer, "psnr")
    before, after = _two_pictures(student)
    truth = measure.psnr(before, after)
    hints = {
        "The peak is not the largest value that a byte can have.": truth + 20 * np.log10(256 / 255),
        "The peak is that of a byte, and not the largest grey of this picture.": measure.psnr(
            before, after, float(before.max())
        ),
    }
    given = function(before.astype(float), after.astype(float))
    near(given, truth, "psnr", 0.005, hints)


def _two_pictures(student: Student) -> tuple[my_data.Picture, my_data.Picture]:
    """Neither has white, so that the largest grey is not the peak."""
    chance = np.random.default_rng([student.number, 94])
    before = chance.integers(20, 220, (24, 24)).astype(np.uint8)
    after = np.clip(before + chance.normal(0, 12, before.shape), 0, 230).astype(np.uint8)
    return before, after


def _cost(run: list[int]) -> float:
    return float(((np.array(run) - np.mean(run)) ** 2).sum())


def _table(greys: list[int]) -> Floats:
    """Least errors by the optimum of vqlib, which knows nothing of tables."""
    table = np.zeros((3, 5))
    for row in range(3):
        for column in range(row + 1, 5):
            first = np.array(greys[: column + 1], float)
            best = design.optimal_scalar(first, row + 1)
            table[row, column] = best.distortion(first) * first.size
    return table


def table_first_row(student: Student, answer: object) -> None:
    """One level."""
    truth = _table(my_data.five_greys(student.number))
    given = array(answer, "table", (3, 5))
    counts = np.arange(1, 6)
    means = np.allclose(given[0], truth[0] / counts)
    require(not means, "These are means, and the summed squared error was asked for.")
    sentence = "A run costs the squared distances of its greys from their mean, added up."
    equal(given[0], truth[0], "The first row of table", sentence, within=1e-4)


def table_other_rows(student: Student, answer: object) -> None:
    """Two and three levels."""
    truth = _table(my_data.five_greys(student.number))[1:]
    given = array(answer, "table", (3, 5))[1:]
    lower = (given < truth - 1e-6).any()
    require(not lower, "An entry is lower than the least error that so many levels can have.")
    sentence = "An entry is higher than it need be: try every place where the last run can start."
    equal(given, truth, "The other rows of table", sentence, within=1e-4)


def best_levels(student: Student, answer: object) -> None:
    """Any three levels with the least error."""
    greys = np.array(my_data.five_greys(student.number), float)
    levels = np.sort(array(answer, "best_levels", (3,)))
    least = design.optimal_scalar(greys, 3).distortion(greys)
    sentence = "Other levels have a smaller error on your five greys."
    require(Codebook(levels).distortion(greys) <= least * (1 + 1e-3) + 1e-6, sentence)


def greedy_error(student: Student, answer: object) -> None:
    """The best two runs, and one of them cut once more."""
    greys = my_data.five_greys(student.number)
    best_two = min(range(1, 5), key=lambda cut: _cost(greys[:cut]) + _cost(greys[cut:]))
    ends = []
    for cut in set(range(1, 5)) - {best_two}:
        first, second = sorted((cut, best_two))
        ends.append(_cost(greys[:first]) + _cost(greys[first:second]) + _cost(greys[second:]))
    truth = min(ends)
    mean = "That is a mean, and the summed squared error was asked for."
    near(answer, truth, "greedy_error", 1e-3 * max(truth, 1), {mean: truth / 5})


def index_bytes(student: Student, answer: object) -> None:
    """Whole digits, packed."""
    size = my_data.level_count(student.number)
    pixels = my_data.SIDE**2
    hints = {
        "An index takes a whole number of binary digits here.": float(np.log2(size) * pixels / 8),
        "That is a number of bits, and bytes were asked for.": (size - 1).bit_length() * pixels,
        "These are not packed: several indices may share a byte.": pixels,
    }
    near(answer, (size - 1).bit_length() * pixels // 8, "index_bytes", 0.5, hints)


def total_bytes(student: Student, answer: object) -> None:
    """With the codebook."""
    size = my_data.level_count(student.number)
    indices = (size - 1).bit_length() * my_data.SIDE**2 // 8
    hint = "The codebook is not in it: without it nobody can decode."
    near(answer, indices + size, "total_bytes", 0.5, {hint: indices})


def index_entropy(student: Student, photograph: object, answer: object) -> None:
    """Of the indices of the best whole levels."""
    pixels = part_of(student, photograph).ravel()
    size = my_data.level_count(student.number)
    best = design.optimal_scalar(pixels, size, integer=True)
    truth = measure.entropy(best.encode(pixels))
    hints = {
        "The logarithm is that to base 2.": truth * float(np.log(2)),
        "The entropy is not negative: mind the sign.": -truth,
        "That is what equal lengths cost, not the entropy.": float(np.log2(size)),
        "These are grey values before they were quantized.": measure.entropy(pixels),
    }
    near(answer, truth, "index_entropy", 0.005, hints)


def _weighted(picture: my_data.Picture) -> tuple[Floats, Floats]:
    """The different colours and their weights, pixel by pixel."""
    weights = np.ones(picture.shape[:2])
    weights[MIDDLE] = 4
    found = image.Colours(picture)
    codes = picture.reshape(-1, 3).astype(int) @ [65536, 256, 1]
    order = found.colours.astype(int) @ [65536, 256, 1]
    places = np.argsort(order)
    which = places[np.searchsorted(order[places], codes)]
    sums = np.bincount(which, weights.ravel()).astype(float)
    return found.colours.astype(np.float64), sums


def weighted_colours(student: Student, photograph: object, answer: object) -> None:
    """Each colour once, with its weight."""
    function = called(answer, "weighted_colours")
    picture = part_of(student, photograph, colour=True)
    pair = function(picture.copy())
    is_pair = isinstance(pair, tuple | list) and len(pair) == 2
    require(is_pair, "weighted_colours must return two arrays, colours and weights.")
    colours, weights = _weighted(picture)
    given = array(pair[0], "The first array", colours.shape)
    given_weights = array(pair[1], "The second array", weights.shape)
    total = np.isclose(given_weights.sum(), weights.sum())
    require(total, "The weights do not add up to those of all pixels.")
    order = np.lexsort(colours.T)
    given_order = np.lexsort(given.T)
    equal(given[given_order], colours[order], "The first array", "A colour is missing or double.")
    sentence = "A colour has a wrong weight: it is the sum over its pixels."
    equal(given_weights[given_order], weights[order], "The second array", sentence)


def weighted_centroids(student: Student, answer: object) -> None:
    """Weighted means."""
    function = called(answer, "weighted_centroids")
    chance = np.random.default_rng([student.number, 95])
    colours = chance.integers(0, 256, (40, 3)).astype(float)
    weights = chance.integers(1, 30, 40).astype(float)
    indices = np.arange(40) * 3 % 8
    members = [indices == j for j in range(8)]
    truth = np.stack([np.average(colours[one], axis=0, weights=weights[one]) for one in members])
    plain = np.stack([colours[one].mean(axis=0) for one in members])
    given = array(function(colours, weights, indices, 8), "What it returns", (8, 3))
    require(not np.allclose(given, plain), "The weights do not count in it.")
    equal(given, truth, "What it returns", "A centroid is not the weighted mean of its colours.")


def palette(student: Student, photograph: object, answer: object) -> None:
    """Not far above the best palette known."""
    vectors = array(answer, "palette", (8, 3))
    colours, weights = _weighted(part_of(student, photograph, colour=True))
    best = design.lloyd(colours, 8, weights, starts=4).distortion(colours, weights)
    error = Codebook(vectors).distortion(colours, weights)
    sentence = "The weighted error of your palette is more than 25 % above the best one known."
    require(error <= 1.25 * best, sentence)


def gain(student: Student, photograph: object, answer: object, in_db: object) -> None:
    """Of the student's own palette over median cut."""
    vectors = array(answer, "palette", (8, 3))
    picture = part_of(student, photograph, colour=True)
    colours, weights = _weighted(picture)
    before = image.median_cut(picture, 8).distortion(colours, weights)
    after = Codebook(vectors).distortion(colours, weights)
    truth = measure.decibels(before, after)
    unweighted = measure.decibels(
        image.median_cut(picture, 8).distortion(colours), Codebook(vectors).distortion(colours)
    )
    hints = {
        "That is a ratio, and decibels were asked for.": before / after,
        "The sign is wrong: a smaller error is a gain.": -truth,
        "The weights do not count in it.": unweighted,
    }
    near(in_db, truth, "gain", 0.02, hints)


def outside(student: Student, photograph: object, answer: object) -> None:
    """What lies beyond the two best levels."""
    picture = part_of(student, photograph)
    dark, light = image.quantize_image(picture, 1).levels
    truth = float(((picture < dark) | (picture > light)).mean())
    hints = {
        "A share from 0 to 1 was asked for, not a percentage.": 100 * truth,
        "That is the share that can be such a mean.": 1 - truth,
    }
    near(answer, truth, "outside", 0.002, hints)


def _blurred(picture: my_data.Picture) -> Floats:
    return np.asarray(cv2.GaussianBlur(picture.astype(float), (0, 0), 2))


def _blurred_error(picture: my_data.Picture, codebook: Codebook) -> float:
    dithered = image.diffuse(picture, codebook).picture
    return measure.mse(_blurred(picture), _blurred(dithered))


def dither_levels(student: Student, photograph: object, answer: object) -> None:
    """Levels that span the picture."""
    picture = part_of(student, photograph)
    levels = array(answer, "dither_levels", (2,))
    require(levels[0] < levels[1], "dither_levels must be two different levels, ascending.")
    best = image.quantize_image(picture, 1).codebook
    limit = _blurred_error(picture, best) / 2
    sentence = "With these levels the blurred error is still more than half of that one."
    require(_blurred_error(picture, Codebook(levels)) <= limit, sentence)
