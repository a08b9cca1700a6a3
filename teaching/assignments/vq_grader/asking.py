"""The side of the notebook: it hands the answers over, and calls functions where it is asked to.

While nbgrader grades, the answers are judged in nbgrader's own process (`serving`), which no code
of a student can reach. Where there is none, as when a teacher runs the source of an assignment,
they are judged on the spot.
"""

import contextlib
import io
import os
import warnings
from multiprocessing.connection import Client
from typing import Any

from . import judging, running, values

ADDRESS = "VQ_GRADER"
"""The environment variable that says where answers are judged: a port, and a key."""


def check(name: str, number: object, *answers: object) -> None:
    """Judge the answers to one test.

    Parameters
    ----------
    name : str
        Of the set and the test, such as "s03.nearest".
    number : int
        The student's number, as typed in the first cell.
    answers : numbers, texts, lists, arrays or functions of these

    Raises
    ------
    NotYetError
        If they are not right; its sentence says why, without the answer.
    """
    if ADDRESS in os.environ:
        sentence = _ask_server(name, number, answers)
    else:
        quiet = [_quiet(answer) if callable(answer) else answer for answer in answers]
        sentence = running.sentence_on(name, number, quiet, ".")
    if sentence:
        raise judging.NotYetError(sentence) from None


def _ask_server(name: str, number: object, answers: tuple[object, ...]) -> str:
    """What the server says of these answers; it may ask for the values of functions first."""
    functions: values.Functions = []
    try:
        question = values.to_bytes([name, number, *answers], functions)
    except TypeError as error:
        return f"The answer cannot be read: {error}."
    port, key = os.environ[ADDRESS].split(":")
    with Client(("127.0.0.1", int(port)), authkey=bytes.fromhex(key)) as server:
        server.send_bytes(question)
        while True:
            what, *rest = values.from_bytes(server.recv_bytes())
            if what == "verdict":
                return str(rest[0])
            number_of_function, arguments = rest
            server.send_bytes(_value_of(_quiet(functions[number_of_function]), arguments))


def _value_of(function: judging.Answer, arguments: list[Any]) -> bytes:
    """The value of the student's function as bytes, or how it failed."""
    try:
        return values.to_bytes(["value", function(*arguments)])
    except Exception as error:
        return values.to_bytes(["failed", f"{type(error).__name__}: {error}"[:200]])


def _quiet(function: judging.Answer) -> judging.Answer:
    """The same function without its warnings and prints: nbgrader takes both for failures."""

    def silent(*arguments: Any) -> Any:
        nowhere = io.StringIO()
        with (
            warnings.catch_warnings(action="ignore"),
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
        ):
            return function(*arguments)

    return silent
