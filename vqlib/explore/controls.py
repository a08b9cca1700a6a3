"""The controls of panels: stock widgets of ipywidgets, named and sized for a row."""

import numbers
from collections.abc import Iterable, Sequence
from typing import Any

import ipywidgets as widgets

from ..checks import check_finite, check_int, check_positive
from .message import Position

FEW_STEPS = 32
"""A slider of more steps gets a longer track."""


def slider(
    description: str,
    value: float,
    low: float,
    high: float,
    step: float = 1,
) -> widgets.Widget:
    """A slider from `low` to `high`: of whole numbers if its step is 1.

    Its track has room for its positions; view.css has the two lengths.

    Raises
    ------
    ValueError
        If it cannot stand at `value`. The sentence names the slider.
    """
    kind = widgets.IntSlider
    if step == 1:
        position: float = check_int(value, description, int(low), int(high))
    else:
        position = snap_to_step(value, low, high, step)
        kind = widgets.FloatSlider
    made = kind(
        value=position,
        min=low,
        max=high,
        step=step,
        description=description,
        style={"description_width": "initial"},
        layout={"width": "max-content"},
    )
    if high - low > FEW_STEPS * step:
        made.add_class("vq-long")
    return made


def dropdown(
    description: str,
    options: Iterable[object],
    value: object = None,
) -> widgets.Dropdown:
    """A list to choose from; without a value the first of its options is chosen.

    It is as wide as its longest option.

    Raises
    ------
    ValueError
        If `value` is not one of them. The sentence names the list.
    """
    options = list(options)
    settings: dict[str, Any] = {
        "description": description,
        "options": options,
        "style": {"description_width": "initial"},
        "layout": {"width": "max-content"},
    }
    if value is not None:
        settings["value"] = _check_option(value, description, options)
    return widgets.Dropdown(**settings)


def text_box(description: str, hint: str) -> widgets.Text:
    """A box to type in, answered letter by letter; the hint stands in it as long as it is empty."""
    return widgets.Text(
        description=description,
        placeholder=hint,
        style={"description_width": "initial"},
        layout={"width": "max-content"},
    )


def _check_option(value: Any, name: str, options: list[Any]) -> Any:  # noqa: ANN401
    """`value`, if it is one of these options: pairs of a word and a value, or values."""
    values = [option[1] if isinstance(option, tuple) else option for option in options]
    is_plain = isinstance(value, str | numbers.Real) and value is not True
    found = [each for each in values if each == value] if is_plain else []
    if not found:
        allowed = ", ".join(map(str, values))
        given = repr(value) if isinstance(value, str | int | float) else type(value).__name__
        raise ValueError(f"{name} must be one of {allowed}, got {given}")
    return found[0]


def offer(control: widgets.Widget, *, offered: bool) -> None:
    """Show a control, or hide it where it has nothing to say; its room stays: nothing jumps."""
    control.disabled = not offered
    control.layout.visibility = None if offered else "hidden"


def row(controls: Sequence[widgets.Widget]) -> widgets.HBox:
    """Controls beside each other; those that find no room go to the next line."""
    return widgets.HBox(controls, layout=widgets.Layout(flex_flow="row wrap"))


def snap_to_step(value: float, low: float, high: float, step: float) -> float:
    """The position of a slider nearest to a value, to the last digit as the browser has it.

    By the arithmetic of noUiSlider, the slider of ipywidgets: to percent, to the nearest step and
    back. The browser would send any other number back as its own, perhaps when the reader has moved
    on, and so undo the move.

    Raises
    ------
    ValueError
        If they are not finite numbers, `low` is not below `high`, or the step is not above 0.
    """
    position = {"value": value, "low": low, "high": high, "step": step}
    for name, number in position.items():
        check_finite(number, name)
    if low >= high:
        raise ValueError(f"low must be below high, got {low!r} and {high!r}")
    check_positive(step, "step")
    percent_of_step = 100 * step / (high - low)
    percent = round((value - low) / step) * percent_of_step
    if percent >= 100:
        return float(high)
    return max(percent, 0) * (high - low) / 100 + low


def snap_to_slider(slider: widgets.FloatSlider, value: float) -> float:
    """The position of this slider that is nearest to a value."""
    return snap_to_step(value, slider.min, slider.max, slider.step)


def position(control: widgets.Widget) -> Position:
    """Where a control stands, as its model on the page tells it; see `message.Position`."""
    if isinstance(control, widgets.Dropdown):
        index: int | None = control.index
        return index
    value: str | float = control.value
    return value


def position_of(control: widgets.Widget, value: Any) -> Position:  # noqa: ANN401
    """Where a control stands when it has this value."""
    if isinstance(control, widgets.Dropdown):
        values = [each for _label, each in control._options_full]
        return values.index(value) if value in values else None
    if isinstance(control, widgets.Text):
        return str(value)
    return float(value) if isinstance(control, widgets.FloatSlider) else int(value)


def by_nearness(values: Iterable[float], to: float) -> list[float]:
    """These values of a slider, the nearest to another one first, without that one."""
    others = [value for value in values if value != to]
    return sorted(others, key=lambda value: abs(value - to))
