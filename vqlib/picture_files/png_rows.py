"""Whether a PNG holds all of its rows; Pillow leaves black those that were never stored."""

import struct
import zlib
from collections.abc import Iterable

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Of each pass of an interlaced picture: its first row and column, and the steps to the next ones.
_ADAM7 = (
    (0, 0, 8, 8),
    (0, 4, 8, 8),
    (4, 0, 8, 4),
    (0, 2, 4, 4),
    (2, 0, 4, 2),
    (0, 1, 2, 2),
    (1, 0, 2, 1),
)
_AT_ONCE = 1 << 20


def has_all_rows(header: bytes, parts: Iterable[bytes]) -> bool:
    """Whether the compressed parts unpack to as many bytes as the header asks for.

    Raises
    ------
    KeyError, zlib.error
        If there is no such colour type, or the parts are damaged.
    """
    missing = _bytes_of_rows(header)
    unpacker = zlib.decompressobj()
    for rest in parts:
        while missing > 0:
            unpacked = unpacker.decompress(rest, _AT_ONCE)
            missing -= len(unpacked)
            rest = unpacker.unconsumed_tail  # noqa: PLW2901
            if len(unpacked) < _AT_ONCE:
                break
    return missing <= 0


def _bytes_of_rows(header: bytes) -> int:
    width, height, depth, colour_type, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    bits: int = depth * _CHANNELS[colour_type]
    if not interlaced:
        return int(height * _bytes_of_row(width, bits))
    total = 0
    for row, column, down, right in _ADAM7:
        rows = -(-(height - row) // down)
        total += max(0, rows) * _bytes_of_row(-(-(width - column) // right), bits)
    return total


def _bytes_of_row(width: int, bits: int) -> int:
    """With the byte of the filter; a pass may have no pixels, and then no rows."""
    return 1 + -(-width * bits // 8) if width > 0 else 0
