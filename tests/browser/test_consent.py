"""Consent and privacy in a real page: what is written, what leaves, and when."""

import base64
import json

import pytest
from browser.site_under_test import Site, flush, stored_identity, until
from playwright.sync_api import BrowserContext, Page, Route

WRITTEN = """
window.written = [];
for (const method of ["setItem", "removeItem", "clear"]) {
    const original = Storage.prototype[method];
    Storage.prototype[method] = function (...given) {
        written.push([method, ...given]);
        return original.apply(this, given);
    };
}
const { get, set } = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
Object.defineProperty(document, "cookie", {
    get: () => get.call(document),
    set: (text) => { written.push(["cookie", text]); set.call(document, text); },
});
"""
PENDING = {
    "preConsent": {"enabled": True, "events": {"delivery": "buffer"}},
    "consentManagement": {"enabled": True, "provider": "custom"},
    "respectGPC": True,
    "respectDNT": True,
}
SEEN = "<script>rudderanalytics = [['on', 'message', (m) => (window.seen ||= []).push(m.type)]]</script>"


def test_nothing_is_written_and_nothing_leaves_before_consent(
    site: Site, page: Page, context: BrowserContext, console: list[str], runtime: str
) -> None:
    """Also before Python is up, and as the page is left; then all of it is stored and sent, in order."""
    page.add_init_script(WRITTEN)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    site.open(page, runtime, before=SEEN, **{"data-options": json.dumps(PENDING)})
    anonymous_id = page.evaluate("rudderanalytics.getAnonymousId()")
    page.evaluate("rudderanalytics.identify('u1', {plan: 'free'}); rudderanalytics.track('early', {n: 1})")
    page.wait_for_function("window.seen?.length === 2", timeout=60_000)  # callbacks do not wait for consent
    page.evaluate("rudderanalytics.track('late'); window.flushed = rudderanalytics.flush(); 0")
    page.evaluate("for (const name of ['pagehide', 'pageshow', 'online']) dispatchEvent(new Event(name))")
    page.wait_for_function("window.seen.length === 3")
    state = "[rudderanalytics.getUserId(), rudderanalytics.getUserTraits(), rudderanalytics.getAnonymousId()]"
    assert page.evaluate(state) == ["u1", {"plan": "free"}, anonymous_id]
    assert page.evaluate("written") == []
    assert sent == []
    assert page.evaluate("rudderanalytics.stats().pending") == 3

    decision = {"consentManagement": {"allowedConsentIds": ["C1"], "deniedConsentIds": ["C2"]}}
    page.evaluate(
        "decision => rudderanalytics.consent({...decision, trackConsent: true, sendPageEvent: true})", decision
    )
    page.evaluate("flushed")
    flush(page)
    messages = site.messages()
    names = [message.get("event", message["type"]) for message in messages]
    assert names == ["identify", "early", "late", "Consent Management Interaction", "page"]
    assert {message["userId"] for message in messages} == {"u1"}
    assert {message["anonymousId"] for message in messages} == {anonymous_id}
    consents = [message["context"]["consentManagement"] for message in messages]
    assert consents == [{"provider": "custom", "allowedConsentIds": ["C1"], "deniedConsentIds": ["C2"]}] * 5
    identity = stored_identity(context)
    assert (identity["rl_user_id"], identity["rl_anonymous_id"]) == ("u1", anonymous_id)
    assert page.evaluate(state) == ["u1", {"plan": "free"}, anonymous_id]
    page.wait_for_function("Object.keys(localStorage).length === 0")
    assert console == []


