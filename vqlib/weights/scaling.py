"""Blocks of weights, each divided by its largest absolute value, then coded by one list of levels.

T. Dettmers, M. Lewis, S. Shleifer and L. Zettlemoyer (2022), "8-bit optimizers via block-wise
quantization"; notebook 10_weights.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Floats, Indices
from ..checks import check_finite, check_int, check_not_negative
from ..codebook import Codebook, check_dimension

LEVEL_BITS = 32
"""Of each level, once for all blocks."""

NF4 = Codebook(
    [
        -1.0,
        -0.6961928009986877,
        -0.5250730514526367,
        -0.39491748809814453,
        -0.28444138169288635,
        -0.18477343022823334,
        -0.09105003625154495,
        0.0,
        0.07958029955625534,
        0.16093020141124725,
        0.24611230194568634,
        0.33791524171829224,
        0.44070982933044434,
        0.5626170039176941,
        0.7229568362236023,
        1.0,
    ]
)
"""The sixteen levels of NF4 as in bitsandbytes: T. Dettmers, A. Pagnoni, A. Holtzman and
L. Zettlemoyer (2023), "QLoRA: efficient finetuning of quantized LLMs", appendix E."""


@dataclass(frozen=True, eq=False)
class Blockwise:
    """Weights in blocks: what `blockwise` makes of them."""

    quantized: Floats
    """In the shape of the weights."""
    indices: Indices
    """Of the level of each weight, in the shape of the weights."""
    scales: Floats
    """The largest absolute value of each block, in the order of the blocks."""
    bits: float
    """All that is stored: indices, scales and levels."""

    @property
    def rate(self) -> float:
        """Bits per weight, all counted."""
        return self.bits / self.indices.size


def blockwise(
    weights: ArrayLike, levels: Codebook, *, block: int = 64, scale_bits: float = 32
) -> Blockwise:
    """Code weights by levels, after each block of them was divided by its largest absolute value.

    Parameters
    ----------
    weights : array
        Of any shape; a block is a run of weights, row by row, and the last one may be shorter.
    levels : Codebook
        Of scalars, such as `NF4`; meant for values from -1 to 1.
    block : int
        Weights in a block, at least 1.
    scale_bits : float
        What a scale costs. It is not rounded here.

    Raises
    ------
    ValueError
        If the weights are none or not finite, the levels are no scalars, or `block` is below 1 or
        `scale_bits` below 0.
    """
    values = check_finite(weights, "weights")
    check_dimension(levels, 1, "scalars", "levels")
    block = check_int(block, "block", 1)
    cost = check_not_negative(scale_bits, "scale_bits")
    runs = _in_blocks(values, block)
    scales = np.abs(runs).max(axis=1)
    # A block of zeros stays one.
    divisors = np.where(scales > 0, scales, 1.0)[:, None]
    indices = levels.encode((runs / divisors).ravel()).reshape(runs.shape)
    quantized = levels.decode(indices.ravel()).reshape(runs.shape) * scales[:, None]
    bits = values.size * levels.bits + scales.size * cost + levels.size * LEVEL_BITS
    return Blockwise(
        quantized.ravel()[: values.size].reshape(values.shape),
        indices.ravel()[: values.size].reshape(values.shape),
        scales,
        bits,
    )


def _in_blocks(values: Floats, block: int) -> Floats:
    """Array (blocks, block); the end is filled with zeros, which change no largest value."""
    missing = -values.size % block
    return np.append(values.ravel(), np.zeros(missing)).reshape(-1, block)
