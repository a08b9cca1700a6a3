"""Speed, quality and memory on colour pictures and on blocks, beside other libraries.

`make bench` runs this as `python -m benchmarks.colour_and_blocks`; with `--quick`, one minute.
"""

from __future__ import annotations

import os
import statistics
import sys
import warnings
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from itertools import pairwise

import cv2
import numpy as np
import PIL
import scipy
import sklearn
from sklearn.cluster import KMeans
from sklearn.datasets import load_sample_image
from sklearn.exceptions import ConvergenceWarning

from benchmarks.peers import (
    ALL_PIXELS,
    CAREFUL,
    FAST,
    FOR_COLOUR,
    GROUP,
    LLOYD,
    THOUSAND,
    THOUSAND_DRAWN,
    Quantizer,
    for_blocks,
    optional,
)
from benchmarks.timing import (
    Bar,
    Contender,
    all_times,
    asked_to_be_quick,
    bar_table,
    each_turn,
    in_turn,
    machine,
    milliseconds,
    peak_memory,
    table_head,
    table_row,
)
from vqlib.image import (
    Picture,
    encode_image,
    sample,
    to_picture,
    to_vectors,
    train_codebook,
)

SIZES = (16, 64, 256)
SEEDS = 5
# A contender that takes fewer milliseconds is called three times, and the median counts.
CALLS = 3
LONG = 400
# The slowest get fewer seeds, or leave out the largest size; nothing is random in Pillow.
SEEDS_OF = {
    "OpenCV, its tutorial": 1,
    "SciPy kmeans2": 2,
    "OpenCV, k-means++": 3,
    "Pillow, median cut and k-means": 1,
}
LARGEST_OF = {"OpenCV, its tutorial": 64}
# What was asked, by size: times as fast as KMeans on all pixels, and times its MSE at most.
ASKED_SPEED = {CAREFUL: {16: 2, 64: 5, 256: 9}, FAST: {16: 8, 64: 25, 256: 40}}
ASKED_MSE = {CAREFUL: 1.02, FAST: 1.10}
WIDE = 4000
HIGH = 3000
MEGAPIXELS = (1.0, 3.0, 12.0, 48.0)
BLOCKS = ((4, 256), (2, 64))  # side of a block, and how many code vectors
ABOUT_ONE = 3  # decimals of a ratio that is near 1


# Time and quality of quantizers


@dataclass
class Measured:
    """Milliseconds, MSE and speed of a quantizer, seed by seed; speeds are against the first."""

    times: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    speeds: list[float] = field(default_factory=list)

    @property
    def time(self) -> float:
        """Median over the seeds."""
        return statistics.median(self.times)

    @property
    def mse(self) -> float:
        """Median over the seeds."""
        return statistics.median(self.errors)

    @property
    def speed(self) -> float:
        """Median over the pairs."""
        return statistics.median(self.speeds)


def error(picture: Picture, shown: Picture) -> float:
    """Mean squared error per channel of the picture that is shown."""
    if shown.dtype != picture.dtype or shown.shape != picture.shape:
        raise TypeError(
            "a contender has to return a picture like the one it got, "
            f"not {shown.dtype} {shown.shape}"
        )
    squares = cv2.norm(picture.reshape(1, -1), shown.reshape(1, -1), cv2.NORM_L2SQR)
    return round(squares) / picture.size


def compare(
    quantizers: dict[str, Quantizer], picture: Picture, size: int, seeds: int
) -> dict[str, Measured]:
    """All quantizers, seed after seed. Each speed is over the first one, measured just before."""
    contenders = {}
    for name, quantizer in quantizers.items():
        if size <= LARGEST_OF.get(name, size):
            turns = min(seeds, SEEDS_OF.get(name, seeds))
            run = partial(quantizer, picture, size)
            contenders[name] = Contender(run, turns, calls=CALLS, enough=LONG)
    rows = {name: Measured() for name in contenders}
    first = next(iter(rows.values()))
    for timing in in_turn(contenders):
        row = rows[timing.name]
        row.times.append(statistics.median(timing.times))
        row.errors.append(error(picture, timing.result))
        row.speeds.append(first.times[-1] / row.times[-1])
    return rows


