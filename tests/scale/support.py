"""What the tests of vqlib.scale share: clusters of processes on this machine."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import time
from typing import NamedTuple

import dask
import numpy as np
from distributed import Client, LocalCluster

from tests.support import ROOT

GENEROUS = 30
"""Seconds; what takes longer hangs."""


def threads(number=2):
    """So many threads of Dask in this process, whichever client is active."""
    return dask.config.set(scheduler="threads", num_workers=number)


def synchronous():
    """One task after the other in this thread."""
    return dask.config.set(scheduler="synchronous")


@contextlib.contextmanager
def local_cluster(folder, **options):
    """A client of two processes with one thread each; active only inside `as_current`."""
    quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
    place = {"host": "127.0.0.1", "local_directory": str(folder)}
    many = {"n_workers": 2, "threads_per_worker": 1}
    # Else a worker that a busy machine starts again too slowly is lost for good.
    patient = {"distributed.deploy.lost-worker-timeout": "10m"}
    with (
        dask.config.set(patient),
        LocalCluster(**many, **quiet, **place, **options) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


class Machines(NamedTuple):
    """What was started by the command line: a scheduler, and its workers."""

    address: str
    scheduler: subprocess.Popen
    workers: list


@contextlib.contextmanager
def machines(folder):
    """A scheduler and two workers as on a real cluster; nobody starts a dead one again."""
    written = folder / "scheduler.json"
    with contextlib.ExitStack() as stack:
        where = ["--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0"]
        program = dask_program("scheduler", *where, "--scheduler-file", str(written))
        scheduler = stack.enter_context(program)
        address = address_in(written)
        alone = ["--nthreads", "1", "--no-nanny", "--no-dashboard"]
        alone += ["--local-directory", str(folder)]
        workers = []
        for _ in range(2):
            program = dask_program("worker", address, *alone)
            workers.append(stack.enter_context(program))
        yield Machines(address, scheduler, workers)


@contextlib.contextmanager
def dask_program(*words):
    """`dask scheduler` or `dask worker`, which ends with the body, and all that it started."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "dask", *words]
    program = subprocess.Popen(command, env=environment, start_new_session=True, **quiet)
    try:
        yield program
    finally:
        program.terminate()
        try:
            program.wait(GENEROUS)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()


def address_in(path):
    """The address that a scheduler writes into this file when it is ready."""
    end = time.monotonic() + GENEROUS
    while time.monotonic() < end:
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            return json.loads(path.read_text(encoding="utf-8"))["address"]
        time.sleep(0.05)
    raise TimeoutError(f"no scheduler wrote {path.name}")


def run_module(name, **environment):
    """The lines that a module prints, run as a program of its own that writes no error."""
    command = [sys.executable, "-m", name]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=variables)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def cut(rows, places):
    """The rows in parts, cut before each of these places."""
    return np.split(rows, sorted(places))


def same(pairs, others):
    """Whether codebooks and distortions are equal to the last bit."""
    if len(pairs) != len(others):
        return False
    for (one, distortion), (other, its_distortion) in zip(pairs, others, strict=True):
        if distortion != its_distortion or not np.array_equal(one.vectors, other.vectors):
            return False
    return True
