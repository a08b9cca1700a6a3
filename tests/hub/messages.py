"""Messages between a page and a kernel, as they go through a websocket of Jupyter Server.

Text messages are JSON. One with buffers is binary: how many parts it has, where each begins, the
JSON, the buffers; all numbers are 32 bits, the most significant byte first ("WebSocket protocols"
in the documentation of Jupyter Server, the default one).
"""

from __future__ import annotations

import itertools
import json
import struct
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import output_from_msg

from tools.store_notebooks import merge_streams, without_widgets

OUTPUTS = {"stream", "display_data", "execute_result", "error"}


def request(kind: str, content: Mapping[str, Any], session: str) -> dict[str, Any]:
    """A message for the kernel, as a page makes it."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": kind,
        "session": session,
        "username": "",
        "date": "",
        "version": "5.3",
    }
    return {
        "header": header,
        "parent_header": {},
        "metadata": {},
        "content": content,
        "channel": "shell",
        "buffers": [],
    }


def execute(source: str, session: str) -> dict[str, Any]:
    """Run a cell."""
    content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False}
    return request("execute_request", content, session)


def move(comm: str, value: object, session: str) -> dict[str, Any]:
    """A control has a new value."""
    data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
    return request("comm_msg", {"comm_id": comm, "data": data}, session)


def decode(frame: str | bytes) -> dict[str, Any]:
    """A message of the kernel, less its buffers."""
    if isinstance(frame, str):
        message = frame
    else:
        (parts,) = struct.unpack_from(">I", frame)
        begins = struct.unpack_from(f">{parts}I", frame, 4)
        end = begins[1] if parts > 1 else len(frame)
        message = frame[begins[0] : end].decode()
    decoded: dict[str, Any] = json.loads(message)
    return decoded


def outputs_among(messages: Iterable[Mapping[str, Any]]) -> list[NotebookNode]:
    """The outputs of a cell among the messages that answer it, as they would be stored."""
    answers = [message for message in messages if message["header"]["msg_type"] in OUTPUTS]
    return merge_streams(without_widgets(map(output_from_msg, answers)))


def differences(stored: NotebookNode, fresh: list[list[NotebookNode]]) -> list[str]:
    """A sentence for each cell with code that has another output than the stored one.

    As in the tests of the notebooks, pictures are not compared: the sentence beside each is.
    """
    cells = [cell for cell in stored.cells if cell.cell_type == "code"]
    found = []
    for number, (cell, outputs) in enumerate(itertools.zip_longest(cells, fresh), 1):
        wanted = [readable(output) for output in cell.outputs] if cell else None
        got = None if outputs is None else [readable(output) for output in outputs]
        if wanted != got:
            found.append(f"code cell {number} gave {got}, stored is {wanted}")
    return found


def readable(output: NotebookNode) -> dict[str, Any]:
    """What a reader without pictures gets."""
    data = {kind: value for kind, value in output.get("data", {}).items() if "image" not in kind}
    parts = {key: output[key] for key in ("output_type", "name", "text", "evalue") if key in output}
    return parts | data
