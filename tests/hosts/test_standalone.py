"""Workers that have no page with the script tag, one after the other and several at once: one client, one visitor."""

import json

from browser.in_worker import FLUSH, calls, numbers, python, start, tab
from browser.site_under_test import Site
from playwright.sync_api import BrowserContext


def test_two_workers_are_one_client_and_the_second_goes_on(worker_site: Site, context: BrowserContext) -> None:
    site = worker_site
    first, second = (tab(context, site, tag=False) for _ in range(2))
    start(first, site, standalone=True)
    start(second, site, standalone=True)
    python(first, "rudderanalytics.identify('u1')\nNone")
    assert json.loads(python(second, calls(1, 1) + FLUSH))["pending"] == 0
    first.close()
    assert json.loads(python(second, calls(2, 20) + FLUSH))["pending"] == 0
    assert numbers(site) == list(range(1, 21))
    assert {message["userId"] for message in site.messages()} == {"u1"}
    assert len({message["anonymousId"] for message in site.messages()}) == 1


def test_a_shared_worker_goes_on_with_the_visitor_of_a_dedicated_one(
    worker_site: Site, context: BrowserContext
) -> None:
    """They store it elsewhere: in IndexedDB, and in a file. And back."""
    site = worker_site
    page = tab(context, site, tag=False)
    start(page, site, standalone=True)
    assert json.loads(python(page, "rudderanalytics.identify('u1')\n" + FLUSH))["pending"] == 0
    site.faults(status=503, times=100_000)
    python(page, calls(1, 3) + "None")
    page.evaluate("worker.terminate()")
    start(page, site, shared=True, standalone=True)
    python(page, calls(4, 6) + "json.dumps(await rudderanalytics.flush(timeout=1))")
    page.close()
    page = tab(context, site, tag=False)
    start(page, site, standalone=True)
    site.clear_faults()  # what the others sent has its answer
    assert json.loads(python(page, calls(7, 8) + FLUSH))["pending"] == 0
    site.wait_for(9)
    assert numbers(site) == list(range(1, 9))
    assert {message["userId"] for message in site.messages()} == {"u1"}
    assert len({message["anonymousId"] for message in site.messages()}) == 1


def test_where_a_page_answers_it_is_the_client(worker_site: Site, context: BrowserContext) -> None:
    """What workers left before that had no page is delivered all the same, with their visitor."""
    site = worker_site
    site.faults(status=503, times=100_000)
    other = tab(context, site, tag=False)
    start(other, site, standalone=True)
    python(other, calls(1, 3) + "None")
    other.close()
    page = tab(context, site)
    page.wait_for_function("!!window.rudderanalytics?.flush")
    start(page, site, standalone=True)
    site.clear_faults()
    python(page, calls(4, 5) + FLUSH)
    site.wait_for(5)
    paths = {message["properties"]["n"]: message["context"].get("page", {}).get("path") for message in site.messages()}
    assert sorted(paths.items()) == [(1, None), (2, None), (3, None), (4, "/site/tag.html"), (5, "/site/tag.html")]
