"""analytics: one object, one verb. tests/vectors/scenarios.json has what calls become; here is what surrounds them."""

import json

import pytest
from vectors.run import NOW, PAGE

from rudderanalytics.core import cookies
from rudderanalytics.core.analytics import SIGNALS, Analytics
from rudderanalytics.core.calls import overloads

LOAD = {
    "type": "load",
    "now": NOW,
    "at": NOW,
    "arguments": ["KEY", "https://a.example"],
    "id": "anonymous",
    "page": PAGE,
    "stored": {"cookie": {}, "localStorage": {}, "sessionStorage": {}, "memory": {}},
    "owner": "owner",
    "topDomain": None,
    "runtime": "any 1.0",
    "installType": "script",
    "online": True,
    "coolUntil": None,
    "reviews": False,
    "consents": {},
}


def call(method: str, *arguments: object, **more: object) -> dict:
    """A call, as of the moment of the load unless `more` says otherwise."""
    made = {key: LOAD[key] for key in ("now", "at", "page", "stored")}
    return made | {"type": method, "id": "message", "arguments": list(arguments)} | more


def response(delivery: int, status: int, **more: object) -> dict:
    answer = {"type": "response", "now": NOW, "delivery": delivery, "status": status, "retryAfter": None}
    return answer | {"id": "80000000-0000-4000-8000-000000000000"} | more


def only(effects: list[dict], kind: str) -> dict:
    (effect,) = [effect for effect in effects if effect["type"] == kind]
    return effect


def lines(effects: list[dict]) -> list[str]:
    return [effect["text"] for effect in effects if effect["type"] == "log"]


@pytest.fixture
def analytics() -> Analytics:
    """Loaded, with nothing left by pages before."""
    analytics = Analytics("1.2.3")
    analytics.handle(LOAD)
    analytics.handle({"type": "adopted", "now": NOW})
    return analytics


def test_load_keeps_the_visitor_and_is_ready() -> None:
    effects = Analytics("1.2.3").handle(LOAD)
    assert {effect["key"] for effect in effects if effect["type"] == "store"} == {
        "rl_anonymous_id",
        "rl_page_init_referrer",
        "rl_page_init_referring_domain",
        "rl_session",
    }
    assert effects[-1] == {"type": "emit", "name": "ready", "ids": []}


def test_a_second_load_is_a_line_and_the_first_counts(analytics: Analytics) -> None:  # [js 1.3]
    effects = analytics.handle(LOAD | {"arguments": ["OTHER", "https://b.example"]})
    assert lines(effects) == ["load: this page has loaded already; the first load counts"]
    assert only(analytics.handle(call("track", "Bought")), "send")["url"] == "https://a.example/v1/track"


@pytest.mark.parametrize("arguments", [[], [None, "https://a.example"], ["KEY", "no URL"], ["KEY"]])
def test_a_load_that_cannot_work_is_a_line_and_another_may_follow(arguments: list) -> None:
    analytics = Analytics("1.2.3")
    assert len(lines(analytics.handle(LOAD | {"arguments": arguments}))) == 1
    assert analytics.handle({"type": "tick", "now": NOW}) == []
    assert analytics.handle(LOAD)[-1]["name"] == "ready"


def test_load_says_which_options_were_not_accepted() -> None:
    effects = Analytics("1.2.3").handle(LOAD | {"arguments": ["KEY", "https://a.example", {"x": 1}]})
    assert lines(effects) == ["load option x does nothing here; it is ignored"]


@pytest.mark.parametrize(
    ("stored", "where"),
    [
        ({"cookie": None, "localStorage": {}, "sessionStorage": {}, "memory": {}}, "localStorage"),
        ({"cookie": None, "localStorage": None, "sessionStorage": None, "memory": {}}, "memory, for this page only"),
    ],
)
def test_blocked_cookies_are_a_line(stored: dict, where: str) -> None:
    effects = Analytics("1.2.3").handle(LOAD | {"stored": stored})
    assert lines(effects) == [f"cookies are blocked; the visitor's identity is kept in {where}"]


@pytest.mark.parametrize("method", overloads.METHODS)
def test_a_call_before_load_is_a_line(method: str) -> None:
    effects = Analytics("1.2.3").handle(call(method))
    assert lines(effects) == [f"{method}: load has not been called; the call is ignored"]
    assert len(effects) == 1


