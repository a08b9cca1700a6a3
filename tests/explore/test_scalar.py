"""A scalar codebook over a density: every source, number of bits and kind of codebook."""

import itertools

import numpy as np
import pytest

from tests.explore.support import marks_of_kind, points_of, status
from vqlib import Codebook, explore, plot
from vqlib.design import uniform
from vqlib.sources import DENSITIES, density

POSITIONS = list(itertools.product(DENSITIES, range(1, 5), ("uniform", "trained")))


@pytest.fixture(scope="module")
def panel():
    return explore.ScalarPanel()


def go(panel, source, bits, kind):
    panel.source.value = source
    panel.bits.value = bits
    panel.kind.value = kind


@pytest.mark.parametrize(("source", "bits", "kind"), POSITIONS)
def test_it_offers_all_code_words_and_tells_the_error(panel, source, bits, kind):
    go(panel, source, bits, kind)
    assert panel.chosen.options == tuple((f"{index:0{bits}b}", index) for index in range(2**bits))
    best = status(panel).split("levels reach ")[1].removesuffix(".")
    if kind == "trained":
        told = f"mean squared error {best},"
    else:
        points, weights = density(source)
        distortion = uniform(2**bits, -4, 4).distortion(points, weights)
        told = f"mean squared error {distortion:.4f}"
    assert told in status(panel)


@pytest.mark.parametrize(("bits", "snr"), [(1, "4.40"), (2, "9.30"), (3, "14.62"), (4, "20.22")])
def test_it_tells_the_snr_of_max_for_the_best_levels_of_the_gaussian(panel, bits, snr):
    go(panel, "Gaussian", bits, "trained")
    assert f" SNR {snr} dB; the best" in status(panel)


@pytest.mark.parametrize(("source", "bits", "kind"), POSITIONS)
def test_choosing_a_level_moves_nothing_but_the_region_that_is_filled(panel, source, bits, kind):
    go(panel, source, bits, kind)
    levels = uniform(2**bits, -4, 4).vectors[:, 0]
    (position,) = panel.sliders
    for index in range(2**bits):
        before = codebook_drawn(panel)
        panel.chosen.value = index
        left, right = ends_of_filled_region(panel)
        assert left < levels_and_borders_drawn(panel)[0][index] < right
        assert codebook_drawn(panel) == before
        if kind == "uniform":
            assert position.value == pytest.approx(levels[index], abs=0.005)
        frame = panel.view.frame
        position.value += 1e-12  # a browser sends the position back, rounded in its own way
        assert panel.view.frame == frame


def codebook_drawn(panel):
    """All marks but the region of the chosen level, which comes first."""
    _region, *others = panel.view.frame["density"]["marks"]
    return others


def ends_of_filled_region(panel):
    """Its least and its greatest number."""
    region, *_ = panel.view.frame["density"]["marks"]
    corners = [panel._drawing.data(x, y)[0] for x, y in points_of(region)]
    return min(corners), max(corners)


def test_the_slider_of_a_level_says_what_the_sentence_says(panel):
    """Both to a hundredth, for a level that lies on no rounder number."""
    go(panel, "Gaussian", 2, "uniform")
    for position in (-3.79, -0.31, 1.03, 2.5):
        panel.chosen.value = 1
        panel.sliders[0].value = position
        panel.chosen.value = 2
        panel.chosen.value = 1
        assert plot.number(panel.sliders[0].value, 3) in status(panel).split(". ")[0]
        assert f"{panel.sliders[0].value:.2f}" == f"{position:.2f}"


def levels_and_borders_drawn(panel):
    """Where the stars and the borders on the drawing are, in numbers of its axes."""
    (stars,) = marks_of_kind(panel.view, "density", "stars")
    (borders,) = marks_of_kind(panel.view, "density", "line")
    levels = [panel._drawing.data(x, y)[0] for x, y in points_of(stars)]
    return levels, [panel._drawing.data(x, y)[0] for x, y in points_of(borders)[::3]]


def test_a_level_moved_by_hand_moves_alone(panel):
    go(panel, "Gaussian", 1, "uniform")
    panel.bits.value = 2
    points, weights = density("Gaussian")
    panel.chosen.value = 3
    for position in (-5.0, -1.3, 0.0, 1.5, 2.25, 5.0):
        before = panel.view.frame
        panel.sliders[0].value = position
        codebook = Codebook([-3, -1, 1, position])
        assert panel.view.frame != before
        levels, borders = levels_and_borders_drawn(panel)
        assert levels == pytest.approx(codebook.vectors[:, 0], abs=1e-4)
        assert borders == pytest.approx(codebook.thresholds, abs=1e-4)
        told = plot.numbers(np.sort(codebook.vectors[:, 0]), 3)
        assert f"Levels {told}." in status(panel)
        distortion = codebook.distortion(points, weights)
        assert f"mean squared error {distortion:.4f}" in status(panel)


def test_another_kind_of_codebook_and_back_undoes_what_was_moved_by_hand(panel):
    go(panel, "Gaussian", 2, "uniform")
    panel.sliders[0].value = 0.5
    panel.kind.value = "trained"
    panel.kind.value = "uniform"
    assert "Levels -3, -1, 1, 3." in status(panel)
