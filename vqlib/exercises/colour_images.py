"""What the exercises of notebook 05_colour_images ask for."""

from typing import Any

import cv2
import numpy as np

from .. import measure
from ..arrays import Floats, Picture
from ..codebook import Codebook
from ..image import diffuse, encode_image
from .dither_trial import diffuses_to_and_fro
from .kinds import Exercises, Guess, Number, Property, Sentences, require
from .median_cut_trial import cuts_at_medians
from .pictures import as_picture

TWO_LEVELS = Codebook([64, 192])
SIDE = 64
TIMES = 4
"""So many times larger dither has to make the blurred error. Half white and half black reaches 1.8,
small errors that pile up reach 7."""


def blurred(picture: Picture) -> Floats:
    """The blur of the lesson: a Gaussian of standard deviation 2 pixels."""
    return np.asarray(cv2.GaussianBlur(picture.astype(float), (0, 0), 2), np.float64)


def harmed_by_dither(picture: Any) -> str:
    """`picture` has a blurred error that dither with two levels makes at least 4 times as large."""
    picture = as_picture(picture, (SIDE, SIDE))
    nearest = encode_image(picture, TWO_LEVELS).picture
    dithered = diffuse(picture, TWO_LEVELS).picture
    before = measure.mse(blurred(picture), blurred(nearest))
    require(before > 0, "Without dither it has no error at all: then dither has none to hand on.")
    factor = measure.mse(blurred(picture), blurred(dithered)) / before
    told = f"With dither its blurred error is {factor:.2f} times that without"
    require(factor >= TIMES, f"{told}; it must be at least {TIMES} times.")
    return f"{told}."


EXERCISES: Exercises = {
    "05.1": (
        Guess("your guess", 0, 100),
        # From 20 starts: 29.57 to 29.74; the loss 8.9 to 10.8.
        Number("the PSNR with its own colours", 0.3),
        Number("the loss", 2, words="It has to be right within 2 dB."),
        Number("the bytes", 0.5, words="Count the bits of all indices, then the palette."),
    ),
    "05.2": (
        Guess("your guess", 1, 64),
        # The trained palette from 20 starts: 32.27 to 32.38.
        Number("the gain", 0.2),
        # 34; with levels by k-means 33 to 35.
        Number("the colours used", 1, words="It has to be right within one colour."),
    ),
    "05.3": (Property("your function", diffuses_to_and_fro),),
    "05.4": (Property("your function", cuts_at_medians),),
    "05.5": (Property("your picture", harmed_by_dither),),
    "05.6": (
        Number("the factor without palette", 0.05),
        Number("the factor with palette", 0.05),
        Sentences(
            "your explanation",
            (
                "Does it say what is stored for each pixel?",
                "Does it say why 20 colours take as many bits as 32?",
                "Does it say what the number of colours has to do with it?",
            ),
            terms={r"\bbits?\b|\bbytes?\b": "In which unit is storage counted?"},
        ),
    ),
}
