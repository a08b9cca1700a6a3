"""Exercises of notebook 02: right answers in every form, and a sentence for each wrong one."""

import numpy as np
import pytest
from scipy import stats
from sklearn.cluster import KMeans

from tests.exercises.support import assert_right, words_of
from vqlib import Codebook, design, image, measure, sources

VECTORS = "your code vectors"
MIRRORED = "your mirrored codebook"
SOURCE = "your source"


@pytest.fixture(scope="module")
def best_four():
    return design.lloyd_max(stats.norm.pdf, 4, -8, 8)


# --- 02.1 ----------------------------------------------------------------------------------------


def test_the_largest_codebook_that_fits():
    sizes = [4**k for k in range(1, 20) if k * 4**k <= 10_000]
    assert_right("02.1", "the components", len(sizes))
    assert_right("02.1", "the code vectors", sizes[-1])
    full = Codebook(np.arange(10_000).reshape(-1, 5))
    assert_right("02.1", "the rate of the full codebook", full.rate)
    assert_right("02.1", "the rate of the full codebook", round(full.rate, 2))
    assert words_of("02.1", "the rate of the full codebook", full.rate + 0.016)


# --- 02.2 ----------------------------------------------------------------------------------------

ACROSS = np.array([3.0, 4.0])
"""Half the way from one code vector to the other; the line goes through (2, 1)."""


@pytest.mark.parametrize("along", [0, -0.4, 1, 250])
@pytest.mark.parametrize("form", [np.array, Codebook, np.ndarray.tolist, tuple])
def test_every_place_along_the_line_will_do(along, form):
    middle = np.array([2, 1]) + along * np.array([4, -3])
    assert_right("02.2", VECTORS, form(np.array([middle + ACROSS, middle - ACROSS])))


def test_vectors_rounded_to_two_decimals_will_do():
    middle = np.array([10 / 7, 10 / 7])
    assert_right("02.2", VECTORS, np.round([middle - ACROSS, middle + ACROSS], 2))


@pytest.mark.parametrize(
    ("vectors", "words"),
    [
        ([[2, 1], [2, 1]], "They lie 0 apart."),
        ([[-4, -7], [8, 9]], "They lie 20 apart."),
        ([[-1, -3], [5, 5.02]], "They lie 10.02 apart."),
        ([[-3, -4], [3, 4]], "The point half-way between them lies 2 beside the line."),
        ([[7, 1], [-3, 1]], "at a right angle"),
        ([[-1, 5], [5, -3]], "at a right angle"),
        ([[-1, -3, 0], [5, 5, 0]], "two components, got the shape (2, 3)."),
        ([[-1, -3], [5, 5], [0, 0]], "2 code vectors of two components, got the shape (3, 2)."),
        ([-1, -3, 5, 5], "got the shape (4, 1)."),
        ([[-1, -3], [5]], "got list."),
        ([[np.nan, -3], [5, 5]], "got list."),
        ([[1e90, -3], [5, 5]], "They lie 1e+90 apart."),
        ([[10**400, -3], [5, 5]], "got list."),
        (np.array([[-1, -3], [5, 5]]) + 0j, "got ndarray."),
        ("3x + 4y = 10", "got str."),
        (design, "got module."),
        (lambda: 0, "got function."),
        ([[..., 1], [2, 3]], "Fill it in."),
    ],
)
def test_what_is_said_of_other_vectors(vectors, words):
    assert words in words_of("02.2", VECTORS, vectors)


# --- 02.3 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "seed"), [(100_000, 5), (100_000, 7), (20_000, 1), (4000, 2)])
def test_four_code_vectors_by_other_ways(size, seed, best_four):
    pairs = sources.gauss_markov(size, 2, 0.9, seed=seed)
    assert_right("02.3", VECTORS, design.lloyd(pairs, 4))
    found = KMeans(4, n_init=4, random_state=seed).fit(pairs).cluster_centers_
    assert_right("02.3", VECTORS, found[::-1])
    assert_right("02.3", VECTORS, np.sqrt(0.95) * np.repeat(best_four.vectors, 2, axis=1))


