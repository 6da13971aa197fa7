"""`Page Unloaded`, as a page is left in a real browser."""

import json

from browser.site_under_test import Site, flush
from playwright.sync_api import Page

OPTIONS = json.dumps({"autoTrack": {"pageLifecycle": {"enabled": True}}})


def leave(site: Site, page: Page, runtime: str, to: str) -> None:
    """Stay on a page for a moment, and go elsewhere; what it had called is delivered before."""
    site.open(page, runtime, **{"data-options": OPTIONS})
    page.evaluate("rudderanalytics.track('Called')")
    site.wait_for(1)
    flush(page)
    page.wait_for_timeout(500)  # what is measured
    page.goto(to)


def test_it_arrives_though_the_page_is_gone(site: Site, page: Page) -> None:
    leave(site, page, "micropython", site.write("elsewhere", "elsewhere.html"))
    _, unloaded = site.wait_for(2)
    assert unloaded["event"] == "Page Unloaded"
    times = unloaded["properties"]
    assert times.keys() == {"timeOnPage", "visibleTime"}
    assert 500 <= times["visibleTime"] <= times["timeOnPage"] < 60_000
    assert unloaded["context"]["page"]["path"] == "/site/page.html"


def test_where_python_answers_later_it_goes_out_from_the_next_page(site: Site, page: Page) -> None:
    next_page = site.write(site.tag("pyodide"), "next.html")
    leave(site, page, "pyodide", next_page)
    _, unloaded = site.wait_for(2)
    assert unloaded["event"] == "Page Unloaded"
    assert unloaded["context"]["page"]["path"] == "/site/page.html"
