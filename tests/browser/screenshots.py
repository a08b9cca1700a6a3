"""Pictures of the panels for the README and for notebook 00, taken from the page; `make screenshots` runs this."""

import hashlib
import re
import tempfile
from pathlib import Path

from lab import ROOT, Lab, Sheet, browser
from PIL import Image

PANELS = {"panel.png": "04_grey_images.ipynb"}


def main():
    """Take every picture, and note its size and checksum in data/README.md."""
    notes = ROOT / "data" / "README.md"
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        try:
            with browser() as chromium:
                for name, notebook in PANELS.items():
                    sheet = Sheet(lab, chromium, f"notebooks/{notebook}", height=1500)
                    sheet.run_all()
                    panel = sheet.page.locator(".vq-panel")
                    panel.scroll_into_view_if_needed()
                    panel.locator("canvas").last.wait_for()
                    shot = ROOT / "data" / name
                    panel.screenshot(path=shot, animations="disabled")
                    with Image.open(shot) as taken:
                        plain = taken.convert("RGB")
                    plain.save(shot, optimize=True)
                    note(notes, shot, plain.size)
                    sheet.close()
        finally:
            lab.stop()


def note(notes, shot, size):
    """Renew the row of a picture."""
    checksum = hashlib.sha256(shot.read_bytes()).hexdigest()
    text = notes.read_text(encoding="utf-8")
    row = re.compile(rf"^(\| \[{re.escape(shot.name)}\].*?\| )\d+ x \d+(.*`)[0-9a-f]{{64}}(`.*)$", re.MULTILINE)
    text, found = row.subn(rf"\g<1>{size[0]} x {size[1]}\g<2>{checksum}\g<3>", text)
    if not found:
        raise SystemExit(f"data/README.md has no row for {shot.name}")
    notes.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
