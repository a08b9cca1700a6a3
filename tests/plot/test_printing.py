"""Tables: every number in its column, rounded as asked."""

import numpy as np
import pytest

from vqlib import plot

COLUMNS = {
    "palette": ["trained", "random"],
    "bytes": [66_048, 7],
    "PSNR in dB": np.array([31.249, 28]),
    "gain": [None, np.float32(-3.25)],
}


def printed(capsys, *arguments):
    plot.table(*arguments)
    return capsys.readouterr().out.splitlines()


def test_words_begin_at_the_left_and_numbers_end_at_the_right(capsys):
    assert printed(capsys, COLUMNS, (0, 0, 1, 2)) == [
        "palette    bytes   PSNR in dB    gain",
        "trained   66,048         31.2",
        "random         7         28.0   -3.25",
    ]


def test_all_columns_may_have_as_many_decimals(capsys):
    assert printed(capsys, {"a": [1.0, 2.25], "b": range(2)}, 1) == [
        "  a   b",
        "1.0   0",
        "2.2   1",
    ]


@pytest.mark.parametrize("places", [(1,), (1, 2, 3)])
def test_decimals_are_one_number_or_as_many_as_columns(places):
    with pytest.raises(ValueError, match="decimals must be"):
        plot.table({"a": [1], "b": [2]}, places)


def test_columns_are_of_one_length():
    with pytest.raises(ValueError, match=r"columns must have one length, got 2, 1"):
        plot.table({"a": [1, 2], "b": [2]})


def test_sentences_are_one_paragraph_in_lines_that_the_page_does_not_break(capsys):
    words = [f"word{k}" for k in range(40)]
    plot.say("One sentence.", " ".join(words))
    out = capsys.readouterr().out
    assert out.split() == ["One", "sentence.", *words]
    assert max(map(len, out.splitlines())) <= 96
