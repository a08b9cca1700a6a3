"""Answers that the page may remember, and those that it gets before it asks."""

import threading
import time
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from tests.explore.support import (
    PANELS,
    PHOTO_PANELS,
    drag,
    fail,
    file_of,
    first_slider,
    press,
    upload,
)
from vqlib import explore
from vqlib.explore import idle, message
from vqlib.explore.controls import by_nearness, dropdown, position, position_of, slider, text_box
from vqlib.explore.idle import IdleWork
from vqlib.explore.panel import MOST_REMEMBERED

KEYED = [kind for kind in PANELS if kind is not explore.DesignPanel]


def positions(panel):
    """Where the controls stand that decide what is shown, as the page will tell it."""
    by_id = {each.model_id: each for row in panel.children[:2] for each in row.children}
    controls = [by_id[name] for name in panel.view.keyed_by]
    lists = widgets.Dropdown
    return [each.index if isinstance(each, lists) else each.value for each in controls]


def answers_ahead(panel):
    """All that a panel sends in its idle time."""
    found = []
    for _pause in panel._send_ahead():
        found += panel.view.ahead
    return found


def put(panel, settings):
    """Move the controls of a panel to these settings."""
    for control, wanted in zip(panel._keyed_by, settings, strict=True):
        name = "index" if isinstance(control, widgets.Dropdown) else "value"
        control.set_state({name: wanted})


def bits_of(answer, panel):
    """At how many bits an answer is, or at which position of the panel's first slider."""
    return answer["settings"][list(panel._keyed_by).index(first_slider(panel))]


# --- what may be remembered


@pytest.mark.parametrize("kind", KEYED)
def test_an_answer_tells_its_settings_and_may_be_remembered(kind):
    panel = kind()
    assert panel.view.settings == positions(panel)
    assert panel.view.lasting
    first_slider(panel).value -= 1
    assert panel.view.settings == positions(panel)
    assert panel.view.lasting


def test_a_panel_whose_past_decides_has_no_such_answer():
    panel = explore.DesignPanel()
    press(panel.step, panel)
    assert panel.view.keyed_by == panel.view.settings == []
    assert not panel.view.lasting
    assert answers_ahead(panel) == []


@pytest.mark.parametrize("kind", [explore.ScalarPanel, explore.PlanePanel])
def test_what_was_moved_by_hand_may_not_be_remembered(kind):
    panel = kind()
    for by_hand in (
        lambda: drag(panel, (200, 120), (210, 110)),
        lambda: panel.sliders[0].set_state({"value": 1.5}),
        lambda: panel.chosen.set_state({"index": 1}),
    ):
        by_hand()
        assert not panel.view.lasting
        assert panel.view.settings == positions(panel)
        press(panel.reset, panel)
        assert panel.view.lasting
    if kind is explore.PlanePanel:
        for button in (panel.train, panel.copy):
            press(button, panel)
            assert not panel.view.lasting


@pytest.mark.parametrize("kind", [explore.ScalarPanel, explore.PlanePanel])
def test_a_code_vector_that_was_chosen_before_is_no_part_of_an_answer(kind):
    panel = kind()
    other = kind()
    panel.chosen.set_state({"index": 3})
    for each in (panel, other):
        each.source.value = "Laplacian" if kind is explore.ScalarPanel else "ring"
    assert panel.view.lasting
    assert panel.chosen.index == 0
    assert panel.view.frame == other.view.frame
    assert panel.view.status == other.view.status


@pytest.mark.parametrize("kind", PHOTO_PANELS)
def test_the_sentence_about_a_saved_file_may_not_be_remembered(kind):
    panel = kind()
    press(panel.save, panel)
    assert not panel.view.lasting


def test_a_failure_may_not_be_remembered_and_is_of_the_settings_asked_for(monkeypatch):
    panel = explore.PicturePanel()
    monkeypatch.setattr(explore.GreyScene, "frame", fail)
    with pytest.raises(RuntimeError):
        panel.bits.value = 7
    assert not panel.view.lasting
    assert panel.view.settings == positions(panel)


