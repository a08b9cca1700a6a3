"""Panels whose messages are recorded, and panels that draw nothing."""

import ipywidgets as widgets
import numpy as np
import pytest

from tests.explore.support import SKETCHED, Sketch
from vqlib import explore, image


@pytest.fixture
def messages(monkeypatch):
    """All messages to the page, as pairs: to which widget, and the content with its buffers."""
    found = []

    def send(self, content, buffers=None):
        found.append((self, content | {"buffers": buffers or []}))

    monkeypatch.setattr(widgets.Widget, "_send", send)
    # However busy the machine is: "still at work" would be one message more.
    monkeypatch.setattr("vqlib.explore.panel.PATIENCE", 60)
    return found


@pytest.fixture
def sketched(monkeypatch):
    """Panels of code vectors get a `Sketch` for each drawing."""
    for module in SKETCHED:
        monkeypatch.setattr(f"{module}.LiveDrawing", Sketch)


@pytest.fixture(autouse=True)
def few_patches(monkeypatch):
    """The panel of search stores few patches: it opens in a fraction of the time."""
    for name, count in {"STORED": 1000, "QUERIES": 40, "TRAINED": 1000}.items():
        monkeypatch.setattr(explore.FindScene, name, count)


@pytest.fixture(autouse=True)
def few_blocks(monkeypatch):
    """The panel of stages trains on every eighth row of blocks, but of a `small` picture on all."""
    whole = image.train_tile_stages

    def train(picture, sizes, **options):
        rows = np.arange(len(picture)) // options["block"] % 8 == 0
        return whole(picture[rows] if len(picture) > 400 else picture, sizes, **options)

    monkeypatch.setattr(image, "train_tile_stages", train)
