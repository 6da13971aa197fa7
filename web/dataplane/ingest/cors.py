"""CORS as the gateway does it, with the Go library rs/cors [server §1.8].

Any origin may send, with credentials; methods are GET, POST and HEAD.
"""

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = ("GET", "POST", "HEAD")
_MAX_AGE = "900"  # seconds


class Cors:
    """Wraps the whole app, so that every answer has the headers, whichever check it fails, 404 and 405 included."""

    def __init__(self, app: ASGIApp, *, exempt: Callable[[str], bool]) -> None:
        self._app = app
        self._exempt = exempt
        """By path: what the gateway does not have keeps the browser's same-origin rule or brings its own headers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._exempt(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Headers(scope=scope)
        if scope["method"] == "OPTIONS" and request.get("access-control-request-method"):
            await send({"type": "http.response.start", "status": 204, "headers": _preflight(request).raw})
            await send({"type": "http.response.body"})
            return

        async def send_with_cors(message: Message) -> None:
            if message["type"] == "http.response.start":
                _actual(request, scope["method"], MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_with_cors)


def _preflight(request: Headers) -> MutableHeaders:
    """The answer's headers. What is not allowed is answered too, without the headers that allow it."""
    answer = MutableHeaders()
    answer["Vary"] = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    method = request["access-control-request-method"]
    if "origin" not in request or method not in (*_METHODS, "OPTIONS"):
        return answer
    answer["Access-Control-Allow-Origin"] = request["origin"]
    answer["Access-Control-Allow-Methods"] = method
    if request.get("access-control-request-headers"):
        answer["Access-Control-Allow-Headers"] = request["access-control-request-headers"]
    answer["Access-Control-Allow-Credentials"] = "true"
    answer["Access-Control-Max-Age"] = _MAX_AGE
    return answer


def _actual(request: Headers, method: str, answer: MutableHeaders) -> None:
    answer.add_vary_header("Origin")
    if "origin" in request and method in (*_METHODS, "OPTIONS"):
        answer["Access-Control-Allow-Origin"] = request["origin"]
        answer["Access-Control-Allow-Credentials"] = "true"
