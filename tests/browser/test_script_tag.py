"""The script tag on a web page: what the data plane receives, and what becomes of bad input."""

import base64
import json
import re

import httpx
import pytest
from browser.site_under_test import SEED, WRITE_KEY, Site, basic, flush, stored_identity, until
from playwright.sync_api import BrowserContext, Page

UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
ISO = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


def test_the_seed_example(site: Site, page: Page, context: BrowserContext, runtime: str) -> None:
    site.open(page, runtime, name="seed.html")
    message_id = page.evaluate("seed => rudderanalytics.identify(...seed)", SEED)
    assert flush(page) == {"delivered": 1, "dropped": 0, "pending": 0}

    (event,) = site.events()
    message, headers = event["message"], event["headers"]
    anonymous_id = message["anonymousId"]
    assert event["path"] == "/v1/identify"
    assert UUID.match(anonymous_id)
    assert message["messageId"] == message_id
    assert UUID.match(message_id)
    assert message["userId"] == SEED[0]
    assert message["context"]["traits"] == SEED[1]
    assert "traits" not in message  # [server 2.1]
    assert message["channel"] == "web"
    assert message["integrations"] == {"All": True}
    assert ISO.match(message["originalTimestamp"])
    assert headers["sentat"] == message["sentAt"]
    assert headers["authorization"] == basic(site.write_key)
    assert headers["anonymousid"] == base64.b64encode(anonymous_id.encode()).decode()
    assert headers["content-type"] == "application/json;charset=UTF-8"
    assert headers["accept"] == "application/json"
    assert "rsa-retry-attempt" not in headers
    assert runtime in message["context"]["library"]["runtime"]

    assert stored_identity(context) == {
        "rl_user_id": SEED[0],
        "rl_trait": SEED[1],
        "rl_anonymous_id": anonymous_id,
        "rl_page_init_referrer": "$direct",
        "rl_session": stored_identity(context)["rl_session"],
    }
    session = stored_identity(context)["rl_session"]
    assert message["context"]["sessionId"] == session["id"]
    assert message["context"]["sessionStart"] is True
    assert session["expiresAt"] - session["id"] >= session["timeout"] == 1_800_000


def test_the_seed_example_is_what_the_official_sdk_sends(site: Site, context: BrowserContext, runtime: str) -> None:
    """Body, headers and cookies, field by field; CONTRACT 8 names what differs (`os`, and who we are)."""
    official = f"""<script src="/official/index.js"></script><script>
        const sdk = new rudderanalytics.RudderAnalytics();
        sdk.load("{site.write_key}", location.origin, {{configUrl: location.origin}});
        sdk.identify(...{SEED[0:1]}, {{name: "Richard Hendricks", email: "", logins: 2}});
    </script>"""
    theirs_page = context.new_page()
    theirs_page.goto(site.write(official, "compare.html") + "?utm_campaign=spring&utm_source=news#top")
    site.wait_for(1)
    theirs, theirs_cookies = site.events()[0], context.cookies()
    theirs_page.close()
    context.clear_cookies()
    site.clear()

    ours_page = context.new_page()
    ours_page.goto(site.write(site.tag(runtime), "compare.html") + "?utm_campaign=spring&utm_source=news#top")
    ours_page.wait_for_function("!!window.rudderanalytics?.flush")
    ours_page.evaluate("seed => rudderanalytics.identify(...seed)", SEED)
    flush(ours_page)
    ours, ours_cookies = site.events()[0], context.cookies()

    masked = {"messageId", "anonymousId", "originalTimestamp", "sentAt", "receivedAt", "rudderId"}
    assert _without(ours["message"], masked | {"context"}) == _without(theirs["message"], masked | {"context"})
    masked = {"library", "app", "os", "sessionId"}
    assert _without(ours["message"]["context"], masked) == _without(theirs["message"]["context"], masked)
    assert ours["message"].keys() == theirs["message"].keys()
    assert ours["message"]["context"].keys() == theirs["message"]["context"].keys()
    # We send no cookies, to our own origin neither. The write key is another one in each part of a test.
    masked = {"anonymousid", "sentat", "content-length", "cookie", "authorization"}
    assert _without(ours["headers"], masked) == _without(theirs["headers"], masked)

    def attributes(cookies: list[dict[str, object]]) -> dict[object, object]:
        return {cookie["name"]: _without(cookie, {"value", "expires"}) for cookie in cookies}

    assert attributes(ours_cookies) == attributes(theirs_cookies)
    ours_year, theirs_year = (
        {cookie["name"]: cookie["expires"] for cookie in c} for c in (ours_cookies, theirs_cookies)
    )
    assert all(abs(ours_year[name] - theirs_year[name]) < 600 for name in theirs_year)


