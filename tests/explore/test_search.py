"""The panel of search: what it shows and says, the pointer, and training ahead."""

import re

import numpy as np
import pytest

from tests.explore.support import assert_seen, drag, enlarged, press, seen, status, updates
from tests.support import assert_refused
from vqlib import explore, image
from vqlib.explore.patch_search import SIDE

NAMES = ("camera", "astronaut", "coffee", "china")
TOLD = re.compile(
    r"(\d) of the 8 nearest found, ([\d,]+) of 1,000 patches compared\. "
    r"(?:Distance \(rms\): the nearest (\S+), the first found (\S+), as coded (\S+)\.|"
    r"(This patch is flat), and no flat ones are stored: none is like it\.) "
    r"Over 40 searches recall@1 is ([01]\.\d\d), @10 ([01]\.\d\d)\. "
    r"Stored: ([\d,]+) bytes for 64,000\."
)
OPEN = 32
FRAMED = 255


@pytest.fixture
def panel():
    return explore.FindPanel()


@pytest.fixture(scope="module")
def scene():
    return explore.FindScene()  # as it is outside of tests


def part_of(name):
    """What is seen of a photograph, and the row and column of the whole at which that begins."""
    whole = image.sample(name)
    top = (whole.shape[0] - 400) // 2
    left = (whole.shape[1] - 400) // 2
    return whole[top : top + 400, left : left + 400], top, left


def rank_of_nearest(panel):
    """Rows of the stored patches and their squared distances from the patch, by brute force."""
    store = panel._scene._store
    photograph, top, left = part_of(panel.picture.value)
    x = panel.across.value
    y = panel.down.value
    patch = photograph[y : y + SIDE, x : x + SIDE].ravel().astype(int)
    squares = ((store.vectors.astype(int) - patch) ** 2).sum(axis=1)
    apart = np.abs(store.places - (NAMES.index(panel.picture.value), top + y, left + x))
    is_free = (apart[:, 0] > 0) | (apart[:, 1:].max(axis=1) >= SIDE)
    rows = np.flatnonzero(is_free)
    return rows[np.argsort(squares[rows], kind="stable")], squares


def cells_of(panel, name):
    """The patches of a row, and the grey around each of them."""
    row = seen(panel.view, name)[2::4, 2::4, 0]
    assert (row[0] == OPEN).all()
    assert (row[-1] == OPEN).all()
    patches = []
    frames = []
    for left in range(0, 88, 11):
        assert (row[:, left] == OPEN).all()
        cell = row[1:-1, left + 1 : left + 11]
        (frame,) = np.unique(np.concatenate([cell[0], cell[-1], cell[:, 0], cell[:, -1]]))
        patches.append(cell[1:-1, 1:-1].ravel())
        frames.append(frame)
    return np.array(patches), np.array(frames)


def rows_of(store, patches):
    """Which stored patches these are."""
    return [int((store.vectors == patch).all(axis=1).argmax()) for patch in patches]


def with_outlines(picture, boxes):
    """A grey picture with these boxes in white lines, and black ones around those."""
    drawn = picture.copy()
    for x, y, width, height in boxes:
        for away, grey in ((1, 255), (2, 0)):
            columns = np.arange(x - away, x + width + away)
            rows = np.arange(y - away, y + height + away)
            for row in rows:
                for column in columns:
                    is_line = row in rows[[0, -1]] or column in columns[[0, -1]]
                    if is_line and 0 <= row < 400 and 0 <= column < 400:
                        drawn[row, column] = grey
    return drawn


def told_by(panel):
    numbers = TOLD.fullmatch(status(panel)).groups()
    return [each.replace(",", "") if each else each for each in numbers]


# --- what is shown


