"""Adam: steps of about one size, whatever the size of the gradients."""

import numpy as np

from .layers import Parameters

MEAN_DECAY = 0.9
SQUARE_DECAY = 0.999
LEAST = 1e-8
"""The decays and the least divisor that the paper proposes."""


class Adam:
    """Gradient descent with running means (Kingma and Ba 2015, "Adam: a method for…", alg. 1).

    Parameters
    ----------
    step_size : float
        About how far each number moves in a step, while its gradient keeps its sign.
    """

    def __init__(self, step_size: float) -> None:
        self._step_size = step_size
        self._steps = 0
        self._means: Parameters = {}
        self._squares: Parameters = {}

    def step(self, parameters: Parameters, gradients: Parameters) -> None:
        """Changes the arrays of `parameters` in place."""
        self._steps += 1
        mean_share = 1 - MEAN_DECAY**self._steps
        square_share = 1 - SQUARE_DECAY**self._steps
        for name, gradient in gradients.items():
            mean = self._means.setdefault(name, np.zeros_like(gradient))
            square = self._squares.setdefault(name, np.zeros_like(gradient))
            mean += (1 - MEAN_DECAY) * (gradient - mean)
            square += (1 - SQUARE_DECAY) * (gradient**2 - square)
            spread = np.sqrt(square / square_share) + LEAST
            parameters[name] -= self._step_size / mean_share * mean / spread
