"""The sources of pairs that panels of the plane offer."""

from collections.abc import Callable

from ..arrays import Floats
from ..sources import clusters, gauss_markov, gaussian, ring

PLANE_SOURCES: dict[str, Callable[[int, float], Floats]] = {
    "independent": lambda n, rho: gaussian(n, 2),
    "correlated": lambda n, rho: gauss_markov(n, 2, rho),
    "ring": lambda n, rho: ring(n),
    "clusters": lambda n, rho: clusters(n),
}
"""Sources of pairs: from their number and the correlation rho, which only one of them has."""
