"""Quantized pictures as files: a palette PNG that any viewer opens, or NumPy's .npz for blocks and large codebooks."""

import io
import math
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .codebook import Codebook
from .image import MEGAPIXELS, Picture, QuantizedImage, blocks_in, decoded, from_indices, parsed

VERSION = 1
NPZ_OVERHEAD = 788
"""Bytes of an .npz file beside packed indices and codebook: the head and the frames of the three arrays."""


def save(result: QuantizedImage, path: str | Path) -> int:
    """Write a quantized picture to a file, without loss; returns its bytes. `load` reads it.

    `.png`: pixels with at most 256 code vectors, as palette or grey PNG (see `QuantizedImage.png`). `.npz`: everything,
    as three uncompressed arrays: `head` (version, height, width, side of a block), `codebook` (K, d), and `indices`,
    packed to the bit, the highest bit first. The file then has `stored_bytes` + `NPZ_OVERHEAD` bytes.

    Raises
    ------
    ValueError
        If the path ends otherwise, or a PNG has no room for the codebook. Nothing is written then.
    """
    path = Path(path)
    if path.suffix not in (".png", ".npz"):
        raise ValueError(f"path must end in .png or .npz, got {str(path)!r}")
    return path.write_bytes(result.png() if path.suffix == ".png" else to_npz(result))


def to_npz(result: QuantizedImage) -> bytes:
    """The bytes of an .npz file of a quantized picture (see `save`)."""
    head = np.array([VERSION, *result.picture.shape[:2], result.block])
    places = np.arange(result.index_bits, dtype=np.uint8)[::-1]
    packed = np.packbits((result.indices.reshape(-1, 1) >> places & 1).astype(np.uint8))
    out = io.BytesIO()
    np.savez(out, head=head, codebook=result.levels.reshape(result.size, -1), indices=packed)
    return out.getvalue()


def load(source: str | Path | bytes) -> QuantizedImage:
    """Read what `save` has written, or any other palette PNG; its MSE is NaN, as the original is not in the file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is neither, or damaged: cut off, indices beyond the codebook, sizes that contradict each other. What a
        file claims is compared with its length before room is made for it.
    """
    return parsed(source, "a palette PNG or an .npz of vqlib", _decoded)


def _decoded(content: bytes) -> QuantizedImage:
    levels, indices, (height, width), block = _from_npz(content) if content[:2] == b"PK" else _from_png(content)
    if indices.max() >= len(levels):
        raise ValueError(f"its indices go up to {indices.max()}, but it has {len(levels)} code vectors")
    shape = (height, width) if levels.shape[1] == block**2 else (height, width, 3)
    nothing = np.zeros(shape, np.uint8)  # in the place of the original
    return replace(from_indices(nothing, indices, Codebook(levels), block), mse=float("nan"))


def _from_png(content: bytes) -> tuple[Picture, NDArray[Any], tuple[int, ...], int]:
    """Code vectors (K, d), indices (rows, columns), height and width of the picture, side of a block."""
    decoded(content)  # refuses what is no picture, too large or damaged
    with Image.open(io.BytesIO(content), formats=["PNG"]) as opened:
        values = np.array(opened)
        if opened.mode == "L":
            levels, indices = np.unique(values, return_inverse=True)
            return levels[:, None], indices, values.shape, 1
        if opened.palette is None:
            raise ValueError(f"its pixels are {opened.mode}, not indices")
        palette = np.frombuffer(opened.palette.tobytes(), np.uint8).reshape(-1, 3)
        as_grey = (np.ptp(palette, axis=1) == 0).all() and opened.info.get("vqlib") != "RGB"
        return palette[:, :1] if as_grey else palette, values, values.shape, 1


def _from_npz(content: bytes) -> tuple[Picture, NDArray[Any], tuple[int, ...], int]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            with archive.open(member) as array:
                np.lib.format.read_magic(array)
                shape, _, dtype = np.lib.format.read_array_header_1_0(array)
            if member.compress_type or math.prod(shape) * dtype.itemsize > len(content):
                raise ValueError("its arrays must not be compressed, nor longer than the file")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        head, levels, packed = (arrays[name] for name in ("head", "codebook", "indices"))
    if head.shape != (4,) or head.dtype != np.int64 or head[0] != VERSION or levels.dtype != np.uint8:
        raise ValueError(f"its head must be version {VERSION} and three numbers, and its codebook bytes")
    height, width, block = head[1:].tolist()
    rows, columns = blocks_in((height, width), block)
    channels, bits = levels[:1].size / block**2, (len(levels) - 1).bit_length()
    if min(height, width) < 1 or levels.ndim != 2 or channels not in (1, 3) or len(levels) > 1 << 16:
        raise ValueError(f"its head {head.tolist()} and its codebook of shape {levels.shape} make no picture")
    if rows * columns * block**2 > 2 * MEGAPIXELS * 10**6 or packed.shape != (-(-rows * columns * bits // 8),):
        raise ValueError(f"it has {packed.size} bytes of indices for {rows} x {columns} of {bits} bits")
    ones = np.unpackbits(packed, count=rows * columns * bits).reshape(rows, columns, bits)
    return levels, ones @ (1 << np.arange(bits, dtype=np.uint16)[::-1]), (height, width), block
