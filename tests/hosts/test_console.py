"""Pyodide's own console (console.html), by the keyboard, as a person uses it."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser.site_under_test import SEED, WRITE_KEY, Site, stored_identity
from playwright.sync_api import BrowserContext, Page, Route

CDN = "https://cdn.jsdelivr.net/npm/"


@pytest.mark.parametrize("pyodide", ["pyodide", "pyodide-314", "pyodide-315"])
def test_console(site: Site, page: Page, context: BrowserContext, wheel: str, packages: Path, pyodide: str) -> None:
    def from_npm(route: Route) -> None:
        # /npm/<name>@<version>/<path>; jQuery's address is its name alone.
        name, _, path = urlsplit(route.request.url).path.removeprefix("/npm/").partition("/")
        asked = packages / name.partition("@")[0] / (path or "dist/jquery.min.js")
        # The CDN minifies what the package has in full only.
        route.fulfill(path=asked if asked.is_file() else asked.with_name(asked.name.replace(".min", "")))

    context.route(f"{CDN}**", from_npm)
    page.goto(f"{site.url}/{pyodide}/console.html")
    lines = [
        "import pyodide_js",
        f"await pyodide_js.loadPackage('{site.url}{wheel}')",
        "import rudderanalytics",
        f"rudderanalytics.load('{WRITE_KEY}', '{site.url}')",
        f"rudderanalytics.identify({SEED[0]!r}, {SEED[1]!r})",
        "await rudderanalytics.flush()",
    ]
    for count, line in enumerate(lines, 1):
        # The prompt is away while a line runs.
        page.wait_for_function(
            "count => document.body.innerText.split('>>>').length > count", arg=count, timeout=60_000
        )
        page.keyboard.insert_text(line)
        page.keyboard.press("Enter")
    page.wait_for_function("/'delivered':.1/.test(document.body.innerText)", timeout=60_000)
    (message,) = site.messages()
    assert (message["userId"], message["context"]["traits"]) == tuple(SEED)
    assert stored_identity(context)["rl_user_id"] == SEED[0]
