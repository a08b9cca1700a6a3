"""The three losses of an autoencoder with a quantizer inside, and their gradients by hand."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import Indices
from ..checks import check_one_of
from .layers import Parameters, backwards, forwards
from .quantizers import Finite, Learned, Quantizer

LOSSES = ("reconstruction", "codebook", "commitment")


class Pass(NamedTuple):
    """What came of samples on their way through the network and back."""

    gradients: Parameters
    points: NDArray[Any]
    """Latents as the quantizer gets them, array (n, D)."""
    indices: Indices
    """Of the code vectors; 0 for all if there is no quantizer."""
    error: float
    """Mean squared error of the reconstruction per component."""


def vectors_of(parameters: Parameters, quantizer: Quantizer) -> NDArray[Any]:
    """The code vectors (K, D) of a quantizer, in the precision of the parameters."""
    if isinstance(quantizer, Finite):
        return quantizer.vectors.astype(parameters["encoder.0.weights"].dtype)
    return parameters["codebook"]


def there_and_back(
    parameters: Parameters,
    quantizer: Quantizer,
    samples: NDArray[Any],
    losses: tuple[str, ...],
    commitment: float,
) -> Pass:
    """Gradients of the sum of the `losses`, each a mean over all numbers that it compares.

    Straight through: what reaches the code vector on the way back is handed to the latent, as if
    nothing had been quantized, times the slope of the bound. The reconstruction loss does not move
    the codebook, and the codebook loss moves nothing else.
    """
    encoder = forwards(parameters, "encoder", samples)
    points = encoder[-1]
    slopes = np.ones(1, samples.dtype)
    values = points
    indices = np.zeros(len(samples), np.intp)
    if quantizer is not None:
        points, slopes = quantizer.bound(encoder[-1])
        vectors = vectors_of(parameters, quantizer)
        indices = quantizer.search(points, vectors)
        values = vectors[indices]
    decoder = forwards(parameters, "decoder", values)
    errors = decoder[-1] - samples
    at_outputs = errors * (2 / errors.size if "reconstruction" in losses else 0)
    found, at_values = backwards(parameters, "decoder", decoder, at_outputs)
    at_points = at_values
    if isinstance(quantizer, Learned):
        pulls = (points - values) * (2 / points.size)
        if "commitment" in losses:
            at_points = at_values + commitment * pulls
        found["codebook"] = np.zeros_like(vectors)
        if "codebook" in losses:
            found["codebook"] = -sums_by_index(pulls, indices, len(vectors))
    further, _ = backwards(parameters, "encoder", encoder, at_points * slopes)
    return Pass(found | further, points, indices, float((errors**2).mean()))


def sums_by_index(rows: NDArray[Any], indices: Indices, size: int) -> NDArray[Any]:
    """Sum of the rows of each index, array (size, D)."""
    chosen = np.zeros((len(rows), size), rows.dtype)
    chosen[np.arange(len(rows)), indices] = 1
    return np.asarray(chosen.T @ rows)


def check_losses(losses: object) -> tuple[str, ...]:
    """`losses` as a tuple, if they are names of losses."""
    if isinstance(losses, str) or not isinstance(losses, Iterable):
        raise ValueError(f"losses must be a sequence of names, got {losses!r}")
    return tuple(check_one_of(loss, "each of losses", LOSSES) for loss in losses)
