"""Panels: every position of every control, without a kernel and through one, and every kind of bad upload."""

import datetime
import io
import itertools

import nbclient
import nbformat
import numpy as np
import pytest
from PIL import Image

from vqlib import Codebook, explore, image, plot
from vqlib.design import uniform
from vqlib.sources import DENSITIES, density


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGB"))


def sent(content, name="picture.png"):
    """What a browser sends to an upload button."""
    now = datetime.datetime.now(datetime.UTC)
    return ({"name": name, "type": "", "size": len(content), "content": memoryview(content), "last_modified": now},)


def file_of(picture, **options):
    out = io.BytesIO()
    Image.fromarray(picture).save(out, **{"format": "PNG"} | options)
    return out.getvalue()


@pytest.fixture(scope="module")
def scalar_panel():
    return explore.ScalarPanel()


@pytest.mark.parametrize("bits", range(1, 9))
def test_the_ramp_has_so_many_greys_and_rises(bits):
    panel = explore.RampPanel()
    panel.bits.value = bits
    row = pixels(panel.view.value)[0, :, 0].astype(int)
    assert len(set(row)) == 2**bits
    assert (np.diff(row) >= 0).all()
    assert (row[0], row[-1]) == (0, 255)
    assert f"= {2**bits} greys" in panel.status.value


@pytest.mark.parametrize("name", image.SAMPLES)
def test_the_picture_panel_shows_the_right_thing_at_every_position(name):
    panel = explore.PicturePanel()
    panel.picture.value = name
    picture = image.sample(name)
    assert (pixels(panel.original.value) == plot.window(picture)[..., None]).all()
    histograms = []
    for bits in [*range(1, 9), 2]:
        panel.bits.value = bits
        result = image.quantize_image(picture, bits)
        shown = plot.window(result.picture)
        assert (pixels(panel.quantized.value) == shown[..., None]).all()
        assert (pixels(panel.error.value) == plot.error_colours(plot.window(picture), shown)).all()
        assert f"{result.stored_bytes:,} bytes packed, {picture.size:,} before" in panel.status.value
        assert (f"PSNR {result.psnr:.1f} dB" in panel.status.value) == (result.mse > 0)
        histograms.append(panel.histogram.value)
    assert histograms[-1] == histograms[1]
    assert len(set(histograms)) == 8


def test_the_scalar_panel_answers_at_every_discrete_position(scalar_panel):
    panel = scalar_panel
    for source, bits, kind in itertools.product(DENSITIES, range(1, 5), ("uniform", "trained")):
        panel.source.value, panel.bits.value, panel.kind.value = source, bits, kind
        assert panel.level.options == tuple(range(1, 2**bits + 1))
        points, weights = density(source)
        if kind == "uniform":
            codebook = uniform(2**bits, -4, 4)
            assert f"mean squared error {codebook.distortion(points, weights):.4f}" in panel.status.value
        else:
            best = panel.status.value.split("levels reach ")[1].split(".<")[0]
            assert f"mean squared error {best}," in panel.status.value
        for level in range(1, 2**bits + 1):
            before = panel.view.value
            panel.level.value = level
            assert panel.view.value == before  # choosing a level moves nothing
            if kind == "uniform":
                assert panel.position.value == pytest.approx(codebook.vectors[level - 1, 0], abs=0.025)
            panel.position.value += 1e-12  # a browser sends the position back, rounded in its own way
            assert panel.view.value == before


def test_a_level_moved_by_hand_moves_alone(scalar_panel):
    panel = scalar_panel
    panel.source.value, panel.bits.value, panel.kind.value = "Gaussian", 2, "uniform"
    panel.bits.value = 1
    panel.bits.value = 2
    points, weights = density("Gaussian")
    panel.level.value = 4
    for position in (-5.0, -1.3, 0.0, 1.5, 2.25, 5.0):
        before = panel.view.value
        panel.position.value = position
        codebook = Codebook([-3, -1, 1, position])
        assert panel.view.value != before
        assert f"Levels {plot.numbers(np.sort(codebook.vectors[:, 0]), 3)}." in panel.status.value
        assert f"mean squared error {codebook.distortion(points, weights):.4f}" in panel.status.value
    panel.kind.value = "trained"
    panel.kind.value = "uniform"
    assert "Levels -3, -1, 1, 3." in panel.status.value


