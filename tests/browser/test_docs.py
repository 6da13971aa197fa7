"""The examples of the documentation, run as they stand, but for the addresses of the site and its data plane.

A page of HTML is opened; JavaScript runs in a page that has the loading snippet, or imports the npm package; Python
runs in Pyodide. Of each, something arrives, and nothing is thrown. What is imported by a bundler is in test_npm.py.
"""

import re
import tarfile
from pathlib import Path

import pytest
from browser.site_under_test import SEED, Site, flush
from playwright.sync_api import Page, Route

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TESTED_ELSEWHERE = {
    "json": "tests/test_docs.py parses it",
    "diff": "tests/browser/test_snippet.py and test_npm.py run what it makes",
    "sh": "commands of make; a test asks whether there are such",
    "text": "tests/browser/test_csp.py opens a page with it",
    "tsx": "tests/browser/test_npm.py builds it with Vite",
}
"""Languages that are not run here."""


def examples(*languages: str) -> list:
    found = []
    for page in PAGES:
        for at, (language, code) in enumerate(FENCE.findall(page.read_text()), 1):
            if language in languages and page.stem not in ("hosts", "migrate"):  # tests/hosts, test_snippet.py
                found.append(pytest.param(code, id=f"{page.stem} {at}"))
    return found


def on_site(code: str, site: Site) -> str:
    code = code.replace("https://dataplane.example.com", site.url).replace("WRITE_KEY", site.write_key)
    return re.sub(r"/rudderanalytics-[\d.]+/rudderanalytics\.js", "/dist/rudderanalytics.js", code)


def test_every_language_is_run() -> None:
    languages = {language for page in PAGES for language, _ in FENCE.findall(page.read_text())}
    assert languages - TESTED_ELSEWHERE.keys() == {"html", "js", "python"}


@pytest.mark.parametrize("code", examples("html"))
def test_html(site: Site, page: Page, code: str) -> None:
    page.goto(site.write(on_site(code, site)))
    if page.locator("#banner").count():
        page.wait_for_function("!!rudderanalytics.flush")
        assert site.messages() == []
        page.click("#yes")
        (message,) = site.wait_for(1)
        assert message["context"]["consentManagement"]["allowedConsentIds"] == ["analytics"]
    site.wait_for(1)


def test_the_banner_takes_no_for_an_answer(site: Site, page: Page) -> None:
    (code,) = [each.values[0] for each in examples("html") if "banner" in str(each.values[0])]
    page.goto(site.write(on_site(str(code), site)))
    page.wait_for_function("!!rudderanalytics.flush")
    page.click("#no")
    flushed = flush(page)
    assert (flushed["delivered"], flushed["dropped"], site.messages()) == (0, 1, [])


@pytest.fixture
def module(site: Site, dist: Path) -> str:
    """The address of the npm package, unpacked."""
    (tarball,) = (dist / "npm").glob("*.tgz")
    with tarfile.open(tarball) as package:
        package.extractall(site.folder, filter="data")
    return "/site/package/index.js"


@pytest.mark.parametrize("code", examples("js"))
def test_javascript(site: Site, page: Page, module: str, code: str) -> None:
    if 'location.origin + "/e"' in code:
        page.route("**/e/**", lambda route: pass_on(route, site))
    code = on_site(code, site)
    imports = f'<script type="importmap">{{"imports": {{"rudderanalytics": "{module}"}}}}</script>'
    snippet = on_site((ROOT / "dist" / "snippet.html").read_text(), site)
    if "import " in code:
        snippet = ""
    elif ".load(" in code:
        snippet = re.sub(r"rudderanalytics\.load.*\n", "", snippet)
    page.goto(site.write(f'<script type="module">{code}</script>', head=imports + snippet))
    page.wait_for_function("!!window.rudderanalytics")
    flush(page)
    site.wait_for(1)
    if "pushState" in code:
        page.evaluate("history.pushState(null, '', '?second')")
        assert "second" in site.wait_for(2)[1]["context"]["page"]["url"]
    flush(page)


def pass_on(route: Route, site: Site) -> None:
    """What a site's own server does."""
    route.continue_(url=route.request.url.replace("/e/", "/"))


@pytest.mark.parametrize("code", examples("python"))
def test_python(site: Site, page: Page, code: str) -> None:
    page.goto(site.write("a page"))
    page.evaluate(
        """async (source) => {
            const { loadPyodide } = await import("/dist/pyodide/pyodide.mjs");
            const pyodide = await loadPyodide({ packages: ["micropip"] });
            await pyodide.runPythonAsync(source.replaceAll('"/dist', `"${location.origin}/dist`));
        }""",
        on_site(code, site),
    )
    messages = site.wait_for(1)
    assert messages[0]["userId"] in (SEED[0], "u-1")
