"""What is bounded, whatever is sent: bodies, heads, time, what pages show."""

import gzip
import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from dataplane.background import serve
from dataplane.ingest import body as bodies
from dataplane.ingest import connection, gateway
from dataplane.ingest.answers import Refusal
from dataplane.ingest.body import MOST_READ, gunzip
from dataplane.ingest.connection import PROGRESS, Connection
from dataplane.ingest.messages import messages_of
from dataplane.live.tree import tree

from .conftest import Post, options_in

MEGABYTE = 1_000_000
FRAGMENT = {"HX-Request": "true"}
AUTH = b"Authorization: Basic S0VZOg==\r\n"


@contextmanager
def connected(server: str) -> Iterator[socket.socket]:
    address = urlsplit(server)
    assert address.hostname and address.port
    with socket.create_connection((address.hostname, address.port), timeout=20) as opened:
        yield opened


def until_closed(opened: socket.socket) -> bytes:
    """Also where the server resets the connection, because it did not read all."""
    received = b""
    with suppress(ConnectionError):
        while part := opened.recv(65536):
            received += part
    return received


def post_head(path: str, length: int, more: bytes = b"") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n".encode() + AUTH + more + b"\r\n"


@pytest.mark.parametrize("messages", [20_000, 60_000])
def test_many_small_messages_do_not_hold_up_others(
    messages: int, server: str, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are taken apart by a thread that serves nobody else."""
    names: list[str] = []

    def watched(*arguments: Any) -> Any:
        names.append(threading.current_thread().name)
        return messages_of(*arguments)

    monkeypatch.setattr(gateway, "messages_of", watched)
    post("/v1/batch", {"batch": [{"userId": "u"}]}).raise_for_status()
    post("/v1/batch", b'{"batch":[' + b",".join([b'{"userId":1}'] * messages) + b"]}").raise_for_status()
    assert len(set(names)) == 2


@pytest.mark.parametrize("path", ["/api/faults", "/api/destinations/mixpanel", "/v1/identify", "/v1/batch"])
def test_a_body_that_says_it_is_too_large_is_not_read(path: str, server: str) -> None:
    """The answer comes though nothing of the body does."""
    with connected(server) as opened:
        opened.sendall(post_head(path, 300 * MEGABYTE))
        assert opened.recv(65536).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("path", ["/api/faults", "/api/destinations/mixpanel", "/v1/identify", "/v1/batch"])
def test_a_body_that_does_not_say_is_read_to_a_bound(path: str, server: str) -> None:
    with connected(server) as opened:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n".encode()
        opened.sendall(head + AUTH + b"\r\n")
        threading.Thread(target=_send_chunks, args=(opened, 40), daemon=True).start()
        assert opened.recv(65536).startswith(b"HTTP/1.1 413")


def _send_chunks(opened: socket.socket, megabytes: int) -> None:
    chunk = b"f4240\r\n" + b"x" * MEGABYTE + b"\r\n"
    with suppress(OSError):  # the test has seen what it wanted
        for _ in range(megabytes):
            opened.sendall(chunk)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/live", 405),
        ("GET", "/live", 200),
        ("POST", "/nothing", 404),
        ("GET", "/health", 200),
        ("DELETE", "/api/faults", 200),
        ("POST", "/dist/x", 405),
        ("GET", "/sourceConfig", 200),
    ],
)
def test_bodies_that_nobody_wants_are_thrown_away(method: str, path: str, status: int, client: httpx.Client) -> None:
    answer = client.request(method, path, content=(b"x" * MEGABYTE for _ in range(30)))
    assert answer.status_code == status
    assert client.get("/health").status_code == 200


def test_gunzip_takes_time_in_proportion() -> None:
    """Many small members: each byte is looked at some times, not as often as there are members."""
    looked_at = 0

    class Counting:
        def __init__(self, given: Any) -> None:
            self._given = given

        def __getattr__(self, name: str) -> Any:
            return getattr(self._given, name)

        def decompress(self, piece: bytes, most: int) -> bytes:
            nonlocal looked_at
            looked_at += len(piece)
            return self._given.decompress(piece, most)  # type: ignore[no-any-return]

    make = zlib.decompressobj
    for count in (5_000, 20_000):
        zipped = gzip.compress(b"") * count + gzip.compress(b"{}")
        looked_at = 0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bodies.zlib, "decompressobj", lambda wbits: Counting(make(wbits=wbits)))
            assert gunzip(zipped, MOST_READ) == b"{}"
        assert looked_at < 300 * len(zipped)


@pytest.mark.parametrize(
    ("zipped", "status"),
    [
        (gzip.compress(b"x" * 100) + b"\0" * 10, 500),
        (gzip.compress(b"x" * 100)[:-1], 500),
        (gzip.compress(b"x" * 100)[:-9] + b"\0" * 9, 500),
        (gzip.compress(b"\0" * (MOST_READ + 1)), 413),
        (gzip.compress(b"\0" * MOST_READ + b"0") * 2, 413),
    ],
    ids=range(5),
)
def test_gunzip_refuses(zipped: bytes, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        gunzip(zipped, MOST_READ)
    assert refused.value.answer.status == status


def test_gunzip_is_exact_at_its_bound_and_at_the_ends_of_pieces() -> None:
    assert len(gunzip(gzip.compress(b"\0" * MOST_READ), MOST_READ)) == MOST_READ
    for size in (0, 1, 4095, 4096, 4097, 100_000):
        text = bytes(range(256)) * (size // 256 + 1)
        zipped = gzip.compress(text[:size], compresslevel=0)
        assert gunzip(zipped * 3, MOST_READ) == text[:size] * 3


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.4)


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /live",
        b"GET /live HTTP/1.1\r\nHost: localhost\r\n",
        post_head("/v1/identify", 100),
        post_head("/v1/identify", 100) + b'{"userId":',
        post_head("/v1/identify", 4_000_000) + b"x" * 60_000,
        post_head("/nothing", 100_000) + b"x" * 50_000,
        post_head("/v1/identify", 100, b"Expect: 100-continue\r\n"),
        post_head("/v1/identify", 100)[:-20] + b"X: y\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" + AUTH + b"\r\n5\r\nab",
        b"GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET /health HTTP/1.1\r\nHo",
    ],
    ids=range(11),
)
def test_half_open_connections_time_out(begun: bytes, impatient: None, server: str) -> None:
    with connected(server) as opened:
        opened.sendall(begun)
        received = until_closed(opened)
    assert b" 200 " not in received or begun.startswith(b"GET /health")
    assert b" 500 " not in received
    assert httpx.get(f"{server}/health", trust_env=False).status_code == 200


def test_a_drip_is_no_progress(impatient: None, server: str) -> None:
    """A byte now and then keeps no connection open for ever."""
    with connected(server) as opened:
        opened.sendall(post_head("/v1/identify", MEGABYTE))
        stop = threading.Event()

        def drip() -> None:
            with suppress(OSError):
                while not stop.wait(0.05):
                    opened.sendall(b" ")

        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        assert until_closed(opened).startswith((b"HTTP/1.1 408", b""))
        stop.set()
        dripping.join()


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Connection]:
    """Those that are made from now on. Their patience ends when the test says so (`patience_ends`), not by itself."""
    made: list[Connection] = []
    connect = Connection.connection_made

    def remember(self: Connection, transport: Any) -> None:
        made.append(self)
        connect(self, transport)

    monkeypatch.setattr(Connection, "connection_made", remember)
    monkeypatch.setattr(connection, "PATIENCE", 3600)
    return made


def patience_ends(own: Connection) -> None:
    done = threading.Event()

    def end() -> None:
        if own._deadline is not None:
            own._deadline.cancel()
            own._late()
        done.set()

    own.loop.call_soon_threadsafe(end)
    assert done.wait(20)


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def until_came(own: Connection, bytes_: int) -> None:
    until(lambda: own._came >= bytes_)


def test_what_gets_on_is_not_cut_off(connections: list[Connection], server: str) -> None:
    """Longer than the patience in all, but with enough in each while; and a connection that idles between requests."""
    beginning, piece, end = b'{"userId":"slow","x":"', b"x" * PROGRESS, b'"}'
    with connected(server) as opened:
        for _ in range(2):
            opened.sendall(post_head("/v1/identify", len(beginning) + 4 * len(piece) + len(end)) + beginning)
            until(lambda: bool(connections) and connections[0]._deadline is not None)
            own = connections[0]
            for _ in range(4):
                wanted = own._came + PROGRESS
                opened.sendall(piece)
                until_came(own, wanted)
                patience_ends(own)
                assert own._deadline is not None
            opened.sendall(end)
            assert opened.recv(65536).endswith(b"ok")
            assert own._deadline is None  # it may idle
            patience_ends(own)
    assert len(connections) == 1


def test_what_does_not_get_on_is(connections: list[Connection], server: str) -> None:
    with connected(server) as opened:
        head = post_head("/v1/identify", 3 * PROGRESS)
        opened.sendall(head + b"x" * PROGRESS)
        until(lambda: bool(connections))
        until_came(connections[0], len(head) + PROGRESS)
        patience_ends(connections[0])
        opened.sendall(b"x" * (PROGRESS - 1))
        until_came(connections[0], len(head) + 2 * PROGRESS - 1)
        patience_ends(connections[0])
        assert until_closed(opened).startswith(b"HTTP/1.1 408")


def test_who_leaves_behind_several_requests_raises_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The answer to the first comes when nobody is there any more; others came behind it."""
    body = b'{"userId":"u"}'
    with serve(options_in(tmp_path)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        client.post("/api/faults", json={"delayMs": 300, "times": 1})
        with connected(url) as opened:
            opened.sendall((post_head("/v1/track", len(body)) + body) * 3)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not an end
        while not client.get("/api/events").json()["events"]:
            pass
    # The server has stopped: nothing is under way any more.
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /" + b"a" * 700_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 700_000 + b"\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: localhost\r\n" + b"X: aaaaaaaaaaaaaaaa\r\n" * 40_000 + b"\r\n",
        b"POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        + AUTH
        + b"\r\n0\r\n"
        + b"X: aaaaaaaaaaaaaaaa\r\n" * 40_000
        + b"\r\n",
    ],
    ids=["line", "header", "headers", "trailers"],
)
def test_a_head_has_an_end(sent: bytes, server: str) -> None:
    with connected(server) as opened:
        sending = threading.Thread(target=_send, args=(opened, sent), daemon=True)
        sending.start()
        received = until_closed(opened)
        sending.join()
    assert received == b"" or received.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))


