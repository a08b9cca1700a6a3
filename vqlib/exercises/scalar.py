"""What the exercises of notebook 01_scalar ask for."""

from typing import Any

import numpy as np

from .. import sources
from ..arrays import Floats
from ..codebook import Codebook
from ..design import uniform
from .code_reading import do_without_codebook
from .kinds import Exercises, Guess, NotYet, Number, Property, Sentences, ask, require

CLASSIC = Codebook([-3, -1, 1, 3])
INDICES = "It must return one whole number for each sample."
ENOUGH = "Compute the SNR of so many levels, and of one level fewer."
VALUES = "It must return one number for each sample."


# --- 01.3 ----------------------------------------------------------------------------------------


def encodes_as_the_classic(encode: Any) -> None:
    """`encode` has one index for each sample: the nearest level, the upper one at a threshold."""
    do_without_codebook(encode)
    inside = np.array([-3.4, -2.2, -0.6, 0.3, 1.7, 2.9])
    require(same_indices(encode, inside), "Some index is not of the nearest level.")
    outside = np.array([-900.0, 5.7, 4.0])
    require(same_indices(encode, outside), "Beyond the outermost levels it is wrong.")
    thresholds = np.array([-2.0, 0.0, 2.0])
    require(same_indices(encode, thresholds), "A sample on a threshold has to go up.")
    many = sources.gaussian(1000, 1, seed=3)[:, 0] * 3
    require(same_indices(encode, many), "For 1000 samples some index is wrong.")


def same_indices(encode: Any, samples: Floats) -> bool:
    """Whether the function gives those of the classic codebook."""
    result = ask(encode, samples.copy())
    right = CLASSIC.encode(samples)
    indices = as_array(result, INDICES)
    require(indices.shape == right.shape and indices.dtype.kind in "iu", INDICES)
    return bool((indices == right).all())


def as_array(result: Any, sentence: str) -> np.ndarray:
    """What a function returned as an array; the sentence says what it should have been."""
    try:
        return np.asarray(result)
    except (TypeError, ValueError):
        raise NotYet(sentence) from None


# --- 01.5 ----------------------------------------------------------------------------------------


def quantizes_evenly(quantize: Any) -> None:
    """`quantize` has the values of a uniform quantizer, as `design.uniform` has them."""
    for size, low, high in ((4, -4.0, 4.0), (8, -10.0, 40.0), (3, 0.0, 6.0), (10, 0.0, 1.0)):
        example = f"With {size} levels from {low:g} to {high:g}, "
        for samples, lack in trials(size, low, high):
            require(same_values(quantize, samples, size, low, high), example + lack)


def trials(size: int, low: float, high: float) -> list[tuple[Floats, str]]:
    """Samples, and what to say of a function that has other values for them."""
    codebook = uniform(size, low, high)
    levels = codebook.vectors[:, 0]
    step = (high - low) / size
    near = np.linspace(-0.45, 0.45, 7) * step
    inner = (levels[:-1, None] + near).ravel()
    beyond = step * np.array([0.01, 0.6, 1.0, 2.3])
    found = [
        (inner, "a sample inside does not become its nearest level."),
        (low - beyond, "a sample below the interval does not become the lowest level."),
        (levels[-1] + near, "a sample near the greatest level does not become it."),
        (high + beyond, "a sample above the interval does not become the greatest level."),
    ]
    thresholds = codebook.thresholds
    if (thresholds * 8 % 1 == 0).all():  # else it is a matter of rounding where they lie
        found.append((thresholds, "a sample on a threshold does not go up."))
    return found


def same_values(quantize: Any, samples: Floats, size: int, low: float, high: float) -> bool:
    """Whether the function gives those of the uniform quantizer."""
    result = ask(quantize, samples.copy(), size, low, high)
    values = as_array(result, VALUES)
    require(values.shape == samples.shape and values.dtype.kind in "iuf", VALUES)
    right = uniform(size, low, high).quantize(samples)
    return bool(np.allclose(values, right, rtol=0, atol=1e-9))


EXERCISES: Exercises = {
    "01.1": (
        Number("the indices", 0.1, count=4, words="An index is 0, 1, 2 or 3."),
        Number("the mean squared error", 0.01),
        Number("the share of overload", 0.01),
    ),
    "01.2": (
        Number("the greatest error", 0.005),
        Number("the mean squared error", 0.005),
        Number("the bits", 0.1, words="Compute the greatest error at so many bits."),
    ),
    "01.3": (Property("your function", encodes_as_the_classic),),
    # With 100,000 samples the standard error of the share is 0.0043, that of the spread 0.0058
    # (twenty seeds); so with a million the share has one of 0.0014.
    "01.4": (
        Guess("your guess", 0, 1),
        Number("the share", 0.01),
        Number("the spread", 0.03),
    ),
    "01.5": (Property("your function", quantizes_evenly),),
    "01.6": (
        Number("the levels for the even source", 0.1, words=ENOUGH),
        Number("the levels for the Gaussian", 0.1, words=ENOUGH),
        Sentences(
            "your explanation",
            (
                "Does it say where the factor of 4 comes from?",
                "Does it say which of the Gaussian's levels have to lie where, and why?",
                "Does it say why it matters less when there are many levels?",
            ),
            terms={
                r"step|level|code ?vector|interval|region|width|half|halv|twice|doubl|distance": (
                    "What does one more bit do to the levels?"
                ),
                r"gaussian|bell|normal|tail|dens|rare|far|mid|cent|even|uniform": (
                    "How do the two sources differ?"
                ),
            },
        ),
    ),
}
