"""The laws of `vqlib.image.read_image`: the right picture, or one clear sentence."""

import contextlib
import io
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageFile

from tests.support import assert_refused, encoded, png_by_hand
from vqlib import image
from vqlib.image import quantize_image, read_image, sample
from vqlib.picture_files import refusing

COLOUR = np.random.default_rng(0).integers(0, 256, (13, 17, 3), np.uint8)
GREY = COLOUR[..., 0]
DEEP = GREY.astype(np.uint16) * 257
SMOOTH = (np.add.outer(np.arange(48), np.arange(64))[..., None] + [0, 60, 120]).astype(np.uint8)
LOSSLESS = {
    "PNG": {},
    "BMP": {},
    "TIFF": {},
    "TIFF deflate": {"compression": "tiff_adobe_deflate"},
    "PPM": {},
}
ORIENTED = {  # EXIF's number: what a viewer does to the stored pixels
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a, 1),
}


def exif(orientation, **more):
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = orientation
    notes.update({ExifTags.Base[name]: value for name, value in more.items()})
    return notes


def grey_of(rgb):
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)


# --- the right picture ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", LOSSLESS)
def test_lossless_files_read_as_opencv_reads_them(kind, tmp_path):
    path = tmp_path / f"picture.{kind.split()[0].lower()}"
    path.write_bytes(encoded(COLOUR, kind, **LOSSLESS[kind]))
    by_opencv = cv2.imread(str(path), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(read_image(path, colour=True), by_opencv[..., ::-1])
    grey_by_opencv = cv2.cvtColor(by_opencv, cv2.COLOR_BGR2GRAY)
    np.testing.assert_array_equal(read_image(path), grey_by_opencv)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_files_read_nearly_as_written(kind):
    content = encoded(SMOOTH, kind, quality=95)
    colour = read_image(content, colour=True)
    assert np.abs(colour.astype(int) - SMOOTH).mean() < 2
    np.testing.assert_array_equal(read_image(content), grey_of(colour))


def test_lossless_webp_reads_as_written():
    content = encoded(COLOUR, "WEBP", lossless=True)
    np.testing.assert_array_equal(read_image(content, colour=True), COLOUR)


@pytest.mark.parametrize("colour", [False, True])
def test_result_is_bytes_of_ones_own(colour):
    picture = read_image(encoded(COLOUR), colour=colour)
    assert picture.dtype == np.uint8
    assert picture.shape == ((13, 17, 3) if colour else (13, 17))
    picture[:] = 0


def test_grey_file_reads_as_itself():
    every = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(read_image(encoded(every)), every)
    np.testing.assert_array_equal(read_image(encoded(every), colour=True), np.dstack([every] * 3))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_first_frame_of_several_is_read(kind):
    frames = [Image.fromarray(np.full((5, 6), level, np.uint8)) for level in (40, 90, 200)]
    options = {"lossless": True} if kind == "WEBP" else {}
    first, *others = frames
    content = encoded(first, kind, save_all=True, append_images=others, **options)
    with Image.open(io.BytesIO(content)) as opened:
        assert opened.n_frames == 3
    np.testing.assert_array_equal(read_image(content), np.full((5, 6), 40))


def test_two_colours_read_as_black_and_white():
    bits = GREY > 99
    np.testing.assert_array_equal(read_image(encoded(bits)), 255 * bits)


def in_four_colours():
    """A picture of Pillow with a palette, and the palette."""
    colours = np.array([[10, 20, 30], [250, 0, 0], [0, 250, 0], [1, 2, 3]])
    picture = Image.fromarray(GREY % 4)
    picture.putpalette(colours.ravel().tolist())
    return picture, colours


@pytest.mark.parametrize("kind", ["PNG", "GIF", "TIFF", "BMP"])
def test_palettes_read_as_their_colours(kind):
    picture, colours = in_four_colours()
    seen = read_image(encoded(picture, kind), colour=True)
    np.testing.assert_array_equal(seen, colours[GREY % 4])


@pytest.mark.parametrize("transparency", [2, bytes([255, 255, 0])])
def test_transparent_palette_entry_is_white(transparency):
    picture, colours = in_four_colours()
    colours[2] = 255
    content = encoded(picture, transparency=transparency)
    np.testing.assert_array_equal(read_image(content, colour=True), colours[GREY % 4])


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP lossless"])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_put_on_white(mode, kind):
    alpha = np.resize(np.array([0, 1, 77, 128, 254, 255], np.uint8), GREY.shape)
    front = COLOUR if mode == "RGBA" else np.dstack([GREY] * 3)
    both = Image.fromarray(np.dstack([front, alpha])).convert(mode)
    options = {"lossless": True, "exact": True} if "WEBP" in kind else {}
    seen = read_image(encoded(both, kind, **options), colour=True)
    share = alpha[..., None] / 255
    on_white = share * front + (1 - share) * 255
    assert np.abs(seen - on_white).max() <= 1  # the last digit is the decoder's rounding
    assert (seen[alpha == 0] == 255).all()
    np.testing.assert_array_equal(seen[alpha == 255], front[alpha == 255])


@pytest.mark.parametrize("picture", [COLOUR, GREY, GREY > 99, DEEP], ids=["RGB", "L", "1", "I;16"])
def test_colour_named_as_transparent_is_white(picture):
    first = Image.fromarray(picture).getpixel((0, 0))
    opaque = read_image(encoded(picture), colour=True)
    seen = read_image(encoded(picture, transparency=first), colour=True)
    gone = (picture == picture[0, 0]).reshape(13, 17, -1).all(axis=2)
    assert (seen[gone] == 255).all()
    np.testing.assert_array_equal(seen[~gone], opaque[~gone])


def test_cmyk_jpeg_reads_as_the_colours_of_its_inks():
    inks = np.zeros((16, 16, 4), np.uint8)
    inks[:8, :, 0] = 255  # cyan above
    inks[8:, :, 3] = 128  # half black below
    content = encoded(Image.fromarray(inks, "CMYK"), "JPEG", quality=100)
    seen = read_image(content, colour=True).astype(int)
    assert np.abs(seen[:7] - [0, 255, 255]).max() <= 3
    assert np.abs(seen[9:] - 127).max() <= 3


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_are_scaled_to_eight_and_rounded(kind):
    deep = np.array([[0, 128, 129, 257, 32896, 65406, 65407, 65535]], np.uint16)
    seen = read_image(encoded(deep, kind))
    np.testing.assert_array_equal(seen, [[0, 0, 1, 1, 128, 254, 255, 255]])


@pytest.mark.parametrize("order", [">u2", "<u2"])
def test_sixteen_bit_tiff_of_either_byte_order(order):
    np.testing.assert_array_equal(read_image(encoded(DEEP.astype(order), "TIFF")), GREY)


def test_sixteen_bit_colour_keeps_its_ends():
    deep = np.zeros((3, 4, 3), np.uint16)
    deep[1] = 65535
    deep[2] = 0x8080
    content = cv2.imencode(".png", deep)[1].tobytes()
    np.testing.assert_array_equal(read_image(content)[:, 0], [0, 255, 128])


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_grey_of_few_bits_is_spread_over_all_of_the_range(depth):
    levels = 2**depth
    row = np.arange(8) % levels
    bits = "".join(format(level, f"0{depth}b") for level in row.tolist())
    packed = int(bits, base=2).to_bytes(depth, "big")
    content = png_by_hand(8, 1, depth, 0, b"\0" + packed)
    np.testing.assert_array_equal(read_image(content), [255 * row // (levels - 1)])


@pytest.mark.parametrize("orientation", ORIENTED)
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "TIFF lzw", "WEBP", "JPEG"])
@pytest.mark.parametrize("stored", [COLOUR, GREY], ids=["RGB", "L"])
def test_orientation_of_the_camera_is_applied(kind, orientation, stored):
    options = {"TIFF lzw": {"compression": "tiff_lzw"}, "WEBP": {"lossless": True}}.get(kind, {})
    as_stored = read_image(encoded(stored, kind, **options), colour=True)
    seen = read_image(encoded(stored, kind, exif=exif(orientation), **options), colour=True)
    np.testing.assert_array_equal(seen, ORIENTED[orientation](as_stored))


def test_orientation_is_applied_to_sixteen_bits_too():
    np.testing.assert_array_equal(read_image(encoded(DEEP, exif=exif(6))), np.rot90(GREY, -1))


def test_flaw_in_another_note_of_the_camera_does_not_matter():
    notes = exif(6, ImageDescription="by hand").tobytes()
    description = bytes.fromhex("010E 0002")  # tag and type: a text
    width = bytes.fromhex("0100 0002")
    flawed = notes.replace(description, width)  # a width that is a text
    assert flawed != notes
    seen = read_image(encoded(GREY, "JPEG", exif=flawed))
    as_stored = read_image(encoded(GREY, "JPEG", exif=exif(1)))
    np.testing.assert_array_equal(seen, np.rot90(as_stored, -1))


# --- where it comes from -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["with a space.png", "façade-日本-图片.png", "no_ending", "wrong.jpg"]
)
def test_any_name_of_a_file_will_do(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(encoded(GREY))
    np.testing.assert_array_equal(read_image(path), GREY)
    np.testing.assert_array_equal(read_image(str(path)), GREY)


def test_every_kind_of_source_gives_the_same_picture(tmp_path):
    content = encoded(GREY)
    path = tmp_path / "grey.png"
    path.write_bytes(content)
    wanted = quantize_image(GREY, 3).picture
    for source in (path, str(path), content, bytearray(content), memoryview(content)):
        np.testing.assert_array_equal(quantize_image(source, 3).picture, wanted)


@pytest.mark.parametrize("name", image.SAMPLES)
def test_samples_are_found_from_any_folder(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    colour = sample(name, colour=True)
    assert colour.ndim == 3
    np.testing.assert_array_equal(sample(name), grey_of(colour))


def test_sample_refuses_an_unknown_name():
    problem = "name must be one of camera, astronaut, coffee, china, chart, got 'lena'"
    with pytest.raises(ValueError, match=problem):
        sample("lena")


# --- one clear sentence --------------------------------------------------------------------------


def test_missing_file_is_told_by_name(tmp_path):
    problem = r"^source must be a picture file, but there is no file '.*no such\.png'$"
    with pytest.raises(FileNotFoundError, match=problem):
        read_image(tmp_path / "no such.png")


@pytest.mark.parametrize("as_type", [Path, str])
def test_folder_is_refused(as_type, tmp_path):
    problem = "^source must be a picture file, but file '.*' cannot .* Is a directory"
    with pytest.raises(ValueError, match=problem):
        read_image(as_type(tmp_path))


WANTED = "^source must be a picture file,"
AS_ONE = "cannot be read as one: "
READ = "PNG, JPEG, GIF, BMP, TIFF, WebP, AVIF, JPEG 2000 and PPM can be read"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "it is empty"),
        (b"not a picture, but text", f"it is text; {READ}"),
        (b"\x89PNG\r\n\x1a\n", ".*"),
        (b"P6 x 7 255", ".*"),
        (b"GIF89a", ".*"),
    ],
)
def test_file_that_is_no_picture_is_refused(content, problem, tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    for source, name in ((path, "file '.*picture.png'"), (content, "the file given")):
        with pytest.raises(ValueError, match=f"{WANTED} but {name} {AS_ONE}{problem}$"):
            read_image(source)


@pytest.mark.parametrize(
    "source",
    [None, 42, True, ["a.png"], ("a.png",), GREY, Image.new("L", (2, 2)), io.BytesIO(b"x")],
)
def test_source_of_another_kind_is_refused(source):
    kind = type(source).__name__
    sentence = f"source must be a picture file, as a path or as bytes, got {kind}"
    assert_refused(sentence, read_image, source)


@pytest.mark.parametrize("source", ["https://example.org/a.png", "file:///a.png"])
def test_address_is_refused(source):
    sentence = f"source must be a picture file on this machine, but {source!r} is an address"
    assert_refused(f"{sentence}: save the file first", read_image, source)


@pytest.mark.parametrize("source", ["", ".", "a\0b"])
def test_path_that_cannot_be_opened_is_refused(source):
    with pytest.raises(ValueError, match=f"{WANTED} but file '.*' cannot be opened: .*$"):
        read_image(source)


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (11_000, 10_000)])
def test_picture_too_large_is_refused_before_it_is_decoded(width, height):
    content = png_by_hand(width, height, 8, 2, b"")
    problem = f"{WANTED} but the file given {AS_ONE}it has more than 100 megapixels$"
    decoding = mock.patch.object(ImageFile.ImageFile, "load", side_effect=AssertionError("decoded"))
    with decoding, pytest.raises(ValueError, match=problem):
        read_image(content)


