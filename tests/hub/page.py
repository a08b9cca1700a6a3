"""A person's notebook on a hub in Chromium, with its panel beside a twin in this process."""

from __future__ import annotations

from tests.browser.lab import Sheet, browser
from tests.browser.opening import pairs_of
from tests.hub.person import Person


class HubSheet(Sheet):
    """A notebook in a tab of the browser, behind the hub's own log-in page."""

    def open(self, notebook: str) -> None:
        """Log in by the form, then open the notebook."""
        self.page.goto(f"{self.lab.hub_address}/hub/login")
        self.page.get_by_label("Username").fill(self.lab.name)
        self.page.get_by_label("Password").fill(self.lab.password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/lab**")
        super().open(notebook)

    def _watch(self, request) -> None:
        if not request.url.startswith((f"{self.lab.hub_address}/", "data:", "blob:")):
            self.complaints.append(f"request: {request.url}")


def problems_in_chromium(person: Person, notebook: str, panel: str) -> list[str]:
    """What goes wrong when all cells run and the panel's slider goes through all its positions.

    `panel` is the source of the cell that shows the panel.
    """
    with browser() as chromium:
        sheet = HubSheet(person, chromium, notebook)
        (pair,) = pairs_of(sheet, [panel])
        pair.step(pair.slider, "Home")
        pair.agree()
        while pair.slider.value < pair.slider.max:
            pair.step(pair.slider, "ArrowRight")
            pair.agree()
        sheet.close()
        return sheet.complaints
