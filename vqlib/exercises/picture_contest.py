"""The contest of the pictures: the smallest file for `china` at 24 dB."""

from types import FunctionType
from typing import Any

import numpy as np

from .. import image, measure
from .code_reading import functions_of_one_module, is_data, uses_of, values_read_by
from .contest import place
from .kinds import NotYet, ask, require
from .pictures import as_picture

PSNR = 24
ROWS = 424
PLACES = {
    "16 tiles of 2 x 2, all indices equally long": 34.0,
    "5 greys as PNG": 32.0,
    "16 tiles of 2 x 2, their indices packed by bzip2": 15.0,
    "JPEG of OpenCV": 15.0,
    "JPEG of OpenCV with code words for this picture": 13.0,
    "72 tiles of 3 x 3, their indices packed by LZMA": 12.0,
    "WebP of Pillow": 10.0,
    "AVIF of Pillow": 8.1,
}
"""Sizes in kB to two digits, as they differ a little between versions of the libraries.

The tests of this module make all these files. Codebooks count, heads of tiles do not.
"""


def smallest_file(answer: Any) -> str:
    """`answer` is `data` with at most so many bytes, and `decode`, which makes a picture of it."""
    is_pair = isinstance(answer, tuple | list) and len(answer) == 2
    require(is_pair, "It must be the pair (data, decode).")
    data, decode = answer
    are_bytes = isinstance(data, bytes | bytearray) and len(data) > 0
    require(are_bytes, f"data must be bytes, and not empty, got {type(data).__name__}.")
    require(isinstance(decode, FunctionType), "decode must be a function, made by def.")
    refuse_borrowed_data(decode)
    china = image.sample("china")[:ROWS]
    # A copy, so that what belongs to the object `data` beside its bytes is not there.
    try:
        decoded = ask(decode, bytes(bytearray(data)))
    except NotYet as lack:
        raise NotYet(str(lack).replace("It", "decode", 1)) from lack
    picture = as_picture(decoded, china.shape, "What decode returns")
    dtype = np.asarray(decoded).dtype
    require(dtype == np.uint8, f"decode must return an array of uint8, got {dtype}.")
    psnr = measure.psnr(china, picture)
    require(psnr >= PSNR, f"The picture has {psnr:.2f} dB; it needs {PSNR}.")
    return place(len(data) / 1000, PLACES, "{:.2g} kB")


def refuse_borrowed_data(decode: FunctionType) -> None:
    """Refuse a `decode` that knows more than the data; one of a library knows nothing else."""
    if str(decode.__module__).startswith("vqlib."):
        return
    for function in functions_of_one_module(decode):
        for name, value in values_read_by(function).items():
            borrowed = f"decode knows {name} from outside; who gets the file has only data."
            require(not is_data(value), f"{borrowed} Put it into data.")
        photographs = uses_of(function, "vqlib.image", {"sample"})
        require(not photographs, "decode may not look at a photograph.")
