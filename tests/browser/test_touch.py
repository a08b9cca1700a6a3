"""Fingers and slow kernels: a star goes with the pointer at once, a swipe beside it scrolls."""

import numpy as np

from tests.browser.dragging import star_places
from tests.browser.opening import START, open_cells
from tests.browser.uploads import file_of
from vqlib import image, plot

PHONE = {"width": 390, "height": 844}
RED = list(bytes.fromhex(plot.RED[1:]))
SLOW_STARS = f"""{START}
import time
drag = explore.DragPanel._drag

def drag_slowly(panel):
    time.sleep(0.5)
    drag(panel)

explore.DragPanel._drag = drag_slowly
"""


class Finger:
    """A finger on a page."""

    def __init__(self, page):
        self.page = page
        self._session = page.context.new_cdp_session(page)

    def swipe(self, start, end):
        """From one place of the page to another."""
        self._touch("touchStart", start)
        for share in np.linspace(0, 1, 11)[1:]:
            at = np.array(start) + share * (np.array(end) - start)
            self._touch("touchMove", at.round().tolist())
            self.page.wait_for_timeout(16)
        self._touch("touchEnd")
        self.page.wait_for_timeout(200)  # a scroll, if it is one, is then seen

    def _touch(self, kind, *places):
        points = [{"x": x, "y": y} for x, y in places]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def open_on_phone(lab, chromium, source):
    """A panel on a page as wide as a phone, and a finger."""
    options = {"has_touch": True, "is_mobile": True}
    name = source.split(".")[1].removesuffix("()")
    sheet, (pair,) = open_cells(lab, chromium, name, [source], **options)
    sheet.page.keyboard.press("Control+b")
    sheet.page.set_viewport_size(PHONE)
    sheet.page.wait_for_timeout(500)
    return sheet, pair, Finger(sheet.page)


def scrolled(pair):
    """How far the cells of the notebook are scrolled, in pixels."""
    return pair.page.evaluate(
        "[...document.querySelectorAll('.jp-Notebook, .jp-Notebook *')]"
        ".map((one) => one.scrollTop).reduce((sum, one) => sum + one)"
    )


def slot_of_stars(pair):
    """The slot in which stars are dragged."""
    (found,) = [one for one in pair.slots() if one["drags"] in ("stars", "levels")]
    return found


def bring_to_the_middle(pair, name):
    """Scroll so that the page can go on up and down."""
    pair.canvas(name).evaluate("canvas => canvas.scrollIntoView({ block: 'center' })")
    pair.page.wait_for_timeout(200)


def assert_scrolls(pair, finger, start):
    """An upward swipe from this place of the page scrolls it, and changes nothing."""
    before = scrolled(pair)
    finger.swipe(start, (start[0] + 2, start[1] - 150))
    assert scrolled(pair) > before + 50
    pair.agree_in_words()


def test_a_finger_at_a_star_moves_it_and_elsewhere_scrolls_the_page(lab, chromium):
    sheet, pair, finger = open_on_phone(lab, chromium, "explore.PlanePanel()")
    slot = slot_of_stars(pair)
    bring_to_the_middle(pair, "yours")
    stars = star_places(pair, slot)
    on_page = pair.on_page("yours", stars)
    left = int(np.argmin(stars[:, 0]))
    start = (on_page[left][0] + 15, on_page[left][1] + 10)  # within 24 pixels of it
    end = (start[0] + 30, start[1] - 70)
    before = scrolled(pair)
    finger.swipe(start, end)
    pair.view.pointer = pair.pointer("yours", start, end)
    assert pair.twin.chosen.value == left
    pair.agree_in_words()
    assert scrolled(pair) == before
    assert_scrolls(pair, finger, place_without_stars(pair, slot))
    sheet.close()


def place_without_stars(pair, slot):
    """Somewhere on the page in a slot, more than 30 pixels from all of its stars."""
    stars = np.array(pair.on_page(slot["name"], star_places(pair, slot)))
    for place in pair.on_page(slot["name"], [(60, y) for y in range(200, 400, 10)]):
        if np.hypot(*(stars - place).T).min() > 30:
            return place
    raise AssertionError("stars are everywhere")


