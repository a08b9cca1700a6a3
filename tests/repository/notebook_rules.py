"""What a stored notebook must be: `problems(path)` gives a sentence for each way it is not.

nbval compares stored with fresh outputs, but looks away from pictures, from cells without an
execution count and from cells that ask for it. These rules see to it that there is nothing to look
away from, and that a reader finds the way.
"""

import ast
import io
import itertools
import json
import re
import tokenize
import warnings
from html import unescape
from urllib.parse import unquote

import mistune
import nbformat
from IPython.core.inputtransformer2 import TransformerManager

LARGEST = 1_700_000  # bytes
PANEL = "Run this cell to "  # how a panel reads where there is no kernel
WIDGET = "application/vnd.jupyter.widget-view+json"
NOTEBOOK_METADATA = {"kernelspec", "language_info"}
CELL_METADATA = {"tags", "slideshow"}
INTERACT = {"interact", "interactive", "interactive_output", "interact_manual"}
CLOCKS = {"time", "timeit"}
MAGICS = {"%matplotlib"}  # the only one allowed: others hide outputs, time, install, or run a shell
UNCOMPARED_TAGS = {"raises-exception", "skip-execution", "pytest-validate-ignore-output"}
UNCOMPARED_COMMENT = re.compile(r"^\s*#+\s*(NBVAL_|PYTEST_VALIDATE_)", re.MULTILINE)
OF_ONE_MACHINE = {
    "an absolute path": re.compile(r"/(?:home|Users|tmp|root)/"),
    "a memory address": re.compile(r"\b0x[0-9a-fA-F]{6,}"),
    "'<Figure size', not a sentence": re.compile(r"<Figure size"),
    "a widget's inner life, not a sentence": re.compile(
        r"^\w+\((?:children|value|layout|options)=", re.MULTILINE
    ),
}
MARKDOWN = mistune.create_markdown(
    renderer=None, plugins=["math", "table", "strikethrough", "footnotes"]
)


def problems(path):
    """Every way in which the notebook at `path` breaks a rule; an empty list for a good one."""
    try:
        version, notebook = read(path)
    except Exception as error:  # a file that is no notebook makes nbformat raise nearly anything
        first_line = next(iter(str(error).splitlines()), "")
        return [f"it is not a valid notebook: {first_line}"]
    found = []
    if version != "4.5":
        found.append(f"it is in nbformat {version}, not 4.5")
    found += of_file(path, notebook)
    found += of_text(path, notebook.cells)
    found += of_panels(notebook.cells)
    found += of_cells(notebook.cells)
    return found


def read(path):
    """The format in which a notebook is stored, and the notebook; an error if it is not valid."""
    stored = json.loads(path.read_bytes())
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nbformat only warns of missing and double cell ids
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    return f"{stored['nbformat']}.{stored['nbformat_minor']}", notebook


def of_cells(cells):
    """What is wrong with single cells, each told by its number or its first line."""
    number = 0
    for cell in cells:
        if cell.cell_type == "code":
            number += 1
            yield from (f"code cell {number} {problem}" for problem in of_code(cell, number))
        else:
            name = f"the text cell {opening(cell)!r}"
            yield from (f"{name} {problem}" for problem in of_metadata(cell))


def of_file(path, notebook):
    """Size and metadata of the whole."""
    if path.stat().st_size > LARGEST:
        yield f"it has {path.stat().st_size} bytes, more than {LARGEST}"
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "its kernel is not python3"
    if "widgets" in notebook.metadata:
        yield "it stores the state of widgets"
    more = notebook.metadata.keys() - NOTEBOOK_METADATA - {"widgets"}
    if more:
        yield f"its metadata holds {listed(more)}"
    if set(notebook.metadata.get("language_info", {})) > {"name"}:
        yield "its metadata holds the version of a Python"


def of_code(cell, number):
    """All rules for one code cell."""
    yield from of_run(cell, number)
    yield from of_metadata(cell)
    yield from of_source(cell)
    yield from of_outputs(cell)
    yield from of_figures(cell)


def of_run(cell, number):
    """It was executed, in order."""
    if not cell.source.strip():
        yield "is empty"
    if cell.execution_count is None:
        yield "was not executed"
    elif cell.execution_count != number:
        yield f"was executed as number {cell.execution_count}"


