"""The ingestion routes, answered as RudderStack's gateway answers them [server §1.1, §1.3].

The order of checks: route and method, write key, body, JSON, each message in turn, size, emptiness, store. The first
that fails answers. Nothing here looks at Content-Type, and the AnonymousId header is only kept with the request.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ..jsontext.deep import DEEP
from ..store.database import Store
from ..store.rows import Received
from .answers import INVALID_WRITE_KEY, Refusal, accepted
from .body import read_body
from .faults import Faults
from .messages import Arrival, messages_of
from .pixel import image, pixel_body
from .write_keys import WriteKeys, basic_username, header_write_key, query_write_key

TYPES = ("identify", "track", "page", "screen", "group", "alias", "merge", "audiencelist")

type Endpoint = Callable[[Request], Awaitable[Response]]


class Gateway:
    """From a request to its answer, with what was sent in the store."""

    def __init__(self, store: Store, write_keys: WriteKeys, faults: Faults) -> None:
        self._store = store
        self._write_keys = write_keys
        self._faults = faults

    def routes(self) -> list[Route]:
        """Every path has one route, so that a wrong method is a 405."""
        return [
            *(self._route(f"/v1/{type_}", self._posted(header_write_key, type_)) for type_ in TYPES),
            self._route("/v1/batch", self._posted(header_write_key, None)),
            self._route("/v1/import", self._posted(header_write_key, None)),
            self._route("/beacon/v1/batch", self._posted(query_write_key, None)),
            self._route("/pixel/v1/track", self._pixel("track"), "GET"),
            self._route("/pixel/v1/page", self._pixel("page"), "GET"),
            Route("/v1/webhook", _webhook, methods=["GET", "POST"]),
        ]

    def _route(self, path: str, answer: Endpoint, method: str = "POST") -> Route:
        async def endpoint(request: Request) -> Response:
            fault = self._faults.next()
            if fault is None:
                return await answer(request)
            try:
                await request.body()  # a page that leaves during the delay has sent its message all the same
            except ClientDisconnect:
                return await answer(request)
            if fault.after_store:
                stored = await answer(request)
                return await fault.strike() or stored
            return await fault.strike() or await answer(request)

        return Route(path, endpoint, methods=[method])

    def _posted(self, write_key: Callable[[Request], str], type_: str | None) -> Endpoint:
        async def answer(request: Request) -> Response:
            try:
                key = write_key(request)
                self._write_keys.check(key)
                body = await read_body(request)
                return await self._take(request, body, type_, request_ip(request), key)
            except Refusal as refusal:
                return refusal.response()

        return answer

    def _pixel(self, type_: str) -> Endpoint:
        async def answer(request: Request) -> Response:
            body = pixel_body(request.query_params.multi_items(), type_, datetime.now(UTC))
            try:
                key = query_write_key(request)
                self._write_keys.check(key)
                if body is not None:
                    await self._take(request, body, type_, _forwarded_for(request), key)
            except Refusal:
                pass  # the sender is told nothing [server §1.10]
            return image()

        return answer

    async def _take(self, request: Request, body: bytes, type_: str | None, ip: str, key: str) -> Response:
        arrival = Arrival(_now(), ip)
        try:
            messages = messages_of(body, type_, arrival)
        except RecursionError:
            # Token by token this can take a second; the other requests should not wait for it.
            messages = await run_in_threadpool(messages_of, body, type_, arrival, DEEP)
        received = Received(arrival.received_at, request.scope["path"], _joined(request.headers.items()), key)
        try:
            await self._store.append(received, messages)
        except sqlite3.Error as failed:
            raise Refusal((HTTPStatus.INTERNAL_SERVER_ERROR, str(failed))) from failed
        return accepted()


async def _webhook(request: Request) -> Response:
    """No source here is a webhook, so no write key is good for it."""
    try:
        if not (request.query_params.get("writeKey") or basic_username(request)):
            query_write_key(request)
        raise Refusal(INVALID_WRITE_KEY)
    except Refusal as refusal:
        return refusal.response()


def _joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """One value per name, as HTTP says to join them."""
    joined: dict[str, str] = {}
    for name, value in headers:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def request_ip(request: Request) -> str:
    """The first forwarded address, else the peer's; an IPv6 peer keeps its brackets [server §1.6]."""
    if forwarded := _forwarded_for(request):
        return forwarded
    host = request.client.host if request.client else ""
    return f"[{host}]" if ":" in host else host


def _forwarded_for(request: Request) -> str:
    return request.headers.get("x-forwarded-for", "").split(",")[0].replace(" ", "")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
