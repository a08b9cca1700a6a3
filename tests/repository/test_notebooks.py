"""The stored notebooks keep the rules."""

import pytest

from tests.repository.notebook_rules import problems
from tests.support import ROOT

LESSONS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
EVERY_NOTEBOOK = LESSONS + sorted((ROOT / "solutions").rglob("*.ipynb"))
NOTEBOOKS = [path for path in EVERY_NOTEBOOK if ".ipynb_checkpoints" not in path.parts]
each_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.name}"
)


def test_there_are_notebooks():
    assert NOTEBOOKS


@each_notebook
def test_notebook_keeps_the_rules(path):
    found = problems(path)
    assert not found, "\n".join(found)