def _send(opened: socket.socket, sent: bytes) -> None:
    with suppress(OSError):
        opened.sendall(sent)


def test_unfinished_bodies_together_have_a_bound(
    monkeypatch: pytest.MonkeyPatch, server: str, post: Post, events: Callable[..., list[Any]]
) -> None:
    monkeypatch.setattr(connection, "MOST_HELD", 2 * MEGABYTE)
    monkeypatch.setattr(connection, "FOR_SMALL", MEGABYTE)
    opened = []
    try:
        for _ in range(8):
            address = urlsplit(server)
            opened.append(socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=20))
            opened[-1].sendall(post_head("/v1/identify", 590_000) + b"x" * 500_000)
        cut = [each for each in opened if _is_answered(each)]
        assert all(until_closed(each).startswith(b"HTTP/1.1 503") for each in cut) and len(cut) >= 4
        assert post("/v1/identify", {"userId": "small"}).text == "ok"
    finally:
        for each in opened:
            each.close()
    monkeypatch.setattr(connection, "MOST_HELD", 200 * MEGABYTE)
    assert post("/v1/identify", {"userId": "after"}).text == "ok"
    assert [row["message"]["userId"] for row in events()] == ["small", "after"]


def test_who_is_silent_makes_room(
    connections: list[Connection], monkeypatch: pytest.MonkeyPatch, server: str, post: Post
) -> None:
    monkeypatch.setattr(connection, "MOST_HELD", 4 * MEGABYTE)
    monkeypatch.setattr(connection, "STALLED", 0.1)
    address = urlsplit(server)
    opened = []
    try:
        for _ in range(7):
            opened.append(socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=20))
            opened[-1].sendall(post_head("/v1/identify", 590_000) + b"x" * 500_000)
        until(lambda: sum(each._held for each in connections) == 7 * 500_000)
        until(lambda: all(each.loop.time() - each._heard > connection.STALLED for each in connections))
        assert post("/v1/identify", {"userId": "u", "x": "x" * 3_000_000}).text == "ok"
        answered = [each for each in opened if _is_answered(each)]
        assert len(answered) >= 5
        assert all(until_closed(each).startswith(b"HTTP/1.1 408") for each in answered)
    finally:
        for each in opened:
            each.close()


