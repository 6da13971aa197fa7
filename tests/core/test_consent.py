"""permission: what holds before the visitor has decided; tests/vectors/consent.json has it among calls."""

from typing import Any

import pytest

from rudderanalytics.core.consent.consent import Permission, ask, consented
from rudderanalytics.core.effects import Effects
from rudderanalytics.core.options import DEFAULTS, validate
from rudderanalytics.core.visitor.identity import EMPTY

ON = {"enabled": True, "provider": "custom"}
COOKIES = dict.fromkeys(EMPTY, "cookieStorage")


def consent(management: object = ON, seen: dict | None = None, **before: Any) -> Permission:
    options = validate({"preConsent": {"enabled": True} | before, "consentManagement": management})[0]
    return Permission(Effects(), options, seen or {})


def strategy(name: str) -> dict:
    return {"storage": {"strategy": name}}


@pytest.mark.parametrize(
    ("management", "before", "pending"),
    [
        (ON, {}, True),
        ({"enabled": True}, {}, True),
        ({"enabled": True, "provider": "other"}, {}, True),
        (ON, {"enabled": False}, False),
        ({"enabled": False}, {}, False),
        (ON | {"allowedConsentIds": []}, {}, False),
        (ON | {"deniedConsentIds": ["a"]}, {}, False),
    ],
)
def test_there_is_no_decision_while(management: dict, before: dict, pending: bool) -> None:  # [js 7.2]
    assert consent(management, **before).pending is pending
    assert consent(management, **before).quiet is pending
    assert consent(management, **before).buffers is False
    assert consent(management, **before, events={"delivery": "buffer"}).buffers is pending


@pytest.mark.parametrize(
    ("name", "kept"), [("none", []), ("session", ["sessionInfo"]), ("anonymousId", ["anonymousId"])]
)
def test_a_strategy_keeps_what_it_names(name: str, kept: list) -> None:  # [js 7.2]
    before = consent(**strategy(name))
    types = before.types(COOKIES | {"groupId": "none"})
    assert [key for key in types if types[key] == "cookieStorage"] == kept
    assert types["groupId"] == "none"
    assert set(types.values()) <= {"held", "none", "cookieStorage"}
    known = dict.fromkeys(EMPTY, "known")
    assert before.visible(known) == EMPTY | dict.fromkeys(kept, "known")
    assert before.quiet is (name == "none")


def test_after_the_decision_everything_is_kept() -> None:
    decided = consent(events={"delivery": "buffer"})
    decided.decide(consented({})[0], {})
    assert (decided.pending, decided.buffers, decided.quiet) == (False, False, False)
    assert decided.types(COOKIES) == COOKIES


@pytest.mark.parametrize(
    ("given", "methods"),
    [
        ({}, []),
        ({"trackConsent": "true", "sendPageEvent": 1}, []),
        ({"trackConsent": True, "sendPageEvent": True}, ["track", "page"]),
    ],
)
def test_calls_can_follow_the_decision(given: dict, methods: list) -> None:  # [js 7.3]
    effects = Effects()
    options = validate({"consentManagement": ON})[0]
    Permission(effects, options, {}).decide(consented(given)[0], {})
    assert [effect["method"] for effect in effects.take() if effect["type"] == "call"] == methods


@pytest.mark.parametrize(
    ("management", "seen", "found"),
    [
        (None, {}, {}),
        ({"enabled": True}, {}, {}),
        (ON, {}, {"allowedConsentIds": [], "deniedConsentIds": [], "provider": "custom"}),
        (
            ON | {"allowedConsentIds": ["a"]},
            {},
            {"allowedConsentIds": ["a"], "deniedConsentIds": [], "provider": "custom"},
        ),
        (
            {"enabled": True, "provider": "ketch"},
            {"ketch": {"a": True, "b": False}},
            {
                "allowedConsentIds": ["a"],
                "deniedConsentIds": ["b"],
                "provider": "ketch",
                "resolutionStrategy": "and",
            },
        ),
    ],
)
def test_messages_say_what_was_decided(management: object, seen: dict, found: dict) -> None:  # [js 2.4]
    assert consent(management, seen).context().get("consentManagement", {}) == found


