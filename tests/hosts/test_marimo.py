"""marimo's notebooks as WebAssembly: `marimo export html-wasm`, and the script tag in the head that the app names."""

import os
from pathlib import Path
from textwrap import indent

import pytest
from browser.site_under_test import Site
from examples import Example, on_site, runs, under, with_wheel
from playwright.sync_api import BrowserContext, Page

from toolchain.step import run

from . import packages
from .cdn import stand_in
from .delivered import STARTS, alone, arrived, arrived_from_alone, press
from .table import STANDALONE, TAG, Says

HOST = f"marimo {packages.MARIMO} (`marimo export html-wasm`)"
PYODIDE = "pyodide-314.0.0"

NOTEBOOK = """import marimo

app = marimo.App(html_head_file="head.html")


@app.cell
async def _():
{cell}
    return


if __name__ == "__main__":
    app.run()
"""


def export(folder: Path, cell: str, head: str, name: str = "marimo") -> None:
    """A notebook of this one cell, as the site that marimo makes of it."""
    (folder / "head.html").write_text(head)
    (folder / "notebook.py").write_text(NOTEBOOK.format(cell=indent(cell, "    ")))
    tools = packages.tools("notebooks")
    command = [tools / "marimo", "export", "html-wasm", "--no-sandbox", "notebook.py", "-o", name]
    path = os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"}  # marimo looks for uv there
    run(*command, cwd=folder, env=path, otherwise="marimo does not export the notebook")


@pytest.mark.page_errors  # marimo's own: where it does not save, it waits for an answer that does not come
@runs(under("docs/hosts.md", "marimo"))
def test_the_tag_is_in_the_page(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example
) -> None:
    says(HOST, PYODIDE, "a worker", TAG)
    cell = with_wheel(on_site(example.code, site.url, site.write_key), site.url + wheel)
    export(site.folder, cell, site.tag("micropython"))
    refused = stand_in(context, site.url, npm / PYODIDE)
    page.goto(f"{site.url}/site/marimo/index.html")
    page.get_by_text("delivered").wait_for(timeout=STARTS)
    arrived(site, context, "/site/marimo/index.html")
    assert refused == []


@pytest.mark.page_errors  # marimo's own, as above
@runs(under("docs/hosts.md", "marimo"))
def test_without_the_tag(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example
) -> None:
    says(HOST, PYODIDE, "a worker", STANDALONE)
    cell = with_wheel(alone(on_site(example.code, site.url, site.write_key)), site.url + wheel)
    export(site.folder, cell, "", "alone")
    refused = stand_in(context, site.url, npm / PYODIDE)
    page.goto(f"{site.url}/site/alone/index.html")
    page.get_by_text("delivered").wait_for(timeout=STARTS)
    arrived_from_alone(site, context)
    assert refused == []


@pytest.mark.page_errors  # marimo's own, as above
@runs(under("docs/hosts.md", "A button of an app"))
def test_a_button(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example
) -> None:
    says(HOST, PYODIDE, "a worker", TAG)
    recipe = with_wheel(on_site(example.code, site.url, site.write_key), site.url + wheel)
    export(site.folder, recipe, site.tag("micropython"), "button")
    refused = stand_in(context, site.url, npm / PYODIDE)
    page.goto(f"{site.url}/site/button/index.html")
    page.get_by_role("button", name="Buy").wait_for(timeout=STARTS)
    press(site, page)
    assert refused == []
