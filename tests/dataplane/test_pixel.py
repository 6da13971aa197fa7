"""The pixel [server §1.10]."""

import base64
from collections.abc import Callable
from typing import Any

import httpx
import pytest

type Events = Callable[..., list[dict[str, Any]]]

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")


def pixel(client: httpx.Client, query: str, type_: str = "track", **headers: str) -> None:
    answer = client.get(f"/pixel/v1/{type_}?{query}", headers=headers)
    assert (answer.status_code, answer.content) == (200, GIF)
    assert answer.headers["content-type"] == "image/gif"
    assert len(GIF) == 43


@pytest.mark.parametrize(
    "query", ["", "userId=u", "writeKey=", "writeKey=DISABLED&userId=u&event=e", "writeKey=KEY&event=e"]
)
def test_the_image_comes_whatever_is_wrong(query: str, client: httpx.Client, events: Events) -> None:
    pixel(client, query)
    assert events() == []


def test_a_track(client: httpx.Client, events: Events) -> None:
    pixel(client, 'writeKey=KEY&userId=u&anonymousId="a"&event=Seen&context.page.url=https%3A%2F%2Fx%2F&properties.n=5')
    row = events()[0]
    assert row["path"] == "/pixel/v1/track"
    message = row["message"]
    assert message["type"] == "track" and message["event"] == "Seen"
    assert (message["userId"], message["anonymousId"]) == ("u", "a")
    assert message["context"] == {"page": {"url": "https://x/"}}
    assert message["properties"] == {"n": "5"}
    assert (message["channel"], message["integrations"]) == ("web", {"All": True})
    assert message["originalTimestamp"] == message["sentAt"]
    assert message["request_ip"] == "" and "writeKey" not in message


def test_the_forwarded_address(client: httpx.Client, events: Events) -> None:
    pixel(client, "writeKey=KEY&userId=u&event=e", **{"X-Forwarded-For": "1.2.3.4, 5.6.7.8"})
    assert events()[0]["message"]["request_ip"] == "1.2.3.4"


def test_a_track_with_an_empty_event_is_dropped(client: httpx.Client, events: Events) -> None:
    pixel(client, "writeKey=KEY&userId=u&event=")
    assert events() == []


def test_pages(client: httpx.Client, events: Events) -> None:
    pixel(client, "writeKey=KEY&userId=u&name=", "page")
    pixel(client, "writeKey=KEY&userId=u", "page")
    assert [row["message"].get("name") for row in events()] == ["Unknown Page", None]


def test_paths(client: httpx.Client, events: Events) -> None:
    query = r"list.1.a=x&list.0=y&dotted\.name=z&type=identify&a%23=1&list.b=1&list.99999999=1&userId.a=1"
    pixel(client, f"writeKey=KEY&{query}", "page")
    message = events()[0]["message"]
    assert message["list"] == ["y", {"a": "x"}]
    assert message["dotted.name"] == "z" and message["type"] == "page" and "a#" not in message
