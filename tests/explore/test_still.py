"""Stills: panels as pictures for stored notebooks."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.explore.support import PANELS
from vqlib import explore
from vqlib.explore.still import MOST_BYTES, still


def opened(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.__name__)
def test_a_still_is_small_and_no_wider_than_a_cell_of_a_notebook(panel):
    kind, content = still(panel().view)
    assert len(content) <= MOST_BYTES
    picture = Image.open(io.BytesIO(content))
    assert kind == f"image/{picture.format.lower()}"
    assert 500 < picture.width <= 840
    assert 100 < picture.height < 1400


def test_a_ramp_is_seen_with_all_its_greys_and_its_sentence():
    panel = explore.RampPanel()
    kind, content = still(panel.view)
    assert kind == "image/png"
    picture = opened(content)
    row = picture[-40, :, 0]
    assert len(np.unique(row)) == 8
    words = picture[:20]
    assert (words < 100).any()
    panel.bits.value = 5
    _, moved = still(panel.view)
    assert len(np.unique(opened(moved)[-40, :, 0])) == 32


def test_original_and_quantized_picture_stand_beside_each_other():
    panel = explore.PicturePanel(bits=1)
    kind, content = still(panel.view)
    assert kind == "image/jpeg"
    picture = opened(content).astype(float)
    row = picture[200, :, 0]
    original = row[:400]
    quantized = row[420:820]
    levels = panel._scene.result(1).codebook.vectors[:, 0]
    off = np.abs(quantized[:, None] - levels).min(axis=1)
    assert np.median(off) < 6
    assert np.median(np.abs(original[:, None] - levels).min(axis=1)) > np.median(off)


def test_what_can_be_dragged_is_not_told_where_nothing_can_be():
    first = explore.PlanePanel()
    second = explore.PlanePanel()
    cells = [[{**slot} for slot in cell] for cell in second.view.cells]
    cells[0][0]["title"] = "Your codebook"
    second.view.cells = cells
    assert still(first.view) == still(second.view)
