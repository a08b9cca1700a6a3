"""What stands beside the pixels of a file, damaged or endless, does not keep them from us."""

import zlib

import numpy as np
import pytest
from PIL import ExifTags, Image

from tests.picture_files import awkward as by_hand
from tests.picture_files.awkward import exif_by_hand, jpeg_segment
from tests.support import encoded, png_chunk
from vqlib.image import read_image
from vqlib.picture_files.tags import orientation

RGB = np.random.default_rng(2).integers(0, 256, (6, 9, 3), np.uint8)
GREY = RGB[..., 0]
TURNED = np.rot90(RGB, -1)
TWO_MEGABYTES = zlib.compress(bytes(2 * 10**6))


def read(content):
    return read_image(content, colour=True)


# --- PNG -----------------------------------------------------------------------------------------


def with_wrong_check_sum(chunk):
    return chunk[:-1] + bytes([chunk[-1] ^ 1])


PNG_NOTES = {
    "long zTXt": png_chunk(b"zTXt", b"key\0\0" + TWO_MEGABYTES),
    "long iTXt": png_chunk(b"iTXt", b"key\0\1\0\0\0" + TWO_MEGABYTES),
    "long iCCP": png_chunk(b"iCCP", b"name\0\0" + TWO_MEGABYTES),
    "iCCP of no method": png_chunk(b"iCCP", b"name\0\7junk"),
    "iCCP of nothing": png_chunk(b"iCCP", b""),
    "many texts": png_chunk(b"tEXt", b"key\0" + bytes(10**6)) * 70,
    "text that is no text": png_chunk(b"iTXt", b"\xff\0\0\0\xff\0\xff\0\xff"),
    "wrong check sum": with_wrong_check_sum(png_chunk(b"tEXt", b"key\0value")),
    "eXIf of junk": png_chunk(b"eXIf", b"junk"),
    "eXIf of nothing": png_chunk(b"eXIf", b""),
    "eXIf with a wrong check sum": with_wrong_check_sum(png_chunk(b"eXIf", exif_by_hand(6))),
    "short gAMA": png_chunk(b"gAMA", b"1"),
    "short cHRM": png_chunk(b"cHRM", b"1"),
    "short pHYs": png_chunk(b"pHYs", b"1"),
    "animation of no frames": png_chunk(b"acTL", b""),
    "private": png_chunk(b"prVt", b"junk"),
    "suggested palette": png_chunk(b"PLTE", bytes(30)),
    "suggested palette with a wrong check sum": with_wrong_check_sum(png_chunk(b"PLTE", bytes(30))),
    "suggested palette of no length": png_chunk(b"PLTE", bytes(10)),
}


@pytest.mark.parametrize("note", PNG_NOTES.values(), ids=PNG_NOTES)
def test_note_in_a_png_does_not_matter(note):
    np.testing.assert_array_equal(read(by_hand.png(RGB, 8, 2, note)), RGB)
    plain = by_hand.png(RGB, 8, 2)
    end = png_chunk(b"IEND", b"")
    np.testing.assert_array_equal(read(plain.removesuffix(end) + note + end), RGB)


def test_what_follows_the_end_does_not_matter():
    for content in (by_hand.png(RGB, 8, 2), encoded(RGB, "JPEG"), encoded(RGB, "GIF")):
        np.testing.assert_array_equal(read(content + content), read(content))
        np.testing.assert_array_equal(read(content + b"junk"), read(content))


@pytest.mark.parametrize("before_the_pixels", [True, False])
def test_orientation_in_a_png_is_applied_wherever_it_stands(before_the_pixels):
    note = png_chunk(b"eXIf", exif_by_hand(6))
    content = by_hand.png(RGB, 8, 2, note)
    if not before_the_pixels:
        end = png_chunk(b"IEND", b"")
        content = content.replace(note, b"").replace(end, note + end)
    np.testing.assert_array_equal(read(content), TURNED)


@pytest.mark.parametrize("kind", [b"IHDR", b"PLTE", b"tRNS", b"IDAT"])
def test_wrong_check_sum_of_pixels_is_refused(kind):
    palette = [png_chunk(b"PLTE", bytes(768)), png_chunk(b"tRNS", b"\0")]
    content = bytearray(by_hand.png(GREY, 8, 3, *palette))
    place = content.index(kind)
    length = int.from_bytes(content[place - 4 : place], "big")
    content[place + 4 + length] ^= 1
    with pytest.raises(
        ValueError, match=f"it is a PNG that is damaged in its chunk {kind.decode()}"
    ):
        read(bytes(content))


def test_png_without_its_header_or_palette_is_refused():
    content = by_hand.png(GREY, 8, 3)
    with pytest.raises(ValueError, match=r"it is a PNG of indices without their palette$"):
        read(content)
    other_first = content[:8] + png_chunk(b"CgBI", bytes(4)) + content[8:]
    with pytest.raises(ValueError, match=r"it is a PNG without the header that must come first$"):
        read(other_first)


# --- JPEG ----------------------------------------------------------------------------------------

