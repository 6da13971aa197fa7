"""A look at a page: a screenshot for people, and axe-core for those who cannot see it."""

from pathlib import Path

from playwright.sync_api import Page

_PROJECT = Path(__file__).resolve().parents[2]
SCREENSHOTS = _PROJECT / "build" / "screenshots"
_AXE = _PROJECT / "web" / "node_modules" / "axe-core" / "axe.min.js"
_SERIOUS = ("serious", "critical")


def look(page: Page, name: str) -> None:
    """Keep a screenshot of this name; no serious fault that axe-core can find."""
    page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    page.evaluate(_AXE.read_text())  # not as a script of the page: its policy lets none in
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    bad = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found if each["impact"] in _SERIOUS]
    assert not bad, f"{name}: {bad}"
