"""What the figures of questions show, as numbers: `figures` draws them, `proof` uses them."""

import functools

import numpy as np

from vqlib import Codebook, design, image, measure, sources, structured
from vqlib.arrays import Floats
from vqlib.image import Picture, QuantizedImage

STEPS_OF_RAMP = 12
"""Greys of the ramp of 00-q3."""
LABELLED_SAMPLE = np.array([0.8, 0.7])
"""The sample of 02-q7."""
AMOUNTS = np.array([6, 12, 25, 50, 100, 200])
"""Training samples for each code vector in 03-q6."""
PALETTE = np.array([[30, 40], [60, 190], [130, 110], [200, 60], [215, 215]])
"""Red and green of the palette of 05-q7."""
AREAS = {"P": (110, 150), "Q": (20, 130), "R": (235, 140), "S": (110, 25)}
"""Red and green of the areas of 05-q7."""
VARIANCES = np.array([16, 4, 2, 0.5])
"""Of the components of 07-q6."""
WATER = 1.0
"""The water level of 07-q6."""
MEASURED = {"P": (1, 4.4), "Q": (2, 10.5), "R": (1.5, 9.9), "S": (3, 16.5)}
"""Rate in bits and SNR in dB of the codes of 07-q7; that of R is made up."""
RHO_OF_SPECTRUM = 0.6
"""Correlation of the source of A1-q6."""
LEVEL_OF_SPECTRUM = 1.0
"""The water level of A1-q6."""
SURVIVORS = np.array([1, 2, 4, 8])
"""On the axis of 08-q7."""
RECALL = {"P": (0.346, 0.642, 0.720), "Q": (0.224, 0.622, 0.912)}
"""Recall@1, @10, @100 of the codes of 09-q6: one list of an inverted file, and rows, as in 09."""
LARGEST_WEIGHT = 0.8
"""In size, of the matrix of 10-q7."""
ROWS_FOR_EACH = 2 ** np.arange(6, 13)
"""Rows for each code vector, on the axis of 12-q7."""
EXCESS = {"P": 40, "Q": 12}
"""dB times rows for each code vector, of the sources of 12-q7."""
PLACES = np.linspace(0, 1, 10_001)
"""Inputs of the compressor of A1-q7."""


