"""Bytes that are HTTP, or nearly, over sockets: the data plane answers or closes, and goes on."""

import random
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from dataplane.background import serve
from dataplane.options import Options
from fuzz.complaints import listening

COUNT = 20_000
_LINES = [b"GET /live HTTP/1.1", b"POST /v1/track HTTP/1.1", b"POST /v1/batch HTTP/1.0", b"OPTIONS * HTTP/1.1"]
_LINES += [b"CONNECT localhost:1 HTTP/1.1", b"GET http://localhost/health HTTP/1.1", b"HEAD /api/events HTTP/1.1", b"X"]
_HEADERS = [
    b"Host: localhost",
    b"Content-Length: 5",
    b"Content-Length: 0",
    b"Transfer-Encoding: chunked",
    b"Expect: 100-continue",
]
_HEADERS += [b"Connection: close", b"Connection: Upgrade", b"Upgrade: websocket", b"Authorization: Basic S0VZOg=="]
_HEADERS += [b"Content-Length: -1", b"Content-Length: 5, 5", b"Host: evil.example", b" folded: x", b"X:", b"X" * 9000]
_ENDS = [b"", b"\r\n\r\n", b'\r\n\r\n{"a":', b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"\r\n\r\nhello", b"\n\n"]


@contextmanager
def opened() -> Iterator[Callable[[random.Random], None]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Options(port=0, db=Path(folder) / "fuzz.sqlite3")) as url,
    ):
        address = urlsplit(url)
        with listening() as complaints:

            def try_one(dice: random.Random) -> None:
                one(dice, (str(address.hostname), int(address.port or 0)))
                complaints.expect_none()

            yield try_one


def one(dice: random.Random, address: tuple[str, int]) -> None:
    sent = b"".join(_request(dice) for _ in range(dice.choice([1, 1, 2])))
    received = _exchange(address, sent)
    assert received == b"" or received.startswith((b"HTTP/1.1 ", b"HTTP/1.0 ")), received[:200]
    assert _exchange(address, b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").startswith(
        b"HTTP/1.1 200"
    )


def _request(dice: random.Random) -> bytes:
    headers = dice.sample(_HEADERS, dice.randrange(5))
    made = bytearray(dice.choice([b"\r\n"] * 9 + [b"\n"]).join([dice.choice(_LINES), *headers]) + dice.choice(_ENDS))
    for _ in range(dice.choice([0, 0, 1, 3])):
        at = dice.randrange(len(made) + 1)
        made[at : at + dice.randrange(3)] = dice.randbytes(dice.randrange(4))
    return bytes(made)


def _exchange(address: tuple[str, int], sent: bytes) -> bytes:
    """What comes back until the server closes, or has said all that it has to say."""
    received = b""
    with suppress(OSError), socket.create_connection(address, timeout=20) as opened:
        opened.sendall(sent)
        opened.shutdown(socket.SHUT_WR)
        while part := opened.recv(65536):
            received += part
            if len(received) > 100_000:
                break
    return received
