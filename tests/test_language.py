"""The reader of fastText's language identifier, against that library and a file made by hand.

The scores in `BY_THE_LIBRARY` were computed by fastText itself (fasttext-predict 0.9.2.4, which is
compiled from its C++) with the same file.
"""

import hashlib
import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import ROOT, assert_refused
from vqlib import assets
from vqlib.language import LanguageModel

MODEL = LanguageModel.read()
BY_THE_LIBRARY = [
    ("Type a sentence, and the program says which language it is.", "en", 0.962680),
    ("Der Hund schläft unter dem Tisch, und die Katze sitzt darauf.", "de", 0.999322),
    ("Le chat dort sur la chaise près de la fenêtre.", "fr", 0.970754),
    ("El perro duerme debajo de la mesa.", "es", 0.919644),
    ("Il treno per Roma parte alle otto.", "it", 0.949044),
    ("O livro está em cima da mesa.", "pt", 0.989122),
    ("De trein vertrekt om acht uur naar Utrecht.", "nl", 0.902906),
    ("Hunden sover under bordet.", "no", 0.291431),
    ("Tåget till Stockholm går klockan åtta.", "sv", 0.913415),
    ("Juna lähtee kello kahdeksan Helsinkiin.", "fi", 0.968992),
    ("A vonat nyolckor indul Budapestre.", "hu", 0.544273),
    ("Vlak do Prahy odjíždí v osm hodin.", "cs", 0.690884),
    ("Pociąg do Krakowa odjeżdża o ósmej.", "pl", 0.967227),
    ("Tren saat sekizde Ankara'ya hareket ediyor.", "tr", 0.988054),
    ("Xe lửa đi Hà Nội khởi hành lúc tám giờ.", "vi", 0.808932),
    ("Kereta api ke Jakarta berangkat pukul delapan.", "id", 0.730043),
    ("Поезд в Москву отправляется в восемь часов.", "ru", 0.992688),
    ("Потяг до Києва відправляється о восьмій годині.", "uk", 0.997782),
    ("Влакът за София тръгва в осем часа.", "bg", 0.969428),
    ("Το τρένο για την Αθήνα φεύγει στις οκτώ.", "el", 0.993654),
    ("הרכבת לירושלים יוצאת בשמונה.", "he", 0.999705),
    ("القطار إلى القاهرة يغادر في الساعة الثامنة.", "ar", 0.995037),
    ("قطار تهران ساعت هشت حرکت می‌کند.", "fa", 0.961673),
    ("दिल्ली जाने वाली ट्रेन आठ बजे चलती है।", "hi", 0.991434),
    ("ঢাকার ট্রেন আটটায় ছাড়ে।", "bn", 0.979456),
    ("சென்னை செல்லும் ரயில் எட்டு மணிக்கு புறப்படும்.", "ta", 1.000005),
    ("รถไฟไปเชียงใหม่ออกเวลาแปดโมง", "th", 0.999794),
    ("去北京的火车八点出发。", "zh", 0.940519),
    ("東京行きの電車は八時に出ます。", "ja", 0.999976),
    ("서울행 기차는 여덟 시에 출발합니다.", "ko", 1.000033),
    ("თბილისის მატარებელი რვა საათზე გადის.", "ka", 0.998925),
    ("Երևանի գնացքը մեկնում է ժամը ութին։", "hy", 0.999342),
    ("量化是把连续的数变成离散的数", "ja", 0.999315),
    ("codebook", "fr", 0.532700),
    ("1234 5678 !?", "en", 0.124504),
    ("", "en", 0.124504),
]

# --- the file in data/ ---------------------------------------------------------------------------


@pytest.mark.parametrize(("sentence", "language", "score"), BY_THE_LIBRARY)
def test_the_first_language_and_its_score_are_those_of_the_library(sentence, language, score):
    # The library adds .00001 to each probability on the way, at most some ten times.
    assert MODEL.predict(sentence) == [(language, pytest.approx(score, abs=1e-4))]


@pytest.mark.parametrize(("sentence", "language", "score"), BY_THE_LIBRARY)
def test_probabilities_come_with_the_largest_first_and_add_up_to_1(sentence, language, score):
    found = MODEL.predict(sentence, count=176)
    probabilities = [probability for _, probability in found]
    assert sorted(code for code, _ in found) == sorted(MODEL.languages)
    assert probabilities == sorted(probabilities, reverse=True)
    assert math.fsum(probabilities) == pytest.approx(1)
    assert MODEL.predict(sentence, count=5) == found[:5]


def test_white_space_makes_no_difference():
    assert MODEL.predict("\tguten  Tag\n") == MODEL.predict("guten Tag")
    assert MODEL.predict(" \0\v") == MODEL.predict("")


