"""The stored notebooks keep the rules; broken samples prove that the rules and nbval would tell.

nbval itself runs over notebooks/ in the same pytest run: see testpaths and addopts in pyproject.toml.
"""

import os
import re
import subprocess
import sys
import tomllib
from copy import deepcopy
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_output
from nbval.plugin import IPyNbCell, IPyNbFile
from notebook_rules import problems
from sample_notebook import (
    BOTTOM,
    FIGURE_TEXT,
    HIDDEN,
    PANEL_TEXT,
    PART,
    RESULT,
    SHOWN,
    TEXT,
    TITLE,
    WIDGET,
    WIDGETS,
    good,
    printed,
    shown,
)

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)


def test_there_are_notebooks():
    assert NOTEBOOKS


@each_notebook
def test_notebook_keeps_the_rules(path):
    found = problems(path)
    assert not found, "\n".join(found)


# The rules themselves: one change to a good notebook is one problem.


def put(notebook, folder):
    """Write the notebook into a folder where all its links lead somewhere."""
    for name in ("00_start_here.ipynb", "02_next.ipynb", "picture.png"):
        (folder / name).touch()
    path = folder / "01_sample.ipynb"
    path.write_text(nbformat.v4.writes(notebook), encoding="utf-8")
    return path


def cell(place, **new):
    return lambda notebook: notebook.cells[place].update(new)


def metadata(place, **new):
    return lambda notebook: notebook.cells[place].metadata.update(new)


def whole(**new):
    return lambda notebook: notebook.metadata.update(new)


def begin(place, text):
    return cell(place, source=text + good().cells[place].source)


def end(place, text):
    return cell(place, source=good().cells[place].source + text)


def output(place, *new):
    return cell(place, outputs=[*good().cells[place].outputs, *new])


def figure_text(text):
    return lambda notebook: notebook.cells[SHOWN].outputs[0].data.update({"text/plain": text})


def insert(place, source):
    return lambda notebook: notebook.cells.insert(place, new_markdown_cell(source))


def older(notebook):
    notebook.nbformat_minor = 4
    for each in notebook.cells:
        del each["id"]


BOTH = "00_start_here.ipynb, 02_next.ipynb"
FIRST = "it must have one heading of the first level, in its first cell"
BLIND = "nbval cannot see inside"
IGNORED = "keeps its output from being compared by"
HALF_HIDDEN = {"source_hidden": True, "outputs_hidden": False}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "vqlib"}
FAILURE = new_output("error", ename="ValueError", evalue="no", traceback=[])
WARNING = new_output("stream", name="stderr", text="x.py:3: UserWarning: odd\n  odd()\n")

