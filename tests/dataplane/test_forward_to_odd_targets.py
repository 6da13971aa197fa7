"""`--forward` to what is no data plane, or half of one: it says so, and never stops."""

import asyncio
import gzip
import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from dataplane.forward import forwarder

from .test_forward import Plane, plane

type Answers = Any
"""From the messages of a request to (status, headers, body), or None: the connection is closed."""


class Target:
    """A server that answers as a test says, and remembers what it answered with 2xx."""

    def __init__(self) -> None:
        self.answer: Answers = lambda messages: (200, {}, b"ok")
        self.requests: list[dict[str, str]] = []
        self.users: list[str] = []
        self.url = ""


@contextmanager
def odd_target() -> Iterator[Target]:
    target = Target()

    class Odd(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            messages = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["batch"]
            target.requests.append(dict(self.headers.items()))
            answer = target.answer(messages)
            if answer is None:
                self.close_connection = True
                return
            status, headers, body = answer
            if 200 <= status < 300:
                target.users += [message["userId"] for message in messages]
            self.send_response_only(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                if value is not None:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = "Content-Length" not in headers and headers.get("Connection") == "close"

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    target.url = f"http://127.0.0.1:{server.server_address[1]}"
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield target
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same tries in a hundredth of the time."""
    monkeypatch.setattr(forwarder, "FIRST_PAUSE", 0.002)
    monkeypatch.setattr(forwarder, "LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(forwarder, "_LONGEST_FIRST_PAUSE", 0.02)
    monkeypatch.setattr(forwarder, "_FIRST_HELD_PAUSE", 0.01)


def settled(tap: Plane) -> None:
    """Waits until nothing is left to pass on."""
    if tap.http.get("/live/clear").text.count("forwarded") or "waiting" in tap.http.get("/live").text:
        tap.changed("tap", lambda line: "waiting" not in line)


def until(target: Target, users: list[str]) -> None:
    done = threading.Event()
    for _ in range(2000):
        if sorted(target.users) == sorted(users):
            return
        done.wait(0.01)
    raise AssertionError(target.users)


ODD_ANSWERS = {
    "unknown charset": (200, {"Content-Type": "text/plain; charset=no-such-charset"}, b"ok"),
    "a codec that is no charset": (200, {"Content-Type": "text/plain; charset=rot13"}, b"ok"),
    "bytes that are no text": (200, {"Content-Type": "text/plain; charset=utf-8"}, bytes(range(256))),
    "utf-16 cut short": (200, {"Content-Type": "text/plain; charset=utf-16"}, b"\xff\xfea"),
    "ten megabytes": (200, {}, b"x" * 10_000_000),
    "gzip that is none": (200, {"Content-Encoding": "gzip"}, b"no gzip"),
    "gzip that is large": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"\0" * 50_000_000)),
    "an unknown encoding": (200, {"Content-Encoding": "x"}, b"ok"),
    "control characters": (400, {}, b"\x1b[31mred\x00\r\n\x07"),
    "a status that HTTP does not know": (299, {}, b""),
    "a wait that is nonsense": (200, {"Retry-After": "9" * 5000}, b"ok"),
    "no body at all": (204, {}, b""),
}


@pytest.mark.parametrize("answer", ODD_ANSWERS.values(), ids=ODD_ANSWERS.keys())
def test_any_answer_is_one(answer: Any, tmp_path: Path) -> None:
    with odd_target() as target, plane(tmp_path, forward=target.url) as tap:
        answers = iter([answer])
        target.answer = lambda messages: next(answers, (200, {}, b"ok"))
        tap.send("odd")
        settled(tap)
        tap.send("next")
        until(target, ["next"] if answer[0] == 400 else ["odd", "next"])
        page = tap.http.get("/live").text
        assert all(each.isprintable() or each == "\n" for each in page)
        assert len(target.requests) == 2


def test_a_502_that_is_a_page_is_tried_again(tmp_path: Path) -> None:
    with odd_target() as target, plane(tmp_path, forward=target.url) as tap:
        answers = iter([(502, {"Content-Type": "text/html; charset=x-user-defined"}, b"<html>\xff" * 5000)] * 5)
        target.answer = lambda messages: next(answers, (200, {}, b"ok"))
        tap.send("a", "b")
        until(target, ["a", "b"])
        assert target.users == ["a", "b"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"QQ==", "QQ=="),
        (b"a\x80\xffb", "a\xffb"),
        (b"a\tb", "ab"),
        (b"\x80", None),
        (b"x" * 5000, None),
        ("ü".encode(), "Ã¼"),
    ],
)
def test_headers_are_made_clean_or_left_out(header: bytes, expected: str | None, tmp_path: Path) -> None:
    with odd_target() as target, plane(tmp_path, forward=target.url) as tap:
        tap.http.post("/v1/track", json={"userId": "u", "event": "e"}, headers={b"AnonymousId": header})  # type: ignore[dict-item]
        until(target, ["u"])
    assert target.requests[0].get("AnonymousId") == expected


@pytest.mark.parametrize("status", [500, 503, 302, None], ids=str)
def test_a_message_that_is_never_taken_is_passed_over(status: int | None, tmp_path: Path) -> None:
    """Whatever the other side does to it; the others arrive, each once, and it is shown."""
    poison = {"p1", "p2", "p3"}

    def answer(messages: list[dict[str, Any]]) -> Any:
        if poison & {message["userId"] for message in messages}:
            return None if status is None else (status, {}, b"cannot take this")
        return 200, {}, b"ok"

    users = [f"u{n}" for n in range(150)]
    sent = [*users[:20], "p1", *users[20:50], "p2", "p3", *users[50:]]
    with odd_target() as target, plane(tmp_path, forward=target.url) as tap:
        target.answer = answer
        batch = [{"userId": user, "type": "track"} for user in sent]
        tap.http.post("/v1/batch", json={"batch": batch})
        until(target, users)
        tap.changed("tap", lambda line: "waiting" not in line)
        assert overtakings(target.users) <= 3
        tap.send("last")
        until(target, [*users, "last"])
        page = tap.http.get("/live?user=p").text
        assert page.count(">passed over<") == 3 and ("cannot take this" in page or status is None)
        assert len(target.requests) < 400


def overtakings(users: list[str]) -> int:
    """How often the order goes back."""
    numbers = [int(user[1:]) for user in users]
    return sum(after < before for before, after in itertools.pairwise(numbers))


def test_while_the_other_side_is_down_nothing_is_passed_over(tmp_path: Path) -> None:
    down = True
    users = [f"u{n}" for n in range(30)]
    with odd_target() as target, plane(tmp_path, forward=target.url) as tap:
        target.answer = lambda messages: (500, {}, b"down") if down else (200, {}, b"ok")
        for user in users:
            tap.send(user)
        waited = threading.Event()
        while len(target.requests) < 100:
            waited.wait(0.01)
        assert ">passed over<" not in tap.http.get("/live").text
        down = False
        until(target, users)
    assert overtakings(target.users) <= 1  # the one that was asked about the moment it was up again


def test_a_restart_keeps_what_was_answered_behind_one_that_is_held(tmp_path: Path) -> None:
    with odd_target() as target:
        target.answer = lambda messages: (
            (500, {}, b"no") if any(message["userId"] == "bad" for message in messages) else (200, {}, b"ok")
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(forwarder, "_FIRST_HELD_PAUSE", 60.0)
            with plane(tmp_path, forward=target.url) as tap:
                tap.send("bad", "a", "b")
                until(target, ["a", "b"])
                tap.changed("tap", lambda line: "#1 held back" in line, send="c")
                until(target, ["a", "b", "c"])
                while "1 waiting" not in tap.http.get("/live").text:
                    pass
        target.answer = lambda messages: (200, {}, b"ok")
        with plane(tmp_path, forward=target.url):
            until(target, ["a", "b", "c", "bad"])
    assert target.users == ["a", "b", "c", "bad"]


def test_an_error_that_nobody_knows_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failures = iter([RuntimeError("who knows"), UnicodeError("nor this"), asyncio.InvalidStateError()])
    stream, next_parcel = httpx.AsyncClient.stream, forwarder.Queue.next
    in_the_queue = iter([KeyError("surprise")])

    def failing(*given: Any, **named: Any) -> Any:
        if (failure := next(failures, None)) is not None:
            raise failure
        return stream(*given, **named)

    def failing_queue(*given: Any, **named: Any) -> Any:
        if (failure := next(in_the_queue, None)) is not None:
            raise failure
        return next_parcel(*given, **named)

    monkeypatch.setattr(httpx.AsyncClient, "stream", failing)
    monkeypatch.setattr(forwarder.Queue, "next", failing_queue)
    with odd_target() as target, plane(tmp_path, forward=target.url) as tap:
        tap.send("a", "b")
        until(target, ["a", "b"])
    assert "goes on" in caplog.text and "who knows" in caplog.text
