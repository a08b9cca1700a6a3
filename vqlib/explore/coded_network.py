"""The network that reads, with its weights coded by codebooks that were trained before."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats
from ..assets import DATA
from ..checks import check_int, check_one_of
from ..codebook import Codebook
from ..pronouncer import MATRICES, Pronouncer, Single, read_pronouncer
from ..weights import turn, turn_back
from .last_ones import LastOnes

TABLE = DATA / "pronouncer_codes.npz"
"""The codebooks and what they reach; data/make_pronouncer_codes.py makes it."""
FULL_BITS = 32
"""Of each number of the full network, and of the biases of any."""
TABLE_BITS = 16
"""Of each number of a codebook, and of the scale of a row or a matrix: half precision."""
EQUAL = "equal steps"
NORMAL = "turned, normal levels"


class Kind(NamedTuple):
    """A way to code the weights of a matrix."""

    dimension: int
    """Weights that share an index."""
    most_bits: int
    """For a weight: an index is a byte at most."""


KINDS = {
    EQUAL: Kind(1, 5),
    "k-means of weights": Kind(1, 5),
    "k-means of pairs": Kind(2, 4),
    "k-means of 4-vectors": Kind(4, 2),
    NORMAL: Kind(1, 5),
}
MOST_BITS = 5
CODES = [(name, bits) for name in KINDS for bits in range(1, KINDS[name].most_bits + 1)]
"""All kinds with all bits for a weight that they have."""


class Reached(NamedTuple):
    """What the network does with coded weights; the fields are arrays of the table."""

    bits: float
    """All that is stored: indices, codebooks, scales and biases."""
    snr: float
    """Of the weights in dB, the error of each measured by the mean square of its matrix."""
    right: float
    """Share of the 2,000 words of `read_words` that it says right."""
    unchanged: float
    """Share of them that it says as the full network does."""


class CodedMatrix(NamedTuple):
    """A matrix as indices of code vectors."""

    indices: NDArray[np.uint8]
    codebook: Codebook
    scales: Floats | None
    """The root of the mean square of each row, if they are divided by it and turned."""
    shape: tuple[int, ...]

    @property
    def weights(self) -> Single:
        """What the network computes with."""
        levels = self.codebook.vectors.astype(np.float32)
        rows = levels[self.indices].reshape(self.shape)
        if self.scales is None:
            return rows
        return np.asarray(turn_back(rows) * self.scales[:, None], dtype=np.float32)


def encode(matrix: Single, kind: str, codebook: Codebook) -> CodedMatrix:
    """Each run of weights of a matrix as the index of its nearest code vector."""
    rows, scales = prepared(matrix, kind)
    indices = codebook.encode(rows.reshape(-1, codebook.dimension)).astype(np.uint8)
    return CodedMatrix(indices, codebook, scales, matrix.shape)


def prepared(matrix: Single, kind: str) -> tuple[Floats, Floats | None]:
    """The rows that are coded: as they are, or each divided by its scale, and turned."""
    if kind != NORMAL:
        return matrix.astype(np.float64), None
    scales = np.sqrt((matrix.astype(np.float64) ** 2).mean(axis=1))
    scales = scales.astype(np.float16).astype(np.float64)
    return turn(matrix / scales[:, None]), scales


class CodedNetwork:
    """The network, and by kind and bits its coded weights, a byte at most for each of them.

    They are coded when they are first needed, or before that, a matrix at a time.
    """

    def __init__(self) -> None:
        self.full = read_pronouncer()
        arrays_of_full = [*self.full.matrices.values(), *self.full.biases.values()]
        self.size = sum(array.size for array in arrays_of_full)
        """How many numbers it has."""
        with np.load(TABLE) as arrays:
            self.share_right = float(arrays["full"])
            self._reached = {name: arrays[name] for name in Reached._fields}
            self._codebooks = {key: arrays[array_name(*key)] for key in _keys()}
        self._coded: dict[tuple[str, int], dict[str, CodedMatrix]] = {}
        """By kind and bits; some may not be finished."""
        self._last: LastOnes[Pronouncer] = LastOnes(1)

    def reached(self, kind: str, bits: int) -> Reached:
        """What the table says of a kind at so many bits for a weight."""
        place = (list(KINDS).index(kind), bits - 1)
        return Reached(*(float(self._reached[name][place]) for name in Reached._fields))

    def codebook(self, kind: str, bits: int, matrix: str) -> Codebook:
        """Of one matrix."""
        return Codebook(self._codebooks[kind, bits, matrix])

    def code_some(self, kind: str, bits: int) -> bool:
        """Code a matrix that is not coded yet; whether there was any left."""
        coded = self._coded.setdefault((kind, bits), {})
        left = [name for name in MATRICES if name not in coded]
        if not left:
            return False
        codebook = self.codebook(kind, bits, left[0])
        coded[left[0]] = encode(self.full.matrices[left[0]], kind, codebook)
        return True

    def is_ready(self, kind: str, bits: int) -> bool:
        """Whether no matrix has to be coded."""
        return len(self._coded.get((kind, bits), {})) == len(MATRICES)

    def quantized(self, kind: str, bits: int) -> Pronouncer:
        """The network with its coded weights.

        Raises
        ------
        ValueError
            If there is no such kind, or it has not so many bits.
        """
        check_one_of(kind, "kind", KINDS)
        check_int(bits, "bits", 1, KINDS[kind].most_bits)
        while self.code_some(kind, bits):
            pass
        return self._last.get((kind, bits), lambda: self._decoded(kind, bits))

    def _decoded(self, kind: str, bits: int) -> Pronouncer:
        coded = self._coded[kind, bits]
        return self.full.with_matrices({name: coded[name].weights for name in MATRICES})


def _keys() -> list[tuple[str, int, str]]:
    return [(*code, matrix) for code in CODES for matrix in MATRICES]


def array_name(kind: str, bits: int, matrix: str) -> str:
    """What an array of code vectors is called in the table."""
    return f"{kind}, {bits}, {matrix}"
