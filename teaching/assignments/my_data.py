"""The data of your assignments: each student number has its own, and always the same.

Read it if you like. nbgrader grades with its own copy of this file, so changes do not count.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vqlib import image, sources

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]

PHOTOGRAPHS = ("camera", "astronaut", "coffee", "china")
SIDE = 160
"""Height and width of the part of a photograph that is yours, in pixels."""
LEAST_SPREAD = 20
"""The least standard deviation of the grey values of that part: it must not be flat."""


def _chance(number: int, purpose: int) -> np.random.Generator:
    """A generator of its own for each student number and purpose."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise ValueError(f"the student number must be a whole number from 1 on, got {number!r}")
    return np.random.default_rng([number, purpose])


# --- s01_02: scalar quantization, the plane ------------------------------------------------------


def levels(number: int) -> Floats:
    """Six uneven levels of a thermometer in degrees, in the order in which they were noted."""
    chance = _chance(number, 1)
    gaps = 2 * chance.permutation([1, 2, 3, 4, 6])  # even, so that half-way is a whole number
    ascending = np.concatenate([[0], np.cumsum(gaps)]) - chance.integers(8, 25)
    return chance.permutation(ascending).astype(float)


def readings(number: int) -> Floats:
    """A thousand temperatures or so, in degrees."""
    chance = _chance(number, 2)
    mine = levels(number)
    count = 8 * int(chance.integers(120, 200)) + 3
    return np.round(chance.uniform(mine.min() - 2, mine.max() + 2, count), 1)


def scale(number: int) -> tuple[float, float, int, float]:
    """Low and high end of a scale, how many levels share it, and how far the samples go beyond."""
    chance = _chance(number, 3)
    low = -float(chance.integers(4, 20))
    size = int(chance.choice([5, 6, 7, 9, 10]))
    step = float(chance.choice([1.0, 1.5, 2.0, 3.0]))
    beyond = step * float(chance.choice([0.75, 1.0, 1.25]))
    return low, low + size * step, size, beyond


def bell(number: int) -> tuple[float, float]:
    """Mean and standard deviation of a Gaussian source."""
    chance = _chance(number, 4)
    return float(chance.integers(10, 60)), float(chance.choice([1.5, 2.5, 3.5, 4.5, 6.0]))


def three_shops(number: int) -> Floats:
    """Three places in the plane, array (3, 2), that do not lie on a line."""
    chance = _chance(number, 5)
    while True:
        places = chance.integers(-9, 10, (3, 2)).astype(float)
        first, second = places[1:] - places[0]
        if abs(first[0] * second[1] - first[1] * second[0]) >= 20:
            return places


def correlation(number: int) -> float:
    """The correlation of your pairs."""
    return float(_chance(number, 6).choice([0.85, 0.88, 0.92, 0.94, 0.95, 0.96]))


# --- s03: codebook design ------------------------------------------------------------------------


def street(number: int) -> tuple[Floats, Floats]:
    """Seven houses and two bus stops along a street, in metres."""
    chance = _chance(number, 11)
    near = chance.choice(np.arange(0, 200, 10), 4, replace=False)
    far = chance.choice(np.arange(330, 700, 10), 3, replace=False)
    houses = np.sort(np.concatenate([near, far])).astype(float)
    return houses, houses[:2] + 2.0


def two_stars(number: int) -> Floats:
    """Two code vectors to begin from, array (2, 2), on different rows and columns."""
    chance = _chance(number, 12)
    first = chance.integers(1, 5, 2)
    return np.stack([first, first + chance.integers(2, 5, 2)]).astype(float)


def heaps(number: int) -> Floats:
    """Pairs in six heaps of your own, array (360, 2)."""
    chance = _chance(number, 13)
    grid = chance.permutation([(x, y) for x in (-6, 0, 6) for y in (-6, 0, 6)])[:6]
    centres = grid + chance.uniform(-1, 1, (6, 2))
    return np.resize(centres, (360, 2)) + 0.4 * chance.standard_normal((360, 2))


