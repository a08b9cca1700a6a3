"""What the exercises of notebook 04_grey_images ask for."""

from typing import Any

import numpy as np

from .. import image, measure
from ..arrays import Picture
from .code_reading import do_without_image
from .kinds import Exercises, Guess, Number, Property, Sentences, ask, require
from .pictures import as_picture

# --- 04.4: the quantizer by hand -----------------------------------------------------------------


def quantizes(function: Any) -> None:
    """`function` has for a picture and bits a picture of the best whole levels."""
    do_without_image(function)
    camera = image.sample("camera")
    face = camera[120:168, 200:264]
    for bits in (1, 2, 4):
        is_best(function, face, bits)
    is_best(function, camera[400:405, 300:307], 3)
    two_greys = np.where(face > 128, np.uint8(255), np.uint8(0))
    for bits in (1, 8):
        is_best(function, two_greys, bits)
    is_best(function, np.full((4, 6), 77, np.uint8), 2)


def is_best(function: Any, picture: Picture, bits: int) -> None:
    """What `function` returns has few enough levels, and no larger error than the best."""
    given = picture.copy()
    answer = ask(function, given, bits)
    require(np.array_equal(given, picture), "It changes the picture that it was given.")
    quantized = as_picture(answer, picture.shape, "What it returns")
    height, width = picture.shape
    here = f"For {height} x {width} pixels and bits={bits}"
    levels = np.unique(quantized).size
    require(levels <= 2**bits, f"{here} it has {levels} levels.")
    best = image.quantize_image(picture, bits)
    error = measure.mse(picture, quantized)
    same_greys = (np.sort(quantized, axis=None) == np.sort(best.picture, axis=None)).all()
    is_enough = error <= best.mse + 1e-9
    hint = f"{here} the levels are right, but pixels are out of place."
    require(is_enough or not same_greys, hint)
    hint = f"{here} its mean squared error is {error:.2f}; the best whole levels have less."
    require(is_enough, hint)


# --- 04.6: a report ------------------------------------------------------------------------------

LEVELS = np.array([40, 90, 140, 220], np.uint8)
QUANTIZED: Picture = np.resize(LEVELS, (4, 8))


def report_is_mended(function: Any) -> None:
    """`function` has the PSNR and the bytes for a picture, the quantized one and its bits."""
    darker = 20 * np.log10(255 / 5)
    psnr, _ = reported(function, QUANTIZED + 5)
    has_256 = agrees(psnr, 20 * np.log10(256 / 5))
    require(not has_256, "The PSNR is 0.03 dB too high: which is the largest value of a pixel?")
    require(agrees(psnr, darker), "Where every pixel became 5 darker the PSNR is wrong.")
    psnr, _ = reported(function, QUANTIZED - 5)
    require(agrees(psnr, darker), "Where every pixel became 5 brighter the PSNR is wrong.")
    psnr, stored = reported(function, QUANTIZED + 20)
    require(agrees(psnr, 20 * np.log10(255 / 20)), "With errors of 20 the PSNR is wrong.")
    indices = QUANTIZED.size * 2 / 8
    require(not agrees(stored, indices), "With these bytes alone nobody can decode the picture.")
    require(not agrees(stored, 8 * (indices + LEVELS.size)), "These are bits; bytes are asked for.")
    require(agrees(stored, indices + LEVELS.size), "The bytes are wrong.")


def reported(function: Any, picture: Picture) -> list[float]:
    """The PSNR and the bytes that a reader's function has for a picture, from copies."""
    answer = ask(function, picture.copy(), QUANTIZED.copy(), 2)
    return Number("the report", 1.0, count=2).numbers(answer)


def agrees(number: float, right: float) -> bool:
    """Whether they are equal, apart from rounding to two decimals."""
    return abs(number - right) < 0.01


# --- the exercises -------------------------------------------------------------------------------

EXERCISES: Exercises = {
    "04.1": (
        Guess("your guess", 0, 100),
        Number(
            "the PSNR",
            0.05,
            words="It has to be right within 0.05 dB, with the best levels there are.",
        ),
        Number("the bytes", 0.5),
    ),
    "04.2": (
        # Levels that need not be whole numbers change them by 0.004 and 0.002.
        Number(
            "the two factors",
            0.01,
            count=2,
            words="Both have to be right within 0.01, beside the best levels there are.",
        ),
        Number("the level", 0.5),
        # Where a pixel on a threshold goes down, the share is 0.0006 less.
        Number("its share", 0.001),
        Sentences(
            "your sentences",
            (
                "Do they say how the pixels of each photograph are spread over the greys?",
                "And what a level does there that has hardly any pixels?",
            ),
            terms={
                r"pixel|histogram|gr[ea]y|heap|peak|dense|density|cluster": (
                    "What is different in the two photographs?"
                )
            },
        ),
    ),
    "04.3": (
        Number("the pixels", 1.0),
        Number("the bits", 0.1),
    ),
    "04.4": (Property("your function", quantizes),),
    "04.5": (
        Number("the row of two levels", 0.05, count=6),
        Number("the least squared error", 0.05),
        Number("the levels", 0.05, count=3),
    ),
    "04.6": (Property("your function", report_is_mended),),
}
