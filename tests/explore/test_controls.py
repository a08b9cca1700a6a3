import pytest

from vqlib.explore.controls import offer, slider, snap_to_step


@pytest.mark.parametrize(("low", "high", "step"), [(-3, 3, 0.01), (-5, 5, 0.01), (0, 0.99, 0.01)])
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


def test_a_control_that_is_not_offered_is_hidden_and_keeps_its_room():
    rho = slider("rho", 0.5, 0, 1, 0.1)
    offer(rho, offered=False)
    assert (rho.disabled, rho.layout.visibility, rho.layout.display) == (True, "hidden", None)
    offer(rho, offered=True)
    assert (rho.disabled, rho.layout.visibility) == (False, None)


@pytest.mark.parametrize(
    ("high", "step", "is_long"), [(8, 1, False), (0.9, 0.1, False), (8, 0.1, True)]
)
def test_a_slider_of_many_positions_is_long(high, step, is_long):
    assert (
        "vq-long" in slider("bits", 0.5 if step < 1 else 1, 0, high, step)._dom_classes
    ) == is_long
