"""client: what an input does. tests/vectors/scenarios.json and consent.json have what calls become."""

import json

import pytest
from core.page import LOAD, VISITOR, call, consent, kinds, lines, load, only, response
from vectors.run import NOW, PAGE

from rudderanalytics.core.analytics import Analytics

SESSION = {"id": 5, "expiresAt": NOW, "timeout": 60_000, "autoTrack": True}


def loaded(options: dict | None = None, policy: dict | None = None, **more: object) -> Analytics:
    """A client with nothing left by pages before."""
    analytics = Analytics("1.2.3")
    analytics.handle(load(options, policy, **more))
    analytics.handle({"type": "adopted", "now": NOW})
    return analytics


@pytest.fixture
def analytics() -> Analytics:
    return loaded()


def message(effects: list[dict]) -> dict:
    return json.loads(only(effects, "accept")["text"])  # type: ignore[no-any-return]


def test_a_visitor_who_comes_is_kept() -> None:  # [js 3.6, 3.9]
    assert only(Analytics("1.2.3").handle(LOAD), "keep")["identity"] == {
        "anonymousId": LOAD["id"],
        "initialReferrer": PAGE["referrer"],
        "initialReferringDomain": "www.google.com",
        "sessionInfo": {"id": NOW, "expiresAt": NOW + 1_800_000, "timeout": 1_800_000, "autoTrack": True},
    }


def test_of_a_visitor_who_is_known_only_what_changes_is_kept() -> None:
    known = VISITOR | {"initialReferrer": "r", "initialReferringDomain": "d", "sessionInfo": SESSION}
    (changed,) = only(Analytics("1.2.3").handle(load(identity=known)), "keep")["identity"]
    assert changed == "sessionInfo"
    lasting = known | {"sessionInfo": {"id": 5, "manualTrack": True, "autoTrack": False, "timeout": 1_800_000}}
    assert "keep" not in kinds(Analytics("1.2.3").handle(load(identity=lasting)))


def test_the_first_referrer_is_kept_without_secrets_and_may_be_none() -> None:
    page = PAGE | {"referrer": "https://a.example/?token=1"}
    kept = only(Analytics("1.2.3").handle(load(page=page)), "keep")["identity"]
    assert kept["initialReferrer"] == "https://a.example/"
    kept = only(Analytics("1.2.3").handle(load(page=PAGE | {"referrer": "", "referrerHost": ""})), "keep")["identity"]
    assert (kept["initialReferrer"], "initialReferringDomain" in kept) == ("$direct", False)


@pytest.mark.parametrize("method", ["identify", "track", "page", "group", "alias"])
def test_five_methods_become_messages(analytics: Analytics, method: str) -> None:
    effects = analytics.handle(call(method, "x"))
    assert only(effects, "accept")["id"] == "message"
    assert message(effects)["type"] == method
    assert only(effects, "send")["url"] == f"https://a.example/v1/{method}"


@pytest.mark.parametrize("method", ["reset", "setAnonymousId", "startSession", "endSession", "setAuthToken"])
def test_the_others_change_the_visitor_only(analytics: Analytics, method: str) -> None:
    assert set(kinds(analytics.handle(call(method, "token")))) <= {"keep", "log"}


def test_what_a_call_changed_is_kept_before_its_message(analytics: Analytics) -> None:
    effects = analytics.handle(call("identify", "u1", {"a": 1}))
    assert kinds(effects) == ["keep", "accept", "send"]
    assert effects[0]["identity"] == {"userId": "u1", "userTraits": {"a": 1}}
    assert kinds(analytics.handle(call("track", "Bought", identity=VISITOR | {"userId": "u1"}))) == ["accept"]


def test_a_message_is_of_the_moment_of_its_call_though_python_came_later(analytics: Analytics) -> None:
    then = {"at": NOW - 3_000, "page": PAGE | {"title": "Earlier"}, "identity": VISITOR | {"userId": "u0"}}
    built = message(analytics.handle(call("track", "Bought", **then)))
    assert built["originalTimestamp"] == "2026-11-23T14:45:47.673Z"
    assert (built["context"]["page"]["title"], built["userId"]) == ("Earlier", "u0")


