"""The laws of `vqlib.files`: what is saved comes back, costs what is printed, and a hostile file gets one sentence."""

import contextlib
import io
import re
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from vqlib import Codebook, files
from vqlib.files import NPZ_OVERHEAD, load, save, to_npz
from vqlib.image import diffuse, encode_image, quantize_image, sample

BITS = range(1, 9)
BYTES = st.integers(0, 255)
GREY = np.random.default_rng(1).integers(0, 256, (30, 44), np.uint8)
RGB = np.dstack([GREY, GREY[::-1], GREY[:, ::-1]])
PICTURES = {"grey": GREY, "RGB": RGB}
ONE_SENTENCE = "source must be a palette PNG or an .npz of vqlib, but the file given cannot be read as one: "


def any_pictures(elements=BYTES, most=9):
    side = st.integers(1, most)
    shapes = st.one_of(st.tuples(side, side), st.tuples(side, side, st.just(3)))
    return arrays(np.uint8, shapes, elements=elements, fill=elements)


def check_same(read, result):
    """All that a file keeps."""
    np.testing.assert_array_equal(read.picture, result.picture)
    np.testing.assert_array_equal(read.indices, result.indices)
    np.testing.assert_array_equal(read.codebook.vectors, result.codebook.vectors)
    assert (read.picture.shape, read.picture.dtype) == (result.picture.shape, np.uint8)
    assert (read.indices.dtype, read.block, read.size) == (result.indices.dtype, result.block, result.size)
    assert (read.rate, read.stored_bytes, read.entropy) == (result.rate, result.stored_bytes, result.entropy)
    assert np.isnan(read.mse)
    assert np.isnan(read.psnr)


def check_bytes(content, result):
    """The length of an .npz: what is printed, and what is around it."""
    assert len(content) == result.stored_bytes + NPZ_OVERHEAD
    by_rate = result.rate * result.pixels / 8
    assert by_rate - 1e-6 <= result.stored_bytes < by_rate + 1


# --- there and back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".png", ".npz"])
@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("kind", PICTURES)
def test_pixels_come_back_from_either_kind_of_file(kind, bits, suffix, tmp_path):
    result, path = quantize_image(PICTURES[kind], bits), tmp_path / f"picture{suffix}"
    assert save(result, path) == path.stat().st_size
    for source in (path, str(path), path.read_bytes()):
        check_same(load(source), result)
    save(result, str(path))
    assert path.read_bytes() == (result.png() if suffix == ".png" else to_npz(result))


@pytest.mark.parametrize("bits", [1, 3, 8, 9])
@pytest.mark.parametrize("block", [2, 3, 8])
@pytest.mark.parametrize("kind", PICTURES)
def test_blocks_come_back(kind, block, bits, tmp_path):
    result, path = quantize_image(PICTURES[kind], bits, block=block), tmp_path / "blocks.npz"
    check_bytes(path.read_bytes() if save(result, path) else b"", result)
    check_same(load(path), result)


@settings(max_examples=60)
@given(any_pictures(), st.integers(1, 8), st.integers(1, 3))
def test_every_small_picture_comes_back(picture, bits, block):
    result = quantize_image(picture, bits, block=block, fast=True)
    check_bytes(to_npz(result), result)
    check_same(load(to_npz(result)), result)
    if block == 1:
        check_same(load(result.png()), result)


@given(any_pictures(most=5), st.data())
def test_code_vectors_without_pixels_come_back_too(picture, data):
    code = arrays(np.uint8, st.tuples(st.integers(1, 20), st.just(1 if picture.ndim == 2 else 3)), elements=BYTES)
    result = encode_image(picture, Codebook(data.draw(code)))
    check_same(load(to_npz(result)), result)
    check_same(load(result.png()), result)


