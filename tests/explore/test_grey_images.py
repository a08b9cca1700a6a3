"""A grey picture at 1 to 8 bits: pictures, strip, histogram and curve at every position."""

import io
import itertools
import re

import numpy as np
import pytest
from PIL import Image

from tests.explore.support import (
    assert_seen,
    contents,
    file_of,
    on_page,
    points_of,
    press,
    saved_file,
    seen,
    status,
    updates,
    upload,
)
from vqlib import explore, image, plot

BITS = range(1, 9)


@pytest.mark.parametrize("name", image.SAMPLES)
def test_it_shows_the_right_pictures_at_every_position(name):
    panel = explore.PicturePanel()
    panel.picture.value = name
    picture = image.sample(name)
    original = on_page(picture)
    assert_seen(panel, "original", original)
    for bits in [*BITS, 2]:
        panel.bits.value = bits
        result = image.quantize_image(picture, bits)
        quantized = on_page(result.picture)
        assert_seen(panel, "original", original)
        assert_seen(panel, "quantized", quantized)
        assert (seen(panel.view, "error") == plot.error_colours(original, quantized)).all()
        told = f"{result.stored_bytes:,} bytes packed, {picture.size:,} before"
        assert told in status(panel)
        assert (f"PSNR {result.psnr:.1f} dB" in status(panel)) == (result.mse > 0)


@pytest.mark.parametrize("name", image.SAMPLES)
def test_every_number_of_bits_has_a_frame_of_its_own(name):
    panel = explore.PicturePanel(name)
    frames = []
    for bits in [*BITS, 2]:
        panel.bits.value = bits
        frames.append(panel.view.frame)
    assert frames[8] == frames[1]
    for one, other in itertools.combinations(frames[:8], 2):
        for slot in ("quantized", "error", "strip", "histogram"):
            assert one[slot] != other[slot]


def results(name):
    picture = image.sample(name)
    return [image.quantize_image(picture, bits) for bits in BITS]


def levels_of(result):
    return np.sort(np.ravel(result.levels)).astype(int)


@pytest.mark.parametrize("name", image.SAMPLES)
def test_the_strip_shows_for_every_grey_the_nearest_level(name):
    panel = explore.PicturePanel(name)
    greys = np.arange(400) * 256 // 400
    assert (np.unique(greys) == range(256)).all()
    for bits, result in enumerate(results(name), 1):
        panel.bits.value = bits
        strip = seen(panel.view, "strip")
        assert strip.shape == (20, 400, 3)
        assert (strip == strip[:1, :, :1]).all()
        downwards = levels_of(result)[::-1]  # of two at the same distance the higher one
        away = np.abs(greys[:, None] - downwards)
        assert (strip[0, :, 0] == downwards[away.argmin(axis=1)]).all()


@pytest.mark.parametrize("name", image.SAMPLES)
def test_the_histogram_shows_levels_and_borders(name):
    panel = explore.PicturePanel(name)
    for bits, result in enumerate(results(name), 1):
        panel.bits.value = bits
        borders, stars = panel.view.frame["histogram"]["marks"]
        # As wide as the strip: the grey value 0 is from pixel 0 to 400 / 256.
        greys = np.sort(points_of(stars)[:, 0]) * 256 / 400 - 0.5
        assert greys == pytest.approx(levels_of(result), abs=1e-3)
        greys = points_of(borders)[::3, 0] * 256 / 400 - 0.5
        assert greys == pytest.approx(result.codebook.thresholds, abs=1e-3)


@pytest.mark.parametrize("name", image.SAMPLES)
def test_the_curve_shows_rate_and_distortion(name):
    panel = explore.PicturePanel(name)
    found = results(name)
    rates = [result.rate for result in found]
    psnrs = [result.psnr for result in found]
    drawing = explore.LiveDrawing(*explore.CHART, lambda axes: plot.RateMarks(axes, rates, psnrs))
    assert panel.view.axes_png["rates"] == drawing.axes_png
    for bits, result in enumerate(found, 1):
        panel.bits.value = bits
        content = panel.view.frame["rates"]
        assert content["marks"] == drawing.marks(result.rate, result.psnr)
        assert content["alt"] == f"{result.rate:.2f} bits per pixel"
        told = [part["alt"] for part in panel.view.frame.values()]
        assert sum(f"{result.size} greys" in alt for alt in told) == 4


def test_a_move_of_the_bits_sends_one_small_message_and_no_picture(messages):
    panel = explore.PicturePanel(bits=2)
    for panel.picture.value in reversed(image.SAMPLES):
        for bits in [1, 8, 2, 3, 4, 5, 6, 7, 2]:
            messages.clear()
            panel.bits.set_state({"value": bits})  # as it comes from the page
            names, (size,) = updates(panel.view, messages)
            assert names == [{"frame", "status"}]
            assert size < (13_000 if bits == 8 else 9_000)
            assert {to for to, _ in messages} <= {panel.view, panel.bits}


OWN = np.random.default_rng(0).integers(0, 256, (30, 50), dtype=np.uint8)


@pytest.mark.parametrize(
    ("name", "picture", "numbers_of_bits"),
    [("coffee", image.sample("coffee"), (3, 8)), ("own", OWN, BITS)],
)
def test_the_saved_file_is_the_quantized_picture_and_its_bytes_are_told(
    messages, name, picture, numbers_of_bits
):
    panel = explore.PicturePanel("coffee")
    if name == "own":
        upload(panel, file_of(picture))
    for bits in numbers_of_bits:
        panel.bits.value = bits
        result = image.quantize_image(picture, bits)
        messages.clear()
        before = contents(panel)
        told = press(panel.save, panel)
        record, file = saved_file(panel, messages)
        file_name = f"{name}_{bits}_bits.png"
        assert record == {"save": file_name}
        assert file == result.png()
        opened = np.asarray(Image.open(io.BytesIO(file)).convert("L"))
        assert (opened == result.picture).all()
        pattern = r"Saved as (\S+): ([\d,]+) bytes, ([\d,]+) if only packed\."
        figures = (file_name, f"{len(file):,}", f"{result.stored_bytes:,}")
        assert re.fullmatch(pattern, told).groups() == figures
        assert contents(panel) == before
