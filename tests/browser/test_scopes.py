"""Cookies of one name on several domains and paths: options that changed, pages on other paths, sibling subdomains."""

import json

import pytest
from browser.site_under_test import Site, flush
from playwright.sync_api import BrowserContext, Page

HOST = "shop.example.test"


def open_page(site: Site, page: Page, runtime: str, *, name: str = "page.html", **options: object) -> None:
    given = {"data-options": json.dumps(options), "data-data-plane-url": f"http://{HOST}:{site.port}"}
    page.goto(site.write(site.tag(runtime, **given), name).replace("127.0.0.1", HOST))
    page.wait_for_function("!!window.rudderanalytics?.flush")


def scopes(context: BrowserContext, name: str = "rl_user_id") -> list[tuple[str, str]]:
    """Domain and path of each cookie of this name."""
    found = [cookie for cookie in context.cookies() if cookie["name"] == name]
    return sorted((cookie["domain"], cookie["path"]) for cookie in found)


def known(page: Page) -> list[object]:
    return page.evaluate("[rudderanalytics.getUserId(), rudderanalytics.getUserTraits()]")  # type: ignore[no-any-return]


BEFORE = [{}, {"sameDomainCookiesOnly": True}, {"storage": {"cookie": {"path": "/site"}}}]
LATER = [*BEFORE, {"setCookieDomain": ".shop.example.test"}]


@pytest.mark.parametrize("before", BEFORE, ids=json.dumps)
@pytest.mark.parametrize("later", LATER, ids=json.dumps)
def test_nobody_comes_back_after_a_reset(
    site: Site, page: Page, context: BrowserContext, before: dict[str, object], later: dict[str, object]
) -> None:
    """Pages whose options are others wrote the visitor elsewhere: reset reaches them all, and no message has them."""
    open_page(site, page, "micropython", **before)
    page.evaluate("rudderanalytics.identify('former', {email: 'former@example.com'})")
    assert flush(page)["delivered"] == 1
    open_page(site, page, "micropython", **later)
    assert known(page) == ["former", {"email": "former@example.com"}]
    page.evaluate("rudderanalytics.reset(), rudderanalytics.track('after')")
    assert flush(page)["delivered"] == 1
    assert known(page) == ["", {}]
    assert scopes(context) == []
    after = site.messages()[-1]
    assert (after["userId"], after["context"]["traits"]) == ("", {})
    for options in (before, later):
        open_page(site, page, "micropython", **options)
        assert known(page) == ["", {}]


@pytest.mark.parametrize("later", LATER, ids=json.dumps)
def test_identify_clears_the_other_scopes(
    site: Site, page: Page, context: BrowserContext, console: list[str], runtime: str, later: dict[str, object]
) -> None:
    open_page(site, page, runtime)
    page.evaluate("rudderanalytics.identify('former', {plan: 'free'})")
    flush(page)
    open_page(site, page, runtime, **later)
    page.evaluate("rudderanalytics.identify('next', {plan: 'pro'})")
    flush(page)
    assert known(page) == ["next", {"plan": "pro"}]
    assert len(scopes(context)) == 1
    open_page(site, page, runtime)
    assert known(page) == ["next", {"plan": "pro"}]
    assert site.messages()[-1]["userId"] == "next"
    assert console == []


@pytest.mark.parametrize("cookie", ["domain=example.test; path=/", "path=/site", "path=/site/page.html", "path=/"])
def test_what_a_sibling_writes_after_identify_does_not_count(
    site: Site, page: Page, context: BrowserContext, cookie: str
) -> None:
    """A page of the same site writes a cookie of the name for the whole domain, or for a folder of this page."""
    open_page(site, page, "micropython", sameDomainCookiesOnly=True, storage={"cookie": {"path": "/"}})
    page.evaluate("document.cookie = `rl_user_id=${encodeURIComponent('\"theirs\"')}; " + cookie + "`")
    page.evaluate("rudderanalytics.identify('ours')")
    flush(page)
    assert known(page)[0] == "ours"
    assert scopes(context) == [(HOST, "/")]
    page.evaluate("rudderanalytics.track('n')")
    flush(page)
    assert site.messages()[-1]["userId"] == "ours"


@pytest.mark.parametrize("other", ["path=/", "path=/site; domain=example.test", "path=/; domain=shop.example.test"])
@pytest.mark.parametrize("ours_first", [True, False])
def test_of_two_as_a_page_opens_the_one_of_its_own_scope_counts(
    site: Site, page: Page, context: BrowserContext, runtime: str, other: str, ours_first: bool
) -> None:
    page.goto(site.write("").replace("127.0.0.1", HOST))
    cookies = [f"ours; domain={HOST.partition('.')[2]}; path=/", f"theirs; {other}"]
    for cookie in cookies if ours_first else cookies[::-1]:
        value, _, attributes = cookie.partition("; ")
        page.evaluate("text => { document.cookie = text; }", f"rl_user_id=%22{value}%22; {attributes}")
    open_page(site, page, runtime)
    page.evaluate("rudderanalytics.track('n')")
    flush(page)
    assert known(page)[0] == "ours"
    assert site.messages()[-1]["userId"] == "ours"
    assert scopes(context) == [(".example.test", "/")]
