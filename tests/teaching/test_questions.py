"""teaching/questions/: every question is whole, and its key is what is computed."""

import copy
import dataclasses
import re
import tomllib
from collections import Counter

import nbformat
import pytest

from tests.support import ROOT

pytest.importorskip("latex2mathml", reason="only make installs it, for formulas as MathML")
from tools.questions.bank import FOLDER, KINDS, read_bank, read_question
from tools.questions.exam import read_exam
from tools.questions.markup import plain
from tools.questions.order import LETTERS, letter_of_key, shuffled
from tools.questions.proof import numbers_in, prove

BANK = read_bank()
each_question = pytest.mark.parametrize("question", BANK, ids=lambda question: question.name)
PROVEN = [question for question in BANK if question.key.value or question.key.holds]
OF_NOTEBOOK = Counter(question.notebook.partition("_")[0] for question in BANK)
OF_KIND = Counter(question.kind for question in BANK)


def headings(notebook):
    cells = nbformat.read(ROOT / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)


# --- the bank ------------------------------------------------------------------------------------


@each_question
def test_key_and_distractors_are_what_is_computed(question):
    prove(question)


@each_question
def test_question_belongs_to_a_part_of_its_notebook(question):
    assert question.section in headings(question.notebook)


def test_there_are_questions_enough_of_each_notebook_and_kind():
    assert 65 <= len(BANK) <= 100
    assert OF_NOTEBOOK["00"] >= 3
    assert min(count for number, count in OF_NOTEBOOK.items() if number != "00") >= 5
    assert min(OF_KIND[kind] for kind in KINDS) >= 12


def test_readme_counts_the_questions():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d\d|A1) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    counted = {}
    for number in OF_NOTEBOOK:
        of_it = [question for question in BANK if question.notebook.startswith(number)]
        kinds = Counter(question.kind for question in of_it)
        counted[number] = [*(kinds[kind] for kind in KINDS), len(of_it)]
    assert {number: [int(cell) for cell in cells] for number, *cells in rows} == counted
    kinds = " | ".join(str(OF_KIND[kind]) for kind in KINDS)
    assert f"| all | {kinds} | {len(BANK)} |" in text
    assert f"{len(BANK)} multiple-choice questions" in text
    assert f"{len(BANK) - len(PROVEN)} that are keyed by hand" in text


@each_question
def test_options_are_of_similar_length_and_none_speaks_of_the_others(question):
    lengths = [len(plain(option.text)) for option in question.options]
    assert max(lengths) <= 1.5 * min(lengths) + 12
    for option in question.options:
        assert not re.search(r"\b(above|below|all of|none of) (them|these|the)\b", option.text)
        assert not re.search(r"\b(all|none) of the (above|others)|\boptions?\b", option.text)


@each_question
def test_each_feedback_is_one_sentence_and_each_misconception_another(question):
    said = [option.feedback for option in question.options]
    assert len(set(said)) == len(said)
    for sentence in said:
        assert sentence[-1] in ".?"
        assert not re.search(r"[.?!] [A-Z]", sentence)


def test_the_key_is_neither_mostly_the_longest_nor_mostly_the_shortest_option():
    longest = 0
    shortest = 0
    for question in BANK:
        key, *others = [len(plain(option.text)) for option in question.options]
        longest += key > max(others)
        shortest += key < min(others)
    assert longest <= 0.4 * len(BANK)
    assert shortest <= 0.4 * len(BANK)


@pytest.mark.parametrize("version", [1, 2])
def test_keys_stand_in_all_places_about_equally_often(version):
    places = Counter(letter_of_key(question, version) for question in BANK)
    for letter in LETTERS:
        assert 0.15 <= places[letter] / len(BANK) <= 0.35


def test_options_are_shuffled_by_version_and_none_is_lost():
    orders = {}
    for version in (1, 2):
        orders[version] = [shuffled(question, version) for question in BANK]
        for question, order in zip(BANK, orders[version], strict=True):
            assert sorted(map(id, order)) == sorted(map(id, question.options))
    same = [first == second for first, second in zip(orders[1], orders[2], strict=True)]
    assert sum(same) < len(BANK) / 4


@each_question
def test_neither_stem_nor_description_says_the_key(question):
    key = plain(question.key.text).casefold()
    if len(key) > 4:
        assert key not in plain(question.stem).casefold()
        assert key not in plain(question.alt).casefold()


# --- a key that is not right is refused ----------------------------------------------------------


@pytest.mark.parametrize("question", PROVEN, ids=lambda question: question.name)
@pytest.mark.parametrize("place", range(3))
def test_a_distractor_in_the_place_of_the_key_is_refused(question, place):
    wrong = list(question.wrong)
    if question.key.value:  # the texts change places, the computed values stay
        key = dataclasses.replace(question.key, text=wrong[place].text)
        wrong[place] = dataclasses.replace(wrong[place], text=question.key.text)
    else:
        key = wrong[place]
        wrong[place] = question.key
    with pytest.raises(ValueError, match=question.name):
        prove(dataclasses.replace(question, key=key, wrong=tuple(wrong)))


GOOD = """
id = '01-q1'
kind = 'computation'
section = 'Rounding'
stem = 'How much is 1/2?'
given = 'half = 1 / 2'

[key]
text = '0.50 and $x$'
value = 'half'
feedback = 'So it is.'

[[wrong]]
text = '0.25'
value = 'half**2'
misconception = 'You squared it.'

[[wrong]]
text = '2.00'
value = '1 / half'
misconception = 'You turned it round.'

[[wrong]]
text = '12'
value = '12'
misconception = 'You wrote the digits side by side.'
"""


