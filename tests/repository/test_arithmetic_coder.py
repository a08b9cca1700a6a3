"""The arithmetic coder that notebook 07 works out: what it writes comes back, and is short."""

import ast
import itertools
import math
from bisect import bisect

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import ROOT

LETTERS = 5


def functions_of_the_cell(name, path):
    """The functions of the one code cell of a notebook in which `name` is defined."""
    cells = nbformat.read(path, as_version=4).cells
    (code,) = [cell.source for cell in cells if f"def {name}(" in cell.source]
    return [node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)]


@pytest.fixture(scope="module")
def coder():
    """`encode` and `decode`."""
    functions = functions_of_the_cell("encode", ROOT / "notebooks" / "07_rate_distortion.ipynb")
    scope = {"bisect": bisect, "itertools": itertools}
    exec(compile(ast.Module(functions, []), "notebook 07", "exec"), scope)
    return scope


def occurrences(message):
    return [message.count(letter) for letter in range(LETTERS)]


messages = st.lists(st.integers(0, LETTERS - 1), min_size=1, max_size=60)


@given(message=messages, more=st.lists(st.integers(0, 9), min_size=LETTERS, max_size=LETTERS))
def test_a_message_comes_back(coder, message, more):
    counts = [sum(pair) for pair in zip(occurrences(message), more, strict=True)]
    word = coder["encode"](message, counts)
    assert set(word) <= {"0", "1"}
    assert coder["decode"](word, counts, len(message)) == message


@given(message=messages)
def test_it_costs_its_ideal_length_and_less_than_a_bit_more(coder, message):
    counts = occurrences(message)
    ideal = sum(math.log2(len(message) / counts[letter]) for letter in message)
    digits = len(coder["encode"](message, counts))
    assert ideal - 1e-6 <= digits <= max(1, math.ceil(ideal - 1e-6))


def test_the_example_of_the_notebook(coder):
    assert coder["encode"]([1, 0, 1, 0], [6, 3, 1]) == "10111"
    assert coder["encode"]([1, 0, 2, 0], [2, 1, 1]) == "100110"
    assert coder["encode"]([1, 1], [6, 3, 1]) == "1101"
