"""The rules of the house as functions of source text: each gives a sentence for each breach."""

import ast

LAYERS = (
    "arrays",
    "checks",
    "assets",
    "measure",
    "nearest",
    "codebook",
    "__init__",  # of vqlib itself: it hands on Codebook
    "design",
    "structured",
    "learned",
    "weights",
    "language",
    "pronouncer",
    "sources",
    "limits",
    "picture_files",
    "image",
    "files",
    "exercises",
    "installation",
    "plot",
    "explore",
    "scale",  # last, as nothing may load it unasked
)
"""Modules and packages of vqlib; each may import those before it."""
OPTIONAL = {"dask": "scale", "distributed": "scale", "zarr": "scale"}
"""What may be missing where vqlib is installed, and the only layer that loads it."""


# --- imports -------------------------------------------------------------------------------------


def import_problems(module, source):
    """What a module imports that is not below it.

    `module` is its name below vqlib, such as `measure`, `image.colour` or `image.__init__`.
    """
    own = layer_of(module)
    if own not in LAYERS:
        return [f"{module} has no place among the layers"]
    found = []
    for name in imported_modules(module, source):
        layer = layer_of(name)
        if layer not in LAYERS:
            found.append(f"{module} imports {name}, which has no place among the layers")
        elif layer != own and LAYERS.index(layer) > LAYERS.index(own):
            found.append(f"{module} imports {name}, which does not lie below it")
    return found


def optional_problems(module, source):
    """What a module imports that may be missing, and that is another layer's to load."""
    found = []
    for name in all_imported(module, source):
        package = layer_of(name)
        if package in OPTIONAL and OPTIONAL[package] != layer_of(module):
            found.append(f"{module} imports {name}, which only {OPTIONAL[package]} may")
    return found


def layer_of(module):
    return module.partition(".")[0]


def imported_modules(module, source):
    """Names below vqlib of all that is imported from it, wherever in the module."""
    for name in all_imported(module, source):
        if name.startswith("vqlib."):
            yield name.removeprefix("vqlib.")


def all_imported(module, source):
    """Full names of all that is imported, wherever in the module."""
    package = ["vqlib", *module.split(".")[:-1]]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from full_names(node, package)


def full_names(node, package):
    """What `from ... import ...` loads; without a module after the dots the names are modules."""
    above = package[: len(package) - node.level + 1] if node.level else []
    parent = ".".join([*above, *filter(None, [node.module])])
    if parent == "vqlib":
        return [f"vqlib.{alias.name}" for alias in node.names]
    return [parent]


def handing_on_problems(source):
    """What the `__init__` of a package holds beside a docstring, imports and `__all__`."""
    body = ast.parse(source).body
    if ast.get_docstring(ast.parse(source)) is not None:
        body = body[1:]
    return [f"line {node.lineno} does more than hand on" for node in body if not hands_on(node)]


def hands_on(node):
    if isinstance(node, ast.Assign):
        return [ast.unparse(target) for target in node.targets] == ["__all__"]
    return isinstance(node, ast.Import | ast.ImportFrom)


# --- statements ----------------------------------------------------------------------------------


def tuple_problems(source):
    """Where a tuple is assigned to a tuple and nothing is swapped."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and is_tuple(node.value):
            targets = [target for target in node.targets if is_tuple(target)]
            if not all(is_swap(target, node.value) for target in targets):
                found.append(f"line {node.lineno} assigns a tuple to a tuple")
    return found


def is_tuple(node):
    return isinstance(node, ast.Tuple | ast.List)


def is_swap(target, value):
    """Whether the same names stand on both sides, in another order."""
    before = [ast.unparse(element) for element in value.elts]
    after = [ast.unparse(element) for element in target.elts]
    return before != after and sorted(before) == sorted(after)


COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def comprehension_problems(source):
    """Where a comprehension or generator expression is longer than a line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, COMPREHENSIONS) and node.end_lineno > node.lineno:
            lines = node.end_lineno - node.lineno + 1
            found.append(f"line {node.lineno} begins a comprehension of {lines} lines")
    return found


# --- lengths -------------------------------------------------------------------------------------


def length_problems(source, most, prefix=""):
    """Functions whose names begin so, and that have more lines; docstrings do not count."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = lines_without_docstring(node)
            if node.name.startswith(prefix) and lines > most:
                found.append(f"line {node.lineno}: {node.name} has {lines} lines")
    return found


def lines_without_docstring(function):
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - (docstring.end_lineno - docstring.lineno + 1)
