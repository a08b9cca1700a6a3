"""What a deck must not be: each broken sample is refused with one sentence."""

import base64
import io
import re

import nbformat
import pytest

from tests.support import assert_refused, encoded

pytest.importorskip("latex2mathml", reason="only make installs it, for make slides")

from PIL import Image

from tools.slides.decks import Figure, Formula, Printed, read_deck, slide_of
from tools.slides.notebooks import Notebooks
from tools.slides.pages import page_of_deck, section_of
from tools.slides.reveal import FILES

NOTES = "Notes, 3 minutes: Ask the back row."
SLIDE = f"## A statement of four words\n\nOne line.\n\n{NOTES}"


def slide_with(*blocks):
    return "\n\n".join(["## A statement of four words", *blocks, NOTES])


# --- a slide -------------------------------------------------------------------------------------


def test_a_slide_of_words():
    slide = slide_of(
        "## **Is it $x$?**\n\nOne line.\nAnother.\n\nNotes, 1 minute: Ask.\nThen wait."
    )
    assert slide.question == "Is it $x$?"
    assert slide.lines == ("One line.", "Another.")
    assert slide.minutes == 1
    assert slide.notes == "Ask.\nThen wait."
    assert slide.shown is None


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        ("![](01_scalar#01-06)", Figure("01_scalar", "01-06")),
        ("[printed](02_plane#02-15)", Printed("02_plane", "02-15", 1, None)),
        ("[printed](02_plane#02-15:2-3)", Printed("02_plane", "02-15", 2, 3)),
        ("$$\nx^2\n$$", Formula("x^2")),
    ],
)
def test_a_slide_shows_one_thing(block, shown):
    assert slide_of(slide_with(block)).shown == shown


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "it must end with one paragraph of notes, as 'Notes, 3 minutes: Ask …'"),
        (
            "## A statement\n\nOne line.",
            "it must end with one paragraph of notes, as 'Notes, 3 minutes: Ask …'",
        ),
        (
            "## A statement\n\nNotes: no minutes.",
            "it must end with one paragraph of notes, as 'Notes, 3 minutes: Ask …'",
        ),
        (
            f"No heading.\n\n{NOTES}",
            "it must begin with a heading, as '## One statement'",
        ),
        (
            f"## A statement\n\n{NOTES}",
            "it is empty: a heading needs a figure, a formula or lines below it",
        ),
        (
            slide_with("![](01_scalar#01-06)", "$$x$$"),
            "it shows 2 things, but one figure or formula is the most",
        ),
        (slide_with("1\n2\n3\n4\n5"), "it has 5 lines of text, but 4 are the most"),
        (
            slide_with("![](01_scalar#01-06)", "1\n2"),
            "it has 2 lines of text, but 1 are the most",
        ),
        (slide_with("$$x$$", "1\n2\n3"), "it has 3 lines of text, but 2 are the most"),
        (slide_with("x" * 101), "a line has 101 characters, but 100 are the most"),
    ],
)
def test_a_slide_that_breaks_a_rule_is_refused(source, sentence):
    assert_refused(sentence, slide_of, source)


# --- a deck --------------------------------------------------------------------------------------


def deck(folder, slides):
    path = folder / "deck.md"
    path.write_text("\n\n---\n\n".join(slides), encoding="utf-8")
    return path


def test_a_deck_of_fifteen_slides_is_accepted(tmp_path):
    slides = read_deck(deck(tmp_path, [SLIDE] * 15))
    assert [slide.heading for slide in slides] == ["A statement of four words"] * 15


def test_a_deck_of_sixteen_slides_is_refused(tmp_path):
    sentence = "deck.md has 16 slides, but 15 are the most"
    assert_refused(sentence, read_deck, deck(tmp_path, [SLIDE] * 16))


def test_the_sentence_names_the_deck_and_the_slide(tmp_path):
    sentence = "deck.md, slide 2: it must begin with a heading, as '## One statement'"
    assert_refused(sentence, read_deck, deck(tmp_path, [SLIDE, f"Words.\n\n{NOTES}"]))


# --- what it takes from notebooks ----------------------------------------------------------------