def comparison_table(title: str, columns: dict[str, dict[str, Measured]]) -> str:
    """A row for each quantizer: times and MSE of the first, ratios of all others."""
    baseline, *others = next(iter(columns.values()))
    cells = []
    for rows in columns.values():
        first = rows[baseline]
        cells.append(f"{first.time:.0f}; {first.mse:.2f}")
    lines = [table_head(title, *columns), table_row(f"{baseline}: ms; MSE", *cells)]
    for name in others:
        cells = [against(rows, name, baseline) for rows in columns.values()]
        lines.append(table_row(name, *cells))
    return "\n".join(lines)


def against(rows: dict[str, Measured], name: str, baseline: str) -> str:
    """A cell: how many times as fast, and how many times the MSE; empty if not measured."""
    if name not in rows:
        return ""
    row = rows[name]
    speed = f"{row.speed:.0f}" if row.speed >= 10 else f"{row.speed:.1f}"
    return f"{speed}x {row.mse / rows[baseline].mse:.3f}"


def plain(name: str) -> str:
    """A name from the tables without its stars."""
    return name.strip("*")


# Colour palettes


def colour_palettes(pictures: dict[str, Picture], seeds: int) -> tuple[list[Bar], list[str]]:
    """Tables of all pictures and sizes; the bars; and, in words, the peers that beat us."""
    by_size: dict[int, list[dict[str, Measured]]] = {size: [] for size in SIZES}
    lost: list[str] = []
    for label, picture in pictures.items():
        columns = {}
        for size in SIZES:
            rows = compare(FOR_COLOUR, picture, size, seeds)
            columns[str(size)] = rows
            by_size[size].append(rows)
            lost += beaten(rows, f"{label}, {size} colours")
        print(comparison_table(label, columns), end="\n\n", flush=True)
    bars = [bar for mine in (CAREFUL, FAST) for bar in palette_bars(mine, by_size)]
    bars.append(Bar("peers both faster and better than ours", len(lost), "<=", 0))
    return bars, lost


def beaten(rows: dict[str, Measured], where: str) -> list[str]:
    """Peers that are both faster and better than one of our two settings."""
    lost = []
    for name, row in rows.items():
        for mine in (CAREFUL, FAST):
            own = rows[mine]
            if name not in (CAREFUL, FAST) and row.speed > own.speed and row.mse < own.mse:
                lost.append(f"{where}: {name} is faster and better than {plain(mine)}")
    return lost


def palette_bars(mine: str, by_size: dict[int, list[dict[str, Measured]]]) -> list[Bar]:
    """What was asked of one of our settings, and the worst of all pictures."""
    bars = []
    for size, pictures in by_size.items():
        name = f"{plain(mine)}, {size} colours"
        speed = min(rows[mine].speed for rows in pictures)
        asked = ASKED_SPEED[mine][size]
        bars.append(Bar(f"{name}: times as fast as KMeans", speed, ">=", asked))
        over = max(rows[mine].mse / rows[ALL_PIXELS].mse for rows in pictures)
        what = f"{name}: MSE over that of KMeans"
        bars.append(Bar(what, over, "<=", ASKED_MSE[mine], ABOUT_ONE))
    return bars


# Large pictures in colour


def enlarged(picture: Picture, megapixels: float) -> Picture:
    """A picture of 4 : 3, enlarged smoothly, so that it has many different colours."""
    scale = (megapixels / (WIDE * HIGH / 1e6)) ** 0.5
    shape = (round(WIDE * scale), round(HIGH * scale))
    return np.asarray(cv2.resize(picture, shape, interpolation=cv2.INTER_CUBIC), np.uint8)


def twelve_megapixels(picture: Picture, seeds: int) -> dict[str, list[Bar]]:
    """12 megapixels in 64 colours: a table, and the bars of our two settings."""
    large = enlarged(picture, WIDE * HIGH / 1e6)
    quantizers = {name: FOR_COLOUR[name] for name in (THOUSAND, CAREFUL, FAST)} | THOUSAND_DRAWN
    rows = compare(quantizers, large, 64, seeds)
    recipe = rows[THOUSAND]
    titles = ("12 megapixels, 64 colours", "ms", "times as fast", "MSE", "MSE / recipe's", "memory")
    print(table_head(*titles))
    bars = {}
    for name, row in rows.items():
        _, extra = peak_memory(partial(quantizers[name], large, 64, 0))
        over = row.mse / recipe.mse
        memory = extra / large.nbytes
        figures = (f"{row.speed:.2f}", f"{row.mse:.2f}", f"{over:.3f}", f"{memory:.2f}")
        print(table_row(name, f"{row.time:.0f}", *figures), flush=True)
        if name in (CAREFUL, FAST):
            bars[name] = large_bars(plain(name), row.speed, over, memory)
    print()
    return bars


