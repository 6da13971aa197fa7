"""A connection that speaks WebDriver BiDi, one command at a time; no events are asked for."""

import json
from contextlib import ExitStack
from typing import Any

from websockets.sync.client import connect


class Refused(Exception):
    """The browser answered a command with an error: its code and its message."""


class Bidi:
    """https://w3c.github.io/webdriver-bidi/: `{id, method, params}` there, `{id, type, result | error}` back."""

    def __init__(self, url: str) -> None:
        # No ping: a browser that works on something large answers late. No proxy: it is this machine.
        self._open = ExitStack()
        self._socket = self._open.enter_context(
            connect(url, max_size=None, ping_interval=None, proxy=None, open_timeout=30)
        )
        self._count = 0

    def send(self, method: str, seconds: float = 120, **params: Any) -> dict[str, Any]:
        """The result of a command. Raises Refused, TimeoutError, websockets' ConnectionClosed."""
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while (heard := json.loads(self._socket.recv(timeout=seconds))).get("id") != self._count:
            pass  # the late answer to an earlier command
        if heard["type"] == "error":
            raise Refused(f"{method}: {heard['error']}: {heard['message']}")
        return dict(heard["result"])

    def close(self) -> None:
        self._open.close()
