"""A panel as a picture, made without a browser: what stored notebooks show where no kernel runs."""

import io
import textwrap
from pathlib import Path
from typing import Any

import matplotlib
from PIL import Image, ImageDraw, ImageFont

from ..arrays import Picture
from . import rendering
from .message import Slot, title_of_still
from .view import View

GAP = 20
"""Pixels between two cells, as in view.css."""
MARGIN = 4
"""Pixels below each piece."""
TEXT = 13
"""Height of letters in pixels."""
LINE = 19
"""From one line of text to the next, in pixels."""
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
MOST_BYTES = 120_000
"""Of a still: it is stored in a notebook."""
JPEG_QUALITIES = (85, 75, 65, 55, 45)


def still(view: View) -> tuple[str, bytes]:
    """What a view shows, with its sentence and its titles: the kind of picture, and its bytes.

    The kind is `image/png`, in 256 colours, or `image/jpeg` where a PNG would take more than
    `MOST_BYTES`: where there are photographs.
    """
    picture = _composed(view)
    few_colours = picture.quantize(256, dither=Image.Dither.NONE)
    png = _encoded(few_colours, "PNG", optimize=True)
    if len(png) <= MOST_BYTES:
        return "image/png", png
    for quality in JPEG_QUALITIES:
        jpeg = _encoded(picture, "JPEG", quality=quality, optimize=True)
        if len(jpeg) <= MOST_BYTES:
            break
    return "image/jpeg", jpeg


def _encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:  # noqa: ANN401
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _composed(view: View) -> Image.Image:
    """The sentence, and below it the cells, two in a row."""
    cells = [_below_each_other([_figure(view, slot) for slot in cell]) for cell in view.cells]
    rows = [_beside_each_other(cells[at : at + 2]) for at in range(0, len(cells), 2)]
    body = _below_each_other(rows)
    sentence = _words(view.status, body.width)
    return _below_each_other([sentence, body])


def _figure(view: View, slot: Slot) -> Image.Image:
    """A slot below its title."""
    shown = rendering.of_slot(view, slot)
    picture = Image.fromarray(_enlarged(shown, _zoom_of(view, slot)))
    room = Image.new("RGB", (slot["width"], picture.height), "white")
    room.paste(picture)
    return _below_each_other([_words(title_of_still(slot), slot["width"], is_bold=True), room])


def _zoom_of(view: View, slot: Slot) -> int:
    """How many pixels of the page a pixel of a slot becomes, each way."""
    is_drawing = slot["fixed"] in view.axes_png
    return 1 if is_drawing else rendering.part_seen(view, slot)["zoom"]


def _enlarged(picture: Picture, zoom: int) -> Picture:
    return picture.repeat(zoom, axis=0).repeat(zoom, axis=1)


def _words(text: str, width: int, *, is_bold: bool = False) -> Image.Image:
    """Text in lines of this width."""
    name = "DejaVuSans-Bold.ttf" if is_bold else "DejaVuSans.ttf"
    font = ImageFont.truetype(FONTS / name, TEXT)
    letters_in_a_line = int(width / font.getlength("n"))
    lines = textwrap.wrap(text, letters_in_a_line) or [""]
    picture = Image.new("RGB", (width, LINE * len(lines)), "white")
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        pen.text((0, LINE * number), line, "black", font)
    return picture


def _below_each_other(pictures: list[Image.Image]) -> Image.Image:
    width = max(picture.width for picture in pictures)
    height = sum(picture.height + MARGIN for picture in pictures)
    sheet = Image.new("RGB", (width, height), "white")
    top = 0
    for picture in pictures:
        sheet.paste(picture, (0, top))
        top += picture.height + MARGIN
    return sheet


def _beside_each_other(pictures: list[Image.Image]) -> Image.Image:
    width = sum(picture.width + GAP for picture in pictures) - GAP
    height = max(picture.height for picture in pictures)
    sheet = Image.new("RGB", (width, height), "white")
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + GAP
    return sheet