@pytest.mark.parametrize(
    "options",
    [
        json.dumps(PENDING)[:-1] + ",}",
        json.dumps([PENDING]),
        '{"respectGpc": true}',
        '{"consentManagment": {"enabled": true, "allowedConsentIds": ["C1"]}, "preConsent": {"enabled": true}}',
        '{"preConsent": {"enable": true, "events": {"delivery": "buffer"}}, "consentManagement": {"isEnabled": true}}',
        '{"preConsent": {"enabled": true, "event": {"delivery": "buffer"}}, "consentManagement": {"enabled": true}}',
        '{"preConsent": {"enabled": true, "events": {"deliver": "buffer"}}, "consentManagement": {"enabled": true}}',
        '{"preConsent": {"enabled": true, "events": {"delivery": "buffer"}}, "consentManagement": {"enabled": true,'
        ' "provider": "custom", "allowedConsentIds": ["C1"], "deniedConsentIds": "C2"}}',
        "{",  # what is left of an attribute in double quotes with JSON in it
    ],
)
def test_protection_in_a_form_that_cannot_be_read_is_on(
    options: str, site: Site, page: Page, context: BrowserContext
) -> None:
    lines: list[str] = []
    sent: list[str] = []
    page.on("console", lambda message: lines.append(message.type))
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.add_init_script(WRITTEN)
    site.open(page, "micropython", before=SEEN, **{"data-options": options})
    page.evaluate("rudderanalytics.identify('u1', {a: 1}); rudderanalytics.track('x')")
    page.wait_for_function("window.seen?.length === 2")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    assert page.evaluate("written") == [] and sent == [] and context.cookies() == []
    until(page, lambda: lines != [])  # its words come when they are needed first
    assert set(lines) == {"error"}
    page.evaluate("rudderanalytics.consent({})")
    flush(page)
    assert [message["userId"] for message in site.messages()] == ["u1", "u1"]


@pytest.mark.parametrize(
    "signal",
    [
        "Navigator.prototype, 'globalPrivacyControl', {get: () => true}",
        "Navigator.prototype, 'doNotTrack', {get: () => '1'}",
    ],
)
def test_a_visitor_who_wants_no_tracking_gets_none(
    site: Site, page: Page, context: BrowserContext, console: list[str], signal: str, runtime: str
) -> None:
    """Not even Python is fetched; calls do nothing."""
    page.add_init_script(WRITTEN)
    page.add_init_script(f"Object.defineProperty({signal})")
    context.add_cookies([{"name": "rl_user_id", "value": "%22u1%22", "url": site.url}])
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    buffer = "<script>rudderanalytics = [['track', 'early']]</script>"
    site.open(page, runtime, before=buffer, **{"data-options": json.dumps(PENDING)})
    assert page.evaluate(
        """async () => {
            const sdk = rudderanalytics;
            sdk.load("OTHER", location.origin);
            const ids = [sdk.identify("u1", {a: 1}), sdk.track("x"), sdk.page(), sdk.group("g"), sdk.alias("b")];
            sdk.reset(); sdk.consent(); sdk.startSession(); sdk.setAnonymousId("a"); sdk.setAuthToken("t");
            return [ids.every((id) => id.length === 36), await sdk.flush(), sdk.stats().pending, sdk.getUserId(),
                sdk.getUserTraits(), sdk.getGroupId(), sdk.getGroupTraits(), sdk.getAnonymousId(), sdk.getSessionId()];
        }"""
    ) == [True, {"delivered": 0, "dropped": 0, "pending": 0}, 0, "", {}, "", {}, "", None]
    assert page.evaluate("written") == []
    assert [url.rsplit("/", 1)[1] for url in requests] == ["page.html", "rudderanalytics.js"]
    (line,) = console
    assert line.endswith("GPC/DNT: nothing is stored or sent")


