"""What is dragged on a panel and on its twin, and compared."""

import numpy as np


def star_places(pair, slot):
    """Where the stars are in a slot, in its pixels, array (n, 2)."""
    marks = pair.view.frame[slot["name"]]["marks"]
    (stars,) = [mark for mark in marks if mark["kind"] == "stars"]
    return np.frombuffer(stars["xy"], np.float32).reshape(-1, 2)


def drag_star(pair, slot, number, place):
    """Drag from where this star was at first: it is chosen and moved, and no other one."""
    x = round(place[0])
    y = round(min(place[1], slot["height"] - 70))
    right = 40 if x < slot["width"] / 2 else -40
    before = pair.twin._vectors.copy()
    pair.view.pointer = pair.drag(slot["name"], [x, y], [x + right, y - 30])
    pair.agree()
    after = pair.twin._vectors
    assert pair.twin.chosen.value == number
    assert (np.delete(after, number, axis=0) == np.delete(before, number, axis=0)).all()
    assert after[number, 0] != before[number, 0]


def drag_divider(pair, x):
    """The divider goes to where the pointer is, and the slider that stands for it, too."""
    pointer = pair.drag("quantized", [200, 200], [x, 150])
    percent = int(100 * pointer["now"][0] / 400 + 0.5)
    pair.view.split = min(100, max(0, percent))
    pair.agree()
    divider = pair.panel.get_by_label("original over quantized")
    assert divider.input_value() == str(pair.view.split)
    line = pair.panel.locator(".vq-divider")
    left = line.locator("xpath=../canvas").bounding_box()["x"]
    middle = line.bounding_box()["x"] + 1
    assert abs(middle - left - 4 * pair.view.split) <= 1.5