def few_and_many(number: int) -> tuple[Floats, Floats]:
    """Correlated pairs: 96 to train on, and 20,000 unseen ones."""
    rho = float(_chance(number, 14).choice([0.3, 0.5, 0.6, 0.7]))
    seed = int(_chance(number, 15).integers(10**6))
    unseen = sources.gauss_markov(20_000, 2, rho, seed=seed + 1)
    return sources.gauss_markov(96, 2, rho, seed=seed), unseen


def chance_of_a_good_end(number: int) -> float:
    """How likely one run of Lloyd's algorithm ends well, on some source."""
    return float(_chance(number, 16).choice([0.15, 0.25, 0.35, 0.45, 0.55, 0.65]))


def wanted_rate(number: int) -> float:
    """A rate for pairs in bits per dimension."""
    return float(_chance(number, 17).choice([1.5, 2.0, 2.5, 3.0, 3.5]))


def faulty_a(samples: Floats, vectors: Floats) -> Floats:
    """One round of Lloyd's algorithm, with a fault."""
    distances = np.abs(samples[:, None] - vectors).sum(axis=2)
    indices = distances.argmin(axis=1)
    moved = vectors.copy()
    for j in range(len(vectors)):
        members = samples[indices == j]
        if len(members):
            moved[j] = members.mean(axis=0)
    return moved


def faulty_b(samples: Floats, vectors: Floats) -> Floats:
    """One round of Lloyd's algorithm, with a fault."""
    squares = ((samples[:, None] - vectors) ** 2).sum(axis=2)
    indices = squares.argmin(axis=1)
    moved = vectors.copy()
    for j in range(len(vectors)):
        members = samples[indices == j]
        if len(members):
            moved[j] = np.median(members, axis=0)
    return moved


def faulty_c(samples: Floats, vectors: Floats) -> Floats:
    """One round of Lloyd's algorithm, with a fault."""
    squares = ((samples[:, None] - vectors) ** 2).sum(axis=2)
    indices = squares.argmin(axis=1)
    moved = vectors.copy()
    for j in range(len(vectors)):
        members = samples[indices == j]
        moved[j] = members.sum(axis=0) / max(len(members), 1)
    return moved


# --- s04_05 and s06_07: pictures -----------------------------------------------------------------


def picture(
    number: int, photograph: str | None = None, *, colour: bool = False, folder: str = "."
) -> Picture:
    """Your part of a photograph, uint8 array (160, 160) or, with `colour`, (160, 160, 3).

    Parameters
    ----------
    number : int
        Your student number: it chooses the photograph and the place.
    photograph : str, optional
        The name of a picture file of your own beside the notebook, such as "cat.jpg".
    colour : bool
        Whether to keep the colours.
    folder : str
        Where the notebook is.

    Raises
    ------
    ValueError
        If your own photograph is smaller than 160 x 160 pixels, or that part of it is nearly flat.
    """
    chance = _chance(number, 21)
    whole = _photograph(chance, photograph, Path(folder))
    places = [chance.integers(0, side - SIDE + 1, 40) for side in whole.shape[:2]]
    for top, left in zip(*places, strict=True):
        part = whole[top : top + SIDE, left : left + SIDE]
        if part.mean(axis=2).std() >= LEAST_SPREAD:
            return part if colour else image.grey(part)
    raise ValueError("photograph must not be nearly flat: take one with light and shadow")


def _photograph(chance: np.random.Generator, name: str | None, folder: Path) -> Picture:
    """The whole photograph in colour: of the series, or the student's own."""
    if name is None:
        chosen = PHOTOGRAPHS[int(chance.integers(1, len(PHOTOGRAPHS)))]  # camera has no colours
        return image.sample(chosen, colour=True)
    if Path(name).name != name:
        raise ValueError(f"photograph must be a file beside the notebook, got {name!r}")
    whole = image.read_image(folder / name, colour=True)
    if min(whole.shape[:2]) < SIDE:
        raise ValueError(f"photograph must have 160 x 160 pixels or more, got {whole.shape[:2]}")
    return whole


