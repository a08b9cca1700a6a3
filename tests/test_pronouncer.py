"""The network that says words: its file, one step by plain loops, and what it refuses."""

import hashlib
import math
import re

import numpy as np
import pytest

from vqlib import pronouncer
from vqlib.pronouncer import Pronouncer, read_pronouncer, read_words, share_right

NETWORK = read_pronouncer()
SAID = {
    "codebook": "K OW1 D B UH2 K",
    "shannon": "SH AE1 N AH0 N",
    "quantization": "K W AA2 N T AH0 Z EY1 SH AH0 N",
}
"""As told by others of the network in single precision."""


@pytest.fixture(scope="module")
def words():
    return read_words()


# --- the files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [pronouncer.NETWORK, pronouncer.WORDS], ids=["network", "words"])
def test_a_file_has_its_row_with_size_and_checksum(path):
    text = (path.parent / "README.md").read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if line.startswith(f"| {path.name} |")]
    content = path.read_bytes()
    assert f"| {len(content):,} bytes" in row
    assert f"`{hashlib.sha256(content).hexdigest()}`" in row


def test_words_stand_under_their_notice_and_are_2000(words):
    notice = pronouncer.WORDS.read_text(encoding="utf-8").splitlines()[0]
    assert notice == "# Copyright (C) 1993-2015 Carnegie Mellon University. All rights reserved."
    assert len(words) == 2000
    assert list(words) == sorted(words)
    assert all(re.fullmatch("[a-z]{3,14}", word) for word in words)
    assert all(ways and all(ways) for ways in words.values())


def test_every_sound_of_the_words_is_one_that_the_network_can_say(words):
    listed = {sound for ways in words.values() for way in ways for sound in way}
    assert listed <= set(pronouncer.SOUNDS)
    assert len(pronouncer.SOUNDS) == len(set(pronouncer.SOUNDS)) == 74


def test_numbers_of_weights_and_biases():
    assert sum(matrix.size for matrix in NETWORK.matrices.values()) == 831_744
    assert sum(bias.size for bias in NETWORK.biases.values()) == 3_146


# --- what it says --------------------------------------------------------------------------------


def test_words_of_the_show_have_the_sounds_that_were_told():
    spoken = NETWORK.predict(list(SAID))
    assert [" ".join(sounds) for sounds in spoken] == list(SAID.values())


def test_two_thirds_of_the_words_are_right(words):
    # .673 and .680 were told of 2,000 and 4,000 other words; one standard error is .010.
    assert share_right(NETWORK, words) == pytest.approx(0.68, abs=0.03)


def test_share_counts_every_listed_way():
    words = {"codebook": [("K",), tuple(SAID["codebook"].split())], "shannon": [("SH",)]}
    assert share_right(NETWORK, words) == 0.5


def test_a_word_alone_and_among_longer_ones_sounds_the_same():
    together = NETWORK.predict(["a", "Cat", "electroencephalography"])
    assert together == [sounds for word in ("a", "cat") for sounds in NETWORK.predict([word])] + [
        *NETWORK.predict(["electroencephalography"])
    ]
    assert together[1] == ("K", "AE1", "T")
    assert NETWORK.predict([]) == []


def test_what_has_no_end_is_cut():
    matrices = NETWORK.matrices
    matrices["output"] *= 0
    # All scores are now the biases: one sound for ever.
    biases = NETWORK.biases
    biases["output_bias"][:] = 0
    biases["output_bias"][pronouncer.SOUNDS.index("B")] = 1
    assert Pronouncer(matrices, biases).predict(["cat"]) == [("B",) * 20]


def test_a_step_is_that_of_a_gated_recurrent_unit_by_plain_loops():
    rng = np.random.default_rng(0)
    given = rng.normal(size=(1, 256)).astype(np.float32)
    state = rng.normal(size=(1, 256)).astype(np.float32)
    following = NETWORK._step("reader", given, state)
    for place in (0, 100, 255):
        wanted = one_state(given[0].tolist(), state[0].tolist(), place)
        assert following[0, place] == pytest.approx(wanted, abs=1e-5)


def one_state(given, state, place):
    """One number of the next state, as Cho et al. 2014 have it, with a second bias."""
    inputs = NETWORK.matrices["reader_input"].tolist()
    states = NETWORK.matrices["reader_state"].tolist()
    first = NETWORK.biases["reader_input_bias"].tolist()
    second = NETWORK.biases["reader_state_bias"].tolist()

    def sums(row):
        of_given = sum(weight * number for weight, number in zip(inputs[row], given, strict=True))
        of_state = sum(weight * number for weight, number in zip(states[row], state, strict=True))
        return of_given + first[row], of_state + second[row]

    used = 1 / (1 + math.exp(-sum(sums(place))))
    kept = 1 / (1 + math.exp(-sum(sums(256 + place))))
    of_given, of_state = sums(512 + place)
    return (1 - kept) * math.tanh(of_given + used * of_state) + kept * state[place]


# --- other weights -------------------------------------------------------------------------------


def test_other_weights_change_another_network_only():
    matrices = NETWORK.matrices
    matrices["letters"][:] = 0
    deaf = NETWORK.with_matrices(matrices)
    assert len(set(deaf.predict(["cat", "dog"]))) == 1
    assert NETWORK.predict(["cat"]) == [("K", "AE1", "T")]


def test_arrays_handed_out_are_copies():
    NETWORK.matrices["letters"][:] = 0
    NETWORK.biases["output_bias"][:] = 0
    assert NETWORK.predict(["cat"]) == [("K", "AE1", "T")]


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("cat", "words must be a list of words, got 'cat'"),
        (None, "words must be a list of words, got None"),
        ([""], "a word must have only letters a to z, and at least one, got ''"),
        (["cat", "b2b"], "a word must have only letters a to z, and at least one, got 'b2b'"),
        (["café"], "a word must have only letters a to z, and at least one, got 'café'"),
        ([3], "a word must have only letters a to z, and at least one, got 3"),
        (["a" * 31], f"a word must have at most 30 letters, got '{'a' * 31}' with 31"),
    ],
)
def test_words_that_are_none_are_refused(words, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        NETWORK.predict(words)


def test_no_words_have_no_share():
    with pytest.raises(ValueError, match=r"^words must hold at least one word, got none$"):
        share_right(NETWORK, {})


def test_missing_arrays_are_refused():
    matrices = NETWORK.matrices
    del matrices["output"]
    with pytest.raises(ValueError, match=r"^matrices must be a dictionary of letters, .*; got l"):
        NETWORK.with_matrices(matrices)
    with pytest.raises(ValueError, match=r"^matrices must be a dictionary of .*; got 3$"):
        NETWORK.with_matrices(3)


def test_arrays_of_another_shape_or_with_nan_are_refused():
    flat = NETWORK.matrices | {"sounds": np.zeros((74, 255))}
    wanted = r"^matrices\['sounds'\] must have shape \(74, 256\), got one of shape \(74, 255\)$"
    with pytest.raises(ValueError, match=wanted):
        NETWORK.with_matrices(flat)
    with pytest.raises(ValueError, match=r"^biases\['output_bias'\] must be finite"):
        Pronouncer(NETWORK.matrices, NETWORK.biases | {"output_bias": np.full(74, np.nan)})
