"""The tests of the assignment s06_07: blocks of pixels, rate and distortion."""

import numpy as np

import my_data
from vqlib import Codebook, image, limits, measure

from .judging import Answer, Floats, array, called, equal, near, require
from .pictures import part_of
from .running import Student
from .s03 import require_trained


def _blocks(picture: Floats, side: int) -> Floats:
    """Blocks column by column: those of the transposed picture row by row, put in order."""
    rows, columns = image.blocks_in(picture.shape, side)
    turned = image.to_vectors(picture.T.astype(np.uint8), side)
    return turned.reshape(columns, rows, -1).swapaxes(0, 1).reshape(rows * columns, -1)


def _some_picture(student: Student, height: int, width: int) -> Floats:
    chance = np.random.default_rng([student.number, 96])
    return chance.integers(0, 256, (height, width)).astype(np.uint8).astype(float)


def to_blocks(student: Student, answer: object) -> None:
    """Where the blocks fit."""
    function = called(answer, "to_blocks")
    picture = _some_picture(student, 12, 20)
    truth = _blocks(picture, 4)
    given = array(function(picture.copy(), 4), "What to_blocks returns", truth.shape)
    by_rows = np.allclose(given, image.to_vectors(picture.astype(np.uint8), 4))
    require(not by_rows, "The pixels of a block come row by row, and columns were asked for.")
    equal(given, truth, "What to_blocks returns", "A pixel stands in the wrong place.")


def rim(student: Student, answer: object) -> None:
    """Where they do not, in either order of the pixels."""
    function = called(answer, "to_blocks")
    picture = _some_picture(student, 10, 13)
    truth = np.sort(_blocks(picture, 4), axis=1)
    given = array(function(picture.copy(), 4), "What to_blocks returns", truth.shape)
    sentence = "Over the rim stand other values than those of the last row and column."
    equal(np.sort(given, axis=1), truth, "What to_blocks returns", sentence)


def to_picture(student: Student, answer: object) -> None:
    """The way back, with a rim."""
    function = called(answer, "to_picture")
    picture = _some_picture(student, 10, 13)
    given = array(function(_blocks(picture, 4), 10, 13, 4), "What to_picture returns", (10, 13))
    equal(given, picture, "What to_picture returns", "A pixel comes back in the wrong place.")


def _bill(height: int, width: int, side: int, size: int) -> tuple[float, float]:
    """What indices and codebook take, in bits per pixel."""
    rows, columns = image.blocks_in((height, width), side)
    digits = (size - 1).bit_length()
    return rows * columns * digits / (height * width), 8 * size * side**2 / (height * width)


CASES = ((64, 96, 8, 16), (50, 71, 4, 32), (33, 40, 8, 100), (90, 61, 2, 5))
"""Heights, widths, sides and sizes; in some blocks stand over the rim."""


def _two_rates(function: Answer, case: tuple[int, int, int, int]) -> Floats:
    return array(function(*case), "What bits_per_pixel returns", (2,))


def indices(_: Student, answer: object) -> None:
    """Whole digits, whole blocks."""
    function = called(answer, "bits_per_pixel")
    for case in CASES:
        truth, _codebook = _bill(*case)
        height, width, side, size = case
        given = _two_rates(function, case)[0]
        without_rim = (size - 1).bit_length() / side**2
        hints = {}
        if not np.isclose(without_rim, truth):
            hints["Blocks over the rim cost a whole index, too."] = without_rim
        ideal = truth * np.log2(size) / (size - 1).bit_length()
        if not np.isclose(ideal, truth):
            hints["An index takes a whole number of binary digits here."] = float(ideal)
        hints["That is in bits, and bits per pixel were asked for."] = truth * height * width
        near(given, truth, "The first number of bits_per_pixel", 1e-6, hints)


def codebook(_: Student, answer: object) -> None:
    """A byte for each component."""
    function = called(answer, "bits_per_pixel")
    for case in CASES:
        _indices, truth = _bill(*case)
        hints = {
            "A component takes 8 bits: these are bytes.": truth / 8,
            "A tile has as many components as pixels.": truth / case[2] ** 2,
        }
        near(_two_rates(function, case)[1], truth, "The second number", 1e-6, hints)


def largest_size(student: Student, answer: object) -> None:
    """The largest power of two whose codebook takes no more than the indices."""
    height, width = my_data.large_photograph(student.number)
    bills = {2**bits: _bill(height, width, 4, 2**bits) for bits in range(1, 16)}
    truth = max(size for size, (one, two) in bills.items() if two <= one)
    number = float(array(answer, "largest_size", ()))
    is_power = number >= 1 and float(np.log2(number)).is_integer()
    require(is_power, "largest_size must be a power of two.")
    require(number <= truth, "With so many tiles the codebook takes more than the indices.")
    require(number >= truth, "With more tiles the codebook would still take no more.")


def true_rate(student: Student, answer: object) -> None:
    """Indices and codebook of the claim."""
    one, two = _bill(*my_data.claim(student.number))
    hints = {
        "The codebook is not in it: it was trained on this picture, so it has to be sent.": one,
        "The indices are not in it.": two,
    }
    near(answer, one + two, "true_rate", 0.005, hints)


