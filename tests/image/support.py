"""What the tests of pictures share: layouts in memory, blocks by plain loops, and equal results."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.support import BYTES, GREY
from vqlib.image import sample

VIEWS = {  # ways in which a picture can lie in memory
    "1x1": GREY[:1, :1],
    "1xn": GREY[:1],
    "nx1": GREY[:, :1],
    "every second": GREY[::2, ::2],
    "mirrored": GREY[::-1, ::-1],
    "transposed": GREY.T,
    "Fortran order": np.asfortranarray(GREY),
    "one channel": np.dstack([GREY] * 3)[..., 1],
    "repeated": np.broadcast_to(GREY[:1], (9, 44)),
}


def part_of(name="china", side=120):
    """A square of a sample in colour."""
    return sample(name, colour=True)[100 : 100 + side, 200 : 200 + side]


def is_same(one, other):
    """Whether two quantized images are equal in all they say."""
    return (
        np.array_equal(one.picture, other.picture)
        and np.array_equal(one.indices, other.indices)
        and np.array_equal(one.codebook.vectors, other.codebook.vectors)
        and (one.mse, one.entropy, one.size) == (other.mse, other.entropy, other.size)
    )


def mse_by_numpy(picture, result):
    return np.mean((picture - result.picture.astype(float)) ** 2)


def vector_by_loop(picture, top, left, block):
    """The numbers of one block, pixel by pixel; beyond the rim the nearest pixel."""
    height, width = picture.shape[:2]
    vector = []
    for y in range(top, top + block):
        for x in range(left, left + block):
            pixel = picture[min(y, height - 1), min(x, width - 1)]
            vector += np.atleast_1d(pixel).tolist()
    return vector


def vectors_by_loop(picture, block):
    """Vectors of a picture, block by block."""
    height, width = picture.shape[:2]
    vectors = []
    for top in range(0, height, block):
        vectors += [vector_by_loop(picture, top, left, block) for left in range(0, width, block)]
    return np.array(vectors, float)


def number_of_different(picture, block):
    """How many different vectors a picture has."""
    return len(np.unique(vectors_by_loop(picture, block), axis=0))


def whole_code_vectors(dimension, elements=BYTES):
    """Different whole-number code vectors, in the order in which they are kept."""
    shape = st.tuples(st.integers(1, 9), st.just(dimension))
    several = arrays(np.uint8, shape, elements=elements, fill=elements)
    return several.map(lambda vectors: np.unique(vectors, axis=0).astype(float))
