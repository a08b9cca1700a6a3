"""One codebook for a matrix: bits, half precision, the centroid condition, and what is refused."""

import re

import numpy as np
import pytest

from vqlib import weights
from vqlib.weights import share

MATRIX = np.random.default_rng(0).normal(size=(30, 24))


@pytest.mark.parametrize(("dimension", "size"), [(1, 4), (2, 16), (4, 8), (24, 2)])
def test_every_run_has_its_nearest_code_vector(dimension, size):
    made = share(MATRIX, dimension, size)
    assert made.indices.shape == (30, 24 // dimension)
    runs = MATRIX.reshape(-1, dimension)
    squared = ((runs[:, None] - made.codebook.vectors[None]) ** 2).sum(axis=2)
    np.testing.assert_array_equal(made.indices.ravel(), squared.argmin(axis=1))
    vectors = made.codebook.vectors[made.indices.ravel()]
    np.testing.assert_array_equal(made.quantized, vectors.reshape(30, 24))
    assert made.bits == 720 / dimension * np.log2(size) + size * dimension * 16


def test_code_vectors_are_means_of_their_runs_in_half_precision():
    made = share(MATRIX, 2, 8)
    vectors = made.codebook.vectors
    np.testing.assert_array_equal(vectors, vectors.astype(np.float16))
    for index, vector in enumerate(vectors):
        runs = MATRIX.reshape(-1, 2)[made.indices.ravel() == index]
        np.testing.assert_allclose(runs.mean(axis=0), vector, atol=2e-3)


def test_of_many_runs_some_are_drawn_and_the_seed_says_which(monkeypatch):
    monkeypatch.setattr(weights.sharing, "MOST_RUNS", 100)
    assert same_codebooks(share(MATRIX, 1, 4, seed=1), share(MATRIX, 1, 4, seed=1))
    assert not same_codebooks(share(MATRIX, 1, 4, seed=1), share(MATRIX, 1, 4, seed=2))


def same_codebooks(one, other):
    return np.array_equal(one.codebook.vectors, other.codebook.vectors)


@pytest.mark.parametrize(
    ("matrix", "dimension", "size", "sentence"),
    [
        ([1, 2, 3], 1, 2, "matrix must have rows and columns, got shape (3,)"),
        ([[1, np.inf]], 1, 2, "matrix must be finite"),
        (
            [[1, 2, 1e6]],
            1,
            2,
            "matrix must hold numbers of at most 65504 in size, got one of 1e+06",
        ),
        (MATRIX, 5, 2, "dimension must divide the number of columns, got 5 for 24"),
        (MATRIX, 0, 2, "dimension must be"),
        (MATRIX, 24, 31, "size must be"),
    ],
)
def test_bad_input_is_refused(matrix, dimension, size, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        share(matrix, dimension, size)
