"""Tries out a reader's loss of a network with a codebook in it: which gradient goes where."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from ..arrays import Floats
from ..codebook import Codebook
from .kinds import Number, ask, require

COMMITMENT = 0.25
SMALL = 1e-5
NEAR = 1e-6
"""Central differences of losses like these are right within 1e-8."""
UNUSED = 3
"""No latent is near this code vector."""

DecoderLoss: TypeAlias = Callable[[Floats], float]
Gradients: TypeAlias = tuple[Floats, Floats]
"""With respect to the latents, and to the codebook."""


def has_right_gradients(function: Any) -> None:
    """The loss has its value, and each of its three parts moves what it is to move."""
    latents, codebook = values()
    for decoder_loss in (nothing, curved):
        given = latents.copy(), codebook.copy()
        value = loss_of(function, *given, latents, codebook, decoder_loss)
        kept = np.array_equal(given[0], latents) and np.array_equal(given[1], codebook)
        require(kept, "It changes the latents or the codebook that it is given.")
        wanted = right_loss(latents, codebook, latents, codebook, decoder_loss)
        other = "Only gradients were wrong, but its value is another one"
        require(abs(value - wanted) < NEAR, f"{other}: {value:.4f} in place of {wanted:.4f}.")
    refuse_wrong_codebook_losses(gradients(function, nothing), gradients(right_loss, nothing))
    refuse_wrong_path(gradients(function, curved), gradients(right_loss, curved))


def values() -> Gradients:
    """Seven latents (7, 2) and four code vectors (4, 2), three of them in use."""
    codebook = np.array([[1.0, 0.0], [-1.0, 0.5], [0.0, -1.5], [9.0, 9.0]])
    latents = np.repeat(codebook[:UNUSED], [4, 2, 1], axis=0)
    return latents + np.random.default_rng(11).uniform(-0.4, 0.4, latents.shape), codebook


def nothing(values: Floats) -> float:
    """A decoder without an error."""
    del values
    return 0.0


def curved(values: Floats) -> float:
    """The error of a decoder."""
    return float((np.tanh(values @ np.array([[1.0, -2.0, 0.5], [0.3, 1.0, 2.0]])) ** 2).mean())


def right_loss(
    latents: Floats,
    codebook: Floats,
    held_latents: Floats,
    held_codebook: Floats,
    decoder_loss: DecoderLoss,
) -> float:
    """What is asked for; van den Oord, Vinyals and Kavukcuoglu 2017, equation 3."""
    nearest = Codebook(held_codebook).encode(held_latents)
    straight = latents + (held_codebook[nearest] - held_latents)
    moves_codebook = ((codebook[nearest] - held_latents) ** 2).mean()
    moves_latents = ((latents - held_codebook[nearest]) ** 2).mean()
    return float(decoder_loss(straight) + moves_codebook + COMMITMENT * moves_latents)


def loss_of(
    function: Any,
    latents: Floats,
    codebook: Floats,
    held_latents: Floats,
    held_codebook: Floats,
    decoder_loss: DecoderLoss,
) -> float:
    """The number that a reader's function returns."""
    held = held_latents.copy(), held_codebook.copy()
    (value,) = Number("", 1.0).numbers(ask(function, latents, codebook, *held, decoder_loss))
    return value


def gradients(function: Any, decoder_loss: DecoderLoss) -> Gradients:
    """By central differences, while what is held stays."""
    held = values()
    found = []
    for place in range(2):
        slopes = np.zeros_like(held[place])
        for entry in np.ndindex(slopes.shape):
            ends = []
            for step in (SMALL, -SMALL):
                moved = [part.copy() for part in held]
                moved[place][entry] += step
                ends.append(loss_of(function, moved[0], moved[1], *held, decoder_loss))
            slopes[entry] = (ends[0] - ends[1]) / (2 * SMALL)
        found.append(slopes)
    return found[0], found[1]


def refuse_wrong_codebook_losses(found: Gradients, right: Gradients) -> None:
    """Without a decoder: one loss moves the code vectors, the other one the latents."""
    to_latents, to_codebook = found
    share = (to_codebook * right[1]).sum() / (right[1] ** 2).sum()
    says: dict[float, str] = {
        0: "No loss moves the codebook: which of them should, and what does it measure?",
        COMMITMENT: "The codebook moves with a quarter of the force: "
        "which loss moves it, and which has the factor?",
        1 + COMMITMENT: "The commitment moves the codebook too: hold that for it.",
    }
    for factor, sentence in says.items():
        require(abs(share - factor) > 1e-3, sentence)
    fits = np.allclose(to_codebook, right[1], atol=NEAR)
    require(fits, f"What moves the codebook has {share:.2f} times the force that it should have.")
    share = (to_latents * right[0]).sum() / (right[0] ** 2).sum()
    require(share > -NEAR, "The latents are pushed away from their code vectors.")
    fits = np.allclose(to_latents, right[0], atol=NEAR)
    require(fits, f"What moves the latents has {share:.2f} times the force that it should have.")


def refuse_wrong_path(found: Gradients, right: Gradients) -> None:
    """With a decoder: its error moves the latents as if nothing had been rounded."""
    fits = np.allclose(found[1], right[1], atol=NEAR)
    require(fits, "The decoder's error moves the codebook: what is added to the latents is held.")
    fits = np.allclose(found[0], right[0], atol=NEAR)
    require(fits, "The decoder's error does not reach the latents as if nothing were rounded.")
