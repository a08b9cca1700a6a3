"""Pictures without the notes beside them.

A text, a colour profile, a thumbnail or a maker's private tag says nothing of the pixels, but
damaged or too long it could make a decoder refuse the picture. So all that has no bearing on pixels
is taken out of a file before it is decoded.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from .formats import CAN_BE_READ
from .png_rows import has_all_rows
from .refusing import NOT_WHOLE, CannotBeReadError, check_pixels
from .tags import (
    BITS,
    CHANNELS,
    DNG_VERSION,
    PHOTOMETRIC,
    PIXEL_TAGS,
    PLANES,
    SIGN,
    SUB_DIRECTORIES,
    SUBFILE_TYPE,
    Directory,
    Entry,
    orientation,
    read_directory,
    with_entries,
)


class Bare(NamedTuple):
    """A picture file without notes, and what the notes say of its pixels."""

    content: bytes
    orientation: int = 0
    """As EXIF counts, 1 to 8; 0 if the notes are still in the file."""
    transparent: tuple[int, ...] = ()
    """The samples of the one grey or colour of a PNG that is transparent, if there is one."""
    white_is_zero: bool = False
    """Whether the samples of a TIFF are still to be inverted."""


# --- PNG -----------------------------------------------------------------------------------------

PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_INDICES = 3
"""The colour type whose palette counts; with colours it is a mere suggestion."""
_SAMPLES = {0: 1, 2: 3}
"""Of a pixel, by colour type, where one grey or colour can be named as transparent."""


def png_chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of the chunks of a PNG file.

    A chunk without bearing on pixels is left out if its check sum is wrong, and what follows the
    pixels may be cut off.

    Raises
    ------
    CannotBeReadError
        If another chunk is cut off or has a wrong check sum.
    """
    place = len(PNG_START)
    while place + 8 <= len(png):
        length, kind = struct.unpack_from(">I4s", png, place)
        content = png[place + 8 : place + 8 + length]
        stored = png[place + 8 + length : place + 12 + length]
        place += 12 + length
        if stored == struct.pack(">I", zlib.crc32(content, zlib.crc32(kind))):
            yield kind, content
        elif kind in _PNG_PIXELS and (kind != b"PLTE" or png[25] == _INDICES):
            what = "cut off" if place > len(png) else "damaged"
            raise CannotBeReadError(f"it is a PNG that is {what} in its chunk {kind.decode()}")
        if kind == b"IEND":
            return


def _bare_png(png: bytes) -> Bare:
    chunks = list(png_chunks(png))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        raise CannotBeReadError("it is a PNG without the header that must come first")
    held = orientation(next((content for kind, content in chunks if kind == b"eXIf"), b""))
    header = chunks[0][1]
    transparent: tuple[int, ...] = ()
    kept = [chunks[0]]
    for kind, content in chunks[1:]:
        if kind == b"tRNS" and header[9] in _SAMPLES:
            count = _SAMPLES[header[9]]
            transparent = _transparent_samples(content[: 2 * count], depth=header[8])
        elif kind in _PNG_PIXELS[1:] and (kind != b"PLTE" or header[9] == _INDICES):
            kept.append((kind, content))
    if header[9] == _INDICES and b"PLTE" not in dict(kept):
        raise CannotBeReadError("it is a PNG of indices without their palette")
    width, height = struct.unpack_from(">II", header)
    check_pixels((width, height))
    if not has_all_rows(header, (content for kind, content in kept if kind == b"IDAT")):
        raise CannotBeReadError("it is a PNG that is cut off: rows are missing")
    kept.append((b"IEND", b""))
    return Bare(PNG_START + b"".join(_png_chunk(*chunk) for chunk in kept), held, transparent)


def _png_chunk(kind: bytes, content: bytes) -> bytes:
    check_sum = zlib.crc32(content, zlib.crc32(kind))
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check_sum)


