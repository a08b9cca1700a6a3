"""Which controls of each panel move on a page, and to which values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vqlib import explore, limits
from vqlib.explore.coded_network import KINDS, MOST_BITS

Offer = Mapping[str, Sequence[Any]]
"""By the name of a control its values; the answers are those of all combinations."""

BITS = range(1, 9)
RATES = [each / 4 for each in range(round(4 * limits.RATES[0]), round(4 * limits.RATES[-1]) + 1)]
TENTHS = [each / 10 for each in range(10)]
OFFERS: dict[str, Offer] = {
    "RampPanel": {"bits": BITS},
    "ScalarPanel": {
        "source": ("uniform", "Gaussian", "Laplacian"),
        "bits": range(1, explore.ScalarPanel.MOST_BITS + 1),
        "kind": ("uniform", "trained"),
    },
    "PlanePanel": {"source": tuple(explore.PLANE_SOURCES), "bits": range(1, 7)},
    "PicturePanel": {"bits": BITS, "picture": ("camera", "astronaut", "china", "coffee", "chart")},
    "ColourPanel": {"bits": BITS, "picture": ("china", "astronaut")},
    "BlockPanel": {"block": (1, 2, 4, 8), "bits": BITS},
    "StagePanel": {
        "stages": range(1, 13),
        "where": ("the same everywhere", "where needed"),
    },
    "LimitPanel": {
        "source": explore.LimitScene.SOURCES,
        "rho": TENTHS,
        "dimension": range(1, 5),
        "rate": RATES,
    },
    "WordPanel": {
        "word": explore.WordScene.WORDS,
        "kind": tuple(KINDS),
        "bits": range(1, MOST_BITS + 1),
    },
    "CollapsePanel": {
        "moment": range(21),
        "start": explore.CollapseScene.STARTS,
        "update": explore.CollapseScene.UPDATES,
        "restarts": explore.CollapseScene.RESTARTS,
    },
    "PassPanel": {
        "source": explore.PassScene.SOURCES,
        "size": explore.PassScene.SIZES,
        "sample": explore.PassScene.SAMPLES,
        "passes": range(explore.PassScene.MOST_PASSES + 1),
    },
    "FindPanel": {"size": explore.FindScene.BYTES, "probed": range(1, 9)},
}
"""By the name of its class what of a panel moves. Any other is shown as a picture."""
