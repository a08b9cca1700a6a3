"""Pages of `make site` in a browser, and their panels beside twins."""

import pytest

from tests.browser.lab import NOTEBOOKS, PAGE_SCRIPT
from tests.browser.panels import Pair, panel_cells


class OpenPage:
    """A page in a tab of the browser, from the disk; what goes wrong there is kept."""

    def __init__(self, browser, path, width=1280, **options):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.context.add_init_script(path=PAGE_SCRIPT)
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("console", self._listen)
        self.page.on("request", self._watch)
        self.page.goto(path.as_uri())

    def _listen(self, message):
        if message.type == "error":
            self.complaints.append(f"console: {message.text}")

    def _watch(self, request):
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.complaints.append(f"request: {request.url}")

    def close(self):
        self.context.close()


class PagePair(Pair):
    """A panel on a page without a kernel, and its twin."""

    def agree_in_words(self, seconds=8):
        """The controls of a page are others than those of ipywidgets."""


def panels_that_move(offers):
    """Notebook and source of each panel that moves on its page, as parameters of a test."""
    found = []
    for path in NOTEBOOKS:
        moving = [source for source in panel_cells(path) if kind_of(source) in offers]
        found += [pytest.param(path, source, id=path.stem) for source in moving]
    return found


def kind_of(source):
    """The name of the class of a panel, from the call that makes it."""
    return source.removeprefix("explore.").partition("(")[0]
