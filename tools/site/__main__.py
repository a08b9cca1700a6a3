"""Writes the pages; `make site` calls it."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

from .pages import page_of_notebook, page_of_text
from .panels import panels_of

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"
TEXTS = {
    "README.md": "index.html",
    "notebooks/teaching.md": "teaching.html",
    "data/README.md": "data.html",
    "benchmarks/README.md": "benchmarks.html",
}
"""Texts beside the notebooks that get a page."""


def page_names() -> dict[Path, str]:
    """By the path of each text or notebook the file name of its page."""
    names = {ROOT / path: name for path, name in TEXTS.items()}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        names[path] = f"{path.stem}.html"
    for path in sorted((ROOT / "solutions").glob("*.ipynb")):
        names[path] = f"solutions_{path.stem}.html"
    return names


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