def test_a_call_that_a_page_before_made_is_a_message_that_it_left(analytics: Analytics) -> None:
    effects = analytics.handle(call("track", "Bought", recovered=True))
    assert only(effects, "send")["headers"]["Rsa-Recovered"] == "true"


def test_a_refused_call_is_one_line_and_changes_nothing(analytics: Analytics) -> None:
    (effect,) = analytics.handle(call("identify", " ", {"a": 1}))
    assert effect == {"type": "log", "level": "ERROR", "text": "identify: ' ' is not an id; the call is ignored"}


@pytest.mark.parametrize(("method", "arguments"), [("reset", []), ("identify", ["u2"])])
def test_a_session_does_not_outlive_its_user(
    analytics: Analytics, method: str, arguments: list
) -> None:  # [js 1.8, 1.9]
    known = VISITOR | {"userId": "u1", "sessionInfo": SESSION}
    kept = only(analytics.handle(call(method, *arguments, identity=known)), "keep")["identity"]
    assert kept["sessionInfo"]["id"] == NOW


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
    assert message(effects)["context"]["traits"] == {"age": "x"}


def test_a_large_message_is_a_line_and_is_sent(analytics: Analytics) -> None:  # [js 2.9]
    effects = analytics.handle(call("track", "x", {"text": "x" * 33_000}))
    assert lines(effects)[0].startswith("track: a message of 33")
    assert only(effects, "send")


def test_what_looks_like_a_mistake_in_a_message_is_a_line_once(analytics: Analytics) -> None:  # [js 2.8]
    line = "track: properties.id has the name of a column of RudderStack's own; it is sent as given"
    assert lines(analytics.handle(call("track", "a", {"id": 1}))) == [line]
    assert lines(analytics.handle(call("track", "b", {"id": 1}))) == []


@pytest.mark.parametrize("more", [{"online": False}, {"coolUntil": str(NOW + 60_000)}])
def test_load_respects_what_keeps_messages_back(more: dict) -> None:
    effects = loaded(**more).handle(call("track", "Bought"))
    assert "send" not in kinds(effects)
    assert only(effects, "wake")["at"] > NOW


def test_the_integrations_of_load_replace_those_of_a_call_where_it_says_so() -> None:  # [js 2.7]
    analytics = loaded({"integrations": {"All": True, "A": None}, "useGlobalIntegrationsConfigInEvents": True})
    built = message(analytics.handle(call("track", "a", {}, {"integrations": {"B": True}})))
    assert built["integrations"] == {"All": True}
    analytics.handle(consent(integrations={"All": False, "B": None}))
    assert message(analytics.handle(call("track", "a")))["integrations"] == {"All": False}
    analytics.handle(consent())
    assert message(analytics.handle(call("track", "a")))["integrations"] == {"All": False}
    analytics = loaded()
    analytics.handle(consent(integrations={"All": False}))
    assert message(analytics.handle(call("track", "a")))["integrations"] == {"All": True}


def test_an_answer_settles_its_delivery(analytics: Analytics) -> None:
    send = only(analytics.handle(call("track", "Bought")), "send")
    assert only(analytics.handle(response(send["delivery"], 200)), "emit")["name"] == "delivered"


@pytest.mark.parametrize(("chance", "delay"), [("00000000", 1_000), ("80000000", 1_500), ("ffffffff", 1_999)])
def test_chance_comes_from_the_input(analytics: Analytics, chance: str, delay: int) -> None:
    number = only(analytics.handle(call("track", "Bought")), "send")["delivery"]
    effects = analytics.handle(response(number, 503, id=chance + "-0000-4000-8000-000000000000"))
    assert only(effects, "wake")["at"] == NOW + delay


