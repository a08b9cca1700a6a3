"""The pages of `make site`, opened from the disk: they ask for nothing, and their panels move."""

import time

import ipywidgets as widgets
import pytest

from tests.browser.pages import OpenPage, PagePair, panels_that_move
from tools.site.names import page_names
from tools.site.offers import OFFERS

SECONDS = 8
NAMES = sorted(page_names().values())


@pytest.fixture
def opened(chromium, site_folder):
    """Opens a page by its name; all are closed at the end, and none has complained."""
    tabs = []

    def open_page(name, width=1280):
        tabs.append(OpenPage(chromium, site_folder / name, width, offline=True))
        return tabs[-1]

    yield open_page
    for tab in tabs:
        tab.close()
        assert tab.complaints == []


@pytest.mark.parametrize(("path", "source"), panels_that_move(OFFERS))
def test_every_position_of_a_panel_shows_what_vqlib_computes(path, source, opened):
    tab = opened(f"{path.stem}.html")
    pair = PagePair(tab, tab.page.locator(".vq-panel"), source)
    pair.panel.scroll_into_view_if_needed()
    pair.agree()
    offer = OFFERS[type(pair.twin).__name__]
    for name, values in offer.items():
        control = getattr(pair.twin, name)
        if isinstance(control, widgets.Dropdown):
            for value in [*values[::-1], control.value]:
                choose(pair, control, value)
        elif pair.locator[control].is_visible():
            step_through(pair, control, values)


def choose(pair, control, value):
    control.value = value
    pair.locator[control].select_option(label=control.label)
    pair.agree()


def step_through(pair, slider, values):
    """From the left end to the right one by the arrow key, and back to where it was."""
    before = slider.value
    keys = ["Home"] + ["ArrowRight"] * (len(values) - 1)
    for key in keys:
        pair.step(slider, key)
        pair.agree()
    while slider.value > before:
        pair.step(slider, "ArrowLeft")
    pair.agree()


def test_a_panel_that_does_not_move_is_a_picture_with_a_way_to_start_it(opened):
    page = opened("03_design.html").page
    assert page.locator(".vq-panel").count() == 0
    picture = page.locator(".panel img")
    assert picture.evaluate("picture => picture.naturalWidth") > 700
    page.get_by_role("link", name="how to start it").click()
    assert page.url.endswith("index.html#Start")


def test_the_divider_moves_and_nothing_else_says_drag(opened):
    page = opened("04_grey_images.html").page
    page.get_by_label("original over quantized").press("ArrowRight")
    line = page.locator(".vq-divider")
    until = time.monotonic() + SECONDS
    while line.evaluate("line => parseFloat(line.style.left)") <= 0:
        assert time.monotonic() < until
    titles = page.locator(".vq-panel figcaption").all_inner_texts()
    assert [title for title in titles if "drag" in title] == ["Quantized: drag the divider"]


@pytest.mark.parametrize("name", NAMES)
def test_a_narrow_page_does_not_scroll_sideways_and_axe_finds_nothing_serious(name, opened):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(name, width=390).page
    for place in page.locator(".panel.moving").all():
        place.locator("[data-painted]").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    found = Axe().run(page).response["violations"]
    assert [one for one in found if one["impact"] in {"serious", "critical"}] == []
