"""A visitor comes, is known, comes back: the script tag, by what arrived and what the browser keeps."""

import base64
import json
import re
import time

from browser.site_under_test import SEED, Site, basic, stored_identity

from .engine import Profile, Tab
from .pages import accepted, flush, listen, ready, track, visit, write

UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
NINE = {
    "rl_anonymous_id",
    "rl_auth_token",
    "rl_group_id",
    "rl_group_trait",
    "rl_page_init_referrer",
    "rl_page_init_referring_domain",
    "rl_session",
    "rl_trait",
    "rl_user_id",
}


def test_first_visit(site: Site, tab: Tab, runtime: str) -> None:
    """A first visit: one identify, as the gateway wants it, and the visitor in cookies"""
    visit(site, tab, runtime)
    message_id = tab.run("(seed) => rudderanalytics.identify(...seed)", SEED)
    assert flush(tab) == {"delivered": 1, "dropped": 0, "pending": 0}
    (event,) = site.events()
    message, headers = event["message"], event["headers"]
    assert event["path"] == "/v1/identify"
    assert (message["messageId"], message["userId"], message["context"]["traits"]) == (message_id, *SEED)
    assert UUID.match(message_id) and UUID.match(message["anonymousId"])
    assert headers["authorization"] == basic(site.write_key)
    assert headers["anonymousid"] == base64.b64encode(message["anonymousId"].encode()).decode()
    assert headers["content-type"] == "application/json;charset=UTF-8"
    assert runtime in message["context"]["library"]["runtime"]
    assert message["context"]["userAgent"] == tab.run("navigator.userAgent")
    assert message["context"]["locale"] == tab.run("navigator.language")
    assert message["context"]["screen"]["width"] == tab.run("screen.width")
    identity = stored_identity(tab)
    assert (identity["rl_user_id"], identity["rl_trait"]) == tuple(SEED)
    assert identity["rl_anonymous_id"] == message["anonymousId"]
    assert identity["rl_session"]["id"] == message["context"]["sessionId"]
    assert tab.lines() == []


def test_asked_for_ahead(site: Site, tab: Tab) -> None:
    """What a page's head asks for ahead (docs/script-tag.md) is fetched once"""
    in_head = """<link rel="modulepreload" href="/dist/micropython/rudderanalytics.mjs">
        <script>window.rudderanalyticsWasm = fetch("/dist/micropython/rudderanalytics.wasm");</script>"""
    visit(site, tab, "micropython", head=in_head)
    ready(tab)
    fetched = tab.run("performance.getEntriesByType('resource').map(({name}) => name.split('/').pop())")
    ours = sorted(name for name in fetched if name.startswith("rudderanalytics."))
    assert ours == ["rudderanalytics.js", "rudderanalytics.mjs", "rudderanalytics.wasm"]


def test_nine_cookies(site: Site, tab: Tab, runtime: str) -> None:
    """The nine cookies: path, SameSite, domain, a year"""
    tab.open(write(site, "elsewhere", "elsewhere.html", host="localhost"))
    target = write(site, site.tag(runtime))
    tab.run("(target) => { location.href = target; }", target)
    tab.wait("!!window.rudderanalytics?.flush")
    tab.run("""() => {
        rudderanalytics.setAuthToken("token");
        rudderanalytics.identify("u1", {plan: "free"});
        rudderanalytics.group("g1", {size: 3});
    }""")
    flush(tab)
    cookies = {cookie["name"]: cookie for cookie in tab.cookies() if cookie["name"].startswith("rl_")}
    assert cookies.keys() == NINE
    assert {(cookie["path"], cookie["sameSite"], cookie["secure"]) for cookie in cookies.values()} == {
        ("/", "Lax", False)
    }
    assert {cookie["domain"] for cookie in cookies.values()} == {"127.0.0.1"}
    year = time.time() + 31_536_000
    assert all(abs(cookie["expires"] - year) < 600 for cookie in cookies.values())
    identity = stored_identity(tab)
    assert identity["rl_page_init_referrer"] == f"http://localhost:{site.port}/"
    assert identity["rl_page_init_referring_domain"] == f"localhost:{site.port}"
    assert (identity["rl_auth_token"], identity["rl_group_id"]) == ("token", "g1")


