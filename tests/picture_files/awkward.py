"""Picture files written by hand, with one awkward trait each."""

import struct

import numpy as np

from tests.support import png_by_hand

LETTER = {1: "B", 3: "H", 4: "I"}

# Tags of a TIFF.
WIDTH = 256
HEIGHT = 257
BITS = 258
COMPRESSION = 259
PHOTOMETRIC = 262
STRIPS = 273
CHANNELS = 277
STRIP_LENGTHS = 279
PLANAR = 284
EXTRA = 338
SIGN = 339

# Values of PHOTOMETRIC, and of EXTRA.
WHITE_IS_ZERO = 0
BLACK_IS_ZERO = 1
IS_RGB = 2
IS_CMYK = 5
PREMULTIPLIED = 1
PLAIN_ALPHA = 2


def packed(samples, bits):
    """Rows of samples of so many bits each, the highest first, every row to a whole byte."""
    rows = []
    for row in samples.reshape(len(samples), -1).tolist():
        text = "".join(format(sample, f"0{bits}b") for sample in row)
        text = text.ljust(-(-len(text) // 8) * 8, "0")
        rows.append(int(text, 2).to_bytes(len(text) // 8, "big"))
    return rows


def png(samples, depth, colour_type, *more):
    """A PNG of samples (height, width) or (height, width, channels)."""
    rows = b"".join(b"\0" + row for row in packed(samples, depth))
    return png_by_hand(samples.shape[1], samples.shape[0], depth, colour_type, rows, *more)


def tiff(samples, photometric, bits=0, order="<", planes=False, tags=None):
    """A TIFF of samples without compression; `tags`: more of them, number to type and values."""
    height, width, channels = np.atleast_3d(samples).shape
    bits = bits or 8 * samples.itemsize
    parts = np.moveaxis(np.atleast_3d(samples), 2, 0) if planes else [samples]
    strips = [strip_of(part, bits, order) for part in parts]
    found = {
        WIDTH: (4, [width]),
        HEIGHT: (4, [height]),
        BITS: (3, [bits] * channels),
        COMPRESSION: (3, [1]),
        PHOTOMETRIC: (3, [photometric]),
        STRIPS: (4, [0] * len(strips)),
        CHANNELS: (3, [channels]),
        STRIP_LENGTHS: (4, [len(strip) for strip in strips]),
        PLANAR: (3, [2 if planes else 1]),
    }
    return written(found | (tags or {}), strips, order)


def strip_of(samples, bits, order):
    if bits % 8:
        return b"".join(packed(samples, bits))
    return samples.astype(samples.dtype.newbyteorder(order)).tobytes()


def written(tags, strips, order):
    """Header, strips, values that are too long for their tag, and the list of tags at the end."""
    file = bytearray({"<": b"II*\0", ">": b"MM\0*"}[order] + bytes(4))
    places = []
    for strip in strips:
        places.append(len(file))
        file += strip + bytes(len(strip) % 2)
    tags[STRIPS] = (4, places)
    entries = []
    for tag, (kind, values) in sorted(tags.items()):
        value = struct.pack(order + LETTER[kind] * len(values), *values)
        if len(value) > 4:
            place = len(file)
            file += value + bytes(len(value) % 2)
            value = struct.pack(order + "I", place)
        entries.append(struct.pack(order + "HHI", tag, kind, len(values)) + value.ljust(4, b"\0"))
    struct.pack_into(order + "I", file, 4, len(file))
    return bytes(file) + struct.pack(order + "H", len(entries)) + b"".join(entries) + bytes(4)


BGRA_MASKS = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)


def bmp(pixels, bits, masks=b""):
    """A BMP of rows of whole pixels, from below; `masks` say which bits are which colour."""
    rows = b"".join(row.tobytes() for row in pixels[::-1])
    compression = 3 if masks else 0
    size = 40 + len(masks)
    header = struct.pack("<IiiHHII", size, pixels.shape[1], len(pixels), 1, bits, compression, 0)
    header += bytes(16) + masks
    return b"BM" + struct.pack("<IHHI", 14 + size + len(rows), 0, 0, 14 + size) + header + rows


def jpeg_segment(marker, content):
    return struct.pack(">HH", marker, len(content) + 2) + content


def exif_by_hand(orientation, order=">"):
    """The shortest list of tags that notes how the camera was held."""
    start = {">": b"MM\0*", "<": b"II*\0"}[order] + struct.pack(order + "I", 8)
    entry = struct.pack(order + "HHIHH", 274, 3, 1, orientation, 0)
    return start + struct.pack(order + "H", 1) + entry + bytes(4)
