"""The network with coded weights: its table is made anew in part, and read by plain means."""

import runpy

import numpy as np
import pytest

from tests.support import ROOT, assert_refused
from vqlib.codebook import Codebook
from vqlib.explore import coded_network
from vqlib.explore.coded_network import CODES, EQUAL, KINDS, NORMAL, CodedNetwork, encode
from vqlib.pronouncer import MATRICES, read_pronouncer, read_words, share_right

WEIGHTS = 831_744
BIASES = 3_146
ROWS = 29 + 4 * 768 + 2 * 74
COSTS = {
    ("k-means of weights", 1): WEIGHTS + 7 * 2 * 16,
    ("k-means of 4-vectors", 1): WEIGHTS + 7 * 16 * 4 * 16,
    (NORMAL, 2): 2 * WEIGHTS + ROWS * 16,
}
"""Bits of some kinds without the biases."""


@pytest.fixture(scope="module")
def network():
    return CodedNetwork()


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(ROOT / "data" / "make_pronouncer_codes.py"))


@pytest.mark.parametrize("code", COSTS)
def test_a_part_of_the_table_is_what_its_script_makes(network, script, code):
    kind, bits = code
    coded = {}
    for name, matrix in network.full.matrices.items():
        codebook = script["trained"](matrix, kind, bits)
        coded[name] = encode(matrix, kind, Codebook(codebook.vectors.astype(np.float32)))
    made = script["reached"](network.full, kind, coded)
    stored = network.reached(kind, bits)
    assert made.bits == stored.bits == COSTS[code] + BIASES * 32
    assert made.snr == pytest.approx(stored.snr, abs=0.1)
    # Training may end elsewhere on another machine. Then other words go wrong, by chance: the two
    # shares differ by no more than those of other 2,000 words would, four standard errors.
    for one, other in ((made.right, stored.right), (made.unchanged, stored.unchanged)):
        assert one == pytest.approx(other, abs=0.002 + 4 * np.sqrt(other * (1 - other) / 2000))


def plain_error(matrix, vectors):
    """Sum of squares to the nearest code vector, over the mean square of the matrix."""
    runs = matrix.astype(float).reshape(-1, vectors.shape[1])
    squares = np.full(len(runs), np.inf)
    for vector in vectors.astype(float):
        squares = np.minimum(squares, ((runs - vector) ** 2).sum(axis=1))
    return squares.sum() / (matrix.astype(float) ** 2).mean()


@pytest.mark.parametrize("code", [(EQUAL, 3), ("k-means of weights", 1), ("k-means of pairs", 2)])
def test_snr_is_that_of_a_plain_search_and_the_network_has_those_weights(network, code):
    full = read_pronouncer().matrices
    with np.load(coded_network.TABLE) as table:
        vectors = {name: table[f"{code[0]}, {code[1]}, {name}"] for name in MATRICES}
    errors = [plain_error(full[name], vectors[name]) for name in MATRICES]
    snr = -10 * np.log10(sum(errors) / WEIGHTS)
    assert snr == pytest.approx(network.reached(*code).snr, abs=1e-6)
    quantized = network.quantized(*code).matrices
    for name, error in zip(MATRICES, errors, strict=True):
        squares = (quantized[name].astype(float) - full[name]) ** 2
        assert squares.sum() / (full[name].astype(float) ** 2).mean() == pytest.approx(error)


@pytest.mark.parametrize("bits", [1, 2, 3, 4, 5])
def test_turned_weights_have_the_error_of_a_gaussian_without_training(network, bits):
    by_theory = [4.40, 9.30, 14.62, 20.22, 26.01]  # J. Max (1960), "Quantizing for minimum ..."
    assert network.reached(NORMAL, bits).snr == pytest.approx(by_theory[bits - 1], abs=0.1)


def test_shares_are_those_of_the_words(network):
    words = read_words()
    kind = "k-means of weights"
    assert network.share_right == pytest.approx(share_right(network.full, words), abs=0.002)
    found = share_right(network.quantized(kind, 2), words)
    assert network.reached(kind, 2).right == pytest.approx(found, abs=0.002)


def test_every_kind_gains_by_every_bit_and_vectors_beat_single_weights(network):
    for kind in KINDS:
        figures = [network.reached(*code) for code in CODES if code[0] == kind]
        assert (np.diff([each.snr for each in figures]) > 3).all()
        assert (np.diff([each.bits for each in figures]) > 0.9 * WEIGHTS).all()
    trained = [kind for kind in KINDS if kind.startswith("k-means")]
    of_two = [network.reached(kind, 2) for kind in trained]
    for name in ("snr", "right", "bits"):
        ascending = [getattr(each, name) for each in of_two]
        assert ascending == sorted(ascending)


def test_weights_are_coded_matrix_by_matrix_and_kept_as_bytes():
    network = CodedNetwork()
    code = ("k-means of pairs", 1)
    steps = 0
    while network.code_some(*code):
        steps += 1
        assert network.is_ready(*code) == (steps == 7)
    kept = network._coded[code].values()
    assert {each.indices.dtype for each in kept} == {np.dtype(np.uint8)}
    assert sum(each.indices.nbytes for each in kept) == WEIGHTS / 2
    assert network.quantized(*code) is network.quantized(*code)


def test_what_is_not_there_is_refused(network):
    kinds = ", ".join(KINDS)
    assert_refused(f"kind must be one of {kinds}, got 'best'", network.quantized, "best", 2)
    sentence = "bits must be a whole number from 1 to 4, got 5"
    assert_refused(sentence, network.quantized, "k-means of pairs", 5)
