"""What is wrong with a chunk, in threads and in processes; and a worker that dies."""

from functools import partial

import pytest
from distributed import KilledWorker

from tests.scale.chunks import (
    BLOCKS,
    START,
    TapeError,
    Told,
    first_passes,
    from_picture,
    kill_worker_after,
    kill_worker_once,
    load_and_tell,
    replaced,
    row_of_threads,
    tape_breaks,
    times_told,
    with_nan,
    without_a_column,
)
from tests.scale.support import same, threads
from tests.support import GREY, encoded
from vqlib import Codebook
from vqlib.scale import lloyd_in_chunks, sample_rows


@pytest.fixture
def expected():
    with threads():
        return first_passes(BLOCKS)


# --- the same in threads and in processes --------------------------------------------------------


def test_the_bits_are_those_of_threads(place, expected):
    assert same(first_passes(BLOCKS), expected)
    with threads():
        sample = sample_rows(BLOCKS, 100)
    assert sample_rows(BLOCKS, 100).tolist() == sample.tolist()


def test_a_codebook_goes_to_each_worker_once_and_not_with_each_chunk(client):
    before = client.run(times_told)
    next(lloyd_in_chunks(BLOCKS, Told(START.vectors)))
    for worker, times in client.run(times_told).items():
        assert times <= before[worker] + 2


def error_of(chunks):
    """The error of a pass over these chunks, which `sample_rows` must have, too."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
        next(lloyd_in_chunks(chunks, START))
    return caught.value


@pytest.mark.parametrize(
    ("chunk", "sentence", "cause"),
    [
        (with_nan, "samples must be finite, got NaN or infinity in shape (3000, 16)", ValueError),
        (without_a_column, "samples must have shape (n, 16), got (3000, 15)", ValueError),
        (partial(int, "x"), "invalid literal for int() with base 10: 'x'", ValueError),
        (partial([].pop, 3), "IndexError: pop from empty list", IndexError),
    ],
    ids=["NaN", "dimension", "ValueError", "IndexError"],
)
def test_a_broken_chunk_is_named_and_its_error_kept(place, chunk, sentence, cause):
    error = error_of(replaced(3, chunk))
    assert str(error) == f"chunk 3: {sentence}"
    assert type(error.__cause__) is cause


def test_an_error_that_cannot_travel_is_told_all_the_same(place):
    error = error_of(replaced(9, tape_breaks))
    assert str(error) == "chunk 9: TapeError: tape torn at 12 m: age"
    assert place == "processes" or type(error.__cause__) is TapeError


def test_a_damaged_picture_is_named(place, tmp_path):
    path = tmp_path / "half.png"
    path.write_bytes(encoded(GREY)[:300])
    error = error_of(replaced(0, partial(from_picture, path)))
    assert str(error).startswith(f"chunk 0: source must be a picture file, but file '{path}' can")
    assert isinstance(error.__cause__, ValueError)


def test_a_missing_file_is_named(place, tmp_path):
    error = error_of(replaced(3, partial(from_picture, tmp_path / "none.png")))
    assert str(error).startswith("chunk 3: ")
    assert str(tmp_path / "none.png") in str(error)


@pytest.mark.parametrize("chunk", [with_nan, partial([].pop, 3)], ids=["NaN", "IndexError"])
def test_a_sample_names_the_broken_chunk_too(place, chunk):
    with pytest.raises(ValueError, match=r"^chunk 3: "):
        sample_rows(replaced(3, chunk), 5)


def test_the_next_pass_is_as_good_as_before(place, expected):
    error_of(replaced(3, with_nan))
    assert same(first_passes(BLOCKS), expected)


def test_a_task_has_one_thread_in_a_worker_too(place):
    # Each row is the number of threads that BLAS would take where it is loaded.
    codebook, distortion = next(lloyd_in_chunks([row_of_threads] * 6, Codebook([1])))
    assert (codebook.vectors.tolist(), distortion) == ([[1]], 0)
    assert sample_rows([row_of_threads] * 6, 6).tolist() == [[1]] * 6


# --- a worker dies -------------------------------------------------------------------------------


def test_a_worker_killed_at_work_changes_no_bit(client, tmp_path, expected):
    marker = tmp_path / "killed"
    chunks = replaced(4, partial(kill_worker_once, str(marker), 4))
    assert same(first_passes(chunks), expected)
    assert marker.exists()


# The last test of this file, as both workers die.
def test_a_chunk_that_kills_every_worker_is_named(client, tmp_path, monkeypatch):
    marker = str(tmp_path / "loaded")
    chunks = [partial(load_and_tell, marker), partial(kill_worker_after, marker)]
    monkeypatch.setattr(client.cluster.scheduler, "allowed_failures", 1)
    with pytest.raises(KilledWorker, match=r"'chunk-1-[0-9a-f]{32}' on 2 different workers"):
        next(lloyd_in_chunks(chunks, START))
