"""What the checks find in a message, and what they leave alone."""

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from dataplane.live import reserved
from dataplane.live.checks import CHECKS

from .conftest import Post

README = (Path(__file__).resolve().parents[2] / "docs" / "dataplane.md").read_text()
CREATED = "2024-02-29T10:11:12.345Z"

type Found = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def found(post: Post, client: httpx.Client) -> Found:
    """What is found in a message that is sent, as (name, reason)."""

    def found(**message: Any) -> list[tuple[str, str]]:
        message = {"type": "identify", "userId": "u", **message}
        if isinstance(offset := message.get("sentAt"), timedelta):
            message["sentAt"] = (datetime.now(UTC) + offset).isoformat()
        assert post("/v1/batch", {"batch": [message]}).text == "ok"
        seq = client.get("/api/events?limit=10000").json()["events"][-1]["seq"]
        answer = client.get(f"/api/events/{seq}/checks").json()
        assert answer["seq"] == seq
        assert {check["link"] for check in answer["checks"]} <= {"/readme#checks"}
        return [(check["check"], check["reason"]) for check in answer["checks"]]

    return found


def named(value: object) -> str:
    return json.dumps(value, default=str)[:60]


def traits(**given: Any) -> dict[str, Any]:
    return {"context": {"traits": given}}


@pytest.mark.parametrize(
    "message",
    [
        traits(firstName="R", age=41, birthday="1974-03-01", createdAt=CREATED, company={"id": 7, "employee_count": 9}),
        traits(createdAt="2024-02-29T10:11:12+02:00", email="", logins=2, id="u", age=None, address={"city": "x"}),
        {"traits": {"a": 1}},
        {"traits": {"a": 1}, "context": {"traits": {"a": 1}}},
        {"type": "track", "event": "e", "properties": {"price": 1, "traits": {}}, "traits": {}},
        {"type": "group", "traits": {"createdAt": 5, "name": 5}},
        {"sentAt": timedelta(minutes=-50)},
        {"sentAt": "yesterday"},
        {"context": 5, "traits": "x", "properties": []},
        traits(phone="+14155552671"),
        traits(phone=""),
        {"type": "track", "event": "e", "context": {"traits": {"phone": "1", "createdAt": 1}}},
        {"x": "y" * 32_000},
    ],
    ids=named,
)
def test_nothing_is_found(message: dict[str, Any], found: Found) -> None:
    assert found(**message) == []


@pytest.mark.parametrize(
    ("message", "check", "reason"),
    [
        (traits(age="41"), "trait-type", "context.traits.age should be a number, not a string ('41')."),
        (traits(email=5), "trait-type", "context.traits.email should be a string, not a number (5)."),
        (traits(name=True), "trait-type", "not true or false"),
        (traits(company="Pied Piper"), "trait-type", "context.traits.company should be an object"),
        (traits(company={"employee_count": "x"}), "trait-type", "context.traits.company.employee_count"),
        (traits(company={"id": []}), "trait-type", "should be a string or a number, not an array"),
        (traits(birthday="March 1st"), "trait-type", "should be an ISO-8601 date"),
        ({"traits": {"phone": 5}}, "trait-type", "traits.phone should be"),
        (traits(createdAt=1709201472), "created-at", "context.traits.createdAt is a number (1709201472)"),
        (traits(createdAt=1709201472), "created-at", "in seconds 29 February 2024, in milliseconds 20 January 1970."),
        (
            traits(createdAt=1709201472),
            "created-at",
            "Customer.io (created_at) as 1709201 (20 January 1970); HubSpot not",
        ),
        (
            traits(createdAt=1709201472345),
            "created-at",
            "in milliseconds 29 February 2024. Mixpanel ($created), Amplitude",
        ),
        (traits(createdAt=1709201472345), "created-at", "Customer.io (created_at) as 1709201472 (29 February 2024)"),
        (traits(createdAt=10**40), "created-at", "in seconds no date, in milliseconds no date."),
        (traits(createdAt="29/02/2024"), "created-at", "a string ('29/02/2024')"),
        (traits(createdAt="soon"), "created-at", "Intercom and HubSpot not at all; Customer.io (created_at) as null"),
        (traits(createdAt="2024-13-01T00:00:00Z"), "created-at", "2024-13-01"),
        (traits(createdAt={}), "created-at", "is an object:"),
        (
            traits(phone="020 7946 0000"),
            "phone",
            "context.traits.phone is a string ('020 7946 0000'): Klaviyo answers 400",
        ),
        ({"traits": {"phone": "14155552671"}}, "phone", "traits.phone is"),
        ({"traits": {"a": 1, "b": 1}, **traits(a=2, b=1, c=3)}, "traits-differ", "differ in a, c:"),
        ({"traits": {}, **traits(a=1)}, "empty-traits", "Leave them out."),
        ({"x": "y" * 33_000}, "size", "32,768"),
        (
            {"type": "track", "properties": {"id": 1, "Timestamp": 2}},
            "reserved-keyword",
            "properties has id, Timestamp",
        ),
        (traits(anonymous_id="a"), "reserved-keyword", "context.traits has anonymous_id"),
        ({"sentAt": timedelta(hours=-5)}, "clock", "5.0 hours behind"),
        ({"sentAt": timedelta(hours=2)}, "clock", "2.0 hours ahead of"),
        ({"type": "extract", "userId": ""}, "neither-id", "neither a userId nor an anonymousId"),
    ],
    ids=named,
)
def test_what_is_found(message: dict[str, Any], check: str, reason: str, found: Found) -> None:
    ((name, said),) = found(**message)
    assert name == check and reason in said


