"""Page views of an app within one page, and errors as messages."""

import json

from browser.site_under_test import Site

from .engine import Tab
from .pages import flush, visit

OPTIONS = json.dumps({"autoTrack": {"pageViews": True, "errors": True}})
# Each as its title follows it, and as the next address follows that.
STEPS = """async () => {
    const pause = () => new Promise((settle) => setTimeout(settle, 400));
    const go = async (step) => (step(), await pause());
    await go(() => { history.pushState({}, "", "one"); document.title = "One"; });
    await go(() => history.pushState({}, "", "one"));
    await go(() => history.replaceState({}, "", "one?a=1"));
    await go(() => { history.replaceState({}, "", "two"); setTimeout(() => { document.title = "Two"; }, 100); });
    await go(() => { location.hash = "part"; });
    await go(() => history.go(-3));
    return "navigation" in window;
}"""


def test_views(site: Site, tab: Tab, runtime: str) -> None:
    """Page views of an app: one for each new address, with its title and the address before"""
    visit(site, tab, runtime, **{"data-options": OPTIONS})
    site.wait_for(1)
    tab.run(STEPS)
    flush(tab)
    said = [message["properties"] for message in site.messages("page")]
    assert [(each["path"].removeprefix("/site/"), each["navigation_type"], each["title"]) for each in said] == [
        ("page.html", "navigate", "A page"),
        ("one", "push", "One"),
        ("two", "replace", "Two"),
        ("page.html", "traverse", "Two"),
    ]
    referrers = [each["referrer"].removeprefix(f"{site.url}/site/") for each in said]
    assert referrers == ["$direct", "page.html", "one?a=1", "two"]


def test_errors(site: Site, tab: Tab, runtime: str) -> None:
    """What nobody caught becomes a message, equal ones counted"""
    visit(site, tab, runtime, **{"data-options": OPTIONS})
    site.wait_for(1)
    tab.run("""() => {
        for (let n = 0; n < 3; n++) setTimeout(() => { throw new RangeError("for me@example.com"); });
    }""")
    site.wait_for(2)
    (error,) = [message["properties"] for message in site.messages("track")]
    assert (error["name"], error["message"], error["count"]) == ("RangeError", "for redacted", 3)
    tab.run("() => { recorded.uncaught.length = 0; }")  # it is what this is about
