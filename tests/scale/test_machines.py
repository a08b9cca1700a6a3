"""A cluster of programs started by the command line, and what ends it."""

from functools import partial

import pytest
from distributed import Client
from distributed.client import FutureCancelledError
from distributed.utils import open_port

from tests.scale.chunks import BLOCKS, START, first_passes, kill_when_told, replaced
from tests.scale.support import GENEROUS, machines, same, threads
from vqlib.scale import lloyd_in_chunks


@pytest.fixture
def expected():
    with threads():
        return first_passes(BLOCKS)


def connected(cluster):
    """A client of both workers."""
    client = Client(cluster.address, timeout=GENEROUS, set_as_default=False)
    client.wait_for_workers(2, timeout=GENEROUS)
    return client


def test_what_is_lost_changes_no_bit(tmp_path, expected):
    """First a worker that nobody starts again, then the scheduler: training goes on elsewhere."""
    marker = tmp_path / "now"
    with machines(tmp_path) as cluster, connected(cluster) as client, client.as_current():
        fatal = partial(kill_when_told, cluster.scheduler.pid, str(marker), 6)
        pairs = lloyd_in_chunks(replaced(6, fatal), START, tolerance=0)
        found = [next(pairs), next(pairs)]
        cluster.workers[0].kill()
        found += [next(pairs), next(pairs)]
        assert len(client.nthreads()) == 1
        marker.touch()
        with pytest.raises(FutureCancelledError, match="scheduler-connection-lost"):
            next(pairs)
    checkpoint, _ = found[-1]
    with threads():
        resumed = first_passes(BLOCKS, checkpoint, len(expected) - 3)
    assert same(found[:3] + resumed, expected)


def test_no_scheduler_at_the_address_is_said_in_time():
    nobody = f"tcp://127.0.0.1:{open_port('127.0.0.1')}"
    with pytest.raises(OSError, match=f"^Timed out trying to connect to {nobody} after 1 s$"):
        Client(nobody, timeout=1, set_as_default=False)