def test_a_text_that_is_lost_is_told_and_the_others_go_on(analytics: Analytics) -> None:
    analytics.handle({"type": "offline", "now": NOW})
    for name in "ab":
        analytics.handle(call("track", name, id=name))
    number = only(analytics.handle({"type": "online", "now": NOW}), "send")["delivery"]
    effects = analytics.handle({"type": "lost", "now": NOW, "delivery": number, "ids": ["a"]})
    assert only(effects, "emit") == {"type": "emit", "name": "dropped", "ids": ["a"], "reason": "lost"}
    assert only(analytics.handle(response(number, 200)), "emit")["ids"] == ["b"]


@pytest.mark.parametrize("kind", ["hidden", "flush", "online"])
def test_signals_that_try_at_once(analytics: Analytics, kind: str) -> None:
    number = only(analytics.handle(call("track", "Bought")), "send")["delivery"]
    analytics.handle(response(number, 503))
    assert only(analytics.handle({"type": kind, "now": NOW}), "send")["keepalive"] is (kind == "hidden")


@pytest.mark.parametrize("kind", ["tick", "shown"])
def test_signals_that_only_give_the_time(analytics: Analytics, kind: str) -> None:
    number = only(analytics.handle(call("track", "Bought")), "send")["delivery"]
    analytics.handle(response(number, 503))
    assert "send" not in kinds(analytics.handle({"type": kind, "now": NOW}))
    assert only(analytics.handle({"type": kind, "now": NOW + 2_000}), "send")


def test_offline_nothing_is_sent(analytics: Analytics) -> None:
    analytics.handle({"type": "offline", "now": NOW})
    assert "send" not in kinds(analytics.handle(call("track", "Bought")))


def test_only_a_page_that_is_hidden_sends_beside_the_delivery_in_flight(analytics: Analytics) -> None:
    only(analytics.handle(call("track", "first")), "send")
    assert "send" not in kinds(analytics.handle(call("track", "second")))
    assert only(analytics.handle({"type": "hidden", "now": NOW}), "send")["keepalive"] is True


def test_messages_of_pages_that_are_gone_leave_before_ours() -> None:
    analytics = Analytics("1.2.3")
    analytics.handle(LOAD)
    assert "send" not in kinds(analytics.handle(call("track", "new")))
    old = {"id": "old", "type": "track", "anonymousId": "a", "at": NOW, "size": 50}
    analytics.handle({"type": "adopt", "now": NOW, "messages": [old]})
    first = only(analytics.handle({"type": "adopted", "now": NOW}), "send")
    taken = response(first["delivery"], 200)
    assert [first["ids"], only(analytics.handle(taken), "send")["ids"]] == [["old"], ["message"]]


def test_a_second_load_is_a_line_and_changes_nothing() -> None:
    analytics = Analytics("1.2.3")
    analytics.handle(LOAD)
    analytics.handle({"type": "adopted", "now": NOW})
    effects = analytics.handle(load({"logLevel": "NONE"}, writeKey="OTHER", dataPlaneUrl="https://b.example"))
    assert effects == [{"type": "log", "level": "ERROR", "text": "load: this page has loaded already; nothing changes"}]
    assert only(analytics.handle(call("track", "Bought")), "send")["url"] == "https://a.example/v1/track"
    assert lines(analytics.handle(call("identify", "")))


def test_calls_that_waited_until_sending_may_begin_leave_one_by_one() -> None:
    analytics = Analytics("1.2.3")
    analytics.handle(LOAD)
    answer = analytics.handle({"type": "adopted", "now": NOW, "waiting": 3})
    for name in "abcd":
        answer += analytics.handle(call("track", name, id=name))
    sent = []
    while len(sent) < 3:
        started = only(answer, "send")
        sent.append(started["ids"])
        answer = analytics.handle(response(started["delivery"], 200))
    assert sent == [["a"], ["b"], ["c"]]


def reviewed(**answer: object) -> dict:
    return {"type": "reviewed", "now": NOW, "id": "message", "size": 9} | answer


