"""Training runs in the plane: what is recorded, and what is shown of it at every moment."""

import hashlib
import itertools
import math
import re
import runpy

import numpy as np
import pytest
from sklearn.cluster import KMeans

from tests.explore.support import drawn, status
from tests.support import ROOT, assert_refused
from vqlib import explore, plot

SIZE = 16
TRAINED = 1400
STARTS = ("normal", "uniform", "data")
UPDATES = ("gradient", "average")
RESTARTS = ("off", "on")
RUNS = list(itertools.product(STARTS, UPDATES, RESTARTS))
PATH = ROOT / "data" / "collapse.npz"
HALF = 2.0**-11
"""By so much of itself a number in half precision may be wrong."""
TOLD = re.compile(
    r"(.*): (\d+) of 16 code vectors used, perplexity (\d+\.\d) on the whole training set\. "
    r"Mean squared error on unseen digits (0\.\d{4}), "
    r"of k-means with 16 code vectors (0\.\d{4})\."
)


@pytest.fixture(scope="module")
def recorded():
    with np.load(PATH) as file:
        return dict(file)


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(ROOT / "data" / "make_collapse.py"))


def nearest_and_certain(latents, vectors):
    """The nearest code vector of each latent, and where half precision cannot have changed it."""
    distances = np.linalg.norm(latents[:, None] - vectors, axis=-1)
    first, second = np.sort(distances, axis=1)[:, :2].T
    moved = HALF * (np.linalg.norm(latents, axis=1) + np.linalg.norm(vectors, axis=1).max())
    return distances.argmin(axis=1), second - first > 2 * moved


# --- the recording -------------------------------------------------------------------------------


def test_the_recording_has_its_row_with_size_and_checksum():
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if line.startswith("| collapse.npz |")]
    content = PATH.read_bytes()
    assert f"| {len(content):,} bytes" in row
    assert f"`{hashlib.sha256(content).hexdigest()}`" in row
    assert len(content) < 600_000


def test_every_run_was_recorded_at_every_step_of_the_script(recorded, script):
    steps = script["STEPS"]
    assert recorded["steps"].tolist() == steps
    assert steps == sorted(set(steps))
    assert recorded["latents"].shape == (len(RUNS), len(steps), 300, 2)
    assert recorded["vectors"].shape == (len(RUNS), len(steps), SIZE, 2)
    assert (recorded["counts"].sum(axis=2) == TRAINED).all()
    wanted = [(start, update, restarts == "on") for start, update, restarts in RUNS]
    kinds = list(script["quantizers"]())
    assert [(each.start, each.update, each.restarts) for each in kinds] == wanted


@pytest.mark.parametrize("row", range(len(RUNS)))
def test_latents_go_to_code_vectors_as_often_as_is_recorded(recorded, row):
    for latents, vectors, counts in zip(
        *(recorded[name][row].astype(float) for name in ("latents", "vectors", "counts")),
        strict=True,
    ):
        indices, certain = nearest_and_certain(latents, vectors)
        used = np.bincount(indices[certain], minlength=SIZE)
        assert (used <= counts).all()
        # The 300 are a sample of the 1,400: five standard errors, and those that are uncertain.
        shares = counts / TRAINED
        errors = np.sqrt(shares * (1 - shares) * 300)
        assert (used >= 300 * shares - 5 * errors - (~certain).sum()).all()


def test_code_vectors_begin_where_they_are_said_to(recorded):
    for (start, _, _), latents, vectors in zip(
        RUNS, recorded["latents"][:, 0], recorded["vectors"][:, 0], strict=True
    ):
        reach = np.abs(vectors).max()
        if start == "uniform":
            assert 0.5 / SIZE < reach <= 1 / SIZE
        elif start == "normal":
            assert 1.5 < reach < 4
        else:
            assert reach <= 1.5 * np.abs(latents).max()


def test_k_means_reaches_what_is_recorded(recorded, script):
    known, unseen = script["digits"]()
    assert (len(known), len(unseen)) == (TRAINED, 397)
    kmeans = KMeans(SIZE, n_init=5, random_state=0).fit(known)
    error = ((unseen - kmeans.cluster_centers_[kmeans.predict(unseen)]) ** 2).mean()
    assert recorded["lloyd_error"] == pytest.approx(error, rel=0.03)
    shares = np.bincount(kmeans.labels_) / TRAINED
    expected = math.exp(-(shares * np.log(shares)).sum())
    assert recorded["lloyd_perplexity"] == pytest.approx(expected, abs=0.6)