@pytest.mark.parametrize(
    ("name", "across", "down"), [("china", 168, 320), ("coffee", 0, 392), ("camera", 392, 0)]
)
def test_it_shows_the_patch_its_nearest_and_what_is_found(panel, name, across, down):
    panel.picture.value = name
    panel.across.value = across
    panel.down.value = down
    photograph, _, _ = part_of(name)
    patch = photograph[down : down + SIDE, across : across + SIDE]
    assert_seen(panel, "patch", enlarged(patch, 10))
    rows, _ = rank_of_nearest(panel)
    store = panel._scene._store
    nearest, frames = cells_of(panel, "nearest")
    assert (nearest == store.vectors[rows[:8]]).all()
    assert (frames == OPEN).all()
    found, frames = cells_of(panel, "found")
    are_nearest = [(patch == nearest).all(axis=1).any() for patch in found]
    assert (frames == np.where(are_nearest, FRAMED, OPEN)).all()
    _, frames_of_coded = cells_of(panel, "coded")
    assert (frames_of_coded == frames).all()
    shared = sum(are_nearest)
    assert told_by(panel)[0] == str(shared)
    assert f", {shared} of them framed" in panel.view.frame["found"]["alt"]


def test_the_square_and_those_that_are_found_are_outlined_in_the_photograph(panel):
    panel.picture.value = "china"
    panel.across.value = 0
    panel.down.value = 28
    panel.probed.value = 64
    photograph, top, left = part_of("china")
    found, _ = cells_of(panel, "found")
    store = panel._scene._store
    boxes = []
    for number, y, x in store.places[rows_of(store, found)]:
        is_seen = left - 8 < x < left + 400 and top - 8 < y < top + 400
        if number == 3 and is_seen:
            boxes.append((x - left, y - top, 8, 8))
    assert len(boxes) >= 2
    expected = with_outlines(photograph, [*boxes, (-2, 26, 12, 12), (0, 28, 8, 8)])
    assert_seen(panel, "photograph", expected)
    assert f"and {len(boxes)} of those" in panel.view.frame["photograph"]["alt"]


def test_the_sentence_tells_distances_bytes_and_recall(panel):
    for size, probed in [(1, 64), (8, 4), (32, 64)]:
        panel.size.value = size
        panel.probed.value = probed
        _, compared, nearest, first, as_coded, flat, at_1, at_10, stored = told_by(panel)
        rows, squares = rank_of_nearest(panel)
        assert float(nearest) == pytest.approx(np.sqrt(squares[rows[0]] / 64), abs=0.051)
        found, _ = cells_of(panel, "found")
        coded, _ = cells_of(panel, "coded")
        patch = seen(panel.view, "patch")[5::10, 5::10, 0].ravel().astype(int)
        assert float(first) == pytest.approx(rms(found[0] - patch), abs=0.051)
        assert float(as_coded) >= rms(coded[0] - patch) - 0.051  # shown are only 0 to 255
        assert flat is None
        assert (compared == "1000") == (probed == 64)
        assert float(at_1) <= float(at_10)
        numbers = 256 * 64 + 64 * 64
        assert int(stored) == 1000 * (size + 4) + 4 * numbers
    assert (at_10, first) == ("1.00", nearest)


def rms(differences):
    return np.sqrt((differences**2).mean())


def test_a_flat_patch_is_told(panel):
    assert told_by(panel)[5] is None
    panel.picture.value = "camera"
    panel.across.value = 300
    panel.down.value = 10
    photograph, _, _ = part_of("camera")
    assert photograph[10:18, 300:308].std() < 5
    assert told_by(panel)[5] is not None


def test_where_fewer_are_found_the_row_stays_dark(panel):
    panel.probed.value = 1
    counts = []
    for across in range(0, 392, 30):
        panel.across.value = across
        alt = panel.view.frame["found"]["alt"]
        count = int(re.match(r"(\d) patch", alt)[1])
        found, _ = cells_of(panel, "found")
        assert (found[count:] == OPEN).all()
        counts.append(count)
    assert min(counts) < 8 == max(counts)


# --- how it is moved


def test_the_pointer_takes_the_patch_under_it_and_the_sliders_follow(panel):
    for number, (x, y) in enumerate([(200.4, 33), (3, 399), (399.9, 0), (4, 4)]):
        drag(panel, (9, 9), (x, y), number)
        expected = [min(max(round(each - 4), 0), 392) for each in (x, y)]
        assert [panel.across.value, panel.down.value] == expected
        assert panel.view.pointer_answered == [number, x, y]
        by_hand = explore.FindPanel()
        by_hand.across.value, by_hand.down.value = expected
        assert panel.view.frame == by_hand.view.frame
        assert panel.view.status == by_hand.view.status
        assert panel.view.lasting


