"""The tests of the assignment s03: codebook design."""

import itertools
from collections.abc import Callable

import numpy as np

import my_data
from vqlib import Codebook, design, measure

from .judging import Floats, array, called, equal, near, require
from .running import Student

Round = Callable[[Floats, Floats], Floats]


def _steps(student: Student) -> list[design.Step]:
    houses, stops = my_data.street(student.number)
    return list(design.lloyd_steps(houses, Codebook(stops)))


def after_one_round(student: Student, answer: object) -> None:
    """The stops after one round."""
    codebook, _, _ = _steps(student)[1]
    sentence = "These are not the mean places of the houses that choose each stop at first."
    equal(answer, codebook.vectors[:, 0], "after_one_round", sentence)


def at_the_end(student: Student, answer: object) -> None:
    """The stops when nothing changes any more."""
    steps = _steps(student)
    first = steps[1][0].vectors[:, 0]
    last = steps[-1][0].vectors[:, 0]
    stops = array(answer, "at_the_end", (2,))
    too_soon = np.allclose(stops, first) and not np.allclose(first, last)
    require(not too_soon, "It is not the end: some house is now nearer to the other stop.")
    equal(stops, last, "at_the_end", "Lloyd's algorithm from your stops does not end there.")


def walk(student: Student, answer: object) -> None:
    """The mean squared walk at the end."""
    houses, _ = my_data.street(student.number)
    codebook, _, truth = _steps(student)[-1]
    walks = np.abs(houses - codebook.quantize(houses))
    hints = {
        "That is a sum over the houses, and a mean was asked for.": truth * houses.size,
        "That is a mean of walks, and their squares count.": float(walks.mean()),
        "That is a root: the unit is m².": float(np.sqrt(truth)),
    }
    near(answer, truth, "mean_squared_walk", 1e-4 * truth, hints)


def _samples(student: Student) -> tuple[Floats, Floats]:
    """Whole numbers, so that nothing is rounded: samples (80, 3) and code vectors (5, 3)."""
    chance = np.random.default_rng([student.number, 91])
    samples = chance.integers(-20, 21, (80, 3)).astype(float)
    return samples, samples[:5] + 0.25


