"""A photograph in stages of tiles, everywhere or where they are needed, told independently."""

import gc
import io
import re
import weakref
from functools import cache

import numpy as np
import pytest
from PIL import Image

from tests.explore.support import (
    assert_seen,
    file_of,
    on_page,
    press,
    saved_file,
    seen,
    small,
    status,
    updates,
    upload,
)
from tests.explore.test_ahead import answers_ahead
from vqlib import Codebook, explore, files, image, plot
from vqlib.explore import structured
from vqlib.explore.panel import one_thread

PICTURE = small("china")
EVERYWHERE = "the same everywhere"
NEEDED = "where needed"


@pytest.fixture(scope="module")
def panel():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(image, "sample", small)
        yield explore.StagePanel()


def put(panel, **values):
    """Move controls of a panel."""
    for name, value in values.items():
        getattr(panel, name).value = value


@cache
def trained(tiles):
    """Stages as the panel trains them: with two threads KMeans rounds its sums otherwise."""
    with one_thread():
        return image.train_tile_stages(PICTURE, [tiles] * 12, block=4, iterations=10)


def searched(stages, survivors):
    """For each number of stages the tiles of each block, and the squared error of their sum."""
    blocks = image.to_vectors(PICTURE, 4) - 128
    return stages.encode_by_stage(blocks, survivors=survivors)


def cheapest(stages, found, most, price):
    """The number of stages of each block that makes squared error + price * bits the least."""
    bits = np.log2(stages.sizes[0])
    counts = []
    for block in range(len(found[0][1])):
        costs = [found[s][1][block] + price * bits * (s + 1) for s in range(most)]
        counts.append(1 + int(np.argmin(costs)))
    return counts


def shown_by(stages, found, counts):
    """The picture with so many stages for each block."""
    blocks = []
    for block, count in enumerate(counts):
        indices = found[count - 1][0][block]
        tiles = [stages.codebooks[stage].vectors[index] for stage, index in enumerate(indices)]
        blocks.append(np.clip(sum(tiles) + 128, 0, 255))
    return image.to_picture(np.array(blocks), PICTURE.shape, 4)


def assert_shows(panel, stages, found, counts):
    """The panel shows the picture with so many stages for each block, its error, and their map."""
    quantized = on_page(shown_by(stages, found, counts))
    original = on_page(PICTURE)
    assert_seen(panel, "original", original)
    assert_seen(panel, "quantized", quantized)
    sizes = np.abs(original.astype(float) - quantized)
    assert (seen(panel.view, "error") == plot.error_colours(0 * sizes, sizes)).all()
    greys = np.array(counts).reshape(image.blocks_in(PICTURE.shape, 4)) * 255 // 12
    height, width = PICTURE.shape
    of_pixels = greys.repeat(4, axis=0).repeat(4, axis=1)[:height, :width]
    assert_seen(panel, "counts", on_page(of_pixels.astype(np.uint8)))
    assert_tiles(panel, stages, max(counts))


def assert_tiles(panel, stages, count):
    """The sheets of so many stages stand in three rows of four, the others are white."""
    picture = seen(panel.view, "tiles")[..., 0].copy()
    assert picture.shape == (300, 400)
    for number, codebook in enumerate(stages.codebooks[:count]):
        top, left = (100 * each for each in divmod(number, 4))
        expected = image.tiles(Codebook(codebook.vectors + 128), 4, 100)
        height, width = expected.shape
        there = picture[top : top + height, left : left + width]
        assert (there == expected).all()
        there[:] = 255
    assert (picture == 255).all()


TOLD = re.compile(
    r"(?P<what>.+); (?P<loss>no loss|PSNR \S+ dB), "
    r"(?P<jpeg>no JPEG file is so small|JPEG of that size .+?); "
    r"(?P<indices>\S+) bits? per pixel for the indices, "
    r"((?P<counts>\S+) for the numbers of stages, )?(?P<codebooks>\S+) for the codebooks, "
    r"together (?P<rate>\S+): (?P<bytes>\S+) bytes packed, 5,810 before; "
    r"(?P<comparisons>\S+) comparisons for each block\."
)


def told(panel):
    """The parts of the sentence."""
    return TOLD.fullmatch(status(panel)).groupdict()


# --- what is shown


@pytest.mark.parametrize(("tiles", "survivors"), [(4, 1), (4, 8), (16, 1), (16, 4), (64, 2)])
def test_it_shows_so_many_stages_everywhere(panel, tiles, survivors):
    stages = trained(tiles)
    found = searched(stages, survivors)
    put(panel, where=EVERYWHERE, tiles=tiles, survivors=survivors)
    for count in range(1, 13):
        panel.stages.value = count
        assert_shows(panel, stages, found, [count] * len(found[0][1]))


