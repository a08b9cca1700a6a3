"""What the exercises of notebook 00_start_here ask for."""

from typing import Any

from .kinds import Exercises, Guess, Number, Property, Sentences, require

ACCOUNT = Number("your account", 1.0, count=4)
BITS = "These are bits; 8 of them make a byte."
STORED = r"gr[ae]y|value|level|ind(ex|ices)|number|colou?r|shade|tone|bright|bit|room|space|memory"
LEVELS = "Print the levels, and subtract neighbours."


def adds_up(account: Any) -> None:
    """`account` has pixels, bytes at 8 bits, bytes at 3 bits and the share saved, in this order."""
    pixels, fine, coarse, share = ACCOUNT.numbers(account)
    whole = "The first is how many pixels there are: a whole number, not in millions."
    require(pixels >= 1000 and pixels % 1 == 0, whole)
    at_8_bits = "At 8 bits: "
    require(fine != 8 * pixels, at_8_bits + BITS)
    require(fine != 3 * pixels, at_8_bits + "In a grey picture a pixel has one value, not three.")
    require(fine == pixels, at_8_bits + "How many bytes does one pixel take?")
    at_3_bits = "At 3 bits: "
    require(coarse != 3 * pixels, at_3_bits + BITS)
    # Whether a byte that is not full counts, and how it is rounded, is left to the reader.
    within_a_byte = abs(coarse - pixels * 3 / 8) <= 1
    require(within_a_byte, at_3_bits + "Count the bits of all pixels, then make bytes of them.")
    require(share <= 1, "The share: it lies from 0 to 1.")
    require(abs(share - 3 / 8) > 0.005, "The share: that much is left, not saved.")
    require(abs(share - 5 / 8) <= 0.005, "The share: of the bytes at 8 bits, how many are saved?")


EXERCISES: Exercises = {
    "00.1": (
        Number("the bits", 0.1, words="Try one number of bits after the other."),
        Number("the greys", 0.1, words="How many greys do so many bits tell apart?"),
        Number("their distance", 0.01),
    ),
    "00.2": (Property("your account", adds_up),),
    "00.3": (
        Guess("your guess", 0, 255),
        Number("the smallest distance", 0.1, words=LEVELS),
        Number("the largest distance", 0.1, words=LEVELS),
    ),
    "00.4": (
        Sentences(
            "your explanation",
            (
                "Does it say what a picture has one of for each pixel?",
                "Does it say what becomes shorter, and what stays as it was?",
                "Would someone understand it who has never heard of bits?",
            ),
            terms={
                "pixel": "What becomes of the pixels?",
                STORED: "What is stored for each pixel?",
            },
        ),
    ),
}
