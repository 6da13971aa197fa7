"""Requests that were refused: kept beside the messages, and shown with what to do."""

import asyncio
import gzip
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from queue import Queue
from typing import Any

import event_loop
import httpx
import pytest

from dataplane.background import serve
from dataplane.ingest import answers
from dataplane.ingest.answers import Answer
from dataplane.store import transactions
from dataplane.store.database import Store
from dataplane.store.rows import Message, Received, Refused

from .conftest import Post, options_in
from .test_live import FRAGMENT, text_of

type Events = Callable[..., list[dict[str, Any]]]

NASTY = "<script>alert(1)</script>"


def last(client: httpx.Client) -> int:
    return int(client.get("/health").json()["lastSeq"])


def newest(client: httpx.Client, query: str = "") -> str:
    """The first row of the list, as a reader sees it."""
    page = client.get(f"/live?{query}", headers=FRAGMENT).text
    return text_of(page.partition('<li class="row')[2].partition("</li>")[0].partition(">")[2])


def opened(client: httpx.Client) -> str:
    return text_of(client.get(f"/live/messages/{last(client)}", headers=FRAGMENT).text)


def send(client: httpx.Client, method: str, path: str, key: str | None, body: bytes) -> httpx.Response:
    return client.request(method, path, content=body, auth=(key, "") if key is not None else None)


CASES = [
    ("POST", "/v1/identify", None, b'{"userId":"who"}', 401, "failed to read writekey from header", "-u KEY:"),
    ("POST", "/beacon/v1/batch", "KEY", b'{"x":"who"}', 401, "failed to read writekey from query params", "?writeKey="),
    ("POST", "/v1/webhook?writeKey=KEY", None, b'{"x":"who"}', 401, "invalid write key", "--write-key"),
    ("POST", "/v1/track", "DISABLED", b'{"x":"who"}', 404, "source is disabled", "Enable the source"),
    ("POST", "/v1/identify", "KEY", b'{"x":"who",}', 400, "invalid json", "one JSON object"),
    ("POST", "/v1/identify", "KEY", b'["who"]', 400, "event is not a valid rudder event", "/v1/batch"),
    ("POST", "/v1/batch", "KEY", b'{"batch":[{"x":"who"}]}', 400, "neither has anonymousId nor userId", "at its root"),
    ("POST", "/v1/batch", "KEY", b'{"events":["who"]}', 400, "empty batch payload", '{"batch": [...]}'),
    ("POST", "/v1/trak", "KEY", b'{"x":"who"}', 404, "404 page not found", "Check the data plane URL"),
    ("POST", "/my/app/v1/track", "KEY", b'{"x":"who"}', 404, "404 page not found", "Check the data plane URL"),
    ("POST", "/v1/track/", "KEY", b'{"x":"who"}', 404, "404 page not found", "without a slash at the end"),
    ("PUT", "/v1/track", "KEY", b'{"x":"who"}', 405, "", "with POST"),
]


@pytest.mark.parametrize(("method", "path", "key", "body", "status", "reason", "advice"), CASES)
def test_what_is_refused_is_shown(
    method: str,
    path: str,
    key: str | None,
    body: bytes,
    status: int,
    reason: str,
    advice: str,
    client: httpx.Client,
    events: Events,
) -> None:
    before = last(client)
    assert send(client, method, path, key, body).status_code == status
    assert last(client) == before + 1 and events() == []
    row = newest(client)
    assert row.startswith(f"refused {status}") and reason in row and f"{method} {path}" in row
    said = key if key is not None and "beacon" not in path else "KEY" if "writeKey=KEY" in path else "no key"
    assert f"write key {said}" in row
    detail = opened(client)
    assert f"answered {status}" in detail and "What to do" in detail and advice in detail
    assert body.decode() in detail and "content-length" in detail


