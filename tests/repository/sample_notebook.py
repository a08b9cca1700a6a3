"""One small good notebook, from which the tests make broken ones by one change each."""

import base64

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from tests.support import png_by_hand

FIGURE_TEXT = "Four levels stand for 256, and the worst of them is off by 32."
PANEL_TEXT = "Run this cell to move the slider."
WIDGET = "application/vnd.jupyter.widget-view+json"


PNG = base64.b64encode(png_by_hand(1, 1, 8, 0, b"\0\x80")).decode()

BOTTOM = "[Start](00_start_here.ipynb) · [Next](02_next.ipynb)"
TITLE = f"""{BOTTOM}

# A sample

See [the part](01_sample.ipynb#A-part-of-it), [Python](https://www.python.org/) and
![a picture](picture.png).
"""
PART = """## A part of it

### A smaller one

Not a link: `[x](nowhere.ipynb)`, $f[x](y)$, nor is this a heading:

```
# no
```
"""
FIGURE = f"""sentence = {FIGURE_TEXT!r}
display({{"image/png": {PNG!r}, "text/plain": sentence}}, raw=True)
print(sentence)"""
PANEL = (
    f"""display({{{WIDGET!r}: {{"model_id": "5f0e"}}, "text/plain": {PANEL_TEXT!r}}}, raw=True)"""
)


def code(source, *outputs, **metadata):
    return new_code_cell(source, outputs=list(outputs), metadata=metadata)


def printed(text):
    return new_output("stream", name="stdout", text=text)


def shown(data):
    return new_output("display_data", data=data)


# Numbers of the code cells.
TEXT = 1
RESULT = 3
SHOWN = 4
WIDGETS = 5

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
METADATA = {"kernelspec": KERNEL, "language_info": {"name": "python"}}


def good():
    """Stored as `make notebooks` stores it."""
    figure = shown({"image/png": PNG, "text/plain": FIGURE_TEXT})
    result = new_output("execute_result", data={"text/plain": "0.25"}, execution_count=2)
    cells = [
        new_markdown_cell(TITLE),
        code('print(f"a third is {1 / 3:.4f}")', printed("a third is 0.3333\n")),
        new_markdown_cell(PART),
        code("1 / 4", result),
        code(FIGURE, figure, printed(FIGURE_TEXT + "\n")),
        code(PANEL, shown({"text/plain": PANEL_TEXT})),
        new_markdown_cell(BOTTOM),
    ]
    codes = [cell for cell in cells if cell.cell_type == "code"]
    for count, cell in enumerate(codes, 1):
        cell.execution_count = count
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.nbformat_minor = 5
    notebook.metadata = nbformat.from_dict(METADATA)
    return notebook


def store(notebook, folder):
    """Write a notebook into a folder where all its links lead somewhere; gives its path."""
    for name in ("00_start_here.ipynb", "02_next.ipynb", "picture.png"):
        (folder / name).touch()
    path = folder / "01_sample.ipynb"
    path.write_text(nbformat.v4.writes(notebook), encoding="utf-8")
    return path
