"""The pages of `make site` in browsers other than Chromium, from the disk."""

import pytest

from tests.browser.lab import NOTEBOOKS
from tests.browser.pages import PagePair
from tests.browser.panels import panel_cells

pytest.importorskip("latex2mathml", reason="only make installs it, for make site")

WITH_BITS = [path for path in NOTEBOOKS if path.stem[:2] in ("00", "01", "02", "04", "05", "06")]


def test_every_position_of_the_bits_slider_shows_what_vqlib_computes(engine, site_folder):
    for path in WITH_BITS:
        tab = engine.open_page(site_folder / f"{path.stem}.html")
        (source,) = panel_cells(path)
        pair = PagePair(tab, tab.page.locator(".vq-panel"), source)
        pair.agree()
        bits = pair.twin.bits
        positions = int(pair.locator[bits].evaluate("slider => slider.max"))
        assert positions >= 3
        for key in ["Home"] + ["ArrowRight"] * positions:
            pair.step(bits, key)
            pair.agree()
        assert tab.complaints == []
        tab.close()


def test_formulas_are_laid_out_and_nothing_is_asked_for(engine, site_folder):
    tab = engine.open_page(site_folder / "03_design.html")
    fractions = "[...document.querySelectorAll('mfrac')]"
    tall = tab.page.evaluate(f"{fractions}.map(one => one.getBoundingClientRect().height)")
    assert tall
    assert min(tall) > 12
    assert tab.complaints == []
    tab.close()
