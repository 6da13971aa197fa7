"""All that is large at once: half-open connections, identifies of 3.9 MB, posts of 300 MB; memory is bounded.

A case is a data plane with a new file. While connections stay half open, identifies come and 300 MB are posted to each
address of `_ANYWHERE`, its pages are asked for; at the end all identifies are there. `LARGE`, `HALF_OPEN` and `POSTED`
are what one case has; dice make the order.
"""

import itertools
import random
import socket
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from fuzz.commands import Running, running

SOAK = True
COUNT = 50
LARGE = 60
HALF_OPEN = 400
POSTED = 300_000_000
_LARGE_SIZE = 3_900_000
_MOST_MEMORY = 400_000_000
_MOST_OF_A_PAGE = 1_000_000
_CUT_OFF = 0
_ANYWHERE = ("/v1/batch", "/api/faults", "/api/destinations/mixpanel", "/live", "/nothing")
_PAGES = ("/live", "/live?type=identify", "/live?user=large", "/live/users")
_BEGUN = (
    b"",
    b"GET /live HTTP/1.1\r\nHost: localh",
    b"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic S0VZOg==\r\nContent-Length: 900\r\n\r\n{",
    b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic S0VZOg==\r\nContent-Length: 3000000\r\n\r\n"
    + b"x" * 100_000,
)


@contextmanager
def opened() -> Iterator[Callable[[random.Random], None]]:
    seen = Seen()
    yield lambda dice: one(dice, seen)
    print(f"pressure: {seen.memory / 1e6:.0f} MB of memory at most, {seen.page:,} bytes of a page, {seen.wait:.2f} s")


class Seen:
    """The most of all cases: bytes of memory, bytes of a page, seconds until a page is whole."""

    def __init__(self) -> None:
        self.memory = 0
        self.page = 0
        self.wait = 0.0


def one(
    dice: random.Random, seen: Seen, *, large: int = LARGE, half_open: int = HALF_OPEN, posted: int = POSTED
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running(db := Path(folder) / "pressure.sqlite3") as plane,
        ExitStack() as connections,
    ):
        for _ in range(half_open):
            connections.enter_context(_half_open(plane, dice.choice(_BEGUN)))
        identifies = [("large", n) for n in range(large)]
        posts = [("posted", path) for path in _ANYWHERE]
        work = [*identifies, *posts]
        dice.shuffle(work)
        done = threading.Event()
        with ThreadPoolExecutor(1) as beside, ThreadPoolExecutor(6) as pool:
            looking = beside.submit(_look, plane, done, seen)
            try:
                answers = [pool.submit(_send, plane.url, kind, what, posted) for kind, what in work]
                statuses = {each: answer.result() for each, answer in zip(work, answers, strict=True)}
            finally:
                done.set()
            looking.result()
        assert {statuses[each] for each in identifies} <= {200}, statuses
        assert all(statuses[each] in (_CUT_OFF, 404, 405, 413) for each in posts), statuses
        _expect_pages(plane, seen)
        assert _stored(db) == large
        seen.memory = max(seen.memory, plane.largest_memory())
        assert seen.memory < _MOST_MEMORY


@contextmanager
def _half_open(plane: Running, begun: bytes) -> Iterator[None]:
    address = urlsplit(plane.url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=60) as connection:
        with suppress(OSError):  # it may be ended already
            connection.sendall(begun)
        yield


def _send(url: str, kind: str, what: object, posted: int) -> int:
    with httpx.Client(base_url=url, trust_env=False, auth=("KEY", ""), timeout=300) as client:
        if kind == "large":
            traits = {"bio": "x" * _LARGE_SIZE}
            return client.post(
                "/v1/identify", json={"userId": f"large{what}", "context": {"traits": traits}}
            ).status_code
        return _post_much(client, str(what), posted)


def _post_much(client: httpx.Client, path: str, posted: int) -> int:
    """Who is answered before the end of a body may find the connection closed."""
    piece = b"x" * 1_000_000
    try:
        return client.post(path, content=itertools.repeat(piece, posted // len(piece))).status_code
    except httpx.TransportError:
        return _CUT_OFF


def _look(plane: Running, done: threading.Event, seen: Seen) -> None:
    while not done.wait(0.2):
        _expect_pages(plane, seen)


def _expect_pages(plane: Running, seen: Seen) -> None:
    for path in _PAGES:
        began = time.monotonic()
        answer = httpx.get(f"{plane.url}{path}", trust_env=False, timeout=120)
        seen.wait = max(seen.wait, time.monotonic() - began)
        seen.page = max(seen.page, len(answer.content))
        assert answer.status_code == 200 and len(answer.content) < _MOST_OF_A_PAGE


def _stored(db: Path) -> int:
    with closing(sqlite3.connect(db)) as reader:
        return int(reader.execute("SELECT count(*) FROM messages WHERE type = 'identify'").fetchone()[0])
