"""JupyterLite with the Pyodide kernel: `jupyter lite build`, a notebook, `%pip install` with the wheel's address."""

import json
from pathlib import Path

from browser.site_under_test import Site, until
from examples import Example, on_site, runs, under, with_wheel
from playwright.sync_api import BrowserContext, Page

from toolchain.step import run

from . import packages
from .cdn import stand_in
from .delivered import STARTS, alone, arrived, arrived_from_alone
from .table import SHOWN, STANDALONE, TAG, Says

HOST = f"JupyterLite {packages.JUPYTERLITE} (`jupyter lite build`), its Pyodide kernel {packages.JUPYTERLITE}"
PYODIDE = "pyodide-314.0.6"
KERNEL = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}


def build(folder: Path, name: str, *cells: str) -> None:
    """The site that JupyterLite makes of a notebook of these cells."""
    contents = folder / "contents"
    contents.mkdir(exist_ok=True)
    empty = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    code = [empty | {"id": f"recipe{n}", "source": cell} for n, cell in enumerate(cells)]
    notebook = {"cells": code, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}
    (contents / "recipe.ipynb").write_text(json.dumps(notebook))
    command = [packages.tools("notebooks") / "jupyter", "lite", "build", "--contents", "contents", "--output-dir", name]
    run(*command, cwd=folder, otherwise="JupyterLite does not build the site")


def put_into_head(page: Path, tag: str) -> None:
    page.write_text(page.read_text().replace("</head>", tag + "</head>", 1))


def run_cell(page: Page, site: Site, name: str) -> None:
    page.goto(f"{site.url}/site/{name}/notebooks/index.html?path=recipe.ipynb")
    cell = page.locator(".jp-CodeCell").first
    cell.click(timeout=STARTS)

    def runs() -> bool:
        # Where the page did not hear the key it is told again.
        asked = cell.locator(".jp-InputPrompt").inner_text() != "[ ]:"
        if not asked:
            page.keyboard.press("Control+Enter")
        return asked

    until(page, runs, seconds=STARTS / 1000)


@runs(under("docs/hosts.md", "JupyterLite"))
def test_the_tag_is_in_the_page(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example
) -> None:
    says(HOST, PYODIDE, "a worker", TAG)
    build(site.folder, "tagged", with_wheel(on_site(example.code, site.url, site.write_key), site.url + wheel))
    put_into_head(site.folder / "tagged" / "notebooks" / "index.html", site.tag("micropython"))
    refused = stand_in(context, site.url, npm / PYODIDE)
    run_cell(page, site, "tagged")
    page.get_by_text("delivered").wait_for(timeout=STARTS)
    arrived(site, context, "/site/tagged/notebooks/index.html")
    assert refused == []


@runs(under("docs/hosts.md", "A site that is not yours to change"))
def test_a_cell_shows_the_tag(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example
) -> None:
    says(HOST, PYODIDE, "a worker", SHOWN)
    code = with_wheel(on_site(example.code, site.url, site.write_key), site.url + wheel)
    build(site.folder, "shown", code.replace("https://www.example.com", site.url))
    refused = stand_in(context, site.url, npm / PYODIDE)
    run_cell(page, site, "shown")
    until(page, lambda: len(site.messages()) == 2, seconds=STARTS / 1000)
    arrived(site, context, "/site/shown/notebooks/index.html")
    assert refused == []


@runs(under("docs/hosts.md", "JupyterLite"))
def test_without_the_tag(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example
) -> None:
    says(HOST, PYODIDE, "a worker", STANDALONE)
    build(site.folder, "alone", with_wheel(alone(on_site(example.code, site.url, site.write_key)), site.url + wheel))
    refused = stand_in(context, site.url, npm / PYODIDE)
    run_cell(page, site, "alone")
    page.get_by_text("delivered").wait_for(timeout=STARTS)
    arrived_from_alone(site, context)
    assert refused == []


@runs(under("docs/hosts.md", "A cell that is run"))
def test_cells_that_are_run(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example
) -> None:
    says(HOST, PYODIDE, "a worker", TAG)
    recipe = with_wheel(on_site(example.code, site.url, site.write_key), site.url + wheel)
    build(site.folder, "cells", recipe, "1 + 1")
    put_into_head(site.folder / "cells" / "notebooks" / "index.html", site.tag("micropython"))
    refused = stand_in(context, site.url, npm / PYODIDE)
    run_cell(page, site, "cells")
    first, second = (page.locator(".jp-InputPrompt").nth(n) for n in (0, 1))
    first.get_by_text("[1]:").wait_for(timeout=STARTS)
    assert site.messages() == []  # it heard of no cell yet
    page.locator(".jp-CodeCell").nth(1).click()
    page.keyboard.press("Control+Enter")
    second.get_by_text("[2]:").wait_for(timeout=STARTS)
    (message,) = site.wait_for(1)
    assert (message["event"], message["properties"]) == ("Cell run", {"lines": 1})
    assert refused == []
