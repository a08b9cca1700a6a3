import pytest

from vqlib.explore.controls import snap_to_step


@pytest.mark.parametrize(("low", "high", "step"), [(-3, 3, 0.05), (-5, 5, 0.05), (0, 0.99, 0.01)])
def test_the_kernel_puts_a_slider_where_the_browser_leaves_it(low, high, step):
    for number in range(round((high - low) / step) + 1):
        value = snap_to_step(low + number * step, low, high, step)
        assert value == pytest.approx(low + number * step, abs=1e-12)
        assert value == left_by_the_browser(value, low, high, step)
        assert snap_to_step(value, low, high, step) == value
    assert snap_to_step(low - 1, low, high, step) == low
    assert snap_to_step(high + 1, low, high, step) == high


def left_by_the_browser(value, low, high, step):
    """noUiSlider 15: to percent, to the nearest step, and back."""
    percent = 100 * (value - low) / (high - low)
    percent_of_step = 100 * step / (high - low)
    percent = round(percent / percent_of_step) * percent_of_step
    if percent >= 100:
        return high
    return percent * (high - low) / 100 + low