def of_metadata(cell):
    """Nothing of one run or one machine, and nothing that keeps nbval from comparing."""
    more = cell.metadata.keys() - CELL_METADATA
    if more:
        yield f"has metadata of one run: {listed(more)}"
    tags = cell.metadata.get("tags", [])
    uncompared = [tag for tag in tags if tag.startswith("nbval-") or tag in UNCOMPARED_TAGS]
    if uncompared:
        yield f"keeps its output from being compared by the tag {listed(uncompared)}"


def of_source(cell):
    """Code that nbval can compare and that gives the same everywhere."""
    if UNCOMPARED_COMMENT.search(cell.source):
        yield "keeps its output from being compared by a comment"
    # Magics and shell commands become calls.
    code = TransformerManager().transform_cell(cell.source)
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        yield f"is not Python: {error.msg}"
        return
    if ends_in_semicolon(code):
        yield "ends in a semicolon"
    used = list(names_used(tree))
    calls = INTERACT & {name for _, name in used}
    if calls:
        yield f"uses {listed(calls)}: nbval cannot see inside"
    if any(module in CLOCKS for module, _ in used):
        yield "looks at the clock"
    magics = set(magics_used(tree)) - MAGICS
    if magics:
        yield f"uses {listed(magics)}"


SILENT_TOKENS = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def ends_in_semicolon(code):
    """Whether its last token is one; comments and what is inside strings are none."""
    last = ""
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type not in SILENT_TOKENS:
            last = token.string
    return last == ";"


def names_used(tree):
    """Pairs (module or object before the dot, name) of what is imported, called or decorates."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], "") for alias in node.names)
        elif isinstance(node, ast.Call):
            yield dotted(node.func)
        elif isinstance(node, ast.FunctionDef):
            yield from (dotted(decorator) for decorator in node.decorator_list)


def dotted(node):
    """`a.b` as ("a", "b"), `b` as ("", "b")."""
    if isinstance(node, ast.Attribute):
        return getattr(node.value, "id", ""), node.attr
    return "", getattr(node, "id", "")


def magics_used(tree):
    """Names of magics, and ! for shell commands, from the calls that IPython makes of them."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not is_of_ipython(node.func):
            continue
        if node.func.attr in {"run_line_magic", "run_cell_magic"}:
            yield f"%{node.args[0].value}"
        elif node.func.attr in {"system", "getoutput"}:
            yield "!"


def is_of_ipython(function):
    """Whether it is `get_ipython().something`."""
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Call):
        return False
    _, name = dotted(function.value.func)
    return name == "get_ipython"


def of_outputs(cell):
    """No failure, no warning, nothing that is different elsewhere."""
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"stores an error: {output.ename}"
        if output.get("name") == "stderr":
            yield f"stores a warning: {output.text.strip().splitlines()[-1]}"
        if WIDGET in output.get("data", {}):
            yield "stores a widget, which is nothing without its kernel"
        for what, pattern in OF_ONE_MACHINE.items():
            if any(pattern.search(text) for text in texts(output)):
                yield f"prints {what}"


def of_figures(cell):
    """Every picture has its sentence, printed too.

    That is the only part that a screen reader reads and that nbval compares. The picture of a
    panel has the panel's own sentence.
    """
    if is_panel(cell):
        return
    printed = [output.text for output in cell.outputs if output.get("name") == "stdout"]
    said = in_one_line("".join(printed))
    for output in cell.outputs:
        if any(kind.startswith("image/") for kind in output.get("data", {})):
            sentence = in_one_line(output.data.get("text/plain", ""))
            if not re.fullmatch(r".{20,}[.!?]", sentence):
                yield f"shows a figure whose text is no sentence: {sentence!r}"
            elif sentence not in said:
                yield f"does not print the sentence of its figure: {sentence!r}"


def in_one_line(text):
    return " ".join(text.split())


def of_panels(cells):
    """Before each panel stands a figure that tells the same without a kernel, under its heading."""
    has_figure = False
    for cell in cells:
        if cell.cell_type == "markdown" and begins_a_part(cell):
            has_figure = False
        elif cell.cell_type == "code":
            if is_panel(cell) and not has_figure:
                name = repr(opening(cell))
                yield f"its panel {name} has no figure before it under the same heading"
            elif shows_a_figure(cell):
                has_figure = True


