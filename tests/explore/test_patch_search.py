"""The search among patches against brute force, and against the inverted file of the library."""

import numpy as np
import pytest

from vqlib import image
from vqlib.explore.patch_search import FLAT, CodedPatches, PatchStore, tiles
from vqlib.structured import InvertedFile, Split, recall

PICTURES = [image.sample("china")[100:250, 150:350], image.sample("coffee")[150:300, 200:400]]
STORED = 1500
LISTS = 8
QUERIES = 60
SIZES = (1, 2, 4, 8, 16, 32)


@pytest.fixture(scope="module")
def store():
    return PatchStore(PICTURES, STORED, LISTS, QUERIES, trained=STORED)


@pytest.fixture(scope="module")
def coded(store):
    return {size: finished(CodedPatches(store, size)) for size in SIZES}


def finished(patches):
    while patches.next_step():
        pass
    return patches


def squares_by_hand(store, number, vectors):
    """Squared distances of all patches from a query as whole numbers, -1 for those on its place."""
    differences = vectors.astype(np.int64) - store.queries[number].astype(np.int64)
    squares = (differences**2).sum(axis=1)
    picture, top, left = store.query_places[number]
    for row, (other, other_top, other_left) in enumerate(store.places):
        if other == picture and max(abs(other_top - top), abs(other_left - left)) < 8:
            squares[row] = -1
    return squares


def first(squares, count, allowed):
    """Rows of the smallest, the nearest first, of equal ones the first: by sorting pairs."""
    rows = [row for row in range(len(squares)) if squares[row] >= 0 and allowed[row]]
    return sorted(rows, key=lambda row: (squares[row], row))[:count]


def inverted_file(store, patches):
    """The same codebooks in the inverted file of the library."""
    split = Split(patches.codebooks, tiles(len(patches.codebooks)))
    return InvertedFile(store.coarse, split, store.vectors)


# --- what is stored


def test_patches_lie_where_they_are_said_to_and_none_is_flat(store):
    assert store.vectors.shape == (STORED, 64)
    for vector, (number, top, left) in zip(store.vectors, store.places, strict=True):
        assert (PICTURES[number][top : top + 8, left : left + 8].ravel() == vector).all()
        assert vector.std() >= FLAT


def test_no_query_is_a_stored_patch(store):
    stored = set(map(tuple, store.places.tolist()))
    assert len(stored) == STORED
    assert not stored & set(map(tuple, store.query_places.tolist()))


def test_everything_is_whole_numbers_that_single_precision_holds(store, coded):
    numbers = [store.vectors, store.coarse.vectors, *(each.vectors for each in coded.values())]
    for array in numbers:
        assert (array == np.round(array)).all()
        farthest = np.maximum(array**2, (255 - array) ** 2)  # that a patch of bytes can be
        assert farthest.sum(axis=1).max() < 2**24


@pytest.mark.parametrize("parts", SIZES)
def test_tiles_are_alike_and_cover_the_patch(parts):
    found = tiles(parts)
    assert len(found) == parts
    assert sorted(np.concatenate(found)) == list(range(64))
    shapes = set()
    for tile in found:
        rows = np.unique(tile // 8)
        columns = np.unique(tile % 8)
        assert len(rows) * len(columns) == len(tile)
        assert np.ptp(rows) == len(rows) - 1
        shapes.add((len(rows), len(columns)))
    ((height, width),) = shapes
    assert width in (height, 2 * height)


# --- the search


@pytest.mark.parametrize("number", range(0, QUERIES, 7))
def test_the_nearest_are_those_of_brute_force_without_any_on_the_same_place(store, number):
    squares = squares_by_hand(store, number, store.vectors)
    rows, found = store.nearest(store.queries[number], store.query_places[number], 8)
    assert rows.tolist() == first(squares, 8, np.full(STORED, True))
    assert found.tolist() == squares[rows].tolist()
    assert store.truth[number] == rows[0]


def test_some_query_overlaps_a_stored_patch(store):
    overlaps = [(squares_by_hand(store, number, store.vectors) < 0).sum() for number in range(20)]
    assert max(overlaps) > 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("probed", [1, 3, LISTS])
def test_it_finds_what_the_inverted_file_of_the_library_finds(store, coded, size, probed):
    library = inverted_file(store, coded[size])
    assert coded[size].stored_bytes == library.stored_bytes
    for number in range(0, QUERIES, 11):
        query = store.queries[number]
        place = store.query_places[number]
        (rows, squares), compared = coded[size].search(query, place, 8, probed)
        on_place = squares_by_hand(store, number, store.vectors) < 0
        expected, distances = library.search(query, STORED, probed=probed)
        is_elsewhere = ~on_place[expected]
        assert rows.tolist() == expected[is_elsewhere][:8].tolist()
        assert squares.tolist() == distances[is_elsewhere][:8].tolist()
        assert compared == library.scanned(query, probed) == len(expected)


def test_fewer_are_found_where_the_lists_hold_fewer():
    store = PatchStore(PICTURES, 600, 150, 20, trained=600)
    patches = finished(CodedPatches(store, 2))
    counts = []
    for query, place in zip(store.queries, store.query_places, strict=True):
        (rows, squares), compared = patches.search(query, place, 8, 1)
        assert len(rows) == len(squares) <= compared
        assert np.isfinite(squares).all()
        counts.append(len(rows))
    assert min(counts) < 8


def test_where_nothing_is_lost_the_nearest_are_found():
    # As many code vectors as patches: each is its own.
    store = PatchStore(PICTURES, 256, 4, 30, trained=256)
    patches = finished(CodedPatches(store, 1))
    assert (patches.vectors == store.vectors).all()
    for query, place in zip(store.queries, store.query_places, strict=True):
        rows, squares = store.nearest(query, place, 8)
        (found, same_squares), compared = patches.search(query, place, 8, 4)
        assert found.tolist() == rows.tolist()
        assert same_squares.tolist() == squares.tolist()
        assert compared == 256
    assert patches.recalls[:, -1].tolist() == [1, 1]
    assert patches.recalls[0, 0] < 1  # the nearest may be in another list


# --- recall


@pytest.mark.parametrize("size", [1, 4, 32])
def test_recall_is_the_share_of_queries_whose_nearest_is_found(store, coded, size):
    for probed in (1, 2, LISTS):
        found = []
        for query, place in zip(store.queries, store.query_places, strict=True):
            (rows, _), _ = coded[size].search(query, place, 10, probed)
            found.append(np.pad(rows, (0, 10 - len(rows)), constant_values=-1))
        at_1, at_10 = coded[size].recalls[:, probed - 1]
        assert at_1 == pytest.approx(recall(np.array(found)[:, :1], store.truth))
        assert at_10 == pytest.approx(recall(np.array(found), store.truth))


def test_more_bytes_and_more_lists_find_more(coded):
    error = 0.5 / np.sqrt(QUERIES)  # at most, of one share
    all_lists = np.array([coded[size].recalls[:, -1] for size in SIZES])
    assert (np.diff(all_lists, axis=0) > -error).all()
    assert (all_lists[-1] > all_lists[0] + 4 * error).all()
    for size in SIZES[2:]:
        at_1, at_10 = coded[size].recalls
        assert (at_10 >= at_1).all()
        assert (np.diff(at_10) > -error).all()
    assert coded[32].recalls[1, -1] > coded[32].recalls[1, 0] + 2 * error


def test_more_bytes_leave_a_smaller_error(store, coded):
    errors = [((coded[size].vectors - store.vectors) ** 2).mean() for size in SIZES]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < errors[0] / 10
