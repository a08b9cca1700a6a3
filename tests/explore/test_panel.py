"""What holds for all panels: messages, failures, reset, one thread, one message at a time."""

import io
import itertools
import re
import threading
import time
from functools import partial

import ipywidgets as widgets
import matplotlib
import nbclient
import nbformat
import numpy as np
import pytest
from PIL import Image
from threadpoolctl import threadpool_info

from tests.explore.support import (
    FAILURE,
    PANELS,
    PANELS_WITH_RESET,
    PHOTO_PANELS,
    SKETCHED,
    Sketch,
    assert_alert,
    control_values,
    drag,
    everything,
    fail,
    file_of,
    first_slider,
    press,
    rows_of_controls,
    states_sent,
    status,
    updates,
    upload,
)
from tests.plot.support import HOSTILE
from tests.support import assert_refused
from vqlib import explore, image
from vqlib.explore import rendering
from vqlib.explore.panel import PATIENCE, busy_after

# --- what is shown


@pytest.mark.parametrize("kind", PANELS)
def test_every_slot_shows_a_picture_or_a_drawing_and_tells_it_in_words(kind):
    view = kind().view
    for slot in rendering.slots_of(view):
        fixed = view.fixed.get(slot["fixed"], {})
        content = view.frame.get(slot["name"], fixed)
        assert re.fullmatch(r"\w.{10,}", content["alt"])
        if slot["fixed"] in view.axes_png:
            axes = Image.open(io.BytesIO(view.axes_png[slot["fixed"]]))
            assert axes.size == (2 * slot["width"], 2 * slot["height"])
            assert content["marks"]
        else:
            assert_fits(view, slot)
    for found in rendering.shown(view).values():
        assert found.shape[2] == 3
        assert found.std() > 5, "nothing is seen"


def assert_fits(view, slot):
    """A picture has a palette, and its slot has room for it."""
    content = view.fixed.get(slot["fixed"], {}) | rendering.moving_content(view, slot)
    assert len(content["palette"]) == 768
    part = rendering.part_seen(view, slot)
    assert part["width"] * part["zoom"] <= slot["width"]
    assert part["height"] * part["zoom"] <= slot["height"]
    assert rendering.of_slot(view, slot).shape == (part["height"], part["width"], 3)


@pytest.mark.parametrize("kind", PANELS)
def test_slots_have_names_of_their_own_and_nothing_is_sent_that_no_slot_shows(kind):
    view = kind().view
    slots = rendering.slots_of(view)
    names = {slot["name"] for slot in slots}
    assert len(names) == len(slots)
    assert set(view.frame) <= names
    assert {slot["fixed"] for slot in slots} >= set(view.axes_png) | set(view.fixed)


@pytest.mark.parametrize("kind", PANELS)
def test_the_settings_of_the_reader_change_nothing_that_a_panel_shows(kind):
    panel = kind()
    first_slider(panel).value = 2
    loud = np.errstate(all="raise")
    terse = np.printoptions(precision=1, legacy="1.13", suppress=True)
    with matplotlib.rc_context(HOSTILE), loud, terse:
        before = np.geterr(), np.get_printoptions(), dict(matplotlib.rcParams)
        found = kind()
        first_slider(found).value = 2
        assert (np.geterr(), np.get_printoptions(), dict(matplotlib.rcParams)) == before
    assert everything(found) == everything(panel)


SAMPLES = "camera, astronaut, coffee, china, chart"
SLIPS = [
    ({"bits": 99}, "bits must be a whole number from 1 to 8, got 99"),
    ({"bits": "3"}, "bits must be a whole number from 1 to 8, got '3'"),
    ({"bits": 2.5}, "bits must be a whole number from 1 to 8, got 2.5"),
    ({"bits": None}, "bits must be a whole number from 1 to 8, got None"),
    ({"picture": "nope"}, f"picture must be one of {SAMPLES}, got 'nope'"),
    ({"picture": 3}, f"picture must be one of {SAMPLES}, got 3"),
    ({"picture": np.zeros((4, 4))}, f"picture must be one of {SAMPLES}, got ndarray"),
]


