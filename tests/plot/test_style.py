"""What all figures share: matplotlib's settings, the PNG and the sentence below it."""

import decimal
import io
import locale
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import matplotlib
import matplotlib.style
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.plot.support import CLASSIC, HOSTILE, LATTICE, SETTINGS, drawn
from vqlib import Codebook, image, plot, sources, structured
from vqlib.plot import style


def charts():
    """Figures that are quickly drawn, of each kind of axes."""
    x = np.arange(8)
    sky = np.tile(np.arange(40, dtype=np.uint8), (30, 1))
    return {
        "curves": lambda: plot.curves(x, {"one": x**2}, sentence="", title="A", xlabel="bits"),
        "pictures": lambda: plot.pictures({"sky": sky}, "", side=120),
        "plane": lambda: plot.partition(LATTICE, {"A": Codebook(LATTICE)}, "", words=True),
        "line": lambda: plot.number_line(CLASSIC, -4, 4, [0.3, 2.2]),
    }


def all_figures():
    """One of every kind that there is."""
    hill = np.outer(np.hanning(60), 255 * np.hanning(50)).astype(np.uint8)
    result = image.quantize_image(hill, 2)
    cloud = np.linspace((0, 0, 0), (255, 200, 90), 40)
    points = {"one": ([0.2, 1], [20, 30])}
    grid = Codebook(LATTICE)
    sky_and_hill = np.array([np.arange(64), np.hanning(64) * 255]).astype(np.uint8)
    return charts() | {
        "rates": lambda: plot.rates(points, sentence="", title="A"),
        "scatter": lambda: plot.scatter({1: [0.2, 0.3], 2: [1.0]}, sentence="", title="A"),
        "histogram": lambda: plot.histogram({"one": [1, 2, 2.5]}, sentence="", title="A"),
        "bars": lambda: plot.bars({"one": [4, 1, 0.3]}, sentence="", water=0.5, log=True),
        "doublings": lambda: plot.curves([2, 4], {"a": [1, 2]}, sentence="", doublings=True),
        "errors": lambda: plot.errors(hill, {"A": result.picture}, "", side=200),
        "side by side": lambda: plot.side_by_side(hill, result),
        "regions": lambda: plot.regions(LATTICE, {"A": (grid, grid.encode)}, ""),
        "cloud": lambda: plot.colour_cloud(cloud, {"A": None, "B": Codebook(cloud[::9])}, ""),
        "maps": lambda: plot.index_value_error(CLASSIC, -5, 5),
        "fit": lambda: plot.fit(*sources.density("Gaussian"), {"A": CLASSIC}),
        "planes": lambda: plot.planes(structured.Split([Codebook(LATTICE)], [[0, 1]]), ""),
        "patches": lambda: plot.patches_below({"A": sky_and_hill}, "", wrong={"A": [True, False]}),
    }


def shown(figures):
    """By name the PNG and the sentence of each figure."""
    plates = {name: draw() for name, draw in figures.items()}
    return {name: (plate.png(), plate.sentence) for name, plate in plates.items()}


@pytest.fixture(scope="module")
def expected():
    """What figures look like with matplotlib's defaults."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        return shown(all_figures())


def assert_same_under(settings, figures, expected):
    """Figures look as with the defaults, and the settings are as before afterwards."""
    with matplotlib.rc_context():
        matplotlib.rcParams.update(settings)
        before = dict(matplotlib.rcParams)
        found = shown(figures)
        assert dict(matplotlib.rcParams) == before
    assert [name for name in found if found[name] != expected[name]] == []


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: next(iter(settings)))
def test_the_settings_of_the_reader_change_nothing(settings, expected):
    assert_same_under(settings, charts(), expected)


@given(style=st.sampled_from([*matplotlib.style.available, "classic"]))
@settings(max_examples=4)
def test_no_style_of_matplotlib_changes_a_figure(expected, style):
    assert_same_under(matplotlib.style.library[style], charts(), expected)


def test_every_kind_of_figure_is_the_same_under_all_settings(expected):
    assert_same_under(
        HOSTILE | matplotlib.style.library["dark_background"], all_figures(), expected
    )


def test_settings_may_change_between_drawing_and_rendering(expected):
    plates = {name: draw() for name, draw in charts().items()}
    with matplotlib.rc_context(HOSTILE):
        found = {name: (plate.png(), plate.sentence) for name, plate in plates.items()}
    assert [name for name in found if found[name] != expected[name]] == []


def test_numpy_decimal_pillow_and_locale_change_nothing(expected, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    monkeypatch.setattr(locale, "localeconv", lambda: {"decimal_point": ",", "thousands_sep": "."})
    loud = np.errstate(all="raise")
    terse = np.printoptions(precision=1, legacy="1.13", suppress=True, threshold=2)
    with loud, terse, decimal.localcontext(decimal.Context(prec=1)):
        before = np.geterr(), np.get_printoptions()
        found = shown(all_figures())
        assert (np.geterr(), np.get_printoptions()) == before
    assert [name for name in found if found[name] != expected[name]] == []


def test_figures_of_two_threads_do_not_mix_their_settings(expected):
    with matplotlib.rc_context({"font.size": 5}):
        before = dict(matplotlib.rcParams)
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(shown, [charts(), charts()]))
        assert dict(matplotlib.rcParams) == before
    for each in found:
        assert [name for name in each if each[name] != expected[name]] == []


def test_the_colours_of_errors_are_as_fine_whatever_the_reader_chose_before_the_import():
    code = (
        "import matplotlib; matplotlib.rcParams['image.lut'] = 4; from vqlib import plot; "
        "print(plot.error_colours([0] * 97, range(-48, 49)).tolist())"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == str(plot.error_colours([0] * 97, range(-48, 49)).tolist())


def test_a_function_that_draws_in_style_keeps_its_name_and_its_docstring():
    assert plot.fit.__name__ == "fit"
    assert plot.fit.__doc__.startswith("Scalar codebooks over the density")


def test_a_palette_png_loses_nothing():
    camera = image.sample("camera")
    plate = plot.side_by_side(camera, image.quantize_image(camera, 4))
    direct = io.BytesIO()
    with plot.own_settings():
        plate.figure.savefig(direct, format="png", dpi=100)
    assert (drawn(plate) == np.asarray(Image.open(direct).convert("RGB"))).all()


def test_a_notebook_shows_the_figure_at_its_width_and_prints_the_sentence(monkeypatch, capsys):
    displayed = []
    monkeypatch.setattr(
        style, "display", lambda *bundle, **options: displayed.append((bundle, options))
    )
    plate = plot.number_line(CLASSIC, -4, 4)
    plate._ipython_display_()
    bundle = {"image/png": plate.png(), "text/plain": plate.sentence}
    options = {"metadata": {"image/png": {"width": 840}}, "raw": True}
    assert displayed == [((bundle,), options)]
    printed = capsys.readouterr().out
    assert printed.split() == plate.sentence.split()
    assert max(map(len, printed.splitlines())) <= 96
    assert drawn(plate).shape[1] == 2 * 840