@pytest.mark.parametrize("kind", SIGNALS)
def test_a_signal_before_load_is_nothing(kind: str) -> None:
    assert Analytics("1.2.3").handle({"type": kind, "now": NOW}) == []


@pytest.mark.parametrize("method", ["identify", "track", "page", "group", "alias"])
def test_five_methods_become_messages(analytics: Analytics, method: str) -> None:
    effects = analytics.handle(call(method, "x"))
    assert only(effects, "accept")["id"] == "message"
    assert json.loads(only(effects, "accept")["text"])["type"] == method
    assert only(effects, "send")["url"] == f"https://a.example/v1/{method}"


@pytest.mark.parametrize("method", ["reset", "setAnonymousId", "startSession", "endSession", "setAuthToken"])
def test_the_others_change_the_visitor_only(analytics: Analytics, method: str) -> None:
    effects = analytics.handle(call(method, "token"))
    assert {effect["type"] for effect in effects} <= {"store", "log"}


def test_what_a_call_changed_is_stored_before_its_message(analytics: Analytics) -> None:
    kinds = [effect["type"] for effect in analytics.handle(call("identify", "u1", {"a": 1}))]
    assert kinds[-2:] == ["accept", "send"]
    assert set(kinds[:-2]) == {"store"}


def test_a_message_is_of_the_moment_of_its_call_though_python_came_later(analytics: Analytics) -> None:
    effects = analytics.handle(call("track", "Bought", at=NOW - 3_000, page=PAGE | {"title": "Earlier"}))
    message = json.loads(only(effects, "accept")["text"])
    assert message["originalTimestamp"] == "2026-11-23T14:45:47.673Z"
    assert message["context"]["page"]["title"] == "Earlier"
    assert only(effects, "accept")["key"].endswith(f".{NOW - 3_000}")


def test_a_refused_call_is_one_line_and_stores_nothing(analytics: Analytics) -> None:
    (effect,) = analytics.handle(call("identify", " ", {"a": 1}))
    assert effect == {"type": "log", "level": "ERROR", "text": "identify: ' ' is not an id; the call is ignored"}


@pytest.mark.parametrize(("method", "arguments"), [("reset", []), ("identify", ["u2"])])
def test_a_session_does_not_outlive_its_user(
    analytics: Analytics, method: str, arguments: list
) -> None:  # [js 1.8, 1.9]
    stored: dict = {"cookie": {}, "localStorage": {}, "sessionStorage": {}, "memory": {}}
    stored["cookie"]["rl_user_id"] = '"u1"'
    stored["cookie"]["rl_session"] = f'{{"id":5,"expiresAt":{NOW},"timeout":60000,"autoTrack":true}}'
    for each in [call(method, *arguments, stored=stored), call("track", "Bought", stored=stored)]:
        for effect in analytics.handle(each):
            if effect["type"] == "store":
                stored["cookie"][effect["key"]] = effect["value"]
            elif effect["type"] == "accept":
                assert json.loads(effect["text"])["context"]["sessionId"] == NOW


def test_an_argument_that_is_nested_too_deeply_is_refused(analytics: Analytics) -> None:
    deep: list = []
    for _ in range(1000):
        deep = [deep]
    assert lines(analytics.handle(call("track", "x", deep))) == [
        "track: an argument is nested too deeply; the call is ignored"
    ]


def test_a_wrong_trait_is_a_line_and_is_sent(analytics: Analytics) -> None:
    effects = analytics.handle(call("identify", "u1", {"age": "x"}))
    assert lines(effects) == ["identify: trait age should be a number, not a string; it is sent as given"]
    assert json.loads(only(effects, "accept")["text"])["context"]["traits"] == {"age": "x"}


def test_a_large_message_is_a_line_and_is_sent(analytics: Analytics) -> None:  # [js 2.9]
    effects = analytics.handle(call("track", "x", {"text": "x" * 33_000}))
    assert lines(effects)[0].startswith("track: a message of 33")
    assert only(effects, "send")