def _without(fields: dict, names: set[str]) -> dict:
    return {name: fields[name] for name in fields if name not in names}


def test_calls_buffered_before_the_script_are_replayed_in_order(site: Site, page: Page, runtime: str) -> None:
    buffer = """<script>window.rudderanalytics = [];
        for (const n of [1, 2, 3]) rudderanalytics.push(["track", "event " + n, {n}]);
        rudderanalytics.push(["identify", "u1", {plan: "free"}]);
        rudderanalytics.push(["noSuchMethod", 1], null, 5, ["python"], ["track", "last"]);
    </script>"""
    site.open(page, runtime, before=buffer)
    page.evaluate("rudderanalytics.push(['track', 'after'])")
    flush(page)
    sent = [(message["type"], message.get("event"), message["userId"]) for message in site.messages()]
    assert sent == [
        ("track", "event 1", ""),
        ("track", "event 2", ""),
        ("track", "event 3", ""),
        ("identify", None, "u1"),
        ("track", "last", "u1"),
        ("track", "after", "u1"),
    ]


def test_load_can_come_from_the_buffer_or_later(site: Site, page: Page, runtime: str) -> None:
    nothing = {"data-write-key": "", "data-data-plane-url": ""}
    buffer = f"<script>rudderanalytics = [['identify', 'u1'], ['load', '{WRITE_KEY}', '{site.url}/']]</script>"
    site.open(page, runtime, before=buffer, **nothing)
    assert flush(page)["delivered"] == 1

    site.open(page, runtime, **nothing)
    page.evaluate("rudderanalytics.track('early')")
    page.evaluate("url => rudderanalytics.load('WRITE_KEY', url)", site.url)
    assert flush(page)["delivered"] == 1
    assert [message["type"] for message in site.messages()] == ["identify", "track"]


def test_calls_made_before_python_is_up_survive_the_page(site: Site, page: Page) -> None:
    """Stamped when made (time, id, page), stored, and delivered by the next page, in order."""
    site.open(page, "pyodide", name="first.html")  # takes seconds to boot: the page is left before
    ids = page.evaluate("[1, 2, 3].map(n => rudderanalytics.track('early ' + n))")
    page.goto(site.write("another page, without us", "other.html"))
    assert site.messages() == []

    site.open(page, "micropython", name="second.html")
    page.evaluate("rudderanalytics.track('late')")
    messages = site.wait_for(4)
    assert [message["event"] for message in messages] == ["early 1", "early 2", "early 3", "late"]
    assert [message["messageId"] for message in messages[:3]] == ids
    assert [message["context"]["page"]["path"] for message in messages] == ["/site/first.html"] * 3 + [
        "/site/second.html"
    ]
    assert len({message["anonymousId"] for message in messages}) == 1
    page.wait_for_function("Object.keys(localStorage).length === 0")


def test_a_runtime_that_fails_to_load_keeps_the_calls(site: Site, page: Page, console: list[str], runtime: str) -> None:
    site.open(page, runtime, **{"data-assets-url": "/nowhere"})
    page.evaluate("rudderanalytics.identify('u1', {plan: 'free'})")
    assert flush(page) == {"delivered": 0, "dropped": 0, "pending": 1}
    assert len(console) == 1
    assert "Python failed" in console[0]

    site.open(page, runtime)
    (message,) = site.wait_for(1)
    assert (message["userId"], message["context"]["traits"]) == ("u1", {"plan": "free"})


def test_where_python_never_comes_what_waits_has_a_bound(site: Site, page: Page, runtime: str) -> None:
    """The storage is the page's; what was called first is what stays."""
    for n in range(3):
        site.open(page, runtime, **{"data-assets-url": "/nowhere"})
        page.evaluate("n => { for (let i = 0; i < 600; i++) rudderanalytics.track(`${n} ${i}`); }", n)
        assert flush(page)["pending"] == 600
    stored = page.evaluate("localStorage.length")
    assert stored == 1000
    site.open(page, runtime)
    messages = site.wait_for(stored)
    assert [message["event"] for message in messages[:700]] == [f"{n} {i}" for n in (0, 1) for i in range(600)][:700]


