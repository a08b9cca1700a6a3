"""The slider panels. Each owns its state, so two of them on one page do not touch each other.

What a panel shows is computed by a plain function or object that works without a kernel. Sliders are those of
`ipywidgets`; what is shown goes to the page in one message for each move, to the one `View` of the panel, that is
view.js. `interact` is not used: it redraws everything, flickers, and hides its failures.
"""

import contextlib
import itertools
import math
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
import numpy as np
import traitlets
from IPython.display import display
from matplotlib.axes import Axes
from PIL import Image
from sklearn.cluster import kmeans_plusplus
from threadpoolctl import ThreadpoolController

from . import files, image, limits, plot
from .codebook import Codebook
from .design import OptimalScalar, Step, lloyd, lloyd_steps, product, uniform
from .image import Colours, GreyLevels, Picture, QuantizedImage
from .arrays import Floats
from .checks import check_int as whole
from .measure import decibels, mse
from .sources import DENSITIES, clusters, density, gauss_markov, gaussian, laplacian, ring

UPLOAD_LIMIT = 9_000_000
"""Bytes of a picture file. Jupyter drops messages of some 10 MiB without a word."""
TURN = threading.RLock()
"""JupyterLab's messages to one panel may come in two threads (subshells): here they come in one after the other."""
THREADS = ThreadpoolController()
"""Panels compute on one thread: beside a busy browser the threads of KMeans would wait for each other."""
PIXELS = 300_000
"""A panel that trains thins a picture down to so many pixels, so that the next move need not wait for long."""
SPAN = 5.0
"""The scalar panel shows the numbers from -SPAN to SPAN."""
DENSITY, SQUARE, CHART = (820, 240), (410, 410), (plot.SIDE, 180)
"""Sizes of drawings: a density, the plane, and below a picture."""
IDENTITY = np.arange(256)

Part = dict[str, Any]
"""What one place of a view shows: a picture's `table` and perhaps its own pixels (`still_picture`), or a drawing's
`marks`; and `alt` in words."""


class View(anywidget.AnyWidget):
    """What a panel shows; view.js puts it on the page.

    A picture has one byte per pixel and a table of 768 bytes, the colour of each of the 256 bytes; or it has three
    bytes per pixel. Where a move changes only tables and the marks on drawings, pictures are sent once.
    """

    _esm = Path(__file__).with_name("view.js")
    _css = """
    .vq-view p { min-height: 4.5em; margin: 4px 2px; color: var(--jp-content-font-color1); }
    .vq-view p:empty { display: none; }
    .vq-alert { font-weight: bold; border-left: 4px solid #C8102E; padding-left: 8px; }
    .vq-columns { display: flex; flex-wrap: wrap; gap: 0 20px; }
    .vq-view figure { margin: 0 0 10px; }
    .vq-view figcaption { font-weight: bold; margin-bottom: 3px; color: var(--jp-content-font-color1); }
    .vq-view label { color: var(--jp-content-font-color1); display: inline-flex; align-items: center; gap: 8px; }
    .vq-box { position: relative; }
    .vq-box canvas { image-rendering: pixelated; display: block; }
    .vq-drag { cursor: move; touch-action: none; }
    .vq-divider { position: absolute; top: 0; bottom: 0; width: 2px; margin-left: -1px; background: white;
        outline: 1px solid black; pointer-events: none; }
    """
    columns: Any = traitlets.List().tag(sync=True)
    """What stands where, from left to right and in each column downwards; `place` makes one entry."""
    grounds = traitlets.Dict().tag(sync=True)
    """By name the still of each drawing, as PNG bytes."""
    stills = traitlets.Dict().tag(sync=True)
    """By name what stays until something else is opened: a `still_picture`, or the `marks` on a drawing that stay.

    A place that has nothing in the frame shows only that, and takes its `table` and `alt` from here."""
    frame = traitlets.Dict().tag(sync=True)
    """By the name of the place what it shows now, a `Part`."""
    said = traitlets.Unicode().tag(sync=True)
    """The line above the places."""
    failed = traitlets.Bool(False).tag(sync=True)
    """Whether that line tells of a failure."""
    busy = traitlets.Bool(False).tag(sync=True)
    """Whether half a second has passed without an answer to the last move: the line then says so."""
    split = traitlets.Int(0).tag(sync=True)
    """Where the divider is, in percent of the width."""
    pointer = traitlets.Dict().tag(sync=True, echo_update=False)
    """The last drag: where it went `down` (x, y, when) and where it is `now` (x, y), in pixels of its place."""
    upload_limit = traitlets.Int(0).tag(sync=True)
    """The most bytes of a file of the reader's own; 0 if none is asked for."""

    def wait(self) -> None:
        """Tell the page at once that the answer takes its time; an old failure is over."""
        self.busy = True
        self.send_state(["busy", "failed"])


def place(name: str, title: str, width: int, height: int, still: str = "", **more: object) -> dict[str, object]:
    """A place of a view: its title and size in pixels, which of the stills it shows (by default that of its name).

    More can be `pointer=True`, to be told of drags, and `divider="label"`, for a picture with one.
    """
    return {"name": name, "title": title, "width": width, "height": height, "still": still or name, **more}


def still_picture(indices: Picture, cell: int = 1) -> Part:
    """A picture of one byte per pixel for a view, or of three (RGB), each pixel `cell` wide and high on the page."""
    height, width = indices.shape[:2]
    return {"indices": indices.tobytes(), "width": width, "height": height, "cell": cell}


def table_of(levels: Any) -> bytes:  # noqa: ANN401 -- whatever makes an array
    """The table of a view, 768 bytes: for each of 256 bytes its grey level or, from an array (n, 3), its colour.

    Fewer are repeated.
    """
    colours = np.resize(np.asarray(levels, dtype=np.uint8), (256, *np.shape(levels)[1:]))
    return (colours if colours.ndim == 2 else colours[:, None].repeat(3, axis=1)).tobytes()