def test_a_wrong_session_id_is_a_line(analytics: Analytics) -> None:  # [js 1.10]
    effects = analytics.handle(call("startSession", 5))
    assert lines(effects) == ["startSession: an id is a whole number of 10 digits or more; the time is used"]


@pytest.mark.parametrize(("given_id", "found"), [([1_234_567_890], 1_234_567_890), ([], NOW)])
def test_a_session_has_the_id_it_is_given_or_the_time(analytics: Analytics, given_id: list, found: int) -> None:
    effects = analytics.handle(call("startSession", *given_id))  # [js 1.10]
    (effect,) = [effect for effect in effects if effect.get("key") == "rl_session"]
    assert cookies.decode(effect["value"], "sessionInfo") == {"id": found, "manualTrack": True}


def test_a_token_is_kept_beside_the_identity(analytics: Analytics) -> None:  # [js 1.7]
    effects = analytics.handle(call("setAuthToken", "secret"))
    (effect,) = [effect for effect in effects if effect.get("key") == "rl_auth_token"]
    assert cookies.decode(effect["value"], "authToken") == "secret"


@pytest.mark.parametrize("more", [{"online": False}, {"coolUntil": str(NOW + 60_000)}])
def test_load_respects_what_keeps_messages_back(more: dict) -> None:
    analytics = Analytics("1.2.3")
    analytics.handle(LOAD | more)
    analytics.handle({"type": "adopted", "now": NOW})
    effects = analytics.handle(call("track", "Bought"))
    assert "send" not in [effect["type"] for effect in effects]
    assert only(effects, "wake")["at"] > NOW


def test_the_log_level_of_the_options_holds_from_the_first_line_on() -> None:
    analytics = Analytics("1.2.3")
    arguments = ["KEY", "https://a.example", {"logLevel": "NONE", "x": 1}]
    assert lines(analytics.handle(LOAD | {"arguments": arguments})) == []
    assert lines(analytics.handle(call("identify", ""))) == []


def reviewed(answer: dict) -> dict:
    return {"type": "reviewed", "now": NOW, "id": "message"} | answer


def test_a_message_waits_for_its_review_and_what_was_not_asked_about_is_nothing(analytics: Analytics) -> None:
    assert analytics.handle(reviewed({"message": None})) == []
    analytics = Analytics("1.2.3")
    analytics.handle(LOAD | {"reviews": True})
    analytics.handle({"type": "adopted", "now": NOW})
    effects = analytics.handle(call("track", "Bought"))
    assert {effect["type"] for effect in effects} == {"store", "review"}
    message = json.loads(only(effects, "review")["text"])
    effects = analytics.handle(reviewed({"message": message | {"event": "Sold", "context": {"x": None}}}))
    assert json.loads(only(effects, "accept")["text"]) == message | {"event": "Sold", "context": {}}
    assert [effect["type"] for effect in effects] == ["accept", "send"]
    analytics.handle(call("track", "Bought"))
    assert analytics.handle(reviewed({"message": None})) == [
        {"type": "emit", "name": "dropped", "ids": ["message"], "reason": "before_send"}
    ]


PENDING = {
    "preConsent": {"enabled": True, "events": {"delivery": "buffer"}},
    "consentManagement": {"enabled": True, "provider": "custom"},
}


def consent(*arguments: object) -> dict:
    return call("consent", *arguments, topDomain=".a.example", consents={}, id="consent")


def test_nothing_leaves_before_the_visitor_decided_and_everything_in_order_after_it() -> None:
    analytics = Analytics("1.2.3")
    loaded = analytics.handle(LOAD | {"arguments": ["KEY", "https://a.example", PENDING]})
    old = json.dumps({"messageId": "old", "type": "track", "anonymousId": "a"})
    effects = analytics.handle({"type": "adopt", "now": NOW, "messages": [[f"rudderanalytics.KEY.x.1.{NOW}", old]]})
    effects += analytics.handle({"type": "adopted", "now": NOW}) + loaded
    for kind in ("hidden", "online", "flush", "tick"):
        effects += analytics.handle({"type": kind, "now": NOW})
    effects += analytics.handle(call("identify", "u1", {"a": 1}))
    assert {effect["type"] for effect in effects} == {"store", "accept", "emit"}
    assert {effect["area"] for effect in effects if effect["type"] == "store"} == {"memory"}
    assert only(effects, "accept")["key"] is None
    effects = analytics.handle(consent({"consentManagement": {"allowedConsentIds": ["C1"]}}))
    accept = only(effects, "accept")
    assert accept["again"] and accept["key"]
    assert json.loads(accept["text"])["context"]["consentManagement"]["allowedConsentIds"] == ["C1"]
    cookies = [effect for effect in effects if effect["type"] == "store" and effect["area"] == "cookie"]
    assert {effect["attributes"]["domain"] for effect in cookies} == {".a.example"}
    assert only(effects, "send")["ids"] == ["old", "message"]


