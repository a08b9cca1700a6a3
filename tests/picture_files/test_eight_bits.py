"""Pixels keep their meaning: each kind of sample becomes the grey or colour that viewers show."""

import io
import struct

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.picture_files import awkward as by_hand
from tests.support import encoded, png_by_hand, png_chunk
from vqlib.image import read_image

RANDOM = np.random.default_rng(3)
DEPTHS = (1, 2, 4, 8, 16)
RGBA = RANDOM.integers(0, 256, (6, 9, 4), np.uint8)
DEEP = RANDOM.integers(0, 65536, (6, 9, 4)).astype(np.uint16)
NOT_WHOLE = "cannot be read as one: its pixels are not 8 or 16 bit whole numbers from 0 on$"
ORDERS = pytest.mark.parametrize("order", "<>")


def read(content):
    return read_image(content, colour=True).astype(int)


def greys(depth, shape=(6, 8)):
    """Samples of so many bits, the lowest and the highest among them."""
    samples = RANDOM.integers(0, 2**depth, shape).astype(np.uint16 if depth > 8 else np.uint8)
    samples[0, :2] = (0, 2**depth - 1)
    return samples


def eight_bits(shares):
    """Shares of white as bytes, a half goes up; grey as RGB."""
    bytes_ = np.floor(255 * np.asarray(shares) + 0.5).astype(int)
    return np.dstack([bytes_] * 3) if bytes_.ndim == 2 else np.broadcast_to(bytes_, (6, 9, 3))


def on_white(colours, alphas):
    """Shares of white of colours (height, width, channels) with alphas (height, width)."""
    return colours * alphas[..., None] + 1 - alphas[..., None]


# --- PNG -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", DEPTHS)
def test_grey_png_of_any_depth(depth):
    samples = greys(depth)
    wanted = eight_bits(samples / (2**depth - 1))
    np.testing.assert_array_equal(read(by_hand.png(samples, depth, 0)), wanted)


@pytest.mark.parametrize("depth", DEPTHS)
def test_transparent_grey_of_any_depth_is_white_and_no_other(depth):
    samples = greys(depth)
    for grey in (0, 2**depth - 1, int(samples[3, 3])):
        wanted = eight_bits(samples / (2**depth - 1))
        wanted[samples == grey] = 255
        note = png_chunk(b"tRNS", struct.pack(">H", grey))
        np.testing.assert_array_equal(read(by_hand.png(samples, depth, 0, note)), wanted)


def test_of_a_transparent_grey_only_the_bits_of_a_sample_count():
    samples = greys(2)
    wanted = eight_bits(samples / 3)
    wanted[samples == 1] = 255
    note = png_chunk(b"tRNS", struct.pack(">H", 0xFFFD))
    np.testing.assert_array_equal(read(by_hand.png(samples, 2, 0, note)), wanted)


@pytest.mark.parametrize("pixels", [RGBA[..., :3], DEEP[..., :3]], ids=["8 bits", "16 bits"])
def test_transparent_colour_is_white_and_its_neighbours_are_not(pixels):
    pixels = pixels.copy()
    pixels[0, :3] = [[9, 8, 7], [9, 8, 6], [8, 8, 7]]
    depth = 8 * pixels.itemsize
    wanted = eight_bits(pixels / (2**depth - 1))
    wanted = wanted.copy()
    wanted[0, 0] = 255
    note = png_chunk(b"tRNS", struct.pack(">3H", 9, 8, 7))
    np.testing.assert_array_equal(read(by_hand.png(pixels, depth, 2, note)), wanted)


@pytest.mark.parametrize("content", [b"", b"\0", b"\0\1\0"])
def test_transparency_of_too_few_bytes_is_none(content):
    wanted = RGBA[..., :3]
    note = png_chunk(b"tRNS", content)
    np.testing.assert_array_equal(read(by_hand.png(wanted, 8, 2, note)), wanted)


@pytest.mark.parametrize(("colour_type", "channels"), [(2, 3), (6, 4), (4, 2)])
def test_sixteen_bits_of_colour_and_alpha_are_rounded_not_cut(colour_type, channels):
    samples = DEEP[..., :channels]
    shares = samples / 65535
    if channels in (2, 4):
        shares = on_white(shares[..., :-1], shares[..., -1])
    seen = read(by_hand.png(samples, 16, colour_type))
    np.testing.assert_array_equal(seen, eight_bits(shares))


