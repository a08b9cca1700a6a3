"""Quantized pictures as files: a palette PNG that any viewer opens, or NumPy's .npz for blocks and large codebooks."""

import io
import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from .codebook import Codebook
from .image import MEGAPIXELS, QuantizedImage, content_of, decoded, joined

VERSION = 1
MEMBERS = {"head": np.int64, "codebook": np.uint8, "indices": np.uint8}
NPZ_OVERHEAD = 804
"""Bytes of an .npz file beside packed indices and codebook: the head and the frames of the three arrays."""


def save(result: QuantizedImage, path: str | Path) -> int:
    """Write a quantized picture to a file, without loss; returns its bytes. `load` reads it.

    `.png`: pixels with at most 256 code vectors, as palette or grey PNG (see `QuantizedImage.png`). `.npz`: everything,
    as three uncompressed arrays: `head` (version, height, width, channels, side of a block, size of the codebook),
    `codebook`, and `indices`, packed to the bit, the highest bit first. The file then has `stored_bytes` +
    `NPZ_OVERHEAD` bytes.

    Raises
    ------
    ValueError
        If the path ends otherwise, or a PNG has no room for the codebook. Nothing is written then.
    """
    path = Path(path)
    if path.suffix not in (".png", ".npz"):
        raise ValueError(f"path must end in .png or .npz, got {str(path)!r}")
    content = result.png() if path.suffix == ".png" else to_npz(result)
    path.write_bytes(content)
    return len(content)


def to_npz(result: QuantizedImage) -> bytes:
    """The bytes of an .npz file of a quantized picture (see `save`)."""
    shape = [*result.picture.shape[:2], result.source_bits // 8, result.block, result.size]
    places = np.arange(result.index_bits, dtype=np.uint8)[::-1]
    packed = np.packbits((result.indices.reshape(-1, 1) >> places & 1).astype(np.uint8))
    out = io.BytesIO()
    np.savez(out, head=np.array([VERSION, *shape]), codebook=result.levels.reshape(result.size, -1), indices=packed)
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
    name = f"file {str(source)!r}" if isinstance(source, str | Path) else "the file given"
    content = content_of(source, name)
    try:
        levels, indices, shape, block = _from_npz(content) if content[:2] == b"PK" else _from_png(content)
        if indices.max() >= len(levels):
            raise ValueError(f"its indices go up to {indices.max()}, but it has {len(levels)} code vectors")
        kept = indices.astype(np.min_scalar_type(len(levels) - 1))
        bits = max(1, (len(levels) - 1).bit_length())
        picture = joined(levels[indices], shape, block)
        return QuantizedImage(picture, kept, Codebook(levels), bits, float("nan"), block)
    except Exception as error:  # on damaged bytes the libraries raise nearly anything
        unclear = isinstance(error, UnidentifiedImageError) or not str(error)
        why = "it has another format or is damaged" if unclear else error
        raise ValueError(f"source must be a palette PNG or an .npz of vqlib, but {name} is not: {why}") from error


Parts = tuple[NDArray[Any], NDArray[Any], tuple[int, ...], int]
"""Code vectors (K, d), indices (rows, columns), shape of the picture, side of a block."""


def _from_png(content: bytes) -> Parts:
    decoded(content)  # refuses what is no picture, too large or damaged
    with Image.open(io.BytesIO(content), formats=["PNG"]) as opened:
        values = np.asarray(opened)
        if opened.mode == "L":
            levels, indices = np.unique(values, return_inverse=True)
            return levels[:, None], indices.reshape(values.shape), values.shape, 1
        if opened.palette is None:
            raise ValueError(f"its pixels are {opened.mode}, not indices")
        palette = np.frombuffer(opened.palette.tobytes(), np.uint8).reshape(-1, 3)
        if (np.ptp(palette, axis=1) == 0).all() and opened.info.get("vqlib") != "RGB":
            return palette[:, :1], values, values.shape, 1
        return palette, values, (*values.shape, 3), 1


def _from_npz(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            with archive.open(member) as array:
                np.lib.format.read_magic(array)
                shape, _, dtype = np.lib.format.read_array_header_1_0(array)
            if member.compress_type or math.prod(shape) * dtype.itemsize > len(content):
                raise ValueError("its arrays must not be compressed, nor longer than the file")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        head, levels, packed = (arrays[name] for name in MEMBERS)
    if [head.dtype, levels.dtype, packed.dtype] != list(MEMBERS.values()) or head.shape != (6,) or head[0] != VERSION:
        raise ValueError(f"its head must be version {VERSION} and five numbers, and the rest bytes")
    height, width, channels, block, size = (int(number) for number in head[1:])
    if not (1 <= block <= 64 and 1 <= size <= 1 << 16 and channels in (1, 3) and min(height, width) >= 1):
        raise ValueError(f"its head must be of a picture, got {head[1:].tolist()}")
    rows, columns, bits = -(-height // block), -(-width // block), (size - 1).bit_length()
    if rows * columns * block**2 > 2 * MEGAPIXELS * 10**6 or packed.shape != (-(-rows * columns * bits // 8),):
        raise ValueError(f"it has {packed.size} bytes of indices for {rows} x {columns} of {bits} bits")
    if levels.shape != (size, block**2 * channels):
        raise ValueError(f"its codebook has shape {levels.shape}, not {(size, block**2 * channels)}")
    ones = np.unpackbits(packed, count=rows * columns * bits).reshape(rows, columns, bits)
    shape = (height, width) if channels == 1 else (height, width, 3)
    return levels, ones @ (1 << np.arange(bits, dtype=np.uint16)[::-1]), shape, block
