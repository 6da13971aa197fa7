"""Nothing lost: bursts, faults, pages that leave, crash or are offline, tabs, full and blocked storage."""

import contextlib
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from browser.site_under_test import Site, flush, until
from playwright.sync_api import Browser, BrowserContext, Error, Page


def numbers(site: Site) -> list[int]:
    """The order in which numbered messages first arrived."""
    return list(dict.fromkeys(message["properties"]["n"] for message in site.messages("track")))


def waiting(page: Page) -> int:
    """How many messages localStorage holds."""
    return page.evaluate("Object.keys(localStorage).filter((key) => /\\.\\d{10}\\./.test(key)).length")  # type: ignore[no-any-return]


def ready(page: Page) -> None:
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")


def track(page: Page, first: int, last: int) -> None:
    page.evaluate(
        "([first, last]) => { for (let n = first; n <= last; n++) rudderanalytics.track('n', {n}); }", [first, last]
    )


def test_a_thousand_calls_in_a_row(site: Site, page: Page, runtime: str) -> None:
    """Half of them before Python is up."""
    site.open(page, runtime)
    track(page, 1, 500)
    ready(page)
    track(page, 501, 1000)
    assert flush(page) == {"delivered": 1000, "dropped": 0, "pending": 0}
    messages = site.messages()
    assert [message["properties"]["n"] for message in messages] == list(range(1, 1001))
    assert len({message["messageId"] for message in messages}) == 1000
    assert waiting(page) == 0
    assert page.evaluate("rudderanalytics.stats()") == {
        "accepted": 1000,
        "delivered": 1000,
        "retried": 0,
        "repeated": 0,
        "dropped": {},
        "pending": 0,
    }


def test_batches(site: Site, page: Page, runtime: str) -> None:
    """Several messages go to /v1/batch, at most 100 or 500 KB in one, `sentAt` in each and in the batch [js 4.3]."""
    site.open(page, runtime)
    ready(page)
    site.faults(delayMs=300, status=200)
    track(page, 1, 250)
    page.evaluate("for (let n = 251; n <= 260; n++) rudderanalytics.track('n', {n, big: 'x'.repeat(100_000)})")
    assert flush(page)["delivered"] == 260
    events = site.events()
    assert events[0]["path"] == "/v1/track"
    assert "/v1/batch" in {event["path"] for event in events[1:]} <= {"/v1/batch", "/v1/track"}
    sizes: dict[str, int] = {}
    for event in events[1:]:
        sent_at = event["message"]["sentAt"]
        assert event["headers"]["sentat"] == sent_at
        sizes[sent_at] = sizes.get(sent_at, 0) + 1
    assert max(sizes.values()) == 100
    assert all(int(event["headers"]["content-length"]) <= 512_000 for event in events)
    assert numbers(site) == list(range(1, 261))


def test_retries_say_so_and_obey_retry_after(site: Site, page: Page, runtime: str) -> None:
    site.open(page, runtime)
    ready(page)
    site.faults(status=503, times=1, retryAfter=2)
    page.evaluate("window.start = performance.now(); rudderanalytics.track('n', {n: 1})")
    page.wait_for_function("rudderanalytics.stats().retried === 1")
    page.evaluate("window.dispatchEvent(new Event('online'))")  # no reason to come before the time that was asked for
    assert flush(page)["delivered"] == 1
    assert page.evaluate("performance.now() - start") >= 2000
    (event,) = site.events()
    assert event["headers"]["rsa-retry-attempt"] == "1"
    assert int(event["headers"]["rsa-since-first-attempt"]) >= 1000
    assert "rsa-recovered" not in event["headers"]


