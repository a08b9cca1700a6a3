"""Formulas as MathML, which browsers show without a script or a font of the page."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from latex2mathml.converter import convert_to_element

FUNCTIONS = {"log", "ln", "sin", "cos", "tan"}
"""Names that TeX sets off from what stands beside them."""
THIN_SPACE = "0.167em"
BARS = {"\u2016", "&#x02016;", "|", "&#x0007C;"}
"""Norms and absolute values: both of their bars look alike, so a browser takes them for operators
between two things, with room around."""


def to_mathml(tex: str, *, is_block: bool) -> str:
    """A formula of TeX as a `<math>` element; one on lines of its own if `is_block`.

    Raises
    ------
    ValueError
        If the formula cannot be converted. The sentence has the formula.
    """
    try:
        math = convert_to_element(tex, display="block" if is_block else "inline")
    except Exception as error:  # the converter has errors of many types
        raise ValueError(f"no MathML for {tex!r}: {type(error).__name__} {error}") from error
    for bar in _bars(math):
        bar.set("lspace", "0")
        bar.set("rspace", "0")
    for row in list(math.iter("mrow")):
        _set_off_functions(row)
    return _text_of(math)


def _bars(math: ET.Element) -> Iterator[ET.Element]:
    return (operator for operator in math.iter("mo") if operator.text in BARS)


def _set_off_functions(row: ET.Element) -> None:
    """Put a thin space between a function and what stands beside it, unless that is an operator."""
    children = list(row)
    for place in reversed(range(1, len(children))):
        before = children[place - 1]
        after = children[place]
        has_function = _is_function(before) or _is_function(after)
        if has_function and not {before.tag, after.tag} & {"mo", "mspace"}:
            row.insert(place, ET.Element("mspace", width=THIN_SPACE))


def _is_function(element: ET.Element) -> bool:
    """Whether it is the name of a function, with or without an index below or above."""
    if element.tag in {"msub", "msup", "msubsup"}:
        return _is_function(element[0])
    return element.text in FUNCTIONS


def _text_of(math: ET.Element) -> str:
    """The element as HTML: the converter writes characters as entities, which stay."""
    return ET.tostring(math, encoding="unicode").replace("&amp;#", "&#")
