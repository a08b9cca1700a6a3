"""Quantized pictures as files: a palette PNG that any viewer opens, or NumPy's .npz."""

import io
import math
import os
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import Picture
from ..codebook import Codebook
from ..image import QuantizedImage, Source, blocks_in, from_indices, read_with
from ..image.result import MOST_CODE_VECTORS, RGB_NOTE
from ..picture_files import MEGAPIXELS, PNG_START, decode, png_chunks, told
from .members import check_members
from .writing import check_ending, write_whole

VERSION = 1
MEMBERS = {"head.npy", "codebook.npy", "indices.npy"}
NPZ_OVERHEAD = 788
"""Bytes of an .npz file beside packed indices and codebook: head and frames of three arrays."""


class StoredPicture(NamedTuple):
    """What a file holds of a quantized picture."""

    levels: Picture
    """Code vectors, uint8 (K, k)."""
    indices: NDArray[Any]
    """Integers (rows, columns) of blocks."""
    height: int
    width: int
    block: int


def save(result: QuantizedImage, path: str | os.PathLike[str]) -> int:
    """Write a quantized picture to a file, without loss; returns its bytes. `load` reads it.

    `.png`: pixels with at most 256 code vectors, as palette or grey PNG (see `QuantizedImage.png`).
    `.npz`: everything, as three uncompressed arrays: `head` (version, height, width, side of a
    block), `codebook` (K, k), and `indices`, packed to the bit, the highest bit first. The file
    then has `stored_bytes` + `NPZ_OVERHEAD` bytes.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If the path ends otherwise, a PNG has no room for the codebook, or the file cannot be
        written. Nothing is written then, and a file that is there stays as it is.
    """
    _check_result(result)
    ending = check_ending(path, (".png", ".npz"))
    content = result.png() if ending == ".png" else to_npz(result)
    return write_whole(path, content)


def _check_result(result: object) -> None:
    if not isinstance(result, QuantizedImage):
        kind = type(result).__name__
        raise ValueError(f"result must be a QuantizedImage, got {kind}: quantize_image makes one")


def to_npz(result: QuantizedImage) -> bytes:
    """The bytes of an .npz file of a quantized picture (see `save`)."""
    _check_result(result)
    head = np.array([VERSION, *result.picture.shape[:2], result.block])
    places = np.arange(result.index_bits, dtype=np.uint8)[::-1]
    bits = result.indices.reshape(-1, 1) >> places & 1
    packed = np.packbits(bits.astype(np.uint8))
    file = io.BytesIO()
    codebook = result.levels.reshape(result.size, -1)
    np.savez(file, head=head, codebook=codebook, indices=packed)
    return file.getvalue()


def load(source: Source) -> QuantizedImage:
    """Read what `save` has written, or any other palette or grey PNG.

    A PNG is seen as `read_image` sees it: upright, and with transparency on white. The MSE of the
    result is NaN, as the original is not in the file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is neither, or damaged: cut off, indices beyond the codebook, sizes that contradict
        each other. What a file claims is compared with its length before room is made for it.
    """
    return read_with(_from_file, source, "a palette PNG or an .npz of vqlib")


def _from_file(file: bytes) -> QuantizedImage:
    is_zip = file[:2] == b"PK"
    stored = _from_npz(file) if is_zip else _from_png(file)
    levels = stored.levels
    largest = stored.indices.max()
    if largest >= len(levels):
        raise ValueError(f"its indices go up to {largest}, but it has {len(levels)} code vectors")
    shape: tuple[int, ...] = (stored.height, stored.width)
    if levels.shape[1] != stored.block**2:
        shape = (*shape, 3)
    in_place_of_original = np.zeros(shape, np.uint8)
    codebook = Codebook(levels)
    result = from_indices(in_place_of_original, stored.indices, codebook, stored.block)
    return replace(result, mse=float("nan"))


def _from_png(file: bytes) -> StoredPicture:
    if not file.startswith(PNG_START):
        raise ValueError(told(file, "PNG and .npz can be read"))
    pixels = decode(file)
    values = pixels.values
    if pixels.is_deep or values.ndim == 3:
        raise ValueError("its pixels are not indices of a palette, nor greys of 8 bits")
    height, width = values.shape
    if pixels.palette is None:
        greys, indices = np.unique(values, return_inverse=True)
        return StoredPicture(greys[:, None], indices, height, width, block=1)
    palette = pixels.palette[: pixels.palette_size]
    all_greys = (np.ptp(palette, axis=1) == 0).all()
    if all_greys and RGB_NOTE not in png_chunks(file):
        palette = palette[:, :1]
    return StoredPicture(palette, values, height, width, block=1)


def _from_npz(file: bytes) -> StoredPicture:
    check_members(file, MEMBERS)
    with np.load(io.BytesIO(file), allow_pickle=False) as arrays:
        head = arrays["head"]
        levels = arrays["codebook"]
        packed = arrays["indices"]
    has_head = head.shape == (4,) and head.dtype == np.int64 and head[0] == VERSION
    if not has_head or levels.dtype != np.uint8:
        wanted = f"version {VERSION} and three numbers, and its codebook bytes"
        raise ValueError(f"its head must be {wanted}")
    height, width, block = head[1:].tolist()
    rows, columns = blocks_in((height, width), block)
    channels = levels[:1].size / block**2
    if min(height, width) < 1 or not _is_codebook(levels) or channels not in (1, 3):
        shapes = f"its head {head.tolist()} and its codebook of shape {levels.shape}"
        raise ValueError(f"{shapes} make no picture")
    bits = (len(levels) - 1).bit_length()
    count = rows * columns * bits
    is_too_large = rows * columns * block**2 > 2 * MEGAPIXELS * 10**6
    if is_too_large or packed.shape != (math.ceil(count / 8),):
        given = f"{packed.size} bytes of indices for {rows} x {columns} of {bits} bits"
        raise ValueError(f"it has {given}")
    ones = np.unpackbits(packed, count=count).reshape(rows, columns, bits)
    worth = 1 << np.arange(bits, dtype=np.uint16)[::-1]
    return StoredPicture(levels, ones @ worth, height, width, block)


def _is_codebook(levels: NDArray[Any]) -> bool:
    return levels.ndim == 2 and len(levels) <= MOST_CODE_VECTORS