def test_a_message_waits_for_its_review(analytics: Analytics) -> None:
    assert analytics.handle(reviewed(message=None)) == []
    analytics = loaded(reviews=True)
    effects = analytics.handle(call("track", "Bought"))
    assert kinds(effects) == ["review"]
    shown = json.loads(only(effects, "review")["text"])
    effects = analytics.handle(reviewed(message=shown | {"event": "Sold"}))
    assert effects[0] == {"type": "accept", "id": "message", "reviewed": "answered", "again": False}
    assert kinds(effects) == ["accept", "send"]
    effects = analytics.handle(call("track", "Bought"))
    effects = analytics.handle(reviewed(message=shown | {"context": {"x": None}}))
    assert message(effects) == shown | {"context": {}}
    analytics.handle(call("track", "Bought"))
    assert analytics.handle(reviewed(error="no"))[1]["reason"] == "before_send_failed"
    analytics.handle(call("track", "Bought"))
    assert analytics.handle(reviewed(message=None)) == [
        {"type": "emit", "name": "dropped", "ids": ["message"], "reason": "before_send"}
    ]


def test_the_next_message_opens_the_session_where_the_page_dropped_the_first() -> None:
    analytics = loaded(reviews=True)
    visitor = VISITOR | {"sessionInfo": SESSION}
    for name, starts in (("a", True), ("b", True), ("c", None)):
        effects = analytics.handle(call("track", name, id=name, identity=visitor))
        for effect in effects:
            visitor = visitor | effect.get("identity", {})
        assert visitor["sessionInfo"]["sessionStart"] is (name == "a")  # the session itself goes on
        shown = json.loads(only(effects, "review")["text"])
        assert shown["context"].get("sessionStart") is starts
        analytics.handle(reviewed(id=name, message=None if name == "a" else shown))


@pytest.mark.parametrize("discard", [False, True])
def test_what_waits_leaves_or_is_discarded_with_the_decision(discard: bool) -> None:
    analytics = loaded(policy={"buffers": True})
    effects = analytics.handle(call("track", "a", id="a"))
    effects += analytics.handle(call("track", "b", id="b", recovered=True))
    for kind in ("hidden", "online", "flush", "tick"):
        effects += analytics.handle({"type": kind, "now": NOW})
    assert [(effect["type"], effect["id"], effect["again"]) for effect in effects] == [
        ("accept", "a", False),
        ("accept", "b", False),
    ]
    effects = analytics.handle(consent(consents={"provider": "custom", "allowedConsentIds": ["é"]}, discard=discard))
    if discard:
        told = [(effect["ids"], effect["reason"]) for effect in effects]
        assert told == [(["a"], "discarded"), (["b"], "discarded")]
        return
    again = [effect for effect in effects if effect["type"] == "accept"]
    assert [effect["again"] for effect in again] == [True, True]
    assert json.loads(again[0]["text"])["context"]["consentManagement"]["allowedConsentIds"] == ["é"]
    assert only(effects, "send")["ids"] == ["b"]  # what pages before left comes first


def test_a_decision_that_is_none_yet_lets_nothing_go() -> None:
    analytics = loaded(policy={"buffers": True})
    analytics.handle(call("track", "a"))
    assert kinds(analytics.handle(consent({"buffers": True}))) == []
    assert kinds(analytics.handle(consent())) == ["accept", "send"]


def test_of_what_waits_the_oldest_goes_where_memory_ends() -> None:
    analytics = loaded(policy={"buffers": True})
    for name in "ab":
        effects = analytics.handle(call("track", name, {"text": "x" * 2**23}, id=name))
    assert only(effects, "emit") == {"type": "emit", "name": "dropped", "ids": ["a"], "reason": "overflow"}
    assert lines(effects)[-1] == "1 message(s) dropped: overflow"


