"""Pages that the back/forward cache keeps: our tag never keeps one out, and a page that comes back takes up again."""

import json

import pytest
from browser.site_under_test import Site

from .engine import Tab
from .pages import flush, numbers, ready, track, visit, write

ALL_ON = json.dumps({"autoTrack": {"enabled": True, "pageViews": True, "errors": True}})
AWAY = "elsewhere.html"


def leave_and_come_back(site: Site, tab: Tab) -> bool:
    """Was the page restored as it was left?"""
    tab.run("() => { window.shown = null; onpageshow = ({ persisted }) => { window.shown = persisted; }; }")
    tab.open(write(site, "elsewhere", AWAY))
    tab.back()
    tab.wait("location.pathname.endsWith('page.html') && !!window.rudderanalytics?.flush")
    return tab.run("window.shown ?? null") is True


def once_each(site: Site, last: int) -> None:
    site.wait(lambda _: set(numbers(site)) == set(range(1, last + 1)))
    assert sorted(numbers(site)) == list(range(1, last + 1))


@pytest.mark.parametrize("options", ["{}", ALL_ON], ids=["usual", "all on"])
def test_restored_with_nothing_waiting(site: Site, tab: Tab, runtime: str, options: str) -> None:
    """Restored where all is delivered"""
    visit(site, tab, runtime, **{"data-options": options})
    track(tab, 1, 1)
    flush(tab)
    assert leave_and_come_back(site, tab)
    track(tab, 2, 2)
    assert flush(tab)["pending"] == 0


def test_restored_with_a_request_on_its_way(site: Site, tab: Tab, runtime: str) -> None:
    """Restored where an answer is waited for"""
    visit(site, tab, runtime)
    ready(tab)
    track(tab, 1, 1)
    flush(tab)
    site.faults(status=200, delayMs=1500, times=1)
    track(tab, 2, 2)
    assert leave_and_come_back(site, tab)
    track(tab, 3, 3)
    assert flush(tab)["pending"] == 0
    once_each(site, 3)


def test_restored_with_messages_that_wait(site: Site, tab: Tab, runtime: str) -> None:
    """Restored where the data plane is down, and what waited is delivered then"""
    visit(site, tab, runtime)
    ready(tab)
    site.faults(status=503, times=1_000)
    track(tab, 1, 5)
    tab.wait("rudderanalytics.stats().lastFailure")
    assert leave_and_come_back(site, tab)
    site.clear_faults()
    track(tab, 6, 6)
    once_each(site, 6)


def test_restored_again_and_again(site: Site, tab: Tab, runtime: str) -> None:
    """Restored five times in a row, each time with one call more"""
    visit(site, tab, runtime)
    track(tab, 1, 1)
    flush(tab)
    for n in range(2, 7):
        assert leave_and_come_back(site, tab)
        track(tab, n, n)
        flush(tab)
    once_each(site, 6)


def test_a_restored_page_is_a_view(site: Site, tab: Tab, runtime: str) -> None:
    """A page view of a restored page, and Page Unloaded of each time that it was left"""
    visit(site, tab, runtime, **{"data-options": ALL_ON})
    site.wait(lambda messages: len(messages) == 1)
    assert leave_and_come_back(site, tab)
    views = site.wait(lambda messages: len(messages) == 3)
    assert [view["properties"]["navigation_type"] for view in site.messages("page")] == [
        "navigate",
        "back_forward_cache",
    ]
    assert views[0]["properties"]["path"] == "/site/page.html"
    assert [message["event"] for message in site.messages("track")] == ["Page Unloaded"]
    flush(tab)
    assert len(site.messages()) == 3


def test_restored_with_what_was_called_in_the_last_moment(site: Site, tab: Tab, runtime: str) -> None:
    """Restored where something was called in `pagehide`, and the data plane is slow: it goes on, nothing twice"""
    own = "<script>addEventListener('pagehide', () => rudderanalytics.track('Own'));</script>"
    visit(site, tab, runtime, before=own, **{"data-options": ALL_ON})
    ready(tab)
    flush(tab)
    site.faults(status=200, delayMs=1500, times=1)
    track(tab, 1, 1)
    assert leave_and_come_back(site, tab)
    track(tab, 2, 2)
    # A request that is never answered is given up after 30 s.
    site.wait(lambda messages: sum(message.get("event") == "n" for message in messages) == 2, 15)
    assert flush(tab)["pending"] == 0
    track(tab, 3, 3)
    flush(tab)
    arrived = [message.get("event", message["type"]) for message in site.messages()]
    assert sorted(arrived) == ["Own", "Page Unloaded", "n", "n", "n", "page", "page"]