def test_the_vectors_are_eight_pairs_of_a_direction_times_a_norm():
    assert MODEL.rows.shape == (50_000, 16)
    assert MODEL.indices.shape == (50_000, 8)
    for row in (0, 7_000, 49_999):
        pairs = []
        for codebook, index in zip(MODEL.directions.codebooks, MODEL.indices[row], strict=True):
            pairs += codebook.vectors[index].tolist()
        norm = MODEL.norms.vectors[MODEL.norm_indices[row], 0]
        np.testing.assert_allclose(MODEL.rows[row], norm * np.array(pairs))


def test_index_bytes_and_word_lists_fill_the_file():
    codebooks = 4 * 256 * (16 + 1)
    words = sum(len(word.encode()) + 10 for word in MODEL.words)
    languages = sum(len(f"__label__{language}") + 10 for language in MODEL.languages)
    ngrams = 8 * (len(MODEL.indices) - len(MODEL.words))
    decisions = 4 * 16 * len(MODEL.languages)
    headers = 64 + 28 + 1 + 21 + 16 + 16 + 17
    vectors = MODEL.indices.nbytes + MODEL.norm_indices.nbytes + codebooks
    assert vectors == 467_408
    whole = headers + words + languages + ngrams + decisions + vectors
    assert whole == assets.DATA.joinpath("lid.176.ftz").stat().st_size


def test_the_file_is_the_one_that_the_readme_tells():
    content = (assets.DATA / "lid.176.ftz").read_bytes()
    told = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert "lid.176.ftz" in assets.MODELS
    assert f"{len(content):,} bytes" in told
    assert hashlib.sha256(content).hexdigest() in told


# --- a file made by hand -------------------------------------------------------------------------

NGRAM = 0x68F6DC6E  # of "<a": what FNV-1a of 32 bits makes of it


def numbers(kind, *values):
    return struct.pack(f"<{len(values)}{kind}", *values)


def entry(name, count, kind):
    return name.encode() + b"\0" + numbers("q", count) + bytes([kind])


def parts_of_a_file():
    """A model of vectors of two scalars: two words, one n-gram, and three languages."""
    words = [entry("</s>", 9, 0), entry("a", 5, 0)]
    languages = [entry("__label__x", 7, 1), entry("__label__y", 4, 1), entry("__label__z", 2, 1)]
    scalars = np.arange(512) / 512 - 0.5
    norms = np.arange(256) / 16
    return {
        "beginning": numbers("i", 793712314, 12),
        "settings": numbers("i", 2, 5, 5, 1, 5, 1, 1, 3, 1_000, 2, 2, 100),
        "threshold": numbers("d", 1e-4),
        "sizes": numbers("i", 5, 2, 3) + numbers("q", 27, 1),
        "names": b"".join(words + languages),
        "ngrams": numbers("i", NGRAM % 1_000, 0),
        "table": b"\1\1" + numbers("q", 3, 2) + numbers("i", 6),
        "indices": bytes([0, 255, 200, 30, 128, 7]),
        "split": numbers("i", 2, 2, 1, 1) + numbers("f", *scalars),
        "norm indices": bytes([16, 32, 48]),
        "norms": numbers("i", 1, 1, 1, 1) + numbers("f", *norms),
        "decisions": b"\0" + numbers("q", 3, 2) + numbers("f", 1, -1, 2, 0.5, 0, 0),
    }


def file_of(**changes):
    return b"".join((parts_of_a_file() | changes).values())


HAND_MADE_ROWS = np.array(
    [
        [0 / 512 - 0.5, 511 / 512 - 0.5],
        [2 * (200 / 512 - 0.5), 2 * (286 / 512 - 0.5)],
        [3 * (128 / 512 - 0.5), 3 * (263 / 512 - 0.5)],
    ]
)


