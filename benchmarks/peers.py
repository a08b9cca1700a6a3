"""What our quantizer of colours and of blocks is compared with: other libraries, used as they are.

imagequant and faiss are in the dependency group `bench`; the rows of one that is missing are left
out.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.cluster import vq
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.utils import shuffle

from vqlib.arrays import Floats
from vqlib.image import Picture, quantize_image, to_picture, to_vectors

Recipe = Callable[[Floats, int, int], tuple[NDArray[Any], NDArray[Any]]]
"""Vectors, size and seed -> code vectors and the index of each vector."""
Quantizer = Callable[[Picture, int, int], Picture]
"""Picture, size and seed -> quantized picture."""

GROUP = ("imagequant", "faiss-cpu")  # the packages of the dependency group
ALL_PIXELS = "KMeans, all pixels"
THOUSAND = "KMeans, 1000 pixels"
LLOYD = "KMeans (lloyd)"
CAREFUL = "**ours**"
FAST = "**ours, fast**"


def optional(package: str) -> Any:
    """The module of a package of the group `bench`, or None."""
    name = package.removesuffix("-cpu")
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


faiss = optional("faiss-cpu")
imagequant = optional("imagequant")


# Recipes: from vectors to code vectors and indices


def by_kmeans(
    vectors: Floats, size: int, seed: int, **options: str
) -> tuple[NDArray[Any], NDArray[Any]]:
    """scikit-learn's KMeans from one start."""
    model = KMeans(size, n_init=1, random_state=seed, **options).fit(vectors)
    return model.cluster_centers_, model.labels_


