"""The panel of words: what it shows and says, the box to type in, and codes made ahead."""

import functools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.explore.support import marks_of_kind, points_of, press, status, updates
from tests.support import assert_refused
from vqlib import explore
from vqlib.explore.coded_network import CODES, KINDS, NORMAL, TABLE
from vqlib.explore.weights import aligned
from vqlib.pronouncer import read_pronouncer

TOLD = re.compile(
    r"(?:Shown: (\d) bits, the most here\. )?"
    r"The word (\w+): ([A-Z0-2 ]+), (no|\d+) sounds? differs?\. "
    r"(\d+) of 3,340 kB, (\d\.\d\d) bits per number, SNR (\S+) dB\. "
    r"Of 2,000 words (\d+) % right \(full network 70 %\), (\d+) % unchanged\."
)
OF_WEIGHTS = "k-means of weights"
SOUNDS = st.lists(st.sampled_from(["K", "OW1", "D"]), max_size=7).map(tuple)


@pytest.fixture(scope="module")
def panel():
    return explore.WordPanel()


@pytest.fixture
def fresh(panel):
    """The one panel of this file, as it was at first."""
    press(panel.reset, panel)
    return panel


def told_by(panel):
    return TOLD.fullmatch(status(panel)).groups()


# --- what is shown


@pytest.mark.parametrize(("word", "bits"), [("codebook", 1), ("quantization", 2), ("knight", 5)])
def test_it_says_the_word_as_a_network_of_nearest_levels_does(fresh, word, bits):
    fresh.word.value = word
    fresh.bits.value = bits
    full = read_pronouncer()
    quantized = {}
    with np.load(TABLE) as table:
        for name, matrix in full.matrices.items():
            levels = np.sort(table[f"{OF_WEIGHTS}, {bits}, {name}"].ravel().astype(float))
            borders = (levels[1:] + levels[:-1]) / 2
            quantized[name] = levels[np.searchsorted(borders, matrix, side="right")]
    (said,) = full.with_matrices(quantized).predict([word])
    (right,) = full.predict([word])
    told = told_by(fresh)
    assert told[1:3] == (word, " ".join(said))
    assert (told[3] == "no") == (said == right)
    by_full, by_quantized = fresh.view.frame["sounds"]["alt"].split(", ")
    assert by_full == f"{word}: {' '.join(right)} by the full network"
    assert by_quantized == f"{' '.join(said)} by the quantized one"


@pytest.mark.parametrize("code", CODES)
def test_it_tells_the_row_of_the_table(panel, code):
    kind, bits = code
    panel.kind.value = kind
    panel.bits.value = bits
    most, _word, _sounds, _count, *figures = told_by(panel)
    size, rate, snr, right, unchanged = map(float, figures)
    assert most is None
    place = list(KINDS).index(kind), bits - 1
    with np.load(TABLE) as table:
        row = {name: table[name][place] for name in ("bits", "snr", "right", "unchanged")}
    assert size == pytest.approx(row["bits"] / 8000, abs=0.51)
    assert rate == pytest.approx(row["bits"] / 834_890, abs=0.0051)
    assert snr == pytest.approx(row["snr"], abs=0.051)
    assert right == pytest.approx(100 * row["right"], abs=0.51)
    assert unchanged == pytest.approx(100 * row["unchanged"], abs=0.51)
    (point,) = points_of(marks_of_kind(panel.view, "chart", "discs")[0])
    expected = [row["bits"] / 834_890, row["right"]]
    np.testing.assert_allclose(panel._scene._chart.data(*point), expected, atol=1e-3)


@pytest.mark.parametrize("code", CODES)
def test_stars_are_pairs_of_levels_pairs_or_parts_of_vectors(panel, code):
    kind, bits = code
    panel.kind.value = kind
    panel.bits.value = bits
    (stars,) = marks_of_kind(panel.view, "plane", "stars")
    dimension = KINDS[kind].dimension
    assert len(points_of(stars)) == 2 ** (bits * max(dimension, 2))
    (borders,) = marks_of_kind(panel.view, "plane", "line")
    strokes = len(points_of(borders)) / 3
    if dimension == 1:
        assert strokes == 2 * (2**bits - 1)
    else:
        assert (strokes > 0) == (dimension == 2)


def test_weights_that_are_turned_are_another_cloud(fresh):
    plain = fresh.view.fixed
    fresh.bits.value = 3
    fresh.kind.value = "equal steps"
    assert fresh.view.fixed == plain
    fresh.kind.value = NORMAL
    assert fresh.view.fixed != plain


