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


def test_an_outline_is_a_white_line_and_a_black_one_as_far_as_it_is_seen():
    grey = np.full((6, 7, 3), 100, np.uint8)
    seen = rendering.outlined(grey, [[12, 21, 2, 1]], part(10, 20, 7, 6))
    expected = [
        [0, 255, 255, 255, 255, 0, 100],
        [0, 255, 100, 100, 255, 0, 100],
        [0, 255, 255, 255, 255, 0, 100],
        [0, 0, 0, 0, 0, 0, 100],
        [100, 100, 100, 100, 100, 100, 100],
        [100, 100, 100, 100, 100, 100, 100],
    ]
    np.testing.assert_array_equal(seen, np.stack([expected] * 3, axis=-1))


def test_of_outlines_that_meet_the_last_is_on_top():
    grey = np.full((1, 6, 3), 100, np.uint8)
    first_then_last = rendering.outlined(grey, [[2, 0, 1, 1], [4, 0, 1, 1]], part(0, 0, 6, 1))
    assert first_then_last[0, :, 0].tolist() == [0, 255, 0, 255, 0, 255]
