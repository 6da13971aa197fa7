"""The README's examples, run as they stand, but for the addresses of the site and its data plane."""

import re
from pathlib import Path

from browser.site_under_test import SEED, Site
from playwright.sync_api import Page

README = (Path(__file__).parents[2] / "README.md").read_text()


def examples(language: str, site: Site) -> list[str]:
    """The code blocks of a language."""
    found = re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    return [block.replace("https://dataplane.example.com", site.url) for block in found]


def test_the_script_tag(site: Site, page: Page) -> None:
    page.goto(site.write(examples("html", site)[0]))
    (message,) = site.wait_for(1)
    assert (message["userId"], message["context"]["traits"]) == (SEED[0], SEED[1])


def test_pyscript(site: Site, page: Page) -> None:
    lines: list[str] = []
    page.on("console", lambda line: lines.append(line.text))
    page.goto(site.write(examples("html", site)[1]))
    (message,) = site.wait_for(1)
    assert (message["userId"], message["context"]["traits"]) == (SEED[0], SEED[1])


def test_pyscript_with_micropython(site: Site, page: Page) -> None:
    """ "The same source runs in `<script type="mpy">`." """
    source = examples("html", site)[1].replace('type="py"', 'type="mpy"').replace("pyodide", "micropython")
    page.goto(site.write(source))
    (message,) = site.wait_for(1)
    assert (message["userId"], message["context"]["traits"]) == (SEED[0], SEED[1])


def test_pyodide_and_micropip(site: Site, page: Page) -> None:
    (source,) = examples("python", site)
    page.goto(site.write("a page"))
    page.evaluate(
        """async (source) => {
            const { loadPyodide } = await import("/dist/pyodide/pyodide.mjs");
            const pyodide = await loadPyodide({ packages: ["micropip"] });
            await pyodide.runPythonAsync(source.replace('"/dist', `"${location.origin}/dist`));
        }""",
        source,
    )
    identify, track = site.messages()
    assert identify["context"]["traits"]["name"] == "Ada Lovelace"
    assert (track["event"], track["properties"]) == ("Notebook opened", {"cells": 12})
