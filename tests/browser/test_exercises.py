"""An exercise is filled in and run in JupyterLab."""

import re

import pytest

from tests.browser.lab import Sheet

CELL = [
    "from vqlib.exercises import check",
    'greatest_error = ...\nerror = ...\nbits = ...\ncheck("01.2", greatest_error, error, bits)',
]


@pytest.fixture
def sheet(lab, chromium):
    lab.write("exercise", CELL)
    opened = Sheet(lab, chromium, "exercise.ipynb")
    yield opened
    opened.close()


def fill_in(sheet, source):
    """Type over the last cell, and run it by the keys that a reader uses."""
    cell = sheet.page.locator(".jp-CodeCell").last
    cell.locator(".cm-content").click()
    sheet.page.keyboard.press("Control+a")
    sheet.page.keyboard.insert_text(source)
    sheet.page.keyboard.press("Control+Enter")
    return cell.locator(".jp-OutputArea-output")


def test_an_answer_is_not_yet_and_then_right(sheet):
    from playwright.sync_api import expect

    sheet.run_all()
    output = sheet.page.locator(".jp-OutputArea-output")
    expect(output).to_have_text(re.compile("01.2: not yet. The greatest error: Fill it in."))
    check = 'check("01.2", step, step**2 / 12, 6)'
    output = fill_in(sheet, f"step = 50 / 8\n{check}")
    expect(output).to_have_text(re.compile("01.2: not yet. The greatest error: That is a whole"))
    output = fill_in(sheet, f"step = 50 / 8\n{check.replace('step,', 'step / 2,')}")
    expect(output).to_have_text(re.compile(r"^01.2: right\.\s*$"))
