"""Tries out a reader's table in place of the decoder of a network with one token a sample."""

from functools import cache
from typing import Any

import numpy as np

from .. import learned, measure, sources
from ..arrays import Floats
from .codebooks import codebook_of, vectors_of
from .kinds import ask, require

SIZE = 32
GIVEN = 30
"""Samples; fewer than tokens, so that some tokens have none."""
NEAR = 1e-6


def is_best_table(function: Any) -> None:
    """`function(network, samples)` has the best sample for each token, of the tokens as given."""
    network, samples = trial()
    given = samples.copy()
    answer = vectors_of(ask(function, network, given))
    require(np.array_equal(given, samples), "It changes the samples that it is given.")
    refuse_nan(answer)
    table = codebook_of(answer).vectors
    shape = SIZE, samples.shape[1]
    of_shape = f"For {SIZE} tokens and samples of {shape[1]} numbers it must be an array {shape}"
    require(table.shape == shape, f"{of_shape}, got shape {table.shape}.")
    tokens = network.encode(samples)
    before = measure.mse(samples, network.decode(tokens))
    after = measure.mse(samples, table[tokens])
    less = "With the tokens that the encoder gives, its error is not below the network's own."
    require(after < before, less)
    best = np.stack([samples[tokens == token].mean(axis=0) for token in np.unique(tokens)])
    fits = np.allclose(table[np.unique(tokens)], best, atol=NEAR)
    require(fits, "Its error is below the network's own, but with these tokens less can be had.")
    unused = np.setdiff1d(np.arange(SIZE), tokens)
    own = np.allclose(table[unused], network.decode(unused), atol=NEAR)
    require(own, "A token that no sample has is to keep the picture that the decoder makes of it.")


def refuse_nan(values: Any) -> None:
    """Refuse the mean of nothing."""
    try:
        has_nan = bool(np.isnan(values).any())
    except Exception:  # whatever it may be, it is told later that it is no array
        return
    require(not has_nan, "A token that no sample has gets NaN: what is the mean of nothing?")


@cache
def trial() -> tuple[learned.Autoencoder, Floats]:
    """A small network, and samples of which some were not in its training."""
    samples = np.tanh(sources.gaussian(120, 6, seed=5))
    samples[:, 3:] += samples[:, :3]
    quantizer = learned.Learned(SIZE, 2, start="data")
    network = learned.train_autoencoder(
        samples[GIVEN // 2 :], quantizer, hidden=8, steps=200, batch=32, step_size=5e-3
    )
    return network, samples[:GIVEN]
