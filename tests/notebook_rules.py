"""What a stored notebook must be: `problems(path)` says what it is not, one sentence for each problem.

nbval compares stored with fresh outputs, but looks away from pictures, from cells without an execution count and from
cells that ask for it. These rules see to it that there is nothing to look away from, and that a reader finds the way.
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

LARGEST = 1_500_000  # bytes
PANEL = "Run this cell to "  # how a panel reads where there is no kernel
WIDGET = "application/vnd.jupyter.widget-view+json"
NOTEBOOK_METADATA = {"kernelspec", "language_info"}
CELL_METADATA = {"tags", "jupyter", "slideshow"}
INTERACT = {"interact", "interactive", "interactive_output", "interact_manual"}
CLOCKS = {"time", "timeit"}
MAGICS = {"%matplotlib"}  # the only one allowed: others hide outputs, time, install, or run a shell
UNCOMPARED_TAGS = {"raises-exception", "skip-execution", "pytest-validate-ignore-output"}
UNCOMPARED_COMMENT = re.compile(r"^\s*#+\s*(NBVAL_|PYTEST_VALIDATE_)", re.MULTILINE)
OF_ONE_MACHINE = {
    "an absolute path": re.compile(r"/(?:home|Users|tmp|root)/"),
    "a memory address": re.compile(r"\b0x[0-9a-fA-F]{6,}"),
    "'<Figure size', not a sentence": re.compile(r"<Figure size"),
    "a widget's inner life, not a sentence": re.compile(r"^\w+\((?:children|value|layout|options)=", re.MULTILINE),
}
MARKDOWN = mistune.create_markdown(renderer=None, plugins=["math", "table", "strikethrough", "footnotes"])


def problems(path):
    """Every way in which the notebook at `path` breaks a rule; an empty list for a good one."""
    try:
        version = ".".join(str(json.loads(path.read_bytes())[key]) for key in ("nbformat", "nbformat_minor"))
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # nbformat only warns of missing and double cell ids
            notebook = nbformat.read(path, as_version=4)
            nbformat.validate(notebook)
    except Exception as error:  # a file that is no notebook makes nbformat raise nearly anything
        return [f"it is not a valid notebook: {next(iter(str(error).splitlines()), '')}"]
    found = [] if version == "4.5" else [f"it is in nbformat {version}, not 4.5"]
    found += [*of_file(path, notebook), *of_text(path, notebook.cells), *of_panels(notebook.cells)]
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(codes, 1):
        rules = (of_run, of_metadata, of_source, of_outputs, of_figures)
        found += [f"code cell {number} {problem}" for rule in rules for problem in rule(cell, number)]
    for cell in notebook.cells:
        if cell.cell_type != "code":
            found += [f"the text cell {opening(cell)!r} {problem}" for problem in of_metadata(cell, 0)]
    return found


def of_file(path, notebook):
    """Size and metadata of the whole."""
    if path.stat().st_size > LARGEST:
        yield f"it has {path.stat().st_size} bytes, more than {LARGEST}"
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "its kernel is not python3"
    if "widgets" in notebook.metadata:
        yield "it stores the state of widgets"
    if more := notebook.metadata.keys() - NOTEBOOK_METADATA - {"widgets"}:
        yield f"its metadata holds {listed(more)}"
    if set(notebook.metadata.get("language_info", {})) > {"name"}:
        yield "its metadata holds the version of a Python"


def of_run(cell, number):
    """It was executed, in order, without an error."""
    if not cell.source.strip():
        yield "is empty"
    if cell.execution_count is None:
        yield "was not executed"
    elif cell.execution_count != number:
        yield f"was executed as number {cell.execution_count}"


def of_metadata(cell, _number):
    """Nothing of one run or one machine, and nothing that keeps nbval from comparing."""
    tags = cell.metadata.get("tags", [])
    if more := cell.metadata.keys() - CELL_METADATA:
        yield f"has metadata of one run: {listed(more)}"
    if uncompared := [tag for tag in tags if tag.startswith("nbval-") or tag in UNCOMPARED_TAGS]:
        yield f"keeps its output from being compared by the tag {listed(uncompared)}"
    hidden = cell.metadata.get("jupyter", {})
    hides = ("source_hidden", "outputs_hidden") if cell.cell_type == "code" else ("source_hidden",)
    if "answer" in tags and not all(hidden.get(key) is True for key in hides):
        yield "is an answer that is not hidden"


def of_source(cell, _number):
    """Code that nbval can compare and that gives the same everywhere."""
    if UNCOMPARED_COMMENT.search(cell.source):
        yield "keeps its output from being compared by a comment"
    code = TransformerManager().transform_cell(cell.source)  # magics and shell commands become calls
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        yield f"is not Python: {error.msg}"
        return
    if ends_in_semicolon(code):
        yield "ends in a semicolon"
    used = list(names_used(tree))
    if calls := INTERACT & {name for _, name in used}:
        yield f"uses {listed(calls)}: nbval cannot see inside"
    if any(module in CLOCKS for module, _ in used):
        yield "looks at the clock"
    if magics := set(magics_used(tree)) - MAGICS:
        yield f"uses {listed(magics)}"


def ends_in_semicolon(code):
    """Whether its last token is one; comments and what is inside strings are none."""
    nothing = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = [token for token in tokenize.generate_tokens(io.StringIO(code).readline) if token.type not in nothing]
    return bool(tokens) and tokens[-1].string == ";"


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
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    for call in calls:
        by_shell = isinstance(call.func.value, ast.Call) and dotted(call.func.value.func)[1] == "get_ipython"
        if by_shell and call.func.attr in {"run_line_magic", "run_cell_magic"}:
            yield f"%{call.args[0].value}"
        elif by_shell and call.func.attr in {"system", "getoutput"}:
            yield "!"


def of_outputs(cell, _number):
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


def of_figures(cell, _number):
    """Every picture has its sentence, printed too: the only part that a screen reader reads and that nbval compares."""
    said = " ".join("".join(output.text for output in cell.outputs if output.get("name") == "stdout").split())
    for output in cell.outputs:
        if any(kind.startswith("image/") for kind in output.get("data", {})):
            sentence = " ".join(output.data.get("text/plain", "").split())
            if not re.fullmatch(r".{20,}[.!?]", sentence):
                yield f"shows a figure whose text is no sentence: {sentence!r}"
            elif sentence not in said:
                yield f"does not print the sentence of its figure: {sentence!r}"


def of_panels(cells):
    """Before each panel stands a figure that tells the same without a kernel, under the same heading."""
    figure = False
    for cell in cells:
        if cell.cell_type == "markdown":
            levels = [heading["attrs"]["level"] for heading in headings_of(MARKDOWN(cell.source))]
            figure = figure and min(levels, default=9) > 2
        elif cell.cell_type == "code":
            panel = any(output.get("data", {}).get("text/plain", "").startswith(PANEL) for output in cell.outputs)
            if panel and not figure:
                yield f"its panel {opening(cell)!r} has no figure before it under the same heading"
            figure = figure or any("image/png" in output.get("data", {}) for output in cell.outputs)


def texts(output):
    """What an output says in text."""
    data = {"": output.text} if output.output_type == "stream" else output.get("data", {})
    return [text for kind, text in data.items() if isinstance(text, str) and kind not in {"image/png", "image/jpeg"}]


def of_text(path, cells):
    """Headings that make a table of contents, links that lead somewhere, the way to the neighbours."""
    parsed = [MARKDOWN(cell.source) if cell.cell_type == "markdown" else [] for cell in cells]
    headings = [
        (heading["attrs"]["level"], place) for place, text in enumerate(parsed) for heading in headings_of(text)
    ]
    if [place for level, place in headings if level == 1] != [0]:
        yield "it must have one heading of the first level, in its first cell"
    for (before, _), (after, place) in itertools.pairwise(headings):
        if after > before + 1:
            yield f"its headings jump from level {before} to {after} in {opening(cells[place])!r}"
    for link in itertools.chain.from_iterable(map(links_of, parsed)):
        if problem := broken(path, link):
            yield f"its link to {link} {problem}"
    written = [text for text in parsed if text] or [[]]
    for where, text in (("first", written[0]), ("last", written[-1])):
        if missing := no_way_to(neighbours(path), text):
            yield f"its {where} text cell has no line with links to {listed(missing)}"


def no_way_to(names, text):
    """Those of the names that are missing in the best line of links."""
    lines = [{unquote(link).partition("#")[0] for link in links_of([block])} for block in text]
    return min((names - line for line in lines), key=len, default=names)


def headings_of(tokens):
    return [token for token in tokens if token["type"] == "heading"]


def heading_ids(path):
    """What JupyterLab calls the headings of a notebook in a link."""
    cells = nbformat.read(path, as_version=4).cells
    texts = [MARKDOWN(cell.source) for cell in cells if cell.cell_type == "markdown"]
    return {plain(token).replace(" ", "-") for tokens in texts for token in headings_of(tokens)}


def plain(token):
    """The words of a heading."""
    return token.get("raw", "") + "".join(map(plain, token.get("children", [])))


def links_of(tokens):
    """Targets of links and pictures, of Markdown and of HTML."""
    for token in tokens:
        if token["type"] in {"link", "image"}:
            yield token["attrs"]["url"]
        elif "html" in token["type"]:
            yield from (unescape(url) for url in re.findall(r"""(?:href|src)\s*=\s*["']([^"']+)""", token["raw"]))
        yield from links_of(token.get("children", []))


def broken(path, link):
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
    """Names of the notebooks before and after this one, and of the first, as far as there are."""
    names = sorted(other.name for other in path.parent.glob("*.ipynb"))
    place = names.index(path.name)
    return {names[0], *names[max(place - 1, 0) : place + 2]} - {path.name}


def opening(cell):
    """The first line of a cell."""
    return next(iter(cell.source.strip().splitlines()), "")


def listed(names):
    return ", ".join(sorted(names))
