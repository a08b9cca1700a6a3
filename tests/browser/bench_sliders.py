"""How fast the sliders answer, in one browser and one run; `make bench-sliders` prints the tables and checks the bars.

A move is a press of an arrow key; its time goes from the key's own time stamp to the end of the animation frame in
which the new picture is painted. The floor of a panel is a slider of ipywidgets that swaps ready-made PNG bytes, of
what that panel's move changes, in a stock Image; each panel is measured in turn with its own floor.
"""

import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import numpy as np
from lab import Lab, Sheet, browser

MOVES, ROUNDS, BURSTS = 40, 4, 6
SETUP = f"""
import sys
import numpy as np, ipywidgets as widgets, matplotlib.pyplot as plt
from IPython.display import display
from sklearn.cluster import KMeans
from vqlib import explore, image, plot
sys.path.insert(0, {str(Path(__file__).parent)!r})
import render

def floor(panel, control, values):
    start, seen = control.value, []
    for control.value in values:
        seen.append(render.shown(panel.view))
    control.value = start
    moving = [name for name in seen[0] if any(not np.array_equal(shot[name], seen[0][name]) for shot in seen)]
    ready = [render.sheet([shot[name] for name in moving]) for shot in seen]
    slider = widgets.IntSlider(0, 0, len(ready) - 1, description="floor")
    view = widgets.Image(value=ready[0], format="png", layout={{"align_self": "flex-start"}})
    slider.observe(lambda change: setattr(view, "value", ready[change["new"]]), "value")
    display(widgets.VBox([slider, view]))

def correlated():
    panel = explore.PlanePanel()
    panel.rho.value, panel.source.value = 0.5, "correlated"
    return panel

def twelve_megapixels():
    panel = explore.PicturePanel()
    picture = np.tile(image.sample("camera"), (6, 8))[:3000, :4000].copy()
    panel._tell(panel._show_picture, explore.GreyView(picture, "twelve megapixels"))
    return panel

def visited(panel):
    for panel.bits.value in [*range(1, 9), panel.bits.value]:
        pass
    return panel
"""
COMMON = """
camera = image.sample("camera")

def two(quantized):
    figure, axes = plt.subplots(1, 2, figsize=(10, 5))
    axes[0].imshow(camera, cmap="gray", vmin=0, vmax=255)
    axes[1].imshow(quantized, cmap="gray", vmin=0, vmax=255)
    plt.show()

def show(bits=2):
    model = KMeans(n_clusters=2**bits, n_init=4).fit(camera.reshape(-1, 1))
    two(model.cluster_centers_[model.labels_].reshape(camera.shape))

widgets.interact(show, bits=(1, 4));
"""
OURS = """
def show_ours(bits=2):
    two(image.quantize_image(camera, bits).picture)

widgets.interact(show_ours, bits=(1, 4));
"""
PICTURE = "picture, 512 x 512 (04)"


@dataclass
class Case:
    """A panel, which of its sliders is moved over which values from which on, and how far above its floor it may be."""

    title: str
    make: str
    control: str
    values: list[float]
    label: str
    bar: float
    start: int = 0
    times: dict[str, list[float]] = field(default_factory=lambda: {"floor": [], "ours": []})
    bursts: dict[str, list[float]] = field(default_factory=lambda: {"floor": [], "ours": []})
    bare: dict[str, float] = field(default_factory=dict)
    opened: float = 0

    def over(self, what):
        """Ours over the floor, of the medians of moves or bursts."""
        return statistics.median(what["ours"]) / statistics.median(what["floor"])


def walk(low, high, step):
    """Values of a slider."""
    return np.arange(low, high, step).round(9).tolist()