def test_a_body_that_is_too_large(post: Post, client: httpx.Client) -> None:
    assert post("/v1/identify", {"userId": "u", "x": "begins" + "x" * 4_100_000}).status_code == 413
    assert newest(client).startswith("refused 413 request size exceeds max limit")
    detail = opened(client)
    assert "begins" in detail and "4,096,000" in detail and "bytes were read" in detail and len(detail) < 40_000
    # One that was never read, and one that was zipped.
    assert client.post("/v1/identify", content=b"x" * 17_000_000, auth=("KEY", "")).status_code == 413
    assert "413" in newest(client)
    zipped = gzip.compress(json.dumps({"zipped": "x" * 4_100_000}).encode())
    answer = client.post("/v1/batch", content=zipped, auth=("KEY", ""), headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 413
    assert '{"zipped": "xxx' in opened(client)


def test_a_body_that_is_no_gzip_and_no_text(client: httpx.Client) -> None:
    headers = {"Content-Encoding": "gzip"}
    answer = client.post("/v1/identify", content=b"\x1b[31m\x00\xff no gzip", auth=("KEY", ""), headers=headers)
    assert answer.status_code == 500 and newest(client).startswith("refused 500 failed to read body")
    page = client.get(f"/live/messages/{last(client)}").text
    assert "no gzip" in page and "\x1b" not in page and "\x00" not in page


def test_pixels_too(client: httpx.Client) -> None:
    assert client.get("/pixel/v1/track?event=e&anonymousId=a").status_code == 200
    assert newest(client).startswith(
        "refused 401 failed to read writekey from query params GET /pixel/v1/track?event=e"
    )
    assert "got the image all the same" in opened(client)
    client.get("/pixel/v1/page?writeKey=KEY&name=n")
    assert "400 request neither has anonymousId nor userId" in newest(client)


def test_what_nobody_meant_as_a_message_is_not_kept(client: httpx.Client) -> None:
    before = last(client)
    for method, path in [
        ("GET", "/favicon.ico"),
        ("GET", "/wp-login.php"),
        ("POST", "/api/nothing"),
        ("POST", "/live"),
        ("POST", "/dist/x"),
        ("OPTIONS", "/elsewhere"),
        ("GET", "/live/messages/99999999"),
    ]:
        assert client.request(method, path).status_code >= 400
    client.post("/v1/identify", json={"userId": "u"}, auth=("KEY", ""), headers={"Origin": "https://a.example"})
    assert last(client) == before + 1 and "refused" not in newest(client)


def test_nothing_of_it_is_taken_for_html(client: httpx.Client) -> None:
    headers = {"X-Nasty": NASTY, "User-Agent": NASTY}
    client.post(f"/v1/{NASTY}?{NASTY}", content=NASTY, auth=(NASTY, ""), headers=headers)
    client.post("/v1/track", content=NASTY, auth=(NASTY, ""), headers=headers)
    for path in ("/live", f"/live/messages/{last(client)}", f"/live/messages/{last(client) - 1}"):
        page = client.get(path)
        assert page.status_code == 200 and NASTY not in page.text and "&lt;script&gt;" in page.text


def test_they_are_found_by_type_and_text(post: Post, client: httpx.Client) -> None:
    post("/v1/track", {"userId": "u", "event": "fine"})
    post("/v1/track", b'{"needle":')
    post("/v1/unknown", {"userId": "u"})
    post("/v1/page", {"userId": "u", "name": "home"})
    found = r'<span class="what">(.*?)</span>'
    listed = re.findall(found, client.get("/live").text)
    assert listed == ["home", "404 page not found", "400 invalid json", "fine"]
    assert "<option>refused</option>" in client.get("/live").text
    assert re.findall(found, client.get("/live?type=refused").text) == listed[1:3]
    assert re.findall(found, client.get("/live?text=needle").text) == ["400 invalid json"]
    assert re.findall(found, client.get("/live?text=unknown").text) == ["404 page not found"]
    assert re.findall(found, client.get("/live?user=u").text) == ["home", "fine"]
    assert re.findall(found, client.get("/live?type=track").text) == ["fine"]
    seq = last(client)
    assert re.findall(found, client.get(f"/live?before={seq}").text) == listed[1:]
    assert [row["seq"] for row in client.get("/api/events").json()["events"]] == [seq - 3, seq]
    assert client.get(f"/live/messages/{seq - 1}.json").status_code == 404
    assert client.get(f"/live/messages/{seq - 1}.curl").status_code == 404
    assert client.get(f"/api/events/{seq - 1}/checks").status_code == 404


def test_an_open_page_is_told(server: str, client: httpx.Client) -> None:
    with client.stream("GET", f"/live/rows?after={last(client)}") as response:
        httpx.post(f"{server}/v1/track", content=b"{", auth=("KEY", ""), trust_env=False)
        lines = response.iter_lines()
        data = next(line for line in lines if "400 invalid json" in line)
    assert data.startswith("data: ")


def test_every_message_says_its_write_key(post: Post, client: httpx.Client) -> None:
    client.post("/v1/track", json={"userId": "u", "event": "e"}, auth=("MY KEY", ""))
    client.post("/beacon/v1/batch?writeKey=BEACON", json={"batch": [{"userId": "u", "type": "track"}]})
    client.post("/v1/track", json={"userId": "u", "event": "e"}, auth=("k" * 5000, ""))
    page = client.get("/live").text
    keys = re.findall(r'<span class="key"><span class="hidden">write key</span> (.*?)</span>', page)
    assert keys == ["k" * 40 + "…", "BEACON", "MY KEY"]
    assert ">accepted<" not in page
    detail = client.get(f"/live/messages/{last(client)}?tab=request").text
    assert "It was stored, then answered with 200." in detail and "k" * 300 in detail


def test_the_terminal_says_them(tmp_path: Path) -> None:
    said: Queue[str] = Queue()
    with serve(options_in(tmp_path, announce=said.put)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        client.post("/v1/track", content=b"{", auth=("KEY", ""))
        client.post("/v1/track", json={"userId": "u", "event": "e"}, auth=("KEY", ""))
        client.post("/v1/tr%1b[31mack?" + "x" * 500, content=b"{", auth=("KEY", ""))
        lines = [said.get(timeout=20)[8:] for _ in range(3)]
    assert lines[:2] == ["  refused   POST /v1/track  400 invalid json", "  track     u  e"]
    assert lines[2].startswith("  refused   POST /v1/tr[31mack?xxx") and len(lines[2]) <= 112


def test_they_have_an_end_and_push_out_no_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "MOST_REFUSED", 20)
    with (
        serve(options_in(tmp_path, keep=5)) as url,
        httpx.Client(base_url=url, trust_env=False, auth=("KEY", "")) as client,
    ):
        for n in range(5):
            client.post("/v1/track", json={"userId": f"u{n}"})
        for _ in range(50):
            client.post("/v1/track", content=b"{")
        client.post("/v1/track", json={"userId": "last"})
        page = client.get("/live").text
        assert page.count('<li class="row refused"') == 20
        assert len(client.get("/api/events").json()["events"]) == 6
        seq = last(client)
        assert client.delete("/api/events").json() == {"deleted": 6}
        assert "No message has arrived yet" in client.get("/live").text
        client.post("/v1/track", content=b"{")
        assert last(client) == seq + 1
        client.delete("/api/events")
    with serve(options_in(tmp_path)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        client.post("/v1/track", json={"userId": "u"}, auth=("KEY", ""))
        assert last(client) == seq + 2  # it goes on rising, whatever was removed


def test_a_file_of_version_2_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "messages.sqlite3"
    with serve(options_in(tmp_path)) as url:
        httpx.post(f"{url}/v1/track", json={"userId": "old", "event": "x" * 200_000}, auth=("KEY", ""), trust_env=False)
    with closing(sqlite3.connect(path)) as db:
        db.executescript("DROP TABLE refused; ALTER TABLE messages DROP COLUMN size; PRAGMA user_version = 2;")
    with serve(options_in(tmp_path)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        assert ">large<" in client.get("/live").text
        client.post("/v1/track", content=b"{", auth=("KEY", ""))
        assert newest(client).startswith("refused 400")


def test_every_answer_has_its_advice() -> None:
    named = [each for each in vars(answers).values() if isinstance(each, Answer)]
    assert len(named) > 10 and all(each.advice and each.status >= 400 for each in named)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "x.sqlite3")
    yield store
    store.close()


def test_they_and_messages_share_one_count(store: Store) -> None:
    received = Received("2026-11-23T10:00:00.000Z", "/v1/track", {}, "KEY")
    refused = Refused("POST", 400, "invalid json", "{", 1)

    async def both() -> None:
        message = Message("track", "{}", "u", "", "m", "")
        await asyncio.gather(
            store.append(received, [message] * 2), store.refuse(received, refused), store.append(received, [message])
        )

    event_loop.run(both())
    assert [row.seq for row in store.read(limit=10)] == [1, 2, 4]
    assert [row.seq for row in store.read_refused(after=0, last=10)] == [3] and store.last_seq == 4
