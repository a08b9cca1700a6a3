"""Figures: what is drawn is what the numbers say."""

import io

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from vqlib import Codebook, image, plot, sources

CLASSIC = Codebook([[-3], [-1], [1], [3]])


def drawn(plate):
    return np.asarray(Image.open(io.BytesIO(plate.png())).convert("RGB"))


def stars(axes):
    (line,) = [line for line in axes.lines if line.get_marker() == "*"]
    assert line.get_color() == plot.RED
    return line.get_xdata().tolist()


def test_the_classic_picture_is_drawn_as_described():
    plate = plot.number_line(CLASSIC, -4, 4)
    (axes,) = plate.figure.axes
    assert stars(axes) == [-3, -1, 1, 3]
    (borders,) = axes.collections
    assert [segment[0, 0] for segment in borders.get_segments()] == [-2, 0, 2]
    assert matplotlib.colors.same_color(borders.get_colors(), plot.BLUE)
    words = {text.get_text(): text.get_position()[0] for text in axes.texts if len(text.get_text()) == 2}
    assert {word: words[word] for word in ("00", "01", "10", "11")} == {"00": -3, "01": -1, "10": 1, "11": 3}
    assert plate.sentence == (
        "4 code vectors at -3, -1, 1, 3; borders at -2, 0, 2; code words 00, 01, 10, 11; rate 2 bits per dimension."
    )


def test_code_words_stand_above_their_regions_whatever_the_order_of_the_codebook():
    axes = plot.number_line(Codebook([3, -3]), -4, 4).figure.axes[0]
    words = {text.get_text(): text.get_position()[0] for text in axes.texts if text.get_position()[1] == 0.95}
    assert words == {"1": -2, "0": 2}


def test_every_sample_is_joined_to_its_code_vector():
    plate = plot.number_line(CLASSIC, -4, 4, samples=[0.5, -2, 3.5])
    assert plate.sentence.endswith(" 3 samples go to -1, 1, 3.")
    axes = plate.figure.axes[0]
    joined = [tuple(line.get_xdata()) for line in axes.lines if line.get_color() == plot.ORANGE]
    assert joined == [(0.5, 1), (-2, -1), (3.5, 3)]


def test_index_value_and_error_curves_are_those_of_the_codebook():
    plate = plot.index_value_error(CLASSIC, -5, 5)
    curves = [axes.lines for axes in plate.figure.axes]
    (indices, values, errors) = (curves[0][0], curves[1][1], curves[2][0])
    x = errors.get_xdata()
    known = ~np.isnan(x)
    assert (indices.get_ydata()[known] == CLASSIC.encode(x[known])).all()
    assert (values.get_ydata()[known] == CLASSIC.quantize(x[known])).all()
    assert (errors.get_ydata()[known] == CLASSIC.quantize(x[known]) - x[known]).all()
    assert np.isnan(errors.get_ydata()).sum() == 3  # the line is broken at each of the three borders
    assert "step up at -2, 0, 2. From -4 to 4 the error stays within 1 of zero" in plate.sentence
    assert "+2 at -5, -2 at 5" in plate.sentence


def test_fit_tells_each_distortion():
    plate = plot.fit(*sources.density("Gaussian"), {"one": CLASSIC, "other": Codebook([-0.8, 0, 0.8, 9])})
    assert [stars(axes) for axes in plate.figure.axes] == [[-3, -1, 1, 3], [-0.8, 0, 0.8, 9]]
    assert "one 0.3363, levels -3, -1, 1, 3; other" in plate.sentence


@pytest.mark.parametrize("name", image.SAMPLES)
@pytest.mark.parametrize("bits", [1, 3, 7])
def test_side_by_side_shows_both_pictures_pixel_for_pixel_on_one_scale(name, bits):
    picture = image.sample(name)
    result = image.quantize_image(picture, bits)
    plate = plot.side_by_side(picture, result)
    for left, expected in ((0, picture), (plot.SIDE + 20, result.picture)):
        shown = plot.window(expected)
        height, width = shown.shape
        # A picture lower than SIDE sits in the middle of its square.
        top = 30 + (plot.SIDE - height) // 2
        part = drawn(plate)[top : top + height, left : left + width]
        assert (part == shown[..., None]).all()


