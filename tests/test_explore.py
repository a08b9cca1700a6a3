"""Panels: every position of every control, without a kernel and through one, and every kind of bad upload."""

import datetime
import functools
import html
import io
import itertools
import pickle
import re

import nbclient
import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image
from threadpoolctl import threadpool_info

from vqlib import Codebook, explore, image, plot, sources
from vqlib.design import lloyd, lloyd_steps, uniform
from vqlib.sources import DENSITIES, density


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGB"))


def text(panel):
    """What a panel says, when all is well."""
    assert 'role="status"' in panel.status.value
    return html.unescape(re.sub("<[^>]*>", "", panel.status.value))


def press(button, panel):
    button.click()  # ipywidgets keeps a failure to itself
    return text(panel)


def sent(content, name="picture.png"):
    """What a browser sends to an upload button."""
    now = datetime.datetime.now(datetime.UTC)
    return ({"name": name, "type": "", "size": len(content), "content": memoryview(content), "last_modified": now},)


def file_of(picture, **options):
    out = io.BytesIO()
    Image.fromarray(picture).save(out, **{"format": "PNG"} | options)
    return out.getvalue()


@pytest.fixture(scope="module")
def scalar_panel():
    return explore.ScalarPanel()


@pytest.mark.parametrize("bits", range(1, 9))
def test_the_ramp_has_so_many_greys_and_rises(bits):
    panel = explore.RampPanel()
    panel.bits.value = bits
    row = pixels(panel.view.value)[0, :, 0].astype(int)
    assert len(set(row)) == 2**bits
    assert (np.diff(row) >= 0).all()
    assert (row[0], row[-1]) == (0, 255)
    assert f"= {2**bits} greys" in panel.status.value


@pytest.mark.parametrize("name", image.SAMPLES)
def test_the_picture_panel_shows_the_right_thing_at_every_position(name):
    panel = explore.PicturePanel()
    panel.picture.value = name
    picture = image.sample(name)
    assert (pixels(panel.original.value) == plot.window(picture)[..., None]).all()
    histograms = []
    for bits in [*range(1, 9), 2]:
        panel.bits.value = bits
        result = image.quantize_image(picture, bits)
        shown = plot.window(result.picture)
        assert (pixels(panel.quantized.value) == shown[..., None]).all()
        assert (pixels(panel.error.value) == plot.error_colours(plot.window(picture), shown)).all()
        assert f"{result.stored_bytes:,} bytes packed, {picture.size:,} before" in panel.status.value
        assert (f"PSNR {result.psnr:.1f} dB" in panel.status.value) == (result.mse > 0)
        histograms.append(panel.histogram.value)
    assert histograms[-1] == histograms[1]
    assert len(set(histograms)) == 8


def test_the_scalar_panel_answers_at_every_discrete_position(scalar_panel):
    panel = scalar_panel
    for source, bits, kind in itertools.product(DENSITIES, range(1, 5), ("uniform", "trained")):
        panel.source.value, panel.bits.value, panel.kind.value = source, bits, kind
        assert panel.chosen.options == tuple((f"{index:0{bits}b}", index) for index in range(2**bits))
        points, weights = density(source)
        if kind == "uniform":
            codebook = uniform(2**bits, -4, 4)
            assert f"mean squared error {codebook.distortion(points, weights):.4f}" in panel.status.value
        else:
            best = panel.status.value.split("levels reach ")[1].split(".<")[0]
            assert f"mean squared error {best}," in panel.status.value
        (position,) = panel.places
        for index in range(2**bits):
            before = panel.view.value
            panel.chosen.value = index
            assert panel.view.value == before  # choosing a level moves nothing
            if kind == "uniform":
                assert position.value == pytest.approx(codebook.vectors[index, 0], abs=0.025)
            position.value += 1e-12  # a browser sends the position back, rounded in its own way
            assert panel.view.value == before


def test_a_level_moved_by_hand_moves_alone(scalar_panel):
    panel = scalar_panel
    panel.source.value, panel.bits.value, panel.kind.value = "Gaussian", 2, "uniform"
    panel.bits.value = 1
    panel.bits.value = 2
    points, weights = density("Gaussian")
    panel.chosen.value = 3
    for position in (-5.0, -1.3, 0.0, 1.5, 2.25, 5.0):
        before = panel.view.value
        panel.places[0].value = position
        codebook = Codebook([-3, -1, 1, position])
        assert panel.view.value != before
        assert f"Levels {plot.numbers(np.sort(codebook.vectors[:, 0]), 3)}." in panel.status.value
        assert f"mean squared error {codebook.distortion(points, weights):.4f}" in panel.status.value
    panel.kind.value = "trained"
    panel.kind.value = "uniform"
    assert "Levels -3, -1, 1, 3." in panel.status.value


