"""Pyodide in a worker of the script tag's: where it runs, and what becomes of calls while it is elsewhere."""

from browser.site_under_test import Site, flush
from playwright.sync_api import BrowserContext, Page


def numbers(site: Site) -> list[int]:
    """The order in which numbered messages first arrived."""
    return list(dict.fromkeys(message["properties"]["n"] for message in site.messages("track")))


def test_the_page_is_not_where_python_runs(site: Site, page: Page, console: list[str]) -> None:
    """From another origin the worker starts as a Blob, which imports its script."""
    tag = site.tag("pyodide").replace("/dist/", site.url.replace("127.0.0.1", "localhost") + "/dist/")
    page.goto(site.write(tag))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.track('n', {n: 1})")
    assert flush(page)["delivered"] == 1
    (worker,) = page.workers
    assert worker.url.startswith("blob:")
    assert console == []


def test_a_page_that_may_have_no_worker(site: Site, page: Page, console: list[str]) -> None:
    policy = "<meta http-equiv='Content-Security-Policy' content=\"worker-src 'none'\">"
    page.goto(site.write(site.tag("pyodide"), head=policy))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.track('n', {n: 1})")
    assert flush(page)["delivered"] == 1
    assert page.workers == []
    (line,) = console
    assert "main thread" in line


def test_a_page_left_while_the_worker_works(site: Site, context: BrowserContext) -> None:
    """What the page called and the worker had not answered is stored, and the next page delivers it, in order."""
    page = context.new_page()
    site.open(page, "pyodide")
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    page.evaluate("""() => {
        for (let n = 1; n <= 100; n++) rudderanalytics.track("n", {n});
        location.href = "about:blank";
    }""")
    page.wait_for_url("about:blank")
    site.open(page, "micropython")
    site.wait(lambda messages: len({message["messageId"] for message in messages}) == 100)
    assert numbers(site) == list(range(1, 101))
    page.wait_for_function("Object.keys(localStorage).length === 0")


def test_a_worker_that_is_gone(site: Site, page: Page) -> None:
    """It answers no more; what is called waits, stored, for a page that has another."""
    site.open(page, "pyodide")
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    page.workers[0].evaluate("self.onmessage = null")
    page.evaluate("for (let n = 1; n <= 3; n++) rudderanalytics.track('n', {n})")
    assert site.messages() == []
    site.open(page, "micropython")
    site.wait_for(3)
    assert numbers(site) == [1, 2, 3]
