"""Nobody loads Dask who did not ask for it."""

import pkgutil
import subprocess
import sys

import vqlib
from tests.support import ROOT

PUBLIC = [module.name for module in pkgutil.iter_modules(vqlib.__path__) if module.name != "scale"]


def run(program):
    """What a Python program prints; its errors go with it."""
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, check=False, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return done.stdout


def test_all_but_scale_is_loaded_without_dask():
    program = f"""
import importlib, sys
for name in {PUBLIC}:
    importlib.import_module("vqlib." + name)
print(sorted({{"dask", "distributed", "vqlib.scale"}} & set(sys.modules)))
"""
    assert "design" in PUBLIC
    assert run(program) == "[]\n"


def test_without_dask_one_sentence_says_what_is_missing():
    program = """
import importlib, sys
sys.modules["dask"] = None
for name in ("scale", "scale.sampling"):
    try:
        importlib.import_module("vqlib." + name)
    except ImportError as error:
        print(error)
"""
    sentences = run(program).splitlines()
    assert len(sentences) == 2
    for sentence in sentences:
        assert sentence.startswith("vqlib.scale needs the package dask: `pip install dask ")


def test_threads_need_no_distributed():
    program = """
import sys
sys.modules["distributed"] = None
import numpy as np
from vqlib import Codebook, scale
codebook, distortion = next(scale.lloyd_in_chunks([np.uint8([[1], [3]])], Codebook([2])))
print(distortion)
"""
    assert run(program) == "1.0\n"
