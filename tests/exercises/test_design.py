"""The exercises of notebook 03_design take every right way, and say what a wrong one lacks."""

import numpy as np
import pytest
from scipy import integrate, stats
from sklearn.cluster import KMeans, kmeans_plusplus

from tests.exercises.support import assert_right, words_of
from vqlib import Codebook, design, measure, sources
from vqlib.exercises.codebook_contest import OTHERS, place_in_the_contest, unseen
from vqlib.exercises.lloyd_trial import STREET

FUNCTION = "your function"
NO_FUNCTIONS = {
    "text": ("mended", "It must be a function, got str."),
    "class": (dict, "It raises TypeError: dict expected at most 1 argument, got "),
    "nothing": (lambda *_: None, "It returns nothing yet."),
    "raises": (lambda *_: 1 / 0, "It raises ZeroDivisionError: division by zero"),
    "words": (lambda *_: ["a", "b"], "What it returns must be an array of numbers, got list."),
    "ragged": (lambda *_: [[1], [2, 3]], "What it returns must be an array of numbers, got list."),
    "too few arguments": (lambda: 0, "It raises TypeError: "),
}
each_no_function = pytest.mark.parametrize("name", ["03.3", "03.4"])


@each_no_function
@pytest.mark.parametrize("case", NO_FUNCTIONS)
def test_what_is_no_such_function_is_told(name, case):
    answer, words = NO_FUNCTIONS[case]
    assert words_of(name, FUNCTION, answer).startswith(words)


# --- 03.1 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("stops", [[10, 90], (10.0, 90.0), np.array([[10], [90]])])
def test_the_stops_at_the_end_in_any_form(stops):
    assert_right("03.1", "the stops at the end", stops)


@pytest.mark.parametrize(
    ("what", "wrong", "words"),
    [
        ("the stops at the end", [90, 10], "Number 1 of the 2 is not it. "),
        ("the stops at the end", [10, 55], "Number 2 of the 2 is not it. "),
        ("the stops at the end", [5, 55], "Let everybody choose again, and go on."),
        ("the stops at the end", 10, "It must be 2 numbers, got an array of shape ()."),
        ("the mean squared walk", 51, "It has to be right within 0.5."),
        ("the mean squared walk", 200, "That is the sum over all houses."),
        ("the mean squared walk", "far", "It must be one number, got str."),
    ],
)
def test_wrong_stops_and_walks(what, wrong, words):
    assert words_of("03.1", what, wrong).startswith(words)


def ends_by_hand(stops):
    """Where Lloyd's algorithm leads on the shorter street, by loops; None if a stop is unused."""
    stops = sorted(stops)
    for _ in range(10):
        middle = sum(stops) / 2
        lower = [house for house in STREET if house < middle]
        upper = [house for house in STREET if house >= middle]
        if not lower or not upper:
            return None
        stops = [sum(lower) / len(lower), sum(upper) / len(upper)]
    return stops


@pytest.mark.parametrize("first", [-40, 0, 3.5, 10, 12, 19])
@pytest.mark.parametrize("second", [-3, 7, 15, 20, 24, 28.5, 90])
def test_every_start_is_judged_by_where_it_ends(first, second):
    end = ends_by_hand([first, second])
    if end is None:
        words = "To one of your stops nobody goes, so it has no mean to move to."
        assert words_of("03.1", "your start", [first, second]) == words
    elif end == [5, 22]:
        assert_right("03.1", "your start", [first, second])
    else:
        words = words_of("03.1", "your start", [first, second])
        assert words == "From there it ends as badly as from 0 and 10."


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("5 and 22", "It must be 2 numbers, got str."),
        ([5], "It must be 2 numbers, got an array of shape (1,)."),
        ([5, float("nan")], "It must be 2 numbers, and finite."),
        (["a", "b"], "It must be 2 numbers, got list."),
        ([5, 1e200], "It must be 2 numbers, and finite."),
        (dict, "It must be 2 numbers, got type."),
    ],
)
def test_what_is_no_start_is_told(start, words):
    assert words_of("03.1", "your start", start).startswith(words)


# --- 03.2 ----------------------------------------------------------------------------------------


def road(seed):
    """The houses of the exercise, or, by another seed, others in the same villages."""
    houses_at = np.random.default_rng(seed)
    villages = {500: 60, 1200: 90, 1900: 50, 6000: 100, 6600: 70, 9000: 80}
    return np.concatenate([houses_at.normal(place, 120, n) for place, n in villages.items()])


