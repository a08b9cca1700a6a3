"""What the exercises of notebook 07_rate_distortion ask for."""

import itertools
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from .. import design, limits, measure, sources
from ..arrays import Floats, Indices
from .contest import place
from .kinds import (
    Exercises,
    Guess,
    NotYet,
    Number,
    Property,
    Sentences,
    ask,
    is_unfilled,
    require,
)

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


# --- 07.4: a comparison that is not fair ----------------------------------------------------------

Faults: TypeAlias = tuple[bool, bool, bool]
"""Of a comparison: halved twice, measured on training samples, entropy against equal lengths."""

FAIR: Faults = (False, False, False)
NO_OR_YES = (False, True)
SUSPECTS: list[Faults] = [(a, b, c) for a in NO_OR_YES for b in NO_OR_YES for c in NO_OR_YES]
NEAR = 0.5
"""dB. Other starts of Lloyd's algorithm move a gain by 0.4 at most (40 tried), and what one fault
moves by less than 0.9 another trial moves by more."""

SAYS = (
    "The rate of the pairs is halved more than once: log2 of their number is for two numbers.",
    "The pairs are measured on the samples that they were trained on.",
    "One rate is an entropy, but the words of both have equal lengths.",
)


def is_fair(function: Any) -> str:
    """`function(training, unseen, size)` has the gain of pairs at equal rate."""
    gains = []
    for training, unseen, size in trials():
        gains.append(gain_from(ask(function, training.copy(), unseen.copy(), size)))
    if distance(gains, FAIR) > NEAR:
        nearest = min(SUSPECTS, key=lambda faults: distance(gains, faults))
        got = f"{gains[0]:.1f} dB for independent numbers and {gains[1]:.1f} for correlated ones"
        known = any(nearest) and distance(gains, nearest) <= NEAR
        require(known, f"It has {got}: that is not what pairs gain.")
        raise NotYet(SAYS[nearest.index(True)])
    return (
        f"Independent numbers gain {gains[0]:z.1f} dB on unseen samples, "
        f"correlated ones {gains[1]:.1f} dB."
    )


def gain_from(result: object) -> float:
    """One finite number."""
    (gain,) = Number("", 1.0).numbers(result)
    return gain


def trials() -> list[tuple[Floats, Floats, int]]:
    """Training and unseen pairs, and a size: independent ones, then correlated ones."""
    return [
        (sources.gaussian(400, 2, seed=71), sources.gaussian(5000, 2, seed=72), 64),
        (
            sources.gauss_markov(2000, 2, 0.9, seed=73),
            sources.gauss_markov(5000, 2, 0.9, seed=74),
            64,
        ),
    ]


def distance(gains: list[float], faults: Faults) -> float:
    """How far the gains of the trials are at most from those of a comparison with these faults."""
    expected = gains_with(faults)
    return max(abs(gain - other) for gain, other in zip(gains, expected, strict=True))


@cache
def gains_with(faults: Faults) -> list[float]:
    """The gain in each trial by a comparison with these faults."""
    return [gain_of_pairs(*trial, faults) for trial in trials()]


def gain_of_pairs(training: Floats, unseen: Floats, size: int, faults: Faults) -> float:
    """The gain in dB of `size` code vectors over levels."""
    halved, on_training, by_entropy = faults
    pairs = design.lloyd(training, size)
    rate = measure.entropy(pairs.encode(training)) / 2 if by_entropy else pairs.rate
    if halved:
        rate /= 2
    levels = design.lloyd(training.reshape(-1, 1), round(2**rate))
    of_pairs = training if on_training else unseen
    numbers = unseen.reshape(-1, 1)
    of_levels = measure.snr(numbers, levels.quantize(numbers))
    return measure.snr(of_pairs, pairs.quantize(of_pairs)) - of_levels


# --- 07.6: the contest ----------------------------------------------------------------------------

TOGETHER = 16
"""Neighbours in a row."""
ROWS = 20_000
"""The rate has a standard error of 0.002 bits with so many, the SNR one of 0.02 dB."""
SEEDS = (741_852, 963_258)
UNKNOWN = 64
"""Bits of an index that does not occur in the rows that are counted, beside its escape word."""

ENTROPY_CODED = {
    "8 turned numbers with an entropy coder": 11.53,
    "16 turned numbers with an entropy coder": 11.98,
}
"""SNR in dB at 1 bit for each number, from the last table of "A fair comparison" in the lesson."""


