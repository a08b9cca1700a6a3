"""What `make` installs: a kernel that starts with one thread, whatever a notebook loads first."""

import json
import re
import subprocess
import sys

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tests.support import ROOT

# scikit-learn before vqlib, as in notebooks 03 and 04.
QUESTION = """
import json, sklearn.cluster, vqlib, threadpoolctl
print(json.dumps([pool["num_threads"] for pool in threadpoolctl.threadpool_info()]))
"""


def options_of_the_set_up():
    """What it tells ipykernel, word by word."""
    script = (ROOT / "tools" / "set_up.sh").read_text(encoding="utf-8").replace("\\\n", " ")
    (options,) = re.findall(r"-m ipykernel install (.*?)\s*>>", script)
    return options.split()


def threads_of(monkeypatch, prefix, options):
    """How many threads each library has in a kernel that was installed so, below `prefix`."""
    command = [sys.executable, "-m", "ipykernel", "install", *options, "--prefix", str(prefix)]
    subprocess.run(command, check=True, capture_output=True)
    monkeypatch.setenv("JUPYTER_PATH", str(prefix / "share" / "jupyter"))
    notebook = new_notebook(cells=[new_code_cell(QUESTION)])
    NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    (output,) = notebook.cells[0].outputs
    return set(json.loads(output.text))


def test_a_kernel_has_one_thread_even_where_scikit_learn_is_loaded_first(monkeypatch, tmp_path):
    options = options_of_the_set_up()
    assert options[0] == "--sys-prefix", "into the environment of the set-up, nowhere else"
    monkeypatch.setenv("OMP_NUM_THREADS", "2")  # the server's own, which would hold otherwise
    assert max(threads_of(monkeypatch, tmp_path / "bare", [])) == 2
    assert threads_of(monkeypatch, tmp_path / "set", options[1:]) == {1}
