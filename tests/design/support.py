"""What the tests of designs share: samples, densities, and the optimum of a Gaussian in print."""

import itertools

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import integrate
from scipy.stats import norm

from vqlib.design import DISTINCT_LIMIT, expected_distortion, lloyd_max
from vqlib.measure import entropy_of_counts

GREYS = st.integers(0, 255).map(float)
FEW = st.integers(0, 4).map(float)

BAD_SIZES = [0, -1, 2.5, True, "4", None]
BAD_VALUES = [
    ([], "be one or more real numbers"),
    ([1, np.nan], "be finite"),
    ([1, np.inf], "be finite"),
    ([1j], "be one or more real numbers, got complex128"),
    (["a"], "be one or more real numbers, got <U1"),
    ([None], "be one or more real numbers, got object"),
    ([[1, 2], [3]], "be an array, got rows of different lengths"),
]


# --- samples -------------------------------------------------------------------------------------


@st.composite
def histograms(draw, most=6, largest=12):
    """Distinct whole numbers, ascending, and how often each occurs."""
    values = sorted(draw(st.sets(st.integers(0, largest), min_size=1, max_size=most)))
    counts = draw(arrays(float, len(values), elements=st.integers(1, 9).map(float)))
    return np.array(values, dtype=float), counts


def samples_with_repetitions():
    return arrays(float, st.tuples(st.integers(1, 14), st.integers(1, 2)), elements=FEW)


def number_of_distinct(samples):
    return len(np.unique(samples, axis=0))


def size_for(samples):
    return st.integers(1, number_of_distinct(samples))


def numbers_of(count):
    """One small whole number for each of so many samples, for use as weights."""
    return arrays(float, count, elements=st.integers(1, 9).map(float))


# --- the normal distribution in points, and in print ---------------------------------------------

STEP = 12 / DISTINCT_LIMIT
GAUSSIAN_POINTS = np.arange(-6 + STEP / 2, 6, STEP)
THEORY = {  # size: least mean squared error of N(0, 1), SNR in dB, entropy of the index
    2: (0.3633802, 4.396, 1.0000),
    3: (0.1901740, 7.208, 1.5358),
    4: (0.1174818, 9.300, 1.9111),
    8: (0.0345478, 14.616, 2.8249),
    16: (0.0095010, 20.222, 3.7653),
    32: (0.0025047, 26.013, 4.7298),
}
MAX_LEVELS = [  # Max 1960: levels above 0, and thresholds from 0 on, at 2, 4 and 8 levels
    ([0.7979], [0]),
    ([0.4528, 1.5104], [0, 0.9816]),
    ([0.2451, 0.7560, 1.3439, 2.1519], [0, 0.5005, 1.0500, 1.7479]),
]


def cell_ends(codebook):
    """Ends of the cells of a scalar codebook, the infinite ones included."""
    return np.concatenate([[-np.inf], codebook.thresholds, [np.inf]])


def exact_gaussian_loss(codebook):
    """Mean squared error on N(0, 1) by the distribution's own integrals, not by a sum."""
    ends = cell_ends(codebook)
    level = codebook.vectors[:, 0]
    mass = np.diff(norm.cdf(ends))
    first = -np.diff(norm.pdf(ends))
    return float(1 - 2 * level @ first + level**2 @ mass)


def gaussian_index_entropy(codebook):
    """Entropy in bits of the indices of N(0, 1)."""
    return entropy_of_counts(np.diff(norm.cdf(cell_ends(codebook))))


# --- densities -----------------------------------------------------------------------------------


def gaussian(x):
    return np.exp(-(x**2) / 2)


def laplacian(x):
    return np.exp(-np.sqrt(2) * np.abs(x))


def exponential(x):
    return np.exp(-x)


def gamma(x):
    """Lopsided, and as smooth as a Gaussian."""
    return x**2 * np.exp(-x)


def two_humps(x):
    return gaussian(x + 3) + 0.4 * gaussian((x - 2) / 1.5)


GAUSSIAN_ENDS = (-10, 10)
LAPLACIAN_ENDS = (-30, 30)
GAMMA_ENDS = (0, 60)
SHAPES = {  # density, where it lies, where it is not smooth
    "Gaussian": (gaussian, GAUSSIAN_ENDS, []),
    "Laplacian": (laplacian, LAPLACIAN_ENDS, [0]),
    "gamma": (gamma, GAMMA_ENDS, []),
    "two humps": (two_humps, (-12, 15), []),
    "a slope": (lambda x: 3 - x, (-1, 3), []),
}


def integral(function, low, high, corners=()):
    """By another integrator than the package's."""
    inside = sorted({float(corner) for corner in corners if low < corner < high})
    total = 0
    for left, right in itertools.pairwise([low, *inside, high]):
        total += integrate.quad(function, left, right, epsabs=0, epsrel=1e-10, limit=200)[0]
    return total


def loss_by_integrals(levels, shape, ends, corners):
    """Mean squared error of levels in any order on a density, by `integral`."""
    ordered = np.sort(levels)
    borders = (ordered[1:] + ordered[:-1]) / 2
    least = integral(lambda x: ((x - levels) ** 2).min() * shape(x), *ends, [*borders, *corners])
    return least / integral(shape, *ends, corners)


def optimum_and_loss(shape, size, ends):
    """The codebook of `lloyd_max`, and what it loses on its density."""
    codebook = lloyd_max(shape, size, *ends)
    return codebook, expected_distortion(codebook, shape, *ends)
