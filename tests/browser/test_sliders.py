"""Every notebook in JupyterLab in Chromium: Run All, then each control by keyboard and pointer."""

import ipywidgets as widgets
import numpy as np
import pytest

from tests.browser.dragging import drag_divider, drag_star, star_places
from tests.browser.lab import NOTEBOOKS, Sheet
from tests.browser.panels import SLIDERS, Pair, panel_cells
from vqlib import explore, files

FIVE = (0.15, 0.35, 0.5, 0.7, 0.9)


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def run(request, chromium, lab):
    """A notebook after Run All, and its panels beside their twins."""
    sheet = Sheet(lab, chromium, f"notebooks/{request.param.name}")
    sheet.run_all()
    sources = panel_cells(request.param)
    found = sheet.page.locator(".vq-panel")
    if sources:
        found.first.wait_for()
    assert sources or request.param.stem.startswith("A"), "only an appendix has no panel"
    assert found.count() == len(sources)
    yield sheet, [Pair(sheet, found.nth(k), source) for k, source in enumerate(sources)]
    sheet.close()


def test_every_control_answers_to_keyboard_and_pointer_with_the_right_picture(run):
    sheet, pairs = run
    for pair in pairs:
        pair.agree()
        pair.unfold()
        for control in pair.controls:
            if getattr(control, "disabled", False):  # the correlation, of a source that has one
                pair.choose(pair.twin.source, "correlated")
                pair.agree()
            pair.locator[control].scroll_into_view_if_needed()
            assert pair.locator[control].is_visible(), control.description
            try_values(pair, control)
        for control in pair.controls:
            if isinstance(control, widgets.Button) and control.description != "save":
                try_presses(pair, control)
    assert sheet.complaints == []


def try_values(pair, control):
    """Every value of a slider or a list; some texts in a box."""
    if isinstance(control, SLIDERS):
        by_keyboard(pair, control)
        by_pointer(pair, control)
    elif isinstance(control, widgets.Dropdown):
        through_the_list(pair, control)
    elif isinstance(control, widgets.Text):
        by_typing(pair, control)


def by_keyboard(pair, slider):
    pair.step(slider, "Home")
    pair.agree()
    shares = stops(slider)
    steps = len(FIVE) if shares is FIVE else len(shares) - 1
    for key in ["ArrowRight"] * steps + ["ArrowLeft", "End", "ArrowLeft"]:
        pair.step(slider, key)
        pair.agree()


def stops(slider):
    """The shares of its way at which a slider stops; if there are many, five anywhere on it."""
    count = round((slider.max - slider.min) / slider.step)
    if count > 16:
        return FIVE
    return [number / count for number in range(count, -1, -1)]


def by_pointer(pair, slider):
    shares = stops(slider)
    reach = slider.max - slider.min
    for share in (*shares, 1.0, 0.0, shares[0]):
        shown = pair.point(slider, share)
        wanted = slider.min + share * reach
        assert abs(shown - wanted) <= max(0.51 * slider.step, 0.02 * reach)
        pair.agree()


def through_the_list(pair, dropdown):
    labels = pair.labels(dropdown)
    for label in [*labels[::-1], labels[0]]:
        pair.choose(dropdown, label)
        pair.agree()
    for label in labels[1:]:
        pair.press(dropdown, "ArrowDown")
        dropdown.label = label
        pair.agree()


def by_typing(pair, box):
    """Words, and what is none: each is told, and the next word is answered as if nothing was."""
    for text in ("Jonathan", "r2d2", "anna", "a" * 40, "7", "x", ""):
        pair.type(box, text)
        pair.agree()


def try_presses(pair, button):
    for key in (None, "Enter", " "):
        pair.click(button, key)
        pair.agree()


def test_a_code_vector_follows_the_pointer_and_so_do_region_and_distortion(run):
    sheet, pairs = run
    for pair in pairs:
        if not isinstance(pair.twin, explore.DragPanel):
            pytest.skip("its panel has no code vectors to be dragged")
        pair.click(pair.twin.reset)
        pair.agree()
        slot = pair.view.cells[0][0]
        stars = star_places(pair, slot)
        for number in (0, 1, len(stars) - 1):
            drag_star(pair, slot, number, stars[number])
    assert sheet.complaints == []


