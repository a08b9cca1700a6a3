"""The side of nbgrader: it runs the notebook, and judges the answers in its own process.

Points come from here alone. A cell that ends without a failure, because its notebook has swallowed
that or put another module in the place of ours, gets none: its test was never found right.
"""

import re
import secrets
import socket
import threading
from multiprocessing.connection import Connection, Listener
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import Execute

from . import asking, judging, running, values

NAMED = re.compile(r'vq_grader\.check\(\s*"([^"]+)"')
UNTOLD = "This cell ended without being judged; something in the notebook kept it from that."


class JudgedExecute(Execute):  # type: ignore[misc]  # nbgrader has no types
    """Runs a notebook as nbgrader does, and lets no cell count whose test was not found right."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], *args: Any, **kwargs: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Execute the notebook, then settle each of its tests."""
        student = resources["nbgrader"]["student"]
        judge = Judge(student, resources["metadata"]["path"])
        with judge, utils.setenv(**{asking.ADDRESS: judge.address}):
            nb, resources = super().preprocess(nb, resources, *args, **kwargs)
        for cell in nb.cells:
            if cell.cell_type == "code" and utils.is_grade(cell):
                settle(cell, judge.sentences)
        return nb, resources


def settle(cell: NotebookNode, sentences: dict[str, str]) -> None:
    """Adds a failure to a cell that shows none, unless all of its tests were found right."""
    for name in NAMED.findall(cell.source):
        sentence = sentences.get(name, UNTOLD)
        if sentence and not utils.has_failed(cell):
            error = judging.NotYetError(sentence)
            cell.outputs.append(
                NotebookNode(
                    output_type="error",
                    ename=type(error).__name__,
                    evalue=sentence,
                    traceback=error._render_traceback_(),
                )
            )


class Judge:
    """Answers the questions of one notebook, in a thread, and keeps what it said.

    Parameters
    ----------
    student : str
        What nbgrader calls the student: the number that the notebook must have.
    folder : str
        Where the notebook is.
    """

    def __init__(self, student: str, folder: str) -> None:
        self.sentences: dict[str, str] = {}
        self._student = student
        self._folder = folder
        key = secrets.token_bytes(16)
        self._listener = Listener(("127.0.0.1", 0), authkey=key)
        self.address = f"{self._listener.address[1]}:{key.hex()}"
        self._closed = False

    def __enter__(self) -> None:
        threading.Thread(target=self._serve, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._closed = True
        socket.create_connection(self._listener.address).close()  # wakes the thread, which ends
        self._listener.close()

    def _serve(self) -> None:
        """One question after the other; a notebook asks no two at once."""
        while not self._closed:
            try:
                with self._listener.accept() as notebook:
                    self._answer(notebook)
            except Exception:  # a notebook that hangs up, or sends anything: its own loss
                continue

    def _answer(self, notebook: Connection) -> None:
        def call(number: int, arguments: tuple[Any, ...]) -> Any:
            notebook.send_bytes(values.to_bytes(["call", number, list(arguments)]))
            what, value = values.from_bytes(notebook.recv_bytes(values.LARGEST))
            judging.require(what == "value", f"Your function stopped with {value}.")
            return value

        question = values.from_bytes(notebook.recv_bytes(values.LARGEST), call)
        name, number, *answers = question
        # The first answer counts: a notebook must not try until one is right.
        if name not in self.sentences:
            self.sentences[name] = self._judge(name, number, answers)
        notebook.send_bytes(values.to_bytes(["verdict", self.sentences[name]]))

    def _judge(self, name: str, number: object, answers: list[Any]) -> str:
        if not self._student.isdecimal() or number != int(self._student):
            return "The number in the first cell is not the one this was handed in for."
        return running.sentence_on(name, number, answers, self._folder)