@pytest.mark.parametrize("seed", range(3))
def test_the_two_parts_measured(seed):
    four = design.lloyd(sources.gauss_markov(100_000, 2, 0.9, seed=seed), 4)
    new = sources.gauss_markov(1_000_000, 2, 0.9, seed=100 + seed)
    errors = (new - four.quantize(new)) @ np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    along, across = np.mean(errors**2, axis=0) / 2
    assert_right("02.3", "the part along the diagonal", along)
    assert_right("02.3", "the part across it", across)


def test_the_parts_are_not_the_whole(best_four):
    pairs = sources.gauss_markov(100_000, 2, 0.9, seed=1)
    whole = design.lloyd(pairs, 4).distortion(pairs)
    assert "both parts" in words_of("02.3", "the part along the diagonal", whole)
    along = np.sqrt(0.95) * best_four.vectors
    other_diagonal = np.hstack([along, -along])
    assert "times that of the best four" in words_of("02.3", VECTORS, other_diagonal)


# --- 02.4 ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained_rho():
    return design.lloyd(sources.gauss_markov(100_000, 2, 0.9, seed=5), 16)


@pytest.mark.parametrize("seed", range(4))
def test_the_gain_measured_with_any_seed(seed, best_four):
    seen = sources.gauss_markov(100_000, 2, -0.9, seed=seed)
    new = sources.gauss_markov(200_000, 2, -0.9, seed=100 + seed)
    grid = design.product(best_four, best_four)
    vectors = KMeans(16, n_init=2, random_state=seed).fit(seen).cluster_centers_
    gain = measure.decibels(grid.distortion(new), Codebook(vectors).distortion(new))
    assert_right("02.4", "the gain", gain)
    assert_right("02.4", MIRRORED, vectors)


@pytest.mark.parametrize("mirror", [[1, -1], [-1, 1]])
def test_both_mirrors_will_do(mirror, trained_rho):
    assert_right("02.4", MIRRORED, trained_rho.vectors * mirror)
    assert_right("02.4", MIRRORED, Codebook(trained_rho.vectors[:, ::-1] * mirror))
    assert_right("02.4", MIRRORED, (trained_rho.vectors * mirror).tolist())


def test_what_is_said_of_other_mirrors(trained_rho, best_four):
    swapped = trained_rho.vectors[:, ::-1]
    assert words_of("02.4", MIRRORED, swapped).startswith("It loses 7.9 dB")
    assert words_of("02.4", MIRRORED, design.product(best_four, best_four)) == (
        "It gains only 0.0 dB."
    )
    eight = "It must hold 16 code vectors of two components, got the shape (8, 2)."
    assert words_of("02.4", MIRRORED, trained_rho.vectors[::2]) == eight
    assert words_of("02.4", MIRRORED, lambda: trained_rho).endswith("got function.")
    assert words_of("02.4", "your guess", 99) == "It is at most 30."


# --- 02.5 ----------------------------------------------------------------------------------------


def heaps(n, seed):
    chance = np.random.default_rng(seed)
    places = np.array([(2, 1), (-1, 2), (-2, -1), (1, -2)])
    return chance.choice(places, n) + chance.uniform(-0.2, 0.2, (n, 2))


def half_on_each_axis(n, seed):
    chance = np.random.default_rng(seed)
    far = chance.choice([-1, 1], n) * (1 + 0.2 * chance.standard_normal(n))
    on_first = chance.integers(0, 2, n)
    return np.stack([far * on_first, far * (1 - on_first)], axis=1)


def vee(n, seed):
    first = np.random.default_rng(seed).uniform(-1, 1, n)
    return np.column_stack([first, np.abs(first)])


