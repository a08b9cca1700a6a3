"""A person on a hub: logs in by the form, starts a server, runs a notebook and moves a slider."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import requests
import websocket
from nbformat import NotebookNode

from tests.hub.hub import PATIENCE, Hub
from tests.hub.messages import decode, execute, move, outputs_among


class Person:
    """One of those who may use a hub. Each step raises an error if it takes too long."""

    token = ""

    def __init__(self, hub: Hub, name: str) -> None:
        self._hub = hub
        self.name = name
        self.hub_address = hub.address
        self.address = f"{hub.address}/user/{name}"
        self.password = hub.password
        self._session = uuid.uuid4().hex
        self._web = requests.Session()
        self.most_memory = (0, 0)
        """Bytes of the server and of the kernel, when these were most; shared ones in each."""

    def log_in(self) -> None:
        """By name and password, as on the hub's page; then get a token for what follows."""
        page = f"{self.hub_address}/hub/login"
        self._web.get(page, timeout=PATIENCE).raise_for_status()
        form = {"username": self.name, "password": self.password, **self._xsrf()}
        self._web.post(page, form, timeout=PATIENCE, allow_redirects=False).raise_for_status()
        tokens = f"{self.hub_address}/hub/api/users/{self.name}/tokens"
        self.token = self._call("POST", tokens, params=self._xsrf())["token"]
        self._web.headers["Authorization"] = f"token {self.token}"
        self._web.cookies.clear()

    def _xsrf(self) -> dict[str, str]:
        """What the hub wants to see again from a page of its own."""
        (value,) = {cookie.value for cookie in self._web.cookies if cookie.name == "_xsrf"}
        return {"_xsrf": value}

    def start_server(self) -> None:
        """Wait until JupyterLab is there."""
        me = f"{self.hub_address}/hub/api/users/{self.name}"
        self._call("POST", f"{me}/server")
        until = time.monotonic() + PATIENCE
        while not self._call("GET", me)["servers"].get("", {}).get("ready"):
            if time.monotonic() > until:
                raise TimeoutError(f"the server of {self.name} did not start")
            time.sleep(0.2)

    def open_notebook(self, path: str) -> None:
        """Start a kernel for it, in its folder, and listen."""
        kernel = {"name": "python3"}
        wanted = {"path": path, "name": path, "type": "notebook", "kernel": kernel}
        session = self._call("POST", f"{self.address}/api/sessions", json=wanted)
        kernels = f"{self.address.replace('http', 'ws', 1)}/api/kernels"
        self._socket = websocket.create_connection(
            f"{kernels}/{session['kernel']['id']}/channels?session_id={self._session}",
            header={"Authorization": f"token {self.token}"},
            timeout=PATIENCE,
        )

    def run(self, notebook: NotebookNode) -> Iterator[list[dict[str, Any]]]:
        """Run all cells with code; the messages that answer each."""
        for cell in notebook.cells:
            if cell.cell_type == "code":
                yield list(self._answers(execute(cell.source, self._session)))
                self._weigh()

    def read(self, source: str) -> Any:
        """What a cell prints, as JSON."""
        (output,) = outputs_among(self._answers(execute(source, self._session)))
        return json.loads(output.text)

    def move(self, slider: str, view: str, value: int) -> tuple[float, dict[str, Any]]:
        """Seconds until the view answers that the slider has a new value, and how it answers."""
        begin = time.perf_counter()
        taken = None
        for message in self._answers(move(slider, value, self._session)):
            content = message["content"]
            state = content.get("data", {}).get("state", {})
            if content.get("comm_id") == view and "status" in state:
                taken = time.perf_counter() - begin
                answer = state
        self._weigh()
        if taken is None:
            raise LookupError(f"the panel of {self.name} did not answer")
        return taken, answer

    def _answers(self, message: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """What the kernel says in answer to a message, until it is at rest again."""
        self._socket.send(json.dumps(message))
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = decode(self._socket.recv())
            if answer["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                if answer["content"].get("execution_state") == "idle":
                    return
                yield answer
        raise TimeoutError(f"the kernel of {self.name} is still at work")

    def processor_time(self) -> tuple[float, float]:
        """Seconds of a processor that the server and its kernels have taken so far."""
        server, *kernels = self._hub.processes_of(self.name)
        in_kernels = sum(sum(kernel.cpu_times()[:2]) for kernel in kernels)
        return sum(server.cpu_times()[:2]), in_kernels

    def _weigh(self) -> None:
        server, *kernels = self._hub.processes_of(self.name)
        in_kernels = sum(kernel.memory_info().rss for kernel in kernels)
        self.most_memory = max(self.most_memory, (server.memory_info().rss, in_kernels), key=sum)

    def own_memory(self) -> tuple[int, int]:
        """Bytes of the server and of the kernel now, without those that others use, too."""
        server, *kernels = self._hub.processes_of(self.name)
        in_kernels = sum(kernel.memory_full_info().uss for kernel in kernels)
        return server.memory_full_info().uss, in_kernels

    def ask(self, what: str) -> Any:
        """What the server answers about itself: `sessions`, `kernels`."""
        return self._call("GET", f"{self.address}/api/{what}")

    def _call(self, method: str, address: str, **options: Any) -> Any:
        answer = self._web.request(method, address, timeout=PATIENCE, **options)
        answer.raise_for_status()
        return answer.json() if answer.content else None
