"""Trained codebooks below the limit: every row of the table, and the limit of the literature."""

import itertools
import math
import re

import numpy as np
import pytest

from tests.explore.support import marks_of_kind, points_of, status
from vqlib import explore, limits, plot

SOURCES = [
    ("independent", 0.0),
    ("Laplacian", 0.0),
    *(("correlated", tenth / 10) for tenth in range(10)),
]


@pytest.fixture(scope="module")
def panel():
    return explore.LimitPanel()


@pytest.fixture(scope="module")
def rows():
    return {(row.source, row.rho, row.dimension, row.size): row for row in limits.measured()}


def in_units_of_the_chart(panel, mark):
    """The points of a mark, array (n, 2): bits and dB."""
    return np.array([panel._scene.chart.data(x, y) for x, y in points_of(mark)])


def limit_drawn(panel):
    """The rates and SNRs of the curve of the limit."""
    limit, _trained = marks_of_kind(panel.view, "chart", "line")
    return in_units_of_the_chart(panel, limit).T


def point_drawn(panel):
    """Rate and SNR of the point."""
    _trained, point = marks_of_kind(panel.view, "chart", "discs")
    return in_units_of_the_chart(panel, point)[0]


def reached(rows, source, rho, size, dimension):
    """Rate and SNR of this many code vectors."""
    if size == 1:
        return 0.0, 0.0
    row = rows["Laplacian" if source == "Laplacian" else "Gaussian", rho, dimension, size]
    return row.rate, row.snr_unseen


@pytest.mark.parametrize(("source", "rho"), SOURCES)
def test_it_shows_its_row_of_the_table_at_every_position(panel, rows, source, rho):
    panel.source.value = source
    panel.rho.value = rho + 1e-12  # a browser rounds in its own way
    assert panel.rho.disabled == (source != "correlated")
    for dimension, quarters in itertools.product(range(1, 5), range(1, 9)):
        panel.dimension.value = dimension
        panel.rate.value = quarters / 4
        size = math.isqrt(math.isqrt(2 ** (quarters * dimension)))
        rate, snr = reached(rows, source, rho, size, dimension)
        told = status(panel)
        assert told.startswith(f"{size} code vector")
        assert f": rate {plot.count(rate, 'bit')} per dimension," in told
        assert f" SNR {snr:.2f} dB on unseen samples." in told
        assert "-0" not in told + panel.view.frame["chart"]["alt"]
        assert point_drawn(panel) == pytest.approx([rate, snr], abs=0.02)
        rates, best = limit_drawn(panel)
        limit = np.interp(rate, rates, best)
        assert limit > snr - 0.03
        told_limit = float(re.search(r"The limit at this rate is (\S+) dB,", told)[1])
        assert told_limit == pytest.approx(limit, abs=0.03)
        cells = len(panel.view.frame["plane"]["marks"])
        assert (cells > 0) == (dimension <= 2)


def test_the_curve_of_trained_codebooks_goes_through_its_rows_of_the_table(panel, rows):
    panel.source.value = "correlated"
    panel.rho.value = 0.9
    for dimension in range(1, 5):
        panel.dimension.value = dimension
        _limit, line = marks_of_kind(panel.view, "chart", "line")
        discs, _point = marks_of_kind(panel.view, "chart", "discs")
        assert line["xy"] == discs["xy"]
        sizes = [limits.size_at(rate, dimension) for rate in limits.RATES]
        expected = [reached(rows, "correlated", 0.9, size, dimension) for size in sizes]
        assert in_units_of_the_chart(panel, line) == pytest.approx(np.array(expected), abs=0.02)


@pytest.mark.parametrize(
    ("source", "rho", "snr"),
    [("correlated", 0.9, 13.233), ("independent", 0.9, 6.021), ("Laplacian", 0.9, 6.62)],
)
def test_it_draws_the_limit_of_the_literature(panel, source, rho, snr):
    panel.source.value = source
    panel.rho.value = rho
    rates, best = limit_drawn(panel)
    assert np.interp(1, rates, best) == pytest.approx(snr, abs=0.02)


def test_it_draws_the_cells_of_its_codebook(panel):
    panel.dimension.value = 1
    panel.rate.value = 2
    (stars,) = marks_of_kind(panel.view, "plane", "stars")
    assert len(points_of(stars)) == 16  # two scalar quantizers of four levels
    panel.rate.value = 0.75
    (stars,) = marks_of_kind(panel.view, "plane", "stars")
    assert len(points_of(stars)) == 1
    assert "rate 0 bits per dimension, SNR 0.00 dB" in status(panel)


@pytest.mark.parametrize(("dimension", "told"), [(1, False), (2, False), (3, True), (4, True)])
def test_the_sentence_says_where_cells_cannot_be_drawn(panel, dimension, told):
    panel.dimension.value = dimension
    assert (f"Cells of {dimension} dimensions cannot be drawn." in status(panel)) == told
    assert (panel.view.frame["plane"]["marks"] == []) == told
