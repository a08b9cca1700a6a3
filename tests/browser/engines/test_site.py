"""The pages of `make site` in browsers other than Chromium, opened from the disk."""

import pytest

from tests.browser.pages import PagePair, panels_that_move
from tools.site.offers import OFFERS

SLIDERS = ("bits", "rate", "stages", "probed", "moment", "passes")
"""Of each panel one, that which matters most."""


@pytest.mark.parametrize(("path", "source"), panels_that_move(OFFERS))
def test_every_position_of_a_slider_shows_what_vqlib_computes(path, source, engine, site_folder):
    tab = engine.open_file(site_folder / f"{path.stem}.html")
    panel = tab.page.locator(".vq-panel")
    panel.wait_for()
    pair = PagePair(tab, panel, source)
    pair.panel.scroll_into_view_if_needed()
    pair.agree()
    offer = OFFERS[type(pair.twin).__name__]
    name = next(each for each in SLIDERS if each in offer)
    slider = getattr(pair.twin, name)
    for key in ["Home"] + ["ArrowRight"] * (len(offer[name]) - 1):
        pair.step(slider, key)
        pair.agree()
    assert tab.complaints == []
    tab.close()
