"""The panel of notebook 08_structured."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from .. import image, plot
from ..arrays import Picture
from ..checks import check_int, check_one_of
from ..codebook import Codebook
from ..image import StagedImage, StageSearch
from ..structured import Stages
from .codebook_scene import ERROR_PALETTE
from .controls import dropdown, offer, slider
from .last_ones import LastOnes
from .message import (
    GREY_PALETTE,
    Frame,
    PictureContent,
    part_content,
    picture_content,
    slot,
    tiled_content,
)
from .photo import PhotoPanel, error_slot, picture_slot
from .thinned_scene import ThinnedScene

BLOCK = 4
MOST_STAGES = 12
TILES = (4, 16, 64)
"""How many tiles a stage can have."""
SURVIVORS = (1, 2, 4, 8)
EVERYWHERE = "the same everywhere"
WHERE_NEEDED = "where needed"
ITERATIONS = 10
"""Of Lloyd's algorithm for each stage. With 40 twelve stages gain .3 dB, in twice the time."""
SEARCHES_KEPT = 4
"""How many searches of all blocks a scene keeps, some 3 MB each."""
RESULTS_KEPT = 24
"""How many results a scene keeps: those of the sliders at all positions."""
MIDDLE = 128
"""Where the grey of a tile is shown that adds nothing."""
SHEETS_A_ROW = 4
WHITE = 255


class _Kept(NamedTuple):
    """What is kept of an answer, whatever part of the picture is seen."""

    result: StagedImage
    caption: str
    sheets: PictureContent
    """The tiles of the stages in use."""


class StageScene(ThinnedScene):
    """One grey picture in stages of tiles of 4 x 4; see `ThinnedScene`.

    All stages are trained once for each number of tiles, and all blocks are searched through all
    stages once for each number of tiles and of survivors: then numbers of stages and prices only
    choose among what was found.
    """

    STEPS_AHEAD = MOST_STAGES

    def __init__(self, picture: Picture, name: str) -> None:
        super().__init__(picture, name)
        self._jpegs = image.Jpegs(self.picture)
        self._stages: LastOnes[Stages] = LastOnes(len(TILES))
        """By the number of tiles."""
        self._searches: LastOnes[StageSearch] = LastOnes(SEARCHES_KEPT)
        """By the numbers of tiles and of survivors."""
        self._results: LastOnes[_Kept] = LastOnes(RESULTS_KEPT)
        """By the settings."""

    def is_ready(self, *settings: Any) -> bool:  # noqa: ANN401
        """Whether nothing is to be searched for these settings."""
        _count, tiles, survivors, _where, _exponent = settings
        return (tiles, survivors) in self._searches

    def result(self, *settings: Any) -> StagedImage:  # noqa: ANN401
        """The quantized picture."""
        return self._kept_for(*settings).result

    def encode_whole(self, *settings: Any) -> StagedImage:  # noqa: ANN401
        """All pixels of a picture that is thinned, by the stages that are shown."""
        count, tiles, survivors, where, exponent = settings
        stages = Stages(self._trained(tiles).codebooks[:count])  # more are not needed
        search = StageSearch(self.whole, stages, block=BLOCK, survivors=survivors)
        return _chosen(search, count, where, exponent)

    def frame(self, *settings: Any) -> tuple[Frame, str]:  # noqa: ANN401
        """The quantized picture, its error, the number of stages of each block, and the tiles."""
        kept = self._kept_for(*settings)
        quantized = self._cut(kept.result.picture)
        frame: Frame = {
            "quantized": part_content(quantized, self.part, alt=f"{self.name}, quantized"),
            "error": {
                "error_of": "quantized",
                "palette": ERROR_PALETTE,
                "alt": f"The error of each pixel of {self.name}",
            },
            "counts": self._map(kept.result),
            "tiles": kept.sheets,
        }
        return frame, self.thinning + kept.caption

    def _map(self, result: StagedImage) -> PictureContent:
        """The number of stages of each block of which a pixel is seen, as a grey value."""
        alt = f"The number of stages of each block of {self.name}"
        greys = np.arange(MOST_STAGES + 1) * WHITE // MOST_STAGES
        if self.is_thinned:
            of_pixels = result.counts.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)
            height, width = self.picture.shape
            shown = greys.astype(np.uint8)[self._cut(of_pixels[:height, :width])]
            return part_content(shown, self.part, alt=alt)
        plain_tiles = greys.astype(np.uint8)[:, None].repeat(BLOCK**2, axis=1)
        counts = result.counts[self._rows_and_columns_seen(BLOCK)]
        return tiled_content(counts, plain_tiles, BLOCK, self.part, alt=alt)

    def _kept_for(self, *settings: Any) -> _Kept:  # noqa: ANN401
        return self._results.get(settings, lambda: self._to_keep(*settings))

    def _to_keep(self, count: int, tiles: int, survivors: int, where: str, exponent: int) -> _Kept:
        check_int(count, "count", 1, MOST_STAGES)
        check_one_of(where, "where", (EVERYWHERE, WHERE_NEEDED))
        search = self._searches.get((tiles, survivors), lambda: self._searched(tiles, survivors))
        result = _chosen(search, count, where, exponent)
        searched = Stages(result.stages.codebooks[:count])
        caption = (
            f"{_setting(result, count, tiles, where, exponent)}; "
            f"{_loss(result.psnr)}, {self._jpeg_beside(result)}; {_costs(result)}; "
            f"{searched.comparisons(survivors):,} comparisons for each block."
        )
        return _Kept(result, caption, _sheets(result))

    def _trained(self, tiles: int) -> Stages:
        def train() -> Stages:
            sizes = [tiles] * MOST_STAGES
            return image.train_tile_stages(self.picture, sizes, block=BLOCK, iterations=ITERATIONS)

        return self._stages.get(tiles, train)

    def _searched(self, tiles: int, survivors: int) -> StageSearch:
        stages = self._trained(tiles)
        return StageSearch(self.picture, stages, block=BLOCK, survivors=survivors)

    def _jpeg_beside(self, result: StagedImage) -> str:
        """What JPEG makes of as many bytes."""
        quality = self._jpegs.best_within(result.stored_bytes)
        if quality is None:
            return "no JPEG file is so small"
        return f"JPEG of that size {_loss(self._jpegs.psnr(quality)).removeprefix('PSNR ')}"


