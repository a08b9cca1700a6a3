"""pyproject.toml says what the project needs; environment.yml and requirements.txt must say the same."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA_NAMES = {"matplotlib": "matplotlib-base"}  # where conda-forge calls it otherwise
BY_PIP = {"opencv-python-headless"}  # comes with the project itself
NOT_FOR_READERS = {"ruff", "mypy", "flit-core"}  # of `make lint` and `make` only
NOT_FOR_READERS |= {"playwright", "axe-playwright-python"}  # of the tests in a browser, which are skipped without


def needed(lines):
    return {canonicalize_name(r.name): r.specifier for r in map(Requirement, lines)}


READER = needed(PROJECT["project"]["dependencies"])
DEVELOPER = needed(PROJECT["dependency-groups"]["dev"])


def environment():
    """The conda side (name to version part), the pip side, and the whole file."""
    whole = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    lines = [line for line in whole["dependencies"] if isinstance(line, str)]
    (pip,) = (line["pip"] for line in whole["dependencies"] if isinstance(line, dict))
    conda = dict(re.fullmatch(r"([\w.-]+)\s*(.*)", line).groups() for line in lines)
    assert len(conda) == len(lines), "a package is named twice"
    return conda, pip, whole


def test_conda_installs_the_floors_of_pyproject_and_nothing_else():
    wanted = {name: floor for name, floor in (READER | DEVELOPER).items() if name not in BY_PIP | NOT_FOR_READERS}
    conda = {name: SpecifierSet(version) for name, version in environment()[0].items() if name not in {"python", "pip"}}
    assert conda == {CONDA_NAMES.get(name, name): floor for name, floor in wanted.items()}


def test_conda_pins_one_python_that_the_project_allows():
    version = environment()[0]["python"]
    assert re.fullmatch(r"=3\.\d+", version), "not a range: Binder would take an old Python"
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(version[1:])


def test_conda_leaves_opencv_and_the_project_to_pip():
    conda, pip, whole = environment()
    assert not [name for name in conda if "opencv" in name]
    assert "pip" in conda, "conda warns if pip is used and not named"
    assert pip == ["-e ."]
    assert (whole["name"], whole["channels"]) == ("vqlib", ["conda-forge"])


def locked(file="requirements.txt"):
    """Requirement and hashes of every entry of requirements.txt."""
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in filter(None, map(str.strip, text.splitlines())):
        requirement, *hashes = re.split(r"\s+--hash=", line)
        yield Requirement(requirement), hashes


@pytest.mark.parametrize(("name", "floor"), (READER | DEVELOPER).items())
def test_lock_has_every_direct_dependency_within_its_bounds(name, floor):
    pins = [requirement for requirement, _ in locked() if canonicalize_name(requirement.name) == name]
    assert pins, f"{name} is not in requirements.txt: make lock"
    for pin in pins:
        (exact,) = pin.specifier
        assert floor.contains(exact.version), f"requirements.txt has {name} {exact.version}, pyproject.toml {floor}"


def test_lock_pins_everything_with_hashes():
    for requirement, hashes in locked():
        (exact,) = requirement.specifier
        assert exact.operator == "==", requirement
        assert hashes, requirement
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", value) for value in hashes), requirement


def test_lock_names_no_registry():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-|@ |\.org|\.com", re.sub(r"--hash=\S+", "", text), re.MULTILINE)
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert "uv.lock" in ignored, "uv run makes one, and it names a registry"


def test_lock_of_the_benchmarks_has_what_they_compare_with_and_the_versions_of_all_else():
    compared = needed(PROJECT["dependency-groups"]["bench"])
    pins = {
        (canonicalize_name(r.name), str(r.specifier), str(r.marker))
        for r, hashes in locked("benchmarks/requirements.txt")
    }
    assert compared.keys() <= {name for name, _, _ in pins}
    readers = {canonicalize_name(r.name): str(r.specifier) for r, _ in locked() if r.marker is None}
    for name, version, _ in pins:
        assert name not in compared or compared[name].contains(version.removeprefix("=="))
        assert readers.get(name, version) == version
    assert all(hashes for _, hashes in locked("benchmarks/requirements.txt"))
