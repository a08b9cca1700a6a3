"""Sounds in two rows: the letters, and the boxes behind those that differ."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont

from vqlib import plot
from vqlib.plot import sounds

WIDTH = 400
HEIGHT = 100


def drawn(pairs):
    """The figure of these pairs, a pixel for each unit of its axes, and the marks."""
    with plot.own_settings():
        figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100)
        axes = figure.add_axes((0, 0, 1, 1))
        marks = plot.SoundMarks(axes, WIDTH, HEIGHT, ("", ""))
        marks.show(pairs)
    return figure, marks


def outlines(artist):
    """The parts of an area, arrays (n, 2)."""
    corners = artist.get_xy()
    gaps = np.flatnonzero(np.isnan(corners[:, 0]))
    parts = [part[~np.isnan(part[:, 0])] for part in np.split(corners, gaps)]
    return [part for part in parts if len(part) > 2]


def ink(picture):
    """How many black pixels a picture of black on white has, in all."""
    return (255 - np.asarray(picture, float)).sum() / 255


@pytest.mark.parametrize("sound", ["K", "OW1", "B", "AA0", "ZH"])
def test_letters_have_the_ink_of_their_font(sound):
    figure, _marks = drawn([(sound, sound)])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    both_rows = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("L")
    expected = Image.new("L", (100, 30), "white")
    font = ImageFont.truetype(str(sounds.FONT.get_file()), sounds.LARGEST)
    ImageDraw.Draw(expected).text((5, 5), sound, "black", font)
    assert ink(both_rows) == pytest.approx(2 * ink(expected), rel=0.1)


def test_a_letter_has_its_holes():
    for sound, count in (("T", 1), ("D", 2), ("B", 3)):
        _figure, marks = drawn([(sound, sound)])
        assert len(outlines(marks.artists[0])) == count


def test_only_sounds_that_differ_stand_on_a_box():
    pairs = [("K", "K"), ("OW1", "AA0"), ("D", ""), ("", "B"), ("T", "T")]
    _figure, marks = drawn(pairs)
    first, boxes, second = marks.artists
    assert len(outlines(boxes)) == 3
    middles = [box[:, 0].mean() for box in outlines(boxes)]
    steps = np.diff(middles)
    np.testing.assert_allclose(steps, steps[0], atol=2)
    for part in outlines(second):
        inside = [box[:, 0].min() < part[:, 0].mean() < box[:, 0].max() for box in outlines(boxes)]
        assert sum(inside) <= 1
    tops = [part[:, 1].min() for part in outlines(first)]
    assert min(tops) > max(box[:, 1].max() for box in outlines(boxes))


def test_sounds_that_agree_have_no_box():
    _figure, marks = drawn([("K", "K")])
    assert outlines(marks.artists[1]) == []
    marks.show([])
    assert [outlines(artist) for artist in marks.artists] == [[], [], []]


@pytest.mark.parametrize("count", [1, 11, 20, 40])
def test_words_of_any_length_fit_and_keep_their_order(count):
    _figure, marks = drawn([("OW1", "EY2")] * count)
    for artist in marks.artists:
        corners = np.concatenate(outlines(artist))
        assert corners[:, 0].min() >= 0
        assert corners[:, 0].max() <= WIDTH
    lefts = [box[:, 0].min() for box in outlines(marks.artists[1])]
    rights = [box[:, 0].max() for box in outlines(marks.artists[1])]
    assert len(lefts) == count
    assert all(right < left for right, left in zip(rights, lefts[1:], strict=False))
