"""Code vectors as tiles: every one once, in order for the eye, on a sheet of the width asked."""

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vqlib import Codebook, image

WHITE = 255
DARK = 32


def lightness(tile):
    """The sum of a tile, whole as its pixels are."""
    return sum(value for line in tile for pixel in line for value in pixel)


def slope(tile):
    """Below zero where a tile is lighter on the left, above where on the right; whole, too."""
    middle = len(tile) - 1
    total = 0
    for line in tile:
        for x, pixel in enumerate(line):
            total += (2 * x - middle) * sum(pixel)
    return total


def different_tiles(size, block, channels, rng):
    """So many tiles as lists, no two equally light or of one slope: then their order is certain."""
    found = []
    lights = set()
    slopes = set()
    while len(found) < size:
        tile = rng.integers(0, 256, (block, block, channels)).tolist()
        if lightness(tile) in lights or slope(tile) in slopes:
            continue
        found.append(tile)
        lights.add(lightness(tile))
        if block > 1:
            slopes.add(slope(tile))
    # A single pixel has no slope; so these come from dark to light.
    return found if block > 1 else sorted(found, key=lightness)


def smallest(holds):
    """The smallest whole number from 1 on of which this holds."""
    return next(number for number in itertools.count(1) if holds(number))


def ordered_rows(tiles, columns):
    by_light = sorted(tiles, key=lightness)
    rows = [by_light[start : start + columns] for start in range(0, len(tiles), columns)]
    return [sorted(row, key=slope) for row in rows]


