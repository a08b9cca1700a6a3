"""Single changes to the good sample notebook: functions that make a function of a notebook."""

from nbformat.v4 import new_markdown_cell

from tests.repository.sample_notebook import SHOWN, good


def cell(number, **new):
    """Set fields of the cell."""
    return lambda notebook: notebook.cells[number].update(new)


def metadata(number, **new):
    """Set fields of the cell's metadata."""
    return lambda notebook: notebook.cells[number].metadata.update(new)


def notebook_metadata(**new):
    """Set fields of the notebook's metadata."""
    return lambda notebook: notebook.metadata.update(new)


def begin(number, text):
    """Put text before the source of the cell."""
    return cell(number, source=text + good().cells[number].source)


def end(number, text):
    """Put text behind the source of the cell."""
    return cell(number, source=good().cells[number].source + text)


def output(number, *new):
    """Add outputs to the cell."""
    return cell(number, outputs=[*good().cells[number].outputs, *new])


def figure_text(text):
    """Set the sentence that stands for the figure."""
    return lambda notebook: notebook.cells[SHOWN].outputs[0].data.update({"text/plain": text})


def insert(number, source):
    """Put a text cell before the cell."""
    return lambda notebook: notebook.cells.insert(number, new_markdown_cell(source))


def older(notebook):
    """In the format before the present one, which had no cell ids."""
    notebook.nbformat_minor = 4
    for each in notebook.cells:
        del each["id"]


def twins(notebook):
    """Two cells of one id."""
    notebook.cells[1].id = notebook.cells[2].id
