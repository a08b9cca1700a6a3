"""The rules of notebooks: one change to a good notebook is one problem."""

import re

import pytest
from nbformat.v4 import new_output

from tests.repository.notebook_changes import (
    begin,
    cell,
    end,
    figure_text,
    insert,
    metadata,
    notebook_metadata,
    older,
    output,
    twins,
)
from tests.repository.notebook_rules import neighbours, problems
from tests.repository.sample_notebook import (
    BOTTOM,
    FIGURE_TEXT,
    PART,
    RESULT,
    TEXT,
    TITLE,
    WIDGET,
    WIDGETS,
    good,
    printed,
    shown,
    store,
)

BOTH = "00_start_here.ipynb, 02_next.ipynb"
FIRST = "it must have one heading of the first level, in its first cell"
BLIND = "nbval cannot see inside"
IGNORED = "keeps its output from being compared by"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "vqlib"}
FAILURE = new_output("error", ename="ValueError", evalue="no", traceback=[])
WARNING = new_output("stream", name="stderr", text="x.py:3: UserWarning: odd\n  odd()\n")

BROKEN = {
    "older format": (older, "it is in nbformat 4.4, not 4.5"),
    "other kernel": (notebook_metadata(kernelspec=KERNEL), "its kernel is not python3"),
    "widget state": (notebook_metadata(widgets={}), "it stores the state of widgets"),
    "whose it is": (notebook_metadata(authors=[]), "its metadata holds authors"),
    "which Python": (
        notebook_metadata(language_info={"name": "python", "version": "3"}),
        "its metadata holds the version of a Python",
    ),
    "too large": (
        output(TEXT, printed("x" * 1_700_000)),
        "it has 17..... bytes, more than 1700000",
    ),
    "empty cell": (cell(TEXT, source=" \n"), "code cell 1 is empty"),
    "not executed": (cell(RESULT, execution_count=None), "code cell 2 was not executed"),
    "out of order": (cell(RESULT, execution_count=7), "code cell 2 was executed as number 7"),
    "failed": (output(RESULT, FAILURE), "code cell 2 stores an error: ValueError"),
    "warned": (output(RESULT, WARNING), "code cell 2 stores a warning: .*"),
    "timing": (metadata(TEXT, execution={}), "code cell 1 has metadata of one run: execution"),
    "panel alone": (
        insert(WIDGETS, "## Another part"),
        "its panel .* has no figure before it under the same heading",
    ),
    "folded": (
        metadata(TEXT, scrolled=True, collapsed=False),
        "code cell 1 has metadata of one run: collapsed, scrolled",
    ),
    "edited text": (
        metadata(2, editable=True),
        "the text cell '## A part of it' has metadata of one run: editable",
    ),
    "ignored by tag": (
        metadata(TEXT, tags=["nbval-ignore-output"]),
        f"code cell 1 {IGNORED} the tag nbval-ignore-output",
    ),
    "skipped by tag": (
        metadata(TEXT, tags=["nbval-skip"]),
        f"code cell 1 {IGNORED} the tag nbval-skip",
    ),
    "raises by tag": (
        metadata(TEXT, tags=["raises-exception"]),
        f"code cell 1 {IGNORED} the tag raises-exception",
    ),
    "not run by tag": (
        metadata(TEXT, tags=["skip-execution"]),
        f"code cell 1 {IGNORED} the tag skip-execution",
    ),
    "ignored by comment": (
        begin(TEXT, "# NBVAL_IGNORE_OUTPUT\n"),
        f"code cell 1 {IGNORED} a comment",
    ),
    "hidden": (
        metadata(TEXT, jupyter={"source_hidden": True}),
        "code cell 1 has metadata of one run: jupyter",
    ),
    "semicolon": (end(RESULT, "; # quiet \n\n"), "code cell 2 ends in a semicolon"),
    "semicolon after a block": (
        end(TEXT, "\nif True:\n    1;\n"),
        "code cell 1 ends in a semicolon",
    ),
    "not Python": (end(TEXT, "\n1 +"), "code cell 1 is not Python: invalid syntax"),
    "interact": (end(TEXT, "\nwidgets.interact(print)"), f"code cell 1 uses interact: {BLIND}"),
    "interact as decorator": (
        end(TEXT, "\n@interact(x=3)\ndef show(x): ..."),
        f"code cell 1 uses interact: {BLIND}",
    ),
    "bare decorator": (
        end(TEXT, "\n@w.interact\ndef show(x): ..."),
        f"code cell 1 uses interact: {BLIND}",
    ),
    "imported": (
        begin(TEXT, "from ipywidgets import interactive as i\n"),
        f"code cell 1 uses interactive: {BLIND}",
    ),
    "interactive output": (
        end(TEXT, "\ninteractive_output(f, {})"),
        f"code cell 1 uses interactive_output: {BLIND}",
    ),
    "clock": (begin(TEXT, "import time\n"), "code cell 1 looks at the clock"),
    "clock by name": (
        begin(TEXT, "from time import perf_counter\n"),
        "code cell 1 looks at the clock",
    ),
    "clock called": (end(TEXT, "\ntime.perf_counter()"), "code cell 1 looks at the clock"),
    "timed cell": (begin(TEXT, "%%time\n"), "code cell 1 uses %time"),
    "timed line": (end(TEXT, "\n%timeit 1"), "code cell 1 uses %timeit"),
    "pip magic": (begin(TEXT, "%pip install x\n"), "code cell 1 uses %pip"),
    "pip": (begin(TEXT, "!pip install x\n"), "code cell 1 uses !"),
    "captured": (begin(TEXT, "%%capture\n"), "code cell 1 uses %capture"),
    "stored widget": (
        output(WIDGETS, shown({WIDGET: {"model_id": "a"}})),
        "code cell 4 stores a widget, which is .*",
    ),
    "inner life": (
        output(WIDGETS, shown({"text/plain": "VBox(children=(Image(),))"})),
        "code cell 4 prints a widget's inner .*",
    ),
    "home": (
        output(TEXT, shown({"text/html": "<i>/home/me/x</i>"})),
        "code cell 1 prints an absolute path",
    ),
    "temporary": (
        cell(TEXT, outputs=[printed("in /{}/x".format("tmp"))]),
        "code cell 1 prints an absolute path",
    ),
    "address": (
        cell(RESULT, outputs=[shown({"text/plain": "<f at 0x7f12ab>"})]),
        "code cell 2 prints a memory address",
    ),
    "no sentence": (
        figure_text("Four levels, eight colours"),
        "code cell 3 shows a figure whose text is no sentence: .*",
    ),
    "short sentence": (
        figure_text("Four levels."),
        "code cell 3 shows a figure whose text is no sentence: .*",
    ),
    "quoted": (
        figure_text(repr(FIGURE_TEXT)),
        "code cell 3 shows a figure whose text is no sentence: .*",
    ),
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
    "lost in HTML": (
        end(2, '\nA <a href="gone.html">x</a>'),
        "its link to gone.html leads nowhere",
    ),
    "lost reference": (end(2, "\n[x]\n\n[x]: gone.md"), "its link to gone.md leads nowhere"),
    "lost heading": (end(2, "\n[x](#A-part)"), "its link to #A-part names no heading"),
    "absolute link": (end(2, "\n[x](/etc)"), "its link to /etc is not relative"),
    "no way on": (
        cell(6, source="[Start](00_start_here.ipynb)"),
        "its last text cell has no line with links to 02_next.ipynb",
    ),
    "no way at the top": (
        cell(0, source="# A sample"),
        f"its first text cell has no line with links to {BOTH}",
    ),
    "way in two lines": (
        cell(6, source=BOTTOM.replace(" · ", "\n\n")),
        "its last text cell has no line with links to .*",
    ),
}


