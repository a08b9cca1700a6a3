"""What argument checks let through, in what form, and the one sentence that they say otherwise."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import sparse

from tests.support import GREY, RGB, assert_refused
from vqlib.checks import (
    are_whole,
    as_array,
    check_correlation,
    check_finite,
    check_function,
    check_int,
    check_not_negative,
    check_one_of,
    check_picture,
    check_positive,
    check_rows,
    check_weights,
    describe,
    holds_several,
)

# --- arrays --------------------------------------------------------------------------------------


def test_an_array_is_not_copied():
    array = np.arange(3)
    assert as_array(array, "values") is array
    assert as_array([1, 2.5], "values").tolist() == [1, 2.5]


def test_rows_of_different_lengths_are_no_array():
    sentence = "values must be an array, got rows of different lengths"
    for check in (as_array, check_finite, check_rows):
        assert_refused(sentence, check, [[1, 2], [3]], "values")


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.array([[1.5, -2.0]]), "float64 of shape (1, 2), from -2.0 to 1.5"),
        (np.array(7, np.uint8), "uint8 of shape (), from 7 to 7"),
        (np.array([True, False]), "bool of shape (2,), from False to True"),
        (np.zeros((0, 3)), "float64 of shape (0, 3)"),
        (np.array(["a"]), "<U1 of shape (1,)"),
        (np.array([1j]), "complex128 of shape (1,)"),
        (np.array(None), "object of shape ()"),
    ],
)
def test_an_array_is_described_by_type_shape_and_range(array, words):
    assert describe(array) == words


@pytest.mark.parametrize(
    "values", [[1, 2], [1.5, 2.5], [True, False], np.uint8([3]), np.float32([0.1]), 4, [[[1]]]]
)
def test_finite_numbers_become_doubles_of_the_same_shape(values):
    found = check_finite(values, "values")
    assert found.dtype == np.float64
    assert found.shape == np.shape(values)
    np.testing.assert_array_equal(found, values)


def test_finite_numbers_are_a_copy():
    values = np.array([1.0, 2.0])
    check_finite(values, "values")[:] = 9
    np.testing.assert_array_equal(values, [1, 2])


NOT_NUMBERS = [
    ([], "must be one or more real numbers, got float64 of shape (0,)"),
    (np.zeros((2, 0)), "must be one or more real numbers, got float64 of shape (2, 0)"),
    ([1j], "must be one or more real numbers, got complex128 of shape (1,)"),
    (["a"], "must be one or more real numbers, got <U1 of shape (1,)"),
    (None, "must be one or more real numbers, got object of shape ()"),
    ([1, np.nan], "must be finite, got NaN or infinity in shape (2,)"),
    ([[np.inf]], "must be finite, got NaN or infinity in shape (1, 1)"),
    ([-np.inf], "must be finite, got NaN or infinity in shape (1,)"),
]


@pytest.mark.parametrize(("values", "problem"), NOT_NUMBERS)
def test_what_is_no_finite_number_is_refused(values, problem):
    assert_refused(f"values {problem}", check_finite, values, "values")
    assert_refused(f"values {problem}", check_rows, values, "values")


@pytest.mark.parametrize(
    ("values", "dimension", "rows"),
    [
        ([1, 2, 3], 0, [[1], [2], [3]]),
        ([1, 2, 3], 1, [[1], [2], [3]]),
        ([[1], [2]], 1, [[1], [2]]),
        ([[1, 2], [3, 4]], 0, [[1, 2], [3, 4]]),
        ([[1, 2], [3, 4]], 2, [[1, 2], [3, 4]]),
    ],
)
def test_rows_have_two_axes(values, dimension, rows):
    found = check_rows(values, "values", dimension)
    assert found.dtype == np.float64
    assert found.tolist() == rows


@pytest.mark.parametrize(
    ("values", "dimension", "problem"),
    [
        (3.0, 0, "must have shape (n, k), or (n,) for scalars, got ()"),
        (np.zeros((2, 2, 2)), 0, "must have shape (n, k), or (n,) for scalars, got (2, 2, 2)"),
        ([[1, 2]], 1, "must have shape (n, 1) or (n,), got (1, 2)"),
        (np.zeros((2, 1, 1)), 1, "must have shape (n, 1) or (n,), got (2, 1, 1)"),
        ([1, 2], 2, "must have shape (n, 2), got (2,)"),
        ([[1, 2]], 3, "must have shape (n, 3), got (1, 2)"),
    ],
)
def test_what_is_no_rows_is_refused(values, dimension, problem):
    assert_refused(f"values {problem}", check_rows, values, "values", dimension)


# --- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [1, 3, 8, np.int8(1), np.uint64(8)])
def test_a_whole_number_within_its_bounds_becomes_an_int(value):
    for found in (check_int(value, "size", 1), check_int(value, "size", 1, 8)):
        assert found == value
        assert type(found) is int


NO_INTS = [2.0, 2.5, True, False, np.True_, "4", None, [4], np.float64(4), np.array([4]), 4 + 0j]


@pytest.mark.parametrize("value", [0, -1, *NO_INTS])
def test_what_is_no_whole_number_of_at_least_1_is_refused(value):
    sentence = f"size must be a whole number of at least 1, got {value!r}"
    assert_refused(sentence, check_int, value, "size", 1)


@pytest.mark.parametrize("value", [0, 9, *NO_INTS])
def test_what_is_no_whole_number_between_its_bounds_is_refused(value):
    sentence = f"bits must be a whole number from 1 to 8, got {value!r}"
    assert_refused(sentence, check_int, value, "bits", 1, 8)


@pytest.mark.parametrize("value", [1, 0.5, 1e-300, np.float32(2)])
def test_a_number_above_0_is_positive(value):
    assert check_positive(value, "price") == value
    assert check_not_negative(value, "price") == value


def test_0_is_not_negative_and_not_positive():
    assert check_not_negative(0, "price") == 0
    assert_refused("price must be above 0, got 0", check_positive, 0, "price")


@pytest.mark.parametrize("value", [-1, -1e-300, [1], [1, 2], [[1]]])
def test_a_negative_number_or_several_numbers_are_refused(value):
    assert_refused(f"price must be above 0, got {value!r}", check_positive, value, "price")
    sentence = f"price must not be negative, got {value!r}"
    assert_refused(sentence, check_not_negative, value, "price")


@pytest.mark.parametrize("value", [np.nan, np.inf, "a", None, 1j])
def test_what_is_no_finite_number_is_neither_positive_nor_negative(value):
    for check in (check_positive, check_not_negative):
        with pytest.raises(ValueError, match=r"^price must be (finite|one or more real numbers),"):
            check(value, "price")


@pytest.mark.parametrize("rho", [0, 0.9, -0.999, np.float32(0.5)])
def test_a_correlation_lies_between_minus_1_and_1(rho):
    assert check_correlation(rho) == rho


@pytest.mark.parametrize("rho", [1, -1, 1.5, [0.5]])
def test_what_is_no_correlation_is_refused(rho):
    assert_refused(f"rho must lie between -1 and 1, got {rho!r}", check_correlation, rho)


@pytest.mark.parametrize("rho", [np.nan, np.inf, "a", None, 0.5j])
def test_what_is_no_finite_number_is_no_correlation(rho):
    with pytest.raises(ValueError, match=r"^rho must be (finite|one or more real numbers),"):
        check_correlation(rho)


# --- weights -------------------------------------------------------------------------------------


def test_no_weights_are_ones():
    np.testing.assert_array_equal(check_weights(None, 3), [1, 1, 1])


def test_weights_are_doubles_and_may_be_0_but_not_all():
    found = check_weights([0, 2, 1], 3)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, [0, 2, 1])


@pytest.mark.parametrize(
    ("weights", "given"),
    [
        ([1.0], "float64 of shape (1,), from 1.0 to 1.0"),
        ([[1.0, 1.0]], "float64 of shape (1, 2), from 1.0 to 1.0"),
        ([1.0, -2.0], "float64 of shape (2,), from -2.0 to 1.0"),
        ([0, 0], "float64 of shape (2,), from 0.0 to 0.0"),
    ],
)
def test_bad_weights_are_refused(weights, given):
    wanted = "weights must be 2 numbers, none negative and not all zero"
    assert_refused(f"{wanted}, got {given}", check_weights, weights, 2)


@pytest.mark.parametrize(("weights", "problem"), NOT_NUMBERS)
def test_weights_that_are_no_numbers_are_refused(weights, problem):
    if weights is not None:
        assert_refused(f"weights {problem}", check_weights, weights, 2)


# --- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", [GREY, RGB, GREY[:1, :1]], ids=["grey", "RGB", "one pixel"])
def test_a_picture_is_not_copied(picture):
    assert check_picture(picture) is picture


A_GREY = "a grey picture (height, width)"
AN_RGB = "an RGB picture (height, width, 3)"


@pytest.mark.parametrize(
    ("picture", "given"),
    [
        (GREY / 255, "float64 of shape (30, 44)"),
        (GREY[0], "uint8 of shape (44,)"),
        (RGB[..., :2], "uint8 of shape (30, 44, 2)"),
        (GREY[:0], "uint8 of shape (0, 44)"),
        (None, "object of shape ()"),
    ],
)
def test_what_is_no_picture_is_refused(picture, given):
    sentence = f"picture must be {A_GREY} or {AN_RGB} of uint8, got {given}"
    assert_refused(sentence, check_picture, picture)


def test_a_picture_of_another_kind_than_asked_is_refused():
    of_grey = "uint8 of shape (30, 44)"
    of_rgb = "uint8 of shape (30, 44, 3)"
    sentence = f"rgb must be {AN_RGB} of uint8, got {of_grey}"
    assert_refused(sentence, check_picture, GREY, "rgb", ("RGB",))
    sentence = f"picture must be {A_GREY} of uint8, got {of_rgb}"
    assert_refused(sentence, check_picture, RGB, "picture", ("grey",))


def test_numbers_beyond_double_precision_are_refused():
    if np.finfo(np.longdouble).max == np.finfo(np.float64).max:
        pytest.skip("this machine has no wider numbers")
    wide = np.array([np.longdouble("1e4000")])
    with np.errstate(over="ignore"):
        sentence = "values must be finite, got NaN or infinity in shape (1,)"
        assert_refused(sentence, check_finite, wide, "values")


# --- names ---------------------------------------------------------------------------------------


def test_a_name_that_is_allowed_comes_back():
    assert check_one_of("b", "name", ("a", "b")) == "b"
    assert check_one_of("b", "name", {"a": 1, "b": 2}) == "b"


@pytest.mark.parametrize("value", ["c", "", "ab", "a, b", None, 1])
def test_another_name_is_refused_with_all_that_are_allowed(value):
    sentence = f"name must be one of a, b, got {value!r}"
    assert_refused(sentence, check_one_of, value, "name", ("a", "b"))


# --- what NumPy would take for something else ----------------------------------------------------

MASKED = np.ma.masked_equal([1.0, 2.0, -9999.0], -9999)
OF_MASKED = "values must be an array, got one with masked values: fill them or leave them out first"


@pytest.mark.parametrize(
    "values",
    [MASKED, MASKED.reshape(3, 1), [MASKED, MASKED], (1.0, np.ma.masked), MASKED.astype(int)],
    ids=["row", "column", "list of rows", "a number", "int"],
)
@pytest.mark.parametrize("check", [as_array, check_finite, check_rows])
def test_masked_values_are_refused(check, values):
    assert_refused(OF_MASKED, check, values, "values")


def test_a_masked_array_of_which_nothing_is_masked_is_an_array():
    values = np.ma.masked_equal([1.0, 2.0], 7)
    assert type(as_array(values, "values")) is np.ndarray
    assert check_rows(values, "values").tolist() == [[1], [2]]


@pytest.mark.parametrize("mode", ["P", "L", "RGB", "RGBA", "1", "CMYK", "I;16", "F"])
def test_a_pillow_image_is_refused_whatever_its_mode(mode):
    picture = Image.new(mode, (3, 2))
    advice = "np.asarray(image.convert('RGB')) makes one, with 'L' a grey one"
    sentence = f"picture must be an array, got a Pillow image of mode {mode}: {advice}"
    assert_refused(sentence, check_picture, picture)
    assert_refused(sentence, check_rows, picture, "picture")


class Broken:
    """Says that it can be an array, and cannot."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("detach it first")


