"""The app on a real socket, with uvicorn."""

import asyncio
import socket
from functools import partial
from typing import cast

import uvicorn
from starlette.applications import Starlette

from .app import create_app
from .ingest.connection import Connection, Held
from .options import Options

_IDLE = 720
"""Seconds that a connection is kept open, as the gateway does [server §1.7]."""
_STOP = 3
"""Seconds that the stop waits for requests under way."""


class Server(uvicorn.Server):
    """Raises OSError where the address cannot be had, sqlite3.Error where the database cannot be used."""

    def __init__(self, options: Options) -> None:
        self._socket = _listen(options.host, options.port)
        try:
            app = create_app(options)
        except BaseException:
            self._socket.close()
            raise
        self.app: Starlette = app
        super().__init__(
            uvicorn.Config(
                app,
                http=cast(type[asyncio.Protocol], partial(Connection, Held())),
                ws="none",
                lifespan="on",
                log_level="error",  # its warnings are a line for each request that is no HTTP
                access_log=False,
                server_header=False,
                proxy_headers=False,  # the gateway reads X-Forwarded-For by a rule of its own
                timeout_keep_alive=_IDLE,
                timeout_graceful_shutdown=_STOP,
            )
        )
        host, port = self._socket.getsockname()[:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def serve_until_stopped(self) -> None:
        self.run(sockets=[self._socket])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.app.state.store.hang_up()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)
