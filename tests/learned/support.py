"""What the tests of learned codebooks share: digits, small networks, and losses anew."""

import numpy as np
from sklearn.datasets import load_digits

from vqlib.learned import Autoencoder, train_autoencoder

ENCODER = ("encoder.0.weights", "encoder.0.biases", "encoder.1.weights", "encoder.1.biases")
DECODER = tuple(name.replace("encoder", "decoder") for name in ENCODER)
LAYERS = (*ENCODER, *DECODER)


def digits(split=0):
    """Pixels from 0 to 1: 1,400 digits to train on, and 397 others."""
    pixels = load_digits().data / 16
    order = np.random.default_rng(split).permutation(len(pixels))
    return pixels[order[:1400]], pixels[order[1400:]]


def few_samples(count=7, dimension=5, seed=3):
    return np.random.default_rng(seed).normal(size=(count, dimension))


def untrained(quantizer, samples, **options):
    """A small network in double precision whose biases are not 0."""
    start = train_autoencoder(samples, quantizer, hidden=6, steps=0, **options)
    rng = np.random.default_rng(5)
    parameters = {}
    for name, array in start.parameters.items():
        parameters[name] = array + 0.1 * rng.normal(size=array.shape)
    return Autoencoder(parameters, quantizer)


def moved(autoencoder, name, place, step):
    """The same network, but for one number."""
    parameters = autoencoder.parameters
    parameters[name] = parameters[name].copy()
    parameters[name][place] += step
    return Autoencoder(parameters, autoencoder.quantizer)


def slopes(loss, autoencoder, name, step=1e-6):
    """Central differences of a loss by each number of one parameter."""
    found = np.zeros(autoencoder.parameters[name].shape)
    for place in np.ndindex(found.shape):
        higher = loss(moved(autoencoder, name, place, step))
        lower = loss(moved(autoencoder, name, place, -step))
        found[place] = (higher - lower) / (2 * step)
    return found


def half(autoencoder, name, inputs):
    """The encoder or the decoder: two layers with a ReLU between them."""
    parameters = autoencoder.parameters
    sums = inputs @ parameters[f"{name}.0.weights"] + parameters[f"{name}.0.biases"]
    hidden = np.where(sums > 0, sums, 0)
    return hidden @ parameters[f"{name}.1.weights"] + parameters[f"{name}.1.biases"]


def bent(levels, latents):
    """Latents in the box of a grid, number by number."""
    points = np.empty(latents.shape)
    for (row, place), number in np.ndenumerate(latents):
        level = levels[place]
        reach = (level - 1) / 2
        offset = 0.5 if level % 2 == 0 else 0.0
        in_steps = reach * np.tanh(number + np.arctanh(offset / reach)) - offset
        points[row, place] = in_steps / (level // 2)
    return points
