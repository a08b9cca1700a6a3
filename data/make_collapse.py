"""Makes collapse.npz, the training runs that the panel of notebook 11_learned_codebooks shows.

Run as `python data/make_collapse.py`, a minute. An autoencoder with two latents is trained on
digits from each start of its codebook, with each way to move it, with and without restarts. At some
of the steps it is noted where latents and code vectors are, how often each of these is used, and
the error.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from vqlib import design, learned
from vqlib.arrays import Floats
from vqlib.explore import CollapseScene
from vqlib.learned import Autoencoder
from vqlib.measure import perplexity

PATH = Path(__file__).with_name("collapse.npz")
SIZE = 16
TRAINED = 1400
"""Digits that the networks are trained on; the other 397 are unseen."""
SHOWN = 300
"""Of so many of them the latents are kept."""
STEPS = [0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 70, 100, 150, 200, 300, 450, 700, 1000, 1250, 1500]
"""Most happens at the beginning."""
PER_STEP = ("latents", "vectors", "counts", "errors")
"""What is noted at each of them."""


def digits() -> tuple[Floats, Floats]:
    """Digits of 8 x 8 pixels from 0 to 1 to train on, array (1400, 64), and the unseen ones."""
    samples = load_digits().data / 16
    shuffled = samples[np.random.default_rng(0).permutation(len(samples))]
    return shuffled[:TRAINED], shuffled[TRAINED:]


def record(quantizer: learned.Learned, steps: list[int]) -> dict[str, NDArray[Any]]:
    """What is noted of a run: for each of PER_STEP an array of which the rows belong to `steps`."""
    known, unseen = digits()
    noted: dict[str, list[Any]] = {name: [] for name in PER_STEP}

    def note(step: int, autoencoder: Autoencoder) -> None:
        if step in steps:
            counts = np.bincount(autoencoder.encode(known), minlength=SIZE)
            noted["latents"].append(autoencoder.latents(known[:SHOWN]).astype(np.float16))
            noted["vectors"].append(autoencoder.codebook.vectors.astype(np.float16))
            noted["counts"].append(counts.astype(np.uint16))
            noted["errors"].append(np.float32(autoencoder.distortion(unseen)))

    learned.train_autoencoder(known, quantizer, steps=steps[-1], watch=note, watch_every=1)
    return {name: np.array(rows) for name, rows in noted.items()}


def quantizers() -> Iterator[learned.Learned]:
    """That of each run, in the order of the settings of the scene."""
    for start in CollapseScene.STARTS:
        for update in CollapseScene.UPDATES:
            for restarts in CollapseScene.RESTARTS:
                is_on = restarts == "on"
                yield learned.Learned(SIZE, 2, start=start, update=update, restarts=is_on)


def main() -> None:
    """Store all runs, and what k-means reaches on the pixels."""
    known, unseen = digits()
    runs = []
    for quantizer in quantizers():
        runs.append(record(quantizer, STEPS))
        print(quantizer, f"error {runs[-1]['errors'][-1]:.4f}", flush=True)
    codebook = design.lloyd(known, SIZE, starts=10)
    stored: dict[str, Any] = {name: np.stack([run[name] for run in runs]) for name in PER_STEP}
    stored["steps"] = STEPS
    stored["lloyd_error"] = codebook.distortion(unseen)
    stored["lloyd_perplexity"] = perplexity(codebook.encode(known))
    np.savez_compressed(PATH, **stored)


if __name__ == "__main__":
    main()
