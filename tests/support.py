"""What the tests of several layers share: samples, pictures and the bytes of picture files."""

import contextlib
import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

ROOT = Path(__file__).parent.parent

REALS = st.floats(-1e3, 1e3)
WHOLE = st.integers(-1000, 1000).map(float)
BYTES = st.integers(0, 255)

GREY = np.random.default_rng(1).integers(0, 256, (30, 44), np.uint8)
RGB = np.dstack([GREY, GREY[::-1], GREY[:, ::-1]])


@st.composite
def vectors_and_samples(draw, elements=WHOLE):
    """Code vectors and samples of the same dimension."""
    shape = st.tuples(st.integers(1, 20), st.just(draw(st.integers(1, 5))))
    vectors = draw(arrays(float, shape, elements=elements))
    samples = draw(arrays(float, shape, elements=elements))
    return vectors, samples


def any_pictures(elements=BYTES, most=9):
    """Grey and RGB pictures of all small shapes."""
    side = st.integers(1, most)
    shapes = st.one_of(st.tuples(side, side), st.tuples(side, side, st.just(3)))
    return arrays(np.uint8, shapes, elements=elements, fill=elements)


def encoded(picture, kind="PNG", **options):
    """The bytes of a picture file by Pillow; `kind` is the format, more words say which variant."""
    out = io.BytesIO()
    picture = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    picture.save(out, kind.split()[0], **options)
    return out.getvalue()


def png_chunk(kind, content):
    """One chunk of a PNG file: length, kind, content, check sum."""
    check_sum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check_sum


def png_by_hand(width, height, depth, colour_type, rows, *more):
    """A PNG of this header and these rows, whether they agree or not; `more` chunks between."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    pixels = png_chunk(b"IDAT", zlib.compress(rows))
    chunks = [png_chunk(b"IHDR", header), *more, pixels, png_chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


class Memory:
    """Bytes that Python and NumPy hold, measured by `traced_memory`."""

    kept = 0
    peak = 0


@contextlib.contextmanager
def traced_memory():
    """Gives a `Memory` that is filled in when the body has ended."""
    memory = Memory()
    tracemalloc.start()
    try:
        yield memory
        memory.kept, memory.peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()


@contextlib.contextmanager
def little_room():
    """Fails if the body takes more than 50 MB at any time."""
    with traced_memory() as memory:
        yield
    assert memory.peak < 50e6


def assert_refused(sentence, check, *arguments):
    """A ValueError of exactly this sentence."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        check(*arguments)
    assert str(caught.value) == sentence
