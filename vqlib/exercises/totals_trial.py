"""Tries out a reader's totals of chunks: whether any cut gives what the whole gives."""

import pickle
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats
from ..codebook import Codebook
from .codebooks import vectors_of
from .kinds import NotYet, require
from .one_bit_contest import ask_named
from .pictures import as_numbers

Bytes: TypeAlias = NDArray[np.uint8]

DIMENSION = 3
CODEBOOK = Codebook([[30, 40, 50], [90, 40, 160], [255, 0, 255], [100, 130, 90], [180, 170, 60]])
EMPTY = 2
"""No row lies in this region."""
ROWS = 600
CUTS = ((300, 300), (170, 0, 430), (600, 0), (1, 12, 33, 55, 88, 130, 281), (30,) * 20)
NEAR = 1e-9
IN_32_BITS = 1e-4
"""As a share; a sum of float32 is off by less."""


@dataclass(frozen=True)
class Program:
    """The three functions of a reader, each asked by its name."""

    totals: Any
    add: Any
    finish: Any

    def totals_of(self, rows: Bytes) -> Any:
        """Totals of a chunk; the rows must stay as they are."""
        given = rows.copy()
        result = ask_named("totals", self.totals, given, CODEBOOK)
        require(np.array_equal(given, rows), "totals changes the rows that it is given.")
        return result

    def sum_of(self, one: Any, other: Any) -> Any:
        """Two totals added."""
        return ask_named("add", self.add, one, other)

    def finished(self, total: Any) -> tuple[Floats, float]:
        """The new code vectors (K, k), and the distortion."""
        answer = ask_named("finish", self.finish, total, CODEBOOK)
        pair = "finish must return two things: the new code vectors, the distortion."
        require(isinstance(answer, list | tuple) and len(answer) == 2, pair)
        vectors = vectors_of(answer[0])
        refuse_nan(vectors)
        numbers = as_numbers(vectors, "What finish returns first")
        shape = CODEBOOK.vectors.shape
        of_shape = f"The new code vectors must be an array of shape {shape}, got {numbers.shape}."
        require(numbers.shape == shape, of_shape)
        distortion = as_numbers(answer[1], "The distortion")
        one = f"The distortion must be one number, got shape {distortion.shape}."
        require(distortion.size == 1, one)
        return numbers, float(distortion.ravel()[0])


def refuse_nan(vectors: Any) -> None:
    """Refuse the mean of nothing."""
    try:
        has_nan = bool(np.isnan(vectors).any())
    except Exception:  # whatever it may be, it is told later that it is no array
        return
    nothing = "A code vector whose region is empty gets NaN; it is to stay where it is."
    require(not has_nan, nothing)


def adds_up(answer: Any) -> None:
    """`totals`, `add` and `finish` give the same for every cut, to the last bit."""
    three = "It must be three functions in brackets: totals, add, finish."
    require(isinstance(answer, list | tuple) and len(answer) == 3, three)
    program = Program(*answer)
    with warnings.catch_warnings(action="ignore"):  # of the mean of nothing, which is told below
        rows = rows_of(ROWS)
        whole = program.finished(program.totals_of(rows))
        is_right(*whole, rows)
        for cut in CUTS:
            for order in ORDERS:
                is_as_at_once(program, rows, cut, order, whole)
        can_be_added_twice(program, rows)
        stays_small(program)


def rows_of(count: int) -> Bytes:
    """Rows of bytes, array (count, 3), that leave one region empty; none lies on a border."""
    rng = np.random.default_rng(7)
    rows: Bytes = np.empty((0, DIMENSION), np.uint8)
    while len(rows) < count:
        more = rng.integers(0, 201, (count, DIMENSION), dtype=np.uint8)
        two = np.sort(squares_of(more), axis=1)[:, :2]
        inside = (two[:, 0] < two[:, 1]) & (squares_of(more).argmin(axis=1) != EMPTY)
        rows = np.concatenate([rows, more[inside]])
    return rows[:count]


def squares_of(rows: Bytes) -> Floats:
    """Squared distances of the rows from all code vectors, array (n, K)."""
    differences = rows[:, None].astype(float) - CODEBOOK.vectors
    return np.asarray((differences**2).sum(axis=2))


