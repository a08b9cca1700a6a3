"""Pictures in stages as files: what is saved comes back, costs what is printed, does no harm."""

import contextlib
import io
import re
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import GREY, RGB, any_pictures, assert_refused, little_room
from vqlib import Codebook
from vqlib.files import STAGES_OVERHEAD, load_stages, save_stages, stages_to_npz, to_npz
from vqlib.image import encode_in_stages, quantize_image, sample, train_tile_stages
from vqlib.structured import Stages

WANTED = "source must be a picture in stages as an .npz of vqlib"
NOT_ONE = f"{WANTED}, but the file given cannot be read as one: "
STAGES = train_tile_stages(GREY, [5, 3, 2])
RESULT = encode_in_stages(GREY, STAGES, price=300)
NPZ = stages_to_npz(RESULT)
ALIKE = stages_to_npz(encode_in_stages(GREY, STAGES, count=2))
HEAD = np.array([1, 30, 44, 4, 0])


def assert_same(read, result):
    """All that a file keeps: the stages in use, and no error."""
    used = result.used
    np.testing.assert_array_equal(read.picture, result.picture)
    np.testing.assert_array_equal(read.counts, result.counts)
    np.testing.assert_array_equal(read.indices, result.indices[..., :used])
    assert read.stages.sizes == result.stages.sizes[:used]
    for codebook, other in zip(read.stages.codebooks, result.stages.codebooks, strict=False):
        np.testing.assert_array_equal(codebook.vectors, other.vectors)
    assert (read.picture.dtype, read.block) == (np.uint8, result.block)
    assert (read.rate, read.stored_bytes) == (result.rate, result.stored_bytes)
    assert np.isnan(read.mse)


def members_of(content):
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)


MEMBERS = members_of(NPZ)


# --- there and back ------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"price": 300}, {"price": 0}, {"count": 1}, {"count": 3}, {}])
@pytest.mark.parametrize("picture", [GREY, RGB], ids=["grey", "RGB"])
def test_picture_comes_back_and_the_file_has_the_bytes_that_are_printed(picture, options, tmp_path):
    result = encode_in_stages(picture, train_tile_stages(picture, [5, 3, 2]), **options)
    path = tmp_path / "stages.npz"
    written = save_stages(result, path)
    assert written == path.stat().st_size
    assert written == result.stored_bytes + result.used + STAGES_OVERHEAD
    for source in (path, str(path), path.read_bytes()):
        assert_same(load_stages(source), result)


@settings(max_examples=50)
@given(any_pictures(), st.integers(1, 4), st.sampled_from([0.0, 20.0, 1e4]), st.integers(1, 2))
def test_every_small_picture_comes_back(picture, block, price, survivors):
    stages = train_tile_stages(picture, [1, 4, 2, 7], block=block, price=price)
    result = encode_in_stages(picture, stages, block=block, price=price, survivors=survivors)
    content = stages_to_npz(result)
    assert len(content) == result.stored_bytes + result.used + STAGES_OVERHEAD
    assert_same(load_stages(content), result)


def test_256_code_vectors_come_back():
    picture = sample("camera")[::2, ::2]
    result = encode_in_stages(picture, train_tile_stages(picture, [256, 200], iterations=2))
    assert_same(load_stages(stages_to_npz(result)), result)


def test_file_can_be_read_without_vqlib():
    assert sorted(MEMBERS) == ["codebooks", "counts", "head", "indices", "sizes"]
    np.testing.assert_array_equal(MEMBERS["head"], HEAD)
    assert (MEMBERS["sizes"] + 1).tolist() == list(RESULT.stages.sizes)
    counts = np.frombuffer(zlib.decompress(MEMBERS["counts"].tobytes()), np.uint8)
    np.testing.assert_array_equal(counts, RESULT.counts.ravel())
    text = "".join(format(byte, "08b") for byte in MEMBERS["indices"].tolist())
    place = 0
    for stage, width in enumerate([3, 2, 1]):
        for block in np.flatnonzero(counts > stage):
            index = int(text[place : place + width], base=2)
            assert index == RESULT.indices.reshape(-1, 3)[block, stage]
            place += width
    assert 0 <= len(text) - place < 8


# --- hostile files -------------------------------------------------------------------------------


def npz(savez=np.savez, **changed):
    """The file with some members changed; with None left out."""
    members = MEMBERS | changed
    out = io.BytesIO()
    savez(out, **{name: array for name, array in members.items() if array is not None})
    return out.getvalue()


