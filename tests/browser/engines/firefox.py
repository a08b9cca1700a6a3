"""Debian's Firefox, without a window, driven by Playwright."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from tests.browser.lab import Sheet
from tests.browser.pages import OpenPage

FIREFOX = os.environ.get("FIREFOX") or shutil.which("firefox-esr")
PACKAGES = ["playwright"]
PROGRAMS = {"firefox-esr": FIREFOX}


@contextlib.contextmanager
def start(folder: Path):
    """Firefox; what it saves is in a folder below this one."""
    from playwright.sync_api import sync_playwright  # not at the top: tests are skipped without it

    saved = folder / "saved"
    saved.mkdir()
    with sync_playwright() as playwright:
        browser = playwright.firefox.launch(
            channel="moz-firefox",  # as it comes from Mozilla, by WebDriver BiDi
            executable_path=FIREFOX,
            # Playwright tells of no download in this Firefox; the file must be looked for.
            downloads_path=saved,
        )
        try:
            yield Firefox(browser, saved)
        finally:
            browser.close()


class Firefox:
    """A Firefox that is running."""

    def __init__(self, browser, saved: Path) -> None:
        self.browser = browser
        self.saved = saved

    def open(self, lab, notebook: str) -> Sheet:
        """A notebook in a new tab."""
        return Sheet(lab, self.browser, notebook)

    def open_file(self, path: Path) -> OpenPage:
        """A page from the disk in a new tab."""
        return OpenPage(self.browser, path)
