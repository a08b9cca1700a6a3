"""What a notebook takes includes what it has started."""

import sys

import nbformat
import pytest

from tests.hub.costs import costs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units")
MB = 10**6
MODEST = "import time"
# Two seconds of a processor, and 400 MB for as long as a watch may take to look.
STARTING = """
import subprocess, sys, textwrap
work = textwrap.dedent('''
    import time
    held = b"x" * 400_000_000
    while time.process_time() < 2:
        pass
    time.sleep(1)
''')
ended = subprocess.run([sys.executable, "-c", work], check=True)
"""


def costs_of(folder, code):
    """Of a notebook with one cell, which prints nothing."""
    path = folder / "short.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbformat.write(notebook, path)
    return costs(path)


@pytest.fixture(scope="module")
def modest(tmp_path_factory):
    return costs_of(tmp_path_factory.mktemp("modest"), MODEST)


def test_a_notebook_that_starts_nothing_has_the_costs_of_its_kernel(modest):
    assert modest.most_own == 0
    assert 20 * MB < modest.own < modest.most


def test_processes_that_a_notebook_starts_are_counted(tmp_path, modest):
    found = costs_of(tmp_path, STARTING)
    assert modest.seconds < 2 < found.seconds
    assert found.most > modest.own + 400 * MB
    assert found.most_own > modest.own + 350 * MB
    assert found.own < modest.own + 100 * MB  # the other process has ended


def test_outputs_other_than_the_stored_ones_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"^short\.ipynb: "):
        costs_of(tmp_path, "print(1)")
