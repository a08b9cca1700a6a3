"""Exercises of notebook 01: right answers in every form, and a sentence for each wrong one."""

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from tests.exercises.support import assert_right, words_of
from vqlib import Codebook, design, sources

FUNCTION = "your function"
CLASSIC = Codebook([-3, -1, 1, 3])


# --- 01.1 and 01.2 -------------------------------------------------------------------------------

ERRORS = np.array([3 - 5.7, 3 - 3.5, -1 + 0.1, 3 - 2])


@pytest.mark.parametrize("indices", [[3, 3, 1, 3], (3.0, 3, 1, 3), np.array([[3], [3], [1], [3]])])
def test_four_samples_on_paper(indices):
    assert_right("01.1", "the indices", indices)
    assert_right("01.1", "the mean squared error", np.mean(ERRORS**2))
    assert_right("01.1", "the mean squared error", 2.34)
    assert_right("01.1", "the share of overload", 0.78)


def test_a_wrong_index_is_named():
    words = words_of("01.1", "the indices", [3, 2, 1, 3])
    assert words == "Number 2 of the 4 is not it. An index is 0, 1, 2 or 3."
    assert words_of("01.1", "the indices", [3, 3, 1]) == (
        "It must be 4 numbers, got an array of shape (3,)."
    )


def test_a_weather_station_measured():
    station = design.uniform(8, -10, 40)
    air = np.linspace(-10, 40, 1_000_001)
    errors = station.quantize(air) - air
    assert_right("01.2", "the greatest error", np.abs(errors).max())
    assert_right("01.2", "the greatest error", "3.13")
    assert_right("01.2", "the mean squared error", np.mean(errors**2))
    assert_right("01.2", "the bits", np.ceil(np.log2(50)))


@pytest.mark.parametrize("error", [3.125 - 0.0076, 3.125 + 0.0076])
def test_an_error_beyond_the_tolerance_is_not_taken(error):
    words = words_of("01.2", "the greatest error", error)
    assert words == "It has to be right within 0.005."


# --- 01.3 ----------------------------------------------------------------------------------------


def by_digitize(samples):
    return np.digitize(samples, [-2, 0, 2])


def by_searching(samples):
    return np.searchsorted([-2, 0, 2], samples, side="right").astype(np.uint8)


def by_counting(samples):
    return sum((np.asarray(samples) >= threshold).astype(int) for threshold in (-2, 0, 2))


def by_a_list(samples):
    return [sum(sample >= threshold for threshold in (-2, 0, 2)) for sample in samples.tolist()]


def in_place(samples):
    samples += 4
    samples //= 2
    return np.minimum(np.maximum(samples, 0), 3).astype(int)


@pytest.mark.parametrize(
    "encode", [by_digitize, by_searching, by_counting, by_a_list, in_place, CLASSIC.encode]
)
def test_ways_to_encode(encode):
    assert_right("01.3", FUNCTION, encode)


def near_one(samples):
    """Wrong where none of the few samples lies that are tried first."""
    return np.where(np.abs(samples - 1) < 0.3, 3, by_digitize(samples))


WHOLE = "It must return one whole number for each sample."


@pytest.mark.parametrize(
    ("encode", "words"),
    [
        (lambda samples: np.digitize(samples, [-2, 0, 2], right=True), "has to go up"),
        (lambda samples: np.floor(samples / 2).astype(int) + 2, "Beyond the outermost levels"),
        (lambda samples: by_digitize(samples) + 1, "not of the nearest level"),
        (near_one, "For 1000 samples some index is wrong."),
        (lambda samples: by_digitize(samples).astype(float), WHOLE),
        (lambda samples: by_digitize(samples)[:, None], WHOLE),
        (lambda samples: by_digitize(samples)[:-1], WHOLE),
        (lambda samples: by_digitize(samples) > 1, WHOLE),
        (lambda samples: [[1, 2], [3]], WHOLE),
        (lambda samples: "0 1 2", WHOLE),
        (lambda samples: {0, 1}, WHOLE),
        (lambda samples: None, "It returns nothing yet."),
        (lambda: 0, "It raises TypeError: "),
        (lambda samples: 1 / 0, "It raises ZeroDivisionError: "),
        (dict, "It raises "),
        ([3, 3, 1, 3], "It must be a function, got list."),
        (CLASSIC, "It must be a function, got Codebook."),
    ],
)
def test_what_is_said_of_other_functions(encode, words):
    assert words in words_of("01.3", FUNCTION, encode)


def by_a_codebook_of_its_own(samples):
    return Codebook([-3, -1, 1, 3]).encode(samples)


def by_a_codebook_from_outside(samples):
    return CLASSIC.encode(samples)


@pytest.mark.parametrize("encode", [by_a_codebook_of_its_own, by_a_codebook_from_outside])
def test_the_library_does_not_encode(encode):
    assert words_of("01.3", FUNCTION, encode) == "It uses `Codebook`; do without."


# --- 01.4 ----------------------------------------------------------------------------------------


def share_of(samples):
    """Overload as a share of the error of these samples."""
    squares = (CLASSIC.quantize(samples) - samples) ** 2
    return squares[np.abs(samples) > 4].sum() / squares.sum()