CASES = [
    Case("ramp (00)", "explore.RampPanel()", "bits", walk(1, 9, 1), "bits", 1.25, 2),
    Case(PICTURE, "explore.PicturePanel()", "bits", walk(1, 9, 1), "bits", 1.25, 2),
    Case("picture, 12 megapixels (04)", "twelve_megapixels()", "bits", walk(1, 9, 1), "bits", 2, 2),
    Case("scalar, bits (01)", "explore.ScalarPanel()", "bits", walk(1, 5, 1), "bits", 1.5, 1),
    Case("scalar, level moved (01)", "explore.ScalarPanel()", "places[0]", walk(-3, -1, 0.05), "moved to", 1.5),
    Case("plane, code vector moved (02)", "explore.PlanePanel()", "places[0]", walk(-1.85, 0.2, 0.05), "x", 1.5),
    Case("plane, bits (02)", "explore.PlanePanel()", "bits", walk(1, 7, 1), "bits", 1.5, 3),
    Case("plane, rho (02)", "correlated()", "rho", walk(0.5, 0.9, 0.01), "rho", 1.5),
    Case(
        "colour, 512 x 512, bits (05)",
        "visited(explore.ColourPanel('astronaut'))",
        "bits",
        walk(1, 9, 1),
        "bits",
        1.25,
        3,
    ),
    Case(
        "blocks, 512 x 512, bits (06)", "visited(explore.BlockPanel('camera'))", "bits", walk(1, 9, 1), "bits", 1.25, 3
    ),
    Case("limits, dimension (07)", "explore.LimitPanel()", "dimension", walk(1, 5, 1), "dimension", 1.5, 1),
    Case("limits, rho (07)", "explore.LimitPanel()", "rho", walk(0, 0.95, 0.1), "rho", 1.5, 9),
    Case("design, bits (03)", "explore.DesignPanel()", "bits", walk(1, 6, 1), "bits", 1.5, 2),
]
WATCH = """
(root, [kind, looking]) => {
    window.vqStop?.();
    const state = window.vqBench = {down: 0, last: 0, frames: 0, bare: 0, waiting: null};
    const images = () => [...root.querySelectorAll('img')];
    const sources = () => images().map(image => image.src).join();
    let [before, going] = [sources(), true];
    const done = () => requestAnimationFrame(() => {
        const channel = new MessageChannel();  // its message comes after the frame is painted
        channel.port1.onmessage = () => {
            state.last = performance.now();
            state.waiting?.(state.last - state.down);
            state.waiting = null;
        };
        channel.port2.postMessage(0);
    });
    const observer = new MutationObserver(() => {
        if (kind === 'ours') return done();
        if (sources() === before || !images().length) return;
        before = sources();
        Promise.all(images().map(image => image.decode())).then(done, () => {});
    });
    const what = kind === 'ours' ? {attributeFilter: ['data-painted']} : {attributeFilter: ['src'], childList: true};
    observer.observe(root, {subtree: true, ...what});
    const key = event => { if (!event.repeat) state.down = event.timeStamp; };
    document.addEventListener('keydown', key, true);
    const middle = canvas => canvas.getContext('2d').getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data[3];
    const look = () => {
        if (!going) return;
        const empty = image => !image.complete || image.naturalWidth === 0;
        const bare = images().some(empty) || [...root.querySelectorAll('canvas')].some(one => middle(one) !== 255);
        state.frames++;
        state.bare += bare;
        requestAnimationFrame(look);
    };
    if (looking) requestAnimationFrame(look);
    window.vqStop = () => { observer.disconnect(); document.removeEventListener('keydown', key, true); going = false; };
}
"""
OPENED = """
cell => new Promise(done => {
    const start = performance.now();
    const old = cell.querySelector('.vq-view');
    const look = () => {
        const now = cell.querySelector('.vq-view');
        if (now && now !== old && now.dataset.painted) done(performance.now() - start);
        else requestAnimationFrame(look);
    };
    look();
})
"""


class Contender:
    """One slider on the page, with what it moves: from `start` on up and down between the ends of its positions."""

    def __init__(self, sheet, cell, label, kind, count, start=0):
        self.page, self.kind = sheet.page, kind
        self.cell = sheet.page.locator(".jp-Notebook .jp-Cell").nth(cell)
        self.root = self.cell.locator(".jp-Cell-outputWrapper")
        self.handle = self.root.locator(f'.widget-slider:has(label:text-is("{label}")) .noUi-handle')
        self.count, self.at, self.way = count, start, 1

    def key(self):
        """The next arrow key."""
        if not 0 <= self.at + self.way < self.count:
            self.way = -self.way
        self.at += self.way
        return "ArrowRight" if self.way > 0 else "ArrowLeft"

    def watch(self, looking=False):
        """Get ready to be measured."""
        self.root.locator("canvas, img").first.scroll_into_view_if_needed()
        self.root.evaluate(WATCH, [self.kind, looking])
        self.handle.focus()
        time.sleep(0.2)

    def move(self):
        """Milliseconds from the key to the picture."""
        time.sleep(random.uniform(0.1, 0.15))  # not always at the same place of an animation frame
        self.page.evaluate("() => { window.vqNext = new Promise(done => vqBench.waiting = done); }")
        self.page.keyboard.press(self.key())
        return self.page.evaluate("() => Promise.race([vqNext, new Promise((_, no) => setTimeout(no, 15000, 'none'))])")

    def moves(self, count):
        """Of so many moves, after one to warm up."""
        self.watch()
        self.move()
        return [self.move() for _ in range(count)]

    def burst(self, looking=False):
        """Of 14 moves in half a second: from the last key to the last picture, and the share of bare frames.

        Looking takes time, so what was looked at is not timed.
        """
        self.watch(looking)
        start = time.perf_counter()
        for turn in range(14):
            time.sleep(max(0, start + turn * 0.036 - time.perf_counter()))
            self.page.keyboard.press(self.key())
        while self.page.evaluate("performance.now() - Math.max(vqBench.last, vqBench.down) < 700"):
            time.sleep(0.1)
        return self.page.evaluate("[vqBench.last - vqBench.down, vqBench.bare / Math.max(1, vqBench.frames)]")

    def open(self):
        """Milliseconds from running the cell to the painted panel."""
        self.cell.locator(".jp-InputArea-editor").click()
        opened = self.cell.evaluate_handle(f"cell => ({{done: ({OPENED})(cell)}})")
        self.page.keyboard.press("Control+Enter")
        return opened.evaluate("one => one.done")


