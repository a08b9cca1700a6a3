"""Quantized pictures as files: a palette PNG that any viewer opens, or NumPy's .npz."""

import io
import math
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .arrays import Picture
from .codebook import Codebook
from .image import MEGAPIXELS, QuantizedImage, blocks_in, decode_rgb, from_indices, read_with
from .image.result import MOST_CODE_VECTORS

VERSION = 1
NPZ_OVERHEAD = 788
"""Bytes of an .npz file beside packed indices and codebook: head and frames of three arrays."""


class StoredPicture(NamedTuple):
    """What a file holds of a quantized picture."""

    levels: Picture
    """Code vectors, uint8 (K, d)."""
    indices: NDArray[Any]
    """Integers (rows, columns) of blocks."""
    height: int
    width: int
    block: int


def save(result: QuantizedImage, path: str | Path) -> int:
    """Write a quantized picture to a file, without loss; returns its bytes. `load` reads it.

    `.png`: pixels with at most 256 code vectors, as palette or grey PNG (see `QuantizedImage.png`).
    `.npz`: everything, as three uncompressed arrays: `head` (version, height, width, side of a
    block), `codebook` (K, d), and `indices`, packed to the bit, the highest bit first. The file
    then has `stored_bytes` + `NPZ_OVERHEAD` bytes.

    Raises
    ------
    ValueError
        If the path ends otherwise, or a PNG has no room for the codebook. Nothing is written then.
    """
    path = Path(path)
    if path.suffix == ".png":
        return path.write_bytes(result.png())
    if path.suffix == ".npz":
        return path.write_bytes(to_npz(result))
    raise ValueError(f"path must end in .png or .npz, got {str(path)!r}")


def to_npz(result: QuantizedImage) -> bytes:
    """The bytes of an .npz file of a quantized picture (see `save`)."""
    head = np.array([VERSION, *result.picture.shape[:2], result.block])
    places = np.arange(result.index_bits, dtype=np.uint8)[::-1]
    bits = result.indices.reshape(-1, 1) >> places & 1
    packed = np.packbits(bits.astype(np.uint8))
    file = io.BytesIO()
    codebook = result.levels.reshape(result.size, -1)
    np.savez(file, head=head, codebook=codebook, indices=packed)
    return file.getvalue()


def load(source: str | Path | bytes) -> QuantizedImage:
    """Read what `save` has written, or any other palette PNG.

    The MSE of the result is NaN, as the original is not in the file.

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
    decode_rgb(file)  # refuses what is no picture, too large or damaged
    with Image.open(io.BytesIO(file), formats=["PNG"]) as opened:
        values = np.array(opened)
        height, width = values.shape[:2]
        if opened.mode == "L":
            greys, indices = np.unique(values, return_inverse=True)
            return StoredPicture(greys[:, None], indices, height, width, block=1)
        if opened.palette is None:
            raise ValueError(f"its pixels are {opened.mode}, not indices")
        palette = np.frombuffer(opened.palette.tobytes(), np.uint8).reshape(-1, 3)
        all_greys = (np.ptp(palette, axis=1) == 0).all()
        if all_greys and opened.info.get("vqlib") != "RGB":
            palette = palette[:, :1]
        return StoredPicture(palette, values, height, width, block=1)


def _from_npz(file: bytes) -> StoredPicture:
    _check_members(file)
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


def _check_members(file: bytes) -> None:
    """Refuse arrays that are compressed, or longer than the file: nothing was read of them yet."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        for member in archive.infolist():
            with archive.open(member) as array:
                np.lib.format.read_magic(array)
                shape, _, dtype = np.lib.format.read_array_header_1_0(array)
            if member.compress_type or math.prod(shape) * dtype.itemsize > len(file):
                raise ValueError("its arrays must not be compressed, nor longer than the file")