def by_random_houses(houses, seed):
    """A run of k-means to its very end from six houses."""
    start = np.random.default_rng(seed).choice(houses, 6, replace=False)[:, None]
    return KMeans(6, init=start, n_init=1, tol=0, max_iter=1000).fit(houses[:, None]).inertia_


def by_loops(houses, seed):
    """The same without scikit-learn; a stop that nobody uses stays."""
    stops = np.random.default_rng(seed).permutation(houses)[:6]
    for _ in range(200):
        stops = np.sort(stops)
        chosen = np.searchsorted((stops[1:] + stops[:-1]) / 2, houses)
        before = stops.copy()
        for j in np.unique(chosen):
            stops[j] = houses[chosen == j].mean()
        if (stops == before).all():
            break
    return ((houses - stops[chosen]) ** 2).sum()


@pytest.mark.parametrize("run", [by_random_houses, by_loops])
@pytest.mark.parametrize(("houses_by", "first"), [(6, 0), (6, 10_000), (1, 20_000), (3, 30_000)])
def test_the_share_of_runs_is_right_by_every_way_and_seed(run, houses_by, first):
    houses = road(houses_by)
    best = design.optimal_scalar(houses, 6).distortion(houses)
    runs = [run(houses, seed) for seed in range(first, first + 250)]
    ends = np.array(runs) / len(houses)
    assert_right("03.2", "the share", np.mean(ends < 1.01 * best))
    assert_right("03.2", "the worst end", measure.decibels(ends.max(), best))


def test_better_starts_are_told_from_random_ones():
    houses = road(6)[:, None]
    best = design.optimal_scalar(houses[:, 0], 6).distortion(houses)
    for init, tries in (("k-means++", 1), ("random", 10)):
        models = [KMeans(6, init=init, n_init=tries, random_state=seed) for seed in range(100)]
        ends = np.array([model.fit(houses).inertia_ for model in models]) / len(houses)
        words = words_of("03.2", "the share", np.mean(ends < 1.01 * best))
        assert words.startswith("So many? Let each run begin once")


@pytest.mark.parametrize(
    ("what", "answer", "words"),
    [
        ("your guess", 30, "It is at most 1."),
        ("your guess", "half", "It must be one number, got str."),
        ("the share", 22, "It is a share from 0 to 1, and right within a tenth."),
        ("the share", 0.5, "It is a share from 0 to 1, and right within a tenth."),
        ("the share", None, "Fill it in."),
        ("the worst end", 67, "That is the ratio itself."),
        ("the worst end", 36.5, "The ratio of two squared walks is 10 log10 in dB, not 20 log10."),
        ("the worst end", -18.3, "It has to be right within 1."),
    ],
)
def test_wrong_shares_and_ends(what, answer, words):
    assert words_of("03.2", what, answer) == words


# --- 03.3 ----------------------------------------------------------------------------------------


def longest_walk(houses, stops, chosen):
    """A house for a stop that nobody uses."""
    return houses[np.abs(houses - stops[chosen]).argmax()]


def beside_the_fullest(houses, stops, chosen):
    del houses
    return stops[np.bincount(chosen).argmax()] + 1e-3


def any_house(houses, stops, chosen):
    return houses[(len(chosen) + int(stops.sum())) % len(houses)]


def lloyd_with(new_place, choose):
    """A right function: how it chooses, and where it sends a stop that nobody uses."""

    def mended(houses, stops, rounds):
        for _ in range(rounds):
            chosen = choose(houses, stops)
            moved = stops.copy()
            for j in range(len(stops)):
                members = houses[chosen == j]
                moved[j] = members.mean() if members.size else new_place(houses, stops, chosen)
            stops = moved
        return stops

    return mended


def by_codebook(houses, stops):
    return Codebook(stops).encode(houses)


def last_of_equals(houses, stops):
    """The upper of two stops, as long as they ascend."""
    walks = np.abs(houses[:, None] - stops)
    return len(stops) - 1 - walks[:, ::-1].argmin(axis=1)


def lower_of_equals(houses, stops):
    return np.abs(houses[:, None] - stops).argmin(axis=1)


@pytest.mark.parametrize("new_place", [longest_walk, beside_the_fullest, any_house])
@pytest.mark.parametrize("choose", [by_codebook, last_of_equals])
def test_each_way_to_mend_it_is_right(new_place, choose):
    assert_right("03.3", FUNCTION, lloyd_with(new_place, choose))


def by_steps(houses, stops, rounds):
    """With lists, and with the column of a codebook as its result."""
    steps = list(design.lloyd_steps(houses, Codebook(stops)))
    return steps[min(2 * rounds - 1, len(steps) - 1)][0]