def notebook():
    """A cell for each floor and for each panel, then what others do."""
    cells = [SETUP]
    for case in CASES:
        cells.append(f"panel = {case.make}\nfloor(panel, panel.{case.control}, {case.values})")
        cells.append(case.make)
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in [*cells, COMMON, OURS]])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


def measure(sheet, number, case):
    """Fill in a case."""
    floor = Contender(sheet, 2 * number + 1, "floor", "floor", len(case.values))
    ours = Contender(sheet, 2 * number + 2, case.label, "ours", len(case.values), case.start)
    case.opened = ours.open()
    if case.label in ("moved to", "x"):
        ours.root.get_by_role("button", name="more").click()
    pair = {"floor": floor, "ours": ours}
    for turn in range(ROUNDS):
        for name in list(pair)[:: -1 if turn % 2 else 1]:
            case.times[name] += pair[name].moves(MOVES // ROUNDS)
    for turn in range(BURSTS):
        for name in list(pair)[:: -1 if turn % 2 else 1]:
            case.bursts[name].append(pair[name].burst()[0])
    case.bare = {name: contender.burst(looking=True)[1] for name, contender in pair.items()}


HEAD = """\
| panel and slider | floor ms | ours ms | ours / floor | bar | burst: floor ms | ours ms | ours / floor \
| frames without a picture, floor and ours | opens in ms |
|--|--|--|--|--|--|--|--|--|--|"""


def line(case):
    """A row of the table."""
    floor, ours = (f"{statistics.median(case.times[name]):.0f}" for name in ("floor", "ours"))
    burst = " | ".join(f"{statistics.median(case.bursts[name]):.0f}" for name in ("floor", "ours"))
    bare = " and ".join(f"{100 * case.bare[name]:.1f} %" for name in ("floor", "ours"))
    times = f"{floor} | {ours} | {case.over(case.times):.2f} | {case.bar}"
    return f"| {case.title} | {times} | {burst} | {case.over(case.bursts):.2f} | {bare} | {case.opened:.0f} |"


def missed(slow):
    """Every bar that was missed, in words."""
    for case in CASES:
        for what, value, bar in (
            ("a move, times its floor", case.over(case.times), case.bar),
            ("a burst, times its floor", case.over(case.bursts), 1.5),
            ("frames without a picture, %", 100 * case.bare["ours"], 0),
            ("opening, s", case.opened / 1000, 1.5),
        ):
            if value > bar:
                yield f"{case.title}: {what}: {value:.2f}, at most {bar} allowed"
    (ours,) = (statistics.median(case.times["ours"]) for case in CASES if case.title == PICTURE)
    if slow < 10 * ours:
        yield f"interact over the common code takes {slow / ours:.1f} times as long as ours, at least 10 expected"


def main():
    """Measure and print; exits with 1 if a bar was missed."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        try:
            nbformat.write(notebook(), lab.files / "notebooks" / "bench.ipynb")
            with browser() as chromium:
                sheet = Sheet(lab, chromium, "notebooks/bench.ipynb")
                sheet.run_all()
                print(f"Chromium {chromium.version}\n\n{HEAD}")
                for number, case in enumerate(CASES):
                    measure(sheet, number, case)
                    print(line(case), flush=True)
                last = 2 * len(CASES) + 1
                others = [Contender(sheet, last + turn, "bits", "interact", 4, 1) for turn in range(2)]
                slow, quicker = (statistics.median(contender.moves(MOVES)) for contender in others)
                print(f"\ninteract, two imshow panels, common code: {slow:.0f} ms; with vqlib: {quicker:.0f} ms")
                failures = [*missed(slow), *sheet.complaints]
        finally:
            lab.stop()
    print("", *(failures or ["All bars are met."]), sep="\n")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