def ramp() -> Picture:
    """The ramp of 00-q3, array (60, 480)."""
    greys = np.round(np.linspace(0, 255, STEPS_OF_RAMP)).astype(np.uint8)
    return np.tile(np.repeat(greys, 480 // STEPS_OF_RAMP), (60, 1))


def saw_codebook() -> Codebook:
    """The codebook of 01-q7: a step of 2, and an even number of levels that is no power of two."""
    return design.uniform(6, -6, 6)


def labelled_codebook() -> Codebook:
    """The codebook of 02-q7."""
    left = [(-2.2, 0.9), (-2.0, -1.6), (-0.8, 0.2), (0.2, 2.2)]
    right = [(0.4, -2.0), (1.6, 0.4), (2.2, -1.4), (2.4, 2.0)]
    return Codebook(left + right)


def mirrored_codebook() -> Codebook:
    """The codebook of 02-q8: trained on pairs of the correlation -0.9, then rounded to tenths.

    Written down, since training may end elsewhere on another machine.
    """
    left = [(-23, 24), (-18, 17), (-12, 8), (-11, 14), (-7, 4), (-6, 10), (-3, -1), (-1, 5)]
    right = [(2, -5), (3, 0), (6, -9), (8, -4), (11, -15), (13, -9), (17, -17), (24, -24)]
    return Codebook(np.array(left + right) / 10)


@functools.cache
def flattery() -> tuple[Floats, Floats]:
    """SNR in dB on training and on unseen samples, means of four trainings, arrays (6,)."""
    new = sources.gaussian(50_000, 2, seed=99)
    seen = np.zeros((AMOUNTS.size, 4))
    unseen = np.zeros((AMOUNTS.size, 4))
    for row, amount in enumerate(AMOUNTS):
        for seed in range(4):
            training = sources.gaussian(16 * int(amount), 2, seed=seed)
            codebook = design.lloyd(training, 16)
            seen[row, seed] = measure.snr(training, codebook.quantize(training))
            unseen[row, seed] = measure.snr(new, codebook.quantize(new))
    return seen.mean(axis=1), unseen.mean(axis=1)


def off_centre() -> tuple[Floats, Codebook]:
    """Samples in three heaps, and the code vectors of 03-q7, one of them off its centroid."""
    heaps = np.array([(-1.6, 1.2), (1.5, 1.5), (0.9, -1.4)])
    samples = np.resize(heaps, (240, 2)) + 0.3 * sources.gaussian(240, 2, seed=4)
    means = np.array([samples[heap::3].mean(axis=0) for heap in range(3)])
    return samples, Codebook(means + np.array([(0, 0), (0, 0), (-1.1, -0.2)]))


def two_bits_of_camera() -> QuantizedImage:
    """The quantized picture of 04-q6."""
    return image.quantize_image(image.sample("camera"), bits=2)


def four_versions() -> dict[str, Picture]:
    """A part of a photograph at four numbers of bits, in the order of 04-q8."""
    camera = image.sample("camera")
    part = np.s_[60:210, 150:300]
    bits = {"P": 2, "Q": 4, "R": 1, "S": 3}
    return {name: image.quantize_image(camera, bits[name]).picture[part] for name in bits}


def tiles_of_two_greys() -> Codebook:
    """The codebook of 06-q6: all combinations of two greys in a block of 2 x 2."""
    two = image.quantize_image(image.sample("china"), bits=1).codebook
    return design.product(two, two, two, two)


def bill() -> dict[str, Floats]:
    """Bits per pixel of 256 tiles of 4 x 4 and of 8 x 8 in a picture of 400 x 640; 06-q7."""
    pixels = np.array([4 * 4, 8 * 8])
    return {"indices": 8 / pixels, "codebook": 8 * 256 * pixels / (400 * 640)}


def added_up() -> Codebook:
    """The codebook of 08-q6: all sums of four code vectors and four offsets."""
    places = np.array([(-1.7, -1.0), (-0.9, 1.5), (1.1, -1.5), (1.6, 0.9)])
    offsets = np.array([(-0.6, -0.2), (0.0, 0.7), (0.7, 0.1), (0.1, -0.6)])
    return Codebook((places[:, None] + offsets).reshape(16, 2))


@functools.cache
def over_survivors() -> tuple[Floats, Floats]:
    """SNR in dB of stages trained one after the other, and of the same trained together; 08-q7."""
    training = sources.gaussian(6000, 4, seed=1)
    new = sources.gaussian(6000, 4, seed=2)
    one_by_one = structured.train_stages(training, [8, 8, 8])
    together = structured.refine_stages(training, one_by_one, survivors=8)
    codes = (one_by_one, together)
    found = [[code.quantize(new, survivors=int(most)) for most in SURVIVORS] for code in codes]
    heights = [np.array([measure.snr(new, values) for values in of_code]) for of_code in found]
    return heights[0], heights[1]


def weights_of_a_layer() -> Floats:
    """The weights of 10-q7: nearly all small, and the largest far away."""
    weights = 0.09 * sources.gaussian(20_000, 1, seed=1)[:, 0]
    weights[:2] = [-LARGEST_WEIGHT, LARGEST_WEIGHT]
    return weights


def levels_of_a_layer() -> Codebook:
    """Four levels at equal steps up to the largest weight; 10-q7."""
    return design.uniform(4, -LARGEST_WEIGHT, LARGEST_WEIGHT)


def collapsed() -> tuple[Floats, Codebook]:
    """Latents in four heaps, and eight code vectors of which half are in use; 11-q7."""
    heaps = np.array([(-0.9, 0.6), (0.7, 0.9), (-0.6, -0.8), (0.9, -0.6)])
    latents = np.resize(heaps, (240, 2)) + 0.15 * sources.gaussian(240, 2, seed=5)
    far = np.array([(-2.4, 1.9), (2.2, 2.3), (-2.3, -1.7), (2.4, -2.2)])
    return latents, Codebook(np.concatenate([heaps, far]))


def compressor(x: Floats) -> Floats:
    """The mu-law for x from 0 to 1; A1-q7."""
    return np.asarray(np.log1p(255 * x) / np.log(256))
