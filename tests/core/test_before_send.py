"""before_send: what the page's `beforeSend` makes of a message; tests/vectors/scenarios.json has it among calls."""

import json

import pytest

from rudderanalytics.core.consent.before_send import Asked, BeforeSend
from rudderanalytics.core.effects import Effects

MESSAGE: dict = {"messageId": "m", "type": "track", "anonymousId": "a", "event": "Bought ✓"}
TEXT = json.dumps(MESSAGE, separators=(",", ":"), ensure_ascii=False)


@pytest.fixture
def effects() -> Effects:
    return Effects()


@pytest.fixture
def before_send(effects: Effects) -> BeforeSend:
    """Asked about MESSAGE."""
    return asked_with(effects, "drop")


def asked_with(effects: Effects, failure: str) -> BeforeSend:
    before_send = BeforeSend(effects, failure)
    before_send.ask(MESSAGE, 5, True)
    return before_send


def settled(before_send: BeforeSend, **given: object) -> Asked:
    asked = before_send.settle({"id": "m", "size": 7} | given)
    assert asked is not None
    return asked


def test_the_page_is_shown_the_message(before_send: BeforeSend, effects: Effects) -> None:
    assert effects.take() == [{"type": "review", "id": "m", "text": TEXT}]


def test_the_answer_is_the_message_and_is_not_encoded_again(before_send: BeforeSend, effects: Effects) -> None:
    effects.take()
    asked = settled(before_send, message=MESSAGE | {"anonymousId": "b", "event": "Sold"})
    assert asked.message == MESSAGE | {"anonymousId": "b", "event": "Sold"}
    assert (asked.at, asked.recovered, asked.dropped) == (5, True, "")
    assert (asked.which, asked.text, asked.size) == ("answered", None, 7)
    assert effects.take() == []


def test_nulls_do_not_leave_the_page(before_send: BeforeSend) -> None:  # [js 2.1]
    asked = settled(before_send, message=MESSAGE | {"more": {"a": None, "é": [None]}})
    assert asked.message == MESSAGE | {"more": {"é": [None]}}
    assert asked.text is not None and json.loads(asked.text) == asked.message
    assert asked.size == len(asked.text.encode())


def test_an_answer_comes_once(before_send: BeforeSend) -> None:
    settled(before_send, message=MESSAGE)
    assert before_send.settle({"id": "m", "message": MESSAGE, "size": 7}) is None


@pytest.mark.parametrize("answer", [None, False])
def test_null_and_false_drop_it(before_send: BeforeSend, answer: object) -> None:
    asked = before_send.settle({"id": "m", "message": answer})
    assert asked is not None and asked.dropped == "before_send"
    assert asked.message == MESSAGE


def deep(levels: int) -> list:
    value: list = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("failure", "dropped", "what"), [("drop", "before_send_failed", "dropped"), ("send", "", "sent as it was")]
)
@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ({}, "the answer is no message"),
        ({"message": 0}, "the answer is no message"),
        ({"message": ""}, "the answer is no message"),
        ({"message": [MESSAGE]}, "the answer is no message"),
        ({"message": {}}, "messageId must stay"),
        ({"message": MESSAGE | {"messageId": "n"}}, "messageId must stay"),
        ({"message": MESSAGE | {"type": None}}, "type must stay"),
        ({"message": MESSAGE | {"anonymousId": 5}}, "anonymousId must stay"),
        ({"message": MESSAGE | {"deep": deep(60)}}, "the answer is no message"),
        ({"error": "TypeError: no"}, "TypeError: no"),
        ({"error": "PythonError: Traceback\n  File x\nKeyError: 'a'\n"}, "KeyError: 'a'"),
    ],
)
def test_whatever_else_is_a_failure_and_one_line(
    effects: Effects, answer: dict, line: str, failure: str, dropped: str, what: str
) -> None:
    before_send = asked_with(effects, failure)
    effects.take()
    asked = settled(before_send, **answer)
    assert (asked.message, asked.which, asked.text, asked.dropped) == (MESSAGE, "asked", None, dropped)
    assert asked.size == len(TEXT.encode())
    text = f"beforeSend: {line}; the message is {what}"
    assert effects.take() == [{"type": "log", "level": "ERROR", "text": text}]
    before_send.ask(MESSAGE, 5, True)
    effects.take()
    settled(before_send, **answer)
    assert effects.take() == []  # said already