def test_merge(site: Site, tab: Tab, runtime: str) -> None:
    """Traits are merged on the second page, for the same visitor in the same session"""
    visit(site, tab, runtime)
    tab.run("rudderanalytics.identify('u1', {plan: 'free', address: {city: 'London', country: 'GB'}, tags: [1, 2]})")
    flush(tab)
    visit(site, tab, runtime, name="second.html")
    tab.run("rudderanalytics.identify('u1', {plan: 'pro', address: {city: 'Paris'}, tags: [3]})")
    tab.run("rudderanalytics.identify(null, {age: 36})")
    flush(tab)
    merged = {"plan": "pro", "address": {"city": "Paris", "country": "GB"}, "tags": [3]}
    first, second, third = site.messages()
    assert second["context"]["traits"] == merged
    assert third["context"]["traits"] == merged | {"age": 36}
    assert first["anonymousId"] == second["anonymousId"] == third["anonymousId"]
    assert {first["context"]["sessionId"]} == {second["context"]["sessionId"], third["context"]["sessionId"]}


def test_early_calls(site: Site, tab: Tab, runtime: str) -> None:
    """Calls before the script, and before Python, are sent once, in order, with their own time"""
    buffer = """<script>window.rudderanalytics = [];
        for (const n of [1, 2, 3]) rudderanalytics.push(["track", "event " + n, {n}]);
        rudderanalytics.push(["identify", "u1", {plan: "free"}]);
    </script>"""
    visit(site, tab, runtime, before=buffer)
    before = tab.run("[rudderanalytics.track('early'), Date.now()]")
    ready(tab)
    tab.run("rudderanalytics.push(['track', 'after'])")
    flush(tab)
    messages = site.messages()
    names = [message.get("event", message["type"]) for message in messages]
    assert names == ["event 1", "event 2", "event 3", "identify", "early", "after"]
    assert messages[4]["messageId"] == before[0]
    assert messages[4]["originalTimestamp"] <= time.strftime("%Y-%m-%dT%H:%M:%S.999Z", time.gmtime(before[1] / 1000))


def test_getters(site: Site, tab: Tab, runtime: str) -> None:
    """Getters answer before Python is up, and on the next page"""
    visit(site, tab, runtime)
    early = tab.run("[rudderanalytics.getUserId(), rudderanalytics.getUserTraits(), rudderanalytics.getAnonymousId()]")
    assert early[:2] == ["", {}]
    tab.run("rudderanalytics.identify('u1', {plan: 'free'}), rudderanalytics.group('g1', {size: 3})")
    flush(tab)
    assert {message["anonymousId"] for message in site.messages()} == {early[2]}
    visit(site, tab, runtime, name="second.html")
    assert tab.run("""[rudderanalytics.getUserId(), rudderanalytics.getUserTraits(), rudderanalytics.getGroupId(),
        rudderanalytics.getGroupTraits(), rudderanalytics.getAnonymousId(), rudderanalytics.getSessionId()]""") == [
        *["u1", {"plan": "free"}, "g1", {"size": 3}, early[2]],
        site.messages()[0]["context"]["sessionId"],
    ]


def test_values(site: Site, tab: Tab, runtime: str) -> None:
    """Values that JSON has not: dates, BigInt, cycles, halves of characters"""
    visit(site, tab, runtime)
    tab.run("""() => {
        const cycle = {name: "c"}; cycle.self = cycle;
        rudderanalytics.identify("u1", {
            createdAt: new Date(Date.UTC(2024, 1, 29, 10, 11, 12, 345)), cycle,
            map: new Map([[1, 2]]), nothing: undefined, gone: null, fun() {},
            list: [1, undefined, () => 1, null], not: NaN, get broken() { throw new Error("no"); },
            unicode: "✓ 😀", half: "\\ud800",
        });
    }""")
    assert flush(tab)["delivered"] == 1
    assert site.messages()[0]["context"]["traits"] == {
        "createdAt": "2024-02-29T10:11:12.345Z",
        "cycle": {"name": "c", "self": "[Circular Reference]"},
        "map": {},
        "list": [1, None, None, None],
        "unicode": "✓ 😀",
        "half": "�",
    }


