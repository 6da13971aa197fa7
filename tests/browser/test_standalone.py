"""Python in a worker whose page has no script tag: the worker is the client itself, where `load` asks for it."""

import json

import pytest
from browser.in_worker import FLUSH, calls, numbers, python, start, tab
from browser.site_under_test import Site, stored_identity, until
from examples import Example, on_site, runs, under
from playwright.sync_api import BrowserContext


def test_a_worker_is_killed_with_50_undelivered_and_the_next_one_delivers_them(
    worker_site: Site, context: BrowserContext
) -> None:
    """It is killed in the middle of its line: what was called is stored, though nothing was waited for."""
    site = worker_site
    site.faults(status=503, times=100_000)
    page = tab(context, site, tag=False)
    start(page, site, standalone=True)
    until(page, lambda: bool(python(page, "rudderanalytics.get_anonymous_id()")))
    python(page, "rudderanalytics.identify('u1')\nNone")
    assert python(page, calls(1, 50) + "import js\njs.postMessage('called')\nwhile True: pass") == "called"
    page.evaluate("worker.terminate()")
    start(page, site, standalone=True)
    site.clear_faults()  # what the first one sent has its answer
    python(page, calls(51, 52) + "None")
    flushed = json.loads(python(page, FLUSH))
    assert (flushed["dropped"], flushed["pending"]) == (0, 0)
    site.wait_for(53)
    assert numbers(site) == list(range(1, 53))
    assert {(message["userId"], message["anonymousId"]) for message in site.messages()} == {
        ("u1", site.messages()[0]["anonymousId"])
    }


def test_a_page_that_comes_later_says_who_the_visitor_is(worker_site: Site, context: BrowserContext) -> None:
    site = worker_site
    other = tab(context, site, tag=False)
    start(other, site, shared=True, standalone=True)
    assert json.loads(python(other, "rudderanalytics.identify('u1')\n" + FLUSH))["pending"] == 0
    page = tab(context, site)
    until(
        other,
        lambda: python(other, "rudderanalytics.get_anonymous_id()") == stored_identity(context).get("rl_anonymous_id"),
    )
    assert json.loads(python(other, calls(1, 1) + FLUSH))["pending"] == 0
    page.evaluate("rudderanalytics.track('of the page')")
    last, of_page = site.wait_for(3)[1:]
    assert (last["userId"], last["anonymousId"]) == ("u1", of_page["anonymousId"])
    assert "page" not in last["context"]


@runs(under("docs/hosts.md", "Without the script tag"))
def test_the_recipe(worker_site: Site, context: BrowserContext, example: Example) -> None:
    """As it stands; before it, the same with options that need a page, which are refused."""
    page = tab(context, worker_site, tag=False)
    start(page, worker_site)
    refused = {
        "respect_dnt=True": "respect_dnt cannot be kept",
        "respect_gpc=True": "respect_gpc cannot be kept",
        "auto_track={'page_views': {'enabled': True}}": "auto_track needs a page",
        "use_server_side_cookies=True": "use_server_side_cookies needs cookies",
        "consent_management={'enabled': True, 'provider': 'oneTrust'}": "consent_management needs a page",
    }
    for option, line in refused.items():
        assert line in python(page, f"rudderanalytics.load('KEY', '{worker_site.url}', standalone=True, {option})")
    allowed = ", auto_track={'enabled': False}, respect_dnt=False, consent_management={'enabled': False}"
    recipe = on_site(example.code, worker_site.url).replace("standalone=True", "standalone=True" + allowed)
    program = (
        recipe.replace("await rudder", "flushed = await rudder")
        + "\njson.dumps([flushed, rudderanalytics.get_user_id()])"
    )
    flushed, user_id = json.loads(python(page, program))
    assert (flushed, user_id) == ({"delivered": 2, "dropped": 0, "pending": 0}, "27340af5c8819")
    identify, track = worker_site.messages()
    assert (identify["userId"], identify["context"]["traits"]) == (user_id, {"name": "Richard Hendricks"})
    assert (track["properties"], track["anonymousId"]) == ({"cells": 12}, identify["anonymousId"])
    assert not {"page", "screen"} & {name for name, value in track["context"].items() if value}
    assert track["context"]["library"]["runtime"].startswith("pyodide")
    assert context.cookies() == []


@pytest.mark.parametrize("shared", [False, True], ids=["dedicated", "shared"])
def test_a_page_that_comes_later_delivers_what_a_worker_left(
    worker_site: Site, context: BrowserContext, shared: bool
) -> None:
    """Once, with the worker's visitor, who is the page's from then on, and the next worker's."""
    site = worker_site
    site.faults(status=503, times=100_000)
    other = tab(context, site, tag=False)
    start(other, site, shared=shared, standalone=True)
    until(other, lambda: bool(python(other, "rudderanalytics.get_anonymous_id()")))
    anonymous_id = python(other, "rudderanalytics.get_anonymous_id()")
    left = "rudderanalytics.identify('u1')\n" + calls(1, 3) + "json.dumps(await rudderanalytics.flush(timeout=1))"
    assert json.loads(python(other, left))["pending"] == 4
    other.close()
    site.clear_faults()
    page = context.new_page()
    site.open(page, "micropython", **{"data-write-key": "KEY"})  # the worker's
    site.wait_for(4)
    assert page.evaluate("rudderanalytics.flush()")["pending"] == 0
    assert page.evaluate("rudderanalytics.getAnonymousId()") == anonymous_id
    page.reload()
    assert page.evaluate("rudderanalytics.getAnonymousId()") == anonymous_id
    page.goto(site.write("a page without us", "plain.html"))
    start(page, site, standalone=True)
    assert json.loads(python(page, calls(4, 4) + FLUSH))["pending"] == 0
    assert numbers(site) == [1, 2, 3, 4]
    assert {(message["userId"], message["anonymousId"]) for message in site.messages()} == {("u1", anonymous_id)}
    assert not any("page" in message["context"] for message in site.messages())
