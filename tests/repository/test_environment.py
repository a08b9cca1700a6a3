"""pyproject.toml says what the project needs; environment.yml and requirements.txt say the same."""

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.support import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA_NAMES = {"matplotlib": "matplotlib-base", "dask": "dask-core"}  # smaller ones of conda-forge
BY_PIP = {"opencv-python-headless"}  # comes with the project itself
OF_MAKE = {"ruff", "mypy", "hatchling", "editables", "pytest-xdist"}  # of `make` alone
OF_THE_BROWSER = {"playwright", "axe-playwright-python", "selenium"}  # skipped without
OF_THE_SITE = {"nbconvert", "latex2mathml"}  # its tests are skipped without, too
NOT_WITH_CONDA = BY_PIP | OF_MAKE | OF_THE_BROWSER | OF_THE_SITE


def needed(lines):
    """Name and versions of each requirement."""
    found = {}
    for line in lines:
        requirement = Requirement(line)
        found[canonicalize_name(requirement.name)] = requirement.specifier
    return found


READER = needed(PROJECT["project"]["dependencies"])
DEVELOPER = needed(PROJECT["dependency-groups"]["dev"])
SCALE = needed(PROJECT["dependency-groups"]["scale"])
INSTALLED = READER | DEVELOPER | SCALE


def environment():
    """The conda side (name to version part), the pip side, and the whole file."""
    whole = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    lines = [line for line in whole["dependencies"] if isinstance(line, str)]
    (pip,) = (line["pip"] for line in whole["dependencies"] if isinstance(line, dict))
    conda = dict(re.fullmatch(r"([\w.-]+)\s*(.*)", line).groups() for line in lines)
    assert len(conda) == len(lines), "a package is named twice"
    return conda, pip, whole


def test_conda_installs_the_floors_of_pyproject_and_nothing_else():
    wanted = {}
    for name, floor in INSTALLED.items():
        if name not in NOT_WITH_CONDA:
            wanted[CONDA_NAMES.get(name, name)] = floor
    conda, _, _ = environment()
    found = {}
    for name, version in conda.items():
        if name not in {"python", "pip"}:
            found[name] = SpecifierSet(version)
    assert found == wanted


def test_what_scaling_needs_is_optional_and_uv_installs_it_all_the_same():
    assert SCALE.keys().isdisjoint(READER | DEVELOPER)
    assert PROJECT["tool"]["uv"]["default-groups"] == ["dev", "scale"]


def test_conda_pins_one_python_that_the_project_allows():
    conda, _, _ = environment()
    version = conda["python"]
    assert re.fullmatch(r"=3\.\d+", version), "not a range: Binder would take an old Python"
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(version[1:])


def test_conda_leaves_opencv_and_the_project_to_pip():
    conda, pip, whole = environment()
    assert not [name for name in conda if "opencv" in name]
    assert "pip" in conda, "conda warns if pip is used and not named"
    assert pip == ["-e ."]
    assert (whole["name"], whole["channels"]) == ("vqlib", ["conda-forge"])


def locked(file="requirements.txt"):
    """Requirement and hashes of every entry of a lock file."""
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in filter(None, map(str.strip, text.splitlines())):
        requirement, *hashes = re.split(r"\s+--hash=", line)
        yield Requirement(requirement), hashes


@pytest.mark.parametrize(("name", "floor"), INSTALLED.items())
def test_lock_has_every_direct_dependency_within_its_bounds(name, floor):
    pins = [pin for pin, _ in locked() if canonicalize_name(pin.name) == name]
    assert pins, f"{name} is not in requirements.txt: make lock"
    for pin in pins:
        (exact,) = pin.specifier
        both = f"requirements.txt has {name} {exact.version}, pyproject.toml {floor}"
        assert floor.contains(exact.version), both


def test_lock_pins_everything_with_hashes():
    for requirement, hashes in locked():
        (exact,) = requirement.specifier
        assert exact.operator == "==", requirement
        assert hashes, requirement
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", value) for value in hashes), requirement


def test_lock_names_no_registry():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    without_hashes = re.sub(r"--hash=\S+", "", text)
    assert not re.search(r"://|^\s*-|@ |\.org|\.com", without_hashes, re.MULTILINE)
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert "uv.lock" in ignored, "uv run makes one, and it names a registry"


@pytest.mark.parametrize(
    ("group", "file"),
    [
        ("bench", "benchmarks/requirements.txt"),
        ("hub", "tests/hub/requirements.txt"),
        ("grading", "teaching/assignments/requirements.txt"),
    ],
)
def test_lock_of_another_group_has_what_it_needs_and_the_versions_of_all_else(group, file):
    wanted = needed(PROJECT["dependency-groups"][group])
    of_readers = {}
    for requirement, _ in locked():
        if requirement.marker is None:
            of_readers[canonicalize_name(requirement.name)] = str(requirement.specifier)
    names = set()
    for requirement, hashes in locked(file):
        name = canonicalize_name(requirement.name)
        version = str(requirement.specifier)
        assert name not in wanted or wanted[name].contains(version.removeprefix("=="))
        assert of_readers.get(name, version) == version
        assert hashes
        names.add(name)
    assert wanted.keys() <= names
