"""One small good notebook, from which the tests make broken ones by one change each."""

import base64
import zlib

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

FIGURE_TEXT = "Four levels stand for 256, and the worst of them is off by 32."
PANEL_TEXT = "Run this cell to move the slider."
WIDGET = "application/vnd.jupyter.widget-view+json"


def _chunk(name, body):
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


PNG = base64.b64encode(
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    + _chunk(b"IDAT", zlib.compress(b"\0\x80"))
    + _chunk(b"IEND", b"")
).decode()

BOTTOM = "[Start](00_start_here.ipynb) · [Next](02_next.ipynb)"
TITLE = f"""{BOTTOM}

# A sample

See [the part](01_sample.ipynb#A-part-of-it), [Python](https://www.python.org/) and ![a picture](picture.png).
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
PANEL = f"""display({{{WIDGET!r}: {{"model_id": "5f0e"}}, "text/plain": {PANEL_TEXT!r}}}, raw=True)"""
ANSWER = 'print("16; not 8")  # two to the fourth;'


def code(source, *outputs, **metadata):
    return new_code_cell(source, outputs=list(outputs), metadata=metadata)


def printed(text):
    return new_output("stream", name="stdout", text=text)


def shown(data):
    return new_output("display_data", data=data)


def good():
    """Stored as `make notebooks` stores it."""
    cells = [
        new_markdown_cell(TITLE),
        code('print(f"a third is {1 / 3:.4f}")', printed("a third is 0.3333\n")),
        new_markdown_cell(PART),
        code("1 / 4", new_output("execute_result", data={"text/plain": "0.25"}, execution_count=2)),
        code(FIGURE, shown({"image/png": PNG, "text/plain": FIGURE_TEXT}), printed(FIGURE_TEXT + "\n")),
        code(PANEL, shown({"text/plain": PANEL_TEXT})),
        code(ANSWER, printed("16; not 8\n"), tags=["answer"], jupyter={"source_hidden": True, "outputs_hidden": True}),
        new_markdown_cell(BOTTOM),
    ]
    for count, cell in enumerate((cell for cell in cells if cell.cell_type == "code"), 1):
        cell.execution_count = count
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.nbformat_minor = 5
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    return notebook


TEXT, RESULT, SHOWN, WIDGETS, HIDDEN = 1, 3, 4, 5, 6  # places of the code cells