PLAIN = table_of(IDENTITY)
SHADES = table_of(plot.error_colours(0 * IDENTITY, IDENTITY))
"""Tables of a picture as it is, and of an error that is given by its size: white where there is none."""


class Panel(widgets.VBox):  # type: ignore[misc]
    """A row of controls, some more that are folded away, and the view."""

    def __init__(
        self,
        controls: Sequence[widgets.Widget],
        columns: list[list[dict[str, object]]],
        sentence: str,
        more: Sequence[widgets.Widget] = (),
        **options: object,
    ) -> None:
        self.followers: list[widgets.Widget] = []
        """Controls that the panel itself moves."""
        self.sentence = sentence
        """What stands in a stored notebook, where no kernel is running."""
        self.view = View(columns=columns, **options)
        self.more = widgets.ToggleButton(description="more", layout={"width": "auto"})
        folded = _row(more)
        folded.layout.display = "none"
        self.more.observe(lambda change: setattr(folded.layout, "display", None if change["new"] else "none"), "value")
        super().__init__([_row([*controls, self.more] if more else controls), folded, self.view])
        self.add_class("vq-panel")
        for widget in (*controls, *more, self.view):
            widget.comm.on_msg(partial(_in_turn, widget._handle_msg))

    def _watch(self, answer: Callable[[Any], None], *controls: widgets.Widget, name: str = "value") -> None:
        """Call `answer` with every new value of the controls; a failure is shown to the reader and still raised."""
        for control in controls:
            control.observe(lambda change: self._tell(answer, change["new"]), names=name)

    def _button(self, description: str, answer: Callable[[], None]) -> widgets.Button:
        button = widgets.Button(description=description, layout={"width": "auto"})
        button.on_click(lambda _: self._tell(answer))
        return button

    def _reset_button(self, answer: Callable[[], None], *controls: widgets.Widget) -> widgets.Button:
        """A button that puts the controls back to where they are now, and then calls `answer`."""
        first = [control.value for control in controls]

        def reset() -> None:
            for control, value in zip(controls, first, strict=True):
                control.value = value
            answer()

        return self._button("reset", reset)

    def _tell(self, answer: Callable[..., None], *news: object) -> None:
        try:
            with TURN, contextlib.ExitStack() as held:  # all that is shown goes in one message, and last
                held.enter_context(THREADS.limit(limits=1))
                for widget in (self.view, *self.followers):
                    held.enter_context(widget.hold_sync())
                working = threading.Timer(0.5, self.view.wait)
                held.callback(setattr, self.view, "busy", False)  # after the next two
                for end in (working.join, working.cancel):
                    held.callback(end)
                working.start()
                self.view.failed = False
                answer(*news)
        except Exception as error:
            self.view.said, self.view.failed = str(error), True
            raise

    def __repr__(self) -> str:
        return self.sentence

    def _ipython_display_(self) -> None:
        bundle = self._repr_mimebundle_()
        display({**bundle, "text/plain": self.sentence}, raw=True)


def _in_turn(answer: Callable[[dict[str, Any]], None], message: dict[str, Any]) -> None:
    with TURN:
        answer(message)


def _kept(value: float, low: float, high: float, step: float) -> float:
    """The place of a slider nearest to this value, to the last digit as the browser (noUiSlider) has it.

    It would send any other back, perhaps when the reader has moved on, and so undo the move.
    """
    percent = round((value - low) / step) * (100 * step / (high - low))
    return float(high) if percent >= 100 else max(percent, 0) * (high - low) / 100 + low


def _slider(
    description: str, value: float, low: float, high: float, step: float = 1, width: str = "20em"
) -> widgets.Widget:
    kind = widgets.IntSlider if step == 1 else widgets.FloatSlider
    look = {"style": {"description_width": "initial"}, "layout": {"width": width}}
    value = value if step == 1 else _kept(value, low, high, step)
    return kind(value=value, min=low, max=high, step=step, description=description, **look)


def _choice(description: str, options: Iterable[object], value: object = None, width: str = "15em") -> widgets.Dropdown:
    look: Any = {"style": {"description_width": "initial"}, "layout": {"width": width}}
    return widgets.Dropdown(options=list(options), description=description, **look, **{"value": value} if value else {})


def _row(parts: Sequence[widgets.Widget]) -> widgets.HBox:
    return widgets.HBox(parts, layout=widgets.Layout(flex_flow="row wrap"))


# --- 00_start_here ----------------------------------------------------------------------------------------------------


def ramp_frame(bits: int) -> tuple[Part, str]:
    """A ramp from black to white in 2^bits greys, and a sentence."""
    size = 2 ** whole(bits, "bits", 1, 8)
    table = np.linspace(0, 255, size).round()[uniform(size, -0.5, 255.5).encode(IDENTITY)]
    caption = f"{plot.count(bits, 'bit')}: 2^{bits} = {size} greys."
    return {"table": table_of(table), "alt": f"A ramp from black to white in {size} greys"}, caption


