"""Speed, quality and memory on colour pictures and on blocks, beside other libraries; `make bench` runs this.

Contenders take turns in one process and times are medians. Read the ratios: the times drift with the machine.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import platform
import statistics
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import PIL
import scipy
import sklearn
from numpy.typing import NDArray
from PIL import Image
from scipy.cluster import vq
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.datasets import load_sample_image
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import shuffle

from vqlib.image import Picture, encode_image, quantize_image, sample, to_picture, to_vectors, train_codebook

Floats = NDArray[np.float64]
Recipe = Callable[[Floats, int, int], tuple[NDArray[Any], NDArray[Any]]]
"""Vectors, size and seed -> code vectors and the index of each vector."""
Contender = Callable[[Picture, int, int], Picture]
"""Picture, size and seed -> quantized picture."""

FULL, CAREFUL, FAST, THOUSAND = "KMeans, all pixels", "**ours**", "**ours, fast**", "KMeans, 1000 pixels"
LLOYD = "KMeans (lloyd)"
SIZES = (16, 64, 256)
SEEDS = 5
CALLS, QUICK = 3, 400  # of a contender that takes fewer milliseconds the median of so many calls counts
WIDE, HIGH = 4000, 3000
GROUP = ("imagequant", "faiss-cpu")  # the packages of the dependency group
# What was asked, by size: times as fast as KMeans on all pixels, and times its MSE at most.
ASKED = {CAREFUL: ({16: 2, 64: 5, 256: 9}, 1.02), FAST: ({16: 8, 64: 25, 256: 40}, 1.10)}


def optional(name: str) -> Any:
    """A package of the group `bench`, or None."""
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


faiss, imagequant = optional("faiss"), optional("imagequant")


def whole_job(recipe: Recipe, picture: Picture, size: int, seed: int, block: int = 1) -> Picture:
    """The way of most tutorials: vectors of float64, a recipe for them, and back to whole numbers."""
    vectors = to_vectors(picture, block) if block > 1 else picture.reshape(-1, 3).astype(np.float64)
    found, indices = recipe(vectors, size, seed)
    levels = np.clip(np.floor(found + 0.5), 0, 255).astype(np.uint8)
    return to_picture(levels[indices], picture.shape, block) if block > 1 else levels[indices].reshape(picture.shape)


def by_kmeans(vectors: Floats, size: int, seed: int, **options: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """scikit-learn's KMeans from one start."""
    model = KMeans(size, n_init=1, random_state=seed, **options).fit(vectors)
    return model.cluster_centers_, model.labels_


def by_thousand(vectors: Floats, size: int, seed: int, *, drawn: bool = False) -> tuple[NDArray[Any], NDArray[Any]]:
    """The well-known example of scikit-learn: trained on 1000 pixels, values from 0 to 1.

    Its `shuffle` permutes the numbers of all pixels first; if `drawn`, the 1000 are drawn without.
    """
    pixels = vectors / 255
    if drawn:
        some = pixels[np.random.default_rng(seed).choice(len(pixels), 1000, replace=False)]
    else:
        some = shuffle(pixels, random_state=seed, n_samples=1000)
    model = KMeans(size, n_init=1, random_state=seed).fit(some)
    return 255 * model.cluster_centers_, model.predict(pixels)


def by_mini_batches(vectors: Floats, size: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """scikit-learn's MiniBatchKMeans as it comes."""
    model = MiniBatchKMeans(size, n_init=1, random_state=seed).fit(vectors)
    return model.cluster_centers_, model.labels_


def by_opencv(
    vectors: Floats, size: int, seed: int, start: int = cv2.KMEANS_RANDOM_CENTERS, attempts: int = 10
) -> tuple[NDArray[Any], NDArray[Any]]:
    """OpenCV with the numbers of its tutorial: 10 iterations, 10 random starts."""
    cv2.setRNGSeed(seed)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 1.0)
    _, labels, centres = cv2.kmeans(vectors.astype(np.float32), size, None, stop, attempts, start)  # type: ignore[call-overload]
    return centres, labels.ravel()