@pytest.mark.parametrize(("known", "found"), [({}, "a1"), ({"rl_anonymous_id": "RS_ENC_v3_ImEwIg=="}, "a0")])
def test_a_tab_that_decides_later_takes_the_anonymous_id_of_the_first(known: dict, found: str) -> None:
    """But not where it came with one, that somebody has changed since."""
    analytics = Analytics("1.2.3")
    before = {"cookie": known, "localStorage": {}, "sessionStorage": {}, "memory": {}}
    effects = analytics.handle(LOAD | {"arguments": ["KEY", "https://a.example", PENDING], "stored": before})
    held = {effect["key"]: effect["value"] for effect in effects if effect["type"] == "store"}
    now = before | {"cookie": {"rl_anonymous_id": "RS_ENC_v3_ImExIg=="}, "memory": held}
    effects = analytics.handle(consent() | {"stored": now})
    (stored,) = [each["value"] for each in effects if each.get("key") == "rl_anonymous_id" and each["area"] == "cookie"]
    assert stored == {"a1": "RS_ENC_v3_ImExIg==", "a0": "RS_ENC_v3_ImEwIg=="}[found]


def test_a_consent_before_load_is_nothing_and_one_without_need_too(analytics: Analytics) -> None:
    assert Analytics("1.2.3").handle(consent()) == []
    assert {effect["type"] for effect in analytics.handle(consent())} == {"store"}


def test_a_decision_can_bring_integrations_where_they_count_for_all() -> None:  # [js 2.7]
    analytics = Analytics("1.2.3")
    analytics.handle(LOAD | {"arguments": ["KEY", "https://a.example", {"useGlobalIntegrationsConfigInEvents": True}]})
    analytics.handle(consent({"integrations": {"All": False, "B": None}}))
    message = json.loads(only(analytics.handle(call("track", "Bought")), "accept")["text"])
    assert message["integrations"] == {"All": False}


def test_before_the_decision_messages_can_leave_without_what_may_not_be_stored() -> None:  # [js 7.2]
    analytics = Analytics("1.2.3")
    immediate = {"preConsent": {"enabled": True}, "consentManagement": {"enabled": True, "provider": "custom"}}
    analytics.handle(LOAD | {"arguments": ["KEY", "https://a.example", immediate]})
    analytics.handle({"type": "adopted", "now": NOW})
    effects = analytics.handle(call("identify", "u1", {"age": "x"}, fresh="fresh"))
    message = json.loads(only(effects, "accept")["text"])
    assert (message["userId"], message["anonymousId"]) == ("u1", "fresh")
    assert message["context"]["trulyAnonymousTracking"] is True
    assert len(lines(effects)) == 1
    effects = analytics.handle(response(only(effects, "send")["delivery"], 401))
    assert "store" not in [effect["type"] for effect in effects]  # the cool-down neither
    effects = analytics.handle(consent({"x": 1}))
    assert lines(effects) == ["consent option x does nothing here; it is ignored"]
    assert "rudderanalytics.KEY.coolUntil" in [effect.get("key") for effect in effects]


def context(effects: list[dict]) -> dict:
    return json.loads(only(effects, "accept")["text"])["context"]  # type: ignore[no-any-return]


def after(effects: list[dict], stored: dict) -> dict:
    """What is stored once effects are performed."""
    areas = {area: dict(stored[area]) for area in stored}
    for effect in effects:
        if effect["type"] == "store":
            areas[effect["area"]][effect["key"]] = effect["value"]
    return {area: {key: text for key, text in texts.items() if text is not None} for area, texts in areas.items()}


