"""The controls of panels: stock widgets of ipywidgets, named and sized for a row."""

from collections.abc import Iterable, Sequence
from typing import Any

import ipywidgets as widgets


def slider(
    description: str,
    value: float,
    low: float,
    high: float,
    step: float = 1,
    width: str = "20em",
) -> widgets.Widget:
    """A slider from `low` to `high`: of whole numbers if its step is 1."""
    position = value
    kind = widgets.IntSlider
    if step != 1:
        position = snap_to_step(value, low, high, step)
        kind = widgets.FloatSlider
    return kind(
        value=position,
        min=low,
        max=high,
        step=step,
        description=description,
        style={"description_width": "initial"},
        layout={"width": width},
    )


def dropdown(
    description: str,
    options: Iterable[object],
    value: object = None,
    width: str = "15em",
) -> widgets.Dropdown:
    """A list to choose from; without a value the first of its options is chosen."""
    settings: dict[str, Any] = {
        "description": description,
        "options": list(options),
        "style": {"description_width": "initial"},
        "layout": {"width": width},
    }
    if value is not None:
        settings["value"] = value
    return widgets.Dropdown(**settings)


def row(controls: Sequence[widgets.Widget]) -> widgets.HBox:
    """Controls beside each other; those that find no room go to the next line."""
    return widgets.HBox(controls, layout=widgets.Layout(flex_flow="row wrap"))


def snap_to_step(value: float, low: float, high: float, step: float) -> float:
    """The position of a slider nearest to a value, to the last digit as the browser has it.

    By the arithmetic of noUiSlider, the slider of ipywidgets: to percent, to the nearest step and
    back. The browser would send any other number back as its own, perhaps when the reader has moved
    on, and so undo the move.
    """
    percent_of_step = 100 * step / (high - low)
    percent = round((value - low) / step) * percent_of_step
    if percent >= 100:
        return float(high)
    return max(percent, 0) * (high - low) / 100 + low


def snap_to_slider(slider: widgets.FloatSlider, value: float) -> float:
    """The position of this slider that is nearest to a value."""
    return snap_to_step(value, slider.min, slider.max, slider.step)
