"""Laws of files of pictures with one codebook: what is saved comes back and does no harm."""

import contextlib
import io
import re
import zipfile
import zlib
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from tests.picture_files import awkward as by_hand
from tests.picture_files.awkward import exif_by_hand
from tests.support import (
    BYTES,
    GREY,
    RGB,
    any_pictures,
    assert_refused,
    encoded,
    little_room,
    png_by_hand,
    png_chunk,
)
from vqlib import Codebook, files
from vqlib.files import NPZ_OVERHEAD, load, save, to_npz
from vqlib.image import diffuse, encode_image, quantize_image, read_image, sample
from vqlib.picture_files import refusing

BITS = range(1, 9)
PICTURES = {"grey": GREY, "RGB": RGB}
WANTED = "source must be a palette PNG or an .npz of vqlib"
NOT_ONE = f"{WANTED}, but the file given cannot be read as one: "


def assert_same(read, result):
    """All that a file keeps."""
    np.testing.assert_array_equal(read.picture, result.picture)
    np.testing.assert_array_equal(read.indices, result.indices)
    np.testing.assert_array_equal(read.codebook.vectors, result.codebook.vectors)
    assert (read.picture.shape, read.picture.dtype) == (result.picture.shape, np.uint8)
    assert (read.indices.dtype, read.block) == (result.indices.dtype, result.block)
    assert (read.size, read.rate) == (result.size, result.rate)
    assert (read.stored_bytes, read.entropy) == (result.stored_bytes, result.entropy)
    assert np.isnan(read.mse)
    assert np.isnan(read.psnr)


def assert_length(content, result):
    """The length of an .npz: what is printed, and what is around it."""
    assert len(content) == result.stored_bytes + NPZ_OVERHEAD
    by_rate = result.rate * result.pixels / 8
    assert by_rate - 1e-6 <= result.stored_bytes < by_rate + 1


# --- there and back ------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".png", ".npz"])
@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("kind", PICTURES)
def test_pixels_come_back_from_either_kind_of_file(kind, bits, suffix, tmp_path):
    result = quantize_image(PICTURES[kind], bits)
    path = tmp_path / f"picture{suffix}"
    assert save(result, path) == path.stat().st_size
    for source in (path, str(path), path.read_bytes()):
        assert_same(load(source), result)
    save(result, str(path))
    assert path.read_bytes() == (result.png() if suffix == ".png" else to_npz(result))


@pytest.mark.parametrize("bits", [1, 3, 8, 9])
@pytest.mark.parametrize("block", [2, 3, 8])
@pytest.mark.parametrize("kind", PICTURES)
def test_blocks_come_back(kind, block, bits, tmp_path):
    result = quantize_image(PICTURES[kind], bits, block=block)
    path = tmp_path / "blocks.npz"
    assert save(result, path) == path.stat().st_size
    assert_length(path.read_bytes(), result)
    assert_same(load(path), result)


@settings(max_examples=60)
@given(any_pictures(), st.integers(1, 8), st.integers(1, 3))
def test_every_small_picture_comes_back(picture, bits, block):
    result = quantize_image(picture, bits, block=block, fast=True)
    assert_length(to_npz(result), result)
    assert_same(load(to_npz(result)), result)
    if block == 1:
        assert_same(load(result.png()), result)


@given(any_pictures(most=5), st.data())
def test_code_vectors_without_pixels_come_back_too(picture, data):
    shape = st.tuples(st.integers(1, 20), st.just(1 if picture.ndim == 2 else 3))
    code = data.draw(arrays(np.uint8, shape, elements=BYTES))
    result = encode_image(picture, Codebook(code))
    assert_same(load(to_npz(result)), result)
    assert_same(load(result.png()), result)


