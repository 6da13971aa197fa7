"""review: what the page's `beforeSend` makes of a message; tests/vectors/scenarios.json has it among calls."""

import json

import pytest

from rudderanalytics.core.consent.before_send import Review
from rudderanalytics.core.effects import Effects

MESSAGE: dict = {"messageId": "m", "type": "track", "anonymousId": "a", "event": "Bought"}


@pytest.fixture
def effects() -> Effects:
    return Effects()


@pytest.fixture
def accepted() -> list[tuple]:
    return []


@pytest.fixture
def dropped() -> list[dict]:
    return []


@pytest.fixture
def review(effects: Effects, accepted: list[tuple], dropped: list[dict]) -> Review:
    """Asked about MESSAGE."""
    review = Review(effects, lambda *arguments: accepted.append(arguments), dropped.extend)
    review.ask(MESSAGE, 5, True)
    return review


def test_the_page_is_shown_the_message(review: Review, effects: Effects) -> None:
    (effect,) = effects.take()
    assert effect == {"type": "review", "id": "m", "text": json.dumps(MESSAGE, separators=(",", ":"))}


def test_the_answer_is_what_is_sent_and_comes_once(review: Review, effects: Effects, accepted: list[tuple]) -> None:
    effects.take()
    review.settle({"id": "m", "message": MESSAGE | {"anonymousId": "b", "event": "Sold", "more": {"a": None}}})
    review.settle({"id": "m", "message": MESSAGE})
    assert accepted == [(MESSAGE | {"anonymousId": "b", "event": "Sold", "more": {}}, 5, True)]
    assert effects.take() == []


@pytest.mark.parametrize("answer", [None, False])
def test_null_and_false_drop_it(
    review: Review, effects: Effects, accepted: list[tuple], dropped: list[dict], answer: object
) -> None:
    effects.take()
    review.settle({"id": "m", "message": answer})
    assert effects.take() == [{"type": "emit", "name": "dropped", "ids": ["m"], "reason": "before_send"}]
    assert (accepted, dropped) == ([], [MESSAGE])


def deep(levels: int) -> list:
    value: list = []
    for _ in range(levels):
        value = [value]
    return value


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
def test_whatever_else_is_one_line_and_the_message_goes_as_it_was(
    review: Review, effects: Effects, accepted: list[tuple], answer: dict, line: str
) -> None:
    effects.take()
    review.settle({"id": "m"} | answer)
    assert accepted == [(MESSAGE, 5, True)]
    text = f"beforeSend: {line}; the message is sent as it was"
    assert effects.take() == [{"type": "log", "level": "ERROR", "text": text}]
    review.ask(MESSAGE, 5, True)
    effects.take()
    review.settle({"id": "m"} | answer)
    assert effects.take() == []  # said already
