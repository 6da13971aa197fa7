"""Who the visitor is, in real cookies: across calls, pages, tabs, and whatever the cookies hold."""

import base64
import json
from urllib.parse import quote

import pytest
from browser.site_under_test import Site, flush, stored_identity, until
from playwright.sync_api import BrowserContext, Page, Route


def test_traits_are_merged_and_kept_across_pages(site: Site, page: Page, runtime: str) -> None:
    site.open(page, runtime)
    page.evaluate(
        "rudderanalytics.identify('u1', {plan: 'free', address: {city: 'London', country: 'GB'}, tags: [1, 2]})"
    )
    flush(page)
    site.open(page, runtime)
    page.evaluate("rudderanalytics.identify('u1', {plan: 'pro', address: {city: 'Paris'}, tags: [3]})")
    page.evaluate("rudderanalytics.identify('u1')")
    page.evaluate("rudderanalytics.identify(null, {age: 36})")
    page.evaluate("rudderanalytics.identify({seen: true})")
    flush(page)
    merged = {"plan": "pro", "address": {"city": "Paris", "country": "GB"}, "tags": [3]}
    messages = site.messages()
    assert [message["userId"] for message in messages] == ["u1"] * 5
    assert messages[1]["context"]["traits"] == messages[2]["context"]["traits"] == merged
    assert messages[3]["context"]["traits"] == merged | {"age": 36}
    assert messages[4]["context"]["traits"] == merged | {"age": 36, "seen": True}
    assert len({message["anonymousId"] for message in messages}) == 1
    assert len({message["context"]["sessionId"] for message in messages}) == 1
    assert [message["context"].get("sessionStart") for message in messages] == [True, None, None, None, None]


def test_another_user_starts_afresh_with_the_same_anonymous_id(site: Site, page: Page, runtime: str) -> None:
    site.open(page, runtime)
    page.evaluate("rudderanalytics.identify('u1', {plan: 'free'}); rudderanalytics.identify('u2', {age: 1})")
    page.evaluate("rudderanalytics.reset(); rudderanalytics.track('anonymous'); rudderanalytics.reset(true)")
    page.evaluate("rudderanalytics.track('stranger')")
    flush(page)
    first, second, third, fourth = site.messages()
    assert second["context"]["traits"] == {"age": 1}
    assert first["anonymousId"] == second["anonymousId"] == third["anonymousId"] != fourth["anonymousId"]
    assert (third["userId"], third["context"]["traits"]) == ("", {})
    assert (
        first["context"]["sessionStart"]
        is second["context"]["sessionStart"]
        is fourth["context"]["sessionStart"]
        is True
    )


def test_tabs_agree(site: Site, context: BrowserContext, runtime: str) -> None:
    first, second = context.new_page(), context.new_page()
    site.open(first, runtime)
    site.open(second, runtime)
    first.evaluate("rudderanalytics.identify('u1', {plan: 'free'})")
    flush(first)
    second.evaluate("rudderanalytics.track('in the other tab')")
    flush(second)
    message = site.messages("track")[0]
    assert (message["userId"], message["context"]["traits"]) == ("u1", {"plan": "free"})
    assert second.evaluate("rudderanalytics.getUserId()") == "u1"
    assert len({message["anonymousId"] for message in site.messages()}) == 1