def test_another_load_leaves_the_messages_of_its_key_alone(
    site: Site, page: Page, console: list[str], runtime: str
) -> None:
    site.open(page, runtime)
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    key = "rudderanalytics.OTHER.00000000-0000-4000-8000-000000000000.0000000001.1764000000000"
    message = json.dumps({"messageId": "m", "type": "track", "event": "x", "anonymousId": "a"})
    page.evaluate("([key, message]) => localStorage.setItem(key, message)", [key, message])
    page.evaluate("url => rudderanalytics.load('OTHER', url)", site.url)
    page.evaluate("rudderanalytics.track('ours')")
    flush(page)
    assert [message["event"] for message in site.messages()] == ["ours"]
    assert page.evaluate("key => localStorage.getItem(key)", key) == message
    until(page, lambda: any("the first load counts" in line for line in console))
    assert len([line for line in console if "the first load counts" in line]) == 1


@pytest.mark.parametrize(
    ("write_key", "url", "complaint"),
    [
        ("", "http://127.0.0.1", "write key"),
        ("   ", "http://127.0.0.1", "write key"),
        ("k", "nonsense", "data plane URL"),
    ],
)
def test_a_bad_load_says_one_line_and_keeps_the_calls(
    site: Site, page: Page, console: list[str], runtime: str, write_key: str, url: str, complaint: str
) -> None:
    site.open(page, runtime, **{"data-write-key": "", "data-data-plane-url": ""})
    page.evaluate("([key, url]) => rudderanalytics.load(key, url)", [write_key, url])
    page.evaluate("rudderanalytics.identify('u1')")
    until(page, lambda: any(complaint in line for line in console))
    assert len(console) == 1
    page.evaluate("url => rudderanalytics.load('k', url)", site.url)
    assert flush(page)["delivered"] == 1


def test_a_data_plane_of_another_origin(site: Site, dataplane: str, page: Page, runtime: str) -> None:
    """The preflight passes, and the script's assets come from the script's own origin."""
    tag = site.tag(runtime, **{"data-data-plane-url": dataplane + "/base//?x=1"}).replace("/dist/", site.url + "/dist/")
    page.goto(site.write(tag, "elsewhere.html").replace("127.0.0.1", "localhost"))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    with page.expect_response(lambda response: "/base/v1/identify" in response.url) as answered:
        page.evaluate("rudderanalytics.identify('u1')")
    assert answered.value.status == 404  # this data plane has no /base; the address was joined as it should be

    page.goto(site.write(tag.replace("/base//?x=1", "/"), "elsewhere.html").replace("127.0.0.1", "localhost"))
    page.wait_for_function("!!window.rudderanalytics?.flush")
    page.evaluate("localStorage.clear()")  # the cool-down that the 404 began
    page.reload()
    page.wait_for_function("!!window.rudderanalytics?.flush")
    with page.expect_response(lambda response: response.url.endswith("/v1/identify")) as answered:
        page.evaluate("rudderanalytics.identify('u2')")
    assert answered.value.status == 200
    events = httpx.get(dataplane + "/api/events", trust_env=False).json()["events"]
    assert events[-1]["message"]["userId"] == "u2"


def test_ids_that_are_none_are_refused_and_identity_stays(
    site: Site, page: Page, context: BrowserContext, console: list[str], runtime: str
) -> None:
    site.open(page, runtime)
    page.evaluate("rudderanalytics.identify('u1', {plan: 'free'})")
    flush(page)
    before = stored_identity(context)
    page.evaluate("for (const id of ['', '  ', NaN, ['a'], new Date()]) rudderanalytics.identify(id, {plan: 'none'})")
    page.evaluate("rudderanalytics.track('after')")
    flush(page)
    assert [message["type"] for message in site.messages()] == ["identify", "track"]
    assert stored_identity(context) | {"rl_session": 0} == before | {"rl_session": 0}
    assert len(console) == 5
    assert all("is not an id" in line for line in console)


def test_values_that_json_has_not(site: Site, page: Page, runtime: str) -> None:
    """[js 1.4]: nothing is lost because of what a caller puts in; dates become ISO-8601."""
    site.open(page, runtime)
    page.evaluate("""() => {
        const cycle = {name: "c"}; cycle.self = cycle;
        let deep = {end: true}; for (let n = 0; n < 500; n++) deep = {deep};
        rudderanalytics.identify("u1", {
            createdAt: new Date(Date.UTC(2024, 1, 29, 10, 11, 12, 345)), big: 12345678901234567890n, cycle,
            map: new Map([[1, 2]]), regexp: /x/, nothing: undefined, gone: null, fun() {},
            list: [1, undefined, () => 1, null], not: NaN, bytes: new Uint8Array([1, 2]),
            get broken() { throw new Error("no"); }, bad: {toJSON() { throw 1; }},
            unicode: "✓ 😀", half: "\\ud800", deep,
        });
    }""")
    assert flush(page)["delivered"] == 1
    traits = site.messages()[0]["context"]["traits"]
    assert "500" not in traits
    assert traits.pop("deep")["deep"]["deep"]
    assert traits == {
        "createdAt": "2024-02-29T10:11:12.345Z",
        "big": "[BigInt]",
        "cycle": {"name": "c", "self": "[Circular Reference]"},
        "map": {},
        "regexp": {},
        "list": [1, None, None, None],
        "bytes": {"0": 1, "1": 2},
        "unicode": "✓ 😀",
        "half": "�",
    }