def by_scipy(vectors: Floats, size: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """SciPy's kmeans2 from random points, in its 10 iterations, and the nearest code vector with its vq."""
    centres, _ = vq.kmeans2(vectors, size, minit="points", rng=seed)
    return centres, vq.vq(vectors, centres)[0]


def by_faiss(vectors: Floats, size: int, seed: int, most: int = 256) -> tuple[NDArray[Any], NDArray[Any]]:
    """The k-means of faiss, 25 iterations, on at most so many vectors for each code vector; its default is 256."""
    points = vectors.astype(np.float32)
    model = faiss.Kmeans(points.shape[1], size, seed=seed, max_points_per_centroid=most, min_points_per_centroid=1)
    model.train(points)
    return model.centroids, model.index.search(points, 1)[1].ravel()


def by_pillow(picture: Picture, size: int, seed: int, method: int, kmeans: int = 0) -> Picture:
    """Pillow's quantizers, without dithering. Nothing in them is random."""
    found = Image.fromarray(picture).quantize(size, method, kmeans=kmeans, dither=Image.Dither.NONE)
    return np.asarray(found.convert("RGB"))


def by_imagequant(picture: Picture, size: int, seed: int) -> Picture:
    """The engine of pngquant, without dithering. Nothing in it is random."""
    height, width = picture.shape[:2]
    rgba = cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA).tobytes()
    indices, palette = imagequant.quantize_raw_rgba_bytes(rgba, width, height, dithering_level=0.0, max_colors=size)
    colours = np.array(palette, np.uint8).reshape(-1, 4)[:, :3]
    return colours[np.frombuffer(indices, np.uint8)].reshape(picture.shape)


def ours(picture: Picture, size: int, seed: int, *, block: int = 1, fast: bool = False) -> Picture:
    """vqlib, the whole first call."""
    return quantize_image(picture, size.bit_length() - 1, block=block, fast=fast, seed=seed).picture


COLOUR: dict[str, Contender] = {
    FULL: partial(whole_job, by_kmeans),
    CAREFUL: ours,
    FAST: partial(ours, fast=True),
    THOUSAND: partial(whole_job, by_thousand),
    "MiniBatchKMeans": partial(whole_job, by_mini_batches),
    "OpenCV, its tutorial": partial(whole_job, by_opencv),
    "OpenCV, k-means++": partial(whole_job, partial(by_opencv, start=cv2.KMEANS_PP_CENTERS, attempts=1)),
    "SciPy kmeans2": partial(whole_job, by_scipy),
    "Pillow, median cut": partial(by_pillow, method=Image.Quantize.MEDIANCUT),
    "Pillow, median cut and k-means": partial(by_pillow, method=Image.Quantize.MEDIANCUT, kmeans=1),
    "Pillow, octree": partial(by_pillow, method=Image.Quantize.FASTOCTREE),
}
PEERS_IN_BLOCKS: dict[str, Recipe] = {
    "KMeans (elkan)": partial(by_kmeans, algorithm="elkan"),
    "MiniBatchKMeans": by_mini_batches,
    "OpenCV, k-means++": partial(by_opencv, start=cv2.KMEANS_PP_CENTERS, attempts=1),
    "SciPy kmeans2": by_scipy,
}
if imagequant:
    COLOUR["imagequant"] = by_imagequant
if faiss:
    COLOUR["faiss"] = partial(whole_job, by_faiss)
    COLOUR["faiss, all pixels"] = partial(whole_job, partial(by_faiss, most=1 << 30))
    PEERS_IN_BLOCKS["faiss"] = by_faiss
    PEERS_IN_BLOCKS["faiss, all blocks"] = partial(by_faiss, most=1 << 30)
# The slowest get fewer seeds, or leave out the largest size; nothing is random in Pillow.
FEWER = {"OpenCV, its tutorial": 1, "SciPy kmeans2": 2, "OpenCV, k-means++": 3, "Pillow, median cut and k-means": 1}
LARGEST = {"OpenCV, its tutorial": 64}


@dataclass
class Measured:
    """Milliseconds and MSE of a contender, seed by seed, and how many times as fast as the first contender it was."""

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


@dataclass
class Bar:
    """What was asked of a figure, and the figure."""

    what: str
    value: float
    sign: str
    asked: float

    @property
    def met(self) -> bool:
        """Whether that is enough."""
        return self.value >= self.asked if self.sign == ">=" else self.value <= self.asked

    def line(self) -> str:
        """A row in Markdown."""
        shown = f"{self.value:.0f}" if self.value >= 10 else f"{self.value:.2f}"
        if self.asked in (1, 1.01, 1.02, 1.1):
            shown = f"{self.value:.3f}"
        return f"| {self.what} | {self.sign} {self.asked:g} | {shown} | {'yes' if self.met else 'NO'} |"


