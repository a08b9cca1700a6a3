"""The figures of questions are those that their script draws, and none of them says the answer."""

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from vqlib import design, sources

pytest.importorskip("latex2mathml", reason="only make installs it, for formulas as MathML")
from tools.questions import figure_data, figures
from tools.questions.bank import FIGURES, read_bank
from tools.questions.markup import plain

WITH_FIGURE = {question.name: question for question in read_bank() if question.figure}
each_figure = pytest.mark.parametrize("name", WITH_FIGURE)


def pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L"), dtype=float)


def test_every_figure_has_a_question_and_every_question_its_figure():
    assert {path.name for path in FIGURES.iterdir()} == {f"{name}.png" for name in WITH_FIGURE}
    assert sorted(figures.DRAWN) == sorted(WITH_FIGURE)


@each_figure
def test_a_stored_figure_is_what_its_script_draws(tmp_path, name):
    path = tmp_path / "again.png"
    path.write_bytes(figures.draw(name).png())
    again = pixels(path)
    stored = pixels(FIGURES / f"{name}.png")
    assert again.shape == stored.shape
    assert np.abs(again - stored).mean() < 1  # other versions of matplotlib place letters otherwise


def test_another_figure_would_be_told():
    steps, tiles = (pixels(FIGURES / f"{name}.png") for name in ("00-q3", "06-q6"))
    rows, columns = np.minimum(steps.shape, tiles.shape)
    assert np.abs(steps[:rows, :columns] - tiles[:rows, :columns]).mean() > 20


@each_figure
def test_a_stored_figure_is_small_and_carries_no_notes(name):
    path = FIGURES / f"{name}.png"
    assert path.stat().st_size < 150_000
    with Image.open(path) as picture:
        assert set(picture.info) <= {"dpi", "transparency"}


@each_figure
def test_no_text_in_a_figure_says_more_than_labels(name):
    figure = figures.draw(name).figure
    texts = [text.get_text().strip() for text in figure.findobj(Text)]
    shown = [text for text in texts if text]
    for option in WITH_FIGURE[name].options:
        assert plain(option.text) not in shown
    titles = {axes.get_title() for axes in figure.axes}
    assert titles <= {"", "P", "Q", "R", "S"}
    assert max((len(text) for text in shown), default=0) <= 40


def test_the_codebook_that_is_written_down_is_as_good_as_a_trained_one():
    pairs = sources.gauss_markov(20_000, 2, -0.9, seed=8)
    trained = design.lloyd(pairs, 16)
    written = figure_data.mirrored_codebook()
    assert written.distortion(pairs) < 1.05 * trained.distortion(pairs)
