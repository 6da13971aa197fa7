"""Who may look in. What arrived is for the person at this machine, not for the web pages that person visits.

Any page may send messages, under any name of this machine: those are the doors of RudderStack's gateway (`OPEN`). The
rest (pages, `/api`, files) is closed to two tricks of other sites:

- A site whose name is made to lead to this machine, so that the browser takes the data plane for a part of it: the
  `Host` that the browser says must be a name of this machine, or one that `--host-name` gave.
- A site that sends what changes something (`DELETE /api/events`) without reading the answer: the browser says where it
  comes from, in `Origin` or `Sec-Fetch-Site`, and it must come from here. Who is no browser says neither.

Nothing here may be shown in a frame of another page, and no other site may load what is below `/live` and `/api`.
"""

import re
from collections.abc import Collection
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN = ("/v1/", "/beacon/", "/pixel/")
_OPEN_TOO = ("/rsaRequest", "/sourceConfig", "/health")
_CLOSED = ("/live", "/api/")
_READING = ("GET", "HEAD", "OPTIONS")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?", re.ASCII)
"""Browsers take more for a name, quotes and `$(...)` say. No machine is called so, and commands are copied with it."""
_PORTS = {"http": "80", "https": "443"}
OWN = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
}


def is_open(path: str) -> bool:
    """Whether a path is for every site: those below a route of the gateway, known or not."""
    return path.startswith(OPEN) or path.removesuffix("/") in _OPEN_TOO


class Doors:
    """Wraps the whole app."""

    def __init__(self, app: ASGIApp, *, names: Collection[str]) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names)
        self._endings = tuple(name[1:] for name in self._names if name.startswith("*."))
        """`*.example.test` stands for every name below that one."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if refusal := self._refusal(headers) or _foreign(scope, headers):
            await PlainTextResponse(refusal + "\n", 403, OWN)(scope, receive, send)
            return

        async def send_closed(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in OWN.items():
                    answer.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_closed if scope["path"].startswith(_CLOSED) else send)

    def _refusal(self, headers: Headers) -> str:
        hosts = headers.getlist("host")
        name, _ = split(hosts[0]) if len(hosts) == 1 else ("", "")
        if is_loopback(name) or name in self._names or name.endswith(self._endings):
            return ""
        said = name if len(name) < 200 else "that"
        return (
            f"This data plane is not to be had as {said or 'what your request says'}: use localhost, or start it with "
            f"--host-name {said or 'NAME'}."
        )


def _foreign(scope: Scope, headers: Headers) -> str:
    """Why a request that changes something is refused, "" where it is not."""
    if scope["method"] in _READING or not scope["path"].startswith(_CLOSED):
        return ""
    site = headers.get("sec-fetch-site", "none")
    origins = headers.getlist("origin")
    if site in ("same-origin", "none") and all(_is_of(origin, headers["host"]) for origin in origins):
        return ""
    return "Only the data plane's own pages may do this, and programs that are no browser."


def _is_of(origin: str, host: str) -> bool:
    """Whether an origin is the one that a request with this Host is for. Behind a proxy the scheme may be another."""
    scheme, _, rest = origin.partition("://")
    if scheme not in _PORTS:
        return False
    (name, port), (own_name, own_port) = split(rest), split(host)
    default = _PORTS[scheme]
    return bool(name) and (name, port or default) == (own_name, own_port or default)


def split(host: str) -> tuple[str, str]:
    """The name in lower case, and the port or "". ("", "") for what is no host."""
    match = _HOST.fullmatch(host.lower())
    return (match[1].removesuffix("."), match[2] or "") if match else ("", "")


def is_loopback(name: str) -> bool:
    """Whether a name or address leads to this machine, whoever asks."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
