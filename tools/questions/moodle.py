"""Questions as Moodle XML, the format of its own export, one category for each heading."""

from __future__ import annotations

import base64
import html
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from pathlib import Path

from .bank import Question
from .figure_files import figure_width
from .markup import for_mathjax, to_html

TOP = "$course$/top/Vector quantization"
"""The category above all of ours, in the course into which they are imported."""
PENALTY = "0.3333333"
"""What each further try costs where a quiz allows several: Moodle's own default."""


def quiz(categories: Mapping[str, Sequence[tuple[Question, int]]], figures: Path) -> bytes:
    """Questions with their marks, by category, as the bytes of an XML file.

    Characters such as `<` and `&` are escaped by the writer of XML, so that no text needs CDATA.

    Parameters
    ----------
    categories : mapping
        By the name of a category its questions, each with its marks.
    figures : Path
        The folder of the figures, which become part of the file.
    """
    root = ET.Element("quiz")
    for category, questions in categories.items():
        entry = ET.SubElement(root, "question", type="category")
        _text(ET.SubElement(entry, "category"), f"{TOP}/{category}")
        for question, marks in questions:
            root.append(_question(question, marks, figures))
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _question(question: Question, marks: int, figures: Path) -> ET.Element:
    entry = ET.Element("question", type="multichoice")
    _text(ET.SubElement(entry, "name"), question.name)
    stem = ET.SubElement(entry, "questiontext", format="html")
    _text(stem, _stem(question, figures))
    if question.figure:
        stem.append(_file(figures / question.figure))
    settings = {
        "defaultgrade": str(marks),
        "penalty": PENALTY,
        "hidden": "0",
        "idnumber": question.name,
        "single": "true",
        "shuffleanswers": "true",
        "answernumbering": "abc",
        "showstandardinstruction": "0",
    }
    for name, value in settings.items():
        ET.SubElement(entry, name).text = value
    for option in question.options:
        fraction = "100" if option is question.key else "0"
        answer = ET.SubElement(entry, "answer", fraction=fraction, format="html")
        _text(answer, _paragraph(option.text))
        feedback = ET.SubElement(answer, "feedback", format="html")
        _text(feedback, _paragraph(option.feedback))
    tags = ET.SubElement(entry, "tags")
    for tag in (question.kind, question.notebook):
        _text(ET.SubElement(tags, "tag"), tag)
    return entry


def _text(parent: ET.Element, text: str) -> None:
    ET.SubElement(parent, "text").text = text


def _paragraph(text: str) -> str:
    return f"<p>{to_html(text, for_mathjax)}</p>"


def _stem(question: Question, figures: Path) -> str:
    stem = _paragraph(question.stem)
    if not question.figure:
        return stem
    width = figure_width(figures / question.figure)
    alt = html.escape(question.alt)
    image = f'<img src="@@PLUGINFILE@@/{question.figure}" alt="{alt}" width="{width}">'
    return f"{stem}<p>{image}</p>"


def _file(path: Path) -> ET.Element:
    entry = ET.Element("file", name=path.name, path="/", encoding="base64")
    entry.text = base64.b64encode(path.read_bytes()).decode()
    return entry
