"""The lattice decoder that notebook A1 works out, against brute force."""

import ast
import itertools

import nbformat
import numpy as np
import pytest

from tests.support import ROOT


def cell_that_defines(name, path):
    """The one code cell of a notebook in which a function is defined."""
    cells = nbformat.read(path, as_version=4).cells
    (code,) = [cell.source for cell in cells if f"def {name}" in cell.source]
    return code


@pytest.fixture(scope="module")
def decoders():
    """The functions of the cell that defines `nearest_in_e8`, without the rest of it."""
    code = cell_that_defines("nearest_in_e8", ROOT / "notebooks" / "A1_limits.ipynb")
    functions = [node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)]
    scope = {"np": np}
    exec(compile(ast.Module(functions, []), "notebook A1", "exec"), scope)
    return scope


def least_square(points, shift):
    """Squared distance to the nearest point of D + `shift` among the 2^d whole ones around."""
    base = np.floor(points - shift)
    corners = np.array(list(itertools.product([0, 1], repeat=points.shape[1])))
    candidates = base[:, None, :] + corners
    squares = ((points[:, None, :] - shift - candidates) ** 2).sum(axis=2)
    return np.where(candidates.sum(axis=2) % 2 == 0, squares, np.inf).min(axis=1)


@pytest.mark.parametrize("dimension", [4, 8])
def test_the_decoder_of_d_finds_the_nearest_point(decoders, dimension):
    points = np.random.default_rng(1).uniform(-3, 3, (400, dimension))
    found = decoders["nearest_in_d"](points)
    assert (found == np.round(found)).all()
    assert (found.sum(axis=1) % 2 == 0).all()
    squares = ((points - found) ** 2).sum(axis=1)
    np.testing.assert_allclose(squares, least_square(points, 0), rtol=1e-12)


def test_the_decoder_of_e8_finds_the_nearest_point(decoders):
    points = np.random.default_rng(2).uniform(-3, 3, (400, 8))
    found = decoders["nearest_in_e8"](points)
    doubled = 2 * found
    assert (doubled == np.round(doubled)).all()
    assert ((doubled % 2).sum(axis=1) % 8 == 0).all()  # all whole or all halves
    assert (found.sum(axis=1) % 2 == 0).all()
    squares = ((points - found) ** 2).sum(axis=1)
    least = np.minimum(least_square(points, 0), least_square(points, 0.5))
    np.testing.assert_allclose(squares, least, rtol=1e-12)