def sample(*changes):
    """The table of the good question, with texts replaced."""
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return tomllib.loads(text)


def test_a_good_question_is_accepted():
    prove(read_question(sample(), "01_scalar"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([("misconception = 'You squared it.'", "")], "a distractor of 01-q1 must have a text as"),
        ([("feedback = 'So it is.'", "")], "the key of 01-q1 must have a text as its feedback"),
        ([("id = '01-q1'", "id = 'half'")], "must be 01-q1 or so, got half"),
        ([("'computation'", "'riddle'")], "the kind of 01-q1 must be one of"),
        ([("1/2?", "1/2.")], "the stem of 01-q1 must end in"),
        ([("value = 'half'", "")], "01-q1 is a computation and must have a value"),
        ([("'Rounding'", "''")], "01-q1 must have a text as its section"),
        ([("$x$", "$x")], "must come in pairs"),
        ([("given", "gives")], "01-q1 may have"),
        ([("value = '12'", "valeu = '12'")], "a distractor of 01-q1 may have"),
        ([("kind = 'computation'", "kind = 'figure'")], "must have a figure"),
        ([("section", "figure = '01-q1.png'\nsection")], "must have a figure if and only if"),
        ([("section", "keyed = 'by hand'\nsection")], "or else keyed = 'by hand'"),
        ([("section", "keyed = 'by ear'\nsection")], "must be 'by hand' or left out"),
    ],
)
def test_a_question_that_is_not_whole_is_refused(changes, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)) as refusal:
        read_question(sample(*changes), "01_scalar")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("number", [0, 2, 4])
def test_a_question_with_another_number_of_distractors_is_refused(number):
    table = sample()
    table["wrong"] = [copy.copy(table["wrong"][0]) for _ in range(number)]
    with pytest.raises(ValueError, match=f"01-q1 must have 3 distractors, got {number}"):
        read_question(table, "01_scalar")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([("0.50 and", "0.51 and")], "must have 0.5 in place of 0.51"),
        ([("'0.50 and $x$'", "'a half'")], "'a half' of 01-q1 must have 1 numbers in it"),
        ([("'0.25'", "'0.500'"), ("half**2", "half")], "are too near"),
        ([("'0.25'", "'0.505'"), ("half**2", "half + 0.005")], "are too near"),
        ([("'0.50 and $x$'", "'0.25'"), ("'half'", "'half**2'")], "have the same text"),
        ([("value = 'half'", "value = 'half'\nholds = 'half > 1'")], "the key '0.50 and $x$' of"),
        ([("half**2'", "half**2'\nholds = 'half < 1'")], "the distractor '0.25' of 01-q1 holds"),
        ([("1 / 2'", "1 / 0'")], "the Python of 01-q1 fails: ZeroDivisionError"),
    ],
)
def test_a_question_whose_numbers_are_wrong_is_refused(changes, sentence):
    question = read_question(sample(*changes), "01_scalar")
    with pytest.raises(ValueError, match=re.escape(sentence)) as refusal:
        prove(question)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("99_dreams.toml", "", "99_dreams.toml must have the name of a notebook"),
        (
            "01_scalar.toml",
            "[[question]]\nkind = 'concept'",
            "must have a text as its id, got None",
        ),
    ],
)
def test_a_folder_with_a_file_that_does_not_belong_is_refused(tmp_path, name, text, sentence):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=sentence):
        read_bank(tmp_path)


def test_an_id_that_comes_twice_is_refused(tmp_path):
    text = (FOLDER / "00_start_here.toml").read_text(encoding="utf-8")
    (tmp_path / "00_start_here.toml").write_text(text + text, encoding="utf-8")
    with pytest.raises(ValueError, match="00-q1, 00-q2, 00-q3 more than once"):
        read_bank(tmp_path)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,536,000 bytes", ["1,536,000"]),
        ("-1, 1 and 3", ["-1", "1", "3"]),
        ("(2, 3)", ["2", "3"]),
        ("0, 255, 0, 255", ["0", "255", "0", "255"]),
        ("0.25 of 12.", ["0.25", "12"]),
        ("a code word", []),
    ],
)
def test_numbers_of_a_text_are_found(text, numbers):
    assert numbers_in(text) == numbers


# --- the exam ------------------------------------------------------------------------------------

EXAM = read_exam(BANK)


def test_the_exam_has_sixty_marks_in_sixty_minutes_of_all_notebooks_and_kinds():
    assert (EXAM.minutes, EXAM.marks) == (60, 60)
    assert sum(part.marks for part in EXAM.parts) == 60
    assert 50 <= sum(part.minutes for part in EXAM.parts) <= 57
    notebooks = Counter(part.question.notebook[:2] for part in EXAM.parts)
    assert sorted(notebooks) == ["00", "01", "02", "03", "04", "05", "06", "07"]
    assert max(notebooks.values()) <= 5
    kinds = Counter(part.question.kind for part in EXAM.parts)
    assert min(kinds[kind] for kind in KINDS) >= 6


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("'01-q2'", "'01-q99'", "got 01-q99"),
        ("'01-q2'", "'01-q5'", "each once, got 01-q5"),
        ("marks = 3 }", "marks = 4 }", "the marks of the exam must be 60, got 61"),
        ("minutes = 60", "minutes = 45", "the exam must take at most 45 minutes, got 54"),
    ],
)
def test_an_exam_that_does_not_add_up_is_refused(tmp_path, old, new, sentence):
    text = (FOLDER / "exam.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "exam.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=sentence):
        read_exam(BANK, path)
