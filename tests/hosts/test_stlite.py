"""stlite: a Streamlit app on a page of one's own, `requirements` with the wheel's address."""

import json
from pathlib import Path

from browser.site_under_test import Site
from examples import Example, on_site, runs, under
from playwright.sync_api import BrowserContext, Page

from .cdn import stand_in
from .delivered import STARTS, alone, arrived, arrived_from_alone, press
from .packages import STLITE
from .table import STANDALONE, TAG, Says

PAGE = """
<link rel="stylesheet" href="/npm/@stlite/browser/build/stlite.css">
<div id="root"></div>
<script type="module">
    import {{ mount }} from "/npm/@stlite/browser/build/stlite.js";
    mount({options}, document.getElementById("root"));
</script>
"""
HOST = f"stlite {STLITE} (`mount` on a page)"
PYODIDE = "pyodide-0.29.3"
SAYS = '\nst.write("delivered")'


def write(site: Site, app: str, wheel: str, name: str, tag: str = "") -> str:
    """The page of this app; its address."""
    options = {
        "requirements": [site.url + wheel],
        "entrypoint": "app.py",
        "files": {"app.py": on_site(app, site.url, site.write_key)},
    }
    return site.write(tag + PAGE.format(options=json.dumps(options)), name)


@runs(under("docs/hosts.md", "stlite"))
def test_the_tag_is_in_the_page(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example
) -> None:
    says(HOST, PYODIDE, "a worker", TAG)
    refused = stand_in(context, site.url, npm / PYODIDE)
    page.goto(write(site, example.code + SAYS, wheel, "stlite.html", site.tag("micropython")))
    page.get_by_text("delivered").wait_for(timeout=STARTS)
    arrived(site, context, "/site/stlite.html")
    assert refused == []


@runs(under("docs/hosts.md", "stlite"))
def test_without_the_tag(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example
) -> None:
    says(HOST, PYODIDE, "a worker", STANDALONE)
    refused = stand_in(context, site.url, npm / PYODIDE)
    page.goto(write(site, alone(example.code) + SAYS, wheel, "stlite_alone.html"))
    page.get_by_text("delivered").wait_for(timeout=STARTS)
    arrived_from_alone(site, context)
    assert refused == []


@runs(under("docs/hosts.md", "A button of a Streamlit app"))
def test_a_button(
    site: Site, context: BrowserContext, page: Page, says: Says, wheel: str, npm: Path, example: Example
) -> None:
    says(HOST, PYODIDE, "a worker", TAG)
    refused = stand_in(context, site.url, npm / PYODIDE)
    page.goto(write(site, example.code, wheel, "stlite_button.html", site.tag("micropython")))
    page.get_by_role("button", name="Buy").wait_for(timeout=STARTS)
    press(site, page)
    assert refused == []