def test_a_message_whose_context_the_page_took_away_leaves_as_it_is() -> None:
    analytics = loaded(policy={"buffers": True}, reviews=True)
    shown = json.loads(only(analytics.handle(call("track", "a")), "review")["text"])
    analytics.handle(reviewed(message=shown | {"context": 5}))
    assert message(analytics.handle(consent(consents={"provider": "custom"})))["context"] == 5


@pytest.mark.parametrize("early", [True, False])
def test_what_waits_lets_what_pages_before_left_go_first(early: bool) -> None:
    analytics = Analytics("1.2.3")
    analytics.handle(load(policy={"buffers": True}))
    analytics.handle(call("track", "a"))
    first, second = ({"type": "adopted", "now": NOW}, consent())[:: 1 if early else -1]
    assert "send" not in kinds(analytics.handle(first))
    assert only(analytics.handle(second), "send")["ids"] == ["message"]


@pytest.mark.parametrize("discard", [False, True])
def test_what_a_page_before_left_goes_in_its_order_after_the_decision_too(discard: bool) -> None:
    analytics = Analytics("1.2.3")
    analytics.handle(load(policy={"buffers": True}))
    analytics.handle(call("track", "a", recovered=True))  # it could not be stored as a message
    left = {"id": "later", "type": "track", "anonymousId": "a", "at": NOW, "size": 5}
    analytics.handle({"type": "adopt", "now": NOW, "messages": [left]})
    analytics.handle({"type": "adopted", "now": NOW})
    effects = analytics.handle(consent(discard=discard))
    assert only(effects, "send")["ids"] == ["later" if discard else "message"]
    assert [effect["id"] for effect in effects if effect["type"] == "accept"] == ["message"] * (not discard)


def test_before_the_decision_messages_can_leave_without_what_they_may_not_show() -> None:  # [js 7.2]
    analytics = loaded(policy={"hides": True, "anonymous": True})
    known = VISITOR | {"userId": "u0", "sessionInfo": SESSION}
    effects = analytics.handle(call("identify", "u0", {"age": "x"}, identity=known))
    built = message(effects)
    assert (built["userId"], built["anonymousId"]) == ("u0", "fresh")
    assert built["context"]["trulyAnonymousTracking"] is True
    assert "sessionId" not in built["context"]
    assert only(effects, "keep")["identity"] == {"userTraits": {"age": "x"}}  # and not the session
    assert len(lines(effects)) == 1
    effects = analytics.handle(response(only(effects, "send")["delivery"], 401))
    assert "remember" not in kinds(effects)
    assert only(analytics.handle(consent()), "remember")["coolUntil"]


def test_a_consent_manager_that_says_more_is_no_decision() -> None:
    analytics = loaded(policy={"buffers": True})
    more = {"provider": "ketch", "allowedConsentIds": ["a"], "deniedConsentIds": []}
    assert analytics.handle({"type": "consents", "now": NOW, "consents": more}) == []
    effects = analytics.handle(call("track", "a"))
    assert message(effects)["context"]["consentManagement"]["allowedConsentIds"] == ["a"]
    assert "send" not in kinds(effects)


def test_a_page_view_is_told_apart() -> None:  # [js 2.4]
    analytics = loaded({"autoTrack": {"enabled": True, "pageLifecycle": {"enabled": None}}})
    assert message(analytics.handle(call("page")))["context"]["autoTrack"] == {"page": {"pageViewId": "owner"}}


def test_what_is_no_input_is_a_line(analytics: Analytics) -> None:
    assert lines(analytics.handle({"type": "nope", "now": NOW})) == ["nope: there is no such input"]


def test_what_to_send_if_the_page_is_left_is_said_where_it_asks(analytics: Analytics) -> None:
    analytics.handle(call("track", "first", id="first"))
    part = only(analytics.handle(call("track", "second") | {"part": True}), "part")
    assert part["ids"] == ["message"]
    assert analytics.handle({"type": "hidden", "now": NOW, "parted": part["delivery"]}) == []
    assert only(analytics.handle(response(part["delivery"], 200)), "emit")["ids"] == ["message"]