@pytest.mark.parametrize("kind", PHOTO_PANELS)
def test_another_picture_makes_the_page_forget(kind):
    panel = kind()
    opened = [panel.view.opened]
    panel.picture.value = "coffee"
    opened.append(panel.view.opened)
    for _ in range(2):
        upload(panel, file_of(np.zeros((16, 16), np.uint8)))
        opened.append(panel.view.opened)
    assert opened == sorted(set(opened))
    assert panel.view.settings[-1] is None


@pytest.mark.parametrize("kind", PHOTO_PANELS)
def test_another_part_makes_the_page_forget_frames_of_the_part_alone(kind):
    panel = kind()
    before = panel.view.opened
    panel.enlarge.value = 4
    assert (panel.view.opened > before) == (kind is not explore.PicturePanel)


# --- what is sent ahead


@pytest.mark.parametrize("kind", KEYED)
def test_what_comes_ahead_is_what_the_panel_shows_when_it_is_asked(kind):
    panel = kind()
    if kind in (explore.ColourPanel, explore.BlockPanel):
        visit_all_bits(panel)
        panel._remembered.clear()
    answers = answers_ahead(panel)
    assert len(answers) >= 2
    other = kind()
    for answer in answers[::5] + answers[-1:]:
        put(other, answer["settings"])
        assert answer["settings"] == other.view.settings
        assert answer["frame"] == other.view.frame
        assert answer["status"] == other.view.status
        assert (answer["fixed"] or panel.view.fixed) == other.view.fixed


def visit_all_bits(panel):
    start = panel.bits.value
    for bits in [*range(1, 9), start]:
        panel.bits.value = bits


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        (explore.RampPanel, 7),
        (explore.PicturePanel, 7),
        (explore.ScalarPanel, 7),  # four of both codebooks
        (explore.PlanePanel, 5),
        (explore.LimitPanel, 19),  # three other dimensions, seven rates, nine correlations
        (explore.StagePanel, 11),
        (explore.CollapsePanel, 24),  # twenty moments, and the lists at this one
        (explore.PassPanel, 16),  # eight samples, six passes, a size, a source
    ],
)
def test_all_positions_of_a_slider_come_ahead_once_and_the_nearest_first(kind, count):
    panel = kind()
    answers = answers_ahead(panel)
    settings = [tuple(answer["settings"]) for answer in answers]
    assert len(set(settings)) == len(settings) == count
    assert tuple(panel.view.settings) not in settings
    if kind is not explore.LimitPanel:
        now = first_slider(panel).value
        away = [abs(bits_of(answer, panel) - now) for answer in answers]
        first_codebook = away[: 7 if kind is not explore.ScalarPanel else 3]
        assert first_codebook == sorted(first_codebook)
    assert answers_ahead(panel) == []


def test_steps_of_the_correlation_near_by_come_ahead():
    panel = explore.PlanePanel()
    panel.source.value = "correlated"
    panel.rho.value = 0.5
    rhos = {round(answer["settings"][2], 4) for answer in answers_ahead(panel)}
    assert rhos == {0.47, 0.48, 0.49, 0.5, 0.51, 0.52, 0.53}
    panel.rho.value = 0.99
    rhos = {round(answer["settings"][2], 4) for answer in answers_ahead(panel)}
    assert rhos == {0.96, 0.97, 0.98, 0.99}


@pytest.mark.parametrize("kind", [explore.ColourPanel, explore.BlockPanel])
def test_what_would_have_to_be_trained_does_not_come_ahead(kind):
    panel = kind()
    assert answers_ahead(panel) == []
    visit_all_bits(panel)
    assert answers_ahead(panel) == []  # the page has seen them
    panel.across.value = 10.0  # another part: what is kept is encoded, but not shown yet
    assert [bits_of(answer, panel) for answer in answers_ahead(panel)] == [3, 5]


