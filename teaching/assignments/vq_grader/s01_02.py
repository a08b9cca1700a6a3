"""The tests of the assignment s01_02: scalar quantization and the plane."""

import numpy as np
from scipy import stats

import my_data
from vqlib import Codebook, design, measure, sources

from .judging import array, called, equal, near, require
from .running import Student


def borders(student: Student, answer: object) -> None:
    """Half-way between neighbours, whatever the order."""
    function = called(answer, "borders")
    for levels in (my_data.levels(student.number), np.array([7.0, -2.0, 1.0])):
        truth = Codebook(levels).thresholds
        sentence = "A threshold lies half-way between two levels that are neighbours on the line."
        equal(function(levels.copy()), truth, "What borders returns", sentence)


def regions(student: Student, answer: object) -> None:
    """Indices of samples that lie on no threshold."""
    function = called(answer, "encode")
    thresholds = Codebook(my_data.levels(student.number)).thresholds
    uneven = thresholds + np.array([0.25, -0.5, 0.0, 0.5, -0.25])  # half-way between nothing
    samples = my_data.readings(student.number) + 0.03125  # no sum of these is a threshold
    truth = np.searchsorted(uneven, samples, side="right")
    sentence = "Some samples get a wrong index: it is the number of thresholds below the sample."
    equal(function(samples, uneven), truth, "What encode returns", sentence)


def ties(student: Student, answer: object) -> None:
    """A sample on a threshold goes up."""
    function = called(answer, "encode")
    thresholds = Codebook(my_data.levels(student.number)).thresholds
    indices = array(function(thresholds.copy(), thresholds), "What encode returns", (5,))
    up = np.arange(1, 6)
    require((indices != up - 1).any(), "A sample that lies on a threshold goes the wrong way.")
    equal(indices, up, "What encode returns", "A sample on a threshold gets a wrong index.")


def values(student: Student, answer: object) -> None:
    """Levels of indices, whatever the order of the levels."""
    function = called(answer, "decode")
    levels = my_data.levels(student.number)
    indices = np.array([5, 0, 3, 3, 1])
    sentence = "An index gets the wrong level: mind in which order the levels were noted."
    equal(function(indices, levels), np.sort(levels)[indices], "What decode returns", sentence)


def rate(_: Student, answer: object) -> None:
    """log2 of six."""
    whole = "Six is no power of two: the rate is no whole number of binary digits."
    near(answer, float(np.log2(6)), "rate", 0.005, {whole: 3.0})


