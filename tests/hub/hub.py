"""JupyterHub and its proxy on this machine alone, with all that they start ended afterwards."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import requests

from tests.browser.lab import ROOT, free_port

INSTALLED = ROOT / ".hub"
"""Where `make test-hub` puts JupyterHub and the proxy."""
PATIENCE = 60
"""Seconds until an answer must have come."""
LONGEST = 600
"""Seconds after which a hub ends whatever is done on it: who waits for it then fails."""

# What teaching/hub.md says of threads is tried here, too.
CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allowed_users = {names}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{homes}/{{username}}"
c.Spawner.ip = "127.0.0.1"
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root"]
c.Spawner.env_keep = ["PATH", "PYTHONPATH"]
c.Spawner.environment = {{"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}}
c.ConfigurableHTTPProxy.command = ["{proxy}"]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
"""


class Hub:
    """A hub for people of these names, each with a copy of the notebooks at home.

    Use it in a `with`: however that ends, every process that the hub has started ends, too. All
    listen on this machine only.
    """

    def __init__(self, folder: Path, names: list[str]) -> None:
        self.folder = folder
        self.password = secrets.token_hex(16)
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        for name in names:
            home = folder / "homes" / name
            for part in ("notebooks", "data"):
                shutil.copytree(ROOT / part, home / part)
        self._config = folder / "jupyterhub_config.py"
        content = CONFIG.format(
            port=port,
            hub_port=free_port(),
            proxy_port=free_port(),
            password=self.password,
            names=set(names),
            homes=folder / "homes",
            python=sys.executable,
            proxy=INSTALLED / "node_modules" / ".bin" / "configurable-http-proxy",
        )
        self._config.write_text(content)

    def __enter__(self) -> Hub:
        log = self.folder / "hub.log"
        with log.open("w") as out:
            self._process = psutil.Popen(
                [sys.executable, "-m", "jupyterhub", f"--config={self._config}"],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._end = threading.Timer(LONGEST, self.stop)
        self._end.daemon = True
        self._end.start()
        try:
            self._wait(log)
        except BaseException:
            self.stop()
            raise
        return self

    def _environment(self) -> dict[str, str]:
        own = {"PYTHONPATH": os.pathsep.join([str(INSTALLED / "python"), str(ROOT)])}
        return os.environ | own

    def _wait(self, log: Path) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(requests.ConnectionError):
                if requests.get(f"{self.address}/hub/health", timeout=5).ok:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"the hub did not start: {log.read_text()[-2000:]}")

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the hub, and then what is left of all that it has started."""
        self._end.cancel()
        started = self._started()
        with contextlib.suppress(psutil.NoSuchProcess):
            self._process.terminate()
        _, alive = psutil.wait_procs([self._process, *started], PATIENCE / 4)
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, PATIENCE / 4)

    def _started(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.NoSuchProcess):
            return self._process.children(recursive=True)
        return []

    def processes_of(self, name: str) -> list[psutil.Process]:
        """The server of a person and its kernels."""
        for process in self._process.children():
            with contextlib.suppress(psutil.Error):
                if process.environ().get("JUPYTERHUB_USER") == name:
                    return [process, *process.children(recursive=True)]
        raise LookupError(f"{name} has no server")
