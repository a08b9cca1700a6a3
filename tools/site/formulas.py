"""Formulas as MathML, which browsers show without a script or a font of the page."""

from __future__ import annotations

import html
import itertools
import xml.etree.ElementTree as ET

from latex2mathml.converter import convert_to_element

FUNCTIONS = {"log", "ln", "sin", "cos", "tan"}
"""Names that TeX sets off from what stands beside them."""
THIN_SPACE = "0.167em"
BARS = {"\u2016", "|"}
"""Norms and absolute values: both of their bars look alike, so a browser takes them for operators
between two things, with room around, and lets the first one grow as tall as the whole line."""
SIGNS = {"\u2212", "\u00b1"}
"""What stands before a number as well as between two."""
AFTER = {")", "]", "!", *BARS}
"""Operators that end something, so that a sign behind them stands between two things."""


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
    for operator in math.iter("mo"):
        _set_close(operator)
    for name in math.iter("mi"):
        _set_capital_upright(name)
    for row in list(math.iter("mrow")):
        _bind_signs(row)
        _set_off_functions(row)
    return _text_of(math)


def _character(element: ET.Element) -> str:
    return html.unescape(element.text or "")


def _set_close(operator: ET.Element) -> None:
    """No room around bars and the stroke of a division."""
    if _character(operator) in {*BARS, "/"}:
        operator.set("lspace", "0")
        operator.set("rspace", "0")
    if _character(operator) in BARS and "stretchy" not in operator.attrib:
        operator.set("stretchy", "false")


def _set_capital_upright(name: ET.Element) -> None:
    """Greek capitals stand upright in TeX, slanted in MathML."""
    if "\u0391" <= _character(name) <= "\u03a9":
        name.set("mathvariant", "normal")


def _bind_signs(row: ET.Element) -> None:
    """A sign behind another operator belongs to what follows, without room between."""
    for before, sign in itertools.pairwise(row):
        is_sign = sign.tag == "mo" and _character(sign) in SIGNS
        if is_sign and before.tag == "mo" and _character(before) not in AFTER:
            sign.set("form", "prefix")


def _set_off_functions(row: ET.Element) -> None:
    """Put a thin space between a function and what stands beside it, unless that is an operator."""
    children = list(row)
    for place in reversed(range(1, len(children))):
        before = children[place - 1]
        after = children[place]
        has_function = _is_function(before) or _is_function(after)
        if has_function and not _is_operator(before) and not _is_operator(after):
            row.insert(place, ET.Element("mspace", width=THIN_SPACE))


def _is_operator(element: ET.Element) -> bool:
    """Whether it needs no more room, as a space or an operator; a bracket that closes does."""
    return element.tag in {"mo", "mspace"} and _character(element) not in {")", "]"}


def _is_function(element: ET.Element) -> bool:
    """Whether it is the name of a function, with or without an index below or above."""
    if element.tag in {"msub", "msup", "msubsup"}:
        return _is_function(element[0])
    return element.text in FUNCTIONS


def _text_of(math: ET.Element) -> str:
    """The element as HTML: the converter writes characters as entities, which stay."""
    return ET.tostring(math, encoding="unicode").replace("&amp;#", "&#")
