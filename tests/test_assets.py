"""The pictures and tables of data/ are found from the source tree and from an installed wheel."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from tests.support import ROOT
from vqlib import assets, image

BUILD = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
# What an installed package finds, told in JSON.
FIND = """
import json, vqlib
from vqlib import image, installation, limits
pictures = {name: int(image.sample(name, colour=True).sum()) for name in image.SAMPLES}
print(json.dumps([vqlib.__file__, pictures, len(limits.measured()), installation.problems()]))
"""


def run(code, *arguments, **options):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, **options)
    return done.stdout


def test_every_sample_and_the_table_are_there():
    assert ROOT / "data" == assets.DATA
    for name in assets.SAMPLES:
        assert (assets.DATA / f"{name}.png").is_file()
    assert (assets.DATA / "rate_distortion.json").is_file()


def test_samples_and_their_folder_are_handed_on_by_image():
    assert image.DATA == assets.DATA
    assert image.SAMPLES == assets.SAMPLES


def test_a_wheel_brings_its_pictures_and_tables_with_it(tmp_path):
    pytest.importorskip("hatchling")
    wheel = run(BUILD, tmp_path, cwd=ROOT).split()[-1]
    installed = tmp_path / "installed"
    zipfile.ZipFile(tmp_path / wheel).extractall(installed)
    options = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": str(installed)}}
    module, *found = json.loads(run(FIND, **options))
    assert module == str(installed / "vqlib" / "__init__.py")
    options["env"]["PYTHONPATH"] = str(ROOT)
    _, *expected = json.loads(run(FIND, **options))
    assert found == expected
    assert found[-1] == []
