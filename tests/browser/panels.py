"""A panel on the page beside its twin: the same panel in this process, moved alike.

The twin says what must be seen on the page. What is read from the page is in page.js.
"""

import base64
import hashlib
import time

import cv2
import ipywidgets as widgets
import nbformat
import numpy as np

from tools.panels import NAMES, shows_a_panel
from vqlib import explore
from vqlib.explore import rendering

# Of 255, averaged over 5 x 5 pixels: edges are smoothed a little otherwise, a missing star makes
# 100.
LIMIT = 50
SLIDERS = widgets.IntSlider | widgets.FloatSlider
BUTTONS = widgets.Button | widgets.ToggleButton
ROLES = ((BUTTONS, "button"), (widgets.Text, "textbox"), (SLIDERS, "slider"))


def panel_cells(notebook):
    """The sources of the cells that show a panel."""
    cells = nbformat.read(notebook, as_version=4).cells
    return [cell.source for cell in cells if shows_a_panel(cell)]


def leaves(widget):
    """All controls of a panel, in reading order."""
    if isinstance(widget, widgets.Box):
        for child in widget.children:
            yield from leaves(child)
    elif not isinstance(widget, explore.View):
        yield widget


def readout(slider):
    """The number that the page shows beside a slider."""
    digits = 0 if slider.step == 1 else 2
    return f"{slider.value:z.{digits}f}".replace("-", "\u2212")


def opaque_digest(picture):
    """The checksum of an RGB picture as a canvas has it."""
    opaque = np.full((*picture.shape[:2], 4), 255, np.uint8)
    opaque[..., :3] = picture
    return hashlib.sha256(opaque.tobytes()).hexdigest()