def test_pixels_that_are_no_whole_numbers_are_refused():
    with pytest.raises(
        ValueError, match=rf"{AS_ONE}its pixels are not 8 or 16 bit whole numbers from 0 on$"
    ):
        read_image(encoded(GREY / np.float32(255), "TIFF"))


FILES = {
    "PNG": encoded(COLOUR),
    "PNG palette": encoded(Image.fromarray(COLOUR).quantize(8), transparency=1),
    "PNG 16 bit": encoded(DEEP),
    "JPEG": encoded(COLOUR, "JPEG", exif=exif(6, ImageDescription="by hand", XResolution=72.0)),
    "JPEG progressive": encoded(GREY, "JPEG", progressive=True),
    "WEBP": encoded(COLOUR, "WEBP"),
    "WEBP lossless": encoded(COLOUR, "WEBP", lossless=True),
    "TIFF": encoded(COLOUR, "TIFF"),
    "TIFF lzw": encoded(COLOUR, "TIFF", compression="tiff_lzw"),
    "BMP": encoded(COLOUR, "BMP"),
    "GIF": encoded(Image.fromarray(COLOUR).quantize(8), "GIF"),
    "PPM": encoded(COLOUR, "PPM"),
}


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.8, 0.9])
@pytest.mark.parametrize("kind", FILES)
def test_truncated_file_is_refused(kind, share):
    content = FILES[kind]
    with pytest.raises(ValueError, match=f"{WANTED} but the file given {AS_ONE}"):
        read_image(content[: int(share * len(content))])


