"""The exact search against plain sorting, and recall by hand."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.structured.support import FEW, squared_distance
from tests.support import BYTES, assert_refused
from vqlib.structured import nearest_rows, neighbours, recall


def by_sorting(query, vectors):
    """All row numbers, the nearest first, of equal ones the first."""
    return sorted(range(len(vectors)), key=lambda row: squared_distance(query, vectors[row]))


@st.composite
def query_and_vectors(draw, kind=float, elements=FEW):
    dimension = draw(st.integers(1, 4))
    vectors = draw(
        arrays(kind, st.tuples(st.integers(1, 12), st.just(dimension)), elements=elements)
    )
    query = draw(arrays(kind, dimension, elements=elements))
    return query, vectors, draw(st.integers(1, len(vectors)))


@given(query_and_vectors())
def test_nearest_come_first_and_of_equal_ones_the_first(drawn):
    query, vectors, count = drawn
    expected = by_sorting(query, vectors)[:count]
    np.testing.assert_array_equal(nearest_rows(query, vectors, count), expected)


@given(query_and_vectors(np.uint8, BYTES))
def test_bytes_are_searched_exactly(drawn):
    query, vectors, count = drawn
    expected = by_sorting(query, vectors)[:count]
    np.testing.assert_array_equal(nearest_rows(query, vectors, count), expected)
    found = nearest_rows(query.astype(float), vectors, count)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dimension", [64, 128, 129])
def test_bytes_of_many_dimensions_are_searched_exactly(dimension):
    rng = np.random.default_rng(dimension)
    vectors = np.full((40, dimension), 255, np.uint8)
    vectors[np.arange(40), rng.integers(0, dimension, 40)] -= rng.integers(0, 3, 40).astype(
        np.uint8
    )
    query = np.zeros(dimension, np.uint8)  # as far away as can be: neighbours differ by little
    np.testing.assert_array_equal(nearest_rows(query, vectors, 40), by_sorting(query, vectors))


@pytest.mark.parametrize("offset", [0, 1e7])
def test_several_queries_are_each_searched(offset):
    rng = np.random.default_rng(1)
    vectors = rng.integers(-50, 50, (60, 3)) + offset
    queries = rng.integers(-50, 50, (9, 3)) + offset
    expected = [by_sorting(query, vectors)[:5] for query in queries]
    np.testing.assert_array_equal(nearest_rows(queries, vectors, 5), expected)
    with mock.patch.object(neighbours, "AT_ONCE", 130):
        np.testing.assert_array_equal(nearest_rows(queries, vectors, 5), expected)


def test_recall_by_hand():
    found = [[4, 7, 1], [2, 0, 3], [5, 6, 8], [9, 9, 9]]
    truth = [7, 2, 1, 0]
    assert recall(found, truth) == 0.5
    assert recall(np.array(found)[:, :1], truth) == 0.25
    assert recall([[1]], [1]) == 1


# --- bad arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 4, -1, 1.0, None, "1"])
def test_bad_count_is_refused(count):
    sentence = f"count must be a whole number from 1 to 3, got {count!r}"
    assert_refused(sentence, nearest_rows, [1.0, 2], np.eye(3)[:, :2], count)


@pytest.mark.parametrize(
    "query", [[1.0], [[1.0, 2, 3]], [np.nan, 1], ["a", "b"], [], np.zeros((1, 1, 2))]
)
def test_bad_queries_are_refused(query):
    with pytest.raises(ValueError, match=r"^queries must "):
        nearest_rows(query, np.eye(2), 1)


@pytest.mark.parametrize("vectors", [[], [[np.inf, 1]], None, np.zeros((2, 2, 2))])
def test_bad_vectors_are_refused(vectors):
    with pytest.raises(ValueError, match=r"^vectors must "):
        nearest_rows([1.0, 2], vectors, 1)


@pytest.mark.parametrize("found", [[1, 2], [[0.5]], [], [[]], [["a"]], np.zeros((1, 1, 1), int)])
def test_what_are_no_row_numbers_are_refused(found):
    with pytest.raises(ValueError, match=r"^found must be row numbers of shape \(q, R\), got "):
        recall(found, [1])


@pytest.mark.parametrize("truth", [[1], [1, 2, 3], [[1], [2]], [0.0, 1], 3])
def test_truth_of_another_shape_or_kind_is_refused(truth):
    with pytest.raises(ValueError, match=r"^truth must be row numbers of shape \(2,\), got "):
        recall([[1], [2]], truth)
