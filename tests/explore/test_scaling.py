"""What samples and passes are worth: what is recorded, and what is shown of it."""

import hashlib
import itertools
import math
import re
import runpy

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tests.explore.support import Sketch, status
from tests.support import ROOT, assert_refused
from vqlib import explore

SOURCES = ("photographs", "Gauss-Markov")
SIZES = (64, 256)
SAMPLES = range(2, 11)
PASSES = range(7)
ROWS = 2**21
RECORDINGS = list(itertools.product(range(2), range(2)))
PATH = ROOT / "data" / "passes.npz"
TOLD = re.compile(
    r"(\d+) code vectors trained on ([\d,]+) rows, ([\d,]+) for each, "
    r"then (no|\d) pass(?:es)? over all 2,097,152 rows: "
    r"(PSNR|SNR) (\d+\.\d\d) dB, ([\d.e-]+) dB below the best known\. "
    r"From random rows (?:it takes (no|\d) pass(?:es)?|6 passes do not get there)\."
)


@pytest.fixture(scope="module")
def recorded():
    with np.load(PATH) as file:
        return dict(file)


@pytest.fixture(scope="module")
def lacks(recorded):
    """dB below the best one: source, size, start, passes."""
    best = recorded["best"].astype(float)
    return 10 * np.log10(recorded["errors"] / best[:, :, None, None])


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(ROOT / "data" / "make_passes.py"))


# --- the recording


def test_the_recording_has_its_row_with_size_and_checksum():
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if line.startswith("| passes.npz |")]
    content = PATH.read_bytes()
    assert f"| {len(content):,} bytes" in row
    assert f"`{hashlib.sha256(content).hexdigest()}`" in row
    assert len(content) < 10_000


def test_everything_was_recorded_and_no_pass_makes_it_worse(recorded):
    errors = recorded["errors"]
    assert errors.shape == (len(SOURCES), len(SIZES), 1 + len(SAMPLES), len(PASSES))
    assert (np.diff(errors) < 0).all()
    assert (errors[:, 1:] < errors[:, :-1]).all()  # more code vectors
    assert (errors > recorded["best"][:, :, None, None]).all()


@pytest.mark.parametrize(("source", "size"), RECORDINGS)
def test_a_sample_twice_as_large_is_worth_more_before_any_pass(recorded, source, size):
    assert (np.diff(recorded["errors"][source, size, :, 0]) < 0).all()


@pytest.mark.parametrize(("source", "rule"), [(0, 40), (1, 12)])
def test_from_128_rows_for_each_code_vector_the_rules_hold_to_a_factor_of_two(lacks, source, rule):
    rows = 2 ** np.array(SAMPLES)
    said = rule / rows[rows >= 128]
    shares = lacks[source, :, 1:, 0][:, rows >= 128] / said
    assert (shares > 0.5).all()
    assert (shares < 2).all()


@pytest.mark.parametrize(("source", "name"), [(0, "photographs"), (1, "Gauss-Markov")])
def test_random_rows_come_out_as_recorded(recorded, script, source, name):
    chunks = script["everything"](name)
    assert sum(map(len, chunks)) == ROWS
    assert {chunk.dtype.name for chunk in chunks} == {"uint8"}
    variance = np.concatenate(chunks).var(axis=0).mean()
    assert recorded["variances"][source] == pytest.approx(variance, rel=1e-6)
    start = script["scale"].sample_rows(chunks, 64).astype(float)
    squares = [cdist(chunk, start, "sqeuclidean").min(axis=1).mean() / 16 for chunk in chunks]
    assert recorded["errors"][source, 0, 0, 0] == pytest.approx(np.mean(squares), rel=1e-6)


def test_a_trained_codebook_and_its_first_pass_come_out_as_recorded(recorded, script):
    chunks = script["everything"]("Gauss-Markov")
    passes = script["scale"].lloyd_in_chunks(chunks, script["trained"](chunks, 64, 5))
    found = [error for _codebook, error in itertools.islice(passes, 2)]
    # Lloyd's algorithm may end elsewhere on another processor, but not far.
    assert recorded["errors"][1, 0, 4, :2] == pytest.approx(found, rel=0.003)