@pytest.mark.parametrize(("tiles", "survivors"), [(4, 4), (16, 1)])
def test_it_shows_stages_where_they_are_needed(panel, tiles, survivors):
    stages = trained(tiles)
    found = searched(stages, survivors)
    put(panel, where=NEEDED, tiles=tiles, survivors=survivors)
    for most, exponent in ((1, 3), (4, 0), (6, 7), (12, 5), (12, 11)):
        put(panel, stages=most, price=exponent)
        counts = cheapest(stages, found, most, 2**exponent)
        assert_shows(panel, stages, found, counts)
        mean = re.search(r"(\S+) on average as a bit must save (\S+) squared", status(panel))
        assert float(mean[1]) == pytest.approx(np.mean(counts), abs=0.0051)
        assert mean[2] == f"{2**exponent:,}"


def test_a_higher_price_means_fewer_stages_and_more_error(panel):
    put(panel, where=NEEDED, tiles=16, survivors=2, stages=12)
    figures = []
    for exponent in range(12):
        panel.price.value = exponent
        parts = told(panel)
        figures.append((float(parts["indices"]), float(parts["loss"].split()[1])))
    assert figures == sorted(figures, reverse=True)
    assert figures[0][0] > 2 * figures[-1][0]


def test_a_picture_of_few_different_blocks_needs_few_tiles(panel):
    upload(panel, file_of(np.full((16, 20), 77, np.uint8)))
    for where in (EVERYWHERE, NEEDED):
        put(panel, where=where, tiles=64, stages=5)
        assert_seen(panel, "quantized", on_page(np.full((16, 20), 77, np.uint8)))
        assert "5 stages of up to 64 tiles" in status(panel)
        assert "; no loss, no JPEG file is so small; 0 bits per pixel" in status(panel)
    panel.picture.value = "china"


# --- what is told


@pytest.mark.parametrize("where", [EVERYWHERE, NEEDED])
def test_the_sentence_counts_every_bit(panel, where):
    put(panel, where=where, tiles=16, survivors=1, price=8)
    for count in (1, 4, 12):
        panel.stages.value = count
        result = panel._scene.result(*panel._scene_values())
        counts = result.counts
        pixels = PICTURE.size
        parts = told(panel)
        assert float(parts["indices"]) == pytest.approx(4 * counts.sum() / pixels, rel=1e-3)
        codebooks = 8 * 16 * 16 * int(counts.max()) / pixels
        assert float(parts["codebooks"]) == pytest.approx(codebooks, abs=1e-4)
        size = int(parts["bytes"].replace(",", ""))
        assert float(parts["rate"]) == pytest.approx(8 * size / pixels, abs=2e-3)
        assert (parts["counts"] is None) == (counts.min() == counts.max())
        assert int(parts["comparisons"]) == 16 * count
        mse = np.mean((PICTURE - result.picture.astype(float)) ** 2)
        assert float(parts["loss"].split()[1]) == pytest.approx(
            10 * np.log10(255**2 / mse), abs=0.051
        )


def test_comparisons_grow_with_the_survivors(panel):
    put(panel, where=EVERYWHERE, tiles=16, stages=4)
    counted = []
    for survivors in (1, 2, 4, 8):
        panel.survivors.value = survivors
        counted.append(int(told(panel)["comparisons"]))
    assert counted == [64, 16 + 3 * 32, 16 + 3 * 64, 16 + 3 * 128]


def jpegs_by_pillow():
    """Bytes and PSNR of the JPEG file of each quality."""
    found = []
    for quality in range(1, 96):
        file = io.BytesIO()
        options = {"quality": quality, "optimize": True, "progressive": True}
        Image.fromarray(PICTURE).save(file, "JPEG", **options)
        shown = np.asarray(Image.open(file)).astype(float)
        psnr = 10 * np.log10(255**2 / np.mean((PICTURE - shown) ** 2))
        found.append((len(file.getvalue()), psnr))
    return found


def test_jpeg_of_that_size_is_told(panel):
    jpegs = jpegs_by_pillow()
    put(panel, where=EVERYWHERE, tiles=16, survivors=1)
    for count in range(1, 13):
        panel.stages.value = count
        size = int(told(panel)["bytes"].replace(",", ""))
        fitting = [psnr for length, psnr in jpegs if length <= size]
        expected = "no JPEG file is so small"
        if fitting:
            expected = f"JPEG of that size {fitting[-1]:.1f} dB"
        assert told(panel)["jpeg"] == expected


# --- what takes no time


