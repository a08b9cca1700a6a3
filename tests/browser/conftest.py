"""Chromium and JupyterLab for the tests here.

Where there is no Chromium they are skipped; in CI they fail.
"""

import importlib
import importlib.util
import os

import pytest

from tests.browser.lab import CHROMIUM, Lab, browser


def demand(packages, programs):
    """Skip what cannot be tried on this machine; in CI that is a failure.

    `packages` are those of Python; `programs` have the path of each, or None, by what to install.
    """
    lacks = [f"no {name} in Python" for name in packages if importlib.util.find_spec(name) is None]
    for name, path in programs.items():
        if not path:
            lacks.append(f"no {name} (Debian: apt install {name})")
    if not lacks:
        return
    reason = f"no sliders are tried in a browser: {', '.join(lacks)}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def chromium():
    """A browser. One for each module: as long as it runs, no other test could run an event loop."""
    demand(["playwright", "axe_playwright_python"], {"chromium": CHROMIUM})
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """JupyterLab over a copy of the notebooks."""
    started = Lab(tmp_path_factory.mktemp("lab"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory):
    """All pages of `make site`."""
    pytest.importorskip("latex2mathml", reason="only make installs it, for make site")
    site = importlib.import_module("tools.site.__main__")
    made = tmp_path_factory.mktemp("site")
    site.main(made)
    return made
