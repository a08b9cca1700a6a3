"""Arguments of figures: whatever is given, there is a figure or one sentence that says why not."""

import numpy as np
import pytest

from tests.plot.support import CLASSIC, drawn
from tests.support import GREY, RGB, assert_refused
from vqlib import Codebook, design, files, image, plot, sources

DENSITY = sources.density("Gaussian")
PAIR = Codebook([[0, 0]])
EIGHT = image.quantize_image(GREY, 3)
A_CODEBOOK = "Codebook([...]) makes one of code vectors"
A_DICTIONARY = "a dictionary such as {'name': ...}"
A_PICTURE = (
    "panels['a'] must be a grey picture (height, width) or an RGB picture (height, width, 3) "
    "of uint8, got"
)


def curves(x, y, **options):
    return plot.curves(x, {"a": y}, **{"sentence": ""} | options)


def pictures(picture, **options):
    return plot.pictures({"a": picture}, "", **options)


def partition(vectors, **options):
    return plot.partition([[0, 0]], {"a": Codebook(vectors)}, "", **options)


FIGURES = {
    "one level": lambda: plot.index_value_error(design.uniform(1, -4, 4), -5, 5),
    "levels beyond the frame": lambda: plot.index_value_error(Codebook([100, 200]), -5, 5),
    "equal levels": lambda: plot.index_value_error(Codebook([1, 1]), -5, 5),
    "a tiny frame": lambda: plot.index_value_error(Codebook([1, 2]), 1, 1 + 1e-15),
    "one star": lambda: plot.number_line(Codebook([1]), -5, 5, 3),
    "stars beyond the frame": lambda: plot.number_line(Codebook([9, 1e90]), -5, 5, [1e90]),
    "equal stars": lambda: plot.number_line(Codebook([1, 1]), -5, 5),
    "two points of a density": lambda: plot.fit([0, 1], [1, 0], {"a": Codebook([0])}),
    "two sizes": lambda: plot.fit(*DENSITY, {"a": CLASSIC, "b": Codebook([0])}),
    "one pair": lambda: partition([[0, 0]], words=True),
    "two pairs": lambda: partition([[0, 0], [1, 1]]),
    "pairs on a line": lambda: partition([[0, 0], [1, 0], [2, 0]]),
    "equal pairs": lambda: partition([[1, 1], [1, 1], [0, 0]], words=True),
    "pairs near each other": lambda: partition([[0, 0], [1e-12, 0], [0, 1e-12]]),
    "pairs far away": lambda: partition([[1e50, 1e50], [-1e50, 1]], words=True),
    "one point": lambda: curves([1], [2], title="costs $5 or 6$^"),
    "equal points": lambda: curves([1, 1], [2, 2], bottom=2),
    "great numbers": lambda: curves([1, 1e100], [-1e100, 1e100]),
    "small numbers": lambda: curves([1e-300, 2e-300], [1e-310, 0]),
    "one rate": lambda: plot.rates({"a": (0, 2)}, sentence=""),
    "equal values": lambda: plot.histogram({"a": [3e17, 3e17], "b": [3e17]}, sentence=""),
    "tiny values": lambda: plot.histogram({"a": [0, 1e-320]}, sentence="", ylabel="count"),
    "flat bars": lambda: plot.bars({"a": [0, 0]}, sentence=""),
    "equal bars": lambda: plot.bars({"a": [1, 1]}, sentence="", water=1, log=True),
    "one pixel": lambda: pictures(GREY[:1, :1], centre=(5, -3)),
    "a thin picture": lambda: pictures(np.zeros((1, 5000), np.uint8)),
    "a flat picture": lambda: plot.side_by_side(0 * GREY, image.quantize_image(0 * GREY, 3)),
    "a star beyond the cube": lambda: plot.colour_cloud(
        [[0, 0, 0]], {"a": Codebook([[300, 0, 0]])}, ""
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_degenerate_arguments_make_a_figure(name):
    picture = drawn(FIGURES[name]())
    assert picture.shape[1] >= 400
    assert (picture != picture[0, 0]).any()


REFUSED = {
    "codebook must be a Codebook, got list: " + A_CODEBOOK: [
        lambda: plot.number_line([1, 2], -5, 5),
        lambda: plot.index_value_error([1, 2], -5, 5),
        lambda: plot.voronoi_cells([[0, 0]]),
        lambda: plot.code_words([0, 1]),
    ],
    "panels['a'] must be a Codebook, got list: " + A_CODEBOOK: [
        lambda: plot.partition([[0, 0]], {"a": [[0, 0]]}, ""),
        lambda: plot.colour_cloud([[0, 0, 0]], {"a": [[0, 0, 0]]}, ""),
    ],
    "codebook must hold scalars, got vectors of dimension 2": [
        lambda: plot.number_line(PAIR, -5, 5),
        lambda: plot.index_value_error(PAIR, -5, 5),
    ],
    "codebooks['a'] must hold scalars, got vectors of dimension 2": [
        lambda: plot.fit(*DENSITY, {"a": PAIR})
    ],
    "codebook must hold pairs, got vectors of dimension 1": [lambda: plot.voronoi_cells(CLASSIC)],
    "low and high must be two numbers, the lower first, got 5 and -5": [
        lambda: plot.number_line(CLASSIC, 5, -5),
        lambda: plot.index_value_error(CLASSIC, 5, -5),
    ],
    "low and high must be one finite number, got nan": [
        lambda: plot.number_line(CLASSIC, np.nan, 5),
        lambda: plot.index_value_error(CLASSIC, 0, np.nan),
    ],
    "limits must be two numbers, got 5": [lambda: partition([[0, 0]], limits=5)],
    "panels must be " + A_DICTIONARY + ", got list": [
        lambda: plot.pictures([GREY], ""),
        lambda: plot.partition([[0, 0]], [PAIR], ""),
        lambda: plot.colour_cloud([[0, 0, 0]], [None], ""),
        lambda: plot.errors(GREY, [GREY], ""),
    ],
    "panels must have one or more entries, got 0": [
        lambda: plot.pictures({}, ""),
        lambda: plot.partition([[0, 0]], {}, ""),
        lambda: plot.errors(GREY, {}, ""),
    ],
    "lines must be " + A_DICTIONARY + ", got list": [
        lambda: plot.curves([0, 1], [2, 3], sentence=""),
        lambda: plot.rates([2, 3], sentence=""),
    ],
    "lines must have 1 to 6 entries, got 0": [
        lambda: plot.curves([1], {}, sentence=""),
        lambda: plot.rates({}, sentence=""),
    ],
    "lines['a'] must have 2 numbers, got 1": [
        lambda: curves([1, 2], [3]),
        lambda: plot.rates({"a": ([1, 2], [3])}, sentence=""),
    ],
    "lines['a'] must be finite, got NaN or infinity in shape (2,)": [
        lambda: curves([1, 2], [3, np.inf]),
        lambda: plot.rates({"a": ([1, 2], [np.nan, 3])}, sentence=""),
    ],
    "lines['a'] must be a pair of two arrays, rates and PSNRs, got ndarray": [
        lambda: plot.rates({"a": np.array(3)}, sentence=""),
        lambda: plot.rates({"a": np.array([1, 2, 3])}, sentence=""),
    ],
    "lines['a'] must be a pair of two arrays, rates and PSNRs, got list": [
        lambda: plot.rates({"a": [1, 2, 3]}, sentence="")
    ],
    "x of lines['a'] must not be negative: it is a rate": [
        lambda: plot.rates({"a": (-1, 2)}, sentence="")
    ],
    "left must be one finite number, got nan": [
        lambda: plot.rates({"a": (1, 2)}, sentence="", left=np.nan)
    ],
    "x must be above 0 where doublings are asked for, got 0": [
        lambda: curves([0, 1], [2, 3], doublings=True)
    ],
    "lines['a'] must be above 0 for logarithms, got 0": [lambda: curves([0, 1], [2, 0], log=True)],
    "a name in dashed must be one of a, got 'b'": [lambda: curves([0, 1], [2, 3], dashed=["b"])],
    "labels of a chart must be title, xlabel, ylabel, got ylable": [
        lambda: curves([0, 1], [2, 3], ylable="dB"),
        lambda: plot.bars({"a": [1]}, sentence="", ylable="dB"),
    ],
    "sentence must be a string, got 3": [
        lambda: curves([0, 1], [2, 3], sentence=3),
        lambda: plot.pictures({"a": GREY}, 3),
    ],
    "values[1] must be one or more real numbers, got float64 of shape (0,)": [
        lambda: plot.scatter({1: []}, sentence="")
    ],
    "groups['a'] must be one or more real numbers, got float64 of shape (0,)": [
        lambda: plot.histogram({"a": []}, sentence=""),
        lambda: plot.bars({"a": []}, sentence=""),
    ],
    "groups['b'] must have 1 numbers, got 2": [
        lambda: plot.bars({"a": [1], "b": [1, 2]}, sentence="")
    ],
    "groups must have the same words below their bars, or all of them none": [
        lambda: plot.bars({"a": {"x": 1}, "b": {"y": 1}}, sentence="")
    ],
    "groups['a'] must be above 0 for logarithms, got 0": [
        lambda: plot.bars({"a": [0, 1]}, sentence="", log=True)
    ],
    "water must be above 0, got -1": [lambda: plot.bars({"a": [1]}, sentence="", water=-1)],
    f"{A_PICTURE} float64 of shape (30, 44)": [
        lambda: pictures(255.0 * GREY),
        lambda: pictures(GREY / 255),
    ],
    f"{A_PICTURE} bool of shape (30, 44)": [lambda: pictures(GREY > 3)],
    f"{A_PICTURE} uint16 of shape (30, 44)": [lambda: pictures(GREY.astype(np.uint16))],
    f"{A_PICTURE} uint8 of shape (30, 44, 4)": [lambda: pictures(np.dstack([GREY] * 4))],
    f"{A_PICTURE} uint8 of shape (30, 44, 1)": [lambda: pictures(GREY[..., None])],
    "number of pictures in a row must be a whole number from 1 to 20, got 21": [
        lambda: plot.pictures({str(k): GREY for k in range(21)}, "")
    ],
    "side must be a whole number from 0 to 2000, got 1.5": [lambda: pictures(GREY, side=1.5)],
    "centre must be two numbers, got 3": [lambda: pictures(GREY, centre=3)],
    "result must be a QuantizedImage, got ndarray: image.quantize_image makes one of a picture": [
        lambda: plot.side_by_side(GREY, EIGHT.picture)
    ],
    "result must be of the picture given, got shapes (29, 44) and (30, 44)": [
        lambda: plot.side_by_side(GREY[1:], EIGHT)
    ],
    "result must be one of single grey pixels, got code vectors of dimension 4": [
        lambda: plot.side_by_side(GREY, image.quantize_image(GREY, 2, block=2))
    ],
    "original and quantized must have one shape, got (30, 44) and (29, 44)": [
        lambda: plot.error_colours(GREY, GREY[1:]),
        lambda: plot.errors(GREY, {"a": GREY[1:]}, ""),
    ],
    "original must be a grey picture (height, width) of uint8, got uint8 of shape (30, 44, 3)": [
        lambda: plot.errors(RGB, {"a": RGB}, "")
    ],
    "limit must be a whole number from 1 to 255, got 0": [
        lambda: plot.error_colours(GREY, GREY, 0)
    ],
    "pixels must have shape (n, 3), got (30, 44, 3)": [
        lambda: plot.colour_cloud(RGB, {"a": None}, "")
    ],
    "pixels must lie from 0 to 255, got them from 0 to 256": [
        lambda: plot.colour_cloud([[0, 0, 256]], {"a": None}, "")
    ],
    "points must be two or more, equally spaced and ascending": [
        lambda: plot.fit([0, 1, 3], [1, 1, 1], {"a": CLASSIC}),
        lambda: plot.fit([1, 0], [1, 1], {"a": CLASSIC}),
    ],
    "panels['a'] must be two codebooks of one size, got 1 and 2 code vectors": [
        lambda: plot.partition([[0, 0]], {"a": (PAIR, Codebook([[0, 0], [1, 1]]))}, "")
    ],
    "value must be one number, got [1, 2]": [lambda: plot.number([1, 2])],
    "amount must be one number, got 'a'": [lambda: plot.count("a", "bit")],
    "size must be one number, got None": [lambda: plot.kilobytes(None)],
    "columns must be " + A_DICTIONARY + ", got list": [lambda: plot.table([[1]])],
    "columns['a'] must be a list of values, got 3": [lambda: plot.table({"a": 3})],
    "decimals must be a whole number from 0 to 20, got -1": [lambda: plot.table({"a": [1]}, -1)],
    "sentences must be a string, got 3": [lambda: plot.say(3)],
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_a_slip_is_told_in_a_sentence_that_names_the_argument(sentence):
    for call in REFUSED[sentence]:
        assert_refused(sentence, call)


def test_the_result_of_another_picture_is_refused():
    with pytest.raises(ValueError, match="result must be of the picture given, got a mean squared"):
        plot.side_by_side(GREY[::-1], EIGHT)


def test_the_error_of_a_result_from_a_file_is_told_too(tmp_path):
    files.save(EIGHT, tmp_path / "grey.npz")
    loaded = files.load(tmp_path / "grey.npz")
    assert np.isnan(loaded.mse)
    told = plot.side_by_side(GREY, loaded).sentence
    assert told == plot.side_by_side(GREY, EIGHT).sentence


def test_code_words_of_regions_that_are_not_shown_are_not_written():
    (axes,) = plot.number_line(CLASSIC, -1.5, 0.5).figure.axes
    words = [text.get_text() for text in axes.texts if text.get_position()[1] == 0.95]
    values = [text.get_text() for text in axes.texts if text.get_position()[1] == -0.95]
    assert words == ["01", "10"]
    assert values == ["-1", "0"]


def test_one_level_has_no_error_that_stays_within_a_bound():
    told = plot.index_value_error(Codebook([1]), -5, 5).sentence
    assert told == (
        "One level, 1, for every input. The error is zero there and grows without limit to both "
        "sides: +6 at -5, -4 at 5."
    )


def test_the_bound_of_the_error_is_half_the_widest_gap_between_levels():
    told = plot.index_value_error(Codebook([0, 1, 4]), -5, 5).sentence
    assert "From -1.5 to 5.5 the error stays within 1.5 of zero" in told


def test_sizes_that_differ_are_not_told_as_one():
    told = plot.fit(*DENSITY, {"a": Codebook([0]), "b": Codebook([-1, 1])}).sentence
    assert told.startswith("Mean squared error: a 1.0000, levels 0; b 0.")
