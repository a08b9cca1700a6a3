"""The way through a trained network: latent, index, code vector, and back."""

import numpy as np
import pytest

from tests.learned.support import LAYERS, bent, few_samples, half, untrained
from tests.support import assert_refused
from vqlib.learned import Autoencoder, Finite, Learned
from vqlib.nearest import nearest_vector

SAMPLES = few_samples()
BOOK = untrained(Learned(3, 2, start="data"), SAMPLES)
GRID = untrained(Finite([4, 5]), SAMPLES)
PLAIN = untrained(None, SAMPLES, dimension=2)


def test_with_a_codebook_samples_go_through_its_nearest_vector():
    latents = half(BOOK, "encoder", SAMPLES)
    vectors = BOOK.parameters["codebook"]
    indices = nearest_vector(latents, vectors)
    np.testing.assert_allclose(BOOK.latents(SAMPLES), latents)
    np.testing.assert_array_equal(BOOK.codebook.vectors, vectors)
    np.testing.assert_array_equal(BOOK.encode(SAMPLES), indices)
    np.testing.assert_allclose(BOOK.decode(indices), half(BOOK, "decoder", vectors[indices]))


def test_with_a_grid_latents_are_bent_and_rounded():
    points = bent((4, 5), half(GRID, "encoder", SAMPLES))
    np.testing.assert_allclose(GRID.latents(SAMPLES), points)
    rounded = np.round(points * [2, 2]) / [2, 2]
    np.testing.assert_array_equal(GRID.codebook.vectors[GRID.encode(SAMPLES)], rounded)
    np.testing.assert_allclose(GRID.quantize(SAMPLES), half(GRID, "decoder", rounded))


def test_without_a_quantizer_latents_go_on_as_they_are():
    latents = half(PLAIN, "encoder", SAMPLES)
    np.testing.assert_allclose(PLAIN.latents(SAMPLES), latents)
    np.testing.assert_allclose(PLAIN.quantize(SAMPLES), half(PLAIN, "decoder", latents))


@pytest.mark.parametrize("network", [BOOK, GRID, PLAIN])
def test_distortion_is_the_mean_squared_error_of_what_comes_back(network):
    squares = (network.quantize(SAMPLES) - SAMPLES) ** 2
    np.testing.assert_allclose(network.distortion(SAMPLES), squares.mean())


@pytest.mark.parametrize("network", [BOOK, GRID])
def test_quantize_is_encode_and_decode(network):
    back = network.decode(network.encode(SAMPLES))
    np.testing.assert_array_equal(network.quantize(SAMPLES), back)


def test_indices_are_decoded_in_any_shape():
    page = BOOK.decode([[0, 1], [2, 0]])
    assert page.shape == (2, 2, 5)
    np.testing.assert_array_equal(page[0, 0], page[1, 1])


def test_size_rate_and_what_is_stored():
    assert (BOOK.size, GRID.size) == (3, 20)
    assert BOOK.rate == pytest.approx(np.log2(3) / 5)
    decoder = 2 * 6 + 6 + 6 * 5 + 5
    assert PLAIN.stored == GRID.stored == decoder
    assert BOOK.stored == decoder + 3 * 2


def test_nobody_changes_a_network():
    given = BOOK.parameters
    given["codebook"] = np.zeros((3, 2))
    assert np.any(BOOK.parameters["codebook"])
    with pytest.raises(ValueError, match="read-only"):
        BOOK.parameters["codebook"][0] = 0
    mine = {name: array.copy() for name, array in BOOK.parameters.items()}
    network = Autoencoder(mine, BOOK.quantizer)
    mine["codebook"][:] = 7
    np.testing.assert_array_equal(network.parameters["codebook"], BOOK.parameters["codebook"])


@pytest.mark.parametrize("what", ["codebook", "size", "rate"])
def test_what_needs_a_quantizer_is_refused_without_one(what):
    sentence = f"{what} needs an autoencoder with a quantizer, got one without"
    assert_refused(sentence, lambda: getattr(PLAIN, what))


def test_encode_and_decode_need_a_quantizer():
    sentence = "{} needs an autoencoder with a quantizer, got one without"
    assert_refused(sentence.format("encode"), PLAIN.encode, SAMPLES)
    assert_refused(sentence.format("decode"), PLAIN.decode, [0])


@pytest.mark.parametrize("way", ["latents", "encode", "quantize", "distortion"])
@pytest.mark.parametrize("samples", [np.ones((3, 4)), [[np.nan] * 5], "text", None])
def test_bad_samples_are_refused(way, samples):
    with pytest.raises(ValueError, match=r"^samples must "):
        getattr(BOOK, way)(samples)


@pytest.mark.parametrize("indices", [[3], [-1], [0.5], None])
def test_bad_indices_are_refused(indices):
    with pytest.raises(ValueError, match=r"^indices must be whole numbers from 0 to 2, got "):
        BOOK.decode(indices)


def test_bad_parameters_are_refused():
    needed = ", ".join([*LAYERS, "codebook"])
    sentence = f"parameters must hold arrays {needed}, got no codebook"
    assert_refused(sentence, Autoencoder, PLAIN.parameters, BOOK.quantizer)
    parameters = BOOK.parameters | {"decoder.0.weights": np.ones((2, 7))}
    sentence = "decoder.0.weights must have shape (2, 6), got (2, 7)"
    assert_refused(sentence, Autoencoder, parameters, BOOK.quantizer)
    sentence = "codebook must have shape (4, 2), got (3, 2)"
    assert_refused(sentence, Autoencoder, BOOK.parameters, Learned(4, 2))


def test_a_bad_quantizer_is_refused():
    sentence = "quantizer must be a Learned, a Finite or None, got list"
    assert_refused(sentence, Autoencoder, PLAIN.parameters, [8, 8])


def test_what_it_prints():
    assert repr(GRID) == "Autoencoder(5 numbers by Finite([4, 5]))"
