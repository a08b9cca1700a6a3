"""Exercises of notebook 00: right answers in every form, and a sentence for each wrong one."""

import numpy as np
import pytest

from tests.exercises.support import assert_right, words_of
from vqlib import image

ACCOUNT = "your account"
TEXT = "your explanation"


# --- 00.1 ----------------------------------------------------------------------------------------


def test_greys_at_equal_distances_in_any_form():
    greys = np.linspace(0, 255, 32)
    assert_right("00.1", "the bits", np.ceil(np.log2(1 + 255 / 10)))
    assert_right("00.1", "the greys", np.array(greys.size))
    assert_right("00.1", "their distance", np.diff(greys).mean())
    assert_right("00.1", "their distance", [round(255 / 31, 2)])


@pytest.mark.parametrize("beside", [-0.016, 0.016])
def test_a_distance_beyond_the_tolerance_is_not_taken(beside):
    assert words_of("00.1", "their distance", 255 / 31 + beside) == (
        "It has to be right within 0.01."
    )


# --- 00.2 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pixels", [12_000_000, 48_771_072, 1001, 2448 * 3264])
def test_every_camera_is_right(pixels):
    assert_right("00.2", ACCOUNT, [pixels, pixels, pixels * 3 / 8, 0.625])
    assert_right("00.2", ACCOUNT, (pixels, pixels, pixels * 3 // 8, 5 / 8))
    packed = len(np.packbits(np.zeros(3 * 1001, bool)))
    assert_right("00.2", ACCOUNT, np.array([1001, 1001, packed, 1 - packed / 1001]))


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ([12, 12, 4.5, 0.625], "not in millions"),
        ([12.5e6 + 0.5, 1, 1, 1], "a whole number"),
        ([8000, 64_000, 24_000, 0.625], "At 8 bits: These are bits"),
        ([8000, 24_000, 9000, 0.625], "a pixel has one value"),
        ([8000, 1000, 375, 0.625], "How many bytes does one pixel take?"),
        ([8000, 8000, 24_000, 0.625], "At 3 bits: These are bits"),
        ([8000, 8000, 8000 / 3, 0.625], "Count the bits of all pixels"),
        ([8000, 8000, 3002, 0.625], "Count the bits of all pixels"),
        ([8000, 8000, 3000, 62.5], "from 0 to 1"),
        ([8000, 8000, 3000, 0.375], "left, not saved"),
        ([8000, 8000, 3000, 0.63 + 1e-3], "how many are saved?"),
        ([8000, 8000, 3000, -0.625], "how many are saved?"),
        ([8000, 8000, 3000], "It must be 4 numbers, got an array of shape (3,)."),
        (["12 MP", 1, 1, 1], "It must be 4 numbers, got list."),
    ],
)
def test_an_account_that_does_not_add_up(account, words):
    assert words in words_of("00.2", ACCOUNT, account)


# --- 00.3 ----------------------------------------------------------------------------------------


def test_distances_measured_on_the_picture_itself():
    picture = image.quantize_image(image.sample("chart"), bits=2).picture
    distances = np.diff(np.unique(picture))
    assert_right("00.3", "the smallest distance", distances.min())
    assert_right("00.3", "the largest distance", float(distances.max()))
    assert "neighbours" in words_of("00.3", "the largest distance", distances.mean())


@pytest.mark.parametrize("guess", [0, 85, 255.0, "64"])
def test_each_possible_guess_will_do(guess):
    assert_right("00.3", "your guess", guess)


def test_a_distance_of_more_than_all_greys_is_no_guess():
    assert words_of("00.3", "your guess", 256) == "It is at most 255."


# --- 00.4 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Each pixel keeps its place. Only its gray is chosen from a shorter list. "
        "So its index is shorter, but there are as many of them!",
        "Bits count what one pixel can be, not how many pixels there are. With 3 bits it can have "
        "8 brightnesses. With 8 bits it can have 256, e.g. a soft sky.",
        "The picture has as many pixels as before. Each of them takes less room. That is why it "
        "is smaller: it is less deep, not less wide.",
        "The number of Pixels is height times width.\nNeither changes when values are rounded.\n"
        "What changes is how much room one of them takes.",
    ],
)
def test_explanations_in_other_words(text):
    assert_right("00.4", TEXT, text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Pixels stay as they are.", "Write 3 whole sentences; these are 1."),
        ("Pixels stay. They are. So it is.", "Write 3 whole sentences; these are 1."),
        ("I do not know that. Well. Pixels are what they always were.", "these are 2."),
        ("Pixels are as many. The file becomes much smaller. That is all there is.", "stored"),
        (b"Pixels", "It must be a text in quotes."),
        (["a", "b", "c"], "It must be a text in quotes."),
    ],
)
def test_explanations_that_lack_something(text, words):
    assert words in words_of("00.4", TEXT, text)