def test_a_reserved_trait_of_the_wrong_type_is_sent_and_said(
    site: Site, page: Page, console: list[str], runtime: str
) -> None:
    site.open(page, runtime)
    page.evaluate("rudderanalytics.identify('u1', {age: '36', firstName: 'Ada', lastName: 'Lovelace'})")
    flush(page)
    traits = site.messages()[0]["context"]["traits"]
    assert traits == {"age": "36", "firstName": "Ada", "lastName": "Lovelace", "name": "Ada Lovelace"}
    (line,) = console
    assert "age" in line and "a number" in line and "a string" in line
    assert page.evaluate("rudderanalytics.getUserTraits()") == {"age": "36", "firstName": "Ada", "lastName": "Lovelace"}


def test_listeners_and_callbacks(site: Site, page: Page, runtime: str) -> None:
    site.open(page, runtime)
    page.evaluate("""() => {
        window.seen = [];
        rudderanalytics.ready(() => seen.push("ready"));
        rudderanalytics.on("message", (message) => seen.push(["message", message.event]));
        rudderanalytics.on("delivered", ({messageId}) => seen.push(["delivered", messageId === window.id]));
        rudderanalytics.on("message", () => { throw new Error("the page's own fault"); });
        window.id = rudderanalytics.track("clicked", {n: 1}, {}, (message) => seen.push(["callback", message.event]));
    }""")
    assert flush(page)["delivered"] == 1
    assert page.evaluate("seen") == [
        "ready",
        ["callback", "clicked"],
        ["message", "clicked"],
        ["delivered", True],
    ]


def test_before_send_may_change_or_drop_a_message_and_breaks_nothing(
    site: Site, page: Page, console: list[str], runtime: str
) -> None:
    """Also for calls that wait for Python; each message is asked about once, in order."""
    site.open(page, runtime, **{"data-write-key": "", "data-data-plane-url": ""})
    page.evaluate(
        """([key, url]) => {
            window.seen = [];
            window.stored = [];
            const beforeSend = (message) => {
                seen.push(message.event);
                if (message.event === "first") {
                    stored = Object.keys(localStorage).sort().map((key) => JSON.parse(localStorage[key]).arguments[0]);
                    rudderanalytics.track("nested");
                }
                if (message.event === "throws") throw new TypeError("no");
                if (message.event === "unwanted") return null;
                if (message.event === "nothing") { message.event = "lost"; return; }
                if (message.event === "promise") return Promise.resolve(null);
                if (message.event === "cycle") message.properties.self = message.properties;
                return {...message, properties: {...message.properties, seen: true, big: 1n}};
            };
            rudderanalytics.on("dropped", ({messageId, reason}) => seen.push([messageId === window.unwanted, reason]));
            rudderanalytics.on("message", ({event}) => seen.push("accepted " + event));
            rudderanalytics.load(key, url, {beforeSend});
            rudderanalytics.track("first");
            rudderanalytics.track("throws");
            window.unwanted = rudderanalytics.track("unwanted", () => seen.push("callback"));
            for (const event of ["nothing", "promise", "cycle"]) rudderanalytics.track(event, {n: 1});
        }""",
        [site.write_key, site.url],
    )
    page.wait_for_function("rudderanalytics.stats().pending === 0")
    changed = {"seen": True, "big": "[BigInt]"}
    assert [(message["event"], message["properties"]) for message in site.messages()] == [
        ("first", changed),
        ("cycle", {"n": 1, "self": {"n": 1, "self": "[Circular Reference]"}} | changed),
        ("nested", changed),
    ]
    assert page.evaluate("seen") == [
        *["first", "accepted first", "throws", [False, "before_send_failed"], "unwanted", [True, "before_send"]],
        *["nothing", [False, "before_send_failed"], "promise", [False, "before_send"], "cycle", "accepted cycle"],
        *["nested", "accepted nested"],
    ]
    assert page.evaluate("stored") == ["first", "throws", "unwanted", "nothing", "promise", "cycle"]
    assert page.evaluate("rudderanalytics.stats().dropped") == {"before_send": 2, "before_send_failed": 2}
    assert [line.split(";")[0] for line in console] == [
        "[rudderanalytics] beforeSend: TypeError: no",
        "[rudderanalytics] beforeSend: the answer is no message",
    ]
    page.wait_for_function("Object.keys(localStorage).length === 0")


