"""What gets a page, and the name of its file."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {
    "README.md": "index.html",
    "teaching/README.md": "teaching.html",
    "teaching/plans.md": "plans.html",
    "teaching/projects.md": "projects.html",
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
