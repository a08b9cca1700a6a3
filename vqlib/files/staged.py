"""Pictures in stages of tiles as files: NumPy's .npz."""

import io
import math
import zlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..codebook import Codebook
from ..image import Source, StagedImage, blocks_in, read_with
from ..image.staged import MOST_STAGES, from_staged_indices, packed_counts
from ..picture_files import MEGAPIXELS
from ..structured import Stages
from .members import check_members
from .writing import FilePath, check_ending, write_whole

VERSION = 1
MEMBERS = {"head.npy", "sizes.npy", "codebooks.npy", "counts.npy", "indices.npy"}
STAGES_OVERHEAD = 1284
"""Bytes of a file beside `StagedImage.stored_bytes` and the sizes of its stages, a byte each."""


class StoredStages(NamedTuple):
    """What a file holds of a picture in stages."""

    height: int
    width: int
    block: int
    sizes: list[int]
    vectors: NDArray[np.int8]
    counts: NDArray[np.uint8]
    """Of each block, (blocks,)."""
    packed: NDArray[np.uint8]
    """Indices, those of the first stage first, each to the bit, the highest bit first."""


def save_stages(result: StagedImage, path: FilePath) -> int:
    """Write a picture in stages to an .npz file, without loss; returns its bytes.

    Five uncompressed arrays: `head` (version, height, width, side of a block, number of stages of
    all blocks, or 0 if they differ), `sizes` less 1 of the stages in use, their `codebooks` as
    int8, `counts` (deflated, if they differ), and `indices`. `load_stages` reads it.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If the path does not end in .npz, or the file cannot be written. Nothing is written then,
        and a file that is there stays as it is.
    """
    content = stages_to_npz(result)
    check_ending(path, (".npz",))
    return write_whole(path, content)


def stages_to_npz(result: StagedImage) -> bytes:
    """The bytes of the file that `save_stages` writes."""
    _check_result(result)
    counts = result.counts.ravel()
    deflated = packed_counts(result.counts)
    of_all = 0 if deflated else result.used
    sizes = result.stages.sizes[: result.used]
    in_use = result.stages.codebooks[: result.used]
    bits = []
    for stage, size in enumerate(sizes):
        mine = result.indices.reshape(len(counts), -1)[counts > stage, stage]
        bits.append(_as_bits(mine, (size - 1).bit_length()))
    file = io.BytesIO()
    np.savez(
        file,
        head=np.array([VERSION, *result.picture.shape[:2], result.block, of_all]),
        sizes=np.array([size - 1 for size in sizes], np.uint8),
        codebooks=np.concatenate([codebook.vectors for codebook in in_use]).astype(np.int8),
        counts=np.frombuffer(deflated, np.uint8),
        indices=np.packbits(np.concatenate(bits)),
    )
    return file.getvalue()


def _check_result(result: object) -> None:
    if not isinstance(result, StagedImage):
        kind = type(result).__name__
        raise ValueError(f"result must be a StagedImage, got {kind}: encode_in_stages makes one")


