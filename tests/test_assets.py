"""Pictures and tables of data/ are found in the source tree and where a wheel is installed."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support import ROOT
from vqlib import assets, image

BUILD = "import sys; from hatchling.build import build_{0} as build; print(build(sys.argv[1]))"
# What an installed package finds and draws, told in JSON.
FIND = """
import hashlib, json, sys, vqlib
from vqlib import explore, image, installation, limits, plot
pictures = {name: int(image.sample(name, colour=True).sum()) for name in image.SAMPLES}
panel = explore.BlockPanel()
page = [len(str(part)) for part in (panel.view._esm, panel.view._css)]
plate = plot.quantize_and_show(image.DATA / "camera.png", bits=2)
drawn = hashlib.sha256(plate.png()).hexdigest()
told = [pictures, len(limits.measured()), page, panel.view.status, plate.sentence, drawn]
print(json.dumps([vqlib.__file__, sys.path, *told, installation.problems()]))
"""


def run(*command, **options):
    """What a command of Python prints; the first argument may be another interpreter."""
    python = command if isinstance(command[0], Path) else (sys.executable, *command)
    command = list(map(str, python))
    done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def built(kind, source, folder):
    """The wheel or the sdist of a source tree."""
    return folder / run("-c", BUILD.format(kind), folder, cwd=source).split()[-1]


def fresh_environment(folder):
    """The interpreter of a new environment.

    Its packages are those of this one, but for what is installed here in place: no file that names
    other folders is read from there.
    """
    venv.create(folder, with_pip=False)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    packages = sysconfig.get_path("purelib")
    tell = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = Path(run(python, "-I", "-c", tell).strip())
    (own / "others.pth").write_text(f"{packages}\n", encoding="utf-8")
    return python


def install(wheel, python):
    run("-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)


def names_in(wheel):
    """All files of a wheel but the list of them."""
    return {name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("RECORD")}


def test_every_sample_and_the_table_are_there():
    assert ROOT / "data" == assets.DATA
    for name in assets.SAMPLES:
        assert (assets.DATA / f"{name}.png").is_file()
    assert (assets.DATA / "rate_distortion.json").is_file()


def test_samples_and_their_folder_are_handed_on_by_image():
    assert image.DATA == assets.DATA
    assert image.SAMPLES == assets.SAMPLES


def test_a_wheel_works_in_a_fresh_environment_without_the_source_tree(tmp_path):
    pytest.importorskip("hatchling")
    pytest.importorskip("pip")
    sdist = built("sdist", ROOT, tmp_path)
    # Python 3.12 warns where the filter is left out, the first versions of 3.11 have none.
    safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "sdist", **safely)
    (unpacked,) = (tmp_path / "sdist").iterdir()
    wheel = built("wheel", unpacked, tmp_path)
    assert names_in(wheel) == names_in(built("wheel", ROOT, tmp_path / "direct"))
    python = fresh_environment(tmp_path / "fresh")
    # What is installed in place may leave an empty folder of that name.
    assert "No module named 'vqlib" in failure(python, "import vqlib.image", cwd=tmp_path)
    install(wheel, python)
    shutil.rmtree(unpacked)
    module, path, *found = json.loads(run(python, "-I", "-c", FIND, cwd=tmp_path))
    assert Path(module).is_relative_to(tmp_path / "fresh")
    assert not [place for place in path if Path(place).resolve() == ROOT.resolve()]
    from_source = os.environ | {"PYTHONPATH": str(ROOT)}
    _, _, *expected = json.loads(run("-c", FIND, cwd=tmp_path, env=from_source))
    assert found == expected
    assert found[-1] == []


def failure(python, code, cwd):
    """The last line of what a program says that fails."""
    command = [python, "-I", "-c", code]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=cwd)
    assert done.returncode != 0
    return done.stderr.splitlines()[-1]
