"""Pyodide's own console (console.html), by the keyboard, as a person uses it."""

from pathlib import Path
from urllib.parse import urlsplit

from browser.site_under_test import SEED, Site, stored_identity
from examples import Example, on_site
from playwright.sync_api import BrowserContext, Page, Route

CDN = "https://cdn.jsdelivr.net/npm/"
MODULES = Path(__file__).parents[2] / "web" / "node_modules"


def arrives(site: Site, page: Page, context: BrowserContext, pyodide: str, wheel: str, example: Example) -> None:
    """The example's lines are typed into the console of the Pyodide in this folder of the site, and the visitor of
    docs/hosts.md arrives."""
    open_console(page, f"{site.url}/{pyodide}/console.html")
    code = on_site(example.code, site.url).replace("WHEEL", repr(site.url + wheel))
    type_in(page, [line for line in code.splitlines() if line])
    page.wait_for_function("/'delivered':.1/.test(document.body.innerText)", timeout=60_000)
    (message,) = site.messages()
    assert (message["userId"], message["context"]["traits"]) == (SEED[0], {"name": "Richard Hendricks"})
    assert stored_identity(context)["rl_user_id"] == SEED[0]


def open_console(page: Page, address: str) -> None:
    """What it asks its CDN for comes from npm: jQuery, and a terminal for it (2.35.3, as npm has no 2.35.2)."""
    page.context.route(f"{CDN}**", _from_npm)
    page.goto(address)


def _from_npm(route: Route) -> None:
    # /npm/<name>@<version>/<path>; jQuery's address is its name alone.
    name, _, path = urlsplit(route.request.url).path.removeprefix("/npm/").partition("/")
    asked = MODULES / name.partition("@")[0] / (path or "dist/jquery.min.js")
    # The CDN minifies what the package has in full only.
    route.fulfill(path=asked if asked.is_file() else asked.with_name(asked.name.replace(".min", "")))


def type_in(page: Page, lines: list[str]) -> None:
    for count, line in enumerate(lines, 1):
        # The prompt is away while a line runs.
        page.wait_for_function(
            "count => document.body.innerText.split('>>>').length > count", arg=count, timeout=60_000
        )
        page.keyboard.insert_text(line)
        page.keyboard.press("Enter")
