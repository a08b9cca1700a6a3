"""The installation check says what is wrong, in sentences."""

from importlib import metadata
from types import SimpleNamespace

import pytest

from vqlib import installation


def test_a_good_installation_is_called_so():
    assert installation.problems() == []


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("no-such-package>=1", "The package no-such-package>=1 is needed, found is none."),
        ("numpy>=999", f"The package numpy>=999 is needed, found is {metadata.version('numpy')}."),
    ],
)
def test_a_missing_or_old_package_is_named(monkeypatch, wanted, sentence):
    monkeypatch.setattr(metadata, "requires", lambda name: ["numpy", wanted])
    assert installation.problems() == [sentence]


def test_a_version_before_its_release_will_do(monkeypatch):
    monkeypatch.setattr(metadata, "requires", lambda name: ["numpy>=2"])
    ahead = SimpleNamespace(version="3.0.0rc1")
    monkeypatch.setattr(metadata, "distributions", lambda name: [ahead])
    assert installation.problems() == []


def test_a_missing_picture_table_model_or_list_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(installation, "DATA", tmp_path)
    monkeypatch.setattr(installation, "SAMPLES", ("camera",))
    assert installation.problems() == [
        "The folder data/ lacks camera.png.",
        "The folder data/ lacks rate_distortion.json.",
        "The folder data/ lacks pronouncer_codes.npz.",
        "The folder data/ lacks collapse.npz.",
        "The folder data/ lacks passes.npz.",
        "The folder data/ lacks lid.176.ftz.",
        "The folder data/ lacks pronouncer.npz.",
        "The folder data/ lacks words.txt.",
    ]