class RampPanel(Panel):
    """The first slider: a grey ramp in 2^bits greys."""

    def __init__(self) -> None:
        self.bits = _slider("bits", 3, 1, 8)
        sentence = "Run this cell to move the slider: a grey ramp in 2 to 256 greys."
        super().__init__([self.bits], [[place("ramp", "From black to white", 768, 96)]], sentence)
        self.view.stills = {"ramp": still_picture(np.tile(np.arange(768) // 3, (96, 1)).astype(np.uint8))}
        self._watch(self._show, self.bits)
        self._tell(self._show, self.bits.value)

    def _show(self, bits: int) -> None:
        part, self.view.said = ramp_frame(bits)
        self.view.frame = {"ramp": part}


class NudgePanel(Panel):
    """A panel with a codebook of which one code vector at a time is moved, with the pointer or by sliders."""

    _drawing: plot.Moving
    """Where the pointer is."""

    def __init__(
        self, controls: list[Any], columns: list[list[Any]], sentence: str, axes: list[str], reach: float
    ) -> None:
        # Not a slider: the browser's would keep its first range for the keys Home and End.
        self.chosen = _choice("code word", [("", 0)])
        self.places = [_slider(name, 0, -reach, reach, 0.05) for name in axes]
        self._down: list[float] = []
        super().__init__(controls, columns, sentence, [self.chosen, *self.places])
        self.followers = [self.chosen, *self.places]
        self._watch(self._choose, self.chosen)
        self._watch(self._drag, self.view, name="pointer")
        for axis, slider in enumerate(self.places):
            self._watch(partial(self._move, axis), slider)

    def _load(self, codebook: Codebook) -> None:
        self._vectors = codebook.vectors.copy()
        self.chosen.options = [(word, index) for index, word in enumerate(plot.code_words(codebook))]
        self._choose(self.chosen.value)

    def _choose(self, index: int) -> None:
        # The sliders go to the step nearest to the code vector, which must not count as the reader moving it.
        ends = [(slider.min, slider.max, slider.step) for slider in self.places]
        self._resting = [_kept(value, *end) for value, end in zip(self._vectors[index], ends, strict=True)]
        self._show()
        for slider, value in zip(self.places, self._resting, strict=True):
            slider.value = value

    def _move(self, axis: int, value: float) -> None:
        if abs(value - self._resting[axis]) > self.places[axis].step / 2:
            self._vectors[self.chosen.value, axis] = self._resting[axis] = value
            self._show()

    def _drag(self, pointer: dict[str, list[float]]) -> None:
        """Choose the code vector nearest to where the pointer went down; it moves as far as the pointer does."""
        reach = self.places[0].max
        down, now = (self._drawing.data(*pointer[end][:2])[: len(self.places)] for end in ("down", "now"))
        if pointer["down"] != self._down:
            self._down = pointer["down"]
            self.chosen.value = int(Codebook(self._vectors).encode(down[None])[0])
            self._from = self._vectors[self.chosen.value].copy()
        moved = np.clip(self._from + now - down, -reach, reach) if (now != down).any() else self._from
        self._vectors[self.chosen.value] = moved
        self._choose(self.chosen.value)

    def _put_back(self) -> None:
        self.chosen.value = 0
        self._start_again()

    def _start_again(self, _value: object = None) -> None:
        raise NotImplementedError

    def _show(self) -> None:
        raise NotImplementedError


# --- 01_scalar --------------------------------------------------------------------------------------------------------


class ScalarView:
    """One density with its optimal codebooks, and a drawing on which only the codebook moves."""

    def __init__(self, source: str, largest: int) -> None:
        self.points, self.weights = density(source)
        self.optimum = OptimalScalar(self.points, self.weights, largest=largest)
        self.variance = mse(self.points, np.zeros_like(self.points), self.weights)
        self.drawing = plot.Moving(*DENSITY, self._draw)

    def _draw(self, axes: Axes) -> plot.LevelMarks:
        plot.draw_density(axes, self.points, self.weights, 1.04 * SPAN)  # room for a whole star
        axes.set_xlabel("sample (height: its density)")
        return plot.LevelMarks(axes)

    def frame(self, codebook: Codebook) -> tuple[Part, str]:
        """The drawing with this codebook, and the sentence above it."""
        distortion = codebook.distortion(self.points, self.weights)
        best = self.optimum.codebook(codebook.size).distortion(self.points, self.weights)
        levels = plot.numbers(np.sort(codebook.vectors[:, 0]), 3)
        caption = (
            f"Levels {levels}. Rate {plot.count(codebook.rate, 'bit')} per dimension, mean squared error "
            f"{distortion:.4f}, SNR {decibels(self.variance, distortion):.2f} dB; the best "
            f"{plot.count(codebook.size, 'level')} reach {best:.4f}."
        )
        return {"marks": self.drawing.marks(codebook), "alt": f"A density with levels at {levels}"}, caption


class ScalarPanel(NudgePanel):
    """A scalar codebook over a density: bits, source, uniform or trained, any level moved by hand."""

    MOST_BITS = 4

    def __init__(self) -> None:
        self.source = _choice("source", DENSITIES, "Gaussian", width="13em")
        self.bits = _slider("bits", 2, 1, self.MOST_BITS)
        self.kind = _choice("codebook", ["uniform", "trained"], width="13em")
        first = [self.source, self.bits, self.kind]
        self.reset = self._reset_button(self._put_back, *first)
        sentence = "Run this cell to move the sliders: a scalar codebook over three sources."
        columns = [[place("density", "Drag a star", *DENSITY, pointer=True)]]
        self._views: dict[str, ScalarView] = {}
        super().__init__([*first, self.reset], columns, sentence, ["moved to"], SPAN)
        self._watch(self._start_again, *first)
        self._tell(self._start_again)

    def _start_again(self, _value: object = None) -> None:
        source = self.source.value
        if source not in self._views:
            self._views[source] = ScalarView(source, 2**self.MOST_BITS)
        view, size = self._views[source], 2**self.bits.value
        self._drawing = view.drawing
        self.view.grounds = {"density": view.drawing.still}
        self._load(view.optimum.codebook(size) if self.kind.value == "trained" else uniform(size, -4, 4))

    def _show(self) -> None:
        part, self.view.said = self._views[self.source.value].frame(Codebook(self._vectors))
        self.view.frame = {"density": part}


# --- 02_plane ---------------------------------------------------------------------------------------------------------

PLANE_SOURCES: dict[str, Callable[[int, float], Floats]] = {
    "independent": lambda n, rho: gaussian(n, 2),
    "correlated": lambda n, rho: gauss_markov(n, 2, rho),
    "ring": lambda n, rho: ring(n),
    "clusters": lambda n, rho: clusters(n),
}


def grid(samples: Floats, bits: int) -> Codebook:
    """Two trained scalar quantizers, one for each component of the pairs, that share the bits."""
    halves = zip(samples.T, (2 ** (bits - bits // 2), 2 ** (bits // 2)), strict=True)
    return product(*(lloyd(component, size, starts=1) for component, size in halves))


class PlanePanel(NudgePanel):
    """A codebook of pairs over four sources, trained, taken from the grid or moved by hand; the grid beside it."""

    def __init__(self) -> None:
        self.source = _choice("source", PLANE_SOURCES, width="13em")
        self.bits = _slider("bits", 4, 1, 6, width="14em")
        self.rho = _slider("rho", 0.9, 0, 0.99, 0.01, width="15em")
        first = [self.source, self.bits, self.rho]
        self.train = self._button("train", self._train)
        self.copy = self._button("copy the grid", lambda: self._load(self._grid))
        self.reset = self._reset_button(self._put_back, *first)
        self._drawing = plot.Moving(*SQUARE, plot.PlaneMarks)
        self._trained: dict[tuple[str, float, int], tuple[Codebook, Codebook]] = {}
        columns = [
            [place("yours", "Your codebook: drag a star", *SQUARE, still="plane", pointer=True)],
            [place("grid", "The grid of the same rate", *SQUARE, still="plane")],
        ]
        sentence = "Run this cell to move the sliders: a codebook of pairs over four sources, beside the grid."
        controls = [*first, self.train, self.copy, self.reset]
        super().__init__(controls, columns, sentence, ["x", "y"], plot.PLANE[1] - 0.2)
        self.view.grounds = {"plane": self._drawing.still}
        self._watch(self._start_again, *first)
        self._tell(self._start_again)

    def _start_again(self, _value: object = None) -> None:
        source, rho, bits = self.source.value, self.rho.value, self.bits.value
        self.rho.disabled = source != "correlated"
        self._samples = PLANE_SOURCES[source](4000, rho)
        if (source, rho, bits) not in self._trained:
            self._trained[source, rho, bits] = lloyd(self._samples, 2**bits, starts=2), grid(self._samples, bits)
        codebook, self._grid = self._trained[source, rho, bits]
        self._of_grid = self._grid.distortion(self._samples)
        samples, *marks = self._drawing.marks(self._samples, self._grid, self._grid)
        self.view.stills = {"plane": {"marks": [samples]}}
        self._beside: Part = {"marks": marks, "alt": f"Samples and the {self._grid.size} regions of the grid"}
        self._load(codebook)

    def _train(self) -> None:
        *_, (codebook, _, _) = lloyd_steps(self._samples, Codebook(self._vectors))
        self._load(codebook)

    def _show(self) -> None:
        codebook, chosen = Codebook(self._vectors), self.chosen.value
        _, *marks = self._drawing.marks(self._samples, codebook, codebook, chosen)
        alt = f"Samples and the {codebook.size} regions of your codebook"
        self.view.frame = {"yours": {"marks": marks, "alt": alt}, "grid": self._beside}
        indices = codebook.encode(self._samples)
        distortion = mse(self._samples, codebook.decode(indices))
        word, spot = plot.code_words(codebook)[chosen], plot.numbers(codebook.vectors[chosen], 3)
        self.view.said = (
            f"Rate {plot.count(codebook.rate, 'bit')} per dimension. Mean squared error {distortion:.4f}, of the grid "
            f"{self._of_grid:.4f}: gain {round(decibels(self._of_grid, distortion), 2) + 0.0:+.2f} dB. Code vector "
            f"{word} at ({spot}) speaks for {100 * np.mean(indices == chosen):.1f} % of the samples."
        )


# --- 03_design --------------------------------------------------------------------------------------------------------

STARTS: dict[str, Callable[[Floats, int, int], Floats]] = {
    "random samples": lambda samples, size, seed: np.random.default_rng(seed).choice(samples, size, replace=False),
    "k-means++": lambda samples, size, seed: kmeans_plusplus(samples, size, random_state=seed)[0],
    "one corner": lambda samples, size, seed: samples[np.argsort(samples.sum(axis=1))[:size]],
}


class DesignPanel(Panel):
    """Lloyd's algorithm on pairs, one half-step at a time or all at once, from several kinds of start."""

    def __init__(self) -> None:
        self.source = _choice("source", PLANE_SOURCES, "clusters", width="13em")
        self.bits = _slider("bits", 3, 1, 5, width="15em")
        self.start = _choice("start", STARTS)
        first = [self.source, self.bits, self.start]
        self.step = self._button("step", self._step)
        self.run, self.restart = self._button("run", self._run), self._button("restart", self._restart)
        self.reset = self._reset_button(self._open, *first)
        self._drawing = plot.Moving(*SQUARE, plot.PlaneMarks)
        self._growing = plot.Moving(*SQUARE, plot.CurveMarks)
        columns = [[place("plane", "Stars and regions", *SQUARE)], [place("curve", "Distortion", *SQUARE)]]
        sentence = "Run this cell to press the buttons: Lloyd's algorithm on pairs, one half-step at a time."
        super().__init__([*first, self.step, self.run, self.restart, self.reset], columns, sentence)
        self.view.grounds = {"plane": self._drawing.still, "curve": self._growing.still}
        self._watch(self._open, self.source, self.bits)
        self._watch(self._restart, self.start)
        self._tell(self._open)

    def _open(self, _value: object = None) -> None:
        self._samples = PLANE_SOURCES[self.source.value](2000, 0.9)
        self._ends: list[str] = []
        self._restart()

    def _restart(self, _value: object = None) -> None:
        self._ends.append("")
        start = STARTS[self.start.value](self._samples, 2**self.bits.value, len(self._ends))
        self._coming = lloyd_steps(self._samples, Codebook(start))
        self._steps: list[Step] = []
        self._go(0)

    def _step(self) -> None:
        self._go(min(self._at + 1, len(self._steps) - 1))

    def _run(self) -> None:
        self._steps += self._coming
        for at in np.unique(np.linspace(self._at, len(self._steps) - 1, 30).astype(int)):
            self._go(at)
            self.view.send_state(["frame", "said"])  # one after the other, for the eye

    def _go(self, at: int) -> None:
        self._at = at
        self._steps += itertools.islice(self._coming, max(0, at + 2 - len(self._steps)))  # one more, if there is one
        codebook, indices, loss = self._steps[at]
        marks = self._drawing.marks(self._samples, codebook, self._steps[at - at % 2][0])
        curve = self._growing.marks([step[2] for step in self._steps[: at + 1]])
        said = "every sample goes to its nearest code vector"
        if at % 2:
            astray = 100 * np.mean(self._steps[at + 1][1] != indices)  # the next half-step has them encoded anew
            said = f"every code vector goes to its centroid, and {astray:.1f} % of the samples are nearer to another"
        if at == len(self._steps) - 1:
            self._ends[-1] = f"{loss:.4f}"
            said += f". Nothing changes any more. Your last runs ended at {', '.join(filter(None, self._ends[-10:]))}"
        self.view.frame = {
            "plane": {"marks": marks, "alt": f"Samples, {codebook.size} stars and their regions at half-step {at}"},
            "curve": {"marks": curve, "alt": f"Mean squared error over {plot.count(at, 'half-step')}, now {loss:.4f}"},
        }
        self.view.said = f"Half-step {at}, mean squared error {loss:.4f}: {said}."


# --- 04_grey_images, 05_colour_images, 06_blocks ----------------------------------------------------------------------


class PhotoView:
    """A picture of which a part is shown, beside the same part of quantized ones."""

    def __init__(self, picture: Picture, name: str) -> None:
        self.picture, self.name = picture, name
        self.grounds: dict[str, bytes] = {}
        self.look()

    def hidden(self, enlarge: int) -> Floats:
        """By how many pixels of the page the picture is higher and wider than the part that is shown."""
        shape = np.array(self.picture.shape[:2])
        cell, step = enlarge or max(1, plot.SIDE // shape.max()), 1 if enlarge else max(1, shape.max() // plot.SIDE)
        return np.asarray(np.maximum(cell * np.ceil(shape / step) - plot.SIDE, 0))

    def look(self, spot: tuple[float, float] = (0.5, 0.5), enlarge: int = 0) -> None:
        """Show another part from now on (see `plot.cut`): how far down and across, from 0 to 1 and rim to rim."""
        hidden = self.hidden(enlarge)
        middle = np.array(spot) * hidden + plot.SIDE / 2 + 0.25  # a little more: `cut` rounds down
        self._centre, self._enlarge = tuple(middle / (hidden + plot.SIDE)), enlarge

    def _cut(self, picture: Picture) -> tuple[Picture, int]:
        """The part that is shown, of this picture or another of its size, and how far its pixels are enlarged."""
        return plot.cut(picture, plot.SIDE, self._centre, self._enlarge)

    def stills(self) -> dict[str, Part]:
        """What stays while the settings move."""
        original = {"table": PLAIN, "alt": f"{self.name}, the original"}
        return {"picture": still_picture(*self._cut(self.picture)) | original}

    def result(self, *settings: Any) -> QuantizedImage:  # noqa: ANN401 -- the values of the panel's controls
        """The quantized picture."""
        raise NotImplementedError

    def frame(self, *settings: Any) -> tuple[dict[str, Part], str]:  # noqa: ANN401
        """What is shown, and the sentence."""
        raise NotImplementedError


def picture_caption(result: QuantizedImage, what: str) -> str:
    """The figures of a quantized picture in a sentence."""
    psnr = "no loss" if result.mse == 0 else f"MSE {result.mse:.1f}, PSNR {result.psnr:.1f} dB"
    return (
        f"{what}; {psnr}; {plot.count(result.index_rate, 'bit')} per pixel for the indices "
        f"and {result.codebook_bits / result.pixels:.4f} for the codebook, together {result.rate:.4f}; "
        f"{result.stored_bytes:,} bytes packed, {result.picture.size:,} before."
    )


class PhotoPanel(Panel):
    """Original and quantized picture, the part that is shown, a picture of the reader's own, a file to save."""

    VIEW: Callable[[Picture, str], PhotoView]
    COLOUR = False

    def __init__(self, settings: list[Any], left: list[Part], right: list[Part], sentence: str, picture: str) -> None:
        self._settings = settings
        self.picture = _choice("picture", image.SAMPLES, picture, width="9.5em")
        self.save = self._button("save", self._save)
        sizes = [("as it fits", 0), *((f"{k} x {k}", k) for k in (1, 2, 4, 8))]
        self.enlarge = _choice("each pixel", sizes, 0)
        self.across, self.down = (_slider(name, 50, 0, 100, 0.1) for name in ("across", "down"))
        folded = [self.enlarge, self.across, self.down]
        self.reset = self._reset_button(self._put_back, *settings, self.picture, *folded)
        square = partial(place, width=plot.SIDE, height=plot.SIDE, still="picture")
        whole = square("original", "Original: drag to see another part", pointer=True)
        divided = square("quantized", "Quantized: drag the divider", divider="original over quantized")
        controls = [*settings, self.picture, self.save, self.reset]
        columns = [[whole, *left], [divided, *right]]
        super().__init__(controls, columns, sentence, folded, upload_limit=UPLOAD_LIMIT)
        self.followers = [self.across, self.down]
        self._watch(self._show, *settings)
        self._watch(self._open, self.picture)
        self._watch(self._look, *folded)
        self._watch(self._drag, self.view, name="pointer")
        self.view.on_msg(lambda _view, content, buffers: self._tell(self._receive, content, buffers))
        self._down: list[float] = []
        self._tell(self._open, picture)

    def _open(self, name: str | None) -> None:
        if name is not None:  # None while a picture of the reader's own is shown
            self._show_picture(self.VIEW(image.sample(name, colour=self.COLOUR), name))

    def _receive(self, _content: dict[str, str], buffers: list[memoryview]) -> None:
        if (size := len(buffers[0])) > UPLOAD_LIMIT:
            raise ValueError(f"own picture must have at most {UPLOAD_LIMIT:,} bytes, got {size:,}")
        view = self.VIEW(image.read_image(bytes(buffers[0]), colour=self.COLOUR), "your picture")
        self.picture.value = None
        self._show_picture(view)

    def _show_picture(self, view: PhotoView) -> None:
        self._view, self.view.grounds = view, view.grounds
        self._look()

    def _put_back(self) -> None:
        self.view.split = 0
        self._show()

    def _look(self, _value: object = None) -> None:
        self._view.look((self.down.value / 100, self.across.value / 100), self.enlarge.value)
        self.view.stills = self._view.stills()
        self._show()

    def _drag(self, pointer: dict[str, list[float]]) -> None:
        """Move the part that is shown, as if the picture were held by the pointer."""
        if pointer["down"] != self._down:
            self._down, self._from = pointer["down"], (self.across.value, self.down.value)
        hidden = self._view.hidden(self.enlarge.value)[::-1]
        moved = (np.array(pointer["now"][:2]) - pointer["down"][:2]) / np.maximum(hidden, 1)
        for slider, value in zip((self.across, self.down), np.array(self._from) - 100 * moved, strict=True):
            slider.value = _kept(value, slider.min, slider.max, slider.step)

    def _values(self) -> list[Any]:
        return [control.value for control in self._settings]

    def _show(self, _value: object = None) -> None:
        self.view.frame, self.view.said = self._view.frame(*self._values())

    def _save(self) -> None:
        result = self._view.result(*self._values())
        # No picture format holds blocks.
        kind, content = ("png", result.png()) if result.block == 1 else ("npz", files.to_npz(result))
        name = f"{self.picture.value or 'own'}_{result.bits}_bits.{kind}"
        self.view.send({"save": name}, buffers=[content])
        self.view.said = f"Saved as {name}: {len(content):,} bytes, {result.stored_bytes:,} if only packed."


class GreyView(PhotoView):
    """One grey picture, ready to be shown at any number of bits."""

    def __init__(self, picture: Picture, name: str) -> None:
        super().__init__(picture, name)
        self.grey = GreyLevels(picture)
        results = [self.grey.quantize(bits) for bits in range(1, 9)]
        rates, psnrs = [result.rate for result in results], [result.psnr for result in results]
        # The axis is as wide as the strip of levels below it.
        self._levels = plot.Moving(*CHART, self._draw, (0, 0.27, 1, 0.7))
        self._rates = plot.Moving(*CHART, partial(plot.RateMarks, rates=rates, psnrs=psnrs))
        self._strip = still_picture(np.tile(np.arange(plot.SIDE) * 256 // plot.SIDE, (20, 1)).astype(np.uint8))
        self.grounds = {"histogram": self._levels.still, "rates": self._rates.still}

    def _draw(self, axes: Axes) -> plot.LevelMarks:
        plot.draw_histogram(axes, self.grey.histogram)
        return plot.LevelMarks(axes)

    def stills(self) -> dict[str, Part]:
        """Also the strip of all greys."""
        return super().stills() | {"strip": self._strip}

    def result(self, bits: int) -> QuantizedImage:
        """The picture at so many bits."""
        return self.grey.quantize(bits)

    def frame(self, bits: int) -> tuple[dict[str, Part], str]:
        """Tables of 256 colours, for each grey value what becomes of it: no picture is sent."""
        result = self.result(bits)
        levels = result.codebook.quantize(IDENTITY)
        table, error = table_of(levels), table_of(plot.error_colours(IDENTITY, levels))
        greys = plot.count(result.size, "grey")
        parts: dict[str, Part] = {
            "quantized": {"table": table, "alt": f"{self.name} in {greys}"},
            "error": {"table": error, "alt": f"The error of each pixel of {self.name} in {greys}"},
            "strip": {"table": table, "alt": f"A ramp from black to white in these {greys}"},
            "histogram": {"marks": self._levels.marks(result.codebook), "alt": f"Grey values, and {greys} as stars"},
            "rates": {"marks": self._rates.marks(result.rate, result.psnr), "alt": f"{result.rate:.2f} bits per pixel"},
        }
        return parts, picture_caption(result, plot.count(result.size, "level"))


class PicturePanel(PhotoPanel):
    """Original and quantized picture under a bits slider, with the error and the levels on the histogram."""

    VIEW = GreyView

    def __init__(self, picture: str = "camera", bits: int = 3) -> None:
        self.bits = _slider("bits", bits, 1, 8)
        left = [
            place("histogram", "Histogram, levels and borders", *CHART),
            place("strip", "What each grey value becomes", plot.SIDE, 20),
            place("rates", "Rate and distortion", *CHART),
        ]
        error = place("error", "Error: orange too bright, purple too dark", plot.SIDE, plot.SIDE, still="picture")
        sentence = "Run this cell to move the slider: a photograph at 1 to 8 bits per pixel."
        super().__init__([self.bits], left, [error], sentence, picture)


ERROR = place("error", "Error: the darker, the larger", plot.SIDE, plot.SIDE)


class CodebookView(PhotoView):
    """A view with the code vectors as tiles. It is of a picture of at most `PIXELS`, and keeps its last results."""

    def __init__(self, picture: Picture, name: str) -> None:
        step = math.ceil(math.sqrt(picture.shape[0] * picture.shape[1] / PIXELS))
        super().__init__(np.ascontiguousarray(picture[::step, ::step]), name if step == 1 else f"{name}, thinned")
        self._kept: dict[tuple[object, ...], tuple[tuple[Any, ...], int, str]] = {}

    def found(self, *settings: Any) -> tuple[QuantizedImage, str]:  # noqa: ANN401
        """The quantized picture and the sentence for these settings; what the last ten were made of is kept."""
        # Not by `lru_cache`: a view that holds a method of its own is freed late, with all that it keeps.
        made = self._kept.pop(settings, None)
        if made is None:
            result, said = self.computed(*settings)
            made = (result.indices, result.codebook, result.block), result.bits, said
        self._kept = dict([*self._kept.items(), (settings, made)][-10:])
        return replace(image.from_indices(self.picture, *made[0]), bits=made[1]), made[2]

    def computed(self, *settings: Any) -> tuple[QuantizedImage, str]:  # noqa: ANN401
        """What `found` keeps."""
        raise NotImplementedError

    def result(self, *settings: Any) -> QuantizedImage:  # noqa: ANN401
        """The quantized picture."""
        return self.found(*settings)[0]

    def frame(self, *settings: Any) -> tuple[dict[str, Part], str]:  # noqa: ANN401
        """The quantized picture, the size of its error, and the code vectors."""
        result, said = self.found(*settings)
        tiles = plot.tiles(result.codebook, result.block)
        (before, cell), (after, _) = map(self._cut, (self.picture, result.picture))
        off = np.subtract(before, after, dtype=np.float32).reshape(*before.shape[:2], -1)
        error = np.sqrt(np.einsum("ijk,ijk->ij", off, off) / off.shape[2]).round().astype(np.uint8)
        short = result.block == 1 and result.size <= 256  # one byte per pixel will do
        pixels, table = (self._cut(result.indices)[0], table_of(result.levels)) if short else (after, PLAIN)
        vectors = plot.count(result.size, "code vector")
        parts = {
            "quantized": still_picture(pixels, cell) | {"table": table, "alt": f"{self.name}, quantized"},
            "error": still_picture(error, cell) | {"table": SHADES, "alt": f"The error of each pixel of {self.name}"},
            "tiles": still_picture(tiles) | {"table": PLAIN, "alt": f"{vectors} as tiles"},
        }
        return parts, said


def uniform_palette(size: int) -> Codebook:
    """All combinations of equal steps in red, green and blue; green gets most of the bits, blue least."""
    return product(*(uniform(2 ** (((size - 1).bit_length() + more) // 3), -0.5, 255.5) for more in (1, 2, 0)))


def median_cut(picture: Picture, size: int) -> Codebook:
    """Heckbert's palette (1982, "Color image quantization for frame buffer display"), by Pillow."""
    made = Image.fromarray(picture).quantize(size, Image.Quantize.MEDIANCUT)
    return Codebook(np.array(made.getpalette(), float).reshape(-1, 3)[:size])


def chosen(pixels: Picture, size: int) -> Picture:
    """So many pixels drawn at random, always the same."""
    return np.random.default_rng(0).choice(pixels, size, replace=False)


PALETTES: dict[str, Callable[[Colours, int, str], Codebook]] = {
    "trained": lambda colours, size, space: colours.train(size, space, fast=True),
    "random": lambda colours, size, space: Codebook(chosen(colours.picture.reshape(-1, 3), size)),
    "uniform": lambda colours, size, space: uniform_palette(size),
    "median cut": lambda colours, size, space: median_cut(colours.picture, size),
}


class ColourView(CodebookView):
    """One colour picture, ready to be shown with any palette."""

    def __init__(self, picture: Picture, name: str) -> None:
        super().__init__(picture, name)
        self.colours = Colours(self.picture)
        self._lab = image.to_lab(self.picture.reshape(-1, 3)).astype(np.float32)

    def computed(self, bits: int, palette: str, space: str, dither: str) -> tuple[QuantizedImage, str]:
        """With this palette, and how far the colours are off as the eye sees it."""
        codebook = PALETTES[palette](self.colours, min(2**bits, len(self.colours.colours)), space)
        result = image.diffuse(self.picture, codebook) if dither == "on" else self.colours.encode(codebook, space)
        seen = np.linalg.norm(self._lab - image.to_lab(result.picture.reshape(-1, 3)), axis=1).mean()
        told = f"{plot.count(result.size, 'colour')}, on average {seen:.1f} from the original's in CIELAB"
        return result, picture_caption(result, told)


class ColourPanel(PhotoPanel):
    """A colour picture in 2 to 256 colours: whose palette, nearest in which space, with or without dither."""

    VIEW, COLOUR = ColourView, True

    def __init__(self, picture: str = "china", bits: int = 4) -> None:
        self.bits = _slider("bits", bits, 1, 8, width="13em")
        self.palette = _choice("colours", PALETTES, width="10.5em")
        self.space = _choice("space", image.SPACES, width="8.5em")
        self.dither = _choice("dither", ["off", "on"], width="7em")
        palette = place("tiles", "The palette", plot.SIDE, plot.SIDE)
        sentence = "Run this cell to move the slider: a photograph in 2 to 256 colours."
        settings = [self.bits, self.palette, self.space, self.dither]
        super().__init__(settings, [palette], [ERROR], sentence, picture)


OTHERS = "other pictures"


class BlockView(CodebookView):
    """One grey picture, ready to be shown in blocks from any codebook."""

    def computed(self, block: int, bits: int, source: str) -> tuple[QuantizedImage, str]:
        """With the codebook trained on itself or on the other photographs."""
        if source == OTHERS:
            others = [image.sample(name) for name in image.SAMPLES[:4] if name != self.name]
            codebook = image.train_codebook(others, 2**bits, block=block, fast=True)
            result = image.encode_image(self.picture, codebook, block=block)
        else:
            result = image.quantize_image(self.picture, bits, block=block, fast=True)
        return result, picture_caption(result, f"{plot.count(result.size, 'tile')} of {block} x {block}")


class BlockPanel(PhotoPanel):
    """A grey picture in blocks: their size, the bits of an index, and where the codebook comes from."""

    VIEW = BlockView

    def __init__(self, picture: str = "china", block: int = 2, bits: int = 4) -> None:
        self.block = _choice("block", [(f"{side} x {side}", side) for side in (1, 2, 4, 8)], block, width="9em")
        self.bits = _slider("bits", bits, 1, 8, width="14em")
        self.source = _choice("codebook from", ["this picture", OTHERS], width="17em")
        tiles = place("tiles", "The codebook, from dark to light", plot.SIDE, plot.SIDE)
        sentence = "Run this cell to move the slider: a photograph in blocks of 1 to 8 pixels each way."
        super().__init__([self.block, self.bits, self.source], [tiles], [ERROR], sentence, picture)


# --- 07_rate_distortion -----------------------------------------------------------------------------------------------


class LimitView:
    """What trained codebooks reached, from the table of `limits.measured`, and two drawings."""

    SOURCES = ("independent", "correlated", "Laplacian")
    RATES = np.linspace(0, 2.1, 85)

    def __init__(self) -> None:
        rows = limits.measured()
        self._rows = {(row.source, row.rho, row.dimension, row.size): row for row in rows}
        ends = sorted((row.rate, row.snr_unseen) for row in rows if row.dimension == math.inf)
        self._laplacian = np.array([(0.0, 0.0), *ends]).T
        self.plane = plot.Moving(*SQUARE, plot.PlaneMarks)
        self.chart = plot.Moving(*SQUARE, plot.LimitMarks)

    def samples(self, source: str, rho: float) -> Floats:
        """Pairs of neighbours, as many as the eye can take."""
        return laplacian(2000, 2) if source == "Laplacian" else gauss_markov(2000, 2, _rho(source, rho))

    def stills(self, source: str, rho: float) -> dict[str, Part]:
        """What stays while only dimension and rate move."""
        one = Codebook([[0, 0]])
        return {"plane": {"marks": self.plane.marks(self.samples(source, rho), one, one)[:1]}}

    def limit(self, source: str, rho: float, rates: Floats) -> Floats:
        """The highest SNR in dB at these rates."""
        if source == "Laplacian":
            return np.asarray(np.interp(rates, *self._laplacian))
        spectrum = limits.gauss_markov_spectrum(_rho(source, rho), 512)
        return np.asarray(-10 * np.log10(limits.distortion_rate(rates, spectrum)))

    def reached(self, source: str, rho: float, dimension: int, rate: float) -> limits.Measured:
        """What as many code vectors reach as the rate allows."""
        name, rho = "Laplacian" if source == "Laplacian" else "Gaussian", _rho(source, rho)
        if (size := limits.size_at(rate, dimension)) == 1:
            return limits.Measured(name, rho, dimension, 0.0, 0.0, size, vectors=[[0.0] * dimension])
        return self._rows[name, rho, dimension, size]

    def frame(self, source: str, rho: float, dimension: int, rate: float) -> tuple[dict[str, Part], str]:
        """Cells, the point beside the limit, and a sentence."""
        found = self.reached(source, rho, dimension, rate)
        line = [self.reached(source, rho, dimension, step)[3:5] for step in limits.RATES]
        limit = self.limit(source, rho, np.array([found.rate, *self.RATES]))
        said = (
            f"{plot.count(found.size, 'code vector')} of {plot.count(dimension, 'dimension')}: rate "
            f"{plot.count(found.rate, 'bit')} per dimension, SNR {found.snr_unseen:.2f} dB on unseen samples. "
            f"The limit at this rate is {limit[0]:z.2f} dB, {limit[0] - found.snr_unseen:z.2f} dB more."
        )
        marks, alt = [], f"Pairs of samples; cells of {dimension} dimensions cannot be drawn"
        if dimension <= 2:
            pairs = product(*[Codebook(found.vectors or [])] * (3 - dimension))
            marks = self.plane.marks(np.zeros((1, 2)), pairs, pairs)[1:]
            alt = f"Pairs of samples and the {plot.count(pairs.size, 'cell')} that they fall into"
        curves = self.chart.marks((self.RATES, limit[1:]), np.transpose(line), found[3:5])
        alt_chart = f"{found.snr_unseen:.2f} dB at {found.rate:.3g} bits, below the limit of {limit[0]:z.2f} dB"
        chart = {"marks": curves, "alt": alt_chart}
        return {"plane": {"marks": marks, "alt": alt}, "chart": chart}, said


def _rho(source: str, rho: float) -> float:
    return round(rho, 1) if source == "correlated" else 0.0


class LimitPanel(Panel):
    """Trained codebooks of one to four dimensions on the plane of rate and distortion, below the limit."""

    def __init__(self) -> None:
        self.source = _choice("source", LimitView.SOURCES, "correlated", width="13em")
        self.rho = _slider("rho", 0.9, 0, 0.9, 0.1, width="14em")
        self.dimension = _slider("dimension", 2, 1, 4, width="16em")
        self.rate = _slider("rate", 1, limits.RATES[0], limits.RATES[-1], 0.25, width="14em")
        settings = [self.source, self.rho, self.dimension, self.rate]
        self._view = LimitView()
        self.reset = self._reset_button(self._open, *settings)
        columns = [
            [place("plane", "Pairs of neighbours, and their cells", *SQUARE)],
            [place("chart", "Rate and distortion", *SQUARE)],
        ]
        sentence = "Run this cell to move the sliders: codebooks of one to four dimensions below the limit."
        super().__init__([*settings, self.reset], columns, sentence)
        self.view.grounds = {"plane": self._view.plane.still, "chart": self._view.chart.still}
        self._watch(self._open, self.source, self.rho)
        self._watch(self._show, self.dimension, self.rate)
        self._tell(self._open)

    def _open(self, _value: object = None) -> None:
        self.rho.disabled = self.source.value != "correlated"
        self.view.stills = self._view.stills(self.source.value, self.rho.value)
        self._show()

    def _show(self, _value: object = None) -> None:
        settings = self.source.value, self.rho.value, self.dimension.value, self.rate.value
        self.view.frame, self.view.said = self._view.frame(*settings)
