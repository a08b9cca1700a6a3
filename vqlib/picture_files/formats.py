"""What kind of file some bytes are, told from what they begin with, never from a file's name."""

import codecs
import re
import zlib

READABLE = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WebP", "AVIF", "JPEG 2000", "PPM")
"""Names of the formats that are read; PPM stands for PBM and PGM, too."""
CAN_BE_READ = f"{', '.join(READABLE[:-1])} and {READABLE[-1]} can be read"

# Where the bytes stand, the bytes, and whose they are. The longer of two comes first.
_SIGNATURES = (
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff\xf7", "JPEG-LS"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (8, b"WEBP", "WebP"),
    (0, b"II*\0\x10\0\0\0CR", "a raw photograph of a camera (CR2)"),
    (0, b"II\x1a\0\0\0HEAPCCDR", "a raw photograph of a camera (CRW)"),
    (0, b"FUJIFILMCCD-RAW", "a raw photograph of a camera (RAF)"),
    (0, b"IIU\0", "a raw photograph of a camera (RW2)"),
    (0, b"IIR", "a raw photograph of a camera (ORF)"),
    (0, b"MMOR", "a raw photograph of a camera (ORF)"),
    (0, b"FOVb", "a raw photograph of a camera (X3F)"),
    (0, b"\0MRM", "a raw photograph of a camera (MRW)"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"II+\0", "TIFF"),
    (0, b"MM\0+", "TIFF"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"II\xbc", "JPEG XR"),
    (0, b"\x8aMNG", "MNG, an animation"),
    (0, b"\x8bJNG", "JNG"),
    (0, b"8BPS", "a Photoshop document (PSD)"),
    (0, b"gimp xcf", "a GIMP document (XCF)"),
    (0, b"%!PS", "PostScript (PS or EPS)"),
    (0, b"\4%!PS", "PostScript (PS or EPS)"),
    (0, b"\xc5\xd0\xd3\xc6", "PostScript (PS or EPS)"),
    (0, b"%PDF-", "PDF"),
    (0, b"\0\0\1\0", "an icon (ICO)"),
    (0, b"icns", "an icon (ICNS)"),
    (0, b"qoif", "QOI"),
    (0, b"DDS ", "DDS"),
    (0, b"\x01\xda", "SGI"),
    (0, b"\n\5\1", "PCX"),
    (0, b"v/1\1", "OpenEXR"),
    (0, b"#?RADIANCE", "Radiance HDR"),
    (0, b"SIMPLE  =", "FITS"),
    (0, b"\x89HDF\r\n", "HDF5"),
    (0, b"AT&TFORM", "DjVu"),
    (0, b"BPG\xfb", "BPG"),
    (0, b"FLIF", "FLIF"),
    (0, b"\xd7\xcd\xc6\x9a", "WMF"),
    (40, b" EMF", "EMF"),
    (128, b"DICM", "DICOM"),
    (0, b"\x93NUMPY", "an array of NumPy (.npy): np.load reads it"),
    (0, b"PK\5\6", "a ZIP archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xbc\xaf'\x1c", "a 7z archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (257, b"ustar", "a TAR archive"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document (DOC, XLS or PPT)"),
    (0, b"{\\rtf", "a text document (RTF)"),
    (0, b"\xfd7zXZ\0", "an xz archive"),
    (8, b"AVI ", "video (AVI)"),
    (8, b"WAVE", "sound (WAV)"),
    (0, b"\x1aE\xdf\xa3", "video (WebM or Matroska)"),
    (0, b"\0\0\1\xba", "video (MPEG)"),
    (0, b"FLV\1", "video (FLV)"),
    (4, b"moov", "video (MOV)"),
    (4, b"mdat", "video (MOV)"),
    (0, b"ID3", "sound (MP3)"),
    (0, b"OggS", "sound or video (Ogg)"),
)

# What is found, too, where something stands before it: white space, headers of a download.
_LATER = (
    (rb"(?m)^(?:\xef\xbb\xbf|[^\S\n])*+%PDF-\d", "PDF"),
    (rb"\x89PNG\r\n\x1a\n", "damaged: it has something before its PNG signature"),
    (rb"\xff\xd8\xff[\xc0-\xfe]", "damaged: it has something before its JPEG signature"),
)