def test_a_patch_is_taken_by_a_click_and_by_a_drag(run):
    sheet, pairs = run
    for pair in pairs:
        if not isinstance(pair.twin, explore.FindPanel):
            pytest.skip("its panel has no patch to be taken")
        pair.click(pair.twin.reset)
        pair.agree()
        for start, end in (([50, 90], [50, 90]), ([300, 120], [220, 333]), ([9, 9], [-30, 200])):
            pair.view.pointer = pair.drag("photograph", start, end)
            pair.agree()
            middle = (pair.twin.across.value + 4, pair.twin.down.value + 4)
            assert np.abs(np.clip(end, 4, 396) - middle).max() <= 1
    assert sheet.complaints == []


def picture_pairs(run):
    """The panels with a photograph, put back to where they started."""
    _, pairs = run
    chosen = [pair for pair in pairs if isinstance(pair.twin, explore.PhotoPanel)]
    if not chosen:
        pytest.skip("it has no panel with a photograph")
    for pair in chosen:
        pair.click(pair.twin.reset)
        pair.agree()
    return chosen


def test_the_divider_is_dragged_and_moved_by_keys(run):
    for pair in picture_pairs(run):
        for x in (100, 399, 0, 250):
            drag_divider(pair, x)
        pair.panel.get_by_label("original over quantized").focus()
        for key, split in (("Home", 0), ("ArrowRight", 1), ("End", 100), ("ArrowLeft", 99)):
            pair.page.keyboard.press(key)
            pair.view.split = split
            pair.agree()
        pair.click(pair.twin.reset)
        assert pair.view.split == 0
        pair.agree()
        assert pair.sheet.complaints == []


def test_the_picture_is_moved_by_the_pointer(run):
    for pair in picture_pairs(run):
        pair.choose(pair.twin.enlarge, "8 x 8")
        pair.agree()
        before = pair.twin.across.value
        for end in ([120, 260], [390, 10], [5, 395]):
            pair.view.pointer = pair.drag("original", [200, 200], end)
            pair.agree()
        assert pair.twin.across.value != before
        pair.click(pair.twin.reset)
        pair.agree()


def test_save_gives_the_file_of_the_picture_that_is_shown(run):
    for pair in picture_pairs(run):
        slider = pair.twin.steps
        for number in (1, 4, slider.max):
            pair.point(slider, (number - 1) / (slider.max - 1))
            pair.agree()
            save(pair, f"{number}_{slider.description}")
            pair.agree()
        assert pair.sheet.complaints == []


def save(pair, setting):
    """Save what is shown; the file is that picture, and the sentence tells its size."""
    with pair.page.expect_download() as started:
        pair.click(pair.twin.save)
    shown = pair.twin._scene.result(*pair.twin._scene_values())
    is_png = shown.block == 1
    name = f"{pair.twin.picture.value}_{setting}.{'png' if is_png else 'npz'}"
    assert started.value.suggested_filename == name
    content = started.value.path().read_bytes()
    if isinstance(pair.twin, explore.StagePanel):
        assert content == files.stages_to_npz(shown)
        loaded = files.load_stages(content)
    else:
        assert content == (shown.png() if is_png else files.to_npz(shown))
        loaded = files.load(content)
    assert (loaded.picture == shown.picture).all()
    assert f"{len(content):,} bytes" in pair.view.status


def test_restart_and_run_all_works_again(run):
    sheet, pairs = run
    sheet.menu("Edit", "Clear Outputs of All Cells")
    sheet.menu("Kernel", "Restart Kernel and Run All Cells…")
    sheet.page.get_by_role("button", name="Confirm Kernel Restart").click()
    sheet.wait_until_run()
    for pair in pairs:
        fresh = Pair(sheet, pair.panel, f"explore.{type(pair.twin).__name__}()")
        fresh.agree()
        fresh.step(fresh.slider, "ArrowRight")
        fresh.agree()
    assert sheet.complaints == []