def test_jpeg_that_lacks_a_part_but_not_its_end_marker_passes_as_is_said():
    assert "still has its end marker" in read_image.__doc__
    whole = encoded(np.vstack([GREY] * 20), "JPEG")
    lacking = whole[: 3 * len(whole) // 4] + b"\xff\xd9"
    seen = read_image(lacking)
    np.testing.assert_array_equal(seen[:8], read_image(whole)[:8])
    assert (seen != read_image(whole)).any()


@settings(max_examples=300)
@given(st.sampled_from(list(FILES)), st.integers(0, 10**6))
def test_truncated_file_is_refused_or_whole_but_never_half_a_picture(kind, cut):
    content = FILES[kind]
    try:
        seen = read_image(content[: cut % len(content)], colour=True)
    except ValueError:
        return
    np.testing.assert_array_equal(seen, read_image(content, colour=True))


@pytest.mark.parametrize("compress_level", [0, 9])
def test_flipped_byte_of_a_png_is_noticed(compress_level):
    content = encoded(COLOUR, compress_level=compress_level)
    start = content.index(b"IDAT") + 4
    for position in range(start, len(content) - 16, 7):
        flipped = bytearray(content)
        flipped[position] ^= 0x10
        with pytest.raises(ValueError, match=f"{WANTED} .* {AS_ONE}"):
            read_image(bytes(flipped))


@settings(max_examples=1000)
@given(
    kind=st.sampled_from(list(FILES)),
    changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=5),
    in_header=st.booleans(),
    cut=st.integers(0, 10**6),
)
def test_damaged_file_gives_a_picture_or_a_value_error_and_nothing_else(
    kind, changes, in_header, cut
):
    damaged = bytearray(FILES[kind])
    reach = min(120, len(damaged)) if in_header else len(damaged)
    for position, byte in changes:
        damaged[position % reach] = byte
    damaged = damaged[: cut % (4 * len(damaged))]  # three in four are not cut
    # Else a damaged header may ask for a minute of work.
    limit = mock.patch.object(refusing, "MEGAPIXELS", 1)
    with limit, contextlib.suppress(ValueError):
        seen = read_image(bytes(damaged))
        assert (seen.dtype, seen.ndim) == (np.uint8, 2)