def with_head(*numbers, **changed):
    return npz(head=np.array([1, *numbers], np.int64), **changed)


def npz_that_claims(shape, kind, member):
    """The header of one array claims a shape that is not there."""
    header = io.BytesIO()
    claim = {"descr": kind, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, claim)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, array in MEMBERS.items():
            content = io.BytesIO()
            np.save(content, array)
            claimed = header.getvalue() + array.tobytes()
            archive.writestr(f"{name}.npy", claimed if name == member else content.getvalue())
    return out.getvalue()


def deflated(counts):
    return np.frombuffer(zlib.compress(bytes(counts), 9), np.uint8)


BLOCKS = RESULT.counts.size
COUNTS = RESULT.counts.ravel().tolist()
NOTHING = np.zeros(0, np.uint8)
SWOLLEN = deflated(bytes(10**8))
ONE_OF_ONE = {  # stages of one code vector need no indices, whatever the head claims
    "sizes": np.zeros(255, np.uint8),
    "codebooks": np.zeros((255, 1), np.int8),
    "counts": NOTHING,
    "indices": NOTHING,
}
HOSTILE = {
    "text": b"not a file",
    "zeros": bytes(1000),
    "PK": b"PK",
    "PNG": quantize_image(GREY, 2).png(),
    "a picture without stages": to_npz(quantize_image(GREY, 2, block=4)),
    "compressed": npz(np.savez_compressed),
    "bomb": npz(np.savez_compressed, indices=np.zeros(10**8, np.uint8)),
    "bomb of counts": npz(counts=SWOLLEN),
    "bomb of stages": with_head(10_000, 10_000, 1, 255, **ONE_OF_ONE),
    "pickled": npz(sizes=MEMBERS["sizes"].astype(object)),
    "version 2": npz(head=np.array([2, 30, 44, 4, 0])),
    "short head": npz(head=HEAD[:4]),
    "head of floats": npz(head=HEAD.astype(float)),
    "head of 32 bits": npz(head=HEAD.astype(np.int32)),
    "no height": with_head(0, 44, 4, 0),
    "negative width": with_head(30, -44, 4, 0),
    "negative both": with_head(-30, -44, 4, 0),
    "no block": with_head(30, 44, 0, 0),
    "negative block": with_head(30, 44, -4, 0),
    "another block": with_head(30, 44, 5, 0),
    "another height": with_head(34, 44, 4, 0),
    "more than a number holds": with_head(2**62, 2**62, 4, 0),
    "a terabyte": with_head(2**20, 2**20, 4, 0),
    "a terabyte alike": with_head(2**20, 2**20, 4, 3, counts=NOTHING),
    "negative number for all": with_head(30, 44, 4, -1, counts=NOTHING),
    "huge number for all": with_head(30, 44, 4, 2**40, counts=NOTHING),
    "fewer for all than stages": with_head(30, 44, 4, 2, counts=NOTHING),
    "no counts": npz(counts=NOTHING),
    "counts that are not deflated": npz(counts=np.array(COUNTS, np.uint8)),
    "counts cut off": npz(counts=MEMBERS["counts"][:-6]),
    "one count less": npz(counts=deflated(COUNTS[:-1])),
    "one count more": npz(counts=deflated([*COUNTS, 1])),
    "a count of 0": npz(counts=deflated([0, *COUNTS[1:]])),
    "a count beyond the stages": npz(counts=deflated([4, *COUNTS[1:]])),
    "no block with all stages": npz(counts=deflated([min(count, 2) for count in COUNTS])),
    "other counts": npz(counts=deflated([3] * (BLOCKS - 1) + [1])),
    "counts of floats": npz(counts=MEMBERS["counts"].astype(float)),
    "no sizes": npz(sizes=NOTHING),
    "a stage more": npz(sizes=np.append(MEMBERS["sizes"], 1).astype(np.uint8)),
    "256 stages": npz(sizes=np.zeros(256, np.uint8)),
    "sizes of two axes": npz(sizes=MEMBERS["sizes"][None]),
    "other sizes": npz(sizes=np.array([3, 3, 1], np.uint8)),
    "a smaller codebook": npz(
        sizes=np.array([4, 2, 0], np.uint8), codebooks=MEMBERS["codebooks"][:-1]
    ),
    "index beyond the codebook": npz(
        sizes=np.array([4, 2, 1], np.uint8), indices=MEMBERS["indices"] | 255
    ),
    "codebooks of bytes": npz(codebooks=MEMBERS["codebooks"].astype(np.uint8)),
    "codebooks too short": npz(codebooks=MEMBERS["codebooks"][:-1]),
    "codebooks of one axis": npz(codebooks=MEMBERS["codebooks"].ravel()),
    "code vectors of two": npz(codebooks=MEMBERS["codebooks"][:, :2]),
    "code vectors of none": npz(codebooks=MEMBERS["codebooks"][:, :0]),
    "indices too short": npz(indices=MEMBERS["indices"][:-1]),
    "indices too long": npz(indices=np.append(MEMBERS["indices"], 0).astype(np.uint8)),
    "indices of two axes": npz(indices=MEMBERS["indices"][None]),
}
for member in MEMBERS:
    HOSTILE[f"no {member} at all"] = npz(**{member: None})
    for shape, kind in [
        ((10**8,), "|u1"),
        ((2**62,), "<i8"),
        ((2**20, 2**20), "|i1"),
        ((-1,), "|u1"),
    ]:
        HOSTILE[f"{member} that claims {shape}"] = npz_that_claims(shape, kind, member)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file_gets_one_clear_sentence_and_no_room(kind):
    sentence = f"^{re.escape(NOT_ONE)}[^\n]{{5,200}}$"
    with little_room(), pytest.raises(ValueError, match=sentence) as caught:
        load_stages(HOSTILE[kind])
    assert not re.search(r" object at 0x|NoneType|Traceback", str(caught.value))