def milliseconds(call: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - start)


def error(picture: Picture, shown: Picture) -> float:
    """Mean squared error per channel of the picture that is shown."""
    if (shown.dtype, shown.shape) != (picture.dtype, picture.shape):
        raise TypeError(f"a contender has to return a picture like the one it got, not {shown.dtype} {shown.shape}")
    return round(cv2.norm(picture.reshape(1, -1), shown.reshape(1, -1), cv2.NORM_L2SQR)) / picture.size


def in_turn(contenders: dict[str, Contender], picture: Picture, size: int, seeds: int) -> dict[str, Measured]:
    """All contenders, seed after seed. Each speed is over the first contender, measured just before."""
    measured = {name: Measured() for name in contenders if size <= LARGEST.get(name, size)}
    first = measured[next(iter(contenders))]
    for seed in range(seeds):
        for name, contender in contenders.items():
            if name not in measured or seed >= FEWER.get(name, seeds):
                continue
            shown: list[Picture] = []
            # The lambdas are called at once, so what they close over is still theirs.
            times = [milliseconds(lambda: shown.append(contender(picture, size, seed)))]  # noqa: B023
            while times[0] < QUICK and len(times) < CALLS:
                times.append(milliseconds(lambda: contender(picture, size, seed)))  # noqa: B023
            row = measured[name]
            row.times.append(statistics.median(times))
            row.errors.append(error(picture, shown[0]))
            row.speeds.append(first.times[-1] / row.times[-1])
    return measured


def against(row: Measured, baseline: Measured) -> str:
    """A cell: how many times as fast, and how many times the MSE."""
    speed = f"{row.speed:.0f}" if row.speed >= 10 else f"{row.speed:.1f}"
    return f"{speed}x {row.mse / baseline.mse:.3f}"


def table(title: str, columns: dict[str, dict[str, Measured]]) -> Iterable[str]:
    """A table in Markdown: a row for each contender, times and MSE of the first, ratios of all others."""
    yield f"| {title} | " + " | ".join(columns) + " |"
    yield "|--" * (len(columns) + 1) + "|"
    baseline, *others = next(iter(columns.values()))
    cells = [f"{rows[baseline].time:.0f}; {rows[baseline].mse:.2f}" for rows in columns.values()]
    yield f"| {baseline}: ms; MSE | " + " | ".join(cells) + " |"
    for name in others:
        cells = [against(rows[name], rows[baseline]) if name in rows else "" for rows in columns.values()]
        yield f"| {name} | " + " | ".join(cells) + " |"
    yield ""


def beaten(rows: dict[str, Measured], where: str) -> list[str]:
    """Peers that are both faster and better than one of our two settings."""
    return [
        f"{where}: {name} is faster and better than {mine.strip('*')}"
        for name, row in rows.items()
        for mine in (CAREFUL, FAST)
        if name not in (CAREFUL, FAST) and row.speed > rows[mine].speed and row.mse < rows[mine].mse
    ]


def colour_palettes(pictures: dict[str, Picture], seeds: int) -> tuple[list[Bar], list[str]]:
    """Tables of all pictures and sizes; the bars, for the worst of the pictures; and the peers that beat us."""
    found: dict[tuple[str, int], dict[str, Measured]] = {}
    lost: list[str] = []
    for label, picture in pictures.items():
        for size in SIZES:
            found[label, size] = in_turn(COLOUR, picture, size, seeds)
            lost += beaten(found[label, size], f"{label}, {size} colours")
        print(*table(label, {str(size): found[label, size] for size in SIZES}), sep="\n", flush=True)
    bars = []
    for mine, (speeds, most) in ASKED.items():
        name = mine.strip("*")
        for size in SIZES:
            rows = [found[label, size] for label in pictures]
            speed = min(row[mine].speed for row in rows)
            over = max(row[mine].mse / row[FULL].mse for row in rows)
            bars.append(Bar(f"{name}, {size} colours: times as fast as KMeans", speed, ">=", speeds[size]))
            bars.append(Bar(f"{name}, {size} colours: MSE over that of KMeans", over, "<=", most))
    bars.append(Bar("peers both faster and better than ours", len(lost), "<=", 0))
    return bars, lost


