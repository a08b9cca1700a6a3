"""Every notebook in JupyterLab in Chromium: Run All, then every control of every panel, by keyboard and by pointer."""

import ipywidgets as widgets
import numpy as np
import pytest
from lab import NOTEBOOKS, Sheet
from panels import Pair, panel_cells

from vqlib import explore, files

FIVE = (0.15, 0.35, 0.5, 0.7, 0.9)


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def run(request, chromium, lab):
    """A notebook after Run All, and its panels beside their twins."""
    sheet = Sheet(lab, chromium, f"notebooks/{request.param.name}")
    sheet.run_all()
    sources = panel_cells(request.param)
    found = sheet.page.locator(".vq-panel")
    found.first.wait_for()
    assert found.count() == len(sources) > 0
    yield sheet, [Pair(sheet, found.nth(k), source) for k, source in enumerate(sources)]
    sheet.close()


def test_every_control_answers_to_keyboard_and_pointer_with_the_right_picture(run):
    sheet, pairs = run
    for pair in pairs:
        pair.agree()
        pair.unfold()
        for control in pair.controls:
            pair.locator[control].scroll_into_view_if_needed()
            assert pair.locator[control].is_visible(), control.description
            if isinstance(control, widgets.IntSlider | widgets.FloatSlider):
                if control.disabled:  # the correlation, of a source that has one
                    pair.choose(pair.twin.source, "correlated")
                by_keyboard(pair, control)
                by_pointer(pair, control)
            elif isinstance(control, widgets.Dropdown):
                through_the_list(pair, control)
        for control in pair.controls:
            if isinstance(control, widgets.Button) and control.description != "save":
                for key in (None, "Enter", " "):
                    pair.click(control, key)
                    pair.agree()
    assert sheet.complaints == []


def by_keyboard(pair, slider):
    pair.step(slider, "Home")
    pair.agree()
    steps = len(stops(slider)) - 1 if stops(slider) is not FIVE else len(FIVE)
    for key in ["ArrowRight"] * steps + ["ArrowLeft", "End", "ArrowLeft"]:
        pair.step(slider, key)
        pair.agree()


def stops(slider):
    """The shares of its way at which a slider stops; of one that stops at many, five places anywhere on the way."""
    count = round((slider.max - slider.min) / slider.step)
    return [place / count for place in range(count, -1, -1)] if count <= 16 else FIVE


def by_pointer(pair, slider):
    shares = stops(slider)
    for share in (*shares, 1.0, 0.0, shares[0]):
        shown = pair.point(slider, share)
        wanted = slider.min + share * (slider.max - slider.min)
        assert abs(shown - wanted) <= max(0.51 * slider.step, 0.02 * (slider.max - slider.min))
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


def test_a_code_vector_follows_the_pointer_and_so_do_region_and_distortion(run):
    sheet, pairs = run
    for pair in pairs:
        if not isinstance(pair.twin, explore.NudgePanel):
            pytest.skip("its panel has no code vectors to be dragged")
        pair.click(pair.twin.reset)
        pair.agree()
        place = pair.view.columns[0][0]
        (stars,) = [mark for mark in pair.view.frame[place["name"]]["marks"] if mark["kind"] == "stars"]
        spots = np.frombuffer(stars["xy"], np.float32).reshape(-1, 2).tolist()
        for star in (0, 1, len(spots) - 1):
            start = [round(spots[star][0]), round(min(spots[star][1], place["height"] - 70))]
            end = [start[0] + (40 if start[0] < place["width"] / 2 else -40), start[1] - 30]
            before = pair.twin._vectors.copy()
            down, now = pair.drag(place["name"], start, end)
            pair.view.pointer = {"down": down, "now": now}
            pair.agree()
            assert pair.twin.chosen.value == star
            assert (np.delete(pair.twin._vectors, star, axis=0) == np.delete(before, star, axis=0)).all()
            assert pair.twin._vectors[star, 0] != before[star, 0]
    assert sheet.complaints == []


def picture_pairs(run):
    sheet, pairs = run
    chosen = [pair for pair in pairs if isinstance(pair.twin, explore.PhotoPanel)]
    if not chosen:
        pytest.skip("it has no panel with a photograph")
    for pair in chosen:
        pair.click(pair.twin.reset)
        pair.agree()
    return sheet, chosen


def test_the_divider_is_dragged_and_moved_by_keys(run):
    sheet, pairs = picture_pairs(run)
    for pair in pairs:
        divider = pair.panel.get_by_label("original over quantized")
        line = pair.panel.locator(".vq-divider")
        for x in (100, 399, 0, 250):
            _, now = pair.drag("quantized", [200, 200], [x, 150])
            pair.view.split = min(100, max(0, int(100 * now[0] / 400 + 0.5)))
            pair.agree()
            assert divider.input_value() == str(pair.view.split)
            box = line.locator("xpath=../canvas").bounding_box()
            assert abs(line.bounding_box()["x"] + 1 - box["x"] - 4 * pair.view.split) <= 1.5
        divider.focus()
        for key, split in (("Home", 0), ("ArrowRight", 1), ("End", 100), ("ArrowLeft", 99)):
            sheet.page.keyboard.press(key)
            pair.view.split = split
            pair.agree()
        pair.click(pair.twin.reset)
        assert pair.view.split == 0
        pair.agree()
    assert sheet.complaints == []


def test_the_picture_is_moved_by_the_pointer(run):
    _, pairs = picture_pairs(run)
    for pair in pairs:
        pair.choose(pair.twin.enlarge, "8 x 8")
        pair.agree()
        before = pair.twin.across.value
        for end in ([120, 260], [390, 10], [5, 395]):
            down, now = pair.drag("original", [200, 200], end)
            pair.view.pointer = {"down": down, "now": now}
            pair.agree()
        assert pair.twin.across.value != before
        pair.click(pair.twin.reset)
        pair.agree()


def test_save_gives_the_file_of_the_picture_that_is_shown(run):
    sheet, pairs = picture_pairs(run)
    for pair in pairs:
        for bits in (1, 4, 8):
            pair.point(pair.twin.bits, (bits - 1) / 7)
            pair.agree()
            with sheet.page.expect_download() as started:
                pair.click(pair.twin.save)
            shown = pair.twin._view.result(*pair.twin._values())
            end = "png" if shown.block == 1 else "npz"
            assert started.value.suggested_filename == f"{pair.twin.picture.value}_{bits}_bits.{end}"
            content = started.value.path().read_bytes()
            assert content == (shown.png() if shown.block == 1 else files.to_npz(shown))
            assert (files.load(content).picture == shown.picture).all()
            assert f"{len(content):,} bytes" in pair.view.said
            pair.agree()
    assert sheet.complaints == []


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
