"""What the reader has set in Pillow, NumPy and Python changes no picture, and is left as it is."""

import warnings
from threading import Thread
from unittest import mock

import numpy as np
import pytest
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    PngImagePlugin,
    TiffImagePlugin,
)

from tests.picture_files import awkward as by_hand
from tests.support import encoded
from vqlib.image import read_image

RGB = np.random.default_rng(4).integers(0, 256, (20, 30, 3), np.uint8)
ALPHA = np.dstack([RGB, RGB[::-1, :, :1]])
INDEXED = Image.fromarray(RGB).quantize(40)
FILES = {
    "PNG": encoded(RGB),
    "PNG stored": encoded(RGB, compress_level=0),
    "PNG palette": encoded(INDEXED, transparency=3),
    "PNG 16 bit": by_hand.png(RGB.astype(np.uint16) * 250, 16, 2),
    "JPEG": encoded(RGB, "JPEG"),
    "JPEG progressive": encoded(RGB, "JPEG", progressive=True),
    "JPEG of inks": encoded(Image.fromarray(ALPHA, "RGBA").convert("RGB").convert("CMYK"), "JPEG"),
    "GIF": encoded(INDEXED, "GIF", transparency=3, disposal=2),
    "BMP": encoded(RGB, "BMP"),
    "BMP of 32 bits": by_hand.bmp(ALPHA, 32),
    "TIFF": encoded(RGB, "TIFF"),
    "TIFF planes": by_hand.tiff(RGB, by_hand.IS_RGB, planes=True),
    "TIFF lzw": encoded(RGB, "TIFF", compression="tiff_lzw"),
    "WEBP": encoded(ALPHA, "WEBP"),
    "WEBP lossless": encoded(RGB, "WEBP", lossless=True),
    "AVIF": encoded(RGB, "AVIF"),
    "JPEG2000": encoded(RGB, "JPEG2000"),
    "PPM": encoded(RGB, "PPM"),
    "PPM of text": b"P3 2 1 255 1 2 3 4 5 6",
}
WHOLE = {kind: read_image(content, colour=True) for kind, content in FILES.items()}
each_kind = pytest.mark.parametrize("kind", FILES)


def settings():
    """All that a reader may have set, and we might have changed."""
    modules = (Image, ImageFile, PngImagePlugin, TiffImagePlugin, BmpImagePlugin, GifImagePlugin)
    plain = (bool, int, float, str, type(None))
    found = []
    for module in modules:
        found += [(name, value) for name, value in vars(module).items() if isinstance(value, plain)]
    registered = (dict(Image.OPEN), [*Image.ID], dict(Image.DECODERS), dict(Image.EXTENSION))
    return found, registered, [*warnings.filters], np.geterr()


@pytest.fixture
def everything_set(monkeypatch):
    """Each setting as unkind as it can be."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    monkeypatch.setattr(ImageFile, "MAXBLOCK", 1)
    monkeypatch.setattr(ImageFile, "SAFEBLOCK", 1)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1)
    monkeypatch.setattr(PngImagePlugin, "MAX_TEXT_CHUNK", 1)
    monkeypatch.setattr(TiffImagePlugin, "READ_LIBTIFF", False)
    monkeypatch.setattr(BmpImagePlugin, "USE_RAW_ALPHA", True, raising=False)
    monkeypatch.setattr(AvifImagePlugin, "DECODE_CODEC_CHOICE", "none")
    always = GifImagePlugin.LoadingStrategy.RGB_ALWAYS
    monkeypatch.setattr(GifImagePlugin, "LOADING_STRATEGY", always)
    with mock.patch.dict(Image.OPEN, clear=True), np.errstate(all="raise"):
        yield


@each_kind
@pytest.mark.usefixtures("everything_set")
def test_settings_change_no_picture_and_are_not_changed(kind):
    before = settings()
    np.testing.assert_array_equal(read_image(FILES[kind], colour=True), WHOLE[kind])
    assert settings() == before


@each_kind
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99])
@pytest.mark.usefixtures("everything_set")
def test_half_a_picture_is_refused_whatever_is_set(kind, share):
    content = FILES[kind]
    try:
        seen = read_image(content[: int(share * len(content))], colour=True)
    except ValueError:
        return
    assert share > 0.7  # what is cut off is no pixel
    np.testing.assert_array_equal(seen, WHOLE[kind])


@pytest.mark.usefixtures("everything_set")
def test_damaged_pixels_of_a_png_are_refused_whatever_is_set():
    one_row = by_hand.png_by_hand(30, 20, 8, 2, b"\0" + bytes(90))
    with pytest.raises(ValueError, match="it is a PNG that is cut off: rows are missing"):
        read_image(one_row)
    unknown_filter = by_hand.png_by_hand(2, 2, 8, 0, b"\0\1\2" + b"\x09\3\4")
    with pytest.raises(ValueError, match="it is PNG, but cut off, damaged"):
        read_image(unknown_filter)


def test_formats_that_others_registered_do_not_matter():
    opener = mock.Mock(side_effect=AssertionError("asked"))
    heic = b"\0\0\0\x18ftypheic" + bytes(12)
    others = dict.fromkeys((*Image.OPEN, "HEIF"), (opener, opener))
    with mock.patch.dict(Image.OPEN, others), mock.patch.object(Image, "ID", ["HEIF", *Image.ID]):
        np.testing.assert_array_equal(read_image(FILES["PNG"], colour=True), RGB)
        with pytest.raises(ValueError, match=r"it is HEIC \(HEIF\); "):
            read_image(heic)


def test_tags_that_pillow_warns_of_do_not_matter():
    content = by_hand.tiff(RGB, by_hand.IS_RGB, tags={by_hand.COMPRESSION: (3, [1, 1])})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        np.testing.assert_array_equal(read_image(content, colour=True), RGB)
    assert caught == []


def test_threads_read_at_the_same_time_and_leave_the_filters_of_warnings():
    filters = [*warnings.filters]
    seen = []

    def read_all():
        for content in FILES.values():
            seen.append(read_image(content, colour=True))  # noqa: PERF401

    threads = [Thread(target=read_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 4 * len(FILES)
    assert warnings.filters == filters