# Brands of the containers that begin with a box `ftyp`, the first that is found names the file.
_BRANDS = (
    (rb"crx ", "a raw photograph of a camera (CR3)"),
    (rb"avi[fs]", "AVIF"),
    (rb"he[iv][cxms]|mif[12]|msf1|avc[is]", "HEIC (HEIF)"),
    (rb"^M4[AB] ", "sound (M4A)"),
    (rb"qt  ", "video (MOV)"),
)

# What may come before the root of XML: declarations, comments and a DOCTYPE, but not that of HTML.
_PROLOGUE = r"(?s)(?>\s+|<\?.*?\?>|<!--.*?-->|<!doctype (?!html)[^\[>]*(?:\[.*?\]\s*)?>)*+"
# What a text begins with, after white space.
_TEXTS = (
    (_PROLOGUE + r"<(svg:)?svg\b", "SVG, a drawing"),
    (
        _PROLOGUE + r"<(!doctype )?(html|head|body|title)\b",
        "a web page (HTML), not the picture on it",
    ),
    (r"<[?!a-z]", "XML"),
    (r"version https://git-lfs", "a pointer of Git LFS: `git lfs pull` fetches the file itself"),
    (r"data:", "the text of a data URL"),
    (r"[{\[]", "JSON, or another text"),
    (r"/\* xpm", "XPM"),
    (r"#define\b.*_width", "XBM"),
    (r"", "text"),
)


def format_name(content: bytes) -> str:
    """The format of a file by name, as in `READABLE` or in words; "" if it is not known here."""
    for start, signature, name in _SIGNATURES:
        if content.startswith(signature, start):
            return name
    if content[4:8] == b"ftyp":
        return _name_of_container(content)
    if content[:2] == b"BM" and content[14:18] in _BMP_HEADERS:
        return "BMP"
    if content.startswith((b"PK\3\4", b"\x1f\x8b")):
        return _name_of_archive(content)
    if content[-18:-1] == b"TRUEVISION-XFILE.":
        return "TGA"
    first = content[:1024]
    patterns = (*_OF_LETTERS, *_LATER)
    found = (name for pattern, name in patterns if re.search(pattern, first))
    return next(found, "") or _name_of_text(first)


# Netpbm's formats, which have few letters and then white space.
_OF_LETTERS = (
    (rb"^P[1-6][\s#]", "PPM"),
    (rb"^P[fF]\s", "PFM, a picture of real numbers"),
    (rb"^P7\s", "PAM"),
)


_BMP_HEADERS = {bytes([length, 0, 0, 0]) for length in (12, 40, 52, 56, 64, 108, 124)}


def told(content: bytes, can_be_read: str = CAN_BE_READ) -> str:
    """What a file is that cannot be read, and what can be."""
    if not content:
        return "it is empty"
    name = format_name(content) or "damaged or in a format that is not known here"
    return f"it is {name}; {can_be_read}"


def _name_of_container(content: bytes) -> str:
    length = int.from_bytes(content[:4], "big")
    brands = content[8 : min(length, 200)]
    for pattern, name in _BRANDS:
        if re.search(pattern, brands):
            return name
    return "video (MP4)"


def _name_of_archive(content: bytes) -> str:
    if content.startswith(b"PK"):
        is_npz = b".npy" in content[30:200]
        return "arrays of NumPy (.npz): np.load reads them" if is_npz else "a ZIP archive"
    try:
        start = zlib.decompressobj(wbits=31).decompress(content, 1000)
    except zlib.error:
        start = b""
    is_svg = _name_of_text(start).startswith("SVG")
    return "SVG, a drawing, compressed (SVGZ)" if is_svg else "a gzip archive"


def _name_of_text(start: bytes) -> str:
    is_utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    # In another code, as Latin-1 or GBK, the letters of ASCII can be read, and they are enough.
    decoder = codecs.getincrementaldecoder("utf-16" if is_utf16 else "utf-8")("replace")
    text = decoder.decode(start).removeprefix("\ufeff").strip()
    is_binary = re.search(r"[\x00-\x08\x0e-\x1f]", text) or 2 * text.count("\ufffd") > len(text)
    if not text or is_binary:
        return ""
    return next(name for pattern, name in _TEXTS if re.match(pattern, text, re.IGNORECASE))
