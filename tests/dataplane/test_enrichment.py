"""What the gateway adds to a message [server §1.6]."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dataplane.ingest.ids import message_id, rudder_id, visible

from .conftest import Post

type Events = Callable[..., list[dict[str, Any]]]

ANONYMOUS_ID = "5b3f6a52-2d29-4c1f-8a5e-0f7c6f4f0d11"
RUDDER_IDS = [
    ("user-123", ANONYMOUS_ID, "29678d5e-ac77-43cb-8150-2726bf245dc6"),
    ("user-123", "", "1dee1f77-3057-4867-a124-5be3c5426b11"),
    ("", ANONYMOUS_ID, "4eeca22b-8e44-458c-a442-dc92642cb466"),
    ("456", "", "6b576099-fa8f-43ad-b62b-59b95fc082c8"),
    ("", "anon_id_1", "7eafceec-e82d-4327-94f0-6dab79429696"),
]


@pytest.mark.parametrize(("user_id", "anonymous_id", "expected"), RUDDER_IDS)
def test_rudder_id(user_id: str, anonymous_id: str, expected: str, post: Post, events: Events) -> None:
    post("/v1/identify", {"userId": user_id, "anonymousId": anonymous_id, "rudderId": "the client's"})
    assert events()[0]["message"]["rudderId"] == expected == rudder_id(user_id, anonymous_id)


def test_rudder_id_is_of_the_ids_as_text(post: Post, events: Events) -> None:
    post("/v1/batch", {"batch": [{"userId": 456}, {"userId": " 4\u200b56 "}, {"userId": "456"}]})
    assert {row["message"]["rudderId"] for row in events()} == {"6b576099-fa8f-43ad-b62b-59b95fc082c8"}


def test_received_at_is_now_unless_the_sender_has_one(post: Post, events: Events) -> None:
    post(
        "/v1/batch",
        {"batch": [{"userId": "u"}, {"userId": "u", "receivedAt": "mine"}, {"userId": "u", "receivedAt": None}]},
    )
    rows = events()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", rows[0]["message"]["receivedAt"])
    assert [row["message"]["receivedAt"] for row in rows[1:]] == ["mine", None]
    assert {row["receivedAt"] for row in rows} == {rows[0]["message"]["receivedAt"]}


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, "127.0.0.1"), ("", "127.0.0.1"), ("1.2.3.4 , 5.6.7.8", "1.2.3.4"), (",5.6.7.8", "127.0.0.1"), ("x", "x")],
)
def test_request_ip(header: str | None, expected: str, post: Post, events: Events) -> None:
    headers = {} if header is None else {"X-Forwarded-For": header}
    post("/v1/identify", {"userId": "u"}, headers)
    assert events()[0]["message"]["request_ip"] == expected


def test_request_ip_of_the_sender_stays(post: Post, events: Events) -> None:
    post("/v1/identify", {"userId": "u", "request_ip": None})
    assert events()[0]["message"]["request_ip"] is None


@pytest.mark.parametrize("sent", [None, "", "  ", "\u200b", 5, ["a"]])
def test_a_message_id_that_is_none_is_made(sent: object, post: Post, events: Events) -> None:
    post("/v1/identify", {"userId": "u", "messageId": sent})
    made = events()[0]["message"]["messageId"]
    assert str(uuid.UUID(made, version=4)) == made


def test_a_message_id_is_cleaned(post: Post, events: Events) -> None:
    post("/v1/identify", {"userId": "u", "messageId": " a\u200bb c\n "})
    assert events()[0]["message"]["messageId"] == "ab c"


def test_the_rest_stays_as_it_was(post: Post, events: Events) -> None:
    message = {
        "userId": "27340af5c8819",
        "context": {"traits": {"name": "Richard Hendricks", "email": "", "logins": 2, "ok": True, "none": None}},
        "integrations": {"All": True},
        "unicode": "Zoë 🙂 \u2028 \u0001",
        "traits": {},
    }
    post("/v1/identify", message)
    stored = events()[0]["message"]
    assert {key: stored[key] for key in message} == message
    assert "anonymousId" not in stored  # the header is never copied into the message either


def test_the_anonymous_id_header_is_kept_with_the_request_only(post: Post, events: Events) -> None:
    post("/v1/identify", {"userId": "u"}, {"AnonymousId": "YW5vbg=="})
    row = events()[0]
    assert row["headers"]["anonymousid"] == "YW5vbg==" and "anonymousId" not in row["message"]


def test_numbers_pass_through_float64(post: Post, client: httpx.Client) -> None:
    post(
        "/v1/identify",
        b'{"userId":"u","a":9007199254740993,"b":10.0,"c":1.5,"d":1700000000000,"e":123456789012345678901234}',
    )
    text = client.get("/api/events").text
    for member in ('"a":9007199254740992', '"b":10,', '"c":1.5', '"d":1700000000000', '"e":1.2345678901234569e+23'):
        assert member in text


def test_the_first_of_two_keys_wins(post: Post, events: Events) -> None:
    post("/v1/identify", b'{"userId":"first","userId":"second","a":{"b":1,"b":2}}')
    message = events()[0]["message"]
    assert (message["userId"], message["a"]) == ("first", {"b": 1})


def test_there_is_no_deduplication(post: Post, events: Events) -> None:
    for _ in range(2):
        post("/v1/identify", {"userId": "u", "messageId": "same"})
    assert [row["message"]["messageId"] for row in events()] == ["same", "same"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a b", "a b"), (" a ", "a"), ("a\u00a0b", "ab"), ("\u2800", ""), ("ä\u0301", "ä\u0301"), ("\ud800", "\ufffd")],
)
def test_visible(text: str, expected: str) -> None:
    assert visible(text) == expected


def test_a_message_id_is_never_empty() -> None:
    assert message_id("\u3164") != message_id("\u3164") != ""