@pytest.mark.parametrize(
    ("values", "given"),
    [
        (np.array([1, None, 2.5]), "object of shape (3,), with NoneType in it"),
        ([Fraction(1, 2)], "object of shape (1,), with Fraction in it"),
        ([[10**30]], "object of shape (1, 1), with int in it"),
        (sparse.csr_array(np.eye(3)), "csr_array: its method toarray makes one"),
        (sparse.coo_matrix(np.eye(3)), "coo_matrix: its method toarray makes one"),
        (Path("a"), "PosixPath"),
        ({1.0, 2.0}, "set"),
        ({"a": 1}, "dict"),
        (np.array(["2026-11-26"], "datetime64[D]"), "datetime64[D] of shape (1,)"),
        (np.array([5], "timedelta64[s]"), "timedelta64[s] of shape (1,)"),
        (np.zeros(2, [("x", float)]), "[('x', '<f8')] of shape (2,)"),
        ("photo.png", "<U9 of shape ()"),
        (b"bytes", "|S5 of shape ()"),
    ],
)
def test_what_is_no_array_of_numbers_is_named(values, given):
    sentence = f"values must be one or more real numbers, got {given}"
    assert_refused(sentence, check_finite, values, "values")
    assert_refused(sentence, check_rows, values, "values")


def test_what_numpy_cannot_read_is_refused_with_its_reason():
    sentence = "values must be an array, got Broken, of which NumPy cannot make one "
    assert_refused(sentence + "(detach it first)", check_finite, Broken(), "values")


