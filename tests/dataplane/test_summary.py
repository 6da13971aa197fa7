"""Messages in one line."""

import json
from typing import Any

import pytest

from dataplane.live.summary import Summary
from dataplane.live.terminal import line
from dataplane.store.rows import Row


def row(message: dict[str, Any] | str) -> Row:
    text = message if isinstance(message, str) else json.dumps(message)
    return Row(
        seq=1, received_at="2026-11-23T10:00:00.000Z", path="/v1/batch", headers="{}", write_key="KEY", message=text
    )


@pytest.mark.parametrize(
    ("message", "what"),
    [
        ({"type": "identify", "context": {"traits": {"name": "R", "logins": 2}}}, "name, logins"),
        ({"type": "identify", "traits": {"name": "R"}}, "name"),
        ({"type": "identify"}, ""),
        ({"type": "track", "event": "Order Completed"}, "Order Completed"),
        ({"type": "track", "event": 5}, "5"),
        ({"type": "page", "name": "Home"}, "Home"),
        ({"type": "page", "context": {"page": {"path": "/pricing"}}}, "/pricing"),
        ({"type": "page", "context": 5}, ""),
        ({"type": "group", "groupId": "acme", "traits": {"plan": "x"}}, "acme: plan"),
        ({"type": "alias", "previousId": "old"}, "was old"),
        ({"type": "other"}, ""),
        ({"type": "track", "event": "a\u001b[31m\nb"}, "a[31mb"),
    ],
)
def test_what(message: dict[str, Any], what: str) -> None:
    assert Summary.of(row(message)).what == what


@pytest.mark.parametrize(
    ("message", "who", "known"),
    [
        ({"userId": "u", "anonymousId": "a"}, "u", True),
        ({"userId": "", "anonymousId": "a"}, "a", False),
        ({"userId": 0}, "0", True),
        ({}, "", False),
    ],
)
def test_who(message: dict[str, Any], who: str, known: bool) -> None:
    summary = Summary.of(row(message))
    assert (summary.who, summary.known) == (who, known)


@pytest.mark.parametrize("type_", [None, 5, {}])
def test_messages_without_a_type(type_: object) -> None:
    assert Summary.of(row({"type": type_, "userId": "u"})).type == ""


def test_deep_messages() -> None:
    deep = '{"userId":"u","type":"track","event":"e","x":' + "[" * 100_000 + "]" * 100_000 + "}"
    assert Summary.of(row(deep)) == ("track", "u", True, "e")


def test_the_console_line() -> None:
    said = line(row({"type": "identify", "userId": "27340af5c8819", "context": {"traits": {"name": "R"}}}))
    assert said[2] == ":" and said[8:] == "  identify  27340af5c8819  name"
    assert len(line(row({"type": "track", "userId": "u" * 500}))) == 120
    assert line(row({"anonymousId": "a"}))[8:] == "  -         a"
