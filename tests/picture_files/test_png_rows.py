"""All rows of a PNG must be there, whatever its size, depth and interlacing."""

import struct
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vqlib.picture_files.png_rows import has_all_rows

DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = [
    "16462646",
    "77777777",
    "56565656",
    "77777777",
    "36463646",
    "77777777",
    "56565656",
    "77777777",
]
"""The pass of each pixel of a square of 8 x 8, as the specification draws them."""


def pixels_by_pass(width, height):
    """How many pixels each row of each pass has, counted one by one."""
    rows = {}
    for y in range(height):
        for x in range(width):
            row = (ADAM7[y % 8][x % 8], y)
            rows[row] = rows.get(row, 0) + 1
    return rows.values()


@given(
    width=st.integers(1, 20),
    height=st.integers(1, 20),
    kind=st.sampled_from([(kind, depth) for kind in DEPTHS for depth in DEPTHS[kind]]),
    interlaced=st.booleans(),
    cuts=st.lists(st.integers(0, 100), max_size=3),
)
def test_one_byte_less_is_not_all(width, height, kind, interlaced, cuts):
    colour_type, depth = kind
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, interlaced)
    pixels = pixels_by_pass(width, height) if interlaced else [width] * height
    bits = depth * CHANNELS[colour_type]
    size = sum(1 + -(-count * bits // 8) for count in pixels)
    for length, is_all in ((size, True), (size + 5, True), (size - 1, False), (0, False)):
        packed = zlib.compress(bytes(length))
        places = [0, *sorted(cut % len(packed) for cut in cuts), len(packed)]
        parts = [packed[a:b] for a, b in pairwise(places)]
        assert has_all_rows(header, parts) == is_all


def test_damage_is_told():
    header = struct.pack(">IIBBBBB", 9, 9, 8, 0, 0, 0, 0)
    with pytest.raises(zlib.error):
        has_all_rows(header, [b"no zlib"])