def begins_a_part(cell):
    """Whether a text has a heading of the first or second level."""
    return any(level <= 2 for level in levels_of(headings_of(MARKDOWN(cell.source))))


def is_panel(cell):
    sentences = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return any(sentence.startswith(PANEL) for sentence in sentences)


def shows_a_figure(cell):
    return any("image/png" in output.get("data", {}) for output in cell.outputs)


def texts(output):
    """What an output says in text."""
    if output.output_type == "stream":
        return [output.text]
    found = []
    for kind, text in output.get("data", {}).items():
        if isinstance(text, str) and kind not in {"image/png", "image/jpeg"}:
            found.append(text)
    return found


def of_text(path, cells):
    """Headings that make a table of contents, links that lead somewhere, the way to neighbours."""
    parsed = [MARKDOWN(cell.source) if cell.cell_type == "markdown" else [] for cell in cells]
    yield from of_headings(cells, parsed)
    for text in parsed:
        yield from of_links(path, text)
    written = [text for text in parsed if text] or [[]]
    for name, text in (("first", written[0]), ("last", written[-1])):
        missing = no_way_to(neighbours(path), text)
        if missing:
            yield f"its {name} text cell has no line with links to {listed(missing)}"


def of_headings(cells, parsed):
    """One title at the top, and no level left out below it."""
    headings = []  # level, and number of the cell
    for number, text in enumerate(parsed):
        headings += [(level, number) for level in levels_of(headings_of(text))]
    if [number for level, number in headings if level == 1] != [0]:
        yield "it must have one heading of the first level, in its first cell"
    for (before, _), (after, number) in itertools.pairwise(headings):
        if after > before + 1:
            where = repr(opening(cells[number]))
            yield f"its headings jump from level {before} to {after} in {where}"


def of_links(path, text):
    for link in links_of(text):
        problem = what_is_broken(path, link)
        if problem:
            yield f"its link to {link} {problem}"


def no_way_to(names, text):
    """Those of the names that are missing in the best line of links."""
    least = names
    for block in text:
        missing = names - {unquote(link).partition("#")[0] for link in links_of([block])}
        least = min(least, missing, key=len)
    return least


def headings_of(tokens):
    return [token for token in tokens if token["type"] == "heading"]


def levels_of(headings):
    return [heading["attrs"]["level"] for heading in headings]


def heading_ids(path):
    """What JupyterLab calls the headings of a notebook in a link."""
    cells = nbformat.read(path, as_version=4).cells
    ids = set()
    for cell in cells:
        if cell.cell_type == "markdown":
            ids |= {plain(token).replace(" ", "-") for token in headings_of(MARKDOWN(cell.source))}
    return ids


def plain(token):
    """The words of a heading."""
    return token.get("raw", "") + "".join(map(plain, token.get("children", [])))


def links_of(tokens):
    """Targets of links and pictures, of Markdown and of HTML."""
    for token in tokens:
        if token["type"] in {"link", "image"}:
            yield token["attrs"]["url"]
        elif "html" in token["type"]:
            urls = re.findall(r"""(?:href|src)\s*=\s*["']([^"']+)""", token["raw"])
            yield from (unescape(url) for url in urls)
        yield from links_of(token.get("children", []))


def what_is_broken(path, link):
    """What is wrong with a link, or nothing."""
    if re.match(r"[a-z][a-z0-9+.-]*:", link):
        return None
    target, _, fragment = unquote(link).partition("#")
    if target.startswith("/"):
        return "is not relative"
    file = path.parent / target if target else path
    if not file.exists():
        return "leads nowhere"
    if fragment and file.suffix == ".ipynb" and fragment not in heading_ids(file):
        return "names no heading"
    return None


def neighbours(path):
    """Where the lines of links lead: to the notebooks before and after this one.

    Of a lesson also to the first, of solutions to their lesson.
    """
    names = sorted(other.name for other in path.parent.glob("*.ipynb"))
    number = names.index(path.name)
    beside = set(names[max(number - 1, 0) : number + 2])
    way_back = f"../notebooks/{path.name}" if path.parent.name == "solutions" else names[0]
    return (beside | {way_back}) - {path.name}


def opening(cell):
    """The first line of a cell."""
    return next(iter(cell.source.strip().splitlines()), "")


def listed(names):
    return ", ".join(sorted(names))
