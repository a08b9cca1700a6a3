"""A file that cannot be read is told by the name of its format, whatever the name of the file."""

import gzip
import io

import numpy as np
import pytest

from tests.picture_files import awkward as by_hand
from tests.support import GREY, RGB, assert_refused, encoded
from vqlib.image import read_image
from vqlib.picture_files.formats import READABLE, format_name

READ = "PNG, JPEG, GIF, BMP, TIFF, WebP, AVIF, JPEG 2000 and PPM can be read"
OF_PILLOW = {
    "PNG": "PNG",
    "JPEG": "JPEG",
    "MPO": "JPEG",
    "GIF": "GIF",
    "BMP": "BMP",
    "TIFF": "TIFF",
    "TIFF big": "TIFF",
    "WEBP": "WebP",
    "AVIF": "AVIF",
    "JPEG2000": "JPEG 2000",
    "PPM": "PPM",
}


@pytest.mark.parametrize("kind", OF_PILLOW)
def test_formats_that_are_read_are_told_by_their_bytes(kind):
    options = {"big_tiff": True} if "big" in kind else {}
    content = encoded(RGB, kind, **options)
    assert format_name(content) == OF_PILLOW[kind]
    assert read_image(content).shape == GREY.shape


def test_every_format_that_is_promised_is_read():
    assert {*OF_PILLOW.values()} == {*READABLE}
    for name in READABLE:
        assert name.replace("JPEG 2000", "JPEG\n    2000") in read_image.__doc__ or (
            name in read_image.__doc__
        )


@pytest.mark.parametrize("kind", ["1", "L", "RGB"])
def test_pbm_and_pgm_are_ppm(kind):
    content = {
        "1": b"P1 2 1 1 0",
        "L": b"P2\n# made by hand\n2 1 255 0 255",
        "RGB": b"P5 2 1 255 \0",
    }
    assert format_name(content[kind]) == "PPM"


def saved_by_numpy(save):
    out = io.BytesIO()
    save(out, np.zeros(3))
    return out.getvalue()


def container(*brands):
    """The first box of a file of moving or still pictures."""
    content = b"ftyp" + brands[0] + bytes(4) + b"".join(brands)
    return (len(content) + 4).to_bytes(4, "big") + content + b"\0\0\0\x08free"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n"