@pytest.mark.parametrize("size", [257, 1000, 65536])
@pytest.mark.parametrize(
    ("picture", "block", "dimension"), [(GREY, 2, 4), (RGB, 1, 3)], ids=["grey", "RGB"]
)
def test_large_codebooks_come_back_as_npz_and_are_refused_as_png(
    picture, block, dimension, size, tmp_path
):
    code = np.full((size, dimension), 7)
    code[:, 0] = np.arange(size) // 256
    code[:, 1] = np.arange(size) % 256
    result = encode_image(picture, Codebook(code), block=block)
    assert result.size == size
    content = to_npz(result)
    assert_length(content, result)
    assert_same(load(content), result)
    problem = rf"^a PNG palette .* got {size} of {block} x {block} pixels: save as \.npz$"
    with pytest.raises(ValueError, match=problem):
        save(result, tmp_path / "large.png")


BLACK_WHITE_RED = [[0, 0, 0], [255, 255, 255], [200, 30, 30]]


@pytest.mark.parametrize(
    ("picture", "code"), [(GREY, [0, 255]), (RGB, BLACK_WHITE_RED)], ids=["grey", "RGB"]
)
def test_diffused_picture_comes_back(picture, code):
    result = diffuse(picture, Codebook(code))
    assert_same(load(result.png()), result)
    assert_same(load(to_npz(result)), result)


ALL_GREYS = np.arange(256)[:, None].repeat(3, axis=1)


@pytest.mark.parametrize("code", [[[9, 9, 9]], [[0, 0, 0], [255, 255, 255]], ALL_GREYS])
def test_colour_picture_of_greys_only_comes_back_as_colour(code):
    result = encode_image(RGB, Codebook(code))
    for content in (result.png(), to_npz(result)):
        assert_same(load(content), result)


# --- bytes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["astronaut", "china"])
def test_file_of_a_sample_has_the_bytes_that_are_printed(name, tmp_path):
    for colour, bits, block in ((False, 4, 1), (True, 4, 1), (False, 4, 4)):
        result = quantize_image(sample(name, colour=colour), bits, block=block, fast=True)
        written = save(result, tmp_path / "sample.npz") - NPZ_OVERHEAD
        of_indices = -(-result.indices.size * bits // 8)
        assert written == of_indices + 2**bits * result.codebook.dimension
        np.testing.assert_allclose(8 * written / result.pixels, result.rate, rtol=1e-4)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (7, 5), (100, 100), (123, 457)])
