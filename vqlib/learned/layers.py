"""Two layers with a ReLU between them: values forwards, gradients backwards."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Parameters = dict[str, NDArray[Any]]
"""Weights and biases by name, such as `encoder.0.weights`."""


def start_layers(name: str, widths: tuple[int, int, int], rng: np.random.Generator) -> Parameters:
    """Two random layers from `widths[0]` numbers over `widths[1]` to `widths[2]`.

    Weights of variance 2 / (numbers that come in) before the ReLU, which lets half through (He et
    al. 2015, "Delving deep into rectifiers"), and half of that after it: so the numbers keep their
    size. Biases of 0; single precision.
    """
    parameters = {}
    for layer, gain in enumerate((2, 1)):
        shape = (widths[layer], widths[layer + 1])
        weights = rng.normal(0, np.sqrt(gain / shape[0]), shape)
        parameters[f"{name}.{layer}.weights"] = weights.astype(np.float32)
        parameters[f"{name}.{layer}.biases"] = np.zeros(shape[1], np.float32)
    return parameters


def forwards(parameters: Parameters, name: str, inputs: NDArray[Any]) -> list[NDArray[Any]]:
    """Inputs (n, …), what the ReLU lets through, and outputs of these layers."""
    sums = inputs @ parameters[f"{name}.0.weights"] + parameters[f"{name}.0.biases"]
    hidden = np.maximum(sums, 0)
    outputs = hidden @ parameters[f"{name}.1.weights"] + parameters[f"{name}.1.biases"]
    return [inputs, hidden, outputs]


def backwards(
    parameters: Parameters, name: str, values: list[NDArray[Any]], at_outputs: NDArray[Any]
) -> tuple[Parameters, NDArray[Any]]:
    """Gradient of a loss by the parameters, and by the inputs.

    Parameters
    ----------
    values
        What `forwards` returned.
    at_outputs : array of the shape of the outputs
        Gradient of the loss by the outputs.
    """
    inputs, hidden, _ = values
    at_sums = (at_outputs @ parameters[f"{name}.1.weights"].T) * (hidden > 0)
    found = {
        f"{name}.0.weights": inputs.T @ at_sums,
        f"{name}.0.biases": at_sums.sum(axis=0),
        f"{name}.1.weights": hidden.T @ at_outputs,
        f"{name}.1.biases": at_outputs.sum(axis=0),
    }
    return found, at_sums @ parameters[f"{name}.0.weights"].T
