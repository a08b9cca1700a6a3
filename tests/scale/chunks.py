"""Chunks for the tests: functions that workers import, some of them broken on purpose.

No test runner is imported here: that would take a worker longer than its work.
"""

import hashlib
import itertools
import os
import signal
import time
from functools import partial
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info

from vqlib import Codebook, image, scale

DIMENSION = 16
ROWS = 3000


def blocks(number, rows=ROWS, dimension=DIMENSION):
    """Rows of bytes around forty places, which are the same for every number."""
    places = np.random.default_rng(0).integers(0, 256, (40, dimension))
    random = np.random.default_rng(number + 1)
    noise = random.normal(0, 25, (rows, dimension))
    return (places[random.integers(40, size=rows)] + noise).clip(0, 255).astype(np.uint8)


BLOCKS = [partial(blocks, number) for number in range(10)]
START = Codebook(blocks(0)[:32])
PASSES = 5


def first_passes(chunks, start=START, passes=PASSES):
    """The first pairs of `lloyd_in_chunks`, as a list."""
    return list(itertools.islice(scale.lloyd_in_chunks(chunks, start, tolerance=0), passes))


def digest(pairs):
    """All bits of codebooks and distortions, as a few letters."""
    sha = hashlib.sha256()
    for codebook, distortion in pairs:
        sha.update(codebook.vectors.tobytes())
        sha.update(distortion.hex().encode())
    return sha.hexdigest()


def replaced(number, chunk):
    """BLOCKS with another chunk in this place."""
    return [*BLOCKS[:number], chunk, *BLOCKS[number + 1 :]]


# --- broken ones ---------------------------------------------------------------------------------


def with_nan():
    rows = blocks(3).astype(float)
    rows[17, 5] = np.nan
    return rows


def without_a_column():
    return blocks(3)[:, 1:]


def from_picture(path):
    return image.to_byte_vectors(image.read_image(path), 4)


class TapeError(Exception):
    """An error of a library that vqlib does not know, and that no pickle holds."""

    def __init__(self, place, reason):
        super().__init__(f"tape torn at {place} m: {reason}")
        self.not_to_be_pickled = lambda: place


def tape_breaks():
    raise TapeError(12, "age")


def kill_worker():
    """The end of the process that works on this chunk, as if the machine had taken its memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_worker_once(marker, number):
    """The end of the first process that works on this chunk; the next finds the marker."""
    path = Path(marker)
    if not path.exists():
        path.touch()
        kill_worker()
    return blocks(number)


def load_and_tell(marker):
    """A chunk that leaves a marker."""
    Path(marker).touch()
    return blocks(0)


def kill_worker_after(marker):
    """The end of every process that works on this chunk, when another chunk has been loaded."""
    while not Path(marker).exists():
        time.sleep(0.01)
    time.sleep(0.3)  # The scheduler is to hear of that other one: it is not to blame.
    kill_worker()


def kill_when_told(process, marker, number):
    """A chunk that ends another process, by its number, once there is a marker."""
    if Path(marker).exists():
        os.kill(process, signal.SIGKILL)
        time.sleep(1)
    return blocks(number)


# --- what a task sees ----------------------------------------------------------------------------


def most_threads():
    """The largest number of threads that a library for numbers would take here and now."""
    return max(library["num_threads"] for library in threadpool_info())


def row_of_threads(number=0):
    """One row, whose only component is that number."""
    return np.array([[most_threads()]], np.uint8)


TOLD = []
"""An item for each codebook that came to this process."""


class Told(Codebook):
    """A codebook that counts how often it is made."""

    def __init__(self, vectors):
        super().__init__(vectors)
        TOLD.append(1)


def times_told():
    return len(TOLD)
