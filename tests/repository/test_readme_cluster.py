"""The lines of README.md that start a cluster by hand start one, and a client finds it."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.browser.lab import free_port
from tests.support import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PORT = "8786"
# As in a notebook: a function of its own goes to the workers. The second time no client is active.
CLIENT = """
import json, os
from functools import partial
import numpy as np
from dask.distributed import Client
from vqlib import Codebook, scale

def load(number):
    return np.random.default_rng(number).integers(0, 256, (2000, 4), np.uint8)

def train():
    chunks = [partial(load, number) for number in range(5)]
    start = Codebook(np.arange(0, 256, 64)[:, None] * np.ones(4))
    return [(x.vectors.tolist(), mse) for x, mse in scale.lloyd_in_chunks(chunks, start)]

with Client() as client:
    client.wait_for_workers(2, timeout=60)
    threads = list(client.nthreads().values())
    blas = list(client.run(os.environ.get, "OMP_NUM_THREADS").values())
    on_the_cluster = train()
    address = client.scheduler.address
print(json.dumps([address, threads, blas, len(on_the_cluster), on_the_cluster == train()]))
"""


def lines_of_the_readme():
    """The commands of a cluster, each as its words, and the variables of the notebook's line."""
    commands = re.findall(r"^\.venv/bin/(dask .*)$", README, re.MULTILINE)
    variables = re.findall(r"^(\w+)=(\S+) make lab$", README, re.MULTILINE)
    return [command.split() for command in commands], dict(variables)


def with_port(words, port):
    return [word.replace(PORT, port) for word in words]


@pytest.fixture
def cluster(tmp_path):
    """The lines at work at another port: their processes, and the client's environment."""
    port = str(free_port())
    commands, variables = lines_of_the_readme()
    environment = os.environ | {"DASK_TEMPORARY_DIRECTORY": str(tmp_path)}
    started = []
    try:
        for words in commands:
            dask = Path(sys.executable).with_name(words[0])
            process = subprocess.Popen(
                [dask, *with_port(words[1:], port)],
                cwd=tmp_path,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            started.append(process)
        told = dict(zip(variables, with_port(variables.values(), port), strict=True))
        yield started, environment | told
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)


def listening(process):
    """The addresses at which a process and those that it started can be reached."""
    found = set()
    whole = psutil.Process(process.pid)
    for one in [whole, *whole.children(recursive=True)]:
        for connection in one.net_connections("inet"):
            if connection.status == psutil.CONN_LISTEN:
                found.add(connection.laddr.ip)
    return found


def test_there_are_a_scheduler_two_workers_and_one_variable():
    commands, variables = lines_of_the_readme()
    assert [words[1] for words in commands] == ["scheduler", "worker", "worker"]
    assert variables == {"DASK_SCHEDULER_ADDRESS": f"tcp://127.0.0.1:{PORT}"}


def test_a_client_trains_on_them_to_the_bit_and_nobody_else_reaches_them(cluster):
    processes, environment = cluster
    run = subprocess.run(
        [sys.executable, "-c", CLIENT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    address, threads, of_blas, pairs, is_the_same = json.loads(run.stdout)
    assert address == environment["DASK_SCHEDULER_ADDRESS"]
    assert threads == [1, 1]
    assert of_blas == ["1", "1"]
    assert pairs > 2
    assert is_the_same
    for process in processes:
        assert listening(process) == {"127.0.0.1"}
