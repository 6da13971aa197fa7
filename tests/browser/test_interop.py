"""One visitor for the official SDK and ours: pages of both, in turns, on one host and on subdomains."""

import base64
import json
from typing import Any
from urllib.parse import unquote

import pytest
from browser.site_under_test import Site, flush
from playwright.sync_api import BrowserContext, Page

OURS = ("micropython", "pyodide")
OFFICIAL = """<script src="/official/index.js"></script><script>
const sdk = new rudderanalytics.RudderAnalytics();
sdk.load("%s", location.origin, {configUrl: location.origin});
</script>"""
STATE = """[sdk.getUserId(), sdk.getUserTraits(), sdk.getGroupId(), sdk.getGroupTraits(), sdk.getAnonymousId(),
    sdk.getSessionId()]"""
KEYS = ["rl_anonymous_id", "rl_auth_token", "rl_group_id", "rl_group_trait", "rl_page_init_referrer"]
KEYS += ["rl_page_init_referring_domain", "rl_session", "rl_trait", "rl_user_id"]
USER = ['Zoë ✓ 😀 ;=,"\\', {"plan": "pro", "clé ✓": {"rtl": "שלום", "cjk": "漢字"}, "list": [1, None, "é"], "n": 0.1}]
GROUP = ["Ünï 🚀", {"seats": 5, "name": "Ünï & Co <b>"}]


def visit(site: Site, page: Page, sdk: str, host: str, calls: str) -> tuple[list[Any], list[Any], list[dict[str, Any]]]:
    """What the getters say when a page has opened and when its calls are made, and the messages that arrived."""
    ours = sdk in OURS
    origin = f"http://{host}:{site.port}"
    tag = site.tag(sdk, **{"data-data-plane-url": origin}) + "<script>const sdk = 0</script>"
    html = tag.replace("const sdk = 0", "") if ours else OFFICIAL % site.write_key
    address = site.write(html, f"{sdk}.html").replace("127.0.0.1", host)
    page.goto(address, referer="http://search.example.com:8080/?q=x")
    if ours:
        page.wait_for_function("window.rudderanalytics?.flush && (window.sdk = rudderanalytics)")
    page.evaluate("new Promise((settle) => sdk.ready(() => settle()))")
    before = page.evaluate(STATE)
    page.evaluate(f"{{ {calls}; sdk.track('last', {{}}) }}")
    if ours:
        flush(page)
    messages = site.wait(lambda messages: bool(messages) and messages[-1].get("event") == "last")
    after = page.evaluate(STATE)
    page.goto("about:blank")
    site.clear()
    return before, after, messages


def texts(context: BrowserContext) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in context.cookies() if cookie["name"].startswith("rl_")}


def decoded(text: str) -> Any:
    assert unquote(text).startswith("RS_ENC_v3_")
    return json.loads(base64.b64decode(unquote(text).removeprefix("RS_ENC_v3_")))


@pytest.mark.parametrize(
    ("sdks", "hosts"),
    [
        (("official", "micropython", "official"), ("127.0.0.1",) * 3),
        (("official", "pyodide", "official"), ("shop.example.test", "www.example.test", "example.test")),
        (("micropython", "official", "pyodide"), ("a.shop.localhost", "b.shop.localhost", "a.shop.localhost")),
    ],
    ids=["same host", "subdomains", "subdomains, ours first"],
)
def test_both_sdks_know_one_visitor(
    site: Site, page: Page, context: BrowserContext, sdks: tuple[str, ...], hosts: tuple[str, ...]
) -> None:
    who = f"sdk.identify(...{json.dumps(USER)}); sdk.group(...{json.dumps(GROUP)}); sdk.setAuthToken('tökèn')"
    _, first, messages = visit(site, page, sdks[0], hosts[0], who)
    assert first[:4] == USER + GROUP
    assert first[5] == messages[0]["context"]["sessionId"]
    assert [message["context"].get("sessionStart") for message in messages] == [True, None, None]
    stored = texts(context)
    assert sorted(stored) == KEYS
    assert decoded(stored["rl_page_init_referring_domain"]) == "search.example.com:8080"

    known, second, messages = visit(site, page, sdks[1], hosts[1], "sdk.identify({age: 36}); sdk.group({seats: 6})")
    assert known == first
    assert {(message["userId"], message["anonymousId"]) for message in messages} == {(first[0], first[4])}
    assert {message["context"]["sessionId"] for message in messages} == {first[5]}
    assert not any("sessionStart" in message["context"] for message in messages)
    assert messages[-1]["context"]["traits"] == USER[1] | {"age": 36}
    assert second == [first[0], USER[1] | {"age": 36}, first[2], GROUP[1] | {"seats": 6}, *first[4:]]
    changed = {name for name, text in texts(context).items() if text != stored[name]}
    assert changed == {"rl_session", "rl_trait", "rl_group_trait"}

    known, _, messages = visit(site, page, sdks[2], hosts[2], "sdk.page('N')")
    assert known == second
    for message in messages:
        assert (message["userId"], message["anonymousId"]) == (first[0], first[4])
        assert message["context"]["traits"] == second[1]
        assert message["context"]["sessionId"] == first[5]
        assert message["context"]["page"]["initial_referring_domain"] == "search.example.com:8080"
    assert sorted(texts(context)) == KEYS

    known, after, messages = visit(site, page, sdks[1], hosts[1], "sdk.reset()")
    assert after[:5] == ["", {}, "", {}, first[4]]
    assert after[5] != first[5]
    assert messages[0]["userId"] == ""
    known, _, _ = visit(site, page, sdks[0], hosts[0], "")
    assert known == after


@pytest.mark.parametrize("wide_first", [True, False])
def test_of_two_cookies_of_one_name_both_sdks_take_the_same(
    site: Site, page: Page, context: BrowserContext, wide_first: bool
) -> None:
    """One for the whole domain and one for this host, where the options of pages differ: the latest is the visitor."""
    wide = f"domain=.example.test; path=/;rl_user_id={_text('wide')}"
    here = f"path=/;rl_user_id={_text('here')}"
    page.goto(site.write("").replace("127.0.0.1", "shop.example.test"))
    for attributes, text in [each.rsplit(";", 1) for each in ((wide, here) if wide_first else (here, wide))]:
        page.evaluate("text => { document.cookie = text; }", f"{text}; {attributes}")
    found = [visit(site, page, sdk, "shop.example.test", "")[0][0] for sdk in ("official", *OURS)]
    assert found == ["here" if wide_first else "wide"] * 3


def _text(value: str) -> str:
    return "RS_ENC_v3_" + base64.b64encode(json.dumps(value).encode()).decode().replace("=", "%3D")