XML = b'<?xml version="1.0"?>\n'
OTHERS = {
    "HEIC (HEIF)": [
        container(b"heic", b"mif1"),
        container(b"mif1", b"heic"),
        container(b"heix"),
        container(b"msf1", b"hevc"),
        container(b"avci", b"mif1"),
        container(b"avcs"),
    ],
    "a raw photograph of a camera (CR3)": [container(b"crx ", b"isom")],
    "video (MOV)": [container(b"qt  "), b"\0\0\0\x20moov", b"\0\1\0\0mdat"],
    "video (MP4)": [container(b"isom", b"mp42"), container(b"mp42"), container(b"M4V ", b"M4A ")],
    "sound (M4A)": [container(b"M4A ", b"mp42")],
    "JPEG XL": [b"\xff\x0a\xfa\x7f", b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl "],
    "SVG, a drawing": [
        SVG,
        XML + SVG,
        b"\xef\xbb\xbf" + XML + b"<!-- made by hand -->\n" + SVG,
        b"\n  " + SVG,
        (XML + SVG).decode().encode("utf-16"),
        XML + b'<?xml-stylesheet href="a"?><!-- > -->' + SVG,
        XML + b'<!DOCTYPE svg [ <!ENTITY a "<html>"> ]>' + SVG,
        b'<svg:svg xmlns:svg="http://www.w3.org/2000/svg"/>',
        "<svg><text>façade</text></svg>".encode("latin-1"),
        "<svg><text>图片</text></svg>".encode("gbk"),
    ],
    "SVG, a drawing, compressed (SVGZ)": [gzip.compress(XML + SVG, mtime=0)],
    "a gzip archive": [gzip.compress(b"text", mtime=0), b"\x1f\x8b\x08junk"],
    "PDF": [
        b"%PDF-1.7\n%\xe2\xe3",
        b"\n\n  %PDF-1.4\n%\xe2\xe3\0",
        b"\xef\xbb\xbf%PDF-1.7\n",
        HTTP + b"%PDF-1.4\n\0\1",
    ],
    "PostScript (PS or EPS)": [
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"\4%!PS-Adobe-3.0 EPSF-3.0\n",
        b"\xc5\xd0\xd3\xc6\x20\0\0\0",
    ],
    "PFM, a picture of real numbers": [
        b"PF\n1 1\n-1.0\n" + bytes(12),
        b"Pf\n1 1\n-1.0\n" + bytes(4),
    ],
    "PAM": [b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nENDHDR\n\0", b"P7 332\n1 1 255\n\0"],
    "damaged: it has something before its PNG signature": [
        HTTP + encoded(GREY),
        b"\r\n" + encoded(GREY),
        b"\0" + encoded(GREY),
    ],
    "damaged: it has something before its JPEG signature": [
        HTTP + encoded(GREY, "JPEG"),
        b"\r\n" + encoded(GREY, "JPEG"),
    ],
    "a Photoshop document (PSD)": [b"8BPS\0\1" + bytes(20)],
    "a raw photograph of a camera (CR2)": [b"II*\0\x10\0\0\0CR\2\0"],
    "a raw photograph of a camera (RAF)": [b"FUJIFILMCCD-RAW 0201"],
    "a raw photograph of a camera (RW2)": [b"IIU\0\x18\0\0\0"],
    "a raw photograph of a camera (ORF)": [b"IIRO\x08\0\0\0"],
    "a web page (HTML), not the picture on it": [
        b"<!DOCTYPE html>\n<html>",
        b"<html><body>" + SVG,
        b"\n<HTML>",
        b"<!-- saved from url=(0019)http://example.org/ -->\n<html><body>" + SVG,
        b"<!-- saved -->\n<!DOCTYPE html><html>" + SVG,
        XML + b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML"><html>' + SVG,
        XML + b'<html xmlns="http://www.w3.org/1999/xhtml">' + SVG,
        "<!DOCTYPE html><title>façade</title>".encode("latin-1"),
        "<html><head><title>找不到</title>".encode("gbk"),
    ],
    "XML": [XML + b"<a/>", XML + b"<a>" + SVG, b"<b>not</b> a picture", b"<!---->" * 140],
    "JSON, or another text": [b'{"a": 1}', b"[1, 2]"],
    "text": [
        b"not a picture, but text",
        b"BM but no bitmap",
        "façade".encode(),
        "façade".encode("latin-1"),
        "图片".encode("utf-16"),
    ],
    "the text of a data URL": [b"data:image/png;base64,iVBORw0KGgo="],
    "a pointer of Git LFS: `git lfs pull` fetches the file itself": [
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    ],
    "an array of NumPy (.npy): np.load reads it": [saved_by_numpy(np.save)],
    "arrays of NumPy (.npz): np.load reads them": [
        saved_by_numpy(np.savez),
        saved_by_numpy(np.savez_compressed),
    ],
    "a ZIP archive": [b"PK\3\4" + bytes(40), b"PK\5\6" + bytes(18)],
    "a TAR archive": [b"a.png".ljust(257, b"\0") + b"ustar\0" + b"00" + bytes(247)],
    "a Zstandard archive": [b"\x28\xb5\x2f\xfd" + bytes(20)],
    "an Office document (DOC, XLS or PPT)": [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20)],
    "a text document (RTF)": [rb"{\rtf1\ansi text}"],
    "an icon (ICO)": [encoded(GREY, "ICO")],
    "TGA": [encoded(RGB, "TGA")],
    "PCX": [encoded(RGB, "PCX")],
    "QOI": [encoded(RGB, "QOI")],
    "SGI": [encoded(RGB, "SGI")],
    "DDS": [encoded(RGB, "DDS")],
    "video (AVI)": [b"RIFF\0\0\0\0AVI LIST"],
    "video (WebM or Matroska)": [b"\x1aE\xdf\xa3" + bytes(20)],
    "damaged or in a format that is not known here": [
        bytes(1000),
        bytes(range(200, 256)),
        b"\x89PNG\n\x1a\n" + bytes(20),  # line ends were "corrected" on the way
        b"\n" * 2000,
    ],
}
EACH = [(name, content) for name, contents in OTHERS.items() for content in contents]


@pytest.mark.parametrize(("name", "content"), EACH)
def test_other_format_is_told_by_name_with_those_that_are_read(name, content, tmp_path):
    sentence = f"cannot be read as one: it is {name}; {READ}"
    given = "source must be a picture file, but the file given"
    assert_refused(f"{given} {sentence}", read_image, content)
    path = tmp_path / "picture.jpg"
    path.write_bytes(content)
    assert_refused(
        f"source must be a picture file, but file {str(path)!r} {sentence}", read_image, path
    )


@pytest.mark.parametrize("tags", [{50706: (1, [1, 4, 0, 0])}, {254: (4, [1]), 330: (4, [8])}])
def test_raw_photograph_is_not_mistaken_for_its_preview(tags):
    content = by_hand.tiff(GREY, by_hand.BLACK_IS_ZERO, tags=tags)
    what = "a raw photograph of a camera (DNG, NEF, ARW or the like)"
    sentence = f"the file given cannot be read as one: it is {what}; {READ}"
    assert_refused(f"source must be a picture file, but {sentence}", read_image, content)


@pytest.mark.parametrize("kind", OF_PILLOW)
def test_damaged_file_is_told_by_its_format(kind):
    content = encoded(RGB, kind)
    with pytest.raises(ValueError, match=f"it is (a )?{OF_PILLOW[kind]}[ ,]"):
        read_image(content[: len(content) // 2])


def test_kind_of_bitmap_that_is_not_decoded_is_told():
    masks = b"".join(mask.to_bytes(4, "little") for mask in (0xF00, 0xF0, 0xF))
    content = by_hand.bmp(np.zeros((2, 2), "<u2"), 16, masks)
    with pytest.raises(ValueError, match=r"it is BMP, but .* of a rare kind \(Unsupported BMP"):
        read_image(content)