@pytest.mark.parametrize(
    ("kind", "arguments", "sentence"),
    [
        *itertools.chain(*[[(kind, *slip) for slip in SLIPS] for kind in PHOTO_PANELS[:3]]),
        *[(explore.StagePanel, *slip) for slip in SLIPS[4:]],
        (explore.StagePanel, {"stages": 13}, "stages must be a whole number from 1 to 12, got 13"),
        (explore.StagePanel, {"tiles": 8}, "tiles of a stage must be one of 4, 16, 64, got 8"),
        (explore.BlockPanel, {"block": 3}, "block must be one of 1, 2, 4, 8, got 3"),
        (explore.BlockPanel, {"block": "2"}, "block must be one of 1, 2, 4, 8, got '2'"),
        (explore.BlockPanel, {"block": [2]}, "block must be one of 1, 2, 4, 8, got list"),
    ],
)
def test_what_a_panel_cannot_begin_with_is_told_in_a_sentence(kind, arguments, sentence):
    assert_refused(sentence, partial(kind, **arguments))


def test_numbers_of_numpy_will_do():
    panel = explore.BlockPanel(block=np.int64(4), bits=np.uint8(2))
    assert (panel.block.value, panel.bits.value) == (4, 2)


@pytest.mark.parametrize("kind", PANELS)
def test_the_status_is_a_sentence_of_plain_text(kind):
    told = status(kind())
    assert told.endswith(".")
    assert not re.search(r"[<>]|&\w+;", told)


def test_more_controls_are_folded_away_until_they_are_asked_for():
    for panel in (explore.ScalarPanel(), explore.PicturePanel()):
        _, folded, _ = panel.children
        assert folded.layout.display == "none"
        panel.more.value = True
        assert folded.layout.display is None
        panel.more.value = False
        assert folded.layout.display == "none"


@pytest.mark.parametrize("kind", PANELS)
def test_without_a_kernel_a_panel_reads_as_a_sentence(kind):
    panel = kind()
    assert repr(panel) == panel.sentence
    what = "press the buttons:" if kind is explore.DesignPanel else "move the slider"
    assert panel.sentence.startswith(f"Run this cell to {what}")
    assert panel.sentence.endswith(".")


# --- reset

BUTTONS = (widgets.Button, widgets.ToggleButton)


def turn(control):
    """Put a list or a slider somewhere else, as far away as it goes, or type something."""
    if isinstance(control, widgets.Dropdown):
        control.index = 0 if control.index else len(control.options) - 1
    elif isinstance(control, widgets.Text):
        control.value += "a"
    else:
        control.value = control.max if control.value < control.max else control.min


def move_everything(panel, control_moved):
    """Move these controls, drag, and press all buttons but reset."""
    for number, control in enumerate(control_moved):
        turn(control)
        if panel.view.cells[0][0]["drags"]:
            drag(panel, (150, 120), (90, 130), number)
    for name in ("train", "copy", "step", "run", "restart", "step", "save"):
        if hasattr(panel, name):
            press(getattr(panel, name), panel)
    if isinstance(panel, explore.PhotoPanel):
        panel.view.set_state({"split": 70})


@pytest.mark.parametrize("kind", PANELS_WITH_RESET)
def test_two_new_panels_show_the_same(kind):
    panel = kind()
    fresh = kind()
    assert (everything(panel), control_values(panel)) == (everything(fresh), control_values(fresh))


@pytest.mark.parametrize("kind", PANELS_WITH_RESET)
def test_reset_puts_everything_back(kind):
    panel = kind()
    first = everything(panel)
    first_values = control_values(panel)
    controls = [control for row in rows_of_controls(panel) for control in row]
    movable = [one for one in controls if not isinstance(one, BUTTONS)]
    move_everything(panel, movable)
    assert panel.view.frame != first[0]
    for moved, value in zip(control_values(panel), first_values, strict=True):
        assert moved != value
    press(panel.reset, panel)
    assert control_values(panel) == first_values
    assert everything(panel) == first