def memory(call: Callable[[], object], picture: Picture) -> float:
    """The peak of what a call allocates beyond what it returns, over the bytes of the picture."""
    tracemalloc.start()
    result = call()
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return (peak - held) / picture.nbytes


def enlarged(picture: Picture, megapixels: float) -> Picture:
    """A picture of 4 : 3, enlarged smoothly, so that it has many different colours."""
    scale = (megapixels / (WIDE * HIGH / 1e6)) ** 0.5
    large = cv2.resize(picture, (round(WIDE * scale), round(HIGH * scale)), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8)


def large_colour(picture: Picture, seeds: int, most: float) -> list[Bar]:
    """12 megapixels in 64 colours, and how cost grows with the picture."""
    large = enlarged(picture, WIDE * HIGH / 1e6)
    contenders = {name: COLOUR[name] for name in (THOUSAND, CAREFUL, FAST)}
    contenders["KMeans, 1000 pixels drawn"] = partial(whole_job, partial(by_thousand, drawn=True))
    rows = in_turn(contenders, large, 64, seeds)
    needed = {name: memory(partial(call, large, 64, 0), large) for name, call in contenders.items()}
    print("| 12 megapixels, 64 colours | ms | times as fast | MSE | MSE / recipe's | memory |")
    print("|--|--|--|--|--|--|")
    for name, row in rows.items():
        over = row.mse / rows[THOUSAND].mse
        print(f"| {name} | {row.time:.0f} | {row.speed:.2f} | {row.mse:.2f} | {over:.3f} | {needed[name]:.2f} |")
    del large
    print("\n| megapixels | different colours | ours ms | per megapixel | fast ms | per megapixel |")
    print("|--|--|--|--|--|--|")
    taken: dict[float, list[float]] = {}
    for megapixels in (size for size in (1.0, 3.0, 12.0, 48.0) if size <= most):
        larger = enlarged(picture, megapixels)
        # Few calls, as memory of that size comes and goes; the least is what the work takes.
        taken[megapixels] = [
            min(milliseconds(partial(COLOUR[name], larger, 64, seed)) for seed in range(min(seeds, 3)))
            for name in (CAREFUL, FAST)
        ]
        different = len(np.unique(cv2.cvtColor(larger, cv2.COLOR_RGB2RGBA).view("<u4")))
        cells = [cell for ms in taken[megapixels] for cell in (f"{ms:.0f}", f"{ms / megapixels:.1f}")]
        print(f"| {megapixels:g} | {different} | " + " | ".join(cells) + " |", flush=True)
    print()
    bars = []
    for place, mine in enumerate((CAREFUL, FAST)):
        name = mine.strip("*")
        bars.append(Bar(f"{name}, 12 megapixels: times as fast as the 1000-pixel recipe", rows[mine].speed, ">=", 4))
        over = rows[mine].mse / rows[THOUSAND].mse
        bars.append(Bar(f"{name}, 12 megapixels: MSE over that of the recipe", over, "<=", 1))
        bars.append(Bar(f"{name}, 12 megapixels: extra memory in pictures", needed[mine], "<=", 5))
        steps = [taken[big][place] / taken[small][place] / (big / small) for small, big in pairwise(taken)]
        what = f"{name}, {min(taken):g} to {max(taken):g} megapixels, worst step: growth of time over that of pixels"
        bars.append(Bar(what, max(steps), "<=", 1))
    return bars


def blocks(pictures: dict[str, Picture], seeds: int) -> list[Bar]:
    """Tables of all pictures with blocks of 4 x 4 in 256 and 2 x 2 in 64 code vectors, and the bars."""
    found = {}
    for block, size in ((4, 256), (2, 64)):
        recipes: dict[str, Recipe] = {LLOYD: partial(by_kmeans, algorithm="lloyd"), **PEERS_IN_BLOCKS}
        peers: dict[str, Contender] = {
            name: partial(whole_job, recipe, block=block) for name, recipe in recipes.items()
        }
        mine: dict[str, Contender] = {
            CAREFUL: partial(ours, block=block),
            FAST: partial(ours, block=block, fast=True),
        }
        contenders = {LLOYD: peers.pop(LLOYD), **mine, **peers}
        for label, picture in pictures.items():
            found[f"{label}, {block} x {block}, {size}"] = in_turn(contenders, picture, size, seeds)
    print(*table("blocks", found), sep="\n", flush=True)
    slowest = min(rows[CAREFUL].speed for rows in found.values())
    worst = max(rows[CAREFUL].mse / rows[LLOYD].mse for rows in found.values())
    return [
        Bar("ours, blocks: times as fast as KMeans", slowest, ">=", 1),
        Bar("ours, blocks: MSE over that of KMeans", worst, "<=", 1.01),
    ]