def test_a_page_that_begins_anew_gets_all_again():
    panel = explore.RampPanel()
    before = answers_ahead(panel)
    panel.view._handle_custom_msg({"ready": True}, [])
    assert answers_ahead(panel) == before


def ahead_in(panel, messages):
    """What came ahead in these messages."""
    states = [content["state"] for to, content in messages if to is panel.view]
    return [answer for state in states for answer in state.get("ahead", [])]


def test_the_only_answer_is_sent_again_to_a_page_that_begins_anew(messages):
    panel = explore.BlockPanel()
    panel.bits.value += 1
    for _ in range(2):
        messages.clear()
        panel.view._handle_custom_msg({"ready": True}, [])
        panel._mark_as_lasting()  # that it is at
        (sent,) = answers_ahead(panel)
        assert len(ahead_in(panel, messages)) == 1, "as before, so it was not sent"
        assert bits_of(sent, panel) == panel.bits.value - 1


def test_another_part_of_a_large_picture_makes_the_page_forget():
    panel = explore.PicturePanel()
    large = np.random.default_rng(0).integers(0, 256, (1100, 1000), np.uint8)
    upload(panel, file_of(large))
    assert len(answers_ahead(panel)) == 7
    before = panel.view.opened, panel.view.fixed
    panel.enlarge.value = 1  # only this part of it goes to the page
    assert panel.view.fixed != before[1]
    assert panel.view.opened > before[0]
    assert len(answers_ahead(panel)) == 7


def test_the_panel_knows_which_answers_the_page_has_dropped(monkeypatch):
    text = Path(message.__file__).with_name("view.js").read_text()
    assert f"const MOST_REMEMBERED = {MOST_REMEMBERED};" in text
    monkeypatch.setattr("vqlib.explore.panel.MOST_REMEMBERED", 7)
    panel = explore.RampPanel()
    assert [bits_of(answer, panel) for answer in answers_ahead(panel)] == [2, 4, 1, 5, 6, 7, 8]
    panel.bits.value = 4
    again = answers_ahead(panel)
    assert bits_of(again[0], panel) == 3  # the first of eight


# --- positions


def test_positions_are_those_of_the_models_on_the_page():
    steps = slider("rho", 0.9, 0, 0.99, 0.01)
    whole = slider("bits", 3, 1, 8)
    chosen = dropdown("block", [("2 x 2", 2), ("4 x 4", 4)], 4)
    typed = text_box("word", "your name")
    typed.value = "anna"
    assert [position(each) for each in (steps, whole, chosen)] == [steps.value, 3, 1]
    assert (position(typed), position_of(typed, "x")) == ("anna", "x")
    assert position_of(chosen, 2) == 0
    assert position_of(chosen, None) is None
    assert position_of(whole, np.int64(5)) == 5
    assert by_nearness(range(1, 9), 3) == [2, 4, 1, 5, 6, 7, 8]


def test_bytes_are_counted_wherever_they_are():
    record = {"a": [{"xy": bytes(5)}, {"xy": bytes(6)}], "b": {"c": bytes(7)}, "d": "text", "e": 1}
    assert message.bytes_in(record) == 18


# --- idle work


class Pieces:
    """Work in pieces that counts those that were done."""

    def __init__(self, count, during=lambda: None):
        self.count = count
        self.during = during
        self.done = 0

    def __call__(self):
        for _ in range(self.count):
            self.during()
            self.done += 1
            yield 0.001


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(idle, "REST", 0.01)


def wait_for_end(work):
    """Until the thread of idle work has ended."""
    work._turn.join(10)
    assert not work._turn.is_alive()


def test_idle_work_begins_after_a_rest_and_is_done_once(at_once):
    pieces = Pieces(5)
    work = IdleWork(pieces, threading.RLock())
    for _ in range(3):
        work.start()
    wait_for_end(work)
    assert pieces.done == 5


