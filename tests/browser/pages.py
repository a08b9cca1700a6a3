"""Pages of `make site` opened from the disk, where no server and no kernel is."""

from tests.browser.lab import PAGE_SCRIPT
from tests.browser.panels import Pair


class FilePage:
    """A page in a tab of the browser, from the disk; what goes wrong there is kept."""

    def __init__(self, browser, path, width=1280, **options):
        viewport = {"width": width, "height": 900}
        self.context = browser.new_context(viewport=viewport, **options)
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
        """Close the tab."""
        self.context.close()


class PagePair(Pair):
    """A panel on a page without a kernel, and its twin."""

    def agree_in_words(self, seconds=8):
        """The controls of a page are others than those of ipywidgets."""
