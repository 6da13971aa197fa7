"""One connection of the server: uvicorn's, with an end to how much a sender may send and how long it may take.

Three bounds, whatever the request is for, before any of it is looked at:

- A head (the request's line and headers), and a tail (trailers), of `MOST_HEAD` bytes: 431.
- `PATIENCE`: a request that has begun must get on. In that time the rest of it comes, or `PROGRESS` bytes of it: else
  408. A connection on which nothing ever came is closed too. Time in which the server does not read does not count.
- `MOST_HELD`: all bodies that were not answered yet, together. Where one goes beyond it, those make room that were
  silent longest, for `STALLED` at least: 408. Where that is not enough, it is refused: 503. For small ones there is
  some room more, `FOR_SMALL`, so that large ones do not keep them out.

One body is bounded by who reads it (`body`).
"""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MOST_HEAD = 524_288
"""Bytes, as the gateway's server has it [server §1.7]."""
PATIENCE = 10
"""Seconds."""
PROGRESS = 65_536
"""Bytes."""
STALLED = 2
"""Seconds."""
MOST_HELD = 150_000_000
FOR_SMALL = 30_000_000
_SMALL = 65_536
"""Bytes."""


@dataclass(slots=True)
class Held:
    """What all connections of a server hold of bodies that were not answered yet, in bytes."""

    bytes: int = 0


class Connection(HttpToolsProtocol):
    """To be found in the `state` of each request."""

    def __init__(self, held: Held, **given: Any) -> None:
        super().__init__(**given)
        self._all_held = held
        self._held = 0
        self._arriving = True
        """Whether the rest of a request is to come; at first, a request."""
        self._begun = False
        self._came = 0
        self._heard = 0.0
        self._unused = 0
        """Bytes since something was made of them: a head, a piece of a body, the end of a request."""
        self._deadline: asyncio.TimerHandle | None = None
        self._came_before = 0
        self._is_cut = False
        self._earlier: list[RequestResponseCycle] = []
        """Requests before the last one that were not answered when that came."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        self._release()
        for each in self._earlier:  # uvicorn tells the last one only
            each.disconnected = True
            each.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._came += len(data)
        self._heard = self.loop.time()
        self._unused += len(data)
        super().data_received(data)
        self._end_if_too_long()
        if not self._arriving:
            self._arrived()
        elif self._deadline is None and not self._is_cut:
            self._wait()

    def on_message_begin(self) -> None:
        self._arriving = self._begun = True
        super().on_message_begin()
        self.scope["state"]["connection"] = self

    def on_headers_complete(self) -> None:
        self._end_if_too_long()
        if self._is_cut:
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self._earlier.append(self.cycle)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unused = 0
        if self._is_cut or self.cycle.response_complete:
            return  # nobody will read it
        self._held += len(body)
        self._all_held.bytes += len(body)
        most = MOST_HELD if self._held > _SMALL else MOST_HELD + FOR_SMALL
        if self._all_held.bytes > most:
            self._make_room(most * 3 // 4)
        if self._all_held.bytes > most:
            self._cut(HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._arriving = False
        self._end_if_too_long()
        if not self._is_cut:
            self._unused = 0
            super().on_message_complete()

    def on_response_complete(self) -> None:
        if not self.pipeline:
            self._release()
            self._earlier.clear()
        super().on_response_complete()

    def _end_if_too_long(self) -> None:
        """Of a head or a tail, whether it has ended or not."""
        if self._unused > MOST_HEAD:
            self._cut(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _make_room(self, wanted: int) -> None:
        now = self.loop.time()
        for each in sorted(cast(set[Connection], self.connections), key=lambda each: each._heard):
            if self._all_held.bytes <= wanted or now - each._heard < STALLED:
                break
            if each._held and each._arriving and not each.flow.read_paused:
                each._cut(HTTPStatus.REQUEST_TIMEOUT)

    def _release(self) -> None:
        self._all_held.bytes -= self._held
        self._held = 0

    def _wait(self) -> None:
        self._came_before = self._came
        self._deadline = self.loop.call_later(PATIENCE, self._late)

    def _arrived(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        self._deadline = None
        if self.flow.read_paused or self._came - self._came_before >= PROGRESS:
            self._wait()
        else:
            self._cut(HTTPStatus.REQUEST_TIMEOUT)

    def _cut(self, status: HTTPStatus) -> None:
        """Closes the connection, with an answer where there is somebody to answer and nothing was said yet."""
        self._is_cut = True
        self._release()
        if self.transport.is_closing():
            return
        if self._begun and (self.cycle is None or self.cycle.response_complete or not self.cycle.response_started):
            text = f"{status.phrase}\n"
            self.transport.write(
                f"HTTP/1.1 {status} {status.phrase}\r\ncontent-type: text/plain; charset=utf-8\r\n"
                f"content-length: {len(text)}\r\nconnection: close\r\n\r\n{text}".encode()
            )
        self.transport.close()


async def close_others(request: Request) -> None:
    """Closes every other connection, those in use after their answer."""
    own = cast(Connection, request.state.connection)
    others = [connection for connection in own.connections if connection is not own]
    for connection in others:
        connection.shutdown()
    for _ in range(100):  # turns of the event loop: a few do, unless a peer does not take what was written to it
        if not any(connection.transport.is_closing() for connection in own.connections.intersection(others)):
            break
        await asyncio.sleep(0)


class Dropped(Response):
    """No answer: the connection is closed instead."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cast(Connection, scope["state"]["connection"]).transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass
