"""What `make questions` writes, read back by other means: every question, and no key too many."""

import base64
import dataclasses
import html
import io
import re
from html.parser import HTMLParser
from xml.dom import minidom

import nbformat
import pytest
from PIL import Image

from tests.support import ROOT

pytest.importorskip("latex2mathml", reason="only make installs it, for formulas as MathML")
from tools.questions import __main__ as command
from tools.questions.bank import FIGURES, read_bank
from tools.questions.exam import read_exam
from tools.questions.gift import escape, gift
from tools.questions.markup import for_browsers, for_mathjax, to_html
from tools.questions.moodle import quiz
from tools.questions.order import LETTERS, letter_of_key, shuffled

BANK = {question.name: question for question in read_bank()}
EXAM = read_exam(list(BANK.values()))
MADE = command.files(list(BANK.values()), EXAM, 1)
TITLES = list(command.by_notebook(BANK.values()))
CATEGORIES = [f"$course$/top/Vector quantization/{title}" for title in TITLES]


def source_of(text):
    """HTML with formulas for MathJax, turned back into the text of the bank."""
    text = text.removeprefix("<p>").removesuffix("</p>")
    text = re.sub(r"\\\((.*?)\\\)", r"$\1$", text)
    text = re.sub("<code>(.*?)</code>", r"`\1`", text)
    assert not re.search("<[a-z/]", text)
    return html.unescape(text)


def on_one_line(text):
    return " ".join(text.split())


# --- Moodle XML ----------------------------------------------------------------------------------


def content(node, *path):
    """The text of the only child, grandchild and so on of these names."""
    for tag in path:
        children = [child for child in node.childNodes if child.nodeName == tag]
        assert len(children) == 1, (path, len(children))
        (node,) = children
    return "".join(child.data for child in node.childNodes)


def entries(name):
    root = minidom.parseString(MADE[name]).documentElement
    assert root.tagName == "quiz"
    return [node for node in root.childNodes if node.nodeName == "question"]


def questions_in(name):
    found = [node for node in entries(name) if node.getAttribute("type") != "category"]
    assert {node.getAttribute("type") for node in found} == {"multichoice"}
    return found


def categories_in(name):
    found = [node for node in entries(name) if node.getAttribute("type") == "category"]
    return [content(node, "category", "text") for node in found]


def test_categories_have_the_titles_of_the_notebooks():
    assert TITLES[0] == "00 Start here"
    for title in TITLES[1:]:
        (notebook,) = (ROOT / "notebooks").glob(f"{title[:2]}_*.ipynb")
        assert nbformat.read(notebook, as_version=4).cells[0].source.startswith(f"# {title[3:]}:")


def test_moodle_has_a_category_for_each_notebook_before_its_questions():
    assert categories_in("questions_moodle.xml") == CATEGORIES
    order = []
    for node in entries("questions_moodle.xml"):
        if node.getAttribute("type") == "category":
            category = content(node, "category", "text").rpartition("/")[2][:2]
        else:
            order.append((category, content(node, "name", "text")))
    assert [name for _, name in order] == list(BANK)
    assert all(name.startswith(category) for category, name in order)


def test_moodle_has_the_exam_as_a_category_with_its_marks():
    assert categories_in("exam_moodle.xml") == [f"$course$/top/Vector quantization/{EXAM.title}"]
    marks = [int(content(node, "defaultgrade")) for node in questions_in("exam_moodle.xml")]
    assert marks == [part.marks for part in EXAM.parts]
    names = [content(node, "idnumber") for node in questions_in("exam_moodle.xml")]
    assert names == [part.question.name for part in EXAM.parts]


@pytest.mark.parametrize("node", questions_in("questions_moodle.xml"), ids=list(BANK))
def test_moodle_has_every_question_as_a_single_choice(node):
    question = BANK[content(node, "name", "text")]
    assert content(node, "idnumber") == question.name
    settings = ("single", "shuffleanswers", "hidden", "defaultgrade")
    assert [content(node, name) for name in settings] == ["true", "true", "0", "1"]
    answers = node.getElementsByTagName("answer")
    assert [answer.getAttribute("fraction") for answer in answers] == ["100", "0", "0", "0"]
    for answer, option in zip(answers, question.options, strict=True):
        assert answer.getAttribute("format") == "html"
        assert source_of(content(answer, "text")) == on_one_line(option.text)
        assert source_of(content(answer, "feedback", "text")) == on_one_line(option.feedback)
    stem, _, figure = content(node, "questiontext", "text").partition("</p><p>")
    assert source_of(stem) == on_one_line(question.stem)
    assert bool(figure) == bool(question.figure)