@pytest.mark.parametrize("check", [check_positive, check_not_negative])
def test_rows_of_different_lengths_are_no_number(check):
    sentence = "price must be an array, got rows of different lengths"
    assert_refused(sentence, check, [1, [2, 3]], "price")


def test_an_array_is_no_name():
    names = np.array(["a", "b"])
    assert_refused(f"name must be one of a, b, got {names!r}", check_one_of, names, "name", "ab")


@pytest.mark.parametrize("value", [[1, 2], "exp", None])
def test_what_cannot_be_called_is_no_function(value):
    given = type(value).__name__
    sentence = f"density must be a function of an array of numbers, got {given}"
    assert_refused(sentence, check_function, value, "density")


# --- the range of doubles ------------------------------------------------------------------------


@pytest.mark.parametrize("value", [1e100, -1e100, 5e-324, 0])
def test_samples_may_be_as_large_as_a_googol_and_as_small_as_there_is(value):
    assert check_rows([value], "samples").tolist() == [[value]]


@pytest.mark.parametrize("value", [1.1e100, -1e200, 1.7e308])
def test_samples_beyond_a_googol_are_refused(value):
    given = f"float64 of shape (2,), from {min(value, 0.0)} to {max(value, 0.0)}"
    sentence = f"samples must lie from -1e+100 to 1e+100, got {given}"
    assert_refused(sentence, check_rows, [0, value], "samples")


