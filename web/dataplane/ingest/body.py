"""A request's body: read to its end or to a bound, and unzipped [server §1.2, §1.3 step 6].

Small bodies are read as they come. Of the large ones a few are read and dealt with at a time, for each is in memory
several times over by then; the others wait, unread, in their senders' sockets. Who has a place and sends nothing while
others wait loses it.
"""

import asyncio
import zlib
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from .answers import TIMEOUT, TOO_LARGE, UNREADABLE_BODY, Refusal

MOST_READ = 16 * 1024 * 1024
"""Bytes. The gateway reads without end; four times its limit would almost always end in its 413 anyway."""
LARGE = 600_000
"""Bytes beyond which a body needs a place; a batch of ours has 512,000 at most."""
_PLACES = 8
_SILENCE = 2
"""Seconds."""
_PIECE = 4096
"""Zipped bytes that are unzipped in one go. Few, for what follows a member's end is copied."""


async def read_body(request: Request, most: int) -> bytes:
    """As it was sent. Raises ClientDisconnect, and beyond `most` bytes a Refusal, unread where its length was said."""
    return bytes(await Reading(request, Places(), most).whole())


async def again(request: Request) -> Request:
    """The request once its body is there, to be read again. Raises ClientDisconnect."""
    reading = Reading(request, Places())
    with suppress(Refusal):  # too large: what comes after is read from the sender
        await reading.whole()
    begun = [{"type": "http.request", "body": bytes(reading.begun or b""), "more_body": reading.more}]

    async def receive() -> Message:
        return begun.pop() if begun else await request.receive()

    return Request(request.scope, receive)


class Places:
    """For large bodies, of one data plane."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_PLACES)
        self.waiting = 0
        self.at_work = asyncio.Lock()
        """For what makes copies of a large body: one at a time."""

    async def take(self) -> None:
        self.waiting += 1
        try:
            await self._free.acquire()
        finally:
            self.waiting -= 1

    def leave(self) -> None:
        self._free.release()


class Reading:
    """Of one request. Whoever reads calls `leave` when the body is dealt with: it may have a place."""

    def __init__(self, request: Request, places: Places, most: int = MOST_READ) -> None:
        self._receive = request.receive
        self._places = places
        self._most = most
        self._has_place = False
        self._length, self._encoding = 0, b""
        for name, value in request.scope["headers"]:  # quicker than to ask for two of them
            if name == b"content-length":
                self._length = int(value)  # the server has checked that it is a number
            elif name == b"content-encoding":
                self._encoding = value
        self.begun: bytearray | None = None
        """What was read, however it ended; None: nothing was."""
        self.more = True
        """Whether the body goes on behind that."""

    async def unzipped(self) -> bytes | bytearray:
        """Raises Refusal and ClientDisconnect."""
        body = await self.whole()
        # Only this exact value counts; an empty body has nothing to unzip, and is then invalid JSON.
        if body and self._encoding == b"gzip":
            await self._take_place()
            return await run_in_threadpool(gunzip, body, self._most)
        return body

    async def whole(self) -> bytearray:
        """As it was sent."""
        if self._length > self._most:
            raise Refusal(TOO_LARGE)
        body = self.begun = bytearray()
        while self.more:
            message = await (self._receive_in_a_place() if self._has_place else self._receive())
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            self.more = message.get("more_body", False)
            body += message.get("body", b"")
            if len(body) > LARGE:
                if len(body) > self._most:
                    raise Refusal(TOO_LARGE)
                await self._take_place()
        if len(body) > self._most:
            raise Refusal(TOO_LARGE)
        return body

    async def _receive_in_a_place(self) -> Message:
        """Who is silent there while others wait loses it."""
        while True:
            try:
                async with asyncio.timeout(_SILENCE):
                    return await self._receive()
            except TimeoutError:
                if self._places.waiting:
                    raise Refusal(TIMEOUT) from None

    async def _take_place(self) -> None:
        if not self._has_place:
            await self._places.take()
            self._has_place = True

    def leave(self) -> None:
        if self._has_place:
            self._has_place = False
            self._places.leave()


def gunzip(zipped: bytes | bytearray, most: int) -> bytes | bytearray:
    """All members of the stream, as Go's reader takes them: cut short, corrupt or followed by rubbish is an error.

    Raises Refusal. The time is in proportion to the bytes that come in and go out, however they are cut into members.
    """
    unzipped = bytearray()
    view, at = memoryview(zipped), 0
    member = zlib.decompressobj(wbits=31)
    while at < len(view):
        if member.eof:
            member = zlib.decompressobj(wbits=31)
        piece = view[at : at + _PIECE]
        try:
            unzipped += member.decompress(piece, most + 1 - len(unzipped))
        except zlib.error as corrupt:
            raise Refusal(UNREADABLE_BODY) from corrupt
        if len(unzipped) > most:
            raise Refusal(TOO_LARGE)
        at += len(piece) - len(member.unused_data)
    if not member.eof:
        raise Refusal(UNREADABLE_BODY)
    return unzipped
