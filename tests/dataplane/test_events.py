"""`/api/events`, its stream, and what a restart keeps."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import event_loop
import httpx
import pytest

from dataplane.background import serve
from dataplane.live.events import follow
from dataplane.store.database import Store
from dataplane.store.rows import Message, Received

from .conftest import Post, options_in

type Events = Callable[..., list[dict[str, Any]]]


def test_rows(post: Post, events: Events) -> None:
    post("/v1/track", {"userId": "u", "event": "Bought"}, {b"X-One": "Grüße".encode("latin-1")})
    (row,) = events()
    assert set(row) == {"seq", "receivedAt", "path", "headers", "message"}
    assert row["path"] == "/v1/track" and row["headers"]["x-one"] == "Grüße"
    assert row["headers"]["authorization"] == "Basic S0VZOg=="
    assert row["message"]["event"] == "Bought"


def test_after_type_and_limit(post: Post, events: Events) -> None:
    batch = [{"userId": str(n), "type": "track" if n % 2 else "identify"} for n in range(10)]
    post("/v1/batch", {"batch": batch})
    rows = events()
    assert [row["message"]["userId"] for row in rows] == [str(n) for n in range(10)]
    assert [row["seq"] for row in rows] == sorted({row["seq"] for row in rows})
    assert events(after=rows[6]["seq"]) == rows[7:]
    assert events(type="track") == rows[1::2]
    assert events(type="track", after=rows[3]["seq"], limit=2) == [rows[5], rows[7]]
    assert events(limit=0) == events(type="nothing") == events(after=2**62) == []


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=-1", "after=", "after=1.5", "limit=x", "limit=-1", "limit=10001", f"after={10**30}", "after=²"],
)
def test_bad_queries(query: str, client: httpx.Client) -> None:
    answer = client.get(f"/api/events?{query}")
    assert answer.status_code == 400
    assert query.split("=", maxsplit=1)[0] in answer.json()["error"]


def test_delete_empties_and_seq_goes_on(post: Post, events: Events, client: httpx.Client) -> None:
    post("/v1/batch", {"batch": [{"userId": "a"}, {"userId": "b"}]})
    last = events()[-1]["seq"]
    assert client.delete("/api/events").json() == {"deleted": 2}
    assert events() == []
    post("/v1/identify", {"userId": "c"})
    assert [row["seq"] for row in events()] == [last + 1]


def test_rows_survive_a_restart(tmp_path: Path) -> None:
    options = options_in(tmp_path)
    seqs = []
    for n in range(2):
        with serve(options) as url, httpx.Client(base_url=url, trust_env=False, auth=("KEY", "")) as client:
            if n:
                client.delete("/api/events")
            assert client.post("/v1/identify", json={"userId": str(n)}).status_code == 200
            seqs += [row["seq"] for row in client.get("/api/events").json()["events"]]
    assert seqs == [1, 2]
    with serve(options) as url:
        (row,) = httpx.get(f"{url}/api/events", trust_env=False).json()["events"]
        assert row["message"]["userId"] == "1"


def test_two_clients_at_once(server: str, client: httpx.Client, events: Events) -> None:
    each, start = 100, threading.Barrier(2)

    def send(name: str) -> None:
        with httpx.Client(base_url=server, trust_env=False, auth=("KEY", "")) as own:
            start.wait()
            for n in range(each):
                assert own.post("/v1/track", json={"userId": name, "n": n}).text == "ok"

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(send, ["a", "b"]))
    for name in ("a", "b"):
        mine = [row["message"]["n"] for row in events() if row["message"]["userId"] == name]
        assert mine == list(range(each))


class Stream:
    """Server-sent events as they come."""

    def __init__(self, response: httpx.Response) -> None:
        assert response.headers["content-type"].startswith("text/event-stream")
        self._lines = response.iter_lines()

    def take(self, count: int) -> Iterator[tuple[str, dict[str, Any]]]:
        for _ in range(count):
            fields: dict[str, str] = {}
            for line in self._lines:
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif "data" in fields:
                    yield fields["id"], json.loads(fields["data"])
                    break


def test_the_stream_gives_rows_that_are_there_and_rows_to_come(
    server: str, client: httpx.Client, post: Post, events: Events
) -> None:
    post("/v1/batch", {"batch": [{"userId": "a", "type": "track"}, {"userId": "b", "type": "page"}]})
    after = events()[0]["seq"] - 1
    with client.stream("GET", f"/api/events/stream?after={after}") as response:
        stream = Stream(response)
        assert [id_ for id_, _ in stream.take(2)] == [str(after + 1), str(after + 2)]
        httpx.post(f"{server}/v1/identify", json={"userId": "c"}, auth=("KEY", ""), trust_env=False)
        ((id_, row),) = stream.take(1)
        assert id_ == str(row["seq"]) and row == events()[-1]


def test_the_stream_resumes_and_filters(client: httpx.Client, post: Post, events: Events) -> None:
    post("/v1/batch", {"batch": [{"userId": str(n), "type": "ab"[n % 2]} for n in range(1200)]})
    first = events()[0]["seq"]
    with client.stream("GET", "/api/events/stream?after=0", headers={"Last-Event-ID": str(first + 1)}) as response:
        assert next(Stream(response).take(1))[1]["seq"] == first + 2
    with client.stream("GET", "/api/events/stream?type=b") as response:
        rows = [row for _, row in Stream(response).take(600)]
        assert [row["seq"] for row in rows] == list(range(first + 1, first + 1200, 2))


def test_bad_stream_positions(client: httpx.Client) -> None:
    assert client.get("/api/events/stream?after=x").status_code == 400
    assert client.get("/api/events/stream", headers={"Last-Event-ID": "x"}).status_code == 400


def test_an_open_stream_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    with httpx.Client(trust_env=False, timeout=20) as client:
        with serve(options_in(tmp_path)) as url:
            response = client.send(client.build_request("GET", f"{url}/api/events/stream"), stream=True)
            assert response.status_code == 200
        # The server is gone: the stream has ended by itself.
        assert response.read() == b""


def test_a_large_store_stays_quick(tmp_path: Path) -> None:
    with serve(options_in(tmp_path)) as url, httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
        batch = {"batch": [{"userId": "u", "type": "track"}] * 5000}
        for _ in range(10):
            client.post("/v1/batch", json=batch, auth=("KEY", ""))
        client.post("/v1/identify", json={"userId": "last"}, auth=("KEY", ""))
        for query in ("after=50000", "type=identify", "after=49000&limit=5"):
            answer = client.get(f"/api/events?{query}")
            assert answer.elapsed.total_seconds() < 2
            assert answer.json()["events"]
        assert client.delete("/api/events").json() == {"deleted": 50001}


def test_a_row_that_is_read_before_its_commit_is_known_is_not_read_again(tmp_path: Path) -> None:
    async def seen(store: Store) -> list[int]:
        received = Received("2026-11-23T10:00:00.000Z", "/v1/track", {}, "KEY")
        sent = [Message("track", "{}", str(n), "", f"m{n}", "") for n in range(3)]
        await store.append(received, sent[:2])
        store.last_seq = 1  # as it is between the disk's answer and the event loop's next turn
        rows = follow(store, 0)
        seqs = [(await anext(rows)).seq, (await anext(rows)).seq]
        store.last_seq = 2
        await store.append(received, sent[2:])
        return [*seqs, (await anext(rows)).seq]

    with closing(Store(tmp_path / "x.sqlite3")) as store:
        assert event_loop.run(seen(store)) == [1, 2, 3]