# Independent of vqlib.explore: the sources of pairs, nearest code vectors and errors.

PAIRS = {
    "independent": lambda n, rho: sources.gaussian(n, 2),
    "correlated": lambda n, rho: sources.gauss_markov(n, 2, rho),
    "ring": lambda n, rho: sources.ring(n),
    "clusters": lambda n, rho: sources.clusters(n),
}


def nearest(samples, vectors):
    """Which code vector is nearest to each sample, and how far its square is per dimension."""
    squares = sum((samples[:, [axis]] - vectors[:, axis]) ** 2 for axis in (0, 1))
    return squares.argmin(axis=1), squares.min(axis=1) / 2


def centroids(samples, indices, vectors):
    """The mean of the samples of each region; for an empty one the code vector."""
    means = [samples[indices == k].mean(axis=0) if (indices == k).any() else v for k, v in enumerate(vectors)]
    return np.array(means)


class Sketch:
    """Stands in for `plot.Moving`: what is to be drawn instead of the drawing, which would take longer."""

    def __init__(self, width, height, marks):
        self.marks = marks

    def png(self, *state):
        return pickle.dumps((self.marks, state))


@pytest.fixture
def sketched(monkeypatch):
    monkeypatch.setattr(plot, "Moving", Sketch)


@functools.cache
def blank(marks):
    axes = Figure().add_subplot()
    return axes, marks(axes)


def drawn(view):
    """Where the marks of a sketch are: the points of each line by its colour, the filled region, and the limits."""
    kind, state = pickle.loads(view.value)
    axes, marks = blank(kind)
    marks.show(*state)
    lines = {line.get_color(): line.get_xydata().copy() for line in axes.lines}
    regions = [patch.get_path().deepcopy() for patch in axes.patches]
    return lines | {"region": regions, "limits": axes.viewLim.get_points().copy()}


TOLD = re.compile(
    r"Rate (\S+) bits? per dimension\. Mean squared error (\S+), of the grid (\S+): gain ([+-]\S+) dB\. "
    r"Code vector ([01]+) at \((\S+), (\S+)\) speaks for (\S+) % of the samples\."
)


def assert_told(panel, samples, vectors, grid, chosen):
    """The caption of a plane panel is that of these code vectors; returns the mean squared error in it."""
    rate, loss, of_grid, gain, word, x, y, share = TOLD.fullmatch(text(panel)).groups()
    indices, squares = nearest(samples, vectors)
    expected, expected_grid = squares.mean(), nearest(samples, grid)[1].mean()
    assert float(rate) == np.log2(len(vectors)) / 2
    assert float(loss) == pytest.approx(expected, abs=0.51e-4)
    assert float(of_grid) == pytest.approx(expected_grid, abs=0.51e-4)
    assert float(gain) == pytest.approx(10 * np.log10(expected_grid / expected), abs=0.51e-2)
    assert word == np.binary_repr(chosen, len(word))
    assert 2 ** len(word) == len(vectors)
    assert [float(x), float(y)] == pytest.approx(vectors[chosen], rel=0.51e-2, abs=1e-9)
    assert float(share) == pytest.approx(100 * (indices == chosen).mean(), abs=0.051)
    return float(loss)