class Pictures(HTMLParser):
    """The attributes of all pictures."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self.found.append(dict(attributes))


@pytest.mark.parametrize("name", ["questions_moodle.xml", "exam_moodle.xml"])
def test_moodle_has_every_figure_as_a_file_that_its_question_shows(name):
    for node in questions_in(name):
        question = BANK[content(node, "name", "text")]
        pictures = Pictures(content(node, "questiontext", "text")).found
        stored = node.getElementsByTagName("file")
        assert len(pictures) == len(stored) == bool(question.figure)
        for picture, file in zip(pictures, stored, strict=True):
            assert picture["src"] == f"@@PLUGINFILE@@/{file.getAttribute('name')}"
            assert picture["alt"] == question.alt
            assert file.parentNode.nodeName == "questiontext"
            assert (file.getAttribute("path"), file.getAttribute("encoding")) == ("/", "base64")
            read = base64.b64decode(content(file), validate=True)
            assert read == (FIGURES / question.figure).read_bytes()
            assert int(picture["width"]) == Image.open(io.BytesIO(read)).width // 2


def test_moodle_escapes_what_xml_and_html_would_take_for_their_own():
    told = awkward()
    read = minidom.parseString(quiz({"A & B": [(told, 1)]}, FIGURES))
    texts = [content(node) for node in read.getElementsByTagName("text")]
    assert "$course$/top/Vector quantization/A & B" in texts
    assert source_of(texts[2]) == on_one_line(told.stem)
    assert source_of(texts[3]) == told.key.text
    assert r"\(a &lt; b\)" in texts[3]


def awkward():
    """A question of all that needs escaping."""
    question = BANK["00-q1"]
    text = r"$a < b$ & ]]> <b> ~ = # { } : \n \: `x[i] == {1: 2}` %5% -> 'q' \"d\""
    key = dataclasses.replace(question.key, text=text, feedback=f"{text}.")
    return dataclasses.replace(question, stem=f"{text}?", key=key)


# --- GIFT ----------------------------------------------------------------------------------------


def read_gift(text):
    """A small reader of GIFT that follows Moodle's: what is escaped is put aside first."""
    found = {}
    category = None
    for block in re.split(r"\n\s*\n", text.strip()):
        if block.startswith("$CATEGORY:"):
            category = block.removeprefix("$CATEGORY:").strip()
            continue
        aside = re.sub(r"\\([~=#{}:\\])", lambda match: f"\0{ord(match[1])};", block)
        match = re.fullmatch(r"::([^:]*)::\[html\]([^{}]*)\{([^{}]*)\}", aside)
        name, stem, answers = match.groups()
        options = re.findall(r"([=~])([^=~#]*)#([^=~#]*)", answers)
        assert "".join(sum(options, ())).replace("\n", "") == re.sub(r"[\n#]", "", answers)
        rows = [tuple(back(part) for part in option) for option in options]
        found[back(name)] = (category, back(stem), rows)
    return found


def back(text):
    return re.sub(r"\0(\d+);", lambda match: chr(int(match[1])), text).strip()


def test_gift_has_every_question_without_a_figure():
    read = read_gift(MADE["questions_gift.txt"].decode())
    assert list(read) == [name for name, question in BANK.items() if not question.figure]
    assert {category for category, _, _ in read.values()} == set(CATEGORIES)
    for name, (_, stem, rows) in read.items():
        question = BANK[name]
        assert source_of(stem) == on_one_line(question.stem)
        assert [sign for sign, _, _ in rows] == ["=", "~", "~", "~"]
        for (_, text, feedback), option in zip(rows, question.options, strict=True):
            assert source_of(text) == on_one_line(option.text)
            assert source_of(feedback) == on_one_line(option.feedback)


def test_gift_escapes_its_own_characters():
    told = awkward()
    _, stem, rows = read_gift(gift({"A": [told]}))[told.name]
    assert source_of(stem) == on_one_line(told.stem)
    assert source_of(rows[0][1]) == told.key.text
    assert escape(r"a~b=c#d{e}f:g\n") == r"a\~b\=c\#d\{e\}f\:g\\n"


