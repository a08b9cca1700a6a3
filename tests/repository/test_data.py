"""data/: every picture has its row with author, licence and checksum; the chart is its script's."""

import hashlib
import re
import runpy

import numpy as np
import pytest
from PIL import Image

from tests.support import ROOT
from vqlib.image import SAMPLES, sample

DATA = ROOT / "data"
ENDINGS = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".svg"}
PICTURES = sorted(path.name for path in DATA.iterdir() if path.suffix.lower() in ENDINGS)


def rows():
    """The cells of each row of the table in README.md, by the name of the picture."""
    table = {}
    for line in (DATA / "README.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| ["):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            name = re.fullmatch(r"\[(.+)\]\(\1\)", cells[0]).group(1)
            assert name not in table, f"{name} has two rows"
            table[name] = cells
    return table


def test_every_picture_has_a_row_and_every_row_a_picture():
    assert sorted(rows()) == PICTURES


def test_every_sample_is_there():
    assert {f"{name}.png" for name in SAMPLES} <= set(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_row_tells_size_author_licence_source_change_and_checksum(name):
    _, size, author, licence, source, changed, checksum = rows()[name]
    with Image.open(DATA / name) as picture:
        kind = "grey" if picture.mode == "L" else "RGB"
        assert size == f"{picture.width} x {picture.height}, {kind}"
    assert re.fullmatch(r"\[[^]]+\]\(https://creativecommons\.org/[^)]+\)", licence)
    assert all([author, source, changed])
    assert checksum == f"`{hashlib.sha256((DATA / name).read_bytes()).hexdigest()}`"


def test_chart_is_what_its_script_makes():
    made = runpy.run_path(str(DATA / "make_chart.py"))["chart"]()
    with Image.open(DATA / "chart.png") as stored:
        assert stored.mode == "L"
        np.testing.assert_array_equal(np.asarray(stored), made)
    np.testing.assert_array_equal(sample("chart"), made)


def test_chart_has_every_grey_value_sixteen_steps_and_a_wave_at_half_the_sampling_rate():
    chart = sample("chart").astype(int)
    assert np.unique(chart[0]).tolist() == list(range(256))
    assert np.unique(chart[56]).tolist() == list(range(0, 256, 17))
    assert np.unique(chart[112]).tolist() == list(range(96, 161))
    middle = chart[168 + 116]
    assert (middle[190:210] > 127).all()  # one long wave in the centre
    changes_of_sign = np.diff(np.sign(middle[:20] - 127.5)) != 0
    assert changes_of_sign.mean() > 0.9  # at nearly every pixel at the rim