BROKEN = {
    "older format": (older, "it is in nbformat 4.4, not 4.5"),
    "other kernel": (whole(kernelspec=KERNEL), "its kernel is not python3"),
    "widget state": (whole(widgets={}), "it stores the state of widgets"),
    "whose it is": (whole(authors=[]), "its metadata holds authors"),
    "which Python": (
        whole(language_info={"name": "python", "version": "3"}),
        "its metadata holds the version of a Python",
    ),
    "too large": (output(TEXT, printed("x" * 1_500_000)), "it has 15..... bytes, more than 1500000"),
    "empty cell": (cell(TEXT, source=" \n"), "code cell 1 is empty"),
    "not executed": (cell(RESULT, execution_count=None), "code cell 2 was not executed"),
    "out of order": (cell(RESULT, execution_count=7), "code cell 2 was executed as number 7"),
    "failed": (output(RESULT, FAILURE), "code cell 2 stores an error: ValueError"),
    "warned": (output(RESULT, WARNING), "code cell 2 stores a warning: .*"),
    "timing": (metadata(TEXT, execution={}), "code cell 1 has metadata of one run: execution"),
    "panel alone": (insert(WIDGETS, "## Another part"), "its panel .* has no figure before it under the same heading"),
    "folded": (
        metadata(TEXT, scrolled=True, collapsed=False),
        "code cell 1 has metadata of one run: collapsed, scrolled",
    ),
    "edited text": (metadata(2, editable=True), "the text cell '## A part of it' has metadata of one run: editable"),
    "ignored by tag": (
        metadata(TEXT, tags=["nbval-ignore-output"]),
        f"code cell 1 {IGNORED} the tag nbval-ignore-output",
    ),
    "skipped by tag": (metadata(TEXT, tags=["nbval-skip"]), f"code cell 1 {IGNORED} the tag nbval-skip"),
    "raises by tag": (metadata(TEXT, tags=["raises-exception"]), f"code cell 1 {IGNORED} the tag raises-exception"),
    "not run by tag": (metadata(TEXT, tags=["skip-execution"]), f"code cell 1 {IGNORED} the tag skip-execution"),
    "ignored by comment": (begin(TEXT, "# NBVAL_IGNORE_OUTPUT\n"), f"code cell 1 {IGNORED} a comment"),
    "answer in sight": (metadata(HIDDEN, jupyter={}), "code cell 5 is an answer that is not hidden"),
    "output in sight": (metadata(HIDDEN, jupyter=HALF_HIDDEN), "code cell 5 is an answer that is not hidden"),
    "semicolon": (end(RESULT, "; # quiet \n\n"), "code cell 2 ends in a semicolon"),
    "semicolon after a block": (end(TEXT, "\nif True:\n    1;\n"), "code cell 1 ends in a semicolon"),
    "not Python": (end(TEXT, "\n1 +"), "code cell 1 is not Python: invalid syntax"),
    "interact": (end(TEXT, "\nwidgets.interact(print)"), f"code cell 1 uses interact: {BLIND}"),
    "interact as decorator": (end(TEXT, "\n@interact(x=3)\ndef show(x): ..."), f"code cell 1 uses interact: {BLIND}"),
    "bare decorator": (end(TEXT, "\n@w.interact\ndef show(x): ..."), f"code cell 1 uses interact: {BLIND}"),
    "imported": (begin(TEXT, "from ipywidgets import interactive as i\n"), f"code cell 1 uses interactive: {BLIND}"),
    "interactive output": (end(TEXT, "\ninteractive_output(f, {})"), f"code cell 1 uses interactive_output: {BLIND}"),
    "clock": (begin(TEXT, "import time\n"), "code cell 1 looks at the clock"),
    "clock by name": (begin(TEXT, "from time import perf_counter\n"), "code cell 1 looks at the clock"),
    "clock called": (end(TEXT, "\ntime.perf_counter()"), "code cell 1 looks at the clock"),
    "timed cell": (begin(TEXT, "%%time\n"), "code cell 1 uses %time"),
    "timed line": (end(TEXT, "\n%timeit 1"), "code cell 1 uses %timeit"),
    "pip magic": (begin(TEXT, "%pip install x\n"), "code cell 1 uses %pip"),
    "pip": (begin(TEXT, "!pip install x\n"), "code cell 1 uses !"),
    "captured": (begin(TEXT, "%%capture\n"), "code cell 1 uses %capture"),
    "stored widget": (output(WIDGETS, shown({WIDGET: {"model_id": "a"}})), "code cell 4 stores a widget, which is .*"),
    "inner life": (
        output(WIDGETS, shown({"text/plain": "VBox(children=(Image(),))"})),
        "code cell 4 prints a widget's inner .*",
    ),
    "home": (output(TEXT, shown({"text/html": "<i>/home/me/x</i>"})), "code cell 1 prints an absolute path"),
    "temporary": (cell(TEXT, outputs=[printed("in /{}/x".format("tmp"))]), "code cell 1 prints an absolute path"),
    "address": (
        cell(RESULT, outputs=[shown({"text/plain": "<f at 0x7f12ab>"})]),
        "code cell 2 prints a memory address",
    ),
    "no sentence": (
        figure_text("Four levels, eight colours"),
        "code cell 3 shows a figure whose text is no sentence: .*",
    ),
    "short sentence": (figure_text("Four levels."), "code cell 3 shows a figure whose text is no sentence: .*"),
    "quoted": (figure_text(repr(FIGURE_TEXT)), "code cell 3 shows a figure whose text is no sentence: .*"),
    "not printed": (
        figure_text("Another sentence than the one that is printed."),
        "code cell 3 does not print the sentence .*",
    ),
    "no title": (cell(0, source=TITLE.replace("# A sample", "## A sample")), FIRST),
    "two titles": (end(0, "\n# Another\n"), FIRST),
    "late title": (insert(0, BOTTOM), FIRST),
    "jump": (
        cell(2, source=PART.replace("### A", "#### A")),
        "its headings jump from level 2 to 4 in '## A part of it'",
    ),
    "lost link": (end(2, "\n[x](03_gone.ipynb)"), "its link to 03_gone.ipynb leads nowhere"),
    "lost picture": (end(2, "\n![x](../gone.png)"), "its link to ../gone.png leads nowhere"),
    "lost in HTML": (end(2, '\nA <a href="gone.html">x</a>'), "its link to gone.html leads nowhere"),
    "lost reference": (end(2, "\n[x]\n\n[x]: gone.md"), "its link to gone.md leads nowhere"),
    "lost heading": (end(2, "\n[x](#A-part)"), "its link to #A-part names no heading"),
    "absolute link": (end(2, "\n[x](/etc)"), "its link to /etc is not relative"),
    "no way on": (
        cell(7, source="[Start](00_start_here.ipynb)"),
        "its last text cell has no line with links to 02_next.ipynb",
    ),
    "no way at the top": (cell(0, source="# A sample"), f"its first text cell has no line with links to {BOTH}"),
    "way in two lines": (
        cell(7, source=BOTTOM.replace(" · ", "\n\n")),
        "its last text cell has no line with links to .*",
    ),
}