# --- sheets --------------------------------------------------------------------------------------


def text_of(page):
    """What a browser shows of a page, without its style."""
    body = page.partition("<body>")[2]
    return html.unescape(re.sub("<[^>]*>", "", body))


def items(page):
    return re.findall(r"<li[^>]*>.*?</li>", page)


@pytest.mark.parametrize("kind", ["questions", "exam"])
def test_a_sheet_without_keys_says_nothing_but_stems_and_options(kind):
    page = MADE[f"{kind}.html"].decode()
    shown = BANK.values() if kind == "questions" else [part.question for part in EXAM.parts]
    expected = []
    for question in shown:
        for letter, option in zip(LETTERS, shuffled(question, 1), strict=True):
            text = to_html(option.text, for_browsers)
            expected.append(f'<li><span class="letter">{letter}</span> {text}</li>')
        for option in question.options:
            assert to_html(option.feedback, for_browsers) not in page
    assert items(page) == expected
    assert not re.search(r'class="(key|feedback)"|✓|correct', page.partition("<body>")[2])


@pytest.mark.parametrize("kind", ["questions", "exam"])
def test_a_sheet_with_keys_marks_the_key_of_each_question(kind):
    page = MADE[f"{kind}_with_keys.html"].decode()
    shown = list(BANK.values()) if kind == "questions" else [part.question for part in EXAM.parts]
    marked = [item for item in items(page) if item.startswith('<li class="key">')]
    letters = [re.search('class="letter">(.)<', item)[1] for item in marked]
    assert letters == [letter_of_key(question, 1) for question in shown]
    for question, item in zip(shown, marked, strict=True):
        assert to_html(question.key.feedback, for_browsers) in item
    if kind == "exam":
        rows = re.findall(r"<tr><td>(\d+)</td><td>(.)</td><td>(\d)</td>", page)
        assert [letter for _, letter, _ in rows] == letters
        assert sum(int(marks) for _, _, marks in rows) == 60


@pytest.mark.parametrize("name", [name for name in MADE if name.endswith(".html")])
def test_a_sheet_needs_nothing_from_elsewhere_and_describes_its_figures(name):
    page = MADE[name].decode()
    pictures = Pictures(page).found
    assert pictures
    for picture in pictures:
        assert picture["src"].startswith("data:image/png;base64,")
        assert len(picture["alt"]) > 40
    assert not re.search(r"(href|src)=\"(?!data:)", page)
    assert "<script" not in page
    assert "$" not in text_of(page)
    assert "`" not in text_of(page)
    assert "size: A4" in page


def test_the_exam_tells_minutes_and_marks_of_each_question():
    told = text_of(MADE["exam.html"].decode())
    for part in EXAM.parts:
        assert f"{part.marks} marks, about {part.minutes} minutes" in told
    assert "60 minutes, 60 marks, 25 questions" in told


def test_formulas_come_as_mathml_and_for_mathjax():
    (math,) = re.findall("<math.*?</math>", to_html("$a < b$", for_browsers))
    assert html.unescape(re.sub("<[^>]*>", "", math)) == "a<b"
    assert to_html("so $a < b$ & `x<y`", for_mathjax) == (
        r"so \(a &lt; b\) &amp; <code>x&lt;y</code>"
    )


# --- the command ---------------------------------------------------------------------------------


def test_the_command_proves_every_question_and_then_writes(tmp_path, monkeypatch, capsys):
    proven = []
    monkeypatch.setattr(command, "prove", proven.append)
    command.main(tmp_path / "made", 1)
    assert [question.name for question in proven] == list(BANK)
    for name, made in MADE.items():
        assert (tmp_path / "made" / name).read_bytes() == made
    assert f"{len(BANK)} questions, every key as computed" in capsys.readouterr().out


def test_the_command_writes_nothing_if_a_key_is_wrong(tmp_path, monkeypatch):
    def refuse(question):
        raise ValueError(f"the key of {question.name} is wrong")

    monkeypatch.setattr(command, "prove", refuse)
    with pytest.raises(ValueError, match="the key of 00-q1 is wrong"):
        command.main(tmp_path / "made", 1)
    assert not (tmp_path / "made").exists()
