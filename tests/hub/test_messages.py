"""What the kernel says on a hub is read as a page reads it, and compared with what is stored."""

import json

import pytest
from jupyter_server.services.kernels.connection.base import serialize_binary_message
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.hub.__main__ import comms_of_panel
from tests.hub.hub import Hub
from tests.hub.messages import decode, differences, move, outputs_among
from vqlib import explore

SLIDER = {"_model_name": "IntSliderModel"}
VIEW = {"_model_name": "AnyModel"}


def said(kind, **content):
    return {"header": {"msg_type": kind}, "content": content}


@pytest.mark.parametrize("buffers", [[], [b"\x00\x01"], [b"", b"123", b"{}"]])
def test_messages_are_read_as_jupyter_server_writes_them(buffers):
    message = move("a slider", 3, "a session")
    sent = serialize_binary_message({**message, "buffers": buffers})
    assert decode(sent)["content"] == message["content"]
    assert decode(json.dumps(message)) == message


def test_a_move_is_one_that_a_widget_takes():
    panel = explore.RampPanel()
    panel.bits._handle_msg(move(panel.bits.model_id, 5, "a session"))
    assert panel.bits.value == 5
    assert "32 greys" in panel.view.status


def test_outputs_are_those_that_would_be_stored():
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}}
    messages = [
        said("status", execution_state="busy"),
        said("stream", name="stdout", text="one "),
        said("stream", name="stdout", text="line\n"),
        said("comm_open", comm_id="a", data={}),
        said("display_data", data={"text/plain": "a panel", **widget}, metadata={}),
    ]
    printed, panel = outputs_among(messages)
    assert printed.text == "one line\n"
    assert panel.data == {"text/plain": "a panel"}


def notebook_of(*texts):
    cells = []
    for text in texts:
        data = {"text/plain": text, "image/png": "a picture"}
        cells.append(new_code_cell(outputs=[new_output("display_data", data=data)]))
    return new_notebook(cells=cells)


def fresh_outputs(*texts):
    return [[new_output("display_data", data={"text/plain": text})] for text in texts]


def test_equal_outputs_are_accepted_whatever_the_pictures():
    assert differences(notebook_of("a", "b"), fresh_outputs("a", "b")) == []


@pytest.mark.parametrize("texts", [["a", "c"], ["a"], ["a", "b", "c"]])
def test_another_output_is_told(texts):
    (sentence,) = differences(notebook_of("a", "b"), fresh_outputs(*texts))
    assert sentence.startswith(f"code cell {3 if len(texts) == 3 else 2} gave ")


def test_an_error_is_told():
    failed = new_output("error", ename="ValueError", evalue="bits must be", traceback=[])
    (sentence,) = differences(notebook_of("a"), [[failed]])
    assert "bits must be" in sentence


def test_the_slider_and_the_view_of_a_panel_are_found():
    opened = [("x", {"_model_name": "LayoutModel"}), ("s", SLIDER), ("v", VIEW)]
    messages = [said("comm_open", comm_id=name, data={"state": state}) for name, state in opened]
    assert comms_of_panel([said("status"), *messages]) == ("s", "v")


def test_a_hub_that_does_not_start_says_why(monkeypatch, tmp_path):
    monkeypatch.setattr("tests.hub.hub.INSTALLED", tmp_path)  # there is neither hub nor proxy
    with pytest.raises(RuntimeError, match=r"the hub did not start: .*jupyterhub"):
        Hub(tmp_path, ["ada"]).__enter__()
