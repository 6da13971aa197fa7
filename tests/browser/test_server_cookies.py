"""Cookies that a server sets, in a browser that keeps those of scripts for a moment only, as Safari does for 7 days."""

import json
from typing import Any

import pytest
from browser.capped_cookies import CAPPED
from browser.site_under_test import Site, flush, stored_identity, until
from playwright.sync_api import BrowserContext, Page

HOST = "shop.example.test"
OFFICIAL = """<script src="/official/index.js"></script><script>
const sdk = new rudderanalytics.RudderAnalytics();
sdk.load("%s", location.origin, {configUrl: location.origin, useServerSideCookies: %s});
</script>"""
VISITOR = "[sdk.getUserId(), sdk.getUserTraits(), sdk.getGroupId(), sdk.getAnonymousId()]"


def visit(site: Site, page: Page, sdk: str, *, is_on: bool, calls: str = "", host: str = HOST) -> list[Any]:
    """The visitor whom a page finds as it opens; it makes calls, and is left when what a script has set is gone."""
    origin = f"http://{host}:{site.port}"
    options = json.dumps({"useServerSideCookies": is_on})
    if sdk == "official":
        html = OFFICIAL % (site.write_key, json.dumps(is_on))
    else:
        html = site.tag(sdk, **{"data-data-plane-url": origin, "data-options": options})
    page.goto(site.write(html, f"{sdk}.html").replace("127.0.0.1", host))
    if sdk != "official":
        page.wait_for_function("window.rudderanalytics?.flush && (window.sdk = rudderanalytics)")
    page.evaluate("new Promise((settle) => sdk.ready(() => settle()))")
    found: list[Any] = page.evaluate(VISITOR)
    page.evaluate(f"{{ {calls}; sdk.track('x') }}")
    # The official SDK sends at the same time what was called in a row: any may come last.
    site.wait(lambda messages: any(message.get("event") == "x" for message in messages))
    if is_on:  # it was a server that set the last ones
        page.wait_for_function("!/rl_[a-z_]+=%52/.test(document.cookie)")
    page.evaluate("new Promise((settle) => setTimeout(settle, 2100))")  # what a script has set is gone now
    page.goto("about:blank")
    site.clear()
    return found


IDENTIFY = "sdk.identify('u1', {plan: 'pro'}); sdk.group('g1')"


@pytest.mark.parametrize("is_on", [True, False])
def test_the_visitor_is_the_same_after_what_scripts_set_is_gone(
    is_on: bool, site: Site, page: Page, console: list[str], runtime: str
) -> None:
    page.add_init_script(CAPPED)
    visit(site, page, runtime, is_on=is_on, calls=IDENTIFY)
    first = visit(site, page, runtime, is_on=is_on)
    second = visit(site, page, runtime, is_on=is_on)
    if is_on:
        assert first == second and first[:3] == ["u1", {"plan": "pro"}, "g1"]
    else:
        assert first[0] == "" and first[3] != second[3]  # without it, they are another one
    assert console == []


@pytest.mark.parametrize("pair", [("official", "micropython"), ("micropython", "official")])
@pytest.mark.parametrize("on", [(True, True), (True, False), (False, True)])
def test_the_official_sdk_and_ours_know_one_visitor(
    pair: tuple[str, str], on: tuple[bool, bool], site: Site, page: Page, console: list[str]
) -> None:
    """Where both have it on, in such a browser.

    The official one asks for Secure cookies where the service has another host than the page.
    """
    if all(on):
        page.add_init_script(CAPPED)
    for sdk, is_on, calls in ((pair[0], on[0], IDENTIFY), (pair[1], on[1], ""), (pair[0], on[0], "")):
        found = visit(site, page, sdk, is_on=is_on, calls=calls, host="example.test")
        if calls:
            first = found[3]
        else:
            assert found == ["u1", {"plan": "pro"}, "g1", first]
    assert console == []


def test_subdomains_share_what_the_service_sets(site: Site, page: Page, context: BrowserContext) -> None:
    page.add_init_script(CAPPED)
    visit(site, page, "micropython", is_on=True, calls=IDENTIFY)
    assert {cookie["domain"] for cookie in context.cookies()} == {".example.test"}
    assert visit(site, page, "micropython", is_on=True, host="www.example.test")[0] == "u1"


def test_a_service_that_fails_costs_nothing(
    site: Site, page: Page, context: BrowserContext, console: list[str]
) -> None:
    page.route("**/rsaRequest", lambda route: route.fulfill(status=500, body="<html>"))
    site.open(page, "micropython", **{"data-options": '{"useServerSideCookies": true}'})
    page.evaluate("rudderanalytics.identify('u1')")
    assert page.evaluate("rudderanalytics.getUserId()") == "u1"
    flush(page)
    until(page, lambda: len(console) == 1)
    assert "the cookie service answers 500: cookies are set by the script" in console[0]
    assert stored_identity(context)["rl_user_id"] == "u1"