def test_two_panels_do_not_touch_each_other():
    first, second = explore.PicturePanel(), explore.PicturePanel(bits=5)
    before = second.quantized.value, second.status.value
    first.bits.value = 1
    first.picture.value = "chart"
    assert (second.quantized.value, second.status.value) == before


def test_a_failure_is_shown_and_raised(monkeypatch):
    panel = explore.PicturePanel()
    good = panel.quantized.value

    def fail(self, bits):
        raise RuntimeError("no <b>picture</b>")

    monkeypatch.setattr(explore.PictureView, "frame", fail)
    with pytest.raises(RuntimeError):
        panel.bits.value = 7
    assert 'role="alert"' in panel.status.value
    assert "no &lt;b&gt;picture&lt;/b&gt;" in panel.status.value
    assert panel.quantized.value == good
    monkeypatch.undo()
    panel.bits.value = 6
    assert 'role="status"' in panel.status.value


def test_an_own_picture_is_shown_upright_and_in_grey():
    colours = np.random.default_rng(0).integers(0, 256, (30, 50, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 90 degrees clockwise
    panel = explore.PicturePanel()
    panel.upload.value = sent(file_of(colours, exif=exif))
    expected = np.rot90(image.grey(colours), -1)
    assert (pixels(panel.original.value) == plot.window(expected)[..., None]).all()
    assert panel.upload.value == ()
    assert "1,500 before" in panel.status.value
    panel.picture.value = "camera"  # and back again
    assert (pixels(panel.original.value) == plot.window(image.sample("camera"))[..., None]).all()


BAD_FILES = {
    "empty": (b"", "is empty"),
    "text": (b"<script>alert(1)</script>", "not in a format that can be read"),
    "truncated": (file_of(image.sample("camera"), format="JPEG")[:5000], "cannot be decoded"),
    "too large": (bytes(explore.UPLOAD_LIMIT + 1), "at most 9,000,000 bytes, got 9,000,001"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_gets_a_sentence_and_the_last_good_picture_stays(kind):
    content, sentence = BAD_FILES[kind]
    panel = explore.PicturePanel()
    before = panel.original.value, panel.quantized.value, panel.histogram.value
    with pytest.raises(ValueError, match=sentence):
        panel.upload.value = sent(content, name="<img src=x onerror=alert(1)>.png")
    assert sentence in panel.status.value
    assert "<img" not in panel.status.value
    assert (panel.original.value, panel.quantized.value, panel.histogram.value) == before
    panel.upload.value = sent(file_of(image.sample("chart")))
    assert 'role="status"' in panel.status.value
    assert (pixels(panel.original.value) == image.sample("chart")[..., None]).all()


@pytest.mark.parametrize("panel", [explore.RampPanel, explore.ScalarPanel, explore.PicturePanel])
def test_without_a_kernel_a_panel_reads_as_a_sentence(panel):
    made = panel()
    assert repr(made) == made.sentence
    assert made.sentence.startswith("Run this cell to move the slider")
    assert made.sentence.endswith(".")


def test_every_panel_works_through_a_kernel():
    code = """
from vqlib import explore
panel = explore.RampPanel()
for panel.bits.value in range(1, 9): print(panel.status.value)
panel = explore.ScalarPanel()
for panel.bits.value in range(1, 5):
    for panel.level.value in panel.level.options: panel.position.value = 0.55
    print(panel.status.value)
panel = explore.PicturePanel()
for panel.bits.value in range(1, 9): print(panel.status.value)
panel
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    client = nbclient.NotebookClient(notebook, kernel_name="python3", timeout=60, store_widget_state=True)
    client.execute()
    *printed, shown = notebook.cells[0].outputs
    lines = "".join(output.text for output in printed).splitlines()
    assert len(lines) == 8 + 4 + 8
    assert "= 256 greys" in lines[7]
    assert f"Levels {', '.join(['0.55'] * 16)}." in lines[11]
    assert "256 levels; no loss" in lines[-1]
    assert shown.data["text/plain"].startswith("Run this cell")
    model = shown.data["application/vnd.jupyter.widget-view+json"]["model_id"]
    state = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert model in state