def test_a_codebook_is_as_good_as_an_array():
    assert_right("03.3", FUNCTION, by_steps)


def means_of_numbers(houses, stops, rounds):
    del rounds
    chosen = by_codebook(houses, stops)
    return [np.flatnonzero(chosen == j).mean() for j in range(len(stops))]


def nan_for_nobody(houses, stops, rounds):
    for _ in range(rounds):
        chosen = last_of_equals(houses, stops)
        stops = np.array([houses[chosen == j].mean() for j in range(len(stops))])
    return stops


def without_the_unused(houses, stops, rounds):
    for _ in range(rounds):
        chosen = by_codebook(houses, stops)
        stops = np.array([houses[chosen == j].mean() for j in np.unique(chosen)])
    return stops


WRONG_LLOYDS = {
    "After one round a stop is not at the mean place of its houses.": means_of_numbers,
    "A house half-way between two stops does not go to the upper one.": lloyd_with(
        longest_walk, lower_of_equals
    ),
    "A stop to which nobody goes becomes NaN.": nan_for_nobody,
    "It must return as many stops as it got.": without_the_unused,
    "A stop to which nobody goes is left without a house for ever.": lloyd_with(
        lambda houses, stops, chosen: 700.0, by_codebook
    ),
    "After 40 rounds with 40 houses it is not where Lloyd's algorithm ends.": (
        lambda houses, stops, rounds: lloyd_with(longest_walk, by_codebook)(
            houses, stops, min(rounds, 5)
        )
    ),
}


@pytest.mark.parametrize("words", WRONG_LLOYDS)
def test_a_fault_that_is_left_is_told(words):
    assert words_of("03.3", FUNCTION, WRONG_LLOYDS[words]) == words


def test_what_is_given_may_be_changed_in_place():
    def in_place(houses, stops, rounds):
        stops[:] = lloyd_with(longest_walk, by_codebook)(houses, stops, rounds)
        houses[:] = 0
        return stops

    assert_right("03.3", FUNCTION, in_place)


@pytest.mark.parametrize(
    ("sentences", "words"),
    [
        (
            "The average is taken over positions in the list. Without any members there is a "
            "division by zero. For two equal distances argmin picks the first!",
            "",
        ),
        ("One fault. Two faults. Three.", "Write 3 whole sentences; these are 0."),
        (3, "It must be a text in quotes."),
        (
            "The average is of the wrong thing. Two equal walks lead down. The third one is bad.",
            "One fault shows when nobody goes to a stop.",
        ),
    ],
)
def test_sentences_are_looked_at(sentences, words):
    if words:
        assert words_of("03.3", "your sentences", sentences) == words
    else:
        assert_right("03.3", "your sentences", sentences)


# --- 03.4 ----------------------------------------------------------------------------------------


def by_cumulated_masses(samples, weights, size, seed):
    """k-means++ with one random number for each code vector, and with lists."""
    chance = np.random.default_rng(seed)
    mass = np.array(weights, dtype=float)
    nearest = np.full(len(samples), np.inf)
    vectors = []
    for _ in range(size):
        ends = np.cumsum(mass)
        index = np.searchsorted(ends, chance.random() * ends[-1], side="right")
        vectors.append(samples[index].tolist())
        nearest = np.minimum(nearest, ((samples - samples[index]) ** 2).sum(axis=1))
        mass = weights * nearest
    return vectors


def by_repeating(samples, weights, size, seed):
    """Each sample as often as its weight says, by NumPy's older generator."""
    chance = np.random.RandomState(seed)
    points = np.repeat(samples, weights.astype(int), axis=0)
    vectors = points[[chance.randint(len(points))]]
    while len(vectors) < size:
        squares = ((points[:, None] - vectors) ** 2).sum(axis=2).min(axis=1)
        chosen = chance.choice(len(points), p=squares / squares.sum())
        vectors = np.vstack([vectors, points[chosen]])
    return Codebook(vectors)


def by_scikit_learn(samples, weights, size, seed):
    vectors, _ = kmeans_plusplus(
        samples, size, sample_weight=weights, random_state=seed, n_local_trials=1
    )
    return vectors


@pytest.mark.parametrize(
    ("way", "shift"),
    [
        (by_cumulated_masses, 0),
        (by_cumulated_masses, 50_000),
        (by_cumulated_masses, 100_000),
        (by_repeating, 0),
        (by_repeating, 50_000),
        (by_scikit_learn, 0),
    ],
)
def test_each_way_to_draw_is_right_with_other_seeds(way, shift):
    assert_right("03.4", FUNCTION, lambda *given: way(*given[:3], given[3] + shift))