def test_idle_work_stops_before_the_next_piece(at_once):
    lock = threading.RLock()
    pieces = Pieces(1000)
    work = IdleWork(pieces, lock)
    pieces.during = lambda: pieces.done == 2 and work.stop()
    work.start()
    turn = work._turn
    turn.join(10)
    assert not turn.is_alive()
    assert pieces.done == 3


def test_idle_work_waits_for_the_lock_and_leaves_it_free_between_pieces(at_once):
    lock = threading.RLock()
    pieces = Pieces(1000)
    work = IdleWork(pieces, lock)
    with lock:
        work.start()
        time.sleep(0.1)
        assert pieces.done == 0
    until = time.monotonic() + 10
    taken = 0
    while taken < 5 and time.monotonic() < until:
        with lock:
            taken += 1
        time.sleep(0.005)
    work.stop()
    assert taken == 5
    assert 0 < pieces.done < 1000


def test_idle_work_waits_for_the_end_of_a_cell(at_once, monkeypatch):
    pieces = Pieces(5)
    work = IdleWork(pieces, threading.RLock())
    monkeypatch.setattr(idle.CELLS, "is_running", True)
    work.start()
    time.sleep(0.1)
    assert pieces.done == 0
    idle.CELLS.is_running = False
    wait_for_end(work)
    assert pieces.done == 5


def test_cells_are_heard_from_the_one_on_that_listens(monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr(idle, "get_ipython", lambda: shell)
    cells = idle.Cells()
    assert not cells.is_running
    cells.watch()
    cells.watch()
    assert cells.is_running
    seen = []
    shell.user_ns["look"] = lambda: seen.append(cells.is_running)
    shell.run_cell("look()")
    assert seen == [True]
    assert not cells.is_running
    shell.run_cell("look()")
    shell.run_cell("no python")
    assert seen == [True, True]
    assert not cells.is_running


def test_idle_work_that_fails_ends_without_a_word(at_once, capsys):
    pieces = Pieces(5, fail)
    work = IdleWork(pieces, threading.RLock())
    work.start()
    wait_for_end(work)
    assert pieces.done == 0
    assert capsys.readouterr().err == ""


def test_idle_work_may_be_stopped_by_another_thread_just_as_it_starts(at_once, monkeypatch):
    class SlowTimer(threading.Timer):
        """Time enough for the other thread, until it is started."""

        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if name == "daemon":
                work.stop()

    pieces = Pieces(5)
    work = IdleWork(pieces, threading.RLock())
    monkeypatch.setattr(threading, "Timer", SlowTimer)
    work.start()
    wait_for_end(work)


def test_what_a_cell_of_the_notebook_changes_ends_idle_work_and_begins_it_anew(at_once):
    panel = explore.ScalarPanel()
    from_the_page(panel, panel.view, {"method": "custom", "content": {"ready": True}})
    before = panel._idle._turn
    panel.source.value = "Laplacian"
    assert panel._idle._turn not in (None, before)
    wait_for_end(panel._idle)
    assert {source for source, *_ in panel._remembered} == {panel.source.index}
    assert len(panel._remembered) == 8


def from_the_page(panel, widget, data):
    """A message of the page to a control."""
    content = {"data": data, "comm_id": widget.comm.comm_id}
    widget.comm.handle_msg({"content": content, "buffers": []})


def test_a_panel_sends_ahead_once_a_page_shows_it_and_is_at_rest(at_once):
    panel = explore.RampPanel()
    from_the_page(
        panel, panel.bits, {"method": "update", "state": {"value": 5}, "buffer_paths": []}
    )
    assert panel._idle._turn is None
    from_the_page(panel, panel.view, {"method": "custom", "content": {"ready": True}})
    wait_for_end(panel._idle)
    assert len(panel._remembered) == 7