@pytest.mark.parametrize(("change", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_notebook_is_refused_for_that_reason_alone(change, reason, tmp_path):
    notebook = good()
    change(notebook)
    found = problems(put(notebook, tmp_path))
    assert len(found) == 1
    assert re.fullmatch(reason, found[0]), found[0]


FINE = {
    "nothing changed": cell(TEXT),
    "semicolon inside": end(TEXT, "\na = 1; b = 2"),
    "semicolon in words": end(TEXT, "\n'x;'  # y;"),
    "word in a comment": end(TEXT, "\n# interact(f), time.time(), !pip"),
    "plots inline": begin(TEXT, "%matplotlib inline\n"),
    "small number": cell(TEXT, outputs=[printed("0xff of /data/home")]),
    "slide": metadata(2, slideshow={"slide_type": "slide"}),
    "answer in words": metadata(2, tags=["answer"], jupyter={"source_hidden": True}),
    "wrapped sentence": figure_text(FIGURE_TEXT.replace(" and ", "\nand ")),
}


@pytest.mark.parametrize("change", FINE.values(), ids=FINE)
def test_a_good_notebook_is_accepted(change, tmp_path):
    notebook = good()
    change(notebook)
    assert problems(put(notebook, tmp_path)) == []


def twins(notebook):
    notebook.cells[1].id = notebook.cells[2].id


@pytest.mark.parametrize("change", [twins, cell(0, cell_type="picture"), cell(TEXT, execution_count="first")])
def test_an_invalid_notebook_is_refused(change, tmp_path):
    notebook = good()
    change(notebook)
    (found,) = problems(put(notebook, tmp_path))
    assert found.startswith("it is not a valid notebook: ")


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"nbformat": 4, "nbformat_minor": 5}'])
def test_a_file_that_is_no_notebook_is_refused(content, tmp_path):
    path = tmp_path / "01.ipynb"
    path.write_text(content)
    (found,) = problems(path)
    assert found.startswith("it is not a valid notebook: ")


# nbval: what it refuses, and that nothing stored escapes it.

LIMIT = 4  # seconds a cell
UNEQUAL = {
    "stdout": (cell(TEXT, outputs=[printed("a third is 0.3334\n")]), "Cell 0", "Cell outputs differ"),
    "result": (
        lambda n: n.cells[RESULT].outputs[0].data.update({"text/plain": "0.26"}),
        "Cell 1",
        "Cell outputs differ",
    ),
    "figure": (figure_text(FIGURE_TEXT.replace("32", "33")), "Cell 2", "Cell outputs differ"),
    "panel": (cell(WIDGETS, outputs=[shown({"text/plain": PANEL_TEXT + "1"})]), "Cell 3", "Cell outputs differ"),
    "answer": (cell(HIDDEN, outputs=[printed("16; not 9\n")]), "Cell 4", "Cell outputs differ"),
    "raises": (cell(RESULT, source="1 / 0"), "Cell 1", "Cell execution caused an exception"),
    "slow": (begin(RESULT, "import time\ntime.sleep(60)\n"), "Cell 1", f"Timeout of {LIMIT} seconds exceeded"),
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """What one run of nbval says of every cell of the good notebook and of the broken ones."""
    folder = tmp_path_factory.mktemp("nbval")
    for name, (change, *_) in {"good": (cell(TEXT),), **UNEQUAL}.items():
        notebook = good()
        change(notebook)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    (folder / "empty.ini").write_text("[pytest]\n")
    report = folder / "report.xml"
    options = ["--nbval", "--nbval-current-env", f"--nbval-cell-timeout={LIMIT}", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-c", "empty.ini", "--rootdir=.", *options, f"--junitxml={report}", "."]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    run = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 1, run.stdout + run.stderr
    said = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = next(name for name in ["good", *UNEQUAL] if name in case.get("classname"))
        said.setdefault(name, {})[case.get("name")] = "".join(failure.text for failure in case.findall("failure"))
    return said


def test_nbval_accepts_the_good_notebook(verdicts):
    assert verdicts["good"] == {f"Cell {number}": "" for number in range(5)}


@pytest.mark.parametrize("name", UNEQUAL)
def test_nbval_refuses_the_broken_cell_alone(name, verdicts):
    _, place, reason = UNEQUAL[name]
    assert reason in verdicts[name][place]
    assert [each for each, failure in verdicts[name].items() if failure] == [place]


def changed_digits(outputs):
    """The outputs with one digit changed, for every digit in their text."""
    for place, stored in enumerate(outputs):
        data = {"text": stored.text} if stored.output_type == "stream" else stored.data
        for kind, text in data.items():
            for digit in re.finditer(r"\d", text) if kind not in {"image/png", "image/jpeg"} else ():
                other = deepcopy(outputs)
                holder = other[place] if stored.output_type == "stream" else other[place].data
                holder[kind] = text[: digit.start()] + str((int(digit[0]) + 1) % 10) + text[digit.end() :]
                yield other


def uncompared(path, session):
    """Numbers of the code cells in which nbval would miss a changed digit."""
    for each in IPyNbFile.from_parent(session, path=path).collect():
        stored = each.cell.outputs
        looks = each.options["check"] and not each.options["skip"] and each.cell.execution_count is not None
        assert each.compare_outputs(deepcopy(stored), stored)
        if not looks or any(each.compare_outputs(other, stored) for other in changed_digits(stored)):
            yield each.cell_num + 1


@pytest.fixture
def quick_comparison(monkeypatch):
    monkeypatch.setattr(IPyNbCell, "format_output_compare", lambda *_: None)  # a thousand reports that nobody reads


@each_notebook
@pytest.mark.usefixtures("quick_comparison")
def test_a_changed_digit_in_any_stored_output_is_noticed(path, request):
    assert list(uncompared(path, request.session)) == []


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
    assert list(uncompared(put(notebook, tmp_path), request.session)) == missed


def test_the_settings_of_the_suite_compare_everything():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    assert "notebooks" in settings["testpaths"]
    assert {"--nbval", "--nbval-current-env"} <= set(settings["addopts"])
    limits = [float(option.split("=")[1]) for option in settings["addopts"] if "cell-timeout" in option]
    assert len(limits) == 1
    assert limits[0] <= 60
    loose = "lax|sanitize|ignore|deselect|nbdime|^-k|^-m"
    assert not [option for option in settings["addopts"] if re.search(loose, option)]
    for conftest in ROOT.glob("[!.]*/**/conftest.py"):
        assert "skip_compare" not in conftest.read_text(encoding="utf-8")
