"""Densities stand for integrals."""

import numpy as np
import pytest
from scipy import stats

from vqlib.sources import DENSITIES, density

SCIPY = {
    "uniform": stats.uniform(-4, 8),
    "Gaussian": stats.norm(),
    "Laplacian": stats.laplace(scale=np.sqrt(0.5)),
}


@pytest.mark.parametrize("name", DENSITIES)
def test_sums_agree_with_integrals(name):
    points, weights = density(name)
    assert weights.sum() == pytest.approx(1)
    assert weights @ points == pytest.approx(0, abs=1e-12)
    step = points[1] - points[0]
    # What a sum over steps differs by: step**2 / 12 in the mean square, as for any quantizer.
    assert weights @ points**2 == pytest.approx(SCIPY[name].var(), abs=step**2 / 6)
    for threshold in (-1.5, 0, 0.7):
        share = weights[points < threshold].sum()
        assert share == pytest.approx(SCIPY[name].cdf(threshold), abs=step * SCIPY[name].pdf(0))


def test_an_unknown_density_is_refused():
    with pytest.raises(ValueError, match="name must be one of uniform, Gaussian, Laplacian, got 'normal'"):
        density("normal")
