"""The house keeps its rules; broken samples prove that the rules would tell."""

import ast
import importlib
import subprocess
import sys
import tomllib

import pytest

from tests.house_rules import (
    OPTIONAL,
    comprehension_problems,
    handing_on_problems,
    import_problems,
    length_problems,
    optional_problems,
    tuple_problems,
)
from tests.support import ROOT

PACKAGE = ROOT / "vqlib"
FOLDERS = ("vqlib", "tools", "benchmarks", "data", "teaching", "tests")


def files_in(*folders):
    """All Python files of these folders."""
    found = []
    for folder in folders:
        found += sorted((ROOT / folder).rglob("*.py"))
    return found


def module_of(path):
    """The name of a file of vqlib as a module below it."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def of_all(paths, problems):
    """What a rule says of all these files, a line for each breach."""
    found = []
    for path in paths:
        name = path.relative_to(ROOT)
        found += [f"{name}: {problem}" for problem in problems(path.read_text(encoding="utf-8"))]
    return found


def assert_none(problems):
    assert not problems, "\n".join(problems)


# --- imports -------------------------------------------------------------------------------------


def test_imports_run_one_way():
    found = []
    for path in files_in("vqlib"):
        found += import_problems(module_of(path), path.read_text(encoding="utf-8"))
    assert_none(found)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("measure", "from .checks import check_int\nfrom .arrays import Floats"),
        ("__init__", "from .codebook import Codebook as Codebook"),
        ("image.colour", "from ..checks import check_int\nfrom .blocks import tiles"),
        ("image.__init__", "from ..assets import DATA\nfrom .colour import grey"),
        ("plot.line", "from .. import design, image\nfrom . import style"),
        ("plot.line", "import numpy.random\nfrom matplotlib import explore"),
        ("explore.panel", "import vqlib.plot\nfrom vqlib import plot\nfrom vqlib.plot import line"),
    ],
)
def test_imports_of_what_lies_below_are_accepted(module, source):
    assert import_problems(module, source) == []


@pytest.mark.parametrize(
    ("module", "source", "named"),
    [
        ("measure", "from .codebook import Codebook", "codebook"),
        ("measure", "from . import image", "image"),
        ("measure", "def mse():\n    from .plot import curves", "plot"),
        ("measure", "import vqlib.design.scalar", "design.scalar"),
        ("measure", "from vqlib import design", "design"),
        ("measure", "from vqlib.design import uniform", "design"),
        ("design.scalar", "from ..image import grey", "image"),
        ("design.scalar", "from ..image.colour import grey", "image.colour"),
        ("design.__init__", "from .. import files", "files"),
        ("plot.line", "from ..explore import View", "explore"),
        ("installation", "import vqlib.explore", "explore"),
        ("__init__", "from .image import grey", "image"),
        ("__init__", "from . import scale", "scale"),
        ("image.viewing", "def views():\n    from .. import scale", "scale"),
        ("explore.scaling", "from ..scale.passes import lloyd_in_chunks", "scale.passes"),
        ("exercises.scaling", "import vqlib.scale", "scale"),
    ],
)
def test_imports_of_what_lies_above_are_refused(module, source, named):
    sentence = f"{module} imports {named}, which does not lie below it"
    assert import_problems(module, source) == [sentence]


def test_a_module_without_a_place_is_refused():
    assert import_problems("new.thing", "") == ["new.thing has no place among the layers"]
    sentence = "plot.line imports Codebook, which has no place among the layers"
    assert import_problems("plot.line", "from .. import Codebook") == [sentence]


def test_what_is_optional_is_loaded_by_its_layer_alone():
    found = []
    for path in files_in("vqlib"):
        found += optional_problems(module_of(path), path.read_text(encoding="utf-8"))
    assert_none(found)


def test_what_is_optional_is_a_group_of_its_own():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = [line.split()[0] for line in project["dependency-groups"]["scale"]]
    assert sorted(OPTIONAL) == sorted(names)


WITHOUT_DASK = """
import sys
sys.modules["dask"] = None
from vqlib import exercises, explore, files, installation
print(installation.problems())
from vqlib import scale
"""


def test_without_dask_all_is_well_and_scale_says_what_it_needs():
    command = [sys.executable, "-c", WITHOUT_DASK]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stdout == "[]\n", run.stderr
    assert "ImportError: vqlib.scale needs the package dask: " in run.stderr


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("scale.chunks", "from dask.delayed import delayed\nimport distributed"),
        ("image.blocks", "import numpy\nfrom .dask import tiles"),
        ("image.blocks", "from . import zarr"),
    ],
)
def test_an_optional_package_in_its_layer_is_accepted(module, source):
    assert optional_problems(module, source) == []


@pytest.mark.parametrize(
    ("module", "source", "named"),
    [
        ("image.blocks", "import dask.array as da", "dask.array"),
        ("explore.scaling", "def run():\n    from distributed import Client", "distributed"),
        ("codebook", "import zarr", "zarr"),
    ],
)
def test_an_optional_package_elsewhere_is_refused(module, source, named):
    sentence = f"{module} imports {named}, which only scale may"
    assert optional_problems(module, source) == [sentence]


# --- packages that only hand on ------------------------------------------------------------------

INITS = sorted(PACKAGE.rglob("__init__.py"))


def test_packages_only_hand_on():
    assert_none(of_all(INITS, handing_on_problems))


def test_a_package_that_only_hands_on_is_accepted():
    source = '"""A package."""\n\nfrom .line import fit as fit\nimport numpy\n\n__all__ = ["fit"]\n'
    assert handing_on_problems(source) == []


@pytest.mark.parametrize(
    "line",
    ["SIZE = 3", "def fit(): ...", "class Fit: ...", "if True:\n    import x", '"""Another."""'],
)
def test_a_package_that_does_more_is_refused(line):
    source = f'"""A package."""\nfrom .line import fit as fit\n{line}\n'
    assert handing_on_problems(source) == ["line 3 does more than hand on"]


def names_handed_on(path):
    """Module after the dots, and name, of all that an `__init__` imports from one."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.level > 0 and node.module:
            module = "." * node.level + node.module
            yield from ((module, alias.name) for alias in node.names)


