"""Writes the decks; `make slides` calls it."""

from __future__ import annotations

import sys
from pathlib import Path

from .decks import read_deck
from .notebooks import Notebooks
from .pages import page_of_deck
from .reveal import reveal_files

ROOT = Path(__file__).resolve().parents[2]
DECKS = ROOT / "teaching" / "slides"
SLIDES = ROOT / "slides"
CACHE = SLIDES / ".reveal"


def deck_paths(folder: Path = DECKS) -> list[Path]:
    """The decks of a folder; its README is none."""
    return [path for path in sorted(folder.glob("*.md")) if path.name != "README.md"]


def main(folder: Path) -> None:
    """Write all decks into a folder, and print their sizes.

    Raises
    ------
    ValueError
        If a deck breaks a rule. The sentence says which deck, slide and rule.
    RuntimeError
        If reveal.js cannot be had.
    """
    reveal = reveal_files(CACHE)
    notebooks = Notebooks(ROOT / "notebooks")
    folder.mkdir(parents=True, exist_ok=True)
    for path in deck_paths():
        slides = read_deck(path)
        try:
            page = page_of_deck(slides, notebooks, reveal)
        except ValueError as error:
            raise ValueError(f"{path.name}, {error}") from error
        written = folder / f"{path.stem}.html"
        written.write_text(page, encoding="utf-8")
        print(f"{written.stat().st_size:>9,} bytes {len(slides):>2} slides {written.name}")


if __name__ == "__main__":
    try:
        main(Path(*sys.argv[1:]) if sys.argv[1:] else SLIDES)
    except (RuntimeError, ValueError) as error:
        sys.exit(f"no slides: {error}")