def waited(analytics: Analytics, **more: object) -> list[str]:
    """What kinds of effects a tick has, later by so much, after a delivery failed."""
    analytics.handle(call("track", "Bought", elapsed=0))
    analytics.handle(response(1, 503, elapsed=0))
    return kinds(analytics.handle({"type": "tick"} | more))


def test_waits_are_measured_and_not_read_from_the_clock(analytics: Analytics) -> None:
    assert "send" in waited(analytics, now=NOW - 10 * 86_400_000, elapsed=300_000)


def test_a_clock_that_was_set_ends_no_wait_but_one_that_is_far_ahead_is_worth_a_try(analytics: Analytics) -> None:
    """A laptop slept, and its browser does not count that."""
    assert "send" not in waited(analytics, now=NOW + 30_000, elapsed=5)
    assert "send" in kinds(analytics.handle({"type": "tick", "now": NOW + 86_400_000, "elapsed": 10}))


def test_nothing_expires_by_the_clock() -> None:
    analytics = loaded(online=False)
    analytics.handle(call("track", "Bought", elapsed=0))
    for days in (10, -10, 20):
        effects = analytics.handle({"type": "tick", "now": NOW + days * 86_400_000, "elapsed": 1_000})
        assert "emit" not in kinds(effects)


def test_the_browser_is_believed_whenever_it_was_asked() -> None:
    analytics = loaded(online=False)
    assert "send" not in kinds(analytics.handle(call("track", "Bought")))
    assert "send" not in kinds(analytics.handle({"type": "shown", "now": NOW, "online": False}))
    assert "send" in kinds(analytics.handle({"type": "shown", "now": NOW, "online": True}))


def test_a_message_that_was_seen_waiting_before_expires_sooner() -> None:
    day = 86_400_000
    analytics = Analytics("1.2.3")
    analytics.handle(load(online=False))
    left = {"id": "a", "type": "track", "anonymousId": "a", "at": NOW - 30 * day, "size": 5}
    messages = [left | {"waited": 6 * day}, left | {"id": "b"}]
    analytics.handle({"type": "adopt", "now": NOW, "messages": messages})
    gone: list[str] = []
    for days in range(1, 9):
        effects = analytics.handle({"type": "tick", "now": NOW + days * day + days})
        gone += [f"{days} {effect['ids']}" for effect in effects if effect.get("reason") == "expired"]
    assert gone == ["2 ['a']", "8 ['b']"]


def test_what_a_page_before_sent_as_it_was_left_waits_for_an_answer() -> None:
    analytics = Analytics("1.2.3")
    analytics.handle(LOAD)
    left = {"id": "a", "type": "track", "anonymousId": "a", "at": NOW, "size": 5}
    messages = [left | {"doubtful": True}, left | {"id": "b"}]
    analytics.handle({"type": "adopt", "now": NOW, "messages": messages})
    assert only(analytics.handle({"type": "adopted", "now": NOW}), "send")["ids"] == ["a"]
    failed = {"type": "response", "now": NOW, "delivery": 1, "status": 503, "retryAfter": None, "id": "r"}
    assert "send" not in kinds(analytics.handle(failed))
    assert only(analytics.handle({"type": "hidden", "now": NOW}), "send")["ids"] == ["b"]


@pytest.mark.parametrize("buffers", [True, False])
def test_what_the_visitor_took_back_is_not_sent_and_nobody_is_told_again(buffers: bool) -> None:
    """The page let go of it, and told who listens."""
    analytics = loaded(policy={"buffers": buffers})
    analytics.handle(call("track", "a", id="a"))
    analytics.handle(call("track", "b", id="b"))
    effects = analytics.handle({"type": "forget", "now": NOW, "ids": ["a", "b"]})
    effects += analytics.handle(consent({"buffers": True}))
    effects += analytics.handle(call("track", "c", id="c"))
    assert kinds(effects) == ["accept"]
    effects = analytics.handle(consent())
    assert only(effects, "send")["ids"] == ["c"]