def test_a_move_sends_one_small_message(panel, messages):
    for move in (
        lambda: panel.probed.set_state({"value": 7}),
        lambda: panel.across.set_state({"value": 30}),
        lambda: drag(panel, (200, 120), (90, 88)),
    ):
        messages.clear()
        move()
        (names,), (size,) = updates(panel.view, messages)
        assert {"status"} <= names <= {"frame", "status", "pointer_answered"}
        assert size < 12_000


def test_reset_puts_the_photograph_back(panel):
    before = panel.view.fixed, panel.view.frame
    panel.picture.value = "astronaut"
    assert panel.view.fixed != before[0]
    press(panel.reset, panel)
    assert (panel.view.fixed, panel.view.frame) == before


# --- training


def test_what_is_not_trained_is_trained_at_rest_and_then_comes_ahead(panel):
    scene = panel._scene
    assert [size for size in scene.BYTES if scene.is_ready(size)] == [8]
    told = {}
    pieces = 0
    for _pause in panel._send_ahead():
        pieces += 1
        told |= {answer["settings"][0]: answer["status"] for answer in panel.view.ahead}
    assert all(scene.is_ready(size) for size in scene.BYTES)
    assert pieces > sum(scene.BYTES) - 8  # a part of a patch is a piece: a move waits for no more
    assert sorted(told) == list(range(6))
    for row, size in enumerate(scene.BYTES):
        panel.size.value = size
        if size != 8:  # of which other numbers of lists came ahead, too
            assert status(panel) == told[row]


def test_training_that_is_interrupted_goes_on_where_it_was(panel):
    work = panel._send_ahead()
    while 4 not in panel._scene._coded or not panel._scene._coded[4].codebooks:
        next(work)
    begun = panel._scene._coded[4].codebooks[0]
    panel.across.value = 30
    list(panel._send_ahead())
    assert panel._scene.coded(4).codebooks[0] is begun
    fresh = explore.FindPanel(size=4)
    fresh.across.value = 30
    panel.size.value = 4
    assert panel.view.frame == fresh.view.frame
    assert status(panel) == status(fresh)


def test_at_full_size_recall_is_not_below_that_among_five_times_as_many_patches(scene):
    """faiss finds .436 and .864 by 8 bytes and 16 of 256 lists among 100,000 of these patches."""
    at_1, at_10 = scene.coded(8).recalls[:, 15]
    assert at_1 > 0.436 - 0.05
    assert at_10 > 0.864 - 0.05
    _frame, told = scene.frame("china", 168, 320, 8, 16)
    assert " of 20,000 patches compared" in told
    assert f"Over 500 searches recall@1 is {at_1:.2f}, @10 {at_10:.2f}." in told


# --- what is refused


@pytest.mark.parametrize(
    ("sentence", "arguments"),
    [
        (
            "picture must be one of camera, astronaut, coffee, china, got 'chart'",
            ("chart", 0, 0, 8, 1),
        ),
        ("across must be a whole number from 0 to 392, got 393", ("china", 393, 0, 8, 1)),
        ("down must be a whole number from 0 to 392, got 1.5", ("china", 0, 1.5, 8, 1)),
        ("bytes must be one of 1, 2, 4, 8, 16, 32, got 3", ("china", 0, 0, 3, 1)),
        ("probed must be a whole number from 1 to 64, got 0", ("china", 0, 0, 8, 0)),
    ],
)
def test_what_no_control_can_ask_for_is_refused_in_a_sentence(scene, sentence, arguments):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        scene.frame(*arguments)


def test_what_a_panel_cannot_begin_with_is_told_in_a_sentence():
    names = ", ".join(NAMES)
    assert_refused(
        f"picture must be one of {names}, got 'chart'", lambda: explore.FindPanel("chart")
    )
    assert_refused(
        "bytes a patch must be one of 1, 2, 4, 8, 16, 32, got 64",
        lambda: explore.FindPanel(size=64),
    )
    assert_refused(
        "lists probed must be a whole number from 1 to 64, got 65",
        lambda: explore.FindPanel(probed=65),
    )