def test_the_sliders_train_and_search_nothing(monkeypatch):
    asked = []
    for name in ("train_tile_stages", "StageSearch"):
        whole = getattr(image, name)

        def noted(*arguments, name=name, whole=whole, **options):
            asked.append(name)
            return whole(*arguments, **options)

        module = image if name == "train_tile_stages" else structured
        monkeypatch.setattr(module, name, noted)
    monkeypatch.setattr(image, "sample", small)
    panel = explore.StagePanel()
    assert asked == ["train_tile_stages", "StageSearch"]
    for where in (NEEDED, EVERYWHERE):
        panel.where.value = where
        for count in range(1, 13):
            panel.stages.value = count
        for exponent in range(12):
            panel.price.value = exponent
    assert len(asked) == 2
    panel.survivors.value = 4  # the stages are the same
    assert asked[2:] == ["StageSearch"]
    panel.survivors.value = 1
    assert len(asked) == 3


def test_the_positions_of_the_slider_that_was_moved_last_come_ahead(panel):
    put(panel, where=NEEDED, tiles=16, survivors=1, price=7, stages=3)
    panel._remembered.clear()
    found = [(answer["settings"][0], answer["settings"][4]) for answer in answers_ahead(panel)]
    assert found == [(count, 7) for count in (2, 4, 1, *range(5, 13))]
    panel.price.value = 10
    panel._remembered.clear()
    found = [(answer["settings"][0], answer["settings"][4]) for answer in answers_ahead(panel)]
    assert found == [(3, exponent) for exponent in (9, 11, *range(8, -1, -1))]


def test_the_price_is_offered_where_it_means_something(panel):
    for where, is_offered in ((EVERYWHERE, False), (NEEDED, True)):
        panel.where.value = where
        assert panel.price.disabled == (not is_offered)


def test_what_would_have_to_be_searched_does_not_come_ahead(monkeypatch):
    monkeypatch.setattr(image, "sample", small)
    panel = explore.StagePanel()
    answers = answers_ahead(panel)
    settings = [tuple(answer["settings"][1:4]) for answer in answers]
    assert set(settings) == {tuple(panel.view.settings[1:4])}


@pytest.mark.parametrize("name", ["china", "astronaut"])
def test_a_move_sends_the_part_that_is_seen_and_not_the_original(messages, name):
    panel = explore.StagePanel(name)
    for where, moved, positions in (
        (EVERYWHERE, panel.stages, (1, 12)),
        (NEEDED, panel.price, (0, 11)),
    ):
        panel.where.value = where
        for position in positions:
            messages.clear()
            moved.value = position
            names, (size,) = updates(panel.view, messages)
            assert names == [{"frame", "status"}]
            assert size < 160_000  # the pixels of the part


# --- large pictures and files


def test_a_large_picture_is_saved_whole_by_the_stages_that_are_shown(messages):
    large = np.tile(PICTURE, (9, 8))
    panel = explore.StagePanel(tiles=4)
    upload(panel, file_of(large))
    put(panel, where=NEEDED, stages=5)
    shown = panel._scene.result(*panel._scene_values())
    messages.clear()
    said = press(panel.save, panel)
    record, data = saved_file(panel, messages)
    assert record == {"save": "own_5_stages.npz"}
    loaded = files.load_stages(data)
    expected = image.StageSearch(large, shown.stages).at_price(2**7, 5)
    assert (loaded.picture == expected.picture).all()
    assert f": {len(data):,} bytes, {expected.stored_bytes:,} if only packed." in said
    assert f"It has all {large.size:,} pixels: MSE {expected.mse:.1f}" in said


def test_of_a_long_picture_that_is_shown_thinned_the_map_is_thinned_too():
    rng = np.random.default_rng(0)
    long = np.tile(rng.integers(0, 256, (1, 1000), dtype=np.uint8), (40, 1))
    long[:, 300:] //= 16  # flat on the right: fewer stages there
    panel = explore.StagePanel(tiles=4)
    upload(panel, file_of(long))
    put(panel, where=NEEDED, stages=12)
    result = panel._scene.result(*panel._scene_values())
    of_pixels = (result.counts.astype(int) * 255 // 12).repeat(4, axis=0).repeat(4, axis=1)
    assert len(np.unique(of_pixels)) > 1
    assert_seen(panel, "counts", on_page(of_pixels.astype(np.uint8)))
    assert_seen(panel, "quantized", on_page(result.picture))


def test_what_belongs_to_the_last_picture_is_freed_at_once(monkeypatch):
    monkeypatch.setattr(image, "sample", small)
    panel = explore.StagePanel(tiles=4)
    last = weakref.ref(panel._scene)
    gc.disable()
    try:
        panel.picture.value = "astronaut"
        assert last() is None
    finally:
        gc.enable()