def test_side_by_side_tells_size_error_and_cost():
    picture = image.sample("camera")
    sentence = plot.side_by_side(picture, image.quantize_image(picture, 1)).sentence
    assert sentence.startswith("2 grey levels: mean squared error 774.6, PSNR 19.2 dB; 1 instead of 8 bits")
    assert sentence.endswith("together 87.5 % less than before. Levels 30, 176; borders 103.")
    flat = np.full((4, 4), 9, np.uint8)
    assert plot.side_by_side(flat, image.quantize_image(flat, 8)).sentence.startswith("1 grey level: nothing is lost")


def test_one_call_from_a_file_shows_the_same():
    camera = image.sample("camera")
    plate = plot.quantize_and_show(image.DATA / "camera.png", 2)
    assert plate.sentence == plot.side_by_side(camera, image.quantize_image(camera, 2)).sentence
    with pytest.raises(ValueError, match="bits must be a whole number from 1 to 8, got 9"):
        plot.quantize_and_show(image.DATA / "camera.png", 9)


def test_pictures_are_shown_pixel_for_pixel():
    camera = image.sample("camera")
    pixels = drawn(plot.pictures({"a": camera, "b": camera, "c": camera}, "Three times the same."))
    shown = plot.window(camera, 260)
    for left in (0, 280, 560):
        assert (pixels[30:290, left : left + 260] == shown[..., None]).all()


@given(
    height=st.integers(1, 1300),
    width=st.integers(1, 1300),
    centre=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    side=st.sampled_from([7, 260, 400]),
)
def test_a_window_holds_pixels_of_the_picture_in_their_order(height, width, centre, side):
    rows, columns = np.indices((height, width))
    seen = [plot.window(plane.astype(np.int32), side, centre) for plane in (rows, columns)]
    assert max(seen[0].shape) <= side
    largest = max(height, width)
    assert max(seen[0].shape) > side / 2 or largest < side / 2
    for plane, axis, length in ((seen[0], 0, height), (seen[1], 1, width)):
        line = plane.take(0, axis=1 - axis)
        assert (plane == np.expand_dims(line, 1 - axis)).all()
        assert line.min() >= 0
        assert line.max() < length
        assert len(set(np.diff(np.unique(line)))) <= 1
        assert (np.diff(line) >= 0).all()


def test_error_colours_tell_brighter_from_darker():
    white, orange, purple = plot.error_colours([100, 100, 100], [100, 140, 60]).astype(int)
    assert white.min() > 240
    assert orange[0] > orange[1] > orange[2]
    assert purple[2] > purple[0] > purple[1]


def test_a_backdrop_draws_what_a_whole_redraw_draws():
    figure = Figure(figsize=(8.2, 2), dpi=100)  # 819.999... pixels
    axes = figure.add_axes((0, 0, 1, 1))  # up to the rim, where something could be left over
    plot.draw_histogram(axes, np.arange(256.0))
    marks = plot.LevelMarks(axes)
    backdrop = plot.Backdrop(figure, marks.artists)
    for low, high, size in ((-0.5, 255.5, 200), (60, 190, 3), (-0.5, 255.5, 2), (5, 250, 40)):
        marks.show(Codebook(np.linspace(low, high, size)))  # each must leave nothing of the one before
        quick = np.asarray(Image.open(io.BytesIO(backdrop.png())).convert("RGB"))
        for artist in marks.artists:
            artist.set_animated(False)
        whole = io.BytesIO()
        figure.savefig(whole, format="png", dpi=100)
        for artist in marks.artists:
            artist.set_animated(True)
        assert (quick == np.asarray(Image.open(whole).convert("RGB"))).all()


def test_figures_leave_the_settings_of_the_reader_alone():
    before = dict(matplotlib.rcParams)
    plot.number_line(CLASSIC, -4, 4).png()
    assert dict(matplotlib.rcParams) == before


def test_a_palette_png_loses_nothing():
    camera = image.sample("camera")
    plate = plot.side_by_side(camera, image.quantize_image(camera, 4))
    direct = io.BytesIO()
    plate.figure.savefig(direct, format="png", dpi=100)
    assert (drawn(plate) == np.asarray(Image.open(direct).convert("RGB"))).all()


def test_rounding_noise_is_told_as_zero():
    assert plot.numbers([-5.6e-16, 0.98163, -1.5104176, 1234567.0]) == "0, 0.9816, -1.51, 1.235e+06"
