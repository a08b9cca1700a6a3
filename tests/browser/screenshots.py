"""Pictures of the panels for the README and for notebook 00, taken from the page.

`make screenshots` runs this, as `python -m tests.browser.screenshots`. With the name of a folder
behind it, every panel is taken into that folder, in both themes and windows of several sizes, to be
looked at and compared with what was taken before; nothing else is written.
"""

import hashlib
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image

from tests.browser.lab import ROOT, Lab, Sheet, browser
from tests.browser.opening import PANELS, START

PICTURES = {"panel.png": "04_grey_images.ipynb"}
"""By the file in data/ the notebook whose panel it shows."""
NOTES = ROOT / "data" / "README.md"
THEMES = ("Light", "Dark")
WINDOWS = [(1280, 900, 1), (1024, 700, 1), (390, 844, 1), (640, 450, 2)]
"""Width and height in pixels of the page, and how many of the screen there are to one of them. The
last is a window of 1280 x 900 at a zoom of 200 %."""
NARROW = 600
"""In a window narrower than that the side bar is closed."""


def main(folder=None):
    """Take the pictures of the README and the notebooks, or of every panel into a folder."""
    with tempfile.TemporaryDirectory() as own:
        lab = Lab(Path(own))
        try:
            # With scroll bars, as readers have them: they take room.
            with browser(ignore_default_args=["--hide-scrollbars"]) as chromium:
                if folder:
                    take_all(lab, chromium, Path(folder))
                    return
                for name, notebook in PICTURES.items():
                    take(lab, chromium, notebook, ROOT / "data" / name)
        finally:
            lab.stop()


def take_all(lab, chromium, folder):
    """Take what is seen of every panel, in each theme and window."""
    folder.mkdir(parents=True, exist_ok=True)
    lab.write("all", [START, *PANELS])
    for theme in THEMES:
        lab.set("apputils-extension/themes", theme=f"JupyterLab {theme}")
        for density in (1, 2):
            sheet = Sheet(lab, chromium, "all.ipynb", device_scale_factor=density)
            sheet.run_all()
            for width, height, pixels in WINDOWS:
                if pixels == density:
                    resize(sheet.page, width, height)
                    take_each(sheet.page, folder, f"{theme.lower()}_{width}x{height}")
            sheet.close()


def resize(page, width, height):
    """Give the window another size; where it is narrow, close the side bar."""
    page.set_viewport_size({"width": width, "height": height})
    if width < NARROW:
        page.evaluate("document.activeElement.blur()")  # controls keep keys from JupyterLab
        page.keyboard.press("Control+b")
    page.wait_for_timeout(800)


def take_each(page, folder, ending):
    """Take the window with the head of each panel at the upper rim of the notebook."""
    for number, cell in enumerate(PANELS):
        panel = page.locator(".vq-panel").nth(number)
        panel.evaluate("panel => panel.scrollIntoView({ block: 'start' })")
        page.wait_for_timeout(300)
        (name,) = re.findall(r"(\w+)Panel\(", cell)
        page.screenshot(path=folder / f"{name.lower()}_{ending}.png")


def take(lab, chromium, notebook, file):
    """Take the picture of the panel in a notebook, and note its size and checksum."""
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
    main(*sys.argv[1:])
