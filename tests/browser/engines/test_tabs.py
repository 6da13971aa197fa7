"""Several tabs, tabs that end, and pages that come back."""

from pathlib import Path
from typing import Any

from browser.site_under_test import Site

from .engine import Engine, Profile, Tab
from .gate import gate
from .pages import accepted, flush, listen, numbers, ready, track, visit, wait_for_ids, write


def test_two_tabs(site: Site, visitor: Profile, runtime: str) -> None:
    """Two tabs agree on the user, and each message arrives once"""
    first, second = visitor.tab(), visitor.tab()
    visit(site, first, runtime)
    ready(first)
    visit(site, second, runtime)
    first.run("rudderanalytics.identify('u1', {plan: 'free'})")
    flush(first)
    second.wait("rudderanalytics.getUserId() === 'u1'")
    second.run("rudderanalytics.track('in the other tab')")
    flush(second)
    identify, track = site.messages()
    assert (track["userId"], track["context"]["traits"]) == ("u1", {"plan": "free"})
    assert identify["anonymousId"] == track["anonymousId"]
    assert identify["context"]["sessionId"] == track["context"]["sessionId"]


def test_two_tabs_before_python(site: Site, visitor: Profile, runtime: str, dist: Path) -> None:
    """Two tabs opened one after the other on a first visit, the first one's Python later: one visitor, one session"""
    with gate(dist) as early, gate(dist) as late:
        for n, assets in enumerate((late, early)):
            tab = visitor.tab()
            visit(site, tab, runtime, loaded=False, **assets.attributes)
            track(tab, n, n)
        early.open()
        site.wait_for(1)
        late.open()
        messages = sorted(site.wait_for(2), key=lambda message: message["properties"]["n"])
    one_session(messages)


def test_late_python(site: Site, visitor: Profile, runtime: str, dist: Path) -> None:
    """A tab whose Python comes late does not undo what another tab did meanwhile"""
    first, second = visitor.tab(), visitor.tab()
    visit(site, first, runtime)
    ready(first)
    with gate(dist) as late:
        visit(site, second, runtime, loaded=False, **late.attributes)
        first.run("rudderanalytics.identify('u1', {plan: 'free'})")
        flush(first)
        late.open()
        ready(second)
        track(second, 1, 1)
        flush(second)
    messages = site.messages()
    one_session(messages)
    assert (messages[1]["userId"], messages[1]["context"]["traits"]) == ("u1", {"plan": "free"})


def test_page_and_frame(site: Site, tab: Tab, runtime: str) -> None:
    """A page and its frame that call one right after the other begin one session"""
    write(site, site.tag(runtime), "inside.html")
    visit(site, tab, runtime, before="<iframe src='inside.html'></iframe>", name="outside.html")
    tab.wait("!!frames[0].rudderanalytics?.flush")
    for client in ("rudderanalytics", "frames[0].rudderanalytics"):
        tab.run(f"new Promise((settle) => {client}.ready(() => settle(true)))")
    tab.run("""async () => {
        rudderanalytics.track("n", {n: 1});
        await new Promise((settle) => setTimeout(settle, 0));  // cookies are written when the code that called is done
        frames[0].rudderanalytics.track("n", {n: 2});
    }""")
    one_session(sorted(site.wait_for(2), key=lambda message: message["properties"]["n"]))


def one_session(messages: list[dict[str, Any]]) -> None:
    """The first message starts it, all have it, and all are of one visitor."""
    assert len({message["anonymousId"] for message in messages}) == 1
    assert len({message["context"]["sessionId"] for message in messages}) == 1
    assert [message["context"].get("sessionStart") for message in messages] == [True] + [None] * (len(messages) - 1)


def heard_of_fault(tab: Tab) -> None:
    """One that is closed before takes the data plane for well, and what is on its way for arrived."""
    tab.wait("rudderanalytics.stats().retried > 0")


def test_closed_tab(site: Site, visitor: Profile, runtime: str) -> None:
    """What a closed tab could not deliver, the next one does"""
    tab = visitor.tab()
    visit(site, tab, runtime)
    ready(tab)
    listen(tab)
    site.faults(status=503, times=1000)
    ids = track(tab, 1, 20)
    accepted(tab, 20)
    heard_of_fault(tab)
    tab.close()
    site.clear_faults()
    again = visitor.tab()
    visit(site, again, runtime)
    wait_for_ids(site, ids)
    assert numbers(site) == list(range(1, 21))


def test_open_tab_delivers(site: Site, visitor: Profile, runtime: str) -> None:
    """What a closed tab could not deliver, one that is open already does"""
    stays, goes = visitor.tab(), visitor.tab()
    for tab in (stays, goes):
        visit(site, tab, runtime)
        ready(tab)
    listen(goes)
    site.faults(status=503, times=1000)
    ids = track(goes, 1, 5)
    accepted(goes, 5)
    heard_of_fault(goes)
    goes.close()
    site.clear_faults()
    wait_for_ids(site, ids)


def test_living_tab(site: Site, visitor: Profile, runtime: str) -> None:
    """Another tab does not take what a living one still tries: nothing arrives twice"""
    first, second = visitor.tab(), visitor.tab()
    visit(site, first, runtime)
    ready(first)
    site.faults(status=503, times=1, retryAfter=3)
    track(first, 1, 5)
    visit(site, second, runtime)
    ready(second)
    assert flush(first)["delivered"] == 5
    assert flush(second)["delivered"] == 0
    assert len(site.messages()) == 5


def test_crash(site: Site, visitor: Profile, runtime: str) -> None:
    """A tab whose process is killed: the next one delivers what it had called"""
    tab = visitor.tab()
    visit(site, tab, runtime)
    ready(tab)
    listen(tab)
    site.faults(status=503, times=1000)
    ids = track(tab, 1, 20)
    accepted(tab, 20)
    tab.crash()
    site.clear_faults()
    again = visitor.tab()
    visit(site, again, runtime)
    wait_for_ids(site, ids)
    assert numbers(site) == list(range(1, 21))


def go_and_come_back(site: Site, tab: Tab, runtime: str) -> bool:
    """Was the page restored as it was left?"""
    visit(site, tab, runtime)
    tab.run("() => { window.shown = []; addEventListener('pageshow', (event) => shown.push(event.persisted)); }")
    track(tab, 1, 1)
    flush(tab)
    tab.open(write(site, "elsewhere", "elsewhere.html"))
    tab.back()
    tab.wait("location.pathname.endsWith('page.html') && !!window.rudderanalytics?.flush")
    return bool(tab.run("!!window.shown"))


def test_back(site: Site, tab: Tab, runtime: str) -> None:
    """Back on a page that was left, calls go on"""
    go_and_come_back(site, tab, runtime)
    track(tab, 2, 2)
    assert flush(tab)["pending"] == 0
    assert numbers(site) == [1, 2]


def test_restored(site: Site, tab: Tab, runtime: str) -> None:
    """A page that was left is restored from the back/forward cache"""
    assert go_and_come_back(site, tab, runtime)
    assert tab.run("shown") == [True]


def test_a_plain_page_is_restored(site: Site, tab: Tab, engine: Engine) -> None:
    """(The same page without us is restored)"""
    tab.open(write(site, "a page", "page.html"))
    tab.run("() => { window.shown = true; }")
    tab.open(write(site, "elsewhere", "elsewhere.html"))
    tab.back()
    tab.wait("location.pathname.endsWith('page.html')")
    assert tab.run("window.shown === true")