def test_sixteen_bits_of_one_grey_are_the_same_in_grey_and_in_colour():
    every = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    as_grey = read_image(by_hand.png(every, 16, 0))
    np.testing.assert_array_equal(as_grey, (every.astype(int) + 128) // 257)
    as_colour = read_image(by_hand.png(np.dstack([every] * 3), 16, 2), colour=True)
    np.testing.assert_array_equal(as_colour, np.dstack([as_grey] * 3))


PALETTE = png_chunk(b"PLTE", bytes(range(12)))


@pytest.mark.parametrize("alphas", [b"\0\x64", b"\0\x64\xff\xff" + b"\xff" * 400])
def test_palette_with_alphas_is_put_on_white(alphas):
    indices = greys(2)
    shares = np.arange(12).reshape(4, 3) / 255
    alpha = np.array([0, 100, 255, 255]) / 255
    wanted = on_white(shares[None], alpha[None])[0][indices] * 255
    seen = read(by_hand.png(indices, 8, 3, PALETTE, png_chunk(b"tRNS", alphas)))
    assert np.abs(seen - wanted).max() <= 0.5 + 1e-9


def test_index_beyond_the_palette_is_black():
    content = png_by_hand(4, 1, 8, 3, b"\0\0\1\3\4", PALETTE)
    np.testing.assert_array_equal(read(content), [[[0, 1, 2], [3, 4, 5], [9, 10, 11], [0, 0, 0]]])


@pytest.mark.parametrize("colour_type", [0, 2])
def test_profile_and_gamma_are_not_applied(colour_type):
    samples = RGBA[..., 0] if colour_type == 0 else RGBA[..., :3]
    gamma = png_chunk(b"gAMA", struct.pack(">I", 100_000))
    np.testing.assert_array_equal(
        read(by_hand.png(samples, 8, colour_type, gamma)),
        read(by_hand.png(samples, 8, colour_type)),
    )


# --- TIFF ----------------------------------------------------------------------------------------


@ORDERS
@pytest.mark.parametrize("photometric", [by_hand.WHITE_IS_ZERO, by_hand.BLACK_IS_ZERO])
@pytest.mark.parametrize("depth", DEPTHS)
def test_grey_tiff_of_any_depth_with_black_or_white_as_zero(depth, photometric, order):
    samples = greys(depth)
    shares = samples / (2**depth - 1)
    wanted = shares if photometric == by_hand.BLACK_IS_ZERO else 1 - shares
    content = by_hand.tiff(samples, photometric, depth, order)
    np.testing.assert_array_equal(read(content), eight_bits(wanted))


@pytest.mark.parametrize("photometric", [by_hand.WHITE_IS_ZERO, by_hand.BLACK_IS_ZERO])
def test_twelve_bits_go_up_to_white(photometric):
    samples = greys(12)
    shares = samples / 4095
    wanted = shares if photometric == by_hand.BLACK_IS_ZERO else 1 - shares
    np.testing.assert_array_equal(read(by_hand.tiff(samples, photometric, 12)), eight_bits(wanted))


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits", "group4"])
def test_white_as_zero_is_inverted_in_compressed_files_too(compression):
    picture = Image.fromarray(greys(8) > 99)
    picture = picture if compression == "group4" else picture.convert("L")
    options = {"compression": compression, "tiffinfo": {by_hand.PHOTOMETRIC: 0}}
    content = encoded(picture, "TIFF", **options)
    with Image.open(io.BytesIO(content)) as opened:
        assert opened.tag_v2[by_hand.PHOTOMETRIC] == 0
        by_pillow = np.asarray(opened.convert("RGB"))
    np.testing.assert_array_equal(read(content), by_pillow)


@ORDERS
@pytest.mark.parametrize("samples", [RGBA, DEEP], ids=["8 bits", "16 bits"])
@pytest.mark.parametrize("extra", [0, by_hand.PREMULTIPLIED, by_hand.PLAIN_ALPHA])
def test_fourth_channel_of_a_tiff_is_what_its_tag_says(samples, extra, order):
    shares = samples / np.iinfo(samples.dtype).max
    if extra == by_hand.PREMULTIPLIED:
        samples = np.minimum(samples, samples[..., 3:])
        shares = samples / np.iinfo(samples.dtype).max
        wanted = shares[..., :3] + 1 - shares[..., 3:]
    else:
        wanted = on_white(shares[..., :3], shares[..., 3]) if extra else shares[..., :3]
    tags = {by_hand.EXTRA: (3, [extra])}
    seen = read(by_hand.tiff(samples, by_hand.IS_RGB, order=order, tags=tags))
    # Pillow divides 8-bit colours by their alpha first, which costs a grey value.
    assert np.abs(seen - eight_bits(wanted)).max() <= (1 if samples.itemsize == 1 else 0)


@pytest.mark.parametrize("photometric", [by_hand.WHITE_IS_ZERO, by_hand.BLACK_IS_ZERO])
def test_grey_with_alpha_in_a_tiff_is_put_on_white(photometric):
    grey, alpha = np.moveaxis(RGBA[..., :2] / 255, 2, 0)
    grey = grey if photometric == by_hand.BLACK_IS_ZERO else 1 - grey
    tags = {by_hand.EXTRA: (3, [by_hand.PLAIN_ALPHA])}
    seen = read(by_hand.tiff(RGBA[..., :2].copy(), photometric, tags=tags))
    assert np.abs(seen - eight_bits(on_white(grey[..., None], alpha))).max() <= 1


@ORDERS
@pytest.mark.parametrize("samples", [RGBA, DEEP], ids=["8 bits", "16 bits"])
def test_inks_of_a_tiff_are_multiplied(samples, order):
    shares = samples / np.iinfo(samples.dtype).max
    wanted = (1 - shares[..., :3]) * (1 - shares[..., 3:])
    seen = read(by_hand.tiff(samples, by_hand.IS_CMYK, order=order))
    assert np.abs(seen - eight_bits(wanted)).max() <= (1 if samples.itemsize == 1 else 0)


@ORDERS
def test_channels_in_planes_of_their_own_are_put_together(order):
    samples = RGBA[..., :3]
    content = by_hand.tiff(samples, by_hand.IS_RGB, order=order, planes=True)
    np.testing.assert_array_equal(read(content), samples)


@ORDERS
@pytest.mark.parametrize("samples", [RGBA, DEEP], ids=["8 bits", "16 bits"])
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_planes_that_would_be_cut_or_mixed_up_are_refused(samples, channels, order):
    samples = samples[..., :channels]
    meaning = by_hand.IS_RGB if channels == 3 else by_hand.BLACK_IS_ZERO
    tags = {by_hand.EXTRA: (3, [by_hand.PLAIN_ALPHA])} if channels == 2 else {}
    content = by_hand.tiff(samples, meaning, order=order, planes=True, tags=tags)
    if channels == 1 or (channels == 3 and samples.itemsize == 1):
        assert read(content).shape == (6, 9, 3)
        return
    problem = "it is a TIFF with its channels apart .*, which is read in colour of 8 bits only$"
    with pytest.raises(ValueError, match=problem):
        read(content)


@ORDERS
@pytest.mark.parametrize("sign", [2, 3, 5, 6])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int32, np.float32, np.float64])
def test_samples_that_are_signed_or_real_numbers_are_refused(kind, channels, sign, order):
    tags = {by_hand.SIGN: (3, [sign] * channels)}
    meaning = by_hand.IS_RGB if channels == 3 else by_hand.BLACK_IS_ZERO
    content = by_hand.tiff(np.ones((6, 9, channels), kind), meaning, order=order, tags=tags)
    with pytest.raises(ValueError, match=NOT_WHOLE):
        read(content)


