"""Chromium and JupyterLab for the tests here; where there is no Chromium they are skipped, in CI they fail."""

import importlib.util
import os

import pytest
from lab import CHROMIUM, Lab, browser


def missing():
    """What these tests lack on this machine, in words; nothing if all is here."""
    absent = [name for name in ("playwright", "axe_playwright_python") if importlib.util.find_spec(name) is None]
    if absent:
        return f"no sliders are tried in a browser: Python has no {' and no '.join(absent)}"
    return None if CHROMIUM else "no sliders are tried in a browser: no chromium (Debian: apt install chromium)"


@pytest.fixture(scope="module")
def chromium():
    """A browser. One for each module: as long as it runs, no other test could run an event loop."""
    if reason := missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """JupyterLab over a copy of the notebooks."""
    started = Lab(tmp_path_factory.mktemp("lab"))
    yield started
    started.stop()