def index_bytes(student: Student, answer: object) -> None:
    """Three binary digits for each index, packed."""
    count = my_data.readings(student.number).size
    unpacked = "These are not packed: several indices fit into one byte."
    in_bits = "That is a number of bits, and bytes were asked for."
    ideal = "An index takes a whole number of binary digits here."
    truth = -(-3 * count // 8)
    hints = {unpacked: count, in_bits: 3 * count, ideal: np.ceil(np.log2(6) * count / 8)}
    near(answer, truth, "index_bytes", 0.01, hints)


def total_bytes(student: Student, answer: object) -> None:
    """The indices and six levels of 4 bytes."""
    indices = -(-3 * my_data.readings(student.number).size // 8)
    forgotten = "The codebook is not in it: without it nobody can decode."
    near(answer, indices + 24, "total_bytes", 0.01, {forgotten: indices})


def _scale_errors(student: Student) -> tuple[float, float]:
    """Mean squared error on the scale, and of all samples, by sums over fine steps."""
    low, high, size, beyond = my_data.scale(student.number)
    codebook = design.uniform(size, low, high)
    fine = np.linspace(low - beyond, high + beyond, 400_001)
    middles = (fine[:-1] + fine[1:]) / 2
    inside = middles[(middles > low) & (middles < high)]
    return codebook.distortion(inside), codebook.distortion(middles)


def granular(student: Student, answer: object) -> None:
    """Step squared over twelve."""
    truth, whole = _scale_errors(student)
    root = "That is a root: the mean squared error is not in degrees, but in their squares."
    other = "Only samples on the scale count here."
    near(answer, truth, "granular", 0.002 * truth, {root: np.sqrt(truth), other: whole})


def overall(student: Student, answer: object) -> None:
    """With what lies beyond the scale."""
    inside, truth = _scale_errors(student)
    hint = "The samples beyond the scale are not in it."
    near(answer, truth, "overall", 0.002 * truth, {hint: inside})


def mse_scalars(student: Student, answer: object) -> None:
    """Of single numbers."""
    function = called(answer, "mean_squared_error")
    samples = my_data.readings(student.number)
    rounded = Codebook(my_data.levels(student.number)).quantize(samples)
    truth = measure.mse(samples, rounded)
    sum_of_all = "That is a sum: take the mean over the samples."
    near(function(samples, rounded), truth, "It", 1e-6 * truth, {sum_of_all: truth * samples.size})


def mse_vectors(student: Student, answer: object) -> None:
    """Of vectors, per dimension."""
    function = called(answer, "mean_squared_error")
    vectors = np.random.default_rng(student.number).normal(size=(50, 3))
    moved = vectors + np.array([0.5, -1.0, 2.0])
    truth = measure.mse(vectors, moved)
    per_vector = "That is the error of a whole vector: it was asked for per dimension."
    near(function(vectors, moved), truth, "It", 1e-6 * truth, {per_vector: 3 * truth})


def my_levels(student: Student, answer: object) -> None:
    """The best four levels, shifted and stretched."""
    mean, deviation = my_data.bell(student.number)
    best = design.lloyd_max(stats.norm.pdf, 4, -8, 8).vectors[:, 0]
    truth = mean + deviation * best
    levels = array(answer, "my_levels", (4,))
    variance = mean + deviation**2 * best
    wrong = np.abs(levels - variance).max() > 0.01 * deviation
    require(wrong or deviation == 1, "The line is stretched by the deviation, not by its square.")
    sentence = "These are not the best levels: think where the middle is and how wide they lie."
    require(np.abs(levels - truth).max() <= 0.01 * deviation, sentence)


def my_error(student: Student, answer: object) -> None:
    """Their mean squared error."""
    _, deviation = my_data.bell(student.number)
    best = design.lloyd_max(stats.norm.pdf, 4, -8, 8)
    unit = design.expected_distortion(best, stats.norm.pdf, -8, 8)
    truth = deviation**2 * unit
    hints = {
        "A squared error grows with the square of the stretch.": deviation * unit,
        "That is the error for the variance 1.": unit,
    }
    near(answer, truth, "my_error", 0.01 * truth, hints)


def corner(student: Student, answer: object) -> None:
    """As far from all three."""
    shops = my_data.three_shops(student.number)
    point = array(answer, "corner", (2,))
    centroid = np.abs(point - shops.mean(axis=0)).max() < 1e-6
    require(not centroid, "That is the centroid of the three, and not as far from each of them.")
    distances = np.linalg.norm(shops - point, axis=1)
    sentence = "This point is not as far from each of the three shops."
    require(np.ptp(distances) < 1e-6 * max(1, distances.max()), sentence)


def nearest(student: Student, answer: object) -> None:
    """By squared distance; of several the first."""
    function = called(answer, "nearest")
    samples = np.random.default_rng(student.number).integers(-9, 10, (200, 3)).astype(float)
    vectors = samples[:7] + 0.25
    truth = Codebook(vectors).encode(samples)
    what = "What nearest returns"
    equal(function(samples, vectors), truth, what, "Some samples do not go to the nearest vector.")
    tied = np.array([[0.0, 0.0]])
    around = np.array([[3.0, 0.0], [0.0, 1.0], [0.0, -1.0], [1.0, 0.0]])
    equal(function(tied, around), [1], what, "Of several as near, the first should be taken.")


def along_and_across(student: Student, answer: object) -> None:
    """1 + rho and 1 - rho."""
    rho = my_data.correlation(student.number)
    both = array(answer, "along_and_across", (2,))
    swapped = np.abs(both - [1 - rho, 1 + rho]).max() < 0.01
    require(not swapped, "The two are in the wrong order.")
    sentence = "These are not the two variances: measure them on samples, as a check."
    equal(both, [1 + rho, 1 - rho], "along_and_across", sentence, within=0.01)


def turned(student: Student, answer: object) -> None:
    """Eight levels along and two across, as good as the best such grid."""
    rho = my_data.correlation(student.number)
    vectors = array(answer, "turned", (16, 2))
    along = np.unique(np.round(vectors @ [1, 1], 6)).size
    across = np.unique(np.round(vectors @ [-1, 1], 6)).size
    straight = "turned is no grid along the diagonal of eight times two."
    require((along, across) == (8, 2), straight)
    pairs = sources.gauss_markov(100_000, 2, rho, seed=3)
    eight = design.lloyd_max(stats.norm.pdf, 8, -8, 8).vectors * np.sqrt(1 + rho)
    two = design.lloyd_max(stats.norm.pdf, 2, -8, 8).vectors * np.sqrt(1 - rho)
    best = design.product(Codebook(eight), Codebook(two)).vectors
    directions = np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
    least = Codebook(best @ directions).distortion(pairs)
    sentence = "turned is such a grid, but its levels are not the best for the two variances."
    require(Codebook(vectors).distortion(pairs) <= 1.01 * least, sentence)