def _is_answered(opened: socket.socket) -> bool:
    opened.settimeout(1)
    try:
        return bool(opened.recv(1, socket.MSG_PEEK))
    except TimeoutError:
        return False
    finally:
        opened.settimeout(20)


def test_bodies_that_are_answered_are_held_no_more(server: str, post: Post) -> None:
    """Far more than the bound in turn: nothing of it is counted twice or for ever."""
    for _ in range(60):
        assert post("/v1/identify", {"userId": "u", "x": "x" * 3_900_000}).text == "ok"
    assert post("/v1/identify", b"x" * 3_900_000).status_code == 400


def test_many_large_bodies_at_once_are_all_taken(
    server: str, client: httpx.Client, events: Callable[..., list[Any]]
) -> None:
    """In turn, while small ones pass them; a sender that stops in the middle holds up nobody for long."""
    large = json.dumps({"userId": "large", "x": "x" * 3_900_000}).encode()
    stalled = []
    try:
        for _ in range(20):
            address = urlsplit(server)
            stalled.append(socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=60))
            stalled[-1].sendall(post_head("/v1/identify", 3_000_000) + b"x" * 700_000)
        with ThreadPoolExecutor(12) as pool:
            sent = [pool.submit(_post, server, large) for _ in range(12)]
            small = [_post(server, b'{"userId":"small"}') for _ in range(20)]
            assert small == [200] * 20
            assert [each.result() for each in sent] == [200] * 12
    finally:
        for each in stalled:
            each.close()
    assert len(events(type="identify", limit=100)) == 32


