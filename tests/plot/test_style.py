"""What all figures share: matplotlib's settings, the PNG and the sentence below it."""

import io

import matplotlib
import numpy as np
from PIL import Image

from tests.plot.support import CLASSIC, LATTICE, drawn
from vqlib import Codebook, image, plot
from vqlib.plot import style


def test_figures_leave_the_settings_of_the_reader_alone():
    with matplotlib.rc_context({"font.size": 5}):
        before = dict(matplotlib.rcParams)
        plot.number_line(CLASSIC, -4, 4).png()
        plot.partition(LATTICE, {"": Codebook(LATTICE)}, "").png()
        assert dict(matplotlib.rcParams) == before


def test_a_function_that_draws_in_style_keeps_its_name_and_its_docstring():
    assert plot.fit.__name__ == "fit"
    assert plot.fit.__doc__.startswith("Scalar codebooks over the density")


def test_a_palette_png_loses_nothing():
    camera = image.sample("camera")
    plate = plot.side_by_side(camera, image.quantize_image(camera, 4))
    direct = io.BytesIO()
    plate.figure.savefig(direct, format="png", dpi=100)
    assert (drawn(plate) == np.asarray(Image.open(direct).convert("RGB"))).all()


def test_a_notebook_shows_the_figure_at_its_width_and_prints_the_sentence(monkeypatch, capsys):
    shown = []
    monkeypatch.setattr(
        style, "display", lambda *bundle, **options: shown.append((bundle, options))
    )
    plate = plot.number_line(CLASSIC, -4, 4)
    plate._ipython_display_()
    bundle = {"image/png": plate.png(), "text/plain": plate.sentence}
    options = {"metadata": {"image/png": {"width": 840}}, "raw": True}
    assert shown == [((bundle,), options)]
    printed = capsys.readouterr().out
    assert printed.split() == plate.sentence.split()
    assert max(map(len, printed.splitlines())) <= 96
    assert drawn(plate).shape[1] == 2 * 840
