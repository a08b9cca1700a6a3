"""How fast the sliders answer, in one browser and one run; `make bench-sliders` prints the table and checks the bars.

A move is a press of an arrow key; its time goes from the key's own time stamp to the end of the animation frame in which
the new picture is painted. The floor of a panel is a slider of ipywidgets that swaps ready-made PNG bytes of what that
panel's move changes in a stock Image; each panel is measured in turn with its own floor.
"""

from __future__ import annotations

import itertools
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from lab import Lab, Sheet, browser

MOVES, ROUNDS = 40, 4
SETUP = f"""
import sys
import numpy as np, ipywidgets as widgets, matplotlib.pyplot as plt
from IPython.display import display
from sklearn.cluster import KMeans
from vqlib import explore, image, plot
sys.path.insert(0, {str(Path(__file__).parent)!r})
import render

def floor(panel, control, values):
    "A slider that swaps ready-made PNG bytes of what moves when this control of the panel does."
    start, seen = control.value, []
    for control.value in values:
        seen.append(render.shown(panel.view))
    control.value = start
    moving = [name for name in seen[0] if any((shot[name] != seen[0][name]).any() for shot in seen if shot[name].shape == seen[0][name].shape)]
    ready = [render.sheet([shot[name] for name in moving]) for shot in seen]
    slider = widgets.IntSlider(0, 0, len(ready) - 1, description="floor")
    view = widgets.Image(value=ready[0], format="png", layout={{"align_self": "flex-start"}})
    slider.observe(lambda change: setattr(view, "value", ready[change["new"]]), "value")
    display(widgets.VBox([slider, view]))

def twelve_megapixels():
    panel = explore.PicturePanel()
    picture = np.tile(image.sample("camera"), (6, 8))[:3000, :4000].copy()
    panel._tell(panel._show_picture, explore.PictureView(picture, "twelve megapixels"))
    return panel
"""
COMMON = """
camera = image.sample("camera")
def show(bits=2):
    model = KMeans(n_clusters=2**bits, n_init=4).fit(camera.reshape(-1, 1))
    two(model.cluster_centers_[model.labels_].reshape(camera.shape))
def two(quantized):
    figure, axes = plt.subplots(1, 2, figsize=(10, 5))
    axes[0].imshow(camera, cmap="gray", vmin=0, vmax=255)
    axes[1].imshow(quantized, cmap="gray", vmin=0, vmax=255)
    plt.show()
"""


@dataclass
class Case:
    """A panel, which of its sliders is moved, and how far the move may take, over its floor."""

    title: str
    make: str
    control: str
    values: str
    bar: float | None
    label: str
    start: str = ""
    times: dict[str, list[float]] = field(default_factory=lambda: {"floor": [], "ours": []})
    bursts: dict[str, list[float]] = field(default_factory=lambda: {"floor": [], "ours": []})
    bare: dict[str, tuple[int, int]] = field(default_factory=dict)
    opened: float = 0