def rivals() -> dict[str, float]:
    """SNR in dB of others at 1 bit for each number, rho = 0.9."""
    at_one_bit = {"single numbers": 1, "pairs": 2, "fours": 4, "eights": 8}
    reached = {}
    for row in limits.measured():
        if row.rho == 0.9 and row.rate == 1:
            reached[row.dimension] = row.snr_unseen
    found = {f"{name} with equal lengths": reached[k] for name, k in at_one_bit.items()}
    apart = np.arange(TOGETHER)
    variances = np.linalg.eigvalsh(0.9 ** np.abs(apart[:, None] - apart))
    limit = measure.decibels(1, float(limits.distortion_rate(1, variances)))
    return {**found, **ENTROPY_CODED, "the limit, where nobody gets": limit}


def takes_part(answer: object) -> str:
    """The two functions keep to 1 bit for each number; the remark says how good they are."""
    both = "Hand in two functions in brackets: the encoder, the decoder."
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        raise NotYet(both)
    encode, decode = answer
    counted, coded = [sources.gauss_markov(ROWS, TOGETHER, 0.9, seed=seed) for seed in SEEDS]
    known = indices_from(encode, counted)
    indices = indices_from(encode, coded)
    require(known.shape == indices.shape, "It has not the same number of indices for each row.")
    rate = bits_of(known, indices) / TOGETHER
    took = f"It takes {rate:.3f} bits for each number of unseen rows"
    # To three digits, as counting adds a few ten-thousandths to words of exactly 1 bit.
    require(round(rate, 3) <= 1, f"{took}; at most 1 is allowed.")
    order = np.random.default_rng(0).permutation(ROWS)
    decoded = samples_from(decode, indices[order])
    reached = measure.snr(coded[order], decoded)
    others = rivals()
    least = others["single numbers with equal lengths"]
    require(reached > least, f"{reached:.2f} dB: two levels for each number have {least:.2f}.")
    return f"At {rate:.3f} bits: {place(reached, others, '{:.2f} dB', largest_wins=True)}"


def indices_from(encode: Any, samples: Floats) -> Indices:
    """What a reader's encoder makes of samples, array (n, m)."""
    indices = np.asarray(ask_named("The encoder", encode, samples.copy()))
    fits = indices.dtype.kind in "iu" and indices.ndim in (1, 2) and len(indices) == len(samples)
    given = f"{indices.dtype} of shape {indices.shape}"
    wanted = f"whole numbers, ({ROWS},) or ({ROWS}, m), for {ROWS} rows"
    require(fits and indices.size, f"The encoder must return {wanted}; got {given}.")
    return indices.reshape(len(samples), -1).copy() if indices.ndim == 2 else indices.copy()


def samples_from(decode: Any, indices: Indices) -> Floats:
    """What a reader's decoder makes of indices, array (n, 16)."""
    result = ask_named("The decoder", decode, indices.copy())
    wanted = f"The decoder must return numbers, one row of {TOGETHER} for each row of indices"
    try:
        samples = np.asarray(result, dtype=float)
    except (TypeError, ValueError):
        raise NotYet(f"{wanted}; got {type(result).__name__}.") from None
    given = f"an array of shape {samples.shape}"
    require(samples.shape == (len(indices), TOGETHER), f"{wanted}; got {given}.")
    require(np.isfinite(samples).all(), f"{wanted}; some are not finite.")
    return samples


def ask_named(name: str, function: Any, values: Any) -> Any:
    """What one of two functions returns; its name stands before what it lacks."""
    if is_unfilled(function):
        raise NotYet(f"{name} is not there yet.")
    try:
        return ask(function, values)
    except NotYet as lack:
        raise NotYet(f"{name}: {lack}") from lack


def bits_of(known: Indices, indices: Indices) -> float:
    """Bits for each row of indices; each column has words by how often its indices are known.

    The lengths are -log2 of shares that sum to 1, one of which stands for all indices that are not
    known. So they hold Kraft's inequality, and an arithmetic coder comes near them.
    """
    bits = 0.0
    columns = zip(np.atleast_2d(known.T), np.atleast_2d(indices.T), strict=True)
    for before, now in columns:
        values, counts = np.unique(before, return_counts=True)
        lengths = -np.log2(counts / (before.size + 1))
        where = np.minimum(np.searchsorted(values, now), values.size - 1)
        longest = np.log2(before.size + 1) + UNKNOWN
        bits += float(np.where(values[where] == now, lengths[where], longest).mean())
    return bits


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
    # Twelve ways (seeds, starts, iterations, sizes, prices from 0.28 to 0.34) lie within 0.04 dB.
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