def large_bars(name: str, speed: float, over: float, memory: float) -> list[Bar]:
    """What was asked of one of our settings at 12 megapixels."""
    where = f"{name}, 12 megapixels"
    return [
        Bar(f"{where}: times as fast as the 1000-pixel recipe", speed, ">=", 4),
        Bar(f"{where}: MSE over that of the recipe", over, "<=", 1, ABOUT_ONE),
        Bar(f"{where}: extra memory in pictures", memory, "<=", 5),
    ]


def growth(picture: Picture, seeds: int, most: float) -> dict[str, Bar]:
    """How time grows with the picture: a table, and the bars of our two settings."""
    titles = ("megapixels", "different colours", "ours ms", "per megapixel", "fast ms")
    print(table_head(*titles, "per megapixel"))
    taken: dict[str, dict[float, float]] = {CAREFUL: {}, FAST: {}}
    for megapixels in MEGAPIXELS:
        if megapixels <= most:
            larger = enlarged(picture, megapixels)
            cells = []
            for name, times in taken.items():
                times[megapixels] = least_time(FOR_COLOUR[name], larger, seeds)
                cells.append(f"{times[megapixels]:.0f}")
                cells.append(f"{times[megapixels] / megapixels:.1f}")
            print(table_row(f"{megapixels:g}", different_colours(larger), *cells), flush=True)
    print()
    return {name: growth_bar(plain(name), times) for name, times in taken.items()}


def least_time(quantizer: Quantizer, picture: Picture, seeds: int) -> float:
    """Milliseconds in 64 colours: the least, as memory of that size comes and goes."""
    return min(milliseconds(partial(quantizer, picture, 64, seed)) for seed in range(seeds))


def different_colours(picture: Picture) -> int:
    """How many colours a picture has."""
    return len(np.unique(cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA).view("<u4")))


def growth_bar(name: str, times: dict[float, float]) -> Bar:
    """The worst step from one size to the next: growth of time over that of pixels."""
    sizes = f"{min(times):g} to {max(times):g} megapixels"
    what = f"{name}, {sizes}, worst step: growth of time over that of pixels"
    steps = [times[big] / times[small] / (big / small) for small, big in pairwise(times)]
    return Bar(what, max(steps), "<=", 1, ABOUT_ONE)


def large_colour(picture: Picture, seeds: int, most: float) -> list[Bar]:
    """Both tables of large pictures, and their bars, setting by setting."""
    bars_at_twelve = twelve_megapixels(picture, seeds)
    bars_of_growth = growth(picture, seeds, most)
    bars = []
    for name in (CAREFUL, FAST):
        bars += bars_at_twelve[name]
        bars.append(bars_of_growth[name])
    return bars


# Blocks


def blocks(pictures: dict[str, Picture], seeds: int) -> list[Bar]:
    """Tables of all pictures with blocks of 4 x 4 in 256 and 2 x 2 in 64 code vectors; the bars."""
    columns = {}
    for block, size in BLOCKS:
        for label, picture in pictures.items():
            rows = compare(for_blocks(block), picture, size, seeds)
            columns[f"{label}, {block} x {block}, {size}"] = rows
    print(comparison_table("blocks", columns), end="\n\n", flush=True)
    slowest = min(rows[CAREFUL].speed for rows in columns.values())
    worst = max(rows[CAREFUL].mse / rows[LLOYD].mse for rows in columns.values())
    return [
        Bar("ours, blocks: times as fast as KMeans", slowest, ">=", 1, ABOUT_ONE),
        Bar("ours, blocks: MSE over that of KMeans", worst, "<=", 1.01, ABOUT_ONE),
    ]