CASES = [
    Case("ramp (00)", "explore.RampPanel()", "panel.bits", "range(1, 9)", 1.25, "bits"),
    Case("picture, 512 x 512 (04)", "explore.PicturePanel()", "panel.bits", "range(1, 9)", 1.25, "bits"),
    Case("picture, 12 megapixels (04)", "twelve_megapixels()", "panel.bits", "range(1, 9)", 2, "bits"),
    Case("scalar, bits (01)", "explore.ScalarPanel()", "panel.bits", "range(1, 5)", 1.5, "bits"),
    Case("scalar, level moved (01)", "explore.ScalarPanel()", "panel.places[0]", "np.arange(-3, -1, .05)", 1.5, "moved to"),
    Case("plane, code vector moved (02)", "explore.PlanePanel()", "panel.places[0]", "np.arange(-1.8, .2, .05)", 1.5, "x"),
    Case("plane, bits (02)", "explore.PlanePanel()", "panel.bits", "range(1, 7)", 1.5, "bits"),
    Case("plane, rho (02)", "explore.PlanePanel()", "panel.rho", "np.arange(.5, .9, .01)", 1.5, "rho",
         "panel.source.value = 'correlated'; panel.rho.value = 0.5"),
    Case("design, bits (03)", "explore.DesignPanel()", "panel.bits", "range(1, 6)", 1.5, "bits"),
]
WATCH = """
(root, kind) => {
    const state = window.vqBench = {down: 0, last: 0, paints: 0, frames: 0, bare: 0, waiting: null};
    const done = () => requestAnimationFrame(() => {
        const channel = new MessageChannel();  // its message comes after the frame is painted
        channel.port1.onmessage = () => {
            state.last = performance.now();
            state.paints++;
            state.waiting?.(state.last - state.down);
            state.waiting = null;
        };
        channel.port2.postMessage(0);
    });
    window.vqStop?.();
    let before = [...root.querySelectorAll('img')].map(image => image.src).join();
    const observer = new MutationObserver(() => {
        if (kind === 'ours') return done();
        const images = [...root.querySelectorAll('img')];
        const sources = images.map(image => image.src).join();
        if (sources === before || !images.length) return;
        before = sources;
        Promise.all(images.map(image => image.decode())).then(done, () => {});
    });
    const what = kind === 'ours' ? {attributeFilter: ['data-painted']} : {attributeFilter: ['src'], childList: true};
    observer.observe(root, {subtree: true, ...what});
    const key = event => { if (!event.repeat) state.down = event.timeStamp; };
    document.addEventListener('keydown', key, true);
    let going = true;
    const bare = () => kind === 'ours'
        ? [...root.querySelectorAll('canvas')].some(canvas =>
            canvas.getContext('2d').getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data[3] !== 255)
        : [...root.querySelectorAll('img')].some(image => !image.complete || image.naturalWidth === 0);
    const look = () => { if (going) { state.frames++; state.bare += bare(); requestAnimationFrame(look); } };
    if (window.vqLook) requestAnimationFrame(look);
    window.vqStop = () => { observer.disconnect(); document.removeEventListener('keydown', key, true); going = false; };
}
"""


def keys(steps, start):
    """Arrow keys that walk from position `start` up and down between the ends of so many positions, without an end."""
    at, way = start, 1
    while True:
        if not 0 <= at + way < steps:
            way = -way
        at += way
        yield "ArrowRight" if way > 0 else "ArrowLeft"


class Contender:
    """One slider on the page, with what it moves."""

    def __init__(self, sheet, cell, label, kind, steps, start=0):
        self.sheet, self.kind = sheet, kind
        self.root = sheet.page.locator(f".jp-Notebook .jp-Cell >> nth={cell}").locator(".jp-Cell-outputWrapper")
        self.handle = self.root.locator(f'.widget-slider:has(label:text-is("{label}")) .noUi-handle')
        self.keys = keys(steps, start)

    def watch(self, look=False):
        self.root.locator("canvas, img").first.scroll_into_view_if_needed()
        self.sheet.page.evaluate(f"window.vqLook = {'true' if look else 'false'}")
        self.root.evaluate(WATCH, self.kind)
        self.handle.focus()
        time.sleep(0.2)

    def move(self):
        page = self.sheet.page
        time.sleep(random.uniform(0.1, 0.15))  # or each move would begin at the same place of an animation frame
        page.evaluate("() => { window.vqNext = new Promise(done => vqBench.waiting = done); }")
        page.keyboard.press(next(self.keys))
        return page.evaluate("() => Promise.race([vqNext, new Promise((_, no) => setTimeout(no, 15000, 'no picture'))])")

    def moves(self, count):
        self.watch()
        self.move()
        return [self.move() for _ in range(count)]

    def burst(self, look=False):
        """14 moves in half a second: from the last key to the last picture in ms, frames looked at, bare ones.

        Looking takes time, so what was looked at is not timed.
        """
        self.watch(look)
        page, start = self.sheet.page, time.perf_counter()
        for turn in range(14):
            time.sleep(max(0, start + turn * 0.036 - time.perf_counter()))
            page.keyboard.press(next(self.keys))
        while page.evaluate("performance.now() - Math.max(vqBench.last, vqBench.down) < 700"):
            time.sleep(0.1)
        seen = page.evaluate("[vqBench.last - vqBench.down, vqBench.frames, vqBench.bare]")
        return seen[0], seen[1], seen[2]


