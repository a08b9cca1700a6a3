"""What a page without a kernel gets of a panel: the answers to all positions of its controls."""

import base64
import json
import zlib

import numpy as np
import pytest

from tools.site.offers import OFFERS
from tools.site.packing import Tables, packed
from tools.site.recording import combinations, recorded
from vqlib import explore


def with_bytes(value, tables):
    """A value as the trait had it, out of its tables."""
    if isinstance(value, dict):
        if value.keys() == {"bytes"}:
            return base64.b64decode(tables[value["bytes"]])
        return {name: with_bytes(each, tables) for name, each in value.items()}
    if isinstance(value, list):
        return [with_bytes(each, tables) for each in value]
    return value


def trait(recording, number, name):
    """The value of a trait in the answer of this number."""
    value = recording["values"][recording["answers"][number]["traits"][name]]
    return with_bytes(value, recording["bytes"])


def test_each_answer_is_what_the_panel_shows_there():
    offer = {"source": ("Gaussian", "Laplacian"), "bits": (1, 2, 3)}
    panel = explore.ScalarPanel()
    before = panel.view.status
    recording = recorded(panel, offer)
    assert panel.view.status == before
    assert len(recording["answers"]) == 6
    twin = explore.ScalarPanel()
    for number, (source, bits) in enumerate(combinations(offer)):
        twin.source.value = source
        twin.bits.value = bits
        assert trait(recording, number, "status") == twin.view.status
        assert trait(recording, number, "frame") == twin.view.frame
        assert trait(recording, number, "axes_png") == twin.view.axes_png


def test_the_first_control_is_the_fastest():
    assert combinations({"a": (1, 2), "b": "xy"}) == [(1, "x"), (2, "x"), (1, "y"), (2, "y")]


def test_controls_are_told_with_the_words_of_their_positions():
    offer = {"rho": (0, 0.1), "dimension": (1, 2)}
    panel = explore.LimitPanel()
    panel.rho.value = 0.1
    rho, dimension = recorded(panel, offer)["controls"]
    assert rho == {"name": "rho", "kind": "slider", "texts": ["0.00", "0.10"], "first": 1}
    assert dimension["texts"] == ["1", "2"]
    (block,) = recorded(explore.BlockPanel(), {"block": (1, 2)})["controls"]
    assert block == {"name": "block", "kind": "list", "texts": ["1 x 1", "2 x 2"], "first": 1}


def test_a_control_that_means_nothing_is_told_so():
    offer = {"source": ("independent", "correlated"), "rho": (0.9,)}
    answers = recorded(explore.LimitPanel(), offer)["answers"]
    assert [answer["off"] for answer in answers] == [[1], []]


def test_nothing_can_be_dragged_but_the_divider_and_no_file_is_taken():
    state = recorded(explore.PicturePanel(), {"bits": (3,)})["state"]
    slots = [slot for cell in state["cells"] for slot in cell]
    assert {slot["drags"] for slot in slots} == {""}
    titles = [slot["title"] for slot in slots if "drag" in slot["title"]]
    assert titles == ["Quantized: drag the divider"]
    assert state["upload_limit"] == 0
    assert state["controls"] == []


def test_the_same_value_and_the_same_bytes_are_told_once():
    tables = Tables()
    first = tables.number_of({"pixels": b"abc", "width": 3})
    other = tables.number_of({"pixels": b"abc", "width": 1})
    assert tables.number_of({"width": 3, "pixels": b"abc"}) == first != other
    assert len(tables.values) == 2
    assert tables.bytes == [base64.b64encode(b"abc").decode()]


def test_what_is_packed_is_json_deflated():
    content = {"é": [1, None, np.float64(0.5).item()]}
    assert json.loads(zlib.decompress(base64.b64decode(packed(content)))) == content


@pytest.mark.parametrize("name", OFFERS)
def test_an_offer_has_values_of_its_controls_and_where_they_stand_at_first(name):
    panel = getattr(explore, name)()
    for control_name, values in OFFERS[name].items():
        control = getattr(panel, control_name)
        assert control.value in values
        for value in values:
            control.value = value
            assert control.value == value
        assert panel.view.status_is_error is False