GAPS = (
    (8, 4, 2, 6),
    (2, 5, 3, 8),
    (7, 3, 4, 2),
    (7, 4, 2, 6),
    (8, 5, 6, 4),
    (2, 5, 6, 7),
    (8, 7, 6, 3),
    (4, 3, 5, 8),
    (8, 6, 5, 7),
    (3, 7, 6, 8),
    (8, 5, 4, 2),
    (3, 6, 5, 8),
    (6, 4, 2, 8),
    (5, 3, 4, 2),
    (3, 4, 6, 8),
    (2, 6, 5, 7),
)
"""Between five greys, up to a factor."""


def five_greys(number: int) -> list[int]:
    """Five grey values, ascending, for dynamic programming by hand."""
    chance = _chance(number, 22)
    gaps = np.array(GAPS[int(chance.integers(len(GAPS)))]) * chance.integers(2, 7)
    ascending = np.concatenate([[0], np.cumsum(gaps)]) + chance.integers(0, 60)
    return [int(grey) for grey in ascending]


def level_count(number: int) -> int:
    """How many grey levels your picture may have; no power of two."""
    return int(_chance(number, 23).choice([5, 6, 7, 9, 10, 11, 12, 13]))


def large_photograph(number: int) -> tuple[int, int]:
    """Height and width of a photograph that is only counted; its sides are no multiples of 4."""
    chance = _chance(number, 31)
    height = 4 * int(chance.integers(75, 150)) + int(chance.integers(1, 4))
    width = 4 * int(chance.integers(100, 220)) + int(chance.integers(1, 4))
    return height, width


def variances(number: int) -> Floats:
    """Six variances of independent Gaussian components, falling."""
    chance = _chance(number, 32)
    falling = 16.0 * 2.0 ** -np.cumsum(chance.choice([0.5, 1.0, 1.5, 2.0], 6))
    return np.round(falling, 3)


def bits_in_all(number: int) -> float:
    """How many bits your components have together: too few for all of them."""
    return float(_chance(number, 35).choice([2.0, 2.5, 3.0, 3.5]))


def message(number: int) -> tuple[str, dict[str, int]]:
    """A message of eight letters, and out of ten how often each letter occurs."""
    chance = _chance(number, 33)
    shares = chance.permutation([5, 3, 2])
    counts = {letter: int(share) for letter, share in zip("ABC", shares, strict=True)}
    letters = chance.choice(list("ABC"), 8, p=shares / 10)
    return "".join(letters), counts


def claim(number: int) -> tuple[int, int, int, int]:
    """Of an advertisement: height, width, side of a block, and number of code vectors."""
    chance = _chance(number, 34)
    side = 64 * int(chance.integers(4, 9))
    return side, side + 64, 8, int(chance.choice([2**8, 2**9, 2**10]))


# --- s08_09: codebooks with a structure, search --------------------------------------------------


def stages(number: int) -> list[Floats]:
    """The codebooks of three stages for pairs: 4, 4 and 3 code vectors, of whole numbers."""
    chance = _chance(number, 41)
    square = np.array([(-1, -1), (-1, 1), (1, -1), (1, 1)])
    first = 8 * square + chance.integers(-2, 3, (4, 2))
    second = 3 * square + chance.integers(-1, 2, (4, 2))
    third = np.array([(0, 0), (1, 2), (-2, -1)]) * chance.choice([-1, 1], 2)
    return [book.astype(float) for book in (first, second, third)]


