"""Speed, quality and memory on grey pictures: the code of most tutorials beside ours; `make bench` runs this.

Contenders take turns in one process and times are medians. Read the ratios: the times drift with the machine.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from vqlib.image import GreyLevels, Picture, quantize_image, sample
from vqlib.measure import mse

Call = Callable[[], object]
Result = TypeVar("Result")
SMALL, LARGE = "512 x 512", "12 megapixels"
SLOW_TURNS = {  # how often the common code is timed, by picture and bits; where none is named, it is left out
    SMALL: {1: 5, 2: 5, 3: 5, 4: 5, 5: 3, 6: 3, 7: 1, 8: 1},
    LARGE: {1: 3, 2: 2, 3: 1, 4: 1},
}
QUICK_CALLS = 15  # of each other contender in a turn, after one to warm up


@dataclass
class Common:
    """What the common code took: milliseconds, MSE of the picture it shows, memory in pictures."""

    time: float
    mse: float
    memory: float


@dataclass
class Row:
    """What was measured of one picture at one number of bits."""

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
        """How many times faster the first call is than the common code."""
        return self.common.time / self.first if self.common else float("nan")

    @property
    def over_floor(self) -> float:
        """What a further number of bits takes, over the least work there is."""
        return self.further / self.floor


def common_code(picture: Picture, bits: int, seed: int = 0) -> NDArray[np.float64]:
    """The quantized picture as most tutorials make it: k-means on every pixel. Its levels are not whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = KMeans(n_clusters=2**bits, n_init=4, random_state=seed).fit(picture.reshape(-1, 1))
    shown: NDArray[np.float64] = model.cluster_centers_[model.labels_].reshape(picture.shape)
    return shown


def least_work(picture: Picture, table: NDArray[np.uint8]) -> object:
    """One histogram and one table: what every quantizer by histogram does at least."""
    return cv2.calcHist([picture], [0], None, [256], [0, 256]), cv2.LUT(picture, table)


def milliseconds(call: Call) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - start)


def in_turn(quick: dict[str, Call], slow: Callable[[int], object], slow_turns: int) -> dict[str, float]:
    """Median milliseconds of the quick calls and of `slow(turn)`, who take turns."""
    taken: dict[str, list[float]] = {name: [] for name in [*quick, "slow"]}
    for turn in range(max(slow_turns, 3)):
        if turn < slow_turns:
            taken["slow"].append(milliseconds(lambda turn=turn: slow(turn)))  # type: ignore[misc]
        for name, call in quick.items():
            call()
            taken[name] += [milliseconds(call) for _ in range(QUICK_CALLS)]
    return {name: statistics.median(times) for name, times in taken.items() if times}


def with_memory(call: Callable[[], Result], picture: Picture) -> tuple[Result, float]:
    """What a call returns, and the peak of what it allocates beyond that, over the bytes of the picture."""
    tracemalloc.start()
    result = call()
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return result, (peak - held) / picture.nbytes


def measure(label: str, picture: Picture, bits: int) -> Row:
    """One row of the table: memory first, since that slows, then the times."""
    ours, memory = with_memory(lambda: quantize_image(picture, bits), picture)
    slow_turns = SLOW_TURNS[label].get(bits, 0)
    common = Common(0, 0, 0)
    if slow_turns:
        shown, common.memory = with_memory(lambda: common_code(picture, bits), picture)
        common.mse = mse(picture, np.floor(shown + 0.5))
    levels = GreyLevels(picture)
    levels.quantize(1)  # from here on all its codebooks are ready
    table = np.arange(256, dtype=np.uint8)
    quick: dict[str, Call] = {
        "first": lambda: quantize_image(picture, bits),
        "further": lambda: levels.quantize(bits),
        "floor": lambda: least_work(picture, table),
    }
    times = in_turn(quick, lambda turn: common_code(picture, bits, turn), slow_turns)
    common.time = times.pop("slow", 0)
    return Row(label, bits, **times, mse=ours.mse, memory=memory, common=common if slow_turns else None)


HEAD = """\
| picture | bits | common code ms | ours ms | again ms | floor ms | common / ours | again / floor | our MSE \
| common MSE / ours | common memory | our memory |
|--|--|--|--|--|--|--|--|--|--|--|--|"""


def line(row: Row) -> str:
    """A row in Markdown."""
    slow = ["", "", "", ""]
    if row.common:
        over = f"{row.common.mse / row.mse:.3f}" if row.mse else f"{row.common.mse:.2g} / 0"
        slow = [f"{row.common.time:.0f}", f"{row.speed:.0f}", over, f"{row.common.memory:.1f}"]
    quick = [f"{row.first:.2f}", f"{row.further:.3f}", f"{row.floor:.3f}"]
    cells = [row.label, str(row.bits), slow[0], *quick, slow[1], f"{row.over_floor:.1f}"]
    return "| " + " | ".join([*cells, f"{row.mse:.2f}", slow[2], slow[3], f"{row.memory:.2f}"]) + " |"


def bars(rows: list[Row]) -> list[str]:
    """What was promised, what was reached, and whether that is enough; a table in Markdown."""
    speed = {(row.label, row.bits): row.speed for row in rows}
    reached = [
        (
            f"whole call, {label}, at {bits} bit{'s' * (bits > 1)}: times faster than the common code",
            speed[label, bits],
            ">=",
            bar,
        )
        for label, bits, bar in ((SMALL, 1, 40), (SMALL, 4, 120), (SMALL, 6, 200), (LARGE, 4, 1000))
    ]
    slowest = max(row.over_floor for row in rows if row.label == SMALL)
    reached.append((f"a further number of bits, {SMALL}, the slowest: times the floor", slowest, "<=", 5))
    most = max(row.memory for row in rows if row.label == LARGE)
    reached.append((f"extra memory, {LARGE}, the most: times the picture", most, "<=", 1))
    met = {">=": float.__ge__, "<=": float.__le__}
    table = ["| bar | asked | reached | met |", "|--|--|--|--|"]
    for what, value, sign, bar in reached:
        shown = f"{value:.0f}" if value > 100 else f"{value:.2f}"
        table.append(f"| {what} | {sign} {bar} | {shown} | {'yes' if met[sign](value, float(bar)) else 'NO'} |")
    return table


def main() -> None:
    """Measure and print."""
    camera = sample("camera")
    pictures = {SMALL: camera, LARGE: np.tile(camera, (6, 8))[:3000, :4000].copy()}
    versions = f"numpy {np.__version__}, scikit-learn {sklearn.__version__}, OpenCV {cv2.__version__}"
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {versions}\n\n{HEAD}")
    rows = []
    for label, picture in pictures.items():
        for bits in range(1, 9):
            rows.append(measure(label, picture, bits))
            print(line(rows[-1]), flush=True)
    print("", *bars(rows), sep="\n")


if __name__ == "__main__":
    main()