@pytest.mark.parametrize("row", [0, 2, 4, 8])
def test_the_first_steps_come_out_as_recorded(recorded, script, row):
    # Rounding on other processors has grown to .0005 after 20 steps, half precision is .001 off.
    steps = [step for step in script["STEPS"] if step <= 20]
    quantizer = list(script["quantizers"]())[row]
    found = script["record"](quantizer, steps)
    expected = {name: recorded[name][row, : len(steps)].astype(float) for name in found}
    assert found["latents"].astype(float) == pytest.approx(expected["latents"], abs=0.01)
    assert found["vectors"].astype(float) == pytest.approx(expected["vectors"], abs=0.01)
    assert found["errors"].astype(float) == pytest.approx(expected["errors"], rel=0.01)
    off = np.abs(found["counts"] - expected["counts"]).sum(axis=1)
    assert (off <= TRAINED / 50).all()


# --- what is shown -------------------------------------------------------------------------------


def words_of(step):
    """How the sentence tells a step."""
    if step == 0:
        return "Before the first step"
    return "After 1 step" if step == 1 else f"After {step:,} steps"


def assert_told(panel, recorded, row, at):
    """The sentence has the figures of this run at this moment; returns the perplexity."""
    when, used, perplexity, error, lloyd = TOLD.fullmatch(status(panel)).groups()
    assert when == words_of(recorded["steps"][at])
    shares = [count / TRAINED for count in recorded["counts"][row, at].tolist() if count]
    assert int(used) == len(shares)
    expected = math.exp(-sum(share * math.log(share) for share in shares))
    assert float(perplexity) == pytest.approx(expected, abs=0.051)
    assert float(error) == pytest.approx(recorded["errors"][row, at], abs=0.51e-4)
    assert float(lloyd) == pytest.approx(recorded["lloyd_error"], abs=0.51e-4)
    return expected


def assert_inside(points, limits):
    """All points lie in the part of the axes that is shown."""
    assert (points > limits[0]).all()
    assert (points < limits[1]).all()


@pytest.mark.parametrize("row", range(len(RUNS)))
def test_it_shows_its_run_at_every_moment(sketched, recorded, row):
    panel = explore.CollapsePanel()
    panel.start.value, panel.update.value, panel.restarts.value = RUNS[row]
    perplexities = []
    for at in range(len(recorded["steps"])):
        panel.moment.value = at
        perplexities.append(assert_told(panel, recorded, row, at))
        plane = drawn(panel.view, "plane")
        np.testing.assert_array_equal(plane[plot.GREY], recorded["latents"][row, at])
        np.testing.assert_array_equal(plane[plot.RED], recorded["vectors"][row, at])
        assert_inside(plane[plot.RED], plane["limits"])
        assert_inside(plane[plot.GREY], plane["limits"])
        for name in ("usage", "error"):
            assert drawn(panel.view, name)[plot.CURVES[1]][0, 0] == at
    for name, values in (("usage", perplexities), ("error", recorded["errors"][row])):
        chart = drawn(panel.view, name)
        points = np.column_stack([range(len(values)), values])
        assert chart[plot.CURVES[0]] == pytest.approx(points)
        assert chart[plot.CURVES[1]] == pytest.approx(points[-1:])
        assert_inside(points, chart["limits"])


def test_it_draws_the_borders_of_the_code_vectors(sketched, recorded):
    panel = explore.CollapsePanel()
    vectors = recorded["vectors"][0, -1].astype(float)
    borders = drawn(panel.view, "plane")[plot.BLUE].reshape(-1, 3, 2)[:, :2]
    assert len(borders) >= SIZE - 1
    for end, other in borders:
        middle = end + 0.5 * (other - end)
        distances = np.sort(np.linalg.norm(vectors - middle, axis=1))
        assert distances[0] == pytest.approx(distances[1], rel=1e-6)


def test_it_opens_at_the_end_of_a_collapse_that_restarts_mend():
    panel = explore.CollapsePanel()
    _, used, perplexity, error, lloyd = TOLD.fullmatch(status(panel)).groups()
    assert int(used) < SIZE / 2
    panel.restarts.value = "on"
    _, used_now, perplexity_now, error_now, _ = TOLD.fullmatch(status(panel)).groups()
    assert int(used_now) == SIZE
    assert float(perplexity_now) > 2 * float(perplexity)
    assert float(lloyd) < float(error_now) < float(error)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ((21, "data", "average", "on"), "moment must be a whole number from 0 to 20, got 21"),
        (
            (0, "corner", "average", "on"),
            "start must be one of normal, uniform, data, got 'corner'",
        ),
        ((0, "data", "median", "on"), "update must be one of gradient, average, got 'median'"),
        ((0, "data", "average", True), "restarts must be one of off, on, got True"),
    ],
)
def test_settings_that_no_run_has_are_refused(settings, sentence):
    assert_refused(sentence, explore.CollapseScene().frame, *settings)