@pytest.mark.parametrize("size", [257, 1000, 65536])
@pytest.mark.parametrize("kind", PICTURES)
def test_large_codebooks_come_back_as_npz_and_are_refused_as_png(kind, size, tmp_path):
    block = 2 if kind == "grey" else 1
    code = np.full((size, 4 if kind == "grey" else 3), 7)
    code[:, 0], code[:, 1] = np.divmod(np.arange(size), 256)
    result = encode_image(PICTURES[kind], Codebook(code), block=block)
    assert result.size == size
    content = to_npz(result)
    check_bytes(content, result)
    check_same(load(content), result)
    with pytest.raises(ValueError, match=rf"^a PNG palette .* got {size} of {block} x {block} pixels: save as \.npz$"):
        save(result, tmp_path / "large.png")


def test_diffused_picture_comes_back():
    for picture, code in ((GREY, [0, 255]), (RGB, [[0, 0, 0], [255, 255, 255], [200, 30, 30]])):
        result = diffuse(picture, Codebook(code))
        check_same(load(result.png()), result)
        check_same(load(to_npz(result)), result)


@pytest.mark.parametrize("code", [[[9, 9, 9]], [[0, 0, 0], [255, 255, 255]], np.arange(256)[:, None].repeat(3, axis=1)])
def test_colour_picture_of_greys_only_comes_back_as_colour(code):
    result = encode_image(RGB, Codebook(code))
    for content in (result.png(), to_npz(result)):
        check_same(load(content), result)


@pytest.mark.parametrize("name", ["astronaut", "china"])
def test_file_of_a_sample_has_the_bytes_that_are_printed(name, tmp_path):
    for colour, bits, block in ((False, 4, 1), (True, 4, 1), (False, 4, 4)):
        result = quantize_image(sample(name, colour=colour), bits, block=block, fast=True)
        written = save(result, tmp_path / "sample.npz")
        assert written - NPZ_OVERHEAD == -(-result.indices.size * bits // 8) + 2**bits * result.codebook.dimension
        np.testing.assert_allclose(8 * (written - NPZ_OVERHEAD) / result.pixels, result.rate, rtol=1e-4)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (7, 5), (100, 100), (123, 457)])