def _post(server: str, body: bytes) -> int:
    return httpx.post(f"{server}/v1/identify", content=body, auth=("KEY", ""), trust_env=False, timeout=60).status_code


@pytest.mark.parametrize(
    "query",
    [
        "text=" + "x" * 60_000,
        "text=" + "%25" * 300,
        "user=" + "x" * 60_000,
        "type=" + "x" * 60_000,
        "before=" + "9" * 5000,
        "before=-1",
        "before=1e3",
        "before=" + "9" * 19,
        "before=٣",
    ],
    ids=lambda query: query[:12],
)
@pytest.mark.parametrize("path", ["/live", "/live/rows", "/live/messages/1"])
def test_queries_are_bounded(path: str, query: str, client: httpx.Client) -> None:
    if path == "/live/rows":
        query = query.replace("before=", "after=")
    if path == "/live/messages/1" and query.startswith("before="):
        query += "&text=" + "x" * 300
    answer = client.get(f"{path}?{query}")
    assert 400 <= answer.status_code < 500 and len(answer.content) < 1000


@pytest.mark.parametrize(
    "path",
    [
        "/live/messages/{n}",
        "/live/messages/{n}.json",
        "/live/messages/{n}.curl",
        "/live/messages/{n}/value?at=/x",
        "/api/events/{n}/checks",
    ],
)
@pytest.mark.parametrize("digits", [18, 19, 20, 5000])
def test_numbers_in_paths_are_bounded(path: str, digits: int, client: httpx.Client) -> None:
    assert client.get(path.format(n="9" * digits)).status_code == 404


