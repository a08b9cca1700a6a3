"""The decks of `make slides`: short, of statements and questions, timed, true to the notebooks."""

import html
import itertools
import re

import nbformat
import pytest

from tests.support import ROOT

pytest.importorskip("latex2mathml", reason="only make installs it, for make slides")

from tools.panels import shows_a_panel
from tools.slides.__main__ import deck_paths
from tools.slides.decks import MOST_SLIDES, Figure, Printed, read_deck
from tools.slides.notebooks import Notebooks
from tools.slides.pages import section_of

NOTEBOOKS = ROOT / "notebooks"
PLANS = ROOT / "teaching" / "plans.md"
LESSON = "lesson"
DECKS = {path.stem: read_deck(path) for path in deck_paths()}
each_deck = pytest.mark.parametrize("name", DECKS)
each_notebook_deck = pytest.mark.parametrize("name", [name for name in DECKS if name != LESSON])


def part_of_plans(words):
    """The part of the plans whose heading has these words."""
    parts = re.split(r"^## ", PLANS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (part,) = [part for part in parts if re.match(words, part)]
    return part


def cells_of(name):
    (path,) = NOTEBOOKS.glob(f"{name}.ipynb")
    return nbformat.read(path, as_version=4).cells


def words_of(name):
    """All that stands in a notebook, in its cells and below them, without the marks of TeX."""
    found = []
    for cell in cells_of(name):
        found.append(cell.source)
        for output in cell.get("outputs", []):
            found.append(output.get("text", ""))
            found.append(output.get("data", {}).get("text/plain", ""))
    return re.sub(r"[$\\]|tfrac", " ", "\n".join(found))


# --- the decks -----------------------------------------------------------------------------------


def test_there_is_a_deck_for_the_lesson_and_for_each_notebook_after_the_first():
    first, *notebooks = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
    assert first.startswith("00")  # its subject is the installation, which no slide teaches
    assert set(DECKS) == {LESSON, *notebooks}


@each_deck
def test_a_deck_is_short(name):
    assert 10 <= len(DECKS[name]) <= MOST_SLIDES == 15


@each_deck
def test_a_heading_is_a_statement_or_a_question_in_bold(name):
    title, *slides = DECKS[name]
    assert len(title.heading) < 40
    for slide in slides:
        assert len(slide.heading) < 90
        assert len(slide.heading.split()) >= 4, slide.heading
        assert not slide.heading.endswith((".", ":"))
        assert slide.question or not slide.heading.endswith("?"), slide.heading


@each_deck
def test_a_question_is_followed_by_an_answer(name):
    slides = DECKS[name]
    assert sum(slide.question is not None for slide in slides) >= 2
    for asked, answer in itertools.pairwise(slides):
        assert asked.question is None or answer.question is None
    assert slides[-1].question is None


@each_deck
def test_notes_say_what_to_do(name):
    for slide in DECKS[name]:
        assert len(slide.notes.split()) >= 5, slide.heading


@each_deck
def test_every_slide_finds_what_it_shows(name):
    notebooks = Notebooks(NOTEBOOKS)
    for slide in DECKS[name]:
        section = section_of(slide, notebooks)
        if isinstance(slide.shown, Figure):
            sentence = notebooks.picture(slide.shown).sentence
            assert f'alt="{html.escape(sentence)}"' in section
        if isinstance(slide.shown, Printed):
            assert "<pre" in section


@each_notebook_deck
def test_a_deck_of_a_notebook_shows_that_notebook_and_its_panel(name):
    shown = [slide.shown for slide in DECKS[name] if isinstance(slide.shown, Figure | Printed)]
    assert {each.notebook for each in shown} == {name}
    notebooks = Notebooks(NOTEBOOKS)
    pictures = [notebooks.picture(each) for each in shown if isinstance(each, Figure)]
    has_panel = any(shows_a_panel(cell) for cell in cells_of(name))
    assert any(picture.is_panel for picture in pictures) == has_panel


# --- minutes -------------------------------------------------------------------------------------


@each_notebook_deck
def test_a_deck_takes_the_minutes_of_its_plan(name):
    plan = part_of_plans(name[:2])
    (minutes,) = re.findall(r"\((\d+) minutes\)", plan.splitlines()[0])
    assert sum(slide.minutes for slide in DECKS[name]) == int(minutes)


def test_the_lesson_takes_ninety_minutes():
    assert sum(slide.minutes for slide in DECKS[LESSON]) == 90


def rows_of_the_lesson():
    """Start, end and notebook of each row of the plan."""
    plan = part_of_plans("A lesson of 90 minutes")
    rows = re.findall(r"^\| (\d+) to (\d+) \|.*\| (\d\d), [^|]*\|$", plan, flags=re.MULTILINE)
    assert len(rows) == 10
    return [(int(start), int(end), notebook) for start, end, notebook in rows]


def test_a_slide_of_the_lesson_begins_with_each_row_of_the_plan_and_shows_its_notebook():
    slides = DECKS[LESSON]
    ends = list(itertools.accumulate(slide.minutes for slide in slides))
    begins = [0, *ends[:-1]]
    for start, end, notebook in rows_of_the_lesson():
        assert start in begins
        assert end in ends
        of_this_row = slides[begins.index(start) : ends.index(end) + 1]
        for slide in of_this_row:
            if isinstance(slide.shown, Figure | Printed):
                assert slide.shown.notebook[:2] == notebook


# --- numbers -------------------------------------------------------------------------------------

NUMBER = re.compile(r"(?<![\d.,])\d[\d,]*\.?\d+(?![\d.,]*\d)")
ADDRESS = re.compile(r"\]\([^)]*\)|^Notes, \d+")


def told(slide):
    """What a slide tells in words, and the notes of it."""
    formula = getattr(slide.shown, "tex", "")
    return " ".join([slide.heading, *slide.lines, formula, slide.notes])


@each_deck
def test_numbers_on_the_slides_and_in_the_notes_stand_in_a_notebook_or_in_the_plans(name):
    sources = [name] if name != LESSON else ["01_scalar", "02_plane", "04_grey_images"]
    known = {*NUMBER.findall(PLANS.read_text(encoding="utf-8"))}
    for source in sources:
        known |= set(NUMBER.findall(words_of(source)))
    for slide in DECKS[name]:
        unknown = set(NUMBER.findall(told(slide))) - known
        assert not unknown, f"{slide.heading}: {unknown}"