@pytest.mark.parametrize("kind", PANELS_WITH_RESET)
def test_reset_puts_back_what_is_no_setting(kind):
    panel = kind()
    first = everything(panel)
    first_values = control_values(panel)
    if kind in PHOTO_PANELS:
        upload(panel, file_of(image.sample("chart")))
    elif kind is explore.DesignPanel:
        press(panel.run, panel)
    elif kind is explore.LimitPanel:
        panel.rate.value = 2
    elif kind is explore.FindPanel:
        drag(panel, (150, 120), (90, 130), 99)
    elif kind is explore.WordPanel:
        panel.typed.value = "knights"
    elif kind is explore.CollapsePanel:
        panel.moment.value = 3
    elif kind is explore.PassPanel:
        panel.passes.value = 3
    else:
        panel.chosen.value = 1
        drag(panel, (150, 120), (90, 130), 99)
    assert panel.view.frame != first[0]
    press(panel.reset, panel)
    assert (everything(panel), control_values(panel)) == (first, first_values)


# --- messages


@pytest.mark.parametrize("kind", [explore.RampPanel, explore.ScalarPanel, explore.PlanePanel])
def test_a_move_of_the_bits_sends_one_message_and_not_what_stands_still(messages, kind):
    panel = kind()
    messages.clear()
    panel.bits.set_state({"value": 1})
    names, _ = updates(panel.view, messages)
    assert names == [{"frame", "status"}]


@pytest.mark.parametrize("by_pointer", [False, True])
@pytest.mark.parametrize("kind", [explore.ScalarPanel, explore.PlanePanel])
def test_a_move_of_a_code_vector_sends_one_small_message(messages, kind, by_pointer):
    panel = kind()
    panel.bits.value = 4
    messages.clear()
    if by_pointer:
        drag(panel, (200, 120), (210, 110))
    else:
        panel.sliders[0].set_state({"value": 1.5})
    names, (size,) = updates(panel.view, messages)
    answered = {"pointer_answered"} if by_pointer else set()
    assert names == [{"frame", "status"} | answered]
    assert size < 12_000


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(explore.ScalarPanel, [{"frame"}]), (explore.PlanePanel, [{"frame", "status"}])],
)
def test_choosing_a_code_word_sends_what_changes(messages, kind, expected):
    panel = kind()
    panel.bits.value = 4
    panel.sliders[0].set_state({"value": 1.5})
    messages.clear()
    panel.chosen.set_state({"index": 7})
    names, _ = updates(panel.view, messages)
    assert names == expected


def test_what_the_view_shows_is_sent_after_the_controls_that_the_panel_moves(messages):
    panel = explore.PlanePanel()
    messages.clear()
    drag(panel, (200, 120), (300, 50))
    sent_to = [to for to, content in messages if content["method"] == "update"]
    assert set(sent_to) >= {panel.view, *panel.sliders}
    assert sent_to.index(panel.view) > max(map(sent_to.index, panel.sliders))


def test_the_page_does_not_hear_of_its_own_pointer_again(messages):
    panel = explore.PlanePanel()
    messages.clear()
    drag(panel, (200, 120), (300, 50))
    assert [content["method"] for to, content in messages if to is panel.view] == ["update"]


def test_each_control_that_the_panel_moves_gets_one_message_at_most(messages):
    panel = explore.PlanePanel()
    panel.chosen.value = 9
    messages.clear()
    panel.bits.set_state({"value": 2})
    sent_to = [to for to, content in messages if content["method"] == "update"]
    assert panel.chosen in sent_to
    assert max(map(sent_to.count, panel.followers)) == 1


# --- long work


def slow_palettes(monkeypatch):
    """More than 5 bits take longer than a panel is patient, and more than 6 fail."""
    monkeypatch.setattr("vqlib.explore.panel.PATIENCE", 2 * PATIENCE)
    compute = explore.ColourScene.compute

    def slowly(scene, bits, *more):
        time.sleep(3 * PATIENCE if bits > 5 else 0)
        if bits > 6:
            raise RuntimeError("no <b>palette</b>")
        return compute(scene, bits, *more)

    monkeypatch.setattr(explore.ColourScene, "compute", slowly)


def answers(panel, bits, messages):
    """What the page gets after a move to these bits."""
    messages.clear()
    panel.bits.set_state({"value": bits})
    return states_sent(panel.view, messages)


