"""What a page remembers and shows while answers are on their way: view.js without a kernel.

The test is the kernel, so it decides when each answer comes.
"""

import zlib
from pathlib import Path

import pytest

from vqlib.explore.view import View

HERE = Path(__file__).parent
PIXEL = 24
BODY = '<div><div id="view" style="width: 400px"></div></div>'


def as_lists(value):
    """Bytes as model.js takes them."""
    if isinstance(value, bytes):
        return {"bytes": list(value)}
    if isinstance(value, dict):
        return {name: as_lists(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_lists(each) for each in value]
    return value


class Page:
    """An empty page with a view on it and one control."""

    def __init__(self, chromium, position, **state):
        self.page = chromium.new_page()
        self.page.set_content(BODY)
        self.page.add_script_tag(path=HERE / "model.js")
        first = View().get_state() | {"keyed_by": ["control"], "settings": [position]} | state
        traits = {name: first[name] for name in View.class_traits(sync=True) if name in first}
        traits = {name: value for name, value in traits.items() if not name.startswith("_")}
        source = (HERE.parents[1] / "vqlib/explore/view.js").read_text()
        shown = {"source": source, "state": as_lists(traits), "position": position}
        self.page.evaluate("shown => vqModel.showView(shown)", shown)

    def answer(self, **state):
        """What the kernel says in one message."""
        self.page.evaluate("state => vqModel.kernel(state)", as_lists(state))

    def move(self, position):
        self.page.evaluate("position => vqModel.move(position)", position)

    def says(self):
        self.page.wait_for_timeout(30)
        return self.page.locator("[role=status]").inner_text()


@pytest.fixture
def opened(chromium):
    """Opens pages, and closes them."""
    pages = []

    def open_page(*arguments, **state):
        pages.append(Page(chromium, *arguments, **state))
        return pages[-1]

    yield open_page
    for each in pages:
        each.page.close()


def ahead(position, status):
    return {"settings": [position], "fixed": {}, "frame": {}, "status": status}


def test_what_came_ahead_is_shown_until_the_kernel_answers(opened):
    page = opened(1, status="one", lasting=True)
    page.answer(ahead=[ahead(2, "two, ahead")])
    assert page.says() == "one"
    page.move(2)
    assert page.says() == "two, ahead"
    page.answer(settings=[2], status="two")
    assert page.says() == "two"


def test_nothing_of_another_picture_is_shown(opened):
    page = opened(1, status="one", lasting=True)
    page.answer(ahead=[ahead(2, "two of the old picture")])
    page.answer(opened=1, status="one of the new picture")
    page.move(2)
    assert page.says() == "one of the new picture"


def test_who_comes_back_does_not_see_what_was_moved_by_hand(opened):
    page = opened(1, status="one", lasting=True)
    page.answer(ahead=[ahead(2, "two")])
    page.answer(lasting=False, status="one, moved by hand", frame={"any": {}})
    assert page.says() == "one, moved by hand"
    page.move(2)
    assert page.says() == "two"
    page.move(1)
    assert page.says() == "one"
    page.answer(settings=[2], status="two", lasting=True, frame={})
    assert page.says() == "one"
    page.answer(settings=[1], status="one")
    page.answer(lasting=False, status="one, moved again", frame={"any": {}})
    assert page.says() == "one, moved again"


def test_a_complaint_of_the_page_is_no_answer(opened, tmp_path):
    large = tmp_path / "large.png"
    large.write_bytes(bytes(20))
    page = opened(1, status="one", lasting=True, upload_limit=10)
    page.page.locator("input[type=file]").set_input_files(large)
    page.page.get_by_role("alert").filter(has_text="at most 10 bytes").wait_for()
    page.move(2)
    page.answer(busy=True, status_is_error=False)  # as `View.show_busy`
    page.answer(settings=[2], status="two", busy=False, lasting=True)
    assert page.says() == "two"
    page.move(1)
    assert page.says() == "one"


def test_a_picture_that_is_let_go_lies_where_the_kernel_has_put_it(opened):
    pixels = bytes(10 * x for x in range(PIXEL)) * PIXEL
    palette = bytes(level for level in range(256) for _ in range(3))
    whole = {"pixels": zlib.compress(pixels), "palette": palette, "left": 0, "top": 0}
    whole |= {"width": PIXEL, "height": PIXEL, "zoom": 1}
    part = {"left": 8, "top": 0, "width": 8, "height": PIXEL, "zoom": 1}
    slot = {"name": "original", "title": "", "fixed": "picture", "divider": ""}
    slot |= {"width": 8, "height": PIXEL, "drags": "picture"}
    page = opened(1, cells=[[slot]], fixed={"picture": whole}, part=part, hidden=[16, 0])
    canvas = page.page.locator("canvas")
    box = canvas.bounding_box()
    mouse = page.page.mouse
    mouse.move(box["x"] + 2, box["y"] + 2)
    mouse.down()
    mouse.move(box["x"] + 5, box["y"] + 2)
    assert first_pixel(page, canvas) == 50  # three to the right
    told = page.page.evaluate("vqModels.view.get('pointer')")
    page.answer(part=part | {"left": 6}, pointer_answered=[told["press"], *told["now"]])
    assert first_pixel(page, canvas) == 50
    mouse.up()
    assert first_pixel(page, canvas) == 60


def first_pixel(page, canvas):
    page.page.wait_for_timeout(30)
    return canvas.evaluate("canvas => canvas.getContext('2d').getImageData(0, 0, 1, 1).data[0]")