def test_a_file_made_by_hand_is_read(tmp_path):
    path = tmp_path / "small.ftz"
    path.write_bytes(file_of())
    model = LanguageModel.read(path)
    assert model.words == ("</s>", "a")
    assert model.languages == ("x", "y", "z")
    np.testing.assert_array_equal(model.rows, HAND_MADE_ROWS)


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [("", [0]), ("a", [1, 2, 0]), ("b a", [1, 2, 0]), ("ab", [2, 0]), ("a\na", [1, 2, 1, 2, 0])],
)
def test_words_ngrams_and_the_tree_by_hand(sentence, rows):
    model = LanguageModel(file_of())
    assert model.row_numbers(sentence) == rows
    first, second = HAND_MADE_ROWS[rows].mean(axis=0)
    # Huffman: z and y are rarest, so they meet at the first fork; then x and that fork at the root.
    go_to_y = 1 / (1 + math.exp(-(first - second)))
    go_to_x = 1 / (1 + math.exp(-(2 * first + 0.5 * second)))
    expected = {"x": go_to_x, "y": (1 - go_to_x) * go_to_y, "z": (1 - go_to_x) * (1 - go_to_y)}
    assert dict(model.predict(sentence, count=3)) == pytest.approx(expected)


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"beginning": numbers("i", 793712314, 11)}, "it does not begin as one of version 12"),
        ({"beginning": b"\x89PNG\r\n\x1a\n"}, "it does not begin as one of version 12"),
        (
            {"settings": numbers("i", 2, 5, 5, 1, 5, 2, 1, 3, 1_000, 2, 2, 100)},
            "it is of another kind",
        ),
        (
            {"settings": numbers("i", 2, 5, 5, 1, 5, 1, 1, 3, 0, 2, 2, 100)},
            "its n-grams have no hashes",
        ),
        (
            {"settings": numbers("i", 2, 5, 5, 1, 5, 1, 1, 3, 9, 3, 2, 100)},
            "its n-grams have no length",
        ),
        (
            {"sizes": numbers("i", 5, 2, 2) + numbers("q", 27, 1)},
            "its lists are not as long as it says",
        ),
        (
            {"sizes": numbers("i", 3, 0, 3) + numbers("q", 27, 1)},
            "it has no words or no languages",
        ),
        ({"names": b"\xff" + entry("a", 5, 0)}, "its words are not in UTF-8"),
        ({"names": 5 * entry("a", 5, 0)}, "it has no end of a sentence"),
        ({"ngrams": numbers("i", 7, 1)}, "its n-grams have wrong rows"),
        ({"table": b"\0\1" + numbers("q", 3, 2)}, "its vectors or norms are not quantized"),
        (
            {"table": b"\1\1" + numbers("q", 4, 2) + numbers("i", 6)},
            "the number of its vectors is wrong",
        ),
        ({"split": numbers("i", 2, 2, 1, 2)}, "its vectors are not cut into equal parts"),
        ({"split": numbers("i", 4, 2, 2, 2)}, "its code vectors are of another dimension"),
        ({"decisions": b"\1"}, "its decisions are quantized"),
        ({"decisions": b"\0" + numbers("q", 2, 2)}, "the number of its decisions is wrong"),
        (
            {"decisions": b"\0" + numbers("q", 3, 2) + numbers("f", *[np.nan] * 6)},
            "its decisions are not finite",
        ),
        ({"more": b"\0\0"}, "2 bytes are left over"),
    ],
)
def test_what_is_no_such_model_is_refused(tmp_path, changes, problem):
    path = tmp_path / "other.ftz"
    path.write_bytes(file_of(**changes))
    wanted = "a language model of fastText in the form of lid.176.ftz"
    assert_refused(
        f"path must lead to {wanted}, got other.ftz: {problem}", LanguageModel.read, path
    )


@given(st.integers(0, len(file_of()) - 1))
def test_a_file_cut_short_is_refused(length):
    with pytest.raises(ValueError, match=r"^content must be a .* got bytes: it "):
        LanguageModel(file_of()[:length])


@settings(max_examples=500)
@given(st.integers(0, len(file_of()) - 1), st.integers(0, 255))
def test_a_wrong_byte_is_refused_or_leaves_a_model_that_answers(place, byte):
    content = bytearray(file_of())
    content[place] = byte
    try:
        model = LanguageModel(bytes(content))
    except ValueError:
        return
    found = model.predict("a b", count=len(model.languages))
    assert math.fsum(probability for _, probability in found) == pytest.approx(1)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.ftz"):
        LanguageModel.read(tmp_path / "none.ftz")


@pytest.mark.parametrize("content", [None, "abc", 3, bytearray(b"abc"), [1, 2]])
def test_content_that_is_no_bytes_is_refused(content):
    problem = f"content must be the bytes of a file, got {type(content).__name__}"
    assert_refused(problem, LanguageModel, content)


def test_bytes_of_another_kind_are_refused():
    wanted = "a language model of fastText in the form of lid.176.ftz"
    assert_refused(f"content must be {wanted}, got bytes: it ends too early", LanguageModel, b"abc")


@pytest.mark.parametrize("path", [None, 3, b"lid.176.ftz", ["lid.176.ftz"]])
def test_what_is_no_path_is_refused(path):
    problem = f"path must be a path, got {type(path).__name__}"
    assert_refused(problem, LanguageModel.read, path)


@pytest.mark.parametrize("kind", [str, type(ROOT)])
def test_a_folder_is_refused(tmp_path, kind):
    wanted = "a language model of fastText in the form of lid.176.ftz"
    problem = f"path must lead to {wanted}, got a folder: {tmp_path.name}"
    assert_refused(problem, LanguageModel.read, kind(tmp_path))


def test_a_path_may_be_a_text(tmp_path):
    path = tmp_path / "small.ftz"
    path.write_bytes(file_of())
    assert LanguageModel.read(str(path)).languages == ("x", "y", "z")


@pytest.mark.parametrize("sentence", [None, 3, b"hello"])
def test_only_a_text_has_row_numbers(sentence):
    problem = f"sentence must be a text, got {type(sentence).__name__}"
    assert_refused(problem, MODEL.row_numbers, sentence)


def test_arguments_of_predict():
    assert_refused("sentence must be a text, got bytes", MODEL.predict, b"hello")
    wanted = "count must be a whole number from 1 to 176, got 177"
    assert_refused(wanted, MODEL.predict, "hello", 177)
