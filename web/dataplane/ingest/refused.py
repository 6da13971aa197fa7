"""Requests that were refused, as they are kept for people to see: what was sent, beside the answer.

An answer is not held up for long by it: of a body that was not read yet, what comes within a moment is taken.
"""

import asyncio
import re
import sqlite3
import zlib
from contextlib import suppress

from starlette.requests import Request

from ..store.database import Store
from ..store.rows import Received, Refused
from .answers import Answer
from .arrival import headers_of, now

MOST_KEPT = 32_000
"""Bytes of a body."""
_MOST_OF_ADDRESS = 2000
"""Characters."""
_MOMENT = 0.5
"""Seconds."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class RefusedRequests:
    """Keeps them in the store, as long as that can be written."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def keep(
        self, request: Request, answer: Answer, *, write_key: str = "", body: bytearray | None = None
    ) -> None:
        """`body` is what was read of it; None: nothing was."""
        if body is None:
            body = await _begun(request)
        begun = bytes(body[:MOST_KEPT])
        query = request.scope["query_string"].decode("latin-1")
        address = request.scope["path"] + (f"?{query}" if query else "")
        received = Received(now(), address[:_MOST_OF_ADDRESS], headers_of(request), write_key[:_MOST_OF_ADDRESS])
        shown = _unzipped(begun) if request.headers.get("content-encoding") == "gzip" else begun
        text = _CONTROL.sub("\ufffd", shown.decode("utf-8", "replace"))
        with suppress(sqlite3.Error):  # a full disk, say: the answer goes out all the same
            await self._store.refuse(received, Refused(request.method, answer.status, answer.text, text, len(body)))


async def _begun(request: Request) -> bytearray:
    """What there is of a body, or as much as is kept."""
    body, more = bytearray(), "content-length" in request.headers or "transfer-encoding" in request.headers
    with suppress(TimeoutError):
        async with asyncio.timeout(_MOMENT):
            while more and len(body) < MOST_KEPT:
                message = await request.receive()
                body += message.get("body", b"")
                more = message.get("more_body", False)
    return body


def _unzipped(body: bytes) -> bytes:
    """The beginning, or the body itself where it is no gzip."""
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MOST_KEPT)
    except zlib.error:
        return body