@pytest.mark.parametrize("bits", [1, 3, 5])
def test_npz_has_its_overhead_whatever_the_shape(shape, bits):
    grey = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    for picture in (grey, np.dstack([grey, grey // 2, 255 - grey])):
        for block in (1, 3):
            result = quantize_image(picture, bits, block=block, fast=True)
            assert_length(to_npz(result), result)


def test_overhead_is_that_of_numpy():
    out = io.BytesIO()
    one_level = np.zeros((1, 1), np.uint8)
    np.savez(out, head=HEAD, codebook=one_level, indices=np.zeros(0, np.uint8))
    assert len(out.getvalue()) == files.NPZ_OVERHEAD + 1


# --- other readers -------------------------------------------------------------------------------


def indices_of_bits(packed, count, index_bits):
    """So many indices out of bytes, by way of the text of their bits."""
    text = "".join(format(byte, "08b") for byte in packed.tolist())
    starts = range(0, count * index_bits, index_bits)
    return np.array([int(text[start : start + index_bits], base=2) for start in starts])


def picture_of_tiles(indices, codebook, block, channels):
    """Each block of pixels put in its place."""
    rows, columns = indices.shape
    picture = np.zeros((rows * block, columns * block, channels), np.uint8)
    for y, x in np.ndindex(rows, columns):
        tile = codebook[indices[y, x]].reshape(block, block, channels)
        picture[block * y : block * (y + 1), block * x : block * (x + 1)] = tile
    return picture


@pytest.mark.parametrize(("kind", "channels"), [("grey", 1), ("RGB", 3)])
def test_npz_can_be_read_without_vqlib(kind, channels):
    result = quantize_image(PICTURES[kind], 3, block=4)
    with np.load(io.BytesIO(to_npz(result)), allow_pickle=False) as members:
        assert sorted(members) == ["codebook", "head", "indices"]
        assert members["head"].tolist() == [1, 30, 44, 4]  # version, height, width, block
        codebook = members["codebook"]
        packed = members["indices"]
    assert codebook.shape == (8, 16 * channels)
    indices = indices_of_bits(packed, 8 * 11, 3).reshape(8, 11)
    np.testing.assert_array_equal(indices, result.indices)
    picture = picture_of_tiles(indices, codebook, 4, channels)[:30]
    np.testing.assert_array_equal(picture.reshape(PICTURES[kind].shape), result.picture)


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("kind", PICTURES)
def test_two_other_readers_see_the_picture_in_the_png(kind, bits):
    result = quantize_image(PICTURES[kind], bits)
    content = result.png()
    depth, colour_type = content[24:26]  # of the header chunk
    assert depth == min(depth for depth in (1, 2, 4, 8) if depth >= bits)
    assert colour_type == 3 or kind == "grey"
    colours = result.picture if kind == "RGB" else np.dstack([result.picture] * 3)
    with Image.open(io.BytesIO(content)) as opened:
        np.testing.assert_array_equal(opened.convert("RGB"), colours)
    by_opencv = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(by_opencv[..., ::-1], colours)


# --- files of others -----------------------------------------------------------------------------


def palette_png(width, height, rows, palette):
    """A palette PNG of 8 bits by hand."""
    return png_by_hand(width, height, 8, 3, rows, png_chunk(b"PLTE", bytes(palette)))


def test_palette_png_of_another_program_is_read():
    rows = b"\0\0\1\2\2" + b"\0\2\1\0\0"
    read = load(palette_png(4, 2, rows, [10, 20, 30, 250, 0, 0, 10, 20, 30]))
    blue = [10, 20, 30]
    red = [250, 0, 0]
    np.testing.assert_array_equal(read.indices, [[0, 1, 2, 2], [2, 1, 0, 0]])
    np.testing.assert_array_equal(read.levels, [blue, red, blue])
    np.testing.assert_array_equal(read.picture[0], [blue, red, blue, blue])
    assert (read.block, read.size, read.index_bits) == (1, 3, 2)


@pytest.mark.parametrize("colours", [2, 5, 16, 200])
def test_palette_png_of_pillow_is_read_as_pillow_reads_it(colours):
    by_pillow = Image.fromarray(RGB).quantize(colours)
    read = load(encoded(by_pillow))
    np.testing.assert_array_equal(read.picture, by_pillow.convert("RGB"))
    np.testing.assert_array_equal(read.indices, by_pillow)
    assert read.size <= 256


def test_grey_png_of_another_program_is_read_with_the_greys_it_has():
    picture = GREY // 100 * 100
    read = load(encoded(picture))
    np.testing.assert_array_equal(read.picture, picture)
    np.testing.assert_array_equal(read.levels, [0, 100, 200])


def palettes_with_alpha():
    """Indices, a palette, and alphas for some of its colours."""
    colours = st.integers(1, 40)
    shape = st.tuples(st.integers(1, 5), st.integers(1, 5))
    indices = arrays(np.uint8, shape, elements=st.integers(0, 0))
    alphas = st.binary(max_size=40)
    return st.tuples(indices, colours, alphas, st.integers(1, 8), st.randoms(use_true_random=False))


@given(palettes_with_alpha())
def test_palette_png_is_loaded_as_read_image_reads_it(parts):
    indices, colours, alphas, held, random = parts
    for place in np.ndindex(indices.shape):
        indices[place] = random.randrange(colours)
    rows = b"".join(b"\0" + row.tobytes() for row in indices)
    height, width = indices.shape
    palette = png_chunk(b"PLTE", random.randbytes(3 * colours))
    notes = [png_chunk(b"tRNS", alphas), png_chunk(b"eXIf", exif_by_hand(held))]
    content = png_by_hand(width, height, 8, 3, rows, palette, *notes)
    read = load(content)
    colour = read_image(content, colour=True)
    seen = read.picture if read.picture.ndim == 3 else np.dstack([read.picture] * 3)
    np.testing.assert_array_equal(seen, colour)
    assert read.size == colours


@pytest.mark.parametrize("transparent", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_grey_png_of_any_depth_is_loaded_as_read_image_reads_it(depth, transparent):
    samples = GREY & (2**depth - 1)
    note = [png_chunk(b"tRNS", b"\0\1")] if transparent else []
    content = by_hand.png(samples, depth, 0, *note)
    np.testing.assert_array_equal(load(content).picture, read_image(content))
    assert load(content).picture.max() == 255


def test_notes_beside_an_intact_palette_do_not_matter():
    note = png_chunk(b"zTXt", b"key\0\0" + zlib.compress(bytes(2 * 10**6)))
    place = PNG.index(b"PLTE") - 4
    assert_same(load(PNG[:place] + note + PNG[place:]), RESULT)


# --- hostile files -------------------------------------------------------------------------------


RESULT = quantize_image(GREY, 3)
PNG = RESULT.png()
NPZ = to_npz(RESULT)
HEAD = np.array([1, 30, 44, 1])
LEVELS = RESULT.levels[:, None]
PACKED = np.load(io.BytesIO(NPZ))["indices"]
MEMBERS = {"head": HEAD, "codebook": LEVELS, "indices": PACKED}


def encrypted(archive):
    """The archive with the flag of encryption at each member, in both of its heads."""
    file = bytearray(archive)
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = file.find(signature)
        while start >= 0:
            file[start + flags] |= 1
            start = file.find(signature, start + 1)
    return bytes(file)


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def npz(savez=np.savez, **changed):
    """An .npz with some members changed; with None left out."""
    members = MEMBERS | changed
    out = io.BytesIO()
    savez(out, **{name: array for name, array in members.items() if array is not None})
    return out.getvalue()


def with_head(*numbers, **changed):
    """An .npz with a head of one's own."""
    return npz(head=np.array([1, *numbers], dtype=np.int64), **changed)


def npz_that_claims(shape, kind="|u1", member="indices"):
    """An .npz in which the header of one array claims a shape that is not there."""
    members = {}
    for name, array in MEMBERS.items():
        out = io.BytesIO()
        np.save(out, array)
        members[f"{name}.npy"] = out.getvalue()
    header = io.BytesIO()
    claim = {"descr": kind, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, claim)
    members[f"{member}.npy"] = header.getvalue() + bytes(PACKED)
    return zipped(members)


PALETTE_PNG = palette_png(4, 1, b"\0\0\1\2\2", range(9))
NO_PALETTE_PNG = PALETTE_PNG.replace(png_chunk(b"PLTE", bytes(range(9))), b"")
NOTHING = PACKED[:0]
ONE_MORE_INDEX = np.append(PACKED, 0).astype(np.uint8)
ONE_MORE_LEVEL = np.concatenate([LEVELS, LEVELS[:1]])
MANY_LEVELS = np.zeros((65537, 1), np.uint8)
BLOCKS_OF_64 = np.zeros((1, 64**2), np.uint8)
BLOCKS_OF_65 = np.zeros((8, 65**2), np.uint8)
OTHER_FORMATS = {
    "text": b"not a picture, but text",
    "zeros": bytes(1000),
    "PK and no more": b"PK",
    "start of a PNG": b"\x89PNG\r\n\x1a\n",
    "RGB PNG": encoded(RGB),
    "RGBA PNG": encoded(np.dstack([RGB, GREY])),
    "grey and alpha PNG": encoded(np.dstack([GREY, GREY])),
    "16-bit PNG": encoded(GREY.astype(np.uint16) * 257),
    "JPEG": encoded(RGB, "JPEG"),
    "grey JPEG": encoded(GREY, "JPEG"),
    "GIF": encoded(Image.fromarray(GREY % 4), "GIF"),
    "empty zip": zipped({}),
    "zip of text": zipped({"text.txt": "not an array"}),
    "zip of text with the right names": zipped({f"{name}.npy": "not an array" for name in MEMBERS}),
    "PNG of no palette": NO_PALETTE_PNG,
    "PNG of a gigabyte": palette_png(30_000, 30_000, b"\0", range(9)),
    "PNG of too many pixels": palette_png(11_000, 10_000, b"\0", range(9)),
    "index beyond the palette": palette_png(4, 1, b"\0\0\1\2\3", range(9)),
}
WRONG_MEMBERS = {
    "compressed": npz(np.savez_compressed),
    "bomb": npz(np.savez_compressed, indices=np.zeros(10**8, np.uint8)),
    "pickled": npz(head=np.array([1, None, "a", 1], dtype=object)),
    "pickled codebook": npz(codebook=LEVELS.astype(object)),
    "no head": npz(head=None),
    "names of folders": zipped({f"a/{name}.npy": b"" for name in MEMBERS}),
    "of somebody else": npz(head=None, codebook=None, indices=None, arr_0=GREY),
    "encrypted": encrypted(NPZ),
    "no codebook": npz(codebook=None),
    "no indices": npz(indices=None),
    "codebook of floats": npz(codebook=LEVELS.astype(float)),
    "indices of floats": npz(indices=PACKED.astype(float)),
    "codebook of one axis": npz(codebook=LEVELS[:, 0]),
    "codebook of three axes": npz(codebook=LEVELS[..., None]),
    "codebook too short": npz(codebook=LEVELS[:4]),
    "codebook too long": npz(codebook=ONE_MORE_LEVEL),
    "code vectors of two": npz(codebook=np.repeat(LEVELS, 2, axis=1)),
    "code vectors of four": npz(codebook=np.repeat(LEVELS, 4, axis=1)),
    "code vectors of none": npz(codebook=LEVELS[:, :0]),
    "no code vector": npz(codebook=LEVELS[:0]),
    "no code vector and no index": npz(codebook=LEVELS[:0], indices=NOTHING),
    "indices too short": npz(indices=PACKED[:-1]),
    "indices too long": npz(indices=ONE_MORE_INDEX),
    "indices of two axes": npz(indices=PACKED[None]),
    "index beyond the codebook": npz(codebook=LEVELS[:7]),
}
WRONG_HEADS = {
    "version 2": npz(head=np.array([2, 30, 44, 1])),
    "short head": npz(head=HEAD[:3]),
    "long head": npz(head=np.append(HEAD, 1)),
    "head of two axes": npz(head=HEAD[None]),
    "head of floats": npz(head=HEAD.astype(float)),
    "head of 32 bits": npz(head=HEAD.astype(np.int32)),
    "negative version": npz(head=-HEAD),
    "negative height": with_head(-30, 44, 1),
    "negative both": with_head(-30, -44, 1),
    "negative block": with_head(30, 44, -1),
    "no height": with_head(0, 44, 1),
    "no width": with_head(30, 0, 1),
    "no block": with_head(30, 44, 0),
    "block of 65": with_head(30, 44, 65, codebook=BLOCKS_OF_65),
    "block of 2 for code vectors of 1": with_head(30, 44, 2),
    "another shape": with_head(30, 45, 1),
    "65537 code vectors": with_head(1, 8, 1, codebook=MANY_LEVELS, indices=np.zeros(17, np.uint8)),
    "a terabyte in the head": with_head(2**20, 2**20, 1),
    "225 megapixels of one code vector": with_head(
        15_000, 15_000, 1, codebook=LEVELS[:1], indices=NOTHING
    ),
    "more than a number holds": with_head(2**62, 2**62, 1),
    "gigabytes of one code vector": with_head(
        10**5, 10**5, 1, codebook=LEVELS[:1], indices=NOTHING
    ),
    "one row of large blocks": with_head(1, 10**8, 64, codebook=BLOCKS_OF_64, indices=NOTHING),
}
FALSE_CLAIMS = {}
for member in MEMBERS:
    for shape, kind in [
        ((2**31,), "|u1"),
        ((10**8,), "|u1"),
        ((2**62,), "<i8"),
        ((2**20, 2**20), "|u1"),
        ((6,), "<U9999999"),
    ]:
        name = f"{member} that claims {shape} of {kind}"
        FALSE_CLAIMS[name] = npz_that_claims(shape, kind, member)
for shape in [(-1,), (-(2**40),), (-5, -99), (), (495, 0)]:
    FALSE_CLAIMS[f"claims {shape}"] = npz_that_claims(shape)
HOSTILE = OTHER_FORMATS | WRONG_MEMBERS | WRONG_HEADS | FALSE_CLAIMS


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file_gets_one_clear_sentence_and_no_room(kind):
    sentence = f"^{re.escape(NOT_ONE)}[^\n]{{5,200}}$"
    with little_room(), pytest.raises(ValueError, match=sentence) as caught:
        load(HOSTILE[kind])
    assert not re.search(r" object at 0x|NoneType|Traceback", str(caught.value))


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file_is_told_by_its_name(kind, tmp_path):
    path = tmp_path / "hostile.npz"
    path.write_bytes(HOSTILE[kind])
    problem = r"^source must be .* but file '.*hostile\.npz' cannot be read as one: "
    with pytest.raises(ValueError, match=problem):
        load(path)


@pytest.mark.parametrize("content", [PNG, PALETTE_PNG], ids=["of vqlib", "of others"])
def test_png_of_more_pixels_than_allowed_is_refused_however_good(content):
    sentence = f"{NOT_ONE}it has more than 0 megapixels"
    limit = mock.patch.object(refusing, "MEGAPIXELS", 0)
    with limit, pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        load(content)


def test_file_as_others_hold_it_is_read_for_all_of_these_to_be_refused_for_their_flaw():
    assert_same(load(npz()), RESULT)
    assert_same(load(with_head(30, 44, 1)), RESULT)
    assert_same(load(npz_that_claims(PACKED.shape)), RESULT)
    assert load(PALETTE_PNG).size == 3


# --- damaged files -------------------------------------------------------------------------------

WHOLE = {"png": PNG, "npz": NPZ, "png of colours": quantize_image(RGB, 4).png()}
END_OF_A_PNG = 21  # bytes after the pixels: check sums, and the chunk that ends the file


@pytest.mark.parametrize("kind", WHOLE)
def test_truncated_file_is_refused_unless_all_its_pixels_are_there(kind):
    content = WHOLE[kind]
    whole = load(content)
    end_of_the_pixels = len(content) - (END_OF_A_PNG if "png" in kind else 0)
    for length in range(len(content)):
        try:
            read = load(content[:length])
        except ValueError as error:
            assert re.match(WANTED, str(error))  # noqa: PT017
        else:
            assert length >= end_of_the_pixels
            assert_same(read, whole)


some_changes = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=5
)


@settings(max_examples=400)
@given(st.sampled_from(list(WHOLE)), some_changes, st.booleans())
def test_damaged_file_gives_a_picture_or_a_value_error_and_nothing_else(kind, changes, at_the_ends):
    damaged = bytearray(WHOLE[kind])
    for position, byte in changes:
        if at_the_ends:
            damaged[position % 300 - 150] = byte
        else:
            damaged[position % len(damaged)] = byte
    with little_room(), contextlib.suppress(ValueError):
        read = load(bytes(damaged))
        assert read.picture.dtype == np.uint8
        assert read.indices.max() < read.size


some_starts = st.sampled_from([b"", b"PK", b"PK\3\4", PNG[:8], PNG[:33], NPZ[:200]])


@given(st.binary(max_size=200), some_starts)
def test_any_bytes_give_a_value_error(content, start):
    with pytest.raises(ValueError, match=r"^source must be a palette PNG or"):
        load(start + content)


# --- what is no file -----------------------------------------------------------------------------


def test_empty_file_is_told():
    sentence = f"{NOT_ONE}it is empty"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        load(b"")


def test_missing_file_is_told_by_name(tmp_path):
    problem = r"^source must be a palette PNG .* there is no file '.*no such\.npz'$"
    with pytest.raises(FileNotFoundError, match=problem):
        load(tmp_path / "no such.npz")


def test_folder_is_refused(tmp_path):
    problem = r"^source must be a palette PNG .* but file '.*' cannot .* directory"
    with pytest.raises(ValueError, match=problem):
        load(tmp_path)


@pytest.mark.parametrize("source", [None, 42, GREY, io.BytesIO(NPZ)])
def test_source_of_another_kind_is_refused(source):
    kind = type(source).__name__
    assert_refused(f"{WANTED}, as a path or as bytes, got {kind}", load, source)


# --- saving --------------------------------------------------------------------------------------

OTHER_NAMES = ["picture.jpg", "picture", "picture.npz.gz", "picture.npy", "picture.PNG", ".png"]


@pytest.mark.parametrize("name", OTHER_NAMES)
@pytest.mark.parametrize("as_type", [Path, str])
def test_path_of_another_suffix_is_refused_and_nothing_is_written(name, as_type, tmp_path):
    path = as_type(tmp_path / name)
    problem = f"^path must end in .png or .npz, got '{re.escape(str(path))}'$"
    with pytest.raises(ValueError, match=problem):
        save(RESULT, path)
    assert list(tmp_path.iterdir()) == []


def test_blocks_are_refused_as_png_and_the_file_that_is_there_stays(tmp_path):
    blocks = quantize_image(GREY, 3, block=2)
    path = tmp_path / "picture.png"
    problem = (
        r"^a PNG palette holds at most 256 single pixels, got 8 of 2 x 2 pixels: save as \.npz$"
    )
    with pytest.raises(ValueError, match=problem):
        save(blocks, path)
    assert not path.exists()
    save(RESULT, path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=problem):
        save(blocks, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_saving_over_a_file_replaces_it_and_into_no_folder_fails(tmp_path):
    path = tmp_path / "picture.npz"
    save(quantize_image(RGB, 8), path)
    save(RESULT, path)
    assert_same(load(path), RESULT)
    assert list(tmp_path.iterdir()) == [path]
    folder = str(tmp_path / "no such")
    problem = f"^path must be in a folder that exists, but there is no folder {folder!r}$"
    with pytest.raises(FileNotFoundError, match=problem):
        save(RESULT, tmp_path / "no such" / "picture.npz")


@pytest.mark.parametrize("suffix", [".png", ".npz"])
@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_file_that_is_there_stays_if_writing_fails(step, suffix, tmp_path):
    path = tmp_path / f"picture{suffix}"
    path.write_bytes(b"precious")
    full = mock.patch.object(Path, step, side_effect=OSError(28, "No space left on device"))
    problem = "^path must be a file that can be written to: .*No space left"
    with full, pytest.raises(ValueError, match=problem):
        save(RESULT, path)
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_folder_is_not_replaced_by_a_file(tmp_path):
    folder = tmp_path / "folder.png"
    folder.mkdir()
    with pytest.raises(
        ValueError, match=r"^path must be a file that can be written to: .*directory"
    ):
        save(RESULT, folder)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_link_stays_one_and_the_file_that_it_means_is_replaced(tmp_path):
    real = tmp_path / "real.npz"
    real.write_bytes(b"")
    link = tmp_path / "link.npz"
    link.symlink_to(real)
    save(RESULT, link)
    assert link.is_symlink()
    assert_same(load(real), RESULT)


@pytest.mark.parametrize("path", [None, 3, b"picture.png", ["picture.png"], io.BytesIO()])
def test_path_of_another_kind_is_refused(path):
    given = path if isinstance(path, bytes) else str(path)
    assert_refused(f"path must end in .png or .npz, got {given!r}", save, RESULT, path)


@pytest.mark.parametrize("result", [GREY, None, "picture.png", Image.fromarray(GREY)])
def test_what_is_no_quantized_picture_is_refused(result, tmp_path):
    kind = type(result).__name__
    sentence = f"result must be a QuantizedImage, got {kind}: quantize_image makes one"
    assert_refused(sentence, save, result, tmp_path / "picture.png")
    assert_refused(sentence, save, result, RESULT)
    assert list(tmp_path.iterdir()) == []
