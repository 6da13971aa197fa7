"""The ingestion routes, answered as RudderStack's gateway answers them [server §1.1, §1.3].

The order of checks: route and method, write key, body, JSON, each message in turn, size, emptiness, store. The first
that fails answers. Nothing here looks at Content-Type, and the AnonymousId header is only kept with the request.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ..jsontext.deep import DEEP
from ..store.database import Store, is_of_the_disk
from ..store.rows import Received
from .answers import DISK, INVALID_WRITE_KEY, UNREADABLE_BODY, Answer, Refusal, accepted
from .arrival import forwarded_for, headers_of, now, request_ip
from .body import LARGE, Places, Reading, again
from .faults import Faults
from .messages import Arrival, messages_of
from .pixel import image, pixel_body
from .refused import RefusedRequests
from .write_keys import WriteKeys, header_write_key, query_write_key, said_write_key

TYPES = ("identify", "track", "page", "screen", "group", "alias", "merge", "audiencelist")

_MANY_OBJECTS = 10_000
"""In a body; a batch of ours has some 4,000 at most."""

type Endpoint = Callable[[Request], Awaitable[Response]]


class Gateway:
    """From a request to its answer, with what was sent in the store."""

    def __init__(self, store: Store, write_keys: WriteKeys, faults: Faults, refused: RefusedRequests) -> None:
        self._store = store
        self._write_keys = write_keys
        self._faults = faults
        self._refused = refused
        self._places = Places()

    def routes(self) -> list[Route]:
        """Every path has one route, so that a wrong method is a 405."""
        return [
            *(self._route(f"/v1/{type_}", self._posted(header_write_key, type_)) for type_ in TYPES),
            self._route("/v1/batch", self._posted(header_write_key, None)),
            self._route("/v1/import", self._posted(header_write_key, None)),
            self._route("/beacon/v1/batch", self._posted(query_write_key, None)),
            self._route("/pixel/v1/track", self._pixel("track"), "GET"),
            self._route("/pixel/v1/page", self._pixel("page"), "GET"),
            Route("/v1/webhook", self._webhook, methods=["GET", "POST"]),
        ]

    def _route(self, path: str, answer: Endpoint, method: str = "POST") -> Route:
        async def endpoint(request: Request) -> Response:
            fault = self._faults.next()
            if fault is None:
                return await answer(request)
            try:
                request = await again(request)  # a page that leaves during the delay has sent its message all the same
            except ClientDisconnect:
                return UNREADABLE_BODY.response()
            if fault.after_store:
                stored = await answer(request)
                return await fault.strike() or stored
            return await fault.strike() or await answer(request)

        return Route(path, endpoint, methods=[method])

    def _posted(self, write_key: Callable[[Request], str], type_: str | None) -> Endpoint:
        async def answer(request: Request) -> Response:
            key, reading = "", Reading(request, self._places)
            try:
                key = write_key(request)
                self._write_keys.check(key)
                body = await reading.unzipped()
                return await self._take(request, body, type_, request_ip(request), key)
            except Refusal as refusal:
                await self._refused.keep(request, refusal.answer, write_key=key, body=reading.begun)
                return refusal.answer.response()
            except ClientDisconnect:
                return UNREADABLE_BODY.response()
            finally:
                reading.leave()

        return answer

    def _pixel(self, type_: str) -> Endpoint:
        async def answer(request: Request) -> Response:
            body, key = pixel_body(request.query_params.multi_items(), type_, datetime.now(UTC)), ""
            try:
                key = query_write_key(request)
                self._write_keys.check(key)
                if body is not None:
                    await self._take(request, body, type_, forwarded_for(request), key)
            except Refusal as refusal:  # the sender is told nothing [server §1.10]
                await self._refused.keep(request, refusal.answer, write_key=key, body=bytearray())
            return image()

        return answer

    async def _webhook(self, request: Request) -> Response:
        """No source here is a webhook, so no write key is good for it."""
        key = said_write_key(request)
        try:
            if not key:
                query_write_key(request)
            raise Refusal(INVALID_WRITE_KEY)
        except Refusal as refusal:
            await self._refused.keep(request, refusal.answer, write_key=key)
            return refusal.answer.response()

    async def _take(self, request: Request, body: bytes | bytearray, type_: str | None, ip: str, key: str) -> Response:
        arrival = Arrival(now(), ip)
        try:
            # Such a one should not hold up the other requests.
            if len(body) > LARGE or body.count(b"}") > _MANY_OBJECTS:
                async with self._places.at_work:
                    messages = await run_in_threadpool(messages_of, body, type_, arrival)
                del body
            else:
                messages = messages_of(body, type_, arrival)
        except RecursionError:  # nor one that is taken apart token by token
            messages = await run_in_threadpool(messages_of, body, type_, arrival, DEEP)
        received = Received(arrival.received_at, request.scope["path"], headers_of(request), key)
        try:
            await self._store.append(received, messages)
        except sqlite3.Error as failed:
            disk = DISK.because(failed)
            return (disk if is_of_the_disk(failed) else Answer(500, str(failed))).response()
        return accepted()
