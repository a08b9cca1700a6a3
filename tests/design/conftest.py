"""One optimum for all tests that compare with it."""

import pytest
from scipy.stats import norm

from tests.design.support import GAUSSIAN_POINTS, THEORY
from vqlib.design import OptimalScalar


@pytest.fixture(scope="session")
def gaussian_optimum():
    return OptimalScalar(GAUSSIAN_POINTS, norm.pdf(GAUSSIAN_POINTS), largest=max(THEORY))