def test_neighbours_of_the_correlated_source_are_correlated(recorded, script):
    rows = script["correlated"](3).astype(float)
    assert np.corrcoef(rows[:, 4], rows[:, 5])[0, 1] == pytest.approx(0.9, abs=0.005)
    # Independent rows: five standard errors, and a twelfth for the rounding.
    assert recorded["variances"][1] == pytest.approx(24**2 + 1 / 12, rel=5 * math.sqrt(2 / ROWS))


# --- what is shown


@pytest.fixture
def scene(monkeypatch):
    monkeypatch.setattr("vqlib.explore.scaling.LiveDrawing", Sketch)
    return explore.PassScene()


def marks_of(frame, name):
    """The points of the marks of a drawing, arrays (n, 2), all of them within its limits."""
    found = []
    for mark in frame[name]["marks"]:
        points = np.frombuffer(mark["xy"]).reshape(-1, 2)
        low, high = np.frombuffer(mark["limits"]).reshape(2, 2)
        assert (points > low).all()
        assert (points < high).all()
        found.append(points)
    return found


def curve(x, y):
    return pytest.approx(np.column_stack([list(x), y]))


@pytest.mark.parametrize(("source", "size"), RECORDINGS)
def test_it_draws_what_was_recorded(scene, lacks, source, size):
    rows = [2**sample for sample in SAMPLES]
    random, *trained = lacks[source, size]
    over_samples = np.array(trained).T
    for sample, passes in itertools.product(SAMPLES, PASSES):
        frame, _told = scene.frame(SOURCES[source], SIZES[size], sample, passes)
        at = sample - SAMPLES[0]
        before, after, point = marks_of(frame, "samples")
        assert before == curve(rows, over_samples[0])
        assert after == curve(rows, over_samples[passes])
        assert (point == after[at]).all()
        from_random, from_sample, point = marks_of(frame, "passes")
        assert from_random == curve(PASSES, random)
        assert from_sample == curve(PASSES, trained[at])
        assert (point == from_sample[passes]).all()


def assert_told(told, recorded, source, size, sample, passes):
    """The sentence has the figures of these settings."""
    count, rows, each, after, kind, quality, lack, enough = TOLD.fullmatch(told).groups()
    assert int(count) == SIZES[size]
    assert int(each.replace(",", "")) == 2**sample
    assert int(rows.replace(",", "")) == SIZES[size] * 2**sample
    assert after.replace("no", "0") == str(passes)
    errors = recorded["errors"][source, size].astype(float)
    error = errors[sample - 1, passes]
    signal = 255**2 if source == 0 else recorded["variances"][1]
    assert kind == ("PSNR" if source == 0 else "SNR")
    assert float(quality) == pytest.approx(10 * math.log10(signal / error), abs=0.0051)
    expected = 10 * math.log10(error / recorded["best"][source, size])
    assert float(lack) == pytest.approx(expected, rel=0.051)
    as_good = [str(number) for number in PASSES if errors[0, number] <= error]
    assert (enough and enough.replace("no", "0")) == (as_good[0] if as_good else None)


@pytest.mark.parametrize(("source", "size"), RECORDINGS)
def test_it_tells_what_was_recorded(scene, recorded, source, size):
    for sample, passes in itertools.product(SAMPLES, PASSES):
        _frame, told = scene.frame(SOURCES[source], SIZES[size], sample, passes)
        assert_told(told, recorded, source, size, sample, passes)


def test_each_control_is_a_setting_of_its_own(recorded):
    panel = explore.PassPanel()
    assert_told(status(panel), recorded, 0, 1, 8, 1)
    panel.size.value = 64
    panel.sample.value = 10
    panel.passes.value = 2
    assert_told(status(panel), recorded, 0, 0, 10, 2)
    panel.source.value = "Gauss-Markov"
    assert_told(status(panel), recorded, 1, 0, 10, 2)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            ("noise", 64, 2, 0),
            "source must be one of photographs, Gauss-Markov, got 'noise'",
        ),
        (("photographs", 128, 2, 0), "size must be one of 64, 256, got 128"),
        (("photographs", "64", 2, 0), "size must be one of 64, 256, got '64'"),
        (("photographs", 64, 1, 0), "sample must be a whole number from 2 to 10, got 1"),
        (("photographs", 64, 11, 0), "sample must be a whole number from 2 to 10, got 11"),
        (("photographs", 64, 2, 7), "passes must be a whole number from 0 to 6, got 7"),
    ],
)
def test_settings_that_were_not_recorded_are_refused(settings, sentence):
    assert_refused(sentence, explore.PassScene().frame, *settings)
