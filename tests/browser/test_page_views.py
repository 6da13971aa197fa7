"""Page views of apps (load option `autoTrack.pageViews`): what becomes one, and what a view says."""

import json
from typing import Any

import pytest
from browser.site_under_test import Site, flush, run_pyscript
from examples import Example, on_site, runs, under
from playwright.sync_api import BrowserContext, Page

WITHOUT_NAVIGATION_API = "Object.defineProperty(window, 'navigation', { value: undefined })"


@pytest.fixture(params=["navigation", "history"])
def api(request: pytest.FixtureRequest, context: BrowserContext) -> str:
    """How a browser tells of addresses: by the Navigation API, or not at all."""
    if request.param == "history":
        context.add_init_script(WITHOUT_NAVIGATION_API)
    return str(request.param)


def open_app(site: Site, page: Page, runtime: str = "micropython", page_views: object = True, html: str = "") -> None:
    options = json.dumps({"autoTrack": {"pageViews": page_views}})
    site.open(page, runtime, before=html, **{"data-options": options})
    site.wait_for(1)


def go(page: Page, script: str) -> None:
    """Let the page do something, and the view of it be made."""
    page.evaluate(f"async () => {{ {script}; await new Promise((settle) => setTimeout(settle, 300)) }}")


def views(site: Site, page: Page) -> list[tuple[str, str]]:
    """Of each view the address, and how the visitor came to it."""
    flush(page)
    said = [message["properties"] for message in site.messages("page")]
    return [(each["tab_url"].removeprefix(f"{site.url}/site/"), each["navigation_type"]) for each in said]


def test_each_new_address_is_a_view(site: Site, page: Page, api: str, runtime: str) -> None:
    open_app(site, page, runtime)
    go(page, "history.pushState({}, '', '/site/one')")
    go(page, "history.pushState({}, '', '/site/one')")
    go(page, "history.pushState({}, '', '/site/one?q=1')")
    go(page, "history.pushState({}, '', '/site/one?q=1#part')")
    go(page, "history.replaceState({}, '', '/site/one?q=2')")
    go(page, "history.replaceState({}, '', '/site/two')")
    go(page, "location.hash = 'part'")
    go(page, "history.back()")
    go(page, "history.go(-2)")
    assert views(site, page) == [
        ("page.html", "navigate"),
        ("one", "push"),
        ("one?q=1", "push"),
        ("two", "replace"),
        ("one", "traverse"),
    ]


def test_a_view_says_where_the_visitor_came_from_and_its_own_title(site: Site, page: Page, api: str) -> None:
    open_app(site, page)
    go(page, "history.pushState({}, '', '/site/one?token=x#part'); document.title = 'One'")
    go(page, "history.pushState({}, '', '/site/two'); setTimeout(() => { document.title = 'Two' }, 100)")
    go(page, "history.pushState({}, '', '/site/three'); document.title = 'Three'; history.pushState({}, '', '/site/4')")
    flush(page)
    said: list[dict[str, Any]] = [message["properties"] for message in site.messages("page")]
    assert [(each["path"], each["title"], each["referrer"].removeprefix(site.url)) for each in said] == [
        ("/site/page.html", "A page", "$direct"),
        ("/site/one", "One", "/site/page.html"),
        ("/site/two", "Two", "/site/one"),
        ("/site/three", "Three", "/site/two"),
        ("/site/4", "Three", "/site/three"),
    ]
    assert all(each["context"]["page"]["referrer"] == each["properties"]["referrer"] for each in site.messages("page"))


def test_fragments_may_be_addresses(site: Site, page: Page, api: str) -> None:
    open_app(site, page, page_views={"hash": True})
    go(page, "location.hash = '/one'")
    go(page, "location.hash = '/one'")
    go(page, "history.replaceState({}, '', '#/two')")
    go(page, "history.back()")
    found = views(site, page)
    assert [address for address, _ in found] == ["page.html", "page.html#/one", "page.html#/two", "page.html"]
    assert site.messages("page")[2]["properties"]["referrer"] == f"{site.url}/site/page.html#/one"


