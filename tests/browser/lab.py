"""JupyterLab in Chromium: start both with nothing of this machine in them, and run a notebook."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGE_SCRIPT = Path(__file__).with_name("page.js")
CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
# Chromium as root needs --no-sandbox; the others keep it from calling home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
]


class Lab:
    """A JupyterLab server over a copy of the notebooks, on a free port, with its own settings."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "files"
        for name in ("notebooks", "data"):
            shutil.copytree(ROOT / name, self.files / name, ignore=shutil.ignore_patterns(".*"))
        port = free_port()
        self.token = secrets.token_hex(16)
        self.address = f"http://127.0.0.1:{port}"
        self._settings = folder / "config" / "lab" / "user-settings"
        self.set("apputils-extension/notification", fetchNews="false", checkForUpdates=False)
        self.set("docmanager-extension/plugin", autosave=False)
        log = folder / "server.log"
        self._log = log.open("w")
        self.process = subprocess.Popen(
            self._command(port),
            env=self._environment(folder),
            stdout=self._log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait(log)

    def _command(self, port: int) -> list[str]:
        server = [
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.files}",
            f"--IdentityProvider.token={self.token}",
        ]
        return [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", *server]

    def _environment(self, folder: Path) -> dict[str, str]:
        own = {
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data-dir"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "JUPYTERLAB_SETTINGS_DIR": str(self._settings),
            "IPYTHONDIR": str(folder / "ipython"),
        }
        return os.environ | own

    def set(self, plugin: str, **values: object) -> None:
        """Settings of a part of JupyterLab, for pages that are opened from now on."""
        file = self._settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))

    def write(self, name: str, sources: list[str]) -> str:
        """Write a notebook of these cells; its path for the server."""
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        nbformat.write(notebook, self.files / f"{name}.ipynb")
        return f"{name}.ipynb"

    def _wait(self, log: Path) -> None:
        for _ in range(600):
            with contextlib.suppress(OSError):
                self.ask("status")
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"JupyterLab did not start: {log.read_text()[-2000:]}")

    def ask(self, what: str) -> object:
        """What the server answers about itself: `status`, `kernels`, `sessions`."""
        request = urllib.request.Request(
            f"{self.address}/api/{what}", headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read() or "null")

    def stop(self) -> None:
        """Stop the server and all its kernels."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)
        self._log.close()


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def browser(**options):
    """Debian's Chromium, without a window."""
    from playwright.sync_api import sync_playwright  # not at the top: tests are skipped without it

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, **options)
        try:
            yield started
        finally:
            started.close()


class Sheet:
    """A notebook open in a tab of the browser, which may reach JupyterLab by another address."""

    def __init__(
        self,
        lab: Lab,
        chromium,
        notebook: str,
        width: int = 1300,
        height: int = 1000,
        address: str = "",
        **options,
    ) -> None:
        self.lab = lab
        self.address = address or lab.address
        viewport = {"width": width, "height": height}
        self.context = chromium.new_context(viewport=viewport, **options)
        self.context.add_init_script(path=PAGE_SCRIPT)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("console", self._listen)
        self.page.on("request", self._watch)
        self.open(notebook)

    def open(self, notebook: str) -> None:
        """Open a notebook, and wait until it has a kernel."""
        workspace = f"{self.address}/lab/workspaces/{secrets.token_hex(4)}"
        self.page.goto(f"{workspace}/tree/{notebook}?token={self.lab.token}")
        idle = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
        for selector in (".jp-Notebook .jp-Cell", idle):
            self.page.locator(selector).first.wait_for(timeout=60_000)
        self._wait_for_kernel(notebook)

    def _wait_for_kernel(self, notebook: str) -> None:
        """What is run before the kernel is connected may be lost."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self._is_connected(notebook):
                line = self.page.locator(".jp-StatusBar-TextItem", has_text="| Idle")
                line.first.wait_for(timeout=30_000)
                time.sleep(0.5)
                return
            time.sleep(0.1)
        raise RuntimeError(f"no kernel for {notebook}: {self.lab.ask('sessions')}")

    def _is_connected(self, notebook: str) -> bool:
        for session in self.lab.ask("sessions"):
            kernel = session["kernel"]
            is_ready = kernel["execution_state"] == "idle" and kernel["connections"]
            if session["path"] == notebook and is_ready:
                return True
        return False

    def _listen(self, message) -> None:
        if message.type == "error":  # there is none that would have to be allowed
            self.complaints.append(f"console: {message.text}")

    def _watch(self, request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.complaints.append(f"request: {request.url}")

    def menu(self, *names: str) -> None:
        """Choose from the menu bar."""
        bar = self.page.get_by_role("menubar")
        bar.get_by_role("menuitem", name=names[0], exact=True).first.click()
        for name in names[1:]:
            self.page.get_by_role("menuitem", name=name, exact=True).click()

    def run_all(self) -> None:
        """Run All Cells, and wait until all have run.

        Outputs are cleared before, as the stored notebook looks as if it had run.
        """
        self.menu("Edit", "Clear Outputs of All Cells")
        self.menu("Run", "Run All Cells")
        self.wait_until_run()

    def wait_until_run(self, timeout: float = 240) -> None:
        """Wait until no cell is waiting or running, and see that none has failed."""
        self.page.evaluate("vqTests.startRun()")
        self.page.wait_for_function("() => vqTests.hasRun()", timeout=1000 * timeout)
        failed = self.page.evaluate("vqTests.errors()")
        assert not failed, failed

    def close(self) -> None:
        """Close the tab; its kernel goes on."""
        self.context.close()