def two_stages(number: int) -> tuple[int, list[int], list[int]]:
    """A number and two codebooks of numbers: the nearest of the first is a trap."""
    chance = _chance(number, 42)
    while True:
        first = np.cumsum(chance.integers(10, 17, 3))
        second = np.array([-chance.integers(4, 8), 0, chance.integers(1, 4)])
        sample = int(chance.integers(first[0], first[2]))
        start = first[np.abs(sample - first).argmin()]
        greedy = np.abs(sample - start - second).min()
        best = np.abs(sample - first[:, None] - second).min()
        halfway = np.isin(2 * sample, [first[:-1] + first[1:]]).any()
        if greedy > best + 1 and not halfway:
            return sample, first.tolist(), second.tolist()


def store(number: int) -> tuple[Floats, Floats]:
    """Vectors of eight components in a store and queries, arrays (3000, 8) and (100, 8)."""
    rho = float(_chance(number, 43).choice([0.3, 0.5, 0.6, 0.7]))
    seed = int(_chance(number, 44).integers(10**6))
    queries = sources.gauss_markov(100, 8, rho, seed=seed + 1)
    return sources.gauss_markov(3000, 8, rho, seed=seed), queries


def large_store(number: int) -> tuple[int, int, int]:
    """Of a store of a million vectors: their dimension, bytes for all of it, lists to be probed."""
    chance = _chance(number, 45)
    dimension = int(chance.choice([96, 128, 192, 256, 384]))
    divisors = [parts for parts in range(8, 65) if dimension % parts == 0]
    too_many = int(chance.choice(divisors[1:]))
    of_codebooks = 256 * dimension * 4
    return dimension, 10**6 * too_many + of_codebooks // 2, int(chance.choice([4, 16, 64]))


def sensors(number: int) -> tuple[Floats, dict[str, list[list[int]]]]:
    """Readings of six sensors, array (1500, 6), and three ways to put these into pairs."""
    chance = _chance(number, 46)
    order = chance.permutation(6)
    seed = int(chance.integers(10**6))
    pairs = [sources.gauss_markov(1500, 2, 0.93, seed=seed + place) for place in range(3)]
    readings = np.empty((1500, 6))
    readings[:, order] = np.concatenate(pairs, axis=1) * chance.uniform(0.9, 1.1, 6)
    wanted = _pairs_of(order)
    proposals: list[list[list[int]]] = []
    while len(proposals) < 3:
        proposal = _pairs_of(chance.permutation(6))
        if proposal != wanted and proposal not in proposals:
            proposals.append(proposal)
    return readings, dict(zip("ABC", proposals, strict=True))


def _pairs_of(order: NDArray[np.int64]) -> list[list[int]]:
    """The numbers two by two, each pair and the list of pairs in ascending order."""
    return sorted(sorted(pair) for pair in order.reshape(3, 2).tolist())


# --- s10_11: weights, learned codebooks ----------------------------------------------------------


def recipe(number: int) -> tuple[int, int, int, int, int]:
    """Of a recipe: rows, columns, bits of an index, weights of a block, bits of a scale."""
    chance = _chance(number, 51)
    rows = int(chance.integers(100, 400))
    columns = int(chance.integers(100, 400))
    block = int(chance.choice([16, 32, 64, 128]))
    return rows, columns, int(chance.integers(2, 5)), block, int(chance.choice([8, 16, 32]))


def runs(number: int) -> tuple[int, int]:
    """How many weights a code vector has, and how many code vectors a matrix."""
    chance = _chance(number, 52)
    return int(chance.choice([2, 4, 8])), int(chance.choice([64, 128, 256, 512, 1024]))


def layer(number: int) -> Floats:
    """The weights of a layer, array (2048,): blocks of 16, most of them weak, some strong."""
    chance = _chance(number, 53)
    blocks = 0.05 * chance.standard_normal((128, 16))
    strong = chance.permutation(128)[: int(chance.integers(24, 40))]
    blocks[strong] = 0.4 * chance.laplace(size=(strong.size, 16))
    return np.round(blocks.ravel(), 4)


