"""What all panels of pictures share: the part that is shown, files in and out, the divider."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.explore.support import (
    PHOTO_PANELS,
    as_rgb,
    assert_seen,
    contents,
    control_values,
    drag,
    enlarged,
    everything,
    file_of,
    on_page,
    press,
    saved_file,
    seen,
    send_file,
    small,
    status,
    updates,
    upload,
)
from vqlib import Codebook, explore, files, image, plot
from vqlib.explore import rendering

TRAINING_PANELS = [explore.ColourPanel, explore.BlockPanel]
THINNING_PANELS = [*TRAINING_PANELS, explore.StagePanel]

# --- the divider


@pytest.mark.parametrize("split", [0, 1, 37, 50, 99, 100])
def test_left_of_the_divider_is_the_original(split):
    panel = explore.PicturePanel("china", bits=1)
    original = seen(panel.view, "original")
    quantized = seen(panel.view, "quantized")
    error = seen(panel.view, "error")
    panel.view.set_state({"split": split})
    slots = [slot for slot in rendering.slots_of(panel.view) if slot["fixed"] == "picture"]
    rendered = {slot["name"]: rendering.of_slot(panel.view, slot) for slot in slots}
    border = 4 * split
    assert (rendered["quantized"][:, :border] == original[:, :border]).all()
    assert (rendered["quantized"][:, border:] == quantized[:, border:]).all()
    assert (rendered["original"] == original).all()
    assert (rendered["error"] == error).all()


# --- the part that is shown


def place_of(part, picture, share):
    """Where a part is cut out of a picture: about this share of the way from rim to rim."""
    room = np.array(picture.shape) - part.shape
    for near in itertools.product((-1, 0, 1), repeat=2):
        found = np.clip(np.round(share * room).astype(int) + near, 0, room)
        top, left = found
        there = picture[top : top + part.shape[0], left : left + part.shape[1]]
        if np.array_equal(there, part):
            return found
    raise AssertionError(f"the part is not a part of the picture at {share}")


def part_seen(panel, zoom):
    """The part of a grey picture that is shown as the original, one pixel for one of its own."""
    return seen(panel.view, "original")[::zoom, ::zoom, 0]


@pytest.mark.parametrize("name", image.SAMPLES)
@pytest.mark.parametrize("zoom", [1, 2, 4, 8])
def test_an_enlarged_part_is_whole_pixels_of_the_picture(name, zoom):
    panel = explore.PicturePanel(name, bits=2)
    picture = image.sample(name)
    quantized = image.quantize_image(picture, 2).picture
    panel.enlarge.value = zoom
    height, width = (min(length, 400 // zoom) for length in picture.shape)
    positions = [(0, 0), (100, 100), (0, 100), (100, 0), (50, 50)]
    positions.append(tuple(np.random.default_rng(zoom).uniform(0, 100, 2).round(1)))
    for down, across in positions:
        panel.down.value = down
        panel.across.value = across
        assert seen(panel.view, "original").shape == (zoom * height, zoom * width, 3)
        part = part_seen(panel, zoom)
        top, left = place_of(part, picture, np.array([down, across]) / 100)
        same = quantized[top : top + height, left : left + width]
        assert_seen(panel, "original", enlarged(part, zoom))
        assert_seen(panel, "quantized", enlarged(same, zoom))
        error = plot.error_colours(part, same)
        assert (seen(panel.view, "error")[::zoom, ::zoom] == error).all()


@pytest.mark.parametrize("name", image.SAMPLES)
@pytest.mark.parametrize("zoom", [1, 2, 4, 8])
def test_both_ends_of_the_sliders_reach_the_rims(name, zoom):
    panel = explore.PicturePanel(name, bits=2)
    picture = image.sample(name)
    panel.enlarge.value = zoom
    height, width = (min(length, 400 // zoom) for length in picture.shape)
    for down, across in itertools.product((0, 100), repeat=2):
        panel.down.value = down
        panel.across.value = across
        top = (picture.shape[0] - height) * down // 100
        left = (picture.shape[1] - width) * across // 100
        there = picture[top : top + height, left : left + width]
        np.testing.assert_array_equal(part_seen(panel, zoom), there)


@settings(max_examples=30)
@given(st.integers(1, 1300), st.integers(1, 1300), st.sampled_from([0, 1, 2, 4, 8]))
def test_both_ends_reach_the_rims_of_a_picture_of_any_size(height, width, zoom):
    rows, columns = np.indices((height, width))
    picture = ((7 * rows + 13 * columns + rows * columns) % 251).astype(np.uint8)
    step = 1 if zoom else max(1, max(height, width) // 400)  # what does not fit is thinned
    thinned = picture[::step, ::step]
    scene = explore.PhotoScene(picture, "any picture")
    for down, across in itertools.product((0, 1), repeat=2):
        scene.look((down, across), zoom)
        assert scene.part["zoom"] == (zoom or max(1, 400 // max(height, width)))
        part = rendering.samples(scene.fixed()["picture"], scene.part)[..., 0]
        reach = 400 // scene.part["zoom"]
        rims = [slice(-reach, None) if end else slice(reach) for end in (down, across)]
        np.testing.assert_array_equal(part, thinned[rims[0], rims[1]])


class HeldPicture:
    """The astronaut under the pointer."""

    def __init__(self, zoom):
        self.panel = explore.PicturePanel("astronaut")
        self.panel.enlarge.value = zoom
        self.zoom = zoom
        self.room = 512 - 400 // zoom

    def place(self):
        """Where the part that is shown is cut out."""
        share = np.array([self.panel.down.value, self.panel.across.value]) / 100
        return place_of(part_seen(self.panel, self.zoom), image.sample("astronaut"), share)


MOVES = [(10, -20), (-30, 15), (7, 7)]
"""In pixels of the picture, x and y."""


@pytest.mark.parametrize("zoom", [1, 2, 4, 8])
def test_the_picture_is_held_by_the_pointer(zoom):
    held = HeldPicture(zoom)
    first = held.place()
    assert (first == held.room // 2).all()
    for number, (x, y) in enumerate(MOVES, 1):
        before = held.place()
        for share in (0.5, 1) if number % 2 else (1,):  # some moves come together in one message
            now = 200 + zoom * np.array([x, y]) * share
            drag(held.panel, (200, 200), now, number)
        moved = held.place() - before
        assert np.abs(moved + np.array([y, x])).max() <= 1, (
            "the pixel below the pointer has changed"
        )
        drag(held.panel, (200, 200), (200, 200), number)
        assert (held.place() == before).all(), "it does not come back with the pointer"
        drag(held.panel, (200, 200), now, number)
    assert np.abs(held.place() - (first + np.array([-2, 13]))).max() <= 3


@pytest.mark.parametrize("zoom", [1, 4])
def test_a_picture_that_is_no_square_is_held_by_the_pointer_too(zoom):
    panel = explore.PicturePanel("china")
    panel.enlarge.value = zoom
    before = part_seen(panel, zoom)
    x = 12
    y = -7
    drag(panel, (200, 200), (200 + zoom * x, 200 + zoom * y))
    after = part_seen(panel, zoom)
    # The sliders go in steps: the picture may be one pixel off.
    near = itertools.product((-1, 0, 1), repeat=2)
    assert any(is_moved(before, after, x + right, y + down) for right, down in near)


def is_moved(before, after, right, down):
    """What can be seen both before and after has moved that far to the right and down."""
    height, width = before.shape
    there = after[max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)]
    here = before[max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)]
    return np.array_equal(there, here)


@pytest.mark.parametrize("zoom", [1, 2, 4, 8])
def test_the_pointer_moves_no_picture_beyond_its_rims(zoom):
    held = HeldPicture(zoom)
    drag(held.panel, (300, 300), (9000, -9000), 9)
    assert (held.place() == (held.room, 0)).all()
    assert (held.panel.down.value, held.panel.across.value) == (100, 0)
    side = 400 // zoom * zoom
    assert seen(held.panel.view, "original").shape == (side, side, 3)


def test_the_pointer_moves_no_picture_of_which_nothing_is_hidden():
    panel = explore.PicturePanel()
    upload(panel, file_of(image.sample("camera")[:300, :500]))
    drag(panel, (200, 200), (180, 260))
    assert (panel.across.value, panel.down.value) == (70, 50)


def test_the_page_knows_how_much_of_the_picture_is_hidden():
    panel = explore.PicturePanel()
    assert panel.view.hidden == [112, 112]
    panel.enlarge.value = 2
    assert panel.view.hidden == [624, 624]
    upload(panel, file_of(image.sample("camera")[:300, :500]))
    assert panel.view.hidden == [600, 200]
    panel.enlarge.value = 1
    assert panel.view.hidden == [100, 0]


# --- what is sent


def test_opening_a_picture_sends_it_once(messages):
    panel = explore.PicturePanel()
    messages.clear()
    panel.picture.set_state({"index": image.SAMPLES.index("china")})
    names, (size,) = updates(panel.view, messages)
    assert names == [{"axes_png", "fixed", "part", "hidden", "frame", "status"}]
    assert size < 300_000


def assert_part_alone(panel, messages):
    names, (size,) = updates(panel.view, messages)
    assert names[0] - {"hidden", "pointer_answered"} == {"part"}
    assert size < 400


def test_showing_another_part_sends_no_pixel(messages):
    panel = explore.PicturePanel()
    for moved, value in ((panel.enlarge, 4), (panel.across, 10.0), (panel.down, 99.9)):
        messages.clear()
        moved.value = value
        assert_part_alone(panel, messages)
    messages.clear()
    drag(panel, (200, 200), (180, 260))
    assert_part_alone(panel, messages)
    messages.clear()
    panel.view.set_state({"split": 40})  # the page knows already
    names, _ = updates(panel.view, messages)
    assert names in ([], [{"split"}])


@pytest.mark.parametrize(
    ("kind", "arguments", "most"),
    [
        (explore.ColourPanel, {"picture": "astronaut"}, 80_600),
        (explore.BlockPanel, {"picture": "camera", "block": 2}, 48_300),
        (explore.BlockPanel, {"picture": "camera", "block": 1}, 16_000),
    ],
)
def test_a_move_of_the_bits_sends_indices_and_code_vectors(messages, kind, arguments, most):
    panel = kind(**arguments)
    sizes = []
    for bits in [8, *range(1, 8)]:
        messages.clear()
        panel.bits.value = bits
        names, (size,) = updates(panel.view, messages)
        assert names == [{"frame", "status"}]
        sizes.append(size)
    assert np.mean(sizes) < most  # a tenth of what pixels took
    messages.clear()
    drag(panel, (200, 200), (180, 215))
    names, (size,) = updates(panel.view, messages)
    assert names[0] - {"frame", "pointer_answered"} == {"part"}
    assert size < most


@settings(max_examples=100)
@given(st.data())
def test_a_part_in_blocks_is_decoded_to_the_pixel(data):
    block = data.draw(st.sampled_from([1, 2, 4, 8]))
    height, width = data.draw(st.tuples(st.integers(1, 600), st.integers(1, 500)))
    channels = data.draw(st.sampled_from([1, 3])) if block == 1 else 1
    rng = np.random.default_rng(height * width)
    shape = (height, width, channels)[: 2 + (channels == 3)]
    picture = rng.integers(0, 256, shape, dtype=np.uint8)
    codebook = Codebook(rng.integers(0, 256, (5, block**2 * channels)))
    scene = SceneOfOne(picture, codebook, block)
    scene.look(data.draw(st.tuples(st.floats(0, 1), st.floats(0, 1))), data.draw(ZOOMS))
    content = scene.frame()[0]["quantized"]
    expected = image.encode_image(picture, codebook, block=block).picture
    if scene.is_thinned:
        step = max(shape) // 400
        expected = expected[::step, ::step]
    rows = slice(scene.part["top"], scene.part["top"] + scene.part["height"])
    columns = slice(scene.part["left"], scene.part["left"] + scene.part["width"])
    decoded = rendering.samples(content, scene.part).squeeze(axis=2 if channels == 1 else ())
    np.testing.assert_array_equal(decoded, expected[rows, columns])


ZOOMS = st.sampled_from([0, 1, 2, 4, 8])


class SceneOfOne(explore.CodebookScene):
    """A scene with one codebook that is given."""

    def __init__(self, picture, codebook, block):
        super().__init__(picture, "any picture")
        self._result = image.encode_image(picture, codebook, block=block)

    def compute(self):
        return self._result, ""


def test_the_page_and_numpy_round_the_size_of_every_error_alike():
    for channels in (1, 3):
        squares = np.arange(channels * 255**2 + 1)
        # Math.sqrt(squares / channels) + 0.5 of view.js, cut off to a byte.
        by_page = np.floor(np.sqrt(squares / channels) + 0.5).astype(int)
        # Without rounding: n is nearest to the root of x if (2n - 1)^2 < 4 x < (2n + 1)^2.
        four = 4 * squares
        assert (channels * (2 * by_page - 1) ** 2 < four)[by_page > 0].all()
        assert (four < channels * (2 * by_page + 1) ** 2).all()


@pytest.mark.parametrize(
    ("shape", "zoom", "is_whole"),
    [((800, 1250), 1, True), ((800, 1251), 1, False), ((799, 799), 0, True), ((900, 50), 0, False)],
)
def test_a_picture_is_sent_whole_if_it_is_small_enough_and_not_thinned(shape, zoom, is_whole):
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    scene = explore.PhotoScene(picture, "noise")
    scene.look((0, 0), zoom)
    first = scene.fixed()["picture"]
    scene.look((1, 1), zoom)
    last = scene.fixed()["picture"]
    if is_whole:
        assert first is last
        assert (first["height"], first["width"]) == shape
    else:
        assert [last[field] for field in scene.part] == list(scene.part.values())


# --- files out


def test_the_bits_that_were_asked_for_are_kept_and_name_the_file(messages):
    panel = explore.BlockPanel(bits=4)
    upload(panel, file_of(np.zeros((16, 16), np.uint8)))  # one tile is enough
    for _ in range(2):  # trained, and kept
        messages.clear()
        press(panel.save, panel)
        record, _ = saved_file(panel, messages)
        assert record == {"save": "own_4_bits.npz"}


@pytest.mark.parametrize("kind", PHOTO_PANELS)
def test_a_saved_file_holds_the_picture_that_is_shown(messages, kind):
    panel = kind()
    load = files.load_stages if kind is explore.StagePanel else files.load
    what = "stages" if kind is explore.StagePanel else "bits"
    ending = "npz" if kind in (explore.BlockPanel, explore.StagePanel) else "png"
    for number in (1, 3, 8):
        panel.steps.value = number
        messages.clear()
        press(panel.save, panel)
        record, data = saved_file(panel, messages)
        result = panel._scene.result(*panel._scene_values())
        assert (load(data).picture == result.picture).all()
        assert record == {"save": f"{panel.picture.value}_{number}_{what}.{ending}"}
        assert f"{len(data):,} bytes" in status(panel)


# --- files in


def test_an_own_picture_is_shown_upright_and_in_grey():
    colours = np.random.default_rng(0).integers(0, 256, (30, 50, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 90 degrees clockwise
    panel = explore.PicturePanel()
    assert panel.view.upload_limit == explore.UPLOAD_LIMIT
    send_file(panel, file_of(colours, exif=exif))
    assert_seen(panel, "original", on_page(np.rot90(image.grey(colours), -1)))
    assert panel.picture.value is None
    assert "1,500 before" in status(panel)
    assert panel.view.fixed["picture"]["alt"] == "your picture, the original"


def test_own_pictures_come_one_after_the_other_and_a_sample_comes_back():
    panel = explore.PicturePanel()
    for seed, shape in ((0, (50, 30)), (1, (60, 50))):
        own = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
        send_file(panel, file_of(own))
        assert_seen(panel, "original", on_page(own))
    panel.picture.value = "camera"
    assert_seen(panel, "original", on_page(image.sample("camera")))


BAD_FILES = {
    "empty": (b"", "is empty"),
    "text": (
        b"<script>alert(1)</script>",
        "cannot be read as one: it is XML; PNG, JPEG, GIF, BMP, TIFF, ",
    ),
    "truncated": (
        file_of(image.sample("camera"), format="JPEG")[:5000],
        "it is JPEG, but cut off, damaged or of a rare kind",
    ),
    "too large": (
        bytes(explore.UPLOAD_LIMIT + 1),
        "at most 9,000,000 bytes, got 9,000,001",
    ),
}
BAD_NAME = "<img src=x onerror=alert(1)>.png"


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_gets_a_sentence_and_the_last_good_picture_stays(kind, caplog):
    content, sentence = BAD_FILES[kind]
    panel = explore.PicturePanel()
    before = contents(panel), control_values(panel)
    with pytest.raises(ValueError, match=sentence):
        upload(panel, content, BAD_NAME)
    assert panel.view.status_is_error
    assert sentence in panel.view.status
    assert "<img" not in panel.view.status
    panel.view.status = ""
    panel.view.status_is_error = False
    send_file(panel, content, BAD_NAME)
    assert panel.view.status_is_error
    assert sentence in panel.view.status
    # ipywidgets catches it and reports it
    assert [record.exc_info[0] for record in caplog.records] == [ValueError]
    assert (contents(panel), control_values(panel)) == before


@pytest.mark.parametrize("kind", BAD_FILES)
def test_after_a_bad_file_all_goes_on(kind):
    content, sentence = BAD_FILES[kind]
    panel = explore.PicturePanel()
    with pytest.raises(ValueError, match=sentence):
        upload(panel, content, BAD_NAME)
    panel.bits.value = 5  # and the bits are those of the picture that is shown
    assert "32 levels" in status(panel)
    chart = image.sample("chart")
    upload(panel, file_of(chart))
    assert "160,000 before" in status(panel)
    assert_seen(panel, "original", chart)


LARGE = np.random.default_rng(0).integers(0, 256, (640, 700), dtype=np.uint8)


@pytest.mark.parametrize("kind", THINNING_PANELS)
def test_an_own_picture_of_many_pixels_is_thinned_and_the_sentence_says_so(kind):
    panel = kind()
    upload(panel, file_of(LARGE))
    thinned = LARGE[::2, ::2]
    if kind is explore.ColourPanel:
        thinned = as_rgb(thinned)
    assert (panel._scene.picture == thinned).all()
    told = "Thinned to 350 x 320 of 700 x 640 pixels (save takes all of them): "
    assert status(panel).startswith(told)
    assert f"{thinned.size:,} before" in status(panel)
    assert "thinned" in panel.view.fixed["picture"]["alt"]
    upload(panel, file_of(LARGE[:500, :600]))
    assert "hinned" not in status(panel) + panel.view.fixed["picture"]["alt"]


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (explore.PicturePanel, {"bits": 2}),
        (explore.ColourPanel, {"bits": 2}),
        (explore.ColourPanel, {"bits": 3, "palette": "uniform", "space": "Lab"}),
        (explore.ColourPanel, {"bits": 1, "dither": "on"}),
        (explore.BlockPanel, {"bits": 2, "block": 4}),
        (explore.BlockPanel, {"bits": 2, "block": 1, "source": "other pictures"}),
    ],
)
def test_what_is_saved_has_all_pixels_by_the_codebook_that_is_shown(messages, kind, settings):
    panel = kind()
    for name, value in settings.items():
        getattr(panel, name).value = value
    colours = np.dstack([LARGE, LARGE[::-1], LARGE[:, ::-1]])
    upload(panel, file_of(colours))
    shown = panel._scene.result(*panel._scene_values())
    messages.clear()
    told = press(panel.save, panel)
    _, data = saved_file(panel, messages)
    expected = in_full(colours, shown.codebook, settings, kind)
    loaded = files.load(data)
    assert (loaded.picture == expected.picture).all()
    assert loaded.bits == settings["bits"]
    assert f": {len(data):,} bytes, {expected.stored_bytes:,} if only packed." in told
    in_words = f"It has all 448,000 pixels: MSE {expected.mse:.1f}, PSNR {expected.psnr:.1f} dB."
    assert (in_words in told) == (kind is not explore.PicturePanel)


def in_full(colours, codebook, settings, kind):
    """The whole picture by this codebook, told independently of the panels."""
    if kind is not explore.ColourPanel:
        grey = image.grey(colours)
        return image.encode_image(grey, codebook, block=settings.get("block", 1))
    if settings.get("dither") == "on":
        return image.diffuse(colours, codebook)
    return image.encode_image(colours, codebook, space=settings.get("space", "RGB"))


@pytest.mark.parametrize(
    ("shape", "step"),
    [((500, 600), 1), ((500, 601), 2), ((1000, 1200), 2), ((1000, 1201, 3), 3)],
)
def test_a_scene_that_trains_has_at_most_300_000_pixels(shape, step):
    picture = np.zeros(shape, np.uint8)
    thinned = explore.CodebookScene(picture, "black").picture
    assert thinned.shape == picture[::step, ::step].shape
    height, width = thinned.shape[:2]
    assert height * width <= 300_000


# --- results that are kept


def computations(monkeypatch, scene):
    """The settings with which a kind of scene computes something, a list that grows."""
    asked = []
    compute = scene.compute

    def counted(self, *settings):
        asked.append(settings)
        return compute(self, *settings)

    monkeypatch.setattr(scene, "compute", counted)
    return asked


@pytest.mark.parametrize("kind", TRAINING_PANELS)
def test_what_was_computed_once_is_shown_again_without_computing(monkeypatch, kind):
    asked = computations(monkeypatch, kind.SCENE)
    panel = kind()
    frames = {}
    for bits in range(1, 9):
        panel.bits.value = bits
        frames[bits] = panel.view.frame
    assert len(asked) == len(set(asked)) == 8
    for bits in (3, 1, 8):
        panel.bits.value = bits
        assert panel.view.frame == frames[bits]
    assert len(asked) == 8


def test_the_last_ten_results_are_kept(monkeypatch):
    asked = computations(monkeypatch, explore.BlockScene)
    scene = explore.BlockScene(small("china"), "china")
    results = [(block, bits, "this picture") for block in (1, 2) for bits in range(1, 7)]
    for settings_of_result in results[:10]:
        scene.cached(*settings_of_result)
    scene.cached(*results[0])  # asked for again: now the second one is the oldest
    scene.cached(*results[10])
    asked.clear()
    for settings_of_result in (results[0], *results[2:11]):
        scene.cached(*settings_of_result)
    assert asked == []
    scene.cached(*results[1])
    assert asked == [results[1]]


# --- two panels


def test_two_panels_do_not_touch_each_other():
    first = explore.PicturePanel()
    second = explore.PicturePanel(bits=5)
    before = everything(second), control_values(second)
    first.bits.value = 1
    first.picture.value = "chart"
    first.enlarge.value = 4
    drag(first, (100, 100), (120, 90))
    first.view.set_state({"split": 40})
    press(first.save, first)
    assert (everything(second), control_values(second)) == before
    upload(first, file_of(image.sample("coffee")))
    press(first.reset, first)
    assert (everything(second), control_values(second)) == before
