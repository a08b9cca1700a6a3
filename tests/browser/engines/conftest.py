"""Firefox and WebKitGTK, one after the other, for the tests here.

Where one is missing they are skipped; in CI they fail.
"""

import pytest

from tests.browser.conftest import demand
from tests.browser.engines import firefox, webkit
from tests.browser.lab import Lab


@pytest.fixture(scope="module", params=[firefox, webkit], ids=["firefox", "webkit"])
def engine(request, tmp_path_factory):
    """A browser: `open(lab, notebook)` is a notebook in it, `saved` the folder of its downloads."""
    module = request.param
    demand(module.PACKAGES, module.PROGRAMS)
    with module.start(tmp_path_factory.mktemp("engine")) as started:
        yield started


@pytest.fixture(scope="module")
def lab(engine, tmp_path_factory):
    """JupyterLab over a copy of the notebooks."""
    started = Lab(tmp_path_factory.mktemp("lab"))
    yield started
    started.stop()
