"""Chromium and JupyterLab for the tests here.

Where there is no Chromium they are skipped; in CI they fail.
"""

import importlib.util
import os

import pytest

from tests.browser.lab import CHROMIUM, Lab, browser

PACKAGES = ("playwright", "axe_playwright_python")


def missing():
    """What these tests lack on this machine, in words; nothing if all is here."""
    absent = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if absent:
        lack = f"Python has no {' and no '.join(absent)}"
    elif not CHROMIUM:
        lack = "no chromium (Debian: apt install chromium)"
    else:
        return None
    return f"no sliders are tried in a browser: {lack}"


@pytest.fixture(scope="module")
def chromium():
    """A browser. One for each module: as long as it runs, no other test could run an event loop."""
    reason = missing()
    if reason and os.environ.get("CI"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """JupyterLab over a copy of the notebooks."""
    started = Lab(tmp_path_factory.mktemp("lab"))
    yield started
    started.stop()
