"""The panel of notebook 09_search."""

import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from .. import image, plot
from ..arrays import Indices, Picture
from ..checks import check_int, check_one_of
from .controls import by_nearness, dropdown, slider
from .message import (
    GREY_PALETTE,
    Frame,
    PictureContent,
    Slot,
    picture_content,
    slot,
)
from .panel import Panel, one_thread
from .patch_search import FLAT, SIDE, CodedPatches, Found, PatchStore, Place

PHOTOGRAPHS = image.SAMPLES[:4]
"""Where patches come from; the last sample is a chart."""
SHOWN = 8
"""How many neighbours are shown."""
FARTHEST = plot.SIDE - SIDE
"""The last row and column of the part that is seen at which a patch may begin."""
ROW_ZOOM = 4
PATCH_ZOOM = 10
ROOM = 32
"""The grey between patches."""
FRAME = 255


class FindScene:
    """Patches of four photographs, and those that an inverted file finds in place of the nearest.

    The settings are the photograph with the patch that is searched for, how far across and down its
    corner is in the part that is seen, bytes for a stored patch, and lists probed.
    """

    BYTES = (1, 2, 4, 8, 16, 32)
    LISTS = 64
    STORED = 20_000
    QUERIES = 500
    """On so many the recall is measured."""
    TRAINED = 4096
    """On so many of the stored patches codebooks are trained."""

    def __init__(self) -> None:
        self._pictures = {name: image.sample(name) for name in PHOTOGRAPHS}
        self._store = PatchStore(
            list(self._pictures.values()), self.STORED, self.LISTS, self.QUERIES, self.TRAINED
        )
        self._coded: dict[int, CodedPatches] = {}
        """By bytes for a patch; some may not be finished."""

    def train_some(self, size: int) -> bool:
        """Do a tenth of a second of the training for so many bytes; whether there was any left."""
        if size not in self._coded:
            self._coded[size] = CodedPatches(self._store, size)
        return self._coded[size].next_step()

    def is_ready(self, size: int) -> bool:
        """Whether nothing has to be trained for so many bytes."""
        return size in self._coded and self._coded[size].recalls is not None

    def coded(self, size: int) -> CodedPatches:
        """The stored patches with so many bytes each; trained when they are first asked for."""
        if size not in self.BYTES:
            allowed = ", ".join(map(str, self.BYTES))
            raise ValueError(f"bytes must be one of {allowed}, got {size!r}")
        while self.train_some(size):
            pass
        return self._coded[size]

    def fixed(self, name: str) -> Frame:
        """What stays while another patch or other settings are chosen: the photograph."""
        top, left = self._corner(name)
        seen = _cut(self._pictures[name], top, left, plot.SIDE)
        return {
            "photograph": picture_content(seen, palette=GREY_PALETTE),
            "patches": {"palette": GREY_PALETTE},
        }

    def _corner(self, name: str) -> tuple[int, int]:
        """First row and column of what is seen of a photograph: its middle."""
        shape = self._pictures[name].shape
        rows, columns = image.rows_and_columns(shape, plot.SIDE, (0.5, 0.5))
        return rows.start, columns.start

    def frame(self, name: str, across: int, down: int, size: int, probed: int) -> tuple[Frame, str]:
        """The patch, its neighbours and those that are found, and a sentence.

        Raises
        ------
        ValueError
            If a setting is none that the panel has.
        """
        check_one_of(name, "picture", PHOTOGRAPHS)
        first_row, first_column = self._corner(name)
        top = first_row + check_int(down, "down", 0, FARTHEST)
        left = first_column + check_int(across, "across", 0, FARTHEST)
        check_int(probed, "probed", 1, self.LISTS)
        place = (PHOTOGRAPHS.index(name), top, left)
        patch = _cut(self._pictures[name], top, left, SIDE)
        query = patch.ravel().astype(np.float32)
        coded = self.coded(size)
        nearest = self._store.nearest(query, place, SHOWN)
        found, compared = coded.search(query, place, SHOWN, probed)
        frame = self._pictures_of(place, nearest[0], found[0], coded)
        frame["patch"] = picture_content(patch, PATCH_ZOOM, alt=f"The patch of {name}, enlarged")
        told = [
            self._comparison(nearest, found, compared),
            self._distances(query, nearest, found),
            self._figures(coded, probed),
        ]
        return frame, " ".join(told)

    def _pictures_of(
        self, place: Place, nearest: Indices, found: Indices, coded: CodedPatches
    ) -> Frame:
        are_true = np.isin(found, nearest)
        none = np.zeros(SHOWN, bool)
        shared = int(are_true.sum())
        return {
            "photograph": self._marked(place, found),
            "nearest": _row(self._store.vectors[nearest], none, alt=f"The {SHOWN} nearest patches"),
            "found": _row(
                self._store.vectors[found],
                are_true,
                alt=f"{len(found)} patches, {shared} of them framed",
            ),
            "coded": _row(coded.vectors[found], are_true, alt="The same patches as coded"),
        }

    def _marked(self, place: Place, found: Indices) -> PictureContent:
        """Where the patch is, with two lines around it, and where those that are found."""
        number, *corner = place
        name = PHOTOGRAPHS[number]
        places = self._store.places[found]
        corners = places[places[:, 0] == number, 1:] - self._corner(name)
        are_seen = ((corners > -SIDE) & (corners < plot.SIDE)).all(axis=1)
        outlines = [[left, top, SIDE, SIDE] for top, left in corners[are_seen].tolist()]
        alt = f"{name}, the patch outlined, and {len(outlines)} of those that are found"
        top, left = np.subtract(corner, self._corner(name)).tolist()
        outlines += [[left - 2, top - 2, SIDE + 4, SIDE + 4], [left, top, SIDE, SIDE]]
        return {"outlines": outlines, "alt": alt}

    def _comparison(self, nearest: Found, found: Found, compared: int) -> str:
        """What was found by how much work, in a sentence."""
        shared = int(np.isin(found[0], nearest[0]).sum())
        return (
            f"{shared} of the {SHOWN} nearest found, "
            f"{compared:,} of {len(self._store.vectors):,} patches compared."
        )

    def _distances(self, query: NDArray[np.float32], nearest: Found, found: Found) -> str:
        """Of the nearest patch and of the first that is found, in a sentence."""
        if query.std() < FLAT:
            return "This patch is flat, and no flat ones are stored: none is like it."
        told = f"Distance (rms): the nearest {off(nearest[1][0])}, "
        if len(found[0]) == 0:
            return told + "none is found."
        first = self._store.vectors[found[0][0]]
        truly = off(((first - query) ** 2).sum())
        return told + f"the first found {truly}, as coded {off(found[1][0])}."

    def _figures(self, coded: CodedPatches, probed: int) -> str:
        """What does not depend on the patch, in sentences."""
        assert coded.recalls is not None
        at_1, at_10 = coded.recalls[:, probed - 1]
        return (
            f"Over {len(self._store.queries)} searches recall@1 is {at_1:.2f}, @10 {at_10:.2f}. "
            f"Stored: {coded.stored_bytes:,} bytes for {self._store.vectors.size:,}."
        )


