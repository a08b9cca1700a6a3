"""Makes pronouncer_codes.npz: codebooks for the network that reads, and what it does with them.

`python data/make_pronouncer_codes.py` runs this, some two minutes. For each kind of codebook and
each number of bits a codebook for each matrix, the size of all that is stored, the SNR of the
weights, and the shares of words that are right and unchanged. The panel of notebook 10_weights
shows them.
"""

from collections.abc import Mapping

import numpy as np
from scipy.stats import norm

from vqlib import design, measure, weights
from vqlib.codebook import Codebook
from vqlib.explore import coded_network
from vqlib.explore.coded_network import EQUAL, KINDS, NORMAL, CodedMatrix, Reached
from vqlib.pronouncer import Pronouncer, Single, read_pronouncer, read_words, share_right


def trained(matrix: Single, kind: str, bits: int) -> Codebook:
    """The codebook of a matrix."""
    if kind == EQUAL:
        largest = float(np.abs(matrix).max())  # in half precision, as all weights
        return design.uniform(2**bits, -largest, largest)
    if kind == NORMAL:
        return design.lloyd_max(norm.pdf, 2**bits, -8, 8)
    dimension = KINDS[kind].dimension
    return weights.share(matrix, dimension, 2 ** (bits * dimension)).codebook


def table_bits(kind: str, coded: CodedMatrix) -> float:
    """What a matrix costs beside its indices: its largest weight, its code vectors or its scales.

    The normal levels stand in books and cost nothing.
    """
    numbers = coded.codebook.vectors.size
    if kind == EQUAL:
        numbers = 1
    elif coded.scales is not None:
        numbers = coded.scales.size
    return numbers * coded_network.TABLE_BITS


def reached(network: Pronouncer, kind: str, coded: Mapping[str, CodedMatrix]) -> Reached:
    """What the network does with these weights."""
    full = network.matrices
    biases = sum(bias.size for bias in network.biases.values())
    bits = float(biases * coded_network.FULL_BITS)
    errors = []
    for name, matrix in coded.items():
        bits += matrix.indices.size * matrix.codebook.bits + table_bits(kind, matrix)
        squares = (matrix.weights.astype(np.float64) - full[name]) ** 2
        errors.append(squares / (full[name].astype(np.float64) ** 2).mean())
    mean = np.concatenate([each.ravel() for each in errors]).mean()
    quantized = network.with_matrices({name: matrix.weights for name, matrix in coded.items()})
    words = read_words()
    said = zip(network.predict(list(words)), quantized.predict(list(words)), strict=True)
    unchanged = float(np.mean([one == other for one, other in said]))
    return Reached(bits, measure.decibels(1, mean), share_right(quantized, words), unchanged)


def main() -> None:
    """Store the table."""
    network = read_pronouncer()
    arrays = {"full": np.array(share_right(network, read_words()))}
    figures = np.full((len(Reached._fields), len(KINDS), coded_network.MOST_BITS), np.nan)
    for kind, bits in coded_network.CODES:
        coded = {}
        for name, matrix in network.matrices.items():
            codebook = trained(matrix, kind, bits)
            key = coded_network.array_name(kind, bits, name)
            arrays[key] = codebook.vectors.astype(np.float32)
            coded[name] = coded_network.encode(matrix, kind, Codebook(arrays[key]))
        row = reached(network, kind, coded)
        figures[:, list(KINDS).index(kind), bits - 1] = row
        print(kind, bits, *row, flush=True)
    arrays.update(zip(Reached._fields, figures, strict=True))
    np.savez_compressed(coded_network.TABLE, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