def test_file_as_others_hold_it_is_read_for_all_of_these_to_be_refused_for_their_flaw():
    assert_same(load_stages(npz()), RESULT)
    assert_same(load_stages(with_head(30, 44, 4, 0)), RESULT)
    indices = MEMBERS["indices"]
    assert_same(load_stages(npz_that_claims(indices.shape, "|u1", "indices")), RESULT)
    small = with_head(30, 44, 1, 255, **ONE_OF_ONE)
    assert load_stages(small).stages.sizes == (1,) * 255


@pytest.mark.parametrize("content", [NPZ, ALIKE], ids=["where needed", "alike"])
def test_truncated_file_is_refused(content):
    for length in range(len(content)):
        with pytest.raises(ValueError, match=f"^{re.escape(WANTED)}"):
            load_stages(content[:length])


some_changes = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=5
)


@settings(max_examples=200)
@given(st.sampled_from([NPZ, ALIKE]), some_changes)
def test_damaged_file_gives_a_picture_or_a_value_error_and_nothing_else(content, changes):
    damaged = bytearray(content)
    for position, byte in changes:
        damaged[position % len(damaged)] = byte
    with little_room(), contextlib.suppress(ValueError):
        read = load_stages(bytes(damaged))
        assert read.picture.dtype == np.uint8
        assert read.counts.max() <= len(read.stages)


# --- what is no file, and saving -----------------------------------------------------------------


def test_missing_file_is_told_by_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file '.*no such\.npz'$"):
        load_stages(tmp_path / "no such.npz")


@pytest.mark.parametrize("source", [None, 42, GREY])
def test_source_of_another_kind_is_refused(source):
    kind = type(source).__name__
    assert_refused(f"{WANTED}, as a path or as bytes, got {kind}", load_stages, source)


@pytest.mark.parametrize("name", ["stages.png", "stages", "stages.npz.gz", "stages.NPZ"])
def test_path_of_another_suffix_is_refused_and_nothing_is_written(name, tmp_path):
    path = tmp_path / name
    assert_refused(f"path must end in .npz, got '{path}'", save_stages, RESULT, path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("result", [None, STAGES, quantize_image(GREY, 2), Codebook([1])])
def test_what_is_no_result_is_not_saved(result, tmp_path):
    given = type(result).__name__
    sentence = f"result must be a StagedImage, got {given}: encode_in_stages makes one"
    assert_refused(sentence, save_stages, result, tmp_path / "stages.npz")


def test_saving_over_a_file_replaces_it_and_into_no_folder_fails(tmp_path):
    path = tmp_path / "stages.npz"
    path.write_bytes(b"before")
    save_stages(RESULT, path)
    assert path.read_bytes() == NPZ
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        save_stages(RESULT, tmp_path / "none" / "stages.npz")


def test_stages_of_one_code_vector_need_no_indices():
    alone = Stages([Codebook(np.full((1, 16), 3))])
    result = encode_in_stages(GREY, alone)
    assert result.index_bits == 0
    assert_same(load_stages(stages_to_npz(result)), result)
