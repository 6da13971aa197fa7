"""Pyodide's own console, of each version that has our message arrive; docs/hosts.md has the lines."""

import pytest
from browser.pyodide_console import arrives
from browser.site_under_test import Site
from examples import Example, runs, under
from playwright.sync_api import BrowserContext, Page

from .table import NONE, PAGE, Says


@pytest.mark.parametrize("pyodide", ["pyodide", "pyodide-314", "pyodide-315"])
@runs(under("docs/hosts.md", "Pyodide's console"))
def test_console(
    site: Site, page: Page, context: BrowserContext, says: Says, wheel: str, pyodide: str, example: Example
) -> None:
    says("Pyodide's console (`console.html`)", pyodide, PAGE, NONE)
    arrives(site, page, context, pyodide, wheel, example)
