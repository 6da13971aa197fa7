"""effects: what the core asks of the page, as plain dicts in order."""

import pytest

from rudderanalytics.core.effects import LEVELS, Effects


@pytest.fixture
def effects() -> Effects:
    return Effects()


def test_effects_come_in_the_order_in_which_they_were_asked_for(effects: Effects) -> None:
    effects.wake(5)
    effects.log("ERROR", "a line")
    effects.wake(None)
    assert effects.take() == [
        {"type": "wake", "at": 5},
        {"type": "log", "level": "ERROR", "text": "a line"},
        {"type": "wake", "at": None},
    ]


def test_what_was_taken_is_gone(effects: Effects) -> None:
    effects.wake(5)
    effects.take()
    assert effects.take() == []


def test_store_names_area_key_and_text(effects: Effects) -> None:
    effects.store("localStorage", "key", None)
    assert effects.take() == [{"type": "store", "area": "localStorage", "key": "key", "value": None}]


def test_a_cookie_has_its_attributes(effects: Effects) -> None:
    effects.store_cookie("rl_user_id", "text", {"path": "/"})
    assert effects.take() == [
        {"type": "store", "area": "cookie", "key": "rl_user_id", "value": "text", "attributes": {"path": "/"}}
    ]


def test_accept_names_the_message_and_where_it_is_kept(effects: Effects) -> None:
    effects.accept("id", "key", "{}")
    effects.accept("id", None, "[]", again=True)
    assert effects.take() == [
        {"type": "accept", "id": "id", "key": "key", "text": "{}", "again": False},
        {"type": "accept", "id": "id", "key": None, "text": "[]", "again": True},
    ]


def test_lines_are_warnings(effects: Effects) -> None:
    effects.warn(["a", "b"], "load: ")
    assert [(effect["level"], effect["text"]) for effect in effects.take()] == [
        ("WARN", "load: a"),
        ("WARN", "load: b"),
    ]


def test_call_names_method_and_arguments(effects: Effects) -> None:
    effects.call("track", ["x"])
    assert effects.take() == [{"type": "call", "method": "track", "arguments": ["x"]}]


def test_review_shows_the_message(effects: Effects) -> None:
    effects.review("id", "{}")
    assert effects.take() == [{"type": "review", "id": "id", "text": "{}"}]


def test_send_says_where_and_how(effects: Effects) -> None:
    effects.send("send", 7, ["a", "b"], "https://a.example/v1/track", {"Accept": "application/json"}, True)
    assert effects.take() == [
        {
            "type": "send",
            "delivery": 7,
            "ids": ["a", "b"],
            "url": "https://a.example/v1/track",
            "headers": {"Accept": "application/json"},
            "keepalive": True,
        }
    ]


def test_what_was_decided_crosses_as_it_is(effects: Effects) -> None:
    effects.consents({"provider": "ketch", "allowedConsentIds": ["a"], "deniedConsentIds": []})
    assert effects.take() == [
        {"type": "consents", "provider": "ketch", "allowedConsentIds": ["a"], "deniedConsentIds": []}
    ]


def test_emit_has_a_reason_only_where_there_is_one(effects: Effects) -> None:
    effects.emit("delivered", ["a"])
    effects.emit("dropped", ["b"], "rejected")
    assert effects.take() == [
        {"type": "emit", "name": "delivered", "ids": ["a"]},
        {"type": "emit", "name": "dropped", "ids": ["b"], "reason": "rejected"},
    ]


def test_levels_are_in_the_order_of_the_official_sdk() -> None:  # [js 1.3], with ours: DEBUG after INFO, as there
    assert LEVELS == ("LOG", "INFO", "DEBUG", "WARN", "ERROR", "NONE")


@pytest.mark.parametrize("threshold", LEVELS)
def test_lines_below_the_level_are_not_logged(effects: Effects, threshold: str) -> None:
    effects.level = threshold
    for level in LEVELS[:-1]:
        effects.log(level, "a line")
    assert [effect["level"] for effect in effects.take()] == list(LEVELS[LEVELS.index(threshold) : -1])


def test_a_line_that_is_said_once_is_not_said_again(effects: Effects) -> None:
    for text in ("a", "a", "b"):
        effects.log_once("WARN", text)
    effects.take()
    effects.log_once("WARN", "b")
    effects.log_once("WARN", "c")
    assert [effect["text"] for effect in effects.take()] == ["c"]