@pytest.mark.parametrize("path", INITS, ids=lambda path: path.parent.name)
def test_names_handed_on_are_not_hidden_by_modules_of_the_same_name(path):
    package = importlib.import_module(".".join(path.parent.relative_to(ROOT).parts))
    for module_name, name in names_handed_on(path):
        module = importlib.import_module(module_name, package.__name__)
        assert getattr(package, name) is getattr(module, name), name


@pytest.mark.parametrize("path", INITS, ids=lambda path: path.parent.name)
def test_no_module_has_the_name_of_what_its_package_hands_on(path):
    modules = {module.stem for module in path.parent.glob("*.py")}
    assert modules.isdisjoint(name for _, name in names_handed_on(path))


# --- plain statements ----------------------------------------------------------------------------


def test_no_tuple_is_assigned_to_a_tuple():
    assert_none(of_all(files_in(*FOLDERS), tuple_problems))


@pytest.mark.parametrize(
    "line",
    ["a, b = b, a", "a[i], a[j] = a[j], a[i]", "a, b = f(x)", "a, b = point", "a = 1, 2"],
)
def test_swaps_and_unpacked_values_are_accepted(line):
    assert tuple_problems(f"def f():\n    {line}\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "a, b = 1, 2",
        "a, b = f(x), g(y)",
        "a, b = a, b",
        "[a, b] = [1, 2]",
        "(a, b), c = f(x), 3",
        "a, b = c, a",
        "a, *b = 1, 2, 3",
        "c = a, b = 1, 2",
        "a.x, a.y = 1, 2",
    ],
)
def test_a_tuple_assigned_to_a_tuple_is_refused(line):
    source = f"def f():\n    {line}\n"
    assert tuple_problems(source) == ["line 2 assigns a tuple to a tuple"]


def test_no_comprehension_is_longer_than_a_line():
    assert_none(of_all(files_in(*FOLDERS), comprehension_problems))


def test_a_comprehension_of_one_line_is_accepted():
    source = "a = [\n    f(x for x in b),\n    {x: y for x, y in c},\n    {x for x in d},\n]\n"
    assert comprehension_problems(source) == []


@pytest.mark.parametrize(
    "comprehension",
    [
        "[\n    x for x in b\n]",
        "{x: y\n for x, y in c}",
        "{x for x in d\n}",
        "any(\n    x for x in b\n)",
        "f((x\n for x in b), 3)",
    ],
)
def test_a_comprehension_of_several_lines_is_refused(comprehension):
    (problem,) = comprehension_problems(f"a = {comprehension}\n")
    lines = 3 if comprehension.count("\n") == 2 else 2
    assert problem == f"line 1 begins a comprehension of {lines} lines"


# --- short functions -----------------------------------------------------------------------------


def test_functions_of_the_package_have_at_most_forty_lines():
    assert_none(of_all(files_in("vqlib"), lambda source: length_problems(source, 40)))


def test_tests_have_at_most_thirty_lines():
    problems = of_all(files_in("tests"), lambda source: length_problems(source, 30, "test_"))
    assert_none(problems)


def function_of(lines, name="test_it"):
    """A function of so many lines, with a decorator and a docstring that do not count."""
    docstring = '    """It has\n\n    five lines.\n\n    """\n'
    statements = "    x = 1\n" * (lines - 1)
    return f"@decorated\ndef {name}():\n{docstring}{statements}"


@pytest.mark.parametrize("keyword", ["def", "async def"])
def test_a_function_of_as_many_lines_as_allowed_is_accepted(keyword):
    source = function_of(30).replace("def", keyword)
    assert length_problems(source, 30) == []


def test_a_function_of_a_line_more_is_refused():
    assert length_problems(function_of(31), 30) == ["line 2: test_it has 31 lines"]
    in_a_class = "class It:\n    def run(self):\n" + "        x = 1\n" * 40
    assert length_problems(in_a_class, 40) == ["line 2: run has 41 lines"]


def test_a_function_of_another_name_is_left_alone():
    assert length_problems(function_of(31, "helper"), 30, "test_") == []
