"""Numbers and code words as text."""

import pytest

from vqlib import Codebook, plot


def test_rounding_noise_is_told_as_zero():
    told = plot.numbers([-5.6e-16, 0.98163, -1.5104176, 1234567.0])
    assert told == "0, 0.9816, -1.51, 1.235e+06"


def test_a_number_has_as_many_digits_as_asked():
    assert plot.number(2 / 3) == "0.6667"
    assert plot.numbers([[2 / 3], [1 / 3]], 2) == "0.67, 0.33"


def test_only_one_is_singular():
    assert plot.count(1, "bit") == "1 bit"
    assert plot.count(1.0, "bit") == "1 bit"
    assert [plot.count(bits, "bit") for bits in (0, 2, 1.58496)] == [
        "0 bits",
        "2 bits",
        "1.585 bits",
    ]


@pytest.mark.parametrize(
    ("value", "digits", "told"),
    [
        (1234, 2, "1,200"),
        (0.1264, 3, "0.126"),
        (96, 1, "100"),
        (12e6, 2, "12,000,000"),
        (0, 2, "0"),
    ],
)
def test_a_rounded_number_has_no_exponent(value, digits, told):
    assert plot.rounded(value, digits) == told


def test_bytes_are_told_in_thousands():
    assert [plot.kilobytes(size) for size in (65_536, 1_049, 12_345_678)] == [
        "66 kB",
        "1 kB",
        "12,000 kB",
    ]


def test_numbers_are_listed_by_name():
    assert plot.listed({"trained": 31.24, "random": 28}, "dB") == "trained 31.2 dB, random 28.0 dB"
    assert plot.listed({"one": 2.5}, decimals=0) == "one 2"


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 16, 17])
def test_code_words_are_the_indices_in_as_few_bits_as_the_last_one_needs(size):
    words = plot.code_words(Codebook(range(size)))
    assert [int(word or "0", 2) for word in words] == list(range(size))
    (length,) = {len(word) for word in words}
    assert 2 ** (length - 1) < size <= 2**length
