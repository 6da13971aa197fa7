"""Pages that are left: what was on its way arrives, and arrives once."""

import random
from collections import Counter

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
    site: Site, page: Page, runtime: str, count: int, shortest: float, longest: float, **attributes: str
) -> None:
    """Read each page for a moment, then click a tracked link that leaves it."""
    chance = random.Random(7)
    names = ["odd.html", "even.html"]
    for own, other in (names, names[::-1]):
        site.write(PAGE.replace("NEXT", other) + site.tag(runtime, **attributes), own)
    page.goto(f"{site.url}/site/odd.html")
    for n in range(count):
        page.wait_for_timeout(1000 * chance.uniform(shortest, longest))  # how long a visitor reads: what is tested
        own = names[(n + 1) % 2]
        page.evaluate(f"clicked({n}); document.querySelector('#link').click()")
        page.wait_for_url(f"**/{own}")


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