def encoding(picture: Picture, turns: int) -> list[Bar]:
    """Blocks of 12 megapixels against a codebook that is already trained."""
    large = np.tile(picture, (6, 8))[:HIGH, :WIDE].copy()
    titles = ("12 megapixels", "predict ms", "encode ms", "ratio", "whole job: predict ms")
    print(table_head(*titles, "encode_image ms", "ratio"))
    bars = []
    for block, size in BLOCKS:
        times = encoding_times(picture, large, block, size, turns)
        predict, encode, ratio = compared(times["predict"], times["encode"])
        its_job, our_job, job_ratio = compared(times["its job"], times["our job"])
        alone = (f"{predict:.0f}", f"{encode:.0f}", f"{ratio:.2f}")
        job = (f"{its_job:.0f}", f"{our_job:.0f}", f"{job_ratio:.2f}")
        print(table_row(f"{block} x {block}, {size}", *alone, *job), flush=True)
        what = f"encoding 12 megapixels, {block} x {block}: time over that of KMeans.predict"
        bars.append(Bar(what, ratio, "<=", 1, ABOUT_ONE))
    print()
    return bars


def encoding_times(
    picture: Picture, large: Picture, block: int, size: int, turns: int
) -> dict[str, list[float]]:
    """Milliseconds of encoding alone and of the whole job, by scikit-learn and by us, in turn."""
    vectors = to_vectors(large, block).astype(np.uint8)  # bytes, as the picture has them, for both
    codebook = train_codebook([picture], size, block=block)
    model = KMeans(codebook.size, init=codebook.vectors, n_init=1, max_iter=1)
    model.fit(to_vectors(picture, block))
    model.cluster_centers_ = codebook.vectors.copy()  # whole numbers, as all codebooks of pictures
    calls = {
        "predict": partial(model.predict, vectors),
        "encode": partial(codebook.encode, vectors),
        "its job": partial(predicted, model, large, block),
        "our job": partial(encode_image, large, codebook, block=block),
    }
    contenders = {name: Contender(each_turn(call), turns + 1) for name, call in calls.items()}
    times = all_times(in_turn(contenders))
    return {name: taken[1:] for name, taken in times.items()}  # the first turn is for warming up


def compared(theirs: list[float], ours: list[float]) -> tuple[float, float, float]:
    """Both medians, and the median of our time over theirs, turn by turn."""
    ratios = [our / their for their, our in zip(theirs, ours, strict=True)]
    return statistics.median(theirs), statistics.median(ours), statistics.median(ratios)


def predicted(model: KMeans, picture: Picture, block: int) -> Picture:
    """From a picture to its quantized one with KMeans.predict."""
    levels = np.floor(model.cluster_centers_ + 0.5).astype(np.uint8)
    return to_picture(levels[model.predict(to_vectors(picture, block))], picture.shape, block)


# All of it


def print_head() -> None:
    """The machine, the versions, and what is left out."""
    versions = {
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "OpenCV": cv2.__version__,
        "SciPy": scipy.__version__,
        "Pillow": PIL.__version__,
    }
    versions |= {package: version(package) for package in GROUP if optional(package)}
    print(machine(**versions))
    print(f"OMP_WAIT_POLICY {os.environ.get('OMP_WAIT_POLICY', 'not set')}\n")
    for package in GROUP:
        if not optional(package):
            print(f"{package} is not installed: its rows are left out\n")


def measure_all(quick: bool) -> int:
    """Measure and print; 1 if a bar was missed."""
    colour = {name: sample(name, colour=True) for name in ("china", "astronaut", "coffee")}
    colour["flower"] = np.ascontiguousarray(load_sample_image("flower.jpg"))
    grey = {name: sample(name) for name in ("camera", "astronaut")}
    if quick:
        colour = {"china": colour["china"]}
        grey = {"camera": grey["camera"]}
    seeds = 1 if quick else SEEDS
    print_head()
    bars, lost = colour_palettes(colour, seeds)
    bars += large_colour(colour["china"], min(seeds, 3), most=12 if quick else 48)
    bars += blocks(grey, seeds)
    bars += encoding(grey["camera"], turns=3 if quick else 9)
    print(bar_table(bars))
    print("", *lost, sep="\n")
    return 0 if all(bar.met for bar in bars) else 1


def main() -> int:
    """Read the options, then measure."""
    quick = asked_to_be_quick(__doc__, "one seed, china only: to see whether all of it runs")
    warnings.simplefilter("ignore", ConvergenceWarning)
    warnings.filterwarnings("ignore", "One of the clusters is empty")  # SciPy, which then goes on
    return measure_all(quick)


if __name__ == "__main__":
    sys.exit(main())