def test_work_of_more_than_half_a_second_is_told_before_the_answer(monkeypatch, messages):
    assert PATIENCE == 0.5
    panel = explore.ColourPanel()
    slow_palettes(monkeypatch)
    told, answer = answers(panel, 6, messages)
    assert told == {"busy": True, "status_is_error": False}
    assert answer["busy"] is False
    assert set(answer) == {"busy", "frame", "status"}
    for bits in (4, 6):  # kept
        (answer,) = answers(panel, bits, messages)
        assert set(answer) == {"frame", "status"}


def test_long_work_that_fails_is_told_before_the_failure(monkeypatch, messages):
    panel = explore.ColourPanel()
    slow_palettes(monkeypatch)
    with pytest.raises(RuntimeError):
        answers(panel, 7, messages)
    told, *states = states_sent(panel.view, messages)
    assert told == {"busy": True, "status_is_error": False}
    answer = {name: value for state in states for name, value in state.items()}
    assert answer == {"busy": False, "status": "no <b>palette</b>", "status_is_error": True}


def test_busy_that_is_told_late_is_over_with_the_answer(monkeypatch):
    show_busy = explore.View.show_busy

    def late(view):
        time.sleep(0.2)
        show_busy(view)

    monkeypatch.setattr(explore.View, "show_busy", late)
    view = explore.View()
    with busy_after(0.01, view):
        time.sleep(0.1)
    assert view.busy is False
    time.sleep(0.3)
    assert view.busy is False


# --- failures


def test_a_failure_is_shown_and_raised(monkeypatch):
    panel = explore.PicturePanel()
    good = panel.view.frame
    monkeypatch.setattr(explore.GreyScene, "frame", fail)
    with pytest.raises(RuntimeError):
        panel.bits.value = 7
    assert_alert(panel)
    assert panel.view.frame == good
    monkeypatch.undo()
    panel.bits.value = 6
    assert "64 levels" in status(panel)


def test_a_failure_is_sent_to_the_page_and_its_end_too(monkeypatch, messages):
    panel = explore.PicturePanel()
    monkeypatch.setattr(explore.GreyScene, "frame", fail)
    with pytest.raises(RuntimeError):
        answers(panel, 7, messages)
    states = states_sent(panel.view, messages)
    sent = {name: value for state in states for name, value in state.items()}
    assert sent == {"status": "no <b>picture</b>", "status_is_error": True}
    monkeypatch.setattr(explore.GreyScene, "frame", lambda _scene, bits: ({}, f"{bits} bits"))
    (state,) = answers(panel, 6, messages)
    assert state == {"status": "6 bits", "status_is_error": False, "frame": {}}


@pytest.mark.parametrize(
    ("kind", "name"), [(explore.PlanePanel, "train"), (explore.DesignPanel, "step")]
)
def test_a_failure_is_shown_and_raised_from_a_button_too(monkeypatch, caplog, kind, name):
    panel = kind()
    button = getattr(panel, name)
    good = panel.view.frame
    monkeypatch.setattr(explore.LiveDrawing, "marks", fail)
    with pytest.raises(RuntimeError):
        panel.bits.value = 2
    assert_alert(panel)
    panel.view.status = ""
    panel.view.status_is_error = False
    button.click()
    assert_alert(panel)
    # ipywidgets catches it and reports it
    assert [record.exc_info[1] for record in caplog.records] == [FAILURE]
    assert panel.view.frame == good
    monkeypatch.undo()
    panel.bits.value = 1
    assert press(button, panel)
    assert panel.view.frame != good


# --- threads


@pytest.mark.parametrize("kind", [explore.PlanePanel, explore.DesignPanel])
def test_panels_compute_on_one_thread(monkeypatch, kind):
    threads = []

    class Counting(Sketch):
        def marks(self, *state):
            threads.append({pool["num_threads"] for pool in threadpool_info()})
            return super().marks(*state)

    for module in SKETCHED:
        monkeypatch.setattr(f"{module}.LiveDrawing", Counting)
    panel = kind()
    panel.bits.value = 2
    if kind is explore.PlanePanel:
        press(panel.train, panel)
        drag(panel, (0, 0), (1, 1))
    else:
        press(panel.step, panel)
        press(panel.run, panel)
    press(panel.reset, panel)
    assert threads == [{1}] * len(threads)
    assert len(threads) > 3