def _transparent_samples(content: bytes, depth: int) -> tuple[int, ...]:
    """Of each two bytes the lowest `depth` bits, as they are decoded: spread to 8 bits if fewer."""
    samples = struct.unpack(f">{len(content) // 2}H", content[: len(content) // 2 * 2])
    spread = 255 // (2**depth - 1) if depth < 8 else 1
    return tuple(spread * (sample & (2**depth - 1)) for sample in samples)


# --- JPEG ----------------------------------------------------------------------------------------


_MARKER = re.compile(rb"\xff[\xc0-\xfe]")


def _bare_jpeg(jpeg: bytes) -> Bare:
    """Keeps of the notes (APPn and comments) those that tell which colours are meant."""
    kept = [jpeg[:2]]
    held = 0
    place = 2
    # Between segments there may be filling.
    while (found := _MARKER.search(jpeg, place)) and found[0] != b"\xff\xda":
        place = found.start()
        marker, length = struct.unpack_from(">HH", jpeg, place)
        segment = jpeg[place : place + 2 + length]
        place += 2 + length
        if marker == 0xFFE1 and segment[4:10] == b"Exif\0\0":
            held = held or orientation(segment[4:])
        if _bears_on_pixels(marker, segment[4:]):
            kept.append(segment)
    rest = jpeg[found.start() :] if found else b""
    return Bare(b"".join([*kept, rest]), held or 1)


def _bears_on_pixels(marker: int, content: bytes) -> bool:
    if marker == 0xFFE0:
        return content.startswith(b"JFIF\0") and len(content) >= 14
    if marker == 0xFFEE:
        return content.startswith(b"Adobe") and len(content) >= 12
    return not (0xFFE0 <= marker <= 0xFFEF or marker == 0xFFFE)


# --- TIFF ----------------------------------------------------------------------------------------


def _bare_tiff(tiff: bytes) -> Bare:
    directory = read_directory(tiff)
    tags = {tag for tag, *_ in directory.entries}
    is_preview = SUB_DIRECTORIES in tags and directory.number(SUBFILE_TYPE, 0) & 1
    if is_preview or DNG_VERSION in tags:
        what = "a raw photograph of a camera (DNG, NEF, ARW or the like)"
        raise CannotBeReadError(f"it is {what}; {CAN_BE_READ}")
    white_is_zero = directory.number(PHOTOMETRIC, 1) == 0
    entries = [entry for entry in directory.entries if entry[0] in PIXEL_TAGS]
    # Pillow would go on without what is missing, as if it were a picture of another kind.
    is_cut_off = any(directory.is_cut_off(entry, len(tiff)) for entry in entries)
    if is_cut_off or not directory.is_whole:
        raise CannotBeReadError("it is a TIFF that is cut off or damaged")
    _check_samples(directory, tiff)
    if white_is_zero:
        entries = [_with_black_as_zero(entry, directory.order) for entry in entries]
    bare = with_entries(tiff, directory, entries)
    return Bare(bare, orientation(tiff), white_is_zero=white_is_zero)


def _check_samples(directory: Directory, tiff: bytes) -> None:
    """Refuses what Pillow cannot open, and planes that it cuts to 8 bits or mixes up."""
    bits = max(directory.numbers(BITS, tiff), default=1)
    # Of no sign, and of no kind that is told.
    if bits > 16 or set(directory.numbers(SIGN, tiff)) - {1, 4}:
        raise CannotBeReadError(NOT_WHOLE)
    is_grey = directory.number(PHOTOMETRIC, 1) <= 1
    in_planes = directory.number(PLANES, 1) == 2 and directory.number(CHANNELS, 1) > 1
    if in_planes and (bits > 8 or is_grey):
        what = "a TIFF with its channels apart (PlanarConfiguration 2)"
        raise CannotBeReadError(f"it is {what}, which is read in colour of 8 bits only")


def _with_black_as_zero(entry: Entry, order: str) -> Entry:
    """The samples stay as they are; Pillow would invert some of them, not all."""
    if entry[0] != PHOTOMETRIC:
        return entry
    tag, _, _, value = entry
    return tag, 3, 1, struct.pack(order + "H", 1).ljust(len(value), b"\0")


# --- JPEG 2000 ------------------------------------------------------------------------------------

_SIZES = re.compile(rb"(?s)\xff\x4f\xff\x51.{36}(..)(.)")
"""The start of a code stream up to the number of its channels and the bits of the first one."""


def _bare_jpeg_2000(jpeg: bytes) -> Bare:
    """Refuses what Pillow decodes wrongly: it rounds 16-bit white up to 256, and keeps the 0."""
    sizes = _SIZES.search(jpeg)
    if sizes is not None:
        channels = int.from_bytes(sizes[1], "big")
        bits = (sizes[2][0] & 0x7F) + 1
        if channels > 1 and bits > 8:
            raise CannotBeReadError("it is JPEG 2000 in colour of more than 8 bits a sample")
    return Bare(jpeg)


# --- AVIF ----------------------------------------------------------------------------------------


def _bare_avif(avif: bytes) -> Bare:
    """An AVIF tells how it is held apart from the camera's notes, and Pillow hands it on."""
    return Bare(re.sub(rb"(?s)(infe\x02.{7})Exif", rb"\1none", avif))


_BARE = {
    "PNG": _bare_png,
    "JPEG": _bare_jpeg,
    "TIFF": _bare_tiff,
    "JPEG 2000": _bare_jpeg_2000,
    "AVIF": _bare_avif,
}


def without_notes(content: bytes, name: str) -> Bare:
    """A file of this format without notes; the formats that are not listed hold none that harm."""
    strip = _BARE.get(name)
    return Bare(content) if strip is None else strip(content)