def keys(number: int) -> tuple[Floats, Floats, int]:
    """Rows with some strong components, array (300, 64); 64 signs; and bits for each number."""
    chance = _chance(number, 54)
    values = chance.standard_normal((300, 64))
    values[:, chance.permutation(64)[:9]] *= 8
    signs = chance.choice([-1.0, 1.0], 64)
    return np.round(values, 3), signs, int(chance.choice([1, 2, 3]))


def program(number: int) -> tuple[int, int, int]:
    """Of a program that trains a codebook: code vectors, pictures of a batch, tokens of each."""
    chance = _chance(number, 55)
    size = int(chance.choice([256, 512, 1024]))
    return size, int(chance.choice([8, 12, 16, 24])), int(chance.choice([2, 4, 9]))


def pages(number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Two pages of tokens from 0 to 7: one that is known, array (30, 40), and one (20, 40)."""
    chance = _chance(number, 56)
    stay = float(chance.choice([0.4, 0.5, 0.6]))
    page = np.empty((50, 40), np.int64)
    page[:, 0] = chance.integers(0, 8, 50)
    for column in range(1, 40):
        steps = chance.choice([-1, 0, 1], 50, p=[0.8 - stay, stay, 0.2])
        followed = (page[:, column - 1] + steps) % 8
        anything = chance.integers(0, 8, 50)
        page[:, column] = np.where(chance.random(50) < 0.1, anything, followed)
    return page[:30], page[30:]


# --- s12: more data than memory ------------------------------------------------------------------


def worker(number: int) -> tuple[int, int, int]:
    """Of a worker's job: components of a row, code vectors, and its memory in MiB."""
    chance = _chance(number, 61)
    dimension = int(chance.choice([12, 16, 48, 64]))
    return dimension, int(chance.choice([256, 512, 1024])), int(chance.choice([512, 768, 1024]))


def cluster(number: int) -> tuple[int, int, int]:
    """Of a cluster's job: rows, rows of a chunk, and workers."""
    chance = _chance(number, 62)
    rows = 10**7 * int(chance.integers(20, 90))
    return rows, 10**5 * int(chance.choice([1, 2, 4, 5])), int(chance.choice([12, 20, 48, 60]))


def chunks(number: int) -> tuple[list[Picture], Floats]:
    """Five chunks of rows of three bytes, one of them empty, and five code vectors to start from.

    The rows lie in heaps, and the chunks have different lengths.
    """
    chance = _chance(number, 63)
    centres = chance.integers(40, 216, (7, 3))
    lengths = [*chance.permutation([40, 150, 320, 610]), 0]
    made = []
    for length in chance.permutation(lengths):
        rows = centres[chance.integers(0, 7, length)] + chance.normal(0, 14, (length, 3))
        made.append(np.clip(np.round(rows), 0, 255).astype(np.uint8))
    everything = np.concatenate(made)
    start = everything[chance.permutation(len(everything))[:5]]
    return made, np.round(start + chance.uniform(-0.45, 0.45, (5, 3)), 3)


def wish(number: int) -> tuple[int, float]:
    """How many code vectors, and how many dB a sample may lose against all photographs."""
    chance = _chance(number, 64)
    size = int(chance.choice([256, 512, 1024, 4096]))
    return size, float(chance.choice([0.02, 0.04, 0.05, 0.1]))


def lengths(number: int) -> list[int]:
    """How many rows each of six chunks has."""
    chance = _chance(number, 65)
    return [int(length) for length in 1000 * chance.choice(np.arange(2, 60), 6, replace=False)]


def prices(number: int) -> tuple[float, float]:
    """What a row and what a chunk cost a worker, in seconds."""
    chance = _chance(number, 66)
    row = float(chance.choice([150, 240, 550, 2000]))
    return 1e-9 * row, 1e-3 * float(chance.choice([2.0, 3.5, 5.0]))


def network(number: int) -> tuple[int, float]:
    """What a core computes, in billions of operations a second, and a network, in Gbit/s."""
    chance = _chance(number, 67)
    return int(chance.choice([10, 20, 30, 50])), float(chance.choice([0.5, 1.0, 2.5, 10.0]))