@pytest.mark.parametrize("bits", [1, 3, 5])
def test_npz_has_its_overhead_whatever_the_shape(shape, bits):
    grey = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    for picture in (grey, np.dstack([grey, grey // 2, 255 - grey])):
        for block in (1, 3):
            result = quantize_image(picture, bits, block=block, fast=True)
            check_bytes(to_npz(result), result)


@pytest.mark.parametrize("kind", PICTURES)
def test_npz_can_be_read_without_vqlib(kind):
    result = quantize_image(PICTURES[kind], 3, block=4)
    with np.load(io.BytesIO(to_npz(result)), allow_pickle=False) as arrays_of:
        assert sorted(arrays_of) == ["codebook", "head", "indices"]
        version, height, width, block = arrays_of["head"].tolist()
        codebook, packed = arrays_of["codebook"], arrays_of["indices"]
    channels = 1 if kind == "grey" else 3
    assert (version, height, width, block) == (1, 30, 44, 4)
    assert codebook.shape == (8, 16 * channels)
    bits = "".join(format(byte, "08b") for byte in packed.tolist())
    indices = np.array([int(bits[3 * k : 3 * k + 3], base=2) for k in range(8 * 11)]).reshape(8, 11)
    np.testing.assert_array_equal(indices, result.indices)
    picture = np.zeros((32, 44, channels), np.uint8)
    for y, x in np.ndindex(8, 11):
        picture[4 * y : 4 * y + 4, 4 * x : 4 * x + 4] = codebook[indices[y, x]].reshape(4, 4, channels)
    np.testing.assert_array_equal(picture[:30].reshape(PICTURES[kind].shape), result.picture)


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("kind", PICTURES)
def test_two_other_readers_see_the_picture_in_the_png(kind, bits):
    result = quantize_image(PICTURES[kind], bits)
    content = result.png()
    assert content[24] == min(depth for depth in (1, 2, 4, 8) if depth >= bits)  # bit depth, in the header chunk
    assert content[25] == 3 or kind == "grey"
    colours = result.picture if kind == "RGB" else np.dstack([result.picture] * 3)
    with Image.open(io.BytesIO(content)) as opened:
        np.testing.assert_array_equal(opened.convert("RGB"), colours)
    by_opencv = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(by_opencv[..., ::-1], colours)


# --- files of others -----------------------------------------------------------------------------------------------


def encoded(picture, kind="PNG", **options):
    out = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(out, kind, **options)
    return out.getvalue()


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_by_hand(width, height, rows, palette):
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"PLTE", bytes(palette)), chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + b"".join([*parts, chunk(b"IEND", b"")])


def test_palette_png_of_another_program_is_read():
    content = png_by_hand(4, 2, b"\0\0\1\2\2" + b"\0\2\1\0\0", [10, 20, 30, 250, 0, 0, 10, 20, 30])
    read = load(content)
    np.testing.assert_array_equal(read.indices, [[0, 1, 2, 2], [2, 1, 0, 0]])
    np.testing.assert_array_equal(read.levels, [[10, 20, 30], [250, 0, 0], [10, 20, 30]])
    np.testing.assert_array_equal(read.picture[0], [[10, 20, 30], [250, 0, 0], [10, 20, 30], [10, 20, 30]])
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


# --- hostile files -------------------------------------------------------------------------------------------------


RESULT = quantize_image(GREY, 3)
PNG, NPZ = RESULT.png(), to_npz(RESULT)
HEAD = np.array([1, 30, 44, 1])
LEVELS = RESULT.levels[:, None]
PACKED = np.load(io.BytesIO(NPZ))["indices"]
PARTS = {"head": HEAD, "codebook": LEVELS, "indices": PACKED}


def zipped(members, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def npz(savez=np.savez, **changed):
    out = io.BytesIO()
    savez(out, **{name: array for name, array in (PARTS | changed).items() if array is not None})
    return out.getvalue()


def npz_that_claims(shape, kind="|u1", member="indices"):
    """An .npz in which the header of one array claims a shape that is not there."""
    members = {}
    for name, array in PARTS.items():
        out = io.BytesIO()
        np.save(out, array)
        members[f"{name}.npy"] = out.getvalue()
    header = io.BytesIO()
    claim = {"descr": kind, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, claim)
    return zipped(members | {f"{member}.npy": header.getvalue() + bytes(PACKED)})


def with_head(*numbers, **changed):
    """An .npz with a head of one's own."""
    return npz(head=np.array([1, *numbers], dtype=np.int64), **changed)


PALETTE_PNG, PALETTE = png_by_hand(4, 1, b"\0\0\1\2\2", range(9)), chunk(b"PLTE", bytes(range(9)))
HOSTILE = {
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
    "zip of text with the right names": zipped({f"{name}.npy": "not an array" for name in PARTS}),
    "compressed": npz(np.savez_compressed),
    "bomb": npz(np.savez_compressed, indices=np.zeros(10**8, np.uint8)),
    "pickled": npz(head=np.array([1, None, "a", 1], dtype=object)),
    "pickled codebook": npz(codebook=LEVELS.astype(object)),
    "no head": npz(head=None),
    "no codebook": npz(codebook=None),
    "no indices": npz(indices=None),
    "version 2": npz(head=np.where(np.arange(4) == 0, 2, HEAD)),
    "short head": npz(head=HEAD[:3]),
    "long head": npz(head=np.append(HEAD, 1)),
    "head of two axes": npz(head=HEAD[None]),
    "head of floats": npz(head=HEAD.astype(float)),
    "head of 32 bits": npz(head=HEAD.astype(np.int32)),
    "codebook of floats": npz(codebook=LEVELS.astype(float)),
    "indices of floats": npz(indices=PACKED.astype(float)),
    "codebook of one axis": npz(codebook=LEVELS[:, 0]),
    "codebook of three axes": npz(codebook=LEVELS[..., None]),
    "codebook too short": npz(codebook=LEVELS[:4]),
    "codebook too long": npz(codebook=np.concatenate([LEVELS, LEVELS[:1]])),
    "code vectors of two": npz(codebook=np.repeat(LEVELS, 2, axis=1)),
    "code vectors of four": npz(codebook=np.repeat(LEVELS, 4, axis=1)),
    "code vectors of none": npz(codebook=LEVELS[:, :0]),
    "no code vector": npz(codebook=LEVELS[:0]),
    "no code vector and no index": npz(codebook=LEVELS[:0], indices=PACKED[:0]),
    "indices too short": npz(indices=PACKED[:-1]),
    "indices too long": npz(indices=np.append(PACKED, 0).astype(np.uint8)),
    "indices of two axes": npz(indices=PACKED[None]),
    "index beyond the codebook": npz(codebook=LEVELS[:7]),
    "index beyond the palette": png_by_hand(4, 1, b"\0\0\1\2\3", range(9)),
    "negative version": npz(head=-HEAD),
    "negative height": with_head(-30, 44, 1),
    "negative both": with_head(-30, -44, 1),
    "negative block": with_head(30, 44, -1),
    "no height": with_head(0, 44, 1),
    "no width": with_head(30, 0, 1),
    "no block": with_head(30, 44, 0),
    "block of 65": with_head(30, 44, 65, codebook=np.zeros((8, 65**2), np.uint8)),
    "block of 2 for code vectors of 1": with_head(30, 44, 2),
    "another shape": with_head(30, 45, 1),
    "65537 code vectors": with_head(1, 8, 1, codebook=np.zeros((65537, 1), np.uint8), indices=np.zeros(17, np.uint8)),
    "a terabyte in the head": with_head(2**20, 2**20, 1),
    "more than a number holds": with_head(2**62, 2**62, 1),
    "gigabytes of one code vector": with_head(10**5, 10**5, 1, codebook=LEVELS[:1], indices=PACKED[:0]),
    "one row of large blocks": with_head(1, 10**8, 64, codebook=np.zeros((1, 4096), np.uint8), indices=PACKED[:0]),
    "PNG of no palette": b"".join(PALETTE_PNG.split(PALETTE)),
    "PNG of a gigabyte": png_by_hand(30_000, 30_000, b"\0", range(9)),
    "PNG of too many pixels": png_by_hand(11_000, 10_000, b"\0", range(9)),
}
CLAIMS = [((2**31,), "|u1"), ((10**8,), "|u1"), ((2**62,), "<i8"), ((2**20, 2**20), "|u1"), ((6,), "<U9999999")]
HOSTILE |= {
    f"{member} that claims {shape} of {kind}": npz_that_claims(shape, kind, member)
    for member in PARTS
    for shape, kind in CLAIMS
}
HOSTILE |= {f"claims {shape}": npz_that_claims(shape) for shape in [(-1,), (-(2**40),), (-5, -99), (), (495, 0)]}


@contextlib.contextmanager
def little_room():
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 50e6


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file_gets_one_clear_sentence_and_no_room(kind, tmp_path):
    with little_room(), pytest.raises(ValueError, match=f"^{re.escape(ONE_SENTENCE)}[^\n]{{5,200}}$") as caught:
        load(HOSTILE[kind])
    assert not re.search(r" object at 0x|NoneType|Traceback", str(caught.value))
    path = tmp_path / "hostile.npz"
    path.write_bytes(HOSTILE[kind])
    with pytest.raises(ValueError, match=r"^source must be .* but file '.*hostile\.npz' cannot be read as one: "):
        load(path)


def test_file_as_others_hold_it_is_read_for_all_of_these_to_be_refused_for_their_flaw():
    check_same(load(npz()), RESULT)
    check_same(load(with_head(30, 44, 1)), RESULT)
    check_same(load(npz_that_claims(PACKED.shape)), RESULT)
    assert load(PALETTE_PNG).size == 3


WHOLE = {"png": PNG, "npz": NPZ, "png of colours": quantize_image(RGB, 4).png()}


@pytest.mark.parametrize("kind", WHOLE)
def test_truncated_file_is_refused_unless_all_its_pixels_are_there(kind):
    content = WHOLE[kind]
    whole, after_the_pixels = load(content), 21 if "png" in kind else 0  # check sums, and the chunk that ends a PNG
    for length in range(len(content)):
        try:
            read = load(content[:length])
        except ValueError as error:
            assert re.match("source must be a palette PNG or", str(error))  # noqa: PT017
        else:
            assert length >= len(content) - after_the_pixels
            check_same(read, whole)


@settings(max_examples=400)
@given(
    st.sampled_from(list(WHOLE)),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=5),
    st.booleans(),
)
def test_damaged_file_gives_a_picture_or_a_value_error_and_nothing_else(kind, changes, at_the_ends):
    damaged = bytearray(WHOLE[kind])
    for place, byte in changes:
        damaged[place % 300 - 150 if at_the_ends else place % len(damaged)] = byte
    with little_room(), contextlib.suppress(ValueError):
        read = load(bytes(damaged))
        assert read.picture.dtype == np.uint8
        assert read.indices.max() < read.size


@given(st.binary(max_size=200), st.sampled_from([b"", b"PK", b"PK\3\4", PNG[:8], PNG[:33], NPZ[:200]]))
def test_any_bytes_give_a_value_error(content, start):
    with pytest.raises(ValueError, match=r"^source must be a palette PNG or"):
        load(start + content)


def test_file_that_is_empty_missing_a_folder_or_no_source_is_told(tmp_path):
    with pytest.raises(ValueError, match=rf"^{re.escape(ONE_SENTENCE)}it is empty, damaged or in another format$"):
        load(b"")
    with pytest.raises(FileNotFoundError, match=r"^source must be a palette PNG .* there is no file '.*no such\.npz'$"):
        load(tmp_path / "no such.npz")
    with pytest.raises(ValueError, match=r"^source must be a palette PNG .* but file '.*' cannot .* directory"):
        load(tmp_path)
    for source in (None, 42, GREY, io.BytesIO(NPZ)):
        with pytest.raises(ValueError, match=f"^{re.escape(ONE_SENTENCE)}.*not '?{type(source).__name__}'?$"):
            load(source)


# --- saving --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["picture.jpg", "picture", "picture.npz.gz", "picture.npy", "picture.PNG", ".png"])
@pytest.mark.parametrize("as_type", [Path, str])
def test_path_of_another_suffix_is_refused_and_nothing_is_written(name, as_type, tmp_path):
    path = as_type(tmp_path / name)
    with pytest.raises(ValueError, match=f"^path must end in .png or .npz, got '{re.escape(str(path))}'$"):
        save(RESULT, path)
    assert list(tmp_path.iterdir()) == []


def test_blocks_are_refused_as_png_and_the_file_that_is_there_stays(tmp_path):
    blocks, path = quantize_image(GREY, 3, block=2), tmp_path / "picture.png"
    problem = r"^a PNG palette holds at most 256 single pixels, got 8 of 2 x 2 pixels: save as \.npz$"
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
    check_same(load(path), RESULT)
    with pytest.raises(FileNotFoundError):
        save(RESULT, tmp_path / "no such" / "picture.npz")


def test_overhead_is_that_of_numpy():
    out = io.BytesIO()
    np.savez(out, head=HEAD, codebook=np.zeros((1, 1), np.uint8), indices=np.zeros(0, np.uint8))
    assert len(out.getvalue()) == files.NPZ_OVERHEAD + 1
