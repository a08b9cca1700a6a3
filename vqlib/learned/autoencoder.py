"""An autoencoder with a quantizer between its two halves, once it is trained."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Floats, Indices
from ..checks import check_not_negative, check_rows
from ..codebook import Codebook
from ..measure import mse
from .layers import Parameters, forwards
from .losses import LOSSES, check_losses, there_and_back, vectors_of
from .quantizers import Finite, Learned, Quantizer, check_quantizer

KINDS = ("weights", "biases")


class Autoencoder:
    """A network of four layers that gives back what it gets; immutable.

    The encoder makes a latent of D numbers of a sample of k, the quantizer replaces it by a code
    vector, and the decoder makes a sample of that. `train_autoencoder` trains one.

    Parameters
    ----------
    parameters : dict of arrays
        `encoder.0.weights` (k, hidden), `encoder.0.biases` (hidden,), `encoder.1.weights`
        (hidden, D), `encoder.1.biases` (D,), the same of the decoder from D to k, and `codebook`
        (K, D) if it is learned.
    quantizer : Learned, Finite or None
        None: the latents stay as they are.

    Raises
    ------
    ValueError
        If a parameter is missing, or has a shape that does not fit the others and the quantizer.
    """

    def __init__(self, parameters: Parameters, quantizer: Quantizer) -> None:
        self._quantizer = check_quantizer(quantizer)
        self._parameters: Parameters = {}
        for name, shape in _shapes(parameters, self._quantizer).items():
            array = np.asarray(parameters[name])
            if array.shape != shape:
                raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
            # In bytes, which nobody can make writable again.
            self._parameters[name] = np.frombuffer(array.tobytes(), array.dtype).reshape(shape)

    @property
    def parameters(self) -> Parameters:
        """Weights, biases and code vectors by name; the arrays are read-only."""
        return dict(self._parameters)

    @property
    def quantizer(self) -> Quantizer:
        """What quantizes the latents."""
        return self._quantizer

    @property
    def codebook(self) -> Codebook:
        """The code vectors among the latents; of a `Finite` all points of its grid."""
        self._check_quantized("codebook")
        return Codebook(vectors_of(self._parameters, self._quantizer))

    @property
    def size(self) -> int:
        """K, how many samples the decoder can give back."""
        return self._check_quantized("size").size

    @property
    def rate(self) -> float:
        """Bits per component of a sample, log2(K) / k; what is `stored` is not counted."""
        size = self._check_quantized("rate").size
        return float(np.log2(size)) / self._dimension

    @property
    def stored(self) -> int:
        """Numbers that a decoder needs: weights and biases of the decoder, and the codebook."""
        needed = [name for name in self._parameters if not name.startswith("encoder")]
        return sum(self._parameters[name].size for name in needed)

    @property
    def _dimension(self) -> int:
        return len(self._parameters["encoder.0.weights"])

    def latents(self, samples: ArrayLike) -> Floats:
        """Latents as the quantizer gets them, array (n, D); for a `Finite` bent into its box.

        Raises
        ------
        ValueError
            If the samples are not finite numbers of shape (n, k). The other methods that take
            samples refuse the same.
        """
        points = check_rows(samples, "samples", self._dimension)
        latents = forwards(self._parameters, "encoder", points)[-1]
        if self._quantizer is not None:
            latents, _ = self._quantizer.bound(latents)
        return latents

    def encode(self, samples: ArrayLike) -> Indices:
        """Index of the code vector nearest to the latent of each sample, integer array (n,)."""
        self._check_quantized("encode")
        return self.codebook.encode(self.latents(samples))

    def decode(self, indices: ArrayLike) -> Floats:
        """What the decoder makes of each index: the shape of `indices` with an axis of k more.

        Raises
        ------
        ValueError
            If an index is not a whole number from 0 to K - 1.
        """
        self._check_quantized("decode")
        return self._decoded(self.codebook.decode(indices))

    def quantize(self, samples: ArrayLike) -> Floats:
        """The samples as they come back, array (n, k)."""
        latents = self.latents(samples)
        if self._quantizer is None:
            return self._decoded(latents)
        return self._decoded(self.codebook.quantize(latents))

    def distortion(self, samples: ArrayLike) -> float:
        """Mean squared error per component between samples and what comes back."""
        return mse(check_rows(samples, "samples", self._dimension), self.quantize(samples))

    def _decoded(self, values: Floats) -> Floats:
        return forwards(self._parameters, "decoder", values)[-1]

    def _check_quantized(self, what: str) -> Learned | Finite:
        if self._quantizer is None:
            raise ValueError(f"{what} needs an autoencoder with a quantizer, got one without")
        return self._quantizer

    def __repr__(self) -> str:
        return f"Autoencoder({self._dimension} numbers by {self._quantizer})"


def _shapes(parameters: Parameters, quantizer: Quantizer) -> dict[str, tuple[int, ...]]:
    """The shape that each parameter must have, by the first weights and the quantizer."""
    halves = ("encoder", "decoder")
    needed = [f"{half}.{layer}.{kind}" for half in halves for layer in range(2) for kind in KINDS]
    if isinstance(quantizer, Learned):
        needed.append("codebook")
    missing = [name for name in needed if np.ndim(parameters.get(name, 0)) == 0]
    if missing:
        raise ValueError(f"parameters must hold arrays {', '.join(needed)}, got no {missing[0]}")
    inner = len(parameters["encoder.1.biases"]) if quantizer is None else quantizer.dimension
    dimension, hidden = np.atleast_2d(parameters["encoder.0.weights"]).shape
    shapes: dict[str, tuple[int, ...]] = {}
    for half, ends in zip(halves, ((dimension, inner), (inner, dimension)), strict=True):
        shapes[f"{half}.0.weights"] = (ends[0], hidden)
        shapes[f"{half}.0.biases"] = (hidden,)
        shapes[f"{half}.1.weights"] = (hidden, ends[1])
        shapes[f"{half}.1.biases"] = (ends[1],)
    if isinstance(quantizer, Learned):
        shapes["codebook"] = (quantizer.size, inner)
    return shapes


def check_autoencoder(value: object) -> Autoencoder:
    """`value`, if it is an `Autoencoder`."""
    if not isinstance(value, Autoencoder):
        given = type(value).__name__
        advice = "train_autoencoder makes one"
        raise ValueError(f"autoencoder must be an Autoencoder, got {given}: {advice}")
    return value


def gradients(
    autoencoder: Autoencoder,
    samples: ArrayLike,
    *,
    losses: Sequence[str] = LOSSES,
    commitment: float = 0.25,
) -> Parameters:
    """Gradient of the sum of the `losses` by each parameter, in double precision.

    "reconstruction" is the mean squared error per component, "codebook" that between code vectors
    and latents, which moves the code vectors alone, "commitment" `commitment` times the same, which
    moves the encoder alone. A codebook that is not learned has neither. Worked out in notebook
    11_learned_codebooks.

    Raises
    ------
    ValueError
        If the samples are not finite numbers of shape (n, k), a loss is none of these, or
        `commitment` is negative.
    """
    network = check_autoencoder(autoencoder)
    wanted = check_losses(losses)
    beta = check_not_negative(commitment, "commitment")
    parameters = {name: array.astype(float) for name, array in network.parameters.items()}
    points = check_rows(samples, "samples", len(parameters["encoder.0.weights"]))
    return there_and_back(parameters, network.quantizer, points, wanted, beta).gradients
