"""`/api/faults`."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from .conftest import Post

type Events = Callable[..., list[dict[str, Any]]]

MESSAGE = {"userId": "u"}
IMPATIENT = httpx.Timeout(20, read=0.2)  # seconds


def test_a_status_for_some_requests(post: Post, events: Events, client: httpx.Client) -> None:
    script = {"status": 503, "times": 2, "retryAfter": 7}
    shown = client.post("/api/faults", json=script).json()
    assert shown["pending"] == [
        {"status": 503, "times": 2, "retryAfter": "7", "delayMs": 0, "drop": False, "afterStore": False}
    ]
    for _ in range(2):
        answer = post("/v1/identify", MESSAGE)
        assert (answer.status_code, answer.text) == (503, "Service Unavailable\n")
        assert answer.headers["retry-after"] == "7"
    assert events() == []
    assert post("/v1/identify", MESSAGE).status_code == 200
    assert client.get("/api/faults").json() == {"pending": [], "random": None, "struck": 2}


def test_scripts_queue_up(post: Post, client: httpx.Client) -> None:
    for status in (500, 429, 599):
        client.post("/api/faults", json={"status": status})
    assert [post("/v1/identify", MESSAGE).status_code for _ in range(4)] == [500, 429, 599, 200]


def test_delete_clears(post: Post, client: httpx.Client) -> None:
    client.post("/api/faults", json={"status": 500, "times": 1000})
    client.post("/api/faults", json={"probability": 1, "faults": [{"status": 500}]})
    assert client.delete("/api/faults").json() == {"pending": [], "random": None, "struck": 0}
    assert post("/v1/identify", MESSAGE).status_code == 200


def test_only_ingestion_is_struck(post: Post, client: httpx.Client) -> None:
    client.post("/api/faults", json={"status": 500})
    preflight = {"Origin": "http://a", "Access-Control-Request-Method": "POST"}
    assert client.options("/v1/identify", headers=preflight).status_code == 204
    assert client.get("/v1/identify").status_code == 405
    assert client.get("/health").status_code == 200
    assert post("/v1/identify", MESSAGE).status_code == 500


@pytest.mark.parametrize("path", ["/v1/batch", "/beacon/v1/batch?writeKey=KEY"])
def test_batches_and_beacons_are(path: str, post: Post, client: httpx.Client) -> None:
    client.post("/api/faults", json={"status": 500})
    assert post(path, {"batch": [MESSAGE]}).status_code == 500


def test_a_delay_alone_only_slows(post: Post, events: Events, client: httpx.Client) -> None:
    for script in ({"delayMs": 300}, {"delayMs": 300, "status": 200}):
        client.post("/api/faults", json=script)
        answer = post("/v1/identify", MESSAGE)
        assert answer.text == "ok" and answer.elapsed.total_seconds() >= 0.3
    assert len(events()) == 2


def test_a_page_that_leaves_during_the_delay_has_sent_its_message(
    post: Post, events: Events, client: httpx.Client
) -> None:
    client.post("/api/faults", json={"delayMs": 800})
    with pytest.raises(httpx.ReadTimeout):
        client.post("/v1/identify", json=MESSAGE, auth=("KEY", ""), timeout=IMPATIENT)
    with client.stream("GET", "/api/events/stream") as response:
        assert next(line for line in response.iter_lines() if line.startswith("data: "))


def test_a_drop_is_no_answer(post: Post, events: Events, client: httpx.Client) -> None:
    client.post("/api/faults", json={"drop": True})
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        post("/v1/identify", MESSAGE)
    assert events() == []


def test_an_answer_lost_after_storing(post: Post, events: Events, client: httpx.Client) -> None:
    client.post("/api/faults", json={"drop": True, "afterStore": True})
    client.post("/api/faults", json={"status": 502, "afterStore": True})
    with pytest.raises(httpx.RemoteProtocolError):
        post("/v1/identify", MESSAGE)
    assert len(events()) == 1
    assert post("/v1/identify", MESSAGE).status_code == 502
    assert len(events()) == 2


def test_while_drops_are_scripted_every_connection_is_fresh(server: str, client: httpx.Client) -> None:
    with httpx.Client(base_url=server, trust_env=False) as other:
        other.get("/health")  # a connection that is then idle
        answer = client.post("/api/faults", json={"drop": True})
        assert answer.headers["connection"] == "close"
        # httpx notices that its idle connection was closed, and opens another.
        assert other.get("/health").headers["connection"] == "close"
        other.delete("/api/faults")
        assert "connection" not in other.get("/health").headers


def test_the_random_mode(post: Post, client: httpx.Client) -> None:
    script = {"probability": 0.5, "seed": 3, "faults": [{"status": 500}, {"status": 503, "retryAfter": 1}]}

    def answers() -> list[int]:
        client.delete("/api/faults")
        assert client.post("/api/faults", json=script).json()["random"]["probability"] == 0.5
        return [post("/v1/identify", MESSAGE).status_code for _ in range(40)]

    first = answers()
    assert set(first) == {200, 500, 503} and 10 < first.count(200) < 30
    assert answers() == first  # the same seed, the same faults


def test_the_queue_comes_before_chance(post: Post, client: httpx.Client) -> None:
    client.post("/api/faults", json={"probability": 1, "seed": 1, "faults": [{"status": 500}]})
    client.post("/api/faults", json={"status": 429})
    assert [post("/v1/identify", MESSAGE).status_code for _ in range(3)] == [429, 500, 500]


def test_slow_requests_do_not_hold_up_others(server: str, post: Post, client: httpx.Client) -> None:
    client.post("/api/faults", json={"delayMs": 1000})
    with pytest.raises(httpx.ReadTimeout):
        client.post("/v1/identify", json=MESSAGE, auth=("KEY", ""), timeout=IMPATIENT)
    assert post("/v1/identify", MESSAGE).status_code == 200


BAD: list[Any] = [
    [],
    5,
    {"status": 99},
    {"status": "503"},
    {"status": True},
    {"times": 0},
    {"times": "2"},
    {"times": 1.5},
    {"delayMs": -1},
    {"delayMs": "1"},
    {"retryAfter": []},
    {"drop": 1},
    {"afterStore": None},
    {"statsu": 503},
    {"probability": 2, "faults": [{}]},
    {"probability": 0.5},
    {"probability": 0.5, "faults": []},
    {"probability": 0.5, "faults": [5]},
    {"probability": 0.5, "faults": [{"times": 2}]},
    {"probability": 0.5, "seed": "x", "faults": [{}]},
    {"probability": 0.5, "times": 3, "faults": [{}]},
]


@pytest.mark.parametrize("script", BAD)
def test_bad_scripts(script: object, client: httpx.Client) -> None:
    answer = client.post("/api/faults", json=script)
    assert answer.status_code == 400 and answer.json()["error"]
    assert client.get("/api/faults").json() == {"pending": [], "random": None, "struck": 0}


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000])
def test_scripts_that_are_not_json(body: bytes, client: httpx.Client) -> None:
    answer = client.post("/api/faults", content=body)
    assert (answer.status_code, answer.json()) == (400, {"error": "the body is not JSON"})
