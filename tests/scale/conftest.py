"""Processes that the tests of a file share."""

import pytest

from tests.scale.support import GENEROUS, local_cluster, threads


@pytest.fixture(scope="module")
def shared_client(tmp_path_factory):
    with local_cluster(tmp_path_factory.mktemp("workers")) as client:
        yield client


@pytest.fixture
def client(shared_client):
    """Two processes, both alive, that do the work of the test."""
    shared_client.wait_for_workers(2, timeout=GENEROUS)
    with shared_client.as_current():
        yield shared_client


@pytest.fixture(params=["threads", "processes"])
def place(request):
    """Where the tasks of the test run."""
    if request.param == "processes":
        request.getfixturevalue("client")
        yield request.param
        return
    with threads():
        yield request.param