@ORDERS
@pytest.mark.parametrize("kind", [1, 3, 4])
@pytest.mark.parametrize("channels", [1, 3])
def test_number_of_bits_may_be_of_any_type_of_whole_number(kind, channels, order):
    meaning = by_hand.IS_RGB if channels == 3 else by_hand.BLACK_IS_ZERO
    tags = {by_hand.BITS: (kind, [32] * channels)}
    content = by_hand.tiff(np.ones((6, 9, channels), np.uint32), meaning, order=order, tags=tags)
    with pytest.raises(ValueError, match=NOT_WHOLE):
        read(content)


@ORDERS
@pytest.mark.parametrize("kind", [np.uint32, np.uint64])
@pytest.mark.parametrize("channels", [1, 3])
def test_samples_of_32_bits_and_more_are_refused_however_small(kind, channels, order):
    meaning = by_hand.IS_RGB if channels == 3 else by_hand.BLACK_IS_ZERO
    for top in (255, 65535, 2**31):
        samples = np.full((2, 3, channels), top, kind)
        content = by_hand.tiff(samples, meaning, order=order)
        with pytest.raises(ValueError, match=NOT_WHOLE):
            read(content)


# --- GIF -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_colour", [True, False])
@pytest.mark.parametrize("options", [{}, {"transparency": 3}])
def test_screen_around_the_first_frame_of_a_gif_is_white(options, in_colour):
    colours = np.arange(12).reshape(4, 3) * 20 if in_colour else np.arange(12).reshape(4, 3) // 3
    indices = greys(2, (6, 9))
    frame = Image.fromarray(indices)
    frame.putpalette(colours.astype(np.uint8).tobytes())
    content = bytearray(encoded(frame, "GIF", optimize=False, **options))
    place = content.index(b"," + struct.pack("<4H", 0, 0, 9, 6))
    struct.pack_into("<HH", content, 6, 20, 15)
    struct.pack_into("<HH", content, place + 1, 4, 5)
    wanted = np.full((15, 20, 3), 255)
    wanted[5:11, 4:13] = colours[indices]
    if options:
        wanted[5:11, 4:13][indices == 3] = 255
    np.testing.assert_array_equal(read(bytes(content)), wanted)


