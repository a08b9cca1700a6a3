import numpy as np
import pytest

from tests.explore.support import seen, status
from vqlib import explore


@pytest.mark.parametrize("bits", range(1, 9))
def test_the_ramp_has_so_many_greys_and_rises(bits):
    panel = explore.RampPanel()
    panel.bits.value = bits
    picture = seen(panel.view, "ramp")
    assert picture.shape == (96, 768, 3)
    assert (picture == picture[:1, :, :1]).all()
    row = picture[0, :, 0].astype(int)
    assert sorted(set(row)) == [round(255 * step / (2**bits - 1)) for step in range(2**bits)]
    assert (np.diff(row) >= 0).all()
    assert (row[0], row[-1]) == (0, 255)
    assert f"= {2**bits} greys" in status(panel)
    assert f"in {2**bits} greys" in panel.view.frame["ramp"]["alt"]