JPEG = encoded(RGB, "JPEG", quality=95)
JPEG_NOTES = {
    "EXIF of junk": jpeg_segment(0xFFE1, b"Exif\0\0junk"),
    "EXIF of nothing": jpeg_segment(0xFFE1, b"Exif\0\0"),
    "cut EXIF": jpeg_segment(0xFFE1, b"Exif\0\0" + exif_by_hand(6)[:15]),
    "short JFIF": jpeg_segment(0xFFE0, b"JFIF\0"),
    "cut Photoshop": jpeg_segment(0xFFED, b"Photoshop 3.0\x008BIM\4"),
    "MPF of junk": jpeg_segment(0xFFE2, b"MPF\0junk"),
    "cut ICC": jpeg_segment(0xFFE2, b"ICC_PROFILE\0"),
    "ICC of junk": jpeg_segment(0xFFE2, b"ICC_PROFILE\0\1\2junk"),
    "short Adobe": jpeg_segment(0xFFEE, b"Adobe"),
    "cut XMP": jpeg_segment(0xFFE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmp"),
    "comment": jpeg_segment(0xFFFE, b"\xff\xd8\xff\xda"),
    "filling": b"\xff\xff\xff",
    "long filling": b"\xff" * 10**7,
    "nothing": jpeg_segment(0xFFE5, b""),
}


@pytest.mark.parametrize("note", JPEG_NOTES.values(), ids=JPEG_NOTES)
def test_note_in_a_jpeg_does_not_matter(note):
    np.testing.assert_array_equal(read(JPEG[:2] + note + JPEG[2:]), read(JPEG))


def test_first_picture_of_several_in_a_jpeg_is_read():
    first = Image.fromarray(RGB)
    content = encoded(first, "MPO", save_all=True, append_images=[Image.fromarray(255 - RGB)])
    assert b"MPF\0" in content
    np.testing.assert_array_equal(read(content), read(encoded(RGB, "JPEG")))


# --- TIFF ----------------------------------------------------------------------------------------

TIFF_NOTES = {
    "private": {50000: (4, [1]), 65000: (1, [7] * 9)},
    "resolution that is no number": {282: (1, [65, 66]), 283: (1, [65])},
    "profile": {34675: (1, [7] * 9)},
    "XMP": {700: (1, [60] * 30)},
    "EXIF elsewhere": {34665: (4, [10**9])},
    "preview alone": {254: (4, [1])},
}


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("tags", TIFF_NOTES.values(), ids=TIFF_NOTES)
def test_note_in_a_tiff_does_not_matter(tags, order):
    content = by_hand.tiff(RGB, by_hand.IS_RGB, order=order, tags=tags)
    np.testing.assert_array_equal(read(content), RGB)


@pytest.mark.parametrize("tag", [700, 34675, 34000])
def test_note_in_a_tiff_may_lie_beyond_the_file(tag):
    content = by_hand.tiff(RGB, by_hand.IS_RGB, tags={tag: (4, [1, 2, 3])})
    entry = tag.to_bytes(2, "little") + b"\4\0"
    place = content.index(entry) + 4
    for count, value in ((3, 10**9), (2**31, 8)):
        wrong = count.to_bytes(4, "little") + value.to_bytes(4, "little")
        np.testing.assert_array_equal(read(content[:place] + wrong + content[place + 8 :]), RGB)


@pytest.mark.parametrize("options", [{}, {"compression": "tiff_lzw"}, {"big_tiff": True}])
def test_tiff_that_is_cut_off_in_its_tags_is_no_picture_of_another_kind(options):
    picture = Image.fromarray(np.dstack([GREY, GREY[::-1]]))
    content = encoded(picture, "TIFF", **options)
    whole = read(content)
    for length in range(8, len(content)):
        try:
            seen = read(content[:length])
        except ValueError:
            continue
        np.testing.assert_array_equal(seen, whole)


# --- others --------------------------------------------------------------------------------------


@pytest.mark.parametrize("note", [b"junk", b"Exif\0\0", b"Exif\0\0II*\0\x08\0\0\0\xff\xff"])
def test_damaged_note_of_the_camera_in_a_webp_does_not_matter(note):
    np.testing.assert_array_equal(read(encoded(RGB, "WEBP", lossless=True, exif=note)), RGB)


def test_note_of_the_camera_in_an_avif_is_applied_and_if_damaged_it_does_not_matter():
    options = {"quality": 100, "subsampling": "4:4:4"}
    plain = read(encoded(RGB, "AVIF", **options))
    turned = encoded(RGB, "AVIF", exif=exif_by_hand(6), **options)
    np.testing.assert_array_equal(read(turned), np.rot90(plain, -1))
    notes = Image.Exif()
    notes[ExifTags.Base.ImageDescription] = "by hand"
    kept = encoded(RGB, "AVIF", exif=notes, **options)
    start = notes.tobytes().removeprefix(b"Exif\0\0")[:8]
    assert kept.count(start) == 1
    np.testing.assert_array_equal(read(kept.replace(start, b"any junk")), plain)


def test_comment_in_a_gif_does_not_matter():
    content = encoded(GREY, "GIF", comment=b"\xff" * 1000)
    np.testing.assert_array_equal(read(content)[..., 0], GREY)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("held", range(1, 9))
def test_orientation_is_read_in_either_order_of_bytes(held, order):
    assert orientation(exif_by_hand(held, order)) == held
    assert orientation(b"Exif\0\0" + exif_by_hand(held, order)) == held


@pytest.mark.parametrize("held", [0, 9, 65535])
def test_orientation_that_there_is_not_counts_as_none(held):
    assert orientation(exif_by_hand(held)) == 1


def test_orientation_of_damaged_notes_counts_as_none():
    notes = exif_by_hand(6)
    assert {orientation(notes[:length]) for length in range(22)} == {1}
    for place in range(len(notes)):
        for byte in (0, 1, 127, 255):
            assert 1 <= orientation(notes[:place] + bytes([byte]) + notes[place + 1 :]) <= 8
