"""A page of the web service in a real browser, watched: what it asks for, what goes wrong, and what axe finds."""

from __future__ import annotations

from typing import Any

CLEAN = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Seen:
    """A page that remembers what it asked for and what went wrong."""

    def __init__(self, browser: Any, site: str, **view: Any) -> None:
        self.site = site
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **view})
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.wrong: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", self._told)

    def _told(self, message: Any) -> None:
        refused = "the server responded with a status of 422" in message.text
        if message.type in ("error", "warning") and not refused:
            self.wrong.append(message.text)

    def open(self, path: str) -> Any:
        self.page.goto(self.site + path)
        return self.page

    def drawn(self) -> Any:
        """When the bench has shown its first curves."""
        self.page.wait_for_selector("#the-bench[data-shown]", state="attached")
        return self.page

    def typed(self, record: str, request: str = "") -> Any:
        """Consult on a record that is pasted."""
        self.page.check("#how-text")
        self.page.fill("#record-text", record)
        self.page.fill("#request", request)
        self.page.get_by_role("button", name="Consult").click()
        return self.page

    def close(self) -> None:
        self.context.close()
        assert self.wrong == []
        assert [url for url in self.asked if not url.startswith((self.site, "data:", "blob:"))] == []


def axe(page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": CLEAN}})
    assert found.response["passes"], "axe ran"
    assert found.violations_count == 0, found.generate_report()


def tab_to(page: Any, wanted: str, most: int = 80) -> None:
    """Press Tab until the element with this selector has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"Tab does not reach {wanted}")