def nearest(student: Student, answer: object) -> None:
    """By squared distance; of several the first."""
    function = called(answer, "nearest")
    samples, vectors = _samples(student)
    what = "What nearest returns"
    wrong = "Some samples do not go to their nearest code vector."
    equal(function(samples.copy(), vectors), Codebook(vectors).encode(samples), what, wrong)
    around = np.array([[3.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    tie = "Of several as near, the first should be taken."
    equal(function(np.zeros((1, 2)), around), [1], what, tie)


def centroids(student: Student, answer: object) -> None:
    """The mean of each region."""
    function = called(answer, "centroids")
    samples, vectors = _samples(student)
    indices = np.arange(80) * 7 % 5  # not those of the nearest
    truth = np.stack([samples[indices == j].mean(axis=0) for j in range(5)])
    moved = array(function(samples.copy(), indices, vectors.copy()), "It", (5, 3))
    one_number = np.ptp(moved, axis=1).max() < 1e-9
    require(not one_number, "All components of a code vector are equal: a centroid has its own.")
    equal(moved, truth, "It", "A code vector is not the mean of the samples of its region.")


def empty_region(student: Student, answer: object) -> None:
    """An empty region gets the farthest sample."""
    function = called(answer, "centroids")
    samples, vectors = _samples(student)
    indices = np.where(np.arange(80) % 5 == 3, 1, np.arange(80) % 5)
    errors = ((samples - vectors[indices]) ** 2).sum(axis=1)
    moved = array(function(samples.copy(), indices, vectors.copy()), "It", (5, 3))
    stays = np.allclose(moved[3], vectors[3])
    require(not stays, "The code vector of the empty region was left where it is.")
    in_samples = (samples == moved[3]).all(axis=1)
    require(in_samples.any(), "The code vector of the empty region should be one of the samples.")
    is_farthest = np.isclose(errors[in_samples].max(), errors.max())
    require(is_farthest, "That sample is not the one farthest from its own code vector.")


def distortion(student: Student, answer: object) -> None:
    """Per dimension, for any indices."""
    function = called(answer, "distortion")
    samples, vectors = _samples(student)
    indices = np.arange(80) * 7 % 5
    truth = measure.mse(samples, vectors[indices])
    nearest_ones = Codebook(vectors).distortion(samples)
    hints = {
        "That is the error of a whole vector: it was asked for per dimension.": 3 * truth,
        "That is a sum over the samples, and a mean was asked for.": 240 * truth,
        "The indices given count, also where they are not those of the nearest.": nearest_ones,
    }
    near(function(samples, indices, vectors), truth, "distortion", 1e-6 * truth, hints)


def trained(student: Student, answer: object) -> None:
    """Both conditions hold on the heaps."""
    heaps = my_data.heaps(student.number)
    vectors = array(answer, "trained", (6, 2))
    codebook = Codebook(vectors)
    indices = codebook.encode(heaps)
    used = np.unique(indices).size
    require(used == 6, "One of your code vectors has an empty region.")
    means = np.stack([heaps[indices == j].mean(axis=0) for j in range(6)])
    sentence = "A code vector is not the centroid of its region: go on until nothing changes."
    require(np.abs(means - vectors).max() < 1e-3, sentence)


def _right_round(samples: Floats, vectors: Floats) -> Floats:
    indices = Codebook(vectors).encode(samples)
    moved = vectors.copy()
    for j in np.unique(indices):
        moved[j] = samples[indices == j].mean(axis=0)
    return moved


FAULTY: dict[str, Round] = {
    "a": my_data.faulty_a,
    "b": my_data.faulty_b,
    "c": my_data.faulty_c,
}


def _tells(student: Student, answer: object, letter: str) -> None:
    """Whether these samples show the fault of this round, and of no other."""
    what = f"tells_{letter}"
    samples = array(answer, what)
    require(samples.ndim == 2 and samples.shape[1] == 2, f"{what} must be a list of pairs.")
    require(1 <= len(samples) <= 6, f"{what} must have one to six pairs.")
    whole = (samples == np.round(samples)).all() and samples.min() >= 0 and samples.max() <= 9
    require(whole, f"{what} must be made of whole numbers from 0 to 9.")
    stars = my_data.two_stars(student.number)
    squares = ((samples[:, None] - stars) ** 2).sum(axis=2)
    require((squares[:, 0] != squares[:, 1]).all(), "A sample is equally far from both stars.")
    right = _right_round(samples, stars)
    shown = [name for name, one in FAULTY.items() if not np.allclose(one(samples, stars), right)]
    require(letter in shown, "These samples do not show that fault: the round is right for them.")
    require(shown == [letter], "These samples show the fault of another round, too.")


def tells_a(student: Student, answer: object) -> None:
    """Samples for the first faulty round."""
    _tells(student, answer, "a")


def tells_b(student: Student, answer: object) -> None:
    """Samples for the second."""
    _tells(student, answer, "b")


def tells_c(student: Student, answer: object) -> None:
    """Samples for the third."""
    _tells(student, answer, "c")


def probabilities(student: Student, answer: object) -> None:
    """Proportional to the squared distance from the nearest chosen one."""
    function = called(answer, "probabilities")
    samples, _ = _samples(student)
    chosen = samples[[0, 1, 2]]
    squares = ((samples[:, None] - chosen) ** 2).sum(axis=2).min(axis=1)
    given = array(function(samples.copy(), chosen), "What it returns", (80,))
    require(np.isclose(given.sum(), 1), "Probabilities must add up to 1.")
    roots = np.sqrt(squares)
    not_squared = np.allclose(given, roots / roots.sum())
    require(not not_squared, "They go with the distance, and its square was meant.")
    sentence = "They do not go with the squared distance from the nearest one chosen."
    equal(given, squares / squares.sum(), "What it returns", sentence)


def spread_start(student: Student, answer: object) -> None:
    """Samples, drawn such that a far one is always among them."""
    function = called(answer, "spread_start")
    chance = np.random.default_rng([student.number, 92])
    samples = np.concatenate([0.01 * chance.standard_normal((50, 2)), [[1e4, -1e4]]])
    for seed in range(5):
        drawn = array(function(samples.copy(), 3, seed), "What it returns", (3, 2))
        are_samples = (drawn[:, None] == samples).all(axis=2).any(axis=1)
        require(are_samples.all(), "A code vector of your start is not one of the samples.")
        different = len(np.unique(drawn, axis=0)) == 3
        require(different, "Two code vectors of your start are the same sample.")
        has_far = (drawn == samples[-1]).all(axis=1).any()
        require(has_far, "A sample far from all others should nearly always be drawn.")
    first = [array(function(samples.copy(), 1, seed), "It", (1, 2)) for seed in range(12)]
    varied = len(np.unique(np.concatenate(first), axis=0)) > 1
    require(varied, "Another seed should draw another first code vector.")


def runs(student: Student, answer: object) -> None:
    """The least number of runs."""
    good = my_data.chance_of_a_good_end(student.number)
    truth = int(np.ceil(np.log(0.01) / np.log(1 - good)))
    all_good = int(np.ceil(np.log(0.01) / np.log(good)))
    hint = "All of them should not end badly; you have computed with the chance of a good end."
    hints = {} if all_good == truth else {hint: float(all_good)}
    near(answer, truth, "runs", 0.01, hints)


def predicted(_: Student, answer: object) -> None:
    """(1 + 1/m) over (1 - 1/m) in dB, for m = 12."""
    truth = float(10 * np.log10(13 / 11))
    hints = {
        "That is a ratio, and decibels were asked for.": 13 / 11,
        "That is the loss of unseen samples alone.": float(10 * np.log10(13 / 12)),
        "Decibels of a squared error: 10 times the logarithm.": 2 * truth,
    }
    near(answer, truth, "predicted", 0.01, hints)


def measured(student: Student, answer: object, in_db: object) -> None:
    """Of the student's own code vectors, which must be trained."""
    training, unseen = my_data.few_and_many(student.number)
    codebook = Codebook(array(answer, "eight", (8, 2)))
    require_trained(codebook, training, "eight")
    truth = measure.decibels(codebook.distortion(unseen), codebook.distortion(training))
    hint = "The sign is wrong: unseen pairs cost more."
    near(in_db, truth, "measured", 0.02, {hint: -truth})


def require_trained(codebook: Codebook, samples: Floats, what: str) -> None:
    """Refuses code vectors that a round of Lloyd's algorithm would make better by over 1 %."""
    steps = list(itertools.islice(design.lloyd_steps(samples, codebook), 3))
    _, _, before = steps[0]
    _, _, after = steps[-1]
    require(after >= 0.99 * before, f"{what} is not trained to the end on these samples.")


def pairs_needed(student: Student, answer: object) -> None:
    """A hundred for each code vector."""
    rate = my_data.wanted_rate(student.number)
    hint = "The rate is counted for each dimension, and a pair has two."
    near(answer, 100 * 2 ** (2 * rate), "pairs_needed", 0.5, {hint: 100 * 2**rate})