def four_points(n, seed):
    """No chance at all, and nothing is lost."""
    return np.resize([(1, 0), (0, 1), (-1, 0), (0, -1)], (n, 2))


def as_a_list(n, seed):
    return (1000 + heaps(n, seed)).tolist()


@pytest.mark.parametrize("source", [heaps, half_on_each_axis, vee, four_points, as_a_list])
def test_ways_to_have_no_correlation(source):
    assert_right("02.5", SOURCE, source)


def on_both_diagonals(n, seed):
    """No correlation, but its measured value varies more than that of any other source here."""
    chance = np.random.default_rng(seed)
    first = chance.laplace(size=n)
    return np.column_stack([first, first * chance.choice([-1, 1], n)])


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (on_both_diagonals, "The correlation is 0, but the gain is only 0."),
        (lambda n, seed: sources.gaussian(n, 2, seed=seed), "the gain is only"),
        (lambda n, seed: sources.ring(n, seed=seed), "the gain is only"),
        (lambda n, seed: heaps(n, seed) @ [[1, 0.2], [0, 1]], "The correlation is 0."),
        (lambda n, seed: np.column_stack([np.arange(n), np.ones(n)]), "always the same"),
        (lambda n, seed: heaps(n, None), "With the same seed"),
        (lambda n, seed: np.resize([(1, 1), (1, -1), (-1, 0)], (n, 2)), "only 3 different pairs"),
        (lambda n, seed: heaps(n, seed).T, "got the shape (2, 20000)."),
        (lambda n, seed: heaps(100, seed), "got the shape (100, 2)."),
        (lambda n, seed: heaps(n, seed) * np.inf, "finite numbers"),
        (lambda n, seed: heaps(n, seed) * 1e200, "none huge"),
        (lambda n, seed: [["a", "b"]] * n, "pairs of finite numbers."),
        (lambda n, seed: heaps(n, seed) + 0j, "pairs of finite numbers."),
        (lambda n, seed: "pairs", "pairs of finite numbers."),
        (lambda n, seed: None, "It returns nothing yet."),
        (lambda n: heaps(n, 0), "It raises TypeError: "),
        (heaps(100, 0), "It must be a function, got ndarray."),
        (type, "It raises TypeError: "),
    ],
)
def test_what_is_said_of_other_sources(source, words):
    assert words in words_of("02.5", SOURCE, source)


def test_a_component_that_never_changes_under_one_seed():
    def source(n, seed):
        return np.column_stack([heaps(n, seed)[:, 0], np.full(n, seed)])

    assert "No codebook can be trained on its pairs" in words_of("02.5", SOURCE, source)


# --- 02.6 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_pixels_below_each_other_with_any_start(seed):
    camera = image.sample("camera").astype(float)
    pairs = np.stack([camera[::2], camera[1::2]], axis=-1).reshape(-1, 2)
    trained = design.lloyd(pairs, 16, seed=seed, starts=1)
    assert_right("02.6", "the PSNR", measure.psnr(pairs, np.round(trained.quantize(pairs))))
    assert_right("02.6", "the PSNR", measure.psnr(pairs, trained.quantize(pairs)))


@pytest.mark.parametrize(
    "text",
    [
        "I measured 0.978 beside and 0.985 below. With the larger correlation there is less spread "
        "off the diagonal. So sixteen stars come nearer to all pairs.",
        "Vertical neighbours differ less here than horizontal ones. Thus the codebook has smaller "
        "errors to expect. A picture of a fence that lies down would do the opposite.",
    ],
)
def test_explanations_in_other_words(text):
    assert_right("02.6", "your explanation", text)


def test_an_explanation_without_the_pixels():
    text = "The code vectors are in better places. It fits. It is as it has to be, then."
    assert words_of("02.6", "your explanation", text).startswith("Write 3")
    text = text.replace("It fits", "The codebook fits the source")
    assert words_of("02.6", "your explanation", text).startswith("How do the two pixels")
