"""More data than memory."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.scale.support import local_cluster
from vqlib import Codebook
from vqlib.scale import lloyd_in_chunks

MIB = 1 << 20
CHUNK = 32 * MIB
DIMENSION = 64


def noise(number, size=CHUNK):
    """Rows of so many bytes, made by what takes no more room than they do."""
    random = np.random.default_rng(number)
    return np.frombuffer(random.bytes(size), np.uint8).reshape(-1, DIMENSION)


def most_resident():
    """The most memory that this process ever had, in bytes, as Linux tells."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) << 10
    raise OSError("no line VmHWM")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the memory")
def test_640_mib_pass_through_two_workers_of_512(tmp_path):
    start = Codebook(noise(0, 4 * DIMENSION))
    with local_cluster(tmp_path, memory_limit=512 * MIB) as client, client.as_current():
        small = [partial(noise, number, MIB) for number in range(8)]
        next(lloyd_in_chunks(small, start))
        before = client.run(most_resident)
        large = [partial(noise, number) for number in range(20)]
        _, distortion = next(lloyd_in_chunks(large, start))
        after = client.run(most_resident)
    assert after.keys() == before.keys()  # none was killed for its memory
    for worker, most in after.items():
        # A chunk, as bytes, and parts of it as doubles, which together take less than two more.
        assert most - before[worker] < 3 * CHUNK
    assert distortion > 0