def draws_by(first_mass, mass):
    """Draws by masses of the first and of the further ones, which may be wrong."""

    def draw(samples, weights, size, seed):
        chance = np.random.default_rng(seed)
        chances = first_mass(weights)
        drawn = [chance.choice(len(samples), p=chances / chances.sum())]
        while len(drawn) < size:
            squares = ((samples[:, None] - samples[drawn]) ** 2).sum(axis=2)
            chances = mass(weights, squares)
            drawn.append(chance.choice(len(samples), p=chances / chances.sum()))
        return samples[drawn]

    return draw


def by_weight(weights):
    return weights


def without_weight(weights):
    return (weights > 0).astype(float)


def nearest_square(weights, squares):
    return weights * squares.min(axis=1)


def greedy(samples, weights, size, seed):
    """With scikit-learn's several candidates, which draws far samples too often."""
    return kmeans_plusplus(samples, size, sample_weight=weights, random_state=seed)[0]


def farthest(samples, weights, size, seed):
    drawn = [np.random.default_rng(seed).choice(len(samples), p=weights / weights.sum())]
    while len(drawn) < size:
        squares = ((samples[:, None] - samples[drawn]) ** 2).sum(axis=2).min(axis=1)
        drawn.append((squares * (weights > 0)).argmax())
    return samples[drawn]


def changes_its_samples(samples, weights, size, seed):
    vectors = by_cumulated_masses(samples, weights, size, seed)
    samples -= samples.mean()
    return vectors


def last_only(weights, squares):
    """Distances to the last one drawn, none that was drawn before."""
    return weights * squares[:, -1] * (squares.min(axis=1) > 0)


OFTEN = "The second code vector does not come as often as it should, by weight times squared "
WRONG_DRAWS = {
    "first without weights": (
        draws_by(without_weight, nearest_square),
        "The first code vector does not come as often as the weights say.",
    ),
    "further without weights": (
        draws_by(by_weight, lambda weights, squares: (weights > 0) * squares.min(axis=1)),
        OFTEN,
    ),
    "not squared": (
        draws_by(by_weight, lambda weights, squares: weights * np.sqrt(squares.min(axis=1))),
        OFTEN,
    ),
    "greedy": (greedy, OFTEN),
    "farthest": (farthest, OFTEN),
    "sum of distances": (
        draws_by(by_weight, lambda weights, squares: weights * squares.sum(axis=1)),
        "Two code vectors are the same, where there are other samples.",
    ),
    "last only": (
        draws_by(by_weight, last_only),
        "Of four clusters far apart it leaves one without a code vector.",
    ),
    "weights forgotten": (
        draws_by(np.ones_like, lambda weights, squares: squares.min(axis=1)),
        "It draws a sample that has the weight 0.",
    ),
    "no seed": (
        lambda samples, weights, size, seed: by_cumulated_masses(samples, weights, size, None),
        "The same seed has to draw the same.",
    ),
    "one seed": (
        lambda samples, weights, size, seed: by_cumulated_masses(samples, weights, size, 0),
        "Every seed draws the same.",
    ),
    "new places": (
        lambda samples, weights, size, seed: samples[:size] + 1e-3,
        "A code vector is none of the samples.",
    ),
    "indices": (
        lambda samples, weights, size, seed: list(range(size)),
        "It must return shape (6, 2), got (6,).",
    ),
    "changes": (changes_its_samples, "It changes the samples that it was given."),
    "NaN": (
        lambda samples, weights, size, seed: samples[:size] * np.nan,
        "What it returns must hold finite numbers only.",
    ),
}


@pytest.mark.parametrize("case", WRONG_DRAWS)
def test_a_wrong_way_to_draw_is_told(case):
    draw, words = WRONG_DRAWS[case]
    assert words_of("03.4", FUNCTION, draw).startswith(words)


# --- 03.5 ----------------------------------------------------------------------------------------


def test_two_levels_by_integration_are_right():
    mass, _ = integrate.quad(stats.norm.pdf, 0, 12)
    first, _ = integrate.quad(lambda x: x * stats.norm.pdf(x), 0, 12)
    level = first / mass
    error, _ = integrate.quad(lambda x: 2 * (x - level) ** 2 * stats.norm.pdf(x), 0, 12)
    assert_right("03.5", "the upper level", round(level, 3))
    assert_right("03.5", "the mean squared error", round(error, 3))
    for off, right in ((0.0004, True), (0.0009, False), (-0.0004, True), (-0.0009, False)):
        if right:
            assert_right("03.5", "the upper level", level + off)
        else:
            assert words_of("03.5", "the upper level", level + off)