@pytest.mark.parametrize(("change", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_notebook_is_refused_for_that_reason_alone(change, reason, tmp_path):
    notebook = good()
    change(notebook)
    found = problems(store(notebook, tmp_path))
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
    "wrapped sentence": figure_text(FIGURE_TEXT.replace(" and ", "\nand ")),
}


@pytest.mark.parametrize("change", FINE.values(), ids=FINE)
def test_a_good_notebook_is_accepted(change, tmp_path):
    notebook = good()
    change(notebook)
    assert problems(store(notebook, tmp_path)) == []


@pytest.mark.parametrize(
    "change", [twins, cell(0, cell_type="picture"), cell(TEXT, execution_count="first")]
)
def test_an_invalid_notebook_is_refused(change, tmp_path):
    notebook = good()
    change(notebook)
    (found,) = problems(store(notebook, tmp_path))
    assert found.startswith("it is not a valid notebook: ")


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"nbformat": 4, "nbformat_minor": 5}'])
def test_a_file_that_is_no_notebook_is_refused(content, tmp_path):
    path = tmp_path / "01.ipynb"
    path.write_text(content)
    (found,) = problems(path)
    assert found.startswith("it is not a valid notebook: ")


def test_an_appendix_comes_after_the_numbers(tmp_path):
    names = ["00_start_here.ipynb", "09_search.ipynb", "12_scaling.ipynb", "A1_limits.ipynb"]
    for name in names:
        (tmp_path / name).touch()
    assert neighbours(tmp_path / "12_scaling.ipynb") == {names[0], names[1], names[3]}
    assert neighbours(tmp_path / "A1_limits.ipynb") == {names[0], names[2]}


def test_solutions_lead_to_their_lesson(tmp_path):
    folder = tmp_path / "solutions"
    folder.mkdir()
    for name in ("00_start_here.ipynb", "01_scalar.ipynb", "02_plane.ipynb", "03_design.ipynb"):
        (folder / name).touch()
    lesson = "../notebooks/02_plane.ipynb"
    beside = {"01_scalar.ipynb", "03_design.ipynb"}
    assert neighbours(folder / "02_plane.ipynb") == beside | {lesson}
