"""Gradients by hand against finite differences, closed cases, and which loss moves what."""

import numpy as np
import pytest

from tests.learned.support import (
    DECODER,
    ENCODER,
    LAYERS,
    bent,
    few_samples,
    half,
    slopes,
    untrained,
)
from tests.support import assert_refused
from vqlib.learned import Finite, Learned, gradients, train_autoencoder

SAMPLES = few_samples()
BOOK = Learned(3, 2, start="data")
LEVELS = (4, 5)
GRID = Finite(LEVELS)


def mean_square(differences):
    return float((differences**2).mean())


# --- against finite differences ------------------------------------------------------------------


@pytest.mark.parametrize("name", LAYERS)
def test_without_a_quantizer_gradients_are_those_of_finite_differences(name):
    plain = untrained(None, SAMPLES, dimension=2)

    def loss(network):
        return mean_square(half(network, "decoder", half(network, "encoder", SAMPLES)) - SAMPLES)

    found = gradients(plain, SAMPLES)[name]
    np.testing.assert_allclose(found, slopes(loss, plain, name), atol=1e-8)
    assert np.abs(found).max() > 1e-3


@pytest.mark.parametrize("name", [*LAYERS, "codebook"])
def test_with_a_codebook_they_are_those_of_a_shift_that_is_held_fixed(name):
    """Straight through: to the decoder goes the latent plus a shift that does not depend on it."""
    network = untrained(BOOK, SAMPLES)
    latents = half(network, "encoder", SAMPLES)
    indices = network.encode(SAMPLES)
    values = network.parameters["codebook"][indices]

    def loss(other):
        now = half(other, "encoder", SAMPLES)
        reconstruction = mean_square(half(other, "decoder", now + values - latents) - SAMPLES)
        codebook = mean_square(other.parameters["codebook"][indices] - latents)
        return reconstruction + codebook + 0.25 * mean_square(now - values)

    found = gradients(network, SAMPLES)[name]
    np.testing.assert_allclose(found, slopes(loss, network, name), atol=1e-8)
    assert np.abs(found).max() > 1e-3


@pytest.mark.parametrize("name", LAYERS)
def test_with_a_grid_the_slope_of_the_bound_is_in_them(name):
    network = untrained(GRID, SAMPLES)
    points = bent(LEVELS, half(network, "encoder", SAMPLES))
    values = network.codebook.vectors[network.encode(SAMPLES)]

    def loss(other):
        now = bent(LEVELS, half(other, "encoder", SAMPLES))
        return mean_square(half(other, "decoder", now + values - points) - SAMPLES)

    found = gradients(network, SAMPLES)[name]
    np.testing.assert_allclose(found, slopes(loss, network, name), atol=1e-8)
    assert np.abs(found).max() > 1e-3


# --- closed cases --------------------------------------------------------------------------------


def test_the_codebook_loss_pulls_each_code_vector_to_the_mean_of_its_latents():
    network = untrained(BOOK, SAMPLES)
    latents = network.latents(SAMPLES)
    indices = network.encode(SAMPLES)
    found = gradients(network, SAMPLES)["codebook"]
    for index, vector in enumerate(network.codebook.vectors):
        mine = latents[indices == index]
        pull = 2 * (len(mine) * vector - mine.sum(axis=0)) / latents.size
        np.testing.assert_allclose(found[index], pull, atol=1e-12)


def test_at_the_best_pictures_for_its_indices_the_decoder_feels_no_pull_on_its_output():
    """The gradient of the last biases is twice the mean error, over the components."""
    network = untrained(BOOK, SAMPLES)
    errors = network.quantize(SAMPLES) - SAMPLES
    found = gradients(network, SAMPLES, losses=["reconstruction"])["decoder.1.biases"]
    np.testing.assert_allclose(found, 2 * errors.mean(axis=0) / SAMPLES.shape[1], atol=1e-12)


# --- which loss moves what -----------------------------------------------------------------------


def moved_by(losses):
    found = gradients(untrained(BOOK, SAMPLES), SAMPLES, losses=losses)
    return {name for name, gradient in found.items() if np.any(gradient)}


@pytest.mark.parametrize(
    ("losses", "names"),
    [
        (["reconstruction"], set(LAYERS)),
        (["codebook"], {"codebook"}),
        (["commitment"], set(ENCODER)),
        ([], set()),
    ],
)
def test_each_loss_moves_what_it_should_and_nothing_else(losses, names):
    assert moved_by(losses) == names


@pytest.mark.parametrize(
    ("losses", "names"),
    [
        (["codebook"], {"codebook"}),
        (["reconstruction", "commitment"], set(LAYERS)),
        (["reconstruction"], set(LAYERS)),
        (["commitment"], set(ENCODER)),
    ],
)
def test_training_without_the_codebook_loss_leaves_the_codebook_where_it_was(losses, names):
    before = train_autoencoder(SAMPLES, BOOK, hidden=6, steps=0).parameters
    after = train_autoencoder(SAMPLES, BOOK, hidden=6, steps=20, losses=losses).parameters
    assert {name for name in before if np.any(before[name] != after[name])} == names


def test_the_commitment_counts_as_often_as_it_is_said():
    network = untrained(BOOK, SAMPLES)
    once = gradients(network, SAMPLES, losses=["commitment"], commitment=1.0)
    quarter = gradients(network, SAMPLES, losses=["commitment"])
    none = gradients(network, SAMPLES, losses=["commitment"], commitment=0)
    for name in ENCODER:
        np.testing.assert_allclose(quarter[name], once[name] / 4, atol=1e-15)
        assert not np.any(none[name])


def test_a_grid_has_one_loss_only():
    network = untrained(GRID, SAMPLES)
    alone = gradients(network, SAMPLES, losses=["reconstruction"])
    everything = gradients(network, SAMPLES)
    assert set(everything) == {*ENCODER, *DECODER}
    for name, gradient in everything.items():
        np.testing.assert_array_equal(gradient, alone[name])


# --- bad arguments -------------------------------------------------------------------------------


def test_bad_losses_are_refused():
    network = untrained(BOOK, SAMPLES)
    names = "reconstruction, codebook, commitment"
    sentence = f"each of losses must be one of {names}, got 'mse'"
    assert_refused(sentence, lambda: gradients(network, SAMPLES, losses=["mse"]))
    for losses in ("codebook", 3, None):
        sentence = f"losses must be a sequence of names, got {losses!r}"
        assert_refused(sentence, lambda given=losses: gradients(network, SAMPLES, losses=given))


def test_bad_commitment_samples_and_autoencoder_are_refused():
    network = untrained(BOOK, SAMPLES)
    sentence = "commitment must not be negative, got -1"
    assert_refused(sentence, lambda: gradients(network, SAMPLES, commitment=-1))
    sentence = "samples must have shape (n, 5), got (3, 4)"
    assert_refused(sentence, lambda: gradients(network, np.ones((3, 4))))
    sentence = "autoencoder must be an Autoencoder, got Learned: train_autoencoder makes one"
    assert_refused(sentence, lambda: gradients(BOOK, SAMPLES))
