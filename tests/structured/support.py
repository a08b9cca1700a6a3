"""What the tests of structured codebooks share: samples, and searches by plain loops."""

import itertools

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vqlib import Codebook
from vqlib.structured import Split, Stages

FEW = st.integers(-9, 9).map(float)


def rows(draw, dimension, most, elements=FEW):
    """An array (n, dimension) of 1 to `most` rows."""
    shape = st.tuples(st.integers(1, most), st.just(dimension))
    return draw(arrays(float, shape, elements=elements))


@st.composite
def stages_and_samples(draw, most_stages=3, least_dimension=2):
    """Stages of few code vectors of whole numbers, and samples: every error is exact."""
    dimension = draw(st.integers(least_dimension, 3))
    number = draw(st.integers(1, most_stages))
    stages = Stages([Codebook(rows(draw, dimension, 4)) for _ in range(number)])
    return stages, rows(draw, dimension, 5)


@st.composite
def splits_and_samples(draw):
    """A split whose parts are any components in any order, and samples of whole numbers."""
    order = draw(st.permutations(range(draw(st.integers(1, 5)))))
    places = (
        st.lists(st.integers(1, len(order) - 1), unique=True) if len(order) > 1 else st.just([])
    )
    ends = [0, *sorted(draw(places)), len(order)]
    parts = [order[start:end] for start, end in itertools.pairwise(ends)]
    split = Split([Codebook(rows(draw, len(part), 4)) for part in parts], parts)
    return split, rows(draw, len(order), 5)


def all_paths(code):
    """Every tuple of indices, one for each codebook."""
    return list(itertools.product(*[range(size) for size in code.sizes]))


def squared_distance(one, other):
    """Component by component."""
    return sum((float(x) - float(y)) ** 2 for x, y in zip(one, other, strict=True))


def sum_of_path(stages, path):
    """The code vectors of a path added up, component by component."""
    chosen = [stages.codebooks[stage].vectors[index] for stage, index in enumerate(path)]
    return [sum(float(vector[place]) for vector in chosen) for place in range(stages.dimension)]


def best_paths(stages, sample, survivors):
    """The paths that survive all stages, the best first, by plain loops."""
    paths = [()]
    for codebook in stages.codebooks:
        longer = [(*path, index) for path in paths for index in range(codebook.size)]
        longer.sort(key=lambda path: squared_distance(sample, sum_of_path(stages, path)))
        paths = longer[:survivors]
    return paths


def gaussian(count, dimension, rho=0.0, seed=0):
    """Samples of unit variance, neighbouring components correlated by rho."""
    white = np.random.default_rng(seed).normal(size=(count, dimension))
    samples = white.copy()
    for place in range(1, dimension):
        samples[:, place] = rho * samples[:, place - 1] + np.sqrt(1 - rho**2) * white[:, place]
    return samples
