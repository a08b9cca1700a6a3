"""nbval refuses a changed output, and nothing that a notebook stores escapes it.

It runs over notebooks/ in the same pytest run: see testpaths and addopts in pyproject.toml.
"""

import os
import re
import subprocess
import sys
import tomllib
from copy import deepcopy
from xml.etree import ElementTree

import nbformat
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from tests.repository.notebook_changes import begin, cell, figure_text, metadata
from tests.repository.sample_notebook import (
    FIGURE_TEXT,
    PANEL_TEXT,
    RESULT,
    TEXT,
    WIDGETS,
    good,
    printed,
    shown,
    store,
)
from tests.repository.test_notebooks import each_notebook
from tests.support import ROOT

# --- what it refuses -----------------------------------------------------------------------------

SECONDS = 4  # for a cell
UNEQUAL = {  # change, the cell that is refused, and why
    "stdout": (
        cell(TEXT, outputs=[printed("a third is 0.3334\n")]),
        "Cell 0",
        "Cell outputs differ",
    ),
    "result": (
        lambda notebook: notebook.cells[RESULT].outputs[0].data.update({"text/plain": "0.26"}),
        "Cell 1",
        "Cell outputs differ",
    ),
    "figure": (figure_text(FIGURE_TEXT.replace("32", "33")), "Cell 2", "Cell outputs differ"),
    "panel": (
        cell(WIDGETS, outputs=[shown({"text/plain": PANEL_TEXT + "1"})]),
        "Cell 3",
        "Cell outputs differ",
    ),
    "raises": (cell(RESULT, source="1 / 0"), "Cell 1", "Cell execution caused an exception"),
    "slow": (
        begin(RESULT, "import time\ntime.sleep(60)\n"),
        "Cell 1",
        f"Timeout of {SECONDS} seconds exceeded",
    ),
}


def write_samples(folder):
    """The good notebook, and the broken ones under their names."""
    nbformat.write(good(), folder / "good.ipynb")
    for name, (change, _, _) in UNEQUAL.items():
        notebook = good()
        change(notebook)
        nbformat.write(notebook, folder / f"{name}.ipynb")


def run_nbval(folder, report):
    """A pytest of its own over the notebooks of a folder."""
    (folder / "empty.ini").write_text("[pytest]\n")
    options = ["-c", "empty.ini", "--rootdir=.", "-p", "no:cacheprovider", f"--junitxml={report}"]
    options += ["--nbval", "--nbval-current-env", f"--nbval-cell-timeout={SECONDS}"]
    command = [sys.executable, "-m", "pytest", *options, "."]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    run = subprocess.run(
        command, cwd=folder, env=clean, capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 1, run.stdout + run.stderr


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """What one run of nbval says of every cell of the good notebook and of the broken ones."""
    folder = tmp_path_factory.mktemp("nbval")
    write_samples(folder)
    report = folder / "report.xml"
    run_nbval(folder, report)
    said = {name: {} for name in ["good", *UNEQUAL]}
    for case in ElementTree.parse(report).iter("testcase"):
        (name,) = [name for name in said if name in case.get("classname")]
        failures = [failure.text for failure in case.findall("failure")]
        said[name][case.get("name")] = "".join(failures)
    return said


def test_nbval_accepts_the_good_notebook(verdicts):
    assert verdicts["good"] == {f"Cell {number}": "" for number in range(4)}


@pytest.mark.parametrize("name", UNEQUAL)
def test_nbval_refuses_the_broken_cell_alone(name, verdicts):
    _, broken_cell, reason = UNEQUAL[name]
    assert reason in verdicts[name][broken_cell]
    refused = [each for each, failure in verdicts[name].items() if failure]
    assert refused == [broken_cell]


# --- what it compares ----------------------------------------------------------------------------


def texts_by_kind(output):
    """What of an output nbval compares, and where it is kept."""
    if output.output_type == "stream":
        return {"text": output.text}
    pictures = {"image/png", "image/jpeg"}
    return {kind: text for kind, text in output.data.items() if kind not in pictures}


def with_changed_text(outputs, number, kind, text):
    """A copy of the outputs with another text in one of them."""
    changed = deepcopy(outputs)
    output = changed[number]
    holder = output if output.output_type == "stream" else output.data
    holder[kind] = text
    return changed


def changed_digits(outputs):
    """The outputs with one digit changed, for every digit in their text."""
    for number, output in enumerate(outputs):
        for kind, text in texts_by_kind(output).items():
            for digit in re.finditer(r"\d", text):
                other = str((int(digit[0]) + 1) % 10)
                changed = text[: digit.start()] + other + text[digit.end() :]
                yield with_changed_text(outputs, number, kind, changed)


def is_compared(item):
    """Whether nbval looks at the outputs of a cell, and would see every changed digit in them."""
    stored = item.cell.outputs
    assert item.compare_outputs(deepcopy(stored), stored)
    if not item.options["check"] or item.options["skip"] or item.cell.execution_count is None:
        return False
    return not any(item.compare_outputs(other, stored) for other in changed_digits(stored))


def uncompared(path, session):
    """Numbers of the code cells in which nbval would miss a changed digit."""
    items = IPyNbFile.from_parent(session, path=path).collect()
    return [item.cell_num + 1 for item in items if not is_compared(item)]


@pytest.fixture
def quick_comparison(monkeypatch):
    """Without a thousand reports that nobody reads."""
    monkeypatch.setattr(IPyNbCell, "format_output_compare", lambda *_: None)


@each_notebook
@pytest.mark.usefixtures("quick_comparison")
def test_a_changed_digit_in_any_stored_output_is_noticed(path, request):
    assert uncompared(path, request.session) == []


@pytest.mark.usefixtures("quick_comparison")
@pytest.mark.parametrize(
    ("change", "missed"),
    [
        (cell(TEXT), []),
        (metadata(TEXT, tags=["nbval-ignore-output"]), [1]),
        (begin(RESULT, "# NBVAL_SKIP\n"), [2]),
        (cell(RESULT, execution_count=None), [2]),
    ],
)
def test_a_cell_that_nbval_does_not_compare_would_be_found(change, missed, tmp_path, request):
    notebook = good()
    change(notebook)
    assert uncompared(store(notebook, tmp_path), request.session) == missed


def test_the_settings_of_the_suite_compare_everything():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    settings = project["tool"]["pytest"]["ini_options"]
    assert "notebooks" in settings["testpaths"]
    options = settings["addopts"]
    assert {"--nbval", "--nbval-current-env"} <= set(options)
    (limit,) = [option.split("=")[1] for option in options if "cell-timeout" in option]
    assert float(limit) <= 60
    loose = "lax|sanitize|ignore|deselect|nbdime|^-k|^-m"
    assert not [option for option in options if re.search(loose, option)]
    for conftest in ROOT.glob("[!.]*/**/conftest.py"):
        assert "skip_compare" not in conftest.read_text(encoding="utf-8")
