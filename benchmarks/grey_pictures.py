"""Speed, quality and memory on grey pictures: the code of most tutorials beside ours.

`make bench` runs this as `python -m benchmarks.grey_pictures`; with `--quick` it does a few rows.
"""

from __future__ import annotations

import argparse
import warnings
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from benchmarks.timing import (
    Bar,
    Contender,
    all_times,
    bar_table,
    each_turn,
    in_turn,
    machine,
    medians,
    peak_memory,
    table_head,
    table_row,
)
from vqlib.image import GreyLevels, Picture, quantize_image, sample
from vqlib.measure import mse

Plan = dict[str, dict[int, int]]
"""By picture and bits, how often the common code is timed; 0 leaves it out of the row."""

SMALL = "512 x 512"
LARGE = "12 megapixels"
FULL_PLAN: Plan = {
    SMALL: {1: 5, 2: 5, 3: 5, 4: 5, 5: 3, 6: 3, 7: 1, 8: 1},
    LARGE: {1: 3, 2: 2, 3: 1, 4: 1, 5: 0, 6: 0, 7: 0, 8: 0},
}
QUICK_PLAN: Plan = {SMALL: {1: 1, 4: 1}, LARGE: {1: 1, 4: 0}}
CALLS = 15  # of each other contender in a turn, after one to warm up
TURNS = 3  # of theirs at least
# How many times as fast as the common code the whole call has to be, by picture and bits.
ASKED = {(SMALL, 1): 40, (SMALL, 4): 120, (SMALL, 6): 200, (LARGE, 4): 1000}
TITLES = (
    "picture",
    "bits",
    "common code ms",
    "ours ms",
    "again ms",
    "floor ms",
    "common / ours",
    "again / floor",
    "our MSE",
    "common MSE / ours",
    "common memory",
    "our memory",
)


@dataclass
class Common:
    """What the common code took: milliseconds, MSE of the picture it shows, memory in pictures."""

    time: float
    mse: float
    memory: float


@dataclass
class Row:
    """What was measured of one picture at one number of bits; times in milliseconds."""

    label: str
    bits: int
    first: float
    further: float
    floor: float
    mse: float
    memory: float
    common: Common | None

    @property
    def speed(self) -> float:
        """How many times as fast as the common code the first call is."""
        return self.common.time / self.first if self.common else float("nan")

    @property
    def over_floor(self) -> float:
        """What a further number of bits takes, over the least work there is."""
        return self.further / self.floor

    def in_words(self) -> str:
        """The row in Markdown."""
        time, speed, over, memory = self._cells_of_common()
        return table_row(
            self.label,
            self.bits,
            time,
            f"{self.first:.2f}",
            f"{self.further:.3f}",
            f"{self.floor:.3f}",
            speed,
            f"{self.over_floor:.1f}",
            f"{self.mse:.2f}",
            over,
            memory,
            f"{self.memory:.2f}",
        )

    def _cells_of_common(self) -> tuple[str, str, str, str]:
        """Time, our speed, its MSE over ours and its memory; empty where it was left out."""
        common = self.common
        if common is None:
            return "", "", "", ""
        over = f"{common.mse / self.mse:.3f}" if self.mse else f"{common.mse:.2g} / 0"
        return f"{common.time:.0f}", f"{self.speed:.0f}", over, f"{common.memory:.1f}"


def common_code(picture: Picture, bits: int, seed: int = 0) -> NDArray[np.float64]:
    """The quantized picture as most tutorials make it: k-means on every pixel, levels not whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = KMeans(n_clusters=2**bits, n_init=4, random_state=seed).fit(picture.reshape(-1, 1))
    shown: NDArray[np.float64] = model.cluster_centers_[model.labels_].reshape(picture.shape)
    return shown


def least_work(picture: Picture, table: NDArray[np.uint8]) -> object:
    """One histogram and one table: what every quantizer by histogram does at least."""
    return cv2.calcHist([picture], [0], None, [256], [0, 256]), cv2.LUT(picture, table)


def measure(label: str, picture: Picture, bits: int, common_turns: int) -> Row:
    """One row of the table. Memory is measured by itself, as that slows the call."""
    ours, our_memory = peak_memory(lambda: quantize_image(picture, bits))
    times = times_of(picture, bits, common_turns)
    common = None
    if common_turns:
        shown, its_memory = peak_memory(lambda: common_code(picture, bits))
        its_mse = mse(picture, np.floor(shown + 0.5))
        common = Common(times["common"], its_mse, its_memory / picture.nbytes)
    return Row(
        label=label,
        bits=bits,
        first=times["first"],
        further=times["further"],
        floor=times["floor"],
        mse=ours.mse,
        memory=our_memory / picture.nbytes,
        common=common,
    )


def times_of(picture: Picture, bits: int, common_turns: int) -> dict[str, float]:
    """Median milliseconds of the common code, our first and a further call, and the floor."""
    levels = GreyLevels(picture)
    levels.quantize(1)  # from here on all its codebooks are ready
    identity = np.arange(256, dtype=np.uint8)
    often = partial(Contender[object], turns=max(common_turns, TURNS), calls=CALLS, warm_up=True)
    contenders = {
        "common": Contender[object](partial(common_code, picture, bits), turns=common_turns),
        "first": often(each_turn(lambda: quantize_image(picture, bits))),
        "further": often(each_turn(lambda: levels.quantize(bits))),
        "floor": often(each_turn(lambda: least_work(picture, identity))),
    }
    return medians(all_times(in_turn(contenders)))


def bars(rows: list[Row]) -> list[Bar]:
    """What was promised of these rows, and what was reached."""
    made = []
    for row in rows:
        asked = ASKED.get((row.label, row.bits))
        if asked is not None and row.common is not None:
            bits = f"{row.bits} bit" if row.bits == 1 else f"{row.bits} bits"
            what = f"whole call, {row.label}, at {bits}: times faster than the common code"
            made.append(Bar(what, row.speed, ">=", asked, digits(row.speed)))
    slowest = max(row.over_floor for row in rows if row.label == SMALL)
    what = f"a further number of bits, {SMALL}, the slowest: times the floor"
    made.append(Bar(what, slowest, "<=", 5, digits(slowest)))
    most = max(row.memory for row in rows if row.label == LARGE)
    what = f"extra memory, {LARGE}, the most: times the picture"
    made.append(Bar(what, most, "<=", 1, digits(most)))
    return made


def digits(reached: float) -> int:
    """Decimals of a figure in the table of bars."""
    return 0 if reached > 100 else 2


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rows: to see whether it runs")
    plan = QUICK_PLAN if parser.parse_args().quick else FULL_PLAN
    camera = sample("camera")
    pictures = {SMALL: camera, LARGE: np.tile(camera, (6, 8))[:3000, :4000].copy()}
    versions = {"scikit-learn": sklearn.__version__, "OpenCV": cv2.__version__}
    print(machine(numpy=np.__version__, **versions))
    print(f"\n{table_head(*TITLES)}")
    rows = []
    for label, picture in pictures.items():
        for bits, common_turns in plan[label].items():
            row = measure(label, picture, bits, common_turns)
            rows.append(row)
            print(row.in_words(), flush=True)
    print(f"\n{bar_table(bars(rows))}")


if __name__ == "__main__":
    main()
