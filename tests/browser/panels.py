"""A panel on the page beside its twin: the same panel in this process, moved alike, that says what must be seen."""

import base64
import hashlib
import time

import cv2
import ipywidgets as widgets
import nbformat
import numpy as np
import render

from vqlib import explore, image, plot

LIMIT = 50  # of 255, averaged over 5 x 5 pixels: edges are smoothed a little otherwise, a missing star makes 100
SEEN = """
async panel => {
    const view = panel.querySelector('.vq-view');
    if (!view?.dataset.painted) return null;
    const places = [];
    for (const canvas of view.querySelectorAll('canvas')) {
        const {width, height} = canvas;
        const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
        places.push({
            width, height, digest: [...digest].map(byte => byte.toString(16).padStart(2, '0')).join(''),
            shown: [canvas.clientWidth, canvas.clientHeight], alt: canvas.getAttribute('aria-label'),
        });
    }
    const text = role => view.querySelector(`[role=${role}]`).textContent;
    return {said: text('status'), alert: text('alert'), places};
}
"""
# What stands in the status line, and in the lists and numbers of the controls.
READ = """
panel => ({
    said: panel.querySelector('[role=status]')?.textContent,
    lists: [...panel.querySelectorAll('select')].map(
        list => list.selectedOptions[0]?.textContent.replaceAll('\u00a0', ' ') ?? null),
    numbers: [...panel.querySelectorAll('.widget-readout')].map(number => number.textContent),
})
"""
PIXELS = """
(panel, k) => {
    const canvas = panel.querySelectorAll('.vq-view canvas')[k];
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let text = '';
    for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
    return btoa(text);
}
"""


