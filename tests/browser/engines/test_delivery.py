"""Nothing lost: pages that leave, a data plane that fails or is gone, no network."""

from pathlib import Path

from browser.site_under_test import Site

from dataplane.background import serve
from dataplane.options import Options

from .engine import Profile, Tab, until
from .pages import accepted, flush, listen, numbers, ready, track, visit, wait_for_ids, write

STORED = "Object.keys(localStorage).some((key) => /[.](left|held|[0-9]{10}[.][0-9]+([.]call)?)$/.test(key))"
"""Is a message stored, or held apart, or a note of one?"""


def elsewhere(site: Site) -> str:
    """A page of another site, without us."""
    return write(site, "elsewhere", "elsewhere.html", host="localhost")


def leave(tab: Tab, address: str, before: str = "") -> None:
    """Go as a link does: the page has what is left of its own task, and its `pagehide`."""
    tab.run("([address, before]) => { (0, eval)(before); location.href = address; }", [address, before])
    tab.wait(f"location.href === '{address}' && document.readyState === 'complete'")


def test_leaving_at_once(site: Site, tab: Tab, runtime: str) -> None:
    """Pages that call and leave at once: everything arrives, if need be from a later page"""
    ids = []
    for n in range(5):
        visit(site, tab, runtime)
        ids += track(tab, n, n)
        tab.open(elsewhere(site))
    visit(site, tab, runtime)
    wait_for_ids(site, ids)
    assert sorted(numbers(site)) == list(range(5))


def test_what_waits_goes_out(site: Site, tab: Tab, runtime: str) -> None:
    """What waits goes out as a site's only tab leaves for another site, three times"""
    ids = []
    for n in range(3):
        visit(site, tab, runtime)
        ready(tab)
        listen(tab)
        site.faults(status=200, delayMs=1500, times=1)
        ids += track(tab, 15 * n, 15 * n + 14)
        accepted(tab, 15)
        leave(tab, elsewhere(site))
        # Before the next page of ours is there, which would send them.
        wait_for_ids(site, ids, seconds=20)


def test_what_waits_goes_out_of_a_closed_tab(site: Site, visitor: Profile, runtime: str) -> None:
    """What waits goes out as the tab is closed"""
    tab = visitor.tab()
    visit(site, tab, runtime)
    ready(tab)
    listen(tab)
    site.faults(status=200, delayMs=3000, times=1)
    ids = track(tab, 1, 15)
    accepted(tab, 15)
    tab.close()
    wait_for_ids(site, ids)


def test_what_went_out_of_a_closed_tab_is_not_sent_again(site: Site, visitor: Profile, runtime: str) -> None:
    """What went out as the tab was closed is not sent again by the next page"""
    tab = visitor.tab()
    visit(site, tab, runtime)
    ready(tab)
    listen(tab)
    site.faults(status=200, delayMs=1500, times=1)
    ids = track(tab, 1, 5)
    accepted(tab, 5)
    tab.close()
    wait_for_ids(site, ids)
    tab = visitor.tab()
    visit(site, tab, runtime)

    # What saw no answer is held apart, stored, until enough others are good (web/src/leaving.js).
    def all_settled() -> bool:
        track(tab, 6, 6)
        flush(tab)
        return not tab.run(STORED)

    until(all_settled, what="nothing is stored any more")
    arrived = [message["messageId"] for message in site.messages("track")]
    assert sorted(set(arrived)) == sorted(arrived)


def test_last_moment(site: Site, tab: Tab, runtime: str) -> None:
    """A call in the very last moment: with MicroPython it leaves with the page, with Pyodide from the next one"""
    visit(site, tab, runtime)
    ready(tab)
    leave(tab, elsewhere(site), before="rudderanalytics.track('n', {n: 1})")
    if runtime == "pyodide":
        visit(site, tab, runtime)
    site.wait(lambda messages: len(messages) >= 1)
    assert numbers(site) == [1]


def test_failures(site: Site, tab: Tab, runtime: str) -> None:
    """A data plane that answers 503: tried again, which the request says, in order"""
    visit(site, tab, runtime)
    ready(tab)
    site.faults(status=503, times=2)
    ids = track(tab, 1, 20)
    assert flush(tab) == {"delivered": 20, "dropped": 0, "pending": 0}
    assert [message["messageId"] for message in site.messages()] == ids
    assert site.events()[0]["headers"]["rsa-retry-attempt"] in ("1", "2")


def test_retry_after(site: Site, tab: Tab, runtime: str) -> None:
    """`Retry-After` is obeyed"""
    visit(site, tab, runtime)
    ready(tab)
    site.faults(status=429, times=1, retryAfter=2)
    tab.run("() => { window.start = performance.now(); rudderanalytics.track('n', {n: 1}); }")
    assert flush(tab)["delivered"] == 1
    assert tab.run("performance.now() - start") >= 2000


def test_one_bad_message(site: Site, tab: Tab, runtime: str) -> None:
    """A 400 costs the one bad message, and says so"""
    visit(site, tab, runtime)
    ready(tab)
    tab.run("() => { window.gone = []; rudderanalytics.on('dropped', (detail) => gone.push(detail)); }")
    site.faults(delayMs=300, status=200)
    track(tab, 1, 10)
    bad = tab.run("""rudderanalytics.track("n", {n: "bad"}, {anonymousId: "\\u200b"})""")
    track(tab, 11, 20)
    assert flush(tab) == {"delivered": 20, "dropped": 1, "pending": 0}
    assert numbers(site) == list(range(1, 21))
    assert tab.run("gone") == [{"messageId": bad, "reason": "rejected"}]


def test_server_gone(site: Site, tab: Tab, runtime: str, tmp_path: Path) -> None:
    """The data plane is gone for a while: calls wait, and arrive in order when it is back"""
    with serve(Options(port=0, db=tmp_path / "first.sqlite3")) as url:
        visit(site, tab, runtime, **{"data-data-plane-url": url})
        ready(tab)
    listen(tab)
    ids = track(tab, 1, 10)
    accepted(tab, 10)
    tab.wait("recorded.lines.some((line) => line.includes('[rudderanalytics]'))")  # it was tried, and said
    port = int(url.rsplit(":", 1)[1])
    with serve(Options(port=port, db=tmp_path / "second.sqlite3")) as again:
        back = Site(again, tmp_path)
        assert flush(tab) == {"delivered": 10, "dropped": 0, "pending": 0}
        assert [message["messageId"] for message in back.messages()] == ids
        back.close()


def test_offline(site: Site, visitor: Profile, runtime: str) -> None:
    """Offline nothing is tried; back online it is sent at once, in order"""
    tab = visitor.tab()
    visit(site, tab, runtime)
    ready(tab)
    visitor.offline(True)
    tab.wait("!navigator.onLine")
    ids = track(tab, 1, 20)
    assert site.messages() == []
    visitor.offline(False)
    assert flush(tab)["delivered"] == 20
    events = site.events()
    assert [event["message"]["messageId"] for event in events] == ids
    assert not any("rsa-retry-attempt" in event["headers"] for event in events)
