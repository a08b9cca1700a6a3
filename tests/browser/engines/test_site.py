"""The pages of `make site` in browsers other than Chromium, opened from the disk."""

import pytest

from tests.browser.pages import PagePair, panels_that_move
from tools.site.offers import OFFERS


@pytest.mark.parametrize(("path", "source"), panels_that_move(OFFERS))
def test_every_position_of_the_bits_shows_what_vqlib_computes(path, source, engine, site_folder):
    tab = engine.open_file(site_folder / f"{path.stem}.html")
    panel = tab.page.locator(".vq-panel")
    panel.wait_for()
    pair = PagePair(tab, panel, source)
    pair.panel.scroll_into_view_if_needed()
    pair.agree()
    name = "bits" if hasattr(pair.twin, "bits") else "rate"
    slider = getattr(pair.twin, name)
    for key in ["Home"] + ["ArrowRight"] * (len(OFFERS[type(pair.twin).__name__][name]) - 1):
        pair.step(slider, key)
        pair.agree()
    assert tab.complaints == []
    tab.close()