def notebook():
    cells = [SETUP]
    for case in CASES:
        cells.append(f"panel = {case.make}\n{case.start}\nfloor(panel, {case.control}, {case.values})")
        cells.append(f"panel = {case.make}\n{case.start}\npanel")
    cells += [COMMON + "widgets.interact(show, bits=(1, 4));"]
    cells += ["def show_ours(bits=2):\n    two(image.quantize_image(camera, bits).picture)\nwidgets.interact(show_ours, bits=(1, 4));"]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


def steps_of(case):
    import numpy as np  # noqa: F401 -- for the values

    return len(list(eval(case.values)))


def main(only=""):
    """Measure and print; exits with 1 if a bar was missed."""
    cases = [(number, case) for number, case in enumerate(CASES) if only in case.title]
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        try:
            nbformat.write(notebook(), lab.files / "notebooks" / "bench.ipynb")
            with browser() as chromium:
                version = chromium.version
                sheet = Sheet(lab, chromium, "notebooks/bench.ipynb")
                sheet.run_all()
                if os.environ.get("VQ_TRACE"):
                    trace(sheet, cases)
                    return
                others = [
                    Contender(sheet, 2 * len(CASES) + 1 + k, "bits", "interact", 4, 1) for k in range(2)
                ]
                for number, case in cases:
                    steps = steps_of(case)
                    pair = {
                        "floor": Contender(sheet, 2 * number + 1, "floor", "floor", steps),
                        "ours": Contender(sheet, 2 * number + 2, case.label, "ours", steps, start(case)),
                    }
                    if case.label in ("moved to", "x"):
                        pair["ours"].root.get_by_role("button", name="more").click()
                    for turn in range(ROUNDS):
                        for name in ("floor", "ours") if turn % 2 else ("ours", "floor"):
                            case.times[name] += pair[name].moves(MOVES // ROUNDS)
                    for name in ("floor", "ours", "ours", "floor") * 3:
                        case.bursts[name].append(pair[name].burst()[0])
                    for name in ("floor", "ours"):
                        case.bare[name] = pair[name].burst(look=True)[1:]
                    print(line(case), flush=True)
                if not only:
                    slow = [contender.moves(MOVES) for contender in others]
                complaints = sheet.complaints
        finally:
            lab.stop()
    print(version, complaints)
    if not only:
        print("interact, common code", statistics.median(slow[0]), "vqlib", statistics.median(slow[1]))


def trace(sheet, cases):
    for number, case in cases:
        for name, contender in {"floor": Contender(sheet, 2 * number + 1, "floor", "floor", steps_of(case)),
                    "ours": Contender(sheet, 2 * number + 2, case.label, "ours", steps_of(case), start(case))}.items():
            if name == "ours" and case.label in ("moved to", "x"):
                contender.root.get_by_role("button", name="more").click()
            contender.watch()
            for _ in range(4):
                sheet.page.evaluate("window.vqLog = []")
                total = contender.move()
                time.sleep(.1)
                down = sheet.page.evaluate("vqBench.down")
                print(case.title, name, f"{total:.1f}", [(what, round(at - down, 1)) for what, at in sheet.page.evaluate("vqLog")])


def start(case):
    import numpy as np

    if case.label == "bits":
        return {"ramp": 2, "pict": 2, "scal": 1, "plan": 3, "desi": 2}[case.title[:4]]
    return 0


def line(case):
    middle = {name: statistics.median(times) for name, times in case.times.items()}
    burst = {name: statistics.median(times) for name, times in case.bursts.items()}
    return (f"| {case.title} | {middle['floor']:.1f} | {middle['ours']:.1f} | {middle['ours'] / middle['floor']:.2f} | {case.bar} "
            f"| {burst['floor']:.0f} | {burst['ours']:.0f} | {burst['ours'] / burst['floor']:.2f} | {case.bare}")


if __name__ == "__main__":
    main(*sys.argv[1:])