@pytest.mark.parametrize(
    "query", ["after=" + "9" * 19, "after=" + "9" * 5000, "limit=10001", "limit=-1", "limit=" + "9" * 5000]
)
def test_numbers_of_the_api_are_bounded(query: str, client: httpx.Client) -> None:
    assert client.get(f"/api/events?{query}").status_code == 400


@pytest.mark.parametrize(
    "script",
    [
        '{"delayMs": 1e308}',
        '{"delayMs": NaN}',
        '{"delayMs": Infinity}',
        '{"delayMs": 600001}',
        '{"status": 503, "retryAfter": "1\\r\\nX-Injected: 1"}',
        '{"status": 503, "retryAfter": "' + "x" * 201 + '"}',
        '{"status": 503, "retryAfter": "ü"}',
        '{"status": 503, "retryAfter": 1' + "0" * 4000 + "}",
        '{"probability": NaN, "faults": [{"status": 503}]}',
        '{"probability": 0.5, "seed": 1' + "0" * 4000 + ', "faults": [{"status": 503}]}',
        '{"times": 1' + "0" * 5000 + "}",
    ],
    ids=lambda script: script[:30],
)
def test_scripts_of_faults_are_bounded(script: str, client: httpx.Client) -> None:
    assert client.post("/api/faults", content=script).status_code == 400
    assert client.get("/api/faults").json()["pending"] == []


@pytest.mark.parametrize("status", [204, 205, 304])
def test_answers_that_have_no_body(status: int, post: Post, client: httpx.Client) -> None:
    client.post("/api/faults", json={"status": status})
    answer = post("/v1/identify", {"userId": "u"})
    assert (answer.status_code, answer.content) == (status, b"")
    assert post("/v1/identify", {"userId": "u"}).text == "ok"  # on the same connection


LONG = "<&'\"ü" * 780_000  # 3.9 million characters, 5.5 times as long as HTML


def _last(client: httpx.Client) -> int:
    return int(client.get("/health").json()["lastSeq"])


@pytest.mark.parametrize(
    "message",
    [
        {"userId": "u", "event": LONG[:800_000]},
        {"userId": LONG[:800_000]},
        {"anonymousId": LONG[:800_000], "type": LONG[:800_000]},
        {"userId": "u", "context": {"traits": {"bio": LONG[:800_000]}}},
        {"userId": "u", "context": {"traits": dict.fromkeys((f"{LONG[:5]}{n}" for n in range(60_000)), LONG[:5])}},
        {"userId": "u", "context": {"traits": {LONG[:800_000]: 1}}},
        {"userId": "u", "context": {"sessionId": LONG[:400_000], "traits": {"age": LONG[:400_000]}}},
        {"userId": "u", "messageId": LONG[:800_000]},
    ],
    ids=["event", "userId", "anonymousId and type", "trait", "traits", "name", "session", "messageId"],
)
@pytest.mark.parametrize("type_", ["identify", "track"])
def test_what_pages_show_of_a_large_message_is_bounded(
    type_: str, message: dict[str, Any], post: Post, client: httpx.Client
) -> None:
    batch = [{"type": type_, **message}] * 4
    for each in batch:
        assert post("/v1/batch", {"batch": [each]}).text == "ok"
    seq = _last(client)
    assert len(client.get("/live").content) < 300_000
    assert len(client.get("/live/users").content) < 300_000
    user = message.get("userId", message.get("anonymousId"))[:256]
    kind = "user" if "userId" in message else "anonymous"
    assert len(client.get("/live/users", params={kind: user}).content) < MEGABYTE
    for tab in ("message", "checks", "destinations", "request"):
        assert len(client.get(f"/live/messages/{seq}?tab={tab}", headers=FRAGMENT).content) < MEGABYTE, tab
    assert len(client.get(f"/api/events/{seq}/checks").content) < 100_000
    assert client.get(f"/live/messages/{seq}.json").json()["messageId"]


