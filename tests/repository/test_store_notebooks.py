"""tools/store_notebooks.py: notebooks are stored executed and clean, or not at all."""

import base64
import io
import runpy

import nbformat
import numpy as np
import pytest
from PIL import Image

from tests.repository.sample_notebook import RESULT, TEXT, WIDGETS, good, printed
from tests.support import ROOT

TOOL = runpy.run_path(str(ROOT / "tools" / "store_notebooks.py"))


def dirty():
    """The good notebook as an editor leaves it: not run, full of what is of one machine only."""
    notebook = good()
    notebook.metadata.language_info.version = "3.11.7"
    notebook.metadata.widgets = {"state": {}}
    for number, cell in enumerate(notebook.cells):
        cell.metadata.update(collapsed=False, scrolled=True, trusted=True)
        cell.metadata.ExecuteTime = {"start_time": "x"}
        if cell.cell_type == "code":
            cell.execution_count = 40 - number
            cell.outputs = [printed("old")]
            cell.metadata.execution = {"iopub.status.busy": "2026-01-01T00:00:00"}
    return notebook


def test_a_notebook_is_run_and_stored_clean_with_the_same_bytes_each_time(tmp_path, capsys):
    path = tmp_path / "größe.ipynb"
    nbformat.write(dirty(), path)
    assert TOOL["main"]([str(path)]) == 0
    assert nbformat.read(path, as_version=4) == good()
    first = path.read_bytes()
    assert TOOL["main"]([str(path)]) == 0
    assert path.read_bytes() == first
    assert first.startswith(b'{\n "cells"')
    assert first.endswith(b"}\n")
    assert "·".encode() in first  # not \u00b7
    assert capsys.readouterr().out == "größe.ipynb stored\n" * 2
    assert list(tmp_path.iterdir()) == [path]


def test_a_notebook_that_fails_is_left_as_it_was_and_ends_the_run(tmp_path, capsys):
    broken = tmp_path / "01.ipynb"
    after = tmp_path / "02.ipynb"
    notebook = dirty()
    notebook.cells[RESULT].source = "print('so far')\nraise ValueError('two\\nlines')"
    nbformat.write(notebook, broken)
    nbformat.write(dirty(), after)
    stored = (broken.read_bytes(), after.read_bytes())
    assert TOOL["main"]([str(broken), str(after)]) == 1
    assert (broken.read_bytes(), after.read_bytes()) == stored
    assert (
        capsys.readouterr().err
        == f"vqlib: {broken} is left as it was: code cell 2 raised ValueError: two\n"
    )
    assert sorted(tmp_path.iterdir()) == [broken, after]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("while True: pass", "ran longer than 1 seconds"),
        ("import os\nos._exit(1)", "ended the kernel"),
    ],
)
def test_a_cell_that_does_not_end_is_an_error(source, reason, tmp_path):
    path = tmp_path / "01.ipynb"
    notebook = good()
    notebook.cells[TEXT].source = ""  # is not run, but counts
    notebook.cells[RESULT].source = source
    nbformat.write(notebook, path)
    stored = path.read_bytes()
    with pytest.raises(TOOL["NotRunError"], match=f"code cell 2 {reason}"):
        TOOL["store"](path, 1)
    assert path.read_bytes() == stored


@pytest.mark.parametrize("content", [None, "", "{}", "[1]", '{"nbformat": 4}'])
def test_a_file_that_is_no_notebook_is_one_sentence(content, tmp_path, capsys):
    path = tmp_path / "01.ipynb"
    if content is not None:
        path.write_text(content)
    assert TOOL["main"]([str(path)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"vqlib: {path} cannot be read as a notebook: ")


def test_streams_are_merged_where_they_touch_and_widgets_leave_their_sentence():
    panel = good().cells[WIDGETS].outputs[0]
    panel.data[TOOL["WIDGET"]] = {"model_id": "5f0e"}
    bare = nbformat.v4.new_output("display_data", data={TOOL["WIDGET"]: {"model_id": "5f0f"}})
    outputs = [printed("a\n"), printed("b\n"), panel, bare, printed("c\n"), printed("d\n")]
    merged = TOOL["merge_streams"](TOOL["without_widgets"](outputs))
    assert merged == [printed("a\nb\n"), good().cells[WIDGETS].outputs[0], printed("c\nd\n")]


def test_a_notebook_without_cell_ids_gets_them_once(tmp_path):
    path = tmp_path / "01.ipynb"
    notebook = good()
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]
    nbformat.write(notebook, path)
    TOOL["write"](TOOL["read"](path), path)
    ids = [cell.id for cell in TOOL["read"](path).cells]
    assert len(set(ids)) == len(notebook.cells)
    assert [cell.id for cell in TOOL["read"](path).cells] == ids


def test_no_notebook_is_an_error(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(TOOL["main"].__globals__, "FOLDERS", (tmp_path,))
    assert TOOL["main"]([]) == 1
    assert "holds no notebook" in capsys.readouterr().err


def test_beside_the_sentence_of_a_panel_stands_its_picture():
    notebook = good()
    panel = nbformat.v4.new_output("display_data", data={"text/plain": "Run this cell to move it."})
    notebook.cells.append(nbformat.v4.new_code_cell("explore.RampPanel()", outputs=[panel]))
    before = [cell.copy() for cell in notebook.cells]
    TOOL["add_stills"](notebook)
    assert notebook.cells[:-1] == before[:-1]
    (output,) = notebook.cells[-1].outputs
    assert output.data["text/plain"] == "Run this cell to move it."
    assert base64.b64decode(output.data["image/png"]).startswith(b"\x89PNG")


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_the_stored_picture_of_a_panel_is_of_the_panel_as_it_is(path):
    notebook = nbformat.read(path, as_version=4)
    panels = [cell for cell in notebook.cells if TOOL["shows_a_panel"](cell)]
    stored = [picture_of(cell) for cell in panels]
    TOOL["add_stills"](notebook)
    for before, cell in zip(stored, panels, strict=True):
        now = picture_of(cell)
        assert before.shape == now.shape
        assert np.abs(before - now).mean() < 2  # of 255; letters are drawn otherwise elsewhere


def picture_of(cell):
    """The picture beside the sentence of a panel, as numbers."""
    (output,) = cell.outputs
    (kind,) = [kind for kind in output.data if kind.startswith("image/")]
    picture = Image.open(io.BytesIO(base64.b64decode(output.data[kind])))
    return np.asarray(picture.convert("RGB")).astype(float)