def by_thousand(
    vectors: Floats, size: int, seed: int, *, drawn: bool = False
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The well-known example of scikit-learn: trained on 1000 pixels, values from 0 to 1.

    Its `shuffle` permutes the numbers of all pixels first; if `drawn`, the 1000 are drawn without.
    """
    pixels = vectors / 255
    if drawn:
        chosen = np.random.default_rng(seed).choice(len(pixels), 1000, replace=False)
        some = pixels[chosen]
    else:
        some = shuffle(pixels, random_state=seed, n_samples=1000)
    model = KMeans(size, n_init=1, random_state=seed).fit(some)
    return 255 * model.cluster_centers_, model.predict(pixels)


def by_mini_batches(vectors: Floats, size: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """scikit-learn's MiniBatchKMeans with its defaults."""
    model = MiniBatchKMeans(size, n_init=1, random_state=seed).fit(vectors)
    return model.cluster_centers_, model.labels_


def by_opencv(
    vectors: Floats,
    size: int,
    seed: int,
    start: int = cv2.KMEANS_RANDOM_CENTERS,
    attempts: int = 10,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """OpenCV with the numbers of its tutorial: 10 iterations, 10 random starts."""
    cv2.setRNGSeed(seed)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 1.0)
    points = vectors.astype(np.float32)
    _, labels, centres = cv2.kmeans(points, size, None, stop, attempts, start)  # type: ignore[call-overload]
    return centres, labels.ravel()


def by_scipy(vectors: Floats, size: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """SciPy's kmeans2 from random points, in its 10 iterations; the nearest by its vq."""
    centres, _ = vq.kmeans2(vectors, size, minit="points", rng=seed)
    indices, _ = vq.vq(vectors, centres)
    return centres, indices


def by_faiss(
    vectors: Floats, size: int, seed: int, most: int = 256
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The k-means of faiss in 25 iterations.

    It trains on at most so many vectors for each code vector; its default is 256.
    """
    points = vectors.astype(np.float32)
    limits = {"max_points_per_centroid": most, "min_points_per_centroid": 1}
    model = faiss.Kmeans(points.shape[1], size, seed=seed, **limits)
    model.train(points)
    _, indices = model.index.search(points, 1)
    return model.centroids, indices.ravel()


# Quantizers: from a picture to a picture


def whole_job(recipe: Recipe, picture: Picture, size: int, seed: int, block: int = 1) -> Picture:
    """The way of most tutorials: vectors of float64, a recipe for them, back to whole numbers."""
    vectors = pixels_or_blocks(picture, block)
    trained, indices = recipe(vectors, size, seed)
    levels = np.clip(np.floor(trained + 0.5), 0, 255).astype(np.uint8)
    shown: Picture = levels[indices]
    if block > 1:
        return to_picture(shown, picture.shape, block)
    return shown.reshape(picture.shape)


def pixels_or_blocks(picture: Picture, block: int) -> Floats:
    """The vectors of a picture: its colours, or its blocks of this side."""
    if block > 1:
        return to_vectors(picture, block)
    return picture.reshape(-1, 3).astype(np.float64)


def by_pillow(picture: Picture, size: int, seed: int, method: int, kmeans: int = 0) -> Picture:
    """Pillow's quantizers, without dithering. Nothing in them is random."""
    original = Image.fromarray(picture)
    quantized = original.quantize(size, method, kmeans=kmeans, dither=Image.Dither.NONE)
    return np.asarray(quantized.convert("RGB"))


def by_imagequant(picture: Picture, size: int, seed: int) -> Picture:
    """The engine of pngquant, without dithering. Nothing in it is random."""
    height, width = picture.shape[:2]
    rgba = cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA).tobytes()
    settings = {"dithering_level": 0.0, "max_colors": size}
    indices, palette = imagequant.quantize_raw_rgba_bytes(rgba, width, height, **settings)
    colours = np.array(palette, np.uint8).reshape(-1, 4)[:, :3]
    return colours[np.frombuffer(indices, np.uint8)].reshape(picture.shape)


def ours(picture: Picture, size: int, seed: int, *, block: int = 1, fast: bool = False) -> Picture:
    """vqlib, the whole first call."""
    bits = size.bit_length() - 1
    return quantize_image(picture, bits, block=block, fast=fast, seed=seed).picture


# By the name in the tables; the first is the one that the others are measured against.

BY_OPENCV_PLUS_PLUS = partial(by_opencv, start=cv2.KMEANS_PP_CENTERS, attempts=1)
FOR_COLOUR: dict[str, Quantizer] = {
    ALL_PIXELS: partial(whole_job, by_kmeans),
    CAREFUL: ours,
    FAST: partial(ours, fast=True),
    THOUSAND: partial(whole_job, by_thousand),
    "MiniBatchKMeans": partial(whole_job, by_mini_batches),
    "OpenCV, its tutorial": partial(whole_job, by_opencv),
    "OpenCV, k-means++": partial(whole_job, BY_OPENCV_PLUS_PLUS),
    "SciPy kmeans2": partial(whole_job, by_scipy),
    "Pillow, median cut": partial(by_pillow, method=Image.Quantize.MEDIANCUT),
    "Pillow, median cut and k-means": partial(by_pillow, method=Image.Quantize.MEDIANCUT, kmeans=1),
    "Pillow, octree": partial(by_pillow, method=Image.Quantize.FASTOCTREE),
}
THOUSAND_DRAWN = {"KMeans, 1000 pixels drawn": partial(whole_job, partial(by_thousand, drawn=True))}
RECIPES_FOR_BLOCKS: dict[str, Recipe] = {
    "KMeans (elkan)": partial(by_kmeans, algorithm="elkan"),
    "MiniBatchKMeans": by_mini_batches,
    "OpenCV, k-means++": BY_OPENCV_PLUS_PLUS,
    "SciPy kmeans2": by_scipy,
}
if imagequant:
    FOR_COLOUR["imagequant"] = by_imagequant
if faiss:
    BY_FAISS_FROM_ALL = partial(by_faiss, most=1 << 30)
    FOR_COLOUR["faiss"] = partial(whole_job, by_faiss)
    FOR_COLOUR["faiss, all pixels"] = partial(whole_job, BY_FAISS_FROM_ALL)
    RECIPES_FOR_BLOCKS["faiss"] = by_faiss
    RECIPES_FOR_BLOCKS["faiss, all blocks"] = BY_FAISS_FROM_ALL


def for_blocks(block: int) -> dict[str, Quantizer]:
    """All that are compared in blocks of this side."""
    quantizers: dict[str, Quantizer] = {
        LLOYD: partial(whole_job, partial(by_kmeans, algorithm="lloyd"), block=block),
        CAREFUL: partial(ours, block=block),
        FAST: partial(ours, block=block, fast=True),
    }
    for name, recipe in RECIPES_FOR_BLOCKS.items():
        quantizers[name] = partial(whole_job, recipe, block=block)
    return quantizers