def test_the_next_message_opens_the_session_where_the_first_was_discarded() -> None:
    analytics = Analytics("1.2.3")
    stored = after(analytics.handle(LOAD | {"arguments": ["KEY", "https://a.example", PENDING]}), LOAD["stored"])  # type: ignore[arg-type]
    effects = analytics.handle(call("track", "Seen", stored=stored))
    assert context(effects)["sessionStart"] is True
    stored = after(effects, stored)
    effects = analytics.handle(consent({"discardPreConsentEvents": True}) | {"stored": stored})
    stored = after(effects, stored)
    assert [effect["reason"] for effect in effects if effect["type"] == "emit"] == ["discarded"]
    assert "sessionStart" not in cookies.decode(stored["cookie"]["rl_session"], "sessionInfo")  # type: ignore[operator]
    assert context(analytics.handle(call("track", "Bought", stored=stored)))["sessionStart"] is True


def test_the_next_message_opens_the_session_where_the_page_dropped_the_first() -> None:
    analytics = Analytics("1.2.3")
    stored = after(analytics.handle(LOAD | {"reviews": True}), LOAD["stored"])  # type: ignore[arg-type]
    for name, starts in (("a", True), ("b", True), ("c", None)):
        effects = analytics.handle(call("track", name, id=name, stored=stored))
        stored = after(effects, stored)
        message = json.loads(only(effects, "review")["text"])
        assert message["context"].get("sessionStart") is starts
        answer = None if name == "a" else message
        analytics.handle({"type": "reviewed", "now": NOW, "id": name, "message": answer})


@pytest.mark.parametrize("stored", ["", "captured"])
def test_an_id_that_a_getter_made_early_counts_unless_there_is_another(stored: str) -> None:  # [js 3.8]
    analytics = Analytics("1.2.3")
    segment = {"anonymousIdOptions": {"autoCapture": {"enabled": True, "source": "segment"}}}
    areas = LOAD["stored"] | {"localStorage": {"ajs_anonymous_id": stored}}  # type: ignore[operator]
    effects = analytics.handle(LOAD | {"arguments": ["KEY", "https://a.example", segment], "stored": areas})
    cookie = {effect["key"]: effect["value"] for effect in effects if effect["type"] == "store"}
    effects = analytics.handle(call("setAnonymousId", "", "", True, id="made", stored=areas | {"cookie": cookie}))
    made = [cookies.decode(effect["value"], "anonymousId") for effect in effects if effect["type"] == "store"]
    assert made == ([] if stored else ["made"])


def test_an_answer_settles_its_delivery(analytics: Analytics) -> None:
    send = only(analytics.handle(call("track", "Bought")), "send")
    assert only(analytics.handle(response(send["delivery"], 200)), "emit")["name"] == "delivered"


@pytest.mark.parametrize(("chance", "delay"), [("00000000", 1_000), ("80000000", 1_500), ("ffffffff", 1_999)])
def test_chance_comes_from_the_input(analytics: Analytics, chance: str, delay: int) -> None:
    number = only(analytics.handle(call("track", "Bought")), "send")["delivery"]
    effects = analytics.handle(response(number, 503, id=chance + "-0000-4000-8000-000000000000"))
    assert only(effects, "wake")["at"] == NOW + delay


@pytest.mark.parametrize("kind", ["hidden", "flush", "online"])
def test_signals_that_try_at_once(analytics: Analytics, kind: str) -> None:
    number = only(analytics.handle(call("track", "Bought")), "send")["delivery"]
    analytics.handle(response(number, 503))
    assert only(analytics.handle({"type": kind, "now": NOW}), "send")["keepalive"] is (kind == "hidden")


@pytest.mark.parametrize("kind", ["tick", "shown"])
def test_signals_that_only_give_the_time(analytics: Analytics, kind: str) -> None:
    number = only(analytics.handle(call("track", "Bought")), "send")["delivery"]
    analytics.handle(response(number, 503))
    assert "send" not in [effect["type"] for effect in analytics.handle({"type": kind, "now": NOW})]
    assert only(analytics.handle({"type": kind, "now": NOW + 2_000}), "send")


def test_offline_nothing_is_sent(analytics: Analytics) -> None:
    analytics.handle({"type": "offline", "now": NOW})
    assert "send" not in [effect["type"] for effect in analytics.handle(call("track", "Bought"))]


