"""effects: what the core asks of the page, as plain dicts in order."""

import pytest

from rudderanalytics.core.effects import Effects


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


def test_keep_names_the_values(effects: Effects) -> None:
    effects.keep({"userId": "u1"})
    assert effects.take() == [{"type": "keep", "identity": {"userId": "u1"}}]


def test_remember_is_for_the_next_page(effects: Effects) -> None:
    effects.remember("5 refused")
    effects.remember(None)
    assert [effect["coolUntil"] for effect in effects.take()] == ["5 refused", None]


def test_accept_names_the_message(effects: Effects) -> None:
    effects.accept("id", "{}")
    effects.accept("id", "[]", again=True)
    effects.accept_reviewed("id", "answered")
    assert effects.take() == [
        {"type": "accept", "id": "id", "text": "{}", "again": False},
        {"type": "accept", "id": "id", "text": "[]", "again": True},
        {"type": "accept", "id": "id", "reviewed": "answered", "again": False},
    ]


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


def test_emit_has_a_reason_only_where_there_is_one(effects: Effects) -> None:
    effects.emit("delivered", ["a"])
    effects.emit("dropped", ["b"], "rejected")
    assert effects.take() == [
        {"type": "emit", "name": "delivered", "ids": ["a"]},
        {"type": "emit", "name": "dropped", "ids": ["b"], "reason": "rejected"},
    ]


def test_a_line_of_which_the_page_says_more_has_a_kind(effects: Effects) -> None:
    effects.log("ERROR", "a", "firewall")
    effects.log_once("WARN", "b", "failing")
    effects.log_once("WARN", "b", "failing")
    assert effects.take() == [
        {"type": "log", "level": "ERROR", "text": "a", "kind": "firewall"},
        {"type": "log", "level": "WARN", "text": "b", "kind": "failing"},
    ]


def test_a_line_that_is_said_once_is_not_said_again(effects: Effects) -> None:
    for text in ("a", "a", "b"):
        effects.log_once("WARN", text)
    effects.take()
    effects.log_once("WARN", "b")
    effects.log_once("WARN", "c")
    assert [effect["text"] for effect in effects.take()] == ["c"]


def test_a_try_that_failed_is_told_with_the_time_of_the_next(effects: Effects) -> None:
    effects.emit_failed(["a"], 503, "unavailable", None)
    told = {"type": "emit", "name": "failed", "ids": ["a"], "reason": "unavailable", "status": 503, "nextTry": None}
    assert effects.take() == [told]


def test_a_failure_is_told(effects: Effects) -> None:
    effects.fail("track failed")
    assert effects.take() == [{"type": "fail", "text": "track failed"}]