def test_an_older_identify_overrules_no_newer_one(site: Site, context: BrowserContext, runtime: str) -> None:
    """Of another tab, whose Python comes later, and of a page that was left before its Python came."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    slow, quick, left = context.new_page(), context.new_page(), context.new_page()
    left.route("**/rudderanalytics.mjs", lambda _: None)
    slow.route("**/rudderanalytics.mjs", hold)
    for page in (left, slow):
        site.open(page, runtime)
    left.evaluate("rudderanalytics.identify('left', {l: 1}); rudderanalytics.track('of left')")
    left.close()
    slow.evaluate("rudderanalytics.identify('slow', {s: 1}); rudderanalytics.track('of slow')")
    site.open(quick, runtime)
    quick.evaluate("rudderanalytics.identify('quick', {q: 1}); rudderanalytics.track('of quick')")
    flush(quick)
    until(slow, lambda: bool(held))
    slow.route("**/rudderanalytics.mjs", lambda route: route.continue_())  # Pyodide's worker loads it, too
    held.pop().continue_()
    flush(slow)
    state = "[rudderanalytics.getUserId(), rudderanalytics.getUserTraits()]"
    assert slow.evaluate(state) == quick.evaluate(state) == ["quick", {"q": 1}]
    assert stored_identity(context)["rl_user_id"] == "quick"
    slow.evaluate("rudderanalytics.track('of now')")
    flush(slow)
    messages = site.wait_for(7)
    named = {(message.get("event"), message["userId"], *message["context"]["traits"]) for message in messages}
    assert named == {
        *((None, user, user[0]) for user in ("left", "slow", "quick")),
        *((f"of {user}", user, user[0]) for user in ("left", "slow", "quick")),
        ("of now", "quick", "q"),
    }


def test_getters_answer_before_python_is_up(site: Site, page: Page, runtime: str) -> None:
    site.open(page, runtime)
    anonymous_id = page.evaluate("rudderanalytics.getAnonymousId()")
    assert page.evaluate("[rudderanalytics.getUserId(), rudderanalytics.getUserTraits()]") == ["", {}]
    page.evaluate("rudderanalytics.identify('u1', {plan: 'free'}); rudderanalytics.group('g1', {size: 3})")
    flush(page)
    assert {message["anonymousId"] for message in site.messages()} == {anonymous_id}
    site.open(page, runtime)
    assert page.evaluate("""[rudderanalytics.getUserId(), rudderanalytics.getUserTraits(), rudderanalytics.getGroupId(),
        rudderanalytics.getGroupTraits(), rudderanalytics.getAnonymousId(), rudderanalytics.getSessionId()]""") == [
        "u1",
        {"plan": "free"},
        "g1",
        {"size": 3},
        anonymous_id,
        site.messages()[0]["context"]["sessionId"],
    ]


@pytest.mark.parametrize(
    ("runtime", "key", "text"),
    [
        ("micropython", "rl_user_id", "RS_ENC_v3_!!!"),
        ("pyodide", "rl_user_id", "RS_ENC_v3_" + base64.b64encode(b'["u1"]').decode()),
        ("micropython", "rl_trait", "RS_ENC_v3_" + base64.b64encode(b'"text"').decode()),
        ("pyodide", "rl_anonymous_id", "\x00\x01" * 20),
        ("pyodide", "rl_trait", "junk" * 1000),
        ("micropython", "rl_session", "RS_ENC_v3_" + base64.b64encode(b"\xff\xfe").decode()),
    ],
)
def test_a_tampered_cookie_counts_as_absent(
    site: Site, page: Page, context: BrowserContext, console: list[str], runtime: str, key: str, text: str
) -> None:
    """How each is read is in the vectors, on every runtime."""
    context.add_cookies([{"name": key, "value": quote(text, safe=""), "url": site.url}])
    site.open(page, runtime)
    page.evaluate("rudderanalytics.track('still here'); rudderanalytics.track('again')")
    flush(page)
    assert [message["userId"] for message in site.messages()] == ["", ""]
    until(page, lambda: any(key in line for line in console))
    assert len([line for line in console if key in line]) == 1


def test_plain_json_cookies_are_read(site: Site, page: Page, context: BrowserContext, runtime: str) -> None:
    plain = {"rl_user_id": "u1", "rl_trait": {"plan": "✓"}, "rl_anonymous_id": "known"}
    for key, value in plain.items():
        context.add_cookies([{"name": key, "value": quote(json.dumps(value), safe=""), "url": site.url}])
    site.open(page, runtime)
    page.evaluate("rudderanalytics.track('seen')")
    flush(page)
    (message,) = site.messages()
    assert (message["userId"], message["anonymousId"]) == ("u1", "known")
    assert message["context"]["traits"] == {"plan": "✓"}
    assert stored_identity(context)["rl_trait"] == {"plan": "✓"}


def test_traits_too_large_for_a_cookie_move_to_local_storage(
    site: Site, page: Page, context: BrowserContext, console: list[str], runtime: str
) -> None:
    site.open(page, runtime)
    page.evaluate("rudderanalytics.identify('u1', {bio: 'x'.repeat(5000)})")
    page.evaluate("rudderanalytics.identify('u1', {more: 1})")
    flush(page)
    until(page, lambda: any("does not fit a cookie" in line for line in console))
    site.open(page, runtime)
    page.evaluate("rudderanalytics.track('next page')")
    flush(page)
    assert [len(message["context"]["traits"]["bio"]) for message in site.messages()] == [5000] * 3
    assert site.messages()[2]["context"]["traits"]["more"] == 1
    assert "rl_trait" not in stored_identity(context)
    assert stored_identity(context)["rl_user_id"] == "u1"
    assert len([line for line in console if "does not fit a cookie" in line]) == 1  # where it is put there

    page.evaluate("rudderanalytics.reset(); rudderanalytics.identify('u2', {bio: 'short'})")
    flush(page)
    assert stored_identity(context)["rl_trait"] == {"bio": "short"}
    assert page.evaluate("localStorage.getItem('rl_trait')") is None


def test_blocked_cookies(site: Site, page: Page, context: BrowserContext, console: list[str], runtime: str) -> None:
    """Then localStorage keeps the identity, as the JS SDK would (a JSON string around the encoded value)."""
    session = context.new_cdp_session(page)
    session.send("Emulation.setDocumentCookieDisabled", {"disabled": True})
    site.open(page, runtime)
    page.evaluate("rudderanalytics.identify('u1', {plan: 'free'})")
    flush(page)
    until(page, lambda: len([line for line in console if "cookies are blocked" in line]) == 1)
    site.open(page, runtime)
    page.evaluate("rudderanalytics.track('next page')")
    flush(page)
    assert [message["userId"] for message in site.messages()] == ["u1", "u1"]
    assert len({message["anonymousId"] for message in site.messages()}) == 1
    assert page.evaluate("JSON.parse(localStorage.getItem('rl_user_id'))").startswith("RS_ENC_v3_")
    assert page.evaluate("rudderanalytics.getUserId()") == "u1"
    until(page, lambda: len([line for line in console if "cookies are blocked" in line]) == 2)


def test_blocked_cookies_and_storage(site: Site, page: Page, context: BrowserContext, runtime: str) -> None:
    """Then memory does, for as long as the page lives; nothing is thrown at it."""
    session = context.new_cdp_session(page)
    session.send("Emulation.setDocumentCookieDisabled", {"disabled": True})
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    site.open(page, runtime)
    page.evaluate("rudderanalytics.identify('u1', {plan: 'free'}); rudderanalytics.track('next')")
    flush(page)
    assert [message["userId"] for message in site.messages()] == ["u1", "u1"]
    assert page.evaluate("rudderanalytics.getUserId()") == "u1"


@pytest.mark.parametrize("options", [{"setCookieDomain": ".example.com"}, {"sameSiteCookie": "None"}])
def test_cookies_that_the_browser_refuses(
    site: Site, page: Page, context: BrowserContext, runtime: str, options: dict
) -> None:
    """Options of another site, say: the visitor is known for as long as the page lives."""
    site.open(page, runtime, **{"data-options": json.dumps(options)})
    page.evaluate("rudderanalytics.identify('u1', {plan: 'free'}); rudderanalytics.track('next')")
    flush(page)
    page.evaluate("rudderanalytics.track('later')")
    flush(page)
    messages = site.messages()
    assert [(message["userId"], message["context"]["traits"]) for message in messages] == [("u1", {"plan": "free"})] * 3
    assert len({message["context"]["sessionId"] for message in messages}) == 1
    (anonymous_id,) = {message["anonymousId"] for message in messages}
    state = "[rudderanalytics.getUserId(), rudderanalytics.getAnonymousId()]"
    assert page.evaluate(state) == ["u1", anonymous_id]
    page.evaluate("rudderanalytics.reset()")
    flush(page)
    until(page, lambda: page.evaluate(state) == ["", anonymous_id])
    assert not [cookie for cookie in context.cookies() if cookie["name"].startswith("rl_")]


def test_local_storage_that_is_full(site: Site, page: Page, runtime: str) -> None:
    """What it does not take any more is known for as long as the page lives; the older value does not come back."""
    options = {"data-options": '{"storage": {"type": "localStorage"}}'}
    site.open(page, runtime, **options)
    page.evaluate("rudderanalytics.identify('u1', {plan: 'free'})")
    flush(page)
    page.evaluate("""() => {
        const put = Storage.prototype.setItem;
        Storage.prototype.setItem = function (key, text) {
            if (/^rl_/.test(key)) throw new DOMException("full", "QuotaExceededError");
            put.call(this, key, text);
        };
    }""")
    page.evaluate("rudderanalytics.identify('u2', {plan: 'pro'}); rudderanalytics.track('next')")
    flush(page)
    messages = site.messages()
    assert [message["userId"] for message in messages] == ["u1", "u2", "u2"]
    assert messages[2]["context"]["traits"] == {"plan": "pro"}
    assert page.evaluate("[rudderanalytics.getUserId(), rudderanalytics.getUserTraits()]") == ["u2", {"plan": "pro"}]


def test_traits_too_large_for_a_cookie_and_no_room_elsewhere(site: Site, page: Page, runtime: str) -> None:
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };")
    site.open(page, runtime)
    page.evaluate("rudderanalytics.identify('u1', {plan: 'free'})")
    flush(page)
    page.evaluate("rudderanalytics.identify('u1', {bio: 'x'.repeat(5000)}); rudderanalytics.track('next')")
    flush(page)
    page.evaluate("rudderanalytics.track('later')")
    flush(page)
    traits = [sorted(message["context"]["traits"]) for message in site.messages()]
    assert traits == [["plan"], ["bio", "plan"], ["bio", "plan"], ["bio", "plan"]]


def test_cookie_options(site: Site, page: Page, context: BrowserContext, runtime: str) -> None:
    options = {"data-options": '{"sameSiteCookie": "Strict", "secureCookie": true, "sameDomainCookiesOnly": true}'}
    site.open(page, runtime, **options)
    page.evaluate("rudderanalytics.identify('u1')")
    flush(page)
    cookies = [cookie for cookie in context.cookies() if cookie["name"].startswith("rl_")]
    assert {(cookie["sameSite"], cookie["secure"]) for cookie in cookies} == {("Strict", True)}
    assert len(cookies) == 4


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("shop.example.test", ".example.test"),
        ("a.shop.example.test", ".example.test"),
        ("www.example.co.uk", ".example.co.uk"),
        ("a.b.localhost", ".b.localhost"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_cookies_belong_to_the_top_domain(
    site: Site, page: Page, context: BrowserContext, host: str, domain: str
) -> None:
    """Found by trying, so that subdomains share the visitor; browsers refuse public suffixes such as co.uk."""
    tag = site.tag("micropython", **{"data-data-plane-url": f"http://{host}:{site.port}"})
    page.goto(site.write(tag).replace("127.0.0.1", host))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("rudderanalytics.identify('u1')")
    assert flush(page)["delivered"] == 1
    assert {cookie["domain"] for cookie in context.cookies() if cookie["name"].startswith("rl_")} == {domain}
    assert not [cookie for cookie in context.cookies() if not cookie["name"].startswith("rl_")]  # no probe is left