@pytest.mark.parametrize("factor", [1e-320, 1e-300, 1e-101, 1, 1e101, 1e307])
def test_of_weights_only_the_ratios_count(factor):
    found = check_weights(np.array([0, 2, 1, 4]) * factor, 4)
    np.testing.assert_allclose(found / found.max(), [0, 0.5, 0.25, 1], rtol=1e-3)
    assert np.isfinite(found.sum() * 1e200)
    assert found.max() * 1e-200 > 1e-308


def test_a_weight_that_would_vanish_in_a_product_counts_as_0():
    assert check_weights([1, 1e-160, 1e-140], 3).tolist() == [1, 0, 1e-140]


SEVERAL = ([], [1], (1,), np.array([1, 2]), range(3), {4})
NOT_SEVERAL = (None, 3, 2.5, np.array(4), np.float64(1), "12", b"12")


@pytest.mark.parametrize("value", SEVERAL, ids=repr)
def test_several_values_are_told_from_one(value):
    assert holds_several(value)


@pytest.mark.parametrize("value", NOT_SEVERAL, ids=repr)
def test_one_value_or_a_text_holds_not_several(value):
    assert not holds_several(value)


def test_whole_numbers_are_told_whatever_their_type():
    assert are_whole(np.array([-2, 3]))
    assert are_whole(np.array([True]))
    assert are_whole(np.array([-2.0, 1e300]))
    assert not are_whole(np.array([1.0, 0.5]))
