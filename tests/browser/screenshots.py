"""Pictures of the panels for the README and for notebook 00, taken from the page.

`make screenshots` runs this, as `python -m tests.browser.screenshots`.
"""

import hashlib
import re
import tempfile
from pathlib import Path

from PIL import Image

from tests.browser.lab import ROOT, Lab, Sheet, browser

PANELS = {"panel.png": "04_grey_images.ipynb"}
NOTES = ROOT / "data" / "README.md"


def main():
    """Take every picture, and note its size and checksum in data/README.md."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        try:
            with browser() as chromium:
                for name, notebook in PANELS.items():
                    take(lab, chromium, notebook, ROOT / "data" / name)
        finally:
            lab.stop()


def take(lab, chromium, notebook, file):
    """Take the picture of the panel in a notebook, and note it."""
    sheet = Sheet(lab, chromium, f"notebooks/{notebook}", height=1500)
    sheet.run_all()
    panel = sheet.page.locator(".vq-panel")
    panel.scroll_into_view_if_needed()
    panel.locator("canvas").last.wait_for()
    panel.screenshot(path=file, animations="disabled")
    with Image.open(file) as taken:
        plain = taken.convert("RGB")
    plain.save(file, optimize=True)
    note(file, plain.width, plain.height)
    sheet.close()


def note(file, width, height):
    """Renew the row of a picture in data/README.md."""
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    before = rf"^(\| \[{re.escape(file.name)}\].*?\| )\d+ x \d+(.*`)[0-9a-f]{{64}}(`.*)$"
    after = rf"\g<1>{width} x {height}\g<2>{checksum}\g<3>"
    text = NOTES.read_text(encoding="utf-8")
    text, found = re.subn(before, after, text, flags=re.MULTILINE)
    if not found:
        raise SystemExit(f"data/README.md has no row for {file.name}")
    NOTES.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