def panel_cells(notebook):
    """The sources of the cells that show a panel."""
    cells = nbformat.read(notebook, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code" and "Panel(" in cell.source]


def leaves(widget):
    """All controls of a panel, in reading order."""
    if isinstance(widget, widgets.Box):
        for child in widget.children:
            yield from leaves(child)
    elif not isinstance(widget, explore.View):
        yield widget


class Pair:
    """A panel on the page and its twin."""

    def __init__(self, sheet, locator, source):
        self.sheet, self.page, self.panel = sheet, sheet.page, locator
        self.twin = eval(source, {"explore": explore, "image": image, "plot": plot})
        self.controls = list(leaves(self.twin))
        self.view = self.twin.view
        self.slider = self.twin.bits if hasattr(self.twin, "bits") else self.twin.dimension
        self._drawn = {}
        self.locator = {control: self._find(control) for control in self.controls}

    def _find(self, control):
        name = control.description
        if isinstance(control, widgets.Dropdown):
            return self.panel.get_by_label(name, exact=True)
        if isinstance(control, widgets.Button | widgets.ToggleButton):
            return self.panel.get_by_role("button", name=name, exact=True)
        return self.panel.get_by_role("slider", name=name, exact=True)

    def unfold(self):
        """Show what is folded away."""
        if self.twin.more in self.controls:
            self.locator[self.twin.more].click()
            self.twin.more.value = True

    def lists(self):
        """The lists among the controls, but for those of code words."""
        return [one for one in self.controls if isinstance(one, widgets.Dropdown) and one.description != "code word"]

    @staticmethod
    def labels(dropdown):
        """What stands in a list."""
        return [label for label, _ in dropdown._options_full]

    # What is seen

    def agree(self, seconds=8):
        """The page says and shows what the twin does, to the pixel for pictures; waits for it, then complains."""
        self.agree_in_words(seconds)
        wrong, until = "", time.monotonic() + seconds
        while time.monotonic() < until:
            wrong = self._disagreement()
            if not wrong:
                return
            time.sleep(0.02)
        raise AssertionError(f"{type(self.twin).__name__}: {wrong}")

    def agree_in_words(self, seconds=8):
        """The page says what the twin does, and its controls stand as those of the twin."""
        sliders = [control for control in self.controls if isinstance(control, widgets.IntSlider | widgets.FloatSlider)]
        numbers = [f"{slider.value:z.{0 if slider.step == 1 else 2}f}".replace("-", "\u2212") for slider in sliders]
        lists = [control.label for control in self.controls if isinstance(control, widgets.Dropdown)]
        wanted = {"said": "" if self.view.failed else self.view.said, "lists": lists, "numbers": numbers}
        until = time.monotonic() + seconds
        while (read := self.panel.evaluate(READ)) != wanted:
            assert time.monotonic() < until, f"the page reads {read}, not {wanted}"

    def _disagreement(self):
        seen = self.panel.evaluate(SEEN)
        if seen is None:
            return "nothing is painted"
        said = ("", self.view.said) if self.view.failed else (self.view.said, "")
        if (seen["said"], seen["alert"]) != said:
            return f"the page says {seen['said']!r} and {seen['alert']!r}, not {said!r}"
        places = [spot for column in self.view.columns for spot in column]
        for number, (spot, place) in enumerate(zip(places, seen["places"], strict=True)):
            part = self.view.frame.get(spot["name"]) or self.view.stills[spot["still"]]
            if place["alt"] != part["alt"] or not place["alt"]:
                return f"{spot['name']} has the text {place['alt']!r}, not {part['alt']!r}"
            expected = self._expected(spot)
            if expected.shape[:2] != (place["height"], place["width"]):
                return f"{spot['name']} is {place['width']} x {place['height']}, not {expected.shape}"
            if spot["still"] in self.view.grounds:
                if wrong := self._unlike(number, expected):
                    return f"{spot['name']} {wrong}"
            else:
                opaque = np.dstack([expected, np.full(expected.shape[:2], 255)]).astype(np.uint8)
                if hashlib.sha256(opaque.tobytes()).hexdigest() != place["digest"]:
                    return f"{spot['name']} has other pixels"
                cell = (self.view.stills.get(spot["still"], {}) | part)["cell"]
                if place["shown"] != [cell * place["width"], cell * place["height"]]:
                    return f"{spot['name']} is shown as {place['shown']}, not enlarged by {cell}"
        return ""

    def _expected(self, spot):
        """How a place must look; drawn anew only if it was told something new."""
        name, still = spot["name"], spot["still"]
        told = [values.get(key) for values, key in ((self.view.grounds, still), (self.view.stills, still))]
        told += [self.view.frame.get(name), self.view.split]
        if self._drawn.get(name, (None,))[0] != told:
            self._drawn[name] = told, render.of_place(self.view, spot)
        return self._drawn[name][1]

    def _unlike(self, number, expected):
        """Matplotlib and the canvas smooth edges each in its own way: they must agree within a part of a pixel."""
        data = np.frombuffer(base64.b64decode(self.panel.evaluate(PIXELS, number)), np.uint8)
        seen = data.reshape(*expected.shape[:2], 4)
        if (seen[..., 3] != 255).any():
            return "has holes"
        apart = np.abs(cv2.blur(seen[..., :3].astype(float), (5, 5)) - cv2.blur(expected.astype(float), (5, 5)))
        return f"differs by {apart.max():.0f} of 255 somewhere" if apart.max() > LIMIT else ""

    # What is done, on the page and to the twin

    def press(self, control, key):
        self.locator[control].focus()
        self.page.keyboard.press(key)

    def step(self, slider, key):
        """A key on a slider."""
        self.press(slider, key)
        to = {"Home": slider.min, "End": slider.max, "ArrowRight": slider.value + slider.step}
        slider.value = min(slider.max, to.get(key, slider.value - slider.step))

    def point(self, slider, share):
        """Drag the handle of a slider to this share of its way; returns the value that is then shown."""
        handle = self.locator[slider]
        handle.scroll_into_view_if_needed()
        track, at = handle.locator("xpath=../..").bounding_box(), handle.bounding_box()
        self.page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.move(track["x"] + share * track["width"], track["y"] + track["height"] / 2, steps=4)
        self.page.mouse.up()
        slider_of = "xpath=ancestor::*[contains(@class, 'widget-slider')]"
        shown = float(handle.locator(slider_of).locator(".widget-readout").inner_text().replace("\u2212", "-"))
        slider.value = int(shown) if isinstance(slider, widgets.IntSlider) else shown
        return shown

    def choose(self, dropdown, label):
        self.locator[dropdown].select_option(label=label)
        dropdown.label = label

    def click(self, button, key=None):
        if key:
            self.press(button, key)
        else:
            self.locator[button].click()
        if isinstance(button, widgets.ToggleButton):
            button.value = not button.value
        else:
            button.click()

    def drag(self, name, start, end):
        """Drag on a place from one of its pixels to another; the twin hears of it at once."""
        names = [spot["name"] for column in self.view.columns for spot in column]
        canvas = self.panel.locator(".vq-view canvas").nth(names.index(name))
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        # Whole pixels of the page, since that is what the page is told.
        down, now = ([round(box["x"] + x), round(box["y"] + y)] for x, y in (start, end))
        self.page.mouse.move(*down)
        self.page.mouse.down()
        self.page.mouse.move(*now, steps=5)
        self.page.mouse.up()
        (x0, y0), (x, y) = ([at[0] - box["x"], at[1] - box["y"]] for at in (down, now))
        return [x0, y0, time.monotonic()], [x, y]