def test_only_a_page_that_is_hidden_sends_beside_the_delivery_in_flight(analytics: Analytics) -> None:
    only(analytics.handle(call("track", "first")), "send")
    assert "send" not in [effect["type"] for effect in analytics.handle(call("track", "second"))]
    assert only(analytics.handle({"type": "hidden", "now": NOW}), "send")["keepalive"] is True


def test_a_page_that_cannot_wait_for_an_answer_asks_before_it_is_left(analytics: Analytics) -> None:
    analytics.handle(call("track", "first"))
    part = only(analytics.handle(call("track", "second") | {"part": True}), "part")
    assert analytics.handle({"type": "hidden", "now": NOW, "parted": part["delivery"]}) == []
    assert only(analytics.handle(response(part["delivery"], 200)), "emit")["name"] == "delivered"


def test_what_was_for_leaving_goes_in_line_on_a_page_that_stays(analytics: Analytics) -> None:
    number = only(analytics.handle(call("track", "first")), "send")["delivery"]
    analytics.handle(call("track", "second") | {"part": True})
    assert len(only(analytics.handle(response(number, 200)), "send")["ids"]) == 1


def test_messages_of_pages_that_are_gone_leave_before_ours() -> None:
    analytics = Analytics("1.2.3")
    analytics.handle(LOAD)
    assert "send" not in [effect["type"] for effect in analytics.handle(call("track", "new"))]
    old = json.dumps({"messageId": "old", "type": "track", "anonymousId": "a"})
    analytics.handle({"type": "adopt", "now": NOW, "messages": [[f"rudderanalytics.KEY.x.0000000001.{NOW}", old]]})
    assert only(analytics.handle({"type": "adopted", "now": NOW}), "send")["ids"] == ["old", "message"]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"type": "unknown", "now": NOW}, "unknown failed: KeyError: 'unknown'"),
        ({"type": "response", "now": NOW}, "response failed: KeyError: 'delivery'"),
        (call("track", stored=None), "track failed: TypeError: 'NoneType' object is not subscriptable"),
    ],
)
def test_an_input_that_cannot_be_is_a_line(analytics: Analytics, given: dict, line: str) -> None:
    assert lines(analytics.handle(given)) == [line]


def test_what_was_gathered_before_a_failure_is_still_done(analytics: Analytics) -> None:
    effects = analytics.handle(call("identify", "u1", page={}))
    assert "rl_user_id" in [effect["key"] for effect in effects if effect["type"] == "store"]
    assert lines(effects) == ["identify failed: KeyError: 'canonical'"]


def test_where_nothing_is_kept_each_message_says_so_and_has_its_own_anonymous_id() -> None:  # [js 2.4, 3.4]
    analytics = Analytics("1.2.3")
    analytics.handle(LOAD | {"arguments": ["KEY", "https://a.example", {"storage": {"type": "none"}}]})
    (accepted,) = [
        effect for effect in analytics.handle(call("track", "a") | {"fresh": "one"}) if effect["type"] == "accept"
    ]
    message = json.loads(accepted["text"])
    assert (message["anonymousId"], message["context"]["trulyAnonymousTracking"]) == ("one", True)


def test_the_integrations_of_load_replace_those_of_a_call_where_it_says_so() -> None:  # [js 2.7]
    given = {"integrations": {"A": False}, "useGlobalIntegrationsConfigInEvents": True}
    analytics = Analytics("1.2.3")
    analytics.handle(LOAD | {"arguments": ["KEY", "https://a.example", given]})
    effects = analytics.handle(call("track", "a", {}, {"integrations": {"B": True}}))
    (accepted,) = [effect for effect in effects if effect["type"] == "accept"]
    assert json.loads(accepted["text"])["integrations"] == {"All": True, "A": False}


def test_what_looks_like_a_mistake_in_a_message_is_a_line_once(analytics: Analytics) -> None:  # [js 2.8]
    line = "track: properties.id has the name of a column of RudderStack's own; it is sent as given"
    assert lines(analytics.handle(call("track", "a", {"id": 1}))) == [line]
    assert lines(analytics.handle(call("track", "b", {"id": 1}))) == []