# --- JPEG 2000 -----------------------------------------------------------------------------------


def jpeg_2000(samples):
    return cv2.imencode(".jp2", samples)[1].tobytes()


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_white_in_a_jpeg_2000_is_white(kind):
    white = np.full((40, 40), np.iinfo(kind).max, kind)
    np.testing.assert_array_equal(read(jpeg_2000(white)), 255)
    if kind == np.uint8:
        np.testing.assert_array_equal(read(jpeg_2000(np.dstack([white] * 3))), 255)


@pytest.mark.parametrize("channels", [3, 4])
def test_deep_colours_of_a_jpeg_2000_are_refused(channels):
    content = jpeg_2000(np.full((40, 40, channels), 65535, np.uint16))
    code_stream = content[content.index(b"\xff\x4f\xff\x51") :]
    problem = "it is JPEG 2000 in colour of more than 8 bits a sample$"
    for start in (content, code_stream):
        with pytest.raises(ValueError, match=problem):
            read(start)


# --- BMP and JPEG --------------------------------------------------------------------------------


def bgra(alpha):
    return np.dstack([RGBA[..., 2::-1], np.broadcast_to(alpha, (6, 9))]).astype(np.uint8)


@pytest.mark.parametrize("masks", [b"", by_hand.BGRA_MASKS], ids=["plain", "alpha declared"])
def test_alpha_of_a_bmp_that_is_0_everywhere_is_none(masks):
    content = by_hand.bmp(bgra(0), 32, masks)
    np.testing.assert_array_equal(read(content), RGBA[..., :3])


def test_alpha_of_a_bmp_counts_if_it_is_declared():
    np.testing.assert_array_equal(read(by_hand.bmp(bgra(RGBA[..., 3]), 32)), RGBA[..., :3])
    seen = read(by_hand.bmp(bgra(RGBA[..., 3]), 32, by_hand.BGRA_MASKS))
    wanted = on_white(RGBA[..., :3] / 255, RGBA[..., 3] / 255)
    assert np.abs(seen - eight_bits(wanted)).max() <= 1


@pytest.mark.parametrize(
    ("masks", "red_step"), [((0xF800, 0x7E0, 0x1F), 2048), ((0x7C00, 0x3E0, 0x1F), 1024)]
)
def test_colours_of_sixteen_bits_in_a_bmp(masks, red_step):
    pixels = np.array([[masks[0], masks[1], masks[2], sum(masks), 16 * red_step, 0]], "<u2")
    seen = read(by_hand.bmp(pixels, 16, struct.pack("<3I", *masks)))[0]
    pure = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]
    np.testing.assert_array_equal(seen[:4], pure)
    assert abs(seen[4, 0] - 255 * 16 / 31) < 1
    np.testing.assert_array_equal(seen[5], 0)


def test_inks_of_an_adobe_jpeg_are_stored_inverted():
    inks = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    content = encoded(inks, "JPEG", quality=100)
    assert b"Adobe" in content
    assert np.abs(read(content) - [255, 0, 0]).max() <= 3


def test_jpeg_without_a_mark_is_of_luma_and_chroma():
    content = encoded(Image.new("RGB", (16, 16), (200, 30, 60)), "JPEG", quality=100)
    without_jfif = content[:2] + content[20:]
    assert content[6:10] == b"JFIF"
    np.testing.assert_array_equal(read(without_jfif), read(content))
    assert np.abs(read(content) - [200, 30, 60]).max() <= 3
