"""Writes the pages; `make site` calls it."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

from .names import ROOT, page_names
from .pages import page_of_notebook, page_of_text
from .panels import panels_of

SITE = ROOT / "site"


def make_page(path: Path, names: dict[Path, str]) -> str:
    """The page of a text or a notebook."""
    if path.suffix != ".ipynb":
        return page_of_text(path, names)
    notebook = nbformat.read(path, as_version=4)
    return page_of_notebook(notebook, path.parent, names, panels_of(notebook))


def main(folder: Path) -> None:
    """Write all pages into a folder, and print their sizes."""
    folder.mkdir(exist_ok=True)
    names = page_names()
    for path, name in names.items():
        page = folder / name
        page.write_text(make_page(path, names), encoding="utf-8")
        print(f"{page.stat().st_size:>9,} bytes {name}", flush=True)


if __name__ == "__main__":
    main(Path(*sys.argv[1:]) if sys.argv[1:] else SITE)
