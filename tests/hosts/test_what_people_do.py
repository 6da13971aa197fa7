"""What people do in a notebook or an app, as messages: the recipes of docs/hosts.md."""

from pathlib import Path

import pytest
from browser.site_under_test import Site, until
from examples import Example, on_site, runs, under, with_wheel
from playwright.sync_api import BrowserContext, Page

from . import test_jupyterlite, test_marimo
from .cdn import stand_in
from .delivered import STARTS


@runs(under("docs/hosts.md", "A cell that is run"))
def test_cells_of_jupyterlite(
    site: Site, context: BrowserContext, page: Page, wheel: str, npm: Path, example: Example
) -> None:
    recipe = with_wheel(on_site(example.code, site.url, site.write_key), site.url + wheel)
    test_jupyterlite.build(site.folder, "cells", recipe, "1 + 1")
    test_jupyterlite.put_into_head(site.folder / "cells" / "notebooks" / "index.html", site.tag("micropython"))
    refused = stand_in(context, site.url, npm / "pyodide-314.0.6")
    test_jupyterlite.run_cell(page, site, "cells")
    first, second = (page.locator(".jp-InputPrompt").nth(n) for n in (0, 1))
    first.get_by_text("[1]:").wait_for(timeout=STARTS)
    assert site.messages() == []  # it heard of no cell yet
    page.locator(".jp-CodeCell").nth(1).click()
    page.keyboard.press("Control+Enter")
    second.get_by_text("[2]:").wait_for(timeout=STARTS)
    (message,) = site.wait_for(1)
    assert (message["event"], message["properties"]) == ("Cell run", {"lines": 1})
    assert refused == []


@pytest.mark.page_errors  # marimo's own: where it does not save, it waits for an answer that does not come
@runs(under("docs/hosts.md", "A button of an app"))
def test_a_button_of_marimo(
    site: Site, context: BrowserContext, page: Page, wheel: str, npm: Path, example: Example
) -> None:
    recipe = with_wheel(on_site(example.code, site.url, site.write_key), site.url + wheel)
    test_marimo.export(site.folder, recipe, site.tag("micropython"))
    refused = stand_in(context, site.url, npm / "pyodide-314.0.0")
    page.goto(f"{site.url}/site/marimo/index.html")
    button = page.get_by_role("button", name="Buy")
    button.wait_for(timeout=STARTS)
    assert site.messages() == []  # a cell that runs is no click
    button.click()
    until(page, lambda: len(site.messages()) == 1, seconds=STARTS / 1000)
    (message,) = site.messages()
    assert (message["event"], message["properties"]) == ("Button clicked", {"label": "Buy"})
    assert refused == []
