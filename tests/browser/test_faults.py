"""Load and faults: thousands of moves, panels beside each other, bad files, what axe-core finds."""

import itertools

import psutil
import pytest

from tests.browser.distance import Distance, Proxy
from tests.browser.load import LOOK_AT_ALL, MOVES, HastyLoad, Load
from tests.browser.opening import PANELS, START, open_cells, tab_of
from tests.browser.uploads import COFFEE, NAME, UPLOADS, Uploads, phone_picture

NOTHING_IN_RESERVE = f"""{START}
import ctypes

M_MMAP_THRESHOLD = -3  # of the allocator of Linux
assert ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 2**16) == 1
"""
"""Gives the memory of an array of 64 KiB or more back as soon as the array is freed.

Else the allocator keeps more than 100 MiB in reserve, now more and now less, and what the panels
themselves keep is not seen.
"""
OFTEN = 20  # moves after which memory is looked at


def test_two_thousand_moves_over_all_panels_end_right_and_take_no_more_memory(lab, chromium):
    sheet, pairs = open_cells(lab, chromium, "all", PANELS, NOTHING_IN_RESERVE)
    kernel = kernel_of(lab)
    for pair in pairs:
        pair.unfold()
    load = Load(sheet, pairs)
    assert len(load.opening) < 500  # the first half of the moves is at random, too
    sizes = load.run(look=lambda: kernel.memory_info().rss / 2**20, every=OFTEN)
    of_ten = [max(sizes[at : at + 10]) for at in range(0, len(sizes), 10)]
    told = ", ".join(f"{size:.0f}" for size in of_ten)
    print(f"seed {load.seed}: largest resident size in every {10 * OFTEN} moves: {told} MiB")
    # What is kept of a picture comes and goes: each half has it at its most now and then.
    half = len(sizes) // 2
    if load.count >= 2000:
        assert max(sizes[half:]) <= 1.05 * max(sizes[:half])
    sheet.close()


def kernel_of(lab):
    """The process of the one kernel."""
    processes = psutil.Process(lab.process.pid).children(recursive=True)
    (kernel,) = [process for process in processes if is_kernel(process)]
    return kernel


def is_kernel(process):
    return any("ipykernel_launcher" in word for word in process.cmdline())


FAR = Distance(100)
ALL_ANSWERED = 0.3  # seconds without a byte from that far


def test_a_thousand_moves_in_haste_with_a_kernel_far_away_end_right(lab, chromium):
    with Proxy(lab.address) as proxy:
        sheet, pairs = open_cells(lab, chromium, "far", PANELS, address=proxy.address)
        for pair in pairs:
            pair.unfold()

        def look():
            """What came ahead may agree: so must what the kernel has answered to the last move."""
            proxy.wait_until_quiet(ALL_ANSWERED)
            for pair in pairs:
                pair.agree()

        proxy.go(FAR)
        remembered = [pair for pair in pairs if pair.view.keyed_by]  # of runs in 03 nothing is
        load = HastyLoad(
            sheet, remembered, lambda: proxy.wait_until_quiet(ALL_ANSWERED), count=MOVES // 2
        )
        load.run(look, every=2 * LOOK_AT_ALL)
        print(f"seed {load.seed}: {load.count} moves, the reader waited {load.waits} times")
        sheet.close()


def test_every_painting_is_of_one_picture_and_one_number_of_bits(lab, chromium):
    sources = ["explore.PicturePanel()"] * 2
    with Proxy(lab.address) as proxy:
        sheet, (still, hasty) = open_cells(lab, chromium, "haste", sources, address=proxy.address)
        true = [what_is_shown(seen) for seen in one_after_the_other(still)]
        assert len({str(shown) for shown in true}) == len(true) == 8 * len(PICTURES)
        proxy.go(FAR)
        hasty.panel.evaluate("panel => vqTests.record(panel)")
        for picture, keys in itertools.product(PICTURES, HASTE):
            hasty.choose(hasty.twin.picture, picture)
            for key in keys:
                hasty.step(hasty.twin.bits, key)
            hasty.agree()
        proxy.wait_until_quiet(ALL_ANSWERED)
        paintings = hasty.panel.evaluate("panel => vqTests.recorded(panel)")
        assert len(paintings) >= len(PICTURES) * len(HASTE)
        print(f"{len(paintings)} paintings")
        assert [seen for seen in paintings if what_is_shown(seen) not in true] == []
        sheet.close()


