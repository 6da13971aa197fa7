"""Pyodide's own console, of each version that has our message arrive; docs/hosts.md has the lines."""

import pytest
from browser.pyodide_console import open_console, type_in
from browser.site_under_test import SEED, Site, stored_identity
from examples import Example, on_site, runs, under
from playwright.sync_api import BrowserContext, Page


@pytest.mark.parametrize("pyodide", ["pyodide", "pyodide-314", "pyodide-315"])
@runs(under("docs/hosts.md", "Pyodide's console"))
def test_console(site: Site, page: Page, context: BrowserContext, wheel: str, pyodide: str, example: Example) -> None:
    open_console(page, f"{site.url}/{pyodide}/console.html")
    code = on_site(example.code, site.url).replace("WHEEL", repr(site.url + wheel))
    type_in(page, [line for line in code.splitlines() if line])
    page.wait_for_function("/'delivered':.1/.test(document.body.innerText)", timeout=60_000)
    (message,) = site.messages()
    assert (message["userId"], message["context"]["traits"]) == (SEED[0], {"name": "Richard Hendricks"})
    assert stored_identity(context)["rl_user_id"] == SEED[0]