def spread_of_half(share_at):
    return optimize.brentq(lambda spread: share_at(spread) - 0.5, 1.5, 3.5, xtol=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_the_share_measured_with_any_seed(seed):
    samples = sources.gaussian(1_000_000, 1, seed=seed)[:, 0]
    assert_right("01.4", "the share", share_of(2 * samples))
    assert_right("01.4", "the spread", spread_of_half(lambda spread: share_of(spread * samples)))


def exact_share(spread):
    """By integrals over the density of a Gaussian of this standard deviation."""
    density = stats.norm(scale=spread).pdf
    granular = 0.0
    for level in (-3, -1, 1, 3):
        squares = integrate.quad(lambda x, c=level: (x - c) ** 2 * density(x), level - 1, level + 1)
        granular += squares[0]
    overload = 2 * integrate.quad(lambda x: (x - 3) ** 2 * density(x), 4, np.inf)[0]
    return overload / (granular + overload)


def test_the_share_by_integrals():
    assert_right("01.4", "the share", exact_share(2))
    assert_right("01.4", "the spread", spread_of_half(exact_share))
    assert_right("01.4", "your guess", 0.999)
    assert words_of("01.4", "your guess", 30) == "It is at most 1."
    assert words_of("01.4", "the spread", 2.3) == "It has to be right within 0.03."


# --- 01.5 ----------------------------------------------------------------------------------------


def by_codebook(samples, size, low, high):
    half = (high - low) / size / 2
    return Codebook(np.linspace(low + half, high - half, size)).quantize(samples)


def by_rule(samples, size, low, high):
    return design.uniform(size, low, high).quantize(samples).tolist()


def without_levels(samples, size, low, high):
    step = (high - low) / size
    indices = np.clip((samples - low) // step, 0, size - 1)
    return low + (indices + 0.5) * step


def clips_first(samples, size, low, high):
    samples[samples < low] = low
    samples[samples > high] = high
    indices = ((samples - low) / (high - low) * size).astype(int)
    indices[indices == size] = size - 1
    return (low + (high - low) / size * (np.arange(size) + 0.5))[indices]


@pytest.mark.parametrize("quantize", [by_codebook, by_rule, without_levels, clips_first])
def test_ways_to_mend(quantize):
    assert_right("01.5", FUNCTION, quantize)


def broken(samples, size, low, high):
    step = (high - low) / size
    levels = np.arange(low + step / 2, high - step / 2, step)
    indices = np.round((samples - low) / step - 0.5).astype(int)
    return levels[np.minimum(indices, len(levels) - 1)]


def to_the_ends(samples, size, low, high):
    """The levels of `np.linspace`, from end to end: another quantizer."""
    return Codebook(np.linspace(low, high, size)).quantize(samples)


def open_above(samples, size, low, high):
    step = (high - low) / size
    levels = low + step * (np.arange(size + 1) + 0.5)
    return levels[np.clip(np.floor((samples - low) / step), 0, size).astype(int)]


def only_the_classic(samples, size, low, high):
    return CLASSIC.quantize(samples)


ONE_EACH = "It must return one number for each sample."


@pytest.mark.parametrize(
    ("quantize", "words"),
    [
        (broken, "a sample below the interval does not become the lowest level."),
        (to_the_ends, "a sample inside does not become its nearest level."),
        (open_above, "a sample above the interval does not become the greatest level."),
        (only_the_classic, "With 8 levels from -10 to 40, a sample inside"),
        (lambda samples, size, low, high: samples[:2], ONE_EACH),
        (lambda samples, size, low, high: samples + 0j, ONE_EACH),
        (lambda samples, size, low, high: [str(x) for x in samples], ONE_EACH),
        (lambda samples, size, low, high: [samples, 1], ONE_EACH),
        (lambda samples, size, low, high: samples * np.nan, "a sample inside"),
        (lambda samples: samples, "It raises TypeError: "),
        (..., "Fill it in."),
    ],
)
def test_what_is_said_of_other_quantizers(quantize, words):
    assert words in words_of("01.5", FUNCTION, quantize)


# --- 01.6 ----------------------------------------------------------------------------------------


def test_the_fewest_levels_are_those_below_which_it_is_less():
    bell = stats.norm.pdf
    for levels, enough in ((28, False), (29, True)):
        best = design.lloyd_max(bell, levels, -8, 8)
        assert (-10 * np.log10(design.expected_distortion(best, bell, -8, 8)) >= 25) == enough
    assert_right("01.6", "the levels for the Gaussian", np.int64(29))
    assert_right("01.6", "the levels for the even source", np.ceil(10 ** (25 / 20)))
    assert "one level fewer" in words_of("01.6", "the levels for the even source", 10**1.25)


@pytest.mark.parametrize(
    "text",
    [
        "With twice as many levels on the same width the step is halved. The squared error goes "
        "down to a fourth, and 10 log10 of 4 is 6.02. A normal density has no ends, so new levels "
        "also go outwards and the steps shrink by less than half.",
        "A quarter of the error is left when intervals are half as long. This holds if all of them "
        "are cut in two. The bell's two outermost ones are endless and cannot be.",
    ],
)
def test_explanations_in_other_words(text):
    assert_right("01.6", "your explanation", text)


def test_an_explanation_without_the_sources():
    text = "Each bit halves the step. So the error is a quarter of it. That makes 6.02 dB for one."
    assert words_of("01.6", "your explanation", text) == "How do the two sources differ?"
