"""Pages that are left: what was on its way arrives, and arrives once."""

import random
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from browser.attempts import DELIVERED, DROPPED, ENOUGH, LOST_ANSWER, avoidable, repeats, unexcused, way
from browser.site_under_test import Site
from playwright.sync_api import BrowserContext, Page

PAGE = """
<script>
window.rudderanalytics ||= [];
rudderanalytics.push(["page"]);
const clicked = (number) => rudderanalytics.push(["track", "Clicked", {number}]);
</script>
<a id="link" href="NEXT">Next</a>
"""


def clicks(
    site: Site, page: Page, runtime: str, count: int, shortest: float, longest: float, first: int = 0, **attributes: str
) -> None:
    """Read each page for a moment, then click a tracked link that leaves it; the clicks are numbered."""
    chance = random.Random(7)
    names = ["odd.html", "even.html"]
    for own, other in (names, names[::-1]):
        site.write(PAGE.replace("NEXT", other) + site.tag(runtime, **attributes), own)
    page.goto(f"{site.url}/site/odd.html")
    for n in range(first, first + count):
        page.wait_for_timeout(1000 * chance.uniform(shortest, longest))  # how long a visitor reads: what is tested
        own = names[(n + 1) % 2]
        page.evaluate(f"clicked({n}); document.querySelector('#link').click()")
        page.wait_for_url(f"**/{own}")


CALL_AND_WAIT = "(number) => { clicked(number); return rudderanalytics.flush(); }"


def times(site: Site) -> Counter[str]:
    """How often each message arrived."""
    return Counter(message["messageId"] for message in site.messages())


def repeated(site: Site) -> int:
    """How many arrivals were not the first of their message, as it is at one moment."""
    return sum(count - 1 for count in times(site).values())


def clicked(site: Site) -> set[int]:
    return {message["properties"]["number"] for message in site.messages("track")}


def test_a_tracked_click_that_leaves_the_page_arrives_once(site: Site, page: Page, runtime: str) -> None:
    site.faults(status=200, delayMs=100, times=1_000_000)
    clicks(site, page, runtime, 12, 0.3, 0.9)
    site.wait(lambda _: clicked(site) == set(range(12)))
    assert repeated(site) == 0


def a_fifth_fails() -> Callable[[int], str]:
    """What becomes of attempts, a fifth of which meets a fault."""
    chance = random.Random(7)
    faults = ("500", "503", DROPPED, LOST_ANSWER)
    return lambda _: chance.choice(faults) if chance.random() < 0.2 else DELIVERED


def settled(site: Site, page: Page, count: int) -> None:
    """All clicks have arrived, and the last page, which stays, has nothing left to send."""
    site.wait(lambda _: clicked(site) >= set(range(count)), 120)
    page.wait_for_function("window.rudderanalytics?.stats?.().pending === 0")


def go_on(site: Site, page: Page, count: int) -> None:
    """The visitor stays, and calls until all clicks have arrived: the answers after it judge what is held apart."""
    page.wait_for_function("!!window.rudderanalytics?.flush")
    for number in range(1000, 1000 + 2 * ENOUGH):
        if clicked(site) >= set(range(count)):
            break
        page.evaluate(CALL_AND_WAIT, number)
    settled(site, page, count)


@pytest.mark.parametrize(
    ("runtime", "count", "shortest", "longest", "most"),
    [("micropython", 20, 0.2, 0.5, 14), ("pyodide", 5, 0.8, 1.4, 10)],
)
def test_amid_faults_each_repeat_is_excused(
    site: Site, page: Page, runtime: str, count: int, shortest: float, longest: float, most: int
) -> None:
    """At `most` so many that could have been avoided: of 40 messages a sixth is usual, and half is what it was once.

    Where no page of the few hears of a fault, each of their 10 may come again.
    """
    with way(site.url, a_fifth_fails()) as through:
        clicks(site, page, runtime, count, shortest, longest, **{"data-data-plane-url": through.url})
        go_on(site, page, count)
        assert any(attempt.fate != DELIVERED for attempt in through.attempts)
        assert unexcused(through.attempts) == {}
        assert avoidable(through.attempts) <= most


def test_where_a_fault_was_near_the_next_page_sends_the_click(site: Site, page: Page) -> None:
    site.faults(status=200, delayMs=100, times=1_000_000)
    clicks(site, page, "micropython", 0, 0, 0)
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.flush()")
    page.evaluate("(key) => localStorage.setItem(key, '0')", f"rudderanalytics.{site.write_key}.run")
    page.evaluate("clicked(0); document.querySelector('#link').click()")
    page.wait_for_url("**/even.html")
    settled(site, page, 1)
    assert repeated(site) == 0


def test_a_fault_has_those_near_it_sent_again_and_no_others(site: Site, page: Page) -> None:
    """Eight clicks that leave, many good answers, four clicks that leave, a fault."""
    fails = threading.Event()
    with way(site.url, lambda _: "500" if fails.is_set() else DELIVERED) as through:
        attributes = {"data-data-plane-url": through.url}
        clicks(site, page, "micropython", 8, 0.1, 0.3, **attributes)
        for n in range(ENOUGH + 5):
            page.evaluate(CALL_AND_WAIT, n + 100)
        page.wait_for_function("!Object.keys(localStorage).some((key) => key.endsWith('.held'))")
        settled_before = len(through.attempts)
        clicks(site, page, "micropython", 4, 0.1, 0.3, first=8, **attributes)
        page.evaluate(CALL_AND_WAIT, 200)
        fails.set()
        page.evaluate("clicked(201)")
        page.wait_for_function("rudderanalytics.stats().retried > 0")
        fails.clear()
        settled(site, page, 12)
        again = repeats(through.attempts)
        assert unexcused(through.attempts) == {}
        assert again and min(min(numbers) for numbers in again.values()) >= settled_before


TABS = """
<script>
window.rudderanalytics ||= [];
for (let n = 0; n < 5; n++) rudderanalytics.push(["track", "Opened", {tab: Number(location.hash.slice(1)), number: n}]);
</script>
"""


def test_twenty_tabs_at_once(site: Site, context: BrowserContext, runtime: str) -> None:
    """As a session is restored: nothing twice, one visitor, and what the tabs called that were closed at once."""
    address = site.write(TABS + site.tag(runtime))
    watcher = context.new_page()
    watcher.goto(site.write("", "watcher.html"))
    tabs = [context.new_page() for _ in range(20)]
    start = watcher.evaluate("Date.now() + 1000")
    for n, tab in enumerate(tabs):
        tab.evaluate(
            "([url, start]) => void setTimeout(() => (location = url), start - Date.now())", [f"{address}#{n}", start]
        )
    for n in (3, 9, 17):
        tabs[n].wait_for_function("!!window.rudderanalytics?.flush")
        tabs[n].close()
    messages = site.wait(lambda messages: len({message["messageId"] for message in messages}) == 100, 120)
    watcher.wait_for_function("!Object.keys(localStorage).some((key) => /\\.\\d{10}\\./.test(key))")
    assert repeated(site) == 0
    assert len({message["anonymousId"] for message in messages}) == 1