def _as_bits(indices: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """Each index as so many bits, the highest first, all in a row."""
    places = np.arange(width, dtype=np.uint8)[::-1]
    return np.asarray(indices[:, None] >> places & 1, np.uint8).ravel()


def load_stages(source: Source) -> StagedImage:
    """Read what `save_stages` has written.

    The MSE of the result is NaN, as the original is not in the file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no such file, or damaged. What it claims is compared with its length before room is
        made for it.
    """
    return read_with(_from_file, source, "a picture in stages as an .npz of vqlib")


def _from_file(file: bytes) -> StagedImage:
    stored = _stored(file)
    codebooks = _codebooks(stored)
    channels = stored.vectors.shape[1] // stored.block**2
    shape: tuple[int, ...] = (stored.height, stored.width)
    if channels == 3:
        shape = (*shape, 3)
    indices = _indices(stored)
    return from_staged_indices(indices, stored.counts, Stages(codebooks), shape, stored.block)


def _stored(file: bytes) -> StoredStages:
    check_members(file, MEMBERS)
    with np.load(io.BytesIO(file), allow_pickle=False) as arrays:
        head = arrays["head"]
        sizes = arrays["sizes"]
        vectors = arrays["codebooks"]
        counts = arrays["counts"]
        packed = arrays["indices"]
    if head.shape != (5,) or head.dtype != np.int64 or head[0] != VERSION:
        raise ValueError(f"its head must be version {VERSION} and four numbers")
    types = [array.dtype for array in (sizes, vectors, counts, packed)]
    if types != [np.uint8, np.int8, np.uint8, np.uint8] or packed.ndim != 1:
        raise ValueError(f"its arrays must be bytes, but they are {[str(kind) for kind in types]}")
    height, width, block, of_all = head[1:].tolist()
    rows, columns = blocks_in((height, width), block)
    if min(height, width) < 1 or rows * columns * block**2 > 2 * MEGAPIXELS * 10**6:
        raise ValueError(f"its head {head.tolist()} makes no picture")
    if sizes.ndim != 1 or not 1 <= sizes.size <= MOST_STAGES:
        raise ValueError(f"it must have 1 to {MOST_STAGES} stages, but its sizes are {sizes.shape}")
    numbers = _counts(counts.tobytes(), rows * columns, of_all, sizes.size)
    all_sizes = [int(size) + 1 for size in sizes]
    return StoredStages(height, width, block, all_sizes, vectors, numbers, packed)


def _counts(deflated: bytes, blocks: int, of_all: int, stages: int) -> NDArray[np.uint8]:
    """The number of stages of each block."""
    if of_all and not deflated:
        counts = np.full(blocks, min(of_all, MOST_STAGES), np.uint8)
    else:
        # No more than is wanted: a small file could swell to any size.
        unpacked = zlib.decompressobj().decompress(deflated, blocks + 1)
        counts = np.frombuffer(unpacked, np.uint8)
    if counts.size != blocks or counts.min() < 1 or counts.max() != stages:
        raise ValueError(f"it must have a number from 1 to {stages} for each of {blocks} blocks")
    return counts


def _codebooks(stored: StoredStages) -> list[Codebook]:
    shape = stored.vectors.shape
    if len(shape) != 2 or shape[0] != sum(stored.sizes):
        raise ValueError(f"its codebooks of shape {shape} do not fit sizes of {stored.sizes}")
    if shape[1] not in (stored.block**2, 3 * stored.block**2):
        raise ValueError(
            f"its code vectors of dimension {shape[1]} are no blocks of {stored.block}"
        )
    parts = np.split(stored.vectors, np.cumsum(stored.sizes)[:-1])
    return [Codebook(part) for part in parts]


def _indices(stored: StoredStages) -> NDArray[np.uint8]:
    """Index of each block in each stage, (blocks, S)."""
    widths = [(size - 1).bit_length() for size in stored.sizes]
    masks = [stored.counts > stage for stage in range(len(widths))]
    lengths = [int(mask.sum()) * width for mask, width in zip(masks, widths, strict=True)]
    if stored.packed.size != math.ceil(sum(lengths) / 8):
        given = f"{stored.packed.size} bytes of indices for {sum(lengths)} bits"
        raise ValueError(f"it has {given}")
    bits = np.unpackbits(stored.packed, count=sum(lengths))
    indices = np.zeros((len(stored.counts), len(widths)), np.uint8)
    ends = np.cumsum(lengths)
    for stage, width in enumerate(widths):
        if width == 0:
            continue  # a codebook of one needs no index
        mine = bits[ends[stage] - lengths[stage] : ends[stage]]
        worth = 1 << np.arange(width, dtype=np.uint16)[::-1]
        values = mine.reshape(-1, width) @ worth
        if values.size and values.max() >= stored.sizes[stage]:
            allowed = f"{stored.sizes[stage]} code vectors"
            raise ValueError(
                f"its indices of stage {stage} go up to {values.max()}, but it has {allowed}"
            )
        indices[masks[stage], stage] = values
    return indices
