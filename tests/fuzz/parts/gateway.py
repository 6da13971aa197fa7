"""Bodies, heads and addresses of all kinds to the ingestion routes of a running data plane.

Whatever is sent: an answer of the gateway's table, and nothing else. What is answered with 200 is in the store, whole,
and what is not is not.
"""

import base64
import gzip
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from dataplane.background import serve
from dataplane.options import Options
from fuzz import oddities
from fuzz.complaints import listening

COUNT = 20_000
ANSWERS = {
    200: {"ok"},
    400: {
        "invalid json",
        "event is not a valid rudder event",
        "request neither has anonymousId nor userId",
        "empty batch payload",
    },
    401: {
        "failed to read writekey from header",
        "failed to read writekey from query params",
        "invalid write key",
    },
    404: {"404 page not found", "source is disabled"},
    405: {""},
    413: {"request size exceeds max limit"},
    500: {"failed to read body from request"},
}
SINGLE = ["identify", "track", "page", "screen", "group", "alias", "merge", "audiencelist"]


@contextmanager
def opened() -> Iterator[Callable[[random.Random], None]]:
    with tempfile.TemporaryDirectory() as folder:
        options = Options(port=0, db=Path(folder) / "fuzz.sqlite3", disabled_write_keys=frozenset({"DISABLED"}))
        with (
            serve(options) as url,
            httpx.Client(base_url=url, trust_env=False, timeout=60) as client,
            listening() as complaints,
        ):

            def try_one(dice: random.Random) -> None:
                one(dice, client)
                complaints.expect_none()

            yield try_one


def one(dice: random.Random, client: httpx.Client) -> None:
    before = client.get("/health").json()["lastSeq"]
    messages = [oddities.message(dice) for _ in range(dice.choice([0, 1, 1, 2, 5]))]
    path, batched = _path(dice)
    sent = oddities.body(dice, messages if batched else None)
    headers = _headers(dice)
    if dice.random() < 0.1:
        sent, headers[b"content-encoding"] = _zipped(dice, sent), b"gzip"
    method = dice.choice(["POST"] * 18 + ["GET", "PUT"])
    answer = client.request(method, path, content=sent, headers=headers)
    text = answer.text.removesuffix("\n")
    if path.startswith("/pixel/") and method == "GET":
        assert answer.headers["content-type"] == "image/gif"
        return
    assert text in ANSWERS[answer.status_code], (answer.status_code, text)
    rows = _rows(client, before)
    if answer.status_code != 200:
        assert rows == [], "refused, and stored all the same"
        return
    assert rows != [], "answered with 200, and not stored"
    if rows is None:
        return
    for row in rows:
        message = row["message"]
        assert isinstance(message["messageId"], str) and message["messageId"].strip()
        assert {"rudderId", "receivedAt", "request_ip"} <= message.keys() and row["path"] == path.partition("?")[0]
    if not batched:
        assert [row["message"]["type"] for row in rows] == [path.rpartition("/")[2]]


def _path(dice: random.Random) -> tuple[str, bool]:
    match dice.randrange(10):
        case 0 | 1 | 2 | 3:
            return f"/v1/{dice.choice(SINGLE)}", False
        case 4 | 5 | 6:
            return f"/v1/{dice.choice(['batch', 'import'])}", True
        case 7:
            return f"/beacon/v1/batch?writeKey={dice.choice(['KEY', '', 'DISABLED', '%00', '%ff'])}", True
        case 8:
            return (
                f"/pixel/v1/{dice.choice(['track', 'page'])}?writeKey=KEY&anonymousId=a&event={dice.randrange(9)}",
                True,
            )
    return f"/v1/{dice.choice(['', 'x', 'track/', '%2e%2e/api/events', 'webhook', 'identify%00'])}", True


def _headers(dice: random.Random) -> dict[bytes, bytes]:
    key = dice.choice(["KEY"] * 12 + ["", "DISABLED", "ü:x", "\x00"])
    basic = b"Basic " + base64.b64encode(f"{key}:".encode())
    headers = {b"authorization": basic if dice.random() < 0.97 else dice.choice([b"Basic", b"Bearer x", b"\xff"])}
    for _ in range(dice.randrange(3)):
        name = dice.choice([b"anonymousid", b"x-forwarded-for", b"origin", b"content-type", b"host", b"x-fuzz"])
        headers[name] = bytes(dice.choices(range(33, 256), k=dice.choice([1, 9, 40]))).replace(b"\x7f", b"")
    return headers


def _zipped(dice: random.Random, sent: bytes) -> bytes:
    zipped = bytearray(b"".join(gzip.compress(sent[at : at + 500]) for at in range(0, len(sent) or 1, 500)))
    if dice.random() < 0.4:
        at = dice.randrange(len(zipped))
        zipped[at : at + dice.randrange(3)] = dice.randbytes(dice.randrange(3))
    return bytes(zipped)


def _rows(client: httpx.Client, after: int) -> list[dict[str, Any]] | None:
    """None: some, nested more deeply than can be read here."""
    answer = client.get(f"/api/events?after={after}")
    try:
        rows: list[dict[str, Any]] = answer.json()["events"]
    except RecursionError:
        assert answer.text.startswith('{"events":[{"seq":') and answer.text.endswith("}]}")
        return None
    return rows