def is_right(vectors: Floats, distortion: float, rows: Bytes) -> None:
    """Centroids and distortion of all rows at once."""
    squares = squares_of(rows)
    nearest = squares.argmin(axis=1)
    for region in range(CODEBOOK.size):
        inside = rows[nearest == region]
        right = inside.mean(axis=0) if len(inside) else CODEBOOK.vectors[region]
        found = vectors[region]
        given = f"{np.round(found, 3).tolist()}, not {np.round(right, 3).tolist()}"
        where = f"Of {len(rows)} rows at once code vector {region} becomes {given}"
        refuse_32_bits(found, right, f"Code vector {region}")
        why = "it has all the rows" if len(inside) else "its region is empty, and it is to stay"
        require(np.allclose(found, right, rtol=NEAR, atol=NEAR), f"{where}: {why}.")
    right_one = float(squares.min(axis=1).sum()) / rows.size
    told = f"Of {len(rows)} rows at once the distortion is {distortion:.3f}, not {right_one:.3f}"
    refuse_32_bits(distortion, right_one, "The distortion")
    right_distortion = abs(distortion - right_one) < NEAR * right_one
    require(right_distortion, f"{told}: that of the codebook before it moves, for each component.")


def refuse_32_bits(found: Any, right: Any, what: str) -> None:
    """Refuse what is off by the rounding of float32, and by no more."""
    gap = np.abs(found - right)
    size = np.abs(right)
    nearly = bool((gap > NEAR * (1 + size)).any() and (gap <= IN_32_BITS * size).all())
    require(not nearly, f"{what} is nearly right: compute in 64 bits, not in 32.")


Totals: TypeAlias = list[Any]
Adding: TypeAlias = Callable[[Program, Totals], Any]


def from_the_left(program: Program, parts: Totals) -> Any:
    """All parts added one after the other."""
    total = parts[0]
    for part in parts[1:]:
        total = program.sum_of(total, part)
    return total


def from_the_right(program: Program, parts: Totals) -> Any:
    """All parts added, the last ones first."""
    total = parts[-1]
    for part in parts[-2::-1]:
        total = program.sum_of(part, total)
    return total


def two_and_two(program: Program, parts: Totals) -> Any:
    """All parts added in pairs, their sums in pairs, and so on."""
    while len(parts) > 1:
        pairs = zip(parts[::2], parts[1::2], strict=False)
        left_over = parts[len(parts) - len(parts) % 2 :]
        parts = [program.sum_of(one, other) for one, other in pairs] + left_over
    return parts[0]


ORDERS: dict[str, Adding] = {
    "from the left": from_the_left,
    "from the right": from_the_right,
    "two and two": two_and_two,
}


def totals_of_chunks(program: Program, rows: Bytes, cut: tuple[int, ...]) -> Totals:
    """Totals of each chunk; what goes wrong with an empty one is said to be of that."""
    parts = []
    for chunk in np.split(rows, np.cumsum(cut)[:-1]):
        try:
            parts.append(program.totals_of(chunk))
        except NotYet as lack:
            if len(chunk):
                raise
            raise NotYet(f"Of a chunk of 0 rows: {lack}") from lack
    return parts


def is_as_at_once(
    program: Program, rows: Bytes, cut: tuple[int, ...], order: str, whole: tuple[Floats, float]
) -> None:
    """A cut gives the same as no cut, to the last bit."""
    total = ORDERS[order](program, totals_of_chunks(program, rows, cut))
    where = f"Cut into {cut} rows, and added {order}"
    try:
        vectors, distortion = program.finished(total)
    except NotYet as lack:
        raise NotYet(f"{where}: {lack}") from lack
    apart = float(np.abs(vectors - whole[0]).max())
    counts = f"{where}, the code vectors differ by {apart:.1f} from those of all rows at once"
    require(apart < NEAR, f"{counts}: how much does each chunk count?")
    bits = f"{where}, the last bits of the code vectors differ: add sums of bytes, not means."
    require(apart == 0, bits)
    gap = abs(distortion - whole[1])
    told = f"{where}, the distortion is {distortion:.3f}, and {whole[1]:.3f} of all rows at once"
    require(gap < NEAR * whole[1], f"{told}: how much does each chunk count?")
    last = f"{where}, the last bits of the distortion differ: add squared errors, not their means."
    require(gap == 0, last)


def can_be_added_twice(program: Program, rows: Bytes) -> None:
    """Added once more, the same totals give the same: `add` has left them as they were."""
    parts = totals_of_chunks(program, rows, (200, 200, 200))
    sums = [program.finished(from_the_left(program, parts)) for _ in range(2)]
    same = np.array_equal(sums[0][0], sums[1][0]) and sums[0][1] == sums[1][1]
    require(same, "Added a second time the same totals give another sum: add changes them.")


def stays_small(program: Program) -> None:
    """Totals travel between processes, and are as large for many rows as for few."""
    sizes = []
    for count in (60, 6000):
        try:
            sizes.append(len(pickle.dumps(program.totals_of(rows_of(count)))))
        except NotYet:
            raise
        except Exception as error:
            sentence = f"Totals cannot be sent to another process: {type(error).__name__}."
            raise NotYet(sentence) from error
    grown = f"The totals of 60 rows take {sizes[0]} bytes, those of 6000 rows {sizes[1]}"
    require(sizes[1] < 2 * sizes[0] + 1000, f"{grown}: they must not grow with the rows.")