PICTURES = ("camera", "china", "chart")
HASTE = (["Home"], ["ArrowRight", "ArrowRight"], ["End", "ArrowLeft", "Home", "ArrowRight"])


def one_after_the_other(pair):
    """What the page shows of each picture at each number of bits, which its twin agrees with."""
    for picture in PICTURES:
        pair.choose(pair.twin.picture, picture)
        for key in ["Home"] + ["ArrowRight"] * 7:
            pair.step(pair.twin.bits, key)
            pair.agree()
            yield pair.panel.evaluate("panel => vqTests.seen(panel)")


def what_is_shown(seen):
    """The sentence, and the text and the pixels of each canvas; not that it takes a while."""
    sentence = seen["status"].removesuffix(" … Still at work.")
    return [sentence, *((canvas["alt"], canvas["digest"]) for canvas in seen["canvases"])]


SLOW_PICTURES = f"""{START}
import time
frame = explore.GreyScene.frame

def draw_slowly(scene, bits):
    time.sleep(0.3)
    return frame(scene, bits)

explore.GreyScene.frame = draw_slowly
"""


def test_a_reset_is_not_undone_by_what_was_chosen_before_it(lab, chromium):
    sheet, (pair,) = open_cells(lab, chromium, "late", ["explore.PicturePanel()"], SLOW_PICTURES)
    panel = pair.twin
    pair.unfold()
    # In the second round each control has spoken to the kernel before.
    for _ in range(2):
        # The second choice waits in the page until the first one is answered.
        pair.choose(panel.enlarge, "2 x 2")
        pair.choose(panel.enlarge, "4 x 4")
        pair.click(panel.reset, "Enter")
        pair.agree()
        settle(pair)
        # The choice waits in the kernel, as the slider is at work.
        pair.step(panel.across, "ArrowRight")
        pair.choose(panel.enlarge, "4 x 4")
        pair.click(panel.reset, "Enter")
        pair.agree()
        settle(pair)
    assert sheet.complaints == []
    sheet.close()


def settle(pair):
    """Let all that was sent be answered: the panel still agrees with its twin afterwards."""
    pair.page.wait_for_timeout(2000)
    pair.agree()


def test_two_panels_of_a_kind_on_a_page_do_not_touch_each_other(lab, chromium):
    sources = [source for source in PANELS for _ in range(2)]
    sheet, pairs = open_cells(lab, chromium, "twins", sources)
    for one, other in zip(pairs[::2], pairs[1::2], strict=True):
        one.step(one.slider, "ArrowLeft")
        one.agree()
        other.agree()
        other.step(other.slider, "End")
        other.agree()
        one.agree()
    assert sheet.complaints == []
    sheet.close()


def test_one_notebook_in_two_tabs_does_not_touch_itself(lab, chromium):
    sheet, (first,) = open_cells(lab, chromium, "tabs", ["explore.PicturePanel()"])
    again, (second,) = tab_of(lab, chromium, "tabs", ["explore.PicturePanel()"])
    for moved, still in ((first, second), (second, first)):
        for _ in range(2):
            moved.step(moved.twin.bits, "ArrowRight")
            moved.choose(moved.twin.picture, "china" if moved is first else "chart")
            moved.agree()
            still.agree()
    assert sheet.complaints == again.complaints == []
    sheet.close()
    again.close()


