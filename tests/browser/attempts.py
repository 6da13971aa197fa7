"""A way to the data plane on which requests meet faults, and which writes down what each attempt was answered."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import httpx

ENOUGH = 30
"""Answers on each side among which a fault is near (web/src/leaving.js)."""
_AROUND = 2 * ENOUGH
"""Attempts that such answers belong to at most: a page that is left sees the answer to one of two, at least."""
DELIVERED, DROPPED, LOST_ANSWER = "delivered", "dropped", "lost answer"
"""What becomes of an attempt; or a status, as text, with which it fails. Of a lost answer the message is stored."""
_CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*, Authorization"}


@dataclass(frozen=True)
class Attempt:
    ids: tuple[str, ...]
    fate: str

    @property
    def arrived(self) -> bool:
        return self.fate in (DELIVERED, LOST_ANSWER)


@dataclass
class Way:
    """`fate` says what becomes of the n-th attempt. Its answer takes `delay` seconds."""

    data_plane: str
    fate: Callable[[int], str]
    delay: float = 0.1
    attempts: list[Attempt] = field(default_factory=list)
    """In the order in which they came."""
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def attempt(self, body: bytes) -> str:
        message = json.loads(body)
        ids = tuple(each["messageId"] for each in message.get("batch", [message]))
        with self._lock:
            fate = self.fate(len(self.attempts))
            self.attempts.append(Attempt(ids, fate))
        return fate


class _Handler(BaseHTTPRequestHandler):
    """One request a connection (HTTP/1.0): a browser repeats a request by itself on one that was used before."""

    way: Way

    def do_OPTIONS(self) -> None:
        self._answer(204)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fate = self.way.attempt(body)
        if fate in (DELIVERED, LOST_ANSWER):
            headers = {name: self.headers[name] for name in ("Authorization", "Content-Type")}
            httpx.post(self.way.data_plane + self.path, content=body, headers=headers, trust_env=False)
        time.sleep(self.way.delay)
        if fate not in (DROPPED, LOST_ANSWER):
            self._answer(200 if fate == DELIVERED else int(fate))

    def _answer(self, status: int) -> None:
        self.send_response(status)
        for name, value in (_CORS | {"Content-Type": "text/plain", "Content-Length": "0"}).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def way(data_plane: str, fate: Callable[[int], str], delay: float = 0.1) -> Iterator[Way]:
    """A `Way` while the block lasts; pages give its `url` as that of their data plane."""
    found = Way(data_plane, fate, delay)
    handler = type("Handler", (_Handler,), {"way": found})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        found.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield found
        finally:
            server.shutdown()


def repeats(attempts: Sequence[Attempt]) -> dict[str, list[int]]:
    """The attempts with which each message arrived that arrived more than once."""
    arrivals: dict[str, list[int]] = defaultdict(list)
    for number, attempt in enumerate(attempts):
        for each in attempt.ids if attempt.arrived else ():
            arrivals[each].append(number)
    return {each: numbers for each, numbers in arrivals.items() if len(numbers) > 1}


def avoidable(attempts: Sequence[Attempt]) -> int:
    """Repeats of what no answer was lost of: of a lost one nobody can know, and all that it held comes again."""
    pairs = [pair for numbers in repeats(attempts).values() for pair in pairwise(numbers)]
    return sum(attempts[earlier].fate != LOST_ANSWER for earlier, _ in pairs)


def unexcused(attempts: Sequence[Attempt]) -> dict[str, list[int]]:
    """The repeats that nothing excuses: the attempt before did not lose its answer, and no fault was near it.

    Near: among ENOUGH answers before it, or ENOUGH after it, before the attempt that repeats it.
    """
    found = {}
    for each, numbers in repeats(attempts).items():
        for earlier, later in pairwise(numbers):
            around = attempts[max(0, earlier - _AROUND) : min(later, earlier + _AROUND)]
            if all(attempt.fate == DELIVERED for attempt in around):
                found[each] = numbers
    return found
