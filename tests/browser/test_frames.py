"""Frames and windows: what is promised of a page that is inside another one, or was opened by one (docs/frames.md)."""

import html
import json

import pytest
from browser.site_under_test import Site, until
from playwright.sync_api import BrowserContext, Frame, Page

VISITOR = "[rudderanalytics.getUserId(), rudderanalytics.getAnonymousId()]"


def inside(page: Page) -> Frame:
    """The client of the page's frame is there."""
    until(page, lambda: len(page.frames) > 1)
    frame = page.frames[1]
    frame.wait_for_function("!!window.rudderanalytics?.flush")
    return frame


def track(frame: Frame | Page, name: str) -> None:
    frame.evaluate("(name) => { rudderanalytics.track(name); return rudderanalytics.flush(); }", name)


def framed(site: Site, page: Page, host: str, **attributes: str) -> Frame:
    """A page of a host with a frame of 127.0.0.1, which is another site, and counts as secure."""
    address = site.write(site.tag("micropython", **attributes), "inside.html")
    page.goto(site.write(f"<iframe src='{address}'></iframe>", "outside.html").replace("127.0.0.1", host, 1))
    return inside(page)


PARTITIONED = {"data-options": json.dumps({"storage": {"cookie": {"partitioned": True}}})}


def test_partitioned_cookies_are_of_one_top_page(
    site: Site, page: Page, context: BrowserContext, console: list[str]
) -> None:
    frame = framed(site, page, "shop.example.test", **PARTITIONED)
    frame.evaluate("rudderanalytics.identify('u1')")
    track(frame, "a")
    first = frame.evaluate(VISITOR)
    assert first[0] == "u1"
    cookies = [cookie for cookie in context.cookies() if cookie["name"].startswith("rl_")]
    assert {(cookie["sameSite"], cookie["secure"]) for cookie in cookies} == {("None", True)}
    assert framed(site, page, "shop.example.test", **PARTITIONED).evaluate(VISITOR) == first
    other = framed(site, page, "shop.other.test", **PARTITIONED).evaluate(VISITOR)
    assert other[0] == "" and other[1] != first[1]
    assert framed(site, page, "shop.example.test", **PARTITIONED).evaluate(VISITOR) == first
    assert [line for line in console if "localStorage is blocked" not in line] == []  # for undelivered messages


def test_revoke_removes_partitioned_cookies(site: Site, page: Page, context: BrowserContext) -> None:
    frame = framed(site, page, "shop.example.test", **PARTITIONED)
    track(frame, "a")
    assert context.cookies()
    frame.evaluate("rudderanalytics.revoke()")
    until(page, lambda: context.cookies() == [])


def test_a_frame_of_another_site_without_them_keeps_what_it_may(site: Site, page: Page, console: list[str]) -> None:
    """Cookies that are `Lax` are none there: the visitor is kept elsewhere, in memory at worst, and lines say so."""
    frame = framed(site, page, "shop.example.test")
    frame.evaluate("rudderanalytics.identify('u1')")
    track(frame, "a")
    assert frame.evaluate(VISITOR)[0] == "u1"
    identify, message = site.messages()
    assert (message["userId"], message["anonymousId"]) == ("u1", identify["anonymousId"])
    until(page, lambda: any("cookies are blocked; the visitor's identity is kept in" in line for line in console))
    assert len(console) == len(set(console)) and all("blocked" in line for line in console)


def test_a_frame_with_srcdoc_is_of_the_page(site: Site, page: Page, console: list[str], runtime: str) -> None:
    tag = site.tag(runtime)
    page.goto(site.write(f'{tag}<iframe srcdoc="{html.escape(tag)}"></iframe>'))
    frame = inside(page)
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.identify('u1')")
    track(page, "outside")
    assert frame.evaluate(VISITOR) == page.evaluate(VISITOR)
    track(frame, "inside")
    found = {message["event"]: message for message in site.messages("track")}
    assert found["inside"]["anonymousId"] == found["outside"]["anonymousId"]
    assert found["inside"]["userId"] == "u1"
    assert console == []


@pytest.mark.parametrize("sandbox", ["allow-scripts", "allow-scripts allow-forms"])
def test_a_sandboxed_frame_sends_and_keeps_nothing(
    site: Site, page: Page, context: BrowserContext, console: list[str], sandbox: str, runtime: str
) -> None:
    """Without `allow-same-origin` it has an origin that nobody has, and no storage."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    site.write(site.tag(runtime), "inside.html")
    page.goto(site.write(f"<iframe sandbox='{sandbox}' src='inside.html'></iframe>", "outside.html"))
    frame = inside(page)
    frame.evaluate("rudderanalytics.identify('u1', {a: 1})")
    assert frame.evaluate("[rudderanalytics.getUserId(), rudderanalytics.getUserTraits()]") == ["u1", {"a": 1}]
    track(frame, "a")
    identify, a = site.messages()
    assert (a["userId"], a["anonymousId"]) == ("u1", identify["anonymousId"])
    assert (context.cookies(), errors) == ([], [])
    assert len(console) == len(set(console))


def test_windows_that_a_page_opens_are_of_its_visitor(site: Site, page: Page, console: list[str]) -> None:
    """By an address, and an empty one that the page writes."""
    site.open(page, "micropython")
    page.evaluate("rudderanalytics.identify('u1')")
    track(page, "opener")
    visitor = page.evaluate(VISITOR)
    site.write(site.tag("micropython"), "second.html")
    with page.expect_popup() as opened:
        page.evaluate("window.open('second.html')")
    with page.expect_popup() as written:
        page.evaluate(
            "(tag) => { const other = window.open(''); other.document.write(tag); other.document.close(); }",
            site.tag("micropython"),
        )
    for each in (opened.value, written.value):
        each.wait_for_function("!!window.rudderanalytics?.flush")
        assert each.evaluate(VISITOR) == visitor
        track(each, "popup")
    messages = site.messages("track")
    assert {(message["userId"], message["anonymousId"]) for message in messages} == {tuple(visitor)}
    assert len(messages) == 3
    assert console == []