@pytest.mark.parametrize("kind", UPLOADS)
def test_own_pictures_are_shown_and_bad_files_get_a_sentence(lab, chromium, tmp_path, kind):
    sheet, (pair,) = open_cells(lab, chromium, f"upload{kind}", [f"explore.{kind}()"])
    bad_files, shape = UPLOADS[kind]
    uploads = Uploads(pair, tmp_path)
    spoken = []
    sheet.page.on("dialog", lambda dialog: (spoken.append(dialog.message), dialog.dismiss()))
    uploads.good("coffee.png", COFFEE)
    for number, name in enumerate(bad_files):
        uploads.bad(name)
        pair.step(pair.slider, "ArrowRight" if number % 2 else "ArrowLeft")
        pair.agree()
        assert not pair.view.status_is_error
        uploads.good(f"again{number}.png", COFFEE)
    uploads.good(NAME, COFFEE)
    uploads.good("phone.jpg", phone_picture())
    assert pair.twin._scene.picture.shape == shape
    print(f"phone.jpg: {len(phone_picture()):,} bytes, {pair.view.status}")
    pair.step(pair.slider, "Home")
    pair.agree(20)
    pair.choose(pair.twin.picture, "camera")
    pair.agree()
    assert spoken == []
    assert [text for text in sheet.complaints if "ValueError" not in text] == []
    sheet.close()


SLOW = f"""{START}
import time
compute = explore.ColourScene.compute

def compute_slowly(scene, bits, *more):
    time.sleep(2.5 * (bits > 4))
    return compute(scene, bits, *more)

explore.ColourScene.compute = compute_slowly
"""


def test_work_of_more_than_half_a_second_is_told_and_its_end_too(lab, chromium):
    sheet, (pair,) = open_cells(lab, chromium, "slow", ["explore.ColourPanel()"], SLOW)
    working = pair.panel.locator("[role=status]", has_text="Still at work.")
    moves = [("ArrowRight", True), ("ArrowLeft", False), ("ArrowRight", False), ("End", True)]
    for key, slow in moves:
        pair.step(pair.twin.bits, key)
        if slow:
            working.wait_for(timeout=5000)
        pair.agree()  # in words too
        assert working.count() == 0
    assert sheet.complaints == []
    sheet.close()


def findings(sheet):
    """What axe-core finds serious or critical in the panels, a line for each.

    And how many rules are broken in all.
    """
    # Not at the top: where it is missing, tests are skipped.
    from axe_playwright_python.sync_playwright import Axe

    panels = sheet.page.locator(".vq-panel")
    for more in panels.get_by_role("button", name="more", exact=True).all():
        more.click()
    panels.first.scroll_into_view_if_needed()
    found = Axe().run(sheet.page, context=".vq-panel").response["violations"]
    bad = []
    for one in found:
        if one["impact"] in ("serious", "critical"):
            bad += [f"{one['id']} ({one['impact']}): {node['html']}" for node in one["nodes"]]
    return bad, len(found)


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_axe_finds_nothing_serious_in_any_panel(lab, chromium, theme):
    lab.set("apputils-extension/themes", theme=f"JupyterLab {theme}")
    sheet, pairs = open_cells(lab, chromium, f"axe{theme}", PANELS)
    is_light = "true" if theme == "Light" else "false"
    sheet.page.wait_for_selector(f'body[data-jp-theme-light="{is_light}"]', state="attached")
    bad, count = findings(sheet)
    print(f"axe-core, {theme}: {len(bad)} serious or critical, {count} rules broken in all")
    assert bad == []
    for pair in pairs:
        pair.agree()
    sheet.close()


def test_controls_are_reached_in_reading_order_and_states_are_announced(lab, chromium):
    sheet, pairs = open_cells(lab, chromium, "order", PANELS)
    for pair in pairs:
        reached = [one for one in pair.controls if not getattr(one, "disabled", False)]
        first, *others = [one for one in reached if pair.locator[one].is_visible()]
        pair.locator[first].focus()
        for control in others:
            press_tab_until(pair, control)
            assert has_focus(pair, control), control.description
        assert pair.panel.locator("[role=status]").count() == 1
        assert pair.panel.locator("[role=alert]").count() == 1
    sheet.close()


def press_tab_until(pair, control):
    """Four times at most: a slider's number is a stop of its own, a disabled slider is two."""
    for _ in range(4):
        pair.page.keyboard.press("Tab")
        if has_focus(pair, control):
            return


def has_focus(pair, control):
    return pair.locator[control].evaluate("element => element === document.activeElement")