@pytest.mark.parametrize(
    ("source", "rho"),
    [
        ("independent", 0.9),
        ("correlated", 0),
        ("correlated", 0.99),
        ("ring", 0),
        ("clusters", 0.9),
    ],
)
def test_the_plane_panel_shows_the_trained_codebook_beside_the_grid(source, rho):
    panel = explore.PlanePanel()
    drawing = plot.Moving(4.1, 4.1, plot.PlaneMarks)
    panel.source.value, panel.rho.value = source, rho
    assert panel.rho.disabled == (source != "correlated")
    samples = PAIRS[source](4000, rho)
    for bits in range(1, 7):
        panel.bits.value = bits
        with explore.THREADS.limit(limits=1):  # several threads would differ in the last digit
            trained = lloyd(samples, 2**bits, starts=2)
            parts = [lloyd(samples[:, axis], 2 ** ((bits + 1 - axis) // 2), starts=1).vectors[:, 0] for axis in (0, 1)]
            grid = Codebook(list(itertools.product(*parts)))
            assert panel.view.value == drawing.png(samples, trained, trained, 0)
            assert panel.grid.value == drawing.png(samples, grid, grid)
        assert_told(panel, samples, trained.vectors, grid.vectors, 0)


def test_the_correlation_changes_the_correlated_source_alone(sketched):
    panel = explore.PlanePanel()
    panel.bits.value, panel.source.value = 2, "correlated"
    for panel.rho.value in (0, 0.37, 0.99, 0.9):
        samples = PAIRS["correlated"](4000, panel.rho.value)
        assert_told(panel, samples, *(drawn(view)[plot.RED] for view in (panel.view, panel.grid)), 0)
        np.testing.assert_array_equal(drawn(panel.view)[plot.GREY], samples)
        np.testing.assert_array_equal(drawn(panel.grid)[plot.GREY], samples)
    panel.source.value = "ring"
    before = panel.view.value, panel.grid.value, text(panel)
    panel.rho.value = 0.5
    assert (panel.view.value, panel.grid.value, text(panel)) == before


def test_a_code_vector_moved_by_hand_moves_alone(sketched):
    panel = explore.PlanePanel()
    panel.source.value, panel.bits.value = "ring", 3
    samples, grid = PAIRS["ring"](4000, 0), drawn(panel.grid)[plot.RED]
    before, vectors = panel.grid.value, drawn(panel.view)[plot.RED]
    panel.chosen.value = 5
    steps = np.linspace(-3.0, 3.0, 121)
    for axis, values in ((0, steps), (1, np.random.default_rng(0).permutation(steps)[:40]), (1, steps[[0, -1]])):
        still = panel.places[1 - axis].value
        for value in values:
            panel.places[axis].value = value
            vectors[5, axis] = value
            shown = panel.view.value
            np.testing.assert_array_equal(drawn(panel.view)[plot.RED], vectors)
            assert_told(panel, samples, vectors, grid, 5)
            panel.places[axis].value += 1e-12  # a browser sends the position back, rounded in its own way
            panel.places[1 - axis].value -= 1e-12
            assert panel.view.value == shown
        assert panel.places[1 - axis].value == pytest.approx(still)
    assert panel.grid.value == before


@pytest.mark.parametrize("source", PAIRS)
def test_choosing_a_code_word_fills_its_region_and_moves_nothing(sketched, source):
    panel = explore.PlanePanel()
    panel.source.value = source
    samples, before, grid = PAIRS[source](4000, 0.9), drawn(panel.view), panel.grid.value
    vectors = before[plot.RED]
    assert panel.chosen.options == tuple((f"{index:04b}", index) for index in range(16))
    indices, _ = nearest(samples, vectors)
    for chosen in [*range(1, 16), 0]:
        panel.chosen.value = chosen
        after = drawn(panel.view)
        assert all(np.array_equal(after[mark], before[mark], equal_nan=True) for mark in before if mark != "region")
        (region,) = after["region"]
        assert (region.contains_points(samples) == (indices == chosen)).all()
        assert_told(panel, samples, vectors, drawn(panel.grid)[plot.RED], chosen)
        assert [place.value for place in panel.places] == pytest.approx(vectors[chosen], abs=0.0251)
    assert panel.grid.value == grid


def test_a_code_vector_beyond_the_sliders_rests_until_it_is_moved(sketched):
    panel = explore.PlanePanel()
    panel.source.value, panel.rho.value, panel.bits.value = "correlated", 0.99, 6
    vectors = drawn(panel.view)[plot.RED]
    assert vectors[0, 0] < -3.05
    assert panel.places[0].value == -3.0
    panel.places[0].value = -2.95
    vectors[0, 0] = -2.95
    np.testing.assert_array_equal(drawn(panel.view)[plot.RED], vectors)


@pytest.mark.parametrize("source", PAIRS)
def test_training_never_makes_it_worse_and_the_copied_grid_is_as_good_as_the_grid(sketched, source):
    panel = explore.PlanePanel()
    panel.source.value = source
    samples, rng = PAIRS[source](4000, 0.9), np.random.default_rng(0)
    for bits in (1, 4, 6):
        panel.bits.value = bits
        assert "+0.00 dB" in press(panel.copy, panel)
        grid, vectors = drawn(panel.grid)[plot.RED], drawn(panel.view)[plot.RED]
        np.testing.assert_array_equal(vectors, grid)
        assert_told(panel, samples, grid, grid, 0)
        for chosen in rng.integers(2**bits, size=2):  # pushed to one place: one of them is left without a sample
            panel.chosen.value = int(chosen)
            panel.places[0].value, panel.places[1].value = 2.75, -3.0
        for _ in range(2):
            worse = float(TOLD.fullmatch(text(panel))[2])
            press(panel.train, panel)
            vectors = drawn(panel.view)[plot.RED]
            assert assert_told(panel, samples, vectors, grid, panel.chosen.value) <= worse
            indices, _ = nearest(samples, vectors)
            assert vectors == pytest.approx(centroids(samples, indices, vectors), abs=1e-6)
        resting = np.clip(vectors[panel.chosen.value], -3.0, 3.0)
        assert [place.value for place in panel.places] == pytest.approx(resting, abs=0.0251)


def test_fewer_bits_make_the_choice_the_first_code_word_and_other_sources_keep_it(sketched):
    panel = explore.PlanePanel()
    panel.bits.value = 6
    panel.chosen.value = 63
    panel.source.value = "ring"
    assert panel.chosen.value == 63
    assert "Code vector 111111 at" in text(panel)
    for bits in (2, 1, 5):
        panel.bits.value = bits
        assert (panel.chosen.value, len(panel.chosen.options)) == (0, 2**bits)
        vectors, samples = drawn(panel.view)[plot.RED], PAIRS["ring"](4000, 0)
        assert len(vectors) == 2**bits
        assert_told(panel, samples, vectors, drawn(panel.grid)[plot.RED], 0)
        panel.chosen.value = 2**bits - 1


def design(panel):
    """Half-step, mean squared error and the rest of what a design panel says."""
    at, loss, rest = re.fullmatch(r"Half-step (\d+), mean squared error (\d+\.\d{4}): (.*)\.", text(panel)).groups()
    return int(at), float(loss), rest


ENDED = re.compile(
    r"every sample goes to its nearest code vector\. Nothing changes any more\. Your last runs ended at ([\d., ]+)"
)


def ends(panel):
    """The ends that a design panel at an end lists."""
    return ENDED.fullmatch(design(panel)[2])[1].split(", ")


def assert_half_step(panel, samples, at, before, losses):
    """The panel is at this half-step from these code vectors before; returns the code vectors now."""
    shown, curve = drawn(panel.view), drawn(panel.curve)
    vectors, (indices, _) = shown[plot.RED], nearest(samples, before)
    now, squares = nearest(samples, vectors)
    if at % 2:
        full = np.isin(np.arange(len(vectors)), indices)
        assert vectors[full] == pytest.approx(centroids(samples, indices, before)[full])
        expected, astray = ((samples - vectors[indices]) ** 2).mean(), now != indices
        said = "every code vector goes to its centroid, and {} % of the samples are nearer to another"
        assert design(panel)[2] == said.format(f"{100 * astray.mean():.1f}")
    else:
        np.testing.assert_array_equal(vectors, before)
        expected, astray = squares.mean(), np.zeros(len(samples), dtype=bool)
        assert design(panel)[2].startswith("every sample goes to its nearest code vector")
    np.testing.assert_array_equal(shown[plot.ORANGE], samples[astray])
    np.testing.assert_array_equal(shown["black"].reshape(-1, 3, 2)[:, 0], before)
    losses.append(expected)
    assert (np.diff(losses) <= 1e-12).all()
    assert design(panel)[:2] == (at, pytest.approx(expected, abs=0.51e-4))
    assert curve[plot.CURVES[0]] == pytest.approx(np.stack([range(at + 1), losses], axis=1))
    return vectors


@pytest.mark.parametrize("start", explore.STARTS)
@pytest.mark.parametrize("source", PAIRS)
def test_the_design_panel_goes_by_half_steps_and_runs_to_the_end(sketched, source, start):
    panel = explore.DesignPanel()
    panel.start.value, panel.source.value = start, source
    samples = PAIRS[source](2000, 0.9)
    for bits in range(1, 6):
        panel.bits.value = bits
        vectors = first = drawn(panel.view)[plot.RED]
        assert len(np.unique(first, axis=0)) == 2**bits
        corner = np.sort(samples.sum(axis=1))[: 2**bits]
        if start == "one corner":
            assert np.sort(first.sum(axis=1)) == pytest.approx(corner)
        else:
            assert (nearest(first, samples)[1] == 0).all()
        with explore.THREADS.limit(limits=1):
            steps = list(lloyd_steps(samples, Codebook(first)))
        losses = []
        for at in range(min(len(steps), 5)):
            if at:
                press(panel.step, panel)
            vectors = assert_half_step(panel, samples, at, vectors, losses)
        press(panel.run, panel)
        at, loss, _ = design(panel)
        assert (at, loss) == (len(steps) - 1, round(steps[-1][2], 4))
        np.testing.assert_array_equal(drawn(panel.view)[plot.RED], steps[-1][0].vectors)
        assert ends(panel) == [f"{loss:.4f}"]
        curve = drawn(panel.curve)
        low, high = curve["limits"]
        assert (low < curve[plot.CURVES[0]]).all(), "the curve leaves the drawing"
        assert (curve[plot.CURVES[0]] < high).all(), "the curve leaves the drawing"
        said, shown = text(panel), panel.view.value
        assert press(panel.step, panel) == press(panel.run, panel) == said  # nowhere to go
        assert panel.view.value == shown


def test_a_run_by_single_steps_ends_as_a_run_at_once(sketched):
    panel = explore.DesignPanel()
    samples, vectors, losses = PAIRS["clusters"](2000, 0), drawn(panel.view)[plot.RED], []
    vectors = assert_half_step(panel, samples, 0, vectors, losses)
    while "Nothing changes any more" not in press(panel.step, panel):
        vectors = assert_half_step(panel, samples, len(losses), vectors, losses)
    vectors = assert_half_step(panel, samples, len(losses), vectors, losses)
    indices, _ = nearest(samples, vectors)
    assert vectors == pytest.approx(centroids(samples, indices, vectors))
    other, passed = explore.DesignPanel(), []
    press(other.step, other)
    other.status.observe(lambda change: passed.append(design(other)[0]), names="value")
    assert press(other.run, other) == text(panel)
    assert other.view.value == panel.view.value
    assert len(passed) > 5
    assert (np.diff([1, *passed]) > 0).all()  # it goes on from where it was and leaves out at most a few
    assert np.ptp(np.diff(passed)) <= 1


@pytest.mark.parametrize("start", explore.STARTS)
def test_a_restart_begins_elsewhere_unless_in_the_corner_and_the_ends_are_listed(sketched, start):
    panel = explore.DesignPanel()
    panel.source.value, panel.start.value = "ring", start
    begun, ended = [], []
    for run in range(4):
        begun.append(drawn(panel.view)[plot.RED])
        assert design(panel)[0] == 0
        press(panel.step, panel)
        if run != 2:  # a run that is broken off has no end
            press(panel.run, panel)
            ended.append(f"{design(panel)[1]:.4f}")
            assert ends(panel) == ended
        press(panel.restart, panel)
    differ = [not np.array_equal(one, other) for one, other in itertools.combinations(begun, 2)]
    assert all(differ) if start != "one corner" else not any(differ)
    assert (len(set(ended)) == 1) == (start == "one corner")
    panel.start.value = next(other for other in explore.STARTS if other != start)
    press(panel.run, panel)
    assert ends(panel)[:-1] == ended  # other kinds of start are there to be compared
    for control, value in ((panel.bits, 1), (panel.source, "clusters")):
        control.value = value
        press(panel.run, panel)
        assert ends(panel) == [f"{design(panel)[1]:.4f}"]


def test_the_last_ten_ends_are_listed(sketched):
    panel, ended = explore.DesignPanel(), []
    panel.bits.value = 2
    for _ in range(12):
        press(panel.run, panel)
        ended.append(f"{design(panel)[1]:.4f}")
        assert ends(panel) == ended[-10:]
        press(panel.restart, panel)
    assert len(set(ended)) > 1


def test_k_means_plus_plus_starts_better_than_random_samples_and_those_better_than_a_corner(sketched):
    panel, mean = explore.DesignPanel(), {}
    for panel.start.value in explore.STARTS:
        losses = [design(panel)[1]]
        for _ in range(9):
            press(panel.restart, panel)
            losses.append(design(panel)[1])
        mean[panel.start.value] = np.mean(losses)
    assert 2 * mean["k-means++"] < mean["random samples"] < mean["one corner"] / 2


def test_the_design_panel_draws_the_half_steps_and_the_curve():
    panel = explore.DesignPanel()
    panel.start.value = "one corner"
    samples = PAIRS["clusters"](2000, 0)
    with explore.THREADS.limit(limits=1):
        steps = list(lloyd_steps(samples, Codebook(samples[np.argsort(samples.sum(axis=1))[:8]])))
        plane = plot.Moving(4.1, 4.1, plot.PlaneMarks)
        curve = plot.Moving(4.1, 4.1, plot.CurveMarks)
        for at, regions in enumerate((0, 0, 2, 2)):
            assert panel.view.value == plane.png(samples, steps[at][0], steps[regions][0])
            assert panel.curve.value == curve.png([loss for _, _, loss in steps[: at + 1]])
            press(panel.step, panel)


def test_two_panels_do_not_touch_each_other():
    first, second = explore.PicturePanel(), explore.PicturePanel(bits=5)
    before = second.quantized.value, second.status.value
    first.bits.value = 1
    first.picture.value = "chart"
    assert (second.quantized.value, second.status.value) == before


def test_two_panels_of_pairs_do_not_touch_each_other(sketched):
    first, second = explore.PlanePanel(), explore.PlanePanel()
    before = [widget.value for widget in (second.view, second.grid, second.status, *second.places)]
    first.chosen.value = 3
    first.places[0].value = 3.0
    press(first.train, first)
    first.source.value = "ring"
    press(first.copy, first)
    assert [widget.value for widget in (second.view, second.grid, second.status, *second.places)] == before
    press(second.train, second)  # it works on its own samples
    assert_told(second, PAIRS["independent"](4000, 0), *(drawn(v)[plot.RED] for v in (second.view, second.grid)), 0)
    one, other = explore.DesignPanel(), explore.DesignPanel()
    before = other.view.value, other.curve.value, other.status.value
    press(one.run, one)
    press(one.restart, one)
    assert (other.view.value, other.curve.value, other.status.value) == before
    press(other.run, other)
    assert ends(other) == [f"{design(other)[1]:.4f}"]


@pytest.mark.parametrize("kind", [explore.PlanePanel, explore.DesignPanel])
def test_panels_compute_on_one_thread(monkeypatch, kind):
    threads = []

    class Counting(Sketch):
        def png(self, *state):
            threads.append({pool["num_threads"] for pool in threadpool_info()})
            return super().png(*state)

    monkeypatch.setattr(plot, "Moving", Counting)
    panel = kind()
    panel.bits.value = 2
    press(panel.train if kind is explore.PlanePanel else panel.step, panel)
    assert threads == [{1}] * len(threads)
    assert len(threads) > 3


def assert_alert(panel):
    assert 'role="alert"' in panel.status.value
    assert "no &lt;b&gt;picture&lt;/b&gt;" in panel.status.value


def test_a_failure_is_shown_and_raised(monkeypatch):
    panel = explore.PicturePanel()
    good = panel.quantized.value

    def fail(self, bits):
        raise RuntimeError("no <b>picture</b>")

    monkeypatch.setattr(explore.PictureView, "frame", fail)
    with pytest.raises(RuntimeError):
        panel.bits.value = 7
    assert_alert(panel)
    assert panel.quantized.value == good
    monkeypatch.undo()
    panel.bits.value = 6
    assert 'role="status"' in panel.status.value


@pytest.mark.parametrize(("kind", "name"), [(explore.PlanePanel, "train"), (explore.DesignPanel, "step")])
def test_a_failure_is_shown_and_raised_from_a_button_too(monkeypatch, caplog, kind, name):
    panel = kind()
    button, good = getattr(panel, name), panel.view.value
    failure = RuntimeError("no <b>picture</b>")

    def fail(self, *state):
        raise failure

    monkeypatch.setattr(plot.Moving, "png", fail)
    with pytest.raises(RuntimeError):
        panel.bits.value = 2
    assert_alert(panel)
    panel.status.value = ""
    button.click()
    assert_alert(panel)
    assert [record.exc_info[1] for record in caplog.records] == [failure]  # ipywidgets catches it and reports it
    assert panel.view.value == good
    monkeypatch.undo()
    panel.bits.value = 1
    assert press(button, panel)
    assert panel.view.value != good


def test_an_own_picture_is_shown_upright_and_in_grey():
    colours = np.random.default_rng(0).integers(0, 256, (30, 50, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 90 degrees clockwise
    panel = explore.PicturePanel()
    panel.upload.value = sent(file_of(colours, exif=exif))
    expected = np.rot90(image.grey(colours), -1)
    assert (pixels(panel.original.value) == plot.window(expected)[..., None]).all()
    assert panel.upload.value == ()
    assert "1,500 before" in panel.status.value
    panel.picture.value = "camera"  # and back again
    assert (pixels(panel.original.value) == plot.window(image.sample("camera"))[..., None]).all()


BAD_FILES = {
    "empty": (b"", "is empty"),
    "text": (b"<script>alert(1)</script>", "not in a format that can be read"),
    "truncated": (file_of(image.sample("camera"), format="JPEG")[:5000], "cannot be decoded"),
    "too large": (bytes(explore.UPLOAD_LIMIT + 1), "at most 9,000,000 bytes, got 9,000,001"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_gets_a_sentence_and_the_last_good_picture_stays(kind):
    content, sentence = BAD_FILES[kind]
    panel = explore.PicturePanel()
    before = panel.original.value, panel.quantized.value, panel.histogram.value
    with pytest.raises(ValueError, match=sentence):
        panel.upload.value = sent(content, name="<img src=x onerror=alert(1)>.png")
    assert sentence in panel.status.value
    assert "<img" not in panel.status.value
    assert (panel.original.value, panel.quantized.value, panel.histogram.value) == before
    panel.upload.value = sent(file_of(image.sample("chart")))
    assert 'role="status"' in panel.status.value
    assert (pixels(panel.original.value) == image.sample("chart")[..., None]).all()


@pytest.mark.parametrize(
    "panel", [explore.RampPanel, explore.ScalarPanel, explore.PlanePanel, explore.DesignPanel, explore.PicturePanel]
)
def test_without_a_kernel_a_panel_reads_as_a_sentence(panel):
    made = panel()
    assert repr(made) == made.sentence
    what = "press the buttons:" if panel is explore.DesignPanel else "move the slider"
    assert made.sentence.startswith(f"Run this cell to {what}")
    assert made.sentence.endswith(".")


def test_every_panel_works_through_a_kernel():
    code = """
from vqlib import explore
panel = explore.RampPanel()
for panel.bits.value in range(1, 9): print(panel.status.value)
panel = explore.ScalarPanel()
for panel.bits.value in range(1, 5):
    for _, panel.chosen.value in panel.chosen.options: panel.places[0].value = 0.55
    print(panel.status.value)
panel = explore.PlanePanel()
for panel.source.value in panel.source.options:
    panel.chosen.value, panel.places[1].value = 7, -2.5
    print(panel.status.value)
    panel.train.click()
panel.copy.click()
print(panel.status.value)
panel = explore.DesignPanel()
for panel.source.value in panel.source.options:
    panel.step.click()
    print(panel.status.value)
panel.run.click()
print(panel.status.value)
panel = explore.PicturePanel()
for panel.bits.value in range(1, 9): print(panel.status.value)
panel
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    client = nbclient.NotebookClient(notebook, kernel_name="python3", timeout=60, store_widget_state=True)
    client.execute()
    *printed, shown = notebook.cells[0].outputs
    lines = "".join(output.text for output in printed).splitlines()
    assert len(lines) == 8 + 4 + 5 + 5 + 8
    assert "= 256 greys" in lines[7]
    assert f"Levels {', '.join(['0.55'] * 16)}." in lines[11]
    assert all("Code vector 0111 at (" in line and ", -2.5) speaks for" in line for line in lines[12:16])
    assert ": gain +0.00 dB." in lines[16]
    assert all("Half-step 1, " in line for line in lines[17:21])
    assert "Nothing changes any more." in lines[21]
    assert "256 levels; no loss" in lines[-1]
    assert shown.data["text/plain"].startswith("Run this cell")
    model = shown.data["application/vnd.jupyter.widget-view+json"]["model_id"]
    state = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert model in state


def test_a_gain_of_nothing_has_no_sign_of_minus():
    panel = explore.PlanePanel()
    panel.bits.value = 1
    panel.copy.click()
    panel.places[0].value = -0.75
    assert "gain +0.00 dB" in panel.status.value