def test_a_router_that_goes_in_circles(site: Site, page: Page, api: str, console: list[str]) -> None:
    open_app(site, page)
    go(page, "for (let n = 0; n < 1000; n++) history.pushState({}, '', '/site/' + n)")
    assert len(views(site, page)) == 100
    assert len(console) == 1
    assert "more than 100 addresses in a minute" in console[0]


def test_before_names_a_view_or_drops_it_and_may_fail(site: Site, page: Page, console: list[str]) -> None:
    before = """({ url, title, referrer }) => {
        if (url.endsWith("/admin")) return null;
        if (url.endsWith("/odd")) throw new Error("no name for it");
        return { name: title, category: "App", properties: { from: new URL(referrer || url).pathname } };
    }"""
    options = f"{{ autoTrack: {{ pageViews: {{ before: {before} }} }} }}"
    site.open(page, "micropython", **{"data-write-key": "", "data-data-plane-url": ""})
    page.evaluate(f"rudderanalytics.load('{site.write_key}', '{site.url}', {options})")
    site.wait_for(1)
    for name in ("admin", "odd", "one"):
        go(page, f"history.pushState({{}}, '', '/site/{name}')")
    flush(page)
    found = [(each.get("name"), each.get("category"), each["properties"]["path"]) for each in site.messages("page")]
    assert found == [
        ("A page", "App", "/site/page.html"),
        (None, None, "/site/odd"),
        ("A page", "App", "/site/one"),
    ]
    assert [message["properties"].get("from") for message in site.messages("page")][2] == "/site/odd"
    assert len(console) == 1
    assert "before failed" in console[0]


def test_redaction_holds(site: Site, page: Page) -> None:
    open_app(site, page)
    go(page, "history.pushState({}, '', '/site/one?token=12345&email=me@example.com&ok=1')")
    go(page, "history.pushState({}, '', '/site/two'); document.title = 'For me@example.com'")
    flush(page)
    text = json.dumps(site.messages("page"))
    assert "/site/one?ok=1" in text
    assert [secret for secret in ("12345", "me@example.com") if secret in text] == []


def test_python_asks_for_them(site: Site, page: Page, kind: str, wheel: str) -> None:
    source = f"""
import js, rudderanalytics
rudderanalytics.load("{site.write_key}", "{site.url}", auto_track={{"page_views": True}})
js.history.pushState(None, "", "/site/one")
result = True
"""
    run_pyscript(site, page, kind, wheel, source)
    messages = site.wait_for(2)
    assert [message["properties"]["path"] for message in messages] == ["/site/page.html", "/site/one"]


@runs(under("docs/page-views.md", language="html"))
def test_the_tag_of_the_documentation(example: Example, site: Site, page: Page) -> None:
    page.goto(site.write(on_site(example.code, site.url, site.write_key)))
    site.wait_for(1)
    go(page, "history.pushState({}, '', '/site/one')")
    assert views(site, page) == [("page.html", "navigate"), ("one", "push")]


@runs(under("docs/page-views.md", language="python"))
def test_the_python_of_the_documentation(example: Example, site: Site, page: Page, wheel: str) -> None:
    source = on_site(example.code, site.url, site.write_key)
    run_pyscript(site, page, "mpy", wheel, f"{source}\nresult = True")
    (view,) = site.wait_for(1)
    assert (view["type"], view["properties"]["navigation_type"]) == ("page", "navigate")


@runs(under("docs/page-views.md", language="js"))
def test_the_names_of_the_documentation(example: Example, site: Site, page: Page) -> None:
    site.open(page, "micropython", **{"data-write-key": "", "data-data-plane-url": ""})
    page.evaluate(on_site(example.code, site.url, site.write_key))
    site.wait_for(1)
    go(page, "history.pushState({}, '', '/site/admin/one')")
    go(page, "history.pushState({}, '', '/site/two'); document.title = 'Two'")
    flush(page)
    assert [message["name"] for message in site.messages("page")] == ["A page", "Two"]


def test_off_there_is_nothing(site: Site, page: Page, context: BrowserContext) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    site.open(page, "micropython", before="<script>var push = history.pushState</script>")
    page.evaluate("rudderanalytics.track('T')")
    site.wait_for(1)
    go(page, "history.pushState({}, '', '/site/one')")
    assert page.evaluate("history.pushState === push")
    assert site.messages("page") == []
    assert [url for url in asked if "autoTrack" in url] == []