def test_no_answer_within_30_seconds_is_a_failure(site: Site, page: Page, runtime: str) -> None:
    site.open(page, runtime)
    ready(page)
    page.clock.install()
    site.faults(status=200, delayMs=3000)
    with page.expect_request("**/v1/track"):
        track(page, 1, 1)
    page.clock.run_for(29_000)
    assert page.evaluate("rudderanalytics.stats().retried") == 0
    page.clock.run_for(1_100)
    page.wait_for_function("rudderanalytics.stats().retried === 1")
    page.clock.run_for(5_000)
    assert flush(page)["delivered"] == 1
    assert numbers(site) == [1]


def test_chaos(site: Site, page: Page) -> None:
    """10,000 messages, three requests of ten fail: none lost, first arrivals in order, repeats only of retries.

    The network flaps too, which spares the test the waits: a browser that is back online is tried at once.
    """
    site.open(page, "pyodide")
    ready(page)
    lost_answer = {"drop": True, "afterStore": True}
    site.faults(
        probability=0.3, seed=7, faults=[{"status": 500}, {"status": 503}, {"status": 429}, {"drop": True}, lost_answer]
    )
    page.evaluate("""async () => {
        setInterval(() => dispatchEvent(new Event("online")), 50);
        for (let n = 1; n <= 10_000; n++) {
            rudderanalytics.track("n", {n});
            if (n % 100 === 0) await new Promise((settle) => setTimeout(settle));
        }
    }""")
    assert flush(page) == {"delivered": 10_000, "dropped": 0, "pending": 0}
    assert numbers(site) == list(range(1, 10_001))
    messages = site.messages()
    stats = page.evaluate("rudderanalytics.stats()")
    assert len({message["messageId"] for message in messages}) == 10_000
    assert 0 < len(messages) - 10_000 <= stats["retried"]


def test_one_bad_message_costs_one_message(site: Site, page: Page, console: list[str], runtime: str) -> None:
    """A 400 splits the batch until the bad message is alone: without ids the gateway refuses it [server 1.4]."""
    site.open(page, runtime)
    ready(page)
    page.evaluate("window.gone = []; rudderanalytics.on('dropped', (detail) => gone.push(detail)); 0")
    site.faults(delayMs=300, status=200)
    track(page, 1, 40)
    bad = page.evaluate("""rudderanalytics.track("n", {n: "bad"}, {anonymousId: "\\u200b"})""")
    track(page, 41, 80)
    assert flush(page) == {"delivered": 80, "dropped": 1, "pending": 0}
    assert numbers(site) == list(range(1, 81))
    assert len(site.messages()) == 80
    assert page.evaluate("gone") == [{"messageId": bad, "reason": "rejected"}]
    assert page.evaluate("rudderanalytics.stats().dropped") == {"rejected": 1}
    assert len(console) == 1


def test_messages_too_large(site: Site, page: Page, runtime: str) -> None:
    """One that no gateway takes, and one that this one does not: 413 splits the batch until it is alone."""
    site.open(page, runtime)
    ready(page)
    page.evaluate("rudderanalytics.track('n', {n: 0, big: 'x'.repeat(4_200_000)})")
    site.faults(status=200, delayMs=300)
    site.faults(status=413, times=3)
    track(page, 1, 4)
    assert flush(page) == {"delivered": 3, "dropped": 2, "pending": 0}
    assert numbers(site) == [1, 3, 4]
    assert page.evaluate("rudderanalytics.stats().dropped") == {"too_large": 2}


@pytest.mark.parametrize(("status", "runtime"), [(401, "micropython"), (404, "pyodide")])
def test_a_wrong_write_key_cools_down_across_pages(
    site: Site, page: Page, console: list[str], status: int, runtime: str
) -> None:
    site.open(page, runtime)
    ready(page)
    site.faults(status=status, times=100)
    track(page, 1, 1)
    until(page, lambda: len(console) == 1)
    assert str(status) in console[0]
    site.clear_faults()
    site.open(page, runtime)
    ready(page)
    track(page, 2, 3)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_function("rudderanalytics.stats().pending === 3")
    assert site.messages() == []
    assert waiting(page) == 3
    # Five minutes later, as far as what is stored says.
    page.evaluate("""() => {
        const key = Object.keys(localStorage).find((key) => key.endsWith("coolUntil"));
        localStorage.setItem(key, String(Date.now() - 1));
    }""")
    site.open(page, runtime)
    site.wait_for(3)
    assert numbers(site) == [1, 2, 3]