def test_a_finger_moves_divider_and_picture_and_scrolls_where_it_moves_neither(lab, chromium):
    sheet, pair, finger = open_on_phone(lab, chromium, "explore.PicturePanel()")
    divider = pair.panel.get_by_label("original over quantized")
    bring_to_the_middle(pair, "quantized")
    start, end = pair.on_page("quantized", [(50, 200), (150, 220)])
    before = scrolled(pair)
    finger.swipe(start, end)
    assert 37 <= int(divider.input_value()) <= 38
    assert scrolled(pair) == before
    assert_scrolls(pair, finger, start)
    assert 37 <= int(divider.input_value()) <= 38
    bring_to_the_middle(pair, "original")
    start, end = pair.on_page("original", [(50, 200), (90, 160)])
    before = scrolled(pair)
    finger.swipe(start, end)
    pair.view.pointer = pair.pointer("original", start, end)
    assert pair.twin.across.value < 50 < pair.twin.down.value
    pair.unfold()
    pair.agree_in_words()
    assert scrolled(pair) == before
    show_whole_picture(pair)
    bring_to_the_middle(pair, "original")
    (start,) = pair.on_page("original", [(50, 150)])
    assert_scrolls(pair, finger, start)
    sheet.close()


def test_a_finger_takes_a_patch_by_a_tap_and_scrolls_by_a_swipe(lab, chromium):
    sheet, pair, finger = open_on_phone(lab, chromium, "explore.FindPanel()")
    bring_to_the_middle(pair, "photograph")
    (place,) = pair.on_page("photograph", [(90, 120)])
    assert_scrolls(pair, finger, place)
    bring_to_the_middle(pair, "photograph")
    (place,) = pair.on_page("photograph", [(90, 120)])
    before = scrolled(pair)
    finger.swipe(place, place)
    pair.view.pointer = pair.pointer("photograph", place, place)
    assert abs(pair.twin.across.value - 86) <= 1
    pair.agree_in_words()
    assert scrolled(pair) == before
    sheet.close()


def show_whole_picture(pair):
    """Upload one so small that nothing of it is hidden."""
    picture = file_of(image.sample("camera")[:200, :300])
    file = {"name": "small.png", "mimeType": "image/png", "buffer": picture}
    pair.panel.get_by_label("own picture, up to 9 MB").set_input_files(file)
    pair.twin._receive({"upload": "small.png"}, [memoryview(picture)])
    pair.agree_in_words()


IS_STAR = """(canvas, [x, y, slotWidth, colour]) => {
  const sharpness = canvas.width / slotWidth;
  const pen = canvas.getContext("2d");
  const pixel = pen.getImageData(Math.round(x * sharpness), Math.round(y * sharpness), 1, 1).data;
  return colour.every((value, channel) => value === pixel[channel]);
}"""
"""Whether a place in the slot of a canvas has the colour of stars."""
WATCH = f"""async (canvas, [places, slotWidth, colour, ms]) => {{
  const isStar = {IS_STAR};
  const seen = [];
  for (const start = performance.now(); performance.now() < start + ms; ) {{
    await new Promise(requestAnimationFrame);
    seen.push(places.every(([x, y]) => isStar(canvas, [x, y, slotWidth, colour])));
  }}
  return seen;
}}"""
"""For every frame of a while, whether there are stars at all of these places."""


def test_stars_stay_under_the_pointer_while_the_kernel_is_at_work(lab, chromium):
    sources = ["explore.PlanePanel()", "explore.ScalarPanel()"]
    sheet, pairs = open_cells(lab, chromium, "slow", sources, SLOW_STARS)
    for pair in pairs:
        follow_two_stars(pair)
    assert sheet.complaints == []
    sheet.close()


def follow_two_stars(pair):
    """Drag two stars, one after the other: they are there before the answer, and do not go back."""
    slot = slot_of_stars(pair)
    name = slot["name"]
    canvas = pair.canvas(name)
    canvas.scroll_into_view_if_needed()
    stars = star_places(pair, slot)
    sentence = pair.view.status
    places = []
    told = []
    for number in (0, 2):
        (down,) = pair.on_page(name, [stars[number]])
        now = (down[0] + 18, down[1] - 12)
        pair.page.mouse.move(*down)
        pair.page.mouse.down()
        pair.page.mouse.move(*now, steps=3)
        told.append(pair.pointer(name, down, now))
        moved = np.subtract(told[-1]["now"], told[-1]["down"])
        free = (1, 0) if slot["drags"] == "levels" else (1, 1)
        places.append((stars[number] + moved * free).tolist())
        assert canvas.evaluate(WATCH, [places, slot["width"], RED, 60])[-1]
        pair.page.mouse.up()
    assert pair.panel.locator("[role=status]").inner_text() == sentence, "the kernel is not slow"
    seen = canvas.evaluate(WATCH, [places, slot["width"], RED, 3000])
    assert len(seen) > 20
    assert all(seen)
    for pointer in told:
        pair.view.pointer = pointer
    assert pair.view.status != sentence
    pair.agree()
