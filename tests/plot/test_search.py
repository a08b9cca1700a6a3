"""Figures of search: codebooks of pairs in their planes, and patches below each other."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from tests.plot.support import drawn, drawn_in, labels_of
from tests.support import assert_refused
from vqlib import Codebook, plot
from vqlib.structured import Split

CORNERS = Codebook([[-0.5, -0.5], [-0.5, 0.5], [0.5, -0.5], [0.5, 0.5]])
LEFT_AND_RIGHT = Codebook([[-0.5, 0], [0.5, 0]])
PAIRS = Split([CORNERS, LEFT_AND_RIGHT], [[0, 3], [2, 1]])
PATCHES = np.arange(36, dtype=np.uint8).reshape(4, 9) * 7

# --- planes --------------------------------------------------------------------------------------


def test_every_plane_has_the_stars_of_its_part_and_names_its_components():
    plate = plot.planes(PAIRS, "Two planes.", limits=(-2, 2))
    first, second = plate.figure.axes
    np.testing.assert_array_equal(drawn_in(first, plot.RED), CORNERS.vectors)
    np.testing.assert_array_equal(drawn_in(second, plot.RED), LEFT_AND_RIGHT.vectors)
    assert [labels_of(axes)[0] for axes in (first, second)] == ["1 and 4", "3 and 2"]
    assert first.get_xlim() == second.get_ylim() == (-2, 2)
    assert plate.sentence == "Two planes."


def test_the_borders_are_blue_and_lie_half_way():
    figure = plot.planes(PAIRS, "Two planes.").figure
    (borders,) = figure.axes[1].collections
    np.testing.assert_array_equal(borders.get_colors()[0, :3], to_rgb(plot.BLUE))
    (between,) = borders.get_segments()
    np.testing.assert_allclose(between[:, 0], 0, atol=1e-9)
    assert between[:, 1].min() < -2
    assert between[:, 1].max() > 2


@pytest.mark.parametrize(("parts", "rows"), [(1, 1), (4, 1), (5, 2), (8, 2)])
def test_four_planes_stand_in_a_row(parts, rows):
    components = np.arange(2 * parts).reshape(parts, 2)
    figure = plot.planes(Split([CORNERS] * parts, components), "Planes.").figure
    assert len(figure.axes) == parts
    heights = {axes.get_subplotspec().rowspan.start for axes in figure.axes}
    assert len(heights) == rows


def test_what_is_no_split_into_pairs_is_refused():
    threes = Split([Codebook([[0, 0, 0]]), CORNERS], [[0, 1, 2], [3, 4]])
    problem = "split must have parts of 2 components, got parts of [3, 2]"
    assert_refused(problem, plot.planes, threes, "Planes.")
    with pytest.raises(ValueError, match="split must be a Split, got Codebook"):
        plot.planes(CORNERS, "Planes.")
    with pytest.raises(ValueError, match="sentence must be a string"):
        plot.planes(PAIRS, 3)
    with pytest.raises(ValueError, match="limits must be two numbers"):
        plot.planes(PAIRS, "Planes.", limits=(1, 1))


# --- patches -------------------------------------------------------------------------------------


def test_patches_are_shown_pixel_for_pixel_row_by_row():
    plate = plot.patches_below({"above": PATCHES, "below": PATCHES[::-1]}, "Patches.")
    shown = [axes.images[0].get_array()[..., 0] for axes in plate.figure.axes]
    expected = [*PATCHES, *PATCHES[::-1]]
    for picture, patch in zip(shown, expected, strict=True):
        np.testing.assert_array_equal(picture, patch.reshape(3, 3))
    assert [text.get_text() for text in plate.figure.texts] == ["above", "below"]
    lefts = [axes.get_position().x0 for axes in plate.figure.axes]
    bottoms = [axes.get_position().y0 for axes in plate.figure.axes]
    assert lefts[:4] == sorted(lefts[:4]) == lefts[4:]
    assert min(bottoms[:4]) > max(bottoms[4:])


def test_grey_values_are_those_of_the_page():
    black_and_white = np.array([[0, 255, 255, 0]], np.uint8)
    pixels = drawn(plot.patches_below({"one": black_and_white}, "Patches."))
    half = pixels.shape[0] // 4
    right = pixels.shape[1] // 3
    column = pixels[:, right]
    assert {tuple(column[half]), tuple(column[3 * half])} == {(0, 0, 0), (255, 255, 255)}


def test_wrong_patches_have_an_orange_frame_and_no_other_has():
    wrong = {"below": np.array([True, False, False, True])}
    plate = plot.patches_below({"above": PATCHES, "below": PATCHES}, "Patches.", wrong=wrong)
    framed = [len(axes.patches) for axes in plate.figure.axes]
    assert framed == [0, 0, 0, 0, 1, 0, 0, 1]
    assert to_rgb(plate.figure.axes[4].patches[0].get_facecolor()) == to_rgb(plot.ORANGE)


def test_a_frame_lies_around_its_patch_and_covers_nothing_of_it():
    plate = plot.patches_below({"one": PATCHES}, "Patches.", wrong={"one": [True] * 4})
    pixels = drawn(plate).astype(int)
    orange = np.abs(pixels - np.rint(255 * np.array(to_rgb(plot.ORANGE)))).max(axis=2) < 3
    for axes in plate.figure.axes:
        box = axes.get_position()
        rows = np.array([1 - box.y1, 1 - box.y0]) * pixels.shape[0]
        columns = np.array([box.x0, box.x1]) * pixels.shape[1]
        top, bottom = np.rint(rows).astype(int)
        left, right = np.rint(columns).astype(int)
        assert not orange[top + 1 : bottom - 1, left + 1 : right - 1].any()
        assert orange[(top + bottom) // 2, left - 4 : left].any()
        assert orange[(top + bottom) // 2, right : right + 4].any()
    middle = orange[orange.shape[0] // 2].astype(int)
    assert np.count_nonzero(np.diff(middle) == 1) == 2 * len(PATCHES)  # none touches the next


def test_the_first_ones_stand_apart_by_a_gap():
    def steps(apart):
        figure = plot.patches_below({"one": PATCHES}, "Patches.", apart=apart).figure
        return np.diff([axes.get_position().x0 for axes in figure.axes])

    np.testing.assert_allclose(steps(0), steps(0)[0])
    first, *others = steps(1)
    np.testing.assert_allclose(others, others[0])
    assert first == pytest.approx(1.3 * others[0])
    problem = "apart must be a whole number from 0 to 3, got 4"
    with pytest.raises(ValueError, match=problem):
        plot.patches_below({"one": PATCHES}, "Patches.", apart=4)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ({}, "rows must have one or more entries"),
        ([PATCHES], "rows must be a dictionary"),
        ({"a": PATCHES.astype(float)}, r"rows\['a'\] must be uint8 patches of shape"),
        ({"a": PATCHES[:, :8]}, r"rows\['a'\] must be uint8 patches of shape"),
        ({"a": PATCHES[0]}, r"rows\['a'\] must be uint8 patches of shape"),
        ({"a": PATCHES[:0]}, r"rows\['a'\] must be uint8 patches of shape"),
        ({"a": PATCHES, "b": PATCHES[:3]}, "rows must have one shape"),
    ],
)
def test_what_are_no_patches_is_refused(rows, problem):
    with pytest.raises(ValueError, match=problem):
        plot.patches_below(rows, "Patches.")


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"b": [True] * 4}, "wrong must name rows such as a, got 'b'"),
        ({"a": [True] * 3}, r"wrong\['a'\] must be 4 truth values"),
        ({"a": [1, 0, 0, 1]}, r"wrong\['a'\] must be 4 truth values"),
        (["a"], "wrong must be a dictionary"),
    ],
)
def test_what_are_no_flags_is_refused(wrong, problem):
    with pytest.raises(ValueError, match=problem):
        plot.patches_below({"a": PATCHES}, "Patches.", wrong=wrong)