def laid_out(tiles, side):
    """The sheet of tiles, pixel by pixel."""
    block = len(tiles[0])
    channels = len(tiles[0][0][0])
    columns = smallest(lambda count: count**2 >= len(tiles))
    zoom = smallest(lambda count: columns * ((count + 1) * block + 3) > side)
    rows = ordered_rows(tiles, columns)
    step = zoom * block + 3
    sheet = np.full((len(rows) * step, columns * step, channels), WHITE)
    for down, row in enumerate(rows):
        for right, tile in enumerate(row):
            frame = sheet[down * step : (down + 1) * step, right * step : (right + 1) * step]
            frame[1:, 1:] = DARK
            for y, x in itertools.product(range(zoom * block), repeat=2):
                frame[2 + y, 2 + x] = tile[y // zoom][x // zoom]
    return sheet[:, :, 0] if channels == 1 else sheet


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("block", range(1, 9))
@pytest.mark.parametrize("size", [1, 2, 3, 4, 7, 12, 16, 33])
def test_a_sheet_of_tiles_is_the_one_laid_out_pixel_by_pixel(size, block, channels):
    made = different_tiles(size, block, channels, np.random.default_rng(size))
    codebook = Codebook(np.reshape(made, (size, -1)))
    for side in (1, 47, 100):
        sheet = image.tiles(codebook, block, side)
        assert sheet.dtype == np.uint8
        assert sheet.tolist() == laid_out(made, side).tolist()


def test_dark_tiles_come_first_and_in_a_row_those_lighter_on_the_left():
    rising = [0, 8, 4, 9]
    falling = [9, 1, 8, 2]
    light = [210, 200, 200, 190]
    for order in itertools.permutations([rising, falling, light]):
        for side in (1, 10, 13):
            sheet = image.tiles(Codebook(order), 2, side)
            assert sheet.shape == (10, 10)
            assert inside(sheet[:5, :5]) == [[9, 1], [8, 2]]
            assert inside(sheet[:5, 5:]) == [[0, 8], [4, 9]]
            assert inside(sheet[5:, :5]) == [[210, 200], [200, 190]]
            assert (sheet[5:, 5:] == WHITE).all()


def inside(part):
    """The pixels of a tile, without its frame and the white line above and to its left."""
    assert (part[0] == WHITE).all()
    assert (part[:, 0] == WHITE).all()
    frame = np.concatenate([part[1, 1:], part[-1, 1:], part[1:, 1], part[1:, -1]])
    assert (frame == DARK).all()
    return part[2:-1, 2:-1].tolist()


def test_a_tile_lighter_above_is_not_taken_for_one_lighter_on_a_side():
    codebook = Codebook([[200, 200, 0, 0], [0, 0, 200, 201], [100, 0, 100, 0]])
    sheet = image.tiles(codebook, 2, 10)
    assert inside(sheet[:5, :5]) == [[100, 0], [100, 0]]
    assert inside(sheet[:5, 5:]) == [[200, 200], [0, 0]]


def test_a_single_colour_is_one_enlarged_tile():
    red = [200, 16, 46]
    assert inside(image.tiles(Codebook([red]), 1, 5)) == [[red, red], [red, red]]
    assert inside(image.tiles(Codebook([7]), 1, 4)) == [[7]]
    assert image.tiles(Codebook([red]), 1, 400).shape == (400, 400, 3)


class Sheet:
    """A sheet of random tiles. With few greys many are equal, equally light or of one slope."""

    def __init__(self, size, block, channels, side, greys, seed):
        rng = np.random.default_rng(seed)
        self.vectors = rng.integers(0, greys, (size, block**2 * channels)) * (255 // (greys - 1))
        self.pixels = image.tiles(Codebook(self.vectors), block, side)
        self.size = size
        self.block = block
        self.side = side
        self.columns = smallest(lambda count: count**2 >= size)
        self.rows = smallest(lambda count: count * self.columns >= size)
        self.step = self.pixels.shape[1] // self.columns
        self.shape = (self.rows * self.step, self.columns * self.step, 3)[: 2 + (channels == 3)]
        self.zoom = (self.step - 3) // block
        cut = self.pixels.reshape(self.rows, self.step, self.columns, self.step, channels)
        self.parts = cut.swapaxes(1, 2).reshape(-1, self.step, self.step, channels)
        """Each tile with its lines, row by row, and the white ones that fill the last row."""
        self.tiles = self.parts[:size, 2 : -1 : self.zoom, 2 : -1 : self.zoom]
        """The tiles that it shows, a pixel each for one of theirs."""


SHEETS = st.fixed_dictionaries(
    {
        "size": st.integers(1, 90),
        "block": st.integers(1, 8),
        "channels": st.sampled_from([1, 3]),
        "side": st.integers(1, 300),
        "greys": st.sampled_from([2, 4, 256]),
        "seed": st.integers(0, 2**32 - 1),
    }
)
LARGEST = {"size": 4096, "block": 4, "channels": 3, "side": 400, "greys": 256, "seed": 0}


@given(SHEETS)
@example(LARGEST)
def test_a_sheet_is_no_wider_than_asked_and_its_tiles_as_large_as_that_allows(kind):
    sheet = Sheet(**kind)
    assert sheet.pixels.shape == sheet.shape
    assert sheet.step == sheet.zoom * sheet.block + 3
    assert sheet.zoom >= 1
    assert sheet.columns * sheet.step <= sheet.side or sheet.zoom == 1
    assert sheet.columns * ((sheet.zoom + 1) * sheet.block + 3) > sheet.side


@given(SHEETS)
@example(LARGEST)
def test_a_sheet_is_white_between_its_tiles_and_after_the_last(kind):
    sheet = Sheet(**kind)
    assert (sheet.parts[:, 0] == WHITE).all()
    assert (sheet.parts[:, :, 0] == WHITE).all()
    assert (sheet.parts[sheet.size :] == WHITE).all()


@given(SHEETS)
@example(LARGEST)
def test_a_sheet_holds_every_code_vector_once(kind):
    sheet = Sheet(**kind)
    for y, x in itertools.product(range(sheet.zoom), repeat=2):
        enlarged = sheet.parts[: sheet.size, 2 + y : -1 : sheet.zoom, 2 + x : -1 : sheet.zoom]
        assert (enlarged == sheet.tiles).all()
    found = sheet.tiles.reshape(sheet.size, -1).tolist()
    assert sorted(found) == sorted(sheet.vectors.tolist())


@given(SHEETS)
@example(LARGEST)
def test_a_sheet_goes_from_dark_to_light_and_in_each_row_from_left_to_right(kind):
    sheet = Sheet(**kind)
    starts = range(0, sheet.size, sheet.columns)
    rows = [sheet.tiles[start : start + sheet.columns].tolist() for start in starts]
    for above, below in itertools.pairwise(rows):
        assert max(map(lightness, above)) <= min(map(lightness, below))
    for row in rows:
        slopes = [slope(tile) for tile in row]
        assert slopes == sorted(slopes)