@pytest.fixture
def notebooks(tmp_path):
    """A notebook with a heading, a picture, a panel, a table, a wide line, and a quiet cell."""
    new = nbformat.v4
    wide = encoded(Image.new("L", (40, 20)))
    tall = encoded(Image.new("L", (20, 40)))
    cells = [
        new.new_markdown_cell("# Clouds: how they look\n\n## At noon", id="head"),
        new.new_code_cell("draw()", id="picture", outputs=[picture(wide, "A <white> cloud.")]),
        new.new_markdown_cell("## At night", id="later"),
        new.new_code_cell("explore.CloudPanel()", id="panel", outputs=[picture(tall, "Run it.")]),
        new.new_code_cell("print(1)", id="table", outputs=[told("a  b\n1 < 2\n3  4\n")]),
        new.new_code_cell("print(2)", id="wide", outputs=[told("x" * 90)]),
        new.new_code_cell("x = 1", id="quiet"),
    ]
    nbformat.write(new.new_notebook(cells=cells), tmp_path / "09_clouds.ipynb")
    return Notebooks(tmp_path)


def picture(content, sentence):
    data = {"image/png": base64.b64encode(content).decode(), "text/plain": sentence}
    return nbformat.v4.new_output("display_data", data)


def told(text):
    return nbformat.v4.new_output("stream", text=text)


def section(notebooks, block):
    return section_of(slide_of(slide_with(block)), notebooks)


def test_a_figure_has_the_sentence_and_the_place_of_its_notebook(notebooks):
    found = section(notebooks, "![](09_clouds#picture)")
    assert 'alt="A &lt;white&gt; cloud."' in found
    assert "09 Clouds, “At noon”" in found
    assert "beside" not in found
    assert "live" not in found


def test_a_panel_is_announced_and_a_high_picture_stands_beside_the_words(notebooks):
    found = section(notebooks, "![](09_clouds#panel)")
    assert "Now the panel, live: notebook 09 Clouds, “At night”" in found
    assert 'class="slide statement figure beside" style="--ratio: 0.500"' in found


def test_a_picture_is_the_one_of_the_notebook(notebooks):
    shown = notebooks.picture(Figure("09_clouds", "picture"))
    content = base64.b64decode(shown.address.removeprefix("data:image/png;base64,"))
    assert Image.open(io.BytesIO(content)).size == shown.size == (40, 20)


def test_printed_lines_are_those_that_were_asked_for(notebooks):
    assert 'px">a  b\n1 &lt; 2\n3  4</pre>' in section(notebooks, "[printed](09_clouds#table)")
    assert 'px">1 &lt; 2</pre>' in section(notebooks, "[printed](09_clouds#table:2-2)")


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ("![](10_rain#picture)", "there is no notebook 10_rain"),
        ("![](09_clouds#gone)", "notebook 09_clouds has no cell gone"),
        ("![](09_clouds#head)", "cell head of 09_clouds shows no picture"),
        ("![](09_clouds#table)", "cell table of 09_clouds shows no picture"),
        ("[printed](09_clouds#quiet)", "cell quiet of 09_clouds prints nothing"),
        ("[printed](09_clouds#picture)", "cell picture of 09_clouds prints nothing"),
        (
            "[printed](09_clouds#table:3-4)",
            "cell table of 09_clouds prints 3 lines, so there are no lines 3 to 4",
        ),
        (
            "[printed](09_clouds#table:0-2)",
            "cell table of 09_clouds prints 3 lines, so there are no lines 0 to 2",
        ),
        (
            "[printed](09_clouds#wide)",
            "what is printed below 09 Clouds, “At night” is too large for a slide: "
            "1 lines of up to 90 characters",
        ),
    ],
)
def test_what_no_notebook_has_is_refused(notebooks, block, sentence):
    assert_refused(sentence, section, notebooks, block)


def test_the_sentence_names_the_slide_of_a_page(notebooks):
    slides = [slide_of(SLIDE), slide_of(slide_with("![](10_rain#picture)"))]
    sentence = "slide 2: there is no notebook 10_rain"
    assert_refused(sentence, page_of_deck, slides, notebooks, dict.fromkeys(FILES, ""))


def test_notes_are_on_the_page_and_a_number_stays_with_its_unit(notebooks):
    found = section(notebooks, "A gain of 3 dB.")
    assert "<p>A gain of 3\u00a0dB.</p>" in found
    assert "3 min. Ask the back row." in found


# --- a page --------------------------------------------------------------------------------------


def test_a_page_holds_all_that_it_needs(notebooks):
    files = {name: f"</script><b>{name}</b>" for name in FILES} | {"LICENSE": "Copy & keep."}
    slides = [slide_of(SLIDE), slide_of(slide_with("![](09_clouds#picture)"))]
    page = page_of_deck(slides, notebooks, files)
    addresses = re.findall(r'\b(?:src|href)="([^"]*)"', page)
    assert len(addresses) == 3  # a picture and two scripts
    assert all(address.startswith("data:") for address in addresses)
    assert page.count("</script>") == 3 + 2  # of the page, and of the two styles here
    assert page.count("<h1>") == 1
    assert "Copy &amp; keep." in page
