"""The essential things in browsers other than Chromium: Run All, keys, pointer, drags, files."""

import itertools
import statistics
import time
from unittest import mock

import pytest

from tests.browser.dragging import drag_divider, drag_star, star_places
from tests.browser.lab import NOTEBOOKS
from tests.browser.opening import START, pairs_of
from tests.browser.panels import panel_cells
from tests.browser.uploads import COFFEE, Uploads
from vqlib import explore, files
from vqlib.explore import rendering

WHOLE = NOTEBOOKS[0]
ESSENTIAL = [path for path in NOTEBOOKS if path.stem[:2] in ("01", "02", "04", "05", "07")]
CELLS = list(itertools.chain.from_iterable(map(panel_cells, ESSENTIAL)))
SECONDS = 20  # until a panel is painted for the first time
BREAK = """() => {
  console.error("broken on purpose");
  setTimeout(() => { throw new Error("thrown on purpose"); });
}"""
# How long each key takes until the view is painted, in milliseconds.
TIME_KEYS = """panel => {
  const view = panel.querySelector(".vq-view");
  let pressed = null;
  window.vqMoves = [];
  panel.addEventListener("keydown", () => { pressed = performance.now(); }, true);
  const painted = () => {
    if (pressed !== null) vqMoves.push(performance.now() - pressed);
    pressed = null;
  };
  new MutationObserver(painted).observe(view, { attributeFilter: ["data-painted"] });
}"""


@pytest.fixture(scope="module")
def panels(engine, lab):
    """The panels of the essential notebooks, in one."""
    sheet = engine.open(lab, lab.write("panels", [START, *CELLS]))
    yield pairs_of(sheet, CELLS, SECONDS)
    sheet.close()


def of_kind(panels, kind):
    """Those of a class, in their first state."""
    chosen = [pair for pair in panels if isinstance(pair.twin, kind)]
    assert chosen
    for pair in chosen:
        pair.click(pair.twin.reset)
        pair.agree()
    return chosen


def test_run_all_of_a_whole_notebook_and_what_goes_wrong_on_its_page_is_seen(engine, lab):
    sheet = engine.open(lab, f"notebooks/{WHOLE.name}")
    pairs_of(sheet, panel_cells(WHOLE), SECONDS)
    assert sheet.complaints == []
    sheet.page.evaluate(BREAK)
    until = time.monotonic() + 10
    while len(sheet.complaints) < 2 and time.monotonic() < until:
        sheet.page.evaluate("1")
    first, second = sheet.complaints
    assert "broken on purpose" in first
    assert "thrown on purpose" in second
    sheet.close()


def test_keys_and_pointer_on_a_slider_show_the_right_picture(panels):
    for pair in panels:
        pair.unfold()
        pair.panel.evaluate(TIME_KEYS)
        steps = round((pair.slider.max - pair.slider.min) / pair.slider.step)
        for key in ["Home"] + ["ArrowRight"] * steps + ["ArrowLeft"]:
            pair.step(pair.slider, key)
            pair.agree()
        moves = pair.panel.evaluate("() => vqMoves")
        assert moves, "no move was painted"
        print(f"{type(pair.twin).__name__}: {statistics.median(moves):.0f} ms a move")
        pair.point(pair.slider, 0.5)
        pair.agree()
        assert pair.slider.min < pair.slider.value < pair.slider.max
    assert panels[0].sheet.complaints == []


def test_a_code_vector_follows_the_pointer(panels):
    for pair in of_kind(panels, explore.DragPanel):
        slot = rendering.slots_of(pair.view)[0]
        stars = star_places(pair, slot)
        drag_star(pair, slot, 1, stars[1])
    assert panels[0].sheet.complaints == []


def test_the_divider_is_dragged_and_moved_by_keys(panels):
    for pair in of_kind(panels, explore.PhotoPanel):
        drag_divider(pair, 250)
        pair.panel.get_by_label("original over quantized").focus()
        pair.page.keyboard.press("ArrowLeft")
        pair.view.split -= 1
        pair.agree()
    assert panels[0].sheet.complaints == []


def test_save_gives_the_file_that_the_kernel_made(engine, panels):
    for pair in of_kind(panels, explore.PhotoPanel):
        before = set(engine.saved.iterdir())
        with mock.patch.object(pair.view, "send") as send:
            pair.click(pair.twin.save)
        (message,), more = send.call_args
        (content,) = more["buffers"]
        pair.agree()
        saved = wait_for_file(engine.saved, before, len(content))
        assert saved.name == message["save"]
        assert saved.read_bytes() == content
        assert files.load(content).picture.shape == pair.twin._scene.picture.shape
    assert panels[0].sheet.complaints == []


def wait_for_file(folder, before, size):
    """The one file that is new in a folder, once it has its size."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        new = set(folder.iterdir()) - before
        if len(new) == 1 and min(new).stat().st_size == size:
            return new.pop()
        time.sleep(0.02)
    raise AssertionError(f"no new file of {size} bytes among {sorted(folder.iterdir())}")


def test_own_pictures_are_shown_and_a_bad_file_gets_a_sentence(panels, tmp_path):
    for pair in of_kind(panels, explore.PhotoPanel):
        uploads = Uploads(pair, tmp_path)
        uploads.good("coffee.png", COFFEE)
        uploads.bad("text.png")
        pair.step(pair.twin.bits, "ArrowLeft")
        pair.agree()