def test_consent_managers_are_read_and_a_preloaded_consent_goes_first(
    site: Site, page: Page, context: BrowserContext, console: list[str], runtime: str
) -> None:
    ketch = base64.b64encode(b'{"a":{"status":"granted"},"b":{"status":"denied"}}').decode()
    context.add_cookies([{"name": "_ketch_consent_v1_", "value": ketch, "url": site.url}])
    buffer = """<script>rudderanalytics = [["track", "first"],
        ["consent", {consentManagement: {allowedConsentIds: ["early"]}}]]</script>"""
    site.open(page, runtime, before=buffer, **{"data-options": json.dumps(PENDING)})
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    page.evaluate("""() => {
        const decide = (provider) => {
            rudderanalytics.consent({consentManagement: {provider}});
            rudderanalytics.track(provider);
        };
        window.OneTrust = {GetDomainData: () => ({Groups: [{CustomGroupId: "C1"}, {CustomGroupId: "C2"}]})};
        window.OnetrustActiveGroups = ",C2,";
        decide("oneTrust");
        decide("ketch");
        window.ketchConsent = {a: false, b: true};
        decide("ketch");
        document.cookie = "_iub_cs-123=" + encodeURIComponent(JSON.stringify({purposes: {1: true, 2: false}}));
        decide("iubenda");
        window._iub = {cs: {consent: {purposes: {1: false, 2: true}}}};
        decide("iubenda");
    }""")
    flush(page)
    found = [message["context"]["consentManagement"] for message in site.messages()]
    assert [(each["provider"], each["allowedConsentIds"], each["deniedConsentIds"]) for each in found] == [
        ("custom", ["early"], []),
        ("oneTrust", ["C2"], ["C1"]),
        ("ketch", ["a"], ["b"]),
        ("ketch", ["b"], ["a"]),
        ("iubenda", ["1"], ["2"]),
        ("iubenda", ["2"], ["1"]),
    ]
    assert console == []
    until(page, lambda: page.evaluate("Object.keys(localStorage).length") == 0)


@pytest.mark.parametrize("says", ["{ throw 'not yet'; }", "undefined", "({Groups: 5})"])
def test_a_consent_manager_that_fails_breaks_nothing(
    site: Site, page: Page, console: list[str], runtime: str, says: str
) -> None:
    options = {"consentManagement": {"enabled": True, "provider": "oneTrust"}}
    manager = f"<script>OneTrust = {{GetDomainData: () => {says}}}; OnetrustActiveGroups = 'C1'</script>"
    site.open(page, runtime, before=manager, **{"data-options": json.dumps(options)})
    page.evaluate("rudderanalytics.consent(); rudderanalytics.track('a')")
    assert flush(page)["delivered"] == 1
    assert site.messages()[0]["context"]["consentManagement"]["allowedConsentIds"] == []
    assert [line for line in console if "oneTrust says nothing that can be read" not in line] == []


def test_what_waited_stored_says_what_was_decided(
    site: Site, page: Page, context: BrowserContext, runtime: str
) -> None:
    """The strategy lets it be stored; if the page dies before it is delivered, the next one sends what it says now."""
    options = PENDING | {"preConsent": PENDING["preConsent"] | {"storage": {"strategy": "session"}}}
    site.open(page, runtime, **{"data-options": json.dumps(options)})
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    page.evaluate("rudderanalytics.track('a')")
    page.wait_for_function("rudderanalytics.stats().accepted === 1")
    site.faults(status=503, times=1000)
    page.evaluate(
        "rudderanalytics.consent({consentManagement: {allowedConsentIds: ['C1']}}); rudderanalytics.track('b')"
    )
    page.wait_for_function("rudderanalytics.stats().accepted === 2")
    # What has no answer as its page is left is held apart (web/src/leaving.js): test_leaving.py has that.
    page.wait_for_function("rudderanalytics.stats().retried > 0")
    page.close()
    site.clear_faults()
    site.open(other := context.new_page(), runtime, name="other.html")
    flush(other)
    messages = {message["messageId"]: message for message in site.wait_for(2)}  # the page may have sent them as it went
    assert [message["event"] for message in messages.values()] == ["a", "b"]
    ids = [message["context"]["consentManagement"]["allowedConsentIds"] for message in site.messages()]
    assert ids == [["C1"]] * len(ids)


