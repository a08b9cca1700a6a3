"""Splits: the product of their codebooks, and distances by tables, against plain loops."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.structured.support import all_paths, gaussian, splits_and_samples, squared_distance
from tests.support import assert_refused, vectors_and_samples
from vqlib import Codebook
from vqlib.design import lloyd
from vqlib.structured import Split, balanced_parts, train_split

LEFT = Codebook([[0, 0], [4, 0], [0, 3]])
RIGHT = Codebook([[0], [10]])
HAND = Split([LEFT, RIGHT], [[0, 2], [1]])


# --- by hand -------------------------------------------------------------------------------------


def test_split_by_hand():
    np.testing.assert_array_equal(HAND.encode([[3, 6, 1], [1, 4, 2]]), [[1, 1], [2, 0]])
    np.testing.assert_array_equal(HAND.decode([[1, 1], [2, 0]]), [[4, 10, 0], [0, 0, 3]])
    assert HAND.distortion([[3, 6, 1]]) == (1 + 16 + 1) / 3
    assert (len(HAND), HAND.sizes, HAND.dimension, HAND.stored) == (2, (3, 2), 3, 8)
    assert HAND.bits == pytest.approx(np.log2(6))
    assert HAND.rate == pytest.approx(np.log2(6) / 3)
    assert HAND.comparisons() == 5
    assert repr(HAND) == "Split(3 x 2 code vectors of parts of dimension 3)"


def test_tables_and_distances_by_hand():
    tables = HAND.tables([3, 6, 1])
    np.testing.assert_array_equal(tables, [[10, 2, 13], [36, 16, np.inf]])
    found = HAND.distances(tables, [[0, 0], [1, 1], [2, 0]])
    np.testing.assert_array_equal(found, [46, 18, 49])


def test_summed_distances_would_rank_otherwise_than_summed_squares():
    grid = Split([Codebook([0, 3]), Codebook([0, 4, 5])], [[0], [1]])
    tables = grid.tables([0, 0])
    squares = grid.distances(tables, [[1, 1], [0, 2]])
    np.testing.assert_array_equal(squares, [25, 25])
    roots = grid.distances(np.sqrt(tables), [[1, 1], [0, 2]])
    np.testing.assert_array_equal(roots, [7, 5])


# --- the product ---------------------------------------------------------------------------------


@given(splits_and_samples())
def test_what_is_found_is_the_nearest_of_the_whole_product(both):
    split, samples = both
    product = split.decode(all_paths(split))
    assert len(np.unique(product, axis=0)) <= np.prod(split.sizes)
    for sample, vector in zip(samples, split.quantize(samples), strict=True):
        least = min(squared_distance(sample, each) for each in product)
        assert squared_distance(sample, vector) == least


@given(splits_and_samples())
def test_distances_from_tables_are_those_of_decoded_vectors(both):
    split, samples = both
    indices = np.array(all_paths(split))
    decoded = split.decode(indices)
    several = split.tables(samples)
    for query, tables in zip(samples, several, strict=True):
        np.testing.assert_array_equal(tables, split.tables(query))
        expected = [squared_distance(query, vector) for vector in decoded]
        for kept in (indices, indices.astype(np.uint8, order="F"), indices.tolist()):
            np.testing.assert_array_equal(split.distances(tables, kept), expected)


@given(vectors_and_samples())
def test_one_part_is_a_codebook(both):
    vectors, samples = both
    codebook = Codebook(vectors)
    alone = Split([codebook], [range(codebook.dimension)])
    indices = alone.encode(samples)
    np.testing.assert_array_equal(indices[:, 0], codebook.encode(samples))
    np.testing.assert_array_equal(alone.decode(indices), codebook.quantize(samples))
    assert (alone.bits, alone.rate) == (codebook.bits, codebook.rate)
    assert (alone.stored, alone.comparisons()) == (codebook.vectors.size, codebook.size)
    assert alone.distortion(samples) == codebook.distortion(samples)


def test_parts_of_one_component_are_scalars():
    levels = Codebook([-1.5, -0.5, 0.5, 1.5])
    split = Split([levels] * 3, [[0], [1], [2]])
    samples = gaussian(100, 3)
    expected = levels.quantize(samples.ravel()).reshape(-1, 3)
    np.testing.assert_array_equal(split.quantize(samples), expected)


def test_parts_that_are_handed_out_cannot_change_the_split():
    HAND.parts[0][0] = 1
    np.testing.assert_array_equal(HAND.parts[0], [0, 2])


# --- training ------------------------------------------------------------------------------------


def test_each_part_is_trained_as_lloyd_trains():
    samples = gaussian(500, 5, 0.9)
    parts = [[4, 0], [2], [1, 3]]
    split = train_split(samples, parts, [5, 3, 4], seed=2, starts=2, iterations=7)
    assert split.sizes == (5, 3, 4)
    for part, mine, codebook in zip(parts, split.parts, split.codebooks, strict=True):
        np.testing.assert_array_equal(mine, part)
        expected = lloyd(samples[:, part], codebook.size, seed=2, starts=2, iterations=7)
        np.testing.assert_array_equal(codebook.vectors, expected.vectors)


def test_a_number_of_parts_means_neighbouring_components_and_one_size_is_for_all():
    samples = gaussian(300, 6)
    by_number = train_split(samples, 3, 4)
    by_lists = train_split(samples, [[0, 1], [2, 3], [4, 5]], [4, 4, 4])
    assert by_number.sizes == (4, 4, 4)
    np.testing.assert_array_equal(by_number.parts, by_lists.parts)
    np.testing.assert_array_equal(by_number.quantize(samples), by_lists.quantize(samples))


# --- balanced parts ------------------------------------------------------------------------------


def as_lists(parts):
    return [sorted(part.tolist()) for part in parts]


def test_components_are_dealt_by_hand():
    assert as_lists(balanced_parts([8, 4, 2, 1], 2)) == [[0, 3], [1, 2]]
    assert as_lists(balanced_parts([1, 64, 1, 2, 32, 2], 2)) == [[1, 2, 5], [0, 3, 4]]
    assert as_lists(balanced_parts([5, 5, 5], 3)) == [[0], [1], [2]]
    assert as_lists(balanced_parts([1, 2, 3], 1)) == [[0, 1, 2]]


@given(arrays(float, 12, elements=st.floats(0, 1e6)), st.sampled_from([1, 2, 3, 4, 6, 12]))
def test_every_component_is_dealt_once_to_parts_of_one_length(variances, parts):
    dealt = balanced_parts(variances, parts)
    assert {part.size for part in dealt} == {12 // parts}
    assert sorted(np.concatenate(dealt)) == list(range(12))


def test_balanced_products_are_nearer_to_each_other_than_in_order():
    variances = 0.7 ** np.arange(64)
    logarithms = np.log(variances)
    balanced = [logarithms[part].sum() for part in balanced_parts(variances, 8)]
    in_order = logarithms.reshape(8, 8).sum(axis=1)
    assert np.ptp(balanced) < 0.05 * np.ptp(in_order)


# --- bad arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [[], 3, "ab", None])
def test_what_are_no_parts_are_refused(parts):
    sentence = f"parts must be one or more lists of components, got {parts!r}"
    assert_refused(sentence, Split, [LEFT], parts)


@pytest.mark.parametrize(
    "parts",
    [
        [[0, 1], [1]],
        [[0, 3], [1]],
        [[-1, 0], [1]],
        [[0, 1], [2], [3]],
        [[0], [1, 2]],
        [[0.0, 1], [2]],
    ],
)
def test_parts_that_do_not_fit_are_refused(parts):
    with pytest.raises(ValueError, match=r"^parts must [^\n]*, got "):
        Split([LEFT, RIGHT], parts)


@pytest.mark.parametrize("samples", [[[1, 2]], [1, 2, 3], [[np.nan, 1, 2]], [], [["a", "b", "c"]]])
def test_bad_samples_are_refused(samples):
    for call in (HAND.encode, HAND.quantize, HAND.distortion):
        with pytest.raises(ValueError, match=r"^samples must "):
            call(samples)


@pytest.mark.parametrize("queries", [[1, 2], [[1, 2]], [np.inf, 0, 0], [], np.zeros((1, 1, 3)), 5])
def test_bad_queries_are_refused(queries):
    with pytest.raises(ValueError, match=r"^queries must "):
        HAND.tables(queries)


BAD_INDICES = {
    "too few": ([[0]], "whole numbers, 2 for each vector, got int64 of shape (1, 1)"),
    "floats": ([[0.0, 1]], "whole numbers, 2 for each vector, got float64"),
    "a number": (1, "whole numbers, 2 for each vector, got int64 of shape ()"),
    "beyond the first": ([[3, 0]], "whole numbers from 0 to 2 for part 0, got"),
    "beyond the second": ([[0, 2]], "whole numbers from 0 to 1 for part 1, got"),
    "negative": ([[-1, 0]], "whole numbers from 0 to 2 for part 0, got"),
}


@pytest.mark.parametrize(("indices", "problem"), BAD_INDICES.values(), ids=BAD_INDICES)
def test_bad_indices_are_refused(indices, problem):
    for call in (HAND.decode, lambda indices: HAND.distances(HAND.tables([0, 0, 0]), indices)):
        with pytest.raises(ValueError, match=f"^indices must be {re.escape(problem)}"):
            call(indices)


@pytest.mark.parametrize(
    "tables", [np.zeros((2, 2)), np.zeros((3, 3)), np.zeros((2, 3), int), None]
)
def test_bad_tables_are_refused(tables):
    allowed = re.escape("what `tables` makes of one query, shape (2, 3), got ")
    with pytest.raises(ValueError, match=f"^tables must be {allowed}"):
        HAND.distances(tables, [[0, 0]])


@pytest.mark.parametrize(
    ("parts", "sizes", "sentence"),
    [
        (4, 2, "parts must divide the dimension 6, got 4"),
        (0, 2, "parts must be a whole number from 1 to 6, got 0"),
        (2.0, 2, "parts must be a whole number from 1 to 6, got 2.0"),
        (2, [2, 2, 2], "sizes must be one number, or 2, got 3"),
        (2, 0, "each of sizes must be a whole number of at least 1, got 0"),
        (2, [2, 1.5], "each of sizes must be a whole number of at least 1, got 1.5"),
        (
            [[0, 1], [2, 3]],
            2,
            "parts must hold all components of the samples, got 4 for samples of 6",
        ),
    ],
)
def test_bad_parts_and_sizes_are_not_trained(parts, sizes, sentence):
    assert_refused(sentence, train_split, gaussian(20, 6), parts, sizes)


@pytest.mark.parametrize("variances", [[], [-1.0, 2], [[1.0, 2]], [np.nan, 1], None, ["a", "b"]])
def test_bad_variances_are_refused(variances):
    with pytest.raises(ValueError, match=r"^variances must be "):
        balanced_parts(variances, 1)


@pytest.mark.parametrize("parts", [3, 0, None, 2.0])
def test_parts_that_cannot_be_dealt_are_refused(parts):
    with pytest.raises(ValueError, match=r"^parts must "):
        balanced_parts([1, 2, 3, 4], parts)
