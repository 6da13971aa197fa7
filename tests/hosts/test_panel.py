"""Panel's apps as `panel convert` makes them: in a worker with Pyodide, and on the page with PyScript."""

from pathlib import Path

import pytest
from browser.site_under_test import Site, until
from examples import Example, on_site, runs, under
from playwright.sync_api import BrowserContext, Page

from toolchain.step import run

from . import packages
from .cdn import stand_in
from .delivered import STARTS, alone, arrived, arrived_from_alone, press
from .table import NONE, PAGE, STANDALONE, TAG, Says

IN_WORKER = f"Panel {packages.PANEL} (`panel convert --to pyodide-worker`)"
PYSCRIPT = "pyscript-2025.2.1"
ON_PAGE = f"Panel {packages.PANEL} (`panel convert --to pyscript`), with PyScript {PYSCRIPT.removeprefix('pyscript-')}"
PYODIDE = {IN_WORKER: "pyodide-0.27.5", ON_PAGE: "pyodide-0.26.4"}
APP = '\npn.pane.Markdown(f"here is {sys.platform}").servable()\n'


def convert(site: Site, app: str, wheel: str, target: str, name: str, head: str = "") -> str:
    """The page that Panel makes of this app; its address."""
    (site.folder / "app.py").write_text(on_site(app, site.url, site.write_key) + APP)
    command = [packages.tools("panel") / "panel", "convert", "app.py", "--to", target, "--out", name]
    run(*command, "--requirements", site.url + wheel, cwd=site.folder, otherwise="Panel does not convert the app")
    page = site.folder / name / "app.html"
    page.write_text(page.read_text().replace("</head>", head + "</head>", 1))
    return f"{site.url}/site/{name}/app.html"


def from_cdns(site: Site, context: BrowserContext, pyodide: Path, *others: Path) -> list[str]:
    scripts = packages.part_of_panel("bokeh") / "server" / "static" / "js"
    return stand_in(context, site.url, pyodide, packages.part_of_panel("panel") / "dist", scripts, *others)


@runs(under("docs/hosts.md", "Panel"))
def test_the_tag_is_in_the_page(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example
) -> None:
    says(IN_WORKER, PYODIDE[IN_WORKER], "a worker", TAG)
    refused = from_cdns(site, context, npm / PYODIDE[IN_WORKER])
    page.goto(convert(site, example.code, wheel, "pyodide-worker", "panel", site.tag("micropython")))
    page.get_by_text("here is emscripten").wait_for(timeout=STARTS)
    until(page, lambda: len(site.messages()) == 2)
    arrived(site, context, "/site/panel/app.html")
    assert refused == []


@runs(under("docs/hosts.md", "Panel"))
def test_without_the_tag(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example
) -> None:
    says(IN_WORKER, PYODIDE[IN_WORKER], "a worker", STANDALONE)
    refused = from_cdns(site, context, npm / PYODIDE[IN_WORKER])
    page.goto(convert(site, alone(example.code), wheel, "pyodide-worker", "panel_alone"))
    page.get_by_text("here is emscripten").wait_for(timeout=STARTS)
    until(page, lambda: len(site.messages()) == 2)
    arrived_from_alone(site, context)
    assert refused == []


@pytest.mark.parametrize("tagged", [True, False], ids=["tag", "no tag"])
@runs(under("docs/hosts.md", "Panel"))
def test_pyscript(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example, tagged: bool
) -> None:
    """On the page: its client with the tag and without."""
    says(ON_PAGE, PYODIDE[ON_PAGE], PAGE, TAG if tagged else NONE)
    refused = from_cdns(site, context, npm / PYODIDE[ON_PAGE], npm / PYSCRIPT / "dist")
    name = "panel_tag" if tagged else "panel_no_tag"
    page.goto(convert(site, example.code, wheel, "pyscript", name, site.tag("micropython") if tagged else ""))
    page.get_by_text("here is emscripten").wait_for(timeout=STARTS)
    until(page, lambda: len(site.messages()) == 2)
    arrived(site, context, f"/site/{name}/app.html")
    assert refused == []


@runs(under("docs/hosts.md", "A button of a Panel app"))
def test_a_button(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example
) -> None:
    says(IN_WORKER, PYODIDE[IN_WORKER], "a worker", TAG)
    refused = from_cdns(site, context, npm / PYODIDE[IN_WORKER])
    page.goto(convert(site, example.code, wheel, "pyodide-worker", "panel_button", site.tag("micropython")))
    page.get_by_text("here is emscripten").wait_for(timeout=STARTS)  # the button is there before, without its Python
    press(site, page)
    assert refused == []
