"""How panels look: what stands beside what, what is seen at one glance, and in a dark theme."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.browser.conftest import demand
from tests.browser.lab import CHROMIUM, browser
from tests.browser.opening import PANELS, open_cells
from vqlib import explore

DESKTOP = (1280, 900)
LAPTOP = (1024, 700)
PHONE = (390, 844)
TRACK = 120  # pixels that the track of any slider has at least
SENTENCE = 240  # pixels that a line of figures has at least, wherever it is

# Boxes as left, top, right and bottom, from the upper left of the window.
BOXES = """panel => {
  const box = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return [left, top, right, bottom];
  };
  const isShown = (element) => element.getClientRects().length > 0;
  const boxes = (selector) => [...panel.querySelectorAll(selector)].filter(isShown).map(box);
  return {
    panel: box(panel),
    output: box(panel.closest(".jp-OutputArea-output")),
    notebook: box(panel.closest(".jp-WindowedPanel-outer")),
    controls: boxes(".widget-slider, .widget-dropdown, button"),
    status: box(panel.querySelector("[role=status]")),
    cells: boxes(".vq-cells > div > figure:first-child canvas"),
    canvases: boxes("canvas"),
    tracks: boxes(".noUi-target"),
  };
}"""
# Of each list how much wider it would be with each of its options alone.
LACKING = """panel => [...panel.querySelectorAll("select")].flatMap((list) =>
  [...list.options].map((option) => {
    const alone = list.cloneNode();
    alone.append(option.cloneNode(true));
    alone.style.width = "max-content";
    alone.style.position = "absolute";
    list.parentElement.append(alone);
    const lack = alone.getBoundingClientRect().width - list.getBoundingClientRect().width;
    alone.remove();
    return [option.textContent, lack];
  }),
)"""
SHARPNESS = """panel => [...panel.querySelectorAll(".vq-drawing")].map(
  (canvas) => [canvas.width, Math.round(canvas.clientWidth * devicePixelRatio)],
)"""


@pytest.fixture(scope="module")
def chromium():
    """A browser that has scroll bars, as those of readers have: they take room."""
    demand(["playwright"], {"chromium": CHROMIUM})
    with browser(ignore_default_args=["--hide-scrollbars"]) as started:
        yield started


@pytest.fixture(scope="module")
def looks(lab, chromium):
    """All panels in one notebook."""
    sheet, pairs = open_cells(lab, chromium, "looks", PANELS)
    for pair in pairs:
        pair.unfold()
    yield Looks(sheet, pairs)
    assert sheet.complaints == []
    sheet.close()


class Looks:
    """The panels of a page, to be looked at in windows of several sizes."""

    def __init__(self, sheet, pairs):
        self.sheet = sheet
        self.page = sheet.page
        self.pairs = pairs

    def at(self, size):
        """Give the window another size; the side bar stays open."""
        width, height = size
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.wait_for_timeout(500)

    def boxes(self, pair):
        """Where the parts of a panel are, once its head is at the upper rim of the notebook."""
        pair.panel.evaluate("panel => panel.scrollIntoView({ block: 'start' })")
        self.page.wait_for_timeout(200)
        return pair.panel.evaluate(BOXES)

    def of(self, kind):
        """The panel of a kind."""
        (found,) = [pair for pair in self.pairs if isinstance(pair.twin, kind)]
        return found


@pytest.mark.parametrize("size", [DESKTOP, LAPTOP])
def test_what_is_compared_stands_side_by_side_and_scales_down(looks, size):
    looks.at(size)
    for pair in looks.pairs:
        boxes = looks.boxes(pair)
        if len(boxes["cells"]) > 1:
            one, other = boxes["cells"][:2]
            assert other[0] > one[2], f"{type(pair.twin).__name__} has one column"
            assert abs(one[1] - other[1]) < 1, "one is higher"
        assert max(right for _, _, right, _ in boxes["canvases"]) <= boxes["output"][2]
        for has, needs in pair.panel.evaluate(SHARPNESS):
            assert has == needs


@pytest.mark.parametrize("size", [DESKTOP, LAPTOP])
@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        (explore.PicturePanel, 3),
        (explore.ColourPanel, 2),
        (explore.BlockPanel, 2),
        (explore.StagePanel, 2),
    ],
)
def test_bits_and_figures_and_pictures_are_seen_at_one_glance(looks, size, kind, seen):
    """With the point on the rate-distortion chart, where there is one: the third cell."""
    looks.at(size)
    pair = looks.of(kind)
    pair.click(pair.twin.more)  # folds away what was unfolded
    boxes = looks.boxes(pair)
    pair.click(pair.twin.more)
    wanted = [*boxes["controls"], boxes["status"], *boxes["cells"][:seen]]
    assert min(top for _, top, _, _ in wanted) >= boxes["notebook"][1] - 1
    assert max(bottom for _, _, _, bottom in wanted) <= boxes["notebook"][3]


@pytest.mark.parametrize("size", [DESKTOP, LAPTOP])
def test_pictures_do_not_jump_when_the_figures_change(looks, size):
    looks.at(size)
    pair = looks.of(explore.PicturePanel)
    tops = set()
    for key in ["Home", *["ArrowRight"] * 7]:
        pair.step(pair.twin.bits, key)
        pair.agree_in_words()
        boxes = looks.boxes(pair)
        tops.add(boxes["cells"][0][1] - boxes["panel"][1])
    assert len(tops) == 1


def test_no_list_clips_its_options(looks):
    looks.at(DESKTOP)
    for pair in looks.pairs:
        for option, lack in pair.panel.evaluate(LACKING):
            assert lack <= 0, option


def test_tracks_are_long_enough_for_their_positions(looks):
    looks.at(DESKTOP)
    for pair in looks.pairs:
        tracks = looks.boxes(pair)["tracks"]
        assert tracks
        for left, _, right, _ in tracks:
            assert right - left >= TRACK


def test_on_a_phone_panels_are_one_column_and_readable(looks):
    looks.at(PHONE)
    for pair in looks.pairs:
        status = looks.boxes(pair)["status"]
        assert status[2] - status[0] >= SENTENCE, "the side bar leaves it no room"
    looks.page.evaluate("document.activeElement.blur()")  # controls keep keys from JupyterLab
    looks.page.keyboard.press("Control+b")  # closes the side bar
    looks.page.wait_for_timeout(500)
    for pair in looks.pairs:
        boxes = looks.boxes(pair)
        assert len({round(left) for left, _, _, _ in boxes["cells"]}) == 1
        for name in ("controls", "canvases", "tracks"):
            beyond = [box for box in boxes[name] if box[2] > boxes["output"][2] + 1]
            assert beyond == [], f"{type(pair.twin).__name__}: {name}"
    looks.page.keyboard.press("Control+b")


def test_drawings_follow_a_dark_theme_and_pictures_do_not(looks, lab, chromium):
    looks.at(DESKTOP)
    pair = looks.of(explore.PicturePanel)
    assert np.median(seen(pair.panel.locator("canvas.vq-drawing").last)) == 255
    lab.set("apputils-extension/themes", theme="JupyterLab Dark")
    sheet, (dark,) = open_cells(lab, chromium, "dark", ["explore.PicturePanel()"])
    pictures = [seen(one.panel.locator("canvas").first) for one in (pair, dark)]
    assert abs(pictures[0].mean() - pictures[1].mean()) < 1
    turned = seen(dark.panel.locator("canvas.vq-drawing").last)
    page = seen(dark.panel.locator("[role=status]"))
    assert np.median(page) < 50, "the page is not dark"
    assert abs(np.median(turned) - np.median(page)) <= 3
    red, green, blue = turned.reshape(-1, 3).T
    assert ((red > green + 90) & (red > blue + 90)).sum() > 50, "no star is red"
    sheet.close()


def seen(element):
    """What is seen of a part of the page, an array of RGB."""
    element.scroll_into_view_if_needed()
    taken = Image.open(io.BytesIO(element.screenshot(animations="disabled")))
    return np.asarray(taken.convert("RGB")).astype(int)