@pytest.mark.parametrize(
    ("provider", "seen"),
    [
        ("oneTrust", {}),
        ("oneTrust", {"active": "C1"}),
        ("oneTrust", {"active": 5, "groups": []}),
        ("oneTrust", {"active": "C1", "groups": 5}),
        ("ketch", {}),
        ("ketch", {"ketch": None, "cookies": {}}),
        ("ketch", {"ketch": None, "cookies": {"_ketch_consent_v1_": "!!!"}}),
        ("ketch", {"ketch": 5}),
        ("iubenda", {"iubenda": None, "cookies": {}}),
        ("iubenda", {"iubenda": None, "cookies": {"_iub_cs-1": "no JSON"}}),
        ("iubenda", {"iubenda": None, "cookies": {"_iub_cs-1": "[]"}}),
    ],
)
def test_a_consent_manager_that_says_nothing_is_a_line(provider: str, seen: dict) -> None:
    effects = Effects()
    options = validate({"consentManagement": {"enabled": True, "provider": provider}})[0]
    found = Permission(effects, options, seen).context()["consentManagement"]
    assert (found["allowedConsentIds"], found["deniedConsentIds"]) == ([], [])
    text = f"{provider} says nothing that can be read"
    log, told = effects.take()
    assert log == {"type": "log", "level": "WARN", "text": text}
    assert told == {"type": "consents", "provider": provider, "allowedConsentIds": [], "deniedConsentIds": []}


@pytest.mark.parametrize(
    ("provider", "seen"),
    [
        ("oneTrust", {"active": ",1,", "groups": [{"CustomGroupId": "1"}, {"CustomGroupId": "2"}]}),
        ("ketch", {"ketch": {"1": True, "2": False}}),
        (
            "ketch",
            {
                "ketch": None,
                "cookies": {
                    "_ketch_consent_v1_": "eyIxIjp7InN0YXR1cyI6ImdyYW50ZWQifSwiMiI6eyJzdGF0dXMiOiJkZW5pZWQifX0="
                },
            },
        ),
        ("iubenda", {"iubenda": {"2": False, "1": True}}),
        ("iubenda", {"iubenda": None, "cookies": {"_iub_cs-1": '{"purposes":{"1":true,"2":false}}'}}),
    ],
)
def test_consent_managers_are_asked(provider: str, seen: dict) -> None:  # [js 7.1]
    assert ask(provider, seen) == (["1"], ["2"])


def test_a_consent_manager_can_tell_more_later() -> None:  # [js 7.1]
    """Which is no decision: what waits for that waits on."""
    effects = Effects()
    management = {"enabled": True, "provider": "ketch"}
    options = validate({"preConsent": {"enabled": True}, "consentManagement": management})[0]
    permission = Permission(effects, options, {"ketch": {"a": True}})
    permission.learn({"ketch": {"a": False, "b": True}})
    assert permission.pending
    assert permission.context()["consentManagement"]["allowedConsentIds"] == ["b"]
    assert [(effect["allowedConsentIds"], effect["deniedConsentIds"]) for effect in effects.take()] == [
        (["a"], []),
        (["b"], ["a"]),
    ]


@pytest.mark.parametrize(
    "management",
    [{}, {"enabled": False, "provider": "ketch"}, ON, {"enabled": True, "provider": "ketch", "allowedConsentIds": []}],
)
def test_a_consent_manager_that_is_not_asked_has_no_functions_in_the_page(management: dict) -> None:
    effects = Effects()
    Permission(effects, validate({"consentManagement": management})[0], {"ketch": {"a": True}})
    assert effects.take() == []


@pytest.mark.parametrize("given", [None, {}, "x"])
def test_a_consent_that_says_nothing_has_defaults_too(given: object) -> None:  # [js 7.3]
    accepted, lines = consented(given)
    assert lines == []
    assert accepted["storage"]["type"] is None
    assert accepted["consentManagement"] == DEFAULTS["consentManagement"]
    assert not (accepted["discardPreConsentEvents"] or accepted["sendPageEvent"] or accepted["trackConsent"])


def test_a_consent_that_says_something_wrong_gets_a_line() -> None:
    accepted, lines = consented({"storage": {"type": "x"}, "sendPageEvent": 1})
    assert accepted == consented(None)[0]
    assert [line.split(" should")[0] for line in lines] == [
        "consent option sendPageEvent",
        "consent option storage.type",
    ]