@pytest.mark.parametrize(("runtime", "pages"), [("micropython", 30), ("pyodide", 5)])
def test_pages_that_call_and_leave_at_once(site: Site, page: Page, runtime: str, pages: int) -> None:
    """Pyodide is never up in these pages: what they called waits, stored, for one that lives long enough."""
    site.faults(status=200, delayMs=50, times=1000)
    for n in range(pages):
        site.open(page, runtime)
        track(page, n, n)
        page.goto("about:blank")
    site.open(page, runtime)
    site.wait(lambda messages: len({message["messageId"] for message in messages}) == pages)
    page.wait_for_function("rudderanalytics.stats().pending === 0")
    arrived = Counter(message["properties"]["n"] for message in site.messages())
    assert set(arrived) == set(range(pages))
    assert arrived.total() - pages <= pages // 3


@pytest.mark.parametrize("close", [False, True], ids=["elsewhere", "closed"])
def test_what_waits_goes_out_when_the_page_is_left(
    site: Site, context: BrowserContext, runtime: str, close: bool
) -> None:
    """Nobody comes back here: some calls, the first still in flight as the page goes."""
    page = context.new_page()
    site.open(page, runtime)
    ready(page)
    site.faults(status=200, delayMs=3000, times=1)
    track(page, 1, 5)
    page.wait_for_function("rudderanalytics.stats().accepted === 5")
    if close:
        page.close()
    else:
        page.goto("about:blank")
    site.wait_for(5)
    assert sorted(numbers(site)) == [1, 2, 3, 4, 5]


