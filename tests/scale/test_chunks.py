"""The kinds of chunks, and what is none."""

from functools import partial

import dask
import numpy as np
import pytest
from PIL import Image

from tests.scale.chunks import BLOCKS, START, first_passes, from_picture, replaced
from tests.scale.support import same, threads
from tests.support import assert_refused
from vqlib import Codebook, image
from vqlib.scale import lloyd_in_chunks, sample_rows

PARTS = [load() for load in BLOCKS[:4]]


def assert_as_arrays(chunks, parts=PARTS):
    """The same codebooks and samples as of these arrays, to the last bit."""
    with threads():
        assert same(first_passes(chunks), first_passes(parts))
        sample = sample_rows(chunks, 100, seed=3)
        assert sample.dtype == np.uint8
        assert np.array_equal(sample, sample_rows(parts, 100, seed=3))


def test_functions_and_delayed_are_chunks_as_arrays_are():
    assert_as_arrays(BLOCKS[:4])
    assert_as_arrays([dask.delayed(load)() for load in BLOCKS[:4]])
    assert_as_arrays([PARTS[0], BLOCKS[1], dask.delayed(BLOCKS[2])()], PARTS[:3])


def test_chunks_may_come_as_a_tuple_or_one_by_one():
    assert_as_arrays(tuple(BLOCKS[:4]))
    with threads():
        assert same(first_passes(iter(BLOCKS[:4])), first_passes(PARTS))


def test_a_dask_array_is_a_list_of_chunks():
    array = pytest.importorskip("dask.array")
    rows = array.from_array(np.concatenate(PARTS), chunks=(5000, 16))
    assert_as_arrays(list(rows.to_delayed().ravel()))


def test_a_zarr_is_a_list_of_chunks(tmp_path):
    array = pytest.importorskip("dask.array")
    zarr = pytest.importorskip("zarr")
    everything = np.concatenate(PARTS)
    stored = zarr.create_array(
        tmp_path / "rows.zarr", shape=everything.shape, chunks=(5000, 16), dtype=np.uint8
    )
    stored[:] = everything
    assert_as_arrays(list(array.from_zarr(tmp_path / "rows.zarr").to_delayed().ravel()))


def rows_of_file(path, start, stop):
    return np.array(np.load(path, mmap_mode="r")[start:stop])


def test_slices_of_a_file_in_place_are_chunks(tmp_path):
    np.save(tmp_path / "rows.npy", np.concatenate(PARTS))
    starts = range(0, 12_000, 5000)
    path = tmp_path / "rows.npy"
    assert_as_arrays([partial(rows_of_file, path, start, start + 5000) for start in starts])


def test_picture_files_are_chunks(tmp_path):
    pictures = image.views(range(3), side=128)
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for picture, path in zip(pictures, paths, strict=True):
        Image.fromarray(picture).save(path)
    expected = [image.to_byte_vectors(picture, 4) for picture in pictures]
    assert_as_arrays([partial(from_picture, path) for path in paths], expected)


def test_scalars_may_come_without_a_second_axis():
    numbers = [np.array([1, 2, 9], np.uint8), np.array([[7]], np.uint8)]
    with threads():
        pairs = list(lloyd_in_chunks(numbers, Codebook([0, 10])))
    assert pairs[-1][0].vectors.tolist() == [[1.5], [8]]
    assert sample_rows(numbers, 4).tolist() == [[1], [2], [9], [7]]


# --- what is refused -----------------------------------------------------------------------------


def first_pass(chunks):
    return next(lloyd_in_chunks(chunks, START))


def sample_of_five(chunks):
    return sample_rows(chunks, 5)


WANTED = "^chunks must be a list of one or more functions, arrays or Delayed, got "


@pytest.mark.parametrize("use", [first_pass, sample_of_five])
@pytest.mark.parametrize(
    ("chunks", "given"),
    [
        (PARTS[0], "ndarray"),
        (dask.delayed(BLOCKS[0])(), "Delayed"),
        (BLOCKS[0], "partial"),
        ("rows.npy", "str"),
        (3, "int"),
        (None, "NoneType"),
        ([], "none"),
        ((), "none"),
    ],
    ids=["array", "Delayed", "function", "text", "number", "None", "no list", "no tuple"],
)
def test_what_is_no_list_of_chunks_is_refused(use, chunks, given):
    with pytest.raises(ValueError, match=WANTED + given):
        use(chunks)


@pytest.mark.parametrize("use", [first_pass, sample_of_five])
def test_a_dask_array_or_a_zarr_by_itself_is_refused(use, tmp_path):
    array = pytest.importorskip("dask.array")
    zarr = pytest.importorskip("zarr")
    with pytest.raises(ValueError, match=WANTED + "Array; .*to_delayed"):
        use(array.zeros((10, 16), dtype=np.uint8))
    with pytest.raises(ValueError, match=WANTED + "Array"):
        use(zarr.create_array(tmp_path / "rows.zarr", shape=(10, 16), dtype=np.uint8))


@pytest.mark.parametrize("use", [first_pass, sample_of_five])
@pytest.mark.parametrize(
    ("chunk", "given"), [("rows.npy", "str"), (5, "int"), (None, "NoneType")], ids=str
)
def test_what_is_no_chunk_is_refused_by_its_number(use, chunk, given):
    sentence = f"chunk 2 must be a function, an array or a Delayed, got {given}"
    assert_refused(sentence, use, replaced(2, chunk))


@pytest.mark.parametrize("use", [first_pass, sample_of_five])
@pytest.mark.parametrize("loaded", [None, "rows", [["a"] * 16]], ids=str)
def test_a_function_that_returns_no_rows_is_named(use, loaded):
    sentence = r"^chunk 2: samples must be one or more real numbers, got "
    with threads(), pytest.raises(ValueError, match=sentence):
        use(replaced(2, lambda: loaded))


def test_bytes_and_other_numbers_together_are_refused():
    sentence = "chunks must be all of bytes or all of other numbers, got both"
    with threads():
        assert_refused(sentence, first_pass, replaced(2, PARTS[2].astype(float)))


@pytest.mark.parametrize("far", [1001, -1e9])
def test_a_start_far_from_bytes_is_refused(far):
    start = Codebook(np.full((1, 16), far))
    sentence = r"start must lie from -1000 to 1000 for samples of bytes, got "
    with threads(), pytest.raises(ValueError, match=sentence):
        next(lloyd_in_chunks(PARTS, start))
    near = Codebook(np.full((1, 16), 1000.0))
    with threads():
        assert next(lloyd_in_chunks([255 - np.zeros((1, 16), np.uint8)], near))[1] == 745**2
