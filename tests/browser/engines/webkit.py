"""Debian's WebKitGTK, the nearest thing to Safari, on a screen that nobody sees.

Playwright does not drive it, WebDriver does. So that the tests are the same in every browser, here
are the few words of Playwright that `Sheet`, `Pair` and the tests of this folder use.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from tests.browser.lab import PAGE_SCRIPT, Sheet

DRIVER = shutil.which("WebKitWebDriver")
SCREEN = shutil.which("Xvfb")
PACKAGES = ["selenium"]
PROGRAMS = {"webkit2gtk-driver": DRIVER, "xvfb": SCREEN}
FIND_SCRIPT = Path(__file__).with_name("find.js")
# A function is called with the element that the steps lead to, if there are any, and the value.
CALL = """
const [steps, value, done] = arguments;
const made = ({source});
const first = steps ? [vqFind.found(steps)[0], value] : [value];
const result = typeof made === "function" ? made(...first) : made;
Promise.resolve(result).then(
  (answer) => done([answer === undefined ? null : answer, null]),
  (error) => done([null, String(error)]),
);
"""
CHOOSE = """(list, label) => {
  const labels = [...list.options].map((one) => one.label.replaceAll("\\u00a0", " "));
  list.selectedIndex = labels.indexOf(label);
  for (const kind of ["input", "change"]) list.dispatchEvent(new Event(kind, { bubbles: true }));
}"""
BOX = """element => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return { x, y, width, height };
}"""
KEYS = {
    "ArrowLeft": "\ue012",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
    "End": "\ue010",
    "Home": "\ue011",
    "Enter": "\ue007",
}


@contextlib.contextmanager
def screen(width=1400, height=1200):
    """The name of a display of this size in memory."""
    read, write = os.pipe()
    options = ["-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    server = subprocess.Popen([SCREEN, *options], pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}"  # it writes its number once it listens
    finally:
        server.terminate()
        server.wait(20)


@contextlib.contextmanager
def start(folder: Path):
    """WebKitGTK with all that it writes in a folder; what it saves is in one below."""
    from selenium import webdriver  # not at the top: tests are skipped without it
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    saved = folder / "saved"
    saved.mkdir()
    (folder / "user-dirs.dirs").write_text(f'XDG_DOWNLOAD_DIR="{saved}"\n')
    with screen() as display:
        own = {"DISPLAY": display, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        own |= {"XDG_CACHE_HOME": str(folder / "cache"), "XDG_DATA_HOME": str(folder / "data")}
        # As the path of the driver is given, Selenium does not look for one to download.
        service = Service(executable_path=DRIVER, env=os.environ | own)
        driver = webdriver.WebKitGTK(options=Options(), service=service)
        try:
            driver.set_window_rect(0, 0, 1320, 1150)
            driver.set_script_timeout(60)
            yield WebKit(driver, saved)
        finally:
            driver.quit()


class WebKit:
    """A WebKitGTK that is running."""

    def __init__(self, driver, saved: Path) -> None:
        self.driver = driver
        self.saved = saved

    def open(self, lab, notebook: str) -> WebKitSheet:
        """A notebook in its one window."""
        return WebKitSheet(lab, self.driver, notebook)

    def open_file(self, path: Path) -> WebKitPage:
        """A page from the disk in its one window."""
        return WebKitPage(self.driver, path)


class WebKitPage:
    """A page from the disk in the window of WebKitGTK."""

    def __init__(self, driver, path: Path) -> None:
        self.page = Page(driver)
        self.page.goto(path.as_uri())

    @property
    def complaints(self) -> list[str]:
        """What went wrong on the page since it was loaded."""
        return self.page.evaluate("vqFind.allComplaints()")

    def close(self) -> None:
        """Leave the page."""
        self.page.driver.get("about:blank")


class WebKitSheet(Sheet):
    """A notebook open in the window of WebKitGTK."""

    def __init__(self, lab, driver, notebook: str) -> None:
        self.lab = lab
        self.address = lab.address
        self.page = Page(driver)
        self.open(notebook)

    @property
    def complaints(self) -> list[str]:
        """What went wrong on the page since it was loaded."""
        return self.page.evaluate("vqFind.allComplaints()")

    def close(self) -> None:
        """Leave the notebook; its kernel goes on."""
        self.page.driver.get("about:blank")


class Page:
    """What the window shows."""

    def __init__(self, driver) -> None:
        self.driver = driver
        self.mouse = Mouse(driver)
        self.keyboard = Keyboard(driver)
        self._all = Locator(self, [])
        self.locator = self._all.locator
        self.get_by_role = self._all.get_by_role

    def goto(self, address):
        self.driver.get(address)
        for script in (PAGE_SCRIPT, FIND_SCRIPT):
            self.driver.execute_script(script.read_text())

    def evaluate(self, source, value=None):
        return self.call(source, None, value)

    def call(self, source, steps, value):
        """The value of an expression, or what a function makes of an element and a value."""
        script = CALL.replace("{source}", source)
        answer, error = self.driver.execute_async_script(script, steps, value)
        assert error is None, error
        return answer

    def wait_for_function(self, source, timeout=30_000):
        wait(lambda: self.evaluate(source), timeout, source)


class Locator:
    """The elements to which a chain of steps leads, looked for each time that they are used."""

    def __init__(self, page, steps) -> None:
        self.page = page
        self.steps = steps

    def __str__(self) -> str:
        return " > ".join(" ".join(map(str, step)) for step in self.steps)

    # Other elements

    def _then(self, *step):
        return Locator(self.page, [*self.steps, step])

    def locator(self, selector, has_text=None):
        if selector.startswith("xpath="):
            return self._then("xpath", selector.removeprefix("xpath="))
        found = self._then("css", selector)
        return found._then("text", has_text) if has_text else found

    def get_by_role(self, role, name=None, exact=True, include_hidden=True):
        return self._then("role", role, name)

    def get_by_label(self, name, exact=True):
        return self._then("label", name)

    def nth(self, number):
        return self._then("nth", number)

    @property
    def first(self):
        return self.nth(0)

    # What is known of them

    def evaluate(self, source, value=None):
        self.wait_for()
        return self.page.call(source, self.steps, value)

    def count(self):
        return self.page.evaluate("steps => vqFind.found(steps).length", self.steps)

    def wait_for(self, timeout=30_000):
        wait(self.count, timeout, self)

    def bounding_box(self):
        return self.evaluate(BOX)

    def inner_text(self):
        return self.evaluate("element => element.innerText")

    def text_content(self):
        return self.evaluate("element => element.textContent")

    def input_value(self):
        return self.evaluate("element => element.value")

    # What is done to them

    def focus(self):
        self.evaluate("element => element.focus()")

    def scroll_into_view_if_needed(self):
        self.evaluate("element => element.scrollIntoView({ block: 'center' })")

    def click(self):
        self.scroll_into_view_if_needed()
        box = self.bounding_box()
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.up()

    def select_option(self, label):
        self.evaluate(CHOOSE, label)

    def set_input_files(self, path):
        find = "return vqFind.found(arguments[0])[0]"
        self.page.driver.execute_script(find, self.steps).send_keys(str(path))


class Mouse:
    """The pointer, on whole pixels as WebDriver has it."""

    def __init__(self, driver) -> None:
        self.driver = driver
        self.at = (0, 0)

    def move(self, x, y, steps=1):
        before = self.at
        self.at = (x, y)
        for step in range(1, steps + 1):
            share = step / steps
            here = [round(a + share * (b - a)) for a, b in zip(before, self.at, strict=True)]
            self._perform(lambda pointer, here=here: pointer.move_to_location(*here))

    def down(self):
        self._perform(lambda pointer: pointer.pointer_down())

    def up(self):
        self._perform(lambda pointer: pointer.pointer_up())

    def _perform(self, act):
        from selenium.webdriver.common.actions.action_builder import ActionBuilder

        builder = ActionBuilder(self.driver, duration=0)
        act(builder.pointer_action)
        builder.perform()


class Keyboard:
    """The keys, for the element that has the focus."""

    def __init__(self, driver) -> None:
        self.driver = driver

    def press(self, key):
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.driver, duration=0).send_keys(KEYS.get(key, key)).perform()


def wait(holds, timeout, what):
    """Wait until something holds, for so many milliseconds at most."""
    until = time.monotonic() + timeout / 1000
    while not holds():
        assert time.monotonic() < until, f"not within {timeout} ms: {what}"
        time.sleep(0.02)
