"""What a view shows, drawn again without a browser; the browser tests compare it with the page."""

import numpy as np
import pytest

from vqlib.explore import rendering
from vqlib.explore.message import part_content

PICTURE = np.arange(12, dtype=np.uint8).reshape(3, 4)


def part(left, top, width, height):
    return {"left": left, "top": top, "width": width, "height": height, "zoom": 1}


CONTENT = part_content(PICTURE, part(2, 1, 4, 3))
"""Of the columns from 2 to 5 and the rows from 1 to 3 of some picture."""


@pytest.mark.parametrize("place", [(2, 1, 4, 3), (3, 2, 1, 2), (5, 3, 1, 1)])
def test_a_part_is_cut_out_of_what_was_sent(place):
    left, top, width, height = place
    expected = PICTURE[top - 1 : top - 1 + height, left - 2 : left - 2 + width]
    np.testing.assert_array_equal(rendering.samples(CONTENT, part(*place))[..., 0], expected)


@pytest.mark.parametrize("place", [(1, 1, 2, 2), (2, 0, 2, 2), (4, 1, 3, 1), (2, 3, 1, 2)])
def test_a_part_of_which_not_all_was_sent_is_refused(place):
    with pytest.raises(ValueError, match="content must have all pixels of"):
        rendering.samples(CONTENT, part(*place))