@pytest.mark.parametrize("name", ["Ketch", "Iubenda"])
def test_consent_managers_tell_the_page_more_later(
    site: Site, page: Page, console: list[str], runtime: str, name: str
) -> None:
    """By the official SDK's functions [js 7.1]; that is no decision, so that what waits for one waits on."""
    management = {"enabled": True, "provider": name.lower()}
    options = PENDING | {"consentManagement": management}
    known = "<script>ketchConsent = {a: true, b: false}; _iub = {cs: {consent: {purposes: ketchConsent}}}</script>"
    site.open(page, runtime, before=known, **{"data-options": json.dumps(options)})
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    getters = f"[get{name}UserConsentedPurposes(), get{name}UserDeniedPurposes()]"
    assert page.evaluate(getters) == [["a"], ["b"]]
    page.evaluate(f"rudderanalytics.track('held'); update{name}Consent({{a: false, b: true, c: true}})")
    until(page, lambda: page.evaluate(getters) == [["b", "c"], ["a"]])
    assert page.evaluate("rudderanalytics.stats().pending") == 1
    assert site.messages() == []
    page.evaluate("""() => {
        rudderanalytics.consent({consentManagement: {allowedConsentIds: ["x"]}});
        rudderanalytics.track("after");
    }""")
    flush(page)
    found = [message["context"]["consentManagement"] for message in site.messages()]
    assert [(each["allowedConsentIds"], each["deniedConsentIds"]) for each in found] == [(["x"], [])] * 2
    assert page.evaluate(getters) == [["x"], []]
    assert console == []
    others = "['Ketch', 'Iubenda'].filter((name) => `update${name}Consent` in window)"
    assert page.evaluate(others) == [name]


def test_calls_wait_stored_for_the_script_that_reads_consent_managers(
    site: Site, page: Page, context: BrowserContext, console: list[str], runtime: str
) -> None:
    """It is fetched; if the page is left before it is there, the next page sends what was called."""
    held: list[Route] = []
    context.route("**/extras.mjs", lambda route: held.append(route))  # noqa: PLW0108 - Playwright sets attributes on it
    options = {"data-options": json.dumps({"consentManagement": {"enabled": True, "provider": "ketch"}})}
    decided = "<script>ketchConsent = {analytics: true, ads: false}</script>"
    site.open(page, runtime, before=decided, **options)
    until(page, lambda: len(held) == 1)
    page.evaluate("rudderanalytics.identify('u1'); rudderanalytics.track('a')")
    waiting = "Object.keys(localStorage).filter((key) => key.endsWith('.call')).length"
    assert page.evaluate(waiting) == 2
    page.close()

    other = context.new_page()
    site.open(other, runtime, before=decided, name="other.html", **options)
    until(other, lambda: len(held) == 2)
    other.evaluate("rudderanalytics.track('b')")
    assert other.evaluate(waiting) == 3
    assert site.messages() == []
    held[1].continue_()
    messages = site.wait_for(3)
    flush(other)
    assert [message.get("event", message["type"]) for message in messages] == ["identify", "a", "b"]
    assert [message["userId"] for message in messages] == ["u1"] * 3
    (told,) = {json.dumps(message["context"]["consentManagement"], sort_keys=True) for message in messages}
    assert json.loads(told) == {
        "provider": "ketch",
        "resolutionStrategy": "and",
        "allowedConsentIds": ["analytics"],
        "deniedConsentIds": ["ads"],
    }
    assert other.evaluate(waiting) == 0
    assert console == []


def test_getters_follow_what_the_decision_says_of_storage(site: Site, page: Page) -> None:
    site.open(page, "micropython", **{"data-options": json.dumps(PENDING | {"storage": {"type": "none"}})})
    page.evaluate("rudderanalytics.identify('u1')")
    page.evaluate("rudderanalytics.consent({storage: {entries: {userId: {type: 'localStorage'}}}})")
    page.evaluate("rudderanalytics.identify('u2', {a: 1})")
    flush(page)
    assert page.evaluate("[rudderanalytics.getUserId(), localStorage.rl_user_id !== undefined]") == ["u2", True]


def test_an_id_that_was_asked_for_early_does_not_replace_segments(site: Site, page: Page) -> None:
    page.goto(site.write("<script>localStorage.ajs_anonymous_id = '\"segment-1\"'</script>", "segment.html"))
    segment = {"anonymousIdOptions": {"autoCapture": {"enabled": True, "source": "segment"}}}
    site.open(page, "micropython", **{"data-options": json.dumps(segment)})
    page.evaluate("rudderanalytics.getAnonymousId(); rudderanalytics.track('a')")
    flush(page)
    page.evaluate("rudderanalytics.track('b')")
    flush(page)
    assert [message["anonymousId"] for message in site.messages()] == ["segment-1"] * 2
    assert page.evaluate("rudderanalytics.getAnonymousId()") == "segment-1"


