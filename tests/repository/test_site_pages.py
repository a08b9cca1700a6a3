"""The pages of `make site`: whole, linked and self-contained."""

import html
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import nbformat
import pytest

from tests.support import ROOT

pytest.importorskip("latex2mathml", reason="only make installs it, for make site")
site = pytest.importorskip("tools.site.__main__")

from tools.site.formulas import to_mathml  # noqa: E402
from tools.site.markdown import PageRenderer, to_html  # noqa: E402

ADDRESSES = {"src", "href", "srcset", "poster", "action", "data"}
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


class Reader(HTMLParser):
    """What the tests ask of a page."""

    def __init__(self, page):
        super().__init__()
        self.ids = set()
        self.links = []
        self.loaded = []
        self.pictures = []
        self.open = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.open.append(tag)
        self.ids.add(found.get("id"))
        if tag == "a":
            self.links.append(found["href"])
        else:
            self.loaded += [value for name, value in attributes if name in ADDRESSES]
        if tag == "img":
            self.pictures.append(found.get("alt"))

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.text += data


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Every page by its name."""
    folder = tmp_path_factory.mktemp("site")
    site.main(folder)
    files = sorted(folder.iterdir())
    return {path.name: Reader(path.read_text(encoding="utf-8")) for path in files}


def test_every_notebook_has_a_page_and_the_first_one_leads_to_all(pages):
    wanted = {f"{path.stem}.html" for path in NOTEBOOKS}
    assert wanted < set(pages)
    assert wanted <= set(pages["index.html"].links)


def test_a_page_loads_nothing(pages):
    for name, page in pages.items():
        assert [one for one in page.loaded if not one.startswith("data:image/")] == [], name


def test_links_lead_to_pages_and_to_headings_on_them(pages):
    broken = []
    for name, page in pages.items():
        for link in page.links:
            target, _, fragment = link.partition("#")
            found = pages.get(target or name)
            if re.match("https?:", link):
                continue
            if found is None or (fragment and unquote(fragment) not in found.ids):
                broken.append(f"{name}: {link}")
    assert broken == []


def test_what_a_notebook_prints_stands_on_its_page(pages):
    for path in NOTEBOOKS:
        text = pages[f"{path.stem}.html"].text
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                assert output.get("text", "").strip() in text, path.name


def test_every_picture_is_told_in_words(pages):
    for path in NOTEBOOKS:
        assert all(pages[f"{path.stem}.html"].pictures), path.name


def test_no_formula_is_left_as_tex(pages):
    for name, page in pages.items():
        assert not re.search(r"\\(frac|sum|log|sigma|text)", page.text), name


# --- parts ---------------------------------------------------------------------------------------


def test_functions_are_set_off_as_tex_does():
    shown = re.sub(r"<mspace[^>]*>", " ", to_mathml(r"10 \log_2 x + \ln (y)", is_block=False))
    assert re.sub(r"<[^>]*>", "", shown) == "10 log2 x&#x0002B;ln&#x00028;y&#x00029;"


def test_a_closing_bracket_is_set_off_from_a_function_behind_it():
    assert ")</mo><mspace" in html.unescape(to_mathml(r"(1 - p) \log_2 p", is_block=False))


@pytest.mark.parametrize("tex", [r"\sum_i \lVert x \rVert^2", r"\sum_i |x|", r"\sum_i \|x\|"])
def test_bars_are_as_tall_as_each_other(tex):
    bars = re.findall(r"<mo([^>]*)>[|\u2016]</mo>", html.unescape(to_mathml(tex, is_block=True)))
    assert ['stretchy="false"' in bar for bar in bars] == [True, True]


def test_greek_capitals_are_upright():
    assert '<mi mathvariant="normal">\u0394' in html.unescape(to_mathml(r"\Delta", is_block=False))


@pytest.mark.parametrize(
    ("tex", "is_before_a_number"),
    [("x = -1", True), ("(-1)", True), ("x - 1", False), ("(x) - 1", False)],
)
def test_a_sign_before_a_number_is_told_from_one_between_two(tex, is_before_a_number):
    assert ('<mo form="prefix">' in to_mathml(tex, is_block=False)) == is_before_a_number


def test_a_formula_that_is_none_is_one_sentence():
    with pytest.raises(ValueError, match=r"no MathML for '\\\\frac'"):
        to_mathml(r"\frac", is_block=True)


def test_a_link_to_what_has_no_page_leaves_its_words(tmp_path):
    renderer = PageRenderer(tmp_path, {tmp_path / "a b.ipynb": "a.html"})
    source = "[one](a%20b.ipynb#What-is-it?) [two](c.ipynb) [three](https://example.org/)"
    links = re.findall(r'<a href="([^"]*)">(\w+)</a>', to_html(source, renderer))
    assert links == [("a.html#What-is-it?", "one"), ("https://example.org/", "three")]
    assert "two" in to_html(source, renderer)


def test_a_full_stop_stays_beside_its_formula(tmp_path):
    html = to_html("It is $x$. And $y$ is", PageRenderer(tmp_path, {}))
    assert html.count('<span class="together">') == 1
    assert "</math>.</span> And <math" in html