def in_threads(*calls):
    """Make each call in a thread of its own; wait for all of them."""
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def hand_over(widget, data):
    """What happens when a message from the page comes to a widget."""
    widget.comm.handle_msg({"content": {"data": data}, "buffers": []})


def move_to_its_end(slider):
    hand_over(slider, {"method": "update", "state": {"value": slider.min}, "buffer_paths": []})


def click(button):
    hand_over(button, {"method": "custom", "content": {"event": "click"}})


class Crowd:
    """Notes how many are in it at once."""

    def __init__(self):
        self.inside = []
        self.counts = []

    def enter(self, _change=None):
        self.inside.append(threading.current_thread())
        self.counts.append(len(self.inside))
        time.sleep(0.02)
        self.inside.pop()


def assert_one_after_the_other(panel, slider):
    """A move of the slider and a click on reset that come in two threads do not meet."""
    crowd = Crowd()
    slider.observe(crowd.enter, "value")
    panel.reset.on_click(crowd.enter)
    in_threads(partial(move_to_its_end, slider), partial(click, panel.reset))
    assert len(crowd.counts) >= 2
    assert set(crowd.counts) == {1}


@pytest.mark.parametrize("kind", PANELS_WITH_RESET)
def test_messages_that_come_in_two_threads_are_answered_one_after_the_other(kind):
    panel = kind()
    assert_one_after_the_other(panel, first_slider(panel))


@pytest.mark.parametrize("kind", [explore.ScalarPanel, explore.PlanePanel, *PHOTO_PANELS])
def test_controls_that_are_folded_away_wait_for_their_turn_too(kind):
    panel = kind()
    assert_one_after_the_other(panel, panel.across if kind in PHOTO_PANELS else panel.sliders[0])


def test_what_the_kernel_itself_asks_for_waits_for_its_turn_too():
    panel = explore.RampPanel()
    crowd = Crowd()
    in_threads(*[partial(panel._respond, crowd.enter)] * 2)
    assert crowd.counts == [1, 1]


# --- a kernel

CODE = """
from vqlib import explore
panel = explore.RampPanel()
for panel.bits.value in range(1, 9): print(panel.view.status)
panel = explore.ScalarPanel()
for panel.bits.value in range(1, 5):
    for _, panel.chosen.value in panel.chosen.options: panel.sliders[0].value = 0.55
    print(panel.view.status)
panel = explore.PlanePanel()
for panel.source.value in panel.source.options:
    panel.chosen.value, panel.sliders[1].value = 7, -2.5
    print(panel.view.status)
    panel.train.click()
panel.copy.click()
print(panel.view.status)
panel = explore.DesignPanel()
for panel.source.value in panel.source.options:
    panel.step.click()
    print(panel.view.status)
panel.run.click()
print(panel.view.status)
panel = explore.PicturePanel()
for panel.bits.value in range(1, 9): print(panel.view.status)
panel
"""


@pytest.fixture(scope="module")
def notebook():
    """Panels that were moved and shown in a kernel."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    options = {"kernel_name": "python3", "timeout": 60, "store_widget_state": True}
    nbclient.NotebookClient(made, **options).execute()
    return made


def test_panels_work_through_a_kernel(notebook):
    *printed, _shown = notebook.cells[0].outputs
    lines = "".join(output.text for output in printed).splitlines()
    assert len(lines) == 8 + 4 + 5 + 5 + 8
    assert "= 256 greys" in lines[7]
    assert f"Levels {', '.join(['0.55'] * 16)}." in lines[11]
    assert all("Code vector 0111 at (" in line for line in lines[12:16])
    assert all(", -2.5) speaks for" in line for line in lines[12:16])
    assert ": gain +0.00 dB." in lines[16]
    assert all("Half-step 1, " in line for line in lines[17:21])
    assert "Nothing changes any more." in lines[21]
    assert "256 levels; no loss" in lines[-1]


def test_a_panel_is_shown_with_its_sentence_and_its_widgets(notebook):
    shown = notebook.cells[0].outputs[-1]
    assert shown.data["text/plain"].startswith("Run this cell")
    model = shown.data["application/vnd.jupyter.widget-view+json"]["model_id"]
    stored = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]
    assert model in stored["state"]