@pytest.mark.parametrize("asks", [True, False])
def test_revoke_leaves_nothing_of_ours_in_any_tab(
    site: Site, page: Page, context: BrowserContext, console: list[str], runtime: str, asks: bool
) -> None:
    """Cookies, storage keys, requests of ours afterwards: 0; then a consent begins anew."""
    options = {"data-options": json.dumps(PENDING)} if asks else {}
    other = context.new_page()
    for each in (page, other):
        site.open(each, runtime, **options)
        each.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
        each.evaluate("rudderanalytics.consent({consentManagement: {allowedConsentIds: ['C1']}})")
        each.evaluate("rudderanalytics.identify('u1', {a: 1})")
        flush(each)
    site.faults(status=503, times=1000)
    for each in (page, other):
        each.evaluate("rudderanalytics.track('waits')")
        each.wait_for_function("rudderanalytics.stats().retried > 0")
    before = stored_identity(context)["rl_anonymous_id"]
    arrived = len(site.messages())
    page.evaluate("rudderanalytics.revoke()")
    other.wait_for_function("rudderanalytics.stats().dropped.consent === 1", timeout=5_000)
    sent: list[str] = []
    context.on("request", lambda request: sent.append(request.url))
    for each in (page, other):
        each.evaluate("rudderanalytics.track('meanwhile'); dispatchEvent(new Event('online'))")
        each.evaluate("new Promise((settle) => setTimeout(settle, 2000))")  # more than a try's wait
        assert each.evaluate("[{...localStorage}, {...sessionStorage}]") == [{}, {}]
        assert each.evaluate("rudderanalytics.stats().dropped") == {"consent": 1}
        assert each.evaluate("rudderanalytics.getUserId()") == ""
    assert (context.cookies(), sent, len(site.messages())) == ([], [], arrived)
    site.clear_faults()
    page.evaluate("rudderanalytics.consent({consentManagement: {allowedConsentIds: ['C2']}})")
    flush(page)
    (message,) = site.messages()[arrived:]
    assert (message["event"], message["userId"]) == ("meanwhile", "")
    assert message["anonymousId"] == stored_identity(context)["rl_anonymous_id"] != before
    assert [line for line in console if "the data plane answered 503" not in line] == []


def test_a_decision_that_allows_less_removes_and_drops(
    site: Site, page: Page, context: BrowserContext, runtime: str
) -> None:
    site.open(page, runtime, **{"data-options": json.dumps(PENDING)})
    page.evaluate("new Promise((settle) => rudderanalytics.ready(settle))")
    page.evaluate("""() => {
        window.decide = (...allowedConsentIds) => rudderanalytics.consent({consentManagement: {allowedConsentIds}});
        decide("C1");
        rudderanalytics.identify("u1", {a: 1});
    }""")
    flush(page)
    site.faults(status=503, times=1000)
    page.evaluate("rudderanalytics.track('of C1'); decide('C1', 'C2'); rudderanalytics.track('of both')")
    page.wait_for_function("rudderanalytics.stats().retried > 0")
    page.evaluate("decide('C2')")
    assert page.evaluate("rudderanalytics.stats().dropped") == {"consent": 1}
    site.clear_faults()
    flush(page)
    message = site.messages()[-1]
    assert (len(site.messages()), message["event"]) == (2, "of both")
    assert message["context"]["consentManagement"]["allowedConsentIds"] == ["C2"]
    page.evaluate("rudderanalytics.consent({storage: {entries: {userId: {type: 'none'}, userTraits: {type: 'none'}}}})")
    page.wait_for_function("!/rl_user_id|rl_trait/.test(document.cookie)")
    assert set(stored_identity(context)) == {"rl_anonymous_id", "rl_session", "rl_page_init_referrer"}
