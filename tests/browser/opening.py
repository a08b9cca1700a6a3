"""Panels in notebooks of the tests' own: after Run All, each beside its twin."""

import itertools

from tests.browser.lab import NOTEBOOKS, Sheet
from tests.browser.panels import Pair, panel_cells

START = "from vqlib import explore, image, plot"
PANELS = list(dict.fromkeys(itertools.chain.from_iterable(map(panel_cells, NOTEBOOKS))))
"""The cells that show the panels of all notebooks."""


def open_cells(lab, chromium, name, sources, start=START, **options):
    """A new notebook of these cells after Run All, and its panels beside their twins."""
    lab.write(name, [start, *sources])
    return tab_of(lab, chromium, name, sources, **options)


def tab_of(lab, chromium, name, sources, **options):
    """A notebook that was written before, in another tab."""
    sheet = Sheet(lab, chromium, f"{name}.ipynb", **options)
    return sheet, pairs_of(sheet, sources)


def pairs_of(sheet, sources, seconds=8):
    """The panels of a notebook after Run All, beside their twins, which they agree with."""
    sheet.run_all()
    panels = sheet.page.locator(".vq-panel")
    panels.nth(len(sources) - 1).wait_for()
    pairs = [Pair(sheet, panels.nth(k), source) for k, source in enumerate(sources)]
    for pair in pairs:
        pair.agree(seconds)
    return pairs