@pytest.mark.parametrize(("kind", "most"), [("k-means of pairs", 4), ("k-means of 4-vectors", 2)])
def test_bits_that_a_codebook_has_not_show_the_most_that_it_has(fresh, kind, most):
    fresh.kind.value = kind
    fresh.bits.value = most
    expected = status(fresh)
    frame = fresh.view.frame
    for bits in range(most + 1, 6):
        fresh.bits.value = bits
        assert told_by(fresh)[0] == str(most)
        assert status(fresh).endswith(expected)
        assert fresh.view.frame == frame


@functools.cache
def edit_distance(one, other):
    """As it is defined: the fewest sounds put in, left out or changed."""
    if not one or not other:
        return len(one) + len(other)
    changed = edit_distance(one[1:], other[1:]) + (one[0] != other[0])
    return min(changed, 1 + edit_distance(one[1:], other), 1 + edit_distance(one, other[1:]))


@given(SOUNDS, SOUNDS)
def test_sounds_are_paired_in_order_and_as_few_as_possible_differ(one, other):
    pairs = aligned(one, other)
    assert tuple(first for first, _ in pairs if first) == one
    assert tuple(second for _, second in pairs if second) == other
    assert sum(first != second for first, second in pairs) == edit_distance(one, other)
    assert all(first or second for first, second in pairs)


# --- the box


@pytest.mark.parametrize("typed", ["anna", " Anna ", "ANNA"])
def test_a_word_that_is_typed_comes_before_the_one_of_the_list(fresh, typed):
    fresh.typed.value = typed
    assert told_by(fresh)[1] == "anna"
    assert fresh.view.lasting
    fresh.typed.value = ""
    assert told_by(fresh)[1] == "codebook"


BEGIN = "A word must have 1 to 30 letters, all from a to z, got "


@pytest.mark.parametrize(
    ("typed", "quoted", "said"),
    [
        ("anna2", "'anna2'", "anna"),
        ("42", "'42'", "codebook"),
        ("two words", "'two words'", "twowords"),
        ("Zoë", "'Zoë'", "zo"),
        ("é", "'é'", "codebook"),
        ("a" * 40, f"'{'a' * 40}'", "a" * 30),
        ("b" * 5000, f"'{'b' * 40}…'", "b" * 30),
        ("<b>", "'<b>'", "b"),
    ],
)
def test_what_is_no_word_gets_a_sentence_and_its_letters_are_said(fresh, typed, quoted, said):
    fresh.typed.value = typed
    view = fresh.view
    assert view.status_is_error
    assert view.status == f"{BEGIN}{quoted}: what is said is '{said}'."
    assert not view.lasting
    assert view.frame["sounds"]["alt"].startswith(f"{said}: ")
    assert list(fresh._likely_next()) == []
    fresh.bits.value = 3
    assert view.status_is_error
    fresh.typed.value = "anna"
    assert told_by(fresh)[1] == "anna"
    assert view.lasting


def test_a_word_of_the_list_takes_the_place_of_what_was_typed(fresh):
    fresh.typed.value = "anna 1"
    fresh.word.value = "entropy"
    assert fresh.typed.value == ""
    assert told_by(fresh)[1] == "entropy"


def test_a_letter_that_is_typed_sends_one_small_message(messages, fresh):
    fresh.typed.value = "an"
    messages.clear()
    fresh.typed.set_state({"value": "ann"})
    names, (size,) = updates(fresh.view, messages)
    assert names == [{"frame", "status"}]
    assert size < 12_000


# --- codes made ahead, and what is refused


def test_only_what_is_coded_comes_ahead_and_then_all_is(messages):
    panel = explore.WordPanel()
    scene = panel._scene
    first = list(panel._likely_next())
    assert {(kind, bits) for *_, kind, bits in first} == {(OF_WEIGHTS, 2)}
    for _pause in panel._send_ahead():
        pass
    assert all(scene.is_ready(*code) for code in CODES)
    assert not any(scene.code_some(*code) for code in CODES)
    codes = {(kind, bits) for *_, kind, bits in panel._likely_next()}
    assert codes == {(kind, bits) for kind in KINDS for bits in range(1, 6)}


@pytest.mark.parametrize(
    ("given_", "sentence"),
    [
        ({"word": "anna"}, f"word must be one of {', '.join(explore.WordScene.WORDS)}, got 'anna'"),
        ({"bits": 6}, "bits must be a whole number from 1 to 5, got 6"),
        ({"kind": "best"}, f"kind must be one of {', '.join(KINDS)}, got 'best'"),
    ],
)
def test_what_it_cannot_begin_with_is_told_in_a_sentence(panel, given_, sentence):
    assert_refused(sentence, functools.partial(explore.WordPanel, **given_))
    settings = {"word": "knight", "typed": "", "kind": OF_WEIGHTS, "bits": 2} | given_
    assert_refused(sentence, panel._scene.frame, *settings.values())
