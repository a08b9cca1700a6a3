"""Draws chart.png, the test chart: two ramps, sixteen steps and a zone plate.

`make chart` runs this.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIZE = 400
BAND = 56  # rows of each ramp and of the steps; the zone plate has the rest


def chart() -> NDArray[np.uint8]:
    """The chart, array (400, 400).

    From top to bottom:

    - a ramp over all grey values, 0 to 255;
    - sixteen equal steps, 0, 17, 34, ... 255: what 4 bits could make of the ramp above;
    - a gentle ramp, 96 to 160, of which few bits make broad bands;
    - a zone plate: cos of the radius squared, from 0 cycles per pixel in its centre to half a
      cycle, the finest that pixels can hold, at its rim; mid-grey outside.
    """
    column = np.arange(SIZE)
    rows = [
        np.round(column * 255 / (SIZE - 1)),
        column * 16 // SIZE * 17,
        np.round(96 + column * 64 / (SIZE - 1)),
    ]
    bands = [np.broadcast_to(row, (BAND, SIZE)) for row in rows]
    return np.concatenate([*bands, zone_plate(SIZE - 3 * BAND, SIZE)]).astype(np.uint8)


def zone_plate(height: int, width: int) -> NDArray[np.float64]:
    """Whole grey values of a zone plate as wide as the picture, array (height, width)."""
    y = np.arange(height)[:, None] - (height - 1) / 2
    x = np.arange(width) - (width - 1) / 2
    radius_squared = x**2 + y**2
    rim = width / 2
    wave = np.round(127.5 + 127.5 * np.cos(np.pi * radius_squared / (2 * rim)))
    return np.where(radius_squared <= rim**2, wave, 128.0)


def main() -> None:
    """Store the chart. A file that has these pixels stays.

    Another Pillow would pack them into other bytes.
    """
    path = Path(__file__).with_name("chart.png")
    if not path.exists() or not np.array_equal(np.asarray(Image.open(path)), chart()):
        Image.fromarray(chart()).save(path, optimize=True)
        print(f"{path.name} is new: its checksum in data/README.md has to be renewed too.")


if __name__ == "__main__":
    main()
