"""An inverted file: probing all lists is brute force over what it has coded."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.structured.support import gaussian, rows, squared_distance
from tests.support import assert_refused
from vqlib import Codebook
from vqlib.design import lloyd
from vqlib.structured import InvertedFile, Split, train_inverted_file, train_split

COARSE = Codebook([[0, 0], [10, 0], [0, 100]])
SPLIT = Split([Codebook([-1, 1]), Codebook([-2, 0, 2])], [[0], [1]])
VECTORS = np.array([[1, 0], [9, 3], [12, -3], [-1, 1], [11, -2]])
HAND = InvertedFile(COARSE, SPLIT, VECTORS)  # codes [1, 0], [9, 2], [11, -2], [-1, 2], [11, -2]


@st.composite
def inverted_files(draw):
    """An inverted file of whole numbers, its vectors and a query."""
    coarse = Codebook(rows(draw, 2, 4))
    split = Split([Codebook(rows(draw, 1, 3)), Codebook(rows(draw, 1, 3))], [[1], [0]])
    vectors = rows(draw, 2, 15)
    return InvertedFile(coarse, split, vectors), vectors, rows(draw, 2, 1)[0]


def as_coded(inverted, vectors):
    """What the file knows of the vectors: that of the list, and that of the residual."""
    nearest = inverted.coarse.quantize(vectors)
    return nearest + inverted.split.quantize(vectors - nearest)


def test_search_by_hand():
    np.testing.assert_array_equal(HAND.list_sizes, [2, 3, 0])
    found, distances = HAND.search([10, 0], 9)
    np.testing.assert_array_equal(found, [1, 2, 4])  # all are as near: by row number
    np.testing.assert_array_equal(distances, [5, 5, 5])
    found, distances = HAND.search([2, 0], 2, probed=2)
    np.testing.assert_array_equal(found, [0, 3])
    np.testing.assert_array_equal(distances, [1, 13])
    assert [HAND.scanned([2, 0], probed) for probed in (1, 2, 3)] == [2, 5, 5]


def test_an_empty_list_holds_nothing():
    found, distances = HAND.search([0, 99], 3)
    assert found.shape == distances.shape == (0,)
    assert HAND.scanned([0, 99]) == 0


def test_bytes_by_hand():
    # 1 + 2 bits for each of 5 vectors are 2 bytes; 5 row numbers; 6 + 5 numbers of code vectors.
    assert HAND.stored_bytes == 2 + 5 * 4 + 11 * 4


@given(inverted_files(), st.integers(1, 20))
def test_probing_all_lists_is_brute_force_over_decoded_vectors(drawn, count):
    inverted, vectors, query = drawn
    squares = [squared_distance(query, vector) for vector in as_coded(inverted, vectors)]
    expected = sorted(range(len(vectors)), key=lambda row: squares[row])[:count]
    found, distances = inverted.search(query, count, probed=inverted.coarse.size)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(distances, [squares[row] for row in expected])


@given(inverted_files(), st.integers(1, 4))
def test_probing_some_lists_is_brute_force_over_these(drawn, probed):
    inverted, vectors, query = drawn
    probed = min(probed, inverted.coarse.size)
    away = [squared_distance(query, centre) for centre in inverted.coarse.vectors]
    near = sorted(range(inverted.coarse.size), key=lambda number: away[number])[:probed]
    mine = np.flatnonzero(np.isin(inverted.coarse.encode(vectors), near))
    squares = [squared_distance(query, vector) for vector in as_coded(inverted, vectors)]
    expected = sorted(mine, key=lambda row: squares[row])[:5]
    found, _ = inverted.search(query, 5, probed=probed)
    np.testing.assert_array_equal(found, expected)
    assert inverted.scanned(query, probed) == len(mine)
    assert inverted.list_sizes.sum() == len(vectors)


def test_training_codes_what_the_lists_leave_over():
    vectors = gaussian(600, 4)
    inverted = train_inverted_file(vectors, 7, 2, 5, seed=1)
    coarse = lloyd(vectors, 7, seed=1, starts=1, iterations=40)
    np.testing.assert_array_equal(inverted.coarse.vectors, coarse.vectors)
    expected = train_split(vectors - coarse.quantize(vectors), 2, 5, seed=1)
    for codebook, other in zip(inverted.split.codebooks, expected.codebooks, strict=True):
        np.testing.assert_array_equal(codebook.vectors, other.vectors)


def test_trained_on_some_it_finds_all():
    vectors = gaussian(500, 4)
    inverted = train_inverted_file(vectors, 5, 2, 4, training=vectors[:100])
    alone = train_inverted_file(vectors[:100], 5, 2, 4)
    np.testing.assert_array_equal(inverted.coarse.vectors, alone.coarse.vectors)
    found, distances = inverted.search(vectors[3], 500, probed=5)
    assert sorted(found) == list(range(500))
    assert (np.diff(distances) >= 0).all()


# --- bad arguments -------------------------------------------------------------------------------


def test_what_does_not_fit_is_refused():
    assert_refused(
        "split and coarse must have one dimension, got 2 and 1",
        InvertedFile,
        Codebook([1, 2]),
        SPLIT,
        [1.0],
    )
    assert_refused(
        "split must be a Split, got Codebook: train_split makes one",
        InvertedFile,
        COARSE,
        COARSE,
        VECTORS,
    )
    with pytest.raises(ValueError, match=r"^coarse must be a Codebook, got Split"):
        InvertedFile(SPLIT, SPLIT, VECTORS)
    assert_refused(
        "vectors must have shape (n, 2), got (2, 3)", InvertedFile, COARSE, SPLIT, np.ones((2, 3))
    )


@pytest.mark.parametrize("query", [[1], [[1, 2]], [np.nan, 1], [], ["a", "b"], None, 3])
def test_bad_query_is_refused(query):
    with pytest.raises(ValueError, match=r"^query must "):
        HAND.search(query, 1)
    with pytest.raises(ValueError, match=r"^query must "):
        HAND.scanned(query)


@pytest.mark.parametrize("number", [0, -1, 1.0, None, "1"])
def test_bad_count_is_refused(number):
    sentence = f"count must be a whole number of at least 1, got {number!r}"
    assert_refused(sentence, HAND.search, [1, 2], number)


@pytest.mark.parametrize("probed", [0, 4, 1.0, None])
def test_bad_number_of_lists_is_refused(probed):
    sentence = f"probed must be a whole number from 1 to 3, got {probed!r}"
    assert_refused(sentence, lambda: HAND.search([1, 2], 1, probed=probed))
    assert_refused(sentence, HAND.scanned, [1, 2], probed)


@pytest.mark.parametrize("lists", [0, 2.0, None])
def test_bad_number_of_lists_is_not_trained(lists):
    sentence = f"lists must be a whole number of at least 1, got {lists!r}"
    assert_refused(sentence, train_inverted_file, VECTORS, lists, 2, 2)
