"""Training of an autoencoder with a quantizer inside."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..checks import check_int, check_not_negative, check_positive, check_rows, reach
from .adam import Adam
from .autoencoder import Autoencoder
from .codes import Codes, start_vectors
from .layers import start_layers
from .losses import LOSSES, check_losses, there_and_back
from .quantizers import Learned, Quantizer, check_quantizer

Watch = Callable[[int, Autoencoder], object]
"""Is told how many steps are done, and what the autoencoder is then."""


def train_autoencoder(
    samples: ArrayLike,
    quantizer: Quantizer,
    *,
    hidden: int = 128,
    dimension: int = 8,
    steps: int = 1500,
    batch: int = 256,
    step_size: float = 2e-3,
    commitment: float = 0.25,
    losses: Sequence[str] = LOSSES,
    seed: int = 0,
    watch: Watch | None = None,
    watch_every: int = 100,
) -> Autoencoder:
    """Autoencoder k-hidden-D-hidden-k with ReLUs, trained by Adam on the sum of the losses.

    In single precision. Rounding differs between machines, and training makes much of it: figures
    of single runs repeat on one machine, on others only about. Worked out in notebook
    11_learned_codebooks.

    Parameters
    ----------
    samples : array (n, k)
        They train best with a standard deviation of about 1; bytes are at least divided by 255.
    quantizer : Learned, Finite or None
        What stands between encoder and decoder. None: nothing does.
    hidden : int
        Width of the two hidden layers.
    dimension : int
        D, the number of components of a latent, if there is no quantizer to say it.
    steps, batch : int
        Number of steps, and of samples drawn for each.
    step_size : float
        That of Adam.
    commitment : float
        What the commitment loss is multiplied by.
    losses : sequence of str
        Those that are on, see `gradients`. The codebook loss plays no part if the update is
        "average".
    seed : int
        Fixes all that is random.
    watch : function of a number of steps and an Autoencoder, optional
        Called before the first step, after every `watch_every` steps, and after the last.

    Raises
    ------
    ValueError
        If the samples are not finite numbers of that shape, another argument is not what it must
        be, or the training runs into numbers that are not finite.
    """
    points = check_rows(samples, "samples")
    inner = check_int(dimension, "dimension", 1)
    if (chosen := check_quantizer(quantizer)) is not None:
        inner = chosen.dimension
    widths = (points.shape[1], check_int(hidden, "hidden", 1), inner)
    last = check_int(steps, "steps", 0)
    drawn = check_int(batch, "batch", 1)
    check_int(watch_every, "watch_every", 1)
    _check_watch(watch)
    rng = np.random.default_rng(check_int(seed, "seed", 0))
    run = _Run(points, quantizer, widths, drawn, check_positive(step_size, "step_size"), rng)
    run.losses = check_losses(losses)
    run.commitment = check_not_negative(commitment, "commitment")
    for step in range(last + 1):
        if step > 0:
            run.step()
        if watch is not None and (step % watch_every == 0 or step == last):
            watch(step, run.autoencoder())
    return run.autoencoder()


def _check_watch(watch: object) -> None:
    if watch is not None and not callable(watch):
        given = type(watch).__name__
        raise ValueError(f"watch must be a function of a number and an Autoencoder, got {given}")


class _Run:
    """A training under way."""

    losses: tuple[str, ...] = LOSSES
    commitment = 0.25

    @np.errstate(over="ignore", invalid="ignore")
    def __init__(
        self,
        points: NDArray[Any],
        quantizer: Quantizer,
        widths: tuple[int, int, int],
        batch: int,
        step_size: float,
        rng: np.random.Generator,
    ) -> None:
        self._reach = reach(points)
        self._samples = points.astype(np.float32)
        self._quantizer = quantizer
        self._step_size = step_size
        self._batch = batch
        self._rng = rng
        self._steps = 0
        self._adam = Adam(step_size)
        self._parameters = start_layers("encoder", widths, rng)
        self._parameters |= start_layers("decoder", widths[::-1], rng)
        self._codes = None
        if isinstance(quantizer, Learned):
            vectors = start_vectors(quantizer, self._parameters, self._samples, rng)
            self._parameters["codebook"] = vectors
            self._codes = Codes(vectors, quantizer, batch)

    @np.errstate(over="ignore", invalid="ignore")
    def step(self) -> None:
        """One step on samples drawn anew."""
        self._steps += 1
        some = self._samples[self._rng.integers(len(self._samples), size=self._batch)]
        found = there_and_back(
            self._parameters, self._quantizer, some, self.losses, self.commitment
        )
        if not math.isfinite(found.error):
            self._give_up()
        if self._codes is not None and self._codes.are_averages:
            del found.gradients["codebook"]
        self._adam.step(self._parameters, found.gradients)
        if self._codes is not None:
            self._codes.follow(found.points, found.indices, self._rng)

    def autoencoder(self) -> Autoencoder:
        """What has been reached."""
        if not all(np.isfinite(array).all() for array in self._parameters.values()):
            self._give_up()
        return Autoencoder(self._parameters, self._quantizer)

    def _give_up(self) -> NoReturn:
        given = f"{self._step_size} and samples up to {self._reach:.4g}"
        raise ValueError(
            f"step_size must be smaller, or the samples nearer to unit size: {given} "
            f"lead to numbers that are not finite in step {self._steps}"
        )
