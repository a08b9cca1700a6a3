"""The stored figures of questions, as pages need them."""

import base64
from pathlib import Path

from PIL import Image

SHARPNESS = 2
"""Pixels of a stored figure along one pixel of a page."""


def figure_width(path: Path) -> int:
    """How wide a figure is on a page, in pixels of the page."""
    with Image.open(path) as picture:
        return picture.width // SHARPNESS


def data_url(path: Path) -> str:
    """A figure as an address that holds its bytes."""
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"
