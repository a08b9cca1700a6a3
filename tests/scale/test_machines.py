"""A cluster of programs started by the command line, as the README says, and what ends it."""

from functools import partial

import pytest
from distributed import Client
from distributed.client import FutureCancelledError
from distributed.utils import open_port

from tests.scale.chunks import BLOCKS, START, digest, first_passes, kill_when_told, replaced
from tests.scale.support import GENEROUS, machines, run_module, same, threads
from vqlib.scale import lloyd_in_chunks


@pytest.fixture
def expected():
    with threads():
        return first_passes(BLOCKS)


def test_one_variable_leads_the_client_of_the_notebook_to_a_cluster(tmp_path, expected):
    with machines(tmp_path) as cluster:
        here = {"DASK_SCHEDULER_ADDRESS": cluster.address}
        bits, place = run_module("tests.scale.print_digest", "client", **here)
    assert bits == digest(expected)
    assert place == f"{cluster.address} 2"


def test_the_client_of_the_notebook_starts_two_processes(expected):
    bits, place = run_module("tests.scale.print_digest", "client")
    assert bits == digest(expected)
    assert place.startswith("tcp://127.0.0.1:")
    assert place.endswith(" 2")


def connected(cluster):
    """A client of both workers."""
    client = Client(cluster.address, timeout=GENEROUS, set_as_default=False)
    client.wait_for_workers(2, timeout=GENEROUS)
    return client


def test_a_worker_that_nobody_starts_again_changes_no_bit(tmp_path, expected):
    with machines(tmp_path, "--no-nanny") as cluster, connected(cluster) as client:
        with client.as_current():
            pairs = lloyd_in_chunks(BLOCKS, START, tolerance=0)
            found = [next(pairs), next(pairs)]
            cluster.workers[0].kill()
            found += [next(pairs) for _ in expected[2:]]
        assert same(found, expected)
        assert len(client.nthreads()) == 1


def test_a_lost_scheduler_is_an_error_and_training_goes_on_elsewhere(tmp_path, expected):
    marker = tmp_path / "now"
    with machines(tmp_path) as cluster, connected(cluster) as client, client.as_current():
        fatal = partial(kill_when_told, cluster.scheduler.pid, str(marker), 6)
        pairs = lloyd_in_chunks(replaced(6, fatal), START, tolerance=0)
        found = [next(pairs), next(pairs)]
        marker.touch()
        with pytest.raises(FutureCancelledError, match="scheduler-connection-lost"):
            next(pairs)
    checkpoint, _ = found[-1]
    with threads():
        resumed = first_passes(BLOCKS, checkpoint, len(expected) - 1)
    assert same(found[:1] + resumed, expected)


def test_no_scheduler_at_the_address_is_said_in_time():
    nobody = f"tcp://127.0.0.1:{open_port('127.0.0.1')}"
    with pytest.raises(OSError, match=f"^Timed out trying to connect to {nobody} after 1 s$"):
        Client(nobody, timeout=1, set_as_default=False)