def encoding(picture: Picture, turns: int) -> list[Bar]:
    """Blocks of 12 megapixels against a codebook that there is."""
    large = np.tile(picture, (6, 8))[:HIGH, :WIDE].copy()
    print("| 12 megapixels | predict ms | encode ms | ratio | whole job: predict ms | encode_image ms | ratio |")
    print("|--|--|--|--|--|--|--|")
    bars = []
    for block, size in ((4, 256), (2, 64)):
        vectors = to_vectors(large, block).astype(np.uint8)  # bytes, as the picture has them, for both
        codebook = train_codebook([picture], size, block=block)
        model = KMeans(codebook.size, init=codebook.vectors, n_init=1, max_iter=1).fit(to_vectors(picture, block))
        model.cluster_centers_ = codebook.vectors.copy()  # whole numbers, as all codebooks of pictures
        job = partial(predicted, model, large, block)
        calls: list[Callable[[], object]] = [
            partial(model.predict, vectors),
            partial(codebook.encode, vectors),
            job,
            partial(encode_image, large, codebook, block=block),
        ]
        taken = [[milliseconds(call) for call in calls] for _ in range(turns + 1)][1:]
        a, b, c, d = (statistics.median(column) for column in zip(*taken, strict=True))
        alone = statistics.median(row[1] / row[0] for row in taken)
        job_ratio = statistics.median(row[3] / row[2] for row in taken)
        cells = f"{a:.0f} | {b:.0f} | {alone:.2f} | {c:.0f} | {d:.0f} | {job_ratio:.2f}"
        print(f"| {block} x {block}, {size} | {cells} |", flush=True)
        what = f"encoding 12 megapixels, {block} x {block}: time over that of KMeans.predict"
        bars.append(Bar(what, alone, "<=", 1))
    print()
    return bars


def predicted(model: KMeans, picture: Picture, block: int) -> Picture:
    """From a picture to its quantized one with KMeans.predict."""
    levels = np.floor(model.cluster_centers_ + 0.5).astype(np.uint8)
    return to_picture(levels[model.predict(to_vectors(picture, block))], picture.shape, block)


def main() -> int:
    """Measure and print; 1 if a bar was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one seed, china only: to see whether all of it runs")
    quick = parser.parse_args().quick
    warnings.simplefilter("ignore", ConvergenceWarning)
    warnings.filterwarnings("ignore", "One of the clusters is empty")  # SciPy, which then goes on
    seeds = 1 if quick else SEEDS
    colour = {name: sample(name, colour=True) for name in ("china", "astronaut", "coffee")}
    colour["flower"] = np.ascontiguousarray(load_sample_image("flower.jpg"))
    grey = {name: sample(name) for name in ("camera", "astronaut")}
    versions = f"numpy {np.__version__}, scikit-learn {sklearn.__version__}, OpenCV {cv2.__version__}"
    versions += f", SciPy {scipy.__version__}, Pillow {PIL.__version__}"
    versions += "".join(f", {name} {version(name)}" for name in GROUP if optional(name.removesuffix("-cpu")))
    waiting = os.environ.get("OMP_WAIT_POLICY", "not set")
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {versions}")
    print(f"OMP_WAIT_POLICY {waiting}\n")
    for name in GROUP:
        if not optional(name.removesuffix("-cpu")):
            print(f"{name} is not installed: its rows are left out\n")
    if quick:
        colour, grey = {"china": colour["china"]}, {"camera": grey["camera"]}
    bars, lost = colour_palettes(colour, seeds)
    bars += large_colour(colour["china"], min(seeds, 3), 12 if quick else 48)
    bars += blocks(grey, seeds)
    bars += encoding(grey["camera"], 3 if quick else 9)
    print("| bar | asked | reached | met |\n|--|--|--|--|")
    print(*(bar.line() for bar in bars), "", *lost, sep="\n")
    return 0 if all(bar.met for bar in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