def test_large_traits(site: Site, tab: Tab, runtime: str) -> None:
    """Traits too large for a cookie are kept in localStorage, ids in cookies"""
    visit(site, tab, runtime)
    tab.run("rudderanalytics.identify('u1', {bio: '✓'.repeat(5000)})")
    flush(tab)
    visit(site, tab, runtime, name="second.html")
    tab.run("rudderanalytics.track('next page')")
    flush(tab)
    assert [message["context"]["traits"]["bio"] for message in site.messages()] == ["✓" * 5000] * 2
    identity = stored_identity(tab)
    assert identity["rl_user_id"] == "u1" and "rl_trait" not in identity


def test_listeners(site: Site, tab: Tab, runtime: str) -> None:
    """Callbacks and listeners hear of a message, in order"""
    visit(site, tab, runtime)
    tab.run("""() => {
        window.seen = [];
        rudderanalytics.ready(() => seen.push("ready"));
        rudderanalytics.on("message", (message) => seen.push("message " + message.event));
        rudderanalytics.on("delivered", ({messageId}) => seen.push(["delivered", messageId === window.id]));
        window.id = rudderanalytics.track("clicked", {n: 1}, {}, (message) => seen.push("callback " + message.event));
    }""")
    flush(tab)
    assert tab.run("seen") == ["ready", "callback clicked", "message clicked", ["delivered", True]]


def test_before_send(site: Site, tab: Tab, runtime: str) -> None:
    """`beforeSend` changes a message, and drops another"""
    visit(site, tab, runtime, **{"data-write-key": "", "data-data-plane-url": ""})
    tab.run(
        """([key, url]) => {
            const seen = {properties: {seen: true}};
            const beforeSend = (message) => (message.event === "unwanted" ? null : {...message, ...seen});
            window.dropped = [];
            rudderanalytics.on("dropped", ({reason}) => dropped.push(reason));
            rudderanalytics.load(key, url, {beforeSend});
            rudderanalytics.track("wanted");
            rudderanalytics.track("unwanted");
        }""",
        [site.write_key, site.url],
    )
    assert flush(tab) == {"delivered": 1, "dropped": 1, "pending": 0}
    assert [(message["event"], message["properties"]) for message in site.messages()] == [("wanted", {"seen": True})]
    assert tab.run("dropped") == ["before_send"]


def test_consent(site: Site, visitor: Profile, runtime: str) -> None:
    """Before consent nothing is stored or sent; after it all of it is, in order"""
    options = {
        "preConsent": {"enabled": True, "events": {"delivery": "buffer"}},
        "consentManagement": {"enabled": True, "provider": "custom"},
    }
    tab = visitor.tab()
    visit(site, tab, runtime, **{"data-options": json.dumps(options)})
    listen(tab)
    tab.run("rudderanalytics.identify('u1', {plan: 'free'}), rudderanalytics.track('late')")
    accepted(tab, 2)
    assert tab.run("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
    assert site.messages() == []
    tab.run("rudderanalytics.consent({consentManagement: {allowedConsentIds: ['C1'], deniedConsentIds: ['C2']}})")
    flush(tab)
    messages = site.messages()
    assert [message["type"] for message in messages] == ["identify", "track"]
    assert {tuple(message["context"]["consentManagement"]["allowedConsentIds"]) for message in messages} == {("C1",)}
    assert stored_identity(tab)["rl_user_id"] == "u1"


def test_calls_in_order(site: Site, tab: Tab, runtime: str) -> None:
    """200 calls, half of them before Python is up: each once, in order"""
    visit(site, tab, runtime)
    track(tab, 1, 100)
    ready(tab)
    track(tab, 101, 200)
    assert flush(tab) == {"delivered": 200, "dropped": 0, "pending": 0}
    assert [message["properties"]["n"] for message in site.messages()] == list(range(1, 201))
    tab.wait("Object.keys(localStorage).length === 0")