def by_fixed_point(size):
    """K² D of the Gaussian by Lloyd's own iteration with exact integrals, and not by a root."""
    levels = stats.norm(scale=np.sqrt(3)).ppf((np.arange(size) + 0.5) / size)
    for _ in range(20_000):
        borders = np.concatenate([[-np.inf], (levels[1:] + levels[:-1]) / 2, [np.inf]])
        mass = np.diff(stats.norm.cdf(borders))
        moved = -np.diff(stats.norm.pdf(borders)) / mass
        if np.abs(moved - levels).max() < 1e-9:
            break
        levels = moved
    return size**2 * (1 - (mass * levels**2).sum())


def test_many_levels_by_lloyds_iteration_are_right():
    assert_right("03.5", "K² D at 64 levels", by_fixed_point(64))


def test_the_limit_is_right_by_the_formula_and_by_very_many_levels():
    limit = np.sqrt(3) * np.pi / 2
    assert_right("03.5", "the limit", limit)
    assert_right("03.5", "the limit", round(limit, 2))
    levels = design.lloyd_max(stats.norm.pdf, 1024, -10, 10)
    at_1024 = 1024**2 * design.expected_distortion(levels, stats.norm.pdf, -10, 10)
    assert limit - at_1024 < 0.006
    assert words_of("03.5", "the limit", 2.6991) == "That is K² D at 256; it still grows."


# --- 03.6 ----------------------------------------------------------------------------------------

CODEBOOK = "your codebook"
FEW = sources.gauss_markov(240, 2, 0.9, seed=7)


def test_the_others_of_the_contest_have_what_is_said_of_them():
    one_run = KMeans(16, init="random", n_init=1, random_state=0).fit(FEW)
    codebooks = {
        "16 random samples": Codebook(FEW[:16]),
        "one run of k-means": Codebook(one_run.cluster_centers_),
        "splitting": design.split(FEW, 16),
        "the best of 100 runs": design.lloyd(FEW, 16, starts=100),
    }
    errors = {name: codebook.distortion(unseen()) for name, codebook in codebooks.items()}
    assert errors == pytest.approx(OTHERS, abs=0.0005)
    for codebook in codebooks.values():
        words = words_of("03.6", CODEBOOK, codebook)
        assert words.startswith("You have 0.")
        assert words.endswith("What do you know of the source that 240 samples do not show?")


def test_the_unseen_samples_are_none_of_the_few():
    assert not (unseen()[:, None, 0] == FEW[:, 0]).any()


@pytest.mark.parametrize("seed", range(6))
def test_what_is_known_of_the_source_wins_with_every_seed(seed):
    mirrored = np.concatenate([FEW, -FEW, FEW[:, ::-1], -FEW[:, ::-1]])
    assert_right("03.6", CODEBOOK, design.lloyd(mirrored, 16, seed=seed).vectors)
    chance = np.random.default_rng(seed)
    model = chance.multivariate_normal([0, 0], np.cov(FEW.T), 16_000)
    codebook = design.lloyd(model, 16, seed=seed)
    assert_right("03.6", CODEBOOK, codebook.vectors.tolist())
    assert place_in_the_contest(codebook).startswith("You have 0.045: place 1 of 5, before ")


@pytest.mark.parametrize("seed", range(6))
def test_luck_with_the_start_does_not_win(seed):
    words = words_of("03.6", CODEBOOK, design.lloyd(FEW, 16, seed=seed))
    assert "4 % ahead of the next" in words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (FEW, "It may have 16 code vectors, and has 240."),
        (FEW[:16, 0], "Its code vectors must be pairs, got dimension 1."),
        (FEW[:16] * np.nan, "It must hold finite numbers only."),
        (FEW[:16].astype(str), "It must be an array of numbers, got one of <U32 "),
        (FEW[:16] * 1e200, "It is no codebook: vectors must "),
        (np.ones((2, 2, 2)), "It is no codebook: vectors must "),
        ("codebook", "It must be an array of numbers, got str."),
        (Codebook, "It must be an array of numbers, got type."),
        ([[1, 2], [3]], "It must be an array of numbers, got list."),
        (lambda: FEW, "It must be an array of numbers, got function."),
    ],
)
def test_what_is_no_codebook_for_the_contest_is_told(answer, words):
    assert words_of("03.6", CODEBOOK, answer).startswith(words)
