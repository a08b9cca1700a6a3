"""The list of tags of a TIFF file, which is also the form of a camera's notes (EXIF)."""

import struct
from typing import NamedTuple

ORIENTATION = 274
PHOTOMETRIC = 262
SUBFILE_TYPE = 254
SUB_DIRECTORIES = 330
BITS = 258
CHANNELS = 277
PLANES = 284
SIGN = 339
DNG_VERSION = 50706

# Adobe's "TIFF Revision 6.0" and its supplements: size, bits, compression, meaning of the samples,
# and where strips and tiles are.
PIXEL_TAGS = {256, 257, BITS, 259, PHOTOMETRIC, 266, 273, CHANNELS, 278, 279, PLANES, 292, 293}
PIXEL_TAGS |= {317, 320, 322, 323, 324, 325, 332, 338, SIGN, 347, 50674}
PIXEL_TAGS |= {*range(512, 522), *range(529, 533)}


class Layout(NamedTuple):
    """How a list of tags is laid out, in the letters of `struct`."""

    start: int
    """Where it is told where the list begins."""
    place: str
    number: str
    entry: str
    """Tag, type, number of values, and the value or where it is."""


CLASSIC = Layout(4, "I", "H", "HHI4s")
BIG = Layout(8, "Q", "Q", "HHQ8s")
"""BigTIFF, for files of more than 4 GiB."""
_BYTES_OF_TYPE = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Of the types of values that take more than one byte."""
_LETTERS = {1: "B", 3: "H", 4: "I"}
"""Of the types of whole numbers from 0 on."""

Entry = tuple[int, int, int, bytes]


class Directory(NamedTuple):
    """The first list of tags of a file."""

    order: str
    """Of bytes: "<" or ">"."""
    layout: Layout
    place: int
    entries: list[Entry]
    is_whole: bool
    """Whether all entries are there, not cut off with the end of the file."""

    def number(self, tag: int, default: int) -> int:
        """The value of a tag that is one whole number; `default` if it is not there."""
        for found, kind, _, value in self.entries:
            if found == tag and kind in (3, 4):
                (number,) = struct.unpack_from(self.order + {3: "H", 4: "I"}[kind], value)
                return int(number)
        return default

    def numbers(self, tag: int, tiff: bytes) -> tuple[int, ...]:
        """All values of a tag of whole numbers, wherever they are; none without it."""
        for found, kind, count, value in self.entries:
            if found == tag and kind in _LETTERS:
                values = f"{self.order}{count}{_LETTERS[kind]}"
                if struct.calcsize(values) <= len(value):
                    return struct.unpack_from(values, value)
                (start,) = struct.unpack(self.order + self.layout.place, value)
                return struct.unpack_from(values, tiff, start)
        return ()

    def is_cut_off(self, entry: Entry, length: int) -> bool:
        """Whether the values of an entry lie beyond a file of so many bytes."""
        _, kind, count, value = entry
        size = count * _BYTES_OF_TYPE.get(kind, 1)
        if size <= len(value):
            return False
        (start,) = struct.unpack(self.order + self.layout.place, value)
        return bool(start + size > length)


def read_directory(tiff: bytes) -> Directory:
    """The first list of tags, as much of it as is there.

    Raises
    ------
    KeyError, struct.error
        If there is none.
    """
    order = {b"II": "<", b"MM": ">"}[tiff[:2]]
    layout = BIG if b"+" in tiff[2:4] else CLASSIC
    (place,) = struct.unpack_from(order + layout.place, tiff, layout.start)
    (count,) = struct.unpack_from(order + layout.number, tiff, place)
    first = place + struct.calcsize(order + layout.number)
    length = struct.calcsize(order + layout.entry)
    entries = []
    for start in range(first, min(first + count * length, len(tiff) - length + 1), length):
        entries.append(struct.unpack_from(order + layout.entry, tiff, start))  # noqa: PERF401
    return Directory(order, layout, place, entries, is_whole=len(entries) == count)


def with_entries(tiff: bytes, directory: Directory, entries: list[Entry]) -> bytes:
    """The file with these entries, not more than it has, and with its first picture only."""
    file = bytearray(tiff)
    order = directory.order
    struct.pack_into(order + directory.layout.number, file, directory.place, len(entries))
    place = directory.place + struct.calcsize(order + directory.layout.number)
    for entry in entries:
        struct.pack_into(order + directory.layout.entry, file, place, *entry)
        place += struct.calcsize(order + directory.layout.entry)
    struct.pack_into(order + directory.layout.place, file, place, 0)
    return bytes(file)


def orientation(exif: bytes) -> int:
    """How a camera was held, 1 to 8, from its notes (EXIF); 1 if they are damaged."""
    try:
        noted = read_directory(exif.removeprefix(b"Exif\0\0")).number(ORIENTATION, 1)
    except (KeyError, struct.error):
        return 1
    return noted if 1 <= noted <= 8 else 1
