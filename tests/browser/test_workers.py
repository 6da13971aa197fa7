"""Python in a worker without a document: it speaks to a page of its origin, over a channel; the page is the client."""

import json

from browser.in_worker import FLUSH, calls, numbers, python, start, tab
from browser.site_under_test import Site, stored_identity
from playwright.sync_api import BrowserContext


def test_it_is_the_page_s_client(worker_site: Site, context: BrowserContext) -> None:
    site = worker_site
    page = tab(context, site)
    start(page, site)
    program = """
heard = []
rudderanalytics.on("delivered", lambda detail: heard.append(detail["messageId"]))
ids = [rudderanalytics.identify("u1", {"plan": "pro"}), rudderanalytics.group("g1"), rudderanalytics.page("Notebook")]
flushed = await rudderanalytics.flush()
known = [rudderanalytics.get_user_id(), rudderanalytics.get_user_traits(), rudderanalytics.get_group_id()]
json.dumps([ids, heard, flushed, known, rudderanalytics.get_anonymous_id(), rudderanalytics.stats()["delivered"]])
"""
    ids, heard, flushed, known, anonymous_id, delivered = json.loads(python(page, program))
    assert flushed == {"delivered": 3, "dropped": 0, "pending": 0}
    messages = site.messages()
    assert [message["messageId"] for message in messages] == ids == heard
    assert known == ["u1", {"plan": "pro"}, "g1"] and delivered == 3
    assert {message["context"]["page"]["path"] for message in messages} == {"/site/tag.html"}
    identity = stored_identity(context)
    assert (identity["rl_user_id"], identity["rl_anonymous_id"]) == ("u1", anonymous_id)
    assert page.evaluate("[rudderanalytics.getUserId(), rudderanalytics.getGroupId()]") == ["u1", "g1"]


def test_a_thousand_calls_arrive_once_and_in_order(worker_site: Site, context: BrowserContext) -> None:
    page = tab(context, worker_site)
    tab(context, worker_site)
    start(page, worker_site)
    flushed = json.loads(python(page, calls(1, 1000) + FLUSH))
    assert (flushed["dropped"], flushed["pending"]) == (0, 0)  # some had arrived before the flush
    assert numbers(worker_site) == list(range(1, 1001))


def test_the_page_is_opened_anew_in_the_middle(worker_site: Site, context: BrowserContext) -> None:
    """The worker is another tab's; the tab that has our tag is reloaded, twice, while it is called.

    The data plane is down meanwhile: what is on its way as a page is left is no matter of the worker's.
    """
    site = worker_site
    site.faults(status=503, times=100_000)
    other = tab(context, site, tag=False)
    page = tab(context, site)
    page.wait_for_function("!!window.rudderanalytics?.flush")
    start(other, site, shared=True)
    python(other, calls(1, 300) + "None")
    slowly = """
import asyncio
for n in range(301, 701):
    rudderanalytics.track('n', {'n': n})
    await asyncio.sleep(0.005)
'done'
"""
    other.evaluate("program => void (window.called = python(program))", slowly)
    for _ in range(2):
        page.reload()
        page.wait_for_function("!!window.rudderanalytics?.flush")
    assert other.evaluate("called") == "done"
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    python(other, calls(701, 1000) + "None")
    site.clear_faults()
    flushed = json.loads(python(other, FLUSH))
    assert flushed["pending"] == 0, flushed
    site.wait(lambda messages: len(messages) >= 1000)
    assert sorted(numbers(site)) == list(range(1, 1001))


def test_calls_wait_for_a_page(worker_site: Site, context: BrowserContext) -> None:
    site = worker_site
    page = tab(context, site, tag=False)
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text))
    start(page, site)
    program = "rudderanalytics.identify('u1')\nrudderanalytics.track('n', {'n': 1})\n"
    assert json.loads(python(page, program + FLUSH)) == {"delivered": 0, "dropped": 0, "pending": 2}
    (line,) = [line for line in said if "[rudderanalytics]" in line]
    assert "no page answers: add the script tag" in line
    tab(context, site)
    site.wait_for(2)
    assert json.loads(python(page, FLUSH))["pending"] == 0
    assert [message["type"] for message in site.messages()] == ["identify", "track"]


def test_a_flush_waits_for_as_long_as_its_page_does(worker_site: Site, context: BrowserContext) -> None:
    """Longer than a worker waits before it asks whether the page is there: here it asks all the time."""
    page = tab(context, worker_site)
    start(page, worker_site)
    worker_site.faults(status=503, times=1, retryAfter=3)
    program = "from rudderanalytics import worker\nworker._PATIENCE = 300\n" + calls(1, 1) + FLUSH
    assert json.loads(python(page, program)) == {"delivered": 1, "dropped": 0, "pending": 0}


def test_a_flush_waits_for_a_page_that_is_busy(worker_site: Site, context: BrowserContext) -> None:
    """The worker has asked already whether it is still there."""
    other = tab(context, worker_site, tag=False)
    page = tab(context, worker_site)
    page.wait_for_function("!!window.rudderanalytics?.flush")
    start(other, worker_site, shared=True)
    assert json.loads(python(other, calls(1, 1) + FLUSH))["pending"] == 0
    with page.expect_event("dialog") as asked:  # a page that asks is as busy as one that computes
        page.on("dialog", lambda _: None)
        page.evaluate("void setTimeout(alert)")
    unanswered = calls(2, 2) + "json.dumps(await rudderanalytics.flush(timeout=3))"
    assert json.loads(python(other, unanswered))["pending"] == 1
    python(other, "flushed = asyncio.ensure_future(rudderanalytics.flush())\nNone")
    assert json.loads(python(other, "json.dumps(await rudderanalytics.flush(timeout=1.5))"))["pending"] == 1
    asked.value.accept()
    assert json.loads(python(other, "json.dumps(await flushed)"))["pending"] == 0
    assert numbers(worker_site) == [1, 2]


def test_no_page_can_wait_for_what_a_worker_thinks_of_a_message(worker_site: Site, context: BrowserContext) -> None:
    page = tab(context, worker_site)
    start(page, worker_site)
    said = python(page, "rudderanalytics.load('KEY', 'https://x.example', before_send=print)")
    assert "before_send works on the page's main thread only" in said