def _chosen(search: StageSearch, count: int, where: str, exponent: int) -> StagedImage:
    if where == EVERYWHERE:
        return search.with_count(count)
    return search.at_price(float(2**exponent), count)


def _setting(result: StagedImage, count: int, tiles: int, where: str, exponent: int) -> str:
    """What was asked for, and what of it is in use."""
    sizes = set(result.stages.sizes[:count])
    stages = f"{plot.count(count, 'stage')} of {'' if sizes == {tiles} else 'up to '}{tiles} tiles"
    if where == EVERYWHERE:
        return stages
    mean = float(result.counts.mean())
    price = f"a bit must save {2**exponent:,} squared grey values"
    return f"Up to {stages}, {mean:.2f} on average as {price}"


def _loss(psnr: float) -> str:
    return "no loss" if psnr == np.inf else f"PSNR {psnr:.1f} dB"


def _costs(result: StagedImage) -> str:
    rates = [f"{plot.count(result.index_rate, 'bit')} per pixel for the indices"]
    if result.count_bits:
        rates.append(f"{result.count_bits / result.pixels:.4f} for the numbers of stages")
    rates.append(f"{result.codebook_bits / result.pixels:.4f} for the codebooks")
    together = f"together {result.rate:.4f}: {result.stored_bytes:,} bytes packed"
    return f"{', '.join(rates)}, {together}, {result.picture.size:,} before"


def _sheets(result: StagedImage) -> PictureContent:
    """The tiles of the stages in use, the sheet of the first stage at the upper left."""
    side = plot.SIDE // SHEETS_A_ROW
    rows = MOST_STAGES // SHEETS_A_ROW
    sheet = np.full((rows * side, plot.SIDE), WHITE, np.uint8)
    for stage, codebook in enumerate(result.stages.codebooks[: result.used]):
        shown = Codebook(codebook.vectors + MIDDLE)
        tiles = image.tiles(shown, BLOCK, side)
        down, across = divmod(stage, SHEETS_A_ROW)
        height, width = tiles.shape
        sheet[down * side :, across * side :][:height, :width] = tiles
    alt = f"The tiles of {plot.count(result.used, 'stage')}"
    return picture_content(sheet, palette=GREY_PALETTE, alt=alt)


class StagePanel(PhotoPanel):
    """A grey picture in stages of tiles: how many, and whether everywhere or where needed."""

    SCENE = StageScene

    def __init__(self, picture: str = "china", stages: int = 6, tiles: int = 16) -> None:
        self.stages = slider("stages", stages, 1, MOST_STAGES)
        self.tiles = dropdown("tiles of a stage", TILES, tiles)
        self.survivors = dropdown("survivors", SURVIVORS)
        self.where = dropdown("stages are", (EVERYWHERE, WHERE_NEEDED), WHERE_NEEDED)
        self.price = slider("price 2^", 7, 0, 11)
        self._shown_price = self.price.value
        self._walked = self.stages
        """The slider whose next positions come ahead: the price if it was moved last."""
        settings = [self.stages, self.tiles, self.survivors, self.where, self.price]
        counts_title = "Stages: 0 black to 12 white"
        counts = picture_slot("counts", counts_title, fixed="picture")
        tiles_title = "Tiles of each stage: mid-grey adds nothing"
        sheets = slot("tiles", tiles_title, plot.SIDE, plot.SIDE * 3 // 4)
        sentence = (
            "Run this cell to move the sliders: a photograph in stages of tiles, "
            "as many everywhere or where they are needed."
        )
        super().__init__(settings, [[counts], [error_slot()], [sheets]], sentence, picture)

    def _show(self) -> None:
        self._walked = self.stages if self.price.value == self._shown_price else self.price
        self._shown_price = self.price.value
        offer(self.price, offered=self.where.value == WHERE_NEEDED)
        super()._show()

    def _likely_next(self) -> Iterable[list[Any]]:
        return self._steps_of(self._walked)