def test_the_list_does_not_read_large_messages(post: Post, client: httpx.Client) -> None:
    post("/v1/identify", {"userId": "u-1", "context": {"traits": {"bio": "x" * 3_900_000}}})
    post("/v1/identify", {"userId": "u-2", "context": {"traits": {"name": "x", "age": "x"}}})
    page = client.get("/live").text
    assert ">large<" in page and ">u-1<" not in page and "u-1" in page and "3,900," in page
    assert "1 check" in page
    seq = _last(client)
    assert "Over 32 KB" in client.get(f"/live/messages/{seq - 1}?tab=checks").text


def test_the_rest_is_had_on_demand(post: Post, client: httpx.Client) -> None:
    value = "x" * 5000
    post("/v1/identify", {"userId": "u", "context": {"traits": {"a/b~c": [1, value], "short": "y"}}})
    seq = _last(client)
    page = client.get(f"/live/messages/{seq}").text
    place = f"/live/messages/{seq}/value?at=/context/traits/a~1b~0c/1"
    assert f'href="{place.replace("~", "~")}"' in page and page.count("all of it") == 1
    answer = client.get(place)
    assert answer.json() == value and answer.headers["content-type"].startswith("text/plain")
    assert client.get(f"/live/messages/{seq}/value?at=/context/traits").json()["short"] == "y"
    for nowhere in ("/nothing", "/userId/0", "/context/traits/a~1b~0c/2", "/context/traits/a~1b~0c/-1", "x"):
        assert client.get(f"/live/messages/{seq}/value", params={"at": "/context" + nowhere}).status_code == 404


def test_trees_are_bounded_in_text() -> None:
    nodes = tree({str(n): "x" * 1900 for n in range(500)})
    assert sum(len(node.text) for node in nodes) < 110_000 and nodes[-1].kind == "cut"
    (node,) = tree({"n" * 5000: {"m" * 5000: "x" * 5000}})
    assert len(node.name) < 300 and node.members[0].rest == ""


def test_many_large_messages_are_read_in_pieces(post: Post, client: httpx.Client) -> None:
    for n in range(6):
        post("/v1/identify", {"userId": f"u{n}", "x": "x" * 2_000_000})
    post("/v1/identify", {"userId": "small"})
    users = [f"u{n}" for n in range(6)] + ["small"]
    assert [row["message"]["userId"] for row in client.get("/api/events").json()["events"]] == users
    assert [row["message"]["userId"] for row in client.get("/api/events?limit=3").json()["events"]] == users[:3]
    assert client.get("/api/events?limit=0").json() == client.get("/api/events?type=none").json() == {"events": []}
    seen = []
    with client.stream("GET", "/api/events/stream") as response:
        for line in response.iter_lines():
            if line.startswith("data: "):
                seen.append(json.loads(line[6:])["message"]["userId"])
                if seen[-1] == "small":
                    break
    assert seen == users


def test_what_each_message_of_a_request_is_kept_with_is_bounded(post: Post, events: Callable[..., list[Any]]) -> None:
    """One header must not become many: of a batch each message has the sender's address."""
    batch = [{"userId": "u"}] * 3
    assert post("/v1/batch", {"batch": batch}, {"X-Forwarded-For": "1" * 400_000}).text == "ok"
    assert [len(row["message"]["request_ip"]) for row in events()] == [200] * 3


def test_headers_that_are_kept_are_bounded(post: Post, events: Callable[..., list[Any]], client: httpx.Client) -> None:
    post("/v1/identify", {"userId": "u"}, {"X-Long": "x" * 100_000, "X-Short": "y"})
    post("/v1/identify", {"userId": "u"}, {f"X-{n}": "z" * 50 for n in range(3000)})
    assert events()[0]["headers"]["x-short"] == "y"
    for row in events():
        assert len(json.dumps(row["headers"])) < 100_000 and row["headers"]["host"]
    seq = _last(client)
    assert len(client.get(f"/live/messages/{seq}?tab=request").content) < MEGABYTE