@pytest.mark.parametrize("options", ["{nonsense", "[1]"])
def test_options_that_are_no_object(site: Site, page: Page, console: list[str], runtime: str, options: str) -> None:
    site.open(page, runtime, **{"data-options": options})
    page.evaluate("rudderanalytics.identify('u1')")
    assert flush(page)["delivered"] == 1
    until(page, lambda: console != [])
    (line,) = console
    assert line.partition("load: ")[2].partition(";")[0] == "the options should be an object"


def test_a_script_that_is_there_twice(site: Site, page: Page, console: list[str], runtime: str) -> None:
    site.open(page, runtime, before=site.tag(runtime))
    page.wait_for_function("document.scripts.length >= 2")
    page.evaluate("rudderanalytics.identify('u1')")
    assert flush(page)["delivered"] == 1
    assert len(site.messages()) == 1
    until(page, lambda: console != [])
    assert [line.split("; ")[1] for line in console] == ["the first load counts"]


def test_an_early_getter_names_the_visitor_of_earlier_calls(site: Site, page: Page, runtime: str) -> None:
    buffer = "<script>rudderanalytics = [['track', 'buffered']]</script>"
    site.open(page, runtime, before=buffer)
    anonymous_id = page.evaluate("rudderanalytics.identify('u1'), rudderanalytics.getAnonymousId()")
    page.evaluate("rudderanalytics.track('later')")
    flush(page)
    assert {message["anonymousId"] for message in site.messages()} == {anonymous_id}
    assert page.evaluate("rudderanalytics.getAnonymousId()") == anonymous_id


def test_a_link_names_the_visitor_from_the_first_line(site: Site, page: Page, runtime: str) -> None:
    read = "[rudderanalytics.getUserId(), rudderanalytics.getAnonymousId(), rudderanalytics.getUserTraits()]"
    after = f"<script>window.first = {read}; rudderanalytics.track('after');</script>"
    address = site.write(site.tag(runtime).replace("<script async ", "<script ") + after)
    page.goto(f"{address}?ajs_aid=a1&ajs_uid=u1&ajs_trait_plan=pro&ajs_event=Came&ajs_prop_by=mail")
    assert page.evaluate("window.first") == ["u1", "a1", {"plan": "pro"}]
    flush(page)
    messages = site.messages()
    assert [message.get("event", message["type"]) for message in messages] == ["identify", "Came", "after"]
    assert {(message["userId"], message["anonymousId"]) for message in messages} == {("u1", "a1")}
    assert page.evaluate(read) == ["u1", "a1", {"plan": "pro"}]


def test_a_page_that_changed_what_all_objects_have(site: Site, page: Page, console: list[str], runtime: str) -> None:
    page.add_init_script("Object.prototype.evil = 'x'; Array.prototype.more = () => {};")
    site.open(page, runtime)
    page.evaluate("rudderanalytics.identify('u1', {a: 1})")
    assert flush(page)["delivered"] == 1
    assert site.messages()[0]["context"]["traits"] == {"a": 1}
    assert stored_identity(page.context)["rl_user_id"] == "u1"
    assert console == []


def test_a_page_without_web_assembly(site: Site, page: Page, console: list[str], runtime: str) -> None:
    """As with iOS's Lockdown Mode: calls wait, stored, for a page that has it."""
    page.add_init_script("delete window.WebAssembly; delete window.Worker;")
    site.open(page, runtime)
    page.evaluate("rudderanalytics.identify('u1', {a: 1})")
    until(page, lambda: any("Python failed" in line for line in console))
    assert flush(page)["delivered"] == 0
    assert page.evaluate("Object.keys(localStorage).length") == 1
    assert len([line for line in console if "failed" in line]) == 1


def test_a_data_plane_that_cannot_be_reached_is_one_line(
    site: Site, page: Page, console: list[str], runtime: str
) -> None:
    site.faults(drop=True, times=2)
    site.open(page, runtime)
    page.evaluate("rudderanalytics.track('a')")
    page.wait_for_function("rudderanalytics.stats().retried === 1")
    assert flush(page)["delivered"] == 1
    until(page, lambda: len(console) == 1)
    (line,) = console
    assert "the data plane cannot be reached; messages are kept and tried again. If it is up," in line