def test_a_page_that_was_only_hidden_goes_on(site: Site, page: Page, runtime: str) -> None:
    """What went out as it was hidden is settled by its answer, and nothing is sent twice."""
    site.open(page, runtime)
    ready(page)
    site.faults(status=200, delayMs=500, times=1)
    track(page, 1, 5)
    page.wait_for_function("rudderanalytics.stats().accepted === 5")
    page.evaluate("""() => {
        Object.defineProperty(document, "hidden", {get: () => true, configurable: true});
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    track(page, 6, 7)
    assert flush(page) == {"delivered": 7, "dropped": 0, "pending": 0}
    assert sorted(message["properties"]["n"] for message in site.messages()) == list(range(1, 8))


def test_a_crashed_renderer(site: Site, context: BrowserContext, runtime: str) -> None:
    page = context.new_page()
    site.open(page, runtime)
    ready(page)
    site.faults(status=503, times=1000)
    track(page, 1, 50)
    assert waiting(page) == 50
    crash(page)
    site.clear_faults()
    again = context.new_page()
    site.open(again, runtime)
    site.wait(lambda messages: len({message["messageId"] for message in messages}) == 50)
    assert numbers(site) == list(range(1, 51))  # the one in flight may have arrived already: its answer was lost
    assert site.events()[0]["headers"]["rsa-recovered"] == "true"
    again.wait_for_function("rudderanalytics.stats().pending === 0")
    assert waiting(again) == 0


def crash(page: Page) -> None:
    """Kill the page's renderer: no event tells the page. (Over CDP, Page.crash does the same and never answers.)"""
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash")


@pytest.mark.falls_back
def test_an_interpreter_that_dies(site: Site, page: Page, console: list[str]) -> None:
    """The page sees no exception; what was called is stored, and another page delivers it."""
    site.open(page, "micropython")
    track(page, 1, 1)
    flush(page)
    page.evaluate(
        "() => { TextEncoder.prototype.encode = () => { throw new WebAssembly.RuntimeError('unreachable'); }; }"
    )
    track(page, 2, 4)
    until(page, lambda: len(console) == 1)  # the whole one was asked for, and cannot either
    assert waiting(page) == 3
    site.open(page, "micropython")
    site.wait_for(4)
    assert numbers(site) == [1, 2, 3, 4]


def test_calls_made_offline_are_delivered_by_another_tab(site: Site, context: BrowserContext, runtime: str) -> None:
    page = context.new_page()
    site.open(page, runtime)
    ready(page)
    # Closing the page ends Playwright's emulation before the page is gone: it hears `online` and would send once more.
    site.faults(drop=True, times=1000)
    context.set_offline(True)
    page.wait_for_function("!navigator.onLine")
    track(page, 1, 40)
    page.evaluate("new Promise((settle) => setTimeout(settle, 0))")
    page.close()
    again = context.new_page()
    context.set_offline(False)
    site.clear_faults()
    site.open(again, runtime)
    messages = site.wait_for(40)
    assert [message["properties"]["n"] for message in messages] == list(range(1, 41))
    again.wait_for_function("rudderanalytics.stats().pending === 0")
    assert len(site.messages()) == 40


def test_flush_waits_no_longer_than_it_is_told(site: Site, page: Page, runtime: str) -> None:
    """In ms; it says what still waits, and stats() why."""
    site.open(page, runtime)
    ready(page)
    site.faults(status=503, times=1, retryAfter=2)
    track(page, 1, 1)
    page.wait_for_function("rudderanalytics.stats().retried === 1")
    assert page.evaluate("rudderanalytics.flush(200)") == {"delivered": 0, "dropped": 0, "pending": 1}
    assert page.evaluate("rudderanalytics.stats().lastFailure") == "status 503"
    assert page.evaluate("rudderanalytics.flush(20000)") == {"delivered": 1, "dropped": 0, "pending": 0}


class Redirecting(BaseHTTPRequestHandler):
    """Answers each message with a redirect of this status to an address that answers everything."""

    status = 301
    asked: ClassVar[list[str]] = []

    def _answer(self, status: int, **headers: str) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        body = b"" if status == 204 else b"hello"
        self.send_response(status)
        given = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*, Authorization"}
        for name, value in (given | {"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_OPTIONS(self) -> None:
        self._answer(204)

    def do_POST(self) -> None:
        if self.path.startswith("/v1/"):
            return self._answer(self.status, Location=f"/new{self.path}")
        self.asked.append(f"POST {self.path}")
        return self._answer(200)

    def do_GET(self) -> None:
        self._answer(200 if self.path.startswith("/new/") and self.status < 305 else 404)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_data_plane_that_redirects(site: Site, page: Page, console: list[str], status: int) -> None:
    """A GET that came of it is no delivery; 307 and 308 send the message once more, which counts."""
    handler = type("Handler", (Redirecting,), {"status": status, "asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        site.open(page, "micropython", **{"data-data-plane-url": url})
        ready(page)
        track(page, 1, 3)
        if status < 305:
            page.wait_for_function("rudderanalytics.stats().retried >= 1")
            stats = page.evaluate("rudderanalytics.stats()")
            assert [stats["delivered"], stats["pending"], waiting(page)] == [0, 3, 3]
            assert stats["lastFailure"] == f"redirected to {url}/new"
            until(page, lambda: len(console) == 1)
            assert f"set the data plane URL to {url}/new" in console[0]
            assert handler.asked == []  # type: ignore[attr-defined]
        else:
            assert flush(page)["delivered"] == 3
            assert handler.asked  # type: ignore[attr-defined]
        server.shutdown()


def test_online_is_tried_at_once(site: Site, context: BrowserContext, page: Page, runtime: str) -> None:
    site.open(page, runtime)
    ready(page)
    context.set_offline(True)
    page.wait_for_function("!navigator.onLine")
    track(page, 1, 3)
    assert site.messages() == []
    context.set_offline(False)
    assert flush(page)["delivered"] == 3
    assert len(site.messages()) == 3
    assert page.evaluate("rudderanalytics.stats().retried") == 0  # nothing was attempted while offline


def test_four_tabs_two_closed(site: Site, context: BrowserContext) -> None:
    tabs = [context.new_page() for _ in range(4)]
    for tab, runtime in zip(tabs, ["micropython", "pyodide", "pyodide", "micropython"], strict=True):
        site.open(tab, runtime)
        ready(tab)
    site.faults(probability=0.3, seed=3, faults=[{"status": 500}, {"status": 503}, {"drop": True}])
    for index, tab in enumerate(tabs):
        track(tab, 25 * index + 1, 25 * index + 25)
    tabs[0].close()
    tabs[2].close()
    site.wait(lambda messages: len({message["messageId"] for message in messages}) == 100)
    for tab in (tabs[1], tabs[3]):
        tab.wait_for_function("rudderanalytics.stats().pending === 0")
    until(tabs[1], lambda: waiting(tabs[1]) == 0)  # what the closed tabs left is adopted a little later
    times = Counter(numbers(site))
    assert set(times) == set(range(1, 101))
    assert {times[n] for n in (*range(26, 51), *range(76, 101))} == {1}
    # What was on its way as its tab was closed has no answer, and a fault was near: it is sent once more.
    assert max(times.values()) <= 2


def test_a_tab_that_lives_keeps_its_own(site: Site, context: BrowserContext, runtime: str) -> None:
    """Another tab does not take what a living tab still tries to deliver."""
    first, second = context.new_page(), context.new_page()
    site.open(first, runtime)
    ready(first)
    site.faults(status=503, times=1, retryAfter=3)
    track(first, 1, 5)
    site.open(second, runtime)
    ready(second)
    assert flush(first)["delivered"] == 5
    assert flush(second)["delivered"] == 0
    assert len(site.messages()) == 5


def test_back_from_the_cache_it_carries_on(site: Site, config: object, browser: Browser, runtime: str) -> None:
    """Playwright switches the back/forward cache off; this browser has it."""
    with browser.browser_type.launch(
        executable_path=config.CHROMIUM,  # type: ignore[attr-defined]
        args=config.LAUNCH_ARGS,  # type: ignore[attr-defined]
        ignore_default_args=["--disable-back-forward-cache"],
    ) as other:
        page = other.new_page()
        site.open(page, runtime)
        page.evaluate("window.shown = []; addEventListener('pageshow', (event) => shown.push(event.persisted))")
        track(page, 1, 1)
        flush(page)
        page.goto(site.write("elsewhere", "elsewhere.html"))
        page.evaluate("history.back()")
        page.wait_for_function("window.shown?.[0] === true")
        track(page, 2, 2)
        assert flush(page)["delivered"] == 1
    assert numbers(site) == [1, 2]


def test_full_storage(site: Site, page: Page, runtime: str) -> None:
    """The page's own storage stays as it is; messages are held in memory and delivered."""
    page.goto(site.write("the page's own"))
    page.evaluate("""() => {
        let size = 1 << 20;
        for (let n = 0; size; n++) {
            try { localStorage.setItem("own" + n, "x".repeat(size)); } catch { size >>= 1; }
        }
    }""")
    before = page.evaluate("JSON.stringify(localStorage).length")
    site.faults(status=503, times=1)
    site.open(page, runtime)
    track(page, 1, 20)
    page.evaluate("rudderanalytics.identify('u1', {bio: 'x'.repeat(5000)})")
    assert flush(page)["delivered"] == 21
    assert numbers(site) == list(range(1, 21))
    assert page.evaluate("JSON.stringify(localStorage).length") == before


def test_more_than_may_be_stored_is_held(site: Site, page: Page, runtime: str) -> None:
    site.open(page, runtime, **{"data-options": '{"outboxMaxBytes": 5000}'})
    ready(page)
    site.faults(status=503, times=1)
    track(page, 1, 30)
    page.wait_for_function("rudderanalytics.stats().accepted === 30")
    assert 0 < waiting(page) <= 5
    assert flush(page)["delivered"] == 30
    assert numbers(site) == list(range(1, 31))


def test_a_call_whose_message_has_no_room_stays_stored(site: Site, context: BrowserContext) -> None:
    """A call made before Python is up is stored as it is; it stays so where its message cannot be stored."""
    small = {"data-options": '{"outboxMaxBytes": 0}'}
    page = context.new_page()
    site.faults(status=503, times=1000)
    site.open(page, "pyodide", **small)
    track(page, 1, 3)
    page.wait_for_function("rudderanalytics.stats().accepted === 3")
    assert waiting(page) == 3
    # What has no answer as its page is left is held apart (web/src/leaving.js): test_leaving.py has that.
    page.wait_for_function("rudderanalytics.stats().retried > 0")
    page.close()
    site.clear_faults()
    again = context.new_page()
    site.open(again, "micropython", **small)
    site.wait_for(3)
    assert numbers(site) == [1, 2, 3]
    until(again, lambda: waiting(again) == 0)


def test_a_call_stays_stored_where_only_its_message_does_not_fit(
    site: Site, context: BrowserContext, runtime: str
) -> None:
    """Storage that just took the call can be full when the message comes."""
    page = context.new_page()
    site.open(page, runtime)
    ready(page)
    page.evaluate("""() => {
        const put = Storage.prototype.setItem;
        Storage.prototype.setItem = function (key, text) {
            if (/\\.\\d+$/.test(key)) throw new DOMException("full", "QuotaExceededError");
            put.call(this, key, text);
        };
    }""")
    site.faults(status=503, times=1000)
    track(page, 1, 3)
    page.wait_for_function("rudderanalytics.stats().accepted === 3")
    # MicroPython acts on a call before its line returns: there is nothing to store.
    assert waiting(page) == (3 if runtime == "pyodide" else 0)
    # What has no answer as its page is left is held apart (web/src/leaving.js): test_leaving.py has that.
    page.wait_for_function("rudderanalytics.stats().retried > 0")
    page.close()
    site.clear_faults()
    if runtime == "pyodide":
        site.open(context.new_page(), "micropython")
        site.wait_for(3)
        assert numbers(site) == [1, 2, 3]


def test_an_insecure_page_has_no_locks_and_adopts_by_age(site: Site, context: BrowserContext, runtime: str) -> None:
    home = f"http://shop.example.test:{site.port}"
    html = site.tag(runtime, **{"data-data-plane-url": home})
    address = site.write(html, "insecure.html").replace("http://127.0.0.1", "http://shop.example.test")

    def tab() -> Page:
        page = context.new_page()
        page.goto(address)
        page.wait_for_function("!!window.rudderanalytics?.flush")
        ready(page)
        return page

    first = tab()
    assert first.evaluate("[isSecureContext, !!navigator.locks]") == [False, False]
    site.faults(status=503, times=1000)
    track(first, 1, 5)
    first.wait_for_function("rudderanalytics.stats().retried > 0")  # else what is on its way is held apart
    first.close()
    second = tab()
    assert second.evaluate("rudderanalytics.stats().pending") == 0  # too young: its tab could be alive
    second.evaluate("""() => {
        for (const key of Object.keys(localStorage).filter((key) => /\\.\\d{10}\\./.test(key))) {
            const text = localStorage.getItem(key);
            localStorage.removeItem(key);
            localStorage.setItem(key.replace(/\\d{13}(?=$|\\.call$)/, (at) => at - 61_000), text);
        }
    }""")
    second.close()
    site.clear_faults()
    third = tab()
    third.wait_for_function("rudderanalytics.stats().delivered === 5")
    assert numbers(site) == [1, 2, 3, 4, 5]
