"""The part of a picture that is shown: pixels of the picture, in their order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vqlib import image

CENTRES = st.tuples(st.floats(0, 1), st.floats(0, 1))


def rows_and_columns(height, width):
    """Two pictures of which the pixels tell their own row and column."""
    return np.indices((height, width), dtype=np.int32)


def along(plane, axis):
    """Which rows (axis 0) or columns (axis 1) a part holds: the same in each line across."""
    line = plane.take(0, axis=1 - axis)
    assert (plane == np.expand_dims(line, 1 - axis)).all()
    return line


@given(
    height=st.integers(1, 1300),
    width=st.integers(1, 1300),
    centre=CENTRES,
    side=st.sampled_from([7, 260, 400]),
)
def test_a_window_holds_pixels_of_the_picture_in_their_order(height, width, centre, side):
    planes = rows_and_columns(height, width)
    seen = [image.window(plane, side, centre) for plane in planes]
    for axis, length in enumerate((height, width)):
        line = along(seen[axis], axis)
        assert line.min() >= 0
        assert line.max() < length
        assert len(set(np.diff(np.unique(line)))) <= 1
        assert (np.diff(line) >= 0).all()


@given(
    height=st.integers(1, 1300),
    width=st.integers(1, 1300),
    centre=CENTRES,
    side=st.sampled_from([7, 260, 400]),
)
def test_a_window_fills_more_than_half_of_its_side_if_the_picture_does(height, width, centre, side):
    shown = image.window(np.zeros((height, width), np.uint8), side, centre)
    assert max(shown.shape) <= side
    largest = max(height, width)
    assert max(shown.shape) > side / 2 or largest < side / 2


@given(
    shape=st.tuples(st.integers(1, 900), st.integers(1, 900)),
    centre=CENTRES,
    zoom=st.sampled_from([1, 2, 4, 8]),
)
def test_a_crop_holds_neighbouring_pixels_and_as_many_as_there_is_room_for(shape, centre, zoom):
    for axis, plane in enumerate(rows_and_columns(*shape)):
        part, found_zoom = image.crop(plane, 400, centre, zoom)
        assert found_zoom == zoom
        assert part.shape == tuple(min(length, 400 // zoom) for length in shape)
        line = along(part, axis)
        length = shape[axis]
        assert (np.diff(line) == 1).all()
        assert 0 <= line[0] <= line[-1] < length
        if line[0] > 0 and line[-1] < length - 1:  # not at a rim: the centre is in the middle
            assert line[len(line) // 2] == int(centre[axis] * length)
