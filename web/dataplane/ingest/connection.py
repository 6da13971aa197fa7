"""One connection of the server: uvicorn's, known to the requests that come over it so that faults can close it."""

import asyncio
from typing import cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Connection(HttpToolsProtocol):
    """To be found in the `state` of each request."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["connection"] = self


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