def refused(message: dict[str, Any], post: Post, client: httpx.Client) -> dict[str, str]:
    """By whom, for each error; the same as JSON and on the page."""
    assert post("/v1/batch", {"batch": [message]}).text == "ok"
    seq = client.get("/health").json()["lastSeq"]
    answer = client.get(f"/api/events/{seq}/checks").json()["refused"]
    page = html.unescape(client.get(f"/live/messages/{seq}?tab=checks").text)
    for each in answer:
        assert f"<strong>{each['by']}</strong>" in page and each["error"] in page
    assert ("Refused" in page) == bool(answer)
    return {each["error"]: each["by"] for each in answer}


def test_who_refuses_a_message(post: Post, client: httpx.Client) -> None:
    always = {"Message type identify not supported": "Facebook Conversions and Google Analytics 4"}
    message = {"type": "identify", "userId": "u", **traits(email="ada@example.com", phone="+14155552671")}
    assert refused(message, post, client) == always
    message = {"type": "identify", "userId": "u", **traits(phone="<b>")}
    there = refused(message, post, client)
    assert there.items() > always.items()
    assert [each for each in there.values() if "Klaviyo" in each] == ["Klaviyo"]
    assert {"HubSpot", "Salesforce"} <= set(there.values())
    assert refused({"type": "track", "event": "e", "userId": "u"}, post, client) == {}


def test_the_same_message_id(found: Found) -> None:
    assert found(messageId="m-1") == []
    ((name, said),) = found(messageId="m-1")
    assert name == "repeated" and re.match(r"Message #\d+ has the same messageId", said)
    assert found(messageId="m-2") == []


def test_very_deep_messages(post: Post, client: httpx.Client) -> None:
    deep = b'{"userId":"u","context":{"traits":{"age":' + b"[" * 100_000 + b"]" * 100_000 + b"}}}"
    assert post("/v1/identify", deep).text == "ok"
    seq = client.get("/health").json()["lastSeq"]
    names = {check["check"] for check in client.get(f"/api/events/{seq}/checks").json()["checks"]}
    assert names == {"trait-type", "size"}
    for tab in ("message", "checks", "destinations", "request"):
        assert client.get(f"/live/messages/{seq}?tab={tab}").status_code == 200
    assert client.get(f"/live/messages/{seq}.curl").status_code == 200


@pytest.mark.parametrize("seq", ["0", "999999", str(10**30)])
def test_no_such_message(seq: str, client: httpx.Client) -> None:
    for path in (f"/api/events/{seq}/checks", f"/live/messages/{seq}", f"/live/messages/{seq}.json"):
        assert client.get(path).status_code == 404


def test_the_readme_tells_every_check(client: httpx.Client) -> None:
    section = README.partition("## Checks\n")[2].partition("\n#")[0]
    assert [title for _, title, _ in CHECKS if title not in section] == []
    assert '<h2 id="checks">' in client.get("/readme").text


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (CREATED, True),
        ("2024-02-29", True),
        ("2024-02-29T10:11", True),
        ("2024-02-30", False),
        ("20240229", False),
        ("2024-02-29 10:11:12", False),
        ("2024", False),
        ("", False),
    ],
)
def test_dates(text: str, is_one: bool) -> None:
    assert reserved.is_date(text) is is_one