def _psnrs(student: Student, photograph: object, answer: object) -> tuple[float, float]:
    """PSNR of the left half and of the right one with the student's own tiles."""
    grey = part_of(student, photograph)
    left = image.to_vectors(grey[:, :80], 4)
    right = image.to_vectors(grey[:, 80:], 4)
    tiles = Codebook(array(answer, "tiles", (16, 16)))
    require_trained(tiles, left, "tiles")
    of_left = measure.decibels(255**2, tiles.distortion(left))
    return of_left, measure.decibels(255**2, tiles.distortion(right))


OTHER = "That is the PSNR of the other half."


def seen(student: Student, photograph: object, tiles: object, answer: object) -> None:
    """Of the half that the tiles were trained on."""
    left, right = _psnrs(student, photograph, tiles)
    near(answer, left, "seen", 0.02, {OTHER: right})


def unseen(student: Student, photograph: object, tiles: object, answer: object) -> None:
    """Of the other half."""
    left, right = _psnrs(student, photograph, tiles)
    near(answer, right, "unseen", 0.02, {OTHER: left})


def _components(student: Student) -> list[tuple[Floats, float]]:
    """Variances in any order, and bits for them: the student's own, and others."""
    chance = np.random.default_rng([student.number, 97])
    own = my_data.variances(student.number)
    shuffled = chance.permutation(own)
    total = my_data.bits_in_all(student.number)
    return [(own, total), (shuffled, 1.0), (shuffled, 12.0), (np.array([3.0, 3.0]), 0.5)]


def all_bits(student: Student, answer: object) -> None:
    """They add up, and none is negative."""
    function = called(answer, "fill")
    for variances, total in _components(student):
        bits = array(function(variances.copy(), total), "What fill returns", variances.shape)
        require(bits.min() >= -1e-9, "A component gets a negative number of bits.")
        require(abs(bits.sum() - total) <= 0.01, "The bits given do not add up to those you have.")


def best_bits(student: Student, answer: object) -> None:
    """No other division has a smaller error."""
    function = called(answer, "fill")
    for variances, total in _components(student):
        bits = array(function(variances.copy(), total), "What fill returns", variances.shape)
        error = float(np.mean(variances * 2.0 ** (-2 * bits)))
        least = float(limits.distortion_rate(total / variances.size, variances))
        sentence = "Some bits would help more elsewhere: look at the errors that are left."
        require(abs(error - least) <= 0.015 * least, sentence)


def mean_error(student: Student, answer: object) -> None:
    """The least mean error."""
    variances = my_data.variances(student.number)
    total = my_data.bits_in_all(student.number)
    truth = float(limits.distortion_rate(total / variances.size, variances))
    alike = float(np.mean(variances * 2.0 ** (-2 * total / variances.size)))
    hints = {
        "That is the error if all components get as many bits.": alike,
        "That is a sum, and the mean was asked for.": truth * variances.size,
    }
    near(answer, truth, "mean_error", 0.01 * truth, hints)


def coding_gain(student: Student, answer: object) -> None:
    """Arithmetic over geometric mean, in dB."""
    variances = my_data.variances(student.number)
    ratio = float(variances.mean() / np.exp(np.log(variances).mean()))
    truth = measure.decibels(ratio, 1)
    hints = {
        "That is a ratio, and decibels were asked for.": ratio,
        "The two means stand the wrong way round.": -truth,
    }
    near(answer, truth, "coding_gain", 0.02, hints)


def _interval(message: str, counts: dict[str, int]) -> tuple[int, int, int]:
    """Whole numbers (low, width, whole), letter by letter."""
    total = sum(counts.values())
    low = 0
    width = 1
    whole = 1
    for letter in message:
        before = sum(counts[other] for other in counts if other < letter)
        low = total * low + width * before
        width = width * counts[letter]
        whole = total * whole
    return low, width, whole


def _digits(width: int, whole: int) -> int:
    """The fewest with 2^digits at least whole / width."""
    return (-(-whole // width) - 1).bit_length()


def interval(student: Student, answer: object) -> None:
    """The same interval, whatever the common factor."""
    low, width, whole = _interval(*my_data.message(student.number))
    given = array(answer, "interval", (3,))
    require(given[2] > 0, "whole must be above 0.")
    sentence = "The width is not right: it is the product of the shares of all letters."
    require(np.isclose(given[1] / given[2], width / whole, rtol=1e-9, atol=0), sentence)
    begins = np.isclose(given[0] / given[2], low / whole, rtol=1e-9, atol=1e-12)
    require(begins, "The width is right, but the interval begins elsewhere.")


def digits(student: Student, answer: object) -> None:
    """By the rule, not by luck."""
    message, counts = my_data.message(student.number)
    _, width, whole = _interval(message, counts)
    exact = float(np.log2(whole / width))
    hints = {} if exact.is_integer() else {"Digits are whole: round up.": exact}
    near(answer, _digits(width, whole), "digits", 1e-6, hints)


def read(student: Student, answer: object) -> None:
    """What was written comes back."""
    function = called(answer, "read")
    chance = np.random.default_rng([student.number, 98])
    for length, shares in ((5, [6, 3, 1]), (9, [5, 3, 2]), (14, [2, 1, 4])):
        counts = dict(zip("ABC", shares, strict=True))
        message = "".join(chance.choice(list("ABC"), length, p=np.divide(shares, sum(shares))))
        low, width, whole = _interval(message, counts)
        count = _digits(width, whole)
        number = -(-(low * 2**count) // whole)
        found = function(f"{number:0{count}b}", counts, length)
        require(isinstance(found, str), "read must return a string of letters.")
        require(len(found) == length, "The message read has another number of letters.")
        require(found == message, "A letter comes back wrong.")