def off(square: float) -> str:
    """A squared distance of patches as the root of the mean square of a pixel."""
    return f"{math.sqrt(square / SIDE**2):.1f}"


def _cut(picture: Picture, top: int, left: int, side: int) -> Picture:
    return np.ascontiguousarray(picture[top : top + side, left : left + side])


def _row(
    vectors: NDArray[np.float32], are_framed: NDArray[np.bool_], *, alt: str
) -> PictureContent:
    """Patches beside each other, some of them framed; where there are fewer it stays dark."""
    row = np.full((SIDE + 4, (SIDE + 3) * SHOWN + 1), ROOM, np.uint8)
    for number, vector in enumerate(vectors):
        left = (SIDE + 3) * number + 1
        cell = row[1:-1, left : left + SIDE + 2]
        if are_framed[number]:
            cell[:] = FRAME
        cell[1:-1, 1:-1] = vector.clip(0, 255).reshape(SIDE, SIDE)
    return picture_content(row, ROW_ZOOM, alt=alt)


class FindPanel(Panel):
    """The nearest neighbours of a patch, and those found by a product code in an inverted file.

    Parameters
    ----------
    picture : str
        The photograph that is shown first.
    size : int
        Bytes for a stored patch: 1, 2, 4, 8, 16 or 32.
    probed : int
        How many of the 64 lists are looked into.
    """

    PROBED_AHEAD = 4
    """How many steps of the lists probed each way the page gets before it asks."""
    CALM = 0.5
    """Seconds without a move before training begins: moves that follow closely meet none of it."""
    PAUSE = 0.05
    """Seconds after each step of training, as long as the step: a move may come between."""

    def __init__(
        self,
        picture: str = "coffee",
        size: int = 8,
        probed: int = 2,
    ) -> None:
        self.size = dropdown("bytes a patch", FindScene.BYTES, size)
        self.probed = slider("lists probed", probed, 1, FindScene.LISTS)
        self.picture = dropdown("picture", PHOTOGRAPHS, picture)
        self.across = slider("across", 280, 0, FARTHEST)
        self.down = slider("down", 188, 0, FARTHEST)
        settings = [self.size, self.probed, self.picture, self.across, self.down]
        self.reset = self._reset_button(self._open, *settings)
        self._scene = FindScene()
        place = slot(
            "photograph", "The photograph: drag the square", plot.SIDE, plot.SIDE, drags="place"
        )
        patch = slot("patch", "The patch", plot.SIDE, PATCH_ZOOM * SIDE, fixed="patches")
        cells = [
            [place],
            [
                patch,
                _slot_of_row("nearest", "Its nearest neighbours"),
                _slot_of_row("found", "Found: framed if among them"),
                _slot_of_row("coded", "Those as they are coded"),
            ],
        ]
        sentence = (
            "Run this cell to move the sliders: "
            "the nearest neighbours of a patch, and those that are found by a product code."
        )
        super().__init__([*settings, self.reset], cells, sentence, keyed_by=settings)
        self.followers = [self.across, self.down]
        self._on_change(self._open, self.picture)
        self._on_change(self._show, self.size, self.probed, self.across, self.down)
        self._on_change(self._drag, self.view, name="pointer")
        self._respond(self._open)

    def _open(self) -> None:
        self.view.fixed = self._scene.fixed(self.picture.value)
        self._show()

    def _show(self) -> None:
        _fixed, self.view.frame, self.view.status = self._answer(*self._values())
        self._mark_as_lasting()

    def _drag(self) -> None:
        """Take the patch whose middle is under the pointer."""
        x, y = self.view.take_pointer()["now"]
        self.across.value = min(max(round(x - SIDE / 2), 0), FARTHEST)
        self.down.value = min(max(round(y - SIDE / 2), 0), FARTHEST)

    def _send_ahead(self) -> Iterator[float]:
        """Send what is trained, then train what is not, and send that."""
        yield from super()._send_ahead()
        yield self.CALM
        for size in by_nearness(FindScene.BYTES, self.size.value):
            while self._train_some(int(size)):
                yield self.PAUSE
        yield from super()._send_ahead()

    def _train_some(self, size: int) -> bool:
        with one_thread():
            return self._scene.train_some(size)

    def _likely_next(self) -> Iterable[tuple[int, int, str, int, int]]:
        size, probed, *place = self._values()
        for each in by_nearness(FindScene.BYTES, size):
            if self._scene.is_ready(int(each)):
                yield int(each), probed, *place
        near = range(probed - self.PROBED_AHEAD, probed + self.PROBED_AHEAD + 1)
        for each in by_nearness(near, probed):
            if self.probed.min <= each <= self.probed.max:
                yield size, int(each), *place

    def _answer(
        self, size: int, probed: int, name: str, across: int, down: int
    ) -> tuple[Frame, Frame, str]:
        frame, status = self._scene.frame(name, across, down, size, probed)
        return self.view.fixed, frame, status


def _slot_of_row(name: str, title: str) -> Slot:
    return slot(name, title, plot.SIDE, ROW_ZOOM * (SIDE + 4), fixed="patches")
