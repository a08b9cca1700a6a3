"""What the exercises of notebook 07_rate_distortion ask for."""

import itertools
from fractions import Fraction

import numpy as np

from .fair_comparison import is_fair
from .kinds import Exercises, Guess, Number, Property, Sentences, require
from .one_bit_contest import takes_part

# --- 07.2: one number for a message ---------------------------------------------------------------

PARTS = {
    "A": (Fraction(0), Fraction(1, 2)),
    "B": (Fraction(1, 2), Fraction(1, 4)),
    "C": (Fraction(3, 4), Fraction(1, 4)),
}
"""Where the part of a letter begins, and how wide it is."""

MESSAGE = "BACA"
DIGITS = 'It must be binary digits in quotes, such as "0110".'
LETTERS = 'It must be four letters of A, B and C in quotes, such as "CABA".'


def interval(message: str) -> tuple[Fraction, Fraction]:
    """Where the interval of a message begins, and how wide it is."""
    low = Fraction(0)
    width = Fraction(1)
    for letter in message:
        start, share = PARTS[letter]
        low += width * start
        width *= share
    return low, width


def size_of_word(message: str) -> int:
    """-log2 of the width, which is a power of 1/2."""
    return interval(message)[1].denominator.bit_length() - 1


def read_back(number: Fraction) -> str:
    """The message of four letters in whose interval a number from 0 to 1 lies."""
    message = ""
    for _ in range(4):
        letter = max(each for each in PARTS if PARTS[each][0] <= number)
        start, share = PARTS[letter]
        number = (number - start) / share
        message += letter
    return message


def is_word_of_message(answer: object) -> str | None:
    """The digits name a number in the interval of the message, and are not too many."""
    word = text_of(answer, DIGITS).removeprefix("0b").removeprefix("0.")
    require(word and set(word) <= {"0", "1"}, DIGITS)
    number = Fraction(int(word, 2), 2 ** len(word))
    said = read_back(number)
    require(said == MESSAGE, f"Read back, it says {said}.")
    enough = size_of_word(MESSAGE)
    require(len(word) <= enough, "It names the message, but with more digits than are needed.")
    if len(word) < enough:
        return "By luck so few digits will do, as the next one is a 0."
    return None


def is_shortest_message(answer: object) -> None:
    """No other message of four letters has a word of fewer digits."""
    message = text_of(answer, LETTERS).upper()
    require(len(message) == 4 and set(message) <= set(PARTS), LETTERS)
    others = map("".join, itertools.product(PARTS, repeat=4))
    size = size_of_word(message)
    require(
        size == min(map(size_of_word, others)),
        f"Its word has {size} digits. Another message has fewer.",
    )


def text_of(answer: object, hint: str) -> str:
    """A text, a whole number, or a list of letters or digits, as text without blanks."""
    if isinstance(answer, np.ndarray):
        answer = answer.ravel().tolist()
    if isinstance(answer, list | tuple):
        return "".join(text_of(each, hint) for each in answer)
    whole = isinstance(answer, int | np.integer) and not isinstance(answer, bool)
    require(whole or isinstance(answer, str), hint)
    return "".join(str(answer).split())


# --- all of them ----------------------------------------------------------------------------------

EXERCISES: Exercises = {
    "07.1": (
        Number("the level for 2 bits", 0.01),
        Number("the bits of each for 2 bits", 0.01, count=2),
        Number("the level for half a bit", 0.01),
        Number("the bits of each for half a bit", 0.01, count=2),
        Number("the mean error for half a bit", 0.01),
        Number("the bits from which the second gets some", 0.01),
    ),
    "07.2": (
        Property("the word", is_word_of_message),
        Property("the shortest message", is_shortest_message),
        Number("the number of messages with the longest words", 0.1),
        Number("digits for each letter of a long message", 0.01),
    ),
    # One sequence has a standard deviation of 0.028 bits and 21 indices (200 tried), so the mean of
    # ten has 0.009 and 7.
    "07.3": (
        Guess("your guess", low=0),
        Number("the saving", 0.04),
        Number("the length from which it pays", 30),
    ),
    "07.4": (Property("your function", is_fair),),
    # 18 ways (seeds, starts, iterations, sizes, prices of 0.28 to 0.34) differ by at most 0.06 dB.
    "07.5": (
        Number("the SNR at 1 bit", 0.1, words="It has to be right within 0.1 dB."),
        Number("the gain over equal lengths", 0.12, words="It has to be right within 0.12 dB."),
        Sentences(
            "your explanation",
            (
                "Do you say what a word of equal length costs, and what a short one saves?",
                "Do you say how the shares of the code vectors differ between the two sources?",
            ),
            terms={
                r"length|short|long|word|bits": "Say what happens to the lengths of the words.",
                r"often|frequent|rare|seldom|common|share|probab|likely|few|many": (
                    "Say how often the code vectors are used."
                ),
            },
        ),
    ),
    "07.6": (Property("your two functions", takes_part),),
}
