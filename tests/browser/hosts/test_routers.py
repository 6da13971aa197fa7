"""Page views of apps: four routers, each of which changes the address in its own way. The right views, once each."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from browser.site_under_test import Site, flush
from browser.undriven import chromium
from playwright.sync_api import BrowserContext, Page, Playwright

TITLE = 200
"""ms for which a view waits for its title (web/src/pageViews.js)."""
LAST = 20
"""The number of the last page; they begin with 0."""


@dataclass(frozen=True)
class Router:
    """How an app of pages is written; `{n}` is the number of the page, `{to}` of one that a link leads to."""

    head: str
    body: str
    link: str = ""


ROUTERS = {
    "turbo": Router(
        "<script src='/npm/@hotwired/turbo/dist/turbo.es2017-umd.js'></script>",
        "<main data-number='{n}'>{links}</main>",
        "<a id='to-{to}' href='{to}.html'>{to}</a>",
    ),
    "htmx": Router(
        "<script src='/npm/htmx.org/dist/htmx.js'></script>",
        "<div id='part'><main data-number='{n}'>{links}</main></div>",
        "<a id='to-{to}' href='{to}.html' hx-get='{to}.html' hx-target='#part' hx-select='main' hx-push-url='true'>"
        "{to}</a>",
    ),
    "react-router": Router("", "<div id='app'></div><script src='/site/apps/react-router.js'></script>"),
    "vue-router": Router("", "<div id='app'></div><script src='/site/apps/vue-router.js'></script>"),
}


def write(site: Site, name: str, runtime: str) -> None:
    """Put the app on the site, as its server would answer for each of its addresses."""
    router = ROUTERS[name]
    tag = site.tag(runtime, **{"data-options": json.dumps({"autoTrack": {"pageViews": True}})})
    links = "".join([router.link.format(to=to) for to in range(LAST + 1)])
    (site.folder / "routes").mkdir(exist_ok=True)
    for n in range(LAST + 1):
        head = f"<title>Page {n}</title>{router.head}{tag}"
        body = router.body.format(n=n, links=links)
        html = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
        (site.folder / "routes" / f"{n}.html").write_text(html)


def arrived(page: Page, number: int) -> None:
    """Wait until the app shows this page."""
    page.wait_for_function(f"document.querySelector('main')?.dataset.number === '{number}'")


def change(site: Site, page: Page, script: str, number: int, views: int) -> None:
    """Let the visitor go to a page, and look at it until the view of it has arrived."""
    page.evaluate(script)
    arrived(page, number)
    assert page.url == f"{site.url}/site/routes/{number}.html"
    site.wait_for(views)


TITLES = """
window.titles = [];
const observed = new MutationObserver(() => titles.push([Date.now(), document.title]));
observed.observe(document, { childList: true, subtree: true, characterData: true });
"""


def in_time(titles: list[tuple[int, str]], message: dict[str, Any], title: str) -> bool:
    """Did the page have this title when a view still waits for it? On a busy machine an app may take longer."""
    at = datetime.fromisoformat(message["originalTimestamp"]).timestamp() * 1000
    latest = [said for when, said in titles if when < at + TITLE - 50]
    return not latest or latest[-1] == title


# Pyodide takes part in nothing that differs from router to router.
@pytest.mark.parametrize(
    ("name", "runtime", "has_navigation_api"),
    [(name, "micropython", True) for name in ROUTERS]
    + [(name, "micropython", False) for name in ROUTERS]
    + [("react-router", "pyodide", True)],
)
def test_the_right_views_once_each(
    name: str,
    runtime: str,
    has_navigation_api: bool,
    apps: str,
    site: Site,
    context: BrowserContext,
    page: Page,
    console: list[str],
) -> None:
    if not has_navigation_api:
        context.add_init_script("Object.defineProperty(window, 'navigation', { value: undefined })")
    context.add_init_script(TITLES)
    write(site, name, runtime)
    page.goto(f"{site.url}/site/routes/0.html")
    arrived(page, 0)
    site.wait_for(1)
    page.evaluate("window.stays = true")
    for n in range(1, LAST + 1):
        change(site, page, f"document.querySelector('#to-{n}').click()", n, n + 1)
    before = page.evaluate("history.length")
    change(site, page, f"document.querySelector('#to-{LAST}').click()", LAST, LAST + 1)
    page.wait_for_timeout(400)  # in which there would be a second view
    back = page.evaluate("history.length") - before + 1  # htmx makes an entry of the same address again
    change(site, page, f"history.go(-{back})", LAST - 1, LAST + 2)
    change(site, page, f"history.go({back})", LAST, LAST + 3)
    assert page.evaluate("window.stays")
    titles = page.evaluate("titles")
    page.reload()
    arrived(page, LAST)
    site.wait_for(LAST + 4)
    page.wait_for_timeout(400)
    flush(page)

    numbers = [*range(LAST + 1), LAST - 1, LAST, LAST]
    types = ["navigate"] + ["push"] * LAST + ["traverse"] * 2 + ["reload"]
    referrers = [None, *numbers[:-2], None]
    said = [message["properties"] for message in site.messages()]
    assert [(each["path"], each["navigation_type"]) for each in said] == [
        (f"/site/routes/{n}.html", navigation_type) for n, navigation_type in zip(numbers, types, strict=True)
    ]
    wrong = [
        (n, message["properties"]["title"])
        for n, message in zip(numbers, site.messages(), strict=True)
        if message["properties"]["title"] != f"Page {n}" and in_time(titles, message, f"Page {n}")
    ]
    assert wrong == []
    assert [each["referrer"] for each in said] == [
        "$direct" if n is None else f"{site.url}/site/routes/{n}.html" for n in referrers
    ]
    assert len({message["context"]["sessionId"] for message in site.messages()}) == 1
    assert console == []


FIRST = """<a id="link" href="routes/1.html">Next</a>
<script type="speculationrules">{"prerender": [{"urls": ["routes/1.html"], "eagerness": "immediate"}]}</script>
<script>
onstorage = ({ key }) => key === "rendered" && setTimeout(() => document.querySelector("#link").click(), 500);
</script>"""
PRERENDERED = """<script>
document.addEventListener("DOMContentLoaded", () => { localStorage.rendered = document.prerendering; });
document.addEventListener("prerenderingchange", () => setTimeout(() => rudderanalytics.track("Seen"), 1000));
</script>"""


@pytest.mark.parametrize("name", ROUTERS)
def test_a_prerendered_app_is_one_view_as_its_visitor_comes(
    name: str, apps: str, site: Site, playwright: Playwright, config: SimpleNamespace, tmp_path: Path
) -> None:
    write(site, name, "micropython")
    path = site.folder / "routes" / "1.html"
    path.write_text(path.read_text().replace("<head>", "<head>" + PRERENDERED))
    with chromium(playwright, config, tmp_path, site.write(FIRST, "first.html")):
        messages = site.wait_for(2)
    view, seen = sorted(messages, key=lambda message: message["type"])  # a busy machine may bring the view later
    assert [view["type"], seen["event"]] == ["page", "Seen"]
    properties = view["properties"]
    assert (properties["path"], properties["title"]) == ("/site/routes/1.html", "Page 1")
    assert (properties["navigation_type"], properties["referrer"]) == ("prerender", f"{site.url}/site/first.html")
