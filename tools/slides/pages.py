"""Decks as pages, each one file that holds all that it needs."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from tools.site.formulas import to_mathml
from tools.site.markdown import PageRenderer, to_html

from .decks import Figure, Formula, Printed, Slide
from .notebooks import Notebooks, Picture, Text

HERE = Path(__file__).resolve().parent
WIDTH = 1240
"""Of what stands on a slide, in pixels of a slide that is 1280 wide."""
HEIGHT = 500
"""Of what stands below a heading of two lines."""
LEAST_TYPE = 24
LARGEST_TYPE = 44
CHARACTER = 0.602
"""Width of a character of equal width, over the size of the type."""
LINE = 1.35
"""Height of a line, over the size of the type."""
BESIDE = 1.5
"""A picture that is not as many times as wide as high stands beside the words, not below."""
UNIT = re.compile(r"(\d) (?=%|dB\b|kB\b)")
"""A number and what belongs on its line."""
SECTION = Template(
    """<section>
<div class="slide $kinds"$style>
$heading
<div class="body">
$shown
$lines
</div>
$place
</div>
<aside class="notes">$notes</aside>
</section>"""
)


@dataclass
class Content:
    """What a slide shows, and what comes with it."""

    shown: str
    place: str = ""
    """In which notebook and under which heading it stands; empty for a formula."""
    ratio: float | None = None
    """Width over height of a picture."""
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def page_of_deck(slides: Sequence[Slide], notebooks: Notebooks, reveal: Mapping[str, str]) -> str:
    """A deck as HTML.

    Parameters
    ----------
    slides : sequence of Slide
    notebooks : Notebooks
    reveal : mapping of str to str
        The text of each file of reveal.js.

    Raises
    ------
    ValueError
        If a slide asks for what no notebook has, or for what does not fit on it. The sentence
        begins with the number of the slide.
    """
    sections = []
    for number, slide in enumerate(slides, 1):
        try:
            sections.append(section_of(slide, notebooks, is_title=number == 1))
        except ValueError as error:
            raise ValueError(f"slide {number}: {error}") from error
    style = "\n".join([reveal["dist/reset.css"], reveal["dist/reveal.css"], _own("deck.css")])
    return Template(_own("deck.html")).substitute(
        title=html.escape(slides[0].heading),
        licence=html.escape(reveal["LICENSE"]),
        style=style,
        slides="\n".join(sections),
        reveal=_address(reveal["dist/reveal.js"]),
        notes=_address(reveal["dist/plugin/notes.js"]),
    )


def section_of(slide: Slide, notebooks: Notebooks, *, is_title: bool = False) -> str:
    """A slide as HTML.

    Raises
    ------
    ValueError
        If it asks for what no notebook has, or for what does not fit on it.
    """
    content = _content_of(slide, notebooks)
    kinds = [_kind_of(slide, is_title), "figure" if content.place else "words"]
    style = ""
    if content.ratio is not None and content.ratio < BESIDE:
        kinds.append("beside")
        style = f' style="--ratio: {content.ratio:.3f}"'
    level = "h1" if is_title else "h2"
    lines = [f"<p>{_inline(line)}</p>" for line in (*slide.lines, *content.lines)]
    notes = [f"{slide.minutes} min. {slide.notes}", *content.notes]
    return SECTION.substitute(
        kinds=" ".join(kinds),
        style=style,
        heading=f"<{level}>{_inline(slide.question or slide.heading)}</{level}>",
        shown=content.shown,
        lines=f'<div class="lines">{"".join(lines)}</div>' if lines else "",
        place=f'<p class="place">{html.escape(content.place)}</p>' if content.place else "",
        notes=_markdown(" ".join(notes)),
    )


def _kind_of(slide: Slide, is_title: bool) -> str:
    if is_title:
        return "title"
    return "question" if slide.question else "statement"


def _content_of(slide: Slide, notebooks: Notebooks) -> Content:
    if isinstance(slide.shown, Figure):
        return _of_figure(notebooks.picture(slide.shown))
    if isinstance(slide.shown, Printed):
        text = notebooks.text(slide.shown)
        return Content(_printed(text), text.place)
    if isinstance(slide.shown, Formula):
        math = to_mathml(slide.shown.tex, is_block=True)
        return Content(f'<div class="formula">{math}</div>')
    return Content("")


def _of_figure(picture: Picture) -> Content:
    sentence = html.escape(picture.sentence)
    image = f'<div class="picture"><img src="{picture.address}" alt="{sentence}"></div>'
    width, height = picture.size
    content = Content(image, picture.place, width / height)
    content.notes.append(f"*The figure:* {picture.sentence}")
    if picture.is_panel:
        content.lines.append(f"Now the panel, live: notebook {picture.place}")
    return content


def _printed(text: Text) -> str:
    """What a cell printed, in the largest type that fits."""
    longest = max(len(line) for line in text.lines)
    across = WIDTH / (CHARACTER * longest)
    down = HEIGHT / (LINE * len(text.lines))
    size = min(LARGEST_TYPE, int(across), int(down))
    if size < LEAST_TYPE:
        raise ValueError(
            f"what is printed below {text.place} is too large for a slide: "
            f"{len(text.lines)} lines of up to {longest} characters"
        )
    lines = html.escape("\n".join(text.lines))
    return f'<pre style="font-size: {size}px">{lines}</pre>'


def _markdown(source: str) -> str:
    return to_html(source, PageRenderer(HERE, {}))


def _inline(source: str) -> str:
    together = UNIT.sub("\\1\u00a0", source)
    return _markdown(together).strip().removeprefix("<p>").removesuffix("</p>")


def _address(script: str) -> str:
    """A script as an address that holds it, so that nothing in it can end the page's script."""
    return f"data:text/javascript;base64,{base64.b64encode(script.encode()).decode()}"


def _own(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
