"""JupyterLite with the Pyodide kernel: `jupyter lite build`, a notebook, `%pip install` with the wheel's address."""

import json
from pathlib import Path

from browser.site_under_test import Site
from examples import Example, on_site, runs, under, with_wheel
from playwright.sync_api import BrowserContext, Page

from toolchain.step import run

from . import packages
from .cdn import stand_in
from .delivered import STARTS, arrived

KERNEL = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}


def build(folder: Path, cell: str) -> None:
    """The site that JupyterLite makes of a notebook of this one cell."""
    contents = folder / "contents"
    contents.mkdir(exist_ok=True)
    code = {"cell_type": "code", "id": "recipe", "execution_count": None, "metadata": {}, "outputs": [], "source": cell}
    notebook = {"cells": [code], "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}
    (contents / "recipe.ipynb").write_text(json.dumps(notebook))
    command = [packages.tools() / "jupyter", "lite", "build", "--contents", "contents", "--output-dir", "jupyterlite"]
    run(*command, cwd=folder, otherwise="JupyterLite does not build the site")


def put_into_head(page: Path, tag: str) -> None:
    page.write_text(page.read_text().replace("</head>", tag + "</head>", 1))


@runs(under("docs/hosts.md", "JupyterLite"))
def test_the_tag_is_in_the_page(
    site: Site, context: BrowserContext, page: Page, wheel: str, npm: Path, example: Example
) -> None:
    build(site.folder, with_wheel(on_site(example.code, site.url, site.write_key), site.url + wheel))
    put_into_head(site.folder / "jupyterlite" / "notebooks" / "index.html", site.tag("micropython"))
    refused = stand_in(context, site.url, npm / "pyodide-314.0.6")
    page.goto(f"{site.url}/site/jupyterlite/notebooks/index.html?path=recipe.ipynb")
    page.locator(".jp-CodeCell").click(timeout=STARTS)
    page.keyboard.press("Control+Enter")
    page.get_by_text("delivered").wait_for(timeout=STARTS)
    arrived(site, context, "/site/jupyterlite/notebooks/index.html")
    assert refused == []
