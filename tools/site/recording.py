"""A panel moved to all that a page offers, and what its view was told each time."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, TypedDict

import ipywidgets as widgets

from vqlib import explore
from vqlib.explore.controls import snap_to_slider
from vqlib.explore.message import Slot, title_of_still

from .offers import Offer
from .packing import Tables

ANSWERED = ("axes_png", "fixed", "part", "frame", "status")
"""The traits of a view that a move may change."""
OF_A_PAGE: Mapping[str, object] = {
    "upload_limit": 0,
    "controls": [],
    "keyed_by": [],
    "settings": [],
    "ahead": [],
    "lasting": False,
}
"""What is otherwise where no kernel runs: nobody takes a file, and nothing is remembered."""


class Control(TypedDict):
    """A control as a page has it."""

    name: str
    kind: str
    """`slider` or `list`."""
    texts: list[str]
    """What stands there at each position."""
    first: int
    """Where it stands at first."""


class RecordedAnswer(TypedDict):
    """What is seen at some position of the controls."""

    off: list[int]
    """Which controls mean nothing there, by number."""
    traits: dict[str, int]
    """By the name of a trait of the view the number of its value."""


class Recording(TypedDict):
    """What panel.js moves over."""

    controls: list[Control]
    answers: list[RecordedAnswer]
    """For all combinations of positions, those of the first control next to each other."""
    state: object
    """The traits that stay."""
    values: list[object]
    bytes: list[str]


def recorded(panel: explore.Panel, offer: Offer) -> Recording:
    """The answers of a panel to all that is offered. It is moved back to where it stood."""
    tables = Tables()
    moved = [getattr(panel, name) for name in offer]
    controls = [_as_control(*pair) for pair in zip(moved, offer.values(), strict=True)]
    before = [control.value for control in moved]
    answers = [_answer(panel, moved, values, tables) for values in combinations(offer)]
    _move(moved, before)
    state = tables.plain(_state_of_a_page(panel.view))
    return {
        "controls": controls,
        "answers": answers,
        "state": state,
        "values": tables.values,
        "bytes": tables.bytes,
    }


def combinations(offer: Offer) -> list[tuple[Any, ...]]:
    """All of them, the first control the fastest: others may take long, as another picture does."""
    backwards = itertools.product(*reversed(list(offer.values())))
    return [values[::-1] for values in backwards]


def _as_control(control: Any, values: Any) -> Control:  # noqa: ANN401 -- ipywidgets has no types
    is_list = isinstance(control, widgets.Dropdown)
    stops = [_snapped(control, value) for value in values]
    return {
        "name": control.description,
        "kind": "list" if is_list else "slider",
        "texts": [_text(control, stop) for stop in stops],
        "first": stops.index(control.value),
    }


def _snapped(control: Any, value: Any) -> Any:  # noqa: ANN401
    """A value as the control has it: a slider of fractions at the nearest of its steps."""
    return snap_to_slider(control, value) if isinstance(control, widgets.FloatSlider) else value


def _text(control: Any, value: Any) -> str:  # noqa: ANN401
    if isinstance(control, widgets.Dropdown):
        labels = {option: label for label, option in control._options_full}
        return str(labels[value])
    return f"{value:.2f}" if isinstance(control, widgets.FloatSlider) else str(value)


def _move(controls: list[Any], values: Any) -> None:  # noqa: ANN401
    for control, value in zip(controls, values, strict=True):
        control.value = _snapped(control, value)


def _answer(
    panel: explore.Panel,
    controls: list[Any],
    values: tuple[Any, ...],
    tables: Tables,
) -> RecordedAnswer:
    _move(controls, values)
    if panel.view.status_is_error:
        raise RuntimeError(f"{type(panel).__name__} at {values}: {panel.view.status}")
    traits = {name: tables.number_of(getattr(panel.view, name)) for name in ANSWERED}
    off = [number for number, control in enumerate(controls) if _means_nothing(control)]
    return {"off": off, "traits": traits}


def _means_nothing(control: Any) -> bool:  # noqa: ANN401
    return bool(control.disabled) or control.layout.display == "none"


def _state_of_a_page(view: explore.View) -> dict[str, object]:
    """What of a view stays: its slots, of which nothing can be dragged but the divider."""
    of_all_widgets = set(widgets.DOMWidget().keys)
    state = {}
    for name in view.keys:
        if name not in of_all_widgets and not name.startswith("_"):
            state[name] = getattr(view, name)
    state["cells"] = [[_still_slot(slot) for slot in cell] for cell in view.cells]
    return {**state, **OF_A_PAGE}


def _still_slot(slot: Slot) -> dict[str, object]:
    """A slot of which at most the divider can be dragged."""
    title = slot["title"] if slot["divider"] else title_of_still(slot)
    return {**slot, "title": title, "drags": ""}