class Pair:
    """A panel on the page and its twin."""

    def __init__(self, sheet, locator, source):
        self.sheet = sheet
        self.page = sheet.page
        self.panel = locator
        self.twin = eval(source, dict(NAMES))
        self.controls = list(leaves(self.twin))
        self.view = self.twin.view
        self.slider = next(one for one in self.controls if isinstance(one, widgets.IntSlider))
        self.locator = {control: self._find(control) for control in self.controls}
        self._drawn = {}

    def _find(self, control):
        name = control.description
        if isinstance(control, widgets.Dropdown):
            return self.panel.get_by_label(name, exact=True)
        role = next(role for kinds, role in ROLES if isinstance(control, kinds))
        # A slider may be hidden as long as it has nothing to say.
        return self.panel.get_by_role(role, name=name, exact=True, include_hidden=True)

    def unfold(self):
        """Show what is folded away."""
        if self.twin.more in self.controls:
            self.locator[self.twin.more].click()
            self.twin.more.value = True

    def lists(self):
        """The lists among the controls, but for those of code words."""
        lists = [one for one in self.controls if isinstance(one, widgets.Dropdown)]
        return [one for one in lists if one.description != "code word"]

    @staticmethod
    def labels(dropdown):
        """What stands in a list."""
        return [label for label, _ in dropdown._options_full]

    # What is seen

    def agree(self, seconds=8):
        """The page says and shows what the twin does, pictures to the pixel.

        Waits for it, then complains.
        """
        self.agree_in_words(seconds)
        until = time.monotonic() + seconds
        wrong = self._disagreement()
        while wrong and time.monotonic() < until:
            time.sleep(0.02)
            wrong = self._disagreement()
        if wrong:
            raise AssertionError(f"{type(self.twin).__name__}: {wrong}")

    def agree_in_words(self, seconds=8):
        """The page says what the twin does, and its controls stand as those of the twin."""
        wanted = self._words()
        until = time.monotonic() + seconds
        read = self.panel.evaluate("panel => vqTests.words(panel)")
        while read != wanted:
            assert time.monotonic() < until, f"the page reads {read}, not {wanted}"
            read = self.panel.evaluate("panel => vqTests.words(panel)")

    def _words(self):
        status, _ = self._status_lines()
        lists = [one.label for one in self.controls if isinstance(one, widgets.Dropdown)]
        numbers = [readout(one) for one in self.controls if isinstance(one, SLIDERS)]
        typed = [one.value for one in self.controls if isinstance(one, widgets.Text)]
        return {"status": status, "lists": lists, "numbers": numbers, "typed": typed}

    def _status_lines(self):
        """What must stand in the status line and in the alert."""
        if self.view.status_is_error:
            return "", self.view.status
        return self.view.status, ""

    def _disagreement(self):
        """The first thing on the page that is not as the twin has it, in words; empty if all is."""
        seen = self.panel.evaluate("panel => vqTests.seen(panel)")
        if seen is None:
            return "nothing is painted"
        lines = seen["status"], seen["alert"]
        if lines != self._status_lines():
            return f"the page says {lines}, not {self._status_lines()}"
        slots = rendering.slots_of(self.view)
        for number, (slot, canvas) in enumerate(zip(slots, seen["canvases"], strict=True)):
            wrong = self._wrong_slot(slot, canvas, number)
            if wrong:
                return f"{slot['name']} {wrong}"
        return ""

    def _wrong_slot(self, slot, canvas, number):
        """What is wrong with the canvas of a slot, of this number on the page."""
        fixed = self.view.fixed.get(slot["fixed"], {})
        content = fixed | self.view.frame.get(slot["name"], {})
        if canvas["alt"] != content["alt"] or not canvas["alt"]:
            return f"has the text {canvas['alt']!r}, not {content['alt']!r}"
        expected = self._expected(slot)
        if expected.shape[:2] != (canvas["height"], canvas["width"]):
            return f"is {canvas['width']} x {canvas['height']}, not {expected.shape}"
        if slot["fixed"] in self.view.axes_png:
            return self._wrong_drawing(number, expected)
        return self._wrong_picture(canvas, expected, rendering.part_seen(self.view, slot)["zoom"])

    def _expected(self, slot):
        """How a slot must look; drawn anew only if it was told something new."""
        name = slot["name"]
        told = [
            self.view.axes_png.get(slot["fixed"]),
            self.view.fixed.get(slot["fixed"]),
            rendering.moving_content(self.view, slot),
            self.view.part,
            self.view.split,
        ]
        if name in self._drawn:
            drawn_for, drawn = self._drawn[name]
            if drawn_for == told:
                return drawn
        self._drawn[name] = (told, rendering.of_slot(self.view, slot))
        return self._drawn[name][1]

    @staticmethod
    def _wrong_picture(canvas, expected, zoom):
        if opaque_digest(expected) != canvas["digest"]:
            return "has other pixels"
        if canvas["shown"] != [zoom * canvas["width"], zoom * canvas["height"]]:
            return f"is shown as {canvas['shown']}, not enlarged by {zoom}"
        return ""

    def _wrong_drawing(self, number, expected):
        """Matplotlib and the canvas smooth edges each in its own way.

        So they must agree within a part of a pixel.
        """
        script = "(panel, number) => vqTests.pixels(panel, number)"
        data = np.frombuffer(base64.b64decode(self.panel.evaluate(script, number)), np.uint8)
        seen = data.reshape(*expected.shape[:2], 4)
        if (seen[..., 3] != 255).any():
            return "has holes"
        blurred = cv2.blur(seen[..., :3].astype(float), (5, 5))
        apart = np.abs(blurred - cv2.blur(expected.astype(float), (5, 5))).max()
        return f"differs by {apart:.0f} of 255 somewhere" if apart > LIMIT else ""

    # What is done, on the page and to the twin

    def press(self, control, key):
        """A key on a control, on the page only."""
        self.locator[control].focus()
        self.page.keyboard.press(key)

    def step(self, slider, key):
        """A key on a slider."""
        self.press(slider, key)
        values = {
            "Home": slider.min,
            "End": slider.max,
            "ArrowRight": slider.value + slider.step,
            "ArrowLeft": slider.value - slider.step,
        }
        slider.value = min(slider.max, values[key])

    def point(self, slider, share):
        """Drag the handle of a slider to this share of its way; the value that is then shown."""
        handle = self.locator[slider]
        handle.scroll_into_view_if_needed()
        track = handle.locator("xpath=../..").bounding_box()
        start = handle.bounding_box()
        mouse = self.page.mouse
        mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        mouse.down()
        x = track["x"] + share * track["width"]
        mouse.move(x, track["y"] + track["height"] / 2, steps=4)
        mouse.up()
        around = handle.locator("xpath=ancestor::*[contains(@class, 'widget-slider')]")
        shown = float(around.locator(".widget-readout").inner_text().replace("\u2212", "-"))
        slider.value = int(shown) if isinstance(slider, widgets.IntSlider) else shown
        return shown

    def choose(self, dropdown, label):
        """Choose from a list, which has the focus then, as a reader's has."""
        self.locator[dropdown].focus()
        self.locator[dropdown].select_option(label=label)
        dropdown.label = label

    def type(self, box, text):
        """Write this into a box, letter by letter, instead of what stands there."""
        self.locator[box].fill("")
        self.locator[box].press_sequentially(text)
        box.value = text

    def click(self, button, key=None):
        """Click a button, or press it by a key."""
        if key:
            self.press(button, key)
        else:
            self.locator[button].click()
        if isinstance(button, widgets.ToggleButton):
            button.value = not button.value
        else:
            button.click()

    def drag(self, name, start, end):
        """Drag on a slot, on the page only, from one of its pixels to another.

        Returns what the twin must be told.
        """
        self.canvas(name).scroll_into_view_if_needed()
        down, now = self.on_page(name, [start, end])
        self.page.mouse.move(*down)
        self.page.mouse.down()
        self.page.mouse.move(*now, steps=5)
        self.page.mouse.up()
        return self.pointer(name, down, now)

    def slots(self):
        """All slots of the view."""
        return rendering.slots_of(self.view)

    def canvas(self, name):
        """The canvas of a slot."""
        names = [slot["name"] for slot in rendering.slots_of(self.view)]
        return self.panel.locator(".vq-view canvas").nth(names.index(name))

    def on_page(self, name, places):
        """Where places in a slot are on the page, in whole pixels: that is what it is told."""
        box, scale = self._box_and_scale(name)
        return [(round(box["x"] + scale * x), round(box["y"] + scale * y)) for x, y in places]

    def pointer(self, name, down, now):
        """What the twin must be told of a drag on a slot, from one place of the page to another."""
        box, scale = self._box_and_scale(name)
        return {
            "press": time.monotonic(),
            "down": [(down[0] - box["x"]) / scale, (down[1] - box["y"]) / scale],
            "now": [(now[0] - box["x"]) / scale, (now[1] - box["y"]) / scale],
        }

    def _box_and_scale(self, name):
        """Where the canvas of a slot is, and how many pixels of the page one of the slot takes."""
        (slot,) = [one for one in rendering.slots_of(self.view) if one["name"] == name]
        canvas = self.canvas(name)
        # A picture that does not fill its slot is scaled as the slot is.
        width = canvas.evaluate("canvas => canvas.parentElement.clientWidth")
        return canvas.bounding_box(), width / slot["width"]
